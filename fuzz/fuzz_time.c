/* Loose dates: what is accepted can be written, read again, and lies in the range of years. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "base/time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t clocks[] = {0,         1709287200, -INT64_C(62167219200),
                                     INT64_MIN, INT64_MAX,  INT64_C(253402300799)};
    toc_str text = {(const char *)data, size};
    int64_t strict = 42;
    bool plain = toc_time_parse(text, &strict);
    assert(plain || strict == 42);
    for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
        int64_t seconds = 42;
        if (!toc_time_parse_loose(text, clocks[i], &seconds)) {
            assert(!plain && seconds == 42);
            continue;
        }
        assert(!plain || seconds == strict);
        char out[TOC_TIME_TEXT];
        int64_t again = 0;
        assert(toc_time_format(seconds, out) == TOC_TIME_TEXT - 1);
        assert(strlen(out) == TOC_TIME_TEXT - 1);
        assert(toc_time_parse(toc_str_of(out), &again) && again == seconds);
    }
    return 0;
}
