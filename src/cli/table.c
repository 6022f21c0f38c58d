#include "table.h"

#include <stdlib.h>
#include <string.h>

/* One value must not push the others off the screen. */
#define WIDTH_MAXIMUM 72

void cli_table_start(cli_table *table, FILE *file, const char *const *titles, size_t columns)
{
    memset(table, 0, sizeof *table);
    table->file = file;
    table->columns = columns;
    for (size_t i = 0; i < columns; i++) {
        table->titles[i] = titles[i];
        table->widths[i] = strlen(titles[i]);
    }
}

static size_t width_of(const char *text, size_t len)
{
    size_t width = 0;
    for (size_t i = 0; i < len; i++)
        width += ((unsigned char)text[i] & 0xC0U) != 0x80U;
    return width;
}

/* Control characters would move the cursor of a terminal. */
static void print_clean(FILE *file, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        (void)fputc((unsigned char)text[i] < 0x20 || text[i] == 0x7F ? '?' : text[i], file);
}

static void print_row(const cli_table *table, const toc_str *cells)
{
    for (size_t i = 0; i < table->columns; i++) {
        print_clean(table->file, cells[i].ptr, cells[i].len);
        size_t width = width_of(cells[i].ptr, cells[i].len);
        if (i + 1 == table->columns)
            break;
        for (size_t pad = width; pad < table->widths[i] + 2; pad++)
            (void)fputc(' ', table->file);
        if (width >= table->widths[i] + 2)
            (void)fputc(' ', table->file);
    }
    (void)fputc('\n', table->file);
}

static void settle(cli_table *table)
{
    toc_str cells[TABLE_COLUMNS];
    if (table->flowing)
        return;
    table->flowing = true;
    for (size_t i = 0; i < table->columns; i++)
        cells[i] = toc_str_of(table->titles[i]);
    print_row(table, cells);
    for (size_t r = 0; r < table->rows; r++) {
        for (size_t i = 0; i < table->columns; i++)
            cells[i] = toc_str_of(table->cells[r][i]);
        print_row(table, cells);
        for (size_t i = 0; i < table->columns; i++)
            free(table->cells[r][i]);
    }
}

void cli_table_row(cli_table *table, const toc_str *cells)
{
    if (!table->flowing && table->rows == TABLE_ROWS)
        settle(table);
    if (table->flowing) {
        print_row(table, cells);
        return;
    }
    for (size_t i = 0; i < table->columns; i++) {
        size_t width = width_of(cells[i].ptr, cells[i].len);
        width = width < WIDTH_MAXIMUM ? width : WIDTH_MAXIMUM;
        if (width > table->widths[i])
            table->widths[i] = width;
        table->cells[table->rows][i] = strndup(cells[i].len ? cells[i].ptr : "", cells[i].len);
    }
    table->rows++;
}

void cli_table_end(cli_table *table)
{
    settle(table);
}
