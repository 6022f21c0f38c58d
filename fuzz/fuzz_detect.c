/* Detection: the short cuts agree with the patterns, and what has a type passes the checks of that
 * type or is refused with a message. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/detect.h"
#include "tocsin/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_as(const toc_type *type, toc_str value)
{
    toc_object *obj = NULL;
    toc_error err = {0};
    assert(toc_object_new(type, &obj, &err) == TOC_OK);
    toc_rc rc = toc_object_set_summary(obj, value, &err);
    if (!rc)
        rc = toc_object_check(obj, &err);
    assert(!rc || err.message[0]);
    if (!rc) {
        /* The stored form is its own stored form. */
        assert(toc_object_summary(obj).ptr);
        assert(toc_object_check(obj, &err) == TOC_OK);
    }
    toc_object_free(obj);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static toc_detector *detector;
    toc_str value = {(const char *)data, size};
    if (!detector)
        assert(toc_detector_new(&detector, NULL) == TOC_OK);
    const toc_type *type = toc_detector_find(detector, value);
    assert(type == toc__detector_find_plain(detector, value));
    size_t count;
    const toc_type *list = toc_type_list(&count);
    for (size_t i = 0; i < count; i++)
        if (list[i].kind == TOC_KIND_INDICATOR)
            check_as(&list[i], value);
    return 0;
}
