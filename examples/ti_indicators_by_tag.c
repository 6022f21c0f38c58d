/* All indicators that carry a tag, then only the hosts among them. */
#include "example.h"

static toc_rc tagged(toc_session *sess, const toc_type *type, toc_error *err)
{
    toc_ref tag = {toc_part_type(TOC_PART_TAG), toc_str_of("phishing"), NULL, 0};
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_rc rc = toc_filter_new(TOC_KIND_INDICATOR, type, &filter, err);
    if (!rc)
        rc = example_include(filter, err);
    if (!rc)
        rc = toc_associated_open(sess, &tag, NULL, TOC_KIND_INDICATOR, filter, &list, err);
    if (!rc)
        rc = example_all(list, err);
    toc_filter_free(filter);
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_rc rc = tagged(sess, NULL, err);
    printf("hosts\n");
    return rc ? rc
              : tagged(sess, toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("Host")), err);
}

int main(void)
{
    return example_run(show);
}
