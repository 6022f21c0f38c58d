/* The first item of an xid counts: in memory, and where the table has gone to disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "batch/batch.h"

static toc_batch *make(void)
{
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = "Acme";
    toc_batch *batch = NULL;
    assert_int_equal(toc_batch_new(&options, &batch, NULL), TOC_OK);
    return batch;
}

static void test_first_wins(void **state)
{
    (void)state;
    static const char group[] = "{\"name\":\"A\",\"type\":\"Threat\",\"xid\":\"same\"}";
    static const char other[] = "{\"name\":\"B\",\"type\":\"Threat\",\"xid\":\"same\"}";
    static const char host[] = "{\"summary\":\"a.example\",\"type\":\"Host\",\"xid\":\"same\"}";
    static const char bare[] = "{\"summary\":\"a.example\",\"type\":\"Host\"}";
    toc_batch *batch = make();
    assert_int_equal(toc_batch_add_json(batch, TOC_KIND_GROUP, toc_str_of(group), 1, NULL), TOC_OK);
    assert_int_equal(toc_batch_add_json(batch, TOC_KIND_GROUP, toc_str_of(other), 2, NULL), TOC_OK);
    assert_int_equal(toc_batch_count(batch, TOC_KIND_GROUP), 1);
    assert_int_equal(toc_batch_repeated(batch), 1);
    /* Indicators have a space of their own, and values are not compared. */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(host), 3, NULL),
                         TOC_OK);
        assert_int_equal(toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(bare), 4, NULL),
                         TOC_OK);
    }
    assert_int_equal(toc_batch_count(batch, TOC_KIND_INDICATOR), 3);
    /* The typed interface knows the raw one's. */
    toc_object *obj = NULL;
    assert_int_equal(
        toc_object_new(toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Threat")), &obj, NULL),
        TOC_OK);
    assert_int_equal(toc_object_set(obj, "name", toc_str_of("C"), NULL), TOC_OK);
    assert_int_equal(toc_object_set(obj, "xid", toc_str_of("same"), NULL), TOC_OK);
    assert_int_equal(toc_batch_add(batch, obj, 5, NULL), TOC_OK);
    assert_int_equal(toc_batch_count(batch, TOC_KIND_GROUP), 1);
    assert_int_equal(toc_batch_repeated(batch), 3);
    /* One that is refused leaves its xid free. */
    static const char bad[] = "{\"type\":\"Threat\",\"xid\":\"free\"}";
    assert_int_equal(toc_batch_add_json(batch, TOC_KIND_GROUP, toc_str_of(bad), 6, NULL),
                     TOC_EINVAL);
    assert_int_equal(toc_object_set(obj, "xid", toc_str_of("free"), NULL), TOC_OK);
    assert_int_equal(toc_batch_add(batch, obj, 7, NULL), TOC_OK);
    assert_int_equal(toc_batch_count(batch, TOC_KIND_GROUP), 2);
    assert_int_equal(toc_batch_repeated(NULL), 0);
    /* A wrong one is refused, whether or not its xid is known; so it is through either interface.
     */
    static const char nameless[] = "{\"type\":\"Threat\",\"xid\":\"same\"}";
    assert_int_equal(toc_batch_add_json(batch, TOC_KIND_GROUP, toc_str_of(nameless), 8, NULL),
                     TOC_EINVAL);
    assert_int_equal(toc_object_set(obj, "name", toc_str_of("C\xFF"), NULL), TOC_OK);
    assert_int_equal(toc_batch_add(batch, obj, 9, NULL), TOC_EINVAL);
    assert_int_equal(toc_batch_repeated(batch), 3);
    assert_int_equal(toc_batch_count(batch, TOC_KIND_GROUP), 2);
    toc_object_free(obj);
    toc_batch_free(batch);
}

/* As the server reads them: escapes do not make another xid, numbers are not all the same. */
static void test_spellings(void **state)
{
    (void)state;
    static const char *const raw[] = {
        "{\"name\":\"A\",\"type\":\"Threat\",\"xid\":\"g\\u00e9\"}",
        "{\"name\":\"B\",\"type\":\"Threat\",\"xid\":\"g\xC3\xA9\"}",
        "{\"name\":\"C\",\"type\":\"Threat\",\"xid\":5}",
        "{\"name\":\"D\",\"type\":\"Threat\",\"xid\":6}",
    };
    toc_batch *batch = make();
    for (size_t i = 0; i < sizeof raw / sizeof raw[0]; i++)
        assert_int_equal(toc_batch_add_json(batch, TOC_KIND_GROUP, toc_str_of(raw[i]), i, NULL),
                         TOC_OK);
    assert_int_equal(toc_batch_count(batch, TOC_KIND_GROUP), 3);
    assert_int_equal(toc_batch_repeated(batch), 1);
    toc_batch_free(batch);
}

static bool check(toc_seen *seen, uint64_t number, bool mark)
{
    char text[32];
    bool found = false;
    int len = snprintf(text, sizeof text, "x%llu", (unsigned long long)number);
    uint64_t hash = toc_seen_hash(seen, 1, (toc_str){text, (size_t)len});
    assert_int_equal(toc_seen_find(seen, hash, &found, NULL), TOC_OK);
    if (mark)
        toc_seen_mark(seen, hash);
    return found;
}

static void test_many(void **state)
{
    (void)state;
    const uint64_t count = 900000; /* more than two tables */
    toc_seen seen;
    assert_int_equal(toc_seen_create(&seen, NULL, NULL), TOC_OK);
    for (uint64_t i = 0; i < count; i++)
        if (check(&seen, i, true))
            fail_msg("%llu was not there before", (unsigned long long)i);
    assert_int_equal(seen.tables, 2);
    for (uint64_t i = 0; i < count; i += 97)
        if (!check(&seen, i, false))
            fail_msg("%llu was forgotten", (unsigned long long)i);
    for (uint64_t i = count; i < count + 1000; i++)
        assert_false(check(&seen, i, false));
    toc_seen_done(&seen);
    assert_int_equal(toc_seen_create(&seen, "/nonexistent", NULL), TOC_EIO);
    toc_seen_done(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_wins),
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
