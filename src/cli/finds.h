/* finds.h - what was found in texts, in the form that --format names. */
#ifndef TOC_CLI_FINDS_H
#define TOC_CLI_FINDS_H
#include "cli.h"
#include "table.h"
#include "grow.h"
#include "tocsin/extract.h"

typedef struct cli_finds {
    FILE *file;
    bool terminal; /* the file is one */
    const struct cli_finds_form *form;
    cli_table table;
    cli_grow line;
    bool files, marks; /* members that say the file, and the warning list */
} cli_finds;

/* By --format; without it a table on a terminal, JSON lines elsewhere. False after a usage message.
 * Nothing is written before start. */
bool cli_finds_choose(cli_finds *finds, const cli_args *args);
bool cli_finds_start(cli_finds *finds, FILE *file);
/* warning: the list that names the value, or NULL. False when out of memory, as above. */
bool cli_finds_put(cli_finds *finds, const toc_find *find, const char *name, const char *warning);
void cli_finds_end(cli_finds *finds);
#endif
