/* A backup is a store of one moment: what was acknowledged before it is in it, content of documents
 * and secrets too, while others go on writing. */
#include "platform_fixture.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>

typedef struct writer {
    toc_platform *platform;
    atomic_uint made;
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
    while (!atomic_load(&self->stop) && self->made < 5000) {
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
        while (atomic_load(&self.made) < 20 * (round + 1))
            (void)usleep(1000);
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
    static const char *const tails[] = {"", ".key", ".files", ".jobs", "-journal"};
    for (size_t i = 0; i < TOC_COUNT(tails); i++) {
        (void)snprintf(key, sizeof(key), "%s%s", path, tails[i]);
        assert_int_equal(access(key, F_OK), -1);
    }
    assert_int_equal(toc_platform_backup(fix.platform, path, &err), TOC_OK);
    assert_int_equal(toc_platform_backup(NULL, path, NULL), TOC_EINVAL);
    fixture_done(&fix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_copy_of_one_moment_while_others_write),
        cmocka_unit_test(test_queued_jobs_come_along),
        cmocka_unit_test(test_nothing_is_overwritten_and_nothing_is_left_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
