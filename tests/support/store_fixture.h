/* store_fixture.h - a store in a directory of its own, for tests of the store. */
#ifndef TOC_TESTS_STORE_FIXTURE_H
#define TOC_TESTS_STORE_FIXTURE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "store/db.h"
#include "store/store.h"

#define FIXTURE_NOW INT64_C(1709287200) /* 2024-03-01T10:00:00Z */

typedef struct fixture {
    char dir[64];
    char path[96];
    toc_store *store;
    int64_t owner;
    toc_error err;
} fixture;

/* Shows the sentence of an error that was not expected. */
#define must(fix, call)                                                                            \
    do {                                                                                           \
        toc_rc must_rc_ = (call);                                                                  \
        if (must_rc_)                                                                              \
            print_error("%s: %s\n", #call, (fix)->err.message);                                    \
        assert_int_equal(must_rc_, TOC_OK);                                                        \
    } while (0)

static inline toc_rc fixture_open(fixture *fix, bool create)
{
    toc_store_options options = {.path = fix->path, .create = create, .no_sync = true};
    return toc_store_open(&options, &fix->store, &fix->err);
}

static inline toc_conn *fixture_begin(fixture *fix)
{
    toc_conn *conn = NULL;
    must(fix, toc_tx_begin(fix->store, &conn, &fix->err));
    return conn;
}

static inline toc_conn *fixture_reader(fixture *fix)
{
    toc_conn *conn = NULL;
    must(fix, toc_store_reader(fix->store, &conn, &fix->err));
    return conn;
}

/* By a connection of its own, as another process would. */
static inline void fixture_run_sql(fixture *fix, const char *sql)
{
    toc_db *db = NULL;
    toc_db_options options = {.create = true, .busy_ms = 1000};
    must(fix, toc_db_open(fix->path, &options, &db, &fix->err));
    must(fix, toc_db_exec(db, sql, &fix->err));
    toc_db_close(db);
}

/* The first column of the first row. */
static inline int64_t fixture_query_int(fixture *fix, const char *sql)
{
    toc_db *db = NULL;
    toc_stmt *stmt = NULL;
    toc_db_options options = {.busy_ms = 1000};
    must(fix, toc_db_open(fix->path, &options, &db, &fix->err));
    must(fix, toc_db_stmt(db, sql, &stmt, &fix->err));
    assert_int_equal(toc_step(stmt, &fix->err), 1);
    int64_t value = toc_column_int(stmt, 0);
    toc_db_close(db);
    return value;
}

static inline void fixture_dir(fixture *fix)
{
    memset(fix, 0, sizeof(*fix));
    (void)snprintf(fix->dir, sizeof(fix->dir), "store_test_XXXXXX");
    assert_non_null(mkdtemp(fix->dir));
    (void)snprintf(fix->path, sizeof(fix->path), "%s/store.db", fix->dir);
}

static inline void fixture_remove(fixture *fix)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal", ".key"};
    char name[128];
    toc_store_close(fix->store);
    fix->store = NULL;
    for (size_t i = 0; i < TOC_COUNT(endings); i++) {
        (void)snprintf(name, sizeof(name), "%s%s", fix->path, endings[i]);
        (void)unlink(name);
    }
    assert_int_equal(rmdir(fix->dir), 0);
}

/* Whether the target carries a tag or label with this id. */
typedef struct fixture_wanted {
    int64_t id;
    bool found;
} fixture_wanted;

static inline toc_rc fixture_see_tag(void *user, int64_t id, const toc_tag *tag)
{
    fixture_wanted *wanted = user;
    (void)tag;
    wanted->found |= id == wanted->id;
    return TOC_OK;
}

static inline bool fixture_has_tag(fixture *fix, toc_conn *conn, int64_t tag, toc_target target)
{
    fixture_wanted wanted = {.id = tag};
    must(fix,
         toc_tag_each(conn, fix->owner, target, NULL, 0, 0, fixture_see_tag, &wanted, &fix->err));
    return wanted.found;
}

static inline toc_rc fixture_see_label(void *user, int64_t id, const toc_label *label)
{
    fixture_wanted *wanted = user;
    (void)label;
    wanted->found |= id == wanted->id;
    return TOC_OK;
}

static inline bool fixture_has_label(fixture *fix, toc_conn *conn, int64_t label, toc_target target)
{
    fixture_wanted wanted = {.id = label};
    must(fix, toc_label_each(conn, fix->owner, target, NULL, 0, 0, fixture_see_label, &wanted,
                             &fix->err));
    return wanted.found;
}

static inline int fixture_setup(void **state)
{
    fixture *fix = test_malloc(sizeof(*fix));
    fixture_dir(fix);
    must(fix, fixture_open(fix, true));
    toc_conn *conn = fixture_begin(fix);
    must(fix,
         toc_owner_add(conn, TOC_S("Acme CTI"), TOC_S("Organization"), &fix->owner, &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
    *state = fix;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    fixture *fix = *state;
    if (fix->store)
        must(fix, toc_store_check(fix->store, &fix->err));
    fixture_remove(fix);
    test_free(fix);
    return 0;
}

static inline const toc_type *fixture_type(fixture *fix, toc_kind kind, const char *name)
{
    const toc_type *type = toc_types_find(toc_store_types(fix->store), kind, toc_str_of(name));
    assert_non_null(type);
    return type;
}

/* A checked object with the fields of pairs (name, value, ..., NULL). */
static inline toc_object *fixture_object(fixture *fix, toc_kind kind, const char *type, ...)
{
    toc_object *obj = NULL;
    must(fix, toc_object_new(fixture_type(fix, kind, type), &obj, &fix->err));
    va_list args;
    va_start(args, type);
    for (const char *name; (name = va_arg(args, const char *)) != NULL;) {
        const char *value = va_arg(args, const char *);
        must(fix, toc_object_set(obj, name, toc_str_of(value), &fix->err));
    }
    va_end(args);
    return obj;
}

/* Inserts the object, frees it, returns the id. */
static inline int64_t fixture_insert(fixture *fix, toc_conn *conn, toc_object *obj)
{
    int64_t id = 0;
    must(fix, toc_object_check(obj, &fix->err));
    must(fix, toc_object_insert(conn, fix->owner, obj, FIXTURE_NOW, &id, &fix->err));
    assert_true(id > 0);
    toc_object_free(obj);
    return id;
}

static inline int64_t fixture_host(fixture *fix, toc_conn *conn, const char *name)
{
    return fixture_insert(
        fix, conn, fixture_object(fix, TOC_KIND_INDICATOR, "Host", "hostName", name, (char *)NULL));
}

static inline int64_t fixture_group(fixture *fix, toc_conn *conn, const char *type,
                                    const char *name)
{
    return fixture_insert(fix, conn,
                          fixture_object(fix, TOC_KIND_GROUP, type, "name", name, (char *)NULL));
}

static inline int64_t fixture_count(fixture *fix, toc_conn *conn, toc_query query)
{
    int64_t count = -1;
    query.owner = fix->owner;
    must(fix, toc_object_count(conn, &query, &count, &fix->err));
    return count;
}

/* Ids of a list, as they came. */
typedef struct id_list {
    int64_t ids[512];
    size_t count;
} id_list;

static inline toc_rc id_list_add(void *user, int64_t id, toc_object *obj)
{
    (void)obj;
    id_list *list = user;
    assert_true(list->count < TOC_COUNT(list->ids));
    list->ids[list->count++] = id;
    return TOC_OK;
}

static inline id_list fixture_ids(fixture *fix, toc_conn *conn, toc_query query)
{
    id_list list = {.count = 0};
    query.owner = fix->owner;
    must(fix, toc_object_each(conn, &query, id_list_add, &list, &fix->err));
    return list;
}
#endif
