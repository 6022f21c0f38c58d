/* links.c - links between objects, each stored as two rows so that both ends list it the same way.
 */
#include "store/conn.h"

#include "base/error.h"
#include "base/str.h"

/* Names of associations and types are at most 100 bytes long. */
#define NAME_ROOM 256

/* File actions are directed (rest-v2 2.11). The row of the other direction has the mark before the
 * association: it is found by its end but is not this association there. */
#define REVERSE "<"

/* The name that rows carry, however the caller spelled it. */
static toc_str stored_name(const toc_store *store, toc_str association, char room[NAME_ROOM],
                           bool *directed)
{
    *directed = false;
    if (!association.len)
        return TOC_S("");
    const toc_association_type *row =
        toc_associations_find(toc_store_associations(store), association);
    if (row) {
        *directed = row->file_action;
        return toc_str_of(row->name);
    }
    const toc_type *type = toc_association_generic(toc_store_types(store), association);
    if (!type)
        return association;
    int len = snprintf(room, NAME_ROOM, "%s" TOC_GENERIC_ASSOCIATION, type->name);
    return (toc_str){room, (size_t)len};
}

static toc_rc run_link(toc_conn *conn, const char *sql, toc_target a, toc_target b,
                       toc_str association, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db, sql, &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, a.kind);
    toc_bind_int(stmt, 2, a.id);
    toc_bind_int(stmt, 3, b.kind);
    toc_bind_int(stmt, 4, b.id);
    toc_bind_text(stmt, 5, association);
    return toc_run(stmt, err);
}

/* The same statement for both directions. */
static toc_rc run_both(toc_conn *conn, const char *sql, toc_target a, toc_target b,
                       toc_str association, toc_error *err)
{
    char room[NAME_ROOM], reverse_room[NAME_ROOM];
    bool directed;
    toc_str name = stored_name(conn->store, association, room, &directed);
    toc_str reverse = name;
    if (directed) {
        int len = snprintf(reverse_room, NAME_ROOM, REVERSE "%.*s", TOC_FMT(name));
        reverse = (toc_str){reverse_room, (size_t)len};
    }
    toc_rc rc = run_link(conn, sql, a, b, name, err);
    return rc ? rc : run_link(conn, sql, b, a, reverse, err);
}

toc_rc toc_link_add(toc_conn *conn, toc_target a, toc_target b, toc_str association, toc_error *err)
{
    toc_rc rc = toc__require_tx(conn, err);
    if (rc)
        return rc;
    if (a.kind == b.kind && a.id == b.id)
        return toc_error_set(err, TOC_EINVAL, "an object cannot be linked with itself");
    return run_both(conn,
                    "INSERT INTO link(kind_a, id_a, kind_b, id_b, association)"
                    " VALUES(?, ?, ?, ?, ?) ON CONFLICT(kind_a, id_a, kind_b, id_b, association)"
                    " DO NOTHING",
                    a, b, association, err);
}

toc_rc toc_link_remove(toc_conn *conn, toc_target a, toc_target b, toc_str association,
                       toc_error *err)
{
    toc_rc rc = toc__require_tx(conn, err);
    if (rc)
        return rc;
    return run_both(conn,
                    "DELETE FROM link WHERE kind_a = ? AND id_a = ? AND kind_b = ? AND id_b = ?"
                    " AND association = ?",
                    a, b, association, err);
}

toc_rc toc__drop_links(toc_conn *conn, toc_target target, toc_error *err)
{
    toc_rc rc = toc__run_int(conn,
                             "DELETE FROM link WHERE (kind_a, id_a, kind_b, id_b) IN"
                             " (SELECT kind_b, id_b, kind_a, id_a FROM link WHERE kind_a = ?"
                             " AND id_a = ?)",
                             err, target.kind, target.id);
    return rc ? rc
              : toc__run_int(conn, "DELETE FROM link WHERE kind_a = ? AND id_a = ?", err,
                             target.kind, target.id);
}
