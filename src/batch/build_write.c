/* build_write.c - the batch as a file. */
#include <errno.h>
#include <stdio.h>

#include "base/error.h"
#include "base/str.h"
#include "batch/batch.h"

static toc_rc fail(toc_error *err)
{
    return toc_error_errno(err, TOC_EIO, errno ? errno : EIO,
                           "the batch file could not be written");
}

static toc_rc put(FILE *file, toc_str text, toc_error *err)
{
    errno = 0;
    return fwrite(text.ptr, 1, text.len, file) == text.len ? TOC_OK : fail(err);
}

static toc_rc write_items(toc_spool_cursor *cursor, FILE *file, toc_error *err)
{
    toc_spool_item item;
    toc_str before = TOC_S("\n");
    toc_rc rc = TOC_OK;
    int more = 0;
    while (!rc && (more = toc_spool_next(cursor, &item, err)) > 0) {
        rc = put(file, before, err);
        if (!rc)
            rc = put(file, item.json, err);
        before = TOC_S(",\n");
    }
    return more < 0 ? more : rc;
}

static toc_rc write_part(toc_batch *batch, toc_batch_part part, FILE *file, toc_error *err)
{
    toc_rc rc = toc_spool_flush(&batch->spools[part], err);
    if (rc)
        return rc;
    char begin[32];
    (void)snprintf(begin, sizeof begin, "%s\"%s\":[", part ? "," : "{", toc_batch_part_name(part));
    rc = put(file, toc_str_of(begin), err);
    toc_spool_cursor cursor;
    toc_spool_cursor_init(&cursor, &batch->spools[part], 0);
    if (!rc)
        rc = write_items(&cursor, file, err);
    toc_spool_cursor_done(&cursor);
    return rc ? rc : put(file, TOC_S("]"), err);
}

toc_rc toc_batch_write(toc_batch *batch, void *file, toc_error *err)
{
    if (!batch || !file)
        return toc_error_set(err, TOC_EINVAL, "no batch or no file");
    toc_rc rc = TOC_OK;
    for (toc_batch_part part = 0; !rc && part < TOC_BATCH_PARTS; part++)
        if (part != TOC_BATCH_ASSOCIATIONS || batch->spools[part].count)
            rc = write_part(batch, part, file, err);
    if (!rc)
        rc = put(file, TOC_S("}\n"), err);
    if (!rc && (fflush(file) || ferror((FILE *)file)))
        rc = fail(err);
    return rc;
}
