/* Indicators and groups over the API: create, read, change, remove, their lists. */
#include "wire/platform_fixture.h"

static const struct sample {
    const char *branch, *entity, *body, *value, *shown;
} indicators[] = {
    {"addresses", "address", "{\"ip\":\"203.0.113.7\"}", "203.0.113.7", "\"ip\":\"203.0.113.7\""},
    {"emailAddresses", "emailAddress", "{\"address\":\"a@evil.example\"}", "a@evil.example",
     "\"address\":\"a@evil.example\""},
    {"files", "file", "{\"md5\":\"44d88612fea8a8f36de82e1278abb02f\",\"size\":68}",
     "44D88612FEA8A8F36DE82E1278ABB02F", "\"md5\":\"44D88612FEA8A8F36DE82E1278ABB02F\""},
    {"hosts", "host", "{\"hostName\":\"evil.example\",\"dnsActive\":\"true\"}", "evil.example",
     "\"dnsActive\":\"true\",\"whoisActive\":\"false\""},
    {"urls", "url", "{\"text\":\"http://evil.example/a?b=1\"}",
     "http%3A%2F%2Fevil.example%2Fa%3Fb%3D1", "\"text\":\"http://evil.example/a?b=1\""},
    {"asns", "asn", "{\"AS Number\":\"ASN64500\"}", "asn64500", "\"AS Number\":\"ASN64500\""},
    {"cidrBlocks", "cidrBlock", "{\"Block\":\"203.0.113.0/24\"}", "203.0.113.0%2F24",
     "\"Block\":\"203.0.113.0/24\""},
    {"emailSubjects", "emailSubject", "{\"Subject\":\"Your invoice\"}", "Your+invoice",
     "\"Subject\":\"Your invoice\""},
    {"hashtags", "hashtag", "{\"Hashtag\":\"#Evil\"}", "%23evil", "\"Hashtag\":\"#evil\""},
    {"mutexes", "mutex", "{\"Mutex\":\"Global\\\\m\"}", "Global%5Cm", "\"Mutex\":\"Global\\\\m\""},
    {"registryKeys", "registryKey",
     "{\"Key Name\":\"HKEY_LOCAL_MACHINE\\\\S\",\"Value Name\":\"Run\",\"Value Type\":\"REG_SZ\"}",
     "HKEY_LOCAL_MACHINE%5CS%20:%20Run%20:%20REG_SZ", "\"Value Type\":\"REG_SZ\""},
    {"userAgents", "userAgent", "{\"User Agent String\":\"Mozilla/5.0 (x)\"}",
     "Mozilla%2F5.0%20(x)", "\"User Agent String\":\"Mozilla/5.0 (x)\""},
};

static void every_indicator_type_goes_round(void **state)
{
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(indicators); i++) {
        const struct sample *row = &indicators[i];
        char target[256], key[64];
        (void)snprintf(target, sizeof(target), "/api/v2/indicators/%s", row->branch);
        expect(fix, "POST", target, row->body, 201);
        long long id = number_of(fix, "id");
        assert_true(id > 0);
        contains(fix, row->shown);
        (void)snprintf(key, sizeof(key), "\"data\":{\"%s\":{", row->entity);
        contains(fix, key);
        contains(fix, "\"owner\":{\"id\":1,\"name\":\"Acme CTI\",\"type\":\"Organization\"}");
        expect(fix, "POST", target, row->body, 201);
        assert_int_equal(number_of(fix, "id"), id);
        expect(fix, "GET", target, NULL, 200);
        contains(fix, "\"resultCount\":1,");
        contains(fix, "\"ownerName\":\"Acme CTI\"");
        (void)snprintf(target, sizeof(target), "/v2/Indicators/%s/%s/", row->branch, row->value);
        expect(fix, "GET", target, NULL, 200);
        contains(fix, row->shown);
        contains(fix, "\"webLink\":\"https://tip.example/auth/");
        expect(fix, "PUT", target, "{\"rating\":\"4.0\",\"confidence\":\"77\",\"type\":\"x\"}",
               200);
        contains(fix, "\"rating\":4.0");
        contains(fix, "\"confidence\":77");
        assert_int_equal(number_of(fix, "id"), id);
        expect(fix, "DELETE", target, "{}", 200);
        contains(fix, "{\"status\":\"Success\"}");
        expect(fix, "GET", target, NULL, 404);
        contains(fix, "The requested resource was not found");
    }
}

static const struct group_sample {
    const char *branch, *body;
} groups[] = {
    {"adversaries", "{\"name\":\"g\"}"},
    {"attackPatterns", "{\"name\":\"g\"}"},
    {"campaigns", "{\"name\":\"g\",\"firstSeen\":\"2024-3-1\"}"},
    {"coursesOfAction", "{\"name\":\"g\"}"},
    {"documents", "{\"name\":\"g\",\"fileName\":\"memo.pdf\"}"},
    {"emails", "{\"name\":\"g\",\"subject\":\"s\",\"header\":\"h\",\"body\":\"b\"}"},
    {"events", "{\"name\":\"g\",\"status\":\"Escalated\"}"},
    {"incidents", "{\"name\":\"g\",\"eventDate\":\"2024-02-28T00:00:00Z\",\"status\":\"Open\"}"},
    {"intrusionSets", "{\"name\":\"g\"}"},
    {"malware", "{\"name\":\"g\"}"},
    {"reports", "{\"name\":\"g\",\"fileName\":\"r.pdf\"}"},
    {"signatures",
     "{\"name\":\"g\",\"fileName\":\"s.yar\",\"fileType\":\"YARA\",\"fileText\":\"rule x\"}"},
    {"tactics", "{\"name\":\"g\"}"},
    {"threats", "{\"name\":\"g\"}"},
    {"tools", "{\"name\":\"g\"}"},
    {"vulnerabilities", "{\"name\":\"g\"}"},
};

static void every_group_type_goes_round(void **state)
{
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(groups); i++) {
        char target[256];
        (void)snprintf(target, sizeof(target), "/v2/groups/%s", groups[i].branch);
        expect(fix, "POST", target, groups[i].body, 201);
        contains(fix, "\"name\":\"g\"");
        long long id = number_of(fix, "id");
        expect(fix, "POST", target, groups[i].body, 201);
        assert_int_not_equal(number_of(fix, "id"), id);
        expect(fix, "GET", target, NULL, 200);
        contains(fix, "\"resultCount\":2,");
        lacks(fix, "\"type\":");
        (void)snprintf(target, sizeof(target), "/v2/groups/%s/%lld", groups[i].branch, id);
        expect(fix, "PUT", target,
               "{\"name\":\"renamed\",\"fileName\":\"r.yar\",\"fileType\":\"yara\"}", 200);
        contains(fix, "\"name\":\"renamed\"");
        expect(fix, "GET", target, NULL, 200);
        contains(fix, "\"name\":\"renamed\"");
        expect(fix, "DELETE", target, NULL, 200);
        expect(fix, "GET", target, NULL, 404);
        expect(fix, "PUT", target, "{\"name\":\"x\"}", 404);
    }
    expect(fix, "GET", "/v2/groups", NULL, 200);
    contains(fix, "\"resultCount\":16,\"group\":[");
    contains(fix, "\"type\":\"Course of Action\"");
    expect(fix, "GET", "/v2/groups/documents", NULL, 200);
    contains(fix, "\"status\":\"Awaiting Upload\"");
}

static void bad_bodies_are_refused(void **state)
{
    fixture *fix = *state;
    expect(fix, "POST", "/v2/indicators/hosts", NULL, 400);
    contains(fix, "The request was not properly formed");
    expect(fix, "POST", "/v2/indicators/hosts", "[]", 400);
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"a.example\"} x", 400);
    contains(fix, "The request was not properly formed");
    expect(fix, "POST", "/v2/indicators/hosts", "{}", 400);
    contains(fix, "\"status\":\"Failure\"");
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"a.example\",\"rating\":9}", 400);
    contains(fix, "rating");
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"a.example\",\"rating\":[]}", 400);
    contains(fix, "The rating for this Host is invalid");
    expect(fix, "POST", "/v2/indicators/files", "{\"md5\":\"zz\"}", 400);
    expect(fix, "POST", "/v2/indicators/nothing", "{}", 404);
    expect(fix, "POST", "/v2/groups/incidents", "{\"name\":\"\"}", 400);
    expect(fix, "POST", "/v2/groups/incidents", "{\"name\":\"i\",\"status\":\"Sleepy\"}", 400);
    contains(fix, "The status for this Incident is invalid, please enter one of the following");
    expect(fix, "GET", "/v2/groups/incidents/x", NULL, 404);
    expect(fix, "GET", "/v2/indicators", NULL, 200);
    contains(fix, "{\"status\":\"Success\",\"data\":{\"resultCount\":0,\"indicator\":[]}}");
}

#define MD5 "44D88612FEA8A8F36DE82E1278ABB02F"
#define MD5_2 "11D88612FEA8A8F36DE82E1278ABB02F"
#define SHA1 "3395856CE81F2B7382DEE72602F798B642F14140"

static void files_learn_hashes_and_refuse_others(void **state)
{
    fixture *fix = *state;
    expect(fix, "POST", "/v2/indicators/files", "{\"md5\":\"" MD5 "\",\"sha1\":null}", 201);
    long long id = number_of(fix, "id");
    expect(fix, "POST", "/v2/indicators/files", "{\"md5\":\"" MD5 "\",\"sha1\":\"" SHA1 "\"}", 201);
    assert_int_equal(number_of(fix, "id"), id);
    contains(fix, "\"sha1\":\"" SHA1 "\"");
    expect(fix, "GET", "/v2/indicators/files/" SHA1, NULL, 200);
    assert_int_equal(number_of(fix, "id"), id);
    expect(fix, "POST", "/v2/indicators/files", "{\"md5\":\"" MD5_2 "\",\"sha1\":\"" SHA1 "\"}",
           400);
    contains(fix, "The SHA-1 for this File is invalid, a File with this SHA-1 already exists");
    expect(fix, "POST", "/v2/indicators/files", "{\"md5\":\"" MD5_2 "\"}", 201);
    expect(fix, "PUT", "/v2/indicators/files/" MD5_2, "{\"sha1\":\"" SHA1 "\",\"size\":1}", 400);
    contains(fix, "The SHA-1 for this File is invalid, a File with this SHA-1 already exists");
    expect(fix, "PUT", "/v2/indicators/files/" MD5, "{\"md5\":\"" MD5_2 "\",\"size\":5}", 200);
    contains(fix, "\"md5\":\"" MD5 "\"");
    contains(fix, "\"size\":5");
    expect(fix, "GET", "/v2/indicators", NULL, 200);
    contains(fix, "\"summary\":\"" MD5 " : " SHA1 "\"");
}

static void description_and_source_are_attributes(void **state)
{
    fixture *fix = *state;
    expect(fix, "POST", "/v2/indicators/hosts",
           "{\"hostName\":\"evil.example\",\"description\":\"beacon\",\"source\":\"lab\"}", 201);
    contains(fix, "\"source\":\"lab\"");
    contains(fix, "\"description\":\"beacon\"");
    expect(fix, "GET", "/v2/indicators/hosts/evil.example/attributes", NULL, 200);
    contains(fix, "\"resultCount\":2,");
    expect(fix, "PUT", "/v2/indicators/hosts/evil.example", "{\"description\":\"other\"}", 200);
    contains(fix, "\"description\":\"other\"");
    expect(fix, "GET", "/v2/indicators/hosts/evil.example/attributes", NULL, 200);
    contains(fix, "\"resultCount\":2,");
    expect(fix, "GET", "/v2/indicators", NULL, 200);
    lacks(fix, "\"source\"");
}

static void fill(fixture *fix, int count)
{
    for (int i = 0; i < count; i++) {
        char body[128];
        (void)snprintf(body, sizeof(body), "{\"hostName\":\"h%d.example\",\"confidence\":%d}", i,
                       i % 100);
        expect(fix, "POST", "/v2/indicators/hosts", body, 201);
    }
}

static void pages_add_up_to_the_whole_list(void **state)
{
    fixture *fix = *state;
    toc_buf whole = {0}, sum = {0};
    toc_buf_init(&whole, 1 << 20);
    toc_buf_init(&sum, 1 << 20);
    fill(fix, 23);
    expect(fix, "GET", "/v2/indicators/hosts?resultLimit=10000", NULL, 200);
    contains(fix, "\"resultCount\":23,");
    const char *start = strstr(fixture_body(fix), "[{");
    toc_buf_append(&whole, start + 1, strlen(start) - 4);
    for (int pass = 0; pass < 2; pass++) {
        toc_buf_clear(&sum);
        for (int at = 0; at < 25; at += 5) {
            char target[96];
            (void)snprintf(target, sizeof(target),
                           "/v2/indicators/hosts?resultStart=%d&resultLimit=5", at);
            expect(fix, "GET", target, NULL, 200);
            if (at)
                lacks(fix, "resultCount");
            else
                contains(fix, "\"resultCount\":23,");
            start = strstr(fixture_body(fix), "[");
            if (sum.len && start[1] != ']')
                toc_buf_char(&sum, ',');
            toc_buf_append(&sum, start + 1, strlen(start) - 4);
        }
        assert_string_equal(sum.ptr, whole.ptr);
    }
    /* A page that nobody led up to. */
    expect(fix, "GET", "/v2/indicators/hosts?resultStart=7&resultLimit=1", NULL, 200);
    contains(fix, "h15.example");
    expect(fix, "GET", "/v2/indicators/hosts?resultStart=100", NULL, 200);
    contains(fix, "\"host\":[]");
    expect(fix, "GET", "/v2/indicators/hosts?resultLimit=0", NULL, 200);
    contains(fix, "\"resultCount\":23,\"host\":[]");
    toc_buf_done(&whole);
    toc_buf_done(&sum);
}

static void wrong_paging_is_refused(void **state)
{
    static const char *const wrong[] = {"resultLimit=10001", "resultLimit=x", "resultStart=-1",
                                        "resultStart=1.5"};
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(wrong); i++) {
        char target[96];
        (void)snprintf(target, sizeof(target), "/v2/indicators?%s", wrong[i]);
        expect(fix, "GET", target, NULL, 400);
        contains(fix, "The resultStart and resultLimit query parameters must be integers and the "
                      "maximum value for resultLimit is 10000");
    }
}

/* A value is found by whatever spelling names it in a path, and a text of another type is not. */
static void filters_know_spellings(void **state)
{
    fixture *fix = *state;
    static const struct {
        const char *branch, *term;
        int found;
    } rows[] = {
        {"/addresses", "summary%3D2001:DB8::1", 1},
        {"/addresses", "summary%3D2001:db8:0:0::1", 1},
        {"", "summary%3D2001:0db8:0:0:0:0:0:1", 1},
        {"", "summary%3D2001:db8::1", 1},
        {"", "summary%3D2001:db8::2", 0},
        {"/mutexes", "summary%3D2001:DB8:0::1", 1},
        {"/mutexes", "summary%3D2001:db8::1", 0},
        {"/addresses", "summary%5E2001:DB8::", 1},
        {"/addresses", "summary%5E2001:db8:0:0", 0},
        {"", "summary%3DSPELT.example", 1},
        {"",
         "summary%3D3395856CE81F2B7382DEE72602F798B642F14140%20:%20"
         "44d88612fea8a8f36de82e1278abb02f",
         1},
        {"", "summary%3D3395856ce81f2b7382dee72602f798b642f14140", 1},
        {"/registryKeys", "summary%3DHKEY_USERS%5Ca%20:%20%20%20:%20REG_SZ", 1},
        {"/registryKeys", "summary%3DHKEY_USERS%5Ca%20:%20%20:%20REG_SZ", 1},
        {"/registryKeys", "summary%3DHKEY_USERS%5Ca", 0},
    };
    expect(fix, "POST", "/v2/indicators/addresses", "{\"ip\":\"2001:db8::1\"}", 201);
    expect(fix, "POST", "/v2/indicators/addresses", "{\"ip\":\"203.0.113.9\"}", 201);
    expect(fix, "POST", "/v2/indicators/mutexes", "{\"Mutex\":\"2001:DB8:0::1\",\"rating\":1}",
           201);
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"spelt.example\"}", 201);
    expect(fix, "POST", "/v2/indicators/files",
           "{\"md5\":\"44d88612fea8a8f36de82e1278abb02f\","
           "\"sha1\":\"3395856ce81f2b7382dee72602f798b642f14140\"}",
           201);
    expect(fix, "POST", "/v2/indicators/registryKeys",
           "{\"Key Name\":\"HKEY_USERS\\\\a\",\"Value Name\":\" \",\"Value Type\":\"REG_SZ\"}",
           201);
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        char target[200], count[32];
        (void)snprintf(target, sizeof(target), "/v2/indicators%s?filters=%s", rows[i].branch,
                       rows[i].term);
        (void)snprintf(count, sizeof(count), "\"resultCount\":%d,", rows[i].found);
        expect(fix, "GET", target, NULL, 200);
        if (!strstr(fixture_body(fix), count))
            fail_msg("%s: %s", target, fixture_body(fix));
    }
}

static void filters_choose(void **state)
{
    fixture *fix = *state;
    fill(fix, 10);
    expect(fix, "POST", "/v2/indicators/addresses", "{\"ip\":\"203.0.113.9\",\"active\":false}",
           201);
    expect(fix, "GET", "/v2/indicators?filters=confidence%3E7", NULL, 200);
    contains(fix, "\"resultCount\":2,");
    expect(fix, "GET", "/v2/indicators?filters=summary%5Eh3", NULL, 200);
    contains(fix, "\"resultCount\":1,");
    contains(fix, "h3.example");
    expect(fix, "GET", "/v2/indicators?filters=summary%3Dh1.example,summary%3Dh2.example", NULL,
           200);
    contains(fix, "\"resultCount\":0,");
    expect(fix, "GET",
           "/v2/indicators?filters=summary%3Dh1.example,summary%3Dh2.example&orParams=true", NULL,
           200);
    contains(fix, "\"resultCount\":2,");
    expect(fix, "GET", "/v2/indicators?filters=active%3Dfalse", NULL, 200);
    contains(fix, "\"resultCount\":1,");
    contains(fix, "203.0.113.9");
    expect(fix, "GET", "/v2/indicators", NULL, 200);
    contains(fix, "\"resultCount\":10,");
    expect(fix, "GET", "/v2/indicators/addresses/203.0.113.9", NULL, 200);
    expect(fix, "GET", "/v2/indicators?filters=nonsense%3D1", NULL, 400);
    expect(fix, "GET", "/v2/indicators?modifiedSince=2099-01-01", NULL, 200);
    contains(fix, "\"resultCount\":0,");
    expect(fix, "GET", "/v2/indicators?modifiedSince=2019-01-01T00:00:00Z", NULL, 200);
    contains(fix, "\"resultCount\":10,");
    expect(fix, "GET", "/v2/indicators?modifiedSince=yesterdayish", NULL, 400);
}

static void sections_are_included_on_demand(void **state)
{
    fixture *fix = *state;
    fill(fix, 1);
    expect(fix, "POST", "/v2/indicators/hosts/h0.example/tags/Phish%20Kit", NULL, 201);
    expect(fix, "POST", "/v2/indicators/hosts/h0.example/securityLabels/TLP:AMBER", "{}", 201);
    expect(fix, "POST", "/v2/indicators/hosts/h0.example/attributes",
           "{\"type\":\"Description\",\"value\":\"seen\",\"displayed\":true}", 201);
    expect(fix, "GET", "/v2/indicators/hosts/h0.example", NULL, 200);
    lacks(fix, "\"tag\":");
    lacks(fix, "\"active\":");
    expect(fix, "GET",
           "/v2/indicators?includes=additional&includes=attributes&includes=tags&includes=labels",
           NULL, 200);
    contains(fix, "\"active\":true");
    contains(fix, "\"attribute\":[{\"id\":");
    contains(fix, "\"tag\":[{\"name\":\"Phish Kit\",\"webLink\":\"https://tip.example/auth/tags/"
                  "tag.xhtml?tag=Phish+Kit&owner=Acme+CTI\"");
    contains(fix, "\"securityLabel\":[{\"name\":\"TLP:AMBER\"");
    expect(fix, "GET", "/v2/indicators/hosts?includeTags=true&includeAttributes=True", NULL, 200);
    contains(fix, "\"tag\":[{");
    contains(fix, "\"attribute\":[{");
    expect(fix, "GET", "/v2/indicators/hosts/h0.example?includeAdditional=true", NULL, 200);
    contains(fix, "\"active\":true");
}

static void owners_hold_values_apart(void **state)
{
    fixture *fix = *state;
    fill(fix, 1);
    expect(fix, "GET", "/v2/indicators/hosts/h0.example?owner=Shared+Feed", NULL, 404);
    expect(fix, "POST", "/v2/indicators/hosts?owner=Shared%20Feed", "{\"hostName\":\"h0.example\"}",
           201);
    contains(fix, "\"type\":\"Source\"");
    expect(fix, "GET", "/v2/indicators/hosts/h0.example/owners?includes=additional", NULL, 200);
    assert_int_equal(count_of(fix, "\"itemId\":\""), 2);
    expect(fix, "GET", "/v2/indicators/hosts/h0.example/owners", NULL, 200);
    lacks(fix, "itemId");
    expect(fix, "GET", "/v2/indicators?owner=Nobody", NULL, 403);
    contains(fix, "The requested owner was not found");
}

/* As long as a target may be, and longer than what can be compared. */
static void long_filters_are_refused(void **state)
{
    enum { LONG = 26000 };
    static char target[128 + LONG];
    static const char *const lists[] = {"indicators?filters=summary%5E", "groups?filters=name%5E",
                                        "tags?filters=name%5E",
                                        "groups/documents?filters=fileType%3D"};
    fixture *fix = *state;
    fill(fix, 2);
    for (size_t i = 0; i < TOC_COUNT(lists); i++) {
        int len = snprintf(target, sizeof(target), "/v2/%s", lists[i]);
        memset(target + len, '_', LONG);
        target[len + LONG] = '\0';
        expect(fix, "GET", target, NULL, 400);
        contains(fix, "too long");
        target[len + 1000] = '\0';
        expect(fix, "GET", target, NULL, 200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_indicator_type_goes_round, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(every_group_type_goes_round, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(bad_bodies_are_refused, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(files_learn_hashes_and_refuse_others, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(description_and_source_are_attributes, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(pages_add_up_to_the_whole_list, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(wrong_paging_is_refused, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(filters_choose, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(filters_know_spellings, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(sections_are_included_on_demand, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(owners_hold_values_apart, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(long_filters_are_refused, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
