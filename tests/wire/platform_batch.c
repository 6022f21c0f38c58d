/* Batch jobs: both ways of giving a file, what the write types do, broken input, interruption. */
#include <signal.h>
#include <sys/resource.h>

#include "wire/platform_fixture.h"

#define expect_batch(fix, content)                                                                 \
    do {                                                                                           \
        int got_ = batch((fix), (content));                                                        \
        if (got_ != 200)                                                                           \
            fail_msg("batch: %d: %s", got_, fixture_body(fix));                                    \
    } while (0)

static const char worked_example[] =
    "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"evil.example\",\"rating\":4,"
    "\"confidence\":80,\"flag1\":true,\"associatedGroups\":[{\"groupXid\":\"acme-0001\"}],"
    "\"xid\":\"acme-i1\"},{\"type\":\"File\",\"md5\":\"44D88612FEA8A8F36DE82E1278ABB02F\","
    "\"intValue1\":68,\"fileOccurrence\":[{\"fileName\":\"heron.exe\",\"path\":\"C:\\\\Temp\","
    "\"date\":\"2024-02-28T00:00:00Z\"}]}],"
    "\"group\":[{\"name\":\"Operation Heron\",\"type\":\"Incident\",\"xid\":\"acme-0001\","
    "\"eventDate\":\"2024-02-28T00:00:00Z\",\"status\":\"Open\","
    "\"attribute\":[{\"type\":\"Description\",\"value\":\"Credential theft wave\","
    "\"displayed\":true}],\"tag\":[{\"name\":\"Phish Kit\"}],"
    "\"securityLabel\":[{\"name\":\"TLP:AMBER\"}],\"associatedGroupXid\":[\"acme-0002\"]},"
    "{\"name\":\"Dark Heron\",\"type\":\"Adversary\",\"xid\":\"acme-0002\"}],"
    "\"association\":[{\"ref_1\":\"evil.example\",\"type_1\":\"Host\",\"ref_2\":\"acme-0002\"}]}";

static void forward_references_resolve(void **state)
{
    fixture *fix = *state;
    expect_batch(fix, worked_example);
    contains(fix, "\"batchStatus\":{\"status\":\"Completed\",\"errorCount\":0,\"successCount\":4,"
                  "\"unprocessCount\":0,\"successIndicatorCount\":2,\"errorIndicatorCount\":0,"
                  "\"successGroupCount\":2,\"errorGroupCount\":0,\"successAssociationCount\":3,"
                  "\"errorAssociationCount\":0}");
    expect(fix, "GET", "/v2/indicators/hosts/evil.example/groups", NULL, 200);
    contains(fix, "\"resultCount\":2,");
    expect(fix, "GET", "/v2/groups/incidents", NULL, 200);
    long long id = number_of(fix, "id");
    char target[96];
    (void)snprintf(target, sizeof(target), "/v2/groups/incidents/%lld/groups/adversaries", id);
    expect(fix, "GET", target, NULL, 200);
    contains(fix, "Dark Heron");
    (void)snprintf(target, sizeof(target), "/v2/groups/incidents/%lld/tags", id);
    expect(fix, "GET", target, NULL, 200);
    contains(fix, "Phish Kit");
    expect(fix, "GET", "/v2/indicators/files/44D88612FEA8A8F36DE82E1278ABB02F/fileOccurrences",
           NULL, 200);
    contains(fix, "\"fileName\":\"heron.exe\"");
    contains(fix, "C:\\\\Temp");
    expect(fix, "GET", "/v2/indicators/hosts/evil.example?includeAdditional=true", NULL, 200);
    contains(fix, "\"xid\":\"acme-i1\"");
    contains(fix, "\"dnsActive\":\"true\"");
}

static char *snapshot(fixture *fix)
{
    static const char *const targets[] = {
        "/v2/indicators?includes=attributes&includes=tags&includes=labels&includes=additional",
        "/v2/groups?includes=attributes&includes=tags&includes=labels&includes=additional",
        "/v2/tags", "/v2/indicators/hosts/evil.example/groups",
        "/v2/indicators/files/44D88612FEA8A8F36DE82E1278ABB02F/fileOccurrences"};
    toc_buf all;
    toc_buf_init(&all, 1 << 20);
    for (size_t i = 0; i < TOC_COUNT(targets); i++) {
        expect(fix, "GET", targets[i], NULL, 200);
        toc_buf_text(&all, fixture_body(fix));
    }
    /* Dates of change are all that an import of the same may touch. */
    for (char *at = all.ptr; (at = strstr(at, "\"lastModified\":\"")) != NULL; at += 16)
        memset(at + 16, 'x', 20);
    return toc_buf_take(&all);
}

static void importing_again_changes_nothing(void **state)
{
    fixture *fix = *state;
    expect_batch(fix, worked_example);
    char *before = snapshot(fix);
    expect_batch(fix, worked_example);
    char *after = snapshot(fix);
    assert_string_equal(before, after);
    toc_mem_free(before);
    toc_mem_free(after);
}

#define CONFIG(attributes, sets)                                                                   \
    "{\"version\":\"V2\",\"owner\":\"Acme CTI\",\"haltOnError\":false,\"action\":\"Create\","      \
    "\"attributeWriteType\":\"" attributes "\",\"tagWriteType\":\"" sets                           \
    "\",\"securityLabelWriteType\":\"" sets "\"}"

#define ITEM(lists) "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"w.example\"" lists "}]}"

static const struct write_case {
    const char *config, *content;
    int attributes, tags, labels;
} write_cases[] = {
    {CONFIG("Append", "Append"),
     ITEM(",\"tag\":[{\"name\":\"b\"}],\"securityLabel\":[{\"name\":\"TLP:RED\"}],"
          "\"attribute\":[{\"type\":\"Note\",\"value\":\"1\"}]"),
     3, 2, 2},
    {CONFIG("Replace", "Replace"),
     ITEM(",\"tag\":[{\"name\":\"b\"}],\"securityLabel\":[{\"name\":\"TLP:RED\"}],"
          "\"attribute\":[{\"type\":\"Note\",\"value\":\"9\"}]"),
     1, 1, 1},
    {CONFIG("Replace", "Replace"), ITEM(""), 2, 1, 1},
    {CONFIG("Replace", "Replace"), ITEM(",\"tag\":[],\"securityLabel\":[],\"attribute\":[]"), 0, 0,
     0},
    {CONFIG("Singleton", "Append"), ITEM(",\"attribute\":[{\"type\":\"Note\",\"value\":\"9\"}]"), 2,
     1, 1},
    {CONFIG("Static", "Append"), ITEM(",\"attribute\":[{\"type\":\"Note\",\"value\":\"9\"}]"), 2, 1,
     1},
};

static void write_types_do_what_they_say(void **state)
{
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(write_cases); i++) {
        const struct write_case *row = &write_cases[i];
        expect_batch(fix, ITEM(",\"tag\":[{\"name\":\"a\"}],\"securityLabel\":[{\"name\":"
                               "\"TLP:AMBER\"}],\"attribute\":[{\"type\":\"Note\",\"value\":\"1\"},"
                               "{\"type\":\"Other\",\"value\":\"2\"}]"));
        assert_int_equal(batch_with(fix, row->config, toc_str_of(row->content), false), 200);
        contains(fix, "\"errorCount\":0");
        lacks(fix, "successGroupCount");
        expect(fix, "GET", "/v2/indicators/hosts/w.example/attributes", NULL, 200);
        assert_int_equal(number_of(fix, "resultCount"), row->attributes);
        expect(fix, "GET", "/v2/indicators/hosts/w.example/tags", NULL, 200);
        assert_int_equal(number_of(fix, "resultCount"), row->tags);
        expect(fix, "GET", "/v2/indicators/hosts/w.example/securityLabels", NULL, 200);
        assert_int_equal(number_of(fix, "resultCount"), row->labels);
    }
}

static void bad_items_are_named_and_the_rest_goes_on(void **state)
{
    fixture *fix = *state;
    char target[96];
    expect_batch(
        fix, "{\"group\":[{\"type\":\"Incident\",\"name\":\"i\",\"xid\":\"inc-001\","
             "\"status\":\"Sleepy\"},{\"type\":\"Threat\",\"name\":\"no xid\"},7,"
             "{\"type\":\"Threat\",\"name\":\"t\",\"xid\":\"t-1\","
             "\"associatedGroupXid\":[\"gone\"]}],\"indicator\":["
             "{\"type\":\"Host\",\"summary\":\"ok.example\",\"tag\":[{\"name\":\"\"}]},"
             "{\"type\":\"Address\",\"summary\":\"300.1.1.1\"},"
             "{\"type\":\"Nothing\",\"summary\":\"x\",\"xid\":\"n-1\"},"
             "{\"type\":\"Host\",\"summary\":\"r.example\",\"rating\":[1]},"
             "{\"type\":\"Host\",\"summary\":\"l.example\",\"securityLabel\":[{\"name\":\"new\"}]},"
             "{\"type\":\"Host\",\"summary\":\"good.example\","
             "\"associatedGroups\":[{\"groupXid\":\"t-1\"},\"nowhere\"]}]}");
    contains(fix, "\"successCount\":2,");
    contains(fix, "\"errorIndicatorCount\":5,");
    contains(fix, "\"errorGroupCount\":3,");
    contains(fix, "\"errorAssociationCount\":2");
    contains(fix, "\"errorCount\":10,");
    long long id = number_of(fix, "id");
    assert_true(id > 0);
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld/errors", id);
    expect(fix, "GET", target, NULL, 200);
    assert_true(toc_response_is(fix->response, "application/octet-stream"));
    contains(fix, "\"errorReason\":\"Incident inc-001 has an invalid status.\","
                  "\"errorSource\":\"inc-001 is not valid.\"");
    contains(fix, "\"errorSource\":\"300.1.1.1 is not valid.\"");
    contains(fix, "\"errorSource\":\"n-1 is not valid.\"");
    contains(fix, "\"errorSource\":\"r.example is not valid.\"");
    contains(fix, "nowhere, which does not exist.");
    assert_int_equal(count_of(fix, "errorReason"), 10);
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld/results?code=0x1006&severity=err", id);
    expect(fix, "GET", target, NULL, 200);
    assert_int_equal(count_of(fix, "\"code\":\"0x1006\",\"severity\":\"Error\""), 3);
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld/results?contains=inc-001", id);
    expect(fix, "GET", target, NULL, 200);
    assert_int_equal(count_of(fix, "errorReason"), 1);
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld/results?severity=info", id);
    expect(fix, "GET", target, NULL, 404);
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld?includeAdditional=true", id);
    expect(fix, "GET", target, NULL, 200);
    contains(fix, "\"errorGroupCount\":3,");
}

static void halting_leaves_the_rest(void **state)
{
    fixture *fix = *state;
    assert_int_equal(
        batch_with(fix,
                   "{\"version\":\"V2\",\"owner\":\"Acme CTI\",\"haltOnError\":\"true\","
                   "\"action\":\"Create\"}",
                   TOC_S("{\"indicator\":[{\"type\":\"Host\",\"summary\":\"a.example\"},"
                         "{\"type\":\"Host\",\"summary\":\"\"},"
                         "{\"type\":\"Host\",\"summary\":\"b.example\"},"
                         "{\"type\":\"Host\",\"summary\":\"c.example\"}]}"),
                   false),
        200);
    contains(fix, "\"errorCount\":1,\"successCount\":1,\"unprocessCount\":2");
    expect(fix, "GET", "/v2/indicators/hosts/b.example", NULL, 404);
}

static void deleting_by_file(void **state)
{
    fixture *fix = *state;
    expect_batch(fix, worked_example);
    assert_int_equal(
        batch_with(fix,
                   "{\"version\":\"V2\",\"owner\":\"Acme CTI\",\"haltOnError\":false,"
                   "\"action\":\"Delete\"}",
                   TOC_S("{\"group\":[{\"xid\":\"acme-0001\",\"type\":\"Incident\"},"
                         "{\"xid\":\"gone\",\"type\":\"Incident\"}],"
                         "\"indicator\":[{\"type\":\"host\",\"summary\":\"EVIL.example\"}]}"),
                   true),
        200);
    contains(fix, "\"errorCount\":1,\"successCount\":2,");
    char target[96];
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld/results?code=0x1007",
                   number_of(fix, "id"));
    expect(fix, "GET", target, NULL, 200);
    expect(fix, "GET", "/v2/indicators/hosts/evil.example", NULL, 404);
    expect(fix, "GET", "/v2/groups", NULL, 200);
    contains(fix, "\"resultCount\":1,");
}

/* Wherever the file is cut off: one error, and nothing of it is applied. */
static void broken_files_change_nothing(void **state)
{
    fixture *fix = *state;
    size_t len = strlen(worked_example);
    for (size_t cut = 0; cut < len; cut += 7) {
        int status = batch_with(fix, BATCH_CONFIG, (toc_str){worked_example, cut}, true);
        assert_int_equal(status, 200);
        contains(fix, "\"status\":\"Completed\",\"errorCount\":1,\"successCount\":0,"
                      "\"unprocessCount\":0,\"successIndicatorCount\":0,"
                      "\"errorIndicatorCount\":0,\"successGroupCount\":0,\"errorGroupCount\":0");
    }
    char target[96];
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld/errors", number_of(fix, "id"));
    expect(fix, "GET", target, NULL, 200);
    contains(fix, "not valid JSON");
    expect(fix, "GET", "/v2/groups", NULL, 200);
    contains(fix, "\"resultCount\":0,");
    expect(fix, "GET", "/v2/indicators", NULL, 200);
    contains(fix, "\"resultCount\":0,");
    expect(fix, "GET", "/v2/tags", NULL, 200);
    lacks(fix, "Phish Kit");
}

/* How far the reader came, as rest-v2 4.6 writes it. */
static void broken_files_say_where(void **state)
{
    static const struct {
        const char *file, *message;
    } rows[] = {
        {"{\"group\":[{\"name\":\"a\",\"xid\":\"acme-0001\"},{\"xid\":\"acme-0002\"} x",
         "Last known JSON path: '$.group[1]': Last processed group[1] 'acme-0002'."},
        {"{\"group\":[{\"xid\":\"acme-0001\"},{\"name\":tru",
         "Last known JSON path: '$.group[1]': Last processed group[0] 'acme-0001'."},
        {"[{\"summary\":\"a.example\"},", "Last known JSON path: '$[0]': Last processed "
                                          "indicator[0] 'a.example'."},
        {"{\"indicator\":[", "Last known JSON path: '$.indicator'."},
        {"{\"group\":[7],\"indicator\":8 8", "Last known JSON path: '$': Last processed group[0]."},
        {"nul", "Last known JSON path: '$'."},
    };
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        char target[96];
        expect_batch(fix, rows[i].file);
        (void)snprintf(target, sizeof(target), "/v2/batch/%lld/results?code=0x1003",
                       number_of(fix, "id"));
        expect(fix, "GET", target, NULL, 200);
        contains(fix, "[{\"code\":\"0x1003\",\"severity\":\"Error\",\"errorReason\":\"");
        contains(fix, rows[i].message);
    }
}

static void odd_files(void **state)
{
    static const struct {
        const char *content;
        long long errors, good;
    } rows[] = {
        {"[{\"type\":\"Host\",\"summary\":\"v1.example\"}]", 0, 1},
        {"{}", 0, 0},
        {"{\"indicator\":null,\"group\":[],\"file\":{\"a\":[1]}}", 0, 0},
        {"{\"indicator\":{}}", 1, 0},
        {"7", 1, 0},
        {"", 1, 0},
        {"{\"indicator\":[]} trailing", 1, 0},
        {"{\"indicator\":[{\"type\":\"Host\",\"summary\":\"x.example\"}],"
         "\"indicator\":[{\"type\":\"Host\",\"summary\":\"y.example\"}]}",
         0, 2},
        {"{\"association\":[{\"ref_1\":\"none\",\"ref_2\":\"none\"},{},7]}", 2, 0},
    };
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        expect_batch(fix, rows[i].content);
        if (number_of(fix, "errorCount") != rows[i].errors ||
            number_of(fix, "successCount") != rows[i].good)
            fail_msg("%s: %s", rows[i].content, fixture_body(fix));
    }
}

static void version_one_takes_indicators_only(void **state)
{
    fixture *fix = *state;
    assert_int_equal(batch_with(fix, "{\"owner\":\"Acme CTI\",\"action\":\"Create\"}",
                                toc_str_of(worked_example), true),
                     200);
    contains(fix, "\"successIndicatorCount\":2,");
    contains(fix, "\"successGroupCount\":0,");
}

static void settings_are_checked(void **state)
{
    fixture *fix = *state;
    expect(fix, "POST", "/v2/batch", "{\"owner\":\"Acme CTI\",\"action\":\"Explode\"}", 400);
    contains(fix, "The action for this Batch is invalid");
    expect(fix, "POST", "/v2/batch", "{\"owner\":\"Nobody\",\"action\":\"Create\"}", 403);
    expect(fix, "POST", "/v2/batch", "{", 400);
    expect(fix, "POST", "/v2/batch", "{\"owner\":\"Acme CTI\",\"haltOnError\":\"perhaps\"}", 400);
    expect(fix, "POST", "/v2/batch/createAndUpload", "no parts", 400);
    expect(fix, "GET", "/v2/batch/999", NULL, 404);
    expect(fix, "GET", "/v2/batch/x", NULL, 404);
    expect(fix, "POST", "/v2/batch/999", "{}", 404);
}

static bool after(void *user)
{
    int *left = user;
    return --*left < 0;
}

/* n hosts, each linked with the group that stands behind them in the file. */
static void write_many(toc_buf *file, int count)
{
    toc_buf_lit(file, "{\"indicator\":[");
    for (int i = 0; i < count; i++)
        toc_buf_printf(
            file,
            "%s{\"type\":\"Host\",\"summary\":\"h%d.example\",\"tag\":[{\"name\":\"t\"}],"
            "\"associatedGroups\":[{\"groupXid\":\"g%d\"}]}",
            i ? "," : "", i, i % 2);
    toc_buf_lit(file, "],\"group\":[{\"type\":\"Threat\",\"name\":\"g\",\"xid\":\"g0\","
                      "\"associatedGroupXid\":[\"g1\"]},"
                      "{\"type\":\"Threat\",\"name\":\"h\",\"xid\":\"g1\"}]}");
}

static void queued_jobs_survive_interruption(void **state)
{
    fixture *fix = *state;
    toc_buf file;
    char target[64];
    int rounds = 0;
    toc_buf_init(&file, 1 << 24);
    write_many(&file, 3000);
    expect(fix, "POST", "/v2/batch", BATCH_CONFIG, 201);
    long long id = number_of(fix, "batchId");
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld", id);
    expect(fix, "GET", target, NULL, 200);
    contains(fix, "\"status\":\"Created\"");
    expect(fix, "POST", target, file.ptr, 202);
    contains(fix, "\"status\":\"Queued\",\"errorCount\":0,\"successCount\":0,\"unprocessCount\":0");
    expect(fix, "PUT", target, file.ptr, 400);
    contains(fix, "\"status\":\"Invalid\"");
    for (;;) {
        int left = 3;
        assert_true(toc_platform_work(fix->platform, after, &left, NULL) >= 0);
        toc_platform_close(fix->platform);
        fixture_open(fix, 500);
        expect(fix, "GET", target, NULL, 200);
        if (strstr(fixture_body(fix), "Completed"))
            break;
        contains(fix, "\"status\":\"Queued\"");
        (void)strcat(target, "/errors");
        expect(fix, "GET", target, NULL, 400);
        contains(fix, "Batch still in Queued state");
        target[strlen(target) - 7] = '\0';
        assert_true(++rounds < 50);
    }
    assert_true(rounds > 2);
    expect(fix, "GET", "/v2/indicators?resultLimit=1", NULL, 200);
    contains(fix, "\"resultCount\":3000,");
    expect(fix, "GET", "/v2/tags/t/indicators?resultLimit=1", NULL, 200);
    contains(fix, "\"resultCount\":3000,");
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld?includeAdditional=true", id);
    expect(fix, "GET", target, NULL, 200);
    contains(fix, "\"errorCount\":0,\"successCount\":3002,\"unprocessCount\":0,"
                  "\"successIndicatorCount\":3000,\"errorIndicatorCount\":0,"
                  "\"successGroupCount\":2,\"errorGroupCount\":0,"
                  "\"successAssociationCount\":3001,\"errorAssociationCount\":0");
    assert_int_equal(toc_platform_check(fix->platform, NULL), 0);
    assert_int_equal(toc_platform_work(fix->platform, NULL, NULL, NULL), 0);
    toc_buf_done(&file);
}

/* A limit of file sizes stands for the disk. */
static void full_disk_refuses_the_file(void **state)
{
    fixture *fix = *state;
    struct rlimit former, limit;
    toc_buf file;
    toc_buf_init(&file, 1 << 24);
    write_many(&file, 40000);
    assert_true(file.len > 3U << 20);
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &former), 0);
    limit = former;
    limit.rlim_cur = 2U << 20;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    int status = batch(fix, file.ptr);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &former), 0);
    assert_int_equal(status, 507);
    assert_int_equal(toc_platform_work(fix->platform, NULL, NULL, NULL), 0);
    assert_int_equal(batch(fix, file.ptr), 202);
    toc_buf_done(&file);
}

static void big_ones_wait_small_ones_do_not(void **state)
{
    fixture *fix = *state;
    toc_buf file;
    toc_buf_init(&file, 1 << 24);
    write_many(&file, 600);
    assert_int_equal(batch(fix, file.ptr), 202);
    contains(fix, "\"status\":\"Queued\"");
    assert_true(number_of(fix, "id") > 0);
    /* A small one behind it must not overtake. */
    assert_int_equal(batch(fix, "{\"indicator\":[]}"), 202);
    assert_int_equal(toc_platform_work(fix->platform, NULL, NULL, NULL), 1);
    expect(fix, "GET", "/v2/indicators?resultLimit=1", NULL, 200);
    contains(fix, "\"resultCount\":600,");
    expect_batch(fix, "{\"indicator\":[]}");
    toc_buf_done(&file);
}

static void in_process_everything_is_at_once(void **state)
{
    fixture *fix = *state;
    toc_buf file;
    char target[64];
    toc_platform_close(fix->platform);
    fixture_open(fix, UINT32_MAX);
    toc_buf_init(&file, 1 << 24);
    write_many(&file, 600);
    expect_batch(fix, file.ptr);
    contains(fix, "\"status\":\"Completed\"");
    assert_int_equal(number_of(fix, "id"), -1);
    expect(fix, "POST", "/v2/batch", BATCH_CONFIG, 201);
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld", number_of(fix, "batchId"));
    expect(fix, "POST", target, file.ptr, 202);
    contains(fix, "\"status\":\"Completed\"");
    toc_buf_done(&file);
}

static void surplus_indicators_are_refused(void **state)
{
    fixture *fix = *state;
    toc_buf file;
    toc_platform_close(fix->platform);
    fixture_open(fix, UINT32_MAX);
    toc_buf_init(&file, 1 << 26);
    toc_buf_lit(&file, "[");
    for (int i = 0; i < TOC_MAX_BATCH_INDICATORS + 3; i++)
        toc_buf_printf(&file, "%s{\"type\":\"Host\",\"summary\":\"h%d.example\"}", i ? "," : "", i);
    toc_buf_lit(&file, "]");
    expect_batch(fix, file.ptr);
    contains(fix, "\"errorCount\":3,\"successCount\":25000,");
    char target[64];
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld/results?code=0x1008",
                   number_of(fix, "id"));
    expect(fix, "GET", target, NULL, 200);
    assert_int_equal(count_of(fix, "0x1008"), 3);
    toc_buf_done(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(forward_references_resolve, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(importing_again_changes_nothing, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(write_types_do_what_they_say, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(bad_items_are_named_and_the_rest_goes_on, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(halting_leaves_the_rest, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(deleting_by_file, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(broken_files_change_nothing, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(broken_files_say_where, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(odd_files, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(version_one_takes_indicators_only, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(settings_are_checked, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(queued_jobs_survive_interruption, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(full_disk_refuses_the_file, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(big_ones_wait_small_ones_do_not, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(in_process_everything_is_at_once, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(surplus_indicators_are_refused, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
