/* key_filter.c - which keys a large store does not have, from memory.
 *
 * Nearly every item of an import into a large store is new, and each look-up that finds that out
 * reads a page of the key table that nothing else needs. Why this form, and what it costs:
 * docs/design/store.md.
 */
#include "store/key_filter.h"

#include "store/conn.h"

/* Room for a key, in bits, when the filter is built, and when it is built anew. */
#define BITS_AT_FIRST 24U
#define BITS_AT_LAST 10U
/* Beyond it the filter says less, and nothing at last: 64 MiB serve fifty million keys well. */
#define BLOCKS_MAX (64U * 1024U * 1024U * 8U / TOC_BLOOM_BLOCK_BITS)
/* Look-ups without a result that pay for reading all keys: a part of those. */
#define MISSES_SHARE 128
/* How often building looks whether other writers wait. */
#define LOOK_EVERY 4096U

bool toc__key_filter_lacks(const toc__key_filter *filter, int64_t hash)
{
    return filter->bloom.words && toc_bloom_lacks(&filter->bloom, (uint64_t)hash);
}

void toc__key_filter_add(toc__key_filter *filter, int64_t hash)
{
    if (!filter->bloom.words)
        return;
    toc_bloom_add(&filter->bloom, (uint64_t)hash);
    filter->count++;
}

void toc__key_filter_drop(toc__key_filter *filter)
{
    toc_bloom_done(&filter->bloom);
    *filter = (toc__key_filter){.count = 0};
}

static bool is_full(const toc__key_filter *filter)
{
    return filter->bloom.blocks < BLOCKS_MAX &&
           filter->count > (int64_t)filter->bloom.blocks * TOC_BLOOM_BLOCK_BITS / BITS_AT_LAST;
}

/* count: keys that are expected. False without memory. */
static bool make_room(toc__key_filter *filter, int64_t count)
{
    int64_t blocks = count / (TOC_BLOOM_BLOCK_BITS / BITS_AT_FIRST) + 1;
    toc__key_filter_drop(filter);
    return !toc_bloom_init(&filter->bloom, blocks < BLOCKS_MAX ? (uint32_t)blocks : BLOCKS_MAX,
                           NULL);
}

bool toc__key_filter_missed(toc__key_filter *filter, const toc_conn *conn, int64_t given)
{
    filter->misses++;
    if (given < conn->store->fresh_least || filter->misses < given / MISSES_SHARE)
        return false;
    return !filter->bloom.words || is_full(filter);
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
    filter->unsettled = true;
    if (step)
        toc__key_filter_drop(filter);
    return step < 0 ? step : TOC_OK;
}
