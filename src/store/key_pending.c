/* key_pending.c - the keys that a transaction has added and not written yet. */
#include "store/key_pending.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"

#define SLOTS (2U * TOC__PENDING_MAX)

_Static_assert((SLOTS & (SLOTS - 1)) == 0, "a power of two");

/* The hash is a keyed one: nobody makes them meet. */
static toc__pending_key *slot_of(const toc__pending_keys *keys, int64_t hash)
{
    size_t at = (uint64_t)hash & (SLOTS - 1);
    while (keys->slots[at].used && (keys->slots[at].gone || keys->slots[at].hash != hash))
        at = (at + 1) & (SLOTS - 1);
    return &keys->slots[at];
}

toc__pending_key *toc__pending_find(const toc__pending_keys *keys, int64_t hash)
{
    if (!keys->count)
        return NULL;
    toc__pending_key *slot = slot_of(keys, hash);
    return slot->used ? slot : NULL;
}

toc_rc toc__pending_add(toc__pending_keys *keys, int64_t hash, int64_t id, toc_error *err)
{
    if (!keys->slots)
        keys->slots = toc_mem_zalloc(SLOTS, sizeof(*keys->slots));
    if (!keys->slots)
        return toc_error_nomem(err);
    *slot_of(keys, hash) = (toc__pending_key){.hash = hash, .id = id, .used = true};
    keys->count++;
    return TOC_OK;
}

static int by_hash(const void *a, const void *b)
{
    const toc__pending_key *one = a, *other = b;
    return (one->hash > other->hash) - (one->hash < other->hash);
}

size_t toc__pending_sort(toc__pending_keys *keys)
{
    size_t count = 0;
    for (size_t i = 0; keys->count && i < SLOTS; i++)
        if (keys->slots[i].used && !keys->slots[i].gone)
            keys->slots[count++] = keys->slots[i];
    if (count)
        qsort(keys->slots, count, sizeof(*keys->slots), by_hash);
    return count;
}

void toc__pending_clear(toc__pending_keys *keys)
{
    if (keys->count)
        memset(keys->slots, 0, SLOTS * sizeof(*keys->slots));
    keys->count = 0;
}

void toc__pending_done(toc__pending_keys *keys)
{
    toc_mem_free(keys->slots);
    *keys = (toc__pending_keys){.slots = NULL};
}
