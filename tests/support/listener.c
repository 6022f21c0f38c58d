/* listener.c - a socket that answers by script. */
#include "support/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"

/* Reads a head and as much of a body as its length says. */
static bool read_request(int fd, char *out, size_t size)
{
    size_t used = 0;
    for (;;) {
        const char *end = used ? strstr(out, "\r\n\r\n") : NULL;
        const char *at = end ? strstr(out, "Content-Length: ") : NULL;
        int64_t length = 0;
        if (at)
            (void)toc_str_to_int((toc_str){at + 16, strcspn(at + 16, "\r")}, &length);
        if (end && used >= (size_t)(end + 4 - out) + (size_t)length)
            return true;
        ssize_t got = recv(fd, out + used, size - 1 - used, 0);
        if (got <= 0)
            return false;
        used += (size_t)got;
        out[used] = '\0';
    }
}

static bool send_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t done = send(fd, data, len, MSG_NOSIGNAL);
        if (done <= 0)
            return false;
        data += done;
        len -= (size_t)done;
    }
    return true;
}

static void answer(int fd, const listener_reply *reply)
{
    static char block[65536];
    size_t len = strlen(reply->raw), left = reply->filler;
    struct timespec pause = {.tv_nsec = (long)reply->slow_ms * 1000000L};
    const char *body = strstr(reply->raw, "\r\n\r\n");
    size_t head = reply->slow_ms && body ? (size_t)(body + 4 - reply->raw) : len;
    bool good = send_all(fd, reply->raw, head);
    for (size_t i = head; reply->slow_ms && i < len && good; i++) {
        good = send_all(fd, reply->raw + i, 1);
        (void)nanosleep(&pause, NULL);
    }
    memset(block, 'x', sizeof(block));
    while (left && good) {
        size_t piece = left < sizeof(block) ? left : sizeof(block);
        good = send_all(fd, block, piece);
        left -= piece;
    }
}

static void *serve(void *user)
{
    listener *self = user;
    int fd = -1;
    for (size_t i = 0; i < self->count; i++) {
        if (fd < 0) {
            fd = accept(self->fd, NULL, NULL);
            self->connections += fd >= 0;
        }
        if (fd < 0 || !read_request(fd, self->heads[i], sizeof(self->heads[i])))
            break;
        self->served++;
        if (self->replies[i].raw)
            answer(fd, &self->replies[i]);
        else
            (void)read_request(fd, self->heads[i], sizeof(self->heads[i]));
        if (self->replies[i].close) {
            (void)close(fd);
            fd = -1;
        }
    }
    if (fd >= 0)
        (void)close(fd);
    return NULL;
}

bool listener_start(listener *self, const listener_reply *replies, size_t count)
{
    struct sockaddr_in name = {.sin_family = AF_INET,
                               .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(name);
    assert_true(count <= LISTENER_MAX);
    memset(self, 0, sizeof(*self));
    self->replies = replies;
    self->count = count;
    self->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (self->fd < 0 || bind(self->fd, (struct sockaddr *)(void *)&name, size) ||
        listen(self->fd, 4) || getsockname(self->fd, (struct sockaddr *)(void *)&name, &size))
        return false;
    self->port = ntohs(name.sin_port);
    return !pthread_create(&self->thread, NULL, serve, self);
}

void listener_stop(listener *self)
{
    (void)shutdown(self->fd, SHUT_RDWR);
    (void)pthread_join(self->thread, NULL);
    (void)close(self->fd);
}
