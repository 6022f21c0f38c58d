/* normalise.h - stored forms of key values (rest-v2 5.1); see toc_type.normalise. */
#ifndef TOC_MODEL_NORMALISE_H
#define TOC_MODEL_NORMALISE_H
#include "tocsin/types.h"

typedef void *toc_alloc_fn(void *user, size_t size);

const char *toc__normalise_address(toc_str *parts, toc_alloc_fn *alloc, void *user);
const char *toc__normalise_email(toc_str *parts, toc_alloc_fn *alloc, void *user);
const char *toc__normalise_file(toc_str *parts, toc_alloc_fn *alloc, void *user);
const char *toc__normalise_host(toc_str *parts, toc_alloc_fn *alloc, void *user);
const char *toc__normalise_url(toc_str *parts, toc_alloc_fn *alloc, void *user);
const char *toc__normalise_asn(toc_str *parts, toc_alloc_fn *alloc, void *user);
const char *toc__normalise_cidr(toc_str *parts, toc_alloc_fn *alloc, void *user);
const char *toc__normalise_registry(toc_str *parts, toc_alloc_fn *alloc, void *user);

/* Applies a type's letter case; the text itself when it has that case already. Absent text when
 * out of memory. */
toc_str toc__letter_case(toc_str text, toc_case letter_case, toc_alloc_fn *alloc, void *user);
/* A dotted quad of four numbers to 255 without leading zeros. */
bool toc__is_ipv4(toc_str text);
#endif
