/* platform_fixture.h - a platform over a store in a directory of its own, asked without sockets. */
#ifndef TOC_TESTS_PLATFORM_FIXTURE_H
#define TOC_TESTS_PLATFORM_FIXTURE_H
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "auth/auth.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "support/folder.h"
#include "tocsin/platform.h"

typedef struct fixture {
    char directory[FOLDER_SIZE];
    char path[96];
    toc_platform *platform;
    toc_response *response;
    toc_new_user user;
    toc_buf form;
} fixture;

static inline void fixture_open(fixture *fix, unsigned synchronous)
{
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    toc_error err = {0};
    options.store = fix->path;
    options.create = true;
    options.no_sync = true;
    options.ui_url = "https://tip.example/";
    options.synchronous_batch = synchronous;
    toc_rc rc = toc_platform_open(&options, &fix->platform, &err);
    if (rc)
        fail_msg("open: %s", err.message);
}

static inline void fixture_new(fixture *fix, unsigned synchronous)
{
    memset(fix, 0, sizeof(*fix));
    folder_make(fix->directory);
    (void)snprintf(fix->path, sizeof(fix->path), "%s/store.db", fix->directory);
    toc_buf_init(&fix->form, TOC_MAX_BATCH_BODY);
    fixture_open(fix, synchronous);
    assert_int_equal(toc_response_new(&fix->response, NULL), 0);
    assert_int_equal(toc_platform_add_owner(fix->platform, "Acme CTI", "Organization", NULL, NULL),
                     0);
    assert_int_equal(toc_platform_add_owner(fix->platform, "Shared Feed", "Source", NULL, NULL), 0);
    assert_int_equal(toc_platform_add_user(fix->platform, "Acme CTI", &fix->user, NULL), 0);
}

static inline void fixture_done(fixture *fix)
{
    toc_platform_close(fix->platform);
    toc_response_free(fix->response);
    toc_buf_done(&fix->form);
    folder_remove(fix->directory);
}

/* For cmocka: a fixture as the state of one test. */
static inline int fixture_setup(void **state)
{
    fixture *fix = calloc(1, sizeof(*fix));
    if (!fix)
        return -1;
    fixture_new(fix, 500);
    *state = fix;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    fixture_done(*state);
    free(*state);
    return 0;
}

static inline const char *fixture_body(fixture *fix)
{
    toc_str body = toc_response_body(fix->response);
    return body.ptr ? body.ptr : "";
}

/* One trusted request; returns the status. */
static inline int ask(fixture *fix, const char *method, const char *target, const char *body)
{
    toc_request request = {
        .method = method, .target = toc_str_of(target), .body = toc_str_of(body)};
    assert_int_equal(toc_platform_handle(fix->platform, &request, true, fix->response, NULL), 0);
    return toc_response_status(fix->response);
}

static inline int get(fixture *fix, const char *target)
{
    return ask(fix, "GET", target, NULL);
}

/* Asks and fails the test with the answer unless the status is the one wanted. */
#define expect(fix, method, target, body, status)                                                  \
    do {                                                                                           \
        int got_ = ask((fix), (method), (target), (body));                                         \
        if (got_ != (status))                                                                      \
            fail_msg("%s %s: %d instead of %d: %s", (method), (target), got_, (status),            \
                     fixture_body(fix));                                                           \
    } while (0)

#define contains(fix, text)                                                                        \
    do {                                                                                           \
        if (!strstr(fixture_body(fix), (text)))                                                    \
            fail_msg("no %s in %s", (text), fixture_body(fix));                                    \
    } while (0)

#define lacks(fix, text)                                                                           \
    do {                                                                                           \
        if (strstr(fixture_body(fix), (text)))                                                     \
            fail_msg("%s in %s", (text), fixture_body(fix));                                       \
    } while (0)

/* The number behind the first "key": of the answer; -1 without one. */
static inline long long number_of(fixture *fix, const char *key)
{
    char word[64];
    int64_t value = -1;
    toc_str body = toc_response_body(fix->response);
    (void)snprintf(word, sizeof(word), "\"%s\":", key);
    ptrdiff_t at = toc_str_find(body, toc_str_of(word));
    if (at < 0)
        return -1;
    size_t from = (size_t)at + strlen(word), to = from;
    while (to < body.len && body.ptr[to] >= '0' && body.ptr[to] <= '9')
        to++;
    return toc_str_to_int(toc_str_slice(body, from, to), &value) ? value : -1;
}

static inline int count_of(fixture *fix, const char *text)
{
    int count = 0;
    for (const char *at = fixture_body(fix); (at = strstr(at, text)) != NULL; at += strlen(text))
        count++;
    return count;
}

/* createAndUpload with these settings and this content. */
static inline int batch_with(fixture *fix, const char *config, toc_str content, bool additional)
{
    toc_header header = {TOC_S("Content-Type"), TOC_S("multipart/form-data; boundary=\"x-7\"")};
    toc_buf_clear(&fix->form);
    toc_buf_lit(&fix->form, "--x-7\r\nContent-Disposition: form-data; name=\"config\"; "
                            "filename=\"config\"\r\n\r\n");
    toc_buf_text(&fix->form, config);
    toc_buf_lit(&fix->form, "\r\n--x-7\r\nContent-Disposition: form-data; name=\"content\"\r\n"
                            "Content-Type: text/plain\r\n\r\n");
    toc_buf_str(&fix->form, content);
    toc_buf_lit(&fix->form, "\r\n--x-7--\r\n");
    toc_request request = {
        .method = "POST",
        .target = additional ? TOC_S("/api/v2/batch/createAndUpload?includeAdditional=true")
                             : TOC_S("/api/v2/batch/createAndUpload"),
        .headers = &header,
        .header_count = 1,
        .body = toc_buf_view(&fix->form)};
    assert_int_equal(toc_platform_handle(fix->platform, &request, true, fix->response, NULL), 0);
    return toc_response_status(fix->response);
}

#define BATCH_CONFIG                                                                               \
    "{\"version\":\"V2\",\"owner\":\"Acme CTI\",\"haltOnError\":\"false\",\"action\":\"Create\","  \
    "\"attributeWriteType\":\"Replace\"}"

static inline int batch(fixture *fix, const char *content)
{
    return batch_with(fix, BATCH_CONFIG, toc_str_of(content), true);
}
#endif
