/* Owner filter: one owner; several, asked one after the other; or none: the server decides whose
 * objects it sends, and none of them is left out here. */
#include "example.h"

static toc_rc ask(toc_session *sess, const char *const *owners, size_t count, toc_error *err)
{
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    int more = 0;
    toc_rc rc = toc_filter_new(TOC_KIND_INDICATOR, NULL, &filter, err);
    for (size_t i = 0; !rc && i < count; i++)
        rc = toc_filter_owner(filter, toc_str_of(owners[i]), err);
    if (!count)
        toc_filter_any_owner(filter);
    if (!rc)
        rc = toc_filter_api(filter, "indicator", toc_str_of("198.51.100.23"), err);
    if (!rc)
        rc = toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, err);
    printf("%zu owner(s) named\n", count);
    while (!rc && (more = toc_list_next(list, &obj, err)) > 0)
        printf("  %.*s in %.*s, asked with %.*s\n", TEXT(toc_object_summary(obj)),
               TEXT(toc_object_get(obj, "ownerName")), TEXT(toc_list_uri(list)));
    toc_list_close(list);
    toc_filter_free(filter);
    return rc ? rc : more;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    static const char *const owners[] = {"Shared Feed", "Acme CTI"};
    toc_rc rc = ask(sess, owners, 1, err);
    if (!rc)
        rc = ask(sess, owners, 2, err);
    return rc ? rc : ask(sess, owners, 0, err);
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
