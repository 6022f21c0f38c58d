#include "listing.h"

#include <string.h>
#include <unistd.h>

bool cli_listing_start(cli_listing *list, const cli_args *args, const char *const *members,
                       const char *const *titles, size_t columns)
{
    const char *format = cli_format(args);
    list->json =
        format ? !strcmp(format, "jsonl") || !strcmp(format, "json") : !isatty(STDOUT_FILENO);
    if (format && !list->json && strcmp(format, "table") != 0) {
        (void)cli_usage("--format: \"%s\" is neither table nor jsonl here", format);
        return false;
    }
    list->members = members;
    list->columns = columns;
    cli_table_start(&list->table, stdout, titles, columns);
    return true;
}

static void print_json_text(toc_str text)
{
    (void)putchar('"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\')
            (void)printf("\\%c", c);
        else if (c < 0x20)
            (void)printf("\\u%04x", c);
        else
            (void)putchar(c);
    }
    (void)putchar('"');
}

static bool is(toc_str text, const char *word)
{
    return text.len == strlen(word) && !memcmp(text.ptr, word, text.len);
}

static void print_json_member(const char *member, toc_str cell)
{
    bool number = *member == '#', truth = *member == '?';
    (void)printf("\"%s\":", member + (number || truth));
    if (truth)
        (void)fputs(is(cell, "yes") || is(cell, "true") ? "true" : "false", stdout);
    else if (number)
        (void)printf("%.*s", cell.len ? (int)cell.len : 4, cell.len ? cell.ptr : "null");
    else
        print_json_text(cell);
}

void cli_listing_row(cli_listing *list, const toc_str *cells)
{
    if (!list->json) {
        cli_table_row(&list->table, cells);
        return;
    }
    for (size_t i = 0; i < list->columns; i++) {
        (void)putchar(i ? ',' : '{');
        print_json_member(list->members[i], cells[i]);
    }
    (void)puts("}");
}

void cli_listing_end(cli_listing *list)
{
    if (!list->json)
        cli_table_end(&list->table);
}
