/* occurrences.c - where files were seen. */
#include "store/conn.h"

#include "base/error.h"

static toc_rc not_found(int64_t id, toc_error *err)
{
    return toc_error_set(err, TOC_ENOTFOUND, "there is no file occurrence %lld", (long long)id);
}

static toc_rc find_equal(toc_conn *conn, int64_t indicator, const toc_occurrence *occurrence,
                         bool has, int64_t date, int64_t *id, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_stmt(
        conn->db,
        "SELECT id FROM occurrence WHERE indicator_id = ? AND file_name IS NOT DISTINCT FROM ?"
        " AND path IS NOT DISTINCT FROM ? AND date IS NOT DISTINCT FROM ? LIMIT 1",
        &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, indicator);
    toc_bind_text(stmt, 2, occurrence->file_name);
    toc_bind_text(stmt, 3, occurrence->path);
    toc__bind_optional_date(stmt, 4, has, date);
    bool found = false;
    return toc__read_int(stmt, id, &found, err);
}

static toc_rc insert(toc_conn *conn, int64_t indicator, const toc_occurrence *occurrence, bool has,
                     int64_t date, int64_t *id, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc__next_id(conn, TOC__TABLE_OCCURRENCE, id, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "INSERT INTO occurrence(id, indicator_id, file_name, path, date)"
                         " VALUES(?, ?, ?, ?, ?)",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, *id);
    toc_bind_int(stmt, 2, indicator);
    toc_bind_text(stmt, 3, occurrence->file_name);
    toc_bind_text(stmt, 4, occurrence->path);
    toc__bind_optional_date(stmt, 5, has, date);
    return toc_run(stmt, err);
}

toc_rc toc_occurrence_add(toc_conn *conn, int64_t indicator, const toc_occurrence *occurrence,
                          int64_t *id, toc_error *err)
{
    int64_t date = 0, made = 0;
    bool has = false;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = toc__parse_date(occurrence->date, "date", &has, &date, err);
    if (!rc)
        rc = find_equal(conn, indicator, occurrence, has, date, &made, err);
    if (!rc && !made)
        rc = insert(conn, indicator, occurrence, has, date, &made, err);
    if (!rc)
        *id = made;
    return rc;
}

toc_rc toc_occurrence_change(toc_conn *conn, int64_t indicator, const toc_occurrence *occurrence,
                             toc_error *err)
{
    int64_t date = 0;
    bool has = false;
    toc_stmt *stmt = NULL;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = toc__parse_date(occurrence->date, "date", &has, &date, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "UPDATE occurrence SET file_name = coalesce(?, file_name),"
                         " path = coalesce(?, path), date = coalesce(?, date)"
                         " WHERE id = ? AND indicator_id = ?",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, occurrence->file_name);
    toc_bind_text(stmt, 2, occurrence->path);
    toc__bind_optional_date(stmt, 3, has, date);
    toc_bind_int(stmt, 4, occurrence->id);
    toc_bind_int(stmt, 5, indicator);
    rc = toc_run(stmt, err);
    return rc || toc_db_changes(conn->db) ? rc : not_found(occurrence->id, err);
}

toc_rc toc_occurrence_remove(toc_conn *conn, int64_t indicator, int64_t id, toc_error *err)
{
    toc_rc rc = toc__run_int(conn, "DELETE FROM occurrence WHERE id = ? AND indicator_id = ?", err,
                             id, indicator);
    return rc || toc_db_changes(conn->db) ? rc : not_found(id, err);
}

toc_rc toc_occurrence_each(toc_conn *conn, int64_t indicator, int64_t id, toc_occurrence_fn fn,
                           void *user, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT id, file_name, path, date FROM occurrence"
                            " WHERE indicator_id = ?1 AND (?2 = 0 OR id = ?2) ORDER BY id DESC",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, indicator);
    toc_bind_int(stmt, 2, id);
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        toc_occurrence occurrence = {.id = toc_column_int(stmt, 0),
                                     .file_name = toc_column_text(stmt, 1),
                                     .path = toc_column_text(stmt, 2)};
        toc_arena_clear(&arena);
        rc = toc__date_column(stmt, 3, &arena, &occurrence.date, err);
        if (!rc)
            rc = fn(user, &occurrence);
        if (rc)
            return rc;
    }
    return step;
}
