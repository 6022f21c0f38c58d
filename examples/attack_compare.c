/* ATT&CK: reads back what attack_load stored and compares it with the bundle, object by object and
 * link by link. attack_compare [--api URL|file:STORE] BUNDLE; exit status 1 with any difference. */
#include "stix.h"

typedef struct reading {
    toc_session *sess;
    const stix *all;
    json_t *ids; /* STIX ids by the platform's */
    size_t groups, others, attributes, tags, ends, differences;
} reading;

/* Counts a value up (wanted) or down (got): what is left in the end differs. */
static void tally(json_t *counts, const char *what, toc_str value, int by)
{
    json_t *key = json_sprintf("%s \"%.*s\"", what, TEXT(value));
    const char *text = key ? json_string_value(key) : "what cannot be compared";
    json_int_t now = json_integer_value(json_object_get(counts, text)) + (key ? by : 1);
    if (now)
        json_object_set_new(counts, text, json_integer(now));
    else
        json_object_del(counts, text);
    json_decref(key);
}

static void report(reading *at, const char *id, json_t *counts)
{
    for (void *i = json_object_iter(counts); i; i = json_object_iter_next(counts, i)) {
        json_int_t count = json_integer_value(json_object_iter_value(i));
        printf("%s: %s: %s\n", id, count > 0 ? "missing" : "unwanted", json_object_iter_key(i));
        at->differences++;
    }
    json_decref(counts);
}

/* Everything that a group has but its links. */
static void tally_group(reading *at, json_t *counts, toc_object *obj, int by)
{
    toc_str type;
    toc_str value;
    tally(counts, "type", toc_str_of(toc_object_type(obj)->name), by);
    for (size_t i = 0; i < STIX_COUNT(stix_fields); i++) {
        value = toc_object_get(obj, stix_fields[i].field);
        if (stix_fields[i].date && value.len > strlen("2000-01-01T00:00:00"))
            value.len = strlen("2000-01-01T00:00:00");
        tally(counts, stix_fields[i].field, value, by);
    }
    for (size_t i = 0; toc_object_tag(obj, i, &value); i++, at->tags += by < 0)
        tally(counts, "tag", value, by);
    for (size_t i = 0; toc_object_attribute(obj, i, &type, &value); i++) {
        at->attributes += by < 0;
        json_t *what = json_sprintf("attribute %.*s", TEXT(type));
        tally(counts, json_string_value(what), value, by);
        json_decref(what);
    }
}

static toc_rc compare_group(reading *at, toc_object *got, toc_error *err)
{
    char number[32];
    char id[128]; /* longer ones are not STIX ids */
    toc_object *wanted = NULL;
    json_t *counts = json_object();
    toc_str xid = toc_object_get(got, "xid");
    snprintf(id, sizeof id, "%.*s", TEXT(xid));
    snprintf(number, sizeof number, "%lld", (long long)toc_object_get_int(got, "id"));
    json_t *entry = json_object_get(at->all->groups, id);
    if (!entry) {
        at->others++;
        json_decref(counts);
        return TOC_OK;
    }
    tally(counts, "once", xid, json_object_get(entry, "number") ? -1 : 0);
    json_object_set_new(entry, "number", json_string(number));
    json_object_set_new(at->ids, number, json_string(id));
    toc_rc rc = stix_group(entry, &wanted, err);
    if (!rc) {
        tally_group(at, counts, wanted, 1);
        tally_group(at, counts, got, -1);
        at->groups++;
    }
    report(at, id, counts);
    toc_object_free(wanted);
    return rc;
}

/* All groups of a type, page by page, with everything on them. */
static toc_rc compare_type(reading *at, const char *name, toc_error *err)
{
    static const char *const sections[] = {"additional", "attributes", "tags"};
    const toc_type *type = toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of(name));
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    int more = 0;
    toc_rc rc = toc_filter_new(TOC_KIND_GROUP, type, &filter, err);
    for (size_t i = 0; !rc && i < STIX_COUNT(sections); i++)
        rc = toc_filter_include(filter, sections[i], err);
    if (!rc)
        rc = toc_list_open(at->sess, TOC_KIND_GROUP, filter, &list, err);
    while (!rc && (more = toc_list_next(list, &obj, err)) > 0)
        rc = compare_group(at, obj, err);
    toc_list_close(list);
    toc_filter_free(filter);
    return rc ? rc : more;
}

/* The links of one group; each is seen from both of its ends. */
static toc_rc compare_links(reading *at, const char *id, json_t *entry, toc_error *err)
{
    json_t *links = json_object_get(entry, "links");
    json_t *counts = json_object();
    const char *kind = stix_kinds[json_integer_value(json_object_get(entry, "kind"))].group;
    toc_ref of = {toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of(kind)),
                  toc_str_of(json_string_value(json_object_get(entry, "number"))), NULL, 0};
    toc_list *list = NULL;
    toc_object *obj = NULL;
    int more = 0;
    for (void *i = json_object_iter(links); i; i = json_object_iter_next(links, i))
        tally(counts, "link", toc_str_of(json_object_iter_key(i)), 1);
    toc_rc rc = toc_associated_open(at->sess, &of, NULL, TOC_KIND_GROUP, NULL, &list, err);
    while (!rc && (more = toc_list_next(list, &obj, err)) > 0) {
        char number[32];
        snprintf(number, sizeof number, "%lld", (long long)toc_object_get_int(obj, "id"));
        const char *other = json_string_value(json_object_get(at->ids, number));
        tally(counts, "link", toc_str_of(other ? other : number), -1);
        at->ends++;
    }
    toc_list_close(list);
    report(at, id, counts);
    return rc ? rc : more;
}

static toc_rc compare(reading *at, toc_error *err)
{
    json_t *groups = at->all->groups;
    toc_rc rc = TOC_OK;
    for (size_t i = 0; !rc && i < STIX_COUNT(stix_kinds); i++)
        rc = compare_type(at, stix_kinds[i].group, err);
    for (void *i = json_object_iter(groups); !rc && i; i = json_object_iter_next(groups, i)) {
        json_t *entry = json_object_iter_value(i);
        if (json_object_get(entry, "number")) {
            rc = compare_links(at, json_object_iter_key(i), entry, err);
        } else {
            printf("%s: missing: all of it\n", json_object_iter_key(i));
            at->differences++;
        }
    }
    return rc;
}

int main(int argc, char **argv)
{
    toc_error err = {0};
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    stix all;
    reading at = {.all = &all, .ids = json_object()};
    toc_rc rc = stix_open(stix_arguments(argc, argv, &options), &all, &err);
    if (!rc)
        rc = example_open(&options, &at.sess, &err);
    if (!rc)
        rc = compare(&at, &err);
    if (!rc) {
        stix_print(&all);
        printf("read: %zu groups, %zu attributes, %zu tags, %zu links at %zu ends, "
               "%zu other groups; %zu differences\n",
               at.groups, at.attributes, at.tags, at.ends / 2, at.ends, at.others, at.differences);
    }
    toc_session_close(at.sess);
    json_decref(at.ids);
    stix_close(&all);
    return rc ? example_end(rc, &err) : at.differences > 0;
}
