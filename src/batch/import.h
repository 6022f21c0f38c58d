/* import.h - the inside of an import. */
#ifndef TOC_BATCH_IMPORT_H
#define TOC_BATCH_IMPORT_H
#include "base/csv.h"
#include "base/map.h"
#include "batch/batch.h"
#include "model/object.h"
#include "tocsin/import.h"

/* What a column of the header is for. */
typedef enum toc_column_role {
    TOC_COLUMN_FIELD, /* a field of the row's type, if it has one of that name */
    TOC_COLUMN_TYPE,
    TOC_COLUMN_VALUE
} toc_column_role;

typedef struct toc_import_column {
    toc_str name; /* as a field of the table spells it */
    toc_column_role role;
    bool tag, group, mapped;
    toc_str attribute; /* type of the attribute made of it; absent: none */
    bool used;
} toc_import_column;

/* The columns of one type, resolved when the type is first seen. */
typedef struct toc_column_plan {
    const toc_type *type;
    const toc_field *fields[TOC_MAX_CSV_FIELDS];
} toc_column_plan;

typedef struct toc_import_group {
    const toc_type *type;
    toc_str name;
    char xid[TOC_XID_TEXT];
    bool sent;
} toc_import_group;

typedef struct toc_type_count {
    const toc_type *type;
    uint64_t count;
} toc_type_count;
/* Types that are counted: all built-in and custom ones. */
#define TOC_IMPORT_TYPES (TOC_MAX_CUSTOM_TYPES + 64)

struct toc_import {
    toc_import_options options; /* texts point into arena */
    bool *mapped;               /* of each of options.map: some record had it */
    const toc_types *types;
    toc_batch *batch;
    toc_import_reject_fn reject;
    void *user;
    toc_detector *detector; /* made when the first value has no type */
    toc_arena arena;        /* lives as long as the import */
    toc_csv csv;
    unsigned mark, groups_mark; /* bytes of a byte order mark seen; 4: the data has begun */
    bool header_seen;
    toc_str header;
    toc_import_column columns[TOC_MAX_CSV_FIELDS];
    size_t column_count;
    toc_column_plan *plans;
    size_t plan_count, plan_size;
    toc_csv groups_csv;
    int groups_at[3]; /* columns of label, type, name; -1: not seen yet */
    toc_map labels;   /* label to index in groups */
    toc_import_group *groups;
    size_t group_count, group_size;
    toc_arena row; /* of one record */
    toc_object *obj;
    toc_object *group_obj;
    toc_import_group *group; /* of the record at hand */
    toc_import_counts counts;
    toc_kind kind;  /* of the record at hand */
    char *refanged; /* room for one value; made when the first one needs it */
    toc_type_count by_type[TOC_IMPORT_TYPES];
    size_t type_count, last_type;
    toc_buf pending; /* of JSON lines and lists: a line that began in an earlier block */
    uint64_t line;
    bool line_taken, line_lost; /* pending was handed out; the line is too long to be kept */
};

void toc__import_reject(toc_import *import, toc_str record, uint64_t line, toc_error *error);
/* Feeds a block; a byte order mark at the very beginning is left out. */
void toc__import_feed(toc_csv *csv, unsigned *mark, const char *data, size_t len, bool last);
/* What a column or member is, by the options and under its other spellings. */
toc_str toc__import_name(const toc_import *import, toc_str name);
toc_str toc__import_member(const toc_import *import, toc_str name);
/* Members that the options map and no record had; NULL past the end. */
const char *toc__import_unmapped(const toc_import *import, size_t index);
/* True when some indicator type has a field of this name. */
bool toc__import_is_field(const toc_types *types, toc_str name);
toc_rc toc__import_check_map(const toc_import *import, toc_error *err);
/* Whether what is given to all can be given; and whether items of a batch file become other ones by
 * the options. */
toc_rc toc__import_check_given(toc_import *import, toc_error *err);
bool toc__import_gives(const toc_import *import);
/* The type by its name, or of the value when word is empty; *value is refanged. */
toc_rc toc__import_type(toc_import *import, toc_str word, toc_str *value, const toc_type **type,
                        toc_error *err);
/* A record begins: its object is empty. */
toc_rc toc__import_begin(toc_import *import, toc_error *err);
/* The object into the batch with what is given to all and an xid. once: not when it has it. */
toc_rc toc__import_add(toc_import *import, toc_str value, uint64_t line, toc_str raw, bool once,
                       toc_error *err);
/* It ends: accepted or, by rc and reason, rejected. What is not its own fault is returned. */
toc_rc toc__import_end(toc_import *import, toc_rc rc, toc_str record, uint64_t line,
                       toc_error *reason, toc_error *err);
void toc__import_count(toc_import *import, const toc_type *type);
/* A record as a JSON object, into the batch. */
toc_rc toc__import_object(toc_import *import, toc_str json, uint64_t line, toc_error *err);
/* The group of a label becomes that of the record; one that no batch would take is refused. */
toc_rc toc__import_group(toc_import *import, toc_str label, toc_error *err);
/* The record's group into the batch, unless it is there: once the record is. */
toc_rc toc__import_group_put(toc_import *import, uint64_t line, toc_error *err);
#endif
