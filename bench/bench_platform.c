/* The platform's aims in one run. Over HTTP: one indicator by its value over keep-alive
 * connections, every request verified, against the HTTP library alone that sends a fixed body of
 * the same size from the same processor, in turns; then the times of single requests at half that
 * load. Embedded: pages of 500 by owner, by tag and by filters, the first and the last of the list.
 * Usage: bench_platform [INDICATORS | STORE]; the thousandth page needs 500000 or more. A store
 * that is there already has its indicators in the owner "Bench", with the tags "every" and "rare";
 * a user and an indicator are added to it. */
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <microhttpd.h>

#include "auth/auth.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/store.h"
#include "support/load.h"
#include "tocsin/server.h"

#define ROUNDS 7
#define SECONDS 0.7
#define PAGE 500
#define PAGE_ROUNDS 9
#define PER_TRANSACTION 10000
#define NOW INT64_C(1709287200)
#define OWNER "Bench"
#define TARGET "/api/v2/indicators/addresses/198.51.100.7?owner=" OWNER

typedef struct bench {
    char dir[64], store[96];
    int64_t count;
    toc_platform *platform;
    toc_server *server;
    toc_new_user user;
    toc_buf request;
} bench;

static void check(toc_rc rc, const char *what, const toc_error *err)
{
    if (rc)
        bench_give_up(what, err->message);
}

/* --- the store -------------------------------------------------------------------------------- */

/* The first fiftieth has values that nothing else has: matches at the old end only. */
static void set_values(toc_object *obj, int64_t i, int64_t count, toc_error *err)
{
    bool old = i < count / 50;
    char name[64];
    (void)snprintf(name, sizeof(name), "h%" PRIx64 ".bench.example",
                   (uint64_t)i * UINT64_C(0x9E3779B97F4A7C15));
    check(toc_object_set(obj, "hostName", toc_str_of(name), err), "name", err);
    check(toc_object_set_decimal(obj, "rating", old ? 5.0 : (double)(i % 5), err), "rating", err);
    check(toc_object_set_int(obj, "confidence", old ? 100 : i * 7 % 100, err), "confidence", err);
}

static void fill(bench *run)
{
    toc_error err = {0};
    toc_store *store = NULL;
    toc_conn *conn = NULL;
    toc_object *obj = NULL;
    int64_t owner = 0, every = 0, rare = 0, id = 0;
    toc_store_options options = {.path = run->store, .create = true, .no_sync = true};
    check(toc_store_open(&options, &store, &err), "store", &err);
    const toc_type *host =
        toc_types_find(toc_store_types(store), TOC_KIND_INDICATOR, TOC_S("Host"));
    check(toc_object_new(host, &obj, &err), "object", &err);
    for (int64_t i = 0; i < run->count; i++) {
        if (i % PER_TRANSACTION == 0)
            check(toc_tx_begin(store, &conn, &err), "begin", &err);
        if (i == 0) {
            check(toc_owner_add(conn, TOC_S(OWNER), TOC_S("Organization"), &owner, &err), "owner",
                  &err);
            check(toc_tag_id(conn, owner, TOC_S("every"), true, &every, &err), "tag", &err);
            check(toc_tag_id(conn, owner, TOC_S("rare"), true, &rare, &err), "tag", &err);
        }
        set_values(obj, i, run->count, &err);
        check(toc_object_insert(conn, owner, obj, NOW, &id, &err), "insert", &err);
        check(toc_tag_apply(conn, every, (toc_target){TOC_KIND_INDICATOR, id}, &err), "tag", &err);
        if (i % 50 == 0)
            check(toc_tag_apply(conn, rare, (toc_target){TOC_KIND_INDICATOR, id}, &err), "tag",
                  &err);
        if ((i + 1) % PER_TRANSACTION == 0 || i + 1 == run->count)
            check(toc_tx_commit(conn, &err), "commit", &err);
    }
    toc_object_free(obj);
    toc_store_close(store);
}

static toc_response *ask_embedded(bench *run, const char *method, const char *target, toc_str body,
                                  int status)
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
    if (toc_response_status(response) != status)
        bench_give_up(target, toc_response_body(response).ptr);
    return response;
}

static void open_platform(bench *run)
{
    toc_error err = {0};
    toc_platform_options store = TOC_PLATFORM_OPTIONS_INIT;
    store.store = run->store;
    check(toc_platform_open(&store, &run->platform, &err), "platform", &err);
    check(toc_platform_add_user(run->platform, OWNER, &run->user, &err), "user", &err);
    toc_response_free(
        ask_embedded(run, "POST", "/api/v2/indicators/addresses?owner=" OWNER,
                     TOC_S("{\"ip\":\"198.51.100.7\",\"rating\":4.0,\"confidence\":85}"), 201));
}

/* --- pages ------------------------------------------------------------------------------------ */

typedef struct list {
    const char *name, *target;
} list;

static const list lists[] = {
    {"owner", "/api/v2/indicators?owner=" OWNER},
    {"tag_every", "/api/v2/tags/every/indicators?owner=" OWNER},
    {"tag_rare", "/api/v2/tags/rare/indicators?owner=" OWNER},
    {"filter_frequent", "/api/v2/indicators?owner=" OWNER "&filters=rating%3E0%2Cconfidence%3E10"},
    {"filter_some", "/api/v2/indicators?owner=" OWNER "&filters=rating%3E2%2Cconfidence%3E80"},
    {"filter_oldest", "/api/v2/indicators?owner=" OWNER "&filters=rating%3E4%2Cconfidence%3E99"},
};

static double page(bench *run, const list *of, int64_t start, bool *more)
{
    char target[256];
    (void)snprintf(target, sizeof(target), "%s&resultLimit=%d&resultStart=%" PRId64, of->target,
                   PAGE, start);
    double from = bench_now();
    toc_response *response = ask_embedded(run, "GET", target, TOC_S(""), 200);
    double took = (bench_now() - from) * 1e6;
    *more = toc_str_find(toc_response_body(response), TOC_S("\"id\":")) >= 0;
    toc_response_free(response);
    return took;
}

/* Walks the list as clients do. The last page that has anything is the one that counts. */
static void measure_pages(bench *run, const list *of)
{
    double first[PAGE_ROUNDS], last[PAGE_ROUNDS], all[1000];
    size_t count = 0;
    bool more = true;
    int64_t start = 0;
    for (size_t i = 0; i < PAGE_ROUNDS; i++)
        first[i] = page(run, of, 0, &more);
    while (more && count < TOC_COUNT(all)) {
        all[count++] = page(run, of, start, &more);
        start += PAGE;
    }
    start -= more ? PAGE : 2 * PAGE;
    qsort(all, count, sizeof(all[0]), bench_by_size);
    for (size_t i = 0; i < PAGE_ROUNDS; i++)
        last[i] = page(run, of, start, &more);
    (void)printf("{\"bench\":\"page_%s\",\"value\":%.0f,\"unit\":\"us\",\"last\":%.0f,"
                 "\"last_page\":%" PRId64 ",\"p95\":%.0f}\n",
                 of->name, bench_median(first, PAGE_ROUNDS), bench_median(last, PAGE_ROUNDS),
                 start / PAGE + 1, bench_quantile(all, count, 0.95));
}

/* A client that begins in the middle: nobody remembers where that is. */
static void measure_jump(bench *run, int64_t start)
{
    double times[PAGE_ROUNDS];
    bool more = true;
    for (size_t i = 0; i < PAGE_ROUNDS; i++)
        times[i] = page(run, &lists[0], start + (int64_t)i, &more);
    (void)printf("{\"bench\":\"page_owner_jump\",\"value\":%.0f,\"unit\":\"us\",\"start\":%" PRId64
                 "}\n",
                 bench_median(times, PAGE_ROUNDS), start);
}

/* --- the library alone ------------------------------------------------------------------------ */

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

/* --- over HTTP -------------------------------------------------------------------------------- */

/* One request that is sent again and again: its time stamp is good for five minutes. */
static void sign(bench *run)
{
    toc_error err = {0};
    toc_signer *signer = NULL;
    int64_t stamp = (int64_t)time(NULL);
    toc_buf_init(&run->request, 4096);
    check(toc_signer_new(toc_str_of(run->user.secret_key), &signer, &err), "signer", &err);
    toc_buf_printf(&run->request,
                   "GET " TARGET " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n"
                   "User-Agent: bench\r\nTimestamp: %lld\r\nAuthorization: ",
                   (long long)stamp);
    (void)toc_sign_header(signer, toc_str_of(run->user.access_id), TOC_S(TARGET), TOC_S("GET"),
                          stamp, &run->request);
    toc_buf_lit(&run->request, "\r\n\r\n");
    check(toc_buf_check(&run->request, &err), "request", &err);
    toc_signer_free(signer);
}

/* The times of single requests, of ours and of the library at the same rate, in turns: what the
 * machine adds to both is in both. Medians of the rounds. */
static void report_half(toc_str request, double rate, uint16_t ours_port, uint16_t alone_port)
{
    static const char *const names[] = {"http_get_indicator_at_half", "http_library_at_this_load"};
    uint16_t ports[] = {ours_port, alone_port};
    double p99[2][ROUNDS], middle[2][ROUNDS], highest[2] = {0, 0};
    for (size_t i = 0; i < ROUNDS; i++)
        for (size_t k = 0; k < 2; k++) {
            bench_latency found = bench_open_load(ports[k], request, rate, SECONDS);
            p99[k][i] = found.p99_us;
            middle[k][i] = found.median_us;
            highest[k] = found.max_us > highest[k] ? found.max_us : highest[k];
        }
    for (size_t k = 0; k < 2; k++)
        (void)printf("{\"bench\":\"%s\",\"value\":%.0f,\"unit\":\"us p99\",\"median\":%.0f,"
                     "\"highest\":%.0f,\"rate\":%.0f}\n",
                     names[k], bench_median(p99[k], ROUNDS), bench_median(middle[k], ROUNDS),
                     highest[k], rate);
}

static void report_http(bench *run, const fixed *content, uint16_t ours_port, uint16_t alone_port)
{
    double ours[ROUNDS], alone[ROUNDS], share[ROUNDS], cpu_ours[ROUNDS], cpu_alone[ROUNDS];
    toc_str request = toc_buf_view(&run->request);
    for (size_t i = 0; i < ROUNDS; i++) {
        bench_rate mine = bench_closed_load(ours_port, request, SECONDS);
        bench_rate base = bench_closed_load(alone_port, request, SECONDS);
        ours[i] = mine.per_second;
        alone[i] = base.per_second;
        share[i] = mine.per_second / base.per_second;
        cpu_ours[i] = mine.cpu_us;
        cpu_alone[i] = base.cpu_us;
    }
    double mine = bench_median(ours, ROUNDS);
    (void)printf("{\"bench\":\"http_get_indicator\",\"value\":%.0f,\"unit\":\"requests/s\","
                 "\"body\":%zu,\"cpu_us\":%.2f}\n",
                 mine, content->len, bench_median(cpu_ours, ROUNDS));
    (void)printf("{\"bench\":\"http_library_alone\",\"value\":%.0f,\"unit\":\"requests/s\","
                 "\"body\":%zu,\"cpu_us\":%.2f}\n",
                 bench_median(alone, ROUNDS), content->len, bench_median(cpu_alone, ROUNDS));
    (void)printf("{\"bench\":\"http_get_indicator_share\",\"value\":%.3f,\"unit\":\"of the "
                 "library\"}\n",
                 bench_median(share, ROUNDS));
    report_half(request, mine / 2, ours_port, alone_port);
}

/* Both servers on one processor, the client on another. */
static void measure_http(bench *run)
{
    toc_error err = {0};
    fixed content = {NULL, 0};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    options.listen = "127.0.0.1:0";
    options.threads = 1;
    options.log_level = TOC_LOG_WARNING;
    if (processors > 1)
        bench_stay_on(0);
    check(toc_server_start(run->platform, &options, &run->server, &err), "server", &err);
    sign(run);
    uint16_t port = (uint16_t)toc_server_port(run->server);
    (void)bench_probe(port, toc_buf_view(&run->request), &content.len);
    content.body = toc_mem_zalloc(content.len, 1);
    struct MHD_Daemon *library = content.body
                                     ? MHD_start_daemon(MHD_USE_EPOLL_INTERNALLY, 0, NULL, NULL,
                                                        answer_fixed, &content, MHD_OPTION_END)
                                     : NULL;
    if (!library)
        bench_give_up("library", "not started");
    if (processors > 1)
        bench_stay_on(1);
    report_http(run, &content, port, MHD_get_daemon_info(library, MHD_DAEMON_INFO_BIND_PORT)->port);
    MHD_stop_daemon(library);
    toc_server_stop(run->server);
    toc_buf_done(&run->request);
    toc_mem_free(content.body);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

int main(int argc, char **argv)
{
    bench run = {.dir = "/tmp/tocsin-bench-XXXXXX", .count = 100000};
    bool given = argc > 1 && access(argv[1], F_OK) == 0;
    if (given)
        run.count = 1000 * PAGE + 1;
    else if (argc > 1 && (!toc_str_to_int(toc_str_of(argv[1]), &run.count) || run.count < 1000))
        bench_give_up("bench_platform", "the number of indicators is 1000 or more");
    if (!mkdtemp(run.dir))
        bench_give_up("directory", run.dir);
    (void)snprintf(run.store, sizeof(run.store), "%s%s", given ? argv[1] : run.dir,
                   given ? "" : "/intel.db");
    if (!given)
        fill(&run);
    open_platform(&run);
    for (size_t i = 0; i < TOC_COUNT(lists); i++)
        measure_pages(&run, &lists[i]);
    measure_jump(&run, run.count > 1000 * PAGE ? 999 * PAGE : run.count - 2 * PAGE);
    measure_http(&run);
    toc_platform_close(run.platform);
    (void)nftw(run.dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return 0;
}
