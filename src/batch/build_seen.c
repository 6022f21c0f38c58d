/* build_seen.c - 64-bit hashes under a random key: the latest in a table in memory, earlier tables
 * as they were in a file, with a Bloom filter in front of them. */
#include <errno.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/error.h"
#include "base/map.h"
#include "base/mem.h"
#include "batch/seen.h"
#include "batch/spool.h"

#define SLOTS ((size_t)1 << 19)
#define FULL (SLOTS / 4 * 3)
#define TABLE_BYTES (SLOTS * sizeof(uint64_t))
#define BLOOM_BLOCKS ((uint64_t)1 << 18) /* of 512 bits: 16 MB */
#define PROBE ((size_t)64)               /* slots that one read brings */

toc_rc toc_seen_create(toc_seen *seen, const char *dir, toc_error *err)
{
    *seen = (toc_seen){.fd = -1, .owner = getpid()};
    if (getrandom(seen->key, sizeof seen->key, 0) != (ssize_t)sizeof seen->key)
        return toc_error_errno(err, TOC_EIO, errno, "random numbers");
    return toc_spool_file(dir, &seen->fd, err);
}

void toc_seen_done(toc_seen *seen)
{
    if (seen->fd >= 0)
        (void)close(seen->fd);
    toc_mem_free(seen->slots);
    toc_mem_free(seen->bloom);
    *seen = (toc_seen){.fd = -1};
}

/* Four bits within one block, which is one cache line. False when one of them was not set. */
static bool bloom_touch(uint64_t *bloom, uint64_t hash, bool set)
{
    uint64_t mixed = hash * UINT64_C(0x9e3779b97f4a7c15);
    uint64_t *block = bloom + (mixed >> 46) * 8;
    bool all = true;
    for (unsigned i = 0; i < 4; i++, mixed >>= 9) {
        uint64_t bit = (uint64_t)1 << (mixed & 63);
        uint64_t *word = &block[mixed >> 6 & 7];
        all = all && (*word & bit);
        if (set)
            *word |= bit;
    }
    return all;
}

static toc_rc write_table(toc_seen *seen, toc_error *err)
{
    size_t done = 0;
    while (done < TABLE_BYTES) {
        ssize_t n = pwrite(seen->fd, (const char *)seen->slots + done, TABLE_BYTES - done,
                           (off_t)(seen->tables * TABLE_BYTES + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return toc_error_errno(err, TOC_EIO, errno, "batch spool");
        done += (size_t)n;
    }
    return TOC_OK;
}

static toc_rc spill(toc_seen *seen, toc_error *err)
{
    toc_rc rc = toc_spool_own(seen->owner, err);
    if (rc)
        return rc;
    if (!seen->bloom)
        seen->bloom = toc_mem_zalloc(BLOOM_BLOCKS * 8, sizeof *seen->bloom);
    if (!seen->bloom)
        return toc_error_nomem(err);
    rc = write_table(seen, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < SLOTS; i++)
        if (seen->slots[i])
            (void)bloom_touch(seen->bloom, seen->slots[i], true);
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

toc_rc toc_seen_find(toc_seen *seen, unsigned space, toc_str text, uint64_t *hash, bool *found,
                     toc_error *err)
{
    if (!seen->slots)
        seen->slots = toc_mem_zalloc(SLOTS, sizeof *seen->slots);
    if (!seen->slots)
        return toc_error_nomem(err);
    const uint64_t key[2] = {seen->key[0] + space, seen->key[1]};
    uint64_t made = toc_hash(key, text.ptr, text.len);
    made += !made;
    int in = *slot_of(seen, made) == made;
    if (!in && seen->bloom && bloom_touch(seen->bloom, made, false))
        for (uint64_t i = 0; !in && i < seen->tables; i++)
            in = table_find(seen, i, made, err);
    if (in < 0)
        return in;
    toc_rc rc = !in && seen->count >= FULL ? spill(seen, err) : TOC_OK;
    if (rc)
        return rc;
    *hash = made;
    *found = in;
    return TOC_OK;
}

void toc_seen_mark(toc_seen *seen, uint64_t hash)
{
    uint64_t *slot = slot_of(seen, hash);
    seen->count += !*slot;
    *slot = hash;
}
