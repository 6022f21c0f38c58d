/* publish.c - a group and the indicators associated with it, copied into another owner (rest-v2
 * 2.8). A copy knows by its xid what it is a copy of: publishing again brings it up to date. */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/handlers.h"
#include "platform/place.h"

#define XID_TEXT 48
#define WITH (TOC_WITH_ADDITIONAL | TOC_WITH_ATTRIBUTES | TOC_WITH_TAGS | TOC_WITH_LABELS)

typedef struct publication {
    toc_incoming *call;
    toc_error *err;
    const toc_str *labels; /* items with one of them stay here */
    size_t label_count;
    bool exclude_unlabeled;
    int64_t target; /* owner */
    int64_t group;  /* the copy; 0: it was left out */
} publication;

/* --- the request --------------------------------------------------------------------------- */

static toc_rc read_label(toc_incoming *call, toc_json_reader *reader, toc_str *label,
                         toc_error *err)
{
    int64_t id = 0;
    toc_str name = reader->text;
    toc_rc rc = toc_label_id(call->conn, call->owner.id, name, &id, err);
    if (!rc && !id)
        return toc__refuse(err, 400, "The securityLabelList for this request is invalid");
    *label = toc_arena_str(&call->arena, name);
    return rc || label->ptr ? rc : toc_error_nomem(err);
}

static toc_rc read_labels(publication *pub, toc_json_reader *reader, toc_error *err)
{
    toc_str *labels = NULL;
    toc_json_event event = toc_json_next(reader);
    if (event == TOC_JSON_NULL)
        return TOC_OK;
    if (event != TOC_JSON_ARRAY)
        return toc__refuse_body(err);
    labels = toc_arena_alloc(&pub->call->arena, TOC_MAX_ATTRIBUTE_LABELS * sizeof(*labels));
    if (!labels)
        return toc_error_nomem(err);
    pub->labels = labels;
    pub->label_count = 0;
    while ((event = toc_json_next(reader)) == TOC_JSON_STRING) {
        if (pub->label_count == TOC_MAX_ATTRIBUTE_LABELS)
            return toc__refuse_body(err);
        toc_rc rc = read_label(pub->call, reader, &labels[pub->label_count], err);
        if (rc)
            return rc;
        pub->label_count++;
    }
    return event == TOC_JSON_ARRAY_END ? TOC_OK : toc__refuse_body(err);
}

static toc_rc read_flag(toc_json_reader *reader, bool *flag, toc_error *err)
{
    toc_json_event event = toc_json_next(reader);
    if (event == TOC_JSON_NULL)
        return TOC_OK;
    if (!toc__read_truth(event, reader->text, flag))
        return toc__refuse(err, 400, "The excludeUnlabeled for this request is invalid");
    return TOC_OK;
}

static toc_rc read_request(publication *pub, toc_error *err)
{
    toc_json_reader reader;
    toc_json_event event;
    toc_rc rc = TOC_OK;
    toc_str body = pub->call->request->body, raw;
    if (!body.len)
        return TOC_OK;
    toc_json_reader_init(&reader, body.ptr, body.len, &pub->call->arena);
    if (toc_json_next(&reader) != TOC_JSON_OBJECT)
        return toc__refuse_body(err);
    while (!rc && (event = toc_json_next(&reader)) == TOC_JSON_KEY) {
        if (toc_str_equal(reader.text, TOC_S("securityLabelList")))
            rc = read_labels(pub, &reader, err);
        else if (toc_str_equal(reader.text, TOC_S("excludeUnlabeled")))
            rc = read_flag(&reader, &pub->exclude_unlabeled, err);
        else if (!toc_json_skip(&reader, &raw))
            rc = toc__refuse_body(err);
    }
    if (!rc && (event != TOC_JSON_OBJECT_END || toc_json_next(&reader) != TOC_JSON_END))
        rc = toc__refuse_body(err);
    return rc;
}

/* --- copies -------------------------------------------------------------------------------- */

static bool is_listed(const publication *pub, toc_str name)
{
    for (size_t i = 0; i < pub->label_count; i++) {
        if (toc_str_equal_fold(pub->labels[i], name))
            return true;
    }
    return false;
}

static bool stays(const publication *pub, const toc_label *label)
{
    if (!label)
        return pub->exclude_unlabeled;
    while (label && !is_listed(pub, label->name))
        label = label->next;
    return label != NULL;
}

/* Labels of the object decide for it; an attribute without any goes where its object goes. */
static toc_rc copy_attributes(publication *pub, toc_target to, const toc_object *obj)
{
    toc_rc rc = TOC_OK;
    for (const toc_attribute *at = obj->attributes.first; !rc && at; at = at->next) {
        toc_attribute copy = *at;
        int64_t id = 0;
        copy.id = 0;
        copy.xid = (toc_str){NULL, 0};
        copy.labels = NULL;
        if (!at->labels || !stays(pub, at->labels))
            rc = toc_attribute_add(pub->call->conn, to, &copy, pub->call->now, &id, pub->err);
    }
    return rc;
}

static toc_rc copy_tags(publication *pub, toc_target to, const toc_object *obj)
{
    toc_rc rc = TOC_OK;
    for (const toc_tag *at = obj->tags.first; !rc && at; at = at->next) {
        int64_t id = 0;
        rc = toc_tag_id(pub->call->conn, pub->target, at->name, true, &id, pub->err);
        if (!rc)
            rc = toc_tag_apply(pub->call->conn, id, to, pub->err);
    }
    return rc;
}

/* Those that the other owner knows. */
static toc_rc copy_labels(publication *pub, toc_target to, const toc_object *obj)
{
    toc_rc rc = TOC_OK;
    for (const toc_label *at = obj->labels.first; !rc && at; at = at->next) {
        int64_t id = 0;
        rc = toc_label_id(pub->call->conn, pub->target, at->name, &id, pub->err);
        if (!rc && id)
            rc = toc_label_apply(pub->call->conn, id, to, pub->err);
    }
    return rc;
}

static toc_rc copy_marks(publication *pub, toc_target to, const toc_object *obj)
{
    toc_rc rc = copy_tags(pub, to, obj);
    return rc ? rc : copy_labels(pub, to, obj);
}

/* What belongs to the original alone. The file of a document is not copied. */
static void leave_own(toc_object *obj)
{
    static const int slots[] = {TOC_SLOT_ID, TOC_SLOT_OWNER_NAME, TOC_SLOT_WEB_LINK, TOC_SLOT_XID};
    static const char *const fields[] = {"fileSize", "status"};
    for (size_t i = 0; i < TOC_COUNT(slots); i++)
        toc__object_clear(obj, slots[i]);
    for (size_t i = 0; (obj->type->traits & TOC_TYPE_CONTENT) && i < TOC_COUNT(fields); i++)
        toc_object_unset(obj, fields[i]);
    const toc_field *status = toc_type_field(obj->type, TOC_S("status"));
    if ((obj->type->traits & TOC_TYPE_CONTENT) && status)
        toc__object_set_text(obj, status->slot, TOC_S("Awaiting Upload"));
}

static toc_rc replace_group(publication *pub, const toc_object *obj, toc_error *err)
{
    toc_conn *conn = pub->call->conn;
    toc_target to = {TOC_KIND_GROUP, pub->group};
    toc_rc rc = toc_object_change(conn, pub->target, pub->group, obj, pub->call->now, err);
    if (!rc)
        rc = toc_attribute_clear(conn, to, (toc_str){NULL, 0}, err);
    if (!rc)
        rc = toc_tag_clear(conn, to, err);
    return rc ? rc : toc_label_clear(conn, to, err);
}

static toc_rc copy_group(void *user, int64_t id, toc_object *obj)
{
    publication *pub = user;
    const toc_type *type = NULL;
    char xid[XID_TEXT];
    int len = snprintf(xid, sizeof(xid), "published:%lld", (long long)id);
    toc_str name = {xid, (size_t)len};
    if (stays(pub, obj->labels.first))
        return TOC_OK;
    leave_own(obj);
    toc__object_set_text(obj, TOC_SLOT_XID, name);
    toc_rc rc =
        toc_group_find_xid(pub->call->conn, pub->target, name, &pub->group, &type, pub->err);
    if (!rc)
        rc = pub->group ? replace_group(pub, obj, pub->err)
                        : toc_object_insert(pub->call->conn, pub->target, obj, pub->call->now,
                                            &pub->group, pub->err);
    toc_target to = {TOC_KIND_GROUP, pub->group};
    if (!rc)
        rc = copy_attributes(pub, to, obj);
    return rc ? rc : copy_marks(pub, to, obj);
}

/* The hashes of one file may be those of several there, which are not made one unasked. */
static void leave_hashes(toc_object *obj)
{
    for (unsigned i = 0; i < obj->type->key_count; i++)
        toc__object_clear(obj, obj->type->fields[i].slot);
}

/* Those that are known there keep what they have and learn the new values and tags. */
static toc_rc put_indicator(publication *pub, toc_object *obj, int64_t ids[3], unsigned *count)
{
    toc_conn *conn = pub->call->conn;
    toc_str parts[3];
    (void)toc__object_keys(obj, parts);
    toc_rc rc = toc_indicator_find(conn, pub->target, obj->type, parts, ids, count, pub->err);
    if (rc)
        return rc;
    if (*count > 1)
        leave_hashes(obj);
    for (unsigned i = 0; i < *count && !rc; i++)
        rc = toc_object_change(conn, pub->target, ids[i], obj, pub->call->now, pub->err);
    if (*count)
        return rc;
    *count = 1;
    rc = toc_object_insert(conn, pub->target, obj, pub->call->now, &ids[0], pub->err);
    return rc ? rc : copy_attributes(pub, (toc_target){TOC_KIND_INDICATOR, ids[0]}, obj);
}

static toc_rc copy_indicator(void *user, int64_t id, toc_object *obj)
{
    publication *pub = user;
    toc_target group = {TOC_KIND_GROUP, pub->group};
    int64_t copies[3] = {0, 0, 0};
    unsigned count = 0;
    (void)id;
    if (stays(pub, obj->labels.first))
        return TOC_OK;
    leave_own(obj);
    toc_rc rc = put_indicator(pub, obj, copies, &count);
    for (unsigned i = 0; i < count && !rc; i++) {
        toc_target to = {TOC_KIND_INDICATOR, copies[i]};
        rc = copy_marks(pub, to, obj);
        if (!rc)
            rc = toc_link_add(pub->call->conn, group, to, TOC_S(""), pub->err);
    }
    return rc;
}

static toc_rc copy_all(publication *pub, const toc_place *place, toc_error *err)
{
    toc_incoming *call = pub->call;
    toc_query group = {.owner = call->owner.id,
                       .kind = TOC_KIND_GROUP,
                       .type = place->type,
                       .id = place->target.id,
                       .with = WITH,
                       .limit = 1};
    toc_query linked = {.owner = call->owner.id,
                        .kind = TOC_KIND_INDICATOR,
                        .linked = true,
                        .linked_kind = TOC_KIND_GROUP,
                        .linked_id = place->target.id,
                        .association = TOC_S(""),
                        .with = WITH,
                        .inactive = true};
    toc_conn *reader = NULL;
    /* The walk through a reader does not meet what is written meanwhile. */
    toc_rc rc = toc_store_reader(call->platform->store, &reader, err);
    if (!rc)
        rc = toc_object_each(reader, &group, copy_group, pub, err);
    if (!rc && pub->group)
        rc = toc_object_each(reader, &linked, copy_indicator, pub, err);
    toc_store_reader_done(call->platform->store, reader);
    return rc;
}

toc_rc toc__group_publish(toc_incoming *call, toc_error *err)
{
    publication pub = {.call = call, .err = err};
    toc_place place;
    toc_rc rc = toc__first_place(call, &place, err);
    if (!rc)
        rc = read_request(&pub, err);
    if (!rc)
        rc = toc_owner_publish_to(call->conn, call->owner.id, &pub.target, err);
    if (!rc && pub.target)
        rc = copy_all(&pub, &place, err);
    if (!rc)
        toc__done(call, 200);
    return rc;
}

/* --- administration ------------------------------------------------------------------------ */

static toc_rc find_target(toc_conn *conn, const char *name, int64_t owner, int64_t *target,
                          toc_arena *arena, toc_error *err)
{
    toc_store_owner found = {.id = 0};
    *target = 0;
    if (!name)
        return TOC_OK;
    toc_rc rc = toc_owner_by_name(conn, toc_str_of(name), arena, &found, err);
    if (rc)
        return rc;
    if (found.id == owner || toc_str_equal(found.type, TOC_S("Organization")))
        return toc_error_set(err, TOC_EINVAL, "%s is not another owner's community or source",
                             name);
    *target = found.id;
    return TOC_OK;
}

toc_rc toc_platform_set_publish(toc_platform *platform, const char *owner, const char *target,
                                toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    toc_store_owner found = {.id = 0};
    int64_t to = 0;
    if (!platform || !owner)
        return toc_error_set(err, TOC_EINVAL, "a platform and the name of an owner are needed");
    toc_rc rc = toc_tx_begin(platform->store, &conn, err);
    if (!rc)
        rc = toc_owner_by_name(conn, toc_str_of(owner), &arena, &found, err);
    if (!rc)
        rc = find_target(conn, target, found.id, &to, &arena, err);
    if (!rc)
        rc = toc_owner_set_publish_to(conn, found.id, to, err);
    return rc ? rc : toc_tx_commit(TOC_TAKE(conn), err);
}
