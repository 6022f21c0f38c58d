/* call.h - one request on its way through the platform. Everything in it dies with the answer. */
#ifndef TOC_PLATFORM_CALL_H
#define TOC_PLATFORM_CALL_H
#include "base/json.h"
#include "base/log.h"
#include "platform/callers.h"
#include "platform/pages.h"
#include "platform/request.h"
#include "store/store.h"
#include "tocsin/platform.h"

struct toc_route;
struct toc_route_index;

struct toc_platform {
    toc_store *store;
    toc_log log;
    char *ui_url;
    char *jobs_dir;
    unsigned synchronous_batch;
    size_t batch_body_max;
    bool batch_disabled;
    bool learn_attribute_types; /* of every caller, not only of trusted ones */
    int64_t batch_quota;        /* indicators of an owner; 0: any number */
    int64_t job_keep;           /* seconds that finished jobs are kept */
    int64_t tidied;             /* when old jobs were last looked for; under work_lock */
    int64_t token_lifetime;     /* seconds */
    int64_t metrics_day;        /* that the worker saw last; under work_lock */
    struct toc_route_index *routes;
    toc_pages pages;
    toc_callers callers;
    pthread_mutex_t work_lock; /* one job at a time; across processes: batch_work.c */
    pthread_mutex_t bulk_lock; /* one bulk report at a time */
    bool locks_ready;
    toc_cancel_fn cancel; /* asked while a backup is made */
    void *cancel_user;
};

/* Values that a path carries; the routes name them in braces. */
typedef enum toc_arg {
    TOC_ARG_IT,
    TOC_ARG_IV,
    TOC_ARG_GT,
    TOC_ARG_GID,
    TOC_ARG_TID,
    TOC_ARG_VID,
    TOC_ARG_AT,
    TOC_ARG_AID,
    TOC_ARG_IT2,
    TOC_ARG_IV2,
    TOC_ARG_GT2,
    TOC_ARG_GID2,
    TOC_ARG_TID2,
    TOC_ARG_VID2,
    TOC_ARG_AT2,
    TOC_ARG_AID2,
    TOC_ARG_TAG,
    TOC_ARG_LABEL,
    TOC_ARG_ATTR,
    TOC_ARG_FOID,
    TOC_ARG_OID,
    TOC_ARG_NAME,
    TOC_ARG_BID,
    TOC_ARG_ASSOC,
    TOC_ARG_ACTION,
    TOC_ARG_USER,
    TOC_ARG_METRIC,
    TOC_ARG_FORMAT,
    TOC_ARG_ANY,
    TOC_ARG_COUNT
} toc_arg;

/* A type's web link template with the owner filled in; one value is left to insert. */
typedef struct toc_link_plan {
    struct toc_link_plan *next; /* of another type in the same place */
    const toc_type *type;
    toc_str before, after;
    enum { TOC_LINK_NOTHING, TOC_LINK_VALUE, TOC_LINK_ID } what;
} toc_link_plan;
#define TOC_LINK_PLANS 32

typedef struct toc_incoming {
    toc_platform *platform;
    const toc_request *request;
    bool trusted;
    const struct toc_route *route;
    toc_arena arena;
    toc_conn *reader, *writer;
    toc_conn *conn; /* the one of the two that the handler works with */
    toc_target_parts parts;
    toc_str args[TOC_ARG_COUNT];
    toc_str association;       /* of the links that a pivot follows; absent: any */
    struct toc_others *others; /* as in caller; of this request without one */
    toc_caller *caller;        /* of a signed request; user, owner and their texts may be its own */
    toc_store_user user;
    toc_store_owner owner;
    unsigned rights;
    int64_t now;
    toc_buf body;
    toc_json_writer out; /* over body */
    int status;
    const char *content_type;
    int file; /* the body when it is a file: its descriptor, read from the start; else -1 */
    int64_t file_size;
    toc_link_plan *plans[TOC_LINK_PLANS]; /* of the types met so far, by address */
    toc_str owner_form;                   /* owner name, form-encoded */
    toc_buf link;                         /* the current object's web link */
} toc_incoming;

/* Ends a request with a status and a message: returns TOC_EHTTP, which handle.c turns into an
 * answer. */
toc_rc toc__refuse(toc_error *err, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
toc_rc toc__refuse_missing(toc_error *err); /* 404 with the catalogue's text */
toc_rc toc__refuse_body(toc_error *err);    /* 400 with the catalogue's text */
/* Other forms of refusals, said after toc__refuse: {"status":"Invalid","description":...}, or bare
 * text. */
#define TOC_REFUSE_INVALID "description"
#define TOC_REFUSE_PLAIN "text/plain"
toc_rc toc__refuse_as(toc_error *err, const char *form);

/* Envelopes. begin opens {"status":"Success","data":{ and end closes it. */
void toc__begin(toc_incoming *call, int status);
void toc__end(toc_incoming *call);
/* Opens a list: resultCount (left out when negative) and the array under the entity's name. */
void toc__begin_list(toc_incoming *call, int64_t count, const char *entity);
void toc__end_list(toc_incoming *call);
void toc__done(toc_incoming *call, int status); /* nothing to return */
/* An empty body of JSON, for what is not in an envelope. */
void toc__begin_bare(toc_incoming *call, int status);
/* The failure envelope into an emptied body; key is "message" or "description". */
void toc__failure(toc_incoming *call, int status, const char *word, const char *key, toc_str text);
void toc__json_member(toc_json_writer *writer, const char *key, const char *text);
void toc__json_key(toc_json_writer *writer, const char *key);
void toc__json_count(toc_json_writer *writer, const char *key, int64_t value);

/* Paging. all: without resultLimit everything is meant. */
typedef struct toc_page {
    int64_t start, limit;
} toc_page;
toc_rc toc__page(const toc_incoming *call, bool all, toc_page *page, toc_error *err);
bool toc__on_page(const toc_page *page, int64_t row);

/* Members of a small request body, by table. Absent or null members leave the output alone. */
typedef enum toc_member_kind { TOC_MEMBER_TEXT, TOC_MEMBER_BOOL, TOC_MEMBER_INT } toc_member_kind;
typedef struct toc_member {
    const char *name;
    toc_member_kind kind;
    void *out;  /* toc_str, bool or int64_t */
    bool *seen; /* may be NULL */
} toc_member;
/* True or false in one of the ways in which clients say it (rest-v2 1.5): the value's event and
 * text. */
bool toc__read_truth(toc_json_event event, toc_str text, bool *truth);
toc_rc toc__read_members(toc_incoming *call, toc_str body, const toc_member *members, size_t count,
                         toc_error *err);

/* Rights and owners. */
toc_rc toc__use_owner(toc_incoming *call, toc_str name, toc_error *err);
toc_rc toc__use_owner_id(toc_incoming *call, int64_t id, toc_error *err);
/* That of the query; without one that of the group, task or victim whose id stands first in the
 * path, for clients leave out what an id says; else the user's organization. */
toc_rc toc__use_asked_owner(toc_incoming *call, toc_error *err);
toc_rc toc__need_rights(toc_incoming *call, unsigned rights, toc_error *err);
/* Gives the reader back, in front of work that writes much on its own. */
void toc__read_nothing(toc_incoming *call);
/* What was read so far may be out of date: goes on with a reader that shows the last commit. */
toc_rc toc__read_anew(toc_incoming *call, toc_error *err);
/* Begins the request's transaction; handle.c ends it. */
toc_rc toc__begin_write(toc_incoming *call, toc_error *err);

/* Web links, into call->link: valid until the next one. Absent when memory is out. */
toc_str toc__web_link(toc_incoming *call, const toc_type *type, int64_t id, toc_object *obj);
toc_str toc__tag_link(toc_incoming *call, toc_str name);

/* Sections asked for by includes, includeAdditional, includeTags, includeAttributes. */
unsigned toc__sections(const toc_incoming *call);
#endif
