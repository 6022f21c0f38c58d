#include "reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As far as a look for what is no text goes. */
#define LOOK_AT 8192

#define UTF16_NONE 0
#define UTF16_LITTLE 1
#define UTF16_BIG 2

static bool begins(toc_str text, const char *with, size_t len)
{
    return text.len >= len && !memcmp(text.ptr, with, len);
}

static int utf16_of(toc_str text)
{
    if (begins(text, "\xFF\xFE", 2) && !begins(text, "\xFF\xFE\0\0", 4))
        return UTF16_LITTLE;
    return begins(text, "\xFE\xFF", 2) ? UTF16_BIG : UTF16_NONE;
}

static toc_rc refuse(toc_error *err, const char *name, const char *why)
{
    *err = (toc_error){.code = TOC_EPARSE};
    (void)snprintf(err->message, sizeof err->message, "%.300s: %s", name, why);
    return TOC_EPARSE;
}

toc_rc cli_reading_judge(toc_str begin, const char *name, toc_error *err)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *why;
    } known[] = {
        {"%PDF-", 5, "this is a PDF; make a text of it first (pdftotext)"},
        {"PK\3\4", 4, "this is a ZIP or an Office file; make a text of it first"},
        {"\x7F"
         "ELF",
         4, "this is a program, not a text"},
        {"BZh", 3, "this is packed with bzip2; unpack it first"},
        {"\xFD"
         "7zXZ",
         5, "this is packed with xz; unpack it first"},
        {"\x28\xB5\x2F\xFD", 4, "this is packed with zstd; unpack it first"},
        {"\xFF\xFE\0\0", 4, "this is UTF-32; make it UTF-8 first (iconv)"},
        {"\0\0\xFE\xFF", 4, "this is UTF-32; make it UTF-8 first (iconv)"},
        {"\xFF\xFE", 2, "this is UTF-16; make it UTF-8 first (iconv)"},
        {"\xFE\xFF", 2, "this is UTF-16; make it UTF-8 first (iconv)"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (begins(begin, known[i].bytes, known[i].len))
            return refuse(err, name, known[i].why);
    size_t look = begin.len < LOOK_AT ? begin.len : LOOK_AT;
    const char *zero = look ? memchr(begin.ptr, '\0', look) : NULL;
    if (!zero)
        return TOC_OK;
    char why[80];
    (void)snprintf(why, sizeof why, "this is not a text (byte %zu is zero)",
                   (size_t)(zero - begin.ptr) + 1);
    return refuse(err, name, why);
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

static uint32_t unit_at(toc_str text, size_t at, int order)
{
    unsigned char first = (unsigned char)text.ptr[at];
    unsigned char second = (unsigned char)text.ptr[at + 1];
    return order == UTF16_BIG ? (uint32_t)first << 8 | second : (uint32_t)second << 8 | first;
}

/* Half a pair and half a unit become U+FFFD. */
static toc_rc from_utf16(cli_reading *reading, int order, toc_error *err)
{
    toc_str source = reading->text;
    size_t len = 0;
    /* Two bytes become at most three, and the mark in front is left out. */
    reading->made = malloc(source.len / 2 * 3 + 4);
    if (!reading->made) {
        *err = (toc_error){.code = TOC_ENOMEM};
        (void)snprintf(err->message, sizeof err->message, "%.300s: out of memory",
                       reading->input.name);
        return TOC_ENOMEM;
    }
    for (size_t at = 2; at < source.len; at += 2) {
        uint32_t c = at + 1 < source.len ? unit_at(source, at, order) : 0xFFFD;
        if (c >= 0xD800 && c < 0xDC00 && at + 3 < source.len) {
            uint32_t low = unit_at(source, at + 2, order);
            if (low >= 0xDC00 && low < 0xE000) {
                c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                at += 2;
            }
        }
        len += put_char(reading->made + len, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
    }
    reading->text = (toc_str){reading->made, len};
    return TOC_OK;
}

toc_rc cli_reading_open(cli_reading *reading, const char *path, toc_error *err)
{
    *reading = (cli_reading){.text = {"", 0}};
    toc_rc rc = cli_input_open(&reading->input, path, err);
    if (!rc)
        rc = cli_input_read(&reading->input, err);
    if (rc || reading->input.last)
        return rc;
    rc = cli_input_map(&reading->input, &reading->map, &reading->map_len, err);
    if (rc)
        return rc;
    reading->text = (toc_str){reading->map, reading->map_len};
    int order = utf16_of(reading->text);
    if (order != UTF16_NONE)
        rc = from_utf16(reading, order, err);
    if (!rc && begins(reading->text, "\xEF\xBB\xBF", 3))
        reading->text = (toc_str){reading->text.ptr + 3, reading->text.len - 3};
    return rc ? rc : cli_reading_judge(reading->text, reading->input.name, err);
}

void cli_reading_close(cli_reading *reading)
{
    cli_unmap(reading->map, reading->map_len);
    free(reading->made);
    if (reading->input.block)
        cli_input_close(&reading->input);
    *reading = (cli_reading){.text = {"", 0}};
}
