/* request.h - what a call becomes on its way: checks, query, headers. */
#ifndef TOC_CLIENT_REQUEST_H
#define TOC_CLIENT_REQUEST_H
#include "base/buf.h"
#include "tocsin/session.h"

/* TOC_EINVAL for a path, method or header that cannot be sent. */
toc_rc toc__call_check(const toc_call *call, toc_error *err);
/* The query's parameters in the order in which they are sent. */
typedef void (*toc_parameter_fn)(void *user, toc_str name, toc_str value);
void toc__call_parameters(const toc_call *call, bool activity_log, toc_parameter_fn fn, void *user);
/* "GET" unless the call says otherwise. */
const char *toc__call_method(const toc_call *call);
/* The Content-Type that is sent; NULL: none. POST and PUT always have one (sdk.md 1.5). */
const char *toc__call_type(const toc_call *call);
/* Whether a header's value is better not shown. */
bool toc__header_is_secret(toc_str name);
/* Whether a JSON body has values that are not shown (TOC_FIELD_SECRET, types.h). */
bool toc__body_is_secret(toc_str body);
/* The body with "***" instead of them. Borrowed from body, or from room, which the caller releases;
 * {NULL,0} without memory. */
toc_str toc__body_shown(toc_str body, toc_buf *room);
#endif
