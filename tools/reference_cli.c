/* reference_cli.c - the program's reference and its manual pages from its tables. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "reference.h"

/* Words in `these` are literal in both forms. A term NULL: a paragraph. */
typedef struct entry {
    const char *term, *text;
} entry;

static const entry output_entries[] = {
    {NULL, "Data goes to standard output, everything else to standard error. On a terminal, lists "
           "are tables that fit its width (`COLUMNS`, where it is set); values that do not fit "
           "end in an ellipsis, and where columns have no room, each value gets a line. Into a "
           "pipe or file, lists are JSON lines, one object a line, and nothing is cut. `--format` "
           "decides instead, in both cases."},
    {NULL, "The file name `-` is standard input or output. With `--output` the file appears when "
           "it is whole, or not at all."},
    {NULL, "What takes long tells on standard error how far it is: the rate, the time that is "
           "left, what was refused; on a terminal in one line that is rewritten, elsewhere in a "
           "line every ten seconds. `--quiet` leaves only failures. With `--verbose` each request "
           "is shown as the command of curl(1) that would send it, with `***` for secrets, and "
           "behind it the status, size and time of the answer."},
    {NULL, "A reader that goes away (`| head`) ends the program without a word."},
};

static const entry settings_entries[] = {
    {NULL, "An option wins over the environment, that over the files, that over the default. "
           "Files are read in this order, later ones win: `~/.config/tocsin/config`, then "
           "`./tc.conf`. `--config` or `TOCSIN_CONFIG` names the only one instead."},
    {NULL, "A file is INI. The settings stand in the section `[threatconnect]` as `key = value`; "
           "everything behind the first `=` is the value, without the blanks around it. Lines "
           "that begin with `#` or `;` are comments."},
    {NULL, "A section `[profile NAME]` holds the same keys for another platform or user. "
           "`--profile NAME` or `TOCSIN_PROFILE` reads it instead of `[threatconnect]`. It stands "
           "alone: nothing of the other section is mixed in. A profile that is in no file, and "
           "two profiles of one name in a file, are failures."},
    {NULL, "A file that others can read is used, with a warning; one that everybody can write to "
           "is refused. `chmod 600` mends both."},
    {NULL, "A secret is never an argument. It stands in a file or in the environment; where an "
           "access id has no secret key and the program runs on a terminal, it asks for it and "
           "does not show what is typed."},
};

static const entry own_variables[] = {
    {"TOCSIN_CONFIG", "the only file of settings; as `--config`"},
    {"TOCSIN_PROFILE", "the profile; as `--profile`"},
    {"NO_COLOR", "when it is not empty, nothing is coloured; neither is it where `TERM` is `dumb` "
                 "or not set"},
    {"COLUMNS", "the width of tables on a terminal, and of help"},
    {"TMPDIR", "where batches are gathered; `/tmp`"},
    {"HOME", "where `.config/tocsin/config` is"},
};

static const char kind_text[] =
    "A KIND is one of these words, or the name of a type: host, file, adversary, ... "
    "(`tocsin types` lists them).";

static const entry signal_entries[] = {
    {NULL, "Ctrl-C (SIGINT) and SIGTERM end what is running cleanly: requests are given up, a file "
           "of `--output` is not touched, and the program says what is done and how to go on. "
           "The status is 3 when something was done and 1 otherwise. A second Ctrl-C ends the "
           "program at once; shells show that as 130. `serve` finishes the requests and the job "
           "at hand and ends with 0."},
};

static const entry file_entries[] = {
    {"~/.config/tocsin/config", "settings of the user"},
    {"./tc.conf", "settings of the folder; what `tocsin init` writes"},
    {"STORE", "a store; beside it lie STORE.key and, while jobs wait, STORE.jobs"},
};

static const char *const status_texts[] = {
    "success", "a failure that may go away", "a usage error: one line says which option or word",
    "partly done: some items were refused or left",
    "a failure that stays if tried again, as most answers 4xx"};

/* --- roff and Markdown --------------------------------------------------------------------- */

static void roff(const char *text)
{
    static const struct {
        char from;
        const char *to;
    } escapes[] = {{'\\', "\\e"},  {'-', "\\-"},   {'\'', "\\(aq"},
                   {'^', "\\(ha"}, {'~', "\\(ti"}, {'"', "\\(dq"}};
    bool literal = false;
    for (; *text; text++) {
        const char *to = NULL;
        for (size_t i = 0; i < COUNT_OF(escapes); i++)
            if (escapes[i].from == *text)
                to = escapes[i].to;
        if (*text == '`') {
            literal = !literal;
            printf("%s", literal ? "\\fB" : "\\fR");
        } else if (to) {
            printf("%s", to);
        } else {
            putchar(*text);
        }
    }
}

static void roff_line(const char *text)
{
    if (*text == '.' || *text == '\'')
        printf("\\&");
    roff(text);
    putchar('\n');
}

static void roff_entries(const entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (entries[i].term) {
            printf(".TP\n.B ");
            roff_line(entries[i].term);
        } else if (i) {
            printf(".PP\n");
        }
        roff_line(entries[i].text);
    }
}

static void markdown_entries(const entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (entries[i].term)
            printf("- `%s`: %s\n", entries[i].term, entries[i].text);
        else
            printf("%s%s\n", i ? "\n" : "", entries[i].text);
    }
}

/* --- what both forms print ----------------------------------------------------------------- */

static const char *heading_text(const char *heading, char *room, size_t size)
{
    (void)snprintf(room, size, "%.*s", (int)strcspn(heading, ":"), heading);
    return room;
}

static void print_failures(int status, void (*print)(const char *))
{
    size_t count;
    const toc_error_info *errors = toc_error_list(&count);
    bool first = true;
    for (size_t i = 1; i < count; i++) {
        if (errors[i].exit_status != status)
            continue;
        printf("%s", first ? " (" : "; ");
        print(errors[i].text);
        first = false;
    }
    printf("%s\n", first ? "" : ")");
}

static void plain(const char *text)
{
    printf("%s", text);
}

static size_t own_options(const cli_verb *verb, cli_option_id *ids)
{
    size_t common = cli_option_ids(NULL, ids);
    return cli_option_ids(verb, ids) - common;
}

/* --- Markdown ------------------------------------------------------------------------------ */

static void markdown_options(const cli_option_id *ids, size_t count)
{
    if (!count)
        return;
    printf("\n| Option | What |\n| --- | --- |\n");
    for (size_t i = 0; i < count; i++) {
        const cli_option *option = cli_option_at(ids[i]);
        printf("| `--%s%s", option->name, option->argument ? " " : "");
        for (const char *at = option->argument; at && *at; at++)
            printf("%s%c", *at == '|' ? "\\" : "", *at);
        printf("`");
        if (option->letter)
            printf(", `-%c`", option->letter);
        printf(" | ");
        for (const char *at = option->help; *at; at++)
            printf("%s%c", *at == '|' ? "\\" : *at == '*' ? "\\" : "", *at);
        printf("%s |\n", option->repeat && ids[i] != OPT_OWNER ? " (may be repeated)" : "");
    }
}

static void markdown_words(const cli_verb *verb)
{
    printf("\n| First word | Options that go with it |\n| --- | --- |\n");
    for (const cli_word *word = verb->by_word; word->word; word++) {
        printf("| `%s` |", word->word);
        for (size_t i = 0; word->options[i] != OPT_API; i++)
            printf("%s `--%s`", i ? "," : "", cli_option_at(word->options[i])->name);
        printf(" |\n");
    }
}

static void markdown_verb(const cli_verb *verb)
{
    cli_option_id ids[OPT_COUNT];
    printf("\n### %s\n\n`tocsin %s%s%s [options]`: %s.\n", verb->name, verb->name,
           *verb->words ? " " : "", verb->words, verb->help);
    if (verb->by_word) {
        markdown_words(verb);
    } else if (verb->choices) {
        printf("\nFirst word:");
        for (size_t i = 0; verb->choices[i]; i++)
            printf("%s `%s`", i ? "," : "", verb->choices[i]);
        printf(".%s%s\n", strstr(verb->words, "KIND") ? " " : "",
               strstr(verb->words, "KIND") ? kind_text : "");
    }
    markdown_options(ids, own_options(verb, ids));
    printf("\n```\n");
    for (const char *at = verb->examples; *at;) {
        size_t len = strcspn(at, "\n");
        size_t blanks = strspn(at, " ") < 2 ? strspn(at, " ") : 2;
        printf("%.*s\n", (int)(len - blanks), at + blanks);
        at += len + (at[len] == '\n');
    }
    printf("```\n");
}

static void markdown_variables(void)
{
    toc_option_info info;
    markdown_entries(own_variables, COUNT_OF(own_variables));
    for (size_t i = 0; toc_session_option_at(i, &info); i++)
        if (info.environment)
            printf("- `%s`: %s; key `%s`\n", info.environment, info.help, info.file_key);
}

void toc__print_cli(void)
{
    size_t count;
    const cli_verb *verbs = cli_verbs(&count);
    cli_option_id ids[OPT_COUNT];
    printf("# The program\n\nVerbs, options, settings and statuses of `tocsin`, printed from its "
           "tables (`make reference`);\n`tocsin VERB --help` and `man tocsin-VERB` say the same.\n"
           "\n## Options of every verb\n");
    markdown_options(ids, cli_option_ids(NULL, ids));
    for (size_t i = 0; i < count; i++) {
        char room[64];
        if (verbs[i].heading)
            printf("\n## %s\n", heading_text(verbs[i].heading, room, sizeof room));
        markdown_verb(&verbs[i]);
    }
    printf("\n## Output\n\n");
    markdown_entries(output_entries, COUNT_OF(output_entries));
    printf("\n## Settings\n\n");
    markdown_entries(settings_entries, COUNT_OF(settings_entries));
    printf("\nThe keys are those of the [session options](options.md).\n\n## Environment\n\n");
    markdown_variables();
    printf("\n## Signals\n\n");
    markdown_entries(signal_entries, COUNT_OF(signal_entries));
    printf("\n## Exit status\n\n| Status | What |\n| --- | --- |\n");
    for (size_t i = 0; i < COUNT_OF(status_texts); i++) {
        printf("| %zu | %s", i, status_texts[i]);
        print_failures((int)i, plain);
    }
    printf("\n## Files\n\n");
    markdown_entries(file_entries, COUNT_OF(file_entries));
}

/* --- manual pages -------------------------------------------------------------------------- */

static void roff_options(const cli_option_id *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const cli_option *option = cli_option_at(ids[i]);
        printf(".TP\n");
        if (option->letter)
            printf("\\fB\\-%c\\fR, ", option->letter);
        printf("\\fB\\-\\-");
        roff(option->name);
        printf("\\fR");
        if (option->argument) {
            printf(" \\fI");
            roff(option->argument);
            printf("\\fR");
        }
        printf("\n");
        roff(option->help);
        printf("%s\n", option->repeat && ids[i] != OPT_OWNER ? " (may be repeated)" : "");
    }
}

static void print_title(const char *page, const char *help)
{
    printf(".\\\" Printed from the tables of the program: make reference\n.TH ");
    for (const char *at = page; *at; at++)
        putchar(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
    printf(" 1 \"\" \"Tocsin %s\" \"Tocsin\"\n.SH NAME\n", toc_version());
    roff(page);
    printf(" \\- ");
    roff_line(help);
}

static void print_examples(const char *examples)
{
    printf(".SH EXAMPLES\n.nf\n");
    while (*examples) {
        char line[512];
        size_t len = strcspn(examples, "\n");
        size_t blanks = strspn(examples, " ") < 2 ? strspn(examples, " ") : 2;
        (void)snprintf(line, sizeof line, "%.*s", (int)(len - blanks), examples + blanks);
        roff_line(line);
        examples += len + (examples[len] == '\n');
    }
    printf(".fi\n");
}

/* What the first word may be, and where that is known which options go with it. */
static void roff_words(const cli_verb *verb)
{
    printf(".SH WORDS\nThe first word may be");
    for (size_t i = 0; verb->choices[i]; i++) {
        printf("%s\\fB", i ? ", " : " ");
        roff(verb->choices[i]);
        printf("\\fR");
    }
    printf(".\n");
    if (!verb->by_word && strstr(verb->words, "KIND"))
        roff_line(kind_text);
    for (const cli_word *word = verb->by_word; word && word->word; word++) {
        printf(".TP\n\\fB");
        roff(word->word);
        printf("\\fR\n");
        for (size_t i = 0; word->options[i] != OPT_API; i++) {
            printf("%s\\fB\\-\\-", i ? ", " : "with ");
            roff(cli_option_at(word->options[i])->name);
            printf("\\fR");
        }
        printf("%s\n", word->options[0] == OPT_API ? "with no option of its own" : "");
    }
}

static void print_page_of_verb(const cli_verb *verb)
{
    cli_option_id ids[OPT_COUNT];
    char page[64];
    (void)snprintf(page, sizeof page, "tocsin-%s", verb->name);
    print_title(page, verb->help);
    printf(".SH SYNOPSIS\n.B tocsin ");
    roff(verb->name);
    printf("\n");
    if (*verb->words) {
        printf(".I ");
        roff_line(verb->words);
    }
    printf("[\\fIoptions\\fR]\n");
    if (verb->choices)
        roff_words(verb);
    printf(".SH OPTIONS\n");
    roff_options(ids, own_options(verb, ids));
    printf(".PP\nThe options of every verb, the settings, the environment and the exit status are "
           "in\n.BR tocsin (1).\n");
    print_examples(verb->examples);
    printf(".SH SEE ALSO\n.BR tocsin (1)\n");
}

static void print_variables(void)
{
    toc_option_info info;
    roff_entries(own_variables, COUNT_OF(own_variables));
    for (size_t i = 0; toc_session_option_at(i, &info); i++) {
        if (!info.environment)
            continue;
        printf(".TP\n.B %s\n", info.environment);
        roff(info.help);
        printf("; key \\fB");
        roff(info.file_key);
        printf("\\fR\n");
    }
}

static void print_keys(void)
{
    toc_option_info info;
    printf(".SS Keys\n");
    for (size_t i = 0; toc_session_option_at(i, &info); i++) {
        printf(".TP\n.B ");
        roff_line(info.file_key);
        roff(info.help);
        if (*info.fallback) {
            printf(" (");
            roff(info.fallback);
            printf(")");
        }
        printf("\n");
    }
}

static void print_verb_list(void)
{
    size_t count;
    const cli_verb *verbs = cli_verbs(&count);
    printf(".SH VERBS\n");
    for (size_t i = 0; i < count; i++) {
        char room[64];
        if (verbs[i].heading) {
            printf(".SS ");
            roff_line(heading_text(verbs[i].heading, room, sizeof room));
        }
        printf(".TP\n\\fBtocsin\\-");
        roff(verbs[i].name);
        printf("\\fR(1)\n");
        roff_line(verbs[i].help);
    }
}

static void print_page_of_program(void)
{
    cli_option_id ids[OPT_COUNT];
    print_title("tocsin", "threat intelligence at the command line");
    printf(".SH SYNOPSIS\n.B tocsin\n[\\fIoptions\\fR] \\fIVERB\\fR ...\n.SH DESCRIPTION\n");
    roff_line("Loads, finds, shows, changes and hands over threat intelligence in the model of "
              "ThreatConnect, on a server or in a store of one's own (`--api file:STORE`).");
    print_verb_list();
    printf(".SH OPTIONS\n");
    roff_options(ids, cli_option_ids(NULL, ids));
    printf(".SH OUTPUT\n");
    roff_entries(output_entries, COUNT_OF(output_entries));
    printf(".SH SETTINGS\n");
    roff_entries(settings_entries, COUNT_OF(settings_entries));
    print_keys();
    printf(".SH ENVIRONMENT\n");
    print_variables();
    printf(".SH SIGNALS\n");
    roff_entries(signal_entries, COUNT_OF(signal_entries));
    printf(".SH EXIT STATUS\n");
    for (size_t i = 0; i < COUNT_OF(status_texts); i++) {
        printf(".TP\n.B %zu\n", i);
        roff(status_texts[i]);
        print_failures((int)i, roff);
    }
    printf(".SH FILES\n");
    roff_entries(file_entries, COUNT_OF(file_entries));
    print_examples("  tocsin init intel.db\n  tocsin --api file:intel.db import feed.csv.gz\n"
                   "  tocsin --api file:intel.db get indicators --type Host\n"
                   "  tocsin --profile lab lookup 198.51.100.7\n");
    printf(".SH SEE ALSO\n.BR tocsin\\-import (1),\n.BR tocsin\\-get (1),\n"
           ".BR tocsin\\-serve (1)\n");
}

bool toc__print_manual(const char *page)
{
    if (!strcmp(page, "tocsin")) {
        print_page_of_program();
        return true;
    }
    const cli_verb *verb = strncmp(page, "tocsin-", 7) ? NULL : cli_verb_find(page + 7);
    if (verb)
        print_page_of_verb(verb);
    return verb;
}

void toc__print_manuals(void)
{
    size_t count;
    const cli_verb *verbs = cli_verbs(&count);
    printf("tocsin\n");
    for (size_t i = 0; i < count; i++)
        printf("tocsin-%s\n", verbs[i].name);
}
