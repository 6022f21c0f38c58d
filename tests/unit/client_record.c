/* Recording a run and answering from the recording. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "support/script.h"

static toc_error err;
static char path[64];

static toc_session *session_over(const toc_transport *transport)
{
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    options.token = "T0KEN";
    options.token_expires = 1;
    options.retry_sleep_ms = 1;
    options.transport = transport;
    toc_session *sess = NULL;
    assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
    return sess;
}

static void check_run(toc_session *sess)
{
    static const char binary[] = {'a', (char)0xFF, 0, 'b'};
    toc_response *response = NULL;
    toc_call post = {.method = "PUT", .path = "/v2/x", .body = {binary, sizeof(binary)}};
    assert_int_equal(toc_session_call(sess, &post, &response, &err), TOC_OK);
    assert_int_equal(toc_response_status(response), 201);
    assert_true(toc_str_equal(toc_response_body(response), (toc_str){binary, sizeof(binary)}));
    assert_true(toc_response_is(response, "application/octet-stream"));
    assert_true(toc_str_equal(toc_response_header(response, "X-Note"), TOC_S("a \"b\"")));
    toc_response_free(response);
    response = NULL;
    toc_call get = {.path = "/v2/y"};
    assert_int_equal(toc_session_call(sess, &get, &response, &err), TOC_ENOTFOUND);
    assert_string_equal(err.message, "no \xC3\xA9 (HTTP 404)");
    toc_response_free(response);
    response = NULL;
    assert_int_equal(toc_session_call(sess, &get, &response, &err), TOC_ENET);
    assert_string_equal(err.message, "connection reset");
    assert_null(response);
}

static void read_file(char *out, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    out[fread(out, 1, size - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
}

static void test_round_trip(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = "{\"apiToken\":\"T0KEN2\",\"apiTokenExpires\":4102444800}"},
        {.flags = TOC_ERROR_RETRYABLE},
        {.status = 201,
         .type = "application/octet-stream",
         .body = "a\xFF\0b",
         .body_len = 4,
         .header = "X-Note",
         .value = "a \"b\""},
        {.status = 404, .body = "{\"message\":\"no \xC3\xA9\"}"},
        {.flags = 0}};
    script play = {.answers = answers, .answer_count = 5};
    toc_transport inner = script_transport(&play), transport;
    assert_int_equal(toc_transport_record(&inner, path, &transport, &err), TOC_OK);
    toc_session *sess = session_over(&transport);
    check_run(sess);
    toc_session_close(sess);
    assert_int_equal(play.closed, 1);
    assert_int_equal(play.asked_count, 5);

    char text[8192];
    read_file(text, sizeof(text));
    assert_null(strstr(text, "T0KEN"));
    assert_null(strstr(text, "Authorization"));
    assert_non_null(strstr(text, "\"target\":\"/api/appAuth\""));

    assert_int_equal(toc_transport_replay(path, &transport, &err), TOC_OK);
    sess = session_over(&transport);
    check_run(sess);
    toc_response *response = NULL;
    toc_call get = {.path = "/v2/y"};
    assert_int_equal(toc_session_call(sess, &get, &response, &err), TOC_ENOTFOUND);
    assert_non_null(strstr(err.message, "no answer"));
    toc_session_close(sess);
}

static toc_rc take(void *user, const void *data, size_t len)
{
    toc_buf *out = user;
    if (data)
        toc_buf_append(out, data, len);
    else
        toc_buf_clear(out);
    return out->failed;
}

static void check_sink(const toc_transport *transport)
{
    static const toc_header key = {{"X-Api-Key", 9}, {"HIDDEN", 6}};
    toc_buf got TOC_CLEANUP(toc_buf_done) = {.maximum = 1000};
    toc_response *response = NULL;
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    options.token = "T0KEN";
    options.retry_sleep_ms = 1;
    options.transport = transport;
    toc_session *sess = NULL;
    assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
    toc_call call = {
        .path = "/v2/z", .sink = take, .sink_user = &got, .headers = &key, .header_count = 1};
    assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_OK);
    assert_true(toc_str_equal(toc_buf_view(&got), TOC_S("Type,Value\n")));
    toc_response_free(response);
    toc_session_close(sess);
}

/* A body that is handed on as it comes is recorded as well, one that came in vain is not; a header
 * that is a secret by its name is left out. */
static void test_sink(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.flags = TOC_ERROR_RETRYABLE},
                                            {.status = 200, .body = "Type,Value\n"}};
    script play = {.answers = answers, .answer_count = 2};
    toc_transport inner = script_transport(&play), transport;
    char text[8192];
    assert_int_equal(toc_transport_record(&inner, path, &transport, &err), TOC_OK);
    check_sink(&transport);
    read_file(text, sizeof(text));
    assert_non_null(strstr(text, "Type,Value"));
    assert_null(strstr(text, "HIDDEN"));
    assert_int_equal(toc_transport_replay(path, &transport, &err), TOC_OK);
    check_sink(&transport);
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void test_bad_recordings(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        toc_rc rc;
    } rows[] = {
        {"\n\n{\"method\":\"GET\",\"target\":\"/x\",\"status\":200,\"answer\":\"{}\"}\n", TOC_OK},
        {"{\"method\":\"GET\",\"target\":\"/x\",\"status\":200,\"answer64\":\"e30=\"}", TOC_OK},
        {"{\"method\":\"PUT\",\"target\":\"/x\",\"status\":200}\n", TOC_ECONFLICT},
        {"{\"method\":\"GET\",\"target\":\"/y\",\"status\":200}\n", TOC_ECONFLICT},
        {"{\"method\":\"GET\",\"target\":\"/x\",\"status\":2}\n", TOC_EPARSE},
        {"{\"method\":\"GET\",\"target\":\"/x\"}\n", TOC_EPARSE},
        {"{\"method\":\"GET\",\"target\":\"/x\",\"status\":200,\"answer64\":\"!\"}\n", TOC_EPARSE},
        {"{\"method\":\"GET\",\"target\":\"/x\",\"status\":200,\"answer_headers\":[[1]]}\n",
         TOC_EPARSE},
        {"{\"method\":\"GET\",\"target\":\"/x\",\"failure\":\"TOC_ENOMEM\",\"flags\":0}\n",
         TOC_ENOMEM},
        {"{\"method\":\"GET\",\"target\":\"/x\",\"failure\":\"TOC_WHAT\"}\n", TOC_EPARSE},
        {"{\"method\":\"GET\",\"tar", TOC_EPARSE},
        {"[]\n", TOC_EPARSE},
        {"", TOC_ENOTFOUND},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        write_file(rows[i].text);
        toc_transport transport;
        toc_response *response = NULL;
        assert_int_equal(toc_transport_replay(path, &transport, &err), TOC_OK);
        assert_int_equal(toc_response_new(&response, &err), TOC_OK);
        toc_request request = {.method = "GET", .target = TOC_S("/x")};
        assert_int_equal(transport.perform(transport.context, &request, response, &err),
                         rows[i].rc);
        if (!rows[i].rc)
            assert_true(toc_str_equal(toc_response_body(response), TOC_S("{}")));
        toc_response_free(response);
        transport.close(transport.context);
    }
}

static void test_files(void **state)
{
    (void)state;
    toc_transport transport, inner = {.version = 1};
    assert_int_equal(toc_transport_replay("/nonexistent/x", &transport, &err), TOC_ENOTFOUND);
    assert_int_equal(toc_transport_record(&inner, path, &transport, &err), TOC_EINVAL);
    script play = {0};
    inner = script_transport(&play);
    assert_int_equal(toc_transport_record(&inner, "/nonexistent/x", &transport, &err), TOC_EIO);
    assert_int_equal(play.closed, 0);
}

static int set_up(void **state)
{
    (void)state;
    const char *directory = getenv("TMPDIR");
    (void)snprintf(path, sizeof(path), "%s/tocsin-record-XXXXXX", directory ? directory : "/tmp");
    int fd = mkstemp(path);
    return fd < 0 || close(fd);
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_sink),
        cmocka_unit_test(test_bad_recordings),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
