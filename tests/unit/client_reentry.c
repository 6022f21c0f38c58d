/* Calls that are made while another one is told of: each answer is let go of once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
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

static toc_rc on_body(void *user, const void *data, size_t len)
{
    (void)len;
    if (data)
        on_success(user, NULL, NULL);
    return TOC_OK;
}

static void check(toc_call call, unsigned times)
{
    static const script_answer answers[] = {{.status = 200, .body = "{\"a\":1}"},
                                            {.status = 200, .body = "{\"a\":2}"}};
    script play;
    unsigned calls = 0;
    toc_response *response = NULL;
    toc_error err = {0};
    call.path = "/v2/first";
    call.callback_user = call.sink_user = &calls;
    session = script_start(&play, answers, 2, (toc_session_options){.retries = 1});
    assert_int_equal(toc_session_call(session, &call, &response, &err), TOC_OK);
    assert_int_equal(calls, times);
    assert_ptr_equal(toc_session_last_response(session), response);
    toc_response_free(response);
    toc_session_close(session);
}

static void test_callback(void **state)
{
    (void)state;
    check((toc_call){.on_success = on_success}, 1);
}

static void test_sink(void **state)
{
    (void)state;
    check((toc_call){.sink = on_body}, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_callback),
        cmocka_unit_test(test_sink),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
