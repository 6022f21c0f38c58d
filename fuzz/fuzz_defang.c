/* Defanging and refanging go through any text; a single value has a type or has none. The
 * first byte chooses the form. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "tocsin/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static toc_rc collect(void *user, toc_str part)
{
    toc_buf_str(user, part);
    return TOC_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TOC_CLEANUP(toc_buf_done) toc_buf defanged, refanged;
    char room[256];
    const toc_type *type = NULL;
    if (!size || size > 65536)
        return 0;
    toc_str text = {(const char *)data + 1, size - 1};
    toc_text_form form = (toc_text_form)(data[0] % TOC_TEXT_FORM_COUNT);
    toc_buf_init(&defanged, 16U << 20);
    toc_buf_init(&refanged, 16U << 20);
    assert(toc_defang(text, form, collect, &defanged, NULL) == TOC_OK);
    assert(toc_refang(text, form, collect, &refanged, NULL) == TOC_OK);
    assert(!defanged.failed && !refanged.failed);
    /* Nothing but marks comes in. */
    assert(defanged.len + 8 * size >= text.len);
    bool found = toc_refang_value(text, room, sizeof(room), &type);
    assert(!found || type);
    return 0;
}
