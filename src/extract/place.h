/* place.h - line and column of places in a text that come one after the other. */
#ifndef TOC_EXTRACT_PLACE_H
#define TOC_EXTRACT_PLACE_H
#include "tocsin/base.h"

typedef struct toc__text_place {
    toc_str text;
    size_t at;
    uint64_t line, column; /* from 1; columns are characters */
} toc__text_place;

void toc__place_init(toc__text_place *place, toc_str text);
/* Goes on to the offset, which is not before the last one. */
void toc__place_move(toc__text_place *place, size_t offset);
#endif
