/* tocsin/format.h - objects as lines for other systems (sdk.md 6). Pure: object in, text out. */
#ifndef TOCSIN_FORMAT_H
#define TOCSIN_FORMAT_H
#include "tocsin/object.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct toc_format toc_format; /* a const row of the table of formats */
typedef struct toc_format_info {
    const char *name;  /* "cef" "leef" "csv" "json" "jsonl" "keyval" "text" "list" */
    const char *media; /* media type */
    const char *help;
    bool indicators_only;
} toc_format_info;

TOC_API const toc_format *toc_format_find(const char *name); /* NULL when unknown */
TOC_API const toc_format *toc_format_at(size_t index);       /* NULL past the end */
TOC_API toc_format_info toc_format_describe(const toc_format *format);

#define TOC_FORMAT_COMPAT 1U /* byte for byte as the Python SDK, its escaping slips included */

/* A reusable output; one thread at a time. */
typedef struct toc_formatter toc_formatter;
/* flags: 0 or TOC_FORMAT_COMPAT. */
TOC_API toc_rc toc_formatter_new(const toc_format *format, unsigned flags,
                                 toc_formatter **formatter, toc_error *err);
TOC_API void toc_formatter_free(toc_formatter *formatter);
/* Text before the first object (CSV's header line, JSON's "["), may be empty. Borrowed until the
 * next call on the formatter, as all texts here. kind decides the columns. */
TOC_API toc_rc toc_formatter_begin(toc_formatter *formatter, toc_kind kind, toc_str *text,
                                   toc_error *err);
/* The same for objects of one type only: records have no columns in common, so that without their
 * type CSV has no header for them. */
TOC_API toc_rc toc_formatter_begin_type(toc_formatter *formatter, const toc_type *type,
                                        toc_str *text, toc_error *err);
/* The object with its line end. TOC_EUNSUPPORTED: the format has no form for this kind. */
TOC_API toc_rc toc_formatter_object(toc_formatter *formatter, toc_object *obj, toc_str *text,
                                    toc_error *err);
/* How the next object was found (toc_list_matched, toc_list_uri), for formats that show it
 * ("text"). Borrowed until that object is formatted; forgotten then. */
TOC_API void toc_formatter_found(toc_formatter *formatter, const toc_str *matched, size_t count,
                                 toc_str uri);
/* Text behind the last object, may be empty; begin may follow. */
TOC_API toc_rc toc_formatter_end(toc_formatter *formatter, toc_str *text, toc_error *err);

#ifdef __cplusplus
}
#endif
#endif
