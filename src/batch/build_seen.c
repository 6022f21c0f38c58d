/* build_seen.c - 64-bit hashes under a random key: the latest in a table in memory, earlier tables
 * as they were in a file, with a Bloom filter in front of them. */
#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/random.h"
#include "batch/seen.h"
#include "batch/spool.h"

#define SLOTS ((size_t)1 << 19)
#define FULL (SLOTS / 4 * 3)
#define TABLE_BYTES (SLOTS * sizeof(uint64_t))
#define BLOOM_BLOCKS (1U << 19) /* 16 MB */
#define PROBE ((size_t)64)      /* slots that one read brings */

toc_rc toc_seen_create(toc_seen *seen, const char *dir, toc_error *err)
{
    *seen = (toc_seen){.fd = -1, .owner = getpid()};
    toc_rc rc = toc_random(seen->key, sizeof seen->key, err);
    return rc ? rc : toc_spool_file(dir, &seen->fd, err);
}

void toc_seen_done(toc_seen *seen)
{
    if (seen->fd >= 0)
        (void)close(seen->fd);
    toc_mem_free(seen->slots);
    toc_bloom_done(&seen->bloom);
    *seen = (toc_seen){.fd = -1};
}

static toc_rc spill(toc_seen *seen, toc_error *err)
{
    toc_rc rc = toc_spool_own(seen->owner, err);
    if (rc)
        return rc;
    if (!seen->bloom.words)
        rc = toc_bloom_init(&seen->bloom, BLOOM_BLOCKS, err);
    if (!rc)
        rc =
            toc_spool_write_at(seen->fd, seen->slots, TABLE_BYTES, seen->tables * TABLE_BYTES, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < SLOTS; i++)
        if (seen->slots[i])
            toc_bloom_add(&seen->bloom, seen->slots[i]);
    memset(seen->slots, 0, TABLE_BYTES);
    seen->count = 0;
    seen->tables++;
    return TOC_OK;
}

/* 1 found, 0 the chain ended without it, negative a failure. */
static int table_find(const toc_seen *seen, uint64_t table, uint64_t hash, toc_error *err)
{
    uint64_t block[PROBE];
    size_t at = hash & (SLOTS - 1);
    for (;;) {
        size_t want = SLOTS - at < PROBE ? SLOTS - at : PROBE;
        ssize_t n = pread(seen->fd, block, want * sizeof *block,
                          (off_t)(table * TABLE_BYTES + at * sizeof *block));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < (ssize_t)sizeof *block)
            return toc_error_set(err, TOC_EIO, "the batch spool could not be read");
        size_t got = (size_t)n / sizeof *block;
        for (size_t i = 0; i < got; i++)
            if (!block[i] || block[i] == hash)
                return block[i] == hash;
        at = (at + got) & (SLOTS - 1);
    }
}

/* The slot of the hash, or the empty one it would go to. */
static uint64_t *slot_of(const toc_seen *seen, uint64_t hash)
{
    size_t at = hash & (SLOTS - 1);
    while (seen->slots[at] && seen->slots[at] != hash)
        at = (at + 1) & (SLOTS - 1);
    return &seen->slots[at];
}

uint64_t toc_seen_hash(const toc_seen *seen, unsigned space, toc_str text)
{
    const uint64_t key[2] = {seen->key[0] + space, seen->key[1]};
    uint64_t hash = toc_hash(key, text.ptr, text.len);
    hash += !hash;
    if (seen->slots)
        __builtin_prefetch(&seen->slots[hash & (SLOTS - 1)]);
    if (seen->bloom.words)
        toc_bloom_expect(&seen->bloom, hash);
    return hash;
}

toc_rc toc_seen_find(toc_seen *seen, uint64_t hash, bool *found, toc_error *err)
{
    if (!seen->slots)
        seen->slots = toc_mem_table(SLOTS, sizeof *seen->slots);
    if (!seen->slots)
        return toc_error_nomem(err);
    int in = *slot_of(seen, hash) == hash;
    if (!in && seen->bloom.words && !toc_bloom_lacks(&seen->bloom, hash))
        for (uint64_t i = 0; !in && i < seen->tables; i++)
            in = table_find(seen, i, hash, err);
    if (in < 0)
        return in;
    toc_rc rc = !in && seen->count >= FULL ? spill(seen, err) : TOC_OK;
    if (!rc)
        *found = in;
    return rc;
}

void toc_seen_mark(toc_seen *seen, uint64_t hash)
{
    uint64_t *slot = slot_of(seen, hash);
    seen->count += !*slot;
    *slot = hash;
}
