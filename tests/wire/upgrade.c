/* A store of schema version 1 opens, is migrated, and has lost nothing: not the objects and what
 * hangs on them, not the user's secret, not the job that waits. */
#include "platform_fixture.h"
#include "support/data.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <time.h>

/* Of the user in tests/data/store-v1.sql, made for this test. */
#define ACCESS "65487511273219235504"
#define SECRET "987c2590044a8d656af2a630e9dcc776b6d4eaff6cdfd96ff6addcf0d578d794"

static void write_key(const fixture *fix)
{
    char path[128];
    toc_buf key = {.maximum = 1 << 20};
    (void)data_read("store-v1.key", &key);
    (void)snprintf(path, sizeof(path), "%s.key", fix->path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, key.ptr, key.len), (ssize_t)key.len);
    (void)close(fd);
    toc_buf_done(&key);
}

static void make_old_store(fixture *fix)
{
    sqlite3 *db = NULL;
    char *message = NULL;
    toc_buf sql = {.maximum = 1 << 20};
    memset(fix, 0, sizeof(*fix));
    folder_make(fix->directory);
    (void)snprintf(fix->path, sizeof(fix->path), "%s/store.db", fix->directory);
    toc_buf_init(&fix->form, 1 << 20);
    (void)data_read("store-v1.sql", &sql);
    assert_int_equal(sqlite3_open(fix->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql.ptr, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s", message);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    toc_buf_done(&sql);
    write_key(fix);
    assert_int_equal(toc_response_new(&fix->response, NULL), 0);
}

static int ask_signed(fixture *fix, const char *target)
{
    toc_signer *signer = NULL;
    toc_buf value;
    char when[24];
    int64_t now = (int64_t)time(NULL);
    assert_int_equal(toc_signer_new(TOC_S(SECRET), &signer, NULL), 0);
    toc_buf_init(&value, 1024);
    assert_int_equal(
        toc_sign_header(signer, TOC_S(ACCESS), toc_str_of(target), TOC_S("GET"), now, &value), 0);
    (void)snprintf(when, sizeof(when), "%lld", (long long)now);
    const toc_header headers[] = {{TOC_S("Authorization"), toc_buf_view(&value)},
                                  {TOC_S("Timestamp"), toc_str_of(when)}};
    toc_request request = {.method = "GET",
                           .target = toc_str_of(target),
                           .headers = headers,
                           .header_count = TOC_COUNT(headers)};
    assert_int_equal(toc_platform_handle(fix->platform, &request, false, fix->response, NULL), 0);
    toc_signer_free(signer);
    toc_buf_done(&value);
    return toc_response_status(fix->response);
}

#define HOST "/v2/indicators/hosts/old.example"
#define FILE_PATH "/v2/indicators/files/0123456789abcdef0123456789abcdef"

static void check_contents(fixture *fix)
{
    static const struct {
        const char *target, *text;
    } rows[] = {
        {HOST "?includes=tags&includes=labels", "\"Old Tag\""},
        {HOST, "\"rating\":4"},
        {HOST, "\"description\":\"first host\""},
        {HOST "/securityLabels", "TLP:AMBER"},
        {HOST "/attributes", "a feed"},
        {HOST "/attributes/2/securityLabels", "TLP:RED"},
        {HOST "/groups/incidents/1", "Old raid"},
        {FILE_PATH "/fileOccurrences", "a.exe"},
        {FILE_PATH, "\"size\":5"},
        {"/v2/indicators", "\"resultCount\":2"},
        {"/v2/indicators?filters=active%3Dfalse", "203.0.113.7"},
        {"/v2/indicators/deleted", "http://old.example/a"},
        {"/v2/groups/incidents/1", "\"status\":\"Open\""},
        {"/v2/tags/Old%20Tag/indicators", "old.example"},
        {"/v2/batch/1", "Created"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        expect(fix, "GET", rows[i].target, NULL, 200);
        contains(fix, rows[i].text);
    }
}

static void test_upgrade(void **state)
{
    fixture fix;
    (void)state;
    make_old_store(&fix);
    for (int opening = 0; opening < 2; opening++) {
        fixture_open(&fix, 500);
        assert_int_equal(ask_signed(&fix, "/api/v2/owners"), 200);
        check_contents(&fix);
        assert_int_equal(toc_platform_check(fix.platform, NULL), TOC_OK);
        toc_platform_close(fix.platform);
    }
    /* New ids go on where the old ones ended. */
    fixture_open(&fix, 500);
    expect(&fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"new.example\"}", 201);
    assert_int_equal(number_of(&fix, "id"), 5);
    fixture_done(&fix);
}

static void test_newer_store(void **state)
{
    fixture fix;
    sqlite3 *db = NULL;
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    toc_error err = {0};
    (void)state;
    make_old_store(&fix);
    assert_int_equal(sqlite3_open(fix.path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "UPDATE meta SET value = '999' WHERE name = 'schema'", NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    options.store = fix.path;
    assert_int_equal(toc_platform_open(&options, &fix.platform, &err), TOC_ESTORE);
    assert_non_null(strstr(err.message, "newer"));
    fix.platform = NULL;
    fixture_done(&fix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_upgrade),
        cmocka_unit_test(test_newer_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
