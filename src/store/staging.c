/* staging.c - the folder in which a backup is made, and how what is in it gets its name. */
#include "store/staging.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"

#define FOLDER ".part"
#define LOCK "lock"
#define RECORD "placing"
/* How often a folder is tried that another run removes at the same time. */
#define TRIES 16

/* What is named before the tables are. */
static const char *const parts[] = {".key", ".files", ".jobs"};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

/* Kept in the folder while the parts get their names: the next run knows by it which of them are
 * left of this one. A renamed file keeps its number. */
typedef struct record {
    uint64_t numbers[PARTS]; /* 0: there is no such part */
} record;

toc_rc toc__beside(const char *store, const char *tail, const char *name, char path[TOC__PATH_TEXT],
                   toc_error *err)
{
    int len = snprintf(path, TOC__PATH_TEXT, "%s%s%s%s", store, tail, *name ? "/" : "", name);
    if (len < 0 || len >= TOC__PATH_TEXT)
        return toc_error_set(err, TOC_ELIMIT, "the path of the store is too long");
    return TOC_OK;
}

toc_rc toc__staging_ask(const toc__staging *at, toc_error *err)
{
    if (!at->cancel || !at->cancel(at->user))
        return TOC_OK;
    return toc_error_set(err, TOC_ECANCELED, "%s: stopped before it was whole", at->backup);
}

/* --- removing */

static void remove_folder(const char *path)
{
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

static void remove_part(const char *path)
{
    struct stat info;
    if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode))
        remove_folder(path);
    else
        (void)unlink(path);
}

void toc__staging_clear(const toc__staging *at)
{
    static const char *const tails[] = {"", "-journal", "-wal", "-shm", ".key", ".files", ".jobs"};
    char path[TOC__PATH_TEXT];
    for (size_t i = 0; i < TOC_COUNT(tails); i++) {
        if (toc__beside(at->copy, tails[i], "", path, NULL) == TOC_OK)
            remove_part(path);
    }
    if (toc__beside(at->backup, FOLDER, RECORD, path, NULL) == TOC_OK)
        (void)unlink(path);
}

/* Takes away again what was named. Once the tables have their name the backup is whole, and stays.
 */
static void withdraw(const toc__staging *at)
{
    char path[TOC__PATH_TEXT];
    record named;
    struct stat info;
    if (lstat(at->backup, &info) == 0 || lstat(at->copy, &info) != 0 ||
        toc__beside(at->backup, FOLDER, RECORD, path, NULL))
        return;
    TOC_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    size_t got = 0;
    if (fd < 0 || !toc_fd_read(fd, &named, sizeof(named), &got) || got < sizeof(named))
        return;
    for (size_t i = 0; i < PARTS; i++) {
        if (!toc__beside(at->backup, parts[i], "", path, NULL) && lstat(path, &info) == 0 &&
            named.numbers[i] == (uint64_t)info.st_ino)
            remove_part(path);
    }
}

/* --- opening */

/* Nothing that is there may be mixed with the copy, or be replaced. */
static toc_rc check_free(const char *backup, toc_error *err)
{
    static const char *const tails[] = {"", ".key", ".files", ".jobs", "-wal", "-journal", "-shm"};
    char path[TOC__PATH_TEXT];
    struct stat info;
    for (size_t i = 0; i < TOC_COUNT(tails); i++) {
        toc_rc rc = toc__beside(backup, tails[i], "", path, err);
        if (rc)
            return rc;
        if (lstat(path, &info) == 0)
            return toc_error_set(err, TOC_ECONFLICT, "%s is there already", path);
        if (errno != ENOENT)
            return toc_error_errno(err, TOC_EIO, errno, "%s", path);
    }
    return TOC_OK;
}

/* The one who holds the lock has the folder, as long as the file has its name. *again: another run
 * took the folder away meanwhile. */
static toc_rc lock_folder(toc__staging *at, const char *folder, bool *again, toc_error *err)
{
    char path[TOC__PATH_TEXT];
    struct stat own, there;
    toc_rc rc = toc__beside(at->backup, FOLDER, LOCK, path, err);
    if (rc)
        return rc;
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return toc_error_errno(err, TOC_EIO, errno, "%s", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    *again = fd < 0 && errno == ENOENT;
    if (fd < 0) {
        rc = toc_error_errno(err, TOC_EIO, errno, "%s", path);
        (void)rmdir(folder);
        return rc;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        rc = errno == EWOULDBLOCK
                 ? toc_error_set(err, TOC_ECONFLICT, "%s: another backup to it is being made",
                                 at->backup)
                 : toc_error_errno(err, TOC_EIO, errno, "%s", path);
    } else if (fstat(fd, &own) != 0 || lstat(path, &there) != 0 || own.st_ino != there.st_ino) {
        *again = true;
        rc =
            toc_error_set(err, TOC_ECONFLICT, "%s: other backups to it are being made", at->backup);
    }
    if (rc)
        (void)close(fd);
    else
        at->lock = fd;
    return rc;
}

toc_rc toc__staging_open(toc__staging *at, const char *backup, toc_error *err)
{
    char folder[TOC__PATH_TEXT];
    bool again = true;
    at->backup = backup;
    at->lock = -1;
    toc_rc rc = toc__beside(backup, FOLDER, "copy", at->copy, err);
    if (!rc)
        rc = toc__beside(backup, FOLDER, "", folder, err);
    if (rc)
        return rc;
    for (int i = 0; i < TRIES && again; i++) {
        again = false;
        rc = lock_folder(at, folder, &again, err);
    }
    if (rc == TOC_EIO && check_free(backup, NULL) == TOC_ECONFLICT)
        return check_free(backup, err); /* the better answer where nothing can be made */
    if (rc)
        return rc;
    withdraw(at);
    toc__staging_clear(at);
    rc = check_free(backup, err);
    if (rc)
        toc__staging_close(at);
    return rc;
}

void toc__staging_close(toc__staging *at)
{
    char path[TOC__PATH_TEXT];
    if (at->lock < 0)
        return;
    toc__staging_clear(at);
    if (toc__beside(at->backup, FOLDER, LOCK, path, NULL) == TOC_OK)
        (void)unlink(path);
    if (toc__beside(at->backup, FOLDER, "", path, NULL) == TOC_OK)
        (void)rmdir(path);
    (void)close(at->lock);
    at->lock = -1;
}

/* --- naming */

static toc_rc synced(bool done, const char *path, toc_error *err)
{
    return done ? TOC_OK : toc_error_errno(err, TOC_EIO, errno, "%s", path);
}

/* All that is in the folder is on the disk after this, and a note of it. */
static toc_rc settle(const toc__staging *at, toc_error *err)
{
    char path[TOC__PATH_TEXT];
    record named = {.numbers = {0}};
    struct stat info;
    for (size_t i = 0; i < PARTS; i++) {
        toc_rc rc = toc__beside(at->copy, parts[i], "", path, err);
        if (!rc && lstat(path, &info) == 0) {
            named.numbers[i] = (uint64_t)info.st_ino;
            rc = synced(!S_ISDIR(info.st_mode) || toc_sync_folder(path), path, err);
        }
        if (rc)
            return rc;
    }
    toc_rc rc = toc__beside(at->backup, FOLDER, RECORD, path, err);
    if (rc)
        return rc;
    TOC_AUTOCLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || !toc_fd_write(fd, &named, sizeof(named)) || fsync(fd) != 0)
        return toc_error_errno(err, TOC_EIO, errno, "%s", path);
    return synced(toc_sync_parent(path), path, err);
}

/* Not every file system can refuse to replace by itself. */
static int give_name(const char *from, const char *into)
{
    struct stat there;
    if (renameat2(AT_FDCWD, from, AT_FDCWD, into, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    if (lstat(into, &there) == 0) {
        errno = EEXIST;
        return -1;
    }
    return rename(from, into);
}

static toc_rc place_part(const toc__staging *at, const char *tail, toc_error *err)
{
    char from[TOC__PATH_TEXT], into[TOC__PATH_TEXT];
    struct stat there;
    toc_rc rc = toc__staging_ask(at, err);
    if (!rc)
        rc = toc__beside(at->copy, tail, "", from, err);
    if (!rc)
        rc = toc__beside(at->backup, tail, "", into, err);
    if (rc || (lstat(from, &there) != 0 && errno == ENOENT))
        return rc;
    if (give_name(from, into) == 0)
        return TOC_OK;
    if (errno == EEXIST || errno == ENOTEMPTY)
        return toc_error_set(err, TOC_ECONFLICT, "%s is there already", into);
    return toc_error_errno(err, TOC_EIO, errno, "%s", into);
}

toc_rc toc__staging_place(const toc__staging *at, toc_error *err)
{
    toc_rc rc = settle(at, err);
    for (size_t i = 0; i < PARTS && !rc; i++)
        rc = place_part(at, parts[i], err);
    if (!rc)
        rc = synced(toc_sync_parent(at->backup), at->backup, err);
    if (!rc)
        rc = place_part(at, "", err);
    if (!rc) {
        rc = synced(toc_sync_parent(at->backup), at->backup, err);
        if (rc)
            (void)rename(at->backup, at->copy);
    }
    if (rc)
        withdraw(at);
    return rc;
}
