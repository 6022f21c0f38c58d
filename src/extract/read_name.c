/* read_name.c - host names and mail addresses. */
#include <string.h>

#include "extract/names.h"
#include "extract/read.h"

/* Longest part of a mail address before the @ (RFC 5321 4.5.3.1.1). */
#define LOCAL_MAX 64

/* The atom without the punctuation that prose and markup put around it. */
static void trim(const toc__scan *scan, const toc__atom *atom, size_t *from, size_t *to)
{
    toc_str text = toc__window(scan);
    *from = atom->from;
    *to = atom->to;
    while (*to > *from && toc__is(text.ptr[*to - 1], TOC_CH_DOT | TOC_CH_MARK))
        --*to;
    bool emphasis = *to < atom->to && text.ptr[*to] == '_';
    while (*from < *to && (text.ptr[*from] == '-' || text.ptr[*from] == '.' ||
                           (emphasis && text.ptr[*from] == '_')))
        ++*from;
}

/* Part of a path, a variable or a call. */
static bool stands_in_code(const toc__scan *scan, size_t from, size_t to)
{
    char before = toc__char_before(scan, from), next = toc__char_at(scan, to);
    char earlier = from > 1 ? toc__char_before(scan, from - 1) : '\0';
    if (before == '\\' && earlier != '\\')
        return true;
    if (before == '/' && earlier != '/' && earlier != ' ')
        return true;
    /* Masked: j****@example.com */
    if (before == '@' && earlier == '*')
        return true;
    if (before == '$' || before == '%' || (before == '>' && earlier == '-'))
        return true;
    return next == '(' || next == '\\' || (next == '=' && toc__char_at(scan, to + 1) != '=');
}

/* "rows[0]", "rows['x']": an element, while "[text]" is the label of a link. */
static bool is_indexed(const toc__scan *scan, size_t to)
{
    char next = toc__char_at(scan, to), inner = toc__char_at(scan, to + 1);
    return next == '[' && (toc__is(inner, TOC_CH_DIGIT) || inner == '\'' || inner == '"');
}

/* "import a.b", "from a.b import c" */
static bool is_imported(const toc__scan *scan, size_t from, size_t to)
{
    toc_str text = toc__window(scan);
    return toc_str_ends(toc_str_slice(text, 0, from), TOC_S("import ")) ||
           toc_str_starts(toc_str_slice(text, to, text.len), TOC_S(" import "));
}

/* The part before the '@' of a mail address, as far as its '+'. */
static bool begins_mail(const toc__scan *scan, size_t to)
{
    size_t at = to;
    if (toc__char_at(scan, to) != '+')
        return false;
    while (at < to + LOCAL_MAX && toc__is(toc__char_at(scan, at), TOC_CH_LOCAL))
        at++;
    return toc__char_at(scan, at) == '@';
}

static bool stands_otherwise(const toc__scan *scan, size_t from, size_t to)
{
    return scan->view.clean.base + from < scan->path_end || stands_in_code(scan, from, to) ||
           is_indexed(scan, to) || is_imported(scan, from, to) || begins_mail(scan, to);
}

toc__answer toc__read_host(toc__scan *scan, const toc__atom *atom, toc__hit *hit)
{
    size_t from, to, len = 0;
    char name[TOC_NAME_MAX + 1];
    bool taken = false;
    trim(scan, atom, &from, &to);
    bool fanged = toc__fanged(scan, from, to);
    if (!fanged && stands_otherwise(scan, from, to))
        return TOC_ANSWER_NO;
    toc__name_proof proof = fanged        ? TOC_NAME_FANGED
                            : scan->alone ? TOC_NAME_PLACED
                                          : TOC_NAME_BARE;
    if (toc__name_take(toc_str_slice(toc__window(scan), from, to), proof, name, &len, &taken))
        return TOC_ANSWER_NOMEM;
    if (!taken)
        return TOC_ANSWER_NO;
    toc_buf_append(&scan->value, name, len);
    toc__skip_path(scan, to);
    return toc__yes(scan, hit, TOC_SORT_HOST, from, to);
}

/* Behind "login=": a field has a name of letters, and the address is its value. Tags of returned
 * mail ("prvs=4711=bob@...") belong to the address. */
static size_t past_field(toc_str text, size_t from, size_t at)
{
    size_t end = from;
    while (end < at && (toc__is(text.ptr[end], TOC_CH_ALPHA) || text.ptr[end] == '_'))
        end++;
    bool field = end > from && end + 1 < at && text.ptr[end] == '=' &&
                 !toc_str_equal_fold(toc_str_slice(text, from, end), TOC_S("prvs"));
    return field ? end + 1 : from;
}

toc__answer toc__read_email(toc__scan *scan, const toc__atom *atom, toc__hit *hit)
{
    toc_str text = toc__window(scan);
    size_t at = atom->to, from = at, to = at + 1, len = 0;
    size_t least = at > LOCAL_MAX ? at - LOCAL_MAX : 0;
    char name[TOC_NAME_MAX + 1];
    bool taken = false;
    least = least > toc__floor(scan) ? least : toc__floor(scan);
    while (from > least && toc__is(text.ptr[from - 1], TOC_CH_LOCAL))
        from--;
    while (from < at && !toc__is(text.ptr[from], TOC_CH_WORD) && text.ptr[from] != '_')
        from++;
    from = past_field(text, from, at);
    while (to < text.len && to - at < 1024 && toc__is(text.ptr[to], TOC_CH_ATOM))
        to++;
    while (to > at + 1 && toc__is(text.ptr[to - 1], TOC_CH_DOT | TOC_CH_MARK))
        to--;
    if (from == at ||
        toc__name_take(toc_str_slice(text, at + 1, to),
                       toc__fanged(scan, from, to) ? TOC_NAME_FANGED : TOC_NAME_PLACED, name, &len,
                       &taken))
        return from == at ? TOC_ANSWER_NO : TOC_ANSWER_NOMEM;
    if (!taken)
        return TOC_ANSWER_NO;
    toc_buf_str(&scan->value, toc_str_slice(text, from, at + 1));
    toc_buf_append(&scan->value, name, len);
    return toc__yes(scan, hit, TOC_SORT_EMAIL, from, to);
}
