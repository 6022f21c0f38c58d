/* conn.h - the inside of the store and its connections, shared by the files of this folder. */
#ifndef TOC_STORE_CONN_H
#define TOC_STORE_CONN_H
#include <pthread.h>
#include <stdatomic.h>

#include "base/map.h"
#include "base/mem.h"
#include "store/cell_ids.h"
#include "store/db.h"
#include "store/key_filter.h"
#include "store/key_pending.h"
#include "store/store.h"

#define TOC__SEAL_KEY 32U
/* New keys below this number stay where they are: their table's pages are few. */
#define TOC__FRESH_LEAST 262144
#define TOC__TYPE_SLOTS 1024U /* a power of two, well above all types there can be */

/* Tables whose ids are handed out here: never again, and written once per transaction. */
typedef enum toc__table {
    TOC__TABLE_OWNER,
    TOC__TABLE_ACCOUNT,
    TOC__TABLE_INDICATOR,
    TOC__TABLE_ENTITY,
    TOC__TABLE_TAG,
    TOC__TABLE_LABEL,
    TOC__TABLE_ATTRIBUTE,
    TOC__TABLE_OCCURRENCE,
    TOC__TABLE_JOB,
    TOC__TABLE_VALUE,
    TOC__TABLE_METRIC,
    TOC__TABLE_COUNT
} toc__table;

typedef struct toc__type_row {
    const toc_type *type;
    int64_t id;
    bool folds; /* values differing in the case of letters only are the same */
} toc__type_row;

/* What is defined does not change: a definition more makes another catalogue with the same types.
 * Who reads the former one goes on with it; it is kept until the store is closed. */
typedef struct toc__catalogue {
    struct toc__catalogue *former;
    toc_types *types;
    toc_associations *associations;
    toc__type_row by_type[TOC__TYPE_SLOTS]; /* open addressing by pointer */
    const toc_type **by_id;
    size_t by_id_count;
    int64_t last_type; /* the highest id that was read */
} toc__catalogue;

struct toc_store {
    char *path;
    toc_log log;
    bool create, no_sync;
    _Atomic(toc__catalogue *) catalogue;
    pthread_mutex_t catalogue_lock;        /* of making the next one, and of what was seen last */
    int64_t seen_types, seen_associations; /* highest ids */
    atomic_uint_fast64_t seen_ms;          /* when a reader has looked last */
    uint64_t hash_key[2];
    unsigned char seal_key[TOC__SEAL_KEY];
    int64_t fresh_least;               /* new keys that wait in any case */
    atomic_uint_fast64_t generation;   /* transactions that this process has committed */
    atomic_uint_fast64_t access;       /* those of them that changed owners, users or roles */
    atomic_uint_fast64_t tended_until; /* milliseconds; until then snapshots are kept */
    pthread_mutex_t lock;              /* of all below */
    pthread_cond_t writer_free;
    bool ready; /* lock and condition are made */
    bool writing;
    uint64_t tickets, serving; /* writers wait in the order of their coming */
    atomic_uint waiting;
    toc_conn *writer;
    toc_conn *idle;
    size_t idle_count;
};

/* What sizes of lists are counted by. */
#define TOC__NO_VALUE (-1) /* in place of a rating or confidence that is not there */
typedef struct toc__place {
    int64_t owner, type_id;
    toc_kind kind;
    bool active;
    double rating; /* indicators only, as is confidence */
    int64_t confidence;
} toc__place;

typedef struct toc__owner_name {
    struct toc__owner_name *next;
    int64_t id;
    toc_str name, type;
} toc__owner_name;

struct toc_conn {
    toc_store *store;
    toc_db *db;
    toc_conn *next;
    bool writer, in_tx;
    bool access_changed; /* by the transaction */
    bool types_defined;  /* or associations, by the transaction */
    bool broken;         /* a change of the transaction was done by half: nothing is committed */
    bool snapshot;       /* a reader's transaction is open */
    uint64_t generation; /* of the store when the snapshot was taken, or earlier */
    uint64_t access;
    uint64_t taken_ms, now_ms; /* monotonic: of the snapshot or transaction, of its last use */
    pthread_t thread;          /* that began the transaction */
    int64_t data_version;      /* changes when another process has written */
    toc_map tags;              /* owner and folded name, to id; writer only */
    struct toc__attribute_cache *attribute_types; /* NULL: nothing was looked up; writer only */
    toc_map deltas; /* what counters change by when the transaction is committed */
    toc__cell_changes cell_changes;
    int64_t next_id[TOC__TABLE_COUNT]; /* 0: not read in this transaction */
    struct {
        bool known, changed;  /* in this transaction */
        int64_t fresh, place; /* keys.c: new keys, and where the next ones are moved from */
        int64_t added;
        bool absent; /* a look-up has just found nothing under this hash */
        int64_t absent_hash;
    } keys;
    toc__pending_keys pending;  /* of the transaction */
    toc__key_filter key_filter; /* writer only */
    toc_target placed;          /* the object whose place is known; id 0: none */
    toc__place place;
    toc__owner_name *owners;
    toc_arena owner_arena;
    toc_buf by_id[2]; /* statements for one indicator, for one of the others */
    toc_buf scratch;  /* for one function at a time, never across a call */
    toc_buf dropped;  /* files that go with the commit, a line each */
};

/* --- readers.c */
uint64_t toc__ticks_ms(void); /* coarse */
/* Ends the snapshots of idle readers: those that are out of date, or all. */
void toc__readers_release(toc_store *store, bool all);
/* --- schema.c */
toc_rc toc__schema_prepare(toc_db *db, const char *path, toc_error *err);
/* Whether there is a store at all in the file: TOC_ENOTFOUND when it is empty. Writes nothing. */
toc_rc toc__schema_there(toc_db *db, const char *path, toc_error *err);
/* TOC_ESTORE when the store is of another version than this program writes. */
toc_rc toc__schema_check(toc_db *db, const char *path, toc_error *err);
toc_rc toc__meta_get(toc_db *db, const char *name, toc_arena *arena, toc_str *value,
                     toc_error *err);
/* --- keys.c: moves as many new keys to their place as came; part of every commit */
toc_rc toc__keys_settle(toc_conn *conn, toc_error *err);
/* --- attribute_types.c: forgets what the connection learned of them */
void toc__attribute_types_forget(toc_conn *conn);
/* --- catalogue.c */
toc_rc toc__catalogue_load(toc_store *store, toc_db *db, toc_error *err);
void toc__catalogue_done(toc_store *store);
/* Takes up what was defined since, as the connection sees it. What cannot be read is told to the
 * log and stays unknown. */
void toc__catalogue_renew(toc_conn *conn);
static inline const toc__catalogue *toc__catalogue_of(const toc_store *store)
{
    return atomic_load_explicit(&store->catalogue, memory_order_acquire);
}
/* id 0: not a type of this store. */
toc__type_row toc__type_row_of(const toc_store *store, const toc_type *type);
static inline int64_t toc__type_id(const toc_store *store, const toc_type *type)
{
    return toc__type_row_of(store, type).id;
}
const toc_type *toc__type_by_id(const toc_store *store, int64_t id);
/* --- seal.c */
/* may_create: there is nothing sealed yet, so that a new key loses nothing. */
toc_rc toc__seal_load(const char *path, bool may_create, unsigned char key[TOC__SEAL_KEY],
                      toc_error *err);
toc_rc toc__seal(const unsigned char key[TOC__SEAL_KEY], toc_str name, toc_str secret,
                 toc_buf *sealed, toc_error *err);
toc_rc toc__unseal(const unsigned char key[TOC__SEAL_KEY], toc_str name, toc_str sealed,
                   toc_arena *arena, toc_str *secret, toc_error *err);
/* --- conn.c */
toc_rc toc__conn_open(toc_store *store, bool writer, toc_conn **conn, toc_error *err);
void toc__conn_close(toc_conn *conn);
toc_rc toc__next_id(toc_conn *conn, toc__table table, int64_t *id, toc_error *err);
/* Numbers that are kept by name in the table sequence; 0: there is none. */
toc_rc toc__sequence_get(toc_conn *conn, const char *name, int64_t *value, toc_error *err);
toc_rc toc__sequence_set(toc_conn *conn, const char *name, int64_t value, toc_error *err);
/* Whether the table ever had a row, at the price of nothing but the transaction's first look. */
toc_rc toc__table_used(toc_conn *conn, toc__table table, bool *used, toc_error *err);
/* by 1: the object is in this place from now on; -1: it is not. */
toc_rc toc__count_object(toc_conn *conn, const toc__place *place, int64_t id, int64_t by,
                         toc_error *err);
/* The objects with the tag, by type and state of the one that is applied. */
toc_rc toc__count_tag(toc_conn *conn, int64_t tag, const toc__place *place, int64_t by,
                      toc_error *err);
/* Where the target is counted; *found false when there is no such object. */
toc_rc toc__place_of(toc_conn *conn, toc_target target, toc__place *place, bool *found,
                     toc_error *err);
/* The object was made or changed in this transaction and is likely to be asked for next. */
void toc__place_known(toc_conn *conn, toc_target target, const toc__place *place);
/* Writes what is pending, so that statements of the writer see it. Does nothing on readers. */
toc_rc toc__flush_counts(toc_conn *conn, toc_error *err);
/* One statement with up to eight whole numbers bound; TOC_EINVAL outside a write transaction. */
toc_rc toc__run_ints(toc_conn *conn, const char *sql, const int64_t *values, size_t count,
                     toc_error *err);
#define toc__run_int(conn, sql, err, ...)                                                          \
    toc__run_ints((conn), (sql), (const int64_t[]){__VA_ARGS__},                                   \
                  TOC_COUNT(((const int64_t[]){__VA_ARGS__})), (err))
/* First column of the first row; *value 0 and *found false without one. */
toc_rc toc__read_int(toc_stmt *stmt, int64_t *value, bool *found, toc_error *err);
toc_rc toc__copy_column(toc_stmt *stmt, int column, toc_arena *arena, toc_str *text,
                        toc_error *err);
toc_rc toc__require_tx(toc_conn *conn, toc_error *err);
/* After steps that belong together: when rc says that one of them failed, what was done before it
 * stays in the transaction, which can then only be rolled back. Returns rc. */
toc_rc toc__whole(toc_conn *conn, toc_rc rc);
/* The transaction changes who may do what: what callers remember of it ends with its commit. */
static inline void toc__access_changed(toc_conn *conn)
{
    conn->access_changed = true;
}
/* Lower-case copy in the arena; ptr NULL on failure. */
toc_str toc__folded(toc_arena *arena, toc_str text);
void toc__bind_optional_date(toc_stmt *stmt, int index, bool has, int64_t seconds);
/* A date's text into UTC seconds; absent text gives *has false. */
toc_rc toc__parse_date(toc_str text, const char *field, bool *has, int64_t *seconds,
                       toc_error *err);
/* Date column as text in the arena; absent when NULL. */
toc_rc toc__date_column(toc_stmt *stmt, int column, toc_arena *arena, toc_str *text,
                        toc_error *err);
toc_rc toc__owner_cached(toc_conn *conn, int64_t id, const toc__owner_name **owner, toc_error *err);

static inline void toc__stmt_cleanup(toc_stmt **stmt)
{
    toc_stmt_reset(*stmt);
}
/* What the user u goes by in the owner w. */
#define TOC__PERSON_NAME "CASE WHEN w.anonymous THEN u.pseudonym ELSE u.access_id END"
#define TOC__AUTO_STMT TOC_CLEANUP(toc__stmt_cleanup) toc_stmt *
static inline void toc__arena_cleanup(toc_arena *arena)
{
    toc_arena_done(arena);
}
static inline void toc__buf_cleanup(toc_buf *buf)
{
    toc_buf_done(buf);
}
#define TOC__AUTO_ARENA TOC_CLEANUP(toc__arena_cleanup) toc_arena
#define TOC__AUTO_BUF TOC_CLEANUP(toc__buf_cleanup) toc_buf

/* --- cells.c: lists by filters that cells answer */
/* True when cells alone answer the query. */
bool toc__cells_fit(const toc_query *query);
toc_rc toc__cells_count(toc_conn *conn, const toc_query *query, int64_t *count, toc_error *err);
/* The ids of a page, newest first, into room for query->limit. *fits false: there are too many
 * cells for it. */
toc_rc toc__cells_page(toc_conn *conn, const toc_query *query, int64_t *ids, size_t *count,
                       bool *fits, toc_error *err);
/* Only active ones, by default (rest-v2 1.12). */
bool toc__only_active(const toc_query *query);
/* --- values.c: what was reported of a value, whatever the owner */
#define TOC__SECONDS_PER_DAY 86400
static inline int64_t toc__day_of(int64_t seconds)
{
    int64_t day = seconds / TOC__SECONDS_PER_DAY;
    return seconds % TOC__SECONDS_PER_DAY < 0 ? day - 1 : day;
}
typedef struct toc__value {
    toc__type_row type;
    toc_str parts[3];
} toc__value;
/* The value of a stored indicator, in the arena. TOC_ENOTFOUND. */
toc_rc toc__value_read(toc_conn *conn, int64_t indicator, toc_arena *arena, toc__value *value,
                       toc_error *err);
/* The numbers that its keys lead to, the rest 0: more than one when hashes that were reported apart
 * have met. *complete: all of its keys are known. */
toc_rc toc__value_find(toc_conn *conn, const toc__value *value, int64_t ids[3], bool *complete,
                       toc_error *err);
/* Its number, made on demand; what was reported under several becomes one. */
toc_rc toc__value_id(toc_conn *conn, const toc__value *value, int64_t *id, toc_error *err);
/* An active indicator of the owner with this value; 0: none. */
toc_rc toc__value_holder(toc_conn *conn, int64_t owner, int64_t id, int64_t *indicator,
                         toc_error *err);
/* Copies the counts to all indicators with the value. */
toc_rc toc__value_spread(toc_conn *conn, int64_t id, toc_error *err);
/* After an indicator was made or has new hashes: gives it the counts of its value. */
toc_rc toc__value_learn(toc_conn *conn, int64_t indicator, const toc__value *value, toc_error *err);

/* --- tombstones.c */
/* Drops what the owner has kept for longer than it need. */
toc_rc toc__tombstones_purge(toc_conn *conn, int64_t owner, int64_t now, toc_error *err);

/* --- columns.c: where values of objects are kept */
#define TOC__FLAG_ACTIVE 1
#define TOC__FLAG_LOCKED 2
#define TOC__FLAG_PRIVATE 4

typedef struct toc__column {
    const char *name;
    int slot;
    toc_value_kind value;
} toc__column;

typedef struct toc__layout {
    const char *table;
    toc__table sequence;
    const char *select; /* the leading columns, then those of columns, then own */
    const char *insert, *update;
    const toc__column *columns;
    size_t column_count;
    uint64_t ignored; /* slots that are not stored: made by others, or in fixed columns */
} toc__layout;

/* The leading columns of every select of a layout. */
enum {
    TOC__COL_ID,
    TOC__COL_OWNER,
    TOC__COL_TYPE,
    TOC__COL_FLAGS,
    TOC__COL_V1, /* indicators: key parts; others: NULL */
    TOC__COL_V2,
    TOC__COL_V3,
    TOC__COL_ADDED,
    TOC__COL_MODIFIED,
    TOC__COL_FIRST /* of the layout's columns */
};
const toc__layout *toc__layout_of(toc_kind kind);
/* Values without a column as JSON text into out (empty: none), over those of the stored text. */
toc_rc toc__own_encode(const toc__layout *layout, const toc_object *obj, toc_str stored,
                       toc_buf *out, toc_error *err);

/* Reads rows into one object that is used again and again. */
typedef struct toc__rows {
    toc_conn *conn;
    const toc__layout *layout;
    toc_arena fixed, contents;
    toc_object *obj;
    char dates[16][24];
    size_t date_count;
} toc__rows;
toc_rc toc__rows_init(toc__rows *rows, toc_conn *conn, const toc__layout *layout, toc_error *err);
void toc__rows_done(toc__rows *rows);
/* The current row of the statement as rows->obj, borrowing its texts until the next step. */
toc_rc toc__rows_read(toc__rows *rows, toc_stmt *stmt, toc_error *err);

/* --- condition.c: SQL made of conditions, with every value bound */
#define TOC__MAX_BINDS 256
typedef struct toc__bind {
    enum { TOC__BIND_INT, TOC__BIND_DOUBLE, TOC__BIND_TEXT } form;
    union {
        int64_t integer;
        double decimal;
        toc_str text;
    } as;
} toc__bind;
typedef struct toc__sql {
    toc_buf text;
    toc_arena *arena;
    toc__bind binds[TOC__MAX_BINDS];
    size_t count;
    bool overflow;
    toc__bind spare; /* takes what overflows */
} toc__sql;
void toc__sql_init(toc__sql *sql, toc_arena *arena);
void toc__sql_done(toc__sql *sql);
void toc__sql_int(toc__sql *sql, const char *text, int64_t value);
void toc__sql_text(toc__sql *sql, const char *text, toc_str value);
/* " AND (...)" over the table with the alias o; nothing without terms. store: for types. */
toc_rc toc__sql_terms(toc__sql *sql, const toc_terms *terms, const toc_store *store,
                      toc_error *err);
/* True when all terms are about what a cell's rows have in common. */
bool toc__terms_of_cells(const toc_terms *terms);
/* " LIMIT ? OFFSET ?" */
void toc__sql_window(toc__sql *sql, int64_t offset, int64_t limit);
toc_rc toc__sql_statement(toc__sql *sql, toc_conn *conn, toc_stmt **stmt, toc_error *err);

/* --- lists of one object, loaded into it */
toc_rc toc__load_lists(toc_conn *conn, toc_target target, unsigned with, toc_object *obj,
                       toc_error *err);
/* The target is counted elsewhere now; so it is with its tags. */
toc_rc toc__tags_recount(toc_conn *conn, toc_target target, const toc__place *from,
                         const toc__place *onto, toc_error *err);
/* Everything that hangs on a target, when it is removed. */
toc_rc toc__drop_links(toc_conn *conn, toc_target target, toc_error *err);
toc_rc toc__drop_attributes(toc_conn *conn, toc_target target, toc_error *err);
/* --- files.c: the file goes when this transaction is committed */
void toc__file_drop(toc_conn *conn, toc_str name);
void toc__files_committed(toc_conn *conn);
void toc__files_forget(toc_conn *conn);
/* Removes what no row names and nobody is making. */
toc_rc toc__files_sweep(const toc_store *store, toc_db *db, toc_error *err);
/* TOC_ESTORE when the content of a group is missing or of another length. */
toc_rc toc__files_check(toc_store *store, toc_db *db, toc_error *err);
/* --- content.c: when its group is removed */
toc_rc toc__content_drop(toc_conn *conn, int64_t entity, toc_error *err);

/* --- pivots.c */
/* True when more than what is linked itself counts as linked. */
bool toc__is_wide(const toc_query *query);
/* " AND o.id IN (...)" */
void toc__sql_wide(toc__sql *sql, const toc_query *query);
/* Assets and people of an object, when it is removed. */
toc_rc toc__drop_held(toc_conn *conn, int64_t owner, toc_target target, int64_t now,
                      toc_error *err);
#endif
