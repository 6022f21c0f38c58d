/* post.c - post filters: compiled when added, compared by value. */
#include "filter/filter.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"

/* Orders that an operator accepts. */
#define LESS 1U
#define SAME 2U
#define MORE 4U

#define USUAL_DATE 20

static const unsigned accepted[] = {
    [TOC_OP_EQ] = SAME, [TOC_OP_NE] = LESS | MORE, [TOC_OP_GT] = MORE,  [TOC_OP_GE] = MORE | SAME,
    [TOC_OP_LT] = LESS, [TOC_OP_LE] = LESS | SAME, [TOC_OP_STARTS] = 0,
};
_Static_assert(TOC_COUNT(accepted) == TOC_OP_COUNT, "one row per operator");

/* Records have fields of these names. */
#define OBJECTS (~TOC_KIND_BIT(TOC_KIND_RECORD))

/* Names that are not fields; the rest are fields of the table. */
static const struct {
    const char *name;
    unsigned kinds;
    toc_post_source source;
    unsigned includes; /* without this section in the answers nothing could match */
} specials[] = {
    {"type", OBJECTS, TOC_POST_TYPE, 0},
    {"tag", OBJECTS, TOC_POST_TAG, TOC_INCLUDE_TAGS},
    {"attribute", OBJECTS, TOC_POST_ATTRIBUTE, TOC_INCLUDE_ATTRIBUTES},
    {"name", TOC_KIND_BIT(TOC_KIND_INDICATOR), TOC_POST_SUMMARY, 0},
    {"summary", TOC_KIND_BIT(TOC_KIND_INDICATOR), TOC_POST_SUMMARY, 0},
};

static const toc_field *field_among(const toc_field *fields, size_t count, toc_str name)
{
    for (size_t i = 0; i < count; i++) {
        if (toc__name_equal(toc_str_of(fields[i].name), name))
            return &fields[i];
    }
    return NULL;
}

/* A field of the filter's type, of its kind, or of any type of its kind. */
static const toc_field *find_field(const toc_filter *filter, toc_str name)
{
    size_t count;
    const toc_field *found = NULL;
    if (filter->type)
        found = field_among(filter->type->fields, filter->type->field_count, name);
    if (!found) {
        const toc_field *common = toc_kind_fields(filter->kind, &count);
        found = field_among(common, count, name);
    }
    const toc_type *types = toc_type_list(&count);
    for (size_t i = 0; i < count && !found && !filter->type; i++) {
        if (types[i].kind == filter->kind)
            found = field_among(types[i].fields, types[i].field_count, name);
    }
    return found;
}

static bool is_declared(const toc_filter *filter, toc_str name)
{
    const char *const *at = toc__filter_names(filter->kind, filter->type)->post;
    while (*at && !toc__name_equal(toc_str_of(*at), name))
        at++;
    return *at != NULL;
}

/* The SDK offers some filters to types that have no such field: nothing matches then. */
static const toc_field *find_foreign(const toc_filter *filter, toc_str name)
{
    size_t count;
    const toc_type *types = toc_type_list(&count);
    const toc_field *found = NULL;
    for (size_t i = 0; i < count && !found && is_declared(filter, name); i++) {
        size_t common_count;
        const toc_field *common = toc_kind_fields(types[i].kind, &common_count);
        found = field_among(types[i].fields, types[i].field_count, name);
        if (!found)
            found = field_among(common, common_count, name);
    }
    return found;
}

static bool read_int(toc_post *post)
{
    return toc_str_to_int(post->text, &post->integer);
}

static bool read_decimal(toc_post *post)
{
    return toc_str_to_double(post->text, &post->decimal);
}

static bool read_bool(toc_post *post)
{
    bool value = false;
    if (!toc_str_to_bool(post->text, &value))
        return false;
    post->integer = value;
    return true;
}

static bool read_date(toc_post *post)
{
    return toc_time_parse_loose(post->text, toc_time_now(), &post->integer);
}

static unsigned order_of(bool less, bool same)
{
    return less ? LESS : same ? SAME : MORE;
}

static unsigned compare_text(const toc_post *post, toc_str value)
{
    int order = toc_str_compare(value, post->text);
    return order_of(order < 0, order == 0);
}

static bool test_text(const toc_post *post, toc_str value)
{
    if (!value.ptr)
        return false;
    if (post->op == TOC_OP_STARTS)
        return toc_str_starts(value, post->text);
    return (accepted[post->op] & compare_text(post, value)) != 0;
}

static bool test_integer(const toc_post *post, int64_t value)
{
    return (accepted[post->op] & order_of(value < post->integer, value == post->integer)) != 0;
}

static bool value_text(const toc_post *post, const toc_value *value)
{
    return test_text(post, value->as.text);
}

static bool value_int(const toc_post *post, const toc_value *value)
{
    return test_integer(post, value->as.integer);
}

static bool value_decimal(const toc_post *post, const toc_value *value)
{
    double number = value->as.decimal;
    bool less = number<post->decimal, more = number> post->decimal;
    return (accepted[post->op] & order_of(less, !more)) != 0;
}

static bool value_bool(const toc_post *post, const toc_value *value)
{
    return test_integer(post, value->as.boolean);
}

/* Two digits; more than 99 when they are none. */
static unsigned pair(const char *text)
{
    unsigned tens = (unsigned)(text[0] - '0'), ones = (unsigned)(text[1] - '0');
    return tens > 9 || ones > 9 ? 100 : tens * 10 + ones;
}

/* "2024-03-01T10:00:00Z", which servers send; days that only some months have are left to others.
 */
static bool is_usual_date(toc_str text)
{
    const char *at = text.ptr;
    if (text.len != USUAL_DATE || at[4] != '-' || at[7] != '-' || at[10] != 'T' || at[13] != ':' ||
        at[16] != ':' || at[19] != 'Z')
        return false;
    unsigned month = pair(at + 5), day = pair(at + 8);
    return pair(at) < 100 && pair(at + 2) < 100 && month - 1 < 12 && day - 1 < 28 &&
           pair(at + 11) < 24 && pair(at + 14) < 60 && pair(at + 17) < 60;
}

/* Usual dates ascend as their texts do. */
static bool value_date(const toc_post *post, const toc_value *value)
{
    int64_t seconds;
    if (post->date.ptr && is_usual_date(value->as.text)) {
        int order = memcmp(value->as.text.ptr, post->date.ptr, USUAL_DATE);
        return (accepted[post->op] & order_of(order < 0, order == 0)) != 0;
    }
    return toc_time_parse(value->as.text, &seconds) && test_integer(post, seconds);
}

static const struct {
    const char *name;
    bool (*read)(toc_post *post); /* NULL: the text is the value */
    bool (*test)(const toc_post *post, const toc_value *value);
} kinds[] = {
    [TOC_VALUE_TEXT] = {"text", NULL, value_text},
    [TOC_VALUE_INT] = {"a whole number", read_int, value_int},
    [TOC_VALUE_DECIMAL] = {"a number", read_decimal, value_decimal},
    [TOC_VALUE_BOOL] = {"true or false", read_bool, value_bool},
    [TOC_VALUE_BOOL_TEXT] = {"true or false", read_bool, value_bool},
    [TOC_VALUE_DATE] = {"a date", read_date, value_date},
};
_Static_assert(TOC_COUNT(kinds) == TOC_VALUE_COUNT, "one row per kind of value");

static bool find_special(toc_filter *filter, toc_str name, toc_post *post, unsigned *includes)
{
    for (size_t i = 0; i < TOC_COUNT(specials); i++) {
        if (!toc__name_equal(toc_str_of(specials[i].name), name) ||
            !(specials[i].kinds & TOC_KIND_BIT(filter->kind)))
            continue;
        post->source = specials[i].source;
        post->value = TOC_VALUE_TEXT;
        *includes = specials[i].includes;
        return true;
    }
    return false;
}

static toc_rc unknown_name(const toc_filter *filter, const char *name, toc_error *err)
{
    char names[320] = "none";
    size_t used = 0;
    const char *const *at = toc__filter_names(filter->kind, filter->type)->post;
    for (; *at && used < sizeof(names); at++) {
        int length = snprintf(names + used, sizeof(names) - used, "%s%s", used ? ", " : "", *at);
        used += length > 0 ? (size_t)length : 0;
    }
    return toc_error_field(err, TOC_EINVAL, name,
                           "\"%.60s\" is not a post filter of %s; there are %s, and the fields",
                           name, toc__filter_lists(filter), names);
}

static toc_rc compile(toc_filter *filter, const char *name, toc_post *post, unsigned *includes,
                      toc_error *err)
{
    if (!find_special(filter, toc_str_of(name), post, includes)) {
        const toc_field *field = find_field(filter, toc_str_of(name));
        if (!field)
            field = find_foreign(filter, toc_str_of(name));
        if (!field)
            return unknown_name(filter, name, err);
        post->source = TOC_POST_FIELD;
        post->field = field->name;
        post->value = field->value;
        bool listed = field->flags & (TOC_FIELD_IN_SUMMARY | TOC_FIELD_IN_LIST);
        if ((field->flags & TOC_FIELD_ADDITIONAL) && !listed)
            *includes = TOC_INCLUDE_ADDITIONAL;
    }
    if (post->op == TOC_OP_STARTS && post->value != TOC_VALUE_TEXT)
        return toc_error_field(err, TOC_EINVAL, name, "%s is not text: \"^\" does not apply", name);
    if (kinds[post->value].read && !kinds[post->value].read(post))
        return toc_error_field(err, TOC_EINVAL, name, "%s must be compared with %s", name,
                               kinds[post->value].name);
    return TOC_OK;
}

/* Fields of types that are freed before the filter would leave it with a dangling name. */
static bool keep_name(toc_filter *filter, toc_post *post)
{
    if (!post->field)
        return true;
    post->field = toc_arena_str(&filter->arena, toc_str_of(post->field)).ptr;
    return post->field != NULL;
}

/* The date as servers spell it, if it can be spelt so. */
static bool keep_date(toc_filter *filter, toc_post *post)
{
    char text[TOC_TIME_TEXT];
    if (post->source != TOC_POST_FIELD || post->value != TOC_VALUE_DATE)
        return true;
    toc_str usual = {text, toc_time_format(post->integer, text)};
    if (!is_usual_date(usual))
        return true;
    post->date = toc_arena_str(&filter->arena, usual);
    return post->date.ptr != NULL;
}

toc_rc toc_filter_post(toc_filter *filter, const char *name, toc_op op, toc_str value,
                       toc_error *err)
{
    if (!filter || !name || (unsigned)op >= TOC_OP_COUNT)
        return toc_error_set(err, TOC_EINVAL, "a post filter needs a filter, a name, an operator");
    toc_post *node = toc_arena_zalloc(&filter->arena, sizeof(*node));
    toc_str copy = toc_arena_str(&filter->arena, value);
    if (!node || !copy.ptr)
        return toc_error_nomem(err);
    node->op = op;
    node->text = copy;
    unsigned includes = 0;
    toc_rc rc = compile(filter, name, node, &includes, err);
    if (rc)
        return rc;
    if (!keep_name(filter, node) || !keep_date(filter, node) ||
        !toc__describe_post(filter, node, name))
        return toc_error_nomem(err);
    filter->includes |= includes;
    if (filter->posts.last)
        filter->posts.last->next = node;
    else
        filter->posts.first = node;
    filter->posts.last = node;
    filter->posts.count++;
    return TOC_OK;
}

static bool match_tag(const toc_post *post, const toc_object *obj)
{
    for (const toc_tag *tag = obj->tags.first; tag; tag = tag->next) {
        if (test_text(post, tag->name))
            return true;
    }
    return false;
}

static bool match_attribute(const toc_post *post, const toc_object *obj)
{
    for (const toc_attribute *at = obj->attributes.first; at; at = at->next) {
        if (test_text(post, at->type))
            return true;
    }
    return false;
}

static bool match_field(const toc_post *post, toc_post_memo *memo, const toc_object *obj)
{
    if (!obj->type)
        return false;
    if (memo->type != obj->type) {
        memo->type = obj->type;
        memo->field = toc_type_field(obj->type, toc_str_of(post->field));
    }
    const toc_field *field = memo->field;
    if (!field || field->value != post->value || !toc__object_has(obj, field->slot))
        return false;
    return kinds[field->value].test(post, &obj->values[field->slot]);
}

static bool match(const toc_post *post, toc_post_memo *memo, toc_object *obj)
{
    switch (post->source) {
    case TOC_POST_FIELD:
        return match_field(post, memo, obj);
    case TOC_POST_TYPE:
        return obj->type && test_text(post, toc_str_of(obj->type->name));
    case TOC_POST_SUMMARY:
        return test_text(post, toc_object_summary(obj));
    case TOC_POST_TAG:
        return match_tag(post, obj);
    case TOC_POST_ATTRIBUTE:
        return match_attribute(post, obj);
    }
    return false;
}

bool toc__post_match(const toc_filter *filter, toc_post_memo *memos, toc_object *obj)
{
    size_t index = 0;
    for (const toc_post *post = filter->posts.first; post; post = post->next, index++) {
        if (!match(post, &memos[index], obj))
            return false;
    }
    return true;
}
