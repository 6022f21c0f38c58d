/* sink.h - the body of an answer as it comes, on standard output or into the file of --output. */
#ifndef TOC_CLI_SINK_H
#define TOC_CLI_SINK_H
#include "cli.h"
#include "output.h"

typedef struct cli_sink {
    cli_output out;
    cli_progress progress;
    uint64_t bytes;
} cli_sink;

toc_rc cli_sink_open(cli_sink *sink, const cli_args *args, toc_error *err);
/* A toc_sink_fn; user is the sink. */
toc_rc cli_sink_take(void *user, const void *data, size_t len);
/* rc: what became of the answer, and err what it says then. Returns it, or what became of the
 * output. */
toc_rc cli_sink_close(cli_sink *sink, toc_rc rc, toc_error *err);
#endif
