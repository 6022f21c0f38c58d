/* db.h - the seam to the engine: connect, prepare, bind, step, column, transaction. SQL is written
 * once by the callers; sqlite.c is the only file that includes sqlite3.h. */
#ifndef TOC_STORE_DB_H
#define TOC_STORE_DB_H
#include "tocsin/base.h"

typedef struct toc_db toc_db;     /* one connection, one thread at a time */
typedef struct toc_stmt toc_stmt; /* a prepared statement, kept by the connection */

typedef struct toc_db_options {
    bool create, read_only, no_sync;
    unsigned busy_ms;
} toc_db_options;

/* Makes the file when it is not there, for its owner alone: what is in a store is for those whom
 * the API shows it. A file that cannot be made fails when it is opened. */
void toc_db_make_private(const char *path);
toc_rc toc_db_open(const char *path, const toc_db_options *options, toc_db **db, toc_error *err);
void toc_db_close(toc_db *db);
/* Asked during long statements, which then end with TOC_ECANCELED; NULL: nobody is. */
void toc_db_cancel(toc_db *db, toc_cancel_fn cancel, void *user);
/* Several statements, no results: schema and pragmas. */
toc_rc toc_db_exec(toc_db *db, const char *sql, toc_error *err);
/* The statement of this text: prepared on first use, then found again by the text (static texts by
 * address), reset and without bindings. Borrowed. */
toc_rc toc_db_stmt(toc_db *db, const char *sql, toc_stmt **stmt, toc_error *err);
void toc_bind_int(toc_stmt *stmt, int index, int64_t value);
void toc_bind_double(toc_stmt *stmt, int index, double value);
void toc_bind_text(toc_stmt *stmt, int index,
                   toc_str text); /* ptr NULL: NULL; borrowed until reset */
void toc_bind_blob(toc_stmt *stmt, int index, toc_str data);
void toc_bind_null(toc_stmt *stmt, int index);
/* 1 a row, 0 done, negative a toc_rc. A full disk is TOC_ESTORE naming it, retryable. */
int toc_step(toc_stmt *stmt, toc_error *err);
/* Steps to the end and resets: for statements without results. */
toc_rc toc_run(toc_stmt *stmt, toc_error *err);
void toc_stmt_reset(toc_stmt *stmt);
bool toc_column_is_null(toc_stmt *stmt, int index);
int64_t toc_column_int(toc_stmt *stmt, int index);
double toc_column_double(toc_stmt *stmt, int index);
toc_str toc_column_text(toc_stmt *stmt, int index); /* until the next step or reset */
toc_str toc_column_blob(toc_stmt *stmt, int index); /* the same; never NULL */
int64_t toc_db_changes(toc_db *db);
toc_rc toc_db_begin(toc_db *db, bool write, toc_error *err);
toc_rc toc_db_commit(toc_db *db, toc_error *err);
void toc_db_rollback(toc_db *db);
/* False too when a failure has ended it behind the caller's back. */
bool toc_db_in_tx(const toc_db *db);
#endif
