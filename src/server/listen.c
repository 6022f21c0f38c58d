/* listen.c - "host:port" to a listening socket. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "server/limits.h"
#include "server/server.h"

typedef struct address {
    char host[256]; /* "": every address of the machine */
    char port[6];
} address;

static void free_addresses(struct addrinfo **list)
{
    if (*list)
        freeaddrinfo(*list);
}

static toc_rc split(const char *text, address *parts, toc_error *err)
{
    toc_str all = toc_str_of(text);
    size_t colon = all.len;
    while (colon && all.ptr[colon - 1] != ':')
        colon--;
    uint64_t port;
    if (!colon || !toc_str_to_uint(toc_str_slice(all, colon, all.len), &port) || port > 65535)
        return toc_error_field(err, TOC_EINVAL, "listen",
                               "\"%s\" is not an address and a port, such as 127.0.0.1:8080", text);
    toc_str host = toc_str_slice(all, 0, colon - 1);
    if (host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
        host = toc_str_slice(host, 1, host.len - 1);
    else if (toc_str_find_char(host, ':') >= 0 || toc_str_find_char(host, '[') >= 0)
        return toc_error_field(err, TOC_EINVAL, "listen",
                               "\"%s\": an IPv6 address stands in brackets, such as [::1]:8080",
                               text);
    if (host.len >= sizeof(parts->host))
        return toc_error_field(err, TOC_EINVAL, "listen", "the name in \"%s\" is too long", text);
    (void)snprintf(parts->host, sizeof(parts->host), "%.*s", TOC_FMT(host));
    (void)snprintf(parts->port, sizeof(parts->port), "%u", (unsigned)port);
    return TOC_OK;
}

static bool bind_and_listen(int fd, const struct addrinfo *info)
{
    const int on = 1;
    return !setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) &&
           !bind(fd, info->ai_addr, info->ai_addrlen) && !listen(fd, TOC_SERVER_BACKLOG);
}

/* The socket, or -1 with errno. */
static int open_one(const struct addrinfo *info)
{
    int fd = socket(info->ai_family, info->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                    info->ai_protocol);
    if (fd < 0 || bind_and_listen(fd, info))
        return fd;
    int error_number = errno;
    (void)close(fd);
    errno = error_number;
    return -1;
}

static toc_rc refuse(const char *text, int error_number, toc_error *err)
{
    if (error_number == EADDRINUSE)
        return toc_error_field(err, TOC_ENET, "listen", "address %s is in use", text);
    if (error_number == EACCES)
        return toc_error_field(err, TOC_ENET, "listen", "address %s: not permitted", text);
    if (error_number == EADDRNOTAVAIL)
        return toc_error_field(err, TOC_ENET, "listen", "address %s is not one of this machine",
                               text);
    return toc_error_errno(err, TOC_ENET, error_number, "address %s", text);
}

static unsigned port_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_storage room;
    } name = {0};
    socklen_t len = sizeof(name);
    if (getsockname(fd, &name.any, &len))
        return 0;
    return ntohs(name.any.sa_family == AF_INET6 ? name.v6.sin6_port : name.v4.sin_port);
}

/* The name of the loopback needs no look-up (RFC 6761), and machines without a hosts file exist. */
static const char *host_of(const address *parts)
{
    if (!parts->host[0])
        return NULL;
    return toc_str_equal_fold(toc_str_of(parts->host), TOC_S("localhost")) ? "127.0.0.1"
                                                                           : parts->host;
}

static bool is_loopback(const struct addrinfo *info)
{
    if (info->ai_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)info->ai_addr;
        return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
    }
    const struct sockaddr_in6 *v6 = (const void *)info->ai_addr;
    return info->ai_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

toc_rc toc__listen(const char *text, bool beyond, int *fd, unsigned *port, toc_error *err)
{
    address parts = {0};
    toc_rc rc = split(text, &parts, err);
    if (rc)
        return rc;
    const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                                   .ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM};
    TOC_CLEANUP(free_addresses) struct addrinfo *list = NULL;
    int found = getaddrinfo(host_of(&parts), parts.port, &hints, &list);
    if (found == EAI_MEMORY)
        return toc_error_nomem(err);
    if (found)
        return toc_error_field(err, TOC_ENET, "listen", "address %s: %s", text,
                               gai_strerror(found));
    for (const struct addrinfo *info = list; info && !beyond; info = info->ai_next) {
        if (!is_loopback(info))
            return toc_error_field(err, TOC_EINVAL, "listen",
                                   "address %s: plain HTTP is for the loopback only, unless it is "
                                   "allowed; anyone on the way could read what is sent",
                                   text);
    }
    int made = -1;
    errno = 0;
    for (const struct addrinfo *info = list; info && made < 0; info = info->ai_next)
        made = open_one(info);
    if (made < 0)
        return refuse(text, errno, err);
    *fd = made;
    *port = port_of(made);
    return TOC_OK;
}
