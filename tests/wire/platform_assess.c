/* What all owners of a value think of it: threatAssess members, additionalOwners. */
#include "store/conn.h"
#include "wire/signed.h"

#define HOST "/api/v2/indicators/hosts/a.example"

static int setup(void **state)
{
    fixture *fix = calloc(1, sizeof(*fix));
    if (!fix)
        return -1;
    fixture_new(fix, 500);
    assert_int_equal(toc_platform_add_owner(fix->platform, "Hidden", "Community", NULL, NULL), 0);
    assert_int_equal(
        toc_platform_grant(fix->platform, fix->user.access_id, "Shared Feed", "User", NULL), 0);
    *state = fix;
    return 0;
}

static void hold(fixture *fix, const char *owner, const char *rest)
{
    char target[128], body[256];
    (void)snprintf(target, sizeof(target), "/api/v2/indicators/hosts?owner=%s", owner);
    (void)snprintf(body, sizeof(body), "{\"hostName\":\"a.example\"%s}", rest);
    expect(fix, "POST", target, body, 201);
    lacks(fix, "threatAssess");
}

static void one_owner_speaks_for_itself(void **state)
{
    fixture *fix = *state;
    hold(fix, "Acme+CTI", ",\"rating\":3.5,\"confidence\":72");
    assert_int_equal(ask_as(fix, &fix->user, "GET", HOST, NULL), 200);
    contains(fix, "\"threatAssessRating\":3.5");
    contains(fix, "\"threatAssessConfidence\":72.0");
    contains(fix, "\"threatAssessScore\":504");
    lacks(fix, "communityOrSource");
    lacks(fix, "additionalOwners");
    assert_int_equal(ask_as(fix, &fix->user, "GET", HOST "?includeAdditional=true", NULL), 200);
    contains(fix, "\"communityOrSource\":false,\"additionalOwners\":[]");
    assert_int_equal(ask_as(fix, &fix->user, "GET", "/api/v2/indicators", NULL), 200);
    contains(fix, "\"threatAssessScore\":504");
    assert_int_equal(ask_as(fix, &fix->user, "GET", "/api/v2/indicators/hosts", NULL), 200);
    contains(fix, "\"threatAssessScore\":504");
    expect(fix, "PUT", HOST, "{\"rating\":5,\"confidence\":100}", 200);
    contains(fix, "\"threatAssessScore\":1000");
}

static void nothing_rated_is_nothing_said(void **state)
{
    fixture *fix = *state;
    hold(fix, "Acme+CTI", "");
    assert_int_equal(ask_as(fix, &fix->user, "GET", HOST, NULL), 200);
    lacks(fix, "threatAssess");
    hold(fix, "Shared+Feed", ",\"rating\":2");
    assert_int_equal(ask_as(fix, &fix->user, "GET", HOST, NULL), 200);
    contains(fix, "\"threatAssessRating\":2.0");
    lacks(fix, "threatAssessConfidence");
    lacks(fix, "threatAssessScore");
}

static void several_owners_give_the_mean(void **state)
{
    fixture *fix = *state;
    hold(fix, "Acme+CTI", ",\"rating\":3,\"confidence\":50");
    hold(fix, "Shared+Feed", ",\"rating\":4.25,\"confidence\":61");
    hold(fix, "Hidden", ",\"rating\":0,\"confidence\":0");
    assert_int_equal(ask_as(fix, &fix->user, "GET", HOST "?includes=additional", NULL), 200);
    contains(fix, "\"threatAssessRating\":3.63");
    contains(fix, "\"threatAssessConfidence\":55.5");
    contains(fix, "\"threatAssessScore\":403");
    contains(fix, "\"additionalOwners\":[{\"id\":2,\"name\":\"Shared Feed\",\"type\":\"Source\"}]");
    lacks(fix, "Hidden");
    assert_int_equal(
        ask_as(fix, &fix->user, "GET", HOST "?includes=additional&owner=Shared%20Feed", NULL), 200);
    contains(fix, "\"communityOrSource\":true,\"additionalOwners\":[{\"id\":1,");
    contains(fix, "\"threatAssessScore\":403");
    /* As soon as the owner is seen, its word counts. */
    assert_int_equal(toc_platform_grant(fix->platform, fix->user.access_id, "Hidden", "User", NULL),
                     0);
    assert_int_equal(ask_as(fix, &fix->user, "GET", HOST "?includes=additional", NULL), 200);
    contains(fix, "Hidden");
    contains(fix, "\"threatAssessRating\":2.42");
    assert_int_equal(
        toc_platform_grant(fix->platform, fix->user.access_id, "Hidden", "Banned", NULL), 0);
    assert_int_equal(ask_as(fix, &fix->user, "GET", HOST "?includes=additional", NULL), 200);
    lacks(fix, "Hidden");
}

static void any_hash_is_the_same_file(void **state)
{
    fixture *fix = *state;
    expect(fix, "POST", "/api/v2/indicators/files",
           "{\"md5\":\"44d88612fea8a8f36de82e1278abb02f\","
           "\"sha1\":\"3395856ce81f2b7382dee72602f798b642f14140\",\"rating\":1}",
           201);
    expect(fix, "POST", "/api/v2/indicators/files?owner=Shared+Feed",
           "{\"sha1\":\"3395856ce81f2b7382dee72602f798b642f14140\",\"rating\":3}", 201);
    assert_int_equal(ask_as(fix, &fix->user, "GET",
                            "/api/v2/indicators/files/44d88612fea8a8f36de82e1278abb02f"
                            "?includeAdditional=true",
                            NULL),
                     200);
    contains(fix, "\"threatAssessRating\":2.0");
    contains(fix, "\"additionalOwners\":[{\"id\":2,");
}

static void groups_name_no_others(void **state)
{
    fixture *fix = *state;
    expect(fix, "POST", "/api/v2/groups/threats", "{\"name\":\"T\"}", 201);
    expect(fix, "POST", "/api/v2/groups/threats?owner=Shared+Feed", "{\"name\":\"T\"}", 201);
    assert_int_equal(ask_as(fix, &fix->user, "GET", "/api/v2/groups", NULL), 200);
    lacks(fix, "additionalOwners");
    assert_int_equal(ask_as(fix, &fix->user, "GET", "/api/v2/groups?includes=additional", NULL),
                     200);
    contains(fix, "\"communityOrSource\":false,\"additionalOwners\":[]");
    assert_int_equal(ask_as(fix, &fix->user, "GET",
                            "/api/v2/groups?includes=additional&owner=Shared+Feed", NULL),
                     200);
    contains(fix, "\"communityOrSource\":true,\"additionalOwners\":[]");
}

/* More names than are kept with a user between its requests. */
static void thousands_of_owners_are_asked(void **state)
{
    fixture *fix = *state;
    toc_store_options options = {.path = fix->path, .no_sync = true};
    toc_store *store = NULL;
    toc_conn *conn = NULL;
    hold(fix, "Acme+CTI", ",\"rating\":3");
    hold(fix, "Hidden", ",\"rating\":5");
    assert_int_equal(toc_store_open(&options, &store, NULL), 0);
    assert_int_equal(toc_tx_begin(store, &conn, NULL), 0);
    assert_int_equal(
        toc_db_exec(
            conn->db,
            "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)"
            " INSERT INTO owner(id, name, name_key, type)"
            " SELECT i, printf('%0200d', i), printf('%0200d', i), 'Community' FROM n;"
            "INSERT OR IGNORE INTO account_owner(account_id, owner_id, role)"
            " SELECT 1, id, 'User' FROM owner WHERE type = 'Community'",
            NULL),
        0);
    assert_int_equal(toc_tx_commit(conn, NULL), 0);
    toc_store_close(store);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ask_as(fix, &fix->user, "GET", HOST "?includes=additional", NULL), 200);
        contains(fix, "\"threatAssessRating\":4.0");
        contains(fix, "\"name\":\"Hidden\"");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_owner_speaks_for_itself, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(nothing_rated_is_nothing_said, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(several_owners_give_the_mean, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(any_hash_is_the_same_file, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(groups_name_no_others, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(thousands_of_owners_are_asked, setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
