/* Associations: plain ones, named ones and file actions, and what carries a tag or label. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/script.h"
#include "tocsin/parts.h"

#define QUIET "?createActivityLog=false&owner=Acme"
#define PAGED "&resultStart=0&resultLimit=200"
#define MD5 "44D88612FEA8A8F36DE82E1278ABB02F"

static toc_error err;
static script play;

static toc_session *start(const script_answer *answers, size_t count)
{
    return script_start(&play, answers, count,
                        (toc_session_options){.owner = "Acme", .retry_sleep_ms = 1});
}

static toc_ref ref(toc_kind kind, const char *type, const char *id)
{
    const toc_type *found = toc_types_find(NULL, kind, toc_str_of(type));
    if (!found && kind == TOC_KIND_RECORD)
        found = toc_part_type(*type == 'T' ? TOC_PART_TAG : TOC_PART_LABEL);
    assert_non_null(found);
    return (toc_ref){.type = found, .id = toc_str_of(id)};
}

#define INDICATOR(type, id) TOC_KIND_INDICATOR, type, id
#define GROUP(type, id) TOC_KIND_GROUP, type, id
#define TASK(id) TOC_KIND_TASK, "Task", id
#define VICTIM(id) TOC_KIND_VICTIM, "Victim", id
#define PHONE(id) TOC_KIND_VICTIM_ASSET, "Phone", id
#define TAG(id) TOC_KIND_RECORD, "Tag", id
#define LABEL(id) TOC_KIND_RECORD, "Security Label", id

typedef struct end {
    toc_kind kind;
    const char *type, *id;
} end;

static const script_answer done[] = {{.status = 201, .body = "{\"status\":\"Success\"}"}};

static void assert_asked(size_t index, const char *method, const char *path, const char *tail)
{
    char target[512];
    (void)snprintf(target, sizeof(target), "/api%s" QUIET "%s", path, tail);
    assert_string_equal(play.asked[index].method, method);
    assert_string_equal(play.asked[index].target, target);
    assert_false(play.asked[index].body[0]);
}

/* Both ways, without a body. */
static const struct {
    end of, other;
    const char *name, *path;
} links[] = {
    {{GROUP("Threat", "7")},
     {GROUP("Campaign", "8")},
     NULL,
     "/v2/groups/threats/7/groups/campaigns/8"},
    {{GROUP("Threat", "7")}, {TASK("9")}, NULL, "/v2/groups/threats/7/tasks/9"},
    {{GROUP("Threat", "7")}, {VICTIM("10")}, NULL, "/v2/groups/threats/7/victims/10"},
    {{GROUP("Threat", "7")},
     {PHONE("3")},
     NULL,
     "/v2/groups/threats/7/victimAssets/phoneNumbers/3"},
    /* from the indicator's side */
    {{GROUP("Threat", "7")},
     {INDICATOR("URL", "http://a/b?c d")},
     NULL,
     "/v2/indicators/urls/http%3A%2F%2Fa%2Fb%3Fc%20d/groups/threats/7"},
    {{GROUP("Threat", "7")},
     {INDICATOR("Registry Key", "K\\a : v : REG_SZ")},
     NULL,
     "/v2/indicators/registryKeys/K%5Ca%20%3A%20v%20%3A%20REG_SZ/groups/threats/7"},
    {{VICTIM("10")},
     {INDICATOR("Host", "a.example")},
     NULL,
     "/v2/indicators/hosts/a.example/victims/10"},
    {{INDICATOR("Host", "a.example")},
     {GROUP("Intrusion Set", "7")},
     NULL,
     "/v2/indicators/hosts/a.example/groups/intrusionSets/7"},
    {{INDICATOR("Host", "a.example")},
     {INDICATOR("File", MD5 " : ")},
     NULL,
     "/v2/indicators/hosts/a.example/indicators/files/" MD5},
    {{INDICATOR("Host", "a.example")}, {TASK("9")}, NULL, "/v2/indicators/hosts/a.example/tasks/9"},
    {{INDICATOR("Host", "a.example")},
     {VICTIM("10")},
     NULL,
     "/v2/indicators/hosts/a.example/victims/10"},
    {{INDICATOR("Host", "a.example")},
     {PHONE("3")},
     NULL,
     "/v2/indicators/hosts/a.example/victimAssets/phoneNumbers/3"},
    {{TASK("9")}, {GROUP("Threat", "7")}, NULL, "/v2/tasks/9/groups/threats/7"},
    {{TASK("9")},
     {INDICATOR("Address", "203.0.113.7")},
     NULL,
     "/v2/tasks/9/indicators/addresses/203.0.113.7"},
    {{TASK("9")}, {TASK("10")}, NULL, "/v2/tasks/9/tasks/10"},
    {{TASK("9")}, {VICTIM("10")}, NULL, "/v2/tasks/9/victims/10"},
    {{VICTIM("10")}, {GROUP("Threat", "7")}, NULL, "/v2/victims/10/groups/threats/7"},
    {{VICTIM("10")}, {TASK("9")}, NULL, "/v2/victims/10/tasks/9"},
    {{VICTIM("10")}, {VICTIM("11")}, NULL, "/v2/victims/10/victims/11"},
    /* display name, path word, any case; the generic name goes as it is */
    {{INDICATOR("URL", "http://a/")},
     {INDICATOR("Host", "a.example")},
     "URL Host",
     "/v2/indicators/urls/http%3A%2F%2Fa%2F/associations/urlHost/indicators/hosts/a.example"},
    {{INDICATOR("URL", "http://a/")},
     {INDICATOR("Host", "a.example")},
     "URLHOST",
     "/v2/indicators/urls/http%3A%2F%2Fa%2F/associations/urlHost/indicators/hosts/a.example"},
    {{INDICATOR("ASN", "ASN1")},
     {INDICATOR("Address", "203.0.113.7")},
     "asn to address",
     "/v2/indicators/asns/ASN1/associations/asnToAddress/indicators/addresses/203.0.113.7"},
    {{INDICATOR("Host", "a.example")},
     {INDICATOR("URL", "u")},
     "Host to Indicators",
     "/v2/indicators/hosts/a.example/associations/Host%20to%20Indicators/indicators/urls/u"},
    {{INDICATOR("File", MD5)},
     {INDICATOR("Mutex", "a/b")},
     "File Mutex",
     "/v2/indicators/files/" MD5 "/actions/mutex/indicators/mutexes/a%2Fb"},
    {{INDICATOR("File", MD5)},
     {INDICATOR("File", MD5)},
     "DROP",
     "/v2/indicators/files/" MD5 "/actions/drop/indicators/files/" MD5},
};

static void test_links(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(links); i++) {
        toc_session *sess = start(done, 1);
        toc_ref of = ref(links[i].of.kind, links[i].of.type, links[i].of.id);
        toc_ref other = ref(links[i].other.kind, links[i].other.type, links[i].other.id);
        if (toc_associate(sess, &of, links[i].name, &other, &err))
            fail_msg("%s: %s", links[i].path, err.message);
        assert_int_equal(play.asked_count, 1);
        assert_asked(0, "POST", links[i].path, "");
        toc_session_close(sess);
        sess = start(done, 1);
        assert_int_equal(toc_disassociate(sess, &of, links[i].name, &other, &err), TOC_OK);
        assert_asked(0, "DELETE", links[i].path, "");
        toc_session_close(sess);
    }
}

/* Lists of a kind and of one type; of objects, tags and labels. */
static const struct {
    end of;
    toc_kind kind;
    const char *type, *name, *path;
} lists[] = {
    {{GROUP("Threat", "7")}, TOC_KIND_GROUP, NULL, NULL, "/v2/groups/threats/7/groups"},
    {{GROUP("Threat", "7")}, TOC_KIND_GROUP, "Tool", NULL, "/v2/groups/threats/7/groups/tools"},
    {{GROUP("Threat", "7")},
     TOC_KIND_INDICATOR,
     "Host",
     NULL,
     "/v2/groups/threats/7/indicators/hosts"},
    {{GROUP("Threat", "7")}, TOC_KIND_TASK, NULL, NULL, "/v2/groups/threats/7/tasks"},
    {{GROUP("Threat", "7")}, TOC_KIND_VICTIM, NULL, NULL, "/v2/groups/threats/7/victims"},
    {{GROUP("Threat", "7")},
     TOC_KIND_VICTIM_ASSET,
     NULL,
     NULL,
     "/v2/groups/threats/7/victimAssets"},
    {{GROUP("Threat", "7")},
     TOC_KIND_VICTIM_ASSET,
     "Phone",
     NULL,
     "/v2/groups/threats/7/victimAssets/phoneNumbers"},
    {{INDICATOR("URL", "http://a/b")},
     TOC_KIND_GROUP,
     NULL,
     NULL,
     "/v2/indicators/urls/http%3A%2F%2Fa%2Fb/groups"},
    {{INDICATOR("URL", "http://a/b")},
     TOC_KIND_INDICATOR,
     "Host",
     "URL Host",
     "/v2/indicators/urls/http%3A%2F%2Fa%2Fb/associations/urlHost/indicators/hosts"},
    {{INDICATOR("File", MD5)},
     TOC_KIND_INDICATOR,
     "Mutex",
     "mutex",
     "/v2/indicators/files/" MD5 "/actions/mutex/indicators/mutexes"},
    {{INDICATOR("Host", "h")}, TOC_KIND_VICTIM, NULL, NULL, "/v2/indicators/hosts/h/victims"},
    {{TASK("9")}, TOC_KIND_GROUP, NULL, NULL, "/v2/tasks/9/groups"},
    {{TASK("9")}, TOC_KIND_INDICATOR, "File", NULL, "/v2/tasks/9/indicators/files"},
    {{TASK("9")}, TOC_KIND_VICTIM, NULL, NULL, "/v2/tasks/9/victims"},
    {{VICTIM("10")}, TOC_KIND_GROUP, NULL, NULL, "/v2/victims/10/groups"},
    {{VICTIM("10")}, TOC_KIND_INDICATOR, "Host", NULL, "/v2/victims/10/indicators/hosts"},
    {{TAG("A/B c")}, TOC_KIND_GROUP, NULL, NULL, "/v2/tags/A%2FB%20c/groups"},
    {{TAG("A/B c")}, TOC_KIND_GROUP, "Threat", NULL, "/v2/tags/A%2FB%20c/groups/threats"},
    {{TAG("t")}, TOC_KIND_INDICATOR, "Host", NULL, "/v2/tags/t/indicators/hosts"},
    {{TAG("t")}, TOC_KIND_TASK, NULL, NULL, "/v2/tags/t/tasks"},
    {{TAG("t")}, TOC_KIND_VICTIM, NULL, NULL, "/v2/tags/t/victims"},
    {{LABEL("TLP:RED")}, TOC_KIND_GROUP, NULL, NULL, "/v2/securityLabels/TLP%3ARED/groups"},
    {{LABEL("TLP:RED")},
     TOC_KIND_INDICATOR,
     "Host",
     NULL,
     "/v2/securityLabels/TLP%3ARED/indicators/hosts"},
};

static void test_lists(void **state)
{
    (void)state;
    static const script_answer none[] = {
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":0,\"x\":[]}}"}};
    for (size_t i = 0; i < TOC_COUNT(lists); i++) {
        toc_session *sess = start(none, 1);
        toc_ref of = ref(lists[i].of.kind, lists[i].of.type, lists[i].of.id);
        toc_filter *filter = NULL;
        toc_list *list = NULL;
        toc_object *obj = NULL;
        if (lists[i].type)
            assert_int_equal(
                toc_filter_new(lists[i].kind,
                               toc_types_find(NULL, lists[i].kind, toc_str_of(lists[i].type)),
                               &filter, &err),
                TOC_OK);
        if (toc_associated_open(sess, &of, lists[i].name, lists[i].kind, filter, &list, &err))
            fail_msg("%s: %s", lists[i].path, err.message);
        assert_int_equal(toc_list_next(list, &obj, &err), 0);
        assert_int_equal(play.asked_count, 1);
        assert_asked(0, "GET", lists[i].path, PAGED);
        toc_list_close(list);
        toc_filter_free(filter);
        toc_session_close(sess);
    }
}

/* The owner in which the thing itself is looked up, of which what is associated follows. */
static void test_owners_of_lists(void **state)
{
    (void)state;
    static const script_answer none[] = {
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":0,\"x\":[]}}"},
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":0,\"x\":[]}}"}};
    static const struct {
        const char *of, *owners[2];
        bool any;
        size_t asked;
        const char *sent[2];
    } rows[] = {
        {NULL, {NULL}, false, 1, {"&owner=Acme"}},
        {NULL, {"Other", "Feed"}, false, 2, {"&owner=Other", "&owner=Feed"}},
        {NULL, {NULL}, true, 1, {""}},
        {"", {NULL}, false, 1, {""}},
        {"", {"Feed"}, false, 1, {"&owner=Feed"}},
        {"Feed", {NULL}, true, 1, {"&owner=Feed"}},
        {"Feed", {"Other", "FEED"}, false, 1, {"&owner=Feed"}},
        {"Feed", {"Other"}, false, 0, {NULL}},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_session *sess = start(none, 2);
        toc_ref of = ref(TAG("t"));
        toc_filter *filter = NULL;
        toc_list *list = NULL;
        toc_object *obj = NULL;
        of.owner = rows[i].of;
        assert_int_equal(toc_filter_new(TOC_KIND_GROUP, NULL, &filter, &err), TOC_OK);
        for (size_t at = 0; at < 2 && rows[i].owners[at]; at++)
            assert_int_equal(toc_filter_owner(filter, toc_str_of(rows[i].owners[at]), &err),
                             TOC_OK);
        if (rows[i].any)
            toc_filter_any_owner(filter);
        toc_rc rc = toc_associated_open(sess, &of, NULL, TOC_KIND_GROUP, filter, &list, &err);
        assert_int_equal(rc, rows[i].asked ? TOC_OK : TOC_EINVAL);
        if (rc)
            assert_string_equal(err.field, "owner");
        else
            assert_int_equal(toc_list_next(list, &obj, &err), 0);
        assert_int_equal(play.asked_count, rows[i].asked);
        for (size_t at = 0; at < rows[i].asked; at++) {
            char target[128];
            (void)snprintf(target, sizeof(target),
                           "/api/v2/tags/t/groups?createActivityLog=false%s" PAGED,
                           rows[i].sent[at]);
            assert_string_equal(play.asked[at].target, target);
        }
        toc_list_close(list);
        toc_filter_free(filter);
        toc_session_close(sess);
    }
}

/* Objects of other owners are part of the list: associations cross owners. Types that are not
 * known are no end of it. */
static void test_list_of_any_type(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"indicatorType\":[]}}"},
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":3,\"indicator\":"
                 "[{\"id\":1,\"type\":\"Host\",\"summary\":\"a.example\","
                 "\"ownerName\":\"Acme\"},{\"id\":2,\"type\":\"New\",\"summary\":"
                 "\"x\"},{\"id\":3,\"type\":\"File\",\"summary\":\"" MD5 "\","
                 "\"ownerName\":\"Feed\"}]}}"}};
    toc_session *sess = start(answers, 2);
    toc_ref of = ref(GROUP("Threat", "7"));
    toc_list *list = NULL;
    toc_object *obj = NULL;
    assert_int_equal(toc_associated_open(sess, &of, NULL, TOC_KIND_INDICATOR, NULL, &list, &err),
                     TOC_OK);
    assert_int_equal(toc_list_next(list, &obj, &err), 1);
    assert_true(toc_str_equal(toc_object_summary(obj), TOC_S("a.example")));
    assert_int_equal(toc_list_next(list, &obj, &err), 1);
    assert_true(toc_str_equal(toc_object_get(obj, "md5"), TOC_S(MD5)));
    toc_ref found = toc_object_ref(obj);
    assert_string_equal(found.owner, "Feed");
    assert_true(toc_str_equal(found.id, TOC_S(MD5)));
    assert_int_equal(toc_list_next(list, &obj, &err), 0);
    assert_asked(1, "GET", "/v2/groups/threats/7/indicators", PAGED);
    toc_list_close(list);
    toc_session_close(sess);
}

static void test_one(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"campaign\":{\"id\":8,"
                 "\"name\":\"C\"}}}"},
        {.status = 404, .body = "{\"message\":\"The requested resource was not found\"}"}};
    toc_session *sess = start(answers, 2);
    toc_ref of = ref(TAG("A/B")), other = ref(GROUP("Campaign", "8"));
    toc_object *obj = NULL;
    assert_int_equal(toc_associated_get(sess, &of, NULL, &other, &obj, &err), TOC_OK);
    assert_asked(0, "GET", "/v2/tags/A%2FB/groups/campaigns/8", "");
    assert_true(toc_str_equal(toc_object_get(obj, "name"), TOC_S("C")));
    toc_object_free(obj);
    obj = NULL;
    of = ref(INDICATOR("URL", "u"));
    other = ref(INDICATOR("Host", "h"));
    assert_int_equal(toc_associated_get(sess, &of, "urlHost", &other, &obj, &err), TOC_ENOTFOUND);
    assert_asked(1, "GET", "/v2/indicators/urls/u/associations/urlHost/indicators/hosts/h", "");
    assert_null(obj);
    toc_session_close(sess);
}

/* The platform's own names are asked for once; a failure is not kept. */
static void test_catalogue(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 500, .body = "{\"message\":\"down\"}"},
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":4,\"associationType\":["
                 "{\"name\":\"URL Host\",\"custom\":\"true\",\"fileAction\":\"false\","
                 "\"apiBranch\":\"urlHost\"},"
                 "{\"name\":\"Sinks To\",\"custom\":\"true\",\"fileAction\":\"false\","
                 "\"apiBranch\":\"sinks/To\"},[{}],{\"name\":5},"
                 "{\"name\":\"File Beacon\",\"fileAction\":true,\"apiBranch\":\"bea con\","
                 "\"more\":[1]}]}}"},
        {.status = 201, .body = "{}"},
        {.status = 201, .body = "{}"},
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"indicatorType\":[]}}"}};
    toc_session *sess = start(answers, 5);
    toc_ref file = ref(INDICATOR("File", MD5)), host = ref(INDICATOR("Host", "h"));
    assert_int_equal(toc_associate(sess, &file, "file beacon", &host, &err), TOC_EHTTP);
    assert_int_equal(play.asked_count, 1);
    assert_string_equal(play.asked[0].target,
                        "/api/v2/types/associationTypes?createActivityLog=false");
    assert_int_equal(toc_associate(sess, &file, "file beacon", &host, &err), TOC_OK);
    assert_asked(2, "POST", "/v2/indicators/files/" MD5 "/actions/bea%20con/indicators/hosts/h",
                 "");
    /* A name that cannot be a path word was left out; and no second look. */
    assert_int_equal(toc_associate(sess, &file, "BEA CON", &host, &err), TOC_OK);
    assert_int_equal(play.asked_count, 4);
    assert_int_equal(toc_associate(sess, &file, "Sinks To", &host, &err), TOC_EINVAL);
    assert_non_null(strstr(err.message, "Sinks To"));
    assert_int_equal(play.asked_count, 5); /* types, for names that end in "to Indicators" */
    assert_int_equal(toc_associate(sess, &host, "File Beacon", &file, &err), TOC_EUNSUPPORTED);
    assert_int_equal(toc_associate(sess, &host, "nothing", &file, &err), TOC_EINVAL);
    assert_int_equal(play.asked_count, 5);
    toc_session_close(sess);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        end of, other;
        const char *name;
        toc_rc rc;
        const char *says;
    } rows[] = {
        {{GROUP("Threat", NULL)}, {GROUP("Campaign", "8")}, NULL, TOC_EINVAL, "Threat"},
        {{GROUP("Threat", "7")}, {GROUP("Campaign", NULL)}, NULL, TOC_EINVAL, "Campaign"},
        {{GROUP("Threat", "7")}, {GROUP("Campaign", "x")}, NULL, TOC_EINVAL, "whole number"},
        {{GROUP("Threat", "7")}, {INDICATOR("Mutex", "..")}, NULL, TOC_EINVAL, ".."},
        {{GROUP("Threat", "7")}, {INDICATOR("Mutex", "m")}, "URL Host", TOC_EUNSUPPORTED, "name"},
        {{INDICATOR("Mutex", "m")}, {GROUP("Threat", "7")}, "URL Host", TOC_EUNSUPPORTED, "name"},
        {{INDICATOR("Host", "h")}, {INDICATOR("Mutex", "m")}, "mutex", TOC_EUNSUPPORTED, "Host"},
        {{INDICATOR("Host", "h")}, {INDICATOR("Mutex", "m")}, "", TOC_EINVAL, "empty"},
        {{TAG("t")}, {GROUP("Threat", "7")}, NULL, TOC_EUNSUPPORTED, "Tag"},
        {{GROUP("Threat", "7")}, {TAG("t")}, NULL, TOC_EUNSUPPORTED, "record"},
        {{PHONE("3")}, {GROUP("Threat", "7")}, NULL, TOC_EUNSUPPORTED, "Phone"},
        {{GROUP("Adversary", "7")},
         {TOC_KIND_ADVERSARY_ASSET, "Handle", "3"},
         NULL,
         TOC_EUNSUPPORTED,
         "bucketAsset"},
    };
    toc_session *sess = start(NULL, 0);
    toc_list *list = NULL;
    toc_object *obj = NULL;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_ref of = ref(rows[i].of.kind, rows[i].of.type, rows[i].of.id);
        toc_ref other = ref(rows[i].other.kind, rows[i].other.type, rows[i].other.id);
        toc_rc rc = toc_associate(sess, &of, rows[i].name, &other, &err);
        if (rc != rows[i].rc || !strstr(err.message, rows[i].says))
            fail_msg("row %zu: %d %s", i, rc, err.message);
        assert_int_equal(toc_disassociate(sess, &of, rows[i].name, &other, NULL), rows[i].rc);
    }
    toc_ref of = ref(GROUP("Threat", "7")), none = {.type = NULL};
    assert_int_equal(toc_associate(sess, &of, NULL, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_associate(sess, &of, NULL, &none, &err), TOC_EINVAL);
    assert_int_equal(toc_associate(sess, &none, NULL, &of, &err), TOC_EINVAL);
    assert_int_equal(toc_associated_open(sess, &none, NULL, TOC_KIND_GROUP, NULL, &list, &err),
                     TOC_EINVAL);
    assert_int_equal(toc_associated_open(sess, &of, NULL, TOC_KIND_RECORD, NULL, &list, &err),
                     TOC_EUNSUPPORTED);
    assert_int_equal(toc_associated_open(sess, &of, NULL, TOC_KIND_COUNT, NULL, &list, &err),
                     TOC_EUNSUPPORTED);
    assert_int_equal(toc_associated_get(sess, &of, NULL, NULL, &obj, &err), TOC_EINVAL);
    of.attribute = 5;
    assert_int_equal(toc_associated_open(sess, &of, NULL, TOC_KIND_GROUP, NULL, &list, &err),
                     TOC_EUNSUPPORTED);
    assert_int_equal(play.asked_count, 0);
    toc_session_close(sess);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_owners_of_lists),
        cmocka_unit_test(test_list_of_any_type),
        cmocka_unit_test(test_one),
        cmocka_unit_test(test_catalogue),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
