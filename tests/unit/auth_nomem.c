/* Signing where the memory of OpenSSL comes to an end: an error, never a wrong signature, and the
 * signer does its work again as soon as there is some. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/crypto.h>

#include "auth/auth.h"
#include "base/str.h"

#define SECRET "s3cr3t-key"
#define TARGET "/api/v2/owners"
#define WHEN "1700000000"
#define SIGNATURE "szgnhWig0o9q309kcQOIBy/Rqcxx9rXymHFU6OjRAXk="

static long left = -1; /* allocations before the one that fails and all behind it; negative: none */
static bool failed;

static bool is_due(void)
{
    if (left > 0)
        left--;
    else if (!left)
        failed = true;
    return !left && failed;
}

static void *take(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return is_due() ? NULL : malloc(size);
}

static void *resize(void *ptr, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return is_due() ? NULL : realloc(ptr, size);
}

static void give(void *ptr, const char *file, int line)
{
    (void)file;
    (void)line;
    free(ptr);
}

static void limit(long allocations)
{
    left = allocations;
    failed = false;
}

static toc_signer *new_signer(void)
{
    toc_signer *signer = NULL;
    assert_int_equal(toc_signer_new(TOC_S(SECRET), &signer, NULL), TOC_OK);
    return signer;
}

static void test_new(void **state)
{
    long runs = 0;
    (void)state;
    for (bool enough = false; !enough; runs++) {
        toc_signer *signer = NULL;
        toc_error err = {0};
        limit(runs);
        toc_rc rc = toc_signer_new(TOC_S(SECRET), &signer, &err);
        limit(-1);
        enough = rc == TOC_OK;
        if (!enough) {
            assert_true(rc == TOC_ENOMEM || rc == TOC_EUNSUPPORTED);
            assert_true(err.message[0]);
            assert_null(signer);
        }
        toc_signer_free(signer);
        assert_true(runs < 1000);
    }
    assert_true(runs > 2);
}

static void test_sign(void **state)
{
    toc_signer *signer = new_signer();
    long runs = 0;
    (void)state;
    for (bool enough = false; !enough; runs++) {
        char text[TOC_SIGNATURE_TEXT] = "untouched";
        limit(runs);
        toc_rc rc = toc_sign(signer, TOC_S(TARGET), TOC_S("GET"), 1700000000, text);
        limit(-1);
        enough = rc == TOC_OK;
        if (!enough)
            assert_int_equal(rc, TOC_ENOMEM);
        assert_string_equal(text, enough ? SIGNATURE : "untouched");
        assert_int_equal(toc_sign(signer, TOC_S(TARGET), TOC_S("GET"), 1700000000, text), TOC_OK);
        assert_string_equal(text, SIGNATURE);
        assert_true(runs < 1000);
    }
    assert_true(runs > 1);
    toc_signer_free(signer);
}

static void test_header(void **state)
{
    toc_signer *signer = new_signer();
    toc_buf out;
    (void)state;
    toc_buf_init(&out, 1024);
    toc_buf_text(&out, "before");
    limit(0);
    toc_rc rc = toc_sign_header(signer, TOC_S("id"), TOC_S(TARGET), TOC_S("GET"), 1700000000, &out);
    limit(-1);
    assert_int_equal(rc, TOC_ENOMEM);
    assert_string_equal(out.ptr, "before");
    toc_buf_done(&out);
    toc_signer_free(signer);
}

/* Who cannot be checked is not let in. */
static void test_verify(void **state)
{
    toc_signer *signer = new_signer();
    (void)state;
    limit(0);
    bool known = toc_verify(signer, TOC_S(TARGET), TOC_S("GET"), TOC_S(WHEN), TOC_S(SIGNATURE));
    limit(-1);
    assert_false(known);
    assert_true(toc_verify(signer, TOC_S(TARGET), TOC_S("GET"), TOC_S(WHEN), TOC_S(SIGNATURE)));
    toc_signer_free(signer);
}

static int warm_up(void **state)
{
    (void)state;
    toc_signer_free(new_signer()); /* what OpenSSL builds once */
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new),
        cmocka_unit_test(test_sign),
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_verify),
    };
    if (!CRYPTO_set_mem_functions(take, resize, give))
        return 1;
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
