/* Everything in one call: jobs, polling, errors, files. */
#include "example.h"

static int refused(void *user, const toc_batch_error *error)
{
    unsigned *count = user;
    (*count)++;
    printf("item %llu: %.*s\n", (unsigned long long)error->line, TEXT(error->reason));
    return 0; /* a negative result would end the submission */
}

static toc_rc build(toc_batch *batch, toc_error *err)
{
    static const char *const raw[] = {
        "{\"type\":\"Host\",\"summary\":\"n1.barge.example\",\"xid\":\"example-n1\"}",
        "{\"type\":\"Address\",\"summary\":\"not an address\",\"xid\":\"example-bad\"}"};
    toc_rc rc = TOC_OK;
    for (size_t i = 0; !rc && i < sizeof raw / sizeof *raw; i++)
        rc = toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(raw[i]), i + 1, err);
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    unsigned errors = 0;
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    toc_batch_callbacks callbacks = {.version = 1, .error = refused, .user = &errors};
    toc_batch_status status = {0};
    toc_batch *batch = NULL;
    options.owner = "Acme CTI";
    toc_rc rc = toc_batch_new(&options, &batch, err);
    if (!rc)
        rc = build(batch, err);
    if (!rc)
        rc = toc_batch_submit(batch, sess, &callbacks, &status, err);
    if (rc == TOC_EPARTIAL) { /* some were refused: a program may well end with an error here */
        printf("%u errors\n", errors);
        rc = TOC_OK;
    }
    example_sums(&status);
    toc_batch_free(batch);
    return rc;
}

int main(void)
{
    return example_run(show);
}
