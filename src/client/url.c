/* url.c - addresses and targets: taken apart, checked, put together. */
#include "client/url.h"

#include "base/codec.h"
#include "base/error.h"
#include "base/str.h"

static bool visible(toc_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c >= 0x7F)
            return false;
    }
    return true;
}

static toc_rc bad_url(toc_error *err, const char *why)
{
    return toc_error_field(err, TOC_EINVAL, "api_url", "the address of the API %s", why);
}

static toc_rc check_prefix(toc_str prefix, toc_error *err)
{
    if (!prefix.len)
        return TOC_OK;
    toc_rc rc = toc__path_check(prefix, NULL);
    if (rc || toc_str_find_char(prefix, '?') >= 0)
        return bad_url(err, "has a path that is not plain");
    return TOC_OK;
}

toc_rc toc__url_split(toc_str url, toc_str *base, toc_str *prefix, toc_error *err)
{
    size_t scheme = toc_str_starts_fold(url, TOC_S("https://"))  ? 8
                    : toc_str_starts_fold(url, TOC_S("http://")) ? 7
                                                                 : 0;
    if (!scheme)
        return bad_url(err, "must begin with https://");
    if (!visible(url))
        return bad_url(err, "holds blanks or characters beyond ASCII");
    while (url.len > scheme && url.ptr[url.len - 1] == '/')
        url.len--;
    toc_str rest = toc_str_slice(url, scheme, url.len);
    ptrdiff_t slash = toc_str_find_char(rest, '/');
    toc_str host = slash < 0 ? rest : toc_str_slice(rest, 0, (size_t)slash);
    toc_str path = slash < 0 ? (toc_str){"", 0} : toc_str_slice(rest, (size_t)slash, rest.len);
    if (!host.len || toc_str_find_char(host, '?') >= 0 || toc_str_find_char(host, '#') >= 0)
        return bad_url(err, "names no host");
    if (toc_str_find_char(host, '@') >= 0)
        return bad_url(err, "must not hold a user or password");
    toc_rc rc = check_prefix(path, err);
    if (rc)
        return rc;
    *base = toc_str_slice(url, 0, scheme + host.len);
    *prefix = path;
    return TOC_OK;
}

/* "%2e" is a dot to whoever decodes before splitting. */
static bool is_dots(toc_str segment)
{
    size_t dots = 0;
    while (segment.len) {
        size_t step = segment.ptr[0] == '.'                        ? 1
                      : toc_str_starts_fold(segment, TOC_S("%2e")) ? 3
                                                                   : 0;
        if (!step)
            return false;
        segment = toc_str_slice(segment, step, segment.len);
        dots++;
    }
    return dots <= 2;
}

toc_rc toc__path_check(toc_str path, toc_error *err)
{
    if (!path.len || path.ptr[0] != '/')
        return toc_error_field(err, TOC_EINVAL, "path", "a path must begin with a slash");
    if (!visible(path) || toc_str_find_char(path, '#') >= 0)
        return toc_error_field(err, TOC_EINVAL, "path", "a path must be encoded for use in a URL");
    ptrdiff_t query = toc_str_find_char(path, '?');
    toc_str rest = toc_str_slice(path, 1, query < 0 ? path.len : (size_t)query);
    for (;;) {
        ptrdiff_t slash = toc_str_find_char(rest, '/');
        if (is_dots(slash < 0 ? rest : toc_str_slice(rest, 0, (size_t)slash)))
            return toc_error_field(err, TOC_EINVAL, "path",
                                   "\"\", \".\" and \"..\" cannot stand in a path");
        if (slash < 0)
            return TOC_OK;
        rest = toc_str_slice(rest, (size_t)slash + 1, rest.len);
    }
}

void toc__query_add(toc_buf *target, toc_str name, toc_str value)
{
    bool first = toc_str_find_char(toc_buf_view(target), '?') < 0;
    toc_buf_char(target, first ? '?' : '&');
    toc_url_encode_form(target, name);
    toc_buf_lit(target, "=");
    toc_url_encode_form(target, value);
}
