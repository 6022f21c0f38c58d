/* Values in all owners, tombstones, metrics, notifications: the store's side of them. */
#include "store/db.h"
#include "support/store_fixture.h"

static const toc_observation seen = {.user = 1, .organization = 1, .count = 3, .date = FIXTURE_NOW};

static void changes_need_a_transaction(void **state)
{
    fixture *fix = *state;
    toc_tally all = {0};
    toc_metric metric = {.organization = fix->owner, .name = TOC_S("m")};
    toc_metric_value value = {.metric = 1, .name = TOC_S("")};
    toc_notification note = {.user = 1};
    toc_conn *writer = fixture_begin(fix);
    int64_t id = fixture_host(fix, writer, "a.example");
    must(fix, toc_tx_commit(writer, &fix->err));
    toc_conn *reader = fixture_reader(fix);
    assert_int_equal(toc_false_positive_add(reader, id, 1, FIXTURE_NOW, &all, NULL), TOC_EINVAL);
    assert_int_equal(toc_observation_add(reader, id, &seen, NULL), TOC_EINVAL);
    assert_int_equal(toc_resolution_add(reader, TOC_S("h"), TOC_S("a"), 0, NULL), TOC_EINVAL);
    assert_int_equal(toc_metric_add(reader, &metric, NULL), TOC_EINVAL);
    assert_int_equal(metric.id, 0);
    assert_int_equal(toc_metric_change(reader, &metric, NULL), TOC_EINVAL);
    assert_int_equal(toc_metric_remove(reader, 1, NULL), TOC_EINVAL);
    assert_int_equal(toc_metric_value_put(reader, &value, NULL), TOC_EINVAL);
    assert_int_equal(toc_notification_add(reader, &note, FIXTURE_NOW, NULL), TOC_EINVAL);
    assert_int_equal(toc_observation_total(reader, id, 0, &all, NULL), TOC_OK);
    assert_int_equal(all.count, 0);
    toc_store_reader_done(fix->store, reader);
}

static void what_is_not_there(void **state)
{
    fixture *fix = *state;
    toc_tally all = {7, 7};
    toc_metric metric;
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    bool known = true;
    int64_t days = 7;
    toc_conn *writer = fixture_begin(fix);
    assert_int_equal(toc_false_positive_add(writer, 99, 1, FIXTURE_NOW, &all, NULL), TOC_ENOTFOUND);
    assert_int_equal(toc_observation_add(writer, 99, &seen, NULL), TOC_ENOTFOUND);
    assert_int_equal(toc_observation_total(writer, 99, 0, &all, NULL), TOC_ENOTFOUND);
    assert_int_equal(toc_observation_days(writer, 99, &days, NULL), TOC_ENOTFOUND);
    assert_int_equal(all.count, 7);
    assert_int_equal(days, 7);
    assert_int_equal(toc_metric_find(writer, fix->owner, TOC_S("1"), &arena, &metric, NULL),
                     TOC_ENOTFOUND);
    assert_int_equal(toc_metric_find(writer, fix->owner, TOC_S(""), &arena, &metric, NULL),
                     TOC_ENOTFOUND);
    must(fix, toc_recipient_known(writer, 1, TOC_S("nobody"), &known, &fix->err));
    assert_false(known);
    toc_tx_rollback(writer);
}

static int64_t new_file(fixture *fix, toc_conn *conn, const char *field, const char *hash)
{
    return fixture_insert(
        fix, conn, fixture_object(fix, TOC_KIND_INDICATOR, "File", field, hash, (char *)NULL));
}

#define MD5 "44D88612FEA8A8F36DE82E1278ABB02F"
#define SHA1 "3395856CE81F2B7382DEE72602F798B642F14140"
#define SHA256 "275A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F"

static void merged_files_share_their_reports(void **state)
{
    fixture *fix = *state;
    const toc_type *type = fixture_type(fix, TOC_KIND_INDICATOR, "File");
    toc_tally all = {0};
    int64_t days = 0, primary = 0, ids[3];
    toc_conn *writer = fixture_begin(fix);
    ids[0] = new_file(fix, writer, "md5", MD5);
    ids[1] = new_file(fix, writer, "sha1", SHA1);
    ids[2] = new_file(fix, writer, "sha256", SHA256);
    for (int i = 0; i < 3; i++) {
        must(fix, toc_observation_add(writer, ids[i], &seen, &fix->err));
        must(fix, toc_false_positive_add(writer, ids[i], 1, FIXTURE_NOW + i, &all, &fix->err));
        must(fix, toc_false_positive_add(writer, ids[i], 2 + i, FIXTURE_NOW, &all, &fix->err));
        assert_int_equal(all.count, 2);
    }
    must(fix, toc_files_merge(writer, fix->owner, type, ids, 3, FIXTURE_NOW, &primary, &fix->err));
    must(fix, toc_observation_total(writer, primary, 0, &all, &fix->err));
    assert_int_equal(all.count, 9);
    assert_int_equal(all.last, FIXTURE_NOW);
    must(fix, toc_observation_days(writer, primary, &days, &fix->err));
    assert_int_equal(days, 1);
    /* The first user reported each of them on one day: that is one report now. */
    must(fix, toc_false_positive_add(writer, primary, 1, FIXTURE_NOW, &all, &fix->err));
    assert_int_equal(all.count, 4);
    assert_int_equal(all.last, FIXTURE_NOW + 2);
    /* A day later there is another one. */
    must(fix, toc_false_positive_add(writer, primary, 1, FIXTURE_NOW + 86400, &all, &fix->err));
    assert_int_equal(all.count, 5);
    must(fix, toc_tx_commit(writer, &fix->err));
}

static void a_rollback_takes_reports_back(void **state)
{
    fixture *fix = *state;
    toc_tally all = {0};
    toc_conn *writer = fixture_begin(fix);
    int64_t id = fixture_host(fix, writer, "a.example");
    must(fix, toc_tx_commit(writer, &fix->err));
    writer = fixture_begin(fix);
    must(fix, toc_observation_add(writer, id, &seen, &fix->err));
    toc_tx_rollback(writer);
    writer = fixture_begin(fix);
    must(fix, toc_observation_total(writer, id, 0, &all, &fix->err));
    assert_int_equal(all.count, 0);
    must(fix, toc_observation_add(writer, id, &seen, &fix->err));
    must(fix, toc_observation_total(writer, id, 2, &all, &fix->err));
    assert_int_equal(all.count, 0);
    must(fix, toc_observation_total(writer, id, 1, &all, &fix->err));
    assert_int_equal(all.count, 3);
    must(fix, toc_tx_commit(writer, &fix->err));
}

static toc_rc ignore(void *user, const toc_observed *observed)
{
    (void)user;
    (void)observed;
    return TOC_OK;
}

static void damaged_keys_are_told(void **state)
{
    fixture *fix = *state;
    toc_db_options options = {.busy_ms = 1000};
    toc_db *db = NULL;
    int64_t user = 0;
    toc_conn *writer = fixture_begin(fix);
    must(fix, toc_user_add(writer, TOC_S("1234"), TOC_S("secret"), fix->owner, TOC_S("Editor"),
                           &user, &fix->err));
    assert_int_equal(user, seen.user);
    int64_t id = fixture_insert(fix, writer,
                                fixture_object(fix, TOC_KIND_INDICATOR, "Registry Key", "Key Name",
                                               "HKEY_USERS\\a", "Value Name", "b", "Value Type",
                                               "REG_SZ", (char *)NULL));
    must(fix, toc_observation_add(writer, id, &seen, &fix->err));
    must(fix, toc_tx_commit(writer, &fix->err));
    must(fix, toc_db_open(fix->path, &options, &db, &fix->err));
    must(fix, toc_db_exec(db, "UPDATE value_key SET key = '9999:b' || key", &fix->err));
    must(fix, toc_db_exec(db, "INSERT INTO value_key SELECT type_id, 'x', value_id FROM value_key",
                          &fix->err));
    toc_db_close(db);
    /* The value is not found by its key any more and begins anew; the old one is told as damaged.
     */
    writer = fixture_begin(fix);
    must(fix, toc_observation_add(writer, id, &seen, &fix->err));
    must(fix, toc_tx_commit(writer, &fix->err));
    toc_conn *reader = fixture_reader(fix);
    toc_tally all = {0};
    must(fix, toc_observation_total(reader, id, 0, &all, &fix->err));
    assert_int_equal(all.count, 3);
    assert_int_equal(toc_observed_each(reader, fix->owner, 0, 10, ignore, NULL, NULL), TOC_ESTORE);
    toc_store_reader_done(fix->store, reader);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(changes_need_a_transaction),
        TEST(what_is_not_there),
        TEST(merged_files_share_their_reports),
        TEST(a_rollback_takes_reports_back),
        TEST(damaged_keys_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
