/* object_copy.c - an object again, in memory of one's own. */
#include "model/object_copy.h"

#include <string.h>

#include "base/mem.h"

typedef struct copier {
    toc_arena *arena;
    bool failed;
} copier;

static void keep(copier *copy, toc_str *text)
{
    if (!text->ptr)
        return;
    *text = toc_arena_str(copy->arena, *text);
    copy->failed |= !text->ptr;
}

/* A node of a list: its bytes, and the texts named by their offsets. */
static void *keep_node(copier *copy, const void *node, size_t size, const size_t *texts,
                       size_t count)
{
    char *made = toc_arena_alloc(copy->arena, size);
    copy->failed |= !made;
    if (!made)
        return NULL;
    memcpy(made, node, size);
    for (size_t i = 0; i < count; i++)
        keep(copy, (toc_str *)(void *)(made + texts[i]));
    return made;
}

static const size_t label_texts[] = {offsetof(toc_label, name), offsetof(toc_label, description),
                                     offsetof(toc_label, color), offsetof(toc_label, date_added)};
static const size_t attribute_texts[] = {
    offsetof(toc_attribute, type),       offsetof(toc_attribute, value),
    offsetof(toc_attribute, source),     offsetof(toc_attribute, xid),
    offsetof(toc_attribute, date_added), offsetof(toc_attribute, last_modified)};
static const size_t tag_texts[] = {offsetof(toc_tag, name), offsetof(toc_tag, description),
                                   offsetof(toc_tag, web_link)};
static const size_t link_texts[] = {offsetof(toc_link, xid), offsetof(toc_link, type),
                                    offsetof(toc_link, summary)};
static const size_t occurrence_texts[] = {offsetof(toc_occurrence, file_name),
                                          offsetof(toc_occurrence, path),
                                          offsetof(toc_occurrence, date)};

/* All nodes begin with the pointer to the next one. */
typedef struct node {
    struct node *next;
} node;

static void keep_list(copier *copy, void *first, void *last, size_t size, const size_t *texts,
                      size_t count)
{
    node *at, **place = first, *end = NULL;
    for (memcpy(&at, first, sizeof(at)); at && !copy->failed; at = at->next) {
        node *made = keep_node(copy, at, size, texts, count);
        if (!made)
            return;
        memcpy(place, &made, sizeof(made));
        place = &made->next;
        end = made;
    }
    if (last)
        memcpy(last, &end, sizeof(end));
}

#define KEEP_LIST(copy, list, texts)                                                               \
    keep_list((copy), &(list).first, &(list).last, sizeof(*(list).first), (texts), TOC_COUNT(texts))

static bool is_text(const toc_field *field)
{
    return field->value == TOC_VALUE_TEXT || field->value == TOC_VALUE_DATE;
}

static void keep_fields(copier *copy, toc_object *obj, const toc_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (toc__object_has(obj, fields[i].slot) && is_text(&fields[i]))
            keep(copy, &obj->values[fields[i].slot].as.text);
}

static void keep_values(copier *copy, toc_object *obj)
{
    const toc_type *type = obj->type;
    size_t count;
    if (!type)
        return;
    const toc_field *common = toc_kind_fields(type->kind, &count);
    keep_fields(copy, obj, common, count);
    keep_fields(copy, obj, type->fields, type->field_count);
}

toc_object *toc__object_copy(toc_arena *arena, const toc_object *obj)
{
    toc_object *made = toc__object_in(arena, obj->type);
    if (!made)
        return NULL;
    *made = *obj;
    made->arena = arena;
    made->own = (toc_arena){0};
    memset(&made->queue, 0, sizeof(made->queue));
    copier copy = {.arena = arena};
    keep_values(&copy, made);
    keep(&copy, &made->owner.name);
    keep(&copy, &made->owner.type);
    KEEP_LIST(&copy, made->attributes, attribute_texts);
    for (toc_attribute *at = made->attributes.first; at && !copy.failed; at = at->next)
        keep_list(&copy, &at->labels, NULL, sizeof(*at->labels), label_texts,
                  TOC_COUNT(label_texts));
    KEEP_LIST(&copy, made->tags, tag_texts);
    KEEP_LIST(&copy, made->labels, label_texts);
    KEEP_LIST(&copy, made->links, link_texts);
    KEEP_LIST(&copy, made->occurrences, occurrence_texts);
    return copy.failed ? NULL : made;
}
