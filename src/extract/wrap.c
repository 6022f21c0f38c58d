/* wrap.c - line ends inside hashes and URLs. Only what cannot be anything else is joined: a list of
 * values, one a line, is far more common than a broken one. */
#include "extract/wrap.h"

#include <string.h>

#include "base/str.h"
#include "extract/letters.h"

/* The part of a broken hash before the line end, at least. */
#define HASH_PART 12
/* So long is what a URL that is broken has on its first line. */
#define URL_PART 60

static size_t line_end(toc_str text)
{
    size_t end = text.len > 1 && text.ptr[0] == '\r' && text.ptr[1] == '\n' ? 2 : 1;
    for (size_t most = 8; most && end < text.len && text.ptr[end] == ' '; most--)
        end++;
    return end;
}

static bool is_hash_length(size_t len)
{
    return len == 32 || len == 40 || len == 64;
}

static bool wraps_hash(toc_str rest, toc_str before)
{
    size_t back = 0, on = 0;
    while (back < before.len && back < 65 && toc__is(before.ptr[before.len - 1 - back], TOC_CH_HEX))
        back++;
    if (back < HASH_PART || back > 63 || is_hash_length(back))
        return false;
    if (back < before.len && toc__is(before.ptr[before.len - 1 - back], TOC_CH_ATOM))
        return false;
    while (on < rest.len && on < 65 && toc__is(rest.ptr[on], TOC_CH_HEX))
        on++;
    if (!on || is_hash_length(on) || !is_hash_length(back + on))
        return false;
    return on == rest.len || !toc__is(rest.ptr[on], TOC_CH_ATOM);
}

/* A word of a URL that can be nothing else: no name, no sentence. after: how the first part ends;
 * complete URLs end with '/' and '=' too. */
static bool goes_on_url(toc_str rest, char after)
{
    bool complete = after == '/' || after == '=';
    bool special = false, dot = false;
    size_t end = 0;
    for (; end < rest.len && end < 100 && toc__is(rest.ptr[end], TOC_CH_URL); end++) {
        if (toc_str_starts(toc_str_slice(rest, end, rest.len), TOC_S("://")))
            return false;
        special |= memchr("=&%?/", rest.ptr[end], complete ? 4 : 5) != NULL;
        dot |= !special && rest.ptr[end] == '.';
    }
    char next = end < rest.len ? rest.ptr[end] : '\n';
    if (!end || dot || next == '[' || !toc__is(rest.ptr[0], TOC_CH_WORD | TOC_CH_MARK))
        return false;
    return special || (!complete && (next == '\n' || next == '\r'));
}

static bool wraps_url(toc_str rest, toc_str before)
{
    size_t back = 0;
    bool scheme = false;
    char last = before.len ? before.ptr[before.len - 1] : '\0';
    if (!last || !memchr("-_/=&?%", last, 7))
        return false;
    while (back < before.len && toc__is(before.ptr[before.len - 1 - back], TOC_CH_URL)) {
        back++;
        scheme |=
            toc_str_starts(toc_str_slice(before, before.len - back, before.len), TOC_S("://"));
    }
    return scheme && back >= URL_PART && goes_on_url(rest, last);
}

size_t toc__wrap_find(toc_str text, toc_str before)
{
    size_t end = line_end(text);
    toc_str rest = toc_str_slice(text, end, text.len);
    bool flush = text.ptr[end - 1] != ' ';
    if (!rest.len || !before.len)
        return 0;
    return wraps_hash(rest, before) || (flush && wraps_url(rest, before)) ? end : 0;
}
