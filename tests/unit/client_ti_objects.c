/* Field names in words, whole objects from JSON and back, the members that all objects share. */
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

static toc_error err;

static toc_object *make(toc_kind kind, const char *name)
{
    const toc_type *type = toc_types_find(NULL, kind, toc_str_of(name));
    toc_object *obj = NULL;
    assert_non_null(type);
    assert_int_equal(toc_object_new(type, &obj, &err), TOC_OK);
    return obj;
}

static void assert_text(toc_str text, const char *wanted)
{
    assert_int_equal(text.len, strlen(wanted));
    assert_memory_equal(text.ptr, wanted, text.len);
}

/* ti.md 2.3.2, 2.3.5, 2.3.7, 2.3.8, 5.2 and 6.2. */
static const struct {
    toc_kind kind;
    const char *type, *word, *field, *value;
} names[] = {
    {TOC_KIND_GROUP, "Threat", "date_added", "dateAdded", "2019-04-02"},
    {TOC_KIND_GROUP, "Event", "event_date", "eventDate", "2019-04-02"},
    {TOC_KIND_GROUP, "Document", "file_name", "fileName", "x.zip"},
    {TOC_KIND_GROUP, "Signature", "file_text", "fileText", "rule x {}"},
    {TOC_KIND_GROUP, "Signature", "file_type", "fileType", "YARA"},
    {TOC_KIND_GROUP, "Campaign", "first_seen", "firstSeen", "2019-04-02"},
    {TOC_KIND_GROUP, "Email", "from_addr", "from", "a@b.example"},
    {TOC_KIND_GROUP, "Email", "to_addr", "to", "a@b.example"},
    {TOC_KIND_GROUP, "Report", "publish_date", "publishDate", "2019-04-02"},
    {TOC_KIND_INDICATOR, "Host", "date_added", "dateAdded", "2019-04-02"},
    {TOC_KIND_INDICATOR, "Host", "last_modified", "lastModified", "2019-04-02"},
    {TOC_KIND_INDICATOR, "Host", "hostname", "hostName", "evil.example"},
    {TOC_KIND_INDICATOR, "URL", "url", "text", "http://evil.example/"},
    {TOC_KIND_INDICATOR, "Registry Key", "key_name", "Key Name", "HKEY_USERS\\a"},
    {TOC_KIND_INDICATOR, "Registry Key", "value_name", "Value Name", "v"},
    {TOC_KIND_INDICATOR, "Registry Key", "value_type", "Value Type", "REG_SZ"},
    {TOC_KIND_INDICATOR, "CIDR", "block", "Block", "10.0.0.0/24"},
    {TOC_KIND_INDICATOR, "Mutex", "mutex", "Mutex", "m"},
    {TOC_KIND_INDICATOR, "ASN", "as_number", "AS Number", "ASN1"},
    {TOC_KIND_INDICATOR, "User Agent", "user_agent_string", "User Agent String", "curl"},
    {TOC_KIND_INDICATOR, "Email Subject", "subject", "Subject", "hello"},
    {TOC_KIND_TASK, "Task", "due_date", "dueDate", "2019-04-02"},
    {TOC_KIND_TASK, "Task", "reminder_date", "reminderDate", "2019-04-02"},
    {TOC_KIND_TASK, "Task", "escalation_date", "escalationDate", "2019-04-02"},
    {TOC_KIND_VICTIM, "Victim", "work_location", "workLocation", "here"},
    {TOC_KIND_VICTIM_ASSET, "EmailAddress", "address_type", "addressType", "home"},
};

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(names); i++) {
        toc_object *obj = make(names[i].kind, names[i].type);
        toc_str value = toc_str_of(names[i].value);
        if (toc_object_set(obj, names[i].word, value, &err))
            fail_msg("%s.%s: %s", names[i].type, names[i].word, err.message);
        assert_text(toc_object_get(obj, names[i].field), names[i].value);
        assert_text(toc_object_get(obj, names[i].word), names[i].value);
        toc_object_unset(obj, names[i].word);
        assert_false(toc_object_has(obj, names[i].field));
        toc_object_free(obj);
    }
}

static void test_typed_names(void **state)
{
    (void)state;
    toc_object *host = make(TOC_KIND_INDICATOR, "Host");
    assert_int_equal(toc_object_set_bool(host, "dns_active", true, &err), TOC_OK);
    assert_int_equal(toc_object_set(host, "whois_active", TOC_S("false"), &err), TOC_OK);
    assert_int_equal(toc_object_set(host, "private_flag", TOC_S("true"), &err), TOC_OK);
    assert_true(toc_object_get_bool(host, "dnsActive"));
    assert_true(toc_object_has(host, "whoisActive"));
    assert_true(toc_object_get_bool(host, "privateFlag"));
    assert_int_equal(toc_object_set(host, "unique_id", TOC_S("a.example"), &err), TOC_OK);
    assert_text(toc_object_get(host, "hostName"), "a.example");
    assert_int_equal(toc_object_set(host, "from_addr", TOC_S("x"), &err), TOC_EINVAL);
    assert_string_equal(err.field, "from_addr");
    assert_int_equal(toc_object_set(host, "dns_activ", TOC_S("true"), &err), TOC_EINVAL);
    assert_int_equal(toc_object_set(host, "_", TOC_S("true"), &err), TOC_EINVAL);
    assert_int_equal(toc_object_set(host, "", TOC_S("true"), &err), TOC_EINVAL);
    toc_object_free(host);
    toc_object *threat = make(TOC_KIND_GROUP, "Threat");
    assert_int_equal(toc_object_set(threat, "unique_id", TOC_S("12"), &err), TOC_OK);
    assert_int_equal(toc_object_get_int(threat, "id"), 12);
    toc_object_free(threat);
    toc_object *seen = NULL;
    assert_int_equal(toc_object_new(toc_part_type(TOC_PART_OCCURRENCE), &seen, &err), TOC_OK);
    assert_int_equal(toc_object_set(seen, "file_name", TOC_S("x.exe"), &err), TOC_OK);
    assert_text(toc_object_get(seen, "fileName"), "x.exe");
    toc_object_free(seen);
}

/* No two fields of a type have the same words. */
static void test_names_are_different(void **state)
{
    (void)state;
    size_t count = 0;
    const toc_type *types = toc_type_list(&count);
    for (size_t t = 0; t < count; t++) {
        toc_object *obj = make(types[t].kind, types[t].name);
        for (size_t f = 0; f < types[t].field_count; f++) {
            const toc_field *field = &types[t].fields[f];
            char word[80];
            size_t at = 0;
            for (const char *c = field->name; *c && at + 2 < sizeof(word); c++) {
                bool capital = *c >= 'A' && *c <= 'Z';
                if (capital && at && word[at - 1] != '_')
                    word[at++] = '_';
                word[at++] = (char)(*c == ' ' ? '_' : capital ? *c - 'A' + 'a' : *c);
            }
            word[at] = '\0';
            const char *value = field->choices ? NULL : "1";
            if (!value || field->value == TOC_VALUE_DATE || (field->flags & TOC_FIELD_KEY))
                continue;
            toc_object_unset(obj, field->name);
            if (!toc_object_set(obj, word, toc_str_of(value), &err))
                assert_true(toc_object_has(obj, field->name));
            else
                assert_string_equal(err.field, field->name);
        }
        toc_object_free(obj);
    }
}

static void test_set_json(void **state)
{
    (void)state;
    toc_object *host = make(TOC_KIND_INDICATOR, "Host");
    toc_str tag, type, value;
    assert_int_equal(toc_object_set(host, "confidence", TOC_S("9"), &err), TOC_OK);
    char text[] = "{\"hostName\":\"evil.example\",\"rating\":\"3.0\",\"dnsActive\":\"true\","
                  "\"unknown\":[1],\"id\":7,\"tag\":[{\"name\":\"a\"}],"
                  "\"attribute\":[{\"type\":\"Source\",\"value\":\"x\\u00e9\"}]}";
    assert_int_equal(toc_object_set_json(host, toc_str_of(text), &err), TOC_OK);
    memset(text, 'x', sizeof(text) - 1);
    assert_text(toc_object_get(host, "hostName"), "evil.example");
    assert_true(toc_object_get_bool(host, "dnsActive"));
    assert_false(toc_object_has(host, "confidence"));
    assert_int_equal(toc_object_get_int(host, "id"), 7);
    assert_true(toc_object_tag(host, 0, &tag));
    assert_text(tag, "a");
    assert_true(toc_object_attribute(host, 0, &type, &value));
    assert_text(value, "x\xC3\xA9");
    assert_int_equal(
        toc_object_set_json(host, TOC_S("{\"id\":8,\"hostName\":\"b.example\"}"), &err), TOC_OK);
    assert_int_equal(toc_object_get_int(host, "id"), 7);
    assert_false(toc_object_tag(host, 0, &tag));
    toc_object_free(host);
}

static void test_set_json_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        toc_rc rc;
    } rows[] = {
        {"", TOC_EPARSE},
        {"[]", TOC_EPARSE},
        {"{\"name\":", TOC_EPARSE},
        {"{\"name\":\"x\"} {}", TOC_EPARSE},
        {"{\"name\":\"x\",\"score\":\"many\"}", TOC_EINVAL},
        {"{\"name\":{\"a\":1}}", TOC_EINVAL},
    };
    toc_object *mail = make(TOC_KIND_GROUP, "Email");
    assert_int_equal(toc_object_set(mail, "name", TOC_S("kept"), &err), TOC_OK);
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_rc rc = toc_object_set_json(mail, toc_str_of(rows[i].text), &err);
        if (rc != rows[i].rc)
            fail_msg("%s: %d %s", rows[i].text, rc, err.message);
        assert_text(toc_object_get(mail, "name"), "kept");
    }
    assert_int_equal(toc_object_set_json(NULL, TOC_S("{}"), &err), TOC_EINVAL);
    toc_object_free(mail);
}

static void test_json(void **state)
{
    (void)state;
    toc_object *host = make(TOC_KIND_INDICATOR, "Host");
    char *text = NULL;
    assert_int_equal(toc_object_json(host, &text, &err), TOC_OK);
    assert_string_equal(text, "{}");
    toc_free(text);
    assert_int_equal(toc_object_set(host, "hostName", TOC_S("a{\"\\,b.example"), &err), TOC_OK);
    assert_int_equal(toc_object_set(host, "confidence", TOC_S("60"), &err), TOC_OK);
    assert_int_equal(toc_object_add_tag(host, TOC_S("t"), &err), TOC_OK);
    assert_int_equal(toc_object_json(host, &text, &err), TOC_OK);
    assert_string_equal(text, "{\n    \"confidence\": 60,\n"
                              "    \"hostName\": \"a{\\\"\\\\,b.example\",\n"
                              "    \"tag\": [\n        {\n            \"name\": \"t\"\n"
                              "        }\n    ]\n}");
    toc_object *again = make(TOC_KIND_INDICATOR, "Host");
    assert_int_equal(toc_object_set_json(again, toc_str_of(text), &err), TOC_OK);
    assert_text(toc_object_get(again, "hostName"), "a{\"\\,b.example");
    toc_free(text);
    assert_int_equal(toc_object_json(host, NULL, &err), TOC_EINVAL);
    toc_object_free(again);
    toc_object_free(host);
}

/* Everything that can be asked of an object (ti.md 2.3.12, 2.3.13). */
static void test_properties(void **state)
{
    (void)state;
    toc_object *obj = make(TOC_KIND_GROUP, "Adversary");
    assert_int_equal(toc_object_set(obj, "name", TOC_S("x"), &err), TOC_OK);
    assert_null(toc_object_ref(obj).id.ptr);
    toc_entity entity = toc_object_entity(obj);
    assert_string_equal(entity.type, "Adversary");
    assert_text(entity.value, "x");
    assert_int_equal(entity.id, 0);
    assert_int_equal(toc_object_set(obj, "id", TOC_S("5"), &err), TOC_OK);
    assert_int_equal(toc_object_set(obj, "ownerName", TOC_S("Acme"), &err), TOC_OK);
    const toc_type *type = toc_object_type(obj);
    assert_int_equal(type->kind, TOC_KIND_GROUP);
    assert_string_equal(toc_kind_branch(type->kind), "groups");
    assert_string_equal(type->branch, "adversaries");
    assert_string_equal(type->entity, "adversary");
    assert_text(toc_object_ref(obj).id, "5");
    assert_string_equal(toc_object_ref(obj).owner, "Acme");
    assert_int_equal(toc_object_entity(obj).id, 5);
    toc_object_free(obj);
    obj = make(TOC_KIND_INDICATOR, "File");
    assert_int_equal(toc_object_set(obj, "md5", TOC_S("44D88612FEA8A8F36DE82E1278ABB02F"), &err),
                     TOC_OK);
    assert_text(toc_object_entity(obj).value, "44D88612FEA8A8F36DE82E1278ABB02F");
    toc_object_free(obj);
    assert_null(toc_object_entity(NULL).type);
}

static const struct {
    toc_kind kind;
    const char *type, *json, *wanted;
} entities[] = {
    {TOC_KIND_INDICATOR, "Host",
     "{\"id\":3,\"ownerName\":\"Acme\",\"hostName\":\"a.example\",\"dateAdded\":"
     "\"2019-04-02T00:00:00Z\",\"lastModified\":\"2019-04-03T00:00:00Z\",\"rating\":4.0,"
     "\"confidence\":60,\"threatAssessRating\":3.5,\"dnsActive\":\"true\",\"webLink\":\"w\"}",
     "{\"id\":3,\"type\":\"Host\",\"value\":\"a.example\",\"ownerName\":\"Acme\",\"webLink\":\"w\","
     "\"dateAdded\":\"2019-04-02T00:00:00Z\",\"confidence\":60,\"rating\":4.0,"
     "\"threatAssessRating\":3.5,\"dateLastModified\":\"2019-04-03T00:00:00Z\","
     "\"dnsActive\":true}"},
    {TOC_KIND_INDICATOR, "File",
     "{\"owner\":{\"id\":1,\"name\":\"Acme\"},\"md5\":\"44D88612FEA8A8F36DE82E1278ABB02F\","
     "\"sha1\":\"3395856CE81F2B7382DEE72602F798B642F14140\"}",
     "{\"type\":\"File\",\"value\":\"44D88612FEA8A8F36DE82E1278ABB02F : "
     "3395856CE81F2B7382DEE72602F798B642F14140\",\"ownerName\":\"Acme\"}"},
    {TOC_KIND_GROUP, "Incident",
     "{\"id\":\"4\",\"name\":\"i\",\"eventDate\":\"2019-04-02T00:00:00Z\",\"status\":\"Open\","
     "\"xid\":\"x1\"}",
     "{\"id\":4,\"type\":\"Incident\",\"value\":\"i\",\"status\":\"Open\",\"xid\":\"x1\","
     "\"eventDate\":\"2019-04-02T00:00:00Z\"}"},
    {TOC_KIND_TASK, "Task",
     "{\"id\":5,\"name\":\"t\",\"status\":\"Deferred\",\"overdue\":true,"
     "\"dueDate\":\"2019-04-02T00:00:00Z\"}",
     "{\"id\":5,\"type\":\"Task\",\"value\":\"t\",\"status\":\"Deferred\",\"overdue\":true,"
     "\"dueDate\":\"2019-04-02T00:00:00Z\"}"},
    {TOC_KIND_VICTIM, "Victim", "{\"id\":6,\"name\":\"v\",\"org\":\"O\",\"suborg\":\"S\"}",
     "{\"id\":6,\"type\":\"Victim\",\"value\":\"v\",\"ownerName\":\"O\"}"},
};

static void test_entities(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(entities); i++) {
        toc_object *obj = make(entities[i].kind, entities[i].type);
        char *text = NULL;
        assert_int_equal(toc_object_set_json(obj, toc_str_of(entities[i].json), &err), TOC_OK);
        assert_int_equal(toc_object_entity_json(obj, &text, &err), TOC_OK);
        assert_string_equal(text, entities[i].wanted);
        toc_free(text);
        toc_object_free(obj);
    }
    char *text = NULL;
    assert_int_equal(toc_object_entity_json(NULL, &text, &err), TOC_EINVAL);
}

/* What the text does not say of the place of an object stays: it is saved where it came from. */
static void test_json_keeps_the_place(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"host\":{\"id\":7,\"hostName\":\"a.example\","
                 "\"owner\":{\"id\":3,\"name\":\"Feed\",\"type\":\"Source\"}}}}"},
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"host\":{\"id\":7}}}"}};
    int mine = 0;
    script play;
    toc_session *sess = script_start(&play, answers, 2,
                                     (toc_session_options){.owner = "Acme", .retry_sleep_ms = 1});
    toc_object *obj = NULL;
    assert_int_equal(toc_get(sess, toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host")),
                             TOC_S("a.example"), "Feed", &obj, &err),
                     TOC_OK);
    toc_object_set_memo(obj, &mine);
    assert_int_equal(
        toc_object_set_json(obj, TOC_S("{\"hostName\":\"a.example\",\"rating\":3}"), &err), TOC_OK);
    assert_ptr_equal(toc_object_memo(obj), &mine);
    assert_int_equal(toc_object_get_int(obj, "id"), 7);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_int_equal(play.asked_count, 2);
    assert_non_null(strstr(play.asked[1].target, "owner=Feed"));
    assert_int_equal(toc_object_set_json(
                         obj, TOC_S("{\"hostName\":\"a.example\",\"ownerName\":\"Other\"}"), &err),
                     TOC_OK);
    assert_string_equal(toc_object_ref(obj).owner, "Other");
    toc_object_free(obj);
    toc_session_close(sess);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_typed_names),
        cmocka_unit_test(test_names_are_different),
        cmocka_unit_test(test_set_json),
        cmocka_unit_test(test_set_json_refused),
        cmocka_unit_test(test_json_keeps_the_place),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_properties),
        cmocka_unit_test(test_entities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
