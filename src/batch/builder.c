#include "batch/batch.h"

#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/check.h"
#include "model/codec.h"

static const struct {
    const char *name;
    toc_kind kind;
} parts[TOC_BATCH_PARTS] = {
    [TOC_BATCH_GROUPS] = {"group", TOC_KIND_GROUP},
    [TOC_BATCH_INDICATORS] = {"indicator", TOC_KIND_INDICATOR},
    [TOC_BATCH_ASSOCIATIONS] = {"association", TOC_KIND_RECORD},
};

const char *toc_batch_part_name(toc_batch_part part)
{
    return parts[part].name;
}

toc_kind toc__batch_part_kind(toc_batch_part part)
{
    return parts[part].kind;
}

toc_rc toc_batch_new(const toc_batch_options *options, toc_batch **batch, toc_error *err)
{
    if (!options || options->version != 1 || !batch)
        return toc_error_set(err, TOC_EINVAL, "batch options are missing or of another version");
    if (!options->owner || !*options->owner)
        return toc_error_field(err, TOC_EINVAL, "owner", "a batch needs an owner");
    toc_batch *made = toc_mem_zalloc(1, sizeof *made);
    if (!made)
        return toc_error_nomem(err);
    for (size_t i = 0; i < TOC_BATCH_PARTS; i++)
        made->spools[i].fd = -1;
    made->files.fd = made->seen.fd = made->content_fd = -1;
    made->inline_links = options->inline_links;
    made->chunk_items = options->chunk_items ? options->chunk_items : 5000;
    made->chunk_bytes = options->chunk_bytes ? options->chunk_bytes : 16000000;
    if (made->chunk_bytes > SIZE_MAX / 4) /* sums with it must not wrap */
        made->chunk_bytes = SIZE_MAX / 4;
    made->owner = toc_mem_strdup(toc_str_of(options->owner));
    toc_buf_init(&made->config, 64 * 1024);
    toc_rc rc = made->owner ? toc__batch_settings(made, options, err) : toc_error_nomem(err);
    for (size_t i = 0; !rc && i < TOC_BATCH_PARTS; i++)
        rc = toc_spool_create(&made->spools[i], options->spool_dir, err);
    if (!rc)
        rc = toc_spool_create(&made->files, options->spool_dir, err);
    if (!rc)
        rc = toc_spool_file(options->spool_dir, &made->content_fd, err);
    if (!rc)
        rc = toc_seen_create(&made->seen, options->spool_dir, err);
    if (rc) {
        toc_batch_free(made);
        return rc;
    }
    *batch = made;
    return TOC_OK;
}

void toc_batch_free(toc_batch *batch)
{
    if (!batch)
        return;
    toc__batch_submit_done(batch);
    for (size_t i = 0; i < TOC_BATCH_PARTS; i++)
        toc_spool_done(&batch->spools[i]);
    toc_spool_done(&batch->files);
    if (batch->content_fd >= 0)
        (void)close(batch->content_fd);
    toc_seen_done(&batch->seen);
    toc_buf_done(&batch->config);
    toc_mem_free(batch->owner);
    toc_mem_free(batch);
}

toc_spool *toc__batch_spool(toc_batch *batch, toc_kind kind)
{
    for (size_t i = 0; i < TOC_BATCH_PARTS; i++)
        if (parts[i].kind == kind)
            return &batch->spools[i];
    return NULL;
}

toc_rc toc_batch_add(toc_batch *batch, toc_object *obj, uint64_t line, toc_error *err)
{
    return toc__batch_add(batch, obj, line, (toc_str){NULL, 0}, &(bool){false}, err);
}

static toc_rc give_xid(toc_object *obj, toc_error *err)
{
    char uuid[37];
    toc_rc rc = toc_uuid(uuid);
    return rc ? rc : toc_object_set(obj, "xid", toc_str_of(uuid), err);
}

/* 0: it has no xid. */
static uint64_t hash_of(const toc_batch *batch, const toc_object *obj)
{
    toc_str xid = toc__object_text(obj, TOC_SLOT_XID);
    return xid.len ? toc_seen_hash(&batch->seen, obj->type->kind, xid) : 0;
}

toc_rc toc__batch_no_value(const toc_type *type, toc_rc rc, toc_error *err)
{
    if (rc == TOC_EINVAL && type && (type->traits & TOC_TYPE_HASHES) && err)
        err->number = TOC_NUMBER_HASH;
    return rc;
}

/* Encodes the object behind those of its spool. Its late links go among the associations when
 * nothing but the disk can refuse the item any more. */
static toc_rc put(toc_batch *batch, toc_object *obj, uint64_t line, toc_str origin, toc_error *err)
{
    toc_spool *spool = toc__batch_spool(batch, toc_object_type(obj)->kind);
    toc_rc rc = toc__links_set_aside(batch, obj, err);
    if (rc)
        return rc;
    toc_json_writer writer;
    toc_json_writer_init(&writer, toc_spool_begin(spool));
    toc_codec_encode(&writer, obj, TOC_FORM_BATCH, 0);
    rc = toc_spool_fits(spool, origin, err);
    if (!rc)
        rc = toc__links_put_aside(batch, obj, line, err);
    toc__links_restore(obj);
    if (!rc)
        return toc_spool_end(spool, line, origin, err);
    toc_spool_drop(spool);
    return rc;
}

toc_rc toc__batch_add(toc_batch *batch, toc_object *obj, uint64_t line, toc_str origin, bool *known,
                      toc_error *err)
{
    if (!batch || !obj)
        return toc_error_set(err, TOC_EINVAL, "no batch or no object");
    toc_kind kind = toc_object_type(obj)->kind;
    if (kind == TOC_KIND_RECORD || !toc__batch_spool(batch, kind))
        return toc_error_set(err, TOC_EUNSUPPORTED, "a batch holds groups and indicators, not a %s",
                             toc_object_type(obj)->name);
    uint64_t hash = hash_of(batch, obj);
    /* Of a group that is deleted nothing counts but its xid. */
    bool bare = batch->removal && kind == TOC_KIND_GROUP;
    toc_rc rc = toc__object_check(obj, bare ? TOC_CHECK_PARTIAL : 0, err);
    if (rc && !toc_object_summary(obj).len)
        return toc__batch_no_value(toc_object_type(obj), rc, err);
    if (!rc && !hash) {
        rc = give_xid(obj, err);
        hash = hash_of(batch, obj);
    }
    bool found = false;
    rc = rc ? rc : toc_seen_find(&batch->seen, hash, &found, err);
    if (!rc && found && known) {
        batch->repeated++;
        *known = true;
        return TOC_OK;
    }
    rc = rc ? rc : put(batch, obj, line, origin, err);
    if (!rc)
        toc_seen_mark(&batch->seen, hash);
    return rc;
}

uint64_t toc_batch_count(const toc_batch *batch, toc_kind kind)
{
    const toc_spool *spool = batch ? toc__batch_spool((toc_batch *)batch, kind) : NULL;
    return spool ? spool->count : 0;
}

uint64_t toc_batch_repeated(const toc_batch *batch)
{
    return batch ? batch->repeated : 0;
}

uint64_t toc_batch_bytes(const toc_batch *batch)
{
    uint64_t bytes = 0;
    for (size_t i = 0; batch && i < TOC_BATCH_PARTS; i++)
        bytes += batch->spools[i].written + batch->spools[i].tail.len;
    return bytes;
}
