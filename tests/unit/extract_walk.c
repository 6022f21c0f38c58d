/* extract_walk.c - options, places, repetitions, memory that fails, and hostile texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "support/failing.h"
#include "support/finds.h"

static void expect(const char *text, const toc_extract_options *options, const char *finds)
{
    TOC_CLEANUP(toc_buf_done) toc_buf out;
    toc_buf_init(&out, 65536);
    list_finds(toc_str_of(text), options, &out);
    assert_string_equal(out.ptr ? out.ptr : "", finds);
}

static void test_options(void **state)
{
    const toc_type *types[] = {
        toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host")),
        toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Hashtag")),
    };
    toc_extract_options options = TOC_EXTRACT_OPTIONS_INIT;
    (void)state;
    expect("evil.com\nEVIL[.]com", NULL, "Host evil.com 1:1\n");
    options.each = true;
    expect("evil.com\nEVIL[.]com", &options, "Host evil.com 1:1\nHost evil.com 2:1 !\n");
    options.each = false;
    options.types = types;
    options.type_count = 2;
    expect("http://evil.com/ evil.net #Evil 1.2.3.4", &options,
           "Host evil.net 1:18\nHashtag #evil 1:27\n");
    options.type_count = 0;
    expect("evil.com", &options, "");
}

static void test_misuse(void **state)
{
    toc_extract_options options = TOC_EXTRACT_OPTIONS_INIT;
    toc_extract *ext = NULL;
    toc_find find;
    toc_error err = {0};
    (void)state;
    options.version = 99;
    assert_int_equal(toc_extract_open(TOC_S("x"), &options, &ext, &err), TOC_EINVAL);
    options = (toc_extract_options)TOC_EXTRACT_OPTIONS_INIT;
    options.form = TOC_TEXT_FORM_COUNT;
    assert_int_equal(toc_extract_open(TOC_S("x"), &options, &ext, &err), TOC_EINVAL);
    assert_int_equal(toc_extract_open(TOC_S("x"), NULL, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_extract_open((toc_str){NULL, 1}, NULL, &ext, &err), TOC_EINVAL);
    assert_null(ext);
    assert_int_equal(toc_extract_next(NULL, &find, &err), TOC_EINVAL);
    toc_extract_close(NULL);
    assert_int_equal(toc_extract_open((toc_str){NULL, 0}, NULL, &ext, &err), TOC_OK);
    assert_int_equal(toc_extract_next(ext, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_extract_next(ext, &find, &err), 0);
    assert_int_equal(toc_extract_next(ext, &find, &err), 0);
    toc_extract_close(ext);
}

static void test_forms(void **state)
{
    (void)state;
    for (int i = 0; i < TOC_TEXT_FORM_COUNT; i++) {
        const char *name = toc_text_form_name((toc_text_form)i);
        assert_non_null(name);
        assert_int_equal(toc_text_form_find(toc_str_of(name)), i);
    }
    assert_null(toc_text_form_name(TOC_TEXT_FORM_COUNT));
    assert_int_equal(toc_text_form_find(TOC_S("pdf")), TOC_TEXT_FORM_COUNT);
    /* Each would be found otherwise, or not at all, in another form. */
    expect("<!DOCTYPE html><p>evil<b>.com</b>", NULL, "Host evil.com 1:19\n");
    expect("a,b\nhttp://evil.com/,2\n", NULL, "URL http://evil.com/ 2:1\n");
    expect("= Title\n\n++http://evil.com/++x", NULL, "URL http://evil.com/x 3:3\n");
    expect("one two\nhttp://evil.com/,2", NULL, "URL http://evil.com/,2 2:1\n");
}

/* The same finds wherever the windows over the text begin and end. */
static void test_windows(void **state)
{
    static const char part[] = "see hxxp://evil[.]com/a \xC3\xBC 1.2.3[.]4\n";
    static const toc_text_form forms[] = {TOC_TEXT_PLAIN, TOC_TEXT_HTML, TOC_TEXT_CSV,
                                          TOC_TEXT_ASCIIDOC};
    TOC_CLEANUP(toc_buf_done) toc_buf text;
    toc_extract_options options = TOC_EXTRACT_OPTIONS_INIT;
    (void)state;
    options.each = true;
    toc_buf_init(&text, 4U << 20);
    while (text.len < 1U << 20)
        toc_buf_lit(&text, part);
    for (size_t i = 0; i < TOC_COUNT(forms); i++) {
        toc_extract *ext = NULL;
        toc_find find;
        uint64_t count = 0;
        options.form = forms[i];
        assert_int_equal(toc_extract_open(toc_buf_view(&text), &options, &ext, NULL), TOC_OK);
        for (; toc_extract_next(ext, &find, NULL) == 1; count++) {
            uint64_t line = count / 2;
            bool url = count % 2 == 0;
            assert_int_equal(find.line, line + 1);
            assert_int_equal(find.column, url ? 5 : 27);
            assert_int_equal(find.offset, line * (sizeof(part) - 1) + (url ? 4 : 27));
            assert_true(
                toc_str_equal(find.value, url ? TOC_S("http://evil.com/a") : TOC_S("1.2.3.4")));
        }
        assert_int_equal(count, text.len / (sizeof(part) - 1) * 2);
        toc_extract_close(ext);
    }
}

/* Runs that are longer than any value, whole or cut by a window, hold none. */
static void test_long_runs(void **state)
{
    TOC_CLEANUP(toc_buf_done) toc_buf text, out;
    toc_extract_options options = TOC_EXTRACT_OPTIONS_INIT;
    (void)state;
    options.form = TOC_TEXT_PLAIN;
    toc_buf_init(&text, 4U << 20);
    toc_buf_init(&out, 65536);
    toc_buf_lit(&text, "http://evil.com/");
    while (text.len < 300000)
        toc_buf_lit(&text, "x/http://evil.net/");
    toc_buf_lit(&text, "\nevil.org ");
    while (text.len < 700000)
        toc_buf_lit(&text, "0123456789abcdef");
    toc_buf_lit(&text, " evil.info");
    list_finds(toc_buf_view(&text), &options, &out);
    assert_non_null(strstr(out.ptr, "Host evil.org 2:1\nHost evil.info 2:"));
    assert_null(strstr(out.ptr, "URL"));
}

static toc_rc swallow(void *user, toc_str part)
{
    (void)user;
    (void)part;
    return TOC_OK;
}

static int walk(toc_str text, toc_error *err)
{
    toc_extract *ext = NULL;
    toc_find find;
    toc_rc rc = toc_extract_open(text, NULL, &ext, err);
    int more = rc;
    while (!rc && (more = toc_extract_next(ext, &find, err)) == 1)
        continue;
    toc_extract_close(ext);
    return more;
}

static void test_no_memory(void **state)
{
    static const toc_str text = {"<html>hxxp://evil[.]com/ &amp; HKLM\\Software\\X 1[.]2.3.4", 56};
    (void)state;
    for (long left = 0;; left++) {
        failing self = {.left = left};
        toc_allocator allocator = failing_allocator(&self);
        toc_error err = {0};
        toc_set_allocator(&allocator);
        int walked = walk(text, &err);
        toc_rc defanged =
            self.failed ? TOC_ENOMEM : toc_defang(text, TOC_TEXT_AUTO, swallow, NULL, &err);
        toc_set_allocator(NULL);
        assert_int_equal(self.live, 0);
        if (!self.failed)
            break;
        assert_true(walked == TOC_ENOMEM || defanged == TOC_ENOMEM);
        assert_int_equal(err.code, TOC_ENOMEM);
        assert_true(left < 1000);
    }
}

static double cpu_seconds(toc_str text, toc_text_form form)
{
    toc_extract_options options = TOC_EXTRACT_OPTIONS_INIT;
    struct timespec from, to;
    toc_extract *ext = NULL;
    toc_find find;
    options.form = form;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    assert_int_equal(toc_extract_open(text, &options, &ext, NULL), TOC_OK);
    while (toc_extract_next(ext, &find, NULL) == 1)
        continue;
    toc_extract_close(ext);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

static void fill(toc_buf *text, const char *part, size_t len)
{
    toc_buf_clear(text);
    while (text->len < len)
        toc_buf_text(text, part);
}

/* Texts that make a careless reader go back again and again cost some times what prose costs; going
 * back would cost tens of thousands of times as much. */
static void test_hostile(void **state)
{
    static const char *const parts[] = {
        "[[[[[",
        "(((",
        "a.a.a.a",
        "http://http://",
        "::::",
        "hxxp[",
        "http://a.com/",
        "http://a.com/((((",
        "[.][.]",
        "a@a@",
        "a:a:a:",
        "\\.\\.",
        "a dot a ",
        "a at a ",
        "<a ",
        "<a \"",
        "<!--",
        "<script>",
        "&#46;",
        "HKLM\\a ",
        "HKLM\\",
        "1.1.1.",
        "1.1.1.1/",
        "\xC3\xA4.",
        "\xE2\x80\x8B",
        "User-Agent:",
        "a\n",
        "0a",
        "\"",
        "{++",
        "http://[1:",
        "http://a.b@",
        "a.com/",
        "+",
        "://",
        "http://a.com?",
        "0123456789abcdef01234567\n",
        "A 1.1.1.1 ",
        "to 1.1.1.1, ",
        "a.com+",
        ">HKLM\\a ",
        "HKCR\\.a",
    };
    TOC_CLEANUP(toc_buf_done) toc_buf text;
    size_t len = 192U << 10;
    (void)state;
    toc_buf_init(&text, 4U << 20);
    fill(&text, "The quick brown fox, as seen at evil.com, jumps over 10 lazy dogs. ", len);
    double prose = cpu_seconds(toc_buf_view(&text), TOC_TEXT_PLAIN);
    prose = prose > 0.002 ? prose : 0.002;
    for (size_t i = 0; i < TOC_COUNT(parts); i++) {
        fill(&text, parts[i], len);
        for (toc_text_form form = TOC_TEXT_PLAIN; form < TOC_TEXT_FORM_COUNT; form++) {
            double cost = cpu_seconds(toc_buf_view(&text), form);
            if (cost > prose * 1000)
                fail_msg("%s costs %f s, prose %f s", parts[i], cost, prose);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options),   cmocka_unit_test(test_misuse),
        cmocka_unit_test(test_forms),     cmocka_unit_test(test_windows),
        cmocka_unit_test(test_long_runs), cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
