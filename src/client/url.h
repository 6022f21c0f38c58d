/* url.h - addresses and targets: taken apart, checked, put together. */
#ifndef TOC_CLIENT_URL_H
#define TOC_CLIENT_URL_H
#include "base/buf.h"

/* Scheme, host and port of an API address, and the path in front of "/v2"; both borrowed. */
toc_rc toc__url_split(toc_str url, toc_str *base, toc_str *prefix, toc_error *err);
/* A path as a caller may give it: begins with '/', no blanks, controls or fragment, and no empty
 * or dot segment, however it is spelled (sdk.md 1.4). A query may follow. */
toc_rc toc__path_check(toc_str path, toc_error *err);
/* Adds "?name=value" or "&name=value", form-encoded. */
void toc__query_add(toc_buf *target, toc_str name, toc_str value);
#endif
