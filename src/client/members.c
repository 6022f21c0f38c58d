/* members.c - the texts in a flat JSON object of an answer. */
#include "client/members.h"

#include "base/mem.h"
#include "base/str.h"
#include "client/envelope.h"
#include "client/session.h"

/* That decoded texts of one answer may take. */
#define ANSWER_MEMORY (4U * 1024U * 1024U)

toc_str toc__members_scalar(const toc_json_reader *reader, toc_json_event event)
{
    switch (event) {
    case TOC_JSON_STRING:
    case TOC_JSON_NUMBER:
        return reader->text.ptr ? reader->text : TOC_S("");
    case TOC_JSON_TRUE:
        return TOC_S("true");
    case TOC_JSON_FALSE:
        return TOC_S("false");
    default:
        return (toc_str){NULL, 0};
    }
}

bool toc__members_read(toc_json_reader *reader, const toc_text_member *members, size_t count)
{
    while (toc_json_next(reader) == TOC_JSON_KEY) {
        toc_str *out = NULL;
        for (size_t i = 0; i < count; i++) {
            if (toc_str_equal(reader->text, toc_str_of(members[i].name)))
                out = members[i].text;
        }
        toc_json_event event = toc_json_next(reader);
        if (out)
            *out = toc__members_scalar(reader, event);
        if (event == TOC_JSON_ERROR || !toc_json_skip(reader, NULL))
            return false;
    }
    return !reader->error;
}

static toc_rc each_object(toc_str json, toc_item_fn fn, void *user, toc_error *err)
{
    toc_arena arena TOC_CLEANUP(toc_arena_done) = {0};
    toc_json_reader reader;
    toc_json_event event;
    toc_arena_init(&arena, ANSWER_MEMORY);
    toc_json_reader_init(&reader, json.ptr, json.len, &arena);
    if (json.ptr[0] == '[')
        (void)toc_json_next(&reader);
    while ((event = toc_json_next(&reader)) > TOC_JSON_END && event != TOC_JSON_ARRAY_END) {
        toc_rc rc = TOC_OK;
        if (event == TOC_JSON_OBJECT)
            rc = fn(user, &reader, err);
        else
            (void)toc_json_skip(&reader, NULL);
        if (rc && !reader.error)
            return rc;
    }
    return reader.error ? toc__envelope_broken(&reader, err) : TOC_OK;
}

toc_rc toc__members_fetch(toc_session *sess, const toc_call *call, const char *entity,
                          toc_item_fn fn, void *user, toc_error *err)
{
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    toc_str json = {NULL, 0};
    toc_rc rc = toc_session_call(sess, call, &response, err);
    if (!rc)
        rc = toc__envelope_data(response, toc_str_of(entity), &json, err);
    return rc ? rc : each_object(json, fn, user, err);
}

void toc__members_keep(toc_str text, char *out, size_t size)
{
    size_t length = toc_str_utf8_floor(text, size - 1);
    if (length)
        memcpy(out, text.ptr, length);
    out[length] = '\0';
}
