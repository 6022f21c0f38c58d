/* base_random.c - all bytes are filled, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"

static void test_fills_all(void **state)
{
    (void)state;
    unsigned char room[66], seen[64] = {0};
    /* A byte that is left out stays 0; one that is filled is so in all rounds once in 2^256. */
    for (int round = 0; round < 32; round++) {
        memset(room, 0, sizeof(room));
        assert_int_equal(toc_random(room + 1, 64, NULL), TOC_OK);
        assert_int_equal(room[0], 0);
        assert_int_equal(room[65], 0);
        for (size_t i = 0; i < 64; i++)
            seen[i] |= room[i + 1];
    }
    for (size_t i = 0; i < 64; i++)
        assert_int_not_equal(seen[i], 0);
    assert_int_equal(toc_random(room, 0, NULL), TOC_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fills_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
