/* store_snapshot.c - the moment that readers show: never before the last commit of the process, and
 * for other processes not far behind; that no snapshot is left to hold back the log. */
#include "support/patience.h"
#include "support/store_fixture.h"

#include <pthread.h>
#include <sys/stat.h>

#include "store/conn.h"

static const toc_query indicators = {.kind = TOC_KIND_INDICATOR};

static void add_host(fixture *fix, const char *name)
{
    toc_conn *writer = fixture_begin(fix);
    fixture_host(fix, writer, name);
    must(fix, toc_tx_commit(writer, &fix->err));
}

static int64_t count_now(fixture *fix)
{
    toc_conn *reader = fixture_reader(fix);
    int64_t count = fixture_count(fix, reader, indicators);
    toc_store_reader_done(fix->store, reader);
    return count;
}

static void test_a_reader_shows_one_moment(void **state)
{
    fixture *fix = *state;
    toc_conn *reader = fixture_reader(fix);
    assert_int_equal(fixture_count(fix, reader, indicators), 0);
    add_host(fix, "a.example");
    assert_int_equal(fixture_count(fix, reader, indicators), 0);
    assert_int_equal(fixture_ids(fix, reader, indicators).count, 0);
    toc_store_reader_done(fix->store, reader);
    assert_int_equal(count_now(fix), 1);
}

static void test_own_writes_are_seen_at_once(void **state)
{
    fixture *fix = *state;
    char name[32];
    toc_store_tend(fix->store);
    for (int i = 0; i < 50; i++) {
        (void)snprintf(name, sizeof(name), "h%d.example", i);
        add_host(fix, name);
        assert_int_equal(count_now(fix), i + 1);
        assert_int_equal(count_now(fix), i + 1);
    }
}

/* As the engine does when a read fails: the next request must not pay for it. */
static void test_a_lost_snapshot_is_taken_anew(void **state)
{
    fixture *fix = *state;
    add_host(fix, "a.example");
    toc_store_tend(fix->store);
    for (int i = 0; i < 3; i++) {
        toc_conn *reader = fixture_reader(fix);
        assert_int_equal(fixture_count(fix, reader, indicators), 1);
        must(fix, toc_db_exec(reader->db, "ROLLBACK", &fix->err));
        toc_store_reader_done(fix->store, reader);
    }
}

/* A reader that is out while another thread commits comes back with what is out of date. */
static void test_an_outdated_reader_is_not_used_again(void **state)
{
    fixture *fix = *state;
    toc_store_tend(fix->store);
    toc_conn *out = fixture_reader(fix);
    assert_int_equal(fixture_count(fix, out, indicators), 0);
    add_host(fix, "a.example");
    toc_store_reader_done(fix->store, out);
    assert_false(out->snapshot);
    assert_int_equal(count_now(fix), 1);
}

static void test_snapshots_are_kept_only_while_tended(void **state)
{
    fixture *fix = *state;
    toc_conn *reader = fixture_reader(fix);
    toc_store_reader_done(fix->store, reader);
    assert_false(reader->snapshot);
    toc_store_tend(fix->store);
    assert_ptr_equal(fixture_reader(fix), reader);
    toc_store_reader_done(fix->store, reader);
    assert_true(reader->snapshot);
    pause_ms(40);
    toc_store_tend(fix->store);
    assert_false(reader->snapshot);
}

static void test_a_writer_ends_idle_snapshots(void **state)
{
    fixture *fix = *state;
    toc_store_tend(fix->store);
    toc_conn *idle = fixture_reader(fix), *busy = fixture_reader(fix);
    toc_store_reader_done(fix->store, idle);
    assert_true(idle->snapshot);
    toc_conn *writer = fixture_begin(fix);
    assert_false(idle->snapshot);
    toc_store_reader_done(fix->store, busy);
    assert_false(busy->snapshot);
    must(fix, toc_tx_commit(writer, &fix->err));
}

/* A second store on the file is to the first what another process is. */
static void test_other_processes_are_seen_within_the_bound(void **state)
{
    fixture *fix = *state;
    fixture other = *fix;
    must(&other, fixture_open(&other, false));
    toc_store_tend(fix->store);
    assert_int_equal(count_now(fix), 0);
    add_host(&other, "a.example");
    pause_ms(40);
    assert_int_equal(count_now(fix), 1);
    toc_store_close(other.store);
}

/* --- threads */

enum { WRITERS = 4, EACH = 40 };

typedef struct worker {
    fixture *fix;
    int number, failed;
} worker;

/* Writes and asks for it at once, through a reader that others use as well. */
static void *write_and_read(void *user)
{
    worker *me = user;
    toc_store *store = me->fix->store;
    const toc_type *host =
        toc_types_find(toc_store_types(store), TOC_KIND_INDICATOR, TOC_S("Host"));
    for (int i = 0; i < EACH && !me->failed; i++) {
        toc_conn *conn = NULL;
        toc_object *obj = NULL;
        char name[32];
        int64_t id = 0, ids[3] = {0, 0, 0};
        unsigned found = 0;
        (void)snprintf(name, sizeof(name), "h%d-%d.example", me->number, i);
        toc_str parts[3] = {toc_str_of(name)};
        toc_rc rc = toc_object_new(host, &obj, NULL);
        if (!rc)
            rc = toc_object_set(obj, "hostName", toc_str_of(name), NULL);
        if (!rc)
            rc = toc_tx_begin(store, &conn, NULL);
        if (!rc)
            rc = toc_object_insert(conn, me->fix->owner, obj, FIXTURE_NOW, &id, NULL);
        if (!rc)
            rc = toc_tx_commit(conn, NULL);
        toc_object_free(obj);
        conn = NULL;
        if (!rc)
            rc = toc_store_reader(store, &conn, NULL);
        if (!rc)
            rc = toc_indicator_find(conn, me->fix->owner, host, parts, ids, &found, NULL);
        toc_store_reader_done(store, conn);
        me->failed = rc || found != 1 || ids[0] != id;
    }
    return NULL;
}

static void test_every_thread_sees_its_own(void **state)
{
    fixture *fix = *state;
    pthread_t threads[WRITERS];
    worker workers[WRITERS];
    toc_store_tend(fix->store);
    for (int i = 0; i < WRITERS; i++) {
        workers[i] = (worker){fix, i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, write_and_read, &workers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(workers[i].failed, 0);
    }
    assert_int_equal(count_now(fix), WRITERS * EACH);
}

/* --- who may do what */

static void test_access_changes_are_counted(void **state)
{
    fixture *fix = *state;
    int64_t id = 0;
    toc_conn *reader = fixture_reader(fix);
    uint64_t before = toc_reader_moment(reader).access;
    toc_store_reader_done(fix->store, reader);
    add_host(fix, "a.example");
    reader = fixture_reader(fix);
    assert_int_equal(toc_reader_moment(reader).access, before);
    toc_store_reader_done(fix->store, reader);
    toc_conn *writer = fixture_begin(fix);
    must(fix, toc_user_add(writer, TOC_S("1"), TOC_S("s"), fix->owner, TOC_S(""), &id, &fix->err));
    toc_tx_rollback(writer);
    reader = fixture_reader(fix);
    assert_int_equal(toc_reader_moment(reader).access, before);
    toc_store_reader_done(fix->store, reader);
    writer = fixture_begin(fix);
    must(fix, toc_user_add(writer, TOC_S("1"), TOC_S("s"), fix->owner, TOC_S(""), &id, &fix->err));
    must(fix, toc_tx_commit(writer, &fix->err));
    reader = fixture_reader(fix);
    assert_int_equal(toc_reader_moment(reader).access, before + 1);
    toc_store_reader_done(fix->store, reader);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_reader_shows_one_moment),
        TEST(test_own_writes_are_seen_at_once),
        TEST(test_a_lost_snapshot_is_taken_anew),
        TEST(test_an_outdated_reader_is_not_used_again),
        TEST(test_snapshots_are_kept_only_while_tended),
        TEST(test_a_writer_ends_idle_snapshots),
        TEST(test_other_processes_are_seen_within_the_bound),
        TEST(test_every_thread_sees_its_own),
        TEST(test_access_changes_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
