/* Each step of a submission by a call of its own. */
#include "example.h"

static int refused(void *user, const toc_batch_error *error)
{
    (void)user;
    printf("item %llu: %.*s\n", (unsigned long long)error->line, TEXT(error->reason));
    return 0;
}

static toc_rc build(toc_batch *batch, toc_error *err)
{
    static const char document[] =
        "{\"type\":\"Document\",\"name\":\"Notes\",\"xid\":\"example-n\","
        "\"fileName\":\"n.txt\",\"fileContent\":\"by night\"}";
    static const char host[] = "{\"type\":\"Host\",\"summary\":\"n1.barge.example\"}";
    static const char bad[] = "{\"type\":\"Address\",\"summary\":\"not an address\"}";
    toc_rc rc = toc_batch_add_json(batch, TOC_KIND_GROUP, toc_str_of(document), 1, err);
    if (!rc)
        rc = toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(host), 2, err);
    return rc ? rc : toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(bad), 3, err);
}

static toc_rc steps(toc_session *sess, toc_batch *batch, toc_error *err)
{
    toc_batch_callbacks callbacks = {.version = 1, .error = refused};
    toc_batch_status status = {0};
    toc_batch_job job;
    toc_rc rc = TOC_OK;
    int more = 0;
    while (!rc && (more = toc_batch_submit_job(batch, sess, &job, err)) > 0) {
        /* Time for something else: the platform works on it. A job without an id is over already.
         */
        if (job.id)
            rc = toc_batch_poll(batch, sess, &job, 0, err);
        if (!rc)
            printf("job: %llu items, %llu errors\n", (unsigned long long)job.items,
                   (unsigned long long)job.errors);
        if (!rc && job.id && job.errors)
            rc = toc_batch_errors(batch, sess, &job, &callbacks, err);
    }
    if (!rc && more < 0)
        rc = more;
    if (!rc)
        rc = toc_batch_submit_files(batch, sess, &callbacks, &status, err);
    if (!rc)
        printf("%llu files\n", (unsigned long long)status.files);
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    toc_batch *batch = NULL;
    options.owner = "Acme CTI";
    toc_rc rc = toc_batch_new(&options, &batch, err);
    if (!rc)
        rc = build(batch, err);
    if (!rc)
        rc = steps(sess, batch, err);
    toc_batch_free(batch);
    return rc;
}

int main(void)
{
    return example_run(show);
}
