/* sqlite.c - db.h over SQLite. */
#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/error.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"

/* Lists make a statement per combination of conditions; beyond this the idle ones go. */
#define MAX_STATEMENTS 512U
#define ADDRESS_SLOTS 512U
/* Instructions of the engine between two questions whether to go on. */
#define CANCEL_STEPS 1000

struct toc_stmt {
    sqlite3_stmt *handle;
    toc_db *db;
    toc_stmt *twin; /* of the same text, for when this one is being stepped */
    toc_stmt *next; /* all of the connection */
    bool busy;      /* handed out and not yet reset */
    int bind_code;  /* of the first bind that failed: stepping reports it */
    size_t len;
    char text[];
};

struct toc_db {
    sqlite3 *handle;
    char *path;
    toc_map by_text; /* to the first twin */
    toc_stmt *all;
    size_t count;
    toc_stmt *by_address[ADDRESS_SLOTS];
    bool in_tx; /* between toc_db_begin and its end */
    toc_cancel_fn cancel;
    void *cancel_user;
};

/* What a primary result code means to a caller. */
typedef struct failure {
    int code;
    toc_rc rc;
    unsigned flags;
    const char *text;
} failure;

static const failure failures[] = {
    {SQLITE_FULL, TOC_ESTORE, TOC_ERROR_RETRYABLE, TOC_DISK_FULL},
    {SQLITE_BUSY, TOC_ESTORE, TOC_ERROR_RETRYABLE, "another process holds the store"},
    {SQLITE_LOCKED, TOC_ESTORE, TOC_ERROR_RETRYABLE, "the table is locked"},
    {SQLITE_NOMEM, TOC_ENOMEM, 0, "out of memory"},
    {SQLITE_READONLY, TOC_ESTORE, 0, "the file is read-only"},
    {SQLITE_PERM, TOC_ESTORE, 0, "the file may not be opened"},
    {SQLITE_NOTADB, TOC_ESTORE, 0, "the file is not a database"},
    {SQLITE_CORRUPT, TOC_ESTORE, 0, "the file is damaged"},
    {SQLITE_IOERR, TOC_EIO, TOC_ERROR_RETRYABLE, "the file could not be read or written"},
    {SQLITE_CANTOPEN, TOC_EIO, 0, "the file could not be opened"},
    {SQLITE_INTERRUPT, TOC_ECANCELED, 0, "interrupted"},
    {SQLITE_TOOBIG, TOC_ELIMIT, 0, "the value is too large"},
    {SQLITE_CONSTRAINT, TOC_ECONFLICT, 0, "it exists already"},
};

static int last_errno(toc_db *db, int which)
{
    sqlite3_file *file = NULL;
    int error_number = 0;
    if (sqlite3_file_control(db->handle, NULL, which, &file) == SQLITE_OK && file && file->pMethods)
        (void)file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error_number);
    return error_number;
}

/* The connection's own errno is often that of the clean-up, so the files are asked too. */
static bool failed_for_room(toc_db *db)
{
    return toc_errno_is_full(sqlite3_system_errno(db->handle)) ||
           toc_errno_is_full(last_errno(db, SQLITE_FCNTL_FILE_POINTER)) ||
           toc_errno_is_full(last_errno(db, SQLITE_FCNTL_JOURNAL_POINTER));
}

static toc_rc fail(toc_db *db, int code, toc_error *err)
{
    int primary = code & 0xFF;
    if (primary == SQLITE_IOERR && failed_for_room(db))
        primary = SQLITE_FULL;
    for (size_t i = 0; i < TOC_COUNT(failures); i++) {
        const failure *row = &failures[i];
        if (row->code != primary)
            continue;
        if (row->rc == TOC_ENOMEM)
            return toc_error_nomem(err);
        (void)toc_error_set(err, row->rc, "%s: %s (%s)", db->path, row->text,
                            sqlite3_errmsg(db->handle));
        if (err)
            err->flags = row->flags;
        return row->rc;
    }
    return toc_error_set(err, TOC_ESTORE, "%s: %s", db->path, sqlite3_errmsg(db->handle));
}

static toc_rc check_file(const char *path, const toc_db_options *options, toc_error *err)
{
    struct stat info;
    if (stat(path, &info) == 0) {
        if (S_ISREG(info.st_mode))
            return TOC_OK;
        return toc_error_set(err, TOC_ESTORE, "%s: not a regular file", path);
    }
    if (errno != ENOENT)
        return toc_error_errno(err, TOC_EIO, errno, "%s", path);
    if (options->create)
        return TOC_OK;
    return toc_error_set(err, TOC_ENOTFOUND, "%s: there is no such file", path);
}

/* The directory is what is missing when a file that may be created cannot be. */
static toc_rc fail_open(toc_db *db, int code, toc_error *err)
{
    int error_number = db->handle ? sqlite3_system_errno(db->handle) : 0;
    if ((code & 0xFF) == SQLITE_CANTOPEN && error_number) {
        toc_rc rc = error_number == ENOENT ? TOC_ENOTFOUND : TOC_EIO;
        return toc_error_errno(err, rc, error_number, "%s", db->path);
    }
    return db->handle ? fail(db, code, err) : toc_error_nomem(err);
}

void toc_db_make_private(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0)
        (void)close(fd);
}

/* The library's account of its memory takes a lock that all threads share, a sixth of the time of a
 * look-up. Whoever has SQLite in use already keeps the account. */
static void drop_account(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

toc_rc toc_db_open(const char *path, const toc_db_options *options, toc_db **db, toc_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, drop_account);
    toc_rc rc = check_file(path, options, err);
    if (rc)
        return rc;
    toc_db *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made || !(made->path = toc_mem_strdup(toc_str_of(path)))) {
        toc_db_close(made);
        return toc_error_nomem(err);
    }
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                (options->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                (options->create ? SQLITE_OPEN_CREATE : 0);
    rc = toc_map_init(&made->by_text, MAX_STATEMENTS * 2);
    if (rc) {
        rc = toc_error_set(err, rc, "%s: no random numbers", path);
    } else {
        if (options->create)
            toc_db_make_private(path);
        int code = sqlite3_open_v2(path, &made->handle, flags, NULL);
        if (code != SQLITE_OK)
            rc = fail_open(made, code, err);
    }
    if (rc) {
        toc_db_close(made);
        return rc;
    }
    (void)sqlite3_busy_timeout(made->handle, (int)options->busy_ms);
    (void)sqlite3_db_config(made->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_db_config(made->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    if (options->no_sync)
        rc = toc_db_exec(made, "PRAGMA synchronous=OFF", err);
    if (rc) {
        toc_db_close(made);
        return rc;
    }
    *db = made;
    return TOC_OK;
}

static int ask_cancel(void *user)
{
    const toc_db *db = user;
    return db->cancel(db->cancel_user);
}

void toc_db_cancel(toc_db *db, toc_cancel_fn cancel, void *user)
{
    db->cancel = cancel;
    db->cancel_user = user;
    sqlite3_progress_handler(db->handle, CANCEL_STEPS, cancel ? ask_cancel : NULL, db);
}

static void drop_statement(toc_stmt *stmt)
{
    (void)sqlite3_finalize(stmt->handle);
    toc_mem_free(stmt);
}

void toc_db_close(toc_db *db)
{
    if (!db)
        return;
    for (toc_stmt *at = db->all, *next; at; at = next) {
        next = at->next;
        drop_statement(at);
    }
    toc_map_done(&db->by_text);
    (void)sqlite3_close(db->handle);
    toc_mem_free(db->path);
    toc_mem_free(db);
}

toc_rc toc_db_exec(toc_db *db, const char *sql, toc_error *err)
{
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? TOC_OK : fail(db, code, err);
}

/* Only statements that nobody holds may go; the maps are made anew from those that stay. */
static void forget_idle(toc_db *db)
{
    toc_stmt *kept = NULL;
    db->count = 0;
    memset(db->by_address, 0, sizeof(db->by_address));
    toc_map_clear(&db->by_text);
    for (toc_stmt *at = db->all, *next; at; at = next) {
        next = at->next;
        if (!at->busy) {
            drop_statement(at);
            continue;
        }
        at->next = kept;
        at->twin = NULL;
        kept = at;
        db->count++;
    }
    db->all = kept;
}

static toc_rc prepare(toc_db *db, toc_str sql, toc_stmt **stmt, toc_error *err)
{
    toc_stmt *made = toc_mem_alloc(sizeof(*made) + sql.len + 1);
    if (!made)
        return toc_error_nomem(err);
    *made = (toc_stmt){.db = db, .len = sql.len};
    memcpy(made->text, sql.ptr, sql.len);
    made->text[sql.len] = '\0';
    int code = sqlite3_prepare_v3(db->handle, made->text, (int)sql.len + 1,
                                  SQLITE_PREPARE_PERSISTENT, &made->handle, NULL);
    if (code != SQLITE_OK || !made->handle) {
        toc_mem_free(made);
        return fail(db, code, err);
    }
    made->next = db->all;
    db->all = made;
    db->count++;
    *stmt = made;
    return TOC_OK;
}

static toc_rc find_or_prepare(toc_db *db, toc_str sql, toc_stmt **stmt, toc_error *err)
{
    uint64_t *known = toc_map_get(&db->by_text, sql);
    toc_stmt *first = known ? (toc_stmt *)(uintptr_t)*known : NULL;
    for (toc_stmt *at = first; at; at = at->twin) {
        if (!at->busy) {
            *stmt = at;
            return TOC_OK;
        }
    }
    if (db->count >= MAX_STATEMENTS) {
        forget_idle(db);
        first = NULL;
    }
    toc_stmt *made = NULL;
    toc_rc rc = prepare(db, sql, &made, err);
    if (rc || !made)
        return rc;
    made->twin = first;
    /* Without its place in the map it is just prepared again next time. */
    (void)toc_map_put(&db->by_text, sql, (uint64_t)(uintptr_t)made);
    *stmt = made;
    return TOC_OK;
}

toc_rc toc_db_stmt(toc_db *db, const char *sql, toc_stmt **stmt, toc_error *err)
{
    toc_stmt **slot = &db->by_address[((uintptr_t)sql >> 3) % ADDRESS_SLOTS];
    toc_stmt *found = *slot;
    if (!found || found->busy || strcmp(found->text, sql) != 0) {
        toc_rc rc = find_or_prepare(db, toc_str_of(sql), &found, err);
        if (rc || !found)
            return rc;
        *slot = found;
    }
    found->busy = true;
    *stmt = found;
    return TOC_OK;
}

static void bound(toc_stmt *stmt, int code)
{
    if (code != SQLITE_OK && !stmt->bind_code)
        stmt->bind_code = code;
}

void toc_bind_int(toc_stmt *stmt, int index, int64_t value)
{
    bound(stmt, sqlite3_bind_int64(stmt->handle, index, value));
}

void toc_bind_double(toc_stmt *stmt, int index, double value)
{
    bound(stmt, sqlite3_bind_double(stmt->handle, index, value));
}

void toc_bind_text(toc_stmt *stmt, int index, toc_str text)
{
    /* A NULL pointer binds NULL. */
    bound(stmt,
          sqlite3_bind_text64(stmt->handle, index, text.ptr, text.len, SQLITE_STATIC, SQLITE_UTF8));
}

void toc_bind_blob(toc_stmt *stmt, int index, toc_str data)
{
    bound(stmt, sqlite3_bind_blob64(stmt->handle, index, data.ptr, data.len, SQLITE_STATIC));
}

void toc_bind_null(toc_stmt *stmt, int index)
{
    bound(stmt, sqlite3_bind_null(stmt->handle, index));
}

void toc_stmt_reset(toc_stmt *stmt)
{
    if (!stmt || !stmt->busy)
        return;
    (void)sqlite3_reset(stmt->handle);
    (void)sqlite3_clear_bindings(stmt->handle);
    stmt->busy = false;
    stmt->bind_code = SQLITE_OK;
}

bool toc_db_in_tx(const toc_db *db)
{
    return !sqlite3_get_autocommit(db->handle);
}

/* A full disk or a failed read rolls back behind the caller's back. What it then goes on to write
 * would each be a transaction of its own. */
static toc_rc check_tx(const toc_db *db, toc_error *err)
{
    if (db->in_tx && !toc_db_in_tx(db))
        return toc_error_set(err, TOC_ESTORE, "%s: the transaction was rolled back", db->path);
    return TOC_OK;
}

int toc_step(toc_stmt *stmt, toc_error *err)
{
    toc_rc gone = check_tx(stmt->db, err);
    if (gone) {
        toc_stmt_reset(stmt);
        return gone;
    }
    int code = stmt->bind_code ? stmt->bind_code : sqlite3_step(stmt->handle);
    if (code == SQLITE_ROW)
        return 1;
    toc_rc rc = code == SQLITE_DONE ? 0 : fail(stmt->db, code, err);
    toc_stmt_reset(stmt);
    return rc;
}

toc_rc toc_run(toc_stmt *stmt, toc_error *err)
{
    int step;
    do {
        step = toc_step(stmt, err);
    } while (step > 0);
    return step;
}

bool toc_column_is_null(toc_stmt *stmt, int index)
{
    return sqlite3_column_type(stmt->handle, index) == SQLITE_NULL;
}

int64_t toc_column_int(toc_stmt *stmt, int index)
{
    return sqlite3_column_int64(stmt->handle, index);
}

double toc_column_double(toc_stmt *stmt, int index)
{
    return sqlite3_column_double(stmt->handle, index);
}

toc_str toc_column_text(toc_stmt *stmt, int index)
{
    const unsigned char *text = sqlite3_column_text(stmt->handle, index);
    if (!text)
        return (toc_str){NULL, 0};
    return (toc_str){(const char *)text, (size_t)sqlite3_column_bytes(stmt->handle, index)};
}

toc_str toc_column_blob(toc_stmt *stmt, int index)
{
    const void *bytes = sqlite3_column_blob(stmt->handle, index);
    return (toc_str){bytes ? bytes : "", (size_t)sqlite3_column_bytes(stmt->handle, index)};
}

int64_t toc_db_changes(toc_db *db)
{
    return sqlite3_changes64(db->handle);
}

static toc_rc run_text(toc_db *db, const char *sql, toc_error *err)
{
    toc_stmt *stmt = NULL;
    toc_rc rc = toc_db_stmt(db, sql, &stmt, err);
    return rc || !stmt ? rc : toc_run(stmt, err);
}

void toc_db_rollback(toc_db *db)
{
    /* Not by way of the kept statements: a new one would need memory just when there is none. */
    if (toc_db_in_tx(db))
        (void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    db->in_tx = false;
}

toc_rc toc_db_begin(toc_db *db, bool write, toc_error *err)
{
    /* An earlier rollback may have failed; nobody could write any more. */
    toc_db_rollback(db);
    toc_rc rc = run_text(db, write ? "BEGIN IMMEDIATE" : "BEGIN", err);
    db->in_tx = !rc;
    return rc;
}

toc_rc toc_db_commit(toc_db *db, toc_error *err)
{
    toc_rc rc = check_tx(db, err);
    if (!rc)
        rc = run_text(db, "COMMIT", err);
    db->in_tx = rc && db->in_tx;
    return rc;
}
