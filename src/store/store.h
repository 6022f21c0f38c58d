/* store.h - the platform's tables as functions. A conn is used by one thread at a time; writes go
 * through the one writer conn, inside toc_tx_begin / commit. Ids are positive; 0 is "none".
 * Dates are UTC seconds. Owner checks are the caller's. */
#ifndef TOC_STORE_STORE_H
#define TOC_STORE_STORE_H
#include "base/log.h"
#include "filter/terms.h"
#include "model/object.h"

typedef struct toc_store toc_store;
typedef struct toc_conn toc_conn;

typedef struct toc_store_options {
    const char *path;
    bool create, no_sync;
    toc_log log;
} toc_store_options;

/* Opens, creates or migrates (numbered migrations, each in its transaction). */
toc_rc toc_store_open(const toc_store_options *options, toc_store **store, toc_error *err);
void toc_store_close(toc_store *store);
toc_rc toc_store_check(toc_store *store, toc_error *err); /* integrity_check, counters */
/* The catalogue with the custom types of the store. Immutable while the store is open. */
const toc_types *toc_store_types(const toc_store *store);
/* Keeps the definition of a custom type: in the catalogue from the next opening on. TOC_ECONFLICT
 * when the kind has a type of this name. */
toc_rc toc_type_define(toc_conn *conn, const toc_type *type, toc_error *err);

toc_rc toc_store_reader(toc_store *store, toc_conn **conn, toc_error *err); /* idle one or new */
void toc_store_reader_done(toc_store *store, toc_conn *conn);
/* Waits for the writer, begins the transaction. End it with commit or rollback, in the same thread.
 * A commit that fails has rolled back; a rollback after it does nothing. */
toc_rc toc_tx_begin(toc_store *store, toc_conn **conn, toc_error *err);
toc_rc toc_tx_commit(toc_conn *conn, toc_error *err);
void toc_tx_rollback(toc_conn *conn); /* NULL is fine; also forgets what caches learned in it */
/* For TOC_CLEANUP: rolls back when *conn is still set. */
void toc__tx_cleanup(toc_conn **conn);

/* --- owners, users ------------------------------------------------------------------------- */
typedef struct toc_store_owner {
    int64_t id;
    toc_str name, type;
} toc_store_owner;
typedef struct toc_store_user {
    int64_t id, organization;
    toc_str access_id, first_name, last_name, role;
    toc_str secret; /* unsealed; only from toc_user_by_access_id; wipe it */
} toc_store_user;
/* Permission classes of a role in an owner (rest-v2 6). */
#define TOC_MAY_READ 1U
#define TOC_MAY_WRITE 2U
#define TOC_MAY_DELETE 4U
#define TOC_MAY_BATCH 8U
#define TOC_MAY_ADMIN 16U

toc_rc toc_owner_add(toc_conn *conn, toc_str name, toc_str type, int64_t *id, toc_error *err);
/* Texts are copied into the arena. TOC_ENOTFOUND. */
toc_rc toc_owner_by_name(toc_conn *conn, toc_str name, toc_arena *arena, toc_store_owner *owner,
                         toc_error *err);
toc_rc toc_owner_by_id(toc_conn *conn, int64_t id, toc_arena *arena, toc_store_owner *owner,
                       toc_error *err);
typedef toc_rc (*toc_owner_fn)(void *user, const toc_store_owner *owner);
/* Owners that the user may read, by name; user 0: all of them. */
toc_rc toc_owner_each(toc_conn *conn, int64_t user_id, toc_owner_fn fn, void *user, toc_error *err);
/* TOC_MAY_* of the user in the owner; 0: not visible. */
toc_rc toc_user_rights(toc_conn *conn, int64_t user_id, int64_t owner_id, unsigned *rights,
                       toc_error *err);
/* Secrets are sealed (AES-256-GCM) under the key file "{path}.key", mode 0600, made with the store.
 */
toc_rc toc_user_add(toc_conn *conn, toc_str access_id, toc_str secret, int64_t organization,
                    toc_str role, int64_t *id, toc_error *err);
toc_rc toc_user_grant(toc_conn *conn, int64_t user_id, int64_t owner_id, toc_str role,
                      toc_error *err);
toc_rc toc_user_by_access_id(toc_conn *conn, toc_str access_id, toc_arena *arena,
                             toc_store_user *user, toc_error *err);
toc_rc toc_user_first(toc_conn *conn, toc_arena *arena, toc_store_user *user, toc_error *err);

/* --- indicators and groups ------------------------------------------------------------------ */
/* Finds by type and key parts (already in stored form; File: any of the hashes given). *id 0 when
 * absent. With several hashes that hit several files, ids (room for 3) get all, *count says how
 * many. */
toc_rc toc_indicator_find(toc_conn *conn, int64_t owner, const toc_type *type,
                          const toc_str parts[3], int64_t ids[3], unsigned *count, toc_error *err);
toc_rc toc_group_find_xid(toc_conn *conn, int64_t owner, toc_str xid, int64_t *id,
                          const toc_type **type, toc_error *err);
/* Inserts the checked object with its values (not its lists): dateAdded from the object or now. */
toc_rc toc_object_insert(toc_conn *conn, int64_t owner, const toc_object *obj, int64_t now,
                         int64_t *id, toc_error *err);
/* Writes the values present in obj onto the stored object; keys of indicators only for hashes that
 * are missing. lastModified = now. */
toc_rc toc_object_change(toc_conn *conn, int64_t owner, int64_t id, const toc_object *obj,
                         int64_t now, toc_error *err);
/* With attributes, links, keys; an indicator leaves a tombstone. TOC_ENOTFOUND. */
toc_rc toc_object_remove(toc_conn *conn, int64_t owner, toc_kind kind, int64_t id, int64_t now,
                         toc_error *err);

/* Replaces the hashes of a file by those of parts that are present. TOC_ECONFLICT when another file
 * has one of them. */
toc_rc toc_file_rekey(toc_conn *conn, int64_t owner, const toc_type *type, int64_t id,
                      const toc_str parts[3], toc_error *err);
/* Makes two or three files one: the newest keeps its values and gets the hashes it lacks and all
 * that hangs on the others, which disappear (rest-v2 4.9). */
toc_rc toc_files_merge(toc_conn *conn, int64_t owner, const toc_type *type, const int64_t *ids,
                       unsigned count, int64_t now, int64_t *primary, toc_error *err);

/* What to list. Zeroed fields do not restrict. */
typedef struct toc_query {
    int64_t owner;
    toc_kind kind;
    const toc_type *type; /* NULL: all of the kind */
    int64_t id;           /* just this one */
    const toc_terms *terms;
    bool has_since;
    int64_t modified_since;
    int64_t tag, label; /* carrying it */
    bool linked;        /* linked with (linked_kind, linked_id) */
    toc_kind linked_kind;
    int64_t linked_id;
    toc_str association;   /* association type of the link; absent: any */
    int64_t below;         /* ids below this one only: continue after a page; 0: from the top */
    int64_t offset, limit; /* offset is applied after below */
    unsigned with;         /* TOC_WITH_* of codec.h: which lists to load */
    bool inactive;         /* inactive indicators too (rest-v2 1.12: else only active ones, unless
                              terms has an active term, or id is given) */
} toc_query;
/* Called once per object, newest id first; obj lives in an arena that is cleared after each call.
 */
typedef toc_rc (*toc_object_fn)(void *user, int64_t id, toc_object *obj);
toc_rc toc_object_each(toc_conn *conn, const toc_query *query, toc_object_fn fn, void *user,
                       toc_error *err);
/* Size of the whole result set, without below, offset, limit; from counters where they exist. */
toc_rc toc_object_count(toc_conn *conn, const toc_query *query, int64_t *count, toc_error *err);

/* --- tags, labels, attributes, links, occurrences: of (kind, id) ----------------------------- */
typedef struct toc_target {
    toc_kind kind;
    int64_t id;
} toc_target;
#define TOC_KIND_ATTRIBUTE ((toc_kind)TOC_KIND_COUNT) /* labels of attributes */

/* Id of the tag by name without case; created on demand (then *id is never 0). Cached per conn. */
toc_rc toc_tag_id(toc_conn *conn, int64_t owner, toc_str name, bool create, int64_t *id,
                  toc_error *err);
toc_rc toc_tag_apply(toc_conn *conn, int64_t tag, toc_target target,
                     toc_error *err); /* idempotent */
toc_rc toc_tag_unapply(toc_conn *conn, int64_t tag, toc_target target, toc_error *err);
toc_rc toc_tag_clear(toc_conn *conn, toc_target target, toc_error *err);
toc_rc toc_tag_change(toc_conn *conn, int64_t tag, toc_str name, toc_str description,
                      toc_error *err);
toc_rc toc_tag_remove(toc_conn *conn, int64_t tag, toc_error *err);
typedef toc_rc (*toc_tag_fn)(void *user, int64_t id, const toc_tag *tag);
/* Of a target (id 0: all of the owner, terms may restrict; name order). */
toc_rc toc_tag_each(toc_conn *conn, int64_t owner, toc_target target, const toc_terms *terms,
                    int64_t offset, int64_t limit, toc_tag_fn fn, void *user, toc_error *err);
toc_rc toc_tag_applied(toc_conn *conn, int64_t tag, toc_target target, bool *applied,
                       toc_error *err);

/* Labels: owner 0 rows are the system's TLP labels; a name is looked up in the owner, then there.
 */
toc_rc toc_label_id(toc_conn *conn, int64_t owner, toc_str name, int64_t *id, toc_error *err);
toc_rc toc_label_add(toc_conn *conn, int64_t owner, const toc_label *label, int64_t now,
                     int64_t *id, toc_error *err);
toc_rc toc_label_change(toc_conn *conn, int64_t label, const toc_label *values, toc_error *err);
toc_rc toc_label_remove(toc_conn *conn, int64_t label, toc_error *err); /* system: TOC_EAUTH */
toc_rc toc_label_apply(toc_conn *conn, int64_t label, toc_target target, toc_error *err);
toc_rc toc_label_unapply(toc_conn *conn, int64_t label, toc_target target, toc_error *err);
toc_rc toc_label_clear(toc_conn *conn, toc_target target, toc_error *err);
toc_rc toc_label_applied(toc_conn *conn, int64_t label, toc_target target, bool *applied,
                         toc_error *err);
typedef toc_rc (*toc_label_fn)(void *user, int64_t id, const toc_label *label);
toc_rc toc_label_each(toc_conn *conn, int64_t owner, toc_target target, const toc_terms *terms,
                      int64_t offset, int64_t limit, toc_label_fn fn, void *user, toc_error *err);

/* Attributes. A displayed Description or Source clears the flag on the others of its type and sets
 * the object's description or source. */
toc_rc toc_attribute_add(toc_conn *conn, toc_target target, const toc_attribute *attribute,
                         int64_t now, int64_t *id, toc_error *err);
toc_rc toc_attribute_change(toc_conn *conn, toc_target target, const toc_attribute *attribute,
                            int64_t now, toc_error *err); /* by attribute->id */
toc_rc toc_attribute_remove(toc_conn *conn, toc_target target, int64_t id, toc_error *err);
/* All, or with a type only those of it. */
toc_rc toc_attribute_clear(toc_conn *conn, toc_target target, toc_str type, toc_error *err);
/* The default attribute behind "description" and "source" members: replaced when the text differs.
 */
toc_rc toc_attribute_default(toc_conn *conn, toc_target target, toc_str type, toc_str value,
                             int64_t now, toc_error *err);
/* The same for an object that was inserted in this transaction with the member set: there is
 * nothing to look up and nothing to hide. */
toc_rc toc_attribute_first(toc_conn *conn, toc_target target, toc_str type, toc_str value,
                           int64_t now, toc_error *err);
typedef toc_rc (*toc_attribute_fn)(void *user, const toc_attribute *attribute);
/* id 0: all. labels: load each one's labels. */
toc_rc toc_attribute_each(toc_conn *conn, toc_target target, int64_t id, bool labels,
                          int64_t offset, int64_t limit, toc_attribute_fn fn, void *user,
                          toc_error *err);

/* Links are undirected but for file actions; both idempotent. association "" is the plain one. */
toc_rc toc_link_add(toc_conn *conn, toc_target a, toc_target b, toc_str association,
                    toc_error *err);
toc_rc toc_link_remove(toc_conn *conn, toc_target a, toc_target b, toc_str association,
                       toc_error *err);

toc_rc toc_occurrence_add(toc_conn *conn, int64_t indicator, const toc_occurrence *occurrence,
                          int64_t *id, toc_error *err); /* an equal one is not added twice */
toc_rc toc_occurrence_change(toc_conn *conn, int64_t indicator, const toc_occurrence *occurrence,
                             toc_error *err);
toc_rc toc_occurrence_remove(toc_conn *conn, int64_t indicator, int64_t id, toc_error *err);
typedef toc_rc (*toc_occurrence_fn)(void *user, const toc_occurrence *occurrence);
toc_rc toc_occurrence_each(toc_conn *conn, int64_t indicator, int64_t id, toc_occurrence_fn fn,
                           void *user, toc_error *err);

/* --- batch jobs ------------------------------------------------------------------------------ */
typedef enum toc_job_state {
    TOC_JOB_CREATED,
    TOC_JOB_QUEUED,
    TOC_JOB_RUNNING,
    TOC_JOB_COMPLETED,
    TOC_JOB_STATE_COUNT
} toc_job_state;
typedef struct toc_job {
    int64_t id, owner, user;
    toc_job_state state;
    toc_str config;   /* the settings as JSON */
    toc_str spool;    /* file name inside "{path}.jobs/" */
    int64_t progress; /* items applied so far, written with them in one transaction */
    int64_t success_indicators, error_indicators, success_groups, error_groups;
    int64_t success_links, error_links, unprocessed, errors;
    int64_t created, finished;
} toc_job;
typedef struct toc_job_error {
    toc_str code; /* "0x1005" */
    toc_str reason, source, message;
} toc_job_error;
toc_rc toc_job_add(toc_conn *conn, toc_job *job, toc_error *err); /* sets id */
toc_rc toc_job_get(toc_conn *conn, int64_t id, toc_arena *arena, toc_job *job, toc_error *err);
/* The oldest one queued or running; id 0: none. */
toc_rc toc_job_next(toc_conn *conn, toc_arena *arena, toc_job *job, toc_error *err);
toc_rc toc_job_save(toc_conn *conn, const toc_job *job, toc_error *err); /* all but config, spool */
toc_rc toc_job_set_spool(toc_conn *conn, int64_t id, toc_str spool, toc_error *err);
toc_rc toc_job_error_add(toc_conn *conn, int64_t job, const toc_job_error *error, toc_error *err);
typedef toc_rc (*toc_job_error_fn)(void *user, const toc_job_error *error);
toc_rc toc_job_error_each(toc_conn *conn, int64_t job, toc_job_error_fn fn, void *user,
                          toc_error *err);
#endif
