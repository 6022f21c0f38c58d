/* values.c - one number for a value in all owners, found by type and key: what is reported belongs
 * to it. Indicators with the value keep copies of its counts, so that lists and filters need not
 * look here. */
#include "store/conn.h"

#include "base/error.h"
#include "base/str.h"

toc_rc toc__value_read(toc_conn *conn, int64_t indicator, toc_arena *arena, toc__value *value,
                       toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc =
        toc_db_stmt(conn->db, "SELECT type_id, v1, v2, v3 FROM indicator WHERE id = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, indicator);
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    const toc_type *type = step ? toc__type_by_id(conn->store, toc_column_int(stmt, 0)) : NULL;
    if (!type)
        return toc_error_set(err, TOC_ENOTFOUND, "there is no indicator %lld",
                             (long long)indicator);
    *value = (toc__value){.type = toc__type_row_of(conn->store, type)};
    for (int i = 0; i < 3 && !rc; i++)
        rc = toc__copy_column(stmt, i + 1, arena, &value->parts[i], err);
    return rc;
}

/* --- keys */

static bool hashes(const toc_type *type)
{
    return type->traits & TOC_TYPE_HASHES;
}

/* A part that stands alone is its own key; several are put together with their lengths. */
static toc_rc write_key(const toc__value *value, unsigned index, toc_buf *key, toc_error *err)
{
    const toc_type *type = value->type.type;
    toc_buf_clear(key);
    if (hashes(type) || type->key_count == 1) {
        toc_buf_str(key, value->parts[index]);
    } else {
        for (unsigned i = 0; i < type->key_count; i++) {
            toc_buf_uint(key, value->parts[i].len);
            toc_buf_char(key, ':');
            toc_buf_str(key, value->parts[i]);
        }
    }
    toc_rc rc = toc_buf_check(key, err);
    if (!rc && value->type.folds && key->len)
        toc_str_lower(key->ptr, key->len);
    return rc;
}

/* The other way round; hashes are told apart by their lengths. */
static bool read_key(toc_str key, toc__value *value)
{
    const toc_type *type = value->type.type;
    memset(value->parts, 0, sizeof(value->parts));
    if (hashes(type)) {
        value->parts[key.len > 40 ? 2 : key.len > 32] = key;
        return true;
    }
    if (type->key_count == 1) {
        value->parts[0] = key;
        return true;
    }
    for (unsigned i = 0; i < type->key_count && i < 3; i++) {
        toc_str number;
        uint64_t len = 0;
        if (!toc_str_cut(&key, ':', &number) || !toc_str_to_uint(number, &len) || len > key.len)
            return false;
        value->parts[i] = toc_str_slice(key, 0, (size_t)len);
        key = toc_str_slice(key, (size_t)len, key.len);
    }
    return true;
}

static unsigned key_count(const toc__value *value)
{
    return hashes(value->type.type) ? value->type.type->key_count : 1;
}

static toc_rc find_key(toc_conn *conn, const toc__value *value, unsigned index, int64_t *id,
                       toc_error *err)
{
    TOC__AUTO_BUF key = {0};
    TOC__AUTO_STMT stmt = NULL;
    bool found = false;
    toc_buf_init(&key, (size_t)TOC_MAX_VALUE * 4);
    toc_rc rc = write_key(value, index, &key, err);
    if (!rc)
        rc = toc_db_stmt(conn->db, "SELECT value_id FROM value_key WHERE type_id = ? AND key = ?",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, value->type.id);
    toc_bind_text(stmt, 2, toc_buf_view(&key));
    return toc__read_int(stmt, id, &found, err);
}

toc_rc toc__value_find(toc_conn *conn, const toc__value *value, int64_t ids[3], bool *complete,
                       toc_error *err)
{
    unsigned count = 0;
    memset(ids, 0, 3 * sizeof(*ids));
    *complete = true;
    for (unsigned i = 0; i < key_count(value) && i < 3; i++) {
        int64_t id = 0;
        if (hashes(value->type.type) && !value->parts[i].ptr)
            continue;
        toc_rc rc = find_key(conn, value, i, &id, err);
        if (rc)
            return rc;
        if (!id)
            *complete = false;
        else if (id != ids[0] && id != ids[1])
            ids[count++] = id;
    }
    return TOC_OK;
}

static toc_rc add_keys(toc_conn *conn, const toc__value *value, int64_t id, toc_error *err)
{
    TOC__AUTO_BUF key = {0};
    toc_buf_init(&key, (size_t)TOC_MAX_VALUE * 4);
    for (unsigned i = 0; i < key_count(value) && i < 3; i++) {
        toc_stmt *stmt = NULL;
        if (hashes(value->type.type) && !value->parts[i].ptr)
            continue;
        toc_rc rc = write_key(value, i, &key, err);
        if (!rc)
            rc = toc_db_stmt(conn->db,
                             "INSERT INTO value_key(type_id, key, value_id) VALUES(?, ?, ?)"
                             " ON CONFLICT(type_id, key) DO NOTHING",
                             &stmt, err);
        if (rc)
            return rc;
        toc_bind_int(stmt, 1, value->type.id);
        toc_bind_text(stmt, 2, toc_buf_view(&key));
        toc_bind_int(stmt, 3, id);
        rc = toc_run(stmt, err);
        if (rc)
            return rc;
    }
    return TOC_OK;
}

/* --- one value out of several */

static toc_rc merge(toc_conn *conn, int64_t from, int64_t into, toc_error *err)
{
    static const char *const steps[] = {
        "UPDATE value_key SET value_id = ?1 WHERE value_id = ?2",
        "INSERT INTO observation(value_id, account_id, day, organization, count, last)"
        " SELECT ?1, account_id, day, organization, count, last FROM observation"
        " WHERE value_id = ?2 ON CONFLICT(value_id, account_id, day)"
        " DO UPDATE SET count = count + excluded.count, last = max(last, excluded.last)",
        "DELETE FROM observation WHERE value_id = ?2 AND ?1 = ?1",
        "INSERT INTO false_positive(value_id, account_id, day)"
        " SELECT ?1, account_id, day FROM false_positive WHERE value_id = ?2"
        " ON CONFLICT(value_id, account_id, day) DO NOTHING",
        "DELETE FROM false_positive WHERE value_id = ?2 AND ?1 = ?1",
        "UPDATE value SET"
        " observed = (SELECT coalesce(sum(count), 0) FROM observation WHERE value_id = ?1),"
        " last_observed = (SELECT max(last) FROM observation WHERE value_id = ?1),"
        " false_positives = (SELECT count(*) FROM false_positive WHERE value_id = ?1),"
        " false_positive_last = (SELECT max(false_positive_last) FROM value WHERE id IN (?1, ?2))"
        " WHERE id = ?1",
        "DELETE FROM value WHERE id = ?2 AND ?1 = ?1",
    };
    toc_rc rc = TOC_OK;
    for (size_t i = 0; i < TOC_COUNT(steps) && !rc; i++)
        rc = toc__run_int(conn, steps[i], err, into, from);
    return rc;
}

static toc_rc unite(toc_conn *conn, const toc__value *value, const int64_t ids[3], bool complete,
                    toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (unsigned i = 1; i < 3 && !rc; i++)
        if (ids[i])
            rc = merge(conn, ids[i], ids[0], err);
    return rc || complete ? rc : add_keys(conn, value, ids[0], err);
}

toc_rc toc__value_id(toc_conn *conn, const toc__value *value, int64_t *id, toc_error *err)
{
    int64_t ids[3];
    bool complete = false;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = toc__value_find(conn, value, ids, &complete, err);
    if (!rc && !ids[0]) {
        rc = toc__next_id(conn, TOC__TABLE_VALUE, &ids[0], err);
        if (!rc)
            rc = toc__run_int(conn,
                              "INSERT INTO value(id, observed, false_positives) VALUES(?, 0, 0)",
                              err, ids[0]);
    }
    if (!rc)
        rc = unite(conn, value, ids, complete, err);
    if (!rc)
        *id = ids[0];
    return rc;
}

/* --- indicators with a value */

typedef struct key_node {
    struct key_node *next;
    toc__value value;
} key_node;

typedef struct owner_node {
    struct owner_node *next;
    int64_t id;
} owner_node;

/* Read as a whole: what is done with them needs statements of its own. */
static toc_rc read_keys(toc_conn *conn, int64_t id, toc_arena *arena, key_node **first,
                        toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc =
        toc_db_stmt(conn->db, "SELECT type_id, key FROM value_key WHERE value_id = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, id);
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        const toc_type *type = toc__type_by_id(conn->store, toc_column_int(stmt, 0));
        toc_str key = toc_arena_str(arena, toc_column_text(stmt, 1));
        key_node *node = toc_arena_zalloc(arena, sizeof(*node));
        if (!key.ptr || !node)
            return toc_error_nomem(err);
        if (!type)
            continue;
        node->value.type = toc__type_row_of(conn->store, type);
        if (!read_key(key, &node->value))
            return toc_error_set(err, TOC_ESTORE, "the key of the value %lld is damaged",
                                 (long long)id);
        node->next = *first;
        *first = node;
    }
    return step;
}

static toc_rc read_owners(toc_conn *conn, toc_arena *arena, owner_node **first, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db, "SELECT id FROM owner", &stmt, err);
    if (rc)
        return rc;
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        owner_node *node = toc_arena_zalloc(arena, sizeof(*node));
        if (!node)
            return toc_error_nomem(err);
        *node = (owner_node){*first, toc_column_int(stmt, 0)};
        *first = node;
    }
    return step;
}

static toc_rc copy_counts(toc_conn *conn, int64_t id, int64_t indicator, toc_error *err)
{
    return toc__run_int(conn,
                        "UPDATE indicator SET (observation_count, last_observed,"
                        " false_positive_count, false_positive_last) = (SELECT observed,"
                        " last_observed, false_positives, false_positive_last FROM value"
                        " WHERE id = ?) WHERE id = ?",
                        err, id, indicator);
}

static toc_rc copy_in_owner(toc_conn *conn, int64_t id, int64_t owner, const toc__value *value,
                            toc_error *err)
{
    int64_t found[3];
    unsigned count = 0;
    toc_rc rc = toc_indicator_find(conn, owner, value->type.type, value->parts, found, &count, err);
    for (unsigned i = 0; i < count && !rc; i++)
        rc = copy_counts(conn, id, found[i], err);
    return rc;
}

toc_rc toc__value_spread(toc_conn *conn, int64_t id, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    key_node *keys = NULL;
    owner_node *owners = NULL;
    toc_rc rc = read_keys(conn, id, &arena, &keys, err);
    if (!rc)
        rc = read_owners(conn, &arena, &owners, err);
    for (const key_node *key = keys; key && !rc; key = key->next)
        for (const owner_node *owner = owners; owner && !rc; owner = owner->next)
            rc = copy_in_owner(conn, id, owner->id, &key->value, err);
    return rc;
}

toc_rc toc__value_learn(toc_conn *conn, int64_t indicator, const toc__value *value, toc_error *err)
{
    int64_t ids[3];
    bool used = false, complete = false;
    toc_rc rc = toc__table_used(conn, TOC__TABLE_VALUE, &used, err);
    if (rc || !used)
        return rc;
    rc = toc__value_find(conn, value, ids, &complete, err);
    if (rc || !ids[0])
        return rc;
    if (complete && !ids[1])
        return copy_counts(conn, ids[0], indicator, err);
    rc = unite(conn, value, ids, complete, err);
    return rc ? rc : toc__value_spread(conn, ids[0], err);
}

static toc_rc is_active(toc_conn *conn, int64_t indicator, bool *active, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    int64_t flag = 0;
    bool found = false;
    toc_rc rc = toc_db_stmt(conn->db, "SELECT flags & 1 FROM indicator WHERE id = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, indicator);
    rc = toc__read_int(stmt, &flag, &found, err);
    *active = flag != 0;
    return rc;
}

toc_rc toc__value_holder(toc_conn *conn, int64_t owner, int64_t id, int64_t *indicator,
                         toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    key_node *keys = NULL;
    int64_t holder = 0;
    toc_rc rc = read_keys(conn, id, &arena, &keys, err);
    for (const key_node *key = keys; key && !rc && !holder; key = key->next) {
        int64_t found[3];
        unsigned count = 0;
        bool active = false;
        rc = toc_indicator_find(conn, owner, key->value.type.type, key->value.parts, found, &count,
                                err);
        if (!rc && count)
            rc = is_active(conn, found[0], &active, err);
        holder = active ? found[0] : 0;
    }
    if (!rc)
        *indicator = holder;
    return rc;
}
