/* base/arena.c: alignment, growth, limits, reuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/str.h"

static size_t allocations;
static size_t allowed;

static void *counting_alloc(void *user, size_t size)
{
    (void)user;
    if (allocations >= allowed)
        return NULL;
    allocations++;
    return malloc(size);
}

static void *counting_resize(void *user, void *ptr, size_t size)
{
    (void)user;
    return realloc(ptr, size);
}

static void counting_release(void *user, void *ptr)
{
    (void)user;
    free(ptr);
}

static int count(void **state)
{
    (void)state;
    toc_allocator counter = {counting_alloc, counting_resize, counting_release, NULL};
    toc_set_allocator(&counter);
    allocations = 0;
    allowed = SIZE_MAX;
    return 0;
}

static int restore(void **state)
{
    (void)state;
    toc_set_allocator(NULL);
    return 0;
}

static void test_alignment_and_contents(void **state)
{
    (void)state;
    toc_arena arena;
    toc_arena_init(&arena, 0);
    unsigned char *items[200];
    for (size_t i = 0; i < 200; i++) {
        items[i] = toc_arena_alloc(&arena, i * 7);
        assert_non_null(items[i]);
        assert_int_equal((uintptr_t)items[i] % 16, 0);
        memset(items[i], (int)i, i * 7);
    }
    for (size_t i = 1; i < 200; i++) {
        assert_ptr_not_equal(items[i], items[i - 1]);
        for (size_t k = 0; k < i * 7; k++)
            assert_int_equal(items[i][k], i);
    }
    toc_arena_done(&arena);
    assert_null(arena.head);
    toc_arena_done(&arena);
}

static void test_big_items(void **state)
{
    (void)state;
    toc_arena arena;
    toc_arena_init(&arena, 0);
    char *small = toc_arena_alloc(&arena, 16);
    char *big = toc_arena_zalloc(&arena, 3 * 1024 * 1024);
    char *next = toc_arena_alloc(&arena, 16);
    assert_non_null(small);
    assert_non_null(big);
    assert_int_equal(big[3 * 1024 * 1024 - 1], 0);
#ifndef TOC_ARENA_DEBUG
    /* The room left in the first block is still used. */
    assert_ptr_equal(next, small + 16);
#endif
    assert_non_null(next);
    toc_arena_clear(&arena);
    assert_int_equal(arena.total, 0);
#ifndef TOC_ARENA_DEBUG
    assert_ptr_equal(toc_arena_alloc(&arena, 1), small);
#endif
    toc_arena_done(&arena);
}

static void test_maximum(void **state)
{
    (void)state;
    toc_arena arena;
    toc_arena_init(&arena, 64);
    assert_non_null(toc_arena_alloc(&arena, 48));
    assert_null(toc_arena_alloc(&arena, 17));
    assert_non_null(toc_arena_alloc(&arena, 16));
    assert_int_equal(arena.total, 64);
    assert_null(toc_arena_alloc(&arena, 1));
    assert_null(toc_arena_zalloc(&arena, SIZE_MAX));
    toc_arena_clear(&arena);
    assert_non_null(toc_arena_alloc(&arena, 64));
    assert_null(toc_arena_alloc(&arena, SIZE_MAX - 8));
    toc_arena_done(&arena);
}

static void test_text(void **state)
{
    (void)state;
    toc_arena arena = {0};
    toc_str copy = toc_arena_str(&arena, (toc_str){"hello world", 5});
    assert_string_equal(copy.ptr, "hello");
    assert_int_equal(copy.len, 5);
    copy = toc_arena_str(&arena, (toc_str){NULL, 0});
    assert_string_equal(copy.ptr, "");
    assert_int_equal(copy.len, 0);
    toc_arena_done(&arena);
}

static void test_clear_reuses_memory(void **state)
{
    (void)state;
    toc_arena arena = {0};
    for (int i = 0; i < 100; i++)
        assert_non_null(toc_arena_alloc(&arena, 1000));
    toc_arena_clear(&arena);
#ifndef TOC_ARENA_DEBUG
    size_t before = allocations;
    for (int i = 0; i < 30; i++)
        assert_non_null(toc_arena_alloc(&arena, 1000));
    assert_int_equal(allocations, before);
#endif
    toc_arena_done(&arena);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    toc_arena arena = {0};
    allowed = 1;
    assert_non_null(toc_arena_alloc(&arena, 100));
    assert_null(toc_arena_alloc(&arena, 1024 * 1024));
    assert_int_equal(arena.total, 112);
    assert_null(toc_arena_str(&arena, (toc_str){arena.cursor, SIZE_MAX}).ptr);
    toc_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alignment_and_contents),
        cmocka_unit_test(test_big_items),
        cmocka_unit_test(test_maximum),
        cmocka_unit_test(test_text),
        cmocka_unit_test_setup_teardown(test_clear_reuses_memory, count, restore),
        cmocka_unit_test_setup_teardown(test_out_of_memory, count, restore),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
