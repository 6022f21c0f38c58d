/* csv.h - RFC 4180 records from a stream of blocks. No I/O: the caller feeds bytes. */
#ifndef TOC_BASE_CSV_H
#define TOC_BASE_CSV_H
#include "base/buf.h"
#include "base/limits.h"

typedef enum toc_csv_event {
    TOC_CSV_MORE,   /* everything was eaten; feed the next block */
    TOC_CSV_RECORD, /* fields and field_count are valid until the next call */
    TOC_CSV_BAD     /* error says why; the record is skipped, go on */
} toc_csv_event;

typedef struct toc_csv {
    char separator; /* ',' */
    toc_str fields[TOC_MAX_CSV_FIELDS];
    size_t field_count;
    uint64_t line;     /* 1-based line on which the record began */
    const char *error; /* of TOC_CSV_BAD */
    toc_str raw;       /* the record's bytes as they came, without the line end */
    /* private */
    toc_buf pending;
    toc_buf plain; /* unquoted text of quoted fields */
    const char *cursor, *end;
    uint64_t next_line;
    unsigned char place; /* of the cursor inside its record */
    bool skipping, last;
} toc_csv;

void toc_csv_init(toc_csv *csv, char separator);
void toc_csv_done(toc_csv *csv);
/* Gives the next block; it must stay valid until TOC_CSV_MORE. last: no block follows. */
void toc_csv_feed(toc_csv *csv, const char *data, size_t len, bool last);
/* Empty lines are skipped; CRLF and LF end a record; quotes may hold both. A record longer than
 * TOC_MAX_CSV_RECORD or with more than TOC_MAX_CSV_FIELDS fields is BAD and skipped to its end. */
toc_csv_event toc_csv_next(toc_csv *csv);
/* Quotes only where ',', '"', CR or LF ask for it (sdk.md 6.6). */
void toc_csv_write(toc_buf *out, toc_str field);
#endif
