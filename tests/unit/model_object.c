/* model/object.c and object_lists.c: values, summaries, lists and their failures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <math.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/time.h"
#include "model/object.h"

static toc_object *make(toc_kind kind, const char *type)
{
    toc_object *obj = NULL;
    const toc_type *row = toc_types_find(NULL, kind, toc_str_of(type));
    assert_non_null(row);
    assert_int_equal(toc_object_new(row, &obj, NULL), TOC_OK);
    assert_ptr_equal(toc_object_type(obj), row);
    return obj;
}

static void set(toc_object *obj, const char *field, const char *value)
{
    toc_error err;
    if (toc_object_set(obj, field, toc_str_of(value), &err))
        fail_msg("%s: %s", field, err.message);
}

static void refuse(toc_object *obj, const char *field, const char *value)
{
    toc_error err = {0};
    uint64_t before = obj->present;
    assert_int_equal(toc_object_set(obj, field, toc_str_of(value), &err), TOC_EINVAL);
    assert_string_equal(err.field, field);
    assert_true(err.message[0] != '\0');
    assert_true(obj->present == before);
}

static void check_get(const toc_object *obj, const char *field, const char *expected)
{
    toc_str text = toc_object_get(obj, field);
    if (!toc_str_equal(text, toc_str_of(expected)) || !text.ptr != !expected)
        fail_msg("%s is '%.*s'", field, TOC_FMT(text));
}

static void check_summary(toc_object *obj, const char *expected)
{
    check_get(obj, "summary", expected);
    toc_str text = toc_object_summary(obj);
    if (!toc_str_equal(text, toc_str_of(expected)))
        fail_msg("summary is '%.*s'", TOC_FMT(text));
    assert_ptr_equal(toc_object_summary(obj).ptr, text.ptr);
}

static void test_text(void **state)
{
    (void)state;
    toc_object *obj = make(TOC_KIND_INDICATOR, "Host");
    char value[] = "evil.example";
    assert_false(toc_object_has(obj, "hostName"));
    check_get(obj, "hostName", NULL);
    set(obj, "hostName", value);
    value[0] = 'x';
    check_get(obj, "hostName", "evil.example");
    assert_int_equal(toc_object_get(obj, "hostName").ptr[12], '\0');
    set(obj, "description", "");
    assert_true(toc_object_has(obj, "description"));
    assert_int_equal(toc_object_set(obj, "source", (toc_str){NULL, 0}, NULL), TOC_OK);
    assert_true(toc_object_has(obj, "source"));
    toc_object_unset(obj, "hostName");
    assert_false(toc_object_has(obj, "hostName"));
    toc_object_unset(obj, "nothing");
    refuse(obj, "nothing", "x");
    refuse(obj, "Rating", "1");
    toc_error err = {0};
    assert_int_equal(toc_object_set(obj, NULL, TOC_S("x"), &err), TOC_EINVAL);
    assert_int_equal(toc_object_set(NULL, "id", TOC_S("1"), &err), TOC_EINVAL);
    toc_str large = {value, (size_t)TOC_MAX_TEXT + 1};
    assert_int_equal(toc_object_set(obj, "source", large, &err), TOC_ELIMIT);
    toc_object_free(obj);
    toc_object_free(NULL);
    assert_null(toc_object_type(NULL));
    assert_int_equal(toc_object_new(NULL, &obj, &err), TOC_EINVAL);
}

static void test_numbers(void **state)
{
    (void)state;
    toc_object *obj = make(TOC_KIND_INDICATOR, "File");
    set(obj, "rating", "5.0");
    assert_true(toc_object_get_decimal(obj, "rating") == 5.0);
    assert_int_equal(toc_object_get_int(obj, "rating"), 5);
    assert_false(obj->values[TOC_SLOT_RATING].integral);
    set(obj, "rating", "3");
    assert_true(obj->values[TOC_SLOT_RATING].integral);
    refuse(obj, "rating", "5.1");
    refuse(obj, "rating", "-0.5");
    refuse(obj, "rating", "high");
    refuse(obj, "rating", "");
    set(obj, "confidence", " 72.0 ");
    assert_int_equal(toc_object_get_int(obj, "confidence"), 72);
    assert_true(toc_object_get_decimal(obj, "confidence") == 72.0);
    refuse(obj, "confidence", "72.5");
    refuse(obj, "confidence", "101");
    refuse(obj, "confidence", "-1");
    refuse(obj, "size", "9223372036854775808");
    set(obj, "intValue1", "9223372036854775807");
    assert_true(toc_object_get_int(obj, "size") == INT64_MAX);
    check_get(obj, "size", NULL);
    assert_int_equal(toc_object_get_int(obj, "md5"), 0);
    assert_true(toc_object_get_decimal(obj, "md5") == 0.0);
    assert_true(toc_object_get_decimal(obj, "threatAssessRating") == 0.0);
    set(obj, "md5", "x");
    assert_int_equal(toc_object_get_int(obj, "md5"), 0);
    assert_true(toc_object_get_decimal(obj, "md5") == 0.0);
    toc_object_free(obj);
}

static void test_typed_setters(void **state)
{
    (void)state;
    toc_error err;
    toc_object *obj = make(TOC_KIND_INDICATOR, "Host");
    assert_int_equal(toc_object_set_int(obj, "rating", 4, &err), TOC_OK);
    assert_true(toc_object_get_decimal(obj, "rating") == 4.0);
    assert_int_equal(toc_object_set_int(obj, "rating", 6, &err), TOC_EINVAL);
    assert_int_equal(toc_object_set_int(obj, "confidence", 100, &err), TOC_OK);
    assert_int_equal(toc_object_set_int(obj, "confidence", 101, &err), TOC_EINVAL);
    assert_string_equal(err.field, "confidence");
    assert_int_equal(toc_object_set_int(obj, "dateAdded", 0, &err), TOC_OK);
    check_get(obj, "dateAdded", "1970-01-01T00:00:00Z");
    assert_int_equal(toc_object_set_int(obj, "source", -12, &err), TOC_OK);
    check_get(obj, "source", "-12");
    assert_int_equal(toc_object_set_int(obj, "flag1", 1, &err), TOC_OK);
    assert_true(toc_object_get_bool(obj, "dnsActive"));
    assert_int_equal(toc_object_set_int(obj, "flag1", 7, &err), TOC_EINVAL);
    assert_int_equal(toc_object_set_int(obj, "none", 7, &err), TOC_EINVAL);
    assert_int_equal(toc_object_set_decimal(obj, "rating", 3.5, &err), TOC_OK);
    assert_true(toc_object_get_decimal(obj, "rating") == 3.5);
    assert_int_equal(toc_object_set_decimal(obj, "rating", 5.01, &err), TOC_EINVAL);
    assert_int_equal(toc_object_set_decimal(obj, "rating", (double)INFINITY, &err), TOC_EINVAL);
    assert_int_equal(toc_object_set_decimal(obj, "confidence", 50.0, &err), TOC_OK);
    assert_int_equal(toc_object_get_int(obj, "confidence"), 50);
    assert_int_equal(toc_object_set_decimal(obj, "confidence", 50.5, &err), TOC_EINVAL);
    assert_int_equal(toc_object_set_decimal(obj, "source", 1.0, &err), TOC_EINVAL);
    assert_int_equal(toc_object_set_decimal(obj, "none", 1.0, &err), TOC_EINVAL);
    assert_int_equal(toc_object_set_bool(obj, "active", true, &err), TOC_OK);
    assert_true(toc_object_get_bool(obj, "active"));
    assert_int_equal(toc_object_set_bool(obj, "source", false, &err), TOC_OK);
    check_get(obj, "source", "false");
    assert_false(toc_object_get_bool(obj, "source"));
    assert_int_equal(toc_object_set_bool(obj, "confidence", false, &err), TOC_EINVAL);
    toc_object_free(obj);
}

static void test_bool_and_date(void **state)
{
    (void)state;
    toc_object *obj = make(TOC_KIND_INDICATOR, "Host");
    static const char *const yes[] = {"true", "True", "1", "yes"};
    for (size_t i = 0; i < TOC_COUNT(yes); i++) {
        set(obj, "whoisActive", yes[i]);
        assert_true(toc_object_get_bool(obj, "whoisActive"));
        set(obj, "flag2", "False");
        assert_true(toc_object_has(obj, "whoisActive"));
        assert_false(toc_object_get_bool(obj, "whoisActive"));
    }
    refuse(obj, "whoisActive", "maybe");
    set(obj, "dateAdded", "2015-07-06T11:09:33-04:00");
    check_get(obj, "dateAdded", "2015-07-06T11:09:33-04:00");
    set(obj, "dateAdded", "1700000000");
    check_get(obj, "dateAdded", "2023-11-14T22:13:20Z");
    set(obj, "lastModified", "yesterday");
    assert_int_equal(toc_object_get(obj, "lastModified").len, TOC_TIME_TEXT - 1);
    refuse(obj, "dateAdded", "soonish");
    toc_object_free(obj);
}

static void test_file_summary(void **state)
{
    (void)state;
    static const char md5[] = "0123456789abcdef0123456789abcdef";
    static const char sha1[] = "0123456789abcdef0123456789abcdef01234567";
    char text[200];
    toc_error err;
    toc_object *obj = make(TOC_KIND_INDICATOR, "File");
    check_summary(obj, NULL);
    (void)snprintf(text, sizeof(text), "%s : %s", sha1, md5);
    assert_int_equal(toc_object_set_summary(obj, toc_str_of(text), &err), TOC_OK);
    check_get(obj, "md5", md5);
    check_get(obj, "sha1", sha1);
    assert_false(toc_object_has(obj, "sha256"));
    (void)snprintf(text, sizeof(text), "%s : %s", md5, sha1);
    check_summary(obj, text);
    (void)snprintf(text, sizeof(text), "%s:  :", sha1);
    assert_int_equal(toc_object_set_summary(obj, toc_str_of(text), &err), TOC_OK);
    assert_false(toc_object_has(obj, "md5"));
    check_summary(obj, sha1);
    static const char *const wrong[] = {"", " : ", "nohash", "0123456789abcdef0123456789abcdeg"};
    for (size_t i = 0; i < TOC_COUNT(wrong); i++) {
        err = (toc_error){0};
        assert_int_equal(toc_object_set_summary(obj, toc_str_of(wrong[i]), &err), TOC_EINVAL);
        assert_string_equal(err.field, "summary");
        check_summary(obj, sha1);
    }
    (void)snprintf(text, sizeof(text), "%s : %s", sha1, sha1);
    assert_int_equal(toc_object_set_summary(obj, toc_str_of(text), &err), TOC_EINVAL);
    toc_object_free(obj);
}

static void test_key_summary(void **state)
{
    (void)state;
    toc_object *obj = make(TOC_KIND_INDICATOR, "Registry Key");
    set(obj, "summary", "HKEY_USERS\\A :  : REG_SZ");
    check_get(obj, "Key Name", "HKEY_USERS\\A");
    check_get(obj, "Value Name", "");
    check_get(obj, "value3", "REG_SZ");
    check_summary(obj, "HKEY_USERS\\A :  : REG_SZ");
    /* A joined text that was kept is not taken for the new one. */
    set(obj, "Value Name", "B");
    check_summary(obj, "HKEY_USERS\\A : B : REG_SZ");
    toc_object_unset(obj, "Value Type");
    check_summary(obj, "HKEY_USERS\\A : B");
    set(obj, "summary", "HKEY_USERS\\C");
    assert_true(toc_object_has(obj, "Value Name"));
    check_get(obj, "Value Type", "");
    toc_object_unset(obj, "summary");
    assert_false(toc_object_has(obj, "summary"));
    assert_false(toc_object_has(obj, "Key Name"));
    toc_object_free(obj);

    obj = make(TOC_KIND_INDICATOR, "Mutex");
    set(obj, "summary", "a : b : c");
    check_get(obj, "Mutex", "a : b : c");
    check_summary(obj, "a : b : c");
    assert_true(toc_object_has(obj, "summary"));
    toc_object_free(obj);
}

static void test_two_keys(void **state)
{
    (void)state;
    static const toc_field fields[] = {
        {.name = "One", .flags = TOC_FIELD_KEY, .slot = TOC_SLOT_OWN},
        {.name = "Two", .flags = TOC_FIELD_KEY, .slot = TOC_SLOT_OWN + 1}};
    static const toc_type pair = {
        .name = "Pair", .key_count = 2, .fields = fields, .field_count = 2};
    toc_object *obj = NULL;
    assert_int_equal(toc_object_new(&pair, &obj, NULL), TOC_OK);
    set(obj, "summary", "a : b : c");
    check_get(obj, "One", "a");
    check_get(obj, "Two", "b : c");
    toc_object_free(obj);
}

static void test_name_summary(void **state)
{
    (void)state;
    toc_error err;
    toc_object *obj = make(TOC_KIND_GROUP, "Incident");
    assert_int_equal(toc_object_summary(obj).len, 0);
    assert_int_equal(toc_object_set_summary(obj, TOC_S("Heron : 2"), &err), TOC_OK);
    check_get(obj, "name", "Heron : 2");
    assert_true(toc_str_equal(toc_object_summary(obj), TOC_S("Heron : 2")));
    toc_object_free(obj);
    assert_int_equal(toc_object_set_summary(NULL, TOC_S("x"), &err), TOC_EINVAL);
    assert_int_equal(toc_object_summary(NULL).len, 0);
}

static void test_lists(void **state)
{
    (void)state;
    toc_error err;
    toc_str type, value, name;
    toc_object *obj = make(TOC_KIND_INDICATOR, "File");
    assert_false(toc_object_tag(obj, 0, &name));
    assert_false(toc_object_tag(NULL, 0, &name));
    assert_int_equal(toc_object_add_attribute(obj, TOC_S("Source"), TOC_S("lab"), true,
                                              (toc_str){NULL, 0}, &err),
                     TOC_OK);
    assert_int_equal(
        toc_object_add_attribute(obj, TOC_S("Source"), TOC_S("lab"), false, TOC_S("me"), &err),
        TOC_OK);
    assert_int_equal(obj->attributes.count, 2);
    assert_null(obj->attributes.first->source.ptr);
    assert_true(obj->attributes.first->displayed);
    assert_true(toc_object_attribute(obj, 1, &type, &value));
    assert_true(toc_str_equal(type, TOC_S("Source")) && toc_str_equal(value, TOC_S("lab")));
    assert_false(toc_object_attribute(obj, 2, &type, &value));

    assert_int_equal(toc_object_add_tag(obj, TOC_S("A"), &err), TOC_OK);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("a"), &err), TOC_OK);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("A"), &err), TOC_OK);
    assert_int_equal(obj->tags.count, 2);
    assert_true(toc_object_tag(obj, 1, &name) && toc_str_equal(name, TOC_S("a")));

    assert_int_equal(toc_object_add_label(obj, TOC_S("TLP:RED"), TOC_S("d"), TOC_S("FF0000"), &err),
                     TOC_OK);
    assert_int_equal(toc_object_add_label(obj, TOC_S("TLP:RED"), TOC_S("e"), TOC_S("00FF00"), &err),
                     TOC_OK);
    assert_int_equal(obj->labels.count, 1);
    assert_true(toc_object_label(obj, 0, &name) && toc_str_equal(name, TOC_S("TLP:RED")));
    assert_true(toc_str_equal(obj->labels.first->description, TOC_S("d")));
    assert_false(toc_object_label(obj, 1, &name));

    assert_int_equal(toc_object_add_group_xid(obj, TOC_S("g-1"), &err), TOC_OK);
    assert_int_equal(toc_object_add_indicator(obj, TOC_S("Host"), TOC_S("a.example"), &err),
                     TOC_OK);
    assert_int_equal(obj->links.count, 2);
    assert_int_equal(obj->links.first->kind, TOC_KIND_GROUP);
    assert_true(toc_str_equal(obj->links.last->summary, TOC_S("a.example")));

    assert_int_equal(toc_object_add_occurrence(obj, TOC_S("a.exe"), (toc_str){NULL, 0},
                                               TOC_S("1700000000"), &err),
                     TOC_OK);
    assert_true(toc_str_equal(obj->occurrences.first->date, TOC_S("2023-11-14T22:13:20Z")));
    assert_null(obj->occurrences.first->path.ptr);
    assert_int_equal(obj->lists, 31);
    toc_object_free(obj);
}

/* What was refused is nothing that would have to be sent. */
static void test_refused_summary(void **state)
{
    (void)state;
    toc_object *obj = make(TOC_KIND_INDICATOR, "File");
    toc_error err;
    assert_int_equal(toc_object_set_summary(obj, TOC_S("no hash"), &err), TOC_EINVAL);
    assert_int_equal(toc_object_set(obj, "summary", TOC_S("no hash"), &err), TOC_EINVAL);
    assert_int_equal(obj->state, 0);
    assert_int_equal(toc_object_set_summary(obj, TOC_S("44D88612FEA8A8F36DE82E1278ABB02F"), &err),
                     TOC_OK);
    assert_int_equal(obj->state, TOC_OBJECT_CHANGED);
    toc_object_free(obj);
}

static void test_lists_refused(void **state)
{
    (void)state;
    const toc_str none = {NULL, 0};
    toc_object *obj = make(TOC_KIND_INDICATOR, "File");
    toc_error err;
    assert_int_equal(toc_object_add_attribute(obj, none, TOC_S("x"), false, none, &err),
                     TOC_EINVAL);
    assert_int_equal(toc_object_add_tag(obj, TOC_S(""), &err), TOC_EINVAL);
    assert_int_equal(toc_object_add_label(obj, none, none, none, &err), TOC_EINVAL);
    assert_int_equal(toc_object_add_group_xid(obj, none, &err), TOC_EINVAL);
    assert_int_equal(toc_object_add_indicator(obj, none, TOC_S("x"), &err), TOC_EINVAL);
    assert_int_equal(toc_object_add_indicator(obj, TOC_S("Host"), none, &err), TOC_EINVAL);
    assert_int_equal(toc_object_add_occurrence(obj, none, none, none, &err), TOC_EINVAL);
    assert_int_equal(toc_object_add_occurrence(obj, none, none, TOC_S("soonish"), &err),
                     TOC_EINVAL);
    assert_string_equal(err.field, "date");
    assert_int_equal(obj->lists, 0);
    const toc_str text = TOC_S("x");
    assert_int_equal(toc_object_add_attribute(NULL, text, text, false, none, &err), TOC_EINVAL);
    assert_int_equal(toc_object_add_tag(NULL, text, &err), TOC_EINVAL);
    assert_int_equal(toc_object_add_label(NULL, text, none, none, NULL), TOC_EINVAL);
    assert_int_equal(toc_object_add_group_xid(NULL, text, &err), TOC_EINVAL);
    assert_int_equal(toc_object_add_indicator(NULL, text, text, &err), TOC_EINVAL);
    assert_int_equal(toc_object_add_occurrence(NULL, text, none, none, &err), TOC_EINVAL);
    for (size_t i = 0; i < TOC_MAX_ATTRIBUTES; i++)
        assert_non_null(toc__object_attribute_new(obj));
    assert_null(toc__object_attribute_new(obj));
    assert_int_equal(toc_object_add_attribute(obj, TOC_S("a"), TOC_S("x"), false, none, &err),
                     TOC_ELIMIT);
    toc_object_free(obj);
    obj = make(TOC_KIND_INDICATOR, "Host");
    assert_int_equal(toc_object_add_occurrence(obj, TOC_S("a"), none, none, &err),
                     TOC_EUNSUPPORTED);
    toc_object_free(obj);
}

static void test_in_arena(void **state)
{
    (void)state;
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    const toc_type *host = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("host"));
    toc_object *obj = toc__object_in(&arena, host);
    assert_non_null(obj);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("t"), NULL), TOC_OK);
    const toc_field *field = toc_type_field(host, TOC_S("hostName"));
    static const char borrowed[] = "b.example";
    assert_int_equal(toc__object_put(obj, field, TOC_S(borrowed), true, NULL), TOC_OK);
    assert_ptr_equal(toc_object_get(obj, "hostName").ptr, borrowed);
    /* Not freed: the arena owns it. */
    toc_object_free(obj);
    toc__object_reset(obj, toc_types_find(NULL, TOC_KIND_GROUP, TOC_S("threat")));
    assert_int_equal(obj->tags.count, 0);
    assert_true(obj->present == 0);
    assert_string_equal(toc_object_type(obj)->name, "Threat");

    toc_arena small;
    toc_arena_init(&small, 64);
    assert_null(toc__object_in(&small, host));
    toc_arena_done(&small);
}

/* An object without a type, as a decoder may leave it, answers neutrally. */
static void test_no_type(void **state)
{
    (void)state;
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    toc_object *obj = toc__object_in(&arena, NULL);
    toc_str parts[3];
    assert_false(toc_object_has(obj, "id"));
    assert_int_equal(toc_object_set(obj, "id", TOC_S("1"), NULL), TOC_EINVAL);
    assert_int_equal(toc__object_keys(obj, parts), 0);
    assert_null(toc_object_summary(obj).ptr);
    toc__object_set_text(obj, TOC_SLOT_SUMMARY, TOC_S("kept"));
    assert_true(toc_str_equal(toc_object_summary(obj), TOC_S("kept")));
    assert_int_equal(
        toc_object_add_occurrence(obj, TOC_S("a"), TOC_S("b"), (toc_str){NULL, 0}, NULL),
        TOC_EUNSUPPORTED);
}

static void test_no_memory(void **state)
{
    (void)state;
    toc_arena arena;
    toc_error err;
    toc_arena_init(&arena, sizeof(toc_object) + 64);
    toc_object *obj =
        toc__object_in(&arena, toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("mutex")));
    char text[4096];
    memset(text, 'a', sizeof(text));
    toc_str large = {text, sizeof(text)};
    assert_int_equal(toc_object_set(obj, "Mutex", large, &err), TOC_ENOMEM);
    assert_int_equal(toc_object_set_summary(obj, large, &err), TOC_ENOMEM);
    assert_int_equal(toc_object_add_tag(obj, large, &err), TOC_ENOMEM);
    assert_int_equal(toc_object_add_label(obj, large, large, large, &err), TOC_ENOMEM);
    assert_int_equal(toc_object_add_attribute(obj, large, large, true, large, &err), TOC_ENOMEM);
    assert_int_equal(toc_object_add_group_xid(obj, large, &err), TOC_ENOMEM);
    assert_true(obj->present == 0);
    assert_int_equal(obj->lists, 0);
    toc_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_typed_setters),
        cmocka_unit_test(test_bool_and_date),
        cmocka_unit_test(test_file_summary),
        cmocka_unit_test(test_key_summary),
        cmocka_unit_test(test_two_keys),
        cmocka_unit_test(test_name_summary),
        cmocka_unit_test(test_refused_summary),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_lists_refused),
        cmocka_unit_test(test_in_arena),
        cmocka_unit_test(test_no_type),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
