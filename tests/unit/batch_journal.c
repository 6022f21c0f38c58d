/* The journal: a batch that is built again after a death at any request sends only what was not
 * acknowledged; what is no journal, or another's, is refused before anything is sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch/batch.h"
#include "support/folder.h"

#define ITEMS 4
#define NEVER 1000

/* A platform that queues every chunk of one item, and dies. */
typedef struct server {
    unsigned asked, dies_at;
    bool took_it;       /* the deadly request was carried out, only its answer is lost */
    bool forgets;       /* it knows no job of before its death */
    bool refuses;       /* every item, with a reason */
    unsigned uploads;   /* in this life */
    unsigned jobs;      /* ever */
    unsigned first_job; /* of this life */
    unsigned stored[ITEMS + 1];
} server;

static char dir[FOLDER_SIZE], path[128];

static toc_rc answer(toc_response *response, int status, const char *text)
{
    toc_response_set_status(response, status);
    toc_rc rc = toc_response_add_header(response, TOC_S("Content-Type"), TOC_S("application/json"));
    return rc ? rc : toc_response_append(response, text, strlen(text));
}

static void take_upload(server *self, toc_str body)
{
    self->uploads++;
    self->jobs++;
    for (unsigned i = 0; i <= ITEMS; i++) {
        char mark[32];
        (void)snprintf(mark, sizeof mark, "h%u.example", i);
        if (toc_str_find(body, toc_str_of(mark)) >= 0)
            self->stored[i]++;
    }
}

static toc_rc perform(void *context, const toc_request *request, toc_response *response,
                      toc_error *err)
{
    server *self = context;
    bool dead = ++self->asked >= self->dies_at;
    bool upload = strcmp(request->method, "POST") == 0;
    if (upload && (!dead || (self->took_it && self->asked == self->dies_at)))
        take_upload(self, request->body);
    if (dead)
        return toc_error_set(err, TOC_ENET, "connection reset");
    char text[300];
    if (upload) {
        (void)snprintf(text, sizeof text,
                       "{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"id\":%u,"
                       "\"status\":\"Queued\"}}}",
                       self->jobs);
        return answer(response, 202, text);
    }
    const char *id = "/v2/batch/";
    ptrdiff_t at = toc_str_find(request->target, toc_str_of(id));
    assert_true(at >= 0);
    toc_str rest = toc_str_slice(request->target, (size_t)at + strlen(id), request->target.len);
    toc_str word;
    uint64_t number = 0;
    if (self->refuses && toc_str_find(rest, TOC_S("/errors")) >= 0)
        return answer(response, 200,
                      "[{\"errorReason\":\"no such place\",\"errorSource\":\"x1\"}]");
    assert_true(toc_str_cut(&rest, '?', &word) && toc_str_to_uint(word, &number));
    if (self->forgets && number < self->first_job)
        return answer(response, 404, "{\"status\":\"Failure\",\"message\":\"no such job\"}");
    assert_true(number >= 1 && number <= self->jobs);
    (void)snprintf(text, sizeof text,
                   "{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"status\":\"Completed\","
                   "\"successCount\":%d,\"errorCount\":%d,\"unprocessCount\":0}}}",
                   !self->refuses, self->refuses);
    return answer(response, 200, text);
}

static toc_session *session(server *self)
{
    toc_transport transport = {.version = 1, .name = "server", .perform = perform, .context = self};
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    options.transport = &transport;
    options.retries = 1;
    options.retry_sleep_ms = 1;
    toc_session *sess = NULL;
    assert_int_equal(toc_session_open(&options, &sess, NULL), TOC_OK);
    return sess;
}

static toc_batch *build(const char *owner)
{
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = owner;
    options.chunk_items = 1;
    options.journal = path;
    toc_batch *batch = NULL;
    assert_int_equal(toc_batch_new(&options, &batch, NULL), TOC_OK);
    for (unsigned i = 1; i <= ITEMS; i++) {
        char json[100];
        (void)snprintf(json, sizeof json,
                       "{\"type\":\"Host\",\"summary\":\"h%u.example\",\"xid\":\"x%u\"}", i, i);
        assert_int_equal(toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(json), i, NULL),
                         TOC_OK);
    }
    return batch;
}

/* One life of the client: it builds the batch from its input and submits it. */
static toc_rc live(server *self, unsigned dies_at, toc_batch_status *status, toc_error *err)
{
    toc_session *sess = session(self);
    toc_batch *batch = build("Acme");
    self->asked = 0;
    self->uploads = 0;
    self->first_job = self->jobs + 1;
    self->dies_at = dies_at;
    toc_rc rc = toc_batch_submit(batch, sess, NULL, status, err);
    toc_batch_free(batch);
    toc_session_close(sess);
    return rc;
}

static unsigned lines_of(char state)
{
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    char line[400];
    unsigned count = 0;
    while (fgets(line, sizeof line, file))
        count += line[0] == state;
    (void)fclose(file);
    return count;
}

static void die_at_each(bool took_it, bool forgets)
{
    unsigned deaths = 0;
    for (unsigned at = 1;; at++) {
        server self = {.took_it = took_it, .forgets = forgets};
        toc_batch_status status;
        toc_error err = {0};
        toc_rc rc = live(&self, at, &status, &err);
        if (!rc)
            break;
        deaths++;
        assert_int_equal(rc, TOC_ENET);
        unsigned queued = lines_of('q');
        unsigned done = lines_of('d');
        rc = live(&self, NEVER, &status, &err);
        if (rc)
            fail_msg("%s", err.message);
        assert_int_equal(self.uploads, ITEMS - (forgets ? done : queued));
        assert_int_equal(status.resumed, forgets ? done : queued);
        assert_int_equal(status.items, ITEMS);
        assert_int_equal(status.success, ITEMS);
        for (unsigned i = 1; i <= ITEMS; i++)
            assert_in_range(self.stored[i], 1, forgets || took_it ? 2 : 1);
        assert_int_equal(access(path, F_OK), -1);
    }
    assert_int_equal(deaths, 2 * ITEMS);
}

static void test_dies_before_each(void **state)
{
    (void)state;
    die_at_each(false, false);
}

static void test_dies_behind_each(void **state)
{
    (void)state;
    die_at_each(true, false);
}

static void test_server_forgets(void **state)
{
    (void)state;
    die_at_each(false, true);
}

/* Dying again and again, one request further each time, still ends. */
static void test_dies_often(void **state)
{
    (void)state;
    server self = {0};
    toc_batch_status status;
    unsigned lives = 0;
    while (live(&self, 3, &status, NULL))
        assert_true(++lives < 20);
    for (unsigned i = 1; i <= ITEMS; i++)
        assert_int_equal(self.stored[i], 1);
}

static void write_file(const char *text, size_t len, const char *mode)
{
    FILE *file = fopen(path, mode);
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void refused(toc_rc want, const char *text)
{
    server self = {0};
    toc_batch_status status;
    toc_error err = {0};
    assert_int_equal(live(&self, NEVER, &status, &err), want);
    assert_non_null(strstr(err.message, text));
    assert_int_equal(self.asked, 0);
}

static void leave_half(void)
{
    (void)unlink(path);
    server self = {0};
    toc_batch_status status;
    assert_int_equal(live(&self, 4, &status, NULL), TOC_ENET);
}

static void test_foreign(void **state)
{
    (void)state;
    write_file("type,value\nHost,a.example\n", 26, "we");
    refused(TOC_EPARSE, "is not a batch journal");
    leave_half();
    server self = {.dies_at = NEVER};
    toc_session *sess = session(&self);
    toc_batch *batch = build("Somebody else");
    toc_batch_status status;
    toc_error err = {0};
    assert_int_equal(toc_batch_submit(batch, sess, NULL, &status, &err), TOC_ECONFLICT);
    assert_non_null(strstr(err.message, "another platform or owner"));
    assert_int_equal(self.asked, 0);
    toc_batch_free(batch);
    toc_session_close(sess);
    assert_int_equal(access(path, F_OK), 0);
}

/* Every byte that changes is noticed. */
static void test_damaged(void **state)
{
    (void)state;
    char text[4096];
    leave_half();
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof text, file);
    (void)fclose(file);
    const char *line = memchr(text, '\n', len);
    assert_non_null(line);
    for (size_t i = (size_t)(line - text) + 1; i < len; i += 7) {
        if (text[i] == '\n')
            continue;
        char old = text[i];
        text[i] = old == '7' ? '8' : '7';
        write_file(text, len, "we");
        refused(TOC_EPARSE, "is damaged");
        text[i] = old;
    }
    /* Cut short by the crash: the last line does not count, the rest does. */
    write_file(text, len - 5, "we");
    server self = {.jobs = 10};
    toc_batch_status status;
    assert_int_equal(live(&self, NEVER, &status, NULL), TOC_OK);
    assert_true(status.resumed >= 1);
    assert_int_equal(status.items, ITEMS);
    /* Cut short while it was made. */
    write_file("tocsin ba", 9, "we");
    assert_int_equal(live(&self, NEVER, &status, NULL), TOC_OK);
    assert_int_equal(status.resumed, 0);
}

static void test_in_use(void **state)
{
    (void)state;
    server self = {.dies_at = NEVER};
    toc_session *sess = session(&self);
    toc_batch *batch = build("Acme");
    toc_batch_status status;
    assert_int_equal(toc_batch_submit(batch, sess, NULL, &status, NULL), TOC_OK);
    refused(TOC_ECONFLICT, "is in use");
    toc_batch_free(batch);
    toc_session_close(sess);
    assert_int_equal(access(path, F_OK), -1);
}

/* Before anything is sent: others are kept from it, and it stays as it was when the input breaks.
 */
static void test_taken_early(void **state)
{
    (void)state;
    leave_half();
    server self = {.dies_at = NEVER, .jobs = 10};
    toc_session *sess = session(&self);
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = "Acme";
    options.journal = path;
    toc_batch *empty = NULL;
    assert_int_equal(toc_batch_new(&options, &empty, NULL), TOC_OK);
    assert_int_equal(toc_batch_take_journal(NULL, sess, NULL), TOC_EINVAL);
    assert_int_equal(toc_batch_take_journal(empty, NULL, NULL), TOC_EINVAL);
    assert_int_equal(toc_batch_take_journal(empty, sess, NULL), TOC_OK);
    assert_int_equal(toc_batch_take_journal(empty, sess, NULL), TOC_OK);
    refused(TOC_ECONFLICT, "is in use");
    toc_batch_free(empty);
    unsigned noted = lines_of('d') + lines_of('q');
    assert_true(noted > 0);
    assert_int_equal(self.asked, 0);
    toc_session_close(sess);
}

static toc_rc count_refusal(void *user, const toc_batch_error *error)
{
    ++*(unsigned *)user;
    return error->line == 1 ? TOC_OK : TOC_EINVAL;
}

/* Step by step: a job with refusals comes again until they were told, and no item is sent twice. */
static void test_steps(void **state)
{
    (void)state;
    server self = {.dies_at = NEVER, .refuses = true};
    toc_session *sess = session(&self);
    toc_batch_job job, elsewhere = {.id = 1};
    unsigned told = 0;
    toc_batch_callbacks callbacks = {.version = 1, .error = count_refusal, .user = &told};
    for (unsigned life = 0; life < 3; life++) {
        toc_batch *batch = build("Acme");
        assert_int_equal(toc_batch_submit_job(batch, sess, &job, NULL), 1);
        assert_int_equal(job.id, life < 2 ? 1 : 2);
        assert_int_equal(self.uploads, life < 2 ? 1 : 2);
        assert_int_equal(toc_batch_poll(batch, sess, &job, 0, NULL), TOC_OK);
        assert_int_equal(job.errors, 1);
        if (life == 1)
            assert_int_equal(toc_batch_errors(batch, sess, &job, &callbacks, NULL), TOC_OK);
        assert_int_equal(lines_of('d'), life ? 1 : 0);
        toc_batch_free(batch);
    }
    assert_int_equal(told, 1);
    /* A job that was made elsewhere is no chunk of this batch. */
    toc_batch *batch = build("Acme");
    assert_int_equal(toc_batch_take_journal(batch, sess, NULL), TOC_OK);
    self.refuses = false;
    assert_int_equal(toc_batch_poll(batch, sess, &elsewhere, 0, NULL), TOC_OK);
    assert_int_equal(lines_of('d'), 1);
    toc_batch_free(batch);
    toc_session_close(sess);
}

/* Of a pipe there is no end to wait for, and what is written to a device is gone. */
static void test_no_file(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    refused(TOC_EIO, "is not a file");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/dev/null", path), 0);
    refused(TOC_EIO, "is not a file");
}

/* Where it cannot be written nothing is sent. */
static void test_no_room(void **state)
{
    (void)state;
    char good[sizeof path];
    memcpy(good, path, sizeof path);
    (void)snprintf(path, sizeof path, "%s/none/journal", dir);
    refused(TOC_EIO, "batch journal");
    memcpy(path, good, sizeof path);
}

/* With other settings the same items are another chunk. */
static void test_settings_count(void **state)
{
    (void)state;
    leave_half();
    server self = {.dies_at = NEVER, .jobs = 10};
    toc_session *sess = session(&self);
    toc_batch *batch = build("Acme");
    assert_int_equal(toc_batch_set(batch, "tagWriteType", "Append", NULL), TOC_OK);
    toc_batch_status status;
    assert_int_equal(toc_batch_submit(batch, sess, NULL, &status, NULL), TOC_OK);
    assert_int_equal(self.uploads, ITEMS);
    assert_int_equal(status.resumed, 0);
    toc_batch_free(batch);
    toc_session_close(sess);
}

static int clear(void **state)
{
    (void)state;
    (void)unlink(path);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    folder_make(dir);
    (void)snprintf(path, sizeof path, "%s/journal", dir);
    return 0;
}

static int teardown(void **state)
{
    (void)clear(state);
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_dies_before_each, clear),
        cmocka_unit_test_teardown(test_dies_behind_each, clear),
        cmocka_unit_test_teardown(test_server_forgets, clear),
        cmocka_unit_test_teardown(test_dies_often, clear),
        cmocka_unit_test_teardown(test_foreign, clear),
        cmocka_unit_test_teardown(test_damaged, clear),
        cmocka_unit_test_teardown(test_in_use, clear),
        cmocka_unit_test_teardown(test_taken_early, clear),
        cmocka_unit_test_teardown(test_steps, clear),
        cmocka_unit_test_teardown(test_no_file, clear),
        cmocka_unit_test_teardown(test_no_room, clear),
        cmocka_unit_test_teardown(test_settings_count, clear),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
