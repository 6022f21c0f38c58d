/* Uploads, downloads, PDFs, bulk reports, publishing: every allocation fails once. An answer or an
 * error comes back, nothing is lost, and no file stays that nothing names. */
#include "platform_fixture.h"
#include "support/failing.h"

static failing pending = {.left = -1};

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

static const struct {
    const char *method, *target, *body;
} requests[] = {
    {"PUT", "/v2/groups/documents/1/upload", "content"},
    {"GET", "/v2/groups/documents/1/download", NULL},
    {"POST", "/v2/groups/signatures/2/upload", "rule"},
    {"GET", "/v2/groups/signatures/2/download", NULL},
    {"GET", "/v2/groups/threats/3/pdf", NULL},
    {"POST", "/v2/groups/threats/3/publish", "{\"securityLabelList\":[\"TLP:RED\"]}"},
    {"GET", "/v2/indicators/bulk/json?runNow=true", NULL},
    {"GET", "/v2/indicators/bulk/csv?runNow=true", NULL},
    {"GET", "/v2/indicators/bulk", NULL},
};

static void run(fixture *fix, size_t index)
{
    for (long left = 0;; left++) {
        toc_request request = {.method = requests[index].method,
                               .target = toc_str_of(requests[index].target),
                               .body = toc_str_of(requests[index].body)};
        pending = (failing){.left = left};
        toc_rc rc = toc_platform_handle(fix->platform, &request, true, fix->response, NULL);
        bool failed = pending.failed;
        pending = (failing){.left = -1};
        /* A failure may be one that is got over, as that of a cache. */
        if (!failed) {
            assert_int_equal(rc, TOC_OK);
            assert_int_equal(toc_response_status(fix->response), 200);
            break;
        }
        assert_true(left < 100000);
    }
}

static void test_requests(void **state)
{
    fixture fix;
    (void)state;
    fixture_new(&fix, 500);
    assert_int_equal(toc_platform_set_publish(fix.platform, "Acme CTI", "Shared Feed", NULL), 0);
    expect(&fix, "POST", "/v2/groups/documents", "{\"name\":\"D\",\"fileName\":\"d\"}", 201);
    expect(&fix, "POST", "/v2/groups/signatures",
           "{\"name\":\"S\",\"fileName\":\"s\",\"fileType\":\"YARA\",\"fileText\":\"t\"}", 201);
    expect(&fix, "POST", "/v2/groups/threats", "{\"name\":\"T\"}", 201);
    expect(&fix, "POST", "/v2/groups/threats/3/attributes",
           "{\"type\":\"Description\",\"value\":\"v\"}", 201);
    expect(&fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"a.example\"}", 201);
    expect(&fix, "POST", "/v2/groups/threats/3/indicators/hosts/a.example", NULL, 201);
    for (size_t i = 0; i < TOC_COUNT(requests); i++)
        run(&fix, i);
    assert_int_equal(toc_platform_check(fix.platform, NULL), TOC_OK);
    /* Without memory to note its name an old file may stay; the next opening sweeps it. */
    toc_platform_close(fix.platform);
    fixture_open(&fix, 500);
    assert_int_equal(files_of(&fix), 3);
    assert_int_equal(toc_platform_check(fix.platform, NULL), TOC_OK);
    fixture_done(&fix);
}

int main(void)
{
    const toc_allocator allocator = failing_allocator(&pending);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_requests)};
    toc_set_allocator(&allocator);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
