/* arena.h - memory of one unit of work; everything in it dies together. */
#ifndef TOC_BASE_ARENA_H
#define TOC_BASE_ARENA_H
#include "tocsin/base.h"

typedef struct toc_arena {
    struct toc_arena_block *head;
    char *cursor;
    char *end;
    size_t total;   /* bytes handed out since the last clear */
    size_t maximum; /* refuse beyond; 0 is no maximum */
} toc_arena;

void toc_arena_init(toc_arena *arena, size_t maximum);
/* Aligned to 16; NULL when out of memory or beyond the maximum. In debug builds
 * (TOC_ARENA_DEBUG) every item is its own allocation, so that sanitizers see overruns. */
void *toc_arena_alloc(toc_arena *arena, size_t size);
void *toc_arena_zalloc(toc_arena *arena, size_t size);
/* Terminated copy in the arena; ptr NULL on failure only (absent text becomes ""). */
toc_str toc_arena_str(toc_arena *arena, toc_str text);
void toc_arena_clear(toc_arena *arena); /* keeps one block for reuse */
void toc_arena_done(toc_arena *arena);  /* zeroed struct is fine */
#endif
