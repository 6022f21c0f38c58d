/* Patterns that a caller puts in place of those of a type: the type's name and a pattern, a line
 * each, then the value. A pattern is taken or refused with a message, a hostile one ends in time,
 * and what was refused changes nothing. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "tocsin/types.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *next_line(toc_arena *arena, toc_str *rest)
{
    toc_str line = {NULL, 0};
    (void)toc_str_cut(rest, '\n', &line);
    const char *text = toc_arena_str(arena, line.ptr ? line : TOC_S("")).ptr;
    assert(text);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    toc_arena arena = {0};
    toc_str rest = {size ? (const char *)data : "", size};
    toc_detector *detector = NULL;
    toc_error err = {0};
    toc_str name = toc_str_of(next_line(&arena, &rest));
    const char *pattern = next_line(&arena, &rest);
    const toc_type *type = toc_types_find(NULL, TOC_KIND_INDICATOR, name);
    assert(!toc_detector_new(&detector, NULL));
    const toc_type *before = toc_detector_find(detector, rest);
    toc_rc rc = toc_detector_set(detector, type, &pattern, 1, &err);
    assert(!rc || err.message[0]);
    const toc_type *found = toc_detector_find(detector, rest);
    assert(!rc || found == before);
    assert(toc_detector_find(detector, rest) == found);
    toc_detector_free(detector);
    toc_arena_done(&arena);
    return 0;
}
