#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* What getopt returns for an option without a letter: behind all letters. */
#define FIRST_LONG 256

static const cli_option_id common[] = {OPT_API,   OPT_PROFILE, OPT_CONFIG, OPT_CA_FILE,
                                       OPT_QUIET, OPT_VERBOSE, OPT_HELP,   OPT_VERSION};

/* The edit distance of two short words, two letters swapped being one edit, for "did you mean". */
static size_t distance(const char *a, const char *b)
{
    enum { ROOM = 64 };
    size_t rows[3][ROOM]; /* of the letter at hand, and of the two before it */
    size_t columns = strlen(b);
    if (columns >= ROOM)
        return SIZE_MAX;
    for (size_t j = 0; j <= columns; j++)
        rows[0][j] = j;
    size_t i = 0;
    for (; a[i]; i++) {
        const size_t *before = rows[i % 3];
        size_t *row = rows[(i + 1) % 3];
        row[0] = i + 1;
        for (size_t j = 0; j < columns; j++) {
            size_t best = row[j] < before[j + 1] ? row[j] + 1 : before[j + 1] + 1;
            size_t change = before[j] + (a[i] != b[j]);
            best = change < best ? change : best;
            bool swapped = i && j && a[i] == b[j - 1] && a[i - 1] == b[j];
            if (swapped && rows[(i + 2) % 3][j - 1] + 1 < best)
                best = rows[(i + 2) % 3][j - 1] + 1;
            row[j + 1] = best;
        }
    }
    return rows[i % 3][columns];
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

size_t cli_option_ids(const cli_verb *verb, cli_option_id *ids)
{
    size_t count = 0;
    for (size_t i = 0; verb && i < COUNT_OF(verb->options) && verb->options[i] != OPT_API; i++)
        ids[count++] = verb->options[i];
    for (size_t i = 0; i < COUNT_OF(common); i++)
        ids[count++] = common[i];
    return count;
}

static int unknown_option(const cli_verb *verb, const char *given)
{
    cli_option_id ids[OPT_COUNT];
    const char *names[OPT_COUNT];
    size_t count = cli_option_ids(verb, ids);
    for (size_t i = 0; i < count; i++)
        names[i] = cli_option_at(ids[i])->name;
    char word[64];
    int len = (int)strcspn(given, "="); /* what follows may be a secret */
    (void)snprintf(word, sizeof word, "%.*s", len, given);
    const char *near = cli_nearest(word + strspn(word, "-"), names, count);
    return near ? cli_usage("unknown option %.*s; did you mean --%s?", len, given, near)
                : cli_usage("unknown option %.*s", len, given);
}

int cli_unknown_verb(const char *given)
{
    size_t count = 0;
    const cli_verb *verbs = cli_verbs(&count);
    const char *names[64];
    for (size_t i = 0; i < count; i++)
        names[i] = verbs[i].name;
    const char *near = cli_nearest(given, names, count);
    return near ? cli_usage("unknown verb %s; did you mean %s?", given, near)
                : cli_usage("unknown verb %s; 'tocsin --help' lists them", given);
}

/* Where and for whom: an empty value, a variable that is not set most likely, must not mean the
 * place that the settings name, and no file has an empty name. (An empty profile means none of
 * them.) */
static bool is_lost(cli_option_id id, const char *value)
{
    const char *argument = cli_option_at(id)->argument;
    bool place = id == OPT_API || id == OPT_OWNER ||
                 (argument && (!strcmp(argument, "FILE") || !strcmp(argument, "DIR")));
    return place && value && !*value;
}

static int take_option(cli_args *args, cli_option_id id, const char *value)
{
    const cli_option *option = cli_option_at(id);
    if (is_lost(id, value))
        return cli_usage("--%s: the value is empty", option->name);
    if (args->counts[id] && option->argument && !option->repeat)
        args->counts[id] = 0;
    if (args->counts[id] == CLI_MAX_REPEAT)
        return cli_usage("--%s is given more than %d times", option->name, CLI_MAX_REPEAT);
    args->values[id][args->counts[id]++] = value ? value : "";
    return -1;
}

/* In a word of several letters getopt has not moved on yet, and only it knows which one it was. */
static int refuse_option(const cli_verb *verb, const char *given)
{
    if (optopt >= FIRST_LONG)
        return cli_usage("--%s takes no value",
                         cli_option_at((cli_option_id)(optopt - FIRST_LONG))->name);
    if (optopt)
        return cli_usage("unknown option -%c", optopt);
    return unknown_option(verb, given);
}

/* One run of getopt over argv; verb NULL: it looks for the verb, and stops at the first word. */
static int parse_options(int argc, char **argv, const cli_verb *verb, cli_args *args)
{
    cli_option_id ids[OPT_COUNT];
    size_t count = cli_option_ids(verb, ids);
    struct option table[OPT_COUNT + 1] = {{0}};
    char letters[2 * OPT_COUNT + 3] = {0};
    size_t used = 0;
    /* Behind a verb words may stand between options: getopt moves them to the end. */
    if (!verb)
        letters[used++] = '+';
    letters[used++] = ':';
    for (size_t i = 0; i < count; i++) {
        const cli_option *option = cli_option_at(ids[i]);
        table[i] = (struct option){option->name, option->argument ? required_argument : no_argument,
                                   NULL, FIRST_LONG + (int)ids[i]};
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
            return refuse_option(verb, given);
        cli_option_id id = OPT_COUNT;
        for (size_t i = 0; i < count; i++)
            if (c == FIRST_LONG + (int)ids[i] || c == cli_option_at(ids[i])->letter)
                id = ids[i];
        int status = take_option(args, id, optarg);
        if (status >= 0)
            return status;
    }
    return -1;
}

const cli_verb *cli_verb_find(const char *name)
{
    size_t count = 0;
    const cli_verb *verbs = cli_verbs(&count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(verbs[i].name, name))
            return &verbs[i];
    return NULL;
}

/* What cannot be meant together. */
static const struct {
    const char *verb; /* NULL: any */
    cli_option_id one, other;
} contradictions[] = {
    {NULL, OPT_QUIET, OPT_VERBOSE},
    {"lookup", OPT_KNOWN, OPT_UNKNOWN},
    {"export", OPT_SINCE_FILE, OPT_MODIFIED_SINCE},
    {"export", OPT_SINCE_FILE, OPT_LIMIT}, /* what is behind the limit would never come */
    {"extract", OPT_DEFANG, OPT_REFANG},
    {"extract", OPT_DEFANG, OPT_VALUE_ROWS},
    {"extract", OPT_REFANG, OPT_VALUE_ROWS},
    {"extract", OPT_DEFANG, OPT_EACH},
    {"extract", OPT_REFANG, OPT_EACH},
    {"type", OPT_ATTRIBUTE, OPT_ASSOCIATION},
    {"asset", OPT_REMOVE, OPT_SET},
    {"attribute", OPT_REMOVE, OPT_SOURCE},
    {"attribute", OPT_REMOVE, OPT_DISPLAYED},
};

static int check_contradictions(const cli_verb *verb, const cli_args *args)
{
    for (size_t i = 0; i < COUNT_OF(contradictions); i++) {
        bool ours = !contradictions[i].verb || !strcmp(contradictions[i].verb, verb->name);
        if (ours && cli_has(args, contradictions[i].one) && cli_has(args, contradictions[i].other))
            return cli_usage("--%s and --%s contradict each other",
                             cli_option_at(contradictions[i].one)->name,
                             cli_option_at(contradictions[i].other)->name);
    }
    return -1;
}

/* A value alone is what is forgotten most: the word before it may simply be "indicator". */
static int too_few_words(const cli_verb *verb)
{
    char kinds[160] = "";
    if (strncmp(verb->words, "KIND", 4) != 0 || !verb->choices)
        return cli_usage("%s needs %s", verb->name, verb->words);
    for (size_t i = 0, used = 0; verb->choices[i]; i++, used = strlen(kinds))
        (void)snprintf(kinds + used, sizeof kinds - used, "%s, ", verb->choices[i]);
    return cli_usage("%s needs %s; KIND is %sor a type such as host", verb->name, verb->words,
                     kinds);
}

static int check_words(const cli_verb *verb, const cli_args *args)
{
    if (args->word_count < verb->words_min)
        return too_few_words(verb);
    if (args->word_count > verb->words_max)
        return cli_usage("%s: unexpected \"%s\"", verb->name, args->words[verb->words_max]);
    return -1;
}

static bool goes_with(const cli_word *word, cli_option_id id)
{
    for (size_t i = 0; word->options[i] != OPT_API; i++)
        if (word->options[i] == id)
            return true;
    return false;
}

static int refuse_for_word(const cli_verb *verb, const char *given, cli_option_id id)
{
    char words[80] = "";
    for (const cli_word *word = verb->by_word; word->word; word++) {
        size_t used = strlen(words);
        if (goes_with(word, id))
            (void)snprintf(words + used, sizeof words - used, "%s%s", used ? ", " : "", word->word);
    }
    return cli_usage("%s %s: --%s belongs to %s %s", verb->name, given, cli_option_at(id)->name,
                     verb->name, words);
}

static int unknown_word(const cli_verb *verb, const char *given)
{
    char all[120] = "";
    const char *names[16];
    size_t count = 0;
    for (const cli_word *word = verb->by_word; word->word && count < COUNT_OF(names); word++) {
        size_t used = strlen(all);
        (void)snprintf(all + used, sizeof all - used, "%s%s", used ? ", " : "", word->word);
        names[count++] = word->word;
    }
    const char *near = cli_nearest(given, names, count);
    return cli_usage("%s: \"%s\" is none of %s%s%s%s", verb->name, given, all,
                     near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

/* An option that says nothing about what the first word does would be passed over in silence. */
static int check_by_word(const cli_verb *verb, const cli_args *args)
{
    const cli_word *word = args->word_count ? verb->by_word : NULL;
    if (!word)
        return -1;
    while (word->word && strcmp(word->word, args->words[0]) != 0)
        word++;
    if (!word->word)
        return unknown_word(verb, args->words[0]);
    for (size_t i = 0; verb->options[i] != OPT_API; i++)
        if (cli_has(args, verb->options[i]) && !goes_with(word, verb->options[i]))
            return refuse_for_word(verb, word->word, verb->options[i]);
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
        return cli_has(args, OPT_HELP) ? cli_help(NULL)
                                       : cli_usage("no verb; 'tocsin --help' lists them");
    *verb = cli_verb_find(argv[optind]);
    if (!*verb)
        return cli_unknown_verb(argv[optind]);
    argc -= optind;
    argv += optind;
    optind = 0; /* GNU: a fresh start over the words behind the verb */
    status = parse_options(argc, argv, *verb, args);
    if (status >= 0)
        return status;
    if (cli_has(args, OPT_HELP))
        return cli_help(*verb);
    args->words = (const char *const *)(argv + optind);
    args->word_count = (size_t)(argc - optind);
    status = check_contradictions(*verb, args);
    if (status < 0)
        status = check_words(*verb, args);
    return status >= 0 ? status : check_by_word(*verb, args);
}

const char *cli_value(const cli_args *args, cli_option_id id)
{
    return args->counts[id] ? args->values[id][args->counts[id] - 1] : NULL;
}

bool cli_has(const cli_args *args, cli_option_id id)
{
    return args->counts[id] > 0;
}

const char *cli_format(const cli_args *args)
{
    static const cli_option_id ids[] = {OPT_FORMAT, OPT_ROWS, OPT_VALUE_ROWS};
    const char *format = NULL;
    for (size_t i = 0; i < COUNT_OF(ids) && !format; i++)
        format = cli_value(args, ids[i]);
    return format;
}

bool cli_is_number(toc_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0;
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
