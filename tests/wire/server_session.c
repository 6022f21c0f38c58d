/* Both ends in one process: the client's session over curl to the listener, plain and with TLS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/folder.h"
#include "support/patience.h"
#include "support/wire.h"
#include "tocsin/session.h"

/* --- a certificate for 127.0.0.1 ------------------------------------------------------------ */

static void add_extension(X509 *cert, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, cert, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(cert, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

static X509 *self_signed(EVP_PKEY *key)
{
    X509 *cert = X509_new();
    assert_non_null(cert);
    assert_int_equal(X509_set_version(cert, 2), 1);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(cert), 1), 1);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(cert), -3600));
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(cert), 3600));
    assert_int_equal(X509_set_pubkey(cert, key), 1);
    X509_NAME *name = X509_get_subject_name(cert);
    assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                                (const unsigned char *)"test", -1, -1, 0),
                     1);
    assert_int_equal(X509_set_issuer_name(cert, name), 1);
    add_extension(cert, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(cert, NID_subject_alt_name, "IP:127.0.0.1");
    assert_int_not_equal(X509_sign(cert, key, EVP_sha256()), 0);
    return cert;
}

typedef struct pem_files {
    char dir[FOLDER_SIZE], cert[96], key[96];
} pem_files;

static void write_pem(pem_files *files)
{
    folder_make(files->dir);
    (void)snprintf(files->cert, sizeof(files->cert), "%s/cert.pem", files->dir);
    (void)snprintf(files->key, sizeof(files->key), "%s/key.pem", files->dir);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    assert_non_null(key);
    X509 *cert = self_signed(key);
    FILE *out = fopen(files->cert, "w");
    assert_non_null(out);
    assert_int_equal(PEM_write_X509(out, cert), 1);
    assert_int_equal(fclose(out), 0);
    out = fopen(files->key, "w");
    assert_non_null(out);
    assert_int_equal(PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(fclose(out), 0);
    X509_free(cert);
    EVP_PKEY_free(key);
}

/* --- a session ------------------------------------------------------------------------------ */

static toc_session *open_session(const wire_server *server, const char *scheme, const char *ca)
{
    char url[64];
    toc_error err = {0};
    toc_session *sess = NULL;
    (void)snprintf(url, sizeof(url), "%s://127.0.0.1:%u/api", scheme, server->port);
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    options.api_url = url;
    options.access_id = server->user.access_id;
    options.secret_key = server->user.secret_key;
    options.owner = WIRE_OWNER;
    options.ca_file = ca;
    options.retries = 1;
    options.timeout_s = 20;
    if (toc_session_open(&options, &sess, &err))
        fail_msg("%s", err.message);
    return sess;
}

static toc_response *call(toc_session *sess, const char *method, const char *path, toc_str body)
{
    toc_error err = {0};
    toc_response *response = NULL;
    toc_call what = TOC_CALL_INIT;
    what.method = method;
    what.path = path;
    what.owner = WIRE_OWNER;
    what.body = body;
    if (toc_session_call(sess, &what, &response, &err))
        fail_msg("%s %s: %s", method, path, err.message);
    return response;
}

static void round_trip(toc_session *sess)
{
    toc_error err = {0};
    toc_owners *owners = NULL;
    if (toc_owners_get(sess, &owners, &err))
        fail_msg("%s", err.message);
    assert_true(toc_owners_count(owners) >= 1);
    toc_owners_free(owners);
    toc_response *made = call(sess, "POST", "/v2/indicators/urls",
                              TOC_S("{\"text\":\"http://x.example/a?b=c%20d\"}"));
    assert_int_equal(toc_response_status(made), 201);
    toc_response_free(made);
    toc_response *got =
        call(sess, "GET", "/v2/indicators/urls/http%3A%2F%2Fx.example%2Fa%3Fb%3Dc%2520d",
             (toc_str){NULL, 0});
    assert_int_equal(toc_response_status(got), 200);
    assert_true(toc_response_is(got, "application/json"));
    assert_true(toc_str_find(toc_response_body(got), TOC_S("x.example")) > 0);
    toc_response_free(got);
}

/* Large enough that curl asks before it sends (Expect: 100-continue) and the body is a file. */
static void large_upload(toc_session *sess)
{
    static const char head[] = "{\"hostName\":\"large.example\"";
    const size_t len = (size_t)4 * 1024 * 1024;
    char *body = toc_mem_alloc(len);
    assert_non_null(body);
    memset(body, ' ', len);
    memcpy(body, head, sizeof(head) - 1);
    body[len - 1] = '}';
    toc_response *made = call(sess, "POST", "/v2/indicators/hosts", (toc_str){body, len});
    assert_int_equal(toc_response_status(made), 201);
    toc_response_free(made);
    toc_mem_free(body);
}

static void test_plain(void **state)
{
    (void)state;
    wire_server server;
    wire_start(&server, NULL);
    toc_session *sess = open_session(&server, "http", NULL);
    round_trip(sess);
    large_upload(sess);
    toc_session_close(sess);
    wire_done(&server);
}

static void start_tls(wire_server *server, pem_files *files)
{
    write_pem(files);
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    options.listen = "127.0.0.1:0";
    options.threads = 1;
    options.tls_cert = files->cert;
    options.tls_key = files->key;
    wire_start(server, &options);
}

static void test_tls(void **state)
{
    (void)state;
    pem_files files;
    wire_server server;
    start_tls(&server, &files);
    toc_session *sess = open_session(&server, "https", files.cert);
    round_trip(sess);
    large_upload(sess);
    toc_session_close(sess);
    wire_done(&server);
    folder_remove(files.dir);
}

/* A client that does not know the certificate, and one that speaks plain HTTP. */
static void test_tls_is_checked(void **state)
{
    (void)state;
    pem_files files;
    wire_server server;
    toc_error err = {0};
    toc_owners *owners = NULL;
    write_pem(&files);
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    options.listen = "127.0.0.1:0";
    options.tls_cert = files.cert;
    options.tls_key = files.key;
    wire_start(&server, &options);
    static const char *const schemes[] = {"https", "http"};
    for (size_t i = 0; i < TOC_COUNT(schemes); i++) {
        toc_session *sess = open_session(&server, schemes[i], NULL);
        assert_int_equal(toc_owners_get(sess, &owners, &err), TOC_ENET);
        toc_session_close(sess);
    }
    wire_done(&server);
    folder_remove(files.dir);
}

static void keep_lines(void *user, toc_log_level level, const char *area, const char *text)
{
    (void)level;
    (void)area;
    toc_buf_text(user, text);
}

/* Key and certificate that do not belong together: an error that says so, and no key in it. */
static void test_wrong_key(void **state)
{
    (void)state;
    pem_files one, two;
    wire_server server;
    toc_buf log;
    toc_error err = {0};
    toc_server *made = NULL;
    write_pem(&one);
    write_pem(&two);
    wire_start(&server, NULL);
    toc_buf_init(&log, 65536);
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    options.listen = "127.0.0.1:0";
    options.tls_cert = one.cert;
    options.tls_key = two.key;
    options.log = keep_lines;
    options.log_user = &log;
    options.log_level = TOC_LOG_DEBUG;
    assert_int_equal(toc_server_start(server.platform, &options, &made, &err), TOC_EINVAL);
    assert_null(made);
    assert_non_null(strstr(err.message, two.key));
    assert_null(strstr(err.message, "PRIVATE"));
    assert_null(strstr(log.len ? log.ptr : "", "PRIVATE"));
    toc_buf_done(&log);
    wire_done(&server);
    folder_remove(one.dir);
    folder_remove(two.dir);
}

static void test_secrets_are_not_logged(void **state)
{
    (void)state;
    wire_server server;
    toc_buf log;
    toc_buf_init(&log, 65536);
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    options.listen = "127.0.0.1:0";
    options.threads = 1;
    options.log = keep_lines;
    options.log_user = &log;
    options.log_level = TOC_LOG_DEBUG;
    wire_start(&server, &options);
    toc_session *sess = open_session(&server, "http", NULL);
    round_trip(sess);
    toc_session_close(sess);
    wire_conn conn = wire_connect(&server);
    wire_text(&conn, "GET /appAuth?expiredToken=precious HTTP/1.1\r\nHost: h\r\n\r\n");
    wire_expect(&conn, 401, NULL);
    wire_close(&conn);
    wire_stop(&server);
    assert_non_null(strstr(log.ptr, "GET /api/v2/owners"));
    assert_non_null(strstr(log.ptr, "GET /appAuth: 401"));
    assert_null(strstr(log.ptr, "precious"));
    assert_null(strstr(log.ptr, "TC "));
    assert_null(strstr(log.ptr, server.user.secret_key));
    toc_buf_done(&log);
    wire_done(&server);
}

/* --- waiting --------------------------------------------------------------------------------- */

static double seconds(clockid_t clock)
{
    struct timespec now;
    assert_int_equal(clock_gettime(clock, &now), 0);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The library asks to be run again and again for a connection with which it cannot go on. What the
 * processor has to do meanwhile does not grow with the time that is waited. */
static void expect_rest(void)
{
    double before = seconds(CLOCK_MONOTONIC), busy = seconds(CLOCK_PROCESS_CPUTIME_ID);
    pause_ms(1000);
    busy = seconds(CLOCK_PROCESS_CPUTIME_ID) - busy;
    double passed = seconds(CLOCK_MONOTONIC) - before;
    if (busy > passed / 5)
        fail_msg("%f s of %f s were spent on nothing", busy, passed);
}

static void test_handshake_rests(void **state)
{
    (void)state;
    pem_files files;
    wire_server server;
    start_tls(&server, &files);
    wire_conn conn = wire_connect(&server);
    wire_text(&conn, "\x16"); /* a handshake begins */
    expect_rest();
    wire_close(&conn);
    wire_done(&server);
    folder_remove(files.dir);
}

/* The line before a chunk has no end, and the memory of the connection has one. */
static void test_endless_chunk_line_rests(void **state)
{
    (void)state;
    wire_server server;
    char zeros[4096];
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    options.listen = "127.0.0.1:0";
    options.threads = 1;
    options.idle_s = 3;
    wire_start(&server, &options);
    wire_conn conn = wire_connect(&server);
    wire_head(&server, &conn, "POST", "/api/v2/indicators/hosts",
              "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n");
    memset(zeros, '0', sizeof(zeros));
    for (int i = 0; i < 32; i++)
        wire_send(&conn, zeros, sizeof(zeros));
    expect_rest();
    /* Others are served meanwhile. */
    wire_conn other = wire_connect(&server);
    wire_head(&server, &other, "GET", "/api/v2/owners", NULL);
    wire_expect(&other, 200, WIRE_OWNER);
    wire_close(&other);
    wire_close(&conn);
    wire_done(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_tls),
        cmocka_unit_test(test_tls_is_checked),
        cmocka_unit_test(test_handshake_rests),
        cmocka_unit_test(test_endless_chunk_line_rests),
        cmocka_unit_test(test_wrong_key),
        cmocka_unit_test(test_secrets_are_not_logged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
