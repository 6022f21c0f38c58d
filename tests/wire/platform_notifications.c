/* Notifications; log lines of clients; what only the vendor's own applications ask for. */
#include "store/db.h"
#include "wire/signed.h"

#define NOTES "/v2/notifications"
#define HEAD "\"message\":\"Look **here**\",\"notificationType\":\"Review\",\"priority\":\"High\""

static int setup(void **state)
{
    fixture *fix = calloc(1, sizeof(*fix));
    if (!fix)
        return -1;
    fixture_new(fix, 500);
    assert_int_equal(toc_platform_add_owner(fix->platform, "Umbrella", "Organization", NULL, NULL),
                     0);
    *state = fix;
    return 0;
}

/* A number out of the store. */
static long long stored(fixture *fix, const char *sql)
{
    toc_db_options options = {.read_only = true, .busy_ms = 5000};
    toc_db *db = NULL;
    toc_stmt *stmt = NULL;
    assert_int_equal(toc_db_open(fix->path, &options, &db, NULL), 0);
    assert_int_equal(toc_db_stmt(db, sql, &stmt, NULL), 0);
    assert_int_equal(toc_step(stmt, NULL), 1);
    long long value = toc_column_int(stmt, 0);
    toc_stmt_reset(stmt);
    toc_db_close(db);
    return value;
}

static void store_run(fixture *fix, const char *sql)
{
    toc_db_options options = {.busy_ms = 5000};
    toc_db *db = NULL;
    assert_int_equal(toc_db_open(fix->path, &options, &db, NULL), 0);
    assert_int_equal(toc_db_exec(db, sql, NULL), 0);
    toc_db_close(db);
}

#define COUNT "SELECT count(*) FROM notification"

static long long owner_id(fixture *fix, const char *name)
{
    char sql[128];
    (void)snprintf(sql, sizeof(sql), "SELECT id FROM owner WHERE name = '%s'", name);
    return stored(fix, sql);
}

static toc_new_user new_user(fixture *fix, const char *organization, const char *role,
                             const char *feed_role)
{
    toc_new_user user;
    assert_int_equal(toc_platform_add_user_as(fix->platform, organization, role, NULL, &user, NULL),
                     0);
    if (feed_role)
        assert_int_equal(
            toc_platform_grant(fix->platform, user.access_id, "Shared Feed", feed_role, NULL), 0);
    return user;
}

/* Sends a notification with this tail as the user; returns the status. */
static int notify(fixture *fix, const toc_new_user *user, const char *tail)
{
    char body[512];
    (void)snprintf(body, sizeof(body), "{" HEAD ",%s}", tail);
    return ask_as(fix, user, "POST", NOTES, body);
}

static void they_are_kept(void **state)
{
    fixture *fix = *state;
    char body[512];
    expect(fix, "POST", NOTES, "{" HEAD ",\"isOrganization\":true}", 200);
    assert_string_equal(fixture_body(fix), "{\"status\":\"Success\"}");
    (void)snprintf(body, sizeof(body), "{" HEAD ",\"recipients\":\" %s , %s,\"}",
                   fix->user.access_id, fix->user.access_id);
    expect(fix, "POST", NOTES, body, 200);
    (void)snprintf(body, sizeof(body), "{" HEAD ",\"ownerId\":\"%lld\",\"more\":{}}",
                   owner_id(fix, "Shared Feed"));
    expect(fix, "POST", NOTES, body, 200);
    assert_int_equal(stored(fix, COUNT), 3);
    assert_int_equal(stored(fix, COUNT " WHERE message = 'Look **here**' AND type = 'Review' AND"
                                       " priority = 'high'"),
                     3);
    assert_int_equal(stored(fix, COUNT " WHERE owner_id IS NULL AND recipients IS NOT NULL"), 1);
    /* Old ones make way for new ones. */
    store_run(fix, "UPDATE notification SET created = created - 91 * 86400");
    expect(fix, "POST", NOTES, "{" HEAD ",\"isOrganization\":\"True\"}", 200);
    assert_int_equal(stored(fix, COUNT), 2);
    expect(fix, "POST", NOTES, "{" HEAD ",\"isOrganization\":1}", 200);
    assert_int_equal(stored(fix, COUNT), 2);
}

static void rights(void **state)
{
    fixture *fix = *state;
    static const struct {
        const char *role;
        int status;
    } rows[] = {{"User", 401},   {"Commenter", 200}, {"Contributor", 200},
                {"Editor", 200}, {"Director", 200},  {"Banned", 403}};
    char feed[64];
    (void)snprintf(feed, sizeof(feed), "\"ownerId\":%lld", owner_id(fix, "Shared Feed"));
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_new_user user = new_user(fix, "Acme CTI", "Standard User", rows[i].role);
        int status = notify(fix, &user, feed);
        if (status != rows[i].status)
            fail_msg("%s: %d: %s", rows[i].role, status, fixture_body(fix));
        /* No administrator of the organization. */
        assert_int_equal(notify(fix, &user, "\"isOrganization\":true"), 401);
        contains(fix, "The requested Notification was not created - access was denied");
    }
    toc_new_user admin = new_user(fix, "Acme CTI", "Organization Administrator", NULL);
    assert_int_equal(notify(fix, &admin, "\"isOrganization\":true"), 200);
    /* No owner has this number, whichever the user asked for before. */
    assert_int_equal(notify(fix, &admin, "\"ownerId\":0"), 403);
    assert_int_equal(notify(fix, &admin, feed), 403);
    contains(fix, "The requested owner was not found");
    (void)snprintf(feed, sizeof(feed), "\"ownerId\":%lld", owner_id(fix, "Umbrella"));
    assert_int_equal(notify(fix, &admin, feed), 403);
    (void)snprintf(feed, sizeof(feed), "\"ownerId\":%lld", owner_id(fix, "Acme CTI"));
    assert_int_equal(notify(fix, &admin, feed), 200);
    assert_int_equal(stored(fix, COUNT), 6);
}

static void recipients(void **state)
{
    fixture *fix = *state;
    toc_new_user colleague = new_user(fix, "Acme CTI", "Standard User", NULL);
    toc_new_user reader = new_user(fix, "Acme CTI", "Read Only User", NULL);
    toc_new_user stranger = new_user(fix, "Umbrella", "Standard User", NULL);
    toc_new_user partner = new_user(fix, "Umbrella", "Standard User", "User");
    toc_new_user banned = new_user(fix, "Umbrella", "Standard User", "Banned");
    char tail[128];
    assert_int_equal(
        toc_platform_grant(fix->platform, colleague.access_id, "Shared Feed", "Editor", NULL), 0);
    const struct {
        const toc_new_user *from, *to;
        int status;
    } rows[] = {
        {&colleague, &fix->user, 200}, {&reader, &colleague, 200},   {&colleague, &partner, 200},
        {&reader, &partner, 400},      {&colleague, &banned, 400},   {&colleague, &stranger, 400},
        {&partner, &colleague, 200},   {&stranger, &colleague, 400},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        (void)snprintf(tail, sizeof(tail), "\"recipients\":\"%s\"", rows[i].to->access_id);
        int status = notify(fix, rows[i].from, tail);
        if (status != rows[i].status)
            fail_msg("row %zu: %d: %s", i, status, fixture_body(fix));
    }
    (void)snprintf(tail, sizeof(tail), "\"recipients\":\"%s,nobody\"", fix->user.access_id);
    assert_int_equal(notify(fix, &colleague, tail), 400);
    contains(fix, "The recipients for this Notification is invalid");
    (void)snprintf(tail, sizeof(tail), "\"recipients\":\"%s\"", colleague.access_id);
    assert_int_equal(toc_platform_revoke_user(fix->platform, colleague.access_id, NULL), 0);
    assert_int_equal(notify(fix, &reader, tail), 400);
    assert_int_equal(stored(fix, COUNT), 4);
}

static void bad_notifications(void **state)
{
    fixture *fix = *state;
    static const char *const bodies[] = {
        "",
        "nonsense",
        "[]",
        "{}",
        "{" HEAD "}",
        "{" HEAD ",\"isOrganization\":false}",
        "{" HEAD ",\"isOrganization\":\"maybe\"}",
        "{" HEAD ",\"isOrganization\":{}}",
        "{" HEAD ",\"recipients\":\"\"}",
        "{" HEAD ",\"recipients\":\" , ,\"}",
        "{" HEAD ",\"recipients\":\"nobody\"}",
        "{" HEAD ",\"recipients\":[\"nobody\"]}",
        "{" HEAD ",\"ownerId\":\"first\"}",
        "{" HEAD ",\"ownerId\":1.5}",
        "{" HEAD ",\"ownerId\":99999999999999999999}",
        "{\"notificationType\":\"t\",\"priority\":\"low\",\"isOrganization\":true}",
        "{\"message\":\"\",\"notificationType\":\"t\",\"priority\":\"low\","
        "\"isOrganization\":true}",
        "{\"message\":\"m\",\"priority\":\"low\",\"isOrganization\":true}",
        "{\"message\":\"m\",\"notificationType\":\"\",\"priority\":\"low\","
        "\"isOrganization\":true}",
        "{\"message\":\"m\",\"notificationType\":\"SYSTEM\",\"priority\":\"low\","
        "\"isOrganization\":true}",
        "{\"message\":\"m\",\"notificationType\":\" system \",\"priority\":\"low\","
        "\"isOrganization\":true}",
        "{\"message\":\"m\",\"notificationType\":\"t\",\"isOrganization\":true}",
        "{\"message\":\"m\",\"notificationType\":\"t\",\"priority\":\"urgent\","
        "\"isOrganization\":true}",
        "{" HEAD ",\"isOrganization\":true",
    };
    for (size_t i = 0; i < TOC_COUNT(bodies); i++) {
        expect(fix, "POST", NOTES, bodies[i], 400);
        contains(fix, "{\"status\":\"Failure\",\"message\":\"");
    }
    expect(fix, "POST", NOTES, "{" HEAD ",\"ownerId\":12345}", 403);
    expect(fix, "POST", NOTES, "{" HEAD ",\"ownerId\":-1}", 403);
    expect(fix, "GET", NOTES, NULL, 404);
    assert_int_equal(stored(fix, COUNT), 0);
}

/* A message of so many letters. */
static int long_message(fixture *fix, size_t letters, size_t type_letters)
{
    toc_buf body;
    toc_buf_init(&body, (size_t)1 << 20);
    toc_buf_lit(&body, "{\"priority\":\"low\",\"isOrganization\":true,\"message\":\"");
    for (size_t i = 0; i < letters; i++)
        toc_buf_char(&body, 'm');
    toc_buf_lit(&body, "\",\"notificationType\":\"");
    for (size_t i = 0; i < type_letters; i++)
        toc_buf_lit(&body, "\xc3\xa4");
    toc_buf_lit(&body, "\"}");
    int status = ask(fix, "POST", NOTES, body.ptr);
    toc_buf_done(&body);
    return status;
}

static void lengths(void **state)
{
    fixture *fix = *state;
    assert_int_equal(long_message(fix, 65536, 50), 200);
    assert_int_equal(long_message(fix, 65537, 50), 400);
    contains(fix, "please enter a message between 1-65536 characters in length");
    assert_int_equal(long_message(fix, 1, 51), 400);
    contains(fix, "please enter a notificationType between 1-50 characters in length");
    assert_int_equal(stored(fix, COUNT), 1);
    toc_buf body;
    toc_buf_init(&body, (size_t)1 << 20);
    toc_buf_lit(&body, "{" HEAD ",\"recipients\":\"");
    for (int i = 0; i <= TOC_MAX_RECIPIENTS; i++)
        toc_buf_printf(&body, "%s,", fix->user.access_id);
    toc_buf_lit(&body, "\"}");
    expect(fix, "POST", NOTES, body.ptr, 400);
    toc_buf_done(&body);
}

static void log_lines(void **state)
{
    fixture *fix = *state;
    expect(fix, "POST", "/v2/logs/app",
           "[{\"timestamp\":1709287200000,\"message\":\"m\",\"level\":\"DEBUG\"},{}]", 200);
    contains(fix, "{\"status\":\"Success\",\"data\":{\"count\":2}}");
    expect(fix, "POST", "/v2/logs/app", "[]", 200);
    contains(fix, "\"count\":0");
    expect(fix, "POST", "/v2/logs/app", "", 400);
    expect(fix, "POST", "/v2/logs/app", "{}", 400);
    expect(fix, "POST", "/v2/logs/app", "[1]", 400);
    expect(fix, "POST", "/v2/logs/app", "[{}", 400);
}

static void not_here(void **state)
{
    fixture *fix = *state;
    static const struct {
        const char *method, *target;
    } rows[] = {
        {"GET", "/internal/job/execution/parameters"},
        {"GET", "/api/internal/job/execution/parameters"},
        {"GET", "/internal/variable/runtime/TCEnvVariables/key"},
        {"GET", "/api/internal/variable/runtime/TCEnvVariables/key"},
        {"POST", "/v2/exchange/db/organization/type/command"},
        {"POST", "/v2/exchange/db/local/type/command"},
        {"GET", "/v2/exchange/spaces/1/state"},
        {"POST", "/v2/exchange/spaces/1/state"},
        {"GET", "/v2/exchange/spaces/1/file/name.txt"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        expect(fix, rows[i].method, rows[i].target, NULL, 404);
        assert_string_equal(fixture_body(fix),
                            "{\"status\":\"Failure\",\"message\":\"The requested resource was not "
                            "found\"}");
        toc_str type = toc_response_header(fix->response, "Content-Type");
        assert_true(toc_str_equal(type, TOC_S("application/json")));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(they_are_kept), TEST(rights),    TEST(recipients), TEST(bad_notifications),
        TEST(lengths),       TEST(log_lines), TEST(not_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
