/* The user behind a session: what is told, what is cut, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/failing.h"
#include "support/script.h"

#define USER(members) "{\"status\":\"Success\",\"data\":{\"user\":{" members "}}}"

static toc_error err;
static script play;

static toc_session *start(const script_answer *answers, size_t count)
{
    return script_start(&play, answers, count, (toc_session_options){.retries = 1});
}

static void test_user(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = USER("\"userName\":\"77\",\"firstName\":\"A\\u00e4\",\"x\":[\"y\"],"
                      "\"lastName\":null,\"owner\":{\"role\":\"none\"},\"role\":\"Api User\"")}};
    toc_session *sess = start(answers, 1);
    toc_user user;
    memset(&user, 'x', sizeof(user));
    assert_int_equal(toc_whoami(sess, &user, &err), TOC_OK);
    assert_string_equal(play.asked[0].target, "/api/v2/whoami?createActivityLog=false");
    assert_string_equal(user.user_name, "77");
    assert_string_equal(user.first_name, "A\xC3\xA4");
    assert_string_equal(user.last_name, "");
    assert_string_equal(user.role, "Api User");
    assert_int_equal(toc_whoami(NULL, &user, &err), TOC_EINVAL);
    assert_int_equal(toc_whoami(sess, NULL, &err), TOC_EINVAL);
    toc_session_close(sess);
}

/* A name that is too long ends between two characters. */
static void test_long(void **state)
{
    (void)state;
    static char body[512];
    char name[2 * 64 + 1] = "";
    for (size_t i = 0; i < 64; i++)
        memcpy(name + 2 * i, "\xC3\xA4", 2);
    (void)snprintf(body, sizeof(body), USER("\"userName\":\"u\",\"lastName\":\"%s\""), name);
    const script_answer answer = {.status = 200, .body = body};
    toc_session *sess = start(&answer, 1);
    toc_user user;
    assert_int_equal(toc_whoami(sess, &user, &err), TOC_OK);
    assert_int_equal(strlen(user.last_name), 126);
    assert_true(toc_str_is_utf8(toc_str_of(user.last_name), NULL));
    toc_session_close(sess);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        toc_rc rc;
        const char *message;
    } rows[] = {
        {USER(""), TOC_EPROTO, "names no user"},
        {"{\"status\":\"Success\",\"data\":{\"user\":[]}}", TOC_EPROTO, "names no user"},
        {USER("\"userName\":\"u\",,"), TOC_EPROTO, "broken"},
        {"{\"status\":\"Failure\",\"message\":\"go away\"}", TOC_EHTTP, "go away"},
        {"<html>", TOC_EPROTO, "JSON was expected"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        const script_answer answer = {.status = 200, .body = rows[i].body};
        toc_session *sess = start(&answer, 1);
        toc_user user = {.user_name = "before"};
        assert_int_equal(toc_whoami(sess, &user, &err), rows[i].rc);
        assert_non_null(strstr(err.message, rows[i].message));
        assert_string_equal(user.user_name, "before");
        toc_session_close(sess);
    }
}

static toc_rc run(void)
{
    static const script_answer answer = {
        .status = 200, .body = USER("\"userName\":\"\\u0075\",\"role\":\"r\\u00e4\"")};
    script again = {.answers = &answer, .answer_count = 1};
    toc_transport transport = script_transport(&again);
    const toc_session_options options = {.version = 1, .transport = &transport, .retries = 1};
    toc_session *sess = NULL;
    toc_user user;
    toc_rc rc = toc_session_open(&options, &sess, NULL);
    if (!rc)
        rc = toc_whoami(sess, &user, NULL);
    toc_session_close(sess);
    return rc;
}

/* Memory that is missing is not the server's fault. */
static void test_no_memory(void **state)
{
    (void)state;
    failing_each(run, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_user),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
