/* columns.c - which value of an object is kept in which column, and rows back into objects. Values
 * without a column are members of the JSON text in the column own. */
#include "store/conn.h"

#include "base/error.h"
#include "base/json.h"
#include "base/str.h"
#include "base/time.h"

#define BIT(slot) (UINT64_C(1) << (slot))
/* Kept in the leading columns, made by the platform, or not an object's own value. */
#define FIXED_SLOTS                                                                                \
    (BIT(TOC_SLOT_ID) | BIT(TOC_SLOT_OWNER_NAME) | BIT(TOC_SLOT_DATE_ADDED) |                      \
     BIT(TOC_SLOT_LAST_MODIFIED) | BIT(TOC_SLOT_WEB_LINK))

static const toc__column indicator_columns[] = {
    {"rating", TOC_SLOT_RATING, TOC_VALUE_DECIMAL},
    {"confidence", TOC_SLOT_CONFIDENCE, TOC_VALUE_INT},
    {"description", TOC_SLOT_DESCRIPTION, TOC_VALUE_TEXT},
    {"source", TOC_SLOT_SOURCE, TOC_VALUE_TEXT},
    {"xid", TOC_SLOT_XID, TOC_VALUE_TEXT},
    {"observation_count", TOC_SLOT_OBSERVATION_COUNT, TOC_VALUE_INT},
    {"last_observed", TOC_SLOT_LAST_OBSERVED, TOC_VALUE_DATE},
    {"false_positive_count", TOC_SLOT_FALSE_POSITIVE_COUNT, TOC_VALUE_INT},
    {"false_positive_last", TOC_SLOT_FALSE_POSITIVE_LAST, TOC_VALUE_DATE},
    {"first_seen", TOC_SLOT_INDICATOR_FIRST_SEEN, TOC_VALUE_DATE},
    {"last_seen", TOC_SLOT_INDICATOR_LAST_SEEN, TOC_VALUE_DATE},
};

static const toc__column entity_columns[] = {
    {"name", TOC_SLOT_NAME, TOC_VALUE_TEXT},
    {"description", TOC_SLOT_DESCRIPTION, TOC_VALUE_TEXT},
    {"created_by", TOC_SLOT_CREATED_BY, TOC_VALUE_TEXT},
    {"xid", TOC_SLOT_XID, TOC_VALUE_TEXT},
    {"first_seen", TOC_SLOT_FIRST_SEEN, TOC_VALUE_DATE},
    {"last_seen", TOC_SLOT_LAST_SEEN, TOC_VALUE_DATE},
    {"parent_id", TOC_SLOT_PARENT, TOC_VALUE_INT},
};

static const toc__layout layouts[] = {
    {
        .table = "indicator",
        .sequence = TOC__TABLE_INDICATOR,
        .select = "o.id, o.owner_id, o.type_id, o.flags, o.v1, o.v2, o.v3, o.date_added,"
                  " o.last_modified, o.rating, o.confidence, o.description, o.source, o.xid,"
                  " coalesce(o.observation_count, 0), o.last_observed,"
                  " coalesce(o.false_positive_count, 0), o.false_positive_last, o.first_seen, "
                  "o.last_seen, o.own",
        .insert = "INSERT INTO indicator(id, owner_id, type_id, flags, v1, v2, v3, date_added,"
                  " last_modified, rating, confidence, description, source, xid,"
                  " observation_count, last_observed, false_positive_count, false_positive_last,"
                  " first_seen, last_seen, own) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
                  " ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
        .update = "UPDATE indicator SET flags = ?4, v1 = coalesce(v1, ?5), v2 = coalesce(v2, ?6),"
                  " v3 = coalesce(v3, ?7), last_modified = ?9, rating = coalesce(?10, rating),"
                  " confidence = coalesce(?11, confidence),"
                  " description = coalesce(?12, description), source = coalesce(?13, source),"
                  " xid = coalesce(?14, xid),"
                  " observation_count = coalesce(?15, observation_count),"
                  " last_observed = coalesce(?16, last_observed),"
                  " false_positive_count = coalesce(?17, false_positive_count),"
                  " false_positive_last = coalesce(?18, false_positive_last),"
                  " first_seen = coalesce(?19, first_seen), last_seen = coalesce(?20, last_seen),"
                  " own = coalesce(?21, own) WHERE id = ?1 AND owner_id = ?2 AND type_id = ?3",
        .columns = indicator_columns,
        .column_count = TOC_COUNT(indicator_columns),
        .ignored = FIXED_SLOTS | BIT(TOC_SLOT_SUMMARY) | BIT(TOC_SLOT_THREAT_RATING) |
                   BIT(TOC_SLOT_THREAT_CONFIDENCE) | BIT(TOC_SLOT_THREAT_SCORE) |
                   BIT(TOC_SLOT_ACTIVE) | BIT(TOC_SLOT_ACTIVE_LOCKED) | BIT(TOC_SLOT_PRIVATE) |
                   BIT(TOC_SLOT_RATING) | BIT(TOC_SLOT_CONFIDENCE) | BIT(TOC_SLOT_DESCRIPTION) |
                   BIT(TOC_SLOT_SOURCE) | BIT(TOC_SLOT_XID) | BIT(TOC_SLOT_OBSERVATION_COUNT) |
                   BIT(TOC_SLOT_LAST_OBSERVED) | BIT(TOC_SLOT_FALSE_POSITIVE_COUNT) |
                   BIT(TOC_SLOT_FALSE_POSITIVE_LAST) | BIT(TOC_SLOT_INDICATOR_FIRST_SEEN) |
                   BIT(TOC_SLOT_INDICATOR_LAST_SEEN),
    },
    {
        .table = "entity",
        .sequence = TOC__TABLE_ENTITY,
        .select = "o.id, o.owner_id, o.type_id, o.flags, NULL, NULL, NULL, o.date_added,"
                  " o.last_modified, o.name, o.description, o.created_by, o.xid, o.first_seen,"
                  " o.last_seen, o.parent_id, o.own",
        .insert = "INSERT INTO entity(id, owner_id, type_id, flags, kind, date_added,"
                  " last_modified, name, description, created_by, xid, first_seen, last_seen,"
                  " parent_id, own) VALUES(?1, ?2, ?3, ?4, ?5, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
                  " ?15, ?16, ?17)",
        .update = "UPDATE entity SET flags = ?4, last_modified = ?9, name = coalesce(?10, name),"
                  " description = coalesce(?11, description),"
                  " created_by = coalesce(?12, created_by), xid = coalesce(?13, xid),"
                  " first_seen = coalesce(?14, first_seen), last_seen = coalesce(?15, last_seen),"
                  " parent_id = coalesce(?16, parent_id), own = coalesce(?17, own) WHERE id = ?1 "
                  "AND owner_id = ?2 AND type_id = ?3",
        .columns = entity_columns,
        .column_count = TOC_COUNT(entity_columns),
        .ignored = FIXED_SLOTS | BIT(TOC_SLOT_NAME) | BIT(TOC_SLOT_DESCRIPTION) |
                   BIT(TOC_SLOT_CREATED_BY) | BIT(TOC_SLOT_XID) | BIT(TOC_SLOT_FIRST_SEEN) |
                   BIT(TOC_SLOT_LAST_SEEN) | BIT(TOC_SLOT_PARENT),
    },
};

const toc__layout *toc__layout_of(toc_kind kind)
{
    return &layouts[kind != TOC_KIND_INDICATOR];
}

static uint64_t key_slots(const toc_type *type)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < type->key_count; i++)
        bits |= BIT(type->fields[i].slot);
    return bits;
}

static toc_rc encode_value(toc_json_writer *writer, const toc_object *obj, const toc_field *field,
                           toc_error *err)
{
    const toc_value *value = &obj->values[field->slot];
    int64_t seconds = 0;
    bool has = false;
    toc_rc rc = TOC_OK;
    switch (field->value) {
    case TOC_VALUE_INT:
        toc_json_int(writer, value->as.integer);
        break;
    case TOC_VALUE_DECIMAL:
        toc_json_double(writer, value->as.decimal);
        break;
    case TOC_VALUE_BOOL:
    case TOC_VALUE_BOOL_TEXT:
        toc_json_bool(writer, value->as.boolean);
        break;
    case TOC_VALUE_DATE:
        rc = toc__parse_date(value->as.text, field->name, &has, &seconds, err);
        if (has)
            toc_json_int(writer, seconds);
        else
            toc_json_null(writer);
        break;
    default:
        toc_json_string(writer, value->as.text);
        break;
    }
    return rc;
}

static toc_rc encode_fields(toc_json_writer *writer, const toc_field *fields, size_t count,
                            const toc_object *obj, uint64_t wanted, toc_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!(wanted & BIT(fields[i].slot)))
            continue;
        toc_json_key(writer, toc_str_of(fields[i].name));
        toc_rc rc = encode_value(writer, obj, &fields[i], err);
        if (rc)
            return rc;
    }
    return TOC_OK;
}

static toc_rc encode_object(const toc_object *obj, uint64_t wanted, toc_buf *out, toc_error *err)
{
    toc_json_writer writer;
    toc_json_writer_init(&writer, out);
    toc_json_object(&writer);
    toc_rc rc = encode_fields(&writer, obj->type->fields, obj->type->field_count, obj, wanted, err);
    size_t count = 0;
    const toc_field *common = toc_kind_fields(obj->type->kind, &count);
    if (!rc)
        rc = encode_fields(&writer, common, count, obj, wanted, err);
    toc_json_object_end(&writer);
    return rc ? rc : toc_buf_check(out, err);
}

static toc_rc decode_date(toc_json_reader *reader, const toc_field *field, toc_arena *arena,
                          toc_object *obj, toc_error *err)
{
    int64_t seconds = 0;
    char *text = toc_arena_alloc(arena, TOC_TIME_TEXT);
    if (!text)
        return toc_error_nomem(err);
    if (toc_str_to_int(reader->text, &seconds))
        toc__object_set_text(obj, field->slot, (toc_str){text, toc_time_format(seconds, text)});
    return TOC_OK;
}

static toc_rc decode_value(toc_json_reader *reader, toc_json_event event, const toc_field *field,
                           toc_arena *arena, toc_object *obj, toc_error *err)
{
    int64_t integer = 0;
    double decimal = 0;
    if (event == TOC_JSON_TRUE || event == TOC_JSON_FALSE) {
        if (field->value == TOC_VALUE_BOOL || field->value == TOC_VALUE_BOOL_TEXT)
            toc__object_set_bool(obj, field->slot, event == TOC_JSON_TRUE);
    } else if (event == TOC_JSON_STRING) {
        if (field->value == TOC_VALUE_TEXT)
            toc__object_set_text(obj, field->slot, reader->text);
    } else if (event != TOC_JSON_NUMBER) {
        return TOC_OK;
    } else if (field->value == TOC_VALUE_DATE) {
        return decode_date(reader, field, arena, obj, err);
    } else if (field->value == TOC_VALUE_INT && toc_str_to_int(reader->text, &integer)) {
        toc__object_set_int(obj, field->slot, integer);
    } else if (field->value == TOC_VALUE_DECIMAL && toc_str_to_double(reader->text, &decimal)) {
        toc__object_set_decimal(obj, field->slot, decimal, false);
    }
    return TOC_OK;
}

/* Puts back what toc__own_encode wrote. Members that the type does not know are skipped. */
static toc_rc own_decode(toc_str own, toc_arena *arena, toc_object *obj, toc_error *err)
{
    toc_json_reader reader;
    toc_json_reader_init(&reader, own.ptr, own.len, arena);
    toc_json_event event = toc_json_next(&reader);
    if (event == TOC_JSON_OBJECT)
        event = toc_json_next(&reader);
    for (; event == TOC_JSON_KEY; event = toc_json_next(&reader)) {
        const toc_field *field = toc_type_field(obj->type, reader.text);
        event = toc_json_next(&reader);
        if (field) {
            toc_rc rc = decode_value(&reader, event, field, arena, obj, err);
            if (rc)
                return rc;
        }
        if (!toc_json_skip(&reader, NULL))
            break;
    }
    if (event == TOC_JSON_OBJECT_END)
        return TOC_OK;
    return toc_error_set(err, TOC_ESTORE, "the stored values of an object are damaged");
}

toc_rc toc__own_encode(const toc__layout *layout, const toc_object *obj, toc_str stored,
                       toc_buf *out, toc_error *err)
{
    uint64_t skipped = layout->ignored | key_slots(obj->type);
    uint64_t wanted = obj->present & ~skipped;
    toc_buf_clear(out);
    if (!wanted)
        return TOC_OK;
    if (!stored.len)
        return encode_object(obj, wanted, out, err);
    TOC__AUTO_ARENA arena = {0};
    toc_object *merged = toc__object_in(&arena, obj->type);
    if (!merged)
        return toc_error_nomem(err);
    toc_rc rc = own_decode(stored, &arena, merged, err);
    if (rc)
        return rc;
    for (int slot = 0; slot < TOC_SLOT_COUNT; slot++)
        if (wanted & BIT(slot))
            merged->values[slot] = obj->values[slot];
    merged->present |= wanted;
    return encode_object(merged, merged->present & ~skipped, out, err);
}

toc_rc toc__rows_init(toc__rows *rows, toc_conn *conn, const toc__layout *layout, toc_error *err)
{
    memset(rows, 0, sizeof(*rows));
    rows->conn = conn;
    rows->layout = layout;
    rows->obj = toc__object_in(&rows->fixed, NULL);
    if (!rows->obj) {
        toc__rows_done(rows);
        return toc_error_nomem(err);
    }
    rows->obj->arena = &rows->contents;
    return TOC_OK;
}

void toc__rows_done(toc__rows *rows)
{
    toc_arena_done(&rows->fixed);
    toc_arena_done(&rows->contents);
}

static void read_date(toc__rows *rows, int slot, int64_t seconds)
{
    char *text = rows->dates[rows->date_count++];
    toc__object_set_text(rows->obj, slot, (toc_str){text, toc_time_format(seconds, text)});
}

static void read_column(toc__rows *rows, const toc__column *column, toc_stmt *stmt, int index)
{
    if (column->value == TOC_VALUE_TEXT) {
        toc_str text = toc_column_text(stmt, index);
        if (text.ptr)
            toc__object_set_text(rows->obj, column->slot, text);
    } else if (toc_column_is_null(stmt, index)) {
        return;
    } else if (column->value == TOC_VALUE_INT) {
        toc__object_set_int(rows->obj, column->slot, toc_column_int(stmt, index));
    } else if (column->value == TOC_VALUE_DECIMAL) {
        toc__object_set_decimal(rows->obj, column->slot, toc_column_double(stmt, index), false);
    } else {
        read_date(rows, column->slot, toc_column_int(stmt, index));
    }
}

static void read_indicator(toc__rows *rows, toc_stmt *stmt)
{
    toc_object *obj = rows->obj;
    int64_t flags = toc_column_int(stmt, TOC__COL_FLAGS);
    toc__object_set_bool(obj, TOC_SLOT_ACTIVE, flags & TOC__FLAG_ACTIVE);
    toc__object_set_bool(obj, TOC_SLOT_ACTIVE_LOCKED, flags & TOC__FLAG_LOCKED);
    toc__object_set_bool(obj, TOC_SLOT_PRIVATE, flags & TOC__FLAG_PRIVATE);
    for (unsigned i = 0; i < obj->type->key_count && i < 3; i++) {
        toc_str part = toc_column_text(stmt, TOC__COL_V1 + (int)i);
        if (part.ptr)
            toc__object_set_text(obj, obj->type->fields[i].slot, part);
    }
}

toc_rc toc__rows_read(toc__rows *rows, toc_stmt *stmt, toc_error *err)
{
    toc_object *obj = rows->obj;
    const toc_type *type = toc__type_by_id(rows->conn->store, toc_column_int(stmt, TOC__COL_TYPE));
    toc__object_reset(obj, type);
    if (rows->contents.total)
        toc_arena_clear(&rows->contents);
    if (!type)
        return TOC_OK;
    rows->date_count = 0;
    const toc__owner_name *owner = NULL;
    toc_rc rc = toc__owner_cached(rows->conn, toc_column_int(stmt, TOC__COL_OWNER), &owner, err);
    if (rc)
        return rc;
    obj->owner = (toc_owner_ref){owner->id, owner->name, owner->type};
    toc__object_set_int(obj, TOC_SLOT_ID, toc_column_int(stmt, TOC__COL_ID));
    toc__object_set_text(obj, TOC_SLOT_OWNER_NAME, owner->name);
    read_date(rows, TOC_SLOT_DATE_ADDED, toc_column_int(stmt, TOC__COL_ADDED));
    read_date(rows, TOC_SLOT_LAST_MODIFIED, toc_column_int(stmt, TOC__COL_MODIFIED));
    if (type->kind == TOC_KIND_INDICATOR)
        read_indicator(rows, stmt);
    const toc__layout *layout = rows->layout;
    for (size_t i = 0; i < layout->column_count; i++)
        read_column(rows, &layout->columns[i], stmt, TOC__COL_FIRST + (int)i);
    toc_str own = toc_column_text(stmt, TOC__COL_FIRST + (int)layout->column_count);
    return own.len ? own_decode(own, &rows->contents, obj, err) : TOC_OK;
}
