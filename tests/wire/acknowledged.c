/* kill -9 of the server at random moments while a client writes one thing after the other:
 * everything that was answered with success is there afterwards, content of documents byte for
 * byte. TOC_CRASH_ROUNDS sets the number of kills. */
#include "platform_fixture.h"

#include <pthread.h>
#include <signal.h>

#include "support/patience.h"
#include "support/program.h"
#include "tocsin/session.h"

#define ROUNDS 4
#define LONGEST_MS 400
#define PER_ROUND 4096

typedef struct place {
    char dir[FOLDER_SIZE], store[96], config[96], url[256], id[64], secret[128];
    pid_t server;
    unsigned seed, wait_ms, next;
    int64_t documents[PER_ROUND]; /* id of the document of a step; 0: none was acknowledged */
    unsigned hosts, tags;         /* how many of the round were acknowledged */
} place;

static void serve(place *at)
{
    const char *const words[] = {"serve", at->store, "--listen", "127.0.0.1:0", NULL};
    int out = -1;
    at->server = program_start(at->dir, at->config, words, &out);
    program_address(out, at->url, sizeof(at->url));
}

static void *kill_later(void *argument)
{
    const place *at = argument;
    pause_ms(at->wait_ms);
    (void)kill(at->server, SIGKILL);
    return NULL;
}

static bool call(toc_session *sess, const char *path, toc_str body, const char *kind, int64_t *id)
{
    toc_response *response = NULL;
    toc_call post = {.method = "POST", .path = path, .body = body, .content_type = kind};
    toc_rc rc = toc_session_call(sess, &post, &response, NULL);
    if (!rc && id) {
        toc_str answer = toc_response_body(response);
        ptrdiff_t from = toc_str_find(answer, TOC_S("\"id\":"));
        assert_true(from >= 0);
        *id = strtoll(answer.ptr + from + 5, NULL, 10);
    }
    toc_response_free(response);
    return rc == TOC_OK;
}

static void content_of(unsigned step, char room[20000], size_t *len)
{
    *len = 1 + step * 7919U % 20000U;
    memset(room, 'a' + (int)(step % 26), *len);
}

static bool write_document(place *at, toc_session *sess, unsigned step)
{
    static char room[20000];
    char path[96];
    size_t len;
    int64_t id = 0;
    if (!call(sess, "/v2/groups/documents", TOC_S("{\"name\":\"d\",\"fileName\":\"d.txt\"}"), NULL,
              &id))
        return false;
    content_of(step, room, &len);
    (void)snprintf(path, sizeof(path), "/v2/groups/documents/%lld/upload", (long long)id);
    if (!call(sess, path, (toc_str){room, len}, "application/octet-stream", NULL))
        return false;
    at->documents[step - at->next] = id;
    return true;
}

/* Writes until the server is gone. */
static void write_all(place *at, toc_session *sess)
{
    char body[64], path[96];
    at->hosts = at->tags = 0;
    memset(at->documents, 0, sizeof(at->documents));
    for (unsigned i = 0; i < PER_ROUND; i++) {
        unsigned step = at->next + i;
        int len = snprintf(body, sizeof(body), "{\"hostName\":\"h%u.example\"}", step);
        if (!call(sess, "/v2/indicators/hosts", (toc_str){body, (size_t)len}, NULL, NULL))
            return;
        at->hosts = i + 1;
        (void)snprintf(path, sizeof(path), "/v2/indicators/hosts/h%u.example/tags/t%u", step,
                       step % 10);
        if (!call(sess, path, (toc_str){NULL, 0}, NULL, NULL))
            return;
        at->tags = i + 1;
        if (step % 3 == 0 && !write_document(at, sess, step))
            return;
    }
}

static void check_documents(place *at, fixture *fix)
{
    static char room[20000];
    char target[96];
    for (unsigned i = 0; i < PER_ROUND; i++) {
        size_t len;
        if (!at->documents[i])
            continue;
        (void)snprintf(target, sizeof(target), "/v2/groups/documents/%lld/download",
                       (long long)at->documents[i]);
        expect(fix, "GET", target, NULL, 200);
        content_of(at->next + i, room, &len);
        toc_str got = toc_response_body(fix->response);
        assert_int_equal(got.len, len);
        assert_memory_equal(got.ptr, room, len);
    }
}

static void check_all(place *at)
{
    fixture fix = {.platform = NULL};
    char target[96];
    (void)snprintf(fix.path, sizeof(fix.path), "%s", at->store);
    fixture_open(&fix, 500);
    assert_int_equal(toc_response_new(&fix.response, NULL), 0);
    assert_int_equal(toc_platform_check(fix.platform, NULL), TOC_OK);
    for (unsigned i = 0; i < at->hosts; i++) {
        unsigned step = at->next + i;
        (void)snprintf(target, sizeof(target), "/v2/indicators/hosts/h%u.example", step);
        expect(&fix, "GET", target, NULL, 200);
        if (i >= at->tags)
            continue;
        (void)snprintf(target, sizeof(target), "/v2/indicators/hosts/h%u.example/tags/t%u", step,
                       step % 10);
        expect(&fix, "GET", target, NULL, 200);
    }
    check_documents(at, &fix);
    toc_platform_close(fix.platform);
    toc_response_free(fix.response);
}

static void one_round(place *at)
{
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_session *sess = NULL;
    pthread_t killer;
    serve(at);
    options.api_url = at->url;
    options.access_id = at->id;
    options.secret_key = at->secret;
    options.retries = 1;
    assert_int_equal(toc_session_open(&options, &sess, NULL), TOC_OK);
    at->seed = at->seed * 1103515245U + 12345U;
    at->wait_ms = 1 + (at->seed >> 16) % LONGEST_MS;
    assert_int_equal(pthread_create(&killer, NULL, kill_later, at), 0);
    write_all(at, sess);
    assert_int_equal(pthread_join(killer, NULL), 0);
    (void)program_finish(at->server);
    toc_session_close(sess);
    check_all(at);
    at->next += PER_ROUND;
}

static void read_credentials(place *at)
{
    char line[512];
    FILE *file = fopen(at->config, "re");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        const char *value = strchr(line, '=');
        if (!value)
            continue;
        value += 1 + strspn(value + 1, " ");
        int len = (int)strcspn(value, "\r\n");
        if (strncmp(line, "api_access_id", 13) == 0)
            (void)snprintf(at->id, sizeof(at->id), "%.*s", len, value);
        if (strncmp(line, "api_secret_key", 14) == 0)
            (void)snprintf(at->secret, sizeof(at->secret), "%.*s", len, value);
    }
    (void)fclose(file);
    assert_true(at->id[0] && at->secret[0]);
}

static void test_acknowledged(void **state)
{
    static place at;
    const char *const words[] = {"init", at.store, "--config", at.config, "--quiet", NULL};
    uint64_t rounds = ROUNDS;
    int out = -1;
    (void)state;
    at.seed = 11;
    folder_make(at.dir);
    (void)snprintf(at.store, sizeof(at.store), "%s/intel.db", at.dir);
    (void)snprintf(at.config, sizeof(at.config), "%s/tc.conf", at.dir);
    pid_t pid = program_start(at.dir, at.config, words, &out);
    (void)close(out);
    assert_int_equal(program_finish(pid), 0);
    read_credentials(&at);
    if (getenv("TOC_CRASH_ROUNDS"))
        assert_true(toc_str_to_uint(toc_str_of(getenv("TOC_CRASH_ROUNDS")), &rounds));
    for (uint64_t i = 0; i < rounds; i++)
        one_round(&at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_acknowledged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
