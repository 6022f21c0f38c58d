/* tocsin/platform.h - the platform: a store and the REST v2 API as a function from request to
 * response. No sockets, no threads of its own. */
#ifndef TOCSIN_PLATFORM_H
#define TOCSIN_PLATFORM_H
#include "tocsin/transport.h"
#include "tocsin/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct toc_platform_options {
    unsigned version;           /* 1 */
    const char *store;          /* path of the SQLite file */
    bool create;                /* make the store when its file is missing or empty */
    const char *ui_url;         /* base of webLink; NULL: "https://tocsin.invalid" */
    unsigned synchronous_batch; /* items; 0: 500. UINT32_MAX: always at once (in process) */
    size_t batch_body_max;      /* bytes; 0: limits.h */
    bool no_sync;               /* benchmarks only: do not wait for the disk */
    toc_log_fn log;
    void *log_user;
    toc_log_level log_level;
    unsigned token_seconds;     /* lifetime of tokens that programs ask for; 0: limits.h */
    bool batch_disabled;        /* requests about batch jobs are answered with 503 */
    unsigned batch_days;        /* finished jobs and their errors are kept; 0: limits.h */
    uint64_t indicator_quota;   /* of each owner, for batch jobs; 0: any number */
    bool learn_attribute_types; /* an attribute of an unknown type defines the type, whoever sends
                                   it; without this only in-process callers may */
    toc_cancel_fn cancel;       /* asked often while a backup is made: true ends it */
    void *cancel_user;
} toc_platform_options;
#define TOC_PLATFORM_OPTIONS_INIT                                                                  \
    {                                                                                              \
        .version = 1                                                                               \
    }

/* May be used by several threads at once. */
typedef struct toc_platform toc_platform;
/* Opens the store (migrating it when it is of an older version), puts interrupted jobs back into
 * the queue. TOC_ENOTFOUND when the file is missing or empty and create is off: it stays as it is.
 * The first opening in a process that has not used SQLite before turns SQLite's account of its
 * memory off, whose lock costs a sixth of a look-up; a program that needs the account calls
 * sqlite3_initialize first. */
TOC_API toc_rc toc_platform_open(const toc_platform_options *options, toc_platform **platform,
                                 toc_error *err);
TOC_API void toc_platform_close(toc_platform *platform);

/* Answers one request. trusted: the caller is the owner of the store (in-process use); no
 * signature is asked for and the request acts as the store's first API user. Every failure is an
 * answer; a negative code means that none could be made (out of memory). */
TOC_API toc_rc toc_platform_handle(toc_platform *platform, const toc_request *request, bool trusted,
                                   toc_response *response, toc_error *err);
/* The longest body in bytes that a listener should read for a request with this head (the rest of
 * it is not looked at): kilobytes unless somebody known asks, gigabytes only for content. refusal
 * (may be NULL): what toc_platform_handle answers when the caller is not known; status 0 otherwise.
 */
TOC_API size_t toc_platform_body_max(toc_platform *platform, const toc_request *head,
                                     toc_response *refusal);
/* Runs queued batch jobs, and makes the bulk reports that are due, until none is left or stop says
 * so; returns 1 if it did work, 0 if there was none, or a negative code. Progress is durable at
 * every step: an interrupted job continues. */
TOC_API int toc_platform_work(toc_platform *platform, toc_cancel_fn stop, void *user,
                              toc_error *err);
/* A transport for sessions: trusted, in process. It borrows the platform, or with take_ownership
 * closes it when the transport is closed. */
TOC_API toc_rc toc_platform_transport(toc_platform *platform, bool take_ownership,
                                      toc_transport *transport, toc_error *err);

/* Indicators by value, without a request for each: for callers that own the store and have many
 * values. One thread at a time a finder; any number of finders. */
typedef struct toc_finder toc_finder;
struct toc_object;
/* owners: those that are asked, by name, 1 to 1000. TOC_ENOTFOUND: one is not there. The platform
 * must outlive the finder. */
TOC_API toc_rc toc_finder_open(toc_platform *platform, const char *const *owners, size_t count,
                               toc_finder **finder, toc_error *err);
TOC_API void toc_finder_close(toc_finder *finder); /* NULL is fine */
/* Looks the value up in each owner; it is brought into the form that is stored. *count: in how many
 * it is. What can be no value of the type is in none. */
TOC_API toc_rc toc_finder_find(toc_finder *finder, const toc_type *type, toc_str value,
                               size_t *count, toc_error *err);
/* What was found, in the order of the owners, with values and tags; inactive ones too. Borrowed
 * until the next find. NULL past the end. */
TOC_API struct toc_object *toc_finder_at(const toc_finder *finder, size_t index);
/* Lets go of what it holds of the store between finds. To be called before a pause: while it is
 * held, the store's log grows with every write. */
TOC_API void toc_finder_rest(toc_finder *finder);

struct toc_session;
struct toc_session_options;
/* A session (session.h) to whatever options->api_url names: with "file:PATH" to that store, inside
 * the process and without credentials; else as toc_session_open. store (may be NULL): how the store
 * is opened; its member store is not looked at. Batches are done before they are answered, unless
 * store says otherwise. TOC_ENOTFOUND when the store is not there and store->create is off,
 * TOC_EINVAL for a store together with a transport. Any thread; toc_session_close closes the store
 * as well. */
TOC_API toc_rc toc_platform_connect(const struct toc_session_options *options,
                                    const toc_platform_options *store, struct toc_session **sess,
                                    toc_error *err);

/* Administration, straight on the store. Secrets are written once into the caller's buffer. */
#define TOC_ACCESS_ID_TEXT 21 /* 20 digits and the terminator */
#define TOC_SECRET_TEXT 65
typedef struct toc_new_user {
    char access_id[TOC_ACCESS_ID_TEXT];
    char secret_key[TOC_SECRET_TEXT];
} toc_new_user;
/* name: UTF-8, at most 200 bytes. type: "Organization", "Community" or "Source". TOC_ECONFLICT when
 * the name is taken. */
TOC_API toc_rc toc_platform_add_owner(toc_platform *platform, const char *name, const char *type,
                                      int64_t *id, toc_error *err);
/* An API user of an organisation with every right in it. */
TOC_API toc_rc toc_platform_add_user(toc_platform *platform, const char *organization,
                                     toc_new_user *user, toc_error *err);
/* What is known of a user beside its secret. NULL in toc_platform_describe_user: leave it. */
typedef struct toc_user_texts {
    const char *first_name, *last_name;
    const char *pseudonym; /* shown in anonymous owners */
} toc_user_texts;
/* The same with a role in the organisation: "Api User", "Organization Administrator", "Standard
 * User", "Sharing User", "App Developer", "Read Only User", or one of toc_platform_grant; NULL is
 * "Organization Administrator". texts may be NULL. */
TOC_API toc_rc toc_platform_add_user_as(toc_platform *platform, const char *organization,
                                        const char *role, const toc_user_texts *texts,
                                        toc_new_user *user, toc_error *err);
TOC_API toc_rc toc_platform_describe_user(toc_platform *platform, const char *access_id,
                                          const toc_user_texts *texts, toc_error *err);
/* Whether the user's reports of observations and false positives count; they do at first. Without
 * it such reports are refused. */
TOC_API toc_rc toc_platform_set_observes(toc_platform *platform, const char *access_id,
                                         bool observes, toc_error *err);
/* Another secret for the user; the former one and all its tokens end. */
TOC_API toc_rc toc_platform_rotate_user(toc_platform *platform, const char *access_id,
                                        toc_new_user *user, toc_error *err);
/* Ends the user's access for good. What it made stays. */
TOC_API toc_rc toc_platform_revoke_user(toc_platform *platform, const char *access_id,
                                        toc_error *err);
typedef struct toc_user_entry {
    int64_t id;
    toc_str access_id, first_name, last_name, pseudonym, organization, role;
    bool observes, revoked;
} toc_user_entry;
/* Return other than TOC_OK ends the listing. Texts live until the function returns. */
typedef toc_rc (*toc_user_entry_fn)(void *context, const toc_user_entry *entry);
/* Every user, oldest first, the revoked ones too. */
TOC_API toc_rc toc_platform_list_users(toc_platform *platform, toc_user_entry_fn fn, void *context,
                                       toc_error *err);
typedef struct toc_owner_entry {
    int64_t id;
    toc_str name, type;
    bool anonymous;
} toc_owner_entry;
typedef toc_rc (*toc_owner_entry_fn)(void *context, const toc_owner_entry *entry);
/* Every owner, by name. */
TOC_API toc_rc toc_platform_list_owners(toc_platform *platform, toc_owner_entry_fn fn,
                                        void *context, toc_error *err);
/* In an anonymous owner users go by their pseudonyms: as members, as those who made something, and
 * as the people of tasks, who are found by them too. */
TOC_API toc_rc toc_platform_set_anonymous(toc_platform *platform, const char *owner, bool anonymous,
                                          toc_error *err);
/* Gives a user a role in another owner: "User", "Commenter", "Contributor", "Editor", "Director",
 * or "Banned", which takes the right to read away. Organisations know their own roles as well.
 */
TOC_API toc_rc toc_platform_grant(toc_platform *platform, const char *access_id, const char *owner,
                                  const char *role, toc_error *err);
#define TOC_TOKEN_TEXT 160
#define TOC_TOKEN_DAYS_MAX 3650
typedef struct toc_new_token {
    char token[TOC_TOKEN_TEXT];
    int64_t expires; /* UTC seconds */
} toc_new_token;
/* A token of the user in place of all former ones, which end at once. It is sent as
 * "Authorization: TC-Token {token}" and needs no signature. */
TOC_API toc_rc toc_platform_new_token(toc_platform *platform, const char *access_id, unsigned days,
                                      toc_new_token *token, toc_error *err);
/* Which bulk reports an owner offers: both unless told otherwise. One that is switched off is
 * removed. */
TOC_API toc_rc toc_platform_set_bulk(toc_platform *platform, const char *owner, bool csv, bool json,
                                     toc_error *err);
/* Where POST .../publish copies groups of this owner to: a community or source; NULL: nowhere,
 * requests to publish are then checked only. */
TOC_API toc_rc toc_platform_set_publish(toc_platform *platform, const char *owner,
                                        const char *target, toc_error *err);
/* Definitions beside the built-in ones. They are known at once, in other processes that
 * have the store open a moment later. TOC_ECONFLICT when a name or path word is taken,
 * TOC_EINVAL names what is wrong.
 * A type: name, entity, branch, kind, letter_case and fields, keys first, are read; an indicator
 * type has one to three text keys. The traits TOC_TYPE_CUSTOM and TOC_TYPE_RUNTIME are added. */
TOC_API toc_rc toc_platform_add_type(toc_platform *platform, const toc_type *type, toc_error *err);
TOC_API toc_rc toc_platform_add_attribute_type(toc_platform *platform,
                                               const toc_attribute_type *type, toc_error *err);
TOC_API toc_rc toc_platform_add_association_type(toc_platform *platform,
                                                 const toc_association_type *type, toc_error *err);
/* The same from JSON, with the members of the type catalogues' answers (rest-v2 3.9): one object,
 * an array of them, or such an answer as a whole. An object with apiEntity is an indicator type,
 * one with maxSize an attribute type; any other is an association type and has leftTypes and
 * rightTypes, arrays of names, as well. All of them are defined or none. *count: how many. */
TOC_API toc_rc toc_platform_add_types_json(toc_platform *platform, toc_str json, size_t *count,
                                           toc_error *err);
/* PRAGMA integrity_check and the store's own counters; TOC_ESTORE says what is wrong. */
TOC_API toc_rc toc_platform_check(toc_platform *platform, toc_error *err);
/* Copies the store as it is at one moment to path, with its key ("{path}.key"), the content of its
 * documents and its queued jobs; reads and writes go on meanwhile. The copy is a store: it can be
 * served, checked and backed up itself. It holds the users' secrets, sealed, and the key to them.
 * The copy is made in the folder "{path}.part" and named when it is whole and on the disk, so that
 * path is there only then, however the process ends; what one that was killed left of its copy is
 * removed by the next backup to path. TOC_ECONFLICT when something is at path already or another
 * backup to it is being made, TOC_ECANCELED when the platform's cancel callback said so; no failure
 * leaves anything behind. */
TOC_API toc_rc toc_platform_backup(toc_platform *platform, const char *path, toc_error *err);

#ifdef __cplusplus
}
#endif
#endif
