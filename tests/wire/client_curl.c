/* The transport over sockets against a scripted listener: what really goes over the wire, and what
 * broken answers become. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/listener.h"
#include "tocsin/session.h"

#define GOOD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

static toc_error err;
static listener server;

static toc_session *start(const listener_reply *replies, size_t count, unsigned retries)
{
    assert_true(listener_start(&server, replies, count));
    char url[64];
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/api", server.port);
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    options.api_url = url;
    options.token = "t";
    options.retries = retries;
    options.retry_sleep_ms = 1;
    options.timeout_s = 1;
    toc_session *sess = NULL;
    assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
    return sess;
}

static void stop(toc_session *sess)
{
    toc_session_close(sess);
    listener_stop(&server);
    assert_int_equal(server.served, server.count);
}

static toc_rc call_once(toc_session *sess, const toc_call *call, toc_response **response)
{
    *response = NULL;
    memset(&err, 0, sizeof(err));
    return toc_session_call(sess, call, response, &err);
}

static void test_bytes_on_the_wire(void **state)
{
    (void)state;
    static const listener_reply replies[] = {
        {.raw = GOOD}, {.raw = GOOD}, {.raw = GOOD}, {.raw = GOOD, .close = true}};
    toc_session *sess = start(replies, 4, 1);
    toc_response *response;
    toc_call get = {.path = "/v2/tags/A%2FB%2e%2e%2fx"};
    assert_int_equal(call_once(sess, &get, &response), TOC_OK);
    assert_true(toc_response_is(response, "application/json"));
    toc_response_free(response);
    toc_call post = {.method = "POST", .path = "/v2/x"};
    assert_int_equal(call_once(sess, &post, &response), TOC_OK);
    toc_response_free(response);
    toc_call put = {.method = "PUT", .path = "/v2/x", .body = TOC_S("{\"a\":1}")};
    assert_int_equal(call_once(sess, &put, &response), TOC_OK);
    toc_response_free(response);
    toc_call removal = {.method = "DELETE", .path = "/v2/x"};
    assert_int_equal(call_once(sess, &removal, &response), TOC_OK);
    toc_response_free(response);
    stop(sess);
    static const struct {
        const char *has[5], *lacks[4];
    } rows[] = {
        {{"GET /api/v2/tags/A%2FB%2e%2e%2fx?createActivityLog=false HTTP/1.1\r\n",
          "\r\nUser-Agent: Tocsin/", "\r\nAuthorization: TC-Token t\r\n", "\r\nTimestamp: "},
         {"Accept-Encoding", "Expect", "Content-Type", "Content-Length"}},
        {{"POST /api/v2/x?", "\r\nContent-Length: 0\r\n", "\r\nContent-Type: application/json\r\n"},
         {"Expect", "urlencoded"}},
        {{"PUT /api/v2/x?", "\r\nContent-Length: 7\r\n", "\r\n\r\n{\"a\":1}"}, {"Expect"}},
        {{"DELETE /api/v2/x?"}, {"Expect", "Content-Type", "Content-Length"}},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        for (size_t k = 0; k < 5 && rows[i].has[k]; k++)
            assert_non_null(strstr(server.heads[i], rows[i].has[k]));
        for (size_t k = 0; k < 4 && rows[i].lacks[k]; k++)
            assert_null(strstr(server.heads[i], rows[i].lacks[k]));
    }
    assert_int_equal(server.connections, 1); /* kept open */
}

static void test_broken_answers(void **state)
{
    (void)state;
    static const struct {
        listener_reply answer;
        toc_rc rc;
        unsigned flags;
    } rows[] = {
        {{.raw = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"half\":", .close = true},
         TOC_ENET,
         TOC_ERROR_RETRYABLE},
        {{.raw = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a", .close = true},
         TOC_ENET,
         TOC_ERROR_RETRYABLE},
        {{.raw = "", .close = true}, TOC_ENET, TOC_ERROR_RETRYABLE},
        {{.raw = "nonsense\r\n\r\n", .close = true}, TOC_EPROTO, 0},
        {{.raw = NULL, .close = true}, TOC_ENET, TOC_ERROR_RETRYABLE},
        {{.raw = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
          .close = true},
         TOC_EHTTP,
         0},
        {{.raw = "HTTP/1.1 100 Continue\r\nX: y\r\n\r\n" GOOD, .close = true}, TOC_OK, 0},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_session *sess = start(&rows[i].answer, 1, 1);
        toc_response *response;
        toc_call post = {.method = "POST", .path = "/v2/x", .body = TOC_S("{}")};
        assert_int_equal(call_once(sess, &post, &response), rows[i].rc);
        assert_int_equal(err.flags, rows[i].flags);
        if (!rows[i].rc)
            assert_null(toc_response_header(response, "X").ptr);
        toc_response_free(response);
        stop(sess);
    }
}

static void test_retry_after_a_reset(void **state)
{
    (void)state;
    static const listener_reply replies[] = {
        {.raw = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", .close = true},
        {.raw = "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", .close = true},
        {.raw = GOOD, .close = true}};
    toc_session *sess = start(replies, 3, 3);
    toc_response *response;
    toc_call get = {.path = "/v2/x"};
    assert_int_equal(call_once(sess, &get, &response), TOC_OK);
    /* Nothing of the answers before is left. */
    assert_true(toc_str_equal(toc_response_body(response), TOC_S("{}")));
    assert_null(toc_response_header(response, "Retry-After").ptr);
    toc_response_free(response);
    stop(sess);
}

static void test_nobody_there(void **state)
{
    (void)state;
    char url[64];
    struct sockaddr_in name = {.sin_family = AF_INET,
                               .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(name);
    /* Bound, so that the port is nobody's, but not listened on. */
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)(const void *)&name, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)(void *)&name, &size), 0);
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u", ntohs(name.sin_port));
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    options.api_url = url;
    options.token = "t";
    options.retries = 2;
    options.retry_sleep_ms = 1;
    toc_session *sess = NULL;
    assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
    toc_response *response;
    toc_call post = {.method = "POST", .path = "/v2/x"};
    assert_int_equal(call_once(sess, &post, &response), TOC_ENET);
    assert_int_equal(err.flags, TOC_ERROR_RETRYABLE | TOC_ERROR_UNSENT);
    assert_non_null(strstr(err.message, "127.0.0.1"));
    assert_null(response);
    toc_session_close(sess);
    (void)close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_on_the_wire),
        cmocka_unit_test(test_broken_answers),
        cmocka_unit_test(test_retry_after_a_reset),
        cmocka_unit_test(test_nobody_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
