/* Long bodies over sockets: uploads of content announced, in chunks and with "Expect", downloads
 * from files, on connections that stay open. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/curl.h"
#include "support/wire.h"

#define DOCUMENTS "/api/v2/groups/documents"
#define JSON "Content-Type: application/json\r\n"
#define LARGE ((size_t)8 * 1024 * 1024 + 3)

static wire_server server;
static char *large;

static int start(void **state)
{
    (void)state;
    wire_start(&server, NULL);
    large = toc_mem_alloc(LARGE);
    assert_non_null(large);
    for (size_t i = 0; i < LARGE; i++)
        large[i] = (char)(i * 31 + i / 4096);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    toc_mem_free(large);
    wire_done(&server);
    return 0;
}

/* A new document; its path into target. */
static void new_document(wire_conn *conn, char target[128], const char *rest)
{
    static const char body[] = "{\"name\":\"D\",\"fileName\":\"d.bin\"}";
    char head[128];
    int64_t id = 0;
    (void)snprintf(head, sizeof(head), JSON "Content-Length: %zu\r\n", sizeof(body) - 1);
    wire_head(&server, conn, "POST", DOCUMENTS, head);
    wire_text(conn, body);
    wire_reply reply = wire_receive(conn, false);
    assert_int_equal(reply.status, 201);
    const char *at = strstr(reply.body.ptr, "\"id\":");
    assert_non_null(at);
    assert_true(toc_str_to_int((toc_str){at + 5, strspn(at + 5, "0123456789")}, &id));
    wire_reply_done(&reply);
    (void)snprintf(target, 128, DOCUMENTS "/%lld/%s", (long long)id, rest);
}

static const char *download_of(const char *upload)
{
    static char target[160];
    size_t len = strlen(upload) - strlen("upload");
    (void)snprintf(target, sizeof(target), "%.*sdownload", (int)len, upload);
    return target;
}

static void expect_download(wire_conn *conn, const char *upload, const char *data, size_t len)
{
    char length[64];
    wire_head(&server, conn, "GET", download_of(upload), NULL);
    wire_reply reply = wire_receive(conn, false);
    assert_int_equal(reply.status, 200);
    (void)snprintf(length, sizeof(length), "Content-Length: %zu\r\n", len);
    assert_non_null(strstr(reply.head, length));
    assert_non_null(strstr(reply.head, "Content-Type: application/octet-stream\r\n"));
    assert_int_equal(reply.body.len, len);
    assert_memory_equal(reply.body.ptr, data, len);
    wire_reply_done(&reply);
}

static void test_up_and_down(void **state)
{
    (void)state;
    char target[128], head[128];
    wire_conn conn = wire_connect(&server);
    new_document(&conn, target, "upload");
    (void)snprintf(head, sizeof(head), "Content-Length: %zu\r\n", LARGE);
    wire_head(&server, &conn, "POST", target, head);
    wire_send(&conn, large, LARGE);
    wire_expect(&conn, 200, "{\"status\":\"Success\"}");
    /* Again and again on one connection, with other answers in between. */
    for (int i = 0; i < 3; i++) {
        expect_download(&conn, target, large, LARGE);
        wire_head(&server, &conn, "GET", "/api/v2/owners", NULL);
        wire_expect(&conn, 200, WIRE_OWNER);
    }
    wire_head(&server, &conn, "PUT", target, "Content-Length: 3\r\n");
    wire_text(&conn, "abc");
    wire_expect(&conn, 200, "Success");
    expect_download(&conn, target, "abc", 3);
    wire_close(&conn);
}

static void test_chunked(void **state)
{
    (void)state;
    char target[128], size[32];
    const size_t step = 300000;
    wire_conn conn = wire_connect(&server);
    new_document(&conn, target, "upload");
    wire_head(&server, &conn, "POST", target, "Transfer-Encoding: chunked\r\n");
    for (size_t at = 0; at < LARGE; at += step) {
        size_t len = LARGE - at < step ? LARGE - at : step;
        (void)snprintf(size, sizeof(size), "%zx\r\n", len);
        wire_text(&conn, size);
        wire_send(&conn, large + at, len);
        wire_text(&conn, "\r\n");
    }
    wire_text(&conn, "0\r\n\r\n");
    wire_expect(&conn, 200, "Success");
    expect_download(&conn, target, large, LARGE);
    wire_close(&conn);
}

static void test_expect(void **state)
{
    (void)state;
    char target[128], head[128];
    wire_conn conn = wire_connect(&server);
    new_document(&conn, target, "upload");
    (void)snprintf(head, sizeof(head), "Expect: 100-continue\r\nContent-Length: %zu\r\n", LARGE);
    wire_head(&server, &conn, "POST", target, head);
    wire_reply reply = wire_receive(&conn, true);
    assert_int_equal(reply.status, 100);
    wire_reply_done(&reply);
    wire_send(&conn, large, LARGE);
    wire_expect(&conn, 200, "Success");
    expect_download(&conn, target, large, LARGE);
    wire_close(&conn);
}

/* Gigabytes are for content and for those who are known; the others are told at once. */
static void test_maximum_by_route(void **state)
{
    (void)state;
    char target[128], head[160];
    wire_conn conn = wire_connect(&server);
    new_document(&conn, target, "upload");
    (void)snprintf(head, sizeof(head), "Expect: 100-continue\r\nContent-Length: %zu\r\n",
                   (size_t)TOC_MAX_BATCH_BODY + 1);
    wire_head(&server, &conn, "POST", target, head);
    wire_reply reply = wire_receive(&conn, true);
    assert_int_equal(reply.status, 100);
    wire_reply_done(&reply);
    wire_close(&conn);
    conn = wire_connect(&server);
    wire_head(&server, &conn, "POST", DOCUMENTS, head);
    wire_expect(&conn, 413, "Failure");
    wire_close(&conn);
    conn = wire_connect(&server);
    wire_text(&conn, "POST ");
    wire_text(&conn, target);
    wire_text(&conn, " HTTP/1.1\r\nHost: h\r\n");
    wire_text(&conn, head);
    wire_text(&conn, "\r\n");
    wire_expect(&conn, 401, "Access Denied");
    wire_close(&conn);
    (void)snprintf(head, sizeof(head), "Content-Length: %zu\r\n", TOC_MAX_CONTENT + 1);
    conn = wire_connect(&server);
    wire_head(&server, &conn, "POST", target, head);
    wire_expect(&conn, 413, "Failure");
    wire_close(&conn);
}

/* A client that leaves in the middle of a download or an upload takes nothing along. */
static void test_broken_off(void **state)
{
    (void)state;
    char target[128], head[128];
    wire_conn conn = wire_connect(&server);
    new_document(&conn, target, "upload");
    (void)snprintf(head, sizeof(head), "Content-Length: %zu\r\n", LARGE);
    wire_head(&server, &conn, "POST", target, head);
    wire_send(&conn, large, LARGE / 2);
    wire_close(&conn);
    conn = wire_connect(&server);
    wire_head(&server, &conn, "GET", download_of(target), NULL);
    wire_expect(&conn, 404, "Failure");
    wire_head(&server, &conn, "POST", target, head);
    wire_send(&conn, large, LARGE);
    wire_expect(&conn, 200, "Success");
    for (int i = 0; i < 8; i++) {
        wire_conn other = wire_connect(&server);
        wire_head(&server, &other, "GET", download_of(target), NULL);
        wire_close(&other);
    }
    expect_download(&conn, target, large, LARGE);
    wire_close(&conn);
}

static void test_bulk(void **state)
{
    (void)state;
    wire_conn conn = wire_connect(&server);
    for (int i = 0; i < 2; i++) {
        wire_head(&server, &conn, "GET", "/api/v2/indicators/bulk/json?runNow=true", NULL);
        wire_reply reply = wire_receive(&conn, false);
        assert_int_equal(reply.status, 200);
        assert_non_null(strstr(reply.head, "Content-Type: application/json\r\n"));
        assert_string_equal(reply.body.ptr, "{\"indicator\":[]}");
        wire_reply_done(&reply);
        wire_head(&server, &conn, "GET", "/api/v2/indicators/bulk/csv", NULL);
        wire_expect(&conn, 200, "Type,Value,Rating,Confidence\n");
    }
    wire_close(&conn);
}

/* --- the client's end ----------------------------------------------------------------------- */

static toc_rc add_up(void *user, const void *data, size_t len)
{
    size_t *sum = user;
    /* In order, and the right bytes. */
    if (data)
        assert_memory_equal(data, large + *sum, len);
    *sum = data ? *sum + len : 0;
    return TOC_OK;
}

static void fetch(const toc_transport *transport, toc_response *response, const char *target)
{
    char base[64], stamp[32];
    toc_buf signature;
    int64_t now = (int64_t)time(NULL);
    toc_buf_init(&signature, 1024);
    (void)snprintf(base, sizeof(base), "http://127.0.0.1:%u", server.port);
    (void)snprintf(stamp, sizeof(stamp), "%lld", (long long)now);
    assert_int_equal(toc_sign_header(server.signer, toc_str_of(server.user.access_id),
                                     toc_str_of(target), TOC_S("GET"), now, &signature),
                     TOC_OK);
    const toc_header headers[] = {{TOC_S("Timestamp"), toc_str_of(stamp)},
                                  {TOC_S("Authorization"), toc_buf_view(&signature)}};
    toc_request request = {.method = "GET",
                           .base = toc_str_of(base),
                           .target = toc_str_of(target),
                           .headers = headers,
                           .header_count = TOC_COUNT(headers)};
    toc_response_clear(response);
    assert_int_equal(transport->perform(transport->context, &request, response, NULL), TOC_OK);
    toc_buf_done(&signature);
}

static void test_client_hands_on(void **state)
{
    (void)state;
    char target[128], head[128];
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_transport transport;
    toc_response *response = NULL;
    size_t sum = 0;
    wire_conn conn = wire_connect(&server);
    new_document(&conn, target, "upload");
    (void)snprintf(head, sizeof(head), "Content-Length: %zu\r\n", LARGE);
    wire_head(&server, &conn, "POST", target, head);
    wire_send(&conn, large, LARGE);
    wire_expect(&conn, 200, "Success");
    wire_close(&conn);
    assert_int_equal(toc__curl_transport(&options, &transport, NULL), TOC_OK);
    assert_int_equal(toc_response_new(&response, NULL), TOC_OK);
    toc_response_set_sink(response, add_up, &sum);
    fetch(&transport, response, download_of(target));
    assert_int_equal(toc_response_status(response), 200);
    assert_int_equal(sum, LARGE);
    assert_int_equal(toc_response_body(response).len, 0);
    /* A refusal is not a file. */
    fetch(&transport, response, DOCUMENTS "/999999/download");
    assert_int_equal(toc_response_status(response), 404);
    assert_int_equal(sum, 0);
    assert_true(toc_str_find(toc_response_body(response), TOC_S("Failure")) > 0);
    toc_response_free(response);
    transport.close(transport.context);
}

static int open_files(void)
{
    int count = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir))
        count++;
    (void)closedir(dir);
    return count;
}

static void test_no_descriptor_is_lost(void **state)
{
    (void)state;
    char target[128];
    wire_conn conn = wire_connect(&server);
    new_document(&conn, target, "upload");
    wire_head(&server, &conn, "POST", target, "Content-Length: 3\r\n");
    wire_text(&conn, "abc");
    wire_expect(&conn, 200, "Success");
    expect_download(&conn, target, "abc", 3);
    int before = open_files();
    for (int i = 0; i < 50; i++)
        expect_download(&conn, target, "abc", 3);
    assert_true(open_files() <= before + 4);
    wire_close(&conn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_up_and_down),
        cmocka_unit_test(test_chunked),
        cmocka_unit_test(test_expect),
        cmocka_unit_test(test_maximum_by_route),
        cmocka_unit_test(test_broken_off),
        cmocka_unit_test(test_bulk),
        cmocka_unit_test(test_no_descriptor_is_lost),
        cmocka_unit_test(test_client_hands_on),
    };
    int failed = cmocka_run_group_tests(tests, start, stop);
    /* Bodies gathered on another file system than the store's. */
    if (access("/dev/shm", W_OK) || setenv("TMPDIR", "/dev/shm", 1))
        return failed;
    return failed + cmocka_run_group_tests(tests, start, stop);
}
