#include "show.h"

#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "table.h"

#define SECTION_MAX 200 /* items shown of one section */
#define COLUMNS_MAX 6

#define ON(kind) (1U << TOC_KIND_##kind)
#define ON_OBJECTS (ON(INDICATOR) | ON(GROUP) | ON(TASK) | ON(VICTIM))
#define ON_ALL (ON_OBJECTS | ON(RECORD))

typedef enum form {
    FORM_ROWS,
    FORM_NAMES, /* JSON: an array of names */
    FORM_ONE,   /* the only one, not an array */
    FORM_TEXTS, /* rows whose last column is text of any length */
    FORM_LINKS  /* associated objects */
} form;

typedef struct section {
    const char *title, *member;
    toc_part part; /* TOC_PART_COUNT: of links */
    toc_kind kind; /* of links */
    unsigned kinds, traits;
    form form;
    size_t count;
    const char *titles[COLUMNS_MAX];
    const char *fields[COLUMNS_MAX];
} section;

#define LINKS(name, word, of)                                                                      \
    {                                                                                              \
        .title = name, .member = word, .part = TOC_PART_COUNT, .kind = TOC_KIND_##of,              \
        .kinds = ON_ALL, .form = FORM_LINKS, .count = 3, .titles = {"TYPE", "ID", "NAME"},         \
        .fields = {                                                                                \
            CLI_FIELD_TYPE,                                                                        \
            "id",                                                                                  \
            CLI_FIELD_SUMMARY                                                                      \
        }                                                                                          \
    }

/* clang-format off */
static const section sections[] = {
    {"Attributes", "attributes", TOC_PART_ATTRIBUTE, TOC_KIND_RECORD, ON_OBJECTS, 0, FORM_TEXTS, 6,
     {"ID", "TYPE", "DISPLAYED", "SOURCE", "ADDED", "VALUE"},
     {"id", "type", "displayed", "source", "dateAdded", "value"}},
    {"Tags", "tags", TOC_PART_TAG, TOC_KIND_RECORD, ON_OBJECTS, 0, FORM_NAMES, 1,
     {"NAME"}, {"name"}},
    {"Security labels", "securityLabels", TOC_PART_LABEL, TOC_KIND_RECORD, ON_OBJECTS, 0,
     FORM_NAMES, 2, {"NAME", "DESCRIPTION"}, {"name", "description"}},
    LINKS("Groups", "groups", GROUP),
    {"Indicators", "indicators", TOC_PART_COUNT, TOC_KIND_INDICATOR, ON_ALL, 0, FORM_LINKS, 2,
     {"TYPE", "VALUE"}, {CLI_FIELD_TYPE, CLI_FIELD_SUMMARY}},
    LINKS("Victims", "victims", VICTIM),
    LINKS("Tasks", "tasks", TASK),
    {"Owners", "owners", TOC_PART_OWNER, TOC_KIND_RECORD, ON(INDICATOR), 0, FORM_ROWS, 3,
     {"ID", "NAME", "TYPE"}, {"id", "name", "type"}},
    {"Observations", "observations", TOC_PART_OBSERVATION_COUNT, TOC_KIND_RECORD, ON(INDICATOR), 0,
     FORM_ONE, 4, {"COUNT", "LAST", "YOUR COUNT", "YOUR LAST"},
     {"count", "lastObserved", "yourCount", "yourLastObserved"}},
    {"File occurrences", "fileOccurrences", TOC_PART_OCCURRENCE, TOC_KIND_RECORD, ON(INDICATOR),
     TOC_TYPE_HASHES, FORM_ROWS, 4, {"ID", "FILE NAME", "PATH", "DATE"},
     {"id", "fileName", "path", "date"}},
    {"DNS resolutions", "dnsResolutions", TOC_PART_RESOLUTION, TOC_KIND_RECORD, ON(INDICATOR),
     TOC_TYPE_RESOLVES, FORM_ROWS, 3, {"DATE", "ADDRESS", "OWNER"},
     {"resolutionDate", "ip", "ownerName"}},
    {"Hosts that resolved to it", "dnsResolutions", TOC_PART_RESOLUTION, TOC_KIND_INDICATOR,
     ON(INDICATOR), TOC_TYPE_RESOLVED, FORM_ROWS, 2, {"TYPE", "VALUE"},
     {CLI_FIELD_TYPE, CLI_FIELD_SUMMARY}},
    {"Assignees", "assignees", TOC_PART_ASSIGNEE, TOC_KIND_RECORD, ON(TASK), 0, FORM_ROWS, 3,
     {"USER", "FIRST NAME", "LAST NAME"}, {"userName", "firstName", "lastName"}},
    {"Escalatees", "escalatees", TOC_PART_ESCALATEE, TOC_KIND_RECORD, ON(TASK), 0, FORM_ROWS, 3,
     {"USER", "FIRST NAME", "LAST NAME"}, {"userName", "firstName", "lastName"}},
    {"Assets", "assets", TOC_PART_ASSET, TOC_KIND_VICTIM_ASSET, ON(VICTIM), 0, FORM_ROWS, 3,
     {"ID", "TYPE", "NAME"}, {"id", CLI_FIELD_TYPE, CLI_FIELD_SUMMARY}},
    {"Assets", "assets", TOC_PART_ASSET, TOC_KIND_ADVERSARY_ASSET, ON(GROUP), TOC_TYPE_ASSETS,
     FORM_ROWS, 3, {"ID", "TYPE", "NAME"}, {"id", CLI_FIELD_TYPE, CLI_FIELD_SUMMARY}},
};
/* clang-format on */

/* What a section has; names of the associations beside the objects. */
typedef struct found_set {
    toc_objects *objects;
    size_t count;
    int64_t total;
    const char **associations; /* NULL: none has one */
    size_t next;               /* where the row of the next named association is likely */
} found_set;

static void drop(found_set *found)
{
    toc_objects_free(found->objects);
    free(found->associations);
}

static const char *association_of(const found_set *found, size_t index)
{
    return found->associations ? found->associations[index] : NULL;
}

void cli_show_title(const char *title, toc_str name, int64_t count)
{
    bool colour = cli_colour(stdout);
    (void)fputs(colour ? CLI_BOLD : "", stdout);
    cli_print_clean(stdout, title, strlen(title));
    if (name.len)
        (void)putchar(' ');
    cli_print_clean(stdout, name.ptr, name.len);
    if (count >= 0)
        (void)printf(" (%lld)", (long long)count);
    (void)printf("%s\n", colour ? CLI_PLAIN : "");
}

static bool applies(const section *sect, const toc_type *type)
{
    return (sect->kinds & 1U << type->kind) && (!sect->traits || (type->traits & sect->traits));
}

/* maximum 0: all of them. */
static toc_rc collect(toc_list *list, unsigned maximum, found_set *found, toc_error *err)
{
    toc_rc rc = maximum ? toc_list_range(list, 0, maximum, 1, err) : TOC_OK;
    if (!rc)
        rc = toc_list_all(list, 0, &found->objects, err);
    found->count = toc_objects_count(found->objects);
    found->total = toc_list_total(list);
    if (found->total < (int64_t)found->count)
        found->total = (int64_t)found->count;
    if (maximum && found->count > maximum)
        found->count = maximum;
    return rc;
}

/* The row of a set is looked for by type and value, behind the last one first: both lists have one
 * order. */
static void mark(found_set *found, toc_object *obj, const char *name)
{
    toc_str value = toc_object_summary(obj);
    for (size_t i = 0; i < found->count; i++) {
        size_t index = (found->next + i) % found->count;
        toc_object *at = toc_objects_at(found->objects, index);
        if (toc_object_type(at) != toc_object_type(obj) ||
            !toc_str_equal(toc_object_summary(at), value))
            continue;
        found->associations[index] = name;
        found->next = index + 1;
        return;
    }
}

static bool names_type(const char *list, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = list; at && *at; at += strcspn(at, ";"), at += *at == ';')
        if (strcspn(at, ";") == len && !strncmp(at, name, len))
            return true;
    return false;
}

/* The server's own rows do not say what they link. */
static bool may_link(const toc_association_type *row, const toc_type *type)
{
    if (row->file_action && !(type->traits & TOC_TYPE_HASHES))
        return false;
    return !row->left || !*row->left || names_type(row->left, type->name) ||
           names_type(row->right, type->name);
}

static toc_rc mark_all(cli_refs *refs, const toc_ref *of, const char *name, unsigned maximum,
                       found_set *found, toc_error *err)
{
    toc_list *list = NULL;
    toc_object *obj = NULL;
    int more = 0;
    toc_rc rc = toc_associated_open(refs->sess, of, name, TOC_KIND_INDICATOR, NULL, &list, err);
    if (!rc && maximum)
        rc = toc_list_range(list, 0, maximum, 1, err);
    while (!rc && (more = toc_list_next(list, &obj, err)) > 0)
        mark(found, obj, name);
    toc_list_close(list);
    if (more < 0 && err->http_status == 400) /* not one of this type */
        return TOC_OK;
    return rc ? rc : more;
}

/* Which association each of the indicators is linked by. */
static toc_rc name_links(cli_refs *refs, const cli_ref *ref, unsigned maximum, found_set *found,
                         toc_error *err)
{
    const toc_association_type *row = NULL;
    toc_ref of = cli_ref_of(ref);
    found->associations = calloc(found->count, sizeof *found->associations);
    if (!found->associations)
        return cli_error(err, TOC_ENOMEM, "out of memory");
    toc_rc rc = toc_association_at(refs->sess, 0, &row, err);
    for (size_t i = 0; !rc && row; i++) {
        if (may_link(row, ref->type))
            rc = mark_all(refs, &of, row->name, maximum, found, err);
        if (!rc)
            rc = toc_association_at(refs->sess, i + 1, &row, err);
    }
    return rc;
}

static toc_rc fetch(cli_refs *refs, const cli_ref *ref, const section *sect, unsigned maximum,
                    found_set *found, toc_error *err)
{
    toc_list *list = NULL;
    toc_ref of = cli_ref_of(ref);
    *found = (found_set){.objects = NULL};
    toc_rc rc = sect->form == FORM_LINKS
                    ? toc_associated_open(refs->sess, &of, NULL, sect->kind, NULL, &list, err)
                    : toc_parts_open(refs->sess, &of, sect->part, NULL, &list, err);
    if (!rc)
        rc = collect(list, maximum, found, err);
    toc_list_close(list);
    bool indicators = sect->form == FORM_LINKS && sect->kind == TOC_KIND_INDICATOR &&
                      ref->type->kind == TOC_KIND_INDICATOR;
    if (!rc && indicators && found->count)
        rc = name_links(refs, ref, maximum, found, err);
    /* What a platform does not offer is not there. */
    return rc == TOC_ENOTFOUND || rc == TOC_EUNSUPPORTED ? TOC_OK : rc;
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void object_json(cli_grow *out, toc_object *obj, const char *association)
{
    const toc_type *type = toc_object_type(obj);
    if (type->kind == TOC_KIND_RECORD) {
        cli_grow_put(out, "{");
        cli_fields_json(out, obj, true);
        cli_grow_put(out, "}");
        return;
    }
    cli_grow_put(out, "{\"type\":");
    cli_grow_json(out, toc_str_of(type->name));
    cli_grow_put(out, type->kind == TOC_KIND_INDICATOR ? ",\"value\":" : ",\"name\":");
    cli_grow_json(out, toc_object_summary(obj));
    if (toc_object_has(obj, "id"))
        cli_grow_format(out, ",\"id\":%lld", (long long)toc_object_get_int(obj, "id"));
    if (association) {
        cli_grow_put(out, ",\"association\":");
        cli_grow_json(out, toc_str_of(association));
    }
    cli_grow_put(out, "}");
}

static void section_json(cli_grow *out, const section *sect, const found_set *found)
{
    cli_grow_format(out, ",\"%s\":%s", sect->member, sect->form == FORM_ONE ? "" : "[");
    for (size_t i = 0; i < found->count; i++) {
        toc_object *obj = toc_objects_at(found->objects, i);
        if (sect->form == FORM_ONE && i)
            break;
        cli_grow_put(out, i ? "," : "");
        if (sect->form == FORM_NAMES)
            cli_grow_json(out, toc_object_get(obj, "name"));
        else
            object_json(out, obj, association_of(found, i));
    }
    cli_grow_put(out, sect->form == FORM_ONE ? "" : "]");
    if (found->total > (int64_t)found->count)
        cli_grow_format(out, ",\"%sTotal\":%lld", sect->member, (long long)found->total);
}

toc_rc cli_show_json(cli_refs *refs, const cli_ref *ref, cli_grow *out, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (size_t i = 0; !rc && i < COUNT_OF(sections); i++) {
        found_set found;
        if (!applies(&sections[i], ref->type))
            continue;
        rc = fetch(refs, ref, &sections[i], SECTION_MAX, &found, err);
        if (!rc && (found.count || sections[i].form != FORM_ONE))
            section_json(out, &sections[i], &found);
        drop(&found);
    }
    return rc;
}

/* --- for reading ----------------------------------------------------------------------------- */

static void section_table(const section *sect, const found_set *found)
{
    cli_table table;
    const char *titles[COLUMNS_MAX + 1];
    bool named = false;
    for (size_t i = 0; i < found->count; i++)
        named |= association_of(found, i) != NULL;
    memcpy(titles, sect->titles, sect->count * sizeof *titles);
    titles[sect->count] = "ASSOCIATION";
    cli_table_start(&table, stdout, titles, sect->count + named);
    for (size_t i = 0; i < found->count; i++) {
        char rooms[COLUMNS_MAX][CLI_FIELD_ROOM];
        toc_str cells[COLUMNS_MAX + 1];
        for (size_t c = 0; c < sect->count; c++)
            cells[c] = cli_field_text(toc_objects_at(found->objects, i), sect->fields[c], rooms[c]);
        const char *association = association_of(found, i);
        cells[sect->count] = toc_str_of(association ? association : "");
        cli_table_row(&table, cells);
    }
    cli_table_end(&table);
}

static void put_lines(toc_str text)
{
    while (text.len) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end ? (size_t)(end - text.ptr) : text.len;
        (void)fputs("    ", stdout);
        cli_print_clean(stdout, text.ptr, len);
        (void)putchar('\n');
        text.ptr += len + (end != NULL);
        text.len -= len + (end != NULL);
    }
}

/* The type and what is known about it on a line, the text below. */
static void attribute_text(toc_object *obj)
{
    toc_str type = toc_object_get(obj, "type");
    toc_str source = toc_object_get(obj, "source");
    toc_str added = toc_object_get(obj, "dateAdded");
    (void)fputs("  ", stdout);
    cli_print_clean(stdout, type.len ? type.ptr : "", type.len);
    (void)printf(" (id %lld%s", (long long)toc_object_get_int(obj, "id"),
                 toc_object_get_bool(obj, "displayed") ? ", displayed" : "");
    (void)fputs(", added ", stdout);
    cli_print_clean(stdout, added.ptr, added.len);
    if (source.len) {
        (void)fputs(", source: ", stdout);
        cli_print_clean(stdout, source.ptr, source.len);
    }
    (void)puts(")");
    put_lines(toc_object_get(obj, "value"));
}

static void name_text(toc_object *obj)
{
    toc_str name = toc_object_get(obj, "name");
    (void)fputs("  ", stdout);
    cli_print_clean(stdout, name.len ? name.ptr : "", name.len);
    (void)putchar('\n');
}

static void section_text(const section *sect, const found_set *found)
{
    (void)putchar('\n');
    cli_show_title(sect->title, (toc_str){NULL, 0}, sect->form == FORM_ONE ? -1 : found->total);
    for (size_t i = 0; i < found->count; i++) {
        if (sect->form == FORM_TEXTS)
            attribute_text(toc_objects_at(found->objects, i));
        else if (sect->form == FORM_NAMES)
            name_text(toc_objects_at(found->objects, i));
    }
    if (sect->form != FORM_TEXTS && sect->form != FORM_NAMES)
        section_table(sect, found);
    if (found->total > (int64_t)found->count)
        (void)printf("... and %lld more\n", (long long)found->total - (long long)found->count);
}

/* A count of nothing is not worth a section. */
static bool is_empty(const section *sect, const found_set *found)
{
    if (!found->count)
        return true;
    toc_object *first = toc_objects_at(found->objects, 0);
    return sect->form == FORM_ONE && !toc_object_get_int(first, "count");
}

toc_rc cli_show_text(cli_refs *refs, const cli_ref *ref, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (size_t i = 0; !rc && i < COUNT_OF(sections); i++) {
        found_set found;
        if (!applies(&sections[i], ref->type))
            continue;
        rc = fetch(refs, ref, &sections[i], SECTION_MAX, &found, err);
        if (!rc && !is_empty(&sections[i], &found))
            section_text(&sections[i], &found);
        drop(&found);
    }
    return rc;
}

/* --- associations alone ---------------------------------------------------------------------- */

static toc_rc each_named(cli_refs *refs, const cli_ref *ref, const char *association,
                         cli_link_fn fn, void *user, toc_error *err)
{
    toc_list *list = NULL;
    toc_object *obj = NULL;
    int more = 0;
    toc_ref of = cli_ref_of(ref);
    toc_rc rc =
        toc_associated_open(refs->sess, &of, association, TOC_KIND_INDICATOR, NULL, &list, err);
    while (!rc && (more = toc_list_next(list, &obj, err)) > 0)
        fn(user, obj, association);
    toc_list_close(list);
    return rc ? rc : more;
}

toc_rc cli_show_links(cli_refs *refs, const cli_ref *ref, const char *association, cli_link_fn fn,
                      void *user, toc_error *err)
{
    toc_rc rc = TOC_OK;
    if (association)
        return each_named(refs, ref, association, fn, user, err);
    for (size_t i = 0; !rc && i < COUNT_OF(sections); i++) {
        found_set found;
        if (sections[i].form != FORM_LINKS || !applies(&sections[i], ref->type))
            continue;
        rc = fetch(refs, ref, &sections[i], 0, &found, err);
        for (size_t k = 0; !rc && k < found.count; k++)
            fn(user, toc_objects_at(found.objects, k), association_of(&found, k));
        drop(&found);
    }
    return rc;
}
