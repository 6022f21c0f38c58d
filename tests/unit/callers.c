/* callers.c - the users that are kept ready: what they know ends with what changes it. */
#include "support/patience.h"
#include "support/store_fixture.h"

#include "platform/callers.h"

#define ID TOC_S("12345678901234567890")
#define TARGET TOC_S("/api/v2/whoami")
#define STAMP TOC_S("1709287200")

typedef struct world {
    fixture *fix;
    toc_callers callers;
    int64_t user;
} world;

static world start(void **state)
{
    world it = {.fix = *state};
    must(it.fix, toc_callers_init(&it.callers, &it.fix->err));
    toc_conn *conn = fixture_begin(it.fix);
    must(it.fix,
         toc_user_add(conn, ID, TOC_S("first"), it.fix->owner, TOC_S(""), &it.user, &it.fix->err));
    must(it.fix, toc_tx_commit(conn, &it.fix->err));
    toc_store_tend(it.fix->store);
    return it;
}

static toc_caller *take(world *it)
{
    toc_caller *caller = NULL;
    toc_conn *reader = fixture_reader(it->fix);
    must(it->fix, toc_caller_take(&it->callers, reader, ID, &caller, &it->fix->err));
    toc_store_reader_done(it->fix->store, reader);
    assert_int_equal(caller->user.id, it->user);
    assert_null(caller->user.secret.ptr);
    return caller;
}

static bool verifies(const toc_caller *caller, const char *secret)
{
    char signature[TOC_SIGNATURE_TEXT];
    toc_signer *signer = NULL;
    assert_int_equal(toc_signer_new(toc_str_of(secret), &signer, NULL), TOC_OK);
    assert_int_equal(toc_sign(signer, TARGET, TOC_S("GET"), 1709287200, signature), TOC_OK);
    toc_signer_free(signer);
    return toc_verify(caller->signer, TARGET, TOC_S("GET"), STAMP, toc_str_of(signature));
}

static void set_secret(fixture *fix, world *it, const char *secret)
{
    toc_conn *conn = fixture_begin(fix);
    must(fix, toc_user_set_secret(conn, it->user, ID, toc_str_of(secret), &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_kept_between_requests(void **state)
{
    world it = start(state);
    toc_caller *first = take(&it), *second = take(&it);
    assert_ptr_not_equal(first, second);
    assert_true(verifies(first, "first"));
    assert_false(verifies(first, "other"));
    toc_caller_give(&it.callers, second);
    toc_caller_give(&it.callers, first);
    toc_caller *again = take(&it);
    /* What is kept ends after a second: on a slow machine one may have to look again. */
    for (int i = 0; again != first && i < 20; i++) {
        first = again;
        toc_caller_give(&it.callers, again);
        again = take(&it);
    }
    assert_ptr_equal(again, first);
    assert_true(verifies(again, "first"));
    toc_caller_give(&it.callers, again);
    toc_callers_done(&it.callers);
}

static void test_a_new_secret_counts_at_once(void **state)
{
    world it = start(state);
    toc_caller_give(&it.callers, take(&it));
    set_secret(it.fix, &it, "second");
    toc_caller *caller = take(&it);
    assert_false(verifies(caller, "first"));
    assert_true(verifies(caller, "second"));
    toc_caller_give(&it.callers, caller);
    toc_callers_done(&it.callers);
}

static void test_a_revoked_user_is_gone_at_once(void **state)
{
    world it = start(state);
    toc_caller *caller = take(&it);
    toc_caller_give(&it.callers, caller);
    toc_conn *conn = fixture_begin(it.fix);
    must(it.fix, toc_user_revoke(conn, it.user, &it.fix->err));
    must(it.fix, toc_tx_commit(conn, &it.fix->err));
    conn = fixture_reader(it.fix);
    caller = NULL;
    assert_int_not_equal(toc_caller_take(&it.callers, conn, ID, &caller, &it.fix->err), TOC_OK);
    assert_null(caller);
    toc_store_reader_done(it.fix->store, conn);
    toc_callers_done(&it.callers);
}

/* A second store on the file is to the first what another process is. */
static void test_another_process_counts_within_the_bound(void **state)
{
    world it = start(state);
    fixture other = *it.fix;
    must(&other, fixture_open(&other, false));
    toc_caller_give(&it.callers, take(&it));
    set_secret(&other, &it, "second");
    pause_ms(60);
    toc_caller *caller = take(&it);
    assert_true(verifies(caller, "second"));
    toc_caller_give(&it.callers, caller);
    toc_callers_done(&it.callers);
    toc_store_close(other.store);
}

static void test_rights_are_remembered_for_one_owner(void **state)
{
    world it = start(state);
    toc_caller *caller = take(&it);
    toc_store_owner owner = {it.fix->owner, TOC_S("Acme CTI"), TOC_S("Organization")};
    assert_false(toc_caller_knows(caller, TOC_S("Acme CTI"), 0));
    toc_caller_learn(caller, TOC_S("Acme CTI"), &owner, TOC_MAY_READ);
    assert_true(toc_caller_knows(caller, TOC_S("Acme CTI"), 0));
    assert_true(toc_caller_knows(caller, TOC_S(""), it.fix->owner));
    assert_false(toc_caller_knows(caller, TOC_S("acme cti"), 0));
    assert_false(toc_caller_knows(caller, TOC_S(""), it.fix->owner + 1));
    assert_false(toc_caller_knows(caller, TOC_S(""), 0));
    toc_caller_give(&it.callers, caller);
    toc_conn *conn = fixture_begin(it.fix);
    must(it.fix, toc_user_grant(conn, it.user, it.fix->owner, TOC_S("Banned"), &it.fix->err));
    must(it.fix, toc_tx_commit(conn, &it.fix->err));
    caller = take(&it);
    assert_false(toc_caller_knows(caller, TOC_S("Acme CTI"), 0));
    toc_caller_give(&it.callers, caller);
    toc_callers_done(&it.callers);
}

/* One that was asked for by its number has no name in the request, and no name is not its name. */
static void test_no_owner_is_not_the_one_known_by_number(void **state)
{
    world it = start(state);
    toc_caller *caller = take(&it);
    toc_store_owner owner = {it.fix->owner, TOC_S("Acme CTI"), TOC_S("Organization")};
    toc_caller_learn(caller, TOC_S(""), &owner, TOC_MAY_READ);
    assert_true(toc_caller_knows(caller, TOC_S(""), it.fix->owner));
    assert_false(toc_caller_knows(caller, TOC_S(""), 0));
    toc_caller_give(&it.callers, caller);
    toc_callers_done(&it.callers);
}

static void test_the_number_is_bounded(void **state)
{
    enum { MANY = TOC_MAX_CALLERS + 20 };
    world it = start(state);
    static toc_caller *all[MANY];
    for (int i = 0; i < MANY; i++)
        all[i] = take(&it);
    for (int i = 0; i < MANY; i++)
        toc_caller_give(&it.callers, all[i]);
    assert_int_equal(it.callers.count, TOC_MAX_CALLERS);
    toc_callers_done(&it.callers);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_kept_between_requests),
        TEST(test_a_new_secret_counts_at_once),
        TEST(test_a_revoked_user_is_gone_at_once),
        TEST(test_another_process_counts_within_the_bound),
        TEST(test_rights_are_remembered_for_one_owner),
        TEST(test_no_owner_is_not_the_one_known_by_number),
        TEST(test_the_number_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
