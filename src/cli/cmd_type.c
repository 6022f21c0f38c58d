#include <stdint.h>
#include <string.h>

#include "cli.h"
#include "input.h"

#define FIELDS_MAX 3
#define TEXT_MAX 2048
#define DEFAULT_LENGTH 500U

/* --- indicator types ----------------------------------------------------------------------- */

/* LABEL[:option;option] */
static bool read_field(const char *text, char *room, toc_field *field)
{
    if (snprintf(room, TEXT_MAX, "%s", text) >= TEXT_MAX)
        return false;
    char *colon = strchr(room, ':');
    if (colon)
        *colon = '\0';
    *field = (toc_field){.name = room, .flags = TOC_FIELD_KEY, .choices = colon ? colon + 1 : NULL};
    return *room && (!colon || colon[1]);
}

static bool read_case(const char *word, toc_case *letter_case)
{
    static const struct {
        const char *word;
        toc_case value;
    } cases[] = {
        {"upper", TOC_CASE_UPPER}, {"lower", TOC_CASE_LOWER}, {"sensitive", TOC_CASE_SENSITIVE}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (!word || !strcmp(word, cases[i].word)) {
            *letter_case = word ? cases[i].value : TOC_CASE_SENSITIVE;
            return true;
        }
    }
    return false;
}

static int add_type(const cli_args *args, toc_platform *platform)
{
    char rooms[FIELDS_MAX][TEXT_MAX];
    toc_field fields[FIELDS_MAX];
    toc_type type = {.kind = TOC_KIND_INDICATOR,
                     .name = args->words[1],
                     .branch = cli_value(args, OPT_BRANCH),
                     .entity = cli_value(args, OPT_ENTITY),
                     .field_count = args->counts[OPT_FIELD],
                     .fields = fields};
    if (!type.branch || !type.entity || !type.field_count || type.field_count > FIELDS_MAX)
        return cli_usage("an indicator type needs --branch, --entity and one to three --field");
    for (size_t i = 0; i < type.field_count; i++) {
        if (!read_field(args->values[OPT_FIELD][i], rooms[i], &fields[i]))
            return cli_usage("--field: LABEL or LABEL:OPTION;OPTION is needed, not \"%s\"",
                             args->values[OPT_FIELD][i]);
    }
    if (!read_case(cli_value(args, OPT_CASE), &type.letter_case))
        return cli_usage("--case: upper, lower or sensitive is needed, not \"%s\"",
                         cli_value(args, OPT_CASE));
    toc_error err = {0};
    return toc_platform_add_type(platform, &type, &err) ? cli_fail(&err) : EXIT_OK;
}

/* --- attribute and association types ------------------------------------------------------- */

static int add_attribute(const cli_args *args, toc_platform *platform)
{
    unsigned length = DEFAULT_LENGTH;
    const char *choices = cli_value(args, OPT_CHOICES);
    if (!cli_number(args, OPT_MAX_LENGTH, 1, UINT32_MAX, &length))
        return EXIT_USAGE;
    toc_attribute_type type = {.name = cli_value(args, OPT_ATTRIBUTE),
                               .description = cli_value(args, OPT_DESCRIPTION),
                               .max_length = length,
                               .markdown = cli_has(args, OPT_MARKDOWN),
                               .rule_type = choices ? "SelectOne" : NULL,
                               .rule_text = choices};
    toc_error err = {0};
    return toc_platform_add_attribute_type(platform, &type, &err) ? cli_fail(&err) : EXIT_OK;
}

/* Names joined by ',' as the library joins them. */
static bool read_names(const char *text, char *room)
{
    if (!text || snprintf(room, TEXT_MAX, "%s", text) >= TEXT_MAX)
        return false;
    for (char *at = room; *at; at++)
        *at = *at == ',' ? ';' : *at;
    return *room != '\0';
}

static int add_association(const cli_args *args, toc_platform *platform)
{
    char left[TEXT_MAX], right[TEXT_MAX];
    toc_association_type type = {.name = cli_value(args, OPT_ASSOCIATION),
                                 .branch = cli_value(args, OPT_BRANCH),
                                 .left = left,
                                 .right = right,
                                 .file_action = cli_has(args, OPT_FILE_ACTION)};
    if (!type.branch || !read_names(cli_value(args, OPT_LEFT), left) ||
        !read_names(cli_value(args, OPT_RIGHT), right))
        return cli_usage("an association needs --branch, --left and --right");
    toc_error err = {0};
    return toc_platform_add_association_type(platform, &type, &err) ? cli_fail(&err) : EXIT_OK;
}

static int add_file(const cli_args *args, toc_platform *platform)
{
    cli_input input;
    toc_error err = {0};
    char *data = NULL;
    size_t len = 0, count = 0;
    toc_rc rc = cli_input_open(&input, cli_value(args, OPT_FILE), &err);
    if (rc)
        return cli_fail(&err);
    rc = cli_input_map(&input, &data, &len, &err);
    if (!rc)
        rc = toc_platform_add_types_json(platform, (toc_str){data, len}, &count, &err);
    cli_unmap(data, len);
    cli_input_close(&input);
    if (rc)
        return cli_fail(&err);
    cli_note(args, "%zu new", count);
    return EXIT_OK;
}

/* --- the verb ------------------------------------------------------------------------------ */

/* What can be added, by what names it, and the options that say more about it. */
typedef struct way {
    const char *name;
    cli_option_id given; /* OPT_API: the second word */
    cli_option_id options[6];
    int (*run)(const cli_args *args, toc_platform *platform);
} way;

static const way ways[] = {
    {"NAME", OPT_API, {OPT_BRANCH, OPT_ENTITY, OPT_FIELD, OPT_CASE}, add_type},
    {"--attribute",
     OPT_ATTRIBUTE,
     {OPT_MAX_LENGTH, OPT_MARKDOWN, OPT_DESCRIPTION, OPT_CHOICES},
     add_attribute},
    {"--association",
     OPT_ASSOCIATION,
     {OPT_BRANCH, OPT_LEFT, OPT_RIGHT, OPT_FILE_ACTION},
     add_association},
    {"--file", OPT_FILE, {OPT_API}, add_file},
};

static bool is_given(const cli_args *args, const way *at)
{
    return at->given == OPT_API ? args->word_count > 1 : cli_has(args, at->given);
}

/* The only way that is given; NULL: none or several. */
static const way *choose(const cli_args *args)
{
    const way *chosen = NULL;
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        if (!is_given(args, &ways[i]))
            continue;
        if (chosen)
            return NULL;
        chosen = &ways[i];
    }
    return chosen;
}

static bool takes(const way *at, cli_option_id id)
{
    for (size_t i = 0; at->options[i] != OPT_API; i++)
        if (at->options[i] == id)
            return true;
    return false;
}

/* Options of the other ways would be passed over in silence. */
static int check_options(const cli_args *args, const way *chosen)
{
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        for (const cli_option_id *id = ways[i].options; *id != OPT_API; id++)
            if (cli_has(args, *id) && !takes(chosen, *id))
                return cli_usage("type add: --%s does not go with %s", cli_option_at(*id)->name,
                                 chosen->name);
    return EXIT_OK;
}

int cmd_type(const cli_args *args)
{
    if (!strcmp(args->words[0], "list"))
        return args->word_count == 1 ? cmd_types(args)
                                     : cli_usage("list: %s is too much", args->words[1]);
    const way *chosen = choose(args);
    if (!chosen)
        return cli_usage("type add: one of NAME, --attribute, --association, --file is needed");
    const cli_action actions[] = {{"add", chosen->given == OPT_API, "NAME", chosen->run}};
    int status = check_options(args, chosen);
    return status == EXIT_OK ? cli_store_action(args, actions, COUNT_OF(actions)) : status;
}
