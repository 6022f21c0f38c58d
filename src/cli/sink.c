#include "sink.h"

#include <unistd.h>

toc_rc cli_sink_open(cli_sink *sink, const cli_args *args, toc_error *err)
{
    *sink = (cli_sink){.bytes = 0};
    toc_rc rc = cli_output_open(&sink->out, args, err);
    if (!rc)
        cli_progress_start(&sink->progress, args, "bytes");
    return rc;
}

/* The answer begins anew: a file can, a pipe cannot once something is out. */
static toc_rc rewind_output(cli_sink *sink)
{
    FILE *file = sink->out.file;
    if (sink->bytes && (!sink->out.temporary || fflush(file) || fseek(file, 0, SEEK_SET) ||
                        ftruncate(fileno(file), 0)))
        return TOC_EIO;
    sink->bytes = 0;
    return TOC_OK;
}

toc_rc cli_sink_take(void *user, const void *data, size_t len)
{
    cli_sink *sink = user;
    if (!data)
        return rewind_output(sink);
    if (len && fwrite(data, 1, len, sink->out.file) != len)
        return TOC_EIO;
    sink->bytes += len;
    cli_progress_at(&sink->progress, sink->bytes, 0, 0);
    return TOC_OK;
}

toc_rc cli_sink_close(cli_sink *sink, toc_rc rc, toc_error *err)
{
    toc_error ignored = {0};
    cli_progress_end(&sink->progress);
    if (rc && sink->out.file && ferror(sink->out.file))
        rc = cli_error(err, TOC_EIO, "%.400s could not be written",
                       sink->out.path ? sink->out.path : "standard output");
    toc_rc closed = cli_output_close(&sink->out, !rc, rc ? &ignored : err);
    return rc ? rc : closed;
}
