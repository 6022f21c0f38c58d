/* format.h - what the output formats share: columns of a type, the row of a format. */
#ifndef TOC_FORMAT_FORMAT_H
#define TOC_FORMAT_FORMAT_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "model/object.h"
#include "tocsin/format.h"

typedef enum toc_column_kind {
    TOC_COLUMN_FIELD,
    TOC_COLUMN_TYPE,   /* the name of the type */
    TOC_COLUMN_VALUE,  /* the value of an indicator, one record each (CSV) */
    TOC_COLUMN_NOTHING /* there for the sake of the layout: secrets */
} toc_column_kind;

typedef struct toc_column {
    toc_column_kind kind;
    const toc_field *field;
    bool verbatim; /* a hash or a field of a custom type: the SDK never escapes it */
    bool quoted;   /* a number that JSON shows as text */
    toc_str order; /* columns ascend by this text */
    toc_str lead;  /* the name with everything around it, up to the value */
} toc_column;

/* The columns of one type (type NULL: of a kind) in one format. */
typedef struct toc_plan {
    const toc_type *type;
    const toc_field *fields; /* of the type, so that a replaced type is noticed */
    size_t field_count;
    size_t count;
    toc_column *columns;
} toc_plan;

/* A name that a format prints differently; to NULL: the column is left out. */
typedef struct toc_rename {
    const char *from, *to;
} toc_rename;

#define TOC_LAYOUT_COMMON 1U          /* no columns of single types, but one for the value */
#define TOC_LAYOUT_CUSTOM_FIRST 2U    /* fields of custom types come before all others */
#define TOC_LAYOUT_CUSTOM_TOGETHER 4U /* they stand where "custom_fields" would */
#define TOC_LAYOUT_JSON_NAMES 8U      /* names are escaped as JSON text */

struct toc_format {
    toc_format_info info;
    unsigned layout;
    const char *before, *after; /* around the name of a column */
    const toc_rename *renames;  /* ends with from NULL; NULL: none */
    void (*begin)(toc_formatter *formatter, const toc_plan *plan); /* NULL: nothing to write */
    void (*object)(toc_formatter *formatter, const toc_plan *plan, toc_object *obj);
    void (*end)(toc_formatter *formatter);
};

#define TOC_MAX_PLANS 64

struct toc_formatter {
    const toc_format *format;
    unsigned flags;
    toc_buf buf;
    toc_arena arena; /* of the plans */
    const toc_plan *plans[TOC_MAX_PLANS];
    size_t plan_count;
    bool array;     /* begun: objects are items of an array */
    uint64_t count; /* objects written since begin */
    /* how the next object was found; borrowed */
    const toc_str *matched;
    size_t matched_count;
    toc_str uri;
};

extern const toc_format toc__format_cef, toc__format_leef, toc__format_csv, toc__format_json,
    toc__format_jsonl, toc__format_keyval, toc__format_text, toc__format_list;

static inline bool toc__format_compat(const toc_formatter *formatter)
{
    return (formatter->flags & TOC_FORMAT_COMPAT) != 0;
}

/* The columns of a type; type NULL: those that all types of the kind have. NULL: out of memory. */
const toc_plan *toc__format_plan(toc_arena *arena, const toc_format *format, toc_kind kind,
                                 const toc_type *type);

/* Appends a text with what the format asks for. */
typedef void toc_escape_fn(toc_buf *buf, toc_str text);

/* Appends the column's value as the SDK prints it; false, and nothing, when it is absent. */
bool toc__format_value(toc_buf *buf, const toc_object *obj, const toc_column *column,
                       toc_escape_fn *escape);
/* Quotes, backslashes and line ends with a backslash, for text between quotes. */
void toc__format_escape_quoted(toc_buf *buf, toc_str text);
/* name="value" with a blank after each. */
void toc__format_pairs(toc_formatter *formatter, const toc_plan *plan, const toc_object *obj,
                       toc_escape_fn *escape, toc_escape_fn *verbatim);

/* What stands for a byte; bytes without a row stand for themselves. */
typedef const char *const toc_replacements[256];
void toc__format_replace(toc_buf *buf, toc_str text, toc_replacements *replacements);
#endif
