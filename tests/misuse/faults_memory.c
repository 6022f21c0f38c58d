/* Memory that runs out under the program, at each place in turn where it asks the library for
 * something (tests/faults/memory.c): it ends with a word about it and a status for failure, or with
 * all that it was asked for, never with half of that or a signal; the store is sound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/faulty.h"

#define WORDS_MAX 16
#define ROUNDS 20 /* of one command; TOC_FAULT_ROUNDS=0: every place */
#define COUNT_OF(a) (sizeof(a) / sizeof *(a))

static faulty_place place;
static char store_url[128];
static char *whole; /* what the command prints when nothing fails */

static const fault_kind kinds[] = {{"memory", "ENOMEM", 0}};

typedef struct command {
    bool changes; /* the store, which is then another one for each round */
    const char *words[WORDS_MAX];
} command;

#define STORE "tocsin", "--api", store_url

/* An answer that nothing is known of may not be told for want of memory. */
static const command commands[] = {
    {false, {STORE, "get", "indicators", "--format", "csv"}},
    {false, {STORE, "get", "groups", "--format", "table", "--where", "name^K", "--owner", "Demo"}},
    {false, {STORE, "export", "indicators", "--tag", "red", "--format", "json"}},
    {false, {STORE, "lookup", "a.example", "none.example", "--format", "csv"}},
    {false, {STORE, "lookup", "--file", "values", "--format", "table", "--type", "Host"}},
    {false, {STORE, "show", "host", "a.example", "--format", "table"}},
    {false, {STORE, "show", "adversary", "Kite"}},
    {false, {STORE, "attribute", "host", "a.example", "--format", "table"}},
    {false, {STORE, "associate", "host", "a.example"}},
    {false, {STORE, "asset", "adversary", "Kite", "--format", "csv"}},
    {false, {STORE, "metrics"}},
    {false, {STORE, "owners", "--format", "table"}},
    {false, {STORE, "types"}},
    {false, {STORE, "whoami"}},
    {false, {STORE, "filters", "indicators", "--type", "Host"}},
    {false, {STORE, "user", "list"}},
    {false, {STORE, "api", "GET", "/v2/owners/1"}},
    {false, {STORE, "bulk", "status"}},
    {false, {"tocsin", "extract", "values", "--format", "csv", "--warning-list", "benign"}},
    {false, {"tocsin", "extract", "values", "--defang"}},
    {true, {STORE, "import", "feed.csv", "--tag-column", "label", "--rejects", "rejected"}},
    {true, {STORE, "import", "plain", "--dry-run", "--rejects", "rejected"}},
    {true, {STORE, "create", "host", "c.example", "--tag", "x", "--attribute", "Source=y"}},
    {true, {STORE, "update", "host", "a.example", "--rating", "3", "--label", "TLP:RED"}},
    {true, {STORE, "associate", "host", "a.example", "host", "b.example"}},
    {true, {STORE, "tag", "host", "a.example", "blue", "green"}},
    {true, {STORE, "attribute", "host", "a.example", "Description=z"}},
    {true, {STORE, "asset", "adversary", "Kite", "url=http://kite.example/"}},
    {true, {STORE, "observe", "host", "a.example"}},
    {true, {STORE, "false-positive", "host", "a.example"}},
    {true, {STORE, "delete", "host", "a.example", "--yes"}},
    {true, {STORE, "batch", "create", "--owner", "Demo"}},
    {true, {STORE, "owner", "add", "Feed", "--type", "Source"}},
    {true, {STORE, "type", "add", "--attribute", "Colour"}},
};

/* Without memory for its widths a table has others. */
static bool says_the_same(const char *a, const char *b)
{
    for (;; a++, b++) {
        a += strspn(a, " ");
        b += strspn(b, " ");
        if (*a != *b || !*a)
            return *a == *b;
    }
}

static void round_once(void *user, const fault *fail)
{
    const command *given = user;
    if (given->changes)
        faulty_renew(&place);
    int status = faulty_run(&place, given->words, fail);
    if (status && !faulty_spoke(&place))
        fail_msg("%s %s: no word at place %lu", given->words[3], given->words[4], fail->nth);
    char *got = faulty_read(place.out);
    assert_non_null(got);
    if (!status && !given->changes && !says_the_same(got, whole))
        fail_msg("%s %s: success at place %lu with\n%s", given->words[3], given->words[4],
                 fail->nth, got);
    free(got);
    if (given->changes)
        faulty_check_store(&place);
}

static void test_commands(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        command given = commands[i];
        const fault_plan plan = {kinds, COUNT_OF(kinds), ROUNDS, round_once, &given};
        faulty_renew(&place);
        int status = faulty_run(&place, given.words, NULL);
        if (status)
            fail_msg("%s %s: %d", given.words[3], given.words[4], status);
        whole = faulty_read(place.out);
        assert_non_null(whole);
        faulty_each(&place, &plan);
        free(whole);
    }
}

static void write_file(const char *name, const char *text)
{
    char path[160];
    (void)snprintf(path, sizeof path, "%s/%s", place.dir, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    (void)fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void run(const char *const *words)
{
    int status = faulty_run(&place, words, NULL);
    if (status)
        fail_msg("%s %s %s: %d %s", words[3], words[4], words[5], status,
                 faulty_read(place.errors));
}

/* The store that all begin with. */
static int setup(void **state)
{
    char copy[224];
    (void)state;
    (void)snprintf(store_url, sizeof store_url, "file:%s", place.store);
    write_file("values", "a.example\nb.example and evil.org, 198.51.100.7\n");
    write_file("plain", "f.example\n198.51.100.8\n");
    write_file("benign", "evil.org\n");
    write_file("feed.csv", "type,value,label\nHost,d.example,x\nHost,e.example,y\n");
    run((const char *const[]){STORE, "create", "host", "a.example", "b.example", "--tag", "red",
                              "--attribute", "Source=feed", "--rating", "2", NULL});
    run((const char *const[]){STORE, "create", "adversary", "Kite", NULL});
    run((const char *const[]){STORE, "asset", "adversary", "Kite", "handle=kite", NULL});
    run((const char *const[]){STORE, "associate", "host", "a.example", "adversary", "Kite", NULL});
    (void)snprintf(copy, sizeof copy, "cd '%s' && rm -rf spare && cp -r store spare", place.dir);
    assert_int_equal(system(copy), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    faulty_teardown(&place);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_commands)};
    if (!faulty_setup(&place)) {
        print_message("calls cannot be made to fail in this build\n");
        return 0;
    }
    if (!faulty_count(&place, "memory")) { /* of the init that made the place */
        print_message("sanitizers have an allocator of their own\n");
        faulty_teardown(&place);
        return 0;
    }
    return cmocka_run_group_tests(tests, setup, teardown);
}
