/* xid.c - external identifiers (batch.md 3): SHA-256 of a text or of joined texts. */
#include <pthread.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/codec.h"
#include "base/str.h"
#include "tocsin/types.h"

#define DIGEST_SIZE 32

/* Looking a digest up by name costs more than a short text; it is fetched once for good. */
static EVP_MD *sha256;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

static void fetch_sha256(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

static toc_rc digest(toc_str text, char out[TOC_XID_TEXT])
{
    unsigned char hash[DIGEST_SIZE];
    (void)pthread_once(&sha256_once, fetch_sha256);
    if (!sha256 || !EVP_Digest(text.len ? text.ptr : "", text.len, hash, NULL, sha256, NULL))
        return TOC_ENOMEM;
    toc_hex_encode(hash, sizeof(hash), out);
    out[2 * DIGEST_SIZE] = '\0';
    return TOC_OK;
}

toc_rc toc_xid_text(toc_str text, char out[TOC_XID_TEXT])
{
    return digest(text, out);
}

static bool hash_parts(EVP_MD_CTX *context, const toc_str *parts, size_t count,
                       unsigned char hash[DIGEST_SIZE])
{
    bool done = EVP_DigestInit_ex(context, sha256, NULL) == 1;
    for (size_t i = 0; i < count && done; i++) {
        if (i)
            done = EVP_DigestUpdate(context, "-", 1) == 1;
        if (done && parts[i].len)
            done = EVP_DigestUpdate(context, parts[i].ptr, parts[i].len) == 1;
    }
    return done && EVP_DigestFinal_ex(context, hash, NULL) == 1;
}

toc_rc toc_xid_list(const toc_str *parts, size_t count, char out[TOC_XID_TEXT])
{
    unsigned char hash[DIGEST_SIZE];
    char once[2 * DIGEST_SIZE];
    (void)pthread_once(&sha256_once, fetch_sha256);
    EVP_MD_CTX *context = sha256 ? EVP_MD_CTX_new() : NULL;
    bool done = context && hash_parts(context, parts, count, hash);
    EVP_MD_CTX_free(context);
    if (!done)
        return TOC_ENOMEM;
    toc_hex_encode(hash, sizeof(hash), once);
    return digest((toc_str){once, sizeof(once)}, out);
}

toc_rc toc_uuid(char out[37])
{
    static const unsigned char groups[] = {4, 2, 2, 2, 6};
    unsigned char bytes[16];
    if (RAND_bytes(bytes, (int)sizeof(bytes)) != 1)
        return TOC_EIO;
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    const unsigned char *from = bytes;
    for (size_t i = 0; i < sizeof(groups); i++) {
        if (i)
            *out++ = '-';
        toc_hex_encode(from, groups[i], out);
        out += 2 * groups[i];
        from += groups[i];
    }
    *out = '\0';
    return TOC_OK;
}

toc_rc toc_xid_random(char out[TOC_XID_TEXT])
{
    char uuid[37];
    toc_rc rc = toc_uuid(uuid);
    return rc ? rc : digest((toc_str){uuid, 36}, out);
}
