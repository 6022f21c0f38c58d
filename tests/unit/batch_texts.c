/* Names that fit, and texts for paths (batch.md 7.3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "tocsin/batch.h"

static const struct {
    const char *name;
    size_t max;
    bool ellipsis;
    const char *want;
} names[] = {
    {"short", 0, true, "short"},
    {"", 0, true, ""},
    {"exactly ten", 11, true, "exactly ten"},
    {"one two three four", 16, true, "one two ..."},
    {"one two three four", 18, true, "one two three four"},
    {"one two three four", 17, true, "one two ..."},
    {"one two three four", 16, false, "one two three"},
    {"one two three four", 13, false, "one two"},
    {"abcdefghijklmnop", 10, true, "abcdef ..."},
    {"abcdefghijklmnop", 10, false, "abcdefghij"},
    {"\xC3\xA9\xC3\xA9 \xC3\xA9\xC3\xA9 \xC3\xA9\xC3\xA9", 8, true,
     "\xC3\xA9\xC3\xA9 \xC3\xA9\xC3\xA9 \xC3\xA9\xC3\xA9"},
    {"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 5, true, "\xC3\xA9 ..."},
};

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *text = NULL;
        assert_int_equal(toc_safe_group_name(toc_str_of(names[i].name), names[i].max,
                                             names[i].ellipsis, &text, NULL),
                         TOC_OK);
        assert_string_equal(text, names[i].want);
        toc_free(text);
    }
    char *text = NULL;
    toc_error err = {0};
    assert_int_equal(toc_safe_group_name(toc_str_of("x"), 4, true, &text, &err), TOC_EINVAL);
    assert_string_equal(err.field, "max");
    assert_int_equal(toc_safe_group_name(toc_str_of("\xFF"), 0, true, &text, NULL), TOC_EINVAL);
    assert_int_equal(toc_safe_group_name(toc_str_of("x"), 0, true, NULL, NULL), TOC_EINVAL);
    assert_null(text);
}

static void expect(toc_rc rc, char *text, const char *want)
{
    assert_int_equal(rc, TOC_OK);
    assert_string_equal(text, want);
    toc_free(text);
}

static void test_paths(void **state)
{
    (void)state;
    char *text = NULL;
    char tag[131], want[129];
    memset(tag, 'a', sizeof tag);
    tag[sizeof tag - 1] = '\0';
    memset(want, 'a', sizeof want);
    want[128] = '\0';
    toc_rc rc = toc_safe_tag(toc_str_of(tag), &text, NULL);
    expect(rc, text, want);
    rc = toc_safe_tag(toc_str_of("a/b c~\xC3\xA9"), &text, NULL);
    expect(rc, text, "a%2Fb%20c~%C3%A9");
    rc = toc_safe_url(toc_str_of("http://a.example/?x=1&y"), &text, NULL);
    expect(rc, text, "http%3A%2F%2Fa.example%2F%3Fx%3D1%26y");
    rc = toc_safe_url((toc_str){NULL, 0}, &text, NULL);
    expect(rc, text, "");
    rc = toc_safe_type(toc_str_of("Course of Action"), true, &text, NULL);
    expect(rc, text, "course_of_action");
    rc = toc_safe_type(toc_str_of("User Agent"), false, &text, NULL);
    expect(rc, text, "User_Agent");
    assert_int_equal(toc_safe_tag(toc_str_of("\xC3"), &text, NULL), TOC_EINVAL);
    assert_int_equal(toc_safe_url(toc_str_of("a"), NULL, NULL), TOC_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
