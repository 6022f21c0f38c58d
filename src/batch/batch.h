/* batch.h - the inside of a batch. */
#ifndef TOC_BATCH_BATCH_H
#define TOC_BATCH_BATCH_H
#include "base/json.h"
#include "batch/spool.h"
#include "tocsin/batch.h"

/* Groups first: indicators refer to them. */
typedef enum toc_batch_part { TOC_BATCH_GROUPS, TOC_BATCH_INDICATORS, TOC_BATCH_PARTS } toc_batch_part;

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
    uint64_t success, errors, unprocessed;
} toc_job_answer;
toc_rc toc_job_answer_parse(toc_str body, toc_job_answer *answer, toc_error *err);

/* Fetches a job's errors and reports each with the item it belongs to, looked up in the stretch
 * [from, to) of the spool. */
toc_rc toc_batch_report(toc_session *sess, int64_t job, const toc_spool *spool, uint64_t from,
                        uint64_t to, const toc_batch_callbacks *callbacks, toc_error *err);
#endif
