/* send.c - building and sending one chunk (batch.md 10.1 to 10.3). */
#include "batch/send.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "client/session.h"

toc_rc toc_batch_take_journal(toc_batch *batch, const toc_session *sess, toc_error *err)
{
    if (!batch || !sess)
        return toc_error_set(err, TOC_EINVAL, "a batch and a session are needed");
    if (!batch->journal_path || batch->journal)
        return TOC_OK;
    const toc_str parts[] = {sess->base, sess->prefix, toc_str_of(batch->owner)};
    char identity[TOC_XID_TEXT];
    if (toc_xid_list(parts, TOC_COUNT(parts), identity))
        return toc_error_nomem(err);
    return toc__journal_open(batch->journal_path, identity, &batch->journal, err);
}

toc_rc toc__sender_init(toc_sender *sender, toc_batch *batch, toc_session *sess, toc_error *err)
{
    *sender = (toc_sender){.batch = batch, .sess = sess};
    toc_buf_init(&sender->body, batch->chunk_bytes + TOC_MAX_ITEM + 64 * 1024);
    char uuid[37];
    toc_rc rc = toc_uuid(uuid);
    (void)snprintf(sender->boundary, sizeof sender->boundary, "%s", rc ? "" : uuid);
    batch->submitted = true;
    return rc ? toc_error_nomem(err) : toc_batch_take_journal(batch, sess, err);
}

void toc__sender_done(toc_sender *sender)
{
    toc_spool_cursor_done(&sender->cursor);
    toc_buf_done(&sender->body);
}

toc_rc toc__sender_seek(toc_sender *sender, toc_batch_part part, uint64_t from, uint64_t to,
                        toc_error *err)
{
    toc_spool *spool = &sender->batch->spools[part];
    toc_rc rc = toc_spool_flush(spool, err);
    if (rc)
        return rc;
    sender->part = part;
    sender->limit = to;
    toc_spool_cursor_done(&sender->cursor);
    toc_spool_cursor_init(&sender->cursor, spool, from);
    return TOC_OK;
}

static void body_begin(toc_sender *sender)
{
    toc_buf *body = &sender->body;
    toc_buf_clear(body);
    if (!sender->batch->removal) {
        toc_buf_printf(body,
                       "--%s\r\nContent-Disposition: form-data; name=\"config\"; "
                       "filename=\"config\"\r\n\r\n",
                       sender->boundary);
        toc_buf_str(body, toc_buf_view(&sender->batch->config));
        toc_buf_printf(body,
                       "\r\n--%s\r\nContent-Disposition: form-data; name=\"content\"; "
                       "filename=\"content\"\r\n\r\n",
                       sender->boundary);
    }
    sender->content = body->len;
    toc_buf_printf(body, "{\"%s\":[", toc_batch_part_name(sender->part));
}

static void body_end(toc_sender *sender)
{
    toc_buf_lit(&sender->body, "]}");
    sender->content_end = sender->body.len;
    if (!sender->batch->removal)
        toc_buf_printf(&sender->body, "\r\n--%s--\r\n", sender->boundary);
}

/* What the journal knows the chunk by: the same items with the same settings. */
static toc_rc chunk_hash(const toc_sender *sender, char hash[TOC_XID_TEXT], toc_error *err)
{
    if (!sender->batch->journal)
        return TOC_OK;
    const toc_str parts[] = {
        toc_buf_view(&sender->batch->config),
        toc_str_slice(toc_buf_view(&sender->body), sender->content, sender->content_end)};
    return toc_xid_list(parts, TOC_COUNT(parts), hash) ? toc_error_nomem(err) : TOC_OK;
}

toc_rc toc__chunk_build(toc_sender *sender, toc_batch_job *job, toc_error *err)
{
    const toc_batch *batch = sender->batch;
    *job = (toc_batch_job){.from = sender->cursor.offset,
                           .part = sender->part,
                           .kind = toc__batch_part_kind(sender->part)};
    sender->linked = false;
    body_begin(sender);
    while (job->items < batch->chunk_items && sender->cursor.offset < sender->limit &&
           sender->body.len - sender->content < batch->chunk_bytes) {
        toc_spool_item item;
        int more = toc_spool_next(&sender->cursor, &item, err);
        if (more < 0)
            return more;
        if (!more)
            break;
        if (job->items++)
            toc_buf_char(&sender->body, ',');
        toc_buf_str(&sender->body, item.json);
        if (sender->part == TOC_BATCH_GROUPS)
            sender->linked |= toc_str_find(item.json, TOC_S("\"associatedGroup")) >= 0;
    }
    body_end(sender);
    job->to = sender->cursor.offset;
    toc_rc rc = toc_buf_check(&sender->body, err);
    return rc ? rc : chunk_hash(sender, job->hash, err);
}

bool toc__chunk_resume(toc_sender *sender, toc_batch_job *job)
{
    toc_journal_entry entry;
    if (!toc__journal_take(sender->batch->journal, false, job->hash, &entry))
        return false;
    job->id = entry.id;
    job->started_ms = toc_time_ticks_ms();
    job->completed = entry.state == TOC_JOURNAL_DONE;
    job->success = entry.success;
    job->errors = entry.errors;
    job->unprocessed = entry.unprocessed;
    return true;
}

static toc_rc send_upload(toc_sender *sender, toc_job_answer *answer, toc_error *err)
{
    static const toc_header additional = {{"includeAdditional", 17}, {"true", 4}};
    char media[100];
    (void)snprintf(media, sizeof media, "multipart/form-data; boundary=%s", sender->boundary);
    toc_call call = {.method = "POST",
                     .path = "/v2/batch/createAndUpload",
                     .query = &additional,
                     .query_count = 1,
                     .content_type = media,
                     .body = toc_buf_view(&sender->body),
                     .bare = true};
    toc_rc rc = toc__job_call(sender->sess, &call, answer, err);
    return toc__batch_fail(sender->batch, TOC_NUMBER_JOB, TOC_NUMBER_JOB_STATUS, rc, err);
}

/* Delete jobs have no one-call form (batch.md 14.4). */
static toc_rc send_two_steps(toc_sender *sender, toc_job_answer *answer, toc_error *err)
{
    toc_call create = {.method = "POST",
                       .path = "/v2/batch",
                       .body = toc_buf_view(&sender->batch->config),
                       .bare = true};
    toc_rc rc = toc__job_call(sender->sess, &create, answer, err);
    if (rc)
        return toc__batch_fail(sender->batch, TOC_NUMBER_JOB, TOC_NUMBER_JOB_STATUS, rc, err);
    int64_t id = answer->id;
    char path[64];
    (void)snprintf(path, sizeof path, "/v2/batch/%" PRId64, id);
    toc_call upload = {.method = "POST",
                       .path = path,
                       .content_type = "application/octet-stream",
                       .body = toc_buf_view(&sender->body),
                       .bare = true};
    rc = toc__job_call(sender->sess, &upload, answer, err);
    answer->id = id;
    return toc__batch_fail(sender->batch, TOC_NUMBER_DATA, TOC_NUMBER_DATA_STATUS, rc, err);
}

toc_rc toc__job_note(toc_batch *batch, const toc_batch_job *job, toc_journal_state state,
                     toc_error *err)
{
    toc_journal_entry entry = {.state = state,
                               .id = job->id,
                               .items = job->items,
                               .success = job->success,
                               .errors = job->errors,
                               .unprocessed = job->unprocessed};
    if (!job->hash[0]) /* of no chunk: it was made elsewhere */
        return TOC_OK;
    memcpy(entry.hash, job->hash, sizeof entry.hash);
    return toc__journal_note(batch->journal, &entry, err);
}

toc_rc toc__chunk_send(toc_sender *sender, toc_batch_job *job, toc_error *err)
{
    toc_job_answer answer = {0};
    job->started_ms = toc_time_ticks_ms();
    toc_rc rc = sender->batch->removal ? send_two_steps(sender, &answer, err)
                                       : send_upload(sender, &answer, err);
    if (rc)
        return rc;
    if (!answer.id && !answer.completed) {
        rc = toc_error_set(err, TOC_EPROTO, "the batch answer has neither a job nor its result");
        return toc__batch_fail(sender->batch, TOC_NUMBER_JOB_STATUS, TOC_NUMBER_JOB_STATUS, rc,
                               err);
    }
    job->id = answer.id;
    job->completed = answer.completed;
    job->success = answer.success;
    job->errors = answer.errors;
    job->unprocessed = answer.unprocessed;
    return job->completed ? TOC_OK : toc__job_note(sender->batch, job, TOC_JOURNAL_QUEUED, err);
}

toc_stretch toc__job_stretch(const toc_batch *batch, const toc_batch_job *job)
{
    return (toc_stretch){
        .spool = &batch->spools[job->part], .kind = job->kind, .from = job->from, .to = job->to};
}

void toc__job_acknowledge(toc_batch *batch, const toc_batch_job *job)
{
    toc_spool *spool = &batch->spools[job->part];
    if (spool->acked < job->to)
        spool->acked = job->to;
    spool->acked_count += job->items;
}
