/* Finished objects: members that are renamed, made or kept aside. */
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
#include "batch/batch.h"

static const struct {
    const char *json, *sent;
} rows[] = {
    /* renamed for the types that have them, null ones dropped */
    {"{\"type\":\"File\",\"md5\":\"00\",\"size\":7}",
     "{\"type\":\"File\",\"md5\":\"00\",\"intValue1\":7}"},
    {"{\"size\":7,\"summary\":\"00\",\"type\":\"File\"}",
     "{\"intValue1\":7,\"summary\":\"00\",\"type\":\"File\"}"},
    {"{\"size\":null,\"summary\":\"00\",\"type\":\"File\"}",
     "{\"summary\":\"00\",\"type\":\"File\"}"},
    {"{\"type\":\"Host\",\"summary\":\"a.example\",\"dnsActive\":true,\"whoisActive\":false}",
     "{\"type\":\"Host\",\"summary\":\"a.example\",\"flag1\":true,\"flag2\":false}"},
    {"{\"type\":\"Host\",\"summary\":\"a.example\",\"dnsActive\":null,\"tag\":[]}",
     "{\"type\":\"Host\",\"summary\":\"a.example\",\"tag\":[]}"},
    {"{\"type\":\"Host\",\"summary\":\"a.example\",\"size\":7}",
     "{\"type\":\"Host\",\"summary\":\"a.example\",\"size\":7}"},
    /* values beside the summary (batch.md 5.6) */
    {"{\"type\":\"ASN\",\"summary\":\"ASN1\"}",
     "{\"type\":\"ASN\",\"summary\":\"ASN1\",\"value1\":\"ASN1\"}"},
    {"{\"summary\":\"HKLM : \\u00e9 : REG_SZ\",\"type\":\"Registry Key\"}",
     "{\"summary\":\"HKLM : \\u00e9 : REG_SZ\",\"type\":\"Registry Key\",\"value1\":\"HKLM\","
     "\"value2\":\"é\",\"value3\":\"REG_SZ\"}"},
    {"{\"type\":\"Invented\",\"summary\":\"a : b\"}",
     "{\"type\":\"Invented\",\"summary\":\"a : b\",\"value1\":\"a\",\"value2\":\"b\"}"},
    {"{\"type\":\"User Agent\",\"summary\":\"a : b\"}",
     "{\"type\":\"User Agent\",\"summary\":\"a : b\",\"value1\":\"a : b\"}"},
    {"{\"type\":\"ASN\",\"summary\":\"ASN1\",\"value1\":\"ASN1\"}",
     "{\"type\":\"ASN\",\"summary\":\"ASN1\",\"value1\":\"ASN1\"}"},
    {"{\"type\":\"Invented\",\"summary\":7}", "{\"type\":\"Invented\",\"summary\":7}"},
};

static toc_batch *make(void)
{
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = "Acme";
    toc_batch *batch = NULL;
    assert_int_equal(toc_batch_new(&options, &batch, NULL), TOC_OK);
    return batch;
}

/* Takes the batch away. */
static void expect_indicator(toc_batch *batch, const char *text)
{
    char *written = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&written, &len);
    assert_non_null(file);
    assert_int_equal(toc_batch_write(batch, file, NULL), TOC_OK);
    (void)fclose(file);
    char *item = strstr(written, "\"indicator\":[\n");
    assert_non_null(item);
    item += sizeof "\"indicator\":[\n" - 1;
    item[strlen(item) - 3] = '\0';
    assert_string_equal(item, text);
    free(written);
    toc_batch_free(batch);
}

static void test_members(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_batch *batch = make();
        assert_int_equal(
            toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(rows[i].json), 1, NULL),
            TOC_OK);
        expect_indicator(batch, rows[i].sent);
        /* A file's items can be mended and read again. */
        batch = make();
        assert_int_equal(
            toc__batch_add_raw(batch, TOC_KIND_INDICATOR, toc_str_of(rows[i].json), 1, NULL),
            TOC_OK);
        expect_indicator(batch, rows[i].json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
