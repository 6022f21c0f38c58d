/* URL decoding: never longer, never a NUL byte, and what was decoded encodes and decodes back. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/codec.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(toc_arena *arena, toc_str text, bool form)
{
    toc_str plain = toc_url_decode(arena, text, form);
    if (!plain.ptr) {
        assert(plain.len == 0);
        return;
    }
    assert(plain.len <= text.len);
    assert(!plain.len || !memchr(plain.ptr, '\0', plain.len));
    toc_buf buf;
    toc_buf_init(&buf, 3 * plain.len + 1);
    (form ? toc_url_encode_form : toc_url_encode_path)(&buf, plain);
    assert(!buf.failed);
    toc_str again = toc_url_decode(arena, toc_buf_view(&buf), form);
    assert(again.ptr && toc_str_equal(again, plain));
    toc_buf_done(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    toc_arena arena = {0};
    toc_str text = {size ? (const char *)data : "", size};
    check(&arena, text, false);
    check(&arena, text, true);
    (void)toc_url_is_dot_segment(text);
    toc_arena_done(&arena);
    return 0;
}
