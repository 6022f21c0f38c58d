/* Bulk reports: their state, their files, when they are made. rest-v2 2.7. */
#include "platform_fixture.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/json.h"
#include "platform/call.h"
#include "store/conn.h"
#include "store/store.h"
#include "support/patience.h"

#define BULK "/api/v2/indicators/bulk"
#define HOSTS "/api/v2/indicators/hosts"

static int setup(void **state)
{
    fixture *fix = test_malloc(sizeof(*fix));
    fixture_new(fix, 500);
    *state = fix;
    return 0;
}

static int teardown(void **state)
{
    fixture *fix = *state;
    assert_int_equal(toc_platform_check(fix->platform, NULL), TOC_OK);
    fixture_done(fix);
    test_free(fix);
    return 0;
}

static void fill(fixture *fix)
{
    assert_int_equal(
        batch(fix, "{\"indicator\":["
                   "{\"type\":\"Host\",\"summary\":\"one.example\",\"rating\":3,\"confidence\":60,"
                   "\"tag\":[{\"name\":\"Phish Kit\"}],\"attribute\":[{\"type\":\"Description\","
                   "\"value\":\"a \\\"b\\\"\",\"displayed\":true}]},"
                   "{\"type\":\"URL\",\"summary\":\"http://two.example/?a=1,2\","
                   "\"rating\":2.5},"
                   "{\"type\":\"User Agent\",\"summary\":\"say \\\"x\\\"\",\"confidence\":0},"
                   "{\"type\":\"File\",\"summary\":\"0123456789ABCDEF0123456789ABCDEF01234567\"},"
                   "{\"type\":\"Host\",\"summary\":\"gone.example\",\"active\":false}]}"),
        200);
    contains(fix, "\"successCount\":5");
}

static int files_of(const fixture *fix)
{
    char path[160];
    int count = 0;
    struct dirent *entry;
    (void)snprintf(path, sizeof(path), "%s.files", fix->path);
    DIR *dir = opendir(path);
    while (dir && (entry = readdir(dir)) != NULL)
        count += entry->d_name[0] != '.';
    if (dir)
        (void)closedir(dir);
    return count;
}

static bool body_is(fixture *fix, const char *text)
{
    return toc_str_equal(toc_response_body(fix->response), toc_str_of(text));
}

/* A body that is a file is not terminated. */
static bool body_has(fixture *fix, const char *text)
{
    return toc_str_find(toc_response_body(fix->response), toc_str_of(text)) >= 0;
}

static void test_csv(void **state)
{
    fixture *fix = *state;
    expect(fix, "GET", BULK "/csv", NULL, 200);
    assert_true(body_is(fix, "Type,Value,Rating,Confidence\n"));
    fill(fix);
    expect(fix, "GET", BULK "/csv?runNow=true", NULL, 200);
    assert_true(toc_response_is(fix->response, "text/csv"));
    assert_true(body_is(fix, "Type,Value,Rating,Confidence\n"
                             "File,0123456789ABCDEF0123456789ABCDEF01234567,null,null\n"
                             "User Agent,\"say \"\"x\"\"\",null,0\n"
                             "URL,\"http://two.example/?a=1,2\",2.50,null\n"
                             "Host,one.example,3.00,60\n"));
}

static void test_json(void **state)
{
    fixture *fix = *state;
    toc_json_reader reader;
    toc_arena arena;
    expect(fix, "GET", BULK "/json", NULL, 200);
    assert_true(body_is(fix, "{\"indicator\":[]}"));
    fill(fix);
    expect(fix, "GET", BULK "/json?runNow=true", NULL, 200);
    assert_string_equal(toc_response_header(fix->response, "Content-Type").ptr, "application/json");
    toc_str body = toc_response_body(fix->response);
    toc_arena_init(&arena, 0);
    toc_json_reader_init(&reader, body.ptr, body.len, &arena);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_OBJECT);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_KEY);
    assert_true(toc_str_equal(reader.text, TOC_S("indicator")));
    assert_true(toc_json_skip(&reader, NULL));
    assert_int_equal(toc_json_next(&reader), TOC_JSON_OBJECT_END);
    assert_int_equal(toc_json_next(&reader), TOC_JSON_END);
    toc_arena_done(&arena);
    assert_true(body_has(fix, "\"ownerName\":\"Acme CTI\""));
    assert_true(body_has(fix, "\"summary\":\"one.example\""));
    assert_true(body_has(fix, "\"value\":\"a \\\"b\\\"\""));
    assert_true(body_has(fix, "\"tag\":[{\"name\":\"Phish Kit\""));
    assert_true(body_has(fix, "\"rating\":3.0"));
    assert_false(body_has(fix, "gone.example"));
}

/* The JSON file is a batch input of version 1 (rest-v2 4.7). */
static void test_json_is_batch_input(void **state)
{
    fixture *fix = *state;
    fill(fix);
    expect(fix, "GET", BULK "/json", NULL, 200);
    toc_buf copy;
    toc_buf_init(&copy, TOC_MAX_BATCH_BODY);
    toc_buf_str(&copy, toc_response_body(fix->response));
    assert_int_equal(batch_with(fix,
                                "{\"version\":\"V1\",\"owner\":\"Shared Feed\",\"haltOnError\":"
                                "false,\"action\":\"Create\",\"attributeWriteType\":\"Replace\"}",
                                toc_buf_view(&copy), true),
                     200);
    toc_buf_done(&copy);
    contains(fix, "\"successCount\":4");
    contains(fix, "\"errorCount\":0");
    expect(fix, "GET", HOSTS "/one.example?owner=Shared%20Feed&includes=tags&includes=attributes",
           NULL, 200);
    contains(fix, "Phish Kit");
    contains(fix, "a \\\"b\\\"");
}

/* Without runNow the former report is given until the day is over. */
static void test_when_it_is_made(void **state)
{
    fixture *fix = *state;
    expect(fix, "GET", BULK "/csv", NULL, 200);
    expect(fix, "POST", HOSTS, "{\"hostName\":\"new.example\"}", 201);
    expect(fix, "GET", BULK "/csv", NULL, 200);
    assert_false(body_has(fix, "new.example"));
    expect(fix, "GET", BULK "/json", NULL, 200);
    assert_true(body_has(fix, "new.example"));
    expect(fix, "GET", BULK "/CSV/?runNow=true&owner=Acme%20CTI", NULL, 200);
    assert_true(body_has(fix, "new.example"));
    assert_int_equal(files_of(fix), 2);
    /* Owners do not see each other's. */
    expect(fix, "GET", BULK "/csv?owner=Shared%20Feed", NULL, 200);
    assert_false(body_has(fix, "new.example"));
    expect(fix, "GET", BULK "/xml", NULL, 404);
    expect(fix, "GET", BULK "/csv?owner=Nobody", NULL, 403);
    toc_platform_close(fix->platform);
    fixture_open(fix, 500);
    assert_int_equal(files_of(fix), 3);
    expect(fix, "GET", BULK "/csv", NULL, 200);
    assert_true(body_has(fix, "new.example"));
}

/* The last report was made in a year that has not come. */
static void test_clock_went_back(void **state)
{
    fixture *fix = *state;
    toc_conn *conn = NULL;
    expect(fix, "GET", BULK "/csv", NULL, 200);
    assert_int_equal(toc_tx_begin(fix->platform->store, &conn, NULL), 0);
    assert_int_equal(toc__run_int(conn, "UPDATE bulk_report SET csv_run = ?, next_run = ?", NULL,
                                  INT64_C(4102444800), INT64_C(4102531200)),
                     0);
    assert_int_equal(toc_tx_commit(conn, NULL), 0);
    expect(fix, "POST", HOSTS, "{\"hostName\":\"new.example\"}", 201);
    expect(fix, "GET", BULK "/csv?runNow=true", NULL, 200);
    assert_true(body_has(fix, "new.example"));
    assert_int_equal(files_of(fix), 1);
}

static int status_as(fixture *fix, const char *agent)
{
    toc_header header = {TOC_S("User-Agent"), toc_str_of(agent)};
    toc_request request = {
        .method = "GET", .target = TOC_S(BULK "/"), .headers = &header, .header_count = 1};
    assert_int_equal(toc_platform_handle(fix->platform, &request, true, fix->response, NULL), 0);
    return toc_response_status(fix->response);
}

static void test_status(void **state)
{
    fixture *fix = *state;
    assert_int_equal(status_as(fix, "python-requests/2.31"), 200);
    contains(fix, "{\"bulkStatus\":{\"name\":\"Acme CTI\",\"csvEnabled\":true,\"jsonEnabled\":true,"
                  "\"status\":\"Pending\"},\"status\":\"Success\",\"data\":{\"bulkStatus\":{");
    expect(fix, "GET", BULK "/csv", NULL, 200);
    assert_int_equal(status_as(fix, "Apache-HttpClient/4.5 (Java/17)"), 200);
    assert_true(
        toc_str_starts(toc_response_body(fix->response),
                       TOC_S("{\"status\":\"Success\",\"data\":{\"bulkStatus\":{\"name\":")));
    contains(fix, "\"nextRun\":\"20");
    contains(fix, "\"lastRun\":\"20");
    contains(fix, "\"status\":\"Complete\"");
    assert_int_equal(count_of(fix, "bulkStatus"), 1);
}

static void test_disabled(void **state)
{
    fixture *fix = *state;
    expect(fix, "GET", BULK "/csv", NULL, 200);
    expect(fix, "GET", BULK "/json", NULL, 200);
    assert_int_equal(toc_platform_set_bulk(fix->platform, "Nobody", true, true, NULL),
                     TOC_ENOTFOUND);
    assert_int_equal(toc_platform_set_bulk(fix->platform, "Acme CTI", false, true, NULL), 0);
    assert_int_equal(files_of(fix), 1);
    expect(fix, "GET", BULK "/csv?runNow=true", NULL, 404);
    contains(fix, "\"Failure\"");
    expect(fix, "GET", BULK "/json", NULL, 200);
    assert_int_equal(status_as(fix, "curl"), 200);
    contains(fix, "\"csvEnabled\":false,\"jsonEnabled\":true");
    assert_int_equal(toc_platform_set_bulk(fix->platform, "Acme CTI", true, true, NULL), 0);
    expect(fix, "GET", BULK "/csv", NULL, 200);
}

/* Moves the day of the owner's next report, through a store of its own. */
static void due_at(const fixture *fix, int64_t when)
{
    toc_store_options options = {.path = fix->path, .no_sync = true};
    toc_store *store = NULL;
    toc_conn *conn = NULL;
    assert_int_equal(toc_store_open(&options, &store, NULL), 0);
    assert_int_equal(toc_tx_begin(store, &conn, NULL), 0);
    assert_int_equal(toc_bulk_failed(conn, 1, when, NULL), 0);
    assert_int_equal(toc_tx_commit(conn, NULL), 0);
    toc_store_close(store);
    /* What another process writes is seen a little later. */
    pause_ms(60);
}

static bool stop_now(void *user)
{
    int *left = user;
    return (*left)-- <= 0;
}

static void test_worker_makes_what_is_due(void **state)
{
    fixture *fix = *state;
    int left = 0;
    assert_int_equal(toc_platform_work(fix->platform, NULL, NULL, NULL), 0);
    expect(fix, "GET", BULK "/csv", NULL, 200);
    expect(fix, "POST", HOSTS, "{\"hostName\":\"new.example\"}", 201);
    assert_int_equal(toc_platform_work(fix->platform, NULL, NULL, NULL), 0);
    due_at(fix, 1);
    assert_int_equal(status_as(fix, "curl"), 200);
    contains(fix, "\"status\":\"Failure\"");
    assert_int_equal(toc_platform_work(fix->platform, stop_now, &left, NULL), 0);
    assert_int_equal(toc_platform_work(fix->platform, NULL, NULL, NULL), 1);
    assert_int_equal(status_as(fix, "curl"), 200);
    contains(fix, "\"status\":\"Complete\"");
    lacks(fix, "\"nextRun\":\"1970");
    expect(fix, "GET", BULK "/csv", NULL, 200);
    assert_true(body_has(fix, "new.example"));
    /* Only the format that somebody has asked for. */
    assert_int_equal(files_of(fix), 1);
    assert_int_equal(toc_platform_work(fix->platform, NULL, NULL, NULL), 0);
}

static void remove_files(const fixture *fix)
{
    char path[160];
    (void)snprintf(path, sizeof(path), "%s.files", fix->path);
    folder_remove(path);
    assert_int_equal(files_of(fix), 0);
}

static void count_lost(void *user, toc_log_level level, const char *area, const char *text)
{
    int *lost = user;
    *lost += level == TOC_LOG_WARNING && strcmp(area, "bulk") == 0 && strstr(text, "gone") != NULL;
}

/* A report whose file somebody has removed is as one that nobody has asked for yet. */
static void test_lost_file(void **state)
{
    fixture *fix = *state;
    int lost = 0;
    fix->platform->log = (toc_log){.fn = count_lost, .user = &lost, .level = TOC_LOG_WARNING};
    expect(fix, "GET", BULK "/csv", NULL, 200);
    expect(fix, "GET", BULK "/json", NULL, 200);
    expect(fix, "POST", HOSTS, "{\"hostName\":\"new.example\"}", 201);
    assert_int_equal(status_as(fix, "curl"), 200);
    contains(fix, "\"status\":\"Complete\"");
    remove_files(fix);
    assert_int_equal(status_as(fix, "curl"), 200);
    contains(fix, "\"status\":\"Pending\"");
    lacks(fix, "lastRun");
    assert_int_equal(lost, 0);
    expect(fix, "GET", BULK "/csv", NULL, 200);
    assert_true(body_has(fix, "new.example"));
    assert_int_equal(lost, 1);
    assert_int_equal(status_as(fix, "curl"), 200);
    contains(fix, "\"status\":\"Pending\"");
    contains(fix, "\"lastRun\":\"20");
    expect(fix, "GET", BULK "/json", NULL, 200);
    assert_true(body_has(fix, "new.example"));
    assert_int_equal(lost, 2);
    assert_int_equal(status_as(fix, "curl"), 200);
    contains(fix, "\"status\":\"Complete\"");
    /* The worker makes it on its day. */
    remove_files(fix);
    due_at(fix, 1);
    assert_int_equal(toc_platform_work(fix->platform, NULL, NULL, NULL), 1);
    assert_int_equal(files_of(fix), 2);
    assert_int_equal(status_as(fix, "curl"), 200);
    contains(fix, "\"status\":\"Complete\"");
}

/* host-0.example and so on, by one batch. */
static void add_hosts(fixture *fix, int count)
{
    toc_buf items;
    toc_buf_init(&items, TOC_MAX_BATCH_BODY);
    toc_buf_lit(&items, "{\"indicator\":[");
    for (int i = 0; i < count; i++)
        toc_buf_printf(&items, "%s{\"type\":\"Host\",\"summary\":\"host-%d.example\"}",
                       i ? "," : "", i);
    toc_buf_lit(&items, "]}");
    assert_int_equal(batch_with(fix, BATCH_CONFIG, toc_buf_view(&items), true), 202);
    toc_buf_done(&items);
    assert_int_equal(toc_platform_work(fix->platform, NULL, NULL, NULL), 1);
}

/* A limit of file sizes stands for the disk: the former report stays. */
static void test_full_disk(void **state)
{
    fixture *fix = *state;
    struct rlimit former, limit;
    expect(fix, "GET", BULK "/json", NULL, 200);
    add_hosts(fix, 6000);
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &former), 0);
    limit = former;
    limit.rlim_cur = 600 * 1024;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    int status = get(fix, BULK "/json?runNow=true");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &former), 0);
    assert_int_equal(status, 507);
    assert_int_equal(files_of(fix), 1);
    expect(fix, "GET", BULK "/json", NULL, 200);
    assert_true(body_is(fix, "{\"indicator\":[]}"));
    expect(fix, "GET", BULK "/json?runNow=true", NULL, 200);
    assert_true(body_has(fix, "host-5999.example"));
    assert_true(body_has(fix, "host-0.example"));
}

typedef struct switching {
    toc_platform *platform;
    int asked;
} switching;

/* Somebody switches the reports off while one is made. */
static bool switch_off(void *user)
{
    switching *off = user;
    if (++off->asked == 3)
        assert_int_equal(toc_platform_set_bulk(off->platform, "Acme CTI", false, false, NULL), 0);
    return off->asked > 100;
}

static void test_switched_off_meanwhile(void **state)
{
    fixture *fix = *state;
    switching off = {fix->platform, 0};
    add_hosts(fix, 1100);
    expect(fix, "GET", BULK "/csv", NULL, 200);
    due_at(fix, 1);
    assert_int_equal(toc_platform_work(fix->platform, switch_off, &off, NULL), 1);
    assert_true(off.asked >= 3);
    expect(fix, "GET", BULK "/csv", NULL, 404);
    assert_int_equal(files_of(fix), 0);
}

/* One that was kept all the same, by a platform of before: it goes, and others get their turn. */
static void test_due_though_switched_off(void **state)
{
    fixture *fix = *state;
    switching off = {fix->platform, 3};
    toc_store_options options = {.path = fix->path, .no_sync = true};
    toc_store *store = NULL;
    toc_conn *conn = NULL;
    expect(fix, "GET", BULK "/csv", NULL, 200);
    expect(fix, "GET", BULK "/csv?owner=Shared%20Feed", NULL, 200);
    assert_int_equal(toc_store_open(&options, &store, NULL), 0);
    assert_int_equal(toc_tx_begin(store, &conn, NULL), 0);
    assert_int_equal(toc_db_exec(conn->db,
                                 "UPDATE bulk_report SET csv = owner_id <> 1, next_run = owner_id",
                                 NULL),
                     0);
    assert_int_equal(toc_tx_commit(conn, NULL), 0);
    toc_store_close(store);
    assert_int_equal(toc_platform_work(fix->platform, switch_off, &off, NULL), 1);
    assert_true(off.asked < 20);
    assert_int_equal(files_of(fix), 1);
    expect(fix, "GET", BULK "?owner=Shared%20Feed", NULL, 200);
    lacks(fix, "\"nextRun\":\"1970");
}

/* Every row has its link, however many types take turns. */
static void test_many_types(void **state)
{
    enum { TYPES = 64, EACH = 60 };
    fixture *fix = *state;
    toc_buf items;
    toc_buf_init(&items, TOC_MAX_BATCH_BODY);
    for (int i = 0; i < TYPES; i++) {
        char name[16], branch[16], entity[16];
        (void)snprintf(name, sizeof(name), "Kind %d", i);
        (void)snprintf(branch, sizeof(branch), "kinds%d", i);
        (void)snprintf(entity, sizeof(entity), "kind%d", i);
        const toc_field key = {.name = "Mark", .flags = TOC_FIELD_KEY};
        toc_type type = {.kind = TOC_KIND_INDICATOR,
                         .name = name,
                         .branch = branch,
                         .entity = entity,
                         .fields = &key,
                         .field_count = 1};
        assert_int_equal(toc_platform_add_type(fix->platform, &type, NULL), 0);
    }
    toc_buf_lit(&items, "{\"indicator\":[");
    for (int i = 0; i < TYPES * EACH; i++)
        toc_buf_printf(&items, "%s{\"type\":\"Kind %d\",\"summary\":\"mark-%d\"}", i ? "," : "",
                       i % TYPES, i);
    toc_buf_lit(&items, "]}");
    assert_int_equal(batch_with(fix, BATCH_CONFIG, toc_buf_view(&items), true), 202);
    toc_buf_done(&items);
    assert_int_equal(toc_platform_work(fix->platform, NULL, NULL, NULL), 1);
    expect(fix, "GET", BULK "/json?runNow=true", NULL, 200);
    const toc_str link = TOC_S("\"webLink\":\"https://tip.example/auth/");
    toc_str rest = toc_response_body(fix->response);
    int links = 0;
    for (ptrdiff_t at; (at = toc_str_find(rest, link)) >= 0; links++)
        rest = toc_str_slice(rest, (size_t)at + link.len, rest.len);
    assert_int_equal(links, TYPES * EACH);
}

/* --- several at once ------------------------------------------------------------------------ */

typedef struct asker {
    toc_platform *platform;
    const char *target, *end;
    int good;
} asker;

static void *run_asker(void *user)
{
    asker *self = user;
    toc_response *response = NULL;
    if (toc_response_new(&response, NULL))
        return NULL;
    for (int i = 0; i < 20; i++) {
        toc_request request = {.method = "GET", .target = toc_str_of(self->target)};
        if (toc_platform_handle(self->platform, &request, true, response, NULL) == 0 &&
            toc_response_status(response) == 200 &&
            toc_str_ends(toc_response_body(response), toc_str_of(self->end)))
            self->good++;
    }
    toc_response_free(response);
    return NULL;
}

/* Nobody is given half a file, or one that is no longer there. */
static void test_several_at_once(void **state)
{
    fixture *fix = *state;
    fill(fix);
    asker askers[] = {{fix->platform, BULK "/json?runNow=true", "]}", 0},
                      {fix->platform, BULK "/json", "]}", 0},
                      {fix->platform, BULK "/csv?runNow=true", "one.example,3.00,60\n", 0},
                      {fix->platform, BULK "/json?runNow=true", "]}", 0}};
    pthread_t threads[TOC_COUNT(askers)];
    for (size_t i = 0; i < TOC_COUNT(askers); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_asker, &askers[i]), 0);
    for (size_t i = 0; i < TOC_COUNT(askers); i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < TOC_COUNT(askers); i++)
        assert_int_equal(askers[i].good, 20);
    assert_int_equal(files_of(fix), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_csv),
        TEST(test_json),
        TEST(test_json_is_batch_input),
        TEST(test_when_it_is_made),
        TEST(test_clock_went_back),
        TEST(test_status),
        TEST(test_disabled),
        TEST(test_worker_makes_what_is_due),
        TEST(test_lost_file),
        TEST(test_full_disk),
        TEST(test_switched_off_meanwhile),
        TEST(test_due_though_switched_off),
        TEST(test_many_types),
        TEST(test_several_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
