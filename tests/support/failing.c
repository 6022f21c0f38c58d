#include "support/failing.h"

#include <stdlib.h>

static bool is_due(failing *self)
{
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
