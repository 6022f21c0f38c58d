/* store_nomem.c - every allocation fails once: an error comes back, nothing is lost or left open.
 */
#include "support/failing.h"
#include "support/store_fixture.h"

#include "model/codec.h"

static toc_rc ignore(void *user, int64_t id, toc_object *obj)
{
    (void)user;
    (void)id;
    (void)obj;
    return TOC_OK;
}

static toc_rc write_all(fixture *fix, toc_conn *conn, int round)
{
    char name[32];
    int64_t id = 0, tag = 0, other = 0;
    toc_object *obj = NULL;
    toc_attribute attribute = {
        .type = TOC_S("Description"), .value = TOC_S("d"), .displayed = true};
    (void)snprintf(name, sizeof(name), "h%d.example", round);
    toc_rc rc = toc_object_new(fixture_type(fix, TOC_KIND_INDICATOR, "Host"), &obj, &fix->err);
    if (!rc)
        rc = toc_object_set(obj, "hostName", toc_str_of(name), &fix->err);
    if (!rc)
        rc = toc_object_set(obj, "dnsActive", TOC_S("true"), &fix->err);
    if (!rc)
        rc = toc_object_insert(conn, fix->owner, obj, FIXTURE_NOW, &id, &fix->err);
    toc_target target = {TOC_KIND_INDICATOR, id};
    if (!rc)
        rc = toc_tag_id(conn, fix->owner, toc_str_of(name), true, &tag, &fix->err);
    if (!rc)
        rc = toc_tag_apply(conn, tag, target, &fix->err);
    if (!rc)
        rc = toc_attribute_add(conn, target, &attribute, FIXTURE_NOW, &other, &fix->err);
    if (!rc)
        rc = toc_object_change(conn, fix->owner, id, obj, FIXTURE_NOW, &fix->err);
    toc_object_free(obj);
    return rc;
}

static toc_rc read_all(fixture *fix, toc_conn *conn)
{
    toc_query query = {.owner = fix->owner,
                       .kind = TOC_KIND_INDICATOR,
                       .limit = 1,
                       .with = TOC_WITH_ATTRIBUTES | TOC_WITH_TAGS | TOC_WITH_LABELS};
    return toc_object_each(conn, &query, ignore, NULL, &fix->err);
}

/* Open, write, read, close. */
static toc_rc whole_life(fixture *fix, int round)
{
    toc_conn *conn = NULL;
    toc_rc rc = fixture_open(fix, false);
    if (!rc)
        rc = toc_tx_begin(fix->store, &conn, &fix->err);
    if (!rc)
        rc = write_all(fix, conn, round);
    if (!rc)
        rc = toc_tx_commit(TOC_TAKE(conn), &fix->err);
    toc_tx_rollback(conn);
    conn = NULL;
    if (!rc)
        rc = toc_store_reader(fix->store, &conn, &fix->err);
    if (!rc)
        rc = read_all(fix, conn);
    if (fix->store)
        toc_store_reader_done(fix->store, conn);
    toc_store_close(fix->store);
    fix->store = NULL;
    return rc;
}

static void test_every_allocation_fails(void **state)
{
    fixture *fix = *state;
    failing fails = {.left = -1};
    toc_allocator allocator = failing_allocator(&fails);
    toc_store_close(fix->store);
    fix->store = NULL;
    toc_set_allocator(&allocator);
    int round = 0, refused = 0;
    do {
        fails = (failing){.left = round};
        toc_rc rc = whole_life(fix, round);
        fails.left = -1;
        /* Some are only for speed and may fail unseen. */
        if (rc) {
            assert_true(fails.failed);
            assert_int_equal(rc, TOC_ENOMEM);
            refused++;
        }
        round++;
    } while (fails.failed && round < 5000);
    assert_false(fails.failed);
    assert_true(refused > 20);
    must(fix, fixture_open(fix, false));
    must(fix, toc_store_check(fix->store, &fix->err));
    toc_store_close(fix->store);
    fix->store = NULL;
    toc_set_allocator(NULL);
    must(fix, fixture_open(fix, false));
}

/* A file whose value was reported of before: the last steps of its insertion copy the counts. */
static toc_rc insert_file(fixture *fix, toc_conn *conn, int64_t owner, bool both, int64_t *id)
{
    toc_object *obj = NULL;
    toc_rc rc = toc_object_new(fixture_type(fix, TOC_KIND_INDICATOR, "File"), &obj, &fix->err);
    if (!rc)
        rc = toc_object_set(obj, "md5", TOC_S("44D88612FEA8A8F36DE82E1278ABB02F"), &fix->err);
    if (!rc && both)
        rc = toc_object_set(obj, "sha1", TOC_S("3395856CE81F2B7382DEE72602F798B642F14140"),
                            &fix->err);
    if (!rc)
        rc = toc_object_insert(conn, owner, obj, FIXTURE_NOW, id, &fix->err);
    toc_object_free(obj);
    return rc;
}

static void report_file(fixture *fix, int64_t *other)
{
    const toc_observation seen = {.user = 1, .organization = 1, .count = 3, .date = FIXTURE_NOW};
    int64_t id = 0;
    toc_conn *conn = fixture_begin(fix);
    must(fix, toc_owner_add(conn, TOC_S("Other"), TOC_S("Source"), other, &fix->err));
    must(fix, insert_file(fix, conn, fix->owner, false, &id));
    must(fix, toc_observation_add(conn, id, &seen, &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
}

/* Whoever goes on after a failure commits all of the object or nothing of it. */
static void test_insertion_is_whole_or_nothing(void **state)
{
    fixture *fix = *state;
    failing fails = {.left = -1};
    toc_allocator allocator = failing_allocator(&fails);
    int64_t other = 0, id = 0;
    toc_store_close(fix->store);
    fix->store = NULL;
    toc_set_allocator(&allocator);
    must(fix, fixture_open(fix, false));
    report_file(fix, &other);
    toc_rc rc;
    int refused = 0;
    do {
        toc_conn *conn = fixture_begin(fix);
        fails = (failing){.left = refused};
        rc = insert_file(fix, conn, other, true, &id);
        fails.left = -1;
        toc_rc kept = toc_tx_commit(conn, &fix->err);
        if (rc) {
            assert_int_equal(rc, TOC_ENOMEM);
            assert_true(!kept || kept == TOC_ESTORE);
            assert_int_equal(fixture_query_int(fix, "SELECT count(*) FROM indicator"), 1);
            refused++;
        } else {
            must(fix, kept);
        }
        must(fix, toc_store_check(fix->store, &fix->err));
    } while (rc && refused < 500);
    assert_int_equal(rc, TOC_OK);
    assert_true(refused > 5);
    toc_store_close(fix->store);
    fix->store = NULL;
    toc_set_allocator(NULL);
    must(fix, fixture_open(fix, false));
    assert_int_equal(fixture_query_int(fix, "SELECT count(*) FROM indicator"), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_allocation_fails),
        TEST(test_insertion_is_whole_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
