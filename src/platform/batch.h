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
    bool v2, halt_on_error, remove, remove_orphans;
    int attributes, tags, labels; /* toc_write_type */
    int merge, collision;         /* toc_merge_mode, toc_collision_mode */
} toc_batch_config;

/* Reads the settings of rest-v2 4.3. Texts are borrowed from json or the arena. Fails with
 * TOC_EHTTP and the status to answer. */
toc_rc toc_batch_config_read(toc_str json, toc_arena *arena, toc_batch_config *config,
                             toc_error *err);

/* One run over a file. Zero it, fill the first block, then call toc_batch_run. */
typedef struct toc_applied_batch {
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
    toc_map groups;        /* xid to id of groups seen in this transaction */
    toc_map labels;        /* name to id, in this transaction */
    toc_map links;         /* links of the file that were counted */
    const toc_type *known; /* the type that mask is of */
    uint64_t mask;         /* slots that an item may set */
    toc_arena own;         /* of the run */
    toc_str author;        /* who new groups are made by */
    enum { TOC_LABELLED_UNKNOWN, TOC_LABELLED_NONE, TOC_LABELLED_SOME } labelled; /* attributes */
    int64_t room;          /* indicators that the owner may still get, with a quota */
    int64_t step, pending; /* items walked; of them in the open transaction */
    int64_t indicators;    /* items of indicator arrays */
    int64_t entries;       /* errors and warnings recorded */
    bool halted;
} toc_applied_batch;
/* TOC_ECANCELED when stop said so: progress is kept. Else TOC_OK (refused items are counted), or a
 * failure of the store. */
toc_rc toc_batch_run(toc_applied_batch *batch, toc_error *err);
/* Reads the file once for its syntax. TOC_EPARSE: it is not JSON, why says where it stops being it
 * and which item was read last (rest-v2 4.6). */
toc_rc toc__batch_syntax(toc_str file, toc_arena *scratch, toc_buf *why);
/* Items of the file, counted no further than limit + 1. What is not JSON counts as 0. */
int64_t toc__batch_items(toc_str file, int64_t limit);

/* One item whose opening brace has been read. TOC_OK also when it was refused and recorded; the
 * reader then stands behind the item. TOC_EPARSE: the file is broken. Anything else ends the run.
 */
typedef toc_rc (*toc_batch_item)(toc_applied_batch *batch, toc_json_reader *reader, toc_error *err);
toc_rc toc__batch_group(toc_applied_batch *batch, toc_json_reader *reader, toc_error *err);
toc_rc toc__batch_indicator(toc_applied_batch *batch, toc_json_reader *reader, toc_error *err);
toc_rc toc__batch_group_links(toc_applied_batch *batch, toc_json_reader *reader, toc_error *err);
toc_rc toc__batch_indicator_links(toc_applied_batch *batch, toc_json_reader *reader,
                                  toc_error *err);
toc_rc toc__batch_association(toc_applied_batch *batch, toc_json_reader *reader, toc_error *err);

/* --- for those: batch_entry.c */
/* Codes that refuse an item without ending the run. */
bool toc__batch_refusal(toc_rc rc);
/* Records the current item as refused: code 0x10xx by kind or the one given. */
toc_rc toc__batch_refuse(toc_applied_batch *batch, toc_kind kind, const char *code,
                         const toc_error *why, toc_error *err);
/* Records an entry in the open transaction; warnings do not count as errors. */
toc_rc toc__batch_entry(toc_applied_batch *batch, bool warning, const toc_job_error *entry,
                        toc_error *err);
/* An entry about a link of the current item to what does not exist, or to itself. */
toc_rc toc__batch_link_error(toc_applied_batch *batch, toc_kind kind, toc_kind other, toc_str ref,
                             bool itself, toc_error *err);
/* Warns that hashes of the current item or of stored files were moved or dropped. */
toc_rc toc__batch_merge_warning(toc_applied_batch *batch, const char *text, toc_error *err);

/* --- batch_item.c */
/* Decodes into batch->obj, what the job's version knows of it. TOC_EINVAL: refused, *why says why,
 * the reader is behind the item. */
toc_rc toc__batch_decode(toc_applied_batch *batch, toc_json_reader *reader, toc_kind kind,
                         toc_error *why);
toc_rc toc__batch_group_id(toc_applied_batch *batch, toc_str xid, int64_t *id, toc_error *err);
toc_rc toc__batch_find_indicator(toc_applied_batch *batch, toc_str type, toc_str summary,
                                 int64_t *id, toc_error *err);
/* Inserts the current item, or changes the one found, with its lists and its links to groups. */
toc_rc toc__batch_write(toc_applied_batch *batch, int64_t found, toc_error *err);

/* --- batch_links.c */
/* Adds a link and counts it, unless the file has named it before, from either end. */
toc_rc toc__batch_link(toc_applied_batch *batch, toc_target from, toc_target to,
                       toc_str association, bool directed, toc_error *err);
/* The links of the current item to groups. */
toc_rc toc__batch_link_groups(toc_applied_batch *batch, toc_target from, toc_error *err);

/* --- batch_files.c */
/* The current item is a file whose hashes are those of one to three stored files: merges and
 * settles by the modes of the job (rest-v2 4.9). */
toc_rc toc__batch_file(toc_applied_batch *batch, const int64_t ids[3], unsigned count,
                       toc_error *err);
/* Whether that leaves the current item out, so that its links are none either. */
toc_rc toc__batch_file_left_out(toc_applied_batch *batch, const int64_t ids[3], unsigned count,
                                bool *out, toc_error *err);

/* --- batch_remove.c: jobs with the action Delete */
toc_rc toc__batch_remove_group(toc_applied_batch *batch, toc_error *err);
toc_rc toc__batch_remove_indicator(toc_applied_batch *batch, toc_error *err);

/* --- batch_lists.c: tags, labels, attributes, occurrences by write type */
/* Makes sure that the lists can be applied, so that no item is stored by halves. TOC_EINVAL when a
 * label is unknown and not described, an attribute has no value, an occurrence says nothing. */
toc_rc toc__batch_prepare_lists(toc_applied_batch *batch, toc_error *err);
toc_rc toc__batch_lists(toc_applied_batch *batch, toc_target target, bool is_new, toc_error *err);
/* The members description and source, which are attributes. */
toc_rc toc__batch_texts(toc_applied_batch *batch, toc_target target, bool is_new, toc_error *err);

/* --- spool.c: files in "{store}.jobs/" */
#define TOC_SPOOL_NAME 48
toc_rc toc_spool_write(const toc_platform *platform, toc_str data, char name[TOC_SPOOL_NAME],
                       toc_error *err);
void toc_spool_remove(const toc_platform *platform, toc_str name);
typedef struct toc_spool_map {
    void *memory;
    toc_str data;
} toc_spool_map;
/* TOC_ENOTFOUND: the file is gone. Other failures may pass. */
toc_rc toc_spool_open(const toc_platform *platform, toc_str name, toc_spool_map *map,
                      toc_error *err);
void toc_spool_close(toc_spool_map *map);

/* --- batch_work.c */
/* Puts a job that was running when the process ended back into the queue. */
toc_rc toc_batch_recover(toc_platform *platform, toc_error *err);

/* --- batch_tidy.c */
/* Removes old jobs and the files that no job needs. Failures are logged. */
void toc_batch_tidy(toc_platform *platform, int64_t now);

/* --- multipart.c: the part of this name of a multipart/form-data body; absent when it is not
 * there */
toc_str toc_multipart_find(toc_str content_type, toc_str body, toc_str name);
#endif
