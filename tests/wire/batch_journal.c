/* kill -9 of the client and of the server in turn while a batch with a journal is submitted: each
 * new client builds the batch again from its input and goes on, and every item is stored. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/time.h"
#include "support/folder.h"
#include "support/patience.h"
#include "support/program.h"
#include "tocsin/batch.h"
#include "tocsin/config.h"

#define ITEMS 3000
#define ROUNDS 6

typedef struct place {
    char dir[FOLDER_SIZE], store[128], config[128], journal[128], listen[64], api[128];
    const char *program;
    unsigned seed;
} place;

/* What a client that ended well found out. */
typedef struct result {
    uint64_t items, resumed;
} result;

static pid_t serve(place *at)
{
    const char *const words[] = {"serve", at->store, "--listen", at->listen, NULL};
    int out = -1;
    pid_t pid = program_start(at->dir, at->config, words, &out);
    program_address(out, at->api, sizeof at->api);
    /* The journal is for this address: the next server has the same. */
    (void)snprintf(at->listen, sizeof at->listen, "%.*s", (int)strcspn(at->api + 7, "/"),
                   at->api + 7);
    return pid;
}

static toc_rc submit(const place *at, result *got)
{
    toc_config *config = NULL;
    toc_session *sess = NULL;
    toc_batch *batch = NULL;
    toc_error err = {0};
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_batch_options settings = TOC_BATCH_OPTIONS_INIT;
    options.api_url = at->api;
    options.retries = 1;
    settings.owner = "Demo";
    settings.chunk_items = 600;
    settings.journal = at->journal;
    const toc_config_options source = {.version = 1, .path = at->config};
    toc_rc rc = toc_config_load(&source, &config, &err);
    if (!rc)
        toc_config_apply(config, &options);
    if (!rc)
        rc = toc_session_open(&options, &sess, &err);
    if (!rc)
        rc = toc_batch_new(&settings, &batch, &err);
    for (unsigned i = 0; !rc && i < ITEMS; i++) {
        char json[128];
        (void)snprintf(json, sizeof json,
                       "{\"type\":\"Host\",\"summary\":\"h%u.example\",\"xid\":\"x%u\"}", i, i);
        rc = toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(json), i, &err);
    }
    toc_batch_status status = {0};
    if (!rc)
        rc = toc_batch_submit(batch, sess, NULL, &status, &err);
    if (rc && rc != TOC_ENET && rc != TOC_EHTTP && rc != TOC_EPROTO)
        print_error("%s\n", err.message);
    *got = (result){status.items, status.resumed};
    toc_batch_free(batch);
    toc_session_close(sess);
    toc_config_free(config);
    return rc;
}

/* The client as a process of its own; what it found out comes through the pipe. */
static pid_t client(const place *at, int *out)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (!pid) {
        result got;
        toc_rc rc = submit(at, &got);
        if (write(ends[1], &got, sizeof got) != (ssize_t)sizeof got)
            _exit(126);
        _exit(-rc);
    }
    assert_true(pid > 0);
    (void)close(ends[1]);
    *out = ends[0];
    return pid;
}

static int setup(void **state)
{
    static place at;
    at.program = getenv("TOCSIN");
    if (!at.program)
        return -1;
    folder_make(at.dir);
    (void)snprintf(at.store, sizeof at.store, "%s/intel.db", at.dir);
    (void)snprintf(at.config, sizeof at.config, "%s/tc.conf", at.dir);
    (void)snprintf(at.journal, sizeof at.journal, "%s/journal", at.dir);
    (void)snprintf(at.listen, sizeof at.listen, "127.0.0.1:0");
    at.seed = 11;
    *state = &at;
    return 0;
}

static void check_count(const place *at)
{
    char command[512];
    char line[64] = {0};
    (void)snprintf(
        command, sizeof command,
        "'%s' --api 'file:%s' get indicators --format csv | tail -n +2 | sort -u | wc -l",
        at->program, at->store);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(line, sizeof line, pipe));
    (void)pclose(pipe);
    int64_t count = 0;
    assert_true(toc_str_to_int(toc_str_trim(toc_str_of(line)), &count));
    assert_int_equal(count, ITEMS);
}

static void test_killed_on_either_side(void **state)
{
    place *at = *state;
    const char *const words[] = {"init", at->store, "--config", at->config, NULL};
    assert_int_equal(program_finish(program_start(at->dir, at->config, words, NULL)), 0);
    pid_t server = serve(at);
    result got = {0};
    int out = -1;
    for (unsigned i = 0; i < ROUNDS; i++) {
        pid_t hand = client(at, &out);
        at->seed = at->seed * 1103515245U + 12345U;
        pause_ms(5 + (at->seed >> 16) % 60);
        if (i % 2) {
            assert_int_equal(kill(server, SIGKILL), 0);
            (void)program_finish(server);
            (void)program_finish(hand);
            server = serve(at);
        } else {
            (void)kill(hand, SIGKILL);
            (void)program_finish(hand);
        }
        (void)close(out);
    }
    assert_int_equal(program_finish(client(at, &out)), 0);
    assert_int_equal(read(out, &got, sizeof got), sizeof got);
    (void)close(out);
    assert_int_equal(got.items, ITEMS);
    assert_int_equal(access(at->journal, F_OK), -1);
    assert_int_equal(kill(server, SIGTERM), 0);
    assert_int_equal(program_finish(server), 0);
    check_count(at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_killed_on_either_side)};
    return cmocka_run_group_tests_name("batch_journal", tests, setup, NULL);
}
