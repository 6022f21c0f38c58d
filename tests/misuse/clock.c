/* Clocks that jump, forward and back, by minutes and by years: requests outside of the window of
 * time are refused and work again when the clocks agree, tokens end and are renewed, a batch is
 * waited for by a clock that does not jump, dates and retention hold nothing up for ever. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/str.h"
#include "base/time.h"
#include "support/faulty.h"
#include "support/patience.h"
#include "support/program.h"
#include "tocsin/session.h"

#define DAY 86400
#define ROWS 3000
#define COUNT_OF(a) (sizeof(a) / sizeof *(a))

static faulty_place place;
static char url[128], access_id[128], secret[128];
static pid_t server;
static toc_error err;

static void serve(void)
{
    int status = 0;
    *place.ahead = 0;
    faulty_renew(&place);
    assert_true(faulty_serve(&place, NULL, &server, url, sizeof url, &status));
}

static void stop(void)
{
    assert_int_equal(kill(server, SIGTERM), 0);
    assert_int_equal(faulty_finish(&place, server, NULL), 0);
    *place.ahead = 0;
    faulty_check_store(&place);
}

static toc_session *open_session(const char *token, int64_t expires)
{
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_session *sess = NULL;
    options.api_url = url;
    options.token = token;
    options.token_expires = expires;
    options.access_id = token ? NULL : access_id;
    options.secret_key = token ? NULL : secret;
    options.owner = FAULTY_OWNER;
    options.retries = 1;
    assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
    return sess;
}

static toc_rc ask(toc_session *sess, const char *method, const char *path, const char *body,
                  char *answer, size_t size)
{
    toc_response *response = NULL;
    toc_call call = {.method = method, .path = path};
    if (body)
        call.body = toc_str_of(body);
    memset(&err, 0, sizeof err);
    toc_rc rc = toc_session_call(sess, &call, &response, &err);
    toc_str text = response ? toc_response_body(response) : (toc_str){NULL, 0};
    if (answer)
        (void)snprintf(answer, size, "%.*s", rc ? 0 : (int)text.len, text.ptr ? text.ptr : "");
    toc_response_free(response);
    return rc;
}

static void expect(toc_session *sess, const char *method, const char *path, const char *body)
{
    if (ask(sess, method, path, body, NULL, 0))
        fail_msg("%s %s, %lld s ahead: %s", method, path, (long long)*place.ahead, err.message);
}

/* The window is five minutes either way; nothing of a refused request stays behind. */
static void test_signatures(void **state)
{
    static const struct {
        int64_t ahead;
        bool good;
    } rows[] = {{200, true},       {0, true}, {400, false},          {-200, true}, {-400, false},
                {30 * DAY, false}, {0, true}, {-3650L * DAY, false}, {0, true}};
    (void)state;
    serve();
    toc_session *sess = open_session(NULL, 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        *place.ahead = rows[i].ahead;
        toc_rc rc = ask(sess, "GET", "/v2/owners", NULL, NULL, 0);
        assert_int_equal(rc, rows[i].good ? TOC_OK : TOC_EAUTH);
        if (rc)
            assert_non_null(strstr(err.message, "Timestamp"));
    }
    toc_session_close(sess);
    stop();
}

static void make_token(char *token, size_t size, int64_t *expires)
{
    char store_url[128];
    (void)snprintf(store_url, sizeof store_url, "file:%s", place.store);
    const char *const words[] = {"tocsin",  "--api",        store_url, "user", "token",
                                 access_id, "--token-days", "1",       NULL};
    assert_int_equal(faulty_run(&place, words, NULL), 0);
    char *text = faulty_read(place.out);
    assert_non_null(text);
    const char *at = strstr(text, "token "), *end = strstr(text, "expires ");
    assert_non_null(at);
    assert_non_null(end);
    at += strcspn(at, " ");
    at += strspn(at, " ");
    end += strcspn(end, "0123456789");
    (void)snprintf(token, size, "%.*s", (int)strcspn(at, "\r\n"), at);
    assert_true(toc_str_to_int((toc_str){end, strspn(end, "0123456789")}, expires));
    free(text);
}

/* A token does not look at the client's clock, so the server's alone may jump; this one outlives
 * all jumps. */
static toc_session *serve_with_token(int64_t ahead)
{
    char token[512];
    int64_t expires = 0;
    int known = 0;
    faulty_renew(&place);
    *place.ahead = 40L * 365 * DAY;
    make_token(token, sizeof token, &expires);
    *place.ahead = ahead;
    assert_true(faulty_serve(&place, NULL, &server, url, sizeof url, &known));
    return open_session(token, 0);
}

/* The server's clock decides; a token that has ended is renewed for an hour, and the new one counts
 * when the clock is right again. */
static void test_tokens(void **state)
{
    char token[512];
    int64_t expires = 0;
    (void)state;
    faulty_renew(&place);
    make_token(token, sizeof token, &expires);
    int known = 0;
    faulty_place same = place;
    assert_true(faulty_serve(&same, NULL, &server, url, sizeof url, &known));
    toc_session *sess = open_session(token, expires);
    expect(sess, "GET", "/v2/owners", NULL);
    *place.ahead = DAY + 600;
    assert_int_equal(ask(sess, "GET", "/v2/owners", NULL, NULL, 0), TOC_EAUTH);
    *place.ahead = -30L * DAY;
    expect(sess, "GET", "/v2/owners", NULL);
    *place.ahead = DAY + 600;
    toc_session *late = open_session(token, toc_time_now() - 1);
    expect(late, "GET", "/v2/owners", NULL);
    *place.ahead = 0;
    expect(late, "GET", "/v2/owners", NULL);
    toc_session_close(late);
    /* Too late for the old one. */
    *place.ahead = 30L * DAY;
    late = open_session(token, toc_time_now() - 1);
    assert_int_equal(ask(late, "GET", "/v2/owners", NULL, NULL, 0), TOC_EAUTH);
    toc_session_close(late);
    toc_session_close(sess);
    stop();
}

/* Both ends have the clock, which swings inside of the window while jobs run and are waited for. */
static atomic_bool done;

static void *swing(void *user)
{
    static const int64_t steps[] = {120, -120, 0, 100, -130, 60};
    (void)user;
    for (size_t i = 0; !atomic_load(&done); i++) {
        *place.ahead = steps[i % COUNT_OF(steps)];
        pause_ms(7);
    }
    return NULL;
}

static void test_batch(void **state)
{
    const char *const words[] = {"tocsin",  "--api",      url,       "-q",  "import", "feed.csv",
                                 "--owner", FAULTY_OWNER, "--chunk", "700", NULL};
    pthread_t thread;
    (void)state;
    serve();
    atomic_store(&done, false);
    assert_int_equal(pthread_create(&thread, NULL, swing, NULL), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(faulty_run(&place, words, NULL), 0);
    atomic_store(&done, true);
    (void)pthread_join(thread, NULL);
    stop();
    assert_int_equal(faulty_list_count(&place, "/v2/indicators/hosts"), ROWS);
}

/* What the worker does shows in time. */
static bool shows(toc_session *sess, const char *path, toc_rc rc, const char *text)
{
    char answer[2048];
    return ask(sess, "GET", path, NULL, answer, sizeof answer) == rc &&
           (!text || strstr(answer, text));
}

/* A job of its own that the worker has to do; true when it is done within the time. */
static void run_job(toc_session *sess, int64_t *id)
{
    static char body[700 * 64];
    char answer[512], path[64];
    size_t used = (size_t)snprintf(body, sizeof body, "{\"indicator\":[");
    for (unsigned i = 0; i < 600; i++)
        used +=
            (size_t)snprintf(body + used, sizeof body - used,
                             "%s{\"type\":\"Host\",\"summary\":\"j%u.example\"}", i ? "," : "", i);
    (void)snprintf(body + used, sizeof body - used, "]}");
    assert_int_equal(ask(sess, "POST", "/v2/batch",
                         "{\"version\":\"V2\",\"owner\":\"" FAULTY_OWNER
                         "\",\"haltOnError\":false,\"action\":\"Create\","
                         "\"attributeWriteType\":\"Replace\"}",
                         answer, sizeof answer),
                     TOC_OK);
    const char *number = strstr(answer, "\"batchId\":");
    assert_non_null(number);
    number += 10;
    assert_true(toc_str_to_int((toc_str){number, strspn(number, "0123456789")}, id));
    (void)snprintf(path, sizeof path, "/v2/batch/%lld", (long long)*id);
    toc_response *response = NULL;
    toc_call call = {.method = "POST",
                     .path = path,
                     .body = toc_str_of(body),
                     .content_type = "application/octet-stream"};
    assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_OK);
    toc_response_free(response);
    wait_until(shows(sess, path, TOC_OK, "Completed"));
}

static void test_jobs_and_dates(void **state)
{
    static const int64_t jumps[] = {0, 200L * DAY, -200L * DAY, 20L * 365 * DAY, 0};
    char path[96], body[96];
    int64_t first = 0, id = 0;
    (void)state;
    toc_session *sess = serve_with_token(0);
    for (size_t i = 0; i < COUNT_OF(jumps); i++) {
        *place.ahead = jumps[i];
        (void)snprintf(body, sizeof body, "{\"hostName\":\"h%zu.example\"}", i);
        expect(sess, "POST", "/v2/indicators/hosts", body);
        expect(sess, "PUT", "/v2/indicators/hosts/h0.example", "{\"rating\":3}");
        (void)snprintf(path, sizeof path, "/v2/indicators/hosts/h%zu.example/attributes", i);
        expect(sess, "POST", path, "{\"type\":\"Description\",\"value\":\"v\"}");
        expect(sess, "GET", "/v2/indicators/hosts?resultLimit=2", NULL);
        expect(sess, "GET", "/v2/indicators/hosts?resultLimit=2&resultStart=2", NULL);
        run_job(sess, i ? &id : &first);
        assert_true(id != first);
    }
    expect(sess, "DELETE", "/v2/indicators/hosts/h1.example", NULL);
    expect(sess, "GET", "/v2/indicators/deleted", NULL);
    toc_session_close(sess);
    stop();
    assert_int_equal(faulty_list_count(&place, "/v2/indicators/hosts"), 600 + 4);
}

/* Where a page ended is remembered for minutes, by whatever clock. */
static void test_pages(void **state)
{
    char answer[4096], path[96];
    (void)state;
    toc_session *sess = serve_with_token(10L * DAY);
    for (unsigned i = 0; i < 4; i++) {
        char body[64];
        (void)snprintf(body, sizeof body, "{\"hostName\":\"p%u.example\"}", i);
        expect(sess, "POST", "/v2/indicators/hosts", body);
    }
    const char *const list = "/v2/indicators/hosts?resultLimit=2";
    assert_int_equal(ask(sess, "GET", list, NULL, answer, sizeof answer), TOC_OK);
    const char *first = strstr(answer, "\"hostName\":\"");
    assert_non_null(first);
    first += 12;
    (void)snprintf(path, sizeof path, "/v2/indicators/hosts/%.*s", (int)strcspn(first, "\""),
                   first);
    *place.ahead = 0;
    expect(sess, "DELETE", path, NULL);
    assert_int_equal(ask(sess, "GET", "/v2/indicators/hosts?resultLimit=2&resultStart=2", NULL,
                         answer, sizeof answer),
                     TOC_OK);
    size_t rows = 0;
    for (const char *at = answer; (at = strstr(at, "\"hostName\"")) != NULL; at++)
        rows++;
    assert_int_equal(rows, 1);
    toc_session_close(sess);
    stop();
}

/* Old jobs are removed after some days, also when a clock was far ahead once. */
static void test_retention(void **state)
{
    char path[64];
    int64_t id = 0;
    (void)state;
    toc_session *sess = serve_with_token(200L * DAY);
    run_job(sess, &id);
    *place.ahead = 0;
    run_job(sess, &id);
    (void)snprintf(path, sizeof path, "/v2/batch/%lld", (long long)id);
    expect(sess, "GET", path, NULL);
    *place.ahead = (TOC_JOB_DAYS + 1L) * DAY;
    wait_until(shows(sess, path, TOC_ENOTFOUND, NULL));
    toc_session_close(sess);
    stop();
}

/* A report that was made by a clock far ahead is made again by the right one. */
static void test_reports(void **state)
{
    char store_url[128], made[TOC_TIME_TEXT];
    const char *const words[] = {"tocsin", "--api",      store_url, "-q",  "owner",
                                 "set",    FAULTY_OWNER, "--bulk",  "csv", NULL};
    (void)state;
    toc_session *sess = serve_with_token(200L * DAY);
    (void)snprintf(store_url, sizeof store_url, "file:%s", place.store);
    assert_int_equal(faulty_run(&place, words, NULL), 0);
    expect(sess, "GET", "/v2/indicators/bulk/csv", NULL);
    *place.ahead = 0;
    /* By the month that it is now. */
    (void)toc_time_format(toc_time_now(), made);
    char last[64];
    (void)snprintf(last, sizeof last, "\"lastRun\":\"%.8s", made);
    wait_until(shows(sess, "/v2/indicators/bulk", TOC_OK, last));
    toc_session_close(sess);
    stop();
}

static int setup(void **state)
{
    char path[96];
    (void)state;
    faulty_credentials(&place, access_id, secret, sizeof secret);
    (void)snprintf(path, sizeof path, "%s/feed.csv", place.dir);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    (void)fputs("type,value\n", file);
    for (unsigned i = 0; i < ROWS; i++)
        (void)fprintf(file, "Host,h%u.example\n", i);
    return fclose(file);
}

static int teardown(void **state)
{
    (void)state;
    faulty_teardown(&place);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signatures), cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_batch),      cmocka_unit_test(test_jobs_and_dates),
        cmocka_unit_test(test_pages),      cmocka_unit_test(test_retention),
        cmocka_unit_test(test_reports),
    };
    if (!faulty_setup(&place)) {
        print_message("the clock cannot be moved in this build\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, setup, teardown);
}
