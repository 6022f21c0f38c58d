#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* Where nothing is cut, one value must not push the others far away. */
#define WIDTH_MAXIMUM 72
/* Columns that are cut below this say nothing any more. */
#define WIDTH_MINIMUM 6
/* A first column up to this is a name or a number that is copied: it is cut last. */
#define WIDTH_KEPT 24
#define GAP 2

void cli_table_start(cli_table *table, FILE *file, const char *const *titles, size_t columns)
{
    memset(table, 0, sizeof *table);
    table->file = file;
    table->columns = columns;
    table->width = cli_width(file);
    table->colour = cli_colour(file);
    for (size_t i = 0; i < columns; i++) {
        table->titles[i] = titles[i];
        table->widths[i] = strlen(titles[i]);
    }
}

/* Characters that take two columns, and those that take none. */
static const struct {
    uint32_t first, last;
    unsigned width;
} widths[] = {
    {0x0300, 0x036F, 0}, {0x1100, 0x115F, 2}, {0x200B, 0x200F, 0},   {0x2E80, 0xA4CF, 2},
    {0xAC00, 0xD7A3, 2}, {0xF900, 0xFAFF, 2}, {0xFE00, 0xFE0F, 0},   {0xFE30, 0xFE6F, 2},
    {0xFF00, 0xFF60, 2}, {0xFFE0, 0xFFE6, 2}, {0x1F300, 0x1FAFF, 2}, {0x20000, 0x3FFFD, 2},
};

/* The character at text[at]: its columns; *next is set behind it. Broken bytes take one each. */
static size_t width_at(const char *text, size_t len, size_t at, size_t *next)
{
    unsigned char c = (unsigned char)text[at];
    size_t size = c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    uint32_t code = size == 1 ? c : c & (0x7FU >> size);
    size_t i = at + 1;
    for (; i < len && i < at + size && ((unsigned char)text[i] & 0xC0U) == 0x80U; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3FU);
    *next = i;
    for (size_t k = 0; k < COUNT_OF(widths); k++)
        if (code >= widths[k].first && code <= widths[k].last)
            return widths[k].width;
    return 1;
}

static size_t width_of(const char *text, size_t len)
{
    size_t width = 0;
    for (size_t at = 0; at < len;)
        width += width_at(text, len, at, &at);
    return width;
}

/* At most so many columns, the last one an ellipsis where it does not fit. Returns what it took. */
static size_t print_cut(FILE *file, toc_str text, size_t columns)
{
    size_t whole = width_of(text.ptr, text.len);
    size_t end = 0, width = 0;
    if (whole <= columns) {
        cli_print_clean(file, text.ptr, text.len);
        return whole;
    }
    for (size_t next = 0; end < text.len; end = next) {
        size_t more = width_at(text.ptr, text.len, end, &next);
        if (width + more + 1 > columns)
            break;
        width += more;
    }
    cli_print_clean(file, text.ptr, end);
    (void)fputs("\xE2\x80\xA6", file);
    return width + 1;
}

static void print_upright(const cli_table *table, const toc_str *cells)
{
    size_t title = 0;
    for (size_t i = 0; i < table->columns; i++)
        title = strlen(table->titles[i]) > title ? strlen(table->titles[i]) : title;
    title = title + 1 < table->width / 2 ? title : table->width / 2 - 1;
    for (size_t i = 0; i < table->columns; i++) {
        size_t used = print_cut(table->file, toc_str_of(table->titles[i]), title);
        if (cells[i].len) {
            (void)fprintf(table->file, "%*s", (int)(title - used + 1), "");
            (void)print_cut(table->file, cells[i], table->width - title - 1);
        }
        (void)fputc('\n', table->file);
    }
    (void)fputc('\n', table->file);
}

/* Nothing follows the last cell that has something in it, no blanks either. */
static void print_cells(const cli_table *table, const toc_str *cells)
{
    size_t count = table->columns;
    while (count && !cells[count - 1].len)
        count--;
    for (size_t i = 0; i < count; i++) {
        bool last = i + 1 == count;
        size_t room = table->width ? table->widths[i] : SIZE_MAX;
        size_t used = print_cut(table->file, cells[i], room);
        size_t pad = used < table->widths[i] + GAP ? table->widths[i] + GAP - used : 1;
        if (!last)
            (void)fprintf(table->file, "%*s", (int)pad, "");
    }
}

static void print_row(const cli_table *table, const toc_str *cells)
{
    if (table->upright) {
        print_upright(table, cells);
        return;
    }
    print_cells(table, cells);
    (void)fputc('\n', table->file);
}

/* Takes from the widest columns until the row fits; false when that leaves too little. What the
 * terminal has left is the last column's, for longer values that come later. */
static bool fit(cli_table *table)
{
    size_t sum = GAP * (table->columns - 1);
    for (size_t i = 0; i < table->columns; i++) {
        if (!table->width && table->widths[i] > WIDTH_MAXIMUM)
            table->widths[i] = WIDTH_MAXIMUM;
        sum += table->widths[i];
    }
    if (!table->width)
        return true;
    if (sum < table->width)
        table->widths[table->columns - 1] += table->width - sum;
    size_t first = table->columns > 1 && table->widths[0] <= WIDTH_KEPT;
    for (; sum > table->width; sum--) {
        size_t widest = first;
        for (size_t i = first + 1; i < table->columns; i++)
            widest = table->widths[i] > table->widths[widest] ? i : widest;
        if (first && table->widths[widest] <= WIDTH_MINIMUM) {
            first = 0;
            widest = table->widths[0] > table->widths[widest] ? 0 : widest;
        }
        if (table->widths[widest] <= WIDTH_MINIMUM)
            return false;
        table->widths[widest]--;
    }
    return true;
}

static void print_titles(const cli_table *table)
{
    toc_str cells[TABLE_COLUMNS];
    for (size_t i = 0; i < table->columns; i++)
        cells[i] = toc_str_of(table->titles[i]);
    (void)fputs(table->colour ? CLI_BOLD : "", table->file);
    print_cells(table, cells);
    (void)fprintf(table->file, "%s\n", table->colour ? CLI_PLAIN : "");
}

static void settle(cli_table *table)
{
    toc_str cells[TABLE_COLUMNS];
    if (table->flowing)
        return;
    table->flowing = true;
    table->upright = !fit(table);
    if (!table->upright)
        print_titles(table);
    for (size_t r = 0; r < table->rows; r++) {
        for (size_t i = 0; i < table->columns; i++)
            cells[i] = toc_str_of(table->cells[r][i]);
        print_row(table, cells);
        for (size_t i = 0; i < table->columns; i++)
            free(table->cells[r][i]);
    }
}

/* Copies the row; false when there is no memory for it. */
static bool keep(cli_table *table, const toc_str *cells)
{
    char **row = table->cells[table->rows];
    bool whole = true;
    for (size_t i = 0; i < table->columns; i++) {
        row[i] = strndup(cells[i].len ? cells[i].ptr : "", cells[i].len);
        whole = whole && row[i];
    }
    for (size_t i = 0; !whole && i < table->columns; i++)
        free(row[i]);
    table->rows += whole;
    return whole;
}

void cli_table_row(cli_table *table, const toc_str *cells)
{
    for (size_t i = 0; i < table->columns && !table->flowing; i++) {
        size_t width = width_of(cells[i].ptr, cells[i].len);
        if (width > table->widths[i])
            table->widths[i] = width;
    }
    if (!table->flowing && table->rows < TABLE_ROWS && keep(table, cells))
        return;
    settle(table);
    print_row(table, cells);
}

void cli_table_end(cli_table *table)
{
    if (table->rows)
        settle(table);
}
