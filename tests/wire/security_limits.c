/* What one address may take of the listener: connections, guesses, time and memory. Others are
 * served meanwhile. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>

#include <sqlite3.h>

#include "support/patience.h"
#include "wire/platform_fixture.h"

#include "server/limits.h"
#include "server/server.h"
#include "support/program.h"
#include "support/wire.h"

#define OWNERS "/api/v2/owners"
#define HOSTS "/api/v2/indicators/hosts"

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The whole of 127.0.0.0/8 is this machine, so there are addresses enough. */
static wire_conn connect_from(const wire_server *server, const char *address)
{
    const struct timeval silence = {.tv_sec = 20};
    struct sockaddr_in from = {.sin_family = AF_INET};
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)server->port),
                             .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    wire_conn conn = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    toc_buf_init(&conn.in, TOC_MAX_RESPONSE);
    assert_true(conn.fd >= 0);
    assert_int_equal(inet_pton(AF_INET, address, &from.sin_addr), 1);
    assert_int_equal(bind(conn.fd, (const struct sockaddr *)(const void *)&from, sizeof(from)), 0);
    (void)setsockopt(conn.fd, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof(silence));
    assert_int_equal(connect(conn.fd, (const struct sockaddr *)(const void *)&to, sizeof(to)), 0);
    return conn;
}

static void start_with(wire_server *server, unsigned connections, unsigned failures, unsigned idle)
{
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    options.listen = "127.0.0.1:0";
    options.threads = 2;
    options.address_connections = connections;
    options.address_failures = failures;
    options.idle_s = idle;
    wire_start(server, &options);
}

static void expect_served(const wire_server *server, wire_conn *conn)
{
    wire_head(server, conn, "GET", OWNERS, NULL);
    wire_expect(conn, 200, WIRE_OWNER);
}

/* --- connections ---------------------------------------------------------------------------- */

/* The connection stays open then. */
static bool is_served(const wire_server *server, wire_conn *conn)
{
    *conn = connect_from(server, "127.0.0.7");
    wire_head(server, conn, "GET", OWNERS, NULL);
    wire_reply reply = wire_receive(conn, false);
    int status = reply.status;
    wire_reply_done(&reply);
    assert_true(status == 200 || status == 0);
    if (!status)
        wire_close(conn);
    return status;
}

static void test_connections_of_an_address(void **state)
{
    wire_server server;
    wire_conn conns[3], other;
    (void)state;
    start_with(&server, 3, 0, 0);
    for (int i = 0; i < 3; i++) {
        conns[i] = connect_from(&server, "127.0.0.7");
        expect_served(&server, &conns[i]);
    }
    wire_conn fourth = connect_from(&server, "127.0.0.7");
    assert_true(wire_closed(&fourth));
    wire_close(&fourth);
    other = connect_from(&server, "127.0.0.8");
    expect_served(&server, &other);
    expect_served(&server, &conns[0]);
    wire_close(&conns[0]);
    /* The server hears of the end in its own time. */
    wait_until(is_served(&server, &conns[0]));
    for (int i = 0; i < 3; i++)
        wire_close(&conns[i]);
    wire_close(&other);
    wire_done(&server);
}

/* The usual limit is half of the connections, and does not hold for the loopback. */
static void test_usual_limits(void **state)
{
    toc_server server = {.acceptor = {.limit = 8}};
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(0xC6336407)}};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    const struct sockaddr *one = (const void *)&v4, *other = (const void *)&v6;
    (void)state;
    assert_int_equal(pthread_mutex_init(&server.peers.lock, NULL), 0);
    assert_int_equal(toc__peers_start(&server, &options, NULL), TOC_OK);
    for (int i = 0; i < 5; i++)
        assert_int_equal(toc__peer_enter(&server, one), i < 4);
    toc__peer_leave(&server, one);
    assert_true(toc__peer_enter(&server, one));
    assert_false(toc__peer_enter(&server, one));
    /* The same address as IPv6 says it. */
    assert_int_equal(inet_pton(AF_INET6, "::ffff:198.51.100.7", &v6.sin6_addr), 1);
    assert_false(toc__peer_enter(&server, other));
    /* All of a network of 64 bits is one. */
    for (int i = 0; i < 6; i++) {
        char text[64];
        (void)snprintf(text, sizeof(text), "2001:db8:1:2::%d", i);
        assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
        assert_int_equal(toc__peer_enter(&server, other), i < 4);
    }
    assert_int_equal(inet_pton(AF_INET6, "::1", &v6.sin6_addr), 1);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (unsigned i = 0; i < 3 * TOC_SERVER_FAILURES; i++) {
        assert_true(toc__peer_enter(&server, one));
        assert_true(toc__peer_enter(&server, other));
        assert_false(toc__peer_failed(&server, one));
    }
    v4.sin_addr.s_addr = htonl(0xC6336407);
    bool late = false;
    for (unsigned i = 0; i < 2 * TOC_SERVER_FAILURES; i++)
        late = toc__peer_failed(&server, one);
    assert_true(late);
    toc__peers_done(&server);
    (void)pthread_mutex_destroy(&server.peers.lock);
}

/* However many addresses come, the table stays as it is, and those with connections stay in it. */
static void test_many_addresses(void **state)
{
    toc_server server = {.acceptor = {.limit = TOC_SERVER_CONNECTIONS}};
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    const struct sockaddr *address = (const void *)&v4;
    (void)state;
    options.address_connections = 1;
    assert_int_equal(pthread_mutex_init(&server.peers.lock, NULL), 0);
    assert_int_equal(toc__peers_start(&server, &options, NULL), TOC_OK);
    for (uint32_t i = 0; i < 100000; i++) {
        v4.sin_addr.s_addr = htonl(0x0A000000 + i);
        assert_true(toc__peer_enter(&server, address));
        if (i >= 1000)
            toc__peer_leave(&server, address);
        (void)toc__peer_failed(&server, address);
    }
    for (uint32_t i = 0; i < 1000; i++) {
        v4.sin_addr.s_addr = htonl(0x0A000000 + i);
        assert_false(toc__peer_enter(&server, address));
        toc__peer_leave(&server, address);
        assert_true(toc__peer_enter(&server, address));
    }
    assert_true(server.peers.used <= 2 * TOC_SERVER_CONNECTIONS);
    toc__peers_done(&server);
    (void)pthread_mutex_destroy(&server.peers.lock);
}

/* --- guesses -------------------------------------------------------------------------------- */

static void send_guess(const wire_server *server, wire_conn *conn, const char *headers)
{
    char text[512];
    (void)snprintf(text, sizeof(text),
                   "%s " OWNERS " HTTP/1.1\r\nHost: h\r\nTimestamp: %lld\r\n%s"
                   "Authorization: TC %s:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
                   headers[0] ? "POST" : "GET", (long long)time(NULL), headers,
                   server->user.access_id);
    wire_text(conn, text);
}

/* Failures that lie in the past, so many that it takes long to forget them. */
static bool fail_often(const wire_server *server, const char *address, unsigned times)
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    bool late = false;
    assert_int_equal(inet_pton(AF_INET, address, &name.sin_addr), 1);
    for (unsigned i = 0; i < times; i++)
        late = toc__peer_failed(server->server, (const struct sockaddr *)(const void *)&name);
    return late;
}

/* Failures beyond the limit wait, whatever else comes from the address does not. */
static void test_guesses_wait(void **state)
{
    wire_server server;
    (void)state;
    start_with(&server, 0, 5, 0);
    wire_conn guesser = connect_from(&server, "127.0.0.7");
    send_guess(&server, &guesser, "");
    wire_expect(&guesser, 401, "Signature data did not match");
    assert_true(fail_often(&server, "127.0.0.7", 200));
    int64_t began = now_ms();
    send_guess(&server, &guesser, "");
    /* While that one waits: the same address with a good signature, and another address. */
    wire_conn good = connect_from(&server, "127.0.0.7");
    wire_conn other = connect_from(&server, "127.0.0.8");
    expect_served(&server, &good);
    send_guess(&server, &other, "");
    wire_expect(&other, 401, "Signature data did not match");
    char byte;
    ssize_t got = recv(guesser.fd, &byte, 1, MSG_DONTWAIT);
    if (now_ms() - began < TOC_SERVER_HOLD_MS - 50)
        assert_int_equal(got, -1);
    wire_expect(&guesser, 401, "Signature data did not match");
    assert_true(now_ms() - began >= TOC_SERVER_HOLD_MS - 50);
    /* The connection is as good as before. */
    expect_served(&server, &guesser);
    wire_close(&guesser);
    wire_close(&good);
    wire_close(&other);
    wire_done(&server);
}

/* A user who may not is known: that is no guess. */
static void test_denials_do_not_wait(void **state)
{
    wire_server server;
    toc_new_user reader;
    (void)state;
    start_with(&server, 0, 1, 0);
    assert_int_equal(toc_platform_add_user_as(server.platform, WIRE_OWNER, "Read Only User", NULL,
                                              &reader, NULL),
                     0);
    toc_signer_free(server.signer);
    assert_int_equal(toc_signer_new(toc_str_of(reader.secret_key), &server.signer, NULL), 0);
    server.user = reader;
    wire_conn conn = connect_from(&server, "127.0.0.7");
    for (int i = 0; i < 100; i++) {
        wire_head(&server, &conn, "DELETE", HOSTS "/x.example", NULL);
        wire_expect(&conn, 401, "access was denied");
    }
    assert_false(fail_often(&server, "127.0.0.7", 1));
    assert_true(fail_often(&server, "127.0.0.7", 100));
    wire_close(&conn);
    wire_done(&server);
}

enum { WAITING = 40, LONG_MS = 30000 };

/* How many wait; from now on they do for longer than a stop may take. */
static size_t hold_on(const wire_server *server)
{
    toc_acceptor *acceptor = &server->server->acceptor;
    (void)pthread_mutex_lock(&acceptor->lock);
    size_t count = acceptor->held.count;
    for (size_t i = 0; i < count; i++)
        acceptor->held.until_ms[(acceptor->held.first + i) % TOC_SERVER_HELD] = now_ms() + LONG_MS;
    (void)pthread_mutex_unlock(&acceptor->lock);
    return count;
}

/* A stop does not wait for those that wait, and none is left asleep. */
static void test_stop_wakes(void **state)
{
    wire_server server;
    wire_conn conns[WAITING];
    (void)state;
    start_with(&server, 0, 1, 0);
    for (int i = 0; i < WAITING; i++) {
        conns[i] = connect_from(&server, "127.0.0.7");
        send_guess(&server, &conns[i], "");
        (void)hold_on(&server);
    }
    wait_until(hold_on(&server) > 0);
    int64_t began = now_ms();
    wire_stop(&server);
    assert_true(now_ms() - began < LONG_MS / 2);
    for (int i = 0; i < WAITING; i++)
        wire_close(&conns[i]);
    wire_done(&server);
}

/* When the room is full, guesses are not answered at all. */
static void test_waiting_room_is_bounded(void **state)
{
    enum { GUESSERS = TOC_SERVER_HELD + 64 };
    static wire_conn conns[GUESSERS];
    wire_server server;
    unsigned answered = 0;
    (void)state;
    start_with(&server, 0, 1, 0);
    for (int i = 0; i < GUESSERS; i++) {
        conns[i] = connect_from(&server, "127.0.0.7");
        send_guess(&server, &conns[i], "");
    }
    wire_conn good = connect_from(&server, "127.0.0.7");
    expect_served(&server, &good);
    for (int i = 0; i < GUESSERS; i++) {
        wire_reply reply = wire_receive(&conns[i], false);
        assert_true(reply.status == 401 || reply.status == 0);
        answered += reply.status == 401;
        wire_reply_done(&reply);
        wire_close(&conns[i]);
    }
    assert_true(answered >= TOC_SERVER_HELD);
    expect_served(&server, &good);
    wire_close(&good);
    wire_done(&server);
}

/* --- bodies of strangers -------------------------------------------------------------------- */

/* Nobody unknown makes the server keep more than a few kilobytes. */
static void test_bodies_of_strangers(void **state)
{
    static char block[TOC_MAX_STRANGER_BODY + 1];
    static const char *const heads[] = {
        "Content-Length: 16385\r\n",
        "Content-Length: 268435456\r\n",
        "Content-Length: 5000000000\r\n",
    };
    wire_server server;
    char head[64];
    (void)state;
    memset(block, ' ', sizeof(block));
    wire_start(&server, NULL);
    for (size_t i = 0; i < TOC_COUNT(heads); i++) {
        wire_conn conn = wire_connect(&server);
        send_guess(&server, &conn, heads[i]);
        wire_expect(&conn, 401, "Signature data did not match");
        wire_close(&conn);
    }
    /* As many as they may send are taken, and refused behind. */
    (void)snprintf(head, sizeof(head), "Content-Length: %u\r\n", TOC_MAX_STRANGER_BODY);
    wire_conn conn = wire_connect(&server);
    send_guess(&server, &conn, head);
    wire_send(&conn, block, TOC_MAX_STRANGER_BODY);
    wire_expect(&conn, 401, "Signature data did not match");
    wire_head(&server, &conn, "GET", OWNERS, NULL);
    wire_expect(&conn, 200, WIRE_OWNER);
    /* Without a length it is found out on the way. */
    send_guess(&server, &conn, "Transfer-Encoding: chunked\r\n");
    (void)snprintf(head, sizeof(head), "%zx\r\n", sizeof(block));
    wire_text(&conn, head);
    wire_send(&conn, block, sizeof(block));
    wire_text(&conn, "\r\n0\r\n\r\n");
    wire_expect(&conn, 401, "Signature data did not match");
    wire_close(&conn);
    wire_done(&server);
}

/* --- slow ones ------------------------------------------------------------------------------ */

/* Sends the byte again and again until the server has had enough. */
static bool is_ended(wire_conn *conn, const char *byte)
{
    for (int i = 0; i < 600; i++) {
        char got;
        if (send(conn->fd, byte, 1, MSG_NOSIGNAL) < 0)
            return true;
        pause_ms(100);
        if (recv(conn->fd, &got, 1, MSG_DONTWAIT) == 0)
            return true;
    }
    return false;
}

static void test_slow_head(void **state)
{
    wire_server server;
    (void)state;
    start_with(&server, 0, 0, 1);
    wire_conn slow = wire_connect(&server);
    wire_text(&slow, "GET " OWNERS " HTTP/1.1\r\nHost: h\r\nX: ");
    assert_true(is_ended(&slow, "x"));
    wire_close(&slow);
    wire_conn conn = wire_connect(&server);
    expect_served(&server, &conn);
    wire_close(&conn);
    wire_done(&server);
}

static void test_slow_body(void **state)
{
    wire_server server;
    (void)state;
    start_with(&server, 0, 0, 1);
    wire_conn slow = wire_connect(&server);
    wire_head(&server, &slow, "POST", HOSTS, "Content-Length: 100000\r\n");
    assert_true(is_ended(&slow, " "));
    wire_close(&slow);
    wire_done(&server);
}

static void test_silence(void **state)
{
    wire_server server;
    (void)state;
    start_with(&server, 0, 0, 1);
    wire_conn silent = wire_connect(&server);
    expect_served(&server, &silent);
    assert_true(wire_closed(&silent));
    wire_close(&silent);
    wire_done(&server);
}

enum { CONTENT = 8192, DOWNLOADS = 2000 };

/* The target of a document's content. */
static void make_document(const wire_server *server, wire_conn *conn, char target[64])
{
    static const char body[] = "{\"name\":\"D\",\"fileName\":\"d.bin\"}";
    static char content[CONTENT];
    char head[64];
    int64_t id = 0;
    (void)snprintf(head, sizeof(head), "Content-Length: %zu\r\n", sizeof(body) - 1);
    wire_head(server, conn, "POST", "/api/v2/groups/documents", head);
    wire_text(conn, body);
    wire_reply reply = wire_receive(conn, false);
    assert_int_equal(reply.status, 201);
    const char *at = strstr(reply.body.ptr, "\"id\":");
    assert_non_null(at);
    assert_true(toc_str_to_int((toc_str){at + 5, strspn(at + 5, "0123456789")}, &id));
    wire_reply_done(&reply);
    (void)snprintf(target, 64, "/api/v2/groups/documents/%lld/upload", (long long)id);
    (void)snprintf(head, sizeof(head), "Content-Length: %d\r\n", CONTENT);
    wire_head(server, conn, "POST", target, head);
    wire_send(conn, content, CONTENT);
    wire_expect(conn, 200, "Success");
    (void)snprintf(target, 64, "/api/v2/groups/documents/%lld/download", (long long)id);
}

/* Never silent, but the kernel's buffers are full, and the server waits for room in them. */
static void test_slow_reader(void **state)
{
    wire_server server;
    char room[400], target[64];
    int size = 4096;
    bool ended = false;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    (void)state;
    start_with(&server, 0, 0, 1);
    wire_conn conn = wire_connect(&server);
    make_document(&server, &conn, target);
    wire_close(&conn);
    wire_conn slow = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    to.sin_port = htons((uint16_t)server.port);
    (void)setsockopt(slow.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    assert_int_equal(connect(slow.fd, (const struct sockaddr *)(const void *)&to, sizeof(to)), 0);
    for (int i = 0; i < DOWNLOADS; i++)
        wire_head(&server, &slow, "GET", target, NULL);
    for (int i = 0; i < 600 && !ended; i++) {
        pause_ms(100);
        ssize_t got = recv(slow.fd, room, sizeof(room), MSG_DONTWAIT);
        ended = got == 0 || (got < 0 && errno != EAGAIN);
    }
    assert_true(ended);
    wire_close(&slow);
    wire_done(&server);
}

/* --- turns of users -------------------------------------------------------------------------- */

enum { FIRST = 60, OTHERS = 4 };

static void become(wire_server *server, const toc_new_user *user)
{
    toc_signer_free(server->signer);
    assert_int_equal(toc_signer_new(toc_str_of(user->secret_key), &server->signer, NULL), 0);
    server->user = *user;
}

static void send_host(const wire_server *server, wire_conn *conn, int number)
{
    char body[64], head[64];
    int len = snprintf(body, sizeof(body), "{\"hostName\":\"h%d.example\"}", number);
    (void)snprintf(head, sizeof(head), "Content-Length: %d\r\n", len);
    *conn = wire_connect(server);
    wire_head(server, conn, "POST", HOSTS, head);
    wire_text(conn, body);
}

static int64_t receive_id(wire_conn *conn)
{
    int64_t id = 0;
    wire_reply reply = wire_receive(conn, false);
    assert_int_equal(reply.status, 201);
    const char *at = strstr(reply.body.ptr, "\"id\":");
    assert_non_null(at);
    assert_true(toc_str_to_int((toc_str){at + 5, strspn(at + 5, "0123456789")}, &id));
    wire_reply_done(&reply);
    wire_close(conn);
    return id;
}

static unsigned lanes_waiting(toc_server *server)
{
    (void)pthread_mutex_lock(&server->writers.lock);
    unsigned count = (unsigned)__builtin_popcountll(server->writers.waiting);
    (void)pthread_mutex_unlock(&server->writers.lock);
    return count;
}

/* One user's writes wait in their queue when others come: those do not wait for all of them. The
 * ids tell in which order they were done. */
static void test_users_take_turns(void **state)
{
    wire_server server;
    wire_conn conns[FIRST + OTHERS];
    int64_t first = INT64_MAX, other = INT64_MAX;
    sqlite3 *lock = NULL;
    (void)state;
    wire_start(&server, NULL);
    assert_int_equal(sqlite3_open_v2(server.store, &lock, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    toc_new_user users[OTHERS];
    for (int i = 0; i < OTHERS; i++)
        assert_int_equal(toc_platform_add_user(server.platform, WIRE_OWNER, &users[i], NULL), 0);
    assert_int_equal(sqlite3_exec(lock, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    for (int i = 0; i < FIRST; i++)
        send_host(&server, &conns[i], i);
    wait_until(lanes_waiting(server.server) && atomic_load(&server.server->in_flight) >= FIRST);
    for (int i = FIRST; i < FIRST + OTHERS; i++) {
        become(&server, &users[i - FIRST]);
        send_host(&server, &conns[i], i);
    }
    wait_until(lanes_waiting(server.server) >= 2);
    assert_int_equal(sqlite3_exec(lock, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    for (int i = 0; i < FIRST + OTHERS; i++) {
        int64_t id = receive_id(&conns[i]);
        int64_t *least = i < FIRST ? &first : &other;
        *least = id < *least ? id : *least;
    }
    assert_true(other - first < FIRST / 2);
    (void)sqlite3_close(lock);
    wire_done(&server);
}

/* --- the process ----------------------------------------------------------------------------- */

/* The program leaves no core file: its memory holds secrets. */
static void test_no_core(void **state)
{
    char dir[FOLDER_SIZE], store[64], config[64], url[128], path[64], text[4096];
    int out = -1;
    (void)state;
    if (!getenv("TOCSIN"))
        skip();
    folder_make(dir);
    (void)snprintf(store, sizeof(store), "%s/intel.db", dir);
    (void)snprintf(config, sizeof(config), "%s/tc.conf", dir);
    const char *const init[] = {"init", store, NULL};
    const char *const serve[] = {"serve", store, "--listen", "127.0.0.1:0", NULL};
    pid_t pid = program_start(dir, config, init, &out);
    (void)close(out);
    assert_int_equal(program_finish(pid), 0);
    pid = program_start(dir, config, serve, &out);
    program_address(out, url, sizeof(url));
    (void)snprintf(path, sizeof(path), "/proc/%d/limits", (int)pid);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    (void)fclose(file);
    (void)kill(pid, SIGTERM);
    assert_int_equal(program_finish(pid), 0);
    const char *line = strstr(text, "Max core file size");
    assert_non_null(line);
    assert_memory_equal(line + strcspn(line, "0123456789u"), "0 ", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connections_of_an_address),
        cmocka_unit_test(test_usual_limits),
        cmocka_unit_test(test_many_addresses),
        cmocka_unit_test(test_guesses_wait),
        cmocka_unit_test(test_denials_do_not_wait),
        cmocka_unit_test(test_stop_wakes),
        cmocka_unit_test(test_waiting_room_is_bounded),
        cmocka_unit_test(test_bodies_of_strangers),
        cmocka_unit_test(test_slow_head),
        cmocka_unit_test(test_slow_body),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_slow_reader),
        cmocka_unit_test(test_users_take_turns),
        cmocka_unit_test(test_no_core),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
