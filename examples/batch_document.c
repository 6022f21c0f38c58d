/* A document, field after field: what is not said when a part is added can be set later. */
#include "example.h"

/* Malware must be in a ZIP file that is protected by the password; in this one there is none. */
static const unsigned char zip[] = {
    0x50, 0x4b, 0x03, 0x04, 0x0a, 0x00, 0x09, 0x00, 0x00, 0x00, 0xc0, 0x5a, 0x76, 0x5d, 0x4a, 0x91,
    0x30, 0x8f, 0x1e, 0x00, 0x00, 0x00, 0x12, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x61, 0x2e,
    0x74, 0x78, 0x74, 0x78, 0x2c, 0x53, 0x17, 0x89, 0xf0, 0x82, 0xd8, 0xbc, 0x48, 0x26, 0x0f, 0xf9,
    0xb5, 0x33, 0x5e, 0xf7, 0xe2, 0xc0, 0xe2, 0x62, 0x25, 0xd7, 0x74, 0x25, 0xe3, 0xb1, 0xee, 0x2a,
    0x77, 0x50, 0x4b, 0x07, 0x08, 0x4a, 0x91, 0x30, 0x8f, 0x1e, 0x00, 0x00, 0x00, 0x12, 0x00, 0x00,
    0x00, 0x50, 0x4b, 0x01, 0x02, 0x1e, 0x03, 0x0a, 0x00, 0x09, 0x00, 0x00, 0x00, 0xc0, 0x5a, 0x76,
    0x5d, 0x4a, 0x91, 0x30, 0x8f, 0x1e, 0x00, 0x00, 0x00, 0x12, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0xa4, 0x81, 0x00, 0x00, 0x00, 0x00, 0x61,
    0x2e, 0x74, 0x78, 0x74, 0x50, 0x4b, 0x05, 0x06, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00,
    0x33, 0x00, 0x00, 0x00, 0x51, 0x00, 0x00, 0x00, 0x00, 0x00};

static toc_rc fill(toc_object *document, toc_error *err)
{
    toc_rc rc = toc_object_set(document, "name", toc_str_of("Dropper, packed"), err);
    if (!rc)
        rc = toc_object_set(document, "xid", toc_str_of("example-dropper"), err);
    if (!rc)
        rc = toc_object_set(document, "fileName", toc_str_of("dropper.zip"), err);
    if (!rc)
        rc = toc_object_set_bool(document, "malware", true, err);
    return rc ? rc : toc_object_set(document, "password", toc_str_of("infected"), err);
}

static toc_rc add_parts(toc_object *document, toc_error *err)
{
    toc_str none = {NULL, 0};
    toc_rc rc = toc_object_add_attribute(document, toc_str_of("Description"),
                                         toc_str_of("Comes by mail."), false, none, err);
    if (!rc)
        rc = toc_object_set_entry(document, TOC_ENTRY_ATTRIBUTE, 0, "displayed", toc_str_of("true"),
                                  err);
    if (!rc)
        rc = toc_object_add_tag(document, toc_str_of("loader"), err);
    if (!rc)
        rc = toc_object_add_label(document, toc_str_of("Port only"), none, none, err);
    if (!rc)
        rc = toc_object_set_entry(document, TOC_ENTRY_LABEL, 0, "color", toc_str_of("ffffff"), err);
    return rc ? rc
              : toc_object_set_entry(document, TOC_ENTRY_LABEL, 0, "description",
                                     toc_str_of("Stays in the port."), err);
}

static toc_rc build(toc_batch *batch, toc_error *err)
{
    const toc_type *type = toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Document"));
    toc_batch_content content = {.data = {(const char *)zip, sizeof zip}};
    toc_object *document = NULL;
    toc_rc rc = toc_object_new(type, &document, err);
    if (!rc)
        rc = fill(document, err);
    if (!rc)
        rc = add_parts(document, err);
    if (!rc)
        rc = toc_batch_add(batch, document, 0, err);
    if (!rc)
        rc = toc_batch_attach(batch, "Document", toc_object_get(document, "xid"),
                              toc_object_get(document, "fileName"), &content, 0, err);
    toc_object_free(document);
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
