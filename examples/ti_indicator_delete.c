/* Deletes an indicator by its value; a second time it is not there any more. */
#include "example.h"

static toc_rc show(toc_session *sess, toc_error *err)
{
    const toc_type *address = toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("Address"));
    toc_str value = toc_str_of("203.0.113.80");
    toc_error again = {0};
    toc_rc rc = toc_delete(sess, address, value, "Acme CTI", err);
    if (!rc && toc_delete(sess, address, value, "Acme CTI", &again))
        printf("deleted; now %s\n", toc_error_find(again.code)->name);
    return rc;
}

int main(void)
{
    return example_run(show);
}
