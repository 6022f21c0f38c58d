/* Attachments: three sources, the order, what is left after a failure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/mem.h"
#include "batch/batch.h"
#include "support/failing.h"

static toc_batch *make(const char *action)
{
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = "Acme";
    options.action = action;
    toc_batch *batch = NULL;
    assert_int_equal(toc_batch_new(&options, &batch, NULL), TOC_OK);
    return batch;
}

static toc_rc attach(toc_batch *batch, const char *type, const char *xid, toc_batch_content content,
                     toc_error *err)
{
    return toc_batch_attach(batch, type, toc_str_of(xid), toc_str_of("a b.pdf"), &content, 4, err);
}

static toc_rc made_up(void *user, toc_str xid, toc_str *content, toc_error *err)
{
    if (!user)
        return toc_error_set(err, TOC_EIO, "nothing for %.*s", TOC_FMT(xid));
    *content = toc_str_of(user);
    return TOC_OK;
}

typedef struct visits {
    toc_batch *batch;
    char text[1024];
    size_t stop_after;
} visits;

static toc_rc visit(void *user, const toc_batch_file *file, toc_error *err)
{
    visits *self = user;
    TOC_CLEANUP(toc_buf_done) toc_buf content = {.maximum = 64};
    if (!self->stop_after--)
        return toc_error_set(err, TOC_ENET, "later");
    toc_error why = {0};
    toc_rc rc = toc__batch_file_read(self->batch, file, &content, &why);
    size_t used = strlen(self->text);
    (void)snprintf(self->text + used, sizeof self->text - used, "%llu %.*s %.*s '%.*s' %d:%.*s\n",
                   (unsigned long long)file->line, TOC_FMT(file->type), TOC_FMT(file->xid),
                   TOC_FMT(file->name), rc, TOC_FMT(toc_buf_view(&content)));
    return TOC_OK;
}

static void test_sources(void **state)
{
    (void)state;
    char path[] = "/tmp/tocsin-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "of a file", 9), 9);
    (void)close(fd);
    char words[] = "made up";
    toc_batch *batch = make(NULL);
    const toc_batch_content sources[] = {
        {.data = TOC_S("by\0value")},
        {.path = path},
        {.read = made_up, .user = words},
        {.read = made_up},
        {.data = TOC_S("")},
        {.path = "/nonexistent"},
        {.path = "/tmp"},
    };
    for (size_t i = 0; i < TOC_COUNT(sources); i++) {
        char xid[] = {'x', (char)('0' + i), 0};
        assert_int_equal(attach(batch, i % 2 ? "Report" : "Document", xid, sources[i], NULL),
                         TOC_OK);
    }
    /* the first one for an xid counts */
    assert_int_equal(attach(batch, "Report", "x1", sources[0], NULL), TOC_OK);
    assert_int_equal(toc__batch_files_left(batch), 7);
    visits seen = {.batch = batch, .stop_after = 2};
    toc_error err = {0};
    assert_int_equal(toc__batch_files_each(batch, visit, &seen, &err), TOC_ENET);
    assert_int_equal(toc__batch_files_left(batch), 5);
    seen.stop_after = SIZE_MAX;
    assert_int_equal(toc__batch_files_each(batch, visit, &seen, &err), TOC_OK);
    assert_int_equal(toc__batch_files_left(batch), 0);
    char want[1024];
    (void)snprintf(want, sizeof want,
                   "4 Document x0 'a b.pdf' 0:%s\n4 Report x1 'a b.pdf' 0:of a file\n"
                   "4 Document x2 'a b.pdf' 0:made up\n4 Report x3 'a b.pdf' %d:\n"
                   "4 Document x4 'a b.pdf' 0:\n4 Report x5 'a b.pdf' %d:\n"
                   "4 Document x6 'a b.pdf' %d:\n",
                   "by", TOC_EIO, TOC_EIO, TOC_EIO);
    assert_string_equal(seen.text, want);
    toc_batch_free(batch);
    (void)unlink(path);
}

static toc_rc measure(void *user, const toc_batch_file *file, toc_error *err)
{
    visits *self = user;
    TOC_CLEANUP(toc_buf_done) toc_buf content = {.maximum = (size_t)self->stop_after};
    toc_rc rc = toc__batch_file_read(self->batch, file, &content, err);
    self->text[0] = content.len == 3000000 && content.ptr[2999999] == 'z';
    return rc;
}

static void test_large(void **state)
{
    (void)state;
    toc_batch *batch = make(NULL);
    TOC_AUTOFREE char *data = toc_mem_zalloc(3000000, 1);
    assert_non_null(data);
    data[2999999] = 'z';
    const toc_batch_content content = {.data = {data, 3000000}};
    assert_int_equal(attach(batch, "Document", "x", content, NULL), TOC_OK);
    visits seen = {.batch = batch, .stop_after = 1000000};
    assert_int_equal(toc__batch_files_each(batch, measure, &seen, NULL), TOC_ELIMIT);
    seen.stop_after = 4000000;
    assert_int_equal(toc__batch_files_each(batch, measure, &seen, NULL), TOC_OK);
    assert_true(seen.text[0]);
    toc_batch_free(batch);
}

static void test_raw(void **state)
{
    (void)state;
    toc_batch *batch = make(NULL);
    static const char *const raw[] = {
        ("{\"type\":\"Report\",\"name\":\"r\",\"xid\":\"r\\u00e9\",\"fileContent\":\"a\\tb\","
         "\"fileName\":\"r.txt\"}"),
        "{\"fileContent\":\"\",\"type\":\"Document\",\"name\":\"d\",\"xid\":\"d1\"}",
        "{\"fileContent\":null,\"type\":\"Document\",\"name\":\"d\",\"xid\":\"d2\"}",
    };
    for (size_t i = 0; i < TOC_COUNT(raw); i++)
        assert_int_equal(toc_batch_add_json(batch, TOC_KIND_GROUP, toc_str_of(raw[i]), i, NULL),
                         TOC_OK);
    visits seen = {.batch = batch, .stop_after = SIZE_MAX};
    assert_int_equal(toc__batch_files_each(batch, visit, &seen, NULL), TOC_OK);
    assert_string_equal(seen.text, "0 Report ré 'r.txt' 0:a\tb\n1 Document d1 '' 0:\n");
    char *written = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&written, &len);
    assert_int_equal(toc_batch_write(batch, file, NULL), TOC_OK);
    (void)fclose(file);
    assert_string_equal(written, "{\"group\":[\n{\"type\":\"Report\",\"name\":\"r\","
                                 "\"xid\":\"r\\u00e9\",\"fileName\":\"r.txt\"},\n"
                                 "{\"type\":\"Document\",\"name\":\"d\",\"xid\":\"d1\"},\n"
                                 "{\"type\":\"Document\",\"name\":\"d\",\"xid\":\"d2\"}],"
                                 "\"indicator\":[]}\n");
    free(written);
    toc_batch_free(batch);
}

static void test_wrong(void **state)
{
    (void)state;
    toc_error err = {0};
    toc_batch *batch = make(NULL);
    const toc_batch_content text = {.data = TOC_S("x")};
    assert_int_equal(attach(NULL, "Report", "x", text, &err), TOC_EINVAL);
    assert_int_equal(attach(batch, "Threat", "x", text, &err), TOC_EINVAL);
    assert_string_equal(err.field, "type");
    assert_int_equal(attach(batch, NULL, "x", text, &err), TOC_EINVAL);
    assert_int_equal(attach(batch, "Report", "", text, &err), TOC_EINVAL);
    assert_string_equal(err.field, "xid");
    assert_int_equal(attach(batch, "Report", "x", (toc_batch_content){0}, &err), TOC_EINVAL);
    assert_string_equal(err.field, "content");
    assert_int_equal(attach(batch, "Report", "x", (toc_batch_content){.path = ""}, &err),
                     TOC_EINVAL);
    assert_int_equal(
        attach(batch, "Report", "x", (toc_batch_content){.data = TOC_S("x"), .path = "y"}, &err),
        TOC_EINVAL);
    assert_int_equal(toc__batch_files_left(batch), 0);
    toc_batch_free(batch);
    batch = make("Delete");
    assert_int_equal(attach(batch, "Report", "x", text, &err), TOC_EUNSUPPORTED);
    toc_batch_free(batch);
}

static toc_rc visit_plainly(void *user, const toc_batch_file *file, toc_error *err)
{
    TOC_CLEANUP(toc_buf_done) toc_buf content = {.maximum = 64};
    return toc__batch_file_read(user, file, &content, err);
}

/* No memory is no fault of the content. */
static void test_no_memory(void **state)
{
    (void)state;
    failing gone = {.left = -1};
    toc_allocator allocator = failing_allocator(&gone);
    toc_error err = {0};
    toc_set_allocator(&allocator);
    toc_batch *batch = make(NULL);
    assert_int_equal(
        attach(batch, "Report", "r1", (toc_batch_content){.data = TOC_S("text")}, NULL), TOC_OK);
    /* The block of the walk comes first. */
    gone.left = 1;
    assert_int_equal(toc__batch_files_each(batch, visit_plainly, batch, &err), TOC_ENOMEM);
    assert_int_equal(err.code, TOC_ENOMEM);
    assert_true(gone.failed);
    assert_int_equal(toc__batch_files_each(batch, visit_plainly, batch, &err), TOC_OK);
    toc_batch_free(batch);
    toc_set_allocator(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sources),   cmocka_unit_test(test_large),
        cmocka_unit_test(test_raw),       cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
