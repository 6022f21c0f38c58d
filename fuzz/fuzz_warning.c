/* Warning lists: any text is a list or is refused with a reason; looking up does no harm; what a
 * plain list holds is found. A line "---" divides the list from the values. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "tocsin/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_up(const toc_warning_lists *lists, toc_str values)
{
    size_t count = 0;
    const toc_type *types = toc_type_list(&count);
    toc_str line;
    while (toc_str_cut(&values, '\n', &line)) {
        const char *any = toc_warning_lists_find(lists, NULL, line);
        for (size_t i = 0; i < count; i++)
            if (types[i].kind == TOC_KIND_INDICATOR)
                assert(any || !toc_warning_lists_find(lists, &types[i], line));
    }
}

/* Each value of a plain list is benign by that list, whatever its form. */
static void check_plain(const toc_warning_lists *lists, toc_str text)
{
    toc_str line;
    while (toc_str_cut(&text, '\n', &line)) {
        line = toc_str_trim(line);
        if (line.len && line.ptr[0] != '.' && line.ptr[0] != '*' &&
            toc_str_find_char(line, '#') < 0)
            assert(toc_warning_lists_find(lists, NULL, line));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    toc_str text = {size ? (const char *)data : "", size};
    toc_str values = text;
    ptrdiff_t line = toc_str_find(text, TOC_S("\n---\n"));
    if (line >= 0) {
        values = toc_str_slice(text, (size_t)line + 5, text.len);
        text = toc_str_slice(text, 0, (size_t)line);
    }
    toc_warning_lists *lists = NULL;
    toc_error err = {0};
    assert(toc_warning_lists_new(&lists, NULL) == TOC_OK);
    if (toc_warning_lists_add(lists, toc_str_of("192.0.2.0/24\n.b.example\n"), NULL, NULL))
        assert(false);
    toc_rc rc = toc_warning_lists_add(lists, text, "fuzz", &err);
    assert(!rc || err.message[0]);
    assert(toc_warning_lists_count(lists) == (rc ? 1U : 2U));
    look_up(lists, values);
    toc_str begin = toc_str_trim(text);
    if (!rc && begin.len && begin.ptr[0] != '{' && begin.ptr[0] != '[' &&
        (unsigned char)begin.ptr[0] < 0x80)
        check_plain(lists, text);
    toc_warning_lists_free(lists);
    return 0;
}
