/* owners.h - owners in answers. */
#ifndef TOC_PLATFORM_OWNERS_H
#define TOC_PLATFORM_OWNERS_H
#include "platform/call.h"

/* Opens the owner's object and writes its members; the caller ends it. */
void toc__write_owner(toc_json_writer *writer, const toc_store_owner *owner);
/* Owners that the caller may read, each once, after the look-up has ended: fn may use the conn. */
toc_rc toc__each_owner(toc_incoming *call, toc_owner_fn fn, void *user, toc_error *err);
#endif
