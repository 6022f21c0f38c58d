/* buf.h - growable text with a mandatory maximum, always terminated, sticky failure. */
#ifndef TOC_BASE_BUF_H
#define TOC_BASE_BUF_H
#include <stdarg.h>
#include <string.h>

#include "tocsin/base.h"

typedef struct toc_buf {
    char *ptr; /* terminated once anything was appended, else NULL */
    size_t len;
    size_t size;
    size_t maximum;
    toc_rc failed; /* TOC_OK, TOC_ENOMEM or TOC_ELIMIT; once set, appends do nothing */
} toc_buf;

void toc_buf_init(toc_buf *buf, size_t maximum);
void toc_buf_done(toc_buf *buf);  /* releases; zeroed struct is fine */
void toc_buf_clear(toc_buf *buf); /* empties for reuse, forgets a failure */
bool toc_buf_reserve(toc_buf *buf, size_t extra);
void toc_buf_append_slow(toc_buf *buf, const void *data, size_t len);
static inline void toc_buf_append(toc_buf *buf, const void *data, size_t len)
{
    if (len < buf->size - buf->len && !buf->failed && buf->ptr) {
        memcpy(buf->ptr + buf->len, data, len);
        buf->len += len;
        buf->ptr[buf->len] = '\0';
    } else {
        toc_buf_append_slow(buf, data, len);
    }
}
static inline void toc_buf_str(toc_buf *buf, toc_str text)
{
    if (text.len)
        toc_buf_append(buf, text.ptr, text.len);
}
#define toc_buf_lit(buf, literal) toc_buf_append((buf), (literal), sizeof(literal) - 1)
void toc_buf_text(toc_buf *buf, const char *text);
void toc_buf_char(toc_buf *buf, char c);
void toc_buf_int(toc_buf *buf, int64_t value);
void toc_buf_uint(toc_buf *buf, uint64_t value);
void toc_buf_printf(toc_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
toc_str toc_buf_view(const toc_buf *buf);
char *toc_buf_take(
    toc_buf *buf); /* the terminated text; release with toc_mem_free; NULL if failed */
toc_rc toc_buf_check(const toc_buf *buf, toc_error *err);
#endif
