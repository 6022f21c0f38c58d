/* str.h - views over text and cursor parsing; replaces the banned C library calls (R27). */
#ifndef TOC_BASE_STR_H
#define TOC_BASE_STR_H
#include "tocsin/base.h"

#define TOC_S(literal) ((toc_str){(literal), sizeof(literal) - 1})
#define TOC_FMT(str) (int)(str).len, (str).ptr /* for "%.*s" */

toc_str toc_str_slice(toc_str text, size_t from, size_t to); /* clamped */
toc_str toc_str_trim(toc_str text);                          /* ASCII blanks */
bool toc_str_starts(toc_str text, toc_str prefix);
bool toc_str_starts_fold(toc_str text, toc_str prefix);
bool toc_str_ends(toc_str text, toc_str suffix);
/* Offset of the needle, or -1. */
ptrdiff_t toc_str_find(toc_str text, toc_str needle);
ptrdiff_t toc_str_find_char(toc_str text, char c);
int toc_str_compare(toc_str a, toc_str b); /* by bytes */
/* Cuts *rest at the next separator; false when nothing is left (none after a last separator). */
bool toc_str_cut(toc_str *rest, char separator, toc_str *part);
/* The whole text as a number; false when empty, malformed or out of range. */
bool toc_str_to_int(toc_str text, int64_t *value);
bool toc_str_to_uint(toc_str text, uint64_t *value);
bool toc_str_to_double(toc_str text, double *value); /* JSON number syntax, locale-free */
/* true: 1 t true y yes; false: 0 f false n no; any case. */
bool toc_str_to_bool(toc_str text, bool *value);
void toc_str_lower(char *text, size_t len); /* ASCII, in place */
void toc_str_upper(char *text, size_t len);
bool toc_str_is_utf8(toc_str text, size_t *bad); /* *bad: offset of the first wrong byte */
bool toc_str_is_text(toc_str text);              /* UTF-8 without a NUL */
size_t toc_str_utf8_chars(toc_str text);         /* code points, of valid text */
/* The longest length up to limit that does not cut a character in two. */
size_t toc_str_utf8_floor(toc_str text, size_t limit);
/* Smallest edit distance candidate for "did you mean"; NULL when none is near. */
const char *toc_str_nearest(const char *word, const char *const *choices, size_t count);
#endif
