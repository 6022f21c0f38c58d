/* access.h - what the platform does for a caller that owns the store. */
#ifndef TOC_PLATFORM_ACCESS_H
#define TOC_PLATFORM_ACCESS_H
#include "platform/call.h"

/* An in-process caller needs no account: makes an organisation (unless there is one) and a user. */
toc_rc toc__first_user(toc_platform *platform, toc_error *err);
#endif
