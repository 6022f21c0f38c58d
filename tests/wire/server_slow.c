/* Clients that read or write a byte at a time, and a thousand that do nothing: everybody else is
 * served meanwhile, and what they cost is bounded. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "server/limits.h"
#include "support/patience.h"
#include "support/wire.h"

#define HOSTS "/api/v2/indicators/hosts"
#define DOCUMENTS "/api/v2/groups/documents"
#define JSON "Content-Type: application/json\r\n"
#define BYTES "Content-Type: application/octet-stream\r\n"
#define SLOW 24    /* readers, and as many writers */
#define TICK_MS 50 /* for one byte of each */
#define IDLE 1000
#define CONTENT ((size_t)24 * 1024 * 1024) /* beyond what the system takes for a reader */

static wire_server server;
static char *content;

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#endif

/* Of this process, clients and all; 0: not to be known. */
static size_t resident(void)
{
#ifdef SANITIZED
    return 0;
#else
    char text[128] = {0};
    uint64_t pages = 0;
    TOC_AUTOCLOSE int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
        return 0;
    const char *at = strchr(text, ' ');
    if (!at || !toc_str_to_uint((toc_str){at + 1, strspn(at + 1, "0123456789")}, &pages))
        return 0;
    return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
#endif
}

static void expect_growth(size_t before, size_t most)
{
    size_t now = resident();
    if (before && now > before + most)
        fail_msg("%zu KiB more than before", (now - before) / 1024);
}

static void post(wire_conn *conn, const char *target, const char *type, const char *body,
                 size_t len)
{
    char headers[128];
    (void)snprintf(headers, sizeof(headers), "%sContent-Length: %zu\r\n", type, len);
    wire_head(&server, conn, "POST", target, headers);
    wire_send(conn, body, len);
}

/* One that is in no way slow. */
static void serve_other(wire_conn *conn, unsigned number)
{
    char text[64];
    int len = snprintf(text, sizeof(text), "{\"hostName\":\"quick%u.example\"}", number);
    post(conn, HOSTS, JSON, text, (size_t)len);
    wire_expect(conn, 201, NULL);
    (void)snprintf(text, sizeof(text), HOSTS "/quick%u.example", number);
    wire_head(&server, conn, "GET", text, NULL);
    wire_expect(conn, 200, "quick");
}

static void make_document(char *target, size_t size)
{
    static const char body[] = "{\"name\":\"long\",\"fileName\":\"long.bin\"}";
    wire_conn conn = wire_connect(&server);
    post(&conn, DOCUMENTS, JSON, body, sizeof(body) - 1);
    wire_reply reply = wire_receive(&conn, false);
    assert_int_equal(reply.status, 201);
    const char *id = strstr(reply.body.ptr, "\"id\":");
    assert_non_null(id);
    id += 5;
    (void)snprintf(target, size, DOCUMENTS "/%.*s/upload", (int)strspn(id, "0123456789"), id);
    post(&conn, target, BYTES, content, CONTENT);
    wire_expect(&conn, 200, NULL);
    (void)snprintf(target, size, DOCUMENTS "/%.*s/download", (int)strspn(id, "0123456789"), id);
    wire_reply_done(&reply);
    wire_close(&conn);
}

static void read_byte(wire_conn *conn)
{
    char byte;
    ssize_t got = recv(conn->fd, &byte, 1, MSG_DONTWAIT);
    if (got == 1)
        toc_buf_append(&conn->in, &byte, 1);
    else
        assert_true(got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
}

static void test_slow_readers_and_writers(void **state)
{
    wire_conn readers[SLOW], writers[SLOW], other = wire_connect(&server);
    char target[96], bodies[SLOW][64];
    size_t longest = 0;
    (void)state;
    make_document(target, sizeof(target));
    size_t before = resident();
    for (unsigned i = 0; i < SLOW; i++) {
        char headers[128];
        readers[i] = wire_connect(&server);
        wire_head(&server, &readers[i], "GET", target, NULL);
        writers[i] = wire_connect(&server);
        (void)snprintf(bodies[i], sizeof(bodies[i]), "{\"hostName\":\"slow%u.example\"}", i);
        (void)snprintf(headers, sizeof(headers), JSON "Content-Length: %zu\r\n", strlen(bodies[i]));
        wire_head(&server, &writers[i], "POST", HOSTS, headers);
        longest = strlen(bodies[i]) > longest ? strlen(bodies[i]) : longest;
    }
    for (unsigned tick = 0; tick < longest; tick++) {
        for (unsigned i = 0; i < SLOW; i++) {
            read_byte(&readers[i]);
            if (tick < strlen(bodies[i]))
                wire_send(&writers[i], &bodies[i][tick], 1);
        }
        serve_other(&other, tick);
        pause_ms(TICK_MS);
    }
    /* Were it held for each of them, it would be six times as much. */
    expect_growth(before, SLOW * CONTENT / 6);
    for (unsigned i = 0; i < SLOW; i++) {
        wire_expect(&writers[i], 201, "slow");
        wire_close(&writers[i]);
    }
    /* Two read on to the end; the others go away in the middle. */
    for (unsigned i = 0; i < SLOW; i++) {
        if (i < 2) {
            wire_reply reply = wire_receive(&readers[i], false);
            assert_int_equal(reply.status, 200);
            assert_int_equal(reply.body.len, CONTENT);
            assert_memory_equal(reply.body.ptr, content, CONTENT);
            wire_reply_done(&reply);
        }
        wire_close(&readers[i]);
    }
    serve_other(&other, 1000);
    wire_close(&other);
}

/* Both ends are in this process. */
static bool allow_files(size_t count)
{
    struct rlimit files;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    if (files.rlim_cur >= count)
        return true;
    files.rlim_cur = count;
    return files.rlim_max >= count && !setrlimit(RLIMIT_NOFILE, &files);
}

static void test_a_thousand_idle(void **state)
{
    static wire_conn conns[IDLE];
    (void)state;
    if (!allow_files(2 * IDLE + 2 * TOC_SERVER_SPARE_FILES)) {
        print_message("too few files may be open\n");
        skip();
    }
    wire_stop(&server);
    wire_done(&server);
    wire_start(&server, NULL); /* the number of connections follows the limit of files */
    wire_conn other = wire_connect(&server);
    serve_other(&other, 0);
    size_t before = resident();
    for (size_t i = 0; i < IDLE; i++)
        conns[i] = wire_connect(&server);
    serve_other(&other, 1);
    for (size_t i = 0; i < IDLE; i += 2) /* half of them have been heard of before */
        wire_head(&server, &conns[i], "GET", "/api/v2/owners", NULL);
    for (size_t i = 0; i < IDLE; i += 2)
        wire_expect(&conns[i], 200, WIRE_OWNER);
    for (unsigned i = 2; i < 50; i++)
        serve_other(&other, i);
    /* A head's room and a half, an answer that is kept, and the client's own buffers. */
    expect_growth(before, IDLE * (2 * TOC_SERVER_HEAD + TOC_SERVER_KEEP + 64U * 1024));
    for (size_t i = 0; i < IDLE; i++)
        wire_close(&conns[i]);
    serve_other(&other, 50);
    wire_close(&other);
}

static int start(void **state)
{
    (void)state;
    content = malloc(CONTENT);
    assert_non_null(content);
    for (size_t i = 0; i < CONTENT; i++)
        content[i] = (char)('a' + i * 7 % 26);
    wire_start(&server, NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    wire_done(&server);
    free(content);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slow_readers_and_writers),
        cmocka_unit_test(test_a_thousand_idle),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
