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
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/time.h"
#include "tocsin/platform.h"

#define ROWS 8000
#define ROUNDS 3

typedef struct place {
    char dir[64], store[128], trial[128], csv[128], config[128], api[128];
    const char *program;
    unsigned seed;
} place;

static pid_t start(const place *at, const char *const *words, int *out)
{
    int ends[2] = {-1, -1};
    if (out)
        assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (!pid) {
        const char *argv[16] = {at->program};
        for (size_t i = 0; words[i]; i++)
            argv[i + 1] = words[i];
        if (out)
            (void)dup2(ends[1], STDOUT_FILENO);
        if (chdir(at->dir) || setenv("TOCSIN_CONFIG", at->config, 1))
            _exit(126);
        (void)execv(at->program, (char *const *)argv);
        _exit(127);
    }
    assert_true(pid > 0);
    if (out) {
        (void)close(ends[1]);
        *out = ends[0];
    }
    return pid;
}

static int finish(pid_t pid)
{
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* "listening on http://127.0.0.1:PORT/api" */
static pid_t serve(place *at, const char *store)
{
    const char *const words[] = {"serve", store, "--listen", "127.0.0.1:0", NULL};
    int out = -1;
    pid_t pid = start(at, words, &out);
    char line[256] = {0};
    size_t used = 0;
    while (used < sizeof line - 1 && read(out, line + used, 1) == 1 && line[used] != '\n')
        used++;
    (void)close(out);
    const char *url = strstr(line, "http://");
    assert_non_null(url);
    line[used] = '\0';
    (void)snprintf(at->api, sizeof at->api, "%.*s", (int)strcspn(url, "\n"), url);
    return pid;
}

static pid_t import(const place *at)
{
    const char *const words[] = {"-q",      "--api",   at->api,        "import", at->csv,
                                 "--owner", "Demo",    "--tag-column", "label",  "--group-column",
                                 "label",   "--chunk", "2000",         NULL};
    return start(at, words, NULL);
}

static void pause_ms(unsigned ms)
{
    struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000L};
    (void)nanosleep(&ts, NULL);
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
    (void)snprintf(at.dir, sizeof at.dir, "/tmp/tocsin-crash-XXXXXX");
    if (!mkdtemp(at.dir))
        return -1;
    (void)snprintf(at.store, sizeof at.store, "%s/intel.db", at.dir);
    (void)snprintf(at.trial, sizeof at.trial, "%s/trial.db", at.dir);
    (void)snprintf(at.csv, sizeof at.csv, "%s/feed.csv", at.dir);
    (void)snprintf(at.config, sizeof at.config, "%s/tc.conf", at.dir);
    at.seed = 7;
    *state = &at;
    return 0;
}

static int teardown(void **state)
{
    const place *at = *state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", at->dir);
    return system(command);
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
    assert_int_equal(finish(start(at, words, NULL)), 0);
}

static void complete(place *at, const char *store)
{
    pid_t server = serve(at, store);
    assert_int_equal(finish(import(at)), 0);
    assert_int_equal(kill(server, SIGTERM), 0);
    assert_int_equal(finish(server), 0);
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
        (void)finish(server);
        int status = finish(client);
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
    return cmocka_run_group_tests_name("crash", tests, setup, teardown);
}
