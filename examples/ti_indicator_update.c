/* Changes an indicator whose value is known: nothing is fetched before. */
#include "example.h"

static toc_rc change(toc_session *sess, toc_object *obj, toc_error *err)
{
    toc_rc rc = toc_object_set(obj, "ip", toc_str_of("203.0.113.80"), err);
    if (!rc)
        rc = toc_object_set_decimal(obj, "rating", 4.0, err);
    if (!rc)
        rc = toc_object_set_int(obj, "confidence", 85, err);
    toc_object_known(obj); /* it is there: change it, do not create it */
    return rc ? rc : toc_save(sess, obj, "Acme CTI", err);
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    const toc_type *address = toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("Address"));
    toc_object *obj = NULL;
    toc_object *now = NULL;
    toc_rc rc = toc_object_new(address, &obj, err);
    if (!rc)
        rc = change(sess, obj, err);
    if (!rc)
        rc = toc_get(sess, address, toc_object_summary(obj), "Acme CTI", &now, err);
    if (!rc)
        printf("%.*s: rating %.1f, confidence %lld\n", TEXT(toc_object_summary(now)),
               toc_object_get_decimal(now, "rating"),
               (long long)toc_object_get_int(now, "confidence"));
    toc_object_free(now);
    toc_object_free(obj);
    return rc;
}

int main(void)
{
    return example_run(show);
}
