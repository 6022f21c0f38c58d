/* LEEF: one line for each indicator, with the names that LEEF has. */
#include "example.h"

static void put(toc_str text)
{
    fwrite(text.ptr, 1, text.len, stdout);
}

static toc_rc print(toc_list *list, toc_kind kind, toc_formatter *formatter, toc_error *err)
{
    toc_object *obj = NULL;
    toc_str text;
    int more = 0;
    toc_rc rc = toc_formatter_begin(formatter, kind, &text, err);
    while (!rc) {
        put(text);
        more = toc_list_next(list, &obj, err);
        if (more <= 0)
            break;
        rc = toc_formatter_object(formatter, obj, &text, err);
    }
    if (!rc)
        rc = more ? more : toc_formatter_end(formatter, &text, err);
    if (!rc)
        put(text);
    return rc;
}

static toc_rc ask(toc_session *sess, toc_kind kind, unsigned flags, toc_error *err)
{
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_formatter *formatter = NULL;
    toc_rc rc = toc_filter_new(kind, NULL, &filter, err);
    if (!rc)
        rc = toc_filter_owner(filter, toc_str_of("Acme CTI"), err);
    if (!rc)
        rc = toc_filter_api(filter, "tag", toc_str_of("APT"), err);
    if (!rc)
        rc = toc_list_open(sess, kind, filter, &list, err);
    if (!rc)
        rc = toc_formatter_new(toc_format_find("leef"), flags, &formatter, err);
    if (!rc)
        rc = print(list, kind, formatter, err);
    toc_formatter_free(formatter);
    toc_list_close(list);
    toc_filter_free(filter);
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    printf("# with correct escaping\n");
    toc_rc rc = ask(sess, TOC_KIND_INDICATOR, 0, err);
    if (rc)
        return rc;
    printf("# byte for byte as the Python SDK\n");
    return ask(sess, TOC_KIND_INDICATOR, TOC_FORMAT_COMPAT, err);
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
