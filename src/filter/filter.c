/* filter.c - making filters: owners, terms, sections of answers. */
#include "filter/filter.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "model/records.h"

/* A filter is a few names and values; more is a mistake or an attack. */
#define FILTER_MEMORY (4U * 1024U * 1024U)

static const int resources[] = {
    [TOC_KIND_INDICATOR] = TOC_FILTER_INDICATORS,
    [TOC_KIND_GROUP] = TOC_FILTER_GROUPS,
    [TOC_KIND_TASK] = TOC_FILTER_TASKS,
    [TOC_KIND_VICTIM] = TOC_FILTER_VICTIMS,
    [TOC_KIND_VICTIM_ASSET] = -1,
    [TOC_KIND_ADVERSARY_ASSET] = -1,
    [TOC_KIND_RECORD] = -1,
};
_Static_assert(TOC_COUNT(resources) == TOC_KIND_COUNT, "one resource per kind");

int toc__kind_resource(toc_kind kind)
{
    return resources[kind];
}

static const struct {
    const char *word;
    unsigned bit;
} sections[] = {
    {"additional", TOC_INCLUDE_ADDITIONAL},
    {"attributes", TOC_INCLUDE_ATTRIBUTES},
    {"tags", TOC_INCLUDE_TAGS},
    {"labels", TOC_INCLUDE_LABELS},
};

const char *toc__include_word(unsigned bit)
{
    for (size_t i = 0; i < TOC_COUNT(sections); i++) {
        if (sections[i].bit == bit)
            return sections[i].word;
    }
    return NULL;
}

static size_t next_letter(toc_str text, size_t at)
{
    while (at < text.len && (text.ptr[at] == '_' || text.ptr[at] == ' '))
        at++;
    return at;
}

static char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool toc__name_equal(toc_str a, toc_str b)
{
    size_t i = next_letter(a, 0), j = next_letter(b, 0);
    while (i < a.len && j < b.len) {
        if (folded(a.ptr[i]) != folded(b.ptr[j]))
            return false;
        i = next_letter(a, i + 1);
        j = next_letter(b, j + 1);
    }
    return i >= a.len && j >= b.len;
}

const char *toc__filter_lists(const toc_filter *filter)
{
    return filter->type ? filter->type->branch : toc_kind_branch(filter->kind);
}

toc_rc toc_filter_new(toc_kind kind, const toc_type *type, toc_filter **filter, toc_error *err)
{
    if (!filter || (unsigned)kind >= TOC_KIND_COUNT)
        return toc_error_set(err, TOC_EINVAL, "a filter needs a kind of object and a place");
    if (type && type->kind != kind)
        return toc_error_field(err, TOC_EINVAL, "type", "%s is not a type of %s", type->name,
                               toc_kind_entity(kind));
    toc_filter *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    made->kind = kind;
    made->type = type;
    toc_arena_init(&made->arena, FILTER_MEMORY);
    *filter = made;
    return TOC_OK;
}

void toc_filter_free(toc_filter *filter)
{
    if (!filter)
        return;
    toc_arena_done(&filter->arena);
    toc_mem_free(filter);
}

toc_rc toc_filter_owner(toc_filter *filter, toc_str owner, toc_error *err)
{
    if (!filter || !owner.len)
        return toc_error_field(err, TOC_EINVAL, "owner", "an owner needs a name");
    for (const toc_owner_name *at = filter->owners.first; at; at = at->next) {
        if (toc_str_equal_fold(at->name, owner))
            return TOC_OK;
    }
    toc_owner_name *node = toc_arena_zalloc(&filter->arena, sizeof(*node));
    toc_str name = toc_arena_str(&filter->arena, owner);
    if (!node || !name.ptr)
        return toc_error_nomem(err);
    node->name = name;
    if (filter->owners.last)
        filter->owners.last->next = node;
    else
        filter->owners.first = node;
    filter->owners.last = node;
    filter->owners.count++;
    return TOC_OK;
}

void toc_filter_any_owner(toc_filter *filter)
{
    if (filter)
        filter->any_owner = true;
}

static toc_rc join(toc_filter *filter, const toc_filter *next, bool all, toc_error *err)
{
    if (!filter || !next || filter == next)
        return toc_error_set(err, TOC_EINVAL, "a filter is joined with another one");
    if (filter->kind != next->kind)
        return toc_error_field(err, TOC_EINVAL, "filter",
                               "a filter of %s cannot be joined with one of %s",
                               toc__filter_lists(filter), toc__filter_lists(next));
    if (next->joins.count)
        return toc_error_field(err, TOC_EINVAL, "filter",
                               "the filter has been joined to others itself");
    if (filter->joins.count + 1 == TOC_MAX_JOINED_FILTERS)
        return toc_error_set(err, TOC_ELIMIT, "more than %d filters are joined",
                             TOC_MAX_JOINED_FILTERS);
    toc_join *node = toc_arena_zalloc(&filter->arena, sizeof(*node));
    if (!node)
        return toc_error_nomem(err);
    *node = (toc_join){.filter = next, .all = all};
    if (filter->joins.last)
        filter->joins.last->next = node;
    else
        filter->joins.first = node;
    filter->joins.last = node;
    filter->joins.count++;
    return TOC_OK;
}

toc_rc toc_filter_and(toc_filter *filter, const toc_filter *next, toc_error *err)
{
    return join(filter, next, true, err);
}

toc_rc toc_filter_or(toc_filter *filter, const toc_filter *next, toc_error *err)
{
    return join(filter, next, false, err);
}

/* Misspelt in the Python module (ti.md 10.2). */
static const struct {
    toc_str word;
    const char *field;
} misspelt[] = {
    {{"contry_name", 11}, "countryName"},
    {{"contry_code", 11}, "countryCode"},
};

/* Of the records the tags and security labels of an owner can be selected. */
static int resource_of(const toc_filter *filter)
{
    if (filter->type && filter->type == toc__record_type(TOC_RECORD_TAG))
        return TOC_FILTER_TAGS;
    if (filter->type && filter->type == toc__record_type(TOC_RECORD_LABEL))
        return TOC_FILTER_LABELS;
    return toc__kind_resource(filter->kind);
}

/* "indicator", "host" in front of a field of hosts. */
static bool is_kind_word(const toc_filter *filter, toc_str word)
{
    if (toc_str_equal_fold(word, toc_str_of(toc_kind_entity(filter->kind))) ||
        (filter->type && toc_str_equal_fold(word, toc_str_of(filter->type->entity))))
        return true;
    return toc_types_find(NULL, filter->kind, word) != NULL;
}

/* The field that a name means, with or without its kind in front, in words or as it is; else the
 * name. */
static toc_str term_name(const toc_filter *filter, const char *given)
{
    size_t count = 0;
    const toc_term_field *rows = toc_term_fields(&count);
    toc_str word = toc_str_of(given);
    ptrdiff_t dot = toc_str_find_char(word, '.');
    if (dot > 0 && is_kind_word(filter, toc_str_slice(word, 0, (size_t)dot)))
        word = toc_str_slice(word, (size_t)dot + 1, word.len);
    for (size_t i = 0; i < TOC_COUNT(misspelt); i++) {
        if (toc__name_equal(misspelt[i].word, word))
            return toc_str_of(misspelt[i].field);
    }
    for (size_t i = 0; i < count; i++) {
        if ((int)rows[i].resource == resource_of(filter) &&
            toc__name_equal(toc_str_of(rows[i].name), word))
            return toc_str_of(rows[i].name);
    }
    return toc_str_of(given);
}

toc_rc toc_filter_term(toc_filter *filter, const char *field, toc_op op, toc_str value,
                       toc_error *err)
{
    if (!filter || !field || (unsigned)op >= TOC_OP_COUNT)
        return toc_error_set(err, TOC_EINVAL, "a term needs a filter, a field and an operator");
    int resource = resource_of(filter);
    if (resource < 0)
        return toc_error_set(err, TOC_EINVAL, "lists of this kind take no filter terms");
    if (filter->terms.count == TOC_MAX_FILTER_TERMS)
        return toc_error_set(err, TOC_ELIMIT, "more than %d filter terms", TOC_MAX_FILTER_TERMS);
    if (!value.len || toc_str_find_char(value, ',') >= 0)
        return toc_error_field(err, TOC_EINVAL, field,
                               "the value of a term must not be empty or hold a comma");
    toc_str copy = toc_arena_str(&filter->arena, value);
    if (!copy.ptr)
        return toc_error_nomem(err);
    toc_term *term = &filter->terms.items[filter->terms.count];
    toc_rc rc = toc__term_make(term_name(filter, field), op, copy, (toc_filter_resource)resource,
                               filter->type, term, err);
    if (!rc)
        filter->terms.count++;
    return rc;
}

size_t toc_filter_remove_term(toc_filter *filter, const char *field)
{
    size_t kept = 0, count = filter && field ? filter->terms.count : 0;
    for (size_t i = 0; i < count; i++) {
        const toc_term *term = &filter->terms.items[i];
        if (!toc_str_equal_fold(toc_str_of(term->field->name), term_name(filter, field)))
            filter->terms.items[kept++] = *term;
    }
    if (count)
        filter->terms.count = kept;
    return count - kept;
}

toc_rc toc_filter_terms(const toc_filter *filter, char **text, toc_error *err)
{
    if (!filter || !text)
        return toc_error_set(err, TOC_EINVAL, "toc_filter_terms needs a filter and a place");
    toc_buf out TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf_init(&out, TOC_MAX_TARGET);
    toc_buf_lit(&out, "");
    toc_terms_print(&filter->terms, &out);
    toc_rc rc = toc_buf_check(&out, err);
    char *taken = rc ? NULL : toc_buf_take(&out);
    if (!rc && !taken)
        rc = toc_error_nomem(err);
    if (!rc)
        *text = taken;
    return rc;
}

void toc_filter_or_terms(toc_filter *filter, bool any)
{
    if (filter)
        filter->terms.any = any;
}

toc_rc toc_filter_modified_since(toc_filter *filter, toc_str when, toc_error *err)
{
    int64_t seconds;
    if (!filter || filter->kind != TOC_KIND_INDICATOR)
        return toc_error_field(err, TOC_EINVAL, "modified_since",
                               "only lists of indicators can be limited by modifiedSince");
    if (!toc_time_parse_loose(when, toc_time_now(), &seconds))
        return toc_error_field(err, TOC_EINVAL, "modified_since", "this is not a date");
    char text[TOC_TIME_TEXT];
    toc_str copy = toc_arena_str(&filter->arena, (toc_str){text, toc_time_format(seconds, text)});
    if (!copy.ptr)
        return toc_error_nomem(err);
    toc_str before = filter->modified_since;
    filter->modified_since = copy;
    if (!toc__describe_since(filter)) {
        filter->modified_since = before;
        return toc_error_nomem(err);
    }
    return TOC_OK;
}

toc_rc toc_filter_include(toc_filter *filter, const char *section, toc_error *err)
{
    if (!filter || !section)
        return toc_error_set(err, TOC_EINVAL, "toc_filter_include needs a filter and a section");
    for (size_t i = 0; i < TOC_COUNT(sections); i++) {
        if (toc_str_equal_fold(toc_str_of(section), toc_str_of(sections[i].word))) {
            filter->includes |= sections[i].bit;
            return TOC_OK;
        }
    }
    return toc_error_field(err, TOC_EINVAL, "includes",
                           "\"%s\" is not one of additional, attributes, labels, tags", section);
}
