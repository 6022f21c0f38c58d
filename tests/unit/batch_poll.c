/* Waiting for a job: it is asked at once, then after pauses that grow within bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "batch/send.h"
#include "support/script.h"

#define STATUS(state, counts)                                                                      \
    "{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"id\":7,\"status\":\"" state "\"" counts  \
    "}}}"
#define DONE STATUS("Completed", ",\"successCount\":1,\"errorCount\":0,\"unprocessCount\":0")

static toc_error err;
static script play;

static toc_batch *one_host(void)
{
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = "Acme";
    toc_batch *batch = NULL;
    assert_int_equal(toc_batch_new(&options, &batch, &err), TOC_OK);
    return batch;
}

static void add(toc_batch *batch)
{
    assert_int_equal(toc_batch_add_json(batch, TOC_KIND_INDICATOR,
                                        TOC_S("{\"type\":\"Host\",\"summary\":\"h.example\"}"), 1,
                                        &err),
                     TOC_OK);
}

/* Submits what is in the batch; milliseconds that it took. */
static uint64_t submit(toc_batch *batch, const script_answer *answers, size_t count)
{
    memset(&play, 0, sizeof(play));
    play.answers = answers;
    play.answer_count = count;
    toc_session *sess = script_session(&play);
    toc_batch_status status;
    uint64_t before = toc_time_ticks_ms();
    if (toc_batch_submit(batch, sess, NULL, &status, &err))
        fail_msg("%s", err.message);
    uint64_t spent = toc_time_ticks_ms() - before;
    assert_int_equal(play.asked_count, count);
    assert_int_equal(status.success, 1);
    toc_session_close(sess);
    return spent;
}

static void test_pauses(void **state)
{
    (void)state;
    static const script_answer quick[] = {{.status = 202, .body = STATUS("Queued", "")},
                                          {.status = 200, .body = DONE}};
    static const script_answer slow[] = {{.status = 202, .body = STATUS("Queued", "")},
                                         {.status = 200, .body = STATUS("Created", "")},
                                         {.status = 200, .body = STATUS("Queued", "")},
                                         {.status = 200, .body = STATUS("Running", "")},
                                         {.status = 200, .body = "{\"status\":\"Running\"}"},
                                         {.status = 200, .body = DONE}};
    toc_batch *batch = one_host();
    add(batch);
    /* The sixth answer: pauses of 5, 7, 10 and 15 ms stand before it. */
    uint64_t spent = submit(batch, slow, TOC_COUNT(slow));
    assert_true(spent >= 5 + 7 + 10 + 15);
    assert_true(spent < 5000);
    assert_true(batch->learned_ms >= 5 + 7 + 10 + 15 && batch->learned_ms <= 20000);
    add(batch);
    assert_true(submit(batch, quick, TOC_COUNT(quick)) < 1000);
    toc_batch_free(batch);
}

/* The first pause is half of what the last job took, so a job that is alike is met in time. */
static void test_learning(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 202, .body = STATUS("Queued", "")},
                                            {.status = 200, .body = STATUS("Running", "")},
                                            {.status = 200, .body = DONE}};
    toc_batch *batch = one_host();
    batch->learned_ms = 200;
    add(batch);
    uint64_t spent = submit(batch, answers, TOC_COUNT(answers));
    assert_true(spent >= 100 && spent < 5000);
    assert_true(batch->learned_ms >= 100 && batch->learned_ms < 5000);
    toc_batch_free(batch);
}

/* Neither does the time count that a job stood behind the one before. */
static void test_learning_queued(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = DONE},
                                            {.status = 200, .body = DONE}};
    toc_batch *batch = one_host();
    play = (script){.answers = answers, .answer_count = 2};
    toc_session *sess = script_session(&play);
    uint64_t now = toc_time_ticks_ms();
    toc_batch_job job = {.id = 7, .started_ms = now - 15000};
    assert_int_equal(toc__job_wait(batch, sess, &job, 3600, &err), TOC_OK);
    assert_true(batch->learned_ms >= 15000);
    batch->finished_ms = now - 200;
    job = (toc_batch_job){.id = 8, .started_ms = now - 15000};
    assert_int_equal(toc__job_wait(batch, sess, &job, 3600, &err), TOC_OK);
    assert_in_range(batch->learned_ms, 200, 14000);
    toc_session_close(sess);
    toc_batch_free(batch);
}

/* The pause would be a hundred times as long. */
static void test_pause_ends_with_the_time(void **state)
{
    (void)state;
    static const script_answer running[] = {{.status = 200, .body = STATUS("Running", "")},
                                            {.status = 200, .body = STATUS("Running", "")}};
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    toc_batch *batch = NULL;
    options.owner = "Acme";
    options.poll_first_ms = options.poll_longest_ms = 100000;
    assert_int_equal(toc_batch_new(&options, &batch, &err), TOC_OK);
    toc_session *sess = script_start(&play, running, 2, (toc_session_options){.retries = 1});
    toc_batch_job job = {.id = 7};
    uint64_t before = toc_time_ticks_ms();
    assert_int_equal(toc_batch_poll(batch, sess, &job, 1, &err), TOC_ENET);
    assert_int_equal(err.number, TOC_NUMBER_POLL_TIMEOUT);
    assert_int_equal(play.asked_count, 2);
    assert_true(toc_time_ticks_ms() - before < 50000);
    toc_session_close(sess);
    toc_batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pauses),
        cmocka_unit_test(test_learning),
        cmocka_unit_test(test_learning_queued),
        cmocka_unit_test(test_pause_ends_with_the_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
