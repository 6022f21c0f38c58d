/* A group of a type that is known at run time only: fields by their names. */
#include "example.h"

static toc_rc add_group(toc_batch *batch, const char *type, const char *const pairs[][2],
                        size_t count, toc_error *err)
{
    toc_object *obj = NULL;
    toc_rc rc = toc_object_new(toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of(type)), &obj, err);
    for (size_t i = 0; !rc && i < count; i++)
        rc = toc_object_set(obj, pairs[i][0], toc_str_of(pairs[i][1]), err);
    if (!rc)
        rc = toc_object_add_attribute(obj, toc_str_of("Description"),
                                      toc_str_of("A call to the harbour office."), true,
                                      toc_str_of("Telephone log"), err);
    if (!rc)
        rc = toc_object_add_tag(obj, toc_str_of("shipping"), err);
    if (!rc)
        rc = toc_batch_add(batch, obj, 0, err);
    toc_object_free(obj);
    return rc;
}

static toc_rc build(toc_batch *batch, toc_error *err)
{
    static const char *const pairs[][2] = {{"name", "Call of 12 May"},
                                           {"xid", "example-call"},
                                           {"dateAdded", "2024-05-12T12:12:12"},
                                           {"eventDate", "yesterday"},
                                           {"status", "Needs Review"}};
    return add_group(batch, "Event", pairs, sizeof pairs / sizeof *pairs, err);
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
