/* loop.c - the threads that serve connections. Each runs an HTTP daemon without a thread of its
 * own: those of the library (0.9.75 to 1.0.1) go back to waiting when they were told of exactly 128
 * connections that are ready, which then get no answer until something else happens. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "server/limits.h"
#include "server/server.h"

/* --- the HTTP library ----------------------------------------------------------------------- */

__attribute__((format(printf, 2, 0))) static void take_message(void *user, const char *format,
                                                               va_list args)
{
    toc_server *server = user;
    char text[sizeof(server->complaint)];
    int len = vsnprintf(text, sizeof(text), format, args);
    if (len < 0)
        return;
    toc_str view = toc_str_trim(toc_str_of(text));
    if (atomic_load(&server->started))
        toc_log_at(&server->log, TOC_LOG_DEBUG, "http", "%.*s", TOC_FMT(view));
    else
        (void)snprintf(server->complaint, sizeof(server->complaint), "%.*s", TOC_FMT(view));
}

/* The platform decodes; the library's decoded copy is never looked at. */
static size_t leave_escaped(void *user, struct MHD_Connection *connection, char *text)
{
    (void)user;
    (void)connection;
    return toc_str_of(text).len;
}

static intptr_t function(void (*fn)(void))
{
    return (intptr_t)fn;
}
#define FUNCTION(fn) function((void (*)(void))(fn))

static struct MHD_Daemon *start_daemon(toc_loop *loop, char *cert, char *key)
{
    toc_server *server = loop->server;
    unsigned flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_USE_ERROR_LOG | (cert ? (unsigned)MHD_USE_TLS : 0U);
    struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, cert},
                                   {MHD_OPTION_HTTPS_MEM_KEY, 0, key},
                                   {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_URI_LOG_CALLBACK, FUNCTION(toc__exchange_target), server},
        {MHD_OPTION_UNESCAPE_CALLBACK, FUNCTION(leave_escaped), NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, FUNCTION(toc__exchange_completed), server},
        {MHD_OPTION_NOTIFY_CONNECTION, FUNCTION(toc__exchange_connection), loop},
        /* The acceptor keeps the limit, for all of them. */
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)server->acceptor.limit, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)server->idle_s, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)(TOC_SERVER_HEAD + TOC_SERVER_ANSWER_HEAD),
         NULL},
        {MHD_OPTION_ARRAY, 0, cert ? tls : none},
        {MHD_OPTION_END, 0, NULL}};
    /* The logger comes first, so that it hears about the other options. */
    return MHD_start_daemon(flags, 0, NULL, NULL, toc__exchange_handle, server,
                            MHD_OPTION_EXTERNAL_LOGGER, take_message, server, MHD_OPTION_ARRAY,
                            options, MHD_OPTION_END);
}

/* --- connections that come ------------------------------------------------------------------ */

void toc__poke(int wake_fd)
{
    const uint64_t one = 1;
    /* A full counter is as good as a written one. */
    if (write(wake_fd, &one, sizeof(one)) < 0)
        return;
}

bool toc__loop_is_full(toc_loop *loop)
{
    (void)pthread_mutex_lock(&loop->lock);
    bool full = loop->arriving_count == TOC_SERVER_ARRIVING;
    (void)pthread_mutex_unlock(&loop->lock);
    return full;
}

void toc__loop_put(toc_loop *loop, const toc_arrival *arrival)
{
    (void)pthread_mutex_lock(&loop->lock);
    size_t at = (loop->arriving_first + loop->arriving_count++) % TOC_SERVER_ARRIVING;
    loop->arriving[at] = *arrival;
    (void)pthread_mutex_unlock(&loop->lock);
    toc__poke(loop->wake_fd);
}

static bool next_arrival(toc_loop *loop, toc_arrival *arrival)
{
    (void)pthread_mutex_lock(&loop->lock);
    bool found = loop->arriving_count > 0;
    if (found) {
        *arrival = loop->arriving[loop->arriving_first];
        loop->arriving_first = (loop->arriving_first + 1) % TOC_SERVER_ARRIVING;
        loop->arriving_count--;
    }
    (void)pthread_mutex_unlock(&loop->lock);
    return found;
}

static void drop_counts(toc_server *server, const toc_arrival *arrival)
{
    (void)atomic_fetch_sub(&server->acceptor.connections, 1);
    toc__peer_leave(server, &arrival->peer.any);
}

static void take_arrivals(toc_loop *loop)
{
    toc_arrival next;
    while (next_arrival(loop, &next)) {
        loop->announced = false;
        if (MHD_add_connection(loop->daemon, next.fd, &next.peer.any, next.len) == MHD_YES)
            continue;
        /* The library has closed the socket, and has said so if it said that it took it. */
        if (!loop->announced)
            drop_counts(loop->server, &next);
        toc_log_at(&loop->server->log, TOC_LOG_WARNING, "http", "a connection was refused");
    }
}

/* --- thread --------------------------------------------------------------------------------- */

static int epoll_of(const toc_loop *loop)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return info ? info->epoll_fd : -1;
}

static int time_left(const toc_loop *loop)
{
    MHD_UNSIGNED_LONG_LONG left_ms;
    if (MHD_get_timeout(loop->daemon, &left_ms) != MHD_YES)
        return -1;
    return left_ms > INT_MAX ? INT_MAX : (int)left_ms;
}

/* The library (0.9.75) keeps asking to be run for connections with which it cannot go on: until the
 * rest of a TLS handshake is there, and when the line before a chunk is longer than its memory. So
 * when it ran often and nothing came of it, it has to wait; anything new ends that at once. Answers
 * that are files go out without a word, so beside them it never waits. */
static int wait_for(const toc_loop *loop, int left_ms, unsigned quiet)
{
    bool rests = !left_ms && !loop->sending && quiet >= TOC_SERVER_QUIET_RUNS;
    return rests ? TOC_SERVER_QUIET_MS : left_ms;
}

static void *run(void *user)
{
    toc_loop *loop = user;
    unsigned quiet = 0; /* runs, since something happened */
    struct pollfd polled[] = {{.fd = epoll_of(loop), .events = POLLIN},
                              {.fd = loop->wake_fd, .events = POLLIN}};
    while (!atomic_load(&loop->stop)) {
        uint64_t drop;
        int left = time_left(loop);
        int ready = poll(polled, TOC_COUNT(polled), wait_for(loop, left, quiet));
        if (ready < 0)
            continue;
        quiet = ready || left || loop->moved ? 0 : quiet + 1;
        loop->moved = false;
        if (polled[1].revents && read(loop->wake_fd, &drop, sizeof(drop)) > 0)
            take_arrivals(loop);
        (void)MHD_run(loop->daemon);
    }
    return NULL;
}

/* --- start and stop ------------------------------------------------------------------------- */

static toc_rc make_one(toc_loop *loop, char *cert, char *key, toc_error *err)
{
    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->wake_fd < 0)
        return toc_error_errno(err, TOC_EIO, errno, "the listener");
    loop->daemon = start_daemon(loop, cert, key);
    if (!loop->daemon)
        return toc_error_set(err, TOC_EIO, "the HTTP library could not be started");
    /* What it said was no reason to fail. */
    loop->server->complaint[0] = '\0';
    return TOC_OK;
}

static toc_rc make_all(toc_server *server, unsigned threads, char *cert, char *key, toc_error *err)
{
    toc_rc rc = TOC_OK;
    while (!rc && server->loop_count < threads) {
        toc_loop *loop = &server->loops[server->loop_count];
        if (pthread_mutex_init(&loop->lock, NULL))
            return toc_error_nomem(err);
        server->loop_count++;
        loop->server = server;
        rc = make_one(loop, cert, key, err);
    }
    return rc;
}

toc_rc toc__loops_start(toc_server *server, unsigned threads, char *cert, char *key, toc_error *err)
{
    server->loops = toc_mem_zalloc(threads, sizeof(*server->loops));
    if (!server->loops)
        return toc_error_nomem(err);
    toc_rc rc = make_all(server, threads, cert, key, err);
    if (rc)
        return rc;
    /* No thread runs before this: from now on they may all say something at the same time. */
    atomic_store(&server->started, true);
    for (unsigned i = 0; i < server->loop_count; i++) {
        toc_loop *loop = &server->loops[i];
        int failed = pthread_create(&loop->thread, NULL, run, loop);
        if (failed)
            return toc_error_errno(err, TOC_EIO, failed, "a thread of the listener");
        loop->running = true;
    }
    return TOC_OK;
}

static void stop_one(toc_loop *loop)
{
    toc_arrival left;
    if (loop->running) {
        atomic_store(&loop->stop, true);
        toc__poke(loop->wake_fd);
        (void)pthread_join(loop->thread, NULL);
    }
    while (next_arrival(loop, &left)) {
        (void)close(left.fd);
        drop_counts(loop->server, &left);
    }
    if (loop->daemon)
        MHD_stop_daemon(loop->daemon);
    if (loop->wake_fd >= 0)
        (void)close(loop->wake_fd);
    (void)pthread_mutex_destroy(&loop->lock);
}

void toc__loops_stop(toc_server *server)
{
    while (server->loop_count)
        stop_one(&server->loops[--server->loop_count]);
    toc_mem_free(TOC_TAKE(server->loops));
}
