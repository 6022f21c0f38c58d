/* Halting and its precedence, single steps, critical texts, settings, codes, cancellation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "batch/batch.h"
#include "support/folder.h"
#include "support/script.h"
#include "tocsin/ti.h"

#define DONE(counts)                                                                               \
    "{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"status\":\"Completed\"," counts "}}}"
#define QUEUED(id)                                                                                 \
    "{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"id\":" id ",\"status\":\"Queued\"}}}"
#define ONE_GOOD DONE("\"successCount\":1,\"errorCount\":0,\"unprocessCount\":0")
#define REFUSED                                                                                    \
    {                                                                                              \
        .status = 400, .body = "{\"status\":\"Invalid\",\"description\":\"File size greater than " \
                               "allowable limit of 2000000\"}"                                     \
    }

static script play;
static toc_error err;
static toc_batch_status status;

static toc_batch *build(toc_batch_options options, unsigned hosts)
{
    options.version = 1;
    options.owner = "Acme";
    options.chunk_items = options.chunk_items ? options.chunk_items : 1;
    toc_batch *batch = NULL;
    assert_int_equal(toc_batch_new(&options, &batch, &err), TOC_OK);
    for (unsigned i = 0; i < hosts; i++) {
        char json[100];
        (void)snprintf(json, sizeof json, "{\"type\":\"Host\",\"summary\":\"h%u.example\"}", i);
        assert_int_equal(
            toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(json), i + 1, NULL), TOC_OK);
    }
    return batch;
}

static toc_session *start(const script_answer *answers, size_t count)
{
    play = (script){.answers = answers, .answer_count = count};
    return script_session_with(&play, (toc_session_options){.retries = 1});
}

static toc_rc submit(toc_batch *batch, const script_answer *answers, size_t count,
                     const toc_batch_callbacks *callbacks)
{
    toc_session *sess = start(answers, count);
    toc_rc rc = toc_batch_submit(batch, sess, callbacks, &status, &err);
    toc_session_close(sess);
    return rc;
}

static const toc_batch_callbacks on = {.version = 1}, off = {.version = 1, .no_halt = true};

static const struct {
    toc_switch set;
    const toc_batch_callbacks *call;
    bool halts;
} precedence[] = {
    {TOC_SWITCH_UNSET, NULL, true}, {TOC_SWITCH_UNSET, &on, true}, {TOC_SWITCH_UNSET, &off, false},
    {TOC_SWITCH_ON, &off, true},    {TOC_SWITCH_OFF, &on, false},  {TOC_SWITCH_OFF, NULL, false},
};

static void test_batch_errors_halt(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        REFUSED, {.status = 200, .body = ONE_GOOD}, {.status = 200, .body = ONE_GOOD}};
    for (size_t i = 0; i < TOC_COUNT(precedence); i++) {
        toc_batch *batch = build((toc_batch_options){.halt_on_batch_error = precedence[i].set}, 3);
        toc_rc rc = submit(batch, answers, 3, precedence[i].call);
        assert_int_equal(rc, precedence[i].halts ? TOC_EHTTP : TOC_EPARTIAL);
        assert_int_equal(play.asked_count, precedence[i].halts ? 1 : 3);
        assert_int_equal(status.failed, precedence[i].halts ? 0 : 1);
        assert_non_null(strstr(err.message, "allowable limit of 2000000"));
        assert_int_equal(toc_batch_failure(batch)->code, 10510);
        assert_true(toc_batch_failure(batch)->critical);
        /* What was not taken goes first the next time, and only once. */
        size_t left = precedence[i].halts ? 3 : 1;
        static const script_answer good[] = {{.status = 200, .body = ONE_GOOD},
                                             {.status = 200, .body = ONE_GOOD},
                                             {.status = 200, .body = ONE_GOOD}};
        assert_int_equal(submit(batch, good, 3, NULL), TOC_OK);
        assert_int_equal(play.asked_count, left);
        assert_non_null(strstr(play.asked[0].body, "h0.example"));
        assert_null(toc_batch_failure(batch));
        assert_int_equal(submit(batch, NULL, 0, NULL), TOC_OK);
        toc_batch_free(batch);
    }
}

static void test_poll_errors_halt(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 202, .body = QUEUED("1")},
        {.status = 202, .body = QUEUED("2")},
        {.status = 404, .body = "{\"status\":\"Failure\",\"message\":\"no such job\"}"},
        {.status = 200, .body = ONE_GOOD}};
    for (size_t i = 0; i < TOC_COUNT(precedence); i++) {
        toc_batch *batch = build((toc_batch_options){.halt_on_poll_error = precedence[i].set}, 2);
        toc_rc rc = submit(batch, answers, 4, precedence[i].call);
        assert_int_equal(toc_batch_failure(batch)->code, 545);
        if (precedence[i].halts) {
            assert_int_equal(rc, TOC_ENOTFOUND);
        } else {
            assert_int_equal(rc, TOC_EPARTIAL);
            assert_int_equal(status.failed, 1);
            assert_int_equal(status.items, 1);
        }
        toc_batch_free(batch);
    }
    /* A time-out always halts. */
    static script_answer running[SCRIPT_MAX] = {{.status = 202, .body = QUEUED("7")}};
    for (size_t i = 1; i < SCRIPT_MAX; i++)
        running[i] = (script_answer){.status = 200, .body = "{\"status\":\"Running\"}"};
    toc_batch *batch = build((toc_batch_options){.poll_timeout_s = 1,
                                                 .poll_first_ms = 300,
                                                 .halt_on_poll_error = TOC_SWITCH_OFF},
                             1);
    assert_int_equal(submit(batch, running, SCRIPT_MAX, &off), TOC_ENET);
    assert_int_equal(toc_batch_failure(batch)->code, 550);
    assert_int_equal(err.number, TOC_NUMBER_POLL_TIMEOUT);
    assert_in_range(play.asked_count, 3, 6);
    toc_batch_free(batch);
}

#define CRITICAL                                                                                   \
    "[{\"errorReason\":\"Encountered an unexpected Exception while processing batch job. Last "    \
    "known JSON path: '$.group[1]'\"},{\"code\":\"0x1004\"}]"

static void test_critical(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 202, .body = QUEUED("3")},
        {.status = 202, .body = QUEUED("4")},
        {.status = 200, .body = DONE("\"successCount\":0,\"errorIndicatorCount\":1")},
        {.status = 200, .body = CRITICAL},
        {.status = 200, .body = ONE_GOOD}};
    toc_batch *batch = build((toc_batch_options){0}, 2);
    assert_int_equal(submit(batch, answers, 5, NULL), TOC_EPROTO);
    assert_non_null(strstr(err.message, "Critical batch error (Encountered an unexpected"));
    assert_int_equal(toc_batch_failure(batch)->code, 10500);
    assert_int_equal(err.number, TOC_NUMBER_BATCH);
    toc_batch_free(batch);
    batch = build((toc_batch_options){0}, 2);
    assert_int_equal(submit(batch, answers, 5, &off), TOC_EPARTIAL);
    assert_int_equal(status.items, 2);
    toc_batch_free(batch);
    static const script_answer quota[] = {
        {.status = 200, .body = DONE("\"id\":4,\"errorCount\":1")},
        {.status = 200,
         .body = "[{\"errorReason\":\"This would exceed the number of allowed indicators\"}]"}};
    batch = build((toc_batch_options){0}, 1);
    assert_int_equal(submit(batch, quota, 2, NULL), TOC_ELIMIT);
    toc_batch_free(batch);
}

static void test_switches_of_a_call(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 202, .body = QUEUED("3")},
        {.status = 202, .body = QUEUED("4")},
        {.status = 200, .body = DONE("\"id\":5,\"errorCount\":1")}};
    toc_batch *batch = build((toc_batch_options){0}, 3);
    toc_batch_callbacks calls = {.version = 1, .no_poll = true, .one_chunk = true};
    assert_int_equal(submit(batch, answers, 1, &calls), TOC_OK);
    assert_int_equal(status.items, 1);
    assert_int_equal(submit(batch, answers + 1, 1, &calls), TOC_OK);
    assert_non_null(strstr(play.asked[0].body, "h1.example"));
    calls = (toc_batch_callbacks){.version = 1, .no_errors = true};
    assert_int_equal(submit(batch, answers + 2, 1, &calls), TOC_EPARTIAL);
    assert_int_equal(play.asked_count, 1);
    toc_batch_free(batch);
}

/* batch.md 10.11 */
static void test_manual_flow(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 202, .body = QUEUED("7")},
        {.status = 200, .body = "{\"status\":\"Running\"}"},
        {.status = 200, .body = DONE("\"successCount\":0,\"errorCount\":1")},
        {.status = 200, .body = CRITICAL},
        {.status = 200, .body = CRITICAL},
        {.status = 200, .body = ONE_GOOD}};
    toc_batch *batch = build((toc_batch_options){0}, 2);
    toc_session *sess = start(answers, TOC_COUNT(answers));
    toc_batch_job job = {0};
    assert_int_equal(toc_batch_submit_job(batch, sess, &job, &err), 1);
    assert_int_equal(job.id, 7);
    assert_int_equal(job.items, 1);
    assert_false(job.completed);
    assert_int_equal(toc_batch_poll(batch, sess, &job, 10, &err), TOC_OK);
    assert_true(job.completed);
    assert_int_equal(job.errors, 1);
    assert_int_equal(toc_batch_errors(batch, sess, &job, NULL, &err), TOC_EPROTO);
    assert_int_equal(toc_batch_errors(batch, sess, &job, &off, &err), TOC_OK);
    assert_int_equal(toc_batch_submit_job(batch, sess, &job, &err), 1);
    assert_true(job.completed && !job.id);
    assert_int_equal(toc_batch_poll(batch, sess, &job, 0, &err), TOC_OK);
    assert_int_equal(toc_batch_errors(batch, sess, &job, NULL, &err), TOC_EUNSUPPORTED);
    assert_int_equal(toc_batch_submit_job(batch, sess, &job, &err), 0);
    assert_int_equal(toc_batch_submit_files(batch, sess, NULL, &status, &err), TOC_OK);
    assert_int_equal(play.asked_count, 6);
    assert_int_equal(toc_batch_submit_job(batch, NULL, &job, &err), TOC_EINVAL);
    toc_session_close(sess);
    toc_batch_free(batch);
}

static void test_settings(void **state)
{
    (void)state;
    static const char *const good[][2] = {
        {"action", "Delete"},        {"attributeWriteType", "Append"},
        {"tagWriteType", "Append"},  {"securityLabelWriteType", "Append"},
        {"fileMergeMode", "Merge"},  {"hashCollisionMode", "Split"},
        {"haltOnError", "true"},     {"playbookTriggersEnabled", "true"},
        {"pollTimeout", "77"},       {"haltOnBatchError", "false"},
        {"haltOnPollError", "true"}, {"haltOnFileError", "false"}};
    static const char *const bad[][2] = {{"action", "Burn"},       {"haltOnError", "perhaps"},
                                         {"pollTimeout", "0"},     {"pollTimeout", "-1"},
                                         {"haltOnFileError", "x"}, {"colour", "blue"}};
    toc_batch *batch = build((toc_batch_options){0}, 1);
    assert_string_equal(toc_batch_get(batch, "action").ptr, "Create");
    assert_null(toc_batch_get(batch, "haltOnPollError").ptr);
    assert_null(toc_batch_get(batch, "colour").ptr);
    for (size_t i = 0; i < TOC_COUNT(bad); i++)
        assert_int_equal(toc_batch_set(batch, bad[i][0], bad[i][1], &err), TOC_EINVAL);
    for (size_t i = 0; i < TOC_COUNT(good); i++) {
        assert_int_equal(toc_batch_set(batch, good[i][0], good[i][1], &err), TOC_OK);
        assert_string_equal(toc_batch_get(batch, good[i][0]).ptr, good[i][1]);
    }
    assert_string_equal(
        batch->config.ptr,
        "{\"version\":\"V2\",\"owner\":\"Acme\",\"haltOnError\":true,\"action\":\"Delete\","
        "\"attributeWriteType\":\"Append\",\"tagWriteType\":\"Append\","
        "\"securityLabelWriteType\":\"Append\",\"fileMergeMode\":\"Merge\","
        "\"hashCollisionMode\":\"Split\",\"playbookTriggersEnabled\":true}");
    assert_true(batch->removal);
    assert_int_equal(toc_batch_set(batch, "haltOnPollError", "", &err), TOC_OK);
    assert_null(toc_batch_get(batch, "haltOnPollError").ptr);
    toc_batch_free(batch);
}

static void test_codes(void **state)
{
    (void)state;
    size_t count = 0;
    const toc_batch_code *codes = toc_batch_code_list(&count);
    assert_int_equal(count, 13);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(codes[i].critical, codes[i].code >= 10000);
    codes = toc_batch_server_code_list(&count);
    assert_int_equal(count, 15);
    assert_int_equal(codes[9].code, 0x100A);
    assert_string_equal(codes[9].text, "Duplicate Item Error");
    assert_null(toc_batch_failure(NULL));
    /* Without an answer, and in the second step of a deletion. */
    static const script_answer answers[] = {
        {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"batchId\":9}}"}, REFUSED};
    toc_batch *batch = build((toc_batch_options){.action = "delete"}, 1);
    assert_int_equal(submit(batch, answers, 0, NULL), TOC_ENET);
    assert_int_equal(toc_batch_failure(batch)->code, 10505);
    assert_int_equal(submit(batch, answers, 1, NULL), TOC_ENET);
    assert_int_equal(toc_batch_failure(batch)->code, 10520);
    assert_int_equal(submit(batch, answers, 2, NULL), TOC_EHTTP);
    assert_int_equal(toc_batch_failure(batch)->code, 10525);
    toc_batch_free(batch);
}

/* Each failure has its number in the error too, halting or not, and the two lists agree. */
static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *action;
        script_answer answers[2];
        size_t count;
        int number;
    } rows[] = {
        {NULL, {{.status = 0}}, 1, TOC_NUMBER_JOB},
        {NULL, {REFUSED}, 1, TOC_NUMBER_JOB_STATUS},
        {NULL, {{.status = 200, .body = "<html>"}}, 1, TOC_NUMBER_JOB_STATUS},
        {"Delete",
         {{.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"batchId\":9}}"}},
         1,
         TOC_NUMBER_DATA},
        {"Delete",
         {{.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"batchId\":9}}"}, REFUSED},
         2,
         TOC_NUMBER_DATA_STATUS},
        {NULL, {{.status = 202, .body = QUEUED("7")}}, 1, TOC_NUMBER_POLL},
        {NULL, {{.status = 202, .body = QUEUED("7")}, REFUSED}, 2, TOC_NUMBER_POLL_STATUS},
        {NULL,
         {{.status = 200, .body = DONE("\"id\":7,\"errorCount\":1")},
          {.status = 200, .body = "no"}},
         2,
         TOC_NUMBER_BATCH_ERRORS},
    };
    for (size_t i = 0; i < 2 * TOC_COUNT(rows); i++) {
        const toc_batch_callbacks *call = i % 2 ? &off : &on;
        toc_batch *batch = build((toc_batch_options){.action = rows[i / 2].action}, 1);
        err = (toc_error){0};
        toc_rc rc = submit(batch, rows[i / 2].answers, rows[i / 2].count, call);
        if (err.number != rows[i / 2].number || (i % 2 && rc != TOC_EPARTIAL))
            fail_msg("row %zu: %d, number %d: %s", i / 2, rc, err.number, err.message);
        assert_int_equal(toc_batch_failure(batch)->code, err.number);
        toc_batch_free(batch);
    }
    size_t count = 0;
    const toc_batch_code *codes = toc_batch_code_list(&count);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(toc_number_template((int)codes[i].code));
        assert_int_equal(toc_number_critical((int)codes[i].code), codes[i].critical);
    }
    toc_batch *batch = build((toc_batch_options){0}, 1);
    toc_object *file = NULL;
    const toc_type *type = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("File"));
    assert_int_equal(toc_object_new(type, &file, &err), TOC_OK);
    assert_int_equal(toc_batch_add(batch, file, 1, &err), TOC_EINVAL);
    assert_int_equal(err.number, TOC_NUMBER_HASH);
    toc_object_free(file);
    assert_int_equal(toc_batch_add_json(batch, TOC_KIND_INDICATOR,
                                        TOC_S("{\"type\":\"File\",\"size\":7}"), 1, &err),
                     TOC_EINVAL);
    assert_int_equal(err.number, TOC_NUMBER_HASH);
    /* What is no failure of the batch has none. */
    assert_int_equal(
        toc_batch_add_json(batch, TOC_KIND_INDICATOR, TOC_S("{\"type\":\"Host\"}"), 1, &err),
        TOC_EINVAL);
    assert_int_equal(err.number, 0);
    assert_int_equal(toc_batch_submit(batch, NULL, NULL, &status, &err), TOC_EINVAL);
    assert_int_equal(err.number, 0);
    toc_batch_free(batch);
}

static bool after(void *user)
{
    return toc_time_ticks_ms() >= *(const uint64_t *)user;
}

/* While it waits, not only between requests. */
static void test_cancel(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 202, .body = QUEUED("7")},
                                            {.status = 200, .body = "{\"status\":\"Running\"}"}};
    toc_batch *batch = build((toc_batch_options){.poll_first_ms = 20000}, 1);
    play = (script){.answers = answers, .answer_count = 2};
    uint64_t before = toc_time_ticks_ms();
    uint64_t due = before + 150;
    toc_session *sess = script_session_with(
        &play, (toc_session_options){.retries = 1, .cancel = after, .cancel_user = &due});
    assert_int_equal(toc_batch_submit(batch, sess, &off, &status, &err), TOC_ECANCELED);
    assert_true(toc_time_ticks_ms() - before < 5000);
    assert_int_equal(play.asked_count, 2);
    toc_session_close(sess);
    toc_batch_free(batch);
}

/* Groups that refer to others wait for those before them; others do not. */
static void test_order_of_linked_groups(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 202, .body = QUEUED("1")},
                                            {.status = 200, .body = ONE_GOOD},
                                            {.status = 202, .body = QUEUED("2")},
                                            {.status = 200, .body = ONE_GOOD}};
    toc_batch *batch = build((toc_batch_options){0}, 0);
    assert_int_equal(toc_batch_add_json(batch, TOC_KIND_GROUP,
                                        TOC_S("{\"name\":\"a\",\"type\":\"Threat\",\"xid\":\"a\"}"),
                                        1, NULL),
                     TOC_OK);
    assert_int_equal(toc_batch_add_json(batch, TOC_KIND_GROUP,
                                        TOC_S("{\"name\":\"b\",\"type\":\"Threat\",\"xid\":\"b\","
                                              "\"associatedGroupXid\":[\"a\"]}"),
                                        2, NULL),
                     TOC_OK);
    assert_int_equal(submit(batch, answers, 4, NULL), TOC_OK);
    assert_string_equal(play.asked[1].method, "GET");
    toc_batch_free(batch);
}

/* batch.md 13.2: they reach the caller word for word. */
static void test_server_texts(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *text;
        toc_rc rc;
    } rows[] = {
        {401,
         "Unable to perform the requested operation due to the following error(s): You do not have "
         "permission to create Indicators; Groups; Attributes; Tags; Security Labels;",
         TOC_EAUTH},
        {503,
         "Batch job api is not available.  Ensure that batchJobEnabled is true and document "
         "storage "
         "is enabled and configured;",
         TOC_EHTTP},
        {400, "File size greater than allowable limit of 2000000", TOC_EHTTP},
        {400, "Batch still in Running state", TOC_EHTTP},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        char body[400];
        (void)snprintf(body, sizeof body, "{\"status\":\"Invalid\",\"description\":\"%s\"}",
                       rows[i].text);
        script_answer answer = {.status = rows[i].status, .body = body};
        toc_batch *batch = build((toc_batch_options){0}, 1);
        assert_int_equal(submit(batch, &answer, 1, NULL), rows[i].rc);
        assert_int_equal(err.http_status, rows[i].status);
        assert_non_null(strstr(err.message, rows[i].text));
        assert_int_equal(toc_batch_count(batch, TOC_KIND_INDICATOR), 1);
        toc_batch_free(batch);
    }
}

/* batch.md 17: what went over the wire, from a recording. */
static void test_recorded(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = ONE_GOOD}};
    char dir[FOLDER_SIZE], path[64];
    folder_make(dir);
    (void)snprintf(path, sizeof path, "%s/record", dir);
    toc_transport record;
    play = (script){.answers = answers, .answer_count = 1};
    toc_transport inner = script_transport(&play);
    assert_int_equal(toc_transport_record(&inner, path, &record, &err), TOC_OK);
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    options.transport = &record;
    toc_session *sess = NULL;
    assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
    toc_batch *batch = build((toc_batch_options){0}, 1);
    assert_int_equal(toc_batch_submit(batch, sess, NULL, &status, &err), TOC_OK);
    toc_batch_free(batch);
    toc_session_close(sess);
    FILE *file TOC_AUTOFCLOSE = fopen(path, "re");
    assert_non_null(file);
    char text[4096] = "";
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    assert_non_null(strstr(text, "h0.example"));
    assert_non_null(strstr(text, "createAndUpload"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batch_errors_halt),
        cmocka_unit_test(test_poll_errors_halt),
        cmocka_unit_test(test_critical),
        cmocka_unit_test(test_switches_of_a_call),
        cmocka_unit_test(test_manual_flow),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_order_of_linked_groups),
        cmocka_unit_test(test_server_texts),
        cmocka_unit_test(test_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
