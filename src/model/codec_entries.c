/* codec_entries.c - values and list entries of the decoder. */
#include "model/codec_read.h"

#include <math.h>

#include "base/error.h"
#include "base/mem.h"

typedef toc_decoder decoder;
typedef toc_decode_list list;

/* A member of a list entry. */
typedef struct member {
    toc_str name;
    toc_value_kind value;
    bool labels; /* a list of security labels instead of a value */
    size_t offset;
} member;

struct toc_decode_list {
    unsigned bit; /* TOC_LIST_* */
    size_t maximum;
    size_t count; /* offset of the list's count in the object */
    void *(*add)(toc_object *obj);
    const member *members;
    size_t member_count;
    ptrdiff_t text; /* where an entry that is a mere text goes; -1: there is no such entry */
};

toc_rc toc__decode_fail(const toc_decoder *dec)
{
    return toc_json_fail(dec->reader, dec->err);
}

void toc__decode_refuse(toc_decoder *dec, toc_rc code, toc_str member_name, size_t position,
                        const char *message)
{
    char field[sizeof(dec->err->field)];
    size_t len = member_name.len < sizeof(field) - 1 ? member_name.len : sizeof(field) - 1;
    if (dec->rc)
        return;
    dec->rc = code;
    len = toc_str_utf8_floor(member_name, len);
    memcpy(field, member_name.ptr, len);
    field[len] = '\0';
    (void)toc_error_field(dec->err, code, field, "%s: %s (byte %zu)", field, message, position);
    if (dec->err)
        dec->err->position = position;
}

/* A value of the wrong form: dropped, and refused when strict. Its text is read to the end. */
static toc_rc drop(decoder *dec, toc_str member_name, const char *message)
{
    size_t position = toc_json_position(dec->reader);
    if (!toc_json_skip(dec->reader, NULL))
        return toc__decode_fail(dec);
    if (!toc__decode_is_lenient(dec))
        toc__decode_refuse(dec, TOC_EINVAL, member_name, position, message);
    return TOC_OK;
}

/* Numbers: whole ones are exact, others come through double. */

static bool to_int(toc_str text, bool lenient, int64_t *value)
{
    double decimal;
    if (toc_str_to_int(text, value))
        return true;
    if (!toc_str_to_double(text, &decimal) || !(fabs(decimal) < 9e15))
        return false;
    double whole = floor(decimal + 0.5);
    if (!lenient && (whole < decimal || whole > decimal))
        return false;
    *value = (int64_t)whole;
    return true;
}

static bool to_decimal(toc_str text, toc_value *value)
{
    bool integral = true;
    for (size_t i = 0; i < text.len; i++)
        integral &= text.ptr[i] != '.' && (text.ptr[i] | 0x20) != 'e';
    value->integral = integral;
    /* Ratings are one digit with one or two decimals, or none. */
    if (text.len == 1 && text.ptr[0] >= '0' && text.ptr[0] <= '9') {
        value->as.decimal = text.ptr[0] - '0';
        return true;
    }
    return toc_str_to_double(text, &value->as.decimal) && isfinite(value->as.decimal);
}

static const char *const expected[TOC_VALUE_COUNT] = {
    [TOC_VALUE_TEXT] = "text expected",
    [TOC_VALUE_INT] = "whole number expected",
    [TOC_VALUE_DECIMAL] = "number expected",
    [TOC_VALUE_BOOL] = "true or false expected",
    [TOC_VALUE_BOOL_TEXT] = "true or false expected",
    [TOC_VALUE_DATE] = "date expected",
};

/* event: of a value that is neither null nor a container. */
static bool convert(toc_value_kind kind, toc_json_event event, toc_str text, bool lenient,
                    toc_value *value)
{
    bool word = event == TOC_JSON_TRUE || event == TOC_JSON_FALSE;
    switch (kind) {
    case TOC_VALUE_INT:
        return !word && to_int(text, lenient, &value->as.integer);
    case TOC_VALUE_DECIMAL:
        return !word && to_decimal(text, value);
    case TOC_VALUE_BOOL:
    case TOC_VALUE_BOOL_TEXT:
        value->as.boolean = event == TOC_JSON_TRUE;
        return word || toc_str_to_bool(text, &value->as.boolean);
    default:
        value->as.text = text;
        return !word;
    }
}

static inline bool is_scalar(toc_json_event event)
{
    return event >= TOC_JSON_STRING && event <= TOC_JSON_FALSE;
}

toc_rc toc__decode_value(toc_decoder *dec, toc_str member_name, toc_value_kind kind,
                         toc_value *value, bool *known)
{
    toc_json_event event = toc_json_next(dec->reader);
    *known = false;
    if (event == TOC_JSON_ERROR)
        return toc__decode_fail(dec);
    /* TcEx writes a text that was not set as false. */
    if (event == TOC_JSON_NULL || (event == TOC_JSON_FALSE && kind == TOC_VALUE_TEXT))
        return TOC_OK;
    if (is_scalar(event) &&
        convert(kind, event, dec->reader->text, toc__decode_is_lenient(dec), value)) {
        *known = true;
        return TOC_OK;
    }
    return drop(dec, member_name, expected[kind]);
}

/* Lists. */

/* The labels of an attribute, which its list of labels cannot count. */
typedef struct nested {
    toc_label **tail;
    size_t count;
} nested;

static toc_rc read_entries(decoder *dec, const list *row, toc_str name, nested *labels);

#define MEMBER(type, text, kind, part)                                                             \
    {                                                                                              \
        TOC_NAME(text), kind, false, offsetof(type, part)                                          \
    }

static const member label_members[] = {
    MEMBER(toc_label, "name", TOC_VALUE_TEXT, name),
    MEMBER(toc_label, "description", TOC_VALUE_TEXT, description),
    MEMBER(toc_label, "color", TOC_VALUE_TEXT, color),
    MEMBER(toc_label, "dateAdded", TOC_VALUE_DATE, date_added),
};
static const member attribute_members[] = {
    MEMBER(toc_attribute, "id", TOC_VALUE_INT, id),
    MEMBER(toc_attribute, "type", TOC_VALUE_TEXT, type),
    MEMBER(toc_attribute, "displayed", TOC_VALUE_BOOL, displayed),
    MEMBER(toc_attribute, "value", TOC_VALUE_TEXT, value),
    MEMBER(toc_attribute, "source", TOC_VALUE_TEXT, source),
    MEMBER(toc_attribute, "pinned", TOC_VALUE_BOOL, pinned),
    MEMBER(toc_attribute, "dateAdded", TOC_VALUE_DATE, date_added),
    MEMBER(toc_attribute, "lastModified", TOC_VALUE_DATE, last_modified),
    MEMBER(toc_attribute, "xid", TOC_VALUE_TEXT, xid),
    {TOC_NAME("securityLabel"), TOC_VALUE_TEXT, true, offsetof(toc_attribute, labels)},
};
static const member tag_members[] = {
    MEMBER(toc_tag, "name", TOC_VALUE_TEXT, name),
    MEMBER(toc_tag, "description", TOC_VALUE_TEXT, description),
    MEMBER(toc_tag, "webLink", TOC_VALUE_TEXT, web_link),
};
static const member group_link_members[] = {
    MEMBER(toc_link, "groupXid", TOC_VALUE_TEXT, xid),
};
static const member indicator_link_members[] = {
    MEMBER(toc_link, "indicatorType", TOC_VALUE_TEXT, type),
    MEMBER(toc_link, "summary", TOC_VALUE_TEXT, summary),
};
static const member occurrence_members[] = {
    MEMBER(toc_occurrence, "id", TOC_VALUE_INT, id),
    MEMBER(toc_occurrence, "fileName", TOC_VALUE_TEXT, file_name),
    MEMBER(toc_occurrence, "path", TOC_VALUE_TEXT, path),
    MEMBER(toc_occurrence, "date", TOC_VALUE_DATE, date),
};
static const member owner_members[] = {
    MEMBER(toc_owner_ref, "id", TOC_VALUE_INT, id),
    MEMBER(toc_owner_ref, "name", TOC_VALUE_TEXT, name),
    MEMBER(toc_owner_ref, "type", TOC_VALUE_TEXT, type),
};

static void *add_attribute(toc_object *obj)
{
    return toc__object_attribute_new(obj);
}

static void *add_tag(toc_object *obj)
{
    return toc__object_tag_new(obj);
}

static void *add_label(toc_object *obj)
{
    return toc__object_label_new(obj);
}

static void *add_occurrence(toc_object *obj)
{
    return toc__object_occurrence_new(obj);
}

static void *add_link(toc_object *obj, toc_kind kind)
{
    toc_link *link = toc__object_link_new(obj);
    if (link)
        link->kind = kind;
    return link;
}

static void *add_group_link(toc_object *obj)
{
    return add_link(obj, TOC_KIND_GROUP);
}

static void *add_indicator_link(toc_object *obj)
{
    return add_link(obj, TOC_KIND_INDICATOR);
}

#define LIST_OF(bit, maximum, part, add, table)                                                    \
    bit, maximum, offsetof(toc_object, part.count), add, table, TOC_COUNT(table)

const toc_decode_list toc__decode_attributes = {
    LIST_OF(TOC_LIST_ATTRIBUTES, TOC_MAX_ATTRIBUTES, attributes, add_attribute, attribute_members),
    -1};
const toc_decode_list toc__decode_tags = {
    LIST_OF(TOC_LIST_TAGS, TOC_MAX_TAGS, tags, add_tag, tag_members), offsetof(toc_tag, name)};
const toc_decode_list toc__decode_labels = {
    LIST_OF(TOC_LIST_LABELS, TOC_MAX_TAGS, labels, add_label, label_members),
    offsetof(toc_label, name)};
const toc_decode_list toc__decode_group_links = {
    LIST_OF(TOC_LIST_LINKS, TOC_MAX_ASSOCIATIONS, links, add_group_link, group_link_members),
    offsetof(toc_link, xid)};
const toc_decode_list toc__decode_indicator_links = {LIST_OF(TOC_LIST_LINKS, TOC_MAX_ASSOCIATIONS,
                                                             links, add_indicator_link,
                                                             indicator_link_members),
                                                     -1};
const toc_decode_list toc__decode_occurrences = {LIST_OF(TOC_LIST_OCCURRENCES, TOC_MAX_ATTRIBUTES,
                                                         occurrences, add_occurrence,
                                                         occurrence_members),
                                                 -1};

static void store(void *base, const member *row, const toc_value *value)
{
    void *slot = (char *)base + row->offset;
    switch (row->value) {
    case TOC_VALUE_INT:
        *(int64_t *)slot = value->as.integer;
        break;
    case TOC_VALUE_BOOL:
        *(bool *)slot = value->as.boolean;
        break;
    default:
        *(toc_str *)slot = value->as.text;
    }
}

static toc_rc read_member(decoder *dec, void *base, const member *row)
{
    toc_value value;
    bool known;
    if (row->labels) {
        nested labels = {.tail = (toc_label **)(void *)((char *)base + row->offset)};
        /* A member that comes twice counts once, or the list would have to be walked to its end. */
        *labels.tail = NULL;
        return read_entries(dec, &toc__decode_labels, row->name, &labels);
    }
    toc_rc rc = toc__decode_value(dec, row->name, row->value, &value, &known);
    if (!rc && known)
        store(base, row, &value);
    return rc;
}

/* The members of an object that has just begun. */
static toc_rc read_members(decoder *dec, void *base, const member *members, size_t count)
{
    toc_json_event event;
    size_t at = 0;
    while ((event = toc_json_next(dec->reader)) == TOC_JSON_KEY) {
        toc_str key = dec->reader->text;
        size_t left = count;
        while (left && !toc_str_equal(members[at].name, key)) {
            at = at + 1 < count ? at + 1 : 0;
            left--;
        }
        if (!left) {
            if (!toc_json_skip(dec->reader, NULL))
                return toc__decode_fail(dec);
            continue;
        }
        toc_rc rc = read_member(dec, base, &members[at]);
        if (rc)
            return rc;
        at = at + 1 < count ? at + 1 : 0;
    }
    return event == TOC_JSON_OBJECT_END ? TOC_OK : toc__decode_fail(dec);
}

/* A new entry: of the object, or of the attribute whose labels these are. */
static void *new_entry(decoder *dec, const list *row, nested *labels)
{
    if (!labels)
        return row->add(dec->obj);
    if (labels->count == TOC_MAX_ATTRIBUTE_LABELS)
        return NULL;
    toc_label *label = toc_arena_zalloc(dec->obj->arena, sizeof(*label));
    if (label) {
        *labels->tail = label;
        labels->tail = &label->next;
        labels->count++;
    }
    return label;
}

static toc_rc fail_list(const decoder *dec, const list *row, const nested *labels)
{
    const void *place = (const char *)dec->obj + row->count;
    size_t count = labels ? labels->count : *(const size_t *)place;
    size_t maximum = labels ? TOC_MAX_ATTRIBUTE_LABELS : row->maximum;
    if (count < maximum)
        return toc_error_nomem(dec->err);
    return toc_error_set(dec->err, TOC_ELIMIT, "an object with more than %zu entries in a list",
                         maximum);
}

/* event: what the entry began with. */
static toc_rc read_entry(decoder *dec, const list *row, toc_json_event event, toc_str name,
                         nested *labels)
{
    bool text = event == TOC_JSON_STRING && row->text >= 0;
    if (event == TOC_JSON_NULL)
        return TOC_OK;
    if (event != TOC_JSON_OBJECT && !text)
        return drop(dec, name, "object expected");
    void *entry = new_entry(dec, row, labels);
    if (!entry)
        return fail_list(dec, row, labels);
    if (!text)
        return read_members(dec, entry, row->members, row->member_count);
    *(toc_str *)(void *)((char *)entry + row->text) = dec->reader->text;
    return TOC_OK;
}

/* An array of entries, or a single one in its place. */
static toc_rc read_entries(decoder *dec, const list *row, toc_str name, nested *labels)
{
    toc_json_event event = toc_json_next(dec->reader);
    if (event == TOC_JSON_ERROR)
        return toc__decode_fail(dec);
    if (!labels && event != TOC_JSON_NULL)
        dec->obj->lists |= row->bit;
    if (event != TOC_JSON_ARRAY)
        return read_entry(dec, row, event, name, labels);
    while ((event = toc_json_next(dec->reader)) != TOC_JSON_ARRAY_END) {
        if (event == TOC_JSON_ERROR)
            return toc__decode_fail(dec);
        toc_rc rc = read_entry(dec, row, event, name, labels);
        if (rc)
            return rc;
    }
    return TOC_OK;
}

toc_rc toc__decode_list(toc_decoder *dec, const toc_decode_list *row, toc_str name)
{
    return read_entries(dec, row, name, NULL);
}

toc_rc toc__decode_owner(toc_decoder *dec, toc_str name)
{
    toc_object *obj = dec->obj;
    toc_json_event event = toc_json_next(dec->reader);
    toc_rc rc = TOC_OK;
    if (event == TOC_JSON_ERROR)
        return toc__decode_fail(dec);
    if (event == TOC_JSON_OBJECT)
        rc = read_members(dec, &obj->owner, owner_members, TOC_COUNT(owner_members));
    else if (event == TOC_JSON_STRING)
        obj->owner.name = dec->reader->text;
    else if (event != TOC_JSON_NULL)
        rc = drop(dec, name, "object expected");
    if (!rc && obj->owner.name.ptr)
        toc__object_set_text(obj, TOC_SLOT_OWNER_NAME, obj->owner.name);
    return rc;
}
