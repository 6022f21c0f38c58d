/* mem.h - the allocator behind everything, and scope-bound release. */
#ifndef TOC_BASE_MEM_H
#define TOC_BASE_MEM_H
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "tocsin/base.h"

void *toc_mem_alloc(size_t size);                /* NULL when out of memory; size 0 is 1 */
void *toc_mem_zalloc(size_t count, size_t size); /* zeroed, overflow-checked */
/* As zalloc, for tables of megabytes that are read here and there: on large pages, if the system
 * has them. */
void *toc_mem_table(size_t count, size_t size);
void *toc_mem_resize(void *ptr, size_t size);
char *toc_mem_strdup(toc_str text); /* terminated copy */
void toc_mem_free(void *ptr);
void toc_mem_wipe(void *ptr, size_t size); /* not optimised away */

static inline void toc__free_cleanup(void *slot)
{
    toc_mem_free(*(void **)slot);
}
static inline void toc__fclose_cleanup(FILE **file)
{
    if (*file)
        (void)fclose(*file);
}
static inline void toc__close_cleanup(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

#define TOC_CLEANUP(fn) __attribute__((cleanup(fn)))
#define TOC_AUTOFREE TOC_CLEANUP(toc__free_cleanup)
#define TOC_AUTOCLOSE TOC_CLEANUP(toc__close_cleanup)
#define TOC_AUTOFCLOSE TOC_CLEANUP(toc__fclose_cleanup)
/* Hands an owned pointer on and empties the variable. */
#define TOC_TAKE(ptr)                                                                              \
    __extension__({                                                                                \
        __typeof__(ptr) taken_ = (ptr);                                                            \
        (ptr) = NULL;                                                                              \
        taken_;                                                                                    \
    })
#define TOC_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#endif
