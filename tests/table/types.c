/* The table of types: every row is sound, every built-in type has a sample under
 * tests/data/objects, and every sample there has a type. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dirent.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "model/object.h"
#include "support/data.h"

static const char *const lists[] = {
    "type",          "owner",          "attribute",        "tag",
    "securityLabel", "fileOccurrence", "associatedGroups", "associatedGroupXid",
};

static bool is_list(toc_str name)
{
    for (size_t i = 0; i < TOC_COUNT(lists); i++)
        if (toc_str_equal(name, toc_str_of(lists[i])))
            return true;
    return false;
}

static void test_rows(void **state)
{
    (void)state;
    size_t count, per_kind[TOC_KIND_COUNT] = {0};
    const toc_type *types = toc_type_list(&count);
    assert_true(count >= 35);
    for (size_t i = 0; i < count; i++) {
        const toc_type *type = &types[i];
        assert_true((unsigned)type->kind < TOC_KIND_COUNT);
        per_kind[type->kind]++;
        assert_non_null(type->help);
        assert_true(type->help[0] != '\0');
        assert_true(type->web_link[0] == '/');
        assert_non_null(strstr(type->web_link, "={"));
        assert_false(type->traits & TOC_TYPE_RUNTIME);
        for (size_t j = 0; j < i; j++) {
            if (types[j].kind != type->kind)
                continue;
            assert_string_not_equal(types[j].name, type->name);
            assert_string_not_equal(types[j].entity, type->entity);
            assert_string_not_equal(types[j].branch, type->branch);
        }
        const char *words[] = {type->name, type->entity, type->branch};
        for (size_t j = 0; j < TOC_COUNT(words); j++)
            assert_ptr_equal(toc_types_find(NULL, type->kind, toc_str_of(words[j])), type);
        assert_true(type->kind == TOC_KIND_INDICATOR ? type->key_count >= 1 && type->key_count <= 3
                                                     : type->key_count == 0);
    }
    static const size_t least[TOC_KIND_COUNT] = {12, 16, 1, 1, 5, 3};
    for (size_t i = 0; i < TOC_KIND_COUNT; i++)
        assert_true(per_kind[i] >= least[i]);
}

static void check_choices(const toc_field *field)
{
    toc_str rest = toc_str_of(field->choices), choice;
    size_t found = 0;
    assert_int_equal(field->value, TOC_VALUE_TEXT);
    while (toc_str_cut(&rest, ';', &choice)) {
        assert_true(choice.len > 0);
        assert_true(toc_str_equal(choice, toc_str_trim(choice)));
        found++;
    }
    assert_true(found >= 2);
}

static void check_field(const toc_field *field)
{
    assert_true(field->name && field->name[0]);
    assert_true(field->help && field->help[0]);
    assert_null(strchr(field->help, '\n'));
    assert_true((unsigned)field->value < TOC_VALUE_COUNT);
    assert_true(field->slot >= 0 && field->slot < TOC_SLOT_COUNT);
    assert_true(field->minimum <= field->maximum);
    if (field->choices)
        check_choices(field);
    if (field->flags & TOC_FIELD_SECRET)
        assert_false(field->flags & (TOC_FIELD_ANSWER | TOC_FIELD_ADDITIONAL | TOC_FIELD_OUTPUT));
    if (field->flags & TOC_FIELD_REQUIRED)
        assert_true(field->flags & TOC_FIELD_CREATE);
    if (field->batch)
        assert_true(field->flags & TOC_FIELD_BATCH);
}

static void check_unique(const toc_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(fields[i].name, fields[j].name);
            assert_int_not_equal(fields[i].slot, fields[j].slot);
        }
    }
}

static void test_fields(void **state)
{
    (void)state;
    size_t count;
    const toc_type *types = toc_type_list(&count);
    for (size_t i = 0; i < count; i++) {
        const toc_type *type = &types[i];
        check_unique(type->fields, type->field_count);
        for (size_t j = 0; j < type->field_count; j++) {
            const toc_field *field = &type->fields[j];
            bool key = j < type->key_count;
            check_field(field);
            assert_int_equal(field->slot, TOC_SLOT_OWN + (int)j);
            assert_int_equal((field->flags & TOC_FIELD_KEY) != 0, key);
            if (key)
                assert_int_equal(field->value, TOC_VALUE_TEXT);
            assert_ptr_equal(toc_type_field(type, toc_str_of(field->name)), field);
            if (field->batch)
                assert_ptr_equal(toc_type_field(type, toc_str_of(field->batch)), field);
        }
    }
}

static void test_kinds(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < TOC_KIND_COUNT; kind++) {
        size_t count;
        const toc_field *fields = toc_kind_fields((toc_kind)kind, &count);
        /* Records have all their fields in their types. */
        if (kind == TOC_KIND_RECORD)
            continue;
        assert_true(count >= 3);
        check_unique(fields, count);
        for (size_t i = 0; i < count; i++) {
            check_field(&fields[i]);
            assert_true(fields[i].slot < TOC_SLOT_OWN);
            assert_false(fields[i].flags & TOC_FIELD_KEY);
        }
        assert_string_equal(fields[0].name, "id");
        /* Answers call the assets of adversaries by another name. */
        const char *entity = toc_kind_entity((toc_kind)kind);
        const char *branch = toc_kind_branch((toc_kind)kind);
        if (kind == TOC_KIND_ADVERSARY_ASSET)
            assert_string_equal(entity, "bucketAsset");
        else
            assert_non_null(strstr(branch, entity));
    }
    size_t none = 1;
    assert_null(toc_kind_fields(TOC_KIND_COUNT, &none));
    assert_int_equal(none, 0);
    assert_null(toc_kind_entity(TOC_KIND_COUNT));
    assert_null(toc_kind_branch(TOC_KIND_COUNT));
}

static void read_sample(const toc_type *type, toc_buf *text)
{
    char name[64];
    (void)snprintf(name, sizeof(name), "objects/%s.json", type->entity);
    assert_true(data_read(name, text).len > 0);
}

static void set_member(toc_object *obj, toc_str key, toc_json_event event, toc_str value)
{
    TOC_CLEANUP(toc_buf_done) toc_buf name = {.maximum = 256};
    toc_error err;
    toc_buf_str(&name, key);
    if (event == TOC_JSON_TRUE || event == TOC_JSON_FALSE)
        value = event == TOC_JSON_TRUE ? TOC_S("true") : TOC_S("false");
    if (toc_object_set(obj, name.ptr, value, &err) != TOC_OK)
        fail_msg("%s: %s", toc_object_type(obj)->entity, err.message);
    assert_true(toc_object_has(obj, name.ptr));
}

static void load_sample(toc_object *obj, toc_str text, toc_arena *arena)
{
    toc_json_reader reader;
    toc_json_event event;
    toc_json_reader_init(&reader, text.ptr, text.len, arena);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_OBJECT);
    while ((event = toc_json_next(&reader)) == TOC_JSON_KEY) {
        toc_str key = reader.text;
        if (is_list(key)) {
            bool named = toc_str_equal(key, TOC_S("type"));
            event = named ? toc_json_next(&reader) : event;
            if (named)
                assert_true(toc_str_equal(reader.text, toc_str_of(toc_object_type(obj)->name)));
            else
                assert_true(toc_json_skip(&reader, NULL));
            continue;
        }
        event = toc_json_next(&reader);
        set_member(obj, key, event, reader.text);
    }
    assert_int_equal(event, TOC_JSON_OBJECT_END);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_END);
}

/* Loads every type's sample through the table alone and finds it valid. */
static void test_samples(void **state)
{
    (void)state;
    size_t count;
    const toc_type *types = toc_type_list(&count);
    for (size_t i = 0; i < count; i++) {
        TOC_CLEANUP(toc_buf_done) toc_buf text = {.maximum = TOC_MAX_ITEM};
        TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
        toc_object *obj = NULL;
        toc_error err;
        read_sample(&types[i], &text);
        assert_int_equal(toc_object_new(&types[i], &obj, &err), TOC_OK);
        load_sample(obj, toc_buf_view(&text), &arena);
        if (toc_object_check(obj, &err) != TOC_OK)
            fail_msg("%s: %s", types[i].entity, err.message);
        for (unsigned k = 0; k < types[i].key_count; k++)
            assert_true(toc_object_has(obj, types[i].fields[k].name));
        assert_true(toc_object_summary(obj).len > 0);
        toc_object_free(obj);
    }
}

static const toc_type *by_entity(toc_str entity)
{
    size_t count;
    const toc_type *types = toc_type_list(&count);
    for (size_t i = 0; i < count; i++)
        if (toc_str_equal(toc_str_of(types[i].entity), entity))
            return &types[i];
    return NULL;
}

static void test_samples_have_types(void **state)
{
    (void)state;
    char path[1024];
    const char *root = getenv("TOC_SOURCE_DIR");
    (void)snprintf(path, sizeof(path), "%s/tests/data/objects", root ? root : ".");
    DIR *dir = opendir(path);
    assert_non_null(dir);
    const struct dirent *entry;
    size_t found = 0;
    while ((entry = readdir(dir)) != NULL) {
        toc_str name = toc_str_of(entry->d_name);
        if (!toc_str_ends(name, TOC_S(".json")))
            continue;
        if (!by_entity(toc_str_slice(name, 0, name.len - 5)))
            fail_msg("no type for sample %s", entry->d_name);
        found++;
    }
    (void)closedir(dir);
    size_t count;
    (void)toc_type_list(&count);
    assert_int_equal(found, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_samples_have_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
