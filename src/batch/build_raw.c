/* build_raw.c - finished JSON objects: what they must have, and what is changed in them. */
#include "base/error.h"
#include "base/mem.h"
#include "batch/batch.h"
#include "model/codec.h"
#include "model/summary.h"

/* What a member means: bits by first sight. */
enum {
    RAW_TYPE = 1,
    RAW_XID = 2,
    RAW_NAME = 4,
    RAW_VALUE = 8,
    RAW_SUMMARY = 16,
    RAW_PARTS = 32,  /* value1 */
    RAW_RENAME = 64, /* has another name in the batch format */
    RAW_LINKS = 128,
    RAW_CONTENT = 256,
    RAW_FIRST = 512, /* ends of an association */
    RAW_SECOND = 1024
};

typedef struct raw_row {
    const char *name;
    unsigned bits[3]; /* of groups, indicators, associations */
} raw_row;

static const raw_row raw_rows[] = {
    {"type", {RAW_TYPE, RAW_TYPE, 0}},
    {"xid", {RAW_XID, RAW_XID, 0}},
    {"name", {RAW_NAME, 0, 0}},
    {"summary", {0, RAW_VALUE | RAW_SUMMARY, 0}},
    {"value1", {0, RAW_VALUE | RAW_PARTS, 0}},
    {"associatedGroupXid", {RAW_LINKS, 0, 0}},
    {"associatedIndicators", {RAW_LINKS, RAW_LINKS, 0}},
    {"fileContent", {RAW_CONTENT, 0, 0}},
    {"size", {0, RAW_RENAME, 0}},
    {"dnsActive", {0, RAW_RENAME, 0}},
    {"whoisActive", {0, RAW_RENAME, 0}},
    {"ref_1", {0, 0, RAW_FIRST}},
    {"id_1", {0, 0, RAW_FIRST}},
    {"ref_2", {0, 0, RAW_SECOND}},
    {"id_2", {0, 0, RAW_SECOND}},
};

static const struct {
    const char *type, *from, *to;
} renamed[] = {
    {"File", "size", "\"intValue1\":"},
    {"Host", "dnsActive", "\"flag1\":"},
    {"Host", "whoisActive", "\"flag2\":"},
};

/* One item on its way into the spool. The slices are of its JSON. */
typedef struct raw_item {
    toc_batch *batch;
    toc_kind kind;
    toc_str json;
    uint64_t line;
    const toc_type *type; /* NULL: not one of the table */
    bool as_is;           /* of a file: only what cannot be sent is changed */
    unsigned seen;
    toc_str type_text, xid, summary, file_name, content;
    toc_str late[2]; /* arrays of links, to groups and to indicators, some of which are late */
} raw_item;

static unsigned raw_member(const raw_item *item, toc_str key)
{
    static const unsigned columns[TOC_KIND_COUNT] = {
        [TOC_KIND_INDICATOR] = 1, [TOC_KIND_RECORD] = 2};
    for (const raw_row *row = raw_rows; row < raw_rows + TOC_COUNT(raw_rows); row++)
        if (row->name[0] == key.ptr[0] && toc_str_equal(toc_str_of(row->name), key))
            return row->bits[columns[item->kind]];
    const toc_field *field =
        item->kind == TOC_KIND_INDICATOR && item->type ? toc_type_field(item->type, key) : NULL;
    return field && (field->flags & TOC_FIELD_KEY) ? RAW_VALUE : 0;
}

static void raw_note(raw_item *item, unsigned bits, toc_str value)
{
    if ((bits & RAW_TYPE) && value.len > 2) {
        item->type_text = value;
        item->type = toc_types_find(NULL, item->kind, toc_str_slice(value, 1, value.len - 1));
    }
    if (bits & RAW_XID)
        item->xid = value;
    if (bits & RAW_SUMMARY)
        item->summary = value;
    if (bits & RAW_CONTENT)
        item->content = value;
    /* null is absent */
    if (!toc_str_equal(value, TOC_S("null")) &&
        (!toc_str_equal(value, TOC_S("\"\"")) || (bits & RAW_CONTENT)))
        item->seen |= bits;
    else
        item->seen |= bits & (RAW_RENAME | RAW_CONTENT);
}

/* One pass over the members of the object. Members in front of "type" are judged by the type that
 * came in. */
static toc_rc raw_scan(raw_item *item, toc_error *err)
{
    toc_json_reader reader;
    toc_json_reader_init(&reader, item->json.ptr, item->json.len, NULL);
    toc_json_event event = toc_json_next(&reader);
    if (event != TOC_JSON_OBJECT)
        return event == TOC_JSON_ERROR ? toc_json_fail(&reader, err)
                                       : toc_error_set(err, TOC_EPARSE, "an item is a JSON object");
    while ((event = toc_json_next(&reader)) == TOC_JSON_KEY) {
        unsigned bits = reader.text.len ? raw_member(item, reader.text) : 0;
        toc_str value;
        if (!toc_json_skip(&reader, &value))
            return toc_json_fail(&reader, err);
        if (bits)
            raw_note(item, bits, value);
    }
    return event == TOC_JSON_ERROR || toc_json_next(&reader) != TOC_JSON_END
               ? toc_json_fail(&reader, err)
               : TOC_OK;
}

/* In the order in which they are missed. */
static const struct {
    toc_kind kind;
    unsigned bit;
    bool typed; /* only for types of the table */
    const char *field, *message;
} needs[] = {
    {TOC_KIND_GROUP, RAW_TYPE, false, "type", "the item has no type"},
    {TOC_KIND_INDICATOR, RAW_TYPE, false, "type", "the item has no type"},
    {TOC_KIND_GROUP, RAW_NAME, false, "name", "the group has no name"},
    {TOC_KIND_GROUP, RAW_XID, false, "xid", "the group has no xid"},
    {TOC_KIND_INDICATOR, RAW_VALUE, true, "summary", "the indicator has no value"},
    {TOC_KIND_RECORD, RAW_FIRST, false, "ref_1", "the association has no first end"},
    {TOC_KIND_RECORD, RAW_SECOND, false, "ref_2", "the association has no second end"},
};

static toc_rc raw_check(raw_item *item, toc_error *err)
{
    toc_rc rc = raw_scan(item, err);
    if (!rc && item->type && item->kind == TOC_KIND_INDICATOR && !(item->seen & RAW_VALUE))
        rc = raw_scan(item, err);
    for (size_t i = 0; !rc && i < TOC_COUNT(needs); i++)
        if (needs[i].kind == item->kind && !(item->seen & needs[i].bit) &&
            (item->type || !needs[i].typed))
            rc = toc_error_field(err, TOC_EINVAL, needs[i].field, "%s", needs[i].message);
    return item->seen & RAW_VALUE ? rc : toc__batch_no_value(item->type, rc, err);
}

/* --- changes ------------------------------------------------------------------------------- */

/* The text of a JSON string; absent for anything else. */
static toc_str text_of(toc_arena *arena, toc_str json)
{
    toc_json_reader reader;
    toc_json_reader_init(&reader, json.ptr, json.len, arena);
    return json.ptr && toc_json_next(&reader) == TOC_JSON_STRING ? reader.text : (toc_str){NULL, 0};
}

static bool has_parts(const raw_item *item)
{
    static const char *const without[] = {"Address", "EmailAddress", "File", "Host", "URL"};
    toc_str type = item->type ? toc_str_of(item->type->name)
                              : toc_str_slice(item->type_text, 1, item->type_text.len - 1);
    for (size_t i = 0; i < TOC_COUNT(without); i++)
        if (toc_str_equal(type, toc_str_of(without[i])))
            return false;
    return item->kind == TOC_KIND_INDICATOR && !item->as_is;
}

/* value1 to value3 beside the summary (batch.md 5.4). What has one value is not split. */
static void write_parts(toc_json_writer *writer, const raw_item *item, toc_arena *arena)
{
    static const char *const names[] = {"value1", "value2", "value3"};
    toc_str parts[3] = {text_of(arena, item->summary)};
    if (!parts[0].ptr)
        return;
    if (!item->type || item->type->key_count > 1)
        (void)toc_summary_split(parts[0], parts);
    for (size_t i = 0; i < TOC_COUNT(names); i++)
        toc_json_member(writer, toc_str_of(names[i]), parts[i]);
}

static const char *new_name(const raw_item *item, toc_str key)
{
    for (size_t i = 0; item->type && !item->as_is && i < TOC_COUNT(renamed); i++)
        if (toc_str_equal(toc_str_of(renamed[i].from), key) &&
            toc_str_equal(toc_str_of(renamed[i].type), toc_str_of(item->type->name)))
            return renamed[i].to;
    return NULL;
}

toc_rc toc__batch_read_indicator(toc_str json, toc_arena *arena, toc_object **obj)
{
    toc_json_reader reader;
    *obj = toc__object_in(arena, toc_type_list(&(size_t){0}));
    if (!*obj)
        return TOC_ENOMEM;
    toc_json_reader_init(&reader, json.ptr, json.len, arena);
    return toc_codec_decode(&reader, NULL, TOC_KIND_INDICATOR, NULL,
                            TOC_DECODE_BATCH | TOC_DECODE_LENIENT, *obj, NULL);
}

/* The value of an indicator whose members say it one by one; absent when it cannot be told. */
static toc_str joined_value(const raw_item *item, toc_arena *arena)
{
    toc_object *obj = NULL;
    if (!item->type || toc__batch_read_indicator(item->json, arena, &obj) || !obj->type)
        return (toc_str){NULL, 0};
    return toc_object_summary(obj);
}

/* Who the item is as an end of an association; false: it cannot be said from outside. */
static bool identity(const raw_item *item, toc_arena *arena, toc_str *type, toc_str *ref)
{
    bool group = item->kind == TOC_KIND_GROUP;
    *type = group        ? (toc_str){NULL, 0}
            : item->type ? toc_str_of(item->type->name)
                         : text_of(arena, item->type_text);
    *ref = text_of(arena, group ? item->xid : item->summary);
    if (!ref->len && !group)
        *ref = joined_value(item, arena);
    return ref->len && !item->batch->removal && !item->batch->inline_links;
}

/* An entry of associatedIndicators. */
static bool read_indicator(toc_json_reader *reader, toc_link *link)
{
    toc_json_event event = toc_json_next(reader);
    *link = (toc_link){.kind = TOC_KIND_INDICATOR};
    if (event != TOC_JSON_OBJECT)
        return false;
    while ((event = toc_json_next(reader)) == TOC_JSON_KEY) {
        toc_str *slot = toc_str_equal(reader->text, TOC_S("summary"))         ? &link->summary
                        : toc_str_equal(reader->text, TOC_S("indicatorType")) ? &link->type
                                                                              : NULL;
        if (slot && toc_json_next(reader) == TOC_JSON_STRING)
            *slot = reader->text;
        else if (!toc_json_skip(reader, NULL))
            return false;
    }
    return event == TOC_JSON_OBJECT_END && link->summary.len && link->type.len;
}

/* The next link of an array: 1, 0 at its end, -1 when it is of another form. */
static int next_link(toc_json_reader *reader, bool indicators, toc_link *link)
{
    toc_json_reader before = *reader;
    toc_json_event event = toc_json_next(reader);
    if (event == TOC_JSON_ARRAY_END)
        return 0;
    *link = (toc_link){.kind = TOC_KIND_GROUP, .xid = reader->text};
    if (!indicators)
        return event == TOC_JSON_STRING ? 1 : -1;
    *reader = before;
    return read_indicator(reader, link) ? 1 : -1;
}

static toc_rc is_late(raw_item *item, const toc_link *link, bool *late, toc_error *err)
{
    *late = true;
    return link->kind == TOC_KIND_GROUP
               ? toc__links_is_late(item->batch, item->kind, link->xid, late, err)
               : TOC_OK;
}

/* The links of one array that stay; that others do not is noted. TOC_EPARSE: all of it stays as it
 * is, for the server to refuse, because an entry is of another form. */
static toc_rc write_links(toc_json_writer *writer, raw_item *item, toc_arena *arena, toc_str value,
                          bool indicators, toc_error *err)
{
    toc_str type, ref;
    toc_json_reader reader;
    toc_link link;
    int more = 0;
    bool any = false, late;
    toc_json_reader_init(&reader, value.ptr, value.len, arena);
    if (!identity(item, arena, &type, &ref) || toc_json_next(&reader) != TOC_JSON_ARRAY ||
        item->late[indicators].ptr)
        return TOC_EPARSE;
    toc_json_array(writer);
    while ((more = next_link(&reader, indicators, &link)) > 0) {
        toc_rc rc = is_late(item, &link, &late, err);
        if (rc)
            return rc;
        any |= late;
        if (!late)
            toc_json_string(writer, link.xid);
    }
    toc_json_array_end(writer);
    if (!more && any)
        item->late[indicators] = value;
    return more ? TOC_EPARSE : TOC_OK;
}

/* The late links of an array that write_links has read. */
static toc_rc put_links(raw_item *item, toc_arena *arena, bool indicators, toc_error *err)
{
    toc_str type, ref, value = item->late[indicators];
    TOC_CLEANUP(toc_arena_done) toc_arena texts;
    toc_json_reader reader;
    toc_link link;
    int more = 0;
    bool late;
    toc_arena_init(&texts, TOC_MAX_ITEM * (size_t)2);
    if (!value.ptr || !identity(item, arena, &type, &ref))
        return TOC_OK;
    toc_json_reader_init(&reader, value.ptr, value.len, &texts);
    (void)toc_json_next(&reader);
    while ((more = next_link(&reader, indicators, &link)) > 0) {
        toc_rc rc = is_late(item, &link, &late, err);
        if (!rc && late)
            rc = toc__links_put(item->batch, type, ref, &link, item->line, err);
        if (rc)
            return rc;
    }
    return more ? toc_error_nomem(err) : TOC_OK;
}

static toc_rc write_member(toc_json_writer *writer, raw_item *item, toc_arena *arena, toc_str key,
                           toc_str value, toc_error *err)
{
    unsigned bits = raw_member(item, key);
    const char *name = bits & RAW_RENAME ? new_name(item, key) : NULL;
    if (bits & RAW_CONTENT || (name && toc_str_equal(value, TOC_S("null"))))
        return TOC_OK;
    if (name) {
        toc_buf_text(writer->buf, writer->comma ? "," : "");
        toc_buf_text(writer->buf, name);
        toc_buf_str(writer->buf, value);
        writer->comma = true;
        return TOC_OK;
    }
    size_t start = writer->buf->len;
    bool comma = writer->comma;
    toc_buf_text(writer->buf, comma ? ",\"" : "\"");
    toc_buf_str(writer->buf, key);
    toc_buf_lit(writer->buf, "\":");
    writer->comma = false;
    if (bits & RAW_LINKS) {
        size_t from = writer->buf->len;
        bool indicators = key.len == sizeof "associatedIndicators" - 1;
        toc_rc rc = write_links(writer, item, arena, value, indicators, err);
        if (!rc && writer->buf->len == from + 2) {
            writer->buf->len = start;
            writer->comma = comma;
        }
        if (rc != TOC_EPARSE)
            return rc;
        writer->buf->len = from;
    }
    toc_buf_str(writer->buf, value);
    writer->comma = true;
    return TOC_OK;
}

static toc_rc raw_write(raw_item *item, toc_arena *arena, toc_buf *out, toc_error *err)
{
    toc_json_writer writer;
    toc_json_reader reader;
    toc_rc rc = TOC_OK;
    toc_json_writer_init(&writer, out);
    toc_json_reader_init(&reader, item->json.ptr, item->json.len, NULL);
    (void)toc_json_next(&reader);
    toc_json_object(&writer);
    while (!rc && toc_json_next(&reader) == TOC_JSON_KEY) {
        toc_str key = reader.text;
        toc_str value;
        if (!toc_json_skip(&reader, &value))
            return toc_json_fail(&reader, err);
        if (toc_str_equal(key, TOC_S("fileName")))
            item->file_name = value;
        if (key.len)
            rc = write_member(&writer, item, arena, key, value, err);
    }
    if ((item->seen & (RAW_SUMMARY | RAW_PARTS)) == RAW_SUMMARY && has_parts(item))
        write_parts(&writer, item, arena);
    toc_json_object_end(&writer);
    return rc;
}

/* The content of a document travels apart from its item; what is deleted needs none. */
static toc_rc raw_attach(const raw_item *item, toc_arena *arena, toc_error *err)
{
    toc_batch_content content = {.data = text_of(arena, item->content)};
    if (!(item->seen & RAW_CONTENT) || !content.data.ptr || item->batch->removal)
        return TOC_OK;
    bool report = item->type && toc_str_equal(toc_str_of(item->type->name), TOC_S("Report"));
    return toc_batch_attach(item->batch, report ? "Report" : "Document", text_of(arena, item->xid),
                            text_of(arena, item->file_name), &content, item->line, err);
}

/* A record of a file that lost its content on the way to the spool is told as it came, so that a
 * corrected one brings it again. */
static toc_str origin_of(const raw_item *item)
{
    bool kept = item->as_is && (item->seen & RAW_CONTENT) && item->json.len <= TOC_MAX_ITEM;
    return kept ? item->json : (toc_str){NULL, 0};
}

static toc_rc raw_changed(raw_item *item, toc_error *err)
{
    TOC_CLEANUP(toc_arena_done) toc_arena arena;
    TOC_CLEANUP(toc_buf_done) toc_buf made = {.maximum = TOC_MAX_ITEM * (size_t)2};
    toc_arena_init(&arena, TOC_MAX_ITEM * (size_t)2);
    toc_rc rc = raw_write(item, &arena, &made, err);
    if (!rc)
        rc = toc_buf_check(&made, err);
    if (rc)
        return rc;
    toc_spool *spool = toc__batch_spool(item->batch, item->kind);
    toc_buf_str(toc_spool_begin(spool), toc_buf_view(&made));
    /* What goes elsewhere only when nothing but the disk can refuse the item any more. */
    rc = toc_spool_fits(spool, origin_of(item), err);
    if (!rc)
        rc = raw_attach(item, &arena, err);
    for (int indicators = 0; !rc && indicators < 2; indicators++)
        rc = put_links(item, &arena, indicators, err);
    if (!rc)
        return toc_spool_end(spool, item->line, origin_of(item), err);
    toc_spool_drop(spool);
    return rc;
}

static bool is_changed(const raw_item *item)
{
    if (item->seen & (RAW_LINKS | RAW_CONTENT | (item->as_is ? 0U : RAW_RENAME)))
        return true;
    return (item->seen & (RAW_SUMMARY | RAW_PARTS)) == RAW_SUMMARY && has_parts(item);
}

/* What the batch knows the item by: the text of its xid, an association's whole text. */
static toc_str known_by(const raw_item *item, toc_arena *arena)
{
    toc_str xid = item->xid;
    if (item->kind == TOC_KIND_RECORD)
        return item->json;
    if (!xid.len || xid.ptr[0] != '"')
        return xid;
    return memchr(xid.ptr, '\\', xid.len) ? text_of(arena, xid)
                                          : toc_str_slice(xid, 1, xid.len - 1);
}

/* What the batch has already is passed over, but for a file's items. */
static toc_rc raw_add(raw_item *item, toc_error *err)
{
    toc_batch *batch = item->batch;
    uint64_t hash = 0;
    bool known = false;
    toc_rc rc = raw_check(item, err);
    bool marked = item->kind == TOC_KIND_RECORD || item->seen & RAW_XID;
    TOC_CLEANUP(toc_arena_done) toc_arena arena;
    toc_arena_init(&arena, TOC_MAX_ITEM);
    if (!rc && marked) {
        hash = toc_seen_hash(&batch->seen, item->kind, known_by(item, &arena));
        rc = toc_seen_find(&batch->seen, hash, &known, err);
    }
    if (rc)
        return rc;
    if (known && !item->as_is) {
        batch->repeated++;
        return TOC_OK;
    }
    if (is_changed(item)) {
        rc = raw_changed(item, err);
    } else {
        toc_spool *spool = toc__batch_spool(batch, item->kind);
        toc_buf_str(toc_spool_begin(spool), item->json);
        rc = toc_spool_end(spool, item->line, (toc_str){NULL, 0}, err);
    }
    if (!rc && marked)
        toc_seen_mark(&batch->seen, hash);
    return rc;
}

static toc_rc raw_new(toc_batch *batch, toc_kind kind, toc_str json, uint64_t line, bool as_is,
                      toc_error *err)
{
    if (!batch || !toc__batch_spool(batch, kind))
        return toc_error_set(err, TOC_EINVAL, "no batch, or a kind that a batch does not hold");
    if (kind == TOC_KIND_RECORD && (batch->removal || batch->inline_links))
        return toc_error_field(err, TOC_EUNSUPPORTED, "association",
                               "this batch sends no associations");
    raw_item item = {.batch = batch, .kind = kind, .json = json, .line = line, .as_is = as_is};
    return raw_add(&item, err);
}

toc_rc toc_batch_add_json(toc_batch *batch, toc_kind kind, toc_str json, uint64_t line,
                          toc_error *err)
{
    return raw_new(batch, kind, json, line, false, err);
}

toc_rc toc__batch_add_raw(toc_batch *batch, toc_kind kind, toc_str json, uint64_t line,
                          toc_error *err)
{
    return raw_new(batch, kind, json, line, true, err);
}
