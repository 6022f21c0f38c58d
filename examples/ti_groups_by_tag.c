/* All groups that carry a tag. */
#include "example.h"

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_ref tag = {toc_part_type(TOC_PART_TAG), toc_str_of("shipping"), NULL, 0};
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_rc rc = toc_filter_new(TOC_KIND_GROUP, NULL, &filter, err);
    if (!rc)
        rc = example_include(filter, err);
    if (!rc)
        rc = toc_associated_open(sess, &tag, NULL, TOC_KIND_GROUP, filter, &list, err);
    if (!rc)
        rc = example_all(list, err);
    toc_filter_free(filter);
    return rc;
}

int main(void)
{
    return example_run(show);
}
