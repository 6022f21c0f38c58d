/* Attributes under conditions, and setters of what hangs on an item, as they are sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "model/codec.h"

#define NONE ((toc_str){NULL, 0})

static toc_object *object(toc_kind kind, const char *type, const char *summary)
{
    toc_object *obj = NULL;
    const toc_type *found = toc_types_find(NULL, kind, toc_str_of(type));
    assert_non_null(found);
    assert_int_equal(toc_object_new(found, &obj, NULL), TOC_OK);
    assert_int_equal(toc_object_set_summary(obj, toc_str_of(summary), NULL), TOC_OK);
    return obj;
}

static size_t put(toc_object *obj, toc_str type, toc_str value, toc_unique unique)
{
    size_t index = SIZE_MAX;
    toc_attribute_options options = {.version = 1, .type = type, .value = value, .unique = unique};
    assert_int_equal(toc_object_put_attribute(obj, &options, &index, NULL), TOC_OK);
    return index;
}

/* The members of the item behind the given one. */
static void expect(toc_object *obj, const char *from, const char *text)
{
    TOC_CLEANUP(toc_buf_done) toc_buf out = {.maximum = 65536};
    toc_json_writer writer;
    toc_json_writer_init(&writer, &out);
    toc_codec_encode(&writer, obj, TOC_FORM_BATCH, 0);
    const char *found = strstr(out.ptr, from);
    assert_non_null(found);
    assert_string_equal(found, text);
}

static void test_unique(void **state)
{
    (void)state;
    toc_object *obj = object(TOC_KIND_INDICATOR, "Host", "a.example");
    assert_int_equal(put(obj, TOC_S("A"), TOC_S("1"), TOC_UNIQUE_VALUE), 0);
    assert_int_equal(put(obj, TOC_S("A"), TOC_S("2"), TOC_UNIQUE_VALUE), 1);
    assert_int_equal(put(obj, TOC_S("A"), TOC_S("1"), TOC_UNIQUE_VALUE), 0);
    assert_int_equal(put(obj, TOC_S("A"), TOC_S("1"), TOC_UNIQUE_NONE), 2);
    assert_int_equal(put(obj, TOC_S("A"), TOC_S("3"), TOC_UNIQUE_TYPE), 0);
    assert_int_equal(put(obj, TOC_S("B"), TOC_S("3"), TOC_UNIQUE_TYPE), 3);
    assert_int_equal(toc_object_entries(obj, TOC_ENTRY_ATTRIBUTE), 4);
    expect(obj, "\"attribute\"",
           "\"attribute\":[{\"type\":\"A\",\"value\":\"1\"},{\"type\":\"A\",\"value\":\"2\"},"
           "{\"type\":\"A\",\"value\":\"1\"},{\"type\":\"B\",\"value\":\"3\"}]}");
    toc_object_free(obj);
}

/* A group gives up its first one for the new one, which stands last. */
static void test_unique_group(void **state)
{
    (void)state;
    toc_object *obj = object(TOC_KIND_GROUP, "Threat", "T");
    (void)put(obj, TOC_S("A"), TOC_S("1"), TOC_UNIQUE_NONE);
    (void)put(obj, TOC_S("B"), TOC_S("2"), TOC_UNIQUE_NONE);
    (void)put(obj, TOC_S("A"), TOC_S("3"), TOC_UNIQUE_NONE);
    assert_int_equal(put(obj, TOC_S("A"), TOC_S("4"), TOC_UNIQUE_TYPE), 2);
    assert_int_equal(obj->queue.count, 3);
    expect(obj, "\"attribute\"",
           "\"attribute\":[{\"type\":\"B\",\"value\":\"2\"},{\"type\":\"A\",\"value\":\"3\"},"
           "{\"type\":\"A\",\"value\":\"4\"}]}");
    toc_object_free(obj);
}

static toc_str shout(void *user, toc_str value)
{
    char *room = user;
    (void)snprintf(room, 16, "%.*s!", TOC_FMT(value));
    return toc_str_of(room);
}

static void test_format(void **state)
{
    (void)state;
    char room[16];
    toc_object *obj = object(TOC_KIND_GROUP, "Threat", "T");
    toc_attribute_options options = {.version = 1,
                                     .type = TOC_S("A"),
                                     .value = TOC_S("x"),
                                     .unique = TOC_UNIQUE_VALUE,
                                     .format = shout,
                                     .user = room};
    size_t index = 7;
    assert_int_equal(toc_object_put_attribute(obj, &options, &index, NULL), TOC_OK);
    assert_int_equal(index, 0);
    options.format = NULL;
    options.value = TOC_S("x!");
    assert_int_equal(toc_object_put_attribute(obj, &options, &index, NULL), TOC_OK);
    assert_int_equal(index, 0);
    options.pinned = options.displayed = true;
    options.source = TOC_S("s");
    options.value = TOC_S("y");
    assert_int_equal(toc_object_put_attribute(obj, &options, NULL, NULL), TOC_OK);
    expect(obj, "\"attribute\"",
           "\"attribute\":[{\"type\":\"A\",\"value\":\"x!\"},{\"type\":\"A\",\"displayed\":true,"
           "\"value\":\"y\",\"source\":\"s\",\"pinned\":true}]}");
    options.version = 2;
    assert_int_equal(toc_object_put_attribute(obj, &options, NULL, NULL), TOC_EINVAL);
    options = (toc_attribute_options){.version = 1, .value = TOC_S("no type")};
    assert_int_equal(toc_object_put_attribute(obj, &options, NULL, NULL), TOC_EINVAL);
    toc_object_free(obj);
}

static const struct {
    toc_entry entry;
    size_t index;
    const char *field, *value;
    toc_rc rc;
} sets[] = {
    {TOC_ENTRY_ATTRIBUTE, 0, "displayed", "true", TOC_OK},
    {TOC_ENTRY_ATTRIBUTE, 0, "pinned", "yes", TOC_OK},
    {TOC_ENTRY_ATTRIBUTE, 0, "source", "me", TOC_OK},
    {TOC_ENTRY_ATTRIBUTE, 0, "value", "w", TOC_OK},
    {TOC_ENTRY_ATTRIBUTE, 0, "pinned", "perhaps", TOC_EINVAL},
    {TOC_ENTRY_ATTRIBUTE, 0, "type", "B", TOC_EINVAL},
    {TOC_ENTRY_ATTRIBUTE, 1, "value", "w", TOC_EINVAL},
    {TOC_ENTRY_LABEL, 0, "description", "d", TOC_OK},
    {TOC_ENTRY_LABEL, 0, "color", "00FF00", TOC_OK},
    {TOC_ENTRY_LABEL, 0, "name", "n", TOC_EINVAL},
    {TOC_ENTRY_LABEL, 1, "color", "00FF00", TOC_EINVAL},
    {TOC_ENTRY_OCCURRENCE, 0, "path", "C:\\", TOC_OK},
    {TOC_ENTRY_OCCURRENCE, 0, "date", "1709287200", TOC_OK},
    {TOC_ENTRY_OCCURRENCE, 0, "date", "never ever", TOC_EINVAL},
    {TOC_ENTRY_OCCURRENCE, 0, "fileName", "b.exe", TOC_OK},
    {TOC_ENTRY_OCCURRENCE, 1, "path", "x", TOC_EINVAL},
};

static void test_setters(void **state)
{
    (void)state;
    toc_object *obj = object(TOC_KIND_INDICATOR, "File", "00000000000000000000000000000000");
    (void)put(obj, TOC_S("A"), TOC_S("v"), TOC_UNIQUE_NONE);
    assert_int_equal(toc_object_add_label(obj, TOC_S("L"), NONE, NONE, NULL), TOC_OK);
    assert_int_equal(toc_object_add_label(obj, TOC_S("L"), TOC_S("not taken"), NONE, NULL), TOC_OK);
    assert_int_equal(toc_object_add_occurrence(obj, TOC_S("a.exe"), NONE, NONE, NULL), TOC_OK);
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        if (toc_object_set_entry(obj, sets[i].entry, sets[i].index, sets[i].field,
                                 toc_str_of(sets[i].value), NULL) != sets[i].rc)
            fail_msg("%s %s", sets[i].field, sets[i].value);
    assert_int_equal(
        toc_object_label_attribute(obj, 0, TOC_S("N"), TOC_S("d"), TOC_S("0000FF"), NULL), TOC_OK);
    assert_int_equal(toc_object_label_attribute(obj, 0, TOC_S("N"), NONE, NONE, NULL), TOC_OK);
    assert_int_equal(toc_object_label_attribute(obj, 0, TOC_S("M"), NONE, NONE, NULL), TOC_OK);
    assert_int_equal(toc_object_label_attribute(obj, 0, NONE, NONE, NONE, NULL), TOC_EINVAL);
    assert_int_equal(toc_object_label_attribute(obj, 1, TOC_S("M"), NONE, NONE, NULL), TOC_EINVAL);
    expect(obj, "\"attribute\"",
           "\"attribute\":[{\"type\":\"A\",\"displayed\":true,\"value\":\"w\",\"source\":\"me\","
           "\"pinned\":true,\"securityLabel\":[{\"name\":\"N\",\"description\":\"d\","
           "\"color\":\"0000FF\"},{\"name\":\"M\"}]}],"
           "\"securityLabel\":[{\"name\":\"L\",\"description\":\"d\",\"color\":\"00FF00\"}],"
           "\"fileOccurrence\":[{\"fileName\":\"b.exe\",\"path\":\"C:\\\\\","
           "\"date\":\"2024-03-01T10:00:00Z\"}]}");
    assert_int_equal(toc_object_set_entry(obj, TOC_ENTRY_ATTRIBUTE, 0, "source", NONE, NULL),
                     TOC_OK);
    assert_null(obj->attributes.first->source.ptr);
    assert_int_equal(toc_object_entries(obj, TOC_ENTRY_LABEL), 1);
    assert_int_equal(toc_object_entries(obj, TOC_ENTRY_OCCURRENCE), 1);
    assert_int_equal(toc_object_entries(NULL, TOC_ENTRY_LABEL), 0);
    toc_object_free(obj);
}

/* For the application alone. */
static void test_memo(void **state)
{
    (void)state;
    bool processed = true;
    toc_object *obj = object(TOC_KIND_GROUP, "Threat", "T");
    assert_null(toc_object_memo(obj));
    toc_object_set_memo(obj, &processed);
    assert_ptr_equal(toc_object_memo(obj), &processed);
    expect(obj, "{", "{\"name\":\"T\",\"type\":\"Threat\"}");
    toc_object_set_memo(NULL, &processed);
    assert_null(toc_object_memo(NULL));
    toc_object_free(obj);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unique), cmocka_unit_test(test_unique_group),
        cmocka_unit_test(test_format), cmocka_unit_test(test_setters),
        cmocka_unit_test(test_memo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
