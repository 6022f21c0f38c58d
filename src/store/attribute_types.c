/* attribute_types.c - attribute types of the store, and the writer's memory of all of them: a batch
 * asks for the type of every attribute. */
#include "store/conn.h"

#include "base/error.h"
#include "base/str.h"

/* Longest name; clients choose the names that are looked up. */
#define NAME_MAX_BYTES 255

#define COLUMNS                                                                                    \
    "name, description, max_length, markdown, error_message, rule_name, rule_type, rule_text,"     \
    " rule_description, system"

static const char one_row[] = "SELECT " COLUMNS " FROM attribute_type WHERE name_key = ?";
static const char all_rows[] = "SELECT " COLUMNS " FROM attribute_type ORDER BY name_key";

typedef struct known_node {
    struct known_node *next;
    toc_known_attribute known;
} known_node;

struct toc__attribute_cache {
    toc_map names; /* folded name, to the address of a known_node */
    toc_arena arena;
    known_node *first;
};

void toc__attribute_types_forget(toc_conn *conn)
{
    struct toc__attribute_cache *cache = conn->attribute_types;
    if (!cache)
        return;
    for (known_node *at = cache->first; at; at = at->next)
        toc_attribute_rule_free(at->known.rule);
    toc_map_done(&cache->names);
    toc_arena_done(&cache->arena);
    toc_mem_free(cache);
    conn->attribute_types = NULL;
}

static toc_rc make_cache(toc_conn *conn, toc_error *err)
{
    struct toc__attribute_cache *cache = toc_mem_zalloc(1, sizeof(*cache));
    if (!cache)
        return toc_error_nomem(err);
    toc_rc rc = toc_map_init(&cache->names, TOC_MAX_ATTRIBUTE_TYPES + 256);
    if (rc) {
        toc_mem_free(cache);
        return toc_error_set(err, rc, "no random numbers");
    }
    toc_arena_init(&cache->arena, 0);
    conn->attribute_types = cache;
    return TOC_OK;
}

static toc_str folded_name(toc_str name, char room[NAME_MAX_BYTES])
{
    memcpy(room, name.ptr, name.len);
    toc_str_lower(room, name.len);
    return (toc_str){room, name.len};
}

static bool is_name(toc_str name)
{
    return name.len > 0 && name.len <= NAME_MAX_BYTES && toc_str_is_text(name);
}

/* --- rows ---------------------------------------------------------------------------------- */

static const char *text_column(toc_stmt *stmt, int column, toc_arena *arena, bool *failed)
{
    if (toc_column_is_null(stmt, column))
        return NULL;
    const char *text = toc_arena_str(arena, toc_column_text(stmt, column)).ptr;
    *failed = *failed || !text;
    return text;
}

static toc_rc read_row(toc_stmt *stmt, toc_arena *arena, toc_attribute_type *type, toc_error *err)
{
    bool failed = false;
    int64_t length = toc_column_int(stmt, 2);
    *type = (toc_attribute_type){.name = text_column(stmt, 0, arena, &failed),
                                 .description = text_column(stmt, 1, arena, &failed),
                                 .max_length = length > 0 && length < (int64_t)TOC_MAX_TEXT
                                                   ? (uint32_t)length
                                                   : TOC_MAX_TEXT,
                                 .markdown = toc_column_int(stmt, 3) != 0,
                                 .system = toc_column_int(stmt, 9) != 0,
                                 .error_message = text_column(stmt, 4, arena, &failed),
                                 .rule_name = text_column(stmt, 5, arena, &failed),
                                 .rule_type = text_column(stmt, 6, arena, &failed),
                                 .rule_text = text_column(stmt, 7, arena, &failed),
                                 .rule_description = text_column(stmt, 8, arena, &failed)};
    return failed ? toc_error_nomem(err) : TOC_OK;
}

static toc_rc select_one(toc_conn *conn, toc_str key, toc_arena *arena, toc_attribute_type *type,
                         bool *found, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(conn->db, one_row, &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, key);
    int step = toc_step(stmt, err);
    *found = step > 0;
    return step > 0 ? read_row(stmt, arena, type, err) : step;
}

toc_rc toc_attribute_type_each(toc_conn *conn, toc_str name, toc_attribute_type_fn fn, void *user,
                               toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    TOC__AUTO_ARENA arena = {0};
    char room[NAME_MAX_BYTES];
    if (name.ptr && !is_name(name))
        return TOC_OK;
    toc_rc rc = toc_db_stmt(conn->db, name.ptr ? one_row : all_rows, &stmt, err);
    if (rc)
        return rc;
    if (name.ptr)
        toc_bind_text(stmt, 1, folded_name(name, room));
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        toc_attribute_type type;
        toc_arena_clear(&arena);
        rc = read_row(stmt, &arena, &type, err);
        /* A later version of this program may have built in what a store had learned. */
        if (!rc && !toc_attribute_type_find(toc_str_of(type.name)))
            rc = fn(user, &type);
        if (rc)
            return rc;
    }
    return step;
}

/* --- the writer's memory ------------------------------------------------------------------- */

static toc_rc remember(struct toc__attribute_cache *cache, toc_str key,
                       const toc_attribute_type *type, const toc_known_attribute **known,
                       toc_error *err)
{
    known_node *node = toc_arena_zalloc(&cache->arena, sizeof(*node));
    if (!node)
        return toc_error_nomem(err);
    node->known.type = type;
    toc_rc rc = toc_attribute_rule_new(type, &node->known.rule, err);
    if (rc)
        return rc == TOC_EINVAL
                   ? toc_error_set(err, TOC_ESTORE,
                                   "the rule of the attribute type \"%s\" is damaged", type->name)
                   : rc;
    node->next = cache->first;
    cache->first = node;
    rc = toc_map_put(&cache->names, key, (uint64_t)(uintptr_t)node);
    if (rc)
        return toc_error_set(err, rc, "there are too many attribute types");
    *known = &node->known;
    return TOC_OK;
}

static toc_rc look_up(toc_conn *conn, toc_str key, const toc_known_attribute **known,
                      toc_error *err)
{
    struct toc__attribute_cache *cache = conn->attribute_types;
    const toc_attribute_type *type = toc_attribute_type_find(key);
    toc_attribute_type row;
    bool found = false;
    if (type)
        return remember(cache, key, type, known, err);
    toc_rc rc = select_one(conn, key, &cache->arena, &row, &found, err);
    if (rc || !found)
        return rc;
    toc_attribute_type *made = toc_arena_alloc(&cache->arena, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    *made = row;
    return remember(cache, key, made, known, err);
}

toc_rc toc_attribute_type_known(toc_conn *conn, toc_str name, const toc_known_attribute **known,
                                toc_error *err)
{
    char room[NAME_MAX_BYTES];
    *known = NULL;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc && !conn->attribute_types)
        rc = make_cache(conn, err);
    if (rc || !name.len || name.len > NAME_MAX_BYTES)
        return rc;
    toc_str key = folded_name(name, room);
    const uint64_t *at = toc_map_get(&conn->attribute_types->names, key);
    if (!at)
        return look_up(conn, key, known, err);
    *known = &((const known_node *)(uintptr_t)*at)->known;
    return TOC_OK;
}

/* --- definitions --------------------------------------------------------------------------- */

static toc_rc check_definition(toc_conn *conn, const toc_attribute_type *type, toc_error *err)
{
    const toc_known_attribute *known = NULL;
    toc_attribute_rule *rule = NULL;
    if (!is_name(toc_str_of(type->name)))
        return toc_error_field(err, TOC_EINVAL, "name",
                               "an attribute type needs a name of 1 to %d bytes", NAME_MAX_BYTES);
    if (!type->max_length || type->max_length > TOC_MAX_TEXT)
        return toc_error_field(err, TOC_EINVAL, "maxLength",
                               "the longest value of an attribute type has 1 to %u characters",
                               TOC_MAX_TEXT);
    toc_rc rc = toc_attribute_rule_new(type, &rule, err);
    toc_attribute_rule_free(rule);
    if (!rc)
        rc = toc_attribute_type_known(conn, toc_str_of(type->name), &known, err);
    if (!rc && known)
        rc = toc_error_field(err, TOC_ECONFLICT, "name",
                             "there is an attribute type \"%s\" already", known->type->name);
    return rc;
}

static toc_rc check_count(toc_conn *conn, toc_error *err)
{
    toc_stmt *stmt = NULL;
    int64_t count = 0;
    bool found = false;
    toc_rc rc = toc_db_stmt(conn->db, "SELECT count(*) FROM attribute_type", &stmt, err);
    if (!rc)
        rc = toc__read_int(stmt, &count, &found, err);
    if (!rc && count >= TOC_MAX_ATTRIBUTE_TYPES)
        rc = toc_error_set(err, TOC_ELIMIT, "there are more than %d attribute types",
                           TOC_MAX_ATTRIBUTE_TYPES);
    return rc;
}

toc_rc toc_attribute_type_define(toc_conn *conn, const toc_attribute_type *type, toc_error *err)
{
    char room[NAME_MAX_BYTES];
    toc_stmt *stmt = NULL;
    toc_rc rc = toc__require_tx(conn, err);
    if (!rc)
        rc = check_definition(conn, type, err);
    if (!rc)
        rc = check_count(conn, err);
    if (!rc)
        rc = toc_db_stmt(conn->db,
                         "INSERT INTO attribute_type(" COLUMNS ", name_key)"
                         " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                         &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, toc_str_of(type->name));
    toc_bind_text(stmt, 2, toc_str_of(type->description));
    toc_bind_int(stmt, 3, type->max_length);
    toc_bind_int(stmt, 4, type->markdown);
    toc_bind_text(stmt, 5, toc_str_of(type->error_message));
    toc_bind_text(stmt, 6, toc_str_of(type->rule_name));
    toc_bind_text(stmt, 7, toc_str_of(type->rule_type));
    toc_bind_text(stmt, 8, toc_str_of(type->rule_text));
    toc_bind_text(stmt, 9, toc_str_of(type->rule_description));
    toc_bind_int(stmt, 10, 0);
    toc_bind_text(stmt, 11, folded_name(toc_str_of(type->name), room));
    return toc_run(stmt, err);
}
