/* Changes a group whose number is known: nothing is fetched before. */
#include "example.h"

static toc_rc change(toc_session *sess, toc_object *obj, toc_error *err)
{
    toc_rc rc = toc_object_set_int(obj, "id", 4, err);
    if (!rc)
        rc = toc_object_set(obj, "name", toc_str_of("Spring Tide, second wave"), err);
    if (!rc)
        rc = toc_object_set(obj, "first_seen", toc_str_of("2024-04-02"), err);
    return rc ? rc : toc_save(sess, obj, "Acme CTI", err);
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    const toc_type *campaign = toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Campaign"));
    toc_object *obj = NULL;
    toc_object *now = NULL;
    toc_rc rc = toc_object_new(campaign, &obj, err);
    if (!rc)
        rc = change(sess, obj, err);
    if (!rc)
        rc = toc_get(sess, campaign, toc_str_of("4"), "Acme CTI", &now, err);
    if (!rc)
        printf("%.*s, first seen %.*s\n", TEXT(toc_object_summary(now)),
               TEXT(toc_object_get(now, "firstSeen")));
    toc_object_free(now);
    toc_object_free(obj);
    return rc;
}

int main(void)
{
    return example_run(show);
}
