/* Signing, verifying and parsing of credentials, with the vectors of the specification. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth/auth.h"
#include "base/mem.h"
#include "base/str.h"

static const struct vector {
    const char *secret, *target, *method;
    int64_t timestamp;
    const char *signature;
} vectors[] = {
    {"s3cr3t-key", "/api/v2/owners", "GET", 1700000000,
     "szgnhWig0o9q309kcQOIBy/Rqcxx9rXymHFU6OjRAXk="},
    {"s3cr3t-key", "/api/v2/indicators/hosts/evil.example?owner=Acme%20CTI&createActivityLog=false",
     "GET", 1700000000, "qYao1xzeawEt1myC/aMZUFuQCauyv8rfze4O4wlUQpM="},
    {"s3cr3t-key", "/api/v2/groups/threats/71/tags/Phish%20Kit", "POST", 1700000060,
     "c13lHwjlT4iA7ITtUsNZJyap16Dbs46u7VA/PIIgWfQ="},
    {"s3cr3t-key", "/api/v2/indicators/urls/http%3A%2F%2Fevil.example%2Fa%3Fb%3D1?owner=Acme+CTI",
     "DELETE", 1700000120, "yEhJBxC7bZt9cXyfeJ65ml0VNKSQILT0ssXsKdFMOmE="},
    {"SECRET", "/api/v2/owners?createActivityLog=false", "GET", 1513703787,
     "YB2e2YgiJ4xEMAxJrZzmwZkW8lkXfKhMzkpDI9vyngI="},
    {"aabbccddeeffgghhiijjkkllmmnnooppqqrrssttuuvvwwxxyyzz!@#$%^&*()-=",
     "/v2/groups/documents?createActivityLog=false&owner=Example+Community", "POST", 1513703787,
     "W5Cxh1gfXV/HUztl3AZHww+jSXmPa7n9yi/tiWMTQyk="},
    {"SECRET",
     "/api/v2/indicators/urls/http%3A%2F%2Fbad.example.com%2Fp%3Fq%3D1/tags/"
     "A%2FB%20c?createActivityLog=false&owner=My+Org",
     "DELETE", 1700000000, "MJg52G3bH6aubfZ3LOeGLU9ecgiu0Uj6UjNRR/yt1XM="},
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < TOC_COUNT(vectors); i++) {
        const struct vector *v = &vectors[i];
        toc_signer *signer = NULL;
        assert_int_equal(toc_signer_new(toc_str_of(v->secret), &signer, NULL), TOC_OK);
        char text[TOC_SIGNATURE_TEXT];
        for (int round = 0; round < 2; round++) { /* the context is used again */
            assert_int_equal(
                toc_sign(signer, toc_str_of(v->target), toc_str_of(v->method), v->timestamp, text),
                TOC_OK);
            assert_string_equal(text, v->signature);
        }
        toc_signer_free(signer);
    }
}

static void test_verify(void **state)
{
    (void)state;
    toc_signer *signer = NULL;
    assert_int_equal(toc_signer_new(TOC_S("s3cr3t-key"), &signer, NULL), TOC_OK);
    toc_str target = TOC_S("/api/v2/owners"), get = TOC_S("GET"), when = TOC_S("1700000000");
    toc_str good = TOC_S("szgnhWig0o9q309kcQOIBy/Rqcxx9rXymHFU6OjRAXk=");
    assert_true(toc_verify(signer, target, get, when, good));
    assert_false(toc_verify(signer, target, TOC_S("PUT"), when, good));
    assert_false(toc_verify(signer, TOC_S("/api/v2/owners/"), get, when, good));
    assert_false(toc_verify(signer, target, get, TOC_S("1700000001"), good));
    /* The header's text counts, not its value. */
    assert_false(toc_verify(signer, target, get, TOC_S("01700000000"), good));
    assert_false(toc_verify(signer, target, get, when, toc_str_slice(good, 0, 43)));
    assert_false(toc_verify(signer, target, get, when, TOC_S("")));
    toc_signer_free(signer);
}

static void test_java_null_query(void **state)
{
    (void)state;
    toc_signer *signer = NULL;
    assert_int_equal(toc_signer_new(TOC_S("k"), &signer, NULL), TOC_OK);
    char text[TOC_SIGNATURE_TEXT];
    assert_int_equal(toc_sign(signer, TOC_S("/x?null"), TOC_S("GET"), 5, text), TOC_OK);
    assert_true(toc_verify(signer, TOC_S("/x"), TOC_S("GET"), TOC_S("5"), toc_str_of(text)));
    assert_int_equal(toc_sign(signer, TOC_S("/x?a=b?null"), TOC_S("GET"), 5, text), TOC_OK);
    assert_false(toc_verify(signer, TOC_S("/x?a=b"), TOC_S("GET"), TOC_S("5"), toc_str_of(text)));
    toc_signer_free(signer);
}

static void test_header_round_trip(void **state)
{
    (void)state;
    toc_signer *signer = NULL;
    assert_int_equal(toc_signer_new(TOC_S("SECRET"), &signer, NULL), TOC_OK);
    toc_buf header;
    toc_buf_init(&header, 1024);
    assert_int_equal(toc_sign_header(signer, TOC_S("12345678901234567890"), TOC_S("/v2/owners"),
                                     TOC_S("GET"), 1700000000, &header),
                     TOC_OK);
    toc_credentials found = toc_auth_parse(toc_buf_view(&header));
    assert_int_equal(found.kind, TOC_AUTH_HMAC);
    assert_true(toc_str_equal(found.access_id, TOC_S("12345678901234567890")));
    assert_true(toc_verify(signer, TOC_S("/v2/owners"), TOC_S("GET"), TOC_S("1700000000"),
                           found.signature));
    toc_buf_done(&header);
    toc_buf_init(&header, 8);
    assert_int_equal(toc_sign_header(signer, TOC_S("12345678901234567890"), TOC_S("/v2/owners"),
                                     TOC_S("GET"), 1700000000, &header),
                     TOC_ELIMIT);
    toc_buf_done(&header);
    toc_signer_free(signer);
}

static void test_parse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        toc_auth_kind kind;
    } rows[] = {
        {NULL, TOC_AUTH_NONE},          {"", TOC_AUTH_NONE},         {"  ", TOC_AUTH_NONE},
        {"TC 1:c2ln", TOC_AUTH_HMAC},   {"tc 1:x", TOC_AUTH_HMAC},   {"TC 1:", TOC_AUTH_BAD},
        {"TC :x", TOC_AUTH_BAD},        {"TC", TOC_AUTH_BAD},        {"TC abc", TOC_AUTH_BAD},
        {"TC-Token t", TOC_AUTH_TOKEN}, {"TC-Token ", TOC_AUTH_BAD}, {"Basic eA==", TOC_AUTH_BAD},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++)
        assert_int_equal(toc_auth_parse(toc_str_of(rows[i].text)).kind, rows[i].kind);
    toc_credentials token = toc_auth_parse(TOC_S("TC-Token APIV2:1:a:2:b= "));
    assert_true(toc_str_equal(token.token, TOC_S("APIV2:1:a:2:b=")));
}

static void test_empty_secret(void **state)
{
    (void)state;
    toc_signer *signer = NULL;
    toc_error err;
    assert_int_equal(toc_signer_new((toc_str){NULL, 0}, &signer, &err), TOC_EINVAL);
    assert_string_equal(err.field, "secret_key");
    assert_null(signer);
    toc_signer_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),         cmocka_unit_test(test_verify),
        cmocka_unit_test(test_java_null_query), cmocka_unit_test(test_header_round_trip),
        cmocka_unit_test(test_parse),           cmocka_unit_test(test_empty_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
