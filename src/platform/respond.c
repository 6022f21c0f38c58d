/* respond.c - envelopes and failures as rest-v2 1.7 to 1.9 spell them. */
#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"
#include "base/str.h"
#include "platform/call.h"

#define JSON_TYPE "application/json"

toc_rc toc__refuse(toc_error *err, int status, const char *format, ...)
{
    char text[sizeof(err->message)];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    (void)toc_error_set(err, TOC_EHTTP, "%s", text);
    if (err)
        err->http_status = status;
    return TOC_EHTTP;
}

toc_rc toc__refuse_missing(toc_error *err)
{
    return toc__refuse(err, 404, "The requested resource was not found");
}

toc_rc toc__refuse_body(toc_error *err)
{
    return toc__refuse(err, 400, "The request was not properly formed");
}

toc_rc toc__refuse_as(toc_error *err, const char *form)
{
    if (err)
        (void)snprintf(err->field, sizeof(err->field), "%s", form);
    return TOC_EHTTP;
}

void toc__json_key(toc_json_writer *writer, const char *key)
{
    toc_json_key(writer, toc_str_of(key));
}

void toc__json_member(toc_json_writer *writer, const char *key, const char *text)
{
    toc_json_member(writer, toc_str_of(key), toc_str_of(text));
}

void toc__json_count(toc_json_writer *writer, const char *key, int64_t value)
{
    toc__json_key(writer, key);
    toc_json_int(writer, value);
}

void toc__begin_bare(toc_incoming *call, int status)
{
    toc_buf_clear(&call->body);
    toc_json_writer_init(&call->out, &call->body);
    call->status = status;
    call->content_type = JSON_TYPE;
}

void toc__begin(toc_incoming *call, int status)
{
    toc__begin_bare(call, status);
    toc_json_object(&call->out);
    toc__json_member(&call->out, "status", "Success");
    toc__json_key(&call->out, "data");
    toc_json_object(&call->out);
}

void toc__end(toc_incoming *call)
{
    toc_json_object_end(&call->out);
    toc_json_object_end(&call->out);
}

void toc__begin_list(toc_incoming *call, int64_t count, const char *entity)
{
    toc__begin(call, 200);
    if (count >= 0)
        toc__json_count(&call->out, "resultCount", count);
    toc__json_key(&call->out, entity);
    toc_json_array(&call->out);
}

void toc__end_list(toc_incoming *call)
{
    toc_json_array_end(&call->out);
    toc__end(call);
}

void toc__done(toc_incoming *call, int status)
{
    toc__begin_bare(call, status);
    toc_json_object(&call->out);
    toc__json_member(&call->out, "status", "Success");
    toc_json_object_end(&call->out);
}

void toc__failure(toc_incoming *call, int status, const char *word, const char *key, toc_str text)
{
    toc__begin_bare(call, status);
    toc_json_object(&call->out);
    toc__json_member(&call->out, "status", word);
    toc_json_member(&call->out, toc_str_of(key), text);
    toc_json_object_end(&call->out);
}

static toc_rc paging_failure(toc_error *err)
{
    return toc__refuse(err, 400,
                       "The resultStart and resultLimit query parameters must be integers and the "
                       "maximum value for resultLimit is %d",
                       TOC_MAX_PAGE);
}

toc_rc toc__page(const toc_incoming *call, bool all, toc_page *page, toc_error *err)
{
    toc_str start = toc_target_param(&call->parts, "resultStart");
    toc_str limit = toc_target_param(&call->parts, "resultLimit");
    *page = (toc_page){.start = 0, .limit = all ? INT64_MAX : TOC_DEFAULT_PAGE};
    if (start.ptr && (!toc_str_to_int(start, &page->start) || page->start < 0))
        return paging_failure(err);
    if (limit.ptr &&
        (!toc_str_to_int(limit, &page->limit) || page->limit < 0 || page->limit > TOC_MAX_PAGE))
        return paging_failure(err);
    return TOC_OK;
}

bool toc__on_page(const toc_page *page, int64_t row)
{
    return row >= page->start && row - page->start < page->limit;
}

static bool put_text(const toc_json_reader *reader, toc_json_event event, const toc_member *member)
{
    /* What is cut off at a NUL somewhere would be another text there. */
    bool text = event == TOC_JSON_STRING && reader->text.len <= TOC_MAX_TEXT &&
                toc_str_find_char(reader->text, '\0') < 0;
    if (text || event == TOC_JSON_NUMBER)
        *(toc_str *)member->out = reader->text.ptr ? reader->text : TOC_S("");
    return text || event == TOC_JSON_NUMBER;
}

bool toc__read_truth(toc_json_event event, toc_str text, bool *truth)
{
    if (event == TOC_JSON_TRUE || event == TOC_JSON_FALSE) {
        *truth = event == TOC_JSON_TRUE;
        return true;
    }
    return (event == TOC_JSON_STRING || event == TOC_JSON_NUMBER) && toc_str_to_bool(text, truth);
}

static bool put_bool(const toc_json_reader *reader, toc_json_event event, const toc_member *member)
{
    return toc__read_truth(event, reader->text, member->out);
}

static bool put_int(const toc_json_reader *reader, toc_json_event event, const toc_member *member)
{
    return (event == TOC_JSON_STRING || event == TOC_JSON_NUMBER) &&
           toc_str_to_int(reader->text, member->out);
}

/* In order of toc_member_kind. */
static bool (*const put_member[])(const toc_json_reader *, toc_json_event,
                                  const toc_member *) = {put_text, put_bool, put_int};

static const toc_member *find_member(const toc_member *members, size_t count, toc_str name)
{
    for (size_t i = 0; i < count; i++) {
        if (toc_str_equal(name, toc_str_of(members[i].name)))
            return &members[i];
    }
    return NULL;
}

static toc_rc read_value(toc_json_reader *reader, const toc_member *member, toc_error *err)
{
    toc_str raw;
    if (!member)
        return toc_json_skip(reader, &raw) ? TOC_OK : toc__refuse_body(err);
    toc_json_event event = toc_json_next(reader);
    if (event == TOC_JSON_ERROR)
        return toc__refuse_body(err);
    if (event == TOC_JSON_NULL)
        return TOC_OK;
    if (!put_member[member->kind](reader, event, member))
        return toc__refuse(err, 400, "The %s for this request is invalid", member->name);
    if (member->seen)
        *member->seen = true;
    return TOC_OK;
}

toc_rc toc__read_members(toc_incoming *call, toc_str body, const toc_member *members, size_t count,
                         toc_error *err)
{
    toc_json_reader reader;
    toc_json_event event;
    toc_rc rc;
    toc_json_reader_init(&reader, body.ptr ? body.ptr : "", body.len, &call->arena);
    if (toc_json_next(&reader) != TOC_JSON_OBJECT)
        return toc__refuse_body(err);
    while ((event = toc_json_next(&reader)) == TOC_JSON_KEY) {
        rc = read_value(&reader, find_member(members, count, reader.text), err);
        if (rc)
            return rc;
    }
    if (event != TOC_JSON_OBJECT_END || toc_json_next(&reader) != TOC_JSON_END)
        return toc__refuse_body(err);
    return TOC_OK;
}
