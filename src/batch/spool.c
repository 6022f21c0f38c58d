#include "batch/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"

/* Large enough that the system call is lost in the copying, small enough to stay in cache. */
#define SPOOL_BLOCK (512u * 1024u)
#define SPOOL_ROOM (SPOOL_BLOCK + 2u * TOC_MAX_ITEM + 4096u)

/* Where a file cannot be made without a name. */
static toc_rc make_named(const char *dir, int *fd, toc_error *err)
{
    static const char pattern[] = "/tocsin-spool-XXXXXX";
    TOC_CLEANUP(toc_buf_done) toc_buf path = {.maximum = 4096};
    toc_buf_text(&path, dir);
    toc_buf_append(&path, pattern, sizeof pattern - 1);
    toc_rc rc = toc_buf_check(&path, err);
    if (rc)
        return rc;
    int made = mkostemp(path.ptr, O_CLOEXEC);
    if (made < 0)
        return toc_error_errno(err, TOC_EIO, errno, "spool directory %s", dir);
    (void)unlink(path.ptr);
    *fd = made;
    return TOC_OK;
}

toc_rc toc_spool_file(const char *dir, int *fd, toc_error *err)
{
    if (!dir)
        dir = getenv("TMPDIR");
    if (!dir || !*dir)
        dir = "/tmp";
    int made = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (made < 0)
        return make_named(dir, fd, err);
    *fd = made;
    return TOC_OK;
}

toc_rc toc_spool_write_at(int fd, const void *data, size_t len, uint64_t offset, toc_error *err)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = pwrite(fd, (const char *)data + done, len - done, (off_t)(offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return toc_error_errno(err, TOC_EIO, errno, "batch spool");
        done += (size_t)n;
    }
    return TOC_OK;
}

toc_rc toc_spool_own(pid_t owner, toc_error *err)
{
    return owner == getpid()
               ? TOC_OK
               : toc_error_set(err, TOC_ECONFLICT, "the batch belongs to the process that made it");
}

toc_rc toc_spool_create(toc_spool *spool, const char *dir, toc_error *err)
{
    *spool = (toc_spool){.fd = -1, .owner = getpid()};
    toc_buf_init(&spool->tail, SPOOL_ROOM);
    return toc_spool_file(dir, &spool->fd, err);
}

void toc_spool_done(toc_spool *spool)
{
    if (spool->fd >= 0)
        (void)close(spool->fd);
    toc_buf_done(&spool->tail);
    *spool = (toc_spool){.fd = -1};
}

toc_buf *toc_spool_begin(toc_spool *spool)
{
    static const toc_spool_head empty;
    spool->item = spool->tail.len;
    toc_buf_append(&spool->tail, &empty, sizeof empty);
    return &spool->tail;
}

void toc_spool_drop(toc_spool *spool)
{
    spool->tail.len = spool->item;
    spool->tail.failed = TOC_OK;
}

static size_t item_len(const toc_spool *spool)
{
    return spool->tail.len - spool->item - sizeof(toc_spool_head);
}

toc_rc toc_spool_fits(toc_spool *spool, toc_str origin, toc_error *err)
{
    toc_rc rc = toc_buf_check(&spool->tail, err);
    if (!rc && item_len(spool) > TOC_MAX_ITEM)
        rc = toc_error_set(err, TOC_ELIMIT, "an item of %zu bytes is over the limit of %u",
                           item_len(spool), TOC_MAX_ITEM);
    else if (!rc && origin.len > TOC_MAX_ITEM)
        rc = toc_error_set(err, TOC_ELIMIT, "a record of %zu bytes is over the limit of %u",
                           origin.len, TOC_MAX_ITEM);
    if (rc)
        toc_spool_drop(spool);
    return rc;
}

toc_rc toc_spool_end(toc_spool *spool, uint64_t line, toc_str origin, toc_error *err)
{
    size_t len = item_len(spool);
    toc_rc rc = toc_spool_fits(spool, origin, err);
    if (rc)
        return rc;
    toc_buf_str(&spool->tail, origin);
    rc = toc_buf_check(&spool->tail, err);
    if (rc) {
        toc_spool_drop(spool);
        return rc;
    }
    toc_spool_head head = {.len = (uint32_t)len, .origin = (uint32_t)origin.len, .line = line};
    memcpy(spool->tail.ptr + spool->item, &head, sizeof head);
    if (spool->tail.len >= SPOOL_BLOCK)
        rc = toc_spool_flush(spool, err);
    if (rc)
        toc_spool_drop(spool);
    else
        spool->count++;
    return rc;
}

toc_rc toc_spool_flush(toc_spool *spool, toc_error *err)
{
    toc_rc rc = toc_spool_own(spool->owner, err);
    if (rc)
        return rc;
    rc = toc_spool_write_at(spool->fd, spool->tail.ptr, spool->tail.len, spool->written, err);
    if (rc)
        return rc;
    spool->written += spool->tail.len;
    toc_buf_clear(&spool->tail);
    return TOC_OK;
}

void toc_spool_cursor_init(toc_spool_cursor *cursor, const toc_spool *spool, uint64_t offset)
{
    *cursor = (toc_spool_cursor){.spool = spool, .offset = offset};
    toc_buf_init(&cursor->block, SPOOL_ROOM);
}

void toc_spool_cursor_seek(toc_spool_cursor *cursor, uint64_t offset)
{
    uint64_t start = cursor->offset - cursor->used;
    if (offset >= start && offset - start <= cursor->block.len) {
        cursor->used = (size_t)(offset - start);
    } else {
        cursor->block.len = 0;
        cursor->used = 0;
    }
    cursor->offset = offset;
}

void toc_spool_cursor_done(toc_spool_cursor *cursor)
{
    toc_buf_done(&cursor->block);
}

/* Reads on until the block holds `need` bytes behind `used`. */
static toc_rc cursor_fill(toc_spool_cursor *cursor, size_t need, toc_error *err)
{
    toc_buf *block = &cursor->block;
    memmove(block->ptr, block->ptr + cursor->used, block->len - cursor->used);
    block->len -= cursor->used;
    cursor->used = 0;
    size_t want = need > SPOOL_BLOCK ? need : SPOOL_BLOCK;
    if (!toc_buf_reserve(block, want - block->len))
        return toc_error_nomem(err);
    while (block->len < need) {
        ssize_t n = pread(cursor->spool->fd, block->ptr + block->len, want - block->len,
                          (off_t)(cursor->offset + block->len));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return toc_error_errno(err, TOC_EIO, errno, "batch spool");
        if (!n)
            return toc_error_set(err, TOC_EIO, "the batch spool is shorter than it was");
        block->len += (size_t)n;
    }
    return TOC_OK;
}

static toc_rc cursor_need(toc_spool_cursor *cursor, size_t need, toc_error *err)
{
    if (!cursor->block.ptr && !toc_buf_reserve(&cursor->block, SPOOL_BLOCK))
        return toc_error_nomem(err);
    return cursor->block.len - cursor->used >= need ? TOC_OK : cursor_fill(cursor, need, err);
}

int toc_spool_next(toc_spool_cursor *cursor, toc_spool_item *item, toc_error *err)
{
    if (cursor->offset >= cursor->spool->written)
        return 0;
    toc_spool_head head;
    toc_rc rc = cursor_need(cursor, sizeof head, err);
    if (rc)
        return rc;
    memcpy(&head, cursor->block.ptr + cursor->used, sizeof head);
    size_t size = sizeof head + head.len + head.origin;
    rc = cursor_need(cursor, size, err);
    if (rc)
        return rc;
    const char *json = cursor->block.ptr + cursor->used + sizeof head;
    *item = (toc_spool_item){head.line, {json, head.len}, {json + head.len, head.origin}};
    cursor->used += size;
    cursor->offset += size;
    return 1;
}
