/* A new group with an association, an attribute, a label and a tag: each verb is one request. */
#include "example.h"

static toc_rc add(toc_session *sess, const toc_ref *group, toc_part part, const char *first,
                  const char *value, const char *second, const char *more, toc_error *err)
{
    toc_object *record = NULL;
    toc_rc rc = toc_object_new(toc_part_type(part), &record, err);
    if (!rc)
        rc = toc_object_set(record, first, toc_str_of(value), err);
    if (!rc && second)
        rc = toc_object_set(record, second, toc_str_of(more), err);
    if (!rc)
        rc = toc_part_add(sess, group, part, record, err);
    if (!rc)
        printf("%s: status %d\n", value, toc_response_status(toc_session_last_response(sess)));
    toc_object_free(record);
    return rc;
}

static toc_rc create(toc_session *sess, toc_object *obj, toc_error *err)
{
    toc_rc rc = toc_object_set(obj, "name", toc_str_of("Harvest Moon"), err);
    if (!rc)
        rc = toc_object_set(obj, "first_seen", toc_str_of("2024-04-02"), err);
    if (!rc)
        rc = toc_save(sess, obj, "Acme CTI", err);
    if (!rc)
        printf("Campaign %lld\n", (long long)toc_object_get_int(obj, "id"));
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_ref adversary = {toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Adversary")),
                         toc_str_of("1"), NULL, 0};
    toc_object *obj = NULL;
    toc_rc rc =
        toc_object_new(toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Campaign")), &obj, err);
    if (!rc)
        rc = create(sess, obj, err);
    toc_ref group = {0};
    if (!rc) {
        group = toc_object_ref(obj);
        rc = toc_associate(sess, &group, NULL, &adversary, err);
    }
    if (!rc)
        rc = add(sess, &group, TOC_PART_ATTRIBUTE, "type", "Description", "value",
                 "Mail about port fees.", err);
    if (!rc)
        rc = add(sess, &group, TOC_PART_LABEL, "name", "TLP:GREEN", NULL, NULL, err);
    if (!rc)
        rc = add(sess, &group, TOC_PART_TAG, "name", "crime", NULL, NULL, err);
    if (!rc)
        rc = toc_load(sess, obj, NULL, TOC_LOAD_ATTRIBUTES | TOC_LOAD_TAGS | TOC_LOAD_LABELS, err);
    if (!rc)
        example_details(obj);
    toc_object_free(obj);
    return rc;
}

int main(void)
{
    return example_run(show);
}
