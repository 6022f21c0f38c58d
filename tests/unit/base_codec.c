/* base/codec.c: hexadecimal, Base64 (RFC 4648 vectors), URL encodings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/codec.h"
#include "base/mem.h"
#include "base/str.h"

static void test_hex(void **state)
{
    (void)state;
    unsigned char all[256];
    unsigned char back[256];
    char text[512];
    for (size_t i = 0; i < 256; i++)
        all[i] = (unsigned char)i;
    toc_hex_encode(all, 256, text);
    assert_memory_equal(text, "000102", 6);
    assert_memory_equal(text + 506, "fdfeff", 6);
    assert_true(toc_hex_decode((toc_str){text, 512}, back, 256));
    assert_memory_equal(all, back, 256);
    toc_str_upper(text, sizeof(text));
    assert_true(toc_hex_decode((toc_str){text, 512}, back, 256));
    assert_memory_equal(all, back, 256);
    unsigned char out[2] = {7, 7};
    assert_false(toc_hex_decode(TOC_S("abc"), out, 1));
    assert_false(toc_hex_decode(TOC_S("abcd"), out, 1));
    assert_false(toc_hex_decode(TOC_S("ab"), out, 2));
    assert_false(toc_hex_decode(TOC_S("abcg"), out, 2));
    assert_int_equal(out[0], 7);
    assert_true(toc_hex_decode(TOC_S(""), out, 0));
}

static void test_hex_is(void **state)
{
    (void)state;
    assert_true(toc_hex_is(TOC_S("0123456789abcdefABCDEF")));
    for (int c = 0; c < 256; c++) {
        char one = (char)c;
        bool digit = c && strchr("0123456789abcdefABCDEF", c) != NULL;
        assert_int_equal(toc_hex_is((toc_str){&one, 1}), digit);
    }
    assert_false(toc_hex_is(TOC_S("")));
    assert_false(toc_hex_is(TOC_S("0x12")));
}

static void test_base64(void **state)
{
    (void)state;
    static const struct {
        const char *plain, *text;
    } rows[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xfb\xff\xbf", "+/+/"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_buf buf;
        char back[16];
        size_t len = sizeof(back);
        toc_buf_init(&buf, 100);
        toc_buf_lit(&buf, "x");
        toc_base64_encode(&buf, rows[i].plain, strlen(rows[i].plain));
        assert_string_equal(buf.ptr + 1, rows[i].text);
        assert_int_equal(buf.len, strlen(rows[i].text) + 1);
        assert_true(toc_base64_decode(toc_str_of(rows[i].text), back, &len));
        assert_int_equal(len, strlen(rows[i].plain));
        assert_memory_equal(back, rows[i].plain, len);
        toc_buf_done(&buf);
    }
}

static void test_base64_bytes(void **state)
{
    (void)state;
    unsigned char in[300];
    unsigned char back[300];
    for (size_t i = 0; i < sizeof(in); i++)
        in[i] = (unsigned char)(i * 167 + 13);
    for (size_t len = 0; len <= sizeof(in); len++) {
        toc_buf buf;
        size_t room = len;
        toc_buf_init(&buf, 1000);
        toc_base64_encode(&buf, in, len);
        assert_int_equal(buf.len, (len + 2) / 3 * 4);
        assert_true(toc_base64_decode(toc_buf_view(&buf), back, &room));
        assert_int_equal(room, len);
        assert_memory_equal(in, back, len);
        if (len) {
            room = len - 1;
            assert_false(toc_base64_decode(toc_buf_view(&buf), back, &room));
            assert_int_equal(room, len - 1);
        }
        toc_buf_done(&buf);
    }
}

static void test_base64_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"Z",    "Zg",   "Zg=",      "Zh==",     "Zm9=",
                                      "Z===", "====", "Zm9v\n",   "Zg==Zg==", "Zm 9",
                                      "Zm-_", "Z=m8", "Zm9v====", "Zm9\x80"};
    for (size_t i = 0; i < TOC_COUNT(bad); i++) {
        char out[32];
        size_t len = sizeof(out);
        if (toc_base64_decode(toc_str_of(bad[i]), out, &len))
            fail_msg("'%s' was accepted", bad[i]);
        assert_int_equal(len, sizeof(out));
    }
    toc_buf buf;
    toc_buf_init(&buf, 3);
    toc_base64_encode(&buf, "f", 1);
    assert_int_equal(buf.failed, TOC_ELIMIT);
    toc_buf_done(&buf);
}

static void test_url_encode(void **state)
{
    (void)state;
    toc_buf buf;
    toc_buf_init(&buf, 2000);
    toc_url_encode_path(&buf, TOC_S("http://a.b/c d?e=\xC3\xA9&~_-.+%"));
    assert_string_equal(buf.ptr, "http%3A%2F%2Fa.b%2Fc%20d%3Fe%3D%C3%A9%26~_-.%2B%25");
    toc_buf_clear(&buf);
    toc_url_encode_form(&buf, TOC_S("My Org+ & Co"));
    assert_string_equal(buf.ptr, "My+Org%2B+%26+Co");
    toc_buf_clear(&buf);
    toc_url_encode_path(&buf, toc_str_of(NULL));
    assert_int_equal(buf.len, 0);
    for (int c = 1; c < 256; c++) {
        char one = (char)c;
        bool plain = c < 128 && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789_.-~",
                                       c) != NULL;
        toc_buf_clear(&buf);
        toc_url_encode_path(&buf, (toc_str){&one, 1});
        assert_int_equal(buf.len, plain ? 1 : 3);
    }
    toc_buf_done(&buf);
}

static void test_url_decode(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool form;
        const char *expected; /* NULL: refused */
    } rows[] = {
        {"a%20b", false, "a b"},  {"a+b", false, "a+b"},
        {"a+b%2B", true, "a b+"}, {"%c3%A9", false, "\xC3\xA9"},
        {"%2525", false, "%25"},  {"", false, ""},
        {"%", false, NULL},       {"a%2", false, NULL},
        {"%g0", false, NULL},     {"%0g", false, NULL},
        {"%%41", false, NULL},    {"a%00b", false, NULL},
        {"a+%", true, NULL},
    };
    toc_arena arena = {0};
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_str plain = toc_url_decode(&arena, toc_str_of(rows[i].text), rows[i].form);
        if (rows[i].expected) {
            assert_non_null(plain.ptr);
            assert_true(toc_str_equal(plain, toc_str_of(rows[i].expected)));
        } else {
            assert_null(plain.ptr);
            assert_int_equal(plain.len, 0);
        }
    }
    toc_str same = TOC_S("nothing-to-do");
    assert_ptr_equal(toc_url_decode(&arena, same, true).ptr, same.ptr);
    assert_null(toc_url_decode(&arena, TOC_S("a\0b"), false).ptr);
    assert_null(toc_url_decode(&arena, TOC_S("a\0%41"), false).ptr);
    toc_arena_done(&arena);
    toc_arena_init(&arena, 1);
    assert_null(toc_url_decode(&arena, TOC_S("%41"), false).ptr);
    toc_arena_done(&arena);
}

static void test_dot_segments(void **state)
{
    (void)state;
    assert_true(toc_url_is_dot_segment(TOC_S("")));
    assert_true(toc_url_is_dot_segment(toc_str_of(NULL)));
    assert_true(toc_url_is_dot_segment(TOC_S(".")));
    assert_true(toc_url_is_dot_segment(TOC_S("..")));
    assert_false(toc_url_is_dot_segment(TOC_S("...")));
    assert_false(toc_url_is_dot_segment(TOC_S(".a")));
    assert_false(toc_url_is_dot_segment(TOC_S("a")));
    assert_false(toc_url_is_dot_segment(TOC_S("a.")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_hex_is),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_base64_bytes),
        cmocka_unit_test(test_base64_refused),
        cmocka_unit_test(test_url_encode),
        cmocka_unit_test(test_url_decode),
        cmocka_unit_test(test_dot_segments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
