/* submit.c - everything that is in the spool, in one call (batch.md 10.6, 10.7). */
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch/send.h"
#include "model/records.h"

/* Jobs that run or wait at the platform at a time: one to work on, one to follow at once. */
#define JOBS_IN_FLIGHT 2

typedef struct submission {
    toc_sender sender;
    toc_batch *batch;
    toc_session *sess;
    const toc_batch_callbacks *callbacks;
    toc_batch_callbacks none;
    toc_batch_status *status;
    uint64_t total;
    toc_batch_job jobs[JOBS_IN_FLIGHT];
    size_t running;
    bool exhausted;
    bool stop;       /* the one chunk that was asked for is on its way */
    bool unfollowed; /* groups whose job nobody waited for */
    char first[256]; /* what was wrong with the first chunk that was not taken */
} submission;

/* Ends with what the caller's callbacks say to a job that is over. */
static toc_rc tell(submission *sub, const toc_batch_job *job, toc_error *err)
{
    const toc_batch_callbacks *callbacks = sub->callbacks;
    if (callbacks->progress)
        callbacks->progress(callbacks->user, sub->status, sub->total);
    if (callbacks->job && callbacks->job(callbacks->user, job) < 0)
        return toc_error_set(err, TOC_ECANCELED, "stopped by the job callback");
    return TOC_OK;
}

static toc_rc fetch_errors(submission *sub, const toc_batch_job *job, toc_error *err)
{
    if (!job->errors || !job->id || sub->callbacks->no_errors)
        return TOC_OK;
    return toc__job_errors(sub->batch, sub->sess, job, sub->callbacks, err);
}

static void book(toc_batch_status *status, const toc_batch_job *job)
{
    status->items += job->items;
    status->success += job->success;
    status->errors += job->errors;
    status->unprocessed += job->unprocessed;
}

/* Books a job that is over; its errors are fetched when there is a way to ask for them. */
static toc_rc job_finish(submission *sub, const toc_batch_job *job, toc_error *err)
{
    book(sub->status, job);
    toc_rc rc = fetch_errors(sub, job, err);
    toc__job_acknowledge(sub->batch, job);
    toc_rc told = tell(sub, job, rc ? NULL : err);
    rc = rc ? rc : told;
    return rc ? rc : toc__job_note(sub->batch, job, TOC_JOURNAL_DONE, err);
}

/* Its errors were told by an earlier run. */
static toc_rc job_resumed(submission *sub, const toc_batch_job *job, toc_error *err)
{
    book(sub->status, job);
    sub->status->resumed += job->items;
    toc__job_acknowledge(sub->batch, job);
    return tell(sub, job, err);
}

/* Each item of a chunk that was not taken, with the reason. */
static toc_rc tell_left(submission *sub, const toc_batch_job *job, toc_str reason, toc_error *err)
{
    toc_spool_cursor cursor;
    toc_spool_item item;
    toc_rc rc = TOC_OK;
    toc_spool_cursor_init(&cursor, &sub->batch->spools[job->part], job->from);
    while (!rc && cursor.offset < job->to && (rc = toc_spool_next(&cursor, &item, err)) > 0) {
        toc_batch_error error = {.line = item.line,
                                 .reason = reason,
                                 .json = item.json,
                                 .origin = item.origin,
                                 .kind = job->kind,
                                 .left = true};
        rc = sub->callbacks->error(sub->callbacks->user, &error) < 0
                 ? toc_error_set(err, TOC_ECANCELED, "stopped by the error callback")
                 : TOC_OK;
    }
    toc_spool_cursor_done(&cursor);
    return rc;
}

/* With halting off a chunk that was not taken, for the reason in err, is left for the next call,
 * which sends it anew. */
static toc_rc job_left(submission *sub, const toc_batch_job *job, toc_error *err)
{
    toc_batch *batch = sub->batch;
    char reason[sizeof err->message];
    memcpy(reason, err->message, sizeof reason);
    toc_batch_left *more =
        toc_mem_resize(batch->left, (batch->left_count + 1) * sizeof(toc_batch_left));
    if (!more)
        return toc_error_nomem(err);
    batch->left = more;
    batch->left[batch->left_count++] =
        (toc_batch_left){(toc_batch_part)job->part, job->from, job->to};
    if (batch->spools[job->part].acked < job->to)
        batch->spools[job->part].acked = job->to;
    sub->status->failed += job->items;
    if (!*sub->first)
        (void)snprintf(sub->first, sizeof sub->first, "%.*s",
                       (int)toc_str_utf8_floor(toc_str_of(reason), sizeof sub->first - 1), reason);
    toc_rc rc = job->id ? toc__job_note(batch, job, TOC_JOURNAL_VOID, err) : TOC_OK;
    if (!rc && sub->callbacks->error && !sub->callbacks->no_errors)
        rc = tell_left(sub, job, toc_str_of(reason), err);
    return rc;
}

/* Waits for the oldest job. */
static toc_rc job_wait(submission *sub, toc_error *err)
{
    toc_batch_job oldest = sub->jobs[0];
    toc_rc rc = toc__job_wait(sub->batch, sub->sess, &oldest, sub->batch->poll_timeout_s, err);
    if (rc && toc__batch_halts(sub->batch, TOC_HALT_POLL, sub->callbacks, rc))
        return rc;
    memmove(sub->jobs, sub->jobs + 1, (JOBS_IN_FLIGHT - 1) * sizeof sub->jobs[0]);
    sub->running--;
    return rc ? job_left(sub, &oldest, err) : job_finish(sub, &oldest, err);
}

static toc_rc drain(submission *sub, toc_error *err)
{
    toc_rc rc = TOC_OK;
    while (!rc && sub->running)
        rc = job_wait(sub, err);
    return rc;
}

/* A job of an earlier run that the platform has forgotten: the chunk is sent again. */
static bool is_forgotten(const toc_error *err)
{
    return err->http_status == 404 || err->http_status == 400;
}

/* *taken: the chunk needs not be sent. Earlier jobs are booked first, as always. */
static toc_rc chunk_resume(submission *sub, toc_batch_job *job, bool *taken, toc_error *err)
{
    *taken = toc__chunk_resume(&sub->sender, job);
    if (!*taken)
        return TOC_OK;
    toc_rc rc = drain(sub, err);
    if (rc)
        return rc;
    if (job->completed)
        return job_resumed(sub, job, err);
    rc = toc__job_wait(sub->batch, sub->sess, job, sub->batch->poll_timeout_s, err);
    if (!rc) {
        sub->status->resumed += job->items;
        return job_finish(sub, job, err);
    }
    if (!is_forgotten(err)) {
        bool halt = toc__batch_halts(sub->batch, TOC_HALT_POLL, sub->callbacks, rc);
        return halt ? rc : job_left(sub, job, err);
    }
    sub->batch->failure = NULL;
    *taken = false;
    return toc__job_note(sub->batch, job, TOC_JOURNAL_VOID, err);
}

/* What becomes of a chunk that was sent. An earlier job is booked first: the spool is acknowledged
 * in order. */
static toc_rc chunk_sent(submission *sub, const toc_batch_job *job, toc_error *err)
{
    sub->status->jobs++;
    sub->status->bytes += sub->sender.body.len;
    if (!job->completed && !sub->callbacks->no_poll) {
        sub->jobs[sub->running++] = *job;
        return TOC_OK;
    }
    toc_rc rc = drain(sub, err);
    if (rc || job->completed)
        return rc ? rc : job_finish(sub, job, err);
    sub->status->items += job->items;
    sub->unfollowed |= job->part == TOC_BATCH_GROUPS;
    toc__job_acknowledge(sub->batch, job);
    return tell(sub, job, err);
}

static toc_rc chunk_refused(submission *sub, const toc_batch_job *job, toc_rc rc, toc_error *err)
{
    if (toc__batch_halts(sub->batch, TOC_HALT_BATCH, sub->callbacks, rc))
        return rc;
    toc_error refusal = *err;
    rc = drain(sub, err);
    if (rc)
        return rc;
    *err = refusal;
    return job_left(sub, job, err);
}

static toc_rc chunk_next(submission *sub, toc_error *err)
{
    toc_batch_job job;
    bool taken = false;
    toc_rc rc = toc__chunk_build(&sub->sender, &job, err);
    if (rc || !job.items) {
        sub->exhausted = true;
        return rc;
    }
    sub->stop = sub->callbacks->one_chunk;
    rc = chunk_resume(sub, &job, &taken, err);
    /* Groups that refer to others find those stored. */
    if (!rc && !taken && sub->sender.linked)
        rc = drain(sub, err);
    if (rc || taken)
        return rc;
    rc = toc__chunk_send(&sub->sender, &job, err);
    return rc ? chunk_refused(sub, &job, rc, err) : chunk_sent(sub, &job, err);
}

/* Behind a failure: what is under way is booked, so that it is not sent again. */
static void drain_quietly(submission *sub)
{
    const toc_batch_code *failure = sub->batch->failure;
    (void)drain(sub, &(toc_error){0});
    sub->batch->failure = failure;
}

static toc_rc stretch_send(submission *sub, toc_batch_part part, uint64_t from, uint64_t to,
                           toc_error *err)
{
    toc_rc rc = toc__sender_seek(&sub->sender, part, from, to, err);
    sub->exhausted = false;
    while (!rc && !sub->exhausted && !sub->stop)
        rc = sub->running < JOBS_IN_FLIGHT ? chunk_next(sub, err) : job_wait(sub, err);
    if (!rc)
        rc = drain(sub, err);
    else if (rc != TOC_ENET && rc != TOC_ECANCELED)
        drain_quietly(sub);
    return rc;
}

/* Grows with each chunk that is acknowledged or left. */
static uint64_t settled_chunks(const submission *sub, toc_batch_part part)
{
    return sub->batch->spools[part].acked_count + sub->batch->left_count;
}

void toc__left_drop(toc_batch *batch, size_t index)
{
    batch->left_count--;
    memmove(&batch->left[index], &batch->left[index + 1],
            (batch->left_count - index) * sizeof(toc_batch_left));
}

/* What earlier calls left goes first. */
static toc_rc part_send(submission *sub, toc_batch_part part, toc_error *err)
{
    toc_batch *batch = sub->batch;
    toc_rc rc = TOC_OK;
    size_t known = batch->left_count;
    for (size_t i = 0; !rc && i < known && !sub->stop;) {
        toc_batch_left left = batch->left[i];
        if (left.part != part) {
            i++;
            continue;
        }
        uint64_t before = settled_chunks(sub, part);
        rc = stretch_send(sub, part, left.from, left.to, err);
        /* A failure may come behind its acknowledgement, or behind its being left anew. */
        if (rc && settled_chunks(sub, part) == before)
            break;
        known--;
        toc__left_drop(batch, i);
    }
    if (rc || sub->stop)
        return rc;
    return stretch_send(sub, part, batch->spools[part].acked, UINT64_MAX, err);
}

static bool may_attach(const submission *sub)
{
    if (sub->callbacks->no_files || sub->unfollowed || sub->batch->removal)
        return false;
    for (size_t i = 0; i < sub->batch->left_count; i++)
        if (sub->batch->left[i].part == TOC_BATCH_GROUPS)
            return false;
    return toc__batch_files_left(sub->batch) > 0;
}

static toc_rc run(submission *sub, toc_error *err)
{
    toc_rc rc = toc__sender_init(&sub->sender, sub->batch, sub->sess, err);
    for (unsigned part = 0; !rc && part < TOC_BATCH_PARTS && !sub->stop; part++) {
        rc = part_send(sub, (toc_batch_part)part, err);
        const toc_spool *groups = &sub->batch->spools[TOC_BATCH_GROUPS];
        if (!rc && part == TOC_BATCH_GROUPS && groups->acked == groups->written && may_attach(sub))
            rc = toc__files_send(sub->batch, sub->sess, sub->callbacks, sub->status, err);
    }
    toc__sender_done(&sub->sender);
    return rc;
}

static toc_rc verdict(const submission *sub, toc_error *err)
{
    const toc_batch_status *status = sub->status;
    toc_rc rc = TOC_OK;
    if (status->failed)
        rc = toc_error_set(err, TOC_EPARTIAL, "%" PRIu64 " items were not taken: %s",
                           status->failed, sub->first);
    else if (status->errors || status->unprocessed)
        rc = toc_error_set(err, TOC_EPARTIAL, "%" PRIu64 " of %" PRIu64 " items were refused",
                           status->errors + status->unprocessed, status->items);
    else if (status->files_failed)
        rc = toc_error_set(err, TOC_EPARTIAL, "%" PRIu64 " attachments were not uploaded",
                           status->files_failed);
    if (rc && sub->batch->failure)
        err->number = (int)sub->batch->failure->code;
    return rc;
}

/* Items that are not acknowledged: those behind the mark and those in front of it that were left.
 */
static uint64_t items_due(const toc_batch *batch)
{
    uint64_t due = 0;
    for (size_t i = 0; i < TOC_BATCH_PARTS; i++)
        due += batch->spools[i].count - batch->spools[i].acked_count;
    return due;
}

toc_rc toc_batch_submit(toc_batch *batch, toc_session *sess, const toc_batch_callbacks *callbacks,
                        toc_batch_status *status, toc_error *err)
{
    toc_error local = {0};
    err = err ? err : &local;
    if (status)
        *status = (toc_batch_status){0};
    if (!batch || !sess || !status || (callbacks && callbacks->version != 1))
        return toc_error_set(err, TOC_EINVAL, "batch, session and status are needed");
    submission sub = {.batch = batch,
                      .sess = sess,
                      .status = status,
                      .total = items_due(batch),
                      .none.version = 1};
    sub.callbacks = callbacks ? callbacks : &sub.none;
    batch->failure = NULL;
    toc_rc rc = run(&sub, err);
    return rc ? rc : verdict(&sub, err);
}

static bool is_acknowledged(const toc_batch *batch)
{
    bool all =
        batch->submitted && !batch->left_count && (batch->removal || !toc__batch_files_left(batch));
    for (size_t i = 0; i < TOC_BATCH_PARTS; i++)
        all = all && batch->spools[i].acked_count == batch->spools[i].count;
    return all;
}

void toc__batch_submit_done(toc_batch *batch)
{
    if (is_acknowledged(batch) && !toc_spool_own(batch->files.owner, NULL))
        toc__journal_remove(batch->journal);
    toc__journal_close(batch->journal);
    toc_mem_free(batch->journal_path);
    toc_mem_free(batch->left);
}

const toc_type *toc_batch_type(void)
{
    return toc__record_type(TOC_RECORD_BATCH);
}
