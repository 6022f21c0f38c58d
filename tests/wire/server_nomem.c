/* The listener where memory comes to an end: at the start, and while it serves. Nobody gets a wrong
 * answer, and as soon as there is memory again everybody gets the right one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "platform/request.h"
#include "support/patience.h"
#include "support/wire.h"

#define OWNERS "/api/v2/owners"
#define HOSTS "/api/v2/indicators/hosts"

/* Allocations before the one that fails; negative: none does. Those of the thread that tests, and
 * those of the server's threads. */
static _Thread_local bool is_tester;
static long mine = -1;
static atomic_long theirs = -1;
static atomic_bool failed, for_good;

static bool is_due(void)
{
    if (is_tester) {
        if (mine < 0 || mine--)
            return false;
    } else if (!(atomic_load(&for_good) && atomic_load(&failed)) &&
               (atomic_load(&theirs) < 0 || atomic_fetch_sub(&theirs, 1) != 0)) {
        return false;
    }
    atomic_store(&failed, true);
    return true;
}

static void *take(void *user, size_t size)
{
    (void)user;
    return is_due() ? NULL : malloc(size);
}

static void *resize(void *user, void *ptr, size_t size)
{
    (void)user;
    return is_due() ? NULL : realloc(ptr, size);
}

static void give(void *user, void *ptr)
{
    (void)user;
    free(ptr);
}

static const toc_allocator scarce = {take, resize, give, NULL};

static void limit_theirs(long allocations, bool all)
{
    atomic_store(&theirs, -1);
    atomic_store(&failed, false);
    atomic_store(&for_good, all);
    atomic_store(&theirs, allocations);
}

/* --- start ---------------------------------------------------------------------------------- */

/* Each allocation of a start fails once. With TLS (the files are no certificate) it ends with that
 * in the best case. */
static void start_without(toc_platform *platform, const char *pem, toc_rc best)
{
    long runs = 0;
    toc_rc rc = TOC_ENOMEM;
    for (; rc == TOC_ENOMEM; runs++) {
        toc_server *server = NULL;
        toc_error err = {0};
        toc_server_options options = TOC_SERVER_OPTIONS_INIT;
        options.listen = "127.0.0.1:0";
        options.threads = 1;
        options.tls_cert = options.tls_key = pem;
        atomic_store(&failed, false);
        mine = runs;
        rc = toc_server_start(platform, &options, &server, &err);
        mine = -1;
        assert_true((rc == TOC_ENOMEM) == atomic_load(&failed));
        if (rc) {
            assert_null(server);
            assert_true(err.message[0]);
        }
        toc_server_stop(server);
        assert_true(runs < 100);
    }
    assert_int_equal(rc, best);
    assert_true(runs > 4);
}

static void test_start(void **state)
{
    wire_server server;
    (void)state;
    wire_start(&server, NULL);
    start_without(server.platform, NULL, TOC_OK);
    start_without(server.platform, server.store, TOC_EINVAL);
    wire_done(&server);
}

/* --- requests ------------------------------------------------------------------------------- */

typedef struct attempt {
    const char *method, *target, *headers, *body;
    int status;       /* with enough memory */
    const char *text; /* in the answer */
} attempt;

/* With one allocation failing there is the right answer, one that says so, or none. True when it
 * was the right one and nothing failed. */
static bool try_without(const wire_server *server, const attempt *what, long allocations)
{
    wire_conn conn = wire_connect(server);
    limit_theirs(allocations, false);
    wire_head(server, &conn, what->method, what->target, what->headers);
    if (what->body)
        wire_text(&conn, what->body);
    wire_reply reply = wire_receive(&conn, false);
    bool enough = !atomic_load(&failed);
    limit_theirs(-1, false);
    if (enough && reply.status != what->status)
        fail_msg("%s %s: %d with enough memory", what->method, what->target, reply.status);
    if (reply.status == what->status)
        assert_non_null(strstr(reply.body.ptr, what->text));
    else if (reply.status != 0 && reply.status != 503)
        fail_msg("%s %s without allocation %ld: %d, %s", what->method, what->target, allocations,
                 reply.status, reply.body.ptr);
    wire_reply_done(&reply);
    wire_close(&conn);
    return enough;
}

static void expect_now(const wire_server *server, const attempt *what)
{
    wire_conn conn = wire_connect(server);
    wire_head(server, &conn, what->method, what->target, what->headers);
    if (what->body)
        wire_text(&conn, what->body);
    wire_expect(&conn, what->status, what->text);
    wire_close(&conn);
}

static void test_requests(void **state)
{
    static const attempt attempts[] = {
        {"GET", OWNERS, NULL, NULL, 200, WIRE_OWNER},
        {"POST", HOSTS, "Content-Type: application/json\r\nContent-Length: 29\r\n",
         "{\"hostName\":\"scarce.example\"}", 201, "scarce.example"},
    };
    wire_server server;
    (void)state;
    wire_start(&server, NULL);
    for (size_t i = 0; i < TOC_COUNT(attempts); i++) {
        expect_now(&server, &attempts[i]);
        long runs = 0;
        while (!try_without(&server, &attempts[i], runs)) {
            assert_true(++runs < 2000);
        }
        assert_true(runs > 4);
        expect_now(&server, &attempts[i]);
    }
    wire_done(&server);
}

/* --- the worker ------------------------------------------------------------------------------ */

static atomic_bool worker_spoke;

static void hear(void *user, toc_log_level level, const char *area, const char *text)
{
    (void)user;
    if (level == TOC_LOG_ERROR && !strcmp(area, "batch") && strstr(text, "the batch worker: "))
        atomic_store(&worker_spoke, true);
}

/* Asked without a server. */
static void handle(const wire_server *server, const char *target, const char *type, toc_str body,
                   const char *text)
{
    toc_response *response = NULL;
    const toc_header headers[] = {{TOC_S("Content-Type"), toc_str_of(type)}};
    const toc_request request = {.method = body.len ? "POST" : "GET",
                                 .target = toc_str_of(target),
                                 .headers = headers,
                                 .header_count = TOC_COUNT(headers),
                                 .body = body};
    assert_int_equal(toc_response_new(&response, NULL), TOC_OK);
    assert_int_equal(toc_platform_handle(server->platform, &request, true, response, NULL), TOC_OK);
    toc_str got = toc_response_body(response);
    if (toc_str_find(got, toc_str_of(text)) < 0)
        fail_msg("%s: %.*s", target, TOC_FMT(got));
    toc_response_free(response);
}

static void put_job(const wire_server *server)
{
    handle(server, "/v2/batch", "application/json",
           TOC_S("{\"version\":\"V2\",\"owner\":\"" WIRE_OWNER
                 "\",\"haltOnError\":false,\"action\":\"Create\","
                 "\"attributeWriteType\":\"Replace\"}"),
           "\"batchId\":1");
    handle(server, "/v2/batch/1", "application/octet-stream",
           TOC_S("{\"indicator\":[{\"type\":\"Host\",\"summary\":\"a.example\"},"
                 "{\"type\":\"Host\",\"summary\":\"b.example\"},"
                 "{\"type\":\"Host\",\"summary\":\"c.example\"}]}"),
           "Success");
}

static void start_again(wire_server *server)
{
    toc_error err = {0};
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    options.listen = "127.0.0.1:0";
    options.threads = 1;
    options.log = hear;
    options.log_level = TOC_LOG_WARNING;
    if (toc_server_start(server->platform, &options, &server->server, &err))
        fail_msg("%s", err.message);
    server->port = toc_server_port(server->server);
}

static int status_of(const wire_server *server, const attempt *get)
{
    wire_conn conn = wire_connect(server);
    wire_head(server, &conn, get->method, get->target, NULL);
    wire_reply reply = wire_receive(&conn, false);
    int status = reply.status;
    wire_reply_done(&reply);
    wire_close(&conn);
    return status;
}

/* A job for which there is no memory stays in the queue. */
static void test_worker(void **state)
{
    wire_server server;
    (void)state;
    wire_start(&server, NULL);
    wire_stop(&server);
    put_job(&server);
    limit_theirs(0, true);
    start_again(&server);
    wait_until(atomic_load(&worker_spoke));
    wire_stop(&server);
    limit_theirs(-1, false);
    handle(&server, "/v2/batch/1", "application/json", (toc_str){NULL, 0}, "\"Queued\"");
    start_again(&server);
    const attempt get = {"GET", HOSTS "/c.example", NULL, NULL, 200, "c.example"};
    wait_until(status_of(&server, &get) == 200);
    expect_now(&server, &get);
    wire_done(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_worker),
    };
    is_tester = true;
    toc_set_allocator(&scarce);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
