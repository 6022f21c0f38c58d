/* A victim with assets of all kinds; one of them is changed, one removed. */
#include "example.h"

static toc_rc add(toc_object *victim, const char *type, const char *field, const char *value,
                  const char *more, const char *more_value, toc_error *err)
{
    toc_object *asset = NULL;
    toc_rc rc =
        toc_object_new(toc_types_find(NULL, TOC_KIND_VICTIM_ASSET, toc_str_of(type)), &asset, err);
    if (!rc)
        rc = toc_object_set(asset, field, toc_str_of(value), err);
    if (!rc && more)
        rc = toc_object_set(asset, more, toc_str_of(more_value), err);
    if (!rc)
        rc = toc_queue_add(victim, TOC_PART_ASSET, asset, err);
    toc_object_free(asset);
    return rc;
}

static toc_rc fill(toc_object *victim, toc_error *err)
{
    toc_rc rc = toc_object_set(victim, "name", toc_str_of("Port office"), err);
    if (!rc)
        rc = toc_object_set(victim, "org", toc_str_of("Harbour Authority"), err);
    if (!rc)
        rc = add(victim, "EmailAddress", "address", "office@port.example", "addressType", "work",
                 err);
    if (!rc)
        rc = add(victim, "NetworkAccount", "account", "office", "network", "PORT", err);
    if (!rc)
        rc = add(victim, "Phone", "phoneType", "+47 555 0100", NULL, NULL, err);
    if (!rc)
        rc = add(victim, "SocialNetwork", "account", "portoffice", "network", "example", err);
    return rc ? rc : add(victim, "WebSite", "webSite", "port.example", NULL, NULL, err);
}

static toc_rc print(toc_session *sess, const toc_ref *victim, int64_t *phone, toc_error *err)
{
    toc_list *list = NULL;
    toc_object *asset = NULL;
    int more = 0;
    toc_rc rc = toc_parts_open(sess, victim, TOC_PART_ASSET, NULL, &list, err);
    while (!rc && (more = toc_list_next(list, &asset, err)) > 0) {
        printf("  %-14s %.*s\n", toc_object_type(asset)->name, TEXT(toc_object_get(asset, "name")));
        if (toc_str_equal(toc_str_of(toc_object_type(asset)->name), toc_str_of("Phone")))
            *phone = toc_object_get_int(asset, "id");
    }
    toc_list_close(list);
    return rc ? rc : more;
}

static toc_rc show(toc_session *sess, toc_error *err)
{
    const toc_type *phone_type = toc_types_find(NULL, TOC_KIND_VICTIM_ASSET, toc_str_of("Phone"));
    toc_object *victim = NULL;
    int64_t phone = 0;
    toc_rc rc =
        toc_object_new(toc_types_find(NULL, TOC_KIND_VICTIM, toc_str_of("Victim")), &victim, err);
    if (!rc)
        rc = fill(victim, err);
    if (!rc)
        rc = toc_save(sess, victim, "Acme CTI", err);
    toc_ref ref = toc_object_ref(victim);
    if (!rc)
        rc = print(sess, &ref, &phone, err);
    char id[24];
    snprintf(id, sizeof id, "%lld", (long long)phone);
    if (!rc)
        rc = toc_part_remove(sess, &ref, TOC_PART_ASSET, phone_type, toc_str_of(id), err);
    printf("without the telephone\n");
    if (!rc)
        rc = print(sess, &ref, &phone, err);
    toc_object_free(victim);
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
