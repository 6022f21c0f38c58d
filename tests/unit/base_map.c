/* base/map.c: the hash against its published vectors, the map against its bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"

static toc_str key_of(char out[16], unsigned number)
{
    int len = snprintf(out, 16, "key%u", number);
    return (toc_str){out, (size_t)len};
}

static void test_hash(void **state)
{
    (void)state;
    static const uint64_t key[2] = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};
    static const uint64_t other[2] = {UINT64_C(0x0706050403020101), UINT64_C(0x0f0e0d0c0b0a0908)};
    unsigned char data[64];
    uint64_t seen[64];
    for (size_t i = 0; i < 64; i++)
        data[i] = (unsigned char)i;
    for (size_t len = 0; len < 64; len++) {
        seen[len] = toc_hash(key, data, len);
        assert_true(seen[len] != toc_hash(other, data, len));
        for (size_t k = 0; k < len; k++)
            assert_true(seen[k] != seen[len]);
    }
    assert_true(seen[0] == UINT64_C(0xabac0158050fc4dc));
    assert_true(seen[1] == UINT64_C(0xc9f49bf37d57ca93));
    assert_true(seen[8] == UINT64_C(0x369095118d299a8e));
    assert_true(seen[15] == UINT64_C(0xd320d86d2a519956));
    assert_true(toc_hash(key, NULL, 0) == seen[0]);
    /* Unaligned input is read bytewise. */
    char shifted[65];
    memcpy(shifted + 1, data, 64);
    assert_true(toc_hash(key, shifted + 1, 33) == seen[33]);
}

static void test_put_get(void **state)
{
    (void)state;
    char text[16];
    toc_map map;
    assert_int_equal(toc_map_init(&map, 5000), TOC_OK);
    assert_null(toc_map_get(&map, TOC_S("x")));
    for (unsigned i = 0; i < 5000; i++)
        assert_int_equal(toc_map_put(&map, key_of(text, i), i), TOC_OK);
    assert_int_equal(map.count, 5000);
    assert_int_equal(map.size & (map.size - 1), 0);
    for (unsigned i = 0; i < 5000; i++) {
        uint64_t *value = toc_map_get(&map, key_of(text, i));
        assert_non_null(value);
        assert_int_equal(*value, i);
    }
    assert_null(toc_map_get(&map, key_of(text, 5000)));
    assert_int_equal(toc_map_put(&map, TOC_S("key7"), 99), TOC_OK);
    assert_int_equal(map.count, 5000);
    assert_int_equal(*toc_map_get(&map, TOC_S("key7")), 99);
    *toc_map_get(&map, TOC_S("key7")) = 100;
    assert_int_equal(*toc_map_get(&map, TOC_S("key7")), 100);
    toc_map_done(&map);
    assert_null(map.slots);
    toc_map_done(&map);
}

static void test_maximum(void **state)
{
    (void)state;
    toc_map map;
    assert_int_equal(toc_map_init(&map, 2), TOC_OK);
    assert_int_equal(toc_map_put(&map, TOC_S("a"), 1), TOC_OK);
    assert_int_equal(toc_map_put(&map, TOC_S(""), 2), TOC_OK);
    assert_int_equal(toc_map_put(&map, TOC_S("c"), 3), TOC_ELIMIT);
    assert_int_equal(toc_map_put(&map, TOC_S("a"), 4), TOC_OK);
    assert_int_equal(*toc_map_get(&map, TOC_S("a")), 4);
    assert_int_equal(*toc_map_get(&map, toc_str_of(NULL)), 2);
    assert_null(toc_map_get(&map, TOC_S("c")));
    toc_map_clear(&map);
    assert_null(toc_map_get(&map, TOC_S("a")));
    assert_int_equal(toc_map_put(&map, TOC_S("c"), 3), TOC_OK);
    assert_int_equal(map.count, 1);
    toc_map_done(&map);
}

static void test_keys_are_copied(void **state)
{
    (void)state;
    char text[] = "mine";
    toc_map map;
    assert_int_equal(toc_map_init(&map, 10), TOC_OK);
    assert_int_equal(toc_map_put(&map, (toc_str){text, 4}, 1), TOC_OK);
    text[0] = 'f';
    assert_non_null(toc_map_get(&map, TOC_S("mine")));
    assert_null(toc_map_get(&map, TOC_S("fine")));
    toc_map_done(&map);
}

static void test_walk(void **state)
{
    (void)state;
    char text[16];
    bool seen[300] = {false};
    toc_map map;
    toc_str key = {0};
    uint64_t value = 0;
    size_t cursor = 0;
    assert_int_equal(toc_map_init(&map, 300), TOC_OK);
    assert_false(toc_map_next(&map, &cursor, &key, &value));
    for (unsigned i = 0; i < 300; i++)
        assert_int_equal(toc_map_put(&map, key_of(text, i), i), TOC_OK);
    cursor = 0;
    size_t count = 0;
    while (toc_map_next(&map, &cursor, &key, &value)) {
        assert_true(value < 300 && !seen[value]);
        assert_true(toc_str_equal(key, key_of(text, (unsigned)value)));
        seen[value] = true;
        count++;
    }
    assert_int_equal(count, 300);
    assert_false(toc_map_next(&map, &cursor, NULL, NULL));
    cursor = 0;
    assert_true(toc_map_next(&map, &cursor, NULL, NULL));
    toc_map_done(&map);
}

static void test_seeds_differ(void **state)
{
    (void)state;
    toc_map a;
    toc_map b;
    assert_int_equal(toc_map_init(&a, 1), TOC_OK);
    assert_int_equal(toc_map_init(&b, 1), TOC_OK);
    assert_memory_not_equal(a.key, b.key, sizeof(a.key));
}

static long budget;

static void *budget_alloc(void *user, size_t size)
{
    (void)user;
    return budget-- > 0 ? malloc(size) : NULL;
}

static void *budget_resize(void *user, void *ptr, size_t size)
{
    (void)user;
    return budget-- > 0 ? realloc(ptr, size) : NULL;
}

static void budget_release(void *user, void *ptr)
{
    (void)user;
    free(ptr);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    toc_allocator mine = {budget_alloc, budget_resize, budget_release, NULL};
    char text[16];
    toc_set_allocator(&mine);
    for (long limit = 0; limit < 6; limit++) {
        toc_map map;
        unsigned done = 0;
        assert_int_equal(toc_map_init(&map, 100), TOC_OK);
        budget = limit;
        while (done < 100 && toc_map_put(&map, key_of(text, done), done) == TOC_OK)
            done++;
        if (done < 100)
            assert_int_equal(toc_map_put(&map, key_of(text, done), done), TOC_ENOMEM);
        assert_int_equal(map.count, done);
        for (unsigned i = 0; i < done; i++)
            assert_int_equal(*toc_map_get(&map, key_of(text, i)), i);
        assert_null(toc_map_get(&map, key_of(text, done)));
        assert_true(limit >= 2 || done == 0);
        toc_map_done(&map);
    }
    toc_set_allocator(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash),          cmocka_unit_test(test_put_get),
        cmocka_unit_test(test_maximum),       cmocka_unit_test(test_keys_are_copied),
        cmocka_unit_test(test_walk),          cmocka_unit_test(test_seeds_differ),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
