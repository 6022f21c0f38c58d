/* list.h - lists that are not planned from a filter: at a path of their own. */
#ifndef TOC_INTEL_LIST_H
#define TOC_INTEL_LIST_H
#include "tocsin/session.h"

typedef struct toc_list_source {
    toc_kind kind;
    const toc_type *item_type; /* NULL: each item says it */
    const char *path;          /* encoded, "/v2/..."; copied */
    const char *owner;         /* sent; NULL: none. Copied */
    bool owners;               /* the filter's owners are asked one after the other */
    bool check_owner;          /* other owners' objects are left out */
    bool paged;
    bool bare;                 /* the answer has no envelope, and takes no filter */
    bool spooled;              /* it goes through a file */
    bool unfold;               /* items are DNS resolutions: one record for each address in them */
    const char *description;   /* for people; borrowed */
    const char *query, *value; /* one more parameter; query borrowed, NULL: none; value copied */
} toc_list_source;

/* filter may be NULL; it must outlive the list. Its API filters are not asked. */
toc_rc toc__list_open_source(toc_session *sess, const toc_list_source *source,
                             const toc_filter *filter, toc_list **list, toc_error *err);
#endif
