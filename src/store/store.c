/* store.c - opening, closing and checking of a store. */
#include "store/conn.h"

#include <string.h>

#include "base/codec.h"
#include "base/error.h"
#include "base/str.h"

static toc_rc load_hash_key(toc_store *store, toc_db *db, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    toc_str text;
    toc_rc rc = toc__meta_get(db, "hash_key", &arena, &text, err);
    if (rc)
        return rc;
    if (!toc_hex_decode(text, store->hash_key, sizeof(store->hash_key)))
        return toc_error_set(err, TOC_ESTORE, "%s: its hash key is damaged", store->path);
    return TOC_OK;
}

static toc_rc find_seal_key(toc_store *store, toc_db *db, bool create, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_stmt(db, "SELECT 1 FROM account LIMIT 1", &stmt, err);
    int64_t one;
    bool sealed = false;
    if (!rc)
        rc = toc__read_int(stmt, &one, &sealed, err);
    if (rc)
        return rc;
    TOC__AUTO_BUF path = {0};
    toc_buf_init(&path, 65536);
    toc_buf_text(&path, store->path);
    toc_buf_lit(&path, ".key");
    rc = toc_buf_check(&path, err);
    return rc ? rc : toc__seal_load(path.ptr, create && !sealed, store->seal_key, err);
}

/* Of two processes that open a new store, the one that waits here finds the other one's key, and
 * the whole of it. */
static toc_rc load_seal_key(toc_store *store, toc_db *db, toc_error *err)
{
    if (!find_seal_key(store, db, false, NULL))
        return TOC_OK;
    toc_rc rc = toc_db_begin(db, true, err);
    if (rc)
        return rc;
    rc = find_seal_key(store, db, true, err);
    if (!rc)
        rc = toc_db_commit(db, err);
    if (rc)
        toc_db_rollback(db);
    return rc;
}

static toc_rc open_writer(toc_store *store, bool create, toc_error *err)
{
    store->create = create;
    toc_rc rc = toc__conn_open(store, true, &store->writer, err);
    if (rc)
        return rc;
    toc_db *db = store->writer->db;
    rc = toc__schema_prepare(db, store->path, err);
    if (!rc)
        rc = toc__catalogue_load(store, db, err);
    if (!rc)
        rc = load_hash_key(store, db, err);
    if (!rc)
        rc = load_seal_key(store, db, err);
    if (!rc)
        rc = toc__files_sweep(store, db, err);
    return rc;
}

static bool make_lock(toc_store *store)
{
    if (pthread_mutex_init(&store->lock, NULL))
        return false;
    bool locks = pthread_mutex_init(&store->catalogue_lock, NULL) == 0;
    if (locks && pthread_cond_init(&store->writer_free, NULL) == 0) {
        store->ready = true;
        return true;
    }
    if (locks)
        (void)pthread_mutex_destroy(&store->catalogue_lock);
    (void)pthread_mutex_destroy(&store->lock);
    return false;
}

toc_rc toc_store_open(const toc_store_options *options, toc_store **store, toc_error *err)
{
    if (!options->path || !*options->path)
        return toc_error_field(err, TOC_EINVAL, "path", "a store needs the path of its file");
    toc_store *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    made->log = options->log;
    made->no_sync = options->no_sync;
    made->fresh_least = TOC__FRESH_LEAST;
    made->path = toc_mem_strdup(toc_str_of(options->path));
    toc_rc rc = made->path && make_lock(made) ? TOC_OK : toc_error_nomem(err);
    if (!rc)
        rc = open_writer(made, options->create, err);
    if (rc) {
        toc_store_close(made);
        return rc;
    }
    toc_log_at(&made->log, TOC_LOG_DEBUG, "store", "opened %s", made->path);
    *store = made;
    return TOC_OK;
}

void toc_store_close(toc_store *store)
{
    if (!store)
        return;
    for (toc_conn *at = store->idle, *next; at; at = next) {
        next = at->next;
        toc__conn_close(at);
    }
    toc__conn_close(store->writer);
    toc__catalogue_done(store);
    if (store->ready) {
        (void)pthread_cond_destroy(&store->writer_free);
        (void)pthread_mutex_destroy(&store->catalogue_lock);
        (void)pthread_mutex_destroy(&store->lock);
    }
    toc_mem_wipe(store->seal_key, sizeof(store->seal_key));
    toc_mem_free(store->path);
    toc_mem_free(store);
}

const toc_types *toc_store_types(const toc_store *store)
{
    return toc__catalogue_of(store)->types;
}

/* --- checking */

typedef struct check {
    const char *sql; /* counts what is wrong */
    const char *what;
} check;

static const check checks[] = {
    {"SELECT count(*) FROM (SELECT owner_id, type_id, flags & 1 AS active, count(*) AS n"
     " FROM indicator GROUP BY 1, 2, 3) o LEFT JOIN counter c ON c.owner_id = o.owner_id"
     " AND c.kind = 0 AND c.type_id = o.type_id AND c.active = o.active"
     " WHERE c.n IS NULL OR c.n <> o.n",
     "counters of indicators are wrong"},
    {"SELECT count(*) FROM (SELECT owner_id, kind, type_id, flags & 1 AS active, count(*) AS n"
     " FROM entity GROUP BY 1, 2, 3, 4) o LEFT JOIN counter c ON c.owner_id = o.owner_id"
     " AND c.kind = o.kind AND c.type_id = o.type_id AND c.active = o.active"
     " WHERE c.n IS NULL OR c.n <> o.n",
     "counters of groups are wrong"},
    {"SELECT (SELECT coalesce(sum(n), 0) FROM counter) -"
     " (SELECT count(*) FROM indicator) - (SELECT count(*) FROM entity)",
     "counters count objects that are gone"},
    {"SELECT count(*) FROM (SELECT owner_id, type_id, flags & 1 AS active,"
     " coalesce(rating, -1) AS rating, coalesce(confidence, -1) AS confidence, count(*) AS n"
     " FROM indicator GROUP BY 1, 2, 3, 4, 5) o LEFT JOIN cell_count c ON c.owner_id = o.owner_id"
     " AND c.type_id = o.type_id AND c.active = o.active AND c.rating = o.rating"
     " AND c.confidence = o.confidence WHERE c.n IS NULL OR c.n <> o.n",
     "counters of cells are wrong"},
    {"SELECT (SELECT coalesce(sum(n), 0) FROM cell_count) - (SELECT count(*) FROM indicator)",
     "cells count indicators that are gone"},
    {"SELECT count(*) FROM (SELECT l.tag_id, l.kind, o.type_id, o.flags & 1 AS active,"
     " count(*) AS n FROM tag_link l CROSS JOIN indicator o ON o.id = l.object_id"
     " WHERE l.kind = 0 GROUP BY 1, 2, 3, 4) o LEFT JOIN tag_count c ON c.tag_id = o.tag_id"
     " AND c.kind = o.kind AND c.type_id = o.type_id AND c.active = o.active"
     " WHERE c.n IS NULL OR c.n <> o.n",
     "counters of tags are wrong"},
    {"SELECT (SELECT coalesce(sum(n), 0) FROM tag_count) - (SELECT count(*) FROM tag_link)",
     "tags count objects that are gone"},
    {"SELECT count(*) FROM tag t WHERE t.weight <>"
     " (SELECT count(*) FROM tag_link l WHERE l.tag_id = t.id)",
     "tags have the wrong weight"},
    {"SELECT count(*) FROM (SELECT indicator_id FROM indicator_key UNION ALL"
     " SELECT indicator_id FROM indicator_key_new) k WHERE k.indicator_id <> 0 AND NOT EXISTS"
     " (SELECT 1 FROM indicator i WHERE i.id = k.indicator_id)",
     "keys lead to indicators that are gone"},
    {"SELECT count(*) FROM indicator_key_new n JOIN indicator_key k ON k.hash = n.hash",
     "keys are there twice"},
    {"SELECT (SELECT count(*) FROM indicator_key_new) - (SELECT coalesce(sum(next_id), 0)"
     " FROM sequence WHERE name = 'key_fresh')",
     "new keys are counted wrong"},
    {"SELECT count(*) FROM link l WHERE NOT EXISTS (SELECT 1 FROM link r WHERE"
     " r.kind_a = l.kind_b AND r.id_a = l.id_b AND r.kind_b = l.kind_a AND r.id_b = l.id_a)",
     "links are missing their other direction"},
};

static toc_rc run_check(toc_store *store, toc_conn *conn, const check *row, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db, row->sql, &stmt, err);
    int64_t wrong = 0;
    bool found = false;
    if (!rc)
        rc = toc__read_int(stmt, &wrong, &found, err);
    if (rc || !wrong)
        return rc;
    return toc_error_set(err, TOC_ESTORE, "%s: %s (%lld)", store->path, row->what,
                         (long long)wrong);
}

static toc_rc check_file(toc_store *store, toc_conn *conn, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db, "PRAGMA integrity_check(1)", &stmt, err);
    if (rc)
        return rc;
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    toc_str text = step ? toc_column_text(stmt, 0) : TOC_S("no answer");
    if (toc_str_equal(text, TOC_S("ok")))
        return TOC_OK;
    return toc_error_set(err, TOC_ESTORE, "%s: %.*s", store->path, TOC_FMT(text));
}

/* A key for each indicator, and for each hash of those that are known by several. */
static toc_rc count_wanted_keys(toc_store *store, toc_conn *conn, int64_t *count, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT type_id, count(*), count(v1) + count(v2) + count(v3)"
                            " FROM indicator GROUP BY owner_id, type_id",
                            &stmt, err);
    int step = 0;
    *count = 0;
    while (!rc && (step = toc_step(stmt, err)) > 0) {
        const toc_type *type = toc__type_by_id(store, toc_column_int(stmt, 0));
        *count += toc_column_int(stmt, type && type->traits & TOC_TYPE_HASHES ? 2 : 1);
    }
    return rc ? rc : step;
}

static toc_rc check_keys(toc_store *store, toc_conn *conn, toc_error *err)
{
    static const char sql[] = "SELECT (SELECT count(*) FROM indicator_key WHERE indicator_id <> 0)"
                              " + (SELECT count(*) FROM indicator_key_new WHERE indicator_id <> 0)"
                              " + (SELECT count(*) FROM indicator_key_more)";
    int64_t wanted = 0, there = 0;
    bool found = false;
    toc_stmt *stmt = NULL;
    toc_rc rc = count_wanted_keys(store, conn, &wanted, err);
    if (!rc)
        rc = toc_db_stmt(conn->db, sql, &stmt, err);
    if (!rc)
        rc = toc__read_int(stmt, &there, &found, err);
    if (rc || wanted <= there)
        return rc;
    return toc_error_set(err, TOC_ESTORE, "%s: indicators have no key (%lld)", store->path,
                         (long long)(wanted - there));
}

static toc_rc check_cells(toc_store *store, toc_conn *conn, toc_error *err)
{
    bool good = false;
    toc_rc rc = toc__cell_ids_check(conn->db, &good, err);
    if (rc || good)
        return rc;
    return toc_error_set(err, TOC_ESTORE, "%s: cells list the wrong indicators", store->path);
}

toc_rc toc_store_check(toc_store *store, toc_error *err)
{
    toc_conn *conn = NULL;
    toc_rc rc = toc_store_reader(store, &conn, err);
    if (rc)
        return rc;
    /* A reader's one snapshot keeps a writer in between from being taken for damage. */
    rc = check_file(store, conn, err);
    for (size_t i = 0; !rc && i < TOC_COUNT(checks); i++)
        rc = run_check(store, conn, &checks[i], err);
    if (!rc)
        rc = check_keys(store, conn, err);
    if (!rc)
        rc = check_cells(store, conn, err);
    if (!rc)
        rc = toc__files_check(store, conn->db, err);
    toc_store_reader_done(store, conn);
    return rc;
}
