/* rejects.h - the file of refused records: what it was, where it stood, why. It can be corrected
 * and imported again. */
#ifndef TOC_CLI_REJECTS_H
#define TOC_CLI_REJECTS_H
#include <stdio.h>

#include "tocsin/base.h"

/* What the file is written as, which is what the input was. */
typedef enum cli_rejects_form {
    REJECTS_CSV,
    REJECTS_JSON,  /* V2 batch */
    REJECTS_LINES, /* JSON lines */
    REJECTS_LIST   /* the reason is a comment above the value */
} cli_rejects_form;

typedef struct cli_rejects {
    char path[1024];
    FILE *file; /* opened with the first refusal */
    cli_rejects_form form;
    unsigned part;       /* of the record to come (JSON): indicator, group, association */
    FILE *others[2];     /* groups and associations wait until the indicators are through */
    uint64_t written[3]; /* by part */
    toc_str header;
    bool again; /* the input is such a file itself (CSV): its lines and reasons give way */
    uint64_t count;
    uint64_t shown; /* on standard error */
    bool quiet;
    bool failed; /* the file could not be written */
} cli_rejects;

void cli_rejects_init(cli_rejects *rejects, const char *path, const char *input, bool quiet);
/* record: as it came. */
void cli_rejects_add(cli_rejects *rejects, toc_str record, uint64_t line, const char *reason,
                     size_t reason_len);
/* Ends the file; false when something of it was lost. */
bool cli_rejects_close(cli_rejects *rejects);
#endif
