/* How fast JSON and CSV are read and written: a page of 500 objects as the API sends it, a document
 * of 64 MB, batch items. One JSON line per question, the median of five runs. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/csv.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"

#define RUNS 5
#define PAGE_OBJECTS 500
#define LARGE ((size_t)64 << 20)
#define WORK ((size_t)256 << 20) /* bytes to get through in one run */

typedef struct job {
    toc_str text;   /* to read; of a writer what it has written */
    size_t objects; /* to write */
    toc_buf *out;
    size_t seen; /* something of the result, so that the work is done */
} job;

typedef size_t (*work_fn)(job *task); /* returns the bytes or items it got through */

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* unit: how many bytes or items make one of what is printed. */
static void measure(const char *name, work_fn work, job *task, double unit, const char *unit_name)
{
    double rates[RUNS];
    size_t size = work(task);
    size_t rounds = task->text.len ? 1 + WORK / task->text.len : 1;
    for (size_t run = 0; run < RUNS; run++) {
        double start = now();
        for (size_t i = 0; i < rounds; i++)
            size = work(task);
        rates[run] = (double)size * (double)rounds / unit / (now() - start);
    }
    qsort(rates, RUNS, sizeof(rates[0]), compare);
    printf("{\"bench\":\"%s\",\"value\":%.1f,\"unit\":\"%s\"}\n", name, rates[RUNS / 2], unit_name);
    (void)fflush(stdout);
}

static void write_object(toc_json_writer *writer, size_t number)
{
    char ip[32], link[96];
    int ip_len = snprintf(ip, sizeof(ip), "198.51.%zu.%zu", number / 250 % 250, number % 250);
    int link_len =
        snprintf(link, sizeof(link),
                 "https://app.example/auth/indicators/details/address.xhtml?address=%s", ip);
    toc_json_object(writer);
    toc_json_key(writer, TOC_S("id"));
    toc_json_int(writer, (int64_t)(1000000 + number));
    toc_json_kv_str(writer, "ownerName", TOC_S("Example Organisation"));
    toc_json_kv_str(writer, "dateAdded", TOC_S("2024-05-17T09:12:44Z"));
    toc_json_kv_str(writer, "lastModified", TOC_S("2024-06-02T21:40:05Z"));
    toc_json_key(writer, TOC_S("rating"));
    toc_json_double(writer, (double)(number % 11) / 2);
    toc_json_key(writer, TOC_S("confidence"));
    toc_json_int(writer, (int64_t)(number % 101));
    toc_json_key(writer, TOC_S("threatAssessRating"));
    toc_json_double(writer, 3.03);
    toc_json_kv_str(writer, "webLink", ((toc_str){link, (size_t)link_len}));
    toc_json_kv_str(writer, "description",
                    number % 20 ? TOC_S("Seen in a campaign against the energy sector")
                                : TOC_S("Reported as \"C2\" by\na partner, caf\xC3\xA9"));
    toc_json_kv_str(writer, "ip", ((toc_str){ip, (size_t)ip_len}));
    toc_json_object_end(writer);
}

static void write_document(toc_buf *out, size_t objects, size_t length)
{
    toc_json_writer writer;
    toc_json_writer_init(&writer, out);
    toc_json_object(&writer);
    toc_json_kv_str(&writer, "status", TOC_S("Success"));
    toc_json_key(&writer, TOC_S("data"));
    toc_json_array(&writer);
    for (size_t i = 0; i < objects || out->len < length; i++)
        write_object(&writer, i);
    toc_json_array_end(&writer);
    toc_json_object_end(&writer);
}

static size_t read_events(job *task)
{
    toc_json_reader reader;
    toc_arena arena;
    toc_json_event event;
    toc_arena_init(&arena, 0);
    toc_json_reader_init(&reader, task->text.ptr, task->text.len, &arena);
    while ((event = toc_json_next(&reader)) > TOC_JSON_END)
        task->seen += event == TOC_JSON_KEY || event == TOC_JSON_STRING ? reader.text.len : 1;
    toc_arena_done(&arena);
    if (event == TOC_JSON_ERROR)
        abort();
    return task->text.len;
}

static size_t skip_value(job *task)
{
    toc_json_reader reader;
    toc_str raw;
    toc_json_reader_init(&reader, task->text.ptr, task->text.len, NULL);
    if (!toc_json_skip(&reader, &raw))
        abort();
    task->seen += raw.len;
    return task->text.len;
}

/* Like a batch item of 400 bytes with an attribute and two tags. */
static void write_item(toc_json_writer *writer, toc_str value)
{
    toc_json_object(writer);
    toc_json_kv_str(writer, "type", TOC_S("Host"));
    toc_json_kv_str(writer, "summary", value);
    toc_json_key(writer, TOC_S("rating"));
    toc_json_double(writer, 3.5);
    toc_json_key(writer, TOC_S("confidence"));
    toc_json_int(writer, 75);
    toc_json_key(writer, TOC_S("attribute"));
    toc_json_array(writer);
    toc_json_object(writer);
    toc_json_kv_str(writer, "type", TOC_S("Description"));
    toc_json_kv_str(writer, "value",
                    TOC_S("Command and control host that was seen in the second wave of the "
                          "campaign; resolves to rented servers in three countries, see the report "
                          "of the incident team for details and for the list of samples"));
    toc_json_key(writer, TOC_S("displayed"));
    toc_json_bool(writer, true);
    toc_json_object_end(writer);
    toc_json_array_end(writer);
    toc_json_key(writer, TOC_S("tag"));
    toc_json_array(writer);
    toc_json_object(writer);
    toc_json_kv_str(writer, "name", TOC_S("botnet"));
    toc_json_object_end(writer);
    toc_json_object(writer);
    toc_json_kv_str(writer, "name", TOC_S("energy sector"));
    toc_json_object_end(writer);
    toc_json_array_end(writer);
    toc_json_object_end(writer);
}

static size_t write_items(job *task)
{
    toc_json_writer writer;
    char host[] = "host-00000.malware.example";
    toc_buf_clear(task->out);
    toc_json_writer_init(&writer, task->out);
    toc_json_array(&writer);
    for (size_t i = 0; i < task->objects; i++) {
        host[9] = (char)('0' + i % 10);
        write_item(&writer, (toc_str){host, sizeof(host) - 1});
    }
    toc_json_array_end(&writer);
    task->text = toc_buf_view(task->out);
    return task->objects;
}

static size_t write_items_bytes(job *task)
{
    (void)write_items(task);
    return task->text.len;
}

static size_t read_records(job *task)
{
    static toc_csv csv;
    toc_csv_init(&csv, ',');
    for (size_t at = 0; at < task->text.len; at += 65536) {
        toc_str block = toc_str_slice(task->text, at, at + 65536);
        toc_csv_feed(&csv, block.ptr, block.len, at + 65536 >= task->text.len);
        while (toc_csv_next(&csv) == TOC_CSV_RECORD)
            task->seen += csv.field_count;
    }
    toc_csv_done(&csv);
    return task->text.len;
}

static void write_records(toc_buf *out, size_t records, bool quoted)
{
    for (size_t i = 0; i < records; i++)
        toc_buf_printf(out,
                       quoted ? "Host,\"host-%zu.malware.example\",\"feed, \"\"daily\"\"\","
                                "2024-05-17,\"label one\",%zu\n"
                              : "Host,host-%zu.malware.example,feed,2024-05-17,label_one,%zu\n",
                       i, i % 100);
}

int main(void)
{
    TOC_CLEANUP(toc_buf_done) toc_buf page, large, items, plain, quoted;
    job task = {.objects = PAGE_OBJECTS};
    toc_buf_init(&page, LARGE);
    toc_buf_init(&large, 2 * LARGE);
    toc_buf_init(&items, LARGE);
    toc_buf_init(&plain, LARGE);
    toc_buf_init(&quoted, LARGE);
    write_document(&page, PAGE_OBJECTS, 0);
    write_document(&large, 0, LARGE);
    write_records(&plain, 200000, false);
    write_records(&quoted, 200000, true);
    if (page.failed || large.failed || plain.failed || quoted.failed)
        return 1;
    task.text = toc_buf_view(&page);
    measure("json_read_page", read_events, &task, 1e6, "MB/s");
    measure("json_skip_page", skip_value, &task, 1e6, "MB/s");
    task.text = toc_buf_view(&large);
    measure("json_read_64mb", read_events, &task, 1e6, "MB/s");
    measure("json_skip_64mb", skip_value, &task, 1e6, "MB/s");
    task.out = &items;
    measure("json_write", write_items_bytes, &task, 1e6, "MB/s");
    measure("json_write_items", write_items, &task, 1, "items/s");
    task.text = toc_buf_view(&plain);
    measure("csv_read_plain", read_records, &task, 1e6, "MB/s");
    task.text = toc_buf_view(&quoted);
    measure("csv_read_quoted", read_records, &task, 1e6, "MB/s");
    return task.seen ? 0 : 1;
}
