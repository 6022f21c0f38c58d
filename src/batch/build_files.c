/* build_files.c - attachments: only where their content is stands in the spool. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "batch/batch.h"

#define BLOCK ((size_t)256 * 1024)

typedef toc_rc (*read_fn)(void *user, toc_str xid, toc_str *content, toc_error *err);

/* In the spool in front of xid, name and path (with its NUL). */
typedef struct record {
    uint32_t xid_len, name_len, path_len;
    bool report;
    char none[3];         /* written as it is, so without holes */
    uint64_t offset, len; /* in the content file, when there is neither path nor read */
    read_fn read;
    void *user;
} record;

static toc_rc keep_content(toc_batch *batch, toc_str data, toc_error *err)
{
    toc_rc rc = toc_spool_own(batch->files.owner, err);
    if (rc)
        return rc;
    rc = toc_spool_write_at(batch->content_fd, data.ptr, data.len, batch->content_bytes, err);
    if (!rc)
        batch->content_bytes += data.len;
    return rc;
}

static toc_rc check_source(const char *type, toc_str xid, const toc_batch_content *content,
                           toc_error *err)
{
    toc_str word = toc_str_of(type ? type : "");
    if (!toc_str_equal(word, TOC_S("Document")) && !toc_str_equal(word, TOC_S("Report")))
        return toc_error_field(err, TOC_EINVAL, "type", "only a Document or a Report has content");
    if (!xid.len)
        return toc_error_field(err, TOC_EINVAL, "xid", "the content belongs to no xid");
    int sources = !!content->data.ptr + !!content->path + !!content->read;
    if (sources != 1 || (content->path && !*content->path))
        return toc_error_field(err, TOC_EINVAL, "content",
                               "content is given as data, as a path or by a function");
    return TOC_OK;
}

toc_rc toc_batch_attach(toc_batch *batch, const char *type, toc_str xid, toc_str file_name,
                        const toc_batch_content *content, uint64_t line, toc_error *err)
{
    bool known = false;
    if (!batch || !content)
        return toc_error_set(err, TOC_EINVAL, "no batch or no content");
    if (batch->removal)
        return toc_error_set(err, TOC_EUNSUPPORTED, "a batch that deletes sends no content");
    toc_rc rc = check_source(type, xid, content, err);
    uint64_t hash = toc_seen_hash(&batch->seen, TOC_KIND_COUNT, xid);
    if (!rc)
        rc = toc_seen_find(&batch->seen, hash, &known, err);
    if (rc || known)
        return rc;
    toc_str path = toc_str_of(content->path ? content->path : "");
    record head = {.xid_len = (uint32_t)xid.len,
                   .name_len = (uint32_t)file_name.len,
                   .path_len = (uint32_t)path.len,
                   .report = type[0] == 'R',
                   .offset = batch->content_bytes,
                   .len = content->data.len,
                   .read = content->read,
                   .user = content->user};
    rc = keep_content(batch, content->data, err);
    if (rc)
        return rc;
    toc_buf *out = toc_spool_begin(&batch->files);
    toc_buf_append(out, &head, sizeof head);
    toc_buf_str(out, xid);
    toc_buf_str(out, file_name);
    toc_buf_append(out, path.ptr, path.len + 1);
    rc = toc_spool_end(&batch->files, line, (toc_str){NULL, 0}, err);
    if (!rc)
        toc_seen_mark(&batch->seen, hash);
    return rc;
}

uint64_t toc__batch_files_left(const toc_batch *batch)
{
    return batch->files.count - batch->files.acked_count;
}

/* Behind the others, for a later call. */
static toc_rc put_off(toc_batch *batch, const toc_spool_item *item, toc_error *err)
{
    toc_buf_str(toc_spool_begin(&batch->files), item->json);
    return toc_spool_end(&batch->files, item->line, (toc_str){NULL, 0}, err);
}

toc_rc toc__batch_files_each(toc_batch *batch, toc_batch_file_fn visit, void *user, toc_error *err)
{
    toc_spool_cursor cursor;
    toc_spool_item item;
    toc_rc rc = toc_spool_flush(&batch->files, err);
    if (rc)
        return rc;
    uint64_t end = batch->files.written;
    toc_spool_cursor_init(&cursor, &batch->files, batch->files.acked);
    while (!rc && cursor.offset < end && (rc = toc_spool_next(&cursor, &item, err)) > 0) {
        record head;
        memcpy(&head, item.json.ptr, sizeof head);
        const char *texts = item.json.ptr + sizeof head;
        toc_batch_file file = {
            .line = item.line,
            .xid = {texts, head.xid_len},
            .type = toc_str_of(head.report ? "Report" : "Document"),
            .name = {head.name_len ? texts + head.xid_len : NULL, head.name_len},
            .source = item.json,
        };
        rc = visit(user, &file, err);
        if (rc == TOC_BATCH_FILE_LATER)
            rc = put_off(batch, &item, err);
        if (!rc) {
            batch->files.acked = cursor.offset;
            batch->files.acked_count++;
        }
    }
    toc_spool_cursor_done(&cursor);
    return rc;
}

/* len bytes from the offset, fewer at the end. */
static toc_rc read_stretch(int fd, uint64_t offset, uint64_t len, toc_buf *content, toc_error *err)
{
    while (len) {
        size_t want = len < BLOCK ? (size_t)len : BLOCK;
        if (!toc_buf_reserve(content, want))
            return content->failed == TOC_ENOMEM
                       ? toc_error_nomem(err)
                       : toc_error_set(err, TOC_ELIMIT, "the content is larger than allowed");
        ssize_t n = pread(fd, content->ptr + content->len, want, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return toc_error_errno(err, TOC_EIO, errno, "content");
        if (!n)
            break;
        content->len += (size_t)n;
        offset += (uint64_t)n;
        len -= (uint64_t)n;
    }
    return TOC_OK;
}

static toc_rc read_path(const char *path, toc_buf *content, toc_error *err)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return toc_error_errno(err, TOC_EIO, errno, "%s", path);
    toc_rc rc = TOC_OK;
    if (fstat(fd, &status) || !S_ISREG(status.st_mode))
        rc = toc_error_set(err, TOC_EIO, "%s is not a file", path);
    else if ((uint64_t)status.st_size > content->maximum)
        rc = toc_error_set(err, TOC_ELIMIT, "%s is larger than %zu bytes", path, content->maximum);
    if (!rc)
        rc = read_stretch(fd, 0, (uint64_t)status.st_size, content, err);
    (void)close(fd);
    return rc;
}

static const char *path_of(const toc_batch_file *file, const record *head)
{
    return file->source.ptr + sizeof *head + head->xid_len + head->name_len;
}

bool toc__batch_file_gone(const toc_batch_file *file)
{
    record head;
    memcpy(&head, file->source.ptr, sizeof head);
    return head.path_len && access(path_of(file, &head), F_OK) && errno == ENOENT;
}

toc_rc toc__batch_file_read(toc_batch *batch, const toc_batch_file *file, toc_buf *content,
                            toc_error *err)
{
    record head;
    memcpy(&head, file->source.ptr, sizeof head);
    if (head.path_len)
        return read_path(path_of(file, &head), content, err);
    if (!head.read)
        return read_stretch(batch->content_fd, head.offset, head.len, content, err);
    toc_str text = {NULL, 0};
    toc_rc rc = head.read(head.user, file->xid, &text, err);
    if (rc)
        return rc;
    toc_buf_str(content, text);
    return toc_buf_check(content, err);
}
