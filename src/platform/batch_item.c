/* batch_item.c - one item of a batch file: decode, check, find, insert or change. */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/check.h"
#include "model/codec.h"
#include "platform/batch.h"
#include "platform/objects.h"

/* --- decoding ------------------------------------------------------------------------------ */

static uint64_t bit(int slot)
{
    return (uint64_t)1 << slot;
}

static uint64_t slots_with(const toc_field *fields, size_t count, unsigned flags)
{
    uint64_t slots = 0;
    for (size_t i = 0; i < count; i++) {
        if (fields[i].flags & flags)
            slots |= bit(fields[i].slot);
    }
    return slots;
}

/* What the fields tables of rest-v2 4.7 name; the rest, such as echoes of answers, is ignored. */
static uint64_t slots_of(const toc_type *type, bool v2)
{
    static const uint64_t v1 =
        ((uint64_t)1 << TOC_SLOT_SUMMARY) | ((uint64_t)1 << TOC_SLOT_RATING) |
        ((uint64_t)1 << TOC_SLOT_CONFIDENCE) | ((uint64_t)1 << TOC_SLOT_DESCRIPTION) |
        ((uint64_t)1 << TOC_SLOT_SOURCE);
    size_t count;
    const toc_field *common = toc_kind_fields(type->kind, &count);
    unsigned flags = TOC_FIELD_BATCH | TOC_FIELD_CREATE | TOC_FIELD_KEY;
    if (!v2)
        return v1 | slots_with(type->fields, type->field_count, TOC_FIELD_KEY);
    uint64_t slots =
        slots_with(common, count, flags) | slots_with(type->fields, type->field_count, flags);
    /* rest-v2 5.4: the flag is one of the built-in types. */
    return type->traits & TOC_TYPE_CUSTOM ? slots & ~bit(TOC_SLOT_PRIVATE) : slots;
}

static void keep_known(toc_applied_batch *batch)
{
    toc_object *obj = batch->obj;
    if (batch->known != obj->type) {
        batch->known = obj->type;
        batch->mask = slots_of(obj->type, batch->config->v2);
    }
    obj->present &= batch->mask;
    toc_attribute *attribute = obj->attributes.first;
    for (; attribute; attribute = attribute->next) {
        attribute->date_added = (toc_str){NULL, 0};
        if (!batch->config->v2)
            attribute->labels = NULL;
    }
    if (batch->config->v2)
        return;
    obj->lists &= TOC_LIST_ATTRIBUTES | TOC_LIST_TAGS;
    obj->labels.first = NULL;
    obj->links.first = NULL;
    obj->occurrences.first = NULL;
}

toc_rc toc__batch_decode(toc_applied_batch *batch, toc_json_reader *reader, toc_kind kind,
                         toc_error *why)
{
    toc_json_reader begin = *reader;
    const toc_types *types = toc_store_types(batch->platform->store);
    toc_rc rc = toc_codec_decode(reader, types, kind, NULL, TOC_DECODE_BATCH | TOC_DECODE_GIVEN,
                                 batch->obj, why);
    if (rc == TOC_ENOMEM)
        return rc;
    if (batch->obj->type)
        keep_known(batch);
    if (!rc)
        return TOC_OK;
    if (reader->error)
        return TOC_EPARSE;
    /* The item is well-formed, what it says is not. */
    *reader = begin;
    return toc_json_skip(reader, NULL) ? TOC_EINVAL : TOC_EPARSE;
}

/* --- look-ups ------------------------------------------------------------------------------ */

static toc_rc remember_group(toc_applied_batch *batch, toc_str xid, int64_t id, toc_error *err)
{
    return toc_map_put(&batch->groups, xid, (uint64_t)id) == TOC_ENOMEM ? toc_error_nomem(err)
                                                                        : TOC_OK;
}

toc_rc toc__batch_group_id(toc_applied_batch *batch, toc_str xid, int64_t *id, toc_error *err)
{
    const toc_type *type;
    const uint64_t *known = toc_map_get(&batch->groups, xid);
    if (known) {
        *id = (int64_t)*known;
        return TOC_OK;
    }
    toc_rc rc = toc_group_find_xid(batch->conn, batch->job.owner, xid, id, &type, err);
    return rc || !*id ? rc : remember_group(batch, xid, *id, err);
}

toc_rc toc__batch_find_indicator(toc_applied_batch *batch, toc_str type_name, toc_str summary,
                                 int64_t *id, toc_error *err)
{
    const toc_type *type =
        toc_types_find(toc_store_types(batch->platform->store), TOC_KIND_INDICATOR, type_name);
    toc_str keys[3];
    *id = 0;
    if (!type)
        return TOC_OK;
    return toc__indicator_by_summary(batch->conn, batch->job.owner, type, summary, batch->scratch,
                                     id, keys, err);
}

/* --- writing ------------------------------------------------------------------------------- */

/* Not changed with an object that exists: its attributes, when they are to stay as they are. */
static void drop_static_texts(const toc_applied_batch *batch)
{
    if (batch->config->attributes == TOC_WRITE_STATIC)
        batch->obj->present &= ~(bit(TOC_SLOT_DESCRIPTION) | bit(TOC_SLOT_SOURCE));
}

static toc_rc no_room(toc_error *err)
{
    /* Clients look for this text and stop. */
    return toc_error_set(err, TOC_ELIMIT,
                         "it would exceed the number of allowed indicators of the owner");
}

static toc_rc insert_new(toc_applied_batch *batch, int64_t *id, toc_error *err)
{
    toc_object *obj = batch->obj;
    bool counted = obj->type->kind == TOC_KIND_INDICATOR && batch->platform->batch_quota;
    if (counted && batch->room <= 0)
        return no_room(err);
    if (obj->type->kind == TOC_KIND_GROUP && batch->author.len)
        toc__object_set_text(obj, TOC_SLOT_CREATED_BY, batch->author);
    toc_rc rc = toc__object_defaults(obj, batch->now, err);
    uint64_t lifted = toc_attributes_lift(obj);
    if (!rc)
        rc = toc_object_insert(batch->conn, batch->job.owner, obj, batch->now, id, err);
    obj->present &= ~lifted;
    batch->room -= !rc && counted;
    return rc;
}

static toc_rc write_object(toc_applied_batch *batch, int64_t found, int64_t *id, toc_error *err)
{
    toc_object *obj = batch->obj;
    toc_rc rc;
    *id = found;
    if (found) {
        drop_static_texts(batch);
        rc = toc_object_change(batch->conn, batch->job.owner, found, obj, batch->now, err);
    } else {
        rc = insert_new(batch, id, err);
    }
    toc_target target = {obj->type->kind, rc ? 0 : *id};
    if (!rc && obj->lists)
        rc = toc__batch_lists(batch, target, !found, err);
    return rc ? rc : toc__batch_texts(batch, target, !found, err);
}

toc_rc toc__batch_write(toc_applied_batch *batch, int64_t found, toc_error *err)
{
    int64_t id = 0;
    toc_rc rc = write_object(batch, found, &id, err);
    if (rc || !batch->obj->links.first)
        return rc;
    return toc__batch_link_groups(batch, (toc_target){TOC_KIND_INDICATOR, id}, err);
}

/* Counts what became of an item. */
static toc_rc settle(toc_applied_batch *batch, toc_kind kind, toc_rc rc, const char *code,
                     const toc_error *why, toc_error *err)
{
    if (!rc) {
        if (kind == TOC_KIND_INDICATOR)
            batch->job.success_indicators++;
        else
            batch->job.success_groups++;
        return TOC_OK;
    }
    if (toc__batch_refusal(rc)) {
        if (!code && rc == TOC_ENOTFOUND)
            code = "0x1007";
        if (!code && rc == TOC_ECONFLICT && kind == TOC_KIND_INDICATOR)
            code = "0x100A";
        return toc__batch_refuse(batch, kind, code, why, err);
    }
    if (err)
        *err = *why;
    return rc;
}

/* --- groups -------------------------------------------------------------------------------- */

/* A document need not say how its file is called (rest-v2 4.7): then a new one is called after the
 * document. */
static const toc_field *name_file(toc_object *obj)
{
    const toc_field *field = toc_type_field(obj->type, TOC_S("fileName"));
    toc_str name = toc__object_text(obj, TOC_SLOT_NAME);
    if (!(obj->type->traits & TOC_TYPE_CONTENT) || !field || toc__object_has(obj, field->slot) ||
        !name.len)
        return NULL;
    toc__object_set_text(obj, field->slot, name);
    return field;
}

static toc_rc check_group(toc_applied_batch *batch, toc_error *err)
{
    toc_str xid = toc__object_text(batch->obj, TOC_SLOT_XID);
    if (!xid.len || xid.len > TOC_MAX_XID)
        return toc_error_field(err, TOC_EINVAL, "xid", "a group needs an xid of at most %d bytes",
                               TOC_MAX_XID);
    toc_rc rc = toc_object_check(batch->obj, err);
    return rc ? rc : toc__batch_prepare_lists(batch, err);
}

static toc_rc save_group(toc_applied_batch *batch, toc_error *err)
{
    toc_object *obj = batch->obj;
    const toc_type *stored = NULL;
    int64_t id = 0, found = 0;
    const toc_field *named = name_file(obj);
    toc_rc rc = check_group(batch, err);
    if (rc)
        return rc;
    toc_str xid = toc__object_text(obj, TOC_SLOT_XID);
    rc = toc_group_find_xid(batch->conn, batch->job.owner, xid, &found, &stored, err);
    if (rc)
        return rc;
    if (found && stored != obj->type)
        return toc_error_field(err, TOC_ECONFLICT, "type",
                               "the group with this xid is of the type %s", stored->name);
    if (found && named)
        obj->present &= ~bit(named->slot);
    rc = write_object(batch, found, &id, err);
    return rc ? rc : remember_group(batch, xid, id, err);
}

toc_rc toc__batch_group(toc_applied_batch *batch, toc_json_reader *reader, toc_error *err)
{
    toc_error why = {0};
    toc_rc rc = toc__batch_decode(batch, reader, TOC_KIND_GROUP, &why);
    if (rc == TOC_EPARSE)
        return rc;
    if (batch->config->remove && (!rc || rc == TOC_EINVAL))
        rc = toc__batch_remove_group(batch, &why);
    else if (!rc)
        rc = save_group(batch, &why);
    return settle(batch, TOC_KIND_GROUP, rc, NULL, &why, err);
}

/* --- indicators ---------------------------------------------------------------------------- */

static toc_rc save_indicator(toc_applied_batch *batch, toc_error *err)
{
    toc_object *obj = batch->obj;
    toc_str parts[3];
    int64_t ids[3] = {0, 0, 0};
    unsigned count = 0;
    toc_rc rc = toc_object_check(obj, err);
    if (!rc && toc__object_text(obj, TOC_SLOT_XID).len > TOC_MAX_XID)
        rc = toc_error_field(err, TOC_EINVAL, "xid", "an xid has at most %d bytes", TOC_MAX_XID);
    if (!rc)
        rc = toc__batch_prepare_lists(batch, err);
    if (rc)
        return rc;
    (void)toc__object_keys(obj, parts);
    rc = toc_indicator_find(batch->conn, batch->job.owner, obj->type, parts, ids, &count, err);
    if (rc)
        return rc;
    if (count && (obj->type->traits & TOC_TYPE_HASHES))
        return toc__batch_file(batch, ids, count, err);
    return toc__batch_write(batch, count ? ids[0] : 0, err);
}

/* rest-v2 4.8 rule 11 */
static toc_rc surplus(const toc_applied_batch *batch, toc_error *err)
{
    if (batch->indicators <= TOC_MAX_BATCH_INDICATORS)
        return TOC_OK;
    return toc_error_set(err, TOC_ELIMIT, "a job takes at most %d indicators",
                         TOC_MAX_BATCH_INDICATORS);
}

toc_rc toc__batch_indicator(toc_applied_batch *batch, toc_json_reader *reader, toc_error *err)
{
    const char *code = NULL;
    toc_error why = {0};
    toc_rc rc = toc__batch_decode(batch, reader, TOC_KIND_INDICATOR, &why);
    if (rc == TOC_EPARSE)
        return rc;
    bool readable = !rc || (rc == TOC_EINVAL && batch->config->remove);
    if (readable)
        rc = surplus(batch, &why);
    if (!rc)
        rc = batch->config->remove ? toc__batch_remove_indicator(batch, &why)
                                   : save_indicator(batch, &why);
    /* Too many in the job, or for the owner. */
    if (rc == TOC_ELIMIT && readable && !why.field[0])
        code = "0x1008";
    return settle(batch, TOC_KIND_INDICATOR, rc, code, &why, err);
}
