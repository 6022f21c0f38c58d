/* Finders: indicators by value, straight from the store. */
#include "platform_fixture.h"

#include "tocsin/batch.h"
#include "tocsin/object.h"
#include "tocsin/parts.h"

#define SHARED "Other Feed"

static const char *const both[] = {"Acme CTI", SHARED};

static int setup(void **state)
{
    fixture *fix = test_malloc(sizeof(*fix));
    fixture_new(fix, 500);
    assert_int_equal(
        batch(fix, "{\"indicator\":["
                   "{\"type\":\"Host\",\"summary\":\"one.example\",\"rating\":3,\"confidence\":60,"
                   "\"tag\":[{\"name\":\"Phish Kit\"},{\"name\":\"b\"}]},"
                   "{\"type\":\"Host\",\"summary\":\"off.example\",\"active\":false},"
                   "{\"type\":\"File\",\"summary\":\"0123456789ABCDEF0123456789ABCDEF : "
                   "0123456789ABCDEF0123456789ABCDEF01234567\"}]}"),
        200);
    contains(fix, "\"successCount\":3");
    *state = fix;
    return 0;
}

static int teardown(void **state)
{
    fixture *fix = *state;
    assert_int_equal(toc_platform_check(fix->platform, NULL), TOC_OK);
    fixture_done(fix);
    test_free(fix);
    return 0;
}

static const toc_type *type_of(const char *name)
{
    return toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of(name));
}

static size_t found(toc_finder *finder, const char *type, const char *value)
{
    size_t count = 99;
    assert_int_equal(toc_finder_find(finder, type_of(type), toc_str_of(value), &count, NULL),
                     TOC_OK);
    return count;
}

static void assert_text(toc_str text, const char *expected)
{
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.ptr, expected, text.len);
}

static void finds_values_with_tags(void **state)
{
    fixture *fix = *state;
    toc_finder *finder = NULL;
    toc_str tag;
    assert_int_equal(toc_finder_open(fix->platform, both, 1, &finder, NULL), TOC_OK);
    assert_int_equal(found(finder, "Host", "ONE.example"), 1);
    const toc_object *obj = toc_finder_at(finder, 0);
    assert_text(toc_object_summary(toc_finder_at(finder, 0)), "one.example");
    assert_int_equal(toc_object_get_int(obj, "confidence"), 60);
    assert_true(toc_object_get_decimal(obj, "rating") > 2.9);
    assert_text(toc_object_get(obj, "ownerName"), "Acme CTI");
    assert_true(toc_object_get_int(obj, "id") > 0);
    assert_true(toc_object_get(obj, "webLink").len > 20);
    assert_true(toc_object_tag(obj, 0, &tag));
    assert_true(toc_object_tag(obj, 1, &tag));
    assert_false(toc_object_tag(obj, 2, &tag));
    assert_null(toc_finder_at(finder, 1));
    toc_finder_close(finder);
}

static void finds_inactive_ones_and_any_hash(void **state)
{
    fixture *fix = *state;
    toc_finder *finder = NULL;
    assert_int_equal(toc_finder_open(fix->platform, both, 1, &finder, NULL), TOC_OK);
    assert_int_equal(found(finder, "Host", "off.example"), 1);
    assert_false(toc_object_get_bool(toc_finder_at(finder, 0), "active"));
    assert_int_equal(found(finder, "File", "0123456789abcdef0123456789abcdef01234567"), 1);
    assert_int_equal(found(finder, "File", "0123456789abcdef0123456789abcdef"), 1);
    toc_finder_close(finder);
}

static void finds_nothing_quietly(void **state)
{
    fixture *fix = *state;
    toc_finder *finder = NULL;
    assert_int_equal(toc_finder_open(fix->platform, both, 1, &finder, NULL), TOC_OK);
    assert_int_equal(found(finder, "Host", "two.example"), 0);
    assert_int_equal(found(finder, "Address", "one.example"), 0);
    assert_int_equal(found(finder, "File", "not a hash"), 0);
    assert_int_equal(found(finder, "Host", ""), 0);
    assert_null(toc_finder_at(finder, 0));
    toc_finder_close(finder);
}

/* What is written between two finds is seen once the finder rested. */
static void sees_what_is_written_after_a_rest(void **state)
{
    fixture *fix = *state;
    toc_finder *finder = NULL;
    assert_int_equal(toc_finder_open(fix->platform, both, 1, &finder, NULL), TOC_OK);
    assert_int_equal(found(finder, "Host", "new.example"), 0);
    toc_finder_rest(finder);
    assert_int_equal(
        batch(fix, "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"new.example\"}]}"), 200);
    assert_int_equal(found(finder, "Host", "new.example"), 1);
    toc_finder_close(finder);
}

static void asks_each_owner_in_order(void **state)
{
    fixture *fix = *state;
    toc_finder *finder = NULL;
    int64_t id = 0;
    assert_int_equal(toc_finder_open(fix->platform, both, 2, &finder, NULL), TOC_ENOTFOUND);
    assert_null(finder);
    assert_int_equal(toc_platform_add_owner(fix->platform, SHARED, "Source", &id, NULL), TOC_OK);
    assert_int_equal(toc_finder_open(fix->platform, both, 2, &finder, NULL), TOC_OK);
    assert_int_equal(found(finder, "Host", "one.example"), 1);
    assert_text(toc_object_get(toc_finder_at(finder, 0), "ownerName"), "Acme CTI");
    toc_finder_close(finder);
}

static void refuses_what_is_missing(void **state)
{
    fixture *fix = *state;
    toc_finder *finder = NULL;
    size_t count = 7;
    toc_error err;
    const toc_type *group = toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of("Adversary"));
    assert_int_equal(toc_finder_open(NULL, both, 1, &finder, &err), TOC_EINVAL);
    assert_int_equal(toc_finder_open(fix->platform, both, 0, &finder, &err), TOC_EINVAL);
    assert_int_equal(toc_finder_open(fix->platform, NULL, 1, &finder, NULL), TOC_EINVAL);
    assert_int_equal(toc_finder_open(fix->platform, both, 1, &finder, NULL), TOC_OK);
    assert_int_equal(toc_finder_find(finder, NULL, toc_str_of("x"), &count, &err), TOC_EINVAL);
    assert_int_equal(toc_finder_find(finder, group, toc_str_of("x"), &count, &err), TOC_EINVAL);
    assert_int_equal(toc_finder_find(NULL, group, toc_str_of("x"), &count, NULL), TOC_EINVAL);
    assert_int_equal(count, 7);
    assert_null(toc_finder_at(NULL, 0));
    toc_finder_close(finder);
    toc_finder_close(NULL);
    toc_finder_rest(NULL);
}

/* --- one job in its steps -------------------------------------------------------------------- */

static toc_session *session_of(fixture *fix)
{
    toc_transport transport;
    toc_session *sess = NULL;
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    assert_int_equal(toc_platform_transport(fix->platform, false, &transport, NULL), TOC_OK);
    options.transport = &transport;
    assert_int_equal(toc_session_open(&options, &sess, NULL), TOC_OK);
    return sess;
}

static void a_job_takes_its_steps(void **state)
{
    fixture *fix = *state;
    toc_session *sess = session_of(fix);
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    toc_batch *steps = NULL;
    toc_batch_job job = {0};
    toc_error err;
    options.owner = "Acme CTI";
    assert_int_equal(toc_batch_new(&options, &steps, NULL), TOC_OK);
    assert_int_equal(toc_batch_upload_job(steps, sess, &job, toc_str_of("{}"), &err), TOC_EINVAL);
    assert_int_equal(toc_batch_create_job(steps, sess, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_batch_create_job(steps, sess, &job, NULL), TOC_OK);
    assert_true(job.id > 0);
    const char items[] = "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"three.example\"},"
                         "{\"type\":\"Address\",\"summary\":\"999.1.1.1\"}]}";
    assert_int_equal(toc_batch_upload_job(steps, sess, &job, toc_str_of(items), NULL), TOC_OK);
    assert_int_equal(toc_platform_work(fix->platform, NULL, NULL, NULL), 1);
    assert_int_equal(toc_batch_poll(steps, sess, &job, 10, NULL), TOC_OK);
    assert_true(job.completed);
    assert_int_equal(job.success, 1);
    assert_int_equal(job.errors, 1);
    assert_int_equal(toc_batch_upload_job(steps, sess, &job, toc_str_of(items), &err), TOC_EHTTP);
    toc_batch_free(steps);
    options.owner = "Nobody";
    assert_int_equal(toc_batch_new(&options, &steps, NULL), TOC_OK);
    assert_int_equal(toc_batch_create_job(steps, sess, &job, &err), TOC_EAUTH);
    toc_batch_free(steps);
    toc_session_close(sess);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_store(finds_values_with_tags),   with_store(finds_inactive_ones_and_any_hash),
        with_store(finds_nothing_quietly),    with_store(sees_what_is_written_after_a_rest),
        with_store(asks_each_owner_in_order), with_store(refuses_what_is_missing),
        with_store(a_job_takes_its_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
