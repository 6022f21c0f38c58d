/* spool.h - items on disk, in order, each with the line it came from. */
#ifndef TOC_BATCH_SPOOL_H
#define TOC_BATCH_SPOOL_H
#include <sys/types.h>

#include "base/buf.h"

/* In front of every item in the file. */
typedef struct toc_spool_head {
    uint32_t len;
    uint32_t origin; /* bytes behind the JSON: the input record it was made from */
    uint64_t line;
} toc_spool_head;

typedef struct toc_spool_item {
    uint64_t line;
    toc_str json, origin;
} toc_spool_item;

typedef struct toc_spool {
    int fd;
    pid_t owner; /* the process that made it */
    uint64_t count;
    uint64_t written; /* bytes in the file */
    uint64_t acked;   /* everything in front of this offset was accepted by the platform */
    uint64_t acked_count;
    toc_buf tail; /* items that are not in the file yet */
    size_t item;  /* offset in tail of the item that is being written */
} toc_spool;

/* A walk over a stretch of the file. */
typedef struct toc_spool_cursor {
    const toc_spool *spool;
    uint64_t offset;
    toc_buf block;
    size_t used;
} toc_spool_cursor;

/* TOC_ECONFLICT in a process that was forked off: both would write to the same places. */
toc_rc toc_spool_own(pid_t owner, toc_error *err);
/* A new file without a name, so that no run leaves one behind, and for no child. dir NULL: $TMPDIR
 * or /tmp.
 */
toc_rc toc_spool_file(const char *dir, int *fd, toc_error *err);
/* All of it to the offset of such a file. */
toc_rc toc_spool_write_at(int fd, const void *data, size_t len, uint64_t offset, toc_error *err);
toc_rc toc_spool_create(toc_spool *spool, const char *dir, toc_error *err);
void toc_spool_done(toc_spool *spool);
/* begin gives the buffer to append the item's JSON to; end completes it or drops it. */
toc_buf *toc_spool_begin(toc_spool *spool);
/* Whether what was appended, and its origin, are no more than may be; drops it otherwise. end asks
 * as well: this is for who leaves something elsewhere before it. */
toc_rc toc_spool_fits(toc_spool *spool, toc_str origin, toc_error *err);
toc_rc toc_spool_end(toc_spool *spool, uint64_t line, toc_str origin, toc_error *err);
void toc_spool_drop(toc_spool *spool);
/* Everything into the file, so that cursors see it. */
toc_rc toc_spool_flush(toc_spool *spool, toc_error *err);

void toc_spool_cursor_init(toc_spool_cursor *cursor, const toc_spool *spool, uint64_t offset);
/* To an item elsewhere; cheap when it stands near. */
void toc_spool_cursor_seek(toc_spool_cursor *cursor, uint64_t offset);
void toc_spool_cursor_done(toc_spool_cursor *cursor);
/* 1 an item (its texts live until the next call), 0 the end, negative a toc_rc. */
int toc_spool_next(toc_spool_cursor *cursor, toc_spool_item *item, toc_error *err);
#endif
