#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch/batch.h"
#include "batch/send.h"

/* Of a text in an error, by some servers. */
#define MAX_QUOTED 1024
/* What is compared with a reason: so much of an item, so many words, so many items of one text. */
#define MAX_COMPARED ((size_t)16 * 1024)
#define MAX_WORDS 40
#define MAX_CANDIDATES 64

/* Where a number of a status answer goes. */
typedef struct answer_member {
    const char *name;
    size_t offset;
} answer_member;

static const answer_member answer_members[] = {
    {"errorCount", offsetof(toc_job_answer, errors)},
    {"successCount", offsetof(toc_job_answer, success)},
    {"unprocessCount", offsetof(toc_job_answer, unprocessed)},
    {"errorGroupCount", offsetof(toc_job_answer, group_errors)},
    {"errorIndicatorCount", offsetof(toc_job_answer, indicator_errors)},
};

/* The number of a job stands outside of those of whatever is told about it, its owner's say. */
static void answer_id(toc_job_answer *answer, uint64_t number, unsigned depth, unsigned *id_depth)
{
    if (number > INT64_MAX || (*id_depth && depth >= *id_depth))
        return;
    answer->id = (int64_t)number;
    *id_depth = depth;
}

/* Numbers may come as text. */
static void answer_number(toc_job_answer *answer, toc_str key, toc_str text, unsigned depth,
                          unsigned *id_depth)
{
    uint64_t number = 0;
    if (!toc_str_to_uint(text, &number))
        return;
    if (toc_str_equal(key, TOC_S("id")) || toc_str_equal(key, TOC_S("batchId")))
        answer_id(answer, number, depth, id_depth);
    for (size_t i = 0; i < TOC_COUNT(answer_members); i++)
        if (toc_str_equal(key, toc_str_of(answer_members[i].name)))
            *(uint64_t *)((char *)answer + answer_members[i].offset) = number;
}

/* The members stand below data.batchStatus; a running job may also answer just {"status":...}
 * (batch.md 21 O15), so the deepest "status" counts. */
toc_rc toc_job_answer_parse(toc_str body, toc_job_answer *answer, toc_error *err)
{
    toc_json_reader reader;
    toc_json_reader_init(&reader, body.ptr, body.len, NULL);
    toc_job_answer found = {0};
    toc_str key = {NULL, 0};
    unsigned status_depth = 0;
    unsigned id_depth = 0;
    for (toc_json_event event; (event = toc_json_next(&reader)) != TOC_JSON_END;) {
        if (event == TOC_JSON_ERROR)
            return toc_error_set(err, TOC_EPROTO, "the batch status is not JSON: %s", reader.error);
        if (event == TOC_JSON_KEY)
            key = reader.text;
        if (event == TOC_JSON_NUMBER || event == TOC_JSON_STRING)
            answer_number(&found, key, reader.text, reader.depth, &id_depth);
        if (event == TOC_JSON_STRING && toc_str_equal(key, TOC_S("status")) &&
            reader.depth >= status_depth) {
            status_depth = reader.depth;
            found.completed = toc_str_equal_fold(reader.text, TOC_S("Completed"));
            found.refused = toc_str_equal_fold(reader.text, TOC_S("Failure")) ||
                            toc_str_equal_fold(reader.text, TOC_S("Invalid"));
        }
    }
    if (!status_depth)
        return toc_error_set(err, TOC_EPROTO, "the batch answer has no status");
    if (found.errors < found.group_errors + found.indicator_errors)
        found.errors = found.group_errors + found.indicator_errors;
    *answer = found;
    return TOC_OK;
}

/* An item under one of the texts that it is known by. */
typedef struct named_item {
    uint64_t offset;
    size_t next; /* under the same text; 0: none, else one more than the position */
    bool by_xid;
    bool told; /* an error was found to be its own */
} named_item;

/* The items of one job by xid and by value, so that errors find them. Several may have one text:
 * the same value twice in a file, links that name the same missing group. */
typedef struct item_index {
    const toc_stretch *stretch;
    toc_spool_cursor cursor;
    toc_map first; /* text: position + 1 of the first item that may still be meant */
    toc_map last;
    named_item *items;
    size_t count, room;
    toc_arena arena;
    unsigned critical;
} item_index;

/* Members beside the key fields of indicator types that an error may name. */
static const char *const index_members[] = {"xid",      "summary", "name",  "address",
                                            "hostName", "value1",  "ref_1", "ref_2"};

static bool is_indexed(toc_str member)
{
    for (size_t i = 0; i < TOC_COUNT(index_members); i++)
        if (toc_str_equal(member, toc_str_of(index_members[i])))
            return true;
    size_t count = 0;
    const toc_type *types = toc_type_list(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; types[i].kind == TOC_KIND_INDICATOR && k < types[i].key_count; k++)
            if (toc_str_equal(member, toc_str_of(types[i].fields[k].name)))
                return true;
    return false;
}

static toc_rc index_put(item_index *index, toc_str text, uint64_t offset, bool by_xid)
{
    if (index->count == index->room) {
        size_t room = index->room ? index->room * 2 : 1024;
        named_item *more = toc_mem_resize(index->items, room * sizeof *more);
        if (!more)
            return TOC_ENOMEM;
        index->items = more;
        index->room = room;
    }
    uint64_t *last = toc_map_get(&index->last, text);
    if (last && index->items[*last - 1].offset == offset) {
        index->items[*last - 1].by_xid |= by_xid;
        return TOC_OK;
    }
    index->items[index->count++] = (named_item){.offset = offset, .by_xid = by_xid};
    if (last) {
        index->items[*last - 1].next = index->count;
        *last = index->count;
        return TOC_OK;
    }
    toc_rc rc = toc_map_put(&index->first, text, index->count);
    return rc ? rc : toc_map_put(&index->last, text, index->count);
}

/* Servers quote long texts by their beginning. */
static toc_rc index_text(item_index *index, toc_str text, uint64_t offset, bool by_xid)
{
    toc_str quoted = toc_str_slice(text, 0, toc_str_utf8_floor(text, MAX_QUOTED));
    toc_rc rc = index_put(index, text, offset, by_xid);
    return rc || quoted.len == text.len ? rc : index_put(index, quoted, offset, by_xid);
}

/* A value of several members is named as a summary. */
static toc_rc index_joined(item_index *index, toc_str json, uint64_t offset)
{
    toc_object *obj = NULL;
    toc_rc rc = toc__batch_read_indicator(json, &index->arena, &obj);
    bool several = !rc && obj->type && obj->type->key_count > 1;
    toc_str summary = several ? toc_object_summary(obj) : (toc_str){NULL, 0};
    return summary.len ? index_text(index, summary, offset, false) : rc == TOC_ENOMEM ? rc : TOC_OK;
}

static toc_rc index_item(item_index *index, toc_str json, uint64_t offset)
{
    toc_json_reader reader;
    toc_json_reader_init(&reader, json.ptr, json.len, &index->arena);
    toc_rc rc = TOC_OK;
    if (toc_json_next(&reader) != TOC_JSON_OBJECT)
        return TOC_OK;
    while (!rc && toc_json_next(&reader) == TOC_JSON_KEY) {
        bool by_xid = toc_str_equal(reader.text, TOC_S("xid"));
        if (!is_indexed(reader.text)) {
            if (!toc_json_skip(&reader, NULL))
                break;
        } else if (toc_json_next(&reader) == TOC_JSON_STRING) {
            rc = index_text(index, reader.text, offset, by_xid);
        }
    }
    if (!rc && index->stretch->kind == TOC_KIND_INDICATOR)
        rc = index_joined(index, json, offset);
    toc_arena_clear(&index->arena);
    return rc;
}

static toc_rc index_build(item_index *index, toc_error *err)
{
    toc_spool_cursor *cursor = &index->cursor;
    toc_rc rc = TOC_OK;
    int more = 1;
    while (!rc && more > 0 && cursor->offset < index->stretch->to) {
        uint64_t offset = cursor->offset;
        toc_spool_item item;
        more = toc_spool_next(cursor, &item, err);
        if (more > 0)
            rc = index_item(index, item.json, offset);
    }
    return more < 0 ? more : rc ? toc_error_nomem(err) : TOC_OK;
}

/* "{xid or value} is not valid." is the form of errorSource; other servers put the xid somewhere
 * into the reason, so its words are tried too. */
static uint64_t *index_named(const item_index *index, toc_str source, toc_str reason)
{
    static const toc_str tail = {" is not valid.", 14};
    if (toc_str_ends(source, tail))
        source.len -= tail.len;
    uint64_t *found = toc_map_get(&index->first, source);
    toc_str rest = reason;
    toc_str word;
    while (!found && toc_str_cut(&rest, ' ', &word))
        found = toc_map_get(&index->first, word);
    return found;
}

static bool says(toc_str json, toc_str word)
{
    char quoted[MAX_QUOTED + 3];
    while (word.len && strchr(".,:", word.ptr[word.len - 1]))
        word.len--;
    if (!word.len || word.len > MAX_QUOTED)
        return false;
    int len = snprintf(quoted, sizeof quoted, "\"%.*s\"", TOC_FMT(word));
    return toc_str_find(json, (toc_str){quoted, (size_t)len}) >= 0;
}

/* How many of the reason's words the item has as names of members or as values: the type, the
 * member that is wrong, the group that is missing. */
static unsigned likeness(toc_str json, toc_str reason)
{
    unsigned count = 0, words = 0;
    toc_str word;
    json = toc_str_slice(json, 0, json.len < MAX_COMPARED ? json.len : MAX_COMPARED);
    while (words++ < MAX_WORDS && toc_str_cut(&reason, ' ', &word))
        count += says(json, word);
    return count;
}

static int index_read(item_index *index, uint64_t offset, toc_spool_item *item, toc_error *err)
{
    toc_spool_cursor_seek(&index->cursor, offset);
    return toc_spool_next(&index->cursor, item, err);
}

/* Of several the one that the reason fits best; of equals the first that no error was about, as
 * errors come in the order of the items. Those in front that had theirs are left behind. */
static toc_rc index_choose(item_index *index, uint64_t *first, toc_str reason, uint64_t *offset,
                           toc_error *err)
{
    named_item *best = NULL;
    unsigned best_fit = 0;
    size_t at = (size_t)*first;
    bool several = index->items[at - 1].next != 0;
    for (unsigned i = 0; several && at && i < MAX_CANDIDATES; i++) {
        named_item *next = &index->items[at - 1];
        toc_spool_item item;
        int more = index_read(index, next->offset, &item, err);
        if (more < 0)
            return more;
        unsigned fit = 2 * (likeness(item.json, reason) + next->by_xid) + !next->told;
        if (!best || fit > best_fit) {
            best = next;
            best_fit = fit;
        }
        at = next->next;
    }
    best = best ? best : &index->items[at - 1];
    best->told = true;
    *offset = best->offset;
    /* More follow than are looked at. */
    if (at && index->items[*first - 1].told && index->items[*first - 1].next)
        *first = index->items[*first - 1].next;
    return TOC_OK;
}

static toc_rc index_find(item_index *index, const toc_batch_error *error, toc_spool_item *item,
                         toc_error *err)
{
    uint64_t offset = 0;
    uint64_t *first = index_named(index, error->source, error->reason);
    if (!first)
        return TOC_OK;
    toc_rc rc = index_choose(index, first, error->reason, &offset, err);
    int more = rc ? rc : index_read(index, offset, item, err);
    return more < 0 ? more : TOC_OK;
}

static toc_rc report_one(item_index *index, toc_batch_error *error,
                         const toc_batch_callbacks *callbacks, toc_error *err)
{
    toc_spool_item item = {0};
    toc_rc rc = index_find(index, error, &item, err);
    if (rc)
        return rc;
    error->line = item.line;
    error->json = item.json;
    error->origin = item.origin;
    error->kind = index->stretch->kind;
    index->critical |= toc__batch_critical_bit(error->reason);
    if (!callbacks || !callbacks->error)
        return TOC_OK;
    return callbacks->error(callbacks->user, error) < 0
               ? toc_error_set(err, TOC_ECANCELED, "stopped by the error callback")
               : TOC_OK;
}

/* The members of one entry, behind its '{'. Other members are skipped. */
static bool read_entry(toc_json_reader *reader, toc_batch_error *error)
{
    toc_json_event event;
    while ((event = toc_json_next(reader)) == TOC_JSON_KEY) {
        toc_str *slot = toc_str_equal(reader->text, TOC_S("errorReason"))   ? &error->reason
                        : toc_str_equal(reader->text, TOC_S("errorSource")) ? &error->source
                                                                            : NULL;
        event = slot ? toc_json_next(reader) : TOC_JSON_NULL;
        if (slot && event == TOC_JSON_STRING)
            *slot = reader->text;
        else if (event == TOC_JSON_ERROR || !toc_json_skip(reader, NULL))
            return false;
    }
    return event == TOC_JSON_OBJECT_END;
}

static toc_rc report_entries(toc_json_reader *reader, item_index *index,
                             const toc_batch_callbacks *callbacks, toc_error *err)
{
    if (toc_json_next(reader) != TOC_JSON_ARRAY)
        return toc_error_set(err, TOC_EPROTO, "the error list of the job is not a JSON array");
    toc_json_event event;
    while ((event = toc_json_next(reader)) == TOC_JSON_OBJECT) {
        toc_batch_error error = {0};
        if (!read_entry(reader, &error))
            break;
        toc_rc rc = report_one(index, &error, callbacks, err);
        if (rc)
            return rc;
    }
    return event == TOC_JSON_ARRAY_END
               ? TOC_OK
               : toc_error_set(err, TOC_EPROTO, "the error list of the job is broken: %s",
                               reader->error ? reader->error : "an entry is not an object");
}

static toc_rc report_body(toc_str body, const toc_stretch *stretch,
                          const toc_batch_callbacks *callbacks, unsigned *critical, toc_error *err)
{
    item_index index = {.stretch = stretch};
    toc_arena texts;
    toc_arena_init(&texts, TOC_MAX_RESPONSE);
    toc_arena_init(&index.arena, (size_t)2 * TOC_MAX_ITEM);
    toc_spool_cursor_init(&index.cursor, stretch->spool, stretch->from);
    bool made =
        !toc_map_init(&index.first, SIZE_MAX / 64) && !toc_map_init(&index.last, SIZE_MAX / 64);
    toc_rc rc = made ? TOC_OK : toc_error_nomem(err);
    if (!rc)
        rc = index_build(&index, err);
    toc_json_reader reader;
    toc_json_reader_init(&reader, body.ptr, body.len, &texts);
    if (!rc)
        rc = report_entries(&reader, &index, callbacks, err);
    toc_map_done(&index.first);
    toc_map_done(&index.last);
    toc_mem_free(index.items);
    toc_spool_cursor_done(&index.cursor);
    toc_arena_done(&index.arena);
    toc_arena_done(&texts);
    *critical = index.critical;
    return rc;
}

toc_rc toc_batch_report(toc_session *sess, int64_t job, const toc_stretch *stretch,
                        const toc_batch_callbacks *callbacks, unsigned *critical, toc_error *err)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/v2/batch/%" PRId64 "/errors", job);
    toc_call call = {.path = path, .bare = true};
    toc_response *response = NULL;
    toc_rc rc = toc_session_call(sess, &call, &response, err);
    /* A platform that counts errors without listing them has none to tell (batch.md 10.5). */
    bool none = rc == TOC_ENOTFOUND;
    if (none)
        *critical = 0;
    else if (!rc)
        rc = report_body(toc_response_body(response), stretch, callbacks, critical, err);
    toc_response_free(response);
    return none ? TOC_OK : rc;
}
