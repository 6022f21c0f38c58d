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
    list->line = (cli_grow){.ptr = NULL};
    list->lost = (toc_error){.code = TOC_OK};
    cli_table_start(&list->table, stdout, titles, columns);
    return true;
}

static bool is(toc_str text, const char *word)
{
    return text.len == strlen(word) && !memcmp(text.ptr, word, text.len);
}

static void add_member(cli_grow *line, const char *member, toc_str cell)
{
    bool number = *member == '#', truth = *member == '?';
    cli_grow_json(line, toc_str_of(member + (number || truth)));
    cli_grow_put(line, ":");
    if (truth)
        cli_grow_put(line, is(cell, "yes") || is(cell, "true") ? "true" : "false");
    else if (number)
        cli_grow_add(line, cell.len ? cell.ptr : "null", cell.len ? cell.len : 4);
    else
        cli_grow_json(line, cell);
}

void cli_listing_row(cli_listing *list, const toc_str *cells)
{
    if (!list->json) {
        cli_table_row(&list->table, cells);
        return;
    }
    cli_grow *line = &list->line;
    for (size_t i = 0; i < list->columns; i++) {
        cli_grow_put(line, i ? "," : "{");
        add_member(line, list->members[i], cells[i]);
    }
    cli_grow_put(line, "}\n");
    (void)cli_grow_print(line, &list->lost); /* told in the end */
}

int cli_listing_end(cli_listing *list, toc_rc rc, const toc_error *err)
{
    if (!list->json)
        cli_table_end(&list->table);
    cli_grow_free(&list->line);
    if (rc)
        return cli_fail(err);
    return list->lost.code ? cli_fail(&list->lost) : EXIT_OK;
}
