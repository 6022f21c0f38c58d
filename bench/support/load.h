/* load.h - clients for benches of the listener: raw requests over keep-alive connections of
 * loopback, closed (as fast as it goes) and open (at a given rate). Everything that goes wrong ends
 * the program. */
#ifndef TOC_BENCH_LOAD_H
#define TOC_BENCH_LOAD_H
#include <stdint.h>

#include "tocsin/base.h"

#define LOAD_CONNECTIONS 8

_Noreturn void bench_give_up(const char *what, const char *why);
double bench_now(void); /* seconds, monotonic */
/* Keeps the calling thread, and those that it starts from here on, on one processor. Without a
 * second processor all stay where they are. */
void bench_stay_on(int processor);
int bench_connect(uint16_t port);
int bench_by_size(const void *a, const void *b); /* of doubles, for qsort */
double bench_median(double *values, size_t count);
/* The value that the share (0 to 1) of the sorted values does not exceed. */
double bench_quantile(const double *sorted, size_t count, double share);

/* One exchange; the length of the answer and of its body. */
size_t bench_probe(uint16_t port, toc_str request, size_t *body_len);
/* While every connection always has a request under way. The server is in this process. */
typedef struct bench_rate {
    double per_second;
    double cpu_us; /* processor time that the server took for a request */
} bench_rate;
bench_rate bench_closed_load(uint16_t port, toc_str request, double seconds);
typedef struct bench_latency {
    double rate, median_us, p99_us, max_us;
} bench_latency;
/* Requests at fixed times, whether or not the answers keep up: the time of each counts from when it
 * was due. */
bench_latency bench_open_load(uint16_t port, toc_str request, double rate, double seconds);
#endif
