/* Post filters: compiled when added, compared by value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "filter/filter.h"

static toc_error err;

static const toc_type *type_of(toc_kind kind, const char *name)
{
    const toc_type *type = toc_types_find(NULL, kind, toc_str_of(name));
    assert_non_null(type);
    return type;
}

static toc_object *make_host(void)
{
    toc_object *obj = NULL;
    assert_int_equal(toc_object_new(type_of(TOC_KIND_INDICATOR, "Host"), &obj, &err), TOC_OK);
    assert_int_equal(toc_object_set(obj, "hostName", TOC_S("evil.example"), &err), TOC_OK);
    assert_int_equal(toc_object_set(obj, "rating", TOC_S("3.0"), &err), TOC_OK);
    assert_int_equal(toc_object_set(obj, "confidence", TOC_S("50"), &err), TOC_OK);
    assert_int_equal(toc_object_set(obj, "dateAdded", TOC_S("2024-03-01T12:00:00+02:00"), &err),
                     TOC_OK);
    assert_int_equal(toc_object_set(obj, "dnsActive", TOC_S("true"), &err), TOC_OK);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("APT"), &err), TOC_OK);
    assert_int_equal(toc_object_add_tag(obj, TOC_S("Phish"), &err), TOC_OK);
    assert_int_equal(
        toc_object_add_attribute(obj, TOC_S("Source"), TOC_S("x"), false, TOC_S(""), &err), TOC_OK);
    return obj;
}

static void test_match(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool match;
    } rows[] = {
        {"rating=3", true},
        {"rating=3.0", true},
        {"rating>=3", true},
        {"rating>3", false},
        {"rating<10", true},
        {"rating!=3", false},
        {"confidence>=50", true},
        {"confidence<9", false},
        {"confidence<100", true},
        {"confidence!=49", true},
        {"date_added=2024-03-01T10:00:00Z", true},
        {"dateAdded<2024-03-01T10:00:01Z", true},
        {"date_added>2024-03-02", false},
        {"last_modified>1970-01-01", false}, /* absent never matches */
        {"last_modified!=1970-01-01", false},
        {"threat_assess_rating!=1", false},
        {"type=Host", true},
        {"type=host", false},
        {"type!=Address", true},
        {"tag=APT", true},
        {"tag=apt", false},
        {"tag!=APT", true}, /* it has another one */
        {"tag^Ph", true},
        {"tag=Other", false},
        {"attribute=Source", true},
        {"attribute=Other", false},
        {"summary=evil.example", true},
        {"name^evil", true},
        {"hostName^evil", true},
        {"host_name^good", false},
        {"dns_active=true", true},
        {"dnsActive=false", false},
        {"whois_active=false", false},
    };
    toc_object *obj = make_host();
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_filter *filter = NULL;
        toc_str field, value;
        toc_op op;
        toc_post_memo memo = {0};
        char name[64];
        assert_int_equal(toc_filter_new(TOC_KIND_INDICATOR, NULL, &filter, &err), TOC_OK);
        assert_int_equal(toc_filter_parse(toc_str_of(rows[i].text), &field, &op, &value, &err),
                         TOC_OK);
        (void)snprintf(name, sizeof(name), "%.*s", TOC_FMT(field));
        if (toc_filter_post(filter, name, op, value, &err))
            fail_msg("%s: %s", rows[i].text, err.message);
        if (toc__post_match(filter, &memo, obj) != rows[i].match)
            fail_msg("%s", rows[i].text);
        toc_filter_free(filter);
    }
    toc_object_free(obj);
}

static unsigned seed = 1;

static unsigned draw(unsigned below)
{
    seed = seed * 1103515245U + 12345U;
    return (seed >> 16) % below;
}

/* One date in two spellings, of which one is compared as text and the other as a number. */
static void test_dates_compare_alike(void **state)
{
    (void)state;
    const toc_type *host = type_of(TOC_KIND_INDICATOR, "Host");
    toc_object *zulu = NULL, *offset = NULL;
    unsigned matched = 0, count = 0;
    assert_int_equal(toc_object_new(host, &zulu, &err), TOC_OK);
    assert_int_equal(toc_object_new(host, &offset, &err), TOC_OK);
    for (unsigned i = 0; i < 20000; i++) {
        char date[32], other[40], limit[32];
        unsigned day = 1 + draw(33), hour = draw(26), minute = draw(62);
        int length = snprintf(date, sizeof(date), "%04u-%02u-%02uT%02u:%02u:%02uZ", 2023 + draw(3),
                              draw(14), day, hour, minute, draw(62));
        (void)snprintf(other, sizeof(other), "%.*s+00:00", length - 1, date);
        (void)snprintf(limit, sizeof(limit), "%04u-%02u-%02uT%02u:00:00Z", 2023 + draw(3),
                       1 + draw(12), 1 + draw(28), draw(24));
        toc__object_set_text(zulu, TOC_SLOT_DATE_ADDED, toc_str_of(date));
        toc__object_set_text(offset, TOC_SLOT_DATE_ADDED, toc_str_of(other));
        toc_filter *filter = NULL;
        toc_post_memo memos[1] = {{NULL, NULL}};
        assert_int_equal(toc_filter_new(TOC_KIND_INDICATOR, NULL, &filter, &err), TOC_OK);
        assert_int_equal(toc_filter_post(filter, "date_added", (toc_op)draw(TOC_OP_STARTS),
                                         toc_str_of(i % 8 ? limit : "2024-03-31T10:00:00Z"), &err),
                         TOC_OK);
        bool one = toc__post_match(filter, memos, zulu);
        if (one != toc__post_match(filter, memos, offset))
            fail_msg("%s and %s against %s", date, other, limit);
        matched += one;
        count++;
        toc_filter_free(filter);
    }
    assert_true(matched > count / 5 && matched < count);
    toc_object_free(zulu);
    toc_object_free(offset);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        toc_kind kind;
        const char *name, *value;
        toc_op op;
    } rows[] = {
        {TOC_KIND_INDICATOR, "rating", "high", TOC_OP_GT},
        {TOC_KIND_INDICATOR, "confidence", "5.5", TOC_OP_GT},
        {TOC_KIND_INDICATOR, "date_added", "soon", TOC_OP_GT},
        {TOC_KIND_INDICATOR, "rating", "3", TOC_OP_STARTS},
        {TOC_KIND_INDICATOR, "eventDate", "2024-01-01", TOC_OP_GT},
        {TOC_KIND_GROUP, "rating", "3", TOC_OP_GT},
        {TOC_KIND_GROUP, "colour", "red", TOC_OP_EQ},
        {TOC_KIND_INDICATOR, "active", "perhaps", TOC_OP_EQ},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_filter *filter = NULL;
        assert_int_equal(toc_filter_new(rows[i].kind, NULL, &filter, &err), TOC_OK);
        assert_int_equal(
            toc_filter_post(filter, rows[i].name, rows[i].op, toc_str_of(rows[i].value), &err),
            TOC_EINVAL);
        assert_string_equal(err.field, rows[i].name);
        assert_int_equal(filter->posts.count, 0);
        toc_filter_free(filter);
    }
}

/* Fields of several types sit in different slots; the memo must follow the type. */
static void test_types_change(void **state)
{
    (void)state;
    toc_filter *filter = NULL;
    toc_post_memo memos[2] = {{0}};
    assert_int_equal(toc_filter_new(TOC_KIND_GROUP, NULL, &filter, &err), TOC_OK);
    assert_int_equal(toc_filter_post(filter, "name", TOC_OP_STARTS, TOC_S("Op"), &err), TOC_OK);
    assert_int_equal(toc_filter_post(filter, "file_type", TOC_OP_EQ, TOC_S("YARA"), &err), TOC_OK);
    toc_object *signature = NULL, *threat = NULL;
    assert_int_equal(toc_object_new(type_of(TOC_KIND_GROUP, "Signature"), &signature, &err), 0);
    assert_int_equal(toc_object_new(type_of(TOC_KIND_GROUP, "Threat"), &threat, &err), 0);
    assert_int_equal(toc_object_set(signature, "name", TOC_S("Op A"), &err), TOC_OK);
    assert_int_equal(toc_object_set(signature, "fileType", TOC_S("YARA"), &err), TOC_OK);
    assert_int_equal(toc_object_set(threat, "name", TOC_S("Op B"), &err), TOC_OK);
    for (int round = 0; round < 2; round++) {
        assert_true(toc__post_match(filter, memos, signature));
        assert_false(toc__post_match(filter, memos, threat));
    }
    toc_object_free(signature);
    toc_object_free(threat);
    toc_filter_free(filter);
}

static void test_includes(void **state)
{
    (void)state;
    toc_filter *filter = NULL;
    assert_int_equal(toc_filter_new(TOC_KIND_INDICATOR, NULL, &filter, &err), TOC_OK);
    assert_int_equal(toc_filter_post(filter, "rating", TOC_OP_GT, TOC_S("1"), &err), TOC_OK);
    assert_int_equal(filter->includes, 0);
    assert_int_equal(toc_filter_post(filter, "tag", TOC_OP_EQ, TOC_S("x"), &err), TOC_OK);
    assert_int_equal(filter->includes, TOC_INCLUDE_TAGS);
    assert_int_equal(toc_filter_post(filter, "active", TOC_OP_EQ, TOC_S("true"), &err), TOC_OK);
    assert_int_equal(filter->includes, TOC_INCLUDE_TAGS | TOC_INCLUDE_ADDITIONAL);
    toc_filter_free(filter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_match),    cmocka_unit_test(test_dates_compare_alike),
        cmocka_unit_test(test_refused),  cmocka_unit_test(test_types_change),
        cmocka_unit_test(test_includes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
