/* Opening sessions: the table of options, addresses, credentials; and the response object. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/options.h"
#include "client/session.h"
#include "client/url.h"
#include "support/script.h"

static toc_error err;

static void test_open(void **state)
{
    (void)state;
    static const struct {
        toc_session_options options;
        const char *field; /* NULL: opens */
    } rows[] = {
        {{.version = 1, .api_url = "https://h/api", .access_id = "1", .secret_key = "k"}, NULL},
        {{.version = 1, .api_url = "http://h", .token = "t"}, NULL},
        {{.version = 0, .api_url = "https://h/api", .token = "t"}, ""},
        {{.version = 1, .token = "t"}, "api_url"},
        {{.version = 1, .api_url = "", .token = "t"}, "api_url"},
        {{.version = 1, .api_url = "https://h/api"}, "access_id"},
        {{.version = 1, .api_url = "https://h/api", .token = ""}, "access_id"},
        {{.version = 1, .api_url = "https://h/api", .access_id = "1"}, "secret_key"},
        {{.version = 1, .api_url = "https://h/api", .secret_key = "k"}, "access_id"},
        {{.version = 1, .api_url = "https://h", .access_id = "1:2", .secret_key = "k"},
         "access_id"},
        {{.version = 1, .api_url = "https://h", .token = "a\r\nb"}, "token"},
        {{.version = 1, .api_url = "https://h", .token = "t", .result_limit = 10001},
         "result_limit"},
        {{.version = 1, .api_url = "https://h", .token = "t", .retries = 100000}, "retries"},
        {{.version = 1, .api_url = "https://h", .token = "t", .timeout_s = 100000}, "timeout_s"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_session *sess = NULL;
        toc_rc rc = toc_session_open(&rows[i].options, &sess, &err);
        assert_int_equal(rc, rows[i].field ? TOC_EINVAL : TOC_OK);
        if (rows[i].field) {
            assert_string_equal(err.field, rows[i].field);
            assert_null(sess);
        }
        toc_session_close(sess);
    }
    toc_session *sess = NULL;
    assert_int_equal(toc_session_open(NULL, &sess, &err), TOC_EINVAL);
}

static void test_defaults(void **state)
{
    (void)state;
    script play = {0};
    char owner[] = "Acme";
    toc_session *sess = script_session_with(&play, (toc_session_options){.owner = owner});
    assert_non_null(sess);
    owner[0] = 'X'; /* everything is copied */
    assert_true(toc_str_equal(toc_session_owner(sess), TOC_S("Acme")));
    assert_int_equal(sess->options.timeout_s, 30);
    assert_int_equal(sess->options.retries, 5);
    assert_int_equal(sess->options.retry_sleep_ms, 59000);
    assert_int_equal(sess->options.result_limit, 200);
    assert_true(toc_str_equal(sess->prefix, TOC_S("/api")));
    toc_session_close(sess);
    assert_int_equal(play.closed, 1);
}

static void test_failed_open_keeps_transport(void **state)
{
    (void)state;
    script play = {0};
    assert_null(script_session_with(&play, (toc_session_options){.api_url = "ftp://h"}));
    assert_int_equal(play.closed, 0);
}

static void test_option_table(void **state)
{
    (void)state;
    size_t count;
    const toc_option *rows = toc__option_list(&count);
    assert_int_equal(count, 26);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(rows[i].help);
        if (rows[i].environment)
            assert_true(toc_str_starts(toc_str_of(rows[i].environment), TOC_S("TC_")));
        assert_true(rows[i].offset < sizeof(toc_session_options));
        assert_true(rows[i].kind == TOC_OPTION_UINT || !rows[i].fallback);
        assert_true(rows[i].fallback >= rows[i].minimum && rows[i].fallback <= rows[i].maximum);
        bool secret = strstr(rows[i].name, "secret") || strstr(rows[i].name, "password") ||
                      !strcmp(rows[i].name, "token");
        assert_int_equal(secret, (rows[i].flags & TOC_OPTION_SECRET) != 0);
    }
}

static void test_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *url, *base, *prefix; /* base NULL: refused */
    } rows[] = {
        {"https://tip.example/api", "https://tip.example", "/api"},
        {"https://tip.example/api///", "https://tip.example", "/api"},
        {"https://tip.example:8443", "https://tip.example:8443", ""},
        {"HTTP://127.0.0.1:80/a/b", "HTTP://127.0.0.1:80", "/a/b"},
        {"https://[::1]:8443/api", "https://[::1]:8443", "/api"},
        {"tip.example/api", NULL, NULL},
        {"https://", NULL, NULL},
        {"https:///api", NULL, NULL},
        {"https://u:p@h/api", NULL, NULL},
        {"https://h/../api", NULL, NULL},
        {"https://h/a//b", NULL, NULL},
        {"https://h?x=y", NULL, NULL},
        {"https://h/api?x=y", NULL, NULL},
        {"https://h/api#x", NULL, NULL},
        {"https://h /api", NULL, NULL},
        {"file:intel.db", NULL, NULL},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_str base = TOC_S("?"), prefix = TOC_S("?");
        toc_rc rc = toc__url_split(toc_str_of(rows[i].url), &base, &prefix, &err);
        assert_int_equal(rc, rows[i].base ? TOC_OK : TOC_EINVAL);
        assert_true(toc_str_equal(base, toc_str_of(rows[i].base ? rows[i].base : "?")));
        assert_true(toc_str_equal(prefix, toc_str_of(rows[i].base ? rows[i].prefix : "?")));
    }
}

static void test_response(void **state)
{
    (void)state;
    toc_response *response = NULL;
    toc_header header;
    assert_int_equal(toc_response_new(&response, &err), TOC_OK);
    assert_false(toc_response_is(response, "application/json"));
    assert_int_equal(toc_response_add_header(response, TOC_S("content-TYPE"),
                                             TOC_S("Application/JSON ; charset=utf-8")),
                     TOC_OK);
    assert_true(toc_response_is(response, "application/json"));
    assert_false(toc_response_is(response, "application/jso"));
    assert_true(toc_response_header_at(response, 0, &header));
    assert_false(toc_response_header_at(response, 1, &header));
    for (int i = 1; i < TOC_MAX_HEADERS; i++)
        assert_int_equal(toc_response_add_header(response, TOC_S("a"), TOC_S("b")), TOC_OK);
    assert_int_equal(toc_response_add_header(response, TOC_S("a"), TOC_S("b")), TOC_ELIMIT);
    assert_int_equal(toc_response_append(response, "ab", 2), TOC_OK);
    assert_int_equal(toc_response_append(response, "c", 1), TOC_OK);
    assert_true(toc_str_equal(toc_response_body(response), TOC_S("abc")));
    toc_response_clear(response);
    assert_int_equal(toc_response_body(response).len, 0);
    assert_null(toc_response_header(response, "a").ptr);
    toc_response_free(response);
    toc_response_free(NULL);
}

static void test_types(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 500, .type = "text/html", .body = "<p>"},
        {.status = 200,
         .body =
             "{\"status\":\"Success\",\"data\":{\"resultCount\":5,\"indicatorType\":[null,"
             "{\"name\":\"Host\",\"custom\":\"false\",\"parsable\":\"true\",\"apiBranch\":"
             "\"hosts\",\"apiEntity\":\"host\"},"
             "{\"name\":\"Mutex\",\"custom\":\"true\",\"apiBranch\":\"mutexes\",\"apiEntity\":"
             "\"mutex\",\"value1Label\":\"Mutex\",\"value1Type\":\"text\"},"
             "{\"name\":\"Wallet\",\"custom\":\"true\",\"parsable\":\"true\",\"apiBranch\":"
             "\"wallets\",\"apiEntity\":\"wallet\",\"casePreference\":\"lower\",\"value1Label\":"
             "\"Coin \\u00e9\",\"value1Type\":\"text\",\"value2Label\":\"Net\",\"value2Type\":"
             "\"selectone\",\"value2Option\":\"main;test\",\"value3Label\":\"\",\"other\":{}},"
             "{\"name\":\"Broken\",\"custom\":\"true\",\"apiBranch\":\"b/c\",\"apiEntity\":"
             "\"broken\",\"value1Label\":\"x\"},"
             "{\"name\":\"Empty\",\"custom\":\"true\",\"apiBranch\":\"e\",\"apiEntity\":\"e\"}"
             "]}}"}};
    script play = {.answers = answers, .answer_count = 2};
    toc_session *sess = script_session(&play);
    const toc_types *types = NULL;
    size_t builtin;
    (void)toc_type_list(&builtin);
    assert_int_equal(toc_session_types(sess, &types, &err), TOC_EHTTP);
    assert_null(types);
    assert_int_equal(toc_session_types(sess, &types, &err), TOC_OK);
    assert_string_equal(play.asked[1].target,
                        "/api/v2/types/indicatorTypes?createActivityLog=false");
    assert_int_equal(toc_types_count(types), builtin + 1);
    const toc_type *wallet = toc_types_find(types, TOC_KIND_INDICATOR, TOC_S("wallet"));
    assert_non_null(wallet);
    assert_int_equal(wallet->key_count, 2);
    assert_string_equal(wallet->fields[0].name, "Coin \xC3\xA9");
    assert_string_equal(wallet->fields[1].choices, "main;test");
    assert_int_equal(wallet->letter_case, TOC_CASE_LOWER);
    assert_true(wallet->traits & TOC_TYPE_PARSABLE);
    assert_int_equal(toc_session_types(sess, &types, &err), TOC_OK);
    assert_int_equal(play.asked_count, 2); /* kept */
    toc_session_close(sess);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_failed_open_keeps_transport),
        cmocka_unit_test(test_option_table),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_response),
        cmocka_unit_test(test_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
