/* What hangs on a group and what it is associated with, each section by a request of its own. */
#include "example.h"

static toc_rc parts(toc_session *sess, const toc_ref *of, toc_part part, const char *field,
                    toc_error *err)
{
    toc_list *list = NULL;
    toc_object *record = NULL;
    int more = 0;
    toc_rc rc = toc_parts_open(sess, of, part, NULL, &list, err);
    while (!rc && (more = toc_list_next(list, &record, err)) > 0)
        printf("%s: %.*s\n", toc_object_type(record)->name, TEXT(toc_object_get(record, field)));
    toc_list_close(list);
    return rc ? rc : more;
}

static toc_rc associated(toc_session *sess, const toc_ref *of, toc_kind kind, toc_error *err)
{
    toc_list *list = NULL;
    toc_rc rc = toc_associated_open(sess, of, NULL, kind, NULL, &list, err);
    if (!rc)
        rc = example_print(list, err);
    toc_list_close(list);
    return rc;
}

/* A victim with a telephone, which the group is associated with. */
static toc_rc called(toc_session *sess, const toc_ref *group, toc_object *victim, toc_object *phone,
                     toc_error *err)
{
    toc_rc rc = toc_object_set(victim, "name", toc_str_of("Port office"), err);
    if (!rc)
        rc = toc_save(sess, victim, "Acme CTI", err);
    if (!rc)
        rc = toc_object_set(phone, "phoneType", toc_str_of("+47 555 0100"), err);
    toc_ref ref = toc_object_ref(victim);
    if (!rc)
        rc = toc_part_add(sess, &ref, TOC_PART_ASSET, phone, err);
    ref = toc_object_ref(phone);
    return rc ? rc : toc_associate(sess, group, NULL, &ref, err);
}

static toc_rc prepare(toc_session *sess, const toc_ref *group, toc_error *err)
{
    const toc_type *type = toc_types_find(NULL, TOC_KIND_VICTIM_ASSET, toc_str_of("Phone"));
    toc_object *victim = NULL;
    toc_object *phone = NULL;
    toc_rc rc = toc_object_new(type, &phone, err);
    if (!rc)
        rc = toc_object_new(toc_types_find(NULL, TOC_KIND_VICTIM, toc_str_of("Victim")), &victim,
                            err);
    if (!rc)
        rc = called(sess, group, victim, phone, err);
    toc_object_free(phone);
    toc_object_free(victim);
    return rc;
}

static toc_rc described(toc_session *sess, const toc_ref *group, toc_error *err)
{
    toc_str none = {NULL, 0};
    toc_object *obj = NULL;
    toc_rc rc = toc_get(sess, group->type, group->id, group->owner, &obj, err);
    if (!rc)
        rc = toc_object_add_attribute(obj, toc_str_of("Description"),
                                      toc_str_of("Mail to three brokers."), true, none, err);
    if (!rc)
        rc = toc_object_add_tag(obj, toc_str_of("mail"), err);
    if (!rc)
        rc = toc_save(sess, obj, NULL, err);
    toc_object_free(obj);
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_ref group = {toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Incident")), toc_str_of("5"),
                     "Acme CTI", 0};
    toc_rc rc = prepare(sess, &group, err);
    if (!rc)
        rc = described(sess, &group, err);
    if (!rc)
        rc = associated(sess, &group, TOC_KIND_GROUP, err);
    if (!rc)
        rc = associated(sess, &group, TOC_KIND_INDICATOR, err);
    if (!rc)
        rc = associated(sess, &group, TOC_KIND_VICTIM_ASSET, err);
    if (!rc)
        rc = parts(sess, &group, TOC_PART_ATTRIBUTE, "value", err);
    if (!rc)
        rc = parts(sess, &group, TOC_PART_TAG, "name", err);
    return rc ? rc : parts(sess, &group, TOC_PART_LABEL, "name", err);
}

int main(void)
{
    return example_run(show);
}
