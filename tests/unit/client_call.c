/* Single calls over a scripted transport: what is sent, what is repeated, what comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "auth/auth.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "client/retry.h"
#include "support/script.h"
#include "tocsin/ti.h"

#define OK_BODY "{\"status\":\"Success\"}"
#define RETRY TOC_ERROR_RETRYABLE
#define UNSENT (TOC_ERROR_RETRYABLE | TOC_ERROR_UNSENT)

static toc_error err;
static script play;

static toc_session *start(const script_answer *answers, size_t count)
{
    memset(&play, 0, sizeof(play));
    play.answers = answers;
    play.answer_count = count;
    toc_session *sess = script_session(&play);
    assert_non_null(sess);
    return sess;
}

static toc_rc call_once(toc_session *sess, const toc_call *call, int *status)
{
    toc_response *response = NULL;
    memset(&err, 0, sizeof(err));
    toc_rc rc = toc_session_call(sess, call, &response, &err);
    *status = response ? toc_response_status(response) : 0;
    toc_response_free(response);
    return rc;
}

static void assert_signed(const script_asked *asked, const char *secret)
{
    toc_signer *signer = NULL;
    assert_int_equal(toc_signer_new(toc_str_of(secret), &signer, NULL), TOC_OK);
    toc_credentials found = toc_auth_parse(toc_str_of(asked->authorization));
    assert_int_equal(found.kind, TOC_AUTH_HMAC);
    assert_true(toc_str_equal(found.access_id, TOC_S("12345")));
    assert_true(toc_verify(signer, toc_str_of(asked->target), toc_str_of(asked->method),
                           toc_str_of(asked->timestamp), found.signature));
    toc_signer_free(signer);
}

static void test_request(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = OK_BODY},
                                            {.status = 201, .body = OK_BODY},
                                            {.status = 200, .body = OK_BODY}};
    toc_session *sess = start(answers, 3);
    toc_header query[] = {{TOC_S("filters"), TOC_S("rating>2,summary^a b")}};
    toc_call get = {.path = "/v2/owners", .query = query, .query_count = 1, .owner = "My Org"};
    int status;
    assert_int_equal(call_once(sess, &get, &status), TOC_OK);
    assert_int_equal(status, 200);
    const script_asked *asked = &play.asked[0];
    assert_string_equal(asked->method, "GET");
    assert_string_equal(asked->base, "https://tip.example");
    assert_string_equal(asked->target, "/api/v2/owners?createActivityLog=false&owner=My+Org"
                                       "&filters=rating%3E2%2Csummary%5Ea+b");
    assert_string_equal(asked->agent, "Tocsin/0.1.0");
    assert_string_equal(asked->content_type, "");
    assert_false(asked->has_body);
    assert_signed(asked, "SECRET");

    toc_call post = {.method = "POST", .path = "/v2/x?a=b", .body = TOC_S("{}"), .bare = true};
    assert_int_equal(call_once(sess, &post, &status), TOC_OK);
    asked = &play.asked[1];
    assert_string_equal(asked->target, "/api/v2/x?a=b");
    assert_string_equal(asked->content_type, "application/json");
    assert_string_equal(asked->body, "{}");
    assert_signed(asked, "SECRET");

    toc_call upload = {.method = "PUT",
                       .path = "/v2/x?a=b",
                       .body = TOC_S("x"),
                       .content_type = "application/octet-stream"};
    assert_int_equal(call_once(sess, &upload, &status), TOC_OK);
    assert_string_equal(play.asked[2].target, "/api/v2/x?a=b&createActivityLog=false");
    assert_string_equal(play.asked[2].content_type, "application/octet-stream");
    toc_session_close(sess);
    assert_int_equal(play.closed, 1);
}

static void test_paths_refused(void **state)
{
    (void)state;
    static const char *const paths[] = {
        NULL,     "",           "v2/owners",  "/v2/tags/..",    "/v2/./x", "/v2//x",
        "/v2/x/", "/v2/%2e%2E", "/v2/.%2e/x", "/v2/a b",        "/v2/x#y", "/v2/\xC3\xA9",
        "/",      "/../x",      "/v2/x\r\ny", "/v2/tags/%2e/x",
    };
    toc_session *sess = start(NULL, 0);
    int status;
    for (size_t i = 0; i < TOC_COUNT(paths); i++) {
        toc_call call = {.method = "DELETE", .path = paths[i]};
        assert_int_equal(call_once(sess, &call, &status), TOC_EINVAL);
        assert_string_equal(err.field, "path");
    }
    toc_call odd = {.method = "PATCH", .path = "/v2/x"};
    assert_int_equal(call_once(sess, &odd, &status), TOC_EINVAL);
    assert_string_equal(err.field, "method");
    assert_int_equal(play.asked_count, 0);
    toc_session_close(sess);
}

static void test_statuses(void **state)
{
    (void)state;
    static const struct {
        script_answer answer;
        toc_rc rc;
        const char *message;
        bool retryable;
    } rows[] = {
        {{.status = 200, .body = OK_BODY}, TOC_OK, "", false},
        {{.status = 204, .type = ""}, TOC_OK, "", false},
        {{.status = 302, .type = ""}, TOC_EHTTP, "HTTP 302", false},
        {{.status = 400, .body = "{\"status\":\"Failure\",\"message\":\"The \\\"x\\\" is bad\"}"},
         TOC_EHTTP,
         "The \"x\" is bad (HTTP 400)",
         false},
        {{.status = 400, .body = "{\"status\":\"Invalid\",\"description\":\"too long\"}"},
         TOC_EHTTP,
         "too long (HTTP 400)",
         false},
        {{.status = 401, .body = "{\"status\":\"Failure\",\"message\":\"Access Denied\"}"},
         TOC_EAUTH,
         "Access Denied",
         false},
        {{.status = 403, .body = "{\"message\":\"The requested owner was not found\"}"},
         TOC_EAUTH,
         "The requested owner was not found",
         false},
        {{.status = 404,
          .body = "{\"message\":\"The requested resource was not found\"}",
          .type = "application/json;charset=UTF-8"},
         TOC_ENOTFOUND,
         "The requested resource was not found",
         false},
        {{.status = 500, .type = "text/plain", .body = "Could not find resource for relative\nx"},
         TOC_EHTTP,
         "Could not find resource for relative (HTTP 500)",
         false},
        {{.status = 500, .type = "text/html", .body = "<html>oops</html>"},
         TOC_EHTTP,
         "the server answered with HTTP 500 and text/html",
         false},
        {{.status = 400, .body = "{\"message\":"}, TOC_EHTTP, "HTTP 400", false},
        {{.status = 400, .body = "{\"message\":{\"a\":1}}"}, TOC_EHTTP, "HTTP 400", false},
        {{.status = 400, .type = "text/plain", .body = "bad \xFF bytes"},
         TOC_EHTTP,
         "HTTP 400",
         false},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_session *sess = start(&rows[i].answer, 1);
        toc_call call = {.path = "/v2/x"};
        int status;
        assert_int_equal(call_once(sess, &call, &status), rows[i].rc);
        assert_int_equal(status, rows[i].answer.status);
        if (rows[i].rc) {
            assert_non_null(strstr(err.message, rows[i].message));
            assert_int_equal(err.http_status, rows[i].answer.status);
            assert_int_equal((err.flags & RETRY) != 0, rows[i].retryable);
        }
        assert_int_equal(play.asked_count, 1);
        toc_session_close(sess);
    }
}

static void test_retries(void **state)
{
    (void)state;
    static const struct {
        const char *method;
        int status;
        unsigned flags;
        size_t attempts; /* when every attempt fails */
    } rows[] = {
        {"GET", 0, RETRY, 5},  {"PUT", 0, RETRY, 5},   {"DELETE", 0, RETRY, 5},
        {"POST", 0, RETRY, 1}, {"POST", 0, UNSENT, 5}, {"GET", 0, 0, 1},
        {"GET", 429, 0, 5},    {"GET", 502, 0, 5},     {"GET", 503, 0, 5},
        {"GET", 504, 0, 5},    {"GET", 500, 0, 1},     {"PUT", 503, 0, 1},
        {"DELETE", 503, 0, 1}, {"POST", 503, 0, 1},    {"GET", 404, 0, 1},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        script_answer answers[6];
        for (size_t k = 0; k < 6; k++)
            answers[k] = (script_answer){.status = rows[i].status, .flags = rows[i].flags};
        toc_session *sess = start(answers, 6);
        toc_call call = {.method = rows[i].method, .path = "/v2/x"};
        int status;
        assert_int_not_equal(call_once(sess, &call, &status), TOC_OK);
        assert_int_equal(play.asked_count, rows[i].attempts);
        for (size_t k = 0; k < play.asked_count; k++)
            assert_signed(&play.asked[k], "SECRET");
        toc_session_close(sess);
    }
}

static void test_recovers(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 0, .flags = RETRY},
        {.status = 503, .header = "Retry-After", .value = "120", .body = "{\"message\":\"busy\"}"},
        {.status = 200, .body = OK_BODY}};
    toc_session *sess = start(answers, 3);
    toc_call call = {.path = "/v2/x"};
    int status;
    uint64_t before = toc_time_ticks_ms();
    assert_int_equal(call_once(sess, &call, &status), TOC_OK);
    assert_true(toc_time_ticks_ms() - before < 2000); /* retry_sleep_ms is the longest pause */
    assert_int_equal(status, 200);
    assert_int_equal(play.asked_count, 3);
    toc_session_close(sess);
}

static void test_retry_after(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        unsigned milliseconds;
    } rows[] = {
        {"3", 3000},
        {"0", 0},
        {"-1", 0},
        {"soon", 0},
        {"99999999999", 3600000},
        {"Sun, 06 Nov 1994 08:49:37 GMT", 7000},
        {"Sun, 06 Xxx 1994 08:49:37 GMT", 0},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_response *response = NULL;
        assert_int_equal(toc_response_new(&response, NULL), TOC_OK);
        assert_int_equal(toc__retry_after(response, 784111770), 0);
        assert_int_equal(
            toc_response_add_header(response, TOC_S("retry-after"), toc_str_of(rows[i].value)),
            TOC_OK);
        assert_int_equal(toc__retry_after(response, 784111770), rows[i].milliseconds);
        toc_response_free(response);
    }
}

static bool cancel_later(void *user)
{
    unsigned *left = user;
    return (*left)-- == 0;
}

static void test_cancel(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.flags = RETRY}, {.flags = RETRY}, {.flags = RETRY}};
    for (unsigned asked = 0; asked < 4; asked++) {
        unsigned left = asked;
        memset(&play, 0, sizeof(play));
        play.answers = answers;
        play.answer_count = 3;
        toc_session *sess = script_session_with(&play, (toc_session_options){.retry_sleep_ms = 1,
                                                                             .cancel = cancel_later,
                                                                             .cancel_user = &left});
        toc_call call = {.path = "/v2/x"};
        int status;
        assert_int_equal(call_once(sess, &call, &status), TOC_ECANCELED);
        assert_int_equal(play.asked_count, (asked + 1) / 2);
        toc_session_close(sess);
    }
}

static void test_token(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"success\":true,\"apiToken\":\"new\",\"apiTokenExpires\":\"4102444800\"}"},
        {.status = 200, .body = OK_BODY},
        {.status = 200, .body = OK_BODY}};
    memset(&play, 0, sizeof(play));
    play.answers = answers;
    play.answer_count = 3;
    toc_session *sess =
        script_session_with(&play, (toc_session_options){.api_url = "https://tip.example/api",
                                                         .token = "old:1=",
                                                         .token_expires = toc_time_now() + 5,
                                                         .access_id = "12345",
                                                         .secret_key = "SECRET"});
    assert_non_null(sess);
    toc_call call = {.path = "/v2/x"};
    int status;
    assert_int_equal(call_once(sess, &call, &status), TOC_OK);
    assert_string_equal(play.asked[0].target, "/api/appAuth?expiredToken=old%3A1%3D");
    assert_string_equal(play.asked[0].authorization, "");
    assert_string_equal(play.asked[0].timestamp, "");
    assert_string_equal(play.asked[1].authorization, "TC-Token new");
    assert_string_not_equal(play.asked[1].timestamp, "");
    assert_int_equal(call_once(sess, &call, &status), TOC_OK);
    assert_int_equal(play.asked_count, 3);
    toc_session_close(sess);
}

static void test_token_refused(void **state)
{
    (void)state;
    static const struct {
        script_answer answer;
        const char *message;
    } rows[] = {
        {{.status = 401, .body = "{\"success\":false,\"message\":\"too late\"}"},
         "Could not refresh ThreatConnect Token (too late)."},
        {{.status = 401, .body = "{\"message\":\"T0KEN is too old\"}"},
         "Could not refresh ThreatConnect Token (HTTP 401)."},
        {{.status = 500, .type = "text/html", .body = "<p>"},
         "Could not refresh ThreatConnect Token (HTTP 500)."},
        {{.status = 200, .body = "{\"success\":true}"}, "holds no token"},
        {{.status = 200, .body = "{\"apiToken\":\"a\\r\\nb\",\"apiTokenExpires\":9999999999}"},
         "holds no token"},
        {{.status = 200, .type = "text/html", .body = "<p>"}, "holds no token"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        memset(&play, 0, sizeof(play));
        play.answers = &rows[i].answer;
        play.answer_count = 1;
        toc_session *sess = script_session_with(
            &play,
            (toc_session_options){.token = "T0KEN", .token_expires = 1, .retry_sleep_ms = 1});
        toc_call call = {.path = "/v2/x"};
        int status;
        assert_int_equal(call_once(sess, &call, &status), TOC_EAUTH);
        assert_non_null(strstr(err.message, rows[i].message));
        assert_null(strstr(err.message, "T0KEN"));
        assert_int_equal(err.number, TOC_NUMBER_TOKEN);
        assert_int_equal(play.asked_count, 1);
        toc_session_close(sess);
    }
}

static void count_line(void *user, toc_log_level level, const char *area, const char *text)
{
    (void)level;
    (void)area;
    assert_null(strstr(text, "S3CRET"));
    (*(unsigned *)user)++;
}

static void test_log_has_no_secret(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = "{\"apiToken\":\"S3CRET2\",\"apiTokenExpires\":4102444800}"},
        {.flags = RETRY},
        {.status = 200, .body = OK_BODY}};
    unsigned lines = 0;
    memset(&play, 0, sizeof(play));
    play.answers = answers;
    play.answer_count = 3;
    toc_session *sess = script_session_with(&play, (toc_session_options){.token = "S3CRET1",
                                                                         .token_expires = 1,
                                                                         .retry_sleep_ms = 1,
                                                                         .log = count_line,
                                                                         .log_user = &lines});
    toc_call call = {.path = "/v2/x"};
    int status;
    assert_int_equal(call_once(sess, &call, &status), TOC_OK);
    assert_true(lines >= 4);
    toc_session_close(sess);
}

/* Messages are text, whatever a server writes into its headers. */
static void test_odd_type(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 500, .type = "text/\xFF\xFF", .body = "<p>"},
                                            {.status = 500, .type = "text/\x1B[2Jx", .body = "<p>"},
                                            {.status = 200, .type = "text/\xFF", .body = "<p>"}};
    static const char *const messages[] = {"the server answered with HTTP 500",
                                           "the server answered with HTTP 500 and text/ [2Jx",
                                           "JSON was expected, the answer is of no type"};
    toc_session *sess = start(answers, 3);
    int status;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(call_once(sess, &(toc_call){.path = "/v2/x"}, &status), TOC_EHTTP);
        assert_string_equal(err.message, messages[i]);
    }
    toc_user user;
    assert_int_equal(toc_whoami(sess, &user, &err), TOC_EPROTO);
    assert_string_equal(err.message, messages[2]);
    toc_session_close(sess);
}

typedef struct mute {
    unsigned asked;
    toc_rc result; /* of all exchanges behind the first */
} mute;

static toc_rc perform_mute(void *context, const toc_request *request, toc_response *response,
                           toc_error *error)
{
    mute *self = context;
    (void)request, (void)error;
    if (self->asked++)
        return self->result;
    toc_response_set_status(response, 503);
    return TOC_OK;
}

/* A transport that does not say why it failed: the attempt before does not say it either. */
static void test_mute_transport(void **state)
{
    (void)state;
    static const struct {
        toc_rc result, rc;
    } rows[] = {{TOC_EIO, TOC_EIO}, {7, TOC_ENET}};
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        mute other = {.result = rows[i].result};
        toc_transport transport = {.version = 1, .perform = perform_mute, .context = &other};
        toc_session_options options = {
            .version = 1, .transport = &transport, .retries = 5, .retry_sleep_ms = 1};
        toc_session *sess = NULL;
        int status;
        assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
        assert_int_equal(call_once(sess, &(toc_call){.path = "/v2/x"}, &status), rows[i].rc);
        assert_int_equal(err.code, rows[i].rc);
        assert_int_equal(err.http_status, 0);
        assert_int_equal(err.flags, 0);
        assert_non_null(strstr(err.message, "the transport failed"));
        assert_int_equal(other.asked, 2); /* nothing said that it may be repeated */
        toc_session_close(sess);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),        cmocka_unit_test(test_odd_type),
        cmocka_unit_test(test_mute_transport), cmocka_unit_test(test_paths_refused),
        cmocka_unit_test(test_statuses),       cmocka_unit_test(test_retries),
        cmocka_unit_test(test_recovers),       cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_cancel),         cmocka_unit_test(test_token),
        cmocka_unit_test(test_token_refused),  cmocka_unit_test(test_log_has_no_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
