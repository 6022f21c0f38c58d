/* What becomes of a request whose connection ends without an answer: one that may arrive twice is
 * sent again, another one never is, not on a connection that was used before either. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/listener.h"
#include "tocsin/session.h"

#define GOOD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
#define HALF "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"

static toc_error err;

static toc_rc ask(toc_session *sess, const char *method, toc_str body)
{
    toc_response *response = NULL;
    toc_call call = {.method = method, .path = "/v2/x", .body = body};
    memset(&err, 0, sizeof(err));
    toc_rc rc = toc_session_call(sess, &call, &response, &err);
    toc_response_free(response);
    return rc;
}

static void test_connection_used_before(void **state)
{
    const struct {
        const char *method;
        toc_str body;
        const char *ending; /* all that comes instead of an answer */
        bool again;
    } rows[] = {
        {"POST", TOC_S("{\"name\":\"n\"}"), "", false},
        {"POST", TOC_S("{\"name\":\"n\"}"), HALF, false},
        {"POST", {NULL, 0}, "", false},
        {"GET", {NULL, 0}, "", true},
        {"GET", {NULL, 0}, HALF, true},
        {"PUT", TOC_S("{}"), "", true},
        {"DELETE", {NULL, 0}, "", true},
    };
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        const listener_reply replies[] = {
            {.raw = GOOD}, {.raw = rows[i].ending, .close = true}, {.raw = GOOD}};
        listener server;
        char url[64];
        toc_session_options options = TOC_SESSION_OPTIONS_INIT;
        toc_session *sess = NULL;
        assert_true(listener_start(&server, replies, 3));
        (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/api", server.port);
        options.api_url = url;
        options.token = "t";
        options.retries = 3;
        options.retry_sleep_ms = 1;
        options.timeout_s = 10;
        assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
        assert_int_equal(ask(sess, "GET", (toc_str){NULL, 0}), TOC_OK);
        toc_rc rc = ask(sess, rows[i].method, rows[i].body);
        toc_session_close(sess);
        listener_stop(&server);
        assert_int_equal(rc, rows[i].again ? TOC_OK : TOC_ENET);
        assert_int_equal(server.served, rows[i].again ? 3 : 2);
        if (rc)
            assert_int_equal(err.flags, TOC_ERROR_RETRYABLE);
        if (rc && !*rows[i].ending)
            assert_non_null(strstr(err.message, "may have been carried out"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_connection_used_before)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
