/* record.c - a transport that writes every exchange of another one as a line of JSON. Secrets stay
 * out: the Authorization header, both tokens of a renewal, passwords in bodies. */
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
#include "client/request.h"
#include "client/response.h"

typedef struct recorder {
    toc_transport inner;
    FILE *file;
    toc_buf line;
    toc_buf sunk; /* the body that the caller's sink took */
} recorder;

/* Texts are kept readable where they are text; the reader tells the two by the member's name. */
static void write_body(toc_json_writer *writer, toc_str name, toc_str name64, toc_str body)
{
    toc_buf room TOC_CLEANUP(toc_buf_done) = {0};
    body = toc__body_shown(body, &room);
    if (!body.ptr)
        return;
    if (toc_str_is_utf8(body, NULL)) {
        toc_json_member(writer, name, body);
        return;
    }
    toc_json_key(writer, name64);
    toc_json_raw(writer, TOC_S("\""));
    toc_base64_encode(writer->buf, body.ptr, body.len);
    toc_buf_lit(writer->buf, "\"");
}

static void write_header(toc_json_writer *writer, const toc_header *header)
{
    if (toc__header_is_secret(header->name))
        return;
    toc_json_array(writer);
    toc_json_string(writer, header->name);
    toc_json_string(writer, header->value);
    toc_json_array_end(writer);
}

static void write_request(toc_json_writer *writer, const toc_request *request)
{
    toc_json_kv_str(writer, "method", toc_str_of(request->method));
    toc_json_kv_str(writer, "base", request->base);
    toc_json_kv_str(writer, "target", toc__record_target(request->target));
    toc_json_key(writer, TOC_S("headers"));
    toc_json_array(writer);
    for (size_t i = 0; i < request->header_count; i++)
        write_header(writer, &request->headers[i]);
    toc_json_array_end(writer);
    write_body(writer, TOC_S("body"), TOC_S("body64"), request->body);
}

static void write_answer(toc_json_writer *writer, const toc_response *response, toc_str sunk,
                         bool renewal)
{
    toc_header header;
    toc_json_key(writer, TOC_S("status"));
    toc_json_int(writer, toc_response_status(response));
    toc_json_key(writer, TOC_S("answer_headers"));
    toc_json_array(writer);
    for (size_t i = 0; toc_response_header_at(response, i, &header); i++)
        write_header(writer, &header);
    toc_json_array_end(writer);
    toc_str body = sunk.len ? sunk : toc_response_body(response);
    if (renewal && toc_response_status(response) == 200)
        body = TOC_S(
            "{\"success\":true,\"apiToken\":\"left-out\",\"apiTokenExpires\":\"4102444800\"}");
    write_body(writer, TOC_S("answer"), TOC_S("answer64"), body);
}

static void write_failure(toc_json_writer *writer, toc_rc rc, const toc_error *failure)
{
    toc_json_key(writer, TOC_S("failure"));
    toc_json_string(writer, toc_str_of(toc_error_find(rc)->name));
    toc_json_key(writer, TOC_S("flags"));
    toc_json_int(writer, (int64_t)failure->flags);
    toc_json_kv_str(writer, "message", toc_str_of(failure->message));
}

static toc_rc save(recorder *self, toc_error *err)
{
    toc_rc rc = toc_buf_check(&self->sunk, err);
    if (!rc)
        rc = toc_buf_check(&self->line, err);
    if (rc)
        return rc;
    if (fwrite(self->line.ptr, 1, self->line.len, self->file) != self->line.len ||
        fflush(self->file))
        return toc_error_errno(err, TOC_EIO, errno, "the recording could not be written");
    return TOC_OK;
}

static toc_rc record(void *context, const toc_request *request, toc_response *response,
                     toc_error *err)
{
    recorder *self = context;
    toc_error failure = {0};
    toc_buf_clear(&self->sunk);
    toc__response_copy(response, &self->sunk);
    toc_rc rc = self->inner.perform(self->inner.context, request, response, &failure);
    toc__response_copy(response, NULL);
    toc_buf_clear(&self->line);
    toc_json_writer writer;
    toc_json_writer_init(&writer, &self->line);
    toc_json_object(&writer);
    write_request(&writer, request);
    if (rc)
        write_failure(&writer, rc, &failure);
    else
        write_answer(&writer, response, toc_buf_view(&self->sunk),
                     toc__record_is_renewal(request->target));
    toc_json_object_end(&writer);
    toc_buf_lit(&self->line, "\n");
    toc_rc saved = save(self, rc ? NULL : err);
    if (rc && err)
        *err = failure;
    return rc ? rc : saved;
}

static void close_recorder(void *context)
{
    recorder *self = context;
    if (self->inner.close)
        self->inner.close(self->inner.context);
    (void)fclose(self->file);
    toc_buf_done(&self->line);
    toc_buf_done(&self->sunk);
    toc_mem_free(self);
}

toc_rc toc_transport_record(const toc_transport *inner, const char *path, toc_transport *transport,
                            toc_error *err)
{
    if (!inner || inner->version != 1 || !inner->perform || !path || !transport)
        return toc_error_set(err, TOC_EINVAL, "a recording needs a transport and a path");
    recorder *self = toc_mem_zalloc(1, sizeof(*self));
    if (!self)
        return toc_error_nomem(err);
    self->file = fopen(path, "we");
    if (!self->file) {
        toc_rc rc = toc_error_errno(err, TOC_EIO, errno, "%s", path);
        toc_mem_free(self);
        return rc;
    }
    self->inner = *inner;
    toc_buf_init(&self->sunk, TOC_MAX_RESPONSE);
    toc_buf_init(&self->line, (size_t)TOC_MAX_RESPONSE + TOC_MAX_BATCH_BODY);
    *transport = (toc_transport){.version = 1,
                                 .name = "record",
                                 .perform = record,
                                 .close = close_recorder,
                                 .context = self};
    return TOC_OK;
}
