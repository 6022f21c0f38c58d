/* time.c - dates by arithmetic on days, without the C library's calendar or its locks. */
#include "base/time.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/str.h"

#define DAY 86400
#define FIRST_SECOND (-INT64_C(62167219200)) /* 0000-01-01T00:00:00Z */
#define LAST_SECOND INT64_C(253402300799)    /* 9999-12-31T23:59:59Z */

typedef struct civil {
    int year, month, day, hour, minute, second;
} civil;

int64_t toc_time_now(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec;
}

uint64_t toc_time_ticks_ms(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Both conversions count years from March, so that the leap day is the last day of its year, and
 * start one cycle of 400 years (146097 days) early, so that no operand is ever negative. Days
 * between 0000-03-01 and 1970-01-01: 719468. */
static int64_t days_of(int year, int month, int day)
{
    int64_t shifted = (int64_t)year - (month <= 2) + 400;
    int64_t from_march = (month + 9) % 12;
    int64_t day_of_year = (153 * from_march + 2) / 5 + day - 1;
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + day_of_year - 719468 -
           146097;
}

static void split_days(int64_t days, civil *out)
{
    unsigned rest = (unsigned)(days + 719468 + 146097);
    unsigned cycle = rest / 146097;
    rest %= 146097;
    unsigned year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
    unsigned day_of_year = rest - (365 * year + year / 4 - year / 100);
    unsigned from_march = (5 * day_of_year + 2) / 153;
    out->day = (int)(day_of_year - (153 * from_march + 2) / 5 + 1);
    out->month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
    out->year = (int)(year + cycle * 400) - 400 + (out->month <= 2);
}

static civil split(int64_t seconds)
{
    civil out;
    /* Shifted to the first second, where division truncates the same way it floors. */
    int64_t since = seconds - FIRST_SECOND;
    int rest = (int)(since % DAY);
    split_days(since / DAY + FIRST_SECOND / DAY, &out);
    out.hour = rest / 3600;
    out.minute = rest / 60 % 60;
    out.second = rest % 60;
    return out;
}

static int64_t join(const civil *c)
{
    return days_of(c->year, c->month, c->day) * DAY + c->hour * 3600 + c->minute * 60 + c->second;
}

static int month_days(int year, int month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

static void put2(char *out, int value)
{
    out[0] = (char)('0' + value / 10);
    out[1] = (char)('0' + value % 10);
}

size_t toc_time_format(int64_t seconds, char out[TOC_TIME_TEXT])
{
    if (seconds < FIRST_SECOND)
        seconds = FIRST_SECOND;
    if (seconds > LAST_SECOND)
        seconds = LAST_SECOND;
    civil c = split(seconds);
    memcpy(out, "0000-00-00T00:00:00Z", TOC_TIME_TEXT);
    put2(out, c.year / 100);
    put2(out + 2, c.year % 100);
    put2(out + 5, c.month);
    put2(out + 8, c.day);
    put2(out + 11, c.hour);
    put2(out + 14, c.minute);
    put2(out + 17, c.second);
    return TOC_TIME_TEXT - 1;
}

static bool eat(toc_str *rest, char c)
{
    if (!rest->len || rest->ptr[0] != c)
        return false;
    *rest = toc_str_slice(*rest, 1, rest->len);
    return true;
}

static size_t count_digits(toc_str text)
{
    size_t count = 0;
    while (count < text.len && text.ptr[count] >= '0' && text.ptr[count] <= '9')
        count++;
    return count;
}

/* Between least and most digits (at most 9) whose value lies in low..high. */
static bool eat_number(toc_str *rest, size_t least, size_t most, int low, int high, int *value)
{
    size_t count = count_digits(toc_str_slice(*rest, 0, most));
    if (count < least)
        return false;
    int sum = 0;
    for (size_t i = 0; i < count; i++)
        sum = sum * 10 + (rest->ptr[i] - '0');
    if (sum < low || sum > high)
        return false;
    *value = sum;
    *rest = toc_str_slice(*rest, count, rest->len);
    return true;
}

static bool eat_date(toc_str *rest, civil *c)
{
    bool compact = count_digits(*rest) == 8;
    size_t least = compact ? 2 : 1;
    return eat_number(rest, 4, 4, 0, 9999, &c->year) && (compact || eat(rest, '-')) &&
           eat_number(rest, least, 2, 1, 12, &c->month) && (compact || eat(rest, '-')) &&
           eat_number(rest, least, 2, 1, month_days(c->year, c->month), &c->day);
}

static bool eat_fraction(toc_str *rest)
{
    if (!eat(rest, '.') && !eat(rest, ','))
        return true;
    size_t count = count_digits(*rest);
    *rest = toc_str_slice(*rest, count, rest->len);
    return count > 0;
}

static bool eat_clock(toc_str *rest, civil *c)
{
    if (!eat_number(rest, 2, 2, 0, 23, &c->hour))
        return false;
    bool colon = eat(rest, ':');
    if (!eat_number(rest, 2, 2, 0, 59, &c->minute))
        return false;
    if (colon ? !eat(rest, ':') : !count_digits(*rest))
        return true;
    /* 60 is a leap second (RFC 3339 section 5.7); it becomes the second after it. */
    return eat_number(rest, 2, 2, 0, 60, &c->second) && eat_fraction(rest);
}

/* The rest of the text: nothing, Z, UTC, GMT, or an offset in seconds east of Greenwich. */
static bool read_zone(toc_str rest, int *offset)
{
    static const toc_str names[] = {{"", 0}, {"Z", 1}, {"UTC", 3}, {"GMT", 3}};
    rest = toc_str_trim(rest);
    *offset = 0;
    for (size_t i = 0; i < TOC_COUNT(names); i++)
        if (toc_str_equal_fold(rest, names[i]))
            return true;
    int hours = 0;
    int minutes = 0;
    bool west = eat(&rest, '-');
    if ((!west && !eat(&rest, '+')) || !eat_number(&rest, 2, 2, 0, 23, &hours))
        return false;
    bool colon = eat(&rest, ':');
    if ((colon || rest.len) && !eat_number(&rest, 2, 2, 0, 59, &minutes))
        return false;
    *offset = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
    return !rest.len;
}

static bool in_range(int64_t seconds)
{
    return seconds >= FIRST_SECOND && seconds <= LAST_SECOND;
}

bool toc_time_parse(toc_str text, int64_t *seconds)
{
    civil c = {0};
    int offset = 0;
    toc_str rest = toc_str_trim(text);
    if (!eat_date(&rest, &c))
        return false;
    if (rest.len) {
        toc_str clock = toc_str_trim(rest);
        if (!eat(&rest, 'T') && !eat(&rest, 't') && clock.len == rest.len)
            return false;
        rest = clock.len < rest.len ? clock : rest;
        if (!eat_clock(&rest, &c) || !read_zone(rest, &offset))
            return false;
    }
    int64_t result = join(&c) - offset;
    if (!in_range(result))
        return false;
    *seconds = result;
    return true;
}

static bool parse_epoch(toc_str text, int64_t *seconds)
{
    size_t digits = count_digits(text);
    uint64_t value;
    if (digits < 9 || digits > 16 || !toc_str_to_uint(toc_str_slice(text, 0, digits), &value))
        return false;
    toc_str rest = toc_str_slice(text, digits, text.len);
    if (rest.len && (digits > 10 || rest.ptr[0] != '.' || rest.len < 2 ||
                     count_digits(toc_str_slice(rest, 1, rest.len)) != rest.len - 1))
        return false;
    for (; digits > 10; digits--)
        value /= 10;
    *seconds = (int64_t)value;
    return true;
}

static int64_t midnight(int64_t seconds)
{
    return seconds - (seconds - FIRST_SECOND) % DAY;
}

static bool parse_word(toc_str text, int64_t now, int64_t *seconds)
{
    static const struct {
        toc_str word;
        int days;
    } words[] = {{{"today", 5}, 0}, {{"yesterday", 9}, -1}, {{"tomorrow", 8}, 1}};
    if (toc_str_equal_fold(text, TOC_S("now"))) {
        *seconds = now;
        return true;
    }
    for (size_t i = 0; i < TOC_COUNT(words); i++) {
        if (toc_str_equal_fold(text, words[i].word)) {
            *seconds = midnight(now) + words[i].days * DAY;
            return true;
        }
    }
    return false;
}

/* Steps by calendar months; a day that the month lacks becomes its last. */
static bool add_months(int64_t now, int64_t months, int64_t *seconds)
{
    civil c = split(now);
    int64_t total = (int64_t)c.year * 12 + c.month - 1 + months;
    if (total < 0 || total >= INT64_C(10000) * 12)
        return false;
    c.year = (int)(total / 12);
    c.month = (int)(total % 12) + 1;
    int last = month_days(c.year, c.month);
    c.day = c.day < last ? c.day : last;
    *seconds = join(&c);
    return true;
}

static bool add_units(int64_t now, int64_t count, toc_str unit, int64_t *seconds)
{
    static const struct {
        toc_str name;
        int seconds, months;
    } units[] = {
        {{"second", 6}, 1, 0}, {{"minute", 6}, 60, 0},    {{"hour", 4}, 3600, 0},
        {{"day", 3}, DAY, 0},  {{"week", 4}, 7 * DAY, 0}, {{"month", 5}, 0, 1},
        {{"year", 4}, 0, 12},
    };
    if (unit.len && (unit.ptr[unit.len - 1] | 0x20) == 's')
        unit.len--;
    for (size_t i = 0; i < TOC_COUNT(units); i++) {
        if (!toc_str_equal_fold(unit, units[i].name))
            continue;
        if (units[i].months)
            return add_months(now, count * units[i].months, seconds);
        *seconds = now + count * units[i].seconds;
        return true;
    }
    return false;
}

static toc_str next_word(toc_str *rest)
{
    toc_str from = toc_str_trim(*rest);
    size_t length = 0;
    while (length < from.len && from.ptr[length] != ' ' && from.ptr[length] != '\t')
        length++;
    *rest = toc_str_slice(from, length, from.len);
    return toc_str_slice(from, 0, length);
}

/* "N unit(s) ago" and "in N unit(s)" */
static bool parse_relative(toc_str text, int64_t now, int64_t *seconds)
{
    toc_str words[3];
    for (size_t i = 0; i < TOC_COUNT(words); i++)
        words[i] = next_word(&text);
    if (text.len)
        return false;
    bool ahead = toc_str_equal_fold(words[0], TOC_S("in"));
    if (!ahead && !toc_str_equal_fold(words[2], TOC_S("ago")))
        return false;
    int count = 0;
    toc_str amount = words[ahead];
    if (toc_str_equal_fold(amount, TOC_S("a")) || toc_str_equal_fold(amount, TOC_S("an")))
        count = 1;
    else if (!eat_number(&amount, 1, 9, 0, 999999999, &count) || amount.len)
        return false;
    return add_units(now, ahead ? count : -(int64_t)count, words[ahead + 1], seconds);
}

/* "2017 12 25", "2017/12/25 10:00": a date whose parts are joined otherwise. */
static bool parse_joined(toc_str text, int64_t *seconds)
{
    char copy[40];
    if (text.len < 10 || text.len > sizeof(copy) || text.ptr[4] != text.ptr[7] ||
        (text.ptr[4] != ' ' && text.ptr[4] != '/' && text.ptr[4] != '.'))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[4] = copy[7] = '-';
    return toc_time_parse((toc_str){copy, text.len}, seconds);
}

/* 1 to count: which of the names the word is, or the first three letters of at least. */
static int name_at(toc_str word, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (word.len >= 3 && toc_str_starts_fold(toc_str_of(names[i]), word))
            return (int)i + 1;
    }
    return 0;
}

static int month_of(toc_str word)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    return name_at(word, names, TOC_COUNT(names));
}

static bool is_weekday(toc_str word)
{
    static const char *const names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
    return name_at(word, names, TOC_COUNT(names));
}

static bool whole_number(toc_str text, size_t least, size_t most, int maximum, int *number)
{
    return eat_number(&text, least, most, 0, maximum, number) && !text.len;
}

/* With the month as a word: "Mon, 25 Dec 2017 10:00:00 GMT", "December 25, 2017 10:00". */
static bool parse_written(toc_str text, int64_t *seconds)
{
    enum { FIRST, SECOND, YEAR, CLOCK, ZONE, MOST };
    toc_str words[MOST];
    char form[64];
    int day, year;
    if (text.len >= sizeof(form))
        return false;
    for (size_t i = 0; i < MOST; i++) {
        words[i] = next_word(&text);
        if (toc_str_ends(words[i], TOC_S(",")))
            words[i].len--;
        if (!i && is_weekday(words[i]))
            words[i] = next_word(&text);
    }
    bool ahead = month_of(words[FIRST]);
    int month = month_of(words[ahead ? FIRST : SECOND]);
    if (text.len || !month || !whole_number(words[ahead ? SECOND : FIRST], 1, 2, 31, &day) ||
        !whole_number(words[YEAR], 4, 4, 9999, &year))
        return false;
    if (toc_str_equal_fold(words[ZONE], TOC_S("GMT")) ||
        toc_str_equal_fold(words[ZONE], TOC_S("UTC")))
        words[ZONE] = TOC_S("Z");
    int length = snprintf(form, sizeof(form), "%04d-%02d-%02d%s%.*s%.*s", year, month, day,
                          words[CLOCK].len ? "T" : "", TOC_FMT(words[CLOCK]), TOC_FMT(words[ZONE]));
    return length > 0 && (size_t)length < sizeof(form) &&
           toc_time_parse((toc_str){form, (size_t)length}, seconds);
}

bool toc_time_parse_loose(toc_str text, int64_t now, int64_t *seconds)
{
    int64_t result;
    text = toc_str_trim(text);
    if (!toc_time_parse(text, &result) && !parse_epoch(text, &result) &&
        !parse_joined(text, &result) && !parse_written(text, &result)) {
        if (!in_range(now) ||
            (!parse_word(text, now, &result) && !parse_relative(text, now, &result)))
            return false;
    }
    if (!in_range(result))
        return false;
    *seconds = result;
    return true;
}
