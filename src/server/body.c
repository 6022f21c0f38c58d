/* body.c - gathers a request body: short ones in memory, long ones in an unlinked file. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "server/limits.h"
#include "server/server.h"

void toc__body_init(toc_body *body)
{
    *body = (toc_body){.fd = -1, .maximum = TOC_MAX_STRANGER_BODY};
    toc_buf_init(&body->memory, TOC_SERVER_BODY_MEMORY);
}

void toc__body_clear(toc_body *body)
{
    if (body->map)
        (void)munmap(body->map, body->len);
    body->map = NULL;
    if (body->fd >= 0)
        (void)close(body->fd);
    body->fd = -1;
    body->len = 0;
    body->maximum = TOC_MAX_STRANGER_BODY;
    if (body->memory.size > TOC_SERVER_KEEP) {
        toc_buf_done(&body->memory);
        toc_buf_init(&body->memory, TOC_SERVER_BODY_MEMORY);
    } else {
        toc_buf_clear(&body->memory);
    }
}

void toc__body_done(toc_body *body)
{
    toc__body_clear(body);
    toc_buf_done(&body->memory);
}

static toc_rc open_file(toc_body *body, toc_error *err)
{
    const char *dir = getenv("TMPDIR");
    if (!dir || !*dir)
        dir = "/tmp";
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) {
        /* Not every file system can make a file without a name. */
        char path[4096];
        int len = snprintf(path, sizeof(path), "%s/tocsin-XXXXXX", dir);
        if (len < 0 || (size_t)len >= sizeof(path))
            return toc_error_set(err, TOC_EIO, "the name of the temporary directory is too long");
        fd = mkostemp(path, O_CLOEXEC);
        if (fd < 0)
            return toc_error_errno(err, TOC_EIO, errno, "a file for the request body in %s", dir);
        (void)unlink(path);
    }
    body->fd = fd;
    return TOC_OK;
}

static toc_rc write_all(int fd, const char *data, size_t len, toc_error *err)
{
    return toc_fd_write(fd, data, len)
               ? TOC_OK
               : toc_error_errno(err, TOC_EIO, errno, "the file of the request body");
}

toc_rc toc__body_begin(toc_body *body, size_t expected, toc_error *err)
{
    return expected > TOC_SERVER_BODY_MEMORY ? open_file(body, err) : TOC_OK;
}

static toc_rc move_to_file(toc_body *body, toc_error *err)
{
    toc_rc rc = open_file(body, err);
    if (!rc)
        rc = write_all(body->fd, body->memory.ptr, body->memory.len, err);
    toc_buf_clear(&body->memory);
    return rc;
}

toc_rc toc__body_add(toc_body *body, const void *data, size_t len, toc_error *err)
{
    toc_rc rc = TOC_OK;
    if (len > body->maximum - body->len)
        return toc_error_set(err, TOC_ELIMIT, "the request body is too large");
    if (body->fd < 0 && len >= TOC_SERVER_BODY_MEMORY - body->len)
        rc = move_to_file(body, err);
    if (rc)
        return rc;
    if (body->fd >= 0) {
        rc = write_all(body->fd, data, len, err);
    } else {
        toc_buf_append(&body->memory, data, len);
        rc = toc_buf_check(&body->memory, err);
    }
    if (!rc)
        body->len += len;
    return rc;
}

toc_rc toc__body_view(toc_body *body, toc_str *view, toc_error *err)
{
    if (!body->len) {
        *view = (toc_str){NULL, 0};
        return TOC_OK;
    }
    if (body->fd < 0) {
        *view = toc_buf_view(&body->memory);
        return TOC_OK;
    }
    void *map = mmap(NULL, body->len, PROT_READ, MAP_PRIVATE, body->fd, 0);
    if (map == MAP_FAILED)
        return toc_error_nomem(err);
    body->map = map;
    (void)madvise(map, body->len, MADV_SEQUENTIAL);
    *view = (toc_str){map, body->len};
    return TOC_OK;
}
