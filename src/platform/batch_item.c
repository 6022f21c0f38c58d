/* batch_item.c - one item of a batch file: decode, check, find, insert or change, link. */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/check.h"
#include "model/codec.h"
#include "platform/batch.h"
#include "platform/objects.h"

static const struct {
    const char *word, *code;
} kinds[] = {
    [TOC_KIND_INDICATOR] = {"Indicator", "0x1005"},
    [TOC_KIND_GROUP] = {"Group", "0x1006"},
};

bool toc__batch_refusal(toc_rc rc)
{
    static const toc_rc refusals[] = {TOC_EINVAL,       TOC_ELIMIT, TOC_ENOTFOUND, TOC_ECONFLICT,
                                      TOC_EUNSUPPORTED, TOC_EAUTH,  TOC_EPARSE};
    for (size_t i = 0; i < TOC_COUNT(refusals); i++) {
        if (refusals[i] == rc)
            return true;
    }
    return false;
}

/* --- entries ------------------------------------------------------------------------------- */

/* What the sender knows the item by: its xid, else its value or name as it was sent. */
static toc_str identity_of(toc_batch *batch)
{
    toc_object *obj = batch->obj;
    toc_str text = toc__object_text(obj, TOC_SLOT_XID);
    if (!text.len)
        text = toc__object_text(obj, TOC_SLOT_SUMMARY); /* of groups: the name */
    if (!text.len && obj->type)
        text = toc_object_summary(obj);
    if (!text.len)
        text = TOC_S("(unnamed)");
    text.len = toc_str_utf8_floor(text, 1024);
    return text;
}

static void write_source(toc_batch *batch, size_t *at)
{
    *at = batch->text.len;
    toc_buf_str(&batch->text, identity_of(batch));
    toc_buf_lit(&batch->text, " is not valid.");
}

static void begin_reason(toc_batch *batch, toc_kind kind)
{
    toc_buf_clear(&batch->text);
    toc_buf_text(&batch->text, batch->obj->type ? batch->obj->type->name : kinds[kind].word);
    toc_buf_char(&batch->text, ' ');
    toc_buf_str(&batch->text, identity_of(batch));
}

static toc_rc end_entry(toc_batch *batch, bool warning, const char *code, toc_str message,
                        toc_error *err)
{
    size_t at;
    write_source(batch, &at);
    toc_rc rc = toc_buf_check(&batch->text, err);
    if (rc)
        return rc;
    toc_str text = toc_buf_view(&batch->text);
    toc_job_error entry = {.code = toc_str_of(code),
                           .reason = toc_str_slice(text, 0, at),
                           .source = toc_str_slice(text, at, text.len),
                           .message = message};
    return toc__batch_entry(batch, warning, &entry, err);
}

static toc_rc make_row(toc_batch *batch, toc_error *err)
{
    if (batch->job.id)
        return TOC_OK;
    /* A job that is run at once is never seen unfinished, so that no restart takes it up. */
    batch->job.state = TOC_JOB_COMPLETED;
    batch->job.created = batch->now;
    batch->job.finished = batch->now;
    return toc_job_add(batch->conn, &batch->job, err);
}

toc_rc toc__batch_entry(toc_batch *batch, bool warning, const toc_job_error *entry, toc_error *err)
{
    toc_rc rc = make_row(batch, err);
    if (rc)
        return rc;
    if (!warning) {
        batch->job.errors++;
        batch->halted = batch->halted || batch->config->halt_on_error;
    }
    if (batch->entries++ >= TOC_MAX_JOB_ERRORS)
        return TOC_OK;
    return toc_job_error_add(batch->conn, batch->job.id, entry, err);
}

toc_rc toc__batch_refuse(toc_batch *batch, toc_kind kind, const char *code, const toc_error *why,
                         toc_error *err)
{
    begin_reason(batch, kind);
    if (why->field[0]) {
        toc_buf_lit(&batch->text, " has an invalid ");
        toc_buf_text(&batch->text, why->field);
        toc_buf_char(&batch->text, '.');
    } else {
        toc_buf_lit(&batch->text, " was not accepted: ");
        toc_buf_text(&batch->text, why->message);
        toc_buf_char(&batch->text, '.');
    }
    if (kind == TOC_KIND_INDICATOR)
        batch->job.error_indicators++;
    else
        batch->job.error_groups++;
    return end_entry(batch, false, code ? code : kinds[kind].code, toc_str_of(why->message), err);
}

toc_rc toc__batch_link_error(toc_batch *batch, toc_kind kind, const char *code, const char *what,
                             toc_str missing, toc_error *err)
{
    begin_reason(batch, kind);
    toc_buf_lit(&batch->text, " is associated with ");
    toc_buf_text(&batch->text, what);
    toc_buf_char(&batch->text, ' ');
    toc_buf_str(&batch->text, toc_str_slice(missing, 0, toc_str_utf8_floor(missing, 1024)));
    toc_buf_lit(&batch->text, ", which does not exist.");
    batch->job.error_links++;
    return end_entry(batch, false, code, (toc_str){NULL, 0}, err);
}

/* --- decoding ------------------------------------------------------------------------------ */

toc_rc toc__batch_decode(toc_batch *batch, toc_json_reader *reader, toc_kind kind, toc_error *why)
{
    toc_json_reader begin = *reader;
    const toc_types *types = toc_store_types(batch->platform->store);
    toc_rc rc = toc_codec_decode(reader, types, kind, NULL, TOC_DECODE_BATCH, batch->obj, why);
    if (!rc || rc == TOC_ENOMEM)
        return rc;
    if (reader->error)
        return TOC_EPARSE;
    /* The item is well-formed, what it says is not. */
    *reader = begin;
    return toc_json_skip(reader, NULL) ? TOC_EINVAL : TOC_EPARSE;
}

/* --- look-ups ------------------------------------------------------------------------------ */

toc_rc toc__batch_group_id(toc_batch *batch, toc_str xid, int64_t *id, toc_error *err)
{
    const toc_type *type;
    const uint64_t *known = toc_map_get(&batch->groups, xid);
    if (known) {
        *id = (int64_t)*known;
        return TOC_OK;
    }
    toc_rc rc = toc_group_find_xid(batch->conn, batch->job.owner, xid, id, &type, err);
    if (!rc && *id && toc_map_put(&batch->groups, xid, (uint64_t)*id) == TOC_ENOMEM)
        rc = toc_error_nomem(err);
    return rc;
}

toc_rc toc__batch_find_indicator(toc_batch *batch, toc_str type_name, toc_str summary, int64_t *id,
                                 toc_error *err)
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

/* --- removal ------------------------------------------------------------------------------- */

static toc_rc not_found(toc_error *err)
{
    return toc_error_set(err, TOC_ENOTFOUND, "there is no such item in the owner");
}

static toc_rc remove_item(toc_batch *batch, toc_kind kind, int64_t id, toc_error *err)
{
    return id ? toc_object_remove(batch->conn, batch->job.owner, kind, id, batch->now, err)
              : not_found(err);
}

/* --- groups -------------------------------------------------------------------------------- */

static toc_rc check_group(toc_batch *batch, toc_error *err)
{
    toc_str xid = toc__object_text(batch->obj, TOC_SLOT_XID);
    if (!xid.len || xid.len > TOC_MAX_XID)
        return toc_error_field(err, TOC_EINVAL, "xid", "a group needs an xid of at most %d bytes",
                               TOC_MAX_XID);
    if (batch->config->remove)
        return TOC_OK;
    toc_rc rc = toc__object_defaults(batch->obj, batch->now, err);
    if (!rc)
        rc = toc_object_check(batch->obj, err);
    return rc ? rc : toc__batch_prepare_labels(batch, err);
}

static toc_rc write_object(toc_batch *batch, int64_t found, int64_t *id, toc_error *err)
{
    toc_object *obj = batch->obj;
    toc_rc rc;
    if (found) {
        *id = found;
        rc = toc_object_change(batch->conn, batch->job.owner, found, obj, batch->now, err);
    } else {
        rc = toc_object_insert(batch->conn, batch->job.owner, obj, batch->now, id, err);
    }
    toc_target target = {obj->type->kind, rc ? 0 : *id};
    if (!rc && obj->lists)
        rc = toc__batch_lists(batch, target, !found, err);
    return rc ? rc : toc__object_texts(batch->conn, target, obj, !found, batch->now, err);
}

static toc_rc save_group(toc_batch *batch, toc_error *err)
{
    toc_object *obj = batch->obj;
    const toc_type *stored = NULL;
    int64_t id = 0, found = 0;
    toc_rc rc = check_group(batch, err);
    if (rc)
        return rc;
    toc_str xid = toc__object_text(obj, TOC_SLOT_XID);
    rc = toc_group_find_xid(batch->conn, batch->job.owner, xid, &found, &stored, err);
    if (rc)
        return rc;
    if (batch->config->remove)
        return remove_item(batch, TOC_KIND_GROUP, found, err);
    if (found && stored != obj->type)
        return toc_error_field(err, TOC_ECONFLICT, "type",
                               "the group with this xid is of the type %s", stored->name);
    rc = write_object(batch, found, &id, err);
    if (!rc && toc_map_put(&batch->groups, xid, (uint64_t)id) == TOC_ENOMEM)
        rc = toc_error_nomem(err);
    return rc;
}

/* Counts what became of an item. */
static toc_rc settle(toc_batch *batch, toc_kind kind, toc_rc rc, const char *code,
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
        return toc__batch_refuse(batch, kind, code, why, err);
    }
    if (err)
        *err = *why;
    return rc;
}

toc_rc toc__batch_group(toc_batch *batch, toc_json_reader *reader, toc_error *err)
{
    toc_error why = {0};
    toc_rc rc = toc__batch_decode(batch, reader, TOC_KIND_GROUP, &why);
    if (rc == TOC_EPARSE)
        return rc;
    if (!rc)
        rc = save_group(batch, &why);
    return settle(batch, TOC_KIND_GROUP, rc, NULL, &why, err);
}

/* --- links --------------------------------------------------------------------------------- */

static toc_rc link_to(toc_batch *batch, toc_target from, toc_target to, toc_str association,
                      toc_error *err)
{
    toc_rc rc = toc_link_add(batch->conn, from, to, association, err);
    if (!rc)
        batch->job.success_links++;
    return rc;
}

static toc_rc link_groups(toc_batch *batch, toc_target from, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (const toc_link *link = batch->obj->links.first; link && !rc; link = link->next) {
        int64_t id = 0;
        if (link->kind != TOC_KIND_GROUP)
            continue;
        rc = toc__batch_group_id(batch, link->xid, &id, err);
        if (!rc && id && !(from.kind == TOC_KIND_GROUP && from.id == id))
            rc = link_to(batch, from, (toc_target){TOC_KIND_GROUP, id}, TOC_S(""), err);
        else if (!rc)
            rc = toc__batch_link_error(batch, from.kind, "0x1009", "the group", link->xid, err);
    }
    return rc;
}

static toc_rc link_indicators(toc_batch *batch, toc_target from, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (const toc_link *link = batch->obj->links.first; link && !rc; link = link->next) {
        int64_t id = 0;
        if (link->kind != TOC_KIND_INDICATOR)
            continue;
        rc = toc__batch_find_indicator(batch, link->type, link->summary, &id, err);
        if (!rc && id && !(from.kind == TOC_KIND_INDICATOR && from.id == id))
            rc = link_to(batch, from, (toc_target){TOC_KIND_INDICATOR, id}, TOC_S(""), err);
        else if (!rc)
            rc = toc__batch_link_error(batch, from.kind, "0x1007", "the indicator", link->summary,
                                       err);
    }
    return rc;
}

/* An item that was refused before is passed over without a word. */
toc_rc toc__batch_group_links(toc_batch *batch, toc_json_reader *reader, toc_error *err)
{
    int64_t id = 0;
    toc_rc rc = toc__batch_decode(batch, reader, TOC_KIND_GROUP, NULL);
    if (rc || !batch->obj->links.first)
        return rc == TOC_EINVAL ? TOC_OK : rc;
    toc_str xid = toc__object_text(batch->obj, TOC_SLOT_XID);
    if (xid.len)
        rc = toc__batch_group_id(batch, xid, &id, err);
    toc_target from = {TOC_KIND_GROUP, id};
    if (!rc && id)
        rc = link_groups(batch, from, err);
    if (!rc && id)
        rc = link_indicators(batch, from, err);
    return rc;
}

toc_rc toc__batch_indicator_links(toc_batch *batch, toc_json_reader *reader, toc_error *err)
{
    toc_str parts[3];
    int64_t ids[3] = {0, 0, 0};
    unsigned count = 0;
    toc_object *obj = batch->obj;
    toc_rc rc = toc__batch_decode(batch, reader, TOC_KIND_INDICATOR, NULL);
    if (rc || !obj->links.first)
        return rc == TOC_EINVAL ? TOC_OK : rc;
    if (toc_object_check(obj, NULL))
        return TOC_OK;
    (void)toc__object_keys(obj, parts);
    rc = toc_indicator_find(batch->conn, batch->job.owner, obj->type, parts, ids, &count, err);
    if (rc || !count)
        return rc;
    return link_indicators(batch, (toc_target){TOC_KIND_INDICATOR, ids[0]}, err);
}

/* --- indicators ---------------------------------------------------------------------------- */

static toc_rc merge_warning(toc_batch *batch, const char *text, toc_error *err)
{
    begin_reason(batch, TOC_KIND_INDICATOR);
    toc_buf_text(&batch->text, text);
    return end_entry(batch, true, "0x2003", (toc_str){NULL, 0}, err);
}

static void drop_hashes(toc_object *obj, const toc_str stored[3], bool shared)
{
    toc_str parts[3];
    unsigned count = toc__object_keys(obj, parts);
    for (unsigned i = 0; i < count; i++) {
        bool same = stored[i].len && toc_str_equal(stored[i], parts[i]);
        if (parts[i].len && stored[i].len && (!same || shared))
            obj->present &= ~((uint64_t)1 << obj->type->fields[i].slot);
    }
    obj->present &= ~((uint64_t)1 << TOC_SLOT_SUMMARY);
}

/* The hashes hit one file and differ from it in another hash. *skip: nothing is left to do. */
static toc_rc collide(toc_batch *batch, const toc_str stored[3], int64_t *found, bool *skip,
                      toc_error *err)
{
    toc_object *obj = batch->obj;
    toc_str parts[3];
    switch (batch->config->collision) {
    case TOC_COLLISION_IGNORE_INCOMING:
        *skip = true;
        return merge_warning(batch, " was left out: its hashes contradict a stored file.", err);
    case TOC_COLLISION_FAVOR_EXISTING:
    case TOC_COLLISION_SPLIT:
        drop_hashes(obj, stored, false);
        return merge_warning(batch, " lost hashes that contradict a stored file.", err);
    case TOC_COLLISION_IGNORE_EXISTING:
        drop_hashes(obj, stored, true);
        (void)toc__object_keys(obj, parts);
        *skip = !parts[0].len && !parts[1].len && !parts[2].len;
        *found = 0;
        return merge_warning(batch, " lost hashes that belong to a stored file.", err);
    default:
        (void)toc__object_keys(obj, parts);
        if (toc_file_rekey(batch->conn, batch->job.owner, obj->type, *found, parts, err))
            return err ? err->code : TOC_ESTORE;
        return merge_warning(batch, " took the place of hashes of a stored file.", err);
    }
}

/* Metadata for each of the files that the hashes hit; the hashes stay where they are. */
static toc_rc distribute(toc_batch *batch, const int64_t ids[3], unsigned count, toc_error *err)
{
    toc_object *obj = batch->obj;
    toc_rc rc = TOC_OK;
    int64_t id;
    for (unsigned i = 0; i < obj->type->key_count; i++)
        obj->present &= ~((uint64_t)1 << obj->type->fields[i].slot);
    for (unsigned i = 0; i < count && !rc; i++) {
        rc = write_object(batch, ids[i], &id, err);
        if (!rc)
            rc = link_groups(batch, (toc_target){TOC_KIND_INDICATOR, ids[i]}, err);
    }
    return rc;
}

static toc_rc settle_hashes(toc_batch *batch, int64_t *found, bool *skip, toc_error *err)
{
    toc__stored_keys stored = {.arena = batch->scratch};
    toc_str parts[3];
    toc_rc rc = toc__keys_of(batch->conn, batch->job.owner, batch->obj->type, *found, &stored, err);
    (void)toc__object_keys(batch->obj, parts);
    if (rc || !toc__keys_conflict(stored.parts, parts))
        return rc;
    return collide(batch, stored.parts, found, skip, err);
}

static toc_rc write_indicator(toc_batch *batch, const int64_t ids[3], unsigned count,
                              toc_error *err)
{
    int64_t found = count ? ids[0] : 0, id = 0;
    bool skip = false;
    toc_rc rc = TOC_OK;
    bool apart = batch->config->merge == TOC_MERGE_DISTRIBUTE ||
                 batch->config->collision == TOC_COLLISION_SPLIT;
    if (count > 1 && apart)
        return distribute(batch, ids, count < 3 ? count : 3, err);
    if (count > 1)
        rc = toc_files_merge(batch->conn, batch->job.owner, batch->obj->type, ids,
                             count < 3 ? count : 3, batch->now, &found, err);
    if (!rc && found && (batch->obj->type->traits & TOC_TYPE_HASHES))
        rc = settle_hashes(batch, &found, &skip, err);
    if (!rc && !found && !skip)
        rc = toc__object_defaults(batch->obj, batch->now, err);
    if (rc || skip)
        return rc;
    rc = write_object(batch, found, &id, err);
    if (!rc && batch->obj->links.first)
        rc = link_groups(batch, (toc_target){TOC_KIND_INDICATOR, id}, err);
    return rc;
}

static toc_rc save_indicator(toc_batch *batch, toc_error *err)
{
    toc_object *obj = batch->obj;
    toc_str parts[3];
    int64_t ids[3] = {0, 0, 0};
    unsigned count = 0;
    toc_rc rc = toc_object_check(obj, err);
    if (!rc && toc__object_text(obj, TOC_SLOT_XID).len > TOC_MAX_XID)
        rc = toc_error_field(err, TOC_EINVAL, "xid", "an xid has at most %d bytes", TOC_MAX_XID);
    if (!rc && !batch->config->remove)
        rc = toc__batch_prepare_labels(batch, err);
    if (rc)
        return rc;
    (void)toc__object_keys(obj, parts);
    rc = toc_indicator_find(batch->conn, batch->job.owner, obj->type, parts, ids, &count, err);
    if (rc)
        return rc;
    if (batch->config->remove)
        return remove_item(batch, TOC_KIND_INDICATOR, count ? ids[0] : 0, err);
    return write_indicator(batch, ids, count, err);
}

toc_rc toc__batch_indicator(toc_batch *batch, toc_json_reader *reader, toc_error *err)
{
    const char *code = NULL;
    toc_error why = {0};
    toc_rc rc = toc__batch_decode(batch, reader, TOC_KIND_INDICATOR, &why);
    if (rc == TOC_EPARSE)
        return rc;
    if (!rc && batch->indicators > TOC_MAX_BATCH_INDICATORS) {
        code = "0x1008";
        rc = toc_error_set(&why, TOC_ELIMIT, "a job takes at most %d indicators",
                           TOC_MAX_BATCH_INDICATORS);
    }
    if (!rc)
        rc = save_indicator(batch, &why);
    return settle(batch, TOC_KIND_INDICATOR, rc, code, &why, err);
}
