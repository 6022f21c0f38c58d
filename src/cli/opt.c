#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const cli_option_id common[] = {OPT_API,     OPT_CONFIG, OPT_CA_FILE, OPT_QUIET,
                                       OPT_VERBOSE, OPT_HELP,   OPT_VERSION};

/* The edit distance of two short words, for "did you mean". */
static size_t distance(const char *a, const char *b)
{
    size_t row[64];
    size_t columns = strlen(b);
    if (columns >= COUNT_OF(row))
        return SIZE_MAX;
    for (size_t j = 0; j <= columns; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t corner = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < columns; j++) {
            size_t change = corner + (a[i] != b[j]);
            corner = row[j + 1];
            size_t best = row[j] < corner ? row[j] + 1 : corner + 1;
            row[j + 1] = change < best ? change : best;
        }
    }
    return row[columns];
}

const char *cli_nearest(const char *word, const char *const *choices, size_t count)
{
    const char *best = NULL;
    size_t least = strlen(word) / 3 + 2;
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(word, choices[i]);
        if (d < least) {
            least = d;
            best = choices[i];
        }
    }
    return best;
}

/* The options a verb takes: its own, then the common ones. verb NULL: the common ones. */
static size_t option_ids(const cli_verb *verb, cli_option_id *ids)
{
    size_t count = 0;
    for (size_t i = 0; verb && i < COUNT_OF(verb->options) && verb->options[i] != OPT_API; i++)
        ids[count++] = verb->options[i];
    for (size_t i = 0; i < COUNT_OF(common); i++)
        ids[count++] = common[i];
    return count;
}

static void print_options(const cli_verb *verb)
{
    cli_option_id ids[OPT_COUNT];
    size_t count = option_ids(verb, ids);
    for (size_t i = 0; i < count; i++) {
        const cli_option *option = cli_option_at(ids[i]);
        char left[64];
        (void)snprintf(left, sizeof left, "--%s%s%s", option->name, option->argument ? " " : "",
                       option->argument ? option->argument : "");
        if (option->letter)
            (void)printf("  -%c, %-28s %s\n", option->letter, left, option->help);
        else
            (void)printf("      %-28s %s\n", left, option->help);
    }
}

static int print_help(const cli_verb *verb)
{
    if (verb) {
        (void)printf("usage: tocsin %s%s%s [options]\n%s\n\noptions:\n", verb->name,
                     *verb->words ? " " : "", verb->words, verb->help);
        print_options(verb);
        (void)printf("\nexamples:\n%s", verb->examples);
        return EXIT_OK;
    }
    size_t count = 0;
    const cli_verb *verbs = cli_verbs(&count);
    (void)printf("usage: tocsin [options] VERB ...\n\nverbs:\n");
    for (size_t i = 0; i < count; i++)
        (void)printf("  %-8s %s\n", verbs[i].name, verbs[i].help);
    (void)printf("\noptions:\n");
    print_options(NULL);
    (void)printf("\n'tocsin VERB --help' tells more. Exit status: 0 success, 1 failure, 2 usage, 3 "
                 "partly done,\n4 a failure that will not go away by trying again.\n");
    return EXIT_OK;
}

static int unknown_option(const cli_verb *verb, const char *given)
{
    cli_option_id ids[OPT_COUNT];
    const char *names[OPT_COUNT];
    size_t count = option_ids(verb, ids);
    for (size_t i = 0; i < count; i++)
        names[i] = cli_option_at(ids[i])->name;
    char word[64];
    (void)snprintf(word, sizeof word, "%s", given + strspn(given, "-"));
    word[strcspn(word, "=")] = '\0';
    const char *near = cli_nearest(word, names, count);
    return near ? cli_usage("unknown option %s; did you mean --%s?", given, near)
                : cli_usage("unknown option %s", given);
}

static int unknown_verb(const char *given)
{
    size_t count = 0;
    const cli_verb *verbs = cli_verbs(&count);
    const char *names[32];
    for (size_t i = 0; i < count; i++)
        names[i] = verbs[i].name;
    const char *near = cli_nearest(given, names, count);
    return near ? cli_usage("unknown verb %s; did you mean %s?", given, near)
                : cli_usage("unknown verb %s; 'tocsin --help' lists them", given);
}

static int take_option(cli_args *args, cli_option_id id, const char *value)
{
    const cli_option *option = cli_option_at(id);
    if (args->counts[id] && option->argument && !option->repeat)
        args->counts[id] = 0;
    if (args->counts[id] == CLI_MAX_REPEAT)
        return cli_usage("--%s is given more than %d times", option->name, CLI_MAX_REPEAT);
    args->values[id][args->counts[id]++] = value ? value : "";
    return -1;
}

/* One run of getopt over argv; stops at the first word when it looks for the verb. */
static int parse_options(int argc, char **argv, const cli_verb *verb, cli_args *args)
{
    cli_option_id ids[OPT_COUNT];
    size_t count = option_ids(verb, ids);
    struct option table[OPT_COUNT + 1] = {{0}};
    char letters[2 * OPT_COUNT + 3] = {0};
    size_t used = 0;
    letters[used++] = verb ? '-' : '+';
    letters[used++] = ':';
    if (verb)
        letters[0] = ':'; /* words may stand between options: getopt moves them to the end */
    for (size_t i = 0; i < count; i++) {
        const cli_option *option = cli_option_at(ids[i]);
        table[i] = (struct option){option->name, option->argument ? required_argument : no_argument,
                                   NULL, 256 + (int)ids[i]};
        if (option->letter) {
            letters[used++] = option->letter;
            if (option->argument)
                letters[used++] = ':';
        }
    }
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, letters, table, NULL)) != -1;) {
        const char *given = argv[optind - 1];
        if (c == ':')
            return cli_usage("%s needs a value", given);
        if (c == '?')
            return unknown_option(verb, given);
        cli_option_id id = OPT_COUNT;
        for (size_t i = 0; i < count; i++)
            if (c == 256 + (int)ids[i] || c == cli_option_at(ids[i])->letter)
                id = ids[i];
        int status = take_option(args, id, optarg);
        if (status >= 0)
            return status;
    }
    return -1;
}

static const cli_verb *find_verb(const char *name)
{
    size_t count = 0;
    const cli_verb *verbs = cli_verbs(&count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(verbs[i].name, name))
            return &verbs[i];
    return NULL;
}

static int check_words(const cli_verb *verb, const cli_args *args)
{
    if (args->word_count < verb->words_min)
        return cli_usage("%s needs %s", verb->name, verb->words);
    if (args->word_count > verb->words_max)
        return cli_usage("%s: unexpected \"%s\"", verb->name, args->words[verb->words_max]);
    return -1;
}

int cli_parse(int argc, char **argv, const cli_verb **verb, cli_args *args)
{
    *verb = NULL;
    int status = parse_options(argc, argv, NULL, args);
    if (status >= 0)
        return status;
    if (cli_has(args, OPT_VERSION)) {
        (void)printf("tocsin %s\n", toc_version());
        return EXIT_OK;
    }
    if (optind >= argc)
        return cli_has(args, OPT_HELP) ? print_help(NULL)
                                       : cli_usage("no verb; 'tocsin --help' lists them");
    *verb = find_verb(argv[optind]);
    if (!*verb)
        return unknown_verb(argv[optind]);
    argc -= optind;
    argv += optind;
    optind = 0; /* GNU: a fresh start over the words behind the verb */
    status = parse_options(argc, argv, *verb, args);
    if (status >= 0)
        return status;
    if (cli_has(args, OPT_HELP))
        return print_help(*verb);
    args->words = (const char *const *)(argv + optind);
    args->word_count = (size_t)(argc - optind);
    return check_words(*verb, args);
}

const char *cli_value(const cli_args *args, cli_option_id id)
{
    return args->counts[id] ? args->values[id][args->counts[id] - 1] : NULL;
}

bool cli_has(const cli_args *args, cli_option_id id)
{
    return args->counts[id] > 0;
}

bool cli_number(const cli_args *args, cli_option_id id, unsigned minimum, unsigned maximum,
                unsigned *number)
{
    const char *text = cli_value(args, id);
    if (!text)
        return true;
    unsigned long value = 0;
    size_t digits = 0;
    for (; text[digits] >= '0' && text[digits] <= '9' && digits < 10; digits++)
        value = value * 10 + (unsigned long)(text[digits] - '0');
    if (!digits || text[digits] || value < minimum || value > maximum) {
        (void)cli_usage("--%s: a number from %u to %u is needed, not \"%s\"",
                        cli_option_at(id)->name, minimum, maximum, text);
        return false;
    }
    *number = (unsigned)value;
    return true;
}
