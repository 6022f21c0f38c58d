/* Every route meets bad bodies, bad values in the path and owners that are not there: the answer is
 * a refusal in the failure envelope (never a 5xx), and what was refused changed nothing. */
#include "wire/tester.h"

/* --- bodies ---------------------------------------------------------------------------------- */

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
                "resultStart=-1",
                "resultLimit=x",
                "resultLimit=10001",
                "resultStart=1e9",
                "filters=%2C%2C",
                "filters=nonsense%3D1",
                "filters=%ff",
                "modifiedSince=x",
                "includes=everything",
                "resultStart=9223372036854775807&resultLimit=10000",
                "filters=confidence%3E1&resultStart=9223372036854775807&resultLimit=10000",
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
