/* The whole import of a CSV file into an embedded store against a bare loop of prepared inserts of
 * the same rows into the same schema, with the same transaction size and synchronous setting.
 * Usage: bench_import FILE.csv [DIRECTORY]. The file has the columns type, value, label. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "support/bare.h"
#include "tocsin/platform.h"
#include "tocsin/tocsin.h"

static double now(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void die(const char *text)
{
    (void)fprintf(stderr, "bench_import: %s\n", text);
    exit(1);
}

static toc_rc feed(toc_import *import, const char *path, toc_error *err)
{
    static char block[1U << 18];
    FILE *file = fopen(path, "re");
    if (!file)
        die("the CSV file cannot be opened");
    toc_rc rc = TOC_OK;
    for (size_t n = 1; !rc && n;) {
        n = fread(block, 1, sizeof block, file);
        rc = toc_import_csv(import, block, n, n == 0, err);
    }
    (void)fclose(file);
    return rc;
}

static toc_session *open_embedded(const char *store, toc_error *err)
{
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    options.store = store;
    options.create = true;
    options.synchronous_batch = UINT32_MAX;
    toc_platform *platform = NULL;
    toc_new_user user;
    toc_transport transport;
    int64_t id = 0;
    toc_session_options session = TOC_SESSION_OPTIONS_INIT;
    session.owner = "Demo";
    session.transport = &transport;
    toc_session *sess = NULL;
    if (toc_platform_open(&options, &platform, err) ||
        toc_platform_add_owner(platform, "Demo", "Organization", &id, err) ||
        toc_platform_add_user(platform, "Demo", &user, err) ||
        toc_platform_transport(platform, true, &transport, err) ||
        toc_session_open(&session, &sess, err))
        die(err->message);
    return sess;
}

static double import_embedded(const char *csv, const char *store, uint64_t *records)
{
    toc_error err = {0};
    toc_session *sess = open_embedded(store, &err);
    const char *tags[] = {"label"};
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    options.owner = "Demo";
    options.chunk_items = 20000;
    options.tag_write_type = "Append";
    options.attribute_write_type = "Singleton";
    toc_import_options columns = TOC_IMPORT_OPTIONS_INIT;
    columns.owner = "Demo";
    columns.group_column = "label";
    columns.tag_columns = tags;
    columns.tag_column_count = 1;
    toc_batch *batch = NULL;
    toc_import *import = NULL;
    toc_batch_status status;
    double start = now();
    if (toc_batch_new(&options, &batch, &err) ||
        toc_import_new(&columns, NULL, batch, NULL, NULL, &import, &err) || feed(import, csv, &err))
        die(err.message);
    toc_rc rc = toc_batch_submit(batch, sess, NULL, &status, &err);
    if (rc && rc != TOC_EPARTIAL)
        die(err.message);
    *records = toc_import_counted(import).records;
    double seconds = now() - start;
    toc_import_free(import);
    toc_batch_free(batch);
    toc_session_close(sess);
    return seconds;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        die("usage: bench_import FILE.csv [DIRECTORY]");
    char dir[512];
    (void)snprintf(dir, sizeof dir, "%s/tocsin-bench-XXXXXX", argc > 2 ? argv[2] : "/tmp");
    if (!mkdtemp(dir))
        die("no temporary directory");
    char store[600];
    char copy[600];
    (void)snprintf(store, sizeof store, "%s/store.db", dir);
    (void)snprintf(copy, sizeof copy, "%s/bare.db", dir);
    uint64_t records = 0;
    double imported = import_embedded(argv[1], store, &records);
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    double bare = bench_bare_inserts(store, copy);
    (void)printf("{\"bench\":\"import_embedded\",\"value\":%.0f,\"unit\":\"records/s\","
                 "\"records\":%" PRIu64 ",\"seconds\":%.2f,\"resident_kb\":%ld}\n",
                 (double)records / imported, records, imported, usage.ru_maxrss);
    (void)printf("{\"bench\":\"import_bare_inserts\",\"value\":%.0f,\"unit\":\"records/s\","
                 "\"seconds\":%.2f}\n",
                 (double)records / bare, bare);
    (void)printf("{\"bench\":\"import_ratio\",\"value\":%.3f,\"unit\":\"of bare\"}\n",
                 bare / imported);
    char command[600];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command) != 0;
}
