/* tokens.h - tokens in place of signatures. */
#ifndef TOC_PLATFORM_TOKENS_H
#define TOC_PLATFORM_TOKENS_H
#include "platform/access.h"

/* Sets the call's user; 401 for one that is unknown, expired or replaced. */
toc_rc toc__authenticate_token(toc_call *call, toc_str text, toc_error *err);
/* A new token's text. */
toc_rc toc__token_text(int64_t user, int64_t expires, toc_buf *text, toc_error *err);
#endif
