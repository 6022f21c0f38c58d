/* resume.h - imports that can go on after an interruption: the journal of the batch, and beside it
 * the command, so that the same input is sent with the same options. */
#ifndef TOC_CLI_RESUME_H
#define TOC_CLI_RESUME_H
#include "cli.h"

typedef struct cli_journal {
    char path[1024]; /* for toc_batch_options; "": there is none */
    bool again;      /* an earlier run left it */
    bool ours;       /* this run may write the command beside it, and take both away */
} cli_journal;

/* The journal of --journal, else a new one in the user's state directory with the verb, its options
 * and words beside it. Without a place for it, and when a word is "-" (standard input does not come
 * twice), there is none. TOC_EIO: there is no full path to that of --journal. */
toc_rc cli_journal_begin(cli_journal *journal, const cli_args *args, const char *verb,
                         toc_error *err);
/* After toc_batch_take_journal: notes the command beside that of --journal too. TOC_EIO: it cannot
 * be written. */
toc_rc cli_journal_taken(cli_journal *journal, const cli_args *args, const char *verb,
                         toc_error *err);
/* Before toc_batch_free. done: nothing is left to do, journal and note go; else says on standard
 * error how to go on. Does nothing to a journal that was not taken. */
void cli_journal_end(const cli_journal *journal, bool done);
/* "batch resume [JOURNAL]": runs the noted command again; without a journal shows which ones the
 * state directory has. JOURNAL is one of these names, or a file. */
int cli_resume(const cli_args *args);
#endif
