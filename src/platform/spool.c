/* spool.c - files of queued jobs. A name appears only when all of its bytes are on the disk. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/batch.h"

#define PATH_TEXT 4096

static toc_rc path_of(const toc_platform *platform, toc_str name, const char *tail,
                      char path[PATH_TEXT], toc_error *err)
{
    int len = snprintf(path, PATH_TEXT, "%s/%.*s%s", platform->jobs_dir, TOC_FMT(name), tail);
    if (len < 0 || len >= PATH_TEXT)
        return toc_error_set(err, TOC_ELIMIT, "the path of the store is too long");
    return TOC_OK;
}

static toc_rc store_failure(toc_error *err, int error_number, const char *path)
{
    toc_rc rc = toc_error_errno(err, TOC_ESTORE, error_number, "%s", path);
    if (err && toc_errno_is_full(error_number))
        err->flags |= TOC_ERROR_RETRYABLE;
    return rc;
}

static toc_rc write_all(int fd, toc_str data, const char *path, toc_error *err)
{
    if (!toc_fd_write(fd, data.ptr, data.len) || fsync(fd) != 0)
        return store_failure(err, errno, path);
    return TOC_OK;
}

static toc_rc sync_directory(const toc_platform *platform, toc_error *err)
{
    TOC_AUTOCLOSE int fd = open(platform->jobs_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        return store_failure(err, errno, platform->jobs_dir);
    return TOC_OK;
}

static toc_rc write_file(const char *path, toc_str data, toc_error *err)
{
    TOC_AUTOCLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return store_failure(err, errno, path);
    return write_all(fd, data, path, err);
}

toc_rc toc_spool_write(const toc_platform *platform, toc_str data, char name[48], toc_error *err)
{
    char uuid[37], path[PATH_TEXT], partial[PATH_TEXT];
    toc_rc rc = toc_uuid(uuid);
    if (rc)
        return toc_error_set(err, rc, "no random bytes are to be had");
    (void)snprintf(name, 48, "%s.json", uuid);
    rc = path_of(platform, toc_str_of(name), "", path, err);
    if (!rc)
        rc = path_of(platform, toc_str_of(name), ".part", partial, err);
    if (rc)
        return rc;
    rc = write_file(partial, data, err);
    if (!rc && rename(partial, path) != 0)
        rc = store_failure(err, errno, path);
    if (rc) {
        (void)unlink(partial);
        return rc;
    }
    rc = sync_directory(platform, err);
    if (rc)
        (void)unlink(path);
    return rc;
}

void toc_spool_remove(const toc_platform *platform, toc_str name)
{
    char path[PATH_TEXT];
    if (name.len && path_of(platform, name, "", path, NULL) == TOC_OK)
        (void)unlink(path);
}

toc_rc toc_spool_open(const toc_platform *platform, toc_str name, toc_spool_map *map,
                      toc_error *err)
{
    char path[PATH_TEXT];
    struct stat info;
    toc_rc rc = path_of(platform, name, "", path, err);
    if (rc)
        return rc;
    TOC_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return toc_error_errno(err, TOC_ENOTFOUND, errno, "%s", path);
    if (fd < 0 || fstat(fd, &info) != 0)
        return store_failure(err, errno, path);
    *map = (toc_spool_map){.memory = NULL, .data = {"", 0}};
    if (info.st_size == 0)
        return TOC_OK;
    void *memory = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (memory == MAP_FAILED)
        return store_failure(err, errno, path);
    (void)madvise(memory, (size_t)info.st_size, MADV_SEQUENTIAL);
    map->memory = memory;
    map->data = (toc_str){memory, (size_t)info.st_size};
    return TOC_OK;
}

void toc_spool_close(toc_spool_map *map)
{
    if (map->memory)
        (void)munmap(map->memory, map->data.len);
    *map = (toc_spool_map){0};
}
