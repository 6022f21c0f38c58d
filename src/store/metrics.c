/* metrics.c - metrics that organizations define, and what their intervals came to. */
#include "store/conn.h"

#include "base/error.h"
#include "base/str.h"

#define COLUMNS "SELECT id, organization, name, data_type, interval, keyed, description"

static toc_metric borrow(toc_stmt *stmt)
{
    return (toc_metric){.id = toc_column_int(stmt, 0),
                        .organization = toc_column_int(stmt, 1),
                        .name = toc_column_text(stmt, 2),
                        .data_type = toc_column_text(stmt, 3),
                        .interval = toc_column_text(stmt, 4),
                        .keyed = toc_column_int(stmt, 5) != 0,
                        .description = toc_column_text(stmt, 6)};
}

static toc_rc conflict(toc_conn *conn, const toc_metric *metric, toc_error *err)
{
    if (toc_db_changes(conn->db))
        return TOC_OK;
    return toc_error_field(err, TOC_ECONFLICT, "name", "there is a metric named \"%.*s\"",
                           TOC_FMT(metric->name));
}

static toc_rc bind_metric(toc_stmt *stmt, const toc_metric *metric, toc_arena *arena,
                          toc_error *err)
{
    toc_str key = toc__folded(arena, metric->name);
    if (!key.ptr)
        return toc_error_nomem(err);
    toc_bind_int(stmt, 1, metric->id);
    toc_bind_int(stmt, 2, metric->organization);
    toc_bind_text(stmt, 3, metric->name);
    toc_bind_text(stmt, 4, key);
    toc_bind_text(stmt, 5, metric->data_type);
    toc_bind_text(stmt, 6, metric->interval);
    toc_bind_int(stmt, 7, metric->keyed);
    toc_bind_text(stmt, 8, metric->description);
    return TOC_OK;
}

static toc_rc write_metric(toc_conn *conn, const char *sql, const toc_metric *metric,
                           toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = toc_db_stmt(conn->db, sql, &stmt, err);
    if (!rc)
        rc = bind_metric(stmt, metric, &arena, err);
    if (!rc)
        rc = toc_run(stmt, err);
    return rc ? rc : conflict(conn, metric, err);
}

toc_rc toc_metric_add(toc_conn *conn, toc_metric *metric, toc_error *err)
{
    toc_metric made = *metric;
    toc_rc rc = toc__next_id(conn, TOC__TABLE_METRIC, &made.id, err);
    if (!rc)
        rc = write_metric(conn,
                          "INSERT INTO custom_metric(id, organization, name, name_key, data_type,"
                          " interval, keyed, description) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
                          " ON CONFLICT(organization, name_key) DO NOTHING",
                          &made, err);
    if (!rc)
        metric->id = made.id;
    return rc;
}

toc_rc toc_metric_change(toc_conn *conn, const toc_metric *metric, toc_error *err)
{
    return write_metric(conn,
                        "UPDATE OR IGNORE custom_metric SET name = ?3, name_key = ?4,"
                        " data_type = ?5, interval = ?6, keyed = ?7, description = ?8"
                        " WHERE id = ?1 AND organization = ?2",
                        metric, err);
}

toc_rc toc_metric_remove(toc_conn *conn, int64_t id, toc_error *err)
{
    toc_rc rc = toc__run_int(conn, "DELETE FROM custom_metric_value WHERE metric_id = ?", err, id);
    return rc ? rc : toc__run_int(conn, "DELETE FROM custom_metric WHERE id = ?", err, id);
}

static toc_rc copy(const toc_metric *from, toc_arena *arena, toc_metric *metric, toc_error *err)
{
    toc_metric made = *from;
    toc_str *const texts[] = {&made.name, &made.data_type, &made.interval, &made.description};
    for (size_t i = 0; i < TOC_COUNT(texts); i++) {
        if (!texts[i]->ptr)
            continue;
        *texts[i] = toc_arena_str(arena, *texts[i]);
        if (!texts[i]->ptr)
            return toc_error_nomem(err);
    }
    *metric = made;
    return TOC_OK;
}

toc_rc toc_metric_find(toc_conn *conn, int64_t organization, toc_str text, toc_arena *arena,
                       toc_metric *metric, toc_error *err)
{
    TOC__AUTO_ARENA fold = {0};
    TOC__AUTO_STMT stmt = NULL;
    int64_t id = 0;
    toc_str key = toc__folded(&fold, text);
    if (!key.ptr)
        return toc_error_nomem(err);
    toc_rc rc = toc_db_stmt(conn->db,
                            COLUMNS " FROM custom_metric WHERE organization = ?1"
                                    " AND (id = ?2 OR name_key = ?3) ORDER BY id <> ?2 LIMIT 1",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, organization);
    toc_bind_int(stmt, 2, toc_str_to_int(text, &id) ? id : 0);
    toc_bind_text(stmt, 3, key);
    int step = toc_step(stmt, err);
    if (step <= 0)
        return step ? step : toc_error_set(err, TOC_ENOTFOUND, "there is no such metric");
    toc_metric found = borrow(stmt);
    return copy(&found, arena, metric, err);
}

toc_rc toc_metric_count(toc_conn *conn, int64_t organization, int64_t *count, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    bool found = false;
    toc_rc rc = toc_db_stmt(conn->db, "SELECT count(*) FROM custom_metric WHERE organization = ?",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, organization);
    return toc__read_int(stmt, count, &found, err);
}

toc_rc toc_metric_each(toc_conn *conn, int64_t organization, int64_t offset, int64_t limit,
                       toc_metric_fn fn, void *user, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            COLUMNS " FROM custom_metric WHERE organization = ?"
                                    " ORDER BY id DESC LIMIT ? OFFSET ?",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, organization);
    toc_bind_int(stmt, 2, limit);
    toc_bind_int(stmt, 3, offset);
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        toc_metric metric = borrow(stmt);
        rc = fn(user, &metric);
        if (rc)
            return rc;
    }
    return step;
}

/* --- values */

toc_rc toc_metric_used(toc_conn *conn, int64_t id, bool *used, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    int64_t one = 0;
    toc_rc rc = toc_db_stmt(
        conn->db, "SELECT 1 FROM custom_metric_value WHERE metric_id = ? LIMIT 1", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, id);
    return toc__read_int(stmt, &one, used, err);
}

toc_rc toc_metric_value_get(toc_conn *conn, toc_metric_value *value, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT value, weight, first_date, last_date FROM custom_metric_value"
                            " WHERE metric_id = ? AND name = ? AND date = ?",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, value->metric);
    toc_bind_text(stmt, 2, value->name);
    toc_bind_int(stmt, 3, value->date);
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    value->value = step ? toc_column_double(stmt, 0) : 0;
    value->weight = step ? toc_column_int(stmt, 1) : 0;
    value->first = step ? toc_column_int(stmt, 2) : 0;
    value->last = step ? toc_column_int(stmt, 3) : 0;
    return TOC_OK;
}

toc_rc toc_metric_value_put(toc_conn *conn, const toc_metric_value *value, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "INSERT INTO custom_metric_value(metric_id, name, date, value, weight,"
                         " first_date, last_date) VALUES(?, ?, ?, ?, ?, ?, ?)"
                         " ON CONFLICT(metric_id, name, date) DO UPDATE SET value = excluded.value,"
                         " weight = excluded.weight, first_date = excluded.first_date,"
                         " last_date = excluded.last_date",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, value->metric);
    toc_bind_text(stmt, 2, value->name);
    toc_bind_int(stmt, 3, value->date);
    toc_bind_double(stmt, 4, value->value);
    toc_bind_int(stmt, 5, value->weight);
    toc_bind_int(stmt, 6, value->first);
    toc_bind_int(stmt, 7, value->last);
    return toc_run(stmt, err);
}
