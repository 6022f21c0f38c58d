/* wrap.h - values that were broken over two lines. */
#ifndef TOC_EXTRACT_WRAP_H
#define TOC_EXTRACT_WRAP_H
#include "tocsin/base.h"

/* How far a look goes back. */
#define TOC_WRAP_BEHIND 200

/* Bytes from the line end at the beginning of text that stand within a value; 0: it ends a line.
 * before: what was put out so far. */
size_t toc__wrap_find(toc_str text, toc_str before);
#endif
