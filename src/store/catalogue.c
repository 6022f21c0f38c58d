/* catalogue.c - types of the store: numbers for the built-in ones, definitions of the custom ones.
 */
#include "store/conn.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/str.h"

#define MAX_TYPE_FIELDS 20U

/* A definition being read: a type whose parts live in the arena. */
typedef struct definition {
    toc_type type;
    toc_field fields[MAX_TYPE_FIELDS];
    size_t count;
} definition;

static size_t slot_of(const toc_type *type)
{
    uintptr_t bits = (uintptr_t)type;
    return (size_t)((bits >> 4) ^ (bits >> 14)) & (TOC__TYPE_SLOTS - 1);
}

static toc__type_row *probe(const toc__catalogue *catalogue, const toc_type *type)
{
    const toc__type_row *rows = catalogue->by_type;
    size_t at = slot_of(type);
    while (rows[at].type && rows[at].type != type)
        at = (at + 1) & (TOC__TYPE_SLOTS - 1);
    return (toc__type_row *)(uintptr_t)&rows[at];
}

const toc_type *toc__type_by_id(const toc_store *store, int64_t id)
{
    const toc__catalogue *catalogue = toc__catalogue_of(store);
    return id > 0 && (size_t)id < catalogue->by_id_count ? catalogue->by_id[id] : NULL;
}

static toc__type_row row_of(const toc__catalogue *catalogue, const toc_type *type)
{
    const toc__type_row *row = probe(catalogue, type);
    if (row->type)
        return *row;
    /* A row of another catalogue: the name decides. */
    for (size_t i = 1; i < catalogue->by_id_count; i++) {
        const toc_type *known = catalogue->by_id[i];
        if (known && known->kind == type->kind && strcmp(known->name, type->name) == 0)
            return *probe(catalogue, known);
    }
    return (toc__type_row){0};
}

toc__type_row toc__type_row_of(const toc_store *store, const toc_type *type)
{
    return row_of(toc__catalogue_of(store), type);
}

/* Types that are kept as given but compared without case (rest-v2 5.1). Those that are stored in
 * one case need nothing. */
static bool is_folded(const toc_type *type)
{
    static const char *const entities[] = {"emailAddress"};
    for (size_t i = 0; i < TOC_COUNT(entities); i++)
        if (type->kind == TOC_KIND_INDICATOR && strcmp(type->entity, entities[i]) == 0)
            return true;
    return false;
}

static toc_rc remember(toc__catalogue *catalogue, const toc_type *type, int64_t id, toc_error *err)
{
    if ((size_t)id >= catalogue->by_id_count) {
        size_t count = (size_t)id + 64;
        if (count > TOC__TYPE_SLOTS)
            return toc_error_set(err, TOC_ELIMIT, "the store has too many types");
        const toc_type **grown = toc_mem_resize(catalogue->by_id, count * sizeof(*grown));
        if (!grown)
            return toc_error_nomem(err);
        memset(grown + catalogue->by_id_count, 0,
               (count - catalogue->by_id_count) * sizeof(*grown));
        catalogue->by_id = grown;
        catalogue->by_id_count = count;
    }
    catalogue->by_id[id] = type;
    *probe(catalogue, type) = (toc__type_row){type, id, is_folded(type)};
    return TOC_OK;
}

static char *text_in(toc_arena *arena, toc_str text)
{
    return (char *)(uintptr_t)toc_arena_str(arena, text).ptr;
}

static bool read_int(toc_json_reader *reader, int64_t *value)
{
    return toc_json_next(reader) == TOC_JSON_NUMBER && toc_str_to_int(reader->text, value);
}

static bool read_text(toc_json_reader *reader, const char **text)
{
    if (toc_json_next(reader) != TOC_JSON_STRING)
        return false;
    *text = text_in(reader->arena, reader->text);
    return *text != NULL;
}

static bool read_field(toc_json_reader *reader, toc_field *field)
{
    int64_t value = 0, flags = 0;
    toc_json_event event = toc_json_next(reader);
    for (; event == TOC_JSON_KEY; event = toc_json_next(reader)) {
        toc_str key = reader->text;
        bool ok = true;
        if (toc_str_equal(key, TOC_S("name")))
            ok = read_text(reader, &field->name);
        else if (toc_str_equal(key, TOC_S("label")))
            ok = read_text(reader, &field->label);
        else if (toc_str_equal(key, TOC_S("choices")))
            ok = read_text(reader, &field->choices);
        else if (toc_str_equal(key, TOC_S("value")))
            ok = read_int(reader, &value);
        else if (toc_str_equal(key, TOC_S("flags")))
            ok = read_int(reader, &flags);
        else
            ok = toc_json_skip(reader, NULL);
        if (!ok)
            return false;
    }
    if (value < 0 || value >= TOC_VALUE_COUNT || flags < 0 || flags > UINT32_MAX)
        return false;
    field->value = (toc_value_kind)value;
    field->flags = (unsigned)flags;
    return event == TOC_JSON_OBJECT_END && field->name;
}

static bool read_fields(toc_json_reader *reader, definition *made)
{
    if (toc_json_next(reader) != TOC_JSON_ARRAY)
        return false;
    toc_json_event event = toc_json_next(reader);
    for (; event == TOC_JSON_OBJECT; event = toc_json_next(reader)) {
        if (made->count == MAX_TYPE_FIELDS || !read_field(reader, &made->fields[made->count]))
            return false;
        made->type.key_count += (made->fields[made->count].flags & TOC_FIELD_KEY) != 0;
        made->count++;
    }
    return event == TOC_JSON_ARRAY_END;
}

static bool read_definition(toc_json_reader *reader, definition *made)
{
    int64_t letters = 0, traits = 0;
    if (toc_json_next(reader) != TOC_JSON_OBJECT)
        return false;
    toc_json_event event = toc_json_next(reader);
    for (; event == TOC_JSON_KEY; event = toc_json_next(reader)) {
        toc_str key = reader->text;
        bool ok = true;
        if (toc_str_equal(key, TOC_S("entity")))
            ok = read_text(reader, &made->type.entity);
        else if (toc_str_equal(key, TOC_S("branch")))
            ok = read_text(reader, &made->type.branch);
        else if (toc_str_equal(key, TOC_S("webLink")))
            ok = read_text(reader, &made->type.web_link);
        else if (toc_str_equal(key, TOC_S("help")))
            ok = read_text(reader, &made->type.help);
        else if (toc_str_equal(key, TOC_S("case")))
            ok = read_int(reader, &letters);
        else if (toc_str_equal(key, TOC_S("traits")))
            ok = read_int(reader, &traits);
        else if (toc_str_equal(key, TOC_S("fields")))
            ok = read_fields(reader, made);
        else
            ok = toc_json_skip(reader, NULL);
        if (!ok)
            return false;
    }
    if (letters < 0 || letters > TOC_CASE_SENSITIVE || traits < 0 || traits > UINT32_MAX)
        return false;
    made->type.letter_case = (toc_case)letters;
    made->type.traits = (unsigned)traits;
    return event == TOC_JSON_OBJECT_END && made->type.entity && made->type.branch;
}

static toc_rc add_custom(toc_types *types, toc_kind kind, toc_str name, toc_str text,
                         toc_arena *arena, toc_error *err)
{
    definition made = {.type = {.kind = kind, .name = text_in(arena, name)}};
    toc_json_reader reader;
    toc_json_reader_init(&reader, text.ptr, text.len, arena);
    if (!made.type.name)
        return toc_error_nomem(err);
    if (!read_definition(&reader, &made))
        return toc_error_set(err, TOC_ESTORE, "the definition of the type \"%.*s\" is damaged",
                             TOC_FMT(name));
    made.type.fields = made.fields;
    made.type.field_count = made.count;
    return toc_types_add(types, &made.type, err);
}

static toc_rc load_row(toc__catalogue *catalogue, toc_stmt *stmt, toc_error *err)
{
    int64_t id = toc_column_int(stmt, 0), kind = toc_column_int(stmt, 1);
    toc_str name = toc_column_text(stmt, 2);
    if (kind < 0 || kind >= TOC_KIND_COUNT || id <= 0)
        return toc_error_set(err, TOC_ESTORE, "the row %lld of the types is damaged",
                             (long long)id);
    if (!toc_column_is_null(stmt, 3)) {
        TOC__AUTO_ARENA arena = {0};
        toc_rc rc = add_custom(catalogue->types, (toc_kind)kind, name, toc_column_text(stmt, 3),
                               &arena, err);
        if (rc)
            return rc;
    }
    const toc_type *type = toc_types_find(catalogue->types, (toc_kind)kind, name);
    /* A built-in type of another version of this program: its objects stay, unseen. */
    return type ? remember(catalogue, type, id, err) : TOC_OK;
}

static toc_rc load_rows(toc__catalogue *catalogue, toc_db *db, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(
        db, "SELECT id, kind, name, definition FROM type WHERE id > ? ORDER BY id", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, catalogue->last_type);
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        catalogue->last_type = toc_column_int(stmt, 0);
        rc = load_row(catalogue, stmt, err);
        if (rc)
            return rc;
    }
    return step;
}

static toc_rc add_builtin(toc__catalogue *catalogue, toc_db *db, const toc_type *type, int64_t id,
                          toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_stmt(db, "INSERT INTO type(id, kind, name) VALUES(?, ?, ?)", &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, id);
    toc_bind_int(stmt, 2, type->kind);
    toc_bind_text(stmt, 3, toc_str_of(type->name));
    rc = toc_run(stmt, err);
    return rc ? rc : remember(catalogue, type, id, err);
}

static toc_rc load_all(toc__catalogue *catalogue, toc_db *db, toc_error *err)
{
    toc_rc rc = load_rows(catalogue, db, err);
    size_t count = 0;
    const toc_type *types = toc_type_list(&count);
    for (size_t i = 0; !rc && i < count; i++) {
        if (!row_of(catalogue, &types[i]).id)
            rc = add_builtin(catalogue, db, &types[i], ++catalogue->last_type, err);
    }
    return rc;
}

/* --- associations -------------------------------------------------------------------------- */

static toc_rc load_associations(toc_associations *set, toc_db *db, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(db,
                            "SELECT name, branch, left_types, right_types, file_action"
                            " FROM association_type ORDER BY id",
                            &stmt, err);
    if (rc)
        return rc;
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        TOC__AUTO_ARENA arena = {0};
        const char *texts[4];
        for (int i = 0; i < 4; i++) {
            texts[i] = text_in(&arena, toc_column_text(stmt, i));
            if (!texts[i])
                return toc_error_nomem(err);
        }
        toc_association_type row = {.name = texts[0],
                                    .branch = texts[1],
                                    .left = texts[2],
                                    .right = texts[3],
                                    .file_action = toc_column_int(stmt, 4) != 0};
        rc = toc_associations_add(set, &row, NULL, err);
        /* A later version of this program may have built in what the store has defined. */
        if (rc && rc != TOC_ECONFLICT)
            return rc;
    }
    return step;
}

const toc_associations *toc_store_associations(const toc_store *store)
{
    return toc__catalogue_of(store)->associations;
}

/* --- generations --------------------------------------------------------------------------- */

static void free_catalogue(toc__catalogue *catalogue)
{
    if (!catalogue)
        return;
    toc_types_free(catalogue->types);
    toc_associations_free(catalogue->associations);
    toc_mem_free(catalogue->by_id);
    toc_mem_free(catalogue);
}

static void catalogue_cleanup(toc__catalogue **catalogue)
{
    free_catalogue(*catalogue);
}

/* The types of a former catalogue, NULL for the first one; no associations. */
static toc_rc begin_catalogue(toc__catalogue *former, toc__catalogue **catalogue, toc_error *err)
{
    TOC_CLEANUP(catalogue_cleanup) toc__catalogue *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    if (former) {
        size_t size = former->by_id_count * sizeof(*made->by_id);
        made->by_id = toc_mem_alloc(size);
        if (!made->by_id)
            return toc_error_nomem(err);
        memcpy(made->by_id, former->by_id, size);
        memcpy(made->by_type, former->by_type, sizeof(made->by_type));
        made->by_id_count = former->by_id_count;
        made->last_type = former->last_type;
        made->former = former;
    }
    toc_rc rc = toc__types_extend(former ? former->types : NULL, &made->types, err);
    if (!rc)
        rc = toc_associations_new(&made->associations, err);
    if (!rc)
        *catalogue = TOC_TAKE(made);
    return rc;
}

static void publish(toc_store *store, toc__catalogue *catalogue)
{
    atomic_store_explicit(&store->catalogue, catalogue, memory_order_release);
}

static toc_rc read_last(toc_db *db, int64_t *type, int64_t *association, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(db,
                            "SELECT (SELECT max(id) FROM type),"
                            " (SELECT max(id) FROM association_type)",
                            &stmt, err);
    int step = rc ? rc : toc_step(stmt, err);
    if (step < 0)
        return step;
    *type = toc_column_int(stmt, 0);
    *association = toc_column_int(stmt, 1);
    return TOC_OK;
}

toc_rc toc__catalogue_load(toc_store *store, toc_db *db, toc_error *err)
{
    TOC_CLEANUP(catalogue_cleanup) toc__catalogue *made = NULL;
    toc_rc rc = begin_catalogue(NULL, &made, err);
    if (!rc)
        rc = toc_db_begin(db, true, err);
    if (rc)
        return rc;
    rc = load_all(made, db, err);
    if (!rc)
        rc = load_associations(made->associations, db, err);
    if (!rc)
        rc = read_last(db, &store->seen_types, &store->seen_associations, err);
    if (!rc)
        rc = toc_db_commit(db, err);
    if (rc)
        toc_db_rollback(db);
    else
        publish(store, TOC_TAKE(made));
    return rc;
}

/* The lock is held. */
static toc_rc renew(toc_store *store, toc_db *db, toc_error *err)
{
    TOC_CLEANUP(catalogue_cleanup) toc__catalogue *made = NULL;
    int64_t type = 0, association = 0;
    toc_rc rc = read_last(db, &type, &association, err);
    /* What the connection sees may be older than what another one has seen. */
    if (rc || (type <= store->seen_types && association <= store->seen_associations))
        return rc;
    rc = begin_catalogue(atomic_load(&store->catalogue), &made, err);
    if (!rc)
        rc = load_rows(made, db, err);
    if (!rc)
        rc = load_associations(made->associations, db, err);
    /* What is damaged is so the next time as well, and has been told of. */
    if (rc != TOC_ENOMEM) {
        store->seen_types = type;
        store->seen_associations = association;
    }
    if (!rc)
        publish(store, TOC_TAKE(made));
    return rc;
}

void toc__catalogue_renew(toc_conn *conn)
{
    toc_store *store = conn->store;
    toc_error why = {0};
    (void)pthread_mutex_lock(&store->catalogue_lock);
    toc_rc rc = renew(store, conn->db, &why);
    (void)pthread_mutex_unlock(&store->catalogue_lock);
    if (rc)
        toc_log_at(&store->log, TOC_LOG_ERROR, "store", "new types are not known yet: %s",
                   why.message);
}

void toc__catalogue_done(toc_store *store)
{
    toc__catalogue *at = atomic_load(&store->catalogue);
    while (at) {
        toc__catalogue *former = at->former;
        free_catalogue(at);
        at = former;
    }
}

/* --- definitions --------------------------------------------------------------------------- */

/* All types that are defined, also by this transaction and by other processes. */
static toc_rc current_types(toc_conn *conn, toc_types *types, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db,
                            "SELECT kind, name, definition FROM type"
                            " WHERE definition IS NOT NULL ORDER BY id",
                            &stmt, err);
    if (rc)
        return rc;
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        TOC__AUTO_ARENA arena = {0};
        rc = add_custom(types, (toc_kind)toc_column_int(stmt, 0), toc_column_text(stmt, 1),
                        toc_column_text(stmt, 2), &arena, err);
        if (rc)
            return rc;
    }
    return step;
}

static void free_types(toc_types **types)
{
    toc_types_free(*types);
}

static void free_associations(toc_associations **set)
{
    toc_associations_free(*set);
}

static void write_text(toc_json_writer *writer, toc_str key, const char *text)
{
    toc_json_member(writer, key, toc_str_of(text));
}

static void write_int(toc_json_writer *writer, toc_str key, int64_t value)
{
    toc_json_key(writer, key);
    toc_json_int(writer, value);
}

static void write_definition(toc_json_writer *writer, const toc_type *type)
{
    toc_json_object(writer);
    write_text(writer, TOC_S("entity"), type->entity);
    write_text(writer, TOC_S("branch"), type->branch);
    write_text(writer, TOC_S("webLink"), type->web_link);
    write_text(writer, TOC_S("help"), type->help);
    write_int(writer, TOC_S("case"), type->letter_case);
    write_int(writer, TOC_S("traits"), type->traits);
    toc_json_key(writer, TOC_S("fields"));
    toc_json_array(writer);
    for (size_t i = 0; i < type->field_count; i++) {
        const toc_field *field = &type->fields[i];
        toc_json_object(writer);
        write_text(writer, TOC_S("name"), field->name);
        write_text(writer, TOC_S("label"), field->label);
        write_text(writer, TOC_S("choices"), field->choices);
        write_int(writer, TOC_S("value"), field->value);
        write_int(writer, TOC_S("flags"), field->flags);
        toc_json_object_end(writer);
    }
    toc_json_array_end(writer);
    toc_json_object_end(writer);
}

/* A definition that could not be read again would keep the store from being opened. */
static toc_rc check_definition(toc_conn *conn, const toc_type *type, toc_error *err)
{
    TOC_CLEANUP(free_types) toc_types *types = NULL;
    if (type->field_count > MAX_TYPE_FIELDS)
        return toc_error_set(err, TOC_ELIMIT, "a type has at most %u fields", MAX_TYPE_FIELDS);
    toc_rc rc = toc_types_new(&types, err);
    if (!rc)
        rc = current_types(conn, types, err);
    if (!rc && toc_types_find(types, type->kind, toc_str_of(type->name)))
        rc = toc_error_field(err, TOC_ECONFLICT, "name", "there is a type \"%s\" already",
                             type->name);
    return rc ? rc : toc_types_add(types, type, err);
}

toc_rc toc_type_define(toc_conn *conn, const toc_type *type, toc_error *err)
{
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = check_definition(conn, type, err);
    if (rc)
        return rc;
    TOC__AUTO_BUF text = {0};
    toc_buf_init(&text, TOC_MAX_TEXT);
    toc_json_writer writer;
    toc_json_writer_init(&writer, &text);
    write_definition(&writer, type);
    rc = toc_buf_check(&text, err);
    if (rc)
        return rc;
    toc_stmt *stmt = NULL;
    rc = toc_db_stmt(conn->db,
                     "INSERT INTO type(id, kind, name, definition)"
                     " SELECT coalesce(max(id), 0) + 1, ?, ?, ? FROM type",
                     &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 1, type->kind);
    toc_bind_text(stmt, 2, toc_str_of(type->name));
    toc_bind_text(stmt, 3, toc_buf_view(&text));
    conn->types_defined = true;
    return toc_run(stmt, err);
}

static toc_rc insert_association(toc_conn *conn, const toc_association_type *row, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    toc_stmt *stmt = NULL;
    toc_str key = toc__folded(&arena, toc_str_of(row->name));
    toc_rc rc = key.ptr ? toc_db_stmt(conn->db,
                                      "INSERT INTO association_type(name, name_key, branch,"
                                      " file_action, left_types, right_types)"
                                      " VALUES(?, ?, ?, ?, ?, ?)",
                                      &stmt, err)
                        : toc_error_nomem(err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, toc_str_of(row->name));
    toc_bind_text(stmt, 2, key);
    toc_bind_text(stmt, 3, toc_str_of(row->branch));
    toc_bind_int(stmt, 4, row->file_action);
    toc_bind_text(stmt, 5, toc_str_of(row->left));
    toc_bind_text(stmt, 6, toc_str_of(row->right));
    conn->types_defined = true;
    return toc_run(stmt, err);
}

toc_rc toc_association_define(toc_conn *conn, const toc_association_type *row, toc_error *err)
{
    TOC_CLEANUP(free_types) toc_types *types = NULL;
    TOC_CLEANUP(free_associations) toc_associations *set = NULL;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = toc_types_new(&types, err);
    if (!rc)
        rc = current_types(conn, types, err);
    if (!rc)
        rc = toc_associations_new(&set, err);
    if (!rc)
        rc = load_associations(set, conn->db, err);
    if (!rc)
        rc = toc_associations_add(set, row, types, err);
    /* As the check has spelled it. */
    return rc ? rc
              : insert_association(conn, toc_associations_at(set, toc_associations_count(set) - 1),
                                   err);
}
