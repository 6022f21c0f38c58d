/* The paged iterator over indicators of five types in pages of 10,000: decoded objects a second of
 * the client's processor time while a recording of the pages is replayed, then of the clock against
 * a listener in another process on the other processor, and resident memory after a tenth and after
 * all. Usage: bench_pages [COUNT], default 1000000. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "support/load.h"
#include "support/served.h"
#include "tocsin/tocsin.h"

#define PAGE 10000
#define PAGES_MAX 100000

static int mixed(uint64_t i, char *out, size_t size)
{
    static const char *const values[] = {
        "\"type\":\"Address\",\"ip\":\"2001:db8:%" PRIx64 "::%" PRIx64 "\"",
        "\"type\":\"Host\",\"hostName\":\"host%" PRIu64 ".evil%" PRIu64 ".example\"",
        "\"type\":\"URL\",\"text\":\"https://h%" PRIu64 ".example.net/a/%" PRIu64 ".php\"",
        "\"type\":\"File\",\"md5\":\"%016" PRIx64 "%016" PRIx64 "\"",
        "\"type\":\"EmailAddress\",\"address\":\"u%" PRIu64 "@mail%" PRIu64 ".example.org\"",
    };
    char value[200];
    uint64_t a = i / 60000 + 1;
    uint64_t b = i % 60000 + 1;
    (void)snprintf(value, sizeof value, values[i % 5], a, b);
    return snprintf(out, size,
                    "{%s,\"rating\":%u.0,\"confidence\":%u,\"xid\":\"bench-%" PRIu64 "\"}", value,
                    (unsigned)(i % 6), (unsigned)(i % 100), i);
}

/* What a list asks for, in a file, one body behind the other: the catalogue of types, the pages. */
typedef struct recording {
    int fd;
    int64_t ends[PAGES_MAX];
    size_t count, next;
} recording;

static toc_rc keep(void *user, const toc_response *response)
{
    recording *self = user;
    toc_str body = toc_response_body(response);
    int64_t at = self->count ? self->ends[self->count - 1] : 0;
    if (self->count == PAGES_MAX ||
        pwrite(self->fd, body.ptr, body.len, (off_t)at) != (ssize_t)body.len)
        bench_give_up("recording", "no room");
    self->ends[self->count++] = at + (int64_t)body.len;
    return TOC_OK;
}

static void record(const bench_served *there, recording *self)
{
    toc_error err = {0};
    char path[64];
    toc_session *sess = bench_serve_session(there, PAGE);
    toc_call call = {.path = "/v2/indicators", .owner = SERVED_OWNER, .result_limit = PAGE};
    (void)snprintf(path, sizeof path, "%s/pages", there->folder);
    self->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (self->fd < 0)
        bench_give_up(path, "cannot be made");
    toc_call types = {.path = "/v2/types/indicatorTypes"};
    toc_response *catalogue = NULL;
    bench_check(toc_session_call(sess, &types, &catalogue, &err), types.path, &err);
    (void)keep(self, catalogue);
    toc_response_free(catalogue);
    bench_check(toc_call_pages(sess, &call, keep, self, &err), "pages", &err);
    toc_session_close(sess);
}

static toc_rc replay(void *context, const toc_request *request, toc_response *response,
                     toc_error *err)
{
    static char block[256 * 1024];
    recording *self = context;
    (void)request, (void)err;
    if (self->next == self->count)
        bench_give_up("replay", "asked for a page more");
    int64_t at = self->next ? self->ends[self->next - 1] : 0;
    int64_t end = self->ends[self->next++];
    toc_response_set_status(response, 200);
    toc_rc rc = toc_response_add_header(response, toc_str_of("Content-Type"),
                                        toc_str_of("application/json"));
    while (!rc && at < end) {
        size_t want = end - at < (int64_t)sizeof block ? (size_t)(end - at) : sizeof block;
        ssize_t got = pread(self->fd, block, want, (off_t)at);
        if (got <= 0)
            bench_give_up("replay", "the recording cannot be read");
        rc = toc_response_append(response, block, (size_t)got);
        at += got;
    }
    return rc;
}

static void tell(const char *name, const char *how, double value, const char *unit, uint64_t count)
{
    (void)printf("{\"bench\":\"%s_%s\",\"value\":%.0f,\"unit\":\"%s\",\"objects\":%" PRIu64 "}\n",
                 name, how, value, unit, count);
}

/* Reads every object and looks at its value. */
static void measure(toc_session *sess, const char *name, uint64_t wanted)
{
    toc_error err = {0};
    toc_list *list = NULL;
    toc_object *obj = NULL;
    uint64_t count = 0;
    size_t bytes = 0;
    long early = 0;
    int more;
    double start = bench_now(), cpu = bench_processor_time();
    bench_check(toc_list_open(sess, TOC_KIND_INDICATOR, NULL, &list, &err), "list", &err);
    while ((more = toc_list_next(list, &obj, &err)) > 0) {
        bytes += toc_object_summary(obj).len;
        if (++count == wanted / 10)
            early = bench_resident_kb();
    }
    bench_check(more, "page", &err);
    cpu = bench_processor_time() - cpu;
    double wall = bench_now() - start;
    if (count != wanted || bytes < count)
        bench_give_up(name, "not all objects came");
    tell(name, "cpu", (double)count / cpu, "objects/s", count);
    tell(name, "wall", (double)count / wall, "objects/s", count);
    (void)printf(
        "{\"bench\":\"%s_resident\",\"value\":%ld,\"unit\":\"kB\",\"after_a_tenth\":%ld}\n", name,
        bench_resident_kb(), early);
    toc_list_close(list);
    toc_session_close(sess);
}

int main(int argc, char **argv)
{
    static recording pages;
    uint64_t count = 1000000;
    bench_served there = {0};
    toc_error err = {0};
    if (argc > 1 && (!toc_str_to_uint(toc_str_of(argv[1]), &count) || count < PAGE))
        return 2;
    bench_serve(&there, count, mixed);
    measure(bench_serve_session(&there, PAGE), "pages_served", count);
    record(&there, &pages);
    toc_transport transport = {
        .version = 1, .name = "replay", .perform = replay, .context = &pages};
    toc_session_options options = {
        .version = 1, .owner = SERVED_OWNER, .transport = &transport, .result_limit = PAGE};
    toc_session *sess = NULL;
    bench_check(toc_session_open(&options, &sess, &err), "session", &err);
    measure(sess, "pages_replayed", count);
    (void)close(pages.fd);
    return bench_serve_end(&there);
}
