/* exchange.c - one HTTP request from the library's callbacks to the platform and back. */
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "auth/auth.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "platform/request.h"
#include "server/limits.h"
#include "server/server.h"

/* Answers that the platform is not asked for. */
#define FAILURE(text) "{\"status\":\"Failure\",\"message\":\"" text "\"}"
static const struct {
    int status;
    const char *body;
} refusals[] = {
    [TOC_REFUSED_NOT] = {500, FAILURE("An unknown error occurred")},
    [TOC_REFUSED_TOO_LARGE] = {413, FAILURE("The request body is too large")},
    [TOC_REFUSED_HEADERS] = {431, FAILURE("The request has too many or too long headers")},
    [TOC_REFUSED_FORM] = {400, FAILURE("The request was not properly formed")},
    [TOC_REFUSED_FULL] = {507, FAILURE("The platform's disk is full")},
    [TOC_REFUSED_SPOOL] = {500, FAILURE("The request body could not be stored")},
    [TOC_REFUSED_MEMORY] = {503, FAILURE("The platform is out of memory")},
};

/* One per connection, reused by its requests one after the other. The answer's body is sent
 * straight from it. */
typedef struct toc_exchange {
    struct toc_exchange *prev, *next; /* of the server's list */
    toc_loop *loop;
    int fd;
    toc_response *response;
    toc_buf target;
    toc_body body;
    size_t dropped; /* bytes of a refused body */
    toc_refusal refused;
    bool begun, asked;  /* the platform, about a longer body */
    int64_t received;   /* UTC seconds */
    atomic_bool active; /* counted in in_flight */
    int64_t started_us;
    const struct sockaddr *peer; /* the library's */
    _Atomic int64_t deadline_ms; /* until then something has to come to its end */
    _Atomic int64_t heard_ms; /* when the last of an unfinished request came; 0: it is finished */
    bool held;                /* its refusal has waited */
    /* While one of the writers has it, the connection sleeps. */
    struct toc_exchange *behind;       /* in their queue */
    struct MHD_Connection *connection; /* from then until its answer, else NULL */
    toc_head head;
    toc_request request;
    bool answered, sending;
} exchange;

static int64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* --- time that is left ---------------------------------------------------------------------- */

#define NO_DEADLINE INT64_MAX

/* Cheap: some milliseconds more or less do not matter here. */
static int64_t coarse_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void set_deadline(exchange *ex, int64_t deadline)
{
    atomic_store_explicit(&ex->deadline_ms, deadline, memory_order_relaxed);
}

/* The rest of a request is waited for. */
static void expect_more(exchange *ex, bool more)
{
    atomic_store_explicit(&ex->heard_ms, more ? coarse_ms() : 0, memory_order_relaxed);
}

/* So many idle times from now. */
static void allow(const toc_server *server, exchange *ex, unsigned idle)
{
    set_deadline(ex, coarse_ms() + (int64_t)idle * server->idle_s * 1000);
}

/* What moves is given the time that it needs. Only the thread of the connection writes. */
static void allow_more(exchange *ex, size_t bytes)
{
    int64_t deadline = atomic_load_explicit(&ex->deadline_ms, memory_order_relaxed);
    set_deadline(ex, deadline + (int64_t)(bytes / TOC_SERVER_SLOWEST));
}

/* What the kernel still has for it goes as well. */
static void cut_off(const exchange *ex)
{
    const struct linger drop = {.l_onoff = 1};
    (void)setsockopt(ex->fd, SOL_SOCKET, SO_LINGER, &drop, sizeof(drop));
    (void)shutdown(ex->fd, SHUT_RDWR);
}

void toc__exchange_expire(toc_server *server)
{
    int64_t now = coarse_ms();
    unsigned ended = 0;
    (void)pthread_mutex_lock(&server->lock);
    for (exchange *ex = server->exchanges; ex; ex = ex->next) {
        if (atomic_load_explicit(&ex->deadline_ms, memory_order_relaxed) > now)
            continue;
        cut_off(ex);
        ended++;
    }
    (void)pthread_mutex_unlock(&server->lock);
    if (ended)
        toc_log_at(&server->log, TOC_LOG_DEBUG, "http", "%u connections were too slow", ended);
}

/* --- life of a connection ------------------------------------------------------------------- */

static int descriptor_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

static const struct sockaddr *address_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? info->client_addr : NULL;
}

static exchange *exchange_new(toc_loop *loop, int fd)
{
    toc_server *server = loop->server;
    exchange *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return NULL;
    made->loop = loop;
    made->fd = fd;
    allow(server, made, 2);
    toc_buf_init(&made->target, TOC_SERVER_HEAD);
    toc__body_init(&made->body);
    (void)pthread_mutex_lock(&server->lock);
    made->next = server->exchanges;
    if (made->next)
        made->next->prev = made;
    server->exchanges = made;
    (void)pthread_mutex_unlock(&server->lock);
    return made;
}

static void exchange_free(toc_server *server, exchange *ex)
{
    if (!ex)
        return;
    (void)pthread_mutex_lock(&server->lock);
    if (ex->prev)
        ex->prev->next = ex->next;
    else
        server->exchanges = ex->next;
    if (ex->next)
        ex->next->prev = ex->prev;
    (void)pthread_mutex_unlock(&server->lock);
    toc_response_free(ex->response);
    toc_buf_done(&ex->target);
    toc__body_done(&ex->body);
    toc_mem_free(ex);
}

void toc__exchange_connection(void *user, struct MHD_Connection *connection, void **context,
                              enum MHD_ConnectionNotificationCode code)
{
    toc_loop *loop = user;
    toc_server *server = loop->server;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        exchange *made = exchange_new(loop, descriptor_of(connection));
        if (made)
            made->peer = address_of(connection);
        *context = made;
        loop->announced = true;
    } else {
        exchange_free(server, *context);
        *context = NULL;
        toc__peer_leave(server, address_of(connection));
        (void)atomic_fetch_sub(&server->acceptor.connections, 1);
    }
}

/* The client says no more, or the library listens no more: to a line before a chunk, say, that is
 * longer than its memory. */
static bool is_silent(const toc_server *server, const exchange *ex)
{
    unsigned most_s = server->idle_s < TOC_SERVER_SILENCE_S ? server->idle_s : TOC_SERVER_SILENCE_S;
    int64_t heard = atomic_load_explicit(&ex->heard_ms, memory_order_relaxed);
    return heard && coarse_ms() - heard > (int64_t)most_s * 1000;
}

/* When the end of a client's data comes together with the data, the library takes no notice of it
 * before the idle time is over: its epoll is edge-triggered. Shutting the dead half down makes a
 * new edge. */
void toc__exchange_sweep(toc_server *server)
{
    char byte;
    for (exchange *ex = server->exchanges; ex; ex = ex->next) {
        if (!atomic_load(&ex->active))
            continue;
        if (is_silent(server, ex))
            cut_off(ex);
        else if (recv(ex->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
            (void)shutdown(ex->fd, SHUT_RD);
    }
}

/* --- life of a request ---------------------------------------------------------------------- */

/* Ends the library's copy of a target where its arguments begin: nobody asks for them, they cost
 * memory of the connection, and when there are more than it holds (about a thousand), the library
 * (0.9.75) answers no more. It is not const there. */
static void drop_arguments(const char *uri)
{
    char *mark = strchr((char *)(uintptr_t)uri, '?');
    if (mark && mark[1])
        mark[1] = '\0';
}

/* The library calls this before it takes the URI apart, so the text is as it came. */
void *toc__exchange_target(void *user, const char *uri, struct MHD_Connection *connection)
{
    toc_server *server = user;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    exchange *ex = info ? info->socket_context : NULL;
    if (!ex)
        return NULL;
    (void)atomic_fetch_add(&server->in_flight, 1);
    expect_more(ex, true);
    atomic_store(&ex->active, true);
    ex->begun = false;
    ex->answered = false;
    ex->asked = false;
    ex->held = false;
    ex->received = toc_time_now();
    ex->dropped = 0;
    ex->refused = TOC_REFUSED_NOT;
    toc_buf_clear(&ex->target);
    toc_buf_text(&ex->target, uri);
    if (ex->target.failed)
        ex->refused = TOC_REFUSED_MEMORY;
    drop_arguments(uri);
    ex->loop->moved = true;
    ex->started_us = server->log.level == TOC_LOG_DEBUG ? now_us() : 0;
    return ex;
}

static void leave(toc_server *server)
{
    unsigned before = atomic_fetch_sub(&server->in_flight, 1);
    if (before == 1 && atomic_load(&server->draining)) {
        (void)pthread_mutex_lock(&server->lock);
        (void)pthread_cond_signal(&server->idle);
        (void)pthread_mutex_unlock(&server->lock);
    }
}

void toc__exchange_completed(void *user, struct MHD_Connection *connection, void **context,
                             enum MHD_RequestTerminationCode code)
{
    toc_server *server = user;
    exchange *ex = *context;
    (void)connection;
    (void)code;
    *context = NULL;
    if (!ex || !atomic_exchange(&ex->active, false))
        return;
    allow(server, ex, 2);
    ex->loop->sending -= ex->sending;
    ex->sending = false;
    toc__body_clear(&ex->body);
    if (ex->response && toc_response_body(ex->response).len > TOC_SERVER_KEEP) {
        toc_response_free(ex->response);
        ex->response = NULL;
    }
    leave(server);
}

/* --- answer --------------------------------------------------------------------------------- */

/* The fields of a response that are the HTTP library's business. */
static bool is_framing(toc_str name)
{
    return toc_str_equal_fold(name, TOC_S("Content-Length")) ||
           toc_str_equal_fold(name, TOC_S("Transfer-Encoding")) ||
           toc_str_equal_fold(name, TOC_S("Connection"));
}

static bool copy_headers(const toc_response *from, struct MHD_Response *to)
{
    toc_header header;
    for (size_t i = 0; toc_response_header_at(from, i, &header); i++) {
        if (!is_framing(header.name) &&
            MHD_add_response_header(to, header.name.ptr, header.value.ptr) != MHD_YES)
            return false;
    }
    return true;
}

static enum MHD_Result queue(toc_server *server, struct MHD_Connection *connection, int status,
                             struct MHD_Response *response)
{
    /* While the server stops, every connection gets one more answer at the most. */
    if (atomic_load(&server->draining))
        (void)MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result done = MHD_queue_response(connection, (unsigned)status, response);
    MHD_destroy_response(response);
    return done;
}

/* The bytes stay where they are until the request is completed. */
static struct MHD_Response *response_over(toc_str body)
{
    void *bytes = (void *)(uintptr_t)(body.ptr ? body.ptr : "");
    return MHD_create_response_from_buffer(body.len, bytes, MHD_RESPMEM_PERSISTENT);
}

/* A file is sent from its descriptor, which the library closes. */
static struct MHD_Response *response_of(exchange *ex)
{
    int64_t size = 0;
    int fd = toc_response_take_file(ex->response, &size);
    if (fd < 0) {
        toc_str body = toc_response_body(ex->response);
        allow_more(ex, body.len);
        return response_over(body);
    }
    allow_more(ex, (size_t)size);
    struct MHD_Response *response = MHD_create_response_from_fd64((uint64_t)size, fd);
    if (!response)
        (void)close(fd);
    return response;
}

static enum MHD_Result send_refusal(toc_server *server, struct MHD_Connection *connection,
                                    toc_refusal why)
{
    struct MHD_Response *response = response_over(toc_str_of(refusals[why].body));
    if (!response)
        return MHD_NO;
    (void)MHD_add_response_header(response, "Content-Type", "application/json");
    /* Nobody knows where the next request begins. */
    if (why == TOC_REFUSED_FORM)
        (void)MHD_add_response_header(response, "Connection", "close");
    return queue(server, connection, refusals[why].status, response);
}

static void begin_to_send(exchange *ex)
{
    ex->loop->sending += !ex->sending;
    ex->sending = true;
}

static enum MHD_Result send_answer(toc_server *server, struct MHD_Connection *connection,
                                   exchange *ex)
{
    int status = toc_response_status(ex->response);
    if (status < 200 || status > 599)
        return send_refusal(server, connection, TOC_REFUSED_NOT);
    struct MHD_Response *response = response_of(ex);
    if (!response)
        return MHD_NO;
    if (!copy_headers(ex->response, response)) {
        MHD_destroy_response(response);
        return send_refusal(server, connection, TOC_REFUSED_MEMORY);
    }
    return queue(server, connection, status, response);
}

/* --- question ------------------------------------------------------------------------------- */

static toc_refusal refusal_of(const toc_error *err)
{
    if (err->code == TOC_ELIMIT)
        return TOC_REFUSED_TOO_LARGE;
    if (err->code == TOC_ENOMEM)
        return TOC_REFUSED_MEMORY;
    return toc_error_is_full(err) ? TOC_REFUSED_FULL : TOC_REFUSED_SPOOL;
}

/* What is known of the request without its body. */
static toc_refusal read_head(struct MHD_Connection *connection, const char *method, exchange *ex)
{
    toc_refusal refused = toc__head_read(connection, &ex->head);
    ex->request = (toc_request){.method = method,
                                .base = TOC_S(""),
                                .target = toc_buf_view(&ex->target),
                                .headers = ex->head.items,
                                .header_count = ex->head.count,
                                .received = ex->received};
    return refused;
}

/* Asked once, when the usual maximum does not do. */
static bool may_be_longer(toc_server *server, exchange *ex)
{
    size_t before = ex->body.maximum;
    if (ex->asked)
        return false;
    ex->asked = true;
    if (!ex->response && toc_response_new(&ex->response, NULL))
        return false;
    ex->body.maximum = toc_platform_body_max(server->platform, &ex->request, ex->response);
    /* Nobody known: their answer does not wait for what they still want to send. */
    ex->answered = toc_response_status(ex->response) != 0;
    return ex->body.maximum > before;
}

/* Queries may hold tokens, and logs are read by others. */
static toc_str shown_target(const exchange *ex)
{
    toc_str target = toc_buf_view(&ex->target);
    ptrdiff_t mark = toc_str_find_char(target, '?');
    return mark < 0 ? target : toc_str_slice(target, 0, (size_t)mark);
}

static void ask_platform(toc_server *server, exchange *ex)
{
    toc_error err = {0};
    toc_rc rc = toc__body_view(&ex->body, &ex->request.body, &err);
    ex->request.body_fd = ex->body.fd >= 0 ? &ex->body.fd : NULL;
    if (!rc && !ex->response)
        rc = toc_response_new(&ex->response, &err);
    if (!rc) {
        toc_response_clear(ex->response);
        rc = toc_platform_handle(server->platform, &ex->request, false, ex->response, &err);
    }
    if (rc) {
        toc_log_at(&server->log, TOC_LOG_ERROR, "http", "%s %.*s: %s", ex->request.method,
                   TOC_FMT(shown_target(ex)), err.message);
        ex->refused = TOC_REFUSED_MEMORY;
    }
    ex->answered = true;
}

struct toc_exchange **toc__exchange_link(struct toc_exchange *ex)
{
    return &ex->behind;
}

/* A connection that wakes is served as if data had come, and when the client has already ended its
 * half, the library (0.9.75 to 1.0.1) takes that for its going and drops the answer. Connections
 * with an idle time of their own are asked for their answer before that. */
static void answer_first(exchange *ex, bool first)
{
    unsigned idle_s = ex->loop->server->idle_s + first;
    (void)MHD_set_connection_option(ex->connection, MHD_CONNECTION_OPTION_TIMEOUT, idle_s);
}

void toc__exchange_sleep(struct toc_exchange *ex)
{
    set_deadline(ex, NO_DEADLINE);
    answer_first(ex, true);
    MHD_suspend_connection(ex->connection);
}

void toc__exchange_wake(struct toc_exchange *ex)
{
    int wake_fd = ex->loop->wake_fd;
    MHD_resume_connection(ex->connection); /* the exchange may end at any time now */
    toc__poke(wake_fd);
}

void toc__exchange_run(toc_server *server, struct toc_exchange *ex)
{
    ask_platform(server, ex);
    toc__exchange_wake(ex);
}

static bool is_known(toc_server *server, const exchange *ex)
{
    return toc_platform_body_max(server->platform, &ex->request, NULL) > TOC_MAX_STRANGER_BODY;
}

/* Who guesses at credentials waits for each answer, with the connection; good ones are answered at
 * once, from the same address too. True when nothing is to be sent now. */
static bool hold_back(toc_server *server, struct MHD_Connection *connection, exchange *ex,
                      enum MHD_Result *result)
{
    if (ex->refused || ex->held || toc_response_status(ex->response) != 401 ||
        is_known(server, ex) || !toc__peer_failed(server, ex->peer))
        return false;
    ex->held = true;
    ex->connection = connection;
    toc_hold hold = toc__acceptor_hold(server, ex);
    *result = hold == TOC_HOLD_FULL ? MHD_NO : MHD_YES;
    return hold != TOC_HOLD_NOT;
}

static enum MHD_Result send_out(toc_server *server, struct MHD_Connection *connection,
                                const char *method, exchange *ex)
{
    enum MHD_Result later;
    if (hold_back(server, connection, ex, &later))
        return later;
    if (ex->connection)
        answer_first(ex, false);
    ex->connection = NULL;
    begin_to_send(ex);
    allow(server, ex, 1);
    toc__body_clear(&ex->body);
    int status = ex->refused ? refusals[ex->refused].status : toc_response_status(ex->response);
    toc_log_at(&server->log, TOC_LOG_DEBUG, "http", "%s %.*s: %d, %lld us", method,
               TOC_FMT(shown_target(ex)), status, (long long)(now_us() - ex->started_us));
    if (ex->refused)
        return send_refusal(server, connection, ex->refused);
    /* 202 says that a batch job was put into the queue. */
    if (status == 202)
        toc__worker_wake(server);
    return send_answer(server, connection, ex);
}

static bool only_reads(const char *method)
{
    return toc_str_equal(toc_str_of(method), TOC_S("GET"));
}

/* The id that signs, or a token up to its user's number. */
static toc_str claimed_user(const toc_request *request)
{
    toc_credentials given = toc_auth_parse(toc_request_header(request, "Authorization"));
    toc_str rest = given.token, word;
    if (given.kind != TOC_AUTH_TOKEN)
        return given.access_id;
    (void)toc_str_cut(&rest, ':', &word);
    (void)toc_str_cut(&rest, ':', &word);
    return toc_str_slice(given.token, 0, given.token.len - rest.len);
}

/* For a request that may write the library asks twice: the second time there is an answer. */
static enum MHD_Result answer(toc_server *server, struct MHD_Connection *connection,
                              const char *method, exchange *ex)
{
    if (ex->refused || ex->answered)
        return send_out(server, connection, method, ex);
    if (only_reads(method)) {
        ask_platform(server, ex);
        return send_out(server, connection, method, ex);
    }
    ex->connection = connection;
    /* What came too late for the last answers is not begun: nobody could be told. */
    return toc__writers_put(server, ex, claimed_user(&ex->request)) ? MHD_YES : MHD_NO;
}

static size_t announced_length(struct MHD_Connection *connection)
{
    const char *text = NULL;
    size_t len = 0;
    uint64_t value;
    if (MHD_lookup_connection_value_n(connection, MHD_HEADER_KIND, "Content-Length", 14, &text,
                                      &len) != MHD_YES ||
        !toc_str_to_uint((toc_str){text, len}, &value))
        return 0;
    return (size_t)value;
}

/* An answer in front of the body is possible only here, before the library reads any of it. */
static enum MHD_Result refuse_now(toc_server *server, struct MHD_Connection *connection,
                                  exchange *ex)
{
    bool fails = !ex->refused && toc_response_status(ex->response) == 401;
    if (fails && toc__peer_failed(server, ex->peer))
        return MHD_NO;
    expect_more(ex, false);
    begin_to_send(ex);
    toc__acceptor_linger(server, ex->fd);
    return ex->refused ? send_refusal(server, connection, ex->refused)
                       : send_answer(server, connection, ex);
}

/* What the platform says of strangers goes before what is wrong with their body. */
static void refuse(exchange *ex, toc_refusal why)
{
    if (!ex->answered)
        ex->refused = why;
}

static bool is_over(const exchange *ex)
{
    return ex->refused || ex->answered;
}

static enum MHD_Result begin(toc_server *server, struct MHD_Connection *connection,
                             const char *method, exchange *ex)
{
    toc_error err = {0};
    size_t length = announced_length(connection);
    ex->begun = true;
    expect_more(ex, true);
    allow(server, ex, 1);
    toc_refusal form = read_head(connection, method, ex);
    if (form)
        ex->refused = form;
    if (form == TOC_REFUSED_FORM)
        return refuse_now(server, connection, ex);
    if (!ex->refused && length > ex->body.maximum &&
        (!may_be_longer(server, ex) || length > ex->body.maximum))
        refuse(ex, TOC_REFUSED_TOO_LARGE);
    else if (!ex->refused && toc__body_begin(&ex->body, length, &err))
        refuse(ex, refusal_of(&err));
    return is_over(ex) && length ? refuse_now(server, connection, ex) : MHD_YES;
}

static toc_rc add_to_body(toc_server *server, exchange *ex, toc_str data, toc_error *err)
{
    toc_rc rc = toc__body_add(&ex->body, data.ptr, data.len, err);
    if (rc == TOC_ELIMIT && may_be_longer(server, ex))
        rc = toc__body_add(&ex->body, data.ptr, data.len, err);
    return rc;
}

static enum MHD_Result gather(toc_server *server, exchange *ex, toc_str data)
{
    toc_error err = {0};
    expect_more(ex, true);
    allow_more(ex, data.len);
    if (!is_over(ex) && add_to_body(server, ex, data, &err)) {
        refuse(ex, refusal_of(&err));
        toc_log_at(&server->log, TOC_LOG_WARNING, "http", "a request body: %s", err.message);
        toc__body_clear(&ex->body);
    }
    if (!is_over(ex))
        return MHD_YES;
    /* The answer has to wait for the end of the body, and a body without end gets none. */
    ex->dropped += data.len;
    return ex->dropped > TOC_SERVER_DRAIN ? MHD_NO : MHD_YES;
}

enum MHD_Result toc__exchange_handle(void *user, struct MHD_Connection *connection, const char *url,
                                     const char *method, const char *version, const char *upload,
                                     size_t *upload_size, void **context)
{
    toc_server *server = user;
    exchange *ex = *context;
    (void)url;
    (void)version;
    if (!ex)
        return MHD_NO;
    ex->loop->moved = true;
    if (!ex->begun)
        return begin(server, connection, method, ex);
    if (*upload_size) {
        size_t len = *upload_size;
        *upload_size = 0;
        return gather(server, ex, (toc_str){upload, len});
    }
    expect_more(ex, false);
    return answer(server, connection, method, ex);
}
