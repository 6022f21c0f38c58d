/* Calls by hand: bodies and answers of any type, the activity log, tokens against keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/script.h"

static toc_error err;
static script play;

static toc_session *start(const script_answer *answers, size_t count, toc_session_options options)
{
    memset(&play, 0, sizeof(play));
    play.answers = answers;
    play.answer_count = count;
    options.api_url = "https://tip.example/api";
    options.retry_sleep_ms = 1;
    toc_session *sess = script_session_with(&play, options);
    assert_non_null(sess);
    return sess;
}

static toc_response *call(toc_session *sess, const toc_call *what)
{
    toc_response *response = NULL;
    if (toc_session_call(sess, what, &response, &err))
        fail_msg("%s: %s", what->path, err.message);
    return response;
}

/* A document is made, its content sent and read back; the content is bytes, not text. */
static void test_document(void **state)
{
    (void)state;
    static const char content[] = {'P', 'K', 3, 4, 0, (char)0xFF, '\r', '\n'};
    static const script_answer answers[] = {
        {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"document\":{\"id\":8}}}"},
        {.status = 200, .body = "{\"status\":\"Success\"}"},
        {.status = 200,
         .type = "application/octet-stream",
         .body = content,
         .body_len = sizeof(content)}};
    toc_session *sess = start(answers, 3, (toc_session_options){.token = "t"});
    toc_call create = {.method = "POST",
                       .path = "/v2/groups/documents",
                       .owner = "Acme",
                       .body = TOC_S("{\"name\":\"d\",\"fileName\":\"d.zip\"}")};
    toc_response_free(call(sess, &create));
    assert_string_equal(play.asked[0].content_type, "application/json");
    toc_call upload = {.method = "POST",
                       .path = "/v2/groups/documents/8/upload",
                       .owner = "Acme",
                       .content_type = "application/octet-stream",
                       .body = {content, sizeof(content)}};
    toc_response_free(call(sess, &upload));
    assert_string_equal(play.asked[1].content_type, "application/octet-stream");
    assert_string_equal(play.asked[1].target, "/api/v2/groups/documents/8/upload"
                                              "?createActivityLog=false&owner=Acme");
    toc_call download = {.path = "/v2/groups/documents/8/download"};
    toc_response *response = call(sess, &download);
    assert_true(toc_response_is(response, "application/octet-stream"));
    assert_true(toc_str_equal(toc_response_body(response), (toc_str){content, sizeof(content)}));
    toc_response_free(response);
    toc_session_close(sess);
}

/* POST and PUT name a type even without a body, GET and DELETE do not. */
static void test_no_body(void **state)
{
    (void)state;
    static const struct {
        const char *method, *type;
    } rows[] = {
        {"GET", ""}, {"POST", "application/json"}, {"PUT", "application/json"}, {"DELETE", ""}};
    static const script_answer answer = {.status = 200, .body = "{\"status\":\"Success\"}"};
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_session *sess = start(&answer, 1, (toc_session_options){.token = "t"});
        toc_call what = {.method = rows[i].method, .path = "/v2/x"};
        toc_response_free(call(sess, &what));
        assert_false(play.asked[0].has_body);
        assert_string_equal(play.asked[0].content_type, rows[i].type);
        toc_session_close(sess);
    }
}

static void test_activity_log(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = "{\"status\":\"Success\"}"},
                                            {.status = 200, .body = "{\"status\":\"Success\"}"}};
    toc_call get = {.path = "/v2/owners"}, bare = {.path = "/v2/owners", .bare = true};
    toc_session *sess = start(answers, 2, (toc_session_options){.token = "t"});
    toc_response_free(call(sess, &get));
    toc_response_free(call(sess, &bare));
    assert_string_equal(play.asked[0].target, "/api/v2/owners?createActivityLog=false");
    assert_string_equal(play.asked[1].target, "/api/v2/owners");
    toc_session_close(sess);
    sess = start(answers, 2, (toc_session_options){.token = "t", .activity_log = true});
    toc_response_free(call(sess, &get));
    assert_string_equal(play.asked[0].target, "/api/v2/owners?createActivityLog=true");
    toc_session_close(sess);
}

/* A token wins over keys; a time stamp goes along with both. */
static void test_token_wins(void **state)
{
    (void)state;
    static const script_answer answer = {.status = 200, .body = "{\"status\":\"Success\"}"};
    toc_call get = {.path = "/v2/owners"};
    toc_session *sess =
        start(&answer, 1,
              (toc_session_options){.token = "APIV2:1:x", .access_id = "1", .secret_key = "s"});
    toc_response_free(call(sess, &get));
    assert_string_equal(play.asked[0].authorization, "TC-Token APIV2:1:x");
    assert_int_equal(strspn(play.asked[0].timestamp, "0123456789"), 10);
    toc_session_close(sess);
    sess = start(&answer, 1, (toc_session_options){.access_id = "1", .secret_key = "s"});
    toc_response_free(call(sess, &get));
    assert_memory_equal(play.asked[0].authorization, "TC 1:", 5);
    assert_int_equal(strspn(play.asked[0].timestamp, "0123456789"), 10);
    toc_session_close(sess);
}

/* Keys that come several times, blanks and signs in values. */
static void test_query(void **state)
{
    (void)state;
    static const script_answer answer = {.status = 200, .body = "{\"status\":\"Success\"}"};
    const toc_header query[] = {{TOC_S("includes"), TOC_S("tags")},
                                {TOC_S("includes"), TOC_S("labels")},
                                {TOC_S("filters"), TOC_S("name=my name,dateAdded>2017-01-01")},
                                {TOC_S("x"), TOC_S("a<b^c:d/e*f~g")}};
    toc_call get = {.path = "/v2/groups", .query = query, .query_count = TOC_COUNT(query)};
    toc_session *sess = start(&answer, 1, (toc_session_options){.token = "t"});
    toc_response_free(call(sess, &get));
    assert_string_equal(play.asked[0].target,
                        "/api/v2/groups?createActivityLog=false&includes=tags&includes=labels"
                        "&filters=name%3Dmy+name%2CdateAdded%3E2017-01-01"
                        "&x=a%3Cb%5Ec%3Ad%2Fe%2Af~g");
    toc_session_close(sess);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document),     cmocka_unit_test(test_no_body),
        cmocka_unit_test(test_activity_log), cmocka_unit_test(test_token_wins),
        cmocka_unit_test(test_query),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
