/* bloom.h - a split block Bloom filter: which hashes are surely not in a set. */
#ifndef TOC_BASE_BLOOM_H
#define TOC_BASE_BLOOM_H
#include "tocsin/base.h"

#define TOC_BLOOM_BLOCK_BITS 256U

typedef struct toc_bloom {
    uint32_t *words; /* NULL: none */
    uint32_t blocks;
} toc_bloom;

/* Empty. Ten bits for a hash let one of a hundred others pass, 24 one of ten thousand. TOC_ENOMEM.
 */
toc_rc toc_bloom_init(toc_bloom *bloom, uint32_t blocks, toc_error *err);
void toc_bloom_done(toc_bloom *bloom);
/* hash: evenly spread over 64 bits. */
void toc_bloom_add(toc_bloom *bloom, uint64_t hash);
/* Starts to bring what toc_bloom_lacks will look at into the processor's cache. */
void toc_bloom_expect(const toc_bloom *bloom, uint64_t hash);
/* True when it was never added; false decides nothing. */
bool toc_bloom_lacks(const toc_bloom *bloom, uint64_t hash);
#endif
