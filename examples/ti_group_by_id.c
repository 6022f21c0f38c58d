/* One group by its number, and the answer that it came in. */
#include "example.h"

static toc_rc show(toc_session *sess, toc_error *err)
{
    const toc_type *adversary = toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Adversary"));
    toc_object *obj = NULL;
    toc_rc rc = toc_get(sess, adversary, toc_str_of("1"), "Acme CTI", &obj, err);
    if (!rc)
        example_details(obj);
    if (!rc)
        printf("status %d\n", toc_response_status(toc_session_last_response(sess)));
    toc_object_free(obj);

    toc_error missing = {0};
    if (!rc && toc_get(sess, adversary, toc_str_of("999"), "Acme CTI", &obj, &missing))
        printf("%s, status %d\n", toc_error_find(missing.code)->name, missing.http_status);
    return rc;
}

int main(void)
{
    return example_run(show);
}
