/* columns.c - which columns a type has in a format, and their values as text. */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "format/format.h"

/* What the kinds print beside their fields (sdk.md 6.1). */
static const struct kind_row {
    bool type;  /* the name of the type */
    bool value; /* the value, in formats without columns of single types */
    bool own;   /* such formats print the fields of the kind's only type all the same */
} kinds[] = {
    [TOC_KIND_INDICATOR] = {true, true, false},
    [TOC_KIND_GROUP] = {true, false, false},
    [TOC_KIND_TASK] = {false, false, true},
    [TOC_KIND_VICTIM] = {false, false, true},
    [TOC_KIND_VICTIM_ASSET] = {true, false, false},
    [TOC_KIND_ADVERSARY_ASSET] = {true, false, false},
    [TOC_KIND_RECORD] = {false, false, true},
};
_Static_assert(TOC_COUNT(kinds) == TOC_KIND_COUNT, "a row per kind");

/* The SDK's own names of columns. */
static const toc_rename names[] = {
    {"webLink", "weblink"},
    {"escalationDate", "escalation_date"},
    {NULL, NULL},
};

/* Columns that a type has in the SDK though the table does not print the field everywhere. */
static const struct extra_row {
    const char *type, *field;
} extras[] = {
    {"URL", "source"},
    {"Document", "password"},
};

/* Numbers that the SDK keeps as text. */
static const char *const text_numbers[] = {"size"};

#define MAX_COLUMNS (2 * TOC_SLOT_COUNT)

typedef struct builder {
    toc_arena *arena;
    const toc_format *format;
    const toc_type *type;
    toc_buf text;
    toc_column columns[MAX_COLUMNS];
    size_t count;
    bool failed;
} builder;

static const char *rename_of(const toc_rename *renames, const char *name)
{
    for (; renames && renames->from; renames++)
        if (strcmp(renames->from, name) == 0)
            return renames->to;
    return name;
}

static bool is_text_number(const toc_field *field)
{
    for (size_t i = 0; i < TOC_COUNT(text_numbers); i++)
        if (field->value == TOC_VALUE_INT && strcmp(text_numbers[i], field->name) == 0)
            return true;
    return false;
}

static toc_str make_lead(builder *build, const char *name)
{
    const toc_format *format = build->format;
    toc_buf *text = &build->text;
    toc_buf_clear(text);
    toc_buf_text(text, format->before);
    if (format->layout & TOC_LAYOUT_JSON_NAMES)
        toc_json_escape(text, toc_str_of(name), true);
    else
        toc_buf_text(text, name);
    toc_buf_text(text, format->after);
    toc_str lead =
        text->failed ? (toc_str){NULL, 0} : toc_arena_str(build->arena, toc_buf_view(text));
    build->failed |= !lead.ptr;
    return lead;
}

static bool has_column(const builder *build, const toc_field *field)
{
    for (size_t i = 0; i < build->count; i++)
        if (build->columns[i].field && strcmp(build->columns[i].field->name, field->name) == 0)
            return true;
    return false;
}

static void add(builder *build, toc_column column, const char *name)
{
    const char *shown = rename_of(names, name);
    if (!column.order.ptr)
        column.order = toc_str_of(shown);
    shown = rename_of(build->format->renames, shown);
    if (!shown || build->count == MAX_COLUMNS)
        return;
    column.lead = make_lead(build, shown);
    build->columns[build->count++] = column;
}

static void add_field(builder *build, const toc_field *field, bool own)
{
    unsigned layout = build->format->layout;
    toc_column column = {.field = field, .quoted = is_text_number(field)};
    bool custom = own && build->type && (build->type->traits & TOC_TYPE_CUSTOM);
    if (has_column(build, field))
        return;
    if (field->flags & TOC_FIELD_SECRET)
        column.kind = TOC_COLUMN_NOTHING;
    if (custom && (layout & TOC_LAYOUT_CUSTOM_FIRST))
        column.order = TOC_S("");
    else if (custom && (layout & TOC_LAYOUT_CUSTOM_TOGETHER))
        column.order = TOC_S("custom_fields");
    column.verbatim = custom || (own && (field->flags & TOC_FIELD_KEY) && build->type &&
                                 (build->type->traits & TOC_TYPE_HASHES));
    add(build, column, field->name);
}

/* type: whose own fields are printed; NULL: of none. */
static void add_all(builder *build, toc_kind kind, const toc_type *type)
{
    size_t count;
    const toc_field *common = toc_kind_fields(kind, &count);
    for (size_t i = 0; type && i < type->field_count; i++)
        if (type->fields[i].flags & TOC_FIELD_OUTPUT)
            add_field(build, &type->fields[i], true);
    for (size_t i = 0; type && i < TOC_COUNT(extras); i++) {
        const toc_field *field = NULL;
        if (strcmp(extras[i].type, type->name) == 0)
            field = toc_type_field(type, toc_str_of(extras[i].field));
        if (field)
            add_field(build, field, false);
    }
    for (size_t i = 0; i < count; i++)
        if (common[i].flags & TOC_FIELD_OUTPUT)
            add_field(build, &common[i], false);
    if (kinds[kind].type)
        add(build, (toc_column){.kind = TOC_COLUMN_TYPE}, "type");
    if (kinds[kind].value && (build->format->layout & TOC_LAYOUT_COMMON))
        add(build, (toc_column){.kind = TOC_COLUMN_VALUE}, "indicator");
}

/* Stable, so that the fields of a custom type keep their order. */
static void sort_columns(toc_column *columns, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        toc_column moving = columns[i];
        size_t at = i;
        for (; at && toc_str_compare(columns[at - 1].order, moving.order) > 0; at--)
            columns[at] = columns[at - 1];
        columns[at] = moving;
    }
}

static const toc_type *first_type(toc_kind kind)
{
    size_t count;
    const toc_type *types = toc_type_list(&count);
    for (size_t i = 0; i < count; i++)
        if (types[i].kind == kind)
            return &types[i];
    return NULL;
}

const toc_plan *toc__format_plan(toc_arena *arena, const toc_format *format, toc_kind kind,
                                 const toc_type *type)
{
    bool common = (format->layout & TOC_LAYOUT_COMMON) != 0;
    const toc_type *own = type ? type : first_type(kind);
    builder build = {.arena = arena, .format = format, .type = type};
    toc_buf_init(&build.text, TOC_MAX_TEXT);
    add_all(&build, kind, common && !kinds[kind].own ? NULL : own);
    toc_buf_done(&build.text);
    toc_plan *plan = build.failed ? NULL : toc_arena_alloc(arena, sizeof(*plan));
    if (!plan)
        return NULL;
    *plan = (toc_plan){.type = type, .count = build.count};
    if (type) {
        plan->fields = type->fields;
        plan->field_count = type->field_count;
    }
    plan->columns = toc_arena_alloc(arena, build.count * sizeof(*plan->columns) + 1);
    if (!plan->columns)
        return NULL;
    sort_columns(build.columns, build.count);
    memcpy(plan->columns, build.columns, build.count * sizeof(*plan->columns));
    return plan;
}

static void put_decimal(toc_buf *buf, const toc_value *value)
{
    if (value->integral && fabs(value->as.decimal) < 9e15)
        toc_buf_int(buf, (int64_t)value->as.decimal);
    else
        toc_json_double_text(buf, value->as.decimal);
}

static void put_value(toc_buf *buf, const toc_value *value, toc_value_kind kind,
                      toc_escape_fn *escape)
{
    switch (kind) {
    case TOC_VALUE_INT:
        toc_buf_int(buf, value->as.integer);
        break;
    case TOC_VALUE_DECIMAL:
        put_decimal(buf, value);
        break;
    case TOC_VALUE_BOOL:
        toc_buf_text(buf, value->as.boolean ? "True" : "False");
        break;
    case TOC_VALUE_BOOL_TEXT:
        toc_buf_text(buf, value->as.boolean ? "true" : "false");
        break;
    default:
        escape(buf, value->as.text);
    }
}

bool toc__format_value(toc_buf *buf, const toc_object *obj, const toc_column *column,
                       toc_escape_fn *escape)
{
    const toc_field *field = column->field;
    if (column->kind == TOC_COLUMN_TYPE) {
        escape(buf, toc_str_of(obj->type->name));
        return true;
    }
    if (column->kind != TOC_COLUMN_FIELD || !toc__object_has(obj, field->slot))
        return false;
    put_value(buf, &obj->values[field->slot], field->value, escape);
    return true;
}

void toc__format_replace(toc_buf *buf, toc_str text, toc_replacements *replacements)
{
    size_t done = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *replacement = (*replacements)[(unsigned char)text.ptr[i]];
        if (!replacement)
            continue;
        toc_buf_append(buf, text.ptr + done, i - done);
        toc_buf_text(buf, replacement);
        done = i + 1;
    }
    if (done < text.len)
        toc_buf_append(buf, text.ptr + done, text.len - done);
}

void toc__format_escape_quoted(toc_buf *buf, toc_str text)
{
    static toc_replacements replacements = {
        ['"'] = "\\\"", ['\\'] = "\\\\", ['\n'] = "\\n", ['\r'] = "\\r"};
    toc__format_replace(buf, text, &replacements);
}

/* A blank or "=" in the name of a custom type's field would end the pair before, or begin a value
 * too early. */
static void put_lead(toc_buf *buf, toc_str lead)
{
    size_t name = lead.len - 2; /* behind it stands =" */
    for (size_t i = 0; i < lead.len; i++)
        if (i >= name || !strchr(" =\"\\|\t\r\n", lead.ptr[i]))
            toc_buf_char(buf, lead.ptr[i]);
}

void toc__format_pairs(toc_formatter *formatter, const toc_plan *plan, const toc_object *obj,
                       toc_escape_fn *escape, toc_escape_fn *verbatim)
{
    toc_buf *buf = &formatter->buf;
    for (size_t i = 0; i < plan->count; i++) {
        const toc_column *column = &plan->columns[i];
        if (column->verbatim && !toc__format_compat(formatter))
            put_lead(buf, column->lead);
        else
            toc_buf_str(buf, column->lead);
        if (!toc__format_value(buf, obj, column, column->verbatim ? verbatim : escape))
            toc_buf_lit(buf, "None");
        toc_buf_lit(buf, "\" ");
    }
}
