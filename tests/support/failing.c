#include "support/failing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define RUNS_MAX 2000

static bool is_due(failing *self)
{
    if (self->for_good && self->failed)
        return true;
    if (self->left < 0 || self->left-- > 0)
        return false;
    self->failed = true;
    return true;
}

static void *fail_alloc(void *user, size_t size)
{
    failing *self = user;
    void *ptr = is_due(self) ? NULL : malloc(size);
    self->live += ptr != NULL;
    return ptr;
}

static void *fail_resize(void *user, void *ptr, size_t size)
{
    failing *self = user;
    void *moved = is_due(self) ? NULL : realloc(ptr, size);
    self->live += !ptr && moved;
    return moved;
}

static void fail_release(void *user, void *ptr)
{
    failing *self = user;
    self->live -= ptr != NULL;
    free(ptr);
}

toc_allocator failing_allocator(failing *self)
{
    return (toc_allocator){fail_alloc, fail_resize, fail_release, self};
}

void failing_each(toc_rc (*run)(void), size_t least)
{
    failing memory = {.failed = true};
    toc_allocator allocator = failing_allocator(&memory);
    toc_set_allocator(&allocator);
    size_t number = 0;
    for (; memory.failed && number < RUNS_MAX; number++) {
        memory = (failing){.left = (long)number};
        toc_rc rc = run();
        if (rc && (rc != TOC_ENOMEM || !memory.failed))
            fail_msg("allocation %zu: %d", number, rc);
        if (memory.live)
            fail_msg("allocation %zu: %zu pieces are left", number, memory.live);
    }
    toc_set_allocator(NULL);
    assert_false(memory.failed);
    assert_true(number > least);
}
