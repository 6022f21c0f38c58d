/* Request targets, multipart bodies, remembered pages, batch settings and counting: no store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "platform/batch.h"
#include "platform/pages.h"
#include "platform/request.h"

static void targets_are_split_before_they_are_decoded(void **state)
{
    toc_arena arena = {0};
    toc_target_parts parts;
    (void)state;
    assert_int_equal(
        toc_target_split(TOC_S("/api/v2/a%2Fb/c+d/?x=1+2&x=3&flag=TRUE&&y"), &arena, &parts, NULL),
        0);
    assert_int_equal(parts.segment_count, 2);
    assert_true(toc_str_equal(parts.segments[0], TOC_S("a/b")));
    assert_true(toc_str_equal(parts.segments[1], TOC_S("c+d")));
    assert_true(toc_str_equal(toc_target_param(&parts, "x"), TOC_S("1 2")));
    assert_true(toc_target_flag(&parts, "flag"));
    assert_false(toc_target_flag(&parts, "x"));
    assert_true(toc_str_equal(toc_target_param(&parts, "y"), TOC_S("")));
    assert_null(toc_target_param(&parts, "z").ptr);
    assert_int_equal(toc_target_split(TOC_S("/v2/?"), &arena, &parts, NULL), 0);
    assert_int_equal(parts.segment_count, 0);
    toc_arena_done(&arena);
}

/* Only /v2 is the API; a few paths lie beside it. */
static void the_version_is_told(void **state)
{
    static const struct {
        const char *target, *first;
        bool versioned;
    } rows[] = {
        {"/v2/x", "x", true},    {"/API/V2/x", "x", true},
        {"/v3/x", "v3", false},  {"/api/appAuth", "appAuth", false},
        {"/v1/v2", "v1", false}, {"/appAuth/", "appAuth", false},
    };
    toc_arena arena = {0};
    toc_target_parts parts;
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        assert_int_equal(toc_target_split(toc_str_of(rows[i].target), &arena, &parts, NULL), 0);
        assert_int_equal(parts.versioned, rows[i].versioned);
        assert_true(toc_str_equal(parts.segments[0], toc_str_of(rows[i].first)));
    }
    toc_arena_done(&arena);
}

static void wrong_targets_are_refused(void **state)
{
    static const struct {
        const char *target;
        toc_rc rc;
    } rows[] = {
        {"", TOC_EPARSE},           {"v2/x", TOC_EPARSE},    {"/v2/%", TOC_EPARSE},
        {"/v2/%4", TOC_EPARSE},     {"/v2/%00", TOC_EPARSE}, {"/v2/%ff", TOC_EPARSE},
        {"/v2/x?a=%0", TOC_EPARSE},
    };
    toc_arena arena = {0};
    toc_target_parts parts;
    char many[TOC_MAX_QUERY_PARAMS * 4 + 64] = "/v2/x?";
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++)
        assert_int_equal(toc_target_split(toc_str_of(rows[i].target), &arena, &parts, NULL),
                         rows[i].rc);
    for (size_t i = 0; i <= TOC_MAX_QUERY_PARAMS; i++)
        memcpy(many + 6 + i * 4, "a=b&", 4);
    assert_int_equal(toc_target_split(toc_str_of(many), &arena, &parts, NULL), TOC_ELIMIT);
    toc_arena_done(&arena);
}

#define TYPE "multipart/form-data; boundary=xx"

static void parts_of_forms(void **state)
{
    static const struct {
        const char *type, *body, *found;
    } rows[] = {
        {TYPE, "--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nbody\r\n--xx--", "body"},
        {TYPE,
         "preamble\r\n--xx\r\nX: y\r\ncontent-disposition: form-data; name=a\r\n\r\n\r\n--xx--",
         ""},
        {TYPE,
         "--xx\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nno\r\n--xx\r\n"
         "Content-Disposition: form-data; filename=\"f\"; name=\"a\"\r\n\r\n--x\r\nyes\r\n--xx--",
         "--x\r\nyes"},
        {"MULTIPART/form-data; boundary=\"xx\"",
         "--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nq\r\n--xx--", "q"},
        {TYPE, "--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nunfinished", NULL},
        {TYPE, "--xx\r\nContent-Disposition: form-data; name=\"a\"", NULL},
        {TYPE, "--xx--", NULL},
        {TYPE, "", NULL},
        {"text/plain; boundary=xx", "--xx\r\n\r\nx\r\n--xx--", NULL},
        {"multipart/form-data", "--xx\r\n\r\nx\r\n--xx--", NULL},
        {"multipart/form-data; boundary=", "--\r\n\r\nx\r\n----", NULL},
    };
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_str part =
            toc_multipart_find(toc_str_of(rows[i].type), toc_str_of(rows[i].body), TOC_S("a"));
        assert_int_equal(part.ptr != NULL, rows[i].found != NULL);
        if (rows[i].found)
            assert_true(toc_str_equal(part, toc_str_of(rows[i].found)));
    }
}

static void pages_are_remembered_for_a_while(void **state)
{
    static toc_pages pages;
    (void)state;
    assert_int_equal(toc_pages_init(&pages, NULL), 0);
    uint64_t list = toc_pages_list(&pages, 1, TOC_S("/v2/x?resultStart=5&a=b"));
    assert_true(list == toc_pages_list(&pages, 1, TOC_S("/v2/x?a=b&resultStart=10")));
    assert_true(list != toc_pages_list(&pages, 2, TOC_S("/v2/x?a=b")));
    assert_true(list != toc_pages_list(&pages, 1, TOC_S("/v2/x?a=c")));
    assert_true(list != toc_pages_list(&pages, 1, TOC_S("/v2/y?a=b")));
    toc_pages_put(&pages, list, 100, 77, 1000);
    assert_int_equal(toc_pages_get(&pages, list, 100, 1000), 77);
    assert_int_equal(toc_pages_get(&pages, list, 200, 1000), 0);
    assert_int_equal(toc_pages_get(&pages, list ^ 1, 100, 1000), 0);
    assert_int_equal(toc_pages_get(&pages, list, 100, 1001 + TOC_PAGE_AGE), 0);
    toc_pages_done(&pages);
}

static void settings_have_defaults(void **state)
{
    toc_arena arena = {0};
    toc_batch_config config;
    toc_error err;
    (void)state;
    assert_int_equal(toc_batch_config_read(TOC_S("{}"), &arena, &config, &err), TOC_EHTTP);
    assert_int_equal(toc_batch_config_read(TOC_S("{\"owner\":\"o\",\"action\":\"Create\"}"), &arena,
                                           &config, &err),
                     0);
    assert_false(config.v2);
    assert_false(config.halt_on_error);
    assert_int_equal(config.attributes, TOC_WRITE_REPLACE);
    assert_int_equal(config.collision, TOC_COLLISION_FAVOR_INCOMING);
    toc_str full = TOC_S("{\"version\":\"v2\",\"owner\":\"o\",\"haltOnError\":\"True\",\"action\":"
                         "\"Delete\",\"attributeWriteType\":\"Static\",\"tagWriteType\":\"Append\","
                         "\"securityLabelWriteType\":\"Append\",\"fileMergeMode\":\"Distribute\","
                         "\"hashCollisionMode\":\"Split\",\"more\":{\"a\":[1]},"
                         "\"playbookTriggersEnabled\":\"false\"}");
    assert_int_equal(toc_batch_config_read(full, &arena, &config, &err), 0);
    assert_true(config.v2 && config.halt_on_error && config.remove);
    assert_int_equal(config.attributes, TOC_WRITE_STATIC);
    assert_int_equal(config.labels, TOC_WRITE_APPEND);
    assert_int_equal(config.merge, TOC_MERGE_DISTRIBUTE);
    assert_int_equal(config.collision, TOC_COLLISION_SPLIT);
    for (size_t cut = 0; cut < full.len; cut++) {
        assert_int_equal(toc_batch_config_read(toc_str_slice(full, 0, cut), &arena, &config, &err),
                         TOC_EHTTP);
        assert_int_equal(err.http_status, 400);
    }
    assert_int_equal(
        toc_batch_config_read(TOC_S("{\"tagWriteType\":\"Static\"}"), &arena, &config, &err),
        TOC_EHTTP);
    toc_arena_done(&arena);
}

static void items_are_counted_up_to_a_limit(void **state)
{
    (void)state;
    assert_int_equal(toc__batch_items(TOC_S("[1,{},[2]]"), 10), 3);
    assert_int_equal(toc__batch_items(TOC_S("{\"group\":[{}],\"x\":[1,2],\"indicator\":[{},{}],"
                                            "\"association\":[{}]}"),
                                      10),
                     4);
    assert_int_equal(toc__batch_items(TOC_S("[1,2,3,4,5,6]"), 3), 4);
    assert_int_equal(toc__batch_items(TOC_S("nonsense"), 3), 0);
    assert_int_equal(toc__batch_items(TOC_S("[1,2"), 5), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_are_split_before_they_are_decoded),
        cmocka_unit_test(the_version_is_told),
        cmocka_unit_test(wrong_targets_are_refused),
        cmocka_unit_test(parts_of_forms),
        cmocka_unit_test(pages_are_remembered_for_a_while),
        cmocka_unit_test(settings_have_defaults),
        cmocka_unit_test(items_are_counted_up_to_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
