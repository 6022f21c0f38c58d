/* batch.h - the inside of a batch. */
#ifndef TOC_BATCH_BATCH_H
#define TOC_BATCH_BATCH_H
#include "base/json.h"
#include "batch/spool.h"
#include "tocsin/batch.h"

/* Groups first: indicators refer to them. */
typedef enum toc_batch_part {
    TOC_BATCH_GROUPS,
    TOC_BATCH_INDICATORS,
    TOC_BATCH_PARTS
} toc_batch_part;

struct toc_batch {
    toc_buf config; /* the settings as JSON (batch.md 2.3) */
    char *owner;
    bool removal; /* action Delete */
    size_t chunk_items, chunk_bytes;
    unsigned poll_timeout_s;
    unsigned learned_ms; /* how long the last job took */
    toc_spool spools[TOC_BATCH_PARTS];
};

const char *toc_batch_part_name(toc_batch_part part);

/* toc_batch_add with the input record that the object was made from; an error names it. */
toc_rc toc__batch_add(toc_batch *batch, toc_object *obj, uint64_t line, toc_str origin,
                      toc_error *err);

/* What a status or create-and-upload answer says. */
typedef struct toc_job_answer {
    int64_t id; /* 0: none, the counts are final */
    bool completed;
    bool refused; /* an answer of status 200 that tells of a failure */
    uint64_t success, errors, unprocessed;
} toc_job_answer;
toc_rc toc_job_answer_parse(toc_str body, toc_job_answer *answer, toc_error *err);

/* What one job was made of: the stretch [from, to) of a spool. */
typedef struct toc_stretch {
    const toc_spool *spool;
    toc_kind kind;
    uint64_t from, to;
} toc_stretch;
/* Fetches a job's errors and reports each with the item it belongs to. */
toc_rc toc_batch_report(toc_session *sess, int64_t job, const toc_stretch *stretch,
                        const toc_batch_callbacks *callbacks, toc_error *err);
#endif
