/* The filters= parameter: parsing, checking, printing, and the table of documented fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "filter/terms.h"

static toc_arena arena;
static toc_terms terms;
static toc_error err;

static toc_rc parse(const char *text, toc_filter_resource resource, const char *type_name)
{
    const toc_type *type =
        type_name
            ? toc_types_find(NULL,
                             resource == TOC_FILTER_GROUPS ? TOC_KIND_GROUP : TOC_KIND_INDICATOR,
                             toc_str_of(type_name))
            : NULL;
    if (type_name)
        assert_non_null(type);
    return toc_terms_parse(toc_str_of(text), resource, type, &arena, &terms, &err);
}

static void test_good(void **state)
{
    (void)state;
    assert_int_equal(parse("rating>2,confidence=50,active=false,dateAdded<2024-03-01,summary^ev",
                           TOC_FILTER_INDICATORS, NULL),
                     TOC_OK);
    assert_int_equal(terms.count, 5);
    assert_int_equal(terms.items[0].op, TOC_OP_GT);
    assert_true(terms.items[0].decimal > 1.99 && terms.items[0].decimal < 2.01);
    assert_int_equal(terms.items[1].integer, 50);
    assert_int_equal(terms.items[2].integer, 0);
    assert_int_equal(terms.items[3].integer, 1709251200);
    assert_int_equal(terms.items[4].op, TOC_OP_STARTS);
    assert_true(toc_str_equal(terms.items[4].text, TOC_S("ev")));
    assert_int_equal(parse("", TOC_FILTER_INDICATORS, NULL), TOC_OK);
    assert_int_equal(terms.count, 0);
    assert_int_equal(parse("whoisActive=True", TOC_FILTER_INDICATORS, "Host"), TOC_OK);
    assert_int_equal(parse("status!Completed", TOC_FILTER_TASKS, NULL), TOC_OK);
    assert_int_equal(terms.items[0].op, TOC_OP_NE);
    assert_int_equal(parse("name=a=b^c", TOC_FILTER_TAGS, NULL), TOC_OK);
    assert_true(toc_str_equal(terms.items[0].text, TOC_S("a=b^c")));
    assert_int_equal(parse("eventDate>=20240301", TOC_FILTER_GROUPS, "Incident"), TOC_OK);
}

static void test_bad(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        toc_filter_resource resource;
        const char *type;
        toc_rc rc;
        const char *field;
    } rows[] = {
        {"colour=red", TOC_FILTER_INDICATORS, NULL, TOC_EINVAL, "colour"},
        {"rating=3", TOC_FILTER_INDICATORS, NULL, TOC_EINVAL, "rating"},
        {"rating>many", TOC_FILTER_INDICATORS, NULL, TOC_EINVAL, "rating"},
        {"confidence>5.5", TOC_FILTER_INDICATORS, NULL, TOC_EINVAL, "confidence"},
        {"active=maybe", TOC_FILTER_INDICATORS, NULL, TOC_EINVAL, "active"},
        {"dateAdded<soon", TOC_FILTER_INDICATORS, NULL, TOC_EINVAL, "dateAdded"},
        {"whoisActive=true", TOC_FILTER_INDICATORS, NULL, TOC_EINVAL, "whoisActive"},
        {"whoisActive=true", TOC_FILTER_INDICATORS, "Address", TOC_EINVAL, "whoisActive"},
        {"firstSeen>2024-01-01", TOC_FILTER_GROUPS, "Incident", TOC_EINVAL, "firstSeen"},
        {"name!x", TOC_FILTER_GROUPS, NULL, TOC_EINVAL, "name"},
        {"name", TOC_FILTER_GROUPS, NULL, TOC_EPARSE, ""},
        {"=x", TOC_FILTER_GROUPS, NULL, TOC_EPARSE, ""},
        {"name=x,,name=y", TOC_FILTER_GROUPS, NULL, TOC_EPARSE, ""},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        terms.count = 99;
        assert_int_equal(parse(rows[i].text, rows[i].resource, rows[i].type), rows[i].rc);
        assert_string_equal(err.field, rows[i].field);
        assert_int_equal(terms.count, 99);
    }
}

static void test_limit(void **state)
{
    (void)state;
    toc_buf text;
    toc_buf_init(&text, 4096);
    for (int i = 0; i < TOC_MAX_FILTER_TERMS; i++)
        toc_buf_printf(&text, "%sconfidence=%d", i ? "," : "", i);
    assert_int_equal(parse(text.ptr, TOC_FILTER_INDICATORS, NULL), TOC_OK);
    assert_int_equal(terms.count, TOC_MAX_FILTER_TERMS);
    toc_buf_text(&text, ",confidence=1");
    assert_int_equal(parse(text.ptr, TOC_FILTER_INDICATORS, NULL), TOC_ELIMIT);
    toc_buf_done(&text);
}

static void test_print(void **state)
{
    (void)state;
    /* A value that begins with '=' takes the longer spelling, or it would lose that letter. */
    const char *text = "rating>=2,confidence<=50,active=false,summary^ev il,summary===x,summary^=x";
    assert_int_equal(parse(text, TOC_FILTER_INDICATORS, NULL), TOC_OK);
    toc_buf out;
    toc_buf_init(&out, 4096);
    toc_terms_print(&terms, &out);
    assert_string_equal(out.ptr, text);
    toc_buf_done(&out);
}

/* Every row can be written with each of its operators, and is read back as itself. */
static void test_table(void **state)
{
    (void)state;
    static const char *const values[] = {
        [TOC_TERM_TEXT] = "x",          [TOC_TERM_INT] = "7",     [TOC_TERM_DECIMAL] = "1.5",
        [TOC_TERM_DATE] = "2024-03-01", [TOC_TERM_BOOL] = "true",
    };
    size_t count;
    const toc_term_field *fields = toc_term_fields(&count);
    assert_true(count > 30);
    for (size_t i = 0; i < count; i++) {
        for (int op = 0; op < TOC_OP_COUNT; op++) {
            char text[128];
            (void)snprintf(text, sizeof(text), "%s%s%s", fields[i].name, toc_op_text((toc_op)op),
                           values[fields[i].kind]);
            bool known = (fields[i].ops >> op) & 1U;
            assert_int_equal(parse(text, fields[i].resource, fields[i].type),
                             known ? TOC_OK : TOC_EINVAL);
            if (known)
                assert_ptr_equal(terms.items[0].field, &fields[i]);
        }
    }
}

static void test_split(void **state)
{
    (void)state;
    static const struct {
        const char *text, *field, *value;
        toc_op op;
    } rows[] = {
        {"rating>=3", "rating", "3", TOC_OP_GE},
        {"date_added<x", "date_added", "x", TOC_OP_LT},
        {"Key Name = a", "Key Name", " a", TOC_OP_EQ},
        {"tag!=x", "tag", "x", TOC_OP_NE},
        {"tag!x", "tag", "x", TOC_OP_NE},
        {"name^", "name", "", TOC_OP_STARTS},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_str field, value;
        toc_op op;
        assert_int_equal(toc_filter_parse(toc_str_of(rows[i].text), &field, &op, &value, &err),
                         TOC_OK);
        assert_true(toc_str_equal(field, toc_str_of(rows[i].field)));
        assert_true(toc_str_equal(value, toc_str_of(rows[i].value)));
        assert_int_equal(op, rows[i].op);
    }
    toc_str field, value;
    toc_op op;
    assert_int_equal(toc_filter_parse(TOC_S("rating 3"), &field, &op, &value, &err), TOC_EPARSE);
    assert_int_equal(err.position, 8);
    assert_int_equal(toc_filter_parse((toc_str){NULL, 0}, &field, &op, &value, &err), TOC_EPARSE);
}

static int set_up(void **state)
{
    (void)state;
    toc_arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    toc_arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),  cmocka_unit_test(test_bad),   cmocka_unit_test(test_limit),
        cmocka_unit_test(test_print), cmocka_unit_test(test_table), cmocka_unit_test(test_split),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
