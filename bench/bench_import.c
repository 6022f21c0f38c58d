/* The whole import of a CSV file into an embedded store against a bare loop of prepared inserts of
 * the same rows into the same schema, with the same transaction size and synchronous setting.
 * Usage: bench_import FILE.csv [DIRECTORY]. The file has the columns type, value, label. */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tocsin/platform.h"
#include "tocsin/tocsin.h"

#define TRANSACTION 10000

static double now(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void die(const char *text)
{
    (void)fprintf(stderr, "bench_import: %s\n", text);
    exit(1);
}

static toc_rc feed(toc_import *import, const char *path, toc_error *err)
{
    static char block[1U << 18];
    FILE *file = fopen(path, "re");
    if (!file)
        die("the CSV file cannot be opened");
    toc_rc rc = TOC_OK;
    for (size_t n = 1; !rc && n;) {
        n = fread(block, 1, sizeof block, file);
        rc = toc_import_csv(import, block, n, n == 0, err);
    }
    (void)fclose(file);
    return rc;
}

static toc_session *open_embedded(const char *store, toc_error *err)
{
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    options.store = store;
    options.create = true;
    options.synchronous_batch = UINT32_MAX;
    toc_platform *platform = NULL;
    toc_new_user user;
    toc_transport transport;
    int64_t id = 0;
    toc_session_options session = TOC_SESSION_OPTIONS_INIT;
    session.owner = "Demo";
    session.transport = &transport;
    toc_session *sess = NULL;
    if (toc_platform_open(&options, &platform, err) ||
        toc_platform_add_owner(platform, "Demo", "Organization", &id, err) ||
        toc_platform_add_user(platform, "Demo", &user, err) ||
        toc_platform_transport(platform, true, &transport, err) ||
        toc_session_open(&session, &sess, err))
        die(err->message);
    return sess;
}

static double import_embedded(const char *csv, const char *store, uint64_t *records)
{
    toc_error err = {0};
    toc_session *sess = open_embedded(store, &err);
    const char *tags[] = {"label"};
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = "Demo";
    options.chunk_items = 20000;
    options.tag_write_type = "Append";
    options.attribute_write_type = "Singleton";
    toc_import_options columns = TOC_IMPORT_OPTIONS_INIT;
    columns.owner = "Demo";
    columns.group_column = "label";
    columns.tag_columns = tags;
    columns.tag_column_count = 1;
    toc_batch *batch = NULL;
    toc_import *import = NULL;
    toc_batch_status status;
    double start = now();
    if (toc_batch_new(&options, &batch, &err) ||
        toc_import_new(&columns, NULL, batch, NULL, NULL, &import, &err) || feed(import, csv, &err))
        die(err.message);
    toc_rc rc = toc_batch_submit(batch, sess, NULL, &status, &err);
    if (rc && rc != TOC_EPARTIAL)
        die(err.message);
    *records = toc_import_counted(import).records;
    double seconds = now() - start;
    toc_import_free(import);
    toc_batch_free(batch);
    toc_session_close(sess);
    return seconds;
}

/* Rows of one table in memory, in the order of the indicator that they belong to. */
typedef struct stream {
    const char *select; /* first column: the indicator's id */
    const char *insert;
    toc_buf rows;
    size_t at;
    int columns;
    sqlite3_stmt *stmt;
} stream;

static stream streams[] = {
    {.select = "SELECT id, * FROM indicator ORDER BY id",
     .insert = "INSERT INTO indicator VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"},
    {.select = "SELECT indicator_id, * FROM indicator_key WHERE indicator_id > 0 "
               "ORDER BY indicator_id",
     .insert = "INSERT INTO indicator_key VALUES(?,?)"},
    {.select = "SELECT object_id, * FROM tag_link WHERE kind = 0 ORDER BY object_id",
     .insert = "INSERT INTO tag_link VALUES(?,?,?)"},
    {.select = "SELECT id_a, * FROM link WHERE kind_a = 0 ORDER BY id_a",
     .insert = "INSERT INTO link VALUES(?,?,?,?,?)"},
    {.select = "SELECT id_b, * FROM link WHERE kind_b = 0 ORDER BY id_b",
     .insert = "INSERT INTO link VALUES(?,?,?,?,?)"},
    {.select = "SELECT object_id, * FROM attribute WHERE kind = 0 ORDER BY object_id, id",
     .insert = "INSERT INTO attribute VALUES(?,?,?,?,?,?,?,?,?,?,?)"},
};
#define STREAMS (sizeof streams / sizeof streams[0])

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
        die(sqlite3_errmsg(db));
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

/* Inserts the rows of the stream up to and with the indicator. */
static void insert_until(sqlite3 *db, stream *table, int64_t id)
{
    int64_t key;
    while (table->at < table->rows.len &&
           (memcpy(&key, table->rows.ptr + table->at, sizeof key), key <= id)) {
        (void)take_int(table);
        for (int i = 1; i <= table->columns; i++)
            bind_column(table, i);
        if (sqlite3_step(table->stmt) != SQLITE_DONE)
            die(sqlite3_errmsg(db));
        (void)sqlite3_reset(table->stmt);
    }
}

static void execute(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL))
        die(sqlite3_errmsg(db));
}

static void copy_schema(sqlite3 *from, sqlite3 *to)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(from, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL", -1, &stmt,
                           NULL))
        die(sqlite3_errmsg(from));
    while (sqlite3_step(stmt) == SQLITE_ROW)
        execute(to, (const char *)sqlite3_column_text(stmt, 0));
    (void)sqlite3_finalize(stmt);
}

static double bare_loop(const char *store, const char *copy)
{
    sqlite3 *from = NULL;
    sqlite3 *to = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(store, &from, flags, NULL) || sqlite3_open_v2(copy, &to, flags, NULL))
        die("a store cannot be opened");
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
    for (size_t i = 0; i < STREAMS; i++)
        load(from, &streams[i]);
    for (size_t i = 0; i < STREAMS; i++)
        if (sqlite3_prepare_v2(to, streams[i].insert, -1, &streams[i].stmt, NULL))
            die(sqlite3_errmsg(to));
    double start = now();
    while (streams[0].at < streams[0].rows.len) {
        execute(to, "BEGIN IMMEDIATE");
        for (size_t n = 0; n < TRANSACTION && streams[0].at < streams[0].rows.len; n++) {
            int64_t id;
            memcpy(&id, streams[0].rows.ptr + streams[0].at, sizeof id);
            for (size_t i = 0; i < STREAMS; i++)
                insert_until(to, &streams[i], id);
        }
        execute(to, "COMMIT");
    }
    double seconds = now() - start;
    for (size_t i = 0; i < STREAMS; i++)
        (void)sqlite3_finalize(streams[i].stmt);
    (void)sqlite3_close(from);
    (void)sqlite3_close(to);
    return seconds;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        die("usage: bench_import FILE.csv [DIRECTORY]");
    char dir[512];
    (void)snprintf(dir, sizeof dir, "%s/tocsin-bench-XXXXXX", argc > 2 ? argv[2] : "/tmp");
    if (!mkdtemp(dir))
        die("no temporary directory");
    char store[600];
    char copy[600];
    (void)snprintf(store, sizeof store, "%s/store.db", dir);
    (void)snprintf(copy, sizeof copy, "%s/bare.db", dir);
    uint64_t records = 0;
    double imported = import_embedded(argv[1], store, &records);
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    double bare = bare_loop(store, copy);
    (void)printf("{\"bench\":\"import_embedded\",\"value\":%.0f,\"unit\":\"records/s\","
                 "\"records\":%" PRIu64 ",\"seconds\":%.2f,\"resident_kb\":%ld}\n",
                 (double)records / imported, records, imported, usage.ru_maxrss);
    (void)printf("{\"bench\":\"import_bare_inserts\",\"value\":%.0f,\"unit\":\"records/s\","
                 "\"seconds\":%.2f}\n",
                 (double)records / bare, bare);
    (void)printf("{\"bench\":\"import_ratio\",\"value\":%.3f,\"unit\":\"of bare\"}\n",
                 bare / imported);
    char command[600];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command) != 0;
}
