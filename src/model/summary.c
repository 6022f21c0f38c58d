/* summary.c - splitting of multi-part values. */
#include "model/summary.h"

#include "base/codec.h"
#include "base/str.h"

/* The second part ends at a colon followed by a blank; a blank before the colon goes with it. */
static bool cut_second(toc_str *rest, toc_str *part)
{
    for (size_t i = 0; i + 1 < rest->len; i++) {
        if (rest->ptr[i] != ':' || rest->ptr[i + 1] != ' ')
            continue;
        size_t end = i && rest->ptr[i - 1] == ' ' ? i - 1 : i;
        *part = toc_str_slice(*rest, 0, end);
        *rest = toc_str_slice(*rest, i + 2, rest->len);
        return true;
    }
    return false;
}

unsigned toc_summary_split(toc_str summary, toc_str parts[3])
{
    parts[0] = summary;
    parts[1] = parts[2] = (toc_str){NULL, 0};
    ptrdiff_t first = toc_str_find(summary, TOC_S(" : "));
    if (first < 0)
        return 1;
    parts[0] = toc_str_slice(summary, 0, (size_t)first);
    toc_str rest = toc_str_slice(summary, (size_t)first + 3, summary.len);
    if (!cut_second(&rest, &parts[1])) {
        parts[1] = rest;
        return 2;
    }
    parts[2] = rest;
    return 3;
}

unsigned toc_hash_kind(toc_str text)
{
    unsigned kind = text.len == 32 ? 1 : text.len == 40 ? 2 : text.len == 64 ? 3 : 0;
    return kind && toc_hex_is(text) ? kind : 0;
}
