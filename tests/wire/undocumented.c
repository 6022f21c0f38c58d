/* What no document says and clients need all the same (rest-v2 9), row by row where no other test
 * does it. */
#include "wire/signed.h"

#define HOST "/v2/indicators/hosts/evil.example"

static void make(fixture *fix)
{
    fixture_new(fix, UINT32_MAX);
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"evil.example\",\"rating\":2}",
           201);
    expect(fix, "POST", "/v2/groups/incidents", "{\"name\":\"Raid\"}", 201);
}

/* Row 1: also answers that hold nothing, and refusals. */
static void bare_media_types(void **state)
{
    static const struct {
        const char *method, *target;
    } rows[] = {{"GET", "/v2/indicators"},
                {"POST", HOST "/tags/Kit"},
                {"DELETE", HOST "/tags/Kit"},
                {"GET", "/v2/nothing"},
                {"GET", "/v2/indicators?resultLimit=x"},
                {"DELETE", HOST}};
    fixture fix;
    (void)state;
    make(&fix);
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        (void)ask(&fix, rows[i].method, rows[i].target, NULL);
        toc_str type = toc_response_header(fix.response, "Content-Type");
        assert_true(toc_str_equal(type, TOC_S("application/json")));
        assert_true(toc_response_body(fix.response).len > 0);
    }
    fixture_done(&fix);
}

/* Row 5: the same number, and what was given is taken over. */
static void a_repeated_indicator_is_updated(void **state)
{
    fixture fix;
    (void)state;
    make(&fix);
    expect(&fix, "GET", HOST, NULL, 200);
    long long id = number_of(&fix, "id");
    expect(&fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"EVIL.example\",\"confidence\":9}",
           201);
    assert_int_equal(number_of(&fix, "id"), id);
    contains(&fix, "\"confidence\":9");
    contains(&fix, "\"rating\":2");
    fixture_done(&fix);
}

/* Row 6. */
static void names_of_groups_repeat(void **state)
{
    fixture fix;
    (void)state;
    make(&fix);
    expect(&fix, "POST", "/v2/groups/incidents", "{\"name\":\"Raid\"}", 201);
    expect(&fix, "GET", "/v2/groups/incidents", NULL, 200);
    assert_int_equal(number_of(&fix, "resultCount"), 2);
    fixture_done(&fix);
}

/* Row 7: twice is as good as once, both ways. */
static void repetitions_succeed(void **state)
{
    static const char *const parts[] = {"tags/Kit", "securityLabels/TLP:RED", "groups/incidents/1"};
    fixture fix;
    char target[128];
    (void)state;
    make(&fix);
    for (size_t i = 0; i < TOC_COUNT(parts); i++) {
        (void)snprintf(target, sizeof(target), HOST "/%s", parts[i]);
        expect(&fix, "POST", target, NULL, 201);
        expect(&fix, "POST", target, NULL, 201);
        expect(&fix, "DELETE", target, NULL, 200);
        expect(&fix, "DELETE", target, NULL, 200);
    }
    fixture_done(&fix);
}

/* Rows 8 and 9. */
static void lists_count_once_and_newest_first(void **state)
{
    fixture fix;
    (void)state;
    make(&fix);
    expect(&fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"newer.example\"}", 201);
    expect(&fix, "GET", "/v2/indicators?resultStart=0&resultLimit=1", NULL, 200);
    assert_int_equal(number_of(&fix, "resultCount"), 2);
    contains(&fix, "newer.example");
    expect(&fix, "GET", "/v2/indicators?resultStart=1&resultLimit=1", NULL, 200);
    lacks(&fix, "resultCount");
    contains(&fix, "evil.example");
    expect(&fix, "GET", "/v2/indicators/mutexes", NULL, 200);
    assert_string_equal(fixture_body(&fix),
                        "{\"status\":\"Success\",\"data\":{\"resultCount\":0,\"mutex\":[]}}");
    fixture_done(&fix);
}

/* Row 22: they would lead a client's parser astray. */
static void lists_say_no_more_than_they_should(void **state)
{
    static const char *const lists[] = {"/v2/indicators", "/v2/indicators/hosts",
                                        "/v2/groups/incidents/1/indicators"};
    fixture fix;
    (void)state;
    make(&fix);
    expect(&fix, "PUT", HOST, "{\"source\":\"a feed\"}", 200);
    expect(&fix, "POST", HOST "/observations", "{\"count\":2}", 200);
    expect(&fix, "POST", HOST "/groups/incidents/1", NULL, 201);
    for (size_t i = 0; i < TOC_COUNT(lists); i++) {
        expect(&fix, "GET", lists[i], NULL, 200);
        contains(&fix, "evil.example");
        lacks(&fix, "\"source\"");
        lacks(&fix, "\"lastObserved\"");
    }
    expect(&fix, "GET", "/v2/indicators/hosts?includeAdditional=true", NULL, 200);
    contains(&fix, "\"lastObserved\"");
    fixture_done(&fix);
}

/* Row 23: the names of all members of the answer's object, in order. */
static void check_members(fixture *fix, const char *target, const char *wanted)
{
    char names[512] = "";
    expect(fix, "GET", target, NULL, 200);
    const char *text = fixture_body(fix);
    int depth = 0;
    for (const char *at = text; *at; at++) {
        if (*at == '{' || *at == '[')
            depth++;
        else if (*at == '}' || *at == ']')
            depth--;
        if (*at != '"')
            continue;
        size_t len = strcspn(at + 1, "\"");
        bool key = at[len + 2] == ':';
        if (key && depth == 3)
            (void)snprintf(names + strlen(names), sizeof(names) - strlen(names), "%.*s ", (int)len,
                           at + 1);
        at += len + 1;
    }
    assert_string_equal(names, wanted);
    assert_true(strncmp(text, "{\"status\":\"Success\",\"data\":{", 28) == 0);
}

static void strict_readers_meet_what_they_know(void **state)
{
    fixture fix;
    (void)state;
    make(&fix);
    expect(&fix, "POST", "/v2/tasks", "{\"name\":\"Block\"}", 201);
    long long task = number_of(&fix, "id");
    expect(&fix, "POST", "/v2/victims", "{\"name\":\"Desk\",\"org\":\"Acme\"}", 201);
    long long victim = number_of(&fix, "id");
    expect(&fix, "POST", HOST "/tags/Kit", NULL, 201);
    expect(&fix, "POST", HOST "/attributes", "{\"type\":\"Description\",\"value\":\"v\"}", 201);
    long long attribute = number_of(&fix, "id");
    char target[128];
    check_members(&fix, "/v2/owners/mine", "id name type ");
    check_members(&fix, HOST "/tags/Kit", "name webLink ");
    check_members(&fix, "/v2/securityLabels/TLP:RED", "name description dateAdded color ");
    (void)snprintf(target, sizeof(target), HOST "/attributes/%lld", attribute);
    check_members(&fix, target, "id type dateAdded lastModified displayed value ");
    (void)snprintf(target, sizeof(target), "/v2/victims/%lld", victim);
    check_members(&fix, target, "id name webLink org ");
    (void)snprintf(target, sizeof(target), "/v2/tasks/%lld", task);
    check_members(
        &fix, target,
        "id name owner dateAdded lastModified webLink status escalated reminded overdue ");
    fixture_done(&fix);
}

/* Row 24: words that clients look for. */
static void words_that_clients_know(void **state)
{
    fixture fix;
    (void)state;
    make(&fix);
    expect(&fix, "GET", "/v2/no/such/route", NULL, 404);
    contains(&fix, "\"message\":\"The requested resource was not found\"");
    expect(&fix, "GET", "/v2/groups/incidents/99", NULL, 404);
    contains(&fix, "\"message\":\"The requested resource was not found\"");
    expect(&fix, "GET", "/v2/groups?owner=Nobody", NULL, 403);
    contains(&fix, "\"message\":\"The requested owner was not found\"");
    fixture_done(&fix);
}

/* Row 26: clients repeat identical requests; the window of time alone protects. */
static void a_repeated_request_is_answered(void **state)
{
    fixture fix;
    (void)state;
    make(&fix);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ask_late(&fix, &fix.user, "GET", "/api/v2/owners", NULL, -200), 200);
    assert_int_equal(ask_late(&fix, &fix.user, "GET", "/api/v2/owners", NULL, -400), 401);
    fixture_done(&fix);
}

/* Row 32. */
static void events_happen_now(void **state)
{
    fixture fix;
    (void)state;
    make(&fix);
    for (int i = 0; i < 2; i++) {
        char wanted[64], now[TOC_TIME_TEXT];
        int64_t before = 0;
        do { /* again when a day has ended meanwhile */
            before = toc_time_now() / 86400;
            expect(&fix, "POST", i ? "/v2/groups/events" : "/v2/groups/incidents",
                   "{\"name\":\"n\"}", 201);
            (void)toc_time_format(toc_time_now(), now);
        } while (toc_time_now() / 86400 != before);
        (void)snprintf(wanted, sizeof(wanted), "\"eventDate\":\"%.10s", now);
        contains(&fix, wanted);
    }
    fixture_done(&fix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bare_media_types),
        cmocka_unit_test(a_repeated_indicator_is_updated),
        cmocka_unit_test(names_of_groups_repeat),
        cmocka_unit_test(repetitions_succeed),
        cmocka_unit_test(lists_count_once_and_newest_first),
        cmocka_unit_test(lists_say_no_more_than_they_should),
        cmocka_unit_test(strict_readers_meet_what_they_know),
        cmocka_unit_test(words_that_clients_know),
        cmocka_unit_test(a_repeated_request_is_answered),
        cmocka_unit_test(events_happen_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
