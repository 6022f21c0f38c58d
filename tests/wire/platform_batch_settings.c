/* Who may run batch jobs, what their settings are, how files come (rest-v2 4.1 to 4.5). */
#include "wire/batch_fixture.h"

/* --- preconditions ------------------------------------------------------------------------- */

static void reopen(fixture *fix, const toc_platform_options *with)
{
    toc_platform_options options = *with;
    toc_error err = {0};
    toc_platform_close(fix->platform);
    options.store = fix->path;
    options.no_sync = true;
    if (toc_platform_open(&options, &fix->platform, &err))
        fail_msg("open: %s", err.message);
}

static void switched_off_everything_is_503(void **state)
{
    static const struct {
        const char *method, *target;
    } rows[] = {{"POST", "/v2/batch"},         {"POST", "/v2/batch/createAndUpload"},
                {"POST", "/v2/batch/1"},       {"PUT", "/v2/batch/1"},
                {"GET", "/v2/batch/1"},        {"GET", "/v2/batch/1/errors"},
                {"GET", "/v2/batch/1/results"}};
    fixture *fix = *state;
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    options.batch_disabled = true;
    expect(fix, "POST", "/v2/batch", SETTINGS(""), 201);
    reopen(fix, &options);
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        expect(fix, rows[i].method, rows[i].target, SETTINGS(""), 503);
        assert_string_equal(fixture_body(fix),
                            "Batch job api is not available.  Ensure that batchJobEnabled is true "
                            "and document storage is enabled and configured;");
        assert_true(toc_response_is(fix->response, "text/plain"));
    }
}

/* Signed by the user, from the multipart form when there is a content. */
static int ask_as(fixture *fix, const toc_new_user *user, const char *method, const char *target,
                  const char *body, bool form)
{
    toc_signer *signer = NULL;
    toc_buf header;
    char timestamp[32];
    int64_t now = toc_time_now();
    toc_buf_init(&header, 256);
    assert_int_equal(toc_signer_new(toc_str_of(user->secret_key), &signer, NULL), 0);
    assert_int_equal(toc_sign_header(signer, toc_str_of(user->access_id), toc_str_of(target),
                                     toc_str_of(method), now, &header),
                     0);
    (void)snprintf(timestamp, sizeof(timestamp), "%lld", (long long)now);
    toc_header headers[] = {{TOC_S("Authorization"), toc_buf_view(&header)},
                            {TOC_S("Timestamp"), toc_str_of(timestamp)},
                            {TOC_S("Content-Type"), form ? TOC_S("multipart/form-data; boundary=b")
                                                         : TOC_S("application/json")}};
    toc_request request = {.method = method,
                           .target = toc_str_of(target),
                           .headers = headers,
                           .header_count = TOC_COUNT(headers),
                           .body = toc_str_of(body)};
    assert_int_equal(toc_platform_handle(fix->platform, &request, false, fix->response, NULL), 0);
    toc_signer_free(signer);
    toc_buf_done(&header);
    return toc_response_status(fix->response);
}

#define FEED_JOB "{\"owner\":\"Shared Feed\",\"action\":\"Create\",\"version\":\"V2\"}"
#define FEED_FORM                                                                                  \
    "--b\r\nContent-Disposition: form-data; name=\"config\"\r\n\r\n" FEED_JOB                      \
    "\r\n--b\r\nContent-Disposition: form-data; name=\"content\"\r\n\r\n{}\r\n--b--\r\n"
#define DENIED                                                                                     \
    "Unable to perform the requested operation due to the following error(s): "                    \
    "You do not have permission to create "

static void the_role_must_cover_every_kind(void **state)
{
    static const struct {
        const char *role;
        int status;
        const char *body;
    } rows[] = {
        {"User", 401, DENIED "Indicators; Groups; Attributes; Tags; Security Labels;"},
        {"Commenter", 401, DENIED "Indicators; Groups; Attributes; Tags; Security Labels;"},
        {"Contributor", 401, DENIED "Attributes; Security Labels;"},
        {"Editor", 201, NULL},
        {"Director", 201, NULL},
    };
    fixture *fix = *state;
    const toc_new_user *user = &fix->user;
    assert_int_equal(ask_as(fix, user, "POST", "/api/v2/batch", FEED_JOB, false), 403);
    contains(fix, "The requested owner was not found");
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        assert_int_equal(
            toc_platform_grant(fix->platform, user->access_id, "Shared Feed", rows[i].role, NULL),
            0);
        assert_int_equal(ask_as(fix, user, "POST", "/api/v2/batch", FEED_JOB, false),
                         rows[i].status);
        if (rows[i].body) {
            assert_string_equal(fixture_body(fix), rows[i].body);
            assert_true(toc_response_is(fix->response, "text/plain"));
        }
        int inline_status =
            ask_as(fix, user, "POST", "/api/v2/batch/createAndUpload", FEED_FORM, true);
        assert_int_equal(inline_status, rows[i].body ? 401 : 200);
        if (rows[i].body)
            assert_string_equal(fixture_body(fix), rows[i].body);
    }
}

/* A job of an owner that the caller does not see is not there; one that it may only read takes no
 * file from it. */
static void jobs_follow_their_owner(void **state)
{
    fixture *fix = *state;
    const toc_new_user *user = &fix->user;
    char target[64];
    expect(fix, "POST", "/v2/batch", FEED_JOB, 201);
    (void)snprintf(target, sizeof(target), "/api/v2/batch/%lld", number_of(fix, "batchId"));
    assert_int_equal(ask_as(fix, user, "GET", target, NULL, false), 404);
    assert_int_equal(ask_as(fix, user, "POST", target, "{}", false), 404);
    assert_int_equal(
        toc_platform_grant(fix->platform, user->access_id, "Shared Feed", "User", NULL), 0);
    assert_int_equal(ask_as(fix, user, "GET", target, NULL, false), 200);
    assert_int_equal(ask_as(fix, user, "POST", target, "{}", false), 401);
}

/* --- settings ------------------------------------------------------------------------------ */

static void settings_are_read_strictly(void **state)
{
    static const struct {
        const char *config;
        int status;
        const char *text;
    } rows[] = {
        {"{\"owner\":\"Acme CTI\",\"action\":\"Create\"}", 201, NULL},
        {"{\"owner\":\"Acme CTI\",\"action\":\"Delete\",\"version\":\"V1\","
         "\"attributeWriteType\":\"Static\"}",
         201, NULL},
        {SETTINGS(",\"attributeWriteType\":\"Singleton\",\"tagWriteType\":\"Append\","
                  "\"securityLabelWriteType\":\"Append\",\"fileMergeMode\":\"Distribute\","
                  "\"hashCollisionMode\":\"Split\",\"playbookTriggersEnabled\":\"false\","
                  "\"removeOrphanIndicators\":false,\"unknown\":{\"a\":[1]}"),
         201, NULL},
        {SETTINGS(",\"tagWriteType\":null,\"removeOrphanIndicators\":\"true\""), 201, NULL},
        {"{\"owner\":\"Acme CTI\"}", 400, "The action for this Batch is invalid"},
        {"{\"action\":\"Create\"}", 400, "The owner for this Batch is invalid"},
        {"{\"owner\":7,\"action\":\"Create\"}", 400, "The owner for this Batch is invalid"},
        {"{\"owner\":\"Acme CTI\",\"Action\":\"Create\"}", 400, "The action"},
        {"{\"owner\":\"Acme CTI\",\"action\":\"Create\",\"attributeWriteType\":\"Singleton\"}", 400,
         "The attributeWriteType for this Batch is invalid"},
        {SETTINGS(",\"version\":\"V3\""), 400, "The version for this Batch is invalid"},
        {SETTINGS(",\"version\":2"), 400, "The version for this Batch is invalid"},
        {SETTINGS(",\"attributeWriteType\":\"Merge\""), 400, "The attributeWriteType"},
        {SETTINGS(",\"tagWriteType\":\"Static\""), 400, "The tagWriteType"},
        {SETTINGS(",\"securityLabelWriteType\":\"Distribute\""), 400, "The securityLabelWriteType"},
        {SETTINGS(",\"fileMergeMode\":\"Both\""), 400, "The fileMergeMode"},
        {SETTINGS(",\"hashCollisionMode\":\"\""), 400, "The hashCollisionMode"},
        {SETTINGS(",\"haltOnError\":1,\"removeOrphanIndicators\":0"), 201, NULL},
        {SETTINGS(",\"haltOnError\":2"), 400, "The haltOnError"},
        {SETTINGS(",\"playbookTriggersEnabled\":\"maybe\""), 400, "The playbookTriggersEnabled"},
        {SETTINGS(",\"removeOrphanIndicators\":[]"), 400, "The removeOrphanIndicators"},
        {SETTINGS("") "x", 400, "The request was not properly formed"},
        {"[]", 400, "The request was not properly formed"},
        {"", 400, "The request was not properly formed"},
        {"{\"owner\":\"Nobody\",\"action\":\"Create\"}", 403, "The requested owner was not found"},
    };
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        expect(fix, "POST", "/v2/batch", rows[i].config, rows[i].status);
        contains(fix,
                 rows[i].text ? rows[i].text : "{\"status\":\"Success\",\"data\":{\"batchId\":");
    }
    expect(fix, "POST", "/v2/batch?owner=Acme+CTI", "{\"action\":\"Create\"}", 201);
}

/* --- files --------------------------------------------------------------------------------- */

static void one_file_a_job(void **state)
{
    fixture *fix = *state;
    char target[64];
    expect(fix, "POST", "/v2/batch", SETTINGS(""), 201);
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld", number_of(fix, "batchId"));
    expect(fix, "GET", target, NULL, 200);
    contains(fix,
             "\"status\":\"Created\",\"errorCount\":0,\"successCount\":0,\"unprocessCount\":0}");
    expect(fix, "PUT", target, "{\"file\":{\"x\":\"y\"},\"indicator\":[]}", 202);
    char wanted[192];
    (void)snprintf(wanted, sizeof(wanted),
                   "{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"id\":%s,\"status\":"
                   "\"Queued\",\"errorCount\":0,\"successCount\":0,\"unprocessCount\":0}}}",
                   strrchr(target, '/') + 1);
    assert_string_equal(fixture_body(fix), wanted);
    expect(fix, "POST", target, "{}", 400);
    contains(fix, "{\"status\":\"Invalid\",\"description\":\"");
    assert_int_equal(toc_platform_work(fix->platform, NULL, NULL, NULL), 1);
    expect(fix, "POST", target, "{}", 400);
    expect(fix, "GET", target, NULL, 200);
    contains(fix, "\"status\":\"Completed\",\"errorCount\":0,\"successCount\":0");
    lacks(fix, "successAssociationCount");
}

static void too_big_is_said_with_the_limit(void **state)
{
    fixture *fix = *state;
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    char target[64];
    options.batch_body_max = 2000;
    reopen(fix, &options);
    expect(fix, "POST", "/v2/batch", SETTINGS(""), 201);
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld", number_of(fix, "batchId"));
    char body[2002];
    memset(body, ' ', sizeof(body));
    body[2001] = '\0';
    expect(fix, "POST", target, body, 400);
    assert_string_equal(fixture_body(fix), "{\"status\":\"Invalid\",\"description\":\"File size "
                                           "greater than allowable limit of 2000\"}");
    body[2000] = '\0';
    expect(fix, "POST", target, body, 202);
}

#define HOST_FILE "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"a.example\"}]}"

static void forms_come_in_many_shapes(void **state)
{
    static const struct {
        const char *type, *body;
        int status;
    } rows[] = {
        {"multipart/form-data; boundary=b",
         "--b\r\nContent-Disposition: form-data; name=\"config\"; "
         "filename=\"config\"\r\n\r\n" SETTINGS(
             "") "\r\n--b\r\nContent-Disposition: form-data; name=\"content\"; "
                 "filename=\"content\"\r\n\r\n" HOST_FILE "\r\n--b--\r\n",
         200},
        {"Multipart/Form-Data; charset=x; boundary=\"b;c\"",
         "preamble\r\n--b;c\r\nContent-Type: text/plain\r\ncontent-disposition: form-data; "
         "filename=\"a; name=config\"; name=content\r\n\r\n" HOST_FILE
         "\r\n--b;c\r\nContent-Disposition: form-data; name=config\r\n\r\n" SETTINGS(
             "") "\r\n--b;c--",
         200},
        {"multipart/form-data; boundary=b",
         "--b\r\nContent-Disposition: form-data; name=\"config\"\r\n\r\n" SETTINGS(
             "") "\r\n--b--\r\n",
         400},
        {"multipart/form-data; boundary=b",
         "--b\r\nContent-Disposition: form-data; name=\"config\"\r\n\r\n" SETTINGS(""), 400},
        {"multipart/form-data", "--b\r\n\r\n--b--", 400},
        {"application/json", "{}", 400},
        {"multipart/form-data; boundary=b", "", 400},
        {"multipart/form-data; boundary=b",
         "--b\r\nContent-Disposition: form-data; name=\"config\"\r\n\r\n{}\r\n--b\r\n"
         "Content-Disposition: form-data; name=\"content\"\r\n\r\n{}\r\n--b--\r\n",
         400},
    };
    fixture *fix = *state;
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_header header = {TOC_S("content-type"), toc_str_of(rows[i].type)};
        toc_request request = {.method = "POST",
                               .target =
                                   TOC_S("/api/v2/batch/createAndUpload?includeAdditional=true"),
                               .headers = &header,
                               .header_count = 1,
                               .body = toc_str_of(rows[i].body)};
        assert_int_equal(toc_platform_handle(fix->platform, &request, true, fix->response, NULL),
                         0);
        if (toc_response_status(fix->response) != rows[i].status)
            fail_msg("row %zu: %s", i, fixture_body(fix));
        if (rows[i].status == 200)
            contains(fix, "{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"status\":"
                          "\"Completed\",\"errorCount\":0,\"successCount\":1,\"unprocessCount\":0,"
                          "\"successIndicatorCount\":1,");
    }
}

/* The limit is a number of items, of all arrays together. */
static void the_limit_of_inline_jobs(void **state)
{
    static const char three[] =
        "{\"group\":[{\"type\":\"Threat\",\"name\":\"t\",\"xid\":\"t\"}],\"indicator\":["
        "{\"type\":\"Host\",\"summary\":\"a.example\"}],\"association\":[{\"ref_1\":\"a.example\","
        "\"type_1\":\"Host\",\"ref_2\":\"t\"}]}";
    fixture *fix = *state;
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    options.synchronous_batch = 2;
    reopen(fix, &options);
    assert_int_equal(batch(fix, three), 202);
    contains(fix, "\"status\":\"Queued\"");
    assert_true(number_of(fix, "id") > 0);
    assert_int_equal(toc_platform_work(fix->platform, NULL, NULL, NULL), 1);
    options.synchronous_batch = 3;
    reopen(fix, &options);
    assert_int_equal(batch(fix, three), 200);
    contains(fix, "\"status\":\"Completed\"");
    lacks(fix, "\"id\":");
    /* With errors there is an id to ask for them by. */
    assert_int_equal(batch(fix, "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"\"}]}"), 200);
    contains(fix, "\"status\":\"Completed\",\"errorCount\":1,");
    assert_true(number_of(fix, "id") > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        batch_test(switched_off_everything_is_503),
        batch_test(the_role_must_cover_every_kind),
        batch_test(jobs_follow_their_owner),
        batch_test(settings_are_read_strictly),
        batch_test(one_file_a_job),
        batch_test(too_big_is_said_with_the_limit),
        batch_test(forms_come_in_many_shapes),
        batch_test(the_limit_of_inline_jobs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
