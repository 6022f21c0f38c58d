/* object_entries.c - attributes under conditions, and what is set of entries that a list has. */
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "model/object.h"

static toc_attribute *attribute_at(const toc_object *obj, size_t index)
{
    toc_attribute *node = obj->attributes.first;
    for (; node && index; index--)
        node = node->next;
    return node;
}

static toc_label *label_at(const toc_object *obj, size_t index)
{
    toc_label *node = obj->labels.first;
    for (; node && index; index--)
        node = node->next;
    return node;
}

static toc_occurrence *occurrence_at(const toc_object *obj, size_t index)
{
    toc_occurrence *node = obj->occurrences.first;
    for (; node && index; index--)
        node = node->next;
    return node;
}

/* --- attributes ---------------------------------------------------------------------------- */

/* Neither in the list nor sent any more. */
static void drop(toc_object *obj, const toc_attribute *node)
{
    toc_pending *previous = NULL, *at = obj->queue.first;
    while (at && at->node != node) {
        previous = at;
        at = at->next;
    }
    if (at) {
        toc__object_unlist_node(obj, at);
        toc__object_pending_drop(obj, previous);
    }
}

/* The first one that the new one would repeat, SIZE_MAX: none. */
static size_t find(const toc_object *obj, const toc_attribute_options *options, toc_str value)
{
    size_t index = 0;
    for (const toc_attribute *at = obj->attributes.first; at; at = at->next, index++)
        if (toc_str_equal(at->type, options->type) &&
            (options->unique == TOC_UNIQUE_TYPE || toc_str_equal(at->value, value)))
            return index;
    return SIZE_MAX;
}

toc_rc toc_object_put_attribute(toc_object *obj, const toc_attribute_options *options,
                                size_t *index, toc_error *err)
{
    if (!obj || !options || options->version != 1)
        return toc_error_set(err, TOC_EINVAL, "no object, or options of another version");
    toc_str value =
        options->format ? options->format(options->user, options->value) : options->value;
    size_t at = options->unique == TOC_UNIQUE_NONE ? SIZE_MAX : find(obj, options, value);
    bool replaced = at != SIZE_MAX && options->unique == TOC_UNIQUE_TYPE && obj->type &&
                    obj->type->kind == TOC_KIND_GROUP;
    const toc_attribute *old = at != SIZE_MAX ? attribute_at(obj, at) : NULL;
    if (!old || replaced) {
        toc_rc rc = toc_object_add_attribute(obj, options->type, value, options->displayed,
                                             options->source, err);
        if (rc)
            return rc;
        obj->attributes.last->pinned = options->pinned;
        if (replaced)
            drop(obj, old);
        at = obj->attributes.count - 1;
    }
    if (index)
        *index = at;
    return TOC_OK;
}

toc_rc toc_object_label_attribute(toc_object *obj, size_t index, toc_str name, toc_str description,
                                  toc_str color, toc_error *err)
{
    toc_attribute *node = obj ? attribute_at(obj, index) : NULL;
    if (!node)
        return toc_error_set(err, TOC_EINVAL, "there is no such attribute");
    if (!name.len)
        return toc_error_field(err, TOC_EINVAL, "securityLabel", "a label has a name");
    toc_label **last = &node->labels;
    for (; *last; last = &(*last)->next)
        if (toc_str_equal((*last)->name, name))
            return TOC_OK;
    toc_label *label = toc_arena_zalloc(obj->arena, sizeof *label);
    if (!label)
        return toc_error_nomem(err);
    const toc_str given[] = {name, description, color};
    toc_str *const kept[] = {&label->name, &label->description, &label->color};
    for (size_t i = 0; i < TOC_COUNT(given); i++) {
        if (!given[i].ptr)
            continue;
        *kept[i] = toc_arena_str(obj->arena, given[i]);
        if (!kept[i]->ptr)
            return toc_error_nomem(err);
    }
    *last = label;
    return TOC_OK;
}

/* --- of entries that are there ------------------------------------------------------------- */

typedef enum member_form { FORM_TEXT, FORM_BOOL, FORM_DATE } member_form;

static const struct member {
    toc_entry entry;
    member_form form;
    const char *field;
    size_t offset;
} members[] = {
    {TOC_ENTRY_ATTRIBUTE, FORM_TEXT, "value", offsetof(toc_attribute, value)},
    {TOC_ENTRY_ATTRIBUTE, FORM_TEXT, "source", offsetof(toc_attribute, source)},
    {TOC_ENTRY_ATTRIBUTE, FORM_BOOL, "displayed", offsetof(toc_attribute, displayed)},
    {TOC_ENTRY_ATTRIBUTE, FORM_BOOL, "pinned", offsetof(toc_attribute, pinned)},
    {TOC_ENTRY_LABEL, FORM_TEXT, "description", offsetof(toc_label, description)},
    {TOC_ENTRY_LABEL, FORM_TEXT, "color", offsetof(toc_label, color)},
    {TOC_ENTRY_OCCURRENCE, FORM_TEXT, "fileName", offsetof(toc_occurrence, file_name)},
    {TOC_ENTRY_OCCURRENCE, FORM_TEXT, "path", offsetof(toc_occurrence, path)},
    {TOC_ENTRY_OCCURRENCE, FORM_DATE, "date", offsetof(toc_occurrence, date)},
};

static char *entry_at(const toc_object *obj, toc_entry entry, size_t index)
{
    if (entry == TOC_ENTRY_ATTRIBUTE)
        return (char *)attribute_at(obj, index);
    return entry == TOC_ENTRY_LABEL ? (char *)label_at(obj, index)
                                    : (char *)occurrence_at(obj, index);
}

static toc_rc set_text(const toc_object *obj, toc_str *slot, toc_str value, toc_error *err)
{
    toc_str copy = {NULL, 0};
    if (value.len > TOC_MAX_TEXT)
        return toc_error_set(err, TOC_ELIMIT, "a text is longer than %u bytes", TOC_MAX_TEXT);
    if (value.ptr)
        copy = toc_arena_str(obj->arena, value);
    if (value.ptr && !copy.ptr)
        return toc_error_nomem(err);
    *slot = copy;
    return TOC_OK;
}

static toc_rc set_member(const toc_object *obj, const struct member *row, char *node, toc_str value,
                         toc_error *err)
{
    char room[TOC_TIME_TEXT];
    if (row->form == FORM_BOOL)
        return toc_str_to_bool(value, (bool *)(void *)(node + row->offset))
                   ? TOC_OK
                   : toc_error_field(err, TOC_EINVAL, row->field, "%s is true or false",
                                     row->field);
    toc_rc rc =
        row->form == FORM_DATE && value.ptr ? toc__date_text(&value, room, "date", err) : TOC_OK;
    return rc ? rc : set_text(obj, (toc_str *)(void *)(node + row->offset), value, err);
}

toc_rc toc_object_set_entry(toc_object *obj, toc_entry entry, size_t index, const char *field,
                            toc_str value, toc_error *err)
{
    char *node = obj && field ? entry_at(obj, entry, index) : NULL;
    if (!node)
        return toc_error_set(err, TOC_EINVAL, "there is no such entry");
    for (size_t i = 0; i < TOC_COUNT(members); i++)
        if (members[i].entry == entry &&
            toc_str_equal(toc_str_of(members[i].field), toc_str_of(field)))
            return set_member(obj, &members[i], node, value, err);
    return toc_error_field(err, TOC_EINVAL, field, "%s cannot be set of this entry", field);
}

size_t toc_object_entries(const toc_object *obj, toc_entry entry)
{
    if (!obj)
        return 0;
    return entry == TOC_ENTRY_ATTRIBUTE ? obj->attributes.count
           : entry == TOC_ENTRY_LABEL   ? obj->labels.count
                                        : obj->occurrences.count;
}

void toc_object_set_memo(toc_object *obj, void *memo)
{
    if (obj)
        obj->memo = memo;
}

void *toc_object_memo(const toc_object *obj)
{
    return obj ? obj->memo : NULL;
}
