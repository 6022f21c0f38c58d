/* Where a file was seen: an occurrence at once, and one whose fields are set later. */
#include "example.h"

static toc_rc add_occurrences(toc_object *file, toc_error *err)
{
    static const char *const later[][2] = {{"path", "C:\\barge\\"},
                                           {"date", "2024-02-03 04:05:06"}};
    toc_str none = {NULL, 0};
    toc_rc rc = toc_object_add_occurrence(file, toc_str_of("crane.exe"), toc_str_of("C:\\crane\\"),
                                          toc_str_of("2024-02-02 01:02:03"), err);
    if (!rc)
        rc = toc_object_add_occurrence(file, toc_str_of("barge.exe"), none, none, err);
    size_t last = toc_object_entries(file, TOC_ENTRY_OCCURRENCE) - 1;
    for (size_t i = 0; !rc && i < sizeof later / sizeof *later; i++)
        rc = toc_object_set_entry(file, TOC_ENTRY_OCCURRENCE, last, later[i][0],
                                  toc_str_of(later[i][1]), err);
    return rc;
}

static toc_rc build(toc_batch *batch, toc_error *err)
{
    const toc_type *type = toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("File"));
    toc_object *file = NULL;
    toc_rc rc = toc_object_new(type, &file, err);
    if (!rc)
        rc = toc_object_set(file, "md5", toc_str_of("5d41402abc4b2a76b9719d911017c592"), err);
    if (!rc)
        rc = toc_object_set(file, "xid", toc_str_of("example-file"), err);
    if (!rc)
        rc = add_occurrences(file, err);
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
