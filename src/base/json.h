/* json.h - pull reader over contiguous memory and writer into a buffer. Strict RFC 8259, UTF-8
 * validated, no recursion, no allocation in the reader but for decoded escapes. */
#ifndef TOC_BASE_JSON_H
#define TOC_BASE_JSON_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"

typedef enum toc_json_event {
    TOC_JSON_ERROR = -1,
    TOC_JSON_END = 0, /* the document is complete and only blanks follow */
    TOC_JSON_OBJECT,
    TOC_JSON_OBJECT_END,
    TOC_JSON_ARRAY,
    TOC_JSON_ARRAY_END,
    TOC_JSON_KEY,
    TOC_JSON_STRING,
    TOC_JSON_NUMBER, /* raw text in text; convert when a field asks */
    TOC_JSON_TRUE,
    TOC_JSON_FALSE,
    TOC_JSON_NULL
} toc_json_event;

typedef struct toc_json_reader {
    const char *start, *cursor, *end;
    toc_arena *arena; /* for strings with escapes; may be NULL: such strings come raw */
    toc_str text;     /* of KEY, STRING (decoded) and NUMBER; borrowed from input or arena */
    bool raw;         /* text still holds escapes (arena was NULL) */
    unsigned depth;
    unsigned state;
    uint64_t is_object;      /* one bit per level */
    const char *error;       /* constant message after TOC_JSON_ERROR */
    const char *event_start; /* first byte of the current event, for positions and raw slices */
} toc_json_reader;

/* Starts over data; a UTF-8 byte order mark is an error as RFC 8259 asks. */
void toc_json_reader_init(toc_json_reader *reader, const char *data, size_t len, toc_arena *arena);
toc_json_event toc_json_next(toc_json_reader *reader);
/* After KEY: reads the value (of any depth) and drops it. After OBJECT or ARRAY: reads to its end.
 * After a scalar: nothing. False on a syntax error. *raw, if not NULL: the value's bytes. */
bool toc_json_skip(toc_json_reader *reader, toc_str *raw);
size_t toc_json_position(const toc_json_reader *reader);
/* TOC_EPARSE with message, byte position and line of the reader's error. */
toc_rc toc_json_fail(const toc_json_reader *reader, toc_error *err);

/* Writer: appends to a toc_buf; commas are the writer's. */
typedef struct toc_json_writer {
    toc_buf *buf;
    bool comma; /* a comma is due before the next value or key */
} toc_json_writer;

void toc_json_writer_init(toc_json_writer *writer, toc_buf *buf);
void toc_json_object(toc_json_writer *writer);
void toc_json_object_end(toc_json_writer *writer);
void toc_json_array(toc_json_writer *writer);
void toc_json_array_end(toc_json_writer *writer);
void toc_json_key(toc_json_writer *writer, toc_str key);     /* escaped like any string */
void toc_json_string(toc_json_writer *writer, toc_str text); /* UTF-8 kept; bad bytes as U+FFFD */
void toc_json_int(toc_json_writer *writer, int64_t value);
/* Shortest form that reads back the same; always with a fraction ("4.0"). Not finite: null. */
void toc_json_double(toc_json_writer *writer, double value);
void toc_json_bool(toc_json_writer *writer, bool value);
void toc_json_null(toc_json_writer *writer);
void toc_json_raw(toc_json_writer *writer, toc_str json); /* trusted JSON text */
/* key and value in one call; the text forms skip absent text (ptr NULL). */
#define toc_json_kv_str(w, literal, text) toc_json_member((w), TOC_S(literal), (text))
void toc_json_member(toc_json_writer *writer, toc_str key, toc_str text);
/* The quoted and escaped text alone. ascii: non-ASCII as \uXXXX. */
void toc_json_escape(toc_buf *buf, toc_str text, bool ascii);
/* The shortest text of a double with at least one decimal, as toc_json_double. */
void toc_json_double_text(toc_buf *buf, double value);
#endif
