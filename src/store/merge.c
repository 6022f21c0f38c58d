/* merge.c - files that turn out to be one, and hashes that change (rest-v2 4.9). */
#include "base/error.h"
#include "store/keys.h"

typedef struct file_keys {
    toc_str parts[3];
} file_keys;

static toc_rc read_keys(toc_conn *conn, int64_t owner, int64_t id, toc_arena *arena,
                        file_keys *keys, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(
        conn->db, "SELECT v1, v2, v3 FROM indicator WHERE id = ? AND owner_id = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, id);
    toc_bind_int(stmt, 2, owner);
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    if (!step)
        return toc_error_set(err, TOC_ENOTFOUND, "there is no indicator %lld", (long long)id);
    for (int i = 0; i < 3 && !rc; i++)
        rc = toc__copy_column(stmt, i, arena, &keys->parts[i], err);
    return rc;
}

static toc_rc write_keys(toc_conn *conn, int64_t id, const file_keys *keys, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db, "UPDATE indicator SET v1 = ?, v2 = ?, v3 = ? WHERE id = ?",
                            &stmt, err);
    if (rc)
        return rc;
    for (int i = 0; i < 3; i++)
        toc_bind_text(stmt, i + 1, keys->parts[i]);
    toc_bind_int(stmt, 4, id);
    return toc_run(stmt, err);
}

toc_rc toc_file_rekey(toc_conn *conn, int64_t owner, const toc_type *type, int64_t id,
                      const toc_str parts[3], toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    file_keys keys = {{{NULL, 0}}};
    file_keys old = {{{NULL, 0}}};
    file_keys fresh = {{{NULL, 0}}};
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = read_keys(conn, owner, id, &arena, &keys, err);
    if (rc)
        return rc;
    bool any = false;
    for (int i = 0; i < 3; i++) {
        if (!parts[i].len || toc_str_equal(parts[i], keys.parts[i]))
            continue;
        old.parts[i] = keys.parts[i];
        keys.parts[i] = fresh.parts[i] = parts[i];
        any = true;
    }
    if (!any)
        return TOC_OK;
    toc__key_set set = {
        .conn = conn, .owner = owner, .type = toc__type_row_of(conn->store, type), .id = id};
    /* The old ones go last: after a conflict the file is found as before. */
    rc = toc__keys_add(&set, fresh.parts, err);
    if (rc)
        return rc;
    rc = write_keys(conn, id, &keys, err);
    if (!rc)
        rc = toc__keys_drop(&set, old.parts, err);
    toc__value value = {.type = set.type};
    memcpy(value.parts, keys.parts, sizeof(value.parts));
    if (!rc)
        rc = toc__value_learn(conn, id, &value, err);
    return toc__whole(conn, rc);
}

/* Ids of what is applied to an indicator, so that applying may change the table that was read. */
typedef struct id_list {
    int64_t *ids;
    size_t count, room;
} id_list;

static toc_rc read_ids(toc_conn *conn, const char *sql, int64_t indicator, id_list *list,
                       toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db, sql, &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, indicator);
    toc_bind_int(stmt, 2, TOC_KIND_INDICATOR);
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        if (list->count == list->room) {
            size_t room = list->room ? list->room * 2 : 16;
            int64_t *grown = toc_mem_resize(list->ids, room * sizeof *grown);
            if (!grown)
                return toc_error_nomem(err);
            list->ids = grown;
            list->room = room;
        }
        list->ids[list->count++] = toc_column_int(stmt, 0);
    }
    return step;
}

typedef toc_rc (*apply_fn)(toc_conn *conn, int64_t id, toc_target target, toc_error *err);

static toc_rc move_applied(toc_conn *conn, const char *sql, apply_fn apply, int64_t from,
                           int64_t into, toc_error *err)
{
    id_list list = {0};
    toc_rc rc = read_ids(conn, sql, from, &list, err);
    for (size_t i = 0; i < list.count && !rc; i++)
        rc = apply(conn, list.ids[i], (toc_target){TOC_KIND_INDICATOR, into}, err);
    toc_mem_free(list.ids);
    return rc;
}

/* What hangs on one file goes over to the other. The rows that are left, being there twice, die
 * with the file. */
static toc_rc move_all(toc_conn *conn, int64_t from, int64_t into, toc_error *err)
{
    static const char *const moves[] = {
        "INSERT INTO link(kind_a, id_a, kind_b, id_b, association)"
        " SELECT kind_a, ?1, kind_b, id_b, association FROM link"
        " WHERE kind_a = ?3 AND id_a = ?2 AND NOT (kind_b = ?3 AND id_b = ?1)"
        " ON CONFLICT DO NOTHING",
        /* The other direction has its own association where that is directed. */
        "INSERT INTO link(kind_a, id_a, kind_b, id_b, association)"
        " SELECT r.kind_a, r.id_a, r.kind_b, ?1, r.association FROM link f JOIN link r"
        " ON r.kind_a = f.kind_b AND r.id_a = f.id_b AND r.kind_b = f.kind_a AND r.id_b = f.id_a"
        " WHERE f.kind_a = ?3 AND f.id_a = ?2 AND NOT (f.kind_b = ?3 AND f.id_b = ?1)"
        " ON CONFLICT DO NOTHING",
        /* What the primary shows stays shown. */
        ("UPDATE attribute SET object_id = ?1, displayed = displayed AND"
         " NOT lower(type) IN ('description', 'source') WHERE object_id = ?2 AND kind = ?3"),
        "UPDATE occurrence SET indicator_id = ?1 WHERE indicator_id = ?2 AND ?3 = ?3",
    };
    toc_rc rc = move_applied(conn, "SELECT tag_id FROM tag_link WHERE object_id = ? AND kind = ?",
                             toc_tag_apply, from, into, err);
    if (!rc)
        rc = move_applied(conn, "SELECT label_id FROM label_link WHERE object_id = ? AND kind = ?",
                          toc_label_apply, from, into, err);
    for (size_t i = 0; i < TOC_COUNT(moves) && !rc; i++)
        rc = toc__run_int(conn, moves[i], err, into, from, TOC_KIND_INDICATOR);
    return rc;
}

static toc_rc absorb(toc_conn *conn, int64_t owner, const toc_type *type, int64_t from,
                     int64_t into, int64_t now, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    file_keys mine = {{{NULL, 0}}};
    file_keys theirs = {{{NULL, 0}}};
    toc_rc rc = read_keys(conn, owner, into, &arena, &mine, err);
    if (!rc)
        rc = read_keys(conn, owner, from, &arena, &theirs, err);
    if (!rc)
        rc = move_all(conn, from, into, err);
    if (!rc)
        rc = toc_object_remove(conn, owner, TOC_KIND_INDICATOR, from, now, err);
    if (rc)
        return rc;
    for (int i = 0; i < 3; i++)
        if (mine.parts[i].len)
            theirs.parts[i] = (toc_str){NULL, 0};
    return toc_file_rekey(conn, owner, type, into, theirs.parts, err);
}

static toc_rc newest(toc_conn *conn, const int64_t *ids, unsigned count, int64_t *id,
                     toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    bool found = false;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT id FROM indicator WHERE id IN (?, ?, ?)"
                            " ORDER BY last_modified DESC, id DESC LIMIT 1",
                            &stmt, err);
    if (rc)
        return rc;
    for (unsigned i = 0; i < 3; i++)
        toc_bind_int(stmt, (int)i + 1, i < count ? ids[i] : 0);
    return toc__read_int(stmt, id, &found, err);
}

toc_rc toc_files_merge(toc_conn *conn, int64_t owner, const toc_type *type, const int64_t *ids,
                       unsigned count, int64_t now, int64_t *primary, toc_error *err)
{
    int64_t into = 0;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = newest(conn, ids, count, &into, err);
    for (unsigned i = 0; i < count && !rc; i++)
        if (ids[i] != into)
            rc = toc__whole(conn, absorb(conn, owner, type, ids[i], into, now, err));
    if (!rc)
        *primary = into;
    return rc;
}
