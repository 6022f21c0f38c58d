/* A server that reads and sends in small pieces: every so many calls on its sockets do less than
 * they were asked for, down to a byte, or nothing yet (EAGAIN); or its sockets have the smallest
 * buffers. That is no failure: a whole conversation gets the right answers at the first attempt,
 * and what was sent is there once. interpose.c says how the edges that the kernel owes are made. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "support/faulty.h"
#include "support/patience.h"
#include "support/program.h"
#include "tocsin/session.h"

#define HOSTS 3
#define THREATS 3
#define ITEMS 2000 /* some 100 KB */
#define CONTENT ((size_t)3 * 1024 * 1024)
#define LITTLE ((size_t)10 * 1024)
#define COUNT_OF(a) (sizeof(a) / sizeof *(a))

static faulty_place place;
static char access_id[128], secret[128];
static char *content, *batch;

typedef struct conversation {
    toc_session *sess;
    const fault *fail;
    size_t content, items;
} conversation;

/* --- one request ---------------------------------------------------------------------------- */

/* The answer, which is a success; each request is sent once. */
static toc_response *ask(const conversation *talk, const char *method, const char *path,
                         toc_str body, bool bytes)
{
    toc_response *response = NULL;
    toc_error err = {0};
    toc_call call = {.method = method, .path = path, .body = body};
    if (bytes)
        call.content_type = "application/octet-stream";
    if (toc_session_call(talk->sess, &call, &response, &err))
        fail_msg("%s %s with each %lu. %s %s: %s", method, path, talk->fail->nth, talk->fail->call,
                 talk->fail->error, err.message);
    return response;
}

static void tell(const conversation *talk, const char *method, const char *path, toc_str body,
                 bool bytes)
{
    toc_response_free(ask(talk, method, path, body, bytes));
}

static int64_t number_of(const conversation *talk, const char *method, const char *path,
                         toc_str body, const char *key)
{
    int64_t number = 0;
    toc_response *response = ask(talk, method, path, body, false);
    toc_str text = toc_response_body(response);
    ptrdiff_t at = toc_str_find(text, toc_str_of(key));
    assert_true(at >= 0);
    const char *from = text.ptr + at + strlen(key);
    assert_true(toc_str_to_int((toc_str){from, strspn(from, "0123456789")}, &number));
    toc_response_free(response);
    return number;
}

/* --- a conversation ------------------------------------------------------------------------- */

static void write_objects(const conversation *talk)
{
    char body[96];
    for (int i = 0; i < HOSTS; i++) {
        int len = snprintf(body, sizeof body, "{\"hostName\":\"h%d.example\"}", i);
        tell(talk, "POST", "/v2/indicators/hosts", (toc_str){body, (size_t)len}, false);
    }
    /* Each of these makes an object whenever it arrives. */
    for (int i = 0; i < THREATS; i++)
        tell(talk, "POST", "/v2/groups/threats", TOC_S("{\"name\":\"again\"}"), false);
    toc_response *got =
        ask(talk, "GET", "/v2/indicators/hosts/h1.example", (toc_str){NULL, 0}, false);
    assert_true(toc_str_find(toc_response_body(got), TOC_S("\"h1.example\"")) > 0);
    toc_response_free(got);
    tell(talk, "DELETE", "/v2/indicators/hosts/h0.example", (toc_str){NULL, 0}, false);
}

static size_t make_batch(size_t items)
{
    const size_t size = ITEMS * 64;
    size_t used = (size_t)snprintf(batch, size, "{\"indicator\":[");
    for (size_t i = 0; i < items; i++)
        used += (size_t)snprintf(batch + used, size - used,
                                 "%s{\"type\":\"Address\",\"summary\":\"10.0.%zu.%zu\"}",
                                 i ? "," : "", i / 250, i % 250 + 1);
    return used + (size_t)snprintf(batch + used, size - used, "]}");
}

static bool is_completed(const conversation *talk, const char *path)
{
    toc_response *got = ask(talk, "GET", path, (toc_str){NULL, 0}, false);
    bool done = toc_str_find(toc_response_body(got), TOC_S("Completed")) > 0;
    toc_response_free(got);
    return done;
}

static void write_batch(const conversation *talk)
{
    char path[64];
    int64_t id = number_of(talk, "POST", "/v2/batch",
                           TOC_S("{\"version\":\"V2\",\"owner\":\"" FAULTY_OWNER
                                 "\",\"haltOnError\":false,\"action\":\"Create\","
                                 "\"attributeWriteType\":\"Replace\"}"),
                           "\"batchId\":");
    (void)snprintf(path, sizeof path, "/v2/batch/%lld", (long long)id);
    tell(talk, "POST", path, (toc_str){batch, make_batch(talk->items)}, true);
    wait_until(is_completed(talk, path));
    int64_t written = number_of(talk, "GET", path, (toc_str){NULL, 0}, "\"successCount\":");
    assert_int_equal(written, talk->items);
}

static void move_document(const conversation *talk)
{
    char path[96];
    int64_t id = number_of(talk, "POST", "/v2/groups/documents",
                           TOC_S("{\"name\":\"d\",\"fileName\":\"d.bin\"}"), "\"id\":");
    (void)snprintf(path, sizeof path, "/v2/groups/documents/%lld/upload", (long long)id);
    tell(talk, "POST", path, (toc_str){content, talk->content}, true);
    (void)snprintf(path, sizeof path, "/v2/groups/documents/%lld/download", (long long)id);
    toc_response *got = ask(talk, "GET", path, (toc_str){NULL, 0}, false);
    toc_str body = toc_response_body(got);
    assert_int_equal(body.len, talk->content);
    assert_memory_equal(body.ptr, content, body.len);
    toc_response_free(got);
}

static void converse(const fault *fail, bool little)
{
    char url[128];
    pid_t pid = 0;
    int status = 0;
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    conversation talk = {
        .fail = fail, .content = little ? LITTLE : CONTENT, .items = little ? ITEMS / 10 : ITEMS};
    faulty_renew(&place);
    assert_true(faulty_serve(&place, fail, &pid, url, sizeof url, &status));
    options.api_url = url;
    options.access_id = access_id;
    options.secret_key = secret;
    options.owner = FAULTY_OWNER;
    options.retries = 1;
    options.timeout_s = 20;
    options.ca_file = place.cert[0] ? place.cert : NULL;
    assert_int_equal(toc_session_open(&options, &talk.sess, NULL), TOC_OK);
    write_objects(&talk);
    write_batch(&talk);
    move_document(&talk);
    toc_session_close(talk.sess);
    assert_int_equal(kill(pid, SIGTERM), 0);
    assert_int_equal(faulty_finish(&place, pid, fail), 0);
    assert_true(faulty_count(&place, fail->call) >= fail->nth);
    faulty_check_store(&place);
    assert_int_equal(faulty_list_count(&place, "/v2/indicators/hosts"), HOSTS - 1);
    assert_int_equal(faulty_list_count(&place, "/v2/groups/threats"), THREATS);
    assert_int_equal(faulty_list_count(&place, "/v2/groups/documents"), 1);
    assert_int_equal(faulty_list_count(&place, "/v2/indicators/addresses"), talk.items);
}

/* little: a call for each byte, which takes its time. */
static const struct {
    fault fail;
    bool little;
} rows[] = {
    {{"recv", "BYTE", 1, false, true}, true},     {{"recv", "BYTE", 2, false, true}, false},
    {{"send", "BYTE", 1, false, true}, true},     {{"send", "BYTE", 2, false, true}, false},
    {{"recv", "EAGAIN", 2, false, true}, false},  {{"send", "SHORT", 1, false, true}, false},
    {{"send", "EAGAIN", 2, false, true}, false},  {{"traffic", "EAGAIN", 3, false, true}, false},
    {{"accept", "TIGHT", 1, false, true}, false},
};

static void each(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        converse(&rows[i].fail, rows[i].little);
}

static void test_plain(void **state)
{
    (void)state;
    each();
}

static void test_tls(void **state)
{
    (void)state;
    faulty_certify(&place);
    each();
    place.cert[0] = '\0';
}

static int setup(void **state)
{
    (void)state;
    faulty_credentials(&place, access_id, secret, sizeof secret);
    content = malloc(CONTENT);
    batch = malloc(ITEMS * 64);
    assert_true(content && batch);
    for (size_t i = 0; i < CONTENT; i++)
        content[i] = (char)(i * 7 % 251 + i / 4096);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(content);
    free(batch);
    faulty_teardown(&place);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_tls),
    };
    if (!faulty_setup(&place)) {
        print_message("calls cannot be made to fail in this build\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, setup, teardown);
}
