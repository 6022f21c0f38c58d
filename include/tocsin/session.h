/* tocsin/session.h - a connection to a platform: settings, single calls, lists, save, delete. */
#ifndef TOCSIN_SESSION_H
#define TOCSIN_SESSION_H
#include "tocsin/filter.h"
#include "tocsin/object.h"
#include "tocsin/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Everything is copied by toc_session_open. NULL or 0 means the default. */
typedef struct toc_session_options {
    unsigned version;      /* 1 */
    const char *api_url;   /* "https://host/api"; trailing slashes are cut */
    const char *access_id; /* HMAC credentials, */
    const char *secret_key;
    const char *token;       /* or a token, which wins */
    int64_t token_expires;   /* epoch seconds; 0: unknown, never renewed ahead */
    const char *owner;       /* default owner */
    unsigned timeout_s;      /* 30 */
    unsigned retries;        /* attempts, 5; at least 1 */
    unsigned retry_sleep_ms; /* 59000: longest pause between attempts; pauses start at 200 ms */
    unsigned result_limit;   /* objects a page, 500; at most 10000 */
    bool activity_log;       /* createActivityLog=true */
    bool insecure;           /* do not verify TLS certificates */
    const char *ca_file;     /* PEM bundle instead of the system's */
    const char *proxy;       /* "http://host:port"; NULL: the environment's */
    const char *proxy_user, *proxy_password;
    toc_log_fn log;
    void *log_user;
    toc_log_level log_level;
    toc_cancel_fn cancel;
    void *cancel_user;
    const toc_transport *transport; /* NULL: curl. Copied; closed with the session */
} toc_session_options;
#define TOC_SESSION_OPTIONS_INIT                                                                   \
    {                                                                                              \
        .version = 1                                                                               \
    }

/* One thread at a time. */
typedef struct toc_session toc_session;
/* No I/O. TOC_EINVAL when the URL or the credentials are missing (a transport of one's own needs
 * neither) or a value is out of range. */
TOC_API toc_rc toc_session_open(const toc_session_options *options, toc_session **sess,
                                toc_error *err);
TOC_API void toc_session_close(toc_session *sess);
/* The type catalogue, fetched on first use and kept. Borrowed. */
TOC_API toc_rc toc_session_types(toc_session *sess, const toc_types **types, toc_error *err);
TOC_API toc_str toc_session_owner(const toc_session *sess);

/* A single call. path: below the API base, already encoded ("/v2/owners"). Query values are
 * encoded here. createActivityLog is added unless bare. */
typedef struct toc_call {
    const char *method; /* NULL: GET */
    const char *path;
    const toc_header *query;
    size_t query_count;
    const char *owner;        /* NULL: none is sent */
    const char *content_type; /* NULL: application/json when there is a body */
    toc_str body;
    bool bare;
} toc_call;
#define TOC_CALL_INIT                                                                              \
    {                                                                                              \
        0                                                                                          \
    }
/* Signs, sends, repeats after network failures (any call that is safe to repeat: GET, PUT, DELETE,
 * and POST when the connection was never made) and after 429/502/503/504 for GET, with Retry-After.
 * Statuses outside 200 to 204 are TOC_EHTTP (TOC_EAUTH for 401 and 403, TOC_ENOTFOUND for 404) with
 * the server's message; *response is set nevertheless when an answer arrived. Free it. */
TOC_API toc_rc toc_session_call(toc_session *sess, const toc_call *call, toc_response **response,
                                toc_error *err);

/* Lists: pulled, the pages are fetched inside. */
typedef struct toc_list toc_list;
/* filter NULL: everything of the session's default owner. The filter must outlive the list. */
TOC_API toc_rc toc_list_open(toc_session *sess, toc_kind kind, const toc_filter *filter,
                             toc_list **list, toc_error *err);
TOC_API void toc_list_close(toc_list *list);
/* 1: *obj is the next object, valid until the next call; 0: the end; negative: a toc_rc. */
TOC_API int toc_list_next(toc_list *list, toc_object **obj, toc_error *err);
/* resultCount of the first page of the current request; -1 before the first next. */
TOC_API int64_t toc_list_total(const toc_list *list);

/* One object by type and identity: an indicator's value, a group's id. Free the object. */
TOC_API toc_rc toc_get(toc_session *sess, const toc_type *type, toc_str id, const char *owner,
                       toc_object **obj, toc_error *err);
/* Creates (no id yet, and indicators always) or updates; stores the id in the object; then sends
 * its attributes, tags and labels that are not on the server yet, in order. */
TOC_API toc_rc toc_save(toc_session *sess, toc_object *obj, const char *owner, toc_error *err);
TOC_API toc_rc toc_delete(toc_session *sess, const toc_type *type, toc_str id, const char *owner,
                          toc_error *err);

/* Owners. Valid until the list is freed. */
typedef struct toc_owner {
    int64_t id;
    toc_str name, type;
} toc_owner;
typedef struct toc_owners toc_owners;
TOC_API toc_rc toc_owners_get(toc_session *sess, toc_owners **owners, toc_error *err);
TOC_API size_t toc_owners_count(const toc_owners *owners);
TOC_API toc_owner toc_owners_at(const toc_owners *owners, size_t index);
TOC_API void toc_owners_free(toc_owners *owners);

/* The API user behind the session. Texts are cut to the room they have. */
typedef struct toc_user {
    char user_name[128], first_name[128], last_name[128], role[64];
} toc_user;
TOC_API toc_rc toc_whoami(toc_session *sess, toc_user *user, toc_error *err);

#ifdef __cplusplus
}
#endif
#endif
