/* marks.h - the ways in which indicators are defanged, and characters that only look like others.
 */
#ifndef TOC_EXTRACT_MARKS_H
#define TOC_EXTRACT_MARKS_H
#include "extract/layer.h"

/* The longest mark with its surroundings; who reads text in parts keeps so much at hand. */
#define TOC_MARK_REACH 128

typedef struct toc__mark {
    size_t len;  /* bytes of the input that it takes; 0: none here */
    toc_str put; /* what stands for it; static */
    toc__piece_kind kind;
} toc__mark;

/* Marks begin with one of these bytes. */
extern const bool toc__mark_begins[256];
/* The mark at the beginning of text. before: what was put out so far. */
toc__mark toc__mark_find(toc_str text, toc_str before);
#endif
