/* The spool: items come back whole and in order, from memory or from the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch/spool.h"

static void put(toc_spool *spool, toc_str json, uint64_t line, toc_str origin)
{
    toc_error err = {0};
    toc_buf_str(toc_spool_begin(spool), json);
    assert_int_equal(toc_spool_end(spool, line, origin, &err), TOC_OK);
}

static void expect(toc_spool_cursor *cursor, toc_str json, uint64_t line, toc_str origin)
{
    toc_spool_item item = {0};
    toc_error err = {0};
    assert_int_equal(toc_spool_next(cursor, &item, &err), 1);
    assert_true(toc_str_equal(item.json, json));
    assert_true(toc_str_equal(item.origin, origin));
    assert_int_equal(item.line, line);
}

static void test_round_trip(void **state)
{
    (void)state;
    toc_spool spool;
    toc_error err = {0};
    assert_int_equal(toc_spool_create(&spool, NULL, &err), TOC_OK);
    put(&spool, TOC_S("{\"a\":1}"), 7, TOC_S("a,1"));
    put(&spool, TOC_S("{}"), 0, (toc_str){"", 0});
    assert_int_equal(spool.count, 2);
    toc_spool_cursor cursor;
    toc_spool_cursor_init(&cursor, &spool, 0);
    toc_spool_item item;
    assert_int_equal(toc_spool_next(&cursor, &item, &err), 0);
    assert_int_equal(toc_spool_flush(&spool, &err), TOC_OK);
    expect(&cursor, TOC_S("{\"a\":1}"), 7, TOC_S("a,1"));
    uint64_t second = cursor.offset;
    expect(&cursor, TOC_S("{}"), 0, (toc_str){"", 0});
    assert_int_equal(toc_spool_next(&cursor, &item, &err), 0);
    assert_int_equal(cursor.offset, spool.written);
    toc_spool_cursor_seek(&cursor, second);
    expect(&cursor, TOC_S("{}"), 0, (toc_str){"", 0});
    toc_spool_cursor_seek(&cursor, 0);
    expect(&cursor, TOC_S("{\"a\":1}"), 7, TOC_S("a,1"));
    toc_spool_cursor_done(&cursor);
    toc_spool_done(&spool);
}

static void test_refused(void **state)
{
    (void)state;
    toc_spool spool;
    toc_error err = {0};
    assert_int_equal(toc_spool_create(&spool, NULL, &err), TOC_OK);
    toc_buf *text = toc_spool_begin(&spool);
    for (size_t len = 0; len <= TOC_MAX_ITEM; len += 1024)
        toc_buf_printf(text, "%1024s", "half of an it");
    assert_int_equal(toc_spool_end(&spool, 1, (toc_str){"", 0}, &err), TOC_ELIMIT);
    put(&spool, TOC_S("[1]"), 1, (toc_str){"", 0});
    assert_int_equal(toc_spool_flush(&spool, &err), TOC_OK);
    toc_spool_cursor cursor;
    toc_spool_cursor_init(&cursor, &spool, 0);
    expect(&cursor, TOC_S("[1]"), 1, (toc_str){"", 0});
    toc_spool_cursor_done(&cursor);
    toc_spool_done(&spool);
}

/* Items of many sizes, some larger than a block of the file. */
static void test_many(void **state)
{
    (void)state;
    toc_spool spool;
    toc_error err = {0};
    assert_int_equal(toc_spool_create(&spool, "/tmp", &err), TOC_OK);
    size_t largest = 1500000;
    TOC_AUTOFREE char *text = toc_mem_alloc(largest);
    assert_non_null(text);
    for (size_t i = 0; i < largest; i++)
        text[i] = (char)('a' + i % 26);
    size_t sizes[64];
    uint64_t offsets[64];
    for (size_t i = 0; i < TOC_COUNT(sizes); i++) {
        sizes[i] = i % 16 == 15 ? largest - i : i * i * 13 % 40000;
        offsets[i] = spool.written + spool.tail.len;
        put(&spool, (toc_str){text, sizes[i]}, i, (toc_str){text, i});
    }
    assert_true(spool.written > 0);
    assert_int_equal(toc_spool_flush(&spool, &err), TOC_OK);
    toc_spool_cursor cursor;
    toc_spool_cursor_init(&cursor, &spool, 0);
    for (size_t i = 0; i < TOC_COUNT(sizes); i++)
        expect(&cursor, (toc_str){text, sizes[i]}, i, (toc_str){text, i});
    for (size_t n = 0; n < TOC_COUNT(sizes); n++) {
        size_t i = n * 37 % TOC_COUNT(sizes);
        toc_spool_cursor_seek(&cursor, offsets[i]);
        expect(&cursor, (toc_str){text, sizes[i]}, i, (toc_str){text, i});
    }
    toc_spool_cursor_done(&cursor);
    toc_spool_done(&spool);
}

static void test_too_large(void **state)
{
    (void)state;
    toc_spool spool;
    toc_error err = {0};
    assert_int_equal(toc_spool_create(&spool, NULL, &err), TOC_OK);
    toc_buf *tail = toc_spool_begin(&spool);
    assert_true(toc_buf_reserve(tail, TOC_MAX_ITEM + 1u));
    memset(tail->ptr + tail->len, 'x', TOC_MAX_ITEM + 1u);
    tail->len += TOC_MAX_ITEM + 1u;
    assert_int_equal(toc_spool_end(&spool, 1, (toc_str){"", 0}, &err), TOC_ELIMIT);
    assert_int_equal(spool.count, 0);
    put(&spool, TOC_S("{}"), 2, (toc_str){"", 0});
    assert_int_equal(spool.count, 1);
    toc_spool_done(&spool);
}

static void test_no_directory(void **state)
{
    (void)state;
    toc_spool spool = {.fd = -1};
    toc_error err = {0};
    assert_int_equal(toc_spool_create(&spool, "/nonexistent/dir", &err), TOC_EIO);
    assert_non_null(strstr(err.message, "/nonexistent/dir"));
    toc_spool_done(&spool);
}

/* A file that somebody cut is an error, not an endless read. */
static void test_cut_file(void **state)
{
    (void)state;
    toc_spool spool;
    toc_error err = {0};
    assert_int_equal(toc_spool_create(&spool, NULL, &err), TOC_OK);
    put(&spool, TOC_S("{\"name\":\"a\"}"), 1, (toc_str){"", 0});
    assert_int_equal(toc_spool_flush(&spool, &err), TOC_OK);
    assert_int_equal(ftruncate(spool.fd, 9), 0);
    toc_spool_cursor cursor;
    toc_spool_cursor_init(&cursor, &spool, 0);
    toc_spool_item item;
    assert_int_equal(toc_spool_next(&cursor, &item, &err), TOC_EIO);
    toc_spool_cursor_done(&cursor);
    toc_spool_done(&spool);
}

/* What is in it is nobody else's: no program that is started meanwhile gets the file, and none
 * finds it. */
static void test_private(void **state)
{
    (void)state;
    toc_spool spool;
    struct stat info;
    assert_int_equal(toc_spool_create(&spool, NULL, NULL), TOC_OK);
    assert_true(fcntl(spool.fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(fstat(spool.fd, &info), 0);
    assert_int_equal(info.st_nlink, 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    toc_spool_done(&spool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),   cmocka_unit_test(test_refused),
        cmocka_unit_test(test_many),         cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_no_directory), cmocka_unit_test(test_cut_file),
        cmocka_unit_test(test_private),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
