/* key_pending.h - the keys that a transaction has added and not written yet. */
#ifndef TOC_STORE_KEY_PENDING_H
#define TOC_STORE_KEY_PENDING_H
#include "store/db.h"

/* They are written by the commit, in the order of their hashes, so that neighbours meet the same
 * pages. When there are this many, they are written before. */
#define TOC__PENDING_MAX 32768U

typedef struct toc__pending_key {
    int64_t hash;
    int64_t id; /* as in the tables: 0 when several share the hash */
    bool used, gone;
} toc__pending_key;

typedef struct toc__pending_keys {
    toc__pending_key *slots; /* open addressing */
    size_t count;            /* used ones, those that are gone among them */
} toc__pending_keys;

/* NULL when there is none; lives until the next call but this. */
toc__pending_key *toc__pending_find(const toc__pending_keys *keys, int64_t hash);
/* There must be none with the hash, and fewer than the maximum. TOC_ENOMEM. */
toc_rc toc__pending_add(toc__pending_keys *keys, int64_t hash, int64_t id, toc_error *err);
/* Puts those that are not gone to the front of the slots, in the order of their hashes. Only clear
 * and done may follow. */
size_t toc__pending_sort(toc__pending_keys *keys);
void toc__pending_clear(toc__pending_keys *keys);
void toc__pending_done(toc__pending_keys *keys);
#endif
