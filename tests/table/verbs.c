/* The table of verbs: every one has help, two examples, a page of the manual, completion in each
 * shell and a case in tests/cli; no option is left without a verb. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cli.h"

#define TEXT_MAX (4u << 20)

static const char *source_dir(void)
{
    const char *dir = getenv("TOC_SOURCE_DIR");
    return dir ? dir : ".";
}

static bool append_file(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "r");
    size_t used = strlen(text);
    if (!file)
        return false;
    size_t got = fread(text + used, 1, size - used - 1, file);
    text[used + got] = '\0';
    (void)fclose(file);
    return true;
}

/* A word of the line, not a piece of one. */
static bool has_word(const char *line, size_t len, const char *word)
{
    size_t size = strlen(word);
    static const char joined[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./";
    for (size_t i = 0; i + size <= len; i++) {
        if (strncmp(line + i, word, size) != 0)
            continue;
        bool before = i && strchr(joined, line[i - 1]);
        bool behind = i + size < len && strchr(joined, line[i + size]);
        if (!before && !behind)
            return true;
    }
    return false;
}

static void test_help(void **state)
{
    (void)state;
    size_t count;
    const cli_verb *verbs = cli_verbs(&count);
    assert_non_null(verbs[0].heading);
    for (size_t i = 0; i < count; i++) {
        const cli_verb *verb = &verbs[i];
        size_t examples = 0;
        if (!verb->help || strlen(verb->help) < 5 || !verb->run || !verb->words)
            fail_msg("%s: no help", verb->name);
        if (verb->words_max < verb->words_min || (verb->choices && !verb->words_max))
            fail_msg("%s: numbers of words", verb->name);
        assert_ptr_equal(cli_verb_find(verb->name), verb);
        for (const char *at = verb->examples; at && *at;) {
            size_t len = strcspn(at, "\n");
            assert_memory_equal(at, "  ", 2);
            assert_int_equal(at[len], '\n');
            examples += has_word(at, len, "tocsin") && has_word(at, len, verb->name);
            at += len + 1;
        }
        if (examples < 2)
            fail_msg("%s: fewer than two examples", verb->name);
    }
}

static void test_options(void **state)
{
    (void)state;
    size_t count;
    const cli_verb *verbs = cli_verbs(&count);
    bool used[OPT_COUNT] = {false};
    for (size_t i = 0; i < count; i++) {
        cli_option_id ids[OPT_COUNT];
        size_t options = cli_option_ids(&verbs[i], ids);
        if (verbs[i].options[CLI_MAX_OPTIONS - 1] != OPT_API)
            fail_msg("%s: the options do not end", verbs[i].name);
        for (size_t k = 0; k < options; k++) {
            const cli_option *option = cli_option_at(ids[k]);
            used[ids[k]] = true;
            if (!option->name || !option->help || !*option->help)
                fail_msg("%s: option %d has no row", verbs[i].name, (int)ids[k]);
            for (size_t j = 0; j < k; j++) {
                const cli_option *other = cli_option_at(ids[j]);
                if (!strcmp(option->name, other->name) ||
                    (option->letter && option->letter == other->letter))
                    fail_msg("%s: --%s is there twice", verbs[i].name, option->name);
            }
        }
    }
    for (size_t i = 0; i < OPT_COUNT; i++)
        if (!used[i])
            fail_msg("no verb takes option %zu (--%s)", i, cli_option_at((cli_option_id)i)->name);
}

static bool goes_with_some(const cli_verb *verb, cli_option_id id)
{
    for (const cli_word *word = verb->by_word; word->word; word++)
        for (size_t i = 0; word->options[i] != OPT_API; i++)
            if (word->options[i] == id)
                return true;
    return false;
}

/* Every word that a verb begins with says which options go with it, and each of those with one. */
static void test_words(void **state)
{
    (void)state;
    size_t count;
    const cli_verb *verbs = cli_verbs(&count);
    for (size_t i = 0; i < count; i++) {
        const cli_verb *verb = &verbs[i];
        for (size_t k = 0; verb->by_word && verb->choices[k]; k++) {
            const cli_word *word = verb->by_word;
            while (word->word && strcmp(word->word, verb->choices[k]) != 0)
                word++;
            if (!word->word)
                fail_msg("%s %s: nothing says which options it takes", verb->name,
                         verb->choices[k]);
        }
        for (size_t k = 0; verb->by_word && verb->options[k] != OPT_API; k++)
            if (!goes_with_some(verb, verb->options[k]))
                fail_msg("%s --%s: no word takes it", verb->name,
                         cli_option_at(verb->options[k])->name);
    }
}

static void test_manual(void **state)
{
    (void)state;
    size_t count;
    const cli_verb *verbs = cli_verbs(&count);
    char path[4096];
    char *text = calloc(1, TEXT_MAX);
    assert_non_null(text);
    (void)snprintf(path, sizeof path, "%s/docs/reference/cli.md", source_dir());
    assert_true(append_file(path, text, TEXT_MAX));
    for (size_t i = 0; i < count; i++) {
        char heading[80];
        (void)snprintf(heading, sizeof heading, "\n### %s\n", verbs[i].name);
        if (!strstr(text, heading))
            fail_msg("%s: not in docs/reference/cli.md", verbs[i].name);
    }
    for (size_t i = 0; i < count; i++) {
        text[0] = '\0';
        (void)snprintf(path, sizeof path, "%s/docs/man/tocsin-%s.1", source_dir(), verbs[i].name);
        if (!append_file(path, text, TEXT_MAX) || !strstr(text, ".SH EXAMPLES"))
            fail_msg("%s: no manual page", verbs[i].name);
    }
    free(text);
}

static void test_completion(void **state)
{
    static const char *const shells[] = {"bash", "zsh", "fish"};
    (void)state;
    size_t count;
    const cli_verb *verbs = cli_verbs(&count);
    for (size_t s = 0; s < COUNT_OF(shells); s++) {
        char *text = NULL;
        size_t size = 0;
        FILE *file = open_memstream(&text, &size);
        assert_non_null(file);
        assert_true(cli_completion_print(file, shells[s]));
        assert_int_equal(fclose(file), 0);
        for (size_t i = 0; i < count; i++) {
            cli_option_id ids[OPT_COUNT];
            size_t options = cli_option_ids(&verbs[i], ids);
            if (!has_word(text, size, verbs[i].name))
                fail_msg("%s: %s does not complete it", verbs[i].name, shells[s]);
            for (size_t k = 0; k < options; k++) {
                const char *name = cli_option_at(ids[k])->name;
                if (!strstr(text, name))
                    fail_msg("%s --%s: %s does not complete it", verbs[i].name, name, shells[s]);
            }
        }
        free(text);
    }
    assert_false(cli_completion_print(stderr, "csh"));
}

/* The commands of all cases, a line each. */
static char *commands(void)
{
    char path[4096];
    char *text = calloc(1, TEXT_MAX);
    (void)snprintf(path, sizeof path, "%s/tests/cli", source_dir());
    DIR *dir = opendir(path);
    assert_true(text && dir);
    for (const struct dirent *entry; (entry = readdir(dir));) {
        const char *end = strrchr(entry->d_name, '.');
        if (!end || strcmp(end, ".case") != 0)
            continue;
        (void)snprintf(path, sizeof path, "%s/tests/cli/%s", source_dir(), entry->d_name);
        assert_true(append_file(path, text, TEXT_MAX));
    }
    (void)closedir(dir);
    return text;
}

static bool is_tried(const char *text, const char *verb)
{
    for (const char *at = text; *at;) {
        size_t len = strcspn(at, "\n");
        if ((at[0] == '$' || at[0] == '>') && has_word(at, len, verb))
            return true;
        at += len + (at[len] == '\n');
    }
    return false;
}

static void test_cases(void **state)
{
    (void)state;
    size_t count;
    const cli_verb *verbs = cli_verbs(&count);
    char *text = commands();
    for (size_t i = 0; i < count; i++)
        if (!is_tried(text, verbs[i].name))
            fail_msg("%s: no case in tests/cli", verbs[i].name);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_help),       cmocka_unit_test(test_options),
        cmocka_unit_test(test_words),      cmocka_unit_test(test_manual),
        cmocka_unit_test(test_completion), cmocka_unit_test(test_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
