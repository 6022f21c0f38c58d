/* Bulk reports over a scripted transport. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "support/script.h"
#include "tocsin/bulk.h"

#define TYPES "{\"status\":\"Success\",\"data\":{\"resultCount\":0,\"indicatorType\":[]}}"
#define ITEM(id, owner, rating)                                                                    \
    "{\"id\":" id ",\"ownerName\":\"" owner "\",\"type\":\"Host\",\"rating\":" rating              \
    ",\"confidence\":50,\"threatAssessRating\":4.38,\"dateAdded\":\"2024-03-01T10:00:00Z\","       \
    "\"summary\":\"h" id ".example\",\"attribute\":[{\"id\":1,\"type\":\"Source\",\"value\":"      \
    "\"a\\\\b\"}],\"tag\":[{\"name\":\"t" id "\",\"webLink\":\"x\"},{\"name\":\"apt\"}]}"
#define REPORT(items) "{\"indicator\":[" items "]}"

static toc_error err;
static script play;

static toc_session *start(const script_answer *answers, size_t count)
{
    return script_start(&play, answers, count,
                        (toc_session_options){.api_url = "https://t/api",
                                              .access_id = "12345",
                                              .secret_key = "SECRET",
                                              .owner = "Acme",
                                              .retry_sleep_ms = 1,
                                              .result_limit = 2});
}

static toc_filter *make(toc_kind kind)
{
    toc_filter *filter = NULL;
    assert_int_equal(toc_filter_new(kind, NULL, &filter, &err), TOC_OK);
    return filter;
}

static int read_ids(toc_list *list, char *out)
{
    toc_object *obj = NULL;
    int found;
    memset(&err, 0, sizeof(err));
    while ((found = toc_list_next(list, &obj, &err)) == 1)
        *out++ = (char)('0' + toc_object_get_int(obj, "id"));
    *out = '\0';
    return found;
}

static void test_embedded_lists(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = TYPES},
        {.status = 200, .body = REPORT(ITEM("1", "Acme", "3.0") "," ITEM("2", "Other", "2.0"))}};
    toc_session *sess = start(answers, 2);
    toc_list *list = NULL;
    toc_object *obj = NULL;
    toc_str type, value;
    assert_int_equal(toc_bulk_open(sess, NULL, false, NULL, &list, &err), TOC_OK);
    assert_int_equal(toc_list_next(list, &obj, &err), 1);
    assert_true(toc_str_equal(toc_object_summary(obj), TOC_S("h1.example")));
    assert_true(toc_str_equal(toc_list_uri(list), TOC_S("/v2/indicators/bulk/json")));
    assert_null(toc_list_matched(list, 0).ptr);
    assert_true(toc_object_attribute(obj, 0, &type, &value));
    assert_true(toc_str_equal(value, TOC_S("a\\b")));
    assert_true(toc_object_tag(obj, 1, &value));
    assert_true(toc_str_equal(value, TOC_S("apt")));
    assert_false(toc_object_tag(obj, 2, &value));
    assert_int_equal(toc_list_next(list, &obj, &err), 1);
    assert_int_equal(toc_list_next(list, &obj, &err), 0);
    assert_string_equal(play.asked[1].target,
                        "/api/v2/indicators/bulk/json?createActivityLog=false");
    assert_string_equal(play.asked[1].method, "GET");
    assert_false(play.asked[1].has_body);
    toc_list_close(list);
    toc_session_close(sess);
}

/* One request an owner, never a page; on demand for this list only. */
static void test_owners(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = TYPES},
        {.status = 200, .body = REPORT(ITEM("1", "One", "3.0") "," ITEM("9", "Other", "2.0"))},
        {.status = 200, .body = REPORT(ITEM("2", "Two", "3.0"))},
        {.status = 200, .body = REPORT(ITEM("3", "Acme", "3.0"))},
        {.status = 200, .body = REPORT(ITEM("4", "Named", "3.0"))}};
    toc_session *sess = start(answers, 5);
    toc_filter *filter = make(TOC_KIND_INDICATOR);
    toc_list *list = NULL;
    char found[16];
    assert_int_equal(toc_filter_owner(filter, TOC_S("One"), &err), TOC_OK);
    assert_int_equal(toc_filter_owner(filter, TOC_S("Two"), &err), TOC_OK);
    assert_int_equal(toc_bulk_open(sess, NULL, true, filter, &list, &err), TOC_OK);
    assert_int_equal(read_ids(list, found), 0);
    assert_string_equal(found, "12");
    toc_list_close(list);
    assert_string_equal(
        play.asked[1].target,
        "/api/v2/indicators/bulk/json?createActivityLog=false&owner=One&runNow=true");
    assert_string_equal(
        play.asked[2].target,
        "/api/v2/indicators/bulk/json?createActivityLog=false&owner=Two&runNow=true");
    toc_filter *bare = make(TOC_KIND_INDICATOR);
    assert_int_equal(toc_bulk_open(sess, NULL, false, bare, &list, &err), TOC_OK);
    assert_int_equal(read_ids(list, found), 0);
    assert_string_equal(found, "3");
    toc_list_close(list);
    assert_string_equal(play.asked[3].target,
                        "/api/v2/indicators/bulk/json?createActivityLog=false&owner=Acme");
    assert_int_equal(toc_bulk_open(sess, "Named", false, filter, &list, &err), TOC_OK);
    assert_int_equal(read_ids(list, found), 0);
    assert_string_equal(found, "4");
    toc_list_close(list);
    toc_filter_free(filter);
    toc_filter_free(bare);
    toc_session_close(sess);
}

static void test_post_filters(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        toc_op op;
        const char *value, *ids;
    } rows[] = {
        {"rating", TOC_OP_GE, "3", "13"},
        {"tag", TOC_OP_EQ, "t2", "2"},
        {"tag", TOC_OP_NE, "apt", "123"},
        {"attribute", TOC_OP_EQ, "Source", "123"},
        {"attribute", TOC_OP_EQ, "x", ""},
        {"confidence", TOC_OP_LT, "50", ""},
        {"threat_assess_rating", TOC_OP_GT, "4", "123"},
        {"type", TOC_OP_EQ, "Host", "123"},
        {"date_added", TOC_OP_LT, "2024-03-02", "123"},
    };
    static const script_answer answers[] = {
        {.status = 200, .body = TYPES},
        {.status = 200,
         .body = REPORT(
             ITEM("1", "Acme", "3.0") "," ITEM("2", "Acme", "2.0") "," ITEM("3", "Acme", "5.0"))}};
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_session *sess = start(answers, 2);
        toc_filter *filter = make(TOC_KIND_INDICATOR);
        toc_list *list = NULL;
        char found[16];
        assert_int_equal(
            toc_filter_post(filter, rows[i].name, rows[i].op, toc_str_of(rows[i].value), &err),
            TOC_OK);
        assert_int_equal(toc_bulk_open(sess, NULL, false, filter, &list, &err), TOC_OK);
        assert_int_equal(read_ids(list, found), 0);
        assert_string_equal(found, rows[i].ids);
        /* No sections are asked for: a report has them anyway. */
        assert_null(strstr(play.asked[1].target, "includes"));
        toc_list_close(list);
        toc_filter_free(filter);
        toc_session_close(sess);
    }
}

static void check_broken(const char *body, const char *type, int status, const char *ids, int rc)
{
    const script_answer answers[] = {{.status = 200, .body = TYPES},
                                     {.status = status, .type = type, .body = body}};
    toc_session *sess = start(answers, 2);
    toc_list *list = NULL;
    char found[16];
    assert_int_equal(toc_bulk_open(sess, NULL, false, NULL, &list, &err), TOC_OK);
    assert_int_equal(read_ids(list, found), rc);
    assert_string_equal(found, ids);
    toc_list_close(list);
    toc_session_close(sess);
}

/* What came before the break was given out. */
static void test_broken(void **state)
{
    (void)state;
    check_broken("{\"indicator\":[" ITEM("1", "Acme", "1.0") ",{\"id\":2", NULL, 200, "1",
                 TOC_EPROTO);
    check_broken("{\"indicator\":[" ITEM("1", "Acme", "1.0"), NULL, 200, "1", TOC_EPROTO);
    check_broken(REPORT(ITEM("1", "Acme", "1.0")) "x", NULL, 200, "1", TOC_EPROTO);
    check_broken("<html>", "text/html", 200, "", TOC_EPROTO);
    check_broken("", NULL, 200, "", TOC_EPROTO);
    check_broken("{\"status\":\"Failure\",\"message\":\"bulk is off\"}", NULL, 200, "", TOC_EHTTP);
    check_broken("{\"status\":\"Failure\",\"message\":\"no report\"}", NULL, 404, "",
                 TOC_ENOTFOUND);
    check_broken("{}", NULL, 200, "", 0);
    check_broken(REPORT(""), NULL, 200, "", 0);
    check_broken(REPORT("null,7,[1],{\"odd\":1}," ITEM("1", "Acme", "1.0")), NULL, 200, "1", 0);
}

static void test_no_folder(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = TYPES}};
    toc_session *sess = start(answers, 1);
    toc_list *list = NULL;
    char found[16];
    assert_int_equal(setenv("TMPDIR", "/nonexistent/folder", 1), 0);
    assert_int_equal(toc_bulk_open(sess, NULL, false, NULL, &list, &err), TOC_OK);
    assert_int_equal(read_ids(list, found), TOC_EIO);
    assert_non_null(strstr(err.message, "/nonexistent/folder"));
    assert_int_equal(play.asked_count, 1);
    assert_int_equal(unsetenv("TMPDIR"), 0);
    toc_list_close(list);
    toc_session_close(sess);
}

static void test_arguments(void **state)
{
    (void)state;
    toc_session *sess = start(NULL, 0);
    toc_filter *groups = make(TOC_KIND_GROUP), *tag = make(TOC_KIND_INDICATOR);
    toc_filter *term = make(TOC_KIND_INDICATOR), *joined = make(TOC_KIND_INDICATOR);
    toc_list *list = NULL;
    toc_bulk_state bulk;
    assert_int_equal(toc_filter_api(tag, "tag", TOC_S("x"), &err), TOC_OK);
    assert_int_equal(toc_filter_term(term, "rating", TOC_OP_GT, TOC_S("1"), &err), TOC_OK);
    assert_int_equal(toc_filter_or(joined, tag, &err), TOC_OK);
    assert_int_equal(toc_bulk_open(sess, NULL, false, groups, &list, &err), TOC_EINVAL);
    assert_int_equal(toc_bulk_open(sess, NULL, false, tag, &list, &err), TOC_EINVAL);
    assert_int_equal(toc_bulk_open(sess, NULL, false, term, &list, &err), TOC_EINVAL);
    assert_int_equal(toc_bulk_open(sess, NULL, false, joined, &list, &err), TOC_EINVAL);
    assert_int_equal(toc_bulk_open(NULL, NULL, false, NULL, &list, &err), TOC_EINVAL);
    assert_int_equal(toc_bulk_csv(sess, NULL, NULL, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_bulk_status(sess, NULL, NULL, &err), TOC_EINVAL);
    assert_int_equal(toc_bulk_status(NULL, NULL, &bulk, &err), TOC_EINVAL);
    assert_null(list);
    assert_int_equal(play.asked_count, 0);
    toc_filter_free(groups);
    toc_filter_free(tag);
    toc_filter_free(term);
    toc_filter_free(joined);
    toc_session_close(sess);
}

static toc_rc keep(void *user, const void *data, size_t len)
{
    toc_buf *buf = user;
    if (!data)
        toc_buf_clear(buf);
    else
        toc_buf_append(buf, data, len);
    return buf->failed;
}

static void test_csv(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .type = "text/csv",
         .body = "Type,Value,Rating,Confidence\nHost,a.example,3.0,50\n"},
        {.status = 403, .body = "{\"message\":\"The requested owner was not found\"}"},
        {.status = 200, .type = "text/html", .body = "<html>Please log in</html>"}};
    toc_session *sess = start(answers, 3);
    toc_buf text TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf_init(&text, 1000);
    assert_int_equal(toc_bulk_csv(sess, "Two", keep, &text, &err), TOC_OK);
    assert_string_equal(text.ptr, "Type,Value,Rating,Confidence\nHost,a.example,3.0,50\n");
    assert_string_equal(play.asked[0].target,
                        "/api/v2/indicators/bulk/csv?createActivityLog=false&owner=Two");
    toc_buf_clear(&text);
    assert_int_equal(toc_bulk_csv(sess, NULL, keep, &text, &err), TOC_EAUTH);
    assert_int_equal(text.len, 0);
    assert_string_equal(play.asked[1].target,
                        "/api/v2/indicators/bulk/csv?createActivityLog=false&owner=Acme");
    assert_int_equal(toc_bulk_csv(sess, NULL, keep, &text, &err), TOC_EPROTO);
    assert_int_equal(text.len, 0);
    assert_string_equal(err.message, "content was expected, the answer is text/html");
    toc_session_close(sess);
}

static void test_status(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body =
             "{\"status\":\"Success\",\"data\":{\"bulkStatus\":{\"name\":\"Acme\","
             "\"csvEnabled\":false,\"jsonEnabled\":\"true\",\"nextRun\":\"2024-03-02T00:00:00Z\","
             "\"lastRun\":\"2024-03-01T00:00:00Z\",\"status\":\"Idle\",\"more\":[{}]}}}"},
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"bulkStatus\":[]}}"},
        {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"bulkStatus\":{\"name\":1}}}"}};
    toc_session *sess = start(answers, 3);
    toc_bulk_state bulk;
    assert_int_equal(toc_bulk_status(sess, "Acme", &bulk, &err), TOC_OK);
    assert_string_equal(bulk.name, "Acme");
    assert_false(bulk.csv_enabled);
    assert_true(bulk.json_enabled);
    assert_string_equal(bulk.next_run, "2024-03-02T00:00:00Z");
    assert_string_equal(bulk.last_run, "2024-03-01T00:00:00Z");
    assert_string_equal(bulk.status, "Idle");
    assert_string_equal(play.asked[0].target,
                        "/api/v2/indicators/bulk?createActivityLog=false&owner=Acme");
    assert_int_equal(toc_bulk_status(sess, NULL, &bulk, &err), TOC_EPROTO);
    assert_string_equal(bulk.name, "Acme");
    assert_int_equal(toc_bulk_status(sess, NULL, &bulk, &err), TOC_OK);
    assert_string_equal(bulk.name, "1");
    assert_string_equal(bulk.status, "");
    toc_session_close(sess);
}

/* --- an answer that breaks off ------------------------------------------------------------------
 */

static unsigned sent;

/* Half of the report, then the connection is gone; the second attempt gets all of it. */
static toc_rc break_off(void *context, const toc_request *request, toc_response *response,
                        toc_error *error)
{
    static const char report[] = REPORT(ITEM("1", "Acme", "3.0") "," ITEM("2", "Acme", "3.0"));
    (void)context;
    toc_response_set_status(response, 200);
    if (strstr(request->target.ptr, "indicatorTypes"))
        return toc_response_append(response, TYPES, sizeof(TYPES) - 1);
    size_t whole = sizeof(report) - 1, size = sent++ ? whole : whole / 2;
    toc_rc rc = TOC_OK;
    for (size_t at = 0; at < size && !rc; at += 100)
        rc = toc_response_append(response, report + at, size - at < 100 ? size - at : 100);
    if (rc || size == whole)
        return rc;
    if (error)
        *error = (toc_error){
            .code = TOC_ENET, .flags = TOC_ERROR_RETRYABLE, .message = "connection reset"};
    return TOC_ENET;
}

static void test_interrupted(void **state)
{
    (void)state;
    toc_transport transport = {.version = 1, .name = "broken", .perform = break_off};
    toc_session_options options = {.version = 1, .transport = &transport, .retry_sleep_ms = 1};
    toc_session *sess = NULL;
    toc_list *list = NULL;
    char found[16];
    sent = 0;
    assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
    assert_int_equal(toc_bulk_open(sess, NULL, false, NULL, &list, &err), TOC_OK);
    assert_int_equal(read_ids(list, found), 0);
    assert_string_equal(found, "12");
    assert_int_equal(sent, 2);
    toc_list_close(list);
    toc_session_close(sess);
}

/* --- a report that is larger than memory should be ------------------------------------------- */

#define MANY 200000U

static toc_rc send_many(void *context, const toc_request *request, toc_response *response,
                        toc_error *error)
{
    (void)context;
    (void)error;
    char item[600];
    toc_response_set_status(response, 200);
    if (strstr(request->target.ptr, "indicatorTypes"))
        return toc_response_append(response, TYPES, sizeof(TYPES) - 1);
    toc_rc rc = toc_response_append(response, "{\"indicator\":[", 14);
    for (unsigned i = 0; i < MANY && !rc; i++) {
        int length = snprintf(item, sizeof(item),
                              "%s{\"id\":%u,\"type\":\"Host\",\"summary\":\"h%u.example\","
                              "\"description\":\"line\\nline %0300u\"}",
                              i ? "," : "", i + 1, i, i);
        rc = toc_response_append(response, item, (size_t)length);
    }
    return rc ? rc : toc_response_append(response, "]}", 2);
}

static size_t in_use, most;

static void *count_alloc(void *user, size_t size)
{
    (void)user;
    size_t *block = malloc(size + 16);
    if (!block)
        return NULL;
    *block = size;
    in_use += size;
    most = in_use > most ? in_use : most;
    return (char *)block + 16;
}

static void count_release(void *user, void *ptr)
{
    (void)user;
    if (!ptr)
        return;
    size_t *block = (size_t *)(void *)((char *)ptr - 16);
    in_use -= *block;
    free(block);
}

static void *count_resize(void *user, void *ptr, size_t size)
{
    if (!ptr)
        return count_alloc(user, size);
    size_t old = *(size_t *)(void *)((char *)ptr - 16);
    void *made = count_alloc(user, size);
    if (!made)
        return NULL;
    memcpy(made, ptr, old < size ? old : size);
    count_release(user, ptr);
    return made;
}

static void test_constant_memory(void **state)
{
    (void)state;
    toc_allocator counting = {count_alloc, count_resize, count_release, NULL};
    toc_transport transport = {.version = 1, .name = "many", .perform = send_many};
    toc_session_options options = {.version = 1, .transport = &transport};
    toc_session *sess = NULL;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    unsigned count = 0;
    int found;
    toc_set_allocator(&counting);
    assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
    assert_int_equal(toc_bulk_open(sess, NULL, false, NULL, &list, &err), TOC_OK);
    while ((found = toc_list_next(list, &obj, &err)) == 1)
        count++;
    assert_int_equal(found, 0);
    assert_int_equal(count, MANY);
    toc_list_close(list);
    toc_session_close(sess);
    toc_set_allocator(NULL);
    assert_true(most < (size_t)1024 * 1024);
    assert_int_equal(in_use, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_embedded_lists),
        cmocka_unit_test(test_owners),
        cmocka_unit_test(test_post_filters),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_no_folder),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_constant_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
