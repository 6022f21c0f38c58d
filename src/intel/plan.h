/* plan.h - which requests a list consists of: owners one after the other, the API filters of each
 * (sdk.md 3.3). */
#ifndef TOC_INTEL_PLAN_H
#define TOC_INTEL_PLAN_H
#include "base/buf.h"
#include "filter/filter.h"
#include "intel/list.h"

typedef struct toc_request_plan {
    toc_kind kind;
    const toc_type *type;
    const toc_filter *filter;      /* may be NULL */
    const toc_list_source *source; /* NULL: planned from the filter */
    const char *default_owner;
    /* the current request */
    bool begun;
    const toc_owner_name *owner_node;
    const toc_api_filter *api;
    toc_buf path;
    toc_str description; /* terminated; {NULL,0}: none */
    const char *owner;   /* whose objects are wanted; NULL: not said */
    bool send_owner, paged, single;
    bool check_owner;          /* other owners' objects are left out */
    const toc_type *item_type; /* NULL: each item says it */
} toc_request_plan;

/* Room for the paths; toc__plan_done releases it. */
void toc__plan_init(toc_request_plan *plan);
void toc__plan_done(toc_request_plan *plan);
/* Begins anew with a filter (NULL: everything of the kind), or with a source of one's own. */
void toc__plan_start(toc_request_plan *plan, toc_kind kind, const toc_filter *filter,
                     const toc_list_source *source, const char *default_owner);
/* 1: the next request is described; 0: there is none left; negative: a toc_rc. */
int toc__plan_next(toc_request_plan *plan, toc_error *err);
/* Whether this is the first request of its owner. */
bool toc__plan_begins_owner(const toc_request_plan *plan);
#endif
