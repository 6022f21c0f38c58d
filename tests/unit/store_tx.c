/* store_tx.c - transactions: what readers see, who waits, what ends one. */
#include "support/store_fixture.h"

#include <pthread.h>

static const toc_query indicators = {.kind = TOC_KIND_INDICATOR};

static void test_readers_see_what_is_committed(void **state)
{
    fixture *fix = *state;
    toc_conn *writer = fixture_begin(fix);
    fixture_host(fix, writer, "a.example");
    must(fix, toc_tx_commit(writer, &fix->err));
    writer = fixture_begin(fix);
    fixture_host(fix, writer, "b.example");
    toc_conn *reader = fixture_reader(fix);
    assert_int_equal(fixture_count(fix, writer, indicators), 2);
    assert_int_equal(fixture_count(fix, reader, indicators), 1);
    assert_int_equal(fixture_ids(fix, reader, indicators).count, 1);
    must(fix, toc_tx_commit(writer, &fix->err));
    toc_store_reader_done(fix->store, reader);
    reader = fixture_reader(fix);
    assert_int_equal(fixture_ids(fix, reader, indicators).count, 2);
    assert_int_equal(fixture_count(fix, reader, indicators), 2);
    toc_store_reader_done(fix->store, reader);
}

/* While a list is open, its callback may list again on the same connection. */
typedef struct nest {
    fixture *fix;
    toc_conn *conn;
    size_t depth, calls;
} nest;

static toc_rc list_again(void *user, int64_t id, toc_object *obj)
{
    nest *at = user;
    toc_query query = {.owner = at->fix->owner, .kind = TOC_KIND_INDICATOR};
    toc_str before = toc_object_get(obj, "hostName");
    char name[32];
    (void)snprintf(name, sizeof(name), "%.*s", TOC_FMT(before));
    at->calls++;
    if (at->depth < 2) {
        at->depth++;
        must(at->fix, toc_object_each(at->conn, &query, list_again, at, &at->fix->err));
        at->depth--;
    }
    assert_true(id > 0);
    assert_true(toc_str_equal(toc_object_get(obj, "hostName"), toc_str_of(name)));
    return TOC_OK;
}

static void test_lists_may_nest(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = fixture_begin(fix);
    fixture_host(fix, conn, "a.example");
    fixture_host(fix, conn, "b.example");
    must(fix, toc_tx_commit(conn, &fix->err));
    nest at = {.fix = fix, .conn = fixture_reader(fix)};
    toc_query query = {.owner = fix->owner, .kind = TOC_KIND_INDICATOR};
    must(fix, toc_object_each(at.conn, &query, list_again, &at, &fix->err));
    assert_int_equal(at.calls, 2 + 4 + 8);
    toc_store_reader_done(fix->store, at.conn);
}

static void test_readers_are_used_again(void **state)
{
    fixture *fix = *state;
    toc_conn *first = fixture_reader(fix);
    toc_conn *second = fixture_reader(fix);
    assert_true(first != second);
    toc_store_reader_done(fix->store, first);
    assert_ptr_equal(fixture_reader(fix), first);
    toc_store_reader_done(fix->store, second);
    toc_store_reader_done(fix->store, first);
    toc_store_reader_done(fix->store, NULL);
}

static void test_readers_cannot_write(void **state)
{
    fixture *fix = *state;
    int64_t id = 0;
    toc_conn *reader = fixture_reader(fix);
    assert_int_equal(toc_owner_add(reader, TOC_S("x"), TOC_S("Source"), &id, &fix->err),
                     TOC_EINVAL);
    assert_int_equal(toc_tag_id(reader, fix->owner, TOC_S("x"), true, &id, &fix->err), TOC_EINVAL);
    assert_int_equal(toc_tx_commit(reader, &fix->err), TOC_EINVAL);
    toc_store_reader_done(fix->store, reader);
}

static void test_ends(void **state)
{
    fixture *fix = *state;
    {
        TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
        must(fix, toc_tx_begin(fix->store, &conn, &fix->err));
        fixture_host(fix, conn, "a.example");
    }
    toc_conn *conn = fixture_begin(fix);
    assert_int_equal(fixture_count(fix, conn, indicators), 0);
    must(fix, toc_tx_commit(conn, &fix->err));
    toc_tx_rollback(conn);
    toc_tx_rollback(conn);
    toc_tx_rollback(NULL);
    assert_int_equal(toc_tx_commit(conn, &fix->err), TOC_EINVAL);
    conn = fixture_begin(fix);
    must(fix, toc_tx_commit(conn, &fix->err));
}

enum { THREADS = 4, EACH = 25 };

typedef struct worker {
    fixture *fix;
    int number, failed;
} worker;

/* No assertions here: cmocka's are for the main thread. */
static void *insert_some(void *user)
{
    worker *me = user;
    const toc_types *types = toc_store_types(me->fix->store);
    for (int i = 0; i < EACH && !me->failed; i++) {
        toc_conn *conn = NULL;
        toc_object *obj = NULL;
        char name[32];
        int64_t id = 0;
        (void)snprintf(name, sizeof(name), "h%d-%d.example", me->number, i);
        toc_rc rc =
            toc_object_new(toc_types_find(types, TOC_KIND_INDICATOR, TOC_S("Host")), &obj, NULL);
        if (!rc)
            rc = toc_object_set(obj, "hostName", toc_str_of(name), NULL);
        if (!rc)
            rc = toc_tx_begin(me->fix->store, &conn, NULL);
        if (!rc)
            rc = toc_object_insert(conn, me->fix->owner, obj, FIXTURE_NOW, &id, NULL);
        if (!rc)
            rc = toc_tx_commit(conn, NULL);
        toc_tx_rollback(conn);
        toc_object_free(obj);
        me->failed = rc != TOC_OK;
    }
    return NULL;
}

static void *read_some(void *user)
{
    worker *me = user;
    int64_t before = 0;
    for (int i = 0; i < EACH && !me->failed; i++) {
        toc_conn *conn = NULL;
        int64_t count = 0;
        toc_query query = {.owner = me->fix->owner, .kind = TOC_KIND_INDICATOR};
        toc_rc rc = toc_store_reader(me->fix->store, &conn, NULL);
        if (!rc)
            rc = toc_object_count(conn, &query, &count, NULL);
        toc_store_reader_done(me->fix->store, conn);
        me->failed = rc != TOC_OK || count < before;
        before = count;
    }
    return NULL;
}

static void test_threads(void **state)
{
    fixture *fix = *state;
    pthread_t threads[THREADS];
    worker workers[THREADS];
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (worker){fix, i, 0};
        assert_int_equal(
            pthread_create(&threads[i], NULL, i % 2 ? read_some : insert_some, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(workers[i].failed, 0);
    }
    toc_conn *conn = fixture_reader(fix);
    assert_int_equal(fixture_count(fix, conn, indicators), THREADS / 2 * EACH);
    toc_store_reader_done(fix->store, conn);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_readers_see_what_is_committed),
        TEST(test_lists_may_nest),
        TEST(test_readers_are_used_again),
        TEST(test_readers_cannot_write),
        TEST(test_ends),
        TEST(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
