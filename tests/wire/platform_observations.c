/* Counters of values: false positives, observations, what was observed most; addresses of hosts. */
#include "store/store.h"
#include "wire/signed.h"

#define HOST "/v2/indicators/hosts/evil.example"
#define MD5 "44D88612FEA8A8F36DE82E1278ABB02F"
#define SHA1 "3395856CE81F2B7382DEE72602F798B642F14140"
#define FILES "/v2/indicators/files"
#define FEED "?owner=Shared%20Feed"

static int setup(void **state)
{
    fixture *fix = calloc(1, sizeof(*fix));
    if (!fix)
        return -1;
    fixture_new(fix, 500);
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"evil.example\"}", 201);
    *state = fix;
    return 0;
}

static toc_new_user new_user(fixture *fix, const char *role, const char *feed_role)
{
    toc_new_user user;
    assert_int_equal(toc_platform_add_user_as(fix->platform, "Acme CTI", role, NULL, &user, NULL),
                     0);
    if (feed_role)
        assert_int_equal(
            toc_platform_grant(fix->platform, user.access_id, "Shared Feed", feed_role, NULL), 0);
    return user;
}

#define expect_as(fix, user, method, target, body, status)                                         \
    do {                                                                                           \
        int got_ = ask_as((fix), (user), (method), (target), (body));                              \
        if (got_ != (status))                                                                      \
            fail_msg("%s %s: %d instead of %d: %s", (method), (target), got_, (status),            \
                     fixture_body(fix));                                                           \
    } while (0)

static void false_positives(void **state)
{
    fixture *fix = *state;
    toc_new_user second = new_user(fix, "Standard User", NULL);
    toc_new_user reader = new_user(fix, "Read Only User", NULL);
    expect(fix, "GET", "/v2/indicators?filters=falsePositive%3E0", NULL, 200);
    contains(fix, "\"resultCount\":0,");
    expect(fix, "GET", HOST "?includeAdditional=true", NULL, 200);
    contains(fix, "\"observationCount\":0,\"falsePositiveCount\":0,");
    expect(fix, "POST", HOST "/falsePositive", NULL, 200);
    contains(fix, "{\"status\":\"Success\",\"data\":{\"falsePositive\":{\"count\":1,"
                  "\"lastReported\":\"20");
    expect(fix, "POST", HOST "/falsePositive", "{}", 200);
    assert_int_equal(number_of(fix, "count"), 1);
    expect_as(fix, &second, "POST", HOST "/falsePositive", "{\"more\":[1]}", 200);
    assert_int_equal(number_of(fix, "count"), 2);
    /* The role does not matter here, the option does. */
    expect_as(fix, &reader, "POST", HOST "/falsePositive", "", 200);
    assert_int_equal(number_of(fix, "count"), 3);
    expect(fix, "GET", HOST "?includeAdditional=true", NULL, 200);
    contains(fix, "\"falsePositiveCount\":3");
    contains(fix, "\"falsePositiveLastReported\":\"20");
    expect(fix, "GET", HOST, NULL, 200);
    lacks(fix, "falsePositive");
    expect(fix, "GET", "/v2/indicators/hosts?filters=falsePositive%3D3", NULL, 200);
    contains(fix, "\"resultCount\":1,");
    expect(fix, "GET", "/v2/indicators?filters=falsePositive%3E2", NULL, 200);
    contains(fix, "\"resultCount\":1,");
    expect(fix, "GET", "/v2/indicators?filters=falsePositive%3C3", NULL, 200);
    contains(fix, "\"resultCount\":0,");
}

static void counts_are_of_the_value(void **state)
{
    fixture *fix = *state;
    expect(fix, "POST", HOST "/falsePositive", NULL, 200);
    expect(fix, "POST", HOST "/observations", "{\"count\":2}", 200);
    /* Another owner learns of the value later, and reports on it. */
    expect(fix, "POST", "/v2/indicators/hosts" FEED, "{\"hostName\":\"Evil.Example\"}", 201);
    expect(fix, "GET", HOST FEED "&includes=additional", NULL, 200);
    contains(fix, "\"observationCount\":2");
    contains(fix, "\"falsePositiveCount\":1");
    expect(fix, "GET", "/v2/indicators" FEED "&filters=falsePositive%3D1", NULL, 200);
    contains(fix, "\"resultCount\":1,");
    expect(fix, "POST", HOST "/falsePositive" FEED, NULL, 200);
    assert_int_equal(number_of(fix, "count"), 1);
    expect(fix, "POST", HOST "/observations" FEED, "{\"count\":\"3\"}", 200);
    expect(fix, "GET", "/v2/indicators?includeAdditional=true", NULL, 200);
    contains(fix, "\"observationCount\":5");
    /* They outlive the indicator. */
    expect(fix, "DELETE", HOST, NULL, 200);
    expect(fix, "GET", HOST "/observationCount?owner=Acme%20CTI", NULL, 404);
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"evil.example\"}", 201);
    expect(fix, "GET", HOST "/observationCount", NULL, 200);
    assert_int_equal(number_of(fix, "count"), 5);
    expect(fix, "GET", HOST "?includeAdditional=true", NULL, 200);
    contains(fix, "\"observationCount\":5");
    /* Another type with the same text is another value. */
    expect(fix, "POST", "/v2/indicators/mutexes", "{\"Mutex\":\"evil.example\"}", 201);
    expect(fix, "GET", "/v2/indicators/mutexes/evil.example/observationCount", NULL, 200);
    assert_int_equal(number_of(fix, "count"), 0);
}

static void values_of_several_parts(void **state)
{
    fixture *fix = *state;
    static const char key[] = "/v2/indicators/registryKeys/HKEY_USERS%5Ca%20:%20b%20:%20REG_SZ";
    char target[256];
    expect(fix, "POST", "/v2/indicators/registryKeys",
           "{\"Key Name\":\"HKEY_USERS\\\\a\",\"Value Name\":\"b\",\"Value Type\":\"REG_SZ\"}",
           201);
    expect(fix, "POST", "/v2/indicators/registryKeys" FEED,
           "{\"Key Name\":\"HKEY_USERS\\\\a\",\"Value Name\":\"b\",\"Value Type\":\"REG_SZ\"}",
           201);
    (void)snprintf(target, sizeof(target), "%s/observations", key);
    expect(fix, "POST", target, "{\"count\":4}", 200);
    expect(fix, "GET", "/v2/indicators/registryKeys" FEED "&includeAdditional=true", NULL, 200);
    contains(fix, "\"observationCount\":4");
    expect(fix, "GET", "/v2/indicators/observed" FEED, NULL, 200);
    contains(fix, "\"indicator\":[{\"summary\":\"HKEY_USERS\\\\a : b : REG_SZ\"");
}

static void any_hash_counts(void **state)
{
    fixture *fix = *state;
    expect(fix, "POST", FILES, "{\"md5\":\"" MD5 "\"}", 201);
    expect(fix, "POST", FILES FEED, "{\"sha1\":\"" SHA1 "\"}", 201);
    expect(fix, "POST", FILES "/" MD5 "/observations", "{\"count\":2}", 200);
    expect(fix, "POST", FILES "/" MD5 "/falsePositive", NULL, 200);
    expect(fix, "POST", FILES "/" SHA1 "/observations" FEED, "{\"count\":5}", 200);
    expect(fix, "POST", FILES "/" SHA1 "/falsePositive" FEED, NULL, 200);
    expect(fix, "GET", FILES "/" SHA1 "/observationCount" FEED, NULL, 200);
    assert_int_equal(number_of(fix, "count"), 5);
    /* They turn out to be one file: what was reported belongs together from now on. */
    expect(fix, "PUT", FILES "/" MD5, "{\"sha1\":\"" SHA1 "\"}", 200);
    expect(fix, "GET", FILES "/" SHA1 "/observationCount", NULL, 200);
    assert_int_equal(number_of(fix, "count"), 7);
    expect(fix, "GET", FILES FEED "&includeAdditional=true", NULL, 200);
    contains(fix, "\"observationCount\":7");
    contains(fix, "\"falsePositiveCount\":1");
    expect(fix, "GET", FILES "?includeAdditional=true", NULL, 200);
    contains(fix, "\"observationCount\":7");
    expect(fix, "POST", FILES "/" SHA1 "/falsePositive" FEED, NULL, 200);
    assert_int_equal(number_of(fix, "count"), 1);
    /* A lower-case path means the same, and a new record with one hash knows them too. */
    expect(fix, "DELETE", FILES "/" MD5, NULL, 200);
    expect(fix, "POST", FILES, "{\"md5\":\"44d88612fea8a8f36de82e1278abb02f\"}", 201);
    expect(fix, "GET", FILES "/44d88612fea8a8f36de82e1278abb02f/observationCount", NULL, 200);
    assert_int_equal(number_of(fix, "count"), 7);
}

static void observations(void **state)
{
    fixture *fix = *state;
    toc_new_user second = new_user(fix, "Standard User", NULL);
    expect(fix, "GET", HOST "/observations", NULL, 200);
    contains(fix, "{\"resultCount\":0,\"observation\":[]}");
    expect(fix, "GET", HOST "/observationCount", NULL, 200);
    contains(fix, "\"data\":{\"observationCount\":{\"count\":0,\"yourCount\":0}}");
    expect(fix, "POST", HOST "/observations",
           "{\"count\":3,\"dateObserved\":\"2024-03-01T10:00:00+02:00\",\"more\":null}", 200);
    contains(fix, "{\"status\":\"Success\"}");
    expect_as(fix, &second, "POST", HOST "/observations",
              "{\"count\":4,\"dateObserved\":\"2024-03-01\"}", 200);
    expect(fix, "POST", HOST "/observations", "{\"count\":1,\"dateObserved\":\"2024-3-5T01:00\"}",
           200);
    expect(fix, "POST", HOST "/observations",
           "{\"count\":1,\"dateObserved\":\"1969-12-31T23:00:00Z\"}", 200);
    expect(fix, "GET", HOST "/observations", NULL, 200);
    contains(fix, "{\"resultCount\":3,\"observation\":["
                  "{\"count\":1,\"dateObserved\":\"2024-03-05T00:00:00Z\"},"
                  "{\"count\":7,\"dateObserved\":\"2024-03-01T00:00:00Z\"},"
                  "{\"count\":1,\"dateObserved\":\"1969-12-31T00:00:00Z\"}]}");
    expect(fix, "GET", HOST "/observations?resultStart=1&resultLimit=1", NULL, 200);
    contains(fix, "\"data\":{\"observation\":[{\"count\":7,");
    expect(fix, "GET", HOST "/observations?resultLimit=x", NULL, 400);
    expect(fix, "GET", HOST "/observationCount", NULL, 200);
    contains(fix, "{\"count\":9,\"lastObserved\":\"2024-03-05T01:00:00Z\",\"yourCount\":9,"
                  "\"yourLastObserved\":\"2024-03-05T01:00:00Z\"}");
    expect(fix, "GET", "/v2/indicators?includeAdditional=true", NULL, 200);
    contains(fix, "\"observationCount\":9,\"lastObserved\":\"2024-03-05T01:00:00Z\"");
    /* A report about the past leaves the last date alone. */
    expect(fix, "POST", HOST "/observations",
           "{\"count\":1000000000,\"dateObserved\":\"2023-01-01\"}", 200);
    expect(fix, "GET", HOST "/observationCount", NULL, 200);
    contains(fix, "{\"count\":1000000009,\"lastObserved\":\"2024-03-05T01:00:00Z\"");
}

static void shares_of_organizations(void **state)
{
    fixture *fix = *state;
    toc_new_user other;
    assert_int_equal(toc_platform_add_owner(fix->platform, "Umbrella", "Organization", NULL, NULL),
                     0);
    assert_int_equal(toc_platform_add_user(fix->platform, "Umbrella", &other, NULL), 0);
    assert_int_equal(
        toc_platform_grant(fix->platform, other.access_id, "Shared Feed", "Editor", NULL), 0);
    expect(fix, "POST", "/v2/indicators/hosts" FEED, "{\"hostName\":\"evil.example\"}", 201);
    expect(fix, "POST", HOST "/observations", "{\"count\":3}", 200);
    expect_as(fix, &other, "POST", HOST "/observations" FEED, "{\"count\":4}", 200);
    expect_as(fix, &other, "GET", HOST "/observationCount" FEED, NULL, 200);
    contains(fix, "{\"count\":7,");
    contains(fix, "\"yourCount\":4,");
    expect_as(fix, &other, "GET", HOST "/observationCount?owner=Umbrella", NULL, 404);
    /* Users of other organizations have no access id here. */
    expect_as(fix, &other, "GET", "/v2/indicators/observed" FEED, NULL, 200);
    contains(fix, other.access_id);
    lacks(fix, fix->user.access_id);
    assert_int_equal(count_of(fix, "userName"), 2);
    expect_as(fix, &other, "GET", "/v2/indicators/observed", NULL, 200);
    contains(fix, "{\"resultCount\":0,\"indicator\":[]}");
}

static void bad_observations(void **state)
{
    fixture *fix = *state;
    static const char *const bodies[] = {
        "",
        "{}",
        "nonsense",
        "[1]",
        "{\"count\":0}",
        "{\"count\":-1}",
        "{\"count\":1.5}",
        "{\"count\":\"many\"}",
        "{\"count\":true}",
        "{\"count\":[1]}",
        "{\"count\":{}}",
        "{\"count\":null}",
        "{\"count\":1000000001}",
        "{\"count\":9223372036854775807}",
        "{\"count\":99999999999999999999999}",
        "{\"count\":1,\"dateObserved\":\"yesterday\"}",
        "{\"count\":1,\"dateObserved\":\"2024-13-45\"}",
        "{\"count\":1,\"dateObserved\":{}}",
        "{\"count\":1",
        "{\"count\":1}{",
    };
    for (size_t i = 0; i < TOC_COUNT(bodies); i++) {
        expect(fix, "POST", HOST "/observations", bodies[i], 400);
        contains(fix, "{\"status\":\"Failure\",\"message\":\"");
    }
    expect(fix, "POST", HOST "/observations", "{\"count\":1,\"dateObserved\":\"soon\"}", 400);
    contains(fix, "Please enter the dateObserved in number of milliseconds since January 1, 1970, "
                  "00:00:00 GMT");
    expect(fix, "POST", HOST "/falsePositive", "[]", 400);
    expect(fix, "POST", HOST "/falsePositive", "{\"a\"", 400);
    expect(fix, "POST", "/v2/indicators/hosts/none.example/falsePositive", NULL, 404);
    expect(fix, "POST", "/v2/indicators/none/x/falsePositive", NULL, 404);
    expect(fix, "POST", "/v2/indicators/hosts/none.example/observations", "{\"count\":1}", 404);
    expect(fix, "GET", "/v2/indicators/hosts/none.example/observations", NULL, 404);
    expect(fix, "GET", HOST "/observationCount?owner=Nobody", NULL, 403);
    expect(fix, "GET", HOST "/observationCount", NULL, 200);
    contains(fix, "{\"count\":0,\"yourCount\":0}");
    expect(fix, "GET", "/v2/indicators?filters=falsePositive%3E0", NULL, 200);
    contains(fix, "\"resultCount\":0,");
}

static void rights(void **state)
{
    fixture *fix = *state;
    toc_new_user reader = new_user(fix, "Read Only User", "Contributor");
    toc_new_user silent = new_user(fix, "Standard User", "Editor");
    expect(fix, "POST", "/v2/indicators/hosts" FEED, "{\"hostName\":\"evil.example\"}", 201);
    expect_as(fix, &silent, "POST", HOST "/observations", "{\"count\":5}", 200);
    assert_int_equal(toc_platform_set_observes(fix->platform, silent.access_id, false, NULL), 0);
    expect_as(fix, &reader, "POST", HOST "/observations", "{\"count\":1}", 401);
    contains(fix, "The requested Observation was not created - access was denied");
    expect_as(fix, &reader, "POST", HOST "/observations" FEED, "{\"count\":1}", 401);
    expect_as(fix, &reader, "GET", HOST "/observations", NULL, 200);
    expect_as(fix, &silent, "POST", HOST "/observations", "{\"count\":1}", 401);
    contains(fix, "access was denied");
    expect_as(fix, &silent, "POST", HOST "/observations" FEED, "{\"count\":1}", 401);
    expect_as(fix, &silent, "POST", HOST "/falsePositive", NULL, 401);
    contains(fix, "The requested False Positive was not created - access was denied");
    expect(fix, "GET", HOST "/observationCount", NULL, 200);
    assert_int_equal(number_of(fix, "count"), 5);
    /* What was reported by users without the option is not among the most observed. */
    expect(fix, "GET", "/v2/indicators/observed", NULL, 200);
    contains(fix, "{\"resultCount\":0,\"indicator\":[]}");
    assert_int_equal(toc_platform_set_observes(fix->platform, silent.access_id, true, NULL), 0);
    expect(fix, "GET", "/v2/indicators/observed", NULL, 200);
    contains(fix, "\"resultCount\":1,");
}

static void observed(void **state)
{
    fixture *fix = *state;
    char day[TOC_TIME_TEXT], body[128];
    expect(fix, "POST", "/v2/indicators/addresses", "{\"ip\":\"203.0.113.7\"}", 201);
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"old.example\"}", 201);
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"off.example\"}", 201);
    expect(fix, "PUT", "/v2/indicators/hosts/off.example", "{\"active\":false}", 200);
    (void)toc_time_format(toc_time_now() - 86400, day);
    (void)snprintf(body, sizeof(body), "{\"count\":1,\"dateObserved\":\"%.10s\"}", day);
    expect(fix, "POST", HOST "/observations", body, 200);
    expect(fix, "POST", "/v2/indicators/addresses/203.0.113.7/observations", "{\"count\":12}", 200);
    expect(fix, "POST", "/v2/indicators/hosts/old.example/observations",
           "{\"count\":50,\"dateObserved\":\"2024-03-02\"}", 200);
    expect(fix, "POST", "/v2/indicators/hosts/off.example/observations", "{\"count\":99}", 200);
    expect(fix, "GET", "/v2/indicators/observed", NULL, 200);
    contains(fix, "{\"resultCount\":2,\"indicator\":[{\"summary\":\"203.0.113.7\","
                  "\"observationCount\":12,\"lastObserved\":\"20");
    contains(fix, "\"userObservedList\":[{\"userName\":\"");
    contains(fix, "\"count\":12}]},{\"summary\":\"evil.example\",\"observationCount\":1,");
    expect(fix, "GET", "/v2/indicators/observed?resultStart=1&resultLimit=5", NULL, 200);
    contains(fix, "\"data\":{\"indicator\":[{\"summary\":\"evil.example\"");
    expect(fix, "GET", "/v2/indicators/observed?dateObserved=2024-03-02", NULL, 200);
    contains(fix, "{\"resultCount\":3,\"indicator\":[{\"summary\":\"old.example\"");
    expect(fix, "GET", "/v2/indicators/observed?dateObserved=2024-03-03", NULL, 200);
    contains(fix, "\"resultCount\":2,");
    expect(fix, "GET", "/v2/indicators/observed?dateObserved=later", NULL, 400);
    contains(fix, "Please enter the dateObserved in number of milliseconds");
    expect(fix, "GET", "/v2/indicators/observed?resultStart=-1", NULL, 400);
    expect(fix, "GET", "/v2/indicators/observed" FEED, NULL, 200);
    contains(fix, "{\"resultCount\":0,\"indicator\":[]}");
    expect(fix, "GET", "/v2/indicators/observed?owner=Nobody", NULL, 403);
}

static void feed_resolutions(fixture *fix)
{
    static const struct {
        const char *host, *address;
        int64_t date;
    } rows[] = {
        {"evil.example", "203.0.113.7", 1709287200},    {"evil.example", "203.0.113.8", 1709287200},
        {"evil.example", "203.0.113.9", 1709373600},    {"evil.example", "203.0.113.9", 1709373600},
        {"unknown.example", "203.0.113.7", 1709287200}, {"bad.example", "203.0.113.7", 1709460000},
    };
    toc_store_options options = {.path = fix->path, .no_sync = true};
    toc_store *store = NULL;
    toc_conn *conn = NULL;
    assert_int_equal(toc_store_open(&options, &store, NULL), 0);
    assert_int_equal(toc_tx_begin(store, &conn, NULL), 0);
    for (size_t i = 0; i < TOC_COUNT(rows); i++)
        assert_int_equal(toc_resolution_add(conn, toc_str_of(rows[i].host),
                                            toc_str_of(rows[i].address), rows[i].date, NULL),
                         0);
    assert_int_equal(toc_resolution_add(conn, TOC_S(""), TOC_S("203.0.113.7"), 0, NULL),
                     TOC_EINVAL);
    assert_int_equal(toc_tx_commit(conn, NULL), 0);
    toc_store_close(store);
}

static void resolutions(void **state)
{
    fixture *fix = *state;
    static const char address[] = "/v2/indicators/addresses/203.0.113.7/dnsResolutions";
    expect(fix, "POST", "/v2/indicators/addresses", "{\"ip\":\"203.0.113.7\"}", 201);
    expect(fix, "POST", "/v2/indicators/addresses", "{\"ip\":\"203.0.113.9\"}", 201);
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"bad.example\"}", 201);
    expect(fix, "GET", HOST "/dnsResolutions", NULL, 200);
    contains(fix, "{\"resultCount\":0,\"dnsResolution\":[]}");
    expect(fix, "GET", address, NULL, 200);
    contains(fix, "{\"resultCount\":0,\"indicator\":[]}");
    feed_resolutions(fix);
    expect(fix, "GET", HOST "/dnsResolution", NULL, 200);
    contains(fix, "{\"resultCount\":2,\"dnsResolution\":[{\"resolutionDate\":"
                  "\"2024-03-02T10:00:00Z\",\"addresses\":[{\"id\":");
    contains(fix, "\"ownerName\":\"Acme CTI\"");
    contains(fix, "\"ip\":\"203.0.113.9\"}]},{\"resolutionDate\":\"2024-03-01T10:00:00Z\"");
    contains(fix, "\"ip\":\"203.0.113.7\"}]}]}");
    expect(fix, "GET", HOST "/dnsResolutions?resultStart=1", NULL, 200);
    contains(fix, "\"data\":{\"dnsResolution\":[{\"resolutionDate\":\"2024-03-01T10:00:00Z\"");
    expect(fix, "GET", address, NULL, 200);
    contains(fix, "{\"resultCount\":2,\"indicator\":[{\"id\":");
    contains(fix, "\"summary\":\"evil.example\"");
    contains(fix, "\"type\":\"Host\"");
    lacks(fix, "unknown.example");
    expect(fix, "GET",
           "/v2/indicators/addresses/203.0.113.7/dnsResolution?resultStart=1&resultLimit=1", NULL,
           200);
    contains(fix, "\"data\":{\"indicator\":[{");
    lacks(fix, "\"summary\":\"bad.example\"");
    expect(fix, "PUT", "/v2/indicators/hosts/bad.example", "{\"active\":false}", 200);
    expect(fix, "GET", address, NULL, 200);
    contains(fix, "\"resultCount\":1,");
    expect(fix, "POST", FILES, "{\"md5\":\"" MD5 "\"}", 201);
    expect(fix, "GET", FILES "/" MD5 "/dnsResolutions", NULL, 404);
    expect(fix, "GET", "/v2/indicators/hosts/none.example/dnsResolutions", NULL, 404);
    expect(fix, "GET", HOST "/dnsResolutions?resultLimit=99999999999999999999", NULL, 400);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(false_positives),
        TEST(counts_are_of_the_value),
        TEST(values_of_several_parts),
        TEST(any_hash_counts),
        TEST(observations),
        TEST(shares_of_organizations),
        TEST(bad_observations),
        TEST(rights),
        TEST(observed),
        TEST(resolutions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
