#include "base/error.h"
#include "base/str.h"
#include "batch/import.h"

typedef struct json_import {
    toc_import *import;
    const char *counted; /* lines are counted up to here */
    uint64_t line;
} json_import;

static uint64_t line_of(json_import *run, const char *at)
{
    for (; run->counted < at; run->counted++)
        run->line += *run->counted == '\n';
    return run->line;
}

/* By the member "type", which stands among the first. */
static void count_item(toc_import *import, toc_kind kind, toc_str json)
{
    toc_json_reader reader;
    toc_json_reader_init(&reader, json.ptr, json.len, NULL);
    (void)toc_json_next(&reader);
    while (toc_json_next(&reader) == TOC_JSON_KEY) {
        bool found = toc_str_equal(reader.text, TOC_S("type"));
        if (found ? toc_json_next(&reader) != TOC_JSON_STRING : !toc_json_skip(&reader, NULL))
            return;
        const toc_type *type = found ? toc_types_find(import->types, kind, reader.text) : NULL;
        if (type)
            toc__import_count(import, type);
        if (found)
            return;
    }
}

static toc_rc take_item(json_import *run, toc_kind kind, toc_str json, toc_error *err)
{
    toc_import *import = run->import;
    uint64_t line = line_of(run, json.ptr);
    toc_error reason = {0};
    bool made = kind == TOC_KIND_INDICATOR && toc__import_gives(import);
    import->kind = kind;
    toc_rc rc = toc__import_begin(import, err);
    if (rc)
        return rc;
    rc = made ? toc__import_object(import, json, line, &reason)
              : toc__batch_add_raw(import->batch, kind, json, line, &reason);
    if (!rc && !made)
        count_item(import, kind, json);
    return toc__import_end(import, rc, json, line, &reason, err);
}

/* The reader stands behind '['. */
static toc_rc take_items(json_import *run, toc_json_reader *reader, toc_kind kind, toc_error *err)
{
    toc_json_event event;
    while ((event = toc_json_next(reader)) != TOC_JSON_ARRAY_END) {
        if (event == TOC_JSON_ERROR)
            return toc_json_fail(reader, err);
        const char *from = reader->event_start;
        if ((event == TOC_JSON_OBJECT || event == TOC_JSON_ARRAY) && !toc_json_skip(reader, NULL))
            return toc_json_fail(reader, err);
        toc_str json = {from, (size_t)(reader->cursor - from)};
        toc_rc rc = take_item(run, kind, json, err);
        if (rc)
            return rc;
    }
    return TOC_OK;
}

static toc_rc take_member(json_import *run, toc_json_reader *reader, toc_error *err)
{
    bool groups = toc_str_equal(reader->text, TOC_S("group"));
    bool indicators = toc_str_equal(reader->text, TOC_S("indicator"));
    bool associations = toc_str_equal(reader->text, TOC_S("association"));
    if (!groups && !indicators && !associations)
        return toc_json_skip(reader, NULL) ? TOC_OK : toc_json_fail(reader, err);
    toc_json_event event = toc_json_next(reader);
    if (event == TOC_JSON_ERROR)
        return toc_json_fail(reader, err);
    if (event != TOC_JSON_ARRAY)
        return toc_error_set(err, TOC_EPARSE,
                             "\"group\", \"indicator\" and \"association\" are "
                             "arrays");
    toc_kind kind = groups ? TOC_KIND_GROUP : associations ? TOC_KIND_RECORD : TOC_KIND_INDICATOR;
    return take_items(run, reader, kind, err);
}

toc_rc toc_import_json(toc_import *import, const char *data, size_t len, toc_error *err)
{
    if (!import || !data)
        return toc_error_set(err, TOC_EINVAL, "no import or no data");
    static const toc_str mark = {"\xEF\xBB\xBF", 3};
    if (toc_str_starts((toc_str){data, len}, mark)) {
        data += mark.len;
        len -= mark.len;
    }
    json_import run = {.import = import, .counted = data, .line = 1};
    toc_json_reader reader;
    toc_json_reader_init(&reader, data, len, NULL);
    toc_json_event event = toc_json_next(&reader);
    toc_rc rc = TOC_OK;
    if (event == TOC_JSON_ARRAY) {
        rc = take_items(&run, &reader, TOC_KIND_INDICATOR, err);
    } else if (event == TOC_JSON_OBJECT) {
        while (!rc && (event = toc_json_next(&reader)) == TOC_JSON_KEY)
            rc = take_member(&run, &reader, err);
    } else if (event != TOC_JSON_ERROR) {
        return toc_error_set(err, TOC_EPARSE, "a batch file is a JSON object or array");
    }
    if (!rc && (event == TOC_JSON_ERROR || toc_json_next(&reader) != TOC_JSON_END))
        rc = toc_json_fail(&reader, err);
    return rc;
}
