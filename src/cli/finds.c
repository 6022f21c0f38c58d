#include "finds.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

typedef struct cli_finds_form {
    const char *name;
    void (*start)(cli_finds *finds);
    void (*put)(cli_finds *finds, const toc_find *find, const char *name, const char *warning);
} cli_finds_form;

static void put_line(cli_finds *finds, const toc_find *find, const char *name, const char *warning)
{
    cli_grow *line = &finds->line;
    cli_grow_format(line, "{\"type\":\"%s\",\"value\":", find->type->name);
    cli_grow_json(line, find->value);
    if (!toc_str_equal(find->value, find->text)) {
        cli_grow_put(line, ",\"text\":");
        cli_grow_json(line, find->text);
    }
    cli_grow_format(line, ",\"line\":%" PRIu64 ",\"column\":%" PRIu64 ",\"defanged\":%s",
                    find->line, find->column, find->defanged ? "true" : "false");
    if (finds->files) {
        cli_grow_put(line, ",\"file\":");
        cli_grow_json(line, toc_str_of(name));
    }
    if (warning) {
        cli_grow_put(line, ",\"warning\":");
        cli_grow_json(line, toc_str_of(warning));
    }
    cli_grow_put(line, "}\n");
}

static void start_csv(cli_finds *finds)
{
    cli_grow_format(&finds->line, "type,value,text,line,column,defanged%s%s\n",
                    finds->files ? ",file" : "", finds->marks ? ",warning" : "");
}

static void put_csv(cli_finds *finds, const toc_find *find, const char *name, const char *warning)
{
    cli_grow *line = &finds->line;
    cli_grow_format(line, "%s,", find->type->name);
    cli_grow_csv(line, find->value);
    cli_grow_put(line, ",");
    cli_grow_csv(line, find->text);
    cli_grow_format(line, ",%" PRIu64 ",%" PRIu64 ",%s", find->line, find->column,
                    find->defanged ? "true" : "false");
    if (finds->files) {
        cli_grow_put(line, ",");
        cli_grow_csv(line, toc_str_of(name));
    }
    if (finds->marks) {
        cli_grow_put(line, ",");
        cli_grow_csv(line, toc_str_of(warning ? warning : ""));
    }
    cli_grow_put(line, "\n");
}

static void put_value(cli_finds *finds, const toc_find *find, const char *name, const char *warning)
{
    (void)name;
    (void)warning;
    cli_grow_add(&finds->line, find->value.ptr, find->value.len);
    cli_grow_put(&finds->line, "\n");
}

static void start_table(cli_finds *finds)
{
    const char *titles[TABLE_COLUMNS] = {"TYPE", "VALUE", "LINE", "COLUMN"};
    size_t count = 4;
    if (finds->files)
        titles[count++] = "FILE";
    if (finds->marks)
        titles[count++] = "WARNING";
    cli_table_start(&finds->table, finds->file, titles, count);
}

static void put_row(cli_finds *finds, const toc_find *find, const char *name, const char *warning)
{
    char line[24], column[24];
    toc_str cells[TABLE_COLUMNS] = {toc_str_of(find->type->name), find->value};
    size_t count = 4;
    cells[2] = (toc_str){line, (size_t)snprintf(line, sizeof line, "%" PRIu64, find->line)};
    cells[3] = (toc_str){column, (size_t)snprintf(column, sizeof column, "%" PRIu64, find->column)};
    if (finds->files)
        cells[count++] = toc_str_of(name);
    if (finds->marks)
        cells[count++] = toc_str_of(warning ? warning : "");
    cli_table_row(&finds->table, cells);
}

/* The first two are what is chosen when nobody says. */
static const cli_finds_form forms[] = {
    {"jsonl", NULL, put_line}, {"table", start_table, put_row}, {"csv", start_csv, put_csv},
    {"list", NULL, put_value}, {"json", NULL, put_line},
};

bool cli_finds_choose(cli_finds *finds, const cli_args *args)
{
    const char *word = cli_format(args);
    const char *path = cli_value(args, OPT_OUTPUT);
    bool terminal = isatty(STDOUT_FILENO) == 1 && (!path || !strcmp(path, "-"));
    finds->form = word ? NULL : &forms[terminal];
    for (size_t i = 0; word && i < COUNT_OF(forms); i++)
        if (!strcmp(word, forms[i].name))
            finds->form = &forms[i];
    if (!finds->form)
        (void)cli_usage("--format: \"%s\" is not jsonl, csv, list or table", word);
    return finds->form != NULL;
}

/* What was put together goes out; false when memory ran out before. */
static bool flush(cli_finds *finds)
{
    bool whole = !finds->line.failed;
    if (whole && finds->line.len)
        cli_print_data(finds->file, finds->terminal, finds->line.ptr, finds->line.len);
    finds->line.len = 0;
    return whole;
}

bool cli_finds_start(cli_finds *finds, FILE *file)
{
    finds->file = file;
    finds->terminal = isatty(fileno(file)) == 1;
    if (finds->form->start)
        finds->form->start(finds);
    return flush(finds);
}

bool cli_finds_put(cli_finds *finds, const toc_find *find, const char *name, const char *warning)
{
    finds->form->put(finds, find, name, warning);
    return flush(finds);
}

void cli_finds_end(cli_finds *finds)
{
    if (finds->form->start == start_table)
        cli_table_end(&finds->table);
    cli_grow_free(&finds->line);
}
