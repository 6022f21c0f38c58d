/* Extraction: whatever is in a text, what is found lies in it and in its order, is stored as it is,
 * and its text alone is found again. The first byte chooses the form. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "tocsin/extract.h"
#include "tocsin/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_value(const toc_find *find)
{
    toc_object *obj = NULL;
    toc_error err = {0};
    assert(toc_object_new(find->type, &obj, &err) == TOC_OK);
    assert(toc_object_set_summary(obj, find->value, &err) == TOC_OK);
    assert(toc_object_check(obj, &err) == TOC_OK);
    assert(toc_str_equal(toc_object_summary(obj), find->value));
    toc_object_free(obj);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    toc_extract_options options = TOC_EXTRACT_OPTIONS_INIT;
    toc_extract *ext;
    toc_find find;
    uint64_t last = 0, line = 1;
    if (!size)
        return 0;
    toc_str text = {(const char *)data + 1, size - 1};
    options.form = (toc_text_form)(data[0] % TOC_TEXT_FORM_COUNT);
    options.each = data[0] & 0x40;
    assert(toc_extract_open(text, &options, &ext, NULL) == TOC_OK);
    int more;
    while ((more = toc_extract_next(ext, &find, NULL)) == 1) {
        assert(find.text.len && find.offset + find.text.len <= text.len);
        assert(find.text.ptr == text.ptr + find.offset);
        assert(find.offset >= last && find.line >= line && find.column >= 1);
        last = find.offset;
        line = find.line;
        check_value(&find);
    }
    assert(more == 0);
    toc_extract_close(ext);
    return 0;
}
