/* Replays files, and the files of directories, through a fuzz target where libFuzzer is not at
 * hand: driver FILE-OR-DIRECTORY... */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool complain(const char *path)
{
    (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return false;
}

static bool replay_file(const char *path, size_t *count)
{
    TOC_CLEANUP(toc_buf_done) toc_buf text;
    TOC_AUTOFCLOSE FILE *file = fopen(path, "rb");
    char block[4096];
    size_t got;
    toc_buf_init(&text, SIZE_MAX / 4);
    if (!file)
        return complain(path);
    while ((got = fread(block, 1, sizeof(block), file)) > 0)
        toc_buf_append(&text, block, got);
    if (ferror(file) || text.failed)
        return complain(path);
    /* A copy of exactly its length lets a sanitizer see a read beyond it. */
    TOC_AUTOFREE uint8_t *copy = toc_mem_alloc(text.len);
    if (!copy)
        return complain(path);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    (void)LLVMFuzzerTestOneInput(copy, text.len);
    ++*count;
    return true;
}

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* In the order of their names: some targets keep a store from one input to the next. */
static bool replay_dir(const char *path, size_t *count)
{
    struct dirent **entries = NULL;
    int found = scandir(path, &entries, is_input, alphasort);
    bool good = true;
    if (found < 0)
        return complain(path);
    for (int i = 0; i < found; i++) {
        TOC_CLEANUP(toc_buf_done) toc_buf name;
        toc_buf_init(&name, 4096);
        toc_buf_printf(&name, "%s/%s", path, entries[i]->d_name);
        good = !name.failed && replay_file(name.ptr, count) && good;
        free(entries[i]);
    }
    free(entries);
    return good;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    bool good = true;
    for (int i = 1; i < argc; i++) {
        struct stat info;
        if (stat(argv[i], &info) != 0)
            good = complain(argv[i]);
        else if (S_ISDIR(info.st_mode))
            good = replay_dir(argv[i], &count) && good;
        else
            good = replay_file(argv[i], &count) && good;
    }
    (void)printf("%zu inputs replayed\n", count);
    return good && count ? 0 : 1; /* nothing to replay is a wrong path */
}
