/* store_merge.c - files that become one, hashes that are replaced. */
#include "support/store_fixture.h"

#include "model/codec.h"

#define MD5 "44D88612FEA8A8F36DE82E1278ABB02F"
#define MD5_OTHER "00000000000000000000000000000000"
#define SHA1 "3395856CE81F2B7382DEE72602F798B642F14140"
#define SHA1_OTHER "1111111111111111111111111111111111111111"

static int64_t add_file(fixture *fix, toc_conn *conn, const char *field, const char *hash)
{
    return fixture_insert(
        fix, conn, fixture_object(fix, TOC_KIND_INDICATOR, "File", field, hash, (char *)NULL));
}

static int64_t find(fixture *fix, toc_conn *conn, const char *md5, const char *sha1)
{
    int64_t ids[3];
    unsigned count = 0;
    toc_str parts[3] = {toc_str_of(md5), toc_str_of(sha1)};
    must(fix, toc_indicator_find(conn, fix->owner, fixture_type(fix, TOC_KIND_INDICATOR, "File"),
                                 parts, ids, &count, &fix->err));
    assert_true(count <= 1);
    return ids[0];
}

static void test_rekey(void **state)
{
    fixture *fix = *state;
    const toc_type *type = fixture_type(fix, TOC_KIND_INDICATOR, "File");
    toc_conn *conn = fixture_begin(fix);
    int64_t first = add_file(fix, conn, "md5", MD5), second = add_file(fix, conn, "sha1", SHA1);
    toc_str parts[3] = {TOC_S(MD5_OTHER)};
    must(fix, toc_file_rekey(conn, fix->owner, type, first, parts, &fix->err));
    must(fix, toc_file_rekey(conn, fix->owner, type, first, parts, &fix->err));
    assert_int_equal(find(fix, conn, MD5, NULL), 0);
    assert_int_equal(find(fix, conn, MD5_OTHER, NULL), first);
    /* A conflict leaves everything as it was. */
    parts[0] = TOC_S(MD5);
    parts[1] = TOC_S(SHA1);
    assert_int_equal(toc_file_rekey(conn, fix->owner, type, first, parts, &fix->err),
                     TOC_ECONFLICT);
    assert_int_equal(find(fix, conn, MD5, NULL), 0);
    assert_int_equal(find(fix, conn, MD5_OTHER, NULL), first);
    assert_int_equal(find(fix, conn, NULL, SHA1), second);
    assert_int_equal(toc_file_rekey(conn, fix->owner, type, 999, parts, &fix->err), TOC_ENOTFOUND);
    must(fix, toc_tx_commit(conn, &fix->err));
}

static size_t linked(fixture *fix, toc_conn *conn, toc_target from, const char *association)
{
    return fixture_ids(fix, conn,
                       (toc_query){.kind = TOC_KIND_INDICATOR,
                                   .linked = true,
                                   .linked_kind = from.kind,
                                   .linked_id = from.id,
                                   .association = toc_str_of(association)})
        .count;
}

static void test_merge(void **state)
{
    fixture *fix = *state;
    const toc_type *type = fixture_type(fix, TOC_KIND_INDICATOR, "File");
    int64_t tag = 0, attribute_id = 0, into = 0, now = FIXTURE_NOW;
    toc_attribute attribute = {.type = TOC_S("Phase"), .value = TOC_S("1")};
    toc_conn *conn = fixture_begin(fix);
    toc_target old = {TOC_KIND_INDICATOR, add_file(fix, conn, "md5", MD5)};
    toc_target newer = {TOC_KIND_INDICATOR, add_file(fix, conn, "sha1", SHA1)};
    toc_target host = {TOC_KIND_INDICATOR, fixture_host(fix, conn, "a.example")};
    toc_target group = {TOC_KIND_GROUP, fixture_group(fix, conn, "Threat", "T")};
    must(fix, toc_tag_id(conn, fix->owner, TOC_S("t"), true, &tag, &fix->err));
    must(fix, toc_tag_apply(conn, tag, old, &fix->err));
    must(fix, toc_attribute_add(conn, old, &attribute, now, &attribute_id, &fix->err));
    must(fix, toc_link_add(conn, old, group, TOC_S(""), &fix->err));
    must(fix, toc_link_add(conn, old, host, TOC_S("dnsQuery"), &fix->err));
    must(fix, toc_link_add(conn, old, newer, TOC_S("drop"), &fix->err));
    toc_object *obj = fixture_object(fix, TOC_KIND_INDICATOR, "File", "rating", "4", (char *)NULL);
    must(fix, toc_object_change(conn, fix->owner, newer.id, obj, now + 10, &fix->err));
    toc_object_free(obj);
    const int64_t ids[] = {old.id, newer.id};
    must(fix, toc_files_merge(conn, fix->owner, type, ids, 2, now + 20, &into, &fix->err));
    assert_int_equal(into, newer.id);
    assert_int_equal(find(fix, conn, MD5, SHA1), newer.id);
    assert_true(fixture_has_tag(fix, conn, tag, newer));
    assert_int_equal(linked(fix, conn, group, NULL), 1);
    assert_int_equal(linked(fix, conn, newer, "File DNS Query"), 1);
    assert_int_equal(linked(fix, conn, host, NULL), 1);
    assert_int_equal(linked(fix, conn, host, "File DNS Query"), 0);
    assert_int_equal(linked(fix, conn, newer, NULL), 1);
    assert_int_equal(fixture_count(fix, conn, (toc_query){.kind = TOC_KIND_INDICATOR}), 2);
    must(fix, toc_tx_commit(conn, &fix->err));
}

/* All that the other one could give is there already. */
static void test_merge_without_new_hashes(void **state)
{
    fixture *fix = *state;
    const toc_type *type = fixture_type(fix, TOC_KIND_INDICATOR, "File");
    int64_t into = 0;
    toc_conn *conn = fixture_begin(fix);
    int64_t first = add_file(fix, conn, "md5", MD5_OTHER);
    int64_t second = fixture_insert(fix, conn,
                                    fixture_object(fix, TOC_KIND_INDICATOR, "File", "md5", MD5,
                                                   "sha1", SHA1_OTHER, (char *)NULL));
    const int64_t ids[] = {first, second};
    must(fix, toc_files_merge(conn, fix->owner, type, ids, 2, FIXTURE_NOW, &into, &fix->err));
    assert_int_equal(into, second);
    assert_int_equal(find(fix, conn, MD5, SHA1_OTHER), second);
    assert_int_equal(find(fix, conn, MD5_OTHER, NULL), 0);
    must(fix, toc_tx_commit(conn, &fix->err));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rekey),
        TEST(test_merge),
        TEST(test_merge_without_new_hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
