/* response.c - an answer: status, headers, body in memory, in a file, or handed on as it comes. */
#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/response.h"

struct toc_response {
    atomic_uint holders; /* beside the first */
    int status;
    size_t header_count;
    toc_header headers[TOC_MAX_HEADERS];
    toc_arena arena; /* header texts */
    toc_buf body;
    int fd; /* the body when it is a file; -1: none */
    int64_t file_size;
    void *map;
    toc_sink_fn sink;
    void *sink_user;
    bool sunk;     /* something of this answer */
    toc_buf *copy; /* of what was sunk; NULL: none */
};

/* A piece that a sink is given of a file. */
#define PIECE ((size_t)1024 * 1024)

toc_rc toc_response_new(toc_response **response, toc_error *err)
{
    toc_response *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    toc_arena_init(&made->arena, (size_t)TOC_MAX_HEADERS * TOC_MAX_HEADER_VALUE);
    toc_buf_init(&made->body, TOC_MAX_RESPONSE);
    made->fd = -1;
    *response = made;
    return TOC_OK;
}

static void drop_file(toc_response *response)
{
    if (response->map)
        (void)munmap(response->map, (size_t)response->file_size);
    response->map = NULL;
    if (response->fd >= 0)
        (void)close(response->fd);
    response->fd = -1;
    response->file_size = 0;
}

void toc_response_free(toc_response *response)
{
    if (!response || atomic_fetch_sub(&response->holders, 1) > 0)
        return;
    drop_file(response);
    toc_arena_done(&response->arena);
    toc_buf_done(&response->body);
    toc_mem_free(response);
}

toc_response *toc__response_hold(toc_response *response)
{
    (void)atomic_fetch_add(&response->holders, 1);
    return response;
}

void toc_response_clear(toc_response *response)
{
    response->status = 0;
    response->header_count = 0;
    toc_arena_clear(&response->arena);
    toc_buf_clear(&response->body);
    drop_file(response);
    if (response->sunk && response->sink)
        (void)response->sink(response->sink_user, NULL, 0);
    if (response->copy)
        toc_buf_clear(response->copy);
    response->sunk = false;
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

void toc__response_wipe(toc_response *response)
{
    if (response->body.ptr)
        toc_mem_wipe(response->body.ptr, response->body.size);
}

void toc__response_copy(toc_response *response, toc_buf *copy)
{
    response->copy = copy;
}

void toc_response_set_sink(toc_response *response, toc_sink_fn fn, void *user)
{
    response->sink = fn;
    response->sink_user = user;
    response->sunk = false;
}

static bool sinks(const toc_response *response)
{
    return response->sink && response->status >= 200 && response->status <= 299;
}

static toc_rc sink_piece(toc_response *response, const void *data, size_t len)
{
    response->sunk = true;
    if (response->copy)
        toc_buf_append(response->copy, data, len);
    return response->sink(response->sink_user, data, len);
}

/* The mapping is let go of behind the pieces: they would count as memory in use. */
static toc_rc sink_map(toc_response *response)
{
    size_t size = (size_t)response->file_size;
    char *bytes = response->map;
    toc_rc rc = TOC_OK;
    (void)madvise(bytes, size, MADV_SEQUENTIAL);
    for (size_t at = 0; !rc && at < size; at += PIECE) {
        size_t len = size - at < PIECE ? size - at : PIECE;
        rc = sink_piece(response, bytes + at, len);
        (void)madvise(bytes + at, len, MADV_DONTNEED);
    }
    drop_file(response);
    return rc;
}

toc_rc toc_response_set_file(toc_response *response, int fd, int64_t size, toc_error *err)
{
    drop_file(response);
    toc_buf_clear(&response->body);
    response->fd = fd;
    response->file_size = size;
    if (size <= 0)
        return TOC_OK;
    if ((uint64_t)size > PTRDIFF_MAX) {
        drop_file(response);
        return toc_error_set(err, TOC_ELIMIT, "a file of %lld bytes is too long", (long long)size);
    }
    void *map = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED) {
        toc_rc rc = toc_error_errno(err, TOC_EIO, errno, "the file of an answer");
        drop_file(response);
        return rc;
    }
    response->map = map;
    if (!sinks(response))
        return TOC_OK;
    toc_rc rc = sink_map(response);
    return rc ? toc_error_set(err, rc, "the body of the answer could not be handed on") : TOC_OK;
}

int toc_response_take_file(toc_response *response, int64_t *size)
{
    int fd = response->fd;
    if (fd < 0)
        return -1;
    *size = response->file_size;
    response->fd = -1;
    drop_file(response);
    return fd;
}

toc_rc toc_response_append(toc_response *response, const void *data, size_t len)
{
    if (len && sinks(response))
        return sink_piece(response, data, len);
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
    if (response->map)
        return (toc_str){response->map, (size_t)response->file_size};
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
