/* The client against a listener in another process, on the other processor: from opening a session
 * to its first answer, and pages of 500 hosts to CEF: indicators a second of the client's processor
 * time and of the clock, and resident memory. Usage: bench_client [COUNT], default 1000000. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "support/load.h"
#include "support/served.h"
#include "tocsin/tocsin.h"

#define PAGE 500
#define OPENINGS 51

static int host(uint64_t i, char *out, size_t size)
{
    return snprintf(out, size,
                    "{\"type\":\"Host\",\"summary\":\"host%" PRIu64 ".evil.example\","
                    "\"rating\":3.0,\"confidence\":%u,\"xid\":\"bench-%" PRIu64 "\"}",
                    i, (unsigned)(i % 100), i);
}

static void measure_opening(const bench_served *there)
{
    double times[OPENINGS];
    for (size_t i = 0; i < OPENINGS; i++) {
        toc_error err = {0};
        toc_response *response = NULL;
        toc_call call = {.path = "/v2/owners"};
        double start = bench_now();
        toc_session *sess = bench_serve_session(there, PAGE);
        bench_check(toc_session_call(sess, &call, &response, &err), call.path, &err);
        times[i] = bench_now() - start;
        toc_response_free(response);
        toc_session_close(sess);
    }
    qsort(times, OPENINGS, sizeof(*times), bench_by_size);
    (void)printf("{\"bench\":\"client_open_to_answer\",\"value\":%.3f,\"unit\":\"ms\","
                 "\"worst\":%.3f,\"runs\":%d}\n",
                 bench_quantile(times, OPENINGS, 0.5) * 1e3, times[OPENINGS - 1] * 1e3, OPENINGS);
}

static void measure_pages(const bench_served *there)
{
    toc_error err = {0};
    toc_list *list = NULL;
    toc_filter *filter = NULL;
    toc_formatter *formatter = NULL;
    toc_session *sess = bench_serve_session(there, PAGE);
    const toc_type *type = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host"));
    bench_check(toc_filter_new(TOC_KIND_INDICATOR, type, &filter, &err), "filter", &err);
    bench_check(toc_formatter_new(toc_format_find("cef"), 0, &formatter, &err), "formatter", &err);
    double start = bench_now(), cpu = bench_processor_time();
    bench_check(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err), "list", &err);
    uint64_t count = 0, bytes = 0;
    toc_object *obj = NULL;
    toc_str text;
    int more;
    while ((more = toc_list_next(list, &obj, &err)) > 0) {
        bench_check(toc_formatter_object(formatter, obj, &text, &err), "CEF", &err);
        bytes += text.len;
        count++;
    }
    bench_check(more, "page", &err);
    double wall = bench_now() - start;
    cpu = bench_processor_time() - cpu;
    (void)printf("{\"bench\":\"client_cef_pages_cpu\",\"value\":%.0f,\"unit\":\"indicators/s\","
                 "\"indicators\":%" PRIu64 ",\"bytes\":%" PRIu64 "}\n",
                 (double)count / cpu, count, bytes);
    (void)printf("{\"bench\":\"client_cef_pages_wall\",\"value\":%.0f,\"unit\":\"indicators/s\"}\n",
                 (double)count / wall);
    (void)printf("{\"bench\":\"client_cef_pages_resident\",\"value\":%ld,\"unit\":\"kB\"}\n",
                 bench_resident_kb());
    toc_list_close(list);
    toc_formatter_free(formatter);
    toc_filter_free(filter);
    toc_session_close(sess);
}

int main(int argc, char **argv)
{
    uint64_t count = 1000000;
    bench_served there;
    if (argc > 1 && !toc_str_to_uint(toc_str_of(argv[1]), &count))
        return 2;
    bench_serve(&there, count, host);
    measure_opening(&there);
    measure_pages(&there);
    return bench_serve_end(&there);
}
