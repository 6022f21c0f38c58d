/* memory.c - for tests: the part of interpose.c in which memory runs out. What the program itself
 * asks for, not the libraries of the system, is counted by places: the calls that lead there, as
 * far as the first few behind main or behind the start of a thread tell one from the other. So each
 * call of the program into the library meets once that there is no memory, and not each of the
 * thousands of pieces that it needs. */
#include <execinfo.h>
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "place.h"

#define PLACES_MAX 4096 /* a power of two */
#define FRAMES_MAX 64
#define LEVELS 8 /* of calls, from the outermost */

/* What the C library's functions are called when these stand in front of them. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *ptr, size_t size);

static uintptr_t from, to; /* the program's code */
static atomic_bool begun, ended;
static _Atomic uint64_t places[PLACES_MAX];
static atomic_uint numbers[PLACES_MAX];
static atomic_uint count;
static _Thread_local bool busy;

static int find_program(struct dl_phdr_info *info, size_t size, void *user)
{
    (void)size, (void)user;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X))
            continue;
        from = info->dlpi_addr + part->p_vaddr;
        to = from + part->p_memsz;
    }
    return 1; /* the first is the program */
}

static void finish(void)
{
    atomic_store(&ended, true);
}

__attribute__((constructor)) static void begin(void)
{
    void *frame = NULL;
    (void)backtrace(&frame, 1); /* loads what it needs */
    (void)dl_iterate_phdr(find_program, NULL);
}

static bool is_ours(const void *address)
{
    uintptr_t at = (uintptr_t)address;
    return at >= from && at < to;
}

/* Never 0. */
static uint64_t place_of(void)
{
    void *frames[FRAMES_MAX];
    const void *ours[FRAMES_MAX];
    size_t used = 0;
    uint64_t hash = 14695981039346656037ULL;
    int found = backtrace(frames, FRAMES_MAX);
    for (int i = 0; i < found; i++)
        if (is_ours(frames[i]))
            ours[used++] = frames[i];
    for (size_t i = used > LEVELS ? used - LEVELS : 0; i < used; i++)
        hash = (hash ^ (uintptr_t)ours[i]) * 1099511628211ULL;
    return hash | 1;
}

/* The number of the place, from 1 in the order in which they are reached; 0: there are too many. */
static unsigned number_of(uint64_t place, bool *fresh)
{
    *fresh = false;
    for (size_t k = 0, i = place; k < PLACES_MAX; k++, i++) {
        uint64_t there = 0;
        size_t at = i & (PLACES_MAX - 1);
        if (atomic_compare_exchange_strong(&places[at], &there, place)) {
            *fresh = true;
            atomic_store(&numbers[at], atomic_fetch_add(&count, 1) + 1);
            return atomic_load(&numbers[at]);
        }
        if (there == place)
            return atomic_load(&numbers[at]);
    }
    return 0;
}

static bool is_refused(const void *caller)
{
    bool fresh = false;
    if (!is_ours(caller) || busy || atomic_load(&ended))
        return false;
    busy = true;
    if (!atomic_exchange(&begun, true))
        (void)atexit(finish); /* counters of a coverage build are written behind it */
    unsigned number = number_of(place_of(), &fresh);
    bool refused = number && fault_of_place(number, fresh);
    busy = false;
    return refused;
}

#define REFUSED is_refused(__builtin_return_address(0))

void *malloc(size_t size)
{
    return REFUSED ? NULL : __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
    return REFUSED ? NULL : __libc_calloc(number, size);
}

void *realloc(void *ptr, size_t size)
{
    return size && REFUSED ? NULL : __libc_realloc(ptr, size);
}

/* The C library's own functions would ask for the program. */
static char *copy(const char *text, size_t len)
{
    char *made = __libc_malloc(len + 1);
    if (!made)
        return NULL;
    memcpy(made, text, len);
    made[len] = '\0';
    return made;
}

#undef strdup
#undef strndup

char *strdup(const char *text)
{
    return REFUSED ? NULL : copy(text, strlen(text));
}

char *strndup(const char *text, size_t len)
{
    return REFUSED ? NULL : copy(text, strnlen(text, len));
}

static int print(char **text, const char *format, va_list list)
{
    va_list again;
    va_copy(again, list);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    *text = len < 0 ? NULL : __libc_malloc((size_t)len + 1);
    return *text ? vsnprintf(*text, (size_t)len + 1, format, list) : -1;
}

int asprintf(char **text, const char *format, ...)
{
    va_list list;
    if (REFUSED)
        return -1;
    va_start(list, format);
    int len = print(text, format, list);
    va_end(list);
    return len;
}

int __asprintf_chk(char **text, int flag, const char *format, ...);

int __asprintf_chk(char **text, int flag, const char *format, ...)
{
    va_list list;
    (void)flag;
    if (REFUSED)
        return -1;
    va_start(list, format);
    int len = print(text, format, list);
    va_end(list);
    return len;
}
