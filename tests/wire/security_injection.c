/* Words that mean something to SQL, to file systems and to HTTP, in every place of every route:
 * they are only words. Nothing of another owner, of a file or of the store comes back, no header is
 * added, and what is refused has changed nothing. */
#include "wire/tester.h"

#include <sys/stat.h>

#include "tocsin/transport.h"

#define HIDDEN "hidden-marker"

typedef struct bundle {
    tester self;
    size_t tables;
    size_t tried;
} bundle;

static size_t count_tables(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM sqlite_master", -1, &stmt, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    size_t count = (size_t)sqlite3_column_int64(stmt, 0);
    (void)sqlite3_finalize(stmt);
    return count;
}

static void open_bundle(bundle *all)
{
    fixture *fix = &all->self.fix;
    *all = (bundle){.tried = 0};
    open_tester(&all->self);
    expect(fix, "POST", "/v2/indicators/hosts?owner=Shared%20Feed",
           "{\"hostName\":\"" HIDDEN ".example\"}", 201);
    expect(fix, "POST", "/v2/groups/incidents?owner=Shared%20Feed",
           "{\"name\":\"" HIDDEN "\",\"eventDate\":\"2024-01-01T00:00:00Z\"}", 201);
    all->self.sum = store_sum(all->self.db);
    all->tables = count_tables(all->self.db);
}

static void close_bundle(bundle *all)
{
    assert_int_equal(count_tables(all->self.db), all->tables);
    close_tester(&all->self);
}

/* What no answer to such a request may say. */
static void check_answer(bundle *all, const char *method, const char *target)
{
    static const char *const never[] = {HIDDEN,   "root:x:",   "SQLite format",
                                        "sqlite", "SQL logic", "syntax error"};
    toc_response *response = all->self.fix.response;
    const char *text = all->self.made.answer.len ? all->self.made.answer.ptr : "";
    toc_header header;
    for (size_t i = 0; i < TOC_COUNT(never); i++) {
        if (strstr(text, never[i]))
            fail_msg("%s %.300s: %s in %.300s", method, target, never[i], text);
    }
    for (size_t i = 0; toc_response_header_at(response, i, &header); i++) {
        if (!toc_str_equal(header.name, TOC_S("Content-Type")))
            fail_msg("%s %.300s: a header %.*s", method, target, TOC_FMT(header.name));
        for (size_t k = 0; k < header.value.len; k++)
            assert_true((unsigned char)header.value.ptr[k] >= ' ');
    }
    all->tried++;
}

static void try_word(bundle *all, const toc_route *route, const char *target,
                     const world_request *request, const char *body)
{
    if (strcmp(route->method, "GET") != 0) {
        (void)try_it(&all->self, route->method, target, request->kind, body);
    } else {
        fixture *fix = &all->self.fix;
        int status =
            ask_kind(fix, route->method, target, request->kind, body, &all->self.made.answer);
        if (status >= 500)
            fail_msg("%s %.300s: %d", route->method, target, status);
    }
    check_answer(all, route->method, target);
}

/* --- path ------------------------------------------------------------------------------------ */

static const char *const words[] = {
    /* SQL */
    "%27%20OR%20%271%27%3D%271",
    "%27%20OR%201%3D1%20--%20",
    "%22%20OR%20%22%22%3D%22",
    "1%20OR%201%3D1",
    "1%3BDELETE%20FROM%20indicator",
    "%27%20UNION%20SELECT%20secret%20FROM%20user%20--",
    "%27%7C%7C(SELECT%20name%20FROM%20owner)%7C%7C%27",
    "%25",
    "_______%25",
    "*",
    "%5C%27",
    /* file systems */
    "%2e%2e",
    "%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2fetc%2fpasswd",
    "..%5c..%5cetc%5cpasswd",
    "%252e%252e%252fetc%252fpasswd",
    "%c0%ae%c0%ae%c0%afetc%c0%afpasswd",
    "passwd%00.bin",
    "..%2fstore.db",
    "store.db",
    "%7E%2F.bashrc",
    /* HTTP */
    "x%0d%0aX-Injected:%20y",
    "x%0aX-Injected:%20y%0a%0abody",
    "x%0dSet-Cookie:%20a%3Db",
    "%E5%98%8A%E5%98%8DX-Injected:%20y",
    "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E",
};

static void in_the_path(bundle *all, const toc_route *route, const world_request *request)
{
    const char *target = request->target.ptr;
    size_t end = strcspn(target, "?");
    toc_buf wrong;
    toc_buf_init(&wrong, (size_t)1 << 16);
    for (const char *at = strchr(target + 1, '/'); at && at < target + end;
         at = strchr(at + 1, '/')) {
        size_t len = strcspn(at + 1, "/?");
        for (size_t i = 0; i < TOC_COUNT(words); i++) {
            toc_buf_clear(&wrong);
            toc_buf_append(&wrong, target, (size_t)(at + 1 - target));
            toc_buf_text(&wrong, words[i]);
            toc_buf_text(&wrong, at + 1 + len);
            try_word(all, route, wrong.ptr, request, request->body);
        }
    }
    /* And behind the last word. */
    for (size_t i = 0; i < TOC_COUNT(words); i++) {
        toc_buf_clear(&wrong);
        toc_buf_append(&wrong, target, end);
        toc_buf_char(&wrong, '/');
        toc_buf_text(&wrong, words[i]);
        try_word(all, route, wrong.ptr, request, request->body);
    }
    toc_buf_done(&wrong);
}

/* --- query ----------------------------------------------------------------------------------- */

static void in_the_query(bundle *all, const toc_route *route, const world_request *request)
{
    static const char *const names[] = {
        "owner=",          "resultStart=", "resultLimit=",       "modifiedSince=", "createdSince=",
        "filters=name%3D", "filters=",     "filters=summary%5E", "includes=",      "orderBy=",
    };
    toc_buf target;
    toc_buf_init(&target, (size_t)1 << 16);
    for (size_t n = 0; n < TOC_COUNT(names); n++) {
        for (size_t i = 0; i < TOC_COUNT(words); i++) {
            toc_buf_clear(&target);
            toc_buf_str(&target, toc_buf_view(&request->target));
            toc_buf_char(&target, strchr(request->target.ptr, '?') ? '&' : '?');
            toc_buf_text(&target, names[n]);
            toc_buf_text(&target, words[i]);
            try_word(all, route, target.ptr, request, request->body);
        }
    }
    toc_buf_done(&target);
}

/* --- body ------------------------------------------------------------------------------------ */

static void in_the_body(bundle *all, const toc_route *route, const world_request *request)
{
    static const char *const values[] = {
        "\"' OR '1'='1\"",
        "\"x'); DROP TABLE indicator; --\"",
        "\"\\\" OR \\\"\\\"=\\\"\"",
        "\"'||(SELECT name FROM owner)||'\"",
        "\"../../../../etc/passwd\"",
        "\"/etc/passwd\"",
        "\"..\\\\..\\\\x\"",
        "\"x\\r\\nX-Injected: y\"",
        "\"%s%n%x\"",
        "\"' OR 1=1\\u0000\"",
    };
    toc_buf body;
    toc_buf_init(&body, (size_t)1 << 20);
    for (const char *at = strstr(request->body, "\":"); at; at = strstr(at + 2, "\":")) {
        const char *value = at + 2;
        size_t len = *value == '"' ? strcspn(value + 1, "\"") + 2 : strcspn(value, ",}]");
        for (size_t i = 0; i < TOC_COUNT(values); i++) {
            toc_buf_clear(&body);
            toc_buf_append(&body, request->body, (size_t)(value - request->body));
            toc_buf_text(&body, values[i]);
            toc_buf_text(&body, value + len);
            try_word(all, route, request->target.ptr, request, body.ptr);
        }
    }
    toc_buf_done(&body);
}

/* --- every route ----------------------------------------------------------------------------- */

static void every_route(void (*inject)(bundle *, const toc_route *, const world_request *),
                        bool (*wanted)(const toc_route *, const world_request *), size_t least)
{
    bundle all;
    size_t count;
    const toc_route **routes = world_routes(&count);
    open_bundle(&all);
    for (size_t i = 0; i < count; i++) {
        world_request request;
        assert_true(world_request_for(&all.self.made, routes[i], &request));
        /* Some figures are made when they are asked for. */
        if (strcmp(routes[i]->method, "GET") == 0 && wanted(routes[i], &request)) {
            (void)get(&all.self.fix, request.target.ptr);
            all.self.sum = store_sum(all.self.db);
        }
        if (wanted(routes[i], &request))
            inject(&all, routes[i], &request);
        world_request_done(&request);
        /* Reading changes nothing, whatever is asked for. */
        if (strcmp(routes[i]->method, "GET") == 0 && store_sum(all.self.db) != all.self.sum)
            fail_msg("%s %s: the store has changed", routes[i]->method, routes[i]->pattern);
        if (count_tables(all.self.db) != all.tables)
            fail_msg("%s %s: the tables have changed", routes[i]->method, routes[i]->pattern);
    }
    toc_mem_free(routes);
    if (all.tried < least)
        fail_msg("only %zu were tried", all.tried);
    close_bundle(&all);
}

static bool any(const toc_route *route, const world_request *request)
{
    (void)route;
    (void)request;
    return true;
}

static bool reads(const toc_route *route, const world_request *request)
{
    (void)request;
    /* Renewing a token is a GET that writes. */
    return strcmp(route->method, "GET") == 0 && route->rights != TOC_RIGHTS_OPEN;
}

static void test_path(void **state)
{
    (void)state;
    every_route(in_the_path, any, 10000);
}

static void test_query(void **state)
{
    (void)state;
    every_route(in_the_query, reads, 10000);
}

static void test_body(void **state)
{
    (void)state;
    every_route(in_the_body, reads_json, 500);
}

/* --- signs that mean more than themselves ---------------------------------------------------- */

/* Of LIKE and GLOB, where a value is asked for. */
static void test_wildcards(void **state)
{
    static const char *const values[] = {
        "%25", "_vil.example", "evil%25", "*", "evil*", "ev?l.example", "%5Bae%5Dvil.example"};
    static const char *const filters[] = {"/v2/indicators/hosts?filters=summary%3D%25",
                                          "/v2/indicators/hosts?filters=summary%3D*",
                                          "/v2/indicators/hosts?filters=summary%5E%25",
                                          "/v2/indicators/hosts?filters=summary%5E_vil"};
    fixture fix;
    (void)state;
    fixture_new(&fix, 500);
    expect(&fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"evil.example\"}", 201);
    expect(&fix, "POST", "/v2/indicators/hosts/evil.example/tags/secret", NULL, 201);
    for (size_t i = 0; i < TOC_COUNT(values); i++) {
        char target[128];
        (void)snprintf(target, sizeof(target), "/v2/indicators/hosts/%s", values[i]);
        int status = get(&fix, target);
        assert_true(status == 404 || status == 400);
        lacks(&fix, "evil.example");
        status = ask(&fix, "DELETE", target, NULL);
        assert_true(status >= 400);
        (void)snprintf(target, sizeof(target), "/v2/tags/%s/indicators", values[i]);
        (void)get(&fix, target);
        lacks(&fix, "evil.example");
    }
    for (size_t i = 0; i < TOC_COUNT(filters); i++) {
        (void)get(&fix, filters[i]);
        lacks(&fix, "evil.example");
    }
    assert_int_equal(get(&fix, "/v2/indicators/hosts/evil.example"), 200);
    fixture_done(&fix);
}

/* What a document is called has nothing to do with where it is kept. */
static void test_file_names(void **state)
{
    static const char *const names[] = {"../escaped",   "..",    ".",  "store.db",
                                        "store.db.key", "a/b/c", "con"};
    fixture fix;
    struct stat info;
    char path[160], body[256], target[128], outside[128], around[160];
    (void)state;
    fixture_new(&fix, 500);
    (void)snprintf(outside, sizeof(outside), "%s-escaped", fix.directory);
    (void)snprintf(around, sizeof(around), "../../../../../../..%s", outside);
    for (size_t i = 0; i < TOC_COUNT(names) + 2; i++) {
        const char *name = i < TOC_COUNT(names)    ? names[i]
                           : i == TOC_COUNT(names) ? outside
                                                   : around;
        (void)snprintf(body, sizeof(body), "{\"name\":\"D%zu\",\"fileName\":\"%s\"}", i, name);
        if (ask(&fix, "POST", "/v2/groups/documents", body) >= 300)
            continue;
        long long id = number_of(&fix, "id");
        (void)snprintf(target, sizeof(target), "/v2/groups/documents/%lld/upload", id);
        expect(&fix, "POST", target, "content", 200);
        (void)snprintf(target, sizeof(target), "/v2/groups/documents/%lld/download", id);
        expect(&fix, "GET", target, NULL, 200);
        assert_string_equal(fixture_body(&fix), "content");
        (void)snprintf(target, sizeof(target), "/v2/groups/documents/%lld", id);
        expect(&fix, "DELETE", target, NULL, 200);
    }
    assert_int_not_equal(stat(outside, &info), 0);
    (void)snprintf(path, sizeof(path), "%s/escaped", fix.directory);
    assert_int_not_equal(stat(path, &info), 0);
    assert_int_equal(toc_platform_check(fix.platform, NULL), 0);
    fixture_done(&fix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_path),       cmocka_unit_test(test_query),
        cmocka_unit_test(test_body),       cmocka_unit_test(test_wildcards),
        cmocka_unit_test(test_file_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
