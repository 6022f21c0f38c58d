/* store.h - the platform's tables as functions. A conn is used by one thread at a time; writes go
 * through the one writer conn, inside toc_tx_begin / commit. Ids are positive; 0 is "none".
 * Dates are UTC seconds. Owner checks are the caller's. */
#ifndef TOC_STORE_STORE_H
#define TOC_STORE_STORE_H
#include "base/log.h"
#include "filter/terms.h"
#include "model/association.h"
#include "model/attribute_types.h"
#include "model/object.h"

typedef struct toc_store toc_store;
typedef struct toc_conn toc_conn;

typedef struct toc_store_options {
    const char *path;
    bool create, no_sync;
    toc_log log;
} toc_store_options;

/* Opens, creates or migrates (numbered migrations, each in its transaction). A file that is missing
 * or empty becomes a store with create only: TOC_ENOTFOUND otherwise. */
toc_rc toc_store_open(const toc_store_options *options, toc_store **store, toc_error *err);
void toc_store_close(toc_store *store);
toc_rc toc_store_check(toc_store *store, toc_error *err); /* integrity_check, counters */
/* A copy of one moment, with its key and files; it is a store itself. backup must not be there, and
 * is there only when it is whole. cancel (may be NULL) is asked meanwhile: TOC_ECANCELED. */
toc_rc toc_store_backup(const toc_store *store, const char *backup, toc_cancel_fn cancel,
                        void *user, toc_error *err);
/* The catalogue with the custom types of the store. A definition makes another one, in which the
 * same types are the same objects; both live until the store is closed. */
const toc_types *toc_store_types(const toc_store *store);
/* Keeps the definition of a custom type: in the catalogue from the commit on, in those of other
 * processes some 20 ms later. TOC_ECONFLICT when the kind has a type of this name. */
toc_rc toc_type_define(toc_conn *conn, const toc_type *type, toc_error *err);

/* An idle one or a new one. All that is read through it is of one moment: not before the last
 * commit of this process that had ended, and at most 20 ms back for writers in other processes. */
toc_rc toc_store_reader(toc_store *store, toc_conn **conn, toc_error *err);
void toc_store_reader_done(toc_store *store, toc_conn *conn);
/* Called now and then (every ten seconds at least), lets readers keep their moment from one use to
 * the next while nothing is written. Without it they read the file's state anew each time. */
void toc_store_tend(toc_store *store);
/* The moment that a reader shows, for callers that remember what they read of owners, users and
 * roles: it holds while access is the same and taken_ms is no more than TOC_ACCESS_MS ago. */
typedef struct toc_moment {
    uint64_t access; /* counts the commits of this process that changed them */
    uint64_t taken_ms, now_ms;
} toc_moment;
#define TOC_ACCESS_MS 20U
toc_moment toc_reader_moment(const toc_conn *conn);
/* Waits for the writer, begins the transaction. End it with commit or rollback, in the same thread.
 * A commit that fails has rolled back; a rollback after it does nothing. TOC_ESTORE too when a
 * change before it failed half way: whoever goes on after a failure keeps all of a change or
 * nothing. */
toc_rc toc_tx_begin(toc_store *store, toc_conn **conn, toc_error *err);
toc_rc toc_tx_commit(toc_conn *conn, toc_error *err);
/* True when others wait for the writer and the transaction has had its turn: one that is made of
 * many steps should commit now and begin again, which puts it behind those that wait. */
bool toc_tx_wanted(const toc_conn *conn);
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
    toc_str pseudonym; /* never the access id: "user7" unless one was set */
    bool observes;     /* its reports of observations and false positives count */
    bool revoked;      /* signs nothing any more; only from toc_user_each */
    toc_str secret;    /* unsealed; only from toc_user_by_access_id; wipe it */
} toc_store_user;
/* Permission classes of a role in an owner (rest-v2 6). */
#define TOC_MAY_READ 1U
#define TOC_MAY_WRITE 2U
#define TOC_MAY_DELETE 4U
#define TOC_MAY_BATCH 8U
#define TOC_MAY_ADMIN 16U
#define TOC_MAY_OBSERVE 32U /* report observations and false positives */
#define TOC_MAY_COMMENT 64U /* send notifications */
typedef struct toc_role {
    const char *name;
    unsigned rights;
    bool organization; /* only in organizations */
} toc_role;
const toc_role *toc_role_list(size_t *count);
const toc_role *toc_role_find(toc_str name); /* without case; NULL when there is none */

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
/* Whose group, task or victim has the id; *owner 0: nobody's. */
toc_rc toc_entity_owner(toc_conn *conn, toc_kind kind, int64_t id, int64_t *owner, toc_error *err);
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
    toc_str association;   /* association type of the link; absent: any, and what is linked by
                              way of groups or victims (rest-v2 2.11) */
    int64_t parent;        /* assets: of this victim or adversary */
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
/* Labels of attributes. Stored: far above the kinds that may still come. */
#define TOC_KIND_ATTRIBUTE ((toc_kind)100)

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
/* The one tag, when the target has it (id 0: in any case). */
toc_rc toc_tag_read(toc_conn *conn, int64_t tag, toc_target target, toc_tag_fn fn, void *user,
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
/* Whether any attribute may carry a label of the owner or of the system. */
toc_rc toc_label_on_attributes(toc_conn *conn, int64_t owner, bool *some, toc_error *err);
typedef toc_rc (*toc_label_fn)(void *user, int64_t id, const toc_label *label);
toc_rc toc_label_each(toc_conn *conn, int64_t owner, toc_target target, const toc_terms *terms,
                      int64_t offset, int64_t limit, toc_label_fn fn, void *user, toc_error *err);

/* Attributes. A displayed Description or Source clears the flag on the others of its type and sets
 * the object's description or source. */
toc_rc toc_attribute_add(toc_conn *conn, toc_target target, const toc_attribute *attribute,
                         int64_t now, int64_t *id, toc_error *err);
/* For an object that is to be inserted with its attributes: gives it the texts that they show,
 * where it has none of its own, and leaves displayed what will be. The bits of the members it gave.
 */
uint64_t toc_attributes_lift(toc_object *obj);
/* An attribute of an object that was inserted after toc_attributes_lift and had no other ones. */
toc_rc toc_attribute_put(toc_conn *conn, toc_target target, const toc_attribute *attribute,
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

/* Links are undirected but for file actions; both idempotent. association: display name or branch,
 * letters without case; rows carry the display name. "" is the plain one. */
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
    bool learns; /* attributes of unknown types define them */
} toc_job;
typedef struct toc_job_error {
    toc_str code; /* "0x1005" */
    toc_str reason, source, message;
} toc_job_error;
toc_rc toc_job_add(toc_conn *conn, toc_job *job, toc_error *err); /* sets id */
toc_rc toc_job_get(toc_conn *conn, int64_t id, toc_arena *arena, toc_job *job, toc_error *err);
/* The oldest one queued or running; id 0: none. */
toc_rc toc_job_next(toc_conn *conn, toc_arena *arena, toc_job *job, toc_error *err);
/* Whether the owner has a job that is queued or running. */
toc_rc toc_job_waiting(toc_conn *conn, int64_t owner, bool *waiting, toc_error *err);
toc_rc toc_job_save(toc_conn *conn, const toc_job *job, toc_error *err); /* all but config, spool */
/* Also puts the job behind all the others. */
toc_rc toc_job_set_spool(toc_conn *conn, int64_t id, toc_str spool, toc_error *err);
toc_rc toc_job_error_add(toc_conn *conn, int64_t job, const toc_job_error *error, toc_error *err);
/* What groups that a job makes call their maker; absent when the account is gone. */
toc_rc toc_job_author(toc_conn *conn, int64_t user, toc_arena *arena, toc_str *name,
                      toc_error *err);
/* A job that was finished, or made and never given a file, before that moment; id 0: none. */
toc_rc toc_job_expired(toc_conn *conn, int64_t before, int64_t *id, toc_error *err);
toc_rc toc_job_remove(toc_conn *conn, int64_t id, toc_error *err); /* with its errors */
/* The job of a spooled file and whether it is finished; id 0: no job names the file. */
toc_rc toc_job_by_spool(toc_conn *conn, toc_str spool, int64_t *id, bool *done, toc_error *err);
typedef toc_rc (*toc_job_error_fn)(void *user, const toc_job_error *error);
toc_rc toc_job_error_each(toc_conn *conn, int64_t job, toc_job_error_fn fn, void *user,
                          toc_error *err);

/* --- tokens ---------------------------------------------------------------------------------- */
/* Tokens are text; the store keeps only their digest. */
typedef struct toc_store_token {
    int64_t user;
    toc_str access_id, purpose;
    int64_t created, expires;
    int64_t usable; /* end of its use: expires, or earlier when another one replaced it */
} toc_store_token;
/* Keeps a new token of the user. Those of the same purpose are usable for grace more seconds. */
toc_rc toc_token_add(toc_conn *conn, toc_str text, const toc_store_token *token, int64_t grace,
                     toc_error *err);
/* Keeps a new token in place of another one, which is usable for grace more seconds; those that
 * the same one was renewed to before stay as they are. */
toc_rc toc_token_renew(toc_conn *conn, toc_str text, const toc_store_token *token, toc_str former,
                       int64_t grace, toc_error *err);
/* Also one that cannot be used any more. TOC_ENOTFOUND: none, or the user was revoked. */
toc_rc toc_token_find(toc_conn *conn, toc_str text, toc_arena *arena, toc_store_token *token,
                      toc_error *err);
/* All of the user. */
toc_rc toc_token_clear(toc_conn *conn, int64_t user, toc_error *err);

/* --- files beside the store: content of groups, bulk reports --------------------------------- */
/* A file on its way into "{path}.files/" (mode 0600 in 0700), under a random name. Once finished
 * it is on the disk; it stays when the transaction that names it is committed and it is told to be
 * kept. Else it goes with done, or after a crash when the store is opened again. */
#define TOC_FILE_NAME 48
typedef struct toc_new_file {
    toc_store *store; /* NULL: none */
    int fd;
    int64_t size;
    bool finished, kept;
    char name[TOC_FILE_NAME];
} toc_new_file;
toc_rc toc_file_begin(toc_store *store, toc_new_file *file, toc_error *err);
/* A full disk is TOC_ESTORE with the retryable flag. */
toc_rc toc_file_write(toc_new_file *file, toc_str data, toc_error *err);
/* So many bytes of another file, from its start: they do not pass through memory. */
toc_rc toc_file_copy(toc_new_file *file, int fd, int64_t size, toc_error *err);
toc_rc toc_file_finish(toc_new_file *file, toc_error *err);
void toc_file_keep(toc_new_file *file);
void toc_file_done(toc_new_file *file); /* zeroed is fine */
/* For reading. TOC_ENOTFOUND: the reader that gave the name shows a moment that has passed. */
toc_rc toc_file_open(const toc_store *store, toc_str name, int *fd, int64_t *size, toc_error *err);

typedef struct toc_content {
    toc_str file;
    int64_t size, date;
} toc_content;
/* TOC_ENOTFOUND: it has none. */
toc_rc toc_content_get(toc_conn *conn, int64_t entity, toc_arena *arena, toc_content *content,
                       toc_error *err);
/* The finished file is the group's content; the former one disappears with the commit. type: what
 * its first bytes say ("PDF"), absent when they say nothing. */
toc_rc toc_content_put(toc_conn *conn, int64_t entity, const toc_new_file *file, toc_str type,
                       int64_t now, toc_error *err);

typedef enum toc_bulk_format { TOC_BULK_CSV, TOC_BULK_JSON, TOC_BULK_FORMATS } toc_bulk_format;
typedef struct toc_bulk_report {
    bool enabled[TOC_BULK_FORMATS];
    toc_str file[TOC_BULK_FORMATS]; /* absent: not made */
    int64_t made[TOC_BULK_FORMATS]; /* when it was begun; 0: never */
    int64_t next_run;               /* 0: none planned */
    toc_str status;                 /* "Pending", "Complete", "Failure" */
} toc_bulk_report;
/* An owner without a row has both reports enabled and none made. */
toc_rc toc_bulk_get(toc_conn *conn, int64_t owner, toc_arena *arena, toc_bulk_report *report,
                    toc_error *err);
toc_rc toc_bulk_put(toc_conn *conn, int64_t owner, toc_bulk_format format, const toc_new_file *file,
                    int64_t made, int64_t next_run, toc_error *err);
toc_rc toc_bulk_failed(toc_conn *conn, int64_t owner, int64_t next_run, toc_error *err);
toc_rc toc_bulk_enable(toc_conn *conn, int64_t owner, const bool enabled[TOC_BULK_FORMATS],
                       toc_error *err);
/* The owner whose reports have been due longest; 0: none is. */
toc_rc toc_bulk_due(toc_conn *conn, int64_t now, int64_t *owner, toc_error *err);

/* Where groups of an owner are published to; 0: nowhere. */
toc_rc toc_owner_publish_to(toc_conn *conn, int64_t owner, int64_t *target, toc_error *err);
toc_rc toc_owner_set_publish_to(toc_conn *conn, int64_t owner, int64_t target, toc_error *err);

/* --- administration of users ----------------------------------------------------------------- */
typedef toc_rc (*toc_user_fn)(void *user, const toc_store_user *found);
/* Also the revoked ones, oldest first; organization 0: all. Texts live until fn returns. */
toc_rc toc_user_each(toc_conn *conn, int64_t organization, toc_user_fn fn, void *user,
                     toc_error *err);
/* The former secret and all tokens end. */
toc_rc toc_user_set_secret(toc_conn *conn, int64_t id, toc_str access_id, toc_str secret,
                           toc_error *err);
/* For good: its secret is dropped. What it made keeps its name. */
toc_rc toc_user_revoke(toc_conn *conn, int64_t id, toc_error *err);
/* In an anonymous owner users are shown by pseudonym only. */
toc_rc toc_owner_anonymous(toc_conn *conn, int64_t id, bool *anonymous, toc_error *err);
toc_rc toc_owner_set_anonymous(toc_conn *conn, int64_t id, bool anonymous, toc_error *err);
/* Names, pseudonym (absent: as they are) and observes, by user->id. */
toc_rc toc_user_describe(toc_conn *conn, const toc_store_user *user, toc_error *err);

/* --- observations and false positives: of a value, whatever the owner (rest-v2 5.5) ----------- */
/* Days are UTC. A value is named by an indicator that has it. */
typedef struct toc_tally {
    int64_t count;
    int64_t last; /* when count is not 0 */
} toc_tally;
/* One per user, value and day: the second changes nothing. */
toc_rc toc_false_positive_add(toc_conn *conn, int64_t indicator, int64_t user, int64_t now,
                              toc_tally *all, toc_error *err);
typedef struct toc_observation {
    int64_t user, organization, count, date;
} toc_observation;
toc_rc toc_observation_add(toc_conn *conn, int64_t indicator, const toc_observation *observation,
                           toc_error *err);
/* Of the users of one organization; 0: of all. */
toc_rc toc_observation_total(toc_conn *conn, int64_t indicator, int64_t organization,
                             toc_tally *total, toc_error *err);
toc_rc toc_observation_days(toc_conn *conn, int64_t indicator, int64_t *days, toc_error *err);
/* Newest first; last is the start of the day. */
typedef toc_rc (*toc_tally_fn)(void *user, const toc_tally *tally);
toc_rc toc_observation_each(toc_conn *conn, int64_t indicator, int64_t offset, int64_t limit,
                            toc_tally_fn fn, void *user, toc_error *err);
/* Active indicators of the owner whose values were observed since the day of that second, most
 * observed first. Users whose reports do not count are left out. */
typedef struct toc_observed {
    int64_t indicator, value;
    toc_tally tally;
} toc_observed;
typedef toc_rc (*toc_observed_fn)(void *user, const toc_observed *observed);
toc_rc toc_observed_each(toc_conn *conn, int64_t owner, int64_t since, int64_t limit,
                         toc_observed_fn fn, void *user, toc_error *err);
typedef struct toc_observer {
    int64_t organization;
    toc_str access_id, pseudonym;
    toc_tally tally;
} toc_observer;
typedef toc_rc (*toc_observer_fn)(void *user, const toc_observer *observer);
toc_rc toc_observer_each(toc_conn *conn, int64_t value, int64_t since, toc_observer_fn fn,
                         void *user, toc_error *err);

/* --- addresses of host names over time ------------------------------------------------------- */
toc_rc toc_resolution_add(toc_conn *conn, toc_str host, toc_str address, int64_t date,
                          toc_error *err); /* idempotent */
/* How many dates there are of the host. */
toc_rc toc_resolution_dates(toc_conn *conn, toc_str host, int64_t *dates, toc_error *err);
/* Newest date first; offset and limit count dates. */
typedef toc_rc (*toc_resolution_fn)(void *user, int64_t date, toc_str text);
toc_rc toc_resolution_each(toc_conn *conn, toc_str host, int64_t offset, int64_t limit,
                           toc_resolution_fn fn, void *user, toc_error *err);
/* Hosts that had the address, each with its last date, newest first. */
toc_rc toc_resolved_each(toc_conn *conn, toc_str address, toc_resolution_fn fn, void *user,
                         toc_error *err);

/* --- removed indicators ---------------------------------------------------------------------- */
typedef struct toc_tombstone {
    const toc_type *type;
    toc_str summary;
    int64_t added, deleted;
} toc_tombstone;
typedef struct toc_grave_query {
    int64_t owner;
    const toc_type *type; /* NULL: all */
    int64_t since;        /* date of deletion */
    int64_t offset, limit;
} toc_grave_query;
toc_rc toc_tombstone_count(toc_conn *conn, const toc_grave_query *query, int64_t *count,
                           toc_error *err);
typedef toc_rc (*toc_tombstone_fn)(void *user, const toc_tombstone *tombstone);
toc_rc toc_tombstone_each(toc_conn *conn, const toc_grave_query *query, toc_tombstone_fn fn,
                          void *user, toc_error *err); /* last deleted first */

/* --- custom metrics, of an organization ------------------------------------------------------ */
typedef struct toc_metric {
    int64_t id, organization;
    toc_str name, data_type, interval, description;
    bool keyed;
} toc_metric;
/* Sets id. TOC_ECONFLICT: the organization has one of this name, whatever its letters' case. */
toc_rc toc_metric_add(toc_conn *conn, toc_metric *metric, toc_error *err);
toc_rc toc_metric_change(toc_conn *conn, const toc_metric *metric, toc_error *err); /* by id */
toc_rc toc_metric_remove(toc_conn *conn, int64_t id, toc_error *err); /* with its values */
/* By id when the text is one of the organization's, else by name. TOC_ENOTFOUND. */
toc_rc toc_metric_find(toc_conn *conn, int64_t organization, toc_str text, toc_arena *arena,
                       toc_metric *metric, toc_error *err);
toc_rc toc_metric_count(toc_conn *conn, int64_t organization, int64_t *count, toc_error *err);
typedef toc_rc (*toc_metric_fn)(void *user, const toc_metric *metric);
toc_rc toc_metric_each(toc_conn *conn, int64_t organization, int64_t offset, int64_t limit,
                       toc_metric_fn fn, void *user, toc_error *err); /* newest first */
toc_rc toc_metric_used(toc_conn *conn, int64_t id, bool *used, toc_error *err);
/* What an interval came to. name: the key of keyed metrics, else "". */
typedef struct toc_metric_value {
    int64_t metric, date;
    toc_str name;
    double value;
    int64_t weight;      /* of all that went into it */
    int64_t first, last; /* dates of the first and the last report */
} toc_metric_value;
/* By metric, name and date. weight 0: there is none yet. */
toc_rc toc_metric_value_get(toc_conn *conn, toc_metric_value *value, toc_error *err);
toc_rc toc_metric_value_put(toc_conn *conn, const toc_metric_value *value, toc_error *err);

/* --- notifications --------------------------------------------------------------------------- */
typedef struct toc_notification {
    int64_t user, organization; /* of the sender */
    int64_t owner;              /* whose members it is for; 0: only recipients */
    toc_str type, priority, message;
    toc_str recipients; /* user names with commas */
} toc_notification;
/* Old ones make way. */
toc_rc toc_notification_add(toc_conn *conn, const toc_notification *notification, int64_t now,
                            toc_error *err);
/* Whether the sender can name this user: of the own organization or in a common owner. */
toc_rc toc_recipient_known(toc_conn *conn, int64_t sender, toc_str name, bool *known,
                           toc_error *err);

/* --- people of tasks ------------------------------------------------------------------------- */
typedef enum toc_person { TOC_PERSON_ASSIGNEE, TOC_PERSON_ESCALATEE } toc_person;
/* In an anonymous owner people go by their pseudonyms: they are shown, found and filtered by them.
 */
typedef struct toc_shown_person {
    int64_t id;
    toc_str name;                  /* access id or pseudonym */
    toc_str first_name, last_name; /* empty in an anonymous owner */
} toc_shown_person;
/* A user that was not revoked, by name or number; a pseudonym that several have finds nobody.
 * TOC_ENOTFOUND. */
toc_rc toc_person_find(toc_conn *conn, int64_t owner, toc_str name, int64_t *found, toc_error *err);
/* The name of who made an object of the owner, as it may be shown; empty for one who is unknown in
 * an anonymous owner. A pseudonym is the arena's. */
toc_rc toc_author_shown(toc_conn *conn, int64_t owner, toc_str name, toc_arena *arena,
                        toc_str *shown, toc_error *err);
/* Both idempotent. */
toc_rc toc_person_add(toc_conn *conn, int64_t task, toc_person role, int64_t user, toc_error *err);
toc_rc toc_person_remove(toc_conn *conn, int64_t task, toc_person role, int64_t user,
                         toc_error *err);
toc_rc toc_person_clear(toc_conn *conn, int64_t task, toc_person role, toc_error *err);
/* Texts are borrowed until fn returns. */
typedef toc_rc (*toc_person_fn)(void *user, const toc_shown_person *person);
toc_rc toc_person_each(toc_conn *conn, int64_t task, toc_person role, toc_person_fn fn, void *user,
                       toc_error *err);

/* --- victim assets in associations ----------------------------------------------------------- */
/* Whatever a victim is linked with is associated with its assets, but for those taken out. */
toc_rc toc_asset_link(toc_conn *conn, toc_target from, int64_t asset, toc_error *err);
toc_rc toc_asset_unlink(toc_conn *conn, toc_target from, int64_t asset, toc_error *err);
/* None of the victim's assets is taken out any more. */
toc_rc toc_assets_rejoin(toc_conn *conn, toc_target from, int64_t victim, toc_error *err);

/* --- attribute types, association types ------------------------------------------------------ */
/* A type ready for checking values. Lives until the transaction ends. */
typedef struct toc_known_attribute {
    const toc_attribute_type *type;
    toc_attribute_rule *rule;
} toc_known_attribute;
/* By name, letters without case: a built-in type or one of the store, *known NULL when there is
 * none. Remembered by the writer, so that it costs a look into a map; only in a transaction. */
toc_rc toc_attribute_type_known(toc_conn *conn, toc_str name, const toc_known_attribute **known,
                                toc_error *err);
/* TOC_ECONFLICT when the name is taken, TOC_EINVAL when the definition is wrong. */
toc_rc toc_attribute_type_define(toc_conn *conn, const toc_attribute_type *type, toc_error *err);
typedef toc_rc (*toc_attribute_type_fn)(void *user, const toc_attribute_type *type);
/* Those of the store that are not built in, by name; with a name (without case) only that one. */
toc_rc toc_attribute_type_each(toc_conn *conn, toc_str name, toc_attribute_type_fn fn, void *user,
                               toc_error *err);

/* The built-in associations and those of the store; see toc_store_types. */
const toc_associations *toc_store_associations(const toc_store *store);
/* Keeps the definition: in the catalogue from the commit on. */
toc_rc toc_association_define(toc_conn *conn, const toc_association_type *row, toc_error *err);

/* --- what owners held, by day ---------------------------------------------------------------- */
/* The members of rest-v2 3.3 behind metricDate, in its order. */
typedef struct toc_owner_field {
    const char *name;
    bool decimal;
    bool daily; /* of its day alone: no other day takes it over */
} toc_owner_field;
#define TOC_OWNER_FIELDS 33U
const toc_owner_field *toc_owner_field_at(size_t index);
typedef struct toc_owner_counts {
    double values[TOC_OWNER_FIELDS];
} toc_owner_counts;
/* What the owner holds now, and what day (since 1970) brought. all: also what rows must be walked
 * for; otherwise these values stay as they are. */
toc_rc toc_owner_count(toc_conn *conn, int64_t owner, int64_t day, bool all,
                       toc_owner_counts *counts, toc_error *err);
/* What is held of a day; the days before horizon are forgotten. */
toc_rc toc_owner_counts_save(toc_conn *conn, int64_t owner, int64_t day,
                             const toc_owner_counts *counts, int64_t horizon, toc_error *err);
typedef toc_rc (*toc_owner_counts_fn)(void *user, int64_t day, const toc_owner_counts *counts);
/* Oldest first: those since the day, and the last one before it. */
toc_rc toc_owner_counts_each(toc_conn *conn, int64_t owner, int64_t since, toc_owner_counts_fn fn,
                             void *user, toc_error *err);

/* Of one indicator; negative: it has none. */
toc_rc toc_indicator_rating(toc_conn *conn, int64_t id, double *rating, double *confidence,
                            toc_error *err);
#endif
