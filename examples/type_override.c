/* Type override: a type that is named is taken as it is; without one the value is looked at. */
#include "example.h"

static toc_rc add(toc_session *sess, const toc_type *type, const char *value, toc_error *err)
{
    toc_object *obj = NULL;
    toc_rc rc = toc_object_new(type, &obj, err);
    if (!rc)
        rc = toc_object_set_summary(obj, toc_str_of(value), err);
    if (!rc)
        rc = toc_save(sess, obj, "Acme CTI", err);
    if (!rc)
        printf("%s is stored as %s %lld\n", value, type->name,
               (long long)toc_object_get_int(obj, "id"));
    toc_object_free(obj);
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    static const char value[] = "updates.ferry.zip"; /* .zip: no host for the default patterns */
    toc_detector *detector = NULL;
    toc_rc rc = toc_detector_new(&detector, err);
    if (rc)
        return rc;
    const toc_type *found = toc_detector_find(detector, toc_str_of(value));
    printf("%s is detected as %s\n", value, found ? found->name : "nothing");
    toc_detector_free(detector);
    return add(sess, toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("Host")), value, err);
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
