/* terms.c - the filters= parameter: table of documented fields, text to terms and back. */
#include "filter/terms.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "filter/filter.h"

/* How much of a wrong text a message repeats. */
#define SHOWN 60

#define BIT(op) (1U << (op))
#define EQUAL BIT(TOC_OP_EQ)
#define TEXT (BIT(TOC_OP_EQ) | BIT(TOC_OP_STARTS))
#define RANGE (BIT(TOC_OP_GT) | BIT(TOC_OP_GE) | BIT(TOC_OP_LT) | BIT(TOC_OP_LE))
#define NUMBER (EQUAL | RANGE)

static const toc_term_field fields[] = {
    {TOC_FILTER_INDICATORS, NULL, "active", TOC_TERM_BOOL, EQUAL},
    {TOC_FILTER_INDICATORS, NULL, "summary", TOC_TERM_TEXT, TEXT},
    {TOC_FILTER_INDICATORS, NULL, "dateAdded", TOC_TERM_DATE, RANGE},
    {TOC_FILTER_INDICATORS, NULL, "rating", TOC_TERM_DECIMAL, RANGE},
    {TOC_FILTER_INDICATORS, NULL, "confidence", TOC_TERM_INT, NUMBER},
    {TOC_FILTER_INDICATORS, NULL, "threatAssessScore", TOC_TERM_INT, NUMBER},
    {TOC_FILTER_INDICATORS, NULL, "threatAssessRating", TOC_TERM_DECIMAL, RANGE},
    {TOC_FILTER_INDICATORS, NULL, "threatAssessConfidence", TOC_TERM_DECIMAL, RANGE},
    {TOC_FILTER_INDICATORS, NULL, "falsePositive", TOC_TERM_INT, NUMBER},
    {TOC_FILTER_INDICATORS, "Address", "city", TOC_TERM_TEXT, EQUAL},
    {TOC_FILTER_INDICATORS, "Address", "countryCode", TOC_TERM_TEXT, EQUAL},
    {TOC_FILTER_INDICATORS, "Address", "countryName", TOC_TERM_TEXT, EQUAL},
    {TOC_FILTER_INDICATORS, "Address", "organization", TOC_TERM_TEXT, EQUAL},
    {TOC_FILTER_INDICATORS, "Address", "state", TOC_TERM_TEXT, EQUAL},
    {TOC_FILTER_INDICATORS, "Address", "timezone", TOC_TERM_TEXT, EQUAL},
    {TOC_FILTER_INDICATORS, "Address", "asn", TOC_TERM_INT, EQUAL},
    {TOC_FILTER_INDICATORS, "Host", "whoisActive", TOC_TERM_BOOL, EQUAL},
    {TOC_FILTER_INDICATORS, "Host", "dnsActive", TOC_TERM_BOOL, EQUAL},
    {TOC_FILTER_GROUPS, NULL, "name", TOC_TERM_TEXT, TEXT},
    {TOC_FILTER_GROUPS, NULL, "dateAdded", TOC_TERM_DATE, RANGE},
    {TOC_FILTER_GROUPS, "Campaign", "firstSeen", TOC_TERM_DATE, RANGE},
    {TOC_FILTER_GROUPS, "Document", "fileType", TOC_TERM_TEXT, EQUAL},
    {TOC_FILTER_GROUPS, "Incident", "eventDate", TOC_TERM_DATE, RANGE},
    {TOC_FILTER_TAGS, NULL, "name", TOC_TERM_TEXT, TEXT},
    {TOC_FILTER_TAGS, NULL, "weight", TOC_TERM_INT, NUMBER},
    {TOC_FILTER_LABELS, NULL, "name", TOC_TERM_TEXT, TEXT},
    {TOC_FILTER_TASKS, NULL, "name", TOC_TERM_TEXT, TEXT},
    {TOC_FILTER_TASKS, NULL, "dateAdded", TOC_TERM_DATE, RANGE},
    {TOC_FILTER_TASKS, NULL, "dueDate", TOC_TERM_DATE, RANGE},
    {TOC_FILTER_TASKS, NULL, "status", TOC_TERM_TEXT, EQUAL | BIT(TOC_OP_NE)},
    {TOC_FILTER_TASKS, NULL, "assignee", TOC_TERM_TEXT, EQUAL},
    {TOC_FILTER_TASKS, NULL, "escalatee", TOC_TERM_TEXT, EQUAL},
    {TOC_FILTER_TASKS, NULL, "overdue", TOC_TERM_BOOL, EQUAL},
    {TOC_FILTER_TASKS, NULL, "escalated", TOC_TERM_BOOL, EQUAL},
    {TOC_FILTER_TASKS, NULL, "reminded", TOC_TERM_BOOL, EQUAL},
    {TOC_FILTER_VICTIMS, NULL, "name", TOC_TERM_TEXT, TEXT},
    {TOC_FILTER_ATTRIBUTE_TYPES, NULL, "owner", TOC_TERM_TEXT, EQUAL},
    {TOC_FILTER_ATTRIBUTE_TYPES, NULL, "system", TOC_TERM_BOOL, EQUAL},
    {TOC_FILTER_ATTRIBUTE_TYPES, NULL, "allowMarkdown", TOC_TERM_BOOL, EQUAL},
    {TOC_FILTER_ATTRIBUTE_TYPES, NULL, "maxLength", TOC_TERM_INT, EQUAL},
};

/* As the parameter spells them. */
static const char *const op_texts[] = {
    [TOC_OP_EQ] = "=", [TOC_OP_NE] = "!",  [TOC_OP_GT] = ">",     [TOC_OP_GE] = ">=",
    [TOC_OP_LT] = "<", [TOC_OP_LE] = "<=", [TOC_OP_STARTS] = "^",
};
_Static_assert(TOC_COUNT(op_texts) == TOC_OP_COUNT, "one text per operator");

/* Longer spellings first. */
static const struct spelling {
    const char *text;
    toc_op op;
} spellings[] = {
    {">=", TOC_OP_GE}, {"<=", TOC_OP_LE}, {"!=", TOC_OP_NE}, {"==", TOC_OP_EQ},    {"=", TOC_OP_EQ},
    {"!", TOC_OP_NE},  {">", TOC_OP_GT},  {"<", TOC_OP_LT},  {"^", TOC_OP_STARTS},
};

const toc_term_field *toc_term_fields(size_t *count)
{
    *count = TOC_COUNT(fields);
    return fields;
}

const char *toc_op_text(toc_op op)
{
    return op_texts[op];
}

static bool name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == ' ' || c == '-' || c == '.';
}

static const struct spelling *find_op(toc_str text)
{
    for (size_t i = 0; i < TOC_COUNT(spellings); i++) {
        if (toc_str_starts(text, toc_str_of(spellings[i].text)))
            return &spellings[i];
    }
    return NULL;
}

toc_rc toc_filter_parse(toc_str text, toc_str *field, toc_op *op, toc_str *value, toc_error *err)
{
    if (!field || !op || !value)
        return toc_error_set(err, TOC_EINVAL, "toc_filter_parse needs field, op and value");
    size_t length = 0;
    while (length < text.len && name_byte(text.ptr[length]))
        length++;
    toc_str name = toc_str_trim(toc_str_slice(text, 0, length));
    toc_str rest = toc_str_slice(text, length, text.len);
    const struct spelling *spelling = find_op(rest);
    if (!name.len || !spelling) {
        toc_rc rc = toc_error_set(err, TOC_EPARSE,
                                  "\"%.*s\" is not a filter: a field, one of = != > >= < <= ^, "
                                  "and a value are expected",
                                  (int)toc_str_utf8_floor(text, SHOWN), text.ptr ? text.ptr : "");
        if (err)
            err->position = length;
        return rc;
    }
    *field = name;
    *op = spelling->op;
    *value = toc_str_slice(rest, strlen(spelling->text), rest.len);
    return TOC_OK;
}

static bool field_fits(const toc_term_field *field, toc_filter_resource resource,
                       const toc_type *type)
{
    if (field->resource != resource)
        return false;
    return !field->type ||
           (type && toc_str_equal_fold(toc_str_of(field->type), toc_str_of(type->name)));
}

/* Empty when the caller did not want the list. */
static void field_names(toc_filter_resource resource, const toc_type *type, char *out, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < TOC_COUNT(fields) && used < size; i++) {
        if (!field_fits(&fields[i], resource, type))
            continue;
        int length = snprintf(out + used, size - used, "%s%s", used ? ", " : "", fields[i].name);
        used += length > 0 ? (size_t)length : 0;
    }
}

static toc_rc unknown_field(toc_str name, toc_filter_resource resource, const toc_type *type,
                            toc_error *err)
{
    char shown[64], names[400] = "";
    (void)snprintf(shown, sizeof(shown), "%.*s", (int)toc_str_utf8_floor(name, SHOWN), name.ptr);
    field_names(resource, type, names, sizeof(names));
    return toc_error_field(err, TOC_EINVAL, shown, "\"%s\" is not a field of these filters: %s",
                           shown, names);
}

static bool set_int(toc_term *term)
{
    return toc_str_to_int(term->text, &term->integer);
}

static bool set_decimal(toc_term *term)
{
    return toc_str_to_double(term->text, &term->decimal);
}

static bool set_date(toc_term *term)
{
    return toc_time_parse(term->text, &term->integer);
}

static bool set_bool(toc_term *term)
{
    bool value = false;
    if (!toc_str_to_bool(term->text, &value))
        return false;
    term->integer = value;
    return true;
}

static const struct {
    const char *name;
    bool (*set)(toc_term *term); /* NULL: the text is the value */
} kinds[] = {
    [TOC_TERM_TEXT] = {"text", NULL},
    [TOC_TERM_INT] = {"a whole number", set_int},
    [TOC_TERM_DECIMAL] = {"a number", set_decimal},
    [TOC_TERM_DATE] = {"a date", set_date},
    [TOC_TERM_BOOL] = {"true or false", set_bool},
};

toc_rc toc__term_make(toc_str name, toc_op op, toc_str value, toc_filter_resource resource,
                      const toc_type *type, toc_term *term, toc_error *err)
{
    const toc_term_field *field = NULL;
    for (size_t i = 0; i < TOC_COUNT(fields) && !field; i++) {
        if (field_fits(&fields[i], resource, type) &&
            toc_str_equal_fold(toc_str_of(fields[i].name), name))
            field = &fields[i];
    }
    if (!field)
        return unknown_field(name, resource, type, err);
    if (!(field->ops & BIT(op)))
        return toc_error_field(err, TOC_EINVAL, field->name, "%s cannot be compared with \"%s\"",
                               field->name, op_texts[op]);
    toc_term made = {.field = field, .op = op, .text = value};
    if (kinds[field->kind].set && !kinds[field->kind].set(&made))
        return toc_error_field(err, TOC_EINVAL, field->name, "%s must be %s", field->name,
                               kinds[field->kind].name);
    *term = made;
    return TOC_OK;
}

toc_rc toc_terms_parse(toc_str text, toc_filter_resource resource, const toc_type *type,
                       toc_arena *arena, toc_terms *terms, toc_error *err)
{
    if (!text.len) {
        terms->count = 0;
        return TOC_OK;
    }
    toc_str copy = toc_arena_str(arena, text);
    if (!copy.ptr)
        return toc_error_nomem(err);
    toc_term *items = toc_arena_alloc(arena, sizeof(terms->items));
    if (!items)
        return toc_error_nomem(err);
    size_t count = 0;
    for (toc_str rest = copy, part; toc_str_cut(&rest, ',', &part); count++) {
        toc_str name, value;
        toc_op op;
        if (count == TOC_MAX_FILTER_TERMS)
            return toc_error_set(err, TOC_ELIMIT, "more than %d filter terms",
                                 TOC_MAX_FILTER_TERMS);
        toc_rc rc = toc_filter_parse(part, &name, &op, &value, err);
        if (!rc)
            rc = toc__term_make(name, op, value, resource, type, &items[count], err);
        if (rc)
            return rc;
    }
    memcpy(terms->items, items, count * sizeof(*items));
    terms->count = count;
    return TOC_OK;
}

/* "name" equal to "=T" would read as "name==T": equal to "T". */
static const char *unmistakable(const toc_term *term)
{
    bool doubtful = toc_str_starts(term->text, TOC_S("="));
    if (doubtful && term->op == TOC_OP_EQ)
        return "==";
    return doubtful && term->op == TOC_OP_NE ? "!=" : op_texts[term->op];
}

void toc_terms_print(const toc_terms *terms, toc_buf *out)
{
    for (size_t i = 0; i < terms->count; i++) {
        if (i)
            toc_buf_lit(out, ",");
        toc_buf_text(out, terms->items[i].field->name);
        toc_buf_text(out, unmistakable(&terms->items[i]));
        toc_buf_str(out, terms->items[i].text);
    }
}
