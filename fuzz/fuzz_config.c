/* Configuration files: whatever the text, settings are pieces of it, trimmed, with a key; and a
 * failure names a line. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "client/config.h"
#include "client/options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct checker {
    toc_str text;
    toc_session_options options;
} checker;

static toc_rc check(void *user, toc_str key, toc_str value, toc_error *err)
{
    checker *self = user;
    const char *end = self->text.ptr + self->text.len;
    assert(key.len && key.ptr >= self->text.ptr && value.ptr > key.ptr &&
           value.ptr + value.len <= end);
    assert(toc_str_equal(toc_str_trim(value), value) && toc_str_equal(toc_str_trim(key), key));
    const toc_option *row = toc__option_by_key(key);
    return row ? toc__option_parse(&self->options, row, value, err) : TOC_OK;
}

static void profile(void *user, toc_str name, uint64_t line)
{
    const checker *self = user;
    assert(line && name.ptr >= self->text.ptr && name.len < self->text.len);
    assert(toc_str_equal(toc_str_trim(name), name));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const profiles[] = {NULL, "lab"};
    for (size_t i = 0; i < 2; i++) {
        checker self = {.text = {size ? (const char *)data : "", size}};
        toc_error err = {0};
        toc_config_reader reader = {
            .profile = toc_str_of(profiles[i]), .setting = check, .found = profile, .user = &self};
        toc_rc rc = toc__config_read(self.text, &reader, &err);
        assert(rc == err.code);
        assert(!rc || err.line);
        toc__options_done(&self.options);
    }
    return 0;
}
