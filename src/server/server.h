/* server.h - the listener's parts: acceptor, loops, exchanges, bodies, worker. */
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

/* Refusals that wait, the oldest first; their connections sleep. */
typedef struct toc_held {
    struct toc_exchange *items[TOC_SERVER_HELD];
    int64_t until_ms[TOC_SERVER_HELD];
    size_t first, count;
    bool closed; /* none is taken any more */
} toc_held;

/* Takes connections and hands them to the loops. The HTTP library's own accepting is not used:
 * ending it (MHD_quiesce_daemon) races with its threads and may abort the process. */
typedef struct toc_acceptor {
    int listen_fd;
    int wake_fd; /* eventfd */
    pthread_t thread;
    bool running;
    atomic_bool stop;
    atomic_uint connections; /* handed over and not closed yet */
    unsigned limit;
    unsigned turn;        /* the loop that gets the next one */
    bool told;            /* the log, that no connection can be taken */
    pthread_mutex_t lock; /* of the rest */
    toc_linger arriving[8];
    size_t arriving_count;
    toc_held held;
} toc_acceptor;

/* A connection on its way from the acceptor to its loop. */
typedef struct toc_arrival {
    int fd;
    socklen_t len;
    union {
        struct sockaddr any;
        struct sockaddr_storage room;
    } peer;
} toc_arrival;

/* A thread with an HTTP daemon of its own, and the connections that it serves. */
typedef struct toc_loop {
    toc_server *server;
    struct MHD_Daemon *daemon;
    int wake_fd; /* eventfd */
    pthread_t thread;
    bool running;
    /* The thread's own: */
    bool announced;   /* the connection that is taken up */
    bool moved;       /* some request, since it was looked at */
    unsigned sending; /* requests with an answer that is not out yet */
    atomic_bool stop;
    pthread_mutex_t lock; /* of the rest */
    toc_arrival arriving[TOC_SERVER_ARRIVING];
    size_t arriving_first, arriving_count;
} toc_loop;

/* The addresses that are connected, and those that were. */
typedef struct toc_peer toc_peer;
typedef struct toc_peers {
    unsigned connections, failures; /* options; 0: the usual ones */
    pthread_mutex_t lock;           /* of the rest */
    uint64_t key[2];                /* random: nobody makes addresses collide */
    toc_peer *all;
    uint32_t *heads;
    uint32_t used, hand;
} toc_peers;

/* Runs the queued batch jobs. */
typedef struct toc_worker {
    pthread_t thread;
    bool running;
    atomic_bool stop;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool wake; /* under the lock */
} toc_worker;

/* Serve the requests that may write: one of each lane in turn, so that a user's thousand do not
 * keep another one waiting. */
typedef struct toc_writers {
    pthread_t threads[TOC_SERVER_WRITERS];
    unsigned count;       /* that run */
    pthread_mutex_t lock; /* of the rest */
    pthread_cond_t changed;
    bool stop;
    struct {
        struct toc_exchange *first, *last;
    } lanes[TOC_SERVER_LANES];
    uint64_t waiting; /* a bit per lane */
    unsigned turn;    /* the lane that is looked at first */
    uint64_t key[2];
} toc_writers;

struct toc_server {
    toc_platform *platform;
    toc_log log;
    toc_loop *loops;
    unsigned loop_count; /* whose locks are made */
    unsigned port;
    unsigned idle_s;
    toc_peers peers;
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

/* Opens the listening socket of "host:port"; *port is the one in use. beyond: also where others
 * than this machine reach it. */
toc_rc toc__listen(const char *address, bool beyond, int *fd, unsigned *port, toc_error *err);

/* --- accept.c ------------------------------------------------------------------------------- */

toc_rc toc__acceptor_start(toc_server *server, toc_error *err);
void toc__acceptor_stop(toc_server *server); /* no connection is taken any more */
void toc__acceptor_done(toc_server *server); /* behind the last request */
/* Keeps the connection's other half open until the client is done sending: closing a socket with
 * unread bytes resets it, and the client would lose the answer. Any thread. */
void toc__acceptor_linger(toc_server *server, int fd);
typedef enum toc_hold { TOC_HOLD_NOT, TOC_HOLD_TAKEN, TOC_HOLD_FULL } toc_hold;
/* Lets the connection sleep for TOC_SERVER_HOLD_MS. NOT: while the server stops. */
toc_hold toc__acceptor_hold(toc_server *server, struct toc_exchange *ex);

/* --- loop.c --------------------------------------------------------------------------------- */

/* cert, key: PEM; NULL: without TLS. */
toc_rc toc__loops_start(toc_server *server, unsigned threads, char *cert, char *key,
                        toc_error *err);
void toc__loops_stop(toc_server *server); /* no connection sleeps any more */
bool toc__loop_is_full(toc_loop *loop);
/* For the acceptor alone, to a loop that is not full. The connection is counted already. */
void toc__loop_put(toc_loop *loop, const toc_arrival *arrival);
/* Wakes the loop or the acceptor whose eventfd it is. Any thread. */
void toc__poke(int wake_fd);

/* --- limit.c -------------------------------------------------------------------------------- */

toc_rc toc__peers_start(toc_server *server, const toc_server_options *options, toc_error *err);
void toc__peers_done(toc_server *server);
/* Counts a connection of the address; false: it has enough of them, and this one is not counted. */
bool toc__peer_enter(toc_server *server, const struct sockaddr *address);
void toc__peer_leave(toc_server *server, const struct sockaddr *address);
/* Counts a failure to say who one is; true: there were too many of them. */
bool toc__peer_failed(toc_server *server, const struct sockaddr *address);

/* --- worker.c ------------------------------------------------------------------------------- */

toc_rc toc__worker_start(toc_server *server, toc_error *err);
void toc__worker_wake(toc_server *server);
void toc__worker_halt(toc_server *server); /* says stop, does not wait */
void toc__worker_join(toc_server *server);

/* --- writers.c ------------------------------------------------------------------------------ */

toc_rc toc__writers_start(toc_server *server, toc_error *err);
/* Lets the connection sleep until its answer is there; false: the server stops, nobody would wake
 * it. user: what the request says of who sends it; decides about nothing but its lane. */
bool toc__writers_put(toc_server *server, struct toc_exchange *ex, toc_str user);
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
/* TOC_ELIMIT beyond the maximum, TOC_MAX_STRANGER_BODY unless the platform allows more. */
toc_rc toc__body_add(toc_body *body, const void *data, size_t len, toc_error *err);
/* The whole body, valid until clear; absent when empty. */
toc_rc toc__body_view(toc_body *body, toc_str *view, toc_error *err);

/* --- head.c --------------------------------------------------------------------------------- */

/* Why the platform is not asked. */
typedef enum toc_refusal {
    TOC_REFUSED_NOT,
    TOC_REFUSED_TOO_LARGE,
    TOC_REFUSED_HEADERS,
    TOC_REFUSED_FORM,
    TOC_REFUSED_FULL,
    TOC_REFUSED_SPOOL,
    TOC_REFUSED_MEMORY
} toc_refusal;

/* The headers of a request, which live as long as it does. */
typedef struct toc_head {
    toc_header items[TOC_MAX_HEADERS];
    size_t count;
    unsigned framing; /* those that say where the body ends */
    toc_refusal refused;
} toc_head;

/* HEADERS: too many, or too long; FORM: they could be read in two ways. */
toc_refusal toc__head_read(struct MHD_Connection *connection, toc_head *head);

/* --- exchange.c: callbacks of the HTTP library ------------------------------------------------ */

void *toc__exchange_target(void *server, const char *uri, struct MHD_Connection *connection);
enum MHD_Result toc__exchange_handle(void *server, struct MHD_Connection *connection,
                                     const char *url, const char *method, const char *version,
                                     const char *upload, size_t *upload_size, void **context);
void toc__exchange_completed(void *server, struct MHD_Connection *connection, void **context,
                             enum MHD_RequestTerminationCode code);
void toc__exchange_connection(void *loop, struct MHD_Connection *connection, void **context,
                              enum MHD_ConnectionNotificationCode code);
/* Asks the platform and wakes the connection, which sleeps meanwhile. */
void toc__exchange_run(toc_server *server, struct toc_exchange *ex);
/* The one behind it in the queue of the writers. */
struct toc_exchange **toc__exchange_link(struct toc_exchange *ex);
/* Sleeps, and is woken. The lock of the acceptor or of the writers may be held. */
void toc__exchange_sleep(struct toc_exchange *ex);
void toc__exchange_wake(struct toc_exchange *ex);
/* Ends connections that take longer than they may. */
void toc__exchange_expire(toc_server *server);
/* While the server stops: ends requests whose client is gone or silent. The server's lock is held.
 */
void toc__exchange_sweep(toc_server *server);
#endif
