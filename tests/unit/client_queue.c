/* The queue of an object: what a save sends, in which order, what stays after a failure, and how
 * entries are called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "intel/act.h"
#include "support/failing.h"
#include "support/script.h"
#include "tocsin/parts.h"

#define QUIET "?createActivityLog=false&owner=Acme"
#define PAGED "&resultStart=0&resultLimit=200"
#define MD5 "44D88612FEA8A8F36DE82E1278ABB02F"
#define OK_BODY "{\"status\":\"Success\"}"

static toc_error err;
static script play;

static toc_session *start(const script_answer *answers, size_t count)
{
    return script_start(&play, answers, count,
                        (toc_session_options){.owner = "Acme", .retries = 1, .retry_sleep_ms = 1});
}

static toc_object *make(toc_kind kind, const char *type, const char *const *pairs)
{
    toc_object *obj = NULL;
    assert_int_equal(toc_object_new(toc_types_find(NULL, kind, toc_str_of(type)), &obj, &err), 0);
    for (size_t i = 0; pairs[i]; i += 2)
        assert_int_equal(toc_object_set(obj, pairs[i], toc_str_of(pairs[i + 1]), &err), TOC_OK);
    return obj;
}

#define MAKE(kind, type, ...) make(TOC_KIND_##kind, type, (const char *const[]){__VA_ARGS__, NULL})

static toc_object *part(toc_part which, const char *const *pairs)
{
    toc_object *obj = NULL;
    assert_int_equal(toc_object_new(toc_part_type(which), &obj, &err), TOC_OK);
    for (size_t i = 0; pairs[i]; i += 2)
        assert_int_equal(toc_object_set(obj, pairs[i], toc_str_of(pairs[i + 1]), &err), TOC_OK);
    return obj;
}

static void add(toc_object *obj, toc_part which, const char *const *pairs)
{
    toc_object *record = pairs ? part(which, pairs) : NULL;
    if (toc_queue_add(obj, which, record, &err))
        fail_msg("%s", err.message);
    toc_object_free(record);
}

#define ADD(obj, which, ...) add(obj, TOC_PART_##which, (const char *const[]){__VA_ARGS__, NULL})

static void assert_asked(size_t index, const char *method, const char *path, const char *body)
{
    char target[512];
    (void)snprintf(target, sizeof(target), "/api%s" QUIET, path);
    assert_true(index < play.asked_count);
    assert_string_equal(play.asked[index].method, method);
    assert_string_equal(play.asked[index].target, target);
    assert_string_equal(play.asked[index].body, body);
}

static toc_ref ref(toc_kind kind, const char *type, const char *id)
{
    return (toc_ref){.type = toc_types_find(NULL, kind, toc_str_of(type)), .id = toc_str_of(id)};
}

/* After the create, in the order of the calls, under the id that the create gave. */
static void test_order(void **state)
{
    (void)state;
    script_answer answers[9] = {
        {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"document\":{\"id\":71}}}"},
        {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"attribute\":{\"id\":5}}}"}};
    for (size_t i = 2; i < 9; i++)
        answers[i] = (script_answer){.status = 200, .type = i % 2 ? "" : NULL, .body = OK_BODY};
    toc_session *sess = start(answers, 9);
    toc_object *obj = MAKE(GROUP, "Document", "name", "D", "fileName", "d");
    toc_ref host = ref(TOC_KIND_INDICATOR, "Host", "h/1");
    assert_int_equal(
        toc_object_add_attribute(obj, TOC_S("Source"), TOC_S("v"), true, (toc_str){NULL, 0}, &err),
        TOC_OK);
    assert_int_equal(toc_queue_upload(obj, TOC_S("bytes"), TOC_UPLOAD_NEW, &err), TOC_OK);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("t/1"), &err), TOC_OK);
    assert_int_equal(toc_queue_associate(obj, NULL, &host, &err), TOC_OK);
    assert_int_equal(toc_queue_remove(obj, TOC_PART_TAG, NULL, TOC_S("old"), &err), TOC_OK);
    assert_int_equal(toc_queue_disassociate(obj, NULL, &host, &err), TOC_OK);
    assert_int_equal(toc_queue_add_label(obj, 5, TOC_S("TLP:RED"), &err), TOC_OK);
    assert_int_equal(toc_queue_remove_label(obj, 5, TOC_S("TLP:RED"), &err), TOC_OK);
    assert_int_equal(toc_queue_length(obj), 8);
    assert_int_equal(play.asked_count, 0);
    if (toc_save(sess, obj, NULL, &err))
        fail_msg("%s", err.message);
    assert_int_equal(toc_queue_length(obj), 0);
    assert_int_equal(play.asked_count, 9);
    assert_asked(0, "POST", "/v2/groups/documents", "{\"name\":\"D\",\"fileName\":\"d\"}");
    assert_asked(1, "POST", "/v2/groups/documents/71/attributes",
                 "{\"type\":\"Source\",\"value\":\"v\",\"displayed\":true}");
    assert_asked(2, "POST", "/v2/groups/documents/71/upload", "bytes");
    assert_string_equal(play.asked[2].content_type, "application/octet-stream");
    assert_asked(3, "POST", "/v2/groups/documents/71/tags/t%2F1", "");
    assert_asked(4, "POST", "/v2/indicators/hosts/h%2F1/groups/documents/71", "");
    assert_asked(5, "DELETE", "/v2/groups/documents/71/tags/old", "");
    assert_asked(6, "DELETE", "/v2/indicators/hosts/h%2F1/groups/documents/71", "");
    assert_asked(7, "POST", "/v2/groups/documents/71/attributes/5/securityLabels/TLP%3ARED", "");
    assert_asked(8, "DELETE", "/v2/groups/documents/71/attributes/5/securityLabels/TLP%3ARED", "");
    /* And nothing twice. */
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_int_equal(play.asked_count, 9);
    toc_object_free(obj);
    toc_session_close(sess);
}

/* A failed create sends nothing else; later nothing is created twice, and only the rest goes out.
 */
static void test_half_failed(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 500, .body = "{\"message\":\"down\"}"},
        {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"threat\":{\"id\":9}}}"},
        {.status = 200, .body = OK_BODY},
        {.status = 400, .body = "{\"message\":\"no such type\"}"},
        {.status = 0},
        {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"attribute\":{\"id\":4}}}"},
        {.status = 200, .body = OK_BODY}};
    toc_session *sess = start(answers, 7);
    toc_object *obj = MAKE(GROUP, "Threat", "name", "Heron \"2\"");
    toc_str type, value;
    assert_int_equal(toc_object_add_tag(obj, TOC_S("a"), &err), TOC_OK);
    ADD(obj, ATTRIBUTE, "type", "Bad", "value", "v");
    assert_int_equal(toc_object_add_tag(obj, TOC_S("b"), &err), TOC_OK);
    assert_true(toc_object_attribute(obj, 0, &type, &value)); /* seen at once */
    assert_true(toc_str_equal(type, TOC_S("Bad")));
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_EHTTP);
    assert_int_equal(play.asked_count, 1);
    assert_int_equal(toc_queue_length(obj), 3);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_EHTTP);
    assert_int_equal(play.asked_count, 4);
    assert_int_equal(toc_queue_length(obj), 2);
    assert_int_equal(toc_object_get_int(obj, "id"), 9);
    assert_string_equal(err.message,
                        "add attribute type \"Bad\" with value \"v\" to \"Heron \"2\"\": no such "
                        "type (HTTP 400)");
    assert_false(toc_object_attribute(obj, 0, &type, &value)); /* taken out again */
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_ENET);
    assert_int_equal(toc_queue_length(obj), 2);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_asked(5, "POST", "/v2/groups/threats/9/attributes",
                 "{\"type\":\"Bad\",\"value\":\"v\"}");
    assert_asked(6, "POST", "/v2/groups/threats/9/tags/b", "");
    assert_int_equal(play.asked_count, 7);
    assert_true(toc_object_attribute(obj, 0, &type, &value)); /* and there it is */
    assert_false(toc_object_attribute(obj, 1, &type, &value));
    toc_object_free(obj);
    toc_session_close(sess);
}

static void test_continue(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 400, .body = "{\"message\":\"first\"}"},
                                            {.status = 200, .body = OK_BODY},
                                            {.status = 400, .body = "{\"message\":\"second\"}"},
                                            {.status = 200, .body = OK_BODY},
                                            {.status = 200, .body = OK_BODY},
                                            {.status = 0}};
    toc_session *sess = start(answers, 6);
    toc_object *obj = MAKE(TASK, "Task", "id", "9");
    toc_object_known(obj);
    static const char *const tags[] = {"a", "b", "c", "d"};
    for (size_t i = 0; i < TOC_COUNT(tags); i++)
        assert_int_equal(toc_object_add_tag(obj, toc_str_of(tags[i]), &err), TOC_OK);
    assert_int_equal(toc_save_with(sess, obj, NULL, TOC_SAVE_CONTINUE, &err), TOC_EHTTP);
    assert_int_equal(play.asked_count, 1); /* the object itself comes first */
    assert_string_equal(play.asked[0].method, "PUT");
    toc_session_close(sess);
    toc_object_free(obj);

    static const script_answer rest[] = {{.status = 200, .body = OK_BODY},
                                         {.status = 400, .body = "{\"message\":\"first\"}"},
                                         {.status = 200, .body = OK_BODY},
                                         {.status = 400, .body = "{\"message\":\"second\"}"},
                                         {.status = 200, .body = OK_BODY},
                                         {.status = 200, .body = OK_BODY},
                                         {.status = 0}};
    sess = start(rest, 7);
    obj = MAKE(TASK, "Task", "id", "9", "name", "n");
    for (size_t i = 0; i < TOC_COUNT(tags); i++)
        assert_int_equal(toc_object_add_tag(obj, toc_str_of(tags[i]), &err), TOC_OK);
    assert_int_equal(toc_save_with(sess, obj, NULL, TOC_SAVE_CONTINUE, &err), TOC_EPARTIAL);
    assert_int_equal(err.code, TOC_EPARTIAL);
    assert_int_equal(err.http_status, 400);
    assert_string_equal(err.message, "2 of 4 requests failed, the first of them: add tag \"a\" to "
                                     "\"n\": first (HTTP 400)");
    assert_int_equal(toc_queue_length(obj), 2);
    assert_int_equal(play.asked_count, 5);
    assert_asked(2, "POST", "/v2/tasks/9/tags/b", "");
    assert_asked(4, "POST", "/v2/tasks/9/tags/d", "");
    /* Without the network there is no use in going on. */
    assert_int_equal(toc_save_with(sess, obj, NULL, TOC_SAVE_CONTINUE, &err), TOC_ENET);
    assert_asked(5, "POST", "/v2/tasks/9/tags/a", "");
    assert_asked(6, "POST", "/v2/tasks/9/tags/c", "");
    assert_int_equal(toc_queue_length(obj), 1);
    toc_object_free(obj);
    toc_session_close(sess);
}

/* Create or update, and when neither (sdk.md 5.2). */
static void test_create_or_update(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"host\":{\"id\":5,\"owner\":"
                 "{\"name\":\"Feed\"},\"hostName\":\"h\",\"rating\":2.0,\"tag\":"
                 "[{\"name\":\"old\",\"webLink\":\"w\"}]}}}"},
        {.status = 200, .body = OK_BODY},
        {.status = 200, .body = OK_BODY},
        {.status = 200, .body = OK_BODY},
        {.status = 200, .body = OK_BODY}};
    toc_session *sess = start(answers, 5);
    toc_object *obj = NULL;
    assert_int_equal(toc_get(sess, toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host")),
                             TOC_S("h"), NULL, &obj, &err),
                     TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK); /* nothing was set */
    assert_int_equal(play.asked_count, 1);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("old"), &err), TOC_OK); /* has it */
    assert_int_equal(toc_object_add_tag(obj, TOC_S("new"), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_int_equal(play.asked_count, 2);
    assert_string_equal(play.asked[1].target, "/api/v2/indicators/hosts/h/tags/new"
                                              "?createActivityLog=false&owner=Feed");
    assert_int_equal(toc_object_set_decimal(obj, "rating", 4.0, &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, "Acme", &err), TOC_OK);
    assert_asked(2, "PUT", "/v2/indicators/hosts/h", "{\"rating\":4.0,\"hostName\":\"h\"}");
    toc_object_free(obj);
    /* Known without having been read; and an id that was set. */
    obj = MAKE(INDICATOR, "Host", "hostName", "h", "confidence", "5");
    toc_object_known(obj);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_asked(3, "PUT", "/v2/indicators/hosts/h", "{\"confidence\":5,\"hostName\":\"h\"}");
    toc_object_free(obj);
    obj = MAKE(VICTIM, "Victim", "id", "7", "org", "o");
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_asked(4, "PUT", "/v2/victims/7", "{\"org\":\"o\"}");
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_int_equal(play.asked_count, 5);
    toc_object_free(obj);
    toc_session_close(sess);
}

/* Objects of a list are known to the server, and are saved in the owner that they came from. */
static void test_from_a_list(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":2,\"threat\":["
                 "{\"id\":1,\"name\":\"a\",\"ownerName\":\"Acme\"},"
                 "{\"id\":2,\"name\":\"b\",\"ownerName\":\"Acme\"}]}}"},
        {.status = 200, .body = OK_BODY},
        {.status = 200, .body = OK_BODY},
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"victim\":{\"id\":7,"
                 "\"name\":\"V\"}}}"},
        {.status = 200, .body = OK_BODY}};
    toc_session *sess = start(answers, 5);
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    const toc_type *threat = toc_types_find(NULL, TOC_KIND_GROUP, TOC_S("Threat"));
    assert_int_equal(toc_filter_new(TOC_KIND_GROUP, threat, &filter, &err), TOC_OK);
    assert_int_equal(toc_list_open(sess, TOC_KIND_GROUP, filter, &list, &err), TOC_OK);
    while (toc_list_next(list, &obj, &err) == 1) {
        assert_int_equal(toc_queue_length(obj), 0);
        assert_int_equal(toc_object_add_tag(obj, TOC_S("t"), &err), TOC_OK);
        assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    }
    assert_int_equal(play.asked_count, 3);
    assert_asked(1, "POST", "/v2/groups/threats/1/tags/t", "");
    assert_asked(2, "POST", "/v2/groups/threats/2/tags/t", "");
    toc_list_close(list);
    toc_filter_free(filter);
    /* A victim does not say whose it is. */
    assert_int_equal(toc_get(sess, toc_types_find(NULL, TOC_KIND_VICTIM, TOC_S("Victim")),
                             TOC_S("7"), "Feed", &obj, &err),
                     TOC_OK);
    assert_string_equal(toc_object_ref(obj).owner, "Feed");
    assert_int_equal(toc_object_add_tag(obj, TOC_S("t"), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_string_equal(play.asked[4].target,
                        "/api/v2/victims/7/tags/t?createActivityLog=false&owner=Feed");
    toc_object_free(obj);
    toc_session_close(sess);
}

static void test_existing_hash(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 400,
         .body = "{\"message\":\"The MD5 for this File is invalid, a File with this "
                 "MD5 already exists\"}"},
        {.status = 400,
         .body = "{\"message\":\"The MD5 for this File is invalid, a File with this "
                 "MD5 already exists\"}"},
        {.status = 200, .body = OK_BODY},
        {.status = 200, .body = OK_BODY},
        {.status = 400, .body = "{\"message\":\"The size for this File is invalid\"}"}};
    toc_session *sess = start(answers, 5);
    toc_object *obj = MAKE(INDICATOR, "File", "md5", MD5);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("t"), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_EHTTP);
    assert_int_equal(play.asked_count, 1);
    assert_int_equal(toc_save_with(sess, obj, NULL, TOC_SAVE_EXISTING_HASH, &err), TOC_OK);
    assert_int_equal(play.asked_count, 3);
    assert_asked(2, "POST", "/v2/indicators/files/" MD5 "/tags/t", "");
    /* Its values were not taken: the next save changes them. */
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_asked(3, "PUT", "/v2/indicators/files/" MD5, "{\"md5\":\"" MD5 "\"}");
    toc_object_free(obj);
    obj = MAKE(INDICATOR, "File", "md5", MD5);
    assert_int_equal(toc_save_with(sess, obj, NULL, TOC_SAVE_EXISTING_HASH, &err), TOC_EHTTP);
    toc_object_free(obj);
    toc_session_close(sess);
}

static void test_create_victims(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"email\":{\"id\":7}}}"}};
    toc_session *sess = start(answers, 1);
    toc_object *obj = MAKE(GROUP, "Email", "name", "n", "subject", "s", "header", "h", "body", "b");
    assert_int_equal(toc_save_with(sess, obj, NULL, TOC_SAVE_CREATE_VICTIMS, &err), TOC_OK);
    assert_string_equal(play.asked[0].target,
                        "/api/v2/groups/emails" QUIET "&option=createVictims");
    toc_object_free(obj);
    obj = MAKE(GROUP, "Threat", "name", "n");
    assert_int_equal(toc_save_with(sess, obj, NULL, TOC_SAVE_CREATE_VICTIMS, &err),
                     TOC_EUNSUPPORTED);
    assert_int_equal(toc_save_with(sess, obj, NULL, 64, &err), TOC_EINVAL);
    assert_int_equal(play.asked_count, 1);
    toc_object_free(obj);
    toc_session_close(sess);
}

/* Everything is read before anything is replaced. */
static void test_load(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"attribute\":[{\"id\":4,"
                 "\"type\":\"Source\",\"value\":\"s\"}]}}"},
        {.status = 500, .body = "{\"message\":\"down\"}"},
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"attribute\":[{\"id\":4,"
                 "\"type\":\"Source\",\"value\":\"s\"}]}}"},
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"tag\":[{\"name\":\"x\","
                 "\"webLink\":\"w\"}]}}"},
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"securityLabel\":[{\"name\":"
                 "\"TLP:RED\",\"dateAdded\":\"2024-02-28T00:00:00Z\"}]}}"},
        {.status = 200, .body = OK_BODY},
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"attribute\":[]}}"}};
    toc_session *sess = start(answers, 7);
    toc_object *obj = MAKE(GROUP, "Threat", "id", "9");
    toc_str one, two;
    assert_int_equal(toc_object_add_tag(obj, TOC_S("mine"), &err), TOC_OK);
    const unsigned all = TOC_LOAD_ATTRIBUTES | TOC_LOAD_TAGS | TOC_LOAD_LABELS;
    assert_int_equal(toc_load(sess, obj, NULL, all, &err), TOC_EHTTP);
    assert_false(toc_object_attribute(obj, 0, &one, &two));
    assert_true(toc_object_tag(obj, 0, &one));
    assert_int_equal(toc_load(sess, obj, NULL, all, &err), TOC_OK);
    assert_string_equal(play.asked[2].target, "/api/v2/groups/threats/9/attributes" QUIET PAGED);
    assert_string_equal(play.asked[3].target, "/api/v2/groups/threats/9/tags" QUIET PAGED);
    assert_string_equal(play.asked[4].target,
                        "/api/v2/groups/threats/9/securityLabels" QUIET PAGED);
    assert_true(toc_object_attribute(obj, 0, &one, &two));
    assert_true(toc_str_equal(two, TOC_S("s")));
    assert_true(toc_object_tag(obj, 0, &one));
    assert_true(toc_str_equal(one, TOC_S("x")));
    assert_false(toc_object_tag(obj, 1, &one));
    assert_true(toc_object_label(obj, 0, &one));
    assert_int_equal(toc_queue_length(obj), 1); /* still waits */
    toc_object_known(obj);
    toc_session_close(sess);
    static const script_answer more[] = {
        {.status = 200, .body = OK_BODY},
        {.status = 200, .body = OK_BODY},
        {.status = 200, .body = OK_BODY},
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"attribute\":[]}}"}};
    sess = start(more, 4);
    assert_int_equal(toc_queue_remove(obj, TOC_PART_TAG, NULL, TOC_S("X"), &err), TOC_OK);
    assert_int_equal(toc_save_with(sess, obj, NULL, TOC_SAVE_RELOAD, &err), TOC_OK);
    assert_asked(1, "POST", "/v2/groups/threats/9/tags/mine", "");
    assert_string_equal(play.asked[3].target, "/api/v2/groups/threats/9/attributes" QUIET PAGED);
    assert_false(toc_object_attribute(obj, 0, &one, &two));
    assert_true(toc_object_tag(obj, 0, &one)); /* what came, without what was removed */
    assert_true(toc_str_equal(one, TOC_S("mine")));
    assert_false(toc_object_tag(obj, 1, &one));
    assert_int_equal(toc_load(sess, obj, NULL, 64, &err), TOC_EINVAL);
    assert_int_equal(toc_load(sess, NULL, NULL, 1, &err), TOC_EINVAL);
    toc_object_free(obj);
    toc_session_close(sess);
}

static void test_drop_and_clear(void **state)
{
    (void)state;
    toc_object *obj = MAKE(GROUP, "Threat", "name", "n");
    toc_str name;
    assert_int_equal(toc_object_add_tag(obj, TOC_S("a"), &err), TOC_OK);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("b"), &err), TOC_OK);
    assert_int_equal(
        toc_object_add_label(obj, TOC_S("l"), (toc_str){NULL, 0}, (toc_str){NULL, 0}, &err),
        TOC_OK);
    toc_queue_drop(obj, 9);
    assert_int_equal(toc_queue_length(obj), 3);
    toc_queue_drop(obj, 0);
    assert_true(toc_object_tag(obj, 0, &name));
    assert_true(toc_str_equal(name, TOC_S("b")));
    assert_false(toc_object_tag(obj, 1, &name));
    assert_int_equal(toc_object_add_tag(obj, TOC_S("c"), &err), TOC_OK);
    toc_queue_drop(obj, 2); /* the last one */
    assert_int_equal(toc_queue_length(obj), 2);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("d"), &err), TOC_OK);
    assert_true(toc_str_equal(toc_queue_description(obj, 2), TOC_S("add tag \"d\" to \"n\"")));
    toc_queue_clear(obj);
    assert_int_equal(toc_queue_length(obj), 0);
    assert_false(toc_object_tag(obj, 0, &name));
    assert_false(toc_object_label(obj, 0, &name));
    toc_queue_clear(NULL);
    toc_queue_drop(NULL, 0);
    assert_int_equal(toc_queue_length(NULL), 0);
    assert_null(toc_queue_description(NULL, 0).ptr);
    toc_object_free(obj);
}

/* What is wrong whatever the server says does not get in. */
static void test_refused(void **state)
{
    (void)state;
    toc_object *obj = MAKE(GROUP, "Threat", "name", "n");
    toc_object *host = MAKE(INDICATOR, "Host", "hostName", "h");
    toc_object *tag = part(TOC_PART_TAG, (const char *const[]){"name", "..", NULL});
    toc_ref other = ref(TOC_KIND_GROUP, "Campaign", NULL);
    assert_int_equal(toc_queue_add(obj, TOC_PART_TAG, tag, &err), TOC_EINVAL);
    assert_int_equal(toc_queue_add(obj, TOC_PART_LABEL, tag, &err), TOC_EUNSUPPORTED);
    assert_int_equal(toc_queue_add(obj, TOC_PART_TAG, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_queue_add(NULL, TOC_PART_TAG, tag, &err), TOC_EINVAL);
    assert_int_equal(toc_queue_add(obj, TOC_PART_FALSE_POSITIVE, NULL, &err), TOC_EUNSUPPORTED);
    assert_int_equal(toc_queue_change(obj, TOC_PART_ATTRIBUTE, TOC_S("x"), NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_queue_remove(obj, TOC_PART_ATTRIBUTE, NULL, TOC_S("x"), &err), TOC_EINVAL);
    assert_int_equal(toc_queue_remove(obj, TOC_PART_ASSIGNEE, NULL, TOC_S("x"), &err),
                     TOC_EUNSUPPORTED);
    assert_int_equal(toc_queue_add_label(obj, 0, TOC_S("l"), &err), TOC_EINVAL);
    assert_int_equal(toc_queue_remove_label(obj, 5, TOC_S(""), &err), TOC_EINVAL);
    assert_int_equal(toc_queue_associate(obj, NULL, &other, &err), TOC_EINVAL);
    assert_int_equal(toc_queue_associate(obj, NULL, NULL, &err), TOC_EINVAL);
    other.id = TOC_S("5");
    assert_int_equal(toc_queue_associate(obj, "URL Host", &other, &err), TOC_EUNSUPPORTED);
    assert_int_equal(toc_queue_upload(obj, TOC_S("x"), TOC_UPLOAD_NEW, &err), TOC_EUNSUPPORTED);
    assert_int_equal(toc_queue_remove(host, TOC_PART_OCCURRENCE, NULL, TOC_S("5"), &err),
                     TOC_EUNSUPPORTED);
    assert_int_equal(toc_queue_length(obj), 0);
    assert_int_equal(toc_queue_length(host), 0);
    toc_object_free(tag);
    toc_object_free(host);
    toc_object_free(obj);
}

/* The sentences of sdk.md 2.10. */
static void fill(toc_object *obj, bool labels)
{
    toc_ref threat = ref(TOC_KIND_GROUP, "Attack Pattern", "5");
    toc_ref host = ref(TOC_KIND_INDICATOR, "Host", "h");
    toc_ref victim = ref(TOC_KIND_VICTIM, "Victim", "6");
    toc_object *change = part(TOC_PART_ATTRIBUTE, (const char *const[]){"value", "w", NULL});
    ADD(obj, ATTRIBUTE, "type", "T", "value", "v");
    assert_int_equal(toc_queue_change(obj, TOC_PART_ATTRIBUTE, TOC_S("4"), change, &err), 0);
    assert_int_equal(toc_queue_remove(obj, TOC_PART_ATTRIBUTE, NULL, TOC_S("4"), &err), 0);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("t"), &err), TOC_OK);
    assert_int_equal(toc_queue_remove(obj, TOC_PART_TAG, NULL, TOC_S("t"), &err), TOC_OK);
    ADD(obj, LABEL, "name", "l");
    assert_int_equal(toc_queue_remove(obj, TOC_PART_LABEL, NULL, TOC_S("l"), &err), TOC_OK);
    assert_int_equal(toc_queue_associate(obj, NULL, &threat, &err), TOC_OK);
    assert_int_equal(toc_queue_disassociate(obj, NULL, &threat, &err), TOC_OK);
    assert_int_equal(toc_queue_associate(obj, NULL, &host, &err), TOC_OK);
    assert_int_equal(toc_queue_disassociate(obj, NULL, &host, &err), TOC_OK);
    assert_int_equal(toc_queue_associate(obj, NULL, &victim, &err), TOC_OK);
    assert_int_equal(toc_queue_disassociate(obj, NULL, &victim, &err), TOC_OK);
    if (labels)
        assert_int_equal(toc_queue_add_label(obj, 4, TOC_S("l"), &err), TOC_OK);
    toc_object_free(change);
}

static void assert_said(toc_object *obj, const char *const *texts)
{
    size_t count = 0;
    for (; texts[count]; count++) {
        toc_str text = toc_queue_description(obj, count);
        if (!toc_str_equal(text, toc_str_of(texts[count])))
            fail_msg("%.*s instead of %s", TOC_FMT(text), texts[count]);
    }
    assert_int_equal(toc_queue_length(obj), count);
    assert_null(toc_queue_description(obj, count).ptr);
}

static void test_descriptions(void **state)
{
    (void)state;
    static const char *const group[] = {"add attribute type \"T\" with value \"v\" to \"G\"",
                                        "update attribute id 4 with value \"w\" on \"G\"",
                                        "delete attribute id 4 from \"G\"",
                                        "add tag \"t\" to \"G\"",
                                        "delete tag \"t\" from \"G\"",
                                        "add security label \"l\" to \"G\"",
                                        "delete security label \"l\" from G",
                                        "associate group type \"ATTACK_PATTERNS\" id 5 to \"G\"",
                                        "disassociate group type ATTACK_PATTERNS id 5 from \"G\"",
                                        "associate indicator h to \"G\"",
                                        "disassociate indicator h to \"G\"",
                                        "associate victim id 6 from \"G\"",
                                        "disassociate victim id 6 from \"G\"",
                                        "deleting security label l for attribute 4 of object 3",
                                        "upload document for \"G\"",
                                        NULL};
    static const char *const indicator[] = {
        "add attribute type \"T\" with value \"v\" to " MD5,
        "update attribute id 4 with value \"w\" on " MD5,
        "delete attribute id 4 from " MD5,
        "add tag \"t\" to " MD5,
        "delete tag \"t\" from " MD5,
        "add security label \"l\" to " MD5,
        "delete security label \"l\" from " MD5,
        "associate group type \"ATTACK_PATTERNS\" id 5 to " MD5,
        "disassociate group type ATTACK_PATTERNS id 5 from " MD5,
        "associate indicator h to " MD5,
        "disassociate indicator h to " MD5,
        "associate victim id 6 from " MD5,
        "disassociate victim id 6 from " MD5,
        "Adding false positive to " MD5,
        "add observation to " MD5,
        "add file occurrence - file \"a.exe\" to \"" MD5 "\"",
        "add file occurrence - unnamed file to \"" MD5 "\"",
        "delete file occurrence id 8 from " MD5,
        NULL};
    toc_object *obj = MAKE(GROUP, "Document", "name", "G", "id", "3");
    fill(obj, true);
    assert_int_equal(toc_queue_upload(obj, TOC_S("x"), TOC_UPLOAD_NEW, &err), TOC_OK);
    assert_said(obj, group);
    toc_object_free(obj);
    obj = MAKE(INDICATOR, "File", "md5", MD5);
    fill(obj, false);
    assert_int_equal(toc_queue_add(obj, TOC_PART_FALSE_POSITIVE, NULL, &err), TOC_OK);
    ADD(obj, OBSERVATION, "count", "1");
    ADD(obj, OCCURRENCE, "fileName", "a.exe");
    ADD(obj, OCCURRENCE, "path", "C:");
    assert_int_equal(toc_queue_remove(obj, TOC_PART_OCCURRENCE, NULL, TOC_S("8"), &err), TOC_OK);
    assert_said(obj, indicator);
    toc_object_free(obj);
}

static void test_descriptions_of_people_and_assets(void **state)
{
    (void)state;
    static const char *const task[] = {
        "add assignee a@b from \"T\"", "delete assignee a@b from \"T\"",
        "add escalatee a@b from \"T\"", "delete escalatee a@b from \"T\"", NULL};
    static const char *const victim[] = {
        "add asset type ResourceType.VICTIM_PHONES with to V",
        "update asset type ResourceType.VICTIM_PHONES with to V",
        "delete asset type ResourceType.VICTIM_WEBSITES with to V",
        "delete asset type ResourceType.VICTIM_EMAIL_ADDRESSES with to V", NULL};
    toc_object *obj = MAKE(TASK, "Task", "name", "T");
    ADD(obj, ASSIGNEE, "userName", "a@b");
    assert_int_equal(toc_queue_remove(obj, TOC_PART_ASSIGNEE, NULL, TOC_S("a@b"), &err), TOC_OK);
    ADD(obj, ESCALATEE, "userName", "a@b");
    assert_int_equal(toc_queue_remove(obj, TOC_PART_ESCALATEE, NULL, TOC_S("a@b"), &err), TOC_OK);
    assert_said(obj, task);
    toc_object_free(obj);
    obj = MAKE(VICTIM, "Victim", "name", "V");
    toc_object *phone = MAKE(VICTIM_ASSET, "Phone", "phoneType", "+1");
    assert_int_equal(toc_queue_add(obj, TOC_PART_ASSET, phone, &err), TOC_OK);
    assert_int_equal(toc_queue_change(obj, TOC_PART_ASSET, TOC_S("2"), phone, &err), TOC_OK);
    static const char *const types[] = {"WebSite", "EmailAddress"};
    for (size_t i = 0; i < TOC_COUNT(types); i++)
        assert_int_equal(
            toc_queue_remove(obj, TOC_PART_ASSET,
                             toc_types_find(NULL, TOC_KIND_VICTIM_ASSET, toc_str_of(types[i])),
                             TOC_S("3"), &err),
            TOC_OK);
    assert_said(obj, victim);
    toc_object_free(phone);
    toc_object_free(obj);
}

/* Lists that came with the text of a new object go out with it, also when the program added to
 * them. */
static void test_read_and_added(void **state)
{
    (void)state;
    static const char json[] = "{\"name\":\"I\",\"tag\":[{\"name\":\"one\"},{\"name\":\"two\"}],"
                               "\"attribute\":[{\"type\":\"A\",\"value\":\"v\"}]}";
    static const script_answer answers[] = {
        {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"incident\":{\"id\":7}}}"},
        {.status = 200, .body = OK_BODY},
        {.status = 200, .body = OK_BODY},
        {.status = 200, .body = OK_BODY},
        {.status = 200, .body = OK_BODY}};
    toc_session *sess = start(answers, 5);
    toc_object *obj = MAKE(GROUP, "Incident", "name", "I");
    assert_int_equal(toc_object_set_json(obj, TOC_S(json), &err), TOC_OK);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("three"), &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_int_equal(play.asked_count, 5);
    assert_asked(1, "POST", "/v2/groups/incidents/7/tags/three", "");
    assert_asked(2, "POST", "/v2/groups/incidents/7/attributes",
                 "{\"type\":\"A\",\"value\":\"v\",\"displayed\":false}");
    assert_asked(3, "POST", "/v2/groups/incidents/7/tags/one", "");
    assert_asked(4, "POST", "/v2/groups/incidents/7/tags/two", "");
    toc_object_free(obj);
    toc_session_close(sess);
}

/* Memory that ends half way costs nothing of the lists. */
static void test_read_without_memory(void **state)
{
    (void)state;
    static const size_t count = 600;
    static char json[32 * 1024];
    int used = snprintf(json, sizeof(json), "{\"name\":\"I\",\"tag\":[");
    for (size_t i = 0; i < count; i++)
        used += snprintf(json + used, sizeof(json) - (size_t)used, "%s{\"name\":\"t%zu\"}",
                         i ? "," : "", i);
    used += snprintf(json + used, sizeof(json) - (size_t)used, "]}");
    toc_object *obj = MAKE(GROUP, "Incident", "name", "I");
    assert_int_equal(toc_object_set_json(obj, toc_str_of(json), &err), TOC_OK);
    failing memory = {.left = 0};
    toc_allocator allocator = failing_allocator(&memory);
    toc_set_allocator(&allocator);
    toc_rc rc = toc__queue_adopt(obj, &err);
    toc_set_allocator(NULL);
    assert_int_equal(rc, TOC_ENOMEM);
    assert_true(toc_queue_length(obj) < count);
    assert_int_equal(toc__queue_adopt(obj, &err), TOC_OK);
    assert_int_equal(toc_queue_length(obj), count);
    toc_object_free(obj);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_read_and_added),
        cmocka_unit_test(test_read_without_memory),
        cmocka_unit_test(test_half_failed),
        cmocka_unit_test(test_continue),
        cmocka_unit_test(test_create_or_update),
        cmocka_unit_test(test_from_a_list),
        cmocka_unit_test(test_existing_hash),
        cmocka_unit_test(test_create_victims),
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_drop_and_clear),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_descriptions),
        cmocka_unit_test(test_descriptions_of_people_and_assets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
