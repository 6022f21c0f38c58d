/* json_scan.h - what the JSON reader and writer look for in text. The scalar and the SSE2 scan give
 * the same answers; both are here so that a test can compare them. */
#ifndef TOC_BASE_JSON_SCAN_H
#define TOC_BASE_JSON_SCAN_H
#include "tocsin/base.h"

#if defined(__SSE2__) && !defined(TOC_JSON_SCALAR)
#define TOC_JSON_SSE2 1
#endif
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* A byte that may stand in a JSON string as it is: printable ASCII but quote and backslash. */
static inline bool toc__json_plain_byte(char c)
{
    unsigned char byte = (unsigned char)c;
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

/* The first byte that is not plain, or end. */
static inline const char *toc__json_plain_scalar(const char *at, const char *end)
{
    while (at < end && toc__json_plain_byte(*at))
        at++;
    return at;
}

#ifdef __SSE2__
/* One bit for each byte that is not plain. */
static inline unsigned toc__json_special(__m128i block)
{
    __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
    __m128i slash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    /* Signed: non-ASCII bytes are negative, so one comparison finds them and the controls. */
    __m128i other = _mm_cmplt_epi8(block, _mm_set1_epi8(0x20));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, slash), other));
}

static inline const char *toc__json_plain_sse2(const char *at, const char *end)
{
    for (; end - at >= 16; at += 16) {
        unsigned special = toc__json_special(_mm_loadu_si128((const __m128i *)(const void *)at));
        if (special)
            return at + __builtin_ctz(special);
    }
    return toc__json_plain_scalar(at, end);
}
#endif

static inline const char *toc__json_plain(const char *at, const char *end)
{
#ifdef TOC_JSON_SSE2
    return toc__json_plain_sse2(at, end);
#else
    return toc__json_plain_scalar(at, end);
#endif
}

/* Length of the well-formed UTF-8 sequence at a byte from 0x80 up; 0 when it is not well-formed
 * (too short, overlong, a surrogate, beyond U+10FFFF). at < end. */
static inline unsigned toc__json_utf8(const char *at, const char *end)
{
    const unsigned char *byte = (const unsigned char *)at;
    size_t room = (size_t)(end - at);
    unsigned low = 0x80, high = 0xBF, length = 3;
    if (byte[0] < 0xC2 || byte[0] > 0xF4)
        return 0;
    if (byte[0] < 0xE0)
        return room > 1 && (byte[1] & 0xC0) == 0x80 ? 2 : 0;
    if (byte[0] == 0xE0)
        low = 0xA0;
    else if (byte[0] == 0xED)
        high = 0x9F;
    else if (byte[0] == 0xF0)
        low = 0x90;
    else if (byte[0] == 0xF4)
        high = 0x8F;
    if (byte[0] >= 0xF0)
        length = 4;
    if (room < length || byte[1] < low || byte[1] > high || (byte[2] & 0xC0) != 0x80)
        return 0;
    return length == 3 || (byte[3] & 0xC0) == 0x80 ? length : 0;
}
#endif
