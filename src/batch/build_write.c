/* build_write.c - the batch as a file. */
#include <stdio.h>

#include "base/error.h"
#include "batch/batch.h"

static toc_rc write_part(toc_batch *batch, toc_batch_part part, FILE *file, toc_error *err)
{
    toc_rc rc = toc_spool_flush(&batch->spools[part], err);
    if (rc)
        return rc;
    toc_spool_cursor cursor;
    toc_spool_cursor_init(&cursor, &batch->spools[part], 0);
    (void)fprintf(file, "%s\"%s\":[", part ? "," : "{", toc_batch_part_name(part));
    toc_spool_item item;
    const char *comma = "";
    int more = 0;
    while ((more = toc_spool_next(&cursor, &item, err)) > 0) {
        (void)fprintf(file, "%s\n", comma);
        (void)fwrite(item.json.ptr, 1, item.json.len, file);
        comma = ",";
    }
    (void)fputs("]", file);
    toc_spool_cursor_done(&cursor);
    return more;
}

toc_rc toc_batch_write(toc_batch *batch, void *file, toc_error *err)
{
    if (!batch || !file)
        return toc_error_set(err, TOC_EINVAL, "no batch or no file");
    toc_rc rc = TOC_OK;
    for (toc_batch_part part = 0; !rc && part < TOC_BATCH_PARTS; part++)
        if (part != TOC_BATCH_ASSOCIATIONS || batch->spools[part].count)
            rc = write_part(batch, part, file, err);
    if (!rc && (fputs("}\n", file) < 0 || fflush(file) || ferror((FILE *)file)))
        rc = toc_error_set(err, TOC_EIO, "the batch file could not be written");
    return rc;
}
