/* labels.c - security labels: those of an owner and the system's, which belong to owner 0. */
#include "store/conn.h"

#include "base/error.h"
#include "base/str.h"

toc_rc toc_label_id(toc_conn *conn, int64_t owner, toc_str name, int64_t *id, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    toc_str folded = toc__folded(&arena, name);
    if (!folded.ptr)
        return toc_error_nomem(err);
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT id FROM label WHERE name_key = ? AND owner_id IN (?, 0)"
                            " ORDER BY owner_id DESC LIMIT 1",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, folded);
    toc_bind_int(stmt, 2, owner);
    bool found = false;
    return toc__read_int(stmt, id, &found, err);
}

static toc_rc conflict(toc_str name, toc_error *err)
{
    return toc_error_field(err, TOC_ECONFLICT, "name", "there is a security label named \"%.*s\"",
                           TOC_FMT(name));
}

toc_rc toc_label_add(toc_conn *conn, int64_t owner, const toc_label *label, int64_t now,
                     int64_t *id, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    toc_stmt *stmt = NULL;
    int64_t made = 0, added = now;
    bool has = false;
    if (!label->name.len)
        return toc_error_field(err, TOC_EINVAL, "name", "a security label needs a name");
    toc_str folded = toc__folded(&arena, label->name);
    if (!folded.ptr)
        return toc_error_nomem(err);
    toc_rc rc = toc__parse_date(label->date_added, "dateAdded", &has, &added, err);
    if (!rc)
        rc = toc__next_id(conn, TOC__TABLE_LABEL, &made, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "INSERT INTO label(id, owner_id, name, name_key, description, color,"
                         " date_added) VALUES(?, ?, ?, ?, ?, ?, ?)",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, made);
    toc_bind_int(stmt, 2, owner);
    toc_bind_text(stmt, 3, label->name);
    toc_bind_text(stmt, 4, folded);
    toc_bind_text(stmt, 5, label->description);
    toc_bind_text(stmt, 6, label->color);
    toc_bind_int(stmt, 7, has ? added : now);
    rc = toc_run(stmt, err);
    if (rc)
        return rc == TOC_ECONFLICT ? conflict(label->name, err) : rc;
    *id = made;
    return TOC_OK;
}

static toc_rc check_own(toc_conn *conn, int64_t label, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = toc_db_stmt(conn->db, "SELECT owner_id FROM label WHERE id = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, label);
    int64_t owner = 0;
    bool found = false;
    rc = toc__read_int(stmt, &owner, &found, err);
    if (!rc && !found)
        rc = toc_error_set(err, TOC_ENOTFOUND, "there is no security label %lld", (long long)label);
    if (!rc && !owner)
        rc = toc_error_set(err, TOC_EAUTH, "the security labels of the system cannot be changed");
    return rc;
}

toc_rc toc_label_change(toc_conn *conn, int64_t label, const toc_label *values, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    toc_stmt *stmt = NULL;
    toc_str folded = {NULL, 0}, name = {NULL, 0};
    if (values->name.len) {
        name = values->name;
        folded = toc__folded(&arena, name);
        if (!folded.ptr)
            return toc_error_nomem(err);
    }
    toc_rc rc = check_own(conn, label, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "UPDATE label SET name = coalesce(?, name),"
                         " name_key = coalesce(?, name_key),"
                         " description = coalesce(?, description), color = coalesce(?, color)"
                         " WHERE id = ?",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, name);
    toc_bind_text(stmt, 2, folded);
    toc_bind_text(stmt, 3, values->description);
    toc_bind_text(stmt, 4, values->color);
    toc_bind_int(stmt, 5, label);
    rc = toc_run(stmt, err);
    return rc == TOC_ECONFLICT ? conflict(name, err) : rc;
}

toc_rc toc_label_remove(toc_conn *conn, int64_t label, toc_error *err)
{
    toc_rc rc = check_own(conn, label, err);
    if (!rc)
        rc = toc__run_int(conn, "DELETE FROM label_link WHERE label_id = ?", err, label);
    return rc ? rc : toc__run_int(conn, "DELETE FROM label WHERE id = ?", err, label);
}

toc_rc toc_label_apply(toc_conn *conn, int64_t label, toc_target target, toc_error *err)
{
    return toc__run_int(conn,
                        "INSERT INTO label_link(label_id, kind, object_id) VALUES(?, ?, ?)"
                        " ON CONFLICT(label_id, kind, object_id) DO NOTHING",
                        err, label, (int64_t)target.kind, target.id);
}

toc_rc toc_label_unapply(toc_conn *conn, int64_t label, toc_target target, toc_error *err)
{
    return toc__run_int(conn,
                        "DELETE FROM label_link WHERE label_id = ? AND kind = ? AND object_id = ?",
                        err, label, (int64_t)target.kind, target.id);
}

toc_rc toc_label_clear(toc_conn *conn, toc_target target, toc_error *err)
{
    return toc__run_int(conn, "DELETE FROM label_link WHERE object_id = ? AND kind = ?", err,
                        target.id, (int64_t)target.kind);
}

toc_rc toc_label_each(toc_conn *conn, int64_t owner, toc_target target, const toc_terms *terms,
                      int64_t offset, int64_t limit, toc_label_fn fn, void *user, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0}, row = {0};
    TOC__AUTO_STMT stmt = NULL;
    TOC_CLEANUP(toc__sql_done) toc__sql sql;
    toc__sql_init(&sql, &arena);
    toc_buf_lit(&sql.text, "SELECT o.id, o.name, o.description, o.color, o.date_added"
                           " FROM label o WHERE 1 = 1");
    if (target.id) {
        toc__sql_int(&sql,
                     " AND o.id IN (SELECT l.label_id FROM label_link l WHERE l.object_id = ?",
                     target.id);
        toc__sql_int(&sql, " AND l.kind = ?)", (int64_t)target.kind);
    } else {
        toc__sql_int(&sql, " AND o.owner_id IN (?, 0)", owner);
    }
    toc_rc rc = toc__sql_terms(&sql, terms, conn->store, err);
    toc_buf_lit(&sql.text, " ORDER BY o.name_key, o.id");
    toc__sql_window(&sql, offset, limit);
    if (!rc)
        rc = toc__sql_statement(&sql, conn, &stmt, err);
    if (rc)
        return rc;
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        toc_label label = {.name = toc_column_text(stmt, 1),
                           .description = toc_column_text(stmt, 2),
                           .color = toc_column_text(stmt, 3)};
        toc_arena_clear(&row);
        rc = toc__date_column(stmt, 4, &row, &label.date_added, err);
        if (!rc)
            rc = fn(user, toc_column_int(stmt, 0), &label);
        if (rc)
            return rc;
    }
    return step;
}

toc_rc toc_label_on_attributes(toc_conn *conn, int64_t owner, bool *some, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    int64_t one;
    /* Labels are few, and each one's links are a range of the index. */
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT 1 FROM label l CROSS JOIN label_link k ON k.label_id = l.id"
                            " AND k.kind = ? WHERE l.owner_id IN (?, 0) LIMIT 1",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, TOC_KIND_ATTRIBUTE);
    toc_bind_int(stmt, 2, owner);
    return toc__read_int(stmt, &one, some, err);
}
