/* tokens.h - tokens in place of signatures. */
#ifndef TOC_PLATFORM_TOKENS_H
#define TOC_PLATFORM_TOKENS_H
#include "platform/access.h"

/* Sets the call's user; 401 for one that is unknown, expired or replaced. */
toc_rc toc__authenticate_token(toc_incoming *call, toc_str text, toc_error *err);
#endif
