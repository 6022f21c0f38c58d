/* Observations and false positives: how often an indicator was met, and how often in vain. */
#include "example.h"

static toc_rc observe(toc_session *sess, const toc_ref *of, int64_t count, toc_error *err)
{
    toc_object *record = NULL;
    toc_rc rc = toc_object_new(toc_part_type(TOC_PART_OBSERVATION), &record, err);
    if (!rc)
        rc = toc_object_set_int(record, "count", count, err);
    if (!rc)
        rc = toc_object_set(record, "dateObserved", toc_str_of("2024-04-01T10:00:00Z"), err);
    if (!rc)
        rc = toc_part_add(sess, of, TOC_PART_OBSERVATION, record, err);
    toc_object_free(record);
    return rc;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_ref of = {toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of("Address")),
                  toc_str_of("203.0.113.80"), "Acme CTI", 0};
    toc_list *list = NULL;
    toc_object *record = NULL;
    int more = 0;
    toc_rc rc = observe(sess, &of, 3, err);
    if (!rc)
        rc = observe(sess, &of, 4, err);
    if (!rc)
        rc = toc_part_add(sess, &of, TOC_PART_FALSE_POSITIVE, NULL, err);
    if (!rc)
        rc = toc_parts_open(sess, &of, TOC_PART_OBSERVATION_COUNT, NULL, &list, err);
    while (!rc && (more = toc_list_next(list, &record, err)) > 0)
        printf("observed %lld times, last on %.*s\n",
               (long long)toc_object_get_int(record, "count"),
               TEXT(toc_object_get(record, "lastObserved")));
    toc_list_close(list);
    return rc ? rc : more;
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
