/* Modified since: what changed after a point in time; for lists of indicators. */
#include "example.h"

static toc_rc ask(toc_session *sess, const char *since, toc_error *err)
{
    toc_filter *filter = NULL;
    toc_rc rc = toc_filter_new(TOC_KIND_INDICATOR, NULL, &filter, err);
    if (!rc)
        rc = toc_filter_owner(filter, toc_str_of("Shared Feed"), err);
    if (!rc)
        rc = toc_filter_modified_since(filter, toc_str_of(since), err);
    printf("since %s\n", since);
    if (!rc)
        rc = example_list(sess, TOC_KIND_INDICATOR, filter, err);
    toc_filter_free(filter);
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_error wrong;
    toc_rc rc = ask(sess, "2015-06-17T00:00:00Z", err);
    if (!rc)
        rc = ask(sess, "2999-01-01T00:00:00Z", err);
    if (!rc && ask(sess, "last Tuesday", &wrong))
        printf("refused: %s\n", wrong.message);
    return rc;
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
