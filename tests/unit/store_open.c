/* store_open.c - creating, opening and refusing to open a store. */
#include "support/store_fixture.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/db.h"

static int dir_setup(void **state)
{
    fixture *fix = test_malloc(sizeof(*fix));
    fixture_dir(fix);
    *state = fix;
    return 0;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_mentions(const fixture *fix, const char *text)
{
    if (!strstr(fix->err.message, text))
        fail_msg("\"%s\" does not mention \"%s\"", fix->err.message, text);
}

static void test_create_and_reopen(void **state)
{
    fixture *fix = *state;
    struct stat info;
    char key[128];
    must(fix, fixture_open(fix, true));
    (void)snprintf(key, sizeof(key), "%s.key", fix->path);
    assert_int_equal(stat(key, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    toc_conn *conn = fixture_begin(fix);
    must(fix, toc_owner_add(conn, TOC_S("Acme"), TOC_S("Organization"), &fix->owner, &fix->err));
    int64_t host = fixture_host(fix, conn, "a.example");
    must(fix, toc_tx_commit(conn, &fix->err));
    toc_store_close(fix->store);
    fix->store = NULL;
    must(fix, fixture_open(fix, false));
    conn = fixture_reader(fix);
    int64_t ids[3];
    unsigned count = 0;
    toc_str parts[3] = {TOC_S("a.example")};
    const toc_type *type = fixture_type(fix, TOC_KIND_INDICATOR, "Host");
    must(fix, toc_indicator_find(conn, fix->owner, type, parts, ids, &count, &fix->err));
    assert_int_equal(count, 1);
    assert_int_equal(ids[0], host);
    toc_store_reader_done(fix->store, conn);
}

static void test_ids_are_never_given_twice(void **state)
{
    fixture *fix = *state;
    must(fix, fixture_open(fix, true));
    toc_conn *conn = fixture_begin(fix);
    must(fix, toc_owner_add(conn, TOC_S("Acme"), TOC_S("Organization"), &fix->owner, &fix->err));
    int64_t first = fixture_host(fix, conn, "a.example");
    must(fix,
         toc_object_remove(conn, fix->owner, TOC_KIND_INDICATOR, first, FIXTURE_NOW, &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
    toc_store_close(fix->store);
    must(fix, fixture_open(fix, false));
    conn = fixture_begin(fix);
    assert_true(fixture_host(fix, conn, "a.example") > first);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_missing(void **state)
{
    fixture *fix = *state;
    assert_int_equal(fixture_open(fix, false), TOC_ENOTFOUND);
    assert_mentions(fix, fix->path);
    toc_store_options options = {.path = "no/such/directory/store.db", .create = true};
    assert_int_equal(toc_store_open(&options, &fix->store, &fix->err), TOC_ENOTFOUND);
    assert_mentions(fix, "no/such/directory/store.db");
    options.path = "";
    assert_int_equal(toc_store_open(&options, &fix->store, &fix->err), TOC_EINVAL);
    options.path = ".";
    assert_int_equal(toc_store_open(&options, &fix->store, &fix->err), TOC_ESTORE);
    assert_null(fix->store);
}

static void test_empty(void **state)
{
    fixture *fix = *state;
    struct stat info;
    write_file(fix->path, "");
    assert_int_equal(fixture_open(fix, false), TOC_ENOTFOUND);
    assert_mentions(fix, "is empty: there is no store in it");
    assert_int_equal(stat(fix->path, &info), 0);
    assert_int_equal(info.st_size, 0);
    must(fix, fixture_open(fix, true));
    toc_store_close(fix->store);
    fix->store = NULL;
    must(fix, fixture_open(fix, false));
}

static void test_not_a_database(void **state)
{
    fixture *fix = *state;
    write_file(fix->path, "this is a letter to my grandmother, and a rather long one at that: "
                          "more than a hundred bytes, so that it has room for a header.");
    assert_int_equal(fixture_open(fix, true), TOC_ESTORE);
    assert_mentions(fix, "not a database");
    assert_mentions(fix, fix->path);
}

static void test_other_program(void **state)
{
    fixture *fix = *state;
    fixture_run_sql(fix, "CREATE TABLE recipe(name TEXT)");
    assert_int_equal(fixture_open(fix, true), TOC_ESTORE);
    assert_mentions(fix, "another program");
}

static void test_newer_schema(void **state)
{
    fixture *fix = *state;
    must(fix, fixture_open(fix, true));
    toc_store_close(fix->store);
    fix->store = NULL;
    fixture_run_sql(fix, "UPDATE meta SET value = '99' WHERE name = 'schema'");
    assert_int_equal(fixture_open(fix, false), TOC_ESTORE);
    assert_mentions(fix, "newer");
    fixture_run_sql(fix, "UPDATE meta SET value = 'x' WHERE name = 'schema'");
    assert_int_equal(fixture_open(fix, false), TOC_ESTORE);
    assert_mentions(fix, "damaged");
}

static void test_key_file(void **state)
{
    fixture *fix = *state;
    char key[128];
    int64_t id;
    (void)snprintf(key, sizeof(key), "%s.key", fix->path);
    must(fix, fixture_open(fix, true));
    toc_store_close(fix->store);
    fix->store = NULL;
    assert_int_equal(chmod(key, 0644), 0);
    assert_int_equal(fixture_open(fix, false), TOC_ESTORE);
    assert_mentions(fix, "0600");
    /* Nothing is sealed yet: a new key does no harm. */
    assert_int_equal(unlink(key), 0);
    must(fix, fixture_open(fix, false));
    toc_conn *conn = fixture_begin(fix);
    must(fix, toc_owner_add(conn, TOC_S("Acme"), TOC_S("Organization"), &fix->owner, &fix->err));
    must(fix, toc_user_add(conn, TOC_S("1"), TOC_S("s"), fix->owner, TOC_S(""), &id, &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
    toc_store_close(fix->store);
    fix->store = NULL;
    assert_int_equal(unlink(key), 0);
    assert_int_equal(fixture_open(fix, false), TOC_ENOTFOUND);
    assert_mentions(fix, "key file");
    write_file(key, "nonsense\n");
    assert_int_equal(chmod(key, 0600), 0);
    assert_int_equal(fixture_open(fix, false), TOC_ESTORE);
    assert_mentions(fix, "not a key file");
}

static void test_custom_type(void **state)
{
    fixture *fix = *state;
    static const toc_field fields[] = {
        {.name = "Wallet", .flags = TOC_FIELD_KEY | TOC_FIELD_CREATE | TOC_FIELD_IN_LIST},
        {.name = "balance", .value = TOC_VALUE_INT, .flags = TOC_FIELD_CREATE},
        {.name = "closed", .value = TOC_VALUE_DATE, .flags = TOC_FIELD_CREATE},
        {.name = "share", .value = TOC_VALUE_DECIMAL, .flags = TOC_FIELD_CREATE},
    };
    static const toc_type type = {.name = "Wallet",
                                  .entity = "wallet",
                                  .branch = "wallets",
                                  .kind = TOC_KIND_INDICATOR,
                                  .traits = TOC_TYPE_CUSTOM,
                                  .letter_case = TOC_CASE_SENSITIVE,
                                  .key_count = 1,
                                  .fields = fields,
                                  .field_count = TOC_COUNT(fields)};
    must(fix, fixture_open(fix, true));
    toc_conn *conn = fixture_begin(fix);
    must(fix, toc_owner_add(conn, TOC_S("Acme"), TOC_S("Organization"), &fix->owner, &fix->err));
    must(fix, toc_type_define(conn, &type, &fix->err));
    assert_int_equal(toc_type_define(conn, &type, &fix->err), TOC_ECONFLICT);
    must(fix, toc_tx_commit(conn, &fix->err));
    toc_store_close(fix->store);
    must(fix, fixture_open(fix, false));
    conn = fixture_begin(fix);
    toc_object *obj = fixture_object(fix, TOC_KIND_INDICATOR, "Wallet", "Wallet", "bc1q", "balance",
                                     "7", "closed", "2024-02-28", "share", "0.25", (char *)NULL);
    int64_t id = fixture_insert(fix, conn, obj);
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_reader(fix);
    id_list list =
        fixture_ids(fix, conn,
                    (toc_query){.kind = TOC_KIND_INDICATOR,
                                .type = fixture_type(fix, TOC_KIND_INDICATOR, "wallets")});
    assert_int_equal(list.count, 1);
    assert_int_equal(list.ids[0], id);
    toc_store_reader_done(fix->store, conn);
}

static void test_check_finds_damage(void **state)
{
    fixture *fix = *state;
    must(fix, fixture_open(fix, true));
    toc_conn *conn = fixture_begin(fix);
    must(fix, toc_owner_add(conn, TOC_S("Acme"), TOC_S("Organization"), &fix->owner, &fix->err));
    fixture_host(fix, conn, "a.example");
    must(fix, toc_tx_commit(conn, &fix->err));
    must(fix, toc_store_check(fix->store, &fix->err));
    fixture_run_sql(fix, "UPDATE counter SET n = 5");
    assert_int_equal(toc_store_check(fix->store, &fix->err), TOC_ESTORE);
    assert_mentions(fix, "counters");
    fixture_run_sql(fix, "UPDATE counter SET n = 1; INSERT INTO link VALUES(0, 1, 1, 1, '')");
    assert_int_equal(toc_store_check(fix->store, &fix->err), TOC_ESTORE);
    assert_mentions(fix, "links");
    fixture_run_sql(fix, "DELETE FROM link; DELETE FROM indicator_key_new;"
                         " UPDATE sequence SET next_id = 0 WHERE name = 'key_fresh'");
    assert_int_equal(toc_store_check(fix->store, &fix->err), TOC_ESTORE);
    assert_mentions(fix, "no key");
}

/* Another process has migrated the store while this one has it open: from then on this one writes
 * nothing, however often it is asked. */
static void test_migrated_by_another(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = NULL;
    must(fix, fixture_open(fix, true));
    conn = fixture_begin(fix);
    must(fix, toc_owner_add(conn, TOC_S("Acme"), TOC_S("Organization"), &fix->owner, &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
    int64_t version =
        fixture_query_int(fix, "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'schema'");
    fixture_run_sql(fix, "UPDATE meta SET value = value + 1 WHERE name = 'schema'");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(toc_tx_begin(fix->store, &conn, &fix->err), TOC_ESTORE);
        assert_mentions(fix, "newer");
    }
    fixture_run_sql(fix, "UPDATE meta SET value = value - 2 WHERE name = 'schema'");
    assert_int_equal(toc_tx_begin(fix->store, &conn, &fix->err), TOC_ESTORE);
    assert_mentions(fix, "set back");
    fixture_run_sql(fix, "UPDATE meta SET value = value + 1 WHERE name = 'schema'");
    assert_int_equal(
        fixture_query_int(fix, "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'schema'"),
        version);
    conn = fixture_begin(fix);
    fixture_host(fix, conn, "a.example");
    must(fix, toc_tx_commit(conn, &fix->err));
    must(fix, toc_store_check(fix->store, &fix->err));
}

/* A program of schema version 4 that has the store open counts its indicators in `cell`, and knows
 * nothing of the blocks. */
static void test_old_programs_cannot_write(void **state)
{
    fixture *fix = *state;
    toc_db *db = NULL;
    toc_db_options options = {.create = true, .busy_ms = 1000};
    must(fix, fixture_open(fix, true));
    must(fix, toc_db_open(fix->path, &options, &db, &fix->err));
    assert_int_equal(
        toc_db_exec(db,
                    "INSERT INTO cell(owner_id, type_id, active, rating, confidence, n)"
                    " VALUES(1, 1, 1, 4.0, 50, 1)"
                    " ON CONFLICT(owner_id, type_id, active, rating, confidence)"
                    " DO UPDATE SET n = n + excluded.n",
                    &fix->err),
        TOC_ESTORE);
    assert_mentions(fix, "no such table: cell");
    toc_db_close(db);
}

/* A disk that fails, or another program that cuts the file, is an error of the request that meets
 * it: no part of the file is mapped, where it would be a signal that ends the process. */
static void test_file_cut_short(void **state)
{
    enum { HOSTS = 3000 };
    fixture *fix = *state;
    int64_t ids[3];
    unsigned count = 0;
    toc_rc rc = TOC_OK;
    must(fix, fixture_open(fix, true));
    toc_conn *conn = fixture_begin(fix);
    must(fix, toc_owner_add(conn, TOC_S("Acme"), TOC_S("Organization"), &fix->owner, &fix->err));
    for (int i = 0; i < HOSTS; i++) {
        char name[32];
        (void)snprintf(name, sizeof(name), "host-%d.example", i);
        fixture_host(fix, conn, name);
    }
    must(fix, toc_tx_commit(conn, &fix->err));
    toc_store_close(fix->store);
    must(fix, fixture_open(fix, false));
    const toc_type *type = fixture_type(fix, TOC_KIND_INDICATOR, "Host");
    conn = fixture_reader(fix);
    for (int i = 0; !rc && i < HOSTS; i++) {
        char name[32];
        toc_str parts[3] = {{name, (size_t)snprintf(name, sizeof(name), "host-%d.example", i)}};
        rc = toc_indicator_find(conn, fix->owner, type, parts, ids, &count, &fix->err);
        if (i == 0) {
            must(fix, rc);
            assert_int_equal(truncate(fix->path, 65536), 0);
        }
    }
    assert_int_equal(rc, TOC_ESTORE);
    toc_store_reader_done(fix->store, conn);
}

/* Inserts until the file may not grow; 0 when all was refused and undone as it should be. */
static int fill_up(fixture *fix)
{
    struct rlimit limit = {1U << 20, 1U << 20};
    toc_conn *conn = NULL;
    int64_t owner = 0, id = 0, count = -1;
    if (toc_tx_begin(fix->store, &conn, NULL) ||
        toc_owner_add(conn, TOC_S("Full"), TOC_S("Source"), &owner, NULL) ||
        toc_tx_commit(conn, NULL))
        return 1;
    (void)signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) || toc_tx_begin(fix->store, &conn, NULL))
        return 2;
    toc_object *obj = NULL;
    toc_rc rc = toc_object_new(fixture_type(fix, TOC_KIND_INDICATOR, "Mutex"), &obj, NULL);
    for (int i = 0; !rc && i < 200000; i++) {
        char name[600];
        (void)snprintf(name, sizeof(name), "%0500d", i);
        rc = toc_object_set(obj, "Mutex", toc_str_of(name), NULL);
        if (!rc)
            rc = toc_object_insert(conn, owner, obj, FIXTURE_NOW, &id, &fix->err);
        if (!rc && i % 1000 == 999) {
            rc = toc_tx_commit(TOC_TAKE(conn), &fix->err);
            if (!rc)
                rc = toc_tx_begin(fix->store, &conn, &fix->err);
        }
    }
    toc_tx_rollback(conn);
    toc_object_free(obj);
    if (rc != TOC_ESTORE || !strstr(fix->err.message, "full") ||
        !(fix->err.flags & TOC_ERROR_RETRYABLE))
        return 3;
    if (toc_store_reader(fix->store, &conn, NULL))
        return 4;
    toc_query query = {.owner = owner, .kind = TOC_KIND_INDICATOR};
    if (toc_object_count(conn, &query, &count, NULL) || count % 1000)
        return 5;
    toc_store_reader_done(fix->store, conn);
    return toc_store_check(fix->store, NULL) ? 6 : 0;
}

static void test_full_disk(void **state)
{
    fixture *fix = *state;
    int status = 0;
    (void)fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int failed = fixture_open(fix, true) ? 9 : fill_up(fix);
        if (failed)
            (void)fprintf(stderr, "step %d: %s\n", failed, fix->err.message);
        toc_store_close(fix->store);
        _exit(failed);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    must(fix, fixture_open(fix, false));
    must(fix, toc_store_check(fix->store, &fix->err));
}

static int dir_teardown(void **state)
{
    fixture *fix = *state;
    fixture_remove(fix);
    test_free(fix);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dir_setup, dir_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_create_and_reopen),
        TEST(test_ids_are_never_given_twice),
        TEST(test_missing),
        TEST(test_empty),
        TEST(test_not_a_database),
        TEST(test_other_program),
        TEST(test_newer_schema),
        TEST(test_key_file),
        TEST(test_custom_type),
        TEST(test_check_finds_damage),
        TEST(test_migrated_by_another),
        TEST(test_old_programs_cannot_write),
        TEST(test_file_cut_short),
        TEST(test_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
