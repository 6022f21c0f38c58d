/* cell_ids.c - the indicators of each cell, in blocks of ascending ids.
 *
 * The blocks of a cell do not overlap. The one with the largest ids is its newest one: new ids go
 * to its end, and the newest blocks of all cells lie together, so that an import changes few pages.
 * When it is full, its ids move to rows that lie by cell and first id, and it begins anew. */
#include "store/cell_ids.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "store/conn.h"
#include "store/id_block.h"

struct toc__cell_change {
    toc__cell cell;
    int64_t id;
    uint32_t number; /* the last one of an id counts */
    bool in;
};

typedef struct block {
    int64_t first; /* as in its row */
    bool newest, stored, changed;
    size_t count;
    int64_t ids[TOC__ID_BLOCK_IDS + 1]; /* one more than goes into a row: then it is written */
} block;

/* --- rows ------------------------------------------------------------------------------------ */

#define THE_CELL                                                                                   \
    "owner_id = ?1 AND type_id = ?2 AND active = ?3 AND rating = ?4 AND confidence = ?5"
#define SELECT_BLOCK "SELECT first, ids FROM cell_ids WHERE newest = "

static const char newest_below[] = SELECT_BLOCK "1 AND " THE_CELL " AND first < ?6";
static const char older_below[] =
    SELECT_BLOCK "0 AND " THE_CELL " AND first < ?6 ORDER BY first DESC LIMIT 1";
static const char older_above[] =
    SELECT_BLOCK "0 AND " THE_CELL " AND first >= ?6 ORDER BY first LIMIT 1";
static const char drop_block[] =
    "DELETE FROM cell_ids WHERE newest = ?7 AND " THE_CELL " AND first = ?6";
static const char put_block[] =
    "INSERT INTO cell_ids(owner_id, type_id, active, rating, confidence, first, newest, ids)"
    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
    " ON CONFLICT(newest, owner_id, type_id, active, rating, confidence, first)"
    " DO UPDATE SET ids = excluded.ids";

static toc_rc bound(toc_db *db, const char *sql, const toc__cell *cell, int64_t first,
                    toc_stmt **stmt, toc_error *err)
{
    toc_rc rc = toc_db_stmt(db, sql, stmt, err);
    if (rc)
        return rc;
    toc_bind_int(*stmt, 1, cell->owner);
    toc_bind_int(*stmt, 2, cell->type_id);
    toc_bind_int(*stmt, 3, cell->active);
    toc_bind_double(*stmt, 4, cell->rating);
    toc_bind_int(*stmt, 5, cell->confidence);
    toc_bind_int(*stmt, 6, first);
    return TOC_OK;
}

/* From the statement's row. */
static toc_rc decode_row(toc_stmt *stmt, int column, block *found, toc_error *err)
{
    found->first = toc_column_int(stmt, column);
    found->stored = true;
    found->changed = false;
    if (toc__id_block_decode(found->first, toc_column_blob(stmt, column + 1), found->ids,
                             &found->count))
        return TOC_OK;
    return toc_error_set(err, TOC_ESTORE, "the store is damaged: ids of a cell, from %lld on",
                         (long long)found->first);
}

/* found->stored false: there is none. */
static toc_rc read_block(toc_db *db, const char *sql, const toc__cell *cell, int64_t bound_id,
                         block *found, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    found->stored = found->changed = false;
    found->count = 0;
    toc_rc rc = bound(db, sql, cell, bound_id, &stmt, err);
    if (rc)
        return rc;
    found->newest = sql == newest_below;
    int step = toc_step(stmt, err);
    return step > 0 ? decode_row(stmt, 0, found, err) : step;
}

static toc_rc drop_row(toc_db *db, const toc__cell *cell, const block *gone, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = bound(db, drop_block, cell, gone->first, &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 7, gone->newest);
    return toc_run(stmt, err);
}

static toc_rc put_row(toc_db *db, const toc__cell *cell, int64_t first, bool newest, toc_str bytes,
                      toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = bound(db, put_block, cell, first, &stmt, err);
    if (rc)
        return rc;
    toc_bind_int(stmt, 7, newest);
    toc_bind_blob(stmt, 8, bytes);
    return toc_run(stmt, err);
}

/* --- changing one block ---------------------------------------------------------------------- */

/* What does not fit goes to blocks of its own. One that only grows at its end leaves full ones
 * behind; the others get room for what may come between. */
static toc_rc put_pieces(toc_db *db, const toc__cell *cell, const block *from, toc_error *err)
{
    unsigned char bytes[TOC__ID_BLOCK_BYTES];
    size_t used, most = TOC__ID_BLOCK_BYTES;
    if (!from->newest &&
        toc__id_block_encode(from->ids, from->count, most, bytes, &used) < from->count)
        most /= 2;
    toc_rc rc = TOC_OK;
    for (size_t at = 0; !rc && at < from->count;) {
        size_t done = toc__id_block_encode(from->ids + at, from->count - at, most, bytes, &used);
        bool newest = from->newest && at + done == from->count;
        rc = put_row(db, cell, from->ids[at], newest, (toc_str){(const char *)bytes, used}, err);
        at += done;
    }
    return rc;
}

static bool fits_one_row(const block *from)
{
    unsigned char bytes[TOC__ID_BLOCK_BYTES];
    size_t used;
    return toc__id_block_encode(from->ids, from->count, TOC__ID_BLOCK_BYTES, bytes, &used) ==
           from->count;
}

static toc_rc write_block(toc_db *db, const toc__cell *cell, block *from, toc_error *err)
{
    if (!from->changed)
        return TOC_OK;
    toc_rc rc = TOC_OK;
    bool same_row =
        from->count && from->ids[0] == from->first && (!from->newest || fits_one_row(from));
    if (from->stored && !same_row)
        rc = drop_row(db, cell, from, err);
    if (!rc && from->count)
        rc = put_pieces(db, cell, from, err);
    from->changed = rc != TOC_OK;
    return rc;
}

static void begin_newest(block *made)
{
    made->newest = true;
    made->stored = made->changed = false;
    made->count = 0;
}

/* The block that has the id, or that it belongs into. */
static toc_rc load_block(toc_db *db, const toc__cell *cell, int64_t id, block *found,
                         toc_error *err)
{
    toc_rc rc = read_block(db, newest_below, cell, INT64_MAX, found, err);
    if (rc || (found->stored && found->first <= id))
        return rc;
    bool has_newest = found->stored;
    rc = read_block(db, older_below, cell, id + 1, found, err);
    if (!rc && found->stored) {
        if (!has_newest && id > found->ids[found->count - 1])
            begin_newest(found);
        return TOC_OK;
    }
    if (!rc)
        rc = read_block(db, older_above, cell, id + 1, found, err);
    if (rc || found->stored)
        return rc;
    if (has_newest)
        return read_block(db, newest_below, cell, INT64_MAX, found, err);
    begin_newest(found);
    return TOC_OK;
}

/* Whether the next larger id belongs into it without another look. */
static bool covers(const block *at, int64_t id)
{
    return at->newest || (at->count && id <= at->ids[at->count - 1]);
}

/* The place of the id, or where it belongs. */
static size_t place_of(const block *at, int64_t id)
{
    size_t low = 0, high = at->count;
    if (high && at->ids[high - 1] < id)
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (at->ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void set_id(block *at, int64_t id, bool in)
{
    size_t place = place_of(at, id);
    bool there = place < at->count && at->ids[place] == id;
    if (there == in)
        return;
    int64_t *ids = at->ids + place;
    size_t behind = at->count - place - there;
    memmove(ids + in, ids + there, behind * sizeof(*ids));
    if (in)
        *ids = id;
    at->count += in;
    at->count -= there;
    at->changed = true;
}

/* --- what a transaction has noted ------------------------------------------------------------- */

static int by_cell(const toc__cell *one, const toc__cell *other)
{
#define COMPARE(member)                                                                            \
    if (one->member != other->member)                                                              \
        return one->member < other->member ? -1 : 1;
    COMPARE(owner)
    COMPARE(type_id)
    COMPARE(active)
    COMPARE(rating)
    COMPARE(confidence)
#undef COMPARE
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const toc__cell_change *one = a, *other = b;
    int order = by_cell(&one->cell, &other->cell);
    if (order)
        return order;
    if (one->id != other->id)
        return one->id < other->id ? -1 : 1;
    return (one->number > other->number) - (one->number < other->number);
}

/* The changes of one cell, from *at on. */
static toc_rc write_cell(const toc__cell_changes *changes, size_t *at, toc_db *db, block *room,
                         toc_error *err)
{
    const toc__cell *cell = &changes->items[*at].cell;
    const toc__cell_change *end = changes->items + changes->count;
    toc_rc rc = TOC_OK;
    bool loaded = false;
    for (const toc__cell_change *change = changes->items + *at; !rc; change++) {
        if (change == end || by_cell(&change->cell, cell) != 0) {
            *at = (size_t)(change - changes->items);
            return write_block(db, cell, room, err);
        }
        if (loaded && (room->count > TOC__ID_BLOCK_IDS || !covers(room, change->id))) {
            rc = write_block(db, cell, room, err);
            loaded = false;
        }
        if (!rc && !loaded)
            rc = load_block(db, cell, change->id, room, err);
        loaded = true;
        if (!rc)
            set_id(room, change->id, change->in);
    }
    return rc;
}

toc_rc toc__cell_ids_write(toc__cell_changes *changes, toc_db *db, toc_error *err)
{
    if (!changes->count)
        return TOC_OK;
    TOC_AUTOFREE block *room = toc_mem_zalloc(1, sizeof(*room));
    if (!room)
        return toc_error_nomem(err);
    qsort(changes->items, changes->count, sizeof(*changes->items), by_place);
    toc_rc rc = TOC_OK;
    for (size_t at = 0; !rc && at < changes->count;)
        rc = write_cell(changes, &at, db, room, err);
    if (!rc)
        changes->count = 0;
    return rc;
}

toc_rc toc__cell_ids_note(toc__cell_changes *changes, toc_db *db, const toc__cell *cell, int64_t id,
                          bool in, toc_error *err)
{
    if (!changes->items)
        changes->items = toc_mem_alloc(TOC__CELL_CHANGES * sizeof(*changes->items));
    if (!changes->items)
        return toc_error_nomem(err);
    toc_rc rc =
        changes->count == TOC__CELL_CHANGES ? toc__cell_ids_write(changes, db, err) : TOC_OK;
    if (rc)
        return rc;
    uint32_t number = (uint32_t)changes->count;
    changes->items[changes->count++] =
        (toc__cell_change){.cell = *cell, .id = id, .number = number, .in = in};
    return TOC_OK;
}

void toc__cell_ids_forget(toc__cell_changes *changes)
{
    changes->count = 0;
}

void toc__cell_ids_done(toc__cell_changes *changes)
{
    toc_mem_free(TOC_TAKE(changes->items));
    changes->count = 0;
}

/* --- reading ---------------------------------------------------------------------------------- */

static size_t largest_below(const block *from, int64_t below, int64_t *ids, size_t room)
{
    size_t count = 0;
    for (size_t at = place_of(from, below); at > 0 && count < room; at--)
        ids[count++] = from->ids[at - 1];
    return count;
}

toc_rc toc__cell_ids_below(toc_db *db, const toc__cell *cell, int64_t below, int64_t *ids,
                           size_t room, size_t *count, toc_error *err)
{
    block found;
    toc_rc rc = read_block(db, newest_below, cell, below, &found, err);
    if (!rc && !found.stored)
        rc = read_block(db, older_below, cell, below, &found, err);
    *count = rc ? 0 : largest_below(&found, below, ids, room);
    return rc;
}

/* --- filling and checking --------------------------------------------------------------------- */

/* In the order of the cells, so that each block is written once. */
static const char every_one[] =
    "SELECT owner_id, type_id, flags & 1, coalesce(rating, -1), coalesce(confidence, -1), id"
    " FROM indicator WHERE rating IS NOT NULL OR confidence IS NOT NULL";

static toc__cell cell_of(toc_stmt *stmt)
{
    return (toc__cell){.owner = toc_column_int(stmt, 0),
                       .type_id = toc_column_int(stmt, 1),
                       .active = toc_column_int(stmt, 2),
                       .rating = toc_column_double(stmt, 3),
                       .confidence = toc_column_int(stmt, 4)};
}

toc_rc toc__cell_ids_fill(toc_db *db, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    TOC_CLEANUP(toc__cell_ids_done) toc__cell_changes changes = {.items = NULL};
    toc_rc rc = toc_db_stmt(db, every_one, &stmt, err);
    int step = 0;
    while (!rc && (step = toc_step(stmt, err)) > 0) {
        toc__cell cell = cell_of(stmt);
        rc = toc__cell_ids_note(&changes, db, &cell, toc_column_int(stmt, 5), true, err);
    }
    if (!rc && step < 0)
        rc = step;
    return rc ? rc : toc__cell_ids_write(&changes, db, err);
}

_Static_assert(sizeof(toc__cell) == 40, "no padding");

/* A sum of these does not depend on the order in which two sides are read. */
static uint64_t hash_of(const toc__cell *cell, int64_t id)
{
    const uint64_t key[2] = {(uint64_t)id, 0};
    return toc_hash(key, cell, sizeof(*cell));
}

static toc_rc sum_rows(toc_db *db, uint64_t *sum, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc_rc rc = toc_db_stmt(db, every_one, &stmt, err);
    int step = 0;
    while (!rc && (step = toc_step(stmt, err)) > 0) {
        toc__cell cell = cell_of(stmt);
        *sum += hash_of(&cell, toc_column_int(stmt, 5));
    }
    return rc ? rc : step;
}

/* Whether the older blocks of the cell end before its newest one. */
static toc_rc is_behind(toc_db *db, const toc__cell *cell, int64_t first, block *room, bool *behind,
                        toc_error *err)
{
    toc_rc rc = read_block(db, older_below, cell, INT64_MAX, room, err);
    *behind = rc || !room->stored || room->ids[room->count - 1] < first;
    return rc;
}

static toc_rc sum_blocks(toc_db *db, block room[2], uint64_t *sum, bool *good, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    toc__cell before = {0};
    bool newest = false;
    int64_t last = 0;
    toc_rc rc = toc_db_stmt(db,
                            "SELECT owner_id, type_id, active, rating, confidence, newest, first,"
                            " ids FROM cell_ids",
                            &stmt, err);
    int step = 0;
    while (!rc && *good && (step = toc_step(stmt, err)) > 0) {
        toc__cell cell = cell_of(stmt);
        bool same = by_cell(&cell, &before) == 0 && newest == (toc_column_int(stmt, 5) != 0);
        newest = toc_column_int(stmt, 5);
        rc = decode_row(stmt, 6, &room[0], err);
        for (size_t i = 0; !rc && i < room[0].count; i++)
            *sum += hash_of(&cell, room[0].ids[i]);
        if (!rc && same)
            *good = !newest && room[0].first > last;
        if (!rc && newest && *good)
            rc = is_behind(db, &cell, room[0].first, &room[1], good, err);
        if (!rc)
            last = room[0].ids[room[0].count - 1];
        before = cell;
    }
    return rc ? rc : step < 0 ? step : TOC_OK;
}

toc_rc toc__cell_ids_check(toc_db *db, bool *good, toc_error *err)
{
    TOC_AUTOFREE block *room = toc_mem_zalloc(2, sizeof(*room));
    uint64_t rows = 0, blocks = 0;
    *good = true;
    if (!room)
        return toc_error_nomem(err);
    toc_rc rc = sum_rows(db, &rows, err);
    if (!rc)
        rc = sum_blocks(db, room, &blocks, good, err);
    *good = *good && rows == blocks;
    return rc;
}
