/* What ends a submission: a document whose content cannot be read does, unless told otherwise. */
#include "example.h"

static toc_rc build(toc_batch *batch, toc_error *err)
{
    static const char *const xids[] = {"example-first", "example-second"};
    toc_batch_content contents[] = {{.path = "not/there.txt"}, {.data = toc_str_of("a letter")}};
    toc_rc rc = TOC_OK;
    for (size_t i = 0; !rc && i < 2; i++) {
        char raw[160];
        snprintf(raw, sizeof raw,
                 "{\"type\":\"Document\",\"name\":\"%s\",\"xid\":\"%s\",\"fileName\":\"a.txt\"}",
                 xids[i], xids[i]);
        rc = toc_batch_add_json(batch, TOC_KIND_GROUP, toc_str_of(raw), i + 1, err);
        if (!rc)
            rc = toc_batch_attach(batch, "Document", toc_str_of(xids[i]), toc_str_of("a.txt"),
                                  &contents[i], i + 1, err);
    }
    return rc;
}

static toc_rc submit(toc_session *sess, toc_switch halt, toc_error *err)
{
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    toc_batch_status status = {0};
    toc_batch *batch = NULL;
    toc_error failure = {0};
    options.owner = "Acme CTI";
    options.halt_on_batch_error = halt; /* a chunk that is not taken */
    options.halt_on_poll_error = halt;  /* a job that cannot be followed */
    options.halt_on_file_error = halt;  /* content that cannot be uploaded */
    toc_rc rc = toc_batch_new(&options, &batch, err);
    if (!rc)
        rc = build(batch, err);
    if (!rc) {
        toc_rc result = toc_batch_submit(batch, sess, NULL, &status, &failure);
        printf("halting %s: %s, %llu failed; ", halt == TOC_SWITCH_OFF ? "off" : "on",
               result ? toc_error_find(result)->name : "TOC_OK",
               (unsigned long long)status.files_failed);
        example_sums(&status);
    }
    if (!rc && toc_batch_failure(batch))
        printf("  number %u: %s\n", toc_batch_failure(batch)->code, toc_batch_failure(batch)->text);
    toc_batch_free(batch);
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_rc rc = submit(sess, TOC_SWITCH_UNSET, err);
    return rc ? rc : submit(sess, TOC_SWITCH_OFF, err);
}

int main(void)
{
    return example_run(show);
}
