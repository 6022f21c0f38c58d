/* output.h - standard output, or the file of --output, which appears whole or not at all. */
#ifndef TOC_CLI_OUTPUT_H
#define TOC_CLI_OUTPUT_H
#include <stdio.h>

#include "cli.h"

typedef struct cli_output {
    FILE *file;
    char *path;      /* the name in the end; NULL: standard output */
    char *temporary; /* beside it */
} cli_output;

/* "-" or no --output: standard output. TOC_EIO names the file. */
toc_rc cli_output_open(cli_output *out, const cli_args *args, toc_error *err);
/* A file that takes the place of what path names, there or not, once it is closed; where a link
 * leads, not the link itself. TOC_EIO names the file. */
toc_rc cli_output_replace(cli_output *out, const char *path, toc_error *err);
/* whole: flushed, synced, renamed to its name; else removed. Always releases. Does
 * nothing to one that was not opened. */
toc_rc cli_output_close(cli_output *out, bool whole, toc_error *err);
#endif
