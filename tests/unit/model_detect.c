/* model/detect.c: the published tables, overrides, and the short cuts against the patterns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/csv.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/detect.h"
#include "support/data.h"
#include "support/failing.h"

static toc_detector *new_detector(void)
{
    toc_detector *detector = NULL;
    toc_error err;
    if (toc_detector_new(&detector, &err))
        fail_msg("%s", err.message);
    return detector;
}

static const struct row {
    const char *value, *type;
} rows[] = {
    {"1.2.3.4", "Address"},
    {"255.255.255.255", "Address"},
    {"::1", "Address"},
    {"::", "Address"},
    {"2001:DB8::1", "Address"},
    {"1:2:3:4:5:6:7:8", "Address"},
    {"1::8", "Address"},
    {"1:2:3:4:5:6:7::", "Address"},
    {"::ffff:1.2.3.4", "Address"},
    {"A@B.COM", "EmailAddress"},
    {"first.last+tag@mail.example", "EmailAddress"},
    {"EXAMPLE.COM", "Host"},
    {"a.bc", "Host"},
    {"x.data", "Host"},
    {"test.xn--p1ai", "Host"},
    {"00112233445566778899aabbccddeeff", "File"},
    {"00112233445566778899aabbccddeeff00112233", "File"},
    {"00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF", "File"},
    {"ftp://x/y", "URL"},
    {"file:///etc/passwd", "URL"},
    {"https://a.example/?q=1", "URL"},
    {"sftp://a.example", "URL"},
    {"01.2.3.4", NULL},
    {"256.1.1.1", NULL},
    {"1.2.3.4/24", NULL},
    {"1.2.3.4\n", NULL},
    {"1:2:3:4:5:6:7:8:9", NULL},
    {":::", NULL},
    {"a@b.c", NULL},
    {"HTTP://x.com", NULL},
    {"hxxp://x", NULL},
    {"http://a.b/c.", NULL},
    {"http://a b/c", NULL},
    {"example.exe", NULL},
    {"x.dat", NULL},
    {"foo.run", NULL},
    {"foo.docs", NULL},
    {"foo.scripts", NULL},
    {"a.gif", NULL},
    {"localhost", NULL},
    {"my_host.example.com", NULL},
    {"-a.example", NULL},
    {"a-.example", NULL},
    {"example.com:80", NULL},
    {"example.com.", NULL},
    {"00112233445566778899aabbccddeef", NULL},
    {"", NULL},
    {" ", NULL},
};

static void check(toc_detector *detector, toc_str value, const char *expected)
{
    const toc_type *type = toc_detector_find(detector, value);
    const char *found = type ? type->name : "nothing";
    if (strcmp(found, expected ? expected : "nothing") != 0)
        fail_msg("%.*s is %s", TOC_FMT(value), found);
    assert_ptr_equal(toc__detector_find_plain(detector, value), type);
}

static void test_table(void **state)
{
    (void)state;
    toc_detector *detector = new_detector();
    for (size_t i = 0; i < TOC_COUNT(rows); i++)
        check(detector, toc_str_of(rows[i].value), rows[i].type);
    check(detector, (toc_str){NULL, 0}, NULL);
    check(detector, TOC_S("1.2.3.4\0"), NULL);
    assert_null(toc_detector_find(NULL, TOC_S("1.2.3.4")));
    toc_detector_free(detector);
    toc_detector_free(NULL);
}

static void same_answers(toc_detector *detector, toc_str value)
{
    if (toc_detector_find(detector, value) != toc__detector_find_plain(detector, value))
        fail_msg("the short cut differs for %.*s", TOC_FMT(value));
}

/* Pieces that are near the edges of the patterns, in random order and number. */
static void test_generated(void **state)
{
    (void)state;
    static const char *const pieces[] = {"a",   "G",    "0",        "25",   "255",
                                         "256", "01",   ".",        ":",    "::",
                                         "@",   "-",    "_",        "/",    "com",
                                         "exe", "xn--", "x1",       "db8",  "http",
                                         "://", "ftp",  "1.2.3.4",  "fFfF", "0123456789abcdef",
                                         "\n",  " ",    "\xc3\xa9", "?",    "dat",
                                         "r\n"};
    uint64_t seed = 42;
    toc_detector *detector = new_detector();
    for (size_t round = 0; round < 20000; round++) {
        char text[256];
        size_t len = 0;
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t count = 1 + (seed >> 60);
        for (size_t i = 0; i < count && len < 200; i++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            const char *piece = pieces[(seed >> 33) % TOC_COUNT(pieces)];
            memcpy(text + len, piece, strlen(piece));
            len += strlen(piece);
        }
        same_answers(detector, (toc_str){text, len});
    }
    toc_detector_free(detector);
}

/* Every value of the sample list has the type that the list says, where patterns exist. */
static void test_sample(void **state)
{
    (void)state;
    TOC_CLEANUP(toc_buf_done) toc_buf text = {.maximum = TOC_MAX_ITEM};
    size_t found = 0;
    (void)data_read("sample.csv", &text);
    TOC_CLEANUP(toc_csv_done) toc_csv csv;
    toc_detector *detector = new_detector();
    toc_csv_init(&csv, ',');
    toc_csv_feed(&csv, text.ptr, text.len, true);
    assert_int_equal(toc_csv_next(&csv), TOC_CSV_RECORD);
    while (toc_csv_next(&csv) == TOC_CSV_RECORD) {
        toc_str type = csv.fields[0], value = csv.fields[1];
        const toc_type *seen = toc_detector_find(detector, value);
        same_answers(detector, value);
        const toc_type *row = toc_types_find(NULL, TOC_KIND_INDICATOR, type);
        assert_non_null(row);
        bool single = toc_str_find(value, TOC_S(" : ")) < 0;
        if ((row->traits & TOC_TYPE_PARSABLE) && !(row->traits & TOC_TYPE_CUSTOM) && single) {
            if (seen != row)
                fail_msg("%.*s is not a %s", TOC_FMT(value), row->name);
            found++;
        }
    }
    assert_true(found > 30);
    toc_detector_free(detector);
}

static void test_overrides(void **state)
{
    (void)state;
    toc_error err;
    toc_detector *detector = new_detector();
    const toc_type *host = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("host"));
    const toc_type *mutex = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("mutex"));
    static const char *const hosts[] = {"(?i)[a-z]+\\.internal(?=$)", "(?<!x)srv\\d+"};
    static const char *const mutexes[] = {"(?:Global|Local)\\\\.+", ".*"};
    assert_int_equal(toc_detector_set(detector, host, hosts, 2, &err), TOC_OK);
    check(detector, TOC_S("DB.internal"), "Host");
    check(detector, TOC_S("srv12"), "Host");
    check(detector, TOC_S("srv12x"), NULL);
    check(detector, TOC_S("example.com"), NULL);
    assert_int_equal(toc_detector_set(detector, mutex, mutexes, 2, &err), TOC_OK);
    check(detector, TOC_S("Global\\x"), "Mutex");
    check(detector, TOC_S("example.com"), "Mutex");
    check(detector, TOC_S("1.2.3.4"), "Address");
    /* Values need not be UTF-8. */
    check(detector, TOC_S("\xff\xfe"), NULL);
    assert_int_equal(toc_detector_set(detector, mutex, NULL, 0, &err), TOC_OK);
    check(detector, TOC_S("Global\\x"), NULL);
    toc_detector_free(detector);
}

static void test_override_errors(void **state)
{
    (void)state;
    toc_error err = {0};
    toc_detector *detector = new_detector();
    const toc_type *host = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("host"));
    const toc_type *threat = toc_types_find(NULL, TOC_KIND_GROUP, TOC_S("threat"));
    static const char *const wrong[] = {"a", "(b"};
    assert_int_equal(toc_detector_set(detector, host, wrong, 2, &err), TOC_EINVAL);
    assert_string_equal(err.field, "pattern");
    check(detector, TOC_S("example.com"), "Host");
    static const char *const null_pattern[] = {NULL};
    assert_int_equal(toc_detector_set(detector, host, null_pattern, 1, &err), TOC_EINVAL);
    assert_int_equal(toc_detector_set(detector, host, NULL, 1, &err), TOC_EINVAL);
    assert_int_equal(toc_detector_set(detector, threat, wrong, 1, &err), TOC_EINVAL);
    assert_int_equal(toc_detector_set(detector, NULL, wrong, 1, &err), TOC_EINVAL);
    assert_int_equal(toc_detector_set(NULL, host, wrong, 1, &err), TOC_EINVAL);
    const char *many[65];
    for (size_t i = 0; i < 65; i++)
        many[i] = "a";
    assert_int_equal(toc_detector_set(detector, host, many, 65, &err), TOC_ELIMIT);
    check(detector, TOC_S("example.com"), "Host");
    toc_detector_free(detector);
}

/* Patterns that would run for ages give up. */
static void test_hostile(void **state)
{
    (void)state;
    static const char *const patterns[] = {"(a+)+$", "(?:a|aa)+c", "((a*)*b)*"};
    static char text[TOC_MAX_VALUE + 1];
    toc_detector *detector = new_detector();
    const toc_type *mutex = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("mutex"));
    assert_int_equal(toc_detector_set(detector, mutex, patterns, 3, NULL), TOC_OK);
    memset(text, 'a', sizeof(text));
    text[5000] = '!';
    assert_null(toc_detector_find(detector, (toc_str){text, 5001}));
    text[5000] = 'a';
    assert_null(toc_detector_find(detector, (toc_str){text, sizeof(text)}));
    for (size_t i = 1; i < sizeof(text); i += 2)
        text[i] = '.';
    same_answers(detector, (toc_str){text, TOC_MAX_VALUE});
    text[TOC_MAX_VALUE - 1] = '@';
    same_answers(detector, (toc_str){text, TOC_MAX_VALUE});
    toc_detector_free(detector);
}

static void test_no_memory(void **state)
{
    (void)state;
    failing memory = {.left = -1};
    toc_rc rc = TOC_ENOMEM;
    const toc_allocator allocator = failing_allocator(&memory);
    toc_set_allocator(&allocator);
    for (int rounds = 0; rc; rounds++) {
        toc_detector *detector = NULL;
        memory = (failing){.left = rounds, .for_good = true};
        rc = toc_detector_new(&detector, NULL);
        assert_true(rc == TOC_OK || rc == TOC_ENOMEM);
        assert_int_equal(detector != NULL, rc == TOC_OK);
        toc_detector_free(detector);
        assert_true(rounds < 100);
    }
    toc_set_allocator(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),           cmocka_unit_test(test_generated),
        cmocka_unit_test(test_sample),          cmocka_unit_test(test_overrides),
        cmocka_unit_test(test_override_errors), cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
