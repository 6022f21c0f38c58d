/* store_cells.c - filters on rating, confidence and state: pages and sizes against a plain look at
 * every object; sizes by tag; that the counters follow every change. */
#include "support/store_fixture.h"

#include "base/str.h"

enum { HOSTS = 300 };

typedef struct values {
    double rating; /* -1: none */
    int confidence;
    bool active;
} values;

static values values_of(int i)
{
    return (values){i % 7 == 0 ? -1 : (double)(i % 6), i % 5 == 0 ? -1 : i * 13 % 101, i % 11 != 0};
}

static toc_object *make(fixture *fix, const char *type, const char *field, const char *name,
                        values has)
{
    toc_object *obj = fixture_object(fix, TOC_KIND_INDICATOR, type, field, name, (char *)NULL);
    if (has.rating >= 0)
        must(fix, toc_object_set_decimal(obj, "rating", has.rating, &fix->err));
    if (has.confidence >= 0)
        must(fix, toc_object_set_int(obj, "confidence", has.confidence, &fix->err));
    must(fix, toc_object_set_bool(obj, "active", has.active, &fix->err));
    return obj;
}

static void fill(fixture *fix, int64_t ids[HOSTS])
{
    toc_conn *conn = fixture_begin(fix);
    for (int i = 0; i < HOSTS; i++) {
        char name[32];
        bool mail = i % 4 == 0;
        (void)snprintf(name, sizeof(name), mail ? "u%d@example.org" : "h%d.example", i);
        ids[i] = fixture_insert(fix, conn,
                                make(fix, mail ? "EmailAddress" : "Host",
                                     mail ? "address" : "hostName", name, values_of(i)));
    }
    must(fix, toc_tx_commit(conn, &fix->err));
}

static toc_query query_of(fixture *fix, const char *filters, bool any, const toc_type *type,
                          toc_arena *arena, toc_terms *terms)
{
    must(fix, toc_terms_parse(toc_str_of(filters), TOC_FILTER_INDICATORS, type, arena, terms,
                              &fix->err));
    terms->any = any;
    return (toc_query){.kind = TOC_KIND_INDICATOR, .terms = terms, .type = type, .limit = 7};
}

typedef bool (*expect_fn)(values has, bool mail);

static void check_list(fixture *fix, toc_query query, const int64_t ids[HOSTS], expect_fn expect)
{
    toc_conn *conn = fixture_reader(fix);
    int at = HOSTS - 1;
    int64_t total = 0, offset = 0;
    for (size_t got = 1; got;) {
        id_list page = fixture_ids(fix, conn, query);
        query.offset = offset;
        id_list same = fixture_ids(fix, conn,
                                   (toc_query){.kind = query.kind,
                                               .terms = query.terms,
                                               .type = query.type,
                                               .limit = query.limit,
                                               .offset = offset});
        query.offset = 0;
        assert_int_equal(page.count, same.count);
        for (size_t i = 0; i < page.count; i++, at--) {
            while (at >= 0 && !expect(values_of(at), at % 4 == 0))
                at--;
            assert_true(at >= 0);
            assert_int_equal(page.ids[i], ids[at]);
            assert_int_equal(same.ids[i], ids[at]);
        }
        got = page.count;
        total += (int64_t)got;
        offset += (int64_t)got;
        query.below = got ? page.ids[got - 1] : 0;
    }
    while (at >= 0 && !expect(values_of(at), at % 4 == 0))
        at--;
    assert_int_equal(at, -1);
    query.below = 0;
    assert_int_equal(fixture_count(fix, conn, query), total);
    toc_store_reader_done(fix->store, conn);
}

static bool high(values has, bool mail)
{
    (void)mail;
    return has.active && has.rating > 2 && has.confidence >= 30;
}

static bool either(values has, bool mail)
{
    (void)mail;
    return has.active && ((has.rating >= 0 && has.rating < 2) || has.confidence > 90);
}

static bool high_mail(values has, bool mail)
{
    return mail && has.active && has.rating >= 3;
}

static bool inactive(values has, bool mail)
{
    (void)mail;
    return !has.active;
}

static bool inactive_rated(values has, bool mail)
{
    (void)mail;
    return !has.active && has.rating >= 0 && has.rating <= 4;
}

static bool none(values has, bool mail)
{
    (void)has;
    (void)mail;
    return false;
}

static void test_lists(void **state)
{
    fixture *fix = *state;
    const toc_type *mail = fixture_type(fix, TOC_KIND_INDICATOR, "EmailAddress");
    static const struct {
        const char *filters;
        bool any, mail;
        expect_fn expect;
    } rows[] = {
        {"rating>2,confidence>29", false, false, high},
        {"rating<2,confidence>90", true, false, either},
        {"rating>2", false, true, high_mail},
        {"active=false", false, false, inactive},
        {"active=false,rating<5", false, false, inactive_rated},
        {"rating>5", false, false, none},
    };
    int64_t ids[HOSTS];
    fill(fix, ids);
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_arena arena = {0};
        toc_terms terms;
        check_list(
            fix,
            query_of(fix, rows[i].filters, rows[i].any, rows[i].mail ? mail : NULL, &arena, &terms),
            ids, rows[i].expect);
        toc_arena_done(&arena);
    }
}

/* The check at the end of each test compares the counters with the rows. */
static void test_counters_follow_changes(void **state)
{
    fixture *fix = *state;
    int64_t ids[HOSTS], tag = 0;
    fill(fix, ids);
    toc_conn *conn = fixture_begin(fix);
    must(fix, toc_tag_id(conn, fix->owner, TOC_S("t"), true, &tag, &fix->err));
    for (int i = 0; i < HOSTS; i += 3)
        must(fix, toc_tag_apply(conn, tag, (toc_target){TOC_KIND_INDICATOR, ids[i]}, &fix->err));
    int64_t group = fixture_group(fix, conn, "Incident", "I");
    must(fix, toc_tag_apply(conn, tag, (toc_target){TOC_KIND_GROUP, group}, &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
    must(fix, toc_store_check(fix->store, &fix->err));
    conn = fixture_begin(fix);
    for (int i = 1; i < HOSTS; i += 5) {
        if (i % 4 == 0)
            continue;
        toc_object *obj = fixture_object(fix, TOC_KIND_INDICATOR, "Host", (char *)NULL);
        must(fix, toc_object_set_decimal(obj, "rating", 4.5, &fix->err));
        must(fix, toc_object_set_bool(obj, "active", i % 2, &fix->err));
        must(fix, toc_object_change(conn, fix->owner, ids[i], obj, FIXTURE_NOW, &fix->err));
        toc_object_free(obj);
    }
    for (int i = 0; i < HOSTS; i += 6)
        must(fix, toc_object_remove(conn, fix->owner, TOC_KIND_INDICATOR, ids[i], FIXTURE_NOW,
                                    &fix->err));
    must(fix, toc_tag_unapply(conn, tag, (toc_target){TOC_KIND_INDICATOR, ids[3]}, &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
    must(fix, toc_store_check(fix->store, &fix->err));
    conn = fixture_begin(fix);
    assert_int_equal(toc_tag_apply(conn, tag, (toc_target){TOC_KIND_INDICATOR, 9999}, &fix->err),
                     TOC_ENOTFOUND);
    must(fix, toc_tag_remove(conn, tag, &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
}

static void test_sizes_by_tag(void **state)
{
    fixture *fix = *state;
    const toc_type *mail = fixture_type(fix, TOC_KIND_INDICATOR, "EmailAddress");
    int64_t ids[HOSTS], tag = 0;
    fill(fix, ids);
    toc_conn *conn = fixture_begin(fix);
    must(fix, toc_tag_id(conn, fix->owner, TOC_S("t"), true, &tag, &fix->err));
    for (int i = 0; i < HOSTS; i++)
        must(fix, toc_tag_apply(conn, tag, (toc_target){TOC_KIND_INDICATOR, ids[i]}, &fix->err));
    toc_query query = {.kind = TOC_KIND_INDICATOR, .tag = tag};
    int64_t active = 0, mails = 0;
    for (int i = 0; i < HOSTS; i++) {
        active += values_of(i).active;
        mails += values_of(i).active && i % 4 == 0;
    }
    assert_int_equal(fixture_count(fix, conn, query), active);
    assert_int_equal(fixture_ids(fix, conn, query).count, active);
    query.inactive = true;
    assert_int_equal(fixture_count(fix, conn, query), HOSTS);
    query.inactive = false;
    query.type = mail;
    assert_int_equal(fixture_count(fix, conn, query), mails);
    query.type = NULL;
    query.kind = TOC_KIND_GROUP;
    assert_int_equal(fixture_count(fix, conn, query), 0);
    must(fix, toc_tx_commit(conn, &fix->err));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_lists),
        TEST(test_counters_follow_changes),
        TEST(test_sizes_by_tag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
