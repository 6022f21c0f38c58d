/* record.h - what the recorder and the replayer agree on. */
#ifndef TOC_CLIENT_RECORD_H
#define TOC_CLIENT_RECORD_H
#include "base/str.h"

/* A renewal's query is a token. */
static inline bool toc__record_is_renewal(toc_str target)
{
    return toc_str_find(target, TOC_S("/appAuth?")) >= 0;
}

/* The target as it is recorded: a renewal's without the query. */
static inline toc_str toc__record_target(toc_str target)
{
    ptrdiff_t query = toc__record_is_renewal(target) ? toc_str_find_char(target, '?') : -1;
    return query < 0 ? target : toc_str_slice(target, 0, (size_t)query);
}
#endif
