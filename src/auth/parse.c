/* parse.c - the Authorization header: "TC {id}:{signature}" or "TC-Token {token}". */
#include "auth/auth.h"

#include "base/str.h"

static toc_credentials parse_hmac(toc_str text)
{
    /* The signature's alphabet has no colon, so the last one divides. */
    size_t colon = text.len;
    while (colon && text.ptr[colon - 1] != ':')
        colon--;
    toc_credentials bad = {.kind = TOC_AUTH_BAD};
    if (colon < 2 || colon == text.len)
        return bad;
    return (toc_credentials){.kind = TOC_AUTH_HMAC,
                             .access_id = toc_str_slice(text, 0, colon - 1),
                             .signature = toc_str_slice(text, colon, text.len)};
}

toc_credentials toc_auth_parse(toc_str header)
{
    toc_str text = toc_str_trim(header);
    if (!text.len)
        return (toc_credentials){.kind = TOC_AUTH_NONE};
    ptrdiff_t blank = toc_str_find_char(text, ' ');
    if (blank < 0)
        return (toc_credentials){.kind = TOC_AUTH_BAD};
    toc_str scheme = toc_str_slice(text, 0, (size_t)blank);
    toc_str rest = toc_str_trim(toc_str_slice(text, (size_t)blank, text.len));
    if (toc_str_equal_fold(scheme, TOC_S("TC")))
        return parse_hmac(rest);
    if (toc_str_equal_fold(scheme, TOC_S("TC-Token")) && rest.len)
        return (toc_credentials){.kind = TOC_AUTH_TOKEN, .token = rest};
    return (toc_credentials){.kind = TOC_AUTH_BAD};
}
