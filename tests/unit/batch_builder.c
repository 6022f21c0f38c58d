/* The builder: settings, objects and raw items into a batch, the batch as a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch/batch.h"

static toc_batch *make(void)
{
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = "Acme";
    toc_batch *batch = NULL;
    toc_error err = {0};
    assert_int_equal(toc_batch_new(&options, &batch, &err), TOC_OK);
    return batch;
}

static void expect_file(toc_batch *batch, const char *text)
{
    toc_error err = {0};
    char *written = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&written, &len);
    assert_non_null(file);
    assert_int_equal(toc_batch_write(batch, file, &err), TOC_OK);
    (void)fclose(file);
    assert_string_equal(written, text);
    free(written);
}

static void test_settings_default(void **state)
{
    (void)state;
    toc_batch *batch = make();
    assert_string_equal(batch->config.ptr,
                        "{\"version\":\"V2\",\"owner\":\"Acme\",\"haltOnError\":false,"
                        "\"action\":\"Create\",\"attributeWriteType\":\"Replace\","
                        "\"tagWriteType\":\"Replace\",\"securityLabelWriteType\":\"Replace\"}");
    assert_false(batch->removal);
    toc_batch_free(batch);
}

static void test_settings_all(void **state)
{
    (void)state;
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = "A \"B\"";
    options.action = "delete";
    options.attribute_write_type = "Singleton";
    options.tag_write_type = "append";
    options.label_write_type = "Append";
    options.file_merge_mode = "Distribute";
    options.hash_collision_mode = "split";
    options.halt_on_error = true;
    toc_batch *batch = NULL;
    toc_error err = {0};
    assert_int_equal(toc_batch_new(&options, &batch, &err), TOC_OK);
    assert_string_equal(batch->config.ptr,
                        "{\"version\":\"V2\",\"owner\":\"A \\\"B\\\"\",\"haltOnError\":true,"
                        "\"action\":\"Delete\",\"attributeWriteType\":\"Singleton\","
                        "\"tagWriteType\":\"Append\",\"securityLabelWriteType\":\"Append\","
                        "\"fileMergeMode\":\"Distribute\",\"hashCollisionMode\":\"Split\"}");
    assert_true(batch->removal);
    toc_batch_free(batch);
}

static void test_settings_wrong(void **state)
{
    (void)state;
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    toc_batch *batch = NULL;
    toc_error err = {0};
    assert_int_equal(toc_batch_new(&options, &batch, &err), TOC_EINVAL);
    assert_string_equal(err.field, "owner");
    options.owner = "";
    assert_int_equal(toc_batch_new(&options, &batch, NULL), TOC_EINVAL);
    options.owner = "Acme";
    options.tag_write_type = "Singleton";
    assert_int_equal(toc_batch_new(&options, &batch, &err), TOC_EINVAL);
    assert_string_equal(err.field, "tagWriteType");
    options.tag_write_type = NULL;
    options.spool_dir = "/nonexistent";
    assert_int_equal(toc_batch_new(&options, &batch, &err), TOC_EIO);
    options.version = 2;
    assert_int_equal(toc_batch_new(&options, &batch, &err), TOC_EINVAL);
    assert_int_equal(toc_batch_new(NULL, &batch, &err), TOC_EINVAL);
    assert_null(batch);
    toc_batch_free(NULL);
}

static toc_object *object(toc_kind kind, const char *type, const char *summary)
{
    toc_object *obj = NULL;
    const toc_type *found = toc_types_find(NULL, kind, toc_str_of(type));
    assert_non_null(found);
    assert_int_equal(toc_object_new(found, &obj, NULL), TOC_OK);
    assert_int_equal(toc_object_set_summary(obj, toc_str_of(summary), NULL), TOC_OK);
    return obj;
}

static void test_objects(void **state)
{
    (void)state;
    toc_batch *batch = make();
    toc_error err = {0};
    toc_object *host = object(TOC_KIND_INDICATOR, "Host", "Invoice.Example.COM");
    assert_int_equal(toc_object_set(host, "xid", TOC_S("h1"), &err), TOC_OK);
    assert_int_equal(toc_object_add_tag(host, TOC_S("kite"), &err), TOC_OK);
    assert_int_equal(toc_batch_add(batch, host, 12, &err), TOC_OK);
    toc_object *group = object(TOC_KIND_GROUP, "Threat", "Kite");
    assert_int_equal(toc_object_set(group, "xid", TOC_S("g1"), &err), TOC_OK);
    assert_int_equal(toc_batch_add(batch, group, 0, &err), TOC_OK);
    assert_int_equal(toc_batch_count(batch, TOC_KIND_INDICATOR), 1);
    assert_int_equal(toc_batch_count(batch, TOC_KIND_GROUP), 1);
    assert_int_equal(toc_batch_count(batch, TOC_KIND_TASK), 0);
    assert_true(toc_batch_bytes(batch) > 60);
    expect_file(batch, "{\"group\":[\n{\"name\":\"Kite\",\"type\":\"Threat\",\"xid\":\"g1\"}],"
                       "\"indicator\":[\n{\"summary\":\"invoice.example.com\",\"type\":\"Host\","
                       "\"xid\":\"h1\",\"tag\":[{\"name\":\"kite\"}]}]}\n");
    toc_object_free(host);
    toc_object_free(group);
    toc_batch_free(batch);
}

/* Two items without an xid do not get the same one. */
static void test_xid_made(void **state)
{
    (void)state;
    toc_batch *batch = make();
    toc_object *first = object(TOC_KIND_GROUP, "Threat", "Kite");
    toc_object *second = object(TOC_KIND_GROUP, "Threat", "Heron");
    assert_int_equal(toc_batch_add(batch, first, 0, NULL), TOC_OK);
    assert_int_equal(toc_batch_add(batch, second, 0, NULL), TOC_OK);
    toc_str one = toc_object_get(first, "xid");
    toc_str two = toc_object_get(second, "xid");
    assert_int_equal(one.len, 36);
    assert_int_equal(two.len, 36);
    assert_false(toc_str_equal(one, two));
    toc_object_free(first);
    toc_object_free(second);
    toc_batch_free(batch);
}

static void test_objects_refused(void **state)
{
    (void)state;
    toc_batch *batch = make();
    toc_error err = {0};
    toc_object *task = object(TOC_KIND_TASK, "Task", "Call them");
    assert_int_equal(toc_batch_add(batch, task, 1, &err), TOC_EUNSUPPORTED);
    assert_non_null(strstr(err.message, "Task"));
    toc_object *host = object(TOC_KIND_INDICATOR, "Address", "192.0.2.700");
    assert_int_equal(toc_batch_add(batch, host, 1, &err), TOC_EINVAL);
    assert_string_equal(err.field, "ip");
    assert_int_equal(toc_batch_add(NULL, host, 1, &err), TOC_EINVAL);
    assert_int_equal(toc_batch_add(batch, NULL, 1, &err), TOC_EINVAL);
    assert_int_equal(toc_batch_count(batch, TOC_KIND_INDICATOR), 0);
    expect_file(batch, "{\"group\":[],\"indicator\":[]}\n");
    toc_object_free(task);
    toc_object_free(host);
    toc_batch_free(batch);
}

static const struct {
    toc_kind kind;
    const char *json;
    toc_rc rc;
    const char *field;
} raw_items[] = {
    {TOC_KIND_GROUP, "{\"name\":\"a\",\"type\":\"Threat\",\"xid\":\"x\"}", TOC_OK, ""},
    {TOC_KIND_GROUP, "{\"name\":\"a\",\"type\":\"Invented\",\"xid\":\"y\"}", TOC_OK, ""},
    {TOC_KIND_GROUP, "{\"name\":\"a\",\"type\":\"Threat\"}", TOC_EINVAL, "xid"},
    {TOC_KIND_GROUP, "{\"name\":\"a\",\"type\":\"Threat\",\"xid\":null}", TOC_EINVAL, "xid"},
    {TOC_KIND_GROUP, "{\"name\":\"\",\"type\":\"Threat\",\"xid\":\"x\"}", TOC_EINVAL, "name"},
    {TOC_KIND_GROUP, "{\"name\":\"a\",\"xid\":\"x\"}", TOC_EINVAL, "type"},
    {TOC_KIND_INDICATOR, "{\"type\":\"Address\",\"summary\":\"192.0.2.1\"}", TOC_OK, ""},
    {TOC_KIND_INDICATOR, "{\"type\":\"Address\",\"ip\":\"192.0.2.1\"}", TOC_OK, ""},
    {TOC_KIND_INDICATOR, "{\"ip\":\"192.0.2.1\",\"type\":\"Address\"}", TOC_OK, ""},
    {TOC_KIND_INDICATOR, "{\"md5\":\"00\",\"type\":\"File\"}", TOC_OK, ""},
    {TOC_KIND_INDICATOR, "{\"type\":\"Invented\",\"value1\":\"x\"}", TOC_OK, ""},
    {TOC_KIND_INDICATOR, "{\"type\":\"Address\",\"hostName\":\"a.example\"}", TOC_EINVAL,
     "summary"},
    {TOC_KIND_INDICATOR, "{\"type\":\"Address\",\"summary\":null}", TOC_EINVAL, "summary"},
    {TOC_KIND_INDICATOR, "{\"summary\":\"192.0.2.1\"}", TOC_EINVAL, "type"},
    {TOC_KIND_INDICATOR, "{}", TOC_EINVAL, "type"},
    {TOC_KIND_INDICATOR, "[]", TOC_EPARSE, ""},
    {TOC_KIND_INDICATOR, "", TOC_EPARSE, ""},
    {TOC_KIND_INDICATOR, "{\"type\":\"Host\",", TOC_EPARSE, ""},
    {TOC_KIND_INDICATOR, "{\"type\":\"Host\",\"summary\":\"a.example\"} x", TOC_EPARSE, ""},
    {TOC_KIND_INDICATOR, "{\"type\":\"Host\",\"summary\":\"\xFF\"}", TOC_EPARSE, ""},
    {TOC_KIND_TASK, "{\"name\":\"a\",\"type\":\"Task\",\"xid\":\"x\"}", TOC_EINVAL, ""},
};

static void test_raw(void **state)
{
    (void)state;
    toc_batch *batch = make();
    uint64_t taken = 0;
    for (size_t i = 0; i < TOC_COUNT(raw_items); i++) {
        toc_error err = {0};
        toc_rc rc =
            toc_batch_add_json(batch, raw_items[i].kind, toc_str_of(raw_items[i].json), i, &err);
        if (rc != raw_items[i].rc || strcmp(err.field, raw_items[i].field) != 0)
            fail_msg("%s: %d %s", raw_items[i].json, rc, err.field);
        taken += rc == TOC_OK;
    }
    assert_int_equal(
        toc_batch_count(batch, TOC_KIND_GROUP) + toc_batch_count(batch, TOC_KIND_INDICATOR), taken);
    toc_batch_free(batch);
}

/* batch.md 20.2, 20.3 */
static void test_vectors(void **state)
{
    (void)state;
    toc_batch *batch = make();
    toc_object *address = object(TOC_KIND_INDICATOR, "Address", "1.1.1.1");
    assert_int_equal(toc_object_set(address, "rating", TOC_S("5.0"), NULL), TOC_OK);
    assert_int_equal(toc_object_set(address, "confidence", TOC_S("100"), NULL), TOC_OK);
    assert_int_equal(toc_object_set(address, "xid", TOC_S("i1"), NULL), TOC_OK);
    assert_int_equal(toc_batch_add(batch, address, 0, NULL), TOC_OK);
    toc_object *host = object(TOC_KIND_INDICATOR, "Host", "h.com");
    assert_int_equal(toc_object_set_bool(host, "dnsActive", true, NULL), TOC_OK);
    assert_int_equal(toc_object_set_bool(host, "whoisActive", false, NULL), TOC_OK);
    assert_int_equal(toc_object_set(host, "xid", TOC_S("i3"), NULL), TOC_OK);
    assert_int_equal(toc_batch_add(batch, host, 0, NULL), TOC_OK);
    expect_file(batch, "{\"group\":[],\"indicator\":[\n"
                       "{\"summary\":\"1.1.1.1\",\"type\":\"Address\",\"rating\":5.0,"
                       "\"confidence\":100,\"xid\":\"i1\"},\n"
                       "{\"summary\":\"h.com\",\"type\":\"Host\",\"xid\":\"i3\",\"flag1\":true,"
                       "\"flag2\":false}]}\n");
    toc_object_free(address);
    toc_object_free(host);
    toc_batch_free(batch);
}

static void test_write_fails(void **state)
{
    (void)state;
    toc_batch *batch = make();
    toc_error err = {0};
    FILE *file = fopen("/dev/full", "w");
    assert_non_null(file);
    assert_int_equal(toc_batch_write(batch, file, &err), TOC_EIO);
    assert_true(toc_error_is_full(&err));
    (void)fclose(file);
    assert_int_equal(toc_batch_write(batch, NULL, &err), TOC_EINVAL);
    toc_batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settings_default),
        cmocka_unit_test(test_settings_all),
        cmocka_unit_test(test_settings_wrong),
        cmocka_unit_test(test_objects),
        cmocka_unit_test(test_xid_made),
        cmocka_unit_test(test_objects_refused),
        cmocka_unit_test(test_raw),
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_write_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
