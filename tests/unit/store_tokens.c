/* Tokens in the store: found by text, replaced, renewed, swept, bounded. */
#include "support/store_fixture.h"

#include "base/limits.h"

static int64_t make_user(fixture *fix, toc_conn *conn, const char *access_id)
{
    int64_t id = 0;
    must(fix, toc_user_add(conn, toc_str_of(access_id), TOC_S("s"), fix->owner, TOC_S("User"), &id,
                           &fix->err));
    return id;
}

static void give(fixture *fix, toc_conn *conn, int64_t user, const char *text, const char *purpose,
                 int64_t now)
{
    toc_store_token token = {
        .user = user, .purpose = toc_str_of(purpose), .created = now, .expires = now + 1000};
    must(fix, toc_token_add(conn, toc_str_of(text), &token, 100, &fix->err));
}

/* End of the token's use; 0 without one. */
static int64_t usable(fixture *fix, toc_conn *conn, const char *text)
{
    toc_arena arena;
    toc_store_token token = {0};
    toc_arena_init(&arena, 4096);
    toc_rc rc = toc_token_find(conn, toc_str_of(text), &arena, &token, &fix->err);
    assert_true(rc == TOC_OK || rc == TOC_ENOTFOUND);
    toc_arena_done(&arena);
    return rc ? 0 : token.usable;
}

static void test_found(void **state)
{
    fixture *fix = *state;
    toc_arena arena;
    toc_store_token token;
    toc_conn *conn = fixture_begin(fix);
    int64_t user = make_user(fix, conn, "11");
    toc_arena_init(&arena, 4096);
    give(fix, conn, user, "one", "api", 5000);
    must(fix, toc_token_find(conn, TOC_S("one"), &arena, &token, &fix->err));
    assert_int_equal(token.user, user);
    assert_true(toc_str_equal(token.access_id, TOC_S("11")));
    assert_true(toc_str_equal(token.purpose, TOC_S("api")));
    assert_int_equal(token.created, 5000);
    assert_int_equal(token.expires, 6000);
    assert_int_equal(token.usable, 6000);
    assert_int_equal(toc_token_find(conn, TOC_S("One"), &arena, &token, &fix->err), TOC_ENOTFOUND);
    assert_int_equal(toc_token_find(conn, TOC_S(""), &arena, &token, &fix->err), TOC_ENOTFOUND);
    toc_arena_done(&arena);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_replaced(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = fixture_begin(fix);
    int64_t user = make_user(fix, conn, "11"), other = make_user(fix, conn, "12");
    give(fix, conn, user, "one", "api", 5000);
    give(fix, conn, user, "service", "svc", 5000);
    give(fix, conn, other, "other", "api", 5000);
    give(fix, conn, user, "two", "api", 5500);
    assert_int_equal(usable(fix, conn, "one"), 5600);
    /* A later one never gives a former one more time. */
    give(fix, conn, user, "three", "api", 5550);
    assert_int_equal(usable(fix, conn, "one"), 5600);
    assert_int_equal(usable(fix, conn, "two"), 5650);
    assert_int_equal(usable(fix, conn, "three"), 6550);
    assert_int_equal(usable(fix, conn, "service"), 6000);
    assert_int_equal(usable(fix, conn, "other"), 6000);
    must(fix, toc_token_clear(conn, user, &fix->err));
    assert_int_equal(usable(fix, conn, "three"), 0);
    assert_int_equal(usable(fix, conn, "other"), 6000);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_renewed(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = fixture_begin(fix);
    int64_t user = make_user(fix, conn, "11");
    toc_store_token token = {
        .user = user, .purpose = TOC_S("api"), .created = 5950, .expires = 6950};
    give(fix, conn, user, "one", "api", 5000);
    must(fix, toc_token_renew(conn, TOC_S("two"), &token, TOC_S("one"), 20, &fix->err));
    must(fix, toc_token_renew(conn, TOC_S("three"), &token, TOC_S("one"), 20, &fix->err));
    assert_int_equal(usable(fix, conn, "one"), 5970);
    assert_int_equal(usable(fix, conn, "two"), 6950);
    assert_int_equal(usable(fix, conn, "three"), 6950);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_swept_and_bounded(void **state)
{
    fixture *fix = *state;
    char text[32];
    toc_conn *conn = fixture_begin(fix);
    int64_t user = make_user(fix, conn, "11");
    give(fix, conn, user, "old", "svc", 5000);
    /* Neither usable nor renewable any more. */
    give(fix, conn, user, "first", "api", 6000 + TOC_TOKEN_RENEWABLE + 1);
    assert_int_equal(usable(fix, conn, "old"), 0);
    toc_store_token token = {
        .user = user, .purpose = TOC_S("api"), .created = 20000, .expires = 30000};
    for (int i = 0; i < TOC_MAX_TOKENS + 5; i++) {
        (void)snprintf(text, sizeof(text), "token%d", i);
        token.created++;
        must(fix, toc_token_renew(conn, toc_str_of(text), &token, TOC_S("none"), 0, &fix->err));
    }
    assert_int_equal(usable(fix, conn, "first"), 0);
    assert_int_equal(usable(fix, conn, "token4"), 0);
    assert_int_equal(usable(fix, conn, "token5"), 30000);
    assert_int_equal(usable(fix, conn, text), 30000);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_ends_with_the_user(void **state)
{
    fixture *fix = *state;
    toc_arena arena;
    toc_store_user found;
    toc_conn *conn = fixture_begin(fix);
    int64_t user = make_user(fix, conn, "11"), second = make_user(fix, conn, "12");
    toc_arena_init(&arena, 65536);
    give(fix, conn, user, "one", "api", 5000);
    give(fix, conn, second, "two", "api", 5000);
    must(fix, toc_user_set_secret(conn, user, TOC_S("11"), TOC_S("other"), &fix->err));
    assert_int_equal(usable(fix, conn, "one"), 0);
    must(fix, toc_user_by_access_id(conn, TOC_S("11"), &arena, &found, &fix->err));
    assert_true(toc_str_equal(found.secret, TOC_S("other")));
    must(fix, toc_user_revoke(conn, second, &fix->err));
    assert_int_equal(usable(fix, conn, "two"), 0);
    assert_int_equal(toc_user_by_access_id(conn, TOC_S("12"), &arena, &found, &fix->err),
                     TOC_ENOTFOUND);
    /* Nothing is given to who is gone. */
    give(fix, conn, second, "three", "api", 5000);
    assert_int_equal(usable(fix, conn, "three"), 0);
    toc_arena_done(&arena);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_arguments(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = fixture_begin(fix);
    int64_t user = make_user(fix, conn, "11");
    toc_store_token good = {.user = user, .purpose = TOC_S("api"), .created = 1, .expires = 2};
    toc_store_token bad = good;
    assert_int_equal(toc_token_add(conn, TOC_S(""), &good, 0, &fix->err), TOC_EINVAL);
    bad.expires = 1;
    assert_int_equal(toc_token_add(conn, TOC_S("x"), &bad, 0, &fix->err), TOC_EINVAL);
    bad = good;
    bad.user = 0;
    assert_int_equal(toc_token_renew(conn, TOC_S("x"), &bad, TOC_S("y"), 0, &fix->err), TOC_EINVAL);
    must(fix, toc_tx_commit(conn, &fix->err));
    assert_int_equal(toc_token_add(conn, TOC_S("x"), &good, 0, &fix->err), TOC_EINVAL);
    assert_int_equal(toc_token_clear(conn, user, &fix->err), TOC_EINVAL);
    assert_int_equal(toc_user_revoke(conn, user, &fix->err), TOC_EINVAL);
    assert_int_equal(toc_user_set_secret(conn, user, TOC_S("11"), TOC_S("s"), &fix->err),
                     TOC_EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_found),
        TEST(test_replaced),
        TEST(test_renewed),
        TEST(test_swept_and_bounded),
        TEST(test_ends_with_the_user),
        TEST(test_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
