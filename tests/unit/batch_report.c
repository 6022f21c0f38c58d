/* What a platform says about a job: status answers in all their forms, lists of errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "batch/batch.h"
#include "support/script.h"

static const struct {
    const char *body;
    toc_job_answer answer;
} answers[] = {
    {"{\"status\":\"Success\",\"data\":{\"batchId\":2446}}", {.id = 2446}},
    {"{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"id\":7,\"status\":\"Queued\","
     "\"errorCount\":0,\"successCount\":0,\"unprocessCount\":0}}}",
     {.id = 7}},
    {"{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"status\":\"Completed\","
     "\"errorCount\":1,\"successCount\":11,\"unprocessCount\":3,\"successIndicatorCount\":9}}}",
     {.completed = true, .success = 11, .errors = 1, .unprocessed = 3}},
    {"{\"data\":{\"batchStatus\":{\"status\":\"Completed\",\"id\":9}},\"status\":\"Success\"}",
     {.id = 9, .completed = true}},
    {"{\"status\":\"Success\",\"data\":{\"batchId\":\"2447\"}}", {.id = 2447}},
    {"{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"status\":\"Completed\","
     "\"id\":\"8\",\"errorCount\":\"1\",\"successCount\":\"2\",\"unprocessCount\":null}}}",
     {.id = 8, .completed = true, .success = 2, .errors = 1}},
    {"{\"data\":{\"batchStatus\":{\"id\":7,\"status\":\"Queued\",\"owner\":{\"id\":3}}}}",
     {.id = 7}},
    {"{\"data\":{\"batchStatus\":{\"owner\":{\"id\":3},\"id\":7,\"status\":\"Queued\"}}}",
     {.id = 7}},
    {"{\"status\":\"Queued\",\"data\":{\"batchId\":18446744073709551615}}", {0}},
    {"{\"status\":\"Running\"}", {0}},
    {"{\"status\":\"Completed\"}", {.completed = true}},
    {"{\"status\":\"Failure\",\"message\":\"no\"}", {.refused = true}},
    {"{\"status\":\"Invalid\",\"description\":\"File size\"}", {.refused = true}},
    {"{\"status\":\"Queued\",\"data\":{\"batchStatus\":{\"id\":-4,\"errorCount\":1.5}}}", {0}},
};

static void test_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(answers); i++) {
        toc_job_answer got = {0};
        const toc_job_answer *want = &answers[i].answer;
        toc_error err = {0};
        assert_int_equal(toc_job_answer_parse(toc_str_of(answers[i].body), &got, &err), TOC_OK);
        if (got.id != want->id || got.completed != want->completed ||
            got.refused != want->refused || got.success != want->success ||
            got.errors != want->errors || got.unprocessed != want->unprocessed)
            fail_msg("%s", answers[i].body);
    }
}

static void test_answers_broken(void **state)
{
    (void)state;
    static const char *const broken[] = {"",
                                         "{",
                                         "<html>",
                                         "{}",
                                         "[]",
                                         "{\"status\":7}",
                                         "{\"status\":\"Success\"",
                                         "{\"status\":\"Success\"} x"};
    for (size_t i = 0; i < TOC_COUNT(broken); i++) {
        toc_job_answer got = {.id = 5};
        toc_error err = {0};
        assert_int_equal(toc_job_answer_parse(toc_str_of(broken[i]), &got, &err), TOC_EPROTO);
        assert_int_equal(got.id, 5);
        assert_true(err.message[0]);
    }
}

typedef struct seen {
    size_t count;
    size_t stop_at; /* 0: never */
    char text[8192];
} seen;

static int on_error(void *user, const toc_batch_error *error)
{
    seen *self = user;
    size_t used = strlen(self->text);
    (void)snprintf(self->text + used, sizeof self->text - used, "%llu|%.*s|%.*s|%.*s|%d\n",
                   (unsigned long long)error->line, TOC_FMT(error->reason), TOC_FMT(error->source),
                   TOC_FMT(error->origin), error->json.len > 0);
    return ++self->count == self->stop_at ? -1 : 0;
}

static int on_line(void *user, const toc_batch_error *error)
{
    uint64_t *lines = user;
    lines[error->line]++;
    return 0;
}

static void put(toc_spool *spool, const char *json, uint64_t line, const char *origin)
{
    toc_buf_text(toc_spool_begin(spool), json);
    assert_int_equal(toc_spool_end(spool, line, toc_str_of(origin), NULL), TOC_OK);
}

/* Reports body about the stretch; the spool goes. */
static toc_rc report_on(toc_spool *spool, const toc_stretch *stretch, const script_answer *answer,
                        seen *got, toc_error *err)
{
    script play = {.answers = answer, .answer_count = 1};
    toc_session *sess = script_session(&play);
    toc_batch_callbacks callbacks = {.version = 1, .error = on_error, .user = got};
    unsigned critical = 0;
    toc_rc rc = toc_batch_report(sess, 12, stretch, &callbacks, &critical, err);
    assert_string_equal(play.asked[0].target, "/api/v2/batch/12/errors");
    assert_string_equal(play.asked[0].method, "GET");
    toc_session_close(sess);
    toc_spool_done(spool);
    return rc;
}

/* About a spool of three items; the first stands in front of the job's stretch. */
static toc_rc report(const script_answer *answer, seen *got, toc_error *err)
{
    toc_spool spool;
    assert_int_equal(toc_spool_create(&spool, NULL, NULL), TOC_OK);
    put(&spool, "{\"summary\":\"early.example\",\"type\":\"Host\",\"xid\":\"x0\"}", 1, "r0");
    uint64_t from = spool.tail.len;
    put(&spool, "{\"summary\":\"one.example\",\"type\":\"Host\",\"xid\":\"x1\"}", 2, "r1");
    put(&spool,
        "{\"type\":\"URL\",\"text\":\"http:\\/\\/two.example\\/\",\"tag\":[{\"name\":\"t\"}]}", 3,
        "r2");
    assert_int_equal(toc_spool_flush(&spool, NULL), TOC_OK);
    toc_stretch stretch = {
        .spool = &spool, .kind = TOC_KIND_INDICATOR, .from = from, .to = spool.written};
    return report_on(&spool, &stretch, answer, got, err);
}

static void test_errors_found(void **state)
{
    (void)state;
    static const script_answer answer = {
        .status = 200,
        .type = "application/octet-stream",
        .body = "[{\"errorReason\":\"bad tag\",\"errorSource\":\"x1 is not valid.\"},"
                "{\"errorSource\":\"http://two.example/ is not valid.\",\"more\":{\"a\":[1]},"
                "\"errorReason\":\"bad \\\"URL\\\"\"},"
                "{\"errorReason\":\"Host one.example was refused\"},"
                "{\"errorReason\":\"gone\",\"errorSource\":\"early.example is not valid.\"},"
                "{\"errorReason\":null,\"errorSource\":{\"deep\":1}}, {}]"};
    seen got = {0};
    toc_error err = {0};
    assert_int_equal(report(&answer, &got, &err), TOC_OK);
    assert_string_equal(got.text, "2|bad tag|x1 is not valid.|r1|1\n"
                                  "3|bad \"URL\"|http://two.example/ is not valid.|r2|1\n"
                                  "2|Host one.example was refused||r1|1\n"
                                  "0|gone|early.example is not valid.||0\n"
                                  "0||||0\n"
                                  "0||||0\n");
}

/* Several items of one text: each error is about the one that it fits, or about the next. */
static const char *const equals[] = {
    "{\"summary\":\"192.0.2.1\",\"type\":\"Address\"}",
    "{\"summary\":\"192.0.2.1\",\"type\":\"Address\",\"securityLabel\":[{\"name\":\"A\"}]}",
    "{\"summary\":\"192.0.2.1\",\"type\":\"Address\",\"securityLabel\":[{\"name\":\"B\"}]}",
    ("{\"summary\":\"192.0.2.1\",\"type\":\"Address\","
     "\"associatedGroups\":[{\"groupXid\":\"g1\"},{\"groupXid\":\"g2\"}]}"),
    "{\"xid\":\"one.example\",\"type\":\"Address\",\"summary\":\"192.0.2.2\"}",
    "{\"summary\":\"one.example\",\"type\":\"Host\",\"xid\":\"x1\"}",
};

static void test_errors_of_equals(void **state)
{
    (void)state;
    static const script_answer answer = {
        .status = 200,
        .body = "[{\"errorReason\":\"Address 192.0.2.1 has an invalid securityLabel.\","
                "\"errorSource\":\"192.0.2.1 is not valid.\"},"
                "{\"errorReason\":\"Address 192.0.2.1 has an invalid securityLabel.\","
                "\"errorSource\":\"192.0.2.1 is not valid.\"},"
                "{\"errorReason\":\"no\",\"errorSource\":\"one.example is not valid.\"},"
                "{\"errorReason\":\"Address 192.0.2.1 is associated with the group g1, which\","
                "\"errorSource\":\"192.0.2.1 is not valid.\"},"
                "{\"errorReason\":\"Address 192.0.2.1 is associated with the group g2, which\","
                "\"errorSource\":\"192.0.2.1 is not valid.\"}]"};
    toc_spool spool;
    assert_int_equal(toc_spool_create(&spool, NULL, NULL), TOC_OK);
    for (size_t i = 0; i < TOC_COUNT(equals); i++)
        put(&spool, equals[i], i + 1, "");
    assert_int_equal(toc_spool_flush(&spool, NULL), TOC_OK);
    toc_stretch stretch = {.spool = &spool, .kind = TOC_KIND_INDICATOR, .to = spool.written};
    seen got = {0};
    uint64_t lines[5] = {0};
    assert_int_equal(report_on(&spool, &stretch, &answer, &got, NULL), TOC_OK);
    const char *at = got.text;
    for (size_t i = 0; i < TOC_COUNT(lines); i++, at = strchr(at, '\n') + 1)
        lines[i] = (uint64_t)(*at - '0');
    static const uint64_t wanted[] = {2, 3, 5, 4, 4};
    assert_memory_equal(lines, wanted, sizeof wanted);
}

/* Far more items of one text than are looked at: all are told of, in their order. */
static void test_errors_of_many(void **state)
{
    (void)state;
    enum { MANY = 300 };
    static char body[MANY * 80];
    toc_spool spool;
    size_t len = 0;
    assert_int_equal(toc_spool_create(&spool, NULL, NULL), TOC_OK);
    for (unsigned i = 1; i <= MANY; i++) {
        put(&spool, "{\"ref_1\":\"a.example\",\"type_1\":\"Host\",\"ref_2\":\"gone\"}", i, "");
        len += (size_t)snprintf(body + len, sizeof body - len,
                                "%c{\"errorReason\":\"\",\"errorSource\":\"gone is not valid.\"}",
                                i > 1 ? ',' : '[');
    }
    (void)snprintf(body + len, sizeof body - len, "]");
    assert_int_equal(toc_spool_flush(&spool, NULL), TOC_OK);
    toc_stretch stretch = {.spool = &spool, .kind = TOC_KIND_RECORD, .to = spool.written};
    static uint64_t lines[MANY + 1];
    script play = {.answers = &(script_answer){.status = 200, .body = body}, .answer_count = 1};
    toc_session *sess = script_session(&play);
    toc_batch_callbacks callbacks = {.version = 1, .error = on_line, .user = lines};
    assert_int_equal(toc_batch_report(sess, 12, &stretch, &callbacks, &(unsigned){0}, NULL),
                     TOC_OK);
    for (unsigned i = 1; i <= MANY; i++)
        assert_int_equal(lines[i], 1);
    toc_session_close(sess);
    toc_spool_done(&spool);
}

/* Servers quote long texts by their beginning. */
static void test_errors_quoted(void **state)
{
    (void)state;
    static char item[1700], body[1400];
    char text[1501];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    (void)snprintf(item, sizeof item, "{\"summary\":\"http://a.example/%s\",\"type\":\"URL\"}",
                   text);
    (void)snprintf(body, sizeof body,
                   "[{\"errorReason\":\"no\",\"errorSource\":\"http://a.example/%.*s is not "
                   "valid.\"}]",
                   1024 - 17, text);
    toc_spool spool;
    assert_int_equal(toc_spool_create(&spool, NULL, NULL), TOC_OK);
    put(&spool, item, 7, "");
    assert_int_equal(toc_spool_flush(&spool, NULL), TOC_OK);
    toc_stretch stretch = {.spool = &spool, .kind = TOC_KIND_INDICATOR, .to = spool.written};
    seen got = {0};
    script_answer answer = {.status = 200, .body = body};
    assert_int_equal(report_on(&spool, &stretch, &answer, &got, NULL), TOC_OK);
    assert_int_equal(got.text[0], '7');
}

static void test_errors_empty(void **state)
{
    (void)state;
    static const script_answer answer = {.status = 200, .body = "[]"};
    seen got = {0};
    assert_int_equal(report(&answer, &got, NULL), TOC_OK);
    assert_int_equal(got.count, 0);
}

static void test_errors_stopped(void **state)
{
    (void)state;
    static const script_answer answer = {
        .status = 200, .body = "[{\"errorReason\":\"a\"},{\"errorReason\":\"b\"}]"};
    seen got = {.stop_at = 1};
    toc_error err = {0};
    assert_int_equal(report(&answer, &got, &err), TOC_ECANCELED);
    assert_int_equal(got.count, 1);
}

static void test_errors_broken(void **state)
{
    (void)state;
    static const char *const bodies[] = {"",
                                         "{}",
                                         "[{\"errorReason\":\"a\"}",
                                         "[{\"errorReason\":\"a\"",
                                         "[{\"errorReason\":",
                                         "[{\"errorReason\":{\"a\":}}]",
                                         "[{\"x\":tru}]",
                                         "[7]"};
    for (size_t i = 0; i < TOC_COUNT(bodies); i++) {
        script_answer answer = {.status = 200, .body = bodies[i]};
        seen got = {0};
        toc_error err = {0};
        if (report(&answer, &got, &err) != TOC_EPROTO)
            fail_msg("%s", bodies[i]);
        assert_true(err.message[0]);
    }
}

static void test_errors_not_there(void **state)
{
    (void)state;
    static const script_answer answer = {
        .status = 400,
        .body = "{\"status\":\"Invalid\",\"description\":\"Batch still in Running state\"}"};
    seen got = {0};
    toc_error err = {0};
    assert_int_equal(report(&answer, &got, &err), TOC_EHTTP);
    assert_non_null(strstr(err.message, "Batch still in Running state"));
}

/* A count of errors that nobody lists does not end what goes on. */
static void test_errors_not_listed(void **state)
{
    (void)state;
    static const script_answer none = {.status = 404,
                                       .body = "{\"status\":\"Failure\",\"message\":\"none\"}"};
    seen got = {0};
    toc_error err = {0};
    assert_int_equal(report(&none, &got, &err), TOC_OK);
    assert_int_equal(got.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),           cmocka_unit_test(test_answers_broken),
        cmocka_unit_test(test_errors_found),      cmocka_unit_test(test_errors_empty),
        cmocka_unit_test(test_errors_stopped),    cmocka_unit_test(test_errors_broken),
        cmocka_unit_test(test_errors_of_equals),  cmocka_unit_test(test_errors_of_many),
        cmocka_unit_test(test_errors_quoted),     cmocka_unit_test(test_errors_not_there),
        cmocka_unit_test(test_errors_not_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
