/* send.h - one chunk: built, looked up in the journal, sent, followed. */
#ifndef TOC_BATCH_SEND_H
#define TOC_BATCH_SEND_H
#include "batch/batch.h"

typedef struct toc_sender {
    toc_batch *batch;
    toc_session *sess;
    toc_batch_part part;
    toc_spool_cursor cursor;
    uint64_t limit; /* where the stretch of the spool ends */
    toc_buf body;
    size_t content, content_end; /* the items in the body, as one JSON object */
    bool linked;                 /* its groups name other groups */
    char boundary[40];
} toc_sender;

/* Takes the journal as well. */
toc_rc toc__sender_init(toc_sender *sender, toc_batch *batch, toc_session *sess, toc_error *err);
void toc__sender_done(toc_sender *sender);
/* What is between from and to of the part, or up to its end. */
toc_rc toc__sender_seek(toc_sender *sender, toc_batch_part part, uint64_t from, uint64_t to,
                        toc_error *err);
/* Builds the next chunk; job->items is 0 when nothing is left. */
toc_rc toc__chunk_build(toc_sender *sender, toc_batch_job *job, toc_error *err);
/* True when an earlier run sent this chunk: the job is completed, or has an id to follow. */
bool toc__chunk_resume(toc_sender *sender, toc_batch_job *job);
/* Sends what was built. */
toc_rc toc__chunk_send(toc_sender *sender, toc_batch_job *job, toc_error *err);
/* Notes in the journal that the job is over, or that the platform has forgotten it. */
toc_rc toc__job_note(toc_batch *batch, const toc_batch_job *job, toc_journal_state state,
                     toc_error *err);
toc_stretch toc__job_stretch(const toc_batch *batch, const toc_batch_job *job);
/* The chunk counts as the platform's. */
void toc__job_acknowledge(toc_batch *batch, const toc_batch_job *job);

/* submit.c: forgets a chunk that was left; it is the platform's now, or was left anew. */
void toc__left_drop(toc_batch *batch, size_t index);

/* One call whose answer tells of a job. */
toc_rc toc__job_call(toc_session *sess, const toc_call *call, toc_job_answer *answer,
                     toc_error *err);
/* poll.c: waits for the job; err is there. */
toc_rc toc__job_wait(toc_batch *batch, toc_session *sess, toc_batch_job *job, unsigned timeout_s,
                     toc_error *err);
/* steps.c: fetches and tells the errors; err is there. */
toc_rc toc__job_errors(toc_batch *batch, toc_session *sess, const toc_batch_job *job,
                       const toc_batch_callbacks *callbacks, toc_error *err);
/* attach.c: uploads what is left; err is there. */
toc_rc toc__files_send(toc_batch *batch, toc_session *sess, const toc_batch_callbacks *callbacks,
                       toc_batch_status *status, toc_error *err);

/* Keeps the number of a failure, in err too; thrown: without an answer. Returns rc. */
toc_rc toc__batch_fail(toc_batch *batch, unsigned thrown, unsigned answered, toc_rc rc,
                       toc_error *err);
/* Whether a failure of this kind ends the submission. */
bool toc__batch_halts(const toc_batch *batch, toc_batch_halt which,
                      const toc_batch_callbacks *callbacks, toc_rc rc);
/* 10500 for the bits that toc_batch_report found. */
toc_rc toc__batch_critical(toc_batch *batch, unsigned critical, toc_error *err);
/* The bit of the text that is in the reason; 0: none. */
unsigned toc__batch_critical_bit(toc_str reason);
#endif
