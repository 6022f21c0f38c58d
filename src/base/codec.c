/* codec.c - encodings driven by tables, one pass each. */
#include "base/codec.h"

#include <string.h>

#include "base/str.h"

#define BAD 0xFFU

static const char hex_lower[] = "0123456789abcdef";
static const char hex_upper[] = "0123456789ABCDEF";

/* Value of a digit plus one, so that the many zeros of the table mean "not a digit". */
static const unsigned char hex_values[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
    ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

static unsigned hex_value(char c)
{
    return hex_values[(unsigned char)c] - 1U;
}

void toc_hex_encode(const void *data, size_t len, char *out)
{
    const unsigned char *in = data;
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = hex_lower[in[i] >> 4];
        out[2 * i + 1] = hex_lower[in[i] & 15];
    }
}

bool toc_hex_is(toc_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!hex_values[(unsigned char)text.ptr[i]])
            return false;
    return text.len > 0;
}

bool toc_hex_decode(toc_str text, void *out, size_t out_size)
{
    unsigned char *to = out;
    if (text.len / 2 != out_size || text.len % 2 || (text.len && !toc_hex_is(text)))
        return false;
    for (size_t i = 0; i < out_size; i++)
        to[i] = (unsigned char)(hex_value(text.ptr[2 * i]) << 4 | hex_value(text.ptr[2 * i + 1]));
    return true;
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void toc_base64_encode(toc_buf *out, const void *data, size_t len)
{
    const unsigned char *in = data;
    size_t groups = len / 3 + (len % 3 != 0);
    /* A product that overflows is beyond every maximum too. */
    if (!toc_buf_reserve(out, groups > SIZE_MAX / 4 ? SIZE_MAX : groups * 4))
        return;
    char *to = out->ptr + out->len;
    for (; len; in += len < 3 ? len : 3, len -= len < 3 ? len : 3, to += 4) {
        unsigned word = (unsigned)in[0] << 16;
        word |= len > 1 ? (unsigned)in[1] << 8 : 0;
        word |= len > 2 ? (unsigned)in[2] : 0;
        to[0] = base64_digits[word >> 18];
        to[1] = base64_digits[word >> 12 & 63];
        to[2] = '=';
        to[3] = '=';
        if (len > 1)
            to[2] = base64_digits[word >> 6 & 63];
        if (len > 2)
            to[3] = base64_digits[word & 63];
    }
    *to = '\0';
    out->len += groups * 4;
}

static unsigned base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0') + 52;
    return c == '+' ? 62 : c == '/' ? 63 : BAD;
}

/* One group of four digits, the last of which may be padding; false when malformed. The bits
 * behind the data must be zero, or one text would have many spellings. */
static bool base64_group(const char *in, size_t digits, unsigned *word)
{
    unsigned sum = 0;
    for (size_t i = 0; i < 4; i++) {
        unsigned value = i < digits ? base64_value(in[i]) : 0;
        if (value == BAD)
            return false;
        sum = sum << 6 | value;
    }
    *word = sum;
    return digits == 4 || (sum & (digits == 3 ? 0xFFU : 0xFFFFU)) == 0;
}

bool toc_base64_decode(toc_str text, void *out, size_t *out_len)
{
    unsigned char *to = out;
    if (text.len % 4)
        return false;
    size_t padding = text.len && text.ptr[text.len - 1] == '=';
    padding += padding && text.ptr[text.len - 2] == '=';
    size_t total = text.len / 4 * 3 - padding;
    if (total > *out_len)
        return false;
    size_t done = 0;
    for (size_t at = 0; at < text.len; at += 4) {
        unsigned word;
        if (!base64_group(text.ptr + at, at + 4 == text.len ? 4 - padding : 4, &word))
            return false;
        for (unsigned shift = 16; done < total && shift <= 16; shift -= 8)
            to[done++] = (unsigned char)(word >> shift);
    }
    *out_len = total;
    return true;
}

/* RFC 3986 section 2.3 */
static const bool unreserved[256] = {
    ['-'] = true, ['.'] = true, ['_'] = true, ['~'] = true, ['0'] = true, ['1'] = true,
    ['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true, ['7'] = true,
    ['8'] = true, ['9'] = true, ['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true,
    ['E'] = true, ['F'] = true, ['G'] = true, ['H'] = true, ['I'] = true, ['J'] = true,
    ['K'] = true, ['L'] = true, ['M'] = true, ['N'] = true, ['O'] = true, ['P'] = true,
    ['Q'] = true, ['R'] = true, ['S'] = true, ['T'] = true, ['U'] = true, ['V'] = true,
    ['W'] = true, ['X'] = true, ['Y'] = true, ['Z'] = true, ['a'] = true, ['b'] = true,
    ['c'] = true, ['d'] = true, ['e'] = true, ['f'] = true, ['g'] = true, ['h'] = true,
    ['i'] = true, ['j'] = true, ['k'] = true, ['l'] = true, ['m'] = true, ['n'] = true,
    ['o'] = true, ['p'] = true, ['q'] = true, ['r'] = true, ['s'] = true, ['t'] = true,
    ['u'] = true, ['v'] = true, ['w'] = true, ['x'] = true, ['y'] = true, ['z'] = true,
};

static void url_encode(toc_buf *out, toc_str text, bool form)
{
    size_t at = 0;
    while (at < text.len) {
        size_t start = at;
        while (at < text.len && unreserved[(unsigned char)text.ptr[at]])
            at++;
        toc_buf_append(out, text.ptr + start, at - start);
        if (at == text.len)
            break;
        unsigned char c = (unsigned char)text.ptr[at++];
        char escape[3] = {'%', hex_upper[c >> 4], hex_upper[c & 15]};
        if (form && c == ' ')
            toc_buf_char(out, '+');
        else
            toc_buf_append(out, escape, sizeof(escape));
    }
}

void toc_url_encode_path(toc_buf *out, toc_str text)
{
    url_encode(out, text, false);
}

void toc_url_encode_form(toc_buf *out, toc_str text)
{
    url_encode(out, text, true);
}

static bool needs_decoding(toc_str text, bool form)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '%' || (form && text.ptr[i] == '+'))
            return true;
    return false;
}

/* Length of the decoded text, or SIZE_MAX when an escape is malformed or gives a NUL byte. */
static size_t decode_into(char *out, toc_str text, bool form)
{
    size_t length = 0;
    for (size_t at = 0; at < text.len; at++) {
        char c = text.ptr[at];
        if (c == '%') {
            if (text.len - at < 3 || !toc_hex_is(toc_str_slice(text, at + 1, at + 3)))
                return SIZE_MAX;
            c = (char)(hex_value(text.ptr[at + 1]) << 4 | hex_value(text.ptr[at + 2]));
            at += 2;
        } else if (form && c == '+') {
            c = ' ';
        }
        if (!c)
            return SIZE_MAX;
        out[length++] = c;
    }
    return length;
}

toc_str toc_url_decode(toc_arena *arena, toc_str text, bool form)
{
    static const toc_str absent = {NULL, 0};
    if (!needs_decoding(text, form))
        return text.len && memchr(text.ptr, '\0', text.len) ? absent : text;
    char *out = toc_arena_alloc(arena, text.len + 1);
    if (!out)
        return absent;
    size_t length = decode_into(out, text, form);
    if (length == SIZE_MAX)
        return absent;
    out[length] = '\0';
    return (toc_str){out, length};
}

bool toc_url_is_dot_segment(toc_str text)
{
    return text.len == 0 ||
           (text.ptr[0] == '.' && (text.len == 1 || (text.len == 2 && text.ptr[1] == '.')));
}
