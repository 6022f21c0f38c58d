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

/* Whether the file is a store, which no output may take the place of by a slip. */
bool cli_is_store(const char *path);
/* The file of --output, which stays as it was unless the output becomes whole; NULL: what is
 * written is out, on standard output or in a pipe or device. */
const char *cli_output_file(const cli_args *args);
/* After Ctrl-C: says how far it came, and the file that is as it was. what: the things that done
 * counts. Returns the exit status. */
int cli_output_stopped(const cli_args *args, uint64_t done, const char *what);
/* "-" or no --output: standard output. TOC_EIO names the file; TOC_ECONFLICT: it is a store. */
toc_rc cli_output_open(cli_output *out, const cli_args *args, toc_error *err);
/* A file that takes the place of what path names, there or not, once it is closed; where a link
 * leads, not the link itself. TOC_EIO names the file; TOC_ECONFLICT: it is a store. */
toc_rc cli_output_replace(cli_output *out, const char *path, toc_error *err);
/* whole: flushed, synced, renamed to its name; else removed. Always releases. Does
 * nothing to one that was not opened. */
toc_rc cli_output_close(cli_output *out, bool whole, toc_error *err);
#endif
