/* base_bloom.c - a filter that is never wrong about what it has, and seldom about the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bloom.h"

#define COUNT 50000U

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    return *seed ^= *seed << 17;
}

/* Returns how many of as many others pass. */
static unsigned fill(unsigned bits)
{
    uint64_t seed = UINT64_C(0x9E3779B97F4A7C15), again = seed;
    unsigned passed = 0;
    toc_bloom bloom;
    assert_int_equal(toc_bloom_init(&bloom, COUNT * bits / TOC_BLOOM_BLOCK_BITS, NULL), TOC_OK);
    for (unsigned i = 0; i < COUNT; i++)
        toc_bloom_add(&bloom, next_random(&seed));
    for (unsigned i = 0; i < COUNT; i++)
        assert_false(toc_bloom_lacks(&bloom, next_random(&again)));
    for (unsigned i = 0; i < COUNT; i++)
        passed += !toc_bloom_lacks(&bloom, next_random(&seed));
    toc_bloom_done(&bloom);
    assert_null(bloom.words);
    return passed;
}

static void test_share_that_passes(void **state)
{
    (void)state;
    assert_in_range(fill(10), COUNT / 1000, COUNT / 50);
    assert_in_range(fill(24), 0, COUNT / 2000);
}

static void test_one_block(void **state)
{
    toc_bloom bloom;
    (void)state;
    assert_int_equal(toc_bloom_init(&bloom, 1, NULL), TOC_OK);
    assert_true(toc_bloom_lacks(&bloom, 0));
    assert_true(toc_bloom_lacks(&bloom, UINT64_MAX));
    toc_bloom_add(&bloom, UINT64_MAX);
    assert_false(toc_bloom_lacks(&bloom, UINT64_MAX));
    toc_bloom_done(&bloom);
    toc_bloom_done(&bloom);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_share_that_passes),
        cmocka_unit_test(test_one_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
