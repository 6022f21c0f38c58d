/* logs.h - where the lines of a session go: the caller, a file, standard error, the platform. */
#ifndef TOC_CLIENT_LOGS_H
#define TOC_CLIENT_LOGS_H
#include "base/buf.h"
#include "base/log.h"
#include "tocsin/session.h"

typedef struct toc_logs {
    toc_log caller;
    int fd; /* of the log file; -1: none */
    toc_log_level file_level;
    bool console, ships;
    toc_log_level console_level;
    bool quiet; /* no debug lines, nothing is shipped: records are on their way */
    toc_log_place place;
    toc_buf records; /* JSON objects with commas between, for POST /v2/logs/app */
    unsigned count;  /* of them */
    unsigned dropped;
} toc_logs;

/* "debug", "info", "warning", "error"; "critical" is as "error". */
bool toc__log_level_find(toc_str name, toc_log_level *level);
/* Opens what checked options ask for. TOC_EIO when the file cannot be written. */
toc_rc toc__logs_open(toc_logs *logs, const toc_session_options *options, toc_error *err);
void toc__logs_close(toc_logs *logs); /* what was not sent is lost; closed ones are fine */
/* The log that writes to all of them; logs must stay where they are. */
toc_log toc__logs_view(toc_logs *logs);
/* Sends the records when there are enough of them, or with all set whatever there is. Failures end
 * up as one line in the file. */
void toc__logs_ship(toc_session *sess, bool all);
#endif
