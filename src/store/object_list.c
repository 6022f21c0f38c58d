/* object_list.c - lists of objects: the query as SQL, its rows, its size. Pages continue below an
 * id, so that a deep page costs what the first one does. */
#include "store/conn.h"

#include "base/error.h"
#include "base/str.h"
#include "model/codec.h"

/* What decides the order of the walk: the rest are conditions. */
typedef enum drive {
    DRIVE_ID,
    DRIVE_PARENT,
    DRIVE_WIDE,
    DRIVE_LINK,
    DRIVE_TAG,
    DRIVE_LABEL,
    DRIVE_OWNER
} drive;

static drive drive_of(const toc_query *query)
{
    if (query->id)
        return DRIVE_ID;
    if (query->parent)
        return DRIVE_PARENT;
    if (query->linked)
        return toc__is_wide(query) ? DRIVE_WIDE : DRIVE_LINK;
    if (query->tag)
        return DRIVE_TAG;
    return query->label ? DRIVE_LABEL : DRIVE_OWNER;
}

static void write_from(toc__sql *sql, const toc_query *query, drive by)
{
    const char *table = toc__layout_of(query->kind)->table;
    /* CROSS JOIN keeps the order: the walk is over the first table. */
    static const char *const from[] = {
        [DRIVE_ID] = " FROM %s o WHERE 1 = 1",
        [DRIVE_PARENT] = " FROM %s o WHERE 1 = 1",
        [DRIVE_WIDE] = " FROM %s o WHERE 1 = 1",
        [DRIVE_LINK] = " FROM link w CROSS JOIN %s o ON o.id = w.id_b WHERE 1 = 1",
        [DRIVE_TAG] = " FROM tag_link w CROSS JOIN %s o ON o.id = w.object_id WHERE 1 = 1",
        [DRIVE_LABEL] = " FROM label_link w CROSS JOIN %s o ON o.id = w.object_id WHERE 1 = 1",
        [DRIVE_OWNER] = " FROM %s o WHERE 1 = 1",
    };
    const char *text = from[by], *at = strstr(text, "%s");
    toc_buf_append(&sql->text, text, (size_t)(at - text));
    toc_buf_text(&sql->text, table);
    toc_buf_text(&sql->text, at + 2);
}

static void write_link(toc__sql *sql, const toc_query *query)
{
    toc__sql_int(sql, " AND w.kind_a = ?", query->linked_kind);
    toc__sql_int(sql, " AND w.id_a = ?", query->linked_id);
    toc__sql_int(sql, " AND w.kind_b = ?", query->kind);
    if (query->association.ptr)
        toc__sql_text(sql, " AND w.association = ?", query->association);
    else /* Once, however many associations there are. */
        toc_buf_text(&sql->text, " AND NOT EXISTS (SELECT 1 FROM link e WHERE e.kind_a = w.kind_a"
                                 " AND e.id_a = w.id_a AND e.kind_b = w.kind_b AND e.id_b = w.id_b"
                                 " AND e.association < w.association)");
}

static void write_drive(toc__sql *sql, const toc_query *query, drive by)
{
    if (by == DRIVE_ID) {
        toc__sql_int(sql, " AND o.id = ?", query->id);
    } else if (by == DRIVE_PARENT) {
        toc__sql_int(sql, " AND o.parent_id = ?", query->parent);
    } else if (by == DRIVE_WIDE) {
        toc__sql_wide(sql, query);
    } else if (by == DRIVE_LINK) {
        write_link(sql, query);
    } else if (by == DRIVE_TAG) {
        toc__sql_int(sql, " AND w.tag_id = ?", query->tag);
        toc__sql_int(sql, " AND w.kind = ?", query->kind);
    } else if (by == DRIVE_LABEL) {
        toc__sql_int(sql, " AND w.label_id = ?", query->label);
        toc__sql_int(sql, " AND w.kind = ?", query->kind);
    }
}

/* The conditions that do not drive. */
static void write_others(toc__sql *sql, const toc_query *query, drive by)
{
    if (query->parent && by != DRIVE_PARENT)
        toc__sql_int(sql, " AND +o.parent_id = ?", query->parent);
    if (toc__is_wide(query) && by != DRIVE_WIDE) {
        toc__sql_wide(sql, query);
    } else if (query->linked && by != DRIVE_LINK && by != DRIVE_WIDE) {
        toc__sql_int(sql, " AND EXISTS (SELECT 1 FROM link l WHERE l.kind_a = ?",
                     query->linked_kind);
        toc__sql_int(sql, " AND l.id_a = ?", query->linked_id);
        toc__sql_int(sql, " AND l.kind_b = ? AND l.id_b = o.id", query->kind);
        if (query->association.ptr)
            toc__sql_text(sql, " AND l.association = ?", query->association);
        toc_buf_lit(&sql->text, ")");
    }
    if (query->tag && by != DRIVE_TAG) {
        toc__sql_int(sql, " AND EXISTS (SELECT 1 FROM tag_link t WHERE t.tag_id = ?", query->tag);
        toc__sql_int(sql, " AND t.kind = ? AND t.object_id = o.id)", query->kind);
    }
    if (query->label && by != DRIVE_LABEL) {
        toc__sql_int(sql, " AND EXISTS (SELECT 1 FROM label_link t WHERE t.label_id = ?",
                     query->label);
        toc__sql_int(sql, " AND t.kind = ? AND t.object_id = o.id)", query->kind);
    }
    if (query->has_since)
        toc__sql_int(sql, " AND o.last_modified >= ?", query->modified_since);
}

/* A row of an index leads to a row of the table by a search. Where nearly all rows are the owner's,
 * walking the table itself is faster; the plus keeps the index out. */
static const char *owner_condition(const toc_query *query, drive by, bool walk_table)
{
    if (by != DRIVE_OWNER || (walk_table && !query->type))
        return " AND +o.owner_id = ?";
    return " AND o.owner_id = ?";
}

static toc_rc write_conditions(toc__sql *sql, toc_conn *conn, const toc_query *query, drive by,
                               bool walk_table, toc_error *err)
{
    write_drive(sql, query, by);
    toc__sql_int(sql, owner_condition(query, by, walk_table), query->owner);
    if (query->type)
        toc__sql_int(sql, by == DRIVE_OWNER ? " AND o.type_id = ?" : " AND +o.type_id = ?",
                     toc__type_id(conn->store, query->type));
    else if (query->kind != TOC_KIND_INDICATOR)
        toc__sql_int(sql, by == DRIVE_OWNER && !walk_table ? " AND o.kind = ?" : " AND +o.kind = ?",
                     query->kind);
    write_others(sql, query, by);
    if (toc__only_active(query))
        toc_buf_lit(&sql->text, " AND (o.flags & 1) = 1");
    return toc__sql_terms(sql, query->terms, conn->store, err);
}

/* --- size */

static toc_rc sum_counters(toc_conn *conn, int64_t owner, toc_kind kind, int64_t type_id,
                           bool active, int64_t *count, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc__flush_counts(conn, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "SELECT coalesce(sum(n), 0) FROM counter WHERE owner_id = ?1"
                         " AND kind = ?2 AND (type_id = ?3 OR ?3 = 0) AND (active = 1 OR ?4 = 0)",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, owner);
    toc_bind_int(stmt, 2, kind);
    toc_bind_int(stmt, 3, type_id);
    toc_bind_int(stmt, 4, active);
    bool found = false;
    return toc__read_int(stmt, count, &found, err);
}

static bool plain(const toc_query *query)
{
    return drive_of(query) == DRIVE_OWNER && !query->has_since &&
           (!query->terms || !query->terms->count);
}

/* With a tag and nothing else but a type: the tag's counts. */
static bool only_tagged(const toc_query *query)
{
    return drive_of(query) == DRIVE_TAG && !query->label && !query->parent && !query->has_since &&
           (!query->terms || !query->terms->count);
}

static toc_rc sum_tag(toc_conn *conn, const toc_query *query, int64_t type_id, int64_t *count,
                      toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc__flush_counts(conn, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "SELECT coalesce(sum(n), 0) FROM tag_count WHERE tag_id = ?1"
                         " AND kind = ?2 AND (type_id = ?3 OR ?3 = 0) AND (active = 1 OR ?4 = 0)",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, query->tag);
    toc_bind_int(stmt, 2, query->kind);
    toc_bind_int(stmt, 3, type_id);
    toc_bind_int(stmt, 4, toc__only_active(query));
    bool found = false;
    return toc__read_int(stmt, count, &found, err);
}

toc_rc toc_object_count(toc_conn *conn, const toc_query *query, int64_t *count, toc_error *err)
{
    int64_t type_id = query->type ? toc__type_id(conn->store, query->type) : 0;
    if (query->type && !type_id) {
        *count = 0;
        return TOC_OK;
    }
    if (plain(query))
        return sum_counters(conn, query->owner, query->kind, type_id, toc__only_active(query),
                            count, err);
    if (only_tagged(query))
        return sum_tag(conn, query, type_id, count, err);
    if (toc__cells_fit(query))
        return toc__cells_count(conn, query, count, err);
    TOC__AUTO_ARENA arena = {0};
    TOC_CLEANUP(toc__sql_done) toc__sql sql;
    toc__sql_init(&sql, &arena);
    drive by = drive_of(query);
    toc_buf_lit(&sql.text, "SELECT count(*)");
    write_from(&sql, query, by);
    toc_rc rc = write_conditions(&sql, conn, query, by, false, err);
    toc_stmt *stmt = NULL;
    if (!rc)
        rc = toc__sql_statement(&sql, conn, &stmt, err);
    bool found = false;
    return rc ? rc : toc__read_int(stmt, count, &found, err);
}

/* --- rows */

/* The rows of the table that has the kind: those of all owners. */
static toc_rc count_table(toc_conn *conn, toc_kind kind, int64_t *count, toc_error *err)
{
    toc_stmt *stmt = NULL;
    bool found = false;
    toc_rc rc = toc_db_stmt(
        conn->db, "SELECT coalesce(sum(n), 0) FROM counter WHERE (kind = ?1) = ?2", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, TOC_KIND_INDICATOR);
    toc_bind_int(stmt, 2, kind == TOC_KIND_INDICATOR);
    return toc__read_int(stmt, count, &found, err);
}

/* True when at least nine of ten rows of the table are this owner's. */
static toc_rc owns_nearly_all(toc_conn *conn, const toc_query *query, bool *nearly, toc_error *err)
{
    int64_t mine = 0, all = 0;
    *nearly = false;
    if (drive_of(query) != DRIVE_OWNER || query->type)
        return TOC_OK;
    toc_rc rc = sum_counters(conn, query->owner, query->kind, 0, false, &mine, err);
    if (!rc)
        rc = count_table(conn, query->kind, &all, err);
    *nearly = !rc && mine >= all - all / 10;
    return rc;
}

static toc_rc make_statement(toc__sql *sql, toc_conn *conn, const toc_query *query, toc_stmt **stmt,
                             toc_error *err)
{
    drive by = drive_of(query);
    bool walk_table = false;
    toc_rc rc = owns_nearly_all(conn, query, &walk_table, err);
    if (rc)
        return rc;
    toc_buf_lit(&sql->text, "SELECT ");
    toc_buf_text(&sql->text, toc__layout_of(query->kind)->select);
    write_from(sql, query, by);
    rc = write_conditions(sql, conn, query, by, walk_table, err);
    if (rc)
        return rc;
    static const char *const ids[] = {
        [DRIVE_ID] = "o.id",     [DRIVE_PARENT] = "o.id",     [DRIVE_WIDE] = "o.id",
        [DRIVE_LINK] = "w.id_b", [DRIVE_TAG] = "w.object_id", [DRIVE_LABEL] = "w.object_id",
        [DRIVE_OWNER] = "o.id"};
    if (query->below > 0) {
        toc_buf_lit(&sql->text, " AND ");
        toc_buf_text(&sql->text, ids[by]);
        toc__sql_int(sql, " < ?", query->below);
    }
    toc_buf_lit(&sql->text, " ORDER BY ");
    toc_buf_text(&sql->text, ids[by]);
    toc_buf_lit(&sql->text, " DESC");
    toc__sql_window(sql, query->offset, query->limit);
    return toc__sql_statement(sql, conn, stmt, err);
}

typedef struct walker {
    toc_conn *conn;
    const toc_query *query;
    toc__rows rows;
    toc_object_fn fn;
    void *user;
} walker;

static void walker_done(walker *at)
{
    toc__rows_done(&at->rows);
}

/* The current row of the statement. */
static toc_rc visit(walker *at, toc_stmt *stmt, toc_error *err)
{
    const toc_query *query = at->query;
    toc_rc rc = toc__rows_read(&at->rows, stmt, err);
    if (rc)
        return rc;
    toc_object *obj = at->rows.obj;
    /* Of a type that this program no longer knows. */
    if (!obj->type || obj->type->kind != query->kind)
        return TOC_OK;
    int64_t id = obj->values[TOC_SLOT_ID].as.integer;
    if (query->with & ~TOC_WITH_ADDITIONAL)
        rc = toc__load_lists(at->conn, (toc_target){query->kind, id}, query->with, obj, err);
    return rc ? rc : at->fn(at->user, id, obj);
}

static toc_rc walk(walker *at, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    TOC__AUTO_STMT stmt = NULL;
    TOC_CLEANUP(toc__sql_done) toc__sql sql;
    toc__sql_init(&sql, &arena);
    toc_rc rc = make_statement(&sql, at->conn, at->query, &stmt, err);
    int step = 0;
    while (!rc && (step = toc_step(stmt, err)) > 0)
        rc = visit(at, stmt, err);
    return rc ? rc : step;
}

/* The statement for one object by its id: made once, because making its text takes longer than
 * running it. */
static toc_rc by_id_text(toc_conn *conn, const toc__layout *layout, const char **text,
                         toc_error *err)
{
    toc_buf *made = &conn->by_id[layout != toc__layout_of(TOC_KIND_INDICATOR)];
    /* A text that memory did not suffice for is begun anew. */
    if (!made->len || made->failed) {
        toc_buf_done(made);
        toc_buf_init(made, TOC_MAX_VALUE);
        toc_buf_lit(made, "SELECT ");
        toc_buf_text(made, layout->select);
        toc_buf_lit(made, " FROM ");
        toc_buf_text(made, layout->table);
        toc_buf_lit(made, " o WHERE o.id = ?1 AND o.owner_id = ?2"
                          " AND (o.type_id = ?3 OR ?3 = 0)");
    }
    *text = made->ptr;
    return toc_buf_check(made, err);
}

static toc_rc visit_id(walker *at, int64_t id, toc_error *err)
{
    const toc_query *query = at->query;
    const char *text = NULL;
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = by_id_text(at->conn, at->rows.layout, &text, err);
    if (!rc)
        rc = toc_db_stmt(at->conn->db, text, &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, id);
    toc_bind_int(stmt, 2, query->owner);
    toc_bind_int(stmt, 3, query->type ? toc__type_id(at->conn->store, query->type) : 0);
    int step = toc_step(stmt, err);
    return step > 0 ? visit(at, stmt, err) : step;
}

/* One object, and nothing else is asked of it. */
static bool only_id(const toc_query *query)
{
    return query->id && query->offset <= 0 && query->below <= 0 && !query->linked && !query->tag &&
           !query->label && !query->parent && !query->has_since &&
           (!query->terms || !query->terms->count);
}

/* *done false: the page is to be walked. */
static toc_rc visit_cells(walker *at, bool *done, toc_error *err)
{
    const toc_query *query = at->query;
    *done = false;
    if (!toc__cells_fit(query) || query->limit <= 0 || query->limit > TOC_MAX_PAGE)
        return TOC_OK;
    size_t count = 0;
    TOC_AUTOFREE int64_t *ids = toc_mem_alloc((size_t)query->limit * sizeof(*ids));
    if (!ids)
        return toc_error_nomem(err);
    toc_rc rc = toc__cells_page(at->conn, query, ids, &count, done, err);
    for (size_t i = 0; !rc && *done && i < count; i++)
        rc = visit_id(at, ids[i], err);
    return rc;
}

toc_rc toc_object_each(toc_conn *conn, const toc_query *query, toc_object_fn fn, void *user,
                       toc_error *err)
{
    if (query->type && !toc__type_id(conn->store, query->type))
        return TOC_OK;
    TOC_CLEANUP(walker_done)
    walker at = {.conn = conn, .query = query, .fn = fn, .user = user};
    bool done = false;
    toc_rc rc = toc__rows_init(&at.rows, conn, toc__layout_of(query->kind), err);
    if (!rc && only_id(query))
        return visit_id(&at, query->id, err);
    if (!rc)
        rc = visit_cells(&at, &done, err);
    return rc || done ? rc : walk(&at, err);
}
