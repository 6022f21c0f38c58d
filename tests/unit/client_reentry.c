/* Callbacks that make calls, and sinks that refuse: each answer is let go of once, and nobody is
 * asked again who said no. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/limits.h"
#include "client/session.h"
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

typedef struct meddler {
    script *play;
    size_t from; /* so many requests have gone out */
    toc_rc called, set;
} meddler;

/* A program that calls whenever it is asked whether to go on. */
static bool meddle(void *user)
{
    meddler *self = user;
    toc_response *inner = NULL;
    toc_call next = {.path = "/v2/second"};
    if (self->play->asked_count < self->from)
        return false;
    self->called = toc_session_call(session, &next, &inner, NULL);
    self->set = toc_session_set(session, "insecure", "true", NULL);
    toc_response_free(inner);
    return false;
}

/* Log records on their way are a call as well: theirs is the only request. */
static void test_within_shipping(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = "{}"},
                                            {.status = 200, .body = "{}"},
                                            {.status = 200, .body = "{}"}};
    script play;
    meddler other = {.play = &play, .from = 1, .called = TOC_OK, .set = TOC_OK};
    toc_response *response = NULL;
    toc_call call = {.path = "/v2/first"};
    session = script_start(
        &play, answers, 3,
        (toc_session_options){.log_to_api = true, .cancel = meddle, .cancel_user = &other});
    for (unsigned i = 0; i < TOC_LOG_RECORDS_SENT; i++)
        toc_log_at(&session->log, TOC_LOG_WARNING, "test", "line %u", i);
    assert_int_equal(toc_session_call(session, &call, &response, NULL), TOC_OK);
    assert_int_equal(play.asked_count, 2);
    assert_string_equal(play.asked[1].target, "/api/v2/logs/app?createActivityLog=false");
    assert_int_equal(other.called, TOC_ECONFLICT);
    assert_int_equal(other.set, TOC_ECONFLICT);
    assert_int_equal(toc_session_set(session, "insecure", "true", NULL), TOC_OK);
    toc_response_free(response);
    toc_session_close(session);
}

/* The transport is not exchanged below a call that goes through it. */
static void test_set_within_call(void **state)
{
    (void)state;
    static const listener_reply replies[] = {
        {.raw = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", .close = true}};
    static script none;
    listener server;
    meddler other = {.play = &none, .from = 0, .called = TOC_OK, .set = TOC_OK};
    char url[64];
    toc_response *response = NULL;
    toc_call call = {.path = "/v2/first"};
    assert_true(listener_start(&server, replies, 1));
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/api", server.port);
    toc_session_options options = {
        .version = 1, .api_url = url, .token = "t", .cancel = meddle, .cancel_user = &other};
    assert_int_equal(toc_session_open(&options, &session, NULL), TOC_OK);
    assert_int_equal(toc_session_call(session, &call, &response, NULL), TOC_OK);
    assert_int_equal(other.called, TOC_ECONFLICT);
    assert_int_equal(other.set, TOC_ECONFLICT);
    toc_response_free(response);
    toc_session_close(session);
    listener_stop(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_callback),
        cmocka_unit_test(test_sink),
        cmocka_unit_test(test_within_shipping),
        cmocka_unit_test(test_set_within_call),
        cmocka_unit_test(test_no_second_beginning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
