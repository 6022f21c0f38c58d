/* The table of routes: every row is well-formed, told apart from the others, and found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/routes.h"

static void rows_are_well_formed(void **state)
{
    size_t count;
    const toc_route *routes = toc_route_list(&count);
    (void)state;
    assert_true(count > 100);
    for (size_t i = 0; i < count; i++) {
        const toc_route *row = &routes[i];
        bool reads = strcmp(row->method, "GET") == 0;
        assert_non_null(row->handler);
        assert_true(row->help[0] != '\0');
        assert_true(reads || strcmp(row->method, "POST") == 0 || strcmp(row->method, "PUT") == 0 ||
                    strcmp(row->method, "DELETE") == 0);
        if (row->rights != TOC_RIGHTS_SELF && row->rights != TOC_RIGHTS_OPEN && reads)
            assert_int_equal(row->rights, TOC_MAY_READ);
        assert_int_equal(reads, row->body_max == 0);
        for (size_t k = 0; k < i; k++)
            assert_false(strcmp(routes[k].method, row->method) == 0 &&
                         strcmp(routes[k].pattern, row->pattern) == 0);
    }
}

/* The pattern with "v" for each value, once as it stands and once in capitals with a longer value
 * where several segments are fine. */
static void fill(const toc_route *row, const char *head, const char *joined, toc_buf *target)
{
    bool versioned = row->pattern[0] != '/';
    toc_str rest = toc_str_of(row->pattern + !versioned), word;
    toc_buf_clear(target);
    toc_buf_text(target, versioned ? head : "/api");
    while (toc_str_cut(&rest, '/', &word)) {
        toc_buf_char(target, '/');
        if (word.ptr[0] != '{')
            toc_buf_str(target, word);
        else
            toc_buf_text(target, toc_str_ends(word, TOC_S("*}")) ? joined : "v");
    }
}

static void find_again(const toc_route_index *index, const toc_route *row, const char *head,
                       const char *joined, toc_buf *target)
{
    toc_arena arena = {0};
    toc_target_parts parts;
    toc_str args[TOC_ARG_COUNT] = {{NULL, 0}};
    fill(row, head, joined, target);
    assert_int_equal(toc_target_split(toc_buf_view(target), &arena, &parts, NULL), 0);
    const toc_route *found = toc_route_find(index, row->method, &parts, &arena, args);
    if (found != row)
        fail_msg("%s leads to %s instead of %s", target->ptr, found ? found->pattern : "nothing",
                 row->pattern);
    if (strstr(row->pattern, "{tag*}"))
        assert_true(toc_str_equal(args[TOC_ARG_TAG], toc_str_of(joined)));
    toc_arena_done(&arena);
}

static void every_row_is_found(void **state)
{
    toc_route_index *index = NULL;
    toc_buf target;
    size_t count;
    const toc_route *routes = toc_route_list(&count);
    (void)state;
    toc_buf_init(&target, 4096);
    assert_int_equal(toc_route_index_new(&index, NULL), 0);
    for (size_t i = 0; i < count; i++) {
        find_again(index, &routes[i], "/v2", "v", &target);
        find_again(index, &routes[i], "/API/V2", "v/w//x", &target);
    }
    toc_route_index_free(index);
    toc_buf_done(&target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_well_formed),
        cmocka_unit_test(every_row_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
