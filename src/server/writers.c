/* writers.c - threads for requests that may write. Such a request waits until those before it have
 * written; on a thread of the HTTP library every reader of that thread would wait with it. */
#include "base/error.h"
#include "server/limits.h"
#include "server/server.h"

static struct toc_exchange *take(toc_writers *writers)
{
    (void)pthread_mutex_lock(&writers->lock);
    while (!writers->first && !writers->stop)
        (void)pthread_cond_wait(&writers->changed, &writers->lock);
    struct toc_exchange *taken = writers->first;
    if (taken) {
        writers->first = *toc__exchange_link(taken);
        if (!writers->first)
            writers->last = NULL;
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

void toc__writers_put(toc_server *server, struct toc_exchange *ex)
{
    toc_writers *writers = &server->writers;
    *toc__exchange_link(ex) = NULL;
    (void)pthread_mutex_lock(&writers->lock);
    if (writers->last)
        *toc__exchange_link(writers->last) = ex;
    else
        writers->first = ex;
    writers->last = ex;
    (void)pthread_cond_signal(&writers->changed);
    (void)pthread_mutex_unlock(&writers->lock);
}

toc_rc toc__writers_start(toc_server *server, toc_error *err)
{
    toc_writers *writers = &server->writers;
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
