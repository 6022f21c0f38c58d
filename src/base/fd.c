/* fd.c - calls that do a part, and calls that a signal ends, repeated; folders. */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

bool toc_fd_write(int fd, const void *data, size_t len)
{
    for (const char *at = data; len;) {
        ssize_t done = write(fd, at, len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            errno = done ? errno : EIO;
            return false;
        }
        at += done;
        len -= (size_t)done;
    }
    return true;
}

bool toc_fd_read(int fd, void *room, size_t size, size_t *got)
{
    size_t have = 0;
    while (have < size) {
        ssize_t done = read(fd, (char *)room + have, size - have);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        if (!done)
            break;
        have += (size_t)done;
    }
    *got = have;
    return true;
}

bool toc_sync_folder(const char *path)
{
    TOC_AUTOCLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && fsync(fd) == 0;
}

bool toc_sync_parent(const char *path)
{
    char parent[PATH_MAX];
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    while (len && path[len - 1] != '/')
        len--;
    if (!len)
        return toc_sync_folder(".");
    if (len >= sizeof(parent)) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(parent, path, len);
    parent[len] = '\0';
    return toc_sync_folder(parent);
}
