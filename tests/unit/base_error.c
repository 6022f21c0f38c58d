/* base/error.c and base/log.c: the table of codes, messages, log lines. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"

static void test_table(void **state)
{
    (void)state;
    static const int exits[] = {0, 2, 1, 1, 1, 1, 4, 4, 1, 4, 4, 4, 1, 1, 3, 4};
    size_t count = 0;
    const toc_error_info *rows = toc_error_list(&count);
    assert_int_equal(count, TOC_COUNT(exits));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(rows[i].code, -(int)i);
        assert_int_equal(rows[i].exit_status, exits[i]);
        assert_int_equal(strncmp(rows[i].name, "TOC_", 4), 0);
        assert_true(strlen(rows[i].text) > 0);
        assert_ptr_equal(toc_error_find(rows[i].code), &rows[i]);
    }
    assert_string_equal(toc_error_find(TOC_EPARTIAL)->name, "TOC_EPARTIAL");
    assert_int_equal(toc_error_find(1)->code, TOC_EINVAL);
    assert_int_equal(toc_error_find(-16)->code, TOC_EINVAL);
    assert_int_equal(toc_error_find(INT32_MIN)->code, TOC_EINVAL);
}

static void test_set(void **state)
{
    (void)state;
    toc_error err;
    memset(&err, 0xAA, sizeof(err));
    assert_int_equal(toc_error_set(&err, TOC_EPARSE, "bad %s\n", "date"), TOC_EPARSE);
    assert_int_equal(err.code, TOC_EPARSE);
    assert_string_equal(err.message, "bad date");
    assert_string_equal(err.field, "");
    assert_int_equal(err.http_status, 0);
    assert_int_equal(err.flags, 0);
    assert_int_equal(err.position, 0);
    assert_int_equal(err.number, 0);
    assert_int_equal(err.reserved[sizeof(err.reserved) - 1], 0);
    /* The old message may be part of the new one. */
    (void)toc_error_set(&err, TOC_EIO, "again: %s", err.message);
    assert_string_equal(err.message, "again: bad date");
    assert_int_equal(toc_error_set(NULL, TOC_EIO, "x"), TOC_EIO);
}

static void test_field(void **state)
{
    (void)state;
    toc_error err;
    (void)toc_error_field(&err, TOC_EINVAL, "rating", "%d is too much", 9);
    assert_string_equal(err.field, "rating");
    assert_string_equal(err.message, "9 is too much");
    char name[101];
    memset(name, 'n', 100);
    name[62] = (char)0xC3;
    name[63] = (char)0xA9;
    name[100] = '\0';
    (void)toc_error_field(&err, TOC_EINVAL, name, "x");
    assert_int_equal(strlen(err.field), 62);
    (void)toc_error_field(&err, TOC_EINVAL, NULL, "x");
    assert_string_equal(err.field, "");
    assert_int_equal(toc_error_field(NULL, TOC_EINVAL, "a", "b"), TOC_EINVAL);
}

static void test_cut_at_character(void **state)
{
    (void)state;
    toc_error err;
    char text[1200];
    for (size_t shift = 0; shift < 3; shift++) {
        size_t len = 0;
        for (; len < shift; len++)
            text[len] = 'x';
        for (; len + 3 < sizeof(text); len += 3)
            memcpy(text + len, "\xE2\x82\xAC", 3);
        text[len] = '\0';
        (void)toc_error_set(&err, TOC_EIO, "%s", text);
        assert_true(strlen(err.message) > 508);
        assert_true(toc_str_is_utf8(toc_str_of(err.message), NULL));
        toc_error_prefix(&err, "\xC3\xA9: ");
        assert_true(toc_str_is_utf8(toc_str_of(err.message), NULL));
        assert_true(strlen(err.message) > 508);
        (void)toc_error_errno(&err, TOC_EIO, ENOENT, "%s", text);
        assert_true(toc_str_is_utf8(toc_str_of(err.message), NULL));
    }
}

static void test_errno(void **state)
{
    (void)state;
    toc_error err;
    assert_int_equal(toc_error_errno(&err, TOC_EIO, ENOENT, "cannot open %s", "f"), TOC_EIO);
    assert_string_equal(err.message, "cannot open f: No such file or directory");
    (void)toc_error_errno(&err, TOC_EIO, ENOSPC, "cannot write");
    assert_string_equal(err.message, "cannot write: the disk is full");
    (void)toc_error_errno(&err, TOC_EIO, EDQUOT, "cannot write");
    assert_string_equal(err.message, "cannot write: the disk is full");
    (void)toc_error_errno(&err, TOC_EIO, EFBIG, "cannot write");
    assert_string_equal(err.message, "cannot write: the disk is full");
    assert_true(toc_error_is_full(&err));
    /* Paths may have the word in them. */
    (void)toc_error_errno(&err, TOC_EIO, EACCES, "full/disk.db");
    assert_false(toc_error_is_full(&err));
    assert_int_equal(toc_error_errno(NULL, TOC_EIO, ENOENT, "x"), TOC_EIO);
}

static void test_nomem_and_prefix(void **state)
{
    (void)state;
    toc_error err;
    assert_int_equal(toc_error_nomem(NULL), TOC_ENOMEM);
    assert_int_equal(toc_error_nomem(&err), TOC_ENOMEM);
    assert_string_equal(err.message, "out of memory");
    toc_error_prefix(&err, "%s", "feed.csv");
    assert_string_equal(err.message, "feed.csv: out of memory");
    toc_error_prefix(&err, "line %d: ", 4);
    assert_string_equal(err.message, "line 4: feed.csv: out of memory");
    assert_int_equal(err.code, TOC_ENOMEM);
    toc_error_prefix(NULL, "x");
}

typedef struct line {
    toc_log_level level;
    char area[16];
    char text[4096];
    int count;
} line;

static void collect(void *user, toc_log_level level, const char *area, const char *text)
{
    line *last = user;
    last->level = level;
    last->count++;
    memcpy(last->area, area, strlen(area) + 1);
    memcpy(last->text, text, strlen(text) + 1);
}

static int evaluated(int *counter)
{
    return ++*counter;
}

static void test_log(void **state)
{
    (void)state;
    line last = {0};
    int counter = 0;
    toc_log_place place = {NULL, 0};
    toc_log log = {collect, &last, TOC_LOG_INFO, &place};
    toc_log_at(&log, TOC_LOG_DEBUG, "http", "%d", evaluated(&counter));
    assert_int_equal(last.count, 0);
    assert_int_equal(counter, 0);
    toc_log_at(&log, TOC_LOG_WARNING, "http", "got %d\nforged\x7F", evaluated(&counter));
    assert_int_equal(last.count, 1);
    assert_int_equal(last.level, TOC_LOG_WARNING);
    assert_string_equal(last.area, "http");
    assert_string_equal(place.function, "test_log");
    assert_true(place.line > 0);
    assert_string_equal(last.text, "got 1 forged ");
    toc_log_write(&log, TOC_LOG_DEBUG, "http", "x");
    assert_int_equal(last.count, 1);
    toc_log_write(&log, TOC_LOG_ERROR, "http", "%03000d\xC3\xA9", 0);
    assert_int_equal(strlen(last.text), 2047);
    assert_string_equal(last.text + 2044, "...");
    toc_log silent = {0};
    toc_log_at(&silent, TOC_LOG_ERROR, "http", "%d", evaluated(&counter));
    toc_log_write(&silent, TOC_LOG_ERROR, "http", "x");
    assert_int_equal(counter, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table), cmocka_unit_test(test_set),
        cmocka_unit_test(test_field), cmocka_unit_test(test_cut_at_character),
        cmocka_unit_test(test_errno), cmocka_unit_test(test_nomem_and_prefix),
        cmocka_unit_test(test_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
