/* members.h - what the worker keeps of the owners at the end of a day. */
#ifndef TOC_PLATFORM_MEMBERS_H
#define TOC_PLATFORM_MEMBERS_H
#include "platform/call.h"

/* Called now and then, by one thread at a time: when a day has ended since the last call, keeps
 * what every owner holds as the counts of that day. */
toc_rc toc__keep_metrics(toc_platform *platform, int64_t now, toc_error *err);
#endif
