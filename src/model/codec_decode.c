/* codec_decode.c - JSON to object. The members of an object usually come in the order of the type
 * table, so every look-up begins where the last one ended. */
#include "model/codec.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/codec_read.h"
#include "model/summary.h"

typedef toc_decoder decoder;

/* A member that is not a field. */
typedef struct special {
    toc_str name;
    unsigned flags; /* read only with these */
    toc_rc (*read)(decoder *dec, const struct special *row);
    const toc_decode_list *list;
    size_t index;
} special;

/* A name of the table, terminated, against a key, which may hold any byte. */
static inline bool is_named(const char *name, toc_str key)
{
    for (size_t i = 0; i < key.len; i++)
        if (name[i] != key.ptr[i] || !name[i])
            return false;
    return !name[key.len];
}

/* Fields. */

static inline const toc_field *field_at(const decoder *dec, size_t index)
{
    return index < dec->common_count ? &dec->common[index]
                                     : &dec->obj->type->fields[index - dec->common_count];
}

static inline bool is_field(const decoder *dec, const toc_field *field, toc_str key)
{
    return is_named(field->name, key) ||
           ((dec->flags & TOC_DECODE_BATCH) && field->batch && is_named(field->batch, key));
}

static size_t field_total(const decoder *dec)
{
    return dec->common_count + (dec->obj->type ? dec->obj->type->field_count : 0);
}

/* A type's own field hides the common one of the same name. */
static inline const toc_field *own_or(const decoder *dec, const toc_field *field, size_t index)
{
    const toc_type *type = dec->obj->type;
    if (index >= dec->common_count || !type)
        return field;
    for (size_t i = 0; i < type->field_count; i++)
        if (is_field(dec, &type->fields[i], dec->name))
            return &type->fields[i];
    return field;
}

/* From where the last look-up ended, around to there. */
static const toc_field *find_field(decoder *dec)
{
    size_t total = field_total(dec), at = dec->next;
    for (size_t left = total; left; left--, at++) {
        if (at >= total)
            at = 0;
        const toc_field *field = field_at(dec, at);
        if (is_field(dec, field, dec->name)) {
            dec->next = at + 1;
            return own_or(dec, field, at);
        }
    }
    return NULL;
}

/* The type is known from here on. A value that came before it may belong to a field of its own
 * that a common field of the same name stood in for. */
static void settle_type(decoder *dec, const toc_type *type)
{
    toc_object *obj = dec->obj;
    obj->type = type;
    for (size_t i = 0; type && obj->present && i < dec->common_count; i++) {
        const toc_field *common = &dec->common[i];
        for (size_t k = 0; toc__object_has(obj, common->slot) && k < type->field_count; k++) {
            const toc_field *own = &type->fields[k];
            if (own->value != common->value || !is_named(own->name, toc_str_of(common->name)))
                continue;
            obj->present ^= (uint64_t)1 << common->slot;
            obj->present |= (uint64_t)1 << own->slot;
            obj->values[own->slot] = obj->values[common->slot];
        }
    }
}

/* The type. */

static const toc_type *find_type(const decoder *dec, toc_str name)
{
    const toc_type *type = dec->previous;
    if (type && type->kind == dec->kind && is_named(type->name, name))
        return type;
    return toc_types_find(dec->types, dec->kind, name);
}

static bool has_own(const toc_type *type, toc_str key, unsigned flags)
{
    for (size_t i = 0; i < type->field_count; i++)
        if ((type->fields[i].flags & flags) == flags && is_named(type->fields[i].name, key))
            return true;
    return false;
}

/* The first type that owns a field of that name. */
static const toc_type *owner_of(const decoder *dec, toc_str key, unsigned flags)
{
    const toc_type *type;
    for (size_t i = 0; (type = toc_types_at(dec->types, i)) != NULL; i++)
        if (type->kind == dec->kind && has_own(type, key, flags))
            return type;
    return NULL;
}

/* Objects have a few dozen members; each one here is held against all fields of all types. */
#define MAX_INFER 64

/* Walks the members from the current one on. ahead: a copy of the reader, behind a key. */
static const toc_type *infer_type(const decoder *dec, toc_json_reader ahead, unsigned flags)
{
    const toc_type *type = NULL;
    toc_str key = dec->name;
    for (unsigned i = 0; i < MAX_INFER && !type; i++) {
        type = owner_of(dec, key, flags);
        if (!type && (!toc_json_skip(&ahead, NULL) || toc_json_next(&ahead) != TOC_JSON_KEY))
            break;
        key = ahead.text;
    }
    return type;
}

static toc_str type_ahead(toc_json_reader ahead)
{
    while (toc_json_skip(&ahead, NULL) && toc_json_next(&ahead) == TOC_JSON_KEY)
        if (is_named("type", ahead.text))
            return toc_json_next(&ahead) == TOC_JSON_STRING ? ahead.text : (toc_str){NULL, 0};
    return (toc_str){NULL, 0};
}

/* A member that only the type can explain: the rest of the object tells which one it is. */
static void search_type(decoder *dec)
{
    toc_json_reader ahead = *dec->reader;
    const toc_type *type = NULL;
    ahead.arena = NULL;
    dec->searched = true;
    if (!dec->type_name.ptr)
        dec->type_name = type_ahead(ahead);
    if (dec->type_name.ptr)
        type = find_type(dec, dec->type_name);
    /* A name that nobody knows is another type, not one that happens to share a member. */
    if (!type && (!dec->type_name.ptr || toc__decode_is_lenient(dec))) {
        type = infer_type(dec, ahead, TOC_FIELD_KEY);
        if (!type && dec->kind == TOC_KIND_INDICATOR)
            type = infer_type(dec, ahead, 0);
    }
    settle_type(dec, type);
}

static const toc_type *only_type(const decoder *dec)
{
    const toc_type *only = NULL, *type;
    for (size_t i = 0; (type = toc_types_at(dec->types, i)) != NULL; i++) {
        if (type->kind != dec->kind)
            continue;
        if (only)
            return NULL;
        only = type;
    }
    return only;
}

/* Special members. */

static toc_rc read_type(decoder *dec, const special *row)
{
    toc_value value;
    bool known;
    toc_rc rc = toc__decode_value(dec, row->name, TOC_VALUE_TEXT, &value, &known);
    if (rc || !known || dec->obj->type)
        return rc;
    dec->type_name = value.as.text;
    settle_type(dec, find_type(dec, dec->type_name));
    return TOC_OK;
}

static toc_rc read_owner(decoder *dec, const special *row)
{
    return toc__decode_owner(dec, row->name);
}

static toc_rc read_alias(decoder *dec, const special *row)
{
    toc_value value;
    bool known;
    toc_rc rc = toc__decode_value(dec, row->name, TOC_VALUE_TEXT, &value, &known);
    if (!rc && known)
        *(row->index ? &dec->parts[row->index - 1] : &dec->whole) = value.as.text;
    return rc;
}

static toc_rc read_list(decoder *dec, const special *row)
{
    return toc__decode_list(dec, row->list, row->name);
}

static const special specials[] = {
    {TOC_NAME("type"), 0, read_type, NULL, 0},
    {TOC_NAME("owner"), 0, read_owner, NULL, 0},
    {TOC_NAME("attribute"), 0, read_list, &toc__decode_attributes, 0},
    {TOC_NAME("tag"), 0, read_list, &toc__decode_tags, 0},
    {TOC_NAME("securityLabel"), 0, read_list, &toc__decode_labels, 0},
    {TOC_NAME("associatedGroups"), TOC_DECODE_BATCH, read_list, &toc__decode_group_links, 0},
    {TOC_NAME("associatedGroupXid"), TOC_DECODE_BATCH, read_list, &toc__decode_group_links, 0},
    {TOC_NAME("associatedIndicators"), TOC_DECODE_BATCH, read_list, &toc__decode_indicator_links,
     0},
    {TOC_NAME("fileOccurrence"), TOC_DECODE_BATCH, read_list, &toc__decode_occurrences, 0},
    {TOC_NAME("value"), TOC_DECODE_BATCH, read_alias, NULL, 0},
    {TOC_NAME("value1"), TOC_DECODE_BATCH, read_alias, NULL, 1},
    {TOC_NAME("value2"), TOC_DECODE_BATCH, read_alias, NULL, 2},
    {TOC_NAME("value3"), TOC_DECODE_BATCH, read_alias, NULL, 3},
};

static const special *find_special(const decoder *dec, toc_str key)
{
    for (size_t i = 0; i < TOC_COUNT(specials); i++) {
        const special *row = &specials[i];
        if (row->name.len == key.len && memcmp(row->name.ptr, key.ptr, key.len) == 0)
            return (row->flags & ~dec->flags) == 0 ? row : NULL;
    }
    return NULL;
}

static toc_rc read_field(decoder *dec, const toc_field *field)
{
    toc_object *obj = dec->obj;
    toc_value value;
    bool known;
    toc_rc rc = toc__decode_value(dec, dec->name, field->value, &value, &known);
    if (!rc && known) {
        obj->values[field->slot] = value;
        obj->present |= (uint64_t)1 << field->slot;
    }
    return rc;
}

/* The key has been read. */
static toc_rc read_any(decoder *dec)
{
    size_t next = dec->next;
    dec->name = dec->reader->text;
    if (next < field_total(dec) && is_field(dec, field_at(dec, next), dec->name)) {
        dec->next++;
        return read_field(dec, own_or(dec, field_at(dec, next), next));
    }
    /* Records are flat, and one of them has a type that is not its own. */
    const special *row = dec->kind == TOC_KIND_RECORD ? NULL : find_special(dec, dec->name);
    if (row)
        return row->read(dec, row);
    const toc_field *field = find_field(dec);
    if (!field && !dec->obj->type && !dec->searched) {
        search_type(dec);
        field = dec->obj->type ? find_field(dec) : NULL;
    }
    if (field)
        return read_field(dec, field);
    return toc_json_skip(dec->reader, NULL) ? TOC_OK : toc__decode_fail(dec);
}

/* Keys from what came in their place. */

static unsigned keys_present(const toc_object *obj)
{
    unsigned count = 0;
    for (unsigned i = 0; i < obj->type->key_count; i++)
        count += toc__object_has(obj, obj->type->fields[i].slot);
    return count;
}

static void set_keys(decoder *dec, const toc_str *parts, unsigned count)
{
    toc_object *obj = dec->obj;
    const toc_type *type = obj->type;
    for (unsigned i = 0; i < count && i < type->key_count; i++)
        if (parts[i].ptr)
            toc__object_set_text(obj, type->fields[i].slot, parts[i]);
}

/* Hashes are told by their length. Text that is none, or two of a kind: none of them is taken and
 * the summary, which stays, tells. */
static void set_hashes(decoder *dec, const toc_str *parts, unsigned count)
{
    toc_object *obj = dec->obj;
    toc_str hashes[4] = {{NULL, 0}};
    for (unsigned i = 0; i < count; i++) {
        unsigned hash = parts[i].len ? toc_hash_kind(parts[i]) : 0;
        if (parts[i].len && (!hash || hash > obj->type->key_count || hashes[hash].ptr))
            return;
        hashes[hash] = parts[i];
    }
    set_keys(dec, hashes + 1, 3);
}

/* From the part with this number on, one that is given as empty text is not given. */
static void drop_empty_keys(toc_object *obj, unsigned from)
{
    for (unsigned i = from; i < obj->type->key_count; i++) {
        int slot = obj->type->fields[i].slot;
        if (toc__object_has(obj, slot) && !obj->values[slot].as.text.len)
            toc__object_clear(obj, slot);
    }
}

static void derive_keys(decoder *dec)
{
    toc_object *obj = dec->obj;
    const toc_type *type = obj->type;
    bool summary = toc__object_has(obj, TOC_SLOT_SUMMARY);
    /* rest-v2 5.1: a blank stands for no name, empty text is refused. In joined texts it is fine.
     */
    unsigned from = dec->flags & TOC_DECODE_GIVEN ? 1 : type->key_count;
    if (type->kind != TOC_KIND_INDICATOR || !type->key_count)
        return;
    if (type->traits & TOC_TYPE_HASHES)
        drop_empty_keys(obj, 0);
    if (keys_present(obj)) {
        toc__object_clear(obj, TOC_SLOT_SUMMARY);
        drop_empty_keys(obj, from);
        return;
    }
    toc_str parts[3] = {dec->parts[0], dec->parts[1], dec->parts[2]};
    unsigned count = 3;
    if (parts[0].ptr || parts[1].ptr || parts[2].ptr) {
        toc__object_clear(obj, TOC_SLOT_SUMMARY);
    } else {
        toc_str whole = summary ? obj->values[TOC_SLOT_SUMMARY].as.text : dec->whole;
        if (!whole.ptr)
            return;
        parts[0] = whole;
        from = type->key_count;
        count = type->key_count == 1 ? 1 : toc_summary_split(whole, parts);
    }
    if (type->traits & TOC_TYPE_HASHES)
        set_hashes(dec, parts, count);
    else
        set_keys(dec, parts, count);
    drop_empty_keys(obj, from);
}

static toc_rc finish(decoder *dec, size_t position)
{
    toc_object *obj = dec->obj;
    if (!obj->type)
        settle_type(dec, only_type(dec));
    if (obj->type) {
        derive_keys(dec);
        return dec->rc;
    }
    dec->name = TOC_S("type");
    if (dec->type_name.ptr)
        toc__decode_refuse(dec, TOC_EPARSE, dec->name, position, "unknown type");
    else
        toc__decode_refuse(dec, TOC_EPARSE, dec->name, position,
                           "missing, and no other member tells it");
    return dec->rc;
}

/* The caller may have read the opening brace while looking for the end of an array. */
static bool has_begun(const toc_json_reader *reader)
{
    return reader->cursor == reader->event_start + 1 && *reader->event_start == '{';
}

static toc_rc read_object(decoder *dec)
{
    toc_json_reader *reader = dec->reader;
    if (!has_begun(reader)) {
        toc_json_event event = toc_json_next(reader);
        if (event == TOC_JSON_ERROR)
            return toc__decode_fail(dec);
        if (event != TOC_JSON_OBJECT) {
            size_t position = toc_json_position(reader);
            if (event == TOC_JSON_ARRAY && !toc_json_skip(reader, NULL))
                return toc__decode_fail(dec);
            (void)toc_error_set(dec->err, TOC_EPARSE, "object expected (byte %zu)", position);
            if (dec->err)
                dec->err->position = position;
            return TOC_EPARSE;
        }
    }
    size_t position = toc_json_position(reader);
    toc_json_event event;
    while ((event = toc_json_next(reader)) == TOC_JSON_KEY) {
        toc_rc rc = read_any(dec);
        if (rc)
            return rc;
    }
    return event == TOC_JSON_OBJECT_END ? finish(dec, position) : toc__decode_fail(dec);
}

toc_rc toc_codec_decode(toc_json_reader *reader, const toc_types *types, toc_kind kind,
                        const toc_type *type, unsigned flags, toc_object *obj, toc_error *err)
{
    decoder dec = {.reader = reader,
                   .types = types,
                   .kind = type ? type->kind : kind,
                   .flags = flags,
                   .obj = obj,
                   .err = err,
                   .previous = obj->type};
    toc_arena *arena = reader->arena;
    dec.common = toc_kind_fields(dec.kind, &dec.common_count);
    toc__object_reset(obj, type);
    if (!arena)
        reader->arena = obj->arena;
    toc_rc rc = read_object(&dec);
    reader->arena = arena;
    return rc;
}
