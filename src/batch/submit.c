#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "batch/batch.h"
#include "client/envelope.h"
#include "model/records.h"

/* Jobs that run or wait at the platform at a time: one to work on, one to follow at once. */
#define JOBS_IN_FLIGHT 2
#define POLL_FIRST_MS 5u
#define POLL_LONGEST_MS 20000u

typedef struct job {
    int64_t id;
    uint64_t from, to; /* the stretch of the spool it holds */
    uint64_t items;
    uint64_t started_ms;
} job;

typedef struct submission {
    toc_batch *batch;
    toc_session *sess;
    const toc_batch_callbacks *callbacks;
    toc_batch_status *status;
    uint64_t total;
    toc_batch_part part;
    toc_spool_cursor cursor;
    bool exhausted;
    toc_buf body;
    job jobs[JOBS_IN_FLIGHT];
    size_t running;
    char boundary[40];
} submission;

static void body_begin(submission *sub)
{
    toc_buf *body = &sub->body;
    toc_buf_clear(body);
    if (!sub->batch->removal) {
        toc_buf_printf(body,
                       "--%s\r\nContent-Disposition: form-data; name=\"config\"; "
                       "filename=\"config\"\r\n\r\n",
                       sub->boundary);
        toc_buf_str(body, toc_buf_view(&sub->batch->config));
        toc_buf_printf(body,
                       "\r\n--%s\r\nContent-Disposition: form-data; name=\"content\"; "
                       "filename=\"content\"\r\n\r\n",
                       sub->boundary);
    }
    toc_buf_printf(body, "{\"%s\":[", toc_batch_part_name(sub->part));
}

static void body_end(submission *sub)
{
    toc_buf_lit(&sub->body, "]}");
    if (!sub->batch->removal)
        toc_buf_printf(&sub->body, "\r\n--%s--\r\n", sub->boundary);
}

/* Fills the body with the next chunk; next->items 0 when nothing is left. */
static toc_rc chunk_build(submission *sub, job *next, toc_error *err)
{
    const toc_batch *batch = sub->batch;
    *next = (job){.from = sub->cursor.offset};
    body_begin(sub);
    size_t start = sub->body.len;
    while (next->items < batch->chunk_items && sub->body.len - start < batch->chunk_bytes) {
        toc_spool_item item;
        int more = toc_spool_next(&sub->cursor, &item, err);
        if (more < 0)
            return more;
        if (!more)
            break;
        if (next->items++)
            toc_buf_char(&sub->body, ',');
        toc_buf_str(&sub->body, item.json);
    }
    body_end(sub);
    next->to = sub->cursor.offset;
    return toc_buf_check(&sub->body, err);
}

static toc_rc call_answer(submission *sub, const toc_call *call, toc_job_answer *answer,
                          toc_error *err)
{
    toc_response *response = NULL;
    toc_rc rc = toc_session_call(sub->sess, call, &response, err);
    if (!rc)
        rc = toc_job_answer_parse(toc_response_body(response), answer, err);
    if (!rc && answer->refused)
        rc = toc__envelope_failure(response, err);
    toc_response_free(response);
    return rc;
}

static toc_rc send_upload(submission *sub, toc_job_answer *answer, toc_error *err)
{
    static const toc_header additional = {{"includeAdditional", 17}, {"true", 4}};
    char media[100];
    (void)snprintf(media, sizeof media, "multipart/form-data; boundary=%s", sub->boundary);
    toc_call call = {.method = "POST",
                     .path = "/v2/batch/createAndUpload",
                     .query = &additional,
                     .query_count = 1,
                     .content_type = media,
                     .body = toc_buf_view(&sub->body),
                     .bare = true};
    return call_answer(sub, &call, answer, err);
}

/* Delete jobs have no one-call form (batch.md 14.4). */
static toc_rc send_two_steps(submission *sub, toc_job_answer *answer, toc_error *err)
{
    toc_call create = {.method = "POST",
                       .path = "/v2/batch",
                       .body = toc_buf_view(&sub->batch->config),
                       .bare = true};
    toc_rc rc = call_answer(sub, &create, answer, err);
    if (rc)
        return rc;
    int64_t id = answer->id;
    char path[64];
    (void)snprintf(path, sizeof path, "/v2/batch/%" PRId64, id);
    toc_call upload = {.method = "POST",
                       .path = path,
                       .content_type = "application/octet-stream",
                       .body = toc_buf_view(&sub->body),
                       .bare = true};
    rc = call_answer(sub, &upload, answer, err);
    answer->id = id;
    return rc;
}

/* Books a finished job; its errors are fetched when it has any and a way to ask for them. */
static toc_rc job_finish(submission *sub, const job *done, const toc_job_answer *answer,
                         toc_error *err)
{
    toc_batch_status *status = sub->status;
    toc_spool *spool = &sub->batch->spools[sub->part];
    toc_stretch stretch = {.spool = spool,
                           .kind =
                               sub->part == TOC_BATCH_GROUPS ? TOC_KIND_GROUP : TOC_KIND_INDICATOR,
                           .from = done->from,
                           .to = done->to};
    toc_rc rc = TOC_OK;
    status->success += answer->success;
    status->errors += answer->errors;
    status->unprocessed += answer->unprocessed;
    status->items += done->items;
    if (answer->errors && answer->id && sub->callbacks && sub->callbacks->error)
        rc = toc_batch_report(sub->sess, answer->id, &stretch, sub->callbacks, err);
    spool->acked = done->to;
    spool->acked_count += done->items;
    if (sub->callbacks && sub->callbacks->progress)
        sub->callbacks->progress(sub->callbacks->user, status, sub->total);
    return rc;
}

static void pause_ms(unsigned ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000L};
    (void)nanosleep(&pause, NULL);
}

/* Waits for the oldest job. The first wait is half of what the last job took, later ones grow by
 * half, both within fixed bounds (batch.md 10.4, O12). */
static toc_rc job_wait(submission *sub, toc_error *err)
{
    static const toc_header additional = {{"includeAdditional", 17}, {"true", 4}};
    job oldest = sub->jobs[0];
    char path[64];
    (void)snprintf(path, sizeof path, "/v2/batch/%" PRId64, oldest.id);
    toc_call call = {.path = path, .query = &additional, .query_count = 1, .bare = true};
    unsigned wait = sub->batch->learned_ms / 2;
    toc_job_answer answer = {0};
    for (;;) {
        toc_rc rc = call_answer(sub, &call, &answer, err);
        if (rc)
            return rc;
        uint64_t spent = toc_time_ticks_ms() - oldest.started_ms;
        if (answer.completed) {
            sub->batch->learned_ms = (unsigned)(spent < POLL_LONGEST_MS ? spent : POLL_LONGEST_MS);
            break;
        }
        if (spent / 1000 >= sub->batch->poll_timeout_s)
            return toc_error_set(err, TOC_ENET, "Batch status check reached timeout (%u seconds).",
                                 sub->batch->poll_timeout_s);
        wait = wait < POLL_FIRST_MS ? POLL_FIRST_MS : wait;
        wait = wait > POLL_LONGEST_MS ? POLL_LONGEST_MS : wait;
        pause_ms(wait);
        wait += wait / 2;
    }
    answer.id = oldest.id;
    memmove(sub->jobs, sub->jobs + 1, (JOBS_IN_FLIGHT - 1) * sizeof(job));
    sub->running--;
    return job_finish(sub, &oldest, &answer, err);
}

static toc_rc drain(submission *sub, toc_error *err)
{
    toc_rc rc = TOC_OK;
    while (!rc && sub->running)
        rc = job_wait(sub, err);
    return rc;
}

static toc_rc chunk_send(submission *sub, toc_error *err)
{
    job next;
    toc_rc rc = chunk_build(sub, &next, err);
    if (rc || !next.items) {
        sub->exhausted = true;
        return rc;
    }
    next.started_ms = toc_time_ticks_ms();
    toc_job_answer answer = {0};
    rc = sub->batch->removal ? send_two_steps(sub, &answer, err) : send_upload(sub, &answer, err);
    if (rc)
        return rc;
    if (!answer.id && !answer.completed)
        return toc_error_set(err, TOC_EPROTO, "the batch answer has neither a job nor its result");
    sub->status->jobs++;
    sub->status->bytes += sub->body.len;
    if (answer.completed) {
        /* An earlier job is booked first: the spool is acknowledged in order. */
        rc = drain(sub, err);
        return rc ? rc : job_finish(sub, &next, &answer, err);
    }
    next.id = answer.id;
    sub->jobs[sub->running++] = next;
    return TOC_OK;
}

static toc_rc submit_part(submission *sub, toc_error *err)
{
    toc_spool *spool = &sub->batch->spools[sub->part];
    toc_rc rc = toc_spool_flush(spool, err);
    if (rc)
        return rc;
    sub->exhausted = false;
    toc_spool_cursor_init(&sub->cursor, spool, spool->acked);
    while (!rc && !sub->exhausted)
        rc = sub->running < JOBS_IN_FLIGHT ? chunk_send(sub, err) : job_wait(sub, err);
    if (!rc)
        rc = drain(sub, err);
    else if (rc != TOC_ENET && rc != TOC_ECANCELED)
        (void)drain(sub, NULL); /* what is under way is booked, so that it is not sent again */
    toc_spool_cursor_done(&sub->cursor);
    return rc;
}

toc_rc toc_batch_submit(toc_batch *batch, toc_session *sess, const toc_batch_callbacks *callbacks,
                        toc_batch_status *status, toc_error *err)
{
    if (!batch || !sess || !status || (callbacks && callbacks->version != 1))
        return toc_error_set(err, TOC_EINVAL, "batch, session and status are needed");
    *status = (toc_batch_status){0};
    submission sub = {.batch = batch, .sess = sess, .callbacks = callbacks, .status = status};
    for (size_t i = 0; i < TOC_BATCH_PARTS; i++)
        sub.total += batch->spools[i].count - batch->spools[i].acked_count;
    char uuid[37];
    toc_rc rc = toc_uuid(uuid);
    (void)snprintf(sub.boundary, sizeof sub.boundary, "%s", uuid);
    toc_buf_init(&sub.body, batch->chunk_bytes + TOC_MAX_ITEM + 64 * 1024);
    for (sub.part = 0; !rc && sub.part < TOC_BATCH_PARTS; sub.part++)
        rc = submit_part(&sub, err);
    toc_buf_done(&sub.body);
    if (!rc && (status->errors || status->unprocessed))
        rc = toc_error_set(err, TOC_EPARTIAL, "%" PRIu64 " of %" PRIu64 " items were refused",
                           status->errors + status->unprocessed, status->items);
    return rc;
}

const toc_type *toc_batch_type(void)
{
    return toc__record_type(TOC_RECORD_BATCH);
}
