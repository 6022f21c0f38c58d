/* table.h - aligned columns, bounded in memory: widths come from the first rows. On a terminal they
 * fit its width, elsewhere nothing is cut. */
#ifndef TOC_CLI_TABLE_H
#define TOC_CLI_TABLE_H
#include <stdio.h>

#include "tocsin/base.h"

#define TABLE_COLUMNS 8
#define TABLE_ROWS 200 /* rows that decide the widths */

typedef struct cli_table {
    FILE *file;
    size_t columns;
    const char *titles[TABLE_COLUMNS];
    size_t widths[TABLE_COLUMNS];
    char *cells[TABLE_ROWS][TABLE_COLUMNS];
    size_t rows;
    size_t width; /* of the terminal; 0: none */
    bool colour;
    bool upright; /* too narrow for columns: a line for each cell */
    bool flowing; /* the widths are settled, rows go straight out */
} cli_table;

void cli_table_start(cli_table *table, FILE *file, const char *const *titles, size_t columns);
void cli_table_row(cli_table *table, const toc_str *cells);
/* Titles without a row say nothing: then nothing is printed. */
void cli_table_end(cli_table *table);
#endif
