/* keys.c - a keyed hash of (owner, type, part, value) leads to an indicator; the row decides.
 *
 * Hashes come in no order, so that each of a large table's pages would be changed by every
 * transaction of an import. New keys therefore wait in a small table, and every commit moves as
 * many of them as it brought, a range of neighbours at a time, to the large one:
 * docs/design/store.md.
 */
#include "store/keys.h"

#include "base/error.h"
#include "base/str.h"

static toc_rc key_hash(const toc__key_set *keys, unsigned index, const toc_str parts[3],
                       int64_t *hash, toc_error *err)
{
    toc_buf *buf = &keys->conn->scratch;
    const toc_type *type = keys->type.type;
    bool hashes = type->traits & TOC_TYPE_HASHES;
    int64_t head[3] = {keys->owner, keys->type.id, (int64_t)index};
    toc_buf_clear(buf);
    toc_buf_append(buf, head, sizeof(head));
    for (unsigned i = hashes ? index : 0; i < (hashes ? index + 1 : type->key_count); i++) {
        if (i != index)
            toc_buf_append(buf, "", 1);
        toc_buf_str(buf, parts[i]);
    }
    toc_rc rc = toc_buf_check(buf, err);
    if (rc)
        return rc;
    if (keys->type.folds)
        toc_str_lower(buf->ptr + sizeof(head), buf->len - sizeof(head));
    *hash = (int64_t)toc_hash(keys->conn->store->hash_key, buf->ptr, buf->len);
    return TOC_OK;
}

static bool same(const toc__key_set *keys, toc_str a, toc_str b)
{
    return keys->type.folds ? toc_str_equal_fold(a, b) : toc_str_equal(a, b);
}

/* Columns: indicator_id, owner_id, type_id, v1, v2, v3. */
static bool matches(const toc__key_set *keys, toc_stmt *stmt, unsigned index,
                    const toc_str parts[3])
{
    if (toc_column_int(stmt, 1) != keys->owner || toc_column_int(stmt, 2) != keys->type.id)
        return false;
    if (keys->type.type->traits & TOC_TYPE_HASHES)
        return same(keys, toc_column_text(stmt, 3 + (int)index), parts[index]);
    for (int i = 0; i < 3; i++)
        if (!same(keys, toc_column_text(stmt, 3 + i), parts[i]))
            return false;
    return true;
}

static const char find_key[] =
    "SELECT k.indicator_id, i.owner_id, i.type_id, i.v1, i.v2, i.v3 FROM (SELECT indicator_id"
    " FROM indicator_key WHERE hash = ?1 UNION ALL SELECT indicator_id FROM indicator_key_new"
    " WHERE hash = ?1) k LEFT JOIN indicator i ON i.id = k.indicator_id";
static const char find_more[] =
    "SELECT k.indicator_id, i.owner_id, i.type_id, i.v1, i.v2, i.v3 FROM indicator_key_more k"
    " JOIN indicator i ON i.id = k.indicator_id WHERE k.hash = ?";

static const char find_row[] =
    "SELECT id, owner_id, type_id, v1, v2, v3 FROM indicator WHERE id = ?";

/* *id: set to the indicator with the value. *first: to what the key's row says. */
static toc_rc look_up(const toc__key_set *keys, const char *sql, int64_t hash, unsigned index,
                      const toc_str parts[3], int64_t *id, int64_t *first, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(keys->conn->db, sql, &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, hash);
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        *first = toc_column_int(stmt, 0);
        if (matches(keys, stmt, index, parts)) {
            *id = *first;
            return TOC_OK;
        }
    }
    return step;
}

/* In a transaction of the writer: nobody else can add a key meanwhile. */
static bool is_surely_absent(const toc_conn *conn, int64_t hash)
{
    return conn->writer && conn->in_tx && toc__key_filter_lacks(&conn->key_filter, hash);
}

/* The indicators' ids that were given out. */
static toc_rc ids_given(toc_conn *conn, int64_t *count, toc_error *err)
{
    bool used;
    toc_rc rc = toc__table_used(conn, TOC__TABLE_INDICATOR, &used, err);
    *count = conn->next_id[TOC__TABLE_INDICATOR];
    return rc;
}

/* Writes what the transaction has added. */
static toc_rc write_pending(toc_conn *conn, toc_error *err)
{
    toc_rc rc = TOC_OK;
    size_t count = toc__pending_sort(&conn->pending);
    for (size_t i = 0; i < count && !rc; i++)
        rc = toc__run_int(conn, "INSERT INTO indicator_key_new(hash, indicator_id) VALUES(?, ?)",
                          err, conn->pending.slots[i].hash, conn->pending.slots[i].id);
    toc__pending_clear(&conn->pending);
    return rc;
}

static toc_rc note_absent(toc_conn *conn, int64_t hash, toc_error *err)
{
    int64_t given = 0;
    conn->keys.absent = true;
    conn->keys.absent_hash = hash;
    if (!conn->writer || !conn->in_tx)
        return TOC_OK;
    toc_rc rc = ids_given(conn, &given, err);
    if (rc || !toc__key_filter_missed(&conn->key_filter, conn, given))
        return rc;
    rc = write_pending(conn, err);
    return rc ? rc : toc__key_filter_build(&conn->key_filter, conn, given, err);
}

static toc_rc find(const toc__key_set *keys, int64_t hash, unsigned index, const toc_str parts[3],
                   int64_t *id, int64_t *first, toc_error *err)
{
    toc_conn *conn = keys->conn;
    int64_t unused = 0;
    *id = 0;
    *first = -1;
    conn->keys.absent = false;
    const toc__pending_key *pending = toc__pending_find(&conn->pending, hash);
    if (!pending && is_surely_absent(conn, hash))
        return TOC_OK;
    if (pending)
        *first = pending->id;
    toc_rc rc = look_up(keys, pending ? find_row : find_key, pending ? pending->id : hash, index,
                        parts, id, first, err);
    if (rc)
        return rc;
    if (*first < 0)
        return note_absent(conn, hash, err);
    return *first ? TOC_OK : look_up(keys, find_more, hash, index, parts, id, &unused, err);
}

static toc_rc count_fresh(toc_conn *conn, int64_t by, toc_error *err)
{
    toc_rc rc = TOC_OK;
    if (!conn->keys.known) {
        rc = toc__sequence_get(conn, "key_fresh", &conn->keys.fresh, err);
        if (!rc)
            rc = toc__sequence_get(conn, "key_place", &conn->keys.place, err);
        conn->keys.known = !rc;
    }
    conn->keys.fresh += rc ? 0 : by;
    conn->keys.added += rc || by < 0 ? 0 : by;
    conn->keys.changed = true;
    return rc;
}

static toc_rc is_written(toc_conn *conn, int64_t hash, bool *written, toc_error *err)
{
    /* Most are added behind a look-up that did not find them. */
    bool absent = conn->keys.absent && conn->keys.absent_hash == hash;
    conn->keys.absent = false;
    *written = false;
    if (absent || is_surely_absent(conn, hash))
        return TOC_OK;
    toc_stmt *stmt = NULL;
    int64_t one;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT 1 FROM indicator_key WHERE hash = ?1 UNION ALL"
                            " SELECT 1 FROM indicator_key_new WHERE hash = ?1",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, hash);
    return toc__read_int(stmt, &one, written, err);
}

static toc_rc insert_key(toc_conn *conn, int64_t hash, int64_t id, bool *added, toc_error *err)
{
    *added = false;
    if (toc__pending_find(&conn->pending, hash))
        return TOC_OK;
    bool written = false;
    toc_rc rc = is_written(conn, hash, &written, err);
    if (rc || written)
        return rc;
    if (conn->pending.count == TOC__PENDING_MAX)
        rc = write_pending(conn, err);
    if (!rc)
        rc = count_fresh(conn, 1, err);
    if (rc)
        return rc;
    rc = toc__pending_add(&conn->pending, hash, id, err);
    if (rc) {
        (void)count_fresh(conn, -1, NULL);
        return rc;
    }
    toc__key_filter_add(&conn->key_filter, hash);
    *added = true;
    return TOC_OK;
}

static toc_rc update_key(toc_conn *conn, int64_t hash, toc_error *err)
{
    toc__pending_key *pending = toc__pending_find(&conn->pending, hash);
    if (pending) {
        pending->id = 0;
        return TOC_OK;
    }
    toc_rc rc = toc__run_int(conn, "UPDATE indicator_key_new SET indicator_id = 0 WHERE hash = ?",
                             err, hash);
    return rc || toc_db_changes(conn->db)
               ? rc
               : toc__run_int(conn, "UPDATE indicator_key SET indicator_id = 0 WHERE hash = ?", err,
                              hash);
}

/* Two values share the hash: both move to the list, and the key's row says so. */
static toc_rc share_hash(toc_conn *conn, int64_t hash, int64_t first, int64_t id, toc_error *err)
{
    static const char add[] = "INSERT INTO indicator_key_more(hash, indicator_id) VALUES(?, ?)"
                              " ON CONFLICT(hash, indicator_id) DO NOTHING";
    toc_rc rc = TOC_OK;
    if (first > 0) {
        rc = toc__run_int(conn, add, err, hash, first);
        if (!rc)
            rc = update_key(conn, hash, err);
    }
    return rc ? rc : toc__run_int(conn, add, err, hash, id);
}

static toc_rc add_key(const toc__key_set *keys, unsigned index, const toc_str parts[3],
                      toc_error *err)
{
    int64_t hash = 0, other = 0, first = 0;
    bool added = false;
    toc_rc rc = key_hash(keys, index, parts, &hash, err);
    if (!rc)
        rc = insert_key(keys->conn, hash, keys->id, &added, err);
    if (rc || added)
        return rc;
    rc = find(keys, hash, index, parts, &other, &first, err);
    if (rc || (other && other == keys->id))
        return rc;
    if (other)
        return toc_error_field(err, TOC_ECONFLICT, keys->type.type->fields[index].name,
                               "the %s %lld has this value already", keys->type.type->name,
                               (long long)other);
    return share_hash(keys->conn, hash, first, keys->id, err);
}

static toc_rc drop_key(const toc__key_set *keys, unsigned index, const toc_str parts[3],
                       toc_error *err)
{
    static const char *const tables[] = {
        "DELETE FROM indicator_key_new WHERE hash = ? AND indicator_id = ?",
        "DELETE FROM indicator_key WHERE hash = ? AND indicator_id = ?",
        "DELETE FROM indicator_key_more WHERE hash = ? AND indicator_id = ?",
    };
    int64_t hash = 0;
    toc_conn *conn = keys->conn;
    toc_rc rc = key_hash(keys, index, parts, &hash, err);
    toc__pending_key *pending = rc ? NULL : toc__pending_find(&conn->pending, hash);
    if (pending && pending->id == keys->id) {
        pending->gone = true;
        return count_fresh(conn, -1, err);
    }
    for (size_t i = 0; !rc && i < TOC_COUNT(tables); i++) {
        rc = toc__run_int(conn, tables[i], err, hash, keys->id);
        if (!rc && toc_db_changes(conn->db))
            return i ? TOC_OK : count_fresh(conn, -1, err);
    }
    return rc;
}

static unsigned key_count(const toc__key_set *keys)
{
    return keys->type.type->traits & TOC_TYPE_HASHES ? keys->type.type->key_count : 1;
}

toc_rc toc__keys_add(const toc__key_set *keys, const toc_str parts[3], toc_error *err)
{
    unsigned added = 0;
    toc_rc rc = TOC_OK;
    for (unsigned i = 0; !rc && i < key_count(keys); i++) {
        if (!parts[i].ptr)
            continue;
        rc = add_key(keys, i, parts, err);
        if (!rc)
            added |= 1U << i;
    }
    for (unsigned i = 0; rc && i < key_count(keys); i++)
        if (added & (1U << i))
            (void)toc__whole(keys->conn, drop_key(keys, i, parts, NULL));
    if (!rc && !added)
        return toc_error_set(err, TOC_EINVAL, "an indicator needs a value");
    return rc;
}

toc_rc toc__keys_drop(const toc__key_set *keys, const toc_str parts[3], toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (unsigned i = 0; !rc && i < key_count(keys); i++)
        if (key_count(keys) == 1 || parts[i].ptr)
            rc = drop_key(keys, i, parts, err);
    return rc;
}

toc_rc toc_indicator_find(toc_conn *conn, int64_t owner, const toc_type *type,
                          const toc_str parts[3], int64_t ids[3], unsigned *count, toc_error *err)
{
    toc__key_set keys = {.conn = conn, .owner = owner, .type = toc__type_row_of(conn->store, type)};
    int64_t found[3] = {0};
    unsigned hits = 0;
    for (unsigned i = 0; keys.type.id && i < key_count(&keys); i++) {
        int64_t hash = 0, id = 0, first = 0;
        if (!parts[i].ptr)
            continue;
        toc_rc rc = key_hash(&keys, i, parts, &hash, err);
        if (!rc)
            rc = find(&keys, hash, i, parts, &id, &first, err);
        if (rc)
            return rc;
        if (id && id != found[0] && id != found[1])
            found[hits++] = id;
    }
    memcpy(ids, found, sizeof(found));
    *count = hits;
    return TOC_OK;
}

/* --- moving ---------------------------------------------------------------------------------- */

/* Of all indicators, the part whose keys may wait: the more wait, the closer together the moved
 * ones lie, and the more pages hold those that wait. */
#define FRESH_SHARE 32

/* The hash behind the next count new keys; *last: there are no more than those. */
static toc_rc find_end(toc_conn *conn, int64_t count, int64_t *end, bool *last, toc_error *err)
{
    toc_stmt *stmt = NULL;
    bool found = false;
    toc_rc rc = toc_db_stmt(
        conn->db,
        "SELECT hash FROM indicator_key_new WHERE hash >= ? ORDER BY hash LIMIT 1 OFFSET ?", &stmt,
        err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, conn->keys.place);
    toc_bind_int(stmt, 2, count);
    rc = toc__read_int(stmt, end, &found, err);
    *last = !found;
    return rc;
}

static toc_rc move_range(toc_conn *conn, int64_t from, int64_t last, toc_error *err)
{
    toc_rc rc = toc__run_int(conn,
                             "INSERT INTO indicator_key(hash, indicator_id) SELECT hash,"
                             " indicator_id FROM indicator_key_new WHERE hash BETWEEN ? AND ?"
                             " ORDER BY hash",
                             err, from, last);
    if (!rc)
        rc = toc__run_int(conn, "DELETE FROM indicator_key_new WHERE hash BETWEEN ? AND ?", err,
                          from, last);
    if (!rc)
        conn->keys.fresh -= toc_db_changes(conn->db);
    return rc;
}

static toc_rc move_some(toc_conn *conn, int64_t count, toc_error *err)
{
    int64_t end = 0;
    bool last = false;
    toc_rc rc = find_end(conn, count, &end, &last, err);
    if (!rc)
        rc = move_range(conn, conn->keys.place, last ? INT64_MAX : end - 1, err);
    if (!rc)
        conn->keys.place = last ? INT64_MIN : end;
    return rc;
}

/* How many may wait, by the ids that were given out. */
static toc_rc may_wait(toc_conn *conn, int64_t *count, toc_error *err)
{
    int64_t given = 0;
    toc_rc rc = ids_given(conn, &given, err);
    int64_t least = conn->store->fresh_least;
    *count = given / FRESH_SHARE > least ? given / FRESH_SHARE : least;
    return rc;
}

toc_rc toc__keys_settle(toc_conn *conn, toc_error *err)
{
    int64_t most = 0;
    if (!conn->keys.changed)
        return TOC_OK;
    toc_rc rc = write_pending(conn, err);
    if (!rc)
        rc = may_wait(conn, &most, err);
    int64_t over = conn->keys.fresh - most, twice = 2 * conn->keys.added;
    if (!rc && over > 0 && twice > 0)
        rc = move_some(conn, over < twice ? over : twice, err);
    if (!rc)
        rc = toc__sequence_set(conn, "key_fresh", conn->keys.fresh, err);
    return rc ? rc : toc__sequence_set(conn, "key_place", conn->keys.place, err);
}
