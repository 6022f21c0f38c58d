/* cells.c - lists of indicators by filters on rating, confidence and state. All rows of a cell
 * match or none does, so the size of such a list is a sum over cells, and a page is a merge of the
 * newest ids of the cells that match: it costs the same wherever the matches are. */
#include "store/conn.h"

#include "base/error.h"

/* A page looks once into each cell that matches. With more of them it is walked instead. */
#define MAX_CELLS 4096U
/* Ids that are read from a cell at one time, at most. */
#define CHUNK 64U

typedef struct stream {
    toc__cell cell;
    int64_t left; /* rows that were not read yet; a guess, since below may cut some off */
    int64_t *ids; /* read ahead, newest first; ids[at] is the head */
    uint32_t at, count, room;
} stream;

typedef struct merge {
    toc_conn *conn;
    toc_arena *arena;
    int64_t owner, below;
    stream *streams;
    stream **heap; /* by head, the newest on top */
    size_t count, heap_count;
} merge;

bool toc__only_active(const toc_query *query)
{
    if (query->kind != TOC_KIND_INDICATOR || query->id || query->inactive)
        return false;
    for (size_t i = 0; query->terms && i < query->terms->count; i++)
        if (strcmp(query->terms->items[i].field->name, "active") == 0)
            return false;
    return true;
}

bool toc__cells_fit(const toc_query *query)
{
    return query->kind == TOC_KIND_INDICATOR && !query->id && !query->linked && !query->tag &&
           !query->label && !query->has_since && query->terms && query->terms->count &&
           toc__terms_of_cells(query->terms);
}

/* The cells have the columns that conditions name. */
static toc_rc write_cells(toc__sql *sql, toc_conn *conn, const toc_query *query, const char *what,
                          toc_error *err)
{
    toc_buf_text(&sql->text, what);
    toc__sql_int(sql,
                 " FROM (SELECT type_id, active AS flags, nullif(rating, -1) AS rating,"
                 " nullif(confidence, -1) AS confidence, n FROM cell_count WHERE owner_id = ?) o"
                 " WHERE 1 = 1",
                 query->owner);
    if (query->type)
        toc__sql_int(sql, " AND o.type_id = ?", toc__type_id(conn->store, query->type));
    if (toc__only_active(query))
        toc_buf_lit(&sql->text, " AND o.flags = 1");
    return toc__sql_terms(sql, query->terms, conn->store, err);
}

toc_rc toc__cells_count(toc_conn *conn, const toc_query *query, int64_t *count, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    TOC_CLEANUP(toc__sql_done) toc__sql sql;
    toc__sql_init(&sql, &arena);
    toc_stmt *stmt = NULL;
    toc_rc rc = toc__flush_counts(conn, err);
    if (!rc)
        rc = write_cells(&sql, conn, query, "SELECT coalesce(sum(o.n), 0)", err);
    if (!rc)
        rc = toc__sql_statement(&sql, conn, &stmt, err);
    bool found = false;
    return rc ? rc : toc__read_int(stmt, count, &found, err);
}

/* --- the cells of a page */

static toc_rc read_streams(merge *all, toc_stmt *stmt, toc_error *err)
{
    size_t room = 0;
    int step;
    while ((step = toc_step(stmt, err)) > 0) {
        if (all->count == room) {
            room = room ? room * 2 : 64;
            stream *grown = toc_mem_resize(all->streams, room * sizeof(*grown));
            if (!grown)
                return toc_error_nomem(err);
            all->streams = grown;
        }
        bool rated = !toc_column_is_null(stmt, 2), sure = !toc_column_is_null(stmt, 3);
        all->streams[all->count++] =
            (stream){.cell = {.owner = all->owner,
                              .type_id = toc_column_int(stmt, 0),
                              .active = toc_column_int(stmt, 1),
                              .rating = rated ? toc_column_double(stmt, 2) : TOC__NO_VALUE,
                              .confidence = sure ? toc_column_int(stmt, 3) : TOC__NO_VALUE},
                     .left = toc_column_int(stmt, 4)};
    }
    return step;
}

static toc_rc find_streams(merge *all, const toc_query *query, toc_error *err)
{
    TOC__AUTO_STMT stmt = NULL;
    TOC_CLEANUP(toc__sql_done) toc__sql sql;
    toc__sql_init(&sql, all->arena);
    toc_rc rc = toc__flush_counts(all->conn, err);
    if (!rc)
        rc = write_cells(&sql, all->conn, query,
                         "SELECT o.type_id, o.flags, o.rating, o.confidence, o.n", err);
    toc__sql_window(&sql, 0, (int64_t)MAX_CELLS + 1);
    if (!rc)
        rc = toc__sql_statement(&sql, all->conn, &stmt, err);
    return rc ? rc : read_streams(all, stmt, err);
}

/* Those with neither value are in no block. */
static bool all_listed(const merge *all)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->streams[i].cell.rating < 0 && all->streams[i].cell.confidence < 0)
            return false;
    return true;
}

/* --- reading of one cell */

/* The next ids below the given one. */
static toc_rc refill(merge *all, stream *from, int64_t below, toc_error *err)
{
    size_t count = 0;
    toc_rc rc =
        toc__cell_ids_below(all->conn->db, &from->cell, below, from->ids, from->room, &count, err);
    from->at = 0;
    from->count = (uint32_t)count;
    from->left = count ? from->left - (int64_t)count : 0;
    return rc;
}

static toc_rc set_room(merge *all, stream *from, uint32_t room, toc_error *err)
{
    if (room > CHUNK)
        room = CHUNK;
    if (room <= from->room)
        return TOC_OK;
    from->ids = toc_arena_alloc(all->arena, room * sizeof(*from->ids));
    from->room = from->ids ? room : 0;
    return from->ids ? TOC_OK : toc_error_nomem(err);
}

/* --- the heap of heads */

static int64_t head(const stream *of)
{
    return of->ids[of->at];
}

static void sink(merge *all, size_t at)
{
    for (;;) {
        size_t best = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++)
            if (child < all->heap_count && head(all->heap[child]) > head(all->heap[best]))
                best = child;
        if (best == at)
            return;
        stream *moved = all->heap[at];
        all->heap[at] = all->heap[best];
        all->heap[best] = moved;
        at = best;
    }
}

static toc_rc start(merge *all, int64_t wanted, toc_error *err)
{
    all->heap = toc_arena_alloc(all->arena, (all->count + 1) * sizeof(stream *));
    if (!all->heap)
        return toc_error_nomem(err);
    /* What many cells would read ahead is mostly not wanted. */
    int64_t share = all->count ? wanted / (int64_t)all->count : 0;
    uint32_t room = share < 1 ? 1 : share > CHUNK ? CHUNK : (uint32_t)share;
    for (size_t i = 0; i < all->count; i++) {
        stream *from = &all->streams[i];
        toc_rc rc = set_room(all, from, room, err);
        if (!rc)
            rc = refill(all, from, all->below, err);
        if (rc)
            return rc;
        if (from->count)
            all->heap[all->heap_count++] = from;
    }
    for (size_t i = all->heap_count / 2; i > 0; i--)
        sink(all, i - 1);
    return TOC_OK;
}

/* Takes the newest id off. */
static toc_rc advance(merge *all, int64_t *id, toc_error *err)
{
    stream *top = all->heap[0];
    *id = head(top);
    if (++top->at == top->count && top->left > 0) {
        toc_rc rc = set_room(all, top, top->room * 4, err);
        if (!rc)
            rc = refill(all, top, *id, err);
        if (rc)
            return rc;
    }
    if (top->at == top->count)
        all->heap[0] = all->heap[--all->heap_count];
    sink(all, 0);
    return TOC_OK;
}

static toc_rc collect(merge *all, const toc_query *query, int64_t *ids, size_t *count,
                      toc_error *err)
{
    int64_t skip = query->offset > 0 ? query->offset : 0;
    toc_rc rc = start(all, skip < INT64_MAX - query->limit ? skip + query->limit : skip, err);
    *count = 0;
    while (!rc && all->heap_count && *count < (size_t)query->limit) {
        int64_t id = 0;
        rc = advance(all, &id, err);
        if (!rc && skip-- <= 0)
            ids[(*count)++] = id;
    }
    return rc;
}

toc_rc toc__cells_page(toc_conn *conn, const toc_query *query, int64_t *ids, size_t *count,
                       bool *fits, toc_error *err)
{
    TOC__AUTO_ARENA arena = {0};
    merge all = {.conn = conn,
                 .arena = &arena,
                 .owner = query->owner,
                 .below = query->below > 0 ? query->below : INT64_MAX};
    toc_rc rc = find_streams(&all, query, err);
    *fits = all.count <= MAX_CELLS && all_listed(&all);
    if (!rc && *fits)
        rc = collect(&all, query, ids, count, err);
    toc_mem_free(all.streams);
    return rc;
}
