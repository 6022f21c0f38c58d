/* Bad answers over real sockets: slow and silent servers, wrong types, half a body, much too much
 * of it, redirects; each ends in a clear error with what was received. And proxies: what they are
 * told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "support/listener.h"
#include "tocsin/session.h"

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
#define GOOD HEAD "Content-Length: 20\r\n\r\n{\"status\":\"Success\"}"
#define MUCH ((size_t)10 * 1024 * 1024)

static toc_error err;
static listener server;

static toc_session *start(const listener_reply *replies, size_t count, toc_session_options options)
{
    char url[64];
    memset(&err, 0, sizeof(err));
    assert_true(listener_start(&server, replies, count));
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/api", server.port);
    options.version = 1;
    options.token = "t";
    if (!options.api_url)
        options.api_url = url;
    if (options.proxy)
        options.proxy_port = server.port;
    options.retry_sleep_ms = 1;
    options.retries = options.retries ? options.retries : 1;
    options.timeout_s = 1;
    toc_session *sess = NULL;
    if (toc_session_open(&options, &sess, &err))
        fail_msg("%s", err.message);
    return sess;
}

static void stop(toc_session *sess)
{
    toc_session_close(sess);
    listener_stop(&server);
}

static toc_rc ask(toc_session *sess, size_t *length)
{
    toc_response *response = NULL;
    toc_call call = {.path = "/v2/owners"};
    toc_rc rc = toc_session_call(sess, &call, &response, &err);
    *length = response ? toc_response_body(response).len : 0;
    toc_response_free(response);
    return rc;
}

static toc_rc count_page(void *user, const toc_response *page)
{
    (void)page;
    (*(unsigned *)user)++;
    return TOC_OK;
}

static void test_answers(void **state)
{
    (void)state;
    static const struct {
        listener_reply reply;
        toc_rc rc;
        size_t length;
        unsigned flags;
        const char *says;
    } rows[] = {
        {{GOOD, 0, 0, true}, TOC_OK, 20, 0, ""},
        /* Longer than the timeout, but never silent for as long. */
        {{GOOD, 0, 100, true}, TOC_OK, 20, 0, ""},
        /* What curl gives up on. */
        {{NULL, 0, 0, true}, TOC_ENET, 0, TOC_ERROR_RETRYABLE, "127.0.0.1"},
        {{HEAD "Content-Length: 20\r\n\r\n{\"st", 0, 0, true},
         TOC_ENET,
         0,
         TOC_ERROR_RETRYABLE,
         "127.0.0.1"},
        {{"HTTP/1.1 500 Oops\r\nContent-Type: text/html\r\nContent-Length: 10485760\r\n\r\n", MUCH,
          0, true},
         TOC_EHTTP,
         MUCH,
         0,
         "the server answered with HTTP 500 and text/html"},
        {{"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/evil\r\nContent-Length: 0\r\n\r\n", 0,
          0, true},
         TOC_EHTTP,
         0,
         0,
         "redirects to 127.0.0.1:1 (HTTP 302), which is not followed"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        size_t length;
        toc_session *sess = start(&rows[i].reply, 1, (toc_session_options){0});
        toc_rc rc = ask(sess, &length);
        if (rc != rows[i].rc || (rc && !strstr(err.message, rows[i].says)))
            fail_msg("row %zu: %d, %s", i, rc, err.message);
        assert_int_equal(length, rows[i].length);
        assert_int_equal(err.flags, rows[i].flags);
        stop(sess);
        assert_int_equal(server.connections, 1); /* a redirect leads nowhere */
    }
}

/* Ten megabytes of HTML with a good status: no list, and the error says what came. */
static void test_html(void **state)
{
    (void)state;
    static const listener_reply reply = {
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 10485760\r\n"
        "\r\n",
        MUCH, 0, true};
    toc_call call = {.path = "/v2/owners"};
    unsigned pages = 0;
    toc_session *sess = start(&reply, 1, (toc_session_options){0});
    assert_int_equal(toc_call_pages(sess, &call, count_page, &pages, &err), TOC_EPROTO);
    assert_non_null(strstr(err.message, "JSON was expected, the answer is text/html"));
    assert_int_equal(err.http_status, 200);
    assert_int_equal(pages, 0);
    stop(sess);
}

/* Half a body, then all of it: what a sink got of the first answer is void. */
typedef struct taken {
    char text[64];
    unsigned voids;
} taken;

static toc_rc take(void *user, const void *data, size_t len)
{
    taken *self = user;
    if (!data)
        self->voids++;
    size_t used = data ? strlen(self->text) : 0;
    (void)snprintf(self->text + used, sizeof(self->text) - used, "%.*s", (int)len,
                   data ? (const char *)data : "");
    return TOC_OK;
}

static void test_sink_begins_anew(void **state)
{
    (void)state;
    static const listener_reply replies[] = {{HEAD "Content-Length: 20\r\n\r\n{\"st", 0, 0, true},
                                             {GOOD, 0, 0, true}};
    taken got = {.voids = 0};
    toc_response *response = NULL;
    toc_call call = {.path = "/v2/owners", .sink = take, .sink_user = &got};
    toc_session *sess = start(replies, 2, (toc_session_options){.retries = 2});
    assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_OK);
    assert_int_equal(got.voids, 1);
    assert_string_equal(got.text, "{\"status\":\"Success\"}");
    toc_response_free(response);
    stop(sess);
}

static toc_rc refuse(void *user, const void *data, size_t len)
{
    (void)user, (void)len;
    return data ? TOC_EIO : TOC_OK;
}

static void test_sink_refuses(void **state)
{
    (void)state;
    static const listener_reply replies[] = {{GOOD, 0, 0, true}, {GOOD, 0, 0, true}};
    toc_response *response = NULL;
    toc_call call = {.path = "/v2/owners", .sink = refuse};
    toc_session *sess = start(replies, 2, (toc_session_options){.retries = 2});
    assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_EIO);
    assert_int_equal(err.flags, TOC_ERROR_CALLBACK);
    assert_null(response);
    toc_session_close(sess);
    listener_stop(&server);
    assert_int_equal(server.served, 1); /* and is not asked again */
}

static void clear_environment(void)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
    for (size_t i = 0; i < TOC_COUNT(names); i++)
        (void)unsetenv(names[i]);
}

/* The whole address goes to the proxy, the credentials beside it, whatever they are made of. */
static void test_proxy(void **state)
{
    (void)state;
    static const struct {
        const char *proxy, *user, *password, *has, *lacks;
    } rows[] = {
        {"127.0.0.1", NULL, NULL, "GET http://tip.invalid/api/v2/owners?", "Proxy-Authorization"},
        {"http://127.0.0.1", "u", "p:@/ %", "\r\nProxy-Authorization: Basic dTpwOkAvICU=\r\n", "@"},
        /* Half of the credentials is none. */
        {"127.0.0.1", "u", NULL, "\r\nHost: tip.invalid\r\n", "Proxy-Authorization"},
    };
    static const listener_reply reply = {GOOD, 0, 0, true};
    clear_environment();
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        size_t length;
        toc_session *sess = start(&reply, 1,
                                  (toc_session_options){.api_url = "http://tip.invalid/api",
                                                        .proxy = rows[i].proxy,
                                                        .proxy_user = rows[i].user,
                                                        .proxy_password = rows[i].password});
        if (ask(sess, &length))
            fail_msg("row %zu: %s", i, err.message);
        stop(sess);
        assert_non_null(strstr(server.heads[0], rows[i].has));
        assert_null(strstr(server.heads[0], rows[i].lacks));
        assert_non_null(strstr(server.heads[0], "\r\nAuthorization: TC-Token t\r\n"));
    }
}

/* An https platform is reached through a tunnel; the proxy never sees the API's credentials. */
static void test_tunnel(void **state)
{
    (void)state;
    static const listener_reply reply = {
        "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", 0, 0, true};
    size_t length;
    clear_environment();
    toc_session *sess = start(&reply, 1,
                              (toc_session_options){.api_url = "https://tip.invalid/api",
                                                    .proxy = "127.0.0.1",
                                                    .proxy_user = "u",
                                                    .proxy_password = "p"});
    assert_int_equal(ask(sess, &length), TOC_ENET);
    assert_null(strstr(err.message, "u:p"));
    stop(sess);
    assert_memory_equal(server.heads[0], "CONNECT tip.invalid:443 HTTP/1.1\r\n", 34);
    assert_non_null(strstr(server.heads[0], "\r\nProxy-Authorization: Basic dTpw\r\n"));
    assert_null(strstr(server.heads[0], "TC-Token"));
}

/* The environment's proxy counts unless one is given; no_proxy goes past both. */
static void test_environment(void **state)
{
    (void)state;
    static const listener_reply reply = {GOOD, 0, 0, true};
    char address[64];
    size_t length;
    clear_environment();
    toc_session *sess = start(&reply, 1, (toc_session_options){.api_url = "http://tip.invalid"});
    (void)snprintf(address, sizeof(address), "http://127.0.0.1:%u", server.port);
    assert_int_equal(setenv("http_proxy", address, 1), 0);
    assert_int_equal(ask(sess, &length), TOC_OK);
    stop(sess);
    assert_memory_equal(server.heads[0], "GET http://tip.invalid/v2/owners?", 33);
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    sess = start(&reply, 1,
                 (toc_session_options){.api_url = "http://tip.invalid", .proxy = "127.0.0.1"});
    assert_int_equal(ask(sess, &length), TOC_OK);
    stop(sess);
    sess = start(&reply, 1, (toc_session_options){.no_proxy = "127.0.0.1"});
    assert_int_equal(ask(sess, &length), TOC_OK);
    stop(sess);
    assert_memory_equal(server.heads[0], "GET /api/v2/owners?", 19);
    clear_environment();
}

/* Files of TLS that are not there are errors of files, and nothing is sent. */
static void test_tls_files(void **state)
{
    (void)state;
    static const struct {
        const char *ca, *cert, *key;
    } rows[] = {{"/no/such/ca.pem", NULL, NULL},
                {NULL, "/no/such/cert.pem", NULL},
                {NULL, "/no/such/cert.pem", "/no/such/key.pem"}};
    clear_environment();
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        size_t length;
        char url[64];
        static const listener_reply reply = {NULL, 0, 0, true};
        toc_session *sess = NULL;
        assert_true(listener_start(&server, &reply, 1));
        (void)snprintf(url, sizeof(url), "https://127.0.0.1:%u/api", server.port);
        toc_session_options options = {.version = 1,
                                       .api_url = url,
                                       .token = "t",
                                       .retries = 1,
                                       .timeout_s = 1,
                                       .ca_file = rows[i].ca,
                                       .client_cert = rows[i].cert,
                                       .client_key = rows[i].key};
        assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
        toc_rc rc = ask(sess, &length);
        if (rc != TOC_EIO)
            fail_msg("row %zu: %d %s", i, rc, err.message);
        assert_non_null(strstr(err.message, "/no/such/"));
        stop(sess);
        assert_int_equal(server.served, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),      cmocka_unit_test(test_html),
        cmocka_unit_test(test_sink_refuses), cmocka_unit_test(test_sink_begins_anew),
        cmocka_unit_test(test_proxy),        cmocka_unit_test(test_tunnel),
        cmocka_unit_test(test_environment),  cmocka_unit_test(test_tls_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
