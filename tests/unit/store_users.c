/* store_users.c - owners, users, sealed secrets, roles. */
#include "support/store_fixture.h"

#include "store/db.h"

static int64_t add_user(fixture *fix, toc_conn *conn, const char *access_id, const char *secret)
{
    int64_t id = 0;
    must(fix, toc_user_add(conn, toc_str_of(access_id), toc_str_of(secret), fix->owner, TOC_S(""),
                           &id, &fix->err));
    return id;
}

static void test_owners(void **state)
{
    fixture *fix = *state;
    toc_arena arena = {0};
    toc_store_owner owner;
    toc_conn *conn = fixture_begin(fix);
    int64_t id = 0;
    assert_int_equal(toc_owner_add(conn, TOC_S("ACME cti"), TOC_S("Source"), &id, &fix->err),
                     TOC_ECONFLICT);
    assert_int_equal(toc_owner_add(conn, TOC_S(" "), TOC_S("Source"), &id, &fix->err), TOC_EINVAL);
    must(fix, toc_owner_by_name(conn, TOC_S("acme CTI"), &arena, &owner, &fix->err));
    assert_int_equal(owner.id, fix->owner);
    assert_true(toc_str_equal(owner.name, TOC_S("Acme CTI")));
    must(fix, toc_owner_by_id(conn, fix->owner, &arena, &owner, &fix->err));
    assert_true(toc_str_equal(owner.type, TOC_S("Organization")));
    assert_int_equal(toc_owner_by_name(conn, TOC_S("Nobody"), &arena, &owner, &fix->err),
                     TOC_ENOTFOUND);
    assert_int_equal(toc_owner_by_id(conn, 77, &arena, &owner, &fix->err), TOC_ENOTFOUND);
    toc_tx_rollback(conn);
    toc_arena_done(&arena);
}

static void test_secret_is_sealed(void **state)
{
    fixture *fix = *state;
    static const char secret[] = "a-secret-that-must-not-be-in-the-file";
    toc_arena arena = {0};
    toc_store_user user;
    toc_conn *conn = fixture_begin(fix);
    int64_t id = add_user(fix, conn, "12345678901234567890", secret), other = 0;
    assert_int_equal(toc_user_add(conn, TOC_S("12345678901234567890"), TOC_S("x"), fix->owner,
                                  TOC_S(""), &other, &fix->err),
                     TOC_ECONFLICT);
    assert_int_equal(toc_user_add(conn, TOC_S("2"), TOC_S("x"), 99, TOC_S(""), &other, &fix->err),
                     TOC_ENOTFOUND);
    char *large = test_malloc(70000);
    memset(large, 'x', 70000);
    assert_int_equal(toc_user_add(conn, TOC_S("2"), (toc_str){large, 70000}, fix->owner, TOC_S(""),
                                  &other, &fix->err),
                     TOC_ELIMIT);
    test_free(large);
    assert_int_equal(
        toc_user_add(conn, TOC_S("2"), TOC_S("x"), fix->owner, TOC_S("Emperor"), &other, &fix->err),
        TOC_EINVAL);
    assert_int_equal(
        toc_user_add(conn, TOC_S("2"), TOC_S(""), fix->owner, TOC_S(""), &other, &fix->err),
        TOC_EINVAL);
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_reader(fix);
    must(fix, toc_user_by_access_id(conn, TOC_S("12345678901234567890"), &arena, &user, &fix->err));
    assert_int_equal(user.id, id);
    assert_int_equal(user.organization, fix->owner);
    assert_true(toc_str_equal(user.secret, toc_str_of(secret)));
    assert_true(toc_str_equal(user.role, TOC_S("Api User")));
    must(fix, toc_user_first(conn, &arena, &user, &fix->err));
    assert_int_equal(user.id, id);
    assert_null(user.secret.ptr);
    assert_int_equal(toc_user_by_access_id(conn, TOC_S("3"), &arena, &user, &fix->err),
                     TOC_ENOTFOUND);
    toc_store_reader_done(fix->store, conn);
    toc_arena_done(&arena);
    toc_store_close(fix->store);
    FILE *file = fopen(fix->path, "rb");
    assert_non_null(file);
    static char bytes[4 << 20];
    size_t len = fread(bytes, 1, sizeof(bytes), file);
    assert_int_equal(fclose(file), 0);
    assert_true(len > 4096);
    assert_non_null(memmem(bytes, len, "12345678901234567890", 20));
    assert_null(memmem(bytes, len, secret, sizeof(secret) - 1));
    must(fix, fixture_open(fix, false));
}

/* A sealed secret belongs to its user: moved to another one it is not accepted. */
static void test_sealed_secrets_cannot_be_swapped(void **state)
{
    fixture *fix = *state;
    toc_arena arena = {0};
    toc_store_user user;
    toc_db *db = NULL;
    toc_db_options options = {.busy_ms = 1000};
    toc_conn *conn = fixture_begin(fix);
    add_user(fix, conn, "1", "first");
    add_user(fix, conn, "2", "second");
    must(fix, toc_tx_commit(conn, &fix->err));
    must(fix, toc_db_open(fix->path, &options, &db, &fix->err));
    must(fix, toc_db_exec(db,
                          "UPDATE account SET secret = (SELECT secret FROM account WHERE"
                          " access_id = '1') WHERE access_id = '2'",
                          &fix->err));
    toc_db_close(db);
    conn = fixture_reader(fix);
    assert_int_equal(toc_user_by_access_id(conn, TOC_S("2"), &arena, &user, &fix->err), TOC_ESTORE);
    assert_null(strstr(fix->err.message, "first"));
    toc_store_reader_done(fix->store, conn);
    toc_arena_done(&arena);
}

static unsigned rights(fixture *fix, toc_conn *conn, int64_t user, int64_t owner)
{
    unsigned found = 99;
    must(fix, toc_user_rights(conn, user, owner, &found, &fix->err));
    return found;
}

static toc_rc count_owner(void *user, const toc_store_owner *owner)
{
    assert_true(owner->name.len > 0);
    ++*(int *)user;
    return TOC_OK;
}

#define ALL_RIGHTS                                                                                 \
    (TOC_MAY_READ | TOC_MAY_WRITE | TOC_MAY_DELETE | TOC_MAY_BATCH | TOC_MAY_ADMIN |               \
     TOC_MAY_OBSERVE | TOC_MAY_COMMENT)

static void test_roles(void **state)
{
    fixture *fix = *state;
    static const struct {
        const char *role;
        unsigned rights;
    } rows[] = {
        {"User", TOC_MAY_READ},
        {"Commenter", TOC_MAY_READ | TOC_MAY_COMMENT},
        {"contributor", TOC_MAY_READ | TOC_MAY_COMMENT | TOC_MAY_WRITE},
        {"Editor", ALL_RIGHTS & ~TOC_MAY_ADMIN},
        {"Director", ALL_RIGHTS},
        {"Banned", 0},
    };
    toc_conn *conn = fixture_begin(fix);
    int64_t user = add_user(fix, conn, "1", "s"), source = 0;
    must(fix, toc_owner_add(conn, TOC_S("Feed"), TOC_S("Source"), &source, &fix->err));
    assert_int_equal(rights(fix, conn, user, fix->owner), ALL_RIGHTS);
    assert_int_equal(rights(fix, conn, user, source), 0);
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        int owners = 0;
        must(fix, toc_user_grant(conn, user, source, toc_str_of(rows[i].role), &fix->err));
        assert_int_equal(rights(fix, conn, user, source), rows[i].rights);
        must(fix, toc_owner_each(conn, user, count_owner, &owners, &fix->err));
        assert_int_equal(owners, rows[i].rights ? 2 : 1);
    }
    assert_int_equal(toc_user_grant(conn, user, source, TOC_S("Emperor"), &fix->err), TOC_EINVAL);
    must(fix, toc_tx_commit(conn, &fix->err));
    assert_int_equal(toc_user_grant(conn, user, source, TOC_S("User"), &fix->err), TOC_EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_owners),
        TEST(test_secret_is_sealed),
        TEST(test_sealed_secrets_cannot_be_swapped),
        TEST(test_roles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
