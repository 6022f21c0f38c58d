/* Lines of a session: file, standard error, callback and platform, each with its own threshold; the
 * printed request without credentials. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/session.h"
#include "support/script.h"

static toc_error err;
static script play;
static char path[64];
static char text[256 * 1024]; /* of the log file */
static char heard[64 * 1024];

static void hear(void *user, toc_log_level level, const char *area, const char *line)
{
    (void)user;
    size_t used = strlen(heard);
    (void)snprintf(heard + used, sizeof(heard) - used, "%d %s %s\n", (int)level, area, line);
}

static int enter(void **state)
{
    (void)state;
    heard[0] = '\0';
    (void)snprintf(path, sizeof(path), "/tmp/tocsin-log-XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 || close(fd);
}

static int leave(void **state)
{
    (void)state;
    return unlink(path);
}

static const char *read_log(void)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    ssize_t got = read(fd, text, sizeof(text) - 1);
    assert_true(got >= 0);
    text[got] = '\0';
    (void)close(fd);
    return text;
}

static toc_session *start(const script_answer *answers, size_t count, toc_session_options options)
{
    memset(&play, 0, sizeof(play));
    play.answers = answers;
    play.answer_count = count;
    options.api_url = "https://tip.example/api";
    options.access_id = "12345";
    options.secret_key = "SECRET";
    options.retry_sleep_ms = 1;
    options.log = hear;
    toc_session *sess = script_session_with(&play, options);
    assert_non_null(sess);
    return sess;
}

static toc_rc ask(toc_session *sess, const toc_call *call)
{
    toc_response *response = NULL;
    toc_rc rc = toc_session_call(sess, call, &response, &err);
    toc_response_free(response);
    return rc;
}

static const script_answer retried[] = {{.flags = TOC_ERROR_RETRYABLE},
                                        {.status = 200, .body = "{\"status\":\"Success\"}"}};

/* "2024-03-01 10:00:00,123 - tocsin - INFO - text (function:12)" */
static void assert_line(const char *line, const char *level, const char *has)
{
    static const char shape[] = "dddd-dd-dd dd:dd:dd,ddd - tocsin - ";
    for (size_t i = 0; i < sizeof(shape) - 1; i++) {
        if (shape[i] == 'd')
            assert_true(line[i] >= '0' && line[i] <= '9');
        else
            assert_int_equal(line[i], shape[i]);
    }
    const char *end = strchr(line, '\n');
    assert_non_null(end);
    assert_int_equal(end[-1], ')');
    assert_memory_equal(line + sizeof(shape) - 1, level, strlen(level));
    const char *found = strstr(line, has);
    assert_true(found && found < end);
}

static void test_file(void **state)
{
    (void)state;
    toc_call call = {.path = "/v2/owners"};
    toc_session *sess =
        start(retried, 2, (toc_session_options){.log_file = path, .log_level = TOC_LOG_ERROR});
    assert_int_equal(ask(sess, &call), TOC_OK);
    toc_session_close(sess);
    const char *log = read_log();
    assert_line(log, "INFO - ", "connection reset; attempt 2 of 5 in 1 ms (attempts:");
    assert_null(strchr(strchr(log, '\n') + 1, '\n')); /* one line only */
    assert_string_equal(heard, "");                   /* its threshold is its own */
    /* A second session appends. */
    sess = start(retried, 2, (toc_session_options){.log_file = path, .log_file_level = "ERROR"});
    assert_int_equal(ask(sess, &call), TOC_OK);
    toc_session_close(sess);
    assert_true(strlen(read_log()) == strlen(log));
    assert_non_null(strstr(heard, "0 http GET https://tip.example/api/v2/owners"));
}

/* The printed request of sdk.md 7.2 line by line, and nothing of the credentials. */
static void test_debug(void **state)
{
    (void)state;
    const toc_header headers[] = {{TOC_S("X-Api-Token"), TOC_S("hidden-one")},
                                  {TOC_S("X-Trace"), TOC_S("seen")}};
    toc_call call = {.method = "POST",
                     .path = "/v2/groups/documents",
                     .owner = "Example Community",
                     .body = TOC_S("{\"a\":\n1}"),
                     .headers = headers,
                     .header_count = 2};
    static const char *const lines[] = {
        "____Request Object____",
        "Metadata",
        "  Owner                        Example Community",
        "  HTTP Method                  POST",
        "  Request URI                  /v2/groups/documents",
        "  Content-Length               8",
        "  X-Api-Token                  ***",
        "  X-Trace                      seen",
        "  Authorization                ***",
        "  createActivityLog            false",
        "curl -X POST 'https://tip.example/api/v2/groups/documents?createActivityLog=false&owner=",
        " -H 'Timestamp: ",
        " -H 'Authorization: ***' -H 'Content-Type: application/json' -H 'X-Api-Token: ***'",
        " -H 'X-Trace: seen' --data-binary '{\"a\": 1}' (",
        "POST https://tip.example/api/v2/groups/documents?createActivityLog=false&owner=Example+",
        "Community: 200, application/json, 20 bytes, ",
    };
    static const script_answer answer = {.status = 200, .body = "{\"status\":\"Success\"}"};
    toc_session *sess =
        start(&answer, 1, (toc_session_options){.log_file = path, .log_file_level = "debug"});
    assert_int_equal(ask(sess, &call), TOC_OK);
    toc_session_close(sess);
    const char *at = read_log();
    for (size_t i = 0; i < TOC_COUNT(lines); i++) {
        at = strstr(at, lines[i]);
        if (!at)
            fail_msg("%s is missing in\n%s", lines[i], text);
    }
    assert_null(strstr(text, "hidden-one"));
    assert_null(strstr(text, "SECRET"));
    assert_null(strstr(text, strchr(play.asked[0].authorization, ':')));
    assert_null(strstr(heard, strchr(play.asked[0].authorization, ':')));
    assert_string_equal(play.asked[0].more, "X-Api-Token: hidden-one\nX-Trace: seen\n");
}

/* A renewal carries the token in its query. */
static void test_renewal(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = "{\"apiToken\":\"fresh-one\",\"apiTokenExpires\":\"9999999999\"}"},
        {.status = 200, .body = "{}"}};
    toc_call call = {.path = "/v2/owners"};
    toc_session *sess = start(answers, 2,
                              (toc_session_options){.token = "stale-one",
                                                    .token_expires = 1,
                                                    .report = true,
                                                    .log_file = path,
                                                    .log_file_level = "debug"});
    assert_int_equal(ask(sess, &call), TOC_OK);
    assert_int_equal(play.asked_count, 2);
    toc_report_entry entry;
    assert_true(toc_report_at(sess, 0, &entry));
    assert_false(toc_report_at(sess, 1, &entry)); /* the renewal is no call of anybody's */
    toc_session_close(sess);
    (void)read_log();
    assert_non_null(strstr(text, "GET https://tip.example/api/appAuth: 200"));
    assert_non_null(strstr(text, "curl -X GET 'https://tip.example/api/appAuth?***' (log_curl"));
    assert_null(strstr(text, "stale-one"));
    assert_null(strstr(text, "fresh-one"));
}

static void test_no_file(void **state)
{
    (void)state;
    static const char *const names[] = {"/no/such/folder/x.log", "/tmp", "/proc/x.log"};
    for (size_t i = 0; i < TOC_COUNT(names); i++) {
        toc_session *sess = NULL;
        toc_session_options options = {
            .version = 1, .api_url = "https://h", .token = "t", .log_file = names[i]};
        assert_int_equal(toc_session_open(&options, &sess, &err), TOC_EIO);
        assert_string_equal(err.field, "log_file");
        assert_non_null(strstr(err.message, names[i]));
    }
    /* A bare name is in the current folder. */
    assert_int_equal(chdir("/tmp"), 0);
    toc_session *sess = start(NULL, 0, (toc_session_options){.log_file = path + 5});
    toc_session_close(sess);
}

static void test_console(void **state)
{
    (void)state;
    int kept = dup(STDERR_FILENO), fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(kept >= 0 && fd >= 0);
    toc_call call = {.path = "/v2/owners"};
    toc_session *sess = start(retried, 2, (toc_session_options){0});
    assert_int_equal(toc_session_set(sess, "console_level", "info", &err), TOC_OK);
    assert_true(dup2(fd, STDERR_FILENO) >= 0);
    toc_rc rc = ask(sess, &call);
    (void)dup2(kept, STDERR_FILENO);
    (void)close(kept);
    (void)close(fd);
    assert_int_equal(rc, TOC_OK);
    toc_session_close(sess);
    assert_line(read_log(), "INFO - ", "attempt 2 of 5");
}

static int64_t count_records(const char *body, size_t size)
{
    int64_t count = 0;
    toc_json_reader reader;
    toc_json_event event;
    toc_json_reader_init(&reader, body, size, NULL);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_ARRAY);
    while ((event = toc_json_next(&reader)) == TOC_JSON_OBJECT) {
        assert_true(toc_json_skip(&reader, NULL));
        count++;
    }
    assert_int_equal(event, TOC_JSON_ARRAY_END);
    return count;
}

/* A hundred records are sent after the call that made them, the rest with the session's end. */
static void test_shipping(void **state)
{
    (void)state;
    static const script_answer good = {.status = 200, .body = "{}"};
    script_answer answers[3] = {good, good, good};
    toc_session *sess =
        start(answers, 3, (toc_session_options){.log_file = path, .log_to_api = true});
    for (int i = 0; i < 99; i++)
        toc_log_at(&sess->log, TOC_LOG_WARNING, "test", "line \"%d\"", i);
    toc_log_at(&sess->log, TOC_LOG_DEBUG, "test", "below the threshold");
    toc_call call = {.path = "/v2/owners"};
    assert_int_equal(ask(sess, &call), TOC_OK);
    assert_int_equal(play.asked_count, 1); /* ninety-nine are not enough */
    toc_log_at(&sess->log, TOC_LOG_INFO, "test", "last");
    assert_int_equal(ask(sess, &call), TOC_OK);
    assert_int_equal(play.asked_count, 3);
    const script_asked *sent = &play.asked[2];
    assert_string_equal(sent->method, "POST");
    assert_string_equal(sent->target, "/api/v2/logs/app?createActivityLog=false");
    assert_string_equal(sent->content_type, "application/json");
    assert_memory_equal(sent->body, "[{\"timestamp\":", 14);
    assert_non_null(strstr(sent->body, ",\"message\":\"line \\\"0\\\"\",\"level\":\"WARNING\"},{"));
    assert_int_equal(sess->logs.count, 0);
    toc_stats stats = {0};
    toc_session_stats(sess, &stats);
    assert_int_equal(stats.api_calls, 2); /* records are nobody's call */
    toc_session_close(sess);
    assert_int_equal(play.asked_count, 3); /* nothing was left */
    sess = start(answers, 3, (toc_session_options){.log_file = path, .log_to_api = true});
    toc_log_at(&sess->log, TOC_LOG_ERROR, "test", "one");
    toc_log_at(&sess->log, TOC_LOG_INFO, "test", "two");
    toc_session_close(sess);
    assert_int_equal(play.asked_count, 1);
    assert_int_equal(count_records(play.asked[0].body, strlen(play.asked[0].body)), 2);
}

/* One attempt, one line about it, no more records because of it; too many are dropped. */
static void test_shipping_fails(void **state)
{
    (void)state;
    static const script_answer down[] = {{.flags = TOC_ERROR_RETRYABLE | TOC_ERROR_UNSENT},
                                         {.status = 200, .body = "{}"},
                                         {.status = 200, .body = "{}"}};
    toc_session *sess = start(down, 1, (toc_session_options){.log_file = path, .log_to_api = true});
    for (unsigned i = 0; i < TOC_LOG_RECORDS_SENT; i++)
        toc_log_at(&sess->log, TOC_LOG_INFO, "test", "%s", "x");
    toc__logs_ship(sess, false);
    assert_int_equal(play.asked_count, 1);
    assert_int_equal(sess->logs.count, 0);
    toc_session_close(sess);
    assert_int_equal(play.asked_count, 1);
    assert_non_null(strstr(read_log(), "ERROR - 100 log records could not be sent to the platform: "
                                       "connection reset"));
    sess = start(down + 1, 1, (toc_session_options){.log_to_api = true});
    for (unsigned i = 0; i < TOC_MAX_LOG_RECORDS + 5; i++)
        toc_log_at(&sess->log, TOC_LOG_INFO, "test", "%s", "x");
    toc__logs_ship(sess, true);
    assert_int_equal(play.asked_count, 1);
    assert_non_null(strstr(heard, "5 log records could not be sent to the platform: there were"));
    toc_session_close(sess);
}

/* What is logged as a command of a shell is one, whatever stands in it. */
static void test_curl(void **state)
{
    (void)state;
    static const script_answer answer = {.status = 200, .body = "{}"};
    static char name[131];
    memset(name, 'n', sizeof(name) - 1);
    const toc_header headers[] = {{toc_str_of(name), TOC_S("v")}, {TOC_S("X-Q"), TOC_S("'end'")}};
    toc_call call = {.method = "POST",
                     .path = "/v2/x'y",
                     .headers = headers,
                     .header_count = 2,
                     .body = TOC_S("it's'")};
    toc_session *sess = start(&answer, 1, (toc_session_options){.log_level = TOC_LOG_DEBUG});
    assert_int_equal(ask(sess, &call), TOC_OK);
    toc_session_close(sess);
    const char *line = strstr(heard, "curl -X POST ");
    assert_non_null(line);
    assert_non_null(strstr(line, "/v2/x'\\''y?"));
    assert_non_null(strstr(line, " -H 'nnnn"));
    assert_non_null(
        strstr(line, "nnnn: v' -H 'X-Q: '\\''end'\\''' --data-binary 'it'\\''s'\\'''\n"));
}

/* A sink that is replaced does not go on; one that fails leaves the old one at work. */
static void test_replaced(void **state)
{
    (void)state;
    toc_session *sess = start(NULL, 0, (toc_session_options){.log_file = path});
    assert_int_equal(toc_session_set(sess, "log_file", "/no/such/folder/x", &err), TOC_EIO);
    toc_log_at(&sess->log, TOC_LOG_ERROR, "test", "still here");
    assert_int_equal(toc_session_set(sess, "log_file", "", &err), TOC_OK);
    toc_log_at(&sess->log, TOC_LOG_ERROR, "test", "nobody writes this");
    toc_session_close(sess);
    assert_line(read_log(), "ERROR - still here", "still here");
    assert_null(strstr(text, "nobody"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_file, enter, leave),
        cmocka_unit_test_setup_teardown(test_debug, enter, leave),
        cmocka_unit_test_setup_teardown(test_curl, enter, leave),
        cmocka_unit_test_setup_teardown(test_renewal, enter, leave),
        cmocka_unit_test_setup_teardown(test_no_file, enter, leave),
        cmocka_unit_test_setup_teardown(test_console, enter, leave),
        cmocka_unit_test_setup_teardown(test_shipping, enter, leave),
        cmocka_unit_test_setup_teardown(test_shipping_fails, enter, leave),
        cmocka_unit_test_setup_teardown(test_replaced, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
