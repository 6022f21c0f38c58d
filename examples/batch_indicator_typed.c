/* An indicator with everything on it, linked to a group that the server has already. */
#include "example.h"

static toc_rc fill(toc_object *address, toc_error *err)
{
    toc_str none = {NULL, 0};
    toc_rc rc = toc_object_set(address, "ip", toc_str_of("192.0.2.126"), err);
    if (!rc)
        rc = toc_object_set(address, "rating", toc_str_of("5.0"), err);
    if (!rc)
        rc = toc_object_set(address, "confidence", toc_str_of("100"), err);
    if (!rc)
        rc = toc_object_add_attribute(address, toc_str_of("Description"),
                                      toc_str_of("Answers at night only."), true, none, err);
    if (!rc)
        rc = toc_object_add_tag(address, toc_str_of("scanner"), err);
    if (!rc)
        rc = toc_object_add_label(address, toc_str_of("TLP:GREEN"), none, none, err);
    if (!rc)
        rc = toc_object_set(address, "xid", toc_str_of("example-address"), err);
    return rc ? rc : toc_object_add_group_xid(address, toc_str_of("ex-quiet-ferry"), err);
}

static toc_rc build(toc_batch *batch, toc_error *err)
{
    const toc_type *type = toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("Address"));
    toc_object *address = NULL;
    toc_rc rc = toc_object_new(type, &address, err);
    if (!rc)
        rc = fill(address, err);
    if (!rc)
        rc = toc_batch_add(batch, address, 0, err);
    toc_object_free(address);
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
    toc_batch_free(batch);
    return rc;
}

int main(void)
{
    return example_run(show);
}
