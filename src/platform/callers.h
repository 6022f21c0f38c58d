/* callers.h - API users as requests need them: row, keyed signer, rights in the owner they asked
 * for last. Kept between requests, because unsealing a secret and keying a signer cost more than
 * most answers. */
#ifndef TOC_PLATFORM_CALLERS_H
#define TOC_PLATFORM_CALLERS_H
#include <pthread.h>

#include "auth/auth.h"
#include "store/store.h"

/* Callers that are kept while no request uses them. One user has several when its requests come at
 * the same time. */
#define TOC_MAX_CALLERS 256

/* Belongs to one request at a time. */
typedef struct toc_caller {
    toc_arena arena;
    toc_store_user user; /* without the secret */
    toc_signer *signer;
    toc_moment moment; /* when it was read */
    bool has_owner;
    toc_str asked; /* the owner's name as the request had it; empty: it was found by its id */
    toc_store_owner owner;
    unsigned rights;
    struct toc_others *others; /* all owners that it may read; NULL: not looked up yet */
} toc_caller;

typedef struct toc_callers {
    pthread_mutex_t lock;
    toc_caller *idle[TOC_MAX_CALLERS]; /* the last one was used last */
    size_t count;
} toc_callers;

toc_rc toc_callers_init(toc_callers *callers, toc_error *err);
void toc_callers_done(toc_callers *callers);
/* A kept one whose knowledge still holds at the reader's moment, or one read anew. Give it back.
 * TOC_ENOTFOUND: no such user. */
toc_rc toc_caller_take(toc_callers *callers, toc_conn *reader, toc_str access_id,
                       toc_caller **caller, toc_error *err);
void toc_caller_give(toc_callers *callers, toc_caller *caller);
/* True when the owner with this id, or with id 0 the one with this name in the request, is the one
 * known. */
bool toc_caller_knows(const toc_caller *caller, toc_str asked, int64_t id);
/* Keeps what was found out about an owner. A failure only costs time later. */
void toc_caller_learn(toc_caller *caller, toc_str asked, const toc_store_owner *owner,
                      unsigned rights);
#endif
