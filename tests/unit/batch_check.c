/* The dry run, and a batch that was written to a file and read again. */
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
#include "tocsin/batch.h"
#include "tocsin/import.h"

static toc_batch *make(void)
{
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = "Acme";
    toc_batch *batch = NULL;
    assert_int_equal(toc_batch_new(&options, &batch, NULL), TOC_OK);
    return batch;
}

static const struct {
    toc_kind kind;
    const char *json;
    const char *field; /* NULL: fine */
} items[] = {
    {TOC_KIND_GROUP, "{\"name\":\"a\",\"type\":\"Threat\",\"xid\":\"x1\"}", NULL},
    {TOC_KIND_GROUP, "{\"name\":\"a\",\"type\":\"Thread\",\"xid\":\"x2\"}", "type"},
    {TOC_KIND_GROUP, "{\"name\":\"a\",\"type\":\"Incident\",\"xid\":\"x3\",\"status\":\"Perhaps\"}",
     "status"},
    {TOC_KIND_INDICATOR, "{\"summary\":\"192.0.2.700\",\"type\":\"Address\"}", "ip"},
    {TOC_KIND_INDICATOR,
     "{\"summary\":\"a.example\",\"type\":\"Host\",\"associatedGroups\":[{\"groupXid\":\"x1\"}]}",
     NULL},
    {TOC_KIND_INDICATOR, "{\"summary\":\"c.example\",\"confidence\":900,\"type\":\"Host\"}",
     "confidence"},
    {TOC_KIND_INDICATOR,
     "{\"value1\":\"HKEY_LOCAL_MACHINE\\\\a\",\"value2\":\"\",\"value3\":\"REG_SZ\","
     "\"type\":\"Registry Key\"}",
     "Value Name"},
    {TOC_KIND_INDICATOR,
     "{\"value1\":\"HKEY_LOCAL_MACHINE\\\\a\",\"value2\":\" \",\"value3\":\"REG_SZ\","
     "\"type\":\"Registry Key\"}",
     NULL},
    {TOC_KIND_INDICATOR,
     "{\"summary\":\"44d88612fea8a8f36de82e1278abb02f\",\"type\":\"File\",\"fileOccurrence\":[{}]}",
     "fileOccurrence"},
    {TOC_KIND_INDICATOR,
     "{\"summary\":\"44d88612fea8a8f36de82e1278abb02e\",\"type\":\"File\",\"fileOccurrence\":"
     "[{\"path\":\"p\"},{\"date\":\"never ever\"}]}",
     "fileOccurrence"},
    {TOC_KIND_INDICATOR,
     "{\"summary\":\"44d88612fea8a8f36de82e1278abb02d\",\"type\":\"File\",\"fileOccurrence\":"
     "[{\"path\":\"p\"},{\"date\":\"2024-02-28T00:00:00Z\"}]}",
     NULL},
    {TOC_KIND_RECORD, "{\"ref_1\":\"x1\",\"ref_2\":\"x2\"}", NULL},
};

static toc_batch *fill(void)
{
    toc_batch *batch = make();
    for (size_t i = 0; i < TOC_COUNT(items); i++)
        assert_int_equal(
            toc_batch_add_json(batch, items[i].kind, toc_str_of(items[i].json), i, NULL), TOC_OK);
    return batch;
}

typedef struct refusals {
    bool seen[TOC_COUNT(items)];
    int answer;
} refusals;

static int on_error(void *user, const toc_batch_error *error)
{
    refusals *self = user;
    const char *field = items[error->line].field;
    if (!field || !toc_str_equal(toc_str_of(field), error->source))
        fail_msg("%s: %.*s: %.*s", items[error->line].json, TOC_FMT(error->source),
                 TOC_FMT(error->reason));
    assert_int_equal(error->kind, items[error->line].kind);
    assert_true(toc_str_equal(error->json, toc_str_of(items[error->line].json)));
    assert_true(error->reason.len > 0);
    /* Whatever is wrong, and wherever "type" stands in the item. */
    assert_int_equal(error->type != NULL, strcmp(field, "type") != 0);
    self->seen[error->line] = true;
    return self->answer;
}

static void test_check(void **state)
{
    (void)state;
    refusals got = {0};
    toc_batch *batch = fill();
    toc_batch_status status;
    toc_error err = {0};
    toc_batch_callbacks callbacks = {.version = 1, .error = on_error, .user = &got};
    assert_int_equal(toc_batch_check(batch, NULL, &callbacks, &status, &err), TOC_EPARTIAL);
    for (size_t i = 0; i < TOC_COUNT(items); i++)
        assert_int_equal(got.seen[i], items[i].field != NULL);
    assert_int_equal(status.items, TOC_COUNT(items));
    assert_int_equal(status.errors, 7);
    assert_int_equal(status.success, TOC_COUNT(items) - 7);
    assert_int_equal(status.jobs, 0);
    got.answer = -1;
    assert_int_equal(toc_batch_check(batch, NULL, &callbacks, &status, &err), TOC_ECANCELED);
    assert_int_equal(status.errors, 1);
    assert_int_equal(toc_batch_check(batch, NULL, NULL, &status, &err), TOC_EPARTIAL);
    assert_int_equal(toc_batch_check(batch, NULL, NULL, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_batch_check(NULL, NULL, NULL, &status, &err), TOC_EINVAL);
    toc_batch_free(batch);
    batch = make();
    assert_int_equal(toc_batch_check(batch, NULL, &callbacks, &status, &err), TOC_OK);
    toc_batch_free(batch);
}

/* An xid longer than a platform takes, in either kind. */
static void test_long_xid(void **state)
{
    (void)state;
    char json[800], xid[514];
    memset(xid, 'x', sizeof xid - 1);
    xid[sizeof xid - 1] = '\0';
    toc_batch *batch = make();
    toc_batch_status status;
    (void)snprintf(json, sizeof json, "{\"name\":\"g\",\"type\":\"Threat\",\"xid\":\"%s\"}",
                   xid + 1);
    assert_int_equal(toc_batch_add_json(batch, TOC_KIND_GROUP, toc_str_of(json), 1, NULL), TOC_OK);
    assert_int_equal(toc_batch_check(batch, NULL, NULL, &status, NULL), TOC_OK);
    (void)snprintf(json, sizeof json, "{\"name\":\"g\",\"type\":\"Threat\",\"xid\":\"%s\"}", xid);
    assert_int_equal(toc_batch_add_json(batch, TOC_KIND_GROUP, toc_str_of(json), 2, NULL), TOC_OK);
    (void)snprintf(json, sizeof json,
                   "{\"summary\":\"192.0.2.1\",\"type\":\"Address\",\"xid\":\"%s\"}", xid);
    assert_int_equal(toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(json), 3, NULL),
                     TOC_OK);
    assert_int_equal(toc_batch_check(batch, NULL, NULL, &status, NULL), TOC_EPARTIAL);
    assert_int_equal(status.errors, 2);
    toc_batch_free(batch);
}

/* To delete, xid or value are enough, and whatever else is said does not matter. */
static void test_removal(void **state)
{
    (void)state;
    static const struct {
        toc_kind kind;
        const char *json;
    } raw[] = {
        {TOC_KIND_GROUP, "{\"name\":\"m\",\"type\":\"Email\",\"xid\":\"x1\"}"},
        {TOC_KIND_GROUP, "{\"name\":\"a\",\"type\":\"Incident\",\"xid\":\"x2\","
                         "\"status\":\"Perhaps\"}"},
        {TOC_KIND_GROUP, "{\"name\":\"d\",\"type\":\"Document\",\"xid\":\"x3\","
                         "\"fileContent\":\"text\"}"},
        {TOC_KIND_INDICATOR, "{\"summary\":\"c.example\",\"type\":\"Host\",\"confidence\":900}"},
        {TOC_KIND_INDICATOR, "{\"summary\":\"192.0.2.700\",\"type\":\"Address\"}"},
    };
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    toc_batch *batch = NULL;
    toc_batch_status status;
    toc_object *obj = NULL;
    options.owner = "Acme";
    options.action = "Delete";
    assert_int_equal(toc_batch_new(&options, &batch, NULL), TOC_OK);
    for (size_t i = 0; i < TOC_COUNT(raw); i++)
        assert_int_equal(toc_batch_add_json(batch, raw[i].kind, toc_str_of(raw[i].json), i, NULL),
                         TOC_OK);
    const toc_type *email = toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Email"));
    assert_int_equal(toc_object_new(email, &obj, NULL), TOC_OK);
    assert_int_equal(toc_object_set_summary(obj, toc_str_of("m"), NULL), TOC_OK);
    assert_int_equal(toc_object_set(obj, "xid", toc_str_of("x4"), NULL), TOC_OK);
    assert_int_equal(toc_batch_add(batch, obj, 9, NULL), TOC_OK);
    assert_int_equal(toc_batch_check(batch, NULL, NULL, &status, NULL), TOC_EPARTIAL);
    assert_int_equal(status.errors, 1);
    assert_int_equal(status.success, 5);
    toc_object_free(obj);
    toc_batch_free(batch);
}

static char *written(toc_batch *batch)
{
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);
    assert_non_null(file);
    assert_int_equal(toc_batch_write(batch, file, NULL), TOC_OK);
    (void)fclose(file);
    return text;
}

/* What was written is the same batch when it is read again. */
static void test_replay(void **state)
{
    (void)state;
    toc_batch *batch = fill();
    char *first = written(batch);
    toc_batch_free(batch);
    batch = make();
    toc_import_options options = TOC_IMPORT_OPTIONS_INIT;
    options.owner = "Acme";
    toc_import *import = NULL;
    assert_int_equal(toc_import_new(&options, NULL, batch, NULL, NULL, &import, NULL), TOC_OK);
    assert_int_equal(toc_import_json(import, first, strlen(first), NULL), TOC_OK);
    assert_int_equal(toc_import_counted(import).accepted, TOC_COUNT(items));
    toc_import_free(import);
    char *second = written(batch);
    assert_string_equal(first, second);
    free(first);
    free(second);
    toc_batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_long_xid),
        cmocka_unit_test(test_removal),
        cmocka_unit_test(test_replay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
