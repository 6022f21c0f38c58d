/* wire.h - for tests: a server on a free port over a store of its own, and bare sockets to it. */
#ifndef TESTS_SUPPORT_WIRE_H
#define TESTS_SUPPORT_WIRE_H
#include "auth/auth.h"
#include "base/buf.h"
#include "support/folder.h"
#include "tocsin/server.h"

#define WIRE_OWNER "A B"

typedef struct wire_server {
    char dir[FOLDER_SIZE], store[96];
    toc_platform *platform;
    toc_server *server;
    unsigned port;
    toc_new_user user; /* of the organisation WIRE_OWNER */
    toc_signer *signer;
} wire_server;

/* options NULL: 127.0.0.1, two threads. Fails the test when it cannot. */
void wire_start(wire_server *self, const toc_server_options *options);
/* Stops the server alone; fine when it is stopped already. */
void wire_stop(wire_server *self);
/* Stops what is left and removes the store. */
void wire_done(wire_server *self);

typedef struct wire_conn {
    int fd;
    toc_buf in; /* received and not consumed yet */
} wire_conn;

wire_conn wire_connect(const wire_server *self);
/* Connected, or -1. */
int wire_try_connect(unsigned port);
void wire_close(wire_conn *conn);
void wire_send(wire_conn *conn, const void *data, size_t len);
void wire_text(wire_conn *conn, const char *text);
/* Sends a signed request head; headers: more lines, each with its CRLF, or NULL. */
void wire_head(const wire_server *self, wire_conn *conn, const char *method, const char *target,
               const char *headers);

typedef struct wire_reply {
    int status; /* 0: the connection ended without an answer */
    char head[4096];
    toc_buf body;
} wire_reply;

/* Reads one answer; head_only: it has no body whatever its headers say. */
wire_reply wire_receive(wire_conn *conn, bool head_only);
void wire_reply_done(wire_reply *reply);
/* Reads an answer, checks its status and that the body contains text (NULL: anything). */
void wire_expect(wire_conn *conn, int status, const char *text);
/* True when the server closes the connection without another byte. */
bool wire_closed(wire_conn *conn);
/* A session of WIRE_OWNER, two objects a page and one attempt: over HTTP, or to the platform
 * inside, which it then owns. */
struct toc_session *wire_session(wire_server *self, bool http);
#endif
