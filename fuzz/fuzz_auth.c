/* Authorization headers: whatever is split lies inside the input, and no signature is believed
 * that was not made with the key. The first line is the target, the rest the header. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "auth/auth.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_inside(toc_str whole, toc_str part)
{
    assert(part.ptr >= whole.ptr && part.len <= whole.len);
    assert(part.ptr + part.len <= whole.ptr + whole.len);
}

static void check_signature(toc_signer *signer, toc_str target, toc_str signature)
{
    char right[TOC_SIGNATURE_TEXT];
    assert(toc_sign(signer, target, TOC_S("GET"), 1700000000, right) == TOC_OK);
    toc_str text = {right, TOC_SIGNATURE_TEXT - 1};
    assert(toc_verify(signer, target, TOC_S("GET"), TOC_S("1700000000"), text));
    assert(!toc_verify(signer, target, TOC_S("GET"), TOC_S("1700000001"), text));
    if (!toc_str_equal(text, signature))
        assert(!toc_verify(signer, target, TOC_S("GET"), TOC_S("1700000000"), signature));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static toc_signer *signer;
    if (!signer)
        assert(toc_signer_new(TOC_S("s3cr3t-key"), &signer, NULL) == TOC_OK);
    toc_str header = {(const char *)data, size}, target = TOC_S("");
    ptrdiff_t end = toc_str_find_char(header, '\n');
    if (end >= 0) {
        target = toc_str_slice(header, 0, (size_t)end);
        header = toc_str_slice(header, (size_t)end + 1, header.len);
    }
    toc_credentials found = toc_auth_parse(header);
    if (found.kind == TOC_AUTH_HMAC) {
        check_inside(header, found.access_id);
        check_inside(header, found.signature);
        assert(found.access_id.len && found.signature.len);
        check_signature(signer, target, found.signature);
    } else if (found.kind == TOC_AUTH_TOKEN) {
        check_inside(header, found.token);
        assert(found.token.len);
    }
    return 0;
}
