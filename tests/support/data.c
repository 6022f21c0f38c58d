#include "support/data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

toc_str data_read(const char *name, toc_buf *room)
{
    char path[1024], block[4096];
    size_t got;
    const char *source = getenv("TOC_SOURCE_DIR");
    (void)snprintf(path, sizeof path, "%s/tests/data/%s", source ? source : ".", name);
    FILE *file = fopen(path, "rbe");
    if (!file)
        fail_msg("%s cannot be read", path);
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        toc_buf_append(room, block, got);
    assert_false(ferror(file));
    (void)fclose(file);
    assert_int_equal(room->failed, TOC_OK);
    return toc_buf_view(room);
}
