/* Associations: what stays in the item, what travels on its own, what is asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch/batch.h"

static toc_batch *make(toc_batch_options options)
{
    toc_batch *batch = NULL;
    toc_error err = {0};
    options.version = 1;
    options.owner = "Acme";
    assert_int_equal(toc_batch_new(&options, &batch, &err), TOC_OK);
    return batch;
}

static void expect_file(toc_batch *batch, const char *text)
{
    char *written = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&written, &len);
    assert_non_null(file);
    assert_int_equal(toc_batch_write(batch, file, NULL), TOC_OK);
    (void)fclose(file);
    assert_string_equal(written, text);
    free(written);
}

static toc_object *object(toc_kind kind, const char *type, const char *summary, const char *xid)
{
    toc_object *obj = NULL;
    const toc_type *found = toc_types_find(NULL, kind, toc_str_of(type));
    assert_non_null(found);
    assert_int_equal(toc_object_new(found, &obj, NULL), TOC_OK);
    assert_int_equal(toc_object_set_summary(obj, toc_str_of(summary), NULL), TOC_OK);
    assert_int_equal(toc_object_set(obj, "xid", toc_str_of(xid), NULL), TOC_OK);
    return obj;
}

/* g2 knows g1, which came before; g1 does not know g2 yet. The object keeps its links. */
static void fill(toc_batch *batch)
{
    toc_object *group = object(TOC_KIND_GROUP, "Threat", "One", "g1");
    assert_int_equal(toc_object_add_group_xid(group, TOC_S("g2"), NULL), TOC_OK);
    assert_int_equal(toc_object_add_indicator(group, TOC_S("Host"), TOC_S("a.example"), NULL),
                     TOC_OK);
    assert_int_equal(toc_batch_add(batch, group, 3, NULL), TOC_OK);
    assert_int_equal(group->links.count, 2);
    assert_int_equal(group->links.first->kind, TOC_KIND_GROUP);
    assert_int_equal(group->links.last->kind, TOC_KIND_INDICATOR);
    toc_object_free(group);
    group = object(TOC_KIND_GROUP, "Threat", "Two", "g2");
    assert_int_equal(toc_object_add_group_xid(group, TOC_S("g1"), NULL), TOC_OK);
    assert_int_equal(toc_batch_add(batch, group, 4, NULL), TOC_OK);
    toc_object_free(group);
    toc_object *host = object(TOC_KIND_INDICATOR, "Host", "a.example", "i1");
    assert_int_equal(toc_object_add_group_xid(host, TOC_S("elsewhere"), NULL), TOC_OK);
    assert_int_equal(toc_object_add_indicator(host, TOC_S("Address"), TOC_S("192.0.2.7"), NULL),
                     TOC_OK);
    assert_int_equal(toc_batch_add(batch, host, 5, NULL), TOC_OK);
    toc_object_free(host);
}

static void test_late_links(void **state)
{
    (void)state;
    toc_batch *batch = make((toc_batch_options){0});
    fill(batch);
    assert_int_equal(toc_batch_count(batch, TOC_KIND_RECORD), 3);
    expect_file(batch,
                "{\"group\":[\n{\"name\":\"One\",\"type\":\"Threat\",\"xid\":\"g1\"},\n"
                "{\"name\":\"Two\",\"type\":\"Threat\",\"xid\":\"g2\","
                "\"associatedGroupXid\":[\"g1\"]}],"
                "\"indicator\":[\n{\"summary\":\"a.example\",\"type\":\"Host\",\"xid\":\"i1\","
                "\"associatedGroups\":[{\"groupXid\":\"elsewhere\"}]}],"
                "\"association\":[\n{\"ref_1\":\"g1\",\"ref_2\":\"g2\"},\n"
                "{\"ref_1\":\"g1\",\"ref_2\":\"a.example\",\"type_2\":\"Host\"},\n"
                "{\"ref_1\":\"a.example\",\"type_1\":\"Host\",\"ref_2\":\"192.0.2.7\","
                "\"type_2\":\"Address\",\"associationType\":\"Host to Indicators\"}]}\n");
    toc_batch_free(batch);
}

static const char inline_text[] =
    "{\"group\":[\n{\"name\":\"One\",\"type\":\"Threat\",\"xid\":\"g1\","
    "\"associatedGroupXid\":[\"g2\"],"
    "\"associatedIndicators\":[{\"summary\":\"a.example\",\"indicatorType\":\"Host\"}]},\n"
    "{\"name\":\"Two\",\"type\":\"Threat\",\"xid\":\"g2\",\"associatedGroupXid\":[\"g1\"]}],"
    "\"indicator\":[\n{\"summary\":\"a.example\",\"type\":\"Host\",\"xid\":\"i1\","
    "\"associatedGroups\":[{\"groupXid\":\"elsewhere\"}],"
    "\"associatedIndicators\":[{\"summary\":\"192.0.2.7\",\"indicatorType\":\"Address\"}]}]}\n";

static void test_inline_links(void **state)
{
    (void)state;
    toc_batch *batch = make((toc_batch_options){.inline_links = true});
    fill(batch);
    expect_file(batch, inline_text);
    toc_batch_free(batch);
    batch = make((toc_batch_options){.action = "Delete"});
    fill(batch);
    expect_file(batch, inline_text);
    toc_batch_free(batch);
}

/* The same from finished objects; what is not of the known form stays for the server to judge. */
static void test_raw_links(void **state)
{
    (void)state;
    static const struct {
        toc_kind kind;
        const char *json;
    } raw[] = {
        {TOC_KIND_GROUP, "{\"associatedGroupXid\":[\"g2\",\"g1\"],\"name\":\"One\","
                         "\"type\":\"Threat\",\"xid\":\"g1\"}"},
        {TOC_KIND_GROUP, "{\"name\":\"Two\",\"type\":\"Threat\",\"xid\":\"g2\","
                         "\"associatedGroupXid\":[\"g1\",\"g\\u00e9\"],\"associatedIndicators\":"
                         "[{\"summary\":\"a.example\",\"x\":[1],\"indicatorType\":\"Host\"}]}"},
        {TOC_KIND_GROUP, "{\"name\":\"3\",\"type\":\"Threat\",\"xid\":\"g3\","
                         "\"associatedGroupXid\":\"g4\",\"associatedIndicators\":[7]}"},
        {TOC_KIND_INDICATOR, "{\"summary\":\"a.example\",\"type\":\"Host\","
                             "\"associatedIndicators\":[{\"summary\":\"b.example\","
                             "\"indicatorType\":\"Host\"}]}"},
        {TOC_KIND_INDICATOR, "{\"hostName\":\"c.example\",\"type\":\"Host\","
                             "\"associatedIndicators\":[{\"summary\":\"d.example\","
                             "\"indicatorType\":\"Host\"}]}"},
        {TOC_KIND_INDICATOR, "{\"value1\":\"a\",\"type\":\"Own Type\","
                             "\"associatedIndicators\":[]}"},
    };
    toc_batch *batch = make((toc_batch_options){0});
    for (size_t i = 0; i < TOC_COUNT(raw); i++)
        assert_int_equal(toc_batch_add_json(batch, raw[i].kind, toc_str_of(raw[i].json), i, NULL),
                         TOC_OK);
    expect_file(
        batch,
        "{\"group\":[\n{\"name\":\"One\",\"type\":\"Threat\",\"xid\":\"g1\"},\n"
        "{\"name\":\"Two\",\"type\":\"Threat\",\"xid\":\"g2\",\"associatedGroupXid\":[\"g1\"]},\n"
        "{\"name\":\"3\",\"type\":\"Threat\",\"xid\":\"g3\",\"associatedGroupXid\":\"g4\","
        "\"associatedIndicators\":[7]}],"
        "\"indicator\":[\n{\"summary\":\"a.example\",\"type\":\"Host\"},\n"
        "{\"hostName\":\"c.example\",\"type\":\"Host\"},\n"
        "{\"value1\":\"a\",\"type\":\"Own Type\",\"associatedIndicators\":[]}],"
        "\"association\":[\n{\"ref_1\":\"g1\",\"ref_2\":\"g2\"},\n"
        "{\"ref_1\":\"g1\",\"ref_2\":\"g1\"},\n"
        "{\"ref_1\":\"g2\",\"ref_2\":\"gé\"},\n"
        "{\"ref_1\":\"g2\",\"ref_2\":\"a.example\",\"type_2\":\"Host\"},\n"
        "{\"ref_1\":\"a.example\",\"type_1\":\"Host\",\"ref_2\":\"b.example\",\"type_2\":\"Host\","
        "\"associationType\":\"Host to Indicators\"},\n"
        "{\"ref_1\":\"c.example\",\"type_1\":\"Host\",\"ref_2\":\"d.example\",\"type_2\":\"Host\","
        "\"associationType\":\"Host to Indicators\"}]}\n");
    toc_batch_free(batch);
}

static toc_rc tie(toc_batch *batch, toc_batch_end one, toc_batch_end other, const char *name,
                  toc_error *err)
{
    return toc_batch_associate(batch, &one, &other, name, 9, err);
}

static const toc_batch_end g1 = {.ref = {"g1", 2}}, g2 = {.type = "Threat", .ref = {"g2", 2}},
                           host = {.type = "host", .ref = {"a.example", 9}},
                           url = {.type = "URL", .id = 12}, nothing = {.type = "URL"};

static void test_pairs(void **state)
{
    (void)state;
    toc_batch *batch = make((toc_batch_options){0});
    toc_error err = {0};
    assert_int_equal(tie(batch, g1, g2, NULL, &err), TOC_OK);
    assert_int_equal(tie(batch, g1, host, NULL, &err), TOC_OK);
    assert_int_equal(tie(batch, host, g2, NULL, &err), TOC_OK);
    assert_int_equal(tie(batch, url, host, "URL Host", &err), TOC_OK);
    /* again, the other way round */
    assert_int_equal(tie(batch, g2, g1, NULL, &err), TOC_OK);
    assert_int_equal(tie(batch, host, url, "URL Host", &err), TOC_OK);
    assert_int_equal(tie(batch, host, url, "Host to Indicators", &err), TOC_OK);
    assert_int_equal(
        toc_batch_add_json(batch, TOC_KIND_RECORD, TOC_S("{\"ref_1\":\"x\",\"id_2\":4}"), 1, &err),
        TOC_OK);
    expect_file(batch,
                "{\"group\":[],\"indicator\":[],\"association\":[\n"
                "{\"ref_1\":\"g1\",\"ref_2\":\"g2\"},\n"
                "{\"ref_1\":\"g1\",\"ref_2\":\"a.example\",\"type_2\":\"Host\"},\n"
                "{\"ref_1\":\"a.example\",\"type_1\":\"Host\",\"ref_2\":\"g2\"},\n"
                "{\"id_1\":12,\"type_1\":\"URL\",\"ref_2\":\"a.example\",\"type_2\":\"Host\","
                "\"associationType\":\"URL Host\"},\n"
                "{\"ref_1\":\"a.example\",\"type_1\":\"Host\",\"id_2\":12,\"type_2\":\"URL\","
                "\"associationType\":\"Host to Indicators\"},\n"
                "{\"ref_1\":\"x\",\"id_2\":4}]}\n");
    toc_batch_free(batch);
}

static void test_pairs_wrong(void **state)
{
    (void)state;
    toc_batch *batch = make((toc_batch_options){0});
    toc_error err = {0};
    assert_int_equal(tie(NULL, g1, g2, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_batch_associate(batch, &g1, NULL, NULL, 0, &err), TOC_EINVAL);
    assert_int_equal(tie(batch, nothing, g2, NULL, &err), TOC_EINVAL);
    assert_string_equal(err.field, "ref");
    assert_int_equal(tie(batch, url, host, NULL, &err), TOC_EINVAL);
    assert_string_equal(err.field, "associationType");
    assert_int_equal(tie(batch, url, g1, "URL Host", &err), TOC_EINVAL);
    assert_int_equal(toc_batch_add_json(batch, TOC_KIND_RECORD,
                                        TOC_S("{\"ref_1\":\"x\",\"id_2\":null}"), 1, &err),
                     TOC_EINVAL);
    assert_string_equal(err.field, "ref_2");
    assert_int_equal(toc_batch_count(batch, TOC_KIND_RECORD), 0);
    toc_batch_free(batch);
    batch = make((toc_batch_options){.action = "Delete"});
    assert_int_equal(tie(batch, g1, g2, NULL, &err), TOC_EUNSUPPORTED);
    assert_int_equal(toc_batch_add_json(batch, TOC_KIND_RECORD, TOC_S("{}"), 1, &err),
                     TOC_EUNSUPPORTED);
    toc_batch_free(batch);
}

/* What is refused for its size leaves neither links nor content behind. */
static void test_refused_leaves_nothing(void **state)
{
    (void)state;
    static char filler[TOC_MAX_ITEM + 1000];
    static const char wrong[] =
        "{\"name\":\"One\",\"type\":\"Document\",\"xid\":7,\"fileContent\":\"a\","
        "\"associatedGroupXid\":[\"g2\"]}";
    toc_batch *batch = make((toc_batch_options){0});
    toc_object *group = object(TOC_KIND_GROUP, "Threat", "One", "g1");
    assert_int_equal(toc_object_add_group_xid(group, TOC_S("g2"), NULL), TOC_OK);
    memset(filler, 'x', sizeof filler);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(toc_object_add_attribute(group, TOC_S("Description"),
                                                  (toc_str){filler, TOC_MAX_ITEM / 2 - i}, false,
                                                  (toc_str){NULL, 0}, NULL),
                         TOC_OK);
    assert_int_equal(toc_batch_add(batch, group, 3, NULL), TOC_ELIMIT);
    toc_object_free(group);
    size_t len = (size_t)snprintf(filler, sizeof filler,
                                  "{\"associatedGroupXid\":[\"g2\"],\"associatedIndicators\":[{"
                                  "\"summary\":\"a.example\",\"indicatorType\":\"Host\"}],"
                                  "\"xid\":\"g1\",\"type\":\"Document\",\"fileContent\":\"a\","
                                  "\"name\":\"");
    filler[len] = 'x';
    memcpy(filler + sizeof filler - 2, "\"}", 2);
    assert_int_equal(
        toc_batch_add_json(batch, TOC_KIND_GROUP, (toc_str){filler, sizeof filler}, 1, NULL),
        TOC_ELIMIT);
    assert_int_equal(toc_batch_add_json(batch, TOC_KIND_GROUP, toc_str_of(wrong), 1, NULL),
                     TOC_EINVAL);
    assert_int_equal(toc_batch_count(batch, TOC_KIND_RECORD), 0);
    assert_int_equal(toc__batch_files_left(batch), 0);
    expect_file(batch, "{\"group\":[],\"indicator\":[]}\n");
    toc_batch_free(batch);
}

/* An array with an entry that is no link stays whole: none of it travels on its own as well. */
static void test_half_good_array(void **state)
{
    (void)state;
    static const char item[] =
        "{\"summary\":\"a.example\",\"type\":\"Host\",\"associatedIndicators\":["
        "{\"summary\":\"b.example\",\"indicatorType\":\"Host\"},7]}";
    toc_batch *batch = make((toc_batch_options){0});
    assert_int_equal(toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(item), 1, NULL),
                     TOC_OK);
    assert_int_equal(toc_batch_count(batch, TOC_KIND_RECORD), 0);
    toc_batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_late_links),      cmocka_unit_test(test_inline_links),
        cmocka_unit_test(test_raw_links),       cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_pairs_wrong),     cmocka_unit_test(test_refused_leaves_nothing),
        cmocka_unit_test(test_half_good_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
