/* One indicator by its value; a value that nobody has is TOC_ENOTFOUND. */
#include "example.h"

static toc_rc show(toc_session *sess, toc_error *err)
{
    const toc_type *address = toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("Address"));
    toc_object *obj = NULL;
    toc_rc rc = toc_get(sess, address, toc_str_of("198.51.100.23"), "Acme CTI", &obj, err);
    if (!rc)
        example_details(obj);
    if (!rc)
        printf("status %d\n", toc_response_status(toc_session_last_response(sess)));
    toc_object_free(obj);

    toc_error missing = {0};
    if (!rc && toc_get(sess, address, toc_str_of("192.0.2.1"), "Acme CTI", &obj, &missing))
        printf("%s, status %d\n", toc_error_find(missing.code)->name, missing.http_status);
    return rc;
}

int main(void)
{
    return example_run(show);
}
