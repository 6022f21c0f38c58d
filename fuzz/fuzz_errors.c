/* What a server says of a batch job: any body is read as its status and as its list of errors. Each
 * entry of a list is told of once, and belongs to an item of the job or to none. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "batch/batch.h"
#include "tocsin/batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct server {
    toc_str body; /* of every answer but the one to an upload */
} server;

static toc_rc perform(void *context, const toc_request *request, toc_response *response,
                      toc_error *err)
{
    const toc_str taken = TOC_S("{\"status\":\"Success\",\"data\":{\"batchId\":7}}");
    server *self = context;
    (void)err;
    toc_str body = toc_str_equal(toc_str_of(request->method), TOC_S("POST")) ? taken : self->body;
    toc_response_set_status(response, body.ptr == taken.ptr ? 202 : 200);
    assert(!toc_response_add_header(response, TOC_S("Content-Type"), TOC_S("application/json")));
    return toc_response_append(response, body.ptr, body.len);
}

static int heard(void *user, const toc_batch_error *error)
{
    unsigned *count = user;
    assert(error->line <= 2);
    assert((error->line == 0) == (error->json.len == 0));
    ++*count;
    return 0;
}

static toc_batch *two_hosts(void)
{
    toc_batch *batch = NULL;
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = "Fuzz";
    assert(!toc_batch_new(&options, &batch, NULL));
    assert(!toc_batch_add_json(batch, TOC_KIND_INDICATOR,
                               TOC_S("{\"type\":\"Host\",\"summary\":\"a.example\",\"xid\":\"a\"}"),
                               1, NULL));
    assert(!toc_batch_add_json(batch, TOC_KIND_INDICATOR,
                               TOC_S("{\"type\":\"Host\",\"summary\":\"b.example\",\"xid\":\"b\"}"),
                               2, NULL));
    return batch;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    server self = {.body = {size ? (const char *)data : "", size}};
    toc_transport transport = {.version = 1, .name = "fuzz", .perform = perform, .context = &self};
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_session *sess = NULL;
    toc_batch_job job = {0};
    toc_job_answer answer = {.id = 99};
    toc_error err = {0};
    unsigned count = 0;
    options.transport = &transport;
    toc_rc rc = toc_job_answer_parse(self.body, &answer, &err);
    assert(!rc || (answer.id == 99 && err.message[0]));
    assert(!toc_session_open(&options, &sess, NULL));
    toc_batch *batch = two_hosts();
    assert(toc_batch_submit_job(batch, sess, &job, &err) == 1 && job.id == 7);
    job.completed = true;
    job.errors = 2;
    toc_batch_callbacks callbacks = {.version = 1, .error = heard, .user = &count};
    rc = toc_batch_errors(batch, sess, &job, &callbacks, &err);
    assert(!rc || (err.code == rc && err.message[0]));
    toc_batch_free(batch);
    toc_session_close(sess);
    return 0;
}
