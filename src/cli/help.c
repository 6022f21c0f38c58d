#include <string.h>

#include "cli.h"

#define PAGE_WIDTH 80 /* where there is no terminal */
#define PAGE_WIDEST 100
#define LEFT_WIDEST 30 /* longer names have their help on the next line */
#define NARROW 56      /* below this every help is on the next line */
#define NARROW_INDENT 3

static size_t page_width(void)
{
    size_t width = cli_columns_given();
    width = width ? width : cli_width(stdout);
    width = width ? width : PAGE_WIDTH;
    return width < PAGE_WIDEST ? width : PAGE_WIDEST;
}

/* Words of a text from column `at` on, later lines from column `indent`, then a line break. */
static void wrap(const char *text, size_t at, size_t indent, size_t width)
{
    bool first = true;
    while (*text) {
        size_t gap = strspn(text, " ");
        size_t len = strcspn(text + gap, " ");
        text += gap;
        if (!first && at + 1 + len > width) {
            (void)printf("\n%*s", (int)indent, "");
            at = indent;
            first = true;
        }
        (void)printf("%s%.*s", first ? "" : " ", (int)len, text);
        at += len + !first;
        first = false;
        text += len;
    }
    (void)putchar('\n');
}

/* A name on the left and its help in a column beside it, or below where there is no room. */
static void print_entry(const char *left, size_t column, const char *help, size_t width)
{
    size_t len = strlen(left);
    bool below = width < NARROW || len + 2 > column;
    size_t indent = width < NARROW ? NARROW_INDENT : column;
    (void)printf("%s", left);
    if (below)
        (void)printf("\n%*s", (int)indent, "");
    else
        (void)printf("%*s", (int)(column - len), "");
    wrap(help, indent, indent, width);
}

static void option_left(const cli_option *option, char *left, size_t size)
{
    char letter[8] = "    ";
    if (option->letter)
        (void)snprintf(letter, sizeof letter, "-%c, ", option->letter);
    (void)snprintf(left, size, "  %s--%s%s%s", letter, option->name, option->argument ? " " : "",
                   option->argument ? option->argument : "");
}

static void print_options(const cli_option_id *ids, size_t count, size_t width)
{
    size_t column = 0;
    char left[96];
    for (size_t i = 0; i < count; i++) {
        option_left(cli_option_at(ids[i]), left, sizeof left);
        size_t len = strlen(left) + 2;
        column = len > column && len <= LEFT_WIDEST + 2 ? len : column;
    }
    for (size_t i = 0; i < count; i++) {
        const cli_option *option = cli_option_at(ids[i]);
        option_left(option, left, sizeof left);
        print_entry(left, column, option->help, width);
    }
}

static void print_title(const char *text, size_t width)
{
    bool colour = cli_colour(stdout);
    (void)printf("\n%s", colour ? CLI_BOLD : "");
    wrap(text, 0, 0, width);
    (void)printf("%s", colour ? CLI_PLAIN : "");
}

/* Which options go with which first word. */
static void print_words(const cli_verb *verb, size_t width)
{
    char left[32];
    char all[CLI_MAX_OPTIONS * 24];
    size_t column = 0;
    for (const cli_word *word = verb->by_word; word->word; word++)
        column = strlen(word->word) + 4 > column ? strlen(word->word) + 4 : column;
    print_title("options by word:", width);
    for (const cli_word *word = verb->by_word; word->word; word++) {
        size_t used = 0;
        for (size_t i = 0; word->options[i] != OPT_API && used < sizeof all; i++)
            used += (size_t)snprintf(all + used, sizeof all - used, "%s--%s", i ? ", " : "",
                                     cli_option_at(word->options[i])->name);
        (void)snprintf(left, sizeof left, "  %s", word->word);
        print_entry(left, column, used ? all : "none", width);
    }
}

static int print_verb(const cli_verb *verb, size_t width)
{
    cli_option_id ids[OPT_COUNT];
    size_t common = cli_option_ids(NULL, ids);
    size_t count = cli_option_ids(verb, ids) - common;
    char usage[256];
    (void)snprintf(usage, sizeof usage, "usage: tocsin %s%s%s [options]", verb->name,
                   *verb->words ? " " : "", verb->words);
    wrap(usage, 0, width < NARROW ? NARROW_INDENT : 14, width);
    wrap(verb->help, 0, 0, width);
    if (count) {
        print_title("options:", width);
        print_options(ids, count, width);
    }
    if (verb->by_word)
        print_words(verb, width);
    print_title("options of every verb:", width);
    print_options(ids + count, common, width);
    print_title("examples:", width);
    (void)printf("%s", verb->examples);
    return EXIT_OK;
}

int cli_help(const cli_verb *verb)
{
    size_t width = page_width();
    if (verb)
        return print_verb(verb, width);
    size_t count = 0, longest = 0;
    const cli_verb *verbs = cli_verbs(&count);
    for (size_t i = 0; i < count; i++)
        longest = strlen(verbs[i].name) > longest ? strlen(verbs[i].name) : longest;
    wrap("usage: tocsin [options] VERB ...", 0, NARROW_INDENT, width);
    for (size_t i = 0; i < count; i++) {
        char left[64];
        if (verbs[i].heading)
            print_title(verbs[i].heading, width);
        (void)snprintf(left, sizeof left, "  %s", verbs[i].name);
        print_entry(left, longest + 4, verbs[i].help, width);
    }
    cli_option_id ids[OPT_COUNT];
    print_title("options of every verb:", width);
    print_options(ids, cli_option_ids(NULL, ids), width);
    (void)putchar('\n');
    wrap("'tocsin VERB --help' tells more about a verb, 'man tocsin' about settings and the "
         "environment. Exit status: 0 success, 1 failure, 2 usage, 3 partly done, 4 a failure that "
         "will not go away by trying again.",
         0, 0, width);
    return EXIT_OK;
}

int cmd_help(const cli_args *args)
{
    const cli_verb *verb = args->word_count ? cli_verb_find(args->words[0]) : NULL;
    return args->word_count && !verb ? cli_unknown_verb(args->words[0]) : cli_help(verb);
}
