/* A disk that is full while a batch is gathered or written: an error that says so, no item half
 * taken, and work goes on when there is room again. A limit for file sizes stands for the disk. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "tocsin/import.h"

#define ROOM 300000

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static toc_batch *new_batch(void)
{
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = "Acme";
    toc_batch *batch = NULL;
    assert_int_equal(toc_batch_new(&options, &batch, NULL), TOC_OK);
    return batch;
}

static toc_rc add(toc_batch *batch, unsigned number, toc_error *err)
{
    char json[200];
    (void)snprintf(json, sizeof json, "{\"type\":\"Host\",\"summary\":\"host-%u.example\"}",
                   number);
    return toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(json), number, err);
}

static size_t count_of(const char *text, const char *what)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
        count++;
    return count;
}

static void test_spool(void **state)
{
    (void)state;
    toc_batch *batch = new_batch();
    toc_error err = {0};
    toc_rc rc = TOC_OK;
    unsigned taken = 0;
    limit_files(ROOM);
    while (taken < 100000 && !(rc = add(batch, taken, &err)))
        taken++;
    limit_files(RLIM_INFINITY);
    assert_int_equal(rc, TOC_EIO);
    assert_non_null(strstr(err.message, "batch spool"));
    assert_int_equal(toc_batch_count(batch, TOC_KIND_INDICATOR), taken);
    /* The item that was refused can be given again. */
    assert_int_equal(add(batch, taken, &err), TOC_OK);
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);
    assert_non_null(file);
    assert_int_equal(toc_batch_write(batch, file, &err), TOC_OK);
    (void)fclose(file);
    assert_int_equal(count_of(text, "host-"), taken + 1);
    free(text);
    toc_batch_free(batch);
}

/* An import ends with the failure: a full disk is not the fault of a record. */
static void test_import(void **state)
{
    (void)state;
    toc_batch *batch = new_batch();
    toc_import_options options = TOC_IMPORT_OPTIONS_INIT;
    options.owner = "Acme";
    toc_import *import = NULL;
    toc_error err = {0};
    assert_int_equal(toc_import_new(&options, NULL, batch, NULL, NULL, &import, NULL), TOC_OK);
    toc_rc rc = toc_import_csv(import, "value\n", 6, false, &err);
    limit_files(ROOM);
    for (unsigned i = 0; !rc && i < 100000; i++) {
        char line[64];
        int len = snprintf(line, sizeof line, "host-%u.example\n", i);
        rc = toc_import_csv(import, line, (size_t)len, false, &err);
    }
    limit_files(RLIM_INFINITY);
    assert_int_equal(rc, TOC_EIO);
    assert_int_equal(toc_import_counted(import).rejected, 0);
    assert_int_equal(toc_import_counted(import).accepted,
                     toc_batch_count(batch, TOC_KIND_INDICATOR));
    toc_import_free(import);
    toc_batch_free(batch);
}

/* Nothing reached the file yet when the batch is written or sent. */
static void test_flush(void **state)
{
    (void)state;
    toc_batch *batch = new_batch();
    toc_error err = {0};
    assert_int_equal(add(batch, 1, &err), TOC_OK);
    limit_files(0);
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);
    assert_non_null(file);
    toc_rc rc = toc_batch_write(batch, file, &err);
    limit_files(RLIM_INFINITY);
    (void)fclose(file);
    free(text);
    assert_int_equal(rc, TOC_EIO);
    assert_int_equal(toc_batch_count(batch, TOC_KIND_INDICATOR), 1);
    toc_batch_free(batch);
}

int main(void)
{
    (void)signal(SIGXFSZ, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spool),
        cmocka_unit_test(test_import),
        cmocka_unit_test(test_flush),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
