/* Statistics: what the session did so far, as text and as numbers. */
#include "example.h"

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_filter *filter = NULL;
    char *text = NULL;
    toc_stats stats;
    toc_rc rc = toc_filter_new(TOC_KIND_INDICATOR, NULL, &filter, err);
    if (!rc)
        rc = toc_filter_api(filter, "tag", toc_str_of("APT"), err);
    if (!rc)
        rc = toc_filter_post(filter, "rating", TOC_OP_GE, toc_str_of("4"), err);
    if (!rc)
        rc = example_list(sess, TOC_KIND_INDICATOR, filter, err);
    toc_filter_free(filter);
    if (rc)
        return rc;
    toc_session_stats(sess, &stats);
    rc = toc_stats_print(&stats, &text, err);
    if (!rc)
        printf("%s", text);
    toc_free(text);
    for (size_t i = 0; !rc && i < TOC_STATS_STATUSES && stats.statuses[i].count; i++)
        printf("status %d: %llu\n", stats.statuses[i].status,
               (unsigned long long)stats.statuses[i].count);
    return rc;
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
