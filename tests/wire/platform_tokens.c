/* Tokens in place of signatures: handing out, using, replacing, renewing, ending. */
#include "wire/signed.h"

#include <sqlite3.h>

#define OWNERS "/api/v2/owners"
#define API "/api/internal/token/api"
#define SERVICE "/api/internal/token/svc"

static void token_from(fixture *fix, const toc_new_user *user, const char *target, char *token)
{
    assert_int_equal(ask_as(fix, user, "POST", target, NULL), 200);
    text_of(fix, "data", token, TOC_TOKEN_TEXT);
}

/* Behind the platform's back: as if time had passed. */
static void change(fixture *fix, const char *sql)
{
    sqlite3 *db = NULL;
    toc_platform_close(fix->platform);
    assert_int_equal(sqlite3_open(fix->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    fixture_open(fix, 500);
}

/* What follows each byte that a query would change is its code. */
static const char *renewal_of(const char *token, bool slash)
{
    static char target[1024];
    toc_buf text;
    toc_buf_init(&text, sizeof(target));
    toc_buf_text(&text, slash ? "/api/appAuth/?expiredToken=" : "/api/appAuth?expiredToken=");
    for (const char *at = token; *at; at++) {
        if (strchr("+/=:", *at))
            toc_buf_printf(&text, "%%%02X", (unsigned)*at);
        else
            toc_buf_char(&text, *at);
    }
    (void)snprintf(target, sizeof(target), "%s", text.ptr);
    toc_buf_done(&text);
    return target;
}

static int renew(fixture *fix, const char *token)
{
    return ask_with(fix, "GET", renewal_of(token, false), NULL, NULL, NULL);
}

static void a_token_stands_for_its_user(void **state)
{
    fixture *fix = *state;
    char token[TOC_TOKEN_TEXT], header[256];
    token_from(fix, &fix->user, API, token);
    assert_ptr_equal(strstr(token, "APIV2:1:"), token);
    assert_int_equal(ask_token(fix, token, "GET", OWNERS, NULL), 200);
    contains(fix, "Acme CTI");
    lacks(fix, "Shared Feed");
    assert_int_equal(ask_token(fix, token, "GET", "/api/v2/whoami", NULL), 200);
    contains(fix, fix->user.access_id);
    assert_int_equal(
        ask_token(fix, token, "POST", "/api/v2/indicators/hosts", "{\"hostName\":\"a.example\"}"),
        201);
    /* The Timestamp is not looked at, whatever it says. */
    (void)snprintf(header, sizeof(header), "tc-token %s", token);
    assert_int_equal(ask_with(fix, "GET", OWNERS, NULL, header, "0"), 200);
    assert_int_equal(ask_with(fix, "GET", OWNERS, NULL, header, "soon"), 200);
    token[strlen(token) - 3] ^= 1;
    assert_int_equal(ask_token(fix, token, "GET", OWNERS, NULL), 401);
    contains(fix, "{\"status\":\"Failure\",\"message\":\"Unauthorized\"}");
    assert_int_equal(ask_token(fix, "APIV2:1:x:1:", "GET", OWNERS, NULL), 401);
    assert_int_equal(ask_as(fix, &fix->user, "POST", "/api/internal/token/king", NULL), 404);
    assert_int_equal(ask_with(fix, "POST", API, NULL, NULL, NULL), 401);
}

static void the_text_is_not_stored(void **state)
{
    fixture *fix = *state;
    char token[TOC_TOKEN_TEXT];
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    token_from(fix, &fix->user, API, token);
    assert_int_equal(sqlite3_open(fix->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT * FROM token", -1, &stmt, NULL), SQLITE_OK);
    int rows = 0;
    for (; sqlite3_step(stmt) == SQLITE_ROW; rows++) {
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            const char *text = (const char *)sqlite3_column_text(stmt, i);
            assert_true(!text || !strstr(text, strrchr(token, ':') + 1));
        }
    }
    assert_int_equal(rows, 1);
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_new_one_replaces_the_former(void **state)
{
    fixture *fix = *state;
    char first[TOC_TOKEN_TEXT], service[TOC_TOKEN_TEXT], second[TOC_TOKEN_TEXT];
    toc_new_token made;
    token_from(fix, &fix->user, API, first);
    token_from(fix, &fix->user, SERVICE, service);
    token_from(fix, &fix->user, API, second);
    assert_string_not_equal(first, second);
    /* For the threads that still have it. */
    assert_int_equal(ask_token(fix, first, "GET", OWNERS, NULL), 200);
    change(fix, "UPDATE token SET usable = usable - 301, expires = expires - 301");
    assert_int_equal(ask_token(fix, first, "GET", OWNERS, NULL), 401);
    contains(fix, "Unauthorized");
    assert_int_equal(renew(fix, first), 401);
    assert_int_equal(ask_token(fix, second, "GET", OWNERS, NULL), 200);
    assert_int_equal(ask_token(fix, service, "GET", OWNERS, NULL), 200);
    /* The administrator's replaces them at once. */
    assert_int_equal(toc_platform_new_token(fix->platform, fix->user.access_id, 2, &made, NULL), 0);
    assert_in_range(made.expires, toc_time_now() + 172790, toc_time_now() + 172810);
    assert_int_equal(ask_token(fix, made.token, "GET", OWNERS, NULL), 200);
    assert_int_equal(ask_token(fix, second, "GET", OWNERS, NULL), 401);
    assert_int_equal(ask_token(fix, service, "GET", OWNERS, NULL), 401);
    assert_int_equal(renew(fix, second), 401);
}

static void renewal(void **state)
{
    fixture *fix = *state;
    char first[TOC_TOKEN_TEXT], second[TOC_TOKEN_TEXT], third[TOC_TOKEN_TEXT], expires[32];
    int64_t seconds = 0;
    token_from(fix, &fix->user, API, first);
    assert_int_equal(renew(fix, first), 200);
    contains(fix, "{\"success\":true,\"apiToken\":\"APIV2:1:");
    text_of(fix, "apiToken", second, sizeof(second));
    text_of(fix, "apiTokenExpires", expires, sizeof(expires));
    assert_true(toc_str_to_int(toc_str_of(expires), &seconds));
    assert_in_range(seconds, toc_time_now() + TOC_TOKEN_LIFETIME - 60,
                    toc_time_now() + TOC_TOKEN_LIFETIME + 60);
    assert_string_not_equal(first, second);
    assert_int_equal(ask_token(fix, second, "GET", OWNERS, NULL), 200);
    /* Another thread of the client renews the same one; neither loses its own. */
    assert_int_equal(ask_with(fix, "GET", renewal_of(first, true), NULL, NULL, NULL), 200);
    text_of(fix, "apiToken", third, sizeof(third));
    change(fix, "UPDATE token SET usable = usable - 301, expires = expires - 301");
    assert_int_equal(ask_token(fix, second, "GET", OWNERS, NULL), 200);
    assert_int_equal(ask_token(fix, third, "GET", OWNERS, NULL), 200);
    assert_int_equal(ask_token(fix, first, "GET", OWNERS, NULL), 401);
}

static void expired_ones_are_renewed_for_a_while(void **state)
{
    fixture *fix = *state;
    char token[TOC_TOKEN_TEXT], plain[512];
    token_from(fix, &fix->user, API, token);
    change(fix, "UPDATE token SET expires = unixepoch() - 5, usable = unixepoch() - 5,"
                " created = unixepoch() - 605");
    assert_int_equal(ask_token(fix, token, "GET", OWNERS, NULL), 401);
    contains(fix, "Unauthorized");
    assert_int_equal(renew(fix, token), 200);
    /* A client that does not encode. */
    (void)snprintf(plain, sizeof(plain), "/api/appAuth?expiredToken=%s", token);
    assert_int_equal(ask_with(fix, "GET", plain, NULL, NULL, NULL), 200);
    text_of(fix, "apiToken", token, sizeof(token));
    assert_int_equal(ask_token(fix, token, "GET", OWNERS, NULL), 200);
    change(fix, "UPDATE token SET expires = unixepoch() - 3601, usable = unixepoch() - 3601");
    assert_int_equal(renew(fix, token), 401);
    contains(fix, "\"success\":false");
    contains(fix, "\"status\":\"Failure\"");
    contains(fix, "\"message\":\"Unauthorized\"");
    assert_int_equal(renew(fix, "APIV2:1:abcdef:1:AAAA"), 401);
    assert_int_equal(ask_with(fix, "GET", "/api/appAuth", NULL, NULL, NULL), 401);
    assert_int_equal(ask_with(fix, "GET", "/api/appAuth?expiredToken=", NULL, NULL, NULL), 401);
}

static void tokens_end_with_the_secret(void **state)
{
    fixture *fix = *state;
    char token[TOC_TOKEN_TEXT];
    toc_new_user former = fix->user;
    token_from(fix, &fix->user, API, token);
    assert_int_equal(toc_platform_rotate_user(fix->platform, former.access_id, &fix->user, NULL),
                     0);
    assert_string_equal(former.access_id, fix->user.access_id);
    assert_int_equal(ask_token(fix, token, "GET", OWNERS, NULL), 401);
    assert_int_equal(renew(fix, token), 401);
    assert_int_equal(ask_as(fix, &former, "GET", OWNERS, NULL), 401);
    contains(fix, "Signature data did not match expected result");
    token_from(fix, &fix->user, API, token);
    assert_int_equal(toc_platform_revoke_user(fix->platform, former.access_id, NULL), 0);
    assert_int_equal(ask_token(fix, token, "GET", OWNERS, NULL), 401);
    assert_int_equal(renew(fix, token), 401);
    assert_int_equal(ask_as(fix, &fix->user, "GET", OWNERS, NULL), 401);
    contains(fix, "{\"status\":\"Failure\",\"message\":\"Access Denied\"}");
    assert_int_equal(toc_platform_revoke_user(fix->platform, former.access_id, NULL),
                     TOC_ENOTFOUND);
    assert_int_equal(toc_platform_rotate_user(fix->platform, former.access_id, &former, NULL),
                     TOC_ENOTFOUND);
}

static void the_lifetime_is_set(void **state)
{
    fixture *fix = *state;
    char token[TOC_TOKEN_TEXT], expires[32];
    int64_t seconds = 0;
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    toc_platform_close(fix->platform);
    options.store = fix->path;
    options.token_seconds = 60;
    assert_int_equal(toc_platform_open(&options, &fix->platform, NULL), 0);
    token_from(fix, &fix->user, API, token);
    assert_int_equal(renew(fix, token), 200);
    text_of(fix, "apiTokenExpires", expires, sizeof(expires));
    assert_true(toc_str_to_int(toc_str_of(expires), &seconds));
    assert_in_range(seconds, toc_time_now() + 50, toc_time_now() + 61);
}

static void readers_get_none(void **state)
{
    fixture *fix = *state;
    assert_int_equal(
        toc_platform_grant(fix->platform, fix->user.access_id, "Acme CTI", "Read Only User", NULL),
        0);
    assert_int_equal(ask_as(fix, &fix->user, "POST", API, NULL), 401);
    contains(fix, "The requested Token was not created - access was denied");
    assert_int_equal(ask_as(fix, &fix->user, "GET", OWNERS, NULL), 200);
}

static void arguments_are_checked(void **state)
{
    fixture *fix = *state;
    toc_new_token made;
    const char *id = fix->user.access_id;
    assert_int_equal(toc_platform_new_token(fix->platform, id, 0, &made, NULL), TOC_EINVAL);
    assert_int_equal(toc_platform_new_token(fix->platform, id, 4000, &made, NULL), TOC_EINVAL);
    assert_int_equal(toc_platform_new_token(fix->platform, "7", 1, &made, NULL), TOC_ENOTFOUND);
    assert_int_equal(toc_platform_new_token(fix->platform, id, 1, NULL, NULL), TOC_EINVAL);
    assert_int_equal(toc_platform_new_token(NULL, id, 1, &made, NULL), TOC_EINVAL);
}

/* What was wrong first decides, known user or not: a stranger learns nothing from the order. */
static void strangers_take_the_same_path(void **state)
{
    fixture *fix = *state;
    toc_new_user wrong = fix->user, stranger = fix->user;
    const toc_new_user *both[] = {&wrong, &stranger};
    wrong.secret_key[0] = wrong.secret_key[0] == 'a' ? 'b' : 'a';
    stranger.access_id[5] = stranger.access_id[5] == '1' ? '2' : '1';
    char header[128], late[2][256], malformed[2][256];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ask_late(fix, both[i], "GET", OWNERS, NULL, 400), 401);
        (void)snprintf(late[i], sizeof(late[i]), "%s", fixture_body(fix));
        (void)snprintf(header, sizeof(header), "TC %s:AAAA", both[i]->access_id);
        assert_int_equal(ask_with(fix, "GET", OWNERS, NULL, header, "soon"), 401);
        (void)snprintf(malformed[i], sizeof(malformed[i]), "%s", fixture_body(fix));
        /* A route that is not there looks like one that is. */
        assert_int_equal(ask_as(fix, both[i], "GET", "/api/v2/none", NULL), 401);
        lacks(fix, "resource");
    }
    assert_string_equal(late[0], late[1]);
    assert_string_equal(malformed[0], malformed[1]);
    assert_int_equal(ask_as(fix, &wrong, "GET", OWNERS, NULL), 401);
    contains(fix, "{\"status\":\"Failure\",\"message\":\"Signature data did not match expected "
                  "result\"}");
    assert_int_equal(ask_as(fix, &stranger, "GET", OWNERS, NULL), 401);
    contains(fix, "{\"status\":\"Failure\",\"message\":\"Access Denied\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_token_stands_for_its_user, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(the_text_is_not_stored, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_new_one_replaces_the_former, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(renewal, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(expired_ones_are_renewed_for_a_while, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(tokens_end_with_the_secret, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(the_lifetime_is_set, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(readers_get_none, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(arguments_are_checked, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(strangers_take_the_same_path, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
