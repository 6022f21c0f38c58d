/* writers.c - threads for requests that may write. Such a request waits until those before it have
 * written; in a loop its other connections would wait with it. */

#include "base/error.h"
#include "base/map.h"
#include "base/random.h"
#include "server/limits.h"
#include "server/server.h"

/* The next lane in turn that has something; there is one. */
static unsigned next_lane(toc_writers *writers)
{
    uint64_t behind = writers->waiting & ~((UINT64_C(1) << writers->turn) - 1);
    unsigned lane = (unsigned)__builtin_ctzll(behind ? behind : writers->waiting);
    writers->turn = (lane + 1) % TOC_SERVER_LANES;
    return lane;
}

static struct toc_exchange *take(toc_writers *writers)
{
    struct toc_exchange *taken = NULL;
    (void)pthread_mutex_lock(&writers->lock);
    while (!writers->waiting && !writers->stop)
        (void)pthread_cond_wait(&writers->changed, &writers->lock);
    if (writers->waiting) {
        unsigned lane = next_lane(writers);
        taken = writers->lanes[lane].first;
        writers->lanes[lane].first = *toc__exchange_link(taken);
        if (!writers->lanes[lane].first)
            writers->waiting &= ~(UINT64_C(1) << lane);
    }
    (void)pthread_mutex_unlock(&writers->lock);
    return taken;
}

/* Ends when it is told to stop and nothing is left: what was taken is answered. */
static void *run(void *user)
{
    toc_server *server = user;
    for (;;) {
        struct toc_exchange *next = take(&server->writers);
        if (!next)
            return NULL;
        toc__exchange_run(server, next);
    }
}

/* The lock is held. */
static void append(toc_writers *writers, unsigned lane, struct toc_exchange *ex)
{
    uint64_t bit = UINT64_C(1) << lane;
    *toc__exchange_link(ex) = NULL;
    if (writers->waiting & bit)
        *toc__exchange_link(writers->lanes[lane].last) = ex;
    else
        writers->lanes[lane].first = ex;
    writers->lanes[lane].last = ex;
    writers->waiting |= bit;
}

bool toc__writers_put(toc_server *server, struct toc_exchange *ex, toc_str user)
{
    toc_writers *writers = &server->writers;
    unsigned lane = (unsigned)(toc_hash(writers->key, user.ptr, user.len) % TOC_SERVER_LANES);
    (void)pthread_mutex_lock(&writers->lock);
    bool taken = !writers->stop;
    if (taken) {
        toc__exchange_sleep(ex);
        append(writers, lane, ex);
        (void)pthread_cond_signal(&writers->changed);
    }
    (void)pthread_mutex_unlock(&writers->lock);
    return taken;
}

toc_rc toc__writers_start(toc_server *server, toc_error *err)
{
    toc_writers *writers = &server->writers;
    toc_rc rc = toc_random(writers->key, sizeof(writers->key), err);
    if (rc)
        return rc;
    for (; writers->count < TOC_SERVER_WRITERS; writers->count++) {
        int failed = pthread_create(&writers->threads[writers->count], NULL, run, server);
        if (failed)
            return toc_error_errno(err, TOC_EIO, failed, "a thread of the writers");
    }
    return TOC_OK;
}

void toc__writers_stop(toc_server *server)
{
    toc_writers *writers = &server->writers;
    if (!writers->count)
        return;
    (void)pthread_mutex_lock(&writers->lock);
    writers->stop = true;
    (void)pthread_cond_broadcast(&writers->changed);
    (void)pthread_mutex_unlock(&writers->lock);
    while (writers->count)
        (void)pthread_join(writers->threads[--writers->count], NULL);
}
