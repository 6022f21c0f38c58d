/* A backup is a store of one moment: what was acknowledged before it is in it, content of documents
 * and secrets too, while others go on writing. */
#include "platform_fixture.h"
#include "support/patience.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

typedef struct writer {
    toc_platform *platform;
    atomic_uint made, allowed;
    atomic_bool stop;
} writer;

static int ask_raw(toc_platform *platform, toc_response *response, const char *method,
                   const char *target, const char *kind, toc_str body)
{
    const toc_header header = {TOC_S("Content-Type"), toc_str_of(kind ? kind : "application/json")};
    toc_request request = {.method = method,
                           .target = toc_str_of(target),
                           .body = body,
                           .headers = &header,
                           .header_count = 1};
    assert_int_equal(toc_platform_handle(platform, &request, true, response, NULL), 0);
    return toc_response_status(response);
}

static void put_document(toc_platform *platform, toc_response *response, unsigned step)
{
    char body[96], target[64];
    int64_t id = 0;
    (void)snprintf(body, sizeof(body), "{\"name\":\"d%u\",\"fileName\":\"d%u.txt\"}", step, step);
    assert_int_equal(
        ask_raw(platform, response, "POST", "/v2/groups/documents", NULL, toc_str_of(body)), 201);
    toc_str answer = toc_response_body(response);
    size_t at = (size_t)toc_str_find(answer, TOC_S("\"id\":")) + 5, end = at;
    while (answer.ptr[end] >= '0' && answer.ptr[end] <= '9')
        end++;
    assert_true(toc_str_to_int(toc_str_slice(answer, at, end), &id));
    (void)snprintf(target, sizeof(target), "/v2/groups/documents/%lld/upload", (long long)id);
    assert_int_equal(
        ask_raw(platform, response, "POST", target, "application/octet-stream", toc_str_of(body)),
        200);
}

static void *write_on(void *argument)
{
    writer *self = argument;
    toc_response *response = NULL;
    assert_int_equal(toc_response_new(&response, NULL), 0);
    while (!atomic_load(&self->stop)) {
        if (atomic_load(&self->made) == atomic_load(&self->allowed)) {
            pause_ms(1);
            continue;
        }
        put_document(self->platform, response, self->made);
        atomic_fetch_add(&self->made, 1);
    }
    toc_response_free(response);
    return NULL;
}

/* Opens the copy; it must be sound and hold at least so many documents, each with its content. */
static void look_into(const char *path, const toc_new_user *user, unsigned least)
{
    fixture copy = {.directory = ""};
    toc_error err = {0};
    assert_true(strlen(path) < sizeof(copy.path));
    memcpy(copy.path, path, strlen(path));
    fixture_open(&copy, 0);
    assert_int_equal(toc_response_new(&copy.response, NULL), 0);
    if (toc_platform_check(copy.platform, &err))
        fail_msg("%s", err.message);
    expect(&copy, "GET", "/v2/groups/documents?resultLimit=1", NULL, 200);
    assert_true(number_of(&copy, "resultCount") >= (long long)least);
    /* The key has come along: a sealed secret can be opened to be replaced. */
    toc_new_token token;
    assert_int_equal(toc_platform_new_token(copy.platform, user->access_id, 1, &token, NULL), 0);
    toc_platform_close(copy.platform);
    toc_response_free(copy.response);
}

static void test_a_copy_of_one_moment_while_others_write(void **state)
{
    fixture fix;
    char path[128];
    (void)state;
    fixture_new(&fix, 0);
    writer self = {.platform = fix.platform};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, write_on, &self), 0);
    for (unsigned round = 0; round < 4; round++) {
        atomic_store(&self.allowed, 100 * (round + 1));
        wait_until(atomic_load(&self.made) >= 100 * round + 20);
        unsigned acknowledged = atomic_load(&self.made);
        (void)snprintf(path, sizeof(path), "%s/copy%u.db", fix.directory, round);
        toc_error err = {0};
        if (toc_platform_backup(fix.platform, path, &err))
            fail_msg("%s", err.message);
        look_into(path, &fix.user, acknowledged);
    }
    atomic_store(&self.stop, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    fixture_done(&fix);
}

static void test_queued_jobs_come_along(void **state)
{
    fixture fix, copy = {.directory = ""};
    (void)state;
    fixture_new(&fix, 1);
    expect(&fix, "POST", "/v2/batch",
           "{\"owner\":\"Acme CTI\",\"action\":\"Create\",\"attributeWriteType\":\"Replace\","
           "\"haltOnError\":\"false\",\"version\":\"V2\"}",
           201);
    char target[64];
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld", number_of(&fix, "batchId"));
    assert_int_equal(ask_raw(fix.platform, fix.response, "POST", target, "application/octet-stream",
                             TOC_S("{\"indicator\":[{\"type\":\"Host\",\"summary\":\"a.example\"},"
                                   "{\"type\":\"Host\",\"summary\":\"b.example\"}]}")),
                     202);
    (void)snprintf(copy.path, sizeof(copy.path), "%s/copy.db", fix.directory);
    assert_int_equal(toc_platform_backup(fix.platform, copy.path, NULL), 0);
    fixture_open(&copy, 1);
    assert_int_equal(toc_response_new(&copy.response, NULL), 0);
    assert_int_equal(toc_platform_work(copy.platform, NULL, NULL, NULL), 1);
    expect(&copy, "GET", "/v2/indicators/hosts/b.example", NULL, 200);
    toc_platform_close(copy.platform);
    toc_response_free(copy.response);
    expect(&fix, "GET", "/v2/indicators/hosts/b.example", NULL, 404);
    fixture_done(&fix);
}

static void test_nothing_is_overwritten_and_nothing_is_left_behind(void **state)
{
    fixture fix;
    char path[128], key[140];
    toc_error err = {0};
    (void)state;
    fixture_new(&fix, 0);
    put_document(fix.platform, fix.response, 1);
    assert_int_equal(toc_platform_backup(fix.platform, fix.path, &err), TOC_ECONFLICT);
    assert_non_null(strstr(err.message, "is there already"));
    (void)snprintf(path, sizeof(path), "%s/copy.db", fix.directory);
    (void)snprintf(key, sizeof(key), "%s.key", path);
    static const char *const others[] = {".key", "-wal", "-journal", "-shm"};
    for (size_t i = 0; i < TOC_COUNT(others); i++) {
        (void)snprintf(key, sizeof(key), "%s%s", path, others[i]);
        FILE *file = fopen(key, "w");
        assert_non_null(file);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(toc_platform_backup(fix.platform, path, &err), TOC_ECONFLICT);
        assert_int_equal(access(path, F_OK), -1);
        assert_int_equal(unlink(key), 0);
    }
    (void)snprintf(path, sizeof(path), "%s/nowhere/copy.db", fix.directory);
    assert_true(toc_platform_backup(fix.platform, path, &err) < 0);

    /* No room: files may not grow beyond some bytes. */
    struct rlimit kept, small = {20000, RLIM_INFINITY};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &kept), 0);
    small.rlim_max = kept.rlim_max;
    (void)signal(SIGXFSZ, SIG_IGN);
    (void)snprintf(path, sizeof(path), "%s/copy.db", fix.directory);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    toc_rc rc = toc_platform_backup(fix.platform, path, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &kept), 0);
    assert_true(rc < 0);
    static const char *const tails[] = {"", ".key", ".files", ".jobs", "-journal", ".part"};
    for (size_t i = 0; i < TOC_COUNT(tails); i++) {
        (void)snprintf(key, sizeof(key), "%s%s", path, tails[i]);
        assert_int_equal(access(key, F_OK), -1);
    }
    assert_int_equal(toc_platform_backup(fix.platform, path, &err), TOC_OK);
    assert_int_equal(toc_platform_backup(NULL, path, NULL), TOC_EINVAL);
    fixture_done(&fix);
}

/* --- runs that do not come to their end */

#define DOCUMENTS 3
#define NEVER 1000000U

typedef struct strike {
    unsigned at, asked;
    bool kill;
} strike;

static bool strikes(void *user)
{
    strike *self = user;
    if (++self->asked < self->at)
        return false;
    if (self->kill)
        (void)raise(SIGKILL);
    return true;
}

/* In a process of its own, which ends when it is asked for the nth time whether to go on: -1, or
 * what the backup came to. */
static int backup_struck(const fixture *fix, const char *path, unsigned at, bool kill)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (!pid) {
        strike self = {.at = at, .kill = kill};
        toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
        toc_platform *platform = NULL;
        options.store = fix->path;
        options.cancel = strikes;
        options.cancel_user = &self;
        if (toc_platform_open(&options, &platform, NULL))
            _exit(99);
        toc_rc rc = toc_platform_backup(platform, path, NULL);
        toc_platform_close(platform);
        _exit(-rc);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool is_there(const char *path, const char *tail)
{
    char name[160];
    struct stat info;
    (void)snprintf(name, sizeof(name), "%s%s", path, tail);
    return lstat(name, &info) == 0;
}

static void remove_tail(const char *path, const char *tail)
{
    char name[160];
    (void)snprintf(name, sizeof(name), "%s%s", path, tail);
    assert_int_equal(remove(name), 0);
}

/* Entries of the folder whose names begin with that of the backup. */
static unsigned count_names(const fixture *fix, const char *path)
{
    const char *name = strrchr(path, '/') + 1;
    DIR *dir = opendir(fix->directory);
    assert_non_null(dir);
    unsigned count = 0;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += strncmp(entry->d_name, name, strlen(name)) == 0;
    assert_int_equal(closedir(dir), 0);
    return count;
}

/* A store with documents, which no process has open. */
static void closed_store(fixture *fix, char *path, size_t size)
{
    fixture_new(fix, 0);
    for (unsigned i = 0; i < DOCUMENTS; i++)
        put_document(fix->platform, fix->response, i);
    toc_platform_close(fix->platform);
    fix->platform = NULL;
    (void)snprintf(path, size, "%s/copy.db", fix->directory);
}

static void test_what_is_killed_leaves_no_half_copy(void **state)
{
    fixture fix;
    char path[128];
    int ended = -1;
    unsigned rounds = 0, parts_first = 0;
    (void)state;
    closed_store(&fix, path, sizeof(path));
    while (ended < 0) {
        assert_true(++rounds < 5000);
        ended = backup_struck(&fix, path, rounds, true);
        if (ended < 0) {
            assert_false(is_there(path, ""));
            assert_true(is_there(path, ".part"));
            parts_first += is_there(path, ".key");
        }
    }
    assert_int_equal(ended, 0);
    assert_false(is_there(path, ".part"));
    assert_true(is_there(path, ".files"));
    look_into(path, &fix.user, DOCUMENTS);
    /* The rounds were many enough to reach the moments between two names. */
    assert_true(rounds > 10);
    assert_true(parts_first >= 2);
    fixture_open(&fix, 0);
    fixture_done(&fix);
}

static void test_what_is_stopped_leaves_nothing(void **state)
{
    fixture fix;
    char path[128];
    int ended = -TOC_ECANCELED;
    unsigned rounds = 0;
    (void)state;
    closed_store(&fix, path, sizeof(path));
    while (ended == -TOC_ECANCELED) {
        assert_true(++rounds < 5000);
        ended = backup_struck(&fix, path, rounds, false);
        if (ended == -TOC_ECANCELED)
            assert_int_equal(count_names(&fix, path), 0);
    }
    assert_int_equal(ended, 0);
    look_into(path, &fix.user, DOCUMENTS);
    assert_true(rounds > 10);
    fixture_open(&fix, 0);
    fixture_done(&fix);
}

/* What lies beside the backup is removed only when a run that was killed put it there. */
static void test_what_others_put_there_stays(void **state)
{
    fixture fix;
    char path[128], key[140];
    unsigned at = 0;
    (void)state;
    closed_store(&fix, path, sizeof(path));
    while (!is_there(path, ".key"))
        assert_int_equal(backup_struck(&fix, path, ++at, true), -1);
    /* The first one is kept under another name, so that its number is not given again. */
    (void)snprintf(key, sizeof(key), "%s.key", path);
    char kept[160];
    (void)snprintf(kept, sizeof(kept), "%s/kept", fix.directory);
    assert_int_equal(rename(key, kept), 0);
    FILE *file = fopen(key, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(backup_struck(&fix, path, NEVER, true), -TOC_ECONFLICT);
    assert_true(is_there(path, ".key"));
    assert_false(is_there(path, ""));
    assert_int_equal(unlink(key), 0);
    assert_int_equal(unlink(kept), 0);

    /* A run that was killed just before it removed its folder: the backup is whole. */
    assert_int_equal(backup_struck(&fix, path, NEVER, true), 0);
    (void)snprintf(kept, sizeof(kept), "%s.part", path);
    assert_int_equal(mkdir(kept, 0700), 0);
    assert_int_equal(backup_struck(&fix, path, NEVER, true), -TOC_ECONFLICT);
    assert_false(is_there(path, ".part"));
    look_into(path, &fix.user, DOCUMENTS);
    fixture_open(&fix, 0);
    fixture_done(&fix);
}

static void test_one_backup_at_a_time(void **state)
{
    fixture fix;
    char path[128], lock[160];
    toc_error err = {0};
    (void)state;
    fixture_new(&fix, 0);
    (void)snprintf(path, sizeof(path), "%s/copy.db", fix.directory);
    (void)snprintf(lock, sizeof(lock), "%s.part", path);
    assert_int_equal(mkdir(lock, 0700), 0);
    (void)snprintf(lock, sizeof(lock), "%s.part/lock", path);
    int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(toc_platform_backup(fix.platform, path, &err), TOC_ECONFLICT);
    assert_non_null(strstr(err.message, "is being made"));
    assert_true(is_there(path, ".part/lock"));
    assert_int_equal(close(fd), 0);
    assert_int_equal(toc_platform_backup(fix.platform, path, &err), 0);
    assert_false(is_there(path, ".part"));
    /* A file of that name is somebody else's. */
    remove_tail(path, "");
    remove_tail(path, ".key");
    remove_tail(path, ".jobs");
    (void)snprintf(lock, sizeof(lock), "%s.part", path);
    FILE *file = fopen(lock, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(toc_platform_backup(fix.platform, path, &err), TOC_EIO);
    assert_int_equal(count_names(&fix, path), 1);
    fixture_done(&fix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_copy_of_one_moment_while_others_write),
        cmocka_unit_test(test_queued_jobs_come_along),
        cmocka_unit_test(test_nothing_is_overwritten_and_nothing_is_left_behind),
        cmocka_unit_test(test_what_is_killed_leaves_no_half_copy),
        cmocka_unit_test(test_what_is_stopped_leaves_nothing),
        cmocka_unit_test(test_what_others_put_there_stays),
        cmocka_unit_test(test_one_backup_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
