/* multipart.c - the parts of a multipart/form-data body, in place. */
#include <string.h>

#include "base/str.h"
#include "platform/batch.h"

#define MAX_BOUNDARY 70 /* RFC 2046 */

/* Cuts at the next ';' that no quotation marks hold. */
static bool cut_param(toc_str *rest, toc_str *part)
{
    bool quoted = false;
    size_t at = 0;
    if (!rest->ptr)
        return false;
    for (; at < rest->len && (quoted || rest->ptr[at] != ';'); at++) {
        if (rest->ptr[at] == '"')
            quoted = !quoted;
        else if (quoted && rest->ptr[at] == '\\' && at + 1 < rest->len)
            at++;
    }
    *part = toc_str_slice(*rest, 0, at);
    *rest = at < rest->len ? toc_str_slice(*rest, at + 1, rest->len) : (toc_str){NULL, 0};
    return true;
}

/* The value of "; name=value" or "; name=\"value\"" in a header; absent when it is not there. */
static toc_str header_param(toc_str header, toc_str name)
{
    toc_str part;
    bool first = true;
    while (cut_param(&header, &part)) {
        toc_str text = toc_str_trim(part);
        if (!first && toc_str_starts_fold(text, name) && text.len > name.len &&
            text.ptr[name.len] == '=') {
            text = toc_str_slice(text, name.len + 1, text.len);
            if (text.len >= 2 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"')
                text = toc_str_slice(text, 1, text.len - 1);
            return text;
        }
        first = false;
    }
    return (toc_str){NULL, 0};
}

/* Offset of the next delimiter line, or -1. */
static ptrdiff_t find_delimiter(toc_str body, toc_str delimiter)
{
    const char *found = memmem(body.ptr, body.len, delimiter.ptr, delimiter.len);
    return found ? found - body.ptr : -1;
}

/* Cuts the header lines off a part; absent when they do not end. */
static toc_str part_name(toc_str *part)
{
    toc_str name = {NULL, 0};
    for (;;) {
        ptrdiff_t end = toc_str_find(*part, TOC_S("\r\n"));
        if (end < 0)
            return (toc_str){NULL, 0};
        toc_str line = toc_str_slice(*part, 0, (size_t)end);
        *part = toc_str_slice(*part, (size_t)end + 2, part->len);
        if (!line.len)
            return name;
        if (toc_str_starts_fold(line, TOC_S("content-disposition:")))
            name = header_param(line, TOC_S("name"));
    }
}

toc_str toc_multipart_find(toc_str content_type, toc_str body, toc_str name)
{
    toc_str nothing = {NULL, 0};
    toc_str boundary = header_param(content_type, TOC_S("boundary"));
    char text[MAX_BOUNDARY + 4] = "\r\n--";
    if (!toc_str_starts_fold(content_type, TOC_S("multipart/form-data")) || !boundary.len ||
        boundary.len > MAX_BOUNDARY || !body.len)
        return nothing;
    memcpy(text + 4, boundary.ptr, boundary.len);
    toc_str delimiter = {text, boundary.len + 4};
    /* The first delimiter may stand at the very beginning, without the line end. */
    toc_str opening = toc_str_slice(delimiter, 2, delimiter.len);
    ptrdiff_t at = toc_str_starts(body, opening) ? 0 : find_delimiter(body, delimiter);
    size_t skip = at == 0 ? opening.len : delimiter.len;
    while (at >= 0) {
        body = toc_str_slice(body, (size_t)at + skip, body.len);
        if (toc_str_starts(body, TOC_S("--")))
            return nothing;
        ptrdiff_t line = toc_str_find(body, TOC_S("\r\n"));
        at = find_delimiter(body, delimiter);
        if (line < 0 || at < 0 || line + 2 > at)
            return nothing;
        toc_str part = toc_str_slice(body, (size_t)line + 2, (size_t)at);
        if (toc_str_equal(part_name(&part), name))
            return part;
        skip = delimiter.len;
    }
    return nothing;
}
