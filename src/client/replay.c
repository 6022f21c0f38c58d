/* replay.c - a transport that answers from a recording, in order. */
#include "tocsin/transport.h"

#include <errno.h>
#include <stdio.h>

#include "base/codec.h"
#include "base/error.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/record.h"

typedef struct replayer {
    toc_buf file;
    toc_str rest;
    uint64_t line;
    toc_arena arena; /* of the current line */
} replayer;

typedef struct exchange {
    toc_str method, target, answer, answer64, failure, message, status, flags;
} exchange;

static const struct {
    const char *key;
    size_t offset;
} members[] = {
    {"method", offsetof(exchange, method)},   {"target", offsetof(exchange, target)},
    {"answer", offsetof(exchange, answer)},   {"answer64", offsetof(exchange, answer64)},
    {"failure", offsetof(exchange, failure)}, {"message", offsetof(exchange, message)},
    {"status", offsetof(exchange, status)},   {"flags", offsetof(exchange, flags)},
};

static toc_rc broken(const replayer *self, toc_error *err)
{
    toc_rc rc = toc_error_set(err, TOC_EPARSE, "line %llu of the recording is broken",
                              (unsigned long long)self->line);
    if (err)
        err->line = self->line;
    return rc;
}

static toc_str *slot_of(exchange *found, toc_str key)
{
    for (size_t i = 0; i < TOC_COUNT(members); i++) {
        if (toc_str_equal(key, toc_str_of(members[i].key)))
            return (toc_str *)(void *)((char *)found + members[i].offset);
    }
    return NULL;
}

static bool read_pair(toc_json_reader *reader, toc_response *response)
{
    if (toc_json_next(reader) != TOC_JSON_STRING)
        return false;
    toc_str name = reader->text;
    if (toc_json_next(reader) != TOC_JSON_STRING)
        return false;
    return !toc_response_add_header(response, name, reader->text) &&
           toc_json_next(reader) == TOC_JSON_ARRAY_END;
}

static bool read_headers(toc_json_reader *reader, toc_response *response)
{
    if (toc_json_next(reader) != TOC_JSON_ARRAY)
        return false;
    toc_json_event event;
    while ((event = toc_json_next(reader)) == TOC_JSON_ARRAY) {
        if (!read_pair(reader, response))
            return false;
    }
    return event == TOC_JSON_ARRAY_END;
}

static bool read_member(toc_json_reader *reader, exchange *found, toc_response *response)
{
    if (toc_str_equal(reader->text, TOC_S("answer_headers")))
        return read_headers(reader, response);
    toc_str *slot = slot_of(found, reader->text);
    if (!slot)
        return toc_json_skip(reader, NULL);
    toc_json_event event = toc_json_next(reader);
    *slot = reader->text;
    return event == TOC_JSON_STRING || event == TOC_JSON_NUMBER;
}

static bool read_line(replayer *self, toc_str line, exchange *found, toc_response *response)
{
    toc_json_reader reader;
    toc_arena_clear(&self->arena);
    toc_json_reader_init(&reader, line.ptr, line.len, &self->arena);
    if (toc_json_next(&reader) != TOC_JSON_OBJECT)
        return false;
    toc_json_event event;
    while ((event = toc_json_next(&reader)) == TOC_JSON_KEY) {
        if (!read_member(&reader, found, response))
            return false;
    }
    return event == TOC_JSON_OBJECT_END;
}

static toc_rc replay_failure(const replayer *self, const exchange *found, toc_error *err)
{
    size_t count;
    int64_t flags = 0;
    (void)toc_str_to_int(found->flags, &flags);
    const toc_error_info *list = toc_error_list(&count);
    for (size_t i = 1; i < count; i++) {
        if (!toc_str_equal(found->failure, toc_str_of(list[i].name)))
            continue;
        (void)toc_error_set(err, list[i].code, "%.*s", TOC_FMT(found->message));
        if (err)
            err->flags = (unsigned)flags;
        return list[i].code;
    }
    return broken(self, err);
}

static toc_rc replay_answer(replayer *self, const exchange *found, toc_response *response,
                            toc_error *err)
{
    int64_t status = 0;
    if (!toc_str_to_int(found->status, &status) || status < 100 || status > 999)
        return broken(self, err);
    toc_response_set_status(response, (int)status);
    toc_str body = found->answer;
    if (found->answer64.ptr) {
        size_t length = found->answer64.len;
        char *bytes = toc_arena_alloc(&self->arena, length + 1);
        if (!bytes)
            return toc_error_nomem(err);
        if (!toc_base64_decode(found->answer64, bytes, &length))
            return broken(self, err);
        body = (toc_str){bytes, length};
    }
    toc_rc rc = toc_response_append(response, body.ptr, body.len);
    return rc ? toc_error_set(err, rc, "the recorded answer is too long") : TOC_OK;
}

static toc_rc replay(void *context, const toc_request *request, toc_response *response,
                     toc_error *err)
{
    replayer *self = context;
    toc_str line;
    do {
        if (!toc_str_cut(&self->rest, '\n', &line))
            return toc_error_set(err, TOC_ENOTFOUND, "the recording holds no answer to %s %.*s",
                                 request->method, TOC_FMT(toc__record_target(request->target)));
        self->line++;
    } while (!toc_str_trim(line).len);
    exchange found = {0};
    if (!read_line(self, line, &found, response))
        return broken(self, err);
    if (!toc_str_equal(found.method, toc_str_of(request->method)) ||
        !toc_str_equal(found.target, toc__record_target(request->target)))
        return toc_error_set(err, TOC_ECONFLICT,
                             "the recording goes on with %.*s %.*s, not %s %.*s",
                             TOC_FMT(found.method), TOC_FMT(found.target), request->method,
                             TOC_FMT(toc__record_target(request->target)));
    return found.failure.ptr ? replay_failure(self, &found, err)
                             : replay_answer(self, &found, response, err);
}

static void close_replayer(void *context)
{
    replayer *self = context;
    toc_arena_done(&self->arena);
    toc_buf_done(&self->file);
    toc_mem_free(self);
}

static toc_rc load(replayer *self, const char *path, toc_error *err)
{
    FILE *file TOC_AUTOFCLOSE = fopen(path, "re");
    if (!file)
        return toc_error_errno(err, errno == ENOENT ? TOC_ENOTFOUND : TOC_EIO, errno, "%s", path);
    char block[16384];
    size_t length;
    while ((length = fread(block, 1, sizeof(block), file)) > 0)
        toc_buf_append(&self->file, block, length);
    if (ferror(file))
        return toc_error_errno(err, TOC_EIO, errno, "%s", path);
    self->rest = toc_buf_view(&self->file);
    return toc_buf_check(&self->file, err);
}

toc_rc toc_transport_replay(const char *path, toc_transport *transport, toc_error *err)
{
    if (!path || !transport)
        return toc_error_set(err, TOC_EINVAL, "a replay needs a path");
    replayer *self = toc_mem_zalloc(1, sizeof(*self));
    if (!self)
        return toc_error_nomem(err);
    toc_buf_init(&self->file, (size_t)TOC_MAX_RESPONSE * 2);
    toc_arena_init(&self->arena, 0);
    toc_rc rc = load(self, path, err);
    if (rc) {
        close_replayer(self);
        return rc;
    }
    *transport = (toc_transport){.version = 1,
                                 .name = "replay",
                                 .perform = replay,
                                 .close = close_replayer,
                                 .context = self};
    return TOC_OK;
}
