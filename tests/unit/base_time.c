/* base/time.c: formatting, dates as the API and its clients write them, loose forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"

#define UNTOUCHED INT64_C(-77)

typedef struct row {
    const char *text;
    const char *expected; /* NULL: refused */
} row;

static void test_format_against_libc(void **state)
{
    (void)state;
    /* A step that is no multiple of a day or a year reaches every kind of date. */
    for (int64_t at = -INT64_C(62167219200); at <= INT64_C(253402300799); at += 9876543) {
        char mine[TOC_TIME_TEXT];
        char theirs[32];
        struct tm parts;
        time_t seconds = (time_t)at;
        assert_int_equal(toc_time_format(at, mine), 20);
        assert_non_null(gmtime_r(&seconds, &parts));
        parts.tm_year += 1900;
        /* strftime pads years by platform, so the year is compared as a number. */
        assert_true(strftime(theirs, sizeof(theirs), "-%m-%dT%H:%M:%SZ", &parts) == 16);
        assert_string_equal(mine + 4, theirs);
        int year =
            (mine[0] - '0') * 1000 + (mine[1] - '0') * 100 + (mine[2] - '0') * 10 + (mine[3] - '0');
        assert_int_equal(year, parts.tm_year);
        int64_t back = UNTOUCHED;
        assert_true(toc_time_parse(toc_str_of(mine), &back));
        assert_true(back == at);
    }
}

static void test_format_edges(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00Z"},          {-1, "1969-12-31T23:59:59Z"},
        {1709287200, "2024-03-01T10:00:00Z"}, {951782399, "2000-02-28T23:59:59Z"},
        {951782400, "2000-02-29T00:00:00Z"},  {4107542399, "2100-02-28T23:59:59Z"},
        {4107542400, "2100-03-01T00:00:00Z"}, {INT64_MIN, "0000-01-01T00:00:00Z"},
        {INT64_MAX, "9999-12-31T23:59:59Z"},
    };
    char out[TOC_TIME_TEXT];
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        assert_int_equal(toc_time_format(rows[i].seconds, out), 20);
        assert_string_equal(out, rows[i].text);
    }
}

static void check(const row *rows, size_t count, bool loose)
{
    const int64_t now = 1709287200 + 56 * 60 + 7; /* 2024-03-01T10:56:07Z, the year a leap year */
    for (size_t i = 0; i < count; i++) {
        int64_t seconds = UNTOUCHED;
        toc_str text = toc_str_of(rows[i].text);
        bool good =
            loose ? toc_time_parse_loose(text, now, &seconds) : toc_time_parse(text, &seconds);
        if (good != (rows[i].expected != NULL))
            fail_msg("'%s' was %s", rows[i].text, good ? "accepted" : "refused");
        if (!good) {
            assert_true(seconds == UNTOUCHED);
            continue;
        }
        char out[TOC_TIME_TEXT];
        (void)toc_time_format(seconds, out);
        assert_string_equal(out, rows[i].expected);
    }
}

static const row strict_rows[] = {
    {"2024-03-01T10:00:00Z", "2024-03-01T10:00:00Z"},
    {"2024-03-01t10:00:00z", "2024-03-01T10:00:00Z"},
    {"2015-07-06T11:09:33-04:00", "2015-07-06T15:09:33Z"},
    {"2015-07-06T11:09:33-0400", "2015-07-06T15:09:33Z"},
    {"2015-07-06T11:09:33+02", "2015-07-06T09:09:33Z"},
    {"2024-01-01T00:30:00+05:30", "2023-12-31T19:00:00Z"},
    {"2024-03-01T10:00:00.123456789Z", "2024-03-01T10:00:00Z"},
    {"2024-03-01T10:00:00,9Z", "2024-03-01T10:00:00Z"},
    {"2024-03-01T10:05Z", "2024-03-01T10:05:00Z"},
    {"2024-03-01T10:05+01:00", "2024-03-01T09:05:00Z"},
    {"2024-03-01T00:00", "2024-03-01T00:00:00Z"},
    {"2024-03-01 10:00:00", "2024-03-01T10:00:00Z"},
    {"2024-03-01 10:00:00 UTC", "2024-03-01T10:00:00Z"},
    {"2024-03-01 10:00:00 +0100", "2024-03-01T09:00:00Z"},
    {"2024-03-01", "2024-03-01T00:00:00Z"},
    {"  2024-03-01\n", "2024-03-01T00:00:00Z"},
    {"20240301", "2024-03-01T00:00:00Z"},
    {"20240301T100000Z", "2024-03-01T10:00:00Z"},
    {"20240301T1005", "2024-03-01T10:05:00Z"},
    {"2024-3-5T01:02:03Z", "2024-03-05T01:02:03Z"},
    {"2024-3-5", "2024-03-05T00:00:00Z"},
    {"2024-02-29", "2024-02-29T00:00:00Z"},
    {"2000-02-29", "2000-02-29T00:00:00Z"},
    {"0000-01-01", "0000-01-01T00:00:00Z"},
    {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
    {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
    {"", NULL},
    {" ", NULL},
    {"2023-02-29", NULL},
    {"1900-02-29", NULL},
    {"2024-13-01", NULL},
    {"2024-00-01", NULL},
    {"2024-04-31", NULL},
    {"2024-01-00", NULL},
    {"2024-03-001", NULL},
    {"24-03-01", NULL},
    {"02024-03-01", NULL},
    {"2024-03", NULL},
    {"2024-03-", NULL},
    {"2024/03/01", NULL},
    {"2024-03-01T", NULL},
    {"2024-03-01T1", NULL},
    {"2024-03-01T10", NULL},
    {"2024-03-01T10:", NULL},
    {"2024-03-01T10:00:", NULL},
    {"2024-03-01T10:00:00.", NULL},
    {"2024-03-01T10:00:00.Z", NULL},
    {"2024-03-01T24:00:00Z", NULL},
    {"2024-03-01T10:60:00Z", NULL},
    {"2024-03-01T10:00:61Z", NULL},
    {"2024-03-01T 10:00:00Z", NULL},
    {"2024-03-01T10:00:00+", NULL},
    {"2024-03-01T10:00:00+1", NULL},
    {"2024-03-01T10:00:00+24:00", NULL},
    {"2024-03-01T10:00:00+01:60", NULL},
    {"2024-03-01T10:00:00+01:", NULL},
    {"2024-03-01T10:00:00ZZ", NULL},
    {"2024-03-01T10:00:00 CET", NULL},
    {"2024-03-01Z", NULL},
    {"2024-03-0110:00", NULL},
    {"202403011000", NULL},
    {"-2024-03-01", NULL},
    {"9999-12-31T23:59:59-01:00", NULL},
    {"0000-01-01T00:00:00+01:00", NULL},
    {"yesterday", NULL},
    {"1709287200", NULL},
};

static void test_parse(void **state)
{
    (void)state;
    check(strict_rows, TOC_COUNT(strict_rows), false);
}

static const row loose_rows[] = {
    {"2024-03-01T10:00:00+01:00", "2024-03-01T09:00:00Z"},
    {"20240301", "2024-03-01T00:00:00Z"},
    {"1709287200", "2024-03-01T10:00:00Z"},
    {" 1709287200 ", "2024-03-01T10:00:00Z"},
    {"1709287200.999", "2024-03-01T10:00:00Z"},
    {"999999999", "2001-09-09T01:46:39Z"},
    {"999999999.5", "2001-09-09T01:46:39Z"},
    {"17092872009", "2024-03-01T10:00:00Z"},
    {"1709287200999", "2024-03-01T10:00:00Z"},
    {"1709287200123456", "2024-03-01T10:00:00Z"},
    {"now", "2024-03-01T10:56:07Z"},
    {"Today", "2024-03-01T00:00:00Z"},
    {"yesterday", "2024-02-29T00:00:00Z"},
    {"TOMORROW", "2024-03-02T00:00:00Z"},
    {"1 second ago", "2024-03-01T10:56:06Z"},
    {"0 days ago", "2024-03-01T10:56:07Z"},
    {"30 days ago", "2024-01-31T10:56:07Z"},
    {"2  weeks\tago", "2024-02-16T10:56:07Z"},
    {"90 Minutes Ago", "2024-03-01T09:26:07Z"},
    {"in 1 hour", "2024-03-01T11:56:07Z"},
    {"in 36 hours", "2024-03-02T22:56:07Z"},
    {"1 month ago", "2024-02-01T10:56:07Z"},
    {"in 11 months", "2025-02-01T10:56:07Z"},
    {"3 months ago", "2023-12-01T10:56:07Z"},
    {"1 year ago", "2023-03-01T10:56:07Z"},
    {"in 7975 years", "9999-03-01T10:56:07Z"},
    {"2024 years ago", "0000-03-01T10:56:07Z"},
    {"a week ago", "2024-02-23T10:56:07Z"},
    {"in an hour", "2024-03-01T11:56:07Z"},
    {"25 December 2017", "2017-12-25T00:00:00Z"},
    {"5 dec 2017", "2017-12-05T00:00:00Z"},
    {"Dec 25 2017", "2017-12-25T00:00:00Z"},
    {"December 25, 2017 10:11", "2017-12-25T10:11:00Z"},
    {"Sept 1, 2017 10:11:12", "2017-09-01T10:11:12Z"},
    {"Mon, 25 Dec 2017 10:00:00 GMT", "2017-12-25T10:00:00Z"},
    {"monday 25 dec 2017 10:00:00 +0100", "2017-12-25T09:00:00Z"},
    {"Monday, December 25, 2017", "2017-12-25T00:00:00Z"},
    {"29 Feb 2017", NULL},
    {"32 Dec 2017", NULL},
    {"25 De 2017", NULL},
    {"25 Decembers 2017", NULL},
    {"25 Dec 17", NULL},
    {"25 Dec", NULL},
    {"Dec 2017", NULL},
    {"Mon", NULL},
    {"Mon, Mon, 25 Dec 2017", NULL},
    {"25 Dec 2017 10:00 PM", NULL},
    {"25 Dec 2017 GMT", NULL},
    {"25 Dec 2017 10:00:00 GMT x", NULL},
    {"25 Dec 2017 10:00:00.00000000000000000000000000000000000000000000000", NULL},
    {"12/25/2017", NULL},
    {"a ago", NULL},
    {"", NULL},
    {"12345678", NULL},
    {"1234567", NULL},
    {"12345678901234567", NULL},
    {"1709287200.", NULL},
    {"1709287200.x", NULL},
    {"1709287200999.5", NULL},
    {"-1709287200", NULL},
    {"1709287200Z", NULL},
    {"soon", NULL},
    {"nowadays", NULL},
    {"ago", NULL},
    {"days ago", NULL},
    {"x days ago", NULL},
    {"-1 days ago", NULL},
    {"1.5 days ago", NULL},
    {"1 fortnight ago", NULL},
    {"1 s ago", NULL},
    {"1 day", NULL},
    {"1 day ago now", NULL},
    {"in 1", NULL},
    {"in day 1", NULL},
    {"in 1 day ago", NULL},
    {"in 7976 years", NULL},
    {"2025 years ago", NULL},
    {"999999999 weeks ago", NULL},
    {"in 999999999 years", NULL},
    {"9999999999 seconds ago", NULL},
};

static void test_parse_loose(void **state)
{
    (void)state;
    check(loose_rows, TOC_COUNT(loose_rows), true);
}

static void test_month_ends(void **state)
{
    (void)state;
    int64_t now = 0;
    int64_t seconds = 0;
    int64_t expected = 0;
    assert_true(toc_time_parse(TOC_S("2024-03-31T12:00:00Z"), &now));
    assert_true(toc_time_parse_loose(TOC_S("1 month ago"), now, &seconds));
    assert_true(toc_time_parse(TOC_S("2024-02-29T12:00:00Z"), &expected));
    assert_true(seconds == expected);
    assert_true(toc_time_parse_loose(TOC_S("in 11 months"), now, &seconds));
    assert_true(toc_time_parse(TOC_S("2025-02-28T12:00:00Z"), &expected));
    assert_true(seconds == expected);
    /* Before 1970 and at the ends of the range. */
    assert_true(toc_time_parse_loose(TOC_S("today"), -1, &seconds));
    assert_true(seconds == -86400);
    seconds = UNTOUCHED;
    assert_false(toc_time_parse_loose(TOC_S("yesterday"), -INT64_C(62167219200), &seconds));
    assert_false(toc_time_parse_loose(TOC_S("now"), INT64_MAX, &seconds));
    assert_false(toc_time_parse_loose(TOC_S("1 day ago"), INT64_MIN, &seconds));
    assert_true(seconds == UNTOUCHED);
}

static void test_clocks(void **state)
{
    (void)state;
    int64_t libc = (int64_t)time(NULL);
    int64_t mine = toc_time_now();
    assert_true(mine >= libc && mine - libc < 60);
    uint64_t first = toc_time_ticks_ms();
    assert_true(toc_time_ticks_ms() >= first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format_against_libc),
        cmocka_unit_test(test_format_edges),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_parse_loose),
        cmocka_unit_test(test_month_ends),
        cmocka_unit_test(test_clocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
