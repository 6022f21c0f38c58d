/* key_filter.c - which keys a large store does not have, from memory.
 *
 * Nearly every item of an import into a large store is new, and each look-up that finds that out
 * reads a page of the key table that nothing else needs. Why this form, and what it costs:
 * docs/design/store.md.
 */
#include "store/key_filter.h"

#include "store/conn.h"

#define BLOCK 8U /* words: half a line of the processor's cache */
/* Room for a key, in bits, when the filter is built, and when it is built anew. */
#define BITS_AT_FIRST 24U
#define BITS_AT_LAST 10U
/* Beyond it the filter says less, and nothing at last: 64 MiB serve fifty million keys well. */
#define BLOCKS_MAX (64U * 1024U * 1024U / (BLOCK * 4U))
/* Look-ups without a result that pay for reading all keys: a part of those. */
#define MISSES_SHARE 128
/* How often building looks whether other writers wait. */
#define LOOK_EVERY 4096U

static const uint32_t salts[BLOCK] = {0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d,
                                      0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31};

static uint32_t *block_of(const toc__key_filter *filter, int64_t hash)
{
    uint64_t upper = (uint64_t)hash >> 32;
    return filter->words + (upper * filter->blocks >> 32) * BLOCK;
}

static uint32_t bit_of(int64_t hash, unsigned word)
{
    return UINT32_C(1) << ((uint32_t)hash * salts[word] >> 27);
}

bool toc__key_filter_lacks(const toc__key_filter *filter, int64_t hash)
{
    if (!filter->words)
        return false;
    const uint32_t *block = block_of(filter, hash);
    uint32_t missing = 0;
    for (unsigned i = 0; i < BLOCK; i++)
        missing |= bit_of(hash, i) & ~block[i];
    return missing != 0;
}

void toc__key_filter_add(toc__key_filter *filter, int64_t hash)
{
    if (!filter->words)
        return;
    uint32_t *block = block_of(filter, hash);
    for (unsigned i = 0; i < BLOCK; i++)
        block[i] |= bit_of(hash, i);
    filter->count++;
}

void toc__key_filter_drop(toc__key_filter *filter)
{
    toc_mem_free(filter->words);
    *filter = (toc__key_filter){.words = NULL};
}

static bool is_full(const toc__key_filter *filter)
{
    return filter->blocks < BLOCKS_MAX &&
           filter->count > (int64_t)filter->blocks * BLOCK * 32 / BITS_AT_LAST;
}

/* count: keys that are expected. False without memory. */
static bool make_room(toc__key_filter *filter, int64_t count)
{
    int64_t blocks = count / (BLOCK * 32 / BITS_AT_FIRST) + 1;
    toc__key_filter_drop(filter);
    filter->blocks = blocks < BLOCKS_MAX ? (uint32_t)blocks : BLOCKS_MAX;
    filter->words = toc_mem_zalloc((size_t)filter->blocks * BLOCK, sizeof(*filter->words));
    return filter->words;
}

bool toc__key_filter_missed(toc__key_filter *filter, const toc_conn *conn, int64_t given)
{
    filter->misses++;
    if (given < conn->store->fresh_least || filter->misses < given / MISSES_SHARE)
        return false;
    return !filter->words || is_full(filter);
}

toc_rc toc__key_filter_build(toc__key_filter *filter, toc_conn *conn, int64_t given, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    int64_t known = filter->count; /* a file has up to three keys */
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT hash FROM indicator_key UNION ALL"
                            " SELECT hash FROM indicator_key_new",
                            &stmt, err);
    if (rc || !make_room(filter, known > given ? known : given))
        return rc;
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        toc__key_filter_add(filter, toc_column_int(stmt, 0));
        if (filter->count % LOOK_EVERY == 0 && toc_tx_wanted(conn))
            break;
    }
    if (step)
        toc__key_filter_drop(filter);
    return step < 0 ? step : TOC_OK;
}
