/* 64 clients over loopback write and read at the same time, while batches of 20,000 items are
 * applied behind them: errors, updates that were lost, and how long readers waited, first without a
 * batch and then with one. Usage: bench_mixed [SECONDS] (6; the aim is about 60). */
#include <ftw.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "auth/auth.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "support/load.h"
#include "tocsin/server.h"

#define WRITERS 24
#define READERS 40
#define PAUSE_MS 40 /* of a client between two requests */
#define SAMPLES 40000
#define BATCH_ITEMS 20000
#define SHARED_PAGE 5000
#define LATE_US 50000.0
#define ROOM (4U << 20)
#define OWNER "Bench"
#define API "/api/v2"
#define SHARED API "/indicators/hosts/shared.mixed.example"

typedef struct bench {
    char dir[64], store[96];
    double seconds;
    toc_platform *platform;
    toc_server *server;
    toc_new_user user;
    uint16_t port;
    atomic_bool stop, batch; /* batch: one is being applied */
    atomic_ullong errors, jobs;
} bench;

typedef struct client {
    bench *run;
    int number;
    int fd;
    toc_signer *signer;
    toc_buf request;
    char *answer; /* of the last request, terminated */
    toc_str body;
    double *waits[2]; /* without and with a batch, microseconds */
    size_t counts[2];
    int written; /* rows and attributes that were confirmed */
} client;

static void check(toc_rc rc, const char *what, const toc_error *err)
{
    if (rc)
        bench_give_up(what, err->message);
}

/* --- one exchange ----------------------------------------------------------------------------- */

static void write_request(client *me, const char *method, const char *target, toc_str body,
                          const char *type)
{
    int64_t stamp = (int64_t)time(NULL);
    toc_buf_clear(&me->request);
    toc_buf_printf(&me->request,
                   "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nTimestamp: %lld\r\nContent-Type: %s\r\n"
                   "Content-Length: %zu\r\nAuthorization: ",
                   method, target, (long long)stamp, type, body.len);
    (void)toc_sign_header(me->signer, toc_str_of(me->run->user.access_id), toc_str_of(target),
                          toc_str_of(method), stamp, &me->request);
    toc_buf_lit(&me->request, "\r\n\r\n");
    toc_buf_str(&me->request, body);
    toc_error err = {0};
    check(toc_buf_check(&me->request, &err), "request", &err);
}

static bool send_all(int fd, toc_str text)
{
    while (text.len) {
        ssize_t put = send(fd, text.ptr, text.len, MSG_NOSIGNAL);
        if (put <= 0)
            return false;
        text = toc_str_slice(text, (size_t)put, text.len);
    }
    return true;
}

/* Status of the answer; 0 when there is none. */
static int receive(client *me)
{
    size_t used = 0, need = 0;
    while (!need || used < need) {
        ssize_t got = recv(me->fd, me->answer + used, ROOM - 1 - used, 0);
        if (got <= 0)
            return 0;
        used += (size_t)got;
        me->answer[used] = '\0';
        const char *end = need ? NULL : strstr(me->answer, "\r\n\r\n");
        if (!end)
            continue;
        uint64_t len = 0;
        const char *text = strstr(me->answer, "Content-Length: ");
        if (text && text < end) {
            text += strlen("Content-Length: ");
            (void)toc_str_to_uint((toc_str){text, strcspn(text, "\r")}, &len);
        }
        need = (size_t)(end + 4 - me->answer) + (size_t)len;
        me->body = (toc_str){end + 4, (size_t)len};
    }
    int64_t status = 0;
    return toc_str_to_int((toc_str){me->answer + 9, 3}, &status) ? (int)status : 0;
}

static bool ask(client *me, const char *method, const char *target, toc_str body, const char *type,
                int wanted)
{
    write_request(me, method, target, body, type);
    int status = send_all(me->fd, toc_buf_view(&me->request)) ? receive(me) : 0;
    if (status == wanted)
        return true;
    if (atomic_fetch_add(&me->run->errors, 1) < 5)
        (void)fprintf(stderr, "%s %s: %d %.*s\n", method, target, status,
                      status ? (int)me->body.len : 0, status ? me->body.ptr : "");
    return false;
}

/* A read whose time counts. */
static bool look(client *me, const char *target)
{
    bool batch = atomic_load(&me->run->batch);
    double start = bench_now();
    bool good = ask(me, "GET", target, TOC_S(""), "application/json", 200);
    size_t *count = &me->counts[batch];
    if (*count < SAMPLES)
        me->waits[batch][(*count)++] = (bench_now() - start) * 1e6;
    return good;
}

static void sleep_ms(long ms)
{
    const struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    (void)nanosleep(&time, NULL);
}

/* --- clients ---------------------------------------------------------------------------------- */

static void row_name(char out[64], int writer, int row)
{
    (void)snprintf(out, 64, "w%d-%d.mixed.example", writer, row);
}

/* A new row, at once read back over the same connection, and an attribute on the row that all of
 * them write to. */
static bool write_once(client *me)
{
    char name[64], text[256], target[256];
    row_name(name, me->number, me->written);
    int len = snprintf(text, sizeof(text), "{\"hostName\":\"%s\",\"rating\":%d,\"confidence\":%d}",
                       name, me->written % 6, me->written % 101);
    if (!ask(me, "POST", API "/indicators/hosts?owner=" OWNER, (toc_str){text, (size_t)len},
             "application/json", 201))
        return false;
    (void)snprintf(target, sizeof(target), API "/indicators/hosts/%s?owner=" OWNER, name);
    if (!look(me, target))
        return false;
    len = snprintf(text, sizeof(text), "{\"type\":\"Description\",\"value\":\"%s\"}", name);
    if (!ask(me, "POST", SHARED "/attributes?owner=" OWNER, (toc_str){text, (size_t)len},
             "application/json", 201))
        return false;
    me->written++;
    return true;
}

static void *be_writer(void *user)
{
    client *me = user;
    while (!atomic_load(&me->run->stop) && write_once(me))
        sleep_ms(PAUSE_MS);
    return NULL;
}

static void *be_reader(void *user)
{
    static const char *const targets[] = {
        SHARED "?owner=" OWNER, API "/indicators?owner=" OWNER "&resultLimit=100",
        API "/indicators?owner=" OWNER "&resultLimit=100&filters=rating%3E3%2Cconfidence%3E50",
        API "/indicators/hosts?owner=" OWNER "&resultLimit=100"};
    client *me = user;
    for (size_t i = (size_t)me->number; !atomic_load(&me->run->stop); i++) {
        if (!look(me, targets[i % TOC_COUNT(targets)]))
            break;
        sleep_ms(PAUSE_MS);
    }
    return NULL;
}

static toc_str batch_file(toc_buf *text, unsigned long long job)
{
    toc_buf_clear(text);
    toc_buf_lit(text, "{\"indicator\":[");
    for (int i = 0; i < BATCH_ITEMS; i++)
        toc_buf_printf(text,
                       "%s{\"type\":\"Host\",\"summary\":\"b%llu-%d.mixed.example\",\"rating\":3,"
                       "\"confidence\":70,\"tag\":[{\"name\":\"mixed\"}],\"attribute\":[{\"type\":"
                       "\"Description\",\"value\":\"from batch %llu\"}]}",
                       i ? "," : "", job, i, job);
    toc_buf_lit(text, "]}");
    return toc_buf_view(text);
}

static bool completed(client *me, const char *target)
{
    while (ask(me, "GET", target, TOC_S(""), "application/json", 200)) {
        if (toc_str_find(me->body, TOC_S("Completed")) >= 0)
            return true;
        sleep_ms(20);
    }
    return false;
}

static bool run_job(client *me, toc_buf *file, unsigned long long job)
{
    static const char config[] = "{\"haltOnError\":false,\"attributeWriteType\":\"Replace\","
                                 "\"action\":\"Create\",\"owner\":\"" OWNER "\","
                                 "\"version\":\"V2\"}";
    char target[64];
    uint64_t id = 0;
    if (!ask(me, "POST", API "/batch", TOC_S(config), "application/json", 201))
        return false;
    const char *at = strstr(me->answer, "\"batchId\":");
    if (at)
        at += strlen("\"batchId\":");
    if (!at || !toc_str_to_uint((toc_str){at, strspn(at, "0123456789")}, &id))
        bench_give_up("batch", me->answer);
    (void)snprintf(target, sizeof(target), API "/batch/%" PRIu64, id);
    return ask(me, "POST", target, batch_file(file, job), "application/octet-stream", 202) &&
           completed(me, target);
}

/* The second half of the time has batches, one after the other. */
static void *be_feeder(void *user)
{
    client *me = user;
    TOC_CLEANUP(toc_buf_done) toc_buf file;
    toc_buf_init(&file, 1U << 30);
    double start = bench_now();
    while (!atomic_load(&me->run->stop) && bench_now() - start < me->run->seconds / 2)
        sleep_ms(20);
    atomic_store(&me->run->batch, true);
    while (!atomic_load(&me->run->stop) && run_job(me, &file, atomic_load(&me->run->jobs)))
        (void)atomic_fetch_add(&me->run->jobs, 1);
    return NULL;
}

/* --- afterwards ------------------------------------------------------------------------------- */

static toc_response *ask_embedded(bench *run, const char *method, const char *target, toc_str body)
{
    toc_error err = {0};
    toc_response *response = NULL;
    const toc_header header = {TOC_S("Content-Type"), TOC_S("application/json")};
    const toc_request request = {.method = method,
                                 .base = TOC_S(""),
                                 .target = toc_str_of(target),
                                 .headers = &header,
                                 .header_count = 1,
                                 .body = body};
    check(toc_response_new(&response, &err), "response", &err);
    check(toc_platform_handle(run->platform, &request, true, response, &err), target, &err);
    return response;
}

static bool is_there(bench *run, const char *target, const char *text)
{
    toc_response *response = ask_embedded(run, "GET", target, TOC_S(""));
    bool good = toc_response_status(response) == 200 &&
                toc_str_find(toc_response_body(response), toc_str_of(text)) >= 0;
    toc_response_free(response);
    return good;
}

/* How many attributes the row that all write to has: each value was confirmed once. */
static int64_t count_shared(bench *run)
{
    int64_t count = 0;
    for (int64_t start = 0, before = -1; count > before; start += SHARED_PAGE) {
        char target[256];
        (void)snprintf(target, sizeof(target),
                       SHARED "/attributes?owner=" OWNER "&resultLimit=%d&resultStart=%" PRId64,
                       SHARED_PAGE, start);
        toc_response *response = ask_embedded(run, "GET", target, TOC_S(""));
        toc_str rest = toc_response_body(response);
        before = count;
        for (ptrdiff_t at; (at = toc_str_find(rest, TOC_S("\"value\":\"w"))) >= 0; count++)
            rest = toc_str_slice(rest, (size_t)at + 1, rest.len);
        toc_response_free(response);
    }
    return count;
}

/* Every row and every attribute that was confirmed is there. */
static int64_t count_lost(bench *run, const client *clients, int64_t *confirmed)
{
    int64_t lost = 0, attributes = 0;
    for (int w = 0; w < WRITERS; w++) {
        for (int i = 0; i < clients[w].written; i++) {
            char name[64], target[256], quoted[80];
            row_name(name, w, i);
            (void)snprintf(target, sizeof(target), API "/indicators/hosts/%s?owner=" OWNER, name);
            (void)snprintf(quoted, sizeof(quoted), "\"%s\"", name);
            lost += !is_there(run, target, quoted);
        }
        attributes += clients[w].written;
    }
    *confirmed = 2 * attributes;
    int64_t found = count_shared(run);
    return lost + (found > attributes ? found - attributes : attributes - found);
}

static void report(bench *run, client *clients, int which, const char *name)
{
    size_t total = 0, at = 0, late = 0;
    for (int i = 0; i < WRITERS + READERS; i++)
        total += clients[i].counts[which];
    double *all = toc_mem_alloc((total + 1) * sizeof(double));
    if (!all)
        bench_give_up("report", "out of memory");
    for (int i = 0; i < WRITERS + READERS; i++) {
        memcpy(all + at, clients[i].waits[which], clients[i].counts[which] * sizeof(double));
        at += clients[i].counts[which];
    }
    qsort(all, total, sizeof(double), bench_by_size);
    for (size_t i = 0; i < total; i++)
        late += all[i] > LATE_US;
    (void)printf("{\"bench\":\"mixed_reads_%s\",\"value\":%.0f,\"unit\":\"us p99\",\"median\":%.0f,"
                 "\"highest\":%.0f,\"reads\":%zu,\"over_50_ms\":%zu,\"batches\":%llu}\n",
                 name, bench_quantile(all, total, 0.99), bench_quantile(all, total, 0.5),
                 total ? all[total - 1] : 0, total, late, which ? atomic_load(&run->jobs) : 0ULL);
    toc_mem_free(all);
}

static void start(bench *run)
{
    toc_error err = {0};
    toc_platform_options store = TOC_PLATFORM_OPTIONS_INIT;
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    store.store = run->store;
    store.create = true;
    check(toc_platform_open(&store, &run->platform, &err), "platform", &err);
    check(toc_platform_add_owner(run->platform, OWNER, "Organization", NULL, &err), "owner", &err);
    check(toc_platform_add_user(run->platform, OWNER, &run->user, &err), "user", &err);
    toc_response_free(ask_embedded(run, "POST", API "/indicators/hosts?owner=" OWNER,
                                   TOC_S("{\"hostName\":\"shared.mixed.example\"}")));
    options.listen = "127.0.0.1:0";
    options.log_level = TOC_LOG_WARNING;
    check(toc_server_start(run->platform, &options, &run->server, &err), "server", &err);
    run->port = (uint16_t)toc_server_port(run->server);
}

static void make_client(bench *run, client *me, int number)
{
    toc_error err = {0};
    *me = (client){.run = run, .number = number, .fd = bench_connect(run->port)};
    toc_buf_init(&me->request, 1U << 30);
    me->answer = toc_mem_alloc(ROOM);
    for (int i = 0; i < 2; i++)
        me->waits[i] = toc_mem_alloc(SAMPLES * sizeof(double));
    if (!me->answer || !me->waits[0] || !me->waits[1])
        bench_give_up("client", "out of memory");
    check(toc_signer_new(toc_str_of(run->user.secret_key), &me->signer, &err), "signer", &err);
}

static void client_done(client *me)
{
    (void)close(me->fd);
    toc_signer_free(me->signer);
    toc_buf_done(&me->request);
    toc_mem_free(me->answer);
    for (int i = 0; i < 2; i++)
        toc_mem_free(me->waits[i]);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

static void run_clients(bench *run, client clients[WRITERS + READERS + 1])
{
    pthread_t threads[WRITERS + READERS + 1];
    for (int i = 0; i <= WRITERS + READERS; i++) {
        void *(*body)(void *) = i < WRITERS             ? be_writer
                                : i < WRITERS + READERS ? be_reader
                                                        : be_feeder;
        if (pthread_create(&threads[i], NULL, body, &clients[i]))
            bench_give_up("client", "no thread");
    }
    sleep_ms((long)(run->seconds * 1000));
    atomic_store(&run->stop, true);
    for (int i = 0; i <= WRITERS + READERS; i++)
        (void)pthread_join(threads[i], NULL);
}

int main(int argc, char **argv)
{
    static client clients[WRITERS + READERS + 1];
    bench run = {.dir = "/tmp/tocsin-bench-XXXXXX", .seconds = 6};
    int64_t seconds = 0, confirmed = 0;
    if (argc > 1 && toc_str_to_int(toc_str_of(argv[1]), &seconds) && seconds > 0)
        run.seconds = (double)seconds;
    if (!mkdtemp(run.dir))
        bench_give_up("directory", run.dir);
    (void)snprintf(run.store, sizeof(run.store), "%s/intel.db", run.dir);
    start(&run);
    for (int i = 0; i <= WRITERS + READERS; i++)
        make_client(&run, &clients[i], i);
    run_clients(&run, clients);
    report(&run, clients, 0, "alone");
    report(&run, clients, 1, "beside_a_batch");
    toc_server_stop(run.server);
    int64_t lost = count_lost(&run, clients, &confirmed);
    (void)printf("{\"bench\":\"mixed_updates\",\"value\":%" PRId64 ",\"unit\":\"lost\","
                 "\"confirmed\":%" PRId64 ",\"errors\":%llu,\"clients\":%d,\"seconds\":%.0f}\n",
                 lost, confirmed, atomic_load(&run.errors), WRITERS + READERS, run.seconds);
    for (int i = 0; i <= WRITERS + READERS; i++)
        client_done(&clients[i]);
    toc_platform_close(run.platform);
    (void)nftw(run.dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return lost || atomic_load(&run.errors) ? 1 : 0;
}
