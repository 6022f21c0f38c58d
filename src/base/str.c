/* str.c - text views, number parsing, UTF-8, nearest name. */
#include "base/str.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

toc_str toc_str_of(const char *text)
{
    return (toc_str){text, text ? strlen(text) : 0};
}

bool toc_str_equal(toc_str a, toc_str b)
{
    return a.len == b.len && (!a.len || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool toc_str_equal_fold(toc_str a, toc_str b)
{
    return a.len == b.len && toc_str_starts_fold(a, b);
}

toc_str toc_str_slice(toc_str text, size_t from, size_t to)
{
    if (to > text.len)
        to = text.len;
    if (from > to)
        from = to;
    return (toc_str){text.ptr ? text.ptr + from : NULL, to - from};
}

toc_str toc_str_trim(toc_str text)
{
    size_t from = 0;
    size_t to = text.len;
    while (from < to && is_blank(text.ptr[from]))
        from++;
    while (to > from && is_blank(text.ptr[to - 1]))
        to--;
    return toc_str_slice(text, from, to);
}

bool toc_str_starts(toc_str text, toc_str prefix)
{
    return toc_str_equal(toc_str_slice(text, 0, prefix.len), prefix);
}

bool toc_str_starts_fold(toc_str text, toc_str prefix)
{
    if (text.len < prefix.len)
        return false;
    for (size_t i = 0; i < prefix.len; i++)
        if (fold(text.ptr[i]) != fold(prefix.ptr[i]))
            return false;
    return true;
}

bool toc_str_ends(toc_str text, toc_str suffix)
{
    return text.len >= suffix.len &&
           toc_str_equal(toc_str_slice(text, text.len - suffix.len, text.len), suffix);
}

ptrdiff_t toc_str_find(toc_str text, toc_str needle)
{
    if (!needle.len)
        return 0;
    if (needle.len > text.len)
        return -1;
    const char *hit = memmem(text.ptr, text.len, needle.ptr, needle.len);
    return hit ? hit - text.ptr : -1;
}

ptrdiff_t toc_str_find_char(toc_str text, char c)
{
    const char *hit = text.len ? memchr(text.ptr, c, text.len) : NULL;
    return hit ? hit - text.ptr : -1;
}

int toc_str_compare(toc_str a, toc_str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.ptr, b.ptr, common) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool toc_str_cut(toc_str *rest, char separator, toc_str *part)
{
    if (!rest->len)
        return false;
    ptrdiff_t at = toc_str_find_char(*rest, separator);
    size_t length = at < 0 ? rest->len : (size_t)at;
    *part = toc_str_slice(*rest, 0, length);
    *rest = toc_str_slice(*rest, at < 0 ? length : length + 1, rest->len);
    return true;
}

bool toc_str_to_uint(toc_str text, uint64_t *value)
{
    uint64_t sum = 0;
    if (!text.len)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.ptr[i]) || __builtin_mul_overflow(sum, 10U, &sum) ||
            __builtin_add_overflow(sum, (uint64_t)(text.ptr[i] - '0'), &sum))
            return false;
    }
    *value = sum;
    return true;
}

bool toc_str_to_int(toc_str text, int64_t *value)
{
    bool minus = text.len && text.ptr[0] == '-';
    uint64_t size;
    if (!toc_str_to_uint(toc_str_slice(text, minus, text.len), &size) ||
        size > (uint64_t)INT64_MAX + minus)
        return false;
    /* Negated while unsigned: INT64_MIN has no positive counterpart. */
    *value = (int64_t)(minus ? 0 - size : size);
    return true;
}

typedef struct number {
    bool minus;
    uint64_t mantissa; /* all digits, meaningful up to 15 of them */
    int digits;        /* significant ones */
    int exponent;      /* of ten, saturating */
} number;

static size_t scan_digits(toc_str text, size_t at, number *num)
{
    while (at < text.len && is_digit(text.ptr[at])) {
        if (num->digits || text.ptr[at] != '0')
            num->digits += num->digits < 100;
        if (num->digits <= 15)
            num->mantissa = num->mantissa * 10 + (uint64_t)(text.ptr[at] - '0');
        at++;
    }
    return at;
}

static bool scan_exponent(toc_str text, size_t at, number *num)
{
    bool minus = at < text.len && text.ptr[at] == '-';
    if (minus || (at < text.len && text.ptr[at] == '+'))
        at++;
    if (at == text.len)
        return false;
    int exponent = 0;
    for (; at < text.len; at++) {
        if (!is_digit(text.ptr[at]))
            return false;
        if (exponent < 10000)
            exponent = exponent * 10 + (text.ptr[at] - '0');
    }
    num->exponent += minus ? -exponent : exponent;
    return true;
}

/* RFC 8259 section 6; text is shorter than a few thousand bytes, so counters cannot overflow. */
static bool scan_number(toc_str text, number *num)
{
    size_t at = 0;
    num->minus = text.len && text.ptr[0] == '-';
    at += num->minus;
    size_t start = at;
    at = scan_digits(text, at, num);
    if (at == start || (text.ptr[start] == '0' && at - start > 1))
        return false;
    if (at < text.len && text.ptr[at] == '.') {
        start = ++at;
        at = scan_digits(text, at, num);
        if (at == start)
            return false;
        num->exponent = -(int)(at - start);
    }
    if (at == text.len)
        return true;
    return (text.ptr[at] | 0x20) == 'e' && scan_exponent(text, at + 1, num);
}

static pthread_once_t locale_once = PTHREAD_ONCE_INIT;
static locale_t c_locale;

static void make_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

bool toc_str_to_double(toc_str text, double *value)
{
    /* Longer than any exact double with its exponent (767 digits decide every rounding). */
    char copy[1100];
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    number num = {0};
    if (text.len >= sizeof(copy) || !scan_number(text, &num))
        return false;
    /* Both operands are exact, so the one rounding of the product or quotient is right. */
    if (num.digits <= 15 && num.exponent >= -22 && num.exponent <= 22) {
        double size = (double)num.mantissa;
        size = num.exponent < 0 ? size / powers[-num.exponent] : size * powers[num.exponent];
        *value = num.minus ? -size : size;
        return true;
    }
    (void)pthread_once(&locale_once, make_locale);
    if (!c_locale)
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    double parsed = strtod_l(copy, NULL, c_locale);
    if (!isfinite(parsed))
        return false;
    *value = parsed;
    return true;
}

bool toc_str_to_bool(toc_str text, bool *value)
{
    static const toc_str words[2][4] = {
        {{"0", 1}, {"f", 1}, {"false", 5}, {"n", 1}},
        {{"1", 1}, {"t", 1}, {"true", 4}, {"y", 1}},
    };
    static const toc_str longs[2] = {{"no", 2}, {"yes", 3}};
    for (size_t truth = 0; truth < 2; truth++) {
        bool hit = toc_str_equal_fold(text, longs[truth]);
        for (size_t i = 0; i < TOC_COUNT(words[0]) && !hit; i++)
            hit = toc_str_equal_fold(text, words[truth][i]);
        if (hit) {
            *value = truth == 1;
            return true;
        }
    }
    return false;
}

void toc_str_lower(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        text[i] = fold(text[i]);
}

void toc_str_upper(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] >= 'a' && text[i] <= 'z')
            text[i] = (char)(text[i] & ~0x20);
}

/* Length of the character at p, 0 when it is not valid UTF-8 (RFC 3629, table of section 4). */
static size_t utf8_length(const unsigned char *p, size_t room)
{
    static const struct {
        unsigned char first, last, low, high, length;
    } rows[] = {
        {0x00, 0x7F, 0x80, 0xBF, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        if (p[0] < rows[i].first || p[0] > rows[i].last)
            continue;
        if (rows[i].length == 1)
            return 1;
        if (room < rows[i].length || p[1] < rows[i].low || p[1] > rows[i].high)
            return 0;
        for (size_t k = 2; k < rows[i].length; k++)
            if ((p[k] & 0xC0) != 0x80)
                return 0;
        return rows[i].length;
    }
    return 0;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Whether a byte of the word is NUL or not ASCII. */
static bool has_other(uint64_t word)
{
    return ((word - EACH(1)) | word) & EACH(0x80);
}

/* Most texts are short and ASCII: eight bytes at a time, the last ones together with some of those
 * before them. */
static bool is_plain(toc_str text)
{
    uint64_t word = EACH(' ');
    if (text.len < sizeof word) {
        if (text.len)
            memcpy(&word, text.ptr, text.len);
        return !has_other(word);
    }
    for (size_t at = 0; at < text.len - sizeof word; at += sizeof word) {
        memcpy(&word, text.ptr + at, sizeof word);
        if (has_other(word))
            return false;
    }
    memcpy(&word, text.ptr + text.len - sizeof word, sizeof word);
    return !has_other(word);
}

bool toc_str_is_text(toc_str text)
{
    return is_plain(text) || (toc_str_is_utf8(text, NULL) && toc_str_find_char(text, '\0') < 0);
}

bool toc_str_is_utf8(toc_str text, size_t *bad)
{
    size_t at = 0;
    while (at < text.len) {
        uint64_t word;
        if (text.len - at >= sizeof(word)) {
            memcpy(&word, text.ptr + at, sizeof(word));
            if (!(word & EACH(0x80))) {
                at += sizeof(word);
                continue;
            }
        }
        size_t length = utf8_length((const unsigned char *)text.ptr + at, text.len - at);
        if (!length) {
            if (bad)
                *bad = at;
            return false;
        }
        at += length;
    }
    return true;
}

size_t toc_str_utf8_chars(toc_str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return count;
}

size_t toc_str_utf8_floor(toc_str text, size_t limit)
{
    if (limit > text.len)
        limit = text.len;
    size_t start = limit;
    while (start && limit - start < 3 && ((unsigned char)text.ptr[start - 1] & 0xC0) == 0x80)
        start--;
    if (!start)
        return limit;
    unsigned char lead = (unsigned char)text.ptr[start - 1];
    size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return length > limit - start + 1 ? start - 1 : limit;
}

#define NEAREST_MAX 64

static unsigned min_of(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: insertions, deletions, replacements, swaps of neighbours. */
static unsigned distance(toc_str a, toc_str b)
{
    unsigned rows[3][NEAREST_MAX + 1];
    unsigned *before = rows[0];
    unsigned *last = rows[1];
    unsigned *row = rows[2];
    for (unsigned k = 0; k <= b.len; k++)
        last[k] = before[k] = k;
    for (unsigned i = 1; i <= a.len; i++) {
        row[0] = i;
        char c = fold(a.ptr[i - 1]);
        for (unsigned k = 1; k <= b.len; k++) {
            char d = fold(b.ptr[k - 1]);
            row[k] = min_of(last[k - 1] + (c != d), min_of(last[k], row[k - 1]) + 1);
            if (i > 1 && k > 1 && c == fold(b.ptr[k - 2]) && fold(a.ptr[i - 2]) == d)
                row[k] = min_of(row[k], before[k - 2] + 1);
        }
        unsigned *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[b.len];
}

const char *toc_str_nearest(const char *word, const char *const *choices, size_t count)
{
    toc_str given = toc_str_of(word);
    if (!given.len || given.len > NEAREST_MAX)
        return NULL;
    const char *best = NULL;
    unsigned least = given.len < 3 ? 2 : (unsigned)given.len / 3 + 1;
    for (size_t i = 0; i < count; i++) {
        toc_str choice = toc_str_of(choices[i]);
        if (!choice.len || choice.len > NEAREST_MAX)
            continue;
        unsigned edits = distance(given, choice);
        if (edits < least) {
            least = edits;
            best = choices[i];
        }
    }
    return best;
}
