/* tocsin/import.h - files of indicators into a batch: CSV records, batch JSON, JSON lines and plain
 * lists of values. No I/O: the caller feeds bytes. Bad records are reported one by one and never
 * stop the import.
 *
 * Where a record says no type, it is told from the value (toc_detector_find, toc_refang_value), and
 * the value may be defanged. Where it does, values of types that stand in texts may be defanged
 * too. */
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

/* A column of CSV, or a member of JSON, under another name: "type", "value", "tag", or a
 * field of the type table. */
typedef struct toc_import_map {
    const char *column, *field;
} toc_import_map;

typedef struct toc_import_options {
    unsigned version;         /* 3; of version 1 the members from map on are not read, of 2 those
                                 behind tag_count */
    const char *owner;        /* required; part of the computed xids */
    const char *group_column; /* its cells are labels of groups; NULL: none */
    const char *group_type;   /* type of groups that the groups file does not name: "Threat" */
    const char *const *tag_columns;
    size_t tag_column_count;
    const toc_import_attribute *attributes;
    size_t attribute_count;
    char separator; /* 0: ',' */
    const toc_import_map *map;
    size_t map_count;
    /* Given to all records, in place of their own rating and confidence and beside their tags. Of
     * groups only the tags count. NULL: nothing. */
    const char *rating, *confidence;
    const char *const *tags;
    size_t tag_count;
    /* What stands between the tags in a cell of CSV whose column becomes tags; blanks around a tag
     * and empty ones are left out. NULL: the cell is one tag. */
    const char *tag_separator;
} toc_import_options;
#define TOC_IMPORT_OPTIONS_INIT                                                                    \
    {                                                                                              \
        .version = 3                                                                               \
    }

/* One record that was refused. record is its text as it came, without the line end; error has the
 * reason, the line and, where one is at fault, the field. Borrowed for the call. */
typedef void (*toc_import_reject_fn)(void *user, toc_str record, const toc_error *error);

/* One thread at a time. */
typedef struct toc_import toc_import;
/* types: catalogue for the names of types, NULL: the built-in ones; must outlive the import, as
 * must the batch. TOC_EINVAL names what is wrong in the options: group_type, map, rating,
 * confidence, tag, tag_separator (empty), separator (a quote or a line end). */
TOC_API toc_rc toc_import_new(const toc_import_options *options, const toc_types *types,
                              toc_batch *batch, toc_import_reject_fn reject, void *user,
                              toc_import **import, toc_error *err);
TOC_API void toc_import_free(toc_import *import);

/* The groups file, before any data: CSV with the columns label, type, name (others are ignored).
 * Only groups that an accepted record refers to reach the batch. TOC_EPARSE when a column is
 * missing, or all of them. */
TOC_API toc_rc toc_import_groups(toc_import *import, const char *data, size_t len, bool last,
                                 toc_error *err);
/* CSV with a header line: "value" (or summary, indicator) is required; "type" is detected from the
 * value when the column or the cell is missing; any field of the type table by its name, with
 * first_seen for firstSeen and so on; other columns are not used, see toc_import_unused. Blocks may
 * end anywhere. TOC_EPARSE when the header does not do: a column that is used must not stand there
 * twice, and with one that map names no other may be the same thing, unless both are tags. Nothing
 * is read behind such a header. */
TOC_API toc_rc toc_import_csv(toc_import *import, const char *data, size_t len, bool last,
                              toc_error *err);
/* The header line as it came, without a byte order mark; {NULL,0} before it was read. */
TOC_API toc_str toc_import_header(const toc_import *import);
/* Columns of CSV that nothing was made of; of other forms, the members that map names and no record
 * has had so far. NULL past the end. */
TOC_API const char *toc_import_unused(const toc_import *import, size_t index);
/* A whole batch file (V2 object, or V1 array of indicators) in memory. A byte order mark in front
 * is skipped. Items go on as they are, unless the options give something to all or map members:
 * then indicators are read as lines are. */
TOC_API toc_rc toc_import_json(toc_import *import, const char *data, size_t len, toc_error *err);

/* JSON lines: an object a line, as toc_format "jsonl" writes them and extractors do. Members: type
 * (of an indicator or a group); value (or summary, indicator; of groups name), else the fields of
 * the API ("hostName"); fields by their names of the API or of batches, with first_seen for
 * firstSeen and so on; xid; tag or tags, attribute or attributes, securityLabel, lists or single
 * ones, as answers of the API or as mere names; associatedGroups, associatedIndicators and
 * fileOccurrence as in a batch. Others are passed over. Without an xid one is computed as for CSV.
 * Blocks may end anywhere; empty lines and a byte order mark in front are skipped. A line of more
 * than a megabyte is refused, its text is not kept. */
TOC_API toc_rc toc_import_lines(toc_import *import, const char *data, size_t len, bool last,
                                toc_error *err);
/* A value a line, defanged or not, spaces and quotes around it left out. What stands behind a '#'
 * is a comment where a line or a blank is in front of it. A value counts once, however often it
 * stands there; the repetitions are accepted. Blocks and lines as above. */
TOC_API toc_rc toc_import_list(toc_import *import, const char *data, size_t len, bool last,
                               toc_error *err);

typedef enum toc_import_form {
    TOC_IMPORT_CSV,
    TOC_IMPORT_JSON,
    TOC_IMPORT_LINES,
    TOC_IMPORT_LIST,
    TOC_IMPORT_FORM_COUNT
} toc_import_form;
/* "csv", "json", "jsonl", "list"; the form of a word, TOC_IMPORT_FORM_COUNT when unknown. */
TOC_API const char *toc_import_form_name(toc_import_form form);
TOC_API toc_import_form toc_import_form_find(toc_str word);
/* The form of an input by its first bytes; some ten thousand are enough. What is neither JSON nor a
 * list, and nothing, is CSV. Any thread. */
TOC_API toc_import_form toc_import_guess(toc_str begin);

/* For the reject callback: what the refused record would have become. */
TOC_API toc_kind toc_import_kind(const toc_import *import);

typedef struct toc_import_counts {
    uint64_t records;  /* seen */
    uint64_t accepted; /* in the batch, without the groups made for labels */
    uint64_t rejected;
    uint64_t groups; /* made for labels */
} toc_import_counts;
/* What became of the records so far. */
TOC_API toc_import_counts toc_import_counted(const toc_import *import);
/* How many of the accepted records are of each type, in the order of their first ones; groups made
 * for labels, repetitions and items of unknown types are left out. False past the end. */
TOC_API bool toc_import_by_type(const toc_import *import, size_t index, const toc_type **type,
                                uint64_t *count);

#ifdef __cplusplus
}
#endif
#endif
