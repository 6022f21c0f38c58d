#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

#define BLOCK_SIZE (256u * 1024u)
#define PIECE (64U * 1024U)

bool cli_same_file(const char *a, const char *b)
{
    struct stat first;
    struct stat second;
    return !stat(a, &first) && !stat(b, &second) && S_ISREG(first.st_mode) &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

static const char *name_of(const char *path)
{
    return strcmp(path, "-") ? path : "standard input";
}

/* -1 with err. */
static int open_path(const char *path, toc_error *err)
{
    int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : dup(STDIN_FILENO);
    if (fd < 0)
        (void)cli_error(err, errno == ENOENT ? TOC_ENOTFOUND : TOC_EIO, "%.400s: %s", name_of(path),
                        strerror(errno));
    return fd;
}

toc_rc cli_input_open(cli_input *input, const char *path, toc_error *err)
{
    *input = (cli_input){.name = name_of(path), .fd = -1};
    int fd = open_path(path, err);
    if (fd < 0)
        return err->code;
    input->file = gzdopen(fd, "rb");
    input->block = malloc(BLOCK_SIZE);
    if (!input->file || !input->block) {
        if (!input->file)
            (void)close(fd);
        cli_input_close(input);
        return cli_error(err, TOC_ENOMEM, "%.400s: out of memory", path);
    }
    (void)gzbuffer(input->file, BLOCK_SIZE);
    struct stat there;
    if (!fstat(fd, &there) && S_ISREG(there.st_mode) && lseek(fd, 0, SEEK_CUR) == 0)
        input->fd = fd;
    return TOC_OK;
}

static toc_rc read_block(cli_input *input, char *to, toc_str *block, toc_error *err)
{
    cli_interrupt_reads(true); /* a pipe that is silent must not hold Ctrl-C up */
    int got = gzread(input->file, to, BLOCK_SIZE);
    cli_interrupt_reads(false);
    int code = Z_OK;
    const char *text = gzerror(input->file, &code);
    if (code == Z_ERRNO && cli_interrupted())
        return cli_error(err, TOC_ECANCELED, "stopped on request");
    if (code == Z_ERRNO)
        return cli_error(err, TOC_EIO, "%.400s: %s", input->name, strerror(errno));
    if (got < 0 || (code != Z_OK && code != Z_STREAM_END))
        return cli_error(err, TOC_EPARSE, "%.400s: the gzip data is %s near byte %lld", input->name,
                         code == Z_BUF_ERROR ? "cut off" : text, (long long)gztell(input->file));
    *block = (toc_str){to, (size_t)got};
    return TOC_OK;
}

/* The block becomes the place for bytes as they come. */
static toc_rc begin_wide(cli_input *input, toc_error *err)
{
    char *made = malloc(CLI_UTF16_ROOM(BLOCK_SIZE));
    if (!made)
        return cli_error(err, TOC_ENOMEM, "%.400s: out of memory", input->name);
    input->raw = input->block;
    input->block = made;
    return TOC_OK;
}

toc_rc cli_input_read(cli_input *input, toc_error *err)
{
    toc_str got = {NULL, 0};
    do {
        toc_rc rc = read_block(input, input->raw ? input->raw : input->block, &got, err);
        if (rc)
            return rc;
        bool last = got.len == 0;
        if (!input->begun && cli_utf16_begins(&input->wide, got)) {
            rc = begin_wide(input, err);
            got = (toc_str){got.ptr + 2, got.len - 2};
        }
        if (rc)
            return rc;
        input->begun = true;
        input->len = got.len;
        if (input->raw)
            input->len = last ? cli_utf16_end(&input->wide, input->block)
                              : cli_utf16_turn(&input->wide, got, input->block);
        input->last = last && !input->len;
    } while (!input->len && !input->last);
    return TOC_OK;
}

void cli_input_close(cli_input *input)
{
    if (input->file)
        (void)gzclose(input->file);
    free(input->block);
    free(input->raw);
    *input = (cli_input){.name = input->name};
}

/* A file without a name, for what cannot be mapped where it is; -1 with err. */
static int copy_file(toc_error *err)
{
    char path[PATH_MAX];
    const char *dir = getenv("TMPDIR");
    (void)snprintf(path, sizeof path, "%s/tocsin-input-XXXXXX", dir && *dir ? dir : "/tmp");
    int fd = mkstemp(path);
    if (fd >= 0)
        (void)unlink(path);
    else
        (void)cli_error(err, TOC_EIO, "no temporary file: %s", strerror(errno));
    return fd;
}

static bool write_block(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0) {
            data += n;
            len -= (size_t)n;
        }
    }
    return true;
}

static toc_rc copy_rest(cli_input *input, int fd, size_t *size, toc_error *err)
{
    *size = 0;
    while (!input->last) {
        if (!write_block(fd, input->block, input->len))
            return cli_error(err, TOC_EIO, "copy of %.400s: %s", input->name, strerror(errno));
        *size += input->len;
        toc_rc rc = cli_input_read(input, err);
        if (rc)
            return rc;
    }
    return TOC_OK;
}

/* The file itself, when it is plain and in UTF-8. */
static bool map_file(const cli_input *input, char **data, size_t *len)
{
    struct stat there;
    if (input->fd < 0 || input->raw || !gzdirect(input->file) || fstat(input->fd, &there) ||
        there.st_size <= 0)
        return false;
    void *map = mmap(NULL, (size_t)there.st_size, PROT_READ, MAP_PRIVATE, input->fd, 0);
    if (map == MAP_FAILED)
        return false;
    *data = map;
    *len = (size_t)there.st_size;
    return true;
}

toc_rc cli_input_map(cli_input *input, char **data, size_t *len, toc_error *err)
{
    if (!input->begun) {
        toc_rc read = cli_input_read(input, err);
        if (read)
            return read;
    }
    if (map_file(input, data, len))
        return TOC_OK;
    int fd = copy_file(err);
    if (fd < 0)
        return err->code;
    size_t size = 0;
    toc_rc rc = copy_rest(input, fd, &size, err);
    void *map = MAP_FAILED;
    if (!rc && size) {
        map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (map == MAP_FAILED)
            rc = cli_error(err, TOC_EIO, "%.400s: %s", input->name, strerror(errno));
    } else if (!rc) {
        rc = cli_error(err, TOC_EPARSE, "%.400s is empty", input->name);
    }
    (void)close(fd);
    if (!rc) {
        *data = map;
        *len = size;
    }
    return rc;
}

/* --- byte for byte -------------------------------------------------------------------------- */

/* What a pipe has, into a file without a name. */
static toc_rc gather(int from, const char *name, int to, toc_error *err)
{
    char piece[PIECE];
    ssize_t got = 0;
    do {
        cli_interrupt_reads(true); /* as in read_block */
        got = read(from, piece, sizeof piece);
        cli_interrupt_reads(false);
        if (got < 0 && cli_interrupted())
            return cli_error(err, TOC_ECANCELED, "stopped on request");
        if (got < 0)
            return cli_error(err, TOC_EIO, "%.400s: %s", name, strerror(errno));
        if (!write_block(to, piece, (size_t)got))
            return cli_error(err, TOC_EIO, "copy of %.400s: %s", name, strerror(errno));
    } while (got);
    return TOC_OK;
}

static toc_rc map_raw(int fd, const char *name, char **data, size_t *len, toc_error *err)
{
    struct stat there;
    if (fstat(fd, &there))
        return cli_error(err, TOC_EIO, "%.400s: %s", name, strerror(errno));
    if (S_ISDIR(there.st_mode))
        return cli_error(err, TOC_EIO, "%.400s: %s", name, strerror(EISDIR));
    if (!there.st_size)
        return cli_error(err, TOC_EPARSE, "%.400s is empty", name);
    void *found = mmap(NULL, (size_t)there.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (found == MAP_FAILED)
        return cli_error(err, TOC_EIO, "%.400s: %s", name, strerror(errno));
    *data = found;
    *len = (size_t)there.st_size;
    return TOC_OK;
}

toc_rc cli_input_raw(const char *path, char **data, size_t *len, toc_error *err)
{
    struct stat there;
    int copy = -1;
    toc_rc rc = TOC_OK;
    int fd = open_path(path, err);
    if (fd < 0)
        return err->code;
    if (!fstat(fd, &there) && !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode)) {
        copy = copy_file(err);
        rc = copy < 0 ? err->code : gather(fd, name_of(path), copy, err);
    }
    if (!rc)
        rc = map_raw(copy < 0 ? fd : copy, name_of(path), data, len, err);
    (void)close(fd);
    if (copy >= 0)
        (void)close(copy);
    return rc;
}

void cli_unmap(char *data, size_t len)
{
    if (data)
        (void)munmap(data, len);
}
