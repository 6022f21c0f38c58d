/* objects.c - the objects of a list, collected. */
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/object_copy.h"
#include "tocsin/session.h"

struct toc_objects {
    toc_arena arena;
    toc_object **items;
    size_t count, size;
    toc_map ids; /* id to index */
};

void toc_objects_free(toc_objects *objects)
{
    if (!objects)
        return;
    toc_arena_done(&objects->arena);
    toc_map_done(&objects->ids);
    toc_mem_free(objects->items);
    toc_mem_free(objects);
}

static toc_rc reserve(toc_objects *objects)
{
    if (objects->count < objects->size)
        return TOC_OK;
    size_t size = objects->size ? objects->size * 2 : 64;
    toc_object **items = toc_mem_resize(objects->items, size * sizeof(toc_object *));
    if (!items)
        return TOC_ENOMEM;
    objects->items = items;
    objects->size = size;
    return TOC_OK;
}

static toc_rc index_id(toc_objects *objects, const toc_object *obj)
{
    if (!toc__object_has(obj, TOC_SLOT_ID))
        return TOC_OK;
    int64_t id = obj->values[TOC_SLOT_ID].as.integer;
    toc_str key = {(const char *)&id, sizeof(id)};
    if (toc_map_get(&objects->ids, key))
        return TOC_OK;
    return toc_map_put(&objects->ids, key, objects->count);
}

static toc_rc append(toc_objects *objects, const toc_object *obj, toc_error *err)
{
    toc_rc rc = reserve(objects);
    toc_object *copy = rc ? NULL : toc__object_copy(&objects->arena, obj);
    if (!copy)
        return toc_error_nomem(err);
    rc = index_id(objects, copy);
    if (rc)
        return toc_error_set(err, rc, "no memory for the ids of collected objects");
    objects->items[objects->count++] = copy;
    return TOC_OK;
}

static toc_rc collect(toc_list *list, size_t max, toc_objects *objects, toc_error *err)
{
    toc_object *obj = NULL;
    int found;
    while ((found = toc_list_next(list, &obj, err)) == 1) {
        if (objects->count == max)
            return toc_error_set(err, TOC_ELIMIT, "the list has more than %zu objects", max);
        toc_rc rc = append(objects, obj, err);
        if (rc)
            return rc;
    }
    return found;
}

toc_rc toc_list_all(toc_list *list, size_t max, toc_objects **objects, toc_error *err)
{
    if (!list || !objects)
        return toc_error_set(err, TOC_EINVAL, "toc_list_all needs a list and a place");
    toc_objects *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    if (!max)
        max = TOC_MAX_COLLECTED;
    toc_arena_init(&made->arena, 0);
    toc_rc rc = toc_map_init(&made->ids, max);
    rc = rc ? toc_error_nomem(err) : collect(list, max, made, err);
    if (rc) {
        toc_objects_free(made);
        return rc;
    }
    *objects = made;
    return TOC_OK;
}

size_t toc_objects_count(const toc_objects *objects)
{
    return objects ? objects->count : 0;
}

toc_object *toc_objects_at(const toc_objects *objects, size_t index)
{
    return objects && index < objects->count ? objects->items[index] : NULL;
}

toc_object *toc_objects_by_id(const toc_objects *objects, int64_t id)
{
    toc_str key = {(const char *)&id, sizeof(id)};
    const uint64_t *index = objects ? toc_map_get(&objects->ids, key) : NULL;
    return index ? objects->items[*index] : NULL;
}

static toc_str name_of(toc_object *obj)
{
    if (obj->type && obj->type->kind == TOC_KIND_RECORD)
        return toc_object_get(obj, "name");
    return toc_object_summary(obj);
}

toc_object *toc_objects_by_name(const toc_objects *objects, toc_str name)
{
    for (size_t i = 0; objects && i < objects->count; i++) {
        toc_str found = name_of(objects->items[i]);
        if (found.ptr && toc_str_equal(found, name))
            return objects->items[i];
    }
    return NULL;
}
