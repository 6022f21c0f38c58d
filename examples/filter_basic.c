/* Filters: what is asked of the server. API filters of one filter are joined: any of them will do.
 */
#include "example.h"

static toc_rc show(toc_session *sess, toc_error *err)
{
    const toc_type *adversary = toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Adversary"));
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    char *text = NULL;
    toc_rc rc = toc_filter_new(TOC_KIND_GROUP, adversary, &filter, err);
    if (!rc)
        rc = toc_filter_owner(filter, toc_str_of("Acme CTI"), err);
    if (!rc)
        rc = toc_filter_api(filter, "tag", toc_str_of("APT"), err);
    if (!rc)
        rc = toc_filter_api(filter, "tag", toc_str_of("crime"), err);
    if (!rc)
        rc = toc_filter_print(filter, &text, err);
    if (!rc)
        printf("%s", text);
    toc_free(text);
    if (!rc)
        rc = toc_list_open(sess, TOC_KIND_GROUP, filter, &list, err);
    int more = 0;
    while (!rc && (more = toc_list_next(list, &obj, err)) > 0)
        printf("%lld %.*s: found by %.*s\n", (long long)toc_object_get_int(obj, "id"),
               TEXT(toc_object_get(obj, "name")), TEXT(toc_list_matched(list, 0)));
    /* A wrong filter is refused before anything is sent. */
    toc_error wrong;
    if (!rc && !more && toc_filter_api(filter, "city", toc_str_of("Oslo"), &wrong))
        printf("\n%s: %s\n", toc_error_find(wrong.code)->name, wrong.message);
    toc_list_close(list);
    toc_filter_free(filter);
    return rc ? rc : more;
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
