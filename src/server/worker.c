/* worker.c - the thread that applies queued batch jobs. */
#include <time.h>

#include "base/error.h"
#include "server/limits.h"
#include "server/server.h"

static bool wants_stop(void *user)
{
    toc_server *server = user;
    return atomic_load(&server->worker.stop);
}

/* Waits until woken or for some seconds; the lock is held. */
static void wait_for_work(toc_worker *worker, int seconds)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    while (!worker->wake && !atomic_load(&worker->stop)) {
        if (pthread_cond_timedwait(&worker->changed, &worker->lock, &until))
            return;
    }
}

static void *run(void *user)
{
    toc_server *server = user;
    toc_worker *worker = &server->worker;
    (void)pthread_mutex_lock(&worker->lock);
    while (!atomic_load(&worker->stop)) {
        toc_error err = {0};
        worker->wake = false;
        (void)pthread_mutex_unlock(&worker->lock);
        int did = toc_platform_work(server->platform, wants_stop, server, &err);
        if (did < 0 && did != TOC_ECANCELED)
            toc_log_at(&server->log, TOC_LOG_ERROR, "batch", "the batch worker: %s", err.message);
        (void)pthread_mutex_lock(&worker->lock);
        if (did <= 0)
            wait_for_work(worker, did < 0 ? TOC_SERVER_RETRY_S : TOC_SERVER_POLL_S);
    }
    (void)pthread_mutex_unlock(&worker->lock);
    return NULL;
}

toc_rc toc__worker_start(toc_server *server, toc_error *err)
{
    int failed = pthread_create(&server->worker.thread, NULL, run, server);
    if (failed)
        return toc_error_errno(err, TOC_EIO, failed, "the thread of the batch worker");
    server->worker.running = true;
    return TOC_OK;
}

static void notify(toc_worker *worker)
{
    (void)pthread_mutex_lock(&worker->lock);
    worker->wake = true;
    (void)pthread_cond_signal(&worker->changed);
    (void)pthread_mutex_unlock(&worker->lock);
}

void toc__worker_wake(toc_server *server)
{
    notify(&server->worker);
}

void toc__worker_halt(toc_server *server)
{
    atomic_store(&server->worker.stop, true);
    notify(&server->worker);
}

void toc__worker_join(toc_server *server)
{
    if (server->worker.running)
        (void)pthread_join(server->worker.thread, NULL);
    server->worker.running = false;
}
