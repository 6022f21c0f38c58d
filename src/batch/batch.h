/* batch.h - the inside of a batch. */
#ifndef TOC_BATCH_BATCH_H
#define TOC_BATCH_BATCH_H
#include "base/json.h"
#include "batch/journal.h"
#include "batch/seen.h"
#include "batch/spool.h"
#include "model/object.h"
#include "tocsin/batch.h"

/* Groups first: indicators refer to them. */
typedef enum toc_batch_part {
    TOC_BATCH_GROUPS,
    TOC_BATCH_INDICATORS,
    TOC_BATCH_ASSOCIATIONS, /* between items that earlier jobs stored */
    TOC_BATCH_PARTS
} toc_batch_part;

/* The settings that are words: toc_batch_options and the job's JSON. */
#define TOC_BATCH_WORDS 6
/* What ends a submission. */
typedef enum toc_batch_halt {
    TOC_HALT_BATCH,
    TOC_HALT_POLL,
    TOC_HALT_FILE,
    TOC_HALT_COUNT
} toc_batch_halt;

/* A chunk that was not taken, with halting off. */
typedef struct toc_batch_left {
    toc_batch_part part;
    uint64_t from, to;
} toc_batch_left;

struct toc_batch {
    toc_buf config; /* the settings as JSON (batch.md 2.3) */
    char *owner;
    bool removal; /* action Delete */
    size_t chunk_items, chunk_bytes;
    unsigned poll_timeout_s;
    unsigned learned_ms;  /* how long the last job took */
    uint64_t finished_ms; /* when it was over */
    toc_spool spools[TOC_BATCH_PARTS];
    const char *words[TOC_BATCH_WORDS]; /* constants; NULL: not sent */
    bool halt_on_error, playbook_triggers;
    toc_switch halts[TOC_HALT_COUNT];
    unsigned poll_first_ms, poll_longest_ms;
    char *journal_path; /* NULL: none */
    toc_journal *journal;
    bool submitted; /* by any call, whatever came of it */
    toc_batch_left *left;
    size_t left_count;
    const toc_batch_code *failure;
    char number[24]; /* for toc_batch_get */
    bool inline_links;
    toc_seen seen; /* spaces: toc_kind, for xids and associations; TOC_KIND_COUNT, attachments */
    uint64_t repeated;
    toc_spool files; /* what attachments there are (build_files.c) */
    int content_fd;  /* content that was given by value */
    uint64_t content_bytes;
};

/* So many characters from the front. */
toc_str toc__batch_front(toc_str text, size_t chars);

const char *toc_batch_part_name(toc_batch_part part);
toc_kind toc__batch_part_kind(toc_batch_part part);

/* From the options; the batch is zeroed but for its owner. */
toc_rc toc__batch_settings(toc_batch *batch, const toc_batch_options *options, toc_error *err);
/* What submitting left behind; the journal goes when everything was acknowledged. */
void toc__batch_submit_done(toc_batch *batch);

/* toc_batch_add with the input record that the object was made from; an error names it. *known: the
 * batch has its xid already, so that it was counted and passed over; NULL: repetitions go in too.
 */
toc_rc toc__batch_add(toc_batch *batch, toc_object *obj, uint64_t line, toc_str origin, bool *known,
                      toc_error *err);

/* The number for a file without any hash (batch.md 21 O44); returns rc. */
toc_rc toc__batch_no_value(const toc_type *type, toc_rc rc, toc_error *err);

/* The spool of a kind; NULL when a batch holds none of it. RECORD: associations. */
toc_spool *toc__batch_spool(toc_batch *batch, toc_kind kind);
/* toc_batch_add_json for the items of a file: repetitions stay, and members keep their names, so
 * that what is refused can be mended and read again. */
toc_rc toc__batch_add_raw(toc_batch *batch, toc_kind kind, toc_str json, uint64_t line,
                          toc_error *err);
/* The indicator that an item's text tells, for its value: only what can be told without a
 * platform's types, so that obj->type may be NULL. */
toc_rc toc__batch_read_indicator(toc_str json, toc_arena *arena, toc_object **obj);
/* Whether a link of an item to a group must go into an association of its own: the group was not
 * added before, so that it may be in a later job. */
toc_rc toc__links_is_late(toc_batch *batch, toc_kind kind, toc_str xid, bool *late, toc_error *err);
/* An item's own link as an association. type NULL: a group. */
toc_rc toc__links_put(toc_batch *batch, toc_str type, toc_str ref, const toc_link *link,
                      uint64_t line, toc_error *err);
/* Hides links that cannot stay in the item from the encoder until they are restored; meanwhile
 * put_aside puts them among the associations. */
toc_rc toc__links_set_aside(toc_batch *batch, toc_object *obj, toc_error *err);
toc_rc toc__links_put_aside(toc_batch *batch, toc_object *obj, uint64_t line, toc_error *err);
void toc__links_restore(toc_object *obj);

/* An attachment: the content of a Document or Report, kept aside of the item. Borrowed for the
 * visit. */
typedef struct toc_batch_file {
    uint64_t line;
    toc_str xid, type; /* type: Document or Report */
    toc_str name;      /* fileName; may be absent */
    toc_str source;    /* private to toc__batch_file_read */
} toc_batch_file;
/* Visits the attachments in the order they were added, those that a visit took (TOC_OK) never
 * again, those that it put off (TOC_BATCH_FILE_LATER) in a later call; stops at the first other
 * answer and returns it. Their groups must be on the server. */
#define TOC_BATCH_FILE_LATER 1
typedef toc_rc (*toc_batch_file_fn)(void *user, const toc_batch_file *file, toc_error *err);
toc_rc toc__batch_files_each(toc_batch *batch, toc_batch_file_fn visit, void *user, toc_error *err);
/* The content, appended: from the spool, the file or the callback. Once for a visit. */
toc_rc toc__batch_file_read(toc_batch *batch, const toc_batch_file *file, toc_buf *content,
                            toc_error *err);
/* It was in a file that is not there any more. */
bool toc__batch_file_gone(const toc_batch_file *file);
uint64_t toc__batch_files_left(const toc_batch *batch);

/* What a status or create-and-upload answer says. */
typedef struct toc_job_answer {
    int64_t id; /* 0: none, the counts are final */
    bool completed;
    bool refused; /* an answer of status 200 that tells of a failure */
    uint64_t success, errors, unprocessed;
    uint64_t group_errors, indicator_errors; /* some servers count only these */
} toc_job_answer;
toc_rc toc_job_answer_parse(toc_str body, toc_job_answer *answer, toc_error *err);

/* What one job was made of: the stretch [from, to) of a spool. */
typedef struct toc_stretch {
    const toc_spool *spool;
    toc_kind kind;
    uint64_t from, to;
} toc_stretch;
/* Fetches a job's errors and reports each with the item it belongs to; callbacks may be NULL.
 * critical: which of the texts that toc__batch_critical knows came up, as bits. */
toc_rc toc_batch_report(toc_session *sess, int64_t job, const toc_stretch *stretch,
                        const toc_batch_callbacks *callbacks, unsigned *critical, toc_error *err);
#endif
