/* retry.h - when a call may be sent again, and how long the server asks to wait. */
#ifndef TOC_CLIENT_RETRY_H
#define TOC_CLIENT_RETRY_H
#include "tocsin/transport.h"

/* Whether a failed call may be sent again: only by the failure's flags and the method. */
bool toc__may_repeat(const char *method, const toc_error *failure);
/* Milliseconds of a Retry-After header (seconds or a date); 0 when there is none. */
unsigned toc__retry_after(const toc_response *response, int64_t now);
#endif
