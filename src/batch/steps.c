/* steps.c - the steps of a submission for programs that take them one at a time (batch.md 10.11).
 */
#include "base/error.h"
#include "base/mem.h"
#include "batch/send.h"

/* The next chunk that neither an earlier run nor this one sent. 1, 0 or a failure. */
static int next_chunk(toc_sender *sender, toc_batch_job *job, toc_error *err)
{
    for (;;) {
        toc_rc rc = toc__chunk_build(sender, job, err);
        if (rc || !job->items)
            return rc;
        if (!toc__chunk_resume(sender, job)) {
            rc = toc__chunk_send(sender, job, err);
            if (!rc && job->completed)
                rc = toc__job_note(sender->batch, job, TOC_JOURNAL_DONE, err);
            if (rc)
                return rc;
        } else if (job->completed) {
            toc__job_acknowledge(sender->batch, job);
            continue;
        }
        toc__job_acknowledge(sender->batch, job);
        return 1;
    }
}

/* What earlier calls left of the part goes first. 1, 0 or a failure. */
static int next_left(toc_sender *sender, toc_batch_part part, toc_batch_job *job, toc_error *err)
{
    toc_batch *batch = sender->batch;
    int found = 0;
    for (size_t i = 0; !found && i < batch->left_count;) {
        toc_batch_left *left = &batch->left[i];
        if (left->part != part) {
            i++;
            continue;
        }
        found = toc__sender_seek(sender, part, left->from, left->to, err);
        if (!found)
            found = next_chunk(sender, job, err);
        left->from = found > 0 ? job->to : left->from;
        if (!found || left->from == left->to)
            toc__left_drop(batch, i);
    }
    return found;
}

int toc_batch_submit_job(toc_batch *batch, toc_session *sess, toc_batch_job *job, toc_error *err)
{
    toc_error local = {0};
    err = err ? err : &local;
    if (!batch || !sess || !job)
        return toc_error_set(err, TOC_EINVAL, "a batch, a session and a job are needed");
    toc_sender sender;
    toc_batch_job next = {0};
    int found = toc__sender_init(&sender, batch, sess, err);
    for (toc_batch_part part = 0; !found && part < TOC_BATCH_PARTS; part++) {
        found = next_left(&sender, part, &next, err);
        if (!found)
            found = toc__sender_seek(&sender, part, batch->spools[part].acked, UINT64_MAX, err);
        if (!found)
            found = next_chunk(&sender, &next, err);
    }
    toc__sender_done(&sender);
    if (found > 0)
        *job = next;
    return found;
}

toc_rc toc__job_errors(toc_batch *batch, toc_session *sess, const toc_batch_job *job,
                       const toc_batch_callbacks *callbacks, toc_error *err)
{
    bool halt = !callbacks || !callbacks->no_halt;
    toc_stretch stretch = toc__job_stretch(batch, job);
    unsigned critical = 0;
    toc_rc rc = toc_batch_report(sess, job->id, &stretch, callbacks, &critical, err);
    if (rc)
        (void)toc__batch_fail(batch, TOC_NUMBER_BATCH_ERRORS, TOC_NUMBER_BATCH_ERRORS, rc, err);
    if (rc && (rc == TOC_ECANCELED || rc == TOC_ENOMEM || halt))
        return rc;
    return halt ? toc__batch_critical(batch, critical, err) : TOC_OK;
}

toc_rc toc_batch_errors(toc_batch *batch, toc_session *sess, const toc_batch_job *job,
                        const toc_batch_callbacks *callbacks, toc_error *err)
{
    toc_error local = {0};
    err = err ? err : &local;
    if (!batch || !sess || !job || (callbacks && callbacks->version != 1))
        return toc_error_set(err, TOC_EINVAL, "a batch, a session and a job are needed");
    if (!job->id)
        return toc_error_set(err, TOC_EUNSUPPORTED,
                             "the errors of a job that was processed at once cannot be had");
    toc_rc rc = toc__job_errors(batch, sess, job, callbacks, err);
    return rc || !job->completed ? rc : toc__job_note(batch, job, TOC_JOURNAL_DONE, err);
}

toc_rc toc_batch_submit_files(toc_batch *batch, toc_session *sess,
                              const toc_batch_callbacks *callbacks, toc_batch_status *status,
                              toc_error *err)
{
    toc_error local = {0};
    err = err ? err : &local;
    if (!batch || !sess || !status || (callbacks && callbacks->version != 1))
        return toc_error_set(err, TOC_EINVAL, "batch, session and status are needed");
    *status = (toc_batch_status){0};
    toc_sender sender;
    toc_rc rc = toc__sender_init(&sender, batch, sess, err);
    if (!rc)
        rc = toc__files_send(batch, sess, callbacks, status, err);
    toc__sender_done(&sender);
    return rc;
}
