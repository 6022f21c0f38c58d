/* Callbacks that make calls, and sinks that refuse: each answer is let go of once, and nobody is
 * asked again who said no. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/listener.h"
#include "support/script.h"

static toc_session *session;

static void on_success(void *user, const toc_call *call, const toc_response *response)
{
    (void)call, (void)response;
    toc_response *inner = NULL;
    toc_call next = {.path = "/v2/second"};
    unsigned *calls = user;
    ++*calls;
    assert_int_equal(toc_session_call(session, &next, &inner, NULL), TOC_OK);
    toc_response_free(inner);
}

static void test_callback(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = "{\"a\":1}"},
                                            {.status = 200, .body = "{\"a\":2}"}};
    script play;
    unsigned calls = 0;
    toc_response *response = NULL;
    toc_error err = {0};
    toc_call call = {.path = "/v2/first", .on_success = on_success, .callback_user = &calls};
    session = script_start(&play, answers, 2, (toc_session_options){.retries = 1});
    assert_int_equal(toc_session_call(session, &call, &response, &err), TOC_OK);
    assert_int_equal(calls, 1);
    assert_ptr_equal(toc_session_last_response(session), response);
    toc_response_free(response);
    toc_session_close(session);
}

typedef struct taken {
    size_t len;
    toc_rc refused;
} taken;

/* Whoever takes a body stands in the middle of the transport. */
static toc_rc on_body(void *user, const void *data, size_t len)
{
    taken *self = user;
    toc_response *inner = NULL;
    toc_call next = {.path = "/v2/second"};
    self->len += data ? len : 0;
    self->refused = toc_session_call(session, &next, &inner, NULL);
    assert_null(inner);
    return TOC_OK;
}

static void open_session(const listener *server, unsigned retries)
{
    char url[64];
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/api", server->port);
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    options.api_url = url;
    options.token = "t";
    options.retries = retries;
    options.retry_sleep_ms = 1;
    assert_int_equal(toc_session_open(&options, &session, NULL), TOC_OK);
}

static void test_sink(void **state)
{
    (void)state;
    static const listener_reply replies[] = {
        {.raw = "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 200003\r\n\r\nabc",
         .filler = 200000,
         .close = true}};
    listener server;
    taken got = {0};
    toc_response *response = NULL;
    toc_error err = {0};
    assert_true(listener_start(&server, replies, 1));
    open_session(&server, 1);
    toc_call call = {.path = "/v2/first", .sink = on_body, .sink_user = &got};
    assert_int_equal(toc_session_call(session, &call, &response, &err), TOC_OK);
    assert_int_equal(got.len, 200003);
    assert_int_equal(got.refused, TOC_ECONFLICT);
    toc_response_free(response);
    toc_session_close(session);
    listener_stop(&server);
}

typedef struct once {
    size_t len, later;
    bool refused;
} once;

/* As a pipe does: what is out cannot be taken back. */
static toc_rc take_once(void *user, const void *data, size_t len)
{
    once *self = user;
    if (!data)
        self->refused = true;
    else if (self->refused)
        self->later += len;
    else
        self->len += len;
    return data ? TOC_OK : TOC_EIO;
}

static void test_no_second_beginning(void **state)
{
    (void)state;
    static const listener_reply replies[] = {
        {.raw = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", .close = true},
        {.raw = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", .close = true}};
    listener server;
    once got = {0};
    toc_response *response = NULL;
    toc_error err = {0};
    assert_true(listener_start(&server, replies, 2));
    open_session(&server, 2);
    toc_call call = {.path = "/v2/first", .sink = take_once, .sink_user = &got};
    assert_int_equal(toc_session_call(session, &call, &response, &err), TOC_EIO);
    assert_int_equal(got.len, 3);
    assert_true(got.refused);
    assert_int_equal(got.later, 0);
    toc_response_free(response);
    toc_session_close(session);
    listener_stop(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_callback),
        cmocka_unit_test(test_sink),
        cmocka_unit_test(test_no_second_beginning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
