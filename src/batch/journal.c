#include "batch/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"

#define MAGIC "tocsin batch journal 1 "
#define LINE_MAX 256
/* A line is about a hundred bytes and stands for a chunk: far more chunks than anybody sends. */
#define JOURNAL_MAX (256u * 1024u * 1024u)

typedef struct note {
    toc_journal_entry entry;
    bool given; /* to this run, or written by it */
} note;

struct toc_journal {
    int fd;
    char *path;
    note *notes;
    size_t count, room;
    size_t next; /* chunks come in the order in which they were noted: look here first */
    bool broken; /* it ends in half a line */
};

/* Against bytes that rot, not against forgers. */
static uint64_t checksum(toc_str text)
{
    static const uint64_t key[2] = {0x746f6373696e6a6eULL, 0x6a6f75726e616c31ULL};
    return toc_hash(key, text.ptr, text.len);
}

static size_t line_write(char out[LINE_MAX], const toc_journal_entry *entry)
{
    int len =
        snprintf(out, LINE_MAX, "%c %s %" PRId64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64,
                 (char)entry->state, entry->hash, entry->id, entry->items, entry->success,
                 entry->errors, entry->unprocessed);
    uint64_t sum = checksum((toc_str){out, (size_t)len});
    int tail = snprintf(out + len, LINE_MAX - (size_t)len, " %" PRIu64 "\n", sum);
    return (size_t)len + (size_t)tail;
}

static bool take_number(toc_str *rest, uint64_t *value)
{
    toc_str word;
    return toc_str_cut(rest, ' ', &word) && toc_str_to_uint(word, value);
}

static bool line_read(toc_str line, toc_journal_entry *entry)
{
    size_t cut = line.len;
    while (cut && line.ptr[cut - 1] != ' ')
        cut--;
    uint64_t sum = 0;
    if (!cut || !toc_str_to_uint(toc_str_slice(line, cut, line.len), &sum) ||
        sum != checksum((toc_str){line.ptr, cut - 1}))
        return false;
    toc_str rest = {line.ptr, cut - 1};
    toc_str state;
    toc_str hash;
    uint64_t id = 0;
    *entry = (toc_journal_entry){0};
    if (!toc_str_cut(&rest, ' ', &state) || state.len != 1 || !strchr("qdxf", *state.ptr) ||
        !toc_str_cut(&rest, ' ', &hash) || hash.len != sizeof entry->hash - 1)
        return false;
    entry->state = (toc_journal_state)*state.ptr;
    memcpy(entry->hash, hash.ptr, hash.len);
    bool good = take_number(&rest, &id) && id <= INT64_MAX && take_number(&rest, &entry->items) &&
                take_number(&rest, &entry->success) && take_number(&rest, &entry->errors) &&
                take_number(&rest, &entry->unprocessed) && !rest.len;
    entry->id = (int64_t)id;
    return good;
}

static toc_rc keep(toc_journal *journal, const toc_journal_entry *entry, bool given)
{
    if (journal->count == journal->room) {
        size_t room = journal->room ? journal->room * 2 : 64;
        note *more = toc_mem_resize(journal->notes, room * sizeof *more);
        if (!more)
            return TOC_ENOMEM;
        journal->notes = more;
        journal->room = room;
    }
    journal->notes[journal->count++] = (note){*entry, given};
    return TOC_OK;
}

/* The end of a job replaces its beginning, and content its older one. */
static toc_rc apply(toc_journal *journal, const toc_journal_entry *entry, bool given)
{
    bool ends = entry->state == TOC_JOURNAL_DONE || entry->state == TOC_JOURNAL_VOID;
    bool file = entry->state == TOC_JOURNAL_VOID && !entry->id;
    toc_journal_state begins = file ? TOC_JOURNAL_FILE : TOC_JOURNAL_QUEUED;
    for (size_t i = journal->count; ends && i-- > 0;) {
        note *old = &journal->notes[i];
        if (old->entry.state != begins || old->entry.id != entry->id ||
            strcmp(old->entry.hash, entry->hash) != 0)
            continue;
        *old = (note){*entry, given || entry->state == TOC_JOURNAL_VOID};
        return TOC_OK;
    }
    return entry->state == TOC_JOURNAL_VOID ? TOC_OK : keep(journal, entry, given);
}

/* Nothing of it stays when the disk is full: the next line would stand behind half a line. */
static toc_rc write_all(toc_journal *journal, const char *text, size_t len, toc_error *err)
{
    off_t end = lseek(journal->fd, 0, SEEK_END);
    while (len) {
        ssize_t n = write(journal->fd, text, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            toc_rc rc = toc_error_errno(err, TOC_EIO, errno, "batch journal %s", journal->path);
            journal->broken |= end < 0 || ftruncate(journal->fd, end);
            return rc;
        }
        text += n;
        len -= (size_t)n;
    }
    return fdatasync(journal->fd)
               ? toc_error_errno(err, TOC_EIO, errno, "batch journal %s", journal->path)
               : TOC_OK;
}

/* A new file's name is on disk only when its directory is. */
static toc_rc sync_directory(const toc_journal *journal, toc_error *err)
{
    char *path TOC_AUTOFREE = toc_mem_strdup(toc_str_of(journal->path));
    if (!path)
        return toc_error_nomem(err);
    int fd TOC_AUTOCLOSE = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 || fsync(fd)
               ? toc_error_errno(err, TOC_EIO, errno, "directory of %s", journal->path)
               : TOC_OK;
}

static toc_rc read_all(toc_journal *journal, toc_buf *text, toc_error *err)
{
    char block[8192];
    ssize_t n = 0;
    while (!text->failed && (n = read(journal->fd, block, sizeof block)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return toc_error_errno(err, TOC_EIO, errno, "batch journal %s", journal->path);
        toc_buf_append(text, block, (size_t)n);
    }
    return toc_buf_check(text, err);
}

static toc_rc read_lines(toc_journal *journal, toc_str rest, toc_error *err)
{
    toc_str line;
    for (uint64_t number = 2; rest.len; number++) {
        toc_journal_entry entry;
        if (!toc_str_cut(&rest, '\n', &line) || !line_read(line, &entry)) {
            toc_rc rc = toc_error_set(
                err, TOC_EPARSE, "batch journal %s: line %" PRIu64 " is damaged; nothing was sent",
                journal->path, number);
            if (err)
                err->line = number;
            return rc;
        }
        if (apply(journal, &entry, false))
            return toc_error_nomem(err);
    }
    return TOC_OK;
}

static toc_rc load(toc_journal *journal, toc_str head, toc_error *err)
{
    toc_buf text TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf_init(&text, JOURNAL_MAX);
    toc_rc rc = read_all(journal, &text, err);
    if (rc)
        return rc;
    toc_str whole = toc_buf_view(&text);
    size_t used = whole.len;
    while (used && whole.ptr[used - 1] != '\n')
        used--;
    if (!used && toc_str_starts(head, whole)) {
        if (ftruncate(journal->fd, 0))
            return toc_error_errno(err, TOC_EIO, errno, "batch journal %s", journal->path);
        rc = write_all(journal, head.ptr, head.len, err);
        return rc ? rc : sync_directory(journal, err);
    }
    if (!toc_str_starts(whole, TOC_S(MAGIC)))
        return toc_error_set(err, TOC_EPARSE, "%s is not a batch journal; nothing was sent",
                             journal->path);
    if (!toc_str_starts(whole, head))
        return toc_error_set(err, TOC_ECONFLICT,
                             "batch journal %s belongs to another platform or owner; nothing was "
                             "sent",
                             journal->path);
    rc = read_lines(journal, toc_str_slice(whole, head.len, used), err);
    if (!rc && used < whole.len && ftruncate(journal->fd, (off_t)used))
        rc = toc_error_errno(err, TOC_EIO, errno, "batch journal %s", journal->path);
    return rc;
}

static toc_rc open_file(toc_journal *journal, toc_str head, toc_error *err)
{
    struct stat there;
    bool free = !flock(journal->fd, LOCK_EX | LOCK_NB);
    if (fstat(journal->fd, &there))
        return toc_error_errno(err, TOC_EIO, errno, "batch journal %s", journal->path);
    /* What is no file keeps nothing, and a pipe would be waited for without end. */
    if (!S_ISREG(there.st_mode))
        return toc_error_set(err, TOC_EIO, "batch journal %s is not a file; nothing was sent",
                             journal->path);
    /* Without a name: the run that had it took it away between our two steps. */
    if (!free || !there.st_nlink)
        return toc_error_set(err, TOC_ECONFLICT, "batch journal %s is in use", journal->path);
    return load(journal, head, err);
}

toc_rc toc__journal_open(const char *path, const char identity[TOC_XID_TEXT], toc_journal **journal,
                         toc_error *err)
{
    char head[sizeof MAGIC + TOC_XID_TEXT + 1];
    int len = snprintf(head, sizeof head, MAGIC "%s\n", identity);
    toc_journal *made = toc_mem_zalloc(1, sizeof *made);
    if (!made)
        return toc_error_nomem(err);
    made->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0600);
    made->path = toc_mem_strdup(toc_str_of(path));
    toc_rc rc = TOC_OK;
    if (made->fd < 0)
        rc = toc_error_errno(err, TOC_EIO, errno, "batch journal %s", path);
    else if (!made->path)
        rc = toc_error_nomem(err);
    else
        rc = open_file(made, (toc_str){head, (size_t)len}, err);
    if (rc)
        toc__journal_close(made);
    else
        *journal = made;
    return rc;
}

void toc__journal_close(toc_journal *journal)
{
    if (!journal)
        return;
    if (journal->fd >= 0)
        (void)close(journal->fd);
    toc_mem_free(journal->notes);
    toc_mem_free(journal->path);
    toc_mem_free(journal);
}

void toc__journal_remove(toc_journal *journal)
{
    if (!journal)
        return;
    for (size_t i = 0; i < journal->count; i++)
        if (journal->notes[i].entry.state == TOC_JOURNAL_QUEUED)
            return;
    (void)unlink(journal->path);
}

static bool matches(const note *old, bool file, const char *hash)
{
    return !old->given && (old->entry.state == TOC_JOURNAL_FILE) == file &&
           strcmp(old->entry.hash, hash) == 0;
}

bool toc__journal_take(toc_journal *journal, bool file, const char *hash, toc_journal_entry *entry)
{
    for (size_t i = 0; journal && i < journal->count; i++) {
        size_t at = (journal->next + i) % journal->count;
        note *old = &journal->notes[at];
        if (!matches(old, file, hash))
            continue;
        old->given = true;
        journal->next = at + 1;
        *entry = old->entry;
        return true;
    }
    return false;
}

toc_rc toc__journal_note(toc_journal *journal, const toc_journal_entry *entry, toc_error *err)
{
    if (!journal)
        return TOC_OK;
    char line[LINE_MAX];
    if (journal->broken)
        return toc_error_set(err, TOC_EIO, "batch journal %s could not be mended", journal->path);
    toc_rc rc = write_all(journal, line, line_write(line, entry), err);
    if (rc)
        return rc;
    return apply(journal, entry, true) ? toc_error_nomem(err) : TOC_OK;
}
