/* faulty.c - programs in which one system call fails. */
#include "support/faulty.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/time.h"
#include "support/patience.h"
#include "support/program.h"
#include "tocsin/platform.h"
#include "tocsin/session.h"

#define PATIENCE_MS 60000

static void command(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void command(const char *format, ...)
{
    char text[512];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (system(text))
        fail_msg("%s", text);
}

/* The round that runs: told later when it never came back. */
static fault running;

static const char *how(const fault *fail)
{
    return fail->every ? "every" : fail->lasting ? "on" : "once";
}

static void tell_unfinished(void)
{
    if (running.call)
        print_error("failed with %s:%s:%lu:%s\n", running.call, running.error, running.nth,
                    how(&running));
    running.call = NULL;
}

/* --- place ---------------------------------------------------------------------------------- */

static void map_clock(faulty_place *at)
{
    int fd = open(at->clock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, sizeof *at->ahead), 0);
    at->ahead = mmap(NULL, sizeof *at->ahead, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_ptr_not_equal(at->ahead, MAP_FAILED);
    (void)close(fd);
}

bool faulty_setup(faulty_place *at)
{
    const char *const words[] = {"tocsin",   "init",    at->store, "--config",
                                 at->config, "--quiet", NULL};
    memset(at, 0, sizeof *at);
    if (!getenv("TOC_FAULTS") || !getenv("TOCSIN"))
        return false;
    folder_make(at->dir);
    const struct {
        char *path;
        const char *name;
    } paths[] = {{at->store, "store/intel.db"}, {at->spare, "spare"},
                 {at->config, "tc.conf"},       {at->out, "out"},
                 {at->errors, "errors"},        {at->counts, "counts"},
                 {at->clock, "clock"}};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        (void)snprintf(paths[i].path, sizeof at->store, "%s/%s", at->dir, paths[i].name);
    map_clock(at);
    command("mkdir '%s/store'", at->dir);
    assert_int_equal(faulty_run(at, words, NULL), 0);
    command("cp -r '%s/store' '%s'", at->dir, at->spare);
    return true;
}

void faulty_teardown(const faulty_place *at)
{
    tell_unfinished();
    if (at->ahead)
        (void)munmap(at->ahead, sizeof *at->ahead);
    if (at->dir[0])
        folder_remove(at->dir);
}

void faulty_renew(const faulty_place *at)
{
    command("cd '%s' && rm -rf store && cp -r spare store", at->dir);
}

/* --- programs ------------------------------------------------------------------------------- */

static void redirect(const char *path, int to)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || dup2(fd, to) < 0)
        _exit(126);
    (void)close(fd);
}

/* In the child. The library stands in front of those of the sanitizers, which must not mind. */
static void become(const faulty_place *at, const char *const *argv, const fault *fail)
{
    char rule[96], options[512];
    const char *before = getenv("ASAN_OPTIONS");
    (void)snprintf(options, sizeof options, "%s%sverify_asan_link_order=0:exitcode=99",
                   before ? before : "", before ? ":" : "");
    if (fail)
        (void)snprintf(rule, sizeof rule, "%s:%s:%lu:%s", fail->call, fail->error, fail->nth,
                       how(fail));
    if (program_tie() || chdir(at->dir) || setenv("TOCSIN_CONFIG", at->config, 1) ||
        setenv("ASAN_OPTIONS", options, 1) || setenv("LD_PRELOAD", getenv("TOC_FAULTS"), 1) ||
        (fail && setenv("TOC_FAULT", rule, 1)) || setenv("TOC_FAULT_COUNTS", at->counts, 1) ||
        setenv("TOC_FAULT_CLOCK", at->clock, 1) || setenv("TMPDIR", at->dir, 1))
        _exit(126);
    const char *program = strcmp(argv[0], "tocsin") != 0 ? argv[0] : getenv("TOCSIN");
    (void)execv(program, (char *const *)(uintptr_t)argv);
    _exit(127);
}

pid_t faulty_start(const faulty_place *at, const char *const *argv, const fault *fail, int *output)
{
    int ends[2] = {-1, -1};
    if (output)
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (!pid) {
        if (output && dup2(ends[1], STDOUT_FILENO) < 0)
            _exit(126);
        if (!output)
            redirect(at->out, STDOUT_FILENO);
        redirect(at->errors, STDERR_FILENO);
        become(at, argv, fail);
    }
    assert_true(pid > 0);
    if (output) {
        (void)close(ends[1]);
        *output = ends[0];
    }
    return pid;
}

static void tell(const faulty_place *at, const char *what, const fault *fail)
{
    char *errors = faulty_read(at->errors);
    print_error("%s\n", errors ? errors : "");
    free(errors);
    if (fail)
        fail_msg("%s: %s %s at call %lu, %s", what, fail->call, fail->error, fail->nth, how(fail));
    else
        fail_msg("%s without a fault", what);
}

int faulty_finish(const faulty_place *at, pid_t pid, const fault *fail)
{
    uint64_t until = toc_time_ticks_ms() + PATIENCE_MS;
    int status = 0;
    pid_t ended = 0;
    while (!(ended = waitpid(pid, &status, WNOHANG)) && toc_time_ticks_ms() < until)
        pause_ms(2);
    if (!ended) {
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, &status, 0);
        tell(at, "does not end", fail);
    }
    assert_int_equal(ended, pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 4)
        tell(at, WIFEXITED(status) ? "broke" : "ended by a signal", fail);
    return WEXITSTATUS(status);
}

int faulty_run(const faulty_place *at, const char *const *argv, const fault *fail)
{
    return faulty_finish(at, faulty_start(at, argv, fail, NULL), fail);
}

char *faulty_read(const char *path)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    assert_int_equal(fstat(fd, &info), 0);
    char *text = malloc((size_t)info.st_size + 1);
    assert_non_null(text);
    assert_int_equal(read(fd, text, (size_t)info.st_size), info.st_size);
    text[info.st_size] = '\0';
    (void)close(fd);
    return text;
}

unsigned long faulty_count(const faulty_place *at, const char *call)
{
    char *text = faulty_read(at->counts);
    assert_non_null(text);
    uint64_t count = 0;
    toc_str rest = toc_str_of(text), line, name;
    bool found = false;
    while (!found && toc_str_cut(&rest, '\n', &line))
        found = toc_str_cut(&line, ' ', &name) && toc_str_equal(name, toc_str_of(call)) &&
                toc_str_to_uint(line, &count);
    free(text);
    assert_true(found);
    return count;
}

bool faulty_spoke(const faulty_place *at)
{
    struct stat info;
    return !stat(at->errors, &info) && info.st_size > 0;
}

/* --- rounds --------------------------------------------------------------------------------- */

static void each_call(const fault_plan *plan, const fault_kind *kind, unsigned long calls)
{
    uint64_t rounds = plan->usual;
    const char *wanted = getenv("TOC_FAULT_ROUNDS");
    if (wanted)
        assert_true(toc_str_to_uint(toc_str_of(wanted), &rounds));
    if (!rounds || rounds > calls)
        rounds = calls;
    if (wanted)
        print_message("%s %s: %llu of %lu calls\n", kind->call, kind->error,
                      (unsigned long long)rounds, calls);
    for (uint64_t i = 0; i < rounds; i++) {
        fault fail = {.call = kind->call, .error = kind->error};
        fail.nth = 1 + (rounds > 1 ? i * (calls - 1) / (rounds - 1) : 0);
        for (int lasting = 0; lasting < 2; lasting++) {
            fail.lasting = lasting;
            if (kind->lasting != lasting && kind->lasting != 2)
                continue;
            running = fail;
            plan->round(plan->user, &fail);
            running.call = NULL;
        }
    }
}

#define KINDS_MAX 64

static struct {
    const fault_kind *kind;
    bool met;
} kept[KINDS_MAX];

static void keep(const fault_kind *kind, bool met)
{
    for (size_t i = 0; i < KINDS_MAX; i++) {
        if (kept[i].kind && kept[i].kind != kind)
            continue;
        kept[i].kind = kind;
        kept[i].met |= met;
        return;
    }
    fail_msg("more than %d kinds of faults", KINDS_MAX);
}

void faulty_test_all_met(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS_MAX && kept[i].kind; i++)
        if (!kept[i].met)
            fail_msg("%s %s: no program made such a call", kept[i].kind->call, kept[i].kind->error);
}

void faulty_each(const faulty_place *at, const fault_plan *plan)
{
    unsigned long calls[KINDS_MAX], all = 0;
    tell_unfinished();
    assert_true(plan->count <= KINDS_MAX);
    for (size_t i = 0; i < plan->count; i++) {
        all += calls[i] = faulty_count(at, plan->kinds[i].call);
        keep(&plan->kinds[i], calls[i] > 0);
    }
    assert_true(all > 0);
    for (size_t i = 0; i < plan->count; i++)
        each_call(plan, &plan->kinds[i], calls[i]);
}

/* --- stores --------------------------------------------------------------------------------- */

void faulty_check_store(const faulty_place *at)
{
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    options.store = at->store;
    toc_platform *platform = NULL;
    toc_error err = {0};
    toc_rc rc = toc_platform_open(&options, &platform, &err);
    if (!rc)
        rc = toc_platform_check(platform, &err);
    if (rc)
        fail_msg("%s", err.message);
    toc_platform_close(platform);
}

int64_t faulty_list_count(const faulty_place *at, const char *path)
{
    char url[128];
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_session *sess = NULL;
    toc_response *response = NULL;
    toc_error err = {0};
    int64_t count = -1;
    (void)snprintf(url, sizeof url, "file:%s", at->store);
    options.api_url = url;
    assert_int_equal(toc_platform_connect(&options, NULL, &sess, &err), TOC_OK);
    toc_call call = {.path = path, .owner = FAULTY_OWNER, .result_limit = 1};
    if (toc_session_call(sess, &call, &response, &err))
        fail_msg("%s: %s", path, err.message);
    toc_str body = toc_response_body(response);
    ptrdiff_t found = toc_str_find(body, TOC_S("\"resultCount\":"));
    assert_true(found >= 0);
    toc_str number = toc_str_slice(body, (size_t)found + 14, body.len);
    number.len = strspn(number.ptr, "0123456789");
    assert_true(toc_str_to_int(number, &count));
    toc_response_free(response);
    toc_session_close(sess);
    return count;
}

bool faulty_serve(const faulty_place *at, const fault *fail, pid_t *pid, char *url, size_t size,
                  int *status)
{
    const char *words[] = {"tocsin",     "serve",  at->store,   "--listen", "127.0.0.1:0",
                           "--tls-cert", at->cert, "--tls-key", at->key,    NULL};
    if (!at->cert[0])
        words[5] = NULL;
    char line[256] = {0};
    size_t used = 0;
    int out = -1;
    *pid = faulty_start(at, words, fail, &out);
    while (used < sizeof line - 1 && read(out, line + used, 1) == 1 && line[used] != '\n')
        used++;
    (void)close(out);
    const char *found = strstr(line, "http");
    if (!found)
        *status = faulty_finish(at, *pid, fail);
    else
        (void)snprintf(url, size, "%.*s", (int)strcspn(found, "\n"), found);
    return found;
}

void faulty_certify(faulty_place *at)
{
    (void)snprintf(at->cert, sizeof at->cert, "%s/cert.pem", at->dir);
    (void)snprintf(at->key, sizeof at->key, "%s/key.pem", at->dir);
    command("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
            "-keyout '%s' -out '%s' -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 "
            "2>'%s'",
            at->key, at->cert, at->errors);
}

static void copy_value(const char *text, const char *key, char *out, size_t size)
{
    const char *at = strstr(text, key);
    assert_non_null(at);
    at += strlen(key);
    at += strspn(at, " =");
    (void)snprintf(out, size, "%.*s", (int)strcspn(at, "\r\n"), at);
}

void faulty_credentials(const faulty_place *at, char *id, char *secret, size_t size)
{
    char *text = faulty_read(at->config);
    assert_non_null(text);
    copy_value(text, "api_access_id", id, size);
    copy_value(text, "api_secret_key", secret, size);
    free(text);
}
