/* listing.h - rows of short texts as a table, or as one JSON object a line. */
#ifndef TOC_CLI_LISTING_H
#define TOC_CLI_LISTING_H
#include "cli.h"
#include "grow.h"
#include "table.h"

typedef struct cli_listing {
    bool json;
    cli_table table;
    const char *const *members; /* "#id": a number, "?csv": true or false, else a text */
    size_t columns;
    cli_grow line;  /* of JSON */
    toc_error lost; /* why a line of JSON is missing */
} cli_listing;

/* By --format; without it a table on a terminal, else JSON under the member names. False after a
 * usage message. */
bool cli_listing_start(cli_listing *list, const cli_args *args, const char *const *members,
                       const char *const *titles, size_t columns);
void cli_listing_row(cli_listing *list, const toc_str *cells);
/* Prints what is left; a table without rows has no titles either. rc and err: what became of what
 * was listed. Says why when it failed, and returns the exit status. */
int cli_listing_end(cli_listing *list, toc_rc rc, const toc_error *err);
#endif
