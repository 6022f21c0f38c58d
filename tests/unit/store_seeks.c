/* store_seeks.c - questions whose price must not grow with what they do not ask for: other days,
 * other owners, other names. Measured in steps of the engine, not in time. */
#include "support/store_fixture.h"

#include "store/conn.h"

/* The engine asks once in a thousand steps; each of the rows in the way would take several. */
#define IN_THE_WAY "20000"
#define FEW 10

static bool count_call(void *user)
{
    ++*(int *)user;
    return false;
}

static toc_rc ignore_observed(void *user, const toc_observed *observed)
{
    *(int64_t *)user += observed->tally.count;
    return TOC_OK;
}

static toc_rc ignore_type(void *user, const toc_attribute_type *type)
{
    (void)type;
    ++*(int64_t *)user;
    return TOC_OK;
}

static toc_rc ignore_object(void *user, int64_t id, toc_object *obj)
{
    (void)id;
    (void)obj;
    ++*(int64_t *)user;
    return TOC_OK;
}

#define MANY                                                                                       \
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " IN_THE_WAY ") "

static toc_rc ask_observed(fixture *fix, toc_conn *conn, int64_t *answer)
{
    return toc_observed_each(conn, fix->owner, FIXTURE_NOW, 10, ignore_observed, answer, &fix->err);
}

static toc_rc ask_type(fixture *fix, toc_conn *conn, int64_t *answer)
{
    return toc_attribute_type_each(conn, TOC_S("Type 7"), ignore_type, answer, &fix->err);
}

static toc_rc ask_count(fixture *fix, toc_conn *conn, int64_t *answer)
{
    const toc_query query = {.owner = fix->owner, .kind = TOC_KIND_INDICATOR};
    return toc_object_count(conn, &query, answer, &fix->err);
}

static toc_rc ask_metrics(fixture *fix, toc_conn *conn, int64_t *answer)
{
    toc_owner_counts counts = {{0}};
    toc_rc rc = toc_owner_count(conn, fix->owner, 19783, true, &counts, &fix->err);
    for (size_t i = 0; i < TOC_OWNER_FIELDS; i++)
        if (strcmp(toc_owner_field_at(i)->name, "totalGroupIndicator") == 0)
            *answer = (int64_t)counts.values[i];
    return rc;
}

static const struct {
    const char *in_the_way;
    toc_rc (*ask)(fixture *fix, toc_conn *conn, int64_t *answer);
    int64_t answer;
    const char *sweep;
} questions[] = {
    {MANY "INSERT INTO observation(value_id, account_id, day, organization, count, last)"
          " SELECT 1, 1, i - 1000, 1, 1, 0 FROM n WHERE i - 1000 < 19000",
     ask_observed, 3, "DELETE FROM observation WHERE day < 19000"},
    {MANY "INSERT INTO attribute_type(name, name_key, max_length, markdown, system)"
          " SELECT 'Type ' || i, 'type ' || i, 100, 1, 0 FROM n",
     ask_type, 1, "DELETE FROM attribute_type"},
    {MANY "INSERT INTO counter(owner_id, kind, type_id, active, n) SELECT 1000 + i, 0, 1, 1, 0"
          " FROM n",
     ask_count, 1, "DELETE FROM counter WHERE owner_id > 1000"},
    {MANY "INSERT INTO link(kind_a, id_a, kind_b, id_b, association)"
          " SELECT 1, 1000 + i, 0, 1, '' FROM n",
     ask_metrics, 1, "DELETE FROM link WHERE id_a > 1000"},
};

static void test_work_is_for_the_answer(void **state)
{
    fixture *fix = *state;
    const toc_observation seen = {
        .user = 1, .organization = fix->owner, .count = 3, .date = FIXTURE_NOW};
    int64_t user = 0;
    toc_conn *conn = fixture_begin(fix);
    must(fix, toc_user_add(conn, TOC_S("1"), TOC_S("s"), fix->owner, TOC_S(""), &user, &fix->err));
    int64_t host = fixture_host(fix, conn, "a.example");
    int64_t group = fixture_group(fix, conn, "Threat", "g");
    must(fix, toc_link_add(conn, (toc_target){TOC_KIND_GROUP, group},
                           (toc_target){TOC_KIND_INDICATOR, host}, TOC_S(""), &fix->err));
    must(fix, toc_observation_add(conn, host, &seen, &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
    for (size_t i = 0; i < TOC_COUNT(questions); i++) {
        int64_t answer = 0;
        int calls = 0;
        fixture_run_sql(fix, questions[i].in_the_way);
        conn = fixture_reader(fix);
        toc_db_cancel(conn->db, count_call, &calls);
        must(fix, questions[i].ask(fix, conn, &answer));
        toc_db_cancel(conn->db, NULL, NULL);
        toc_store_reader_done(fix->store, conn);
        assert_int_equal(answer, questions[i].answer);
        if (calls > FEW)
            fail_msg("question %zu: %d thousand steps", i, calls);
        fixture_run_sql(fix, questions[i].sweep);
    }
}

/* A page of groups looks at the counts of all owners, once. */
static void test_pages_sum_counts_once(void **state)
{
    fixture *fix = *state;
    const toc_query query = {.owner = fix->owner, .kind = TOC_KIND_GROUP, .limit = 1};
    int64_t seen = 0;
    int calls = 0;
    fixture_run_sql(fix, MANY "INSERT INTO counter(owner_id, kind, type_id, active, n)"
                              " SELECT 1000 + i, 1, 1, 1, 0 FROM n");
    toc_conn *conn = fixture_reader(fix);
    toc_db_cancel(conn->db, count_call, &calls);
    must(fix, toc_object_each(conn, &query, ignore_object, &seen, &fix->err));
    toc_db_cancel(conn->db, NULL, NULL);
    toc_store_reader_done(fix->store, conn);
    assert_int_equal(seen, 0);
    if (calls > 20 * FEW)
        fail_msg("%d thousand steps", calls);
    fixture_run_sql(fix, "DELETE FROM counter WHERE owner_id > 1000");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_work_is_for_the_answer),
        TEST(test_pages_sum_counts_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
