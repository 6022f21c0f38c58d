/* owners.c - organisations, communities, sources. */
#include "store/conn.h"

#include "base/error.h"
#include "base/str.h"

toc_rc toc_owner_add(toc_conn *conn, toc_str name, toc_str type, int64_t *id, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    if (!toc_str_trim(name).len)
        return toc_error_field(err, TOC_EINVAL, "name", "an owner needs a name");
    toc_str key = toc__folded(&arena, name);
    if (!key.ptr)
        return toc_error_nomem(err);
    int64_t made = 0;
    toc_rc rc = toc__next_id(conn, TOC__TABLE_OWNER, &made, err);
    toc_stmt *stmt = NULL;
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "INSERT INTO owner(id, name, name_key, type) VALUES(?, ?, ?, ?)"
                         " ON CONFLICT(name_key) DO NOTHING",
                         &stmt, err);
    if (rc)
        return rc;
    toc__access_changed(conn);
    toc_bind_int(stmt, 1, made);
    toc_bind_text(stmt, 2, name);
    toc_bind_text(stmt, 3, key);
    toc_bind_text(stmt, 4, type);
    rc = toc_run(stmt, err);
    if (rc)
        return rc;
    if (!toc_db_changes(conn->db))
        return toc_error_set(err, TOC_ECONFLICT, "there is an owner named \"%.*s\"", TOC_FMT(name));
    *id = made;
    return TOC_OK;
}

static toc_rc read_owner(toc_stmt *stmt, toc_arena *arena, toc_store_owner *owner, toc_error *err)
{
    toc_store_owner found = {.id = toc_column_int(stmt, 0)};
    toc_rc rc = toc__copy_column(stmt, 1, arena, &found.name, err);
    if (!rc)
        rc = toc__copy_column(stmt, 2, arena, &found.type, err);
    if (!rc)
        *owner = found;
    return rc;
}

toc_rc toc_owner_by_name(toc_conn *conn, toc_str name, toc_arena *arena, toc_store_owner *owner,
                         toc_error *err)
{
    TOC__AUTO_ARENA fold = {0};
    TOC__AUTO_STMT stmt = NULL;
    toc_str key = toc__folded(&fold, name);
    if (!key.ptr)
        return toc_error_nomem(err);
    toc_rc rc =
        toc_db_stmt(conn->db, "SELECT id, name, type FROM owner WHERE name_key = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, key);
    int step = toc_step(stmt, err);
    if (step > 0)
        return read_owner(stmt, arena, owner, err);
    return step ? step
                : toc_error_set(err, TOC_ENOTFOUND, "there is no owner named \"%.*s\"",
                                TOC_FMT(name));
}

static toc_rc load_owner(toc_conn *conn, int64_t id, toc_arena *arena, toc_store_owner *owner,
                         toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db, "SELECT id, name, type FROM owner WHERE id = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, id);
    int step = toc_step(stmt, err);
    if (step > 0)
        return read_owner(stmt, arena, owner, err);
    return step ? step
                : toc_error_set(err, TOC_ENOTFOUND, "there is no owner with the id %lld",
                                (long long)id);
}

/* Owners never change their names, so what was read once stays true. */
toc_rc toc__owner_cached(toc_conn *conn, int64_t id, const toc__owner_name **owner, toc_error *err)
{
    for (toc__owner_name *at = conn->owners; at; at = at->next) {
        if (at->id == id) {
            *owner = at;
            return TOC_OK;
        }
    }
    toc_store_owner found;
    toc_rc rc = load_owner(conn, id, &conn->owner_arena, &found, err);
    if (rc)
        return rc;
    toc__owner_name *node = toc_arena_alloc(&conn->owner_arena, sizeof(*node));
    if (!node)
        return toc_error_nomem(err);
    *node = (toc__owner_name){conn->owners, found.id, found.name, found.type};
    conn->owners = node;
    *owner = node;
    return TOC_OK;
}

toc_rc toc_owner_by_id(toc_conn *conn, int64_t id, toc_arena *arena, toc_store_owner *owner,
                       toc_error *err)
{
    const toc__owner_name *known = NULL;
    toc_rc rc = toc__owner_cached(conn, id, &known, err);
    if (rc || !known)
        return rc;
    toc_str name = toc_arena_str(arena, known->name), type = toc_arena_str(arena, known->type);
    if (!name.ptr || !type.ptr)
        return toc_error_nomem(err);
    *owner = (toc_store_owner){known->id, name, type};
    return TOC_OK;
}

toc_rc toc_owner_each(toc_conn *conn, int64_t user_id, toc_owner_fn fn, void *user, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT o.id, o.name, o.type, coalesce(g.role,"
                            " CASE WHEN a.organization = o.id THEN a.role END) FROM owner o"
                            " LEFT JOIN account a ON a.id = ?1 LEFT JOIN account_owner g"
                            " ON g.account_id = ?1 AND g.owner_id = o.id ORDER BY o.name_key",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, user_id);
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        toc_store_owner owner = {toc_column_int(stmt, 0), toc_column_text(stmt, 1),
                                 toc_column_text(stmt, 2)};
        const toc_role *role = toc_role_find(toc_column_text(stmt, 3));
        if (user_id && !(role && (role->rights & TOC_MAY_READ)))
            continue;
        rc = fn(user, &owner);
        if (rc)
            return rc;
    }
    return step;
}

toc_rc toc_owner_anonymous(toc_conn *conn, int64_t id, bool *anonymous, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db, "SELECT anonymous FROM owner WHERE id = ?", &stmt, err);
    if (rc)
        return rc;
    int64_t value = 0;
    bool found;
    toc_bind_int(stmt, 1, id);
    rc = toc__read_int(stmt, &value, &found, err);
    if (!rc)
        *anonymous = value != 0;
    return rc;
}

toc_rc toc_owner_set_anonymous(toc_conn *conn, int64_t id, bool anonymous, toc_error *err)
{
    return toc__run_int(conn, "UPDATE owner SET anonymous = ? WHERE id = ?", err, anonymous, id);
}

toc_rc toc_indicator_rating(toc_conn *conn, int64_t id, double *rating, double *confidence,
                            toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT coalesce(rating, -1), coalesce(confidence, -1) FROM indicator"
                            " WHERE id = ?",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, id);
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    *rating = step > 0 ? toc_column_double(stmt, 0) : -1;
    *confidence = step > 0 ? toc_column_double(stmt, 1) : -1;
    return TOC_OK;
}
