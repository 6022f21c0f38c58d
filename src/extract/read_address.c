/* read_address.c - IPv4 and IPv6 addresses and blocks of them. */
#include <arpa/inet.h>
#include <string.h>

#include "base/mem.h"
#include "extract/letters.h"
#include "extract/names.h"
#include "extract/read.h"
#include "extract/version.h"
#include "model/normalise.h"

#define IPV6_TEXT_MAX 64

/* Digits behind the slash, and nothing that would make it a path. */
static size_t block_end(const toc__scan *scan, size_t slash, unsigned most)
{
    unsigned bits = 0;
    size_t end = slash + 1;
    if (toc__char_at(scan, slash) != '/')
        return 0;
    for (; end < slash + 4 && toc__is(toc__char_at(scan, end), TOC_CH_DIGIT); end++)
        bits = bits * 10 + (unsigned)(toc__char_at(scan, end) - '0');
    char next = toc__char_at(scan, end);
    bool zero = end > slash + 2 && toc__char_at(scan, slash + 1) == '0';
    if (end == slash + 1 || bits > most || zero || toc__is(next, TOC_CH_WORD | TOC_CH_MARK) ||
        next == '/' || next == '?')
        return 0;
    if (next == '.' && toc__is(toc__char_at(scan, end + 1), TOC_CH_WORD))
        return 0;
    return end;
}

/* The quad at the beginning or the end of the atom, where a '-' joins it to something. */
static bool find_quad(const toc__scan *scan, const toc__atom *atom, size_t *from, size_t *to)
{
    toc_str text = toc__window(scan);
    *from = atom->from + (text.ptr[atom->from] == '-');
    size_t end = *from;
    while (end < atom->to && toc__is(text.ptr[end], TOC_CH_DIGIT | TOC_CH_DOT))
        end++;
    while (end > *from && text.ptr[end - 1] == '.')
        end--;
    *to = end;
    if (end < atom->to && text.ptr[end] != '-' && text.ptr[end] != '.' && text.ptr[end] != '_')
        return false;
    if (end + 1 < atom->to && text.ptr[end] == '.' && toc__is(text.ptr[end + 1], TOC_CH_WORD))
        return false;
    return toc__is_ipv4(toc_str_slice(text, *from, *to));
}

toc__answer toc__read_ipv4(toc__scan *scan, const toc__atom *atom, toc__hit *hit)
{
    size_t from, to;
    if (!find_quad(scan, atom, &from, &to))
        return TOC_ANSWER_NO;
    bool fanged = toc__fanged(scan, from, to);
    char before = toc__char_before(scan, from);
    if (!fanged && (toc__is_version(scan, from, to) || before == '.'))
        return TOC_ANSWER_NO;
    toc_buf_str(&scan->value, toc_str_slice(toc__window(scan), from, to));
    size_t end = block_end(scan, to, 32);
    if (!end) {
        toc__skip_path(scan, to);
        return toc__yes(scan, hit, TOC_SORT_ADDRESS, from, to);
    }
    toc_buf_str(&scan->value, toc_str_slice(toc__window(scan), to, end));
    return toc__yes(scan, hit, TOC_SORT_CIDR, from, end);
}

static bool parse_ipv6(toc_str text, struct in6_addr *binary)
{
    char room[IPV6_TEXT_MAX];
    if (text.len < 3 || text.len >= sizeof(room))
        return false;
    memcpy(room, text.ptr, text.len);
    room[text.len] = '\0';
    return inet_pton(AF_INET6, room, binary) == 1;
}

/* Times, hardware addresses, C++ names and the like are written with colons too. */
static bool looks_like_ipv6(toc_str text)
{
    size_t colons = 0, digits = 0, group = 0, first = 0;
    bool pairs = true;
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != ':') {
            digits += toc__is(text.ptr[i], TOC_CH_DIGIT);
            group++;
            continue;
        }
        first = colons ? first : group;
        colons += i < text.len;
        pairs = pairs && group == 2;
        group = 0;
    }
    return !pairs && digits && (colons > 2 || first == 4 || text.ptr[0] == ':');
}

/* "::2" behind a bracket that opens behind a word, "1000::": parts of lists in programs, ends of
 * blocks of code. */
static bool is_slice(const toc__scan *scan, size_t from, size_t to)
{
    toc_str text = toc_str_slice(toc__window(scan), from, to);
    char before = toc__char_before(scan, from);
    char earlier = from > 1 ? toc__char_before(scan, from - 1) : '\0';
    if (text.ptr[0] == ':' && before == '[')
        return toc__is(earlier, TOC_CH_WORD | TOC_CH_MARK) || earlier == ')' || earlier == ']';
    bool ends = toc_str_ends(text, TOC_S("::"));
    return ends && toc_str_find_char(text, ':') == (ptrdiff_t)(text.len - 2) &&
           toc__char_at(scan, to) != '/';
}

static void put_full(toc_buf *out, const struct in6_addr *binary)
{
    for (unsigned i = 0; i < 8; i++)
        toc_buf_printf(out, "%s%x", i ? ":" : "",
                       (unsigned)binary->s6_addr[2 * i] << 8 | binary->s6_addr[2 * i + 1]);
}

static void put_short(toc_buf *out, const struct in6_addr *binary)
{
    char room[INET6_ADDRSTRLEN];
    if (inet_ntop(AF_INET6, binary, room, sizeof(room)))
        toc_buf_text(out, room);
}

/* Where the run of hex digits, ':' and '.' ends that an address may be; from when there is none. */
static size_t ipv6_end(toc__scan *scan, size_t from)
{
    toc_str text = toc__window(scan);
    size_t base = scan->view.clean.base, to = from;
    if (scan->run_end > base + from)
        return from;
    while (to < text.len && (toc__is(text.ptr[to], TOC_CH_HEX | TOC_CH_DOT) || text.ptr[to] == ':'))
        to++;
    if (to - from > IPV6_TEXT_MAX) {
        scan->run_end = base + to;
        return from;
    }
    if (toc__is(toc__char_at(scan, to), TOC_CH_WORD | TOC_CH_MARK | TOC_CH_HIGH))
        return from;
    while (to > from && text.ptr[to - 1] == '.')
        to--;
    /* One colon at the end belongs to the prose, two to the address. */
    bool colon = to > from && text.ptr[to - 1] == ':';
    return colon && !(to - from > 2 && text.ptr[to - 2] == ':') ? to - 1 : to;
}

toc__answer toc__read_ipv6(toc__scan *scan, const toc__atom *atom, toc__hit *hit)
{
    struct in6_addr binary;
    size_t from = atom->from, to;
    if ((!atom->hex && atom->to > from) ||
        toc__is(toc__char_before(scan, from), TOC_CH_WORD | TOC_CH_MARK))
        return TOC_ANSWER_NO;
    to = ipv6_end(scan, from);
    toc_str text = toc_str_slice(toc__window(scan), from, to);
    if (!parse_ipv6(text, &binary) ||
        !((looks_like_ipv6(text) && !is_slice(scan, from, to)) || toc__fanged(scan, from, to)))
        return TOC_ANSWER_NO;
    size_t end = block_end(scan, to, 128);
    if (!end) {
        put_short(&scan->value, &binary);
        toc__skip_path(scan, to);
        return toc__yes(scan, hit, TOC_SORT_ADDRESS, from, to);
    }
    put_full(&scan->value, &binary);
    toc_buf_str(&scan->value, toc_str_slice(toc__window(scan), to, end));
    return toc__yes(scan, hit, TOC_SORT_CIDR, from, end);
}

toc__answer toc__take_authority_host(toc__scan *scan, size_t from, size_t to)
{
    toc_str text = toc_str_slice(toc__window(scan), from, to);
    char name[TOC_NAME_MAX + 1];
    struct in6_addr binary;
    size_t len = 0;
    bool taken = false;
    if (toc__is_ipv4(text)) {
        toc_buf_str(&scan->value, text);
        return TOC_ANSWER_YES;
    }
    if (toc_str_find_char(text, ':') >= 0) {
        if (!parse_ipv6(text, &binary))
            return TOC_ANSWER_NO;
        put_short(&scan->value, &binary);
        return TOC_ANSWER_YES;
    }
    if (toc__name_take(text, TOC_NAME_URL, name, &len, &taken))
        return TOC_ANSWER_NOMEM;
    toc_buf_append(&scan->value, name, taken ? len : 0);
    return taken ? TOC_ANSWER_YES : TOC_ANSWER_NO;
}
