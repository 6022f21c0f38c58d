/* check.c - validation as the platform does it, with the platform's messages (rest-v2 1.9). */
#include "model/check.h"

#include <math.h>
#include <string.h>

#include "base/codec.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "model/normalise.h"

const char *toc__article(const char *word)
{
    return word[0] && strchr("aeiouAEIOU", word[0]) ? "an" : "a";
}

static toc_rc invalid(const toc_object *obj, const toc_field *field, const char *why,
                      toc_error *err)
{
    return toc_error_field(err, TOC_EINVAL, field->name, "The %s for this %s is invalid%s%s",
                           toc__field_label(field), obj->type->name, why ? ", " : "",
                           why ? why : "");
}

static toc_rc wrong_length(const toc_object *obj, const toc_field *field, toc_error *err)
{
    const char *label = toc__field_label(field);
    return toc_error_field(err, TOC_EINVAL, field->name,
                           "The %s for this %s is invalid, please enter %s %s between %lld-%lld "
                           "characters in length",
                           label, obj->type->name, toc__article(label), label,
                           (long long)field->minimum, (long long)field->maximum);
}

static toc_rc missing(const toc_object *obj, const toc_field *field, toc_error *err)
{
    if (field->value == TOC_VALUE_TEXT && field->maximum)
        return wrong_length(obj, field, err);
    return invalid(obj, field, NULL, err);
}

/* Letter case is forgiven and put right, so that what is stored is one of the choices. */
static toc_rc check_choice(toc_object *obj, const toc_field *field, toc_str text, toc_error *err)
{
    toc_str rest = toc_str_of(field->choices), choice;
    while (toc_str_cut(&rest, ';', &choice)) {
        if (!toc_str_equal_fold(choice, text))
            continue;
        toc__object_set_text(obj, field->slot, choice);
        return TOC_OK;
    }
    toc_buf list = {.maximum = 1024};
    rest = toc_str_of(field->choices);
    while (toc_str_cut(&rest, ';', &choice)) {
        if (list.len)
            toc_buf_lit(&list, ", ");
        toc_buf_str(&list, choice);
    }
    toc_rc rc = toc_error_field(err, TOC_EINVAL, field->name,
                                "The %s for this %s is invalid, please enter one of the following "
                                "values: %s",
                                toc__field_label(field), obj->type->name, list.ptr ? list.ptr : "");
    toc_buf_done(&list);
    return rc;
}

static toc_rc check_utf8(const toc_object *obj, const toc_field *field, toc_str text,
                         toc_error *err)
{
    if (text.len > TOC_MAX_TEXT)
        return toc_error_field(err, TOC_ELIMIT, field->name, "%s is longer than %u bytes",
                               toc__field_label(field), TOC_MAX_TEXT);
    if (toc_str_is_text(text))
        return TOC_OK;
    return invalid(obj, field,
                   toc_str_is_utf8(text, NULL) ? "NUL characters are not allowed"
                                               : "UTF-8 text is expected",
                   err);
}

static toc_rc check_text(toc_object *obj, const toc_field *field, toc_error *err)
{
    toc_str text = toc__object_text(obj, field->slot);
    toc_rc rc = check_utf8(obj, field, text, err);
    if (rc)
        return rc;
    if (field->maximum) {
        int64_t chars = (int64_t)toc_str_utf8_chars(text);
        if (chars < field->minimum || chars > field->maximum)
            return wrong_length(obj, field, err);
    }
    bool optional = (field->flags & TOC_FIELD_KEY) || !(field->flags & TOC_FIELD_REQUIRED);
    if (!field->choices || (optional && !text.len))
        return TOC_OK;
    return check_choice(obj, field, text, err);
}

static toc_rc check_number(toc_object *obj, const toc_field *field, toc_error *err)
{
    const toc_value *value = &obj->values[field->slot];
    if (field->value == TOC_VALUE_DECIMAL && !isfinite(value->as.decimal))
        return invalid(obj, field, "a number is expected", err);
    if (!field->minimum && !field->maximum)
        return TOC_OK;
    bool fits = field->value == TOC_VALUE_INT
                    ? value->as.integer >= field->minimum && value->as.integer <= field->maximum
                    : value->as.decimal >= (double)field->minimum &&
                          value->as.decimal <= (double)field->maximum;
    if (fits)
        return TOC_OK;
    return toc_error_field(err, TOC_EINVAL, field->name,
                           "The %s for this %s is invalid, it must be between %lld and %lld",
                           toc__field_label(field), obj->type->name, (long long)field->minimum,
                           (long long)field->maximum);
}

static toc_rc check_date(toc_object *obj, const toc_field *field, toc_error *err)
{
    toc_str text = toc__object_text(obj, field->slot);
    int64_t seconds;
    if (toc_time_parse(text, &seconds))
        return TOC_OK;
    if (!toc_time_parse_loose(text, toc_time_now(), &seconds))
        return toc_error_field(err, TOC_EINVAL, field->name,
                               "Please enter the %s in number of milliseconds since January 1, "
                               "1970, 00:00:00 GMT",
                               toc__field_label(field));
    char room[TOC_TIME_TEXT];
    toc_str made = toc_arena_str(obj->arena, (toc_str){room, toc_time_format(seconds, room)});
    if (!made.ptr)
        return toc_error_nomem(err);
    toc__object_set_text(obj, field->slot, made);
    return TOC_OK;
}

static toc_rc check_nothing(toc_object *obj, const toc_field *field, toc_error *err)
{
    (void)obj;
    (void)field;
    (void)err;
    return TOC_OK;
}

typedef toc_rc check_fn(toc_object *obj, const toc_field *field, toc_error *err);

static check_fn *const checks[] = {
    [TOC_VALUE_TEXT] = check_text,         [TOC_VALUE_INT] = check_number,
    [TOC_VALUE_DECIMAL] = check_number,    [TOC_VALUE_BOOL] = check_nothing,
    [TOC_VALUE_BOOL_TEXT] = check_nothing, [TOC_VALUE_DATE] = check_date,
};
_Static_assert(TOC_COUNT(checks) == TOC_VALUE_COUNT, "a row per kind of value");

/* Where a change must bring some of the type's own fields, it must bring the required common ones
 * as well (rest-v2 2.8: name, fileName and fileType of a signature). */
static bool has_again(const toc_type *type)
{
    for (size_t i = 0; i < type->field_count; i++)
        if (type->fields[i].flags & TOC_FIELD_AGAIN)
            return true;
    return false;
}

static bool is_needed(const toc_type *type, const toc_field *field, unsigned flags)
{
    bool required = (field->flags & TOC_FIELD_REQUIRED) != 0;
    if (!(flags & TOC_CHECK_PARTIAL))
        return required;
    if (!(flags & TOC_CHECK_AGAIN))
        return false;
    return (field->flags & TOC_FIELD_AGAIN) ||
           (required && field->slot < TOC_SLOT_OWN && has_again(type));
}

static toc_rc check_fields(toc_object *obj, const toc_field *fields, size_t count, unsigned flags,
                           toc_error *err)
{
    for (size_t i = 0; i < count; i++) {
        const toc_field *field = &fields[i];
        toc_rc rc = TOC_OK;
        if (toc__object_has(obj, field->slot))
            rc = checks[field->value](obj, field, err);
        else if (is_needed(obj->type, field, flags))
            rc = missing(obj, field, err);
        if (rc)
            return rc;
    }
    return TOC_OK;
}

typedef struct key_alloc {
    toc_arena *arena;
    bool failed;
} key_alloc;

static void *alloc_key(void *user, size_t size)
{
    key_alloc *keys = user;
    void *made = toc_arena_alloc(keys->arena, size);
    keys->failed = !made;
    return made;
}

/* A normaliser sees all parts at once; alone, only the wrong one is refused. */
static unsigned find_culprit(const toc_type *type, const toc_str parts[3], key_alloc *keys)
{
    for (unsigned i = 0; i < type->key_count; i++) {
        toc_str alone[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
        alone[i] = parts[i];
        if (parts[i].ptr && type->normalise(alone, alloc_key, keys))
            return i;
    }
    return 0;
}

static toc_rc check_key_text(toc_object *obj, unsigned index, toc_str text, toc_error *err)
{
    const toc_field *field = &obj->type->fields[index];
    if (text.len > TOC_MAX_VALUE)
        return toc_error_field(err, TOC_EINVAL, field->name,
                               "The %s for this %s is invalid, please enter %s %s between 1-%u "
                               "characters in length",
                               toc__field_label(field), obj->type->name,
                               toc__article(toc__field_label(field)), toc__field_label(field),
                               TOC_MAX_VALUE);
    if (!text.len && index == 0 && !(obj->type->traits & TOC_TYPE_HASHES))
        return invalid(obj, field, NULL, err);
    return check_utf8(obj, field, text, err);
}

/* Sets *first_absent to the first part that is missing, or to the number of parts. */
static toc_rc prepare_keys(toc_object *obj, toc_str parts[3], key_alloc *keys,
                           unsigned *first_absent, bool *any, toc_error *err)
{
    const toc_type *type = obj->type;
    unsigned count = toc__object_keys(obj, parts);
    *first_absent = count;
    for (unsigned i = 0; i < count; i++) {
        if (!parts[i].ptr) {
            *first_absent = i < *first_absent ? i : *first_absent;
            continue;
        }
        /* A client may send an empty text for a hash that it does not know. */
        if (!parts[i].len && (type->traits & TOC_TYPE_HASHES)) {
            parts[i] = (toc_str){NULL, 0};
            toc__object_clear(obj, type->fields[i].slot);
            continue;
        }
        toc_rc rc = check_key_text(obj, i, parts[i], err);
        if (rc)
            return rc;
        parts[i] = toc__letter_case(parts[i], type->letter_case, alloc_key, keys);
        if (!parts[i].ptr)
            return toc_error_nomem(err);
        *any = true;
    }
    return TOC_OK;
}

static toc_rc check_keys(toc_object *obj, unsigned flags, toc_error *err)
{
    const toc_type *type = obj->type;
    key_alloc keys = {obj->arena, false};
    toc_str parts[3];
    bool any = false;
    unsigned absent;
    toc_rc rc = prepare_keys(obj, parts, &keys, &absent, &any, err);
    if (rc)
        return rc;
    bool complete = type->traits & TOC_TYPE_HASHES ? any : absent == type->key_count;
    if (!complete)
        return flags & TOC_CHECK_PARTIAL ? TOC_OK
                                         : invalid(obj, &type->fields[any ? absent : 0], NULL, err);
    const char *why = type->normalise ? type->normalise(parts, alloc_key, &keys) : NULL;
    if (keys.failed)
        return toc_error_nomem(err);
    if (why)
        return invalid(obj, &type->fields[find_culprit(type, parts, &keys)], why, err);
    for (unsigned i = 0; i < type->key_count; i++)
        if (parts[i].ptr)
            toc__object_set_text(obj, type->fields[i].slot, parts[i]);
    return TOC_OK;
}

/* Values that ask for another one (batch.md 4.6). */
static const struct companion {
    const char *field, *needs;
} companions[] = {
    {"malware", "password"},
    {"insights", "aiProvider"},
};

static bool is_set(const toc_object *obj, const toc_field *field)
{
    if (!field || !toc__object_has(obj, field->slot))
        return false;
    const toc_value *value = &obj->values[field->slot];
    return field->value == TOC_VALUE_BOOL ? value->as.boolean : value->as.text.len > 0;
}

static toc_rc check_companions(const toc_object *obj, toc_error *err)
{
    for (size_t i = 0; i < TOC_COUNT(companions); i++) {
        const toc_field *needs = toc__type_own_field(obj->type, toc_str_of(companions[i].needs));
        if (!needs || is_set(obj, needs))
            continue;
        if (is_set(obj, toc__type_own_field(obj->type, toc_str_of(companions[i].field))))
            return invalid(obj, needs, NULL, err);
    }
    return TOC_OK;
}

/* No NULs: in a path, or for whoever reads to the first one, it would be another tag. */
static toc_rc check_tags(const toc_object *obj, toc_error *err)
{
    for (const toc_tag *tag = obj->tags.first; tag; tag = tag->next) {
        if (!toc_str_is_text(tag->name))
            return toc_error_field(err, TOC_EINVAL, "tag", "The name for this Tag is invalid");
        size_t chars = toc_str_utf8_chars(tag->name);
        if (!chars || chars > TOC_MAX_TAG_CHARS)
            return toc_error_field(err, TOC_EINVAL, "tag",
                                   "The name for this Tag is invalid, please enter a name between "
                                   "1-%d characters in length",
                                   TOC_MAX_TAG_CHARS);
    }
    return TOC_OK;
}

static toc_rc check_labels(const toc_label *label, toc_error *err)
{
    for (; label; label = label->next) {
        if (!label->name.len || !toc_str_is_text(label->name))
            return toc_error_field(err, TOC_EINVAL, "securityLabel",
                                   "The name for this Security Label is invalid");
        if (!toc_str_is_text(label->description))
            return toc_error_field(err, TOC_EINVAL, "securityLabel",
                                   "The description for this Security Label is invalid");
        if (label->color.len && (label->color.len != 6 || !toc_hex_is(label->color)))
            return toc_error_field(err, TOC_EINVAL, "color",
                                   "The color for this Security Label is invalid");
    }
    return TOC_OK;
}

static toc_rc check_attributes(const toc_object *obj, toc_error *err)
{
    const toc_attribute *attribute = obj->attributes.first;
    toc_rc rc = TOC_OK;
    for (; attribute && !rc; attribute = attribute->next) {
        if (!attribute->type.len)
            return toc_error_field(err, TOC_EINVAL, "attribute",
                                   "The type for this Attribute is invalid");
        if (!toc_str_is_text(attribute->type) || !toc_str_is_text(attribute->value) ||
            !toc_str_is_text(attribute->source))
            return toc_error_field(err, TOC_EINVAL, "attribute",
                                   "The value for this Attribute is invalid");
        rc = check_labels(attribute->labels, err);
    }
    return rc;
}

static toc_rc check_lists(const toc_object *obj, toc_error *err)
{
    toc_rc rc = check_tags(obj, err);
    if (!rc)
        rc = check_labels(obj->labels.first, err);
    return rc ? rc : check_attributes(obj, err);
}

toc_rc toc__object_check(toc_object *obj, unsigned flags, toc_error *err)
{
    if (!obj || !obj->type)
        return toc_error_set(err, TOC_EINVAL, "an object needs a type");
    size_t count;
    const toc_field *common = toc_kind_fields(obj->type->kind, &count);
    toc_rc rc = check_keys(obj, flags, err);
    if (!rc)
        rc = check_fields(obj, common, count, flags, err);
    if (!rc)
        rc = check_fields(obj, obj->type->fields, obj->type->field_count, flags, err);
    if (!rc && !(flags & TOC_CHECK_PARTIAL))
        rc = check_companions(obj, err);
    return rc ? rc : check_lists(obj, err);
}

toc_rc toc_object_check(toc_object *obj, toc_error *err)
{
    return toc__object_check(obj, 0, err);
}
