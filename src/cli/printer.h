/* printer.h - objects as --format says, on standard output or into a file that appears whole. */
#ifndef TOC_CLI_PRINTER_H
#define TOC_CLI_PRINTER_H
#include "cli.h"
#include "output.h"
#include "table.h"

typedef struct cli_printer {
    cli_output out;
    bool terminal;            /* the output is one */
    toc_formatter *formatter; /* NULL: table */
    cli_table table;
    const struct cli_columns *columns; /* of the table */
    uint64_t count;                    /* objects printed */
} cli_printer;

/* --format; without it a table on a terminal, JSON lines elsewhere and into files by their ending.
 * Tags and labels are known by the first word (query.h). */
toc_rc cli_printer_open(cli_printer *printer, const cli_args *args, toc_kind kind, toc_error *err);
/* The same for objects of one type; NULL: any of the kind. */
toc_rc cli_printer_open_type(cli_printer *printer, const cli_args *args, toc_kind kind,
                             const toc_type *type, toc_error *err);
/* list: where the object comes from (formats may say so), may be NULL. */
toc_rc cli_printer_object(cli_printer *printer, toc_list *list, toc_object *obj, toc_error *err);
/* Ends the output. whole false: a file of --output is not touched. Always releases. */
toc_rc cli_printer_close(cli_printer *printer, bool whole, toc_error *err);
#endif
