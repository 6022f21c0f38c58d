/* How fast objects become lines, and JSON becomes objects and back. One JSON line per question,
 * the median of five runs. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/codec.h"
#include "tocsin/format.h"

#define RUNS 5
#define OBJECTS 200000U

typedef struct job {
    toc_types *types;
    toc_arena arena;
    toc_object *obj;
    toc_buf buf;
    const char *text;
    toc_form form;
    unsigned flags; /* of the decoder */
    toc_formatter *formatter;
    uint64_t seen; /* something of the result, so that the work is done */
} job;

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

static void measure(const char *name, const char *part, job *work, void (*once)(job *work))
{
    double rates[RUNS];
    for (unsigned run = 0; run < RUNS; run++) {
        double start = now();
        for (unsigned i = 0; i < OBJECTS; i++)
            once(work);
        rates[run] = OBJECTS / (now() - start);
    }
    qsort(rates, RUNS, sizeof(rates[0]), compare);
    printf("{\"bench\":\"%s_%s\",\"value\":%.0f,\"unit\":\"objects/s\"}\n", name, part,
           rates[RUNS / 2]);
    (void)fflush(stdout);
}

static void decode(job *work)
{
    toc_json_reader reader;
    toc_arena_clear(&work->arena);
    toc_json_reader_init(&reader, work->text, strlen(work->text), &work->arena);
    if (toc_codec_decode(&reader, work->types, TOC_KIND_INDICATOR, NULL, work->flags, work->obj,
                         NULL))
        abort();
    work->seen += work->obj->present;
}

static void encode(job *work)
{
    toc_json_writer writer;
    toc_buf_clear(&work->buf);
    toc_json_writer_init(&writer, &work->buf);
    toc_codec_encode(&writer, work->obj, work->form, 0);
    work->seen += work->buf.len;
}

static void format(job *work)
{
    toc_str text;
    if (toc_formatter_object(work->formatter, work->obj, &text, NULL))
        abort();
    work->seen += text.len;
}

static const char list_item[] =
    "{\"id\":355999,\"ownerName\":\"Example Organization\",\"type\":\"Host\","
    "\"dateAdded\":\"2024-03-01T10:00:00Z\",\"lastModified\":\"2024-03-02T08:30:00Z\","
    "\"rating\":3.5,\"confidence\":72,\"threatAssessRating\":3.5,"
    "\"threatAssessConfidence\":72.0,\"webLink\":\"https://tip.example/auth/indicators/details/"
    "host.xhtml?host=www.badguy-014.example&owner=Example+Organization\","
    "\"description\":\"seen in the wild\",\"summary\":\"www.badguy-014.example\"}";

static const char batch_item[] =
    "{\"type\":\"Host\",\"summary\":\"host1234.evil.example\",\"rating\":3.5,\"confidence\":72,"
    "\"xid\":\"ef6a74c2a9f5a6d080c80224317948f1ee8df995292dcf97a39ea4fd757c3c19\","
    "\"attribute\":[{\"type\":\"Description\",\"value\":\"seen in the wild\",\"displayed\":true},"
    "{\"type\":\"Source\",\"value\":\"https://feed.example/list\"}],"
    "\"tag\":[{\"name\":\"emotet\"},{\"name\":\"banking\"}],\"associatedGroups\":[{\"groupXid\":"
    "\"95608301a417d42ffd985eb17086dc57507c86563af6a671170e978acdfe45ef\"}]}";

static const struct shape {
    const char *name, *text;
    toc_form form;
    unsigned flags;
} shapes[] = {
    {"list", list_item, TOC_FORM_SUMMARY, TOC_DECODE_LENIENT},
    {"batch", batch_item, TOC_FORM_BATCH, TOC_DECODE_BATCH},
};

static void run_codec(job *work)
{
    for (size_t i = 0; i < TOC_COUNT(shapes); i++) {
        work->text = shapes[i].text;
        work->form = shapes[i].form;
        work->flags = shapes[i].flags;
        measure("decode", shapes[i].name, work, decode);
        measure("encode", shapes[i].name, work, encode);
    }
}

static void run_formats(job *work)
{
    work->text = list_item;
    work->flags = TOC_DECODE_LENIENT;
    decode(work);
    for (size_t i = 0; toc_format_at(i); i++) {
        toc_str text;
        if (toc_formatter_new(toc_format_at(i), 0, &work->formatter, NULL) ||
            toc_formatter_begin(work->formatter, TOC_KIND_INDICATOR, &text, NULL))
            abort();
        measure("format", toc_format_describe(toc_format_at(i)).name, work, format);
        toc_formatter_free(work->formatter);
    }
}

int main(void)
{
    job work = {0};
    if (toc_types_new(&work.types, NULL))
        return 1;
    toc_arena objects = {0};
    work.obj = toc__object_in(&objects, NULL);
    if (!work.obj)
        return 1;
    work.obj->arena = &work.arena;
    toc_buf_init(&work.buf, 1 << 20);
    run_codec(&work);
    run_formats(&work);
    toc_buf_done(&work.buf);
    toc_arena_done(&work.arena);
    toc_arena_done(&objects);
    toc_types_free(work.types);
    return work.seen == 0;
}
