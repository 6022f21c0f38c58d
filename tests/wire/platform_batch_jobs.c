/* The life of batch jobs: halting, order, removal, quotas, results, what is left behind
 * (rest-v2 4.2, 4.6, 4.8). */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <pthread.h>

#include "platform/batch.h"
#include "store/conn.h"
#include "store/store.h"
#include "wire/batch_fixture.h"

#define HOST(name) "{\"type\":\"Host\",\"summary\":\"" name "\"}"
#define THREAT(xid, more) "{\"type\":\"Threat\",\"name\":\"" xid "\",\"xid\":\"" xid "\"" more "}"

/* A queued job of the owner with this file; returns its id. */
static long long submit(fixture *fix, const char *config, const char *file)
{
    char target[64];
    expect(fix, "POST", "/v2/batch", config, 201);
    long long id = number_of(fix, "batchId");
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld", id);
    expect(fix, "POST", target, file, 202);
    return id;
}

static void read_job(fixture *fix, long long id)
{
    char target[96];
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld?includeAdditional=true", id);
    expect(fix, "GET", target, NULL, 200);
}

static void work(fixture *fix)
{
    toc_error err = {0};
    if (toc_platform_work(fix->platform, NULL, NULL, &err) < 0)
        fail_msg("work: %s", err.message);
}

/* --- halting ------------------------------------------------------------------------------- */

static void halting_counts_what_is_left(void **state)
{
    static const char halt[] = "{\"version\":\"V2\",\"owner\":\"Acme "
                               "CTI\",\"haltOnError\":\"true\",\"action\":\"Create\"}";
    fixture *fix = *state;
    run_batch(
        fix, halt,
        "{\"group\":[" THREAT("g", "") ",{\"type\":\"Threat\"}," THREAT(
            "h", "") "],"
                     "\"indicator\":[" HOST("a.example") "," HOST(
                         "b.example") "],"
                                      "\"association\":[{\"ref_1\":\"g\",\"ref_2\":\"gone\"}]}",
        1, 1);
    contains(fix, "\"unprocessCount\":3,");
    contains(fix, "\"errorAssociationCount\":0");
    assert_int_equal(list_size(fix, "/v2/indicators"), 0);
    /* An error of a link comes when all items are there. */
    run_batch(
        fix, halt,
        "{\"group\":[" THREAT("g", ",\"associatedGroupXid\":[\"gone\",\"also gone\"]") "," THREAT(
            "h", ",\"associatedGroupXid\":[\"gone\"]") "]}",
        2, 2);
    contains(fix, "\"unprocessCount\":0,");
    run_batch(fix, halt, "{\"indicator\":[" HOST("a.example") ",", 0, 1);
    contains(fix, "\"unprocessCount\":0,");
}

/* --- order --------------------------------------------------------------------------------- */

/* Jobs run in the order of their files, so that later ones find what earlier ones brought. */
static void files_come_first_served(void **state)
{
    fixture *fix = *state;
    char target[64];
    expect(fix, "POST", "/v2/batch", SETTINGS(""), 201);
    long long late = number_of(fix, "batchId");
    long long early = submit(fix, SETTINGS(""), "{\"group\":[" THREAT("g", "") "]}");
    assert_true(late < early);
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld", late);
    expect(fix, "POST", target,
           "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"a.example\",\"associatedGroups\":"
           "[\"g\"]}]}",
           202);
    work(fix);
    read_job(fix, late);
    contains(fix, "\"status\":\"Completed\",\"errorCount\":0,");
    assert_int_equal(list_size(fix, "/v2/indicators/hosts/a.example/groups"), 1);
}

/* A job of one owner does not make those of others wait. */
static void only_the_owners_jobs_are_waited_for(void **state)
{
    fixture *fix = *state;
    (void)submit(fix, "{\"owner\":\"Shared Feed\",\"action\":\"Create\"}", "[]");
    assert_int_equal(batch(fix, "{\"indicator\":[]}"), 200);
    (void)submit(fix, SETTINGS(""), "{}");
    assert_int_equal(batch(fix, "{\"indicator\":[]}"), 202);
    read_job(fix, number_of(fix, "id"));
    contains(fix, "\"status\":\"Queued\"");
    work(fix);
    assert_int_equal(batch(fix, "{\"indicator\":[]}"), 200);
}

/* --- results ------------------------------------------------------------------------------- */

static void results_are_selected(void **state)
{
    static const struct {
        const char *query;
        int entries; /* 0: 404; -1: 400 */
    } rows[] = {
        {"", 4},
        {"?code=0x1005", 2},
        {"?code=0x100a", 0},
        {"?code=0x1007", 1},
        {"?code=0x2003", 1},
        {"?code=0x1009", 0},
        {"?contains=gone", 1},
        {"?contains=rating", 1},
        {"?contains=nothing+of+that", 0},
        {"?severity=err", 3},
        {"?severity=Error", 3},
        {"?severity=warn", 1},
        {"?severity=warning", 1},
        {"?severity=info", 0},
        {"?severity=e", -1},
        {"?severity=fatal", -1},
        {"?severity=error&code=0x1005&contains=b.example", 1},
    };
    fixture *fix = *state;
    char target[128];
    load(fix,
         "{\"indicator\":[{\"type\":\"File\",\"md5\":\"44D88612FEA8A8F36DE82E1278ABB02F\"},"
         "{\"type\":\"File\",\"sha1\":\"3395856CE81F2B7382DEE72602F798B642F14140\"}]}",
         2);
    run_batch(fix, SETTINGS(""),
              "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"a.example\",\"rating\":9},"
              "{\"type\":\"Host\",\"summary\":\"b.example\",\"confidence\":900},"
              "{\"type\":\"File\",\"md5\":\"44D88612FEA8A8F36DE82E1278ABB02F\","
              "\"sha1\":\"3395856CE81F2B7382DEE72602F798B642F14140\"}],"
              "\"association\":[{\"ref_1\":\"gone\",\"ref_2\":\"away\"}]}",
              1, 3);
    long long id = number_of(fix, "id");
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        (void)snprintf(target, sizeof(target), "/v2/batch/%lld/results%s", id, rows[i].query);
        expect(fix, "GET", target, NULL, rows[i].entries < 0 ? 400 : (rows[i].entries ? 200 : 404));
        if (rows[i].entries <= 0)
            continue;
        assert_true(toc_response_is(fix->response, "application/json"));
        if (count_of(fix, "\"severity\":") != rows[i].entries ||
            count_of(fix, "\"errorMessage\":\"") != rows[i].entries)
            fail_msg("%s: %s", rows[i].query, fixture_body(fix));
    }
    /* Warnings are no errors. */
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld/errors", id);
    expect(fix, "GET", target, NULL, 200);
    assert_int_equal(count_of(fix, "\"errorReason\":\""), 3);
    assert_int_equal(count_of(fix, "\"errorSource\":\""), 3);
    lacks(fix, "severity");
}

typedef struct onlooker {
    fixture *fix;
    long long id;
    int looks;
} onlooker;

/* Asked by the worker now and then, so the job is under way. */
static bool look_on(void *user)
{
    onlooker *self = user;
    char target[96];
    if (self->looks++ != 2)
        return false;
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld", self->id);
    expect(self->fix, "GET", target, NULL, 200);
    contains(self->fix, "\"status\":\"Running\",");
    (void)strcat(target, "/errors");
    expect(self->fix, "GET", target, NULL, 400);
    assert_string_equal(fixture_body(self->fix), "{\"status\":\"Invalid\",\"description\":\"Batch "
                                                 "still in Running state\"}");
    return false;
}

static void a_running_job_says_so(void **state)
{
    fixture *fix = *state;
    toc_buf file;
    toc_buf_init(&file, 1 << 22);
    toc_buf_lit(&file, "[");
    for (int i = 0; i < 1500; i++)
        toc_buf_printf(&file, "%s{\"type\":\"Host\",\"summary\":\"h%d.example\"}", i ? "," : "", i);
    toc_buf_lit(&file, "]");
    onlooker self = {.fix = fix, .id = submit(fix, SETTINGS(""), file.ptr)};
    assert_int_equal(toc_platform_work(fix->platform, look_on, &self, NULL), 1);
    assert_true(self.looks > 3);
    read_job(fix, self.id);
    contains(fix, "\"status\":\"Completed\",\"errorCount\":0,\"successCount\":1500,");
    toc_buf_done(&file);
}

typedef struct visitor {
    toc_platform *platform;
    pthread_t thread;
    int worked, looks;
} visitor;

static void *visit(void *user)
{
    visitor *self = user;
    self->worked = toc_platform_work(self->platform, NULL, NULL, NULL);
    return NULL;
}

/* In a thread of its own, so that it may wait for what this one holds. */
static bool let_in(void *user)
{
    visitor *self = user;
    if (self->looks++ == 2)
        assert_int_equal(pthread_create(&self->thread, NULL, visit, self), 0);
    return false;
}

/* Two processes have the store: each job is run by one of them. */
static void a_running_job_is_left_alone(void **state)
{
    fixture *fix = *state;
    toc_buf file;
    visitor self = {.platform = NULL};
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    options.store = fix->path;
    assert_int_equal(toc_platform_open(&options, &self.platform, NULL), TOC_OK);
    toc_buf_init(&file, 1 << 22);
    toc_buf_lit(&file, "[");
    for (int i = 0; i < 8000; i++)
        toc_buf_printf(&file, "%s{\"type\":\"Host\",\"summary\":\"h%d.example\"}", i ? "," : "", i);
    toc_buf_lit(&file, "]");
    (void)submit(fix, SETTINGS(""), file.ptr);
    work(fix);
    long long id = submit(fix, REMOVAL(""), file.ptr);
    assert_int_equal(toc_platform_work(fix->platform, let_in, &self, NULL), 1);
    (void)pthread_join(self.thread, NULL);
    assert_int_equal(self.worked, 0);
    toc_platform_close(self.platform);
    read_job(fix, id);
    contains(fix, "\"status\":\"Completed\",\"errorCount\":0,\"successCount\":8000,");
    toc_buf_done(&file);
}

static void results_wait_for_the_end(void **state)
{
    static const char *const tails[] = {"errors", "results"};
    fixture *fix = *state;
    char target[96];
    long long id = submit(fix, SETTINGS(""), "{}");
    for (int done = 0; done < 2; done++) {
        for (size_t i = 0; i < TOC_COUNT(tails); i++) {
            (void)snprintf(target, sizeof(target), "/v2/batch/%lld/%s", id, tails[i]);
            expect(fix, "GET", target, NULL, done ? 404 : 400);
            if (!done)
                assert_string_equal(fixture_body(fix),
                                    "{\"status\":\"Invalid\",\"description\":\"Batch still in "
                                    "Queued state\"}");
        }
        work(fix);
    }
}

/* --- removal ------------------------------------------------------------------------------- */

static void removal_looks_at_nothing_else(void **state)
{
    fixture *fix = *state;
    load(fix,
         "{\"group\":[" THREAT("g", "") "," THREAT("h", "") "],\"indicator\":[" HOST(
             "a.example") "," HOST("b.example") ",{\"type\":\"Address\",\"summary\":\"198.51.100."
                                                "7\"}]}",
         5);
    run_batch(fix, REMOVAL(""),
              "{\"group\":[{\"xid\":\"g\"},{\"xid\":\"h\",\"type\":\"Nothing\",\"name\":[1],"
              "\"tag\":[{\"name\":\"\"}]},{\"xid\":\"g\"},{\"name\":\"no xid\"}],"
              "\"indicator\":[{\"type\":\"Host\",\"summary\":\"a.example\",\"rating\":99,"
              "\"confidence\":\"x\",\"tag\":7,\"attribute\":[{}],\"securityLabel\":[{}]},"
              "{\"type\":\"Host\",\"summary\":\"gone.example\"},"
              "{\"type\":\"Nothing\",\"summary\":\"198.51.100.7\"},{\"type\":\"Host\"}],"
              "\"association\":[{\"ref_1\":\"x\",\"ref_2\":\"y\"}]}",
              3, 5);
    contains(fix, "\"successIndicatorCount\":1,\"errorIndicatorCount\":3,"
                  "\"successGroupCount\":2,\"errorGroupCount\":2,");
    read_results(fix, "?code=0x1007");
    assert_int_equal(count_of(fix, "0x1007"), 2);
    assert_int_equal(list_size(fix, "/v2/groups"), 0);
    assert_int_equal(list_size(fix, "/v2/indicators"), 2);
    run_batch(fix, "{\"owner\":\"Acme CTI\",\"action\":\"Delete\"}",
              "[{\"type\":\"Host\",\"summary\":\"b.example\"}]", 1, 0);
    assert_int_equal(list_size(fix, "/v2/indicators"), 1);
    assert_int_equal(toc_platform_check(fix->platform, NULL), 0);
}

#define LINKED(name, groups)                                                                       \
    "{\"type\":\"Host\",\"summary\":\"" name "\",\"associatedGroups\":[" groups "]}"

static void orphans_go_when_asked(void **state)
{
    static const char file[] = "{\"group\":[" THREAT("g", "") "," THREAT("h", "") "," THREAT("k", "") "],\"indicator\":[" LINKED(
        "g.example",
        "\"g\"") "," LINKED("gh.example",
                            "\"g\",\"h\"") "," LINKED("gk.example",
                                                      "\"g\",\"k\"") "," LINKED("none.example",
                                                                                "") "]}";
    static const char gone[] = "{\"group\":[" THREAT("g", "") "," THREAT(
        "h", "") "],\"indicator\":[" HOST("g.example") "]}";
    fixture *fix = *state;
    load(fix, file, 7);
    run_batch(fix, REMOVAL(""), gone, 3, 0);
    assert_int_equal(list_size(fix, "/v2/indicators"), 3);
    load(fix, file, 7);
    /* What goes with its group is not missed by the item that names it. */
    run_batch(fix, REMOVAL(",\"removeOrphanIndicators\":true"), gone, 3, 0);
    assert_int_equal(list_size(fix, "/v2/indicators"), 2);
    contains(fix, "gk.example");
    contains(fix, "none.example");
    assert_int_equal(toc_platform_check(fix->platform, NULL), 0);
}

static bool after(void *user)
{
    int *left = user;
    return --*left < 0;
}

/* Groups are removed behind the indicators, also when the job is cut short in between. */
static void removal_goes_on_where_it_stopped(void **state)
{
    fixture *fix = *state;
    toc_buf file;
    int rounds = 0;
    toc_buf_init(&file, 1 << 22);
    toc_buf_lit(&file, "{\"group\":[" THREAT("g", "") "," THREAT("h", "") "],\"indicator\":[");
    for (int i = 0; i < 2000; i++)
        toc_buf_printf(&file, "%s{\"type\":\"Host\",\"summary\":\"h%d.example\"}", i ? "," : "", i);
    toc_buf_lit(&file, "]}");
    (void)submit(fix, SETTINGS(""), file.ptr);
    work(fix);
    long long id = submit(fix, REMOVAL(",\"removeOrphanIndicators\":true"), file.ptr);
    do {
        int left = 2;
        assert_true(toc_platform_work(fix->platform, after, &left, NULL) >= 0);
        toc_platform_close(fix->platform);
        fixture_open(fix, 500);
        read_job(fix, id);
        assert_true(++rounds < 50);
    } while (!strstr(fixture_body(fix), "Completed"));
    assert_true(rounds > 2);
    contains(fix, "\"errorCount\":0,\"successCount\":2002,");
    assert_int_equal(list_size(fix, "/v2/groups"), 0);
    assert_int_equal(list_size(fix, "/v2/indicators"), 0);
    assert_int_equal(toc_platform_check(fix->platform, NULL), 0);
    toc_buf_done(&file);
}

/* --- quota --------------------------------------------------------------------------------- */

static void a_quota_is_the_owners(void **state)
{
    fixture *fix = *state;
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    toc_platform_close(fix->platform);
    options.store = fix->path;
    options.no_sync = true;
    options.indicator_quota = 2;
    assert_int_equal(toc_platform_open(&options, &fix->platform, NULL), 0);
    run_batch(fix, SETTINGS(""),
              "{\"group\":[" THREAT("g", "") "],\"indicator\":[" HOST("a.example") "," HOST(
                  "b.example") "," HOST("a.example") "," HOST("c.example") "]}",
              4, 1);
    read_results(fix, "?code=0x1008");
    contains(fix, "would exceed the number of allowed indicators");
    run_batch(fix, SETTINGS(""), "{\"indicator\":[" HOST("c.example") "," HOST("a.example") "]}", 1,
              1);
    run_batch(fix, "{\"owner\":\"Shared Feed\",\"action\":\"Create\"}", "[" HOST("c.example") "]",
              1, 0);
}

/* --- what is left behind ------------------------------------------------------------------- */

static int spooled(const fixture *fix)
{
    char path[128];
    int count = 0;
    (void)snprintf(path, sizeof(path), "%s.jobs", fix->path);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += entry->d_name[0] != '.';
    (void)closedir(dir);
    return count;
}

static void leave_file(const fixture *fix, const char *name, bool old)
{
    char path[256];
    struct timespec when[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    (void)snprintf(path, sizeof(path), "%s.jobs/%s", fix->path, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    if (old)
        assert_int_equal(futimens(fd, when), 0);
    (void)close(fd);
}

static void reopen(fixture *fix)
{
    toc_platform_close(fix->platform);
    fixture_open(fix, 500);
}

#define LEFT "00000000-0000-4000-8000-00000000000"

static void files_of_no_job_are_swept(void **state)
{
    fixture *fix = *state;
    long long id = submit(fix, SETTINGS(""), "{\"indicator\":[" HOST("a.example") "]}");
    leave_file(fix, LEFT "1.json", true);
    leave_file(fix, LEFT "2.json.part", true);
    leave_file(fix, LEFT "3.json", false);
    leave_file(fix, "note.txt", true);
    reopen(fix);
    /* The job's own, the fresh one, what is none of ours. */
    assert_int_equal(spooled(fix), 3);
    work(fix);
    read_job(fix, id);
    contains(fix, "\"status\":\"Completed\",\"errorCount\":0,\"successCount\":1");
    assert_int_equal(spooled(fix), 2);
}

/* A crash between the end of a job and the removal of its file. */
static void a_finished_jobs_file_is_swept(void **state)
{
    fixture *fix = *state;
    toc_store_options options = {.path = fix->path, .no_sync = true};
    toc_store *store = NULL;
    toc_conn *conn = NULL;
    long long id = submit(fix, SETTINGS(""), "{}");
    work(fix);
    toc_platform_close(fix->platform);
    assert_int_equal(toc_store_open(&options, &store, NULL), 0);
    assert_int_equal(toc_tx_begin(store, &conn, NULL), 0);
    assert_int_equal(toc_job_set_spool(conn, id, TOC_S(LEFT "4.json"), NULL), 0);
    assert_int_equal(toc_tx_commit(conn, NULL), 0);
    toc_store_close(store);
    leave_file(fix, LEFT "4.json", false);
    fixture_open(fix, 500);
    assert_int_equal(spooled(fix), 0);
}

static void date_back(fixture *fix, long long id, int64_t days)
{
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    toc_store_options options = {.path = fix->path, .no_sync = true};
    toc_store *store = NULL;
    toc_conn *conn = NULL;
    toc_job job;
    toc_platform_close(fix->platform);
    assert_int_equal(toc_store_open(&options, &store, NULL), 0);
    assert_int_equal(toc_tx_begin(store, &conn, NULL), 0);
    assert_int_equal(toc_job_get(conn, id, &arena, &job, NULL), 0);
    job.finished -= days * 86400;
    assert_int_equal(toc_job_save(conn, &job, NULL), 0);
    assert_int_equal(toc_tx_commit(conn, NULL), 0);
    toc_store_close(store);
    fixture_open(fix, 500);
}

static void finished_jobs_are_kept_some_days(void **state)
{
    fixture *fix = *state;
    char target[64];
    run_batch(fix, SETTINGS(""), "{\"indicator\":[" HOST("") "]}", 0, 1);
    long long old = number_of(fix, "id");
    run_batch(fix, SETTINGS(""), "{\"indicator\":[" HOST("") "]}", 0, 1);
    long long young = number_of(fix, "id");
    long long waiting = submit(fix, SETTINGS(""), "{}");
    date_back(fix, old, TOC_JOB_DAYS + 1);
    date_back(fix, young, TOC_JOB_DAYS - 1);
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld", old);
    expect(fix, "GET", target, NULL, 404);
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld/errors", young);
    expect(fix, "GET", target, NULL, 200);
    read_job(fix, waiting);
}

/* --- what cannot be run -------------------------------------------------------------------- */

/* Clients look for this text and stop. */
static void a_lost_file_is_said_in_words(void **state)
{
    fixture *fix = *state;
    char path[128], target[96];
    long long id = submit(fix, SETTINGS(""), "{}");
    (void)snprintf(path, sizeof(path), "%s.jobs", fix->path);
    folder_remove(path);
    assert_int_equal(mkdir(path, 0700), 0);
    work(fix);
    read_job(fix, id);
    contains(fix, "\"status\":\"Completed\",\"errorCount\":1,");
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld/results?code=0x100B", id);
    expect(fix, "GET", target, NULL, 200);
    contains(fix, "Encountered an unexpected Exception while processing batch job");
}

/* A file that is there and cannot be opened for want of descriptors is tried again. */
static void a_job_waits_for_descriptors(void **state)
{
    fixture *fix = *state;
    struct rlimit former, limit;
    toc_error err = {0};
    long long id = submit(fix, SETTINGS(""),
                          "{\"indicator\":[{\"type\":\"Host\","
                          "\"summary\":\"kept.example\"}]}");
    int next = dup(STDOUT_FILENO);
    assert_int_equal(close(next), 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &former), 0);
    limit = former;
    /* One for the lock on the jobs, none for the file. */
    limit.rlim_cur = (rlim_t)next + 1;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    int worked = toc_platform_work(fix->platform, NULL, NULL, &err);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &former), 0);
    assert_int_equal(worked, TOC_ESTORE);
    assert_non_null(strstr(err.message, "Too many open files"));
    read_job(fix, id);
    contains(fix, "\"status\":\"Running\",\"errorCount\":0,");
    work(fix);
    read_job(fix, id);
    contains(fix, "\"status\":\"Completed\",\"errorCount\":0,\"successCount\":1,");
    expect(fix, "GET", "/v2/indicators/hosts/kept.example", NULL, 200);
}

/* --- dates ---------------------------------------------------------------------------------- */

enum { ITEMS = 600, STOP_AT = 256 };

/* Somebody waits, and the job has had its time: it commits and goes on behind them. */
static bool give_way(void *user)
{
    toc_applied_batch *job = user;
    toc_store *store = job->platform->store;
    (void)atomic_fetch_add(&store->waiting, job->step == STOP_AT);
    job->conn->taken_ms = 0;
    return false;
}

/* A job may take long. What it brings after others had their turn has the time of then, so that
 * who asked in between for what has changed since is told the next time. */
static void dates_are_those_of_the_transaction(void **state)
{
    fixture *fix = *state;
    toc_batch_config config = {.v2 = true};
    toc_error err = {0};
    toc_buf file;
    toc_buf_init(&file, TOC_MAX_TEXT);
    toc_buf_lit(&file, "{\"indicator\":[");
    for (int i = 0; i < ITEMS; i++)
        toc_buf_printf(&file, "%s{\"type\":\"Host\",\"summary\":\"h%d.example\"}", i ? "," : "", i);
    toc_buf_lit(&file, "]}");
    toc_applied_batch job = {.platform = fix->platform,
                             .config = &config,
                             .job = {.owner = 1, .user = 1},
                             .file = toc_buf_view(&file),
                             .stop = give_way,
                             .stop_user = &job,
                             .now = 1000};
    assert_int_equal(toc_batch_run(&job, &err), TOC_OK);
    (void)atomic_fetch_sub(&fix->platform->store->waiting, 1);
    toc_buf_done(&file);
    assert_int_equal(list_size(fix, "/v2/indicators"), ITEMS);
    assert_int_equal(list_size(fix, "/v2/indicators?modifiedSince=2024-01-01"), ITEMS - STOP_AT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        batch_test(halting_counts_what_is_left),
        batch_test(files_come_first_served),
        batch_test(only_the_owners_jobs_are_waited_for),
        batch_test(results_are_selected),
        batch_test(a_running_job_is_left_alone),
        batch_test(results_wait_for_the_end),
        batch_test(a_running_job_says_so),
        batch_test(removal_looks_at_nothing_else),
        batch_test(orphans_go_when_asked),
        batch_test(removal_goes_on_where_it_stopped),
        batch_test(a_quota_is_the_owners),
        batch_test(files_of_no_job_are_swept),
        batch_test(a_finished_jobs_file_is_swept),
        batch_test(finished_jobs_are_kept_some_days),
        batch_test(a_lost_file_is_said_in_words),
        batch_test(a_job_waits_for_descriptors),
        batch_test(dates_are_those_of_the_transaction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
