/* tocsin/import.h - files of indicators into a batch: CSV records and batch JSON. No I/O: the
 * caller feeds bytes. Bad records are reported one by one and never stop the import. */
#ifndef TOCSIN_IMPORT_H
#define TOCSIN_IMPORT_H
#include "tocsin/batch.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A column whose cells become attributes of the given type. */
typedef struct toc_import_attribute {
    const char *column, *type;
} toc_import_attribute;

typedef struct toc_import_options {
    unsigned version;         /* 1 */
    const char *owner;        /* required; part of the computed xids */
    const char *group_column; /* its cells are labels of groups; NULL: none */
    const char *group_type;   /* type of groups that the groups file does not name: "Threat" */
    const char *const *tag_columns;
    size_t tag_column_count;
    const toc_import_attribute *attributes;
    size_t attribute_count;
    char separator; /* 0: ',' */
} toc_import_options;
#define TOC_IMPORT_OPTIONS_INIT                                                                    \
    {                                                                                              \
        .version = 1                                                                               \
    }

/* One record that was refused. record is its text as it came, without the line end; error has the
 * reason, the line and, where one is at fault, the field. Borrowed for the call. */
typedef void (*toc_import_reject_fn)(void *user, toc_str record, const toc_error *error);

/* One thread at a time. */
typedef struct toc_import toc_import;
/* types: catalogue for the names of types, NULL: the built-in ones; must outlive the import, as
 * must the batch. */
TOC_API toc_rc toc_import_new(const toc_import_options *options, const toc_types *types,
                              toc_batch *batch, toc_import_reject_fn reject, void *user,
                              toc_import **import, toc_error *err);
TOC_API void toc_import_free(toc_import *import);

/* The groups file, before any data: CSV with the columns label, type, name (others are ignored).
 * Only groups that a record refers to reach the batch. TOC_EPARSE when a column is missing. */
TOC_API toc_rc toc_import_groups(toc_import *import, const char *data, size_t len, bool last,
                                 toc_error *err);
/* CSV with a header line: "value" (or summary, indicator) is required; "type" is detected from the
 * value when the column or the cell is missing; any field of the type table by its name, with
 * first_seen for firstSeen and so on; other columns are not used, see toc_import_unused. Blocks may
 * end anywhere. TOC_EPARSE when the header does not do. */
TOC_API toc_rc toc_import_csv(toc_import *import, const char *data, size_t len, bool last,
                              toc_error *err);
/* The header line as it came, without a byte order mark; {NULL,0} before it was read. */
TOC_API toc_str toc_import_header(const toc_import *import);
/* Columns that nothing was made of; NULL past the end. */
TOC_API const char *toc_import_unused(const toc_import *import, size_t index);
/* A whole batch file (V2 object, or V1 array of indicators) in memory. A byte order mark in front
 * is skipped. */
TOC_API toc_rc toc_import_json(toc_import *import, const char *data, size_t len, toc_error *err);

/* For the reject callback: what the refused record would have become. */
TOC_API toc_kind toc_import_kind(const toc_import *import);

typedef struct toc_import_counts {
    uint64_t records;  /* seen */
    uint64_t accepted; /* in the batch, without the groups made for labels */
    uint64_t rejected;
    uint64_t groups; /* made for labels */
} toc_import_counts;
TOC_API toc_import_counts toc_import_counted(const toc_import *import);

#ifdef __cplusplus
}
#endif
#endif
