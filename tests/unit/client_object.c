/* Single objects and owners over a scripted transport. */
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
#include "tocsin/parts.h"

#define QUIET "?createActivityLog=false&owner=Acme"
#define MD5 "44D88612FEA8A8F36DE82E1278ABB02F"
#define SHA1 "3395856CE81F2B7382DEE72602F798B642F14140"

static toc_error err;
static script play;

static toc_session *start(const script_answer *answers, size_t count)
{
    return script_start(&play, answers, count,
                        (toc_session_options){.owner = "Acme", .retry_sleep_ms = 1});
}

static const toc_type *type_of(toc_kind kind, const char *name)
{
    const toc_type *type = toc_types_find(NULL, kind, toc_str_of(name));
    assert_non_null(type);
    return type;
}

static void test_get(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body =
             "{\"status\":\"Success\",\"data\":{\"host\":{\"id\":502,\"owner\":{\"id\":10,"
             "\"name\":\"Acme\",\"type\":\"Organization\"},\"hostName\":\"evil.example\","
             "\"dnsActive\":\"true\",\"rating\":4.0,\"tag\":[{\"name\":\"a\\u00e9\",\"webLink\":"
             "\"x\"}]}}}"},
        {.status = 404, .body = "{\"message\":\"The requested resource was not found\"}"},
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{}}"},
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"host\":{\"id\":"}};
    toc_session *sess = start(answers, 4);
    const toc_type *host = type_of(TOC_KIND_INDICATOR, "Host");
    toc_object *obj = NULL;
    toc_str tag;
    assert_int_equal(toc_get(sess, host, TOC_S("evil.example"), NULL, &obj, &err), TOC_OK);
    assert_string_equal(play.asked[0].target,
                        "/api/v2/indicators/hosts/evil.example" QUIET "&includes=additional"
                        "&includes=attributes&includes=tags&includes=labels");
    assert_int_equal(toc_object_get_int(obj, "id"), 502);
    assert_true(toc_object_get_bool(obj, "dnsActive"));
    assert_true(toc_object_tag(obj, 0, &tag));
    assert_true(toc_str_equal(tag, TOC_S("a\xC3\xA9")));
    toc_object_free(obj);
    obj = NULL;
    assert_int_equal(toc_get(sess, host, TOC_S("x"), "O", &obj, &err), TOC_ENOTFOUND);
    assert_int_equal(toc_get(sess, host, TOC_S("x"), NULL, &obj, &err), TOC_EPROTO);
    assert_int_equal(toc_get(sess, host, TOC_S("x"), NULL, &obj, &err), TOC_EPROTO);
    assert_null(obj);
    toc_session_close(sess);
}

static void test_paths(void **state)
{
    (void)state;
    static const struct {
        toc_kind kind;
        const char *type, *id, *target;
        toc_rc rc;
    } rows[] = {
        {TOC_KIND_INDICATOR, "URL", "http://a/b?c d",
         "/v2/indicators/urls/http%3A%2F%2Fa%2Fb%3Fc%20d", TOC_OK},
        {TOC_KIND_INDICATOR, "File", MD5 ":" SHA1, "/v2/indicators/files/" MD5, TOC_OK},
        {TOC_KIND_INDICATOR, "File", " : " SHA1 ": " MD5, "/v2/indicators/files/" SHA1, TOC_OK},
        {TOC_KIND_INDICATOR, "File", " : : ", NULL, TOC_EINVAL},
        {TOC_KIND_INDICATOR, "File", MD5 " : " SHA1, "/v2/indicators/files/" MD5, TOC_OK},
        {TOC_KIND_INDICATOR, "Registry Key", "HKLM\\S : v : REG_SZ",
         "/v2/indicators/registryKeys/HKLM%5CS%20%3A%20v%20%3A%20REG_SZ", TOC_OK},
        {TOC_KIND_GROUP, "Attack Pattern", "7", "/v2/groups/attackPatterns/7", TOC_OK},
        {TOC_KIND_TASK, "Task", "7", "/v2/tasks/7", TOC_OK},
        {TOC_KIND_VICTIM, "Victim", "7", "/v2/victims/7", TOC_OK},
        {TOC_KIND_GROUP, "Threat", "../x", NULL, TOC_EINVAL},
        {TOC_KIND_INDICATOR, "Mutex", "..", NULL, TOC_EINVAL},
        {TOC_KIND_INDICATOR, "Mutex", "", NULL, TOC_EINVAL},
        {TOC_KIND_VICTIM_ASSET, "WebSite", "7", NULL, TOC_EUNSUPPORTED},
    };
    static const script_answer answers[] = {{.status = 200, .body = "{\"status\":\"Success\"}"}};
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_session *sess = start(answers, 1);
        assert_int_equal(toc_delete(sess, type_of(rows[i].kind, rows[i].type),
                                    toc_str_of(rows[i].id), NULL, &err),
                         rows[i].rc);
        assert_int_equal(play.asked_count, rows[i].rc == TOC_OK);
        if (!rows[i].rc) {
            char target[256];
            (void)snprintf(target, sizeof(target), "/api%s" QUIET, rows[i].target);
            assert_string_equal(play.asked[0].target, target);
            assert_string_equal(play.asked[0].method, "DELETE");
        }
        toc_session_close(sess);
    }
}

static void assert_asked(size_t index, const char *method, const char *target, const char *body)
{
    assert_string_equal(play.asked[index].method, method);
    assert_string_equal(play.asked[index].target, target);
    assert_string_equal(play.asked[index].body, body);
}

static void test_save_indicator(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"host\":{\"id\":\"502\"}}}"},
        {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"attribute\":{\"id\":9}}}"},
        {.status = 201, .body = "{\"status\":\"Success\"}"},
        {.status = 404, .body = "{\"message\":\"The requested resource was not found\"}"},
        {.status = 200, .body = "{\"status\":\"Success\"}"}};
    toc_session *sess = start(answers, 5);
    toc_object *obj = NULL;
    assert_int_equal(toc_object_new(type_of(TOC_KIND_INDICATOR, "Host"), &obj, &err), TOC_OK);
    assert_int_equal(toc_object_set(obj, "hostName", TOC_S("evil.example"), &err), TOC_OK);
    assert_int_equal(toc_object_set(obj, "confidence", TOC_S("60"), &err), TOC_OK);
    assert_int_equal(
        toc_object_add_attribute(obj, TOC_S("Source"), TOC_S("a\"b"), true, TOC_S(""), &err),
        TOC_OK);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("Phish Kit"), &err), TOC_OK);
    assert_int_equal(
        toc_object_add_label(obj, TOC_S("TLP:RED"), (toc_str){NULL, 0}, (toc_str){NULL, 0}, &err),
        TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_ENOTFOUND);
    assert_non_null(strstr(err.message, "add security label \"TLP:RED\" to evil.example: "));
    assert_int_equal(toc_object_get_int(obj, "id"), 502);
    assert_int_equal(play.asked_count, 4);
    assert_string_equal(play.asked[0].target, "/api/v2/indicators/hosts" QUIET);
    assert_non_null(strstr(play.asked[0].body, "\"hostName\":\"evil.example\""));
    assert_non_null(strstr(play.asked[0].body, "\"confidence\":60"));
    assert_string_equal(play.asked[1].target,
                        "/api/v2/indicators/hosts/evil.example/attributes" QUIET);
    assert_non_null(strstr(play.asked[1].body, "\"value\":\"a\\\"b\",\"displayed\":true"));
    assert_asked(2, "POST", "/api/v2/indicators/hosts/evil.example/tags/Phish%20Kit" QUIET, "");
    /* The second time only what is missing goes out. */
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_int_equal(play.asked_count, 5);
    assert_asked(4, "POST", "/api/v2/indicators/hosts/evil.example/securityLabels/TLP%3ARED" QUIET,
                 "");
    toc_object_free(obj);
    toc_session_close(sess);
}

/* The identity is what the server made of it, for all that follows (ti.md 2.5). */
static void test_identity_learnt(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 201,
         .body = "{\"status\":\"Success\",\"data\":{\"mutex\":{\"id\":5,\"Mutex\":\"A/b\","
                 "\"rating\":2.0}}}"},
        {.status = 201, .body = "{\"status\":\"Success\"}"},
        {.status = 201,
         .body = "{\"status\":\"Success\",\"data\":{\"file\":{\"id\":6,\"md5\":\"" MD5
                 "\",\"sha1\":\"" SHA1 "\"}}}"},
        {.status = 201,
         .body = "{\"status\":\"Success\",\"data\":{\"registryKey\":{\"id\":7,\"Key Name\":"
                 "\"HKEY_USERS\\\\a\",\"Value Name\":\" \",\"Value Type\":\"\"}}}"}};
    toc_session *sess = start(answers, 4);
    toc_object *obj = NULL;
    assert_int_equal(toc_object_new(type_of(TOC_KIND_INDICATOR, "Mutex"), &obj, &err), TOC_OK);
    assert_int_equal(toc_object_set(obj, "mutex", TOC_S("a/B"), &err), TOC_OK);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("t"), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_asked(1, "POST", "/api/v2/indicators/mutexes/A%2Fb/tags/t" QUIET, "");
    assert_true(toc_str_equal(toc_object_summary(obj), TOC_S("A/b")));
    assert_false(toc_object_has(obj, "rating"));
    toc_object_free(obj);
    assert_int_equal(toc_object_new(type_of(TOC_KIND_INDICATOR, "File"), &obj, &err), TOC_OK);
    assert_int_equal(toc_object_set(obj, "sha1", TOC_S(SHA1), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_true(toc_str_equal(toc_object_get(obj, "md5"), TOC_S(MD5)));
    assert_true(toc_str_equal(toc_object_summary(obj), TOC_S(MD5 " : " SHA1)));
    toc_object_free(obj);
    assert_int_equal(toc_object_new(type_of(TOC_KIND_INDICATOR, "Registry Key"), &obj, &err),
                     TOC_OK);
    assert_int_equal(toc_object_set(obj, "summary", TOC_S("HKEY_USERS\\a :  : REG_SZ"), &err),
                     TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_true(toc_str_equal(toc_object_summary(obj), TOC_S("HKEY_USERS\\a :  : REG_SZ")));
    toc_object_free(obj);
    toc_session_close(sess);
}

/* An owner without a name is none (ti.md 2.6.1). */
static void test_empty_owner(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"threat\":{\"id\":7,\"name\":\"n\"}}}"},
        {.status = 200, .body = "{\"status\":\"Success\"}"},
        {.status = 200, .body = "{\"status\":\"Success\"}"},
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"group\":[{\"id\":1,\"name\":\"n\",\"type\":"
                 "\"Threat\",\"ownerName\":\"Other\"}]}}"}};
    toc_session *sess = start(answers, 4);
    const toc_type *threat = type_of(TOC_KIND_GROUP, "Threat");
    const toc_ref of = {.type = threat, .id = {"7", 1}, .owner = ""};
    toc_object *obj = NULL;
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_response *response = NULL;
    assert_int_equal(toc_get(sess, threat, TOC_S("7"), "", &obj, &err), TOC_OK);
    assert_null(strstr(play.asked[0].target, "owner="));
    toc_object_free(obj);
    assert_int_equal(toc_part_remove(sess, &of, TOC_PART_TAG, NULL, TOC_S("t"), &err), TOC_OK);
    assert_asked(1, "DELETE", "/api/v2/groups/threats/7/tags/t?createActivityLog=false", "");
    toc_call call = {.path = "/v2/owners", .owner = "", .no_owner = true};
    assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_OK);
    assert_asked(2, "GET", "/api/v2/owners?createActivityLog=false", "");
    toc_response_free(response);
    assert_int_equal(toc_session_set(sess, "owner", "", &err), TOC_OK);
    assert_int_equal(toc_filter_new(TOC_KIND_GROUP, NULL, &filter, &err), TOC_OK);
    assert_int_equal(toc_list_open(sess, TOC_KIND_GROUP, filter, &list, &err), TOC_OK);
    assert_int_equal(toc_list_next(list, &obj, &err), 1);
    assert_null(strstr(play.asked[3].target, "owner="));
    toc_list_close(list);
    toc_filter_free(filter);
    toc_session_close(sess);
}

/* A value that was refused was not set, so that there is nothing to send. */
static void test_refused_value(void **state)
{
    (void)state;
    static const struct {
        const char *field, *value;
    } rows[] = {{"rating", "nan"},
                {"confidence", "101"},
                {"dnsActive", "maybe"},
                {"dateAdded", "soon"},
                {"active", "locked"}};
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"host\":{\"id\":502,\"hostName\":"
                 "\"evil.example\",\"rating\":4.0,\"confidence\":5}}}"}};
    toc_session *sess = start(answers, 1);
    toc_object *obj = NULL;
    assert_int_equal(
        toc_get(sess, type_of(TOC_KIND_INDICATOR, "Host"), TOC_S("evil.example"), NULL, &obj, &err),
        TOC_OK);
    for (size_t i = 0; i < TOC_COUNT(rows); i++)
        assert_int_equal(toc_object_set(obj, rows[i].field, toc_str_of(rows[i].value), &err),
                         TOC_EINVAL);
    assert_int_equal(toc_object_set_int(obj, "confidence", 101, &err), TOC_EINVAL);
    assert_int_equal(toc_object_set_int(obj, "rating", 6, &err), TOC_EINVAL);
    assert_int_equal(toc_object_set_decimal(obj, "rating", 5.5, &err), TOC_EINVAL);
    assert_int_equal(toc_object_set_decimal(obj, "confidence", 0.5, &err), TOC_EINVAL);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_int_equal(play.asked_count, 1);
    toc_object_free(obj);
    toc_session_close(sess);
}

static void test_save_group(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"incident\":{\"id\":71}}}"},
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"incident\":{\"id\":71}}}"},
        {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"incident\":{\"name\":1}}}"}};
    toc_session *sess = start(answers, 3);
    const toc_type *incident = type_of(TOC_KIND_GROUP, "Incident");
    toc_object *obj = NULL;
    assert_int_equal(toc_object_new(incident, &obj, &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, "Other", &err), TOC_EINVAL); /* no name */
    assert_int_equal(play.asked_count, 0);
    assert_int_equal(toc_object_set(obj, "name", TOC_S("Heron"), &err), TOC_OK);
    assert_int_equal(toc_object_set(obj, "eventDate", TOC_S("2024-02-28"), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, "Other", &err), TOC_OK);
    assert_string_equal(play.asked[0].method, "POST");
    assert_string_equal(play.asked[0].target,
                        "/api/v2/groups/incidents?createActivityLog=false&owner=Other");
    assert_int_equal(toc_object_set(obj, "name", TOC_S("Heron 2"), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_string_equal(play.asked[1].method, "PUT");
    assert_string_equal(play.asked[1].target, "/api/v2/groups/incidents/71" QUIET);
    assert_non_null(strstr(play.asked[1].body, "\"name\":\"Heron 2\""));
    toc_object_unset(obj, "id");
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_EPROTO);
    toc_object_free(obj);
    toc_session_close(sess);
}

static void test_owners(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":2,\"owner\":[{\"id\":0,"
                 "\"name\":\"Ac\\u006de\",\"type\":\"Organization\",\"more\":[1]},{\"id\":\"12\","
                 "\"name\":\"B\",\"type\":\"Source\"},{\"id\":3}]}}"},
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"owner\":[]}}"},
        {.status = 200, .type = "text/html", .body = "<p>"}};
    toc_session *sess = start(answers, 3);
    toc_owners *owners = NULL;
    assert_int_equal(toc_owners_get(sess, &owners, &err), TOC_OK);
    assert_string_equal(play.asked[0].target,
                        "/api/v2/owners?createActivityLog=false&resultStart=0&resultLimit=200");
    assert_int_equal(toc_owners_count(owners), 2);
    assert_true(toc_str_equal(toc_owners_at(owners, 0).name, TOC_S("Acme")));
    assert_int_equal(toc_owners_at(owners, 1).id, 12);
    assert_null(toc_owners_at(owners, 2).name.ptr);
    toc_owners_free(owners);
    assert_int_equal(toc_owners_get(sess, &owners, &err), TOC_OK);
    assert_int_equal(toc_owners_count(owners), 0);
    toc_owners_free(owners);
    owners = NULL;
    assert_int_equal(toc_owners_get(sess, &owners, &err), TOC_EPROTO);
    assert_null(owners);
    toc_session_close(sess);
}

/* "Failure" is one with status 200 too: nothing counts as done, and the next save sends it again.
 */
static void test_failure_inside(void **state)
{
    (void)state;
    static const script_answer no = {.status = 200,
                                     .body = "{\"status\":\"Failure\",\"message\":\"not now\"}"};
    static const script_answer yes = {
        .status = 201, .body = "{\"status\":\"Success\",\"data\":{\"host\":{\"id\":5}}}"};
    const script_answer answers[] = {no, yes, no, yes, no, yes, no, no, no};
    const toc_type *host = type_of(TOC_KIND_INDICATOR, "Host");
    const toc_ref other = {.type = type_of(TOC_KIND_GROUP, "Document"), .id = TOC_S("7")};
    toc_session *sess = start(answers, TOC_COUNT(answers));
    toc_object *obj = NULL;
    assert_int_equal(toc_object_new(host, &obj, &err), TOC_OK);
    assert_int_equal(toc_object_set(obj, "hostName", TOC_S("a.example"), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_EHTTP);
    assert_string_equal(err.message, "not now (HTTP 200)");
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_string_equal(play.asked[1].method, "POST");
    assert_int_equal(toc_object_set(obj, "rating", TOC_S("3"), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_EHTTP);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_string_equal(play.asked[3].method, "PUT");
    assert_int_equal(toc_object_add_tag(obj, TOC_S("t"), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_EHTTP);
    assert_int_equal(toc_queue_length(obj), 1);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_int_equal(toc_queue_length(obj), 0);
    toc_ref ref = toc_object_ref(obj);
    assert_int_equal(toc_associate(sess, &ref, NULL, &other, &err), TOC_EHTTP);
    assert_int_equal(toc_upload(sess, &other, TOC_S("x"), TOC_UPLOAD_NEW, &err), TOC_EHTTP);
    assert_int_equal(toc_delete(sess, host, TOC_S("a.example"), NULL, &err), TOC_EHTTP);
    assert_int_equal(play.asked_count, TOC_COUNT(answers));
    toc_object_free(obj);
    toc_session_close(sess);
}

/* An answer that does not tell the id, as a proxy may have mangled it: no second group. */
static void test_created_without_id(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 201, .type = "text/html", .body = "<p>Created</p>"},
        {.status = 200, .body = "{\"status\":\"Success\"}"},
        {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"incident\":{\"id\":72}}}"}};
    toc_session *sess = start(answers, TOC_COUNT(answers));
    toc_object *obj = NULL;
    assert_int_equal(toc_object_new(type_of(TOC_KIND_GROUP, "Incident"), &obj, &err), TOC_OK);
    assert_int_equal(toc_object_set(obj, "name", TOC_S("Heron"), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_EPROTO);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_ECONFLICT);
    assert_int_equal(toc_object_set(obj, "name", TOC_S("Heron 2"), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_ECONFLICT);
    assert_string_equal(err.field, "id");
    assert_int_equal(play.asked_count, 1);
    assert_int_equal(toc_object_set(obj, "id", TOC_S("71"), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_string_equal(play.asked[1].target, "/api/v2/groups/incidents/71" QUIET);
    /* A copy is asked for. */
    toc_object_unset(obj, "id");
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_int_equal(toc_object_get_int(obj, "id"), 72);
    toc_object_free(obj);
    toc_session_close(sess);
}

/* The answer to the first attempt is lost: that the second one finds nothing is what was wanted. */
static void test_removed_twice(void **state)
{
    (void)state;
    static const script_answer gone = {
        .status = 404, .body = "{\"message\":\"The requested resource was not found\"}"};
    static const script_answer lost = {.flags = TOC_ERROR_RETRYABLE};
    static const script_answer unsent = {.flags = TOC_ERROR_RETRYABLE | TOC_ERROR_UNSENT};
    static const script_answer proxy = {.status = 404, .type = "text/html", .body = "<p>"};
    const script_answer answers[] = {lost, gone, unsent, gone, gone, lost, proxy, lost, gone};
    const toc_type *host = type_of(TOC_KIND_INDICATOR, "Host");
    toc_session *sess = start(answers, TOC_COUNT(answers));
    toc_object *obj = NULL;
    assert_int_equal(toc_delete(sess, host, TOC_S("h"), NULL, &err), TOC_OK);
    assert_int_equal(toc_delete(sess, host, TOC_S("h"), NULL, &err), TOC_ENOTFOUND);
    assert_int_equal(play.asked_count, 4);
    assert_int_equal(toc_delete(sess, host, TOC_S("h"), NULL, &err), TOC_ENOTFOUND);
    assert_int_equal(toc_delete(sess, host, TOC_S("h"), NULL, &err), TOC_ENOTFOUND);
    assert_int_equal(toc_object_new(type_of(TOC_KIND_TASK, "Task"), &obj, &err), TOC_OK);
    assert_int_equal(toc_object_set(obj, "id", TOC_S("9"), &err), TOC_OK);
    toc_ref ref = toc_object_ref(obj);
    assert_int_equal(toc_part_remove(sess, &ref, TOC_PART_TAG, NULL, TOC_S("t"), &err), TOC_OK);
    assert_int_equal(play.asked_count, TOC_COUNT(answers));
    toc_object_free(obj);
    toc_session_close(sess);
}

/* Without memory for the owner's name nothing is asked of, or given to, somebody else. */
static void test_owner_without_memory(void **state)
{
    (void)state;
    static char owner[6000]; /* more than the memory of an object has room for as it is */
    static const script_answer answers[] = {
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"victim\":{\"id\":3}}}"},
        {.status = 200, .body = "{\"status\":\"Success\"}"}};
    memset(owner, 'o', sizeof(owner) - 1);
    bool failed = true;
    for (long number = 0; failed; number++) {
        failing memory = {.left = number};
        toc_allocator allocator = failing_allocator(&memory);
        toc_session *sess = start(answers, TOC_COUNT(answers));
        toc_object *obj = NULL;
        toc_set_allocator(&allocator);
        toc_rc rc =
            toc_get(sess, type_of(TOC_KIND_VICTIM, "Victim"), TOC_S("3"), owner, &obj, &err);
        failed = memory.failed;
        assert_true(!rc || (rc == TOC_ENOMEM && failed)); /* or it goes out unnamed */
        memory = (failing){.left = -1};
        if (!rc) {
            assert_string_equal(toc_object_ref(obj).owner, owner);
            assert_int_equal(toc_object_set(obj, "name", TOC_S("n"), &err), TOC_OK);
            memory = (failing){.left = 0};
            assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_ENOMEM);
            assert_int_equal(play.asked_count, 1);
        }
        memory = (failing){.left = -1};
        toc_object_free(obj);
        toc_session_close(sess);
        toc_set_allocator(NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_get),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_save_indicator),
        cmocka_unit_test(test_identity_learnt),
        cmocka_unit_test(test_empty_owner),
        cmocka_unit_test(test_refused_value),
        cmocka_unit_test(test_save_group),
        cmocka_unit_test(test_owner_without_memory),
        cmocka_unit_test(test_failure_inside),
        cmocka_unit_test(test_created_without_id),
        cmocka_unit_test(test_removed_twice),
        cmocka_unit_test(test_owners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
