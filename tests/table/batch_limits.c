/* The table of limits (batch.md 15): each value, and what happens below it, at it and above it. */
#include "wire/platform_fixture.h"

#include "base/error.h"
#include "base/time.h"
#include "batch/send.h"

#define OWNER "Acme CTI"
#define SENT_MAX 8

/* A server that takes everything and counts the items of each request. */
typedef struct server {
    size_t requests, items[SENT_MAX], bytes[SENT_MAX];
    const char *status; /* of jobs that are asked for; NULL: nobody asks */
} server;

static toc_error err;

static toc_rc perform(void *context, const toc_request *request, toc_response *response,
                      toc_error *why)
{
    server *self = context;
    char text[200];
    (void)why;
    if (self->status) {
        (void)snprintf(text, sizeof text,
                       "{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"status\":\"%s\"}}}",
                       self->status);
        self->requests++;
    } else {
        size_t at = self->requests++;
        assert_true(at < SENT_MAX);
        toc_str body = request->body;
        for (ptrdiff_t next; (next = toc_str_find(body, TOC_S("{\"type\""))) >= 0;) {
            self->items[at]++;
            body = toc_str_slice(body, (size_t)next + 7, body.len);
        }
        self->bytes[at] = request->body.len;
        (void)snprintf(text, sizeof text,
                       "{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"status\":\"Completed\""
                       ",\"successCount\":%zu,\"errorCount\":0}}}",
                       self->items[at]);
    }
    toc_response_set_status(response, 200);
    toc_rc rc = toc_response_add_header(response, TOC_S("Content-Type"), TOC_S("application/json"));
    return rc ? rc : toc_response_append(response, text, strlen(text));
}

static toc_session *session(const toc_transport *transport)
{
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_session *sess = NULL;
    options.owner = OWNER;
    options.transport = transport;
    options.retries = 1;
    assert_int_equal(toc_session_open(&options, &sess, NULL), TOC_OK);
    return sess;
}

static toc_session *counting(server *self)
{
    toc_transport transport = {.version = 1, .name = "count", .perform = perform, .context = self};
    return session(&transport);
}

static toc_batch *new_batch(toc_batch_options options)
{
    toc_batch *batch = NULL;
    options.version = 1;
    options.owner = OWNER;
    assert_int_equal(toc_batch_new(&options, &batch, &err), TOC_OK);
    return batch;
}

/* An item of at least so many bytes. */
static void add_host(toc_batch *batch, size_t number, size_t bytes)
{
    TOC_CLEANUP(toc_buf_done) toc_buf json = {.maximum = 1 << 26};
    toc_buf_printf(&json, "{\"type\":\"Host\",\"summary\":\"h%zu.example\",\"ignored\":\"", number);
    while (json.len + 2 < bytes)
        toc_buf_char(&json, 'x');
    toc_buf_lit(&json, "\"}");
    assert_int_equal(
        toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_buf_view(&json), number, &err), TOC_OK);
}

static server submit_hosts(toc_batch_options options, size_t count, size_t bytes)
{
    server self = {0};
    toc_batch *batch = new_batch(options);
    toc_batch_status status;
    for (size_t i = 0; i < count; i++)
        add_host(batch, i, bytes);
    toc_session *sess = counting(&self);
    assert_int_equal(toc_batch_submit(batch, sess, NULL, &status, &err), TOC_OK);
    assert_int_equal(status.items, count);
    assert_int_equal(status.jobs, self.requests);
    toc_session_close(sess);
    toc_batch_free(batch);
    return self;
}

static void values(void **state)
{
    (void)state;
    toc_batch *batch = new_batch((toc_batch_options){0});
    const struct {
        const char *limit;
        uint64_t value, wanted;
    } rows[] = {
        {"items per chunk", batch->chunk_items, 5000},
        /* Less than the 75,000,000 of the module: a chunk is what is held in memory. */
        {"bytes per chunk", batch->chunk_bytes, 16000000},
        {"indicators per job", TOC_MAX_BATCH_INDICATORS, 25000},
        {"attachment", TOC_MAX_CONTENT, UINT64_C(5) * 1024 * 1024 * 1024},
        {"poll time in seconds", batch->poll_timeout_s, 3600},
        {"longest pause in milliseconds", batch->poll_longest_ms, 20000},
        {"characters of a tag", TOC_MAX_TAG_CHARS, 128},
        {"characters of a group name", TOC_MAX_GROUP_NAME_CHARS, 100},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++)
        if (rows[i].value != rows[i].wanted)
            fail_msg("%s: %llu", rows[i].limit, (unsigned long long)rows[i].value);
    assert_string_equal(toc_batch_get(batch, "pollTimeout").ptr, "3600");
    toc_batch_free(batch);
}

static void items_per_chunk(void **state)
{
    (void)state;
    static const size_t counts[][3] = {{4999, 4999, 0}, {5000, 5000, 0}, {5001, 5000, 1}};
    for (size_t i = 0; i < TOC_COUNT(counts); i++) {
        server got = submit_hosts((toc_batch_options){0}, counts[i][0], 0);
        assert_int_equal(got.requests, counts[i][2] ? 2 : 1);
        assert_int_equal(got.items[0], counts[i][1]);
        assert_int_equal(got.items[1], counts[i][2]);
    }
}

/* A chunk is full as soon as its items have reached the limit, frame and separators counted. */
static void bytes_per_chunk(void **state)
{
    (void)state;
    const size_t item = 1000, two = strlen("{\"indicator\":[") + 2 * item + 1;
    assert_int_equal(submit_hosts((toc_batch_options){.chunk_bytes = two - 1}, 3, item).items[0],
                     2);
    assert_int_equal(submit_hosts((toc_batch_options){.chunk_bytes = two}, 3, item).items[0], 2);
    assert_int_equal(submit_hosts((toc_batch_options){.chunk_bytes = two + 1}, 3, item).items[0],
                     3);
    /* As it is unless said otherwise: 16 items of 999,998 bytes stay one byte or more below. */
    server got = submit_hosts((toc_batch_options){0}, 17, 999998);
    assert_int_equal(got.items[0], 17);
    got = submit_hosts((toc_batch_options){0}, 17, 1000000);
    assert_int_equal(got.items[0], 16);
    assert_int_equal(got.items[1], 1);
}

/* Groups do not count; what is surplus is refused, and that is told. */
static void indicators_per_job(void **state)
{
    (void)state;
    fixture fix;
    fixture_new(&fix, UINT32_MAX);
    toc_transport transport;
    assert_int_equal(toc_platform_transport(fix.platform, false, &transport, NULL), TOC_OK);
    toc_session *sess = session(&transport);
    for (size_t count = 24999; count <= 25001; count++) {
        toc_batch *batch = new_batch((toc_batch_options){.chunk_items = 30000});
        toc_batch_status status;
        for (size_t i = 0; i < count; i++)
            add_host(batch, i, 0);
        toc_rc rc = toc_batch_submit(batch, sess, NULL, &status, &err);
        size_t surplus = count > 25000 ? count - 25000 : 0;
        assert_int_equal(rc, surplus ? TOC_EPARTIAL : TOC_OK);
        assert_int_equal(status.jobs, 1);
        assert_int_equal(status.success, count - surplus);
        assert_int_equal(status.errors, surplus);
        toc_batch_free(batch);
    }
    toc_session_close(sess);
    fixture_done(&fix);
}

/* The example of the documentation; the body counts, not the items. */
static void upload_size(void **state)
{
    (void)state;
    fixture fix;
    fixture_new(&fix, UINT32_MAX);
    toc_platform_close(fix.platform);
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    options.store = fix.path;
    options.no_sync = true;
    options.synchronous_batch = UINT32_MAX;
    options.batch_body_max = 2000000;
    assert_int_equal(toc_platform_open(&options, &fix.platform, &err), TOC_OK);
    toc_transport transport;
    assert_int_equal(toc_platform_transport(fix.platform, false, &transport, NULL), TOC_OK);
    toc_session *sess = session(&transport);
    size_t frame = submit_hosts((toc_batch_options){0}, 1, 1000).bytes[0] - 1000;
    for (size_t size = 1999999; size <= 2000001; size++) {
        toc_batch *batch = new_batch((toc_batch_options){0});
        toc_batch_status status;
        add_host(batch, size, size - frame);
        toc_rc rc = toc_batch_submit(batch, sess, NULL, &status, &err);
        if (size <= 2000000 && rc)
            fail_msg("%zu: %s", size, err.message);
        if (size > 2000000) {
            assert_int_equal(rc, TOC_EHTTP);
            assert_int_equal(err.http_status, 400);
            assert_int_equal(err.number, TOC_NUMBER_JOB_STATUS);
            assert_non_null(
                strstr(err.message, "File size greater than allowable limit of 2000000"));
            assert_int_equal(toc_batch_count(batch, TOC_KIND_INDICATOR), 1);
        }
        toc_batch_free(batch);
    }
    toc_session_close(sess);
    fixture_done(&fix);
}

typedef struct content {
    toc_batch *batch;
    size_t maximum;
    toc_rc rc;
} content;

static toc_rc read_one(void *user, const toc_batch_file *file, toc_error *why)
{
    content *self = user;
    TOC_CLEANUP(toc_buf_done) toc_buf text = {.maximum = self->maximum};
    self->rc = toc__batch_file_read(self->batch, file, &text, why);
    return TOC_BATCH_FILE_LATER;
}

/* Five gigabytes are more than a test should hold: the same check with a smaller limit. The whole
 * size is in tests/misuse/batch_input.c and, of the server, in tests/wire/server_content.c. */
static void attachment_size(void **state)
{
    (void)state;
    char path[] = "/tmp/tocsin-limit-XXXXXX";
    int fd TOC_AUTOCLOSE = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 100000), 0);
    toc_batch *batch = new_batch((toc_batch_options){0});
    toc_batch_content source = {.path = path};
    assert_int_equal(toc_batch_attach(batch, "Report", TOC_S("r"), TOC_S("f"), &source, 1, &err),
                     TOC_OK);
    for (size_t maximum = 99999; maximum <= 100001; maximum++) {
        content self = {.batch = batch, .maximum = maximum};
        assert_int_equal(toc__batch_files_each(batch, read_one, &self, &err), TOC_OK);
        assert_int_equal(self.rc, maximum < 100000 ? TOC_ELIMIT : TOC_OK);
    }
    assert_int_equal(unlink(path), 0);
    toc_batch_free(batch);
}

/* A job that is over counts even when it took longer; one that runs is given up at the limit. */
static void poll_time(void **state)
{
    (void)state;
    static const struct {
        uint64_t spent_s;
        const char *status;
        toc_rc rc;
    } rows[] = {
        {3000, "Completed", TOC_OK}, {3600, "Completed", TOC_OK}, {3700, "Completed", TOC_OK},
        {3600, "Running", TOC_ENET}, {3700, "Queued", TOC_ENET},
    };
    toc_batch *batch = new_batch((toc_batch_options){0});
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        server self = {.status = rows[i].status};
        toc_session *sess = counting(&self);
        toc_batch_job job = {.id = 7};
        job.started_ms = toc_time_ticks_ms() - rows[i].spent_s * 1000;
        toc_rc rc = toc__job_wait(batch, sess, &job, batch->poll_timeout_s, &err);
        assert_int_equal(rc, rows[i].rc);
        assert_int_equal(self.requests, 1);
        if (rc) {
            assert_int_equal(err.number, TOC_NUMBER_POLL_TIMEOUT);
            assert_string_equal(err.message, "Batch status check reached timeout (3600 seconds).");
        }
        toc_session_close(sess);
    }
    toc_batch_free(batch);
}

static bool stop_at_second(void *user)
{
    return ++*(unsigned *)user > 2;
}

/* Below the limit it goes on asking. */
static void poll_time_below(void **state)
{
    (void)state;
    toc_batch *batch = new_batch((toc_batch_options){.poll_first_ms = 1});
    server self = {.status = "Running"};
    unsigned asked = 0;
    toc_transport transport = {.version = 1, .name = "count", .perform = perform, .context = &self};
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_session *sess = NULL;
    options.transport = &transport;
    options.cancel = stop_at_second;
    options.cancel_user = &asked;
    assert_int_equal(toc_session_open(&options, &sess, NULL), TOC_OK);
    toc_batch_job job = {.id = 7, .started_ms = toc_time_ticks_ms() - UINT64_C(3000) * 1000};
    assert_int_equal(toc__job_wait(batch, sess, &job, batch->poll_timeout_s, &err), TOC_ECANCELED);
    toc_session_close(sess);
    toc_batch_free(batch);
}

/* The writer's field says 100,000, and nothing is enforced there or here. */
static void items_of_a_batch(void **state)
{
    (void)state;
    toc_batch *batch = new_batch((toc_batch_options){0});
    for (size_t i = 0; i < 100001; i++)
        add_host(batch, i, 0);
    assert_int_equal(toc_batch_count(batch, TOC_KIND_INDICATOR), 100001);
    toc_batch_free(batch);
}

/* So many characters of two bytes. */
static const char *characters(size_t count)
{
    static char text[512];
    for (size_t i = 0; i < count; i++)
        memcpy(text + 2 * i, "\xC3\xA9", 2);
    text[2 * count] = '\0';
    return text;
}

static void tag_length(void **state)
{
    (void)state;
    toc_batch *batch = new_batch((toc_batch_options){0});
    for (size_t count = 127; count <= 129; count++) {
        toc_object *obj = NULL;
        assert_int_equal(
            toc_object_new(toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host")), &obj, &err),
            TOC_OK);
        assert_int_equal(toc_object_set_summary(obj, TOC_S("a.example"), &err), TOC_OK);
        toc_rc rc = toc_object_add_tag(obj, toc_str_of(characters(count)), &err);
        if (!rc)
            rc = toc_batch_add(batch, obj, 1, &err);
        assert_int_equal(rc, count > 128 ? TOC_EINVAL : TOC_OK);
        if (rc)
            assert_string_equal(err.field, "tag");
        toc_object_free(obj);
        char *safe = NULL;
        assert_int_equal(toc_safe_tag(toc_str_of(characters(count)), &safe, &err), TOC_OK);
        assert_int_equal(strlen(safe), 6 * (count > 128 ? 128 : count));
        toc_free(safe);
    }
    assert_int_equal(toc_batch_count(batch, TOC_KIND_INDICATOR), 2);
    toc_batch_free(batch);
}

/* A name of more characters is made to fit by whoever wants that. */
static void group_name_length(void **state)
{
    (void)state;
    for (size_t count = 99; count <= 101; count++) {
        char *safe = NULL;
        toc_str name = toc_str_of(characters(count));
        assert_int_equal(toc_safe_group_name(name, 0, false, &safe, &err), TOC_OK);
        assert_int_equal(toc_str_utf8_chars(toc_str_of(safe)), count > 100 ? 100 : count);
        toc_free(safe);
        assert_int_equal(toc_safe_group_name(name, 0, true, &safe, &err), TOC_OK);
        assert_int_equal(toc_str_ends(toc_str_of(safe), TOC_S(" ...")), count > 100);
        assert_true(toc_str_utf8_chars(toc_str_of(safe)) <= 100);
        toc_free(safe);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(items_per_chunk),
        cmocka_unit_test(bytes_per_chunk),
        cmocka_unit_test(indicators_per_job),
        cmocka_unit_test(upload_size),
        cmocka_unit_test(attachment_size),
        cmocka_unit_test(poll_time),
        cmocka_unit_test(poll_time_below),
        cmocka_unit_test(items_of_a_batch),
        cmocka_unit_test(tag_length),
        cmocka_unit_test(group_name_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
