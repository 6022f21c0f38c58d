/* cell_ids.h - the indicators of each cell: ids in blocks, a row for each block. An index over the
 * rows would be ten times as large, and with many cells an import would change most of its pages.
 */
#ifndef TOC_STORE_CELL_IDS_H
#define TOC_STORE_CELL_IDS_H
#include "store/db.h"

/* What filters on rating, confidence, state and type cannot tell apart. */
typedef struct toc__cell {
    int64_t owner, type_id, active, confidence; /* confidence and rating: TOC__NO_VALUE */
    double rating;
} toc__cell;

/* Changes that a transaction has not written yet. They are written by the commit, so that a block
 * is read and written once. When there are this many, they are written before. */
#define TOC__CELL_CHANGES 32768U
typedef struct toc__cell_change toc__cell_change;
typedef struct toc__cell_changes {
    toc__cell_change *items;
    size_t count;
} toc__cell_changes;

/* From now on the id is in the cell, or is not. On failure nothing was noted. */
toc_rc toc__cell_ids_note(toc__cell_changes *changes, toc_db *db, const toc__cell *cell, int64_t id,
                          bool in, toc_error *err);
/* Writes what was noted. On failure all of it stays noted: writing it again does no harm. */
toc_rc toc__cell_ids_write(toc__cell_changes *changes, toc_db *db, toc_error *err);
void toc__cell_ids_forget(toc__cell_changes *changes);
void toc__cell_ids_done(toc__cell_changes *changes);
/* The cell's largest ids below the given one, largest first, as many as there is room for in a
 * block; 0 only when there is none. What was noted is not seen. */
toc_rc toc__cell_ids_below(toc_db *db, const toc__cell *cell, int64_t below, int64_t *ids,
                           size_t room, size_t *count, toc_error *err);
/* Notes every indicator of a store whose indicators were never noted. */
toc_rc toc__cell_ids_fill(toc_db *db, toc_error *err);
/* *good: every indicator is in its cell, once, and nothing else is in any. */
toc_rc toc__cell_ids_check(toc_db *db, bool *good, toc_error *err);
#endif
