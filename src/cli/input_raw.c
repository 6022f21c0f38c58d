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

#define PIECE (64U * 1024U)

static toc_rc fail(toc_error *err, toc_rc code, const char *name, const char *why)
{
    memset(err, 0, sizeof *err);
    (void)snprintf(err->message, sizeof err->message, "%.400s: %s", name, why);
    return err->code = code;
}

static bool write_all(int fd, const char *data, ssize_t len)
{
    for (ssize_t at = 0, n = 0; at < len; at += n)
        if ((n = write(fd, data + at, (size_t)(len - at))) < 0)
            return false;
    return true;
}

/* What a pipe has, into a file without a name. */
static toc_rc gather(int from, const char *name, int *made, toc_error *err)
{
    const char *dir = getenv("TMPDIR");
    char path[1024];
    char piece[PIECE];
    ssize_t got = 0;
    (void)snprintf(path, sizeof path, "%s/tocsin-input-XXXXXX", dir && *dir ? dir : "/tmp");
    int fd = mkstemp(path);
    if (fd < 0)
        return fail(err, TOC_EIO, "no temporary file", strerror(errno));
    (void)unlink(path);
    while ((got = read(from, piece, sizeof piece)) > 0)
        if (!write_all(fd, piece, got))
            break;
    if (!got) {
        *made = fd;
        return TOC_OK;
    }
    toc_rc rc = fail(err, TOC_EIO, got < 0 ? name : "temporary file", strerror(errno));
    (void)close(fd);
    return rc;
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
    if (fd < 0)
        return fail(err, errno == ENOENT ? TOC_ENOTFOUND : TOC_EIO, name, strerror(errno));
    toc_rc rc = TOC_OK;
    struct stat there;
    if (!fstat(fd, &there) && !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode)) {
        int pipe = fd;
        rc = gather(pipe, name, &fd, err);
        if (!rc)
            (void)close(pipe);
    }
    if (!rc)
        rc = map(fd, name, data, len, err);
    (void)close(fd);
    return rc;
}
