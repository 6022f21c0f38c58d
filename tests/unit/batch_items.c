/* Items of every type as they go into a batch file, and every setting that a job can have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dirent.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "batch/batch.h"
#include "support/folder.h"

static toc_error err;

static toc_batch *start(void)
{
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = "Acme";
    options.inline_links = true;
    toc_batch *batch = NULL;
    assert_int_equal(toc_batch_new(&options, &batch, &err), TOC_OK);
    return batch;
}

static toc_object *make(const toc_types *types, toc_kind kind, const char *name,
                        const char *const *pairs)
{
    const toc_type *type = toc_types_find(types, kind, toc_str_of(name));
    toc_object *obj = NULL;
    assert_non_null(type);
    assert_int_equal(toc_object_new(type, &obj, &err), TOC_OK);
    for (size_t i = 0; pairs[i]; i += 2) {
        if (toc_object_set(obj, pairs[i], toc_str_of(pairs[i + 1]), &err))
            fail_msg("%s.%s: %s", name, pairs[i], err.message);
    }
    return obj;
}

/* The batch with this one object, without the frame. */
static void expect(toc_object *obj, const char *wanted)
{
    toc_batch *batch = start();
    char *written = NULL, whole[4096];
    size_t len = 0;
    bool group = toc_object_type(obj)->kind == TOC_KIND_GROUP;
    if (toc_batch_add(batch, obj, 0, &err))
        fail_msg("%s: %s", wanted, err.message);
    FILE *file = open_memstream(&written, &len);
    assert_non_null(file);
    assert_int_equal(toc_batch_write(batch, file, &err), TOC_OK);
    assert_int_equal(fclose(file), 0);
    (void)snprintf(whole, sizeof(whole),
                   group ? "{\"group\":[\n%s],\"indicator\":[]}\n"
                         : "{\"group\":[],\"indicator\":[\n%s]}\n",
                   wanted);
    assert_string_equal(written, whole);
    free(written);
    toc_batch_free(batch);
}

typedef struct row {
    const char *type;
    const char *pairs[18]; /* field, value, ..., NULL */
    const char *item;
} row;

static void check(toc_kind kind, const row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        toc_object *obj = make(NULL, kind, rows[i].type, rows[i].pairs);
        expect(obj, rows[i].item);
        toc_object_free(obj);
    }
}

static void test_groups(void **state)
{
    (void)state;
    static const row rows[] = {
        {"Campaign",
         {"name", "c", "firstSeen", "1510686617", "xid", "x", NULL},
         "{\"name\":\"c\",\"type\":\"Campaign\",\"xid\":\"x\","
         "\"firstSeen\":\"2017-11-14T19:10:17Z\"}"},
        {"Document",
         {"name", "doc", "fileName", "f.txt", "malware", "true", "password", "p", "xid", "x1",
          NULL},
         "{\"name\":\"doc\",\"type\":\"Document\",\"xid\":\"x1\",\"fileName\":\"f.txt\","
         "\"malware\":true,\"password\":\"p\"}"},
        {"Email",
         {"name", "n", "subject", "s", "header", "h", "body", "b", "from", "f@x", "to", "t@x",
          "score", "7", "xid", "e2", NULL},
         "{\"name\":\"n\",\"type\":\"Email\",\"xid\":\"e2\",\"subject\":\"s\",\"header\":\"h\","
         "\"body\":\"b\",\"from\":\"f@x\",\"to\":\"t@x\",\"score\":7}"},
        {"Event",
         {"name", "n", "eventDate", "2017 12 25", "status", "needs review", "eventType", "Breach",
          "xid", "x", NULL},
         "{\"name\":\"n\",\"type\":\"Event\",\"xid\":\"x\",\"eventDate\":\"2017-12-25T00:00:00Z\","
         "\"status\":\"Needs Review\",\"eventType\":\"Breach\"}"},
        {"Incident",
         {"name", "n", "eventDate", "2017-03-03T18:00:00-06:00", "status", "Open", "xid", "x",
          NULL},
         "{\"name\":\"n\",\"type\":\"Incident\",\"xid\":\"x\","
         "\"eventDate\":\"2017-03-03T18:00:00-06:00\",\"status\":\"Open\"}"},
        {"Report",
         {"name", "n", "fileName", "r.pdf", "publishDate", "1510686617123", "xid", "x", NULL},
         "{\"name\":\"n\",\"type\":\"Report\",\"xid\":\"x\",\"fileName\":\"r.pdf\","
         "\"publishDate\":\"2017-11-14T19:10:17Z\"}"},
        {"Signature",
         {"name", "n", "fileName", "s.yar", "fileType", "yara", "fileText", "rule \"x\"", "xid",
          "x", NULL},
         "{\"name\":\"n\",\"type\":\"Signature\",\"xid\":\"x\",\"fileName\":\"s.yar\","
         "\"fileType\":\"YARA\",\"fileText\":\"rule \\\"x\\\"\"}"},
    };
    check(TOC_KIND_GROUP, rows, TOC_COUNT(rows));
}

/* Names only, and what all groups share. */
static void test_plain_groups(void **state)
{
    (void)state;
    static const char *const types[] = {"Adversary",     "Attack Pattern", "Course of Action",
                                        "Intrusion Set", "Malware",        "Tactic",
                                        "Threat",        "Tool",           "Vulnerability"};
    for (size_t i = 0; i < TOC_COUNT(types); i++) {
        char item[512];
        (void)snprintf(item, sizeof(item),
                       "{\"name\":\"n\",\"type\":\"%s\",\"dateAdded\":\"2024-03-01T10:00:00Z\","
                       "\"xid\":\"x\",\"firstSeen\":\"2024-01-01T00:00:00Z\","
                       "\"lastSeen\":\"2024-02-01T00:00:00Z\","
                       "\"externalDateAdded\":\"2023-01-01T00:00:00Z\","
                       "\"externalDateExpires\":\"2025-01-01T00:00:00Z\","
                       "\"externalLastModified\":\"2024-01-02T00:00:00Z\"}",
                       types[i]);
        const row made = {types[i],
                          {"name", "n", "dateAdded", "1709287200", "xid", "x", "firstSeen",
                           "2024-01-01T00:00:00Z", "lastSeen", "2024-02-01T00:00:00Z",
                           "externalDateAdded", "2023-01-01T00:00:00Z", "externalDateExpires",
                           "2025-01-01T00:00:00Z", NULL},
                          item};
        toc_object *obj = make(NULL, TOC_KIND_GROUP, made.type, made.pairs);
        assert_int_equal(
            toc_object_set(obj, "externalLastModified", TOC_S("2024-01-02T00:00:00Z"), &err),
            TOC_OK);
        expect(obj, made.item);
        toc_object_free(obj);
    }
}

static void test_enumerations(void **state)
{
    (void)state;
    static const struct {
        const char *type, *field, *values;
    } rows[] = {
        {"Event", "status",
         "Escalated;False Positive;Needs Review;No Further Action;Completed;In Progress;New;"
         "Reopened"},
        {"Incident", "status",
         "New;Open;Stalled;Containment Achieved;Restoration Achieved;Incident Reported;Closed;"
         "Rejected;Deleted"},
        {"Signature", "fileType",
         "Snort;Suricata;YARA;ClamAV;OpenIOC;CybOX;Bro;Regex;SPL;Iris Search Hash;KQL;Sigma;"
         "TQL Query"},
        {"Event", "eventType",
         "Alert;Alert [flash];Alert [hyper-local];Alert [local];Alert [urgent];Breach;Campaign;"
         "Compliance / Regulatory;Disclosure;Emerging Threat;Exercise;Exposure;"
         "Finding [Compliance violations];Finding [Configuration weaknesses];"
         "Finding [Missing patches];Finding [Security posture gaps];Investigation;None;Operation;"
         "Physical Security;Response Action;Social Engineering (non-phishing);"
         "Third Party Reported;Trend"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        static const char *const named[] = {"name", "n", NULL};
        static const char *const filed[] = {"name", "n", "fileName", "f", "fileText", "t", NULL};
        bool signature = strcmp(rows[i].type, "Signature") == 0;
        toc_object *obj = make(NULL, TOC_KIND_GROUP, rows[i].type, signature ? filed : named);
        toc_str rest = toc_str_of(rows[i].values), value;
        while (toc_str_cut(&rest, ';', &value)) {
            assert_int_equal(toc_object_set(obj, rows[i].field, value, &err), TOC_OK);
            if (toc_object_check(obj, &err))
                fail_msg("%.*s: %s", TOC_FMT(value), err.message);
            assert_true(toc_str_equal(toc_object_get(obj, rows[i].field), value));
        }
        assert_int_equal(toc_object_set(obj, rows[i].field, TOC_S("Nonsense"), &err), TOC_OK);
        assert_int_equal(toc_object_check(obj, &err), TOC_EINVAL);
        toc_object_free(obj);
    }
}

#define MD5 "44D88612FEA8A8F36DE82E1278ABB02F"
#define SHA256 "275A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F"

static void test_indicators(void **state)
{
    (void)state;
    static const row rows[] = {
        {"Address",
         {"ip", "203.0.113.7", "rating", "5.0", "confidence", "100", "xid", "i1", NULL},
         "{\"summary\":\"203.0.113.7\",\"type\":\"Address\",\"rating\":5.0,\"confidence\":100,"
         "\"xid\":\"i1\"}"},
        {"ASN",
         {"AS Number", "ASN64500", "active", "no", "privateFlag", "Yes", "xid", "i", NULL},
         "{\"summary\":\"ASN64500\",\"type\":\"ASN\",\"privateFlag\":true,\"active\":false,"
         "\"xid\":\"i\"}"},
        {"CIDR",
         {"Block", "203.0.113.0/24", "xid", "i", NULL},
         "{\"summary\":\"203.0.113.0/24\",\"type\":\"CIDR\",\"xid\":\"i\"}"},
        {"emailaddress",
         {"address", "a@b.example", "dateAdded", "1709287200", "lastModified",
          "2024-03-02T00:00:00Z", "xid", "i", NULL},
         "{\"summary\":\"a@b.example\",\"type\":\"EmailAddress\","
         "\"dateAdded\":\"2024-03-01T10:00:00Z\",\"lastModified\":\"2024-03-02T00:00:00Z\","
         "\"xid\":\"i\"}"},
        {"File",
         {"md5", MD5, "sha256", SHA256, "size", "68", "xid", "i", NULL},
         "{\"summary\":\"" MD5 " : " SHA256 "\",\"type\":\"File\",\"xid\":\"i\",\"intValue1\":68}"},
        {"Host",
         {"hostName", "h.example", "dnsActive", "1", "flag2", "false", "xid", "i3", NULL},
         "{\"summary\":\"h.example\",\"type\":\"Host\",\"xid\":\"i3\",\"flag1\":true,"
         "\"flag2\":false}"},
        {"Mutex",
         {"Mutex", "Global\\x", "xid", "i", NULL},
         "{\"summary\":\"Global\\\\x\",\"type\":\"Mutex\",\"xid\":\"i\"}"},
        {"registry key",
         {"Key Name", "HKEY_USERS\\a", "Value Name", "n", "Value Type", "REG_SZ", "xid", "i5",
          NULL},
         "{\"summary\":\"HKEY_USERS\\\\a : n : REG_SZ\",\"type\":\"Registry Key\","
         "\"xid\":\"i5\"}"},
        {"URL",
         {"text", "http://e.example/a", "source", "feed", "description", "d", "xid", "i", NULL},
         "{\"summary\":\"http://e.example/a\",\"type\":\"URL\",\"source\":\"feed\","
         "\"description\":\"d\",\"xid\":\"i\"}"},
        {"User Agent",
         {"User Agent String", "Bot/1.0", "xid", "i", NULL},
         "{\"summary\":\"Bot/1.0\",\"type\":\"User Agent\",\"xid\":\"i\"}"},
        {"Hashtag",
         {"summary", "#X", "activeLocked", "true", "xid", "i", NULL},
         "{\"summary\":\"#x\",\"type\":\"Hashtag\",\"activeLocked\":true,\"xid\":\"i\"}"},
        {"Email Subject",
         {"Subject", "Re: you", "xid", "i", NULL},
         "{\"summary\":\"Re: you\",\"type\":\"Email Subject\",\"xid\":\"i\"}"},
    };
    check(TOC_KIND_INDICATOR, rows, TOC_COUNT(rows));
}

static void test_conversions_refused(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"rating", "high"},    {"rating", "5.5"},   {"confidence", "lots"},
        {"confidence", "101"}, {"active", "maybe"}, {"dateAdded", "soonish"},
        {"lastModified", ""},  {"colour", "red"},
    };
    toc_object *obj = make(NULL, TOC_KIND_INDICATOR, "Host", (const char *const[]){NULL});
    for (size_t i = 0; i < TOC_COUNT(wrong); i++) {
        assert_int_equal(toc_object_set(obj, wrong[i][0], toc_str_of(wrong[i][1]), &err),
                         TOC_EINVAL);
        assert_string_equal(err.field, wrong[i][0]);
    }
    toc_object_free(obj);
}

static void test_custom_type(void **state)
{
    (void)state;
    static const toc_field fields[] = {{.name = "Coin", .flags = TOC_FIELD_KEY},
                                       {.name = "Net", .flags = TOC_FIELD_KEY}};
    static const toc_type wallet = {.name = "Wallet",
                                    .entity = "wallet",
                                    .branch = "wallets",
                                    .kind = TOC_KIND_INDICATOR,
                                    .traits = TOC_TYPE_CUSTOM,
                                    .key_count = 2,
                                    .fields = fields,
                                    .field_count = 2};
    toc_types *types = NULL;
    assert_int_equal(toc_types_new(&types, &err), TOC_OK);
    assert_int_equal(toc_types_add(types, &wallet, &err), TOC_OK);
    toc_object *obj = make(types, TOC_KIND_INDICATOR, "WALLET",
                           (const char *const[]){"Coin", "abc", "Net", "main", NULL});
    assert_int_equal(toc_object_set(obj, "xid", TOC_S("i"), &err), TOC_OK);
    expect(obj, "{\"summary\":\"abc : main\",\"type\":\"Wallet\",\"xid\":\"i\"}");
    toc_object_free(obj);
    toc_types_free(types);
}

/* batch.md 20.1 with what hangs on an item. */
static void test_metadata(void **state)
{
    (void)state;
    const toc_str none = {NULL, 0};
    toc_object *obj =
        make(NULL, TOC_KIND_GROUP, "Document",
             (const char *const[]){"name", "doc", "fileName", "f.txt", "xid", "x1", NULL});
    assert_int_equal(toc_object_add_group_xid(obj, TOC_S("x2"), &err), TOC_OK);
    assert_int_equal(toc_object_add_indicator(obj, TOC_S("Host"), TOC_S("h.example"), &err),
                     TOC_OK);
    assert_int_equal(
        toc_object_add_attribute(obj, TOC_S("Description"), TOC_S("v"), true, none, &err), TOC_OK);
    assert_int_equal(
        toc_object_add_attribute(obj, TOC_S("Description"), TOC_S("0"), false, TOC_S("me"), &err),
        TOC_OK);
    assert_int_equal(
        toc_object_add_attribute(obj, TOC_S("Description"), TOC_S(""), false, none, &err), TOC_OK);
    assert_int_equal(toc_object_add_label(obj, TOC_S("TLP:GREEN"), none, none, &err), TOC_OK);
    assert_int_equal(toc_object_add_label(obj, TOC_S("New"), TOC_S("d"), TOC_S("FF0000"), &err),
                     TOC_OK);
    assert_int_equal(toc_object_add_label(obj, TOC_S("New"), TOC_S("e"), none, &err), TOC_OK);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("T"), &err), TOC_OK);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("T"), &err), TOC_OK);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("t"), &err), TOC_OK);
    const char *item =
        "{\"name\":\"doc\",\"type\":\"Document\",\"xid\":\"x1\",\"fileName\":\"f.txt\","
        "\"associatedGroupXid\":[\"x2\"],"
        "\"associatedIndicators\":[{\"summary\":\"h.example\",\"indicatorType\":\"Host\"}],"
        "\"attribute\":[{\"type\":\"Description\",\"displayed\":true,\"value\":\"v\"},"
        "{\"type\":\"Description\",\"value\":\"0\",\"source\":\"me\"}],"
        "\"tag\":[{\"name\":\"T\"},{\"name\":\"t\"}],"
        "\"securityLabel\":[{\"name\":\"TLP:GREEN\"},"
        "{\"name\":\"New\",\"description\":\"d\",\"color\":\"FF0000\"}]}";
    expect(obj, item);
    expect(obj, item); /* a second export is the same */
    toc_object_free(obj);
}

static void test_file_metadata(void **state)
{
    (void)state;
    const toc_str none = {NULL, 0};
    toc_object *obj =
        make(NULL, TOC_KIND_INDICATOR, "File", (const char *const[]){"md5", MD5, "xid", "i", NULL});
    assert_int_equal(toc_object_add_group_xid(obj, TOC_S("g1"), &err), TOC_OK);
    assert_int_equal(
        toc_object_add_occurrence(obj, TOC_S("a.exe"), TOC_S("C:\\"), TOC_S("1709287200"), &err),
        TOC_OK);
    assert_int_equal(toc_object_add_occurrence(obj, none, TOC_S("D:\\"), none, &err), TOC_OK);
    const char *item = "{\"summary\":\"" MD5 "\",\"type\":\"File\",\"xid\":\"i\","
                       "\"associatedGroups\":[{\"groupXid\":\"g1\"}],"
                       "\"fileOccurrence\":[{\"fileName\":\"a.exe\",\"path\":\"C:\\\\\","
                       "\"date\":\"2024-03-01T10:00:00Z\"},{\"path\":\"D:\\\\\"}]}";
    expect(obj, item);
    expect(obj, item);
    toc_object_free(obj);
}

/* Each value of each setting arrives in the job's configuration, whatever its case was. */
static void test_settings(void **state)
{
    (void)state;
    static const struct {
        size_t offset;
        const char *key, *values;
    } rows[] = {
        {offsetof(toc_batch_options, action), "action", "Create;Delete"},
        {offsetof(toc_batch_options, attribute_write_type), "attributeWriteType",
         "Append;Replace;Singleton;Static"},
        {offsetof(toc_batch_options, tag_write_type), "tagWriteType", "Append;Replace"},
        {offsetof(toc_batch_options, label_write_type), "securityLabelWriteType", "Append;Replace"},
        {offsetof(toc_batch_options, file_merge_mode), "fileMergeMode", "Merge;Distribute"},
        {offsetof(toc_batch_options, hash_collision_mode), "hashCollisionMode",
         "FavorIncoming;FavorExisting;IgnoreIncoming;IgnoreExisting;Split"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_str rest = toc_str_of(rows[i].values), value;
        while (toc_str_cut(&rest, ';', &value)) {
            char text[32], lower[32], wanted[96];
            toc_batch *batch = NULL;
            toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
            options.owner = "Acme";
            (void)snprintf(text, sizeof(text), "%.*s", TOC_FMT(value));
            memcpy(lower, text, sizeof(lower));
            toc_str_lower(lower, strlen(lower));
            *(const char **)(void *)((char *)&options + rows[i].offset) = lower;
            assert_int_equal(toc_batch_new(&options, &batch, &err), TOC_OK);
            (void)snprintf(wanted, sizeof(wanted), "\"%s\":\"%s\"", rows[i].key, text);
            if (!strstr(batch->config.ptr, wanted))
                fail_msg("%s is not in %s", wanted, batch->config.ptr);
            toc_batch_free(batch);
            *(const char **)(void *)((char *)&options + rows[i].offset) = "Nonsense";
            assert_int_equal(toc_batch_new(&options, &batch, &err), TOC_EINVAL);
            assert_string_equal(err.field, rows[i].key);
        }
    }
}

/* The spool's files have no names: a directory of their own stays empty while they are used. */
static void test_no_file_remains(void **state)
{
    (void)state;
    char dir[FOLDER_SIZE];
    folder_make(dir);
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = "Acme";
    options.spool_dir = dir;
    toc_batch *batch = NULL;
    assert_int_equal(toc_batch_new(&options, &batch, &err), TOC_OK);
    for (unsigned i = 0; i < 20000; i++) {
        char item[96];
        (void)snprintf(item, sizeof(item), "{\"type\":\"Host\",\"summary\":\"h%u.example\"}", i);
        assert_int_equal(toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(item), i, &err),
                         TOC_OK);
    }
    assert_true(batch->spools[TOC_BATCH_INDICATORS].written > 0);
    assert_int_equal(rmdir(dir), 0);
    assert_int_equal(toc_batch_count(batch, TOC_KIND_INDICATOR), 20000);
    toc_batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_plain_groups),
        cmocka_unit_test(test_enumerations),
        cmocka_unit_test(test_indicators),
        cmocka_unit_test(test_conversions_refused),
        cmocka_unit_test(test_custom_type),
        cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_file_metadata),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_no_file_remains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
