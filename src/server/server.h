/* server.h - the listener's parts: acceptor, exchanges, bodies, worker. */
#ifndef TOC_SERVER_SERVER_H
#define TOC_SERVER_SERVER_H
#include <pthread.h>
#include <stdatomic.h>

#include <microhttpd.h>

#include "base/buf.h"
#include "base/log.h"
#include "server/limits.h"
#include "tocsin/server.h"

/* A refused upload: the library has closed its end, the rest of the body is still coming. */
typedef struct toc_linger {
    int fd;
    int64_t until_ms;
    size_t dropped;
} toc_linger;

/* Takes connections and hands them to the HTTP library's threads. The library's own accepting is
 * not used: ending it (MHD_quiesce_daemon) races with its threads and may abort the process. */
typedef struct toc_acceptor {
    int listen_fd;
    int wake_fd; /* eventfd */
    pthread_t thread;
    bool running;
    atomic_bool stop;
    atomic_uint connections; /* handed over and not closed yet */
    unsigned limit;
    pthread_mutex_t lock; /* of the two below */
    toc_linger arriving[8];
    size_t arriving_count;
} toc_acceptor;

/* Runs the queued batch jobs. */
typedef struct toc_worker {
    pthread_t thread;
    bool running;
    atomic_bool stop;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool wake; /* under the lock */
} toc_worker;

/* Serve the requests that may write. */
typedef struct toc_writers {
    pthread_t threads[TOC_SERVER_WRITERS];
    unsigned count;       /* that run */
    pthread_mutex_t lock; /* of the rest */
    pthread_cond_t changed;
    bool stop;
    struct toc_exchange *first, *last;
} toc_writers;

struct toc_server {
    toc_platform *platform;
    toc_log log;
    struct MHD_Daemon *daemon;
    unsigned port;
    toc_acceptor acceptor;
    toc_worker worker;
    toc_writers writers;
    atomic_uint in_flight; /* requests whose answer is not sent yet */
    atomic_bool draining;
    pthread_mutex_t lock;
    struct toc_exchange *exchanges; /* one per connection; under the lock */
    pthread_cond_t idle;            /* in_flight may have become 0 while draining */
    bool locks_ready;
    atomic_bool started; /* what the HTTP library says goes to the log; before that to complaint */
    char complaint[256];
};

/* --- listen.c ------------------------------------------------------------------------------- */

/* Opens the listening socket of "host:port"; *port is the one in use. */
toc_rc toc__listen(const char *address, int *fd, unsigned *port, toc_error *err);

/* --- accept.c ------------------------------------------------------------------------------- */

toc_rc toc__acceptor_start(toc_server *server, toc_error *err);
void toc__acceptor_stop(toc_server *server); /* no connection is taken any more */
void toc__acceptor_done(toc_server *server); /* behind the last request */
/* Keeps the connection's other half open until the client is done sending: closing a socket with
 * unread bytes resets it, and the client would lose the answer. Any thread. */
void toc__acceptor_linger(toc_server *server, int fd);

/* --- worker.c ------------------------------------------------------------------------------- */

toc_rc toc__worker_start(toc_server *server, toc_error *err);
void toc__worker_wake(toc_server *server);
void toc__worker_halt(toc_server *server); /* says stop, does not wait */
void toc__worker_join(toc_server *server);

/* --- writers.c ------------------------------------------------------------------------------ */

toc_rc toc__writers_start(toc_server *server, toc_error *err);
void toc__writers_put(toc_server *server, struct toc_exchange *ex);
void toc__writers_stop(toc_server *server); /* behind the last request */

/* --- body.c --------------------------------------------------------------------------------- */

/* The body of a request: in memory, or from a certain length on in an unlinked file. */
typedef struct toc_body {
    toc_buf memory;
    int fd; /* -1: none */
    size_t len, maximum;
    void *map;
} toc_body;

void toc__body_init(toc_body *body);
/* Empties for the next request; a large buffer is given back. */
void toc__body_clear(toc_body *body);
void toc__body_done(toc_body *body);
/* expected: the announced length, 0 when unknown. */
toc_rc toc__body_begin(toc_body *body, size_t expected, toc_error *err);
/* TOC_ELIMIT beyond the maximum, TOC_MAX_BATCH_BODY unless the platform allows more. */
toc_rc toc__body_add(toc_body *body, const void *data, size_t len, toc_error *err);
/* The whole body, valid until clear; absent when empty. */
toc_rc toc__body_view(toc_body *body, toc_str *view, toc_error *err);

/* --- exchange.c: callbacks of the HTTP library ------------------------------------------------ */

void *toc__exchange_target(void *server, const char *uri, struct MHD_Connection *connection);
enum MHD_Result toc__exchange_handle(void *server, struct MHD_Connection *connection,
                                     const char *url, const char *method, const char *version,
                                     const char *upload, size_t *upload_size, void **context);
void toc__exchange_completed(void *server, struct MHD_Connection *connection, void **context,
                             enum MHD_RequestTerminationCode code);
void toc__exchange_connection(void *server, struct MHD_Connection *connection, void **context,
                              enum MHD_ConnectionNotificationCode code);
/* Asks the platform and wakes the connection, which sleeps meanwhile. */
void toc__exchange_run(toc_server *server, struct toc_exchange *ex);
/* The one behind it in the queue of the writers. */
struct toc_exchange **toc__exchange_link(struct toc_exchange *ex);
/* Ends requests whose client is gone. The server's lock is held. */
void toc__exchange_sweep(toc_server *server);
#endif
