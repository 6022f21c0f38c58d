/* One page and start offsets, deleted indicators, content, changes of one field, the last answer,
 * the numbers of errors: each request as it goes out. */
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

#define QUIET "createActivityLog=false&owner=Acme"
#define DONE                                                                                       \
    {                                                                                              \
        .status = 200, .body = "{\"status\":\"Success\"}"                                          \
    }

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

static const toc_type *type_of(toc_kind kind, const char *name)
{
    const toc_type *type = toc_types_find(NULL, kind, toc_str_of(name));
    assert_non_null(type);
    return type;
}

static void assert_asked(size_t index, const char *method, const char *target, const char *body)
{
    assert_true(index < play.asked_count);
    assert_string_equal(play.asked[index].method, method);
    assert_string_equal(play.asked[index].target, target);
    assert_string_equal(play.asked[index].body, body);
}

static int drain(toc_list *list)
{
    toc_object *obj = NULL;
    int count = 0, got;
    while ((got = toc_list_next(list, &obj, &err)) == 1)
        count++;
    return got ? got : count;
}

#define TWO "{\"status\":\"Success\",\"data\":{\"threat\":[{\"id\":1},{\"id\":2}]}}"
#define ONE "{\"status\":\"Success\",\"data\":{\"threat\":[{\"id\":3}]}}"
#define COUNT "{\"status\":\"Success\",\"data\":{\"resultCount\":43,\"threat\":[{\"id\":9}]}}"

static void test_range(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = TWO}, {.status = 200, .body = ONE}, {.status = 200, .body = COUNT}};
    toc_list *list = NULL;
    toc_filter *filter = NULL;
    start(answers, 2);
    assert_int_equal(
        toc_filter_new(TOC_KIND_GROUP, type_of(TOC_KIND_GROUP, "Threat"), &filter, &err), TOC_OK);
    assert_int_equal(toc_list_open(sess, TOC_KIND_GROUP, filter, &list, &err), TOC_OK);
    assert_int_equal(toc_list_range(list, 0, 10001, 0, &err), TOC_EINVAL);
    assert_int_equal(toc_list_range(list, UINT64_MAX, 0, 0, &err), TOC_EINVAL);
    assert_int_equal(toc_list_range(NULL, 0, 0, 0, &err), TOC_EINVAL);
    assert_int_equal(toc_list_range(list, 40, 2, 1, &err), TOC_OK);
    assert_int_equal(drain(list), 2);
    assert_int_equal(toc_list_range(list, 0, 2, 1, &err), TOC_EINVAL);
    assert_int_equal(play.asked_count, 1);
    assert_asked(0, "GET", "/api/v2/groups/threats?" QUIET "&resultStart=40&resultLimit=2", "");
    toc_list_close(list);
    toc_session_close(sess);
    start(answers, 3);
    assert_int_equal(toc_list_open(sess, TOC_KIND_GROUP, filter, &list, &err), TOC_OK);
    assert_int_equal(toc_list_range(list, 40, 2, 0, &err), TOC_OK);
    assert_int_equal(drain(list), 3);
    assert_asked(1, "GET", "/api/v2/groups/threats?" QUIET "&resultStart=42&resultLimit=2", "");
    assert_asked(2, "GET", "/api/v2/groups/threats?" QUIET "&resultStart=0&resultLimit=1", "");
    toc_list_close(list);
    toc_filter_free(filter);
    toc_session_close(sess);
}

static void test_deleted(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"indicator\":[{\"ownerName\":\"Acme\","
                 "\"type\":\"Host\",\"dateAdded\":\"2019-04-02T00:00:00Z\",\"summary\":"
                 "\"evil.example\"}]}}"},
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"indicator\":[]}}"},
        {.status = 500, .body = "{\"status\":\"Failure\",\"message\":\"no\"}"}};
    const toc_str none = {NULL, 0};
    const toc_type *host = type_of(TOC_KIND_INDICATOR, "Host");
    toc_list *list = NULL;
    toc_object *obj = NULL;
    toc_filter *filter = NULL;
    start(answers, 3);
    char when[] = "1554163200";
    assert_int_equal(toc_deleted_open(sess, host, toc_str_of(when), NULL, &list, &err), TOC_OK);
    memset(when, '0', sizeof(when) - 1);
    assert_int_equal(toc_list_next(list, &obj, &err), 1);
    assert_true(toc_str_equal(toc_object_get(obj, "hostName"), TOC_S("evil.example")));
    assert_int_equal(toc_list_next(list, &obj, &err), 0);
    assert_asked(0, "GET",
                 "/api/v2/indicators/hosts/deleted?" QUIET "&deletedSince=2019-04-02T00%3A00%3A00Z",
                 "");
    toc_list_close(list);
    assert_int_equal(toc_filter_new(TOC_KIND_INDICATOR, host, &filter, &err), TOC_OK);
    assert_int_equal(toc_filter_owner(filter, TOC_S("Other"), &err), TOC_OK);
    assert_int_equal(toc_filter_term(filter, "summary", TOC_OP_STARTS, TOC_S("e"), &err), TOC_OK);
    assert_int_equal(toc_deleted_open(sess, host, none, filter, &list, &err), TOC_OK);
    assert_int_equal(drain(list), 0);
    assert_asked(1, "GET",
                 "/api/v2/indicators/hosts/deleted?createActivityLog=false&owner=Other"
                 "&filters=summary%5Ee",
                 "");
    toc_list_close(list);
    assert_int_equal(toc_deleted_open(sess, host, none, NULL, &list, &err), TOC_OK);
    assert_int_equal(drain(list), TOC_EHTTP);
    assert_int_equal(err.number, TOC_NUMBER_PAGE);
    toc_list_close(list);
    assert_int_equal(toc_filter_api(filter, "tag", TOC_S("x"), &err), TOC_OK);
    assert_int_equal(toc_deleted_open(sess, host, none, filter, &list, &err), TOC_EINVAL);
    assert_int_equal(toc_deleted_open(sess, host, TOC_S("soon"), NULL, &list, &err), TOC_EINVAL);
    assert_int_equal(
        toc_deleted_open(sess, type_of(TOC_KIND_GROUP, "Threat"), none, NULL, &list, &err),
        TOC_EUNSUPPORTED);
    assert_int_equal(play.asked_count, 3);
    toc_filter_free(filter);
    toc_session_close(sess);
}

static void test_upload(void **state)
{
    (void)state;
    static const script_answer answers[] = {DONE};
    const toc_ref report = {.type = type_of(TOC_KIND_GROUP, "Report"), .id = {"7", 1}};
    start(answers, 1);
    assert_int_equal(toc_upload(sess, &report, TOC_S("bytes"), TOC_UPLOAD_UPDATE, &err), TOC_OK);
    assert_asked(0, "POST", "/api/v2/groups/reports/7/upload?" QUIET "&updateIfExists=true",
                 "bytes");
    assert_string_equal(play.asked[0].content_type, "application/octet-stream");
    assert_int_equal(
        toc_upload(sess, &report, TOC_S("x"), (toc_upload_mode)(TOC_UPLOAD_UPDATE + 1), &err),
        TOC_EINVAL);
    assert_int_equal(play.asked_count, 1);
    toc_session_close(sess);
}

static void test_hash(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *wanted;
    } rows[] = {
        {"sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"SHA1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {"md5", "900150983cd24fb0d6963f7d28e17f72"},
    };
    static const script_answer answers[] = {
        {.status = 200, .type = "application/octet-stream", .body = "abc"},
        {.status = 200, .type = "application/octet-stream", .body = "abc"},
        {.status = 200, .type = "text/plain", .body = "abc"},
        {.status = 404, .body = "{\"status\":\"Failure\",\"message\":\"none\"}"}};
    const toc_ref report = {.type = type_of(TOC_KIND_GROUP, "Report"), .id = {"7", 1}};
    char out[TOC_HASH_TEXT] = "";
    start(answers, 4);
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        assert_int_equal(toc_download_hash(sess, &report, rows[i].kind, out, &err), TOC_OK);
        assert_string_equal(out, rows[i].wanted);
        assert_asked(i, "GET", "/api/v2/groups/reports/7/download?" QUIET, "");
    }
    assert_int_equal(toc_download_hash(sess, &report, "sha256", out, &err), TOC_ENOTFOUND);
    assert_string_equal(out, rows[2].wanted);
    assert_int_equal(toc_download_hash(sess, &report, "crc32", out, &err), TOC_EINVAL);
    assert_int_equal(toc_download_hash(sess, &report, NULL, out, &err), TOC_EINVAL);
    assert_int_equal(play.asked_count, 4);
    toc_session_close(sess);
}

/* What a field of an object that the server has is changed to (ti.md 5.4, 6.5, 16). */
static const struct {
    toc_kind kind;
    const char *type, *field, *value, *target, *body;
} changes[] = {
    {TOC_KIND_GROUP, "Document", "file_name", "b.pdf", "groups/documents/7",
     "{\"fileName\":\"b.pdf\"}"},
    {TOC_KIND_GROUP, "Document", "file_size", "12", "groups/documents/7", "{\"fileSize\":12}"},
    {TOC_KIND_GROUP, "Document", "status", "Failed", "groups/documents/7",
     "{\"status\":\"Failed\"}"},
    {TOC_KIND_GROUP, "Document", "malware", "true", "groups/documents/7", "{\"malware\":true}"},
    {TOC_KIND_GROUP, "Report", "file_name", "b.pdf", "groups/reports/7",
     "{\"fileName\":\"b.pdf\"}"},
    {TOC_KIND_GROUP, "Report", "file_size", "12", "groups/reports/7", "{\"fileSize\":12}"},
    {TOC_KIND_GROUP, "Report", "status", "Success", "groups/reports/7", "{\"status\":\"Success\"}"},
    {TOC_KIND_GROUP, "Report", "publish_date", "1554163200", "groups/reports/7",
     "{\"publishDate\":\"2019-04-02T00:00:00Z\"}"},
    {TOC_KIND_GROUP, "Campaign", "first_seen", "2019-04-02T00:00:00Z", "groups/campaigns/7",
     "{\"firstSeen\":\"2019-04-02T00:00:00Z\"}"},
    {TOC_KIND_TASK, "Task", "status", "Deferred", "tasks/7", "{\"status\":\"Deferred\"}"},
    {TOC_KIND_TASK, "Task", "due_date", "2019-04-02T00:00:00Z", "tasks/7",
     "{\"dueDate\":\"2019-04-02T00:00:00Z\"}"},
};

static void test_changes(void **state)
{
    (void)state;
    static const script_answer answers[] = {DONE};
    for (size_t i = 0; i < TOC_COUNT(changes); i++) {
        toc_object *obj = NULL;
        char target[128];
        start(answers, 1);
        assert_int_equal(toc_object_new(type_of(changes[i].kind, changes[i].type), &obj, &err),
                         TOC_OK);
        assert_int_equal(toc_object_set_int(obj, "id", 7, &err), TOC_OK);
        if (toc_object_set(obj, changes[i].field, toc_str_of(changes[i].value), &err))
            fail_msg("%s.%s: %s", changes[i].type, changes[i].field, err.message);
        assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
        (void)snprintf(target, sizeof(target), "/api/v2/%s?" QUIET, changes[i].target);
        assert_asked(0, "PUT", target, changes[i].body);
        toc_object_free(obj);
        toc_session_close(sess);
    }
}

/* The words of the module's status() (ti.md 6.5). */
static void test_status_words(void **state)
{
    (void)state;
    static const struct {
        const char *active, *lock, *body;
    } rows[] = {
        {"inactive", "LOCKED", "{\"active\":false,\"activeLocked\":true,"},
        {"Active", "unlock", "{\"active\":true,\"activeLocked\":false,"},
        {"0", "lock", "{\"active\":false,\"activeLocked\":true,"},
        {"1", "unlocked", "{\"active\":true,\"activeLocked\":false,"},
    };
    static const script_answer answers[] = {DONE};
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_object *obj = NULL;
        start(answers, 1);
        assert_int_equal(toc_object_new(type_of(TOC_KIND_INDICATOR, "Host"), &obj, &err), TOC_OK);
        assert_int_equal(toc_object_set(obj, "hostName", TOC_S("a.example"), &err), TOC_OK);
        toc_object_known(obj);
        assert_int_equal(toc_object_set(obj, "active", toc_str_of(rows[i].active), &err), TOC_OK);
        assert_int_equal(toc_object_set(obj, "active_locked", toc_str_of(rows[i].lock), &err),
                         TOC_OK);
        assert_int_equal(toc_object_set(obj, "active", TOC_S("lock"), &err), TOC_EINVAL);
        assert_int_equal(toc_object_set(obj, "dnsActive", TOC_S("active"), &err), TOC_EINVAL);
        assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
        assert_string_equal(play.asked[0].target, "/api/v2/indicators/hosts/a.example?" QUIET);
        assert_memory_equal(play.asked[0].body, rows[i].body, strlen(rows[i].body));
        toc_object_free(obj);
        toc_session_close(sess);
    }
}

/* What the server told is not sent back: it may have changed since. */
static void test_stale(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"report\":{\"id\":7,\"name\":\"r\","
                 "\"fileSize\":1,\"status\":\"Awaiting Upload\"}}}"},
        DONE,
        DONE};
    toc_object *obj = NULL;
    start(answers, 3);
    assert_int_equal(toc_get(sess, type_of(TOC_KIND_GROUP, "Report"), TOC_S("7"), NULL, &obj, &err),
                     TOC_OK);
    assert_int_equal(toc_object_set(obj, "status", TOC_S("Success"), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_asked(1, "PUT", "/api/v2/groups/reports/7?" QUIET,
                 "{\"name\":\"r\",\"status\":\"Success\"}");
    assert_int_equal(toc_object_set(obj, "name", TOC_S("s"), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_asked(2, "PUT", "/api/v2/groups/reports/7?" QUIET, "{\"name\":\"s\"}");
    toc_object_free(obj);
    toc_session_close(sess);
}

/* What is named by hand: type, path word and id of either end are the reference's own (ti.md 12.2);
 * every kind of thing is made the same way (2.2). */
static void test_named_by_hand(void **state)
{
    (void)state;
    static const script_answer answers[] = {DONE, DONE, DONE, DONE, DONE};
    const toc_ref campaign = {.type = type_of(TOC_KIND_GROUP, "campaign"), .id = {"12", 2}};
    const toc_ref adversary = {.type = type_of(TOC_KIND_GROUP, "ADVERSARY"), .id = {"417", 3}};
    const toc_ref task = {.type = type_of(TOC_KIND_TASK, "Task"), .id = {"9", 1}};
    const toc_ref victim = {.type = type_of(TOC_KIND_VICTIM, "Victim"), .id = {"1", 1}};
    const toc_ref url = {.type = type_of(TOC_KIND_INDICATOR, "URL"), .id = {"http://a/", 9}};
    const toc_ref host = {.type = type_of(TOC_KIND_INDICATOR, "Host"), .id = {"a.example", 9}};
    start(answers, 5);
    assert_int_equal(toc_associate(sess, &campaign, NULL, &adversary, &err), TOC_OK);
    assert_asked(0, "POST", "/api/v2/groups/campaigns/12/groups/adversaries/417?" QUIET, "");
    assert_int_equal(toc_associate(sess, &campaign, NULL, &task, &err), TOC_OK);
    assert_asked(1, "POST", "/api/v2/groups/campaigns/12/tasks/9?" QUIET, "");
    assert_int_equal(toc_disassociate(sess, &victim, NULL, &adversary, &err), TOC_OK);
    assert_asked(2, "DELETE", "/api/v2/victims/1/groups/adversaries/417?" QUIET, "");
    assert_int_equal(toc_associate(sess, &url, "urlHost", &host, &err), TOC_OK);
    assert_asked(3, "POST",
                 "/api/v2/indicators/urls/http%3A%2F%2Fa%2F/associations/urlHost/indicators/hosts/"
                 "a.example?" QUIET,
                 "");
    assert_int_equal(toc_disassociate(sess, &url, NULL, &host, &err), TOC_OK);
    assert_asked(4, "DELETE",
                 "/api/v2/indicators/urls/http%3A%2F%2Fa%2F/indicators/hosts/a.example?" QUIET, "");
    toc_session_close(sess);
}

/* What has no verb is a call of one's own (ti.md 23). */
static void test_publish(void **state)
{
    (void)state;
    static const script_answer answers[] = {DONE};
    toc_response *response = NULL;
    start(answers, 1);
    toc_call call = {
        .method = "POST",
        .path = "/v2/groups/threats/7/publish",
        .owner = "Acme",
        .body = TOC_S("{\"securityLabelList\":[\"TLP:GREEN\"],\"excludeUnlabeled\":true}")};
    assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_OK);
    assert_asked(0, "POST", "/api/v2/groups/threats/7/publish?" QUIET, call.body.ptr);
    toc_response_free(response);
    toc_session_close(sess);
}

static void test_makers(void **state)
{
    (void)state;
    static const struct {
        toc_kind kind;
        const char *type;
    } rows[] = {
        {TOC_KIND_GROUP, "attack pattern"},   {TOC_KIND_INDICATOR, "emailaddress"},
        {TOC_KIND_INDICATOR, "EmailAddress"}, {TOC_KIND_TASK, "task"},
        {TOC_KIND_VICTIM, "victim"},
    };
    static const toc_part parts[] = {TOC_PART_TAG, TOC_PART_LABEL, TOC_PART_OWNER};
    toc_object *obj = NULL;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        assert_int_equal(toc_object_new(type_of(rows[i].kind, rows[i].type), &obj, &err), TOC_OK);
        assert_int_equal(toc_object_type(obj)->kind, rows[i].kind);
        toc_object_free(obj);
    }
    for (size_t i = 0; i < TOC_COUNT(parts); i++) {
        assert_int_equal(toc_object_new(toc_part_type(parts[i]), &obj, &err), TOC_OK);
        toc_object_free(obj);
    }
    for (toc_kind kind = TOC_KIND_INDICATOR; kind <= TOC_KIND_VICTIM; kind++) {
        toc_filter *filter = NULL;
        assert_int_equal(toc_filter_new(kind, NULL, &filter, &err), TOC_OK);
        toc_filter_free(filter);
    }
    assert_null(toc_types_find(NULL, TOC_KIND_GROUP, TOC_S("Task")));
}

static void test_last_response(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = TWO, .header = "X-Trace", .value = "a1"},
        {.status = 404, .body = "{\"status\":\"Failure\",\"message\":\"gone\"}"},
        {.status = 0}};
    const toc_type *threat = type_of(TOC_KIND_GROUP, "Threat");
    toc_list *list = NULL;
    toc_filter *filter = NULL;
    start(answers, 3);
    assert_null(toc_session_last_response(NULL));
    assert_null(toc_session_last_response(sess));
    assert_int_equal(toc_filter_new(TOC_KIND_GROUP, threat, &filter, &err), TOC_OK);
    assert_int_equal(toc_list_open(sess, TOC_KIND_GROUP, filter, &list, &err), TOC_OK);
    assert_int_equal(drain(list), 2);
    toc_list_close(list);
    toc_filter_free(filter);
    const toc_response *last = toc_session_last_response(sess);
    assert_non_null(last);
    assert_int_equal(toc_response_status(last), 200);
    assert_true(toc_str_equal(toc_response_header(last, "x-trace"), TOC_S("a1")));
    assert_true(toc_str_equal(toc_response_body(last), TOC_S(TWO)));
    assert_int_equal(toc_delete(sess, threat, TOC_S("7"), NULL, &err), TOC_ENOTFOUND);
    last = toc_session_last_response(sess);
    assert_int_equal(toc_response_status(last), 404);
    assert_true(toc_str_find(toc_response_body(last), TOC_S("gone")) >= 0);
    assert_int_equal(toc_delete(sess, threat, TOC_S("x"), NULL, &err), TOC_EINVAL);
    assert_ptr_equal(toc_session_last_response(sess), last);
    assert_int_equal(toc_delete(sess, threat, TOC_S("7"), NULL, &err), TOC_ENET);
    assert_null(toc_session_last_response(sess));
    toc_session_close(sess);
}

/* The answer may outlive the session, and the session the answer. */
static void test_kept_response(void **state)
{
    (void)state;
    static const script_answer answers[] = {DONE};
    toc_response *response = NULL;
    start(answers, 1);
    toc_call call = {.path = "/v2/owners"};
    assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_OK);
    assert_ptr_equal(toc_session_last_response(sess), response);
    toc_session_close(sess);
    assert_int_equal(toc_response_status(response), 200);
    toc_response_free(response);
}

/* --- numbers ------------------------------------------------------------------------------- */

static void test_preconditions(void **state)
{
    (void)state;
    const toc_str none = {NULL, 0};
    const toc_type *threat = type_of(TOC_KIND_GROUP, "Threat");
    const toc_type *host = type_of(TOC_KIND_INDICATOR, "Host");
    const toc_ref nobody = {.type = threat};
    const toc_ref somebody = {.type = threat, .id = {"7", 1}};
    const toc_ref name = {.type = host, .id = {"a.example", 9}};
    toc_object *obj = NULL, *tag = NULL;
    toc_list *list = NULL;
    start(NULL, 0);
    assert_int_equal(toc_get(sess, threat, none, NULL, &obj, &err), TOC_EINVAL);
    assert_int_equal(err.number, TOC_NUMBER_GET);
    assert_int_equal(toc_delete(sess, host, none, NULL, &err), TOC_EINVAL);
    assert_int_equal(err.number, TOC_NUMBER_DELETE);
    assert_int_equal(toc_parts_open(sess, &nobody, TOC_PART_TAG, NULL, &list, &err), TOC_EINVAL);
    assert_int_equal(err.number, TOC_NUMBER_GET);
    assert_int_equal(toc_associate(sess, &nobody, NULL, &somebody, &err), TOC_EINVAL);
    assert_int_equal(err.number, TOC_NUMBER_GET);
    assert_int_equal(toc_associate(sess, &somebody, NULL, &nobody, &err), TOC_EINVAL);
    assert_int_equal(err.number, TOC_NUMBER_GET);
    assert_int_equal(toc_part_remove(sess, &somebody, TOC_PART_TAG, NULL, none, &err), TOC_EINVAL);
    assert_int_equal(err.number, TOC_NUMBER_INVALID);
    const toc_ref blank = {.type = type_of(TOC_KIND_INDICATOR, "File"), .id = {" : ", 3}};
    err.number = 0;
    assert_int_equal(toc_associate(sess, &somebody, NULL, &blank, &err), TOC_EINVAL);
    assert_int_equal(err.number, TOC_NUMBER_GET);
    assert_int_equal(toc_object_new(threat, &obj, &err), TOC_OK);
    err.number = 0;
    assert_int_equal(toc_object_add_tag(obj, none, &err), TOC_EINVAL);
    assert_int_equal(err.number, TOC_NUMBER_INVALID);
    err.number = 0;
    assert_int_equal(toc_object_add_label(obj, TOC_S(""), none, none, &err), TOC_EINVAL);
    assert_int_equal(err.number, TOC_NUMBER_INVALID);
    toc_object_free(obj);
    assert_int_equal(toc_object_new(toc_part_type(TOC_PART_LABEL), &tag, &err), TOC_OK);
    assert_int_equal(toc_part_add(sess, &somebody, TOC_PART_LABEL, tag, &err), TOC_EINVAL);
    assert_int_equal(err.number, TOC_NUMBER_INVALID);
    toc_object_free(tag);
    const toc_ref victim = {.type = type_of(TOC_KIND_VICTIM, "Victim"), .id = {"7", 1}};
    assert_int_equal(toc_part_remove(sess, &victim, TOC_PART_ASSET, NULL, TOC_S("1"), &err),
                     TOC_EINVAL);
    assert_int_equal(err.number, TOC_NUMBER_INVALID);
    assert_int_equal(toc_parts_open(sess, &name, TOC_PART_OCCURRENCE, NULL, &list, &err),
                     TOC_EUNSUPPORTED);
    assert_int_equal(err.number, TOC_NUMBER_OCCURRENCE);
    assert_int_equal(toc_object_new(host, &obj, &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_EINVAL);
    assert_int_equal(err.number, TOC_NUMBER_CREATE);
    toc_object_known(obj);
    assert_int_equal(toc_object_set(obj, "rating", TOC_S("1.0"), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_EINVAL);
    assert_int_equal(err.number, TOC_NUMBER_UPDATE);
    toc_object_free(obj);
    assert_int_equal(play.asked_count, 0);
    toc_session_close(sess);
}

static void test_numbers_of_catalogues(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 500, .body = "{\"status\":\"Failure\",\"message\":\"no\"}"},
        {.status = 500, .body = "{\"status\":\"Failure\",\"message\":\"no\"}"},
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"associationType\":[]}}"},
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"indicatorType\":[]}}"}};
    const toc_types *types = NULL;
    const toc_ref host = {.type = type_of(TOC_KIND_INDICATOR, "Host"), .id = {"a.example", 9}};
    start(answers, 4);
    assert_int_equal(toc_session_types(sess, &types, &err), TOC_EHTTP);
    assert_int_equal(err.number, TOC_NUMBER_INDICATOR_TYPES);
    assert_int_equal(toc_associate(sess, &host, "Own Kind", &host, &err), TOC_EHTTP);
    assert_int_equal(err.number, TOC_NUMBER_ASSOCIATION_TYPES);
    assert_int_equal(toc_associate(sess, &host, "Own Kind", &host, &err), TOC_EINVAL);
    assert_int_equal(err.number, TOC_NUMBER_ASSOCIATION);
    assert_int_equal(play.asked_count, 4);
    toc_session_close(sess);
}

#define WORDS(...)                                                                                 \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static const struct {
    int number;
    const char *words[5];
    const char *wanted;
} texts[] = {
    {TOC_NUMBER_GET, WORDS("Group"),
     "Error during get. Group does not have a unique_id set and cannot be fetched."},
    {TOC_NUMBER_UPDATE, WORDS("Task"),
     "Error during update. Task does not have a unique_id set and cannot be updated."},
    {TOC_NUMBER_DELETE, WORDS("Indicator"),
     "Error during delete. Indicator does not have a unique_id set and cannot be deleted."},
    {TOC_NUMBER_CREATE, WORDS("Victim"),
     "Error during create. Victim does not have required values set and cannot be created."},
    {TOC_NUMBER_INVALID, WORDS("name", "tag", "name", "name", "x"),
     "Error invalid name. tag does not accept that name, name: x."},
    {TOC_NUMBER_INVALID, WORDS("label", "Security Label", "label", "label", "x"),
     "Error invalid label. Security Label does not accept that label, label: x."},
    {TOC_NUMBER_INVALID, WORDS("action", "attribute_label", "action", "action", "x"),
     "Error invalid action. attribute_label does not accept that action, action: x."},
    {TOC_NUMBER_INVALID, WORDS("asset_type", "update_asset", "asset_type", "asset_type", "x"),
     "Error invalid asset_type. update_asset does not accept that asset_type, asset_type: x."},
    {TOC_NUMBER_INVALID, WORDS("type", "entities", "type", "type", "x"),
     "Error invalid type. entities does not accept that type, type: x."},
    {TOC_NUMBER_INVALID, WORDS("option", "dns value", "value", "x"),
     "Generic Failure, see logs for more details."},
    {TOC_NUMBER_PAGE, WORDS("500", "no", "https://x"),
     "Error during pagination. API status code: 500, API message: no, API Url: https://x."},
    {TOC_NUMBER_CALL_OTHER, WORDS("get", "500", "no", "u"),
     "Error during get. API status code: 500, API message: no, API Url: u."},
    {TOC_NUMBER_BATCH, WORDS("x"), "Critical batch error (x)."},
    {TOC_NUMBER_HASH, WORDS(NULL), "No hash values provided."},
    {TOC_NUMBER_GROUP_ATTRIBUTE, WORDS("a", "b", "7", "c"),
     "Failed adding attribute type \"a\" with value \"b\" to group id \"7\" (c)."},
    {99, WORDS("x"), "Generic Failure, see logs for more details."},
};

static void test_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(texts); i++) {
        toc_str words[5];
        size_t count = 0;
        char *text = NULL;
        while (count < TOC_COUNT(words) && texts[i].words[count]) {
            words[count] = toc_str_of(texts[i].words[count]);
            count++;
        }
        assert_int_equal(toc_number_text(texts[i].number, words, count, &text, &err), TOC_OK);
        assert_string_equal(text, texts[i].wanted);
        toc_free(text);
    }
    assert_int_equal(toc_number_text(100, NULL, 1, NULL, &err), TOC_EINVAL);
}

static void test_critical(void **state)
{
    (void)state;
    static const int all[] = {100, 105, 200, 210, 215,   220,   300,   305,   350,  520, 540,
                              545, 550, 560, 580, 585,   590,   600,   605,   610,  615, 650,
                              700, 705, 710, 715, 750,   800,   805,   905,   910,  915, 920,
                              925, 950, 951, 952, 10500, 10505, 10510, 10520, 10525};
    for (size_t i = 0; i < TOC_COUNT(all); i++) {
        assert_non_null(toc_number_template(all[i]));
        assert_int_equal(toc_number_critical(all[i]), all[i] >= 10000);
    }
    assert_null(toc_number_template(0));
    assert_null(toc_number_template(TOC_NUMBER_CRITICAL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_range),         cmocka_unit_test(test_deleted),
        cmocka_unit_test(test_upload),        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_changes),       cmocka_unit_test(test_status_words),
        cmocka_unit_test(test_stale),         cmocka_unit_test(test_named_by_hand),
        cmocka_unit_test(test_makers),        cmocka_unit_test(test_numbers_of_catalogues),
        cmocka_unit_test(test_publish),       cmocka_unit_test(test_last_response),
        cmocka_unit_test(test_kept_response), cmocka_unit_test(test_preconditions),
        cmocka_unit_test(test_texts),         cmocka_unit_test(test_critical),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
