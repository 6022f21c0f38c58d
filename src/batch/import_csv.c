#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "batch/import.h"

static void column_roles(toc_import *import, toc_import_column *column, toc_str cell)
{
    const toc_import_options *options = &import->options;
    if (toc_str_equal_fold(column->name, TOC_S("type")))
        column->role = TOC_COLUMN_TYPE;
    else if (toc_str_equal_fold(column->name, TOC_S("value")))
        column->role = TOC_COLUMN_VALUE;
    column->group =
        options->group_column && toc_str_equal_fold(cell, toc_str_of(options->group_column));
    for (size_t i = 0; i < options->map_count; i++) {
        bool mapped = toc_str_equal_fold(cell, toc_str_of(options->map[i].column));
        column->mapped |= mapped;
        column->tag |=
            mapped && toc_str_equal_fold(toc_str_of(options->map[i].field), TOC_S("tag"));
    }
    for (size_t i = 0; i < options->tag_column_count; i++)
        column->tag |= toc_str_equal_fold(cell, toc_str_of(options->tag_columns[i]));
    for (size_t i = 0; i < options->attribute_count; i++)
        if (toc_str_equal_fold(cell, toc_str_of(options->attributes[i].column)))
            column->attribute = toc_str_of(options->attributes[i].type);
    column->used = column->role != TOC_COLUMN_FIELD || column->group || column->tag ||
                   column->attribute.ptr || toc__import_is_field(import->types, column->name);
}

static bool header_has(const toc_csv *csv, const char *name)
{
    for (size_t i = 0; i < csv->field_count; i++)
        if (toc_str_equal_fold(toc_str_trim(csv->fields[i]), toc_str_of(name)))
            return true;
    return false;
}

/* Every column that the options name must be there: a slip of the hand would lose data quietly. */
static toc_rc header_check(const toc_import *import, toc_error *err)
{
    const toc_import_options *options = &import->options;
    const char *missing = NULL;
    if (options->group_column && !header_has(&import->csv, options->group_column))
        missing = options->group_column;
    for (size_t i = 0; i < options->tag_column_count; i++)
        if (!header_has(&import->csv, options->tag_columns[i]))
            missing = options->tag_columns[i];
    for (size_t i = 0; i < options->attribute_count; i++)
        if (!header_has(&import->csv, options->attributes[i].column))
            missing = options->attributes[i].column;
    for (size_t i = 0; i < options->map_count; i++)
        if (!header_has(&import->csv, options->map[i].column))
            missing = options->map[i].column;
    return missing ? toc_error_field(err, TOC_EPARSE, missing, "the header has no column \"%s\"",
                                     missing)
                   : TOC_OK;
}

/* One of two columns would win in silence. Those that the options do not name may stand in for each
 * other under their several spellings, as value and summary do. */
static toc_rc check_pair(const toc_import *import, size_t first, size_t second, toc_error *err)
{
    const toc_import_column *one = &import->columns[first], *other = &import->columns[second];
    toc_str name = toc_str_trim(import->csv.fields[first]);
    toc_str again = toc_str_trim(import->csv.fields[second]);
    char field[sizeof err->field];
    (void)snprintf(field, sizeof field, "%.*s", (int)toc_str_utf8_floor(name, sizeof field - 1),
                   name.ptr);
    if (toc_str_equal_fold(name, again))
        return toc_error_field(err, TOC_EPARSE, field,
                               "the header has \"%.*s\" twice: columns %zu and %zu", TOC_FMT(name),
                               first + 1, second + 1);
    bool tags = one->tag && other->tag;
    if ((one->mapped || other->mapped) && !tags && toc_str_equal_fold(one->name, other->name))
        return toc_error_field(
            err, TOC_EPARSE, field, "two columns are \"%.*s\": %zu (\"%.*s\") and %zu (\"%.*s\")",
            TOC_FMT(one->name), first + 1, TOC_FMT(name), second + 1, TOC_FMT(again));
    return TOC_OK;
}

static toc_rc check_repeats(const toc_import *import, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (size_t i = 1; i < import->column_count; i++)
        for (size_t k = 0; !rc && import->columns[i].used && k < i; k++)
            if (import->columns[k].used)
                rc = check_pair(import, k, i, err);
    return rc;
}

static toc_rc read_columns(toc_import *import, toc_error *err)
{
    toc_csv *csv = &import->csv;
    bool value = false;
    for (size_t i = 0; i < csv->field_count; i++) {
        toc_import_column *column = &import->columns[i];
        column->name = toc_arena_str(&import->arena, toc__import_name(import, csv->fields[i]));
        if (!column->name.ptr)
            return toc_error_nomem(err);
        column_roles(import, column, toc_str_trim(csv->fields[i]));
        value |= column->role == TOC_COLUMN_VALUE;
    }
    import->column_count = csv->field_count;
    if (!value)
        return toc_error_field(err, TOC_EPARSE, "value",
                               "the first line is not a header with a column \"value\"");
    toc_rc rc = header_check(import, err);
    return rc ? rc : check_repeats(import, err);
}

/* Behind one that was refused nothing is read: columns that somebody wants would be missing. */
static toc_rc read_header(toc_import *import, toc_error *err)
{
    import->header_seen = true;
    import->header = toc_arena_str(&import->arena, import->csv.raw);
    toc_rc rc = read_columns(import, err);
    if (rc)
        import->column_count = 0;
    return rc;
}

static toc_rc plan_of(toc_import *import, const toc_type *type, const toc_column_plan **plan,
                      toc_error *err)
{
    for (size_t i = 0; i < import->plan_count; i++) {
        if (import->plans[i].type == type) {
            *plan = &import->plans[i];
            return TOC_OK;
        }
    }
    if (import->plan_count == import->plan_size) {
        size_t size = import->plan_size + 16;
        toc_column_plan *grown = toc_mem_resize(import->plans, size * sizeof *grown);
        if (!grown)
            return toc_error_nomem(err);
        import->plans = grown;
        import->plan_size = size;
    }
    toc_column_plan *made = &import->plans[import->plan_count++];
    made->type = type;
    for (size_t i = 0; i < import->column_count; i++) {
        const toc_import_column *column = &import->columns[i];
        bool plain = column->role == TOC_COLUMN_FIELD && !column->group && !column->tag &&
                     !column->attribute.ptr;
        const toc_field *field = plain ? toc_type_field(type, column->name) : NULL;
        made->fields[i] = field && (field->flags & TOC_FIELD_BATCH) ? field : NULL;
    }
    *plan = made;
    return TOC_OK;
}

/* Dates go out in the API's form, whatever the feed writes (batch.md 7.1). */
static toc_rc put_date(toc_import *import, const toc_field *field, toc_str cell, toc_error *err)
{
    int64_t seconds = 0;
    if (!toc_time_parse_loose(cell, toc_time_now(), &seconds))
        return toc_error_field(err, TOC_EINVAL, field->name,
                               "Could not format input (%.*s) to datetime string.", TOC_FMT(cell));
    char text[TOC_TIME_TEXT];
    toc_str date = toc_arena_str(&import->row, (toc_str){text, toc_time_format(seconds, text)});
    if (!date.ptr)
        return toc_error_nomem(err);
    toc__object_set_text(import->obj, field->slot, date);
    return TOC_OK;
}

static toc_rc row_tags(toc_import *import, toc_str cell, toc_error *err)
{
    const char *separator = import->options.tag_separator;
    if (!separator)
        return toc_object_add_tag(import->obj, cell, err);
    toc_rc rc = TOC_OK;
    for (bool more = true; more && !rc;) {
        ptrdiff_t at = toc_str_find(cell, toc_str_of(separator));
        more = at >= 0;
        toc_str tag = toc_str_trim(more ? toc_str_slice(cell, 0, (size_t)at) : cell);
        if (more)
            cell = toc_str_slice(cell, (size_t)at + strlen(separator), cell.len);
        if (tag.len)
            rc = toc_object_add_tag(import->obj, tag, err);
    }
    return rc;
}

static toc_rc row_lists(toc_import *import, const toc_import_column *column, toc_str cell,
                        toc_error *err)
{
    toc_object *obj = import->obj;
    toc_rc rc = TOC_OK;
    if (column->tag)
        rc = row_tags(import, cell, err);
    if (!rc && column->attribute.ptr)
        rc = toc_object_add_attribute(obj, column->attribute, cell, false, (toc_str){NULL, 0}, err);
    if (rc || !column->group)
        return rc;
    rc = toc__import_group(import, cell, err);
    return rc ? rc
              : toc_object_add_group_xid(obj, (toc_str){import->group->xid, TOC_XID_TEXT - 1}, err);
}

static toc_rc row_cells(toc_import *import, const toc_column_plan *plan, toc_error *err)
{
    const toc_csv *csv = &import->csv;
    for (size_t i = 0; i < import->column_count; i++) {
        toc_str cell = toc_str_trim(csv->fields[i]);
        if (!cell.len)
            continue;
        const toc_field *field = plan->fields[i];
        toc_rc rc = TOC_OK;
        if (field && field->value == TOC_VALUE_DATE)
            rc = put_date(import, field, cell, err);
        else if (field)
            rc = toc__object_put(import->obj, field, cell, true, err);
        if (!rc)
            rc = row_lists(import, &import->columns[i], cell, err);
        if (rc)
            return rc;
    }
    return TOC_OK;
}

static toc_rc read_row(toc_import *import, toc_error *err)
{
    const toc_csv *csv = &import->csv;
    if (csv->field_count != import->column_count)
        return toc_error_set(err, TOC_EPARSE, "%zu columns where the header has %zu",
                             csv->field_count, import->column_count);
    size_t bad = 0;
    if (!toc_str_is_utf8(csv->raw, &bad))
        return toc_error_set(err, TOC_EPARSE, "byte %zu of the record is not UTF-8", bad + 1);
    toc_str word = {NULL, 0};
    toc_str value = {NULL, 0};
    for (size_t i = 0; i < import->column_count; i++) {
        if (import->columns[i].role == TOC_COLUMN_TYPE)
            word = toc_str_trim(csv->fields[i]);
        else if (import->columns[i].role == TOC_COLUMN_VALUE && !value.len)
            value = toc_str_trim(csv->fields[i]);
    }
    if (!value.len)
        return toc_error_field(err, TOC_EINVAL, "value", "the value is empty");
    const toc_type *type = NULL;
    const toc_column_plan *plan = NULL;
    toc_rc rc = toc__import_type(import, word, &value, &type, err);
    if (!rc)
        rc = plan_of(import, type, &plan, err);
    if (rc)
        return rc;
    toc_object *obj = import->obj;
    toc__object_reset(obj, type);
    rc = toc_object_set_summary(obj, value, err);
    if (!rc)
        rc = row_cells(import, plan, err);
    if (!rc)
        rc = toc__import_add(import, value, csv->line, csv->raw, false, err);
    return rc ? rc : toc__import_group_put(import, csv->line, err);
}

static toc_rc take_record(toc_import *import, toc_error *err)
{
    toc_error reason = {0};
    toc_rc rc = toc__import_begin(import, err);
    if (rc)
        return rc;
    rc = read_row(import, &reason);
    return toc__import_end(import, rc, import->csv.raw, import->csv.line, &reason, err);
}

toc_rc toc_import_csv(toc_import *import, const char *data, size_t len, bool last, toc_error *err)
{
    if (!import || (!data && len))
        return toc_error_set(err, TOC_EINVAL, "no import or no data");
    if (import->header_seen && !import->column_count)
        return toc_error_set(err, TOC_EPARSE, "the header was refused");
    import->kind = TOC_KIND_INDICATOR;
    toc__import_feed(&import->csv, &import->mark, data, len, last);
    for (toc_csv_event event; (event = toc_csv_next(&import->csv)) != TOC_CSV_MORE;) {
        toc_rc rc = TOC_OK;
        if (event == TOC_CSV_BAD) {
            toc_error reason = {0};
            (void)toc_error_set(&reason, TOC_EPARSE, "%s", import->csv.error);
            import->counts.records++;
            toc__import_reject(import, import->csv.raw, import->csv.line, &reason);
        } else if (!import->header_seen) {
            rc = read_header(import, err);
        } else {
            rc = take_record(import, err);
        }
        if (rc)
            return rc;
    }
    return last && !import->header_seen
               ? toc_error_set(err, TOC_EPARSE, "the file is empty: not even a header line")
               : TOC_OK;
}
