/* objects.c - one object of any kind: read, create, change, remove. */
#include "platform/objects.h"

#include <stdio.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "model/check.h"
#include "platform/attribute_types.h"
#include "platform/handlers.h"
#include "platform/owners.h"
#include "platform/people.h"

/* --- bodies -------------------------------------------------------------------------------- */

static uint64_t slots_with(const toc_field *fields, size_t count, unsigned flag)
{
    uint64_t slots = 0;
    for (size_t i = 0; i < count; i++) {
        if ((fields[i].flags & flag) && !(fields[i].flags & TOC_FIELD_COMPUTED))
            slots |= (uint64_t)1 << fields[i].slot;
    }
    return slots;
}

/* Clients echo members of answers; only what the request may set counts. */
static void keep_only(toc_object *obj, unsigned flag)
{
    size_t count;
    const toc_field *common = toc_kind_fields(obj->type->kind, &count);
    obj->present &= slots_with(common, count, flag) |
                    slots_with(obj->type->fields, obj->type->field_count, flag | TOC_FIELD_KEY);
}

static toc_rc read_body(toc_incoming *call, const toc_type *type, toc_object **obj, toc_error *err)
{
    toc_json_reader reader;
    toc_str body = call->request->body;
    *obj = toc__object_in(&call->arena, type);
    if (!*obj)
        return toc_error_nomem(err);
    toc_json_reader_init(&reader, body.ptr ? body.ptr : "", body.len, &call->arena);
    toc_rc rc = toc_codec_decode(&reader, toc_store_types(call->platform->store), type->kind, type,
                                 TOC_DECODE_GIVEN, *obj, err);
    if (rc == TOC_EINVAL && err && err->field[0])
        return toc__refuse(err, 400, "The %s for this %s is invalid", err->field, type->name);
    if (rc == TOC_ENOMEM)
        return rc;
    if (rc || toc_json_next(&reader) != TOC_JSON_END)
        return toc__refuse_body(err);
    return TOC_OK;
}

toc_rc toc__object_defaults(toc_object *obj, int64_t now, toc_error *err)
{
    const toc_type *type = obj->type;
    const toc_field *date = toc_type_field(type, TOC_S("eventDate"));
    if (type->kind == TOC_KIND_INDICATOR && !toc__object_has(obj, TOC_SLOT_ACTIVE))
        toc__object_set_bool(obj, TOC_SLOT_ACTIVE, true);
    for (size_t i = 0; i < type->field_count; i++) {
        const toc_field *field = &type->fields[i];
        if (field->value == TOC_VALUE_BOOL_TEXT && !toc__object_has(obj, field->slot))
            toc__object_set_bool(obj, field->slot, false);
    }
    if (date && !toc__object_has(obj, date->slot)) {
        char text[TOC_TIME_TEXT];
        toc_str made = toc_arena_str(obj->arena, (toc_str){text, toc_time_format(now, text)});
        if (!made.ptr)
            return toc_error_nomem(err);
        toc__object_set_text(obj, date->slot, made);
    }
    if (type->kind == TOC_KIND_TASK) {
        const toc_field *status = toc_type_field(type, TOC_S("status"));
        if (status && !toc__object_text(obj, status->slot).len)
            toc__object_set_text(obj, status->slot, TOC_S("Not Started"));
    }
    if (type->traits & TOC_TYPE_CONTENT) {
        const toc_field *status = toc_type_field(type, TOC_S("status"));
        if (status && !toc__object_has(obj, status->slot))
            toc__object_set_text(obj, status->slot, TOC_S("Awaiting Upload"));
    }
    return TOC_OK;
}

toc_rc toc__object_texts(toc_conn *conn, toc_target target, const toc_object *obj, bool is_new,
                         int64_t now, toc_error *err)
{
    toc_rc rc = TOC_OK;
    /* The description of a victim is its own. */
    if (target.kind == TOC_KIND_VICTIM)
        return TOC_OK;
    /* Attributes of the item's own may be displayed ones of the same type. */
    toc_rc (*put)(toc_conn *, toc_target, toc_str, toc_str, int64_t, toc_error *) =
        is_new && !obj->attributes.first ? toc_attribute_first : toc_attribute_default;
    toc_str text = toc__object_text(obj, TOC_SLOT_DESCRIPTION);
    if (text.len)
        rc = put(conn, target, TOC_S("Description"), text, now, err);
    if (rc || target.kind != TOC_KIND_INDICATOR)
        return rc;
    text = toc__object_text(obj, TOC_SLOT_SOURCE);
    if (text.len)
        rc = put(conn, target, TOC_S("Source"), text, now, err);
    return rc;
}

/* --- files: several hashes, each of which is an identity ------------------------------------- */

static toc_rc take_keys(void *user, int64_t id, toc_object *obj)
{
    toc__stored_keys *keys = user;
    toc_str parts[3];
    unsigned count = toc__object_keys(obj, parts);
    (void)id;
    for (unsigned i = 0; i < count; i++) {
        keys->parts[i] = parts[i].ptr ? toc_arena_str(keys->arena, parts[i]) : parts[i];
        if (parts[i].ptr && !keys->parts[i].ptr)
            return TOC_ENOMEM;
    }
    return TOC_OK;
}

toc_rc toc__keys_of(toc_conn *conn, int64_t owner, const toc_type *type, int64_t id,
                    toc__stored_keys *keys, toc_error *err)
{
    toc_query query = {.owner = owner, .kind = type->kind, .type = type, .id = id, .limit = 1};
    for (unsigned i = 0; i < 3; i++)
        keys->parts[i] = (toc_str){NULL, 0};
    return toc_object_each(conn, &query, take_keys, keys, err);
}

bool toc__keys_conflict(const toc_str a[3], const toc_str b[3])
{
    for (unsigned i = 0; i < 3; i++) {
        if (a[i].len && b[i].len && !toc_str_equal(a[i], b[i]))
            return true;
    }
    return false;
}

/* Refuses the first hash that belongs to a file other than self. */
static toc_rc refuse_clash(toc_incoming *call, const toc_type *type, const toc_str parts[3],
                           int64_t self, toc_error *err)
{
    for (unsigned i = 0; i < type->key_count && i < 3; i++) {
        toc_str one[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
        int64_t ids[3] = {0, 0, 0};
        unsigned count = 0;
        if (!parts[i].len)
            continue;
        one[i] = parts[i];
        toc_rc rc = toc_indicator_find(call->conn, call->owner.id, type, one, ids, &count, err);
        if (rc)
            return rc;
        const toc_field *field = &type->fields[i];
        const char *label = field->label ? field->label : field->name;
        if (count && ids[0] != self)
            return toc__refuse(err, 400,
                               "The %s for this %s is invalid, %s %s with this %s already exists",
                               label, type->name, toc__article(type->name), type->name, label);
    }
    return TOC_OK;
}

/* --- create -------------------------------------------------------------------------------- */

static bool is_asset(const toc_type *type)
{
    return type->kind == TOC_KIND_VICTIM_ASSET || type->kind == TOC_KIND_ADVERSARY_ASSET;
}

/* Lists show an asset by the first of its own values, whatever name a client gave it. */
static void name_asset(toc_object *obj)
{
    toc_str name = toc__object_text(obj, obj->type->fields[0].slot);
    obj->present &= ~((uint64_t)1 << TOC_SLOT_NAME);
    if (name.ptr)
        toc__object_set_text(obj, TOC_SLOT_NAME, name);
}

/* A task without a status is one that has not begun. */
static void drop_empty_status(toc_object *obj)
{
    const toc_field *status = toc_type_field(obj->type, TOC_S("status"));
    if (status && !toc__object_text(obj, status->slot).len)
        obj->present &= ~((uint64_t)1 << status->slot);
}

static toc_rc change(toc_incoming *call, int64_t id, toc_object *obj, toc_error *err)
{
    toc_target target = {obj->type->kind, id};
    toc_rc rc = toc__attribute_texts_check(call->conn, obj, err);
    if (!rc)
        rc = toc_object_change(call->conn, call->owner.id, id, obj, call->now, err);
    return rc ? rc : toc__object_texts(call->conn, target, obj, false, call->now, err);
}

static toc_rc insert(toc_incoming *call, toc_object *obj, int64_t *id, toc_error *err)
{
    toc_rc rc = toc__attribute_texts_check(call->conn, obj, err);
    if (!rc)
        rc = toc__object_defaults(obj, call->now, err);
    bool signs = obj->type->kind == TOC_KIND_GROUP || obj->type->kind == TOC_KIND_TASK;
    if (!rc && signs)
        toc__object_set_text(obj, TOC_SLOT_CREATED_BY, call->user.access_id);
    if (!rc)
        rc = toc_object_insert(call->conn, call->owner.id, obj, call->now, id, err);
    if (!rc)
        rc = toc__object_texts(call->conn, (toc_target){obj->type->kind, *id}, obj, true, call->now,
                               err);
    return rc;
}

/* Whether what the hashes hit is the same file. */
static toc_rc same_file(toc_incoming *call, const toc_object *obj, const int64_t ids[3],
                        unsigned count, toc_error *err)
{
    toc__stored_keys stored = {.arena = &call->arena};
    toc_str parts[3];
    if (!(obj->type->traits & TOC_TYPE_HASHES))
        return TOC_OK;
    (void)toc__object_keys(obj, parts);
    if (count > 1)
        return refuse_clash(call, obj->type, parts, 0, err);
    toc_rc rc = toc__keys_of(call->conn, call->owner.id, obj->type, ids[0], &stored, err);
    if (!rc && toc__keys_conflict(stored.parts, parts))
        rc = refuse_clash(call, obj->type, parts, 0, err);
    return rc;
}

static toc_rc save_indicator(toc_incoming *call, toc_object *obj, int64_t *id, toc_error *err)
{
    toc_str parts[3];
    int64_t ids[3] = {0, 0, 0};
    unsigned count = 0;
    (void)toc__object_keys(obj, parts);
    toc_rc rc = toc_indicator_find(call->conn, call->owner.id, obj->type, parts, ids, &count, err);
    if (rc)
        return rc;
    if (!count)
        return insert(call, obj, id, err);
    rc = same_file(call, obj, ids, count, err);
    *id = ids[0];
    return rc ? rc : change(call, ids[0], obj, err);
}

/* The type of what the request makes, and what it will belong to. */
static toc_rc new_type(toc_incoming *call, const toc_type **type, toc_place *holder, toc_error *err)
{
    toc_kind kind = call->route->kind;
    *holder = (toc_place){0};
    toc_rc rc = toc__route_type(call, type, err);
    if (!rc && !*type)
        rc = toc__branch(call, kind, toc_str_of(toc_kind_branch(kind)), type, err);
    if (!rc && call->route->parent == TOC_PARENT_HOLDER)
        rc = toc__holder(call, holder, err);
    return rc;
}

static toc_rc save_new(toc_incoming *call, toc_object *obj, int64_t *id, toc_error *err)
{
    toc_kind kind = obj->type->kind;
    toc_rc rc = kind == TOC_KIND_INDICATOR ? save_indicator(call, obj, id, err)
                                           : insert(call, obj, id, err);
    return !rc && kind == TOC_KIND_TASK ? toc__save_people(call, *id, err) : rc;
}

toc_rc toc__object_create(toc_incoming *call, toc_error *err)
{
    const toc_type *type = NULL;
    toc_place holder;
    toc_object *obj = NULL;
    int64_t id = 0;
    toc_rc rc = new_type(call, &type, &holder, err);
    if (!rc)
        rc = read_body(call, type, &obj, err);
    if (rc)
        return rc;
    keep_only(obj, TOC_FIELD_CREATE);
    if (is_asset(type)) {
        name_asset(obj);
        toc__object_set_int(obj, TOC_SLOT_PARENT, holder.target.id);
    }
    if (type->kind != TOC_KIND_INDICATOR)
        rc = toc__object_defaults(obj, call->now, err);
    if (!rc)
        rc = toc_object_check(obj, err);
    if (!rc)
        rc = save_new(call, obj, &id, err);
    return rc ? rc : toc__answer_by_id(call, type, id, 201, err);
}

/* --- read, change, remove ------------------------------------------------------------------ */

toc_rc toc__object_one(toc_incoming *call, toc_error *err)
{
    toc_place place;
    toc_rc rc = toc__first_place(call, &place, err);
    return rc ? rc : toc__answer_by_id(call, place.type, place.target.id, 200, err);
}

/* The identity cannot be changed; a file may learn hashes that it did not have. */
static toc_rc settle_keys(toc_incoming *call, const toc_place *place, toc_object *obj,
                          toc_error *err)
{
    toc__stored_keys stored = {.arena = &call->arena};
    const toc_type *type = obj->type;
    toc_str parts[3];
    toc_rc rc = TOC_OK;
    bool hashes = type->traits & TOC_TYPE_HASHES;
    if (hashes)
        rc = toc__keys_of(call->conn, call->owner.id, type, place->target.id, &stored, err);
    for (unsigned i = 0; i < type->key_count && !rc; i++) {
        if (!hashes || stored.parts[i].len)
            obj->present &= ~((uint64_t)1 << type->fields[i].slot);
    }
    (void)toc__object_keys(obj, parts);
    if (!rc && hashes)
        rc = refuse_clash(call, type, parts, place->target.id, err);
    return rc;
}

/* Brings what a request wants to change into the form of what is stored. */
static toc_rc settle(toc_incoming *call, const toc_place *place, toc_object *obj, toc_error *err)
{
    keep_only(obj, TOC_FIELD_UPDATE);
    if (is_asset(place->type)) {
        name_asset(obj);
        if (!obj->present)
            return toc__refuse_body(err);
    }
    if (place->target.kind == TOC_KIND_TASK)
        drop_empty_status(obj);
    bool hashes = (place->type->traits & TOC_TYPE_HASHES) != 0;
    toc_rc rc = TOC_OK;
    if (place->target.kind == TOC_KIND_INDICATOR && !hashes)
        rc = settle_keys(call, place, obj, err);
    if (!rc)
        rc = toc__object_check(obj, TOC_CHECK_PARTIAL | TOC_CHECK_AGAIN, err);
    return !rc && hashes ? settle_keys(call, place, obj, err) : rc;
}

toc_rc toc__object_update(toc_incoming *call, toc_error *err)
{
    toc_place place;
    toc_object *obj = NULL;
    toc_rc rc = toc__first_place(call, &place, err);
    if (!rc)
        rc = read_body(call, place.type, &obj, err);
    if (!rc)
        rc = settle(call, &place, obj, err);
    if (!rc)
        rc = change(call, place.target.id, obj, err);
    if (!rc && place.target.kind == TOC_KIND_TASK)
        rc = toc__save_people(call, place.target.id, err);
    return rc ? rc : toc__answer_by_id(call, place.type, place.target.id, 200, err);
}

toc_rc toc__object_delete(toc_incoming *call, toc_error *err)
{
    toc_place place;
    toc_rc rc = toc__first_place(call, &place, err);
    if (!rc)
        rc = toc_object_remove(call->conn, call->owner.id, place.target.kind, place.target.id,
                               call->now, err);
    if (!rc)
        toc__done(call, 200);
    return rc;
}

/* --- owners that hold a value -------------------------------------------------------------- */

typedef struct holders {
    toc_incoming *call;
    const toc_place *place;
    toc_error *err;
    int64_t count;
    bool additional;
} holders;

static void write_item_id(toc_incoming *call, int64_t id)
{
    char text[24];
    (void)snprintf(text, sizeof(text), "%lld", (long long)id);
    toc__json_member(&call->out, "itemId", text);
}

static toc_rc write_holder(void *user, const toc_store_owner *owner)
{
    holders *all = user;
    int64_t ids[3] = {0, 0, 0};
    unsigned count = 0;
    toc_rc rc = toc_indicator_find(all->call->conn, owner->id, all->place->type, all->place->keys,
                                   ids, &count, all->err);
    if (rc || !count)
        return rc;
    all->count++;
    toc__write_owner(&all->call->out, owner);
    if (all->additional)
        write_item_id(all->call, ids[0]);
    toc_json_object_end(&all->call->out);
    return TOC_OK;
}

toc_rc toc__object_owners(toc_incoming *call, toc_error *err)
{
    toc_place place;
    toc_rc rc = toc__first_anywhere(call, &place, err);
    if (rc)
        return rc;
    holders all = {.call = call,
                   .place = &place,
                   .err = err,
                   .additional = (toc__sections(call) & TOC_WITH_ADDITIONAL) != 0};
    toc__begin(call, 200);
    toc__json_key(&call->out, "owner");
    toc_json_array(&call->out);
    rc = toc__each_owner(call, write_holder, &all, err);
    toc_json_array_end(&call->out);
    toc__json_count(&call->out, "resultCount", all.count);
    toc__end(call);
    return rc;
}
