/* Documents and reports with content from three sources: bytes, a file, and a function that is
 * called when it is sent, so that one content at a time is in memory. */
#include "example.h"

static toc_rc read_content(void *user, toc_str xid, toc_str *content, toc_error *err)
{
    (void)err;
    printf("content of %.*s is wanted\n", TEXT(xid));
    *content = toc_str_of(user);
    return TOC_OK;
}

static toc_rc add_group(toc_batch *batch, const char *type, const char *xid, const char *file,
                        const toc_batch_content *content, toc_error *err)
{
    toc_str none = {NULL, 0};
    toc_object *obj = NULL;
    toc_rc rc = toc_object_new(toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of(type)), &obj, err);
    if (!rc)
        rc = toc_object_set(obj, "name", toc_str_of(xid), err);
    if (!rc)
        rc = toc_object_set(obj, "xid", toc_str_of(xid), err);
    if (!rc)
        rc = toc_object_set(obj, "fileName", toc_str_of(file), err);
    if (!rc)
        rc = toc_object_add_attribute(obj, toc_str_of("Description"), toc_str_of("As found."), true,
                                      toc_str_of("Mail room"), err);
    if (!rc)
        rc = toc_object_add_tag(obj, toc_str_of("mail"), err);
    if (!rc)
        rc = toc_object_add_label(obj, toc_str_of("TLP:GREEN"), none, none, err);
    if (!rc)
        rc = toc_batch_add(batch, obj, 0, err);
    if (!rc)
        rc = toc_batch_attach(batch, type, toc_str_of(xid), toc_str_of(file), content, 0, err);
    toc_object_free(obj);
    return rc;
}

static toc_rc build(toc_batch *batch, toc_error *err)
{
    static char text[] = "a report";
    toc_batch_content bytes = {.data = toc_str_of("a letter")};
    toc_batch_content path = {.path = "intel.db.key"};
    toc_batch_content function = {.read = read_content, .user = text};
    toc_rc rc = add_group(batch, "Document", "example-letter", "letter.txt", &bytes, err);
    if (!rc)
        rc = add_group(batch, "Document", "example-scan", "scan.bin", &path, err);
    return rc ? rc : add_group(batch, "Report", "example-report", "report.pdf", &function, err);
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
