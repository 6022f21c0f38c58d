/* What hangs on an indicator and what it is associated with, each by a request of its own. */
#include "example.h"

static toc_rc parts(toc_session *sess, const toc_ref *of, toc_part part, const char *field,
                    toc_error *err)
{
    toc_list *list = NULL;
    toc_object *record = NULL;
    int more = 0;
    toc_rc rc = toc_parts_open(sess, of, part, NULL, &list, err);
    while (!rc && (more = toc_list_next(list, &record, err)) > 0)
        printf("%s: %.*s\n", toc_object_type(record)->name, TEXT(toc_object_get(record, field)));
    toc_list_close(list);
    return rc ? rc : more;
}

static toc_rc associated(toc_session *sess, const toc_ref *of, toc_kind kind, toc_error *err)
{
    toc_list *list = NULL;
    toc_rc rc = toc_associated_open(sess, of, NULL, kind, NULL, &list, err);
    if (!rc)
        rc = example_print(list, err);
    toc_list_close(list);
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_ref host = {toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("Host")),
                    toc_str_of("mail.harbour.example"), "Acme CTI", 0};
    toc_ref url = {toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("URL")),
                   toc_str_of("http://mail.harbour.example/owa?next=%2F"), "Acme CTI", 0};
    /* Indicators are associated with each other by the name of what they have in common. */
    toc_rc rc = toc_associate(sess, &host, "URL Host", &url, err);
    if (!rc)
        rc = associated(sess, &host, TOC_KIND_GROUP, err);
    if (!rc)
        rc = associated(sess, &host, TOC_KIND_INDICATOR, err);
    if (!rc)
        rc = parts(sess, &host, TOC_PART_ATTRIBUTE, "value", err);
    if (!rc)
        rc = parts(sess, &host, TOC_PART_TAG, "name", err);
    return rc ? rc : parts(sess, &host, TOC_PART_LABEL, "name", err);
}

int main(void)
{
    return example_run(show);
}
