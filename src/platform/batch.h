/* batch.h - batch jobs: settings, the run over a file, the spool. */
#ifndef TOC_PLATFORM_BATCH_H
#define TOC_PLATFORM_BATCH_H
#include "base/map.h"
#include "platform/call.h"

typedef enum toc_write_type {
    TOC_WRITE_REPLACE,
    TOC_WRITE_APPEND,
    TOC_WRITE_SINGLETON,
    TOC_WRITE_STATIC
} toc_write_type;
typedef enum toc_merge_mode { TOC_MERGE_MERGE, TOC_MERGE_DISTRIBUTE } toc_merge_mode;
typedef enum toc_collision_mode {
    TOC_COLLISION_FAVOR_INCOMING,
    TOC_COLLISION_FAVOR_EXISTING,
    TOC_COLLISION_IGNORE_INCOMING,
    TOC_COLLISION_IGNORE_EXISTING,
    TOC_COLLISION_SPLIT
} toc_collision_mode;

typedef struct toc_batch_config {
    toc_str owner;
    bool v2, halt_on_error, remove;
    int attributes, tags, labels; /* toc_write_type */
    int merge, collision;         /* toc_merge_mode, toc_collision_mode */
} toc_batch_config;

/* Reads the settings of rest-v2 4.3. Texts are borrowed from json or the arena. Fails with
 * TOC_EHTTP and the status to answer. */
toc_rc toc_batch_config_read(toc_str json, toc_arena *arena, toc_batch_config *config,
                             toc_error *err);

/* One run over a file. Zero it, fill the first block, then call toc_batch_run. */
typedef struct toc_batch {
    toc_platform *platform;
    const toc_batch_config *config;
    toc_job job; /* counts; id 0: no row yet (made with the first error) */
    bool stored; /* a queued job: progress is kept in its row */
    toc_str file;
    toc_cancel_fn stop; /* may be NULL */
    void *stop_user;
    int64_t now;
    /* private */
    toc_conn *conn;
    toc_object *obj;       /* the current item */
    toc_arena *scratch;    /* of one item: that of obj */
    toc_buf text;          /* messages */
    toc_map groups;        /* xid to id of groups seen in this run */
    toc_map labels;        /* name to id */
    int64_t step, pending; /* items walked; of them in the open transaction */
    int64_t indicators;    /* items of indicator arrays */
    int64_t entries;       /* errors and warnings recorded */
    bool halted;
} toc_batch;
/* TOC_ECANCELED when stop said so: progress is kept. Else TOC_OK (refused items are counted), or a
 * failure of the store. */
toc_rc toc_batch_run(toc_batch *batch, toc_error *err);
/* Items of the file, counted no further than limit + 1. What is not JSON counts as 0. */
int64_t toc__batch_items(toc_str file, int64_t limit);

/* One item whose opening brace has been read. TOC_OK also when it was refused and recorded; the
 * reader then stands behind the item. TOC_EPARSE: the file is broken. Anything else ends the run.
 */
typedef toc_rc (*toc_batch_item)(toc_batch *batch, toc_json_reader *reader, toc_error *err);
toc_rc toc__batch_group(toc_batch *batch, toc_json_reader *reader, toc_error *err);
toc_rc toc__batch_indicator(toc_batch *batch, toc_json_reader *reader, toc_error *err);
toc_rc toc__batch_group_links(toc_batch *batch, toc_json_reader *reader, toc_error *err);
toc_rc toc__batch_indicator_links(toc_batch *batch, toc_json_reader *reader, toc_error *err);
toc_rc toc__batch_association(toc_batch *batch, toc_json_reader *reader, toc_error *err);

/* --- for those: batch_item.c */
/* Decodes into batch->obj. TOC_EINVAL: refused, *why says why, the reader is behind the item. */
toc_rc toc__batch_decode(toc_batch *batch, toc_json_reader *reader, toc_kind kind, toc_error *why);
/* Codes that refuse an item without ending the run. */
bool toc__batch_refusal(toc_rc rc);
/* Records the current item as refused: code 0x10xx by kind or the one given. */
toc_rc toc__batch_refuse(toc_batch *batch, toc_kind kind, const char *code, const toc_error *why,
                         toc_error *err);
/* Records an entry in the open transaction; warnings do not count as errors. */
toc_rc toc__batch_entry(toc_batch *batch, bool warning, const toc_job_error *entry, toc_error *err);
/* An entry about a link of the current item. */
toc_rc toc__batch_link_error(toc_batch *batch, toc_kind kind, const char *code, const char *what,
                             toc_str missing, toc_error *err);
toc_rc toc__batch_group_id(toc_batch *batch, toc_str xid, int64_t *id, toc_error *err);
toc_rc toc__batch_find_indicator(toc_batch *batch, toc_str type, toc_str summary, int64_t *id,
                                 toc_error *err);

/* --- batch_lists.c: tags, labels, attributes, occurrences by write type */
/* Makes sure that every label can be applied. TOC_EINVAL when one is unknown and not described. */
toc_rc toc__batch_prepare_labels(toc_batch *batch, toc_error *err);
toc_rc toc__batch_lists(toc_batch *batch, toc_target target, bool is_new, toc_error *err);

/* --- spool.c: files in "{store}.jobs/" */
#define TOC_SPOOL_NAME 48
toc_rc toc_spool_write(const toc_platform *platform, toc_str data, char name[TOC_SPOOL_NAME],
                       toc_error *err);
void toc_spool_remove(const toc_platform *platform, toc_str name);
typedef struct toc_spool_map {
    void *memory;
    toc_str data;
} toc_spool_map;
toc_rc toc_spool_open(const toc_platform *platform, toc_str name, toc_spool_map *map,
                      toc_error *err);
void toc_spool_close(toc_spool_map *map);

/* --- batch_work.c */
/* Puts a job that was running when the process ended back into the queue. */
toc_rc toc_batch_recover(toc_platform *platform, toc_error *err);

/* --- multipart.c: the part of this name of a multipart/form-data body; absent when it is not
 * there */
toc_str toc_multipart_find(toc_str content_type, toc_str body, toc_str name);
#endif
