/* warning_read.c - warning lists: their texts, JSON or a value a line. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "extract/warning.h"

static const char *const kind_names[TOC_WARNING_KINDS] = {
    [TOC_WARNING_CIDR] = "cidr",     [TOC_WARNING_HOSTNAME] = "hostname",
    [TOC_WARNING_STRING] = "string", [TOC_WARNING_SUBSTRING] = "substring",
    [TOC_WARNING_REGEX] = "regex",   [TOC_WARNING_PLAIN] = "plain",
};

/* The members of a list; list and attributes are raw. */
typedef struct list_text {
    toc_str name, kind, list, attributes;
} list_text;

static toc_rc read_members(toc_json_reader *reader, list_text *text, toc_error *err)
{
    toc_json_event event = toc_json_next(reader);
    if (event != TOC_JSON_OBJECT)
        return event == TOC_JSON_ERROR
                   ? toc_json_fail(reader, err)
                   : toc_error_set(err, TOC_EPARSE, "a warning list is a JSON object");
    while ((event = toc_json_next(reader)) == TOC_JSON_KEY) {
        toc_str key = reader->text;
        toc_str *texts = toc_str_equal(key, TOC_S("name"))   ? &text->name
                         : toc_str_equal(key, TOC_S("type")) ? &text->kind
                                                             : NULL;
        toc_str *raw = toc_str_equal(key, TOC_S("list"))                  ? &text->list
                       : toc_str_equal(key, TOC_S("matching_attributes")) ? &text->attributes
                                                                          : NULL;
        if (texts && toc_json_next(reader) == TOC_JSON_STRING)
            *texts = reader->text;
        else if (!toc_json_skip(reader, raw))
            return toc_json_fail(reader, err);
    }
    return event == TOC_JSON_ERROR || toc_json_next(reader) != TOC_JSON_END
               ? toc_json_fail(reader, err)
               : TOC_OK;
}

/* The next string of an array that was read to its end before: false at the end, or with
 * *rc set. */
static bool next_text(toc_json_reader *reader, toc_str *text, toc_rc *rc, toc_error *err)
{
    toc_json_event event = toc_json_next(reader);
    if (event == TOC_JSON_ARRAY_END)
        return false;
    if (event == TOC_JSON_STRING) {
        *text = reader->text;
        return true;
    }
    *rc = event == TOC_JSON_ERROR
              ? toc_json_fail(reader, err)
              : toc_error_field(err, TOC_EPARSE, "list", "the entries of a list are texts");
    return false;
}

static toc_rc open_array(toc_json_reader *reader, toc_str raw, toc_arena *arena, const char *member,
                         toc_error *err)
{
    toc_json_reader_init(reader, raw.ptr, raw.len, arena);
    return raw.ptr && toc_json_next(reader) == TOC_JSON_ARRAY
               ? TOC_OK
               : toc_error_field(err, TOC_EPARSE, member,
                                 "the member \"%s\" of a warning list is an array", member);
}

/* The types that a list is about: those of its attributes; all when it does not say. */
static toc_rc read_scope(toc_str raw, toc_arena *arena, unsigned *scope, toc_error *err)
{
    toc_rc rc = TOC_OK;
    bool any = false;
    *scope = ~0U;
    if (!raw.ptr)
        return TOC_OK;
    for (int composite = 0; !rc && composite < 2 && (*scope == ~0U || (any && !*scope));
         composite++) {
        toc_json_reader reader;
        toc_str word;
        unsigned found = 0;
        rc = open_array(&reader, raw, arena, "matching_attributes", err);
        while (!rc && next_text(&reader, &word, &rc, err)) {
            any = true;
            found |= toc__warning_attribute(word, composite > 0);
        }
        *scope = any ? found : ~0U;
    }
    return rc;
}

static toc_rc read_kind(toc_str word, toc_warning_kind *kind, toc_error *err)
{
    *kind = TOC_WARNING_STRING;
    if (!word.ptr)
        return TOC_OK;
    for (size_t i = 0; i < TOC_WARNING_PLAIN; i++)
        if (toc_str_equal_fold(word, toc_str_of(kind_names[i]))) {
            *kind = (toc_warning_kind)i;
            return TOC_OK;
        }
    return toc_error_field(err, TOC_EPARSE, "type",
                           "\"%.*s\" is not cidr, hostname, string, substring or regex",
                           word.len < 60 ? (int)word.len : 60, word.ptr);
}

static uint64_t line_at(toc_str text, size_t offset)
{
    uint64_t line = 1;
    for (size_t i = 0; i < offset && i < text.len; i++)
        line += text.ptr[i] == '\n';
    return line;
}

static toc_rc read_entries(toc_warning_lists *lists, uint32_t index, toc_warning_kind kind,
                           toc_str text, toc_str raw, toc_error *err)
{
    TOC_CLEANUP(toc_arena_done) toc_arena arena;
    toc_arena_init(&arena, TOC_MAX_WARNING_BYTES);
    toc_json_reader reader;
    toc_str value;
    toc_rc rc = open_array(&reader, raw, &arena, "list", err);
    while (!rc && next_text(&reader, &value, &rc, err))
        rc = toc__warning_put(lists, index, kind, value, err);
    if (rc == TOC_EPARSE && raw.ptr && err)
        err->line = line_at(text, (size_t)(reader.cursor - text.ptr));
    return rc;
}

static toc_rc add_json(toc_warning_lists *lists, toc_str text, const char *name, toc_error *err)
{
    TOC_CLEANUP(toc_arena_done) toc_arena arena;
    toc_arena_init(&arena, TOC_MAX_TEXT);
    toc_json_reader reader;
    toc_json_reader_init(&reader, text.ptr, text.len, &arena);
    list_text members = {.name = {NULL, 0}};
    unsigned scope = 0;
    uint32_t index = 0;
    toc_warning_kind kind = TOC_WARNING_STRING;
    toc_rc rc = read_members(&reader, &members, err);
    if (!rc)
        rc = read_kind(members.kind, &kind, err);
    if (!rc)
        rc = read_scope(members.attributes, &arena, &scope, err);
    if (!rc)
        rc = toc__warning_begin(lists, members.name.len ? members.name : toc_str_of(name), scope,
                                &index, err);
    if (rc)
        return rc;
    rc = read_entries(lists, index, kind, text, members.list, err);
    toc__warning_end(lists, index, rc != TOC_OK);
    return rc;
}

/* A '#' begins a comment at the beginning of a line or behind a blank: URLs have some. */
static toc_str without_comment(toc_str line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] == '#' && (!i || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t'))
            return toc_str_slice(line, 0, i);
    return line;
}

static toc_rc add_plain(toc_warning_lists *lists, toc_str text, const char *name, toc_error *err)
{
    uint32_t index = 0;
    uint64_t number = 0;
    toc_str line;
    toc_rc rc = toc__warning_begin(lists, toc_str_of(name), ~0U, &index, err);
    if (rc)
        return rc;
    while (!rc && toc_str_cut(&text, '\n', &line)) {
        number++;
        if (!toc_str_is_text(line))
            rc = toc_error_set(err, TOC_EPARSE, "line %llu is not text in UTF-8",
                               (unsigned long long)number);
        else
            rc = toc__warning_put(lists, index, TOC_WARNING_PLAIN, without_comment(line), err);
        if (rc && err)
            err->line = number;
    }
    toc__warning_end(lists, index, rc != TOC_OK);
    return rc;
}

toc_rc toc_warning_lists_add(toc_warning_lists *lists, toc_str text, const char *name,
                             toc_error *err)
{
    if (!lists || (!text.ptr && text.len))
        return toc_error_set(err, TOC_EINVAL, "no warning lists or no text");
    if (toc_str_starts(text, TOC_S("\xEF\xBB\xBF")))
        text = toc_str_slice(text, 3, text.len);
    if (!name || !*name)
        name = "warning list";
    toc_str begin = toc_str_trim(toc_str_slice(text, 0, 4096));
    bool json = begin.len && (begin.ptr[0] == '{' || begin.ptr[0] == '[');
    return json ? add_json(lists, text, name, err) : add_plain(lists, text, name, err);
}
