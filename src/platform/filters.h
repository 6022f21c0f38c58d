/* filters.h - the filters in the query of a list. */
#ifndef TOC_PLATFORM_FILTERS_H
#define TOC_PLATFORM_FILTERS_H
#include "filter/terms.h"
#include "platform/call.h"

/* The terms of filters and how orParams joins them (rest-v2 1.12); none when there are no filters.
 * 400 for what the resource, or the type's lists, cannot be filtered by. */
toc_rc toc__read_filters(toc_incoming *call, toc_filter_resource resource, const toc_type *type,
                         toc_terms *terms, toc_error *err);
#endif
