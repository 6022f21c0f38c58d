/* The SDK's own samples, byte for byte, in both modes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/codec.h"
#include "model/records.h"
#include "tocsin/format.h"

static toc_object *read_object(const char *text, toc_kind kind, const char *type_name)
{
    const toc_type *type = toc_types_find(NULL, kind, toc_str_of(type_name));
    toc_object *obj = NULL;
    toc_json_reader reader;
    assert_non_null(type);
    assert_int_equal(toc_object_new(type, &obj, NULL), TOC_OK);
    toc_json_reader_init(&reader, text, strlen(text), NULL);
    assert_int_equal(toc_codec_decode(&reader, NULL, kind, type, 0, obj, NULL), TOC_OK);
    return obj;
}

static void check(const char *name, unsigned flags, toc_object *obj, const char *expected)
{
    toc_formatter *formatter = NULL;
    toc_str text;
    assert_int_equal(toc_formatter_new(toc_format_find(name), flags, &formatter, NULL), TOC_OK);
    assert_int_equal(toc_formatter_object(formatter, obj, &text, NULL), TOC_OK);
    if (text.len != strlen(expected) || memcmp(text.ptr, expected, text.len) != 0)
        fail_msg("%s gives\n<%.*s>, not\n<%s>", name, TOC_FMT(text), expected);
    toc_formatter_free(formatter);
}

static void check_both(const char *name, toc_object *obj, const char *expected)
{
    check(name, 0, obj, expected);
    check(name, TOC_FORMAT_COMPAT, obj, expected);
}

static void check_header(toc_kind kind, const char *expected)
{
    toc_formatter *formatter = NULL;
    toc_str text;
    assert_int_equal(toc_formatter_new(toc_format_find("csv"), 0, &formatter, NULL), TOC_OK);
    assert_int_equal(toc_formatter_begin(formatter, kind, &text, NULL), TOC_OK);
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.ptr, expected, text.len);
    assert_int_equal(toc_formatter_end(formatter, &text, NULL), TOC_OK);
    assert_int_equal(text.len, 0);
    toc_formatter_free(formatter);
}

#define HOST_LINK "https://tc.example/auth/indicators/details/host.xhtml?"

static toc_object *host(void)
{
    return read_object("{\"id\":355999,\"ownerName\":\"My Org\",\"dateAdded\":"
                       "\"2015-06-21T10:40:33-05:00\",\"lastModified\":"
                       "\"2015-06-21T10:40:33-05:00\",\"rating\":1.0,\"confidence\":14,"
                       "\"webLink\":\"" HOST_LINK "host=www.badguy-014.com&owner=My+Org\","
                       "\"description\":\"TEST attribute #14\",\"hostName\":"
                       "\"www.badguy-014.com\"}",
                       TOC_KIND_INDICATOR, "Host");
}

static void host_lines(void **state)
{
    (void)state;
    toc_object *obj = host();
    check_both("cef", obj,
               "CEF:0|threatconnect|threatconnect|2|355999|TEST attribute #14|2.0|"
               "confidence=\"14\" dateAdded=\"2015-06-21T10:40:33-05:00\" dnsActive=\"None\" "
               "hostName=\"www.badguy-014.com\" lastModified=\"2015-06-21T10:40:33-05:00\" "
               "ownerName=\"My Org\" type=\"Host\" weblink=\"" HOST_LINK
               "host\\=www.badguy-014.com&owner\\=My+Org\" whoisActive=\"None\" \n");
    check_both("leef", obj,
               "LEEF:0|threatconnect|threatconnect|2|355999|confidence=\"14\" "
               "devTime=\"2015-06-21T10:40:33-05:00\" description=\"TEST attribute #14\" "
               "dnsActive=\"None\" hostName=\"www.badguy-014.com\" id=\"355999\" "
               "lastModified=\"2015-06-21T10:40:33-05:00\" ownerName=\"My Org\" "
               "severity=\"1.0\" type=\"Host\" weblink=\"" HOST_LINK
               "host=www.badguy-014.com&owner=My+Org\" whoisActive=\"None\" \n");
    check_both("keyval", obj,
               "confidence=\"14\" dateAdded=\"2015-06-21T10:40:33-05:00\" "
               "description=\"TEST attribute #14\" dnsActive=\"None\" "
               "hostName=\"www.badguy-014.com\" id=\"355999\" "
               "lastModified=\"2015-06-21T10:40:33-05:00\" ownerName=\"My Org\" rating=\"1.0\" "
               "type=\"Host\" weblink=\"" HOST_LINK
               "host=www.badguy-014.com&owner=My+Org\" whoisActive=\"None\" \n");
    check_both("csv", obj,
               "14,2015-06-21T10:40:33-05:00,TEST attribute #14,355999,www.badguy-014.com,"
               "2015-06-21T10:40:33-05:00,My Org,1.0,Host," HOST_LINK
               "host=www.badguy-014.com&owner=My+Org\n");
    toc_object_free(obj);
}

static void host_json(void **state)
{
    (void)state;
    toc_object *obj = host();
    check_both("json", obj,
               "{\n"
               "    \"confidence\": 14,\n"
               "    \"dateAdded\": \"2015-06-21T10:40:33-05:00\",\n"
               "    \"description\": \"TEST attribute #14\",\n"
               "    \"dnsActive\": null,\n"
               "    \"hostName\": \"www.badguy-014.com\",\n"
               "    \"id\": 355999,\n"
               "    \"lastModified\": \"2015-06-21T10:40:33-05:00\",\n"
               "    \"ownerName\": \"My Org\",\n"
               "    \"rating\": 1.0,\n"
               "    \"type\": \"Host\",\n"
               "    \"weblink\": \"" HOST_LINK "host=www.badguy-014.com&owner=My+Org\",\n"
               "    \"whoisActive\": null\n"
               "}\n");
    check_both("jsonl", obj,
               "{\"confidence\":14,\"dateAdded\":\"2015-06-21T10:40:33-05:00\","
               "\"description\":\"TEST attribute #14\",\"dnsActive\":null,"
               "\"hostName\":\"www.badguy-014.com\",\"id\":355999,"
               "\"lastModified\":\"2015-06-21T10:40:33-05:00\",\"ownerName\":\"My Org\","
               "\"rating\":1.0,\"type\":\"Host\",\"weblink\":\"" HOST_LINK
               "host=www.badguy-014.com&owner=My+Org\",\"whoisActive\":null}\n");
    toc_object_free(obj);
}

#define MD5 "422AD421127685E3EF4A44B546258107"
#define SHA1 "6EE03D201FE358139858956383F3C280ACADEB8E"
#define SHA256 "DFB94E30E5764527501B3232E237199BE33756612A0D1284EAB191EB6CE405D6"

static toc_object *file(void)
{
    return read_object("{\"id\":90558,\"ownerName\":\"My Org\",\"dateAdded\":"
                       "\"2017-08-17T18:56:19Z\",\"lastModified\":\"2017-08-18T18:56:19Z\","
                       "\"rating\":4.0,\"confidence\":70,\"webLink\":\"https://tc.example/x?a=b\","
                       "\"description\":\"foo\",\"md5\":\"" MD5 "\",\"sha1\":\"" SHA1
                       "\",\"sha256\":\"" SHA256 "\",\"size\":1663}",
                       TOC_KIND_INDICATOR, "File");
}

static void file_lines(void **state)
{
    (void)state;
    toc_object *obj = file();
    check_both("cef", obj,
               "CEF:0|threatconnect|threatconnect|2|90558|foo|8.0|confidence=\"70\" "
               "dateAdded=\"2017-08-17T18:56:19Z\" lastModified=\"2017-08-18T18:56:19Z\" "
               "md5=\"" MD5 "\" ownerName=\"My Org\" sha1=\"" SHA1 "\" sha256=\"" SHA256
               "\" size=\"1663\" type=\"File\" weblink=\"https://tc.example/x?a\\=b\" \n");
    check_both("leef", obj,
               "LEEF:0|threatconnect|threatconnect|2|90558|confidence=\"70\" "
               "devTime=\"2017-08-17T18:56:19Z\" description=\"foo\" id=\"90558\" "
               "lastModified=\"2017-08-18T18:56:19Z\" md5=\"" MD5 "\" ownerName=\"My Org\" "
               "severity=\"4.0\" sha1=\"" SHA1 "\" sha256=\"" SHA256
               "\" size=\"1663\" type=\"File\" weblink=\"https://tc.example/x?a=b\" \n");
    toc_object_free(obj);
}

#define FILE_RECORD(hash)                                                                          \
    "70,2017-08-17T18:56:19Z,foo,90558," hash                                                      \
    ",2017-08-18T18:56:19Z,My Org,4.0,File,https://tc.example/x?a=b"

static void file_csv(void **state)
{
    (void)state;
    toc_object *obj = file();
    check("csv", 0, obj, FILE_RECORD(MD5) "\n" FILE_RECORD(SHA1) "\n" FILE_RECORD(SHA256) "\n");
    check("csv", TOC_FORMAT_COMPAT, obj,
          FILE_RECORD(MD5) "\r\n" FILE_RECORD(SHA1) "\r\n" FILE_RECORD(SHA256) "\n");
    toc_object_unset(obj, "md5");
    toc_object_unset(obj, "sha256");
    check_both("csv", obj, FILE_RECORD(SHA1) "\n");
    toc_object_unset(obj, "sha1");
    check_both("csv", obj, "");
    toc_object_free(obj);
}

static void file_size_is_text(void **state)
{
    (void)state;
    toc_object *obj =
        read_object("{\"size\":1663,\"sha1\":\"" SHA1 "\"}", TOC_KIND_INDICATOR, "File");
    check_both("jsonl", obj,
               "{\"confidence\":null,\"dateAdded\":null,\"description\":null,\"id\":null,"
               "\"lastModified\":null,\"md5\":null,\"ownerName\":null,\"rating\":null,"
               "\"sha1\":\"" SHA1 "\",\"sha256\":null,\"size\":\"1663\",\"type\":\"File\","
               "\"weblink\":null}\n");
    toc_object_free(obj);
}

static void group_samples(void **state)
{
    (void)state;
    toc_object *obj =
        read_object("{\"id\":5,\"name\":\"Bad, \\\"Guy\\\"\",\"ownerName\":\"My Org\","
                    "\"dateAdded\":\"2017-08-17T18:56:19Z\",\"webLink\":\"https://x/?a=b&c=d\"}",
                    TOC_KIND_GROUP, "Adversary");
    check("keyval", TOC_FORMAT_COMPAT, obj,
          "dateAdded=\"2017-08-17T18:56:19Z\" id=\"5\" name=\"Bad, \"Guy\"\" "
          "ownerName=\"My Org\" type=\"Adversary\" weblink=\"https://x/?a=b&c=d\" \n");
    check("keyval", 0, obj,
          "dateAdded=\"2017-08-17T18:56:19Z\" id=\"5\" name=\"Bad, \\\"Guy\\\"\" "
          "ownerName=\"My Org\" type=\"Adversary\" weblink=\"https://x/?a=b&c=d\" \n");
    check_both("csv", obj,
               "2017-08-17T18:56:19Z,5,\"Bad, \"\"Guy\"\"\",My Org,Adversary,"
               "https://x/?a=b&c=d\n");
    check_both("json", obj,
               "{\n"
               "    \"dateAdded\": \"2017-08-17T18:56:19Z\",\n"
               "    \"id\": 5,\n"
               "    \"name\": \"Bad, \\\"Guy\\\"\",\n"
               "    \"ownerName\": \"My Org\",\n"
               "    \"type\": \"Adversary\",\n"
               "    \"weblink\": \"https://x/?a=b&c=d\"\n"
               "}\n");
    toc_object_free(obj);
}

static void csv_headers(void **state)
{
    (void)state;
    check_header(TOC_KIND_INDICATOR, "confidence,dateAdded,description,id,indicator,lastModified,"
                                     "ownerName,rating,type,weblink\n");
    check_header(TOC_KIND_GROUP, "dateAdded,id,name,ownerName,type,weblink\n");
    check_header(TOC_KIND_TASK, "dateAdded,dueDate,escalated,escalation_date,id,name,overdue,"
                                "ownerName,reminded,reminderDate,status,weblink\n");
    check_header(TOC_KIND_VICTIM, "id,name,nationality,org,suborg,weblink,workLocation\n");
}

static void tasks_and_victims(void **state)
{
    (void)state;
    toc_object *obj = read_object("{\"id\":90,\"name\":\"Block hosts\",\"ownerName\":\"A\","
                                  "\"dateAdded\":\"d\",\"webLink\":\"w\",\"status\":\"New\","
                                  "\"escalated\":false,\"reminded\":true,\"overdue\":false}",
                                  TOC_KIND_TASK, "Task");
    check_both("csv", obj, "d,,False,,90,Block hosts,False,A,True,,New,w\n");
    check_both("jsonl", obj,
               "{\"dateAdded\":\"d\",\"dueDate\":null,\"escalated\":false,"
               "\"escalation_date\":null,\"id\":90,\"name\":\"Block hosts\",\"overdue\":false,"
               "\"ownerName\":\"A\",\"reminded\":true,\"reminderDate\":null,\"status\":\"New\","
               "\"weblink\":\"w\"}\n");
    toc_object_free(obj);
    obj = read_object("{\"id\":33,\"name\":\"Front desk\",\"org\":\"Acme\",\"suborg\":\"\"}",
                      TOC_KIND_VICTIM, "Victim");
    check_both("keyval", obj,
               "id=\"33\" name=\"Front desk\" nationality=\"None\" org=\"Acme\" suborg=\"\" "
               "weblink=\"None\" workLocation=\"None\" \n");
    toc_object_free(obj);
}

/* What belongs to an object stands behind its fields. */
static void parts_in_lines(void **state)
{
    (void)state;
    toc_object *obj = read_object("{\"id\":7,\"name\":\"Kite\",\"tag\":[{\"name\":\"t\"}],"
                                  "\"securityLabel\":[{\"name\":\"TLP:RED\"}]}",
                                  TOC_KIND_GROUP, "Adversary");
    check_both("jsonl", obj,
               "{\"dateAdded\":null,\"id\":7,\"name\":\"Kite\",\"ownerName\":null,"
               "\"type\":\"Adversary\",\"weblink\":null,\"tag\":[{\"name\":\"t\"}],"
               "\"securityLabel\":[{\"name\":\"TLP:RED\",\"description\":\"\"}]}\n");
    toc_object_free(obj);
}

/* Records have the columns of their type. */
static void records(void **state)
{
    (void)state;
    static const struct {
        toc_record record;
        const char *json, *header, *csv, *keyval;
    } rows[] = {
        {TOC_RECORD_OWNER, "{\"id\":0,\"name\":\"A, B\",\"type\":\"Source\"}", "id,name,type\n",
         "0,\"A, B\",Source\n", "id=\"0\" name=\"A, B\" type=\"Source\" \n"},
        {TOC_RECORD_BATCH,
         "{\"id\":7,\"haltOnError\":true,\"action\":\"Create\",\"status\":\"Running\"}",
         "action,attributeWriteType,haltOnError,id\n", "Create,,True,7\n",
         "action=\"Create\" attributeWriteType=\"None\" haltOnError=\"True\" id=\"7\" \n"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        const toc_type *type = toc__record_type(rows[i].record);
        toc_object *obj = NULL;
        toc_json_reader reader;
        toc_formatter *formatter = NULL;
        toc_str text;
        assert_int_equal(toc_object_new(type, &obj, NULL), TOC_OK);
        toc_json_reader_init(&reader, rows[i].json, strlen(rows[i].json), NULL);
        assert_int_equal(toc_codec_decode(&reader, NULL, TOC_KIND_RECORD, type, 0, obj, NULL),
                         TOC_OK);
        check_both("csv", obj, rows[i].csv);
        check_both("keyval", obj, rows[i].keyval);
        assert_int_equal(toc_formatter_new(toc_format_find("csv"), 0, &formatter, NULL), TOC_OK);
        assert_int_equal(toc_formatter_begin_type(formatter, type, &text, NULL), TOC_OK);
        assert_true(toc_str_equal(text, toc_str_of(rows[i].header)));
        assert_int_equal(toc_formatter_begin(formatter, TOC_KIND_RECORD, &text, NULL), TOC_OK);
        assert_int_equal(text.len, 0);
        assert_int_equal(toc_formatter_begin_type(formatter, NULL, &text, NULL), TOC_EINVAL);
        toc_formatter_free(formatter);
        toc_object_free(obj);
    }
    toc_object *owner = NULL;
    assert_int_equal(toc_object_new(toc__record_type(TOC_RECORD_OWNER), &owner, NULL), TOC_OK);
    check_both("json", owner, "{\n    \"id\": null,\n    \"name\": null,\n    \"type\": null\n}\n");
    toc_object_free(owner);
}

static void custom_indicators(void **state)
{
    (void)state;
    toc_object *obj = read_object("{\"id\":4,\"rating\":3,\"Key Name\":\"k=\\\"\\\"\","
                                  "\"Value Name\":\"v\",\"Value Type\":\"t\"}",
                                  TOC_KIND_INDICATOR, "Registry Key");
    check("cef", TOC_FORMAT_COMPAT, obj,
          "CEF:0|threatconnect|threatconnect|2|4|null|6|confidence=\"None\" "
          "Key Name=\"k=\"\"\" Value Name=\"v\" Value Type=\"t\" dateAdded=\"None\" "
          "lastModified=\"None\" ownerName=\"None\" type=\"Registry Key\" weblink=\"None\" \n");
    check("cef", 0, obj,
          "CEF:0|threatconnect|threatconnect|2|4|null|6|confidence=\"None\" "
          "KeyName=\"k\\=\"\"\" ValueName=\"v\" ValueType=\"t\" dateAdded=\"None\" "
          "lastModified=\"None\" ownerName=\"None\" type=\"Registry Key\" weblink=\"None\" \n");
    check("keyval", TOC_FORMAT_COMPAT, obj,
          "Key Name=\"k=\"\"\" Value Name=\"v\" Value Type=\"t\" confidence=\"None\" "
          "dateAdded=\"None\" description=\"None\" id=\"4\" lastModified=\"None\" "
          "ownerName=\"None\" rating=\"3\" type=\"Registry Key\" weblink=\"None\" \n");
    check("csv", 0, obj,
          ",,,4,\"k=\"\"\"\"\",,,3,Registry Key,\n"
          ",,,4,v,,,3,Registry Key,\n"
          ",,,4,t,,,3,Registry Key,\n");
    check_both("jsonl", obj,
               "{\"Key Name\":\"k=\\\"\\\"\",\"Value Name\":\"v\",\"Value Type\":\"t\","
               "\"confidence\":null,\"dateAdded\":null,\"description\":null,\"id\":4,"
               "\"lastModified\":null,\"ownerName\":null,\"rating\":3,"
               "\"type\":\"Registry Key\",\"weblink\":null}\n");
    toc_object_free(obj);
}

static void columns_that_the_table_leaves_out(void **state)
{
    (void)state;
    toc_object *obj = read_object("{\"text\":\"http://e.example/\",\"source\":\"feed\"}",
                                  TOC_KIND_INDICATOR, "URL");
    check_both("keyval", obj,
               "confidence=\"None\" dateAdded=\"None\" description=\"None\" id=\"None\" "
               "lastModified=\"None\" ownerName=\"None\" rating=\"None\" source=\"feed\" "
               "text=\"http://e.example/\" type=\"URL\" weblink=\"None\" \n");
    toc_object_free(obj);
    obj = read_object("{\"name\":\"n\",\"password\":\"secret\",\"malware\":true}", TOC_KIND_GROUP,
                      "Document");
    check_both("keyval", obj,
               "dateAdded=\"None\" fileName=\"None\" fileSize=\"None\" id=\"None\" "
               "malware=\"True\" name=\"n\" ownerName=\"None\" password=\"None\" "
               "type=\"Document\" weblink=\"None\" \n");
    toc_object_free(obj);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_lines),        cmocka_unit_test(host_json),
        cmocka_unit_test(file_lines),        cmocka_unit_test(file_csv),
        cmocka_unit_test(file_size_is_text), cmocka_unit_test(group_samples),
        cmocka_unit_test(csv_headers),       cmocka_unit_test(tasks_and_victims),
        cmocka_unit_test(parts_in_lines),    cmocka_unit_test(records),
        cmocka_unit_test(custom_indicators), cmocka_unit_test(columns_that_the_table_leaves_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
