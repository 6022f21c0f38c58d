/* Every row of the table of routes, asked again and again: each time the next statement of the
 * store, or the next allocation, fails. The platform answers with an error or as if nothing had
 * been, never breaks, and what failed left nothing behind: the same request then succeeds. */
#include <sqlite3.h>
#include <stdatomic.h>

#include "platform/handlers.h"
#include "support/world.h"
#include "wire/platform_fixture.h"

#define TRIES_MAX 400

/* Shared with the platform's own threads. */
static atomic_long statements_left, allocations_left;
static atomic_bool interrupts, hit;
/* What of the next request fails; negative: nothing does. */
static long next_statement = -1, next_allocation = -1;

/* --- what fails ------------------------------------------------------------------------------ */

static int on_statement(unsigned kind, void *user, void *statement, void *text)
{
    (void)kind;
    (void)user;
    (void)statement;
    (void)text;
    if (atomic_load(&statements_left) >= 0 && atomic_fetch_sub(&statements_left, 1) == 0)
        atomic_store(&interrupts, true);
    return 0;
}

static int on_progress(void *user)
{
    (void)user;
    if (!atomic_exchange(&interrupts, false))
        return 0;
    atomic_store(&hit, true);
    return 1;
}

/* For each connection that is opened from now on. */
static int watch(sqlite3 *db, const char **message, const struct sqlite3_api_routines *api)
{
    (void)message;
    (void)api;
    sqlite3_progress_handler(db, 1, on_progress, NULL);
    return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, on_statement, NULL);
}

static bool may_allocate(void)
{
    if (atomic_load(&allocations_left) < 0 || atomic_fetch_sub(&allocations_left, 1) != 0)
        return true;
    atomic_store(&hit, true);
    return false;
}

static void *fail_alloc(void *user, size_t size)
{
    (void)user;
    return may_allocate() ? malloc(size) : NULL;
}

static void *fail_resize(void *user, void *ptr, size_t size)
{
    (void)user;
    return may_allocate() ? realloc(ptr, size) : NULL;
}

static void fail_release(void *user, void *ptr)
{
    (void)user;
    free(ptr);
}

static void disarm(void)
{
    atomic_store(&statements_left, -1);
    atomic_store(&allocations_left, -1);
    atomic_store(&interrupts, false);
}

/* --- asking ---------------------------------------------------------------------------------- */

static void work(fixture *fix)
{
    toc_error err = {0};
    if (toc_platform_work(fix->platform, NULL, NULL, &err) < 0)
        fail_msg("work: %s", err.message);
}

static int ask_kind(void *context, const char *method, const char *target, const char *kind,
                    const char *body, toc_buf *answer)
{
    fixture *fix = context;
    toc_header headers[] = {{TOC_S("Content-Type"), toc_str_of(kind ? kind : "application/json")}};
    toc_request request = {.method = method,
                           .target = toc_str_of(target),
                           .headers = headers,
                           .header_count = TOC_COUNT(headers),
                           .body = toc_str_of(body)};
    if (strstr(target, "/batch/"))
        work(fix);
    atomic_store(&hit, false);
    atomic_store(&statements_left, next_statement);
    atomic_store(&allocations_left, next_allocation);
    toc_error err = {0};
    toc_rc rc = toc_platform_handle(fix->platform, &request, true, fix->response, &err);
    disarm();
    if (rc) { /* not even an answer could be made; what was asked for may be done */
        assert_true(atomic_load(&hit));
        assert_int_equal(err.code, rc);
        assert_string_not_equal(err.message, "");
        return 0;
    }
    toc_buf_clear(answer);
    toc_buf_str(answer, toc_response_body(fix->response));
    return toc_response_status(fix->response);
}

static bool is_good(const world_request *request, int status)
{
    return request->status ? status == request->status : status >= 200 && status <= 204;
}

/* What a request that only reads is answered when nothing fails. */
static void ask_first(fixture *fix, const world_request *request, toc_buf *answer)
{
    long statement = next_statement, allocation = next_allocation;
    next_statement = next_allocation = -1;
    toc_buf_init(answer, TOC_MAX_RESPONSE);
    (void)ask_kind(fix, "GET", request->target.ptr, request->kind, request->body, answer);
    next_statement = statement;
    next_allocation = allocation;
}

/* A failure that is got over costs time, and nothing of the answer. */
static void compare(const world_request *request, const toc_buf *answer, const toc_buf *whole)
{
    if (!toc_str_equal(toc_buf_view(answer), toc_buf_view(whole)))
        fail_msg("GET %s: %s instead of %s", request->target.ptr, answer->ptr, whole->ptr);
}

static void try_route(fixture *fix, world *made, const toc_route *route, long *next)
{
    world_request request;
    toc_buf whole = {0};
    if (!world_request_for(made, route, &request))
        fail_msg("%s %s has no sample", route->method, route->pattern);
    bool reads = strcmp(route->method, "GET") == 0 && route->handler != toc__app_auth;
    if (reads)
        ask_first(fix, &request, &whole);
    int status = 0;
    bool unanswered = false;
    for (long number = 0;; number++) {
        if (number == TRIES_MAX)
            fail_msg("%s %s: there is no end", route->method, route->pattern);
        *next = number;
        status = ask_kind(fix, route->method, request.target.ptr, request.kind, request.body,
                          &made->answer);
        unanswered |= !status;
        bool good = is_good(&request, status);
        if (good && reads)
            compare(&request, &made->answer, &whole);
        if (!atomic_load(&hit) || (good && strcmp(route->method, "GET") != 0))
            break;
        if (good)
            continue; /* it was only for speed */
        if (status && status < 400)
            fail_msg("%s %s: %d", route->method, route->pattern, status);
    }
    *next = -1;
    if (!is_good(&request, status) && !(unanswered && status < 500))
        fail_msg("%s %s (%s): %d: %s", route->method, request.target.ptr, route->pattern, status,
                 made->answer.len ? made->answer.ptr : "");
    toc_buf_done(&whole);
    world_request_done(&request);
}

static void try_routes(fixture *fix, long *next)
{
    world made;
    size_t count;
    const toc_route **routes = world_routes(&count);
    world_make(&made, ask_kind, fix, "Acme CTI", fix->user.access_id);
    for (size_t i = 0; i < count; i++)
        try_route(fix, &made, routes[i], next);
    toc_mem_free(routes);
    world_done(&made);
}

static void test_each_statement_fails(void **state)
{
    next_statement = next_allocation = -1;
    try_routes(*state, &next_statement);
}

static void test_each_allocation_fails(void **state)
{
    next_statement = next_allocation = -1;
    try_routes(*state, &next_allocation);
}

/* A link between indicators is made with its name or not at all. */
static void test_a_link_keeps_its_name(void **state)
{
    static const char path[] = "/v2/indicators/hosts/a.example/indicators/addresses/192.0.2.1";
    fixture *fix = *state;
    toc_buf answer;
    toc_buf_init(&answer, TOC_MAX_RESPONSE);
    next_statement = next_allocation = -1;
    expect(fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"a.example\"}", 201);
    expect(fix, "POST", "/v2/indicators/addresses", "{\"ip\":\"192.0.2.1\"}", 201);
    bool failed = true;
    for (long number = 0; failed; number++) {
        assert_true(number < TRIES_MAX);
        next_allocation = number;
        int status = ask_kind(fix, "POST", path, NULL, "", &answer);
        failed = atomic_load(&hit);
        next_allocation = -1;
        if (status != 201)
            continue;
        expect(fix, "GET",
               "/v2/indicators/hosts/a.example/associations/Host%20to%20Indicators/indicators",
               NULL, 200);
        contains(fix, "\"resultCount\":1,");
        expect(fix, "DELETE", path, NULL, 200);
    }
    toc_buf_done(&answer);
}

/* Jobs wait for toc_platform_work. */
static int setup_queue(void **state)
{
    fixture *fix = calloc(1, sizeof(*fix));
    if (!fix)
        return -1;
    fixture_new(fix, 0);
    *state = fix;
    return 0;
}

/* A job whose work is broken off at a statement ends as if it had not been. Returns whether there
 * was such a statement. */
static bool break_work_off(fixture *fix, long number)
{
    char target[128], items[512];
    expect(fix, "POST", "/v2/batch",
           "{\"version\":\"V2\",\"owner\":\"Acme CTI\",\"action\":\"Create\","
           "\"attributeWriteType\":\"Replace\",\"haltOnError\":false}",
           201);
    (void)snprintf(target, sizeof(target), "/v2/batch/%lld", number_of(fix, "batchId"));
    (void)snprintf(
        items, sizeof(items),
        "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"batch%ld.example\",\"rating\":3,"
        "\"tag\":[{\"name\":\"Phish Kit\"}],"
        "\"attribute\":[{\"type\":\"Description\",\"value\":\"d\"}],"
        "\"associatedGroups\":[{\"groupXid\":\"x-%ld\"}]}],"
        "\"group\":[{\"type\":\"Incident\",\"name\":\"Raid\",\"xid\":\"x-%ld\"}]}",
        number, number, number);
    expect(fix, "POST", target, items, 202);
    atomic_store(&hit, false);
    atomic_store(&statements_left, number);
    (void)toc_platform_work(fix->platform, NULL, NULL, NULL);
    disarm();
    bool met = atomic_load(&hit);
    for (int i = 0; i < 5; i++)
        work(fix);
    expect(fix, "GET", target, NULL, 200);
    contains(fix, "\"status\":\"Completed\"");
    contains(fix, "\"errorCount\":0,\"successCount\":2");
    (void)snprintf(target, sizeof(target), "/v2/indicators/hosts/batch%ld.example/groups/incidents",
                   number);
    expect(fix, "GET", target, NULL, 200);
    contains(fix, "\"resultCount\":1");
    return met;
}

static void test_batch_work_fails(void **state)
{
    long number = 0;
    while (break_work_off(*state, number))
        assert_true(++number < TRIES_MAX);
    assert_true(number > 20);
}

int main(void)
{
    static const toc_allocator allocator = {fail_alloc, fail_resize, fail_release, NULL};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_statement_fails, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_each_allocation_fails, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_a_link_keeps_its_name, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_batch_work_fails, setup_queue, fixture_teardown),
    };
    disarm();
    toc_set_allocator(&allocator);
    if (sqlite3_auto_extension((void (*)(void))watch) != SQLITE_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
