/* tombstones.c - indicators that were removed, for a while. */
#include "store/conn.h"

toc_rc toc__tombstones_purge(toc_conn *conn, int64_t owner, int64_t now, toc_error *err)
{
    return toc__run_int(conn, "DELETE FROM tombstone WHERE owner_id = ? AND date_deleted < ?", err,
                        owner, now - (int64_t)TOC_TOMBSTONE_DAYS * TOC__SECONDS_PER_DAY);
}

static toc_rc prepare(toc_conn *conn, const char *sql, const toc_grave_query *query,
                      toc_stmt **stmt, toc_error *err)
{
    toc_rc rc = toc_db_stmt(conn->db, sql, stmt, err);
    if (rc)
        return rc;
    toc_bind_int(*stmt, 1, query->owner);
    toc_bind_int(*stmt, 2, query->since);
    /* -1: a type that the store does not know; nothing of it was removed. */
    int64_t type_id = query->type ? toc__type_id(conn->store, query->type) : 0;
    toc_bind_int(*stmt, 3, query->type && !type_id ? -1 : type_id);
    return TOC_OK;
}

#define CONDITIONS                                                                                 \
    " FROM tombstone WHERE owner_id = ?1 AND date_deleted >= ?2 AND (?3 = 0 OR type_id = ?3)"

toc_rc toc_tombstone_count(toc_conn *conn, const toc_grave_query *query, int64_t *count,
                           toc_error *err)
{
    toc_stmt *stmt = NULL;
    bool found = false;
    toc_rc rc = prepare(conn, "SELECT count(*)" CONDITIONS, query, &stmt, err);
    return rc ? rc : toc__read_int(stmt, count, &found, err);
}

toc_rc toc_tombstone_each(toc_conn *conn, const toc_grave_query *query, toc_tombstone_fn fn,
                          void *user, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = prepare(conn,
                        "SELECT type_id, summary, date_added, date_deleted" CONDITIONS
                        " ORDER BY date_deleted DESC, id DESC LIMIT ?4 OFFSET ?5",
                        query, &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 4, query->limit);
    toc_bind_int(stmt, 5, query->offset);
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        toc_tombstone tombstone = {.type = toc__type_by_id(conn->store, toc_column_int(stmt, 0)),
                                   .summary = toc_column_text(stmt, 1),
                                   .added = toc_column_int(stmt, 2),
                                   .deleted = toc_column_int(stmt, 3)};
        /* Of a type that this program no longer knows. */
        if (tombstone.type)
            rc = fn(user, &tombstone);
        if (rc)
            return rc;
    }
    return step;
}
