/* read_other.c - hashes, system numbers, hashtags, registry keys, and what only a label tells. */
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "extract/lookalike.h"
#include "extract/read.h"
#include "model/summary.h"

/* Digits of other things are as long as those of hashes of files. */
static const char *const other_hashes[] = {
    "imphash",    "ja3",   "ja3s",  "pehash",   "vhash",    "authentihash", "serial",
    "thumbprint", "uuid",  "guid",  "richhash", "telfhash", "clsid",        "impfuzzy",
    "cdhash",     "hassh", "dhash", "buildid",  "commit",   "commits",      "changeset",
    "revision",   "nonce", "salt",  "iv",       "aeskey",
};

static bool is_labelled_otherwise(const toc__scan *scan, size_t from)
{
    toc_str text = toc__window(scan);
    size_t end = from, least = from > 24 ? from - 24 : 0;
    while (end > least && memchr(" =:\"'\t`|", text.ptr[end - 1], 8))
        end--;
    size_t begin = end;
    while (begin > least && toc__is(text.ptr[begin - 1], TOC_CH_WORD))
        begin--;
    toc_str word = toc_str_slice(text, begin, end);
    return toc__is_among(word, other_hashes, TOC_COUNT(other_hashes));
}

/* Random digits have letters and numbers among them, and not one all over. */
static bool looks_random(toc_str text)
{
    bool digit = false, letter = false;
    for (size_t i = 0; i < text.len; i++) {
        digit |= toc__is(text.ptr[i], TOC_CH_DIGIT);
        letter |= toc__is(text.ptr[i], TOC_CH_ALPHA);
    }
    return digit && letter;
}

toc__answer toc__read_hash(toc__scan *scan, const toc__atom *atom, toc__hit *hit)
{
    toc_str text = toc__window(scan);
    if (atom->to - atom->from < 32)
        return TOC_ANSWER_NO;
    for (size_t from = atom->from; from < atom->to;) {
        size_t to = from;
        while (to < atom->to && toc__is(text.ptr[to], TOC_CH_WORD | TOC_CH_HIGH))
            to++;
        toc_str run = toc_str_slice(text, from, to);
        if (toc_hash_kind(run) && looks_random(run)) {
            if (scan->view.clean.base + from < scan->path_end || is_labelled_otherwise(scan, from))
                return TOC_ANSWER_NO;
            toc_buf_str(&scan->value, run);
            toc_str_upper(scan->value.ptr, scan->value.len);
            return toc__yes(scan, hit, TOC_SORT_FILE, from, to);
        }
        from = to + 1;
    }
    return TOC_ANSWER_NO;
}

/* AS64500, ASN64500, ASN 64500, ASN: 64500. AS400 is a computer. */
toc__answer toc__read_asn(toc__scan *scan, const toc__atom *atom, toc__hit *hit)
{
    toc_str text = toc__window(scan);
    size_t at = atom->from, digits;
    uint64_t number;
    if (!toc_str_equal(toc_str_slice(text, at, at + 2), TOC_S("AS")) ||
        toc__is(toc__char_before(scan, at), TOC_CH_ATOM))
        return TOC_ANSWER_NO;
    at += 2;
    if (toc__char_at(scan, at) == 'N') {
        at++;
        at += toc__char_at(scan, at) == ':' || toc__char_at(scan, at) == '-';
        at += toc__char_at(scan, at) == ' ';
    }
    for (digits = at; toc__is(toc__char_at(scan, digits), TOC_CH_DIGIT) && digits < at + 11;)
        digits++;
    toc_str value = toc_str_slice(text, at, digits);
    if (!toc_str_to_uint(value, &number) || number > UINT32_MAX || value.ptr[0] == '0' ||
        toc__is(toc__char_at(scan, digits), TOC_CH_WORD | TOC_CH_MARK | TOC_CH_HIGH) ||
        (at == atom->from + 2 && number == 400))
        return TOC_ANSWER_NO;
    toc_buf_lit(&scan->value, "ASN");
    toc_buf_str(&scan->value, value);
    return toc__yes(scan, hit, TOC_SORT_ASN, atom->from, digits);
}

toc__answer toc__read_hashtag(toc__scan *scan, const toc__atom *atom, toc__hit *hit)
{
    toc_str text = toc__window(scan);
    char earlier = atom->from > 1 ? toc__char_before(scan, atom->from - 1) : ' ';
    if (toc__char_before(scan, atom->from) != '#' || !memchr(" \t\r\n(,", earlier, 6) ||
        !(scan->wanted & 1U << TOC_SORT_HASHTAG))
        return TOC_ANSWER_NO;
    size_t to = atom->from;
    while (to < atom->to &&
           (toc__is(text.ptr[to], TOC_CH_WORD | TOC_CH_HIGH) || text.ptr[to] == '_'))
        to++;
    if (to - atom->from < 2 || to - atom->from > 140)
        return TOC_ANSWER_NO;
    toc_buf_char(&scan->value, '#');
    toc_buf_str(&scan->value, toc_str_slice(text, atom->from, to));
    toc_str_lower(scan->value.ptr, scan->value.len);
    return toc__yes(scan, hit, TOC_SORT_HASHTAG, atom->from - 1, to);
}

#define KEY_MAX 1024

static bool goes_on_key(char c)
{
    return (unsigned char)c >= 0x20 && !memchr("\"`|<>*?,;", c, 9);
}

/* A blank belongs to a key when another backslash follows in the same breath: "Windows NT\". */
static bool blank_inside(const toc__scan *scan, size_t blank)
{
    for (size_t i = blank + 1; i < blank + 40; i++) {
        char c = toc__char_at(scan, i);
        if (c == '\\')
            return true;
        if (!toc__is(c, TOC_CH_WORD | TOC_CH_DOT | TOC_CH_MARK) && c != ' ')
            return false;
    }
    return false;
}

/* Quotation marks and dashes of prose. U+2019 is also an apostrophe: one at the end is none. */
static bool is_typographic(const toc__scan *scan, size_t at)
{
    static const char *const marks[] = {"\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x93",
                                        "\xE2\x80\x94"};
    toc_str text = toc_str_slice(toc__window(scan), at, at + 3);
    for (size_t i = 0; i < TOC_COUNT(marks); i++)
        if (toc_str_equal(text, toc_str_of(marks[i])))
            return true;
    return false;
}

static size_t before_apostrophe(const toc__scan *scan, size_t end)
{
    toc_str last = toc_str_slice(toc__window(scan), end - 3, end);
    return toc_str_equal(last, TOC_S("\xE2\x80\x99")) ? end - 3 : end;
}

/* What ends a key that begins behind the character; NUL: the prose does. */
static char closing_of(char before)
{
    static const char pairs[] = "\"\"''``><[]";
    for (size_t i = 0; pairs[i]; i += 2)
        if (pairs[i] == before)
            return pairs[i + 1];
    return '\0';
}

static size_t key_run(const toc__scan *scan, size_t from, char quote)
{
    size_t i = from;
    for (; i < from + KEY_MAX; i++) {
        char c = toc__char_at(scan, i);
        if (!goes_on_key(c) || (quote && c == quote) || (c == '\xE2' && is_typographic(scan, i)))
            break;
        if (c == ' ' && !quote && !blank_inside(scan, i))
            break;
    }
    return i;
}

/* Without a part that is a placeholder, broken off in its midst: "HKLM\\Software\\[name". */
static size_t before_placeholder(const toc__scan *scan, size_t from, size_t to)
{
    size_t part = from, open = 0, end = to;
    for (size_t i = from; i < to; i++) {
        char c = toc__char_at(scan, i);
        part = c == '\\' && !open ? i : part;
        if (c == '[' || c == '{')
            end = open++ ? end : part;
        else if ((c == ']' || c == '}') && open)
            open--;
    }
    return open ? end : to;
}

static size_t key_end(const toc__scan *scan, size_t from, char quote)
{
    size_t i = key_run(scan, from, quote);
    if (quote && toc__char_at(scan, i) != quote)
        i = key_run(scan, from, '\0');
    while (i > from && memchr(" .:)]'=", toc__char_before(scan, i), 7))
        i--;
    i = before_placeholder(scan, from, i);
    return i > from + 3 ? before_apostrophe(scan, i) : i;
}

toc__answer toc__read_registry(toc__scan *scan, const toc__atom *atom, toc__hit *hit)
{
    toc_str text = toc__window(scan);
    const char *hive = NULL;
    if (toc__char_at(scan, atom->to) != '\\' || (text.ptr[atom->from] | 0x20) != 'h')
        return TOC_ANSWER_NO;
    hive = toc__hive_name(toc_str_slice(text, atom->from, atom->to));
    if (!hive)
        return TOC_ANSWER_NO;
    char before = toc__char_before(scan, atom->from);
    size_t end = key_end(scan, atom->to, closing_of(before));
    if (end < atom->to + 2)
        return TOC_ANSWER_NO;
    toc_buf_text(&scan->value, hive);
    for (size_t i = atom->to; i < end; i++)
        if (text.ptr[i] != '\\' || text.ptr[i - 1] != '\\')
            toc_buf_char(&scan->value, text.ptr[i]);
    while (scan->value.len && memchr("\\ :", scan->value.ptr[scan->value.len - 1], 3))
        scan->value.ptr[--scan->value.len] = '\0';
    if (!toc_str_is_utf8(toc_buf_view(&scan->value), NULL) ||
        toc_str_find(toc_buf_view(&scan->value), TOC_S(" : ")) >= 0)
        return TOC_ANSWER_NO;
    /* Texts name keys, seldom what is in them. */
    toc_buf_lit(&scan->value, " :  : REG_NONE");
    return toc__yes(scan, hit, TOC_SORT_REGISTRY, atom->from, end);
}

static const struct label_row {
    toc_str text;
    toc__sort sort;
} label_rows[] = {
    {{"User-Agent", 10}, TOC_SORT_AGENT},        {{"User Agent", 10}, TOC_SORT_AGENT},
    {{"UserAgent", 9}, TOC_SORT_AGENT},          {{"User-Agent string", 17}, TOC_SORT_AGENT},
    {{"User Agent string", 17}, TOC_SORT_AGENT}, {{"Mutex", 5}, TOC_SORT_MUTEX},
    {{"Mutex name", 10}, TOC_SORT_MUTEX},        {{"Mutant", 6}, TOC_SORT_MUTEX},
    {{"Email subject", 13}, TOC_SORT_SUBJECT},   {{"Mail subject", 12}, TOC_SORT_SUBJECT},
    {{"E-mail subject", 14}, TOC_SORT_SUBJECT},  {{"Subject line", 12}, TOC_SORT_SUBJECT},
    {{"Subject", 7}, TOC_SORT_SUBJECT},
};

static const struct label_row *find_label(const toc__scan *scan, size_t end)
{
    const struct label_row *best = NULL;
    for (size_t i = 0; i < TOC_COUNT(label_rows); i++) {
        size_t len = label_rows[i].text.len;
        if (end < len || (best && best->text.len >= len) ||
            !toc_str_equal_fold(toc_str_slice(toc__window(scan), end - len, end),
                                label_rows[i].text))
            continue;
        if (end == len || !toc__is(toc__char_before(scan, end - len), TOC_CH_ATOM))
            best = &label_rows[i];
    }
    return best;
}

/* A label of mail headers is one only where a line begins. */
static bool begins_line(const toc__scan *scan, size_t at)
{
    while (at && memchr(" \t*-|>#`", toc__char_before(scan, at), 8))
        at--;
    return !at || toc__char_before(scan, at) == '\n' || toc__char_before(scan, at) == '\r';
}

#define LABELLED_MAX 1024

toc__answer toc__read_labelled(toc__scan *scan, const toc__atom *atom, toc__hit *hit)
{
    toc_str text = toc__window(scan);
    const struct label_row *row = find_label(scan, atom->to);
    if (!row || !begins_line(scan, atom->to - row->text.len))
        return TOC_ANSWER_NO;
    size_t from = atom->to + 1, to;
    while (memchr(" \t*", toc__char_at(scan, from), 3) && toc__char_at(scan, from))
        from++;
    char quote = toc__char_at(scan, from);
    quote = quote && memchr("\"'`", quote, 3) ? quote : '\0';
    from += quote ? 1 : 0;
    for (to = from; to < text.len && to < from + LABELLED_MAX; to++)
        if ((unsigned char)text.ptr[to] < 0x20 || text.ptr[to] == '`' || text.ptr[to] == '|' ||
            (quote && text.ptr[to] == quote))
            break;
    while (to > from && text.ptr[to - 1] == ' ')
        to--;
    toc_str value = toc_str_slice(text, from, to);
    if (to - from < 3 || to - from >= LABELLED_MAX || !toc_str_is_utf8(value, NULL))
        return TOC_ANSWER_NO;
    toc_buf_str(&scan->value, value);
    return toc__yes(scan, hit, row->sort, from, to);
}
