/* Objects out of generic dictionaries, and full decoding: each request as it goes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/script.h"
#include "tocsin/ti.h"

#define QUIET "?createActivityLog=false&owner=Acme"

static toc_error err;
static script play;
static toc_session *sess;

static void start(const script_answer *answers, size_t count)
{
    memset(&play, 0, sizeof(play));
    play.answers = answers;
    play.answer_count = count;
    sess = script_session_with(
        &play, (toc_session_options){.owner = "Acme", .retry_sleep_ms = 1, .retries = 1});
    assert_non_null(sess);
}

static void assert_asked(size_t index, const char *method, const char *target, const char *body)
{
    assert_true(index < play.asked_count);
    assert_string_equal(play.asked[index].method, method);
    assert_string_equal(play.asked[index].target, target);
    assert_string_equal(play.asked[index].body, body);
}

#define GOOD                                                                                       \
    {                                                                                              \
        .status = 201, .body = "{\"status\":\"Success\"}"                                          \
    }
#define MADE(entity)                                                                               \
    {                                                                                              \
        .status = 201, .body = "{\"status\":\"Success\",\"data\":{\"" entity "\":{\"id\":7}}}"     \
    }

static void test_indicator(void **state)
{
    (void)state;
    static const script_answer answers[] = {MADE("host"), GOOD, GOOD, GOOD, GOOD, GOOD};
    toc_object *obj = NULL;
    start(answers, 6);
    assert_int_equal(
        toc_create_entity(sess,
                          TOC_S("{\"summary\":\"evil.example\",\"type\":\"host\",\"dns_active\":"
                                "true,\"rating\":3,\"confidence\":null,"
                                "\"attribute\":[{\"type\":\"Source\",\"value\":\"x\","
                                "\"displayed\":true}],\"tag\":[\"a b\",{\"name\":\"c\"}],"
                                "\"securityLabel\":[\"TLP:RED\"],\"falsePositive\":true}"),
                          NULL, &obj, &err),
        TOC_OK);
    assert_int_equal(play.asked_count, 6);
    assert_asked(0, "POST", "/api/v2/indicators/hosts" QUIET,
                 "{\"rating\":3.0,\"hostName\":\"evil.example\",\"dnsActive\":true}");
    assert_asked(1, "POST", "/api/v2/indicators/hosts/evil.example/attributes" QUIET,
                 "{\"type\":\"Source\",\"value\":\"x\",\"displayed\":true}");
    assert_asked(2, "POST", "/api/v2/indicators/hosts/evil.example/tags/a%20b" QUIET, "");
    assert_asked(3, "POST", "/api/v2/indicators/hosts/evil.example/tags/c" QUIET, "");
    assert_asked(4, "POST", "/api/v2/indicators/hosts/evil.example/securityLabels/TLP%3ARED" QUIET,
                 "");
    assert_asked(5, "POST", "/api/v2/indicators/hosts/evil.example/falsePositive" QUIET, "");
    assert_int_equal(toc_object_get_int(obj, "id"), 7);
    toc_object_free(obj);
    toc_session_close(sess);
}

/* Types by any of their names. */
static void test_types(void **state)
{
    (void)state;
    static const struct {
        const char *type, *field, *value, *target;
    } rows[] = {
        {"email address", "address", "a@b.example", "indicators/emailAddresses"},
        {"EmailAddress", "address", "a@b.example", "indicators/emailAddresses"},
        {"user_agent", "user_agent_string", "curl", "indicators/userAgents"},
        {"intrusion_set", "name", "x", "groups/intrusionSets"},
        {"Course of Action", "summary", "x", "groups/coursesOfAction"},
    };
    static const script_answer answers[] = {GOOD};
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        char json[256], target[128];
        toc_object *obj = NULL;
        start(answers, 1);
        (void)snprintf(json, sizeof(json), "{\"type\":\"%s\",\"%s\":\"%s\"}", rows[i].type,
                       rows[i].field, rows[i].value);
        (void)snprintf(target, sizeof(target), "/api/v2/%s" QUIET, rows[i].target);
        (void)toc_create_entity(sess, toc_str_of(json), NULL, &obj, &err);
        if (!play.asked_count)
            fail_msg("%s: %s", json, err.message);
        assert_string_equal(play.asked[0].target, target);
        toc_object_free(obj);
        toc_session_close(sess);
    }
}

static void test_group(void **state)
{
    (void)state;
    static const script_answer answers[] = {MADE("document"), GOOD, GOOD};
    toc_object *obj = NULL;
    start(answers, 3);
    assert_int_equal(
        toc_create_entity(sess,
                          TOC_S("{\"type\":\"document\",\"summary\":\"d\",\"file_name\":\"a.txt\","
                                "\"associations\":[{\"type\":\"Adversary\",\"unique_id\":12}],"
                                "\"file_content\":\"a\\nb\"}"),
                          NULL, &obj, &err),
        TOC_OK);
    assert_asked(0, "POST", "/api/v2/groups/documents" QUIET,
                 "{\"name\":\"d\",\"fileName\":\"a.txt\"}");
    assert_asked(1, "POST", "/api/v2/groups/documents/7/upload" QUIET "&updateIfExists=true",
                 "a\nb");
    assert_asked(2, "POST", "/api/v2/groups/documents/7/groups/adversaries/12" QUIET, "");
    toc_object_free(obj);
    toc_session_close(sess);
}

/* What failed waits; the rest is done. */
static void test_partial(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        MADE("victim"),
        {.status = 400, .body = "{\"status\":\"Failure\",\"message\":\"no\"}"},
        GOOD};
    toc_object *obj = NULL;
    start(answers, 3);
    assert_int_equal(toc_create_entity(sess,
                                       TOC_S("{\"type\":\"Victim\",\"name\":\"v\",\"org\":\"O\","
                                             "\"tag\":[\"a\",\"b\"]}"),
                                       NULL, &obj, &err),
                     TOC_EPARTIAL);
    assert_asked(0, "POST", "/api/v2/victims" QUIET, "{\"name\":\"v\",\"org\":\"O\"}");
    assert_asked(2, "POST", "/api/v2/victims/7/tags/b" QUIET, "");
    assert_int_equal(toc_queue_length(obj), 1);
    toc_object_free(obj);
    toc_session_close(sess);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        toc_rc rc;
        int number;
    } rows[] = {
        {"", TOC_EPARSE, 0},
        {"[]", TOC_EINVAL, 0},
        {"{\"type\":\"Host\"", TOC_EPARSE, 0},
        {"{\"type\":\"Host\",\"hostName\":\"a.example\"}{", TOC_EPARSE, 0},
        {"{\"hostName\":\"a.example\"}", TOC_EINVAL, TOC_NUMBER_INVALID},
        {"{\"type\":7.5,\"tag\":7}", TOC_ENET, TOC_NUMBER_INDICATOR_TYPES},
        {"{\"type\":\"Host\",\"tag\":7}", TOC_EINVAL, 0},
        {"{\"type\":\"Host\",\"tag\":[7]}", TOC_EINVAL, 0},
        {"{\"type\":\"Host\",\"tag\":[\"\"]}", TOC_EINVAL, 0},
        {"{\"type\":\"Host\",\"tag\":[{\"nam\":\"x\"}]}", TOC_EINVAL, 0},
        {"{\"type\":\"Host\",\"securityLabel\":[{}]}", TOC_EINVAL, 0},
        {"{\"type\":\"Host\",\"attribute\":[\"x\"]}", TOC_EINVAL, 0},
        {"{\"type\":\"Host\",\"attribute\":[{\"type\":\"x\"}]}", TOC_EINVAL, 0},
        {"{\"type\":\"Host\",\"associations\":[{\"type\":\"Host\"}]}", TOC_EINVAL, 0},
        {"{\"type\":\"Host\",\"falsePositive\":\"maybe\"}", TOC_EINVAL, 0},
        {"{\"type\":\"Host\",\"hostName\":[\"x\"]}", TOC_EINVAL, 0},
        {"{\"type\":\"Host\",\"nonsense\":1}", TOC_EINVAL, 0},
        {"{\"type\":\"Host\",\"file_content\":\"x\"}", TOC_EUNSUPPORTED, 0},
    };
    toc_object *obj = NULL;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        start(NULL, 0);
        toc_rc rc = toc_create_entity(sess, toc_str_of(rows[i].json), NULL, &obj, &err);
        if (rc != rows[i].rc || err.number != rows[i].number)
            fail_msg("%s: %d %d %s", rows[i].json, rc, err.number, err.message);
        assert_null(obj);
        assert_true(play.asked_count == 0 || rc == TOC_ENET);
        toc_session_close(sess);
    }
    start(NULL, 0);
    assert_int_equal(toc_create_entity(sess, TOC_S("{\"type\":\"Host\"}"), NULL, &obj, &err),
                     TOC_EINVAL);
    assert_int_equal(err.number, TOC_NUMBER_CREATE);
    assert_int_equal(play.asked_count, 0);
    toc_object_free(obj);
    toc_session_close(sess);
}

typedef struct seen {
    size_t count;
    toc_rc rcs[4];
    toc_rc stop;
} seen;

static toc_rc note(void *user, size_t index, toc_object *obj, toc_rc rc, const toc_error *why)
{
    seen *all = user;
    assert_int_equal(index, all->count);
    assert_int_equal(obj == NULL, rc == TOC_EINVAL);
    assert_true(!rc || why->message[0]);
    all->rcs[all->count++] = rc;
    return all->stop;
}

static void test_several(void **state)
{
    (void)state;
    static const script_answer answers[] = {MADE("threat"), MADE("task")};
    static const char json[] = "[{\"type\":\"Threat\",\"name\":\"t\"},{\"type\":\"Host\",\"x\":1},"
                               "{\"type\":\"Task\",\"name\":\"u\"}]";
    seen all = {0};
    start(answers, 2);
    assert_int_equal(toc_create_entities(sess, toc_str_of(json), NULL, note, &all, &err), TOC_OK);
    assert_int_equal(all.count, 3);
    assert_int_equal(all.rcs[0], TOC_OK);
    assert_int_equal(all.rcs[1], TOC_EINVAL);
    assert_int_equal(all.rcs[2], TOC_OK);
    assert_asked(1, "POST", "/api/v2/tasks" QUIET, "{\"name\":\"u\"}");
    toc_session_close(sess);
    start(answers, 2);
    all = (seen){.stop = 1};
    assert_int_equal(toc_create_entities(sess, toc_str_of(json), NULL, note, &all, &err),
                     TOC_ECANCELED);
    assert_true(err.flags & TOC_ERROR_CALLBACK);
    assert_int_equal(all.count, 1);
    all = (seen){0};
    assert_int_equal(toc_create_entities(sess, TOC_S("{}"), NULL, note, &all, &err), TOC_EINVAL);
    assert_int_equal(toc_create_entities(sess, TOC_S("[7]"), NULL, note, &all, &err), TOC_EINVAL);
    assert_int_equal(toc_create_entities(sess, TOC_S("[{"), NULL, note, &all, &err), TOC_EPARSE);
    /* What stands behind the array would be left out without a word. */
    assert_int_equal(toc_create_entities(sess, TOC_S("[][{}]"), NULL, note, &all, &err),
                     TOC_EPARSE);
    assert_int_equal(all.count, 0);
    toc_session_close(sess);
}

static void test_decode(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        {"", ""},
        {"plain+text", "plain+text"},
        {"a%20b", "a b"},
        {"http://\xC3\xA9.com/%2525x", "http://\xC3\xA9.com/%x"},
        {"%25252541", "A"},
        {"100%", "100%"},
        {"%zz%4", "%zz%4"},
        {"%2", "%2"},
        {"%C3%A9", "\xC3\xA9"},
        {"a%2500%41", "a%00A"},
        /* Fourteen times encoded: three are left after eleven rounds. */
        {"%2525252525252525252525252541", "%252541"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        char *text = NULL;
        assert_int_equal(toc_decode_fully(toc_str_of(rows[i].text), &text, &err), TOC_OK);
        assert_string_equal(text, rows[i].wanted);
        toc_free(text);
    }
    assert_int_equal(toc_decode_fully(TOC_S("x"), NULL, &err), TOC_EINVAL);
}

/* Of two contents the first name wins, and it is sent before all else that hangs on the object;
 * any count of false positives is one report (ti.md 20.1). */
static void test_odd_members(void **state)
{
    (void)state;
    static const script_answer answers[] = {MADE("document"), GOOD, GOOD,
                                            MADE("host"),     GOOD, MADE("host")};
    toc_object *obj = NULL;
    start(answers, 6);
    assert_int_equal(
        toc_create_entity(sess,
                          TOC_S("{\"type\":\"Document\",\"name\":\"n\",\"fileName\":\"f\",\"tag\":"
                                "[\"t\"],\"fileContent\":\"B\",\"file_content\":\"A\"}"),
                          NULL, &obj, &err),
        TOC_OK);
    assert_asked(1, "POST", "/api/v2/groups/documents/7/upload" QUIET "&updateIfExists=true", "A");
    assert_asked(2, "POST", "/api/v2/groups/documents/7/tags/t" QUIET, "");
    assert_int_equal(play.asked_count, 3);
    toc_object_free(obj);
    assert_int_equal(toc_create_entity(
                         sess,
                         TOC_S("{\"type\":\"Host\",\"summary\":\"a.example\",\"falsePositive\":3}"),
                         NULL, &obj, &err),
                     TOC_OK);
    assert_asked(4, "POST", "/api/v2/indicators/hosts/a.example/falsePositive" QUIET, "");
    toc_object_free(obj);
    assert_int_equal(toc_create_entity(
                         sess,
                         TOC_S("{\"type\":\"Host\",\"summary\":\"a.example\",\"falsePositive\":0}"),
                         NULL, &obj, &err),
                     TOC_OK);
    assert_int_equal(play.asked_count, 6);
    toc_object_free(obj);
    toc_session_close(sess);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_odd_members), cmocka_unit_test(test_indicator),
        cmocka_unit_test(test_types),       cmocka_unit_test(test_group),
        cmocka_unit_test(test_partial),     cmocka_unit_test(test_refused),
        cmocka_unit_test(test_several),     cmocka_unit_test(test_decode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
