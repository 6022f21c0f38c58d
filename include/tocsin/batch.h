/* tocsin/batch.h - build items, spool them to disk, send them as jobs, learn what was refused.
 * Memory is bounded by one chunk, never by the batch. Rules: batch.md. */
#ifndef TOCSIN_BATCH_H
#define TOCSIN_BATCH_H
#include "tocsin/session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A switch of the whole batch. Unset, the call decides; a call that says nothing halts. */
typedef enum toc_switch { TOC_SWITCH_UNSET, TOC_SWITCH_ON, TOC_SWITCH_OFF } toc_switch;

typedef struct toc_batch_options {
    unsigned version;                 /* 1 */
    const char *owner;                /* required */
    const char *action;               /* "Create" (default) or "Delete" */
    const char *attribute_write_type; /* "Replace" (default) Append Singleton Static */
    const char *tag_write_type;       /* "Replace" (default) or Append */
    const char *label_write_type;
    const char *file_merge_mode; /* NULL: not sent */
    const char *hash_collision_mode;
    bool halt_on_error;
    const char *spool_dir;   /* NULL: $TMPDIR or /tmp; files are unlinked at once */
    size_t chunk_items;      /* 5000; 25000 is the server's limit for indicators */
    size_t chunk_bytes;      /* 16,000,000 */
    unsigned poll_timeout_s; /* 3600 */
    bool inline_links;       /* links stay in their items, for servers before 7.8.2; see below */
    /* What ends a submission: a chunk that is not taken, a job that cannot be followed, an
     * attachment that is refused. Cancellation, time-outs of jobs and local failures always do. */
    toc_switch halt_on_batch_error, halt_on_poll_error, halt_on_file_error;
    bool playbook_triggers;   /* playbookTriggersEnabled; left out when false */
    unsigned poll_first_ms;   /* shortest pause between two looks at a job, 5 */
    unsigned poll_longest_ms; /* and the longest, 20000 */
    /* A file that notes what became of each chunk and attachment, synced to disk; made when it is
     * not there. A batch that is built again from the same input sends only what was not
     * acknowledged; content that differs from what was sent is sent again, unless the journal is of
     * an older version or its file is gone. Removed by toc_batch_free once all is. NULL: none */
    const char *journal;
} toc_batch_options;
#define TOC_BATCH_OPTIONS_INIT                                                                     \
    {                                                                                              \
        .version = 1                                                                               \
    }

/* One thread at a time, and of one process: one that was forked off can only free it, everything
 * else that needs the spool is TOC_ECONFLICT there. */
typedef struct toc_batch toc_batch;
/* Makes the spool. TOC_EINVAL with err->field, TOC_EIO when the spool cannot be made. */
TOC_API toc_rc toc_batch_new(const toc_batch_options *options, toc_batch **batch, toc_error *err);
/* What was not sent is gone. */
TOC_API void toc_batch_free(toc_batch *batch);
/* Takes the journal of the options now, and keeps others from it until toc_batch_free; else the
 * first call that sends does. A long input need not be read for one that is refused then: TOC_EIO
 * for what is no file, TOC_EPARSE for a file of something else and a damaged journal, TOC_ECONFLICT
 * for that of another platform or owner and one in use. Does nothing without a journal, or when it
 * is taken. */
TOC_API toc_rc toc_batch_take_journal(toc_batch *batch, const toc_session *sess, toc_error *err);
/* Generic interface: the object is checked (of a group to delete only what it has), encoded and
 * appended to the spool; it may be reused at once. Without an xid it gets a random UUID, and keeps
 * it: who makes another item of it takes that away. line: where the item came from (0: unknown). */
TOC_API toc_rc toc_batch_add(toc_batch *batch, toc_object *obj, uint64_t line, toc_error *err);
/* Raw interface: one finished JSON object of an item; name, type and xid (group) or type and a
 * value (indicator) must be in it. Sent as it is, but: size of files, dnsActive and whoisActive of
 * hosts get their batch names, types without a value field of their own get value1 to value3 from
 * the summary, fileContent is kept aside (toc_batch_attach), and late links go as below. */
TOC_API toc_rc toc_batch_add_json(toc_batch *batch, toc_kind kind, toc_str json, uint64_t line,
                                  toc_error *err);
/* Both: a group or indicator whose xid the batch has already is not added again; the first one
 * counts, TOC_OK. One that is wrong is refused all the same. repeated: how many were passed over.
 */
TOC_API uint64_t toc_batch_repeated(const toc_batch *batch);

/* Links of items to what may be in a later job (to indicators; of groups to groups that were not
 * added before) are sent as associations when all items are there, unless inline_links says that
 * the server takes none: then an item of another job that comes later is not found. */

/* One end: a group by its xid or id (type NULL), an indicator by its type and its summary or id. */
typedef struct toc_batch_end {
    const char *type;
    toc_str ref;
    int64_t id; /* 0: ref counts */
} toc_batch_end;
/* Any two items, of this batch or on the server. association: the name of the link, between two
 * indicators only ("URL Host", "Host to Indicators"), else NULL. Repetitions in either order are
 * dropped. toc_batch_add_json takes finished ones too, as kind TOC_KIND_RECORD. */
TOC_API toc_rc toc_batch_associate(toc_batch *batch, const toc_batch_end *one,
                                   const toc_batch_end *other, const char *association,
                                   uint64_t line, toc_error *err);
/* What a Document or a Report is made of, in exactly one of three ways. */
typedef struct toc_batch_content {
    toc_str data;     /* copied to the spool at once */
    const char *path; /* a file that is read when it is sent; not "" */
    /* Called when it is sent, and when a journal says that it was; the content is borrowed until
     * the next call. A failure is reported for this one. */
    toc_rc (*read)(void *user, toc_str xid, toc_str *content, toc_error *err);
    void *user;
} toc_batch_content;
/* Content for a group of this batch or on the server, sent when the groups are there, one after the
 * other. type: "Document" or "Report". The first one for an xid counts. Raw groups may have theirs
 * as text in a member "fileContent" instead. */
TOC_API toc_rc toc_batch_attach(toc_batch *batch, const char *type, toc_str xid, toc_str file_name,
                                const toc_batch_content *content, uint64_t line, toc_error *err);
/* Of groups, indicators or, as TOC_KIND_RECORD, associations. */
TOC_API uint64_t toc_batch_count(const toc_batch *batch, toc_kind kind);
/* Of the spool, items that were sent included. */
TOC_API uint64_t toc_batch_bytes(const toc_batch *batch);

typedef struct toc_batch_status {
    uint64_t items;   /* sent so far */
    uint64_t success; /* stored */
    uint64_t errors;  /* refused items or parts of items */
    uint64_t unprocessed;
    uint64_t jobs;
    uint64_t bytes;
    uint64_t resumed;      /* of items: sent by an earlier run, as the journal says */
    uint64_t failed;       /* items that were not taken, with halting off; they stay in the spool */
    uint64_t files;        /* attachments that were uploaded */
    uint64_t files_failed; /* and those that were not; with halting off the next call tries again */
} toc_batch_status;

/* One chunk that was sent. Copied freely; what stands behind `unprocessed` is the library's. */
typedef struct toc_batch_job {
    int64_t id;     /* 0: processed at once, the counts are final and its errors cannot be had */
    toc_kind kind;  /* group, indicator, or TOC_KIND_RECORD: an association */
    bool completed; /* the counts are final */
    uint64_t items, success, errors, unprocessed;
    uint64_t from, to, started_ms;
    unsigned part;
    char hash[TOC_XID_TEXT];
} toc_batch_job;

/* One attachment that was tried. Borrowed for the call. */
typedef struct toc_batch_upload {
    toc_str xid, type; /* "Document" or "Report" */
    bool uploaded;
    bool skipped;           /* by an earlier run, as the journal says; the content is the same */
    const toc_error *error; /* NULL when uploaded */
} toc_batch_upload;

/* One refusal, or, with halting off, one item of a chunk that was not taken. Borrowed for the call.
 * line is 0 when the item could not be found out; json is the item's text in that case absent. */
typedef struct toc_batch_error {
    uint64_t line;
    toc_str reason, source;
    toc_str json;
    toc_str origin;       /* the input record, where an import made something else of it */
    toc_kind kind;        /* group, indicator, or TOC_KIND_RECORD: an association */
    bool left;            /* not judged: its chunk was not taken, and the next call sends it anew */
    const toc_type *type; /* of toc_batch_check: what the item is; NULL where that is not known */
} toc_batch_error;

typedef struct toc_batch_callbacks {
    unsigned version; /* 1 */
    void (*progress)(void *user, const toc_batch_status *status, uint64_t total_items);
    /* A negative return stops the submission with TOC_ECANCELED. */
    int (*error)(void *user, const toc_batch_error *error);
    void *user;
    /* Each job once it is over (with no_poll: once it is taken), each attachment. A negative return
     * stops as above. */
    int (*job)(void *user, const toc_batch_job *job);
    int (*file)(void *user, const toc_batch_upload *upload);
    bool no_poll;   /* jobs are not waited for; no errors and no attachments of those then */
    bool no_errors; /* errors are counted only */
    bool no_files;  /* attachments stay for a later call */
    bool no_halt;   /* failures that no switch of the batch is set for do not halt */
    bool one_chunk; /* return after one chunk */
} toc_batch_callbacks;

/* Sends everything in the spool, groups first, then their attachments: create-and-upload, poll
 * (short waits first), fetch errors; the next job is uploaded while one runs, unless it holds
 * groups that refer to others. callbacks may be NULL. TOC_OK when all was stored, TOC_EPARTIAL when
 * some was refused or, with halting off, not taken. After a failure the unsent rest stays in the
 * spool and a second call goes on from there; *status is always set. The session's cancel callback
 * is asked before each request and while waiting. */
TOC_API toc_rc toc_batch_submit(toc_batch *batch, toc_session *sess,
                                const toc_batch_callbacks *callbacks, toc_batch_status *status,
                                toc_error *err);

/* The steps of it, one at a time. Next chunk: sent, and then the platform's, whatever becomes of
 * the job. 1: *job is set; 0: nothing is left; negative: a toc_rc, the chunk stays. */
TOC_API int toc_batch_submit_job(toc_batch *batch, toc_session *sess, toc_batch_job *job,
                                 toc_error *err);
/* Waits until the job is over and sets its counts; timeout_s 0: the batch's. Does nothing for one
 * that is. */
TOC_API toc_rc toc_batch_poll(toc_batch *batch, toc_session *sess, toc_batch_job *job,
                              unsigned timeout_s, toc_error *err);
/* Fetches the errors of a job that is over; of the callbacks error and no_halt count. None are told
 * when the platform has no list (404), whatever it counted. A text that means that the job as a
 * whole broke is a failure of its own (code 10500) unless no_halt. With a journal a job that has
 * errors is done after this: until then the next run gets it again, to be polled and asked. */
TOC_API toc_rc toc_batch_errors(toc_batch *batch, toc_session *sess, const toc_batch_job *job,
                                const toc_batch_callbacks *callbacks, toc_error *err);
/* Uploads the attachments; their groups must be there. Of the callbacks file and no_halt count. */
TOC_API toc_rc toc_batch_submit_files(toc_batch *batch, toc_session *sess,
                                      const toc_batch_callbacks *callbacks,
                                      toc_batch_status *status, toc_error *err);

/* A job for items that are there already, such as a file of toc_batch_write: made with the settings
 * of the batch, whose own items do not count; then given the items as V2 JSON, once. toc_batch_poll
 * and toc_batch_errors follow it. A job that was made elsewhere is one with its id. */
TOC_API toc_rc toc_batch_create_job(toc_batch *batch, toc_session *sess, toc_batch_job *job,
                                    toc_error *err);
TOC_API toc_rc toc_batch_upload_job(toc_batch *batch, toc_session *sess, const toc_batch_job *job,
                                    toc_str content, toc_error *err);

/* Settings by their names on the wire, as text: action attributeWriteType tagWriteType
 * securityLabelWriteType fileMergeMode hashCollisionMode haltOnError playbookTriggersEnabled;
 * pollTimeout (seconds) and the switches haltOnBatchError haltOnPollError haltOnFileError ("": not
 * set). Jobs sent later have the new value. */
TOC_API toc_rc toc_batch_set(toc_batch *batch, const char *name, const char *value, toc_error *err);
/* Borrowed until the next set; {NULL,0} for what is not set or has no such name. */
TOC_API toc_str toc_batch_get(toc_batch *batch, const char *name);

/* The numbers that programs know failures by. */
typedef struct toc_batch_code {
    unsigned code;
    bool critical;
    const char *text;
} toc_batch_code;
/* What the last step of this batch that failed ran into; NULL when none did. toc_error.number of
 * that failure is its code (TOC_NUMBER_... in ti.h). */
TOC_API const toc_batch_code *toc_batch_failure(const toc_batch *batch);
/* All of them, and what the server's own codes (0x1001...) stand for. Any thread. */
TOC_API const toc_batch_code *toc_batch_code_list(size_t *count);
TOC_API const toc_batch_code *toc_batch_server_code_list(size_t *count);

/* Writes the batch as one V2 file {"group":[...],"indicator":[...]}, and "association" when there
 * are any, to a stdio stream (FILE *). toc_import_json (import.h) makes the same batch of it;
 * attachments are not in it. */
TOC_API toc_rc toc_batch_write(toc_batch *batch, void *file, toc_error *err);
/* A dry run: every item that was not sent yet, raw ones too, is judged by the rules of the
 * platform; error is called for each refusal, with the field as source. types may be NULL: built-in
 * ones. TOC_EPARTIAL when there was a refusal. What the server alone knows (whether the other end
 * of a link is there) is not judged. */
TOC_API toc_rc toc_batch_check(toc_batch *batch, const toc_types *types,
                               const toc_batch_callbacks *callbacks, toc_batch_status *status,
                               toc_error *err);

/* The record type of jobs, for filters of kind TOC_KIND_RECORD with the API filter "id": id status
 * errorCount successCount unprocessCount haltOnError attributeWriteType action. */
TOC_API const toc_type *toc_batch_type(void);

/* Texts of a source as items take them. Each result goes to toc_free; TOC_EINVAL for text that is
 * not UTF-8. */
/* A group's name of at most max characters (0: 100), cut between words, " ..." behind it when
 * ellipsis says so; a first word that is too long itself is cut. */
TOC_API toc_rc toc_safe_group_name(toc_str name, size_t max, bool ellipsis, char **text,
                                   toc_error *err);
/* For the path of a URL: percent-encoded but for letters, digits and "-._~". Of a tag the first 128
 * characters. */
TOC_API toc_rc toc_safe_tag(toc_str tag, char **text, toc_error *err);
TOC_API toc_rc toc_safe_url(toc_str value, char **text, toc_error *err);
/* The name of a type with "_" for blanks, in small letters when lower says so. */
TOC_API toc_rc toc_safe_type(toc_str type, bool lower, char **text, toc_error *err);

#ifdef __cplusplus
}
#endif
#endif
