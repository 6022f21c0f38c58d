/* What the number of indicators in an embedded store changes: import, look-up by value, pages by
 * owner, filter and tag, deletion, bulk report, opening, size. The store grows by powers of ten.
 * Usage: bench_growth [LARGEST [FOLDER [keep | import]]]; LARGEST is ten thousand to ten million
 * (one million); keep: the store stays; import: so it does, and nothing else is measured. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/load.h"
#include "support/served.h"
#include "tocsin/bulk.h"
#include "tocsin/tocsin.h"

#define OWNER "Bench"
#define SMALLEST UINT64_C(10000)
/* Items that go through one spool: what is measured is the store, not the disk that spools. */
#define PART UINT64_C(250000)
/* The last items of a step, for the rate at which a store of that size takes more. */
#define TAIL UINT64_C(100000)
#define LOOKUPS 4000U
#define PAGES 40U
#define PAGE 500U
#define DELETIONS 500U

typedef struct bench {
    char store[512];
    toc_session *sess;
    uint64_t count;
    uint64_t wanted; /* before some were deleted */
} bench;

static void line(const bench *self, const char *name, double value, const char *unit)
{
    (void)printf("{\"bench\":\"growth_%s\",\"indicators\":%" PRIu64
                 ",\"value\":%.6g,\"unit\":\"%s\"}\n",
                 name, self->wanted, value, unit);
    (void)fflush(stdout);
}

/* Spreads neighbours over the whole range, so that keys do not come in their order. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static void value_of(uint64_t i, char *value, size_t size)
{
    uint64_t m = mix(i);
    (void)snprintf(value, size, "h%08" PRIx32 "%" PRIx64 ".example", (uint32_t)m, i);
}

static int item(uint64_t i, char *json, size_t size)
{
    char value[64];
    uint64_t m = mix(i ^ UINT64_C(0x5bd1e995));
    value_of(i, value, sizeof value);
    return snprintf(json, size,
                    "{\"type\":\"Host\",\"summary\":\"%s\",\"rating\":%u,\"confidence\":%u,"
                    "\"attribute\":[{\"type\":\"Source\",\"value\":\"feed %u\"}],"
                    "\"tag\":[{\"name\":\"feed\"},{\"name\":\"t%u\"}]}",
                    value, (unsigned)(m % 6), (unsigned)(m / 6 % 101), (unsigned)(m % 7),
                    (unsigned)(i % 50));
}

static void open_store(bench *self, bool create)
{
    toc_error err = {0};
    toc_session_options session = TOC_SESSION_OPTIONS_INIT;
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    char url[600];
    (void)snprintf(url, sizeof url, "file:%s", self->store);
    if (create) {
        toc_platform *platform = NULL;
        toc_new_user user;
        int64_t id;
        options.store = self->store;
        options.create = true;
        bench_check(toc_platform_open(&options, &platform, &err), self->store, &err);
        bench_check(toc_platform_add_owner(platform, OWNER, "Organization", &id, &err), OWNER,
                    &err);
        bench_check(toc_platform_add_user(platform, OWNER, &user, &err), "user", &err);
        toc_platform_close(platform);
        options.create = false;
    }
    session.api_url = url;
    session.owner = OWNER;
    session.result_limit = PAGE;
    bench_check(toc_platform_connect(&session, &options, &self->sess, &err), self->store, &err);
}

static void add_part(bench *self, uint64_t count)
{
    toc_error err = {0};
    toc_batch *batch = NULL;
    toc_batch_status status;
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = OWNER;
    options.chunk_items = 25000;
    bench_check(toc_batch_new(&options, &batch, &err), "batch", &err);
    for (uint64_t i = self->count; i < self->count + count; i++) {
        char json[512];
        int len = item(i, json, sizeof json);
        bench_check(
            toc_batch_add_json(batch, TOC_KIND_INDICATOR, (toc_str){json, (size_t)len}, i, &err),
            "item", &err);
    }
    bench_check(toc_batch_submit(batch, self->sess, NULL, &status, &err), "submit", &err);
    toc_batch_free(batch);
    self->count += count;
}

/* Returns items a second. */
static double add(bench *self, uint64_t count)
{
    double began = bench_now();
    for (uint64_t left = count; left;) {
        uint64_t part = left < PART ? left : PART;
        add_part(self, part);
        left -= part;
    }
    return (double)count / (bench_now() - began);
}

static void grow(bench *self, uint64_t wanted)
{
    uint64_t more = wanted - self->count;
    self->wanted = wanted;
    uint64_t tail = more / 2 < TAIL ? more / 2 : TAIL;
    double rate = add(self, more - tail);
    double began = bench_processor_time();
    double last = add(self, tail);
    double cpu = bench_processor_time() - began;
    line(self, "import", rate, "indicators/s");
    line(self, "import_tail", last, "indicators/s");
    line(self, "import_tail_cpu", cpu * 1e6 / (double)tail, "us/indicator");
}

static void request(bench *self, const char *method, uint64_t i)
{
    char path[128], value[64];
    toc_error err = {0};
    toc_response *response = NULL;
    value_of(i, value, sizeof value);
    (void)snprintf(path, sizeof path, "/v2/indicators/hosts/%s", value);
    toc_call call = {.method = method, .path = path, .owner = OWNER};
    bench_check(toc_session_call(self->sess, &call, &response, &err), path, &err);
    toc_response_free(response);
}

static void look_up(bench *self, const char *name, const char *name_p99)
{
    static double times[LOOKUPS];
    for (unsigned n = 0; n < LOOKUPS; n++) {
        double began = bench_now();
        request(self, "GET", mix(n) % self->count);
        times[n] = (bench_now() - began) * 1e6;
    }
    line(self, name, bench_median(times, LOOKUPS), "us");
    line(self, name_p99, bench_quantile(times, LOOKUPS, 0.99), "us");
}

typedef struct selection {
    const char *name;
    const char *tag;
    const char *term;
    toc_op op;
    const char *value;
} selection;

static toc_filter *filter_of(const selection *row)
{
    toc_error err = {0};
    toc_filter *filter = NULL;
    bench_check(toc_filter_new(TOC_KIND_INDICATOR, NULL, &filter, &err), row->name, &err);
    bench_check(toc_filter_owner(filter, toc_str_of(OWNER), &err), row->name, &err);
    if (row->tag)
        bench_check(toc_filter_api(filter, "tag", toc_str_of(row->tag), &err), row->name, &err);
    if (row->term)
        bench_check(toc_filter_term(filter, row->term, row->op, toc_str_of(row->value), &err),
                    row->name, &err);
    return filter;
}

static void turn_pages(bench *self, const selection *row)
{
    double times[PAGES];
    toc_error err = {0};
    toc_list *list = NULL;
    toc_object *obj = NULL;
    unsigned pages = 0;
    toc_filter *filter = filter_of(row);
    bench_check(toc_list_open(self->sess, TOC_KIND_INDICATOR, filter, &list, &err), row->name,
                &err);
    for (int more = 1; more > 0 && pages < PAGES;) {
        double began = bench_now();
        unsigned n = 0;
        while (n < PAGE && (more = toc_list_next(list, &obj, &err)) > 0)
            n++;
        if (more < 0)
            bench_give_up(row->name, err.message);
        if (n == PAGE)
            times[pages++] = (bench_now() - began) * 1e6;
    }
    toc_list_close(list);
    toc_filter_free(filter);
    if (pages)
        line(self, row->name, bench_median(times, pages), "us");
}

static void delete_some(bench *self)
{
    double began = bench_now();
    for (unsigned n = 0; n < DELETIONS; n++)
        request(self, "DELETE", self->count - DELETIONS + n);
    line(self, "delete", DELETIONS / (bench_now() - began), "indicators/s");
    self->count -= DELETIONS;
}

static void download(bench *self)
{
    toc_error err = {0};
    toc_list *list = NULL;
    toc_object *obj = NULL;
    uint64_t count = 0;
    double began = bench_now();
    bench_check(toc_bulk_open(self->sess, OWNER, true, NULL, &list, &err), "bulk", &err);
    int more;
    while ((more = toc_list_next(list, &obj, &err)) > 0)
        count++;
    if (more < 0 || count != self->count)
        bench_give_up("bulk", more < 0 ? err.message : "not all indicators came");
    toc_list_close(list);
    line(self, "bulk", (double)count / (bench_now() - began), "indicators/s");
}

static double size_of(const char *store, const char *tail)
{
    char path[600];
    struct stat info;
    (void)snprintf(path, sizeof path, "%s%s", store, tail);
    return stat(path, &info) ? 0 : (double)info.st_size;
}

/* Closing writes the log back, so that the size is that of the one file, and look-ups ask no log
 * any more: what a program finds that starts after an import. */
static void open_again(bench *self)
{
    toc_session_close(self->sess);
    line(self, "size", size_of(self->store, "") / (double)self->count, "bytes/indicator");
    double began = bench_now();
    open_store(self, false);
    request(self, "GET", 1);
    line(self, "open", (bench_now() - began) * 1e3, "ms");
}

static void measure(bench *self)
{
    static const selection rows[] = {
        {"page", NULL, NULL, TOC_OP_EQ, NULL},
        {"filter", NULL, "confidence", TOC_OP_GT, "80"},
        {"tag", "t7", NULL, TOC_OP_EQ, NULL},
    };
    look_up(self, "lookup_logged", "lookup_logged_p99");
    open_again(self);
    look_up(self, "lookup", "lookup_p99");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        turn_pages(self, &rows[i]);
    download(self);
    delete_some(self);
    line(self, "resident", (double)bench_resident_kb() / 1024, "MiB");
}

static void clean(const bench *self)
{
    static const char *const tails[] = {"", "-wal", "-shm", ".key"};
    char path[600];
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        (void)snprintf(path, sizeof path, "%s%s", self->store, tails[i]);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof path, "%s.jobs", self->store);
    (void)rmdir(path);
    (void)snprintf(path, sizeof path, "%s.files", self->store);
    (void)rmdir(path);
}

int main(int argc, char **argv)
{
    bench self = {.count = 0};
    uint64_t largest = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    (void)snprintf(self.store, sizeof self.store, "%s/growth.db", argc > 2 ? argv[2] : ".");
    clean(&self);
    open_store(&self, true);
    for (uint64_t wanted = SMALLEST; wanted <= largest; wanted *= 10) {
        grow(&self, wanted);
        if (argc < 4 || strcmp(argv[3], "import") != 0)
            measure(&self);
    }
    toc_session_close(self.sess);
    if (argc < 4)
        clean(&self);
    return 0;
}
