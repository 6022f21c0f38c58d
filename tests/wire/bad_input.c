/* Every route meets bad bodies, bad values in the path and owners that are not there: the answer is
 * a refusal in the failure envelope (never a 5xx), and what was refused changed nothing. */
#include "platform_fixture.h"

#include <sqlite3.h>

#include "support/world.h"

#define OWNER "Acme CTI"

static int ask_kind(void *context, const char *method, const char *target, const char *kind,
                    const char *body, toc_buf *answer)
{
    fixture *fix = context;
    const toc_header header = {TOC_S("Content-Type"), toc_str_of(kind ? kind : "application/json")};
    toc_request request = {.method = method,
                           .target = toc_str_of(target),
                           .headers = &header,
                           .header_count = 1,
                           .body = toc_str_of(body)};
    assert_int_equal(toc_platform_handle(fix->platform, &request, true, fix->response, NULL), 0);
    toc_buf_clear(answer);
    toc_buf_str(answer, toc_response_body(fix->response));
    if (strcmp(method, "POST") == 0 && strstr(target, "/v2/batch"))
        while (toc_platform_work(fix->platform, NULL, NULL, NULL) > 0)
            continue;
    return toc_response_status(fix->response);
}

/* --- the whole store as one number ----------------------------------------------------------- */

static uint64_t mix(uint64_t sum, const void *data, size_t len)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < len; i++)
        sum = (sum ^ bytes[i]) * UINT64_C(1099511628211);
    return sum;
}

static uint64_t sum_table(sqlite3 *db, const char *name, uint64_t sum)
{
    char sql[256];
    sqlite3_stmt *stmt = NULL;
    (void)snprintf(sql, sizeof(sql), "SELECT * FROM \"%s\"", name);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            const void *value = sqlite3_column_blob(stmt, i);
            sum = mix(sum + 1, value ? value : "", (size_t)sqlite3_column_bytes(stmt, i));
        }
    }
    (void)sqlite3_finalize(stmt);
    return sum;
}

static uint64_t store_sum(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    uint64_t sum = UINT64_C(14695981039346656037);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT name FROM sqlite_master WHERE type = 'table'"
                                        " ORDER BY name",
                                        -1, &stmt, NULL),
                     SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        sum = sum_table(db, name, mix(sum, name, strlen(name)));
    }
    (void)sqlite3_finalize(stmt);
    return sum;
}

/* --- asking ---------------------------------------------------------------------------------- */

typedef struct tester {
    fixture fix;
    world made;
    sqlite3 *db;
    uint64_t sum;
    size_t refused, taken;
} tester;

static void open_tester(tester *self)
{
    memset(self, 0, sizeof(*self));
    fixture_new(&self->fix, UINT32_MAX);
    world_make(&self->made, ask_kind, &self->fix, OWNER, self->fix.user.access_id);
    assert_int_equal(sqlite3_open_v2(self->fix.path, &self->db, SQLITE_OPEN_READONLY, NULL),
                     SQLITE_OK);
    self->sum = store_sum(self->db);
}

static void close_tester(tester *self)
{
    assert_int_equal(toc_platform_check(self->fix.platform, NULL), TOC_OK);
    (void)sqlite3_close(self->db);
    world_done(&self->made);
    fixture_done(&self->fix);
}

/* Returns the status. What is refused must say so in JSON (or as the plain text of some refusals)
 * and must not have changed the store. */
static int try_it(tester *self, const char *method, const char *target, const char *kind,
                  const char *body)
{
    int status = ask_kind(&self->fix, method, target, kind, body, &self->made.answer);
    const char *text = self->made.answer.len ? self->made.answer.ptr : "";
    if (status >= 500)
        fail_msg("%s %.300s %.300s: %d %s", method, target, body ? body : "", status, text);
    if (status < 400) {
        self->taken++;
        self->sum = store_sum(self->db);
        return status;
    }
    self->refused++;
    if (toc_response_is(self->fix.response, "application/json") &&
        !strstr(text, "\"status\":\"Failure\"") && !strstr(text, "\"status\":\"Invalid\"") &&
        !strstr(text, "\"success\":false"))
        fail_msg("%s %.300s: %d without the envelope: %s", method, target, status, text);
    if (store_sum(self->db) != self->sum)
        fail_msg("%s %.300s %.300s: %d, but the store has changed", method, target,
                 body ? body : "", status);
    return status;
}

/* --- bodies ---------------------------------------------------------------------------------- */

static char *repeated(const char *text, size_t times, const char *tail)
{
    toc_buf all;
    toc_buf_init(&all, (size_t)1 << 24);
    for (size_t i = 0; i < times; i++)
        toc_buf_text(&all, text);
    toc_buf_text(&all, tail);
    assert_int_equal(all.failed, TOC_OK);
    return toc_buf_take(&all);
}

static void broken_bodies(tester *self, const toc_route *route, const world_request *request)
{
    char *deep = repeated("[", 100000, "");
    char *nested = repeated("{\"name\":", 1000, "1");
    const char *const bodies[] = {
        "",    "{",    "}",     "[",       "{\"name\":",          "{\"name\":\"\\uD800\"}",
        "nul", "\"",   "{]",    "{\"a\"}", "{\"a\":1,}",          "{\"name\":\"a\x01\"}",
        "1 2", "[]",   "\"x\"", "true",    "{\"name\":\"\xff\"}", "{\"name\":\"a\"} x",
        deep,  nested,
    };
    for (size_t i = 0; i < TOC_COUNT(bodies); i++) {
        int status = try_it(self, route->method, request->target.ptr, NULL, bodies[i]);
        bool empty = !bodies[i][0];
        /* Without a body there may be nothing to complain about. */
        if (status < 400 && !empty)
            fail_msg("%s %s took %.60s: %d", route->method, request->target.ptr, bodies[i], status);
    }
    toc_mem_free(deep);
    toc_mem_free(nested);
}

/* The sample body with each of its values replaced in turn. */
static void wrong_values(tester *self, const toc_route *route, const world_request *request)
{
    char *longest = repeated("x", 70000, "\"");
    longest[0] = '"';
    const char *const values[] = {"{}",
                                  "[]",
                                  "[{}]",
                                  "-1",
                                  "1e999",
                                  "true",
                                  "\"\"",
                                  "\"\\u0000\"",
                                  "\"2024-13-45T99:99:99Z\"",
                                  "99999999999999999999",
                                  longest};
    for (const char *at = strstr(request->body, "\":"); at; at = strstr(at + 2, "\":")) {
        const char *value = at + 2;
        size_t len = *value == '"' ? strcspn(value + 1, "\"") + 2 : strcspn(value, ",}]");
        for (size_t i = 0; i < TOC_COUNT(values); i++) {
            toc_buf body;
            toc_buf_init(&body, (size_t)1 << 20);
            toc_buf_append(&body, request->body, (size_t)(value - request->body));
            toc_buf_text(&body, values[i]);
            toc_buf_text(&body, value + len);
            (void)try_it(self, route->method, request->target.ptr, NULL, body.ptr);
            toc_buf_done(&body);
        }
    }
    toc_mem_free(longest);
}

static bool reads_json(const toc_route *route, const world_request *request)
{
    return request->body && request->body[0] == '{' && !request->kind &&
           strstr(route->pattern, "batch/") == NULL &&
           /* What a service says of itself does not matter. */
           strstr(route->pattern, "token/") == NULL;
}

static void test_bodies(void **state)
{
    tester self;
    size_t count;
    const toc_route *routes = toc_route_list(&count);
    (void)state;
    open_tester(&self);
    for (size_t i = 0; i < count; i++) {
        world_request request;
        assert_true(world_request_for(&self.made, &routes[i], &request));
        if (reads_json(&routes[i], &request)) {
            broken_bodies(&self, &routes[i], &request);
            wrong_values(&self, &routes[i], &request);
        }
        world_request_done(&request);
    }
    assert_true(self.refused > 1000);
    close_tester(&self);
}

/* --- paths ----------------------------------------------------------------------------------- */

/* The target with each of its segments behind the version replaced in turn. */
static void wrong_segments(tester *self, const toc_route *route, const world_request *request,
                           const char *longest)
{
    const char *const segments[] = {"0",
                                    "-1",
                                    "9223372036854775808",
                                    "99999999999999999999999999",
                                    "1e3",
                                    "..",
                                    "%00",
                                    "%ff%fe",
                                    "%2F..%2F",
                                    "'%3B%20DROP%20TABLE%20indicator%3B--",
                                    "%25%73%25%6E",
                                    longest};
    const char *target = request->target.ptr;
    size_t end = strcspn(target, "?");
    const char *at = strchr(target + 1, '/');
    for (; at && at < target + end; at = strchr(at + 1, '/')) {
        size_t len = strcspn(at + 1, "/?");
        for (size_t i = 0; i < TOC_COUNT(segments); i++) {
            toc_buf wrong;
            toc_buf_init(&wrong, (size_t)1 << 20);
            toc_buf_append(&wrong, target, (size_t)(at + 1 - target));
            toc_buf_text(&wrong, segments[i]);
            toc_buf_text(&wrong, at + 1 + len);
            (void)try_it(self, route->method, wrong.ptr, request->kind, request->body);
            toc_buf_done(&wrong);
        }
    }
}

static void test_paths(void **state)
{
    tester self;
    size_t count;
    const toc_route **routes = world_routes(&count);
    char *longest = repeated("y", 9000, "");
    (void)state;
    open_tester(&self);
    for (size_t i = 0; i < count; i++) {
        world_request request;
        /* What is removed stays removed, and the rest of the rows needs it. */
        bool removes = strcmp(routes[i]->method, "DELETE") == 0;
        assert_true(world_request_for(&self.made, routes[i], &request));
        if (!removes)
            wrong_segments(&self, routes[i], &request, longest);
        world_request_done(&request);
    }
    toc_mem_free(longest);
    toc_mem_free(routes);
    assert_true(self.refused > 5000);
    close_tester(&self);
}

/* --- owners and queries ---------------------------------------------------------------------- */

static void wrong_query(tester *self, const toc_route *route, const world_request *request,
                        const char *query, int wanted)
{
    toc_buf target;
    toc_buf_init(&target, (size_t)1 << 16);
    toc_buf_str(&target, toc_buf_view(&request->target));
    toc_buf_char(&target, strchr(request->target.ptr, '?') ? '&' : '?');
    toc_buf_text(&target, query);
    int status = try_it(self, route->method, target.ptr, request->kind, request->body);
    if (wanted && status != wanted)
        fail_msg("%s %s: %d instead of %d", route->method, target.ptr, status, wanted);
    toc_buf_done(&target);
}

static void test_queries(void **state)
{
    tester self;
    size_t count;
    const toc_route *routes = toc_route_list(&count);
    (void)state;
    open_tester(&self);
    for (size_t i = 0; i < count; i++) {
        world_request request;
        bool owned = routes[i].rights != TOC_RIGHTS_SELF && routes[i].rights != TOC_RIGHTS_OPEN;
        assert_true(world_request_for(&self.made, &routes[i], &request));
        if (owned)
            wrong_query(&self, &routes[i], &request, "owner=Nowhere", 403);
        /* What is asked for lies in the organisation, not in the source. */
        if (owned && strchr(routes[i].pattern, '{') && strcmp(routes[i].method, "GET") == 0)
            wrong_query(&self, &routes[i], &request, "owner=Shared%20Feed", 0);
        if (strcmp(routes[i].method, "GET") == 0) {
            static const char *const queries[] = {
                "resultStart=-1",      "resultLimit=x",
                "resultLimit=10001",   "resultStart=1e9",
                "filters=%2C%2C",      "filters=nonsense%3D1",
                "filters=%ff",         "modifiedSince=x",
                "includes=everything", "resultStart=9223372036854775807&resultLimit=10000",
            };
            for (size_t k = 0; k < TOC_COUNT(queries); k++)
                wrong_query(&self, &routes[i], &request, queries[k], 0);
        }
        world_request_done(&request);
    }
    close_tester(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_queries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
