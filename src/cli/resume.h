/* resume.h - imports that can go on after an interruption: the journal of the batch, and beside it
 * the command, so that the same input is sent with the same options. */
#ifndef TOC_CLI_RESUME_H
#define TOC_CLI_RESUME_H
#include "cli.h"

typedef struct cli_journal {
    char path[1024]; /* for toc_batch_options; "": there is none */
    bool again;      /* an earlier run left it */
} cli_journal;

/* The journal of --journal, else a new one in the user's state directory; notes the verb with its
 * options and words beside it. Without a place for it, and when a word is "-" (standard input does
 * not come twice), there is none. TOC_EIO: that of --journal cannot be written. */
toc_rc cli_journal_begin(cli_journal *journal, const cli_args *args, const char *verb,
                         toc_error *err);
/* Before toc_batch_free. done: nothing is left to do, journal and note go; else says on standard
 * error how to go on, if something was sent. */
void cli_journal_end(const cli_journal *journal, bool done);
/* "batch resume [JOURNAL]": runs the noted command again; without a journal shows which ones the
 * state directory has. JOURNAL is one of these names, or a file. */
int cli_resume(const cli_args *args);
#endif
