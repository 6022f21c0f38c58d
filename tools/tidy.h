/* tidy.h - put before each source by tools/check-tidy: tells the analyzer that these never return
 * success, which it cannot see from outside base/error.c. */
#include "base/error.h"

#define toc_error_set(err, code, ...) ((void)(toc_error_set)((err), (code), __VA_ARGS__), (code))
#define toc_error_field(err, code, ...)                                                            \
    ((void)(toc_error_field)((err), (code), __VA_ARGS__), (code))
#define toc_error_errno(err, code, ...)                                                            \
    ((void)(toc_error_errno)((err), (code), __VA_ARGS__), (code))
#define toc_error_nomem(err) ((void)(toc_error_nomem)(err), TOC_ENOMEM)
