/* store_jobs.c - batch jobs: their life, their progress, their errors. */
#include "support/store_fixture.h"

static void test_life_of_a_job(void **state)
{
    fixture *fix = *state;
    toc_arena arena = {0};
    toc_job first = {.owner = fix->owner,
                     .user = 3,
                     .config = TOC_S("{\"owner\":\"Acme\"}"),
                     .created = FIXTURE_NOW,
                     .unprocessed = 2};
    toc_job second = {.owner = fix->owner, .state = TOC_JOB_QUEUED};
    toc_job job;
    toc_conn *conn = fixture_begin(fix);
    must(fix, toc_job_add(conn, &first, &fix->err));
    must(fix, toc_job_add(conn, &second, &fix->err));
    assert_true(second.id > first.id);
    must(fix, toc_job_next(conn, &arena, &job, &fix->err));
    assert_int_equal(job.id, second.id);
    must(fix, toc_job_set_spool(conn, first.id, TOC_S("1.json"), &fix->err));
    first.state = TOC_JOB_QUEUED;
    must(fix, toc_job_save(conn, &first, &fix->err));
    /* The order is that of the files, not of the jobs. */
    must(fix, toc_job_next(conn, &arena, &job, &fix->err));
    assert_int_equal(job.id, second.id);
    must(fix, toc_job_get(conn, first.id, &arena, &job, &fix->err));
    assert_int_equal(job.state, TOC_JOB_QUEUED);
    assert_true(toc_str_equal(job.spool, TOC_S("1.json")));
    assert_true(toc_str_equal(job.config, TOC_S("{\"owner\":\"Acme\"}")));
    job.state = TOC_JOB_COMPLETED;
    job.progress = 10;
    job.success_indicators = 1;
    job.error_indicators = 2;
    job.success_groups = 3;
    job.error_groups = 4;
    job.success_links = 5;
    job.error_links = 6;
    job.unprocessed = 7;
    job.errors = 8;
    job.finished = FIXTURE_NOW + 9;
    must(fix, toc_job_save(conn, &job, &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_reader(fix);
    toc_job again;
    must(fix, toc_job_get(conn, first.id, &arena, &again, &fix->err));
    assert_int_equal(again.owner, fix->owner);
    assert_int_equal(again.user, 3);
    assert_int_equal(again.state, TOC_JOB_COMPLETED);
    assert_int_equal(again.progress, 10);
    assert_int_equal(again.success_indicators, 1);
    assert_int_equal(again.error_indicators, 2);
    assert_int_equal(again.success_groups, 3);
    assert_int_equal(again.error_groups, 4);
    assert_int_equal(again.success_links, 5);
    assert_int_equal(again.error_links, 6);
    assert_int_equal(again.unprocessed, 7);
    assert_int_equal(again.errors, 8);
    assert_int_equal(again.created, FIXTURE_NOW);
    assert_int_equal(again.finished, FIXTURE_NOW + 9);
    must(fix, toc_job_next(conn, &arena, &job, &fix->err));
    assert_int_equal(job.id, second.id);
    assert_int_equal(toc_job_get(conn, 999, &arena, &job, &fix->err), TOC_ENOTFOUND);
    assert_int_equal(toc_job_save(conn, &job, &fix->err), TOC_EINVAL);
    toc_store_reader_done(fix->store, conn);
    conn = fixture_begin(fix);
    second.state = TOC_JOB_COMPLETED;
    must(fix, toc_job_save(conn, &second, &fix->err));
    must(fix, toc_job_next(conn, &arena, &job, &fix->err));
    assert_int_equal(job.id, 0);
    job.id = 999;
    assert_int_equal(toc_job_save(conn, &job, &fix->err), TOC_ENOTFOUND);
    assert_int_equal(toc_job_set_spool(conn, 999, TOC_S("x"), &fix->err), TOC_ENOTFOUND);
    toc_tx_rollback(conn);
    toc_arena_done(&arena);
}

/* Progress and what it stands for are one transaction: both are there or neither is. */
static void test_progress_is_undone_with_the_work(void **state)
{
    fixture *fix = *state;
    toc_arena arena = {0};
    toc_job job = {.owner = fix->owner, .state = TOC_JOB_RUNNING};
    toc_conn *conn = fixture_begin(fix);
    must(fix, toc_job_add(conn, &job, &fix->err));
    fixture_host(fix, conn, "a.example");
    job.progress = 1;
    must(fix, toc_job_save(conn, &job, &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_begin(fix);
    fixture_host(fix, conn, "b.example");
    job.progress = 2;
    must(fix, toc_job_save(conn, &job, &fix->err));
    toc_store_close(fix->store); /* as if the process had ended here */
    must(fix, fixture_open(fix, false));
    conn = fixture_reader(fix);
    must(fix, toc_job_next(conn, &arena, &job, &fix->err));
    assert_int_equal(job.progress, 1);
    assert_int_equal(fixture_count(fix, conn, (toc_query){.kind = TOC_KIND_INDICATOR}), 1);
    toc_store_reader_done(fix->store, conn);
    toc_arena_done(&arena);
}

typedef struct reasons {
    char text[256];
} reasons;

static toc_rc add_reason(void *user, const toc_job_error *error)
{
    reasons *list = user;
    size_t used = strlen(list->text);
    (void)snprintf(list->text + used, sizeof(list->text) - used, "%.*s %.*s;", TOC_FMT(error->code),
                   TOC_FMT(error->reason));
    assert_null(error->message.ptr);
    return TOC_OK;
}

static void test_errors(void **state)
{
    fixture *fix = *state;
    reasons list = {.text = ""};
    toc_job job = {.owner = fix->owner}, other = {.owner = fix->owner};
    toc_job_error one = {.code = TOC_S("0x1005"), .reason = TOC_S("bad")};
    toc_job_error two = {.code = TOC_S("0x1007"), .reason = TOC_S("gone"), .source = TOC_S("x")};
    toc_conn *conn = fixture_begin(fix);
    must(fix, toc_job_add(conn, &job, &fix->err));
    must(fix, toc_job_add(conn, &other, &fix->err));
    must(fix, toc_job_error_add(conn, job.id, &one, &fix->err));
    must(fix, toc_job_error_add(conn, other.id, &two, &fix->err));
    must(fix, toc_job_error_add(conn, job.id, &two, &fix->err));
    must(fix, toc_job_error_each(conn, job.id, add_reason, &list, &fix->err));
    assert_string_equal(list.text, "0x1005 bad;0x1007 gone;");
    must(fix, toc_tx_commit(conn, &fix->err));
    assert_int_equal(toc_job_error_add(conn, job.id, &two, &fix->err), TOC_EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
static void test_waiting_and_expired(void **state)
{
    fixture *fix = *state;
    int64_t id = 0;
    bool waiting = true, done = true;
    toc_job job = {.owner = fix->owner, .user = 3, .created = FIXTURE_NOW};
    toc_conn *conn = fixture_begin(fix);
    must(fix, toc_job_add(conn, &job, &fix->err));
    must(fix, toc_job_waiting(conn, fix->owner, &waiting, &fix->err));
    assert_false(waiting);
    must(fix, toc_job_set_spool(conn, job.id, TOC_S("a.json"), &fix->err));
    job.state = TOC_JOB_QUEUED;
    must(fix, toc_job_save(conn, &job, &fix->err));
    must(fix, toc_job_waiting(conn, fix->owner, &waiting, &fix->err));
    assert_true(waiting);
    must(fix, toc_job_waiting(conn, fix->owner + 1, &waiting, &fix->err));
    assert_false(waiting);
    must(fix, toc_job_by_spool(conn, TOC_S("a.json"), &id, &done, &fix->err));
    assert_int_equal(id, job.id);
    assert_false(done);
    must(fix, toc_job_by_spool(conn, TOC_S("b.json"), &id, &done, &fix->err));
    assert_int_equal(id, 0);
    /* What waits is never too old; what was made and left alone is. */
    must(fix, toc_job_expired(conn, FIXTURE_NOW + 1, &id, &fix->err));
    assert_int_equal(id, 0);
    job.state = TOC_JOB_CREATED;
    must(fix, toc_job_save(conn, &job, &fix->err));
    must(fix, toc_job_expired(conn, FIXTURE_NOW, &id, &fix->err));
    assert_int_equal(id, 0);
    must(fix, toc_job_expired(conn, FIXTURE_NOW + 1, &id, &fix->err));
    assert_int_equal(id, job.id);
    must(fix, toc_job_remove(conn, id, &fix->err));
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    assert_int_equal(toc_job_get(conn, id, &arena, &job, &fix->err), TOC_ENOTFOUND);
    toc_str name;
    must(fix, toc_job_author(conn, 999, &arena, &name, &fix->err));
    assert_null(name.ptr);
    toc_tx_rollback(conn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_life_of_a_job),
        TEST(test_waiting_and_expired),
        TEST(test_progress_is_undone_with_the_work),
        TEST(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
