/* signed.h - requests as a user signs them, or with a token, on top of platform_fixture.h. */
#ifndef TOC_TESTS_SIGNED_H
#define TOC_TESTS_SIGNED_H
#include "wire/platform_fixture.h"

/* A request with the headers given; NULL leaves one out. */
static inline int ask_with(fixture *fix, const char *method, const char *target, const char *body,
                           const char *authorization, const char *timestamp)
{
    toc_header headers[2];
    size_t count = 0;
    if (authorization)
        headers[count++] = (toc_header){TOC_S("authorization"), toc_str_of(authorization)};
    if (timestamp)
        headers[count++] = (toc_header){TOC_S("TIMESTAMP"), toc_str_of(timestamp)};
    toc_request request = {.method = method,
                           .target = toc_str_of(target),
                           .headers = headers,
                           .header_count = count,
                           .body = toc_str_of(body)};
    assert_int_equal(toc_platform_handle(fix->platform, &request, false, fix->response, NULL), 0);
    return toc_response_status(fix->response);
}

/* Signs signed_target and sends target, skew seconds off the clock. */
static inline int ask_signed(fixture *fix, const toc_new_user *user, const char *method,
                             const char *target, const char *signed_target, const char *body,
                             int skew)
{
    toc_signer *signer = NULL;
    toc_buf header;
    char timestamp[32];
    int64_t when = toc_time_now() + skew;
    toc_buf_init(&header, 256);
    assert_int_equal(toc_signer_new(toc_str_of(user->secret_key), &signer, NULL), 0);
    assert_int_equal(toc_sign_header(signer, toc_str_of(user->access_id), toc_str_of(signed_target),
                                     toc_str_of(method), when, &header),
                     0);
    (void)snprintf(timestamp, sizeof(timestamp), "%lld", (long long)when);
    int status = ask_with(fix, method, target, body, header.ptr, timestamp);
    toc_signer_free(signer);
    toc_buf_done(&header);
    return status;
}

static inline int ask_late(fixture *fix, const toc_new_user *user, const char *method,
                           const char *target, const char *body, int skew)
{
    return ask_signed(fix, user, method, target, target, body, skew);
}

static inline int ask_as(fixture *fix, const toc_new_user *user, const char *method,
                         const char *target, const char *body)
{
    return ask_late(fix, user, method, target, body, 0);
}

static inline int ask_token(fixture *fix, const char *token, const char *method, const char *target,
                            const char *body)
{
    char header[256];
    (void)snprintf(header, sizeof(header), "TC-Token %s", token);
    return ask_with(fix, method, target, body, header, NULL);
}

/* The text of the answer's first member of this name. */
static inline void text_of(fixture *fix, const char *key, char *text, size_t size)
{
    char word[64];
    (void)snprintf(word, sizeof(word), "\"%s\":\"", key);
    const char *at = strstr(fixture_body(fix), word);
    if (!at)
        fail_msg("no %s in %s", key, fixture_body(fix));
    at += strlen(word);
    (void)snprintf(text, size, "%.*s", (int)strcspn(at, "\""), at);
}
#endif
