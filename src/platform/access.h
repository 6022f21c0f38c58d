/* access.h - what the platform does for a caller that owns the store. */
#ifndef TOC_PLATFORM_ACCESS_H
#define TOC_PLATFORM_ACCESS_H
#include "platform/call.h"

/* An in-process caller needs no account: makes an organisation (unless there is one) and a user. */
toc_rc toc__first_user(toc_platform *platform, toc_error *err);
/* An API user by access id, without its secret. TOC_ENOTFOUND: none, or it was revoked. */
toc_rc toc__user_of(toc_conn *conn, const char *access_id, toc_arena *arena, toc_store_user *user,
                    toc_error *err);
#endif
