#include "grow.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#define FIRST_ROOM 4096

static bool reserve(cli_grow *text, size_t more)
{
    if (text->failed)
        return false;
    if (text->room - text->len > more)
        return true;
    size_t room = text->room ? text->room : FIRST_ROOM;
    while (room - text->len <= more)
        room *= 2;
    char *ptr = realloc(text->ptr, room);
    if (!ptr) {
        text->failed = true;
        return false;
    }
    text->ptr = ptr;
    text->room = room;
    return true;
}

void cli_grow_add(cli_grow *text, const char *bytes, size_t len)
{
    if (!len || !reserve(text, len))
        return;
    memcpy(text->ptr + text->len, bytes, len);
    text->len += len;
}

void cli_grow_put(cli_grow *text, const char *words)
{
    cli_grow_add(text, words, strlen(words));
}

void cli_grow_format(cli_grow *text, const char *format, ...)
{
    char room[256];
    va_list list;
    va_start(list, format);
    int len = vsnprintf(room, sizeof room, format, list);
    va_end(list);
    if (len > 0)
        cli_grow_add(text, room, (size_t)len < sizeof room ? (size_t)len : sizeof room - 1);
}

static bool follows(toc_str value, size_t at, size_t count)
{
    if (value.len - at <= count)
        return false;
    for (size_t i = 1; i <= count; i++)
        if (((unsigned char)value.ptr[at + i] & 0xC0U) != 0x80U)
            return false;
    return true;
}

/* Length of the character at a place, 0 when the bytes are none. */
static size_t character(toc_str value, size_t at)
{
    unsigned char a = (unsigned char)value.ptr[at];
    unsigned char b = at + 1 < value.len ? (unsigned char)value.ptr[at + 1] : 0;
    if (a < 0x80)
        return 1;
    if (a >= 0xC2 && a < 0xE0)
        return follows(value, at, 1) ? 2 : 0;
    if (a >= 0xE0 && a < 0xF0) {
        bool wrong = (a == 0xE0 && b < 0xA0) || (a == 0xED && b > 0x9F);
        return !wrong && follows(value, at, 2) ? 3 : 0;
    }
    if (a >= 0xF0 && a < 0xF5) {
        bool wrong = (a == 0xF0 && b < 0x90) || (a == 0xF4 && b > 0x8F);
        return !wrong && follows(value, at, 3) ? 4 : 0;
    }
    return 0;
}

bool cli_is_utf8(toc_str text)
{
    size_t len = 1;
    for (size_t i = 0; len && i < text.len; i += len)
        len = character(text, i);
    return len != 0;
}

void cli_grow_json(cli_grow *text, toc_str value)
{
    size_t from = 0;
    cli_grow_add(text, "\"", 1);
    for (size_t i = 0; i < value.len;) {
        unsigned char c = (unsigned char)value.ptr[i];
        size_t len = character(value, i);
        if (len && c >= 0x20 && c != '"' && c != '\\') {
            i += len;
            continue;
        }
        cli_grow_add(text, value.ptr + from, i - from);
        if (!len)
            cli_grow_put(text, "\xEF\xBF\xBD");
        else if (c < 0x20)
            cli_grow_format(text, "\\u%04x", c);
        else
            cli_grow_add(text, c == '"' ? "\\\"" : "\\\\", 2);
        from = ++i;
    }
    if (from < value.len)
        cli_grow_add(text, value.ptr + from, value.len - from);
    cli_grow_add(text, "\"", 1);
}

void cli_grow_csv(cli_grow *text, toc_str value)
{
    bool plain = true;
    for (size_t i = 0; plain && i < value.len; i++)
        plain = !strchr("\",\r\n", value.ptr[i]) || !value.ptr[i];
    if (plain) {
        cli_grow_add(text, value.ptr, value.len);
        return;
    }
    cli_grow_add(text, "\"", 1);
    for (size_t i = 0; i < value.len; i++)
        cli_grow_add(text, value.ptr[i] == '"' ? "\"\"" : value.ptr + i,
                     value.ptr[i] == '"' ? 2 : 1);
    cli_grow_add(text, "\"", 1);
}

toc_rc cli_grow_print(cli_grow *text, toc_error *err)
{
    if (text->failed)
        return cli_error(err, TOC_ENOMEM, "out of memory");
    cli_print_data(stdout, isatty(STDOUT_FILENO) == 1, text->ptr, text->len);
    text->len = 0;
    return TOC_OK;
}

void cli_grow_free(cli_grow *text)
{
    free(text->ptr);
    *text = (cli_grow){.ptr = NULL};
}
