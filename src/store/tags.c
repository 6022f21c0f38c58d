/* tags.c - tags of owners and what carries them. A tag's weight is how many objects do. */
#include "store/conn.h"

#include "base/error.h"
#include "base/str.h"

/* Owner and folded name: the key of the cache. */
static toc_rc cache_key(int64_t owner, toc_str name, toc_buf *key, toc_error *err)
{
    toc_buf_append(key, &owner, sizeof(owner));
    toc_buf_str(key, name);
    toc_rc rc = toc_buf_check(key, err);
    if (!rc)
        toc_str_lower(key->ptr + sizeof(owner), key->len - sizeof(owner));
    return rc;
}

static toc_rc find_tag(toc_conn *conn, int64_t owner, toc_str folded, int64_t *id, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc =
        toc_db_stmt(conn->db, "SELECT id FROM tag WHERE owner_id = ? AND name_key = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, owner);
    toc_bind_text(stmt, 2, folded);
    bool found = false;
    return toc__read_int(stmt, id, &found, err);
}

static toc_rc add_tag(toc_conn *conn, int64_t owner, toc_str name, toc_str folded, int64_t *id,
                      toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc__next_id(conn, TOC__TABLE_TAG, id, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "INSERT INTO tag(id, owner_id, name, name_key) VALUES(?, ?, ?, ?)", &stmt,
                         err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, *id);
    toc_bind_int(stmt, 2, owner);
    toc_bind_text(stmt, 3, name);
    toc_bind_text(stmt, 4, folded);
    return toc_run(stmt, err);
}

toc_rc toc_tag_id(toc_conn *conn, int64_t owner, toc_str name, bool create, int64_t *id,
                  toc_error *err)
{
    TOC__AUTO_BUF key = {0};
    toc_buf_init(&key, TOC_MAX_TEXT);
    if (!name.len && create)
        return toc_error_field(err, TOC_EINVAL, "name", "a tag needs a name");
    toc_rc rc = cache_key(owner, name, &key, err);
    if (rc)
        return rc;
    const uint64_t *known = toc_map_get(&conn->tags, toc_buf_view(&key));
    if (known) {
        *id = (int64_t)*known;
        return TOC_OK;
    }
    toc_str folded = toc_str_slice(toc_buf_view(&key), sizeof(owner), key.len);
    int64_t found = 0;
    rc = find_tag(conn, owner, folded, &found, err);
    if (!rc && !found && create)
        rc = add_tag(conn, owner, name, folded, &found, err);
    if (rc)
        return rc;
    /* A reader would not hear of a tag that the writer removes. A full cache only costs time. */
    if (found && conn->writer && conn->in_tx)
        (void)toc_map_put(&conn->tags, toc_buf_view(&key), (uint64_t)found);
    *id = found;
    return TOC_OK;
}

static toc_rc place_of(toc_conn *conn, toc_target target, toc__place *place, toc_error *err)
{
    bool found = false;
    toc_rc rc = toc__place_of(conn, target, place, &found, err);
    if (!rc && !found)
        rc = toc_error_set(err, TOC_ENOTFOUND, "there is no %s %lld", toc_kind_entity(target.kind),
                           (long long)target.id);
    return rc;
}

toc_rc toc_tag_apply(toc_conn *conn, int64_t tag, toc_target target, toc_error *err)
{
    toc__place place = {0};
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = place_of(conn, target, &place, err);
    if (!rc)
        rc = toc__run_int(conn,
                          "INSERT INTO tag_link(tag_id, kind, object_id) VALUES(?, ?, ?)"
                          " ON CONFLICT(tag_id, kind, object_id) DO NOTHING",
                          err, tag, target.kind, target.id);
    return rc || !toc_db_changes(conn->db) ? rc : toc__count_tag(conn, tag, &place, 1, err);
}

toc_rc toc_tag_unapply(toc_conn *conn, int64_t tag, toc_target target, toc_error *err)
{
    toc__place place = {0};
    toc_rc rc =
        toc__run_int(conn, "DELETE FROM tag_link WHERE tag_id = ? AND kind = ? AND object_id = ?",
                     err, tag, target.kind, target.id);
    if (rc || !toc_db_changes(conn->db))
        return rc;
    rc = place_of(conn, target, &place, err);
    return rc ? rc : toc__count_tag(conn, tag, &place, -1, err);
}

/* Counts all tags of the target off one place (NULL: none) and onto another. */
static toc_rc recount(toc_conn *conn, toc_target target, const toc__place *from,
                      const toc__place *onto, bool *any, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(
        conn->db, "SELECT tag_id FROM tag_link WHERE object_id = ? AND kind = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, target.id);
    toc_bind_int(stmt, 2, target.kind);
    int step;
    *any = false;
    while ((step = toc_step(stmt, err)) > 0) {
        *any = true;
        /* A full list of counts is written out, which this walk does not mind. */
        rc = toc__count_tag(conn, toc_column_int(stmt, 0), from, -1, err);
        if (!rc && onto)
            rc = toc__count_tag(conn, toc_column_int(stmt, 0), onto, 1, err);
        if (rc)
            return rc;
    }
    return step;
}

toc_rc toc__tags_recount(toc_conn *conn, toc_target target, const toc__place *from,
                         const toc__place *onto, toc_error *err)
{
    bool any = false;
    return recount(conn, target, from, onto, &any, err);
}

static toc_rc count_off(toc_conn *conn, toc_target target, bool *any, toc_error *err)
{
    toc__place place = {0};
    bool found = false;
    *any = false;
    toc_rc rc = toc__place_of(conn, target, &place, &found, err);
    return rc || !found ? rc : recount(conn, target, &place, NULL, any, err);
}

toc_rc toc_tag_clear(toc_conn *conn, toc_target target, toc_error *err)
{
    bool any = false;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = count_off(conn, target, &any, err);
    if (rc || !any)
        return rc;
    return toc__run_int(conn, "DELETE FROM tag_link WHERE object_id = ? AND kind = ?", err,
                        target.id, target.kind);
}

static toc_rc set_name(toc_conn *conn, int64_t tag, toc_str name, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    toc_stmt *stmt = NULL;
    toc_str folded = toc__folded(&arena, name);
    if (!folded.ptr)
        return toc_error_nomem(err);
    toc_rc rc =
        toc_db_stmt(conn->db, "UPDATE tag SET name = ?, name_key = ? WHERE id = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, name);
    toc_bind_text(stmt, 2, folded);
    toc_bind_int(stmt, 3, tag);
    rc = toc_run(stmt, err);
    toc_map_clear(&conn->tags);
    if (rc == TOC_ECONFLICT)
        return toc_error_field(err, rc, "name", "there is a tag named \"%.*s\"", TOC_FMT(name));
    return rc;
}

toc_rc toc_tag_change(toc_conn *conn, int64_t tag, toc_str name, toc_str description,
                      toc_error *err)
{
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc && name.len)
        rc = set_name(conn, tag, name, err);
    if (rc || !description.ptr)
        return rc;
    toc_stmt *stmt = NULL;
    rc = toc_db_stmt(conn->db, "UPDATE tag SET description = ? WHERE id = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, description);
    toc_bind_int(stmt, 2, tag);
    return toc_run(stmt, err);
}

toc_rc toc_tag_remove(toc_conn *conn, int64_t tag, toc_error *err)
{
    toc_rc rc = toc__run_int(conn, "DELETE FROM tag_link WHERE tag_id = ?", err, tag);
    if (!rc)
        rc = toc__run_int(conn, "DELETE FROM tag_count WHERE tag_id = ?", err, tag);
    if (!rc)
        rc = toc__run_int(conn, "DELETE FROM tag WHERE id = ?", err, tag);
    if (!rc && !toc_db_changes(conn->db))
        rc = toc_error_set(err, TOC_ENOTFOUND, "there is no tag %lld", (long long)tag);
    toc_map_clear(&conn->tags);
    return rc;
}

static toc_rc give_rows(toc_stmt *stmt, toc_tag_fn fn, void *user, toc_error *err)
{
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        toc_tag tag = {.name = toc_column_text(stmt, 1), .description = toc_column_text(stmt, 2)};
        toc_rc rc = fn(user, toc_column_int(stmt, 0), &tag);
        if (rc)
            return rc;
    }
    return step;
}

toc_rc toc_tag_each(toc_conn *conn, int64_t owner, toc_target target, const toc_terms *terms,
                    int64_t offset, int64_t limit, toc_tag_fn fn, void *user, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    TOC__AUTO_STMT stmt = NULL;
    TOC_CLEANUP(toc__sql_done) toc__sql sql;
    toc__sql_init(&sql, &arena);
    toc_rc rc = toc__flush_counts(conn, err);
    if (rc)
        return rc;
    toc_buf_lit(&sql.text, "SELECT o.id, o.name, o.description FROM ");
    if (target.id) {
        toc__sql_int(&sql, "tag_link w CROSS JOIN tag o ON o.id = w.tag_id WHERE w.object_id = ?",
                     target.id);
        toc__sql_int(&sql, " AND w.kind = ?", target.kind);
    } else {
        toc_buf_lit(&sql.text, "tag o WHERE 1 = 1");
    }
    if (owner)
        toc__sql_int(&sql, target.id ? " AND +o.owner_id = ?" : " AND o.owner_id = ?", owner);
    rc = toc__sql_terms(&sql, terms, conn->store, err);
    toc_buf_lit(&sql.text, " ORDER BY o.name_key");
    toc__sql_window(&sql, offset, limit);
    if (!rc)
        rc = toc__sql_statement(&sql, conn, &stmt, err);
    if (rc)
        return rc;
    return give_rows(stmt, fn, user, err);
}

toc_rc toc_tag_read(toc_conn *conn, int64_t tag, toc_target target, toc_tag_fn fn, void *user,
                    toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT id, name, description FROM tag WHERE id = ?1 AND (?2 = 0 OR"
                            " EXISTS (SELECT 1 FROM tag_link WHERE tag_id = ?1 AND kind = ?3 AND"
                            " object_id = ?2))",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, tag);
    toc_bind_int(stmt, 2, target.id);
    toc_bind_int(stmt, 3, target.kind);
    return give_rows(stmt, fn, user, err);
}
