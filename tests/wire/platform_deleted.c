/* Indicators that were removed, and for how long they are told. */
#include "store/db.h"
#include "wire/signed.h"

#define DELETED "/v2/indicators/deleted"
#define FEED "?owner=Shared%20Feed"

static int setup(void **state)
{
    fixture *fix = calloc(1, sizeof(*fix));
    if (!fix)
        return -1;
    fixture_new(fix, 500);
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"a.example\"}", 201);
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"b.example\"}", 201);
    expect(fix, "POST", "/v2/indicators/files", "{\"md5\":\"44D88612FEA8A8F36DE82E1278ABB02F\"}",
           201);
    expect(fix, "POST", "/v2/indicators/hosts" FEED, "{\"hostName\":\"a.example\"}", 201);
    *state = fix;
    return 0;
}

/* Changes the store behind the platform's back. */
static void store_run(fixture *fix, const char *sql)
{
    toc_db_options options = {.busy_ms = 5000};
    toc_db *db = NULL;
    assert_int_equal(toc_db_open(fix->path, &options, &db, NULL), 0);
    assert_int_equal(toc_db_exec(db, sql, NULL), 0);
    toc_db_close(db);
}

static void deleted_ones_are_listed(void **state)
{
    fixture *fix = *state;
    expect(fix, "GET", DELETED, NULL, 200);
    contains(fix, "{\"resultCount\":0,\"indicator\":[]}");
    expect(fix, "DELETE", "/v2/indicators/hosts/a.example", NULL, 200);
    expect(fix, "DELETE", "/v2/indicators/files/44D88612FEA8A8F36DE82E1278ABB02F", NULL, 200);
    expect(fix, "GET", DELETED, NULL, 200);
    contains(fix, "{\"resultCount\":2,\"indicator\":[{\"ownerName\":\"Acme CTI\",\"type\":\"File\","
                  "\"dateAdded\":\"20");
    contains(fix, "\"summary\":\"44D88612FEA8A8F36DE82E1278ABB02F\"},{\"ownerName\":\"Acme CTI\","
                  "\"type\":\"Host\",");
    expect(fix, "GET", "/v2/indicators/hosts/deleted", NULL, 200);
    contains(fix,
             "{\"resultCount\":1,\"indicator\":[{\"ownerName\":\"Acme CTI\",\"type\":\"Host\"");
    expect(fix, "GET", "/v2/indicators/addresses/deleted", NULL, 200);
    contains(fix, "{\"resultCount\":0,\"indicator\":[]}");
    expect(fix, "GET", DELETED "?resultStart=1&resultLimit=1", NULL, 200);
    contains(fix, "\"data\":{\"indicator\":[{");
    contains(fix, "a.example");
    /* Of one owner only, and it stays when the value comes back. */
    expect(fix, "GET", DELETED FEED, NULL, 200);
    contains(fix, "\"resultCount\":0,");
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"a.example\"}", 201);
    expect(fix, "GET", DELETED, NULL, 200);
    contains(fix, "\"resultCount\":2,");
    expect(fix, "DELETE", "/v2/indicators/hosts/b.example?owner=Nobody", NULL, 403);
    expect(fix, "GET", DELETED, NULL, 200);
    contains(fix, "\"resultCount\":2,");
}

static void all_of_them_at_once(void **state)
{
    fixture *fix = *state;
    char body[64], target[64];
    for (int i = 0; i < 150; i++) {
        (void)snprintf(body, sizeof(body), "{\"hostName\":\"h%d.example\"}", i);
        (void)snprintf(target, sizeof(target), "/v2/indicators/hosts/h%d.example", i);
        expect(fix, "POST", "/v2/indicators/hosts", body, 201);
        expect(fix, "DELETE", target, NULL, 200);
    }
    expect(fix, "GET", DELETED, NULL, 200);
    contains(fix, "\"resultCount\":150,");
    assert_int_equal(count_of(fix, "\"summary\""), 150);
}

static void a_lower_bound(void **state)
{
    fixture *fix = *state;
    char now[TOC_TIME_TEXT], target[128];
    expect(fix, "DELETE", "/v2/indicators/hosts/a.example", NULL, 200);
    expect(fix, "DELETE", "/v2/indicators/hosts/b.example", NULL, 200);
    store_run(fix, "UPDATE tombstone SET date_deleted = date_deleted - 864000"
                   " WHERE summary = 'a.example'");
    (void)toc_time_format(toc_time_now() - 5 * 86400, now);
    (void)snprintf(target, sizeof(target), DELETED "?deletedSince=%s", now);
    expect(fix, "GET", target, NULL, 200);
    contains(fix, "\"resultCount\":1,");
    contains(fix, "b.example");
    (void)snprintf(target, sizeof(target), "/v2/indicators/hosts/deleted?deletedSince=%.10s", now);
    expect(fix, "GET", target, NULL, 200);
    contains(fix, "\"resultCount\":1,");
    expect(fix, "GET", DELETED "?deletedSince=2020-01-01", NULL, 200);
    contains(fix, "\"resultCount\":2,");
    expect(fix, "GET", DELETED "?deletedSince=", NULL, 200);
    contains(fix, "\"resultCount\":2,");
    expect(fix, "GET", DELETED "?deletedSince=9999-12-31", NULL, 200);
    contains(fix, "{\"resultCount\":0,\"indicator\":[]}");
}

static void they_are_forgotten(void **state)
{
    fixture *fix = *state;
    expect(fix, "DELETE", "/v2/indicators/hosts/a.example", NULL, 200);
    expect(fix, "DELETE", "/v2/indicators/hosts/a.example" FEED, NULL, 200);
    store_run(fix, "UPDATE tombstone SET date_deleted = date_deleted - 91 * 86400");
    expect(fix, "GET", DELETED "?deletedSince=2000-01-01", NULL, 200);
    contains(fix, "\"resultCount\":0,");
    /* The next removal drops what is too old from the store as well. */
    expect(fix, "DELETE", "/v2/indicators/hosts/b.example", NULL, 200);
    store_run(fix, "UPDATE tombstone SET date_deleted = date_deleted + 91 * 86400"
                   " WHERE summary <> 'b.example'");
    expect(fix, "GET", DELETED, NULL, 200);
    contains(fix, "\"resultCount\":1,");
    expect(fix, "GET", DELETED FEED, NULL, 200);
    contains(fix, "\"resultCount\":1,");
}

static void bad_requests(void **state)
{
    fixture *fix = *state;
    toc_new_user stranger;
    assert_int_equal(toc_platform_add_owner(fix->platform, "Umbrella", "Organization", NULL, NULL),
                     0);
    assert_int_equal(toc_platform_add_user(fix->platform, "Umbrella", &stranger, NULL), 0);
    expect(fix, "GET", DELETED "?deletedSince=yesterday", NULL, 400);
    contains(fix,
             "{\"status\":\"Failure\",\"message\":\"Please enter the deletedSince in number of "
             "milliseconds since January 1, 1970, 00:00:00 GMT\"}");
    expect(fix, "GET", "/v2/indicators/hosts/deleted?deletedSince=2024-02-31", NULL, 400);
    expect(fix, "GET", DELETED "?deletedSince=99999999999999999999", NULL, 400);
    expect(fix, "GET", DELETED "?resultLimit=10001", NULL, 400);
    expect(fix, "GET", "/v2/indicators/nothing/deleted", NULL, 404);
    expect(fix, "GET", DELETED "?owner=Nobody", NULL, 403);
    assert_int_equal(ask_as(fix, &stranger, "GET", DELETED "?owner=Acme%20CTI", NULL), 403);
    contains(fix, "The requested owner was not found");
    expect(fix, "POST", DELETED, "{}", 404);
    expect(fix, "DELETE", DELETED, NULL, 404);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(deleted_ones_are_listed), TEST(all_of_them_at_once), TEST(a_lower_bound),
        TEST(they_are_forgotten),      TEST(bad_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
