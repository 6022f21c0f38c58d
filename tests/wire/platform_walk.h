/* platform_walk.h - for tests that walk from object to object: targets with ids in them. */
#ifndef TOC_TESTS_PLATFORM_WALK_H
#define TOC_TESTS_PLATFORM_WALK_H
#include "wire/platform_fixture.h"

static inline int walk_setup(void **state)
{
    fixture *fix = calloc(1, sizeof(*fix));
    if (!fix)
        return -1;
    fixture_new(fix, 500);
    *state = fix;
    return 0;
}

static inline int walk_teardown(void **state)
{
    fixture_done(*state);
    free(*state);
    return 0;
}

/* A target made of parts; valid for a few hundred more. */
__attribute__((format(printf, 1, 2))) static inline const char *path(const char *format, ...)
{
    static char room[256][512];
    static unsigned turn;
    char *text = room[turn++ % 256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(room[0]), format, args);
    va_end(args);
    return text;
}

/* Creates and returns the id. */
static inline long long make(fixture *fix, const char *target, const char *body)
{
    expect(fix, "POST", target, body, 201);
    long long id = number_of(fix, "id");
    assert_true(id > 0);
    return id;
}

/* Gets a list of so many. */
static inline void lists(fixture *fix, const char *target, const char *entity, int count)
{
    expect(fix, "GET", target, NULL, 200);
    contains(fix, path("\"resultCount\":%d,\"%s\":[", count, entity));
}

/* A request that a user signs, or one with a header of its own. */
static inline int ask_as(fixture *fix, const toc_new_user *user, const char *method,
                         const char *target, const char *body)
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
                            {TOC_S("Timestamp"), toc_str_of(timestamp)}};
    toc_request request = {.method = method,
                           .target = toc_str_of(target),
                           .headers = headers,
                           .header_count = 2,
                           .body = toc_str_of(body)};
    assert_int_equal(toc_platform_handle(fix->platform, &request, false, fix->response, NULL), 0);
    toc_signer_free(signer);
    toc_buf_done(&header);
    return toc_response_status(fix->response);
}
#endif
