/* The table of attribute types, and values against length and rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/attribute_types.h"

static void table(void **state)
{
    (void)state;
    size_t count = 0;
    const toc_attribute_type *types = toc_attribute_type_list(&count);
    assert_true(count >= 40);
    for (size_t i = 0; i < count; i++) {
        toc_attribute_rule *rule = NULL;
        assert_true(types[i].system);
        assert_true(types[i].max_length >= 1 && types[i].max_length <= TOC_MAX_TEXT);
        assert_true(types[i].description && types[i].description[0]);
        assert_true(types[i].error_message && types[i].error_message[0]);
        assert_int_equal(toc_attribute_rule_new(&types[i], &rule, NULL), TOC_OK);
        toc_attribute_rule_free(rule);
        assert_ptr_equal(toc_attribute_type_find(toc_str_of(types[i].name)), &types[i]);
    }
    static const char *const usual[] = {"Description",
                                        "Source",
                                        "Additional Analysis and Context",
                                        "Threat Level",
                                        "Targeted Industry Sector",
                                        "Score"};
    for (size_t i = 0; i < TOC_COUNT(usual); i++)
        assert_non_null(toc_attribute_type_find(toc_str_of(usual[i])));
    assert_string_equal(toc_attribute_type_find(TOC_S("DESCRIPTION"))->name, "Description");
    assert_null(toc_attribute_type_find(TOC_S("Nonsense")));
    assert_null(toc_attribute_type_find(TOC_S("")));
}

static void expect(const toc_attribute_type *type, toc_str value, const char *message)
{
    toc_attribute_rule *rule = NULL;
    toc_error err = {0};
    assert_int_equal(toc_attribute_rule_new(type, &rule, &err), TOC_OK);
    toc_rc rc = toc_attribute_rule_check(rule, value, &err);
    toc_attribute_rule_free(rule);
    if (rc != (message ? TOC_EINVAL : TOC_OK) || (message && !strstr(err.message, message)))
        fail_msg("%.*s: %d, %s", TOC_FMT(value), rc, err.message);
}

static void lengths(void **state)
{
    (void)state;
    toc_attribute_type type = {.name = "Short", .max_length = 3};
    expect(&type, TOC_S("abc"), NULL);
    /* Characters count, not bytes. */
    expect(&type, TOC_S("\xC3\xA4\xC3\xA4\xC3\xA4"), NULL);
    expect(&type, TOC_S("abcd"), "please enter a value between 1-3 characters in length");
    expect(&type, TOC_S("\xC3\xA4\xC3\xA4\xC3\xA4x"), "1-3 characters");
    expect(&type, TOC_S(""), "This attribute requires a value");
    expect(&type, (toc_str){NULL, 0}, "This attribute requires a value");
}

static void rules(void **state)
{
    (void)state;
    toc_attribute_type choice = {
        .name = "C", .max_length = 90, .rule_type = "selectone", .rule_text = "Low; High"};
    expect(&choice, TOC_S("low"), NULL);
    expect(&choice, TOC_S("High"), NULL);
    expect(&choice, TOC_S("Lowest"), "The value for this Attribute is invalid");
    choice.error_message = "Say Low or High";
    expect(&choice, TOC_S("Lo"), "Say Low or High");
    toc_attribute_type pattern = {
        .name = "P", .max_length = 90, .rule_type = "Regex", .rule_text = "CVE-\\d{4}-\\d{4,}"};
    expect(&pattern, TOC_S("CVE-2024-12345"), NULL);
    expect(&pattern, TOC_S("xCVE-2024-12345"), "invalid");
    expect(&pattern, TOC_S("CVE-2024-12345x"), "invalid");
    toc_attribute_type date = {.name = "D", .max_length = 90, .rule_type = "Date"};
    expect(&date, TOC_S("2024-02-29T10:00:00Z"), NULL);
    expect(&date, TOC_S("2024-02-30"), "invalid");
    toc_attribute_type number = {.name = "N", .max_length = 90, .rule_type = "Integer"};
    expect(&number, TOC_S("-12"), NULL);
    expect(&number, TOC_S("12.5"), "invalid");
}

/* A pattern that takes for ever gives up and fits nothing. */
static void hostile_pattern(void **state)
{
    (void)state;
    char value[64];
    memset(value, 'a', sizeof(value));
    toc_attribute_type type = {
        .name = "P", .max_length = 90, .rule_type = "Regex", .rule_text = "(a+)+b"};
    expect(&type, (toc_str){value, sizeof(value)}, "invalid");
}

static void wrong_rules(void **state)
{
    (void)state;
    static const toc_attribute_type types[] = {
        {.name = "A", .max_length = 9, .rule_type = "Nonsense", .rule_text = "x"},
        {.name = "B", .max_length = 9, .rule_type = "SelectOne"},
        {.name = "C", .max_length = 9, .rule_type = "Regex", .rule_text = "(("},
        {.name = "D", .max_length = 9, .rule_type = "Regex", .rule_text = ""},
    };
    for (size_t i = 0; i < TOC_COUNT(types); i++) {
        toc_attribute_rule *rule = NULL;
        toc_error err = {0};
        assert_int_equal(toc_attribute_rule_new(&types[i], &rule, &err), TOC_EINVAL);
        assert_string_equal(err.field, "validationRule");
        assert_null(rule);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),           cmocka_unit_test(lengths),     cmocka_unit_test(rules),
        cmocka_unit_test(hostile_pattern), cmocka_unit_test(wrong_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
