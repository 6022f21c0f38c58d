/* base/buf.c: growth, limits, sticky failure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "support/failing.h"

static void test_append(void **state)
{
    (void)state;
    toc_buf buf;
    toc_buf_init(&buf, 10000);
    assert_string_equal(toc_buf_view(&buf).ptr, "");
    toc_buf_lit(&buf, "one");
    toc_buf_char(&buf, ' ');
    toc_buf_text(&buf, "two");
    toc_buf_text(&buf, NULL);
    toc_buf_str(&buf, (toc_str){NULL, 0});
    toc_buf_str(&buf, TOC_S(" three"));
    assert_string_equal(buf.ptr, "one two three");
    assert_int_equal(buf.len, 13);
    for (int i = 0; i < 3000; i++)
        toc_buf_lit(&buf, "abc");
    assert_int_equal(buf.failed, TOC_OK);
    assert_int_equal(buf.len, 9013);
    assert_int_equal(strlen(buf.ptr), 9013);
    toc_buf_done(&buf);
    assert_null(buf.ptr);
    toc_buf_done(&buf);
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        const char *text;
    } rows[] = {
        {0, "0"},
        {7, "7"},
        {-7, "-7"},
        {10, "10"},
        {99, "99"},
        {100, "100"},
        {-12345, "-12345"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    toc_buf buf;
    toc_buf_init(&buf, 100);
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_buf_clear(&buf);
        toc_buf_int(&buf, rows[i].value);
        assert_string_equal(buf.ptr, rows[i].text);
    }
    toc_buf_clear(&buf);
    toc_buf_uint(&buf, UINT64_MAX);
    assert_string_equal(buf.ptr, "18446744073709551615");
    toc_buf_done(&buf);
}

static void test_printf(void **state)
{
    (void)state;
    toc_buf buf;
    toc_buf_init(&buf, 2000);
    toc_buf_printf(&buf, "%s=%d;", "a", 1);
    toc_buf_printf(&buf, "%0600d", 5);
    assert_int_equal(buf.len, 604);
    assert_int_equal(buf.ptr[603], '5');
    toc_buf_printf(&buf, "%02000d", 5);
    assert_int_equal(buf.failed, TOC_ELIMIT);
    assert_int_equal(strlen(buf.ptr), 604);
    toc_buf_done(&buf);
}

static void test_maximum_is_exact_and_sticky(void **state)
{
    (void)state;
    toc_buf buf;
    toc_error err;
    toc_buf_init(&buf, 8);
    toc_buf_lit(&buf, "12345678");
    assert_int_equal(toc_buf_check(&buf, &err), TOC_OK);
    toc_buf_char(&buf, '9');
    assert_int_equal(buf.failed, TOC_ELIMIT);
    assert_string_equal(buf.ptr, "12345678");
    assert_int_equal(toc_buf_check(&buf, &err), TOC_ELIMIT);
    assert_non_null(strstr(err.message, "8 bytes"));
    assert_int_equal(toc_buf_check(&buf, NULL), TOC_ELIMIT);
    assert_null(toc_buf_take(&buf));
    toc_buf_clear(&buf);
    assert_int_equal(toc_buf_check(&buf, &err), TOC_OK);
    toc_buf_lit(&buf, "new");
    assert_string_equal(buf.ptr, "new");
    assert_false(toc_buf_reserve(&buf, SIZE_MAX));
    toc_buf_clear(&buf);
    toc_buf_lit(&buf, "123456789");
    toc_buf_lit(&buf, "1");
    assert_int_equal(buf.len, 0);
    toc_buf_done(&buf);
    toc_buf none = {0};
    toc_buf_char(&none, 'x');
    assert_int_equal(none.failed, TOC_ELIMIT);
}

static void test_take(void **state)
{
    (void)state;
    toc_buf buf;
    toc_buf_init(&buf, SIZE_MAX);
    char *text = toc_buf_take(&buf);
    assert_string_equal(text, "");
    toc_mem_free(text);
    toc_buf_lit(&buf, "taken");
    text = toc_buf_take(&buf);
    assert_string_equal(text, "taken");
    assert_null(buf.ptr);
    assert_int_equal(buf.len, 0);
    toc_mem_free(text);
    toc_buf_lit(&buf, "again");
    assert_string_equal(buf.ptr, "again");
    toc_buf_done(&buf);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    failing all = {.for_good = true};
    const toc_allocator none = failing_allocator(&all);
    toc_error err;
    toc_buf buf;
    toc_buf_init(&buf, 100);
    toc_set_allocator(&none);
    toc_buf_lit(&buf, "x");
    toc_buf_printf(&buf, "%d", 1);
    toc_set_allocator(NULL);
    assert_int_equal(toc_buf_check(&buf, &err), TOC_ENOMEM);
    assert_int_equal(err.code, TOC_ENOMEM);
    assert_null(toc_buf_take(&buf));
    assert_int_equal(buf.len, 0);
    toc_buf_done(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append), cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_printf), cmocka_unit_test(test_maximum_is_exact_and_sticky),
        cmocka_unit_test(test_take),   cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
