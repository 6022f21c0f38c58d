#include "base/json.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_scan.h"
#include "base/mem.h"
#include "base/str.h"

/* The letter after the backslash for bytes that have a short escape. */
static const char short_escape[128] = {['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
                                       ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't'};

#define MAX_ESCAPE 12U /* \uXXXX\uXXXX */

/* The end of the text, with room for extra bytes and the terminator; NULL when buf has failed. */
static inline char *make_room(toc_buf *buf, size_t extra)
{
    if (extra < buf->size - buf->len && !buf->failed)
        return buf->ptr + buf->len;
    return toc_buf_reserve(buf, extra) ? buf->ptr + buf->len : NULL;
}

static inline void finish(toc_buf *buf, const char *out)
{
    buf->len = (size_t)(out - buf->ptr);
    buf->ptr[buf->len] = '\0';
}

#ifdef TOC_JSON_SSE2
/* Copies four to fifteen bytes by two loads that overlap; false when one of them is not plain. */
static inline bool copy_tail(const char *at, size_t len, char *out)
{
    if (len >= 8) {
        __m128i low = _mm_loadl_epi64((const __m128i *)(const void *)at);
        __m128i high = _mm_loadl_epi64((const __m128i *)(const void *)(at + len - 8));
        _mm_storel_epi64((__m128i *)(void *)out, low);
        _mm_storel_epi64((__m128i *)(void *)(out + len - 8), high);
        return toc__json_special(_mm_unpacklo_epi64(low, high)) == 0;
    }
    int32_t low, high;
    memcpy(&low, at, 4);
    memcpy(&high, at + len - 4, 4);
    memcpy(out, &low, 4);
    memcpy(out + len - 4, &high, 4);
    return (toc__json_special(_mm_set_epi32(0, 0, high, low)) & 0xFFU) == 0;
}
#endif

/* Copies plain bytes up to the first other one, which it returns. May scribble on *out as far as
 * the rest of the text reaches, never beyond. */
static inline const char *copy_plain(const char *at, const char *end, char **out)
{
    char *to = *out;
#ifdef TOC_JSON_SSE2
    for (; end - at >= 16; at += 16, to += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);
        unsigned special = toc__json_special(block);
        _mm_storeu_si128((__m128i *)(void *)to, block);
        if (special) {
            unsigned plain = (unsigned)__builtin_ctz(special);
            *out = to + plain;
            return at + plain;
        }
    }
    size_t rest = (size_t)(end - at);
    if (rest >= 4 && copy_tail(at, rest, to)) {
        *out = to + rest;
        return end;
    }
#endif
    while (at < end && toc__json_plain_byte(*at))
        *to++ = *at++;
    *out = to;
    return at;
}

static size_t put_unit(char *out, unsigned unit)
{
    static const char digits[] = "0123456789abcdef";
    out[0] = '\\';
    out[1] = 'u';
    for (unsigned i = 0; i < 4; i++)
        out[2 + i] = digits[unit >> (12 - 4 * i) & 0xF];
    return 6;
}

static uint32_t decode_utf8(const char *at, unsigned length)
{
    static const unsigned char lead_bits[5] = {0, 0, 0x1F, 0x0F, 0x07};
    uint32_t code = (unsigned char)at[0] & lead_bits[length];
    for (unsigned i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)at[i] & 0x3F);
    return code;
}

/* Writes what stands for the byte or sequence at *at, which must not stand as it is. */
static size_t put_escape(char *out, const char **at, const char *end, bool ascii)
{
    unsigned char byte = (unsigned char)**at;
    if (byte < 0x80) {
        *at += 1;
        if (!short_escape[byte])
            return put_unit(out, byte);
        out[0] = '\\';
        out[1] = short_escape[byte];
        return 2;
    }
    unsigned length = toc__json_utf8(*at, end);
    uint32_t code = length ? decode_utf8(*at, length) : 0xFFFD;
    *at += length ? length : 1;
    if (!ascii) {
        memcpy(out, "\xEF\xBF\xBD", 3);
        return 3;
    }
    if (code < 0x10000)
        return put_unit(out, code);
    code -= 0x10000;
    (void)put_unit(out, 0xD800 + (code >> 10));
    return 6 + put_unit(out + 6, 0xDC00 + (code & 0x3FF));
}

/* Makes room for more bytes at out, which lies beyond buf->len. */
static char *grow_at(toc_buf *buf, const char *out, size_t more)
{
    buf->len = (size_t)(out - buf->ptr);
    return make_room(buf, more);
}

/* Well-formed sequences stand as they are. */
static const char *copy_utf8(const char *at, const char *end, char **out)
{
    char *to = *out;
    while (at < end && (unsigned char)*at >= 0x80) {
        unsigned length = toc__json_utf8(at, end);
        if (!length)
            break;
        while (length--)
            *to++ = *at++;
    }
    *out = to;
    return at;
}

static const char *copy_ascii(const char *at, const char *end, char **out)
{
    char *to = *out;
    while (at < end && toc__json_plain_byte(*at) && *at != 0x7F)
        *to++ = *at++;
    *out = to;
    return at;
}

/* Puts the quoted text at out, where there is room for its length, two quotes and tail bytes, and
 * still is for the tail afterwards. Returns the place behind it, or NULL when buf has failed. */
static inline char *put_quoted(toc_buf *buf, char *out, toc_str text, size_t tail, bool ascii)
{
    const char *at = text.ptr, *end = at + text.len;
    char escape[MAX_ESCAPE];
    *out++ = '"';
    while (at < end) {
        at = ascii ? copy_ascii(at, end, &out) : copy_plain(at, end, &out);
        if (at == end)
            break;
        if (!ascii && (unsigned char)*at >= 0x80) {
            const char *first = at;
            at = copy_utf8(at, end, &out);
            if (at != first)
                continue;
        }
        size_t len = put_escape(escape, &at, end, ascii);
        out = grow_at(buf, out, len + (size_t)(end - at) + 1 + tail);
        if (!out)
            return NULL;
        memcpy(out, escape, len);
        out += len;
    }
    *out++ = '"';
    return out;
}

/* After a failure: what was there before, terminated. */
static void roll_back(toc_buf *buf, size_t len)
{
    buf->len = len;
    buf->ptr[len] = '\0';
}

static inline toc_str present(toc_str text)
{
    return text.ptr ? text : (toc_str){"", 0};
}

void toc_json_escape(toc_buf *buf, toc_str text, bool ascii)
{
    size_t len = buf->len;
    text = present(text);
    char *out = make_room(buf, text.len + 2);
    if (!out)
        return;
    out = ascii ? put_quoted(buf, out, text, 0, true) : put_quoted(buf, out, text, 0, false);
    if (out)
        finish(buf, out);
    else
        roll_back(buf, len);
}

void toc_json_writer_init(toc_json_writer *writer, toc_buf *buf)
{
    *writer = (toc_json_writer){.buf = buf};
}

static inline void open_level(toc_json_writer *writer, char bracket)
{
    char *out = make_room(writer->buf, 1U + writer->comma);
    if (!out)
        return;
    if (writer->comma)
        *out++ = ',';
    *out++ = bracket;
    finish(writer->buf, out);
    writer->comma = false;
}

static inline void close_level(toc_json_writer *writer, char bracket)
{
    char *out = make_room(writer->buf, 1);
    if (!out)
        return;
    *out++ = bracket;
    finish(writer->buf, out);
    writer->comma = true;
}

void toc_json_object(toc_json_writer *writer)
{
    open_level(writer, '{');
}

void toc_json_object_end(toc_json_writer *writer)
{
    close_level(writer, '}');
}

void toc_json_array(toc_json_writer *writer)
{
    open_level(writer, '[');
}

void toc_json_array_end(toc_json_writer *writer)
{
    close_level(writer, ']');
}

void toc_json_key(toc_json_writer *writer, toc_str key)
{
    toc_buf *buf = writer->buf;
    size_t len = buf->len;
    key = present(key);
    char *out = make_room(buf, key.len + 3U + writer->comma);
    if (!out)
        return;
    if (writer->comma)
        *out++ = ',';
    out = put_quoted(buf, out, key, 1, false);
    if (!out) {
        roll_back(buf, len);
        return;
    }
    *out++ = ':';
    finish(buf, out);
    writer->comma = false;
}

void toc_json_string(toc_json_writer *writer, toc_str text)
{
    toc_buf *buf = writer->buf;
    size_t len = buf->len;
    text = present(text);
    char *out = make_room(buf, text.len + 2U + writer->comma);
    if (!out)
        return;
    if (writer->comma)
        *out++ = ',';
    out = put_quoted(buf, out, text, 0, false);
    if (out)
        finish(buf, out);
    else
        roll_back(buf, len);
    writer->comma = true;
}

void toc_json_member(toc_json_writer *writer, toc_str key, toc_str text)
{
    toc_buf *buf = writer->buf;
    size_t len = buf->len;
    if (!text.ptr)
        return;
    key = present(key);
    char *out = make_room(buf, key.len + text.len + 5U + writer->comma);
    if (!out)
        return;
    if (writer->comma)
        *out++ = ',';
    out = put_quoted(buf, out, key, text.len + 3, false);
    if (out) {
        *out++ = ':';
        out = put_quoted(buf, out, text, 0, false);
    }
    if (out)
        finish(buf, out);
    else
        roll_back(buf, len);
    writer->comma = true;
}

/* The comma before a value that is not the first. */
static inline void begin_value(toc_json_writer *writer)
{
    if (writer->comma)
        toc_buf_lit(writer->buf, ",");
    writer->comma = true;
}

void toc_json_int(toc_json_writer *writer, int64_t value)
{
    begin_value(writer);
    toc_buf_int(writer->buf, value);
}

void toc_json_double(toc_json_writer *writer, double value)
{
    begin_value(writer);
    toc_json_double_text(writer->buf, value);
}

void toc_json_bool(toc_json_writer *writer, bool value)
{
    begin_value(writer);
    if (value)
        toc_buf_lit(writer->buf, "true");
    else
        toc_buf_lit(writer->buf, "false");
}

void toc_json_null(toc_json_writer *writer)
{
    begin_value(writer);
    toc_buf_lit(writer->buf, "null");
}

void toc_json_raw(toc_json_writer *writer, toc_str json)
{
    begin_value(writer);
    toc_buf_str(writer->buf, json);
}

/* digits[0].digits[1]... times ten to the power of exponent; terminated. */
typedef struct decimal {
    char digits[24];
    size_t count;
    int exponent;
} decimal;

/* The point of printf is the locale's and may be several bytes; digits and exponent are not. */
static void to_decimal(double value, size_t count, decimal *dec)
{
    char text[64];
    int len = snprintf(text, sizeof(text), "%.*e", (int)count - 1, value);
    const char *e = memchr(text, 'e', (size_t)len);
    dec->digits[0] = text[0];
    memcpy(dec->digits + 1, e - (count - 1), count - 1);
    dec->count = count;
    dec->exponent = 0;
    for (const char *at = e + 2; *at; at++)
        dec->exponent = dec->exponent * 10 + (*at - '0');
    if (e[1] == '-')
        dec->exponent = -dec->exponent;
}

static bool reads_back(const decimal *dec, double value)
{
    char text[64];
    double back;
    int len = snprintf(text, sizeof(text), "%.*se%d", (int)dec->count, dec->digits,
                       dec->exponent - (int)dec->count + 1);
    return toc_str_to_double((toc_str){text, (size_t)len}, &back) && !(back < value) &&
           !(back > value);
}

static void next_up(decimal *dec)
{
    size_t i = dec->count;
    while (i-- > 0) {
        if (dec->digits[i]++ != '9')
            return;
        dec->digits[i] = '0';
    }
    dec->digits[0] = '1';
    dec->exponent++;
}

static void shortest(double value, decimal *dec)
{
    /* Any 15 digits survive the way through a normal double, so a shorter text is the 15 digits
     * without their trailing zeros; a subnormal double holds less and may do with fewer. */
    for (size_t count = value < DBL_MIN ? 1 : 15; count < 17; count++) {
        to_decimal(value, count, dec);
        if (reads_back(dec, value))
            return;
    }
    /* Below a power of two doubles are denser than above: the neighbour above may do. */
    next_up(dec);
    if (!reads_back(dec, value))
        to_decimal(value, 17, dec);
}

/* Plain notation where it is no longer than a few zeros, else with an exponent of two digits. */
static char *put_decimal(char *out, const decimal *dec)
{
    size_t count = dec->count;
    int point = dec->exponent + 1;
    while (count > 1 && dec->digits[count - 1] == '0')
        count--;
    bool plain = dec->exponent >= -4 && dec->exponent < 16;
    if (!plain)
        point = 1;
    for (int i = point > 0 ? 0 : point - 1; i < point || i < (int)count || i == point; i++) {
        if (i == point)
            *out++ = '.';
        *out++ = i >= 0 && i < (int)count ? dec->digits[i] : '0';
    }
    if (plain)
        return out;
    unsigned size = (unsigned)abs(dec->exponent);
    *out++ = 'e';
    *out++ = dec->exponent < 0 ? '-' : '+';
    if (size >= 100)
        *out++ = (char)('0' + size / 100);
    *out++ = (char)('0' + size / 10 % 10);
    *out++ = (char)('0' + size % 10);
    return out;
}

/* Few decimals, as in ratings and coordinates: the quotient of two exact numbers is the nearest
 * double of the decimal text, so equality proves the text. NULL when that does not apply. */
static char *put_few_decimals(char *out, double value)
{
    static const struct {
        double factor, least;
        unsigned decimals;
    } scales[] = {{1e2, 0, 2}, {1e6, 1e-4, 6}};
    for (size_t i = 0; i < TOC_COUNT(scales); i++) {
        double scaled = value * scales[i].factor;
        if (scaled >= 1e15 || value < scales[i].least)
            return NULL;
        uint64_t units = (uint64_t)(scaled + 0.5);
        double back = (double)units / scales[i].factor;
        if (back < value || back > value)
            continue;
        char text[24], *at = text + sizeof(text);
        unsigned decimals = scales[i].decimals;
        for (; decimals > 1 && units % 10 == 0; decimals--)
            units /= 10;
        for (unsigned done = 0; units || done <= decimals; done++) {
            if (done == decimals)
                *--at = '.';
            *--at = (char)('0' + units % 10);
            units /= 10;
        }
        size_t len = (size_t)(text + sizeof(text) - at);
        memcpy(out, at, len);
        return out + len;
    }
    return NULL;
}

void toc_json_double_text(toc_buf *buf, double value)
{
    char text[64], *out = text;
    if (!isfinite(value)) {
        toc_buf_lit(buf, "null");
        return;
    }
    if (signbit(value)) {
        *out++ = '-';
        value = -value;
    }
    char *end = put_few_decimals(out, value);
    if (!end) {
        decimal dec;
        shortest(value, &dec);
        end = put_decimal(out, &dec);
    }
    toc_buf_append(buf, text, (size_t)(end - text));
}
