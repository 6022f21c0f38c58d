/* scan.h - the reader of indicators: one after the other, in the order of the text. */
#ifndef TOC_EXTRACT_SCAN_H
#define TOC_EXTRACT_SCAN_H
#include "base/buf.h"
#include "extract/view.h"

typedef enum toc__sort {
    TOC_SORT_ADDRESS,
    TOC_SORT_EMAIL,
    TOC_SORT_FILE,
    TOC_SORT_HOST,
    TOC_SORT_URL,
    TOC_SORT_ASN,
    TOC_SORT_CIDR,
    TOC_SORT_SUBJECT,
    TOC_SORT_HASHTAG,
    TOC_SORT_MUTEX,
    TOC_SORT_REGISTRY,
    TOC_SORT_AGENT,
    TOC_SORT_COUNT
} toc__sort;

/* The row of the table of types. */
const toc_type *toc__sort_type(toc__sort sort);

/* What was found. Positions are in the clean text. */
typedef struct toc__hit {
    toc__sort sort;
    size_t from, to;
    size_t scheme_to;   /* end of the scheme of a URL */
    const char *scheme; /* what the scheme says, static */
    bool fanged;
} toc__hit;

typedef struct toc__scan {
    toc__view view;
    size_t at;          /* place of work */
    size_t floor;       /* end of the last hit: nothing reaches back behind it */
    size_t path_end;    /* until here goes the path of a host or an address without a scheme */
    size_t version_end; /* end of the last number that was a version */
    size_t run_end;     /* a run of : and hex digits that was too long for an address */
    unsigned run;       /* classes of a run that is too long for anything; 0: not in one */
    bool alone;         /* the text is one value, not prose */
    unsigned wanted;    /* bits of sorts */
    const toc_type *types[TOC_SORT_COUNT];
    toc_buf value; /* of the last hit, as it is stored */
} toc__scan;

#define TOC_SORT_ALL ((1U << TOC_SORT_COUNT) - 1U)

toc_rc toc__scan_init(toc__scan *scan, toc_str text, toc_text_form form, unsigned wanted);
void toc__scan_done(toc__scan *scan);
/* 1 and the next hit, its stored value in scan->value; 0 at the end; negative: out of memory. */
int toc__scan_next(toc__scan *scan, toc__hit *hit);
#endif
