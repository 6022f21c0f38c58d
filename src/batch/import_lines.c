/* import_lines.c - a record a line: JSON objects, or values alone. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch/import.h"
#include "model/codec.h"

/* --- lines out of blocks -------------------------------------------------------------------- */

/* The rest of a block that has not been read. */
typedef struct block {
    const char *data;
    size_t len;
    bool last;
} block;

/* The next whole line; false when the block has none any more. *whole false: it was too long and
 * its text is lost. */
static bool next_line(toc_import *import, block *rest, toc_str *line, bool *whole)
{
    toc_buf *pending = &import->pending;
    const char *end = rest->len ? memchr(rest->data, '\n', rest->len) : NULL;
    size_t len = end ? (size_t)(end - rest->data) : rest->len;
    bool ends = end || rest->last;
    if (import->line_taken)
        toc_buf_clear(pending);
    import->line_taken = false;
    if (!ends || pending->len || import->line_lost) {
        /* The buffer's maximum is that of a record: what is longer is dropped to its end. */
        import->line_lost = import->line_lost || len > TOC_MAX_CSV_RECORD - pending->len;
        if (import->line_lost)
            toc_buf_clear(pending);
        else
            toc_buf_append(pending, rest->data, len);
        *line = toc_buf_view(pending);
    } else {
        *line = (toc_str){rest->data, len};
    }
    rest->data += len + (end != NULL);
    rest->len -= len + (end != NULL);
    if (!ends || (!end && !line->len && !import->line_lost))
        return false;
    *whole = !import->line_lost && line->len <= TOC_MAX_CSV_RECORD;
    import->line_lost = false;
    import->line_taken = true;
    import->line++;
    return true;
}

typedef toc_rc take_fn(toc_import *import, toc_str line, toc_error *err);

/* A comment is a line, or what stands behind a blank: URLs have a '#' too. */
static toc_str without_comment(toc_str line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] == '#' && (!i || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t'))
            return toc_str_slice(line, 0, i);
    return line;
}

static toc_rc take_line(toc_import *import, take_fn *take, toc_str line, bool whole, toc_error *err)
{
    toc_error reason = {0};
    size_t bad = 0;
    toc_rc rc = toc__import_begin(import, err);
    if (rc)
        return rc;
    if (!whole)
        rc = toc_error_set(&reason, TOC_ELIMIT, "the line is longer than %u bytes",
                           TOC_MAX_CSV_RECORD);
    else if (!toc_str_is_utf8(line, &bad))
        rc = toc_error_set(&reason, TOC_EPARSE, "byte %zu of the record is not UTF-8", bad + 1);
    else
        rc = take(import, line, &reason);
    if (!whole)
        line = (toc_str){NULL, 0};
    return toc__import_end(import, rc, line, import->line, &reason, err);
}

static toc_rc read_lines(toc_import *import, take_fn *take, bool comments, block rest,
                         toc_error *err)
{
    toc_str line;
    bool whole = true;
    if (!import || (!rest.data && rest.len))
        return toc_error_set(err, TOC_EINVAL, "no import or no data");
    if (!rest.data)
        rest.data = "";
    import->pending.maximum = TOC_MAX_CSV_RECORD;
    toc_rc rc = TOC_OK;
    while (!rc && next_line(import, &rest, &line, &whole) && !import->pending.failed) {
        import->kind = TOC_KIND_INDICATOR;
        if (import->line == 1 && toc_str_starts(line, TOC_S("\xEF\xBB\xBF")))
            line = toc_str_slice(line, 3, line.len);
        line = toc_str_trim(comments && whole ? without_comment(line) : line);
        if (line.len || !whole)
            rc = take_line(import, take, line, whole, err);
    }
    return rc ? rc : toc_buf_check(&import->pending, err);
}

/* --- values alone --------------------------------------------------------------------------- */

static toc_rc take_value(toc_import *import, toc_str line, toc_error *err)
{
    toc_str value = line;
    const toc_type *type = NULL;
    toc_rc rc = toc__import_type(import, (toc_str){NULL, 0}, &value, &type, err);
    if (rc)
        return rc;
    toc__object_reset(import->obj, type);
    rc = toc_object_set_summary(import->obj, value, err);
    return rc ? rc : toc__import_add(import, value, import->line, line, true, err);
}

toc_rc toc_import_list(toc_import *import, const char *data, size_t len, bool last, toc_error *err)
{
    return read_lines(import, take_value, true, (block){data, len, last}, err);
}

/* --- JSON objects --------------------------------------------------------------------------- */

/* What the members of an object say about the record as a whole. */
typedef struct members {
    toc_str type, value;
    const toc_type *found; /* NULL: its fields have to tell */
} members;

/* The line is the record's, so only the byte is said. */
static toc_rc fail_line(const toc_json_reader *reader, toc_error *err)
{
    toc_rc rc = toc_json_fail(reader, err);
    if (rc != TOC_EPARSE || !reader->error)
        return rc;
    size_t position = toc_json_position(reader);
    rc = toc_error_set(err, rc, "JSON: %s (byte %zu)", reader->error, position + 1);
    if (err)
        err->position = position;
    return rc;
}

static toc_rc read_members(toc_import *import, toc_str json, members *seen, toc_error *err)
{
    toc_json_reader reader;
    toc_json_reader_init(&reader, json.ptr, json.len, &import->row);
    toc_json_event event = toc_json_next(&reader);
    if (event != TOC_JSON_OBJECT)
        return event == TOC_JSON_ERROR ? fail_line(&reader, err)
                                       : toc_error_set(err, TOC_EPARSE, "a record is an object");
    while ((event = toc_json_next(&reader)) == TOC_JSON_KEY) {
        toc_str name = toc__import_member(import, reader.text);
        toc_str *slot = toc_str_equal(name, TOC_S("type"))    ? &seen->type
                        : toc_str_equal(name, TOC_S("value")) ? &seen->value
                                                              : NULL;
        if (slot && toc_json_next(&reader) == TOC_JSON_STRING)
            *slot = toc_str_trim(reader.text);
        else if (!toc_json_skip(&reader, NULL))
            return fail_line(&reader, err);
    }
    return event == TOC_JSON_ERROR || toc_json_next(&reader) != TOC_JSON_END
               ? fail_line(&reader, err)
               : TOC_OK;
}

static toc_rc find_type(toc_import *import, members *seen, toc_error *err)
{
    const toc_type *group = toc_types_find(import->types, TOC_KIND_INDICATOR, seen->type)
                                ? NULL
                                : toc_types_find(import->types, TOC_KIND_GROUP, seen->type);
    if (group) {
        import->kind = TOC_KIND_GROUP;
        seen->found = group;
        return TOC_OK;
    }
    return seen->type.len || seen->value.len
               ? toc__import_type(import, seen->type, &seen->value, &seen->found, err)
               : TOC_OK;
}

/* Members that say the value again, or where it stood in a text. */
static bool is_beside(const members *seen, toc_str name)
{
    const toc_field *field = seen->found ? toc_type_field(seen->found, name) : NULL;
    if (toc_str_equal(name, TOC_S("type")) || toc_str_equal(name, TOC_S("value")))
        return true;
    return seen->value.len && seen->found && seen->found->kind == TOC_KIND_INDICATOR && field &&
           (field->flags & TOC_FIELD_KEY);
}

/* The object with the names of the API. It lives with the row. */
static toc_rc rewrite(toc_import *import, toc_str json, const members *seen, toc_str *made,
                      toc_error *err)
{
    TOC_CLEANUP(toc_buf_done) toc_buf out = {.maximum = TOC_MAX_ITEM};
    toc_json_reader reader;
    toc_json_writer writer;
    toc_json_writer_init(&writer, &out);
    toc_json_reader_init(&reader, json.ptr, json.len, &import->row);
    (void)toc_json_next(&reader);
    toc_json_object(&writer);
    if (seen->found)
        toc_json_kv_str(&writer, "type", toc_str_of(seen->found->name));
    if (seen->value.len)
        toc_json_member(&writer, toc_str_of(import->kind == TOC_KIND_GROUP ? "name" : "value"),
                        seen->value);
    while (toc_json_next(&reader) == TOC_JSON_KEY) {
        toc_str name = toc__import_member(import, reader.text);
        toc_str raw;
        if (!toc_json_skip(&reader, &raw))
            return toc_json_fail(&reader, err);
        if (is_beside(seen, name))
            continue;
        toc_json_key(&writer, name);
        toc_json_raw(&writer, raw);
    }
    toc_json_object_end(&writer);
    toc_rc rc = toc_buf_check(&out, err);
    if (rc)
        return rc;
    *made = toc_arena_str(&import->row, toc_buf_view(&out));
    return made->ptr ? TOC_OK : toc_error_nomem(err);
}

static toc_rc fill(toc_import *import, toc_str json, const members *seen, toc_error *err)
{
    toc_json_reader reader;
    toc_object *obj = import->obj;
    toc_json_reader_init(&reader, json.ptr, json.len, &import->row);
    toc_rc rc = toc_codec_decode(&reader, import->types, import->kind, seen->found,
                                 TOC_DECODE_BATCH, obj, err);
    if (!rc && seen->value.len && import->kind == TOC_KIND_INDICATOR)
        rc = toc_object_set_summary(obj, seen->value, err);
    return rc;
}

toc_rc toc__import_object(toc_import *import, toc_str json, uint64_t line, toc_error *err)
{
    members seen = {.type = {NULL, 0}};
    toc_str made = json;
    toc_rc rc = read_members(import, json, &seen, err);
    if (!rc)
        rc = find_type(import, &seen, err);
    if (!rc)
        rc = rewrite(import, json, &seen, &made, err);
    if (!rc)
        rc = fill(import, made, &seen, err);
    if (rc)
        return rc;
    toc_str value = toc_object_summary(import->obj);
    if (!value.len)
        return toc_error_field(err, TOC_EINVAL, "value", "the record has no value");
    return toc__import_add(import, value, line, json, false, err);
}

static toc_rc take_object(toc_import *import, toc_str line, toc_error *err)
{
    return toc__import_object(import, line, import->line, err);
}

toc_rc toc_import_lines(toc_import *import, const char *data, size_t len, bool last, toc_error *err)
{
    return read_lines(import, take_object, false, (block){data, len, last}, err);
}
