/* buf.c - growable text. size never exceeds maximum + 1, so the inline append needs one check. */
#include "base/buf.h"

#include <stdio.h>

#include "base/error.h"
#include "base/mem.h"

#define FIRST_SIZE 256U

void toc_buf_init(toc_buf *buf, size_t maximum)
{
    *buf = (toc_buf){.maximum = maximum};
}

void toc_buf_done(toc_buf *buf)
{
    toc_mem_free(buf->ptr);
    *buf = (toc_buf){.maximum = buf->maximum};
}

void toc_buf_clear(toc_buf *buf)
{
    buf->len = 0;
    buf->failed = TOC_OK;
    if (buf->ptr)
        buf->ptr[0] = '\0';
}

static bool fail(toc_buf *buf, toc_rc code)
{
    buf->failed = code;
    return false;
}

bool toc_buf_reserve(toc_buf *buf, size_t extra)
{
    if (buf->failed)
        return false;
    /* Half the address space leaves every sum below without overflow. */
    size_t maximum = buf->maximum < SIZE_MAX / 2 ? buf->maximum : SIZE_MAX / 2 - 1;
    if (buf->len > maximum || extra > maximum - buf->len)
        return fail(buf, TOC_ELIMIT);
    size_t needed = buf->len + extra + 1;
    if (needed <= buf->size)
        return true;
    size_t size = buf->size ? buf->size * 2 : FIRST_SIZE;
    if (size < needed)
        size = needed;
    if (size > maximum + 1)
        size = maximum + 1;
    char *ptr = toc_mem_resize(buf->ptr, size);
    if (!ptr)
        return fail(buf, TOC_ENOMEM);
    buf->ptr = ptr;
    buf->size = size;
    buf->ptr[buf->len] = '\0';
    return true;
}

void toc_buf_append_slow(toc_buf *buf, const void *data, size_t len)
{
    if (!toc_buf_reserve(buf, len))
        return;
    if (len)
        memcpy(buf->ptr + buf->len, data, len);
    buf->len += len;
    buf->ptr[buf->len] = '\0';
}

void toc_buf_text(toc_buf *buf, const char *text)
{
    if (text)
        toc_buf_append(buf, text, strlen(text));
}

void toc_buf_char(toc_buf *buf, char c)
{
    toc_buf_append(buf, &c, 1);
}

static void append_decimal(toc_buf *buf, uint64_t value, bool minus)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    char text[24];
    char *at = text + sizeof(text);
    while (value >= 100) {
        at -= 2;
        memcpy(at, pairs + 2 * (value % 100), 2);
        value /= 100;
    }
    if (value >= 10) {
        at -= 2;
        memcpy(at, pairs + 2 * value, 2);
    } else {
        *--at = (char)('0' + value);
    }
    if (minus)
        *--at = '-';
    toc_buf_append(buf, at, (size_t)(text + sizeof(text) - at));
}

void toc_buf_int(toc_buf *buf, int64_t value)
{
    append_decimal(buf, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0);
}

void toc_buf_uint(toc_buf *buf, uint64_t value)
{
    append_decimal(buf, value, false);
}

void toc_buf_printf(toc_buf *buf, const char *format, ...)
{
    if (!toc_buf_reserve(buf, 0))
        return;
    va_list args;
    size_t room = buf->size - buf->len;
    va_start(args, format);
    int wanted = vsnprintf(buf->ptr + buf->len, room, format, args);
    va_end(args);
    if (wanted >= 0 && (size_t)wanted < room) {
        buf->len += (size_t)wanted;
        return;
    }
    /* What the first attempt cut short is not part of the text. */
    buf->ptr[buf->len] = '\0';
    if (wanted < 0) {
        (void)fail(buf, TOC_ELIMIT);
        return;
    }
    if (!toc_buf_reserve(buf, (size_t)wanted))
        return;
    va_start(args, format);
    (void)vsnprintf(buf->ptr + buf->len, buf->size - buf->len, format, args);
    va_end(args);
    buf->len += (size_t)wanted;
}

toc_str toc_buf_view(const toc_buf *buf)
{
    return (toc_str){buf->ptr ? buf->ptr : "", buf->len};
}

char *toc_buf_take(toc_buf *buf)
{
    if (!toc_buf_reserve(buf, 0))
        return NULL;
    char *text = TOC_TAKE(buf->ptr);
    buf->len = 0;
    buf->size = 0;
    return text;
}

toc_rc toc_buf_check(const toc_buf *buf, toc_error *err)
{
    if (!buf->failed)
        return TOC_OK;
    if (buf->failed == TOC_ENOMEM)
        return toc_error_nomem(err);
    return toc_error_set(err, buf->failed, "text is longer than %zu bytes", buf->maximum);
}
