/* Filters as people read them: descriptions, names, the printed form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "filter/filter.h"
#include "model/records.h"
#include "tocsin/batch.h"

static toc_error err;

static toc_filter *make(toc_kind kind, const char *type_name)
{
    const toc_type *type = type_name ? toc_types_find(NULL, kind, toc_str_of(type_name)) : NULL;
    toc_filter *filter = NULL;
    assert_true(!type_name || type);
    assert_int_equal(toc_filter_new(kind, type, &filter, &err), TOC_OK);
    return filter;
}

static toc_filter *make_record(toc_record record)
{
    toc_filter *filter = NULL;
    assert_int_equal(toc_filter_new(TOC_KIND_RECORD, toc__record_type(record), &filter, &err),
                     TOC_OK);
    return filter;
}

static void check_text(toc_str text, const char *expected)
{
    if (text.len != strlen(expected) || memcmp(text.ptr, expected, text.len) != 0)
        fail_msg("<%.*s> is not <%s>", TOC_FMT(text), expected);
}

static void test_api_descriptions(void **state)
{
    (void)state;
    static const struct {
        toc_kind kind;
        const char *type, *name, *value, *text;
    } rows[] = {
        {TOC_KIND_GROUP, NULL, "adversary_id", "5", "api filter by adversary id 5"},
        {TOC_KIND_GROUP, NULL, "campaign_id", "5", "api filter by campaign id 5"},
        {TOC_KIND_GROUP, NULL, "document_id", "5", "api filter by documents id 5"},
        {TOC_KIND_GROUP, NULL, "email_id", "5", "api filter by email id 5"},
        {TOC_KIND_GROUP, "Threat", "id", "5", "api filter by id 5"},
        {TOC_KIND_GROUP, NULL, "incident_id", "5", "api filter by incident id 5"},
        {TOC_KIND_GROUP, NULL, "indicator", "1.2.3.4", "api filter by indicator id 1.2.3.4"},
        {TOC_KIND_GROUP, NULL, "security_label", "TLP Red",
         "api filter by security label \"TLP Red\""},
        {TOC_KIND_GROUP, NULL, "signature_id", "5", "api filter by signature id 5"},
        {TOC_KIND_GROUP, NULL, "tag", "APT", "api filter by tag \"APT\""},
        {TOC_KIND_GROUP, NULL, "task_id", "5", "api filter by tasks id 5"},
        {TOC_KIND_GROUP, NULL, "threat_id", "5", "api filter by threat id 5"},
        {TOC_KIND_GROUP, NULL, "victim_id", "5", "api filter by victim id 5"},
        {TOC_KIND_GROUP, NULL, "attack_pattern_id", "5", "api filter by attack pattern id 5"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_filter *filter = make(rows[i].kind, rows[i].type);
        assert_int_equal(toc_filter_api(filter, rows[i].name, toc_str_of(rows[i].value), &err),
                         TOC_OK);
        check_text(toc_filter_description(filter, TOC_FILTER_API, 0), rows[i].text);
        check_text(toc_filter_description(filter, TOC_FILTER_ALL, 0), rows[i].text);
        assert_null(toc_filter_description(filter, TOC_FILTER_API, 1).ptr);
        assert_null(toc_filter_description(filter, TOC_FILTER_POST, 0).ptr);
        toc_filter_free(filter);
    }
}

static void test_post_descriptions(void **state)
{
    (void)state;
    static const struct {
        toc_kind kind;
        const char *name;
        toc_op op;
        const char *value, *text;
    } rows[] = {
        {TOC_KIND_INDICATOR, "attribute", TOC_OP_EQ, "Source",
         "post filter by attribute EQ Source"},
        {TOC_KIND_INDICATOR, "confidence", TOC_OP_NE, "50", "post filter by confidence NE 50"},
        {TOC_KIND_INDICATOR, "rating", TOC_OP_GT, "3.0", "post filter by rating GT 3.0"},
        {TOC_KIND_INDICATOR, "tag", TOC_OP_GE, "APT", "post filter by tag GE APT"},
        {TOC_KIND_INDICATOR, "threat_assess_confidence", TOC_OP_LT, "5",
         "post filter by threat assess confidence LT 5"},
        {TOC_KIND_INDICATOR, "threatAssessRating", TOC_OP_LE, "5",
         "post filter by threat assess rating LE 5"},
        {TOC_KIND_INDICATOR, "type", TOC_OP_EQ, "Host", "post filter by type EQ Host"},
        {TOC_KIND_INDICATOR, "date_added", TOC_OP_GT, "1970-01-02T00:00:00+01:00",
         "post filter by date added GT 82800 seconds"},
        {TOC_KIND_INDICATOR, "last_modified", TOC_OP_LT, "1970-01-02",
         "post filter by last modified LT 86400 seconds"},
        {TOC_KIND_GROUP, "name", TOC_OP_EQ, "Bad", "post filter by name EQ Bad"},
        {TOC_KIND_GROUP, "file_type", TOC_OP_EQ, "YARA", "post filter by file type EQ YARA"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_filter *filter = make(rows[i].kind, NULL);
        assert_int_equal(
            toc_filter_post(filter, rows[i].name, rows[i].op, toc_str_of(rows[i].value), &err),
            TOC_OK);
        check_text(toc_filter_description(filter, TOC_FILTER_POST, 0), rows[i].text);
        assert_int_equal(toc_filter_count(filter, TOC_FILTER_POST), 1);
        assert_int_equal(toc_filter_count(filter, TOC_FILTER_API), 0);
        toc_filter_free(filter);
    }
    toc_filter *owners = make_record(TOC_RECORD_OWNER);
    assert_int_equal(toc_filter_post(owners, "name", TOC_OP_EQ, TOC_S("Acme"), &err), TOC_OK);
    check_text(toc_filter_description(owners, TOC_FILTER_POST, 0),
               "post filter by name EQ \"Acme\"");
    toc_filter_free(owners);
}

/* Every name that is listed is taken, in the order of the specification. */
static void test_names(void **state)
{
    (void)state;
    static const struct {
        toc_kind kind;
        const char *type, *first[13];
    } rows[] = {
        {TOC_KIND_GROUP,
         "Threat",
         {"adversary_id", "campaign_id", "email_id", "document_id", "id", "incident_id",
          "indicator", "security_label", "signature_id", "tag", "task_id", "threat_id",
          "victim_id"}},
        {TOC_KIND_GROUP,
         NULL,
         {"adversary_id", "campaign_id", "document_id", "email_id", "incident_id", "indicator",
          "security_label", "signature_id", "tag", "task_id", "threat_id", "victim_id"}},
        {TOC_KIND_INDICATOR,
         NULL,
         {"adversary_id", "campaign_id", "email_id", "incident_id", "indicator", "security_label",
          "signature_id", "tag", "task_id", "threat_id", "victim_id", "document_id"}},
        {TOC_KIND_INDICATOR,
         "Host",
         {"adversary_id", "campaign_id", "document_id", "email_id", "incident_id", "indicator",
          "security_label", "tag", "task_id", "threat_id", "victim_id", "signature_id"}},
        {TOC_KIND_TASK,
         NULL,
         {"adversary_id", "campaign_id", "document_id", "email_id", "id", "incident_id",
          "indicator", "security_label", "signature_id", "threat_id", "tag", "victim_id",
          "task_id"}},
        {TOC_KIND_VICTIM,
         NULL,
         {"adversary_id", "campaign_id", "document_id", "email_id", "id", "incident_id",
          "indicator", "signature_id", "security_label", "tag", "task_id", "threat_id"}},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_filter *filter = make(rows[i].kind, rows[i].type);
        for (size_t k = 0; k < TOC_COUNT(rows[i].first) && rows[i].first[k]; k++)
            assert_string_equal(toc_filter_name(filter, TOC_FILTER_API, false, k),
                                rows[i].first[k]);
        const char *name, *before = "";
        size_t count = 0;
        for (; (name = toc_filter_name(filter, TOC_FILTER_API, true, count)); count++) {
            assert_true(strcmp(before, name) < 0);
            assert_int_equal(
                toc_filter_api(filter, name,
                               strcmp(name, "indicator") ? TOC_S("5") : TOC_S("1.2.3.4"), &err),
                TOC_OK);
            before = name;
        }
        assert_int_equal(toc_filter_count(filter, TOC_FILTER_API), count);
        for (size_t k = 0; (name = toc_filter_name(filter, TOC_FILTER_POST, false, k)); k++)
            assert_int_equal(toc_filter_post(filter, name, TOC_OP_EQ,
                                             strstr(name, "date") || strstr(name, "modified")
                                                 ? TOC_S("2024-01-01")
                                                 : TOC_S("5"),
                                             &err),
                             TOC_OK);
        assert_string_equal(toc_filter_name(filter, TOC_FILTER_ALL, true, count),
                            toc_filter_name(filter, TOC_FILTER_POST, true, 0));
        assert_null(toc_filter_name(filter, TOC_FILTER_ALL, true, 1000));
        toc_filter_free(filter);
    }
    assert_null(toc_filter_name(NULL, TOC_FILTER_ALL, true, 0));
}

static void test_names_of_records(void **state)
{
    (void)state;
    toc_filter *owners = make_record(TOC_RECORD_OWNER);
    assert_string_equal(toc_filter_name(owners, TOC_FILTER_API, false, 0), "id");
    assert_string_equal(toc_filter_name(owners, TOC_FILTER_API, false, 1), "indicator");
    assert_string_equal(toc_filter_name(owners, TOC_FILTER_POST, false, 0), "name");
    assert_string_equal(toc_filter_name(owners, TOC_FILTER_POST, false, 1), "type");
    assert_int_equal(toc_filter_api(owners, "tag", TOC_S("x"), &err), TOC_EINVAL);
    assert_string_equal(err.message,
                        "\"tag\" is not an API filter of owners; there are id, indicator");
    assert_int_equal(toc_filter_post(owners, "rating", TOC_OP_EQ, TOC_S("1"), &err), TOC_EINVAL);
    assert_string_equal(
        err.message,
        "\"rating\" is not a post filter of owners; there are name, type, and the fields");
    toc_filter_free(owners);
    toc_filter *jobs = NULL;
    assert_int_equal(toc_filter_new(TOC_KIND_RECORD, toc_batch_type(), &jobs, &err), TOC_OK);
    assert_string_equal(toc_filter_name(jobs, TOC_FILTER_ALL, true, 0), "id");
    assert_null(toc_filter_name(jobs, TOC_FILTER_ALL, true, 1));
    toc_filter_free(jobs);
}

static void test_print(void **state)
{
    (void)state;
    static const char *const expected =
        "\n"
        "_________________________________Filter Object__________________________________\n"
        "Filter Properties                       \n"
        "  Operator                     FilterSetOperator.AND                             \n"
        "  Request Objects              1                                                 \n"
        "\n"
        "Owners                                  \n"
        "  Owner                        Example Community                                 \n"
        "\n"
        "Filters                                 \n"
        "  Filter                       api filter by tag \"APT\"                           \n"
        "\n"
        "API Filters                             \n"
        "  Filter                       add_adversary_id                                  \n"
        "  Filter                       add_campaign_id                                   \n"
        "  Filter                       add_email_id                                      \n"
        "  Filter                       add_document_id                                   \n"
        "  Filter                       add_id                                            \n"
        "  Filter                       add_incident_id                                   \n"
        "  Filter                       add_indicator                                     \n"
        "  Filter                       add_security_label                                \n"
        "  Filter                       add_signature_id                                  \n"
        "  Filter                       add_tag                                           \n"
        "  Filter                       add_task_id                                       \n"
        "  Filter                       add_threat_id                                     \n"
        "  Filter                       add_victim_id                                     \n"
        "\n"
        "Post Filters                            \n"
        "  Filter                       add_pf_name                                       \n"
        "  Filter                       add_pf_date_added                                 \n"
        "  Filter                       add_pf_file_type                                  \n"
        "\n";
    toc_filter *filter = make(TOC_KIND_GROUP, "Adversary");
    char *text = NULL;
    assert_int_equal(toc_filter_owner(filter, TOC_S("Example Community"), &err), TOC_OK);
    assert_int_equal(toc_filter_api(filter, "tag", TOC_S("APT"), &err), TOC_OK);
    assert_int_equal(toc_filter_print(filter, &text, &err), TOC_OK);
    assert_string_equal(text, expected);
    toc_free(text);
    assert_int_equal(toc_filter_print(NULL, &text, &err), TOC_EINVAL);
    toc_filter_free(filter);
}

static void test_print_joined(void **state)
{
    (void)state;
    toc_filter *first = make(TOC_KIND_RECORD, NULL), *second = make(TOC_KIND_RECORD, NULL);
    char *text = NULL;
    assert_int_equal(toc_filter_or(first, second, &err), TOC_OK);
    assert_int_equal(toc_filter_print(first, &text, &err), TOC_OK);
    assert_string_equal(
        text, "\n"
              "_________________________________Filter Object__________________________________\n"
              "Filter Properties                       \n"
              "  Operator                     FilterSetOperator.AND                             \n"
              "  Request Objects              0                                                 \n"
              "\n"
              "\n"
              "_________________________________Filter Object__________________________________\n"
              "Filter Properties                       \n"
              "  Operator                     FilterSetOperator.OR                              \n"
              "  Request Objects              0                                                 \n"
              "\n");
    toc_free(text);
    toc_filter_free(first);
    toc_filter_free(second);
}

static void test_print_post(void **state)
{
    (void)state;
    toc_filter *filter = make(TOC_KIND_INDICATOR, NULL);
    char *text = NULL;
    assert_int_equal(toc_filter_post(filter, "rating", TOC_OP_GE, TOC_S("3"), &err), TOC_OK);
    assert_int_equal(toc_filter_print_post(filter, 0, &text, &err), TOC_OK);
    assert_string_equal(
        text,
        "\n"
        "_______________________________Post Filter Object_______________________________\n"
        "Filter Properties                       \n"
        "  description                 : post filter by rating GE 3                        \n"
        "  filter                      : 3                                                 \n"
        "  method                      : add_pf_rating                                     \n"
        "  operator                    : GE                                                \n");
    toc_free(text);
    assert_int_equal(toc_filter_print_post(filter, 1, &text, &err), TOC_EINVAL);
    toc_filter_free(filter);
}

static void test_join_arguments(void **state)
{
    (void)state;
    toc_filter *a = make(TOC_KIND_GROUP, NULL), *b = make(TOC_KIND_GROUP, "Threat");
    toc_filter *c = make(TOC_KIND_TASK, NULL), *d = make(TOC_KIND_GROUP, NULL);
    assert_int_equal(toc_filter_and(a, a, &err), TOC_EINVAL);
    assert_int_equal(toc_filter_and(a, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_filter_or(a, c, &err), TOC_EINVAL);
    assert_non_null(strstr(err.message, "tasks"));
    assert_int_equal(toc_filter_or(b, d, &err), TOC_OK);
    assert_int_equal(toc_filter_and(a, b, &err), TOC_EINVAL);
    for (size_t i = 1; i < TOC_MAX_JOINED_FILTERS; i++)
        assert_int_equal(toc_filter_or(a, d, &err), TOC_OK);
    assert_int_equal(toc_filter_or(a, d, &err), TOC_ELIMIT);
    toc_filter_free(a);
    toc_filter_free(b);
    toc_filter_free(c);
    toc_filter_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_api_descriptions),
        cmocka_unit_test(test_post_descriptions),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_names_of_records),
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_print_joined),
        cmocka_unit_test(test_print_post),
        cmocka_unit_test(test_join_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
