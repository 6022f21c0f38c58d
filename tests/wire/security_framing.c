/* Requests whose end a proxy and the listener could see in different places. What stands behind
 * such a head must never be served as a request of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "support/wire.h"

#define OWNERS "/api/v2/owners"
#define HOSTS "/api/v2/indicators/hosts"
#define OUTER "{\"hostName\":\"outer.example\"}"
#define INNER "{\"hostName\":\"inner.example\"}"

static wire_server server;

static int start(void **state)
{
    (void)state;
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    options.listen = "127.0.0.1:0";
    options.threads = 2;
    options.idle_s = 2; /* some of these bodies never end */
    wire_start(&server, &options);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    wire_done(&server);
    return 0;
}

/* A signed request to make a host; between: what stands behind its target and signature. */
static void put_request(toc_buf *out, const char *headers, const char *body)
{
    int64_t now = (int64_t)time(NULL);
    toc_buf_printf(out, "POST " HOSTS " HTTP/1.1\r\nHost: h\r\nTimestamp: %lld\r\nAuthorization: ",
                   (long long)now);
    assert_int_equal(toc_sign_header(server.signer, toc_str_of(server.user.access_id), TOC_S(HOSTS),
                                     TOC_S("POST"), now, out),
                     TOC_OK);
    toc_buf_lit(out, "\r\n");
    toc_buf_text(out, headers);
    toc_buf_lit(out, "\r\n");
    toc_buf_text(out, body);
}

static void put_inner(toc_buf *out)
{
    char length[64];
    (void)snprintf(length, sizeof(length), "Content-Length: %zu\r\n", strlen(INNER));
    put_request(out, length, INNER);
}

static int status_of(const char *host)
{
    char target[128];
    (void)snprintf(target, sizeof(target), HOSTS "/%s", host);
    wire_conn conn = wire_connect(&server);
    wire_head(&server, &conn, "GET", target, NULL);
    wire_reply reply = wire_receive(&conn, false);
    int status = reply.status;
    wire_reply_done(&reply);
    wire_close(&conn);
    return status;
}

/* Sends it and nothing behind it, and reads to the end. Returns the status of the first answer, 0
 * without one; served: how many answers say that something was done. */
static int send_all(const toc_buf *text, size_t *served)
{
    static char room[65536];
    uint64_t status = 0;
    size_t used = 0;
    ssize_t got;
    wire_conn conn = wire_connect(&server);
    wire_send(&conn, text->ptr, text->len);
    (void)shutdown(conn.fd, SHUT_WR);
    while ((got = recv(conn.fd, room + used, sizeof(room) - 1 - used, 0)) > 0)
        used += (size_t)got;
    room[used] = '\0';
    *served = 0;
    if (used > 12)
        assert_true(toc_str_to_uint((toc_str){room + 9, 3}, &status));
    for (const char *at = room; (at = strstr(at, "HTTP/1.1 2")) != NULL; at++)
        (*served)++;
    wire_close(&conn);
    return (int)status;
}

/* --- heads that say two things ---------------------------------------------------------------- */

/* %L: the length of everything behind the head, %O: that of OUTER. */
static const char *const two_things[] = {
    "Content-Length: %L\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: %L\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: %O\r\n",
    "Content-Length: %O\r\nContent-Length: %L\r\n",
    "Content-Length: %L\r\nContent-Length: %O\r\n",
    "Content-Length: %O, %L\r\n",
    "Content-Length: %O, %O\r\n",
    "Content-Length: +%O\r\n",
    "Content-Length: -1\r\n",
    "Content-Length: 0x1C\r\n",
    "Content-Length: %O;\r\n",
    "Content-Length: %O %O\r\n",
    "Content-Length: 18446744073709551644\r\n",
    "Content-Length: 99999999999999999999999999\r\n",
    "Content-Length: \r\n",
    "Content-Length : %O\r\n",
    "Content-Length\t: %O\r\n",
    "Content-Length: %O\r\nTransfer-Encoding: identity\r\n",
    "Content-Length: %O\r\nTransfer-Encoding: xchunked\r\n",
    "Content-Length: %O\r\nTransfer-Encoding : chunked\r\n",
    "Content-Length: %O\r\n Transfer-Encoding: chunked\r\n",
    "Content-Length: %O\r\n\tTransfer-Encoding: chunked\r\n",
    "Content-Length: %O\r\nX: y\r\n Transfer-Encoding: chunked\r\n",
    "Content-Length: %O\r\nTransfer-Encoding:\r\n chunked\r\n",
    "Content-Length: %O\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    "Content-Length: %O\r\nTransfer-Encoding: \"chunked\"\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked, chunked\r\n",
    "Transfer-Encoding: gzip, chunked\r\n",
    "Transfer-Encoding: chunked, gzip\r\n",
    "Transfer-Encoding: chunked;q=1\r\n",
    "Transfer-Encoding: chunked \r\nContent-Length: %O\r\n",
    "Transfer-Encoding: identity\r\nContent-Length: %O\r\n",
    "Transfer-Encoding: x\r\n",
    "Transfer-Encoding: \013chunked\r\n",
    "Transfer_Encoding: chunked\r\nContent-Length : %O\r\n",
    "X: y\rTransfer-Encoding: chunked\r\nContent-Length: %L\r\nTransfer-Encoding: chunked\r\n",
    "Content-Length: %O\r\nX\r\n",
    "Content-Length: %O\r\n: x\r\n",
    "Content-Length: %O\r\nX y: z\r\n",
    "Content-Length: %O\r\nX(y): z\r\n",
};

static void put_head(toc_buf *out, const char *pattern, size_t length, size_t outer)
{
    for (const char *at = pattern; *at; at++) {
        if (at[0] == '%')
            toc_buf_uint(out, *++at == 'L' ? length : outer);
        else
            toc_buf_char(out, *at);
    }
}

static void test_two_things(void **state)
{
    toc_buf text, head, rest;
    (void)state;
    toc_buf_init(&text, 65536);
    toc_buf_init(&head, 65536);
    toc_buf_init(&rest, 65536);
    for (size_t i = 0; i < TOC_COUNT(two_things); i++) {
        /* Behind the head: for who counts, OUTER and a request; for who reads chunks, an end. */
        for (int chunks = 0; chunks < 2; chunks++) {
            toc_buf_clear(&text);
            toc_buf_clear(&head);
            toc_buf_clear(&rest);
            toc_buf_text(&rest, chunks ? "0\r\n\r\n" : OUTER);
            put_inner(&rest);
            put_head(&head, two_things[i], rest.len, strlen(OUTER));
            put_request(&text, head.ptr, rest.ptr);
            size_t served;
            int status = send_all(&text, &served);
            int inner = status_of("inner.example");
            if (status < 400 || status >= 500 || served || inner != 404)
                fail_msg("%s with chunks %d: %d, %zu served, and what is behind it: %d",
                         two_things[i], chunks, status, served, inner);
            assert_int_equal(status_of("outer.example"), 404);
        }
    }
    toc_buf_done(&text);
    toc_buf_done(&head);
    toc_buf_done(&rest);
}

/* --- bodies in pieces ------------------------------------------------------------------------ */

static const struct {
    const char *body; /* a request stands behind it */
    bool whole;       /* the body is OUTER, and the request behind it a request */
} pieces[] = {
    {"1c\r\n" OUTER "\r\n0\r\n\r\n", true},
    {"1C;name=value;x=\"y\"\r\n" OUTER "\r\n0;z\r\n\r\n", true},
    {"000000000000001c\r\n" OUTER "\r\n0\r\n\r\n", true},
    {"1c\r\n" OUTER "\r\n0\r\nX-Trailer: y\r\n\r\n", true},
    {"1000000000000001c\r\n" OUTER "\r\n0\r\n\r\n", false},
    {"ffffffffffffffff\r\n" OUTER "\r\n0\r\n\r\n", false},
    {"fffffffffffffff1c\r\n" OUTER "\r\n0\r\n\r\n", false},
    {"0x1c\r\n" OUTER "\r\n0\r\n\r\n", false},
    {"-1c\r\n" OUTER "\r\n0\r\n\r\n", false},
    {"+1c\r\n" OUTER "\r\n0\r\n\r\n", false},
    {" 1c\r\n" OUTER "\r\n0\r\n\r\n", false},
    {"1c,1c\r\n" OUTER "\r\n0\r\n\r\n", false},
    {"\r\n" OUTER "\r\n0\r\n\r\n", false},
    {";x\r\n" OUTER "\r\n0\r\n\r\n", false},
    {"1c\r\n" OUTER "x\r\n0\r\n\r\n", false},
    {"1c\r\n" OUTER "0\r\n\r\n", false},
};

static void forget(const char *host)
{
    char target[128];
    (void)snprintf(target, sizeof(target), HOSTS "/%s", host);
    wire_conn conn = wire_connect(&server);
    wire_head(&server, &conn, "DELETE", target, NULL);
    wire_expect(&conn, 200, NULL);
    wire_close(&conn);
}

static void test_pieces(void **state)
{
    toc_buf text;
    (void)state;
    toc_buf_init(&text, 65536);
    for (size_t i = 0; i < TOC_COUNT(pieces); i++) {
        size_t served;
        toc_buf_clear(&text);
        put_request(&text, "Transfer-Encoding: chunked\r\n", pieces[i].body);
        put_inner(&text);
        int status = send_all(&text, &served);
        int outer = status_of("outer.example"), inner = status_of("inner.example");
        int wanted = pieces[i].whole ? 200 : 404;
        if (outer != wanted || inner != wanted || (status == 201) != pieces[i].whole ||
            served != 2U * pieces[i].whole)
            fail_msg("%s: %d, %zu served, body %d, behind it %d", pieces[i].body, status, served,
                     outer, inner);
        if (pieces[i].whole) {
            forget("outer.example");
            forget("inner.example");
        }
    }
    toc_buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_things),
        cmocka_unit_test(test_pieces),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
