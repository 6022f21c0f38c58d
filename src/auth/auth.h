/* auth.h - signing and verifying of requests (rest-v2 1.2). Pure but for OpenSSL. */
#ifndef TOC_AUTH_AUTH_H
#define TOC_AUTH_AUTH_H
#include "base/buf.h"

/* A keyed context that is kept between calls; one thread at a time. */
typedef struct toc_signer toc_signer;
toc_rc toc_signer_new(toc_str secret, toc_signer **signer, toc_error *err);
void toc_signer_free(toc_signer *signer);

#define TOC_SIGNATURE_TEXT 45 /* Base64 of 32 bytes and the terminator */
/* Signature of "{target}:{METHOD}:{timestamp}"; target byte for byte as on the request line. */
toc_rc toc_sign(toc_signer *signer, toc_str target, toc_str method, int64_t timestamp,
                char out[TOC_SIGNATURE_TEXT]);
/* "TC {id}:{signature}" into out. */
toc_rc toc_sign_header(toc_signer *signer, toc_str access_id, toc_str target, toc_str method,
                       int64_t timestamp, toc_buf *out);

typedef enum toc_auth_kind {
    TOC_AUTH_NONE,
    TOC_AUTH_HMAC,
    TOC_AUTH_TOKEN,
    TOC_AUTH_BAD
} toc_auth_kind;
typedef struct toc_credentials {
    toc_auth_kind kind;
    toc_str access_id, signature; /* HMAC */
    toc_str token;
} toc_credentials;
/* Splits an Authorization header; NONE when it is absent or empty. */
toc_credentials toc_auth_parse(toc_str header);
/* Constant time. A target without a query is also tried with "?null" (Java's habit). */
bool toc_verify(toc_signer *signer, toc_str target, toc_str method, toc_str timestamp,
                toc_str signature);
#endif
