#include "support/served.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/load.h"
#include "tocsin/batch.h"
#include "tocsin/server.h"

/* What the server's process tells through the pipe. */
typedef struct place {
    unsigned port;
    toc_new_user user;
} place;

double bench_processor_time(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

long bench_resident_kb(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

void bench_check(toc_rc rc, const char *what, const toc_error *err)
{
    if (rc)
        bench_give_up(what, err->message);
}

static void fill(toc_platform *platform, uint64_t count, bench_item_fn item)
{
    toc_error err = {0};
    toc_transport transport;
    toc_session *sess = NULL;
    toc_batch *batch = NULL;
    toc_batch_options options = {.version = 1, .owner = SERVED_OWNER, .chunk_items = 25000};
    bench_check(toc_platform_transport(platform, false, &transport, &err), "transport", &err);
    toc_session_options session = {.version = 1, .owner = SERVED_OWNER, .transport = &transport};
    bench_check(toc_session_open(&session, &sess, &err), "session", &err);
    bench_check(toc_batch_new(&options, &batch, &err), "batch", &err);
    for (uint64_t i = 0; i < count; i++) {
        char json[512];
        int len = item(i, json, sizeof json);
        bench_check(
            toc_batch_add_json(batch, TOC_KIND_INDICATOR, (toc_str){json, (size_t)len}, i, &err),
            "item", &err);
    }
    toc_batch_status status;
    bench_check(toc_batch_submit(batch, sess, NULL, &status, &err), "submit", &err);
    toc_batch_free(batch);
    toc_session_close(sess);
}

static int serve(const char *folder, uint64_t count, bench_item_fn item, int tell, int wait_for)
{
    char path[64];
    toc_error err = {0};
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    (void)snprintf(path, sizeof path, "%s/store.db", folder);
    options.store = path;
    options.create = true;
    options.synchronous_batch = UINT32_MAX;
    toc_server_options listener = {.version = 1, .listen = "127.0.0.1:0", .threads = 1};
    toc_platform *platform = NULL;
    toc_server *server = NULL;
    place here = {0};
    int64_t id;
    char end;
    bench_check(toc_platform_open(&options, &platform, &err), path, &err);
    bench_check(toc_platform_add_owner(platform, SERVED_OWNER, "Organization", &id, &err),
                SERVED_OWNER, &err);
    bench_check(toc_platform_add_user(platform, SERVED_OWNER, &here.user, &err), "user", &err);
    fill(platform, count, item);
    bench_stay_on(0);
    bench_check(toc_server_start(platform, &listener, &server, &err), "listener", &err);
    here.port = toc_server_port(server);
    if (write(tell, &here, sizeof(here)) != (ssize_t)sizeof(here))
        return 1;
    while (read(wait_for, &end, 1) > 0)
        ;
    toc_server_stop(server);
    toc_platform_close(platform);
    return 0;
}

void bench_serve(bench_served *self, uint64_t count, bench_item_fn item)
{
    int told[2], end[2];
    place there;
    (void)snprintf(self->folder, sizeof self->folder, "/tmp/tocsin-bench-XXXXXX");
    if (!mkdtemp(self->folder) || pipe(told) || pipe(end))
        bench_give_up("temporary folder", "cannot be made");
    self->child = fork();
    if (self->child < 0)
        bench_give_up("fork", "failed");
    if (!self->child) {
        (void)close(told[0]);
        (void)close(end[1]);
        _exit(serve(self->folder, count, item, told[1], end[0]));
    }
    (void)close(told[1]);
    (void)close(end[0]);
    self->told = told[0];
    self->end = end[1];
    if (read(self->told, &there, sizeof(there)) != (ssize_t)sizeof(there)) {
        (void)bench_serve_end(self);
        bench_give_up("server", "did not start");
    }
    self->port = there.port;
    self->user = there.user;
    bench_stay_on(1);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

int bench_serve_end(bench_served *self)
{
    int status = 1;
    (void)close(self->end);
    (void)close(self->told);
    (void)waitpid(self->child, &status, 0);
    (void)nftw(self->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return status;
}

toc_session *bench_serve_session(const bench_served *self, unsigned page)
{
    char url[64];
    toc_error err = {0};
    toc_session *sess = NULL;
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/api", self->port);
    toc_session_options options = {.version = 1,
                                   .api_url = url,
                                   .access_id = self->user.access_id,
                                   .secret_key = self->user.secret_key,
                                   .owner = SERVED_OWNER,
                                   .result_limit = page};
    bench_check(toc_session_open(&options, &sess, &err), "session", &err);
    return sess;
}
