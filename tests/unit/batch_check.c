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
    {TOC_KIND_INDICATOR, "{\"summary\":\"c.example\",\"type\":\"Host\",\"confidence\":900}",
     "confidence"},
    {TOC_KIND_INDICATOR,
     "{\"value1\":\"HKEY_LOCAL_MACHINE\\\\a\",\"value2\":\"\",\"value3\":\"REG_SZ\","
     "\"type\":\"Registry Key\"}",
     "Value Name"},
    {TOC_KIND_INDICATOR,
     "{\"value1\":\"HKEY_LOCAL_MACHINE\\\\a\",\"value2\":\" \",\"value3\":\"REG_SZ\","
     "\"type\":\"Registry Key\"}",
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
    assert_int_equal(status.errors, 5);
    assert_int_equal(status.success, TOC_COUNT(items) - 5);
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
        cmocka_unit_test(test_replay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
