/* tocsin/report.h - what a session did: counters, one entry for each call, failures (sdk.md 8).
 * Secrets are never part of it: no header, no token, no key, no body with a password. One thread at
 * a time a session. */
#ifndef TOCSIN_REPORT_H
#define TOCSIN_REPORT_H
#include "tocsin/session.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TOC_STATS_METHODS 4
#define TOC_STATS_STATUSES 32 /* different ones; more are counted together under -1 */

/* Always counted. Durations are microseconds. */
typedef struct toc_stats {
    uint64_t api_calls;          /* calls that were sent; attempts of one call are one */
    uint64_t results_unfiltered; /* objects that lists received */
    uint64_t results_filtered;   /* objects that lists gave out */
    uint64_t api_filters;        /* tracked calls: every page of a list */
    uint64_t post_filters;       /* evaluated ones, once for each owner */
    int64_t request_us;          /* spent in calls, pauses included */
    int64_t run_us;              /* since the session was opened */
    bool report;                 /* entries are kept */
    uint64_t entries;            /* kept now */
    uint64_t entries_dropped;    /* the oldest, for want of room */
    /* In the order in which they were first seen; count 0 ends the list. */
    struct {
        const char *method;
        uint64_t count;
    } methods[TOC_STATS_METHODS];
    struct {
        int status; /* 0: no answer */
        uint64_t count;
    } statuses[TOC_STATS_STATUSES];
} toc_stats;
/* Fills *stats as of now; NULL arguments are fine. */
TOC_API void toc_session_stats(const toc_session *sess, toc_stats *stats);
/* The counters as people read them, in the layout of the Python SDK. Release with toc_free. */
TOC_API toc_rc toc_stats_print(const toc_stats *stats, char **text, toc_error *err);

typedef enum toc_report_kind { TOC_REPORT_CALL, TOC_REPORT_POST_FILTER } toc_report_kind;

/* Texts are borrowed from the session until its next call, and terminated. */
typedef struct toc_report_entry {
    toc_report_kind kind;
    int status; /* of the answer; 0: none came, or a post filter */
    bool track;
    toc_str description, resource_type; /* absent when the call had none */
    toc_str method;                     /* of the call, or of the post filter */
    toc_str uri;                        /* path below the API base; query cut off */
    toc_str target;                     /* path with query: a toc_call's path when bare is set */
    toc_str url;                        /* whole */
    toc_str payload;                    /* the query's parameters as text */
    toc_str content_type, body;
    uint64_t body_length;      /* of the call's; longer than body when that was cut or left out */
    toc_str failure;           /* raw answer, or why none came; absent after success */
    toc_str filter, operator_; /* of a post filter */
} toc_report_entry;
/* Entries from the oldest that is kept; false past the end. Calls have entries while the option
 * "report" is on (toc_session_set turns it on and off), post filters always. */
TOC_API bool toc_report_at(const toc_session *sess, size_t index, toc_report_entry *entry);
/* Forgets all entries; counters stay. */
TOC_API void toc_report_clear(toc_session *sess);
/* Where a walk over failures stands; all zero before the first. Members are private. */
typedef struct toc_failures {
    size_t group, index;
    int status;
} toc_failures;
/* Calls that ended with no answer or a status outside 200 to 204, grouped by status in the order in
 * which statuses were first seen. 1: *entry is the next; 0: the end. */
TOC_API int toc_failures_next(const toc_session *sess, toc_failures *walk, toc_report_entry *entry);
/* The call of an entry, to be made again; borrowed like the entry. TOC_EINVAL for a post filter,
 * TOC_ELIMIT when its body was not kept: it was too long, or had a password. */
TOC_API toc_rc toc_report_call(const toc_report_entry *entry, toc_call *call, toc_error *err);
/* The entry as people read it. Release with toc_free. */
TOC_API toc_rc toc_report_print(const toc_report_entry *entry, char **text, toc_error *err);

#ifdef __cplusplus
}
#endif
#endif
