/* files.c - files beside the store: named by a row, or not there. A file gets its final name when
 * all of its bytes are on the disk, and counts when the transaction that names it is committed.
 * While it is made its maker holds a lock on it, so that another process which opens the store and
 * sweeps knows it from what a crash has left. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/random.h"
#include "base/str.h"
#include "store/conn.h"

#define PATH_TEXT 4096
#define PARTIAL ".part"
#define COPY_PIECE ((size_t)1024 * 1024)
/* How often a file is begun anew because a sweep took it before it was locked. */
#define ATTEMPTS 8

static toc_rc path_of(const toc_store *store, const char *name, const char *tail,
                      char path[PATH_TEXT], toc_error *err)
{
    int len = snprintf(path, PATH_TEXT, "%s.files/%s%s", store->path, name, tail);
    if (len < 0 || len >= PATH_TEXT)
        return toc_error_set(err, TOC_ELIMIT, "the path of the store is too long");
    return TOC_OK;
}

static toc_rc failure(toc_error *err, int number, const char *path)
{
    toc_rc rc = toc_error_errno(err, TOC_ESTORE, number, "%s", path);
    if (err && toc_errno_is_full(number))
        err->flags |= TOC_ERROR_RETRYABLE;
    return rc;
}

static toc_rc sync_directory(const toc_store *store, toc_error *err)
{
    char path[PATH_TEXT];
    toc_rc rc = store->no_sync ? TOC_OK : path_of(store, "", "", path, err);
    if (rc || store->no_sync)
        return rc;
    return toc_sync_folder(path) ? TOC_OK : failure(err, errno, path);
}

/* Made with the first file; its own name has to be on the disk as well. */
static toc_rc make_directory(const toc_store *store, toc_error *err)
{
    char path[PATH_TEXT];
    toc_rc rc = path_of(store, "", "", path, err);
    if (rc)
        return rc;
    if (mkdir(path, 0700) != 0)
        return errno == EEXIST ? TOC_OK : failure(err, errno, path);
    return store->no_sync || toc_sync_parent(path) ? TOC_OK : failure(err, errno, path);
}

static toc_rc new_name(char name[TOC_FILE_NAME], toc_error *err)
{
    unsigned char bytes[16];
    toc_rc rc = toc_random(bytes, sizeof(bytes), err);
    if (rc)
        return rc;
    toc_hex_encode(bytes, sizeof(bytes), name);
    name[2 * sizeof(bytes)] = '\0';
    return TOC_OK;
}

/* *fd -1 when a sweep was faster than the lock. */
static toc_rc open_locked(const char *path, int *fd, toc_error *err)
{
    struct stat info;
    *fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (*fd < 0)
        return failure(err, errno, path);
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0 && fstat(*fd, &info) == 0 && info.st_nlink > 0)
        return TOC_OK;
    (void)close(*fd);
    *fd = -1;
    return TOC_OK;
}

toc_rc toc_file_begin(toc_store *store, toc_new_file *file, toc_error *err)
{
    char path[PATH_TEXT];
    toc_new_file made = {.store = store, .fd = -1};
    toc_rc rc = make_directory(store, err);
    for (int i = 0; !rc && made.fd < 0 && i < ATTEMPTS; i++) {
        rc = new_name(made.name, err);
        if (!rc)
            rc = path_of(store, made.name, PARTIAL, path, err);
        if (!rc)
            rc = open_locked(path, &made.fd, err);
    }
    if (!rc && made.fd < 0)
        rc = toc_error_set(err, TOC_ESTORE, "%s: the file could not be locked", path);
    if (!rc)
        *file = made;
    return rc;
}

toc_rc toc_file_write(toc_new_file *file, toc_str data, toc_error *err)
{
    if (!toc_fd_write(file->fd, data.ptr, data.len))
        return failure(err, errno, file->store->path);
    file->size += (int64_t)data.len;
    return TOC_OK;
}

/* For file systems that cannot copy by themselves, or not from one to the other. */
static toc_rc copy_by_hand(toc_new_file *file, int fd, int64_t at, int64_t size, toc_error *err)
{
    TOC_AUTOFREE char *room = toc_mem_alloc(COPY_PIECE);
    toc_rc rc = room ? TOC_OK : toc_error_nomem(err);
    while (!rc && at < size) {
        int64_t left = size - at;
        ssize_t got = pread(fd, room, left < (int64_t)COPY_PIECE ? (size_t)left : COPY_PIECE, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return failure(err, got ? errno : EIO, file->store->path);
        rc = toc_file_write(file, (toc_str){room, (size_t)got}, err);
        at += got;
    }
    return rc;
}

toc_rc toc_file_copy(toc_new_file *file, int fd, int64_t size, toc_error *err)
{
    off_t at = 0;
    while (at < size) {
        ssize_t done = copy_file_range(fd, &at, file->fd, NULL, (size_t)(size - at), 0);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return copy_by_hand(file, fd, at, size, err);
        file->size += done;
    }
    return TOC_OK;
}

toc_rc toc_file_finish(toc_new_file *file, toc_error *err)
{
    char from[PATH_TEXT], to[PATH_TEXT];
    toc_rc rc = path_of(file->store, file->name, PARTIAL, from, err);
    if (!rc)
        rc = path_of(file->store, file->name, "", to, err);
    if (rc)
        return rc;
    if (!file->store->no_sync && fsync(file->fd) != 0)
        return failure(err, errno, from);
    if (rename(from, to) != 0)
        return failure(err, errno, to);
    file->finished = true;
    return sync_directory(file->store, err);
}

void toc_file_keep(toc_new_file *file)
{
    file->kept = true;
}

void toc_file_done(toc_new_file *file)
{
    char path[PATH_TEXT];
    if (!file->store)
        return;
    if (!file->kept &&
        path_of(file->store, file->name, file->finished ? "" : PARTIAL, path, NULL) == TOC_OK)
        (void)unlink(path);
    (void)close(file->fd);
    *file = (toc_new_file){.store = NULL, .fd = -1};
}

toc_rc toc_file_open(const toc_store *store, toc_str name, int *fd, int64_t *size, toc_error *err)
{
    char path[PATH_TEXT], text[TOC_FILE_NAME];
    struct stat info;
    if (!name.len || name.len >= sizeof(text) || toc_str_find_char(name, '/') >= 0)
        return toc_error_set(err, TOC_ESTORE, "the name of a file of the store is damaged");
    memcpy(text, name.ptr, name.len);
    text[name.len] = '\0';
    toc_rc rc = path_of(store, text, "", path, err);
    if (rc)
        return rc;
    int opened = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (opened < 0)
        return errno == ENOENT ? toc_error_set(err, TOC_ENOTFOUND, "%s is not there", path)
                               : failure(err, errno, path);
    if (fstat(opened, &info) != 0) {
        rc = failure(err, errno, path);
        (void)close(opened);
        return rc;
    }
    *fd = opened;
    *size = info.st_size;
    return TOC_OK;
}

/* --- with transactions --------------------------------------------------------------------- */

void toc__file_drop(toc_conn *conn, toc_str name)
{
    toc_buf_str(&conn->dropped, name);
    toc_buf_char(&conn->dropped, '\n');
}

/* What cannot be removed here is removed by the sweep of the next opening. */
void toc__files_committed(toc_conn *conn)
{
    char path[PATH_TEXT], text[TOC_FILE_NAME];
    toc_str rest = toc_buf_view(&conn->dropped), name;
    while (rest.len && toc_str_cut(&rest, '\n', &name)) {
        if (!name.len || name.len >= sizeof(text))
            continue;
        memcpy(text, name.ptr, name.len);
        text[name.len] = '\0';
        if (path_of(conn->store, text, "", path, NULL) == TOC_OK)
            (void)unlink(path);
    }
    toc__files_forget(conn);
}

void toc__files_forget(toc_conn *conn)
{
    if (conn->dropped.len || conn->dropped.failed)
        toc_buf_clear(&conn->dropped);
}

/* --- the sweep ----------------------------------------------------------------------------- */

static toc_rc is_named(toc_db *db, const char *name, bool *named, toc_error *err)
{
    toc_stmt *stmt = NULL;
    int64_t one;
    toc_rc rc = toc_db_stmt(db,
                            "SELECT 1 FROM content WHERE file = ?1 UNION ALL SELECT 1"
                            " FROM bulk_report WHERE csv_file = ?1 OR json_file = ?1 LIMIT 1",
                            &stmt, err);
    if (rc)
        return rc;
    toc_bind_text(stmt, 1, toc_str_of(name));
    return toc__read_int(stmt, &one, named, err);
}

/* Asked again under the lock: its maker may have committed in between. */
static toc_rc sweep_one(const toc_store *store, toc_db *db, const char *name, toc_error *err)
{
    char path[PATH_TEXT];
    bool named = false;
    toc_rc rc = is_named(db, name, &named, err);
    if (rc || named)
        return rc;
    rc = path_of(store, name, "", path, err);
    if (rc)
        return rc;
    TOC_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0)
        return TOC_OK;
    rc = is_named(db, name, &named, err);
    if (!rc && !named && unlink(path) == 0)
        toc_log_at(&store->log, TOC_LOG_INFO, "store", "removed the file %s, which nothing names",
                   path);
    return rc;
}

toc_rc toc__files_sweep(const toc_store *store, toc_db *db, toc_error *err)
{
    char path[PATH_TEXT];
    toc_rc rc = path_of(store, "", "", path, err);
    DIR *dir = rc ? NULL : opendir(path);
    if (!dir)
        return rc || errno == ENOENT ? rc : failure(err, errno, path);
    const struct dirent *entry;
    while (!rc && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.')
            rc = sweep_one(store, db, entry->d_name, err);
    }
    (void)closedir(dir);
    return rc;
}

/* --- the check ----------------------------------------------------------------------------- */

/* The file may have been replaced or removed since the reader's moment. */
static toc_rc check_missing(toc_store *store, toc_str name, toc_error *err)
{
    toc_conn *conn = NULL;
    char text[TOC_FILE_NAME] = "";
    bool named = false;
    memcpy(text, name.ptr, name.len < sizeof(text) ? name.len : sizeof(text) - 1);
    toc_rc rc = toc_store_reader(store, &conn, err);
    if (!rc)
        rc = is_named(conn->db, text, &named, err);
    toc_store_reader_done(store, conn);
    if (!rc && named)
        rc = toc_error_set(err, TOC_ESTORE, "%s.files/%s is missing", store->path, text);
    return rc;
}

static toc_rc check_one(toc_store *store, toc_str name, int64_t wanted, toc_error *err)
{
    int64_t size = 0;
    int fd = -1;
    toc_rc rc = toc_file_open(store, name, &fd, &size, err);
    if (rc == TOC_ENOTFOUND)
        return check_missing(store, name, err);
    if (rc)
        return rc;
    (void)close(fd);
    return size == wanted
               ? TOC_OK
               : toc_error_set(err, TOC_ESTORE, "%s.files/%.*s has %lld bytes instead of %lld",
                               store->path, TOC_FMT(name), (long long)size, (long long)wanted);
}

toc_rc toc__files_check(toc_store *store, toc_db *db, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    int step;
    toc_rc rc = toc_db_stmt(db, "SELECT file, size FROM content", &stmt, err);
    if (rc)
        return rc;
    while ((step = toc_step(stmt, err)) > 0) {
        rc = check_one(store, toc_column_text(stmt, 0), toc_column_int(stmt, 1), err);
        if (rc)
            return rc;
    }
    return step;
}
