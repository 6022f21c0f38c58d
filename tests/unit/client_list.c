/* Lists over a scripted transport: planning, paging, broken answers, post filters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/script.h"
#include "tocsin/report.h"
#include "tocsin/ti.h"

#define PAGE(count, items)                                                                         \
    "{\"status\":\"Success\",\"data\":{\"resultCount\":" count ",\"host\":[" items "]}}"
#define MORE(items) "{\"status\":\"Success\",\"data\":{\"host\":[" items "]}}"
#define HOST(id)                                                                                   \
    "{\"id\":" id ",\"ownerName\":\"Acme\",\"dateAdded\":\"2024-03-01T10:00:00Z\",\"rating\":" id  \
    ".0,\"hostName\":\"h" id ".example\"}"
#define TYPES "{\"status\":\"Success\",\"data\":{\"resultCount\":0,\"indicatorType\":[]}}"

static toc_error err;
static script play;
static const toc_type *host;

static toc_session *start(const script_answer *answers, size_t count)
{
    return script_start(&play, answers, count,
                        (toc_session_options){.api_url = "https://t/api",
                                              .access_id = "12345",
                                              .secret_key = "SECRET",
                                              .retry_sleep_ms = 1,
                                              .result_limit = 2});
}

static toc_filter *new_filter(toc_kind kind, const toc_type *type)
{
    toc_filter *filter = NULL;
    assert_int_equal(toc_filter_new(kind, type, &filter, &err), TOC_OK);
    return filter;
}

/* Ids as one decimal digit each, and the last result of next. */
static int read_ids(toc_list *list, char *out)
{
    toc_object *obj = NULL;
    int found;
    memset(&err, 0, sizeof(err));
    while ((found = toc_list_next(list, &obj, &err)) == 1)
        *out++ = (char)('0' + toc_object_get_int(obj, "id"));
    *out = '\0';
    return found;
}

/* Lists hosts; checks ids, result and the number of requests. */
static void check_list(const script_answer *answers, size_t count, const char *ids, int result,
                       size_t requests)
{
    toc_session *sess = start(answers, count);
    toc_filter *filter = new_filter(TOC_KIND_INDICATOR, host);
    toc_list *list = NULL;
    char found[64];
    assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err), TOC_OK);
    assert_int_equal(toc_list_total(list), -1);
    assert_int_equal(read_ids(list, found), result);
    assert_string_equal(found, ids);
    assert_int_equal(play.asked_count, requests);
    toc_list_close(list);
    toc_filter_free(filter);
    toc_session_close(sess);
}

static void test_paging(void **state)
{
    (void)state;
    static const script_answer odd[] = {{.status = 200, .body = PAGE("5", HOST("1") "," HOST("2"))},
                                        {.status = 200, .body = MORE(HOST("3") "," HOST("4"))},
                                        {.status = 200, .body = MORE(HOST("5"))}};
    check_list(odd, 3, "12345", 0, 3);
    assert_string_equal(
        play.asked[0].target,
        "/api/v2/indicators/hosts?createActivityLog=false&resultStart=0&resultLimit=2");
    assert_string_equal(
        play.asked[2].target,
        "/api/v2/indicators/hosts?createActivityLog=false&resultStart=4&resultLimit=2");
    static const script_answer even[] = {
        {.status = 200, .body = PAGE("2", HOST("1") "," HOST("2"))}};
    check_list(even, 1, "12", 0, 1);
    static const script_answer none[] = {{.status = 200, .body = PAGE("0", "")}};
    check_list(none, 1, "", 0, 1);
    static const script_answer bare[] = {{.status = 200, .body = "{\"status\":\"Success\"}"}};
    check_list(bare, 1, "", 0, 1);
    static const script_answer one[] = {
        {.status = 200, .body = "{\"data\":{\"host\":" HOST("1") "},\"status\":\"Success\"}"}};
    check_list(one, 1, "1", 0, 1);
}

static void test_odd_counts(void **state)
{
    (void)state;
    /* Too little: full pages go on. */
    static const script_answer low[] = {{.status = 200, .body = PAGE("1", HOST("1") "," HOST("2"))},
                                        {.status = 200, .body = MORE(HOST("3"))}};
    check_list(low, 2, "123", 0, 2);
    /* A server with a lower limit of its own sends short pages. */
    static const script_answer capped[] = {{.status = 200, .body = PAGE("2", HOST("1"))},
                                           {.status = 200, .body = MORE(HOST("2"))}};
    check_list(capped, 2, "12", 0, 2);
    /* None at all: up to the first short page. The count may also stand behind, or be text. */
    static const script_answer untold[] = {{.status = 200, .body = MORE(HOST("1") "," HOST("2"))},
                                           {.status = 200, .body = MORE(HOST("3"))}};
    check_list(untold, 2, "123", 0, 2);
    static const script_answer behind[] = {
        {.status = 200,
         .body = "{\"data\":{\"host\":[" HOST("1") "," HOST("2") "],\"resultCount\":\"2\"}}"}};
    check_list(behind, 1, "12", 0, 1);
    /* The limit is ignored: that was everything. */
    static const script_answer all[] = {
        {.status = 200, .body = MORE(HOST("1") "," HOST("2") "," HOST("3"))}};
    check_list(all, 1, "123", 0, 1);
}

/* Objects were deleted meanwhile: the last count that was told tells, wherever it stands. */
static void test_shrunk(void **state)
{
    (void)state;
    static const script_answer asked[] = {
        {.status = 200, .body = PAGE("9", HOST("1") "," HOST("2"))},
        {.status = 200, .body = MORE("")},
        {.status = 200, .body = PAGE("2", HOST("1"))}};
    check_list(asked, 3, "12", 0, 3);
    assert_non_null(strstr(play.asked[1].target, "resultStart=2&resultLimit=2"));
    assert_non_null(strstr(play.asked[2].target, "resultStart=0&resultLimit=1"));
    static const script_answer told[] = {
        {.status = 200, .body = PAGE("9", HOST("1") "," HOST("2"))},
        {.status = 200, .body = PAGE("1", "")}};
    check_list(told, 2, "12", 0, 2);
    static const script_answer late[] = {
        {.status = 200, .body = PAGE("9", HOST("1") "," HOST("2"))},
        {.status = 200, .body = PAGE("9", "")},
        {.status = 200, .body = PAGE("2", "")}};
    check_list(late, 3, "12", 0, 3);
}

static void test_ends_early(void **state)
{
    (void)state;
    static const script_answer asked[] = {
        {.status = 200, .body = PAGE("9", HOST("1") "," HOST("2"))},
        {.status = 200, .body = MORE("")},
        {.status = 200, .body = PAGE("8", HOST("1"))},
        {.status = 200, .body = "{\"status\":\"Success\"}"}};
    check_list(asked, 4, "12", TOC_EPROTO, 4);
    assert_string_equal(err.message, "the list ends early: 2 of 8 objects came");
    assert_true(err.flags & TOC_ERROR_FATAL);
    assert_string_equal(play.asked[3].target, play.asked[1].target);
    static const script_answer told[] = {{.status = 200, .body = PAGE("9", HOST("1"))},
                                         {.status = 200, .body = PAGE("9", "")},
                                         {.status = 200, .body = PAGE("9", "")}};
    check_list(told, 3, "1", TOC_EPROTO, 3);
    static const script_answer none[] = {{.status = 200, .body = PAGE("1", "")},
                                         {.status = 200, .body = PAGE("1", "")}};
    check_list(none, 2, "", TOC_EPROTO, 2);
    assert_string_equal(err.message, "the list ends early: 0 of 1 objects came");
    /* Asked again, it comes. */
    static const script_answer hiccup[] = {{.status = 200, .body = PAGE("3", HOST("1"))},
                                           {.status = 200, .body = MORE("")},
                                           {.status = 200, .body = PAGE("3", HOST("1"))},
                                           {.status = 200, .body = MORE(HOST("2") "," HOST("3"))}};
    check_list(hiccup, 4, "123", 0, 4);
    /* More than the limit, and not everything. */
    static const script_answer large[] = {
        {.status = 200, .body = PAGE("4", HOST("1") "," HOST("2") "," HOST("3"))},
        {.status = 200, .body = MORE(HOST("4"))}};
    check_list(large, 2, "1234", 0, 2);
    static const script_answer broken[] = {
        {.status = 200, .body = PAGE("9", HOST("1"))},
        {.status = 200, .body = MORE("")},
        {.status = 200, .body = "{\"data\":{\"host\":[{\"id\":"}};
    check_list(broken, 3, "1", TOC_EPROTO, 3);
}

/* A page that came before does not count: what it stands for is still to come. */
static void test_nothing_new(void **state)
{
    (void)state;
    static const script_answer added[] = {{.status = 200, .body = PAGE("3", HOST("2"))},
                                          {.status = 200, .body = MORE(HOST("2"))},
                                          {.status = 200, .body = MORE(HOST("3"))},
                                          {.status = 200, .body = MORE(HOST("4"))}};
    check_list(added, 4, "2234", 0, 4);
    static const script_answer deaf[] = {
        {.status = 200, .body = PAGE("4", HOST("1") "," HOST("2"))},
        {.status = 200, .body = PAGE("4", HOST("1") "," HOST("2"))},
        {.status = 200, .body = PAGE("4", HOST("1") "," HOST("2"))},
        {.status = 200, .body = PAGE("4", HOST("1") "," HOST("2"))}};
    check_list(deaf, 4, "121212", TOC_EPROTO, 4);
    assert_string_equal(err.message, "the server repeats the same page: 2 of 4 objects came");
    static const script_answer stuck[] = {{.status = 200, .body = PAGE("2", HOST("1"))},
                                          {.status = 200, .body = MORE(HOST("1"))},
                                          {.status = 200, .body = MORE("")},
                                          {.status = 200, .body = PAGE("2", HOST("1"))},
                                          {.status = 200, .body = MORE("")}};
    check_list(stuck, 5, "11", TOC_EPROTO, 5);
    assert_string_equal(err.message, "the list ends early: 1 of 2 objects came");
}

/* One page is one request, whatever is promised; from a start on only the rest is missed. */
static void test_range_ends(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = PAGE("9", "")},
                                            {.status = 200, .body = PAGE("9", HOST("8"))},
                                            {.status = 200, .body = PAGE("9", "")},
                                            {.status = 200, .body = PAGE("9", "")}};
    toc_session *sess = start(answers, TOC_COUNT(answers));
    toc_filter *filter = new_filter(TOC_KIND_INDICATOR, host);
    char found[8];
    for (unsigned pages = 2; pages-- > 0;) {
        toc_list *list = NULL;
        assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err), TOC_OK);
        assert_int_equal(toc_list_range(list, 7, 2, pages, &err), TOC_OK);
        assert_int_equal(read_ids(list, found), pages ? 0 : TOC_EPROTO);
        assert_int_equal(play.asked_count, pages ? 1 : 4);
        toc_list_close(list);
    }
    assert_string_equal(err.message, "the list ends early: 1 of 2 objects came");
    toc_filter_free(filter);
    toc_session_close(sess);
}

/* Behind a start no count is told: a server that caps its pages is not taken for one that is done.
 */
static void test_range_is_capped(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = MORE(HOST("1"))},
                                            {.status = 200, .body = PAGE("10", HOST("0"))},
                                            {.status = 200, .body = MORE(HOST("2"))},
                                            {.status = 200, .body = MORE(HOST("3"))}};
    static const struct {
        unsigned pages;
        size_t asked;
        const char *found;
    } rows[] = {{0, 4, "123"}, {1, 1, "1"}, {2, 3, "12"}, {3, 4, "123"}};
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_session *sess = start(answers, TOC_COUNT(answers));
        toc_filter *filter = new_filter(TOC_KIND_INDICATOR, host);
        toc_list *list = NULL;
        char found[8];
        assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err), TOC_OK);
        assert_int_equal(toc_list_range(list, 7, 2, rows[i].pages, &err), TOC_OK);
        assert_int_equal(read_ids(list, found), TOC_OK);
        assert_string_equal(found, rows[i].found);
        assert_int_equal(play.asked_count, rows[i].asked);
        toc_list_close(list);
        toc_filter_free(filter);
        toc_session_close(sess);
    }
}

static void test_endless(void **state)
{
    (void)state;
    script_answer same[8];
    for (size_t i = 0; i < TOC_COUNT(same); i++)
        same[i] = (script_answer){.status = 200, .body = MORE(HOST("1") "," HOST("2"))};
    check_list(same, 8, "121212", TOC_EPROTO, 4);
}

static void test_broken(void **state)
{
    (void)state;
    static const script_answer half[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":2,\"host\":[" HOST(
             "1") ",{\"id\":2,\"hostNa"}};
    check_list(half, 1, "1", TOC_EPROTO, 1);
    assert_true(err.flags & TOC_ERROR_FATAL);
    static const script_answer cut[] = {
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"host\":[" HOST("1")}};
    check_list(cut, 1, "1", TOC_EPROTO, 1);
    static const script_answer html[] = {
        {.status = 200, .type = "text/html", .body = "<html>login</html>"}};
    check_list(html, 1, "", TOC_EPROTO, 1);
    assert_non_null(strstr(err.message, "text/html"));
    static const script_answer empty[] = {{.status = 200, .body = ""}};
    check_list(empty, 1, "", TOC_EPROTO, 1);
    static const script_answer failure[] = {
        {.status = 200, .body = "{\"status\":\"Failure\",\"message\":\"no luck\"}"}};
    check_list(failure, 1, "", TOC_EHTTP, 1);
    assert_string_equal(err.message, "no luck (HTTP 200)");
    assert_int_equal(err.number, TOC_NUMBER_PAGE);
    static const script_answer array[] = {{.status = 200, .body = "[1]"}};
    check_list(array, 1, "", TOC_EPROTO, 1);
    static const script_answer trailing[] = {
        {.status = 200, .body = PAGE("1", HOST("1")) "garbage"}};
    check_list(trailing, 1, "1", TOC_EPROTO, 1);
    assert_int_equal(err.number, TOC_NUMBER_PAGE);
}

static void test_lenient(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .type = "",
         .body =
             "{\"extra\":[{}],\"data\":{\"resultCount\":2,\"more\":null,\"host\":[null,7,[1]," HOST(
                 "1") ",{\"id\":\"2\",\"hostName\":\"x.example\",\"rating\":\"bad\",\"odd\":{\"a\":"
                      "[]}"
                      ",\"confidence\":null}]},\"status\":\"Success\"}"}};
    check_list(answers, 1, "12", 0, 1);
}

static void test_statuses(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body;
        int rc;
    } rows[] = {
        {401, "{\"message\":\"Access Denied\"}", TOC_EAUTH},
        {403, "{\"message\":\"The requested owner was not found\"}", TOC_EAUTH},
        {404, "{\"message\":\"The requested resource was not found\"}", TOC_ENOTFOUND},
        {500, "{\"message\":\"An unknown error occurred\"}", TOC_EHTTP},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        script_answer answer = {.status = rows[i].status, .body = rows[i].body};
        check_list(&answer, 1, "", rows[i].rc, 1);
        assert_int_equal(err.http_status, rows[i].status);
    }
}

static void test_failure_between_pages(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = PAGE("3", HOST("1") "," HOST("2"))},
        {.status = 500, .body = "{\"message\":\"An unknown error occurred\"}"},
        {.status = 200, .body = MORE(HOST("3"))}};
    toc_session *sess = start(answers, 3);
    toc_filter *filter = new_filter(TOC_KIND_INDICATOR, host);
    toc_list *list = NULL;
    char found[64];
    assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err), TOC_OK);
    assert_int_equal(read_ids(list, found), TOC_EHTTP);
    assert_string_equal(found, "12");
    assert_int_equal(err.number, TOC_NUMBER_PAGE);
    assert_int_equal(toc_list_total(list), 3);
    /* Nothing was lost: the same page is asked for again. */
    assert_int_equal(read_ids(list, found), 0);
    assert_string_equal(found, "3");
    assert_string_equal(play.asked[1].target, play.asked[2].target);
    assert_int_equal(read_ids(list, found), 0);
    toc_list_close(list);
    toc_filter_free(filter);
    toc_session_close(sess);
}

static void test_plans(void **state)
{
    (void)state;
    static const struct {
        toc_kind kind;
        const char *type, *name, *value, *target;
    } rows[] = {
        {TOC_KIND_GROUP, NULL, NULL, NULL,
         "/v2/groups?createActivityLog=false&owner=My+Org&resultStart=0&resultLimit=2"},
        {TOC_KIND_TASK, NULL, NULL, NULL,
         "/v2/tasks?createActivityLog=false&owner=My+Org&resultStart=0&resultLimit=2"},
        {TOC_KIND_GROUP, "Threat", "id", "71",
         "/v2/groups/threats/71?createActivityLog=false&owner=My+Org"},
        {TOC_KIND_VICTIM, NULL, "id", "7", "/v2/victims/7?createActivityLog=false&owner=My+Org"},
        {TOC_KIND_GROUP, "Threat", "adversary_id", "5",
         "/v2/groups/adversaries/5/groups/threats?createActivityLog=false&resultStart=0"
         "&resultLimit=2"},
        {TOC_KIND_TASK, NULL, "adversary_id", "5",
         "/v2/groups/adversaries/5/tasks?createActivityLog=false&owner=My+Org&resultStart=0"
         "&resultLimit=2"},
        {TOC_KIND_GROUP, NULL, "indicator", "http://a.b/c",
         "/v2/indicators/urls/http%3A%2F%2Fa.b%2Fc/groups?createActivityLog=false&owner=My+Org"},
        {TOC_KIND_GROUP, "Threat", "indicator", "1.2.3.4",
         "/v2/indicators/addresses/1.2.3.4/groups/threats?createActivityLog=false&owner=My+Org"
         "&resultStart=0&resultLimit=2"},
        {TOC_KIND_INDICATOR, "Host", "indicator", "a.example",
         "/v2/indicators/hosts/a.example?createActivityLog=false&owner=My+Org"},
        {TOC_KIND_INDICATOR, "Host", "tag", "A/B c",
         "/v2/tags/A%2FB%20c/indicators/hosts?createActivityLog=false&owner=My+Org&resultStart=0"
         "&resultLimit=2"},
        {TOC_KIND_VICTIM, NULL, "security_label", "TLP:RED",
         "/v2/securityLabels/TLP%3ARED/victims?createActivityLog=false&owner=My+Org&resultStart=0"
         "&resultLimit=2"},
        {TOC_KIND_GROUP, NULL, "task_id", "9",
         "/v2/tasks/9/groups?createActivityLog=false&owner=My+Org&resultStart=0&resultLimit=2"},
        {TOC_KIND_GROUP, NULL, "victim_id", "9",
         "/v2/victims/9/groups?createActivityLog=false&resultStart=0&resultLimit=2"},
    };
    static const script_answer answers[] = {{.status = 200, .body = "{\"status\":\"Success\"}"}};
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_session *sess = start(answers, 1);
        const toc_type *type =
            rows[i].type ? toc_types_find(NULL, rows[i].kind, toc_str_of(rows[i].type)) : NULL;
        toc_filter *filter = new_filter(rows[i].kind, type);
        assert_int_equal(toc_filter_owner(filter, TOC_S("My Org"), &err), TOC_OK);
        if (rows[i].name)
            assert_int_equal(toc_filter_api(filter, rows[i].name, toc_str_of(rows[i].value), &err),
                             TOC_OK);
        toc_list *list = NULL;
        char found[8];
        assert_int_equal(toc_list_open(sess, rows[i].kind, filter, &list, &err), TOC_OK);
        assert_int_equal(read_ids(list, found), 0);
        assert_string_equal(play.asked[0].target + strlen("/api"), rows[i].target);
        toc_list_close(list);
        toc_filter_free(filter);
        toc_session_close(sess);
    }
}

static void test_query(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = TYPES},
                                            {.status = 200, .body = PAGE("0", "")}};
    toc_session *sess = start(answers, 2);
    toc_filter *filter = new_filter(TOC_KIND_INDICATOR, NULL);
    assert_int_equal(toc_filter_term(filter, "rating", TOC_OP_GT, TOC_S("3"), &err), TOC_OK);
    assert_int_equal(toc_filter_term(filter, "summary", TOC_OP_STARTS, TOC_S("a b"), &err), TOC_OK);
    toc_filter_or_terms(filter, true);
    assert_int_equal(toc_filter_modified_since(filter, TOC_S("2024-03-01"), &err), TOC_OK);
    assert_int_equal(toc_filter_include(filter, "additional", &err), TOC_OK);
    assert_int_equal(toc_filter_include(filter, "labels", &err), TOC_OK);
    toc_list *list = NULL;
    char found[8];
    assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err), TOC_OK);
    assert_int_equal(read_ids(list, found), 0);
    assert_int_equal(toc_list_total(list), 0);
    assert_string_equal(play.asked[1].target,
                        "/api/v2/indicators?createActivityLog=false"
                        "&filters=rating%3E3%2Csummary%5Ea+b&orParams=true"
                        "&modifiedSince=2024-03-01T00%3A00%3A00Z&includes=additional"
                        "&includes=labels&resultStart=0&resultLimit=2");
    toc_list_close(list);
    toc_filter_free(filter);
    toc_session_close(sess);
}

static void test_several_requests(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = PAGE("2", HOST("1") "," HOST("2"))},
        {.status = 404, .body = "{\"message\":\"The requested resource was not found\"}"},
        {.status = 200,
         .body = PAGE("2", HOST("2") ",{\"id\":7,\"ownerName\":\"ACME\",\"hostName\":\"x.y\"}")},
        {.status = 200,
         .body = PAGE("2", HOST("9") ",{\"id\":8,\"ownerName\":\"Two\",\"hostName\":\"x.y\"}")},
        {.status = 200, .body = PAGE("0", "")},
        {.status = 200, .body = PAGE("0", "")}};
    toc_session *sess = start(answers, 6);
    toc_filter *filter = new_filter(TOC_KIND_INDICATOR, host);
    assert_int_equal(toc_filter_owner(filter, TOC_S("Acme"), &err), TOC_OK);
    assert_int_equal(toc_filter_owner(filter, TOC_S("Two"), &err), TOC_OK);
    assert_int_equal(toc_filter_api(filter, "tag", TOC_S("a"), &err), TOC_OK);
    assert_int_equal(toc_filter_api(filter, "tag", TOC_S("gone"), &err), TOC_OK);
    assert_int_equal(toc_filter_api(filter, "threat_id", TOC_S("3"), &err), TOC_OK);
    toc_list *list = NULL;
    char found[64];
    assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err), TOC_OK);
    assert_int_equal(read_ids(list, found), 0);
    /* 2 comes once; 9 is another owner's. */
    assert_string_equal(found, "1278");
    assert_int_equal(play.asked_count, 6);
    assert_non_null(strstr(play.asked[3].target, "owner=Two"));
    assert_null(strstr(play.asked[5].target, "owner="));
    toc_list_close(list);
    toc_filter_free(filter);
    toc_session_close(sess);
}

static void test_missing_page_of_a_proxy(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 404, .type = "text/html", .body = "<p>"}};
    toc_session *sess = start(answers, 1);
    toc_filter *filter = new_filter(TOC_KIND_INDICATOR, host);
    assert_int_equal(toc_filter_api(filter, "tag", TOC_S("a"), &err), TOC_OK);
    toc_list *list = NULL;
    char found[8];
    assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err), TOC_OK);
    assert_int_equal(read_ids(list, found), TOC_ENOTFOUND);
    toc_list_close(list);
    toc_filter_free(filter);
    toc_session_close(sess);
}

static void test_post_filters(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = PAGE("3", HOST("1") "," HOST("3"))},
        {.status = 200, .body = MORE(HOST("4"))}};
    toc_session *sess = start(answers, 2);
    toc_filter *filter = new_filter(TOC_KIND_INDICATOR, host);
    assert_int_equal(toc_filter_post(filter, "rating", TOC_OP_GE, TOC_S("2"), &err), TOC_OK);
    assert_int_equal(toc_filter_post(filter, "host_name", TOC_OP_NE, TOC_S("h3.example"), &err),
                     TOC_OK);
    toc_list *list = NULL;
    char found[8];
    assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err), TOC_OK);
    assert_int_equal(read_ids(list, found), 0);
    assert_string_equal(found, "4");
    toc_list_close(list);
    toc_filter_free(filter);
    toc_session_close(sess);
}

static void test_types_in_summaries(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"data\":{\"indicatorType\":[{\"name\":\"Wallet\",\"custom\":\"true\","
                 "\"apiBranch\":\"wallets\",\"apiEntity\":\"wallet\",\"value1Label\":\"Coin\","
                 "\"value1Type\":\"text\"}]}}"},
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":2,\"indicator\":["
                 "{\"id\":1,\"type\":\"Wallet\",\"summary\":\"abc\"},"
                 "{\"id\":2,\"type\":\"Address\",\"summary\":\"1.2.3.4\"}]}}"}};
    toc_session *sess = start(answers, 2);
    toc_list *list = NULL;
    toc_object *obj = NULL;
    assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, NULL, &list, &err), TOC_OK);
    assert_int_equal(toc_list_next(list, &obj, &err), 1);
    assert_string_equal(toc_object_type(obj)->name, "Wallet");
    assert_true(toc_str_equal(toc_object_summary(obj), TOC_S("abc")));
    assert_int_equal(toc_list_next(list, &obj, &err), 1);
    assert_string_equal(toc_object_type(obj)->name, "Address");
    assert_true(toc_str_equal(toc_object_get(obj, "ip"), TOC_S("1.2.3.4")));
    assert_int_equal(toc_list_next(list, &obj, &err), 0);
    toc_list_close(list);
    toc_session_close(sess);
}

static void test_arguments(void **state)
{
    (void)state;
    toc_session *sess = start(NULL, 0);
    toc_filter *filter = new_filter(TOC_KIND_GROUP, NULL);
    toc_list *list = NULL;
    toc_object *obj = NULL;
    assert_int_equal(toc_list_open(sess, TOC_KIND_TASK, filter, &list, &err), TOC_EINVAL);
    assert_int_equal(toc_list_open(NULL, TOC_KIND_TASK, NULL, &list, &err), TOC_EINVAL);
    assert_null(list);
    assert_int_equal(toc_list_next(NULL, &obj, &err), TOC_EINVAL);
    assert_int_equal(toc_list_total(NULL), -1);
    assert_int_equal(toc_list_open(sess, TOC_KIND_VICTIM_ASSET, NULL, &list, &err), TOC_OK);
    assert_int_equal(toc_list_next(list, &obj, &err), TOC_EUNSUPPORTED);
    toc_list_close(list);
    toc_list_close(NULL);
    toc_filter_free(filter);
    toc_session_close(sess);
}

static int set_up(void **state)
{
    (void)state;
    host = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host"));
    return host == NULL;
}

/* What an API filter names goes away between two pages: the list is not whole. */
static void test_gone_between_pages(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = PAGE("3", HOST("1") "," HOST("2"))},
        {.status = 404, .body = "{\"message\":\"The requested resource was not found\"}"},
        {.status = 200, .body = MORE(HOST("3"))}};
    toc_session *sess = start(answers, TOC_COUNT(answers));
    toc_filter *filter = new_filter(TOC_KIND_INDICATOR, host);
    toc_list *list = NULL;
    char found[64];
    assert_int_equal(toc_filter_api(filter, "tag", TOC_S("x"), &err), TOC_OK);
    assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err), TOC_OK);
    assert_int_equal(read_ids(list, found), TOC_ENOTFOUND);
    assert_string_equal(found, "12");
    assert_int_equal(err.number, TOC_NUMBER_PAGE);
    assert_int_equal(read_ids(list, found), 0); /* the same page, which is there again */
    assert_string_equal(found, "3");
    toc_list_close(list);
    toc_filter_free(filter);
    toc_session_close(sess);
}

/* What a request is about is told whole, however long the name is. */
static void test_long_description(void **state)
{
    (void)state;
    static char name[1000];
    memset(name, 'n', sizeof(name) - 1);
    static const script_answer answers[] = {{.status = 200, .body = PAGE("1", HOST("1"))}};
    toc_session *sess = start(answers, 1);
    toc_filter *filter = new_filter(TOC_KIND_INDICATOR, host);
    toc_list *list = NULL;
    char found[64];
    toc_report_entry entry;
    assert_int_equal(toc_session_set(sess, "report", "true", &err), TOC_OK);
    assert_int_equal(toc_filter_api(filter, "security_label", toc_str_of(name), &err), TOC_OK);
    assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err), TOC_OK);
    assert_int_equal(read_ids(list, found), 0);
    assert_true(toc_report_at(sess, 0, &entry));
    assert_true(
        toc_str_equal(entry.description, toc_filter_description(filter, TOC_FILTER_API, 0)));
    assert_true(entry.description.len > strlen(name));
    toc_list_close(list);
    toc_filter_free(filter);
    toc_session_close(sess);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paging),
        cmocka_unit_test(test_odd_counts),
        cmocka_unit_test(test_shrunk),
        cmocka_unit_test(test_ends_early),
        cmocka_unit_test(test_nothing_new),
        cmocka_unit_test(test_range_ends),
        cmocka_unit_test(test_range_is_capped),
        cmocka_unit_test(test_endless),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_lenient),
        cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_failure_between_pages),
        cmocka_unit_test(test_gone_between_pages),
        cmocka_unit_test(test_long_description),
        cmocka_unit_test(test_plans),
        cmocka_unit_test(test_query),
        cmocka_unit_test(test_several_requests),
        cmocka_unit_test(test_missing_page_of_a_proxy),
        cmocka_unit_test(test_post_filters),
        cmocka_unit_test(test_types_in_summaries),
        cmocka_unit_test(test_arguments),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
