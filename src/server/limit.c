/* limit.c - what one address may take: connections, and failures to say who it is. */
#include <arpa/inet.h>
#include <limits.h>
#include <netinet/in.h>
#include <string.h>

#include "base/error.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/time.h"
#include "server/limits.h"
#include "server/server.h"

/* Twice the connections: one that has none can always be given up for a new one. */
#define PEERS (2U * TOC_SERVER_CONNECTIONS)
#define HEADS 4096U
#define NOBODY UINT32_MAX

struct toc_peer {
    uint8_t name[16];
    uint32_t next; /* with the same head */
    unsigned connections, failures;
    uint64_t failed_ms; /* when failures was counted */
    bool told;          /* the log, about too many connections */
};

_Static_assert((HEADS & (HEADS - 1)) == 0, "a power of two");

/* --- names ---------------------------------------------------------------------------------- */

/* An IPv4 address as IPv6 has it, or the network of an IPv6 address: a host has all of that. */
static bool name_of(const struct sockaddr *address, uint8_t name[16])
{
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    memset(name, 0, 16);
    if (address && address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)address;
        memcpy(name, mapped, sizeof(mapped));
        memcpy(name + sizeof(mapped), &v4->sin_addr, 4);
        return true;
    }
    if (!address || address->sa_family != AF_INET6)
        return false;
    const struct sockaddr_in6 *v6 = (const void *)address;
    bool whole = IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) || IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
    memcpy(name, &v6->sin6_addr, whole ? 16 : 8);
    return true;
}

static bool is_loopback(const uint8_t name[16])
{
    struct in6_addr v6;
    memcpy(&v6, name, sizeof(v6));
    return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && name[12] == 127);
}

static void print_name(const uint8_t name[16], char text[INET6_ADDRSTRLEN])
{
    struct in6_addr v6;
    memcpy(&v6, name, sizeof(v6));
    bool v4 = IN6_IS_ADDR_V4MAPPED(&v6);
    const void *from = v4 ? (const void *)(name + 12) : (const void *)&v6;
    if (!inet_ntop(v4 ? AF_INET : AF_INET6, from, text, INET6_ADDRSTRLEN))
        text[0] = '\0';
}

/* --- table ---------------------------------------------------------------------------------- */

static uint32_t *head_of(toc_peers *peers, const uint8_t name[16])
{
    return &peers->heads[toc_hash(peers->key, name, 16) & (HEADS - 1)];
}

static toc_peer *find(toc_peers *peers, const uint8_t name[16])
{
    uint32_t at = *head_of(peers, name);
    while (at != NOBODY && memcmp(peers->all[at].name, name, 16) != 0)
        at = peers->all[at].next;
    return at == NOBODY ? NULL : &peers->all[at];
}

static void unlink_peer(toc_peers *peers, uint32_t place)
{
    uint32_t *at = head_of(peers, peers->all[place].name);
    while (*at != place)
        at = &peers->all[*at].next;
    *at = peers->all[place].next;
}

/* A place that was never used, or that of the next address without connections. */
static uint32_t free_place(toc_peers *peers)
{
    if (peers->used < PEERS)
        return peers->used++;
    while (peers->all[peers->hand].connections)
        peers->hand = (peers->hand + 1) % PEERS;
    uint32_t place = peers->hand;
    peers->hand = (place + 1) % PEERS;
    unlink_peer(peers, place);
    return place;
}

static toc_peer *find_or_add(toc_peers *peers, const uint8_t name[16])
{
    toc_peer *found = find(peers, name);
    if (found)
        return found;
    uint32_t place = free_place(peers), *head = head_of(peers, name);
    toc_peer *made = &peers->all[place];
    *made = (toc_peer){.next = *head};
    memcpy(made->name, name, sizeof(made->name));
    *head = place;
    return made;
}

toc_rc toc__peers_start(toc_server *server, const toc_server_options *options, toc_error *err)
{
    toc_peers *peers = &server->peers;
    peers->connections = options->address_connections;
    peers->failures = options->address_failures;
    peers->all = toc_mem_zalloc(PEERS, sizeof(*peers->all));
    peers->heads = toc_mem_zalloc(HEADS, sizeof(*peers->heads));
    if (!peers->all || !peers->heads)
        return toc_error_nomem(err);
    memset(peers->heads, 0xFF, HEADS * sizeof(*peers->heads));
    return toc_random(peers->key, sizeof(peers->key), err);
}

void toc__peers_done(toc_server *server)
{
    toc_mem_free(server->peers.all);
    toc_mem_free(server->peers.heads);
}

/* --- connections ---------------------------------------------------------------------------- */

/* Behind the loopback there may be a proxy with everybody's connections: it has no limit that was
 * not asked for. */
static unsigned limit_of(const uint8_t name[16], unsigned asked, unsigned usual)
{
    if (asked)
        return asked;
    return is_loopback(name) ? UINT_MAX : usual;
}

bool toc__peer_enter(toc_server *server, const struct sockaddr *address)
{
    toc_peers *peers = &server->peers;
    uint8_t name[16];
    if (!name_of(address, name))
        return true;
    unsigned most = limit_of(name, peers->connections, (server->acceptor.limit + 1) / 2);
    (void)pthread_mutex_lock(&peers->lock);
    toc_peer *peer = find_or_add(peers, name);
    bool enters = peer->connections < most;
    bool tell = !enters && !peer->told;
    peer->connections += enters;
    peer->told = !enters;
    (void)pthread_mutex_unlock(&peers->lock);
    if (tell) {
        char text[INET6_ADDRSTRLEN];
        print_name(name, text);
        toc_log_at(&server->log, TOC_LOG_WARNING, "http", "%s has %u connections, and gets no more",
                   text, most);
    }
    return enters;
}

void toc__peer_leave(toc_server *server, const struct sockaddr *address)
{
    toc_peers *peers = &server->peers;
    uint8_t name[16];
    if (!name_of(address, name))
        return;
    (void)pthread_mutex_lock(&peers->lock);
    toc_peer *peer = find(peers, name);
    if (peer && peer->connections)
        peer->connections--;
    (void)pthread_mutex_unlock(&peers->lock);
}

/* --- failures ------------------------------------------------------------------------------- */

/* Counts one more; what is long ago is forgotten, one failure a period. */
static unsigned count_failure(toc_peer *peer, uint64_t now)
{
    uint64_t forgotten = (now - peer->failed_ms) / TOC_SERVER_FORGET_MS;
    peer->failures = forgotten < peer->failures ? peer->failures - (unsigned)forgotten : 0;
    if (peer->failures < 2 * TOC_SERVER_FAILURES_MAX)
        peer->failures++;
    peer->failed_ms = now;
    return peer->failures;
}

bool toc__peer_failed(toc_server *server, const struct sockaddr *address)
{
    toc_peers *peers = &server->peers;
    uint8_t name[16];
    if (!name_of(address, name))
        return false;
    unsigned most = limit_of(name, peers->failures, TOC_SERVER_FAILURES);
    (void)pthread_mutex_lock(&peers->lock);
    unsigned failures = count_failure(find_or_add(peers, name), toc_time_ticks_ms());
    (void)pthread_mutex_unlock(&peers->lock);
    if (most != UINT_MAX && failures == most + 1) {
        char text[INET6_ADDRSTRLEN];
        print_name(name, text);
        toc_log_at(&server->log, TOC_LOG_WARNING, "http",
                   "%s fails to say who it is: its refusals wait", text);
    }
    return failures > most;
}
