/* base/mem.c, base/version.c: the allocator, its replacement, cleanup, version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

typedef struct ledger {
    int allocs, resizes, releases;
    size_t last_size;
    bool refuse;
} ledger;

static void *ledger_alloc(void *user, size_t size)
{
    ledger *l = user;
    l->allocs++;
    l->last_size = size;
    return l->refuse ? NULL : malloc(size);
}

static void *ledger_resize(void *user, void *ptr, size_t size)
{
    ledger *l = user;
    l->resizes++;
    l->last_size = size;
    return l->refuse ? NULL : realloc(ptr, size);
}

static void ledger_release(void *user, void *ptr)
{
    ledger *l = user;
    l->releases++;
    free(ptr);
}

static void install(ledger *l)
{
    toc_allocator mine = {ledger_alloc, ledger_resize, ledger_release, l};
    toc_set_allocator(&mine);
}

static int restore(void **state)
{
    (void)state;
    toc_set_allocator(NULL);
    return 0;
}

static void test_sizes(void **state)
{
    (void)state;
    ledger l = {0};
    install(&l);
    void *nothing = toc_mem_alloc(0);
    assert_non_null(nothing);
    assert_int_equal(l.last_size, 1);
    nothing = toc_mem_resize(nothing, 0);
    assert_non_null(nothing);
    assert_int_equal(l.last_size, 1);
    toc_mem_free(nothing);
    void *fresh = toc_mem_resize(NULL, 7);
    assert_non_null(fresh);
    assert_int_equal(l.allocs, 2);
    assert_int_equal(l.resizes, 1);
    toc_free(fresh);
    toc_free(NULL);
    toc_mem_free(NULL);
    assert_int_equal(l.releases, 2);
}

static void test_zalloc(void **state)
{
    (void)state;
    unsigned char *zeros = toc_mem_zalloc(10, 3);
    assert_non_null(zeros);
    for (size_t i = 0; i < 30; i++)
        assert_int_equal(zeros[i], 0);
    toc_mem_free(zeros);
    assert_null(toc_mem_zalloc(SIZE_MAX / 2, 3));
}

static void test_copies(void **state)
{
    (void)state;
    char *text = toc_mem_strdup((toc_str){"abcdef", 3});
    assert_string_equal(text, "abc");
    toc_mem_free(text);
    text = toc_mem_strdup((toc_str){NULL, 0});
    assert_string_equal(text, "");
    toc_mem_free(text);
    assert_null(toc_mem_strdup((toc_str){"x", SIZE_MAX}));
}

static void test_out_of_memory(void **state)
{
    (void)state;
    ledger l = {0};
    install(&l);
    TOC_AUTOFREE char *kept = toc_mem_strdup((toc_str){"kept", 4});
    l.refuse = true;
    assert_null(toc_mem_alloc(1));
    assert_null(toc_mem_zalloc(1, 1));
    assert_null(toc_mem_strdup((toc_str){"x", 1}));
    assert_null(toc_mem_resize(kept, 100));
    assert_string_equal(kept, "kept");
}

static char *make_and_take(bool hand_over)
{
    TOC_AUTOFREE char *text = toc_mem_strdup((toc_str){"mine", 4});
    return hand_over ? TOC_TAKE(text) : NULL;
}

static void test_cleanup(void **state)
{
    (void)state;
    ledger l = {0};
    install(&l);
    assert_null(make_and_take(false));
    assert_int_equal(l.releases, 1);
    char *text = make_and_take(true);
    assert_int_equal(l.releases, 1);
    assert_string_equal(text, "mine");
    toc_mem_free(text);
}

static void test_wipe(void **state)
{
    (void)state;
    char secret[] = "secret";
    toc_mem_wipe(secret, 4);
    assert_memory_equal(secret, "\0\0\0\0et", 7);
    toc_mem_wipe(NULL, 0);
}

static void test_version(void **state)
{
    (void)state;
    assert_string_equal(toc_version(), TOC_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_sizes, restore),
        cmocka_unit_test(test_zalloc),
        cmocka_unit_test(test_copies),
        cmocka_unit_test_teardown(test_out_of_memory, restore),
        cmocka_unit_test_teardown(test_cleanup, restore),
        cmocka_unit_test(test_wipe),
        cmocka_unit_test(test_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
