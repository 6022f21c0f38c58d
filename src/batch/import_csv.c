#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "batch/import.h"

/* Other spellings of columns, as feeds and the Python clients write them. */
static const struct {
    const char *alias, *name;
} column_aliases[] = {
    {"summary", "value"},
    {"indicator", "value"},
    {"first_seen", "firstSeen"},
    {"last_seen", "lastSeen"},
    {"date_added", "dateAdded"},
    {"last_modified", "lastModified"},
    {"private_flag", "privateFlag"},
    {"dns_active", "dnsActive"},
    {"whois_active", "whoisActive"},
};

static toc_str column_name(toc_str cell)
{
    cell = toc_str_trim(cell);
    for (size_t i = 0; i < TOC_COUNT(column_aliases); i++)
        if (toc_str_equal_fold(cell, toc_str_of(column_aliases[i].alias)))
            return toc_str_of(column_aliases[i].name);
    return cell;
}

/* True when some indicator type has a field of this name. */
static bool is_field(const toc_types *types, toc_str name)
{
    size_t count = 0;
    const toc_type *builtin = toc_type_list(&count);
    for (size_t i = 0; i < (types ? toc_types_count(types) : count); i++) {
        const toc_type *type = types ? toc_types_at(types, i) : &builtin[i];
        const toc_field *field =
            type->kind == TOC_KIND_INDICATOR ? toc_type_field(type, name) : NULL;
        if (field && (field->flags & TOC_FIELD_BATCH))
            return true;
    }
    return false;
}

static void column_roles(toc_import *import, toc_column *column, toc_str cell)
{
    const toc_import_options *options = &import->options;
    if (toc_str_equal_fold(column->name, TOC_S("type")))
        column->role = TOC_COLUMN_TYPE;
    else if (toc_str_equal_fold(column->name, TOC_S("value")))
        column->role = TOC_COLUMN_VALUE;
    column->group =
        options->group_column && toc_str_equal_fold(cell, toc_str_of(options->group_column));
    for (size_t i = 0; i < options->tag_column_count; i++)
        column->tag |= toc_str_equal_fold(cell, toc_str_of(options->tag_columns[i]));
    for (size_t i = 0; i < options->attribute_count; i++)
        if (toc_str_equal_fold(cell, toc_str_of(options->attributes[i].column)))
            column->attribute = toc_str_of(options->attributes[i].type);
    column->used = column->role != TOC_COLUMN_FIELD || column->group || column->tag ||
                   column->attribute.ptr || is_field(import->types, column->name);
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
    return missing ? toc_error_field(err, TOC_EPARSE, missing, "the header has no column \"%s\"",
                                     missing)
                   : TOC_OK;
}

static toc_rc read_header(toc_import *import, toc_error *err)
{
    toc_csv *csv = &import->csv;
    import->header_seen = true;
    import->header = toc_arena_str(&import->arena, csv->raw);
    bool value = false;
    for (size_t i = 0; i < csv->field_count; i++) {
        toc_column *column = &import->columns[i];
        column->name = toc_arena_str(&import->arena, column_name(csv->fields[i]));
        if (!column->name.ptr)
            return toc_error_nomem(err);
        column_roles(import, column, toc_str_trim(csv->fields[i]));
        value |= column->role == TOC_COLUMN_VALUE;
    }
    import->column_count = csv->field_count;
    if (!value)
        return toc_error_field(err, TOC_EPARSE, "value",
                               "the first line is not a header with a column \"value\"");
    return header_check(import, err);
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
        const toc_column *column = &import->columns[i];
        bool plain = column->role == TOC_COLUMN_FIELD && !column->group && !column->tag &&
                     !column->attribute.ptr;
        const toc_field *field = plain ? toc_type_field(type, column->name) : NULL;
        made->fields[i] = field && (field->flags & TOC_FIELD_BATCH) ? field : NULL;
    }
    *plan = made;
    return TOC_OK;
}

static toc_rc row_type(toc_import *import, toc_str word, toc_str value, const toc_type **type,
                       toc_error *err)
{
    if (word.len) {
        *type = toc_types_find(import->types, TOC_KIND_INDICATOR, word);
        return *type ? TOC_OK
                     : toc_error_field(err, TOC_EINVAL, "type", "\"%.*s\" is not an indicator type",
                                       TOC_FMT(word));
    }
    toc_rc rc = import->detector ? TOC_OK : toc_detector_new(&import->detector, err);
    if (!rc && !(*type = toc_detector_find(import->detector, value)))
        rc = toc_error_field(err, TOC_EINVAL, "type", "the type cannot be told from the value");
    return rc;
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

static toc_rc row_lists(toc_import *import, const toc_column *column, toc_str cell, toc_error *err)
{
    toc_object *obj = import->obj;
    toc_rc rc = TOC_OK;
    if (column->tag)
        rc = toc_object_add_tag(obj, cell, err);
    if (!rc && column->attribute.ptr)
        rc = toc_object_add_attribute(obj, column->attribute, cell, false, (toc_str){NULL, 0}, err);
    if (!rc && column->group) {
        const toc_import_group *group = NULL;
        rc = toc__import_group(import, cell, import->csv.line, &group, err);
        if (!rc)
            rc = toc_object_add_group_xid(obj, (toc_str){group->xid, TOC_XID_TEXT - 1}, err);
    }
    return rc;
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

/* An xid that the next run computes again, so that a repeated import changes nothing. */
static toc_rc row_xid(toc_import *import, toc_str value, toc_error *err)
{
    if (toc__object_has(import->obj, TOC_SLOT_XID))
        return TOC_OK;
    char *xid = toc_arena_alloc(&import->row, TOC_XID_TEXT);
    toc_str parts[] = {toc_str_of(import->options.owner), toc_str_of(import->obj->type->name),
                       value};
    toc_rc rc = xid ? toc_xid_list(parts, TOC_COUNT(parts), xid) : TOC_ENOMEM;
    if (rc)
        return toc_error_set(err, rc, "no xid could be made");
    toc__object_set_text(import->obj, TOC_SLOT_XID, (toc_str){xid, TOC_XID_TEXT - 1});
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
    toc_rc rc = row_type(import, word, value, &type, err);
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
        rc = row_xid(import, value, err);
    return rc ? rc : toc__batch_add(import->batch, obj, csv->line, csv->raw, err);
}

/* The two reusable objects live in the row's arena too, so they are made anew with it. */
static toc_rc next_row(toc_import *import, toc_error *err)
{
    toc_arena_clear(&import->row);
    import->obj = toc__object_in(&import->row, toc_type_list(&(size_t){0}));
    import->group_obj = import->obj ? toc__object_in(&import->row, import->obj->type) : NULL;
    return import->group_obj ? TOC_OK : toc_error_nomem(err);
}

static toc_rc take_record(toc_import *import, toc_error *err)
{
    toc_error reason = {0};
    toc_rc rc = next_row(import, err);
    if (rc)
        return rc;
    import->counts.records++;
    rc = read_row(import, &reason);
    if (!rc) {
        import->counts.accepted++;
        return TOC_OK;
    }
    /* What is wrong with the record is the record's; a full spool or no memory is the import's. */
    if (rc == TOC_EIO || rc == TOC_ENOMEM) {
        if (err)
            *err = reason;
        return rc;
    }
    toc__import_reject(import, import->csv.raw, import->csv.line, &reason);
    return TOC_OK;
}

toc_rc toc_import_csv(toc_import *import, const char *data, size_t len, bool last, toc_error *err)
{
    if (!import || (!data && len))
        return toc_error_set(err, TOC_EINVAL, "no import or no data");
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
