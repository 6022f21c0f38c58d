/* failing.h - for tests: an allocator of which one call fails, and which counts what is held. */
#ifndef TESTS_SUPPORT_FAILING_H
#define TESTS_SUPPORT_FAILING_H
#include "tocsin/base.h"

typedef struct failing {
    long left;     /* allocations before the one that fails; negative: none does */
    bool for_good; /* all that come after it fail, too */
    bool failed;   /* one did */
    size_t live;   /* pieces that are not released yet */
} failing;

/* For toc_set_allocator; self must outlive its use. */
toc_allocator failing_allocator(failing *self);
/* Runs again and again, each time with the next allocation failing, until none is left to fail. The
 * test fails when a run ends otherwise than well or with TOC_ENOMEM, when it leaves anything
 * behind, or when there are fewer than least allocations. What is built only once must be there
 * before. */
void failing_each(toc_rc (*run)(void), size_t least);
#endif
