/* bloom.c - a split block Bloom filter: eight words of a block, half a line of the processor's
 * cache, have a bit each. */
#include "base/bloom.h"

#include "base/error.h"
#include "base/mem.h"

#define WORDS (TOC_BLOOM_BLOCK_BITS / 32U)

/* Odd numbers: each takes other bits of a hash to the top. */
static const uint32_t salts[WORDS] = {0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d,
                                      0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31};

toc_rc toc_bloom_init(toc_bloom *bloom, uint32_t blocks, toc_error *err)
{
    *bloom = (toc_bloom){toc_mem_table((size_t)blocks * WORDS, sizeof(uint32_t)), blocks};
    return bloom->words ? TOC_OK : toc_error_nomem(err);
}

void toc_bloom_done(toc_bloom *bloom)
{
    toc_mem_free(bloom->words);
    *bloom = (toc_bloom){.words = NULL};
}

static uint32_t *block_of(const toc_bloom *bloom, uint64_t hash)
{
    return bloom->words + ((hash >> 32) * bloom->blocks >> 32) * WORDS;
}

static uint32_t bit_of(uint64_t hash, unsigned word)
{
    return UINT32_C(1) << ((uint32_t)hash * salts[word] >> 27);
}

void toc_bloom_add(toc_bloom *bloom, uint64_t hash)
{
    uint32_t *block = block_of(bloom, hash);
    for (unsigned i = 0; i < WORDS; i++)
        block[i] |= bit_of(hash, i);
}

void toc_bloom_expect(const toc_bloom *bloom, uint64_t hash)
{
    __builtin_prefetch(block_of(bloom, hash));
}

bool toc_bloom_lacks(const toc_bloom *bloom, uint64_t hash)
{
    const uint32_t *block = block_of(bloom, hash);
    uint32_t missing = 0;
    for (unsigned i = 0; i < WORDS; i++)
        missing |= bit_of(hash, i) & ~block[i];
    return missing != 0;
}
