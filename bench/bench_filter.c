/* How fast post filters compare and how fast the types of values are found out. One JSON line per
 * question, the median of five runs. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/str.h"
#include "filter/filter.h"
#include "model/codec.h"

#define RUNS 5
#define OBJECTS 1000000U
#define DIFFERENT 64U
#define VALUES 1000000U

static double now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void report(const char *name, double rates[RUNS], const char *unit)
{
    qsort(rates, RUNS, sizeof(rates[0]), compare);
    printf("{\"bench\":\"%s\",\"value\":%.0f,\"unit\":\"%s\"}\n", name, rates[RUNS / 2], unit);
    (void)fflush(stdout);
}

static toc_object *make_object(toc_arena *arena, unsigned number)
{
    char text[600];
    int length = snprintf(
        text, sizeof(text),
        "{\"id\":%u,\"ownerName\":\"Example\",\"dateAdded\":\"2024-03-%02uT10:00:00Z\","
        "\"lastModified\":\"2024-03-02T08:30:00Z\",\"rating\":%u.5,\"confidence\":%u,"
        "\"threatAssessRating\":3.5,\"threatAssessConfidence\":72.0,\"hostName\":\"h%u.example\","
        "\"tag\":[{\"name\":\"apt\"}],\"attribute\":[{\"type\":\"Source\",\"value\":\"x\"}]}",
        number, 1 + number % 28, number % 5, number % 100, number);
    char *copy = toc_mem_strdup((toc_str){text, (size_t)length});
    toc_json_reader reader;
    toc_object *obj = toc__object_in(arena, NULL);
    const toc_type *host = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host"));
    toc_json_reader_init(&reader, copy, (size_t)length, arena);
    if (!obj || toc_codec_decode(&reader, NULL, TOC_KIND_INDICATOR, host, 0, obj, NULL))
        abort();
    return obj;
}

static const struct condition {
    const char *name;
    toc_op op;
    const char *value;
} conditions[] = {
    {"rating", TOC_OP_GE, "0"},
    {"confidence", TOC_OP_LT, "200"},
    {"date_added", TOC_OP_GE, "2024-01-01"},
    {"last_modified", TOC_OP_GE, "2024-01-01"},
    {"threat_assess_rating", TOC_OP_NE, "1"},
    {"threat_assess_confidence", TOC_OP_GT, "3"},
    {"name", TOC_OP_NE, "other.example"},
    {"type", TOC_OP_EQ, "Host"},
    {"tag", TOC_OP_EQ, "apt"},
    {"attribute", TOC_OP_EQ, "Source"},
};

/* Every condition holds, so that each is one comparison with each object. */
static void run_posts(toc_object **objects, size_t first, size_t last, const char *name)
{
    toc_filter *filter = NULL;
    toc_post_memo memos[TOC_COUNT(conditions)] = {{NULL, NULL}};
    double rates[RUNS];
    if (toc_filter_new(TOC_KIND_INDICATOR, NULL, &filter, NULL))
        abort();
    for (size_t i = first; i < last; i++)
        if (toc_filter_post(filter, conditions[i].name, conditions[i].op,
                            toc_str_of(conditions[i].value), NULL))
            abort();
    for (unsigned run = 0; run < RUNS; run++) {
        uint64_t matched = 0;
        double start = now();
        for (unsigned i = 0; i < OBJECTS; i++)
            matched += toc__post_match(filter, memos, objects[i % DIFFERENT]);
        rates[run] = (double)OBJECTS * (double)(last - first) / (now() - start);
        if (matched != OBJECTS)
            abort();
    }
    report(name, rates, "comparisons/s");
    toc_filter_free(filter);
}

static void run_filters(void)
{
    toc_arena arena = {0};
    toc_object *objects[DIFFERENT];
    for (unsigned i = 0; i < DIFFERENT; i++)
        objects[i] = make_object(&arena, i);
    run_posts(objects, 0, TOC_COUNT(conditions), "post_all");
    for (size_t i = 0; i < TOC_COUNT(conditions); i++) {
        char name[64];
        (void)snprintf(name, sizeof(name), "post_%s", conditions[i].name);
        run_posts(objects, i, i + 1, name);
    }
    toc_arena_done(&arena);
}

static const struct sample {
    const char *name, *values[8];
} samples[] = {
    {"ipv4", {"1.2.3.4", "192.168.100.200", "10.0.0.1", "255.255.255.255"}},
    {"ipv6", {"2001:db8::1", "fe80::1:2:3:4", "::ffff:1.2.3.4", "2001:DB8:0:0:1:2:3:4"}},
    {"email", {"someone@mail.example.com", "a.b.c@x.org", "info@very-long-name.example.net"}},
    {"file",
     {"d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}},
    {"host", {"www.badguy-014.com", "a.b.c.d.example.org", "mail.example.co", "x.xn--p1ai"}},
    {"url",
     {"http://www.example.com/path/file.php?query=1&other=2", "https://a.b/c",
      "ftp://files.example.org/pub/some/long/path/to/a/file.tar.gz"}},
    {"none", {"not an indicator", "setup.exe", "Global\\Mutex-1234", "AS1234"}},
};

static void run_detect(toc_detector *detector, const char *name, const char *const *values,
                       size_t count)
{
    toc_str texts[64];
    double rates[RUNS];
    for (size_t i = 0; i < count; i++)
        texts[i] = toc_str_of(values[i]);
    for (unsigned run = 0; run < RUNS; run++) {
        uint64_t seen = 0;
        double start = now();
        for (size_t i = 0, at = 0; i < VALUES; i++, at = at + 1 == count ? 0 : at + 1)
            seen += (uintptr_t)toc_detector_find(detector, texts[at]) & 1U;
        rates[run] = VALUES / (now() - start);
        if (seen > VALUES)
            abort();
    }
    report(name, rates, "values/s");
}

int main(void)
{
    run_filters();
    toc_detector *detector = NULL;
    const char *mixed[64];
    size_t count = 0;
    if (toc_detector_new(&detector, NULL))
        abort();
    for (size_t i = 0; i < TOC_COUNT(samples); i++) {
        char name[64];
        size_t of = 0;
        while (of < TOC_COUNT(samples[i].values) && samples[i].values[of])
            mixed[count++] = samples[i].values[of++];
        (void)snprintf(name, sizeof(name), "detect_%s", samples[i].name);
        run_detect(detector, name, samples[i].values, of);
    }
    run_detect(detector, "detect_mixed", mixed, count);
    toc_detector_free(detector);
    return 0;
}
