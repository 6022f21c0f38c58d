/* What saving sends for each type: method, path, and the body word for word. */
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

#define QUIET "?createActivityLog=false&owner=Acme"
#define MD5 "44D88612FEA8A8F36DE82E1278ABB02F"
#define SHA1 "3395856CE81F2B7382DEE72602F798B642F14140"
#define SHA256 "275A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F"

static toc_error err;
static script play;

static toc_session *start(const script_answer *answers, size_t count)
{
    return script_start(&play, answers, count,
                        (toc_session_options){.owner = "Acme", .retry_sleep_ms = 1});
}

static toc_object *make(toc_kind kind, const char *name, const char *const *pairs)
{
    const toc_type *type = toc_types_find(NULL, kind, toc_str_of(name));
    toc_object *obj = NULL;
    assert_non_null(type);
    assert_int_equal(toc_object_new(type, &obj, &err), TOC_OK);
    for (size_t i = 0; pairs[i]; i += 2) {
        if (toc_object_set(obj, pairs[i], toc_str_of(pairs[i + 1]), &err))
            fail_msg("%s.%s: %s", name, pairs[i], err.message);
    }
    return obj;
}

typedef struct row {
    const char *type;
    const char *pairs[18]; /* field, value, ..., NULL */
    const char *branch;    /* of the type; of an indicator: where its parts are, too */
    const char *parts;
    const char *body;
} row;

/* Saves it with a tag, changes it, saves it again; only what changed goes out again. */
static void check(toc_kind kind, const row *given)
{
    const toc_type *type = toc_types_find(NULL, kind, toc_str_of(given->type));
    char answer[100], target[200];
    (void)snprintf(answer, sizeof(answer), "{\"status\":\"Success\",\"data\":{\"%s\":{\"id\":7}}}",
                   type->entity);
    const script_answer answers[] = {{.status = 201, .body = answer},
                                     {.status = 201, .body = "{\"status\":\"Success\"}"},
                                     {.status = 200, .body = answer}};
    toc_session *sess = start(answers, 3);
    toc_object *obj = make(kind, given->type, given->pairs);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("t"), &err), TOC_OK);
    if (toc_save(sess, obj, NULL, &err))
        fail_msg("%s: %s", given->type, err.message);
    (void)snprintf(target, sizeof(target), "/api/v2/%s" QUIET, given->branch);
    assert_string_equal(play.asked[0].method, "POST");
    assert_string_equal(play.asked[0].target, target);
    assert_string_equal(play.asked[0].content_type, "application/json");
    assert_string_equal(play.asked[0].body, given->body);
    assert_int_equal(toc_object_get_int(obj, "id"), 7);
    (void)snprintf(target, sizeof(target), "/api/v2/%s/tags/t" QUIET, given->parts);
    assert_string_equal(play.asked[1].target, target);
    /* Nothing changed: nothing goes out. */
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_int_equal(play.asked_count, 2);
    assert_int_equal(toc_object_set(obj, given->pairs[0], toc_str_of(given->pairs[1]), &err), 0);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_int_equal(play.asked_count, 3);
    (void)snprintf(target, sizeof(target), "/api/v2/%s" QUIET, given->parts);
    assert_string_equal(play.asked[2].method, "PUT");
    assert_string_equal(play.asked[2].target, target);
    assert_string_equal(play.asked[2].body, given->body);
    toc_object_free(obj);
    toc_session_close(sess);
}

static void test_indicators(void **state)
{
    (void)state;
    static const row rows[] = {
        {"Address",
         {"ip", "203.0.113.7", "rating", "3.0", "confidence", "60", NULL},
         "indicators/addresses",
         "indicators/addresses/203.0.113.7",
         "{\"rating\":3.0,\"confidence\":60,\"ip\":\"203.0.113.7\"}"},
        {"EmailAddress",
         {"address", "a@b.example", NULL},
         "indicators/emailAddresses",
         "indicators/emailAddresses/a%40b.example",
         "{\"address\":\"a@b.example\"}"},
        {"File",
         {"md5", MD5, "sha1", SHA1, "sha256", SHA256, "size", "68", NULL},
         "indicators/files",
         "indicators/files/" MD5,
         "{\"md5\":\"" MD5 "\",\"sha1\":\"" SHA1 "\",\"sha256\":\"" SHA256 "\",\"size\":68}"},
        {"Host",
         {"hostName", "evil.example", "dnsActive", "true", "whoisActive", "false", NULL},
         "indicators/hosts",
         "indicators/hosts/evil.example",
         "{\"hostName\":\"evil.example\",\"dnsActive\":true,\"whoisActive\":false}"},
        {"URL",
         {"text", "http://e.example/a?b=c d", "source", "feed", "description", "x", NULL},
         "indicators/urls",
         "indicators/urls/http%3A%2F%2Fe.example%2Fa%3Fb%3Dc%20d",
         "{\"source\":\"feed\",\"description\":\"x\",\"text\":\"http://e.example/a?b=c d\"}"},
        {"ASN",
         {"AS Number", "ASN64500", "active", "false", "activeLocked", "true", "privateFlag", "true",
          NULL},
         "indicators/asns",
         "indicators/asns/ASN64500",
         "{\"privateFlag\":true,\"active\":false,\"activeLocked\":true,"
         "\"AS Number\":\"ASN64500\"}"},
        {"CIDR",
         {"Block", "203.0.113.0/24", NULL},
         "indicators/cidrBlocks",
         "indicators/cidrBlocks/203.0.113.0%2F24",
         "{\"Block\":\"203.0.113.0/24\"}"},
        {"Mutex",
         {"Mutex", "Global\\x", NULL},
         "indicators/mutexes",
         "indicators/mutexes/Global%5Cx",
         "{\"Mutex\":\"Global\\\\x\"}"},
        {"Registry Key",
         {"Key Name", "HKEY_USERS\\S", "Value Name", "v", "Value Type", "REG_SZ", NULL},
         "indicators/registryKeys",
         "indicators/registryKeys/HKEY_USERS%5CS%20%3A%20v%20%3A%20REG_SZ",
         "{\"Key Name\":\"HKEY_USERS\\\\S\",\"Value Name\":\"v\",\"Value Type\":\"REG_SZ\"}"},
        {"User Agent",
         {"User Agent String", "Bot/1.0 (x)", NULL},
         "indicators/userAgents",
         "indicators/userAgents/Bot%2F1.0%20%28x%29",
         "{\"User Agent String\":\"Bot/1.0 (x)\"}"},
        {"Hashtag",
         {"Hashtag", "#x", NULL},
         "indicators/hashtags",
         "indicators/hashtags/%23x",
         "{\"Hashtag\":\"#x\"}"},
        {"Email Subject",
         {"Subject", "Re: you", NULL},
         "indicators/emailSubjects",
         "indicators/emailSubjects/Re%3A%20you",
         "{\"Subject\":\"Re: you\"}"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++)
        check(TOC_KIND_INDICATOR, &rows[i]);
}

static void test_groups(void **state)
{
    (void)state;
    static const row rows[] = {
        {"Campaign",
         {"name", "n", "firstSeen", "2024-03-01T00:00:00Z", NULL},
         "groups/campaigns",
         "groups/campaigns/7",
         "{\"name\":\"n\",\"firstSeen\":\"2024-03-01T00:00:00Z\"}"},
        {"Document",
         {"name", "n", "fileName", "x.zip", "malware", "true", "password", "TCinfected", NULL},
         "groups/documents",
         "groups/documents/7",
         "{\"name\":\"n\",\"fileName\":\"x.zip\",\"malware\":true,\"password\":\"TCinfected\"}"},
        {"Email",
         {"name", "E", "subject", "s", "header", "h", "body", "b", "from", "f", "to", "t", "score",
          "5", NULL},
         "groups/emails",
         "groups/emails/7",
         "{\"name\":\"E\",\"subject\":\"s\",\"header\":\"h\",\"body\":\"b\",\"from\":\"f\","
         "\"to\":\"t\",\"score\":5}"},
        {"Event",
         {"name", "n", "eventDate", "1510686617", "status", "escalated", NULL},
         "groups/events",
         "groups/events/7",
         "{\"name\":\"n\",\"eventDate\":\"2017-11-14T19:10:17Z\",\"status\":\"Escalated\"}"},
        {"Incident",
         {"name", "n", "eventDate", "2017-03-03T18:00:00-06:00", "status", "Open", NULL},
         "groups/incidents",
         "groups/incidents/7",
         "{\"name\":\"n\",\"eventDate\":\"2017-03-03T18:00:00-06:00\",\"status\":\"Open\"}"},
        {"Report",
         {"name", "n", "fileName", "r.pdf", "publishDate", "2024-03-01T00:00:00Z", NULL},
         "groups/reports",
         "groups/reports/7",
         "{\"name\":\"n\",\"fileName\":\"r.pdf\",\"publishDate\":\"2024-03-01T00:00:00Z\"}"},
        {"Signature",
         {"name", "n", "fileName", "s.yar", "fileType", "YARA", "fileText", "rule \"x\"", NULL},
         "groups/signatures",
         "groups/signatures/7",
         "{\"name\":\"n\",\"fileName\":\"s.yar\",\"fileType\":\"YARA\","
         "\"fileText\":\"rule \\\"x\\\"\"}"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++)
        check(TOC_KIND_GROUP, &rows[i]);
}

/* The types that have nothing but a name. */
static void test_plain_groups(void **state)
{
    (void)state;
    static const char *const plain[][2] = {
        {"Adversary", "adversaries"},
        {"Attack Pattern", "attackPatterns"},
        {"Course of Action", "coursesOfAction"},
        {"Intrusion Set", "intrusionSets"},
        {"Malware", "malware"},
        {"Tactic", "tactics"},
        {"Threat", "threats"},
        {"Tool", "tools"},
        {"Vulnerability", "vulnerabilities"},
    };
    for (size_t i = 0; i < TOC_COUNT(plain); i++) {
        char branch[64], parts[64];
        (void)snprintf(branch, sizeof(branch), "groups/%s", plain[i][1]);
        (void)snprintf(parts, sizeof(parts), "groups/%s/7", plain[i][1]);
        row made = {plain[i][0],
                    {"name", "\xC3\xA9 \"q\"", NULL},
                    branch,
                    parts,
                    "{\"name\":\"\xC3\xA9 \\\"q\\\"\"}"};
        check(TOC_KIND_GROUP, &made);
    }
}

static void test_tasks_and_victims(void **state)
{
    (void)state;
    static const row task = {
        "Task",
        {"name", "Call", "status", "In Progress", "dueDate", "2024-03-01T00:00:00Z", "reminderDate",
         "2024-02-28T00:00:00Z", "escalationDate", "2024-03-02T00:00:00Z", "escalated", "false",
         "overdue", "true", NULL},
        "tasks",
        "tasks/7",
        "{\"name\":\"Call\",\"status\":\"In Progress\",\"escalated\":false,\"overdue\":true,"
        "\"dueDate\":\"2024-03-01T00:00:00Z\",\"reminderDate\":\"2024-02-28T00:00:00Z\","
        "\"escalationDate\":\"2024-03-02T00:00:00Z\"}"};
    static const row victim = {"Victim",
                               {"name", "V", "description", "d", "org", "o", "suborg", "s",
                                "workLocation", "w", "nationality", "n", NULL},
                               "victims",
                               "victims/7",
                               "{\"name\":\"V\",\"description\":\"d\",\"org\":\"o\",\"suborg\":"
                               "\"s\",\"workLocation\":\"w\",\"nationality\":\"n\"}"};
    check(TOC_KIND_TASK, &task);
    check(TOC_KIND_VICTIM, &victim);
}

/* What is missing is found before anything is sent; what has an id is only changed. */
static void test_required(void **state)
{
    (void)state;
    static const struct {
        toc_kind kind;
        const char *type, *pairs[4];
    } rows[] = {
        {TOC_KIND_INDICATOR, "Host", {NULL}},
        {TOC_KIND_INDICATOR, "File", {"size", "5", NULL}},
        {TOC_KIND_GROUP, "Threat", {NULL}},
        {TOC_KIND_GROUP, "Document", {"name", "n", NULL}},
        {TOC_KIND_GROUP, "Email", {"name", "n", NULL}},
        {TOC_KIND_GROUP, "Signature", {"name", "n", NULL}},
        {TOC_KIND_TASK, "Task", {NULL}},
        {TOC_KIND_VICTIM, "Victim", {NULL}},
    };
    toc_session *sess = start(NULL, 0);
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_object *obj = make(rows[i].kind, rows[i].type, rows[i].pairs);
        assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_EINVAL);
        toc_object_free(obj);
    }
    assert_int_equal(play.asked_count, 0);
    toc_session_close(sess);
    static const script_answer changed[] = {
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"email\":{\"id\":71}}}"}};
    sess = start(changed, 1);
    toc_object *obj =
        make(TOC_KIND_GROUP, "Email", (const char *const[]){"id", "71", "subject", "new", NULL});
    assert_int_equal(toc_save(sess, obj, "Other", &err), TOC_OK);
    assert_string_equal(play.asked[0].method, "PUT");
    assert_string_equal(play.asked[0].target,
                        "/api/v2/groups/emails/71?createActivityLog=false&owner=Other");
    assert_string_equal(play.asked[0].body, "{\"subject\":\"new\"}");
    toc_object_free(obj);
    toc_session_close(sess);
}

/* After a failed create nothing else goes out, and the object still counts as new. */
static void test_create_fails(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 400, .body = "{\"status\":\"Failure\",\"message\":\"The name is too long\"}"},
        {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"threat\":{\"id\":\"9\"}}}"},
        {.status = 201, .body = "{\"status\":\"Success\"}"}};
    toc_session *sess = start(answers, 3);
    toc_object *obj = make(TOC_KIND_GROUP, "Threat", (const char *const[]){"name", "n", NULL});
    assert_int_equal(toc_object_add_tag(obj, TOC_S("t"), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_EHTTP);
    assert_int_equal(err.http_status, 400);
    assert_int_equal(play.asked_count, 1);
    assert_false(toc_object_has(obj, "id"));
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_string_equal(play.asked[1].method, "POST");
    assert_string_equal(play.asked[2].target, "/api/v2/groups/threats/9/tags/t" QUIET);
    toc_object_free(obj);
    toc_session_close(sess);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_indicators),   cmocka_unit_test(test_groups),
        cmocka_unit_test(test_plain_groups), cmocka_unit_test(test_tasks_and_victims),
        cmocka_unit_test(test_required),     cmocka_unit_test(test_create_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
