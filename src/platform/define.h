/* define.h - definitions beside the built-in types, inside a transaction. */
#ifndef TOC_PLATFORM_DEFINE_H
#define TOC_PLATFORM_DEFINE_H
#include "platform/call.h"

/* The type with what every definition gets, checked as far as the store does not do that. */
toc_rc toc__define_type(toc_conn *conn, const toc_type *type, toc_error *err);
#endif
