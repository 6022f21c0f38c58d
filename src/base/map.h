/* map.h - text to 64-bit number, keys copied into an arena; seeded hash, bounded. */
#ifndef TOC_BASE_MAP_H
#define TOC_BASE_MAP_H
#include "base/arena.h"

/* SipHash-1-3 of the text under a 128-bit key. */
uint64_t toc_hash(const uint64_t key[2], const void *data, size_t len);

typedef struct toc_map {
    struct toc_map_slot *slots;
    size_t size, count, maximum;
    uint64_t key[2]; /* random per map */
    toc_arena arena;
} toc_map;

toc_rc toc_map_init(toc_map *map, size_t maximum);
void toc_map_done(toc_map *map);
void toc_map_clear(toc_map *map);
/* NULL when absent; the pointer lives until the next put. */
uint64_t *toc_map_get(const toc_map *map, toc_str key);
/* Inserts or replaces. TOC_ENOMEM, or TOC_ELIMIT beyond the maximum. */
toc_rc toc_map_put(toc_map *map, toc_str key, uint64_t value);
/* Walks in no particular order: *cursor starts at 0; false at the end. */
bool toc_map_next(const toc_map *map, size_t *cursor, toc_str *key, uint64_t *value);
#endif
