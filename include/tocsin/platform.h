/* tocsin/platform.h - the platform: a store and the REST v2 API as a function from request to
 * response. No sockets, no threads of its own. */
#ifndef TOCSIN_PLATFORM_H
#define TOCSIN_PLATFORM_H
#include "tocsin/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct toc_platform_options {
    unsigned version;           /* 1 */
    const char *store;          /* path of the SQLite file */
    bool create;                /* make the file when it does not exist */
    const char *ui_url;         /* base of webLink; NULL: "https://tocsin.invalid" */
    unsigned synchronous_batch; /* items; 0: 500. UINT32_MAX: always at once (in process) */
    size_t batch_body_max;      /* bytes; 0: limits.h */
    bool no_sync;               /* benchmarks only: do not wait for the disk */
    toc_log_fn log;
    void *log_user;
    toc_log_level log_level;
} toc_platform_options;
#define TOC_PLATFORM_OPTIONS_INIT                                                                  \
    {                                                                                              \
        .version = 1                                                                               \
    }

/* May be used by several threads at once. */
typedef struct toc_platform toc_platform;
/* Opens the store (migrating it when it is of an older version), puts interrupted jobs back into
 * the queue. TOC_ENOTFOUND when the file is not there and create is off. */
TOC_API toc_rc toc_platform_open(const toc_platform_options *options, toc_platform **platform,
                                 toc_error *err);
TOC_API void toc_platform_close(toc_platform *platform);

/* Answers one request. trusted: the caller is the owner of the store (in-process use); no
 * signature is asked for and the request acts as the store's first API user. Every failure is an
 * answer; a negative code means that none could be made (out of memory). */
TOC_API toc_rc toc_platform_handle(toc_platform *platform, const toc_request *request, bool trusted,
                                   toc_response *response, toc_error *err);
/* Runs queued batch jobs until none is left or stop says so; returns 1 if it did work, 0 if there
 * was none, or a negative code. Progress is durable at every step: an interrupted job continues. */
TOC_API int toc_platform_work(toc_platform *platform, toc_cancel_fn stop, void *user,
                              toc_error *err);
/* A transport for sessions: trusted, in process. It borrows the platform, or with take_ownership
 * closes it when the transport is closed. */
TOC_API toc_rc toc_platform_transport(toc_platform *platform, bool take_ownership,
                                      toc_transport *transport, toc_error *err);

/* Administration, straight on the store. Secrets are written once into the caller's buffer. */
#define TOC_ACCESS_ID_TEXT 21 /* 20 digits and the terminator */
#define TOC_SECRET_TEXT 65
typedef struct toc_new_user {
    char access_id[TOC_ACCESS_ID_TEXT];
    char secret_key[TOC_SECRET_TEXT];
} toc_new_user;
/* type: "Organization", "Community" or "Source". TOC_ECONFLICT when the name is taken. */
TOC_API toc_rc toc_platform_add_owner(toc_platform *platform, const char *name, const char *type,
                                      int64_t *id, toc_error *err);
/* An API user of an organisation with every right in it. */
TOC_API toc_rc toc_platform_add_user(toc_platform *platform, const char *organization,
                                     toc_new_user *user, toc_error *err);
/* Gives a user a role in another owner: "User", "Commenter", "Contributor", "Editor", "Director".
 */
TOC_API toc_rc toc_platform_grant(toc_platform *platform, const char *access_id, const char *owner,
                                  const char *role, toc_error *err);
/* PRAGMA integrity_check and the store's own counters; TOC_ESTORE says what is wrong. */
TOC_API toc_rc toc_platform_check(toc_platform *platform, toc_error *err);

#ifdef __cplusplus
}
#endif
#endif
