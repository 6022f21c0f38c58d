/* Calls by hand in full: all pages, headers of one's own, bodies as they come, callbacks, refusals
 * that ask for nothing, redirects, the printed form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/script.h"

#define OK_BODY "{\"status\":\"Success\"}"
#define FAILURE(text) "{\"status\":\"Failure\",\"message\":\"" text "\"}"
#define PAGE(count, items) "{\"status\":\"Success\",\"data\":{" count "\"indicator\":" items "}}"

static toc_error err;
static script play;

typedef struct receiver {
    unsigned pages, pieces, voids, good, bad;
    int status;
    toc_rc answer; /* of the callback, from page or piece `from` on */
    unsigned from;
    char text[256];
} receiver;

static toc_session *start(const script_answer *answers, size_t count)
{
    memset(&play, 0, sizeof(play));
    memset(&err, 0, sizeof(err));
    play.answers = answers;
    play.answer_count = count;
    toc_session *sess = script_session(&play);
    assert_non_null(sess);
    return sess;
}

static toc_rc on_page(void *user, const toc_response *page)
{
    receiver *self = user;
    assert_true(toc_response_status(page) == 200);
    return ++self->pages >= self->from ? self->answer : TOC_OK;
}

static void test_pages(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = PAGE("\"resultCount\":5,", "[{\"id\":1},{\"id\":2}]")},
        {.status = 200, .body = PAGE("", "[{\"id\":3},{\"id\":4}]")},
        {.status = 200, .body = PAGE("", "{\"id\":5}")}};
    toc_session *sess = start(answers, 3);
    receiver got = {0};
    toc_call call = {.path = "/v2/indicators", .owner = "Acme", .result_limit = 2};
    assert_int_equal(toc_call_pages(sess, &call, on_page, &got, &err), TOC_OK);
    assert_int_equal(got.pages, 3);
    assert_int_equal(play.asked_count, 3);
    static const char *const starts[] = {"0", "2", "4"};
    for (size_t i = 0; i < 3; i++) {
        char target[256];
        (void)snprintf(target, sizeof(target),
                       "/api/v2/indicators?createActivityLog=false&owner=Acme&resultLimit=2"
                       "&resultStart=%s",
                       starts[i]);
        assert_string_equal(play.asked[i].method, "GET");
        assert_string_equal(play.asked[i].target, target);
        assert_false(play.asked[i].has_body);
    }
    assert_int_equal(call.result_start, 0);
    toc_session_close(sess);
}

static const struct {
    script_answer answers[3];
    unsigned pages, asked;
    toc_rc rc;
    toc_rc answer; /* of the callback */
    unsigned from;
    bool no_pages;
} endings[] = {
    /* exactly one page */
    {{{.status = 200, .body = PAGE("\"resultCount\":2,", "[{},{}]")}}, 1, 1, 0, 0, 0, false},
    /* nothing there; no list at all */
    {{{.status = 200, .body = PAGE("\"resultCount\":0,", "[]")}}, 1, 1, 0, 0, 0, false},
    {{{.status = 200, .body = OK_BODY}}, 1, 1, 0, 0, 0, false},
    /* no count: full pages go on */
    {{{.status = 200, .body = PAGE("", "[{\"id\":1},{\"id\":2}]")},
      {.status = 200, .body = PAGE("", "[{\"id\":3}]")}},
     2,
     2,
     0,
     0,
     0,
     false},
    /* a count that shrank meanwhile ends with the empty page, one that stands is not silent */
    {{{.status = 200, .body = PAGE("\"resultCount\":\"900\",", "[{},{}]")},
      {.status = 200, .body = PAGE("", "[]")},
      {.status = 200, .body = PAGE("\"resultCount\":\"2\",", "[{}]")}},
     1,
     3,
     0,
     0,
     0,
     false},
    {{{.status = 200, .body = PAGE("\"resultCount\":900,", "[{},{}]")},
      {.status = 200, .body = PAGE("\"resultCount\":2,", "[]")}},
     2,
     2,
     0,
     0,
     0,
     false},
    {{{.status = 200, .body = PAGE("\"resultCount\":900,", "[{},{}]")},
      {.status = 200, .body = PAGE("\"resultCount\":900,", "[]")},
      {.status = 200, .body = PAGE("\"resultCount\":900,", "[]")}},
     1,
     3,
     TOC_EPROTO,
     0,
     0,
     false},
    {{{.status = 200, .body = PAGE("\"resultCount\":3,", "[{},{}]")},
      {.status = 200, .body = PAGE("\"resultCount\":3,", "[]")},
      {.status = 200, .body = PAGE("\"resultCount\":3,", "[{\"id\":1}]")}},
     2,
     3,
     0,
     0,
     0,
     false},
    /* a server that does not hear resultStart */
    {{{.status = 200, .body = PAGE("\"resultCount\":9,", "[{},{}]")},
      {.status = 200, .body = PAGE("\"resultCount\":9,", "[{},{}]")}},
     1,
     2,
     TOC_EPROTO,
     0,
     0,
     false},
    {{{.status = 200, .body = PAGE("\"resultCount\":4,", "[{},{}]")},
      {.status = 200, .body = PAGE("", "[{},{}]")}},
     1,
     2,
     TOC_EPROTO,
     0,
     0,
     false},
    /* a failure, HTML, half an answer in the middle: what came before was delivered */
    {{{.status = 200, .body = PAGE("\"resultCount\":9,", "[{},{}]")},
      {.status = 500, .body = FAILURE("broken")}},
     1,
     2,
     TOC_EHTTP,
     0,
     0,
     false},
    {{{.status = 200, .body = PAGE("\"resultCount\":9,", "[{},{}]")},
      {.status = 200, .body = FAILURE("broken")}},
     1,
     2,
     TOC_EHTTP,
     0,
     0,
     false},
    {{{.status = 200, .body = PAGE("\"resultCount\":9,", "[{},{}]")},
      {.status = 200, .type = "text/html", .body = "<p>"}},
     1,
     2,
     TOC_EPROTO,
     0,
     0,
     false},
    {{{.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"indicator\":[{}"}},
     0,
     1,
     TOC_EPROTO,
     0,
     0,
     false},
    {{{.status = 200, .type = "text/html", .body = "<p>"}}, 0, 1, TOC_EPROTO, 0, 0, false},
    /* text has no pages */
    {{{.status = 200, .type = "text/csv", .body = "a,b"}}, 1, 1, 0, 0, 0, false},
    /* the caller had enough */
    {{{.status = 200, .body = PAGE("\"resultCount\":9,", "[{},{}]")}},
     1,
     1,
     TOC_ECANCELED,
     1,
     1,
     false},
    {{{.status = 200, .body = PAGE("\"resultCount\":9,", "[{},{}]")}},
     1,
     1,
     TOC_EIO,
     TOC_EIO,
     1,
     false},
    /* one request only */
    {{{.status = 200, .body = PAGE("\"resultCount\":9,", "[{},{}]")}}, 1, 1, 0, 0, 0, true},
};

/* The count is asked for again before the page is; the error tells what is missing. */
static void test_early_end(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = PAGE("\"resultCount\":9,", "[{},{}]")},
        {.status = 200, .body = PAGE("", "[]")},
        {.status = 200, .body = PAGE("\"resultCount\":8,", "[{}]")},
        {.status = 200, .body = OK_BODY}};
    static const char *const queries[] = {
        "resultLimit=2&resultStart=0", "resultLimit=2&resultStart=2", "resultLimit=1&resultStart=0",
        "resultLimit=2&resultStart=2"};
    toc_session *sess = start(answers, TOC_COUNT(answers));
    receiver got = {0};
    toc_call call = {.path = "/v2/indicators", .result_limit = 2};
    assert_int_equal(toc_call_pages(sess, &call, on_page, &got, &err), TOC_EPROTO);
    assert_string_equal(err.message, "the list ends early: 2 of 8 came");
    assert_int_equal(got.pages, 1);
    assert_int_equal(play.asked_count, TOC_COUNT(queries));
    for (size_t i = 0; i < TOC_COUNT(queries); i++) {
        if (!strstr(play.asked[i].target, queries[i]))
            fail_msg("%zu: %s", i, play.asked[i].target);
    }
    toc_session_close(sess);
}

/* Behind a start no count is told: a server that caps its pages is not taken for one that is done.
 */
static void test_capped_pages(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = PAGE("", "[{\"id\":1}]")},
        {.status = 200, .body = PAGE("\"resultCount\":9,", "[{\"id\":0}]")},
        {.status = 200, .body = PAGE("", "[{\"id\":2}]")}};
    toc_session *sess = start(answers, TOC_COUNT(answers));
    receiver got = {0};
    toc_call call = {.path = "/v2/indicators", .result_start = 7, .result_limit = 2};
    assert_int_equal(toc_call_pages(sess, &call, on_page, &got, &err), TOC_OK);
    assert_int_equal(got.pages, 2);
    assert_int_equal(play.asked_count, 3);
    assert_non_null(strstr(play.asked[1].target, "resultLimit=1&resultStart=0"));
    assert_non_null(strstr(play.asked[2].target, "resultLimit=2&resultStart=8"));
    toc_session_close(sess);
}

static void test_page_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(endings); i++) {
        toc_session *sess = start(endings[i].answers, 3);
        receiver got = {.answer = endings[i].answer, .from = endings[i].from};
        toc_call call = {
            .path = "/v2/indicators", .result_limit = 2, .no_pages = endings[i].no_pages};
        toc_rc rc = toc_call_pages(sess, &call, on_page, &got, &err);
        if (rc != endings[i].rc || got.pages != endings[i].pages ||
            play.asked_count != endings[i].asked)
            fail_msg("row %zu: %d, %u pages, %zu requests", i, rc, got.pages, play.asked_count);
        if (endings[i].answer)
            assert_int_equal(err.flags, TOC_ERROR_CALLBACK);
        toc_session_close(sess);
    }
}

static toc_rc on_piece(void *user, const void *data, size_t len)
{
    receiver *self = user;
    if (!data) {
        self->voids++;
        self->text[0] = '\0';
        return TOC_OK;
    }
    self->pieces++;
    size_t used = strlen(self->text);
    (void)snprintf(self->text + used, sizeof(self->text) - used, "%.*s", (int)len,
                   (const char *)data);
    return self->answer;
}

static void on_success(void *user, const toc_call *call, const toc_response *response)
{
    receiver *self = user;
    assert_string_equal(call->path, "/v2/x");
    self->status = toc_response_status(response);
    self->good++;
}

static void on_failure(void *user, const toc_call *call, int status)
{
    receiver *self = user;
    assert_string_equal(call->path, "/v2/x");
    self->status = status;
    self->bad++;
}

static toc_rc call_with(toc_session *sess, toc_call call, receiver *got, toc_str *body)
{
    toc_response *response = NULL;
    call.path = "/v2/x";
    call.on_success = on_success;
    call.on_failure = on_failure;
    call.callback_user = got;
    toc_rc rc = toc_session_call(sess, &call, &response, &err);
    if (body)
        *body = response ? (toc_str){NULL, toc_response_body(response).len} : TOC_S("none");
    toc_response_free(response);
    return rc;
}

static void test_sink(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = "content"}};
    toc_session *sess = start(answers, 1);
    receiver got = {0};
    toc_str body;
    toc_call call = {.sink = on_piece, .sink_user = &got};
    assert_int_equal(call_with(sess, call, &got, &body), TOC_OK);
    assert_string_equal(got.text, "content");
    assert_int_equal(got.pieces, 1);
    assert_int_equal(body.len, 0);
    assert_int_equal(got.good, 1);
    toc_session_close(sess);
    /* Failures are kept, not handed on. */
    static const script_answer refused[] = {{.status = 404, .body = FAILURE("none")}};
    sess = start(refused, 1);
    got = (receiver){0};
    assert_int_equal(call_with(sess, call, &got, &body), TOC_ENOTFOUND);
    assert_int_equal(got.pieces, 0);
    assert_int_equal(body.len, strlen(FAILURE("none")));
    toc_session_close(sess);
    /* The receiver's failure is final. */
    sess = start(answers, 1);
    got = (receiver){.answer = TOC_EIO};
    assert_int_equal(call_with(sess, call, &got, NULL), TOC_EIO);
    assert_int_equal(err.flags, TOC_ERROR_CALLBACK);
    assert_int_equal(play.asked_count, 1);
    assert_int_equal(got.bad, 1);
    toc_session_close(sess);
    sess = start(answers, 1);
    got = (receiver){.answer = 1};
    assert_int_equal(call_with(sess, call, &got, NULL), TOC_ECANCELED);
    toc_session_close(sess);
}

static void test_callbacks(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.flags = TOC_ERROR_RETRYABLE},
                                            {.status = 202, .body = "{}"},
                                            {.status = 503, .body = "{}"},
                                            {.status = 400, .body = "{}"},
                                            {.flags = 0},
                                            {.status = 204, .type = ""}};
    static const struct {
        toc_rc rc;
        unsigned good, bad;
        int status;
    } rows[] = {
        {TOC_OK, 1, 0, 202}, {TOC_EHTTP, 0, 1, 400}, {TOC_ENET, 0, 1, 0}, {TOC_OK, 1, 0, 204}};
    toc_session *sess = start(answers, TOC_COUNT(answers));
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        receiver got = {.status = -1};
        assert_int_equal(call_with(sess, (toc_call){0}, &got, NULL), rows[i].rc);
        assert_int_equal(got.good, rows[i].good);
        assert_int_equal(got.bad, rows[i].bad);
        assert_int_equal(got.status, rows[i].status);
    }
    toc_session_close(sess);
}

/* Every status but 200 to 204 is a failure; some of them ask for nothing. */
static void test_statuses(void **state)
{
    (void)state;
    static const struct {
        script_answer answer;
        toc_rc rc;
        unsigned flags;
        const char *says;
    } rows[] = {
        {{.status = 200, .body = "{}"}, TOC_OK, 0, ""},
        {{.status = 201, .body = "{}"}, TOC_OK, 0, ""},
        {{.status = 203, .body = "{}"}, TOC_OK, 0, ""},
        {{.status = 204, .type = ""}, TOC_OK, 0, ""},
        {{.status = 205, .type = ""}, TOC_EHTTP, 0, "HTTP 205"},
        {{.status = 304, .type = ""}, TOC_EHTTP, 0, "HTTP 304"},
        {{.status = 400,
          .body = FAILURE("The MD5 for this File is invalid, a File with this MD5 already exists")},
         TOC_EHTTP,
         TOC_ERROR_TOLERATED,
         "already exists (HTTP 400)"},
        {{.status = 400,
          .body =
              FAILURE("The SHA-1 for this File is invalid, a File with this SHA-1 already exists")},
         TOC_EHTTP,
         TOC_ERROR_TOLERATED,
         "SHA-1"},
        {{.status = 400,
          .body = FAILURE(
              "The SHA-256 for this File is invalid, a File with this SHA-256 already exists")},
         TOC_EHTTP,
         TOC_ERROR_TOLERATED,
         "SHA-256"},
        {{.status = 404, .body = FAILURE("The requested resource was not found")},
         TOC_ENOTFOUND,
         TOC_ERROR_TOLERATED,
         "not found"},
        {{.status = 500,
          .type = "text/plain",
          .body = "Could not find resource for relative : /v2/x\nof full path"},
         TOC_EHTTP,
         TOC_ERROR_TOLERATED,
         "Could not find resource for relative : /v2/x (HTTP 500)"},
        {{.status = 401,
          .body = FAILURE("The requested Security Label was not removed - access was denied")},
         TOC_EAUTH,
         TOC_ERROR_TOLERATED,
         "access was denied"},
        {{.status = 404, .body = FAILURE("the requested resource was not found")},
         TOC_ENOTFOUND,
         0,
         "not found"},
        {{.status = 400, .body = FAILURE("something else")}, TOC_EHTTP, 0, "something else"},
        {{.status = 301, .header = "Location", .value = "https://user:pw@other.example:8443/x?y"},
         TOC_EHTTP,
         0,
         "the server redirects to other.example:8443 (HTTP 301), which is not followed"},
        {{.status = 307, .header = "Location", .value = "//other.example"},
         TOC_EHTTP,
         0,
         "redirects to other.example (HTTP 307)"},
        {{.status = 302, .header = "Location", .value = "/login?token=x"},
         TOC_EHTTP,
         0,
         "redirects to another path (HTTP 302)"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_session *sess = start(&rows[i].answer, 1);
        receiver got = {0};
        assert_int_equal(call_with(sess, (toc_call){.method = "POST"}, &got, NULL), rows[i].rc);
        assert_int_equal(err.flags, rows[i].flags);
        if (rows[i].rc && !strstr(err.message, rows[i].says))
            fail_msg("row %zu: %s", i, err.message);
        assert_int_equal(err.http_status, rows[i].rc ? rows[i].answer.status : 0);
        assert_null(strstr(err.message, "pw"));
        assert_null(strstr(err.message, "token"));
        assert_int_equal(play.asked_count, 1);
        toc_session_close(sess);
    }
}

static void test_refused_headers(void **state)
{
    (void)state;
    const toc_header rows[] = {{TOC_S("Authorization"), TOC_S("x")},
                               {TOC_S("timestamp"), TOC_S("1")},
                               {TOC_S("Content-Length"), TOC_S("1")},
                               {TOC_S("Host"), TOC_S("x")},
                               {TOC_S("Transfer-Encoding"), TOC_S("chunked")},
                               {TOC_S("X Y"), TOC_S("x")},
                               {TOC_S("X:"), TOC_S("x")},
                               {TOC_S(""), TOC_S("x")},
                               {TOC_S("X"), TOC_S("a\r\nEvil: b")},
                               {TOC_S("X"), TOC_S("a\0b")}};
    toc_session *sess = start(NULL, 0);
    toc_response *response = NULL;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_call call = {.path = "/v2/x", .headers = &rows[i], .header_count = 1};
        assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_EINVAL);
        assert_string_equal(err.field, "headers");
    }
    toc_header many[17];
    for (size_t i = 0; i < TOC_COUNT(many); i++)
        many[i] = (toc_header){TOC_S("X"), TOC_S("y")};
    toc_call call = {.path = "/v2/x", .headers = many, .header_count = TOC_COUNT(many)};
    assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_EINVAL);
    call = (toc_call){.path = "/v2/x", .content_type = "a\nb"};
    assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_EINVAL);
    call = (toc_call){.path = "/v2/x", .owner = "Acme", .no_owner = true};
    assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_EINVAL);
    call = (toc_call){.path = "/v2/x", .method = "POST"};
    assert_int_equal(toc_call_pages(sess, &call, on_page, NULL, &err), TOC_EINVAL);
    call = (toc_call){.path = "/v2/x", .sink = on_piece};
    assert_int_equal(toc_call_pages(sess, &call, on_page, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_call_pages(sess, &call, NULL, NULL, &err), TOC_EINVAL);
    assert_int_equal(play.asked_count, 0);
    toc_session_close(sess);
}

static void test_print(void **state)
{
    (void)state;
    toc_call call = {.method = "POST",
                     .path = "/v2/groups/documents",
                     .owner = "Example Community",
                     .content_type = "application/json",
                     .body = TOC_S("{}"),
                     .no_pages = true};
    char *text = NULL;
    assert_int_equal(toc_call_print(NULL, &call, &text, &err), TOC_OK);
    assert_string_equal(
        text, "\n"
              "_________________________________Request Object_________________________________\n"
              "Metadata                                \n"
              "  Description                  None                                              \n"
              "\n"
              "Request Settings                        \n"
              "  Owner                        Example Community                                 \n"
              "  Owner Allowed                True                                              \n"
              "  Resource Pagination          False                                             \n"
              "  Resource Type                None                                              \n"
              "  Remaining Results            1                                                 \n"
              "  Result Limit                 0                                                 \n"
              "  Result Start                 0                                                 \n"
              "\n"
              "HTTP Settings                           \n"
              "  HTTP Method                  POST                                              \n"
              "  Request URI                  /v2/groups/documents                              \n"
              "  Content Type                 application/json                                  \n"
              "  Body                         {}                                                \n"
              "\n"
              "Headers                                 \n"
              "  Content-Type                 application/json                                  \n"
              "  Content-Length               2                                                 \n"
              "\n"
              "Payload                                 \n"
              "  createActivityLog            false                                             \n"
              "  owner                        Example Community                                 \n"
              "\n");
    toc_free(text);
    /* Neither headers nor payload; widths count characters; what is no text is only counted. */
    call = (toc_call){.path = "/v2/x",
                      .bare = true,
                      .description = "\xC3\xA9t\xC3\xA9",
                      .no_owner = true,
                      .body = {NULL, 0}};
    assert_int_equal(toc_call_print(NULL, &call, &text, &err), TOC_OK);
    assert_non_null(strstr(text, "  Description                  \xC3\xA9t\xC3\xA9"
                                 "                                               \n"));
    assert_null(strstr(text, "Headers"));
    assert_null(strstr(text, "Payload"));
    assert_non_null(strstr(text, "  Owner Allowed                False"));
    toc_free(text);
    call.body = TOC_S("\xFF\0\xFE");
    assert_int_equal(toc_call_print(NULL, &call, &text, &err), TOC_OK);
    assert_non_null(strstr(text, "  Body                         (3 bytes) "));
    toc_free(text);
    assert_int_equal(toc_call_print(NULL, NULL, &text, &err), TOC_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_page_ends),
        cmocka_unit_test(test_capped_pages),
        cmocka_unit_test(test_early_end),
        cmocka_unit_test(test_sink),
        cmocka_unit_test(test_callbacks),
        cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_refused_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
