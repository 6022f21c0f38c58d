/* model/catalogue.c: look-ups, and types that are added at run time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "support/failing.h"
#include "tocsin/types.h"

static const toc_field door_fields[] = {
    {.name = "Door", .flags = TOC_FIELD_KEY},
    {.name = "Lock", .flags = TOC_FIELD_KEY, .choices = "bolt;chain"},
    {.name = "height", .value = TOC_VALUE_INT, .flags = TOC_FIELD_CREATE, .maximum = 9},
};
static const toc_type door = {
    .name = "Door Lock",
    .entity = "doorLock",
    .branch = "doorLocks",
    .kind = TOC_KIND_INDICATOR,
    .traits = TOC_TYPE_CUSTOM,
    .letter_case = TOC_CASE_UPPER,
    .key_count = 2,
    .fields = door_fields,
    .field_count = TOC_COUNT(door_fields),
};

static toc_types *new_types(void)
{
    toc_types *types = NULL;
    toc_error err;
    assert_int_equal(toc_types_new(&types, &err), TOC_OK);
    return types;
}

static const toc_type *find(const toc_types *types, toc_kind kind, const char *word)
{
    return toc_types_find(types, kind, toc_str_of(word));
}

static void check_builtin(const toc_types *types)
{
    const toc_type *email = find(types, TOC_KIND_INDICATOR, "emailaddress");
    assert_string_equal(email->entity, "emailAddress");
    assert_ptr_equal(find(types, TOC_KIND_INDICATOR, "EMAILADDRESSES"), email);
    const toc_type *asset = find(types, TOC_KIND_VICTIM_ASSET, "emailAddresses");
    assert_string_equal(asset->entity, "victimEmailAddress");
    assert_string_equal(find(types, TOC_KIND_GROUP, "coursesofaction")->name, "Course of Action");
    assert_string_equal(find(types, TOC_KIND_GROUP, "Attack pattern")->branch, "attackPatterns");
    assert_string_equal(find(types, TOC_KIND_INDICATOR, "registryKeys")->name, "Registry Key");
    assert_null(find(types, TOC_KIND_GROUP, "hosts"));
    assert_null(find(types, TOC_KIND_INDICATOR, ""));
    assert_null(find(types, TOC_KIND_INDICATOR, NULL));
    assert_null(find(types, TOC_KIND_COUNT, "host"));
    char many[5000];
    memset(many, 'a', sizeof(many));
    assert_null(toc_types_find(types, TOC_KIND_GROUP, (toc_str){many, sizeof(many)}));
    size_t count;
    const toc_type *list = toc_type_list(&count);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(find(types, list[i].kind, list[i].name), &list[i]);
        assert_ptr_equal(find(types, list[i].kind, list[i].entity), &list[i]);
        assert_ptr_equal(find(types, list[i].kind, list[i].branch), &list[i]);
        assert_ptr_equal(toc_types_at(types, i), &list[i]);
    }
    assert_int_equal(toc_types_count(types), count);
    assert_null(toc_types_at(types, count));
}

static void test_builtin(void **state)
{
    (void)state;
    toc_types *types = new_types();
    check_builtin(types);
    check_builtin(NULL);
    toc_types_free(types);
    toc_types_free(NULL);
}

static void test_field(void **state)
{
    (void)state;
    const toc_type *file = find(NULL, TOC_KIND_INDICATOR, "File");
    const toc_type *host = find(NULL, TOC_KIND_INDICATOR, "Host");
    const toc_type *key = find(NULL, TOC_KIND_INDICATOR, "Registry Key");
    assert_string_equal(toc_type_field(file, TOC_S("intValue1"))->name, "size");
    assert_string_equal(toc_type_field(host, TOC_S("flag2"))->name, "whoisActive");
    assert_int_equal(toc_type_field(host, TOC_S("rating"))->slot, TOC_SLOT_RATING);
    assert_string_equal(toc_type_field(key, TOC_S("Value Name"))->name, "Value Name");
    assert_string_equal(toc_type_field(key, TOC_S("value3"))->name, "Value Type");
    assert_string_equal(toc_type_field(key, TOC_S("value"))->name, "Key Name");
    assert_null(toc_type_field(key, TOC_S("value4")));
    assert_null(toc_type_field(key, TOC_S("value0")));
    assert_null(toc_type_field(host, TOC_S("value1")));
    assert_null(toc_type_field(host, TOC_S("Rating")));
    assert_null(toc_type_field(host, TOC_S("rat")));
    assert_null(toc_type_field(host, TOC_S("id\0x")));
    assert_null(toc_type_field(host, (toc_str){NULL, 0}));
    assert_null(toc_type_field(NULL, TOC_S("id")));
    /* A type's own field hides the common one. */
    const toc_type *campaign = find(NULL, TOC_KIND_GROUP, "Campaign");
    assert_int_equal(toc_type_field(campaign, TOC_S("firstSeen"))->slot, TOC_SLOT_OWN);
}

static void test_add(void **state)
{
    (void)state;
    toc_types *types = new_types();
    toc_error err;
    size_t before = toc_types_count(types);
    assert_int_equal(toc_types_add(types, &door, &err), TOC_OK);
    assert_int_equal(toc_types_count(types), before + 1);
    const toc_type *type = find(types, TOC_KIND_INDICATOR, "DOORLOCKS");
    assert_non_null(type);
    assert_ptr_not_equal(type, &door);
    assert_ptr_equal(toc_types_at(types, before), type);
    assert_string_equal(type->name, "Door Lock");
    assert_true(type->traits & TOC_TYPE_RUNTIME);
    assert_non_null(strstr(type->web_link, "customIndicator"));
    assert_int_equal(type->fields[1].slot, TOC_SLOT_OWN + 1);
    assert_true(type->fields[1].flags & TOC_FIELD_BATCH);
    assert_string_equal(type->fields[1].choices, "bolt;chain");
    assert_ptr_equal(toc_type_field(type, TOC_S("value2")), &type->fields[1]);
    assert_null(find(NULL, TOC_KIND_INDICATOR, "doorLock"));
    check_builtin(NULL);
    toc_types_free(types);
}

static void test_replace(void **state)
{
    (void)state;
    toc_types *types = new_types();
    toc_error err;
    assert_int_equal(toc_types_add(types, &door, &err), TOC_OK);
    const toc_type *old = find(types, TOC_KIND_INDICATOR, "doorLock");
    toc_type moved = door;
    moved.branch = "gates";
    moved.key_count = 1;
    moved.field_count = 1;
    size_t count = toc_types_count(types);
    assert_int_equal(toc_types_add(types, &moved, &err), TOC_OK);
    assert_int_equal(toc_types_count(types), count);
    assert_null(find(types, TOC_KIND_INDICATOR, "doorLocks"));
    assert_int_equal(find(types, TOC_KIND_INDICATOR, "gates")->field_count, 1);
    /* Objects of the replaced row may still be about. */
    assert_string_equal(old->branch, "doorLocks");

    toc_type other = door;
    other.name = "Window";
    other.entity = "window";
    other.branch = "GATES";
    assert_int_equal(toc_types_add(types, &other, &err), TOC_ECONFLICT);
    assert_int_equal(toc_types_count(types), count);
    toc_types_free(types);
}

static void refuse(toc_types *types, toc_type type, toc_rc expected)
{
    toc_error err = {0};
    size_t count = toc_types_count(types);
    assert_int_equal(toc_types_add(types, &type, &err), expected);
    assert_int_equal(err.code, expected);
    assert_true(err.message[0] != '\0');
    assert_int_equal(toc_types_count(types), count);
}

static void test_refused(void **state)
{
    (void)state;
    toc_types *types = new_types();
    toc_type bad = door;
    bad.name = "host";
    refuse(types, bad, TOC_ECONFLICT);
    bad = door;
    bad.branch = "mutexes";
    refuse(types, bad, TOC_ECONFLICT);
    bad = door;
    bad.entity = NULL;
    refuse(types, bad, TOC_EINVAL);
    bad = door;
    bad.branch = "a/b";
    refuse(types, bad, TOC_EINVAL);
    bad = door;
    bad.kind = TOC_KIND_COUNT;
    refuse(types, bad, TOC_EINVAL);
    bad = door;
    bad.key_count = 0;
    refuse(types, bad, TOC_EINVAL);
    bad = door;
    bad.key_count = 3;
    refuse(types, bad, TOC_EINVAL);
    bad = door;
    bad.kind = TOC_KIND_GROUP;
    refuse(types, bad, TOC_EINVAL);
    const toc_field twice[] = {door_fields[0], door_fields[0]};
    bad = door;
    bad.fields = twice;
    bad.field_count = 2;
    refuse(types, bad, TOC_EINVAL);
    const toc_field common[] = {{.name = "rating", .flags = TOC_FIELD_KEY}};
    bad.fields = common;
    bad.field_count = bad.key_count = 1;
    refuse(types, bad, TOC_EINVAL);
    const toc_field number[] = {{.name = "n", .value = TOC_VALUE_INT, .flags = TOC_FIELD_KEY}};
    bad.fields = number;
    refuse(types, bad, TOC_EINVAL);
    const toc_field nameless[] = {{.flags = TOC_FIELD_KEY}};
    bad.fields = nameless;
    refuse(types, bad, TOC_EINVAL);
    bad.field_count = 1000;
    refuse(types, bad, TOC_EINVAL);
    assert_int_equal(toc_types_add(types, NULL, NULL), TOC_EINVAL);
    assert_int_equal(toc_types_add(NULL, &door, NULL), TOC_EINVAL);
    toc_types_free(types);
}

static void test_limit(void **state)
{
    (void)state;
    toc_types *types = new_types();
    toc_type type = door;
    for (int i = 0; i <= TOC_MAX_CUSTOM_TYPES; i++) {
        char name[32], entity[32], branch[32];
        (void)snprintf(name, sizeof(name), "Type %d", i);
        (void)snprintf(entity, sizeof(entity), "type%d", i);
        (void)snprintf(branch, sizeof(branch), "types%d", i);
        type.name = name;
        type.entity = entity;
        type.branch = branch;
        toc_rc rc = toc_types_add(types, &type, NULL);
        assert_int_equal(rc, i < TOC_MAX_CUSTOM_TYPES ? TOC_OK : TOC_ELIMIT);
    }
    assert_string_equal(find(types, TOC_KIND_INDICATOR, "types7")->name, "Type 7");
    toc_types_free(types);
}

static void test_no_memory(void **state)
{
    (void)state;
    failing memory = {.left = -1};
    int rounds = 0;
    const toc_allocator allocator = failing_allocator(&memory);
    toc_set_allocator(&allocator);
    for (bool done = false; !done; rounds++) {
        toc_types *types = NULL;
        toc_error err;
        memory = (failing){.left = rounds, .for_good = true};
        toc_rc rc = toc_types_new(&types, &err);
        if (!rc) {
            rc = toc_types_add(types, &door, &err);
            bool there = find(types, TOC_KIND_INDICATOR, "doorLock") != NULL;
            assert_int_equal(there, rc == TOC_OK);
            done = there;
        }
        assert_true(rc == TOC_OK || rc == TOC_ENOMEM);
        toc_types_free(types);
        assert_true(rounds < 1000);
    }
    toc_set_allocator(NULL);
    assert_true(rounds > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builtin),   cmocka_unit_test(test_field),
        cmocka_unit_test(test_add),       cmocka_unit_test(test_replace),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_limit),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
