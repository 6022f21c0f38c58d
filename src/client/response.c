/* response.c - an answer in memory: status, headers, body. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "tocsin/transport.h"

struct toc_response {
    int status;
    size_t header_count;
    toc_header headers[TOC_MAX_HEADERS];
    toc_arena arena; /* header texts */
    toc_buf body;
};

toc_rc toc_response_new(toc_response **response, toc_error *err)
{
    toc_response *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    toc_arena_init(&made->arena, (size_t)TOC_MAX_HEADERS * TOC_MAX_HEADER_VALUE);
    toc_buf_init(&made->body, TOC_MAX_RESPONSE);
    *response = made;
    return TOC_OK;
}

void toc_response_free(toc_response *response)
{
    if (!response)
        return;
    toc_arena_done(&response->arena);
    toc_buf_done(&response->body);
    toc_mem_free(response);
}

void toc_response_clear(toc_response *response)
{
    response->status = 0;
    response->header_count = 0;
    toc_arena_clear(&response->arena);
    toc_buf_clear(&response->body);
}

void toc_response_set_status(toc_response *response, int status)
{
    response->status = status;
}

toc_rc toc_response_add_header(toc_response *response, toc_str name, toc_str value)
{
    if (response->header_count == TOC_MAX_HEADERS || value.len > TOC_MAX_HEADER_VALUE)
        return TOC_ELIMIT;
    toc_header header = {toc_arena_str(&response->arena, name),
                         toc_arena_str(&response->arena, value)};
    if (!header.name.ptr || !header.value.ptr)
        return TOC_ENOMEM;
    response->headers[response->header_count++] = header;
    return TOC_OK;
}

toc_rc toc_response_append(toc_response *response, const void *data, size_t len)
{
    if (len)
        toc_buf_append(&response->body, data, len);
    return response->body.failed;
}

int toc_response_status(const toc_response *response)
{
    return response->status;
}

toc_str toc_response_header(const toc_response *response, const char *name)
{
    toc_str wanted = toc_str_of(name);
    for (size_t i = 0; i < response->header_count; i++) {
        if (toc_str_equal_fold(response->headers[i].name, wanted))
            return response->headers[i].value;
    }
    return (toc_str){NULL, 0};
}

bool toc_response_header_at(const toc_response *response, size_t index, toc_header *header)
{
    if (index >= response->header_count)
        return false;
    *header = response->headers[index];
    return true;
}

toc_str toc_response_body(const toc_response *response)
{
    return toc_buf_view(&response->body);
}

bool toc_response_is(const toc_response *response, const char *media_type)
{
    toc_str value = toc_response_header(response, "Content-Type");
    ptrdiff_t end = toc_str_find_char(value, ';');
    if (end >= 0)
        value = toc_str_slice(value, 0, (size_t)end);
    return toc_str_equal_fold(toc_str_trim(value), toc_str_of(media_type));
}
