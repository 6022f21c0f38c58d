/* A file by its hash: fields, and fields of what was added, one after the other. */
#include "example.h"

static const toc_str none;

static toc_rc fill(toc_object *file, toc_error *err)
{
    toc_rc rc = toc_object_set_summary(file, toc_str_of("5d41402abc4b2a76b9719d911017c592"), err);
    if (!rc)
        rc = toc_object_set_decimal(file, "rating", 5.0, err);
    if (!rc)
        rc = toc_object_set_int(file, "confidence", 100, err);
    if (!rc)
        rc = toc_object_set(file, "xid", toc_str_of("example-file"), err);
    if (!rc)
        rc = toc_object_add_tag(file, toc_str_of("loader"), err);
    return rc ? rc : toc_object_add_group_xid(file, toc_str_of("ex-copper-loader"), err);
}

static toc_rc add_parts(toc_object *file, toc_error *err)
{
    static const struct {
        toc_entry entry;
        const char *field, *value;
    } later[] = {{TOC_ENTRY_ATTRIBUTE, "displayed", "true"},
                 {TOC_ENTRY_LABEL, "color", "ffffff"},
                 {TOC_ENTRY_LABEL, "description", "Stays in the port."},
                 {TOC_ENTRY_OCCURRENCE, "path", "C:\\crane\\"},
                 {TOC_ENTRY_OCCURRENCE, "date", "2024-02-02 01:02:03"}};
    toc_rc rc = toc_object_add_attribute(file, toc_str_of("Description"),
                                         toc_str_of("Starts the loader."), false, none, err);
    if (!rc)
        rc = toc_object_add_label(file, toc_str_of("Port only"), none, none, err);
    if (!rc)
        rc = toc_object_add_occurrence(file, toc_str_of("crane.exe"), none, none, err);
    for (size_t i = 0; !rc && i < sizeof later / sizeof *later; i++)
        rc = toc_object_set_entry(file, later[i].entry, 0, later[i].field,
                                  toc_str_of(later[i].value), err);
    return rc;
}

static toc_rc build(toc_batch *batch, toc_error *err)
{
    const toc_type *type = toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("File"));
    toc_object *file = NULL;
    toc_rc rc = toc_object_new(type, &file, err);
    if (!rc)
        rc = fill(file, err);
    if (!rc)
        rc = add_parts(file, err);
    if (!rc)
        rc = toc_batch_add(batch, file, 0, err);
    toc_object_free(file);
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
