/* object.c - making objects, values by field name, the summary. */
#include "model/object.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "model/field_names.h"
#include "model/summary.h"

#define EMPTY ((toc_str){"", 0})

toc_rc toc_object_new(const toc_type *type, toc_object **obj, toc_error *err)
{
    if (!type)
        return toc_error_set(err, TOC_EINVAL, "an object needs a type");
    toc_object *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    toc_arena_init(&made->own, 0);
    made->arena = &made->own;
    made->type = type;
    *obj = made;
    return TOC_OK;
}

void toc_object_free(toc_object *obj)
{
    if (!obj || obj->arena != &obj->own)
        return;
    toc_arena_done(&obj->own);
    toc_mem_free(obj);
}

toc_object *toc__object_in(toc_arena *arena, const toc_type *type)
{
    toc_object *obj = toc_arena_alloc(arena, sizeof(*obj));
    if (!obj)
        return NULL;
    obj->arena = arena;
    obj->own = (toc_arena){0};
    toc__object_reset(obj, type);
    return obj;
}

void toc__object_reset(toc_object *obj, const toc_type *type)
{
    obj->type = type;
    obj->memo = NULL;
    obj->present = 0;
    obj->given = 0;
    obj->lists = 0;
    obj->state = 0;
    obj->owner = (toc_owner_ref){0};
    memset(&obj->attributes, 0, sizeof(obj->attributes));
    memset(&obj->tags, 0, sizeof(obj->tags));
    memset(&obj->labels, 0, sizeof(obj->labels));
    memset(&obj->links, 0, sizeof(obj->links));
    memset(&obj->occurrences, 0, sizeof(obj->occurrences));
    memset(&obj->queue, 0, sizeof(obj->queue));
}

void toc_object_known(toc_object *obj)
{
    if (obj)
        obj->state |= TOC_OBJECT_KNOWN;
}

const toc_type *toc_object_type(const toc_object *obj)
{
    return obj ? obj->type : NULL;
}

static toc_rc bad_value(const toc_object *obj, const toc_field *field, const char *wanted,
                        toc_error *err)
{
    return toc_error_field(err, TOC_EINVAL, field->name, "The %s for this %s is invalid, %s",
                           toc__field_label(field), obj->type ? obj->type->name : "object", wanted);
}

static toc_rc put_text(toc_object *obj, const toc_field *field, toc_str text, bool borrowed,
                       toc_error *err)
{
    if (text.len > TOC_MAX_TEXT)
        return toc_error_field(err, TOC_ELIMIT, field->name, "%s is longer than %u bytes",
                               toc__field_label(field), TOC_MAX_TEXT);
    if (!borrowed)
        text = toc_arena_str(obj->arena, text.ptr ? text : EMPTY);
    if (!text.ptr)
        return toc_error_nomem(err);
    toc__object_set_text(obj, field->slot, text);
    return TOC_OK;
}

static bool in_range(const toc_field *field, double value)
{
    return (!field->minimum && !field->maximum) ||
           (value >= (double)field->minimum && value <= (double)field->maximum);
}

static toc_rc out_of_range(const toc_object *obj, const toc_field *field, toc_error *err)
{
    return toc_error_field(err, TOC_EINVAL, field->name,
                           "The %s for this %s is invalid, it must be between %lld and %lld",
                           toc__field_label(field), obj->type ? obj->type->name : "object",
                           (long long)field->minimum, (long long)field->maximum);
}

static toc_rc put_integer(toc_object *obj, const toc_field *field, int64_t value, toc_error *err)
{
    bool checked = field->minimum || field->maximum;
    if (checked && (value < field->minimum || value > field->maximum))
        return out_of_range(obj, field, err);
    toc__object_set_int(obj, field->slot, value);
    return TOC_OK;
}

/* 2^63 as a double: the first value that no longer fits. */
static bool whole_number(double value, int64_t *whole)
{
    if (!(value >= -0x1p63 && value < 0x1p63) || value != trunc(value))
        return false;
    *whole = (int64_t)value;
    return true;
}

static toc_rc put_int(toc_object *obj, const toc_field *field, toc_str text, bool borrowed,
                      toc_error *err)
{
    (void)borrowed;
    int64_t value;
    double decimal;
    text = toc_str_trim(text);
    /* Some servers spell whole numbers with a fraction ("72.0"). */
    if (!toc_str_to_int(text, &value) &&
        !(toc_str_to_double(text, &decimal) && whole_number(decimal, &value)))
        return bad_value(obj, field, "a whole number is expected", err);
    return put_integer(obj, field, value, err);
}

static toc_rc put_decimal(toc_object *obj, const toc_field *field, toc_str text, bool borrowed,
                          toc_error *err)
{
    (void)borrowed;
    double value;
    int64_t whole;
    text = toc_str_trim(text);
    if (!toc_str_to_double(text, &value) || !isfinite(value))
        return bad_value(obj, field, "a number is expected", err);
    if (!in_range(field, value))
        return out_of_range(obj, field, err);
    toc__object_set_decimal(obj, field->slot, value, toc_str_to_int(text, &whole));
    return TOC_OK;
}

/* The state of an indicator and its lock in words (ti.md 6.5). */
static bool read_state(const toc_field *field, toc_str text, bool *value)
{
    static const struct {
        int slot;
        toc_str word;
        bool value;
    } words[] = {
        {TOC_SLOT_ACTIVE, {"active", 6}, true},
        {TOC_SLOT_ACTIVE, {"inactive", 8}, false},
        {TOC_SLOT_ACTIVE_LOCKED, {"locked", 6}, true},
        {TOC_SLOT_ACTIVE_LOCKED, {"lock", 4}, true},
        {TOC_SLOT_ACTIVE_LOCKED, {"unlocked", 8}, false},
        {TOC_SLOT_ACTIVE_LOCKED, {"unlock", 6}, false},
    };
    for (size_t i = 0; i < TOC_COUNT(words); i++) {
        if (field->slot != words[i].slot || !toc_str_equal_fold(text, words[i].word))
            continue;
        *value = words[i].value;
        return true;
    }
    return false;
}

static toc_rc put_bool(toc_object *obj, const toc_field *field, toc_str text, bool borrowed,
                       toc_error *err)
{
    (void)borrowed;
    bool value;
    text = toc_str_trim(text);
    if (!toc_str_to_bool(text, &value) && !read_state(field, text, &value))
        return bad_value(obj, field, "true or false is expected", err);
    toc__object_set_bool(obj, field->slot, value);
    return TOC_OK;
}

typedef toc_rc put_fn(toc_object *obj, const toc_field *field, toc_str text, bool borrowed,
                      toc_error *err);

static put_fn *const putters[] = {
    [TOC_VALUE_TEXT] = put_text,       [TOC_VALUE_INT] = put_int,
    [TOC_VALUE_DECIMAL] = put_decimal, [TOC_VALUE_BOOL] = put_bool,
    [TOC_VALUE_BOOL_TEXT] = put_bool,  [TOC_VALUE_DATE] = put_text,
};
_Static_assert(TOC_COUNT(putters) == TOC_VALUE_COUNT, "a row per kind of value");

toc_rc toc__object_put(toc_object *obj, const toc_field *field, toc_str text, bool borrowed,
                       toc_error *err)
{
    return putters[field->value](obj, field, text, borrowed, err);
}

static const toc_field *field_of(const toc_object *obj, const char *name)
{
    return obj && obj->type ? toc__field_by_name(obj->type, toc_str_of(name)) : NULL;
}

static const toc_field *need_field(const toc_object *obj, const char *name, toc_error *err)
{
    const toc_field *field = field_of(obj, name);
    if (!field)
        (void)toc_error_field(err, TOC_EINVAL, name ? name : "", "%s has no field %s",
                              obj && obj->type ? obj->type->name : "an object without type",
                              name ? name : "(none)");
    return field;
}

static void mark(toc_object *obj, const toc_field *field)
{
    obj->state |= TOC_OBJECT_CHANGED;
    obj->given |= (uint64_t)1 << field->slot;
}

/* What was refused changed nothing that would have to be sent. */
static toc_rc marked(toc_object *obj, const toc_field *field, toc_rc rc)
{
    if (!rc)
        mark(obj, field);
    return rc;
}

static bool is_summary(const toc_object *obj, const toc_field *field)
{
    return obj->type->kind == TOC_KIND_INDICATOR && field->slot == TOC_SLOT_SUMMARY;
}

/* The two forms that servers are known to read: a day, or a moment with its zone. */
static bool is_plain_date(toc_str text)
{
    if (text.len < 10 || text.ptr[4] != '-' || text.ptr[7] != '-')
        return false;
    if (text.len == 10)
        return true;
    toc_str clock = toc_str_slice(text, 11, text.len);
    return text.ptr[10] == 'T' &&
           (toc_str_ends(clock, TOC_S("Z")) || toc_str_find_char(clock, '+') >= 0 ||
            toc_str_find_char(clock, '-') >= 0);
}

toc_rc toc__date_text(toc_str *date, char room[TOC_TIME_TEXT], const char *field, toc_error *err)
{
    int64_t seconds;
    if (is_plain_date(*date) && toc_time_parse(*date, &seconds))
        return TOC_OK;
    if (!toc_time_parse_loose(*date, toc_time_now(), &seconds))
        return toc_error_field(err, TOC_EINVAL, field,
                               "Could not format input (%.*s) to datetime string.",
                               (int)toc_str_utf8_floor(*date, 100), date->ptr);
    *date = (toc_str){room, toc_time_format(seconds, room)};
    return TOC_OK;
}

static toc_rc set_date(toc_object *obj, const toc_field *field, toc_str text, toc_error *err)
{
    char room[TOC_TIME_TEXT];
    toc_rc rc = toc__date_text(&text, room, field->name, err);
    return rc ? rc : put_text(obj, field, text, false, err);
}

toc_rc toc_object_set(toc_object *obj, const char *name, toc_str value, toc_error *err)
{
    const toc_field *field = need_field(obj, name, err);
    if (!field)
        return TOC_EINVAL;
    if (!value.ptr)
        value = EMPTY;
    toc_rc rc;
    if (is_summary(obj, field))
        rc = toc_object_set_summary(obj, value, err);
    else if (field->value == TOC_VALUE_DATE)
        rc = set_date(obj, field, value, err);
    else
        rc = toc__object_put(obj, field, value, false, err);
    return marked(obj, field, rc);
}

toc_rc toc_object_set_int(toc_object *obj, const char *name, int64_t value, toc_error *err)
{
    const toc_field *field = need_field(obj, name, err);
    char room[TOC_TIME_TEXT];
    toc_str text_of_date;
    if (!field)
        return TOC_EINVAL;
    switch (field->value) {
    case TOC_VALUE_INT:
        return marked(obj, field, put_integer(obj, field, value, err));
    case TOC_VALUE_DECIMAL:
        if (!in_range(field, (double)value))
            return out_of_range(obj, field, err);
        toc__object_set_decimal(obj, field->slot, (double)value, true);
        mark(obj, field);
        return TOC_OK;
    case TOC_VALUE_DATE:
        text_of_date = (toc_str){room, toc_time_format(value, room)};
        return marked(obj, field, put_text(obj, field, text_of_date, false, err));
    default:
        break;
    }
    toc_buf text = {.maximum = 32};
    toc_buf_int(&text, value);
    toc_rc rc = toc_buf_check(&text, err);
    if (!rc)
        rc = toc_object_set(obj, name, toc_buf_view(&text), err);
    toc_buf_done(&text);
    return rc;
}

toc_rc toc_object_set_decimal(toc_object *obj, const char *name, double value, toc_error *err)
{
    const toc_field *field = need_field(obj, name, err);
    int64_t whole;
    if (!field)
        return TOC_EINVAL;
    if (field->value == TOC_VALUE_INT && whole_number(value, &whole))
        return marked(obj, field, put_integer(obj, field, whole, err));
    if (field->value != TOC_VALUE_DECIMAL || !isfinite(value))
        return bad_value(obj, field, "a decimal number does not fit", err);
    if (!in_range(field, value))
        return out_of_range(obj, field, err);
    toc__object_set_decimal(obj, field->slot, value, false);
    mark(obj, field);
    return TOC_OK;
}

toc_rc toc_object_set_bool(toc_object *obj, const char *name, bool value, toc_error *err)
{
    return toc_object_set(obj, name, value ? TOC_S("true") : TOC_S("false"), err);
}

void toc_object_unset(toc_object *obj, const char *name)
{
    const toc_field *field = field_of(obj, name);
    if (!field)
        return;
    mark(obj, field);
    toc__object_clear(obj, field->slot);
    if (is_summary(obj, field))
        for (unsigned i = 0; i < obj->type->key_count; i++)
            toc__object_clear(obj, obj->type->fields[i].slot);
}

unsigned toc__object_keys(const toc_object *obj, toc_str parts[3])
{
    unsigned count = obj->type ? obj->type->key_count : 0;
    assert(count <= 3);
    for (unsigned i = 0; i < 3; i++)
        parts[i] =
            i < count ? toc__object_text(obj, obj->type->fields[i].slot) : (toc_str){NULL, 0};
    return count;
}

void toc__object_keep_identity(toc_object *obj)
{
    uint64_t keep = ((uint64_t)1 << TOC_SLOT_XID) | ((uint64_t)1 << TOC_SLOT_SUMMARY);
    for (unsigned i = 0; i < obj->type->key_count; i++)
        keep |= (uint64_t)1 << obj->type->fields[i].slot;
    obj->present &= keep;
    memset(&obj->attributes, 0, sizeof(obj->attributes));
    memset(&obj->tags, 0, sizeof(obj->tags));
    memset(&obj->labels, 0, sizeof(obj->labels));
    memset(&obj->occurrences, 0, sizeof(obj->occurrences));
}

/* The summary without a copy: of one part the part itself, else what was joined before. */
static bool ready_summary(const toc_object *obj, const toc_str *parts, unsigned count,
                          toc_str *summary)
{
    unsigned known = 0, last = 0;
    for (unsigned i = 0; i < count; i++) {
        if (parts[i].ptr) {
            known++;
            last = i;
        }
    }
    toc_str kept = toc__object_text(obj, TOC_SLOT_SUMMARY);
    *summary = known == 1 ? parts[last] : kept;
    if (known <= 1)
        return true;
    for (unsigned i = 0; i < count; i++) {
        if (!parts[i].ptr)
            continue;
        if (!kept.ptr || !toc_str_starts(kept, parts[i]))
            return false;
        kept = toc_str_slice(kept, parts[i].len, kept.len);
        if (i < last && !toc_str_starts(kept, TOC_S(" : ")))
            return false;
        kept = toc_str_slice(kept, i < last ? 3 : 0, kept.len);
    }
    return kept.len == 0;
}

static toc_str summary_of(const toc_object *obj, bool *made)
{
    toc_str parts[3], summary;
    *made = false;
    if (!obj->type || obj->type->kind != TOC_KIND_INDICATOR)
        return toc__object_text(obj, obj->type ? TOC_SLOT_NAME : TOC_SLOT_SUMMARY);
    unsigned count = toc__object_keys(obj, parts);
    if (ready_summary(obj, parts, count, &summary))
        return summary;
    size_t len = 0;
    for (unsigned i = 0; i < count; i++)
        len += parts[i].len + 3;
    char *text = toc_arena_alloc(obj->arena, len + 1);
    if (!text)
        return (toc_str){NULL, 0};
    len = 0;
    for (unsigned i = 0; i < count; i++) {
        if (!parts[i].ptr)
            continue;
        if (*made) {
            memcpy(text + len, " : ", 3);
            len += 3;
        }
        memcpy(text + len, parts[i].ptr, parts[i].len);
        len += parts[i].len;
        *made = true;
    }
    text[len] = '\0';
    return (toc_str){text, len};
}

toc_str toc_object_summary(toc_object *obj)
{
    bool made;
    if (!obj)
        return (toc_str){NULL, 0};
    toc_str summary = summary_of(obj, &made);
    if (made)
        toc__object_set_text(obj, TOC_SLOT_SUMMARY, summary);
    return summary;
}

bool toc_object_has(const toc_object *obj, const char *name)
{
    const toc_field *field = field_of(obj, name);
    bool made;
    if (field && is_summary(obj, field))
        return summary_of(obj, &made).ptr != NULL;
    return field && toc__object_has(obj, field->slot);
}

toc_str toc_object_get(const toc_object *obj, const char *name)
{
    const toc_field *field = field_of(obj, name);
    bool made;
    if (!field || (field->value != TOC_VALUE_TEXT && field->value != TOC_VALUE_DATE))
        return (toc_str){NULL, 0};
    return is_summary(obj, field) ? summary_of(obj, &made) : toc__object_text(obj, field->slot);
}

int64_t toc_object_get_int(const toc_object *obj, const char *name)
{
    const toc_field *field = field_of(obj, name);
    if (!field || !toc__object_has(obj, field->slot))
        return 0;
    const toc_value *value = &obj->values[field->slot];
    if (field->value == TOC_VALUE_INT)
        return value->as.integer;
    int64_t whole = 0;
    if (field->value == TOC_VALUE_DECIMAL)
        (void)whole_number(trunc(value->as.decimal), &whole);
    return whole;
}

double toc_object_get_decimal(const toc_object *obj, const char *name)
{
    const toc_field *field = field_of(obj, name);
    if (!field || !toc__object_has(obj, field->slot))
        return 0.0;
    const toc_value *value = &obj->values[field->slot];
    if (field->value == TOC_VALUE_DECIMAL)
        return value->as.decimal;
    return field->value == TOC_VALUE_INT ? (double)value->as.integer : 0.0;
}

bool toc_object_get_bool(const toc_object *obj, const char *name)
{
    const toc_field *field = field_of(obj, name);
    bool known = field && toc__object_has(obj, field->slot) &&
                 (field->value == TOC_VALUE_BOOL || field->value == TOC_VALUE_BOOL_TEXT);
    return known && obj->values[field->slot].as.boolean;
}

/* Hashes come in any order and number, told apart by their length. */
static toc_rc split_hashes(const toc_object *obj, toc_str summary, toc_str parts[3], toc_error *err)
{
    toc_str part;
    unsigned found = 0;
    while (toc_str_cut(&summary, ':', &part)) {
        part = toc_str_trim(part);
        if (!part.len)
            continue;
        unsigned kind = toc_hash_kind(part);
        if (!kind || parts[kind - 1].ptr)
            return toc_error_field(
                err, TOC_EINVAL, "summary",
                "The summary for this %s is invalid, up to three different hashes are expected",
                obj->type->name);
        parts[kind - 1] = part;
        found++;
    }
    if (!found)
        return toc_error_field(err, TOC_EINVAL, "summary",
                               "The summary for this %s is invalid, a hash is expected",
                               obj->type->name);
    return TOC_OK;
}

static void split_keys(const toc_type *type, toc_str summary, toc_str parts[3])
{
    parts[0] = summary;
    if (type->key_count == 1)
        return;
    unsigned found = toc_summary_split(summary, parts);
    if (type->key_count == 2 && found == 3)
        parts[1].len = (size_t)(summary.ptr + summary.len - parts[1].ptr);
    for (unsigned i = found; i < type->key_count; i++)
        parts[i] = EMPTY;
}

toc_rc toc_object_set_summary(toc_object *obj, toc_str summary, toc_error *err)
{
    if (!obj || !obj->type)
        return toc_error_set(err, TOC_EINVAL, "an object without type has no summary");
    if (summary.len > TOC_MAX_TEXT)
        return toc_error_field(err, TOC_ELIMIT, "summary", "the summary is longer than %u bytes",
                               TOC_MAX_TEXT);
    toc_str text = toc_arena_str(obj->arena, summary.ptr ? summary : EMPTY);
    if (!text.ptr)
        return toc_error_nomem(err);
    if (obj->type->kind != TOC_KIND_INDICATOR) {
        obj->state |= TOC_OBJECT_CHANGED;
        toc__object_set_text(obj, TOC_SLOT_NAME, text);
        return TOC_OK;
    }
    toc_str parts[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    if (obj->type->traits & TOC_TYPE_HASHES) {
        toc_rc rc = split_hashes(obj, text, parts, err);
        if (rc)
            return rc;
    } else {
        split_keys(obj->type, text, parts);
    }
    obj->state |= TOC_OBJECT_CHANGED;
    toc__object_clear(obj, TOC_SLOT_SUMMARY);
    for (unsigned i = 0; i < obj->type->key_count; i++) {
        int slot = obj->type->fields[i].slot;
        toc__object_clear(obj, slot);
        if (parts[i].ptr)
            toc__object_set_text(obj, slot, parts[i]);
    }
    return TOC_OK;
}
