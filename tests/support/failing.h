/* failing.h - for tests: an allocator of which one call fails, and which counts what is held. */
#ifndef TESTS_SUPPORT_FAILING_H
#define TESTS_SUPPORT_FAILING_H
#include "tocsin/base.h"

typedef struct failing {
    long left;   /* allocations before the one that fails; negative: none does */
    bool failed; /* one did */
    size_t live; /* pieces that are not released yet */
} failing;

/* For toc_set_allocator; self must outlive its use. */
toc_allocator failing_allocator(failing *self);
#endif
