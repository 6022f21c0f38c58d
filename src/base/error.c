/* error.c - the table of codes and the filling of a caller's toc_error. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

#define ROW(code_, text_, exit_) [-(code_)] = {(code_), #code_, (text_), (exit_)}

static const toc_error_info table[] = {
    ROW(TOC_OK, "success", 0),
    ROW(TOC_EINVAL, "an argument or option is wrong", 2),
    ROW(TOC_ENOMEM, "out of memory", 1),
    ROW(TOC_EIO, "a file could not be read or written", 1),
    ROW(TOC_ENET, "no answer from the server", 1),
    ROW(TOC_EHTTP, "the server answered with a failure", 1),
    ROW(TOC_EAUTH, "the credentials were refused", 4),
    ROW(TOC_ENOTFOUND, "not found", 4),
    ROW(TOC_EPROTO, "the answer is not what the interface promises", 1),
    ROW(TOC_EPARSE, "malformed input", 4),
    ROW(TOC_ELIMIT, "a limit was reached", 4),
    ROW(TOC_ECONFLICT, "it exists already or contradicts what exists", 4),
    ROW(TOC_ESTORE, "the store failed", 1),
    ROW(TOC_ECANCELED, "stopped on request", 1),
    ROW(TOC_EPARTIAL, "some items were done and some were refused", 3),
    ROW(TOC_EUNSUPPORTED, "not available here", 4),
};

#undef ROW
#define ROW_COUNT (sizeof(table) / sizeof(table[0]))

_Static_assert(ROW_COUNT == -TOC_EUNSUPPORTED + 1, "one row per code");

const toc_error_info *toc_error_list(size_t *count)
{
    *count = ROW_COUNT;
    return table;
}

const toc_error_info *toc_error_find(toc_rc code)
{
    if (code > 0 || code <= -(int)ROW_COUNT)
        code = TOC_EINVAL;
    return &table[-code];
}

/* Formats at out[used], cuts at a character's edge, returns the new length. */
static size_t format_at(char *out, size_t size, size_t used, const char *format, va_list args)
{
    int wanted = vsnprintf(out + used, size - used, format, args);
    if (wanted < 0) {
        out[used] = '\0';
        return used;
    }
    size_t length = used + (size_t)wanted;
    if (length >= size) {
        length = toc_str_utf8_floor((toc_str){out, size - 1}, size - 1);
        out[length] = '\0';
    }
    return length;
}

static size_t add_text(char *out, size_t size, size_t used, const char *text)
{
    size_t length = strlen(text);
    size_t room = size - 1 - used;
    if (length > room)
        length = toc_str_utf8_floor((toc_str){text, length}, room);
    memcpy(out + used, text, length);
    out[used + length] = '\0';
    return used + length;
}

/* The arguments may point into *err, so the text is complete before anything is cleared. */
static void store(toc_error *err, toc_rc code, const char *field, const char *text)
{
    char name[sizeof(err->field)] = "";
    if (field)
        (void)add_text(name, sizeof(name), 0, field);
    memset(err, 0, sizeof(*err));
    err->code = code;
    (void)add_text(err->field, sizeof(err->field), 0, name);
    size_t length = add_text(err->message, sizeof(err->message), 0, text);
    while (length && (err->message[length - 1] == '\n' || err->message[length - 1] == '\r'))
        err->message[--length] = '\0';
}

toc_rc toc_error_set(toc_error *err, toc_rc code, const char *format, ...)
{
    if (!err)
        return code;
    char text[sizeof(err->message)];
    va_list args;
    va_start(args, format);
    (void)format_at(text, sizeof(text), 0, format, args);
    va_end(args);
    store(err, code, NULL, text);
    return code;
}

toc_rc toc_error_field(toc_error *err, toc_rc code, const char *field, const char *format, ...)
{
    if (!err)
        return code;
    char text[sizeof(err->message)];
    va_list args;
    va_start(args, format);
    (void)format_at(text, sizeof(text), 0, format, args);
    va_end(args);
    store(err, code, field, text);
    return code;
}

bool toc_errno_is_full(int error_number)
{
    return error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG;
}

toc_rc toc_error_errno(toc_error *err, toc_rc code, int error_number, const char *format, ...)
{
    if (!err)
        return code;
    char text[sizeof(err->message)];
    va_list args;
    va_start(args, format);
    size_t length = format_at(text, sizeof(text), 0, format, args);
    va_end(args);
    length = add_text(text, sizeof(text), length, ": ");
    /* strerror keeps its buffer per thread in every C library this builds with. */
    (void)add_text(text, sizeof(text), length,
                   toc_errno_is_full(error_number) ? TOC_DISK_FULL : strerror(error_number));
    store(err, code, NULL, text);
    return code;
}

bool toc_error_is_full(const toc_error *err)
{
    return strstr(err->message, TOC_DISK_FULL) != NULL;
}

toc_rc toc_error_nomem(toc_error *err)
{
    if (err)
        store(err, TOC_ENOMEM, NULL, table[-TOC_ENOMEM].text);
    return TOC_ENOMEM;
}

void toc_error_prefix(toc_error *err, const char *format, ...)
{
    if (!err)
        return;
    char text[sizeof(err->message)];
    va_list args;
    va_start(args, format);
    size_t length = format_at(text, sizeof(text), 0, format, args);
    va_end(args);
    if (length && text[length - 1] != ' ')
        length = add_text(text, sizeof(text), length, ": ");
    length = add_text(text, sizeof(text), length, err->message);
    memcpy(err->message, text, length + 1);
}
