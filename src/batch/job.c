/* job.c - one job for items that are there already, in its documented steps (batch.md 10.2, 10.3).
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "batch/send.h"

toc_rc toc_batch_create_job(toc_batch *batch, toc_session *sess, toc_batch_job *job, toc_error *err)
{
    toc_error local = {0};
    err = err ? err : &local;
    if (!batch || !sess || !job)
        return toc_error_set(err, TOC_EINVAL, "a batch, a session and a job are needed");
    toc_job_answer answer = {0};
    toc_call call = {
        .method = "POST", .path = "/v2/batch", .body = toc_buf_view(&batch->config), .bare = true};
    toc_rc rc = toc__job_call(sess, &call, &answer, err);
    if (!rc && !answer.id)
        rc = toc_error_set(err, TOC_EPROTO, "the answer does not name the job");
    if (rc)
        return toc__batch_fail(batch, 10505, 10510, rc, err);
    *job = (toc_batch_job){.id = answer.id};
    return TOC_OK;
}

toc_rc toc_batch_upload_job(toc_batch *batch, toc_session *sess, const toc_batch_job *job,
                            toc_str content, toc_error *err)
{
    toc_error local = {0};
    err = err ? err : &local;
    if (!batch || !sess || !job || job->id <= 0)
        return toc_error_set(err, TOC_EINVAL, "a batch, a session and a job with an id are needed");
    char path[64];
    (void)snprintf(path, sizeof path, "/v2/batch/%" PRId64, job->id);
    toc_job_answer answer = {0};
    toc_call call = {.method = "POST",
                     .path = path,
                     .content_type = "application/octet-stream",
                     .body = content,
                     .bare = true};
    toc_rc rc = toc__job_call(sess, &call, &answer, err);
    return toc__batch_fail(batch, 10520, 10525, rc, err);
}
