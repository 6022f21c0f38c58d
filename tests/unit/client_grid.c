/* The grid of API filters: which request each of them makes for each kind of list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/script.h"

#define OWNER "owner=My+Org"
#define PAGED "resultStart=0&resultLimit=100"
#define ALL_OF "createActivityLog=false"

static toc_error err;
static script play;

/* Every list that can be asked for: its kind, its type, and the path it has at the end. */
static const struct list_row {
    toc_kind kind;
    const char *type, *path;
} lists[] = {
    {TOC_KIND_INDICATOR, NULL, "indicators"},
    {TOC_KIND_INDICATOR, "Address", "indicators/addresses"},
    {TOC_KIND_INDICATOR, "Registry Key", "indicators/registryKeys"},
    {TOC_KIND_GROUP, NULL, "groups"},
    {TOC_KIND_GROUP, "Adversary", "groups/adversaries"},
    {TOC_KIND_GROUP, "Signature", "groups/signatures"},
    {TOC_KIND_TASK, NULL, "tasks"},
    {TOC_KIND_VICTIM, NULL, "victims"},
};

#define BIT(kind) (1U << (kind))
#define ONLY_FEW (BIT(TOC_KIND_TASK) | BIT(TOC_KIND_VICTIM))

static toc_session *start(const script_answer *answers, size_t count, const char *owner)
{
    return script_start(
        &play, answers, count,
        (toc_session_options){.owner = owner, .retry_sleep_ms = 1, .result_limit = 100});
}

static toc_filter *filter_for(const struct list_row *list)
{
    const toc_type *type =
        list->type ? toc_types_find(NULL, list->kind, toc_str_of(list->type)) : NULL;
    toc_filter *filter = NULL;
    assert_int_equal(toc_filter_new(list->kind, type, &filter, &err), TOC_OK);
    return filter;
}

/* The target of the list's own request; a list of all indicators asks for the types before. */
static const char *ask(const struct list_row *list, const toc_filter *filter, const char *owner)
{
    static const script_answer answers[] = {
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"indicatorType\":[]}}"},
        {.status = 200, .body = "{\"status\":\"Success\"}"}};
    bool typed = list->type || list->kind != TOC_KIND_INDICATOR;
    toc_session *sess = start(&answers[typed], typed ? 1 : 2, owner);
    toc_list *open = NULL;
    toc_object *obj = NULL;
    assert_int_equal(toc_list_open(sess, list->kind, filter, &open, &err), TOC_OK);
    if (toc_list_next(open, &obj, &err))
        fail_msg("%s: %s", list->path, err.message);
    toc_list_close(open);
    toc_session_close(sess);
    assert_true(play.asked_count > 0);
    return play.asked[play.asked_count - 1].target;
}

static void expect(const struct list_row *list, const char *name, const char *value,
                   const char *before, const char *query)
{
    char wanted[300];
    toc_filter *filter = filter_for(list);
    if (toc_filter_api(filter, name, toc_str_of(value), &err))
        fail_msg("%s of %s: %s", name, list->path, err.message);
    (void)snprintf(wanted, sizeof(wanted), "/api/v2/%s/%s?" ALL_OF "%s%s", before, list->path,
                   *query ? "&" : "", query);
    assert_string_equal(ask(list, filter, "My Org"), wanted);
    toc_filter_free(filter);
}

/* By the id of a group: an owner goes along with lists of tasks only. */
static void test_group_ids(void **state)
{
    (void)state;
    static const struct {
        const char *name, *branch;
    } groups[] = {
        {"adversary_id", "adversaries"}, {"campaign_id", "campaigns"},
        {"document_id", "documents"},    {"email_id", "emails"},
        {"incident_id", "incidents"},    {"signature_id", "signatures"},
        {"threat_id", "threats"},        {"report_id", "reports"},
    };
    for (size_t i = 0; i < TOC_COUNT(groups); i++) {
        for (size_t k = 0; k < TOC_COUNT(lists); k++) {
            char before[64];
            (void)snprintf(before, sizeof(before), "groups/%s/38", groups[i].branch);
            expect(&lists[k], groups[i].name, "38", before,
                   lists[k].kind == TOC_KIND_TASK ? OWNER "&" PAGED : PAGED);
        }
    }
}

static void test_tags_and_labels(void **state)
{
    (void)state;
    for (size_t k = 0; k < TOC_COUNT(lists); k++) {
        expect(&lists[k], "tag", "Phish/Kit 2", "tags/Phish%2FKit%202", OWNER "&" PAGED);
        expect(&lists[k], "security_label", "TLP:RED", "securityLabels/TLP%3ARED", OWNER "&" PAGED);
    }
}

static void test_tasks_and_victims(void **state)
{
    (void)state;
    for (size_t k = 0; k < TOC_COUNT(lists); k++) {
        if (lists[k].kind != TOC_KIND_TASK)
            expect(&lists[k], "task_id", "9", "tasks/9", OWNER "&" PAGED);
        if (lists[k].kind != TOC_KIND_VICTIM)
            expect(&lists[k], "victim_id", "9", "victims/9",
                   lists[k].kind == TOC_KIND_TASK ? OWNER "&" PAGED : PAGED);
    }
}

/* Lists of several types by an indicator come in one piece; indicators by it are itself. */
static void test_indicators(void **state)
{
    (void)state;
    static const struct {
        const char *value, *before;
    } rows[] = {
        {"203.0.113.7", "indicators/addresses/203.0.113.7"},
        {"a@b.example", "indicators/emailAddresses/a%40b.example"},
        {"evil.example", "indicators/hosts/evil.example"},
        {"http://a.b/c?d=e", "indicators/urls/http%3A%2F%2Fa.b%2Fc%3Fd%3De"},
        {"44D88612FEA8A8F36DE82E1278ABB02F", "indicators/files/44D88612FEA8A8F36DE82E1278ABB02F"},
        {"Mutex:Global\\x", "indicators/mutexes/Global%5Cx"},
        {"Registry Key:HKLM\\S : v : REG_DWORD",
         "indicators/registryKeys/HKLM%5CS%20%3A%20v%20%3A%20REG_DWORD"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        for (size_t k = 0; k < TOC_COUNT(lists); k++) {
            if (lists[k].kind != TOC_KIND_INDICATOR)
                expect(&lists[k], "indicator", rows[i].value, rows[i].before,
                       lists[k].type ? OWNER "&" PAGED : OWNER);
        }
        char wanted[200];
        toc_filter *filter = filter_for(&lists[0]);
        assert_int_equal(toc_filter_api(filter, "indicator", toc_str_of(rows[i].value), &err),
                         TOC_OK);
        (void)snprintf(wanted, sizeof(wanted), "/api/v2/%s?" ALL_OF "&" OWNER, rows[i].before);
        assert_string_equal(ask(&lists[0], filter, "My Org"), wanted);
        toc_filter_free(filter);
    }
}

static void test_own_ids(void **state)
{
    (void)state;
    for (size_t k = 0; k < TOC_COUNT(lists); k++) {
        char wanted[200];
        toc_filter *filter = filter_for(&lists[k]);
        bool takes =
            (BIT(lists[k].kind) & ONLY_FEW) || (lists[k].kind == TOC_KIND_GROUP && lists[k].type);
        assert_int_equal(toc_filter_api(filter, "id", TOC_S("71"), &err),
                         takes ? TOC_OK : TOC_EINVAL);
        (void)snprintf(wanted, sizeof(wanted), "/api/v2/%s/71?" ALL_OF "&" OWNER, lists[k].path);
        if (takes)
            assert_string_equal(ask(&lists[k], filter, "My Org"), wanted);
        toc_filter_free(filter);
    }
}

/* Without a filter the default owner is asked for; without one of these nobody is named. */
static void test_no_filter(void **state)
{
    (void)state;
    for (size_t k = 0; k < TOC_COUNT(lists); k++) {
        char wanted[200];
        toc_filter *filter = filter_for(&lists[k]);
        (void)snprintf(wanted, sizeof(wanted), "/api/v2/%s?" ALL_OF "&" OWNER "&" PAGED,
                       lists[k].path);
        assert_string_equal(ask(&lists[k], filter, "My Org"), wanted);
        /* Without a filter, or without a default owner, no owner is sent (sdk.md 2.3, 3.3). */
        (void)snprintf(wanted, sizeof(wanted), "/api/v2/%s?" ALL_OF "&" PAGED, lists[k].path);
        assert_string_equal(ask(&lists[k], filter, NULL), wanted);
        if (!lists[k].type)
            assert_string_equal(ask(&lists[k], NULL, "My Org"), wanted);
        assert_int_equal(toc_filter_owner(filter, TOC_S("Other"), &err), TOC_OK);
        (void)snprintf(wanted, sizeof(wanted), "/api/v2/%s?" ALL_OF "&owner=Other&" PAGED,
                       lists[k].path);
        assert_string_equal(ask(&lists[k], filter, "My Org"), wanted);
        toc_filter_free(filter);
    }
}

/* modifiedSince belongs to plain lists of indicators, typed or not, not to searches. */
static void test_modified_since(void **state)
{
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        char wanted[200];
        toc_filter *filter = filter_for(&lists[k]);
        assert_int_equal(toc_filter_modified_since(filter, TOC_S("2024-03-01"), &err), TOC_OK);
        (void)snprintf(wanted, sizeof(wanted),
                       "/api/v2/%s?" ALL_OF "&modifiedSince=2024-03-01T00%%3A00%%3A00Z&" PAGED,
                       lists[k].path);
        assert_string_equal(ask(&lists[k], filter, NULL), wanted);
        assert_int_equal(toc_filter_api(filter, "tag", TOC_S("x"), &err), TOC_OK);
        assert_null(strstr(ask(&lists[k], filter, NULL), "modifiedSince"));
        toc_filter_free(filter);
    }
}

/* An indicator type that the catalogue told of has lists like the others. */
static void test_learned_type(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"indicatorType\":[{\"name\":\"Wallet\","
                 "\"custom\":\"true\",\"apiBranch\":\"wallets\",\"apiEntity\":\"wallet\","
                 "\"value1Label\":\"Coin\",\"value1Type\":\"text\"}]}}"},
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":1,\"wallet\":[{\"id\":4,"
                 "\"Coin\":\"abc\"}]}}"}};
    toc_session *sess = start(answers, 2, NULL);
    const toc_types *types = NULL;
    assert_int_equal(toc_session_types(sess, &types, &err), TOC_OK);
    const toc_type *wallet = toc_types_find(types, TOC_KIND_INDICATOR, TOC_S("wallet"));
    assert_non_null(wallet);
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    assert_int_equal(toc_filter_new(TOC_KIND_INDICATOR, wallet, &filter, &err), TOC_OK);
    assert_int_equal(toc_filter_api(filter, "tag", TOC_S("x"), &err), TOC_OK);
    assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err), TOC_OK);
    assert_int_equal(toc_list_next(list, &obj, &err), 1);
    assert_string_equal(play.asked[1].target,
                        "/api/v2/tags/x/indicators/wallets?" ALL_OF "&" PAGED);
    assert_ptr_equal(toc_object_type(obj), wallet);
    assert_true(toc_str_equal(toc_object_get(obj, "Coin"), TOC_S("abc")));
    assert_int_equal(toc_list_next(list, &obj, &err), 0);
    toc_list_close(list);
    toc_filter_free(filter);
    toc_session_close(sess);
}

/* Items of a type that nobody knows are left out, the rest of the list is there. */
static void test_unknown_types(void **state)
{
    (void)state;
    static const script_answer answer = {
        .status = 200,
        .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":3,\"group\":["
                "{\"id\":1,\"name\":\"a\",\"type\":\"Threat\"},"
                "{\"id\":2,\"name\":\"b\",\"type\":\"Intrigue\"},"
                "{\"id\":3,\"name\":\"c\",\"type\":\"Campaign\"}]}}"};
    toc_session *sess = start(&answer, 1, NULL);
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    assert_int_equal(toc_filter_new(TOC_KIND_GROUP, NULL, &filter, &err), TOC_OK);
    assert_int_equal(toc_filter_term(filter, "name", TOC_OP_STARTS, TOC_S("x y"), &err), TOC_OK);
    assert_int_equal(toc_list_open(sess, TOC_KIND_GROUP, filter, &list, &err), TOC_OK);
    assert_int_equal(toc_list_next(list, &obj, &err), 1);
    assert_int_equal(toc_object_get_int(obj, "id"), 1);
    assert_int_equal(toc_list_next(list, &obj, &err), 1);
    assert_int_equal(toc_object_get_int(obj, "id"), 3);
    assert_int_equal(toc_list_next(list, &obj, &err), 0);
    assert_string_equal(play.asked[0].target,
                        "/api/v2/groups?" ALL_OF "&filters=name%5Ex+y&" PAGED);
    toc_list_close(list);
    toc_filter_free(filter);
    toc_session_close(sess);
}

/* Post filters that compare what only answers hold. */
static void test_post_filters(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
        toc_op op;
        unsigned found; /* bit per item */
    } rows[] = {
        {"threat_assess_rating", "3", TOC_OP_EQ, 1},
        {"threat_assess_rating", "3", TOC_OP_GT, 2},
        {"threat_assess_confidence", "40.5", TOC_OP_LE, 1},
        {"threat_assess_confidence", "9", TOC_OP_NE, 3},
        {"last_modified", "2024-03-01T12:00:00+02:00", TOC_OP_EQ, 1},
        {"last_modified", "2024-03-01T10:00:00Z", TOC_OP_GT, 2},
        {"last_modified", "2024-03-01", TOC_OP_LT, 0},
    };
    static const script_answer answer = {
        .status = 200,
        .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":3,\"address\":["
                "{\"id\":1,\"ip\":\"192.0.2.1\",\"threatAssessRating\":3.0,"
                "\"threatAssessConfidence\":40.5,\"lastModified\":\"2024-03-01T10:00:00Z\"},"
                "{\"id\":2,\"ip\":\"192.0.2.2\",\"threatAssessRating\":4.5,"
                "\"threatAssessConfidence\":100.0,\"lastModified\":\"2024-03-01T09:00:00-05:00\"},"
                "{\"id\":3,\"ip\":\"192.0.2.3\"}]}}"};
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_session *sess = start(&answer, 1, NULL);
        toc_filter *filter = filter_for(&lists[1]);
        toc_list *list = NULL;
        toc_object *obj = NULL;
        unsigned found = 0;
        assert_int_equal(
            toc_filter_post(filter, rows[i].name, rows[i].op, toc_str_of(rows[i].value), &err),
            TOC_OK);
        assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err), TOC_OK);
        while (toc_list_next(list, &obj, &err) == 1)
            found |= 1U << (toc_object_get_int(obj, "id") - 1);
        if (found != rows[i].found)
            fail_msg("%s %s: %x", rows[i].name, rows[i].value, found);
        toc_list_close(list);
        toc_filter_free(filter);
        toc_session_close(sess);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_group_ids),         cmocka_unit_test(test_tags_and_labels),
        cmocka_unit_test(test_tasks_and_victims), cmocka_unit_test(test_indicators),
        cmocka_unit_test(test_own_ids),           cmocka_unit_test(test_no_filter),
        cmocka_unit_test(test_modified_since),    cmocka_unit_test(test_learned_type),
        cmocka_unit_test(test_unknown_types),     cmocka_unit_test(test_post_filters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
