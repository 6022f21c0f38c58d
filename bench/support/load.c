#include "support/load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

#define ROOM 65536

_Noreturn void bench_give_up(const char *what, const char *why)
{
    (void)fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

double bench_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void bench_stay_on(int processor)
{
    cpu_set_t allowed, one;
    if (sched_getaffinity(0, sizeof(allowed), &allowed) || processor < 0)
        return;
    CPU_ZERO(&one);
    CPU_SET((size_t)processor, &one);
    (void)sched_setaffinity(0, sizeof(one), &one);
}

int bench_connect(uint16_t port)
{
    const int on = 1;
    struct sockaddr_in name = {.sin_family = AF_INET,
                               .sin_port = htons(port),
                               .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)(const void *)&name, sizeof(name)))
        bench_give_up("connect", "refused");
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

int bench_by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

double bench_median(double *values, size_t count)
{
    qsort(values, count, sizeof(values[0]), bench_by_size);
    return values[count / 2];
}

double bench_quantile(const double *sorted, size_t count, double share)
{
    size_t at = (size_t)(share * (double)count);
    return count ? sorted[at < count ? at : count - 1] : 0;
}

static void ask(int fd, toc_str request)
{
    if (send(fd, request.ptr, request.len, MSG_NOSIGNAL) != (ssize_t)request.len)
        bench_give_up("send", "short");
}

static void check_answer(const char *room)
{
    if (memcmp(room, "HTTP/1.1 200", 12) != 0)
        bench_give_up("answer", "not the expected one");
}

size_t bench_probe(uint16_t port, toc_str request, size_t *body_len)
{
    static const char announce[] = "Content-Length: ";
    char room[16384];
    size_t used = 0;
    const char *end = NULL;
    int fd = bench_connect(port);
    ask(fd, request);
    while (!end) {
        ssize_t got = recv(fd, room + used, sizeof(room) - 1 - used, 0);
        if (got <= 0)
            bench_give_up("first answer", "none");
        used += (size_t)got;
        room[used] = '\0';
        end = strstr(room, "\r\n\r\n");
    }
    const char *text = strstr(room, announce);
    uint64_t len = 0;
    if (memcmp(room, "HTTP/1.1 200", 12) != 0 || !text)
        bench_give_up("first answer", room);
    text += strlen(announce);
    if (!toc_str_to_uint((toc_str){text, strcspn(text, "\r")}, &len))
        bench_give_up("first answer", room);
    (void)close(fd);
    *body_len = (size_t)len;
    return (size_t)(end + 4 - room) + (size_t)len;
}

/* Of all threads but this one. */
static double others_cpu(void)
{
    struct timespec all, mine;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &all);
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &mine);
    return (double)(all.tv_sec - mine.tv_sec) + (double)(all.tv_nsec - mine.tv_nsec) / 1e9;
}

bench_rate bench_closed_load(uint16_t port, toc_str request, double seconds)
{
    size_t body_len, answers = 0;
    size_t len = bench_probe(port, request, &body_len);
    int fds[LOAD_CONNECTIONS];
    TOC_AUTOFREE char *room = toc_mem_alloc(len);
    if (!room)
        bench_give_up("client", "out of memory");
    for (size_t i = 0; i < LOAD_CONNECTIONS; i++) {
        fds[i] = bench_connect(port);
        ask(fds[i], request);
    }
    double start = bench_now(), end, cpu = others_cpu();
    do {
        for (size_t i = 0; i < LOAD_CONNECTIONS; i++) {
            if (recv(fds[i], room, len, MSG_WAITALL) != (ssize_t)len)
                bench_give_up("answer", "short");
            check_answer(room);
            ask(fds[i], request);
        }
        answers += LOAD_CONNECTIONS;
        end = bench_now();
    } while (end - start < seconds);
    cpu = others_cpu() - cpu;
    for (size_t i = 0; i < LOAD_CONNECTIONS; i++)
        (void)close(fds[i]);
    return (bench_rate){(double)answers / (end - start), cpu * 1e6 / (double)answers};
}

/* --- at a given rate ------------------------------------------------------------------------- */

typedef struct connection {
    int fd;
    size_t got; /* of the answer under way */
    double due; /* when its request was; 0: none is under way */
} connection;

typedef struct open_load {
    connection at[LOAD_CONNECTIONS];
    toc_str request;
    size_t len, answers, wanted, sent;
    double start, rate;
    double *times;
} open_load;

static void take_some(open_load *load, connection *from)
{
    static char room[ROOM];
    ssize_t got = recv(from->fd, room, load->len - from->got, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0)
        bench_give_up("answer", "none");
    if (!from->got && got >= 12)
        check_answer(room);
    from->got += (size_t)got;
    if (from->got < load->len)
        return;
    load->times[load->answers++] = (bench_now() - from->due) * 1e6;
    from->due = 0;
    from->got = 0;
}

static void send_due(open_load *load, connection *over)
{
    double due = load->start + (double)load->sent / load->rate;
    if (load->sent == load->wanted || due > bench_now())
        return;
    over->due = due;
    load->sent++;
    ask(over->fd, load->request);
}

bench_latency bench_open_load(uint16_t port, toc_str request, double rate, double seconds)
{
    size_t body_len;
    open_load load = {.request = request, .rate = rate, .wanted = (size_t)(rate * seconds)};
    load.len = bench_probe(port, request, &body_len);
    load.times = toc_mem_alloc(load.wanted * sizeof(double));
    if (!load.times || load.len > ROOM)
        bench_give_up("client", "out of memory");
    for (size_t i = 0; i < LOAD_CONNECTIONS; i++)
        load.at[i].fd = bench_connect(port);
    load.start = bench_now();
    while (load.answers < load.wanted) {
        for (size_t i = 0; i < LOAD_CONNECTIONS; i++) {
            connection *at = &load.at[i];
            if (at->due > 0)
                take_some(&load, at);
            else
                send_due(&load, at);
        }
    }
    double took = bench_now() - load.start;
    for (size_t i = 0; i < LOAD_CONNECTIONS; i++)
        (void)close(load.at[i].fd);
    qsort(load.times, load.wanted, sizeof(double), bench_by_size);
    bench_latency found = {.rate = (double)load.wanted / took,
                           .median_us = bench_quantile(load.times, load.wanted, 0.5),
                           .p99_us = bench_quantile(load.times, load.wanted, 0.99),
                           .max_us = load.times[load.wanted - 1]};
    toc_mem_free(load.times);
    return found;
}
