/* accept.c - the thread that takes connections, and sees refused uploads to their end. */
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/time.h"
#include "server/limits.h"
#include "server/server.h"

typedef struct lingerers {
    toc_linger items[TOC_SERVER_LINGERING];
    size_t count;
} lingerers;

static int64_t now_ms(void)
{
    return (int64_t)toc_time_ticks_ms();
}

void toc__acceptor_linger(toc_server *server, int fd)
{
    toc_acceptor *acceptor = &server->acceptor;
    (void)pthread_mutex_lock(&acceptor->lock);
    if (acceptor->arriving_count < TOC_COUNT(acceptor->arriving)) {
        int copy = dup(fd);
        if (copy >= 0)
            acceptor->arriving[acceptor->arriving_count++] = (toc_linger){.fd = copy};
    }
    (void)pthread_mutex_unlock(&acceptor->lock);
    toc__poke(acceptor->wake_fd);
}

/* --- refusals that wait ---------------------------------------------------------------------- */

toc_hold toc__acceptor_hold(toc_server *server, struct toc_exchange *ex)
{
    toc_held *held = &server->acceptor.held;
    toc_hold result = TOC_HOLD_NOT;
    (void)pthread_mutex_lock(&server->acceptor.lock);
    if (!held->closed)
        result = held->count == TOC_SERVER_HELD ? TOC_HOLD_FULL : TOC_HOLD_TAKEN;
    if (result == TOC_HOLD_TAKEN) {
        size_t at = (held->first + held->count++) % TOC_SERVER_HELD;
        held->items[at] = ex;
        held->until_ms[at] = now_ms() + TOC_SERVER_HOLD_MS;
        toc__exchange_sleep(ex);
    }
    (void)pthread_mutex_unlock(&server->acceptor.lock);
    toc__poke(server->acceptor.wake_fd);
    return result;
}

/* Wakes those whose time has come, or all. Returns the milliseconds until the next one, or -1. */
static int64_t release_held(toc_acceptor *acceptor, bool all)
{
    toc_held *held = &acceptor->held;
    int64_t now = now_ms(), left = -1;
    (void)pthread_mutex_lock(&acceptor->lock);
    held->closed = held->closed || all;
    while (held->count && (all || held->until_ms[held->first] <= now)) {
        toc__exchange_wake(held->items[held->first]);
        held->first = (held->first + 1) % TOC_SERVER_HELD;
        held->count--;
    }
    if (held->count)
        left = held->until_ms[held->first] - now;
    (void)pthread_mutex_unlock(&acceptor->lock);
    return left;
}

/* --- refused uploads ------------------------------------------------------------------------ */

static void take_arriving(toc_acceptor *acceptor, lingerers *set)
{
    (void)pthread_mutex_lock(&acceptor->lock);
    for (size_t i = 0; i < acceptor->arriving_count; i++) {
        toc_linger item = acceptor->arriving[i];
        item.until_ms = now_ms() + TOC_SERVER_LINGER_MS;
        if (set->count < TOC_SERVER_LINGERING)
            set->items[set->count++] = item;
        else
            (void)close(item.fd);
    }
    acceptor->arriving_count = 0;
    (void)pthread_mutex_unlock(&acceptor->lock);
}

/* Reads and drops what has come; true when the connection is done with. */
static bool drain(toc_linger *item)
{
    char room[16 * 1024];
    for (int i = 0; i < 64; i++) {
        ssize_t got = recv(item->fd, room, sizeof(room), MSG_DONTWAIT);
        if (got < 0)
            return errno != EAGAIN && errno != EINTR;
        item->dropped += (size_t)got;
        if (!got || item->dropped > TOC_SERVER_DRAIN)
            return true;
    }
    return false;
}

/* The HTTP library still reads the descriptor's twin until its answer is out; both only drop what
 * they read, so it does not matter who gets it. */
static void drain_all(lingerers *set)
{
    int64_t now = now_ms();
    size_t kept = 0;
    for (size_t i = 0; i < set->count; i++) {
        toc_linger *item = &set->items[i];
        if (now >= item->until_ms || drain(item))
            (void)close(item->fd);
        else
            set->items[kept++] = *item;
    }
    set->count = kept;
}

/* The next one in turn that has room, or NULL. */
static toc_loop *next_loop(toc_server *server)
{
    for (unsigned i = 0; i < server->loop_count; i++) {
        toc_loop *loop = &server->loops[server->acceptor.turn];
        server->acceptor.turn = (server->acceptor.turn + 1) % server->loop_count;
        if (!toc__loop_is_full(loop))
            return loop;
    }
    return NULL;
}

/* Said once: it is tried again and again. */
static void tell_why_not(toc_server *server, int number)
{
    toc_error why = {0};
    if (server->acceptor.told)
        return;
    server->acceptor.told = true;
    (void)toc_error_errno(&why, TOC_ENET, number, "a connection could not be taken");
    toc_log_at(&server->log, TOC_LOG_WARNING, "http", "%s", why.message);
}

/* false: no connection can be taken for now. */
static bool accept_some(toc_server *server)
{
    toc_acceptor *acceptor = &server->acceptor;
    toc_loop *loop;
    while (atomic_load(&acceptor->connections) < acceptor->limit && (loop = next_loop(server))) {
        toc_arrival next = {.len = sizeof(next.peer)};
        next.fd =
            accept4(acceptor->listen_fd, &next.peer.any, &next.len, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (next.fd < 0 && (errno == EINTR || errno == ECONNABORTED))
            continue;
        if (next.fd < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return true;
        if (next.fd < 0) {
            tell_why_not(server, errno);
            return false;
        }
        acceptor->told = false;
        if (!toc__peer_enter(server, &next.peer.any)) {
            (void)close(next.fd);
            continue;
        }
        /* Counted here, because it is taken up later. */
        (void)atomic_fetch_add(&acceptor->connections, 1);
        toc__loop_put(loop, &next);
    }
    return false;
}

/* Looks for slow connections when it is time to, and says in how many milliseconds next. */
static int64_t look_for_slow(toc_server *server, int64_t *next_ms)
{
    int64_t now = now_ms();
    int64_t pause = (int64_t)server->idle_s * 1000 / TOC_SERVER_LOOKS;
    if (!atomic_load(&server->acceptor.connections))
        return -1;
    if (pause > TOC_SERVER_LOOK_MS)
        pause = TOC_SERVER_LOOK_MS;
    if (now >= *next_ms) {
        toc__exchange_expire(server);
        *next_ms = now + pause;
    }
    return *next_ms - now;
}

static int64_t sooner(int64_t one, int64_t other)
{
    return one < 0 || (other >= 0 && other < one) ? other : one;
}

static void run_loop(toc_server *server, lingerers *set)
{
    toc_acceptor *acceptor = &server->acceptor;
    bool open = true;
    int64_t look_ms = 0;
    while (!atomic_load(&acceptor->stop)) {
        struct pollfd polled[2 + TOC_SERVER_LINGERING] = {
            {.fd = open ? acceptor->listen_fd : -1, .events = POLLIN},
            {.fd = acceptor->wake_fd, .events = POLLIN}};
        for (size_t i = 0; i < set->count; i++)
            polled[2 + i] = (struct pollfd){.fd = set->items[i].fd, .events = POLLIN};
        int64_t timeout = !open ? TOC_SERVER_PAUSE_MS : set->count ? 1000 : -1;
        timeout = sooner(timeout, release_held(acceptor, false));
        timeout = sooner(timeout, look_for_slow(server, &look_ms));
        int ready = poll(polled, 2 + set->count, (int)timeout);
        uint64_t drop;
        if (ready > 0 && polled[1].revents && read(acceptor->wake_fd, &drop, sizeof(drop)) < 0)
            continue;
        drain_all(set);
        take_arriving(acceptor, set);
        if (!open || (ready > 0 && polled[0].revents))
            open = !atomic_load(&acceptor->stop) && accept_some(server);
    }
}

static void *run(void *user)
{
    toc_server *server = user;
    lingerers set = {.count = 0};
    run_loop(server, &set);
    (void)release_held(&server->acceptor, true);
    take_arriving(&server->acceptor, &set);
    for (size_t i = 0; i < set.count; i++)
        (void)close(set.items[i].fd);
    return NULL;
}

toc_rc toc__acceptor_start(toc_server *server, toc_error *err)
{
    toc_acceptor *acceptor = &server->acceptor;
    acceptor->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (acceptor->wake_fd < 0)
        return toc_error_errno(err, TOC_EIO, errno, "the listener");
    int failed = pthread_create(&acceptor->thread, NULL, run, server);
    if (failed)
        return toc_error_errno(err, TOC_EIO, failed, "the thread of the listener");
    acceptor->running = true;
    return TOC_OK;
}

void toc__acceptor_stop(toc_server *server)
{
    toc_acceptor *acceptor = &server->acceptor;
    if (acceptor->running) {
        atomic_store(&acceptor->stop, true);
        toc__poke(acceptor->wake_fd);
        (void)pthread_join(acceptor->thread, NULL);
        acceptor->running = false;
    }
    if (acceptor->listen_fd >= 0)
        (void)close(acceptor->listen_fd);
    acceptor->listen_fd = -1;
}

void toc__acceptor_done(toc_server *server)
{
    toc_acceptor *acceptor = &server->acceptor;
    /* A request in flight may have left one behind the thread's back. */
    for (size_t i = 0; i < acceptor->arriving_count; i++)
        (void)close(acceptor->arriving[i].fd);
    acceptor->arriving_count = 0;
    if (acceptor->wake_fd >= 0)
        (void)close(acceptor->wake_fd);
    acceptor->wake_fd = -1;
}
