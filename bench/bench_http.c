/* How many requests a second the listener answers: one indicator by its value over keep-alive
 * connections, against the HTTP library alone that sends a fixed body of the same size, in turns in
 * the same run. One JSON line per question, the median of five runs. */
#include <arpa/inet.h>
#include <ftw.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <microhttpd.h>

#include "auth/auth.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "tocsin/server.h"

#define RUNS 5
#define SECONDS 1.0
#define THREADS 2     /* of the server */
#define CLIENTS 2     /* threads */
#define CONNECTIONS 8 /* of each */
#define OWNER "Bench"
#define TARGET "/api/v2/indicators/addresses/198.51.100.7?owner=" OWNER

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void give_up(const char *what, const char *why)
{
    (void)fprintf(stderr, "bench_http: %s: %s\n", what, why);
    exit(1);
}

/* --- the client ----------------------------------------------------------------------------- */

typedef struct load {
    uint16_t port;
    toc_str request;
    size_t answer_len; /* every answer has the same length */
    atomic_bool stop;
    atomic_ullong answers;
} load;

static int connect_to(uint16_t port)
{
    const int on = 1;
    struct sockaddr_in name = {.sin_family = AF_INET,
                               .sin_port = htons(port),
                               .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)(const void *)&name, sizeof(name)))
        give_up("connect", "refused");
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

static void ask(int fd, toc_str request)
{
    if (send(fd, request.ptr, request.len, MSG_NOSIGNAL) != (ssize_t)request.len)
        give_up("send", "short");
}

static void take(int fd, char *room, size_t len)
{
    if (recv(fd, room, len, MSG_WAITALL) != (ssize_t)len || memcmp(room, "HTTP/1.1 200", 12) != 0)
        give_up("answer", "not the expected one");
}

static void *be_client(void *user)
{
    load *self = user;
    int fds[CONNECTIONS];
    TOC_AUTOFREE char *room = toc_mem_alloc(self->answer_len);
    if (!room)
        give_up("client", "out of memory");
    for (size_t i = 0; i < CONNECTIONS; i++)
        fds[i] = connect_to(self->port);
    while (!atomic_load_explicit(&self->stop, memory_order_relaxed)) {
        for (size_t i = 0; i < CONNECTIONS; i++)
            ask(fds[i], self->request);
        for (size_t i = 0; i < CONNECTIONS; i++)
            take(fds[i], room, self->answer_len);
        (void)atomic_fetch_add_explicit(&self->answers, CONNECTIONS, memory_order_relaxed);
    }
    for (size_t i = 0; i < CONNECTIONS; i++)
        (void)close(fds[i]);
    return NULL;
}

/* One exchange; the length of the answer and of its body. */
static size_t probe(uint16_t port, toc_str request, size_t *body_len)
{
    char room[16384];
    size_t used = 0;
    const char *end = NULL;
    int fd = connect_to(port);
    ask(fd, request);
    while (!end) {
        ssize_t got = recv(fd, room + used, sizeof(room) - 1 - used, 0);
        if (got <= 0)
            give_up("first answer", "none");
        used += (size_t)got;
        room[used] = '\0';
        end = strstr(room, "\r\n\r\n");
    }
    const char *text = strstr(room, "Content-Length: ");
    uint64_t len = 0;
    if (memcmp(room, "HTTP/1.1 200", 12) != 0 || !text)
        give_up("first answer", room);
    text += strlen("Content-Length: ");
    if (!toc_str_to_uint((toc_str){text, strcspn(text, "\r")}, &len))
        give_up("first answer", room);
    (void)close(fd);
    *body_len = (size_t)len;
    return (size_t)(end + 4 - room) + (size_t)len;
}

static double measure(uint16_t port, toc_str request)
{
    size_t body_len;
    pthread_t threads[CLIENTS];
    load work = {.port = port, .request = request};
    work.answer_len = probe(port, request, &body_len);
    double start = now();
    for (size_t i = 0; i < CLIENTS; i++) {
        if (pthread_create(&threads[i], NULL, be_client, &work))
            give_up("client", "no thread");
    }
    const struct timespec time = {.tv_sec = (time_t)SECONDS};
    (void)nanosleep(&time, NULL);
    atomic_store(&work.stop, true);
    for (size_t i = 0; i < CLIENTS; i++)
        (void)pthread_join(threads[i], NULL);
    return (double)atomic_load(&work.answers) / (now() - start);
}

/* --- the library alone ---------------------------------------------------------------------- */

typedef struct fixed {
    char *body;
    size_t len;
} fixed;

static enum MHD_Result answer_fixed(void *user, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *upload,
                                    size_t *upload_size, void **context)
{
    const fixed *self = user;
    (void)url;
    (void)method;
    (void)version;
    (void)upload;
    (void)upload_size;
    if (!*context) {
        *context = connection;
        return MHD_YES;
    }
    struct MHD_Response *response =
        MHD_create_response_from_buffer(self->len, self->body, MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    (void)MHD_add_response_header(response, "Content-Type", "application/json");
    enum MHD_Result done = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return done;
}

static struct MHD_Daemon *start_library(fixed *content)
{
    return MHD_start_daemon(MHD_USE_EPOLL_INTERNALLY, 0, NULL, NULL, answer_fixed, content,
                            MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS, MHD_OPTION_END);
}

/* --- the server ----------------------------------------------------------------------------- */

typedef struct subject {
    char dir[64], store[96];
    toc_platform *platform;
    toc_server *server;
    toc_buf request;
} subject;

static void check(toc_rc rc, const char *what, const toc_error *err)
{
    if (rc)
        give_up(what, err->message);
}

static void add_indicator(toc_platform *platform)
{
    toc_error err = {0};
    toc_response *response = NULL;
    const toc_header header = {TOC_S("Content-Type"), TOC_S("application/json")};
    const toc_request request = {
        .method = "POST",
        .base = TOC_S(""),
        .target = TOC_S("/api/v2/indicators/addresses?owner=" OWNER),
        .headers = &header,
        .header_count = 1,
        .body = TOC_S("{\"ip\":\"198.51.100.7\",\"rating\":4.0,\"confidence\":85}")};
    check(toc_response_new(&response, &err), "response", &err);
    check(toc_platform_handle(platform, &request, true, response, &err), "indicator", &err);
    if (toc_response_status(response) != 201)
        give_up("indicator", toc_response_body(response).ptr);
    toc_response_free(response);
}

/* One request that is sent again and again: its time stamp is good for five minutes. */
static void sign(subject *self, const toc_new_user *user)
{
    toc_error err = {0};
    toc_signer *signer = NULL;
    int64_t stamp = (int64_t)time(NULL);
    toc_buf_init(&self->request, 4096);
    check(toc_signer_new(toc_str_of(user->secret_key), &signer, &err), "signer", &err);
    toc_buf_printf(&self->request,
                   "GET " TARGET " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n"
                   "User-Agent: bench\r\nTimestamp: %lld\r\nAuthorization: ",
                   (long long)stamp);
    (void)toc_sign_header(signer, toc_str_of(user->access_id), TOC_S(TARGET), TOC_S("GET"), stamp,
                          &self->request);
    toc_buf_lit(&self->request, "\r\n\r\n");
    check(toc_buf_check(&self->request, &err), "request", &err);
    toc_signer_free(signer);
}

static void start_subject(subject *self)
{
    toc_error err = {0};
    toc_new_user user;
    *self = (subject){.dir = "/tmp/tocsin-bench-XXXXXX"};
    if (!mkdtemp(self->dir))
        give_up("directory", self->dir);
    (void)snprintf(self->store, sizeof(self->store), "%s/intel.db", self->dir);
    toc_platform_options store = TOC_PLATFORM_OPTIONS_INIT;
    store.store = self->store;
    store.create = true;
    check(toc_platform_open(&store, &self->platform, &err), "platform", &err);
    check(toc_platform_add_owner(self->platform, OWNER, "Organization", NULL, &err), "owner", &err);
    check(toc_platform_add_user(self->platform, OWNER, &user, &err), "user", &err);
    add_indicator(self->platform);
    sign(self, &user);
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    options.listen = "127.0.0.1:0";
    options.threads = THREADS;
    options.log_level = TOC_LOG_WARNING;
    check(toc_server_start(self->platform, &options, &self->server, &err), "server", &err);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

static void stop_subject(subject *self)
{
    toc_server_stop(self->server);
    toc_platform_close(self->platform);
    toc_buf_done(&self->request);
    (void)nftw(self->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(double rates[RUNS])
{
    qsort(rates, RUNS, sizeof(rates[0]), compare);
    return rates[RUNS / 2];
}

int main(void)
{
    subject self;
    fixed content = {NULL, 0};
    double ours[RUNS], alone[RUNS];
    start_subject(&self);
    uint16_t port = (uint16_t)toc_server_port(self.server);
    (void)probe(port, toc_buf_view(&self.request), &content.len);
    content.body = toc_mem_zalloc(content.len, 1);
    struct MHD_Daemon *library = content.body ? start_library(&content) : NULL;
    if (!library)
        give_up("library", "not started");
    uint16_t other = MHD_get_daemon_info(library, MHD_DAEMON_INFO_BIND_PORT)->port;
    for (size_t i = 0; i < RUNS; i++) {
        ours[i] = measure(port, toc_buf_view(&self.request));
        alone[i] = measure(other, toc_buf_view(&self.request));
    }
    MHD_stop_daemon(library);
    stop_subject(&self);
    double mine = median(ours), base = median(alone);
    printf("{\"bench\":\"http_get_indicator\",\"value\":%.0f,\"unit\":\"requests/s\","
           "\"body\":%zu,\"threads\":%d}\n",
           mine, content.len, THREADS);
    printf("{\"bench\":\"http_library_alone\",\"value\":%.0f,\"unit\":\"requests/s\","
           "\"body\":%zu,\"threads\":%d}\n",
           base, content.len, THREADS);
    printf("{\"bench\":\"http_get_indicator_share\",\"value\":%.3f,\"unit\":\"of the library\"}\n",
           mine / base);
    toc_mem_free(content.body);
    return 0;
}
