#include "utf16.h"

#include <string.h>

#define BROKEN 0xFFFDU

bool cli_utf16_begins(cli_utf16 *wide, toc_str text)
{
    static const char little[] = "\xFF\xFE", big[] = "\xFE\xFF", utf32[] = "\xFF\xFE\0\0";
    if (text.len < 2 || (text.len >= 4 && !memcmp(text.ptr, utf32, 4)))
        return false;
    *wide = (cli_utf16){.big = !memcmp(text.ptr, big, 2)};
    return wide->big || !memcmp(text.ptr, little, 2);
}

static size_t put_char(char *to, uint32_t c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xC0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xE0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3F));
        to[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3F));
    to[2] = (char)(0x80 | (c >> 6 & 0x3F));
    to[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

static size_t put_unit(cli_utf16 *wide, uint32_t unit, char *to)
{
    uint32_t high = wide->high;
    bool low = unit >= 0xDC00 && unit < 0xE000;
    wide->high = 0;
    if (high && low)
        return put_char(to, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
    size_t len = high ? put_char(to, BROKEN) : 0;
    if (unit >= 0xD800 && unit < 0xDC00) {
        wide->high = unit;
        return len;
    }
    return len + put_char(to + len, low ? BROKEN : unit);
}

size_t cli_utf16_turn(cli_utf16 *wide, toc_str block, char *made)
{
    size_t len = 0;
    for (size_t i = 0; i < block.len; i++) {
        unsigned char byte = (unsigned char)block.ptr[i];
        wide->odd = !wide->odd;
        if (wide->odd) {
            wide->half = byte;
            continue;
        }
        uint32_t unit =
            wide->big ? (uint32_t)wide->half << 8 | byte : (uint32_t)byte << 8 | wide->half;
        len += put_unit(wide, unit, made + len);
    }
    return len;
}

size_t cli_utf16_end(cli_utf16 *wide, char *made)
{
    size_t len = wide->high ? put_char(made, BROKEN) : 0;
    if (wide->odd)
        len += put_char(made + len, BROKEN);
    wide->high = 0;
    wide->odd = false;
    return len;
}
