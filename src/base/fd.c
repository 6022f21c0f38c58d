/* fd.c - calls that do a part, and calls that a signal ends, repeated. */
#include "base/fd.h"

#include <errno.h>
#include <unistd.h>

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
