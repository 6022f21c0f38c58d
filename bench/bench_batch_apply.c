/* Batches of mixed items, each with two attributes, two tags and one association, applied by the
 * platform, against a bare loop of prepared inserts of the same rows in the same run.
 * Usage: bench_batch_apply [ITEMS] (100000); the median of three runs of the batch. */
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "support/bare.h"
#include "support/load.h"
#include "tocsin/platform.h"

#define RUNS 3
#define OWNER "Bench"
#define GROUP_EVERY 10 /* items */
#define TAGS 200
#define FILE_ITEMS 25000 /* no more indicators go into one file */

static void check(toc_rc rc, const char *what, const toc_error *err)
{
    if (rc)
        bench_give_up(what, err->message);
}

/* --- the file -----------------------------------------------------------------------------------
 */

static void put_details(toc_buf *out, int64_t i)
{
    toc_buf_printf(out,
                   "\"attribute\":[{\"type\":\"Description\",\"value\":\"Seen in campaign %d, part "
                   "%d\",\"displayed\":true},{\"type\":\"Source\",\"value\":\"feed %d of the "
                   "day\"}],\"tag\":[{\"name\":\"tag %d\"},{\"name\":\"mark %d\"}]",
                   (int)(i % 977), (int)(i % 31), (int)(i % 89), (int)(i % TAGS),
                   (int)(i * 7 % TAGS));
}

static void put_group(toc_buf *out, int64_t i, bool leads)
{
    static const char *const types[] = {"Incident", "Adversary", "Campaign", "Threat"};
    toc_buf_printf(out,
                   "%s{\"type\":\"%s\",\"name\":\"Group %" PRId64 "\",\"xid\":\"g-%" PRId64 "\",",
                   leads ? "" : ",", types[i % 4], i, i);
    put_details(out, i);
    toc_buf_printf(out, ",\"associatedGroupXid\":[\"g-%" PRId64 "\"]}", leads ? i + 1 : i - 1);
}

static void put_indicator(toc_buf *out, int64_t i, bool leads, int64_t group)
{
    uint64_t mixed = (uint64_t)(i + 1) * UINT64_C(0x9E3779B97F4A7C15);
    char value[96];
    static const char *const types[] = {"Host", "URL", "File", "EmailAddress", "Address"};
    int kind = (int)(i % 5);
    switch (kind) {
    case 0:
        (void)snprintf(value, sizeof(value), "h%016" PRIx64 ".example.com", mixed);
        break;
    case 1:
        (void)snprintf(value, sizeof(value), "https://example.net/a/%016" PRIx64, mixed);
        break;
    case 2:
        (void)snprintf(value, sizeof(value), "0123456789abcdef%016" PRIx64, mixed);
        break;
    case 3:
        (void)snprintf(value, sizeof(value), "u%" PRIx64 "@example.org", mixed);
        break;
    default:
        (void)snprintf(value, sizeof(value), "2001:db8::%x:%x", (unsigned)(i >> 16) + 1,
                       (unsigned)(i & 0xFFFF) + 1);
        break;
    }
    toc_buf_printf(out, "%s{\"type\":\"%s\",\"summary\":\"%s\",\"rating\":%d,\"confidence\":%d,",
                   leads ? "" : ",", types[kind], value, (int)(i % 6), (int)(i % 101));
    put_details(out, i);
    toc_buf_printf(out, ",\"associatedGroups\":[{\"groupXid\":\"g-%" PRId64 "\"}]}", group);
}

/* Items from the first on, the groups in front. */
static void make_file(toc_buf *out, int64_t first, int64_t items)
{
    int64_t groups = items / GROUP_EVERY;
    toc_error err = {0};
    toc_buf_init(out, SIZE_MAX / 2);
    toc_buf_lit(out, "{\"group\":[");
    for (int64_t i = 0; i < groups; i++)
        put_group(out, first + i, i == 0);
    toc_buf_lit(out, "],\"indicator\":[");
    for (int64_t i = 0; i < items - groups; i++)
        put_indicator(out, first + i, i == 0, first + i % groups);
    toc_buf_lit(out, "]}");
    check(toc_buf_check(out, &err), "file", &err);
}

/* --- the batch ----------------------------------------------------------------------------------
 */

static void ask(toc_platform *platform, const char *target, toc_str type, toc_str body,
                toc_response *response)
{
    toc_error err = {0};
    const toc_header header = {TOC_S("Content-Type"), type};
    const toc_request request = {.method = body.len ? "POST" : "GET",
                                 .base = TOC_S(""),
                                 .target = toc_str_of(target),
                                 .headers = &header,
                                 .header_count = 1,
                                 .body = body};
    toc_response_clear(response);
    check(toc_platform_handle(platform, &request, true, response, &err), target, &err);
    if (toc_response_status(response) > 202)
        bench_give_up(target, toc_response_body(response).ptr);
}

static double run_job(toc_platform *platform, int64_t id, toc_str file, int64_t items)
{
    static const char config[] = "{\"haltOnError\":false,\"attributeWriteType\":\"Replace\","
                                 "\"action\":\"Create\",\"owner\":\"" OWNER "\","
                                 "\"version\":\"V2\"}";
    toc_error err = {0};
    toc_response *response = NULL;
    char target[96], wanted[64];
    (void)snprintf(target, sizeof(target), "/api/v2/batch/%" PRId64 "?owner=" OWNER, id);
    (void)snprintf(wanted, sizeof(wanted), "\"successCount\":%" PRId64, items);
    check(toc_response_new(&response, &err), "response", &err);
    ask(platform, "/api/v2/batch?owner=" OWNER, TOC_S("application/json"), TOC_S(config), response);
    double start = bench_now();
    ask(platform, target, TOC_S("application/octet-stream"), file, response);
    double took = bench_now() - start;
    ask(platform, target, TOC_S("application/json"), TOC_S(""), response);
    if (toc_str_find(toc_response_body(response), toc_str_of(wanted)) < 0)
        bench_give_up("batch", toc_response_body(response).ptr);
    toc_response_free(response);
    return took;
}

static double apply(const char *store, int64_t items, size_t *bytes)
{
    toc_error err = {0};
    toc_platform *platform = NULL;
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    double took = 0;
    options.store = store;
    options.create = true;
    options.synchronous_batch = UINT32_MAX;
    *bytes = 0;
    check(toc_platform_open(&options, &platform, &err), "platform", &err);
    check(toc_platform_add_owner(platform, OWNER, "Organization", NULL, &err), "owner", &err);
    for (int64_t first = 0, job = 1; first < items; first += FILE_ITEMS, job++) {
        int64_t count = items - first < FILE_ITEMS ? items - first : FILE_ITEMS;
        toc_buf file;
        make_file(&file, first, count);
        took += run_job(platform, job, toc_buf_view(&file), count);
        *bytes += file.len;
        toc_buf_done(&file);
    }
    toc_platform_close(platform);
    return took;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

int main(int argc, char **argv)
{
    char dir[] = "/tmp/tocsin-bench-XXXXXX", store[96] = "", copy[96];
    int64_t items = 100000;
    double took[RUNS];
    size_t bytes = 0;
    if (argc > 1 && (!toc_str_to_int(toc_str_of(argv[1]), &items) || items < 100))
        bench_give_up("bench_batch_apply", "the number of items is 100 or more");
    if (!mkdtemp(dir))
        bench_give_up("directory", dir);
    for (int i = 0; i < RUNS; i++) {
        (void)snprintf(store, sizeof(store), "%s/store%d.db", dir, i);
        took[i] = apply(store, items, &bytes);
    }
    (void)snprintf(copy, sizeof(copy), "%s/bare.db", dir);
    double bare = bench_bare_inserts(store, copy), mine = bench_median(took, RUNS);
    (void)printf("{\"bench\":\"batch_apply\",\"value\":%.0f,\"unit\":\"items/s\",\"items\":%" PRId64
                 ",\"bytes\":%zu,\"seconds\":%.2f}\n",
                 (double)items / mine, items, bytes, mine);
    (void)printf("{\"bench\":\"batch_bare_inserts\",\"value\":%.0f,\"unit\":\"items/s\","
                 "\"seconds\":%.2f}\n",
                 (double)items / bare, bare);
    (void)printf("{\"bench\":\"batch_apply_share\",\"value\":%.3f,\"unit\":\"of bare\"}\n",
                 bare / mine);
    (void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return 0;
}
