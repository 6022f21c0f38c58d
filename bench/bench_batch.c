/* Building and serialising a batch into its spool: items a second of processor time, and resident
 * memory, for both interfaces, with xids given and computed. Usage: bench_batch [COUNT | FILE.csv].
 * COUNT (one million) invented hosts have rating, confidence, two attributes, two tags and one
 * association; records of a file (columns type, value, source, ..., label) one attribute and one
 * tag. What a caller has anyway is made outside the clock: the records, xids that are given, and
 * the JSON of the raw interface. Each figure is the median of three rounds, taken in turns. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/json.h"
#include "base/str.h"
#include "model/object.h"
#include "support/load.h"
#include "support/served.h"
#include "tocsin/tocsin.h"

#define OWNER "Demo"
#define ROUNDS 3
/* Few enough to stay in the processor's caches beside what is measured. */
#define BLOCK 512U
#define XID_AT 8U /* {"xid":" */
#define GROUP_XID "95608301a417d42ffd985eb17086dc57507c86563af6a671170e978acdfe45ef"

typedef struct row {
    const toc_type *type;
    toc_str value, source, tag;
    char xid[TOC_XID_TEXT];
    size_t json_at, json_len;
} row;

typedef struct feed {
    FILE *file; /* NULL: invented */
    uint64_t left;
    uint64_t made;
    toc_csv csv;
    toc_arena texts;
    toc_buf json;
    row rows[BLOCK];
    size_t count;
} feed;

typedef struct round_spec {
    const char *name;
    bool raw, computed;
} round_spec;

typedef struct outcome {
    uint64_t items, refused, bytes;
    double seconds;
} outcome;

static void xid_of(const row *self, char out[TOC_XID_TEXT])
{
    toc_error err = {0};
    const toc_str parts[] = {TOC_S(OWNER), toc_str_of(self->type->name), self->value};
    bench_check(toc_xid_list(parts, 3, out), "xid", &err);
}

static void write_attribute(toc_json_writer *json, toc_str type, toc_str value, bool displayed)
{
    toc_json_object(json);
    toc_json_member(json, TOC_S("type"), type);
    toc_json_member(json, TOC_S("value"), value);
    if (displayed) {
        toc_json_key(json, TOC_S("displayed"));
        toc_json_bool(json, true);
    }
    toc_json_object_end(json);
}

static void write_tag(toc_json_writer *json, toc_str name)
{
    toc_json_object(json);
    toc_json_member(json, TOC_S("name"), name);
    toc_json_object_end(json);
}

static void write_invented(toc_json_writer *json, const row *self)
{
    toc_json_key(json, TOC_S("rating"));
    toc_json_double(json, 3.5);
    toc_json_key(json, TOC_S("confidence"));
    toc_json_int(json, 72);
    toc_json_key(json, TOC_S("attribute"));
    toc_json_array(json);
    write_attribute(json, TOC_S("Description"), TOC_S("seen in the wild"), true);
    write_attribute(json, TOC_S("Source"), self->source, false);
    toc_json_array_end(json);
    toc_json_key(json, TOC_S("tag"));
    toc_json_array(json);
    write_tag(json, self->tag);
    write_tag(json, TOC_S("banking"));
    toc_json_array_end(json);
    toc_json_key(json, TOC_S("associatedGroups"));
    toc_json_array(json);
    toc_json_object(json);
    toc_json_member(json, TOC_S("groupXid"), TOC_S(GROUP_XID));
    toc_json_object_end(json);
    toc_json_array_end(json);
}

static void write_recorded(toc_json_writer *json, const row *self)
{
    toc_json_key(json, TOC_S("attribute"));
    toc_json_array(json);
    write_attribute(json, TOC_S("Source"), self->source, false);
    toc_json_array_end(json);
    toc_json_key(json, TOC_S("tag"));
    toc_json_array(json);
    write_tag(json, self->tag);
    toc_json_array_end(json);
}

static void write_json(feed *self, row *to)
{
    toc_json_writer json;
    to->json_at = self->json.len;
    toc_json_writer_init(&json, &self->json);
    toc_json_object(&json);
    toc_json_member(&json, TOC_S("xid"), toc_str_of(to->xid));
    toc_json_member(&json, TOC_S("type"), toc_str_of(to->type->name));
    toc_json_member(&json, TOC_S("summary"), to->value);
    if (self->file)
        write_recorded(&json, to);
    else
        write_invented(&json, to);
    toc_json_object_end(&json);
    to->json_len = self->json.len - to->json_at;
}

static bool invent(feed *self, row *to)
{
    char value[64];
    if (!self->left)
        return false;
    self->left--;
    int len = snprintf(value, sizeof value, "host%" PRIu64 ".evil.example", self->made++);
    to->type = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host"));
    to->value = toc_arena_str(&self->texts, (toc_str){value, (size_t)len});
    to->source = TOC_S("https://feed.example/list");
    to->tag = TOC_S("emotet");
    return true;
}

static bool record(feed *self, row *to)
{
    static char block[1U << 16];
    for (;;) {
        switch (toc_csv_next(&self->csv)) {
        case TOC_CSV_RECORD:
            to->type = toc_types_find(NULL, TOC_KIND_INDICATOR, self->csv.fields[0]);
            if (!to->type || self->csv.field_count < 5) /* the header */
                break;
            to->value = toc_arena_str(&self->texts, self->csv.fields[1]);
            to->source = toc_arena_str(&self->texts, self->csv.fields[2]);
            to->tag = toc_arena_str(&self->texts, self->csv.fields[4]);
            if (!to->tag.len)
                to->tag = TOC_S("feed");
            return true;
        case TOC_CSV_MORE: {
            if (feof(self->file))
                return false;
            size_t n = fread(block, 1, sizeof block, self->file);
            toc_csv_feed(&self->csv, block, n, n < sizeof block);
            break;
        }
        case TOC_CSV_BAD:
            bench_give_up("record", self->csv.error);
        }
    }
}

static bool next_block(feed *self)
{
    toc_arena_clear(&self->texts);
    self->json.len = 0;
    for (self->count = 0; self->count < BLOCK; self->count++) {
        row *to = &self->rows[self->count];
        if (!(self->file ? record(self, to) : invent(self, to)))
            break;
        xid_of(to, to->xid);
        write_json(self, to);
    }
    return self->count > 0;
}

static toc_rc fill(toc_object *obj, const row *from, toc_str xid, bool invented, toc_error *err)
{
    const toc_str none = {NULL, 0};
    toc_rc rc = toc_object_set_summary(obj, from->value, err);
    rc = rc ? rc : toc_object_set(obj, "xid", xid, err);
    rc = rc ? rc : toc_object_add_attribute(obj, TOC_S("Source"), from->source, false, none, err);
    rc = rc ? rc : toc_object_add_tag(obj, from->tag, err);
    if (rc || !invented)
        return rc;
    rc = toc_object_set_decimal(obj, "rating", 3.5, err);
    rc = rc ? rc : toc_object_set_int(obj, "confidence", 72, err);
    rc = rc ? rc
            : toc_object_add_attribute(obj, TOC_S("Description"), TOC_S("seen in the wild"), true,
                                       none, err);
    rc = rc ? rc : toc_object_add_tag(obj, TOC_S("banking"), err);
    return rc ? rc : toc_object_add_group_xid(obj, TOC_S(GROUP_XID), err);
}

static toc_rc add_row(toc_batch *batch, const round_spec *spec, feed *from, row *self,
                      toc_arena *arena, toc_error *err)
{
    char *json = from->json.ptr + self->json_at;
    if (spec->computed)
        xid_of(self, self->xid);
    if (spec->raw) {
        memcpy(json + XID_AT, self->xid, TOC_XID_TEXT - 1);
        return toc_batch_add_json(batch, TOC_KIND_INDICATOR, (toc_str){json, self->json_len}, 0,
                                  err);
    }
    toc_arena_clear(arena);
    toc_object *obj = toc__object_in(arena, self->type);
    toc_rc rc = fill(obj, self, (toc_str){self->xid, TOC_XID_TEXT - 1}, !from->file, err);
    return rc ? rc : toc_batch_add(batch, obj, 0, err);
}

static outcome run(const round_spec *spec, feed *from)
{
    outcome done = {0};
    toc_error err = {0};
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = OWNER;
    toc_batch *batch = NULL;
    toc_arena arena;
    toc_arena_init(&arena, 0);
    bench_check(toc_batch_new(&options, &batch, &err), "batch", &err);
    while (next_block(from)) {
        double began = bench_processor_time();
        for (size_t i = 0; i < from->count; i++) {
            toc_rc rc = add_row(batch, spec, from, &from->rows[i], &arena, &err);
            done.refused += rc == TOC_EINVAL;
            bench_check(rc == TOC_EINVAL ? TOC_OK : rc, "item", &err);
        }
        done.seconds += bench_processor_time() - began;
        done.items += from->count;
    }
    done.bytes = toc_batch_bytes(batch);
    toc_arena_done(&arena);
    toc_batch_free(batch);
    return done;
}

static outcome run_from_the_start(const round_spec *spec, const char *path, uint64_t count)
{
    feed from = {.left = count};
    if (path && !(from.file = fopen(path, "re")))
        bench_give_up(path, "cannot be opened");
    toc_csv_init(&from.csv, ',');
    toc_arena_init(&from.texts, 0);
    toc_buf_init(&from.json, 1U << 24);
    outcome done = run(spec, &from);
    toc_csv_done(&from.csv);
    toc_arena_done(&from.texts);
    toc_buf_done(&from.json);
    if (from.file)
        (void)fclose(from.file);
    return done;
}

int main(int argc, char **argv)
{
    static const round_spec specs[] = {{"given", false, false},
                                       {"computed", false, true},
                                       {"raw_given", true, false},
                                       {"raw_computed", true, true}};
    enum { SPECS = sizeof specs / sizeof specs[0] };
    uint64_t count = 1000000;
    const char *path = NULL;
    double rates[SPECS][ROUNDS];
    outcome last[SPECS];
    if (argc > 1 && !toc_str_to_uint(toc_str_of(argv[1]), &count))
        path = argv[1];
    for (size_t n = 0; n < ROUNDS; n++)
        for (size_t i = 0; i < SPECS; i++) {
            last[i] = run_from_the_start(&specs[i], path, count);
            rates[i][n] = (double)last[i].items / last[i].seconds;
        }
    for (size_t i = 0; i < SPECS; i++)
        (void)printf(
            "{\"bench\":\"batch_%s_%s\",\"value\":%.0f,\"unit\":\"items/s\",\"items\":%" PRIu64
            ",\"refused\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"resident_kb\":%ld}\n",
            path ? "records" : "build", specs[i].name, bench_median(rates[i], ROUNDS),
            last[i].items, last[i].refused, last[i].bytes, bench_resident_kb());
    return 0;
}
