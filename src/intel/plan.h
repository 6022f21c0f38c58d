/* plan.h - which requests a list consists of: owners one after the other, the API filters of each
 * (sdk.md 3.3). */
#ifndef TOC_INTEL_PLAN_H
#define TOC_INTEL_PLAN_H
#include "base/buf.h"
#include "filter/filter.h"

typedef struct toc_plan {
    toc_kind kind;
    const toc_type *type;
    const toc_filter *filter; /* may be NULL */
    const char *default_owner;
    /* the current request */
    bool begun;
    const toc_owner_name *owner_node;
    const toc_api_filter *api;
    toc_buf path;
    const char *owner; /* whose objects are wanted; NULL: not said */
    bool send_owner, paged, single;
    const toc_type *item_type; /* NULL: each item says it */
} toc_plan;

void toc__plan_init(toc_plan *plan, toc_kind kind, const toc_type *type, const toc_filter *filter,
                    const char *default_owner);
void toc__plan_done(toc_plan *plan);
/* 1: the next request is described; 0: there is none left; negative: a toc_rc. */
int toc__plan_next(toc_plan *plan, toc_error *err);
/* Whether several of its requests may return the same object. */
bool toc__plan_overlaps(const toc_plan *plan);
#endif
