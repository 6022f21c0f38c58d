/* API filters: names, values, classification of indicators. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "filter/filter.h"

static toc_error err;

static toc_filter *make(toc_kind kind, const char *type_name)
{
    const toc_type *type = type_name ? toc_types_find(NULL, kind, toc_str_of(type_name)) : NULL;
    toc_filter *filter = NULL;
    assert_int_equal(toc_filter_new(kind, type, &filter, &err), TOC_OK);
    return filter;
}

static void test_names(void **state)
{
    (void)state;
    static const struct {
        toc_kind kind;
        const char *type, *name, *value;
        toc_rc rc;
    } rows[] = {
        {TOC_KIND_GROUP, NULL, "tag", "APT", TOC_OK},
        {TOC_KIND_GROUP, NULL, "security_label", "TLP:RED", TOC_OK},
        {TOC_KIND_GROUP, NULL, "adversary_id", "5", TOC_OK},
        {TOC_KIND_GROUP, NULL, "attackPattern_id", "5", TOC_OK},
        {TOC_KIND_GROUP, NULL, "attack_pattern_id", "5", TOC_OK},
        {TOC_KIND_GROUP, NULL, "id", "5", TOC_EINVAL},
        {TOC_KIND_GROUP, "Threat", "id", "5", TOC_OK},
        {TOC_KIND_GROUP, "Threat", "id", "five", TOC_EINVAL},
        {TOC_KIND_GROUP, "Threat", "id", "-5", TOC_EINVAL},
        {TOC_KIND_INDICATOR, NULL, "id", "5", TOC_EINVAL},
        {TOC_KIND_INDICATOR, NULL, "document_id", "5", TOC_OK},
        {TOC_KIND_INDICATOR, NULL, "victim_id", "5", TOC_OK},
        {TOC_KIND_TASK, NULL, "task_id", "5", TOC_OK},
        {TOC_KIND_TASK, NULL, "id", "5", TOC_OK},
        {TOC_KIND_VICTIM, NULL, "victim_id", "5", TOC_EINVAL},
        {TOC_KIND_VICTIM, NULL, "task_id", "5", TOC_OK},
        {TOC_KIND_VICTIM, NULL, "nobody_id", "5", TOC_EINVAL},
        {TOC_KIND_VICTIM_ASSET, NULL, "tag", "x", TOC_EINVAL},
        {TOC_KIND_INDICATOR, NULL, "tag", "", TOC_EINVAL},
        {TOC_KIND_INDICATOR, NULL, "tag", "..", TOC_EINVAL},
        {TOC_KIND_INDICATOR, NULL, "colour", "red", TOC_EINVAL},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_filter *filter = make(rows[i].kind, rows[i].type);
        assert_int_equal(toc_filter_api(filter, rows[i].name, toc_str_of(rows[i].value), &err),
                         rows[i].rc);
        assert_int_equal(filter->api.count, rows[i].rc == TOC_OK);
        if (rows[i].rc)
            assert_string_equal(err.field, rows[i].name);
        toc_filter_free(filter);
    }
}

static void test_message_lists_names(void **state)
{
    (void)state;
    toc_filter *filter = make(TOC_KIND_TASK, NULL);
    assert_int_equal(toc_filter_api(filter, "job_id", TOC_S("1"), &err), TOC_EINVAL);
    assert_non_null(strstr(err.message, "security_label"));
    assert_non_null(strstr(err.message, "campaign_id"));
    toc_filter_free(filter);
}

static void test_indicator(void **state)
{
    (void)state;
    static const struct {
        const char *list_type, *value, *type, *kept;
    } rows[] = {
        {NULL, "1.2.3.4", "Address", "1.2.3.4"},
        {NULL, "evil.example.com", "Host", "evil.example.com"},
        {NULL, "http://a.b/c", "URL", "http://a.b/c"},
        {NULL, "file:///etc/passwd", "URL", "file:///etc/passwd"},
        {NULL, "Mutex:Global\\x", "Mutex", "Global\\x"},
        {NULL, "Registry Key:HKLM : a : REG_SZ", "Registry Key", "HKLM : a : REG_SZ"},
        {NULL, "user_agent: curl", "User Agent", "curl"},
        {NULL, "no known form", NULL, NULL},
        {"Mutex", "anything goes", "Mutex", "anything goes"},
        {"Mutex", "Mutex:x", "Mutex", "x"},
        {"URL", "file:///etc", "URL", "file:///etc"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_filter *filter = make(TOC_KIND_INDICATOR, rows[i].list_type);
        toc_rc rc = toc_filter_api(filter, "indicator", toc_str_of(rows[i].value), &err);
        assert_int_equal(rc, rows[i].type ? TOC_OK : TOC_EINVAL);
        if (!rc) {
            assert_string_equal(filter->api.first->type->name, rows[i].type);
            assert_true(toc_str_equal(filter->api.first->value, toc_str_of(rows[i].kept)));
        }
        toc_filter_free(filter);
    }
}

static void test_rest(void **state)
{
    (void)state;
    toc_filter *filter = make(TOC_KIND_INDICATOR, NULL);
    assert_int_equal(toc_filter_owner(filter, TOC_S("Acme"), &err), TOC_OK);
    assert_int_equal(toc_filter_owner(filter, TOC_S("ACME"), &err), TOC_OK);
    assert_int_equal(toc_filter_owner(filter, TOC_S("Other"), &err), TOC_OK);
    assert_int_equal(toc_filter_owner(filter, TOC_S(""), &err), TOC_EINVAL);
    assert_int_equal(filter->owners.count, 2);
    assert_int_equal(toc_filter_include(filter, "tags", &err), TOC_OK);
    assert_int_equal(toc_filter_include(filter, "everything", &err), TOC_EINVAL);
    assert_int_equal(filter->includes, TOC_INCLUDE_TAGS);
    assert_int_equal(toc_filter_modified_since(filter, TOC_S("2024-03-01T12:00:00+02:00"), &err),
                     TOC_OK);
    assert_true(toc_str_equal(filter->modified_since, TOC_S("2024-03-01T10:00:00Z")));
    assert_int_equal(toc_filter_modified_since(filter, TOC_S("soon"), &err), TOC_EINVAL);
    assert_int_equal(toc_filter_term(filter, "rating", TOC_OP_GT, TOC_S("3"), &err), TOC_OK);
    assert_int_equal(toc_filter_term(filter, "rating", TOC_OP_GT, TOC_S("3,4"), &err), TOC_EINVAL);
    assert_int_equal(toc_filter_term(filter, "owner", TOC_OP_EQ, TOC_S("3"), &err), TOC_EINVAL);
    assert_int_equal(filter->terms.count, 1);
    toc_filter_free(filter);
    filter = make(TOC_KIND_GROUP, NULL);
    assert_int_equal(toc_filter_modified_since(filter, TOC_S("2024-03-01"), &err), TOC_EINVAL);
    toc_filter_free(filter);
    const toc_type *host = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host"));
    filter = NULL;
    assert_int_equal(toc_filter_new(TOC_KIND_GROUP, host, &filter, &err), TOC_EINVAL);
    assert_null(filter);
    toc_filter_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_message_lists_names),
        cmocka_unit_test(test_indicator),
        cmocka_unit_test(test_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
