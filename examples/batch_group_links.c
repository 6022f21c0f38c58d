/* Groups that are associated with groups: as objects, as finished JSON, as a link of its own. */
#include "example.h"

static toc_rc add_threat(toc_batch *batch, toc_error *err)
{
    const toc_type *type = toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Threat"));
    toc_object *obj = NULL;
    toc_rc rc = toc_object_new(type, &obj, err);
    if (!rc)
        rc = toc_object_set(obj, "name", toc_str_of("Slow Barge"), err);
    if (!rc)
        rc = toc_object_set(obj, "xid", toc_str_of("example-slow-barge"), err);
    if (!rc)
        rc = toc_object_add_group_xid(obj, toc_str_of("ex-quiet-ferry"), err);
    if (!rc)
        rc = toc_batch_add(batch, obj, 0, err);
    toc_object_free(obj);
    return rc;
}

static toc_rc build(toc_batch *batch, toc_error *err)
{
    static const char raw[] = "{\"name\":\"Slow Barge, notes\",\"type\":\"Document\","
                              "\"fileName\":\"notes.txt\",\"xid\":\"example-notes\","
                              "\"associatedGroupXid\":[\"example-slow-barge\"]}";
    toc_batch_end notes = {.ref = toc_str_of("example-notes")};
    toc_batch_end campaign = {.ref = toc_str_of("ex-spring-tide")};
    toc_rc rc = add_threat(batch, err);
    if (!rc)
        rc = toc_batch_add_json(batch, TOC_KIND_GROUP, toc_str_of(raw), 0, err);
    return rc ? rc : toc_batch_associate(batch, &notes, &campaign, NULL, 0, err);
}

static toc_rc associated(toc_session *sess, const char *type, const char *id, toc_error *err)
{
    toc_ref group = {toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of(type)), toc_str_of(id), NULL,
                     0};
    toc_list *list = NULL;
    toc_rc rc = toc_associated_open(sess, &group, NULL, TOC_KIND_GROUP, NULL, &list, err);
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
        rc = associated(sess, "Adversary", "1", err);
    if (!rc)
        rc = associated(sess, "Campaign", "4", err);
    toc_batch_free(batch);
    return rc;
}

int main(void)
{
    return example_run(show);
}
