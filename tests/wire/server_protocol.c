/* The listener, byte by byte: what reaches the platform, and what comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "server/limits.h"
#include "support/patience.h"
#include "support/wire.h"

#define OWNERS "/api/v2/owners"
#define HOSTS "/api/v2/indicators/hosts"
#define JSON "Content-Type: application/json\r\n"

static wire_server server;

static int start(void **state)
{
    (void)state;
    wire_start(&server, NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    wire_done(&server);
    return 0;
}

/* --- the request line ----------------------------------------------------------------------- */

/* The signature covers the target: any change of a byte on the way would make this a 401. */
static void test_target_is_untouched(void **state)
{
    (void)state;
    static const char *const targets[] = {
        "/api/v2/indicators/urls/http%3A%2F%2Fx%2F%3Fa%3Db?owner=A%20B&x=%2B",
        "/api/v2/indicators/urls/http%3a%2f%2fx%2F?owner=A+B&x=+&&=&y&z=%25%32%35",
        "/api/v2/indicators/hosts/nowhere.example?x=?&owner=A%20B",
    };
    wire_conn conn = wire_connect(&server);
    for (size_t i = 0; i < TOC_COUNT(targets); i++) {
        wire_head(&server, &conn, "GET", targets[i], NULL);
        wire_reply reply = wire_receive(&conn, false);
        assert_int_equal(reply.status, 404);
        wire_reply_done(&reply);
    }
    wire_close(&conn);
}

static void test_changed_target_is_refused(void **state)
{
    (void)state;
    wire_conn conn = wire_connect(&server);
    char text[1024];
    toc_buf header;
    toc_buf_init(&header, sizeof(text));
    int64_t now = (int64_t)time(NULL);
    assert_int_equal(toc_sign_header(server.signer, toc_str_of(server.user.access_id),
                                     TOC_S(OWNERS "?x=%2B"), TOC_S("GET"), now, &header),
                     TOC_OK);
    for (int good = 0; good < 2; good++) {
        (void)snprintf(text, sizeof(text),
                       "GET " OWNERS "?x=%s HTTP/1.1\r\nHost: h\r\nTimestamp: %lld\r\n"
                       "Authorization: %s\r\n\r\n",
                       good ? "%2B" : "%2b", (long long)now, header.ptr);
        wire_text(&conn, text);
        wire_expect(&conn, good ? 200 : 401, good ? "\"Success\"" : "\"Failure\"");
    }
    toc_buf_done(&header);
    wire_close(&conn);
}

static void test_long_target(void **state)
{
    (void)state;
    char *target = toc_mem_zalloc(TOC_MAX_TARGET + 4096, 1);
    assert_non_null(target);
    wire_conn conn = wire_connect(&server);
    (void)snprintf(target, 64, OWNERS "?x=");
    size_t used = strlen(target);
    memset(target + used, 'a', TOC_MAX_TARGET - used);
    wire_head(&server, &conn, "GET", target, NULL);
    wire_expect(&conn, 200, WIRE_OWNER);
    wire_close(&conn);
    conn = wire_connect(&server);
    memset(target + used, 'a', TOC_MAX_TARGET - used + 1);
    wire_head(&server, &conn, "GET", target, NULL);
    wire_expect(&conn, 400, "\"Failure\"");
    wire_close(&conn);
    toc_mem_free(target);
}

/* The library has no memory for so many, and nobody asks for them. */
static void test_many_arguments(void **state)
{
    static const size_t counts[] = {1, 2000, 30000};
    (void)state;
    wire_conn conn = wire_connect(&server);
    for (size_t i = 0; i < TOC_COUNT(counts); i++) {
        toc_buf target;
        toc_buf_init(&target, TOC_MAX_TARGET);
        toc_buf_lit(&target, OWNERS "?");
        for (size_t j = 0; j < counts[i]; j++)
            toc_buf_lit(&target, "a&");
        assert_int_equal(target.failed, TOC_OK);
        wire_head(&server, &conn, "GET", target.ptr, NULL);
        wire_expect(&conn, counts[i] > 1 ? 400 : 200, NULL);
        toc_buf_done(&target);
    }
    wire_close(&conn);
}

static bool host_exists(const char *name)
{
    char target[256];
    wire_conn conn = wire_connect(&server);
    (void)snprintf(target, sizeof(target), HOSTS "/%s", name);
    wire_head(&server, &conn, "GET", target, NULL);
    wire_reply reply = wire_receive(&conn, false);
    assert_true(reply.status == 200 || reply.status == 404);
    bool exists = reply.status == 200;
    wire_reply_done(&reply);
    wire_close(&conn);
    return exists;
}

/* What is done is answered as well, however little of the connection's memory a head leaves. */
static void test_heads_that_fill_the_memory(void **state)
{
    static const size_t last = TOC_SERVER_HEAD + 2048;
    (void)state;
    char *headers = toc_mem_zalloc(last, 1);
    assert_non_null(headers);
    unsigned taken = 0, refused = 0;
    for (size_t size = TOC_SERVER_HEAD - 2048; size < last - 128; size += 64) {
        char name[32];
        (void)snprintf(name, sizeof(name), "m%05zu.example", size);
        int len = snprintf(headers, last, JSON "Content-Length: 29\r\n");
        for (int i = 0; (size_t)len < size - 300; i++) {
            size_t left = size - 300 - (size_t)len;
            int fill = left < 16000 ? (int)left : 16000;
            len += snprintf(headers + len, last - (size_t)len, "X%d: %0*d\r\n", i, fill, 0);
        }
        wire_conn conn = wire_connect(&server);
        wire_head(&server, &conn, "POST", HOSTS, headers);
        len = snprintf(headers, last, "{\"hostName\":\"%s\"}", name);
        assert_int_equal(len, 29);
        (void)send(conn.fd, headers, 29, MSG_NOSIGNAL);
        wire_reply reply = wire_receive(&conn, false);
        assert_true(reply.status == 201 || reply.status == 431);
        assert_int_equal(host_exists(name), reply.status == 201);
        taken += reply.status == 201;
        refused += reply.status == 431;
        wire_reply_done(&reply);
        wire_close(&conn);
    }
    assert_true(taken > 0 && refused > 0);
    toc_mem_free(headers);
}

static void test_other_methods(void **state)
{
    (void)state;
    wire_conn conn = wire_connect(&server);
    static const char *const methods[] = {"OPTIONS", "PATCH", "HEAD", "get", "BREW"};
    for (size_t i = 0; i < TOC_COUNT(methods); i++) {
        wire_head(&server, &conn, methods[i], OWNERS, NULL);
        wire_reply reply = wire_receive(&conn, strcmp(methods[i], "HEAD") == 0);
        assert_int_equal(reply.status, 405);
        wire_reply_done(&reply);
    }
    wire_head(&server, &conn, "GET", OWNERS, NULL);
    wire_expect(&conn, 200, WIRE_OWNER);
    wire_close(&conn);
}

static void test_garbage(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "garbage\r\n\r\n",
        "GET\r\n\r\n",
        "GET " OWNERS " HTTP/9.9\r\n\r\n",
        "GET " OWNERS " HTTP/1.1\r\nno colon here\r\n\r\n",
        "POST " OWNERS " HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\n",
        "POST " OWNERS " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "\x16\x03\x01\x02\x01\xfc\x03\x03\r\n\r\n",
    };
    for (size_t i = 0; i < TOC_COUNT(lines); i++) {
        wire_conn conn = wire_connect(&server);
        wire_text(&conn, lines[i]);
        wire_reply reply = wire_receive(&conn, false);
        assert_true(reply.status == 0 || reply.status >= 400);
        wire_reply_done(&reply);
        wire_close(&conn);
    }
    wire_conn conn = wire_connect(&server);
    wire_head(&server, &conn, "GET", OWNERS, NULL);
    wire_expect(&conn, 200, WIRE_OWNER);
    wire_close(&conn);
}

/* --- headers -------------------------------------------------------------------------------- */

static void test_content_type_as_given(void **state)
{
    (void)state;
    wire_conn conn = wire_connect(&server);
    wire_head(&server, &conn, "GET", OWNERS, NULL);
    wire_reply reply = wire_receive(&conn, false);
    assert_int_equal(reply.status, 200);
    assert_non_null(strstr(reply.head, "\r\nContent-Type: application/json\r\n"));
    assert_null(strstr(reply.head, "Transfer-Encoding"));
    assert_null(strstr(reply.head, "Connection: close"));
    wire_reply_done(&reply);
    wire_close(&conn);
}

static void test_too_many_headers(void **state)
{
    (void)state;
    toc_buf lines;
    toc_buf_init(&lines, 65536);
    for (int i = 0; i < TOC_MAX_HEADERS; i++)
        toc_buf_printf(&lines, "X-%d: y\r\n", i);
    wire_conn conn = wire_connect(&server);
    wire_head(&server, &conn, "GET", OWNERS, lines.ptr);
    wire_expect(&conn, 431, "\"Failure\"");
    wire_head(&server, &conn, "GET", OWNERS, NULL);
    wire_expect(&conn, 200, WIRE_OWNER);
    toc_buf_clear(&lines);
    toc_buf_lit(&lines, "X-Long: ");
    for (unsigned i = 0; i < TOC_MAX_HEADER_VALUE + 1; i++)
        toc_buf_char(&lines, 'v');
    toc_buf_lit(&lines, "\r\n");
    wire_head(&server, &conn, "GET", OWNERS, lines.ptr);
    wire_expect(&conn, 431, "\"Failure\"");
    toc_buf_done(&lines);
    wire_close(&conn);
}

/* --- connections ---------------------------------------------------------------------------- */

static void test_keep_alive(void **state)
{
    (void)state;
    wire_conn conn = wire_connect(&server);
    for (int i = 0; i < 20; i++) {
        wire_head(&server, &conn, "GET", i % 2 ? OWNERS : HOSTS "/none.example", NULL);
        wire_expect(&conn, i % 2 ? 200 : 404, NULL);
    }
    wire_head(&server, &conn, "GET", OWNERS, "Connection: close\r\n");
    wire_expect(&conn, 200, WIRE_OWNER);
    assert_true(wire_closed(&conn));
    wire_close(&conn);
}

static void test_pipelining(void **state)
{
    (void)state;
    wire_conn conn = wire_connect(&server);
    for (int i = 0; i < 10; i++)
        wire_head(&server, &conn, "GET", i % 2 ? OWNERS : HOSTS "/none.example", NULL);
    for (int i = 0; i < 10; i++)
        wire_expect(&conn, i % 2 ? 200 : 404, NULL);
    wire_close(&conn);
}

static void test_half_closed(void **state)
{
    (void)state;
    wire_conn conn = wire_connect(&server);
    wire_head(&server, &conn, "GET", OWNERS, "Connection: close\r\n");
    (void)shutdown(conn.fd, SHUT_WR);
    wire_expect(&conn, 200, WIRE_OWNER);
    assert_true(wire_closed(&conn));
    wire_close(&conn);
}

/* What is put to sleep is woken among others: as the only one of its loop it is served in another
 * order. */
static void test_half_closed_write(void **state)
{
    static wire_conn others[64];
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(others); i++) {
        others[i] = wire_connect(&server);
        wire_head(&server, &others[i], "GET", OWNERS, NULL);
        wire_expect(&others[i], 200, WIRE_OWNER);
    }
    for (int i = 0; i < 8; i++) {
        wire_conn conn = wire_connect(&server);
        wire_head(&server, &conn, "POST", HOSTS, JSON "Content-Length: 27\r\n");
        wire_text(&conn, "{\"hostName\":\"half.example\"}");
        (void)shutdown(conn.fd, SHUT_WR);
        wire_expect(&conn, 201, "half.example");
        assert_true(wire_closed(&conn));
        wire_close(&conn);
    }
    for (size_t i = 0; i < TOC_COUNT(others); i++) {
        wire_head(&server, &others[i], "GET", OWNERS, NULL);
        wire_expect(&others[i], 200, WIRE_OWNER);
        wire_close(&others[i]);
    }
}

/* The client goes away in the middle of head, body and answer; the next one is served. */
static void test_client_goes_away(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        wire_conn conn = wire_connect(&server);
        if (i == 0)
            wire_text(&conn, "GET " OWNERS " HTTP/1.1\r\nTime");
        else if (i == 1)
            wire_head(&server, &conn, "POST", HOSTS, JSON "Content-Length: 1000\r\n");
        else
            wire_head(&server, &conn, "GET", OWNERS, NULL);
        wire_close(&conn);
    }
    test_half_closed(state);
}

/* --- bodies --------------------------------------------------------------------------------- */

static void expect_host(wire_conn *conn, const char *name)
{
    char target[256];
    (void)snprintf(target, sizeof(target), HOSTS "/%s", name);
    wire_head(&server, conn, "GET", target, NULL);
    wire_expect(conn, 200, name);
}

static void test_chunked(void **state)
{
    (void)state;
    wire_conn conn = wire_connect(&server);
    wire_head(&server, &conn, "POST", HOSTS, JSON "Transfer-Encoding: chunked\r\n");
    wire_text(&conn, "c\r\n{\"hostName\":\r\n1;ext=1\r\n\"\r\n");
    pause_ms(20);
    wire_text(&conn, "f\r\nchunked.example\r\n2\r\n\"}\r\n0\r\n\r\n");
    wire_expect(&conn, 201, "chunked.example");
    expect_host(&conn, "chunked.example");
    wire_close(&conn);
}

static void test_expect_continue(void **state)
{
    (void)state;
    static const char body[] = "{\"hostName\":\"continue.example\"}";
    char headers[128];
    (void)snprintf(headers, sizeof(headers), JSON "Expect: 100-continue\r\nContent-Length: %zu\r\n",
                   sizeof(body) - 1);
    wire_conn conn = wire_connect(&server);
    wire_head(&server, &conn, "POST", HOSTS, headers);
    wire_expect(&conn, 100, NULL);
    wire_text(&conn, body);
    wire_expect(&conn, 201, "continue.example");
    expect_host(&conn, "continue.example");
    wire_close(&conn);
}

static void test_slow_body(void **state)
{
    (void)state;
    static const char body[] = "{\"hostName\":\"slow.example\"}";
    char headers[64];
    (void)snprintf(headers, sizeof(headers), JSON "Content-Length: %zu\r\n", sizeof(body) - 1);
    wire_conn conn = wire_connect(&server);
    wire_head(&server, &conn, "POST", HOSTS, headers);
    for (size_t i = 0; i < sizeof(body) - 1; i++) {
        wire_send(&conn, &body[i], 1);
        pause_ms(5);
    }
    wire_expect(&conn, 201, "slow.example");
    expect_host(&conn, "slow.example");
    wire_close(&conn);
}

/* Beyond 1 MiB the body goes through a file: announced, and found out on the way. */
static void test_large_body(void **state)
{
    (void)state;
    const size_t filler = (size_t)3 * 1024 * 1024;
    toc_buf body;
    char line[128];
    wire_conn conn = wire_connect(&server);
    for (int chunked = 0; chunked < 2; chunked++) {
        toc_buf_init(&body, filler * 2);
        toc_buf_printf(&body, "{\"hostName\":\"large%d.example\"", chunked);
        assert_true(toc_buf_reserve(&body, filler));
        for (size_t i = 0; i < filler; i++)
            toc_buf_char(&body, ' ');
        toc_buf_char(&body, '}');
        (void)snprintf(line, sizeof(line),
                       JSON "%s: ", chunked ? "Transfer-Encoding" : "Content-Length");
        if (chunked)
            (void)snprintf(line + strlen(line), 32, "chunked\r\n");
        else
            (void)snprintf(line + strlen(line), 32, "%zu\r\n", body.len);
        wire_head(&server, &conn, "POST", HOSTS, line);
        if (chunked) {
            (void)snprintf(line, sizeof(line), "%zx\r\n", body.len);
            wire_text(&conn, line);
        }
        wire_send(&conn, body.ptr, body.len);
        if (chunked)
            wire_text(&conn, "\r\n0\r\n\r\n");
        toc_buf_done(&body);
        (void)snprintf(line, sizeof(line), "large%d.example", chunked);
        wire_expect(&conn, 201, line);
        expect_host(&conn, line);
    }
    wire_close(&conn);
}

static void send_blank(wire_conn *conn, bool chunked, size_t len)
{
    char line[32];
    char *body = malloc(len);
    assert_non_null(body);
    memset(body, ' ', len);
    (void)snprintf(line, sizeof(line), "%zx\r\n", len);
    if (chunked)
        wire_text(conn, line);
    wire_send(conn, body, len);
    if (chunked)
        wire_text(conn, "\r\n0\r\n\r\n");
    free(body);
}

/* A large body without a file to put it in: that is said, and small ones need none. */
static void test_no_place_for_bodies(void **state)
{
    enum { LEN = 2 * 1024 * 1024 };
    static char name[6000];
    static const char *const places[] = {"/nowhere", "/dev/null", name, ""};
    const char *before = getenv("TMPDIR");
    char *kept = before ? strdup(before) : NULL;
    (void)state;
    memset(name, 'x', sizeof(name) - 1);
    for (size_t i = 0; i < TOC_COUNT(places); i++) {
        wire_server other;
        assert_int_equal(setenv("TMPDIR", places[i], 1), 0);
        wire_start(&other, NULL);
        for (int chunked = 0; chunked < 2; chunked++) {
            wire_conn conn = wire_connect(&other);
            wire_head(&other, &conn, "POST", HOSTS,
                      chunked ? JSON "Transfer-Encoding: chunked\r\n"
                              : JSON "Content-Length: 2097152\r\n");
            send_blank(&conn, chunked, LEN);
            wire_expect(&conn, *places[i] ? 500 : 400,
                        *places[i] ? "The request body could not be stored" : "Failure");
            wire_close(&conn);
        }
        wire_conn conn = wire_connect(&other);
        wire_head(&other, &conn, "POST", HOSTS, JSON "Content-Length: 28\r\n");
        wire_text(&conn, "{\"hostName\":\"small.example\"}");
        wire_expect(&conn, 201, "small.example");
        wire_close(&conn);
        wire_done(&other);
    }
    assert_int_equal(kept ? setenv("TMPDIR", kept, 1) : unsetenv("TMPDIR"), 0);
    free(kept);
}

/* Whoever they say they are: nobody knows them, and a write is not done. */
static void test_unknown_tokens(void **state)
{
    static const char *const tokens[] = {"x", "a:b", "a:b:c:d", ":", "::::"};
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(tokens); i++) {
        char text[256];
        wire_conn conn = wire_connect(&server);
        (void)snprintf(text, sizeof(text),
                       "POST " HOSTS " HTTP/1.1\r\nHost: x\r\nAuthorization: TC-Token %s\r\n" JSON
                       "Content-Length: 30\r\n\r\n{\"hostName\":\"unknown.example\"}",
                       tokens[i]);
        wire_text(&conn, text);
        wire_expect(&conn, 401, "Failure");
        wire_head(&server, &conn, "GET", HOSTS "/unknown.example", NULL);
        wire_expect(&conn, 404, "Failure");
        wire_close(&conn);
    }
}

/* The answer comes at once, and a client that goes on sending still gets to read it. */
static void test_oversized_body(void **state)
{
    (void)state;
    static char block[65536];
    char headers[128];
    for (int sends = 0; sends < 3; sends++) {
        (void)snprintf(headers, sizeof(headers), JSON "%sContent-Length: %zu\r\n",
                       sends == 1 ? "Expect: 100-continue\r\n" : "",
                       (size_t)TOC_MAX_BATCH_BODY + 1);
        wire_conn conn = wire_connect(&server);
        wire_head(&server, &conn, "POST", HOSTS, headers);
        for (int i = 0; sends == 2 && i < 128; i++)
            wire_send(&conn, block, sizeof(block));
        wire_reply reply = wire_receive(&conn, false);
        assert_int_equal(reply.status, 413);
        assert_non_null(strstr(reply.head, "\r\nContent-Type: application/json\r\n"));
        assert_string_equal(reply.body.ptr, "{\"status\":\"Failure\",\"message\":"
                                            "\"The request body is too large\"}");
        wire_reply_done(&reply);
        if (sends < 2)
            assert_true(wire_closed(&conn));
        wire_close(&conn);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_target_is_untouched),
        cmocka_unit_test(test_changed_target_is_refused),
        cmocka_unit_test(test_long_target),
        cmocka_unit_test(test_many_arguments),
        cmocka_unit_test(test_heads_that_fill_the_memory),
        cmocka_unit_test(test_other_methods),
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_content_type_as_given),
        cmocka_unit_test(test_too_many_headers),
        cmocka_unit_test(test_keep_alive),
        cmocka_unit_test(test_pipelining),
        cmocka_unit_test(test_half_closed),
        cmocka_unit_test(test_half_closed_write),
        cmocka_unit_test(test_client_goes_away),
        cmocka_unit_test(test_chunked),
        cmocka_unit_test(test_expect_continue),
        cmocka_unit_test(test_slow_body),
        cmocka_unit_test(test_large_body),
        cmocka_unit_test(test_oversized_body),
        cmocka_unit_test(test_no_place_for_bodies),
        cmocka_unit_test(test_unknown_tokens),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
