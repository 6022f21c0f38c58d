/* backup.c - a copy of the store at one moment, made while it is used: the tables as the engine
 * copies them, the key, and the files that the copied rows name. Files are never changed, only made
 * and removed, so they are copied before and after the rows; what was made and removed in between
 * is missing at the end, and the copy is begun anew. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/str.h"
#include "store/conn.h"
#include "store/staging.h"

#define COPY_PIECE ((size_t)1024 * 1024)
/* How often the copy is begun anew because files came and went under it. */
#define ATTEMPTS 3

/* Folders beside the store, and the rows that name their files. */
typedef struct folder {
    const char *tail;
    const char *names;
} folder;

static const folder folders[] = {
    {".files", "SELECT file FROM content WHERE file IS NOT NULL UNION SELECT csv_file FROM"
               " bulk_report WHERE csv_file IS NOT NULL UNION SELECT json_file FROM bulk_report"
               " WHERE json_file IS NOT NULL"},
    {".jobs", "SELECT spool FROM job WHERE spool IS NOT NULL AND state IN (1, 2)"},
};
_Static_assert(TOC_JOB_QUEUED == 1 && TOC_JOB_RUNNING == 2, "the states in the text above");

static toc_rc copy_bytes(const toc__staging *at, int from, int into, const char *path,
                         toc_error *err)
{
    TOC_AUTOFREE char *room = toc_mem_alloc(COPY_PIECE);
    if (!room)
        return toc_error_nomem(err);
    for (;;) {
        toc_rc rc = toc__staging_ask(at, err);
        if (rc)
            return rc;
        ssize_t got = read(from, room, COPY_PIECE);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got ? toc_error_errno(err, TOC_EIO, errno, "%s", path) : TOC_OK;
        if (!toc_fd_write(into, room, (size_t)got))
            return toc_error_errno(err, TOC_EIO, errno, "%s", path);
    }
}

/* A source that is gone by now, or a copy that is there already, is no failure. */
static toc_rc copy_file(const toc__staging *at, const char *source, const char *path,
                        toc_error *err)
{
    TOC_AUTOCLOSE int from = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (from < 0)
        return errno == ENOENT ? TOC_OK : toc_error_errno(err, TOC_EIO, errno, "%s", source);
    TOC_AUTOCLOSE int into = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (into < 0)
        return errno == EEXIST ? TOC_OK : toc_error_errno(err, TOC_EIO, errno, "%s", path);
    toc_rc rc = copy_bytes(at, from, into, path, err);
    if (!rc && fsync(into) != 0)
        rc = toc_error_errno(err, TOC_EIO, errno, "%s", path);
    return rc;
}

static bool is_partial(const char *name)
{
    return toc_str_ends(toc_str_of(name), TOC_S(".part"));
}

static toc_rc copy_folder(const toc__staging *at, const char *store, const folder *row,
                          toc_error *err)
{
    char source[TOC__PATH_TEXT], path[TOC__PATH_TEXT];
    toc_rc rc = toc__beside(store, row->tail, "", source, err);
    if (!rc)
        rc = toc__beside(at->copy, row->tail, "", path, err);
    DIR *dir = rc ? NULL : opendir(source);
    if (!dir)
        return rc || errno == ENOENT ? rc : toc_error_errno(err, TOC_EIO, errno, "%s", source);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        rc = toc_error_errno(err, TOC_EIO, errno, "%s", path);
    const struct dirent *entry;
    while (!rc && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.' || is_partial(entry->d_name))
            continue;
        rc = toc__beside(store, row->tail, entry->d_name, source, err);
        if (!rc)
            rc = toc__beside(at->copy, row->tail, entry->d_name, path, err);
        if (!rc)
            rc = copy_file(at, source, path, err);
    }
    (void)closedir(dir);
    return rc;
}

static toc_rc copy_folders(const toc__staging *at, const char *store, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (size_t i = 0; i < TOC_COUNT(folders) && !rc; i++)
        rc = copy_folder(at, store, &folders[i], err);
    return rc;
}

static toc_rc copy_tables(const toc__staging *at, const char *store, toc_error *err)
{
    toc_db_options options = {.busy_ms = 10000};
    toc_db *db = NULL;
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_open(store, &options, &db, err);
    toc_db_make_private(at->copy);
    if (!rc)
        toc_db_cancel(db, at->cancel, at->user);
    if (!rc)
        rc = toc_db_stmt(db, "VACUUM INTO ?", &stmt, err);
    if (!rc) {
        toc_bind_text(stmt, 1, toc_str_of(at->copy));
        rc = toc_run(stmt, err);
    }
    toc_db_close(db);
    return rc;
}

/* The copy is as private as the store, and on the disk. */
static toc_rc settle_tables(const char *store, const char *backup, toc_error *err)
{
    struct stat info;
    TOC_AUTOCLOSE int fd = open(backup, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || stat(store, &info) != 0 || fchmod(fd, info.st_mode & 0777) != 0 || fsync(fd) != 0)
        return toc_error_errno(err, TOC_EIO, errno, "%s", backup);
    return TOC_OK;
}

static toc_rc has_all(toc_db *db, const char *backup, const folder *row, bool *all, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(db, row->names, &stmt, err);
    int step = rc;
    while (!rc && *all && (step = toc_step(stmt, err)) > 0) {
        char name[TOC_FILE_NAME + 64], path[TOC__PATH_TEXT];
        toc_str text = toc_column_text(stmt, 0);
        if (text.len >= sizeof(name))
            return toc_error_set(err, TOC_ESTORE, "the name of a file of the store is damaged");
        memcpy(name, text.ptr, text.len);
        name[text.len] = '\0';
        rc = toc__beside(backup, row->tail, name, path, err);
        *all = access(path, F_OK) == 0;
    }
    return rc ? rc : step < 0 ? step : TOC_OK;
}

static toc_rc is_complete(const char *backup, bool *all, toc_error *err)
{
    toc_db_options options = {.read_only = true};
    toc_db *db = NULL;
    toc_rc rc = toc_db_open(backup, &options, &db, err);
    *all = true;
    for (size_t i = 0; i < TOC_COUNT(folders) && !rc; i++)
        rc = has_all(db, backup, &folders[i], all, err);
    toc_db_close(db);
    return rc;
}

static toc_rc attempt(const toc__staging *at, const char *store, bool *all, toc_error *err)
{
    char from[TOC__PATH_TEXT], into[TOC__PATH_TEXT];
    toc_rc rc = toc__beside(store, ".key", "", from, err);
    if (!rc)
        rc = toc__beside(at->copy, ".key", "", into, err);
    if (!rc)
        rc = copy_file(at, from, into, err);
    if (!rc)
        rc = copy_folders(at, store, err);
    if (!rc)
        rc = copy_tables(at, store, err);
    if (!rc)
        rc = settle_tables(store, at->copy, err);
    if (!rc)
        rc = copy_folders(at, store, err);
    return rc ? rc : is_complete(at->copy, all, err);
}

toc_rc toc_store_backup(const toc_store *store, const char *backup, toc_cancel_fn cancel,
                        void *user, toc_error *err)
{
    toc__staging at = {.cancel = cancel, .user = user};
    bool all = false;
    toc_rc rc = toc__staging_open(&at, backup, err);
    if (rc)
        return rc;
    for (int i = 0; i < ATTEMPTS && !rc && !all; i++) {
        toc__staging_clear(&at);
        rc = attempt(&at, store->path, &all, err);
    }
    if (!rc && !all) {
        rc = toc_error_set(err, TOC_ESTORE, "%s: files come and go too fast to be copied",
                           store->path);
        if (err)
            err->flags |= TOC_ERROR_RETRYABLE;
    }
    if (!rc)
        rc = toc__staging_place(&at, err);
    toc__staging_close(&at);
    return rc;
}
