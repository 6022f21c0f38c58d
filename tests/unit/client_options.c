/* Options by name: the table that describes them, changes of an open session, what cannot change.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "client/session.h"
#include "support/script.h"

static toc_error err;

static void assert_value(toc_session *sess, const char *name, const char *value)
{
    char *text = NULL;
    assert_int_equal(toc_session_get(sess, name, &text, &err), TOC_OK);
    assert_string_equal(text, value);
    toc_free(text);
}

static void test_table(void **state)
{
    (void)state;
    toc_option_info info = {0};
    size_t count = 0, variables = 0;
    toc_session *sess = script_session(&(script){0});
    for (; toc_session_option_at(count, &info); count++) {
        char *text = NULL;
        assert_true(info.help[0] && info.file_key[0]);
        variables += info.environment != NULL;
        /* What is not set shows its default; the session has keys and an address. */
        assert_int_equal(toc_session_get(sess, info.name, &text, &err), TOC_OK);
        if (!info.fixed && strcmp(info.name, "retry_sleep_ms") != 0 && info.maximum)
            assert_string_equal(text, *info.fallback ? info.fallback : "0");
        toc_free(text);
    }
    assert_int_equal(count, 26);
    assert_int_equal(variables, 10);
    assert_false(toc_session_option_at(count, &info));
    assert_false(toc_session_option_at(0, NULL));
    assert_value(sess, "secret_key", "***");
    assert_value(sess, "token", "");
    assert_value(sess, "access_id", "12345");
    toc_session_close(sess);
}

static void test_set(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value, *seen; /* seen NULL: refused */
        toc_rc rc;
    } rows[] = {
        {"retries", "3", "3", TOC_OK},
        {"retries", "0", NULL, TOC_EINVAL},
        {"retries", "-1", NULL, TOC_EINVAL},
        {"retries", "three", NULL, TOC_EINVAL},
        {"retries", "99999999999999999999", NULL, TOC_EINVAL},
        {"retries", "", "5", TOC_OK},
        {"timeout_s", "86401", NULL, TOC_EINVAL},
        {"timeout_s", "86400", "86400", TOC_OK},
        {"result_limit", "10001", NULL, TOC_EINVAL},
        {"result_limit", "200", "200", TOC_OK},
        {"activity_log", "true", "true", TOC_OK},
        {"activity_log", "perhaps", NULL, TOC_EINVAL},
        {"activity_log", "", "false", TOC_OK},
        {"owner", "Acme Inc", "Acme Inc", TOC_OK},
        {"owner", "a\nb", NULL, TOC_EINVAL},
        {"owner", "", "", TOC_OK},
        {"proxy", "10.0.0.1", "10.0.0.1", TOC_OK},
        {"proxy", "https://p:1", "https://p:1", TOC_OK},
        {"proxy", "http://u:p@host", NULL, TOC_EINVAL},
        {"proxy", "gopher://host", NULL, TOC_EINVAL},
        {"proxy", "a b", NULL, TOC_EINVAL},
        {"proxy_port", "65536", NULL, TOC_EINVAL},
        {"proxy_port", "8080", "8080", TOC_OK},
        {"proxy_password", "p@ss:word", "***", TOC_OK},
        {"console_level", "loud", NULL, TOC_EINVAL},
        {"client_key", "key.pem", NULL, TOC_EINVAL}, /* without a certificate */
        {"api_url", "https://other", NULL, TOC_EUNSUPPORTED},
        {"secret_key", "x", NULL, TOC_EUNSUPPORTED},
        {"retrys", "3", NULL, TOC_EINVAL},
        {"log_file", "/no/such/folder/x.log", NULL, TOC_EIO},
    };
    script play = {0};
    toc_session *sess = script_session(&play);
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        char *before = NULL, *after = NULL;
        (void)toc_session_get(sess, rows[i].name, &before, NULL);
        assert_int_equal(toc_session_set(sess, rows[i].name, rows[i].value, &err), rows[i].rc);
        if (rows[i].seen) {
            assert_value(sess, rows[i].name, rows[i].seen);
        } else if (before) {
            assert_int_equal(toc_session_get(sess, rows[i].name, &after, NULL), TOC_OK);
            assert_string_equal(before, after);
        }
        toc_free(before);
        toc_free(after);
    }
    assert_int_equal(toc_session_set(sess, "retrys", "3", &err), TOC_EINVAL);
    assert_non_null(strstr(err.message, "did you mean retries?"));
    assert_int_equal(toc_session_set(sess, NULL, "3", &err), TOC_EINVAL);
    assert_int_equal(toc_session_set(sess, "retries", NULL, &err), TOC_EINVAL);
    /* The transport of one's own stays in place whatever was changed. */
    assert_int_equal(play.closed, 0);
    toc_session_close(sess);
    assert_int_equal(play.closed, 1);
}

/* What was changed is what the next call uses. */
static void test_takes_effect(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.flags = TOC_ERROR_RETRYABLE},
                                            {.flags = TOC_ERROR_RETRYABLE},
                                            {.status = 200, .body = "{}"}};
    script play = {.answers = answers, .answer_count = 3};
    toc_session *sess = script_session(&play);
    assert_int_equal(toc_session_set(sess, "retries", "2", &err), TOC_OK);
    assert_int_equal(toc_session_set(sess, "activity_log", "true", &err), TOC_OK);
    toc_call call = {.path = "/v2/owners"};
    toc_response *response = NULL;
    assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_ENET);
    assert_int_equal(play.asked_count, 2);
    assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_OK);
    toc_response_free(response);
    assert_string_equal(play.asked[2].target, "/api/v2/owners?createActivityLog=true");
    assert_string_equal(play.asked[2].base, "https://tip.example");
    toc_session_close(sess);
}

/* The owner that was borrowed lives until it is set anew, whatever else is set. */
static void test_owner_stays(void **state)
{
    (void)state;
    toc_session *sess = script_start(&(script){0}, NULL, 0, (toc_session_options){.owner = "Acme"});
    toc_str owner = toc_session_owner(sess);
    assert_int_equal(toc_session_set(sess, "retries", "2", &err), TOC_OK);
    assert_int_equal(toc_session_set(sess, "console_level", "error", &err), TOC_OK);
    assert_ptr_equal(toc_session_owner(sess).ptr, owner.ptr);
    assert_true(toc_str_equal(owner, TOC_S("Acme")));
    assert_int_equal(toc_session_set(sess, "owner", "a\nb", &err), TOC_EINVAL);
    assert_true(toc_str_equal(owner, TOC_S("Acme")));
    assert_int_equal(toc_session_set(sess, "owner", "Other", &err), TOC_OK);
    assert_true(toc_str_equal(toc_session_owner(sess), TOC_S("Other")));
    toc_session_close(sess);
}

/* Over sockets a changed proxy means a new transport. */
static void test_new_transport(void **state)
{
    (void)state;
    toc_session *sess = NULL;
    toc_session_options options = {.version = 1, .api_url = "https://h/api", .token = "t"};
    assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
    assert_int_equal(toc_session_set(sess, "proxy", "proxy.example", &err), TOC_OK);
    assert_int_equal(toc_session_set(sess, "no_proxy", "*", &err), TOC_OK);
    assert_int_equal(toc_session_set(sess, "insecure", "yes", &err), TOC_OK);
    assert_int_equal(toc_session_set(sess, "connect_timeout_s", "2", &err), TOC_OK);
    assert_value(sess, "insecure", "true");
    assert_true(toc_str_equal(sess->base, TOC_S("https://h")));
    toc_session_close(sess);
}

/* What libcurl does not take is no lack of memory, and changes nothing. */
static void test_refused_by_curl(void **state)
{
    (void)state;
    static char hosts[9 * 1024 * 1024]; /* it takes eight million bytes */
    memset(hosts, 'h', sizeof(hosts) - 1);
    toc_session *sess = NULL;
    toc_session_options options = {.version = 1, .api_url = "https://h/api", .token = "t"};
    assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
    assert_int_equal(toc_session_set(sess, "no_proxy", hosts, &err), TOC_EUNSUPPORTED);
    assert_memory_equal(err.message, "libcurl does not take", 21);
    assert_value(sess, "no_proxy", "");
    toc_session_close(sess);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),         cmocka_unit_test(test_set),
        cmocka_unit_test(test_takes_effect),  cmocka_unit_test(test_owner_stays),
        cmocka_unit_test(test_new_transport), cmocka_unit_test(test_refused_by_curl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
