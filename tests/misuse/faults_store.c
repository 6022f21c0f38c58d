/* Files that fail under a store: init, import, export and backup with a write, a sync, a rename, a
 * new file and so on failing in turn. Afterwards the store is sound, what was said to be done is
 * there once, and the same command does the rest. TOC_FAULT_ROUNDS sets how many calls of a kind
 * are tried. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/faulty.h"

#define ROWS 400
#define TAGS 7
#define COUNT_OF(a) (sizeof(a) / sizeof *(a))

static faulty_place place;
static char store_url[128];

/* What can go wrong with files. */
static const fault_kind kinds[] = {
    {"write", "ENOSPC", 2},  {"write", "EIO", 2},     {"write", "EINTR", 0},
    {"write", "SHORT", 2},   {"sync", "EIO", 2},      {"sync", "ENOSPC", 0},
    {"truncate", "EIO", 2},  {"create", "ENOSPC", 2}, {"create", "EMFILE", 0},
    {"create", "EACCES", 1}, {"unlink", "EACCES", 2}, {"mkdir", "ENOSPC", 2},
    {"rename", "EIO", 2},    {"read", "EIO", 2},      {"read", "EINTR", 0},
    {"read", "SHORT", 2},
};

static void each(fault_round round, unsigned usual)
{
    const fault_plan plan = {kinds, COUNT_OF(kinds), usual, round, NULL};
    faulty_each(&place, &plan);
}

/* A failure says why, and is no more than a failure. */
static void check_status(int status)
{
    assert_true(status == 0 || status == 1 || status == 4);
    if (status)
        assert_true(faulty_spoke(&place));
}

static const char *const init_words[] = {
    "tocsin", "init", "fresh/intel.db", "--config", "fresh.conf", "--quiet", NULL};

static void clear_fresh(void)
{
    char command[160];
    (void)snprintf(command, sizeof command, "cd '%s' && rm -rf fresh fresh.conf && mkdir fresh",
                   place.dir);
    assert_int_equal(system(command), 0);
}

/* What failed has left nothing that would stand in the way. */
static void round_init(void *user, const fault *fail)
{
    (void)user;
    clear_fresh();
    int status = faulty_run(&place, init_words, fail);
    check_status(status);
    /* But where nothing can be removed. */
    if (status && fail->lasting && !strcmp(fail->call, "unlink"))
        clear_fresh();
    if (status)
        assert_int_equal(faulty_run(&place, init_words, NULL), 0);
    faulty_place made = place;
    (void)snprintf(made.store, sizeof made.store, "%s/fresh/intel.db", place.dir);
    (void)snprintf(made.config, sizeof made.config, "%s/fresh.conf", place.dir);
    char id[64], secret[128];
    faulty_credentials(&made, id, secret, sizeof id);
    assert_true(id[0] && secret[0]);
    faulty_check_store(&made);
}

static void test_init(void **state)
{
    (void)state;
    clear_fresh();
    assert_int_equal(faulty_run(&place, init_words, NULL), 0);
    each(round_init, 2);
}

static const char *const import_words[] = {
    "tocsin", "--api",        store_url, "-q",      "import", "feed.csv", "--owner",
    "Demo",   "--tag-column", "label",   "--chunk", "150",    NULL};

static void check_all(void)
{
    faulty_check_store(&place);
    assert_int_equal(faulty_list_count(&place, "/v2/indicators/hosts"), ROWS);
    assert_int_equal(faulty_list_count(&place, "/v2/tags"), TAGS);
}

static void round_import(void *user, const fault *fail)
{
    (void)user;
    faulty_renew(&place);
    int status = faulty_run(&place, import_words, fail);
    check_status(status);
    if (status) {
        faulty_check_store(&place);
        assert_true(faulty_list_count(&place, "/v2/indicators/hosts") <= ROWS);
        assert_int_equal(faulty_run(&place, import_words, NULL), 0);
    }
    check_all();
}

static void test_import(void **state)
{
    (void)state;
    faulty_renew(&place);
    assert_int_equal(faulty_run(&place, import_words, NULL), 0);
    check_all();
    each(round_import, 2);
}

/* An import makes its store when there is none. */
static void no_store(void)
{
    char command[160];
    (void)snprintf(command, sizeof command, "cd '%s' && rm -rf store && mkdir store", place.dir);
    assert_int_equal(system(command), 0);
}

static void round_import_new(void *user, const fault *fail)
{
    (void)user;
    no_store();
    int status = faulty_run(&place, import_words, fail);
    check_status(status);
    if (status)
        assert_int_equal(faulty_run(&place, import_words, NULL), 0);
    check_all();
}

static void test_import_into_a_new_store(void **state)
{
    (void)state;
    no_store();
    assert_int_equal(faulty_run(&place, import_words, NULL), 0);
    check_all();
    each(round_import_new, 2);
}

static const char *const get_words[] = {"tocsin",     "--api",    store_url, "-q", "get",
                                        "indicators", "--format", "csv",     NULL};
static char *whole;

/* The records are in a new store; whole is what get prints of them. */
static void fill_and_get(void)
{
    faulty_renew(&place);
    assert_int_equal(faulty_run(&place, import_words, NULL), 0);
    assert_int_equal(faulty_run(&place, get_words, NULL), 0);
    whole = faulty_read(place.out);
    assert_non_null(whole);
    assert_true(strlen(whole) > (size_t)ROWS * 10);
}

/* Success is said of a whole output only. */
static void round_export(void *user, const fault *fail)
{
    (void)user;
    int status = faulty_run(&place, get_words, fail);
    check_status(status);
    char *got = faulty_read(place.out);
    assert_non_null(got);
    if (!status)
        assert_string_equal(got, whole);
    free(got);
}

static void test_export(void **state)
{
    (void)state;
    fill_and_get();
    each(round_export, 2);
    free(whole);
    check_all();
}

static const char *const output_words[] = {"tocsin",   "--api",      store_url,  "-q",
                                           "get",      "indicators", "--format", "csv",
                                           "--output", "there",      NULL};

/* Files whose names begin so. */
static size_t count_names(const char *name)
{
    char pattern[96];
    glob_t found = {0};
    (void)snprintf(pattern, sizeof pattern, "%s/%s*", place.dir, name);
    int rc = glob(pattern, 0, NULL, &found);
    assert_true(rc == 0 || rc == GLOB_NOMATCH);
    size_t count = found.gl_pathc;
    globfree(&found);
    return count;
}

static void clear_names(const char *name)
{
    char command[160];
    (void)snprintf(command, sizeof command, "cd '%s' && rm -rf %s*", place.dir, name);
    assert_int_equal(system(command), 0);
}

static bool keeps_rests(const fault *fail)
{
    return strcmp(fail->call, "unlink") == 0;
}

/* The file is as it was, or the whole output. */
static void round_output(void *user, const fault *fail)
{
    char path[96];
    (void)user;
    clear_names("there");
    (void)snprintf(path, sizeof path, "%s/there", place.dir);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs("before\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    int status = faulty_run(&place, output_words, fail);
    check_status(status);
    char *got = faulty_read(path);
    assert_non_null(got);
    assert_string_equal(got, status ? "before\n" : whole);
    free(got);
    if (!keeps_rests(fail))
        assert_int_equal(count_names("there"), 1);
}

static void test_output(void **state)
{
    (void)state;
    fill_and_get();
    assert_int_equal(faulty_run(&place, output_words, NULL), 0);
    each(round_output, 2);
    free(whole);
}

static const char *const backup_words[] = {"tocsin",         "-q",      "backup",
                                           "store/intel.db", "copy.db", NULL};

/* The copy is there and whole, or nothing has its name. */
static void round_backup(void *user, const fault *fail)
{
    (void)user;
    clear_names("copy.db");
    int status = faulty_run(&place, backup_words, fail);
    check_status(status);
    if (status && !keeps_rests(fail))
        assert_int_equal(count_names("copy.db"), 0);
    if (!status) {
        faulty_place copy = place;
        (void)snprintf(copy.store, sizeof copy.store, "%s/copy.db", place.dir);
        faulty_check_store(&copy);
        assert_int_equal(faulty_list_count(&copy, "/v2/indicators/hosts"), ROWS);
    }
}

static void test_backup(void **state)
{
    (void)state;
    faulty_renew(&place);
    assert_int_equal(faulty_run(&place, import_words, NULL), 0);
    clear_names("copy.db");
    assert_int_equal(faulty_run(&place, backup_words, NULL), 0);
    each(round_backup, 2);
}

static const char *const mixed_words[] = {"tocsin",    "--api",     store_url, "-q",
                                          "import",    "mixed.csv", "--owner", "Demo",
                                          "--rejects", "rejected",  NULL};
static char *rejected;

/* What is refused is written down whole, or it is said that it was not. */
static void round_rejects(void *user, const fault *fail)
{
    char path[96];
    (void)user;
    (void)snprintf(path, sizeof path, "%s/rejected", place.dir);
    (void)unlink(path);
    faulty_renew(&place);
    int status = faulty_run(&place, mixed_words, fail);
    assert_true(status == 1 || status == 3 || status == 4);
    char *got = faulty_read(path);
    if (status == 3)
        assert_string_equal(got, rejected);
    else
        assert_true(faulty_spoke(&place));
    free(got);
    faulty_check_store(&place);
}

static void test_rejects(void **state)
{
    char path[96];
    (void)state;
    faulty_renew(&place);
    (void)snprintf(path, sizeof path, "%s/rejected", place.dir);
    assert_int_equal(faulty_run(&place, mixed_words, NULL), 3);
    rejected = faulty_read(path);
    assert_non_null(rejected);
    assert_true(strlen(rejected) > (size_t)ROWS / 4 * 20);
    each(round_rejects, 3);
    free(rejected);
}

static void write_mixed(void)
{
    char path[96];
    (void)snprintf(path, sizeof path, "%s/mixed.csv", place.dir);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    (void)fputs("type,value\n", file);
    for (unsigned i = 0; i < ROWS; i++)
        (void)fprintf(file, i % 4 ? "Host,h%u.example\n" : "Address,no address %u\n", i);
    assert_int_equal(fclose(file), 0);
}

static void write_feed(void)
{
    char path[96];
    (void)snprintf(path, sizeof path, "%s/feed.csv", place.dir);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    (void)fputs("type,value,label\n", file);
    for (unsigned i = 0; i < ROWS; i++)
        (void)fprintf(file, "Host,h%u.example,t%u\n", i, i % TAGS);
    assert_int_equal(fclose(file), 0);
}

static int teardown(void **state)
{
    (void)state;
    faulty_teardown(&place);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    (void)snprintf(store_url, sizeof store_url, "file:%s", place.store);
    write_feed();
    write_mixed();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_init),
        cmocka_unit_test(test_import),
        cmocka_unit_test(test_import_into_a_new_store),
        cmocka_unit_test(test_export),
        cmocka_unit_test(test_output),
        cmocka_unit_test(test_backup),
        cmocka_unit_test(test_rejects),
        cmocka_unit_test(faulty_test_all_met),
    };
    if (!faulty_setup(&place)) {
        print_message("calls cannot be made to fail in this build\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, setup, teardown);
}
