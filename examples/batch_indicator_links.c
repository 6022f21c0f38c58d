/* Indicators that are associated with groups and with each other. */
#include "example.h"

static toc_rc add_key(toc_batch *batch, toc_error *err)
{
    const toc_type *type = toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("Registry Key"));
    toc_object *obj = NULL;
    toc_rc rc = toc_object_new(type, &obj, err);
    if (!rc)
        rc = toc_object_set_summary(
            obj, toc_str_of("HKEY_CURRENT_USER\\Software\\Barge : Run : REG_SZ"), err);
    if (!rc)
        rc = toc_object_set(obj, "xid", toc_str_of("example-key"), err);
    if (!rc)
        rc = toc_object_add_group_xid(obj, toc_str_of("ex-quiet-ferry"), err);
    if (!rc)
        rc = toc_batch_add(batch, obj, 0, err);
    toc_object_free(obj);
    return rc;
}

static toc_rc build(toc_batch *batch, toc_error *err)
{
    static const char raw[] = "{\"associatedGroups\":[{\"groupXid\":\"ex-copper-loader\"}],"
                              "\"summary\":\"HKEY_LOCAL_MACHINE\\\\system : TRUE : REG_DWORD\","
                              "\"type\":\"Registry Key\",\"xid\":\"example-raw-key\"}";
    toc_batch_end url = {"URL", toc_str_of("http://mail.harbour.example/owa?next=%2F"), 0};
    toc_batch_end host = {"Host", toc_str_of("mail.harbour.example"), 0};
    toc_rc rc = add_key(batch, err);
    if (!rc)
        rc = toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(raw), 0, err);
    return rc ? rc : toc_batch_associate(batch, &url, &host, "URL Host", 0, err);
}

static toc_rc associated(toc_session *sess, toc_kind kind, const char *type, const char *id,
                         toc_error *err)
{
    toc_ref of = {toc_types_find(NULL, kind, toc_str_of(type)), toc_str_of(id), NULL, 0};
    toc_list *list = NULL;
    toc_rc rc = toc_associated_open(sess, &of, NULL, TOC_KIND_INDICATOR, NULL, &list, err);
    printf("%s %s\n", type, id);
    if (!rc)
        rc = example_print(list, err);
    toc_list_close(list);
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    toc_batch *batch = NULL;
    options.owner = "Acme CTI";
    toc_rc rc = toc_batch_new(&options, &batch, err);
    if (!rc)
        rc = build(batch, err);
    if (!rc)
        rc = example_submit(sess, batch, err);
    if (!rc)
        rc = associated(sess, TOC_KIND_GROUP, "Adversary", "1", err);
    if (!rc)
        rc = associated(sess, TOC_KIND_INDICATOR, "Host", "mail.harbour.example", err);
    toc_batch_free(batch);
    return rc;
}

int main(void)
{
    return example_run(show);
}
