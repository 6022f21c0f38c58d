/* build_check.c - the dry run: every item is judged as the platform would, nothing is sent. */
#include <inttypes.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/time.h"
#include "batch/batch.h"
#include "model/codec.h"

typedef struct check {
    toc_batch *batch;
    const toc_types *types;
    const toc_batch_callbacks *callbacks;
    toc_batch_status *status;
    toc_arena arena;
} check;

/* What is asked of items of a batch alone. */
static toc_rc judge_batch(const toc_object *obj, toc_error *why)
{
    toc_str xid = toc__object_text(obj, TOC_SLOT_XID);
    const toc_occurrence *occurrence = obj->occurrences.first;
    if (xid.len > TOC_MAX_XID || (!xid.len && obj->type->kind == TOC_KIND_GROUP))
        return toc_error_field(why, TOC_EINVAL, "xid", "an xid has 1 to %d bytes", TOC_MAX_XID);
    toc_rc rc = TOC_OK;
    for (; occurrence && !rc; occurrence = occurrence->next) {
        char room[TOC_TIME_TEXT];
        toc_str date = occurrence->date;
        if (date.len)
            rc = toc__date_text(&date, room, "fileOccurrence", why);
        else if (!occurrence->file_name.len && !occurrence->path.len)
            rc = toc_error_field(why, TOC_EINVAL, "fileOccurrence",
                                 "a file occurrence needs a name, a path or a date");
    }
    return rc;
}

static toc_rc judge_removal(toc_object *obj, toc_rc rc, toc_error *why)
{
    if (rc && rc != TOC_EINVAL)
        return rc;
    if (obj->type)
        toc__object_keep_identity(obj);
    if (!obj->type || obj->type->kind == TOC_KIND_GROUP)
        return obj->type ? judge_batch(obj, why) : TOC_EINVAL;
    rc = toc_object_check(obj, why);
    return rc ? rc : judge_batch(obj, why);
}

/* *type: what the item is, as far as it was told; else NULL. */
static toc_rc judge(check *self, toc_kind kind, toc_str json, const toc_type **type, toc_error *why)
{
    toc_json_reader reader;
    *type = NULL;
    toc_arena_clear(&self->arena);
    if (kind == TOC_KIND_RECORD)
        return TOC_OK;
    toc_object *obj = toc__object_in(&self->arena, toc_type_list(&(size_t){0}));
    if (!obj)
        return toc_error_nomem(why);
    toc_json_reader_init(&reader, json.ptr, json.len, &self->arena);
    toc_rc rc = toc_codec_decode(&reader, self->types, kind, NULL,
                                 TOC_DECODE_BATCH | TOC_DECODE_GIVEN, obj, why);
    *type = obj->type;
    if (!rc && !obj->type)
        return toc_error_field(why, TOC_EINVAL, "type", "the item's type is not known");
    if (self->batch->removal)
        return judge_removal(obj, rc, why);
    rc = rc ? rc : toc_object_check(obj, why);
    return rc ? rc : judge_batch(obj, why);
}

static toc_rc refused(const check *self, toc_kind kind, const toc_type *type,
                      const toc_spool_item *item, const toc_error *why, toc_error *err)
{
    toc_batch_error error = {.line = item->line,
                             .reason = toc_str_of(why->message),
                             .source = toc_str_of(why->field),
                             .json = item->json,
                             .origin = item->origin,
                             .kind = kind,
                             .type = type};
    self->status->errors++;
    if (self->callbacks && self->callbacks->error &&
        self->callbacks->error(self->callbacks->user, &error) < 0)
        return toc_error_set(err, TOC_ECANCELED, "stopped by the error callback");
    return TOC_OK;
}

static toc_rc check_stretch(check *self, toc_batch_part part, uint64_t from, uint64_t to,
                            toc_error *err)
{
    toc_kind kind = toc__batch_part_kind(part);
    toc_spool_cursor cursor;
    toc_spool_item item;
    toc_rc rc = TOC_OK;
    toc_spool_cursor_init(&cursor, &self->batch->spools[part], from);
    while (!rc && cursor.offset < to && (rc = toc_spool_next(&cursor, &item, err)) > 0) {
        toc_error why = {0};
        const toc_type *type = NULL;
        rc = judge(self, kind, item.json, &type, &why);
        self->status->items++;
        self->status->bytes += item.json.len;
        self->status->success += !rc;
        if (rc == TOC_ENOMEM)
            (void)toc_error_nomem(err);
        else if (rc)
            rc = refused(self, kind, type, &item, &why, err);
    }
    toc_spool_cursor_done(&cursor);
    return rc;
}

/* What was left before, then what was never tried. */
static toc_rc check_part(check *self, toc_batch_part part, toc_error *err)
{
    const toc_batch *batch = self->batch;
    toc_spool *spool = &self->batch->spools[part];
    toc_rc rc = toc_spool_flush(spool, err);
    for (size_t i = 0; !rc && i < batch->left_count; i++)
        if (batch->left[i].part == part)
            rc = check_stretch(self, part, batch->left[i].from, batch->left[i].to, err);
    return rc ? rc : check_stretch(self, part, spool->acked, UINT64_MAX, err);
}

toc_rc toc_batch_check(toc_batch *batch, const toc_types *types,
                       const toc_batch_callbacks *callbacks, toc_batch_status *status,
                       toc_error *err)
{
    if (!batch || !status || (callbacks && callbacks->version != 1))
        return toc_error_set(err, TOC_EINVAL, "batch and status are needed");
    *status = (toc_batch_status){0};
    check self = {.batch = batch, .types = types, .callbacks = callbacks, .status = status};
    toc_arena_init(&self.arena, (size_t)2 * TOC_MAX_ITEM);
    toc_rc rc = TOC_OK;
    for (toc_batch_part part = 0; !rc && part < TOC_BATCH_PARTS; part++)
        rc = check_part(&self, part, err);
    toc_arena_done(&self.arena);
    if (!rc && status->errors)
        rc = toc_error_set(err, TOC_EPARTIAL, "%" PRIu64 " of %" PRIu64 " items would be refused",
                           status->errors, status->items);
    return rc;
}
