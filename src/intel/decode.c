/* decode.c - the decoding of texts that may have been encoded several times (ti.md 3.1). */
#include "base/codec.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "tocsin/ti.h"

#define ROUNDS 11

/* In place; whether anything changed. A NUL would end the text for whoever reads it. */
static bool decode_once(char *text, size_t *len)
{
    size_t out = 0;
    for (size_t at = 0; at < *len; at++) {
        unsigned char byte;
        toc_str digits = {text + at + 1, 2};
        bool escape = text[at] == '%' && *len - at > 2 && toc_hex_decode(digits, &byte, 1) && byte;
        text[out++] = escape ? (char)byte : text[at];
        at += escape ? 2 : 0;
    }
    bool changed = out != *len;
    *len = out;
    return changed;
}

toc_rc toc_decode_fully(toc_str text, char **decoded, toc_error *err)
{
    toc_buf out TOC_CLEANUP(toc_buf_done) = {0};
    if (!decoded)
        return toc_error_set(err, TOC_EINVAL, "toc_decode_fully needs a place");
    toc_buf_init(&out, TOC_MAX_TEXT);
    toc_buf_str(&out, text);
    if (!toc_buf_reserve(&out, 1))
        return toc_buf_check(&out, err);
    for (unsigned round = 0; round < ROUNDS && decode_once(out.ptr, &out.len); round++)
        continue;
    out.ptr[out.len] = '\0';
    *decoded = toc_buf_take(&out);
    return TOC_OK;
}
