/* Small requests and answers that want much: packed bodies, depth, patterns that try everything,
 * keys that fall together. Each ends with a refusal, and in a time that does not explode: a test
 * that hangs here has failed. */
#include "wire/platform_fixture.h"

#include <sys/mman.h>
#include <zlib.h>

#include "base/map.h"
#include "support/listener.h"
#include "tocsin/session.h"

#define HOST "{\"hostName\":\"packed.example\"}"

/* --- packed bodies --------------------------------------------------------------------------- */

/* Zeros, a thousand times as many as the packed bytes, behind the text. */
static size_t pack(const char *text, size_t zeros, unsigned char *out, size_t size)
{
    static unsigned char block[65536];
    z_stream stream = {.next_out = out, .avail_out = (uInt)size};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (unsigned char *)(uintptr_t)text;
    stream.avail_in = (uInt)strlen(text);
    assert_int_equal(deflate(&stream, Z_NO_FLUSH), Z_OK);
    for (size_t done = 0; done < zeros; done += sizeof(block)) {
        stream.next_in = block;
        stream.avail_in = sizeof(block);
        assert_int_equal(deflate(&stream, Z_NO_FLUSH), Z_OK);
    }
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t len = size - stream.avail_out;
    (void)deflateEnd(&stream);
    return len;
}

/* The platform unpacks nothing: a packed body is no JSON. */
static void test_packed_requests(void **state)
{
    static unsigned char packed[262144];
    static const char *const targets[] = {"/v2/indicators/hosts", "/v2/batch",
                                          "/v2/batch/createAndUpload", "/v2/indicators/bulk/json"};
    fixture fix;
    (void)state;
    fixture_new(&fix, 500);
    for (size_t i = 0; i < TOC_COUNT(targets); i++) {
        for (size_t zeros = 0; zeros <= (size_t)1 << 27; zeros += (size_t)1 << 27) {
            size_t len = pack(HOST, zeros, packed, sizeof(packed));
            const toc_header headers[] = {{TOC_S("Content-Encoding"), TOC_S("gzip")},
                                          {TOC_S("Content-Type"), TOC_S("application/json")}};
            toc_request request = {.method = "POST",
                                   .target = toc_str_of(targets[i]),
                                   .headers = headers,
                                   .header_count = 2,
                                   .body = {(const char *)packed, len}};
            assert_int_equal(toc_platform_handle(fix.platform, &request, true, fix.response, NULL),
                             0);
            int status = toc_response_status(fix.response);
            if (status < 400 || status >= 500)
                fail_msg("%s: %d %s", targets[i], status, fixture_body(&fix));
        }
    }
    assert_int_equal(get(&fix, "/v2/indicators/hosts/packed.example"), 404);
    fixture_done(&fix);
}

/* Nor does the client ask for packed answers or unpack what it did not ask for: of all answers only
 * the error list of a job may be packed. */
static void test_packed_answers(void **state)
{
    static char raw[262144];
    static unsigned char packed[200000];
    char url[64];
    listener server;
    toc_error err = {0};
    toc_session *sess = NULL;
    toc_response *response = NULL;
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    (void)state;
    size_t len = pack("{\"status\":\"Success\"}", (size_t)1 << 27, packed, sizeof(packed));
    /* The listener sends texts: what is packed has its NULs taken out, which nobody looks at. */
    for (size_t i = 0; i < len; i++)
        packed[i] = packed[i] ? packed[i] : 1;
    (void)snprintf(raw, sizeof(raw),
                   "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                   "Content-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n%.*s",
                   len, (int)len, (const char *)packed);
    const listener_reply replies[] = {{.raw = raw, .close = true}};
    assert_true(listener_start(&server, replies, 1));
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u", server.port);
    options.api_url = url;
    options.token = "t";
    options.retries = 1;
    assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
    toc_call call = {.path = "/v2/owners"};
    (void)toc_session_call(sess, &call, &response, &err);
    assert_int_equal(toc_response_body(toc_session_last_response(sess)).len, len);
    assert_null(strstr(server.heads[0], "Accept-Encoding"));
    toc_response_free(response);
    toc_session_close(sess);
    listener_stop(&server);
}

/* An answer without end is cut off where the limit is, before it is kept. */
static void test_endless_answers(void **state)
{
    const size_t size = (size_t)TOC_MAX_RESPONSE + 1;
    toc_response *response = NULL;
    (void)state;
    void *zeros = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(zeros != MAP_FAILED);
    assert_int_equal(toc_response_new(&response, NULL), TOC_OK);
    assert_int_equal(toc_response_append(response, zeros, size), TOC_ELIMIT);
    assert_int_equal(toc_response_body(response).len, 0);
    toc_response_free(response);
    (void)munmap(zeros, size);
}

/* --- depth and number ------------------------------------------------------------------------ */

static char *repeat(const char *text, size_t times)
{
    size_t len = strlen(text);
    char *all = malloc(len * times + 1);
    assert_non_null(all);
    for (size_t i = 0; i < times; i++)
        memcpy(all + i * len, text, len);
    all[len * times] = '\0';
    return all;
}

static void test_depth(void **state)
{
    static const char *const pieces[] = {"[", "{\"indicator\":", "{\"group\":[",
                                         "{\"indicator\":[{\"attribute\":["};
    fixture fix;
    (void)state;
    fixture_new(&fix, 500);
    for (size_t i = 0; i < TOC_COUNT(pieces); i++) {
        char *deep = repeat(pieces[i], 200000);
        int status = batch(&fix, deep);
        if (status >= 500)
            fail_msg("%s: %d %s", pieces[i], status, fixture_body(&fix));
        while (toc_platform_work(fix.platform, NULL, NULL, NULL) > 0)
            continue;
        assert_true(ask(&fix, "POST", "/v2/indicators/hosts", deep) == 400);
        free(deep);
    }
    assert_int_equal(get(&fix, "/v2/owners"), 200);
    fixture_done(&fix);
}

/* A form with more parts than any client sends. */
static void test_parts(void **state)
{
    fixture fix;
    (void)state;
    fixture_new(&fix, 500);
    toc_header header = {TOC_S("Content-Type"), TOC_S("multipart/form-data; boundary=x")};
    char *parts = repeat("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n", 20000);
    toc_request request = {.method = "POST",
                           .target = TOC_S("/v2/batch/createAndUpload"),
                           .headers = &header,
                           .header_count = 1,
                           .body = toc_str_of(parts)};
    assert_int_equal(toc_platform_handle(fix.platform, &request, true, fix.response, NULL), 0);
    assert_int_equal(toc_response_status(fix.response) / 100, 4);
    free(parts);
    fixture_done(&fix);
}

static void test_terms(void **state)
{
    fixture fix;
    (void)state;
    fixture_new(&fix, 500);
    char *terms = repeat("summary%3Dx%2C", 4000);
    char *pairs = repeat("a=b&", 15000);
    char *words = repeat("a/", 30000);
    char *target = malloc(80000);
    assert_non_null(target);
    const char *const tails[] = {terms, pairs, words};
    const char *const heads[] = {"/v2/indicators?filters=", "/v2/indicators?", "/v2/"};
    for (size_t i = 0; i < TOC_COUNT(tails); i++) {
        (void)snprintf(target, 80000, "%s%s", heads[i], tails[i]);
        assert_int_equal(get(&fix, target) / 100, 4);
    }
    free(target);
    free(words);
    free(pairs);
    free(terms);
    fixture_done(&fix);
}

/* --- patterns -------------------------------------------------------------------------------- */

/* A rule of an attribute type is the one pattern that meets values of others. */
static void test_patterns(void **state)
{
    static const char *const patterns[] = {"(a+)+b", "(a|aa)+c",          "((a*)*b)*",
                                           "(.*)*x", "(?:(?=(a+))\\1)+z", "(a?){60}a{60}b"};
    fixture fix;
    (void)state;
    fixture_new(&fix, 500);
    char *as = repeat("a", 50000);
    char *body = malloc(60000);
    assert_non_null(body);
    expect(&fix, "POST", "/v2/indicators/hosts", "{\"hostName\":\"evil.example\"}", 201);
    for (size_t i = 0; i < TOC_COUNT(patterns); i++) {
        char name[32];
        toc_error err = {0};
        (void)snprintf(name, sizeof(name), "Pattern %zu", i);
        const toc_attribute_type type = {.name = name,
                                         .max_length = 100000,
                                         .rule_name = "R",
                                         .rule_type = "Regex",
                                         .rule_text = patterns[i]};
        if (toc_platform_add_attribute_type(fix.platform, &type, &err))
            fail_msg("%s: %s", patterns[i], err.message);
        (void)snprintf(body, 60000, "{\"type\":\"%s\",\"value\":\"%s\"}", name, as);
        expect(&fix, "POST", "/v2/indicators/hosts/evil.example/attributes", body, 400);
    }
    free(body);
    free(as);
    fixture_done(&fix);
}

/* --- keys that fall together ----------------------------------------------------------------- */

/* Keys that share a bucket under one key are spread by the next map: nobody can prepare them. */
static void test_keys(void **state)
{
    enum { KEYS = 512, BUCKETS = 1024 };
    static char texts[KEYS][16];
    static unsigned hits[BUCKETS];
    toc_map known, next;
    size_t found = 0;
    unsigned most = 0;
    (void)state;
    assert_int_equal(toc_map_init(&known, 10000000), TOC_OK);
    assert_int_equal(toc_map_init(&next, 10000000), TOC_OK);
    assert_memory_not_equal(known.key, next.key, sizeof(known.key));
    for (unsigned i = 0; found < KEYS; i++) {
        int len = snprintf(texts[found], sizeof(texts[0]), "k%u", i);
        if (toc_hash(known.key, texts[found], (size_t)len) % BUCKETS == 0)
            found++;
    }
    for (size_t i = 0; i < KEYS; i++) {
        unsigned *hit = &hits[toc_hash(next.key, texts[i], strlen(texts[i])) % BUCKETS];
        most = ++*hit > most ? *hit : most;
    }
    /* By chance more than a dozen of 512 in one of 1024 is out of the question. */
    assert_true(most <= 12);
    toc_map_done(&known);
    toc_map_done(&next);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packed_requests), cmocka_unit_test(test_packed_answers),
        cmocka_unit_test(test_endless_answers), cmocka_unit_test(test_depth),
        cmocka_unit_test(test_parts),           cmocka_unit_test(test_terms),
        cmocka_unit_test(test_patterns),        cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
