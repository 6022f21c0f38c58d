/* Chunks that were left: each is sent until it is acknowledged, and never again, whoever ends the
 * submissions in between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "batch/batch.h"
#include "support/script.h"

#define ONE_GOOD                                                                                   \
    "{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"status\":\"Completed\","                 \
    "\"successCount\":1}}}"
#define REFUSED                                                                                    \
    {                                                                                              \
        .status = 400, .body = "{\"status\":\"Invalid\",\"description\":\"no\"}"                   \
    }

static script play;
static toc_batch_status status;
static toc_error err;
static uint64_t total;

static int stop_job(void *user, const toc_batch_job *job)
{
    (void)user, (void)job;
    return -1;
}

static int stop_error(void *user, const toc_batch_error *error)
{
    (void)user, (void)error;
    return -1;
}

static void on_progress(void *user, const toc_batch_status *now, uint64_t all)
{
    (void)user, (void)now;
    total = all;
}

static toc_rc submit(toc_batch *batch, const script_answer *answers, size_t count,
                     toc_batch_callbacks callbacks)
{
    callbacks.version = 1;
    callbacks.no_halt = true;
    callbacks.progress = on_progress;
    toc_session *sess = script_start(&play, answers, count, (toc_session_options){.retries = 1});
    toc_rc rc = toc_batch_submit(batch, sess, &callbacks, &status, &err);
    toc_session_close(sess);
    return rc;
}

static toc_batch *build(void)
{
    static const char *const items[] = {"{\"type\":\"Host\",\"summary\":\"h0.example\"}",
                                        "{\"type\":\"Host\",\"summary\":\"h1.example\"}"};
    static const script_answer first[] = {REFUSED, {.status = 200, .body = ONE_GOOD}};
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    toc_batch *batch = NULL;
    options.owner = "Acme";
    options.chunk_items = 1;
    assert_int_equal(toc_batch_new(&options, &batch, NULL), TOC_OK);
    for (size_t i = 0; i < TOC_COUNT(items); i++)
        assert_int_equal(
            toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(items[i]), i + 1, NULL),
            TOC_OK);
    assert_int_equal(submit(batch, first, 2, (toc_batch_callbacks){0}), TOC_EPARTIAL);
    assert_int_equal(status.failed, 1);
    return batch;
}

/* The platform has it: that the caller ends the submission there does not bring it back. */
static void test_stopped_behind_it(void **state)
{
    (void)state;
    static const script_answer good[] = {{.status = 200, .body = ONE_GOOD}};
    toc_batch *batch = build();
    assert_int_equal(submit(batch, good, 1, (toc_batch_callbacks){.job = stop_job}), TOC_ECANCELED);
    assert_int_equal(play.asked_count, 1);
    assert_int_equal(total, 1);
    assert_int_equal(submit(batch, good, 1, (toc_batch_callbacks){0}), TOC_OK);
    assert_int_equal(play.asked_count, 0);
    assert_int_equal(batch->spools[TOC_BATCH_INDICATORS].acked_count, 2);
    toc_batch_free(batch);
}

/* Left again: it is there once. */
static void test_stopped_at_its_reason(void **state)
{
    (void)state;
    static const script_answer refused[] = {REFUSED};
    static const script_answer good[] = {{.status = 200, .body = ONE_GOOD},
                                         {.status = 200, .body = ONE_GOOD}};
    toc_batch *batch = build();
    assert_int_equal(submit(batch, refused, 1, (toc_batch_callbacks){.error = stop_error}),
                     TOC_ECANCELED);
    assert_int_equal(err.code, TOC_ECANCELED);
    assert_string_equal(err.message, "stopped by the error callback");
    assert_int_equal(submit(batch, good, 2, (toc_batch_callbacks){0}), TOC_OK);
    assert_int_equal(play.asked_count, 1);
    assert_int_equal(batch->spools[TOC_BATCH_INDICATORS].acked_count, 2);
    toc_batch_free(batch);
}

/* Who goes on one step at a time gets it as well, in front of what was never tried. */
static void test_single_steps(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        REFUSED, {.status = 200, .body = ONE_GOOD}, {.status = 200, .body = ONE_GOOD}};
    toc_batch *batch = build();
    toc_batch_job job = {0};
    assert_int_equal(toc_batch_add_json(batch, TOC_KIND_INDICATOR,
                                        TOC_S("{\"type\":\"Host\",\"summary\":\"h2.example\"}"), 3,
                                        NULL),
                     TOC_OK);
    toc_session *sess = script_start(&play, answers, 3, (toc_session_options){.retries = 1});
    assert_true(toc_batch_submit_job(batch, sess, &job, &err) < 0);
    assert_int_equal(toc_batch_submit_job(batch, sess, &job, &err), 1);
    assert_non_null(strstr(play.asked[1].body, "h0.example"));
    assert_int_equal(toc_batch_submit_job(batch, sess, &job, &err), 1);
    assert_non_null(strstr(play.asked[2].body, "h2.example"));
    assert_int_equal(toc_batch_submit_job(batch, sess, &job, &err), 0);
    assert_int_equal(batch->left_count, 0);
    assert_int_equal(batch->spools[TOC_BATCH_INDICATORS].acked_count, 3);
    toc_session_close(sess);
    toc_batch_free(batch);
}

/* It was not sent, so a dry run judges it. */
static void test_checked(void **state)
{
    (void)state;
    toc_batch *batch = build();
    toc_batch_status checked;
    assert_int_equal(toc_batch_check(batch, NULL, NULL, &checked, &err), TOC_OK);
    assert_int_equal(checked.items, 1);
    toc_batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stopped_behind_it),
        cmocka_unit_test(test_stopped_at_its_reason),
        cmocka_unit_test(test_single_steps),
        cmocka_unit_test(test_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
