/* terms.h - the filters= parameter as a tree and back; the table of documented fields. */
#ifndef TOC_FILTER_TERMS_H
#define TOC_FILTER_TERMS_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "tocsin/filter.h"

typedef enum toc_term_kind {
    TOC_TERM_TEXT,
    TOC_TERM_INT,
    TOC_TERM_DECIMAL,
    TOC_TERM_DATE,
    TOC_TERM_BOOL
} toc_term_kind;

/* Resources whose lists take filters (rest-v2 1.12). */
typedef enum toc_filter_resource {
    TOC_FILTER_INDICATORS,
    TOC_FILTER_GROUPS,
    TOC_FILTER_TAGS,
    TOC_FILTER_LABELS,
    TOC_FILTER_TASKS,
    TOC_FILTER_VICTIMS,
    TOC_FILTER_ATTRIBUTE_TYPES,
    TOC_FILTER_RESOURCE_COUNT
} toc_filter_resource;

typedef struct toc_term_field {
    toc_filter_resource resource;
    const char *type; /* only for this type's lists; NULL: all */
    const char *name;
    toc_term_kind kind;
    unsigned ops; /* bit per toc_op */
} toc_term_field;

typedef struct toc_term {
    const toc_term_field *field;
    toc_op op;
    toc_str text;    /* value, decoded once */
    int64_t integer; /* INT, DATE (seconds), BOOL */
    double decimal;
} toc_term;

typedef struct toc_terms {
    toc_term items[TOC_MAX_FILTER_TERMS];
    size_t count;
    bool any; /* orParams */
} toc_terms;

const toc_term_field *toc_term_fields(size_t *count);
/* text: the parameter's value after URL decoding. TOC_EPARSE or TOC_EINVAL with err->field. */
toc_rc toc_terms_parse(toc_str text, toc_filter_resource resource, const toc_type *type,
                       toc_arena *arena, toc_terms *terms, toc_error *err);
/* The parameter's value, not URL-encoded. */
void toc_terms_print(const toc_terms *terms, toc_buf *out);
/* Bit mask helpers and operator spelling ("=", "!", ...). */
const char *toc_op_text(toc_op op);
#endif
