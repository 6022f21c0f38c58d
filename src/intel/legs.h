/* legs.h - joined filters in the order in which they are asked (sdk.md 3.3).
 *
 * Joined strictly left to right, an object is in the result when one of the filters that add
 * objects (the first and those joined by OR) returns it, and every filter joined by AND behind that
 * one returns it as well. So the intersected filters are asked first, from the last to the first,
 * for ids alone; then those that add are asked in order, and their objects go straight to the
 * caller. Memory: the ids of the last intersected filter, and those given out when several requests
 * may return the same object; never objects. */
#ifndef TOC_INTEL_LEGS_H
#define TOC_INTEL_LEGS_H
#include "base/map.h"
#include "filter/filter.h"

typedef struct toc_leg {
    const toc_filter *filter; /* NULL: everything */
    toc_post_memo *memos;     /* NULL: no post filters */
    unsigned rank;            /* of an intersected filter: 1 for the last one; else 0 */
    unsigned behind;          /* how many intersected filters stand behind it */
    unsigned first_bit;       /* of its API filters in the marks of an id; intersected ones only */
} toc_leg;

typedef struct toc_legs {
    toc_leg items[TOC_MAX_JOINED_FILTERS];
    size_t count, at;
    bool overlaps;  /* several requests may return the same object */
    toc_map ids;    /* of intersected filters: rank that was reached, and marks */
    toc_map seen;   /* given out already */
    uint64_t marks; /* of the object that was given out last */
} toc_legs;

toc_rc toc__legs_init(toc_legs *legs, const toc_filter *filter, toc_error *err);
void toc__legs_done(toc_legs *legs);
static inline const toc_leg *toc__legs_now(const toc_legs *legs)
{
    return &legs->items[legs->at];
}
/* An object that passed the current filter, returned by its API filter number api. id: negative if
 * it has none. 1: it is part of the result, and new; 0: not now; negative: a toc_rc. */
int toc__legs_take(toc_legs *legs, int64_t id, size_t api, toc_error *err);
/* What returned the object given out last beside the current request: one description after the
 * other; {NULL,0} past the end. */
toc_str toc__legs_matched(const toc_legs *legs, size_t index);
#endif
