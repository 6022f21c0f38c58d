/* map.c - open addressing with linear probing; nothing is ever removed one by one. */
#include "base/map.h"

#include <endian.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "base/str.h"

#define FIRST_SIZE 16U

typedef struct toc_map_slot {
    uint64_t hash;
    toc_str key; /* ptr NULL: empty */
    uint64_t value;
} slot;

static inline uint64_t rotate(uint64_t x, unsigned bits)
{
    return (x << bits) | (x >> (64 - bits));
}

static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static inline uint64_t load_tail(const unsigned char *p, size_t len)
{
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++)
        word |= (uint64_t)p[i] << (8 * i);
    return word;
}

uint64_t toc_hash(const uint64_t key[2], const void *data, size_t len)
{
    const unsigned char *p = data;
    uint64_t v[4] = {key[0] ^ UINT64_C(0x736f6d6570736575), key[1] ^ UINT64_C(0x646f72616e646f6d),
                     key[0] ^ UINT64_C(0x6c7967656e657261), key[1] ^ UINT64_C(0x7465646279746573)};
    uint64_t last = (uint64_t)len << 56;
    for (; len >= 8; p += 8, len -= 8) {
        uint64_t word;
        memcpy(&word, p, sizeof(word));
        word = le64toh(word);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    last |= load_tail(p, len);
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xFF;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

toc_rc toc_map_init(toc_map *map, size_t maximum)
{
    *map = (toc_map){.maximum = maximum};
    toc_arena_init(&map->arena, 0);
    return toc_random(map->key, sizeof(map->key), NULL);
}

void toc_map_done(toc_map *map)
{
    toc_mem_free(map->slots);
    toc_arena_done(&map->arena);
    *map = (toc_map){.maximum = map->maximum};
}

void toc_map_clear(toc_map *map)
{
    if (map->slots)
        memset(map->slots, 0, map->size * sizeof(*map->slots));
    map->count = 0;
    toc_arena_clear(&map->arena);
}

/* The slot of the key or the empty one where it belongs. At least one slot is empty. */
static slot *probe(slot *slots, size_t size, uint64_t hash, toc_str key)
{
    size_t at = (size_t)hash & (size - 1);
    while (slots[at].key.ptr && (slots[at].hash != hash || !toc_str_equal(slots[at].key, key)))
        at = (at + 1) & (size - 1);
    return &slots[at];
}

uint64_t *toc_map_get(const toc_map *map, toc_str key)
{
    if (!map->count)
        return NULL;
    slot *found = probe(map->slots, map->size, toc_hash(map->key, key.ptr, key.len), key);
    return found->key.ptr ? &found->value : NULL;
}

static bool grow(toc_map *map)
{
    if (map->count < map->size / 4 * 3)
        return true;
    size_t size = map->size ? map->size * 2 : FIRST_SIZE;
    slot *slots = toc_mem_zalloc(size, sizeof(*slots));
    if (!slots)
        return false;
    for (size_t i = 0; i < map->size; i++) {
        if (!map->slots[i].key.ptr)
            continue;
        size_t at = (size_t)map->slots[i].hash & (size - 1);
        while (slots[at].key.ptr)
            at = (at + 1) & (size - 1);
        slots[at] = map->slots[i];
    }
    toc_mem_free(map->slots);
    map->slots = slots;
    map->size = size;
    return true;
}

toc_rc toc_map_put(toc_map *map, toc_str key, uint64_t value)
{
    uint64_t hash = toc_hash(map->key, key.ptr, key.len);
    slot *found = map->count ? probe(map->slots, map->size, hash, key) : NULL;
    if (found && found->key.ptr) {
        found->value = value;
        return TOC_OK;
    }
    if (map->count >= map->maximum)
        return TOC_ELIMIT;
    if (!grow(map))
        return TOC_ENOMEM;
    toc_str copy = toc_arena_str(&map->arena, key);
    if (!copy.ptr)
        return TOC_ENOMEM;
    *probe(map->slots, map->size, hash, key) = (slot){hash, copy, value};
    map->count++;
    return TOC_OK;
}

bool toc_map_next(const toc_map *map, size_t *cursor, toc_str *key, uint64_t *value)
{
    for (size_t at = *cursor; at < map->size; at++) {
        const slot *found = &map->slots[at];
        if (!found->key.ptr)
            continue;
        if (key)
            *key = found->key;
        if (value)
            *value = found->value;
        *cursor = at + 1;
        return true;
    }
    *cursor = map->size;
    return false;
}
