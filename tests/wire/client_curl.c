/* The transport over sockets against a scripted listener: what really goes over the wire, and what
 * broken answers become. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
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
#include "base/time.h"
#include "tocsin/session.h"

#define REPLIES_MAX 4
#define GOOD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

typedef struct reply {
    const char *raw; /* NULL: silence until the client goes away */
    bool close;
} reply;

typedef struct listener {
    int fd;
    unsigned port;
    pthread_t thread;
    const reply *replies;
    size_t count;
    unsigned connections;
    char heads[REPLIES_MAX][8192]; /* head and body as they came */
} listener;

static toc_error err;
static listener server;

/* Reads a head and as much of a body as its length says. */
static bool read_request(int fd, char *out, size_t size)
{
    size_t used = 0;
    for (;;) {
        const char *end = used ? strstr(out, "\r\n\r\n") : NULL;
        if (end) {
            int64_t length = 0;
            const char *at = strstr(out, "Content-Length: ");
            if (at) {
                toc_str text = {at + 16, strcspn(at + 16, "\r")};
                (void)toc_str_to_int(text, &length);
            }
            if (used >= (size_t)(end + 4 - out) + (size_t)length)
                return true;
        }
        ssize_t got = recv(fd, out + used, size - 1 - used, 0);
        if (got <= 0)
            return false;
        used += (size_t)got;
        out[used] = '\0';
    }
}

static void *serve(void *user)
{
    listener *self = user;
    int fd = -1;
    for (size_t i = 0; i < self->count; i++) {
        if (fd < 0) {
            fd = accept(self->fd, NULL, NULL);
            self->connections++;
        }
        if (fd < 0 || !read_request(fd, self->heads[i], sizeof(self->heads[i])))
            break;
        if (self->replies[i].raw)
            (void)send(fd, self->replies[i].raw, strlen(self->replies[i].raw), MSG_NOSIGNAL);
        else
            (void)read_request(fd, self->heads[i], sizeof(self->heads[i]));
        if (self->replies[i].close) {
            (void)close(fd);
            fd = -1;
        }
    }
    if (fd >= 0)
        (void)close(fd);
    return NULL;
}

static void listen_on(listener *self)
{
    struct sockaddr_in name = {.sin_family = AF_INET,
                               .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(name);
    self->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(self->fd >= 0);
    assert_int_equal(bind(self->fd, (struct sockaddr *)(void *)&name, size), 0);
    assert_int_equal(listen(self->fd, 4), 0);
    assert_int_equal(getsockname(self->fd, (struct sockaddr *)(void *)&name, &size), 0);
    self->port = ntohs(name.sin_port);
}

static toc_session *start(const reply *replies, size_t count, unsigned retries)
{
    memset(&server, 0, sizeof(server));
    server.replies = replies;
    server.count = count;
    listen_on(&server);
    assert_int_equal(pthread_create(&server.thread, NULL, serve, &server), 0);
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
    assert_int_equal(pthread_join(server.thread, NULL), 0);
    (void)close(server.fd);
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
    static const reply replies[] = {{GOOD, false}, {GOOD, false}, {GOOD, false}, {GOOD, true}};
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
        reply answer;
        toc_rc rc;
        unsigned flags;
    } rows[] = {
        {{"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"half\":", true},
         TOC_ENET,
         TOC_ERROR_RETRYABLE},
        {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a", true},
         TOC_ENET,
         TOC_ERROR_RETRYABLE},
        {{"", true}, TOC_ENET, TOC_ERROR_RETRYABLE},
        {{"nonsense\r\n\r\n", true}, TOC_EPROTO, 0},
        {{NULL, true}, TOC_ENET, TOC_ERROR_RETRYABLE},
        {{"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", true},
         TOC_EHTTP,
         0},
        {{"HTTP/1.1 100 Continue\r\nX: y\r\n\r\n" GOOD, true}, TOC_OK, 0},
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
    static const reply replies[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", true},
        {"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", true},
        {GOOD, true}};
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
    listener gone = {0};
    listen_on(&gone);
    (void)close(gone.fd);
    char url[64];
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u", gone.port);
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
