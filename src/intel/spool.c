/* spool.c - answers through a file. */
#include "intel/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"

#define PATH_MAXIMUM 4096
/* As much of the file is in memory at most. */
#define WINDOW ((size_t)4 * 1024 * 1024)

void toc__spool_init(toc_answer_file *spool)
{
    *spool = (toc_answer_file){.fd = -1};
}

void toc__spool_clear(toc_answer_file *spool)
{
    spool->map = NULL;
    spool->released = 0;
}

static void drop(toc_answer_file *spool)
{
    if (spool->fd >= 0)
        (void)close(spool->fd);
    spool->fd = -1;
    spool->size = 0;
    spool->failed = TOC_OK;
}

void toc__spool_done(toc_answer_file *spool)
{
    toc__spool_clear(spool);
    drop(spool);
}

static toc_rc make_file(toc_answer_file *spool, toc_error *err)
{
    const char *directory = getenv("TMPDIR");
    toc_buf path TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf_init(&path, PATH_MAXIMUM);
    toc_buf_text(&path, directory && *directory ? directory : "/tmp");
    toc_buf_lit(&path, "/tocsin-answer-XXXXXX");
    toc_rc rc = toc_buf_check(&path, err);
    if (rc)
        return rc;
    spool->fd = mkostemp(path.ptr, O_CLOEXEC);
    if (spool->fd < 0)
        return toc_error_errno(err, TOC_EIO, errno, "%s", path.ptr);
    (void)unlink(path.ptr);
    return TOC_OK;
}

static toc_rc fail(toc_answer_file *spool)
{
    spool->problem = errno;
    spool->failed = TOC_EIO;
    return TOC_EIO;
}

/* data NULL: an attempt failed half way, and the answer comes again. */
static toc_rc write_piece(void *user, const void *data, size_t len)
{
    toc_answer_file *spool = user;
    if (!data) {
        spool->size = 0;
        return ftruncate(spool->fd, 0) || lseek(spool->fd, 0, SEEK_SET) < 0 ? fail(spool) : TOC_OK;
    }
    if (!toc_fd_write(spool->fd, data, len))
        return fail(spool);
    spool->size += (int64_t)len;
    return TOC_OK;
}

static toc_rc hand_over(toc_answer_file *spool, toc_response *response, toc_error *err)
{
    int fd = spool->fd;
    int64_t size = spool->size;
    spool->fd = -1;
    toc_response_set_sink(response, NULL, NULL);
    toc_rc rc = toc_response_set_file(response, fd, size, err);
    if (rc || !size)
        return rc;
    spool->map = (char *)(uintptr_t)toc_response_body(response).ptr;
    (void)madvise(spool->map, (size_t)size, MADV_SEQUENTIAL);
    return TOC_OK;
}

toc_rc toc__spool_call(toc_answer_file *spool, toc_session *sess, const toc_call *call,
                       toc_response **response, toc_error *err)
{
    drop(spool);
    toc_rc rc = make_file(spool, err);
    if (rc)
        return rc;
    toc_call sunk = *call;
    sunk.sink = write_piece;
    sunk.sink_user = spool;
    rc = toc_session_call(sess, &sunk, response, err);
    if (rc && spool->failed)
        rc = toc_error_errno(err, TOC_EIO, spool->problem, "the file of an answer");
    if (!rc)
        rc = hand_over(spool, *response, err);
    drop(spool);
    return rc;
}

void toc__spool_passed(toc_answer_file *spool, const char *cursor)
{
    if (!spool->map)
        return;
    size_t passed = (size_t)(cursor - spool->map) & ~(WINDOW - 1);
    if (passed <= spool->released)
        return;
    (void)madvise(spool->map + spool->released, passed - spool->released, MADV_DONTNEED);
    spool->released = passed;
}
