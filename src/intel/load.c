/* load.c - the parts of an object's lists anew (sdk.md 5.5). */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/session.h"
#include "intel/act.h"
#include "model/object.h"

/* Puts a record into the list of the object; false when out of memory. */
typedef bool take_fn(toc_object *into, const toc_object *record);

static toc_str text(toc_object *into, const toc_object *record, const char *name, bool *good)
{
    toc_str value = toc_object_get(record, name);
    if (!value.ptr)
        return value;
    value = toc_arena_str(into->arena, value);
    *good &= value.ptr != NULL;
    return value;
}

static bool take_attribute(toc_object *into, const toc_object *record)
{
    toc_attribute *node = toc__object_attribute_new(into);
    bool good = node != NULL;
    if (!good)
        return false;
    node->id = toc_object_get_int(record, "id");
    node->displayed = toc_object_get_bool(record, "displayed");
    node->type = text(into, record, "type", &good);
    node->value = text(into, record, "value", &good);
    node->source = text(into, record, "source", &good);
    node->date_added = text(into, record, "dateAdded", &good);
    node->last_modified = text(into, record, "lastModified", &good);
    return good;
}

static bool take_tag(toc_object *into, const toc_object *record)
{
    toc_tag *node = toc__object_tag_new(into);
    bool good = node != NULL;
    if (!good)
        return false;
    node->name = text(into, record, "name", &good);
    node->description = text(into, record, "description", &good);
    node->web_link = text(into, record, "webLink", &good);
    return good;
}

static bool take_label(toc_object *into, const toc_object *record)
{
    toc_label *node = toc__object_label_new(into);
    bool good = node != NULL;
    if (!good)
        return false;
    node->name = text(into, record, "name", &good);
    node->description = text(into, record, "description", &good);
    node->color = text(into, record, "color", &good);
    node->date_added = text(into, record, "dateAdded", &good);
    return good;
}

static const struct {
    unsigned section, list;
    toc_part part;
    take_fn *take;
} sections[] = {
    {TOC_LOAD_ATTRIBUTES, TOC_LIST_ATTRIBUTES, TOC_PART_ATTRIBUTE, take_attribute},
    {TOC_LOAD_TAGS, TOC_LIST_TAGS, TOC_PART_TAG, take_tag},
    {TOC_LOAD_LABELS, TOC_LIST_LABELS, TOC_PART_LABEL, take_label},
};

static toc_rc read_list(toc_session *sess, const toc_ref *of, toc_part part, take_fn *take,
                        toc_object *into, toc_error *err)
{
    toc_list *list = NULL;
    toc_object *record;
    toc_rc rc = toc_parts_open(sess, of, part, NULL, &list, err);
    if (rc)
        return rc;
    int got;
    while ((got = toc_list_next(list, &record, err)) == 1) {
        if (!take(into, record)) {
            got = toc_error_nomem(err);
            break;
        }
    }
    toc_list_close(list);
    return got;
}

/* Entries of the queue that were shown in a list that was replaced are not in it any more. */
static void replace(toc_object *obj, const toc_object *fresh, unsigned lists)
{
    if (lists & TOC_LIST_ATTRIBUTES)
        memcpy(&obj->attributes, &fresh->attributes, sizeof(obj->attributes));
    if (lists & TOC_LIST_TAGS)
        memcpy(&obj->tags, &fresh->tags, sizeof(obj->tags));
    if (lists & TOC_LIST_LABELS)
        memcpy(&obj->labels, &fresh->labels, sizeof(obj->labels));
    obj->lists |= lists;
    for (toc_pending *entry = obj->queue.first; entry; entry = entry->next)
        entry->unlisted |= (entry->list & lists) != 0;
}

toc_rc toc_load(toc_session *sess, toc_object *obj, const char *owner, unsigned wanted,
                toc_error *err)
{
    if (!sess || !obj || !obj->type)
        return toc_error_set(err, TOC_EINVAL, "toc_load needs a session and an object");
    if (wanted & ~(TOC_LOAD_ATTRIBUTES | TOC_LOAD_TAGS | TOC_LOAD_LABELS))
        return toc_error_field(err, TOC_EINVAL, "sections",
                               "only attributes, tags and labels can be loaded");
    toc_object fresh = {.arena = obj->arena};
    toc_ref of = toc_object_ref(obj);
    unsigned lists = 0;
    toc__object_reset(&fresh, obj->type);
    if (owner)
        of.owner = owner;
    for (size_t i = 0; i < TOC_COUNT(sections); i++) {
        if (!(wanted & sections[i].section))
            continue;
        toc_rc rc = read_list(sess, &of, sections[i].part, sections[i].take, &fresh, err);
        if (rc)
            return rc;
        lists |= sections[i].list;
    }
    replace(obj, &fresh, lists);
    return TOC_OK;
}
