/* tocsin/batch.h - build items, spool them to disk, send them as jobs, learn what was refused.
 * Memory is bounded by one chunk, never by the batch. Rules: batch.md. */
#ifndef TOCSIN_BATCH_H
#define TOCSIN_BATCH_H
#include "tocsin/session.h"

#ifdef __cplusplus
extern "C" {
#endif

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
} toc_batch_options;
#define TOC_BATCH_OPTIONS_INIT                                                                     \
    {                                                                                              \
        .version = 1                                                                               \
    }

/* One thread at a time. */
typedef struct toc_batch toc_batch;
TOC_API toc_rc toc_batch_new(const toc_batch_options *options, toc_batch **batch, toc_error *err);
TOC_API void toc_batch_free(toc_batch *batch);
/* Generic interface: the object is checked, encoded and appended to the spool; it may be reused at
 * once. Without an xid it gets a random UUID. line: where the item came from (0: unknown). */
TOC_API toc_rc toc_batch_add(toc_batch *batch, toc_object *obj, uint64_t line, toc_error *err);
/* Raw interface: one finished JSON object of an item; name, type and xid (group) or type and a
 * value (indicator) must be in it. */
TOC_API toc_rc toc_batch_add_json(toc_batch *batch, toc_kind kind, toc_str json, uint64_t line,
                                  toc_error *err);
TOC_API uint64_t toc_batch_count(const toc_batch *batch, toc_kind kind);
TOC_API uint64_t toc_batch_bytes(const toc_batch *batch);

typedef struct toc_batch_status {
    uint64_t items;   /* sent so far */
    uint64_t success; /* stored */
    uint64_t errors;  /* refused items or parts of items */
    uint64_t unprocessed;
    uint64_t jobs;
    uint64_t bytes;
} toc_batch_status;

/* One refusal. Borrowed for the call. line is 0 when the item could not be found out; json is the
 * item's text in that case absent. */
typedef struct toc_batch_error {
    uint64_t line;
    toc_str reason, source;
    toc_str json;
    toc_str origin; /* the input record, for items of an import from CSV */
    toc_kind kind;  /* group or indicator */
} toc_batch_error;

typedef struct toc_batch_callbacks {
    unsigned version; /* 1 */
    void (*progress)(void *user, const toc_batch_status *status, uint64_t total_items);
    /* A negative return stops the submission with TOC_ECANCELED. */
    int (*error)(void *user, const toc_batch_error *error);
    void *user;
} toc_batch_callbacks;

/* Sends everything in the spool, groups first: create-and-upload, poll (short waits first), fetch
 * errors; the next job is uploaded while one runs. callbacks may be NULL. TOC_OK when all was
 * stored, TOC_EPARTIAL when some was refused. After a failure the unsent rest stays in the spool
 * and a second call goes on from there; *status is always set. */
TOC_API toc_rc toc_batch_submit(toc_batch *batch, toc_session *sess,
                                const toc_batch_callbacks *callbacks, toc_batch_status *status,
                                toc_error *err);
/* Writes the batch as one V2 file {"group":[...],"indicator":[...]} to a stdio stream (FILE *). */
TOC_API toc_rc toc_batch_write(toc_batch *batch, void *file, toc_error *err);

/* The record type of jobs, for filters of kind TOC_KIND_RECORD with the API filter "id": id status
 * errorCount successCount unprocessCount haltOnError attributeWriteType action. */
TOC_API const toc_type *toc_batch_type(void);

#ifdef __cplusplus
}
#endif
#endif
