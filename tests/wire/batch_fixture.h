/* batch_fixture.h - what the tests about batch jobs have in common. */
#ifndef TOC_TESTS_BATCH_FIXTURE_H
#define TOC_TESTS_BATCH_FIXTURE_H
#include "wire/platform_fixture.h"

static inline int batch_setup(void **state)
{
    fixture *fix = calloc(1, sizeof(*fix));
    if (!fix)
        return -1;
    fixture_new(fix, 500);
    *state = fix;
    return 0;
}

static inline int batch_teardown(void **state)
{
    fixture_done(*state);
    free(*state);
    return 0;
}

#define batch_test(function) cmocka_unit_test_setup_teardown(function, batch_setup, batch_teardown)

/* Settings of a job of Acme CTI; more begins with a comma. */
#define SETTINGS(more)                                                                             \
    "{\"version\":\"V2\",\"owner\":\"Acme CTI\",\"haltOnError\":false,\"action\":\"Create\"" more  \
    "}"
#define REMOVAL(more)                                                                              \
    "{\"version\":\"V2\",\"owner\":\"Acme CTI\",\"haltOnError\":false,\"action\":\"Delete\"" more  \
    "}"

/* A job that is run at once; fails the test when it was not, or when the numbers differ. */
static inline void run_batch(fixture *fix, const char *config, const char *content, long long good,
                             long long errors)
{
    int status = batch_with(fix, config, toc_str_of(content), true);
    if (status != 200)
        fail_msg("%s: %d: %s", content, status, fixture_body(fix));
    if (number_of(fix, "successCount") != good || number_of(fix, "errorCount") != errors)
        fail_msg("%s\n%lld good and %lld errors were expected: %s", content, good, errors,
                 fixture_body(fix));
}

static inline void load(fixture *fix, const char *content, long long good)
{
    run_batch(fix, SETTINGS(""), content, good, 0);
}

/* The entries of the job whose status was answered last. */
static inline void read_results(fixture *fix, const char *query)
{
    char target[192];
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld/results%s", number_of(fix, "id"), query);
    expect(fix, "GET", target, NULL, 200);
}

static inline long long list_size(fixture *fix, const char *target)
{
    expect(fix, "GET", target, NULL, 200);
    return number_of(fix, "resultCount");
}

/* The id of the only group of a branch. */
static inline long long group_id(fixture *fix, const char *branch)
{
    char target[64];
    (void)snprintf(target, sizeof(target), "/v2/groups/%s", branch);
    assert_int_equal(list_size(fix, target), 1);
    return number_of(fix, "id");
}

/* Reads below that group. */
static inline void read_group(fixture *fix, const char *branch, const char *tail)
{
    char target[160];
    long long id = group_id(fix, branch);
    (void)snprintf(target, sizeof(target), "/v2/groups/%s/%lld%s", branch, id, tail);
    expect(fix, "GET", target, NULL, 200);
}
#endif
