/* A server in which a call fails, of files or of sockets, while a client writes hosts, tags,
 * documents with content and a batch. Whatever was answered with success is there afterwards, once,
 * and a batch that was accepted is done, if not by this server then by the next one.
 * TOC_FAULT_ROUNDS sets how many calls of a kind are tried. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "support/faulty.h"
#include "support/patience.h"
#include "support/program.h"
#include "support/wire.h"
#include "tocsin/session.h"

#define HOSTS 5
#define DOCUMENTS 2
#define ITEMS 600 /* more than are applied before the answer */
#define CONTENT ((size_t)1536 * 1024)
#define COUNT_OF(a) (sizeof(a) / sizeof *(a))

static faulty_place place;
static char access_id[128], secret[128];
static char *content;

/* What the server said that it has done. */
typedef struct said {
    bool hosts[HOSTS], tags[HOSTS], removed;
    bool documents[DOCUMENTS], contents[DOCUMENTS];
    int64_t ids[DOCUMENTS], batch;
    bool uploaded;
    bool gone; /* nothing is answered any more */
} said;

static toc_session *open_session(const char *url)
{
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_session *sess = NULL;
    options.api_url = url;
    options.access_id = access_id;
    options.secret_key = secret;
    options.owner = FAULTY_OWNER;
    options.retries = 2;
    options.retry_sleep_ms = 1;
    options.timeout_s = 2;
    assert_int_equal(toc_session_open(&options, &sess, NULL), TOC_OK);
    return sess;
}

static int64_t number_in(toc_str text, const char *key)
{
    int64_t number = 0;
    ptrdiff_t at = toc_str_find(text, toc_str_of(key));
    if (at < 0)
        return -1;
    const char *from = text.ptr + at + strlen(key);
    return toc_str_to_int((toc_str){from, strspn(from, "0123456789")}, &number) ? number : -1;
}

typedef struct question {
    const char *method, *path;
    toc_str body;
    bool bytes;      /* of a file */
    const char *key; /* a number in the answer */
    int64_t number;
} question;

static bool ask(toc_session *sess, said *told, question *asked)
{
    toc_response *response = NULL;
    toc_error err = {0};
    toc_call call = {.method = asked->method, .path = asked->path, .body = asked->body};
    if (asked->bytes)
        call.content_type = "application/octet-stream";
    if (told && told->gone)
        return false;
    toc_rc rc = toc_session_call(sess, &call, &response, &err);
    if (rc) {
        assert_true(err.message[0]);
        if (told && strstr(err.message, "too slow"))
            told->gone = true;
    }
    if (!rc && asked->key)
        asked->number = number_in(toc_response_body(response), asked->key);
    toc_response_free(response);
    return !rc;
}

static void write_hosts(toc_session *sess, said *told)
{
    char path[96], body[96];
    for (size_t i = 0; i < HOSTS; i++) {
        int len = snprintf(body, sizeof body, "{\"hostName\":\"h%zu.example\"}", i);
        question host = {"POST", "/v2/indicators/hosts", {body, (size_t)len}, false, NULL, 0};
        told->hosts[i] = ask(sess, told, &host);
        (void)snprintf(path, sizeof path, "/v2/indicators/hosts/h%zu.example/tags/t%zu", i, i);
        question tag = {"POST", path, {NULL, 0}, false, NULL, 0};
        told->tags[i] = told->hosts[i] && ask(sess, told, &tag);
    }
    question removal = {"DELETE", "/v2/indicators/hosts/h0.example", {NULL, 0}, false, NULL, 0};
    told->removed = told->hosts[0] && ask(sess, told, &removal);
}

static void write_documents(toc_session *sess, said *told)
{
    char path[96], body[96];
    for (size_t i = 0; i < DOCUMENTS; i++) {
        int len = snprintf(body, sizeof body, "{\"name\":\"d%zu\",\"fileName\":\"d.txt\"}", i);
        question made = {"POST", "/v2/groups/documents", {body, (size_t)len}, false, "\"id\":", 0};
        told->documents[i] = ask(sess, told, &made);
        if (!told->documents[i])
            continue;
        assert_true(made.number > 0);
        told->ids[i] = made.number;
        (void)snprintf(path, sizeof path, "/v2/groups/documents/%lld/upload",
                       (long long)made.number);
        question up = {"POST", path, {content, i ? CONTENT : 100}, true, NULL, 0};
        told->contents[i] = ask(sess, told, &up);
    }
}

static toc_str batch_body(void)
{
    static char text[ITEMS * 64];
    size_t used = (size_t)snprintf(text, sizeof text, "{\"indicator\":[");
    for (unsigned i = 0; i < ITEMS; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "%s{\"type\":\"Address\",\"summary\":\"10.0.%u.%u\"}",
                                 i ? "," : "", i / 250, i % 250 + 1);
    used += (size_t)snprintf(text + used, sizeof text - used, "]}");
    return (toc_str){text, used};
}

static bool is_completed(toc_session *sess, said *told, int64_t id)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/v2/batch/%lld", (long long)id);
    question status = {"GET", path, {NULL, 0}, false, "\"successCount\":", 0};
    return ask(sess, told, &status) && status.number == ITEMS;
}

static void write_batch(toc_session *sess, said *told)
{
    char path[64];
    question made = {"POST",
                     "/v2/batch",
                     TOC_S("{\"version\":\"V2\",\"owner\":\"" FAULTY_OWNER
                           "\",\"haltOnError\":false,\"action\":\"Create\","
                           "\"attributeWriteType\":\"Replace\"}"),
                     false,
                     "\"batchId\":",
                     0};
    if (!ask(sess, told, &made))
        return;
    (void)snprintf(path, sizeof path, "/v2/batch/%lld", (long long)made.number);
    question up = {"POST", path, batch_body(), true, NULL, 0};
    told->batch = made.number;
    told->uploaded = ask(sess, told, &up);
    for (int i = 0; told->uploaded && i < 15 && !is_completed(sess, told, made.number); i++)
        pause_ms(10);
}

static void read_back(toc_session *sess, said *told)
{
    question list = {"GET", "/v2/indicators/hosts", {NULL, 0}, false, NULL, 0};
    (void)ask(sess, told, &list);
    char path[96];
    for (size_t i = 0; i < DOCUMENTS; i++) {
        if (!told->contents[i])
            continue;
        (void)snprintf(path, sizeof path, "/v2/groups/documents/%lld/download",
                       (long long)told->ids[i]);
        question down = {"GET", path, {NULL, 0}, false, NULL, 0};
        (void)ask(sess, told, &down);
    }
}

static void write_all(const char *url, said *told)
{
    toc_session *sess = open_session(url);
    write_hosts(sess, told);
    write_documents(sess, told);
    write_batch(sess, told);
    read_back(sess, told);
    toc_session_close(sess);
}

/* --- afterwards ----------------------------------------------------------------------------- */

static void expect(toc_session *sess, const char *path, bool there)
{
    question get = {"GET", path, {NULL, 0}, false, NULL, 0};
    if (ask(sess, NULL, &get) != there)
        fail_msg("%s is %s", path, there ? "lost" : "there again");
}

static void expect_content(toc_session *sess, int64_t id, size_t len)
{
    char path[96];
    toc_response *response = NULL;
    (void)snprintf(path, sizeof path, "/v2/groups/documents/%lld/download", (long long)id);
    toc_call call = {.path = path};
    assert_int_equal(toc_session_call(sess, &call, &response, NULL), TOC_OK);
    toc_str got = toc_response_body(response);
    assert_int_equal(got.len, len);
    assert_memory_equal(got.ptr, content, len);
    toc_response_free(response);
}

static void check_objects(toc_session *sess, const said *told)
{
    char path[96];
    for (size_t i = 0; i < HOSTS; i++) {
        (void)snprintf(path, sizeof path, "/v2/indicators/hosts/h%zu.example", i);
        if (told->hosts[i] && i)
            expect(sess, path, true);
        if (told->removed && !i)
            expect(sess, path, false);
        (void)snprintf(path, sizeof path, "/v2/indicators/hosts/h%zu.example/tags/t%zu", i, i);
        if (told->tags[i] && i)
            expect(sess, path, true);
    }
    for (size_t i = 0; i < DOCUMENTS; i++)
        if (told->contents[i])
            expect_content(sess, told->ids[i], i ? CONTENT : 100);
}

/* Accepted is accepted: it is done when there was time for it. */
static void check_batch(toc_session *sess, const said *told)
{
    wait_until(!told->uploaded || is_completed(sess, NULL, told->batch));
}

static void check_counts(const said *told)
{
    int64_t documents = faulty_list_count(&place, "/v2/groups/documents");
    int64_t made = 0;
    for (size_t i = 0; i < DOCUMENTS; i++)
        made += told->documents[i];
    assert_true(documents >= made && documents <= DOCUMENTS);
    assert_true(faulty_list_count(&place, "/v2/indicators/hosts") <= HOSTS);
    int64_t addresses = faulty_list_count(&place, "/v2/indicators/addresses");
    assert_true(addresses == ITEMS || (!told->uploaded && addresses <= ITEMS));
}

static void stop(pid_t pid, const fault *fail)
{
    assert_int_equal(kill(pid, SIGTERM), 0);
    int status = faulty_finish(&place, pid, fail);
    assert_true(status == 0 || fail);
}

static void check_said(const said *told)
{
    char url[128];
    pid_t pid = 0;
    int status = 0;
    faulty_check_store(&place);
    assert_true(faulty_serve(&place, NULL, &pid, url, sizeof url, &status));
    toc_session *sess = open_session(url);
    check_objects(sess, told);
    check_batch(sess, told);
    toc_session_close(sess);
    stop(pid, NULL);
    check_counts(told);
    faulty_check_store(&place);
}

static void round_server(void *user, const fault *fail)
{
    char url[128];
    pid_t pid = 0;
    int status = 0;
    said told = {0};
    (void)user;
    faulty_renew(&place);
    if (faulty_serve(&place, fail, &pid, url, sizeof url, &status)) {
        write_all(url, &told);
        stop(pid, fail);
    } else {
        assert_true(status == 1 || status == 4);
        assert_true(faulty_spoke(&place));
    }
    check_said(&told);
}

/* The calls are counted in a server that nothing fails in. */
static void each(const fault_kind *kinds, size_t count, unsigned usual)
{
    const fault_plan plan = {kinds, count, usual, round_server, NULL};
    char url[128];
    pid_t pid = 0;
    int status = 0;
    said told = {0};
    faulty_renew(&place);
    assert_true(faulty_serve(&place, NULL, &pid, url, sizeof url, &status));
    write_all(url, &told);
    stop(pid, NULL);
    assert_true(told.removed && told.contents[1] && told.uploaded && told.tags[HOSTS - 1]);
    faulty_each(&place, &plan);
}

static void test_files(void **state)
{
    static const fault_kind kinds[] = {
        {"write", "ENOSPC", 2},  {"write", "EIO", 0},     {"write", "EINTR", 0},
        {"write", "SHORT", 2},   {"sync", "EIO", 2},      {"truncate", "EIO", 0},
        {"create", "ENOSPC", 2}, {"create", "EMFILE", 0}, {"unlink", "EACCES", 2},
        {"mkdir", "ENOSPC", 1},  {"rename", "EIO", 2},    {"read", "EIO", 0},
        {"read", "EINTR", 0},    {"read", "SHORT", 0},
    };
    (void)state;
    each(kinds, COUNT_OF(kinds), 3);
}

/* Short counts and EAGAIN: faults_traffic.c */
static void test_sockets(void **state)
{
    static const fault_kind kinds[] = {
        {"socket", "EMFILE", 1}, {"accept", "ECONNABORTED", 0}, {"accept", "EMFILE", 0},
        {"accept", "ENOMEM", 0}, {"accept", "EINTR", 0},        {"send", "ECONNRESET", 2},
        {"send", "EPIPE", 0},    {"send", "EINTR", 0},          {"recv", "ECONNRESET", 2},
        {"recv", "EINTR", 0},    {"poll", "EINTR", 0},          {"poll", "ENOMEM", 0},
    };
    (void)state;
    each(kinds, COUNT_OF(kinds), 3);
}

/* --- start ---------------------------------------------------------------------------------- */

static unsigned long count_at_start(const char *call)
{
    char url[128];
    pid_t pid = 0;
    int status = 0;
    assert_true(faulty_serve(&place, NULL, &pid, url, sizeof url, &status));
    stop(pid, NULL);
    return faulty_count(&place, call);
}

/* The server says why it does not start, ends by itself, and leaves the store as it was. */
static void fail_to_start(const fault *fail, const char *text)
{
    char url[128];
    pid_t pid = 0;
    int status = 0;
    if (faulty_serve(&place, fail, &pid, url, sizeof url, &status))
        fail_msg("starts without %s %lu", fail->call, fail->nth);
    assert_int_equal(status, 1);
    char *told = faulty_read(place.errors);
    if (!told || !strstr(told, text))
        fail_msg("%s %lu: %s", fail->call, fail->nth, told);
    free(told);
    faulty_check_store(&place);
}

/* Each call that is needed for the start, one after the other. */
static void test_start(void **state)
{
    static const struct {
        const char *call, *error, *text;
    } rows[] = {
        {"socket", "EMFILE", "address 127.0.0.1:0"},
        {"resolve", "NONAME", "address 127.0.0.1:0"},
        {"resolve", "MEMORY", "memory"},
        {"eventfd", "EMFILE", "the listener: "},
        {"epoll", "EMFILE", "the HTTP library could not be started: "},
        {"thread", "EAGAIN", "thread"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        unsigned long calls = count_at_start(rows[i].call);
        assert_true(calls > 0);
        for (unsigned long nth = 1; nth <= calls; nth++) {
            const fault fail = {rows[i].call, rows[i].error, nth, false, false};
            fail_to_start(&fail, rows[i].text);
        }
    }
}

/* The certificate, its key and whatever else is read is read whole, or not at all. */
static void test_start_tls(void **state)
{
    (void)state;
    faulty_certify(&place);
    unsigned long all = count_at_start("read");
    unsigned refused = 0;
    char url[128];
    for (unsigned long nth = 1; nth <= all; nth++) {
        static const char *const errors[] = {"EINTR", "SHORT", "EIO"};
        for (size_t i = 0; i < COUNT_OF(errors); i++) {
            const fault fail = {"read", errors[i], nth, false, false};
            pid_t pid = 0;
            int status = 0;
            bool starts = faulty_serve(&place, &fail, &pid, url, sizeof url, &status);
            if (!starts && i < 2)
                fail_msg("does not start with read %lu %s", nth, errors[i]);
            refused += !starts;
            if (starts)
                stop(pid, &fail);
            else
                assert_true(faulty_spoke(&place));
        }
    }
    assert_true(refused >= 2); /* for the certificate and for its key */
    place.cert[0] = '\0';
}

/* --- connections that cannot be watched ----------------------------------------------------- */

/* Refused ones count neither as open nor as gone: the next ones are taken. */
static void test_refused_connections(void **state)
{
    char url[128];
    pid_t pid = 0;
    int status = 0;
    (void)state;
    faulty_renew(&place);
    unsigned long nth = count_at_start("watch") + 2;
    const fault fail = {"watch", "ENOSPC", nth, false, true};
    assert_true(faulty_serve(&place, &fail, &pid, url, sizeof url, &status));
    for (unsigned long i = 0; i < 3 * nth; i++) {
        question list = {"GET", "/v2/indicators/hosts", {NULL, 0}, false, NULL, 0};
        toc_session *sess = open_session(url);
        assert_true(ask(sess, NULL, &list));
        toc_session_close(sess);
    }
    stop(pid, &fail);
    assert_true(faulty_count(&place, "watch") >= 3 * nth);
    char *told = faulty_read(place.errors);
    assert_non_null(told);
    assert_non_null(strstr(told, "a connection was refused"));
    free(told);
}

/* Without descriptors connections wait, and the log is not filled with that. */
static void test_no_descriptors(void **state)
{
    const fault fail = {"accept", "EMFILE", 1, true, false};
    char url[128];
    pid_t pid = 0;
    int status = 0;
    (void)state;
    assert_true(faulty_serve(&place, &fail, &pid, url, sizeof url, &status));
    uint64_t port = 0;
    const char *from = strchr(url + 5, ':') + 1;
    assert_true(toc_str_to_uint((toc_str){from, strspn(from, "0123456789")}, &port));
    int fd = wire_try_connect((unsigned)port);
    assert_true(fd >= 0);
    pause_ms(200);
    stop(pid, &fail);
    (void)close(fd);
    assert_true(faulty_count(&place, "accept") > 1);
    char *told = faulty_read(place.errors);
    const char *text = "a connection could not be taken";
    const char *first = told ? strstr(told, text) : NULL;
    assert_non_null(first);
    assert_null(strstr(first + 1, text));
    free(told);
}

static int setup(void **state)
{
    (void)state;
    faulty_credentials(&place, access_id, secret, sizeof secret);
    content = malloc(CONTENT);
    assert_non_null(content);
    for (size_t i = 0; i < CONTENT; i++)
        content[i] = (char)('a' + i * 7 % 26);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(content);
    faulty_teardown(&place);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_sockets),
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_start_tls),
        cmocka_unit_test(test_refused_connections),
        cmocka_unit_test(test_no_descriptors),
        cmocka_unit_test(faulty_test_all_met),
    };
    if (!faulty_setup(&place)) {
        print_message("calls cannot be made to fail in this build\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, setup, teardown);
}
