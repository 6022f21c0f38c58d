/* Other features of the report: calls, times, and every entry. */
#include "example.h"

static toc_rc work(toc_session *sess, toc_error *err)
{
    toc_filter *filter = NULL;
    toc_rc rc = toc_filter_new(TOC_KIND_GROUP, NULL, &filter, err);
    if (!rc)
        rc = toc_filter_post(filter, "type", TOC_OP_EQ, toc_str_of("Adversary"), err);
    if (!rc)
        rc = example_list(sess, TOC_KIND_GROUP, filter, err);
    toc_filter_free(filter);
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_rc rc = toc_session_set(sess, "report", "true", err);
    if (!rc)
        rc = work(sess, err);
    if (!rc)
        rc = toc_session_set(sess, "report", "false", err);
    if (rc)
        return rc;
    toc_stats stats;
    toc_session_stats(sess, &stats);
    printf("calls %llu, seconds in calls %.6f, seconds since the start %.6f\n",
           (unsigned long long)stats.api_calls, (double)stats.request_us / 1e6,
           (double)stats.run_us / 1e6);
    toc_report_entry entry;
    for (size_t i = 0; toc_report_at(sess, i, &entry); i++) {
        if (entry.kind == TOC_REPORT_CALL)
            printf("%.*s %.*s: %d\n", TEXT(entry.method), TEXT(entry.uri), entry.status);
        else
            printf("%.*s\n", TEXT(entry.description));
    }
    toc_report_clear(sess);
    return TOC_OK;
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
