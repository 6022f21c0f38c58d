/* main.c - a user's program, built against the installed copy only. */
#include <stdio.h>
#include <string.h>

#include "tocsin/tocsin.h"

int main(void)
{
    if (strcmp(toc_version(), TOC_VERSION) != 0) {
        (void)fprintf(stderr, "header says %s, library says %s\n", TOC_VERSION, toc_version());
        return 1;
    }
    size_t count = 0;
    const toc_error_info *rows = toc_error_list(&count);
    if (count == 0 || toc_error_find(TOC_ENOTFOUND)->code != TOC_ENOTFOUND ||
        rows[0].code != TOC_OK)
        return 1;
    (void)printf("tocsin %s\n", toc_version());
    return 0;
}
