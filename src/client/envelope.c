/* envelope.c - {"status":..,"data":{..}} around every answer (rest-v2 1.7). */
#include "client/envelope.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

/* A message longer than this is cut by the error anyway. */
#define MESSAGE_MEMORY (256U * 1024U)

static const struct {
    int status;
    toc_rc code;
    unsigned flags;
} statuses[] = {
    {401, TOC_EAUTH, 0},
    {403, TOC_EAUTH, 0},
    {404, TOC_ENOTFOUND, 0},
    {429, TOC_EHTTP, TOC_ERROR_RETRYABLE},
    {502, TOC_EHTTP, TOC_ERROR_RETRYABLE},
    {503, TOC_EHTTP, TOC_ERROR_RETRYABLE},
    {504, TOC_EHTTP, TOC_ERROR_RETRYABLE},
};

/* Copies printable text; cut at a character's edge. */
static ptrdiff_t copy_text(toc_str text, char *out, size_t size)
{
    text = toc_str_trim(text);
    if (!toc_str_is_utf8(text, NULL))
        return 0;
    size_t length = toc_str_utf8_floor(text, size - 1);
    for (size_t i = 0; i < length; i++)
        out[i] = (unsigned char)text.ptr[i] < ' ' ? ' ' : text.ptr[i];
    out[length] = '\0';
    return (ptrdiff_t)length;
}

const char *toc__envelope_type(const toc_response *response, char room[TOC_ENVELOPE_TYPE])
{
    toc_str type = toc_response_header(response, "Content-Type");
    return copy_text(type, room, TOC_ENVELOPE_TYPE) > 0 ? room : NULL;
}

toc_rc toc__envelope_is_json(const toc_response *response, toc_error *err)
{
    char room[TOC_ENVELOPE_TYPE];
    toc_str body = toc_str_trim(toc_response_body(response));
    if (body.len && body.ptr[0] == '{')
        return TOC_OK;
    const char *type = toc__envelope_type(response, room);
    toc_rc rc = body.len ? toc_error_set(err, TOC_EPROTO, "JSON was expected, the answer is %s",
                                         type ? type : "of no type")
                         : toc_error_set(err, TOC_EPROTO, "JSON was expected, the answer is empty");
    if (err)
        err->http_status = toc_response_status(response);
    return rc;
}

toc_rc toc__envelope_broken(const toc_json_reader *reader, toc_error *err)
{
    if (toc_json_fail(reader, err) == TOC_ENOMEM)
        return TOC_ENOMEM;
    toc_error_prefix(err, "the answer is broken");
    if (err)
        err->code = TOC_EPROTO;
    return TOC_EPROTO;
}

static bool is_message(toc_str key)
{
    return toc_str_equal(key, TOC_S("message")) || toc_str_equal(key, TOC_S("description"));
}

static ptrdiff_t json_message(toc_str body, char *out, size_t size)
{
    toc_arena arena TOC_CLEANUP(toc_arena_done) = {0};
    toc_arena_init(&arena, MESSAGE_MEMORY);
    toc_json_reader reader;
    toc_json_reader_init(&reader, body.ptr, body.len, &arena);
    if (toc_json_next(&reader) != TOC_JSON_OBJECT)
        return 0;
    while (toc_json_next(&reader) == TOC_JSON_KEY) {
        bool wanted = is_message(reader.text);
        toc_json_event event = toc_json_next(&reader);
        if (wanted && event == TOC_JSON_STRING)
            return copy_text(reader.text, out, size);
        if (event == TOC_JSON_ERROR || !toc_json_skip(&reader, NULL))
            break;
    }
    return reader.error && toc_json_fail(&reader, NULL) == TOC_ENOMEM ? -1 : 0;
}

ptrdiff_t toc__envelope_message(const toc_response *response, char *out, size_t size)
{
    toc_str body = toc_str_trim(toc_response_body(response));
    if (body.len && body.ptr[0] == '{')
        return json_message(body, out, size);
    if (!toc_response_is(response, "text/plain"))
        return 0;
    ptrdiff_t end = toc_str_find_char(body, '\n');
    return copy_text(end < 0 ? body : toc_str_slice(body, 0, (size_t)end), out, size);
}

/* Refusals that ask for nothing (sdk.md 1.10), as they stand in the body. */
static const char *const tolerated[] = {
    "The MD5 for this File is invalid, a File with this MD5 already exists",
    "The SHA-1 for this File is invalid, a File with this SHA-1 already exists",
    "The SHA-256 for this File is invalid, a File with this SHA-256 already exists",
    "The requested resource was not found",
    "Could not find resource for relative",
    "The requested Security Label was not removed - access was denied",
};

static bool is_tolerated(toc_str body)
{
    for (size_t i = 0; i < TOC_COUNT(tolerated); i++) {
        if (toc_str_find(body, toc_str_of(tolerated[i])) >= 0)
            return true;
    }
    return false;
}

static toc_rc fail(const toc_response *response, toc_rc code, unsigned flags, toc_error *err)
{
    if (!err)
        return code;
    char message[400], room[TOC_ENVELOPE_TYPE];
    int status = toc_response_status(response);
    const char *type = toc__envelope_type(response, room);
    ptrdiff_t length = toc__envelope_message(response, message, sizeof(message));
    if (length < 0)
        return toc_error_nomem(err);
    if (length)
        (void)toc_error_set(err, code, "%s (HTTP %d)", message, status);
    else if (type)
        (void)toc_error_set(err, code, "the server answered with HTTP %d and %s", status, type);
    else
        (void)toc_error_set(err, code, "the server answered with HTTP %d", status);
    err->http_status = status;
    err->flags = flags | (is_tolerated(toc_response_body(response)) ? TOC_ERROR_TOLERATED : 0);
    return code;
}

/* Only the host: a path or a user in the address may be a secret. */
static toc_str host_of(toc_str location)
{
    ptrdiff_t scheme = toc_str_find(location, TOC_S("://"));
    size_t start = scheme >= 0                             ? (size_t)scheme + 3
                   : toc_str_starts(location, TOC_S("//")) ? 2
                                                           : location.len;
    toc_str host = toc_str_slice(location, start, location.len);
    size_t end = 0;
    while (end < host.len && !memchr("/?#\\", host.ptr[end], 4))
        end++;
    host.len = end;
    ptrdiff_t at = toc_str_find_char(host, '@');
    return at < 0 ? host : toc_str_slice(host, (size_t)at + 1, host.len);
}

static toc_rc redirected(const toc_response *response, toc_error *err)
{
    char host[128];
    int status = toc_response_status(response);
    toc_str location = host_of(toc_response_header(response, "Location"));
    toc_rc rc =
        copy_text(location, host, sizeof(host)) > 0
            ? toc_error_set(err, TOC_EHTTP,
                            "the server redirects to %s (HTTP %d), which is not followed", host,
                            status)
            : toc_error_set(err, TOC_EHTTP,
                            "the server redirects to another path (HTTP %d), which is not followed",
                            status);
    if (err)
        err->http_status = status;
    return rc;
}

toc_rc toc__envelope_status(const toc_response *response, toc_error *err)
{
    int status = toc_response_status(response);
    if (status >= 200 && status <= 204)
        return TOC_OK;
    if (status >= 300 && status <= 399 && toc_response_header(response, "Location").ptr)
        return redirected(response, err);
    for (size_t i = 0; i < TOC_COUNT(statuses); i++) {
        if (statuses[i].status == status)
            return fail(response, statuses[i].code, statuses[i].flags, err);
    }
    return fail(response, TOC_EHTTP, 0, err);
}

toc_rc toc__envelope_failure(const toc_response *response, toc_error *err)
{
    return fail(response, TOC_EHTTP, 0, err);
}

typedef struct envelope {
    toc_str entity, named, other; /* values found under the entity's name, under another one */
    bool failure;
} envelope;

/* The reader stands behind the key "data". */
static bool read_data(toc_json_reader *reader, envelope *found)
{
    toc_json_event event = toc_json_next(reader);
    if (event != TOC_JSON_OBJECT)
        return event != TOC_JSON_ERROR && toc_json_skip(reader, NULL);
    while ((event = toc_json_next(reader)) == TOC_JSON_KEY) {
        toc_str key = reader->text, raw;
        if (!toc_json_skip(reader, &raw))
            return false;
        if (toc_str_equal(key, found->entity))
            found->named = raw;
        else if (raw.ptr[0] == '{' || raw.ptr[0] == '[')
            found->other = raw;
    }
    return event == TOC_JSON_OBJECT_END;
}

bool toc__envelope_verdict(toc_json_reader *reader, bool *failure)
{
    toc_json_event event = toc_json_next(reader);
    if (event == TOC_JSON_STRING)
        *failure = !toc_str_equal_fold(reader->text, TOC_S("Success"));
    return event != TOC_JSON_ERROR && toc_json_skip(reader, NULL);
}

static bool read_envelope(toc_json_reader *reader, envelope *found)
{
    toc_json_event event = toc_json_next(reader);
    if (event != TOC_JSON_OBJECT)
        return false;
    while ((event = toc_json_next(reader)) == TOC_JSON_KEY) {
        bool good = toc_str_equal(reader->text, TOC_S("data")) ? read_data(reader, found)
                    : toc_str_equal(reader->text, TOC_S("status"))
                        ? toc__envelope_verdict(reader, &found->failure)
                        : toc_json_skip(reader, NULL);
        if (!good)
            return false;
    }
    return event == TOC_JSON_OBJECT_END && toc_json_next(reader) == TOC_JSON_END;
}

toc_rc toc__envelope_done(const toc_response *response, toc_error *err)
{
    toc_str body = toc_response_body(response);
    envelope found = {.failure = false};
    toc_json_reader reader;
    if (toc__envelope_is_json(response, NULL))
        return TOC_OK;
    toc_json_reader_init(&reader, body.ptr, body.len, NULL);
    bool whole = read_envelope(&reader, &found);
    return whole && found.failure ? toc__envelope_failure(response, err) : TOC_OK;
}

toc_rc toc__envelope_data(const toc_response *response, toc_str entity, toc_str *json,
                          toc_error *err)
{
    toc_rc rc = toc__envelope_is_json(response, err);
    if (rc)
        return rc;
    toc_str body = toc_response_body(response);
    envelope found = {.entity = entity};
    toc_json_reader reader;
    toc_json_reader_init(&reader, body.ptr, body.len, NULL);
    if (!read_envelope(&reader, &found))
        return toc__envelope_broken(&reader, err);
    if (found.failure)
        return toc__envelope_failure(response, err);
    toc_str value = found.named.ptr ? found.named : found.other;
    if (!value.ptr)
        return toc_error_set(err, TOC_EPROTO, "the answer has no data.%.*s", TOC_FMT(entity));
    *json = value;
    return TOC_OK;
}
