/* Deletes a group by its number; a second time it is not there any more. */
#include "example.h"

static toc_rc show(toc_session *sess, toc_error *err)
{
    const toc_type *campaign = toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Campaign"));
    toc_error again = {0};
    toc_rc rc = toc_delete(sess, campaign, toc_str_of("4"), "Acme CTI", err);
    if (!rc && toc_delete(sess, campaign, toc_str_of("4"), "Acme CTI", &again))
        printf("deleted; now %s\n", toc_error_find(again.code)->name);
    return rc;
}

int main(void)
{
    return example_run(show);
}
