/* store_sqlite.c - the seam to the engine: statements, values, failures. */
#include "support/store_fixture.h"

#include "store/db.h"

typedef struct engine {
    fixture fix;
    toc_db *db;
} engine;

static int setup(void **state)
{
    engine *it = test_malloc(sizeof(*it));
    toc_db_options options = {.create = true, .no_sync = true, .busy_ms = 50};
    fixture_dir(&it->fix);
    must(&it->fix, toc_db_open(it->fix.path, &options, &it->db, &it->fix.err));
    must(&it->fix, toc_db_exec(it->db, "CREATE TABLE t(id INTEGER PRIMARY KEY, v, u TEXT UNIQUE)",
                               &it->fix.err));
    *state = it;
    return 0;
}

static int teardown(void **state)
{
    engine *it = *state;
    toc_db_close(it->db);
    fixture_remove(&it->fix);
    test_free(it);
    return 0;
}

static toc_stmt *statement(engine *it, const char *sql)
{
    toc_stmt *stmt = NULL;
    must(&it->fix, toc_db_stmt(it->db, sql, &stmt, &it->fix.err));
    return stmt;
}

static void test_values(void **state)
{
    engine *it = *state;
    toc_stmt *stmt = statement(it, "INSERT INTO t(id, v, u) VALUES(7, ?, ?)");
    toc_bind_double(stmt, 1, 2.5);
    toc_bind_text(stmt, 2, TOC_S("a\0b"));
    must(&it->fix, toc_run(stmt, &it->fix.err));
    assert_int_equal(toc_db_changes(it->db), 1);
    stmt = statement(it, "SELECT v, u, NULL, ?, ?, '' FROM t");
    toc_bind_text(stmt, 1, (toc_str){NULL, 0});
    toc_bind_blob(stmt, 2, TOC_S("\xff\x01"));
    assert_int_equal(toc_step(stmt, &it->fix.err), 1);
    assert_true(toc_column_double(stmt, 0) == 2.5);
    assert_int_equal(toc_column_int(stmt, 0), 2);
    assert_true(toc_str_equal(toc_column_text(stmt, 1), TOC_S("a\0b")));
    assert_true(toc_column_is_null(stmt, 2));
    assert_null(toc_column_text(stmt, 2).ptr);
    assert_true(toc_column_is_null(stmt, 3));
    assert_true(toc_str_equal(toc_column_text(stmt, 4), TOC_S("\xff\x01")));
    assert_non_null(toc_column_text(stmt, 5).ptr);
    assert_int_equal(toc_step(stmt, &it->fix.err), 0);
}

static void test_statements_are_kept(void **state)
{
    engine *it = *state;
    static const char sql[] = "SELECT ?";
    char copy[] = "SELECT ?";
    toc_stmt *first = statement(it, sql);
    toc_stmt_reset(first);
    toc_stmt_reset(first);
    assert_ptr_equal(statement(it, copy), first);
    /* Handed out: the next one gets a twin. */
    toc_stmt *twin = statement(it, sql);
    assert_ptr_not_equal(twin, first);
    toc_bind_int(first, 1, 5);
    assert_int_equal(toc_step(first, NULL), 1);
    toc_bind_int(twin, 1, 6);
    assert_int_equal(toc_step(twin, NULL), 1);
    assert_int_equal(toc_column_int(first, 0), 5);
    toc_stmt_reset(first);
    /* What was bound does not stay. */
    assert_ptr_equal(statement(it, sql), first);
    assert_int_equal(toc_step(first, NULL), 1);
    assert_true(toc_column_is_null(first, 0));
    toc_stmt_reset(first);
    toc_stmt_reset(twin);
    /* The same place with another text is another statement. */
    copy[0] = ' ';
    memcpy(copy, "SELECT 1", 8);
    first = statement(it, copy);
    assert_int_equal(toc_step(first, NULL), 1);
    assert_int_equal(toc_column_int(first, 0), 1);
    toc_stmt_reset(first);
}

static void test_many_statements(void **state)
{
    engine *it = *state;
    toc_stmt *held = statement(it, "SELECT 'held'");
    assert_int_equal(toc_step(held, NULL), 1);
    for (int i = 0; i < 1500; i++) {
        char sql[32];
        (void)snprintf(sql, sizeof(sql), "SELECT %d", i);
        toc_stmt *stmt = statement(it, sql);
        assert_int_equal(toc_step(stmt, NULL), 1);
        assert_int_equal(toc_column_int(stmt, 0), i);
        toc_stmt_reset(stmt);
    }
    assert_true(toc_str_equal(toc_column_text(held, 0), TOC_S("held")));
    toc_stmt_reset(held);
}

static void test_failures(void **state)
{
    engine *it = *state;
    toc_error *err = &it->fix.err;
    toc_stmt *stmt = NULL;
    assert_int_equal(toc_db_stmt(it->db, "SELEKT", &stmt, err), TOC_ESTORE);
    assert_int_equal(toc_db_stmt(it->db, "", &stmt, err), TOC_ESTORE);
    assert_null(stmt);
    assert_int_equal(toc_db_exec(it->db, "SELECT nothing", err), TOC_ESTORE);
    assert_non_null(strstr(err->message, it->fix.path));
    must(&it->fix, toc_db_exec(it->db, "INSERT INTO t(u) VALUES('x')", err));
    assert_int_equal(toc_run(statement(it, "INSERT INTO t(u) VALUES('x')"), err), TOC_ECONFLICT);
    /* A bind that failed is not forgotten. */
    stmt = statement(it, "SELECT ?");
    toc_bind_int(stmt, 9, 1);
    assert_true(toc_step(stmt, err) < 0);
    stmt = statement(it, "SELECT ?");
    assert_int_equal(toc_step(stmt, err), 1);
    toc_stmt_reset(stmt);
}

static void test_full(void **state)
{
    engine *it = *state;
    toc_error *err = &it->fix.err;
    must(&it->fix, toc_db_exec(it->db, "PRAGMA max_page_count=8", err));
    must(&it->fix, toc_db_begin(it->db, true, err));
    toc_rc rc = TOC_OK;
    for (int i = 0; !rc && i < 100; i++)
        rc = toc_run(statement(it, "INSERT INTO t(v) VALUES(zeroblob(1000))"), err);
    assert_int_equal(rc, TOC_ESTORE);
    assert_non_null(strstr(err->message, "full"));
    assert_true(err->flags & TOC_ERROR_RETRYABLE);
    toc_db_rollback(it->db);
    toc_db_rollback(it->db);
    assert_int_equal(toc_db_commit(it->db, err), TOC_ESTORE);
    toc_stmt *stmt = statement(it, "SELECT count(*) FROM t");
    assert_int_equal(toc_step(stmt, err), 1);
    assert_int_equal(toc_column_int(stmt, 0), 0);
    toc_stmt_reset(stmt);
}

static void test_busy_and_read_only(void **state)
{
    engine *it = *state;
    toc_error *err = &it->fix.err;
    toc_db *other = NULL;
    toc_db_options options = {.busy_ms = 20};
    must(&it->fix, toc_db_open(it->fix.path, &options, &other, err));
    must(&it->fix, toc_db_begin(it->db, true, err));
    assert_int_equal(toc_db_begin(other, true, err), TOC_ESTORE);
    assert_true(err->flags & TOC_ERROR_RETRYABLE);
    must(&it->fix, toc_db_commit(it->db, err));
    toc_db_close(other);
    options.read_only = true;
    must(&it->fix, toc_db_open(it->fix.path, &options, &other, err));
    assert_int_equal(toc_db_exec(other, "INSERT INTO t(v) VALUES(1)", err), TOC_ESTORE);
    assert_non_null(strstr(err->message, "read-only"));
    toc_db_close(other);
    assert_int_equal(toc_db_open("no-such-file.db", &options, &other, err), TOC_ENOTFOUND);
    assert_int_equal(toc_db_open("store_sqlite.c/x/y", &options, &other, err), TOC_ENOTFOUND);
    toc_db_close(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_values),
        TEST(test_statements_are_kept),
        TEST(test_many_statements),
        TEST(test_failures),
        TEST(test_full),
        TEST(test_busy_and_read_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
