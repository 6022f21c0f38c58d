/* The rows that a store has, put into the same schema by a bare loop of prepared inserts. */
#include "support/bare.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "support/load.h"

#define TRANSACTION 10000

static _Noreturn void give_up(const char *why)
{
    bench_give_up("bare inserts", why);
}

/* Rows of one table in memory, in the order of the object that they belong to. */
typedef struct stream {
    const char *select; /* first column: the id of the object */
    const char *table;
    toc_buf rows;
    size_t at;
    int columns;
    sqlite3_stmt *stmt;
} stream;

/* The first of a stage gives the order; the others hang on its rows. */
#define STAGES 2
#define STREAMS 6
static stream stages[STAGES][STREAMS] = {
    {{.select = "SELECT id, * FROM entity ORDER BY id", .table = "entity"},
     {.select = "SELECT object_id, * FROM tag_link WHERE kind <> 0 ORDER BY object_id",
      .table = "tag_link"},
     {.select = "SELECT id_a, * FROM link WHERE kind_a <> 0 AND kind_b <> 0 ORDER BY id_a",
      .table = "link"},
     {.select = "SELECT object_id, * FROM attribute WHERE kind <> 0 ORDER BY object_id, id",
      .table = "attribute"}},
    {{.select = "SELECT id, * FROM indicator ORDER BY id", .table = "indicator"},
     {.select = "SELECT indicator_id, * FROM (SELECT * FROM indicator_key UNION ALL"
                " SELECT * FROM indicator_key_new) WHERE indicator_id > 0 ORDER BY indicator_id",
      .table = "indicator_key"},
     {.select = "SELECT object_id, * FROM tag_link WHERE kind = 0 ORDER BY object_id",
      .table = "tag_link"},
     {.select = "SELECT id_a, * FROM link WHERE kind_a = 0 ORDER BY id_a", .table = "link"},
     {.select = "SELECT id_b, * FROM link WHERE kind_b = 0 AND kind_a <> 0 ORDER BY id_b",
      .table = "link"},
     {.select = "SELECT object_id, * FROM attribute WHERE kind = 0 ORDER BY object_id, id",
      .table = "attribute"}},
};

static void put_int(toc_buf *rows, int64_t value)
{
    toc_buf_append(rows, &value, sizeof value);
}

static void pack_column(toc_buf *rows, sqlite3_stmt *stmt, int column)
{
    int type = sqlite3_column_type(stmt, column);
    put_int(rows, type);
    if (type == SQLITE_FLOAT) {
        double value = sqlite3_column_double(stmt, column);
        toc_buf_append(rows, &value, sizeof value);
    } else if (type == SQLITE_TEXT) {
        put_int(rows, sqlite3_column_bytes(stmt, column));
        toc_buf_append(rows, sqlite3_column_text(stmt, column),
                       (size_t)sqlite3_column_bytes(stmt, column));
    } else {
        put_int(rows, sqlite3_column_int64(stmt, column));
    }
}

static void load(sqlite3 *db, stream *table)
{
    toc_buf_init(&table->rows, SIZE_MAX / 2);
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(db, table->select, -1, &stmt, NULL))
        give_up(sqlite3_errmsg(db));
    table->columns = sqlite3_column_count(stmt) - 1;
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        put_int(&table->rows, sqlite3_column_int64(stmt, 0));
        for (int i = 1; i <= table->columns; i++)
            pack_column(&table->rows, stmt, i);
    }
    (void)sqlite3_finalize(stmt);
}

static int64_t take_int(stream *table)
{
    int64_t value;
    memcpy(&value, table->rows.ptr + table->at, sizeof value);
    table->at += sizeof value;
    return value;
}

static void bind_column(stream *table, int column)
{
    int64_t type = take_int(table);
    int64_t value = take_int(table);
    double real;
    if (type == SQLITE_TEXT) {
        (void)sqlite3_bind_text(table->stmt, column, table->rows.ptr + table->at, (int)value,
                                SQLITE_STATIC);
        table->at += (size_t)value;
    } else if (type == SQLITE_INTEGER) {
        (void)sqlite3_bind_int64(table->stmt, column, value);
    } else if (type == SQLITE_FLOAT) {
        memcpy(&real, &value, sizeof real);
        (void)sqlite3_bind_double(table->stmt, column, real);
    } else {
        (void)sqlite3_bind_null(table->stmt, column);
    }
}

/* Inserts the rows of the stream up to and with the object. */
static void insert_until(sqlite3 *db, stream *table, int64_t id)
{
    int64_t key;
    while (table->at < table->rows.len &&
           (memcpy(&key, table->rows.ptr + table->at, sizeof key), key <= id)) {
        (void)take_int(table);
        for (int i = 1; i <= table->columns; i++)
            bind_column(table, i);
        if (sqlite3_step(table->stmt) != SQLITE_DONE)
            give_up(sqlite3_errmsg(db));
        (void)sqlite3_reset(table->stmt);
    }
}

static void execute(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL))
        give_up(sqlite3_errmsg(db));
}

static void copy_schema(sqlite3 *from, sqlite3 *to)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(from, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL", -1, &stmt,
                           NULL))
        give_up(sqlite3_errmsg(from));
    while (sqlite3_step(stmt) == SQLITE_ROW)
        execute(to, (const char *)sqlite3_column_text(stmt, 0));
    (void)sqlite3_finalize(stmt);
}

static void set_up(sqlite3 *from, sqlite3 *to)
{
    sqlite3_stmt *page = NULL;
    (void)sqlite3_prepare_v2(from, "PRAGMA page_size", -1, &page, NULL);
    (void)sqlite3_step(page);
    char pragmas[256];
    (void)snprintf(pragmas, sizeof pragmas,
                   "PRAGMA page_size=%d; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                   "PRAGMA wal_autocheckpoint=20000; PRAGMA cache_size=-65536;",
                   sqlite3_column_int(page, 0));
    (void)sqlite3_finalize(page);
    execute(to, pragmas);
    copy_schema(from, to);
}

static void prepare(sqlite3 *to, stream *table)
{
    char sql[512];
    int used = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES(?", table->table);
    for (int i = 1; i < table->columns; i++)
        used += snprintf(sql + used, sizeof sql - (size_t)used, ",?");
    (void)snprintf(sql + used, sizeof sql - (size_t)used, ")");
    if (sqlite3_prepare_v2(to, sql, -1, &table->stmt, NULL))
        give_up(sqlite3_errmsg(to));
}

static void run_stage(sqlite3 *to, stream streams[STREAMS])
{
    while (streams[0].at < streams[0].rows.len) {
        execute(to, "BEGIN IMMEDIATE");
        for (size_t n = 0; n < TRANSACTION && streams[0].at < streams[0].rows.len; n++) {
            int64_t id;
            memcpy(&id, streams[0].rows.ptr + streams[0].at, sizeof id);
            for (size_t i = 0; i < STREAMS && streams[i].select; i++)
                insert_until(to, &streams[i], id);
        }
        execute(to, "COMMIT");
    }
}

double bench_bare_inserts(const char *store, const char *copy)
{
    sqlite3 *from = NULL;
    sqlite3 *to = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(store, &from, flags, NULL) || sqlite3_open_v2(copy, &to, flags, NULL))
        give_up("a store cannot be opened");
    set_up(from, to);
    for (size_t k = 0; k < STAGES; k++) {
        for (size_t i = 0; i < STREAMS && stages[k][i].select; i++) {
            load(from, &stages[k][i]);
            prepare(to, &stages[k][i]);
        }
    }
    double start = bench_now();
    for (size_t k = 0; k < STAGES; k++)
        run_stage(to, stages[k]);
    double seconds = bench_now() - start;
    for (size_t k = 0; k < STAGES; k++) {
        for (size_t i = 0; i < STREAMS && stages[k][i].select; i++) {
            (void)sqlite3_finalize(stages[k][i].stmt);
            toc_buf_done(&stages[k][i].rows);
        }
    }
    (void)sqlite3_close(from);
    (void)sqlite3_close(to);
    return seconds;
}
