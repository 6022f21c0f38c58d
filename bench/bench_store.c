/* bench_store.c - what the store costs over the bare engine. One JSON line per measurement.
 * Arguments: number of indicators (200000), then "sync" or "nosync" (sync). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/db.h"
#include "store/store.h"

#define PER_TRANSACTION 10000
#define NOW INT64_C(1709287200)

typedef struct bench {
    char path[64];
    int64_t count;
    bool no_sync;
    toc_error err;
} bench;

static void die(const bench *run, const char *what)
{
    (void)fprintf(stderr, "%s: %s\n", what, run->err.message);
    exit(1);
}

#define must(run, call)                                                                            \
    do {                                                                                           \
        if ((call) != TOC_OK)                                                                      \
            die((run), #call);                                                                     \
    } while (0)

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void report(const char *name, int64_t rows, double took)
{
    (void)printf("{\"bench\":\"store\",\"what\":\"%s\",\"rows\":%" PRId64
                 ",\"seconds\":%.3f,\"rows_per_second\":%.0f}\n",
                 name, rows, took, (double)rows / took);
    (void)fflush(stdout);
}

static void remove_files(const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".key"};
    char name[128];
    for (size_t i = 0; i < TOC_COUNT(endings); i++) {
        (void)snprintf(name, sizeof(name), "%s%s", path, endings[i]);
        (void)unlink(name);
    }
}

static toc_store *open_store(bench *run)
{
    toc_store *store = NULL;
    toc_store_options options = {.path = run->path, .create = true, .no_sync = run->no_sync};
    remove_files(run->path);
    must(run, toc_store_open(&options, &store, &run->err));
    return store;
}

/* Scattered, as real values are. */
static toc_str host_name(int64_t i, char out[64])
{
    uint64_t mixed = (uint64_t)i * UINT64_C(0x9E3779B97F4A7C15);
    int len = snprintf(out, 64, "h%016" PRIx64 ".malware.example", mixed);
    return (toc_str){out, (size_t)len};
}

/* --- (a) the bare engine: the same tables and rows, no code of the store in between */

enum { BARE_ROW, BARE_KEY, BARE_TAG, BARE_LINK, BARE_BACK, BARE_ATTRIBUTE, BARE_COUNT };

static const char *const bare_sql[BARE_COUNT] = {
    [BARE_ROW] = "INSERT INTO indicator(id, owner_id, type_id, flags, v1, date_added,"
                 " last_modified, rating, confidence) VALUES(?, 1, 4, 1, ?, ?, ?, 3.0, 72)",
    [BARE_KEY] = "INSERT INTO indicator_key(hash, indicator_id) VALUES(?, ?)",
    [BARE_TAG] = "INSERT INTO tag_link(tag_id, kind, object_id) VALUES(1, 0, ?)",
    [BARE_LINK] = "INSERT INTO link(kind_a, id_a, kind_b, id_b, association)"
                  " VALUES(0, ?, 1, 1, '')",
    [BARE_BACK] = "INSERT INTO link(kind_a, id_a, kind_b, id_b, association)"
                  " VALUES(1, 1, 0, ?, '')",
    [BARE_ATTRIBUTE] = "INSERT INTO attribute(kind, object_id, type, value, displayed, pinned,"
                       " date_added, last_modified) VALUES(0, ?, 'Source', 'feed', 0, 0, ?, ?)",
};

static void bare_run(bench *run, toc_db *db, int which, const int64_t *values, int count,
                     toc_str text)
{
    toc_stmt *stmt = NULL;
    must(run, toc_db_stmt(db, bare_sql[which], &stmt, &run->err));
    int at = 1;
    for (int i = 0; i < count; i++) {
        if (text.ptr && at == 2)
            toc_bind_text(stmt, at++, text);
        toc_bind_int(stmt, at++, values[i]);
    }
    must(run, toc_run(stmt, &run->err));
}

static void bare(bench *run, bool full, const char *name)
{
    toc_store_close(open_store(run));
    toc_db *db = NULL;
    toc_db_options options = {.no_sync = run->no_sync, .busy_ms = 1000};
    must(run, toc_db_open(run->path, &options, &db, &run->err));
    must(run,
         toc_db_exec(db, "PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=20000", &run->err));
    toc_str none = {NULL, 0};
    char room[64];
    double start = seconds();
    for (int64_t i = 1; i <= run->count; i++) {
        if (i % PER_TRANSACTION == 1)
            must(run, toc_db_begin(db, true, &run->err));
        int64_t hash = (int64_t)((uint64_t)i * UINT64_C(0xD1B54A32D192ED03));
        bare_run(run, db, BARE_ROW, (int64_t[]){i, NOW, NOW}, 3, host_name(i, room));
        bare_run(run, db, BARE_KEY, (int64_t[]){hash, i}, 2, none);
        for (int which = BARE_TAG; full && which <= BARE_BACK; which++)
            bare_run(run, db, which, &i, 1, none);
        if (full)
            bare_run(run, db, BARE_ATTRIBUTE, (int64_t[]){i, NOW, NOW}, 3, none);
        if (i % PER_TRANSACTION == 0 || i == run->count)
            must(run, toc_db_commit(db, &run->err));
    }
    report(name, run->count, seconds() - start);
    toc_db_close(db);
    remove_files(run->path);
}

/* --- (b) the store */

typedef struct stored {
    toc_store *store;
    const toc_type *type;
    toc_object *obj;
    int64_t owner, group;
} stored;

static void make_owner(bench *run, stored *it)
{
    toc_conn *conn = NULL;
    it->type = toc_types_find(toc_store_types(it->store), TOC_KIND_INDICATOR, TOC_S("Host"));
    const toc_type *incident =
        toc_types_find(toc_store_types(it->store), TOC_KIND_GROUP, TOC_S("Incident"));
    must(run, toc_tx_begin(it->store, &conn, &run->err));
    must(run, toc_owner_add(conn, TOC_S("Acme"), TOC_S("Source"), &it->owner, &run->err));
    must(run, toc_object_new(incident, &it->obj, &run->err));
    must(run, toc_object_set(it->obj, "name", TOC_S("Operation"), &run->err));
    must(run, toc_object_insert(conn, it->owner, it->obj, NOW, &it->group, &run->err));
    must(run, toc_tx_commit(conn, &run->err));
    toc_object_free(it->obj);
    must(run, toc_object_new(it->type, &it->obj, &run->err));
    must(run, toc_object_set_decimal(it->obj, "rating", 3.0, &run->err));
    must(run, toc_object_set_int(it->obj, "confidence", 72, &run->err));
}

static void insert_one(bench *run, stored *it, toc_conn *conn, int64_t i, bool full)
{
    static const toc_attribute attribute = {.type = {"Source", 6}, .value = {"feed", 4}};
    char room[64];
    int64_t id = 0, tag = 0, attribute_id = 0;
    toc__object_set_text(it->obj, it->type->fields[0].slot, host_name(i, room));
    must(run, toc_object_insert(conn, it->owner, it->obj, NOW, &id, &run->err));
    if (!full)
        return;
    toc_target target = {TOC_KIND_INDICATOR, id}, group = {TOC_KIND_GROUP, it->group};
    must(run, toc_tag_id(conn, it->owner, TOC_S("Phish Kit"), true, &tag, &run->err));
    must(run, toc_tag_apply(conn, tag, target, &run->err));
    must(run, toc_link_add(conn, target, group, TOC_S(""), &run->err));
    must(run, toc_attribute_add(conn, target, &attribute, NOW, &attribute_id, &run->err));
}

static void insert_all(bench *run, stored *it, bool full, const char *name)
{
    toc_conn *conn = NULL;
    double start = seconds();
    for (int64_t i = 1; i <= run->count; i++) {
        if (i % PER_TRANSACTION == 1)
            must(run, toc_tx_begin(it->store, &conn, &run->err));
        insert_one(run, it, conn, i, full);
        if (i % PER_TRANSACTION == 0 || i == run->count)
            must(run, toc_tx_commit(conn, &run->err));
    }
    report(name, run->count, seconds() - start);
}

/* --- reading */

typedef struct page {
    int64_t last;
    size_t count, bytes;
} page;

static toc_rc read_row(void *user, int64_t id, toc_object *obj)
{
    page *at = user;
    at->last = id;
    at->count++;
    at->bytes += toc__object_text(obj, TOC_SLOT_DATE_ADDED).len;
    return TOC_OK;
}

static void scan(bench *run, stored *it, const toc_type *type, const char *name)
{
    toc_conn *conn = NULL;
    page at = {0};
    int64_t total = 0;
    must(run, toc_store_reader(it->store, &conn, &run->err));
    double start = seconds();
    do {
        toc_query query = {.owner = it->owner,
                           .kind = TOC_KIND_INDICATOR,
                           .type = type,
                           .below = at.last,
                           .limit = 500};
        at.count = 0;
        must(run, toc_object_each(conn, &query, read_row, &at, &run->err));
        total += (int64_t)at.count;
    } while (at.count);
    report(name, total, seconds() - start);
    toc_store_reader_done(it->store, conn);
}

static void look_up(bench *run, stored *it, bool hit, const char *name)
{
    toc_conn *conn = NULL;
    char room[64];
    int64_t ids[3], found = 0;
    unsigned count = 0;
    must(run, toc_store_reader(it->store, &conn, &run->err));
    double start = seconds();
    for (int64_t i = 1; i <= run->count; i++) {
        toc_str parts[3] = {host_name(hit ? i : -i, room)};
        must(run, toc_indicator_find(conn, it->owner, it->type, parts, ids, &count, &run->err));
        found += count;
    }
    report(name, run->count, seconds() - start);
    toc_store_reader_done(it->store, conn);
    if (found != (hit ? run->count : 0))
        die(run, "the store does not find what was put into it");
}

static void with_store(bench *run, bool full)
{
    stored it = {.store = open_store(run)};
    make_owner(run, &it);
    insert_all(run, &it, full, full ? "store, full indicators" : "store, rows and keys");
    if (full) {
        scan(run, &it, NULL, "list of all, pages of 500");
        scan(run, &it, it.type, "list of a type, pages of 500");
        look_up(run, &it, true, "look-up by value, hit");
        look_up(run, &it, false, "look-up by value, miss");
    }
    toc_object_free(it.obj);
    toc_store_close(it.store);
    remove_files(run->path);
}

int main(int argc, char **argv)
{
    bench run = {.count = 200000};
    int64_t wanted = 0;
    if (argc > 1 && toc_str_to_int(toc_str_of(argv[1]), &wanted) && wanted > 0)
        run.count = wanted;
    run.no_sync = argc > 2 && strcmp(argv[2], "nosync") == 0;
    (void)snprintf(run.path, sizeof(run.path), "bench_store_%ld.db", (long)getpid());
    bare(&run, false, "bare, rows and keys");
    with_store(&run, false);
    bare(&run, true, "bare, full indicators");
    with_store(&run, true);
    return 0;
}
