/* input_raw.c - a file byte for byte. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"

#define PIECE (256u * 1024u)

static toc_rc fail(toc_error *err, toc_rc code, const char *name, const char *why)
{
    memset(err, 0, sizeof *err);
    (void)snprintf(err->message, sizeof err->message, "%.400s: %s", name, why);
    return err->code = code;
}

/* A pipe as a file without a name; -1 with errno. */
static int gather(int from)
{
    const char *dir = getenv("TMPDIR");
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/tocsin-input-XXXXXX", dir && *dir ? dir : "/tmp");
    int fd = mkstemp(path);
    char *piece = malloc(PIECE);
    ssize_t got = fd >= 0 && piece ? 1 : -1;
    if (fd >= 0)
        (void)unlink(path);
    while (got > 0 && (got = read(from, piece, PIECE)) > 0)
        for (ssize_t at = 0, n = 0; at < got; at += n) {
            n = write(fd, piece + at, (size_t)(got - at));
            if (n < 0) {
                got = -1;
                break;
            }
        }
    int why = errno;
    free(piece);
    if (got < 0 && fd >= 0)
        (void)close(fd);
    errno = why;
    return got < 0 ? -1 : fd;
}

static toc_rc map(int fd, const char *name, char **data, size_t *len, toc_error *err)
{
    struct stat there;
    if (fstat(fd, &there))
        return fail(err, TOC_EIO, name, strerror(errno));
    if (S_ISDIR(there.st_mode))
        return fail(err, TOC_EIO, name, strerror(EISDIR));
    if (!there.st_size)
        return fail(err, TOC_EPARSE, name, "this is empty");
    void *found = mmap(NULL, (size_t)there.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (found == MAP_FAILED)
        return fail(err, TOC_EIO, name, strerror(errno));
    *data = found;
    *len = (size_t)there.st_size;
    return TOC_OK;
}

toc_rc cli_input_raw(const char *path, char **data, size_t *len, toc_error *err)
{
    bool standard = !strcmp(path, "-");
    const char *name = standard ? "standard input" : path;
    int fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    struct stat there;
    if (fd >= 0 && !fstat(fd, &there) && !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode)) {
        int copy = gather(fd);
        int why = errno;
        (void)close(fd);
        fd = copy;
        errno = why;
    }
    if (fd < 0)
        return fail(err, errno == ENOENT ? TOC_ENOTFOUND : TOC_EIO, name, strerror(errno));
    toc_rc rc = map(fd, name, data, len, err);
    (void)close(fd);
    return rc;
}
