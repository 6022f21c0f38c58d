/* model/summary.c: the vectors of joining, splitting and telling hashes apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "model/summary.h"

static const struct row {
    const char *text;
    unsigned count;
    const char *parts[3];
} rows[] = {
    {"a", 1, {"a", NULL, NULL}},
    {"", 1, {"", NULL, NULL}},
    {"a : b", 2, {"a", "b", NULL}},
    {"a : b : c", 3, {"a", "b", "c"}},
    {"a : b : c : d", 3, {"a", "b", "c : d"}},
    {"HKLM :  : REG_SZ", 3, {"HKLM", "", "REG_SZ"}},
    {"a : : c", 3, {"a", "", "c"}},
    {"k : v :  t", 3, {"k", "v", " t"}},
    {" : b", 2, {"", "b", NULL}},
    {"x:y : z", 2, {"x:y", "z", NULL}},
    {"a :b", 1, {"a :b", NULL, NULL}},
    {"a : ", 2, {"a", "", NULL}},
    {"a : b : ", 3, {"a", "b", ""}},
    {"a : b:c", 2, {"a", "b:c", NULL}},
    {"a : b: c", 3, {"a", "b", "c"}},
};

static void test_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_str parts[3];
        assert_int_equal(toc_summary_split(toc_str_of(rows[i].text), parts), rows[i].count);
        for (size_t j = 0; j < 3; j++) {
            assert_int_equal(parts[j].ptr != NULL, rows[i].parts[j] != NULL);
            if (!toc_str_equal(parts[j], toc_str_of(rows[i].parts[j])))
                fail_msg("%s: part %zu is '%.*s'", rows[i].text, j, TOC_FMT(parts[j]));
        }
    }
}

static void test_hash_kind(void **state)
{
    (void)state;
    char text[66];
    memset(text, 'a', sizeof(text));
    for (size_t len = 0; len <= 65; len++) {
        unsigned kind = len == 32 ? 1 : len == 40 ? 2 : len == 64 ? 3 : 0;
        assert_int_equal(toc_hash_kind((toc_str){text, len}), kind);
    }
    text[5] = 'F';
    text[6] = '9';
    assert_int_equal(toc_hash_kind((toc_str){text, 40}), 2);
    text[31] = 'g';
    assert_int_equal(toc_hash_kind((toc_str){text, 32}), 0);
    assert_int_equal(toc_hash_kind((toc_str){NULL, 0}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_hash_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
