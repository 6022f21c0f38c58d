/* attributes.c - attributes of objects; the displayed Description and Source are copied to the
 * object, so that lists need not look for them. */
#include "store/conn.h"

#include "base/error.h"
#include "base/str.h"

/* Attribute types that are shown as a member of the object, and the column they go to. */
typedef struct shown {
    const char *type;
    int slot;                       /* of the member */
    const char *indicator, *entity; /* statements; NULL: the kind has no such member */
} shown;

static const shown shown_types[] = {
    {"Description", TOC_SLOT_DESCRIPTION, "UPDATE indicator SET description = ? WHERE id = ?",
     "UPDATE entity SET description = ? WHERE id = ?"},
    {"Source", TOC_SLOT_SOURCE, "UPDATE indicator SET source = ? WHERE id = ?", NULL},
};

static const shown *find_shown(toc_str type)
{
    for (size_t i = 0; i < TOC_COUNT(shown_types); i++)
        if (toc_str_equal_fold(type, toc_str_of(shown_types[i].type)))
            return &shown_types[i];
    return NULL;
}

static toc_rc show(toc_conn *conn, toc_target target, const shown *row, toc_str value,
                   toc_error *err)
{
    const char *sql = target.kind == TOC_KIND_INDICATOR ? row->indicator : row->entity;
    /* The description of a victim is its own (rest-v2 9 row 33). */
    if (target.kind == TOC_KIND_VICTIM)
        return TOC_OK;
    toc_stmt *stmt = NULL;
    toc_rc rc = sql ? toc_db_stmt(conn->db, sql, &stmt, err) : TOC_OK;
    if (rc || !sql)
        return rc;
    toc_bind_text(stmt, 1, value);
    toc_bind_int(stmt, 2, target.id);
    return toc_run(stmt, err);
}

/* At most one of a shown type is displayed: the one with the id keep. */
static toc_rc hide_others(toc_conn *conn, toc_target target, const shown *row, int64_t keep,
                          toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "UPDATE attribute SET displayed = 0 WHERE object_id = ? AND kind = ?"
                            " AND lower(type) = lower(?) AND id <> ? AND displayed = 1",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, target.id);
    toc_bind_int(stmt, 2, target.kind);
    toc_bind_text(stmt, 3, toc_str_of(row->type));
    toc_bind_int(stmt, 4, keep);
    return toc_run(stmt, err);
}

static toc_rc display(toc_conn *conn, toc_target target, toc_str type, toc_str value, int64_t id,
                      toc_error *err)
{
    const shown *row = find_shown(type);
    if (!row)
        return TOC_OK;
    toc_rc rc = hide_others(conn, target, row, id, err);
    return rc ? rc : show(conn, target, row, value, err);
}

/* After one has gone or is no longer displayed: what is displayed now, else nothing. */
static toc_rc show_again(toc_conn *conn, toc_target target, toc_str type, toc_error *err)
{
    const shown *row = find_shown(type);
    if (!row)
        return TOC_OK;
    TOC__AUTO_ARENA arena = {0};
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc =
        toc_db_stmt(conn->db,
                    "SELECT value FROM attribute WHERE object_id = ? AND kind = ?"
                    " AND lower(type) = lower(?) AND displayed = 1 ORDER BY id DESC LIMIT 1",
                    &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, target.id);
    toc_bind_int(stmt, 2, target.kind);
    toc_bind_text(stmt, 3, type);
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    toc_str value = {NULL, 0};
    if (step > 0)
        rc = toc__copy_column(stmt, 0, &arena, &value, err);
    toc_stmt_reset(stmt);
    return rc ? rc : show(conn, target, row, value, err);
}

static toc_rc insert(toc_conn *conn, toc_target target, const toc_attribute *attribute, int64_t now,
                     int64_t *id, toc_error *err)
{
    toc_stmt *stmt = NULL;
    int64_t made = 0, added = 0;
    bool has = false;
    if (!attribute->type.len)
        return toc_error_field(err, TOC_EINVAL, "type", "an attribute needs a type");
    toc_rc rc = toc__parse_date(attribute->date_added, "dateAdded", &has, &added, err);
    if (!rc)
        rc = toc__next_id(conn, TOC__TABLE_ATTRIBUTE, &made, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "INSERT INTO attribute(id, kind, object_id, type, value, displayed,"
                         " pinned, source, xid, date_added, last_modified)"
                         " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, made);
    toc_bind_int(stmt, 2, target.kind);
    toc_bind_int(stmt, 3, target.id);
    toc_bind_text(stmt, 4, attribute->type);
    toc_bind_text(stmt, 5, attribute->value.ptr ? attribute->value : TOC_S(""));
    toc_bind_int(stmt, 6, attribute->displayed);
    toc_bind_int(stmt, 7, attribute->pinned);
    toc_bind_text(stmt, 8, attribute->source);
    toc_bind_text(stmt, 9, attribute->xid);
    toc_bind_int(stmt, 10, has ? added : now);
    toc_bind_int(stmt, 11, now);
    rc = toc_run(stmt, err);
    if (!rc)
        *id = made;
    return rc;
}

toc_rc toc_attribute_put(toc_conn *conn, toc_target target, const toc_attribute *attribute,
                         int64_t now, int64_t *id, toc_error *err)
{
    toc_rc rc = toc__require_tx(conn, err);
    return rc ? rc : insert(conn, target, attribute, now, id, err);
}

/* The last displayed one of the type; those before it no longer are. */
static const toc_attribute *last_displayed(toc_object *obj, const char *type)
{
    toc_attribute *last = NULL;
    for (toc_attribute *at = obj->attributes.first; at; at = at->next) {
        if (!at->displayed || !toc_str_equal_fold(at->type, toc_str_of(type)))
            continue;
        if (last)
            last->displayed = false;
        last = at;
    }
    return last;
}

uint64_t toc_attributes_lift(toc_object *obj)
{
    uint64_t lifted = 0;
    for (size_t i = 0; i < TOC_COUNT(shown_types); i++) {
        const shown *row = &shown_types[i];
        const toc_attribute *last = last_displayed(obj, row->type);
        const char *sql = obj->type->kind == TOC_KIND_INDICATOR ? row->indicator : row->entity;
        if (!last || !sql || toc__object_has(obj, row->slot))
            continue;
        toc__object_set_text(obj, row->slot, last->value);
        lifted |= 1ULL << row->slot;
    }
    return lifted;
}

toc_rc toc_attribute_add(toc_conn *conn, toc_target target, const toc_attribute *attribute,
                         int64_t now, int64_t *id, toc_error *err)
{
    int64_t made = 0;
    toc_rc rc = insert(conn, target, attribute, now, &made, err);
    if (!rc && attribute->displayed)
        rc = display(conn, target, attribute->type, attribute->value, made, err);
    if (!rc)
        *id = made;
    return rc;
}

toc_rc toc_attribute_first(toc_conn *conn, toc_target target, toc_str type, toc_str value,
                           int64_t now, toc_error *err)
{
    int64_t id = 0;
    toc_attribute attribute = {.type = type, .value = value, .displayed = true};
    toc_rc rc = toc__require_tx(conn, err);
    return rc ? rc : insert(conn, target, &attribute, now, &id, err);
}

/* Type and value as they are; TOC_ENOTFOUND when the target has no such attribute. */
static toc_rc read_attribute(toc_conn *conn, toc_target target, int64_t id, toc_arena *arena,
                             toc_str *type, bool *displayed, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "SELECT type, displayed FROM attribute WHERE id = ? AND object_id = ?"
                         " AND kind = ?",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, id);
    toc_bind_int(stmt, 2, target.id);
    toc_bind_int(stmt, 3, target.kind);
    int step = toc_step(stmt, err);
    if (step <= 0)
        return step
                   ? step
                   : toc_error_set(err, TOC_ENOTFOUND, "there is no attribute %lld", (long long)id);
    *displayed = toc_column_int(stmt, 1) != 0;
    return toc__copy_column(stmt, 0, arena, type, err);
}

toc_rc toc_attribute_change(toc_conn *conn, toc_target target, const toc_attribute *attribute,
                            int64_t now, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    toc_str type = {NULL, 0};
    bool displayed = false;
    toc_rc rc = read_attribute(conn, target, attribute->id, &arena, &type, &displayed, err);
    toc_stmt *stmt = NULL;
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "UPDATE attribute SET value = coalesce(?, value), displayed = ?,"
                         " pinned = ?, source = coalesce(?, source), xid = coalesce(?, xid),"
                         " last_modified = ? WHERE id = ?",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, attribute->value);
    toc_bind_int(stmt, 2, attribute->displayed);
    toc_bind_int(stmt, 3, attribute->pinned);
    toc_bind_text(stmt, 4, attribute->source);
    toc_bind_text(stmt, 5, attribute->xid);
    toc_bind_int(stmt, 6, now);
    toc_bind_int(stmt, 7, attribute->id);
    rc = toc_run(stmt, err);
    const shown *row = find_shown(type);
    if (!rc && row && attribute->displayed)
        rc = hide_others(conn, target, row, attribute->id, err);
    if (!rc && (displayed || attribute->displayed))
        rc = show_again(conn, target, type, err);
    return rc;
}

static toc_rc drop_labels(toc_conn *conn, toc_target target, int64_t id, toc_error *err)
{
    return id ? toc_label_clear(conn, (toc_target){TOC_KIND_ATTRIBUTE, id}, err)
              : toc__run_int(conn,
                             "DELETE FROM label_link WHERE kind = ? AND object_id IN"
                             " (SELECT id FROM attribute WHERE object_id = ? AND kind = ?)",
                             err, (int64_t)TOC_KIND_ATTRIBUTE, target.id, (int64_t)target.kind);
}

toc_rc toc_attribute_remove(toc_conn *conn, toc_target target, int64_t id, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    toc_str type = {NULL, 0};
    bool displayed = false;
    toc_rc rc = read_attribute(conn, target, id, &arena, &type, &displayed, err);
    if (!rc)
        rc = drop_labels(conn, target, id, err);
    if (!rc)
        rc = toc__run_int(conn, "DELETE FROM attribute WHERE id = ?", err, id);
    return rc || !displayed ? rc : show_again(conn, target, type, err);
}

toc_rc toc__drop_attributes(toc_conn *conn, toc_target target, toc_error *err)
{
    toc_rc rc = drop_labels(conn, target, 0, err);
    return rc ? rc
              : toc__run_int(conn, "DELETE FROM attribute WHERE object_id = ? AND kind = ?", err,
                             target.id, (int64_t)target.kind);
}

static toc_rc clear_type(toc_conn *conn, toc_target target, toc_str type, toc_error *err)
{
    static const char *const statements[] = {
        "DELETE FROM label_link WHERE kind = ?4 AND object_id IN (SELECT id FROM attribute"
        " WHERE object_id = ?1 AND kind = ?2 AND type = ?3)",
        "DELETE FROM attribute WHERE object_id = ?1 AND kind = ?2 AND type = ?3",
    };
    for (size_t i = 0; i < TOC_COUNT(statements); i++) {
        toc_stmt *stmt = NULL;
        toc_rc rc = toc_db_stmt(conn->db, statements[i], &stmt, err);
        if (rc)
            return rc;
        toc_bind_int(stmt, 1, target.id);
        toc_bind_int(stmt, 2, target.kind);
        toc_bind_text(stmt, 3, type);
        if (i == 0)
            toc_bind_int(stmt, 4, (int64_t)TOC_KIND_ATTRIBUTE);
        rc = toc_run(stmt, err);
        if (rc)
            return rc;
    }
    return show_again(conn, target, type, err);
}

toc_rc toc_attribute_clear(toc_conn *conn, toc_target target, toc_str type, toc_error *err)
{
    toc_rc rc = toc__require_tx(conn, err);
    if (rc)
        return rc;
    if (type.len)
        return clear_type(conn, target, type, err);
    rc = toc__drop_attributes(conn, target, err);
    for (size_t i = 0; !rc && i < TOC_COUNT(shown_types); i++)
        rc = show(conn, target, &shown_types[i], (toc_str){NULL, 0}, err);
    return rc;
}

/* The displayed attribute of the type. *id 0: none; *same: it has this value. */
static toc_rc find_default(toc_conn *conn, toc_target target, toc_str type, toc_str value,
                           int64_t *id, bool *same, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT id, value FROM attribute WHERE object_id = ? AND kind = ?"
                            " AND type = ? AND displayed = 1 ORDER BY id DESC LIMIT 1",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, target.id);
    toc_bind_int(stmt, 2, target.kind);
    toc_bind_text(stmt, 3, type);
    int step = toc_step(stmt, err);
    if (step < 0)
        return step;
    *id = step ? toc_column_int(stmt, 0) : 0;
    *same = step && toc_str_equal(toc_column_text(stmt, 1), value);
    return TOC_OK;
}

toc_rc toc_attribute_default(toc_conn *conn, toc_target target, toc_str type, toc_str value,
                             int64_t now, toc_error *err)
{
    int64_t id = 0;
    bool same = false;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = find_default(conn, target, type, value, &id, &same, err);
    if (rc)
        return rc;
    toc_attribute attribute = {.id = id, .type = type, .value = value, .displayed = true};
    if (!id)
        return toc_attribute_add(conn, target, &attribute, now, &id, err);
    if (same)
        return TOC_OK;
    toc_stmt *stmt = NULL;
    rc = toc_db_stmt(conn->db, "UPDATE attribute SET value = ?, last_modified = ? WHERE id = ?",
                     &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, value.ptr ? value : TOC_S(""));
    toc_bind_int(stmt, 2, now);
    toc_bind_int(stmt, 3, id);
    rc = toc_run(stmt, err);
    return rc ? rc : display(conn, target, type, value, id, err);
}
