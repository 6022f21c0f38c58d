/* What goes wrong around a batch: content that cannot be read, a job that never ends or that the
 * server forgets, an error file that is none, a disk that is full, two processes. The batch goes on
 * or stops as its switches say; what was not accepted stays in the spool or is told of, item by
 * item, with its reason. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "support/folder.h"
#include "support/script.h"
#include "tocsin/import.h"
#include "tocsin/ti.h"

#define DONE(counts)                                                                               \
    "{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"status\":\"Completed\"," counts "}}}"
#define ONE_GOOD DONE("\"successCount\":1,\"errorCount\":0,\"unprocessCount\":0")
#define GOOD                                                                                       \
    {                                                                                              \
        .status = 200, .body = ONE_GOOD                                                            \
    }
#define TAKEN                                                                                      \
    {                                                                                              \
        .status = 200, .body = "{\"status\":\"Success\"}"                                          \
    }
#define QUEUED(id)                                                                                 \
    {                                                                                              \
        .status = 202, .body = "{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"id\":" id     \
                               ",\"status\":\"Queued\"}}}"                                         \
    }
#define RUNNING                                                                                    \
    {                                                                                              \
        .status = 200, .body = "{\"status\":\"Running\"}"                                          \
    }
#define FORGOTTEN                                                                                  \
    {                                                                                              \
        .status = 404, .body = "{\"status\":\"Failure\",\"message\":\"no such job\"}"              \
    }

static char dir[FOLDER_SIZE], journal[128], rejects[128];
static script play;
static toc_error err;
static toc_batch_status status;

static toc_batch *build(toc_batch_options options, unsigned hosts)
{
    options.version = 1;
    options.owner = "Acme";
    options.spool_dir = dir;
    options.chunk_items = options.chunk_items ? options.chunk_items : 1;
    toc_batch *batch = NULL;
    assert_int_equal(toc_batch_new(&options, &batch, &err), TOC_OK);
    for (unsigned i = 1; i <= hosts; i++) {
        char json[100];
        (void)snprintf(json, sizeof json,
                       "{\"type\":\"Host\",\"summary\":\"h%u.example\",\"xid\":\"x%u\"}", i, i);
        assert_int_equal(toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(json), i, NULL),
                         TOC_OK);
    }
    return batch;
}

static toc_rc submit(toc_batch *batch, const script_answer *answers, size_t count,
                     const toc_batch_callbacks *callbacks)
{
    play = (script){.answers = answers, .answer_count = count};
    err = (toc_error){0};
    toc_session *sess = script_session_with(&play, (toc_session_options){.retries = 1});
    toc_rc rc = toc_batch_submit(batch, sess, callbacks, &status, &err);
    toc_session_close(sess);
    return rc;
}
#define SUBMIT(batch, callbacks, ...)                                                              \
    submit((batch), (const script_answer[]){__VA_ARGS__},                                          \
           TOC_COUNT(((const script_answer[]){__VA_ARGS__})), (callbacks))

/* As programs do: what was not accepted is written down with its line and reason. */
static int on_error(void *user, const toc_batch_error *error)
{
    (void)user;
    FILE *file = fopen(rejects, "ae");
    assert_non_null(file);
    (void)fprintf(file, "%llu %s %.*s %.*s\n", (unsigned long long)error->line,
                  error->left ? "left" : "refused", TOC_FMT(error->reason), TOC_FMT(error->json));
    return fclose(file);
}

static int on_file(void *user, const toc_batch_upload *upload)
{
    (void)user;
    FILE *file = fopen(rejects, "ae");
    assert_non_null(file);
    if (!upload->uploaded)
        (void)fprintf(file, "%.*s %s\n", TOC_FMT(upload->xid), upload->error->message);
    return fclose(file);
}

static const toc_batch_callbacks going_on = {
    .version = 1, .error = on_error, .file = on_file, .no_halt = true};
static const toc_batch_callbacks halting = {.version = 1, .error = on_error, .file = on_file};

static void on_disk(const char *text)
{
    char got[1024] = "";
    FILE *file = fopen(rejects, "re");
    if (file) {
        (void)!fread(got, 1, sizeof got - 1, file);
        (void)fclose(file);
    }
    assert_string_equal(got, text);
    (void)unlink(rejects);
}

static size_t spooled(toc_batch *batch)
{
    char *text = NULL;
    size_t len = 0;
    size_t count = 0;
    FILE *file = open_memstream(&text, &len);
    assert_non_null(file);
    assert_int_equal(toc_batch_write(batch, file, NULL), TOC_OK);
    (void)fclose(file);
    for (const char *at = text; (at = strstr(at, "\"type\"")) != NULL; at++)
        count++;
    free(text);
    return count;
}

/* --- content -------------------------------------------------------------------------------- */

static toc_rc content_of(void *user, toc_str xid, toc_str *content, toc_error *why)
{
    if (*(bool *)user)
        return toc_error_set(why, TOC_EIO, "no content for %.*s", TOC_FMT(xid));
    *content = TOC_S("at last");
    return TOC_OK;
}

static toc_batch *with_content(bool *fails, const char *noted)
{
    static const char *const xids[] = {"d1", "d2", "d3"};
    toc_batch *batch = build((toc_batch_options){.chunk_items = 10, .journal = noted}, 0);
    for (size_t i = 0; i < TOC_COUNT(xids); i++) {
        char json[100];
        (void)snprintf(json, sizeof json,
                       "{\"type\":\"Document\",\"name\":\"%s\",\"xid\":\"%s\",\"fileName\":\"f\"}",
                       xids[i], xids[i]);
        toc_batch_content text = {.data = TOC_S("abc")};
        toc_batch_content call = {.read = content_of, .user = fails};
        assert_int_equal(toc_batch_add_json(batch, TOC_KIND_GROUP, toc_str_of(json), i, NULL),
                         TOC_OK);
        assert_int_equal(toc_batch_attach(batch, "Document", toc_str_of(xids[i]), TOC_S("f"),
                                          i == 1 ? &call : &text, i, NULL),
                         TOC_OK);
    }
    return batch;
}

static void test_callback_halts(void **state)
{
    (void)state;
    bool fails = true;
    toc_batch *batch = with_content(&fails, NULL);
    assert_int_equal(SUBMIT(batch, &halting, GOOD, TAKEN, TAKEN), TOC_EIO);
    assert_int_equal(err.number, TOC_NUMBER_FILE);
    assert_int_equal(play.asked_count, 2);
    on_disk("d2 no content for d2\n");
    fails = false;
    assert_int_equal(SUBMIT(batch, &halting, TAKEN, TAKEN), TOC_OK);
    assert_non_null(strstr(play.asked[0].target, "/d2/upload"));
    assert_string_equal(play.asked[0].body, "at last");
    assert_int_equal(play.asked_count, 2);
    toc_batch_free(batch);
}

/* The others are uploaded; the one that failed is tried again, by this batch and by one that is
 * built anew. */
static void test_callback_goes_on(void **state)
{
    (void)state;
    for (int anew = 0; anew < 2; anew++) {
        bool fails = true;
        toc_batch *batch = with_content(&fails, journal);
        assert_int_equal(SUBMIT(batch, &going_on, GOOD, TAKEN, TAKEN), TOC_EPARTIAL);
        assert_int_equal(err.number, TOC_NUMBER_FILE);
        assert_int_equal(play.asked_count, 3);
        assert_int_equal(status.files, 2);
        assert_int_equal(status.files_failed, 1);
        on_disk("d2 no content for d2\n");
        fails = false;
        if (anew) {
            toc_batch_free(batch);
            batch = with_content(&fails, journal);
        }
        assert_int_equal(SUBMIT(batch, &going_on, TAKEN), TOC_OK);
        assert_int_equal(play.asked_count, 1);
        assert_non_null(strstr(play.asked[0].target, "/d2/upload"));
        toc_batch_free(batch);
        assert_int_equal(access(journal, F_OK), -1);
    }
}

/* More than a platform takes is refused before it is read. */
static void test_content_too_large(void **state)
{
    (void)state;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/large", dir);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    bool sparse = !ftruncate(fileno(file), (off_t)5 * 1024 * 1024 * 1024 + 1);
    (void)fclose(file);
    toc_batch *batch = build((toc_batch_options){0}, 0);
    toc_batch_content content = {.path = path};
    assert_int_equal(toc_batch_attach(batch, "Report", TOC_S("r"), TOC_S("f"), &content, 1, NULL),
                     TOC_OK);
    if (sparse) {
        assert_int_equal(SUBMIT(batch, &going_on, TAKEN), TOC_EPARTIAL);
        assert_int_equal(play.asked_count, 0);
        assert_int_equal(SUBMIT(batch, &halting, TAKEN), TOC_ELIMIT);
        assert_non_null(strstr(err.message, "is larger than 5368709120 bytes"));
    }
    (void)unlink(path);
    toc_batch_free(batch);
}

/* --- jobs ----------------------------------------------------------------------------------- */

/* It stops whatever the switches say, and what is built again asks for the same job. */
static void test_never_completes(void **state)
{
    (void)state;
    static script_answer answers[SCRIPT_MAX] = {QUEUED("7")};
    for (size_t i = 1; i < SCRIPT_MAX; i++)
        answers[i] = (script_answer)RUNNING;
    toc_batch_options options = {.poll_timeout_s = 1, .poll_first_ms = 400, .journal = journal};
    toc_batch *batch = build(options, 1);
    assert_int_equal(submit(batch, answers, SCRIPT_MAX, &going_on), TOC_ENET);
    assert_int_equal(err.number, TOC_NUMBER_POLL_TIMEOUT);
    assert_int_equal(status.items, 0);
    assert_int_equal(spooled(batch), 1);
    toc_batch_free(batch);
    assert_int_equal(access(journal, F_OK), 0);
    batch = build(options, 1);
    assert_int_equal(SUBMIT(batch, &halting, GOOD), TOC_OK);
    assert_string_equal(play.asked[0].method, "GET");
    assert_int_equal(status.resumed, 1);
    toc_batch_free(batch);
    assert_int_equal(access(journal, F_OK), -1);
}

static void test_forgotten_halts(void **state)
{
    (void)state;
    toc_batch *batch = build((toc_batch_options){.journal = journal}, 2);
    assert_int_equal(SUBMIT(batch, &halting, QUEUED("1"), QUEUED("2"), FORGOTTEN, FORGOTTEN),
                     TOC_ENOTFOUND);
    assert_int_equal(err.number, TOC_NUMBER_POLL_STATUS);
    assert_int_equal(status.items, 0);
    on_disk("");
    toc_batch_free(batch);
    /* Built again: both jobs are asked for, and what is forgotten is sent anew. */
    batch = build((toc_batch_options){.journal = journal}, 2);
    assert_int_equal(SUBMIT(batch, &halting, FORGOTTEN, GOOD, GOOD), TOC_OK);
    assert_string_equal(play.asked[0].method, "GET");
    assert_string_equal(play.asked[1].method, "POST");
    assert_non_null(strstr(play.asked[1].body, "h1.example"));
    assert_string_equal(play.asked[2].method, "GET");
    toc_batch_free(batch);
    assert_int_equal(access(journal, F_OK), -1);
}

/* The other chunk is followed; the item is written down, and sent anew by the next call alone. */
static void test_forgotten_goes_on(void **state)
{
    (void)state;
    toc_batch *batch = build((toc_batch_options){.journal = journal}, 2);
    assert_int_equal(SUBMIT(batch, &going_on, QUEUED("1"), QUEUED("2"), FORGOTTEN, GOOD),
                     TOC_EPARTIAL);
    assert_int_equal(err.number, TOC_NUMBER_POLL_STATUS);
    assert_non_null(strstr(err.message, "no such job"));
    assert_int_equal(status.items, 1);
    assert_int_equal(status.failed, 1);
    char want[512];
    (void)snprintf(want, sizeof want, "1 left %s %s\n",
                   strstr(err.message, "not taken: ") + strlen("not taken: "),
                   "{\"type\":\"Host\",\"summary\":\"h1.example\",\"xid\":\"x1\"}");
    on_disk(want);
    assert_int_equal(SUBMIT(batch, &going_on, GOOD), TOC_OK);
    assert_non_null(strstr(play.asked[0].body, "h1.example"));
    toc_batch_free(batch);
    assert_int_equal(access(journal, F_OK), -1);
}

/* A chunk that was not taken: its items are written down, unless the callback stops it. */
static int stop(void *user, const toc_batch_error *error)
{
    (void)user;
    return error->left ? -1 : 0;
}

static void test_chunk_refused(void **state)
{
    (void)state;
    static const script_answer refused = {
        .status = 400, .body = "{\"status\":\"Invalid\",\"description\":\"too large\"}"};
    toc_batch *batch = build((toc_batch_options){.chunk_items = 2}, 3);
    assert_int_equal(SUBMIT(batch, &going_on, refused, GOOD), TOC_EPARTIAL);
    assert_int_equal(err.number, TOC_NUMBER_JOB_STATUS);
    char got[1024] = "";
    FILE *file = fopen(rejects, "re");
    assert_non_null(file);
    assert_true(fread(got, 1, sizeof got - 1, file) > 0);
    (void)fclose(file);
    (void)unlink(rejects);
    assert_memory_equal(got, "1 left ", 7);
    assert_non_null(strstr(got, "\n2 left "));
    assert_null(strstr(got, "3 left"));
    assert_non_null(strstr(got, "too large"));
    toc_batch_free(batch);
    batch = build((toc_batch_options){.chunk_items = 2}, 3);
    toc_batch_callbacks callbacks = {.version = 1, .error = stop, .no_halt = true};
    assert_int_equal(SUBMIT(batch, &callbacks, refused, GOOD), TOC_ECANCELED);
    assert_int_equal(play.asked_count, 1);
    toc_batch_free(batch);
}

static void test_errors_not_json(void **state)
{
    (void)state;
    static const char *const bodies[] = {"<html>gateway</html>", "", "{\"errors\":7}",
                                         "[{\"errorReason\":\"cut"};
    for (size_t i = 0; i < TOC_COUNT(bodies); i++) {
        const script_answer file = {.status = 200, .body = bodies[i]};
        const script_answer over = {.status = 200,
                                    .body = DONE("\"id\":4,\"successCount\":0,\"errorCount\":1")};
        toc_batch *batch = build((toc_batch_options){0}, 2);
        if (SUBMIT(batch, &halting, over, file, GOOD) != TOC_EPROTO)
            fail_msg("%s: %s", bodies[i], err.message);
        assert_int_equal(err.number, TOC_NUMBER_BATCH_ERRORS);
        assert_int_equal(play.asked_count, 2);
        assert_int_equal(status.errors, 1);
        /* The job is over: the rest goes on from behind it. */
        assert_int_equal(SUBMIT(batch, &halting, GOOD), TOC_OK);
        assert_non_null(strstr(play.asked[0].body, "h2.example"));
        toc_batch_free(batch);
        batch = build((toc_batch_options){0}, 2);
        assert_int_equal(SUBMIT(batch, &going_on, over, file, GOOD), TOC_EPARTIAL);
        assert_int_equal(err.number, TOC_NUMBER_BATCH_ERRORS);
        assert_int_equal(play.asked_count, 3);
        assert_int_equal(status.items, 2);
        assert_int_equal(status.errors, 1);
        toc_batch_free(batch);
    }
}

/* --- disk ----------------------------------------------------------------------------------- */

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Nothing is sent, and everything is once there is room. */
static void test_full_when_sent(void **state)
{
    (void)state;
    toc_batch *batch = build((toc_batch_options){0}, 2);
    limit_files(0);
    toc_rc rc = SUBMIT(batch, &going_on, GOOD, GOOD);
    limit_files(RLIM_INFINITY);
    assert_int_equal(rc, TOC_EIO);
    assert_non_null(strstr(err.message, "batch spool"));
    assert_int_equal(play.asked_count, 0);
    assert_int_equal(SUBMIT(batch, &going_on, GOOD, GOOD), TOC_OK);
    assert_int_equal(status.items, 2);
    toc_batch_free(batch);
}

/* Content that found no room is given again; no half of it is sent. */
static void test_full_for_content(void **state)
{
    (void)state;
    static char text[20000];
    memset(text, 'z', sizeof text);
    toc_batch *batch = build((toc_batch_options){0}, 0);
    toc_batch_content content = {.data = {text, sizeof text}};
    limit_files(sizeof text / 2);
    toc_rc rc = toc_batch_attach(batch, "Report", TOC_S("r"), TOC_S("f"), &content, 1, &err);
    limit_files(RLIM_INFINITY);
    assert_int_equal(rc, TOC_EIO);
    assert_int_equal(SUBMIT(batch, &halting, TAKEN), TOC_OK);
    assert_int_equal(play.asked_count, 0);
    content.data = TOC_S("short");
    assert_int_equal(toc_batch_attach(batch, "Report", TOC_S("r"), TOC_S("f"), &content, 1, &err),
                     TOC_OK);
    assert_int_equal(SUBMIT(batch, &halting, TAKEN), TOC_OK);
    assert_string_equal(play.asked[0].body, "short");
    toc_batch_free(batch);
}

/* The journal has no room for a line: it stops, whatever the switches say, no half of a line stays,
 * and the same batch as well as one that is built anew goes on. */
static void test_full_for_journal(void **state)
{
    (void)state;
    struct stat before, after;
    toc_batch_callbacks one = going_on;
    one.one_chunk = true;
    for (int anew = 0; anew < 2; anew++) {
        toc_batch *batch = build((toc_batch_options){.journal = journal}, 3);
        assert_int_equal(SUBMIT(batch, &one, GOOD), TOC_OK);
        assert_int_equal(stat(journal, &before), 0);
        limit_files((rlim_t)before.st_size + 20);
        toc_rc rc = SUBMIT(batch, &going_on, GOOD, GOOD);
        limit_files(RLIM_INFINITY);
        assert_int_equal(rc, TOC_EIO);
        assert_non_null(strstr(err.message, "batch journal"));
        assert_int_equal(play.asked_count, 1);
        assert_int_equal(stat(journal, &after), 0);
        assert_int_equal(after.st_size, before.st_size);
        if (anew) {
            toc_batch_free(batch);
            batch = build((toc_batch_options){.journal = journal}, 3);
            assert_int_equal(SUBMIT(batch, &going_on, GOOD, GOOD), TOC_OK);
            assert_int_equal(status.resumed, 1);
        } else {
            assert_int_equal(SUBMIT(batch, &going_on, GOOD), TOC_OK);
            assert_non_null(strstr(play.asked[0].body, "h3.example"));
        }
        toc_batch_free(batch);
        assert_int_equal(access(journal, F_OK), -1);
    }
}

/* --- processes ------------------------------------------------------------------------------ */

static int finish(pid_t pid)
{
    int ended = -1;
    assert_int_equal(waitpid(pid, &ended, 0), pid);
    return WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
}

/* A batch that came along with a fork: nothing of it can be written or sent there, and the one that
 * has it goes on undisturbed. */
static int use_inherited(toc_batch *batch)
{
    toc_batch_content content = {.data = TOC_S("abc")};
    FILE *file = fopen("/dev/null", "we");
    if (!file)
        return 1;
    if (toc_batch_write(batch, file, &err) != TOC_ECONFLICT ||
        !strstr(err.message, "belongs to the process that made it"))
        return 2;
    (void)fclose(file);
    if (toc_batch_attach(batch, "Report", TOC_S("r"), TOC_S("f"), &content, 1, &err) !=
        TOC_ECONFLICT)
        return 3;
    if (SUBMIT(batch, &going_on, GOOD, GOOD) != TOC_ECONFLICT || play.asked_count)
        return 4;
    toc_batch_free(batch);
    return 0;
}

static void test_forked(void **state)
{
    (void)state;
    toc_batch *batch = build((toc_batch_options){.journal = journal}, 2);
    toc_batch_callbacks one = halting;
    one.one_chunk = true;
    assert_int_equal(SUBMIT(batch, &one, GOOD), TOC_OK);
    pid_t pid = fork();
    if (!pid)
        _exit(use_inherited(batch));
    assert_int_equal(finish(pid), 0);
    assert_int_equal(access(journal, F_OK), 0);
    assert_int_equal(spooled(batch), 2);
    assert_int_equal(SUBMIT(batch, &halting, GOOD), TOC_OK);
    assert_non_null(strstr(play.asked[0].body, "h2.example"));
    toc_batch_free(batch);
    assert_int_equal(access(journal, F_OK), -1);
}

/* Submits a chunk of a batch of its own, then holds its journal until it is told to end. */
static int hold(int tell, int wait_for)
{
    char word = 'x';
    toc_batch_callbacks one = halting;
    one.one_chunk = true;
    toc_batch *batch = build((toc_batch_options){.journal = journal}, 2);
    if (SUBMIT(batch, &one, GOOD) || write(tell, &word, 1) != 1 || read(wait_for, &word, 1))
        return 1;
    toc_batch_free(batch);
    return 0;
}

/* One folder for spools serves both; one journal serves one at a time, and the second process goes
 * on where the first one ended. */
static void test_two_processes(void **state)
{
    (void)state;
    int told[2], end[2];
    char word;
    assert_int_equal(pipe(told), 0);
    assert_int_equal(pipe(end), 0);
    pid_t pid = fork();
    if (!pid) {
        (void)close(end[1]);
        _exit(hold(told[1], end[0]));
    }
    (void)close(end[0]);
    assert_int_equal(read(told[0], &word, 1), 1);
    toc_batch *batch = build((toc_batch_options){.journal = journal}, 2);
    assert_int_equal(SUBMIT(batch, &going_on, GOOD, GOOD), TOC_ECONFLICT);
    assert_non_null(strstr(err.message, "is in use"));
    assert_int_equal(play.asked_count, 0);
    assert_int_equal(spooled(batch), 2);
    (void)close(end[1]);
    assert_int_equal(finish(pid), 0);
    assert_int_equal(SUBMIT(batch, &going_on, GOOD), TOC_OK);
    assert_int_equal(status.resumed, 1);
    assert_non_null(strstr(play.asked[0].body, "h2.example"));
    toc_batch_free(batch);
    (void)close(told[0]);
    (void)close(told[1]);
}

static int setup(void **state)
{
    (void)state;
    (void)signal(SIGXFSZ, SIG_IGN);
    folder_make(dir);
    (void)snprintf(journal, sizeof journal, "%s/journal", dir);
    (void)snprintf(rejects, sizeof rejects, "%s/rejects", dir);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    (void)unlink(journal);
    (void)unlink(rejects);
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
        cmocka_unit_test_teardown(test_callback_halts, clear),
        cmocka_unit_test_teardown(test_callback_goes_on, clear),
        cmocka_unit_test_teardown(test_content_too_large, clear),
        cmocka_unit_test_teardown(test_never_completes, clear),
        cmocka_unit_test_teardown(test_forgotten_halts, clear),
        cmocka_unit_test_teardown(test_forgotten_goes_on, clear),
        cmocka_unit_test_teardown(test_chunk_refused, clear),
        cmocka_unit_test_teardown(test_errors_not_json, clear),
        cmocka_unit_test_teardown(test_full_when_sent, clear),
        cmocka_unit_test_teardown(test_full_for_content, clear),
        cmocka_unit_test_teardown(test_full_for_journal, clear),
        cmocka_unit_test_teardown(test_forked, clear),
        cmocka_unit_test_teardown(test_two_processes, clear),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
