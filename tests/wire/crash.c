/* kill -9 of the server at random moments of an import: afterwards the store opens, passes its
 * check, and the same import command completes. TOC_CRASH_ROUNDS sets the number of kills. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/time.h"
#include "support/folder.h"
#include "support/patience.h"
#include "support/program.h"
#include "tocsin/platform.h"

#define ROWS 8000
#define ROUNDS 3

typedef struct place {
    char dir[FOLDER_SIZE], store[128], trial[128], csv[128], config[128], api[128];
    const char *program;
    unsigned seed;
} place;

/* "listening on http://127.0.0.1:PORT/api" */
static pid_t serve(place *at, const char *store)
{
    const char *const words[] = {"serve", store, "--listen", "127.0.0.1:0", NULL};
    int out = -1;
    pid_t pid = program_start(at->dir, at->config, words, &out);
    program_address(out, at->api, sizeof at->api);
    return pid;
}

static pid_t import(const place *at)
{
    const char *const words[] = {"-q",      "--api",   at->api,        "import", at->csv,
                                 "--owner", "Demo",    "--tag-column", "label",  "--group-column",
                                 "label",   "--chunk", "2000",         NULL};
    return program_start(at->dir, at->config, words, NULL);
}

static void write_csv(const place *at)
{
    FILE *file = fopen(at->csv, "we");
    assert_non_null(file);
    (void)fputs("type,value,label\n", file);
    for (unsigned i = 0; i < ROWS; i++)
        (void)fprintf(file, "Host,h%u.evil.example,family%u\n", i, i % 50);
    assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
    static place at;
    at.program = getenv("TOCSIN");
    if (!at.program)
        return -1;
    folder_make(at.dir);
    (void)snprintf(at.store, sizeof at.store, "%s/intel.db", at.dir);
    (void)snprintf(at.trial, sizeof at.trial, "%s/trial.db", at.dir);
    (void)snprintf(at.csv, sizeof at.csv, "%s/feed.csv", at.dir);
    (void)snprintf(at.config, sizeof at.config, "%s/tc.conf", at.dir);
    at.seed = 7;
    *state = &at;
    return 0;
}

static void check_store(const place *at)
{
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    options.store = at->store;
    toc_platform *platform = NULL;
    toc_error err = {0};
    toc_rc rc = toc_platform_open(&options, &platform, &err);
    if (!rc)
        rc = toc_platform_check(platform, &err);
    if (rc)
        print_error("%s\n", err.message);
    assert_int_equal(rc, TOC_OK);
    toc_platform_close(platform);
}

/* Every indicator is there once; counted by the platform itself. */
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
    assert_int_equal(count, ROWS);
}

static void init(const place *at, const char *store)
{
    (void)unlink(at->config);
    const char *const words[] = {"init", store, "--config", at->config, NULL};
    assert_int_equal(program_finish(program_start(at->dir, at->config, words, NULL)), 0);
}

static void complete(place *at, const char *store)
{
    pid_t server = serve(at, store);
    assert_int_equal(program_finish(import(at)), 0);
    assert_int_equal(kill(server, SIGTERM), 0);
    assert_int_equal(program_finish(server), 0);
}

/* How long an import takes here when nothing disturbs it. */
static unsigned measure(place *at)
{
    init(at, at->trial);
    uint64_t before = toc_time_ticks_ms();
    complete(at, at->trial);
    uint64_t spent = toc_time_ticks_ms() - before;
    return spent < 20 ? 20 : (unsigned)spent;
}

static void test_killed_server(void **state)
{
    place *at = *state;
    write_csv(at);
    unsigned usual = measure(at);
    init(at, at->store);
    uint64_t rounds = ROUNDS;
    if (getenv("TOC_CRASH_ROUNDS"))
        assert_true(toc_str_to_uint(toc_str_of(getenv("TOC_CRASH_ROUNDS")), &rounds));
    for (uint64_t i = 0; i < rounds; i++) {
        pid_t server = serve(at, at->store);
        pid_t client = import(at);
        at->seed = at->seed * 1103515245U + 12345U;
        pause_ms(10 + (at->seed >> 16) % usual);
        assert_int_equal(kill(server, SIGKILL), 0);
        (void)program_finish(server);
        int status = program_finish(client);
        assert_true(status == 0 || status == 1);
        check_store(at);
    }
    complete(at, at->store);
    check_store(at);
    check_count(at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_killed_server)};
    return cmocka_run_group_tests_name("crash", tests, setup, NULL);
}
