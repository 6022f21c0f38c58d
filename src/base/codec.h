/* codec.h - hexadecimal, Base64, URL encodings. Pure functions over buffers. */
#ifndef TOC_BASE_CODEC_H
#define TOC_BASE_CODEC_H
#include "base/arena.h"
#include "base/buf.h"
#include "tocsin/base.h"

void toc_hex_encode(const void *data, size_t len, char *out);  /* 2*len lower-case, no terminator */
bool toc_hex_decode(toc_str text, void *out, size_t out_size); /* exactly 2*out_size digits */
bool toc_hex_is(toc_str text);                                 /* only hex digits, not empty */
void toc_base64_encode(toc_buf *out, const void *data, size_t len); /* padded, one line */
bool toc_base64_decode(toc_str text, void *out, size_t *out_len);   /* *out_len in: room */
/* Everything but A-Z a-z 0-9 _ . - ~ as %XX, upper case (sdk.md 1.4). */
void toc_url_encode_path(toc_buf *out, toc_str text);
/* The same with blank as '+'. */
void toc_url_encode_form(toc_buf *out, toc_str text);
/* Decodes %XX (and '+' as a blank when form) into the arena; absent text on a malformed escape,
 * a NUL byte, or no memory. Returns the input itself when nothing needs decoding. */
toc_str toc_url_decode(toc_arena *arena, toc_str text, bool form);
/* True for ".", ".." and "": never a path value. */
bool toc_url_is_dot_segment(toc_str text);
#endif
