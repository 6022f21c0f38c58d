/* Bulk download: all indicators of an owner in one answer, with attributes and tags. */
#include "example.h"

static toc_rc take(void *user, const void *data, size_t len)
{
    return !data || fwrite(data, 1, len, user) == len ? TOC_OK : TOC_EIO;
}

static toc_rc walk(toc_session *sess, const toc_filter *filter, toc_error *err)
{
    toc_list *list = NULL;
    toc_object *obj = NULL;
    int more = 0;
    toc_rc rc = toc_bulk_open(sess, "Acme CTI", true, filter, &list, err);
    while (!rc && (more = toc_list_next(list, &obj, err)) > 0) {
        toc_str tag;
        printf("%.*s:", TEXT(toc_object_summary(obj)));
        for (size_t i = 0; toc_object_tag(obj, i, &tag); i++)
            printf(" %.*s", TEXT(tag));
        printf("\n");
    }
    toc_list_close(list);
    return rc ? rc : more;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_filter *filter = NULL;
    toc_rc rc = toc_filter_new(TOC_KIND_INDICATOR, NULL, &filter, err);
    if (!rc) /* tags come with bulk reports, so here they can be looked at afterwards */
        rc = toc_filter_post(filter, "tag", TOC_OP_EQ, toc_str_of("APT"), err);
    if (!rc)
        rc = walk(sess, filter, err);
    toc_filter_free(filter);
    toc_bulk_state state;
    if (!rc)
        rc = toc_bulk_status(sess, "Acme CTI", &state, err);
    if (!rc)
        printf("%s: CSV %s, JSON %s\n", state.name, state.csv_enabled ? "on" : "off",
               state.json_enabled ? "on" : "off");
    return rc ? rc : toc_bulk_csv(sess, "Acme CTI", take, stdout, err);
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
