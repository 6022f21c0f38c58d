/* All indicators of one type, each with its attributes, labels and tags. */
#include "example.h"

static toc_rc show(toc_session *sess, toc_error *err)
{
    const toc_type *address = toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("Address"));
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_rc rc = toc_filter_new(TOC_KIND_INDICATOR, address, &filter, err);
    if (!rc)
        rc = toc_filter_owner(filter, toc_str_of("Acme CTI"), err);
    if (!rc)
        rc = example_include(filter, err);
    if (!rc)
        rc = toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, err);
    if (!rc)
        rc = example_all(list, err);
    toc_filter_free(filter);
    return rc;
}

int main(void)
{
    return example_run(show);
}
