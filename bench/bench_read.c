/* Reading everything back from an embedded store, 500 a page, to CEF: objects a second, and what
 * the first pages cost beside the last. Usage: bench_read STORE.db */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/mem.h"
#include "tocsin/platform.h"
#include "tocsin/tocsin.h"

#define PAGE 500
#define SAMPLE 21 /* pages at either end whose median is taken */

static double now(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void die(const char *text)
{
    (void)fprintf(stderr, "bench_read: %s\n", text);
    exit(1);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *times)
{
    qsort(times, SAMPLE, sizeof *times, by_value);
    return times[SAMPLE / 2] * 1e6;
}

static toc_session *open_store(const char *path)
{
    toc_error err = {0};
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    options.store = path;
    toc_session_options session = TOC_SESSION_OPTIONS_INIT;
    toc_platform *platform = NULL;
    toc_transport transport;
    toc_session *sess = NULL;
    session.result_limit = PAGE;
    session.transport = &transport;
    if (toc_platform_open(&options, &platform, &err) ||
        toc_platform_transport(platform, true, &transport, &err) ||
        toc_session_open(&session, &sess, &err))
        die(err.message);
    return sess;
}

/* Times of all pages; *count objects were read. */
static double *read_all(toc_session *sess, uint64_t *count, uint64_t *bytes, size_t *pages)
{
    toc_error err = {0};
    toc_list *list = NULL;
    toc_formatter *formatter = NULL;
    if (toc_list_open(sess, TOC_KIND_INDICATOR, NULL, &list, &err) ||
        toc_formatter_new(toc_format_find("cef"), 0, &formatter, &err))
        die(err.message);
    double *times = NULL;
    size_t room = 0;
    double start = now();
    toc_object *obj = NULL;
    int more;
    while ((more = toc_list_next(list, &obj, &err)) > 0) {
        toc_str text;
        if (toc_formatter_object(formatter, obj, &text, &err))
            die(err.message);
        *bytes += text.len;
        if (++*count % PAGE)
            continue;
        if (*pages == room) {
            room = room ? room * 2 : 1024;
            times = toc_mem_resize(times, room * sizeof *times);
            if (!times)
                die("out of memory");
        }
        double end = now();
        times[(*pages)++] = end - start;
        start = end;
    }
    if (more < 0)
        die(err.message);
    toc_formatter_free(formatter);
    toc_list_close(list);
    return times;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        (void)fprintf(stderr, "usage: bench_read STORE.db (skipped: no store given)\n");
        return 0;
    }
    toc_session *sess = open_store(argv[1]);
    uint64_t count = 0;
    uint64_t bytes = 0;
    size_t pages = 0;
    double start = now();
    double *times = read_all(sess, &count, &bytes, &pages);
    double seconds = now() - start;
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    (void)printf(
        "{\"bench\":\"read_cef_pages\",\"value\":%.0f,\"unit\":\"objects/s\",\"objects\":%" PRIu64
        ",\"bytes\":%" PRIu64 ",\"resident_kb\":%ld}\n",
        (double)count / seconds, count, bytes, usage.ru_maxrss);
    if (pages >= 2 * SAMPLE) {
        double first = median(times);
        double last = median(times + pages - SAMPLE);
        (void)printf("{\"bench\":\"read_page_first\",\"value\":%.0f,\"unit\":\"us\"}\n", first);
        (void)printf(
            "{\"bench\":\"read_page_last\",\"value\":%.0f,\"unit\":\"us\",\"of_first\":%.2f}\n",
            last, last / first);
    }
    toc_mem_free(times);
    toc_session_close(sess);
    return 0;
}
