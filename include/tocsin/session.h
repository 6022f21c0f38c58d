/* tocsin/session.h - a connection to a platform: settings, single calls, lists, save, delete. */
#ifndef TOCSIN_SESSION_H
#define TOCSIN_SESSION_H
#include "tocsin/filter.h"
#include "tocsin/object.h"
#include "tocsin/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Everything is copied by toc_session_open. NULL or 0 means the default. toc_config_apply
 * (config.h) fills what is left unset from the environment and a file. */
typedef struct toc_session_options {
    unsigned version;      /* 1 */
    const char *api_url;   /* "https://host/api"; trailing slashes are cut */
    const char *access_id; /* HMAC credentials, */
    const char *secret_key;
    const char *token;       /* or a token, which wins */
    int64_t token_expires;   /* epoch seconds; 0: unknown, never renewed ahead */
    const char *owner;       /* default owner */
    unsigned timeout_s;      /* 30: longest silence while an answer comes, and to connect */
    unsigned retries;        /* attempts, 5; at least 1 */
    unsigned retry_sleep_ms; /* 59000: longest pause between attempts; pauses start at 200 ms */
    unsigned result_limit;   /* objects a page, 200; at most 10000 */
    bool activity_log;       /* createActivityLog=true */
    bool insecure;           /* do not verify TLS certificates */
    const char *ca_file;     /* PEM bundle instead of the system's */
    const char *proxy;       /* "host", "host:port", "http://host:port"; NULL: the environment's */
    const char *proxy_user, *proxy_password; /* both or neither; never part of an address */
    toc_log_fn log;
    void *log_user;
    toc_log_level log_level; /* lowest level that log is given */
    toc_cancel_fn cancel;    /* asked between attempts, and over sockets about once a second while
                              * an answer is awaited; may look at what another thread sets */
    void *cancel_user;
    const toc_transport *transport; /* NULL: curl. Copied; closed with the session */
    unsigned connect_timeout_s;     /* to connect; 0: timeout_s */
    unsigned proxy_port;            /* of a proxy without a port, 3128 */
    const char *no_proxy;           /* hosts reached directly, with commas; "*": all */
    const char *client_cert;        /* PEM file with the client's certificate, */
    const char *client_key;         /* and with its key; NULL: client_cert has both */
    const char *log_file;           /* lines are appended: "{time} - tocsin - {LEVEL} - {text}
                                     * ({function}:{line})", local time */
    const char *log_file_level;     /* "debug" "info" "warning" "error" "critical"; NULL: "info" */
    const char *console_level;      /* the same lines on standard error; NULL: none */
    bool log_to_api;                /* what goes to log_file goes to POST /v2/logs/app as well */
    bool report;                    /* keep an entry of every call (report.h) */
} toc_session_options;
#define TOC_SESSION_OPTIONS_INIT                                                                   \
    {                                                                                              \
        .version = 1                                                                               \
    }

/* One thread at a time. */
typedef struct toc_session toc_session;
/* Sends nothing. TOC_EINVAL when the URL or the credentials are missing (a transport of one's own
 * needs neither) or a value is out of range; TOC_EUNSUPPORTED when libcurl, which the first session
 * without a transport of its own loads, is not on this machine. */
TOC_API toc_rc toc_session_open(const toc_session_options *options, toc_session **sess,
                                toc_error *err);
/* Closes the transport too. Lists of the session are closed before, and objects freed whose types
 * it learned from the server. */
TOC_API void toc_session_close(toc_session *sess);
/* The type catalogue, fetched on first use and kept. Borrowed. */
TOC_API toc_rc toc_session_types(toc_session *sess, const toc_types **types, toc_error *err);
/* The default owner; {NULL,0} when there is none. Borrowed until it is set anew. */
TOC_API toc_str toc_session_owner(const toc_session *sess);

/* The table of options: a row for each one that has a text form. */
typedef struct toc_option_info {
    const char *name; /* the member of toc_session_options, and the name for toc_session_set */
    const char *environment;   /* variable that toc_config_load looks at; NULL: none */
    const char *file_key;      /* key in section [threatconnect] of a configuration file */
    const char *fallback;      /* default as text; "" when there is none */
    const char *help;          /* one phrase */
    unsigned minimum, maximum; /* of numbers, else 0 */
    bool secret;               /* cannot be read back */
    bool fixed;                /* cannot be changed once the session is open */
} toc_option_info;
/* Row by index from 0; false past the end. Any thread. */
TOC_API bool toc_session_option_at(size_t index, toc_option_info *info);
/* Changes an option of an open session: numbers in decimal, flags as "true" or "false", "" is the
 * default. Works from the next call on. TOC_EINVAL (unknown, malformed, out of range) and
 * TOC_EUNSUPPORTED (fixed) leave everything as it was, as does a log file that cannot be opened
 * (TOC_EIO). TOC_ECONFLICT within a call of the session, as toc_session_call. */
TOC_API toc_rc toc_session_set(toc_session *sess, const char *name, const char *value,
                               toc_error *err);
/* The value as toc_session_set takes it; "***" for a secret that is set. Release with toc_free. */
TOC_API toc_rc toc_session_get(toc_session *sess, const char *name, char **value, toc_error *err);

/* A single call; everything is borrowed for its duration. path: below the API base, already encoded
 * ("/v2/owners"); a query may follow. Query values are encoded here. createActivityLog is added
 * unless bare. */
typedef struct toc_call {
    const char *method; /* NULL: GET */
    const char *path;
    const toc_header *query;
    size_t query_count;
    const char *owner;        /* NULL, "": none is sent */
    const char *content_type; /* NULL: application/json when there is a body */
    toc_str body;
    bool bare;
    bool no_owner;             /* the resource takes no owner: one is refused with TOC_EINVAL */
    bool no_pages;             /* toc_call_pages makes one request only */
    bool track;                /* counts as API filter in the report */
    unsigned result_limit;     /* resultLimit; 0: not sent, toc_call_pages takes the session's */
    uint64_t result_start;     /* resultStart; sent when result_limit or it is given */
    const char *description;   /* for people: in reports and logs */
    const char *resource_type; /* the same, "ResourceType.ADVERSARIES" */
    const toc_header
        *headers;        /* more headers. Those that signing and HTTP itself need (Authorization, */
    size_t header_count; /* Timestamp, Content-Type, Content-Length, Host...) are TOC_EINVAL */
    toc_sink_fn sink;    /* takes the body of a 2xx answer as it comes (transport.h); the */
    void *sink_user;     /* response has none then. Its failure is the call's, and is final */
    /* After the last attempt one of these is called once, when given. status 0: no answer. */
    void (*on_success)(void *user, const struct toc_call *call, const toc_response *response);
    void (*on_failure)(void *user, const struct toc_call *call, int status);
    void *callback_user;
} toc_call;
#define TOC_CALL_INIT                                                                              \
    {                                                                                              \
        0                                                                                          \
    }
/* Signs, sends, repeats after network failures (any call that is safe to repeat: GET, PUT, DELETE,
 * and POST when the connection was never made) and after 429/502/503/504 for GET, with Retry-After.
 * Statuses outside 200 to 204 are TOC_EHTTP (TOC_EAUTH for 401 and 403, TOC_ENOTFOUND for 404) with
 * the server's message; *response is set nevertheless when an answer arrived. Free it.
 * TOC_ERROR_TOLERATED is set when the body has one of the refusals that ask for nothing: a hash
 * that is known already, something that is not there, a label that may not be removed
 * (sdk.md 1.10). Redirects are not followed: a signature is for one target. TOC_ECONFLICT within
 * another call of the session: from its sink, its cancel or its log callback; on_success and
 * on_failure may call. */
TOC_API toc_rc toc_session_call(toc_session *sess, const toc_call *call, toc_response **response,
                                toc_error *err);
/* The answer to the last call that the session made, for whatever verb; NULL when none arrived.
 * Borrowed until the next call. What went to a sink is not in its body. */
TOC_API const toc_response *toc_session_last_response(const toc_session *sess);
/* Asked with each page: 0 goes on, anything else ends the calls with that code (positive ones with
 * TOC_ECANCELED) and TOC_ERROR_CALLBACK. The page is borrowed. */
typedef toc_rc (*toc_page_fn)(void *user, const toc_response *page);
/* GETs all pages from result_start on, each like toc_session_call; callbacks run for each. What was
 * delivered before a failure stays delivered. TOC_EPROTO when a list ends before its resultCount,
 * as toc_list_next. */
TOC_API toc_rc toc_call_pages(toc_session *sess, const toc_call *call, toc_page_fn fn, void *user,
                              toc_error *err);
/* The call as people read it, in the layout of the Python SDK; no credentials. sess NULL: as a
 * session with default options sends it. Release with toc_free. */
TOC_API toc_rc toc_call_print(const toc_session *sess, const toc_call *call, char **text,
                              toc_error *err);

/* Lists: pulled, the pages are fetched inside. */
typedef struct toc_list toc_list;
/* filter NULL: everything of the caller's own organization, no owner is named in the requests. With
 * TOC_KIND_RECORD the filter's type says which: the tags or security labels of an owner, the owners
 * (toc_part_type, parts.h). The filter must outlive the list; what it does not say about owners:
 * filter.h. A failure leaves what was given out as it was; without TOC_ERROR_FATAL next may be
 * called again and goes on with the same page. */
TOC_API toc_rc toc_list_open(toc_session *sess, toc_kind kind, const toc_filter *filter,
                             toc_list **list, toc_error *err);
/* Before the first next: each request begins at this resultStart, asks for limit objects a page (0:
 * the session's, at most 10000), and ends after so many pages (0: all). start, limit, 1: one page.
 * resultCount is told from resultStart 0 only: behind a start it is asked for when a page is short.
 * TOC_EINVAL. */
TOC_API toc_rc toc_list_range(toc_list *list, uint64_t start, unsigned limit, unsigned pages,
                              toc_error *err);
/* The object of the last next dies with it. */
TOC_API void toc_list_close(toc_list *list);
/* 1: *obj is the next object, valid until the next call; 0: the end; negative: a toc_rc. TOC_EPROTO
 * too when nothing comes though resultCount, asked for once more, says that objects remain: the
 * error tells how many came of how many. */
TOC_API int toc_list_next(toc_list *list, toc_object **obj, toc_error *err);
/* resultCount of the first page of the current request; -1 before the first next. */
TOC_API int64_t toc_list_total(const toc_list *list);
/* Path of the request that returned the current object; {NULL,0} when there is none. Borrowed until
 * the next call of next, as the descriptions. */
TOC_API toc_str toc_list_uri(const toc_list *list);
/* The descriptions of the filters that returned the current object, those of later requests not
 * included; {NULL,0} past the end. */
TOC_API toc_str toc_list_matched(const toc_list *list, size_t index);

/* Objects that were collected; they belong together and are released together. Their types belong
 * to the session. */
typedef struct toc_objects toc_objects;
/* The rest of the list, copied. TOC_ELIMIT when there are more than max (0: a million), any other
 * failure as next; *objects is set on success only. */
TOC_API toc_rc toc_list_all(toc_list *list, size_t max, toc_objects **objects, toc_error *err);
TOC_API void toc_objects_free(toc_objects *objects); /* NULL is fine */
TOC_API size_t toc_objects_count(const toc_objects *objects);
/* Objects are borrowed, may be changed and saved, and must not be freed. NULL: there is none. By
 * name: the summary (an indicator's value, a group's name), byte for byte; the first one. */
TOC_API toc_object *toc_objects_at(const toc_objects *objects, size_t index);
TOC_API toc_object *toc_objects_by_id(const toc_objects *objects, int64_t id);
TOC_API toc_object *toc_objects_by_name(const toc_objects *objects, toc_str name);

/* One object by type and identity: an indicator's value, a group's id. owner NULL: the session's
 * default one. Free the object. TOC_ENOTFOUND. */
TOC_API toc_rc toc_get(toc_session *sess, const toc_type *type, toc_str id, const char *owner,
                       toc_object **obj, toc_error *err);
/* Creates (no id yet; an indicator that did not come from the server) or updates, unless nothing
 * was set since it came from there; stores the id in the object; then sends its queue: attributes,
 * tags, labels and more (parts.h), in order. owner NULL: the one that the object came from, else
 * the session's. TOC_EHTTP too for an answer that says "Failure" with a good status, as for all
 * that changes something. */
TOC_API toc_rc toc_save(toc_session *sess, toc_object *obj, const char *owner, toc_error *err);
/* Deletes what toc_get would return. TOC_ENOTFOUND when it is not there; not when an earlier
 * attempt, whose answer was lost, may have deleted it. The same holds for all that removes
 * something. */
TOC_API toc_rc toc_delete(toc_session *sess, const toc_type *type, toc_str id, const char *owner,
                          toc_error *err);

/* An owner out of a list of them; its texts live as long as the list. */
typedef struct toc_owner {
    int64_t id;
    toc_str name, type;
} toc_owner;
typedef struct toc_owners toc_owners;
/* The owners that the caller can read, fetched now. Free the list. */
TOC_API toc_rc toc_owners_get(toc_session *sess, toc_owners **owners, toc_error *err);
TOC_API size_t toc_owners_count(const toc_owners *owners);
/* All zero past the end. */
TOC_API toc_owner toc_owners_at(const toc_owners *owners, size_t index);
/* By name (ASCII letters without case) or number; all zero, the name {NULL,0}, when there is none.
 */
TOC_API toc_owner toc_owners_find(const toc_owners *owners, toc_str name);
/* By number; all zero when there is none. */
TOC_API toc_owner toc_owners_find_id(const toc_owners *owners, int64_t id);
TOC_API void toc_owners_free(toc_owners *owners);

/* The API user behind the session. Texts are cut to the room they have. */
typedef struct toc_user {
    char user_name[128], first_name[128], last_name[128], role[64];
} toc_user;
/* Asks the server. Any part that it does not tell is "". */
TOC_API toc_rc toc_whoami(toc_session *sess, toc_user *user, toc_error *err);

#ifdef __cplusplus
}
#endif
#endif
