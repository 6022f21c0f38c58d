/* Several filters: joined by OR, intersected by AND, in the order in which they are added. */
#include "example.h"

static toc_rc find_threat(toc_session *sess, const char *name, char id[24], toc_error *err)
{
    const toc_type *threat = toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Threat"));
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    int more = 0;
    toc_rc rc = toc_filter_new(TOC_KIND_GROUP, threat, &filter, err);
    if (!rc)
        rc = toc_filter_post(filter, "name", TOC_OP_EQ, toc_str_of(name), err);
    if (!rc)
        rc = toc_list_open(sess, TOC_KIND_GROUP, filter, &list, err);
    if (!rc && (more = toc_list_next(list, &obj, err)) > 0)
        snprintf(id, 24, "%lld", (long long)toc_object_get_int(obj, "id"));
    toc_list_close(list);
    toc_filter_free(filter);
    return rc ? rc : more < 0 ? more : TOC_OK;
}

static toc_rc make(const toc_type *type, const char *name, const char *value, toc_filter **filter,
                   toc_error *err)
{
    toc_rc rc = toc_filter_new(TOC_KIND_INDICATOR, type, filter, err);
    return rc ? rc : toc_filter_api(*filter, name, toc_str_of(value), err);
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    const toc_type *address = toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("Address"));
    toc_filter *first = NULL;
    toc_filter *second = NULL;
    toc_filter *third = NULL;
    char id[24] = "0";
    toc_rc rc = find_threat(sess, "Copper Loader", id, err);
    if (!rc)
        rc = make(NULL, "security_label", "TLP:AMBER", &first, err);
    if (!rc)
        rc = make(NULL, "threat_id", id, &second, err);
    if (!rc)
        rc = make(address, "tag", "EXAMPLE", &third, err);
    if (!rc)
        rc = toc_filter_and(first, second, err);
    if (!rc)
        rc = toc_filter_or(first, third, err);
    printf("(labelled TLP:AMBER AND of the threat) OR addresses tagged EXAMPLE\n");
    if (!rc)
        rc = example_list(sess, TOC_KIND_INDICATOR, first, err);
    toc_filter_free(first); /* borrows the others: first */
    toc_filter_free(second);
    toc_filter_free(third);
    return rc;
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
