/* base/str.c: views, numbers, UTF-8, nearest name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"

static void test_compare(void **state)
{
    (void)state;
    toc_str none = toc_str_of(NULL);
    assert_null(none.ptr);
    assert_true(toc_str_equal(none, TOC_S("")));
    assert_true(toc_str_equal(TOC_S("abc"), toc_str_of("abc")));
    assert_false(toc_str_equal(TOC_S("abc"), TOC_S("abC")));
    assert_false(toc_str_equal(TOC_S("abc"), TOC_S("abcd")));
    assert_true(toc_str_equal_fold(TOC_S("aBc-["), TOC_S("AbC-[")));
    assert_false(toc_str_equal_fold(TOC_S("["), TOC_S("{")));
    assert_false(toc_str_equal_fold(TOC_S("ab"), TOC_S("abc")));
    assert_true(toc_str_compare(TOC_S("a"), TOC_S("b")) < 0);
    assert_true(toc_str_compare(TOC_S("ab"), TOC_S("a")) > 0);
    assert_true(toc_str_compare(TOC_S("\xff"), TOC_S("a")) > 0);
    assert_int_equal(toc_str_compare(none, TOC_S("")), 0);
    assert_true(toc_str_compare(none, TOC_S("a")) < 0);
}

static void test_parts(void **state)
{
    (void)state;
    toc_str text = TOC_S("  hello\t\r\n");
    assert_true(toc_str_equal(toc_str_trim(text), TOC_S("hello")));
    assert_int_equal(toc_str_trim(TOC_S(" \n ")).len, 0);
    assert_true(toc_str_equal(toc_str_slice(text, 2, 4), TOC_S("he")));
    assert_int_equal(toc_str_slice(text, 50, 60).len, 0);
    assert_int_equal(toc_str_slice(text, 5, 2).len, 0);
    assert_true(toc_str_starts(TOC_S("abc"), TOC_S("ab")));
    assert_true(toc_str_starts(TOC_S("abc"), TOC_S("")));
    assert_false(toc_str_starts(TOC_S("a"), TOC_S("ab")));
    assert_true(toc_str_starts_fold(TOC_S("ABC"), TOC_S("ab")));
    assert_false(toc_str_starts_fold(TOC_S("A"), TOC_S("ab")));
    assert_true(toc_str_ends(TOC_S("abc"), TOC_S("bc")));
    assert_false(toc_str_ends(TOC_S("c"), TOC_S("bc")));
    assert_int_equal(toc_str_find(TOC_S("hello"), TOC_S("lo")), 3);
    assert_int_equal(toc_str_find(TOC_S("hello"), TOC_S("low")), -1);
    assert_int_equal(toc_str_find(TOC_S("hello"), TOC_S("")), 0);
    assert_int_equal(toc_str_find(TOC_S("he"), TOC_S("hello")), -1);
    assert_int_equal(toc_str_find_char(TOC_S("hello"), 'l'), 2);
    assert_int_equal(toc_str_find_char(toc_str_of(NULL), 'l'), -1);
}

static void test_cut(void **state)
{
    (void)state;
    static const char *const expected[] = {"a", "", "bc"};
    toc_str rest = TOC_S("a,,bc,");
    toc_str part;
    size_t count = 0;
    while (toc_str_cut(&rest, ',', &part)) {
        assert_true(count < TOC_COUNT(expected));
        assert_true(toc_str_equal(part, toc_str_of(expected[count++])));
    }
    assert_int_equal(count, 3);
    rest = TOC_S("");
    assert_false(toc_str_cut(&rest, ',', &part));
}

static void test_integers(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "-",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "0x10",
                                      "--1",
                                      "1e3",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999999"};
    int64_t value = 77;
    uint64_t size = 77;
    for (size_t i = 0; i < TOC_COUNT(bad); i++)
        assert_false(toc_str_to_int(toc_str_of(bad[i]), &value));
    assert_int_equal(value, 77);
    assert_true(toc_str_to_int(TOC_S("9223372036854775807"), &value));
    assert_true(value == INT64_MAX);
    assert_true(toc_str_to_int(TOC_S("-9223372036854775808"), &value));
    assert_true(value == INT64_MIN);
    assert_true(toc_str_to_int(TOC_S("-007"), &value));
    assert_int_equal(value, -7);
    assert_true(toc_str_to_uint(TOC_S("18446744073709551615"), &size));
    assert_true(size == UINT64_MAX);
    assert_false(toc_str_to_uint(TOC_S("18446744073709551616"), &size));
    assert_false(toc_str_to_uint(TOC_S("-1"), &size));
    assert_true(size == UINT64_MAX);
}

static void test_doubles(void **state)
{
    (void)state;
    static const char *const good[] = {
        "0",
        "-0",
        "0.1",
        "3.00",
        "123456789012345",
        "1234567890123456",
        "0.30000000000000004",
        "1e22",
        "1e23",
        "-2.5E-3",
        "1.7976931348623157e308",
        "4.9e-324",
        "2.2250738585072011e-308",
        "9007199254740993",
        "1e-400",
        "123.456e-20",
        "0.000000000000000000000000000123",
        "100000000000000000000000000000000000000000000000000000001",
        "0e99999999999",
    };
    static const char *const bad[] = {"",      "-",      "+1",   ".5",   "5.",  "01", "1e",
                                      "1e+",   "inf",    "NaN",  "0x1",  "1,5", " 1", "1.5 ",
                                      "1e400", "-1e309", "1e5x", "1.e5", "--1"};
    double value = 0;
    for (size_t i = 0; i < TOC_COUNT(good); i++) {
        assert_true(toc_str_to_double(toc_str_of(good[i]), &value));
        double expected = strtod(good[i], NULL);
        assert_memory_equal(&value, &expected, sizeof(value));
    }
    value = 7;
    for (size_t i = 0; i < TOC_COUNT(bad); i++)
        assert_false(toc_str_to_double(toc_str_of(bad[i]), &value));
    assert_true(value == 7);
    char longest[3000];
    memset(longest, '1', sizeof(longest));
    assert_false(toc_str_to_double((toc_str){longest, sizeof(longest)}, &value));
    /* Not terminated: the digit behind the view is not part of the number. */
    assert_true(toc_str_to_double((toc_str){"12345678901234567890", 18}, &value));
    assert_true(value == 123456789012345678.0);
}

static void test_booleans(void **state)
{
    (void)state;
    static const char *const yes[] = {"1", "t", "TRUE", "y", "Yes", "true"};
    static const char *const no[] = {"0", "F", "false", "n", "NO"};
    static const char *const bad[] = {"", "2", "on", "truee", "tru", " true"};
    bool value = false;
    for (size_t i = 0; i < TOC_COUNT(yes); i++, value = false)
        assert_true(toc_str_to_bool(toc_str_of(yes[i]), &value) && value);
    for (size_t i = 0; i < TOC_COUNT(no); i++) {
        value = true;
        assert_true(toc_str_to_bool(toc_str_of(no[i]), &value) && !value);
    }
    for (size_t i = 0; i < TOC_COUNT(bad); i++)
        assert_false(toc_str_to_bool(toc_str_of(bad[i]), &value));
}

static void test_case(void **state)
{
    (void)state;
    char text[] = "aZ@[`{\xC3\x84";
    toc_str_upper(text, strlen(text));
    assert_string_equal(text, "AZ@[`{\xC3\x84");
    toc_str_lower(text, strlen(text));
    assert_string_equal(text, "az@[`{\xC3\x84");
}

static void test_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
        size_t number; /* characters, or offset of the wrong byte */
    } rows[] = {
        {"", true, 0},
        {"plain ascii that is longer than a word", true, 38},
        {"h\xC3\xA9llo \xE2\x82\xAC \xF0\x9F\x98\x80", true, 9},
        {"\xEF\xBF\xBF\xF4\x8F\xBF\xBF", true, 2},
        {"a\x80", false, 1},
        {"\xC0\x80", false, 0},
        {"\xC1\xBF", false, 0},
        {"12345678\xE0\x9F\xBF", false, 8},
        {"\xED\xA0\x80", false, 0},
        {"\xF0\x8F\xBF\xBF", false, 0},
        {"\xF4\x90\x80\x80", false, 0},
        {"\xF5\x80\x80\x80", false, 0},
        {"ab\xE2\x82", false, 2},
        {"ab\xE2\x28\xA1", false, 2},
        {"\xF0\x9F\x98", false, 0},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        size_t bad = 999;
        toc_str text = toc_str_of(rows[i].text);
        assert_int_equal(toc_str_is_utf8(text, &bad), rows[i].good);
        if (rows[i].good) {
            assert_int_equal(bad, 999);
            assert_int_equal(toc_str_utf8_chars(text), rows[i].number);
        } else {
            assert_int_equal(bad, rows[i].number);
            assert_false(toc_str_is_utf8(text, NULL));
        }
    }
}

/* Texts of every length, with every kind of byte at every place. */
static void test_is_text(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        bool good;
    } rows[] = {
        {"\x01", 1, true},     {"\x7F", 1, true},  {"\0", 1, false},     {"\x80", 1, false},
        {"\xC3\xA9", 2, true}, {"\xC3", 1, false}, {"\0\x01", 2, false}, {"\xC3\xA9\0", 3, false},
    };
    assert_true(toc_str_is_text((toc_str){NULL, 0}));
    for (size_t len = 0; len < 26; len++) {
        char room[32];
        memset(room, 'a', sizeof room);
        assert_true(toc_str_is_text((toc_str){room, len}));
        for (size_t i = 0; i < TOC_COUNT(rows); i++) {
            for (size_t at = 0; at + rows[i].len <= len; at++) {
                memset(room, 'a', sizeof room);
                memcpy(room + at, rows[i].bytes, rows[i].len);
                assert_int_equal(toc_str_is_text((toc_str){room, len}), rows[i].good);
            }
        }
    }
}

static void test_utf8_floor(void **state)
{
    (void)state;
    /* Widths 1, 2, 3, 4: the edges are at 0, 1, 3, 6, 10. */
    toc_str text = TOC_S("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
    static const size_t edges[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
    for (size_t i = 0; i < TOC_COUNT(edges); i++)
        assert_int_equal(toc_str_utf8_floor(text, i), edges[i]);
    assert_int_equal(toc_str_utf8_floor(TOC_S("\x80\x80\x80\x80\x80"), 4), 4);
    assert_int_equal(toc_str_utf8_floor(toc_str_of(NULL), 4), 0);
}

static void test_nearest(void **state)
{
    (void)state;
    static const char *const verbs[] = {"create", "delete", "update", "get", "list"};
    assert_string_equal(toc_str_nearest("craete", verbs, 5), "create");
    assert_string_equal(toc_str_nearest("DELETE", verbs, 5), "delete");
    assert_string_equal(toc_str_nearest("updat", verbs, 5), "update");
    assert_string_equal(toc_str_nearest("lists", verbs, 5), "list");
    assert_null(toc_str_nearest("import", verbs, 5));
    assert_null(toc_str_nearest("", verbs, 5));
    assert_null(toc_str_nearest(NULL, verbs, 5));
    assert_null(toc_str_nearest("get", verbs, 0));
    char longest[200];
    memset(longest, 'a', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    assert_null(toc_str_nearest(longest, verbs, 5));
    const char *const only[] = {longest};
    assert_null(toc_str_nearest("aaaa", only, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare), cmocka_unit_test(test_parts),
        cmocka_unit_test(test_cut),     cmocka_unit_test(test_integers),
        cmocka_unit_test(test_doubles), cmocka_unit_test(test_booleans),
        cmocka_unit_test(test_case),    cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_is_text), cmocka_unit_test(test_utf8_floor),
        cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
