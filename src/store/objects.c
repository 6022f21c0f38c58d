/* objects.c - finding, inserting, changing, removing of objects. */
#include "store/conn.h"

#include "base/error.h"
#include "base/str.h"
#include "store/keys.h"

static toc_rc type_row(toc_conn *conn, const toc_type *type, toc__type_row *row, toc_error *err)
{
    *row = toc__type_row_of(conn->store, type);
    return row->id ? TOC_OK
                   : toc_error_set(err, TOC_EINVAL, "the store does not know the type \"%s\"",
                                   type->name);
}

toc_rc toc_group_find_xid(toc_conn *conn, int64_t owner, toc_str xid, int64_t *id,
                          const toc_type **type, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc =
        toc_db_stmt(conn->db, "SELECT id, type_id, kind FROM entity WHERE owner_id = ? AND xid = ?",
                    &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, owner);
    toc_bind_text(stmt, 2, xid);
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    bool found = step > 0 && toc_column_int(stmt, 2) == TOC_KIND_GROUP;
    *id = found ? toc_column_int(stmt, 0) : 0;
    *type = found ? toc__type_by_id(conn->store, toc_column_int(stmt, 1)) : NULL;
    return TOC_OK;
}

toc_rc toc_entity_owner(toc_conn *conn, toc_kind kind, int64_t id, int64_t *owner, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    bool found = false;
    toc_rc rc =
        toc_db_stmt(conn->db, "SELECT owner_id FROM entity WHERE id = ? AND kind = ?", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, id);
    toc_bind_int(stmt, 2, kind);
    return toc__read_int(stmt, owner, &found, err);
}

/* --- values into a statement */

static int64_t flags_of(const toc_object *obj, int64_t flags)
{
    static const struct {
        int slot;
        int64_t flag;
    } rows[] = {
        {TOC_SLOT_ACTIVE, TOC__FLAG_ACTIVE},
        {TOC_SLOT_ACTIVE_LOCKED, TOC__FLAG_LOCKED},
        {TOC_SLOT_PRIVATE, TOC__FLAG_PRIVATE},
    };
    if (obj->type->kind != TOC_KIND_INDICATOR)
        return flags;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        if (!toc__object_has(obj, rows[i].slot))
            continue;
        flags &= ~rows[i].flag;
        if (obj->values[rows[i].slot].as.boolean)
            flags |= rows[i].flag;
    }
    return flags;
}

static toc_rc bind_column(toc_stmt *stmt, int index, const toc__column *column,
                          const toc_object *obj, toc_error *err)
{
    /* Nothing was bound yet, and what is not bound is NULL. */
    if (!toc__object_has(obj, column->slot))
        return TOC_OK;
    const toc_value *value = &obj->values[column->slot];
    int64_t seconds = 0;
    bool has = false;
    toc_rc rc = TOC_OK;
    switch (column->value) {
    case TOC_VALUE_INT:
        toc_bind_int(stmt, index, value->as.integer);
        break;
    case TOC_VALUE_DECIMAL:
        toc_bind_double(stmt, index, value->as.decimal);
        break;
    case TOC_VALUE_DATE:
        rc = toc__parse_date(value->as.text, column->name, &has, &seconds, err);
        toc__bind_optional_date(stmt, index, has, seconds);
        break;
    default:
        toc_bind_text(stmt, index, value->as.text);
        break;
    }
    return rc;
}

/* What insert and update have in common: ?1 to ?9, the columns, own. */
typedef struct row_values {
    int64_t id, owner, type_id, flags, added, modified;
    toc_str parts[3];
    toc_str own;
} row_values;

static toc_rc bind_row(toc_stmt *stmt, const toc__layout *layout, const toc_object *obj,
                       const row_values *row, toc_error *err)
{
    toc_bind_int(stmt, 1, row->id);
    toc_bind_int(stmt, 2, row->owner);
    toc_bind_int(stmt, 3, row->type_id);
    toc_bind_int(stmt, 4, row->flags);
    toc_bind_int(stmt, 9, row->modified);
    if (obj->type->kind == TOC_KIND_INDICATOR) {
        for (int i = 0; i < 3; i++)
            if (row->parts[i].ptr)
                toc_bind_text(stmt, 5 + i, row->parts[i]);
    }
    for (size_t i = 0; i < layout->column_count; i++) {
        toc_rc rc = bind_column(stmt, 10 + (int)i, &layout->columns[i], obj, err);
        if (rc)
            return rc;
    }
    if (row->own.len)
        toc_bind_text(stmt, 10 + (int)layout->column_count, row->own);
    return TOC_OK;
}

static toc_rc date_or(const toc_object *obj, int slot, const char *field, int64_t otherwise,
                      int64_t *seconds, toc_error *err)
{
    bool has = false;
    toc_rc rc = toc__parse_date(toc__object_text(obj, slot), field, &has, seconds, err);
    if (!rc && !has)
        *seconds = otherwise;
    return rc;
}

static toc_rc insert_row(toc_conn *conn, const toc__layout *layout, const toc_object *obj,
                         const row_values *row, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db, layout->insert, &stmt, err);
    if (!rc)
        rc = bind_row(stmt, layout, obj, row, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 8, row->added);
    if (obj->type->kind != TOC_KIND_INDICATOR)
        toc_bind_int(stmt, 5, obj->type->kind);
    return toc_run(stmt, err);
}

/* Values that the object lacks stay what they were. */
static void place_values(const toc_object *obj, toc__place *place)
{
    if (obj->type->kind != TOC_KIND_INDICATOR)
        return;
    if (toc__object_has(obj, TOC_SLOT_RATING))
        place->rating = obj->values[TOC_SLOT_RATING].as.decimal;
    if (toc__object_has(obj, TOC_SLOT_CONFIDENCE))
        place->confidence = obj->values[TOC_SLOT_CONFIDENCE].as.integer;
    /* A negative zero equals zero, but not as bytes. */
    if (place->rating == 0)
        place->rating = 0;
}

static toc_rc count_new(toc_conn *conn, const toc_object *obj, const row_values *row,
                        toc_error *err)
{
    toc__place place = {.owner = row->owner,
                        .type_id = row->type_id,
                        .kind = obj->type->kind,
                        .active = row->flags & TOC__FLAG_ACTIVE,
                        .rating = TOC__NO_VALUE,
                        .confidence = TOC__NO_VALUE};
    place_values(obj, &place);
    toc__place_known(conn, (toc_target){place.kind, row->id}, &place);
    return toc__count_object(conn, &place, row->id, 1, err);
}

/* parts: what is known of the value now; more: what was before. */
static toc_rc learn_value(toc_conn *conn, toc__type_row type, const toc_str parts[3],
                          const toc_str more[3], int64_t id, toc_error *err)
{
    toc__value value = {.type = type};
    for (int i = 0; i < 3; i++)
        value.parts[i] = parts[i].ptr ? parts[i] : more[i];
    return toc__value_learn(conn, id, &value, err);
}

/* What follows from a new row. */
static toc_rc settle_new(toc_conn *conn, toc__type_row type, const toc_object *obj,
                         const row_values *row, toc_error *err)
{
    toc_rc rc = count_new(conn, obj, row, err);
    if (!rc && obj->type->kind == TOC_KIND_INDICATOR)
        rc = learn_value(conn, type, row->parts, row->parts, row->id, err);
    return toc__whole(conn, rc);
}

toc_rc toc_object_insert(toc_conn *conn, int64_t owner, const toc_object *obj, int64_t now,
                         int64_t *id, toc_error *err)
{
    const toc__layout *layout = toc__layout_of(obj->type->kind);
    toc__type_row type = {0};
    row_values row = {.owner = owner};
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = type_row(conn, obj->type, &type, err);
    if (!rc)
        rc = date_or(obj, TOC_SLOT_DATE_ADDED, "dateAdded", now, &row.added, err);
    if (!rc)
        rc = date_or(obj, TOC_SLOT_LAST_MODIFIED, "lastModified", now, &row.modified, err);
    if (!rc)
        rc = toc__next_id(conn, layout->sequence, &row.id, err);
    if (rc)
        return rc;
    row.type_id = type.id;
    row.flags = flags_of(obj, TOC__FLAG_ACTIVE);
    toc__key_set keys = {.conn = conn, .owner = owner, .type = type, .id = row.id};
    if (obj->type->kind == TOC_KIND_INDICATOR) {
        (void)toc__object_keys(obj, row.parts);
        rc = toc__keys_add(&keys, row.parts, err);
        if (rc)
            return rc;
    }
    rc = toc__own_encode(layout, obj, (toc_str){NULL, 0}, &conn->scratch, err);
    row.own = toc_buf_view(&conn->scratch);
    if (!rc)
        rc = insert_row(conn, layout, obj, &row, err);
    if (rc) {
        /* The caller may go on with the transaction: no key may lead to a row that is not there. */
        if (obj->type->kind == TOC_KIND_INDICATOR)
            (void)toc__whole(conn, toc__keys_drop(&keys, row.parts, NULL));
        return rc;
    }
    rc = settle_new(conn, type, obj, &row, err);
    if (!rc)
        *id = row.id;
    return rc;
}

/* --- what is there now */

typedef struct stored {
    const toc_type *type;
    int64_t type_id, flags, added;
    toc__place place;
    toc_str parts[3], own;
} stored;

static toc_rc read_stored(toc_conn *conn, int64_t owner, toc_kind kind, int64_t id,
                          toc_arena *arena, stored *found, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    const char *sql =
        kind == TOC_KIND_INDICATOR
            ? "SELECT type_id, flags, date_added, own, v1, v2, v3,"
              " coalesce(rating, -1), coalesce(confidence, -1) FROM indicator"
              " WHERE id = ? AND owner_id = ?"
            : "SELECT type_id, flags, date_added, own, NULL, NULL, NULL, -1, -1 FROM entity"
              " WHERE id = ? AND owner_id = ?";
    toc_rc rc = toc_db_stmt(conn->db, sql, &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, id);
    toc_bind_int(stmt, 2, owner);
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    const toc_type *type = step ? toc__type_by_id(conn->store, toc_column_int(stmt, 0)) : NULL;
    if (!type || type->kind != kind)
        return toc_error_set(err, TOC_ENOTFOUND, "there is no %s %lld", toc_kind_entity(kind),
                             (long long)id);
    *found = (stored){.type = type,
                      .type_id = toc_column_int(stmt, 0),
                      .flags = toc_column_int(stmt, 1),
                      .added = toc_column_int(stmt, 2)};
    found->place = (toc__place){.owner = owner,
                                .type_id = found->type_id,
                                .kind = kind,
                                .active = found->flags & TOC__FLAG_ACTIVE,
                                .rating = toc_column_double(stmt, 7),
                                .confidence = toc_column_int(stmt, 8)};
    toc__place_known(conn, (toc_target){kind, id}, &found->place);
    rc = toc__copy_column(stmt, 3, arena, &found->own, err);
    for (int i = 0; !rc && i < 3; i++)
        rc = toc__copy_column(stmt, 4 + i, arena, &found->parts[i], err);
    return rc;
}

/* --- changing */

static toc_rc update_row(toc_conn *conn, const toc__layout *layout, const toc_object *obj,
                         const row_values *row, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db, layout->update, &stmt, err);
    if (!rc)
        rc = bind_row(stmt, layout, obj, row, err);
    return rc ? rc : toc_run(stmt, err);
}

static toc_rc count_change(toc_conn *conn, const stored *before, const toc_object *obj,
                           const row_values *row, toc_error *err)
{
    const toc__place *old = &before->place;
    toc_target target = {old->kind, row->id};
    toc__place fresh = *old;
    fresh.active = row->flags & TOC__FLAG_ACTIVE;
    place_values(obj, &fresh);
    if (fresh.active == old->active && fresh.rating == old->rating &&
        fresh.confidence == old->confidence)
        return TOC_OK;
    toc_rc rc = toc__count_object(conn, old, row->id, -1, err);
    if (!rc)
        rc = toc__count_object(conn, &fresh, row->id, 1, err);
    if (!rc && fresh.active != old->active)
        rc = toc__tags_recount(conn, target, old, &fresh, err);
    toc__place_known(conn, target, &fresh);
    return rc;
}

/* Hashes that the stored file lacks and the object has. */
static bool missing_parts(const stored *before, const toc_object *obj, toc_str parts[3])
{
    bool any = false;
    if (!(obj->type->traits & TOC_TYPE_HASHES)) {
        memset(parts, 0, 3 * sizeof(*parts));
        return false;
    }
    (void)toc__object_keys(obj, parts);
    for (int i = 0; i < 3; i++) {
        if (before->parts[i].ptr)
            parts[i] = (toc_str){NULL, 0};
        any = any || parts[i].ptr;
    }
    return any;
}

static toc_rc change(toc_conn *conn, int64_t owner, const stored *before, const toc_object *obj,
                     row_values *row, toc_error *err)
{
    const toc__layout *layout = toc__layout_of(obj->type->kind);
    toc__key_set keys = {.conn = conn,
                         .owner = owner,
                         .type = toc__type_row_of(conn->store, before->type),
                         .id = row->id};
    TOC__AUTO_BUF own = {0};
    toc_buf_init(&own, (size_t)TOC_MAX_TEXT * 4);
    toc_rc rc = toc__own_encode(layout, obj, before->own, &own, err);
    if (rc)
        return rc;
    row->own = toc_buf_view(&own);
    bool added = missing_parts(before, obj, row->parts);
    if (added)
        rc = toc__keys_add(&keys, row->parts, err);
    if (rc)
        return rc;
    rc = update_row(conn, layout, obj, row, err);
    if (rc) {
        if (added)
            (void)toc__whole(conn, toc__keys_drop(&keys, row->parts, NULL));
        return rc;
    }
    if (added)
        rc = learn_value(conn, keys.type, row->parts, before->parts, row->id, err);
    if (!rc)
        rc = count_change(conn, before, obj, row, err);
    return toc__whole(conn, rc);
}

toc_rc toc_object_change(toc_conn *conn, int64_t owner, int64_t id, const toc_object *obj,
                         int64_t now, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    stored before = {0};
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = read_stored(conn, owner, obj->type->kind, id, &arena, &before, err);
    if (rc || !before.type)
        return rc;
    if (before.type_id != toc__type_id(conn->store, obj->type))
        return toc_error_set(err, TOC_ECONFLICT, "the %s %lld is of type \"%s\", not \"%s\"",
                             toc_kind_entity(obj->type->kind), (long long)id, before.type->name,
                             obj->type->name);
    row_values row = {.id = id,
                      .owner = owner,
                      .type_id = before.type_id,
                      .flags = flags_of(obj, before.flags),
                      .modified = now};
    return change(conn, owner, &before, obj, &row, err);
}

/* --- removing */

static toc_rc add_tombstone(toc_conn *conn, int64_t owner, const stored *gone, int64_t now,
                            toc_error *err)
{
    TOC__AUTO_BUF summary = {0};
    toc_buf_init(&summary, (size_t)TOC_MAX_VALUE * 4);
    for (int i = 0; i < 3; i++) {
        if (!gone->parts[i].ptr)
            continue;
        if (summary.len)
            toc_buf_lit(&summary, " : ");
        toc_buf_str(&summary, gone->parts[i]);
    }
    toc_rc rc = toc_buf_check(&summary, err);
    toc_stmt *stmt = NULL;
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "INSERT INTO tombstone(owner_id, type_id, summary, date_added,"
                         " date_deleted) VALUES(?, ?, ?, ?, ?)",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, owner);
    toc_bind_int(stmt, 2, gone->type_id);
    toc_bind_text(stmt, 3, summary.len ? toc_buf_view(&summary) : TOC_S(""));
    toc_bind_int(stmt, 4, gone->added);
    toc_bind_int(stmt, 5, now);
    rc = toc_run(stmt, err);
    return rc ? rc : toc__tombstones_purge(conn, owner, now, err);
}

static toc_rc remove_indicator(toc_conn *conn, int64_t owner, int64_t id, const stored *gone,
                               int64_t now, toc_error *err)
{
    toc__key_set keys = {
        .conn = conn, .owner = owner, .type = toc__type_row_of(conn->store, gone->type), .id = id};
    toc_rc rc = toc__keys_drop(&keys, gone->parts, err);
    if (!rc)
        rc = toc__run_int(conn, "DELETE FROM occurrence WHERE indicator_id = ?", err, id);
    if (!rc)
        rc = toc__run_int(conn, "DELETE FROM indicator WHERE id = ?", err, id);
    return rc ? rc : add_tombstone(conn, owner, gone, now, err);
}

toc_rc toc_object_remove(toc_conn *conn, int64_t owner, toc_kind kind, int64_t id, int64_t now,
                         toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    toc_target target = {kind, id};
    stored gone = {0};
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = read_stored(conn, owner, kind, id, &arena, &gone, err);
    if (rc)
        return rc;
    rc = toc_tag_clear(conn, target, err);
    if (!rc)
        rc = toc_label_clear(conn, target, err);
    if (!rc)
        rc = toc__drop_attributes(conn, target, err);
    if (!rc)
        rc = toc__drop_links(conn, target, err);
    if (!rc && kind == TOC_KIND_GROUP)
        rc = toc__content_drop(conn, id, err);
    if (!rc)
        rc = toc__drop_held(conn, owner, target, now, err);
    if (!rc)
        rc = kind == TOC_KIND_INDICATOR
                 ? remove_indicator(conn, owner, id, &gone, now, err)
                 : toc__run_int(conn, "DELETE FROM entity WHERE id = ?", err, id);
    conn->placed.id = 0;
    if (!rc)
        rc = toc__count_object(conn, &gone.place, id, -1, err);
    return toc__whole(conn, rc);
}
