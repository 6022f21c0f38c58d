/* report.h - how the parts of the client tell the report what happened. Without memory an
 * entry counts as dropped: a call that was made must not fail for its sake. */
#ifndef TOC_CLIENT_REPORT_H
#define TOC_CLIENT_REPORT_H
#include "tocsin/report.h"

typedef struct toc_report {
    int64_t opened_us;
    toc_stats stats;            /* but for what is only known when somebody asks */
    toc_report_entry **entries; /* a ring */
    size_t first, count, room;
    size_t bytes; /* of all entries */
} toc_report;

/* A list received (before filters) or gave out (after them) so many objects more. */
void toc__report_received(toc_session *sess, uint64_t count);
void toc__report_given(toc_session *sess, uint64_t count);
/* A post filter was evaluated: once for each owner. Counts it and adds an entry. description may be
 * absent; filter: its name ("add_pf_confidence"), method: what it compares, operator_: "EQ".
 * TOC_ENOMEM when there was no room for the entry; it counts as dropped. */
toc_rc toc__report_post_filter(toc_session *sess, toc_str description, toc_str filter,
                               toc_str method, toc_str operator_);

/* One call that was sent. response NULL: no answer; failure NULL: it went well. */
typedef struct toc_report_exchange {
    const toc_call *call;
    toc_str target; /* with the API's prefix */
    const toc_response *response;
    const toc_error *failure;
    int64_t start_us; /* toc__report_clock */
} toc_report_exchange;
void toc__report_exchange(toc_session *sess, const toc_report_exchange *exchange);
int64_t toc__report_clock(void);
void toc__report_open(toc_session *sess);
void toc__report_done(toc_session *sess);
#endif
