/* define_json.c - definitions as JSON, with the members of the catalogues' answers. */
#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/define.h"

/* An answer: envelope, data, list, definition. */
#define MAX_NESTING 6
#define DEFAULT_LENGTH 500

typedef struct definition {
    toc_str name, branch, entity, letter_case, parsable;
    toc_str labels[3], kinds[3], options[3];
    toc_str description, max_size, markdown, error_message;
    toc_str rule_name, rule_text, rule_type, rule_description;
    toc_str file_action, left, right;
} definition;

typedef struct reading {
    toc_conn *conn;
    toc_arena arena;
    toc_json_reader reader;
    bool list; /* what is there already is passed over */
    size_t count;
} reading;

typedef struct member {
    const char *name;
    size_t offset;
} member;

#define AT(name, part)                                                                             \
    {                                                                                              \
        name, offsetof(definition, part)                                                           \
    }

static const member members[] = {
    AT("name", name),
    AT("apiBranch", branch),
    AT("apiEntity", entity),
    AT("casePreference", letter_case),
    AT("parsable", parsable),
    AT("value1Label", labels[0]),
    AT("value2Label", labels[1]),
    AT("value3Label", labels[2]),
    AT("value1Type", kinds[0]),
    AT("value2Type", kinds[1]),
    AT("value3Type", kinds[2]),
    AT("value1Option", options[0]),
    AT("value2Option", options[1]),
    AT("value3Option", options[2]),
    AT("description", description),
    AT("maxSize", max_size),
    AT("allowMarkdown", markdown),
    AT("errorMessage", error_message),
    AT("fileAction", file_action),
    AT("leftTypes", left),
    AT("rightTypes", right),
};
static const member rule_members[] = {
    AT("name", rule_name),
    AT("text", rule_text),
    AT("type", rule_type),
    AT("description", rule_description),
};
static const char *const wrappers[] = {"data", "indicatorType", "attributeType", "associationType"};

/* --- one definition ------------------------------------------------------------------------ */

/* Absent and empty text is NULL. */
static const char *text_of(reading *from, toc_str text, bool *failed)
{
    if (!text.len)
        return NULL;
    const char *copy = toc_arena_str(&from->arena, text).ptr;
    *failed = *failed || !copy;
    return copy;
}

static bool is_true(toc_str text)
{
    bool value = false;
    return toc_str_to_bool(text, &value) && value;
}

static toc_rc wrong(toc_str what, const char *member_name, toc_error *err)
{
    return toc_error_field(err, TOC_EINVAL, member_name, "\"%.*s\" has a wrong %s",
                           (int)toc_str_utf8_floor(what, 100), what.ptr ? what.ptr : "",
                           member_name);
}

static bool case_of(toc_str word, toc_case *out)
{
    static const struct {
        const char *word;
        toc_case value;
    } words[] = {
        {"upper", TOC_CASE_UPPER}, {"lower", TOC_CASE_LOWER}, {"sensitive", TOC_CASE_SENSITIVE}};
    for (size_t i = 0; i < TOC_COUNT(words); i++) {
        if (toc_str_equal_fold(word, toc_str_of(words[i].word))) {
            *out = words[i].value;
            return true;
        }
    }
    return !word.len;
}

static toc_rc indicator_type(reading *from, const definition *given, toc_error *err)
{
    bool failed = false;
    toc_field fields[3] = {{.name = NULL}};
    toc_type type = {.kind = TOC_KIND_INDICATOR,
                     .name = text_of(from, given->name, &failed),
                     .branch = text_of(from, given->branch, &failed),
                     .entity = text_of(from, given->entity, &failed),
                     .letter_case = TOC_CASE_SENSITIVE,
                     .traits = is_true(given->parsable) ? TOC_TYPE_PARSABLE : 0,
                     .fields = fields};
    if (!case_of(given->letter_case, &type.letter_case))
        return wrong(given->name, "casePreference", err);
    for (size_t i = 0; i < TOC_COUNT(fields) && given->labels[i].len; i++) {
        bool select = toc_str_equal_fold(given->kinds[i], TOC_S("selectone"));
        if (given->kinds[i].len && !select && !toc_str_equal_fold(given->kinds[i], TOC_S("text")))
            return wrong(given->name, "value type", err);
        if (select != (given->options[i].len > 0))
            return wrong(given->name, "value option", err);
        fields[type.field_count++] =
            (toc_field){.name = text_of(from, given->labels[i], &failed),
                        .flags = TOC_FIELD_KEY,
                        .choices = text_of(from, given->options[i], &failed)};
    }
    return failed ? toc_error_nomem(err) : toc__define_type(from->conn, &type, err);
}

static toc_rc attribute_type(reading *from, const definition *given, toc_error *err)
{
    bool failed = false;
    int64_t length = DEFAULT_LENGTH;
    if (given->max_size.len &&
        (!toc_str_to_int(given->max_size, &length) || length < 1 || length > (int64_t)TOC_MAX_TEXT))
        return wrong(given->name, "maxSize", err);
    toc_attribute_type type = {.name = text_of(from, given->name, &failed),
                               .description = text_of(from, given->description, &failed),
                               .max_length = (uint32_t)length,
                               .markdown = is_true(given->markdown),
                               .error_message = text_of(from, given->error_message, &failed),
                               .rule_name = text_of(from, given->rule_name, &failed),
                               .rule_type = text_of(from, given->rule_type, &failed),
                               .rule_text = text_of(from, given->rule_text, &failed),
                               .rule_description = text_of(from, given->rule_description, &failed)};
    return failed ? toc_error_nomem(err) : toc_attribute_type_define(from->conn, &type, err);
}

static toc_rc association_type(reading *from, const definition *given, toc_error *err)
{
    bool failed = false;
    toc_association_type row = {.name = text_of(from, given->name, &failed),
                                .branch = text_of(from, given->branch, &failed),
                                .left = text_of(from, given->left, &failed),
                                .right = text_of(from, given->right, &failed),
                                .file_action = is_true(given->file_action)};
    return failed ? toc_error_nomem(err) : toc_association_define(from->conn, &row, err);
}

static toc_rc define(reading *from, const definition *given, toc_error *err)
{
    toc_rc rc = given->entity.len     ? indicator_type(from, given, err)
                : given->max_size.len ? attribute_type(from, given, err)
                                      : association_type(from, given, err);
    if (rc == TOC_ECONFLICT && from->list)
        return TOC_OK;
    from->count += !rc;
    return rc;
}

/* --- reading ------------------------------------------------------------------------------- */

static toc_rc broken(reading *from, toc_error *err)
{
    if (from->reader.error)
        return toc_json_fail(&from->reader, err);
    return toc_error_set(err, TOC_EPARSE, "a definition is not of the form of the type catalogues");
}

/* An array of texts as one, joined by ';'. */
static toc_rc read_names(reading *from, toc_str *out, toc_error *err)
{
    toc_buf text;
    toc_json_event event;
    toc_buf_init(&text, TOC_MAX_BODY_SMALL);
    while ((event = toc_json_next(&from->reader)) == TOC_JSON_STRING) {
        if (text.len)
            toc_buf_char(&text, ';');
        toc_buf_str(&text, from->reader.text);
    }
    toc_rc rc = event == TOC_JSON_ARRAY_END ? toc_buf_check(&text, err) : broken(from, err);
    if (!rc)
        *out = toc_arena_str(&from->arena, toc_buf_view(&text));
    toc_buf_done(&text);
    return rc || out->ptr ? rc : toc_error_nomem(err);
}

static toc_rc read_text(reading *from, toc_str *out, toc_error *err)
{
    switch (toc_json_next(&from->reader)) {
    case TOC_JSON_STRING:
    case TOC_JSON_NUMBER:
        *out = from->reader.text;
        return TOC_OK;
    case TOC_JSON_TRUE:
        *out = TOC_S("true");
        return TOC_OK;
    case TOC_JSON_FALSE:
    case TOC_JSON_NULL:
        return TOC_OK;
    case TOC_JSON_ARRAY:
        return read_names(from, out, err);
    default:
        return broken(from, err);
    }
}

static const member *find(const member *table, size_t count, toc_str name)
{
    for (size_t i = 0; i < count; i++) {
        if (toc_str_equal(toc_str_of(table[i].name), name))
            return &table[i];
    }
    return NULL;
}

static toc_rc read_rule(reading *from, definition *given, toc_error *err)
{
    toc_json_event event = toc_json_next(&from->reader);
    if (event == TOC_JSON_NULL)
        return TOC_OK;
    if (event != TOC_JSON_OBJECT)
        return broken(from, err);
    while ((event = toc_json_next(&from->reader)) == TOC_JSON_KEY) {
        const member *row = find(rule_members, TOC_COUNT(rule_members), from->reader.text);
        toc_rc rc = TOC_OK;
        if (row)
            rc = read_text(from, (toc_str *)(void *)((char *)given + row->offset), err);
        else if (!toc_json_skip(&from->reader, NULL))
            rc = broken(from, err);
        if (rc)
            return rc;
    }
    return event == TOC_JSON_OBJECT_END ? TOC_OK : broken(from, err);
}

static bool is_wrapper(toc_str name)
{
    for (size_t i = 0; i < TOC_COUNT(wrappers); i++) {
        if (toc_str_equal(toc_str_of(wrappers[i]), name))
            return true;
    }
    return false;
}

static toc_rc read_value(reading *from, unsigned depth, toc_error *err);

static toc_rc read_member(reading *from, definition *given, unsigned depth, toc_error *err)
{
    toc_str name = from->reader.text;
    const member *row = find(members, TOC_COUNT(members), name);
    if (row)
        return read_text(from, (toc_str *)(void *)((char *)given + row->offset), err);
    if (toc_str_equal(name, TOC_S("validationRule")))
        return read_rule(from, given, err);
    if (is_wrapper(name))
        return read_value(from, depth + 1, err);
    return toc_json_skip(&from->reader, NULL) ? TOC_OK : broken(from, err);
}

static toc_rc read_object(reading *from, unsigned depth, toc_error *err)
{
    definition given;
    memset(&given, 0, sizeof(given));
    toc_json_event event;
    while ((event = toc_json_next(&from->reader)) == TOC_JSON_KEY) {
        toc_rc rc = read_member(from, &given, depth, err);
        if (rc)
            return rc;
    }
    if (event != TOC_JSON_OBJECT_END)
        return broken(from, err);
    return given.name.ptr ? define(from, &given, err) : TOC_OK;
}

static toc_rc read_value(reading *from, unsigned depth, toc_error *err)
{
    toc_json_event event = toc_json_next(&from->reader);
    toc_rc rc = TOC_OK;
    if (depth > MAX_NESTING)
        return broken(from, err);
    if (event == TOC_JSON_OBJECT)
        return read_object(from, depth, err);
    if (event != TOC_JSON_ARRAY)
        return broken(from, err);
    from->list = true;
    while (!rc && (event = toc_json_next(&from->reader)) == TOC_JSON_OBJECT)
        rc = read_object(from, depth + 1, err);
    return rc || event == TOC_JSON_ARRAY_END ? rc : broken(from, err);
}

static void free_arena(reading *from)
{
    toc_arena_done(&from->arena);
}

toc_rc toc_platform_add_types_json(toc_platform *platform, toc_str json, size_t *count,
                                   toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    TOC_CLEANUP(free_arena) reading from = {.count = 0};
    if (!platform || !json.len)
        return toc_error_set(err, TOC_EINVAL, "a platform and definitions are needed");
    toc_json_reader_init(&from.reader, json.ptr, json.len, &from.arena);
    toc_rc rc = toc_tx_begin(platform->store, &conn, err);
    from.conn = conn;
    if (!rc)
        rc = read_value(&from, 0, err);
    if (!rc && toc_json_next(&from.reader) != TOC_JSON_END)
        rc = broken(&from, err);
    if (!rc && !from.count && !from.list)
        rc = broken(&from, err);
    if (!rc)
        rc = toc_tx_commit(TOC_TAKE(conn), err);
    if (!rc && count)
        *count = from.count;
    return rc;
}
