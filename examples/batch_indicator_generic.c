/* An indicator of a type that is known at run time only: value as a summary, fields by names. */
#include "example.h"

static toc_rc fill(toc_object *obj, toc_error *err)
{
    toc_rc rc = toc_object_set(obj, "rating", toc_str_of("5.0"), err);
    if (!rc)
        rc = toc_object_set(obj, "confidence", toc_str_of("100"), err);
    if (!rc)
        rc = toc_object_set(obj, "dnsActive", toc_str_of("true"), err);
    if (!rc)
        rc = toc_object_set(obj, "whoisActive", toc_str_of("true"), err);
    if (!rc)
        rc = toc_object_set(obj, "xid", toc_str_of("example-host"), err);
    if (!rc)
        rc = toc_object_add_attribute(obj, toc_str_of("Description"),
                                      toc_str_of("Asks for mail passwords."), true,
                                      toc_str_of("Mail room"), err);
    if (!rc)
        rc = toc_object_add_tag(obj, toc_str_of("phishing"), err);
    return rc ? rc : toc_object_add_group_xid(obj, toc_str_of("ex-broker-mail"), err);
}

static toc_rc build(toc_batch *batch, toc_error *err)
{
    /* Any letter case is understood; the right one is sent. */
    const toc_type *type = toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("host"));
    toc_object *obj = NULL;
    toc_rc rc = toc_object_new(type, &obj, err);
    if (!rc)
        rc = toc_object_set_summary(obj, toc_str_of("login.ferry.example"), err);
    if (!rc)
        rc = fill(obj, err);
    if (!rc)
        rc = toc_batch_add(batch, obj, 0, err);
    toc_object_free(obj);
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
