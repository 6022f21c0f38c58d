/* Who may ask: signatures, the clock, rights, owners; a store without accounts. */
#include "wire/signed.h"

#define OWNERS "/api/v2/owners"

static void signatures_are_checked(void **state)
{
    fixture *fix = *state;
    char now[32];
    (void)snprintf(now, sizeof(now), "%lld", (long long)toc_time_now());
    assert_int_equal(ask_signed(fix, &fix->user, "GET", OWNERS, OWNERS, NULL, 0), 200);
    contains(fix, "Acme CTI");
    lacks(fix, "Shared Feed");
    assert_int_equal(ask_signed(fix, &fix->user, "GET", OWNERS, OWNERS "?null", NULL, 0), 200);
    assert_int_equal(ask_signed(fix, &fix->user, "GET", OWNERS, OWNERS, NULL, 290), 200);
    assert_int_equal(ask_signed(fix, &fix->user, "GET", OWNERS "?a=b", OWNERS, NULL, 0), 401);
    contains(fix, "{\"status\":\"Failure\",\"message\":\"Signature data did not match expected "
                  "result\"}");
    assert_int_equal(ask_signed(fix, &fix->user, "GET", OWNERS, OWNERS, NULL, -310), 401);
    contains(fix, "Timestamp out of acceptable time range");
    assert_int_equal(ask_signed(fix, &fix->user, "GET", OWNERS, OWNERS, NULL, 310), 401);
    toc_new_user stranger = fix->user;
    stranger.access_id[0] = '9';
    stranger.access_id[1] ^= 1;
    assert_int_equal(ask_signed(fix, &stranger, "GET", OWNERS, OWNERS, NULL, 0), 401);
    contains(fix, "Access Denied");
    assert_int_equal(ask_with(fix, "GET", OWNERS, NULL, NULL, now), 401);
    contains(fix, "Access Denied");
    assert_int_equal(ask_with(fix, "GET", OWNERS, NULL, "Basic abc", now), 401);
    contains(fix, "Access Denied");
    assert_int_equal(ask_with(fix, "GET", OWNERS, NULL, "TC-Token abc", now), 401);
    contains(fix, "Unauthorized");
    assert_int_equal(ask_with(fix, "GET", OWNERS, NULL, "TC 1:abc", NULL), 401);
    contains(fix, "Invalid timestamp");
    assert_int_equal(ask_with(fix, "GET", OWNERS, NULL, "TC 1:abc", "soon"), 401);
    contains(fix, "Invalid timestamp");
    assert_int_equal(ask_with(fix, "GET", "/v2/nothing", NULL, NULL, NULL), 401);
}

#define FEED "/api/v2/indicators/hosts?owner=Shared+Feed"
#define FEED_HOST "/api/v2/indicators/hosts/a.example?owner=Shared+Feed"
#define ONE_HOST "{\"hostName\":\"a.example\"}"

static void roles_decide(void **state)
{
    fixture *fix = *state;
    const toc_new_user *user = &fix->user;
    const char *id = user->access_id;
    assert_int_equal(ask_signed(fix, user, "GET", FEED, FEED, NULL, 0), 403);
    contains(fix, "The requested owner was not found");
    assert_int_equal(ask_signed(fix, user, "GET", "/v2/owners/2", "/v2/owners/2", NULL, 0), 404);
    assert_int_equal(toc_platform_grant(fix->platform, id, "Shared Feed", "User", NULL), 0);
    assert_int_equal(ask_signed(fix, user, "GET", FEED, FEED, NULL, 0), 200);
    assert_int_equal(ask_signed(fix, user, "POST", FEED, FEED, ONE_HOST, 0), 401);
    contains(fix, "The requested Host was not created - access was denied");
    assert_int_equal(ask_signed(fix, user, "POST", "/v2/batch", "/v2/batch",
                                "{\"owner\":\"Shared Feed\",\"action\":\"Create\"}", 0),
                     401);
    assert_true(
        toc_str_equal(toc_response_header(fix->response, "Content-Type"), TOC_S("text/plain")));
    contains(fix, "Unable to perform the requested operation due to the following error(s): You do "
                  "not have permission to create Indicators; Groups; Attributes; Tags; Security "
                  "Labels;");
    assert_int_equal(toc_platform_grant(fix->platform, id, "Shared Feed", "Editor", NULL), 0);
    assert_int_equal(ask_signed(fix, user, "POST", FEED, FEED, ONE_HOST, 0), 201);
    assert_int_equal(ask_signed(fix, user, "POST", "/v2/batch", "/v2/batch",
                                "{\"owner\":\"Shared Feed\",\"action\":\"Create\"}", 0),
                     201);
    assert_int_equal(ask_signed(fix, user, "DELETE", FEED_HOST, FEED_HOST, NULL, 0), 200);
}

static void jobs_of_others_are_not_seen(void **state)
{
    fixture *fix = *state;
    toc_new_user other;
    assert_int_equal(toc_platform_add_owner(fix->platform, "Other", "Organization", NULL, NULL), 0);
    assert_int_equal(toc_platform_add_user(fix->platform, "Other", &other, NULL), 0);
    assert_int_equal(ask_signed(fix, &fix->user, "POST", "/v2/batch", "/v2/batch",
                                "{\"owner\":\"Acme CTI\",\"action\":\"Create\"}", 0),
                     201);
    char target[64];
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld", number_of(fix, "batchId"));
    assert_int_equal(ask_signed(fix, &fix->user, "GET", target, target, NULL, 0), 200);
    assert_int_equal(ask_signed(fix, &other, "GET", target, target, NULL, 0), 404);
    assert_int_equal(ask_signed(fix, &other, "POST", target, target, "{}", 0), 404);
}

static void administration_is_checked(void **state)
{
    fixture *fix = *state;
    toc_error err;
    toc_new_user user;
    toc_platform *platform = fix->platform;
    assert_int_equal(toc_platform_add_owner(platform, "Acme CTI", "Source", NULL, &err),
                     TOC_ECONFLICT);
    assert_int_equal(toc_platform_add_owner(platform, "X", "Club", NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_platform_add_owner(NULL, "X", "Source", NULL, &err), TOC_EINVAL);
    /* Names that no request could ask for. */
    assert_int_equal(toc_platform_add_owner(platform, "X\xff", "Source", NULL, &err), TOC_EINVAL);
    char name[202] = {0};
    memset(name, 'x', 201);
    assert_int_equal(toc_platform_add_owner(platform, name, "Source", NULL, &err), TOC_EINVAL);
    name[200] = '\0';
    assert_int_equal(toc_platform_add_owner(platform, name, "Source", NULL, &err), TOC_OK);
    assert_int_equal(toc_platform_add_user(platform, "Nobody", &user, &err), TOC_ENOTFOUND);
    assert_int_equal(toc_platform_add_user(platform, "Shared Feed", &user, &err), TOC_EINVAL);
    assert_int_equal(toc_platform_add_user(NULL, "X", &user, &err), TOC_EINVAL);
    assert_int_equal(toc_platform_grant(platform, "1", "Shared Feed", "User", &err), TOC_ENOTFOUND);
    assert_int_equal(toc_platform_grant(platform, fix->user.access_id, "Shared Feed", "King", &err),
                     TOC_EINVAL);
    assert_int_equal(toc_platform_grant(platform, fix->user.access_id, "None", "User", &err),
                     TOC_ENOTFOUND);
    assert_int_equal(strlen(fix->user.access_id), TOC_ACCESS_ID_TEXT - 1);
    assert_int_equal(strlen(fix->user.secret_key), TOC_SECRET_TEXT - 1);
    assert_int_equal(toc_platform_check(platform, &err), 0);
    assert_int_equal(toc_platform_check(NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_platform_work(NULL, NULL, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_platform_handle(NULL, NULL, true, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_platform_transport(NULL, false, NULL, &err), TOC_EINVAL);
}

static void opening_is_checked(void **state)
{
    fixture *fix = *state;
    toc_platform *platform = NULL;
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    char path[128];
    toc_error err;
    (void)snprintf(path, sizeof(path), "%s/absent.db", fix->directory);
    assert_int_equal(toc_platform_open(NULL, &platform, &err), TOC_EINVAL);
    assert_int_equal(toc_platform_open(&options, &platform, &err), TOC_EINVAL);
    options.store = path;
    assert_int_equal(toc_platform_open(&options, &platform, &err), TOC_ENOTFOUND);
    options.version = 2;
    assert_int_equal(toc_platform_open(&options, &platform, &err), TOC_EINVAL);
    assert_null(platform);
    toc_platform_close(NULL);
}

static void in_process_needs_no_account(void **state)
{
    fixture *fix = *state;
    toc_platform *platform = NULL;
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    toc_transport transport;
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/second.db", fix->directory);
    options.store = path;
    options.create = true;
    options.no_sync = true;
    assert_int_equal(toc_platform_open(&options, &platform, NULL), 0);
    assert_int_equal(toc_platform_transport(platform, true, &transport, NULL), 0);
    toc_request request = {
        .method = "POST", .target = TOC_S("/api/v2/indicators/hosts"), .body = TOC_S(ONE_HOST)};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(transport.perform(transport.context, &request, fix->response, NULL), 0);
        assert_int_equal(toc_response_status(fix->response), 201);
    }
    request.method = "GET";
    request.target = TOC_S("/api/v2/owners");
    assert_int_equal(transport.perform(transport.context, &request, fix->response, NULL), 0);
    contains(fix, "\"resultCount\":1,");
    transport.close(transport.context);
}

/* The organisation that is there takes the account, however many owners came before it. */
static void in_process_uses_the_organisation(void **state)
{
    fixture *fix = *state;
    toc_platform *platform = NULL;
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    char path[128], name[16];
    (void)snprintf(path, sizeof(path), "%s/second.db", fix->directory);
    options.store = path;
    options.create = true;
    options.no_sync = true;
    assert_int_equal(toc_platform_open(&options, &platform, NULL), 0);
    for (int i = 0; i < 20; i++) {
        (void)snprintf(name, sizeof(name), "Feed %d", i);
        assert_int_equal(toc_platform_add_owner(platform, i ? name : "Local", "Source", NULL, NULL),
                         0);
    }
    assert_int_equal(toc_platform_add_owner(platform, "Zeta", "Organization", NULL, NULL), 0);
    assert_int_equal(toc_platform_add_owner(platform, "Acme", "Organization", NULL, NULL), 0);
    toc_request request = {.method = "GET", .target = TOC_S("/api/v2/owners/mine")};
    assert_int_equal(toc_platform_handle(platform, &request, true, fix->response, NULL), 0);
    contains(fix, "\"name\":\"Zeta\"");
    toc_platform_close(platform);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(signatures_are_checked, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(roles_decide, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(jobs_of_others_are_not_seen, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(administration_is_checked, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(opening_is_checked, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(in_process_needs_no_account, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(in_process_uses_the_organisation, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
