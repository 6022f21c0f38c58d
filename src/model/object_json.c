/* object_json.c - a whole object from JSON and back, and the few members that objects of all types
 * have in common (ti.md 2.3, 20.2). */
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "model/codec.h"

#define INDENT 4

/* --- from JSON ----------------------------------------------------------------------------- */

static toc_rc read_all(toc_object *obj, toc_str text, toc_error *err)
{
    toc_json_reader reader;
    toc_json_reader_init(&reader, text.ptr, text.len, obj->arena);
    toc_rc rc = toc_codec_decode(&reader, NULL, obj->type->kind, obj->type, 0, obj, err);
    if (reader.error)
        return toc_json_fail(&reader, err);
    if (!rc && toc_json_next(&reader) != TOC_JSON_END)
        rc = reader.error ? toc_json_fail(&reader, err)
                          : toc_error_set(err, TOC_EPARSE, "there is more behind the object");
    return rc;
}

/* What the object is to the program and where it is kept: no value that the text replaces. */
static void keep_place(toc_object *obj, const toc_object *before)
{
    obj->memo = before->memo;
    if (toc__object_has(before, TOC_SLOT_ID))
        toc__object_set_int(obj, TOC_SLOT_ID, before->values[TOC_SLOT_ID].as.integer);
    if (obj->owner.name.ptr || toc__object_has(obj, TOC_SLOT_OWNER_NAME))
        return;
    obj->owner = before->owner;
    toc_str owner = toc__object_text(before, TOC_SLOT_OWNER_NAME);
    if (owner.ptr)
        toc__object_set_text(obj, TOC_SLOT_OWNER_NAME, owner);
}

toc_rc toc_object_set_json(toc_object *obj, toc_str json, toc_error *err)
{
    if (!obj || !obj->type)
        return toc_error_set(err, TOC_EINVAL, "toc_object_set_json needs an object with a type");
    if (json.len > TOC_MAX_BODY_SMALL)
        return toc_error_set(err, TOC_ELIMIT, "the text of an object is longer than %u bytes",
                             (unsigned)TOC_MAX_BODY_SMALL);
    /* The values point into the text. */
    toc_str text = toc_arena_str(obj->arena, json.ptr ? json : TOC_S(""));
    if (!text.ptr)
        return toc_error_nomem(err);
    toc_object before = *obj;
    const toc_type *type = obj->type;
    toc_rc rc = read_all(obj, text, err);
    if (rc) {
        before.own = obj->own;
        *obj = before;
        return rc;
    }
    obj->type = type;
    obj->state = before.state | TOC_OBJECT_CHANGED;
    obj->given = obj->present;
    keep_place(obj, &before);
    return TOC_OK;
}

/* --- to JSON ------------------------------------------------------------------------------- */

static void new_line(toc_buf *out, unsigned depth)
{
    toc_buf_char(out, '\n');
    for (unsigned i = 0; i < depth * INDENT; i++)
        toc_buf_char(out, ' ');
}

/* How many bytes the string at the beginning has, its quotes included. */
static size_t string_length(toc_str json)
{
    size_t at = 1;
    while (at < json.len && json.ptr[at] != '"')
        at += json.ptr[at] == '\\' ? 2 : 1;
    return at + 1 < json.len ? at + 1 : json.len;
}

/* json: without blanks between its tokens. */
static void indent(toc_buf *out, toc_str json)
{
    unsigned depth = 0;
    for (size_t at = 0; at < json.len; at++) {
        char c = json.ptr[at];
        bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';
        bool empty = at && (json.ptr[at - 1] == '{' || json.ptr[at - 1] == '[');
        if (c == '"') {
            toc_str rest = {json.ptr + at, json.len - at};
            size_t length = string_length(rest);
            toc_buf_append(out, rest.ptr, length);
            at += length - 1;
            continue;
        }
        if (closes && depth && !empty)
            new_line(out, depth - 1);
        toc_buf_char(out, c);
        depth = closes ? depth - (depth > 0) : depth + opens;
        if (c == ':')
            toc_buf_char(out, ' ');
        bool follows = at + 1 < json.len && json.ptr[at + 1] != '}' && json.ptr[at + 1] != ']';
        if (c == ',' || (opens && follows))
            new_line(out, depth);
    }
}

static toc_rc take(toc_buf *buf, char **text, toc_error *err)
{
    toc_rc rc = toc_buf_check(buf, err);
    char *taken = rc ? NULL : toc_buf_take(buf);
    if (!rc && !taken)
        rc = toc_error_nomem(err);
    if (!rc)
        *text = taken;
    return rc;
}

toc_rc toc_object_json(toc_object *obj, char **text, toc_error *err)
{
    toc_buf flat TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf out TOC_CLEANUP(toc_buf_done) = {0};
    toc_json_writer writer;
    if (!obj || !obj->type || !text)
        return toc_error_set(err, TOC_EINVAL, "toc_object_json needs an object and a place");
    toc_buf_init(&flat, TOC_MAX_BODY_SMALL);
    toc_buf_init(&out, TOC_MAX_BODY_SMALL);
    toc_json_writer_init(&writer, &flat);
    unsigned with = TOC_WITH_ADDITIONAL;
    with |= obj->attributes.count ? TOC_WITH_ATTRIBUTES : 0;
    with |= obj->tags.count ? TOC_WITH_TAGS : 0;
    with |= obj->labels.count ? TOC_WITH_LABELS : 0;
    toc_codec_encode(&writer, obj, TOC_FORM_DETAIL, with);
    toc_rc rc = toc_buf_check(&flat, err);
    if (rc)
        return rc;
    indent(&out, toc_buf_view(&flat));
    return take(&out, text, err);
}

/* --- in common ----------------------------------------------------------------------------- */

toc_entity toc_object_entity(toc_object *obj)
{
    toc_entity entity = {NULL, {NULL, 0}, 0};
    if (!obj || !obj->type)
        return entity;
    bool record = obj->type->kind == TOC_KIND_RECORD;
    entity.type = obj->type->name;
    entity.value = record ? toc_object_get(obj, "name") : toc_object_summary(obj);
    entity.id = toc_object_get_int(obj, "id");
    return entity;
}

#define ON(kind) (1U << TOC_KIND_##kind)
#define OWNED (ON(INDICATOR) | ON(GROUP))

/* Members beside id, type and value, in order. */
static const struct {
    const char *name, *field;
    unsigned kinds;
} members[] = {
    {"webLink", "webLink", ~0U},
    {"dateAdded", "dateAdded", OWNED},
    {"confidence", "confidence", ON(INDICATOR)},
    {"rating", "rating", ON(INDICATOR)},
    {"threatAssessConfidence", "threatAssessConfidence", ON(INDICATOR)},
    {"threatAssessRating", "threatAssessRating", ON(INDICATOR)},
    {"dateLastModified", "lastModified", ON(INDICATOR)},
    {"whoisActive", "whoisActive", ON(INDICATOR)},
    {"dnsActive", "dnsActive", ON(INDICATOR)},
    {"status", "status", ON(TASK) | ON(GROUP)},
    {"escalated", "escalated", ON(TASK)},
    {"reminded", "reminded", ON(TASK)},
    {"overdue", "overdue", ON(TASK)},
    {"dueDate", "dueDate", ON(TASK)},
    {"reminderDate", "reminderDate", ON(TASK)},
    {"escalationDate", "escalationDate", ON(TASK)},
    {"xid", "xid", ON(TASK) | ON(GROUP)},
    {"firstSeen", "firstSeen", ON(GROUP)},
    {"fileName", "fileName", ON(GROUP)},
    {"fileType", "fileType", ON(GROUP)},
    {"fileSize", "fileSize", ON(GROUP)},
    {"eventDate", "eventDate", ON(GROUP)},
    {"to", "to", ON(GROUP)},
    {"from", "from", ON(GROUP)},
    {"subject", "subject", ON(GROUP)},
    {"score", "score", ON(GROUP)},
    {"header", "header", ON(GROUP)},
    {"body", "body", ON(GROUP)},
    {"publishDate", "publishDate", ON(GROUP)},
};

static void write_value(toc_json_writer *writer, const toc_value *value, toc_value_kind kind)
{
    if (kind == TOC_VALUE_INT)
        toc_json_int(writer, value->as.integer);
    else if (kind == TOC_VALUE_DECIMAL)
        toc_json_double(writer, value->as.decimal);
    else if (kind == TOC_VALUE_BOOL || kind == TOC_VALUE_BOOL_TEXT)
        toc_json_bool(writer, value->as.boolean);
    else
        toc_json_string(writer, value->as.text);
}

static void write_members(toc_json_writer *writer, const toc_object *obj)
{
    for (size_t i = 0; i < TOC_COUNT(members); i++) {
        const toc_field *field = toc_type_field(obj->type, toc_str_of(members[i].field));
        if (!(members[i].kinds & (1U << obj->type->kind)) || !field ||
            !toc__object_has(obj, field->slot) || (field->flags & TOC_FIELD_SECRET))
            continue;
        toc_json_key(writer, toc_str_of(members[i].name));
        write_value(writer, &obj->values[field->slot], field->value);
    }
}

/* Victims name the organization that they belong to. */
static toc_str owner_of(const toc_object *obj)
{
    if (obj->type->kind == TOC_KIND_VICTIM)
        return toc_object_get(obj, "org");
    if (!((1U << obj->type->kind) & OWNED))
        return (toc_str){NULL, 0};
    return obj->owner.name.len ? obj->owner.name : toc__object_text(obj, TOC_SLOT_OWNER_NAME);
}

toc_rc toc_object_entity_json(toc_object *obj, char **text, toc_error *err)
{
    toc_buf out TOC_CLEANUP(toc_buf_done) = {0};
    toc_json_writer writer;
    if (!obj || !obj->type || !text)
        return toc_error_set(err, TOC_EINVAL, "toc_object_entity_json needs an object and a place");
    toc_entity entity = toc_object_entity(obj);
    toc_buf_init(&out, TOC_MAX_BODY_SMALL);
    toc_json_writer_init(&writer, &out);
    toc_json_object(&writer);
    if (toc_object_has(obj, "id")) {
        toc_json_key(&writer, TOC_S("id"));
        toc_json_int(&writer, entity.id);
    }
    toc_json_kv_str(&writer, "type", toc_str_of(entity.type));
    toc_json_kv_str(&writer, "value", entity.value);
    toc_json_kv_str(&writer, "ownerName", owner_of(obj));
    write_members(&writer, obj);
    toc_json_object_end(&writer);
    return take(&out, text, err);
}
