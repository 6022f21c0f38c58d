/* Owners that can be read, who is in the organization, and what an owner holds. */
#include "example.h"

static toc_rc members(toc_session *sess, toc_error *err)
{
    toc_list *list = NULL;
    toc_object *user = NULL;
    int more = 0;
    toc_rc rc = toc_parts_open(sess, NULL, TOC_PART_MEMBER, NULL, &list, err);
    while (!rc && (more = toc_list_next(list, &user, err)) > 0)
        printf("  %.*s %.*s\n", TEXT(toc_object_get(user, "firstName")),
               TEXT(toc_object_get(user, "lastName")));
    toc_list_close(list);
    return rc ? rc : more;
}

static toc_rc metrics(toc_session *sess, int64_t id, toc_error *err)
{
    char text[24];
    toc_list *list = NULL;
    toc_object *metric = NULL;
    snprintf(text, sizeof text, "%lld", (long long)id);
    toc_ref owner = {toc_part_type(TOC_PART_OWNER), toc_str_of(text), NULL, 0};
    toc_rc rc = toc_parts_open(sess, &owner, TOC_PART_METRIC, NULL, &list, err);
    int more = 0;
    char today[160] = "";
    while (!rc &&
           (more = toc_list_next(list, &metric, err)) > 0) /* a row a day, the last is today */
        snprintf(today, sizeof today, "%.*s: %lld indicators, %lld of them hosts; %lld groups",
                 TEXT(toc_object_get(metric, "metricDate")),
                 (long long)toc_object_get_int(metric, "totalIndicator"),
                 (long long)toc_object_get_int(metric, "totalHost"),
                 (long long)toc_object_get_int(metric, "totalGroup"));
    printf("%s\n", today);
    toc_list_close(list);
    return rc ? rc : more;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    toc_owners *owners = NULL;
    toc_rc rc = toc_owners_get(sess, &owners, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < toc_owners_count(owners); i++) {
        toc_owner owner = toc_owners_at(owners, i);
        printf("%lld %.*s (%.*s)\n", (long long)owner.id, TEXT(owner.name), TEXT(owner.type));
    }
    printf("members of the organization\n");
    rc = members(sess, err);
    if (!rc)
        rc = metrics(sess, toc_owners_find(owners, toc_str_of("Acme CTI")).id, err);
    toc_owners_free(owners);
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
