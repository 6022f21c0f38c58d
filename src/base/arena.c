/* arena.c - bump allocation from blocks that grow from 16 KB to 1 MB. */
#include "base/arena.h"

#include <string.h>

#include "base/mem.h"

#define ALIGNMENT 16U
#define FIRST_BLOCK (16U * 1024U)
#define LAST_BLOCK (1024U * 1024U)

typedef struct toc_arena_block {
    struct toc_arena_block *next;
    _Alignas(ALIGNMENT) size_t size; /* of the data behind the header */
} block;

_Static_assert(sizeof(block) % ALIGNMENT == 0, "data starts aligned");

void toc_arena_init(toc_arena *arena, size_t maximum)
{
    *arena = (toc_arena){.maximum = maximum};
}

static block *new_block(size_t size)
{
    block *fresh = size > SIZE_MAX - sizeof(block) ? NULL : toc_mem_alloc(sizeof(block) + size);
    if (fresh)
        fresh->size = size;
    return fresh;
}

#ifdef TOC_ARENA_DEBUG

static void *take(toc_arena *arena, size_t size, size_t rounded)
{
    (void)rounded;
    block *fresh = new_block(size);
    if (!fresh)
        return NULL;
    fresh->next = arena->head;
    arena->head = fresh;
    return fresh + 1;
}

#else

/* A big item gets a block behind the head, so that the room left in the head is not lost. */
static void *take_slow(toc_arena *arena, size_t rounded)
{
    block *head = arena->head;
    size_t size = head ? head->size * 2 : FIRST_BLOCK;
    if (size > LAST_BLOCK)
        size = LAST_BLOCK;
    if (size < FIRST_BLOCK)
        size = FIRST_BLOCK;
    bool own = head && rounded > size / 4;
    block *fresh = new_block(own || rounded > size ? rounded : size);
    if (!fresh)
        return NULL;
    char *data = (char *)(fresh + 1);
    if (own) {
        fresh->next = head->next;
        head->next = fresh;
        return data;
    }
    fresh->next = head;
    arena->head = fresh;
    arena->cursor = data + rounded;
    arena->end = data + fresh->size;
    return data;
}

static void *take(toc_arena *arena, size_t size, size_t rounded)
{
    (void)size;
    if (rounded > (size_t)(arena->end - arena->cursor))
        return take_slow(arena, rounded);
    void *item = arena->cursor;
    arena->cursor += rounded;
    return item;
}

#endif

void *toc_arena_alloc(toc_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    size_t rounded = size ? (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1) : ALIGNMENT;
    if (arena->maximum &&
        (arena->total > arena->maximum || rounded > arena->maximum - arena->total))
        return NULL;
    void *item = take(arena, size, rounded);
    if (item)
        arena->total += rounded;
    return item;
}

void *toc_arena_zalloc(toc_arena *arena, size_t size)
{
    void *item = toc_arena_alloc(arena, size);
    if (item)
        memset(item, 0, size);
    return item;
}

toc_str toc_arena_str(toc_arena *arena, toc_str text)
{
    char *copy = text.len < SIZE_MAX ? toc_arena_alloc(arena, text.len + 1) : NULL;
    if (!copy)
        return (toc_str){NULL, 0};
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return (toc_str){copy, text.len};
}

static void release_all(block *at)
{
    while (at) {
        block *next = at->next;
        toc_mem_free(at);
        at = next;
    }
}

void toc_arena_clear(toc_arena *arena)
{
    block *kept = NULL;
#ifndef TOC_ARENA_DEBUG
    /* The biggest of ordinary size; the block of one huge item would be a leak in all but name. */
    block **link = NULL;
    for (block **at = &arena->head; *at; at = &(*at)->next)
        if ((*at)->size <= LAST_BLOCK && (!link || (*at)->size > (*link)->size))
            link = at;
    if (link) {
        kept = *link;
        *link = kept->next;
        kept->next = NULL;
    }
#endif
    release_all(arena->head);
    arena->head = kept;
    arena->cursor = kept ? (char *)(kept + 1) : NULL;
    arena->end = kept ? arena->cursor + kept->size : NULL;
    arena->total = 0;
}

void toc_arena_done(toc_arena *arena)
{
    release_all(arena->head);
    *arena = (toc_arena){.maximum = arena->maximum};
}
