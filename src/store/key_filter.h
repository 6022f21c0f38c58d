/* key_filter.h - which keys a large store does not have, from memory. */
#ifndef TOC_STORE_KEY_FILTER_H
#define TOC_STORE_KEY_FILTER_H
#include "base/bloom.h"
#include "store/db.h"

struct toc_conn;

/* The hashes in a store's key tables: one that it lacks is not there. Of the writer, between
 * transactions too, until another process writes. */
typedef struct toc__key_filter {
    toc_bloom bloom; /* without words: there is none */
    int64_t count;   /* keys in it */
    int64_t misses;  /* look-ups that found nothing, since it was last built or dropped */
    bool unsettled;  /* built in the transaction that runs: it lacks what that has removed */
} toc__key_filter;

/* True when no key has the hash; false decides nothing. */
bool toc__key_filter_lacks(const toc__key_filter *filter, int64_t hash);
/* A key is there now. */
void toc__key_filter_add(toc__key_filter *filter, int64_t hash);
/* A look-up in the tables found nothing. True when there were so many of them that building the
 * filter pays; given: the ids of indicators that were given out. */
bool toc__key_filter_missed(toc__key_filter *filter, const struct toc_conn *conn, int64_t given);
/* From the tables, in a write transaction. Without memory, or while other writers wait, there is
 * none behind it. */
toc_rc toc__key_filter_build(toc__key_filter *filter, struct toc_conn *conn, int64_t given,
                             toc_error *err);
void toc__key_filter_drop(toc__key_filter *filter);
#endif
