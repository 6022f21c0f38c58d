/* Groups of any type whose name the server compares. */
#include "example.h"

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_rc rc = toc_filter_new(TOC_KIND_GROUP, NULL, &filter, err);
    if (!rc)
        rc = toc_filter_owner(filter, toc_str_of("Acme CTI"), err);
    if (!rc)
        rc = toc_filter_term(filter, "name", TOC_OP_EQ, toc_str_of("Copper Loader"), err);
    if (!rc)
        rc = example_include(filter, err);
    if (!rc)
        rc = toc_list_open(sess, TOC_KIND_GROUP, filter, &list, err);
    if (!rc)
        rc = example_all(list, err);
    toc_filter_free(filter);
    return rc;
}

int main(void)
{
    return example_run(show);
}
