/* batch_syntax.c - a look at a batch file before anything is applied: is it JSON, how many items.
 */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/batch.h"

/* What messages quote of an item. */
#define MAX_QUOTED 256

/* Where the look has come to. */
typedef struct place {
    toc_str name;  /* of the top-level member; absent at the top */
    int64_t index; /* of the item in the array; -1 in front of the first */
    bool top_array, in_array;
    toc_str last; /* the item that was read last, as JSON */
    toc_str last_name;
    int64_t last_index;
} place;

static bool look_at_array(toc_json_reader *reader, place *at)
{
    toc_json_event event;
    at->in_array = true;
    at->index = -1;
    while ((event = toc_json_next(reader)) != TOC_JSON_ARRAY_END) {
        toc_str raw;
        if (event == TOC_JSON_ERROR)
            return false;
        at->index++;
        if (!toc_json_skip(reader, &raw))
            return false;
        at->last = raw;
        at->last_name = at->name;
        at->last_index = at->index;
    }
    at->in_array = false;
    return true;
}

static bool look_at_members(toc_json_reader *reader, place *at)
{
    toc_json_event event;
    while ((event = toc_json_next(reader)) == TOC_JSON_KEY) {
        at->name = reader->text;
        event = toc_json_next(reader);
        bool good = event == TOC_JSON_ARRAY
                        ? look_at_array(reader, at)
                        : event != TOC_JSON_ERROR && toc_json_skip(reader, NULL);
        if (!good)
            return false;
        at->name = (toc_str){NULL, 0};
    }
    return event == TOC_JSON_OBJECT_END;
}

static bool look(toc_json_reader *reader, place *at)
{
    toc_json_event event = toc_json_next(reader);
    bool good = event != TOC_JSON_ERROR;
    at->top_array = event == TOC_JSON_ARRAY;
    if (at->top_array)
        good = look_at_array(reader, at);
    else if (event == TOC_JSON_OBJECT)
        good = look_at_members(reader, at);
    return good && toc_json_next(reader) == TOC_JSON_END;
}

/* --- the message --------------------------------------------------------------------------- */

/* By what the sender knows the item: the first of these members that is a text. */
static toc_str identity_of(toc_str item, toc_arena *scratch)
{
    static const char *const names[] = {"xid", "summary", "name"};
    toc_str found[TOC_COUNT(names)] = {{NULL, 0}};
    toc_json_reader reader;
    toc_json_event event;
    toc_json_reader_init(&reader, item.ptr ? item.ptr : "", item.len, scratch);
    if (toc_json_next(&reader) != TOC_JSON_OBJECT)
        return (toc_str){NULL, 0};
    while (toc_json_next(&reader) == TOC_JSON_KEY) {
        toc_str key = reader.text;
        event = toc_json_next(&reader);
        for (size_t i = 0; event == TOC_JSON_STRING && i < TOC_COUNT(names); i++) {
            if (toc_str_equal(key, toc_str_of(names[i])))
                found[i] = reader.text;
        }
        if (event == TOC_JSON_ERROR || !toc_json_skip(&reader, NULL))
            break;
    }
    for (size_t i = 0; i < TOC_COUNT(names); i++) {
        if (found[i].len)
            return found[i];
    }
    return (toc_str){NULL, 0};
}

static void write_clipped(toc_buf *out, toc_str text)
{
    text.len = toc_str_utf8_floor(text, MAX_QUOTED);
    toc_buf_str(out, text);
}

static void write_index(toc_buf *out, int64_t index)
{
    toc_buf_char(out, '[');
    toc_buf_int(out, index);
    toc_buf_char(out, ']');
}

static void write_path(toc_buf *out, const place *at)
{
    toc_buf_lit(out, " Last known JSON path: '$");
    if (at->name.ptr) {
        toc_buf_char(out, '.');
        write_clipped(out, at->name);
    }
    if (at->in_array && at->index >= 0)
        write_index(out, at->index);
    toc_buf_char(out, '\'');
}

static void write_last(toc_buf *out, const place *at, toc_arena *scratch)
{
    toc_str identity = identity_of(at->last, scratch);
    toc_buf_lit(out, ": Last processed ");
    if (at->last_name.ptr)
        write_clipped(out, at->last_name);
    else
        toc_buf_lit(out, "indicator");
    write_index(out, at->last_index);
    if (identity.len) {
        toc_buf_lit(out, " '");
        write_clipped(out, identity);
        toc_buf_char(out, '\'');
    }
}

toc_rc toc__batch_syntax(toc_str file, toc_arena *scratch, toc_buf *why)
{
    toc_json_reader reader;
    toc_error fault;
    place at = {.index = -1};
    toc_json_reader_init(&reader, file.ptr ? file.ptr : "", file.len, NULL);
    if (look(&reader, &at))
        return TOC_OK;
    (void)toc_json_fail(&reader, &fault);
    toc_buf_text(why, fault.message);
    toc_buf_char(why, '.');
    write_path(why, &at);
    if (at.last.ptr)
        write_last(why, &at, scratch);
    toc_buf_char(why, '.');
    return TOC_EPARSE;
}

/* --- counting ------------------------------------------------------------------------------ */

static bool count_array(toc_json_reader *reader, int64_t limit, int64_t *count)
{
    toc_json_event event = toc_json_next(reader);
    if (event != TOC_JSON_ARRAY)
        return toc_json_skip(reader, NULL);
    while (*count <= limit) {
        event = toc_json_next(reader);
        if (event == TOC_JSON_ARRAY_END)
            return true;
        if (event == TOC_JSON_ERROR || !toc_json_skip(reader, NULL))
            return false;
        ++*count;
    }
    return false;
}

int64_t toc__batch_items(toc_str file, int64_t limit)
{
    toc_json_reader reader;
    int64_t count = 0;
    toc_json_reader_init(&reader, file.ptr ? file.ptr : "", file.len, NULL);
    toc_json_reader start_of_file = reader;
    toc_json_event event = toc_json_next(&reader);
    if (event == TOC_JSON_ARRAY) {
        (void)count_array(&start_of_file, limit, &count);
        return count;
    }
    if (event != TOC_JSON_OBJECT)
        return 0;
    while (toc_json_next(&reader) == TOC_JSON_KEY) {
        bool items = toc_str_equal(reader.text, TOC_S("indicator")) ||
                     toc_str_equal(reader.text, TOC_S("group")) ||
                     toc_str_equal(reader.text, TOC_S("association"));
        if (items ? !count_array(&reader, limit, &count) : !toc_json_skip(&reader, NULL))
            break;
    }
    return count;
}
