/* store_list.c - lists: pages, filters, what drives them, their size. */
#include "support/store_fixture.h"

#include "model/codec.h"

static void test_pages(void **state)
{
    fixture *fix = *state;
    int64_t ids[25];
    toc_conn *conn = fixture_begin(fix);
    for (int i = 0; i < 25; i++) {
        char name[32];
        (void)snprintf(name, sizeof(name), "h%d.example", i);
        ids[i] = fixture_host(fix, conn, name);
    }
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_reader(fix);
    size_t seen = 0;
    for (int64_t below = 0;; seen += 10) {
        id_list page = fixture_ids(
            fix, conn, (toc_query){.kind = TOC_KIND_INDICATOR, .below = below, .limit = 10});
        assert_int_equal(page.count, seen < 20 ? 10 : 5);
        for (size_t i = 0; i < page.count; i++)
            assert_int_equal(page.ids[i], ids[24 - seen - i]);
        below = page.ids[page.count - 1];
        if (page.count < 10)
            break;
    }
    id_list rest = fixture_ids(
        fix, conn, (toc_query){.kind = TOC_KIND_INDICATOR, .below = ids[20], .offset = 18});
    assert_int_equal(rest.count, 2);
    assert_int_equal(rest.ids[0], ids[1]);
    rest = fixture_ids(fix, conn, (toc_query){.kind = TOC_KIND_INDICATOR, .below = ids[0]});
    assert_int_equal(rest.count, 0);
    rest = fixture_ids(fix, conn, (toc_query){.kind = TOC_KIND_INDICATOR, .id = ids[3]});
    assert_int_equal(rest.count, 1);
    assert_int_equal(
        fixture_count(fix, conn,
                      (toc_query){.kind = TOC_KIND_INDICATOR, .below = ids[5], .limit = 3}),
        25);
    toc_store_reader_done(fix->store, conn);
}

/* With few rows of one's own the index is walked, with nearly all the table: the same answers. */
static void test_owners_do_not_mix(void **state)
{
    fixture *fix = *state;
    int64_t mine = fix->owner, other = 0;
    toc_conn *conn = fixture_begin(fix);
    must(fix, toc_owner_add(conn, TOC_S("Feed"), TOC_S("Source"), &other, &fix->err));
    for (int i = 0; i < 40; i++) {
        char name[32];
        fix->owner = i % 20 ? mine : other;
        (void)snprintf(name, sizeof(name), "h%d.example", i);
        fixture_host(fix, conn, name);
        fixture_group(fix, conn, "Threat", name);
    }
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_reader(fix);
    for (int kind = TOC_KIND_INDICATOR; kind <= TOC_KIND_GROUP; kind++) {
        toc_query query = {.kind = (toc_kind)kind};
        fix->owner = mine;
        assert_int_equal(fixture_ids(fix, conn, query).count, 38);
        assert_int_equal(fixture_count(fix, conn, query), 38);
        fix->owner = other;
        assert_int_equal(fixture_ids(fix, conn, query).count, 2);
        assert_int_equal(fixture_count(fix, conn, query), 2);
        query.id = fixture_ids(fix, conn, query).ids[0];
        fix->owner = mine;
        assert_int_equal(fixture_ids(fix, conn, query).count, 0);
    }
    toc_store_reader_done(fix->store, conn);
}

/* One row per kind of term. The operator and value find the objects whose letters are named. */
typedef struct term_case {
    toc_filter_resource resource;
    const char *field;
    toc_term_kind kind;
    toc_op op;
    const char *text;
    int64_t integer;
    double decimal;
    const char *expected;
} term_case;

#define DAY(day) (INT64_C(1709251200) + INT64_C(86400) * ((day)-1)) /* of March 2024 */

static const term_case indicator_cases[] = {
    {TOC_FILTER_INDICATORS, "summary", TOC_TERM_TEXT, TOC_OP_EQ, "A.EXAMPLE", 0, 0, "a"},
    {TOC_FILTER_INDICATORS, "summary", TOC_TERM_TEXT, TOC_OP_NE, "a.example", 0, 0, "dcb"},
    {TOC_FILTER_INDICATORS, "summary", TOC_TERM_TEXT, TOC_OP_STARTS, "b.EX", 0, 0, "b"},
    {TOC_FILTER_INDICATORS, "summary", TOC_TERM_TEXT, TOC_OP_STARTS, "_", 0, 0, ""},
    {TOC_FILTER_INDICATORS, "summary", TOC_TERM_TEXT, TOC_OP_STARTS, "%", 0, 0, ""},
    {TOC_FILTER_INDICATORS, "summary", TOC_TERM_TEXT, TOC_OP_EQ,
     "44d88612fea8a8f36de82e1278abb02f : 3395856CE81F2B7382DEE72602F798B642F14140", 0, 0, "d"},
    {TOC_FILTER_INDICATORS, "summary", TOC_TERM_TEXT, TOC_OP_EQ,
     "3395856ce81f2b7382dee72602f798b642f14140", 0, 0, "d"},
    {TOC_FILTER_INDICATORS, "summary", TOC_TERM_TEXT, TOC_OP_EQ,
     "3395856CE81F2B7382DEE72602F798B642F14140:44d88612fea8a8f36de82e1278abb02f", 0, 0, "d"},
    {TOC_FILTER_INDICATORS, "summary", TOC_TERM_TEXT, TOC_OP_NE,
     "3395856ce81f2b7382dee72602f798b642f14140", 0, 0, "cba"},
    {TOC_FILTER_INDICATORS, "dateAdded", TOC_TERM_DATE, TOC_OP_GT, NULL, DAY(2), 0, "dc"},
    {TOC_FILTER_INDICATORS, "dateAdded", TOC_TERM_DATE, TOC_OP_LT, NULL, DAY(2), 0, "a"},
    {TOC_FILTER_INDICATORS, "dateAdded", TOC_TERM_DATE, TOC_OP_LE, NULL, DAY(2), 0, "ba"},
    {TOC_FILTER_INDICATORS, "dateAdded", TOC_TERM_DATE, TOC_OP_GE, NULL, DAY(4), 0, "d"},
    {TOC_FILTER_INDICATORS, "rating", TOC_TERM_DECIMAL, TOC_OP_GT, NULL, 0, 2.5, "c"},
    {TOC_FILTER_INDICATORS, "rating", TOC_TERM_DECIMAL, TOC_OP_LT, NULL, 0, 2.6, "ba"},
    {TOC_FILTER_INDICATORS, "threatAssessRating", TOC_TERM_DECIMAL, TOC_OP_GE, NULL, 0, 2.5, "cb"},
    {TOC_FILTER_INDICATORS, "confidence", TOC_TERM_INT, TOC_OP_EQ, NULL, 20, 0, "b"},
    {TOC_FILTER_INDICATORS, "confidence", TOC_TERM_INT, TOC_OP_NE, NULL, 20, 0, "ca"},
    {TOC_FILTER_INDICATORS, "threatAssessConfidence", TOC_TERM_DECIMAL, TOC_OP_LT, NULL, 0, 20.5,
     "ba"},
    {TOC_FILTER_INDICATORS, "threatAssessScore", TOC_TERM_INT, TOC_OP_EQ, NULL, 100, 0, "b"},
    {TOC_FILTER_INDICATORS, "threatAssessScore", TOC_TERM_INT, TOC_OP_GT, NULL, 100, 0, "c"},
    {TOC_FILTER_INDICATORS, "falsePositive", TOC_TERM_INT, TOC_OP_EQ, NULL, 0, 0, "dcb"},
    {TOC_FILTER_INDICATORS, "falsePositive", TOC_TERM_INT, TOC_OP_GT, NULL, 1, 0, "a"},
    {TOC_FILTER_INDICATORS, "active", TOC_TERM_BOOL, TOC_OP_EQ, NULL, 0, 0, "e"},
    {TOC_FILTER_INDICATORS, "active", TOC_TERM_BOOL, TOC_OP_EQ, NULL, 1, 0, "dcba"},
    {TOC_FILTER_INDICATORS, "dnsActive", TOC_TERM_BOOL, TOC_OP_EQ, NULL, 1, 0, "a"},
    {TOC_FILTER_INDICATORS, "dnsActive", TOC_TERM_BOOL, TOC_OP_EQ, NULL, 0, 0, "dcb"},
    {TOC_FILTER_INDICATORS, "city", TOC_TERM_TEXT, TOC_OP_EQ, "Berlin", 0, 0, ""},
    {TOC_FILTER_INDICATORS, "asn", TOC_TERM_INT, TOC_OP_EQ, NULL, 1, 0, ""},
};

static const term_case group_cases[] = {
    {TOC_FILTER_GROUPS, "name", TOC_TERM_TEXT, TOC_OP_EQ, "operation heron", 0, 0, "a"},
    {TOC_FILTER_GROUPS, "name", TOC_TERM_TEXT, TOC_OP_STARTS, "OPERATION", 0, 0, "ba"},
    {TOC_FILTER_GROUPS, "dateAdded", TOC_TERM_DATE, TOC_OP_LT, NULL, DAY(2), 0, "a"},
    {TOC_FILTER_GROUPS, "firstSeen", TOC_TERM_DATE, TOC_OP_GT, NULL, DAY(10), 0, "b"},
    {TOC_FILTER_GROUPS, "eventDate", TOC_TERM_DATE, TOC_OP_LT, NULL, DAY(10), 0, "a"},
    {TOC_FILTER_GROUPS, "fileType", TOC_TERM_TEXT, TOC_OP_EQ, "PDF", 0, 0, "c"},
    {TOC_FILTER_GROUPS, "fileType", TOC_TERM_TEXT, TOC_OP_EQ, "DF", 0, 0, ""},
    {TOC_FILTER_GROUPS, "status", TOC_TERM_TEXT, TOC_OP_EQ, "open", 0, 0, "a"},
    {TOC_FILTER_GROUPS, "status", TOC_TERM_TEXT, TOC_OP_NE, "open", 0, 0, "cb"},
};

static void check_terms(fixture *fix, toc_conn *conn, toc_kind kind, const toc_terms *terms,
                        const int64_t *ids, const char *name, const char *expected)
{
    char found[64];
    toc_query query = {.kind = kind, .terms = terms};
    id_list list = fixture_ids(fix, conn, query);
    assert_true(list.count < sizeof(found));
    for (size_t i = 0; i < list.count; i++) {
        size_t letter = 0;
        while (letter < 5 && ids[letter] != list.ids[i])
            letter++;
        found[i] = (char)('a' + letter);
    }
    found[list.count] = '\0';
    if (strcmp(found, expected) != 0)
        print_error("term %s\n", name);
    assert_string_equal(found, expected);
    assert_int_equal(fixture_count(fix, conn, query), (int)strlen(expected));
}

static toc_term make_term(const term_case *row, toc_term_field *field)
{
    *field = (toc_term_field){.resource = row->resource, .name = row->field, .kind = row->kind};
    return (toc_term){.field = field,
                      .op = row->op,
                      .text = toc_str_of(row->text),
                      .integer = row->integer,
                      .decimal = row->decimal};
}

static void check_cases(fixture *fix, toc_conn *conn, toc_kind kind, const term_case *rows,
                        size_t count, const int64_t *ids)
{
    for (size_t i = 0; i < count; i++) {
        toc_term_field field;
        toc_terms terms = {.count = 1};
        terms.items[0] = make_term(&rows[i], &field);
        check_terms(fix, conn, kind, &terms, ids, rows[i].field, rows[i].expected);
    }
}

static void add_indicators(fixture *fix, toc_conn *conn, int64_t ids[5])
{
    ids[0] = fixture_insert(fix, conn,
                            fixture_object(fix, TOC_KIND_INDICATOR, "Host", "hostName", "a.example",
                                           "dateAdded", "2024-03-01", "rating", "1.5", "confidence",
                                           "10", "falsePositiveCount", "2", "dnsActive", "true",
                                           (char *)NULL));
    ids[1] = fixture_insert(fix, conn,
                            fixture_object(fix, TOC_KIND_INDICATOR, "Host", "hostName", "b.example",
                                           "dateAdded", "2024-03-02", "rating", "2.5", "confidence",
                                           "20", (char *)NULL));
    ids[2] = fixture_insert(fix, conn,
                            fixture_object(fix, TOC_KIND_INDICATOR, "URL", "text",
                                           "http://c.example/", "dateAdded", "2024-03-03", "rating",
                                           "5", "confidence", "100", (char *)NULL));
    ids[3] = fixture_insert(fix, conn,
                            fixture_object(fix, TOC_KIND_INDICATOR, "File", "md5",
                                           "44D88612FEA8A8F36DE82E1278ABB02F", "sha1",
                                           "3395856CE81F2B7382DEE72602F798B642F14140", "dateAdded",
                                           "2024-03-04", (char *)NULL));
    ids[4] = fixture_insert(fix, conn,
                            fixture_object(fix, TOC_KIND_INDICATOR, "Host", "hostName", "e.example",
                                           "active", "false", (char *)NULL));
}

static void test_indicator_terms(void **state)
{
    fixture *fix = *state;
    int64_t ids[5];
    toc_conn *conn = fixture_begin(fix);
    add_indicators(fix, conn, ids);
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_reader(fix);
    check_cases(fix, conn, TOC_KIND_INDICATOR, indicator_cases, TOC_COUNT(indicator_cases), ids);
    toc_store_reader_done(fix->store, conn);
}

static void test_group_terms(void **state)
{
    fixture *fix = *state;
    int64_t ids[5] = {0};
    toc_conn *conn = fixture_begin(fix);
    ids[0] = fixture_insert(
        fix, conn,
        fixture_object(fix, TOC_KIND_GROUP, "Incident", "name", "Operation Heron", "dateAdded",
                       "2024-03-01", "eventDate", "2024-03-05", "status", "Open", (char *)NULL));
    ids[1] = fixture_insert(fix, conn,
                            fixture_object(fix, TOC_KIND_GROUP, "Campaign", "name",
                                           "Operation Crane", "dateAdded", "2024-03-02",
                                           "firstSeen", "2024-03-11", (char *)NULL));
    ids[2] =
        fixture_insert(fix, conn,
                       fixture_object(fix, TOC_KIND_GROUP, "Document", "name", "memo", "dateAdded",
                                      "2024-03-03", "fileName", "memo.pdf", (char *)NULL));
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_reader(fix);
    check_cases(fix, conn, TOC_KIND_GROUP, group_cases, TOC_COUNT(group_cases), ids);
    toc_store_reader_done(fix->store, conn);
}

static void test_several_terms(void **state)
{
    fixture *fix = *state;
    int64_t ids[5];
    toc_term_field fields[2];
    toc_terms terms = {.count = 2};
    toc_conn *conn = fixture_begin(fix);
    add_indicators(fix, conn, ids);
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_reader(fix);
    terms.items[0] = make_term(&indicator_cases[0], &fields[0]);
    terms.items[1] = make_term(&indicator_cases[2], &fields[1]);
    check_terms(fix, conn, TOC_KIND_INDICATOR, &terms, ids, "and", "");
    terms.any = true;
    check_terms(fix, conn, TOC_KIND_INDICATOR, &terms, ids, "or", "ba");
    toc_terms starts = {.count = 1};
    fields[0] = (toc_term_field){
        .resource = TOC_FILTER_INDICATORS, .name = "confidence", .kind = TOC_TERM_INT};
    starts.items[0] = (toc_term){.field = &fields[0], .op = TOC_OP_STARTS};
    toc_query query = {.owner = fix->owner, .kind = TOC_KIND_INDICATOR, .terms = &starts};
    id_list list = {.count = 0};
    assert_int_equal(toc_object_each(conn, &query, id_list_add, &list, &fix->err), TOC_EINVAL);
    assert_string_equal(fix->err.field, "confidence");
    toc_store_reader_done(fix->store, conn);
}

static void test_types_and_since(void **state)
{
    fixture *fix = *state;
    int64_t ids[5];
    toc_query query = {.kind = TOC_KIND_INDICATOR};
    toc_conn *conn = fixture_begin(fix);
    add_indicators(fix, conn, ids);
    toc_object *obj = fixture_object(fix, TOC_KIND_INDICATOR, "Host", "rating", "4", (char *)NULL);
    must(fix, toc_object_change(conn, fix->owner, ids[1], obj, FIXTURE_NOW + 100, &fix->err));
    toc_object_free(obj);
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_reader(fix);
    query.type = fixture_type(fix, TOC_KIND_INDICATOR, "Host");
    assert_int_equal(fixture_ids(fix, conn, query).count, 2);
    query.inactive = true;
    assert_int_equal(fixture_ids(fix, conn, query).count, 3);
    assert_int_equal(fixture_count(fix, conn, query), 3);
    query = (toc_query){.kind = TOC_KIND_INDICATOR, .id = ids[4]};
    assert_int_equal(fixture_ids(fix, conn, query).count, 1);
    query = (toc_query){
        .kind = TOC_KIND_INDICATOR, .has_since = true, .modified_since = FIXTURE_NOW + 50};
    id_list list = fixture_ids(fix, conn, query);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.ids[0], ids[1]);
    assert_int_equal(fixture_count(fix, conn, query), 1);
    toc_store_reader_done(fix->store, conn);
}

static void test_driven_by_tag_label_link(void **state)
{
    fixture *fix = *state;
    int64_t ids[5], tag = 0, label = 0;
    toc_conn *conn = fixture_begin(fix);
    add_indicators(fix, conn, ids);
    toc_target group = {TOC_KIND_GROUP, fixture_group(fix, conn, "Threat", "T")};
    must(fix, toc_tag_id(conn, fix->owner, TOC_S("t"), true, &tag, &fix->err));
    must(fix, toc_label_id(conn, fix->owner, TOC_S("TLP:RED"), &label, &fix->err));
    for (size_t i = 0; i < 5; i++) {
        toc_target target = {TOC_KIND_INDICATOR, ids[i]};
        if (i != 1)
            must(fix, toc_tag_apply(conn, tag, target, &fix->err));
        if (i != 2)
            must(fix, toc_label_apply(conn, label, target, &fix->err));
        if (i != 3) {
            must(fix, toc_link_add(conn, group, target, TOC_S(""), &fix->err));
            must(fix, toc_link_add(conn, target, group, TOC_S("urlHost"), &fix->err));
        }
    }
    must(fix, toc_tag_apply(conn, tag, group, &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_reader(fix);
    const toc_query rows[] = {
        {.tag = tag},
        {.label = label},
        {.linked = true, .linked_kind = TOC_KIND_GROUP, .linked_id = group.id},
        {.tag = tag, .label = label},
        {.tag = tag, .linked = true, .linked_kind = TOC_KIND_GROUP, .linked_id = group.id},
        {.tag = tag, .below = ids[2]},
        {.linked = true,
         .linked_kind = TOC_KIND_GROUP,
         .linked_id = group.id,
         .association = TOC_S("URL Host"),
         .offset = 1,
         .limit = 1},
        {.linked = true,
         .linked_kind = TOC_KIND_GROUP,
         .linked_id = group.id,
         .association = TOC_S("other")},
        {.tag = tag, .type = fixture_type(fix, TOC_KIND_INDICATOR, "Host")},
        {.tag = tag, .inactive = true},
        {.tag = tag, .kind = TOC_KIND_GROUP},
        {.kind = TOC_KIND_GROUP,
         .linked = true,
         .linked_kind = TOC_KIND_INDICATOR,
         .linked_id = ids[0]},
        {.label = label,
         .linked = true,
         .linked_kind = TOC_KIND_GROUP,
         .linked_id = group.id,
         .association = TOC_S("URL Host")},
    };
    /* The last one is the inactive one. */
    static const char *const expected[] = {"dca", "dba", "cba",  "da", "ca", "a", "b",
                                           "",    "a",   "edca", "?",  "?",  "ba"};
    for (size_t row = 0; row < TOC_COUNT(rows); row++) {
        id_list list = fixture_ids(fix, conn, rows[row]);
        char found[8] = "";
        for (size_t i = 0; i < list.count; i++) {
            size_t letter = 0;
            while (letter < 5 && (rows[row].kind || ids[letter] != list.ids[i]))
                letter++;
            found[i] = letter < 5 ? (char)('a' + letter) : '?';
        }
        if (strcmp(found, expected[row]) != 0)
            print_error("query %zu\n", row);
        assert_string_equal(found, expected[row]);
        if (!rows[row].below && !rows[row].limit)
            assert_int_equal(fixture_count(fix, conn, rows[row]), (int)list.count);
    }
    toc_store_reader_done(fix->store, conn);
}

static toc_rc check_lists(void *user, int64_t id, toc_object *obj)
{
    (void)id;
    toc_str name, value;
    assert_true(toc_object_tag(obj, 0, &name));
    assert_true(toc_str_equal(name, TOC_S("Phish Kit")));
    assert_false(toc_object_tag(obj, 1, &name));
    assert_true(toc_object_label(obj, 0, &name));
    assert_true(toc_str_equal(name, TOC_S("TLP:RED")));
    assert_true(toc_object_attribute(obj, 0, &name, &value));
    assert_true(toc_str_equal(value, TOC_S("Beacon")));
    assert_non_null(obj->attributes.first->labels);
    assert_true(toc_str_equal(obj->attributes.first->labels->name, TOC_S("TLP:RED")));
    assert_int_equal(obj->lists, TOC_LIST_ATTRIBUTES | TOC_LIST_TAGS | TOC_LIST_LABELS);
    ++*(int *)user;
    return TOC_OK;
}

static toc_rc refuse(void *user, int64_t id, toc_object *obj)
{
    (void)user;
    (void)id;
    (void)obj;
    return TOC_ECANCELED;
}

static void test_with_lists(void **state)
{
    fixture *fix = *state;
    int64_t tag = 0, label = 0, attribute_id = 0;
    int calls = 0;
    toc_attribute attribute = {
        .type = TOC_S("Description"), .value = TOC_S("Beacon"), .displayed = true};
    toc_conn *conn = fixture_begin(fix);
    must(fix, toc_tag_id(conn, fix->owner, TOC_S("Phish Kit"), true, &tag, &fix->err));
    must(fix, toc_label_id(conn, fix->owner, TOC_S("tlp:red"), &label, &fix->err));
    for (int i = 0; i < 3; i++) {
        char name[32];
        (void)snprintf(name, sizeof(name), "h%d.example", i);
        toc_target target = {TOC_KIND_INDICATOR, fixture_host(fix, conn, name)};
        must(fix, toc_tag_apply(conn, tag, target, &fix->err));
        must(fix, toc_label_apply(conn, label, target, &fix->err));
        must(fix,
             toc_attribute_add(conn, target, &attribute, FIXTURE_NOW, &attribute_id, &fix->err));
        must(fix, toc_label_apply(conn, label, (toc_target){TOC_KIND_ATTRIBUTE, attribute_id},
                                  &fix->err));
    }
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_reader(fix);
    toc_query query = {.owner = fix->owner,
                       .kind = TOC_KIND_INDICATOR,
                       .with = TOC_WITH_TAGS | TOC_WITH_LABELS | TOC_WITH_ATTRIBUTES};
    must(fix, toc_object_each(conn, &query, check_lists, &calls, &fix->err));
    assert_int_equal(calls, 3);
    assert_int_equal(toc_object_each(conn, &query, refuse, NULL, &fix->err), TOC_ECANCELED);
    must(fix, toc_object_each(conn, &query, check_lists, &calls, &fix->err));
    toc_store_reader_done(fix->store, conn);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_pages),
        TEST(test_owners_do_not_mix),
        TEST(test_indicator_terms),
        TEST(test_group_terms),
        TEST(test_several_terms),
        TEST(test_types_and_since),
        TEST(test_driven_by_tag_label_link),
        TEST(test_with_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
