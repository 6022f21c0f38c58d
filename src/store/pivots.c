/* pivots.c - what is associated by way of something else: victims and indicators through groups,
 * assets through their victims (rest-v2 2.11); assets that go with what holds them. */
#include "store/conn.h"

#include "base/str.h"

/* The association of an asset that was taken out of what its victim brought along. */
#define APART "-"

/* Victims meet indicators and other victims in groups. */
static bool meets_in_groups(toc_kind a, toc_kind b)
{
    return (a == TOC_KIND_VICTIM && (b == TOC_KIND_INDICATOR || b == TOC_KIND_VICTIM)) ||
           (a == TOC_KIND_INDICATOR && b == TOC_KIND_VICTIM);
}

bool toc__is_wide(const toc_query *query)
{
    return query->linked && !query->association.ptr &&
           (query->kind == TOC_KIND_VICTIM_ASSET ||
            meets_in_groups(query->linked_kind, query->kind));
}

/* A select of the ids of a kind that are linked, at once or in a group. */
static void write_linked(toc__sql *sql, toc_target from, toc_kind kind)
{
    toc__sql_int(sql, "SELECT a.id_b FROM link a WHERE a.kind_a = ?", from.kind);
    toc__sql_int(sql, " AND a.id_a = ?", from.id);
    toc__sql_int(sql, " AND a.kind_b = ?", kind);
    toc_buf_lit(&sql->text, " AND a.association <> '" APART "'");
    if (!meets_in_groups(from.kind, kind))
        return;
    toc__sql_int(sql,
                 " UNION SELECT h.id_b FROM link g CROSS JOIN link h ON h.kind_a = g.kind_b"
                 " AND h.id_a = g.id_b WHERE g.kind_a = ?",
                 from.kind);
    toc__sql_int(sql, " AND g.id_a = ?", from.id);
    toc__sql_int(sql, " AND g.kind_b = ?", TOC_KIND_GROUP);
    toc__sql_int(sql, " AND h.kind_b = ?", kind);
}

static void write_assets(toc__sql *sql, toc_target from)
{
    toc__sql_int(sql, " UNION SELECT e.id FROM entity e WHERE e.kind = ?", TOC_KIND_VICTIM_ASSET);
    toc_buf_lit(&sql->text, " AND e.parent_id IN (");
    write_linked(sql, from, TOC_KIND_VICTIM);
    toc_buf_lit(&sql->text, ")");
}

void toc__sql_wide(toc__sql *sql, const toc_query *query)
{
    toc_target from = {query->linked_kind, query->linked_id};
    toc_buf_lit(&sql->text, " AND o.id IN (");
    write_linked(sql, from, query->kind);
    if (query->kind == TOC_KIND_VICTIM_ASSET)
        write_assets(sql, from);
    toc_buf_lit(&sql->text, ")");
    if (from.kind == query->kind)
        toc__sql_int(sql, " AND o.id <> ?", from.id);
    if (query->kind != TOC_KIND_VICTIM_ASSET)
        return;
    toc__sql_int(sql, " AND NOT EXISTS (SELECT 1 FROM link x WHERE x.kind_a = ?", from.kind);
    toc__sql_int(sql, " AND x.id_a = ?", from.id);
    toc__sql_int(sql, " AND x.kind_b = ?", query->kind);
    toc_buf_lit(&sql->text, " AND x.id_b = o.id AND x.association = '" APART "')");
}

toc_rc toc_asset_link(toc_conn *conn, toc_target from, int64_t asset, toc_error *err)
{
    toc_target to = {TOC_KIND_VICTIM_ASSET, asset};
    toc_rc rc = toc_link_remove(conn, from, to, TOC_S(APART), err);
    return rc ? rc : toc_link_add(conn, from, to, TOC_S(""), err);
}

toc_rc toc_asset_unlink(toc_conn *conn, toc_target from, int64_t asset, toc_error *err)
{
    toc_target to = {TOC_KIND_VICTIM_ASSET, asset};
    toc_rc rc = toc_link_remove(conn, from, to, TOC_S(""), err);
    return rc ? rc : toc_link_add(conn, from, to, TOC_S(APART), err);
}

toc_rc toc_assets_rejoin(toc_conn *conn, toc_target from, int64_t victim, toc_error *err)
{
    static const char sql[] =
        "DELETE FROM link WHERE association = '" APART "' AND kind_a = ?1 AND id_a = ?2"
        " AND kind_b = ?4 AND id_b IN (SELECT id FROM entity WHERE parent_id = ?3 AND kind = ?4)";
    static const char back[] =
        "DELETE FROM link WHERE association = '" APART "' AND kind_b = ?1 AND id_b = ?2"
        " AND kind_a = ?4 AND id_a IN (SELECT id FROM entity WHERE parent_id = ?3 AND kind = ?4)";
    toc_rc rc = toc__run_int(conn, sql, err, from.kind, from.id, victim, TOC_KIND_VICTIM_ASSET);
    return rc ? rc
              : toc__run_int(conn, back, err, from.kind, from.id, victim, TOC_KIND_VICTIM_ASSET);
}

static toc_rc first_asset(toc_conn *conn, int64_t holder, toc_kind kind, int64_t *id,
                          toc_error *err)
{
    toc_stmt *stmt = NULL;
    bool found = false;
    toc_rc rc =
        toc_db_stmt(conn->db, "SELECT id FROM entity WHERE parent_id = ? AND kind = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, holder);
    toc_bind_int(stmt, 2, kind);
    return toc__read_int(stmt, id, &found, err);
}

static toc_rc drop_assets(toc_conn *conn, int64_t owner, int64_t holder, toc_kind kind, int64_t now,
                          toc_error *err)
{
    int64_t id = 0;
    toc_rc rc = first_asset(conn, holder, kind, &id, err);
    while (!rc && id) {
        rc = toc_object_remove(conn, owner, kind, id, now, err);
        if (!rc)
            rc = first_asset(conn, holder, kind, &id, err);
    }
    return rc;
}

toc_rc toc__drop_held(toc_conn *conn, int64_t owner, toc_target target, int64_t now, toc_error *err)
{
    switch (target.kind) {
    case TOC_KIND_GROUP:
        return drop_assets(conn, owner, target.id, TOC_KIND_ADVERSARY_ASSET, now, err);
    case TOC_KIND_VICTIM:
        return drop_assets(conn, owner, target.id, TOC_KIND_VICTIM_ASSET, now, err);
    case TOC_KIND_TASK:
        return toc__run_int(conn, "DELETE FROM task_person WHERE task_id = ?", err, target.id);
    default:
        return TOC_OK;
    }
}
