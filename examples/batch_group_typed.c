/* A group with everything on it: an attribute that is shown, a tag, a security label. */
#include "example.h"

static toc_rc fill(toc_object *adversary, toc_error *err)
{
    toc_str none = {NULL, 0};
    toc_rc rc = toc_object_set(adversary, "name", toc_str_of("Iron Heron"), err);
    if (!rc)
        rc = toc_object_set(adversary, "xid", toc_str_of("example-iron-heron"), err);
    if (!rc)
        rc = toc_object_add_attribute(adversary, toc_str_of("Description"),
                                      toc_str_of("Sells access to ports."), true, none, err);
    if (!rc)
        rc = toc_object_add_tag(adversary, toc_str_of("shipping"), err);
    return rc ? rc : toc_object_add_label(adversary, toc_str_of("TLP:GREEN"), none, none, err);
}

static toc_rc build(toc_batch *batch, toc_error *err)
{
    const toc_type *type = toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Adversary"));
    toc_object *adversary = NULL;
    toc_rc rc = toc_object_new(type, &adversary, err);
    if (!rc)
        rc = fill(adversary, err);
    if (!rc) /* goes to the disk at once; the object may be used again */
        rc = toc_batch_add(batch, adversary, 0, err);
    toc_object_free(adversary);
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
