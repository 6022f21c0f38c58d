/* readers.c - the pool of reading connections and the snapshots that they keep. Beginning and
 * ending a read costs file locks, so that a reader goes on with the snapshot of its last request
 * while nothing was written. */
#include "store/conn.h"

#include <time.h>

/* What another process has written is seen after this time at the latest. */
#define SNAPSHOT_MS 20U
/* Somebody must come by and end the snapshots of readers that nobody asks for any more: snapshots
 * are kept only when toc_store_tend was called within this time. */
#define TENDED_MS 10000U

/* Coarse: reading it costs no more than a look into memory, and it is at most 4 ms late. */
uint64_t toc__ticks_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (uint64_t)now.tv_sec * 1000U + (uint64_t)now.tv_nsec / 1000000U;
}

static void end_snapshot(toc_conn *conn)
{
    if (conn->snapshot)
        toc_db_rollback(conn->db);
    conn->snapshot = false;
}

static bool is_current(const toc_conn *conn, uint64_t now)
{
    return conn->generation == atomic_load(&conn->store->generation) &&
           now - conn->taken_ms <= SNAPSHOT_MS;
}

static toc_rc take_snapshot(toc_conn *conn, uint64_t now, toc_error *err)
{
    conn->now_ms = now;
    /* A failed read may have ended it. */
    if (conn->snapshot && is_current(conn, now) && toc_db_in_tx(conn->db))
        return TOC_OK;
    /* The others that wait are likely to be too old as well. */
    if (conn->snapshot)
        toc__readers_release(conn->store, false);
    end_snapshot(conn);
    /* Read before the snapshot is: it can only be newer than it claims. */
    conn->generation = atomic_load(&conn->store->generation);
    conn->access = atomic_load(&conn->store->access);
    conn->taken_ms = now;
    toc_rc rc = toc_db_begin(conn->db, false, err);
    conn->snapshot = !rc;
    /* Types that another process has defined. */
    uint64_t seen = atomic_load(&conn->store->seen_ms);
    if (!rc && now - seen > SNAPSHOT_MS &&
        atomic_compare_exchange_strong(&conn->store->seen_ms, &seen, now))
        toc__catalogue_renew(conn);
    return rc;
}

toc_rc toc_store_reader(toc_store *store, toc_conn **conn, toc_error *err)
{
    (void)pthread_mutex_lock(&store->lock);
    toc_conn *found = store->idle;
    if (found) {
        store->idle = found->next;
        store->idle_count--;
    }
    (void)pthread_mutex_unlock(&store->lock);
    toc_rc rc = found ? TOC_OK : toc__conn_open(store, false, &found, err);
    if (rc)
        return rc;
    found->next = NULL;
    rc = take_snapshot(found, toc__ticks_ms(), err);
    if (rc) {
        toc__conn_close(found);
        return rc;
    }
    *conn = found;
    return TOC_OK;
}

/* A snapshot is not kept while a writer works: the log could not be folded back past it. Under the
 * lock, because a writer looks through the idle ones under it: none is put among them behind its
 * back. */
static bool give_back(toc_store *store, toc_conn *conn)
{
    (void)pthread_mutex_lock(&store->lock);
    bool harmless =
        !conn->snapshot || (!store->writing && conn->generation == atomic_load(&store->generation));
    bool kept = harmless && store->idle_count < TOC_MAX_READERS;
    if (kept) {
        conn->next = store->idle;
        store->idle = conn;
        store->idle_count++;
    }
    (void)pthread_mutex_unlock(&store->lock);
    return kept;
}

void toc_store_reader_done(toc_store *store, toc_conn *conn)
{
    if (!conn)
        return;
    if (toc__ticks_ms() >= atomic_load(&store->tended_until))
        end_snapshot(conn);
    if (give_back(store, conn))
        return;
    bool had = conn->snapshot;
    end_snapshot(conn);
    if (!had || !give_back(store, conn))
        toc__conn_close(conn);
}

void toc__readers_release(toc_store *store, bool all)
{
    (void)pthread_mutex_lock(&store->lock);
    uint64_t now = toc__ticks_ms();
    for (toc_conn *at = store->idle; at; at = at->next) {
        if (all || !is_current(at, now))
            end_snapshot(at);
    }
    (void)pthread_mutex_unlock(&store->lock);
}

void toc_store_tend(toc_store *store)
{
    atomic_store(&store->tended_until, toc__ticks_ms() + TENDED_MS);
    toc__readers_release(store, false);
}

toc_moment toc_reader_moment(const toc_conn *conn)
{
    return (toc_moment){.access = conn->access, .taken_ms = conn->taken_ms, .now_ms = conn->now_ms};
}
