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
#include "base/str.h"
#include "store/conn.h"

#define PATH_TEXT 4096
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

static toc_rc path_of(const char *store, const char *tail, const char *name, char path[PATH_TEXT],
                      toc_error *err)
{
    int len = snprintf(path, PATH_TEXT, "%s%s%s%s", store, tail, *name ? "/" : "", name);
    if (len < 0 || len >= PATH_TEXT)
        return toc_error_set(err, TOC_ELIMIT, "the path of the store is too long");
    return TOC_OK;
}

static toc_rc copy_bytes(int from, int into, const char *path, toc_error *err)
{
    TOC_AUTOFREE char *room = toc_mem_alloc(COPY_PIECE);
    if (!room)
        return toc_error_nomem(err);
    for (;;) {
        ssize_t got = read(from, room, COPY_PIECE);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got ? toc_error_errno(err, TOC_EIO, errno, "%s", path) : TOC_OK;
        for (ssize_t at = 0; at < got;) {
            ssize_t put = write(into, room + at, (size_t)(got - at));
            if (put < 0 && errno == EINTR)
                continue;
            if (put <= 0)
                return toc_error_errno(err, TOC_EIO, errno, "%s", path);
            at += put;
        }
    }
}

/* A source that is gone by now, or a copy that is there already, is no failure. */
static toc_rc copy_file(const char *source, const char *path, toc_error *err)
{
    TOC_AUTOCLOSE int from = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (from < 0)
        return errno == ENOENT ? TOC_OK : toc_error_errno(err, TOC_EIO, errno, "%s", source);
    TOC_AUTOCLOSE int into = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (into < 0)
        return errno == EEXIST ? TOC_OK : toc_error_errno(err, TOC_EIO, errno, "%s", path);
    toc_rc rc = copy_bytes(from, into, path, err);
    if (!rc && fsync(into) != 0)
        rc = toc_error_errno(err, TOC_EIO, errno, "%s", path);
    return rc;
}

static bool is_partial(const char *name)
{
    return toc_str_ends(toc_str_of(name), TOC_S(".part"));
}

static toc_rc copy_folder(const char *store, const char *backup, const folder *row, toc_error *err)
{
    char source[PATH_TEXT], path[PATH_TEXT];
    toc_rc rc = path_of(store, row->tail, "", source, err);
    if (!rc)
        rc = path_of(backup, row->tail, "", path, err);
    DIR *dir = rc ? NULL : opendir(source);
    if (!dir)
        return rc || errno == ENOENT ? rc : toc_error_errno(err, TOC_EIO, errno, "%s", source);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        rc = toc_error_errno(err, TOC_EIO, errno, "%s", path);
    const struct dirent *entry;
    while (!rc && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.' || is_partial(entry->d_name))
            continue;
        rc = path_of(store, row->tail, entry->d_name, source, err);
        if (!rc)
            rc = path_of(backup, row->tail, entry->d_name, path, err);
        if (!rc)
            rc = copy_file(source, path, err);
    }
    (void)closedir(dir);
    return rc;
}

static toc_rc copy_folders(const char *store, const char *backup, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (size_t i = 0; i < TOC_COUNT(folders) && !rc; i++)
        rc = copy_folder(store, backup, &folders[i], err);
    return rc;
}

static toc_rc copy_tables(const char *store, const char *backup, toc_error *err)
{
    toc_db_options options = {.busy_ms = 10000};
    toc_db *db = NULL;
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_open(store, &options, &db, err);
    toc_db_make_private(backup);
    if (!rc)
        rc = toc_db_stmt(db, "VACUUM INTO ?", &stmt, err);
    if (!rc) {
        toc_bind_text(stmt, 1, toc_str_of(backup));
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
        char name[TOC_FILE_NAME + 64], path[PATH_TEXT];
        toc_str text = toc_column_text(stmt, 0);
        if (text.len >= sizeof(name))
            return toc_error_set(err, TOC_ESTORE, "the name of a file of the store is damaged");
        memcpy(name, text.ptr, text.len);
        name[text.len] = '\0';
        rc = path_of(backup, row->tail, name, path, err);
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

static void remove_folder(const char *backup, const char *tail)
{
    char path[PATH_TEXT];
    if (path_of(backup, tail, "", path, NULL))
        return;
    DIR *dir = opendir(path);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    }
    if (dir)
        (void)closedir(dir);
    (void)rmdir(path);
}

static void remove_backup(const char *backup)
{
    static const char *const tails[] = {"", ".key", "-journal", "-wal", "-shm"};
    char path[PATH_TEXT];
    for (size_t i = 0; i < TOC_COUNT(tails); i++) {
        if (path_of(backup, tails[i], "", path, NULL) == TOC_OK)
            (void)unlink(path);
    }
    for (size_t i = 0; i < TOC_COUNT(folders); i++)
        remove_folder(backup, folders[i].tail);
}

/* Nothing that is there may be mixed with the copy, or be removed when it fails. */
static toc_rc check_free(const char *backup, toc_error *err)
{
    static const char *const tails[] = {"", ".key", ".files", ".jobs", "-wal", "-journal", "-shm"};
    char path[PATH_TEXT];
    for (size_t i = 0; i < TOC_COUNT(tails); i++) {
        toc_rc rc = path_of(backup, tails[i], "", path, err);
        if (rc)
            return rc;
        if (access(path, F_OK) == 0)
            return toc_error_set(err, TOC_ECONFLICT, "%s is there already", path);
        if (errno != ENOENT)
            return toc_error_errno(err, TOC_EIO, errno, "%s", path);
    }
    return TOC_OK;
}

static toc_rc attempt(const char *store, const char *backup, bool *all, toc_error *err)
{
    char from[PATH_TEXT], into[PATH_TEXT];
    toc_rc rc = path_of(store, ".key", "", from, err);
    if (!rc)
        rc = path_of(backup, ".key", "", into, err);
    if (!rc)
        rc = copy_file(from, into, err);
    if (!rc)
        rc = copy_folders(store, backup, err);
    if (!rc)
        rc = copy_tables(store, backup, err);
    if (!rc)
        rc = settle_tables(store, backup, err);
    if (!rc)
        rc = copy_folders(store, backup, err);
    return rc ? rc : is_complete(backup, all, err);
}

toc_rc toc_store_backup(const toc_store *store, const char *backup, toc_error *err)
{
    bool all = false;
    toc_rc rc = check_free(backup, err);
    if (rc)
        return rc;
    for (int i = 0; i < ATTEMPTS && !rc && !all; i++) {
        rc = attempt(store->path, backup, &all, err);
        if (rc || !all)
            remove_backup(backup);
    }
    if (!rc && !all) {
        rc = toc_error_set(err, TOC_ESTORE, "%s: files come and go too fast to be copied",
                           store->path);
        if (err)
            err->flags |= TOC_ERROR_RETRYABLE;
    }
    return rc;
}
