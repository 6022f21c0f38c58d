#include <string.h>

#include "listing.h"
#include "query.h"

#define COLUMNS 6
#define ALL_OPERATORS "= != > >= < <= ^"

static const char *const members[COLUMNS] = {"option", "lists", "type",
                                             "name",   "value", "operators"};
static const char *const titles[COLUMNS] = {"OPTION", "LISTS", "TYPE",
                                            "NAME",   "VALUE", "OPERATORS"};
static const toc_kind kinds[] = {TOC_KIND_INDICATOR, TOC_KIND_GROUP, TOC_KIND_TASK,
                                 TOC_KIND_VICTIM};
static const char *const values[TOC_VALUE_COUNT] = {
    [TOC_VALUE_TEXT] = "text",
    [TOC_VALUE_INT] = "whole number",
    [TOC_VALUE_DECIMAL] = "number",
    [TOC_VALUE_BOOL] = "true, false",
    [TOC_VALUE_BOOL_TEXT] = "true, false",
    [TOC_VALUE_DATE] = "date",
};

/* What is printed: lists of one kind, or of one type. */
typedef struct scope {
    cli_listing *list;
    const char *lists;
    toc_kind kind;
    const toc_type *type; /* NULL: all of the kind */
    const toc_filter *filter;
} scope;

static void row(const scope *of, const char *option, const char *type, const char *name,
                const char *value, const char *operators)
{
    cli_listing_row(of->list,
                    (toc_str[COLUMNS]){toc_str_of(option), toc_str_of(of->lists), toc_str_of(type),
                                       toc_str_of(name), toc_str_of(value), toc_str_of(operators)});
}

static void api_rows(const scope *of)
{
    const char *name = NULL;
    for (size_t i = 0; (name = toc_filter_name(of->filter, TOC_FILTER_API, true, i)); i++) {
        bool number = strlen(name) > 2 && !strcmp(name + strlen(name) - 3, "_id");
        row(of, "--api-filter", of->type ? of->type->name : "all", name,
            number || !strcmp(name, "id") ? "whole number" : "text", "=");
    }
}

/* Without a type those of every type, each with the type it is for. */
static void term_rows(const scope *of)
{
    toc_filter_field field;
    for (size_t i = 0; toc_filter_field_at(i, &field); i++) {
        if (strcmp(field.lists, of->lists) != 0 ||
            (of->type && field.type && strcmp(field.type, of->type->name) != 0))
            continue;
        const char *operators = strcmp(field.operators, "= !") != 0 ? field.operators : "= !=";
        row(of, "--filter", field.type ? field.type : "all", field.name, field.value, operators);
    }
}

static void field_rows(const scope *of, const toc_field *fields, size_t count, const char *type)
{
    for (size_t i = 0; i < count; i++)
        if (!(fields[i].flags & TOC_FIELD_SECRET))
            row(of, "--where", type, fields[i].name, values[fields[i].value], ALL_OPERATORS);
}

/* The fields by their names in words ("date_added") say nothing new. */
static bool is_field(const scope *of, const char *name)
{
    char joined[64];
    size_t used = 0;
    for (; *name && used < sizeof joined - 1; name++) {
        bool up = name[0] == '_' && name[1] >= 'a' && name[1] <= 'z';
        name += up;
        joined[used++] = up ? (char)(*name - 32) : *name;
    }
    joined[used] = '\0';
    size_t count = 0;
    const toc_field *fields = toc_kind_fields(of->kind, &count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(fields[i].name, joined))
            return true;
    return of->type && toc_type_field(of->type, toc_str_of(joined));
}

static void where_rows(const scope *of)
{
    const char *name = NULL;
    size_t count = 0;
    for (size_t i = 0; (name = toc_filter_name(of->filter, TOC_FILTER_POST, true, i)); i++)
        if (!is_field(of, name))
            row(of, "--where", "all", name, "text", ALL_OPERATORS);
    const toc_field *fields = toc_kind_fields(of->kind, &count);
    field_rows(of, fields, count, "all");
    if (of->type)
        field_rows(of, of->type->fields, of->type->field_count, of->type->name);
}

static toc_rc print_kind(cli_listing *list, toc_kind kind, const toc_type *type, toc_error *err)
{
    toc_filter *filter = NULL;
    toc_rc rc = toc_filter_new(kind, type, &filter, err);
    if (rc)
        return rc;
    scope of = {list, toc_kind_branch(kind), kind, type, filter};
    api_rows(&of);
    term_rows(&of);
    where_rows(&of);
    toc_filter_free(filter);
    return TOC_OK;
}

/* The kind by the word, or by the type alone. */
static int choose(const cli_args *args, toc_kind *only, const toc_type **type)
{
    const char *word = args->word_count ? args->words[0] : NULL;
    const char *name = cli_value(args, OPT_TYPE);
    if (word && !cli_query_kind("filters", word, only))
        return EXIT_USAGE;
    if (word && *only == TOC_KIND_RECORD)
        return cli_usage("filters: %s take --filter 'name=...' and --where only", word);
    for (size_t i = 0; name && !*type && i < COUNT_OF(kinds); i++)
        if (!word || kinds[i] == *only)
            *type = toc_types_find(NULL, kinds[i], toc_str_of(name));
    if (name && !*type)
        return cli_usage("--type: \"%s\" is no built-in type%s%s; 'tocsin types' lists them", name,
                         word ? " of " : "", word ? word : "");
    if (*type)
        *only = (*type)->kind;
    return EXIT_OK;
}

int cmd_filters(const cli_args *args)
{
    toc_kind only = TOC_KIND_COUNT;
    const toc_type *type = NULL;
    int status = choose(args, &only, &type);
    if (status != EXIT_OK)
        return status;
    cli_listing list;
    if (!cli_listing_start(&list, args, members, titles, COLUMNS))
        return EXIT_USAGE;
    toc_error err = {0};
    toc_rc rc = TOC_OK;
    for (size_t i = 0; !rc && i < COUNT_OF(kinds); i++)
        if (only == TOC_KIND_COUNT || only == kinds[i])
            rc = print_kind(&list, kinds[i], type, &err);
    return cli_listing_end(&list, rc, &err);
}
