/* spool.h - an answer that may be larger than memory, kept in a file without a name and read from
 * there: what was read does not stay in memory. */
#ifndef TOC_INTEL_SPOOL_H
#define TOC_INTEL_SPOOL_H
#include "tocsin/session.h"

typedef struct toc_answer_file {
    int fd;
    int64_t size;
    toc_rc failed;   /* of the file */
    int problem;     /* errno then */
    char *map;       /* where the response has the file; NULL: not open */
    size_t released; /* bytes of it that were given back */
} toc_answer_file;

void toc__spool_init(toc_answer_file *spool);
void toc__spool_clear(toc_answer_file *spool); /* the response is gone */
void toc__spool_done(toc_answer_file *spool);
/* toc_session_call, the response's body being a file. */
toc_rc toc__spool_call(toc_answer_file *spool, toc_session *sess, const toc_call *call,
                       toc_response **response, toc_error *err);
/* Everything in front of the cursor has been read and is not needed any more. */
void toc__spool_passed(toc_answer_file *spool, const char *cursor);
#endif
