/* bulk.c - bulk reports of owners: which are enabled, made, due. */
#include "base/error.h"
#include "base/str.h"
#include "store/conn.h"

/* By toc_bulk_format. */
static const char *const put_sql[TOC_BULK_FORMATS] = {
    [TOC_BULK_CSV] = "INSERT INTO bulk_report(owner_id, csv, json, csv_file, csv_run, next_run,"
                     " status) VALUES(?1, 1, 1, ?2, ?3, ?4, 'Complete')"
                     " ON CONFLICT(owner_id) DO UPDATE SET csv_file = ?2, csv_run = ?3,"
                     " next_run = ?4, status = 'Complete'",
    [TOC_BULK_JSON] = "INSERT INTO bulk_report(owner_id, csv, json, json_file, json_run, next_run,"
                      " status) VALUES(?1, 1, 1, ?2, ?3, ?4, 'Complete')"
                      " ON CONFLICT(owner_id) DO UPDATE SET json_file = ?2, json_run = ?3,"
                      " next_run = ?4, status = 'Complete'",
};

toc_rc toc_bulk_get(toc_conn *conn, int64_t owner, toc_arena *arena, toc_bulk_report *report,
                    toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_bulk_report found = {.enabled = {true, true}, .status = TOC_S("Pending")};
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT csv, json, csv_file, json_file, csv_run, json_run, next_run,"
                            " status FROM bulk_report WHERE owner_id = ?",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, owner);
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    if (step) {
        for (int i = 0; !rc && i < TOC_BULK_FORMATS; i++) {
            found.enabled[i] = toc_column_int(stmt, i) != 0;
            found.made[i] = toc_column_int(stmt, 4 + i);
            if (!toc_column_is_null(stmt, 2 + i))
                rc = toc__copy_column(stmt, 2 + i, arena, &found.file[i], err);
        }
        found.next_run = toc_column_int(stmt, 6);
        if (!rc)
            rc = toc__copy_column(stmt, 7, arena, &found.status, err);
    }
    if (!rc)
        *report = found;
    return rc;
}

toc_rc toc_bulk_put(toc_conn *conn, int64_t owner, toc_bulk_format format, const toc_new_file *file,
                    int64_t made, int64_t next_run, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    toc_bulk_report former;
    toc_stmt *stmt = NULL;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = toc_bulk_get(conn, owner, &arena, &former, err);
    if (!rc)
        rc = toc_db_stmt(conn->db, put_sql[format], &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, owner);
    toc_bind_text(stmt, 2, toc_str_of(file->name));
    toc_bind_int(stmt, 3, made);
    toc_bind_int(stmt, 4, next_run);
    rc = toc_run(stmt, err);
    if (!rc && former.file[format].len)
        toc__file_drop(conn, former.file[format]);
    return rc;
}

toc_rc toc_bulk_failed(toc_conn *conn, int64_t owner, int64_t next_run, toc_error *err)
{
    return toc__run_int(conn,
                        "INSERT INTO bulk_report(owner_id, csv, json, next_run, status)"
                        " VALUES(?1, 1, 1, ?2, 'Failure') ON CONFLICT(owner_id) DO UPDATE SET"
                        " next_run = ?2, status = 'Failure'",
                        err, owner, next_run);
}

/* A report that is disabled is not kept either. */
static toc_rc drop_disabled(toc_conn *conn, int64_t owner, const bool enabled[TOC_BULK_FORMATS],
                            toc_error *err)
{
    static const char *const sql[TOC_BULK_FORMATS] = {
        [TOC_BULK_CSV] = "UPDATE bulk_report SET csv_file = NULL, csv_run = NULL"
                         " WHERE owner_id = ?",
        [TOC_BULK_JSON] = "UPDATE bulk_report SET json_file = NULL, json_run = NULL"
                          " WHERE owner_id = ?",
    };
    TOC__AUTO_ARENA arena = {0};
    toc_bulk_report former;
    toc_rc rc = toc_bulk_get(conn, owner, &arena, &former, err);
    for (int i = 0; !rc && i < TOC_BULK_FORMATS; i++) {
        if (enabled[i] || !former.file[i].len)
            continue;
        rc = toc__run_int(conn, sql[i], err, owner);
        if (!rc)
            toc__file_drop(conn, former.file[i]);
    }
    return rc;
}

toc_rc toc_bulk_enable(toc_conn *conn, int64_t owner, const bool enabled[TOC_BULK_FORMATS],
                       toc_error *err)
{
    toc_rc rc = toc__run_int(conn,
                             "INSERT INTO bulk_report(owner_id, csv, json, status)"
                             " VALUES(?1, ?2, ?3, 'Pending') ON CONFLICT(owner_id) DO UPDATE SET"
                             " csv = ?2, json = ?3",
                             err, owner, enabled[TOC_BULK_CSV], enabled[TOC_BULK_JSON]);
    return rc ? rc : drop_disabled(conn, owner, enabled, err);
}

/* Reports are made daily: one that is due later than in two days was put off by a clock that went
 * back since. */
toc_rc toc_bulk_due(toc_conn *conn, int64_t now, int64_t *owner, toc_error *err)
{
    toc_stmt *stmt = NULL;
    bool found = false;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT owner_id FROM bulk_report"
                            " WHERE (next_run <= ?1 OR next_run > ?1 + 2 * 86400)"
                            " AND (csv_file IS NOT NULL OR json_file IS NOT NULL)"
                            " ORDER BY next_run LIMIT 1",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, now);
    return toc__read_int(stmt, owner, &found, err);
}
