/* request.h - the request target taken apart: raw path split first, each segment decoded then. */
#ifndef TOC_PLATFORM_REQUEST_H
#define TOC_PLATFORM_REQUEST_H
#include "base/arena.h"
#include "base/limits.h"
#include "tocsin/transport.h"

typedef struct toc_param {
    toc_str name, value;
} toc_param;

typedef struct toc_target_parts {
    toc_str segments[TOC_MAX_PATH_SEGMENTS]; /* decoded, without "api" and "v2" */
    size_t segment_count;
    bool versioned; /* the path lies below /v2 */
    toc_param params[TOC_MAX_QUERY_PARAMS];
    size_t param_count;
} toc_target_parts;

/* TOC_EPARSE for a malformed target, TOC_ELIMIT. */
toc_rc toc_target_split(toc_str target, toc_arena *arena, toc_target_parts *parts, toc_error *err);
/* The first parameter of this name; absent when it was not sent. */
toc_str toc_target_param(const toc_target_parts *parts, const char *name);
/* True only for the word "true" in any case. */
bool toc_target_flag(const toc_target_parts *parts, const char *name);
/* By name without case; absent when it was not sent. */
toc_str toc_request_header(const toc_request *request, const char *name);
#endif
