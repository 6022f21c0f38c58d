/* poll.c - following a job to its end (batch.md 10.4). */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "batch/send.h"
#include "client/envelope.h"
#include "client/session.h"

/* How long a pause goes on after the cancel callback would have ended it. */
#define PAUSE_SLICE_MS 100U

toc_rc toc__job_call(toc_session *sess, const toc_call *call, toc_job_answer *answer,
                     toc_error *err)
{
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    toc_rc rc = toc_session_call(sess, call, &response, err);
    if (!rc)
        rc = toc_job_answer_parse(toc_response_body(response), answer, err);
    if (!rc && answer->refused)
        rc = toc__envelope_failure(response, err);
    return rc;
}

static toc_rc pause_ms(const toc_session *sess, unsigned ms, toc_error *err)
{
    while (ms) {
        if (sess->options.cancel && sess->options.cancel(sess->options.cancel_user))
            return toc_error_set(err, TOC_ECANCELED, "stopped on request");
        unsigned slice = ms < PAUSE_SLICE_MS ? ms : PAUSE_SLICE_MS;
        struct timespec pause = {.tv_nsec = (long)slice * 1000000L};
        (void)nanosleep(&pause, NULL);
        ms -= slice;
    }
    return TOC_OK;
}

/* What a job waited behind the one before does not count: looking too late at the next one would
 * leave the server without work. */
static void finish(toc_batch *batch, toc_batch_job *job, const toc_job_answer *answer)
{
    uint64_t now = toc_time_ticks_ms();
    bool waited = batch->finished_ms > job->started_ms;
    uint64_t spent = now - (waited ? batch->finished_ms : job->started_ms);
    batch->finished_ms = now;
    batch->learned_ms = (unsigned)(spent < batch->poll_longest_ms ? spent : batch->poll_longest_ms);
    job->completed = true;
    job->success = answer->success;
    job->errors = answer->errors;
    job->unprocessed = answer->unprocessed;
}

/* It is asked at once. The first pause is half of what the last job took, later ones grow by half,
 * all within bounds (batch.md 21 O12). None goes on beyond the end of the time. */
toc_rc toc__job_wait(toc_batch *batch, toc_session *sess, toc_batch_job *job, unsigned timeout_s,
                     toc_error *err)
{
    static const toc_header additional = {{"includeAdditional", 17}, {"true", 4}};
    char path[64];
    (void)snprintf(path, sizeof path, "/v2/batch/%" PRId64, job->id);
    toc_call call = {.path = path, .query = &additional, .query_count = 1, .bare = true};
    unsigned wait = batch->learned_ms / 2;
    for (;;) {
        toc_job_answer answer = {0};
        toc_rc rc = toc__job_call(sess, &call, &answer, err);
        uint64_t spent = toc_time_ticks_ms() - job->started_ms;
        if (!rc && answer.completed) {
            finish(batch, job, &answer);
            return TOC_OK;
        }
        if (rc)
            return toc__batch_fail(batch, TOC_NUMBER_POLL, TOC_NUMBER_POLL_STATUS, rc, err);
        if (spent / 1000 >= timeout_s) {
            rc = toc_error_set(err, TOC_ENET, "Batch status check reached timeout (%u seconds).",
                               timeout_s);
            return toc__batch_fail(batch, TOC_NUMBER_POLL_TIMEOUT, TOC_NUMBER_POLL_TIMEOUT, rc,
                                   err);
        }
        wait = wait < batch->poll_first_ms ? batch->poll_first_ms : wait;
        wait = wait > batch->poll_longest_ms ? batch->poll_longest_ms : wait;
        uint64_t left = (uint64_t)timeout_s * 1000 - spent;
        rc = pause_ms(sess, left < wait ? (unsigned)left : wait, err);
        if (rc)
            return rc;
        wait += wait / 2;
    }
}

toc_rc toc_batch_poll(toc_batch *batch, toc_session *sess, toc_batch_job *job, unsigned timeout_s,
                      toc_error *err)
{
    toc_error local = {0};
    err = err ? err : &local;
    if (!batch || !sess || !job)
        return toc_error_set(err, TOC_EINVAL, "a batch, a session and a job are needed");
    if (job->completed)
        return TOC_OK;
    /* The time that the caller let pass does not count. */
    job->started_ms = toc_time_ticks_ms();
    toc_rc rc = toc__job_wait(batch, sess, job, timeout_s ? timeout_s : batch->poll_timeout_s, err);
    /* One with errors is done when they were told. */
    return rc || job->errors ? rc : toc__job_note(batch, job, TOC_JOURNAL_DONE, err);
}
