/* Terms of filters by all their names, taken out again, as text; encodings and dates as tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/mem.h"
#include "base/str.h"
#include "support/script.h"
#include "tocsin/ti.h"

static toc_error err;

static const toc_type *type_of(toc_kind kind, const char *name)
{
    const toc_type *type = toc_types_find(NULL, kind, toc_str_of(name));
    assert_non_null(type);
    return type;
}

static toc_filter *filter_of(toc_kind kind, const char *name)
{
    toc_filter *filter = NULL;
    const toc_type *type = name ? type_of(kind, name) : NULL;
    assert_int_equal(toc_filter_new(kind, type, &filter, &err), TOC_OK);
    return filter;
}

static void assert_terms(const toc_filter *filter, const char *wanted)
{
    char *text = NULL;
    assert_int_equal(toc_filter_terms(filter, &text, &err), TOC_OK);
    assert_string_equal(text, wanted);
    toc_free(text);
}

/* ti.md 10.2: every name that is given there, with the field that the server knows. */
static const struct {
    toc_kind kind;
    const char *type, *given;
    toc_op op;
    const char *value, *sent;
} aliases[] = {
    {TOC_KIND_GROUP, NULL, "date_added", TOC_OP_GT, "2017-01-01", "dateAdded>2017-01-01"},
    {TOC_KIND_GROUP, NULL, "group.date_added", TOC_OP_GT, "2017-01-01", "dateAdded>2017-01-01"},
    {TOC_KIND_INDICATOR, NULL, "date_added", TOC_OP_LT, "2017-01-01", "dateAdded<2017-01-01"},
    {TOC_KIND_GROUP, "Document", "document.file_type", TOC_OP_EQ, "PDF", "fileType=PDF"},
    {TOC_KIND_INDICATOR, "Host", "host.dns_active", TOC_OP_EQ, "true", "dnsActive=true"},
    {TOC_KIND_INDICATOR, "Host", "dns_active", TOC_OP_EQ, "true", "dnsActive=true"},
    {TOC_KIND_INDICATOR, "Host", "host.whois_active", TOC_OP_EQ, "true", "whoisActive=true"},
    {TOC_KIND_INDICATOR, "Host", "whois_active", TOC_OP_EQ, "true", "whoisActive=true"},
    {TOC_KIND_INDICATOR, "Address", "address.contry_name", TOC_OP_EQ, "Chad", "countryName=Chad"},
    {TOC_KIND_INDICATOR, "Address", "contry_name", TOC_OP_EQ, "Chad", "countryName=Chad"},
    {TOC_KIND_INDICATOR, "Address", "country_name", TOC_OP_EQ, "Chad", "countryName=Chad"},
    {TOC_KIND_INDICATOR, "Address", "address.contry_code", TOC_OP_EQ, "TD", "countryCode=TD"},
    {TOC_KIND_INDICATOR, "Address", "contry_code", TOC_OP_EQ, "TD", "countryCode=TD"},
    {TOC_KIND_INDICATOR, NULL, "indicator.date_added", TOC_OP_GT, "2017-01-01",
     "dateAdded>2017-01-01"},
    {TOC_KIND_INDICATOR, NULL, "indicator.false_positive", TOC_OP_EQ, "1", "falsePositive=1"},
    {TOC_KIND_INDICATOR, NULL, "false_positive", TOC_OP_GT, "1", "falsePositive>1"},
    {TOC_KIND_INDICATOR, NULL, "indicator.threat_assess_score", TOC_OP_GT, "1",
     "threatAssessScore>1"},
    {TOC_KIND_INDICATOR, NULL, "threat_assess_score", TOC_OP_GT, "1", "threatAssessScore>1"},
    {TOC_KIND_INDICATOR, NULL, "indicator.threat_assess_confidence", TOC_OP_GT, "1",
     "threatAssessConfidence>1"},
    {TOC_KIND_INDICATOR, NULL, "threat_assess_confidence", TOC_OP_GT, "1",
     "threatAssessConfidence>1"},
    {TOC_KIND_INDICATOR, NULL, "indicator.threat_assess_rating", TOC_OP_LT, "1",
     "threatAssessRating<1"},
    {TOC_KIND_INDICATOR, NULL, "threat_assess_rating", TOC_OP_LT, "1", "threatAssessRating<1"},
    {TOC_KIND_INDICATOR, NULL, "indicator.confidence", TOC_OP_GT, "1", "confidence>1"},
    {TOC_KIND_INDICATOR, "Host", "indicator.dns_active", TOC_OP_EQ, "true", "dnsActive=true"},
    {TOC_KIND_GROUP, NULL, "group.name", TOC_OP_STARTS, "a", "name^a"},
    {TOC_KIND_GROUP, "Campaign", "first_seen", TOC_OP_GT, "2017-01-01", "firstSeen>2017-01-01"},
    {TOC_KIND_GROUP, "Campaign", "campaign.firstSeen", TOC_OP_GT, "2017-01-01",
     "firstSeen>2017-01-01"},
    {TOC_KIND_GROUP, "Incident", "event_date", TOC_OP_LT, "2017-01-01", "eventDate<2017-01-01"},
    {TOC_KIND_GROUP, "Document", "file_type", TOC_OP_EQ, "PDF", "fileType=PDF"},
    {TOC_KIND_TASK, NULL, "due_date", TOC_OP_LT, "2017-01-01", "dueDate<2017-01-01"},
    {TOC_KIND_TASK, NULL, "task.status", TOC_OP_NE, "Deferred", "status!Deferred"},
    {TOC_KIND_VICTIM, NULL, "victim.name", TOC_OP_EQ, "x", "name=x"},
};

static void test_aliases(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(aliases); i++) {
        toc_filter *filter = filter_of(aliases[i].kind, aliases[i].type);
        if (toc_filter_term(filter, aliases[i].given, aliases[i].op, toc_str_of(aliases[i].value),
                            &err))
            fail_msg("%s: %s", aliases[i].given, err.message);
        assert_terms(filter, aliases[i].sent);
        assert_int_equal(toc_filter_remove_term(filter, aliases[i].given), 1);
        assert_terms(filter, "");
        toc_filter_free(filter);
    }
    toc_str name, value;
    toc_op op;
    assert_int_equal(
        toc_filter_parse(TOC_S("group.date_added<2017-01-01"), &name, &op, &value, &err), TOC_OK);
    assert_true(toc_str_equal(name, TOC_S("group.date_added")));
    assert_int_equal(op, TOC_OP_LT);
    toc_filter *groups = filter_of(TOC_KIND_GROUP, NULL);
    assert_int_equal(toc_filter_term(groups, "host.name", TOC_OP_EQ, TOC_S("1"), &err), TOC_EINVAL);
    assert_int_equal(toc_filter_term(groups, ".name", TOC_OP_EQ, TOC_S("1"), &err), TOC_EINVAL);
    assert_int_equal(toc_filter_term(groups, "group.", TOC_OP_EQ, TOC_S("1"), &err), TOC_EINVAL);
    assert_int_equal(toc_filter_term(groups, "false_positive", TOC_OP_EQ, TOC_S("1"), &err),
                     TOC_EINVAL);
    assert_int_equal(toc_filter_term(groups, "group_date_added", TOC_OP_GT, TOC_S("1"), &err),
                     TOC_EINVAL);
    assert_terms(groups, "");
    toc_filter_free(groups);
}

static void test_remove(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"threat\":[]}}"}};
    script play = {.answers = answers, .answer_count = 1};
    toc_session *sess = script_session(&play);
    toc_filter *filter = filter_of(TOC_KIND_GROUP, "Threat");
    toc_list *list = NULL;
    toc_object *obj = NULL;
    assert_int_equal(toc_filter_term(filter, "dateAdded", TOC_OP_LT, TOC_S("2018-01-01"), &err),
                     TOC_OK);
    assert_int_equal(toc_filter_term(filter, "name", TOC_OP_EQ, TOC_S("my name"), &err), TOC_OK);
    assert_int_equal(toc_filter_term(filter, "date_added", TOC_OP_GT, TOC_S("2017-01-01"), &err),
                     TOC_OK);
    assert_terms(filter, "dateAdded<2018-01-01,name=my name,dateAdded>2017-01-01");
    assert_int_equal(toc_filter_remove_term(filter, "confidence"), 0);
    assert_int_equal(toc_filter_remove_term(filter, NULL), 0);
    assert_int_equal(toc_filter_remove_term(NULL, "name"), 0);
    assert_int_equal(toc_filter_remove_term(filter, "date_added"), 2);
    assert_terms(filter, "name=my name");
    assert_int_equal(toc_filter_term(filter, "date_added", TOC_OP_GT, TOC_S("2017-01-01"), &err),
                     TOC_OK);
    assert_int_equal(toc_filter_terms(filter, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_list_open(sess, TOC_KIND_GROUP, filter, &list, &err), TOC_OK);
    assert_int_equal(toc_list_next(list, &obj, &err), 0);
    assert_string_equal(play.asked[0].target,
                        "/api/v2/groups/threats?createActivityLog=false&filters=name%3Dmy+name"
                        "%2CdateAdded%3E2017-01-01&resultStart=0&resultLimit=200");
    toc_list_close(list);
    toc_filter_free(filter);
    toc_session_close(sess);
}

/* ti.md 3.3; a slash is always encoded. */
static void test_encodings(void **state)
{
    (void)state;
    static const struct {
        const char *text, *path, *form;
    } rows[] = {
        {"TLP:GREEN", "TLP%3AGREEN", "TLP%3AGREEN"},
        {"a/b c", "a%2Fb%20c", "a%2Fb+c"},
        {"a+b&c=d?e#f%", "a%2Bb%26c%3Dd%3Fe%23f%25", "a%2Bb%26c%3Dd%3Fe%23f%25"},
        {"\xC3\xA9~_.-!*'()", "%C3%A9~_.-%21%2A%27%28%29", "%C3%A9~_.-%21%2A%27%28%29"},
        {"A;B,C@D$", "A%3BB%2CC%40D%24", "A%3BB%2CC%40D%24"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_buf path TOC_CLEANUP(toc_buf_done) = {.maximum = 256};
        toc_buf form TOC_CLEANUP(toc_buf_done) = {.maximum = 256};
        toc_url_encode_path(&path, toc_str_of(rows[i].text));
        toc_url_encode_form(&form, toc_str_of(rows[i].text));
        assert_string_equal(path.ptr, rows[i].path);
        assert_string_equal(form.ptr, rows[i].form);
    }
}

/* The second table of ti.md 3.3. URLs and hosts are encoded once, so that each can be named. */
static const struct {
    const char *type, *id, *segment;
} segments[] = {
    {"URL", "http://x.com/a b?q=1&r=%20z", "urls/http%3A%2F%2Fx.com%2Fa%20b%3Fq%3D1%26r%3D%2520z"},
    {"URL", "http://\xC3\xA9.com/%2525x", "urls/http%3A%2F%2F%C3%A9.com%2F%252525x"},
    {"CIDR", "10.0.0.0/24", "cidrBlocks/10.0.0.0%2F24"},
    {"Mutex", "Global\\x", "mutexes/Global%5Cx"},
    {"User Agent", "Mozilla/5.0 (X)", "userAgents/Mozilla%2F5.0%20%28X%29"},
    {"Hashtag", "#x", "hashtags/%23x"},
    {"Registry Key", "HKEY_LOCAL_MACHINE\\a/b : v n : REG_SZ",
     "registryKeys/HKEY_LOCAL_MACHINE%5Ca%2Fb%20%3A%20v%20n%20%3A%20REG_SZ"},
    {"Address", "2001:db8::1", "addresses/2001%3Adb8%3A%3A1"},
};

static void test_segments(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = "{\"status\":\"Success\"}"}};
    for (size_t i = 0; i < TOC_COUNT(segments); i++) {
        script play = {.answers = answers, .answer_count = 1};
        toc_session *sess = script_session(&play);
        char target[256];
        (void)snprintf(target, sizeof(target), "/api/v2/indicators/%s?createActivityLog=false",
                       segments[i].segment);
        assert_int_equal(toc_delete(sess, type_of(TOC_KIND_INDICATOR, segments[i].type),
                                    toc_str_of(segments[i].id), NULL, &err),
                         TOC_OK);
        assert_string_equal(play.asked[0].target, target);
        toc_session_close(sess);
    }
}

/* ti.md 4: a date goes out as the server takes it, with a zone; a day, and a moment that has one,
 * stay as they are. */
static const struct {
    const char *given, *sent;
} dates[] = {
    {"2019-04-02", "2019-04-02"},
    {"2008-12-12T12:12:12", "2008-12-12T12:12:12Z"},
    {"2017-02-02 01:02:03", "2017-02-02T01:02:03Z"},
    {"2017 12 25", "2017-12-25T00:00:00Z"},
    {"1510686617", "2017-11-14T19:10:17Z"},
    {"1510686617123", "2017-11-14T19:10:17Z"},
    {"1510686617.298753", "2017-11-14T19:10:17Z"},
    {"2017-03-03T18:00:00-06:00", "2017-03-03T18:00:00-06:00"},
};

static void test_dates(void **state)
{
    (void)state;
    toc_object *event = NULL;
    assert_int_equal(toc_object_new(type_of(TOC_KIND_GROUP, "Event"), &event, &err), TOC_OK);
    for (size_t i = 0; i < TOC_COUNT(dates); i++) {
        if (toc_object_set(event, "event_date", toc_str_of(dates[i].given), &err))
            fail_msg("%s: %s", dates[i].given, err.message);
        toc_str sent = toc_object_get(event, "eventDate");
        if (!toc_str_equal(sent, toc_str_of(dates[i].sent)))
            fail_msg("%s: %.*s", dates[i].given, TOC_FMT(sent));
    }
    assert_int_equal(toc_object_set(event, "event_date", TOC_S("soonish"), &err), TOC_EINVAL);
    assert_string_equal(err.message, "Could not format input (soonish) to datetime string.");
    assert_int_equal(toc_object_set(event, "event_date", (toc_str){NULL, 0}, &err), TOC_EINVAL);
    toc_object_free(event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_aliases),   cmocka_unit_test(test_remove),
        cmocka_unit_test(test_encodings), cmocka_unit_test(test_segments),
        cmocka_unit_test(test_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
