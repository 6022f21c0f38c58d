/* exact.h - for tests: a copy in memory of its own, so that a sanitizer sees every byte read beyond
 * it. */
#ifndef TESTS_SUPPORT_EXACT_H
#define TESTS_SUPPORT_EXACT_H
#include <string.h>

#include "base/mem.h"

/* NULL of an empty text and without memory; toc_mem_free. */
static inline char *exact_copy(toc_str text)
{
    char *copy = text.len ? toc_mem_alloc(text.len) : NULL;
    if (copy)
        memcpy(copy, text.ptr, text.len);
    return copy;
}
#endif
