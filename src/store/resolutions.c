/* resolutions.c - which addresses host names had, and when. */
#include "store/conn.h"

#include "base/error.h"

toc_rc toc_resolution_add(toc_conn *conn, toc_str host, toc_str address, int64_t date,
                          toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc && (!host.len || !address.len))
        rc = toc_error_set(err, TOC_EINVAL, "a resolution needs a host and an address");
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "INSERT INTO resolution(host_value, address_value, date) VALUES(?, ?, ?)"
                         " ON CONFLICT(host_value, date, address_value) DO NOTHING",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, host);
    toc_bind_text(stmt, 2, address);
    toc_bind_int(stmt, 3, date);
    return toc_run(stmt, err);
}

toc_rc toc_resolution_dates(toc_conn *conn, toc_str host, int64_t *dates, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    bool found = false;
    toc_rc rc = toc_db_stmt(
        conn->db, "SELECT count(DISTINCT date) FROM resolution WHERE host_value = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, host);
    return toc__read_int(stmt, dates, &found, err);
}

/* Columns: date, text. */
static toc_rc walk(toc_stmt *stmt, toc_resolution_fn fn, void *user, toc_error *err)
{
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        toc_rc rc = fn(user, toc_column_int(stmt, 0), toc_column_text(stmt, 1));
        if (rc)
            return rc;
    }
    return step;
}

toc_rc toc_resolution_each(toc_conn *conn, toc_str host, int64_t offset, int64_t limit,
                           toc_resolution_fn fn, void *user, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT date, address_value FROM resolution WHERE host_value = ?1"
                            " AND date IN (SELECT DISTINCT date FROM resolution"
                            " WHERE host_value = ?1 ORDER BY date DESC LIMIT ?2 OFFSET ?3)"
                            " ORDER BY date DESC, address_value",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, host);
    toc_bind_int(stmt, 2, limit);
    toc_bind_int(stmt, 3, offset);
    return walk(stmt, fn, user, err);
}

toc_rc toc_resolved_each(toc_conn *conn, toc_str address, toc_resolution_fn fn, void *user,
                         toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT max(date), host_value FROM resolution"
                            " WHERE address_value = ? GROUP BY host_value ORDER BY 1 DESC, 2",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, address);
    return walk(stmt, fn, user, err);
}
