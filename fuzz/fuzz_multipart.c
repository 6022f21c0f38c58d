/* Bodies of multipart/form-data: the part that is found lies inside the body and holds no
 * delimiter, and what was made of any two parts is found again. The first line is the content
 * type. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BOUNDARY "fuzz.0123456789"

static void check_any(toc_str type, toc_str body)
{
    const toc_str names[] = {TOC_S("config"), TOC_S("content"), TOC_S("")};
    for (size_t i = 0; i < TOC_COUNT(names); i++) {
        toc_str part = toc_multipart_find(type, body, names[i]);
        assert(!part.len || (part.ptr > body.ptr && part.ptr + part.len < body.ptr + body.len));
    }
}

static void check_made(toc_str first, toc_str second)
{
    const toc_str type = TOC_S("Multipart/form-data; charset=x; Boundary=\"" BOUNDARY "\"");
    toc_buf text;
    if (toc_str_find(first, TOC_S(BOUNDARY)) >= 0 || toc_str_find(second, TOC_S(BOUNDARY)) >= 0)
        return;
    toc_buf_init(&text, first.len + second.len + 512);
    toc_buf_lit(&text, "--" BOUNDARY "\r\ncontent-disposition: form-data; name=config\r\n\r\n");
    toc_buf_str(&text, first);
    toc_buf_lit(&text, "\r\n--" BOUNDARY "\r\nX: y\r\nContent-Disposition: form-data; "
                       "filename=\"a;b\"; name=\"content\"\r\n\r\n");
    toc_buf_str(&text, second);
    toc_buf_lit(&text, "\r\n--" BOUNDARY "--\r\n");
    assert(!text.failed);
    toc_str body = toc_buf_view(&text);
    assert(toc_str_equal(toc_multipart_find(type, body, TOC_S("config")), first));
    assert(toc_str_equal(toc_multipart_find(type, body, TOC_S("content")), second));
    assert(!toc_multipart_find(type, body, TOC_S("filename")).ptr);
    toc_buf_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    toc_str rest = {(const char *)data, size}, type = {NULL, 0};
    if (!toc_str_cut(&rest, '\n', &type))
        return 0;
    check_any(type, rest);
    check_made(type, rest);
    return 0;
}
