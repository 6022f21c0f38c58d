#include "support/folder.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"

static char kept[64][FOLDER_SIZE];
static pid_t keeper;

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

/* Children of the test leave the folders to it. */
static void remove_kept(void)
{
    for (size_t i = 0; i < TOC_COUNT(kept) && getpid() == keeper; i++)
        if (kept[i][0])
            (void)nftw(kept[i], remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void folder_make(char path[FOLDER_SIZE])
{
    size_t place = 0;
    while (place < TOC_COUNT(kept) && kept[place][0])
        place++;
    assert_true(place < TOC_COUNT(kept));
    if (!keeper)
        assert_int_equal(atexit(remove_kept), 0);
    keeper = getpid();
    (void)snprintf(path, FOLDER_SIZE, "/tmp/tocsin-test-XXXXXX");
    assert_non_null(mkdtemp(path));
    memcpy(kept[place], path, FOLDER_SIZE);
}

void folder_remove(const char *path)
{
    if (nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS) && errno != ENOENT)
        fail_msg("%s: %s", path, strerror(errno));
    for (size_t i = 0; i < TOC_COUNT(kept); i++)
        if (strcmp(kept[i], path) == 0)
            kept[i][0] = '\0';
}
