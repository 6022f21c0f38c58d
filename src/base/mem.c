/* mem.c - the only file that knows the C library's allocator. */
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void *libc_alloc(void *user, size_t size)
{
    (void)user;
    return malloc(size);
}

static void *libc_resize(void *user, void *ptr, size_t size)
{
    (void)user;
    return realloc(ptr, size);
}

static void libc_release(void *user, void *ptr)
{
    (void)user;
    free(ptr);
}

static const toc_allocator libc_allocator = {libc_alloc, libc_resize, libc_release, NULL};
static toc_allocator current = {libc_alloc, libc_resize, libc_release, NULL};

void *toc_mem_alloc(size_t size)
{
    return current.alloc(current.user, size ? size : 1);
}

void *toc_mem_zalloc(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    void *ptr = toc_mem_alloc(bytes);
    if (ptr)
        memset(ptr, 0, bytes);
    return ptr;
}

void *toc_mem_table(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    void *ptr = toc_mem_alloc(bytes);
    if (!ptr)
        return NULL;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t from = ((uintptr_t)ptr + page - 1) / page * page;
    uintptr_t to = ((uintptr_t)ptr + bytes) / page * page;
    /* Before they are touched. Without large pages it is slower, no more. */
    if (to > from)
        (void)madvise((void *)from, to - from, MADV_HUGEPAGE);
    memset(ptr, 0, bytes);
    return ptr;
}

void *toc_mem_resize(void *ptr, size_t size)
{
    if (!ptr)
        return toc_mem_alloc(size);
    return current.resize(current.user, ptr, size ? size : 1);
}

char *toc_mem_strdup(toc_str text)
{
    if (text.len == SIZE_MAX)
        return NULL;
    char *copy = toc_mem_alloc(text.len + 1);
    if (!copy)
        return NULL;
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}

void toc_mem_free(void *ptr)
{
    if (ptr)
        current.release(current.user, ptr);
}

void toc_mem_wipe(void *ptr, size_t size)
{
    if (ptr && size)
        explicit_bzero(ptr, size);
}

void toc_set_allocator(const toc_allocator *allocator)
{
    current = allocator ? *allocator : libc_allocator;
}

void toc_free(void *ptr)
{
    toc_mem_free(ptr);
}
