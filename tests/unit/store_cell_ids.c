/* store_cell_ids.c - the blocks in which a cell keeps its indicators: their bytes, changes in any
 * order against a plain set, damage, stores of the version before. */
#include "support/store_fixture.h"

#include "base/str.h"
#include "store/conn.h"
#include "store/id_block.h"

/* --- bytes ----------------------------------------------------------------------------------- */

static void test_bytes_there_and_back(void **state)
{
    static const int64_t steps[] = {
        1, 127, 128, 16383, 16384, INT64_C(1) << 35, 1, (1 << 30), INT64_C(1) << 62};
    int64_t ids[TOC_COUNT(steps) + 1] = {5}, got[TOC__ID_BLOCK_IDS];
    unsigned char bytes[TOC__ID_BLOCK_BYTES];
    size_t used, count;
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(steps); i++)
        ids[i + 1] = ids[i] + steps[i];
    for (size_t n = 1; n <= TOC_COUNT(ids); n++) {
        assert_int_equal(toc__id_block_encode(ids, n, sizeof(bytes), bytes, &used), n);
        assert_true(toc__id_block_decode(ids[0], (toc_str){(char *)bytes, used}, got, &count));
        assert_int_equal(count, n);
        assert_memory_equal(got, ids, n * sizeof(*ids));
    }
}

static void test_as_many_as_fit(void **state)
{
    static int64_t ids[2 * TOC__ID_BLOCK_IDS], got[TOC__ID_BLOCK_IDS];
    unsigned char bytes[TOC__ID_BLOCK_BYTES];
    size_t used, count;
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(ids); i++)
        ids[i] = (int64_t)i + 1;
    assert_int_equal(toc__id_block_encode(ids, TOC_COUNT(ids), sizeof(bytes), bytes, &used),
                     TOC__ID_BLOCK_IDS);
    assert_int_equal(used, TOC__ID_BLOCK_BYTES);
    assert_true(toc__id_block_decode(1, (toc_str){(char *)bytes, used}, got, &count));
    assert_int_equal(count, TOC__ID_BLOCK_IDS);
    assert_int_equal(toc__id_block_encode(ids, TOC_COUNT(ids), 10, bytes, &used), 11);
    /* A distance that does not fit whole is left to the next block. */
    const int64_t far[] = {1, 2, 1000};
    assert_int_equal(toc__id_block_encode(far, TOC_COUNT(far), 2, bytes, &used), 2);
    assert_int_equal(used, 1);
}

static void test_damaged_bytes(void **state)
{
    static const struct {
        int64_t first;
        toc_str bytes;
    } rows[] = {
        {0, {"", 0}},
        {-4, {"\1", 1}},
        {1, {"\0", 1}},
        {1, {"\1\200", 2}},
        {1, {"\200\200\200\200\200\200\200\200\200\1", 10}},
        {INT64_MAX, {"\1", 1}},
        {2, {"\377\377\377\377\377\377\377\377\177", 9}},
    };
    static char many[TOC__ID_BLOCK_BYTES + 1];
    int64_t got[TOC__ID_BLOCK_IDS];
    size_t count;
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++)
        assert_false(toc__id_block_decode(rows[i].first, rows[i].bytes, got, &count));
    memset(many, 1, sizeof(many));
    assert_false(toc__id_block_decode(1, (toc_str){many, sizeof(many)}, got, &count));
}

/* --- changes --------------------------------------------------------------------------------- */

enum { CELLS = 3, IDS = 20000 };

typedef struct model {
    fixture *fix;
    toc_conn *conn;
    bool in[CELLS][IDS + 1];
    uint64_t random;
} model;

static toc__cell cell_at(int i)
{
    return (toc__cell){
        .owner = 1, .type_id = 2, .active = i != 2, .rating = i, .confidence = i ? -1 : 50};
}

static uint64_t next_random(model *self)
{
    self->random ^= self->random << 13;
    self->random ^= self->random >> 7;
    self->random ^= self->random << 17;
    return self->random;
}

static void note(model *self, int i, int64_t id, bool in)
{
    toc__cell cell = cell_at(i);
    must(self->fix, toc__cell_ids_note(&self->conn->cell_changes, self->conn->db, &cell, id, in,
                                       &self->fix->err));
    self->in[i][id] = in;
}

/* From the largest one down, in pages of any size; and from some place on. */
static void compare(model *self, int i)
{
    toc__cell cell = cell_at(i);
    int64_t ids[700], below = INT64_MAX, at = IDS;
    must(self->fix,
         toc__cell_ids_write(&self->conn->cell_changes, self->conn->db, &self->fix->err));
    for (size_t count = 1; count;) {
        size_t room = 1 + next_random(self) % TOC_COUNT(ids);
        must(self->fix,
             toc__cell_ids_below(self->conn->db, &cell, below, ids, room, &count, &self->fix->err));
        assert_true(count <= room);
        for (size_t k = 0; k < count; k++, at--) {
            while (at > 0 && !self->in[i][at])
                at--;
            assert_int_equal(ids[k], at);
            below = at;
        }
        /* None came: none is left. */
        while (!count && at > 0)
            assert_false(self->in[i][at--]);
    }
    for (int64_t from = 1; from <= IDS; from += 611) {
        size_t count;
        int64_t wanted = from - 1;
        while (wanted > 0 && !self->in[i][wanted])
            wanted--;
        must(self->fix,
             toc__cell_ids_below(self->conn->db, &cell, from, ids, 1, &count, &self->fix->err));
        assert_int_equal(count, wanted > 0);
        assert_int_equal(count ? ids[0] : 0, wanted);
    }
}

static void compare_all(model *self)
{
    for (int i = 0; i < CELLS; i++)
        compare(self, i);
}

static model *model_new(fixture *fix)
{
    model *self = test_calloc(1, sizeof(*self));
    self->fix = fix;
    self->conn = fixture_begin(fix);
    self->random = UINT64_C(0x9e3779b97f4a7c15);
    return self;
}

/* The ids are those of no indicators: nothing of this is committed. */
static void model_done(model *self)
{
    toc_tx_rollback(self->conn);
    test_free(self);
}

static void test_appended(void **state)
{
    model *self = model_new(*state);
    for (int64_t id = 1; id <= IDS; id++) {
        note(self, (int)(next_random(self) % CELLS), id, true);
        if (next_random(self) % 4096 == 0)
            compare_all(self);
    }
    compare_all(self);
    model_done(self);
}

static void test_backwards(void **state)
{
    model *self = model_new(*state);
    for (int64_t id = IDS; id > 0; id--) {
        note(self, 0, id, true);
        if (id % 1000 == 0)
            compare(self, 0);
    }
    compare(self, 0);
    model_done(self);
}

/* Everything goes, from either end, and comes again. */
static void test_emptied_and_filled(void **state)
{
    model *self = model_new(*state);
    for (int round = 0; round < 4; round++) {
        for (int64_t id = 1; id <= 5000; id++)
            note(self, 0, id, true);
        compare(self, 0);
        for (int64_t k = 1; k <= 5000; k++) {
            note(self, 0, round % 2 ? k : 5001 - k, false);
            if (k % 700 == 0)
                compare(self, 0);
        }
        compare(self, 0);
    }
    note(self, 0, 17, true);
    compare(self, 0);
    model_done(self);
}

static void test_in_any_order(void **state)
{
    model *self = model_new(*state);
    for (int i = 0; i < 60000; i++) {
        int64_t id = 1 + (int64_t)(next_random(self) % IDS);
        uint64_t kind = next_random(self) % 8;
        /* Long runs that go, so that blocks run empty in the middle too. */
        for (int64_t k = 0; kind == 0 && k < 40 && id + k <= IDS; k++)
            note(self, 1, id + k, false);
        note(self, (int)(next_random(self) % CELLS), id, kind > 2);
        if (next_random(self) % 8192 == 0)
            compare_all(self);
    }
    compare_all(self);
    model_done(self);
}

/* --- in a store ------------------------------------------------------------------------------ */

static int64_t add_rated(fixture *fix, toc_conn *conn, int number, double rating)
{
    char name[32];
    (void)snprintf(name, sizeof(name), "h%d.example", number);
    toc_object *obj =
        fixture_object(fix, TOC_KIND_INDICATOR, "Host", "hostName", name, (char *)NULL);
    must(fix, toc_object_set_decimal(obj, "rating", rating, &fix->err));
    return fixture_insert(fix, conn, obj);
}

static void rate(fixture *fix, toc_conn *conn, int64_t id, double rating)
{
    toc_object *obj = fixture_object(fix, TOC_KIND_INDICATOR, "Host", (char *)NULL);
    must(fix, toc_object_set_decimal(obj, "rating", rating, &fix->err));
    must(fix, toc_object_change(conn, fix->owner, id, obj, FIXTURE_NOW, &fix->err));
    toc_object_free(obj);
}

static int64_t add_some(fixture *fix, int count)
{
    int64_t first = 0;
    toc_conn *conn = fixture_begin(fix);
    for (int i = 0; i < count; i++) {
        int64_t id = add_rated(fix, conn, i, i % 2 + 1);
        first = i ? first : id;
    }
    must(fix, toc_tx_commit(conn, &fix->err));
    return first;
}

static int64_t count_rated(fixture *fix, toc_conn *conn, const char *filter, id_list *page)
{
    toc_arena arena = {0};
    toc_terms terms;
    toc_query query = {.kind = TOC_KIND_INDICATOR, .terms = &terms, .limit = 400};
    must(fix, toc_terms_parse(toc_str_of(filter), TOC_FILTER_INDICATORS, NULL, &arena, &terms,
                              &fix->err));
    *page = fixture_ids(fix, conn, query);
    int64_t count = fixture_count(fix, conn, query);
    toc_arena_done(&arena);
    return count;
}

/* Each time the last word of an id counts, and a transaction sees its own changes. */
static void test_changed_twice(void **state)
{
    fixture *fix = *state;
    id_list page;
    int64_t first = add_some(fix, 300);
    toc_conn *conn = fixture_begin(fix);
    for (int64_t id = first; id < first + 300; id++) {
        rate(fix, conn, id, 5);
        rate(fix, conn, id, 4);
        rate(fix, conn, id, id % 3 ? 5 : 3);
    }
    assert_int_equal(count_rated(fix, conn, "rating>4", &page), 200);
    assert_int_equal(page.count, 200);
    for (int64_t id = first; id < first + 300; id += 30)
        must(fix,
             toc_object_remove(conn, fix->owner, TOC_KIND_INDICATOR, id, FIXTURE_NOW, &fix->err));
    must(fix, toc_tx_commit(conn, &fix->err));
    must(fix, toc_store_check(fix->store, &fix->err));
}

static void test_rolled_back(void **state)
{
    fixture *fix = *state;
    id_list page;
    int64_t first = add_some(fix, 10);
    toc_conn *conn = fixture_begin(fix);
    rate(fix, conn, first, 5);
    (void)add_rated(fix, conn, 99, 5);
    toc_tx_rollback(conn);
    conn = fixture_begin(fix);
    rate(fix, conn, first + 1, 5);
    must(fix, toc_tx_commit(conn, &fix->err));
    conn = fixture_reader(fix);
    assert_int_equal(count_rated(fix, conn, "rating>4", &page), 1);
    assert_int_equal(page.count, 1);
    assert_int_equal(page.ids[0], first + 1);
    toc_store_reader_done(fix->store, conn);
}

static void expect_damage(fixture *fix, const char *sql, const char *message)
{
    fixture_run_sql(fix, sql);
    assert_int_equal(toc_store_check(fix->store, &fix->err), TOC_ESTORE);
    if (!strstr(fix->err.message, message))
        fail_msg("%s: %s", sql, fix->err.message);
}

static void test_damage_is_found(void **state)
{
    static const char wrong[] = "cells list the wrong indicators";
    fixture *fix = *state;
    toc_query query = {.kind = TOC_KIND_INDICATOR, .limit = 10, .owner = fix->owner};
    toc_arena arena = {0};
    toc_terms terms;
    (void)add_some(fix, 6000);
    must(fix, toc_store_check(fix->store, &fix->err));
    fixture_run_sql(fix, "CREATE TABLE kept AS SELECT * FROM cell_ids");
    const char *const restore = "DELETE FROM cell_ids; INSERT INTO cell_ids SELECT * FROM kept";
    expect_damage(fix, "DELETE FROM cell_ids WHERE newest = 0", wrong);
    fixture_run_sql(fix, restore);
    expect_damage(fix, "UPDATE cell_ids SET first = first + 1 WHERE newest = 1", wrong);
    fixture_run_sql(fix, restore);
    expect_damage(fix, "UPDATE cell_ids SET rating = rating + 2", wrong);
    fixture_run_sql(fix, restore);
    /* All are there, but a walk from the newest down would meet them in the wrong order. */
    expect_damage(fix,
                  "UPDATE cell_ids SET newest = 0 WHERE newest = 1;"
                  "UPDATE cell_ids SET newest = 1 WHERE first = (SELECT min(first) FROM kept)",
                  wrong);
    fixture_run_sql(fix, restore);
    expect_damage(fix, "UPDATE cell_ids SET ids = x'00' WHERE newest = 1", "ids of a cell");
    must(fix, toc_terms_parse(TOC_S("rating<2"), TOC_FILTER_INDICATORS, NULL, &arena, &terms,
                              &fix->err));
    query.terms = &terms;
    id_list page = {.count = 0};
    toc_conn *conn = fixture_reader(fix);
    assert_int_equal(toc_object_each(conn, &query, id_list_add, &page, &fix->err), TOC_ESTORE);
    assert_int_equal(page.count, 0);
    toc_store_reader_done(fix->store, conn);
    fixture_run_sql(fix, restore);
    toc_arena_done(&arena);
}

/* A store of the version before has an index in place of the blocks. */
static void test_from_version_4(void **state)
{
    fixture *fix = *state;
    id_list page;
    int64_t first = add_some(fix, 4000);
    toc_conn *conn = fixture_begin(fix);
    (void)fixture_host(fix, conn, "unrated.example");
    rate(fix, conn, first + 7, 5);
    must(fix, toc_tx_commit(conn, &fix->err));
    toc_store_close(fix->store);
    fix->store = NULL;
    fixture_run_sql(fix, "DROP TABLE cell_ids; ALTER TABLE cell_count RENAME TO cell;"
                         "UPDATE meta SET value = '4' WHERE name = 'schema';"
                         "CREATE INDEX indicator_cell ON indicator(owner_id, type_id, (flags & 1),"
                         " rating, confidence) WHERE rating IS NOT NULL OR confidence IS NOT NULL");
    must(fix, fixture_open(fix, false));
    must(fix, toc_store_check(fix->store, &fix->err));
    conn = fixture_reader(fix);
    assert_int_equal(count_rated(fix, conn, "rating>4", &page), 1);
    assert_int_equal(page.ids[0], first + 7);
    assert_int_equal(count_rated(fix, conn, "rating<2", &page), 2000);
    assert_int_equal(page.ids[0], first + 3998);
    toc_store_reader_done(fix->store, conn);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_there_and_back),
        cmocka_unit_test(test_as_many_as_fit),
        cmocka_unit_test(test_damaged_bytes),
        TEST(test_appended),
        TEST(test_backwards),
        TEST(test_emptied_and_filled),
        TEST(test_in_any_order),
        TEST(test_changed_twice),
        TEST(test_rolled_back),
        TEST(test_damage_is_found),
        TEST(test_from_version_4),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
