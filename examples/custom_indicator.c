/* Types of the platform's catalogue: their fields, and an indicator of three parts. */
#include "example.h"

static toc_rc show(toc_session *sess, toc_error *err)
{
    const toc_types *types = NULL;
    toc_object *obj = NULL;
    toc_object *got = NULL;
    toc_rc rc = toc_session_types(sess, &types, err);
    if (rc)
        return rc;
    const toc_type *type = toc_types_find(types, TOC_KIND_INDICATOR, toc_str_of("registryKey"));
    for (unsigned i = 0; i < type->key_count; i++)
        printf("%s, part %u: %s\n", type->name, i + 1, type->fields[i].name);
    rc = toc_object_new(type, &obj, err);
    if (!rc)
        rc =
            toc_object_set(obj, "Key Name", toc_str_of("HKEY_LOCAL_MACHINE\\Software\\Ferry"), err);
    if (!rc)
        rc = toc_object_set(obj, "Value Name", toc_str_of("Start"), err);
    if (!rc)
        rc = toc_object_set(obj, "Value Type", toc_str_of("REG_DWORD"), err);
    if (!rc)
        rc = toc_object_add_tag(obj, toc_str_of("persistence"), err);
    if (!rc)
        rc = toc_save(sess, obj, "Acme CTI", err);
    if (!rc)
        rc = toc_get(sess, type, toc_object_summary(obj), "Acme CTI", &got, err);
    if (!rc)
        printf("%.*s\n", TEXT(toc_object_summary(got)));
    toc_object_free(got);
    toc_object_free(obj);
    return rc;
}

int main(void)
{
    toc_error err = {0};
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_session *sess = NULL;
    toc_rc rc = example_open(&options, &sess, &err);
    if (!rc)
        rc = show(sess, &err);
    toc_session_close(sess);
    return example_end(rc, &err);
}
