/* object_lists.c - attributes, tags, labels, links and occurrences of an object. */
#include "base/error.h"
#include "base/limits.h"
#include "model/object.h"

#define APPEND(obj, list, maximum, bit)                                                            \
    __extension__({                                                                                \
        __typeof__((obj)->list.first) node_ = NULL;                                                \
        if ((obj)->list.count < (maximum))                                                         \
            node_ = toc_arena_zalloc((obj)->arena, sizeof(*node_));                                \
        if (node_) {                                                                               \
            if ((obj)->list.last)                                                                  \
                (obj)->list.last->next = node_;                                                    \
            else                                                                                   \
                (obj)->list.first = node_;                                                         \
            (obj)->list.last = node_;                                                              \
            (obj)->list.count++;                                                                   \
            (obj)->lists |= (bit);                                                                 \
        }                                                                                          \
        node_;                                                                                     \
    })

toc_attribute *toc__object_attribute_new(toc_object *obj)
{
    return APPEND(obj, attributes, TOC_MAX_ATTRIBUTES, TOC_LIST_ATTRIBUTES);
}

toc_tag *toc__object_tag_new(toc_object *obj)
{
    return APPEND(obj, tags, TOC_MAX_TAGS, TOC_LIST_TAGS);
}

toc_label *toc__object_label_new(toc_object *obj)
{
    return APPEND(obj, labels, TOC_MAX_TAGS, TOC_LIST_LABELS);
}

toc_link *toc__object_link_new(toc_object *obj)
{
    return APPEND(obj, links, TOC_MAX_ASSOCIATIONS, TOC_LIST_LINKS);
}

toc_occurrence *toc__object_occurrence_new(toc_object *obj)
{
    return APPEND(obj, occurrences, TOC_MAX_ATTRIBUTES, TOC_LIST_OCCURRENCES);
}

toc_pending *toc__object_pending_new(toc_object *obj)
{
    return APPEND(obj, queue, TOC_MAX_ASSOCIATIONS, 0);
}

void toc__object_pending_drop(toc_object *obj, toc_pending *previous)
{
    toc_pending **link = previous ? &previous->next : &obj->queue.first;
    toc_pending *gone = *link;
    if (!gone)
        return;
    *link = gone->next;
    if (!gone->next)
        obj->queue.last = previous;
    obj->queue.count--;
}

/* Takes the nodes for which the test holds out of a list. */
#define REMOVE(obj, list, node, test)                                                              \
    do {                                                                                           \
        __typeof__((obj)->list.first) before_ = NULL, node = (obj)->list.first, next_;             \
        for (; node; node = next_) {                                                               \
            next_ = node->next;                                                                    \
            if (!(test)) {                                                                         \
                before_ = node;                                                                    \
                continue;                                                                          \
            }                                                                                      \
            *(before_ ? &before_->next : &(obj)->list.first) = next_;                              \
            if (!next_)                                                                            \
                (obj)->list.last = before_;                                                        \
            (obj)->list.count--;                                                                   \
        }                                                                                          \
    } while (0)

#define RELIST(obj, list, entry)                                                                   \
    do {                                                                                           \
        __typeof__((obj)->list.first) node_ = (entry)->node;                                       \
        node_->next = NULL;                                                                        \
        *((obj)->list.last ? &(obj)->list.last->next : &(obj)->list.first) = node_;                \
        (obj)->list.last = node_;                                                                  \
        (obj)->list.count++;                                                                       \
    } while (0)

void toc__object_list_node(toc_object *obj, toc_pending *entry)
{
    if (!entry->unlisted)
        return;
    entry->unlisted = false;
    obj->lists |= entry->list;
    if (entry->list == TOC_LIST_ATTRIBUTES)
        RELIST(obj, attributes, entry);
    else if (entry->list == TOC_LIST_TAGS)
        RELIST(obj, tags, entry);
    else if (entry->list == TOC_LIST_LABELS)
        RELIST(obj, labels, entry);
}

void toc__object_unlist_node(toc_object *obj, toc_pending *entry)
{
    if (entry->unlisted)
        return;
    entry->unlisted = true;
    if (entry->list == TOC_LIST_ATTRIBUTES)
        REMOVE(obj, attributes, at, at == entry->node);
    else if (entry->list == TOC_LIST_TAGS)
        REMOVE(obj, tags, at, at == entry->node);
    else if (entry->list == TOC_LIST_LABELS)
        REMOVE(obj, labels, at, at == entry->node);
}

void toc__object_forget(toc_object *obj, unsigned list, toc_str id)
{
    int64_t number = 0;
    if (list == TOC_LIST_ATTRIBUTES && toc_str_to_int(id, &number) && number > 0)
        REMOVE(obj, attributes, at, at->id == number);
    else if (list == TOC_LIST_TAGS)
        REMOVE(obj, tags, at, toc_str_equal_fold(at->name, id));
    else if (list == TOC_LIST_LABELS)
        REMOVE(obj, labels, at, toc_str_equal_fold(at->name, id));
}

/* Copies texts that were given; absent ones stay absent. All or nothing. */
static toc_rc copy_texts(toc_object *obj, toc_str *const *texts, size_t count, toc_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!texts[i]->ptr)
            continue;
        if (texts[i]->len > TOC_MAX_TEXT)
            return toc_error_set(err, TOC_ELIMIT, "a text is longer than %u bytes", TOC_MAX_TEXT);
        *texts[i] = toc_arena_str(obj->arena, *texts[i]);
        if (!texts[i]->ptr)
            return toc_error_nomem(err);
    }
    return TOC_OK;
}

static toc_rc no_room(size_t count, size_t maximum, const char *what, toc_error *err)
{
    if (count >= maximum)
        return toc_error_field(err, TOC_ELIMIT, what, "an object has at most %zu of %s", maximum,
                               what);
    return toc_error_nomem(err);
}

/* The entry of the queue comes first, so that a list never holds what is not sent. */
static toc_pending *wait_for_save(toc_object *obj, unsigned list)
{
    toc_pending *entry = toc__object_pending_new(obj);
    if (entry)
        entry->list = list;
    return entry;
}

static void wait_no_more(toc_object *obj)
{
    toc_pending *previous = NULL;
    for (toc_pending *at = obj->queue.first; at && at->next; at = at->next)
        previous = at;
    toc__object_pending_drop(obj, previous);
}

static toc_rc need_text(const toc_object *obj, toc_str text, const char *field, toc_error *err)
{
    if (!obj)
        return toc_error_set(err, TOC_EINVAL, "there is no object to add to");
    if (text.ptr && text.len)
        return TOC_OK;
    return toc_error_field(err, TOC_EINVAL, field, "%s must not be empty", field);
}

static toc_rc need_name(const toc_object *obj, toc_str name, const char *field, toc_error *err)
{
    toc_rc rc = need_text(obj, name, field, err);
    if (rc && obj && err)
        err->number = TOC_NUMBER_INVALID;
    return rc;
}

toc_rc toc_object_add_attribute(toc_object *obj, toc_str type, toc_str value, bool displayed,
                                toc_str source, toc_error *err)
{
    toc_str *texts[] = {&type, &value, &source};
    toc_rc rc = need_text(obj, type, "type", err);
    if (!rc)
        rc = copy_texts(obj, texts, 3, err);
    if (rc)
        return rc;
    toc_pending *entry = wait_for_save(obj, TOC_LIST_ATTRIBUTES);
    if (!entry)
        return no_room(obj->queue.count, TOC_MAX_ASSOCIATIONS, "queue", err);
    toc_attribute *node = entry->node = toc__object_attribute_new(obj);
    if (!node) {
        wait_no_more(obj);
        return no_room(obj->attributes.count, TOC_MAX_ATTRIBUTES, "attribute", err);
    }
    node->type = type;
    node->value = value;
    node->source = source;
    node->displayed = displayed;
    return TOC_OK;
}

toc_rc toc_object_add_tag(toc_object *obj, toc_str name, toc_error *err)
{
    toc_rc rc = need_name(obj, name, "tag", err);
    if (rc)
        return rc;
    for (const toc_tag *tag = obj->tags.first; tag; tag = tag->next)
        if (toc_str_equal(tag->name, name))
            return TOC_OK;
    toc_str *texts[] = {&name};
    rc = copy_texts(obj, texts, 1, err);
    if (rc)
        return rc;
    toc_pending *entry = wait_for_save(obj, TOC_LIST_TAGS);
    if (!entry)
        return no_room(obj->queue.count, TOC_MAX_ASSOCIATIONS, "queue", err);
    toc_tag *node = entry->node = toc__object_tag_new(obj);
    if (!node) {
        wait_no_more(obj);
        return no_room(obj->tags.count, TOC_MAX_TAGS, "tag", err);
    }
    node->name = name;
    return TOC_OK;
}

toc_rc toc_object_add_label(toc_object *obj, toc_str name, toc_str description, toc_str color,
                            toc_error *err)
{
    toc_rc rc = need_name(obj, name, "securityLabel", err);
    if (rc)
        return rc;
    for (const toc_label *label = obj->labels.first; label; label = label->next)
        if (toc_str_equal(label->name, name))
            return TOC_OK;
    toc_str *texts[] = {&name, &description, &color};
    rc = copy_texts(obj, texts, 3, err);
    if (rc)
        return rc;
    toc_pending *entry = wait_for_save(obj, TOC_LIST_LABELS);
    if (!entry)
        return no_room(obj->queue.count, TOC_MAX_ASSOCIATIONS, "queue", err);
    toc_label *node = entry->node = toc__object_label_new(obj);
    if (!node) {
        wait_no_more(obj);
        return no_room(obj->labels.count, TOC_MAX_TAGS, "securityLabel", err);
    }
    node->name = name;
    node->description = description;
    node->color = color;
    return TOC_OK;
}

static toc_rc add_link(toc_object *obj, const toc_link *link, toc_error *err)
{
    toc_link copy = *link;
    toc_str *texts[] = {&copy.xid, &copy.type, &copy.summary};
    toc_rc rc = copy_texts(obj, texts, 3, err);
    if (rc)
        return rc;
    toc_link *node = toc__object_link_new(obj);
    if (!node)
        return no_room(obj->links.count, TOC_MAX_ASSOCIATIONS, "association", err);
    *node = copy;
    return TOC_OK;
}

toc_rc toc_object_add_group_xid(toc_object *obj, toc_str xid, toc_error *err)
{
    toc_rc rc = need_text(obj, xid, "xid", err);
    return rc ? rc : add_link(obj, &(toc_link){.kind = TOC_KIND_GROUP, .xid = xid}, err);
}

toc_rc toc_object_add_indicator(toc_object *obj, toc_str type, toc_str summary, toc_error *err)
{
    toc_rc rc = need_text(obj, type, "indicatorType", err);
    if (!rc)
        rc = need_text(obj, summary, "summary", err);
    if (rc)
        return rc;
    toc_link link = {.kind = TOC_KIND_INDICATOR, .type = type, .summary = summary};
    return add_link(obj, &link, err);
}

toc_rc toc_object_add_occurrence(toc_object *obj, toc_str file_name, toc_str path, toc_str date,
                                 toc_error *err)
{
    char room[TOC_TIME_TEXT];
    if (!obj || !obj->type || !(obj->type->traits & TOC_TYPE_HASHES))
        return toc_error_set(err, obj ? TOC_EUNSUPPORTED : TOC_EINVAL, "%s has no file occurrences",
                             obj && obj->type ? obj->type->name : "an object without type");
    if (!file_name.ptr && !path.ptr && !date.ptr)
        return toc_error_field(err, TOC_EINVAL, "fileOccurrence",
                               "an occurrence needs a file name, a path or a date");
    toc_str *texts[] = {&file_name, &path, &date};
    toc_rc rc = date.ptr ? toc__date_text(&date, room, "date", err) : TOC_OK;
    if (!rc)
        rc = copy_texts(obj, texts, 3, err);
    if (rc)
        return rc;
    toc_occurrence *node = toc__object_occurrence_new(obj);
    if (!node)
        return no_room(obj->occurrences.count, TOC_MAX_ATTRIBUTES, "fileOccurrence", err);
    node->file_name = file_name;
    node->path = path;
    node->date = date;
    return TOC_OK;
}

bool toc_object_attribute(const toc_object *obj, size_t index, toc_str *type, toc_str *value)
{
    const toc_attribute *node = obj ? obj->attributes.first : NULL;
    for (; node && index; index--)
        node = node->next;
    if (!node)
        return false;
    *type = node->type;
    *value = node->value;
    return true;
}

bool toc_object_tag(const toc_object *obj, size_t index, toc_str *name)
{
    const toc_tag *node = obj ? obj->tags.first : NULL;
    for (; node && index; index--)
        node = node->next;
    if (!node)
        return false;
    *name = node->name;
    return true;
}

bool toc_object_label(const toc_object *obj, size_t index, toc_str *name)
{
    const toc_label *node = obj ? obj->labels.first : NULL;
    for (; node && index; index--)
        node = node->next;
    if (!node)
        return false;
    *name = node->name;
    return true;
}
