/* model/xid.c: the published vectors, and the form of random identifiers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "tocsin/types.h"

static void check_text(const char *text, const char *expected)
{
    char out[TOC_XID_TEXT];
    assert_int_equal(toc_xid_text(toc_str_of(text), out), TOC_OK);
    assert_string_equal(out, expected);
}

static void test_text(void **state)
{
    (void)state;
    check_text("myapp-adversary-5",
               "ef6a74c2a9f5a6d080c80224317948f1ee8df995292dcf97a39ea4fd757c3c19");
    check_text("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_text(NULL, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_text("\xc3\xa9", "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c");
}

static void check_list(const char *const *texts, size_t count, const char *expected)
{
    toc_str parts[3];
    char out[TOC_XID_TEXT];
    for (size_t i = 0; i < count; i++)
        parts[i] = toc_str_of(texts[i]);
    assert_int_equal(toc_xid_list(parts, count, out), TOC_OK);
    assert_string_equal(out, expected);
}

static void test_list(void **state)
{
    (void)state;
    check_list((const char *[]){"myapp", "adversary", "222"}, 3,
               "95608301a417d42ffd985eb17086dc57507c86563af6a671170e978acdfe45ef");
    check_list((const char *[]){"my", "adversary", "123"}, 3,
               "aa1a0ac3e8dba4d96f53e5152e74c43c029624eb5f20ecc105f2fa2c92dbe638");
    check_list((const char *[]){"a"}, 1,
               "da3811154d59c4267077ddd8bb768fa9b06399c486e1fc00485116b57c9872f5");
    check_list((const char *[]){"1", "2"}, 2,
               "e3e11bdc587f5c37b8731be51567898cf93dc3d9806c5aac321a6a26eb70646a");
    check_list(NULL, 0, "cd372fb85148700fa88095e3492d3f9f5beb43e555e5ff26d95f5a6adc36f8e6");
    check_list((const char *[]){"\xc3\xa9", "x"}, 2,
               "468b5cff3eaba6d858127c3da2bc204e6c48adfd85bb15e68ab7a878e3ad9b94");
}

static void test_random(void **state)
{
    (void)state;
    char one[TOC_XID_TEXT], two[TOC_XID_TEXT];
    assert_int_equal(toc_xid_random(one), TOC_OK);
    assert_int_equal(toc_xid_random(two), TOC_OK);
    assert_int_equal(strlen(one), TOC_XID_TEXT - 1);
    assert_int_equal(strspn(one, "0123456789abcdef"), TOC_XID_TEXT - 1);
    assert_string_not_equal(one, two);
}

static void test_uuid(void **state)
{
    (void)state;
    char last[37] = "";
    for (int i = 0; i < 200; i++) {
        char uuid[37];
        assert_int_equal(toc_uuid(uuid), TOC_OK);
        assert_int_equal(strlen(uuid), 36);
        for (size_t j = 0; j < 36; j++) {
            if (j == 8 || j == 13 || j == 18 || j == 23)
                assert_int_equal(uuid[j], '-');
            else
                assert_non_null(memchr("0123456789abcdef", uuid[j], 16));
        }
        assert_int_equal(uuid[14], '4');
        assert_non_null(memchr("89ab", uuid[19], 4));
        assert_string_not_equal(uuid, last);
        memcpy(last, uuid, sizeof(last));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_uuid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
