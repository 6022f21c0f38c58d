/* tocsin/bulk.h - bulk reports: all active indicators of an owner in one answer, made by the
 * platform once a day. Rules: sdk.md 9.2, rest-v2 2.7. One thread at a time a session. */
#ifndef TOCSIN_BULK_H
#define TOCSIN_BULK_H
#include "tocsin/session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The indicators of a bulk report as a list (session.h), with their attributes and tags. owner:
 * whose; NULL: the owners of the filter one after the other, or the session's default one if it
 * names none, or without a filter the caller's own organization. on_demand: the report is made now
 * instead of being the last one. filter may be NULL; of it only owners and post filters count: with
 * API filters, terms or joined filters it is TOC_EINVAL. It must outlive the list.
 *
 * The answer goes through a file in $TMPDIR (else /tmp) that has no name, so that reports of any
 * size take the same memory. A report is read to its end even when it is broken: what came before
 * was given out. TOC_ENOTFOUND when the owner has no such report. */
TOC_API toc_rc toc_bulk_open(toc_session *sess, const char *owner, bool on_demand,
                             const toc_filter *filter, toc_list **list, toc_error *err);

/* The report in CSV, columns Type,Value,Rating,Confidence, given to fn as it comes (transport.h).
 * owner NULL: the session's default one. TOC_EPROTO for an answer that says to be something else,
 * as the page of a proxy. */
TOC_API toc_rc toc_bulk_csv(toc_session *sess, const char *owner, toc_sink_fn fn, void *user,
                            toc_error *err);

/* State of the reports of an owner. Texts are cut to the room they have; "": not told. */
typedef struct toc_bulk_state {
    char name[128];                  /* of the owner */
    bool csv_enabled, json_enabled;  /* whether such reports are made */
    char next_run[40], last_run[40]; /* dates as received */
    char status[64];
} toc_bulk_state;
/* owner NULL: the session's default one. */
TOC_API toc_rc toc_bulk_status(toc_session *sess, const char *owner, toc_bulk_state *state,
                               toc_error *err);

#ifdef __cplusplus
}
#endif
#endif
