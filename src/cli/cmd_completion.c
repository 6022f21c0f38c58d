#include <string.h>

#include "cli.h"

static const char *const formats[] = {"cef",  "csv",  "json",  "jsonl", "keyval",
                                      "leef", "list", "table", "text",  NULL};
static const char *const text_formats[] = {"text", "html", "csv", "adoc", NULL};
static const char *const record_formats[] = {"csv", "json", "jsonl", "list", NULL};
static const char *const yes_no[] = {"yes", "no", NULL};
static const char *const row_formats[] = {"table", "jsonl", NULL};
static const char *const value_formats[] = {"table", "jsonl", "csv", "list", NULL};
static const char *const sections[] = {"additional", "attributes", "labels", "tags", NULL};
static const char *const cases[] = {"upper", "lower", "sensitive", NULL};
static const char *const bulks[] = {"both", "csv", "json", "none", NULL};
static const char *const actions[] = {"Create", "Delete", NULL};
static const char *const attribute_writes[] = {"Append", "Replace", "Static", NULL};
static const char *const writes[] = {"Append", "Replace", NULL};
static const char *const merges[] = {"Distribute", "Merge", NULL};
static const char *const collisions[] = {"Split",          "FavorExisting",  "FavorIncoming",
                                         "IgnoreExisting", "IgnoreIncoming", NULL};

static const struct {
    cli_option_id id;
    const char *const *choices;
} closed[] = {
    {OPT_FORMAT, formats},
    {OPT_ROWS, row_formats},
    {OPT_VALUE_ROWS, value_formats},
    {OPT_INPUT_FORMAT, text_formats},
    {OPT_RECORD_FORMAT, record_formats},
    {OPT_OBSERVES, yes_no},
    {OPT_ANONYMOUS, yes_no},
    {OPT_INCLUDE, sections},
    {OPT_CASE, cases},
    {OPT_BULK, bulks},
    {OPT_ACTION, actions},
    {OPT_TAG_WRITE, writes},
    {OPT_ATTRIBUTE_WRITE, attribute_writes},
    {OPT_LABEL_WRITE, writes},
    {OPT_FILE_MERGE, merges},
    {OPT_HASH_COLLISION, collisions},
};

/* The words that an option's value or a FORMAT is one of, ends at NULL; NULL: anything. */
static const char *const *choices_of(cli_option_id id)
{
    for (size_t i = 0; i < COUNT_OF(closed); i++)
        if (closed[i].id == id)
            return closed[i].choices;
    return NULL;
}

static bool takes_file(const cli_option *option)
{
    return option->argument && !strcmp(option->argument, "FILE");
}

static bool takes_folder(const cli_option *option)
{
    return option->argument && !strcmp(option->argument, "DIR");
}

/* Words that name files. */
static bool has_files(const cli_verb *verb)
{
    static const char *const names[] = {"FILE", "STORE", "JOURNAL"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strstr(verb->words, names[i]))
            return true;
    return false;
}

static void put_list(FILE *file, const char *const *words)
{
    for (size_t i = 0; words && words[i]; i++)
        (void)fprintf(file, "%s%s", i ? " " : "", words[i]);
}

static void put_types(FILE *file, toc_kind kind)
{
    size_t count = 0;
    const toc_type *types = toc_type_list(&count);
    for (size_t i = 0; i < count; i++)
        if (types[i].kind == kind)
            (void)fprintf(file, " %s", types[i].entity);
}

static bool may_be(const cli_verb *verb, const char *word)
{
    for (size_t i = 0; verb && verb->choices && verb->choices[i]; i++)
        if (!strcmp(verb->choices[i], word))
            return true;
    return false;
}

/* The words that a verb begins with; where it takes one object, a type names its kind as well. */
static void put_first_words(FILE *file, const cli_verb *verb)
{
    put_list(file, verb->choices);
    if (may_be(verb, "indicator"))
        put_types(file, TOC_KIND_INDICATOR);
    if (may_be(verb, "group"))
        put_types(file, TOC_KIND_GROUP);
}

static bool takes_type(cli_option_id id)
{
    return id == OPT_TYPE || id == OPT_ONLY_TYPE;
}

/* The words that an option's value is one of. */
static void put_values(FILE *file, const cli_verb *verb, cli_option_id id)
{
    put_list(file, choices_of(id));
    if (takes_type(id))
        put_types(file, TOC_KIND_INDICATOR);
    if (id == OPT_TYPE && may_be(verb, "groups"))
        put_types(file, TOC_KIND_GROUP);
}

static void put_verb_names(FILE *file)
{
    size_t count = 0;
    const cli_verb *verbs = cli_verbs(&count);
    for (size_t i = 0; i < count; i++)
        (void)fprintf(file, "%s%s", i ? " " : "", verbs[i].name);
}

static void put_options(FILE *file, const cli_verb *verb)
{
    cli_option_id ids[OPT_COUNT];
    size_t count = cli_option_ids(verb, ids);
    for (size_t i = 0; i < count; i++)
        (void)fprintf(file, "%s--%s", i ? " " : "", cli_option_at(ids[i])->name);
}

/* A help text between single quotes. */
static void put_quoted(FILE *file, const char *text, const char *special)
{
    for (; *text; text++) {
        if (*text == '\'')
            (void)fputs("'\\''", file);
        else if (strchr(special, *text))
            (void)fprintf(file, "\\%c", *text);
        else
            (void)fputc(*text, file);
    }
}

/* --- bash ---------------------------------------------------------------------------------- */

static const char *kind_of_value(cli_option_id id)
{
    const cli_option *option = cli_option_at(id);
    if (id == OPT_PROFILE)
        return "profile";
    return takes_file(option) ? "file" : takes_folder(option) ? "folder" : "words";
}

/* One case for each option of a verb that has a value: "verb --name|-x) ..." */
static void bash_values(FILE *file, const cli_verb *verb)
{
    cli_option_id ids[OPT_COUNT];
    size_t count = cli_option_ids(verb, ids);
    for (size_t i = 0; i < count; i++) {
        const cli_option *option = cli_option_at(ids[i]);
        if (!option->argument)
            continue;
        const char *name = verb ? verb->name : "";
        (void)fprintf(file, "    \"%s --%s\"", name, option->name);
        if (option->letter)
            (void)fprintf(file, "|\"%s -%c\"", name, option->letter);
        (void)fputs(") words='", file);
        put_values(file, verb, ids[i]);
        (void)fprintf(file, "' kind=%s ;;\n", kind_of_value(ids[i]));
    }
}

static void bash_verb(FILE *file, const cli_verb *verb)
{
    (void)fprintf(file, "    %s) options='", verb->name);
    put_options(file, verb);
    (void)fputs("' words='", file);
    if (!strcmp(verb->name, "help"))
        put_verb_names(file);
    put_first_words(file, verb);
    (void)fprintf(file, "' kind=%s ;;\n", has_files(verb) ? "file" : "words");
}

static void print_bash(FILE *file)
{
    size_t count = 0;
    const cli_verb *verbs = cli_verbs(&count);
    (void)fputs("# bash completion for tocsin\n\n"
                "# What the option $2 of the verb $1 takes: kind and words.\n"
                "_tocsin_value() {\n    kind=none words=\n    case \"$1 $2\" in\n",
                file);
    bash_values(file, NULL);
    for (size_t i = 0; i < count; i++)
        bash_values(file, &verbs[i]);
    (void)fputs(
        "    esac\n}\n\n_tocsin_verb() {\n    options= words= kind=words\n    case \"$1\" in\n",
        file);
    (void)fputs("    '') options='", file);
    put_options(file, NULL);
    (void)fputs("' words='", file);
    put_verb_names(file);
    (void)fputs("' ;;\n", file);
    for (size_t i = 0; i < count; i++)
        bash_verb(file, &verbs[i]);
    (void)fputs(
        "    esac\n}\n\n"
        "_tocsin() {\n"
        "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
        "    local verb= place=0 i kind words options line\n"
        "    if [[ $current == '=' ]]; then current=; before=${COMP_WORDS[COMP_CWORD-1]}\n"
        "    elif [[ $before == '=' && COMP_CWORD -gt 2 ]]; then "
        "before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
        "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "        case ${COMP_WORDS[i]} in\n"
        "        =) ((i++)) ;;\n"
        "        -*) _tocsin_value \"$verb\" \"${COMP_WORDS[i]}\"\n"
        "            [[ $kind != none && ${COMP_WORDS[i+1]} != '=' ]] && ((i++)) ;;\n"
        "        *) if [[ -z $verb ]]; then verb=${COMP_WORDS[i]}; else ((place++)); fi ;;\n"
        "        esac\n"
        "    done\n"
        "    _tocsin_value \"$verb\" \"$before\"\n"
        "    if [[ $kind == none ]]; then\n"
        "        _tocsin_verb \"$verb\"\n"
        "        ((place > 0)) && words=\n"
        "        if [[ $current == -* ]]; then words=$options kind=words; fi\n"
        "    fi\n"
        "    COMPREPLY=()\n"
        "    while IFS= read -r line; do COMPREPLY+=(\"$line\"); done < <(\n"
        "        # compgen expands its words: only names that mean nothing to a shell\n"
        "        [[ $kind == profile ]] && words=$(sed -n "
        "'s/^[[] *profile  *\\([A-Za-z0-9_.-]*\\) *[]] *$/\\1/p' "
        "~/.config/tocsin/config tc.conf 2>/dev/null)\n"
        "        compgen -W \"$words\" -- \"$current\"\n"
        "        [[ $kind == file ]] && compgen -f -- \"$current\"\n"
        "        [[ $kind == folder ]] && compgen -d -- \"$current\")\n"
        "    [[ $kind == file || $kind == folder ]] && compopt -o filenames 2>/dev/null\n"
        "    return 0\n"
        "}\n"
        "complete -F _tocsin tocsin\n",
        file);
}

/* --- zsh ----------------------------------------------------------------------------------- */

static void zsh_option(FILE *file, const cli_verb *verb, cli_option_id id)
{
    const cli_option *option = cli_option_at(id);
    char names[2][64] = {"", ""};
    (void)snprintf(names[0], sizeof names[0], "--%s%s", option->name, option->argument ? "=" : "");
    if (option->letter)
        (void)snprintf(names[1], sizeof names[1], "-%c%s", option->letter,
                       option->argument ? "+" : "");
    for (size_t i = 0; i < COUNT_OF(names) && *names[i]; i++) {
        (void)fprintf(file, "            '%s%s[", option->repeat ? "*" : "", names[i]);
        put_quoted(file, option->help, "[]:\\");
        (void)fputc(']', file);
        if (option->argument) {
            (void)fputc(':', file);
            put_quoted(file, option->argument, "[]:\\");
            (void)fputc(':', file);
        }
        if (takes_file(option) || takes_folder(option))
            (void)fprintf(file, "_files%s", takes_folder(option) ? " -/" : "");
        if (choices_of(id) || takes_type(id)) {
            (void)fputc('(', file);
            put_values(file, verb, id);
            (void)fputc(')', file);
        }
        (void)fputs("' \\\n", file);
    }
}

static void zsh_options(FILE *file, const cli_verb *verb)
{
    cli_option_id ids[OPT_COUNT];
    size_t count = cli_option_ids(verb, ids);
    for (size_t i = 0; i < count; i++)
        zsh_option(file, verb, ids[i]);
}

static void zsh_verb(FILE *file, const cli_verb *verb)
{
    (void)fprintf(file, "        %s)\n            _arguments -s \\\n", verb->name);
    zsh_options(file, verb);
    if (!strcmp(verb->name, "help"))
        (void)fputs("            '1:verb:_tocsin_verbs' ;;\n", file);
    else if (verb->choices) {
        (void)fputs("            '1:word:(", file);
        put_first_words(file, verb);
        (void)fprintf(file, ")' '*:%s:%s' ;;\n", has_files(verb) ? "file" : "word",
                      has_files(verb) ? "_files" : " ");
    } else
        (void)fprintf(file, "            '*:%s:%s' ;;\n", has_files(verb) ? "file" : "word",
                      has_files(verb) ? "_files" : " ");
}

static void print_zsh(FILE *file)
{
    size_t count = 0;
    const cli_verb *verbs = cli_verbs(&count);
    (void)fputs("#compdef tocsin\n# zsh completion for tocsin\n\n"
                "_tocsin_verbs() {\n    local -a verbs=(\n",
                file);
    for (size_t i = 0; i < count; i++) {
        (void)fprintf(file, "        '%s:", verbs[i].name);
        put_quoted(file, verbs[i].help, "\\");
        (void)fputs("'\n", file);
    }
    (void)fputs("    )\n    _describe verb verbs\n}\n\n"
                "_tocsin() {\n"
                "    local curcontext=$curcontext state line\n"
                "    _arguments -C \\\n",
                file);
    zsh_options(file, NULL);
    (void)fputs("            '1:verb:_tocsin_verbs' '*::word:->words'\n"
                "    [[ $state == words ]] || return\n"
                "    case $line[1] in\n",
                file);
    for (size_t i = 0; i < count; i++)
        zsh_verb(file, &verbs[i]);
    (void)fputs("    esac\n}\n\n"
                "if [ \"$funcstack[1]\" = _tocsin ]; then\n    _tocsin \"$@\"\n"
                "else\n    compdef _tocsin tocsin\nfi\n",
                file);
}

/* --- fish ---------------------------------------------------------------------------------- */

static void fish_option(FILE *file, const cli_verb *verb, const char *condition, cli_option_id id)
{
    const cli_option *option = cli_option_at(id);
    (void)fprintf(file, "complete -c tocsin %s -l %s", condition, option->name);
    if (option->letter)
        (void)fprintf(file, " -s %c", option->letter);
    if (option->argument)
        (void)fputs(takes_file(option) || takes_folder(option) ? " -r -F" : " -x", file);
    if (choices_of(id) || takes_type(id)) {
        (void)fputs(" -a '", file);
        put_values(file, verb, id);
        (void)fputc('\'', file);
    }
    (void)fputs(" -d '", file);
    for (const char *at = option->help; *at; at++)
        (void)fprintf(file, *at == '\'' || *at == '\\' ? "\\%c" : "%c", *at);
    (void)fputs("'\n", file);
}

static void fish_words(FILE *file, const cli_verb *verb)
{
    if (verb->choices || !strcmp(verb->name, "help")) {
        (void)fprintf(file, "complete -c tocsin -n '__fish_seen_subcommand_from %s' -a '",
                      verb->name);
        if (verb->choices)
            put_first_words(file, verb);
        else
            put_verb_names(file);
        (void)fputs("'\n", file);
    }
    if (has_files(verb))
        (void)fprintf(file, "complete -c tocsin -n '__fish_seen_subcommand_from %s' -F\n",
                      verb->name);
}

static void print_fish(FILE *file)
{
    size_t count = 0;
    const cli_verb *verbs = cli_verbs(&count);
    cli_option_id ids[OPT_COUNT];
    size_t common = cli_option_ids(NULL, ids);
    (void)fputs("# fish completion for tocsin\ncomplete -c tocsin -f\n", file);
    for (size_t i = 0; i < common; i++)
        fish_option(file, NULL, "", ids[i]);
    for (size_t i = 0; i < count; i++) {
        char condition[96];
        (void)fprintf(file, "complete -c tocsin -n __fish_use_subcommand -a %s -d '",
                      verbs[i].name);
        for (const char *at = verbs[i].help; *at; at++)
            (void)fprintf(file, *at == '\'' || *at == '\\' ? "\\%c" : "%c", *at);
        (void)fputs("'\n", file);
        (void)snprintf(condition, sizeof condition, "-n '__fish_seen_subcommand_from %s'",
                       verbs[i].name);
        size_t own = cli_option_ids(&verbs[i], ids) - common;
        for (size_t k = 0; k < own; k++)
            fish_option(file, &verbs[i], condition, ids[k]);
        fish_words(file, &verbs[i]);
    }
}

static const struct {
    const char *name;
    void (*print)(FILE *file);
} shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};

bool cli_completion_print(FILE *file, const char *shell)
{
    for (size_t i = 0; i < COUNT_OF(shells); i++) {
        if (!strcmp(shells[i].name, shell)) {
            shells[i].print(file);
            return true;
        }
    }
    return false;
}

int cmd_completion(const cli_args *args)
{
    const char *names[COUNT_OF(shells)];
    if (cli_completion_print(stdout, args->words[0]))
        return EXIT_OK;
    for (size_t i = 0; i < COUNT_OF(shells); i++)
        names[i] = shells[i].name;
    const char *near = cli_nearest(args->words[0], names, COUNT_OF(shells));
    return cli_usage("completion: \"%s\" is none of bash, zsh, fish%s%s%s", args->words[0],
                     near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}
