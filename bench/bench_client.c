/* The client against a listener in another process, on the other processor: from opening a session
 * to its first answer, and pages of 500 hosts to CEF: indicators a second of the client's processor
 * time and of the clock, and resident memory. Usage: bench_client [COUNT], default 1000000. */
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/load.h"
#include "tocsin/platform.h"
#include "tocsin/server.h"
#include "tocsin/tocsin.h"

#define PAGE 500
#define OPENINGS 51
#define OWNER "Bench"

/* What the server's process tells through the pipe. */
typedef struct place {
    unsigned port;
    toc_new_user user;
} place;

static double processor_time(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void check(toc_rc rc, const char *what, const toc_error *err)
{
    if (rc)
        bench_give_up(what, err->message);
}

static void fill(toc_platform *platform, uint64_t count)
{
    toc_error err = {0};
    toc_transport transport;
    toc_session *sess = NULL;
    toc_batch *batch = NULL;
    toc_batch_options options = {.version = 1, .owner = OWNER, .chunk_items = 25000};
    check(toc_platform_transport(platform, false, &transport, &err), "transport", &err);
    toc_session_options session = {.version = 1, .owner = OWNER, .transport = &transport};
    check(toc_session_open(&session, &sess, &err), "session", &err);
    check(toc_batch_new(&options, &batch, &err), "batch", &err);
    for (uint64_t i = 0; i < count; i++) {
        char json[256];
        int len = snprintf(json, sizeof(json),
                           "{\"type\":\"Host\",\"summary\":\"host%" PRIu64 ".evil.example\","
                           "\"rating\":3.0,\"confidence\":%u,\"xid\":\"bench-%" PRIu64 "\"}",
                           i, (unsigned)(i % 100), i);
        check(toc_batch_add_json(batch, TOC_KIND_INDICATOR, (toc_str){json, (size_t)len}, i, &err),
              "item", &err);
    }
    toc_batch_status status;
    check(toc_batch_submit(batch, sess, NULL, &status, &err), "submit", &err);
    toc_batch_free(batch);
    toc_session_close(sess);
}

static int serve(const char *path, uint64_t count, int tell, int wait_for)
{
    toc_error err = {0};
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    options.store = path;
    options.create = true;
    options.synchronous_batch = UINT32_MAX;
    toc_server_options listener = {.version = 1, .listen = "127.0.0.1:0", .threads = 1};
    toc_platform *platform = NULL;
    toc_server *server = NULL;
    place here = {0};
    int64_t id;
    char end;
    check(toc_platform_open(&options, &platform, &err), path, &err);
    check(toc_platform_add_owner(platform, OWNER, "Organization", &id, &err), OWNER, &err);
    check(toc_platform_add_user(platform, OWNER, &here.user, &err), "user", &err);
    fill(platform, count);
    bench_stay_on(0);
    check(toc_server_start(platform, &listener, &server, &err), "listener", &err);
    here.port = toc_server_port(server);
    if (write(tell, &here, sizeof(here)) != (ssize_t)sizeof(here))
        return 1;
    while (read(wait_for, &end, 1) > 0)
        ;
    toc_server_stop(server);
    toc_platform_close(platform);
    return 0;
}

static toc_session *open_session(const place *there)
{
    char url[64];
    toc_error err = {0};
    toc_session *sess = NULL;
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/api", there->port);
    toc_session_options options = {.version = 1,
                                   .api_url = url,
                                   .access_id = there->user.access_id,
                                   .secret_key = there->user.secret_key,
                                   .owner = OWNER,
                                   .result_limit = PAGE};
    check(toc_session_open(&options, &sess, &err), "session", &err);
    return sess;
}

static void measure_opening(const place *there)
{
    double times[OPENINGS];
    for (size_t i = 0; i < OPENINGS; i++) {
        toc_error err = {0};
        toc_response *response = NULL;
        toc_call call = {.path = "/v2/owners"};
        double start = bench_now();
        toc_session *sess = open_session(there);
        check(toc_session_call(sess, &call, &response, &err), call.path, &err);
        times[i] = bench_now() - start;
        toc_response_free(response);
        toc_session_close(sess);
    }
    qsort(times, OPENINGS, sizeof(*times), bench_by_size);
    (void)printf("{\"bench\":\"client_open_to_answer\",\"value\":%.3f,\"unit\":\"ms\","
                 "\"worst\":%.3f,\"runs\":%d}\n",
                 bench_quantile(times, OPENINGS, 0.5) * 1e3, times[OPENINGS - 1] * 1e3, OPENINGS);
}

static void measure_pages(const place *there)
{
    toc_error err = {0};
    toc_list *list = NULL;
    toc_filter *filter = NULL;
    toc_formatter *formatter = NULL;
    toc_session *sess = open_session(there);
    const toc_type *host = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host"));
    check(toc_filter_new(TOC_KIND_INDICATOR, host, &filter, &err), "filter", &err);
    check(toc_formatter_new(toc_format_find("cef"), 0, &formatter, &err), "formatter", &err);
    double start = bench_now(), cpu = processor_time();
    check(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err), "list", &err);
    uint64_t count = 0, bytes = 0;
    toc_object *obj = NULL;
    toc_str text;
    int more;
    while ((more = toc_list_next(list, &obj, &err)) > 0) {
        check(toc_formatter_object(formatter, obj, &text, &err), "CEF", &err);
        bytes += text.len;
        count++;
    }
    check(more, "page", &err);
    double wall = bench_now() - start;
    cpu = processor_time() - cpu;
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    (void)printf("{\"bench\":\"client_cef_pages_cpu\",\"value\":%.0f,\"unit\":\"indicators/s\","
                 "\"indicators\":%" PRIu64 ",\"bytes\":%" PRIu64 "}\n",
                 (double)count / cpu, count, bytes);
    (void)printf("{\"bench\":\"client_cef_pages_wall\",\"value\":%.0f,\"unit\":\"indicators/s\"}\n",
                 (double)count / wall);
    (void)printf("{\"bench\":\"client_cef_pages_resident\",\"value\":%ld,\"unit\":\"kB\"}\n",
                 usage.ru_maxrss);
    toc_list_close(list);
    toc_formatter_free(formatter);
    toc_filter_free(filter);
    toc_session_close(sess);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

int main(int argc, char **argv)
{
    uint64_t count = 1000000;
    char folder[] = "/tmp/tocsin-bench-XXXXXX", path[64];
    int told[2], end[2];
    place there;
    if (argc > 1 && !toc_str_to_uint(toc_str_of(argv[1]), &count))
        return 2;
    if (!mkdtemp(folder) || pipe(told) || pipe(end))
        bench_give_up("temporary folder", "cannot be made");
    (void)snprintf(path, sizeof(path), "%s/store.db", folder);
    pid_t child = fork();
    if (child < 0)
        bench_give_up("fork", "failed");
    if (!child) {
        (void)close(told[0]);
        (void)close(end[1]);
        _exit(serve(path, count, told[1], end[0]));
    }
    (void)close(told[1]);
    (void)close(end[0]);
    bool ready = read(told[0], &there, sizeof(there)) == (ssize_t)sizeof(there);
    if (ready) {
        bench_stay_on(1);
        measure_opening(&there);
        measure_pages(&there);
    }
    (void)close(end[1]);
    int status = 1;
    (void)waitpid(child, &status, 0);
    (void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return !ready || status;
}
