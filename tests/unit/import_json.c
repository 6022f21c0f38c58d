/* Batch files in JSON: V2 and V1, items that are refused, text that is not JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "support/importing.h"

static void run_json(const char *text, imported *got)
{
    importing run = {.json = true, .input = toc_str_of(text)};
    importing_run(&run, got);
}

static void test_v2(void **state)
{
    (void)state;
    imported got;
    run_json("\xEF\xBB\xBF {\"file\":{\"x\":[1,{\"a\":null}]},\n"
             "\"group\":[{\"name\":\"a\",\"type\":\"Threat\",\"xid\":\"x1\"}],\n"
             "\"indicator\":[{\"type\":\"Host\",\"summary\":\"a.example\", \"more\" : [1, 2]},\n"
             "{\"hostName\":\"b.example\",\"type\":\"Host\"}]}\n",
             &got);
    assert_int_equal(got.rc, TOC_OK);
    assert_int_equal(got.counts.records, 3);
    assert_int_equal(got.counts.accepted, 3);
    assert_string_equal(got.rejects, "");
    assert_string_equal(got.batch,
                        "{\"group\":[\n{\"name\":\"a\",\"type\":\"Threat\",\"xid\":\"x1\"}],"
                        "\"indicator\":[\n"
                        "{\"type\":\"Host\",\"summary\":\"a.example\", \"more\" : [1, 2]},\n"
                        "{\"hostName\":\"b.example\",\"type\":\"Host\"}]}\n");
    imported_done(&got);
}

static void test_v1(void **state)
{
    (void)state;
    imported got;
    run_json("[{\"summary\":\"192.0.2.1\",\"type\":\"Address\"}]", &got);
    assert_int_equal(got.rc, TOC_OK);
    assert_string_equal(got.batch, "{\"group\":[],\"indicator\":[\n"
                                   "{\"summary\":\"192.0.2.1\",\"type\":\"Address\"}]}\n");
    imported_done(&got);
    run_json("[]", &got);
    assert_int_equal(got.rc, TOC_OK);
    assert_int_equal(got.counts.records, 0);
    imported_done(&got);
    run_json("{}", &got);
    assert_int_equal(got.rc, TOC_OK);
    imported_done(&got);
}

static void test_items_refused(void **state)
{
    (void)state;
    imported got;
    run_json("{\"group\":[\n{\"name\":\"a\",\"type\":\"Threat\"},\n7],\n"
             "\"indicator\":[{\"type\":\"Host\"},\n\n{\"type\":\"Host\",\"summary\":\"a.example\"},"
             "\"text\",null,[{}]],\n"
             "\"association\":[{\"ref_1\":\"a\"},{\"ref_1\":\"a\",\"id_2\":7}]}",
             &got);
    assert_int_equal(got.rc, TOC_OK);
    assert_int_equal(got.counts.records, 9);
    assert_int_equal(got.counts.accepted, 2);
    assert_non_null(strstr(got.batch, "\"association\":[\n{\"ref_1\":\"a\",\"id_2\":7}]}"));
    assert_int_equal(got.counts.rejected, 7);
    assert_string_equal(got.rejects,
                        "2|xid|the group has no xid|{\"name\":\"a\",\"type\":\"Threat\"}\n(group)\n"
                        "3||an item is a JSON object|7\n(group)\n"
                        "4|summary|the indicator has no value|{\"type\":\"Host\"}\n"
                        "6||an item is a JSON object|\"text\"\n"
                        "6||an item is a JSON object|null\n"
                        "6||an item is a JSON object|[{}]\n"
                        "7|ref_2|the association has no second end|"
                        "{\"ref_1\":\"a\"}\n");
    imported_done(&got);
}

static const char *const broken[] = {
    "",
    "  ",
    "\xEF\xBB\xBF",
    "7",
    "\"text\"",
    "null",
    "{",
    "[",
    "[{\"type\":\"Host\",\"summary\":\"a.example\"}",
    "[{\"type\":\"Host\",\"summary\":\"a.example\"},]",
    "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"a.example\"}}",
    "{\"indicator\":{}}",
    "{\"group\":7}",
    "{\"association\":[{]}",
    "{\"group\":[]} x",
    "[] []",
    "{\"indicator\":[{\"type\":\"Ho\xFFst\"}]}",
    "{\"indicator\" []}",
    "{\"other\":[}",
};

static void test_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(broken); i++) {
        imported got;
        run_json(broken[i], &got);
        if (got.rc != TOC_EPARSE || !got.err.message[0])
            fail_msg("%s: %d", broken[i], got.rc);
        imported_done(&got);
    }
}

static void test_broken_line(void **state)
{
    (void)state;
    imported got;
    run_json("{\"group\":[],\n\"indicator\":[\n{\"type\":\"Host\" \"summary\":1}]}", &got);
    assert_int_equal(got.rc, TOC_EPARSE);
    assert_int_equal(got.err.line, 3);
    imported_done(&got);
}

static void test_arguments(void **state)
{
    (void)state;
    assert_int_equal(toc_import_json(NULL, "{}", 2, NULL), TOC_EINVAL);
}

/* A record that takes much room is no lack of memory, whatever is made of it. */
static void test_large_item(void **state)
{
    (void)state;
    static const char begin[] = "[{\"type\":\"Host\",\"summary\":\"a.example\",\"attribute\":[";
    const char *tags[] = {"feed"};
    TOC_CLEANUP(toc_buf_done) toc_buf text = {.maximum = (size_t)2 * TOC_MAX_ITEM};
    toc_buf_text(&text, begin);
    for (int i = 0; i < 2; i++) {
        toc_buf_text(&text, i ? ",{\"type\":\"Description\",\"value\":\"\\n"
                              : "{\"type\":\"Source\",\"value\":\"\\n");
        assert_true(toc_buf_reserve(&text, TOC_MAX_TEXT - 1000));
        memset(text.ptr + text.len, 'x', TOC_MAX_TEXT - 1000);
        text.len += TOC_MAX_TEXT - 1000;
        toc_buf_text(&text, "\"}");
    }
    toc_buf_text(&text, "]},{\"type\":\"Host\",\"summary\":\"b.example\"}]");
    importing run = {
        .json = true, .input = toc_buf_view(&text), .options = {.tags = tags, .tag_count = 1}};
    imported got;
    importing_run(&run, &got);
    assert_int_equal(got.rc, TOC_OK);
    assert_int_equal(got.counts.accepted, 2);
    imported_done(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_v2),          cmocka_unit_test(test_v1),
        cmocka_unit_test(test_broken),      cmocka_unit_test(test_items_refused),
        cmocka_unit_test(test_broken_line), cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_large_item),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
