/* Failures: every call that failed, with all that is needed to make it again. */
#include "example.h"

static toc_rc again(toc_session *sess, const toc_report_entry *entry, toc_error *err)
{
    toc_call call;
    toc_response *response = NULL;
    toc_error refused = {0};
    toc_rc rc = toc_report_call(entry, &call, err);
    if (rc)
        return rc;
    rc = toc_session_call(sess, &call, &response, &refused);
    printf("the same call again: %s\n", toc_error_find(rc)->name);
    toc_response_free(response);
    return TOC_OK;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    const toc_type *incident = toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Incident"));
    toc_object *obj = NULL;
    toc_error refused = {0};
    toc_rc rc = toc_get(sess, incident, toc_str_of("708996"), NULL, &obj, &refused);
    toc_object_free(obj);
    printf("asked for an incident: %s, %s\n", toc_error_find(rc)->name, refused.message);
    toc_failures walk = {0};
    toc_report_entry entry;
    toc_report_entry last = {0};
    while (toc_failures_next(sess, &walk, &entry)) {
        char *text = NULL;
        rc = toc_report_print(&entry, &text, err);
        if (rc)
            return rc;
        printf("%s", text);
        toc_free(text);
        last = entry;
    }
    return last.method.len ? again(sess, &last, err) : TOC_OK;
}

int main(void)
{
    toc_error err = {0};
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    options.report = true;
    toc_session *sess = NULL;
    toc_rc rc = example_open(&options, &sess, &err);
    if (!rc)
        rc = show(sess, &err);
    toc_session_close(sess);
    return example_end(rc, &err);
}
