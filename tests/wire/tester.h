/* tester.h - for tests of bad input: a store with one object of everything, and a number that
 * changes with anything in it. */
#ifndef TOC_TESTS_TESTER_H
#define TOC_TESTS_TESTER_H
#include "wire/platform_fixture.h"

#include <sqlite3.h>

#include "support/world.h"

#define OWNER "Acme CTI"

static inline int ask_kind(void *context, const char *method, const char *target, const char *kind,
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

static inline uint64_t mix(uint64_t sum, const void *data, size_t len)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < len; i++)
        sum = (sum ^ bytes[i]) * UINT64_C(1099511628211);
    return sum;
}

static inline uint64_t sum_table(sqlite3 *db, const char *name, uint64_t sum)
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

static inline uint64_t store_sum(sqlite3 *db)
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

static inline void open_tester(tester *self)
{
    memset(self, 0, sizeof(*self));
    fixture_new(&self->fix, UINT32_MAX);
    world_make(&self->made, ask_kind, &self->fix, OWNER, self->fix.user.access_id);
    assert_int_equal(sqlite3_open_v2(self->fix.path, &self->db, SQLITE_OPEN_READONLY, NULL),
                     SQLITE_OK);
    self->sum = store_sum(self->db);
}

static inline void close_tester(tester *self)
{
    assert_int_equal(toc_platform_check(self->fix.platform, NULL), TOC_OK);
    (void)sqlite3_close(self->db);
    world_done(&self->made);
    fixture_done(&self->fix);
}

/* Returns the status. What is refused must say so in JSON (or as the plain text of some refusals)
 * and must not have changed the store. */
static inline int try_it(tester *self, const char *method, const char *target, const char *kind,
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

static inline char *repeated(const char *text, size_t times, const char *tail)
{
    toc_buf all;
    toc_buf_init(&all, (size_t)1 << 24);
    for (size_t i = 0; i < times; i++)
        toc_buf_text(&all, text);
    toc_buf_text(&all, tail);
    assert_int_equal(all.failed, TOC_OK);
    return toc_buf_take(&all);
}

static inline bool reads_json(const toc_route *route, const world_request *request)
{
    return request->body && request->body[0] == '{' && !request->kind &&
           strstr(route->pattern, "batch/") == NULL &&
           /* What a service says of itself does not matter. */
           strstr(route->pattern, "token/") == NULL;
}
#endif
