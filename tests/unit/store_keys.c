/* store_keys.c - the index of indicators by value: keys that wait, that move, that share a hash,
 * and those that memory says are not there. */
#include "support/store_fixture.h"

#include "store/conn.h"

static int64_t find_one(fixture *fix, toc_conn *conn, const char *type, const char *value)
{
    unsigned count = 99;
    int64_t ids[3];
    const toc_str parts[3] = {toc_str_of(value)};
    must(fix, toc_indicator_find(conn, fix->owner, fixture_type(fix, TOC_KIND_INDICATOR, type),
                                 parts, ids, &count, &fix->err));
    return count ? ids[0] : 0;
}

/* Two values with one hash cannot be had by trying, so the index is bent: the hash that b.example
 * will have is given to a.example. */
static void share_a_hash(fixture *fix, const char *table)
{
    char sql[256];
    toc_conn *conn = fixture_begin(fix);
    int64_t a = fixture_host(fix, conn, "a.example"), b = fixture_host(fix, conn, "b.example");
    must(fix, toc_tx_commit(conn, &fix->err));
    (void)snprintf(sql, sizeof(sql), "SELECT hash FROM indicator_key_new WHERE indicator_id = %lld",
                   (long long)b);
    int64_t hash = fixture_query_int(fix, sql);
    conn = fixture_begin(fix);
    must(fix, toc_object_remove(conn, fix->owner, TOC_KIND_INDICATOR, b, FIXTURE_NOW, &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
    (void)snprintf(sql, sizeof(sql), "INSERT INTO %s VALUES(%lld, %lld)", table, (long long)hash,
                   (long long)a);
    fixture_run_sql(fix, sql);
    if (strstr(table, "_new"))
        fixture_run_sql(fix, "UPDATE sequence SET next_id = next_id + 1 WHERE name = 'key_fresh'");
    conn = fixture_begin(fix);
    assert_int_equal(find_one(fix, conn, "Host", "b.example"), 0);
    b = fixture_host(fix, conn, "b.example");
    assert_int_equal(find_one(fix, conn, "Host", "b.example"), b);
    assert_int_equal(find_one(fix, conn, "Host", "a.example"), a);
    toc_object *obj =
        fixture_object(fix, TOC_KIND_INDICATOR, "Host", "hostName", "b.example", (char *)NULL);
    int64_t other = 0;
    assert_int_equal(toc_object_insert(conn, fix->owner, obj, FIXTURE_NOW, &other, &fix->err),
                     TOC_ECONFLICT);
    toc_object_free(obj);
    must(fix, toc_object_remove(conn, fix->owner, TOC_KIND_INDICATOR, b, FIXTURE_NOW, &fix->err));
    assert_int_equal(find_one(fix, conn, "Host", "b.example"), 0);
    b = fixture_host(fix, conn, "b.example");
    assert_int_equal(find_one(fix, conn, "Host", "b.example"), b);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_values_that_share_a_hash(void **state)
{
    share_a_hash(*state, "indicator_key");
}

static void test_new_values_that_share_a_hash(void **state)
{
    share_a_hash(*state, "indicator_key_new");
}

/* New keys wait, and go to the large table in ranges: at every step each value is found, none
 * twice, and what is removed is gone wherever its key was. */
static void test_keys_move_to_their_place(void **state)
{
    enum { ROUNDS = 12, PER_ROUND = 50, WAITING = 100 };
    fixture *fix = *state;
    int64_t ids[ROUNDS * PER_ROUND];
    char name[32];
    fix->store->fresh_least = WAITING;
    for (unsigned round = 0; round < ROUNDS; round++) {
        toc_conn *conn = fixture_begin(fix);
        for (unsigned i = round * PER_ROUND; i < (round + 1) * PER_ROUND; i++) {
            (void)snprintf(name, sizeof(name), "h%u.example", i);
            ids[i] = fixture_host(fix, conn, name);
        }
        must(fix, toc_tx_commit(conn, &fix->err));
        int64_t fresh = fixture_query_int(fix, "SELECT count(*) FROM indicator_key_new");
        assert_true(fresh <= WAITING + PER_ROUND);
        assert_true(round < 4 || fixture_query_int(fix, "SELECT count(*) FROM indicator_key") > 0);
        must(fix, toc_store_check(fix->store, &fix->err));
        conn = fixture_reader(fix);
        for (unsigned i = 0; i < (round + 1) * PER_ROUND; i++) {
            (void)snprintf(name, sizeof(name), "h%u.example", i);
            assert_int_equal(find_one(fix, conn, "Host", name), ids[i]);
        }
        toc_store_reader_done(fix->store, conn);
    }
    toc_conn *conn = fixture_begin(fix);
    for (unsigned i = 0; i < ROUNDS * PER_ROUND; i++)
        must(fix, toc_object_remove(conn, fix->owner, TOC_KIND_INDICATOR, ids[i], FIXTURE_NOW,
                                    &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
    must(fix, toc_store_check(fix->store, &fix->err));
    assert_int_equal(fixture_query_int(fix, "SELECT (SELECT count(*) FROM indicator_key) +"
                                            " (SELECT count(*) FROM indicator_key_new)"),
                     0);
}

/* What a transaction counted goes with it. */
static void test_waiting_keys_follow_rollback(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = fixture_begin(fix);
    (void)fixture_host(fix, conn, "a.example");
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_begin(fix);
    (void)fixture_host(fix, conn, "b.example");
    toc_tx_rollback(conn);
    conn = fixture_begin(fix);
    assert_int_equal(find_one(fix, conn, "Host", "b.example"), 0);
    (void)fixture_host(fix, conn, "c.example");
    must(fix, toc_tx_commit(conn, &fix->err));
    assert_int_equal(
        fixture_query_int(fix, "SELECT next_id FROM sequence WHERE name = 'key_fresh'"), 2);
    must(fix, toc_store_check(fix->store, &fix->err));
}

/* --- keys of a transaction that are not written yet ------------------------------------------- */

static void test_pending_keys(void **state)
{
    enum { COUNT = 1000 };
    toc__pending_keys keys = {.slots = NULL};
    toc_error err = {0};
    (void)state;
    assert_null(toc__pending_find(&keys, 7));
    assert_int_equal(toc__pending_sort(&keys), 0);
    for (int64_t i = 0; i < COUNT; i++) /* they fall into the same slots */
        assert_int_equal(toc__pending_add(&keys, (COUNT - i) * 65536, i + 1, &err), TOC_OK);
    for (int64_t i = 0; i < COUNT; i++)
        assert_int_equal(toc__pending_find(&keys, (COUNT - i) * 65536)->id, i + 1);
    assert_null(toc__pending_find(&keys, 65535));
    toc__pending_find(&keys, 65536)->gone = true;
    assert_null(toc__pending_find(&keys, 65536));
    assert_int_equal(toc__pending_find(&keys, 2 * 65536)->id, COUNT - 1);
    assert_int_equal(toc__pending_add(&keys, -1, 5000, &err), TOC_OK);
    assert_int_equal(toc__pending_sort(&keys), COUNT);
    assert_int_equal(keys.slots[0].hash, -1);
    for (size_t i = 1; i < COUNT; i++)
        assert_int_equal(keys.slots[i].hash, (i + 1) * 65536);
    toc__pending_clear(&keys);
    assert_null(toc__pending_find(&keys, 2 * 65536));
    toc__pending_done(&keys);
}

static int64_t hash_of_last(const toc_conn *conn)
{
    int64_t hash = 0;
    for (size_t i = 0; i < 2U * TOC__PENDING_MAX; i++)
        if (conn->pending.slots[i].used && !conn->pending.slots[i].gone)
            hash = conn->pending.slots[i].hash;
    return hash;
}

/* As share_a_hash, before either of them is written. */
static void test_pending_values_share_a_hash(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = fixture_begin(fix);
    int64_t b = fixture_host(fix, conn, "b.example");
    int64_t hash = hash_of_last(conn);
    must(fix, toc_object_remove(conn, fix->owner, TOC_KIND_INDICATOR, b, FIXTURE_NOW, &fix->err));
    assert_int_equal(find_one(fix, conn, "Host", "b.example"), 0);
    int64_t a = fixture_host(fix, conn, "a.example");
    must(fix, toc__pending_add(&conn->pending, hash, a, &fix->err));
    conn->keys.fresh++;
    assert_int_equal(find_one(fix, conn, "Host", "b.example"), 0);
    b = fixture_host(fix, conn, "b.example");
    for (unsigned written = 0; written < 2; written++) {
        assert_int_equal(find_one(fix, conn, "Host", "b.example"), b);
        assert_int_equal(find_one(fix, conn, "Host", "a.example"), a);
        must(fix, toc_tx_commit(conn, &fix->err));
        conn = fixture_begin(fix);
    }
    must(fix, toc_object_remove(conn, fix->owner, TOC_KIND_INDICATOR, b, FIXTURE_NOW, &fix->err));
    assert_int_equal(find_one(fix, conn, "Host", "b.example"), 0);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void add_hosts(fixture *fix, toc_conn *conn, unsigned from, unsigned to)
{
    char name[32];
    for (unsigned i = from; i < to; i++) {
        (void)snprintf(name, sizeof(name), "h%u.example", i);
        (void)fixture_host(fix, conn, name);
    }
}

static void expect_hosts(fixture *fix, toc_conn *conn, unsigned from, unsigned to)
{
    char name[32];
    for (unsigned i = from; i < to; i++) {
        (void)snprintf(name, sizeof(name), "h%u.example", i);
        assert_int_not_equal(find_one(fix, conn, "Host", name), 0);
    }
}

static void test_more_keys_than_are_kept(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = fixture_begin(fix);
    add_hosts(fix, conn, 0, TOC__PENDING_MAX + 10);
    assert_true(conn->pending.count > 0 && conn->pending.count < 100);
    expect_hosts(fix, conn, 0, TOC__PENDING_MAX + 10);
    must(fix, toc_tx_commit(conn, &fix->err));
    assert_int_equal(fixture_query_int(fix, "SELECT count(*) FROM indicator_key_new"),
                     TOC__PENDING_MAX + 10);
}

/* --- keys that are surely absent -------------------------------------------------------------- */

static void look_for_unknown(fixture *fix, toc_conn *conn, unsigned count)
{
    char name[32];
    for (unsigned i = 0; i < count; i++) {
        (void)snprintf(name, sizeof(name), "u%u.example", i);
        assert_int_equal(find_one(fix, conn, "Host", name), 0);
    }
}

/* Look-ups without a result build it, keys that come join it, and it changes no answer. */
static void test_filter_is_built_and_follows(void **state)
{
    fixture *fix = *state;
    fix->store->fresh_least = 1;
    toc_conn *conn = fixture_begin(fix);
    add_hosts(fix, conn, 0, 500);
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_begin(fix);
    add_hosts(fix, conn, 500, 510); /* not written when it is built */
    look_for_unknown(fix, conn, 10);
    assert_non_null(conn->key_filter.bloom.words);
    add_hosts(fix, conn, 510, 1000);
    expect_hosts(fix, conn, 0, 1000);
    look_for_unknown(fix, conn, 1000);
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_begin(fix);
    assert_non_null(conn->key_filter.bloom.words);
    expect_hosts(fix, conn, 0, 1000);
    /* It has grown out of its room, and is made anew. */
    uint32_t blocks = conn->key_filter.bloom.blocks;
    add_hosts(fix, conn, 1000, 4000);
    look_for_unknown(fix, conn, 4000);
    assert_true(conn->key_filter.bloom.blocks > blocks);
    expect_hosts(fix, conn, 0, 4000);
    must(fix, toc_tx_commit(conn, &fix->err));
}

/* What another process has added is not lacking. */
static void test_filter_ends_with_other_writers(void **state)
{
    fixture *fix = *state;
    fixture other = *fix;
    fix->store->fresh_least = 1;
    toc_conn *conn = fixture_begin(fix);
    add_hosts(fix, conn, 0, 100);
    look_for_unknown(fix, conn, 10);
    assert_non_null(conn->key_filter.bloom.words);
    must(fix, toc_tx_commit(conn, &fix->err));
    must(&other, fixture_open(&other, false));
    conn = fixture_begin(&other);
    add_hosts(&other, conn, 100, 110);
    must(&other, toc_tx_commit(conn, &other.err));
    toc_store_close(other.store);
    conn = fixture_begin(fix);
    assert_null(conn->key_filter.bloom.words);
    expect_hosts(fix, conn, 0, 110);
    must(fix, toc_tx_commit(conn, &fix->err));
}

/* Of a removal that did not happen: the key is there again. */
static void test_filter_ends_with_rollback(void **state)
{
    fixture *fix = *state;
    fix->store->fresh_least = 1;
    toc_conn *conn = fixture_begin(fix);
    add_hosts(fix, conn, 0, 20);
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_begin(fix);
    int64_t id = find_one(fix, conn, "Host", "h7.example");
    must(fix, toc_object_remove(conn, fix->owner, TOC_KIND_INDICATOR, id, FIXTURE_NOW, &fix->err));
    look_for_unknown(fix, conn, 10);
    assert_non_null(conn->key_filter.bloom.words);
    toc_tx_rollback(conn);
    conn = fixture_begin(fix);
    assert_int_equal(find_one(fix, conn, "Host", "h7.example"), id);
    /* One that a transaction only found is kept. */
    look_for_unknown(fix, conn, 10);
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_begin(fix);
    assert_non_null(conn->key_filter.bloom.words);
    toc_tx_rollback(conn);
    assert_non_null(conn->key_filter.bloom.words);
}

static void test_filter_gives_way(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = fixture_begin(fix);
    add_hosts(fix, conn, 0, 5000);
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_begin(fix);
    conn->taken_ms = 0; /* long ago */
    (void)atomic_fetch_add(&fix->store->waiting, 1);
    must(fix, toc__key_filter_build(&conn->key_filter, conn, 5000, &fix->err));
    (void)atomic_fetch_sub(&fix->store->waiting, 1);
    assert_null(conn->key_filter.bloom.words);
    toc_tx_rollback(conn);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_values_that_share_a_hash),       TEST(test_new_values_that_share_a_hash),
        TEST(test_keys_move_to_their_place),       TEST(test_waiting_keys_follow_rollback),
        cmocka_unit_test(test_pending_keys),       TEST(test_pending_values_share_a_hash),
        TEST(test_more_keys_than_are_kept),        TEST(test_filter_is_built_and_follows),
        TEST(test_filter_ends_with_other_writers), TEST(test_filter_gives_way),
        TEST(test_filter_ends_with_rollback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
