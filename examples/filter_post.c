/* Post filters: what is looked at after the answer came. All of them must hold. */
#include "example.h"

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_filter *filter = NULL;
    toc_rc rc = toc_filter_new(TOC_KIND_INDICATOR, NULL, &filter, err);
    if (!rc)
        rc = toc_filter_post(filter, "rating", TOC_OP_GE, toc_str_of("3"), err);
    if (!rc)
        rc = toc_filter_post(filter, "confidence", TOC_OP_LT, toc_str_of("80"), err);
    if (!rc)
        rc = toc_filter_post(filter, "date_added", TOC_OP_GE,
                             toc_str_of("2015-06-18T20:21:45-05:00"), err);
    for (size_t i = 0; !rc && i < toc_filter_count(filter, TOC_FILTER_POST); i++)
        printf("%.*s\n", TEXT(toc_filter_description(filter, TOC_FILTER_POST, i)));
    if (!rc)
        rc = example_list(sess, TOC_KIND_INDICATOR, filter, err);
    toc_filter_free(filter);

    /* Where the server can select, less goes over the wire. */
    filter = NULL;
    if (!rc)
        rc = toc_filter_new(TOC_KIND_INDICATOR, NULL, &filter, err);
    if (!rc)
        rc = toc_filter_term(filter, "confidence", TOC_OP_GT, toc_str_of("80"), err);
    if (!rc) {
        printf("selected by the server: confidence > 80\n");
        rc = example_list(sess, TOC_KIND_INDICATOR, filter, err);
    }
    toc_filter_free(filter);
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
