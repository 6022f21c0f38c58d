/* routes.h - the one table of what the platform answers, and the search in it. */
#ifndef TOC_PLATFORM_ROUTES_H
#define TOC_PLATFORM_ROUTES_H
#include <limits.h>

#include "platform/call.h"

typedef toc_rc (*toc_handler)(toc_incoming *call, toc_error *err);

/* What the first part of a pivot names. */
typedef enum toc_parent {
    TOC_PARENT_NONE,
    TOC_PARENT_OBJECT,
    TOC_PARENT_TAG,
    TOC_PARENT_LABEL,
    TOC_PARENT_HOLDER /* the victim or adversary that assets belong to */
} toc_parent;

typedef struct toc_route {
    const char *method;
    /* Words and {values} below /v2, or with a leading '/' below the base. A value with '*' takes
     * one segment or more. */
    const char *pattern;
    toc_handler handler;
    unsigned rights; /* TOC_MAY_* in the owner; beyond reading the request is one transaction */
    size_t body_max; /* 0: no body is read; larger ones are refused */
    toc_kind kind;   /* what is listed or handled */
    toc_parent parent;
    const char *subject; /* the word for messages; NULL: the type in the path */
    const char *help;
} toc_route;

/* Rights of routes that act in no owner, or find it and their transaction themselves. */
#define TOC_RIGHTS_SELF 0U
/* Answered to everybody, signature or not. */
#define TOC_RIGHTS_OPEN UINT_MAX
/* In body_max: the platform's batch maximum, that of documents. */
#define TOC_BODY_BATCH SIZE_MAX
#define TOC_BODY_CONTENT (SIZE_MAX - 1)

const toc_route *toc_route_list(size_t *count);

/* The table taken apart for searching: built once, then only read. */
typedef struct toc_route_index toc_route_index;
toc_rc toc_route_index_new(toc_route_index **index, toc_error *err);
void toc_route_index_free(toc_route_index *index);
/* Finds the route and the values of the path (joined ones in the arena). NULL when none fits. */
const toc_route *toc_route_find(const toc_route_index *index, const char *method,
                                const toc_target_parts *parts, toc_arena *arena,
                                toc_str args[TOC_ARG_COUNT]);
#endif
