/* The format for reading: every kind of object, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/codec.h"
#include "model/records.h"
#include "tocsin/format.h"

static toc_object *read_as(const char *text, const toc_type *type)
{
    toc_object *obj = NULL;
    toc_json_reader reader;
    assert_non_null(type);
    assert_int_equal(toc_object_new(type, &obj, NULL), TOC_OK);
    toc_json_reader_init(&reader, text, strlen(text), NULL);
    assert_int_equal(toc_codec_decode(&reader, NULL, type->kind, type, 0, obj, NULL), TOC_OK);
    return obj;
}

static toc_object *read_object(const char *text, toc_kind kind, const char *type_name)
{
    return read_as(text, toc_types_find(NULL, kind, toc_str_of(type_name)));
}

/* --- the layout once more, written down independently ----------------------------------------- */

static char sheet[16384];
static size_t used;

static void begin(const char *title)
{
    size_t room = 80 - strlen(title);
    static const char line[] =
        "________________________________________________________________________________";
    used = (size_t)snprintf(sheet, sizeof(sheet), "\n%.*s%s%.*s\n", (int)(room / 2), line, title,
                            (int)(room - room / 2), line);
}

static void section(const char *name, bool first)
{
    used +=
        (size_t)snprintf(sheet + used, sizeof(sheet) - used, "%s%-40s\n", first ? "" : "\n", name);
}

static void row(const char *label, const char *value)
{
    used += (size_t)snprintf(sheet + used, sizeof(sheet) - used, "  %-28s: %-50s\n", label, value);
}

static void check_flags(toc_object *obj, unsigned flags)
{
    toc_formatter *formatter = NULL;
    toc_str text;
    assert_int_equal(toc_formatter_new(toc_format_find("text"), flags, &formatter, NULL), TOC_OK);
    assert_int_equal(toc_formatter_object(formatter, obj, &text, NULL), TOC_OK);
    if (text.len != used || memcmp(text.ptr, sheet, used) != 0)
        fail_msg("it is\n<%.*s>, not\n<%s>", TOC_FMT(text), sheet);
    toc_formatter_free(formatter);
}

static void check(toc_object *obj)
{
    check_flags(obj, 0);
    check_flags(obj, TOC_FORMAT_COMPAT);
    toc_object_free(obj);
}

static void test_host(void **state)
{
    (void)state;
    toc_object *obj = read_object(
        "{\"id\":355999,\"ownerName\":\"My Org\",\"dateAdded\":\"2015-06-21T10:40:33-05:00\","
        "\"lastModified\":\"2015-06-21T10:40:33-05:00\",\"rating\":1.0,\"confidence\":14,"
        "\"webLink\":\"https://x/\",\"hostName\":\"www.badguy-014.com\",\"securityLabel\":"
        "[{\"name\":\"TLP:RED\"},{\"name\":\"DO NOT SHARE\"}]}",
        TOC_KIND_INDICATOR, "Host");
    begin("Resource Object Properties");
    section("Retrievable Methods", true);
    row("id", "355999");
    row("api_branch", "hosts");
    row("api_entity", "host");
    row("indicator", "www.badguy-014.com");
    row("resource_type", "ResourceType.HOSTS");
    row("owner_name", "My Org");
    row("date_added", "2015-06-21T10:40:33-05:00");
    row("last_modified", "2015-06-21T10:40:33-05:00");
    row("description", "None");
    row("confidence", "14");
    row("rating", "1.0");
    row("threat_assess_confidence", "None");
    row("threat_assess_rating", "None");
    row("security_labels", "TLP:RED, DO NOT SHARE");
    row("weblink", "https://x/");
    toc_formatter *formatter = NULL;
    toc_str text;
    assert_int_equal(toc_formatter_new(toc_format_find("text"), 0, &formatter, NULL), TOC_OK);
    assert_int_equal(toc_formatter_begin(formatter, TOC_KIND_INDICATOR, &text, NULL), TOC_OK);
    assert_int_equal(text.len, 0);
    assert_int_equal(toc_formatter_object(formatter, obj, &text, NULL), TOC_OK);
    assert_true(text.len > used && memcmp(text.ptr, sheet, used) == 0);
    toc_str rest = toc_str_slice(text, used, text.len);
    assert_true(toc_str_starts(rest, TOC_S("\nWritable Properties                     \n")));
    static const char *const setters[][2] = {
        {"confidence", "set_confidence (Required: False)"},
        {"hostName", "set_indicator (Required: True)"},
        {"dnsActive", "set_dns_active (Required: False)"},
    };
    for (size_t i = 0; i < TOC_COUNT(setters); i++) {
        used = 0;
        row(setters[i][0], setters[i][1]);
        assert_true(toc_str_find(rest, (toc_str){sheet, used}) > 0);
    }
    assert_true(toc_str_ends(rest, TOC_S("\nObject Information                      \n"
                                         "  phase                       : 0            "
                                         "                                     \n")));
    toc_formatter_free(formatter);
    toc_object_free(obj);
}

/* One row for each part of the value. */
static void test_parts(void **state)
{
    (void)state;
    static const struct {
        const char *type, *json, *lines;
    } rows[] = {
        {"File", "{\"id\":1,\"sha1\":\"6EE03D201FE358139858956383F3C280ACADEB8E\"}",
         "  indicator                   \n"
         "    md5       : None                                                                  \n"
         "    sha1      : 6EE03D201FE358139858956383F3C280ACADEB8E                              \n"
         "    sha256    : None                                                                  \n"
         "  resource_type               : ResourceType.FILES "},
        {"Mutex", "{\"id\":1,\"Mutex\":\"Global\"}",
         "  indicator                   \n"
         "    Mutex     : Global                                                                \n"
         "  custom_fields               \n"
         "    Mutex     : Global                                                                \n"
         "  resource_type               : ResourceType.CUSTOM_INDICATORS "},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_object *obj = read_object(rows[i].json, TOC_KIND_INDICATOR, rows[i].type);
        toc_formatter *formatter = NULL;
        toc_str text;
        assert_int_equal(toc_formatter_new(toc_format_find("text"), 0, &formatter, NULL), TOC_OK);
        assert_int_equal(toc_formatter_object(formatter, obj, &text, NULL), TOC_OK);
        if (toc_str_find(text, toc_str_of(rows[i].lines)) < 0)
            fail_msg("<%s> is not in <%.*s>", rows[i].lines, TOC_FMT(text));
        toc_formatter_free(formatter);
        toc_object_free(obj);
    }
}

static void information(const char *phase)
{
    section("Object Information", false);
    row("phase", phase);
}

static void test_task(void **state)
{
    (void)state;
    toc_object *obj = read_object(
        "{\"id\":22,\"name\":\"Look\\nat it\",\"ownerName\":\"Acme\",\"dateAdded\":"
        "\"2017-08-17T18:56:19Z\",\"webLink\":\"https://x/\",\"status\":\"Not Started\","
        "\"escalated\":false,\"reminded\":true,\"overdue\":false}",
        TOC_KIND_TASK, "Task");
    assert_int_equal(toc_object_set(obj, "name", TOC_S("Look at it"), NULL), TOC_OK);
    begin("Task Resource Object Properties");
    section("Retrievable Methods", true);
    row("id", "22");
    row("name", "Look at it");
    row("resource_type", "ResourceType.TASKS");
    row("owner_name", "Acme");
    row("date_added", "2017-08-17T18:56:19Z");
    row("overdue", "False");
    row("due_date", "None");
    row("reminded", "True");
    row("reminder_date", "None");
    row("escalated", "False");
    row("escalation_date", "None");
    row("status", "Not Started");
    row("weblink", "https://x/");
    toc_formatter *formatter = NULL;
    toc_str text;
    assert_int_equal(toc_formatter_new(toc_format_find("text"), 0, &formatter, NULL), TOC_OK);
    assert_int_equal(toc_formatter_object(formatter, obj, &text, NULL), TOC_OK);
    assert_true(text.len > used && memcmp(text.ptr, sheet, used) == 0);
    /* The name is first, the others are in order. */
    toc_str rest = toc_str_slice(text, used, text.len);
    assert_true(toc_str_starts(rest, TOC_S("\nWritable Properties                     \n"
                                           "  name                        : set_name "
                                           "(Required: True) ")));
    assert_true(toc_str_find(rest, TOC_S("set_due_date")) <
                toc_str_find(rest, TOC_S("set_status")));
    toc_formatter_free(formatter);
    toc_object_free(obj);
}

static void test_victim(void **state)
{
    (void)state;
    toc_object *obj = read_object("{\"id\":54321,\"name\":\"M\xC3\xBCller\",\"org\":\"\"}",
                                  TOC_KIND_VICTIM, "Victim");
    begin("Resource Object Properties");
    section("Retrievable Methods", true);
    row("id", "54321");
    /* Widths count characters, snprintf bytes. */
    used += (size_t)snprintf(sheet + used, sizeof(sheet) - used, "  %-28s: %-51s\n", "name",
                             "M\xC3\xBCller");
    row("owner_name", "None");
    row("resource_type", "ResourceType.VICTIMS");
    row("description", "None");
    row("org", "");
    row("nationality", "None");
    row("suborg", "None");
    row("work_location", "None");
    row("weblink", "None");
    toc_formatter *formatter = NULL;
    toc_str text;
    assert_int_equal(toc_formatter_new(toc_format_find("text"), 0, &formatter, NULL), TOC_OK);
    assert_int_equal(toc_formatter_object(formatter, obj, &text, NULL), TOC_OK);
    assert_true(text.len > used && memcmp(text.ptr, sheet, used) == 0);
    toc_formatter_free(formatter);
    toc_object_free(obj);
}

static void test_group_found_by_filters(void **state)
{
    (void)state;
    static const char json[] = "{\"id\":5,\"name\":\"Bad, \\\"Guy\\\"\",\"ownerName\":\"My Org\","
                               "\"dateAdded\":\"2017-08-17T18:56:19Z\",\"webLink\":\"https://x/\"}";
    const toc_str matched[] = {TOC_S("api filter by tag \"b\""), TOC_S("api filter by id 5"),
                               TOC_S("api filter by id 5")};
    toc_object *obj = read_object(json, TOC_KIND_GROUP, "Adversary");
    toc_formatter *formatter = NULL;
    toc_str text;
    begin("Group Resource Object Properties");
    section("Retrievable Methods", true);
    row("id", "5");
    row("name", "Bad, \"Guy\"");
    row("resource_type", "ResourceType.ADVERSARIES");
    row("owner_name", "My Org");
    row("date_added", "2017-08-17T18:56:19Z");
    row("type", "Adversary");
    row("weblink", "https://x/");
    size_t head = used;
    information("0");
    section("Matched Filters", false);
    row("matched filter", "api filter by id 5");
    row("matched filter", "api filter by tag \"b\"");
    section("Request URI's", false);
    row("", "/v2/groups/adversaries/5");
    assert_int_equal(toc_formatter_new(toc_format_find("text"), 0, &formatter, NULL), TOC_OK);
    toc_formatter_found(formatter, matched, 3, TOC_S("/v2/groups/adversaries/5"));
    assert_int_equal(toc_formatter_object(formatter, obj, &text, NULL), TOC_OK);
    assert_true(memcmp(text.ptr, sheet, head) == 0);
    if (!toc_str_ends(text, (toc_str){sheet + head, used - head}))
        fail_msg("<%.*s> does not end with <%s>", TOC_FMT(text), sheet + head);
    /* Of the next object nothing is known. */
    assert_int_equal(toc_formatter_object(formatter, obj, &text, NULL), TOC_OK);
    assert_true(toc_str_find(text, TOC_S("Matched")) < 0);
    toc_formatter_found(NULL, matched, 2, matched[0]);
    toc_formatter_free(formatter);
    toc_object_free(obj);
}

static void test_asset(void **state)
{
    (void)state;
    toc_object *obj = read_object("{\"id\":1,\"webLink\":\"w\",\"address\":\"a@b.example\","
                                  "\"addressType\":\"Work\"}",
                                  TOC_KIND_VICTIM_ASSET, "EmailAddress");
    toc_formatter *formatter = NULL;
    toc_str text;
    begin("Victim Asset Object Properties");
    section("Retrievable Methods", true);
    row("id", "1");
    row("name", "None");
    row("address", "a@b.example");
    row("address_type", "Work");
    row("type", "EmailAddress");
    row("weblink", "w");
    assert_int_equal(toc_formatter_new(toc_format_find("text"), 0, &formatter, NULL), TOC_OK);
    assert_int_equal(toc_formatter_object(formatter, obj, &text, NULL), TOC_OK);
    if (!toc_str_starts(text, (toc_str){sheet, used}))
        fail_msg("<%.*s> does not begin with <%s>", TOC_FMT(text), sheet);
    assert_true(toc_str_find(text, TOC_S("Writable Properties")) > 0);
    assert_true(toc_str_find(text, TOC_S("phase")) < 0);
    toc_formatter_free(formatter);
    toc_object_free(obj);
}

static const struct record {
    toc_record record;
    const char *json, *title;
    const char *rows[16];
} records[] = {
    {TOC_RECORD_ATTRIBUTE,
     "{\"id\":1089,\"type\":\"Source\",\"value\":\"v\",\"displayed\":true,\"dateAdded\":\"d\"}",
     "Attribute Object Properties",
     {"id", "1089", "type", "Source", "value", "v", "displayed", "True", "date_added", "d",
      "last_modified", "None"}},
    {TOC_RECORD_LABEL,
     "{\"name\":\"TLP:RED\"}",
     "Security Label Properties",
     {"name", "TLP:RED", "description", "None", "date_added", "None"}},
    {TOC_RECORD_TAG,
     "{\"name\":\"APT\",\"webLink\":\"w\"}",
     "Tag Object Properties",
     {"name", "APT", "weblink", "w"}},
    {TOC_RECORD_RESOLUTION,
     "{\"ip\":\"1.2.3.4\",\"ownerName\":\"O\",\"resolutionDate\":\"r\"}",
     "DNS Resolution Object Properties",
     {"ip", "1.2.3.4", "owner_name", "O", "resolution_date", "r", "weblink", "None"}},
    {TOC_RECORD_OCCURRENCE,
     "{\"id\":3,\"fileName\":\"f\",\"path\":\"p\",\"date\":\"d\"}",
     "File Occurrence Object Properties",
     {"date", "d", "file_name", "f", "id", "3", "path", "p"}},
    {TOC_RECORD_OBSERVATION,
     "{\"count\":3,\"dateObserved\":\"d\"}",
     "Observation Object Properties",
     {"count", "3", "date_observed", "d"}},
    {TOC_RECORD_OBSERVATION_COUNT,
     "{\"count\":3,\"yourCount\":1}",
     "Observation Count Object Properties",
     {"count", "3", "last_observed", "None", "your_count", "1", "your_last_observed", "None"}},
    {TOC_RECORD_BATCH,
     "{\"id\":3,\"haltOnError\":false}",
     "Batch Job Object Properties",
     {"id", "3", "halt_on_error", "False", "attribute_write_type", "None", "action", "None",
      "status", "None", "error_count", "None", "success_count", "None", "unprocess_count", "None"}},
};

static void test_records(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(records); i++) {
        const struct record *record = &records[i];
        begin(record->title);
        section("Retrievable Methods", true);
        for (size_t k = 0; k < TOC_COUNT(record->rows) && record->rows[k]; k += 2)
            row(record->rows[k], record->rows[k + 1]);
        check(read_as(record->json, toc__record_type(record->record)));
    }
}

static void test_owner(void **state)
{
    (void)state;
    begin("Owner Resource Object Properties");
    section("Retrievable Methods", true);
    row("id", "0");
    row("name", "System");
    row("type", "Organization");
    information("0");
    check(read_as("{\"id\":0,\"name\":\"System\",\"type\":\"Organization\"}",
                  toc__record_type(TOC_RECORD_OWNER)));
}

static void test_member(void **state)
{
    (void)state;
    begin("Owner Members Object Properties");
    section("Members", true);
    row("user_name", "jd");
    row("first_name", "J");
    row("last_name", "D");
    check(read_as("{\"userName\":\"jd\",\"firstName\":\"J\",\"lastName\":\"D\"}",
                  toc__record_type(TOC_RECORD_USER)));
}

static void test_metric(void **state)
{
    (void)state;
    static const char *const names[] = {"average_indicator_confidence",
                                        "average_indicator_rating",
                                        "metric_date",
                                        "total_address",
                                        "total_adversary",
                                        "total_document",
                                        "total_email",
                                        "total_emailaddress",
                                        "total_enriched_indicator",
                                        "total_false_positive",
                                        "total_false_positive_daily",
                                        "total_file",
                                        "total_group",
                                        "total_groupAttribute",
                                        "total_group_indicator",
                                        "total_host",
                                        "total_incident",
                                        "total_indicator",
                                        "total_indicatorAttribute",
                                        "total_observation_address",
                                        "total_observation_daily",
                                        "total_observation_emailaddress",
                                        "total_observation_file",
                                        "total_observation_host",
                                        "total_observation_indicator",
                                        "total_observation_url",
                                        "total_result",
                                        "total_signature",
                                        "total_tag",
                                        "total_task",
                                        "total_threat",
                                        "total_track",
                                        "total_url"};
    assert_int_equal(TOC_COUNT(names), 33); /* all 34 but total_campaign */
    begin("Metric");
    for (size_t i = 0; i < TOC_COUNT(names); i++)
        used += (size_t)snprintf(sheet + used, sizeof(sheet) - used, "  %-32s: %-50s\n", names[i],
                                 i == 1    ? "2.5"
                                 : i == 17 ? "7"
                                           : "None");
    check(read_as("{\"averageIndicatorRating\":2.5,\"totalIndicator\":7,\"totalCampaign\":9}",
                  toc__record_type(TOC_RECORD_METRIC)));
}

/* A value cannot pretend to be a row; the SDK lets it. */
static void test_hostile(void **state)
{
    (void)state;
    const toc_type *tag = toc__record_type(TOC_RECORD_TAG);
    toc_object *obj = NULL;
    assert_int_equal(toc_object_new(tag, &obj, NULL), TOC_OK);
    assert_int_equal(toc_object_set(obj, "name", TOC_S("a\n  weblink\x1b[1m"), NULL), TOC_OK);
    begin("Tag Object Properties");
    section("Retrievable Methods", true);
    row("name", "a   weblink [1m");
    row("weblink", "None");
    check_flags(obj, 0);
    begin("Tag Object Properties");
    section("Retrievable Methods", true);
    row("name", "a\n  weblink\x1b[1m");
    row("weblink", "None");
    check_flags(obj, TOC_FORMAT_COMPAT);
    toc_object_free(obj);
}

/* Every type there is has a form, an empty object too. */
static void test_every_type(void **state)
{
    (void)state;
    size_t count;
    const toc_type *types = toc_type_list(&count);
    toc_formatter *formatter = NULL;
    assert_int_equal(toc_formatter_new(toc_format_find("text"), 0, &formatter, NULL), TOC_OK);
    for (size_t i = 0; i < count + TOC_RECORD_COUNT; i++) {
        const toc_type *type = i < count ? &types[i] : toc__record_type((toc_record)(i - count));
        toc_object *obj = NULL;
        toc_str text;
        assert_int_equal(toc_object_new(type, &obj, NULL), TOC_OK);
        assert_int_equal(toc_formatter_object(formatter, obj, &text, NULL), TOC_OK);
        assert_true(toc_str_starts(text, TOC_S("\n_")));
        assert_true(toc_str_ends(text, TOC_S("\n")));
        bool known = type->kind < TOC_KIND_VICTIM_ASSET;
        assert_int_equal(toc_str_find(text, TOC_S("phase                       : 1")) > 0, known);
        toc_object_free(obj);
    }
    toc_formatter_free(formatter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_host),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_task),
        cmocka_unit_test(test_victim),
        cmocka_unit_test(test_group_found_by_filters),
        cmocka_unit_test(test_asset),
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_owner),
        cmocka_unit_test(test_member),
        cmocka_unit_test(test_metric),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_every_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
