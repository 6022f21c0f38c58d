/* sign.c - HMAC-SHA256 over "{target}:{METHOD}:{timestamp}" and its verification. */
#include "auth/auth.h"

#include <assert.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

#define DIGEST_SIZE 32
#define INT_TEXT 24

_Static_assert(TOC_SIGNATURE_TEXT == (DIGEST_SIZE + 2) / 3 * 4 + 1, "Base64 of a digest");

struct toc_signer {
    EVP_MAC_CTX *context; /* keyed once; each signature starts it again with the same key */
};

static toc_rc key_context(EVP_MAC *mac, toc_str secret, toc_signer *signer)
{
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                           OSSL_PARAM_construct_end()};
    signer->context = EVP_MAC_CTX_new(mac);
    if (!signer->context)
        return TOC_ENOMEM;
    bool keyed =
        EVP_MAC_init(signer->context, (const unsigned char *)secret.ptr, secret.len, params);
    return keyed ? TOC_OK : TOC_ENOMEM;
}

toc_rc toc_signer_new(toc_str secret, toc_signer **signer, toc_error *err)
{
    if (!secret.len)
        return toc_error_field(err, TOC_EINVAL, "secret_key", "the secret key is empty");
    toc_signer *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    toc_rc rc = mac ? key_context(mac, secret, made) : TOC_EUNSUPPORTED;
    EVP_MAC_free(mac);
    if (rc) {
        toc_signer_free(made);
        return rc == TOC_ENOMEM ? toc_error_nomem(err)
                                : toc_error_set(err, rc, "OpenSSL offers no HMAC");
    }
    *signer = made;
    return TOC_OK;
}

void toc_signer_free(toc_signer *signer)
{
    if (!signer)
        return;
    EVP_MAC_CTX_free(signer->context); /* wipes the key */
    toc_mem_free(signer);
}

static bool feed(toc_signer *signer, toc_str text)
{
    return EVP_MAC_update(signer->context, (const unsigned char *)text.ptr, text.len);
}

/* suffix: what a client may have signed behind the target. */
static toc_rc compute(toc_signer *signer, toc_str target, toc_str suffix, toc_str method,
                      toc_str timestamp, char out[TOC_SIGNATURE_TEXT])
{
    unsigned char digest[DIGEST_SIZE];
    size_t length = 0;
    bool done = EVP_MAC_init(signer->context, NULL, 0, NULL) && feed(signer, target) &&
                feed(signer, suffix) && feed(signer, TOC_S(":")) && feed(signer, method) &&
                feed(signer, TOC_S(":")) && feed(signer, timestamp) &&
                EVP_MAC_final(signer->context, digest, &length, sizeof(digest));
    if (!done || length != sizeof(digest))
        return TOC_ENOMEM;
    (void)EVP_EncodeBlock((unsigned char *)out, digest, DIGEST_SIZE);
    toc_mem_wipe(digest, sizeof(digest));
    return TOC_OK;
}

static toc_str int_text(int64_t value, char text[INT_TEXT])
{
    int length = snprintf(text, INT_TEXT, "%lld", (long long)value);
    assert(length > 0 && length < INT_TEXT);
    return (toc_str){text, (size_t)length};
}

toc_rc toc_sign(toc_signer *signer, toc_str target, toc_str method, int64_t timestamp,
                char out[TOC_SIGNATURE_TEXT])
{
    char text[INT_TEXT];
    return compute(signer, target, TOC_S(""), method, int_text(timestamp, text), out);
}

toc_rc toc_sign_header(toc_signer *signer, toc_str access_id, toc_str target, toc_str method,
                       int64_t timestamp, toc_buf *out)
{
    char signature[TOC_SIGNATURE_TEXT];
    toc_rc rc = toc_sign(signer, target, method, timestamp, signature);
    if (rc)
        return rc;
    toc_buf_lit(out, "TC ");
    toc_buf_str(out, access_id);
    toc_buf_lit(out, ":");
    toc_buf_append(out, signature, TOC_SIGNATURE_TEXT - 1);
    return out->failed;
}

static bool matches(toc_signer *signer, toc_str target, toc_str suffix, toc_str method,
                    toc_str timestamp, toc_str signature)
{
    char expected[TOC_SIGNATURE_TEXT];
    if (compute(signer, target, suffix, method, timestamp, expected))
        return false;
    bool same = CRYPTO_memcmp(expected, signature.ptr, TOC_SIGNATURE_TEXT - 1) == 0;
    toc_mem_wipe(expected, sizeof(expected));
    return same;
}

bool toc_verify(toc_signer *signer, toc_str target, toc_str method, toc_str timestamp,
                toc_str signature)
{
    if (signature.len != TOC_SIGNATURE_TEXT - 1)
        return false;
    if (matches(signer, target, TOC_S(""), method, timestamp, signature))
        return true;
    return toc_str_find_char(target, '?') < 0 &&
           matches(signer, target, TOC_S("?null"), method, timestamp, signature);
}
