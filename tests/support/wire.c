/* wire.c - a server with a store of its own, and HTTP by hand. */
#include "support/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/str.h"
#include "tocsin/session.h"

#define SILENCE_S 20

static void check(toc_rc rc, const toc_error *err)
{
    if (rc)
        fail_msg("%d: %s", rc, err->message);
}

static void open_platform(wire_server *self)
{
    toc_error err = {0};
    folder_make(self->dir);
    (void)snprintf(self->store, sizeof(self->store), "%s/intel.db", self->dir);
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    options.store = self->store;
    options.create = true;
    options.no_sync = true;
    options.synchronous_batch = 2;
    check(toc_platform_open(&options, &self->platform, &err), &err);
    check(toc_platform_add_owner(self->platform, WIRE_OWNER, "Organization", NULL, &err), &err);
    check(toc_platform_add_user(self->platform, WIRE_OWNER, &self->user, &err), &err);
    check(toc_signer_new(toc_str_of(self->user.secret_key), &self->signer, &err), &err);
}

void wire_start(wire_server *self, const toc_server_options *options)
{
    toc_error err = {0};
    toc_server_options usual = TOC_SERVER_OPTIONS_INIT;
    usual.listen = "127.0.0.1:0";
    usual.threads = 2;
    memset(self, 0, sizeof(*self));
    open_platform(self);
    check(toc_server_start(self->platform, options ? options : &usual, &self->server, &err), &err);
    self->port = toc_server_port(self->server);
    assert_int_not_equal(self->port, 0);
}

void wire_stop(wire_server *self)
{
    toc_server_stop(self->server);
    self->server = NULL;
}

void wire_done(wire_server *self)
{
    wire_stop(self);
    toc_signer_free(self->signer);
    toc_platform_close(self->platform);
    folder_remove(self->dir);
}

int wire_try_connect(unsigned port)
{
    const struct timeval silence = {.tv_sec = SILENCE_S};
    struct sockaddr_in name = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)port),
                               .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof(silence));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &silence, sizeof(silence));
    if (!connect(fd, (const struct sockaddr *)(const void *)&name, sizeof(name)))
        return fd;
    (void)close(fd);
    return -1;
}

wire_conn wire_connect(const wire_server *self)
{
    wire_conn conn = {.fd = wire_try_connect(self->port)};
    assert_true(conn.fd >= 0);
    toc_buf_init(&conn.in, TOC_MAX_RESPONSE);
    return conn;
}

void wire_close(wire_conn *conn)
{
    if (conn->fd >= 0)
        (void)close(conn->fd);
    conn->fd = -1;
    toc_buf_done(&conn->in);
}

void wire_send(wire_conn *conn, const void *data, size_t len)
{
    const char *next = data;
    while (len) {
        ssize_t sent = send(conn->fd, next, len, MSG_NOSIGNAL);
        if (sent < 0)
            fail_msg("send: %s", strerror(errno));
        next += sent;
        len -= (size_t)sent;
    }
}

void wire_text(wire_conn *conn, const char *text)
{
    wire_send(conn, text, strlen(text));
}

void wire_head(const wire_server *self, wire_conn *conn, const char *method, const char *target,
               const char *headers)
{
    toc_buf text;
    toc_buf_init(&text, (size_t)1024 * 1024);
    int64_t now = (int64_t)time(NULL);
    toc_buf_printf(&text, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nTimestamp: %lld\r\n", method,
                   target, self->port, (long long)now);
    toc_buf_lit(&text, "Authorization: ");
    assert_int_equal(toc_sign_header(self->signer, toc_str_of(self->user.access_id),
                                     toc_str_of(target), toc_str_of(method), now, &text),
                     TOC_OK);
    toc_buf_lit(&text, "\r\n");
    toc_buf_text(&text, headers);
    toc_buf_lit(&text, "\r\n");
    assert_int_equal(text.failed, TOC_OK);
    wire_send(conn, text.ptr, text.len);
    toc_buf_done(&text);
}

/* false: the connection ended. */
static bool receive_more(wire_conn *conn)
{
    char room[16384];
    ssize_t got = recv(conn->fd, room, sizeof(room), 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        fail_msg("no answer after %d s", SILENCE_S);
    if (got <= 0)
        return false;
    toc_buf_append(&conn->in, room, (size_t)got);
    return true;
}

static void consume(wire_conn *conn, size_t len)
{
    memmove(conn->in.ptr, conn->in.ptr + len, conn->in.len - len + 1);
    conn->in.len -= len;
}

static size_t content_length(const char *head)
{
    uint64_t value = 0;
    const char *line = strcasestr(head, "\r\nContent-Length: ");
    if (!line)
        return 0;
    line += strlen("\r\nContent-Length: ");
    assert_true(toc_str_to_uint((toc_str){line, strcspn(line, "\r")}, &value));
    return (size_t)value;
}

wire_reply wire_receive(wire_conn *conn, bool head_only)
{
    wire_reply reply = {0};
    uint64_t status = 0;
    const char *end = NULL;
    toc_buf_init(&reply.body, TOC_MAX_RESPONSE);
    while (!(end = conn->in.len ? strstr(conn->in.ptr, "\r\n\r\n") : NULL)) {
        if (!receive_more(conn))
            return reply;
    }
    size_t head_len = (size_t)(end - conn->in.ptr) + 4;
    assert_true(head_len < sizeof(reply.head));
    memcpy(reply.head, conn->in.ptr, head_len);
    consume(conn, head_len);
    assert_memory_equal(reply.head, "HTTP/1.1 ", 9);
    assert_true(toc_str_to_uint((toc_str){reply.head + 9, 3}, &status));
    size_t length = head_only ? 0 : content_length(reply.head);
    while (conn->in.len < length) {
        if (!receive_more(conn))
            fail_msg("the connection ended within a body");
    }
    if (length) {
        toc_buf_append(&reply.body, conn->in.ptr, length);
        consume(conn, length);
    }
    reply.status = (int)status;
    return reply;
}

void wire_reply_done(wire_reply *reply)
{
    toc_buf_done(&reply->body);
}

void wire_expect(wire_conn *conn, int status, const char *text)
{
    wire_reply reply = wire_receive(conn, false);
    const char *body = reply.body.len ? reply.body.ptr : "";
    if (reply.status != status || (text && !strstr(body, text)))
        fail_msg("%d wanted with \"%s\", got %d: %s", status, text ? text : "", reply.status, body);
    wire_reply_done(&reply);
}

bool wire_closed(wire_conn *conn)
{
    return !conn->in.len && !receive_more(conn);
}

toc_session *wire_session(wire_server *self, bool http)
{
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    char address[64];
    toc_transport transport;
    toc_session *sess = NULL;
    options.owner = WIRE_OWNER;
    options.result_limit = 2;
    options.retries = 1;
    if (http) {
        (void)snprintf(address, sizeof(address), "http://127.0.0.1:%u", self->port);
        options.api_url = address;
        options.access_id = self->user.access_id;
        options.secret_key = self->user.secret_key;
    } else {
        assert_int_equal(toc_platform_transport(self->platform, true, &transport, NULL), TOC_OK);
        options.transport = &transport;
    }
    assert_int_equal(toc_session_open(&options, &sess, NULL), TOC_OK);
    return sess;
}
