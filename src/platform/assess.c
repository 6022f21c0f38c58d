/* assess.c - what all owners that the caller may read think of an indicator's value. */
#include "platform/assess.h"

#include <math.h>
#include <string.h>

#include "base/str.h"
#include "model/codec.h"
#include "platform/owners.h"
#include "platform/routes.h"

typedef struct other {
    toc_store_owner owner;
    bool holds; /* the value that was assessed last */
} other;

typedef struct toc_others {
    toc_arena *arena;
    size_t count, room;
    other *items;
} others;

/* Sum and number of the values that there are. */
typedef struct mean {
    double sum;
    unsigned count;
} mean;

static void mean_add(mean *of, double value)
{
    if (value < 0)
        return;
    of->sum += value;
    of->count++;
}

static double mean_value(const mean *of)
{
    return round(of->sum * 100 / of->count) / 100;
}

/* --- which owners -------------------------------------------------------------------------- */

static toc_rc collect(void *context, const toc_store_owner *owner)
{
    others *all = context;
    if (all->count == all->room) {
        size_t room = all->room ? all->room * 2 : 8;
        other *grown = toc_arena_alloc(all->arena, room * sizeof(*grown));
        if (!grown)
            return TOC_ENOMEM;
        if (all->count)
            memcpy(grown, all->items, all->count * sizeof(*grown));
        all->items = grown;
        all->room = room;
    }
    other *item = &all->items[all->count];
    *item = (other){.owner = {.id = owner->id}};
    item->owner.name = toc_arena_str(all->arena, owner->name);
    item->owner.type = toc_arena_str(all->arena, owner->type);
    if (!item->owner.name.ptr || !item->owner.type.ptr)
        return TOC_ENOMEM;
    all->count++;
    return TOC_OK;
}

static toc_rc read_others(toc_incoming *call, toc_arena *arena, others **read)
{
    others *made = toc_arena_zalloc(arena, sizeof(*made));
    if (!made)
        return TOC_ENOMEM;
    made->arena = arena;
    *read = made;
    return toc_owner_each(call->conn, call->trusted ? 0 : call->user.id, collect, made, NULL);
}

/* Kept with the caller between its requests: the owners change far less often than that. More than
 * it has room for are read for each request. */
static toc_rc find_others(toc_incoming *call)
{
    toc_caller *caller = call->caller;
    others *read = caller ? caller->others : NULL;
    toc_rc rc = TOC_OK;
    if (call->others)
        return TOC_OK;
    if (caller && !read) {
        rc = read_others(call, &caller->arena, &read);
        caller->others = rc ? NULL : read;
    }
    if (!caller || rc == TOC_ENOMEM)
        rc = read_others(call, &call->arena, &read);
    if (!rc)
        call->others = read;
    return rc;
}

/* --- what they hold ------------------------------------------------------------------------ */

static toc_rc ask_other(toc_incoming *call, other *item, const toc_object *obj,
                        const toc_str keys[3], mean *rating, mean *confidence)
{
    int64_t ids[3] = {0, 0, 0};
    unsigned count = 0;
    double its_rating = -1, its_confidence = -1;
    toc_rc rc = toc_indicator_find(call->conn, item->owner.id, obj->type, keys, ids, &count, NULL);
    item->holds = !rc && count;
    if (rc || !count)
        return rc;
    rc = toc_indicator_rating(call->conn, ids[0], &its_rating, &its_confidence, NULL);
    if (rc)
        return rc;
    mean_add(rating, its_rating);
    mean_add(confidence, its_confidence);
    return TOC_OK;
}

static toc_rc ask_others(toc_incoming *call, const toc_object *obj, mean *rating, mean *confidence)
{
    toc_str keys[3];
    toc_rc rc = find_others(call);
    if (rc)
        return rc;
    (void)toc__object_keys(obj, keys);
    for (size_t i = 0; !rc && i < call->others->count; i++) {
        other *item = &call->others->items[i];
        item->holds = false;
        if (item->owner.id != call->owner.id)
            rc = ask_other(call, item, obj, keys, rating, confidence);
    }
    return rc;
}

static void set_decimal(toc_object *obj, int slot, double value)
{
    obj->values[slot].as.decimal = value;
    obj->present |= (uint64_t)1 << slot;
}

static void set_values(toc_object *obj, const mean *rating, const mean *confidence)
{
    if (rating->count)
        set_decimal(obj, TOC_SLOT_THREAT_RATING, mean_value(rating));
    if (confidence->count)
        set_decimal(obj, TOC_SLOT_THREAT_CONFIDENCE, mean_value(confidence));
    if (rating->count && confidence->count)
        toc__object_set_int(obj, TOC_SLOT_THREAT_SCORE,
                            (int64_t)llround(2 * mean_value(rating) * mean_value(confidence)));
}

/* Answers to a POST have no such values (rest-v2 5.6), but their additional members. */
toc_rc toc__assess(toc_incoming *call, toc_object *obj, unsigned with)
{
    mean rating = {0}, confidence = {0};
    bool created = call->status == 201;
    if (obj->type->kind != TOC_KIND_INDICATOR || (created && !(with & TOC_WITH_ADDITIONAL)))
        return TOC_OK;
    if (toc__object_has(obj, TOC_SLOT_RATING))
        mean_add(&rating, obj->values[TOC_SLOT_RATING].as.decimal);
    if (toc__object_has(obj, TOC_SLOT_CONFIDENCE))
        mean_add(&confidence, (double)obj->values[TOC_SLOT_CONFIDENCE].as.integer);
    /* A bulk report is no request: all who may read its owner get the same one. */
    toc_rc rc = call->route ? ask_others(call, obj, &rating, &confidence) : TOC_OK;
    if (!rc && !created)
        set_values(obj, &rating, &confidence);
    return rc;
}

void toc__write_holders(toc_incoming *call, const toc_object *obj)
{
    bool indicator = obj->type->kind == TOC_KIND_INDICATOR;
    if (!indicator && obj->type->kind != TOC_KIND_GROUP)
        return;
    toc__json_key(&call->out, "communityOrSource");
    toc_json_bool(&call->out, !toc_str_equal(call->owner.type, TOC_S("Organization")));
    toc__json_key(&call->out, "additionalOwners");
    toc_json_array(&call->out);
    size_t count = indicator && call->others ? call->others->count : 0;
    for (size_t i = 0; i < count; i++) {
        const other *item = &call->others->items[i];
        if (!item->holds)
            continue;
        toc__write_owner(&call->out, &item->owner);
        toc_json_object_end(&call->out);
    }
    toc_json_array_end(&call->out);
}
