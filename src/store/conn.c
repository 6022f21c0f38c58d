/* conn.c - connections: transactions, ids, counters that are written once per transaction. */
#include "store/conn.h"

#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "base/time.h"

#define BUSY_MS 10000U
#define MAX_CACHED_TAGS 200000U
/* What a long transaction is let run before it should make room for those that wait. */
#define TURN_MS 12U
#define MAX_DELTAS 50000U

/* No padding: its bytes are the key of a map. */
typedef struct delta_key {
    int64_t owner; /* 0 for a tag */
    int64_t tag;   /* 0 for an object */
    int64_t type_id, confidence;
    double rating;
    int32_t kind, active;
} delta_key;

_Static_assert(sizeof(delta_key) == 48, "no padding");

static const char *const sequence_names[TOC__TABLE_COUNT] = {
    [TOC__TABLE_OWNER] = "owner",
    [TOC__TABLE_ACCOUNT] = "account",
    [TOC__TABLE_INDICATOR] = "indicator",
    [TOC__TABLE_ENTITY] = "entity",
    [TOC__TABLE_TAG] = "tag",
    [TOC__TABLE_LABEL] = "label",
    [TOC__TABLE_ATTRIBUTE] = "attribute",
    [TOC__TABLE_OCCURRENCE] = "occurrence",
    [TOC__TABLE_JOB] = "job",
    [TOC__TABLE_VALUE] = "value",
    [TOC__TABLE_METRIC] = "custom_metric",
};

/* The log is folded back every 20000 pages: less often makes long readers keep more of it, more
 * often slows a batch. */
static const char writer_pragmas[] = "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
                                     "PRAGMA foreign_keys=OFF; PRAGMA wal_autocheckpoint=20000;"
                                     "PRAGMA journal_size_limit=67108864";
/* Nothing is mapped, whatever the engine was built with: a failing disk is an error there, not a
 * signal. */
static const char reader_pragmas[] = "PRAGMA cache_size=-8192; PRAGMA temp_store=MEMORY;"
                                     "PRAGMA mmap_size=0; PRAGMA query_only=ON";

static toc_rc prepare_writer(toc_conn *conn, toc_error *err)
{
    /* The page size counts only for a file that is still empty. */
    toc_rc rc = toc_db_exec(conn->db, "PRAGMA page_size=8192; PRAGMA journal_mode=WAL", err);
    if (!rc)
        rc = toc_db_exec(conn->db, writer_pragmas, err);
    if (!rc)
        rc = toc_db_exec(
            conn->db, conn->store->no_sync ? "PRAGMA synchronous=OFF" : "PRAGMA synchronous=FULL",
            err);
    return rc;
}

toc_rc toc__conn_open(toc_store *store, bool writer, toc_conn **conn, toc_error *err)
{
    toc_conn *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    made->store = store;
    made->writer = writer;
    toc_buf_init(&made->scratch, (size_t)TOC_MAX_TEXT * 4);
    toc_buf_init(&made->dropped, (size_t)TOC_MAX_TEXT * 4);
    toc_rc rc = toc_map_init(&made->tags, MAX_CACHED_TAGS);
    if (!rc)
        rc = toc_map_init(&made->deltas, MAX_DELTAS);
    if (rc) {
        rc = toc_error_set(err, rc, "no random numbers");
    } else {
        toc_db_options options = {
            .create = writer && store->create, .read_only = !writer, .busy_ms = BUSY_MS};
        rc = toc_db_open(store->path, &options, &made->db, err);
    }
    if (!rc && writer && !store->create) /* before anything is written to what is no store */
        rc = toc__schema_there(made->db, store->path, err);
    if (!rc)
        rc = writer ? prepare_writer(made, err) : toc_db_exec(made->db, reader_pragmas, err);
    if (rc) {
        toc__conn_close(made);
        return rc;
    }
    *conn = made;
    return TOC_OK;
}

void toc__conn_close(toc_conn *conn)
{
    if (!conn)
        return;
    toc_db_close(conn->db);
    toc_map_done(&conn->tags);
    toc__key_filter_drop(&conn->key_filter);
    toc__pending_done(&conn->pending);
    toc__attribute_types_forget(conn);
    toc_map_done(&conn->deltas);
    toc__cell_ids_done(&conn->cell_changes);
    toc_arena_done(&conn->owner_arena);
    for (size_t i = 0; i < TOC_COUNT(conn->by_id); i++)
        toc_buf_done(&conn->by_id[i]);
    toc_buf_done(&conn->scratch);
    toc_buf_done(&conn->dropped);
    toc_mem_free(conn);
}

/* --- the writer */

static void forget_caches(toc_conn *conn)
{
    toc_map_clear(&conn->tags);
    toc__attribute_types_forget(conn);
    conn->owners = NULL;
    toc_arena_clear(&conn->owner_arena);
}

static void release_writer(toc_conn *conn)
{
    toc_store *store = conn->store;
    (void)pthread_mutex_lock(&store->lock);
    conn->in_tx = false;
    conn->access_changed = false;
    conn->types_defined = false;
    conn->broken = false;
    store->writing = false;
    /* All of them, because only one knows that it is its turn. */
    (void)pthread_cond_broadcast(&store->writer_free);
    (void)pthread_mutex_unlock(&store->lock);
}

/* What another process has written: it may be a later version of this program that has migrated the
 * store. */
static toc_rc check_version(toc_conn *conn, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db, "PRAGMA data_version", &stmt, err);
    int64_t version = 0;
    bool found = false;
    if (!rc)
        rc = toc__read_int(stmt, &version, &found, err);
    if (rc || version == conn->data_version)
        return rc;
    forget_caches(conn);
    toc__key_filter_drop(&conn->key_filter);
    rc = toc__schema_check(conn->db, conn->store->path, err);
    if (rc)
        return rc;
    toc__catalogue_renew(conn);
    conn->data_version = version;
    return TOC_OK;
}

toc_rc toc_tx_begin(toc_store *store, toc_conn **conn, toc_error *err)
{
    toc_conn *writer = store->writer;
    (void)pthread_mutex_lock(&store->lock);
    uint64_t ticket = store->tickets++;
    (void)atomic_fetch_add(&store->waiting, 1);
    while (store->writing || ticket != store->serving)
        (void)pthread_cond_wait(&store->writer_free, &store->lock);
    (void)atomic_fetch_sub(&store->waiting, 1);
    store->serving++;
    store->writing = true;
    writer->taken_ms = toc__ticks_ms();
    writer->thread = pthread_self();
    writer->in_tx = true;
    (void)pthread_mutex_unlock(&store->lock);
    toc__readers_release(store, true);
    memset(writer->next_id, 0, sizeof(writer->next_id));
    memset(&writer->keys, 0, sizeof(writer->keys));
    toc__pending_clear(&writer->pending);
    writer->placed.id = 0;
    writer->key_filter.unsettled = false;
    toc_rc rc = toc_db_begin(writer->db, true, err);
    if (!rc)
        rc = check_version(writer, err);
    if (rc) {
        toc_tx_rollback(writer);
        return rc;
    }
    *conn = writer;
    return TOC_OK;
}

bool toc_tx_wanted(const toc_conn *conn)
{
    return atomic_load_explicit(&conn->store->waiting, memory_order_relaxed) &&
           toc__ticks_ms() - conn->taken_ms >= TURN_MS;
}

/* The lock orders this look with the writer's next owner. */
static bool is_mine(toc_conn *conn)
{
    (void)pthread_mutex_lock(&conn->store->lock);
    bool mine = conn->in_tx && pthread_equal(conn->thread, pthread_self());
    (void)pthread_mutex_unlock(&conn->store->lock);
    return mine;
}

void toc_tx_rollback(toc_conn *conn)
{
    if (!conn || !is_mine(conn))
        return;
    toc_db_rollback(conn->db);
    toc_map_clear(&conn->deltas);
    toc__cell_ids_forget(&conn->cell_changes);
    toc__files_forget(conn);
    if (conn->key_filter.unsettled)
        toc__key_filter_drop(&conn->key_filter);
    forget_caches(conn);
    release_writer(conn);
}

void toc__tx_cleanup(toc_conn **conn)
{
    toc_tx_rollback(*conn);
    *conn = NULL;
}

toc_rc toc__sequence_get(toc_conn *conn, const char *name, int64_t *value, toc_error *err)
{
    toc_stmt *stmt = NULL;
    bool found;
    toc_rc rc = toc_db_stmt(conn->db, "SELECT next_id FROM sequence WHERE name = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, toc_str_of(name));
    return toc__read_int(stmt, value, &found, err);
}

toc_rc toc__sequence_set(toc_conn *conn, const char *name, int64_t value, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "INSERT INTO sequence(name, next_id) VALUES(?, ?)"
                            " ON CONFLICT(name) DO UPDATE SET next_id = excluded.next_id",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, toc_str_of(name));
    toc_bind_int(stmt, 2, value);
    return toc_run(stmt, err);
}

static toc_rc flush_sequences(toc_conn *conn, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (size_t i = 0; i < TOC__TABLE_COUNT && !rc; i++) {
        if (conn->next_id[i])
            rc = toc__sequence_set(conn, sequence_names[i], conn->next_id[i], err);
    }
    return rc;
}

toc_rc toc_tx_commit(toc_conn *conn, toc_error *err)
{
    toc_rc rc = toc__require_tx(conn, err);
    if (rc)
        return rc;
    rc = toc__flush_counts(conn, err);
    if (conn->broken && !rc)
        rc = toc_error_set(err, TOC_ESTORE, "a change failed half way: none is kept");
    if (!rc)
        rc = toc__keys_settle(conn, err);
    if (!rc)
        rc = flush_sequences(conn, err);
    if (!rc)
        rc = toc_db_commit(conn->db, err);
    if (rc) {
        toc_tx_rollback(conn);
        return rc;
    }
    toc_store *store = conn->store;
    if (conn->types_defined)
        toc__catalogue_renew(conn);
    /* From here on nobody is given what was before this transaction. */
    if (conn->access_changed)
        (void)atomic_fetch_add(&store->access, 1);
    (void)atomic_fetch_add(&store->generation, 1);
    toc__files_committed(conn);
    release_writer(conn);
    return TOC_OK;
}

toc_rc toc__require_tx(toc_conn *conn, toc_error *err)
{
    if (conn->writer && conn->in_tx)
        return TOC_OK;
    return toc_error_set(err, TOC_EINVAL, "a change of the store outside of a transaction");
}

toc_rc toc__whole(toc_conn *conn, toc_rc rc)
{
    conn->broken = conn->broken || rc;
    return rc;
}

/* --- ids and counters */

static toc_rc first_id(toc_conn *conn, toc__table table, toc_error *err)
{
    int64_t next = 0;
    toc_rc rc = toc__sequence_get(conn, sequence_names[table], &next, err);
    if (!rc)
        conn->next_id[table] = next ? next : 1;
    return rc;
}

toc_rc toc__next_id(toc_conn *conn, toc__table table, int64_t *id, toc_error *err)
{
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc && !conn->next_id[table])
        rc = first_id(conn, table, err);
    if (rc)
        return rc;
    *id = conn->next_id[table]++;
    return TOC_OK;
}

toc_rc toc__table_used(toc_conn *conn, toc__table table, bool *used, toc_error *err)
{
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc && !conn->next_id[table])
        rc = first_id(conn, table, err);
    *used = !rc && conn->next_id[table] > 1;
    return rc;
}

static toc_rc flush_tag(toc_conn *conn, const delta_key *key, int64_t by, toc_error *err)
{
    toc_rc rc =
        toc__run_int(conn, "UPDATE tag SET weight = weight + ? WHERE id = ?", err, by, key->tag);
    /* A tag that was removed in the meantime has no counts. */
    if (rc || !toc_db_changes(conn->db))
        return rc;
    return toc__run_int(conn,
                        "INSERT INTO tag_count(tag_id, kind, type_id, active, n)"
                        " VALUES(?, ?, ?, ?, ?) ON CONFLICT(tag_id, kind, type_id, active)"
                        " DO UPDATE SET n = n + excluded.n",
                        err, key->tag, key->kind, key->type_id, key->active, by);
}

static toc_rc run_cell(toc_conn *conn, const char *sql, const delta_key *key, int64_t by,
                       toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db, sql, &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, key->owner);
    toc_bind_int(stmt, 2, key->type_id);
    toc_bind_int(stmt, 3, key->active);
    toc_bind_double(stmt, 4, key->rating);
    toc_bind_int(stmt, 5, key->confidence);
    toc_bind_int(stmt, 6, by);
    return toc_run(stmt, err);
}

static toc_rc flush_cell(toc_conn *conn, const delta_key *key, int64_t by, toc_error *err)
{
    toc_rc rc = run_cell(conn,
                         "INSERT INTO cell_count(owner_id, type_id, active, rating, confidence, n)"
                         " VALUES(?, ?, ?, ?, ?, ?)"
                         " ON CONFLICT(owner_id, type_id, active, rating, confidence)"
                         " DO UPDATE SET n = n + excluded.n",
                         key, by, err);
    if (rc || by > 0)
        return rc;
    /* Ratings have many values over the years: cells that ran empty would add up. */
    return run_cell(conn,
                    "DELETE FROM cell_count WHERE owner_id = ? AND type_id = ? AND active = ?"
                    " AND rating = ? AND confidence = ? AND n = ?",
                    key, 0, err);
}

static toc_rc flush_one(toc_conn *conn, const delta_key *key, int64_t by, toc_error *err)
{
    if (!by)
        return TOC_OK;
    if (key->tag)
        return flush_tag(conn, key, by, err);
    toc_rc rc = toc__run_int(conn,
                             "INSERT INTO counter(owner_id, kind, type_id, active, n)"
                             " VALUES(?, ?, ?, ?, ?) ON CONFLICT(owner_id, kind, type_id, active)"
                             " DO UPDATE SET n = n + excluded.n",
                             err, key->owner, key->kind, key->type_id, key->active, by);
    return rc || key->kind != TOC_KIND_INDICATOR ? rc : flush_cell(conn, key, by, err);
}

toc_rc toc__flush_counts(toc_conn *conn, toc_error *err)
{
    if (!conn->deltas.count && !conn->cell_changes.count)
        return TOC_OK;
    size_t cursor = 0;
    toc_str bytes;
    uint64_t value;
    while (toc_map_next(&conn->deltas, &cursor, &bytes, &value)) {
        delta_key key;
        memcpy(&key, bytes.ptr, sizeof(key));
        toc_rc rc = flush_one(conn, &key, (int64_t)value, err);
        if (rc)
            return toc__whole(conn, rc); /* those before it are written and noted still */
    }
    toc_map_clear(&conn->deltas);
    return toc__cell_ids_write(&conn->cell_changes, conn->db, err);
}

static toc_rc add_delta(toc_conn *conn, const delta_key *key, int64_t by, toc_error *err)
{
    toc_str bytes = {(const char *)key, sizeof(*key)};
    uint64_t *known = toc_map_get(&conn->deltas, bytes);
    if (known) {
        *known += (uint64_t)by;
        return TOC_OK;
    }
    toc_rc rc = toc_map_put(&conn->deltas, bytes, (uint64_t)by);
    if (rc == TOC_ELIMIT) {
        rc = toc__flush_counts(conn, err);
        if (!rc)
            rc = toc_map_put(&conn->deltas, bytes, (uint64_t)by);
    }
    return rc == TOC_ENOMEM ? toc_error_nomem(err) : rc;
}

/* Most feeds have neither value: lists of those without are walked, and an import does not pay. */
static toc_rc note_cell(toc_conn *conn, const toc__place *place, int64_t id, int64_t by,
                        toc_error *err)
{
    if (place->kind != TOC_KIND_INDICATOR || (place->rating < 0 && place->confidence < 0))
        return TOC_OK;
    toc__cell cell = {.owner = place->owner,
                      .type_id = place->type_id,
                      .active = place->active,
                      .confidence = place->confidence,
                      .rating = place->rating};
    return toc__cell_ids_note(&conn->cell_changes, conn->db, &cell, id, by > 0, err);
}

toc_rc toc__count_object(toc_conn *conn, const toc__place *place, int64_t id, int64_t by,
                         toc_error *err)
{
    toc_rc rc = note_cell(conn, place, id, by, err);
    if (rc)
        return toc__whole(conn, rc);
    bool indicator = place->kind == TOC_KIND_INDICATOR;
    delta_key key = {.owner = place->owner,
                     .type_id = place->type_id,
                     .confidence = indicator ? place->confidence : TOC__NO_VALUE,
                     .rating = indicator ? place->rating : TOC__NO_VALUE,
                     .kind = (int32_t)place->kind,
                     .active = place->active};
    return toc__whole(conn, add_delta(conn, &key, by, err));
}

toc_rc toc__count_tag(toc_conn *conn, int64_t tag, const toc__place *place, int64_t by,
                      toc_error *err)
{
    delta_key key = {.tag = tag,
                     .type_id = place->type_id,
                     .kind = (int32_t)place->kind,
                     .active = place->kind != TOC_KIND_INDICATOR || place->active};
    return toc__whole(conn, add_delta(conn, &key, by, err));
}

void toc__place_known(toc_conn *conn, toc_target target, const toc__place *place)
{
    conn->placed = target;
    conn->place = *place;
}

toc_rc toc__place_of(toc_conn *conn, toc_target target, toc__place *place, bool *found,
                     toc_error *err)
{
    *found = true;
    if (conn->placed.id && conn->placed.id == target.id && conn->placed.kind == target.kind) {
        *place = conn->place;
        return TOC_OK;
    }
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            target.kind == TOC_KIND_INDICATOR
                                ? "SELECT owner_id, type_id, flags & 1 FROM indicator WHERE id = ?"
                                : "SELECT owner_id, type_id, flags & 1 FROM entity WHERE id = ?",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, target.id);
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    *found = step > 0;
    *place = (toc__place){.kind = target.kind};
    if (step > 0) {
        place->owner = toc_column_int(stmt, 0);
        place->type_id = toc_column_int(stmt, 1);
        place->active = toc_column_int(stmt, 2);
    }
    return TOC_OK;
}

/* --- small things that statements share */

toc_rc toc__run_ints(toc_conn *conn, const char *sql, const int64_t *values, size_t count,
                     toc_error *err)
{
    toc_rc rc = toc__require_tx(conn, err);
    toc_stmt *stmt = NULL;
    if (!rc)
        rc = toc_db_stmt(conn->db, sql, &stmt, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < count; i++)
        toc_bind_int(stmt, (int)i + 1, values[i]);
    return toc_run(stmt, err);
}

toc_rc toc__read_int(toc_stmt *stmt, int64_t *value, bool *found, toc_error *err)
{
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    *found = step > 0;
    *value = step > 0 ? toc_column_int(stmt, 0) : 0;
    toc_stmt_reset(stmt);
    return TOC_OK;
}

toc_rc toc__copy_column(toc_stmt *stmt, int column, toc_arena *arena, toc_str *text, toc_error *err)
{
    toc_str found = toc_column_text(stmt, column);
    if (found.ptr) {
        found = toc_arena_str(arena, found);
        if (!found.ptr)
            return toc_error_nomem(err);
    }
    *text = found;
    return TOC_OK;
}

toc_str toc__folded(toc_arena *arena, toc_str text)
{
    toc_str copy = toc_arena_str(arena, text);
    if (copy.ptr)
        toc_str_lower((char *)(uintptr_t)copy.ptr, copy.len);
    return copy;
}

void toc__bind_optional_date(toc_stmt *stmt, int index, bool has, int64_t seconds)
{
    if (has)
        toc_bind_int(stmt, index, seconds);
    else
        toc_bind_null(stmt, index);
}

toc_rc toc__parse_date(toc_str text, const char *field, bool *has, int64_t *seconds, toc_error *err)
{
    *has = text.len > 0;
    *seconds = 0;
    if (!*has || toc_time_parse(text, seconds))
        return TOC_OK;
    return toc_error_field(err, TOC_EINVAL, field, "\"%.*s\" is not a date", TOC_FMT(text));
}

toc_rc toc__date_column(toc_stmt *stmt, int column, toc_arena *arena, toc_str *text, toc_error *err)
{
    if (toc_column_is_null(stmt, column)) {
        *text = (toc_str){NULL, 0};
        return TOC_OK;
    }
    char *out = toc_arena_alloc(arena, TOC_TIME_TEXT);
    if (!out)
        return toc_error_nomem(err);
    *text = (toc_str){out, toc_time_format(toc_column_int(stmt, column), out)};
    return TOC_OK;
}
