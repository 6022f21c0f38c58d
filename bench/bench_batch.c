/* Building and serialising a batch: items a second on one core, and resident memory, for both
 * interfaces, with xids given and computed. Usage: bench_batch [COUNT], default 1000000. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/str.h"
#include "model/object.h"
#include "tocsin/tocsin.h"

typedef struct round_spec {
    const char *name;
    bool raw, computed;
} round_spec;

static double now(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static long resident_kb(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* Rating, confidence, two attributes, two tags, one association. */
static toc_rc fill(toc_object *obj, toc_str value, toc_str xid, toc_str group, toc_error *err)
{
    toc_rc rc = toc_object_set_summary(obj, value, err);
    rc = rc ? rc : toc_object_set_decimal(obj, "rating", 3.5, err);
    rc = rc ? rc : toc_object_set_int(obj, "confidence", 72, err);
    rc = rc ? rc : toc_object_set(obj, "xid", xid, err);
    rc = rc ? rc
            : toc_object_add_attribute(obj, TOC_S("Description"), TOC_S("seen in the wild"), true,
                                       (toc_str){NULL, 0}, err);
    rc = rc ? rc
            : toc_object_add_attribute(obj, TOC_S("Source"), TOC_S("https://feed.example/list"),
                                       false, (toc_str){NULL, 0}, err);
    rc = rc ? rc : toc_object_add_tag(obj, TOC_S("emotet"), err);
    rc = rc ? rc : toc_object_add_tag(obj, TOC_S("banking"), err);
    return rc ? rc : toc_object_add_group_xid(obj, group, err);
}

static toc_rc add_typed(toc_batch *batch, toc_object *obj, toc_arena *arena, const toc_type *type,
                        toc_str value, toc_str xid, toc_str group, uint64_t n, toc_error *err)
{
    toc_arena_clear(arena);
    obj = toc__object_in(arena, type);
    toc_rc rc = fill(obj, value, xid, group, err);
    return rc ? rc : toc_batch_add(batch, obj, n, err);
}

static toc_rc add_raw(toc_batch *batch, toc_str value, toc_str xid, toc_str group, uint64_t n,
                      toc_error *err)
{
    char json[1024];
    int len = snprintf(
        json, sizeof json,
        "{\"type\":\"Host\",\"summary\":\"%.*s\",\"rating\":3.5,\"confidence\":72,\"xid\":\"%.*s\","
        "\"attribute\":[{\"type\":\"Description\",\"value\":\"seen in the wild\","
        "\"displayed\":true},{\"type\":\"Source\",\"value\":\"https://feed.example/list\"}],"
        "\"tag\":[{\"name\":\"emotet\"},{\"name\":\"banking\"}],"
        "\"associatedGroups\":[{\"groupXid\":\"%.*s\"}]}",
        TOC_FMT(value), TOC_FMT(xid), TOC_FMT(group));
    return toc_batch_add_json(batch, TOC_KIND_INDICATOR, (toc_str){json, (size_t)len}, n, err);
}

static int run(const round_spec *spec, uint64_t count)
{
    toc_error err = {0};
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = "Demo";
    toc_batch *batch = NULL;
    if (toc_batch_new(&options, &batch, &err)) {
        (void)fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    const toc_type *type = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host"));
    toc_arena arena;
    toc_arena_init(&arena, 0);
    char xid[TOC_XID_TEXT] = "ef6a74c2a9f5a6d080c80224317948f1ee8df995292dcf97a39ea4fd757c3c19";
    char group[TOC_XID_TEXT] = "95608301a417d42ffd985eb17086dc57507c86563af6a671170e978acdfe45ef";
    toc_rc rc = TOC_OK;
    double start = now();
    for (uint64_t i = 0; !rc && i < count; i++) {
        char value[64];
        int len = snprintf(value, sizeof value, "host%" PRIu64 ".evil.example", i);
        toc_str text = {value, (size_t)len};
        /* Given ones differ as well: repetitions would be passed over. */
        for (unsigned k = 0; !spec->computed && k < 8; k++)
            xid[k] = "0123456789abcdef"[i >> (4 * k) & 15];
        if (spec->computed) {
            toc_str parts[] = {TOC_S("Demo"), TOC_S("Host"), text};
            rc = toc_xid_list(parts, 3, xid);
        }
        toc_str key = {xid, TOC_XID_TEXT - 1};
        toc_str to = {group, TOC_XID_TEXT - 1};
        if (!rc)
            rc = spec->raw ? add_raw(batch, text, key, to, i, &err)
                           : add_typed(batch, NULL, &arena, type, text, key, to, i, &err);
    }
    double seconds = now() - start;
    if (rc)
        (void)fprintf(stderr, "%s\n", err.message);
    else
        (void)printf("{\"bench\":\"batch_build_%s\",\"value\":%.0f,\"unit\":\"items/s\","
                     "\"items\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"resident_kb\":%ld}\n",
                     spec->name, (double)count / seconds, count, toc_batch_bytes(batch),
                     resident_kb());
    toc_arena_done(&arena);
    toc_batch_free(batch);
    return rc != TOC_OK;
}

int main(int argc, char **argv)
{
    static const round_spec rounds[] = {{"given", false, false},
                                        {"computed", false, true},
                                        {"raw_given", true, false},
                                        {"raw_computed", true, true}};
    uint64_t count = 1000000;
    if (argc > 1 && !toc_str_to_uint(toc_str_of(argv[1]), &count))
        return 2;
    int status = 0;
    for (size_t i = 0; i < sizeof rounds / sizeof rounds[0]; i++)
        status |= run(&rounds[i], count);
    return status;
}
