/* The listener's life: addresses, start, stop while requests run, the batch worker. */
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <pthread.h>

#include "base/mem.h"
#include "base/str.h"
#include "server/limits.h"
#include "support/patience.h"
#include "support/wire.h"

#define OWNERS "/api/v2/owners"
#define HOSTS "/api/v2/indicators/hosts"
#define JSON "Content-Type: application/json\r\n"

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- start ---------------------------------------------------------------------------------- */

static toc_rc try_address(toc_platform *platform, const char *address, bool plain_http,
                          toc_error *err)
{
    toc_server *server = NULL;
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    options.listen = address;
    options.plain_http = plain_http;
    options.threads = 1;
    toc_rc rc = toc_server_start(platform, &options, &server, err);
    if (rc)
        assert_null(server);
    else
        assert_int_not_equal(toc_server_port(server), 0);
    toc_server_stop(server);
    return rc;
}

static void test_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        toc_rc rc;
        const char *text;
    } rows[] = {
        {"127.0.0.1:0", TOC_OK, NULL},
        {"localhost:0", TOC_OK, NULL},
        {":0", TOC_EINVAL, "plain HTTP is for the loopback only"},
        {"127.0.0.1", TOC_EINVAL, "is not an address and a port"},
        {"127.0.0.1:", TOC_EINVAL, "is not an address and a port"},
        {"127.0.0.1:http", TOC_EINVAL, "is not an address and a port"},
        {"127.0.0.1:65536", TOC_EINVAL, "is not an address and a port"},
        {"", TOC_EINVAL, "is not an address and a port"},
        {"::1:0", TOC_EINVAL, "stands in brackets"},
        {"[::1:0", TOC_EINVAL, "stands in brackets"},
        {"a[b:0", TOC_EINVAL, "stands in brackets"},
        {"[]:0", TOC_EINVAL, "stands in brackets"},
        {"[2001:db8::1]:0", TOC_EINVAL, "plain HTTP is for the loopback only"},
        {"192.0.2.1:0", TOC_EINVAL, "plain HTTP is for the loopback only"},
        {"no such name:0", TOC_ENET, "address no such name:0"},
    };
    wire_server server;
    wire_start(&server, NULL);
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_error err = {0};
        assert_int_equal(try_address(server.platform, rows[i].address, false, &err), rows[i].rc);
        if (rows[i].text && !strstr(err.message, rows[i].text))
            fail_msg("%s: %s", rows[i].address, err.message);
    }
    toc_error err = {0};
    assert_int_equal(try_address(server.platform, "192.0.2.1:0", true, &err), TOC_ENET);
    assert_non_null(strstr(err.message, "is not one of this machine"));
    char name[300];
    (void)snprintf(name, sizeof(name), "%0*d:0", 256, 0);
    assert_int_equal(try_address(server.platform, name, false, &err), TOC_EINVAL);
    assert_non_null(strstr(err.message, "is too long"));
    wire_done(&server);
}

static void test_ipv6(void **state)
{
    (void)state;
    const struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    TOC_AUTOCLOSE int fd = socket(AF_INET6, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)(const void *)&name, sizeof(name)))
        skip();
    wire_server server;
    wire_start(&server, NULL);
    toc_error err = {0};
    assert_int_equal(try_address(server.platform, "[::1]:0", false, &err), TOC_OK);
    wire_done(&server);
}

static void test_address_in_use(void **state)
{
    (void)state;
    char address[32], text[64];
    toc_error err = {0};
    wire_server server;
    wire_start(&server, NULL);
    (void)snprintf(address, sizeof(address), "127.0.0.1:%u", server.port);
    (void)snprintf(text, sizeof(text), "address %s is in use", address);
    assert_int_equal(try_address(server.platform, address, false, &err), TOC_ENET);
    assert_string_equal(err.message, text);
    assert_string_equal(err.field, "listen");
    /* Connections that were open do not keep the address from being used again. */
    wire_conn conn = wire_connect(&server);
    wire_head(&server, &conn, "GET", OWNERS, NULL);
    wire_expect(&conn, 200, WIRE_OWNER);
    wire_stop(&server);
    assert_int_equal(try_address(server.platform, address, false, &err), TOC_OK);
    wire_close(&conn);
    wire_done(&server);
}

/* A file of that many bytes. */
static void make_file(const char *path, off_t size)
{
    TOC_AUTOCLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, size), 0);
}

static void test_bad_pem(void **state)
{
    (void)state;
    wire_server server;
    char empty[96], large[96], pipe[96];
    wire_start(&server, NULL);
    (void)snprintf(empty, sizeof(empty), "%s/empty.pem", server.dir);
    (void)snprintf(large, sizeof(large), "%s/large.pem", server.dir);
    make_file(empty, 0);
    (void)snprintf(pipe, sizeof(pipe), "%s/pipe.pem", server.dir);
    make_file(large, TOC_SERVER_PEM + 1);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    const struct {
        const char *cert, *key;
        toc_rc rc;
        const char *text;
    } rows[] = {
        {server.dir, server.store, TOC_EINVAL, "is not a PEM file"},
        {empty, server.store, TOC_EINVAL, "empty.pem is not a PEM file"},
        {large, server.store, TOC_EINVAL, "large.pem is not a PEM file"},
        {pipe, server.store, TOC_EINVAL, "pipe.pem is not a PEM file"},
        {server.store, empty, TOC_EINVAL, "empty.pem is not a PEM file"},
        {server.store, "/nowhere/key.pem", TOC_ENOTFOUND, "/nowhere/key.pem"},
        {"/dev/null/cert.pem", server.store, TOC_EIO, "/dev/null/cert.pem"},
        {server.store, server.store, TOC_EINVAL, "could not be started"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_error err = {0};
        toc_server *made = NULL;
        toc_server_options options = TOC_SERVER_OPTIONS_INIT;
        options.listen = "127.0.0.1:0";
        options.tls_cert = rows[i].cert;
        options.tls_key = rows[i].key;
        assert_int_equal(toc_server_start(server.platform, &options, &made, &err), rows[i].rc);
        assert_null(made);
        if (!strstr(err.message, rows[i].text))
            fail_msg("%s", err.message);
    }
    wire_done(&server);
}

static void test_bad_options(void **state)
{
    (void)state;
    toc_error err = {0};
    toc_server *made = NULL;
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    wire_server server;
    wire_start(&server, NULL);
    assert_int_equal(toc_server_start(server.platform, &options, &made, &err), TOC_EINVAL);
    options.listen = "127.0.0.1:0";
    assert_int_equal(toc_server_start(NULL, &options, &made, &err), TOC_EINVAL);
    options.tls_cert = "/nowhere/cert.pem";
    assert_int_equal(toc_server_start(server.platform, &options, &made, &err), TOC_EINVAL);
    options.tls_key = "/nowhere/key.pem";
    assert_int_equal(toc_server_start(server.platform, &options, &made, &err), TOC_ENOTFOUND);
    assert_non_null(strstr(err.message, "/nowhere/cert.pem"));
    options.tls_cert = server.store;
    options.tls_key = server.store;
    assert_int_equal(toc_server_start(server.platform, &options, &made, &err), TOC_EINVAL);
    options.tls_cert = options.tls_key = NULL;
    options.idle_s = 3601;
    assert_int_equal(toc_server_start(server.platform, &options, &made, &err), TOC_EINVAL);
    options.idle_s = 0;
    options.address_failures = 1000001;
    assert_int_equal(toc_server_start(server.platform, &options, &made, &err), TOC_EINVAL);
    options.address_failures = 0;
    options.version = 2;
    assert_int_equal(toc_server_start(server.platform, &options, &made, &err), TOC_EINVAL);
    assert_null(made);
    assert_int_equal(toc_server_port(NULL), 0);
    wire_done(&server);
}

/* --- many at once --------------------------------------------------------------------------- */

#define CLIENTS 8
#define ROUNDS 40

typedef struct client {
    wire_server *server;
    int number;
} client;

static void *be_client(void *user)
{
    const client *self = user;
    char target[64], body[64], headers[64];
    for (int i = 0; i < ROUNDS; i += 4) {
        wire_conn conn = wire_connect(self->server);
        for (int j = 0; j < 4; j++) {
            int len = snprintf(body, sizeof(body), "{\"hostName\":\"h%d-%d.example\"}",
                               self->number, i + j);
            (void)snprintf(headers, sizeof(headers), JSON "Content-Length: %d\r\n", len);
            (void)snprintf(target, sizeof(target), HOSTS "/h%d-%d.example", self->number, i + j);
            wire_head(self->server, &conn, "POST", HOSTS, headers);
            wire_text(&conn, body);
            wire_expect(&conn, 201, NULL);
            wire_head(self->server, &conn, "GET", target, NULL);
            wire_expect(&conn, 200, strrchr(target, '/') + 1);
        }
        wire_close(&conn);
    }
    return NULL;
}

/* A signer is for one thread, so every client has its own. */
static void test_many_clients(void **state)
{
    (void)state;
    pthread_t threads[CLIENTS];
    wire_server server, copies[CLIENTS];
    client clients[CLIENTS];
    wire_start(&server, NULL);
    for (int i = 0; i < CLIENTS; i++) {
        copies[i] = server;
        clients[i] = (client){&copies[i], i};
        assert_int_equal(
            toc_signer_new(toc_str_of(server.user.secret_key), &copies[i].signer, NULL), TOC_OK);
        assert_int_equal(pthread_create(&threads[i], NULL, be_client, &clients[i]), 0);
    }
    for (int i = 0; i < CLIENTS; i++) {
        (void)pthread_join(threads[i], NULL);
        toc_signer_free(copies[i].signer);
    }
    wire_done(&server);
}

/* What is beyond the limit waits until there is room. The limit follows the files that the process
 * may open when the server starts. */
static void test_connection_limit(void **state)
{
    (void)state;
    enum { LIMIT = TOC_SERVER_SPARE_FILES, BEYOND = 16 };
    static wire_conn conns[LIMIT + BEYOND];
    struct rlimit files, few;
    wire_server server;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    few = files;
    few.rlim_cur = 2 * TOC_SERVER_SPARE_FILES;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    wire_start(&server, NULL);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
    for (size_t i = 0; i < LIMIT + BEYOND; i++)
        conns[i] = wire_connect(&server);
    for (size_t i = 0; i < LIMIT + BEYOND; i++)
        wire_head(&server, &conns[i], "GET", OWNERS, NULL);
    for (size_t i = 0; i < LIMIT; i++)
        wire_expect(&conns[i], 200, WIRE_OWNER);
    pause_ms(100);
    char byte;
    for (size_t i = LIMIT; i < LIMIT + BEYOND; i++)
        assert_int_equal(recv(conns[i].fd, &byte, 1, MSG_DONTWAIT), -1);
    for (size_t i = 0; i < BEYOND; i++)
        wire_close(&conns[i]);
    for (size_t i = LIMIT; i < LIMIT + BEYOND; i++)
        wire_expect(&conns[i], 200, WIRE_OWNER);
    for (size_t i = 0; i < LIMIT + BEYOND; i++)
        wire_close(&conns[i]);
    wire_done(&server);
}

/* Fewer files than are kept for the rest: a few connections all the same. */
static void test_few_files(void **state)
{
    (void)state;
    struct rlimit files, few;
    wire_server server;
    wire_conn conns[4];
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    few = files;
    few.rlim_cur = TOC_SERVER_SPARE_FILES;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    wire_start(&server, NULL);
    for (size_t i = 0; i < TOC_COUNT(conns); i++)
        conns[i] = wire_connect(&server);
    for (size_t i = 0; i < TOC_COUNT(conns); i++) {
        wire_head(&server, &conns[i], "GET", OWNERS, NULL);
        wire_expect(&conns[i], 200, WIRE_OWNER);
    }
    for (size_t i = 0; i < TOC_COUNT(conns); i++)
        wire_close(&conns[i]);
    wire_done(&server);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
}

/* --- stop ----------------------------------------------------------------------------------- */

static void *stop_server(void *user)
{
    wire_stop(user);
    return NULL;
}

static bool is_refused(unsigned port)
{
    int fd = wire_try_connect(port);
    if (fd >= 0)
        (void)close(fd);
    return fd < 0;
}

static void test_stop_during_a_request(void **state)
{
    (void)state;
    static const char body[] = "{\"hostName\":\"last.example\"}";
    char headers[96];
    pthread_t stopper;
    wire_server server;
    wire_start(&server, NULL);
    wire_conn conn = wire_connect(&server);
    (void)snprintf(headers, sizeof(headers), JSON "Expect: 100-continue\r\nContent-Length: %zu\r\n",
                   sizeof(body) - 1);
    wire_head(&server, &conn, "POST", HOSTS, headers);
    wire_expect(&conn, 100, NULL); /* it is in flight then */
    wire_send(&conn, body, 5);
    assert_int_equal(pthread_create(&stopper, NULL, stop_server, &server), 0);
    wait_until(is_refused(server.port));
    wire_send(&conn, body + 5, sizeof(body) - 1 - 5);
    wire_reply reply = wire_receive(&conn, false);
    assert_int_equal(reply.status, 201);
    assert_non_null(strstr(reply.head, "\r\nConnection: close\r\n"));
    assert_non_null(strstr(reply.body.ptr, "last.example"));
    wire_reply_done(&reply);
    assert_true(wire_closed(&conn));
    (void)pthread_join(stopper, NULL);
    wire_close(&conn);
    wire_done(&server);
}

/* Neither idle connections nor clients that went away in the middle hold a stop up. */
static void test_stop_is_quick(void **state)
{
    (void)state;
    wire_server server;
    wire_start(&server, NULL);
    wire_conn idle = wire_connect(&server);
    wire_head(&server, &idle, "GET", OWNERS, NULL);
    wire_expect(&idle, 200, WIRE_OWNER);
    wire_conn gone = wire_connect(&server);
    wire_head(&server, &gone, "POST", HOSTS, JSON "Content-Length: 1000\r\n");
    wire_close(&gone);
    pause_ms(50);
    int64_t before = now_ms();
    wire_stop(&server);
    assert_true(now_ms() - before < 10000);
    assert_true(wire_closed(&idle));
    wire_close(&idle);
    wire_done(&server);
}

/* Nor do requests of which no more comes, or is listened to, in the midst of a body or a head. */
static void test_stop_waits_for_no_silence(void **state)
{
    (void)state;
    wire_server server;
    char zeros[4096];
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    options.listen = "127.0.0.1:0";
    options.threads = 1;
    wire_start(&server, &options);
    wire_conn stuck = wire_connect(&server), body = wire_connect(&server);
    wire_conn head = wire_connect(&server);
    wire_head(&server, &stuck, "POST", HOSTS, JSON "Transfer-Encoding: chunked\r\n");
    memset(zeros, '0', sizeof(zeros));
    for (int i = 0; i < 32; i++)
        wire_send(&stuck, zeros, sizeof(zeros));
    wire_head(&server, &body, "POST", HOSTS, JSON "Content-Length: 1000\r\n");
    wire_text(&head, "GET " OWNERS " HTTP/1.1\r\nHost:");
    pause_ms(200);
    int64_t before = now_ms();
    wire_stop(&server);
    assert_true(now_ms() - before < 20000);
    assert_true(wire_closed(&body));
    wire_close(&stuck);
    wire_close(&body);
    wire_close(&head);
    wire_done(&server);
}

static void test_start_and_stop(void **state)
{
    (void)state;
    wire_server server;
    wire_start(&server, NULL);
    for (int i = 0; i < 20; i++) {
        toc_error err = {0};
        assert_int_equal(try_address(server.platform, "127.0.0.1:0", false, &err), TOC_OK);
    }
    toc_server_stop(NULL);
    wire_done(&server);
}

/* --- a loop that is busy -------------------------------------------------------------------- */

/* Holds the thread that serves connections for as long as this one has the lock. */
static pthread_mutex_t busy = PTHREAD_MUTEX_INITIALIZER;

static void wait_in_log(void *user, toc_log_level level, const char *area, const char *text)
{
    (void)user;
    (void)level;
    (void)area;
    if (!strstr(text, "GET "))
        return;
    (void)pthread_mutex_lock(&busy);
    (void)pthread_mutex_unlock(&busy);
}

/* More connections than may wait for a loop: the rest waits in front of the door, and each is
 * served when the loop has time. */
static void test_more_than_may_wait(void **state)
{
    (void)state;
    enum { COUNT = TOC_SERVER_ARRIVING + 40 };
    static wire_conn conns[COUNT];
    struct rlimit files, many;
    wire_server server;
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    options.listen = "127.0.0.1:0";
    options.threads = 1;
    options.log = wait_in_log;
    options.log_level = TOC_LOG_DEBUG;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    many = files;
    many.rlim_cur = many.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &many), 0);
    if (many.rlim_cur < 2 * COUNT + 2 * TOC_SERVER_SPARE_FILES)
        skip();
    wire_start(&server, &options);
    (void)pthread_mutex_lock(&busy);
    for (size_t i = 0; i < COUNT; i++) {
        conns[i] = wire_connect(&server);
        wire_head(&server, &conns[i], "GET", OWNERS, NULL);
    }
    pause_ms(100);
    char byte;
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(recv(conns[i].fd, &byte, 1, MSG_DONTWAIT), -1);
    (void)pthread_mutex_unlock(&busy);
    for (size_t i = 0; i < COUNT; i++) {
        wire_expect(&conns[i], 200, WIRE_OWNER);
        wire_close(&conns[i]);
    }
    wire_done(&server);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
}

/* Who waits for a loop when the server stops gets an answer or the end of the connection. */
static void test_stop_while_some_wait(void **state)
{
    (void)state;
    enum { COUNT = 20 };
    wire_conn conns[COUNT];
    wire_server server;
    pthread_t stopper;
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    options.listen = "127.0.0.1:0";
    options.threads = 1;
    options.log = wait_in_log;
    options.log_level = TOC_LOG_DEBUG;
    wire_start(&server, &options);
    (void)pthread_mutex_lock(&busy);
    for (size_t i = 0; i < COUNT; i++) {
        conns[i] = wire_connect(&server);
        wire_head(&server, &conns[i], "GET", OWNERS, NULL);
    }
    pause_ms(20);
    assert_int_equal(pthread_create(&stopper, NULL, stop_server, &server), 0);
    wait_until(is_refused(server.port));
    (void)pthread_mutex_unlock(&busy);
    for (size_t i = 0; i < COUNT; i++) {
        wire_reply reply = wire_receive(&conns[i], false);
        assert_true(reply.status == 200 || reply.status == 0);
        wire_reply_done(&reply);
        wire_close(&conns[i]);
    }
    (void)pthread_join(stopper, NULL);
    wire_done(&server);
}

/* --- the batch worker ----------------------------------------------------------------------- */

static uint64_t create_job(const wire_server *server, wire_conn *conn)
{
    static const char body[] = "{\"version\":\"V2\",\"owner\":\"" WIRE_OWNER
                               "\",\"haltOnError\":false,\"action\":\"Create\","
                               "\"attributeWriteType\":\"Replace\"}";
    char headers[64];
    uint64_t id = 0;
    (void)snprintf(headers, sizeof(headers), JSON "Content-Length: %zu\r\n", sizeof(body) - 1);
    wire_head(server, conn, "POST", "/api/v2/batch", headers);
    wire_text(conn, body);
    wire_reply reply = wire_receive(conn, false);
    assert_int_equal(reply.status, 201);
    const char *number = strstr(reply.body.ptr, "\"batchId\":");
    assert_non_null(number);
    number += strlen("\"batchId\":");
    assert_true(toc_str_to_uint((toc_str){number, strspn(number, "0123456789")}, &id));
    wire_reply_done(&reply);
    return id;
}

static void upload(const wire_server *server, wire_conn *conn, uint64_t id, int items)
{
    char text[128];
    toc_buf body;
    toc_buf_init(&body, (size_t)16 * 1024 * 1024);
    toc_buf_lit(&body, "{\"indicator\":[");
    for (int i = 0; i < items; i++)
        toc_buf_printf(&body, "%s{\"type\":\"Host\",\"summary\":\"b%d.example\"}", i ? "," : "", i);
    toc_buf_lit(&body, "]}");
    (void)snprintf(text, sizeof(text),
                   "Content-Type: application/octet-stream\r\nContent-Length: %zu\r\n", body.len);
    char target[64];
    (void)snprintf(target, sizeof(target), "/api/v2/batch/%llu", (unsigned long long)id);
    wire_head(server, conn, "POST", target, text);
    wire_send(conn, body.ptr, body.len);
    wire_expect(conn, 202, "\"Success\"");
    toc_buf_done(&body);
}

static bool is_completed(const wire_server *server, wire_conn *conn, uint64_t id)
{
    char target[64];
    (void)snprintf(target, sizeof(target), "/api/v2/batch/%llu", (unsigned long long)id);
    wire_head(server, conn, "GET", target, NULL);
    wire_reply reply = wire_receive(conn, false);
    assert_int_equal(reply.status, 200);
    bool completed = strstr(reply.body.ptr, "\"Completed\"") != NULL;
    wire_reply_done(&reply);
    return completed;
}

static void wait_for_job(const wire_server *server, uint64_t id)
{
    wire_conn conn = wire_connect(server);
    wait_until(is_completed(server, &conn, id));
    wire_head(server, &conn, "GET", HOSTS "/b2.example", NULL);
    wire_expect(&conn, 200, "b2.example");
    wire_close(&conn);
}

static void test_worker_runs_jobs(void **state)
{
    (void)state;
    wire_server server;
    wire_start(&server, NULL);
    wire_conn conn = wire_connect(&server);
    for (int i = 0; i < 3; i++) {
        uint64_t id = create_job(&server, &conn);
        upload(&server, &conn, id, 50);
        wait_for_job(&server, id);
    }
    wire_close(&conn);
    wire_done(&server);
}

/* What was in the queue when the server stopped is done by the next one, unasked. */
static void test_job_outlives_the_server(void **state)
{
    (void)state;
    toc_error err = {0};
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    options.listen = "127.0.0.1:0";
    wire_server server;
    wire_start(&server, NULL);
    wire_conn conn = wire_connect(&server);
    uint64_t id = create_job(&server, &conn);
    upload(&server, &conn, id, 20000);
    wire_stop(&server);
    wire_close(&conn);
    assert_int_equal(toc_server_start(server.platform, &options, &server.server, &err), TOC_OK);
    server.port = toc_server_port(server.server);
    wait_for_job(&server, id);
    wire_done(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_ipv6),
        cmocka_unit_test(test_address_in_use),
        cmocka_unit_test(test_bad_options),
        cmocka_unit_test(test_bad_pem),
        cmocka_unit_test(test_few_files),
        cmocka_unit_test(test_more_than_may_wait),
        cmocka_unit_test(test_stop_while_some_wait),
        cmocka_unit_test(test_many_clients),
        cmocka_unit_test(test_connection_limit),
        cmocka_unit_test(test_stop_during_a_request),
        cmocka_unit_test(test_stop_is_quick),
        cmocka_unit_test(test_stop_waits_for_no_silence),
        cmocka_unit_test(test_start_and_stop),
        cmocka_unit_test(test_worker_runs_jobs),
        cmocka_unit_test(test_job_outlives_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
