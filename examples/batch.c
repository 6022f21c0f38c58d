/* Batch: many items in few requests; what is refused is told item by item. */
#include "example.h"

static int refused(void *user, const toc_batch_error *error)
{
    (void)user;
    printf("refused, item %llu: %.*s\n", (unsigned long long)error->line, TEXT(error->reason));
    return 0;
}

static toc_rc add_group(toc_batch *batch, toc_error *err)
{
    toc_object *obj = NULL;
    toc_rc rc =
        toc_object_new(toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Campaign")), &obj, err);
    if (!rc)
        rc = toc_object_set(obj, "name", toc_str_of("Neap Tide"), err);
    if (!rc)
        rc = toc_object_set(obj, "xid", toc_str_of("example-neap-tide"), err);
    if (!rc)
        rc = toc_batch_add(batch, obj, 1, err);
    toc_object_free(obj);
    return rc;
}

static toc_rc add_hosts(toc_batch *batch, toc_error *err)
{
    const toc_type *host = toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("Host"));
    toc_rc rc = TOC_OK;
    for (unsigned i = 0; !rc && i < 5; i++) {
        char name[32];
        toc_object *obj = NULL;
        snprintf(name, sizeof name, "n%u.neap.example", i);
        rc = toc_object_new(host, &obj, err);
        if (!rc)
            rc = toc_object_set(obj, "hostName", toc_str_of(name), err);
        if (!rc)
            rc = toc_object_add_group_xid(obj, toc_str_of("example-neap-tide"), err);
        if (!rc)
            rc = toc_batch_add(batch, obj, 2 + i, err);
        toc_object_free(obj);
    }
    /* Finished JSON goes in as it is; this one the platform refuses. */
    static const char raw[] = "{\"type\":\"Address\",\"summary\":\"not an address\"}";
    return rc ? rc : toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(raw), 7, err);
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    toc_batch_callbacks callbacks = {.version = 1, .error = refused};
    toc_batch_status status = {0};
    toc_batch *batch = NULL;
    options.owner = "Acme CTI";
    toc_rc rc = toc_batch_new(&options, &batch, err);
    if (!rc)
        rc = add_group(batch, err);
    if (!rc)
        rc = add_hosts(batch, err);
    if (!rc)
        rc = toc_batch_submit(batch, sess, &callbacks, &status, err);
    if (!rc || rc == TOC_EPARTIAL)
        printf("%llu sent in %llu jobs: %llu stored, %llu refused\n",
               (unsigned long long)status.items, (unsigned long long)status.jobs,
               (unsigned long long)status.success, (unsigned long long)status.errors);
    toc_batch_free(batch);
    return rc == TOC_EPARTIAL ? TOC_OK : rc;
}

int main(void)
{
    toc_error err = {0};
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_session *sess = NULL;
    toc_rc rc = example_open(&options, &sess, &err);
    if (!rc)
        rc = show(sess, &err);
    toc_session_close(sess);
    return example_end(rc, &err);
}
