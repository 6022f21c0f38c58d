/* served.h - for benches: a listener in another process, on the other processor, over a store of
 * made-up indicators. Everything that goes wrong ends the program. */
#ifndef TOC_BENCH_SERVED_H
#define TOC_BENCH_SERVED_H
#include <sys/types.h>

#include "tocsin/platform.h"
#include "tocsin/session.h"

#define SERVED_OWNER "Bench"

typedef struct bench_served {
    pid_t child;
    int told, end;
    char folder[32];
    unsigned port;
    toc_new_user user;
} bench_served;

/* Writes item number i as batch JSON; the length. */
typedef int (*bench_item_fn)(uint64_t i, char *out, size_t size);
/* Before the caller has threads. The listener stays on processor 0; the caller goes to 1. */
void bench_serve(bench_served *self, uint64_t count, bench_item_fn item);
/* 0: the server ended well. */
int bench_serve_end(bench_served *self);
toc_session *bench_serve_session(const bench_served *self, unsigned page);
void bench_check(toc_rc rc, const char *what, const toc_error *err);
/* Seconds of processor time of this process, and the most memory it held in kB. */
double bench_processor_time(void);
long bench_resident_kb(void);
#endif
