/* Creates an indicator with everything on it in one toc_save, looks at it, changes and deletes it.
 */
#include "example.h"

#define NONE                                                                                       \
    (toc_str)                                                                                      \
    {                                                                                              \
        NULL, 0                                                                                    \
    }

static toc_rc fill(toc_object *obj, toc_error *err)
{
    toc_ref threat = {toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Threat")), toc_str_of("6"),
                      NULL, 0};
    toc_rc rc = toc_object_set(obj, "hostName", toc_str_of("login.harbour.example"), err);
    if (!rc)
        rc = toc_object_set(obj, "rating", toc_str_of("3.5"), err);
    if (!rc)
        rc = toc_object_set_int(obj, "confidence", 60, err);
    if (!rc)
        rc = toc_object_add_attribute(obj, toc_str_of("Description"),
                                      toc_str_of("Asks for mail passwords."), true, NONE, err);
    if (!rc)
        rc = toc_object_add_tag(obj, toc_str_of("phishing"), err);
    if (!rc)
        rc = toc_object_add_label(obj, toc_str_of("TLP:GREEN"), NONE, NONE, err);
    return rc ? rc : toc_queue_associate(obj, NULL, &threat, err);
}

static toc_rc look(toc_session *sess, toc_object *obj, toc_error *err)
{
    toc_ref of = toc_object_ref(obj);
    toc_object *got = NULL;
    toc_list *groups = NULL;
    toc_str type;
    toc_str value;
    toc_rc rc = toc_get(sess, of.type, of.id, of.owner, &got, err);
    if (!rc)
        printf("%.*s: rating %.1f, confidence %lld\n", TEXT(toc_object_summary(got)),
               toc_object_get_decimal(got, "rating"),
               (long long)toc_object_get_int(got, "confidence"));
    for (size_t i = 0; !rc && toc_object_attribute(got, i, &type, &value); i++)
        printf("  %.*s = %.*s\n", TEXT(type), TEXT(value));
    for (size_t i = 0; !rc && toc_object_tag(got, i, &value); i++)
        printf("  tag %.*s\n", TEXT(value));
    for (size_t i = 0; !rc && toc_object_label(got, i, &value); i++)
        printf("  label %.*s\n", TEXT(value));
    if (!rc)
        rc = toc_associated_open(sess, &of, NULL, TOC_KIND_GROUP, NULL, &groups, err);
    if (!rc)
        rc = example_print(groups, err);
    toc_list_close(groups);
    toc_object_free(got);
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    const toc_type *host = toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("Host"));
    toc_object *obj = NULL;
    toc_rc rc = toc_object_new(host, &obj, err);
    if (!rc)
        rc = fill(obj, err);
    if (!rc)
        rc = toc_save(sess, obj, "Acme CTI", err);
    if (!rc)
        rc = look(sess, obj, err);
    if (!rc)
        rc = toc_object_set_int(obj, "confidence", 90, err);
    if (!rc)
        rc = toc_queue_remove(obj, TOC_PART_TAG, NULL, toc_str_of("phishing"), err);
    if (!rc)
        rc = toc_save(sess, obj, NULL, err);
    if (!rc)
        rc = look(sess, obj, err);
    if (!rc)
        rc = toc_delete(sess, host, toc_object_summary(obj), "Acme CTI", err);
    if (!rc)
        printf("deleted\n");
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
