/* Submitting: which requests go out in which order, what is counted, where a second try starts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch/batch.h"
#include "support/script.h"

#define DONE(counts)                                                                               \
    "{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"status\":\"Completed\"," counts "}}}"
#define QUEUED(id)                                                                                 \
    "{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"id\":" id ",\"status\":\"Queued\"}}}"
#define RUNNING "{\"status\":\"Running\"}"
#define ONE_GOOD DONE("\"successCount\":1,\"errorCount\":0,\"unprocessCount\":0")

typedef struct fixture {
    toc_batch *batch;
    toc_session *sess;
    script play;
    toc_batch_status status;
    size_t progressed, refused;
    uint64_t total;
    int verdict; /* of the error callback */
    uint64_t lines[8];
} fixture;

static void on_progress(void *user, const toc_batch_status *status, uint64_t total)
{
    fixture *self = user;
    self->progressed++;
    self->total = total;
    assert_true(status->items <= total);
}

static int on_error(void *user, const toc_batch_error *error)
{
    fixture *self = user;
    if (self->refused < TOC_COUNT(self->lines))
        self->lines[self->refused] = error->line;
    self->refused++;
    return self->verdict;
}

static void begin(fixture *self, toc_batch_options options)
{
    options.version = 1;
    options.owner = "Acme";
    *self = (fixture){0};
    assert_int_equal(toc_batch_new(&options, &self->batch, NULL), TOC_OK);
}

static void play(fixture *self, const script_answer *answers, size_t count)
{
    toc_session_close(self->sess);
    self->play = (script){.answers = answers, .answer_count = count};
    self->sess = script_session_with(
        &self->play, (toc_session_options){.owner = "Acme", .retries = 1, .retry_sleep_ms = 1});
}

static void end(fixture *self)
{
    toc_session_close(self->sess);
    toc_batch_free(self->batch);
}

static toc_rc submit(fixture *self, toc_error *err)
{
    toc_batch_callbacks callbacks = {
        .version = 1, .progress = on_progress, .error = on_error, .user = self};
    return toc_batch_submit(self->batch, self->sess, &callbacks, &self->status, err);
}

static void add_hosts(fixture *self, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        char json[100];
        (void)snprintf(json, sizeof json, "{\"type\":\"Host\",\"summary\":\"h%u.example\"}", i);
        assert_int_equal(
            toc_batch_add_json(self->batch, TOC_KIND_INDICATOR, toc_str_of(json), i + 1, NULL),
            TOC_OK);
    }
}

static void add_group(fixture *self)
{
    assert_int_equal(toc_batch_add_json(
                         self->batch, TOC_KIND_GROUP,
                         TOC_S("{\"name\":\"Kite\",\"type\":\"Threat\",\"xid\":\"g1\"}"), 1, NULL),
                     TOC_OK);
}

static void expect_asked(const fixture *self, const char *const *lines, size_t count)
{
    assert_int_equal(self->play.asked_count, count);
    for (size_t i = 0; i < count; i++) {
        char line[200];
        (void)snprintf(line, sizeof line, "%s %.180s", self->play.asked[i].method,
                       self->play.asked[i].target);
        assert_string_equal(line, lines[i]);
    }
}
#define EXPECT_ASKED(self, ...)                                                                    \
    expect_asked((self), (const char *const[]){__VA_ARGS__},                                       \
                 TOC_COUNT(((const char *const[]){__VA_ARGS__})))
#define UPLOAD "POST /api/v2/batch/createAndUpload?includeAdditional=true"
#define STATUS(id) "GET /api/v2/batch/" id "?includeAdditional=true"

static void test_one_call(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = ONE_GOOD},
                                            {.status = 200, .body = ONE_GOOD}};
    fixture self;
    toc_error err = {0};
    begin(&self, (toc_batch_options){0});
    add_hosts(&self, 1);
    add_group(&self);
    play(&self, answers, 2);
    assert_int_equal(submit(&self, &err), TOC_OK);
    EXPECT_ASKED(&self, UPLOAD, UPLOAD);
    const script_asked *first = &self.play.asked[0];
    const char *mark = "multipart/form-data; boundary=";
    assert_memory_equal(first->content_type, mark, strlen(mark));
    char want[1500];
    const char *cut = strchr(first->content_type, '=') + 1;
    (void)snprintf(want, sizeof want,
                   "--%s\r\nContent-Disposition: form-data; name=\"config\"; "
                   "filename=\"config\"\r\n\r\n%s\r\n--%s\r\nContent-Disposition: form-data; "
                   "name=\"content\"; filename=\"content\"\r\n\r\n{\"group\":[{\"name\":\"Kite\","
                   "\"type\":\"Threat\",\"xid\":\"g1\"}]}\r\n--%s--\r\n",
                   cut, self.batch->config.ptr, cut, cut);
    /* The header may have been cut by the room that the script has for it. */
    if (strlen(cut) == 36)
        assert_string_equal(first->body, want);
    assert_non_null(strstr(first->body, "{\"group\":[{\"name\":\"Kite\""));
    assert_non_null(
        strstr(self.play.asked[1].body, "{\"indicator\":[{\"type\":\"Host\",\"summary\""));
    assert_int_equal(self.status.items, 2);
    assert_int_equal(self.status.success, 2);
    assert_int_equal(self.status.jobs, 2);
    assert_int_equal(self.progressed, 2);
    assert_int_equal(self.total, 2);
    assert_int_equal(self.refused, 0);
    end(&self);
}

static void test_nothing(void **state)
{
    (void)state;
    fixture self;
    begin(&self, (toc_batch_options){0});
    play(&self, NULL, 0);
    assert_int_equal(submit(&self, NULL), TOC_OK);
    assert_int_equal(self.play.asked_count, 0);
    assert_int_equal(self.status.jobs, 0);
    self.status.items = 7;
    assert_int_equal(toc_batch_submit(self.batch, NULL, NULL, &self.status, NULL), TOC_EINVAL);
    assert_int_equal(self.status.items, 0);
    assert_int_equal(toc_batch_submit(self.batch, self.sess, NULL, NULL, NULL), TOC_EINVAL);
    assert_int_equal(toc_batch_submit(self.batch, self.sess, &(toc_batch_callbacks){.version = 2},
                                      &self.status, NULL),
                     TOC_EINVAL);
    end(&self);
}

static void test_queued_with_errors(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 202, .body = QUEUED("7")},
        {.status = 200, .body = RUNNING},
        {.status = 200, .body = QUEUED("7")},
        {.status = 200, .body = DONE("\"successCount\":2,\"errorCount\":1,\"unprocessCount\":0")},
        {.status = 200,
         .type = "application/octet-stream",
         .body = "[{\"errorReason\":\"no\",\"errorSource\":\"h1.example is not valid.\"}]"}};
    fixture self;
    toc_error err = {0};
    begin(&self, (toc_batch_options){0});
    add_hosts(&self, 3);
    play(&self, answers, 5);
    assert_int_equal(submit(&self, &err), TOC_EPARTIAL);
    assert_string_equal(err.message, "1 of 3 items were refused");
    EXPECT_ASKED(&self, UPLOAD, STATUS("7"), STATUS("7"), STATUS("7"),
                 "GET /api/v2/batch/7/errors");
    assert_int_equal(self.status.success, 2);
    assert_int_equal(self.status.errors, 1);
    assert_int_equal(self.refused, 1);
    assert_int_equal(self.lines[0], 2);
    end(&self);
}

/* Two jobs are under way at a time, and results are booked in the order of the spool. */
static void test_in_flight(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 202, .body = QUEUED("1")}, {.status = 202, .body = QUEUED("2")},
        {.status = 200, .body = ONE_GOOD},    {.status = 202, .body = QUEUED("3")},
        {.status = 200, .body = ONE_GOOD},    {.status = 200, .body = ONE_GOOD}};
    fixture self;
    begin(&self, (toc_batch_options){.chunk_items = 1});
    add_hosts(&self, 3);
    play(&self, answers, 6);
    assert_int_equal(submit(&self, NULL), TOC_OK);
    EXPECT_ASKED(&self, UPLOAD, UPLOAD, STATUS("1"), UPLOAD, STATUS("2"), STATUS("3"));
    assert_int_equal(self.progressed, 3);
    assert_int_equal(self.status.jobs, 3);
    assert_int_equal(self.batch->spools[TOC_BATCH_INDICATORS].acked_count, 3);
    end(&self);
}

static void test_at_once_behind_a_queued_one(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 202, .body = QUEUED("1")},
                                            {.status = 200, .body = ONE_GOOD},
                                            {.status = 200, .body = ONE_GOOD}};
    fixture self;
    begin(&self, (toc_batch_options){.chunk_items = 1});
    add_hosts(&self, 2);
    play(&self, answers, 3);
    assert_int_equal(submit(&self, NULL), TOC_OK);
    EXPECT_ASKED(&self, UPLOAD, UPLOAD, STATUS("1"));
    assert_int_equal(self.status.items, 2);
    end(&self);
}

/* Items in several chunks by bytes: a chunk is full once it has reached the limit. */
static void test_chunk_bytes(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = ONE_GOOD},
                                            {.status = 200, .body = ONE_GOOD}};
    fixture self;
    begin(&self, (toc_batch_options){.chunk_bytes = 60});
    add_hosts(&self, 3);
    play(&self, answers, 2);
    assert_int_equal(submit(&self, NULL), TOC_OK);
    assert_int_equal(self.play.asked_count, 2);
    assert_non_null(strstr(self.play.asked[0].body, "h1.example\"}]}"));
    assert_non_null(
        strstr(self.play.asked[1].body, "[{\"type\":\"Host\",\"summary\":\"h2.example"));
    end(&self);
}

static void test_delete(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"batchId\":9}}"},
        {.status = 202, .body = "{\"status\":\"Queued\"}"},
        {.status = 200, .body = ONE_GOOD}};
    fixture self;
    begin(&self, (toc_batch_options){.action = "Delete"});
    add_hosts(&self, 1);
    play(&self, answers, 3);
    assert_int_equal(submit(&self, NULL), TOC_OK);
    EXPECT_ASKED(&self, "POST /api/v2/batch", "POST /api/v2/batch/9", STATUS("9"));
    assert_string_equal(self.play.asked[0].content_type, "application/json");
    assert_string_equal(self.play.asked[0].body, self.batch->config.ptr);
    assert_string_equal(self.play.asked[1].content_type, "application/octet-stream");
    assert_string_equal(self.play.asked[1].body,
                        "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"h0.example\"}]}");
    end(&self);
}

/* What was acknowledged is not sent again; what was not stays. */
static void test_goes_on(void **state)
{
    (void)state;
    static const script_answer first[] = {
        {.status = 200, .body = ONE_GOOD},
        {.status = 400,
         .body = "{\"status\":\"Invalid\",\"description\":\"File size greater than allowable\"}"}};
    static const script_answer second[] = {
        {.status = 202, .body = QUEUED("5")}, {.status = 0}, {.status = 0}};
    static const script_answer third[] = {{.status = 200, .body = ONE_GOOD},
                                          {.status = 200, .body = ONE_GOOD}};
    fixture self;
    toc_error err = {0};
    begin(&self, (toc_batch_options){.chunk_items = 1});
    add_hosts(&self, 3);
    play(&self, first, 2);
    assert_int_equal(submit(&self, &err), TOC_EHTTP);
    assert_non_null(strstr(err.message, "File size greater"));
    assert_int_equal(self.status.items, 1);
    play(&self, second, 3);
    assert_int_equal(submit(&self, &err), TOC_ENET);
    assert_int_equal(self.status.items, 0);
    play(&self, third, 2);
    assert_int_equal(submit(&self, &err), TOC_OK);
    EXPECT_ASKED(&self, UPLOAD, UPLOAD);
    assert_non_null(strstr(self.play.asked[0].body, "h1.example"));
    assert_non_null(strstr(self.play.asked[1].body, "h2.example"));
    assert_int_equal(self.total, 2);
    assert_int_equal(submit(&self, &err), TOC_OK);
    assert_int_equal(self.play.asked_count, 2);
    end(&self);
}

/* A refused chunk does not make the one in front of it, still under way, go out twice. */
static void test_books_what_runs(void **state)
{
    (void)state;
    static const script_answer first[] = {
        {.status = 202, .body = QUEUED("1")},
        {.status = 400, .body = "{\"status\":\"Invalid\",\"description\":\"too large\"}"},
        {.status = 200, .body = ONE_GOOD}};
    fixture self;
    toc_error err = {0};
    begin(&self, (toc_batch_options){.chunk_items = 1});
    add_hosts(&self, 2);
    play(&self, first, 3);
    assert_int_equal(submit(&self, &err), TOC_EHTTP);
    assert_non_null(strstr(err.message, "too large"));
    EXPECT_ASKED(&self, UPLOAD, UPLOAD, STATUS("1"));
    assert_int_equal(self.status.items, 1);
    assert_int_equal(self.batch->spools[TOC_BATCH_INDICATORS].acked_count, 1);
    end(&self);
}

static void test_halted(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = DONE("\"successCount\":1,\"errorCount\":0,\"unprocessCount\":2")}};
    fixture self;
    toc_error err = {0};
    begin(&self, (toc_batch_options){.halt_on_error = true});
    add_hosts(&self, 3);
    play(&self, answers, 1);
    assert_int_equal(submit(&self, &err), TOC_EPARTIAL);
    assert_int_equal(self.status.unprocessed, 2);
    assert_non_null(strstr(err.message, "2 of 3"));
    end(&self);
}

static void test_error_callback_stops(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = DONE("\"id\":4,\"successCount\":0,\"errorCount\":2")},
        {.status = 200, .body = "[{\"errorReason\":\"a\"},{\"errorReason\":\"b\"}]"}};
    fixture self;
    toc_error err = {0};
    begin(&self, (toc_batch_options){0});
    add_hosts(&self, 2);
    play(&self, answers, 2);
    self.verdict = -1;
    assert_int_equal(submit(&self, &err), TOC_ECANCELED);
    assert_int_equal(self.refused, 1);
    end(&self);
}

/* Errors of a job without an id cannot be asked for, yet they count. */
static void test_errors_without_id(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = DONE("\"successCount\":0,\"errorCount\":1")}};
    fixture self;
    begin(&self, (toc_batch_options){0});
    add_hosts(&self, 1);
    play(&self, answers, 1);
    assert_int_equal(submit(&self, NULL), TOC_EPARTIAL);
    assert_int_equal(self.play.asked_count, 1);
    end(&self);
}

static void test_odd_answers(void **state)
{
    (void)state;
    static const struct {
        script_answer answer;
        toc_rc rc;
        const char *text;
    } odd[] = {
        {{.status = 200, .body = "{\"status\":\"Success\",\"data\":{}}"}, TOC_EPROTO, "neither"},
        {{.status = 200, .body = "<html>"}, TOC_EPROTO, "not JSON"},
        {{.status = 200, .body = "{\"status\":\"Failure\",\"message\":\"not today\"}"},
         TOC_EHTTP,
         "not today"},
        {{.status = 401, .body = "{\"status\":\"Failure\",\"message\":\"no permission\"}"},
         TOC_EAUTH,
         "no permission"},
        {{.status = 503, .body = "Batch job api is not available.", .type = "text/plain"},
         TOC_EHTTP,
         "not available"},
    };
    for (size_t i = 0; i < TOC_COUNT(odd); i++) {
        fixture self;
        toc_error err = {0};
        begin(&self, (toc_batch_options){0});
        add_hosts(&self, 1);
        play(&self, &odd[i].answer, 1);
        assert_int_equal(submit(&self, &err), odd[i].rc);
        assert_non_null(strstr(err.message, odd[i].text));
        assert_int_equal(self.batch->spools[TOC_BATCH_INDICATORS].acked_count, 0);
        end(&self);
    }
}

static void test_poll_timeout(void **state)
{
    (void)state;
    static script_answer answers[SCRIPT_MAX] = {{.status = 202, .body = QUEUED("7")}};
    for (size_t i = 1; i < SCRIPT_MAX; i++)
        answers[i] = (script_answer){.status = 200, .body = RUNNING};
    fixture self;
    toc_error err = {0};
    begin(&self, (toc_batch_options){.poll_timeout_s = 1});
    add_hosts(&self, 1);
    play(&self, answers, SCRIPT_MAX);
    assert_int_equal(submit(&self, &err), TOC_ENET);
    assert_string_equal(err.message, "Batch status check reached timeout (1 seconds).");
    end(&self);
}

/* "As large as it gets" and what is a little less. */
static void test_no_limit_of_bytes(void **state)
{
    (void)state;
    static const script_answer good[] = {{.status = 200, .body = ONE_GOOD}};
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - TOC_MAX_ITEM - 65535};
    for (size_t i = 0; i < TOC_COUNT(sizes); i++) {
        fixture self;
        toc_error err = {0};
        begin(&self, (toc_batch_options){.chunk_bytes = sizes[i]});
        add_hosts(&self, 1);
        play(&self, good, 1);
        assert_int_equal(submit(&self, &err), TOC_OK);
        end(&self);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_call),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_queued_with_errors),
        cmocka_unit_test(test_in_flight),
        cmocka_unit_test(test_at_once_behind_a_queued_one),
        cmocka_unit_test(test_chunk_bytes),
        cmocka_unit_test(test_delete),
        cmocka_unit_test(test_goes_on),
        cmocka_unit_test(test_books_what_runs),
        cmocka_unit_test(test_halted),
        cmocka_unit_test(test_error_callback_stops),
        cmocka_unit_test(test_errors_without_id),
        cmocka_unit_test(test_odd_answers),
        cmocka_unit_test(test_poll_timeout),
        cmocka_unit_test(test_no_limit_of_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
