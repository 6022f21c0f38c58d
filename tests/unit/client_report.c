/* The report: counters, entries, failures, their printed forms; bounded, and without secrets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/report.h"
#include "client/session.h"
#include "support/script.h"

#define FAILURE(text) "{\"status\":\"Failure\",\"message\":\"" text "\"}"
#define GONE FAILURE("The requested resource was not found")

static toc_error err;
static script play;

static toc_session *start(const script_answer *answers, size_t count, bool report)
{
    return script_start(&play, answers, count,
                        (toc_session_options){.api_url = "https://tip.example/api",
                                              .access_id = "12345",
                                              .secret_key = "SECRET",
                                              .retry_sleep_ms = 1,
                                              .retries = 2,
                                              .report = report});
}

static toc_rc ask(toc_session *sess, toc_call call)
{
    toc_response *response = NULL;
    toc_rc rc = toc_session_call(sess, &call, &response, &err);
    toc_response_free(response);
    return rc;
}

static const script_answer mixed[] = {
    {.status = 200, .body = "{}"},
    {.status = 404, .body = GONE},
    {.flags = TOC_ERROR_RETRYABLE},
    {.flags = TOC_ERROR_RETRYABLE},
    {.status = 500, .type = "text/html", .body = "<p>broken</p>"},
    {.status = 404, .body = GONE},
    {.status = 204, .type = ""},
};

static void ask_mixed(toc_session *sess)
{
    assert_int_equal(ask(sess, (toc_call){.path = "/v2/owners", .description = "all owners"}),
                     TOC_OK);
    assert_int_equal(ask(sess, (toc_call){.path = "/v2/groups/incidents/708996/groups/adversaries",
                                          .description = "api filter by incident id 708996",
                                          .resource_type = "ResourceType.ADVERSARIES",
                                          .result_limit = 200,
                                          .track = true}),
                     TOC_ENOTFOUND);
    assert_int_equal(ask(sess, (toc_call){.path = "/v2/none"}), TOC_ENET);
    assert_int_equal(ask(sess, (toc_call){.method = "POST",
                                          .path = "/v2/groups/documents",
                                          .owner = "Acme & Söhne",
                                          .content_type = "application/json",
                                          .body = TOC_S("{\"name\":\"d\"}")}),
                     TOC_EHTTP);
    assert_int_equal(ask(sess, (toc_call){.path = "/v2/x?y=z"}), TOC_ENOTFOUND);
    assert_int_equal(ask(sess, (toc_call){.method = "DELETE", .path = "/v2/y"}), TOC_OK);
    /* Never sent, never counted. */
    assert_int_equal(ask(sess, (toc_call){.path = "no path"}), TOC_EINVAL);
}

static void test_counters(void **state)
{
    (void)state;
    toc_session *sess = start(mixed, TOC_COUNT(mixed), false);
    toc_stats stats = {0};
    ask_mixed(sess);
    toc__report_received(sess, 500);
    toc__report_received(sess, 7);
    toc__report_given(sess, 3);
    toc_session_stats(sess, &stats);
    assert_int_equal(stats.api_calls, 6);
    assert_int_equal(stats.api_filters, 1);
    assert_int_equal(stats.results_unfiltered, 507);
    assert_int_equal(stats.results_filtered, 3);
    assert_false(stats.report);
    assert_int_equal(stats.entries, 0);
    /* The pause between two attempts is part of the time of a call. */
    assert_true(stats.request_us >= 1000 && stats.request_us <= stats.run_us);
    assert_string_equal(stats.methods[0].method, "GET");
    assert_int_equal(stats.methods[0].count, 4);
    assert_string_equal(stats.methods[2].method, "DELETE");
    assert_int_equal(stats.methods[3].count, 0);
    static const int statuses[] = {200, 404, 0, 500, 204};
    for (size_t i = 0; i < TOC_COUNT(statuses); i++) {
        assert_int_equal(stats.statuses[i].status, statuses[i]);
        assert_int_equal(stats.statuses[i].count, statuses[i] == 404 ? 2 : 1);
    }
    assert_int_equal(stats.statuses[5].count, 0);
    toc_session_stats(NULL, &stats);
    toc_session_stats(sess, NULL);
    toc_session_close(sess);
}

static void test_many_statuses(void **state)
{
    (void)state;
    static script_answer answers[TOC_STATS_STATUSES];
    for (int i = 0; i < TOC_STATS_STATUSES; i++)
        answers[i] = (script_answer){.status = 400 + i, .body = "{}"};
    toc_session *sess = start(answers, TOC_STATS_STATUSES, false);
    for (int i = 0; i < TOC_STATS_STATUSES + 3; i++)
        (void)ask(sess, (toc_call){.method = "DELETE", .path = "/v2/x"});
    toc_stats stats = {0};
    toc_session_stats(sess, &stats);
    uint64_t sum = 0;
    for (int i = 0; i < TOC_STATS_STATUSES; i++)
        sum += stats.statuses[i].count;
    assert_int_equal(sum, stats.api_calls);
    assert_int_equal(stats.statuses[TOC_STATS_STATUSES - 1].status, -1);
    toc_session_close(sess);
}

static void test_print_stats(void **state)
{
    (void)state;
    toc_stats stats = {.api_calls = 4,
                       .report = true,
                       .request_us = 137772,
                       .run_us = 268925,
                       .methods = {{"GET", 4}},
                       .statuses = {{404, 1}, {202, 1}}};
    char *text = NULL;
    assert_int_equal(toc_stats_print(&stats, &text, &err), TOC_OK);
    assert_string_equal(
        text, "\n"
              "_____________________________________Stats______________________________________\n"
              "\n"
              "API Stats                               \n"
              "  API Calls                    4                                                 \n"
              "  Unfiltered Results           0                                                 \n"
              "  Filtered Results             0                                                 \n"
              "\n"
              "Filters                                 \n"
              "  API Filters                  0                                                 \n"
              "  Post Filters                 0                                                 \n"
              "  Total Filters                0                                                 \n"
              "\n"
              "HTTP Methods                            \n"
              "  GET                          4                                                 \n"
              "\n"
              "Status Codes                            \n"
              "  404                          1                                                 \n"
              "  202                          1                                                 \n"
              "\n"
              "Performance Stats                       \n"
              "  Request Time                 0:00:00.137772                                    \n"
              "  Processing Time              0:00:00.131153                                    \n"
              "  Run Time                     0:00:00.268925                                    \n"
              "\n");
    toc_free(text);
    stats = (toc_stats){.run_us = 2 * 86400000000 + 3723000000, .report = true};
    assert_int_equal(toc_stats_print(&stats, &text, &err), TOC_OK);
    assert_non_null(strstr(text, "  Run Time                     2 days, 1:02:03     "));
    assert_null(strstr(text, "Request Time"));
    assert_null(strstr(text, "HTTP Methods"));
    toc_free(text);
    stats.run_us = 86400000001;
    assert_int_equal(toc_stats_print(&stats, &text, &err), TOC_OK);
    assert_non_null(strstr(text, "1 day, 0:00:00.000001 "));
    toc_free(text);
    assert_int_equal(toc_stats_print(NULL, &text, &err), TOC_EINVAL);
}

static void test_entries(void **state)
{
    (void)state;
    toc_session *sess = start(mixed, TOC_COUNT(mixed), true);
    toc_report_entry entry;
    ask_mixed(sess);
    toc__report_post_filter(sess, TOC_S("filter by rating"), TOC_S("add_pf_rating"),
                            TOC_S("rating"), TOC_S("GE"));
    assert_true(toc_report_at(sess, 0, &entry));
    assert_string_equal(entry.description.ptr, "all owners");
    assert_null(entry.failure.ptr);
    assert_true(toc_report_at(sess, 3, &entry));
    assert_int_equal(entry.status, 500);
    assert_string_equal(entry.method.ptr, "POST");
    assert_string_equal(entry.uri.ptr, "/v2/groups/documents");
    assert_string_equal(entry.target.ptr, "/v2/groups/documents?createActivityLog=false"
                                          "&owner=Acme+%26+S%C3%B6hne");
    assert_string_equal(entry.url.ptr, "https://tip.example/api/v2/groups/documents"
                                       "?createActivityLog=false&owner=Acme+%26+S%C3%B6hne");
    assert_string_equal(entry.payload.ptr,
                        "{'createActivityLog': 'false', 'owner': 'Acme & S\xC3\xB6hne'}");
    assert_string_equal(entry.body.ptr, "{\"name\":\"d\"}");
    assert_string_equal(entry.failure.ptr, "<p>broken</p>");
    assert_true(toc_report_at(sess, 6, &entry));
    assert_int_equal(entry.kind, TOC_REPORT_POST_FILTER);
    assert_string_equal(entry.operator_.ptr, "GE");
    assert_false(toc_report_at(sess, 7, &entry));
    toc_stats stats = {0};
    toc_session_stats(sess, &stats);
    assert_int_equal(stats.entries, 7);
    assert_int_equal(stats.post_filters, 1);
    toc_report_clear(sess);
    assert_false(toc_report_at(sess, 0, &entry));
    /* Switched off: calls leave none, post filters do. */
    assert_int_equal(toc_session_set(sess, "report", "false", &err), TOC_OK);
    (void)ask(sess, (toc_call){.path = "/v2/x"});
    toc__report_post_filter(sess, TOC_S("d"), TOC_S("f"), TOC_S("m"), TOC_S("EQ"));
    assert_true(toc_report_at(sess, 0, &entry));
    assert_int_equal(entry.kind, TOC_REPORT_POST_FILTER);
    assert_false(toc_report_at(sess, 1, &entry));
    toc_session_close(sess);
}

static void test_failures(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *uri, *failure;
    } rows[] = {{404, "/v2/groups/incidents/708996/groups/adversaries", GONE},
                {404, "/v2/x", GONE},
                {0, "/v2/none", "connection reset"},
                {500, "/v2/groups/documents", "<p>broken</p>"}};
    toc_session *sess = start(mixed, TOC_COUNT(mixed), true);
    ask_mixed(sess);
    toc_failures walk = {0};
    toc_report_entry entry;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        assert_int_equal(toc_failures_next(sess, &walk, &entry), 1);
        assert_int_equal(entry.status, rows[i].status);
        assert_string_equal(entry.uri.ptr, rows[i].uri);
        assert_string_equal(entry.failure.ptr, rows[i].failure);
    }
    assert_int_equal(toc_failures_next(sess, &walk, &entry), 0);
    assert_int_equal(toc_failures_next(sess, &walk, &entry), 0);
    assert_int_equal(toc_failures_next(NULL, &walk, &entry), 0);
    toc_session_close(sess);
}

/* The same request goes out again. */
static void test_repeat(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 500, .body = "{}"},
                                            {.status = 200, .body = "{}"}};
    toc_session *sess = start(answers, 2, true);
    assert_int_equal(ask(sess, (toc_call){.method = "PUT",
                                          .path = "/v2/x",
                                          .owner = "A B",
                                          .content_type = "text/plain",
                                          .body = TOC_S("hello")}),
                     TOC_EHTTP);
    toc_failures walk = {0};
    toc_report_entry entry;
    toc_call call;
    assert_int_equal(toc_failures_next(sess, &walk, &entry), 1);
    assert_int_equal(toc_report_call(&entry, &call, &err), TOC_OK);
    assert_int_equal(toc_session_set(sess, "activity_log", "true", &err), TOC_OK);
    assert_int_equal(ask(sess, call), TOC_OK);
    assert_string_equal(play.asked[1].method, "PUT");
    assert_string_equal(play.asked[1].target, play.asked[0].target);
    assert_string_equal(play.asked[1].body, "hello");
    assert_string_equal(play.asked[1].content_type, "text/plain");
    toc__report_post_filter(sess, TOC_S("d"), TOC_S("f"), TOC_S("m"), TOC_S("EQ"));
    assert_true(toc_report_at(sess, 2, &entry));
    assert_int_equal(toc_report_call(&entry, &call, &err), TOC_EINVAL);
    toc_session_close(sess);
}

static void test_print_entry(void **state)
{
    (void)state;
    toc_session *sess = start(mixed, TOC_COUNT(mixed), true);
    ask_mixed(sess);
    toc_report_entry entry;
    char *text = NULL;
    assert_true(toc_report_at(sess, 1, &entry));
    assert_int_equal(toc_report_print(&entry, &text, &err), TOC_OK);
    assert_string_equal(
        text, "\n"
              "__________________________________Report Entry__________________________________\n"
              "\n"
              "Properties                              \n"
              "Status Code                   : 404                                               \n"
              "Fail Msg                      : " GONE "\n"
              "Description                   : api filter by incident id 708996                  \n"
              "Resource Type                 : ResourceType.ADVERSARIES                          \n"
              "\n"
              "HTTP Settings                           \n"
              "  HTTP Method                  GET                                               \n"
              "  Request URI                  /v2/groups/incidents/708996/groups/adversaries    \n"
              "  Request URL                  "
              "https://tip.example/api/v2/groups/incidents/708996/groups/"
              "adversaries?createActivityLog=false&resultLimit=200&resultStart=0\n"
              "  Content Type                 None                                              \n"
              "  Body                         None                                              \n"
              "\n"
              "Payload                                 \n"
              "  Payload                      {'createActivityLog': 'false', 'resultLimit': '200', "
              "'resultStart': '0'}\n"
              "\n");
    toc_free(text);
    toc__report_post_filter(sess, TOC_S("filter by rating"), TOC_S("add_pf_rating"),
                            TOC_S("rating"), TOC_S("GE"));
    assert_true(toc_report_at(sess, 6, &entry));
    assert_int_equal(toc_report_print(&entry, &text, &err), TOC_OK);
    assert_non_null(strstr(text, "Status Code                   : None  "));
    assert_non_null(strstr(text, "  Operator                     GE  "));
    toc_free(text);
    assert_int_equal(toc_report_print(NULL, &text, &err), TOC_EINVAL);
    toc_session_close(sess);
}

/* What is no text would end the printed entry, or be cut in two. */
static void test_print_bytes(void **state)
{
    (void)state;
    static const char bytes[] = {'a', '\0', '\xC3'};
    static const script_answer answers[] = {
        {.status = 500, .type = "image/png", .body = bytes, .body_len = sizeof(bytes)},
        {.status = 200, .body = "{}"}};
    toc_session *sess = start(answers, 2, true);
    toc_call call = {.method = "PUT", .path = "/v2/x", .body = {bytes, sizeof(bytes)}};
    toc_response *response = NULL;
    assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_EHTTP);
    toc_response_free(response);
    toc_report_entry entry;
    char *text = NULL;
    assert_true(toc_report_at(sess, 0, &entry));
    toc_call again;
    assert_int_equal(toc_report_call(&entry, &again, &err), TOC_OK); /* it is all there */
    assert_int_equal(again.body.len, sizeof(bytes));
    assert_int_equal(toc_report_print(&entry, &text, &err), TOC_OK);
    assert_non_null(strstr(text, "Fail Msg                      : (3 bytes) "));
    assert_non_null(strstr(text, "  Body                         (3 bytes) "));
    assert_non_null(strstr(text, "  Payload  "));
    toc_free(text);
    assert_int_equal(toc_call_print(sess, &call, &text, &err), TOC_OK);
    assert_non_null(strstr(text, "  Body                         (3 bytes) "));
    assert_non_null(strstr(text, "createActivityLog"));
    toc_free(text);

    char *body = toc_mem_alloc(TOC_MAX_REPORT_TEXT + 1);
    assert_non_null(body);
    memset(body, 'x', TOC_MAX_REPORT_TEXT + 1);
    memcpy(body + TOC_MAX_REPORT_TEXT - 1, "\xC3\xA4", 2);
    call.body = (toc_str){body, TOC_MAX_REPORT_TEXT + 1};
    assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_OK);
    toc_response_free(response);
    assert_true(toc_report_at(sess, 1, &entry));
    assert_int_equal(entry.body.len, TOC_MAX_REPORT_TEXT - 1);
    toc_mem_free(body);
    toc_session_close(sess);
}

static void test_bounds(void **state)
{
    (void)state;
    toc_session *sess = start(NULL, 0, true);
    for (int i = 0; i < TOC_MAX_REPORT_ENTRIES + 10; i++)
        toc__report_post_filter(sess, TOC_S("d"), TOC_S("f"), TOC_S("m"),
                                i < 11 ? TOC_S("EQ") : TOC_S("NE"));
    toc_stats stats = {0};
    toc_session_stats(sess, &stats);
    assert_int_equal(stats.entries, TOC_MAX_REPORT_ENTRIES);
    assert_int_equal(stats.entries_dropped, 10);
    assert_int_equal(stats.post_filters, TOC_MAX_REPORT_ENTRIES + 10);
    toc_report_entry entry;
    assert_true(toc_report_at(sess, 0, &entry));
    assert_string_equal(entry.operator_.ptr, "EQ");
    assert_true(toc_report_at(sess, 1, &entry));
    assert_string_equal(entry.operator_.ptr, "NE");
    toc_report_clear(sess);
    /* A body that is too long is cut, and such a call cannot be made again. */
    size_t size = TOC_MAX_REPORT_TEXT + 1;
    char *body = toc_mem_zalloc(1, size);
    assert_non_null(body);
    memset(body, 'x', size);
    toc_call call = {.method = "PUT", .path = "/v2/x", .body = {body, size}}, again;
    unsigned rounds = TOC_MAX_REPORT_BYTES / TOC_MAX_REPORT_TEXT + 2;
    for (unsigned i = 0; i < rounds; i++)
        assert_int_equal(ask(sess, call), TOC_ENET);
    toc_session_stats(sess, &stats);
    assert_true(stats.entries < rounds);
    assert_true(sess->report.bytes <= TOC_MAX_REPORT_BYTES);
    assert_true(toc_report_at(sess, 0, &entry));
    assert_int_equal(entry.body_length, size);
    assert_int_equal(entry.body.len, TOC_MAX_REPORT_TEXT);
    assert_int_equal(toc_report_call(&entry, &again, &err), TOC_ELIMIT);
    toc_mem_free(body);
    toc_session_close(sess);
}

static void *no_memory(void *user, size_t size)
{
    unsigned *left = user;
    return *left && (*left)-- ? malloc(size) : NULL;
}

static void *no_more_memory(void *user, void *ptr, size_t size)
{
    unsigned *left = user;
    return *left && (*left)-- ? realloc(ptr, size) : NULL;
}

static void release(void *user, void *ptr)
{
    (void)user;
    free(ptr);
}

/* Without memory the call is counted, its entry as dropped, and nothing else happens. */
static void test_no_memory(void **state)
{
    (void)state;
    toc_session *sess = start(NULL, 0, true);
    unsigned left = 0;
    toc_allocator allocator = {no_memory, no_more_memory, release, &left};
    toc_set_allocator(&allocator);
    for (unsigned i = 0; i < 4; i++) {
        left = i;
        toc__report_post_filter(sess, TOC_S("d"), TOC_S("f"), TOC_S("m"), TOC_S("EQ"));
    }
    toc_set_allocator(NULL);
    toc_stats stats = {0};
    toc_session_stats(sess, &stats);
    assert_int_equal(stats.post_filters, 4);
    assert_int_equal(stats.entries + stats.entries_dropped, 4);
    assert_true(stats.entries_dropped >= 2);
    toc_session_close(sess);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counters),    cmocka_unit_test(test_many_statuses),
        cmocka_unit_test(test_print_stats), cmocka_unit_test(test_entries),
        cmocka_unit_test(test_failures),    cmocka_unit_test(test_repeat),
        cmocka_unit_test(test_print_entry), cmocka_unit_test(test_print_bytes),
        cmocka_unit_test(test_bounds),      cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
