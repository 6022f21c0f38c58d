/* summary.h - splitting of multi-part values (batch.md 5.5, 5.6). */
#ifndef TOC_MODEL_SUMMARY_H
#define TOC_MODEL_SUMMARY_H
#include "base/buf.h"

/* Always three slots; missing ones are {NULL,0}. Returns the number of parts. */
unsigned toc_summary_split(toc_str summary, toc_str parts[3]);
/* 1 MD5, 2 SHA-1, 3 SHA-256 by length and alphabet; 0 none. */
unsigned toc_hash_kind(toc_str text);
#endif
