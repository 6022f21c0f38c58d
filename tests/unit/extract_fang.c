/* extract_fang.c - defanging and refanging of texts and of single values. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "tocsin/extract.h"

static toc_rc collect(void *user, toc_str part)
{
    toc_buf_str(user, part);
    return TOC_OK;
}

typedef toc_rc filter_fn(toc_str text, toc_text_form form, toc_text_fn out, void *user,
                         toc_error *err);

static void expect(filter_fn *filter, toc_text_form form, const char *text, const char *wanted)
{
    TOC_CLEANUP(toc_buf_done) toc_buf out;
    toc_error err = {0};
    toc_buf_init(&out, 1 << 20);
    assert_int_equal(filter(toc_str_of(text), form, collect, &out, &err), TOC_OK);
    assert_string_equal(out.ptr ? out.ptr : "", wanted);
}

/* Each side becomes the other, and each stays what it is when it is done again. */
static void test_pairs(void **state)
{
    static const struct pair {
        const char *plain, *defanged;
    } pairs[] = {
        {"at http://evil.com/a.php?x=b.c, or", "at hxxp://evil[.]com/a.php?x=b.c, or"},
        {"https://evil.com:8080/", "hxxps://evil[.]com:8080/"},
        {"ftp://evil.com", "fxp://evil[.]com"},
        {"bob@evil.com\r\n\t1.2.3.4  evil.com.",
         "bob[@]evil[.]com\r\n\t1[.]2[.]3[.]4  evil[.]com."},
        {"2001:db8::1", "2001[:]db8[:][:]1"},
        {"10.0.0.0/8", "10[.]0[.]0[.]0/8"},
        {"run.sh version 1.2.3.4 \xFF\x80 System.Net",
         "run.sh version 1.2.3.4 \xFF\x80 System.Net"},
        {"m\xC3\xBCnchen.de EVIL.com", "m\xC3\xBCnchen[.]de EVIL[.]com"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(pairs); i++) {
        expect(toc_defang, TOC_TEXT_PLAIN, pairs[i].plain, pairs[i].defanged);
        expect(toc_defang, TOC_TEXT_PLAIN, pairs[i].defanged, pairs[i].defanged);
        expect(toc_refang, TOC_TEXT_PLAIN, pairs[i].defanged, pairs[i].plain);
        expect(toc_refang, TOC_TEXT_PLAIN, pairs[i].plain, pairs[i].plain);
    }
}

static void test_refang(void **state)
{
    (void)state;
    expect(toc_refang, TOC_TEXT_PLAIN, "hXXp:\\\\evil(dot)com/a and evil dot com",
           "http://evil.com/a and evil.com");
    expect(toc_refang, TOC_TEXT_PLAIN, "a [.] b [at] c", "a [.] b [at] c");
    expect(toc_refang, TOC_TEXT_HTML, "<b>evil[.]com</b> &amp; <a href='hxxp://evil.com/'>",
           "<b>evil.com</b> &amp; <a href='http://evil.com/'>");
    expect(toc_refang, TOC_TEXT_CSV, "evil[.]com,\"1.2.3[.]4\"\n", "evil.com,\"1.2.3.4\"\n");
    expect(toc_defang, TOC_TEXT_ASCIIDOC, "https://evil.com[x]", "hxxps://evil[.]com[x]");
}

static toc_rc refuse(void *user, toc_str part)
{
    (void)user;
    (void)part;
    return TOC_ECANCELED;
}

static void test_errors(void **state)
{
    toc_error err = {0};
    (void)state;
    assert_int_equal(toc_defang(TOC_S("x"), TOC_TEXT_PLAIN, refuse, NULL, &err), TOC_ECANCELED);
    assert_int_equal(toc_refang(TOC_S("evil[.]com"), TOC_TEXT_PLAIN, refuse, NULL, &err),
                     TOC_ECANCELED);
    assert_int_equal(toc_defang(TOC_S("x"), TOC_TEXT_PLAIN, NULL, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_defang(TOC_S("x"), TOC_TEXT_FORM_COUNT, refuse, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_defang((toc_str){NULL, 3}, TOC_TEXT_PLAIN, refuse, NULL, &err),
                     TOC_EINVAL);
}

static void test_values(void **state)
{
    static const struct value_row {
        const char *text, *value, *type;
    } rows[] = {
        {" evil[.]com ", "evil.com", "Host"},
        {"\"hxxp://EVIL[.]com/A\"", "http://evil.com/A", "URL"},
        {"<bob[at]evil.com>", "bob@evil.com", "EmailAddress"},
        {"1[.]2[.]3[.]4", "1.2.3.4", "Address"},
        {"2001:DB8:0::1", "2001:db8::1", "Address"},
        {"0123456789abcdef0123456789abcdea", "0123456789ABCDEF0123456789ABCDEA", "File"},
        {"AS64500", "ASN64500", "ASN"},
        {"10.0.0.0/8", "10.0.0.0/8", "CIDR"},
        {"update.zip", "update.zip", "Host"},
        {"http://evil.com/a.", "http://evil.com/a.", NULL},
        {"two evil.com words", "two evil.com words", NULL},
        {"nothing", "nothing", NULL},
        {"", "", NULL},
    };
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        char room[128] = "?";
        const toc_type *type = NULL;
        bool found = toc_refang_value(toc_str_of(rows[i].text), room, sizeof(room), &type);
        assert_string_equal(room, rows[i].value);
        assert_int_equal(found, rows[i].type != NULL);
        if (found)
            assert_string_equal(type->name, rows[i].type);
    }
}

static void test_value_room(void **state)
{
    char room[9] = "";
    const toc_type *type = NULL;
    (void)state;
    assert_true(toc_refang_value(TOC_S("evil[.]co"), room, sizeof(room), &type));
    assert_false(toc_refang_value(TOC_S("longevil[.]com"), room, sizeof(room), &type));
    assert_false(toc_refang_value(TOC_S("evil.com"), NULL, 0, &type));
    assert_true(toc_refang_value(TOC_S("evil.com"), room, sizeof(room), NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),      cmocka_unit_test(test_refang),
        cmocka_unit_test(test_errors),     cmocka_unit_test(test_values),
        cmocka_unit_test(test_value_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
