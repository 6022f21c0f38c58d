#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As many as the kernel follows. */
#define LINKS_MAX 40

static toc_rc failed(toc_error *err, const char *path)
{
    return cli_error(err, TOC_EIO, "%.400s: %s", path, strerror(errno));
}

static void forget(cli_output *out)
{
    free(out->path);
    free(out->temporary);
    *out = (cli_output){.file = NULL};
}

/* A file that is there keeps its mode; a new one gets what the umask leaves. */
static mode_t mode_of(const char *path)
{
    struct stat there;
    if (!stat(path, &there))
        return there.st_mode & 07777;
    mode_t mask = umask(0);
    (void)umask(mask);
    return 0666 & ~mask;
}

/* What stands in a link, as seen from where the link is; NULL with errno. */
static char *next_place(const char *link)
{
    char target[PATH_MAX];
    char *next = NULL;
    const char *slash = strrchr(link, '/');
    ssize_t len = readlink(link, target, sizeof target);
    int folder = slash && len > 0 && *target != '/' ? (int)(slash - link) + 1 : 0;
    if (len < 0 || asprintf(&next, "%.*s%.*s", folder, link, (int)len, target) < 0)
        return NULL;
    return next;
}

/* Where a link leads, there or not: what it points at is replaced, not the link itself. */
static char *output_place(const char *path)
{
    struct stat there;
    if (!stat(path, &there))
        return !lstat(path, &there) && S_ISLNK(there.st_mode) ? realpath(path, NULL) : strdup(path);
    char *place = strdup(path);
    int links = 0;
    for (; place && !lstat(place, &there) && S_ISLNK(there.st_mode) && links < LINKS_MAX; links++) {
        char *next = next_place(place);
        free(place);
        place = next;
    }
    if (!place || links < LINKS_MAX)
        return place;
    free(place);
    errno = ELOOP;
    return NULL;
}

/* /dev/stdout and the like, when a file is behind it: it may be one that is appended to. */
static bool is_standard(const struct stat *there)
{
    struct stat standard;
    return S_ISREG(there->st_mode) && !fstat(STDOUT_FILENO, &standard) &&
           standard.st_dev == there->st_dev && standard.st_ino == there->st_ino;
}

static toc_rc opened(cli_output *out, const char *path, toc_error *err)
{
    if (out->file)
        return TOC_OK;
    toc_rc rc = failed(err, path);
    forget(out);
    return rc;
}

bool cli_is_store(const char *path)
{
    static const char head[] = "SQLite format 3";
    char begin[sizeof head] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool same = fd >= 0 && read(fd, begin, sizeof begin) == (ssize_t)sizeof begin &&
                !memcmp(begin, head, sizeof head);
    if (fd >= 0)
        (void)close(fd);
    return same;
}

toc_rc cli_output_replace(cli_output *out, const char *path, toc_error *err)
{
    *out = (cli_output){.file = NULL};
    if (cli_is_store(path))
        return cli_error(err, TOC_ECONFLICT,
                         "%.400s is a store, which an output must not replace; name another file",
                         path);
    out->path = output_place(path);
    if (!out->path || asprintf(&out->temporary, "%s.XXXXXX", out->path) < 0)
        out->temporary = NULL;
    int fd = out->temporary ? mkstemp(out->temporary) : -1;
    out->file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (out->file) {
        (void)fchmod(fd, mode_of(path));
    } else if (fd >= 0) {
        (void)close(fd);
        (void)unlink(out->temporary);
        errno = ENOMEM;
    }
    return opened(out, path, err);
}

typedef enum place { PLACE_STANDARD, PLACE_FILE, PLACE_DEVICE } place;

static place place_of(const char *path)
{
    struct stat there;
    if (!path || !strcmp(path, "-"))
        return PLACE_STANDARD;
    if (stat(path, &there))
        return PLACE_FILE;
    return is_standard(&there)      ? PLACE_STANDARD
           : S_ISREG(there.st_mode) ? PLACE_FILE
                                    : PLACE_DEVICE;
}

const char *cli_output_file(const cli_args *args)
{
    const char *path = cli_value(args, OPT_OUTPUT);
    return place_of(path) == PLACE_FILE ? path : NULL;
}

int cli_output_stopped(const cli_args *args, uint64_t done, const char *what)
{
    const char *path = cli_output_file(args);
    cli_say("interrupted after %" PRIu64 " %s%s%s%s", done, what, path ? "; " : "",
            path ? path : "", path ? " is as it was" : "");
    return cli_stopped(path ? 0 : done);
}

toc_rc cli_output_open(cli_output *out, const cli_args *args, toc_error *err)
{
    const char *path = cli_value(args, OPT_OUTPUT);
    place where = place_of(path);
    *out = (cli_output){.file = stdout};
    if (where == PLACE_STANDARD)
        return TOC_OK;
    if (where == PLACE_FILE)
        return cli_output_replace(out, path, err);
    /* A pipe or device is written as it is. */
    *out = (cli_output){.file = fopen(path, "w"), .path = strdup(path)};
    return opened(out, path, err);
}

toc_rc cli_output_close(cli_output *out, bool whole, toc_error *err)
{
    toc_rc rc = TOC_OK;
    if (!out->file)
        return rc;
    bool broken = fflush(out->file) || ferror(out->file);
    if (!out->path) {
        out->file = NULL; /* main reports what happened to standard output */
        return rc;
    }
    broken = (out->temporary && !broken && fsync(fileno(out->file))) || broken;
    broken = fclose(out->file) || broken;
    if (out->temporary && whole && !broken && rename(out->temporary, out->path))
        broken = true;
    if (whole && broken)
        rc = failed(err, out->path);
    if (out->temporary && (!whole || broken))
        (void)unlink(out->temporary);
    forget(out);
    return rc;
}
