/* Custom metrics: their configuration, the values of their intervals; playbooks, of which there are
 * none. */
#include "wire/signed.h"

#define METRICS "/v2/customMetrics"
#define DAILY "\"interval\":\"Daily\""

/* A text of one letter, so many times. */
static char *repeated(char *room, size_t count)
{
    memset(room, 'x', count);
    room[count] = '\0';
    return room;
}

static void configurations(void **state)
{
    fixture *fix = *state;
    expect(fix, "GET", METRICS, NULL, 200);
    contains(fix, "{\"resultCount\":0,\"customMetricConfig\":[]}");
    expect(fix, "POST", METRICS,
           "{\"name\":\"Alerts seen\",\"dataType\":\"sum\",\"interval\":\"HOURLY\",\"id\":77,"
           "\"description\":\"of all sensors\"}",
           201);
    contains(fix, "{\"status\":\"Success\",\"data\":{\"customMetricConfig\":{\"id\":1,"
                  "\"name\":\"Alerts seen\",\"dataType\":\"Sum\",\"interval\":\"Hourly\","
                  "\"keyedValues\":false,\"description\":\"of all sensors\"}}}");
    expect(fix, "POST", METRICS,
           "{\"name\":\"1\",\"dataType\":\"Count\"," DAILY ",\"keyedValues\":\"true\"}", 201);
    contains(fix, "\"keyedValues\":true}");
    expect(fix, "GET", METRICS, NULL, 200);
    contains(fix, "{\"resultCount\":2,\"customMetricConfig\":[{\"id\":2,");
    expect(fix, "GET", METRICS "?resultStart=1&resultLimit=1", NULL, 200);
    contains(fix, "\"data\":{\"customMetricConfig\":[{\"id\":1,");
    expect(fix, "GET", METRICS "/alerts%20SEEN", NULL, 200);
    contains(fix, "\"customMetricConfig\":{\"id\":1,");
    expect(fix, "GET", METRICS "/1", NULL, 200);
    contains(fix, "\"id\":1,");
    expect(fix, "GET", METRICS "/2", NULL, 200);
    contains(fix, "\"name\":\"1\"");
    expect(fix, "PUT", METRICS "/2", "{\"name\":\"Second\",\"description\":\"d\"}", 200);
    contains(fix, "{\"id\":2,\"name\":\"Second\",\"dataType\":\"Count\"," DAILY
                  ",\"keyedValues\":true,\"description\":\"d\"}");
    expect(fix, "PUT", METRICS "/second", "{\"name\":\"SECOND\"}", 200);
    expect(fix, "PUT", METRICS "/second", "{\"dataType\":\"Max\",\"keyedValues\":false}", 200);
    contains(fix, "\"dataType\":\"Max\"");
    expect(fix, "DELETE", METRICS "/second", NULL, 200);
    contains(fix, "{\"status\":\"Success\"}");
    expect(fix, "GET", METRICS "/2", NULL, 404);
    expect(fix, "DELETE", METRICS "/2", NULL, 404);
    expect(fix, "POST", METRICS, "{\"name\":\"Third\",\"dataType\":\"Min\"," DAILY "}", 201);
    assert_int_equal(number_of(fix, "id"), 3);
}

static void bad_configurations(void **state)
{
    fixture *fix = *state;
    char body[1024], text[600];
    static const char *const bodies[] = {
        "",
        "nonsense",
        "[]",
        "{}",
        "{\"name\":\"m\"}",
        "{\"name\":\"m\",\"dataType\":\"Sum\"}",
        "{\"name\":\"m\"," DAILY "}",
        "{\"dataType\":\"Sum\"," DAILY "}",
        "{\"name\":\"\",\"dataType\":\"Sum\"," DAILY "}",
        "{\"name\":null,\"dataType\":\"Sum\"," DAILY "}",
        "{\"name\":[\"m\"],\"dataType\":\"Sum\"," DAILY "}",
        "{\"name\":\"m\",\"dataType\":\"Median\"," DAILY "}",
        "{\"name\":\"m\",\"dataType\":\"Sum\",\"interval\":\"Minutely\"}",
        "{\"name\":\"m\",\"dataType\":\"Sum\"," DAILY ",\"keyedValues\":\"maybe\"}",
        "{\"name\":\"m\",\"dataType\":\"Sum\"," DAILY ",\"description\":\"\"}",
        ("{\"name\":\"m\",\"dataType\":\"Sum\"," DAILY),
    };
    for (size_t i = 0; i < TOC_COUNT(bodies); i++) {
        expect(fix, "POST", METRICS, bodies[i], 400);
        contains(fix, "{\"status\":\"Failure\",\"message\":\"");
    }
    (void)snprintf(body, sizeof(body), "{\"name\":\"%s\",\"dataType\":\"Sum\"," DAILY "}",
                   repeated(text, 46));
    expect(fix, "POST", METRICS, body, 400);
    contains(fix, "The name for this Custom Metric is invalid, please enter a name between 1-45 "
                  "characters in length");
    (void)snprintf(body, sizeof(body),
                   "{\"name\":\"m\",\"dataType\":\"Sum\"," DAILY ",\"description\":\"%s\"}",
                   repeated(text, 501));
    expect(fix, "POST", METRICS, body, 400);
    contains(fix, "1-500 characters");
    expect(fix, "GET", METRICS, NULL, 200);
    contains(fix, "\"resultCount\":0,");
    (void)snprintf(body, sizeof(body), "{\"name\":\"%s\",\"dataType\":\"Sum\"," DAILY "}",
                   repeated(text, 45));
    expect(fix, "POST", METRICS, body, 201);
    expect(fix, "POST", METRICS, body, 400);
    contains(fix, "The name for this Custom Metric is invalid, a Custom Metric with this name "
                  "already exists");
    expect(fix, "POST", METRICS, "{\"name\":\"m\",\"dataType\":\"Sum\"," DAILY "}", 201);
    expect(fix, "PUT", METRICS "/m", body, 400);
    contains(fix, "already exists");
    expect(fix, "PUT", METRICS "/m", "{\"name\":\"\"}", 400);
    expect(fix, "PUT", METRICS "/m", "{\"interval\":\"Never\"}", 400);
    expect(fix, "PUT", METRICS "/m", "", 400);
    expect(fix, "PUT", METRICS "/none", "{\"name\":\"n\"}", 404);
    expect(fix, "GET", METRICS "/99999999999999999999", NULL, 404);
    expect(fix, "GET", METRICS "/-1", NULL, 404);
    expect(fix, "GET", METRICS "?resultLimit=x", NULL, 400);
    /* Rules do not change under values that are there. */
    expect(fix, "POST", METRICS "/m/data", "{\"value\":1}", 204);
    expect(fix, "PUT", METRICS "/m", "{\"dataType\":\"Max\"}", 400);
    expect(fix, "PUT", METRICS "/m", "{\"interval\":\"Hourly\"}", 400);
    expect(fix, "PUT", METRICS "/m", "{\"keyedValues\":true}", 400);
    expect(fix, "PUT", METRICS "/m", "{\"dataType\":\"sum\",\"description\":\"d\"}", 200);
}

static void report(fixture *fix, const char *metric, const char *body, const char *value)
{
    char target[128];
    (void)snprintf(target, sizeof(target), METRICS "/%s/data?returnValue=true", metric);
    expect(fix, "POST", target, body, 200);
    contains(fix, value);
}

static void define(fixture *fix, const char *name, const char *data_type, const char *interval,
                   bool keyed)
{
    char body[256];
    (void)snprintf(body, sizeof(body),
                   "{\"name\":\"%s\",\"dataType\":\"%s\",\"interval\":\"%s\",\"keyedValues\":%s}",
                   name, data_type, interval, keyed ? "true" : "false");
    expect(fix, "POST", METRICS, body, 201);
}

static void data_types(void **state)
{
    fixture *fix = *state;
    static const char *const reports[] = {
        "{\"value\":4,\"date\":\"2025-02-03T14:20:00Z\"}",
        "{\"value\":\"10\",\"date\":\"2025-02-03T14:59:59Z\"}",
        "{\"value\":1,\"date\":\"2025-02-03T14:00:00Z\",\"weight\":2}",
    };
    static const struct {
        const char *type, *values[3];
    } rows[] = {
        {"Average", {"4.0", "7.0", "4.0"}}, {"Count", {"4.0", "14.0", "15.0"}},
        {"First", {"4.0", "4.0", "1.0"}},   {"Last", {"4.0", "10.0", "10.0"}},
        {"Max", {"4.0", "10.0", "10.0"}},   {"Min", {"4.0", "4.0", "1.0"}},
        {"Sum", {"4.0", "14.0", "15.0"}},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        define(fix, rows[i].type, rows[i].type, "Hourly", false);
        for (size_t k = 0; k < TOC_COUNT(reports); k++) {
            char answer[96];
            (void)snprintf(answer, sizeof(answer),
                           "{\"value\":%s,\"date\":\"2025-02-03T14:00:00Z\"}", rows[i].values[k]);
            report(fix, rows[i].type, reports[k], answer);
            assert_int_equal(toc_response_body(fix->response).len, strlen(answer));
        }
    }
    /* Only what is counted needs no value. */
    report(fix, "Count", "{\"date\":\"2025-02-03T14:01:00Z\"}", "{\"value\":16.0,");
    report(fix, "Count", "", "{\"value\":1.0,");
    report(fix, "Count", "{}", "{\"value\":2.0,");
    expect(fix, "POST", METRICS "/Sum/data", "{}", 400);
    contains(fix, "The value for this Custom Metric is invalid");
}

static void intervals(void **state)
{
    fixture *fix = *state;
    static const struct {
        const char *interval, *date, *start;
    } rows[] = {
        {"Hourly", "2025-02-03T14:59:59Z", "2025-02-03T14:00:00Z"},
        {"Hourly", "1969-12-31T23:30:00Z", "1969-12-31T23:00:00Z"},
        {"Daily", "2025-02-03T01:00:00+02:00", "2025-02-02T00:00:00Z"},
        {"Daily", "1969-12-31T23:30:00Z", "1969-12-31T00:00:00Z"},
        {"Weekly", "2025-02-03T00:00:00Z", "2025-02-03T00:00:00Z"},
        {"Weekly", "2025-02-09T23:59:59Z", "2025-02-03T00:00:00Z"},
        {"Weekly", "1969-12-28T12:00:00Z", "1969-12-22T00:00:00Z"},
        {"Monthly", "2024-02-29T10:00:00Z", "2024-02-01T00:00:00Z"},
        {"Yearly", "2024-12-31T23:59:59Z", "2024-01-01T00:00:00Z"},
        {"Yearly", "0000-05-01T00:00:00Z", "0000-01-01T00:00:00Z"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        char body[96], answer[96], name[16];
        (void)snprintf(name, sizeof(name), "m%zu", i);
        define(fix, name, "Sum", rows[i].interval, false);
        (void)snprintf(body, sizeof(body), "{\"value\":2.5,\"date\":\"%s\"}", rows[i].date);
        (void)snprintf(answer, sizeof(answer), "{\"value\":2.5,\"date\":\"%s\"}", rows[i].start);
        report(fix, name, body, answer);
    }
}

static void keyed_values(void **state)
{
    fixture *fix = *state;
    char body[512], text[300];
    define(fix, "keyed", "Sum", "Daily", true);
    define(fix, "plain", "Sum", "Daily", false);
    report(fix, "keyed", "{\"value\":1,\"name\":\"a\",\"date\":\"2025-02-03\"}", "\"value\":1.0");
    report(fix, "keyed", "{\"value\":2,\"name\":\"b\",\"date\":\"2025-02-03\"}", "\"value\":2.0");
    report(fix, "keyed", "{\"value\":3,\"name\":\"a\",\"date\":\"2025-02-03\"}", "\"value\":4.0");
    expect(fix, "POST", METRICS "/keyed/data", "{\"value\":1}", 400);
    contains(fix, "The name for this Custom Metric is invalid");
    expect(fix, "POST", METRICS "/keyed/data", "{\"value\":1,\"name\":\"\"}", 400);
    (void)snprintf(body, sizeof(body), "{\"value\":1,\"name\":\"%s\"}", repeated(text, 256));
    expect(fix, "POST", METRICS "/keyed/data", body, 400);
    /* Elsewhere a name says nothing. */
    report(fix, "plain", "{\"value\":1,\"name\":\"a\",\"date\":\"2025-02-03\"}", "\"value\":1.0");
    report(fix, "plain", "{\"value\":1,\"date\":\"2025-02-03\"}", "\"value\":2.0");
    /* Values go with their metric. */
    expect(fix, "DELETE", METRICS "/plain", NULL, 200);
    define(fix, "plain", "Sum", "Daily", false);
    report(fix, "plain", "{\"value\":1,\"date\":\"2025-02-03\"}", "\"value\":1.0");
}

static void answers_without_a_body(void **state)
{
    fixture *fix = *state;
    define(fix, "m", "Sum", "Daily", false);
    expect(fix, "POST", METRICS "/m/data", "{\"value\":1}", 204);
    assert_int_equal(toc_response_body(fix->response).len, 0);
    toc_str type = toc_response_header(fix->response, "Content-Type");
    assert_true(toc_str_equal(type, TOC_S("application/json")));
    expect(fix, "POST", METRICS "/1/data?returnValue=false", "{\"value\":1}", 204);
    expect(fix, "POST", METRICS "/1/data?returnValue=True", "{\"value\":1}", 200);
    contains(fix, "{\"value\":3.0,\"date\":\"20");
}

static void bad_data(void **state)
{
    fixture *fix = *state;
    static const char *const bodies[] = {
        "",
        "nonsense",
        "[]",
        "{}",
        "{\"value\":\"many\"}",
        "{\"value\":true}",
        "{\"value\":{}}",
        "{\"value\":1e999}",
        "{\"value\":-1e999}",
        "{\"value\":1,\"date\":\"never\"}",
        "{\"value\":1,\"date\":\"2025-02-30\"}",
        "{\"value\":1,\"weight\":0}",
        "{\"value\":1,\"weight\":-5}",
        "{\"value\":1,\"weight\":1.5}",
        "{\"value\":1,\"weight\":1000000001}",
        "{\"value\":1,\"weight\":99999999999999999999}",
        "{\"value\":1,\"name\":[]}",
        "{\"value\":1",
    };
    define(fix, "m", "Sum", "Daily", false);
    for (size_t i = 0; i < TOC_COUNT(bodies); i++) {
        expect(fix, "POST", METRICS "/m/data", bodies[i], 400);
        contains(fix, "{\"status\":\"Failure\",\"message\":\"");
    }
    expect(fix, "POST", METRICS "/none/data", "{\"value\":1}", 404);
    expect(fix, "POST", METRICS "/m/data?returnValue=true",
           "{\"value\":1e308,\"date\":\"2025-02-03\"}", 200);
    contains(fix, "e+308");
    /* A sum without end is refused, and the value stays. */
    expect(fix, "POST", METRICS "/m/data", "{\"value\":1e308,\"date\":\"2025-02-03\"}", 400);
    report(fix, "m", "{\"value\":-1e308,\"date\":\"2025-02-03\"}", "{\"value\":0.0,");
    report(fix, "m", "{\"value\":5}", "{\"value\":5.0,");
}

#define expect_as(fix, user, method, target, body, status)                                         \
    do {                                                                                           \
        int got_ = ask_as((fix), (user), (method), (target), (body));                              \
        if (got_ != (status))                                                                      \
            fail_msg("%s %s: %d instead of %d: %s", (method), (target), got_, (status),            \
                     fixture_body(fix));                                                           \
    } while (0)

static void of_an_organization(void **state)
{
    fixture *fix = *state;
    toc_new_user reader, other;
    assert_int_equal(
        toc_platform_add_user_as(fix->platform, "Acme CTI", "Read Only User", NULL, &reader, NULL),
        0);
    assert_int_equal(toc_platform_add_owner(fix->platform, "Umbrella", "Organization", NULL, NULL),
                     0);
    assert_int_equal(toc_platform_add_user(fix->platform, "Umbrella", &other, NULL), 0);
    define(fix, "ours", "Sum", "Daily", false);
    expect_as(fix, &reader, "GET", METRICS, NULL, 200);
    contains(fix, "\"resultCount\":1,");
    expect_as(fix, &reader, "GET", METRICS "/ours", NULL, 200);
    expect_as(fix, &reader, "POST", METRICS, "{\"name\":\"x\",\"dataType\":\"Sum\"," DAILY "}",
              401);
    contains(fix, "The requested Custom Metric was not created - access was denied");
    expect_as(fix, &reader, "PUT", METRICS "/ours", "{\"name\":\"x\"}", 401);
    contains(fix, "was not updated");
    expect_as(fix, &reader, "DELETE", METRICS "/ours", NULL, 401);
    expect_as(fix, &reader, "POST", METRICS "/ours/data", "{\"value\":1}", 401);
    /* Of others there is nothing to see, and their names are free. */
    expect_as(fix, &other, "GET", METRICS, NULL, 200);
    contains(fix, "\"resultCount\":0,");
    expect_as(fix, &other, "GET", METRICS "/ours", NULL, 404);
    expect_as(fix, &other, "GET", METRICS "/1", NULL, 404);
    expect_as(fix, &other, "PUT", METRICS "/1", "{\"name\":\"theirs\"}", 404);
    expect_as(fix, &other, "DELETE", METRICS "/1", NULL, 404);
    expect_as(fix, &other, "POST", METRICS "/1/data", "{\"value\":1}", 404);
    expect_as(fix, &other, "POST", METRICS, "{\"name\":\"ours\",\"dataType\":\"Max\"," DAILY "}",
              201);
    expect(fix, "GET", METRICS "/ours", NULL, 200);
    contains(fix, "\"dataType\":\"Sum\"");
}

static void playbooks(void **state)
{
    fixture *fix = *state;
    static const struct {
        const char *method, *target;
    } missing[] = {
        {"POST", "/v2/playbooks"},
        {"GET", "/v2/playbooks/1"},
        {"POST", "/v2/playbooks/1"},
        {"DELETE", "/v2/playbooks/1"},
        {"GET", "/v2/playbooks/1/export"},
        {"POST", "/v2/playbooks/1/activate"},
        {"POST", "/v2/playbooks/x/deactivate"},
    };
    expect(fix, "GET", "/v2/playbooks", NULL, 200);
    contains(fix, "{\"status\":\"Success\",\"data\":{\"resultCount\":0,\"playbook\":[]}}");
    expect(fix, "GET", "/v2/playbooks/search?status=Active&sortOn=name&resultLimit=5", NULL, 200);
    contains(fix, "{\"resultCount\":0,\"playbook\":[]}");
    expect(fix, "GET", "/v2/playbooks/search?resultStart=5", NULL, 200);
    contains(fix, "\"data\":{\"playbook\":[]}");
    expect(fix, "GET", "/v2/playbooks/search?resultLimit=many", NULL, 400);
    for (size_t i = 0; i < TOC_COUNT(missing); i++) {
        expect(fix, missing[i].method, missing[i].target, NULL, 404);
        contains(fix, "{\"status\":\"Failure\",\"message\":\"The requested resource was not "
                      "found\"}");
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(configurations), TEST(bad_configurations), TEST(data_types),
        TEST(intervals),      TEST(keyed_values),       TEST(answers_without_a_body),
        TEST(bad_data),       TEST(of_an_organization), TEST(playbooks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
