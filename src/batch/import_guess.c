/* import_guess.c - what form an input is in, by its beginning. */
#include <string.h>

#include "base/csv.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch/import.h"
#include "tocsin/extract.h"

static const char *const form_names[TOC_IMPORT_FORM_COUNT] = {
    [TOC_IMPORT_CSV] = "csv",
    [TOC_IMPORT_JSON] = "json",
    [TOC_IMPORT_LINES] = "jsonl",
    [TOC_IMPORT_LIST] = "list",
};

const char *toc_import_form_name(toc_import_form form)
{
    return form < TOC_IMPORT_FORM_COUNT ? form_names[form] : NULL;
}

toc_import_form toc_import_form_find(toc_str word)
{
    toc_import_form form = 0;
    while (form < TOC_IMPORT_FORM_COUNT && !toc_str_equal_fold(word, toc_str_of(form_names[form])))
        form++;
    return form;
}

static bool is_part(toc_str name)
{
    return toc_str_equal(name, TOC_S("indicator")) || toc_str_equal(name, TOC_S("group")) ||
           toc_str_equal(name, TOC_S("association")) || toc_str_equal(name, TOC_S("file")) ||
           toc_str_equal(name, TOC_S("document"));
}

/* The first object is a batch if it has one of a batch's parts; a record if it ends without one and
 * is not empty. */
static toc_import_form guess_object(toc_str text)
{
    toc_json_reader reader;
    bool members = false;
    toc_json_reader_init(&reader, text.ptr, text.len, NULL);
    (void)toc_json_next(&reader);
    while (toc_json_next(&reader) == TOC_JSON_KEY) {
        bool part = is_part(reader.text);
        bool kind = toc_str_equal(reader.text, TOC_S("type"));
        toc_json_reader ahead = reader; /* the value may be cut off where the bytes end */
        toc_json_event event = toc_json_next(&ahead);
        if (part && (event == TOC_JSON_ARRAY || event == TOC_JSON_OBJECT))
            return TOC_IMPORT_JSON;
        if (kind && event == TOC_JSON_STRING)
            return TOC_IMPORT_LINES;
        if (!toc_json_skip(&reader, NULL))
            break;
        members = true;
    }
    return members && !reader.error ? TOC_IMPORT_LINES : TOC_IMPORT_JSON;
}

static bool has_value_column(toc_str line)
{
    static const char *const names[] = {"value", "summary", "indicator"};
    toc_str cell;
    while (toc_str_cut(&line, ',', &cell)) {
        cell = toc_str_trim(cell);
        if (cell.len > 2 && cell.ptr[0] == '"' && cell.ptr[cell.len - 1] == '"')
            cell = toc_str_slice(cell, 1, cell.len - 1);
        for (size_t i = 0; i < TOC_COUNT(names); i++)
            if (toc_str_equal_fold(cell, toc_str_of(names[i])))
                return true;
    }
    return false;
}

/* The first line says it: a header, a value, or something without any columns. */
static toc_import_form guess_line(toc_str text)
{
    char room[4096];
    toc_str line;
    const toc_type *type = NULL;
    while (toc_str_cut(&text, '\n', &line)) {
        line = toc_str_trim(line);
        if (!line.len)
            continue;
        if (line.ptr[0] == '#')
            return TOC_IMPORT_LIST;
        if (has_value_column(line))
            return TOC_IMPORT_CSV;
        return toc_str_find_char(line, ',') < 0 || toc_refang_value(line, room, sizeof room, &type)
                   ? TOC_IMPORT_LIST
                   : TOC_IMPORT_CSV;
    }
    return TOC_IMPORT_CSV;
}

toc_import_form toc_import_guess(toc_str begin)
{
    if (toc_str_starts(begin, TOC_S("\xEF\xBB\xBF")))
        begin = toc_str_slice(begin, 3, begin.len);
    while (begin.len && strchr(" \t\r\n", begin.ptr[0]) && begin.ptr[0])
        begin = toc_str_slice(begin, 1, begin.len);
    if (begin.len && begin.ptr[0] == '[' && begin.len > 1 && strchr(" \t\r\n{]", begin.ptr[1]))
        return TOC_IMPORT_JSON;
    if (begin.len && begin.ptr[0] == '{')
        return guess_object(begin);
    return guess_line(begin);
}
