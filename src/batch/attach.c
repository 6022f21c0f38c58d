/* attach.c - content of documents and reports, uploaded once their groups are there (batch.md
 * 10.9, 11). */
#include <string.h>

#include "base/codec.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch/send.h"
#include "client/session.h"

typedef struct uploads {
    toc_batch *batch;
    toc_session *sess;
    const toc_batch_callbacks *callbacks;
    toc_batch_status *status;
} uploads;

/* Servers say in two ways that there is content already (rest-v2 9 row 15). */
static bool exists(const toc_error *failure)
{
    return failure->http_status == 401 ||
           (failure->http_status == 400 &&
            toc_str_find(toc_str_of(failure->message), TOC_S("exists")) >= 0);
}

static toc_rc upload(const uploads *self, const toc_batch_file *file, toc_str content,
                     toc_error *err)
{
    static const toc_header update = {{"updateIfExists", 14}, {"true", 4}};
    toc_buf path TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf_init(&path, TOC_MAX_TARGET);
    bool report = toc_str_equal_fold(file->type, TOC_S("Report"));
    toc_buf_printf(&path, "/v2/groups/%s/", report ? "reports" : "documents");
    toc_url_encode_path(&path, file->xid);
    toc_buf_lit(&path, "/upload");
    toc_rc rc = toc_buf_check(&path, err);
    toc_call call = {.path = path.ptr,
                     .query = &update,
                     .query_count = 1,
                     .owner = self->batch->owner,
                     .content_type = "application/octet-stream",
                     .body = content.len ? content : (toc_str){"", 0},
                     .bare = true};
    static const char *const methods[] = {"POST", "PUT"};
    for (size_t i = 0; !rc && i < TOC_COUNT(methods); i++) {
        toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
        call.method = methods[i];
        rc = toc_session_call(self->sess, &call, &response, err);
        if (!rc)
            break;
        if (!i && exists(err))
            rc = TOC_OK;
    }
    return toc__batch_fail(self->batch, TOC_NUMBER_FILE, TOC_NUMBER_FILE_STATUS, rc, err);
}

static toc_rc tell(const uploads *self, const toc_batch_upload *result, toc_error *err)
{
    const toc_batch_callbacks *callbacks = self->callbacks;
    if (!callbacks || !callbacks->file || callbacks->file(callbacks->user, result) >= 0)
        return TOC_OK;
    return toc_error_set(err, TOC_ECANCELED, "stopped by the file callback");
}

/* A failure of the caller's content is one of the file, whatever its code. */
static bool halts(const uploads *self, toc_rc rc, bool unread)
{
    if (rc == TOC_ECANCELED || rc == TOC_ENOMEM)
        return true;
    return toc__batch_halts(self->batch, TOC_HALT_FILE, self->callbacks, unread ? TOC_ENET : rc);
}

/* What tells content from another. */
static toc_rc identify(toc_str content, toc_journal_entry *entry)
{
    char digest[TOC_XID_TEXT];
    toc_rc rc = toc_xid_text(content.len ? content : TOC_S(""), digest);
    entry->size = content.len;
    for (size_t i = 0; !rc && i < TOC_COUNT(entry->print) * 16; i++) {
        uint64_t *print = &entry->print[i / 16];
        *print =
            *print << 4 | (uint64_t)(digest[i] <= '9' ? digest[i] - '0' : digest[i] - 'a' + 10);
    }
    return rc;
}

static bool is_known(const toc_journal_entry *entry)
{
    return entry->print[0] || entry->print[1] || entry->print[2];
}

static bool is_same(const toc_journal_entry *entry, const toc_journal_entry *old)
{
    return entry->size == old->size && !memcmp(entry->print, old->print, sizeof old->print);
}

/* old: what an earlier run sent; NULL: nothing. Before other content takes its place the journal
 * forgets it: afterwards nobody could tell which of the two arrived. *same: it is that, nothing was
 * sent. */
static toc_rc send_content(const uploads *self, const toc_batch_file *file, toc_str content,
                           const toc_journal_entry *old, toc_journal_entry *entry, bool *same,
                           toc_error *err)
{
    if (identify(content, entry))
        return toc_error_nomem(err);
    *same = old && is_same(entry, old);
    if (*same)
        return TOC_OK;
    toc_journal_entry gone = *entry;
    gone.state = TOC_JOURNAL_VOID;
    toc_rc rc = old ? toc__journal_note(self->batch->journal, &gone, err) : TOC_OK;
    return rc ? rc : upload(self, file, content, err);
}

static toc_rc tell_skipped(const uploads *self, const toc_batch_file *file, toc_error *err)
{
    toc_batch_upload result = {
        .xid = file->xid, .type = file->type, .uploaded = true, .skipped = true};
    return tell(self, &result, err);
}

static toc_rc send_one(const uploads *self, const toc_batch_file *file,
                       const toc_journal_entry *old, toc_journal_entry *entry, toc_error *err)
{
    toc_buf content TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf_init(&content, TOC_MAX_CONTENT);
    toc_error failure = {0};
    toc_rc rc = toc__batch_file_read(self->batch, file, &content, &failure);
    bool unread = rc != TOC_OK, same = false;
    if (unread)
        (void)toc__batch_fail(self->batch, TOC_NUMBER_FILE, TOC_NUMBER_FILE, rc, &failure);
    else
        rc = send_content(self, file, toc_buf_view(&content), old, entry, &same, &failure);
    if (same)
        return tell_skipped(self, file, err);
    toc_batch_upload result = {
        .xid = file->xid, .type = file->type, .uploaded = !rc, .error = rc ? &failure : NULL};
    *(rc ? &self->status->files_failed : &self->status->files) += 1;
    if (!rc)
        rc = toc__journal_note(self->batch->journal, entry, &failure);
    toc_rc told = tell(self, &result, err);
    if (rc && halts(self, rc, unread)) {
        *err = failure;
        return rc;
    }
    return rc && !told ? TOC_BATCH_FILE_LATER : told;
}

/* Of what an earlier version sent nothing more is known; what is gone cannot be sent again. */
static toc_rc visit(void *user, const toc_batch_file *file, toc_error *err)
{
    const uploads *self = user;
    toc_journal_entry entry = {.state = TOC_JOURNAL_FILE};
    toc_journal_entry old;
    toc_error local = {0};
    err = err ? err : &local;
    if (toc_xid_text(file->xid, entry.hash))
        return toc_error_nomem(err);
    if (!toc__journal_take(self->batch->journal, true, entry.hash, &old))
        return send_one(self, file, NULL, &entry, err);
    if (!is_known(&old) || toc__batch_file_gone(file))
        return tell_skipped(self, file, err);
    return send_one(self, file, &old, &entry, err);
}

toc_rc toc__files_send(toc_batch *batch, toc_session *sess, const toc_batch_callbacks *callbacks,
                       toc_batch_status *status, toc_error *err)
{
    uploads self = {batch, sess, callbacks, status};
    return toc__batch_files_each(batch, visit, &self, err);
}
