/* condition.c - SQL put together from conditions; filter terms as conditions. */
#include "store/conn.h"

#include "base/error.h"
#include "base/str.h"
#include "model/check.h"
#include "model/object.h"
#include "model/summary.h"

#define MAX_SQL 65536U
/* The engine compares with no longer ones. */
#define MAX_PATTERN 50000U

void toc__sql_init(toc__sql *sql, toc_arena *arena)
{
    toc_buf_init(&sql->text, MAX_SQL);
    sql->arena = arena;
    sql->count = 0;
    sql->overflow = false;
}

void toc__sql_done(toc__sql *sql)
{
    toc_buf_done(&sql->text);
}

static toc__bind *new_bind(toc__sql *sql, const char *text)
{
    toc_buf_text(&sql->text, text);
    if (sql->count == TOC__MAX_BINDS) {
        sql->overflow = true;
        return &sql->spare;
    }
    return &sql->binds[sql->count++];
}

void toc__sql_int(toc__sql *sql, const char *text, int64_t value)
{
    *new_bind(sql, text) = (toc__bind){.form = TOC__BIND_INT, .as.integer = value};
}

static void sql_double(toc__sql *sql, const char *text, double value)
{
    *new_bind(sql, text) = (toc__bind){.form = TOC__BIND_DOUBLE, .as.decimal = value};
}

void toc__sql_text(toc__sql *sql, const char *text, toc_str value)
{
    *new_bind(sql, text) = (toc__bind){.form = TOC__BIND_TEXT, .as.text = value};
}

void toc__sql_window(toc__sql *sql, int64_t offset, int64_t limit)
{
    /* Without a limit what is sorted goes to a sorter, which costs less than the index that keeps
     * the first rows. */
    if (offset <= 0 && (limit <= 0 || limit == INT64_MAX))
        return;
    toc__sql_int(sql, " LIMIT ?", limit > 0 ? limit : -1);
    toc__sql_int(sql, " OFFSET ?", offset > 0 ? offset : 0);
}

toc_rc toc__sql_statement(toc__sql *sql, toc_conn *conn, toc_stmt **stmt, toc_error *err)
{
    toc_rc rc = toc_buf_check(&sql->text, err);
    if (!rc && sql->overflow)
        rc = toc_error_set(err, TOC_ELIMIT, "too many conditions");
    toc_stmt *made = NULL;
    if (!rc)
        rc = toc_db_stmt(conn->db, sql->text.ptr, &made, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < sql->count; i++) {
        const toc__bind *bind = &sql->binds[i];
        if (bind->form == TOC__BIND_INT)
            toc_bind_int(made, (int)i + 1, bind->as.integer);
        else if (bind->form == TOC__BIND_DOUBLE)
            toc_bind_double(made, (int)i + 1, bind->as.decimal);
        else
            toc_bind_text(made, (int)i + 1, bind->as.text);
    }
    *stmt = made;
    return TOC_OK;
}

/* --- terms */

typedef struct term_row term_row;
typedef toc_rc (*term_fn)(toc__sql *sql, const term_row *row, const toc_term *term,
                          const toc_store *store, toc_error *err);

/* Where the field of a term is kept; fields without a row are own fields of the type. */
struct term_row {
    toc_filter_resource resource;
    const char *name;
    const char *expression;
    term_fn write; /* NULL: the common form */
    bool cell;     /* the same for all rows of a cell */
};

#define JOINED                                                                                     \
    "coalesce(o.v1 || coalesce(' : ' || o.v2, '') || coalesce(' : ' || o.v3, ''),"                 \
    " o.v2 || coalesce(' : ' || o.v3, ''), o.v3)"

static const char *const operators[TOC_OP_COUNT] = {
    [TOC_OP_EQ] = " = ?",
    [TOC_OP_NE] = " <> ?",
    [TOC_OP_GT] = " > ?",
    [TOC_OP_GE] = " >= ?",
    [TOC_OP_LT] = " < ?",
    [TOC_OP_LE] = " <= ?",
    [TOC_OP_STARTS] = " LIKE ? ESCAPE '\\'",
};

/* The folded text as a LIKE pattern between head and tail. */
static toc_rc pattern(toc__sql *sql, const char *head, toc_str text, const char *tail,
                      toc_str *made, toc_error *err)
{
    TOC__AUTO_BUF buf = {0};
    toc_buf_init(&buf, (size_t)TOC_MAX_TEXT);
    toc_buf_text(&buf, head);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%' || c == '_' || c == '\\')
            toc_buf_char(&buf, '\\');
        toc_buf_char(&buf, c);
    }
    toc_buf_text(&buf, tail);
    toc_rc rc = toc_buf_check(&buf, err);
    if (!rc && buf.len > MAX_PATTERN)
        rc = toc_error_set(err, TOC_EINVAL, "a filter has a text that is too long");
    if (rc)
        return rc;
    *made = toc__folded(sql->arena, toc_buf_view(&buf));
    return made->ptr ? TOC_OK : toc_error_nomem(err);
}

static toc_rc text_value(toc__sql *sql, const toc_term *term, toc_str *value, toc_error *err)
{
    if (term->op == TOC_OP_STARTS)
        return pattern(sql, "", term->text, "%", value, err);
    *value = toc__folded(sql->arena, term->text);
    return value->ptr ? TOC_OK : toc_error_nomem(err);
}

/* What is left out differs from every value. */
static void text_condition(toc__sql *sql, const char *expression, toc_op op, toc_str value)
{
    toc_buf_text(&sql->text, op == TOC_OP_NE ? "coalesce(lower(" : "lower(");
    toc_buf_text(&sql->text, expression);
    toc_buf_text(&sql->text, op == TOC_OP_NE ? "), '')" : ")");
    toc__sql_text(sql, operators[op], value);
}

/* A file is found by any of its hashes as well as by all of them. */
static void hash_conditions(toc__sql *sql, const toc_store *store, toc_op op, toc_str value)
{
    const toc__catalogue *catalogue = toc__catalogue_of(store);
    for (size_t i = 1; i < catalogue->by_id_count; i++) {
        const toc_type *type = catalogue->by_id[i];
        if (!type || !(type->traits & TOC_TYPE_HASHES))
            continue;
        toc__sql_int(sql, " OR o.type_id = ? AND (", (int64_t)i);
        text_condition(sql, "o.v1", op, value);
        toc_buf_lit(&sql->text, " OR ");
        text_condition(sql, "o.v2", op, value);
        toc_buf_lit(&sql->text, " OR ");
        text_condition(sql, "o.v3", op, value);
        toc_buf_lit(&sql->text, ")");
    }
}

/* The text as the type stores it, folded; absent when it is no value of the type. */
static toc_rc stored_form(toc_arena *arena, const toc_type *type, toc_str text, toc_str *stored,
                          toc_error *err)
{
    toc_str parts[3];
    bool hashes = (type->traits & TOC_TYPE_HASHES) != 0;
    *stored = (toc_str){NULL, 0};
    /* A part that is missing would be made up. */
    if (!hashes && type->key_count > 1 && toc_summary_split(text, parts) < type->key_count)
        return TOC_OK;
    toc_object *obj = toc__object_in(arena, type);
    toc_rc rc = obj ? toc_object_set_summary(obj, text, NULL) : TOC_ENOMEM;
    if (!rc)
        rc = toc__object_check(obj, TOC_CHECK_PARTIAL, NULL);
    if (rc)
        return rc == TOC_ENOMEM ? toc_error_nomem(err) : TOC_OK;
    toc_str summary = toc_object_summary(obj);
    if (summary.ptr)
        *stored = toc__folded(arena, summary);
    return stored->ptr ? TOC_OK : toc_error_nomem(err);
}

/* One value has many spellings, such as 2001:DB8:0::1: the types that would store the text as
 * another one are asked for that one (rest-v2 5.1). */
static toc_rc other_forms(toc__sql *sql, const toc_store *store, toc_str text, toc_str value,
                          toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    const toc__catalogue *catalogue = toc__catalogue_of(store);
    for (size_t i = 1; i < catalogue->by_id_count; i++) {
        const toc_type *type = catalogue->by_id[i];
        if (!type || type->kind != TOC_KIND_INDICATOR)
            continue;
        toc_str stored;
        toc_arena_clear(&arena);
        toc_rc rc = stored_form(&arena, type, text, &stored, err);
        if (rc)
            return rc;
        if (!stored.ptr || toc_str_equal(stored, value))
            continue;
        stored = toc_arena_str(sql->arena, stored);
        if (!stored.ptr)
            return toc_error_nomem(err);
        toc__sql_int(sql, " OR o.type_id = ? AND ", (int64_t)i);
        text_condition(sql, JOINED, TOC_OP_EQ, stored);
    }
    return TOC_OK;
}

static toc_rc summary_term(toc__sql *sql, const term_row *row, const toc_term *term,
                           const toc_store *store, toc_error *err)
{
    toc_str value;
    bool whole = term->op == TOC_OP_EQ || term->op == TOC_OP_NE;
    toc_op op = term->op == TOC_OP_NE ? TOC_OP_EQ : term->op;
    toc_rc rc = text_value(sql, term, &value, err);
    if (rc)
        return rc;
    toc_buf_text(&sql->text, term->op == TOC_OP_NE ? "NOT coalesce(" : "(");
    text_condition(sql, row->expression, op, value);
    hash_conditions(sql, store, op, value);
    if (whole)
        rc = other_forms(sql, store, term->text, value, err);
    toc_buf_text(&sql->text, term->op == TOC_OP_NE ? ", 0)" : ")");
    return rc;
}

/* rest-v2 9 row 31: the type is what the file's name ends in. */
static toc_rc file_type_term(toc__sql *sql, const term_row *row, const toc_term *term,
                             const toc_store *store, toc_error *err)
{
    (void)store;
    toc_str value;
    toc_rc rc = pattern(sql, "%.", term->text, "", &value, err);
    if (!rc) {
        toc_buf_lit(&sql->text, "(");
        text_condition(sql, row->expression, TOC_OP_STARTS, value);
        toc__sql_text(sql,
                      " OR EXISTS (SELECT 1 FROM content c WHERE c.entity_id = o.id"
                      " AND c.type = upper(?)))",
                      term->text);
    }
    return rc;
}

/* A date of a task that has passed before the task was completed. */
#define LATE(date)                                                                                 \
    "(o.own ->> '" date "' <= unixepoch() AND coalesce(o.own ->> 'status', '') <> 'Completed')"

static toc_rc person_term(toc__sql *sql, const term_row *row, const toc_term *term,
                          const toc_store *store, toc_error *err)
{
    (void)store;
    toc_str value = toc__folded(sql->arena, term->text);
    if (!value.ptr)
        return toc_error_nomem(err);
    toc_buf_lit(&sql->text, "EXISTS (SELECT 1 FROM task_person p CROSS JOIN account u"
                            " ON u.id = p.account_id CROSS JOIN owner w ON w.id = o.owner_id"
                            " WHERE p.task_id = o.id AND p.role = ");
    toc_buf_text(&sql->text, row->expression);
    toc__sql_text(sql, " AND lower(" TOC__PERSON_NAME ") = ?)", value);
    return TOC_OK;
}

static const term_row term_rows[] = {
    {TOC_FILTER_INDICATORS, "active", "(o.flags & 1)", NULL, true},
    {TOC_FILTER_INDICATORS, "summary", JOINED, summary_term, false},
    {TOC_FILTER_INDICATORS, "dateAdded", "o.date_added", NULL, false},
    {TOC_FILTER_INDICATORS, "rating", "o.rating", NULL, true},
    {TOC_FILTER_INDICATORS, "confidence", "o.confidence", NULL, true},
    {TOC_FILTER_INDICATORS, "threatAssessRating", "o.rating", NULL, true},
    {TOC_FILTER_INDICATORS, "threatAssessConfidence", "o.confidence", NULL, true},
    {TOC_FILTER_INDICATORS, "threatAssessScore", "round(2.0 * o.rating * o.confidence)", NULL,
     true},
    {TOC_FILTER_INDICATORS, "falsePositive", "coalesce(o.false_positive_count, 0)", NULL, false},
    {TOC_FILTER_GROUPS, "name", "o.name", NULL, false},
    {TOC_FILTER_GROUPS, "dateAdded", "o.date_added", NULL, false},
    {TOC_FILTER_GROUPS, "fileType", "o.own ->> 'fileName'", file_type_term, false},
    {TOC_FILTER_TASKS, "name", "o.name", NULL, false},
    {TOC_FILTER_TASKS, "dateAdded", "o.date_added", NULL, false},
    {TOC_FILTER_TASKS, "assignee", "0", person_term, false},
    {TOC_FILTER_TASKS, "escalatee", "1", person_term, false},
    {TOC_FILTER_TASKS, "overdue", LATE("dueDate"), NULL, false},
    {TOC_FILTER_TASKS, "escalated", LATE("escalationDate"), NULL, false},
    {TOC_FILTER_TASKS, "reminded", LATE("reminderDate"), NULL, false},
    {TOC_FILTER_VICTIMS, "name", "o.name", NULL, false},
    {TOC_FILTER_TAGS, "name", "o.name", NULL, false},
    {TOC_FILTER_TAGS, "weight", "o.weight", NULL, false},
    {TOC_FILTER_LABELS, "name", "o.name", NULL, false},
};

static const term_row *find_row(const toc_term_field *field)
{
    for (size_t i = 0; i < TOC_COUNT(term_rows); i++)
        if (term_rows[i].resource == field->resource && strcmp(term_rows[i].name, field->name) == 0)
            return &term_rows[i];
    return NULL;
}

bool toc__terms_of_cells(const toc_terms *terms)
{
    for (size_t i = 0; i < terms->count; i++) {
        const term_row *row = find_row(terms->items[i].field);
        if (!row || !row->cell)
            return false;
    }
    return true;
}

/* The name comes from the table of fields, never from a request; it has letters only. */
static bool own_expression(const toc_term_field *field, char *out, size_t size)
{
    for (const char *at = field->name; *at; at++)
        if (*at == '\'' || *at == '"')
            return false;
    int len = snprintf(out, size, "o.own ->> '%s'", field->name);
    return len > 0 && (size_t)len < size;
}

static toc_rc common_term(toc__sql *sql, const char *expression, const toc_term *term,
                          toc_error *err)
{
    toc_term_kind kind = term->field->kind;
    if (kind == TOC_TERM_TEXT) {
        toc_str value;
        toc_rc rc = text_value(sql, term, &value, err);
        if (!rc)
            text_condition(sql, expression, term->op, value);
        return rc;
    }
    if (term->op == TOC_OP_STARTS)
        return toc_error_field(err, TOC_EINVAL, term->field->name,
                               "only texts can be compared by their beginning");
    toc_buf_text(&sql->text, kind == TOC_TERM_BOOL ? "coalesce(" : "(");
    toc_buf_text(&sql->text, expression);
    toc_buf_text(&sql->text, kind == TOC_TERM_BOOL ? ", 0)" : ")");
    if (kind == TOC_TERM_DECIMAL)
        sql_double(sql, operators[term->op], term->decimal);
    else
        toc__sql_int(sql, operators[term->op], term->integer);
    return TOC_OK;
}

static toc_rc write_term(toc__sql *sql, const toc_term *term, const toc_store *store,
                         toc_error *err)
{
    const term_row *row = find_row(term->field);
    if (row && row->write)
        return row->write(sql, row, term, store, err);
    char own[128];
    if (!row && !own_expression(term->field, own, sizeof(own)))
        return toc_error_field(err, TOC_EINVAL, term->field->name, "the field cannot be filtered");
    return common_term(sql, row ? row->expression : own, term, err);
}

toc_rc toc__sql_terms(toc__sql *sql, const toc_terms *terms, const toc_store *store, toc_error *err)
{
    if (!terms || !terms->count)
        return TOC_OK;
    for (size_t i = 0; i < terms->count; i++) {
        toc_buf_text(&sql->text, i == 0 ? " AND ((" : terms->any ? ") OR (" : ") AND (");
        toc_rc rc = write_term(sql, &terms->items[i], store, err);
        if (rc)
            return rc;
    }
    toc_buf_lit(&sql->text, "))");
    return TOC_OK;
}
