/* marks.c - the table of marks. Each is recognised by itself, with a fixed look around it. */
#include "extract/marks.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "extract/letters.h"
#include "extract/lookalike.h"

const bool toc__mark_begins[256] = {
    ['['] = true,  ['('] = true,  ['{'] = true,  [']'] = true,  ['\\'] = true, [' '] = true,
    ['\n'] = true, ['\r'] = true, [0xC2] = true, [0xE2] = true, [0xE3] = true, [0xEF] = true,
};

/* What stands between brackets. word: it is prose elsewhere, so that letters must be around it. */
static const struct inner_row {
    toc_str text, put;
    bool word;
} inners[] = {
    {{".", 1}, {".", 1}, false},
    {{"dot", 3}, {".", 1}, true},
    {{":", 1}, {":", 1}, false},
    {{"://", 3}, {"://", 3}, false},
    {{":/", 2}, {":/", 2}, false},
    {{"//", 2}, {"//", 2}, false},
    {{"/", 1}, {"/", 1}, false},
    {{"@", 1}, {"@", 1}, false},
    {{"at", 2}, {"@", 1}, true},
    {{"d0t", 3}, {".", 1}, true},
    {{"punkt", 5}, {".", 1}, true},
    {{"punto", 5}, {".", 1}, true},
    {{"point", 5}, {".", 1}, true},
    {{"period", 6}, {".", 1}, true},
    {{"a", 1}, {"@", 1}, true},
    {{"arroba", 6}, {"@", 1}, true},
    {{"colon", 5}, {":", 1}, true},
    {{"slash", 5}, {"/", 1}, true},
    {{"hyphen", 6}, {"-", 1}, true},
    {{"-", 1}, {"-", 1}, true},
    {{"\xE3\x80\x82", 3}, {".", 1}, false},
};

/* Characters beyond ASCII: invisible ones go, others stand for ASCII ones. between: only between
 * letters, since they are punctuation of other scripts. */
static const struct high_row {
    toc_str text, put;
    bool between;
} highs[] = {
    {{"\xC2\xA0", 2}, {" ", 1}, false},     {{"\xC2\xAD", 2}, {"", 0}, false},
    {{"\xE2\x80\x8B", 3}, {"", 0}, false},  {{"\xE2\x80\x8C", 3}, {"", 0}, false},
    {{"\xE2\x80\x8D", 3}, {"", 0}, false},  {{"\xE2\x80\x8E", 3}, {"", 0}, false},
    {{"\xE2\x80\x8F", 3}, {"", 0}, false},  {{"\xE2\x81\xA0", 3}, {"", 0}, false},
    {{"\xEF\xBB\xBF", 3}, {"", 0}, false},  {{"\xE2\x80\xAF", 3}, {" ", 1}, false},
    {{"\xE3\x80\x80", 3}, {" ", 1}, false}, {{"\xE2\x80\xA8", 3}, {" ", 1}, false},
    {{"\xE2\x80\x90", 3}, {"-", 1}, true},  {{"\xE2\x80\x91", 3}, {"-", 1}, true},
    {{"\xE2\x80\xA4", 3}, {".", 1}, true},  {{"\xE3\x80\x82", 3}, {".", 1}, true},
    {{"\xEF\xBD\xA1", 3}, {".", 1}, true},  {{"\xE2\x81\x84", 3}, {"/", 1}, true},
    {{"\xE2\x88\x95", 3}, {"/", 1}, true},  {{"\xE2\x88\xB6", 3}, {":", 1}, false},
};

/* Endings that a lone word "dot" may lead to without anything else that says "this is a name". */
static const char *const usual_endings[] = {
    "com", "net", "org", "info", "biz", "ru", "cn",  "io",  "uk",   "de",     "fr",   "eu",
    "edu", "gov", "mil", "int",  "br",  "ir", "xyz", "top", "site", "online", "club", "onion",
};

static bool is_joined(char c)
{
    return toc__is(c, TOC_CH_WORD | TOC_CH_HIGH);
}

static bool joined_before(toc_str before)
{
    return before.len && is_joined(before.ptr[before.len - 1]);
}

static bool joined_at(toc_str text, size_t at)
{
    return at < text.len && is_joined(text.ptr[at]);
}

static size_t skip_blanks(toc_str text, size_t at)
{
    for (size_t most = 3; most && at < text.len && text.ptr[at] == ' '; most--)
        at++;
    return at;
}

/* "[.]" and its relatives; the row, and the length with the brackets in *len. */
static const struct inner_row *find_bracketed(toc_str text, size_t *len)
{
    size_t from = 1;
    while (from < text.len && from < 3 && text.ptr[from] == ' ')
        from++;
    for (size_t i = 0; i < TOC_COUNT(inners); i++) {
        size_t end = from + inners[i].text.len;
        if (from == text.len || (text.ptr[from] | 0x20) != (inners[i].text.ptr[0] | 0x20))
            continue;
        if (!toc_str_equal_fold(toc_str_slice(text, from, end), inners[i].text))
            continue;
        for (size_t more = 0; more < 2 && end < text.len && text.ptr[end] == ' '; more++)
            end++;
        if (end < text.len && strchr("])}", text.ptr[end]) && text.ptr[end]) {
            *len = end + 1;
            return &inners[i];
        }
    }
    return NULL;
}

static bool opens(char c)
{
    return c == '[' || c == '(' || c == '{';
}

/* A line that ends behind a mark in the midst of a name. */
static size_t broken(toc_str text, size_t at, toc_str before)
{
    size_t end = at + (toc_str_slice(text, at, at + 1).len && text.ptr[at] == '\r');
    if (end >= text.len || text.ptr[end] != '\n' || !joined_before(before) ||
        !joined_at(text, end + 1))
        return 0;
    return end + 1 - at;
}

static toc__mark bracketed(toc_str text, toc_str before)
{
    size_t len = 0;
    const struct inner_row *row = find_bracketed(text, &len);
    bool square = text.ptr[0] == '[';
    if (row) {
        bool next = joined_at(text, len) || (len < text.len && opens(text.ptr[len]));
        bool around = joined_before(before) && next;
        if (around || (square && !row->word))
            return (toc__mark){len + broken(text, len, before), row->put, TOC_PIECE_FANG};
    }
    /* Half open: evil[.com */
    if (square && text.len > 2 && text.ptr[1] == '.' && joined_before(before) &&
        is_joined(text.ptr[2]))
        return (toc__mark){2, TOC_S("."), TOC_PIECE_FANG};
    return (toc__mark){0};
}

/* Half open: evil.]com */
static toc__mark closing(toc_str text, toc_str before)
{
    if (before.len > 1 && before.ptr[before.len - 1] == '.' &&
        is_joined(before.ptr[before.len - 2]) && joined_at(text, 1))
        return (toc__mark){1, TOC_S(""), TOC_PIECE_FANG};
    return (toc__mark){0};
}

/* A backslash earlier in the same word: then all of them separate the parts of a path. */
static bool in_path(toc_str before)
{
    for (size_t i = before.len; i > 0 && before.ptr[i - 1] > ' '; i--)
        if (before.ptr[i - 1] == '\\')
            return true;
    return false;
}

/* "HKCR\.doc": a key of the registry, not an escaped dot. */
static bool behind_hive(toc_str before)
{
    size_t from = before.len, least = before.len > 24 ? before.len - 24 : 0;
    while (from > least && toc__is(before.ptr[from - 1], TOC_CH_WORD | TOC_CH_MARK))
        from--;
    return toc__hive_name(toc_str_slice(before, from, before.len)) != NULL;
}

/* An escaped character: evil\.com, http:\/\/evil */
static toc__mark escaped(toc_str text, toc_str before)
{
    char next = text.len > 1 ? text.ptr[1] : '\0';
    char last = before.len ? before.ptr[before.len - 1] : '\0';
    if (next == '.' && is_joined(last) && joined_at(text, 2) && !in_path(before) &&
        !behind_hive(before))
        return (toc__mark){2, TOC_S("."), TOC_PIECE_FANG};
    if (next == '/' && (is_joined(last) || last == ':' || last == '/'))
        return (toc__mark){2, TOC_S("/"), TOC_PIECE_PLAIN};
    if (next == ':' && is_joined(last) && text.len > 2 && text.ptr[2] == '/')
        return (toc__mark){2, TOC_S(":"), TOC_PIECE_PLAIN};
    return (toc__mark){0};
}

static size_t label_end(toc_str text, size_t at)
{
    size_t end = at;
    while (end < text.len && end - at < 63 && toc__is(text.ptr[end], TOC_CH_WORD | TOC_CH_MARK))
        end++;
    return end;
}

static bool is_usual_ending(toc_str word)
{
    for (size_t i = 0; i < TOC_COUNT(usual_endings); i++)
        if (toc_str_equal_fold(word, toc_str_of(usual_endings[i])))
            return true;
    return false;
}

/* The word "dot" or "at", bare or in brackets, with a blank before it; where it ends. */
static const struct inner_row *find_spaced(toc_str text, size_t *end)
{
    size_t from = skip_blanks(text, 0), len = 0;
    toc_str rest = toc_str_slice(text, from, text.len);
    const struct inner_row *row = NULL;
    if (rest.len && opens(rest.ptr[0])) {
        row = find_bracketed(rest, &len);
        *end = from + len;
        return row;
    }
    for (size_t i = 0; i < TOC_COUNT(inners); i++) {
        toc_str word = inners[i].text;
        if (!toc_str_equal(word, TOC_S("dot")) && !toc_str_equal(word, TOC_S("at")))
            continue;
        if (toc_str_starts_fold(rest, word) && rest.len > word.len && rest.ptr[word.len] == ' ') {
            *end = from + word.len;
            return &inners[i];
        }
    }
    return NULL;
}

/* Another dot, of whatever kind, behind a label. */
static bool dot_follows(toc_str rest)
{
    size_t end = 0;
    if (rest.len < 2)
        return false;
    if (rest.ptr[0] == '.')
        return is_joined(rest.ptr[1]);
    const struct inner_row *row = opens(rest.ptr[0])   ? find_bracketed(rest, &end)
                                  : rest.ptr[0] == ' ' ? find_spaced(rest, &end)
                                                       : NULL;
    return row && row->put.ptr[0] == '.';
}

/* "evil dot com", "evil [.] com", "user at evil dot com": what follows must look like a name. */
static toc__mark spaced(toc_str text, toc_str before)
{
    size_t end = 0;
    char next = text.len > 1 ? text.ptr[1] : '\0', low = (char)(next | 0x20);
    if ((low != 'd' && low != 'a' && !opens(next)) || !joined_before(before))
        return (toc__mark){0};
    const struct inner_row *row = find_spaced(text, &end);
    if (!row || (row->put.ptr[0] != '.' && row->put.ptr[0] != '@'))
        return (toc__mark){0};
    size_t label = skip_blanks(text, end), after = label_end(text, label);
    if (after == label || label == end)
        return (toc__mark){0};
    bool ends = row->put.ptr[0] == '.' && is_usual_ending(toc_str_slice(text, label, after));
    if (!ends && !dot_follows(toc_str_slice(text, after, text.len)))
        return (toc__mark){0};
    return (toc__mark){label, row->put, TOC_PIECE_FANG};
}

/* Full-width forms of ASCII. */
static toc__mark full_width(toc_str text)
{
    static const char ascii[] =
        "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvw"
        "xyz{|}~";
    if (text.len < 3)
        return (toc__mark){0};
    unsigned second = (unsigned char)text.ptr[1], third = (unsigned char)text.ptr[2];
    if ((second != 0xBC && second != 0xBD) || third < 0x80 || third > 0xBF)
        return (toc__mark){0};
    unsigned index = (second - 0xBC) * 64 + (third - 0x80);
    if (index < 1 || index > sizeof(ascii) - 1)
        return (toc__mark){0};
    char c = ascii[index - 1];
    if (!toc__is(c, TOC_CH_WORD | TOC_CH_MARK | TOC_CH_DOT) && !strchr(":/@", c))
        return (toc__mark){0};
    return (toc__mark){3, {&ascii[index - 1], 1}, c == '.' ? TOC_PIECE_FANG : TOC_PIECE_PLAIN};
}

static toc__mark high(toc_str text, toc_str before)
{
    for (size_t i = 0; i < TOC_COUNT(highs); i++) {
        const struct high_row *row = &highs[i];
        if (!toc_str_starts(text, row->text))
            continue;
        if (row->between && !(joined_before(before) && joined_at(text, row->text.len)))
            continue;
        bool dot = row->put.len && row->put.ptr[0] == '.';
        return (toc__mark){row->text.len, row->put, dot ? TOC_PIECE_FANG : TOC_PIECE_PLAIN};
    }
    return (unsigned char)text.ptr[0] == 0xEF ? full_width(text) : (toc__mark){0};
}

toc__mark toc__mark_find(toc_str text, toc_str before)
{
    switch (text.ptr[0]) {
    case '[':
    case '(':
    case '{':
        return bracketed(text, before);
    case ']':
        return closing(text, before);
    case '\\':
        return escaped(text, before);
    case ' ':
        return spaced(text, before);
    default:
        return high(text, before);
    }
}
