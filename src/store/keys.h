/* keys.h - the index of indicators by value. */
#ifndef TOC_STORE_KEYS_H
#define TOC_STORE_KEYS_H
#include "store/conn.h"

typedef struct toc__key_set {
    toc_conn *conn;
    int64_t owner;
    toc__type_row type;
    int64_t id; /* the indicator's */
} toc__key_set;

/* Adds the keys of the parts that are present: one per hash, else one for all parts. TOC_ECONFLICT
 * when another indicator has one; then none is added. */
toc_rc toc__keys_add(const toc__key_set *keys, const toc_str parts[3], toc_error *err);
toc_rc toc__keys_drop(const toc__key_set *keys, const toc_str parts[3], toc_error *err);
#endif
