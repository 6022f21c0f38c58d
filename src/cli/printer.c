#include "printer.h"

#include <string.h>
#include <unistd.h>

#include "fields.h"
#include "query.h"
#include "tocsin/parts.h"

/* More filters than that on one object are not shown. */
#define FILTERS_SHOWN 32
#define COLUMNS_MAX 6
/* Objects come by the hundred thousand. */
#define STDOUT_ROOM (1U << 18)

typedef struct cli_columns {
    toc_kind kind;
    toc_part part; /* of records */
    size_t count;
    const char *titles[COLUMNS_MAX];
    const char *fields[COLUMNS_MAX];
} cli_columns;

static const cli_columns kinds[] = {
    {TOC_KIND_INDICATOR,
     TOC_PART_COUNT,
     6,
     {"TYPE", "VALUE", "RATING", "CONFIDENCE", "MODIFIED", "OWNER"},
     {CLI_FIELD_TYPE, CLI_FIELD_SUMMARY, "rating", "confidence", "lastModified", "ownerName"}},
    {TOC_KIND_GROUP,
     TOC_PART_COUNT,
     5,
     {"ID", "TYPE", "NAME", "ADDED", "OWNER"},
     {"id", CLI_FIELD_TYPE, CLI_FIELD_SUMMARY, "dateAdded", "ownerName"}},
    {TOC_KIND_TASK,
     TOC_PART_COUNT,
     5,
     {"ID", "NAME", "STATUS", "DUE", "OWNER"},
     {"id", CLI_FIELD_SUMMARY, "status", "dueDate", "ownerName"}},
    {TOC_KIND_VICTIM,
     TOC_PART_COUNT,
     5,
     {"ID", "NAME", "ORG", "NATIONALITY", "OWNER"},
     {"id", CLI_FIELD_SUMMARY, "org", "nationality", "ownerName"}},
    {TOC_KIND_VICTIM_ASSET,
     TOC_PART_COUNT,
     5,
     {"ID", "TYPE", "VALUE", "NETWORK", "ADDRESS TYPE"},
     {"id", CLI_FIELD_TYPE, CLI_FIELD_SUMMARY, "network", "addressType"}},
    {TOC_KIND_ADVERSARY_ASSET,
     TOC_PART_COUNT,
     3,
     {"ID", "TYPE", "VALUE"},
     {"id", CLI_FIELD_TYPE, CLI_FIELD_SUMMARY}},
    {TOC_KIND_RECORD, TOC_PART_TAG, 2, {"NAME", "DESCRIPTION"}, {"name", "description"}},
    {TOC_KIND_RECORD,
     TOC_PART_LABEL,
     3,
     {"NAME", "DESCRIPTION", "ADDED"},
     {"name", "description", "dateAdded"}},
    {TOC_KIND_RECORD,
     TOC_PART_ATTRIBUTE,
     5,
     {"ID", "TYPE", "DISPLAYED", "SOURCE", "VALUE"},
     {"id", "type", "displayed", "source", "value"}},
    {TOC_KIND_RECORD,
     TOC_PART_ASSIGNEE, /* escalatees are users as well */
     3,
     {"USER", "FIRST NAME", "LAST NAME"},
     {"userName", "firstName", "lastName"}},
};

static const struct {
    const char *ending, *format;
} endings[] = {{".cef", "cef"},     {".leef", "leef"}, {".csv", "csv"},  {".json", "json"},
               {".jsonl", "jsonl"}, {".txt", "list"},  {".list", "list"}};

static const char *default_format(const cli_printer *printer, const cli_args *args)
{
    const char *path = cli_value(args, OPT_OUTPUT);
    const char *dot = path && printer->out.path ? strrchr(path, '.') : NULL;
    for (size_t i = 0; dot && i < COUNT_OF(endings); i++)
        if (!strcmp(dot, endings[i].ending))
            return endings[i].format;
    return printer->out.file == stdout && isatty(STDOUT_FILENO) ? "table" : "jsonl";
}

static toc_rc unknown_format(const char *name, toc_error *err)
{
    char all[160] = "";
    const char *names[32];
    size_t count = 0;
    const toc_format *format = NULL;
    for (; count + 1 < COUNT_OF(names) && (format = toc_format_at(count)); count++)
        names[count] = toc_format_describe(format).name;
    names[count++] = "table";
    for (size_t i = 0, used = 0; i < count; i++, used = strlen(all))
        (void)snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", names[i]);
    const char *near = cli_nearest(name, names, count);
    return cli_error(err, TOC_EINVAL, "--format: \"%.40s\" is none of %s%s%s%s", name, all,
                     near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static toc_rc not_for_kind(const char *name, toc_error *err)
{
    char others[160] = "table";
    const toc_format *format;
    for (size_t i = 0; (format = toc_format_at(i)) != NULL; i++) {
        toc_format_info info = toc_format_describe(format);
        size_t used = strlen(others);
        if (!info.indicators_only)
            (void)snprintf(others + used, sizeof others - used, ", %s", info.name);
    }
    return cli_error(err, TOC_EINVAL, "--format: %.40s is for indicators only; here there are %s",
                     name, others);
}

/* What is lost shows in the end: at the file's flush, or main's of standard output. */
static void put(cli_printer *printer, toc_str text)
{
    cli_print_data(printer->out.file, printer->terminal, text.ptr, text.len);
}

static toc_rc begin_table(cli_printer *printer, toc_kind kind, const toc_type *type)
{
    const cli_columns *row = kinds;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (kinds[i].kind == kind &&
            (kind != TOC_KIND_RECORD || !type || toc_part_type(kinds[i].part) == type))
            row = &kinds[i];
    printer->columns = row;
    cli_table_start(&printer->table, printer->out.file, row->titles, row->count);
    return TOC_OK;
}

static toc_rc begin(cli_printer *printer, const cli_args *args, toc_kind kind, const toc_type *type,
                    toc_error *err)
{
    toc_str text = {NULL, 0};
    const char *name = cli_format(args);
    if (!name)
        name = default_format(printer, args);
    if (!strcmp(name, "table"))
        return begin_table(printer, kind, type);
    const toc_format *format = toc_format_find(name);
    if (!format)
        return unknown_format(name, err);
    if (toc_format_describe(format).indicators_only && kind != TOC_KIND_INDICATOR)
        return not_for_kind(name, err);
    unsigned flags = cli_has(args, OPT_COMPAT) ? TOC_FORMAT_COMPAT : 0;
    toc_rc rc = toc_formatter_new(format, flags, &printer->formatter, err);
    if (!rc)
        rc = type ? toc_formatter_begin_type(printer->formatter, type, &text, err)
                  : toc_formatter_begin(printer->formatter, kind, &text, err);
    if (!rc)
        put(printer, text);
    return rc;
}

toc_rc cli_printer_open_type(cli_printer *printer, const cli_args *args, toc_kind kind,
                             const toc_type *type, toc_error *err)
{
    static char room[STDOUT_ROOM];
    *printer = (cli_printer){.formatter = NULL};
    toc_rc rc = cli_output_open(&printer->out, args, err);
    if (rc)
        return rc;
    printer->terminal = isatty(fileno(printer->out.file)) == 1;
    if (printer->out.file == stdout && !printer->terminal)
        (void)setvbuf(stdout, room, _IOFBF, sizeof room);
    rc = begin(printer, args, kind, type, err);
    if (rc) {
        toc_formatter_free(printer->formatter);
        (void)cli_output_close(&printer->out, false, NULL);
        *printer = (cli_printer){.formatter = NULL};
    }
    return rc;
}

toc_rc cli_printer_open(cli_printer *printer, const cli_args *args, toc_kind kind, toc_error *err)
{
    const toc_type *record =
        kind == TOC_KIND_RECORD && args->word_count ? cli_query_record(args->words[0]) : NULL;
    return cli_printer_open_type(printer, args, kind, record, err);
}

static void table_row(cli_printer *printer, toc_object *obj)
{
    char rooms[COLUMNS_MAX][CLI_FIELD_ROOM];
    toc_str cells[COLUMNS_MAX];
    for (size_t i = 0; i < printer->columns->count; i++)
        cells[i] = cli_field_text(obj, printer->columns->fields[i], rooms[i]);
    cli_table_row(&printer->table, cells);
}

static toc_rc failed_output(const cli_printer *printer, toc_error *err)
{
    if (!ferror(printer->out.file))
        return TOC_OK;
    return cli_error(err, TOC_EIO, "%.400s could not be written",
                     printer->out.path ? printer->out.path : "standard output");
}

toc_rc cli_printer_object(cli_printer *printer, toc_list *list, toc_object *obj, toc_error *err)
{
    toc_str matched[FILTERS_SHOWN];
    toc_str text = {NULL, 0};
    size_t count = 0;
    if (printer->formatter) {
        while (list && count < FILTERS_SHOWN &&
               (matched[count] = toc_list_matched(list, count)).ptr)
            count++;
        toc_str uri = list ? toc_list_uri(list) : (toc_str){NULL, 0};
        toc_formatter_found(printer->formatter, matched, count, uri);
        toc_rc rc = toc_formatter_object(printer->formatter, obj, &text, err);
        if (rc)
            return rc;
        put(printer, text);
    } else {
        table_row(printer, obj);
    }
    printer->count++;
    return failed_output(printer, err);
}

toc_rc cli_printer_close(cli_printer *printer, bool whole, toc_error *err)
{
    toc_str tail = {NULL, 0};
    toc_rc rc = TOC_OK;
    if (!printer->out.file)
        return rc;
    if (printer->formatter && whole)
        rc = toc_formatter_end(printer->formatter, &tail, err);
    else if (!printer->formatter)
        cli_table_end(&printer->table);
    put(printer, tail);
    toc_formatter_free(printer->formatter);
    printer->formatter = NULL;
    toc_error ignored = {0};
    toc_rc closed = cli_output_close(&printer->out, whole && !rc, rc ? &ignored : err);
    return rc ? rc : closed;
}
