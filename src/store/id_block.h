/* id_block.h - ascending ids as bytes: the first is told apart, each other one is the distance from
 * the one before it, in groups of seven bits, the lowest first. */
#ifndef TOC_STORE_ID_BLOCK_H
#define TOC_STORE_ID_BLOCK_H
#include "tocsin/base.h"

/* A row of so many bytes has no overflow pages (page size 8192). */
#define TOC__ID_BLOCK_BYTES 1500U
/* As many ids as there can be in that many bytes. */
#define TOC__ID_BLOCK_IDS (TOC__ID_BLOCK_BYTES + 1U)

/* Writes as many of the count > 0 ids as go into most bytes, at most TOC__ID_BLOCK_BYTES of them.
 * Returns how many; at least one. */
size_t toc__id_block_encode(const int64_t *ids, size_t count, size_t most, unsigned char *bytes,
                            size_t *used);
/* Into room for TOC__ID_BLOCK_IDS. False when these are not the bytes of a block. */
bool toc__id_block_decode(int64_t first, toc_str bytes, int64_t *ids, size_t *count);
#endif
