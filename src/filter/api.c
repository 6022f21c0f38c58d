/* api.c - API filters: the grid of sdk.md 3.1, and what their values must be. */
#include "filter/filter.h"

#include "base/codec.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/records.h"

#define INDICATORS TOC_KIND_BIT(TOC_KIND_INDICATOR)
#define GROUPS TOC_KIND_BIT(TOC_KIND_GROUP)
#define TASKS TOC_KIND_BIT(TOC_KIND_TASK)
#define VICTIMS TOC_KIND_BIT(TOC_KIND_VICTIM)
#define RECORDS TOC_KIND_BIT(TOC_KIND_RECORD)
/* The kinds of objects of which all API filters know. */
#define ALL (INDICATORS | GROUPS | TASKS | VICTIMS)

#define ID_SUFFIX "_id"

static const toc_api_row rows[] = {
    {.name = "tag",
     .path = "/v2/tags/{value}",
     .kinds = ALL,
     .owner = ALL,
     .says = "tag",
     .quoted = true},
    {.name = "security_label",
     .path = "/v2/securityLabels/{value}",
     .kinds = ALL,
     .owner = ALL,
     .says = "security label",
     .quoted = true},
    {.name = "indicator",
     .path = "/v2/indicators/{type}/{value}",
     .kinds = ALL,
     .owner = ALL,
     .unpaged = ALL,
     .single = INDICATORS,
     .indicator = true,
     .says = "indicator id"},
    {.name = "id",
     .path = "/v2/{list}/{value}",
     .kinds = GROUPS | TASKS | VICTIMS,
     .owner = ALL,
     .single = ALL,
     .integer = true,
     .says = "id"},
    {.name = "task_id",
     .path = "/v2/tasks/{value}",
     .kinds = ALL,
     .owner = ALL,
     .single = TASKS,
     .integer = true,
     .says = "tasks id"},
    {.name = "victim_id",
     .path = "/v2/victims/{value}",
     .kinds = INDICATORS | GROUPS | TASKS,
     .owner = TASKS,
     .integer = true,
     .says = "victim id"},
    {.path = "/v2/groups/{type}/{value}", .kinds = ALL, .owner = TASKS, .integer = true},
    {.name = "id",
     .path = "/v2/owners/{value}",
     .kinds = RECORDS,
     .record = TOC_RECORD_OWNER,
     .owner = RECORDS,
     .single = RECORDS,
     .integer = true,
     .says = "id"},
    {.name = "indicator",
     .path = "/v2/indicators/{type}/{value}/owners",
     .kinds = RECORDS,
     .record = TOC_RECORD_OWNER,
     .single = RECORDS,
     .indicator = true,
     .says = "indicator id"},
    {.name = "id",
     .path = "/v2/batch/{value}",
     .kinds = RECORDS,
     .record = TOC_RECORD_BATCH,
     .single = RECORDS,
     .integer = true,
     .says = "id"},
};

/* The group type that a name "{entity}_id" speaks of. */
static const toc_type *group_of(toc_str name)
{
    if (!toc_str_ends(name, TOC_S(ID_SUFFIX)))
        return NULL;
    toc_str entity = toc_str_slice(name, 0, name.len - strlen(ID_SUFFIX));
    size_t count;
    const toc_type *types = toc_type_list(&count);
    for (size_t i = 0; i < count; i++) {
        if (types[i].kind == TOC_KIND_GROUP && toc__name_equal(toc_str_of(types[i].entity), entity))
            return &types[i];
    }
    return NULL;
}

static bool takes(const toc_filter *filter, const toc_api_row *row)
{
    if (!(row->kinds & TOC_KIND_BIT(filter->kind)))
        return false;
    if (filter->kind == TOC_KIND_RECORD)
        return filter->type && filter->type == toc__record_type((toc_record)row->record);
    /* A group's id says nothing without its branch. */
    return !(filter->kind == TOC_KIND_GROUP && (row->single & GROUPS) && !filter->type);
}

static const toc_api_row *find_row(const toc_filter *filter, toc_str name, const toc_type **group)
{
    *group = group_of(name);
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        bool named =
            rows[i].name ? toc__name_equal(toc_str_of(rows[i].name), name) : *group != NULL;
        if (named && takes(filter, &rows[i]))
            return &rows[i];
    }
    return NULL;
}

static void add_name(char *out, size_t size, size_t *used, const char *name, const char *suffix)
{
    if (*used >= size)
        return;
    int length = snprintf(out + *used, size - *used, "%s%s%s", *used ? ", " : "", name, suffix);
    *used += length > 0 ? (size_t)length : 0;
}

static toc_rc unknown_name(const toc_filter *filter, const char *name, toc_error *err)
{
    char names[440] = "";
    size_t used = 0, count;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        if (rows[i].name && takes(filter, &rows[i]))
            add_name(names, sizeof(names), &used, rows[i].name, "");
    }
    const toc_type *types = toc_type_list(&count);
    for (size_t i = 0; i < count && filter->kind < TOC_KIND_VICTIM_ASSET; i++) {
        if (types[i].kind == TOC_KIND_GROUP)
            add_name(names, sizeof(names), &used, types[i].entity, ID_SUFFIX);
    }
    return toc_error_field(err, TOC_EINVAL, name,
                           "\"%.60s\" is not an API filter of %s; there are %s", name,
                           toc__filter_lists(filter), used ? names : "none");
}

/* Cuts "Type:" off the value when it names the type. */
static bool cut_type(toc_str *value, const toc_type *type)
{
    ptrdiff_t colon = toc_str_find_char(*value, ':');
    if (colon <= 0 ||
        !toc__name_equal(toc_str_slice(*value, 0, (size_t)colon), toc_str_of(type->name)))
        return false;
    *value = toc_str_trim(toc_str_slice(*value, (size_t)colon + 1, value->len));
    return true;
}

static toc_rc detect(toc_str value, const toc_type **type, toc_error *err)
{
    toc_detector *detector = NULL;
    toc_rc rc = toc_detector_new(&detector, err);
    if (rc)
        return rc;
    *type = toc_detector_find(detector, value);
    toc_detector_free(detector);
    return TOC_OK;
}

/* The value's own form goes first: "file:///etc" is a URL, not the file "///etc". */
static toc_rc classify(const toc_filter *filter, toc_str *value, const toc_type **type,
                       toc_error *err)
{
    if (filter->kind == TOC_KIND_INDICATOR && filter->type) {
        (void)cut_type(value, filter->type);
        *type = filter->type;
        return TOC_OK;
    }
    toc_rc rc = detect(*value, type, err);
    if (rc || *type)
        return rc;
    size_t count;
    const toc_type *types = toc_type_list(&count);
    for (size_t i = 0; i < count; i++) {
        if (types[i].kind == TOC_KIND_INDICATOR && cut_type(value, &types[i])) {
            *type = &types[i];
            return TOC_OK;
        }
    }
    return toc_error_field(err, TOC_EINVAL, "indicator",
                           "the type of \"%.*s\" is not known; write it as \"Type:value\"",
                           (int)toc_str_utf8_floor(*value, 60), value->ptr);
}

static toc_rc check_value(const toc_filter *filter, const toc_api_row *row, toc_str *value,
                          const toc_type **type, const char *name, toc_error *err)
{
    int64_t id;
    if (row->integer && (!toc_str_to_int(*value, &id) || id < 0))
        return toc_error_field(err, TOC_EINVAL, name, "%s must be a whole number", name);
    toc_rc rc = row->indicator ? classify(filter, value, type, err) : TOC_OK;
    if (!rc && toc_url_is_dot_segment(*value))
        rc = toc_error_field(err, TOC_EINVAL, name, "\"%.*s\" cannot stand in a path",
                             TOC_FMT(*value));
    return rc;
}

toc_rc toc_filter_api(toc_filter *filter, const char *name, toc_str value, toc_error *err)
{
    if (!filter || !name)
        return toc_error_set(err, TOC_EINVAL, "toc_filter_api needs a filter and a name");
    const toc_type *type = NULL;
    const toc_api_row *row = find_row(filter, toc_str_of(name), &type);
    if (!row)
        return unknown_name(filter, name, err);
    toc_rc rc = check_value(filter, row, &value, &type, name, err);
    if (rc)
        return rc;
    toc_api_filter *node = toc_arena_zalloc(&filter->arena, sizeof(*node));
    toc_str copy = toc_arena_str(&filter->arena, value);
    if (!node || !copy.ptr)
        return toc_error_nomem(err);
    *node = (toc_api_filter){.row = row, .type = type, .value = copy};
    if (!toc__describe_api(filter, node))
        return toc_error_nomem(err);
    if (filter->api.last)
        filter->api.last->next = node;
    else
        filter->api.first = node;
    filter->api.last = node;
    filter->api.count++;
    return TOC_OK;
}
