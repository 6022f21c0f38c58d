/* stix.h - what attack_load and attack_compare share: a STIX 2.0 bundle, its objects as groups, its
 * relationships as links. Whatever is not taken over is counted by its reason. */
#ifndef STIX_H
#define STIX_H
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <zlib.h>

#include "example.h"

#define STIX_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Types that become groups; the others (identities, markings, matrices) do not. */
static const struct {
    const char *stix, *group;
} stix_kinds[] = {
    {"attack-pattern", "Attack Pattern"},
    {"campaign", "Campaign"},
    {"course-of-action", "Course of Action"},
    {"intrusion-set", "Intrusion Set"},
    {"malware", "Malware"},
    {"tool", "Tool"},
    {"x-mitre-tactic", "Tactic"},
};
/* Members that become fields, dates of whole seconds. The xid is the STIX id, so that a later load
 * changes the same groups. */
static const struct {
    const char *stix, *field;
    bool date;
    const char *only; /* the type whose answers have it; NULL: all */
} stix_fields[] = {
    {"name", "name", false, NULL},
    {"id", "xid", false, NULL},
    {"created", "dateAdded", true, NULL},
    {"first_seen", "firstSeen", true, "Campaign"},
};
/* Members that become attributes, or tags where there is no attribute: texts, arrays of texts, one
 * member of the objects of an array, and the names of flags that are set. */
static const struct {
    const char *stix, *inner, *attribute;
} stix_lists[] = {
    {"description", NULL, "Description"},
    {"aliases", NULL, "Aliases"},
    {"x_mitre_aliases", NULL, "Aliases"},
    {"external_references", "external_id", "External ID"},
    {"external_references", "url", "External References"},
    {"created", NULL, "External Date Added"},
    {"modified", NULL, "External Date Last Modified"},
    {"first_seen", NULL, "First Seen"},
    {"last_seen", NULL, "Last Seen"},
    {"x_mitre_version", NULL, "Version"},
    {"external_references", "external_id", NULL},
    {"kill_chain_phases", "phase_name", NULL},
    {"labels", NULL, NULL},
    {"x_mitre_shortname", NULL, NULL},
    {"x_mitre_domains", NULL, NULL},
    {"x_mitre_platforms", NULL, NULL},
    {"revoked", NULL, NULL},
    {"x_mitre_deprecated", NULL, NULL},
    {"x_mitre_is_subtechnique", NULL, NULL},
};
/* Links between groups have no name and no direction, and two groups have at most one. So each
 * relationship between two groups also is an attribute of its source: "uses TARGET: why". That
 * keeps its type and its direction, and those that say the same of the same two apart. */
#define STIX_RELATIONSHIP "Additional Analysis and Context"

typedef enum stix_fate {
    STIX_LINK,
    STIX_REPEATED,
    STIX_SELF,
    STIX_DANGLING,
    STIX_REVOKED,
    STIX_FATES
} stix_fate;
static const char *const stix_fates[STIX_FATES] = {
    "linked",  "of two that are linked already", "of one with itself", "to what is not loaded",
    "revoked",
};

typedef struct stix {
    json_t *bundle;
    json_t *groups;   /* by id: {object, kind, links: {other id: said here?}, relationships: []} */
    json_t *unlinked; /* texts */
    size_t kinds[STIX_COUNT(stix_kinds)], fates[STIX_FATES], relationships, others, versions;
    int failed;
} stix;

static inline const char *stix_text(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "";
}

static inline toc_rc stix_fail(toc_error *err, toc_rc rc, const char *what, const char *why)
{
    err->code = rc;
    snprintf(err->message, sizeof err->message, "%s: %s", what, why);
    return rc;
}

static inline void stix_add_group(stix *all, json_t *object)
{
    size_t kind = 0;
    const char *id = stix_text(object, "id");
    while (kind < STIX_COUNT(stix_kinds) &&
           strcmp(stix_text(object, "type"), stix_kinds[kind].stix))
        kind++;
    if (!strcmp(stix_text(object, "type"), "relationship"))
        return;
    if (kind == STIX_COUNT(stix_kinds) || !*id) {
        all->others++;
    } else if (json_object_get(all->groups, id)) {
        all->versions++; /* the first one counts, as in a batch */
    } else {
        all->kinds[kind]++;
        all->failed |=
            json_object_set_new(all->groups, id,
                                json_pack("{s:O,s:I,s:{},s:[]}", "object", object, "kind",
                                          (json_int_t)kind, "links", "relationships"));
    }
}

static inline stix_fate stix_judge(stix *all, json_t *rel)
{
    const char *from = stix_text(rel, "source_ref");
    const char *to = stix_text(rel, "target_ref");
    json_t *source = json_object_get(all->groups, from);
    json_t *target = json_object_get(all->groups, to);
    json_t *links = json_object_get(source, "links");
    if (json_is_true(json_object_get(rel, "revoked")) ||
        json_is_true(json_object_get(rel, "x_mitre_deprecated")))
        return STIX_REVOKED;
    if (!source || !target)
        return STIX_DANGLING;
    all->failed |= json_array_append(json_object_get(source, "relationships"), rel);
    if (source == target)
        return STIX_SELF;
    if (json_object_get(links, to))
        return STIX_REPEATED;
    all->failed |= json_object_set_new(links, to, json_true());
    all->failed |= json_object_set_new(json_object_get(target, "links"), from, json_false());
    return STIX_LINK;
}

static inline void stix_add_relationship(stix *all, json_t *rel)
{
    if (strcmp(stix_text(rel, "type"), "relationship"))
        return;
    stix_fate fate = stix_judge(all, rel);
    all->relationships++;
    all->fates[fate]++;
    if (fate != STIX_LINK)
        all->failed |= json_array_append_new(
            all->unlinked,
            json_sprintf("%s (%s %s %s): %s", stix_text(rel, "id"), stix_text(rel, "source_ref"),
                         stix_text(rel, "relationship_type"), stix_text(rel, "target_ref"),
                         stix_fates[fate]));
}

static inline size_t stix_read(void *buffer, size_t len, void *file)
{
    int got = gzread(file, buffer, (unsigned)len);
    return got < 0 ? (size_t)-1 : (size_t)got;
}

static inline void stix_close(stix *all)
{
    json_decref(all->bundle);
    json_decref(all->groups);
    json_decref(all->unlinked);
}

/* path: JSON, compressed by gzip or not. Close it in any case. */
static inline toc_rc stix_open(const char *path, stix *all, toc_error *err)
{
    json_error_t why = {0};
    gzFile file = gzopen(path, "rb");
    *all = (stix){.groups = json_object(), .unlinked = json_array()};
    if (!file)
        return stix_fail(err, TOC_ENOTFOUND, path, "cannot be read");
    all->bundle = json_load_callback(stix_read, file, 0, &why);
    gzclose(file);
    json_t *objects = json_object_get(all->bundle, "objects");
    if (!json_is_array(objects))
        return stix_fail(err, TOC_EPARSE, path, all->bundle ? "not a STIX bundle" : why.text);
    for (size_t i = 0; i < json_array_size(objects); i++)
        stix_add_group(all, json_array_get(objects, i));
    for (size_t i = 0; i < json_array_size(objects); i++)
        stix_add_relationship(all, json_array_get(objects, i));
    return all->failed ? stix_fail(err, TOC_ENOMEM, path, "out of memory") : TOC_OK;
}

/* What became of each relationship, as one line. */
static inline void stix_print(const stix *all)
{
    printf("%zu relationships:", all->relationships);
    for (size_t i = 0; i < STIX_FATES; i++)
        printf("%s %zu %s", i ? "," : "", all->fates[i], stix_fates[i]);
    printf("\n");
}

static inline toc_rc stix_put(toc_object *obj, const char *attribute, const char *text,
                              toc_error *err)
{
    if (!*text)
        return TOC_OK;
    return attribute ? toc_object_add_attribute(obj, toc_str_of(attribute), toc_str_of(text),
                                                !strcmp(attribute, "Description"),
                                                (toc_str){NULL, 0}, err)
                     : toc_object_add_tag(obj, toc_str_of(text), err);
}

static inline toc_rc stix_put_list(toc_object *obj, size_t row, const json_t *value, toc_error *err)
{
    const char *attribute = stix_lists[row].attribute;
    toc_rc rc = TOC_OK;
    if (json_is_true(value))
        return stix_put(obj, attribute, stix_lists[row].stix, err);
    if (json_is_string(value))
        return stix_put(obj, attribute, json_string_value(value), err);
    for (size_t i = 0; !rc && i < json_array_size(value); i++) {
        json_t *one = json_array_get(value, i);
        const char *text = json_string_value(one);
        rc = stix_put(obj, attribute, text ? text : stix_text(one, stix_lists[row].inner), err);
    }
    return rc;
}

/* The group that an entry of groups makes; free it. */
static inline toc_rc stix_group(const json_t *entry, toc_object **obj, toc_error *err)
{
    json_t *object = json_object_get(entry, "object");
    json_t *rels = json_object_get(entry, "relationships");
    const char *type = stix_kinds[json_integer_value(json_object_get(entry, "kind"))].group;
    toc_rc rc = toc_object_new(toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of(type)), obj, err);
    for (size_t i = 0; !rc && i < STIX_COUNT(stix_fields); i++) {
        const char *text = stix_text(object, stix_fields[i].stix);
        if (*text && (!stix_fields[i].only || !strcmp(stix_fields[i].only, type)))
            rc = toc_object_set(*obj, stix_fields[i].field, toc_str_of(text), err);
    }
    for (size_t i = 0; !rc && i < STIX_COUNT(stix_lists); i++)
        rc = stix_put_list(*obj, i, json_object_get(object, stix_lists[i].stix), err);
    for (size_t i = 0; !rc && i < json_array_size(rels); i++) {
        json_t *rel = json_array_get(rels, i);
        json_t *text = json_sprintf("%s %s: %s", stix_text(rel, "relationship_type"),
                                    stix_text(rel, "target_ref"), stix_text(rel, "description"));
        rc = text ? stix_put(*obj, STIX_RELATIONSHIP, json_string_value(text), err)
                  : stix_fail(err, TOC_ENOMEM, "json_sprintf", "out of memory");
        json_decref(text);
    }
    return rc;
}

/* The bundle comes as argument or in STIX_BUNDLE; "--api URL" goes before TC_API_PATH. */
static inline const char *stix_arguments(int argc, char **argv, toc_session_options *options)
{
    const char *path = getenv("STIX_BUNDLE");
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--api") && i + 1 < argc)
            options->api_url = argv[++i];
        else
            path = argv[i];
    }
    return path ? path : "the bundle (no argument, no STIX_BUNDLE)";
}
#endif
