/* The filters= parameter and the names of filters: what is accepted prints as a text that is
 * accepted again and means the same. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "filter/filter.h"
#include "filter/terms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_terms(toc_str text, toc_filter_resource resource, const toc_type *type)
{
    toc_arena arena;
    toc_terms terms = {.count = 99}, again = {.count = 99};
    toc_error err;
    toc_arena_init(&arena, 0);
    toc_rc rc = toc_terms_parse(text, resource, type, &arena, &terms, &err);
    if (rc) {
        assert(terms.count == 99 && err.code == rc && err.message[0]);
        assert(toc_str_is_utf8(text, NULL) == false ||
               toc_str_is_utf8(toc_str_of(err.message), NULL));
    } else {
        toc_buf out;
        toc_buf_init(&out, text.len * 2 + 64);
        toc_terms_print(&terms, &out);
        assert(!out.failed);
        assert(!toc_terms_parse(toc_buf_view(&out), resource, type, &arena, &again, &err));
        assert(terms.count == again.count);
        for (size_t i = 0; i < terms.count; i++) {
            assert(terms.items[i].field == again.items[i].field);
            assert(terms.items[i].op == again.items[i].op);
            assert(terms.items[i].integer == again.items[i].integer);
            assert(toc_str_equal(terms.items[i].text, again.items[i].text));
        }
        toc_buf_done(&out);
    }
    toc_arena_done(&arena);
}

static void check_filters(toc_str text, toc_kind kind, const toc_type *type)
{
    toc_filter *filter = NULL;
    toc_str field, value;
    toc_op op;
    char name[200];
    toc_error err;
    if (toc_filter_parse(text, &field, &op, &value, &err))
        return;
    (void)snprintf(name, sizeof(name), "%.*s", TOC_FMT(field));
    assert(!toc_filter_new(kind, type, &filter, &err));
    if (toc_filter_post(filter, name, op, value, &err))
        assert(err.code == TOC_EINVAL && filter->posts.count == 0);
    if (toc_filter_api(filter, name, value, &err))
        assert(filter->api.count == 0);
    if (toc_filter_term(filter, name, op, value, &err))
        assert(filter->terms.count == 0);
    char *printed = NULL;
    assert(!toc_filter_print(filter, &printed, &err));
    assert(strstr(printed, "Filter Object"));
    toc_free(printed);
    toc_filter_free(filter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    toc_str text = {(const char *)data + 1, size - 1};
    const toc_type *host = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host"));
    const toc_type *address = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Address"));
    const toc_type *types[] = {NULL, host, address};
    const toc_type *type = types[data[0] / 16 % 3];
    check_terms(text, (toc_filter_resource)(data[0] % 16 % TOC_FILTER_RESOURCE_COUNT), type);
    check_filters(text, type ? TOC_KIND_INDICATOR : (toc_kind)(data[0] % 16 % TOC_KIND_COUNT),
                  type);
    return 0;
}
