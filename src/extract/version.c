/* version.c - numbers with three dots that are no addresses: what stands around them tells. */
#include "extract/version.h"

#include <string.h>

#include "base/mem.h"
#include "extract/letters.h"
#include "extract/read.h"

#define AMONG(word, list) toc__is_among((word), (list), TOC_COUNT(list))

/* So far is looked around. */
#define AROUND_MAX 64

/* Words right before a number that make it a version. */
static const char *const version_words[] = {
    "version",
    "versions",
    "ver",
    "v",
    "v.",
    "ver.",
    "build",
    "builds",
    "release",
    "releases",
    "firmware",
    "rev",
    "revision",
    "section",
    "update",
    "upgrade",
    "patch",
    "hotfix",
    "fileversion",
    "productversion",
    "chapter",
    "appendix",
    "clause",
    "oid",

    "released",
    "upgraded",
    "assemblyversion",
};
/* Words right before a number whose parts are small. */
static const char *const bounds[] = {"before", "than", "since"};
/* Words further before it that do, with nothing but links between. */
static const char *const version_verbs[] = {
    "version",    "versions", "build",     "builds", "release",    "releases", "firmware",
    "upgrade",    "upgraded", "bump",      "bumped", "downgrade",  "upgrades", "downgraded",
    "downgrades", "bumps",    "upgrading", "fixed",  "introduced", "changes",
};
/* Verbs that may have one word between, of what is moved. */
static const char *const moves[] = {
    "upgrade", "upgraded", "upgrades", "bump", "bumped", "bumps", "downgrade", "downgraded",
};
static const char *const links[] = {
    "to", "in", "from", "of", "is", "was", "number", "and", "or", "up", "prior", "the", "until",
};
/* "1.2.3.4 and earlier" */
static const char *const orders[] = {
    "earlier", "later", "older", "newer", "below", "above", "prior", "previous", "lower", "higher",
};
/* Words that stand before a slash and an address. */
static const char *const slash_words[] = {
    "tcp", "udp", "ip", "ipv4", "icmp", "host", "src", "dst", "dev",
};
/* Words in capitals that stand before an address, whatever is before them. */
static const char *const address_words[] = {
    "ip",     "ips",    "ipv4",     "address", "addresses", "server", "servers",  "host",
    "hosts",  "node",   "nodes",    "dns",     "domain",    "c2",     "cnc",      "proxy",
    "router", "subnet", "resolver", "gateway", "client",    "vps",    "endpoint", "from",
    "to",     "at",     "on",       "source",  "target",    "via",    "and",      "or",
    "port",   "relay",  "exit",     "network", "hosting",   "ltd",    "inc",      "llc",
};

/* The word that ends before the offset, blanks, '=' and ':' between them. */
static toc_str word_before(const toc__scan *scan, size_t offset)
{
    toc_str text = toc__window(scan);
    size_t end = offset, least = offset > 24 ? offset - 24 : 0;
    while (end > least && memchr(" =:\"", text.ptr[end - 1], 4))
        end--;
    size_t from = end;
    while (from > least && toc__is(text.ptr[from - 1], TOC_CH_ALPHA | TOC_CH_DOT))
        from--;
    return toc_str_slice(text, from, end);
}

/* The word of letters and digits before the offset, one blank between them; empty without one. */
static toc_str near_word(const toc__scan *scan, size_t offset)
{
    toc_str text = toc__window(scan);
    if (offset < 2 || text.ptr[offset - 1] != ' ')
        return (toc_str){text.ptr, 0};
    size_t from = offset - 1, least = offset > 32 ? offset - 32 : 0;
    while (from > least && toc__is(text.ptr[from - 1], TOC_CH_WORD))
        from--;
    return toc_str_slice(text, from, offset - 1);
}

/* "upgraded to 1.2.3.4", "versions prior to 1.2.3.4" */
static bool is_linked(const toc__scan *scan, size_t from)
{
    const char *base = scan->view.clean.text;
    toc_str word = near_word(scan, from);
    for (unsigned most = 4; word.len && most && AMONG(word, links); most--)
        word = near_word(scan, (size_t)(word.ptr - base));
    if (!word.len || AMONG(word, version_verbs))
        return word.len > 0;
    /* "upgrade of the Name to 1.2.3.4" */
    bool named = !AMONG(word, address_words);
    word = near_word(scan, (size_t)(word.ptr - base));
    return named && word.len && AMONG(word, moves);
}

/* "<= 1.2.3.4": not "==", with which filters look for addresses. */
static bool is_compared(const toc__scan *scan, size_t from)
{
    static const char *const signs[] = {"<=", ">=", "<<", ">>", "~>"};
    toc_str text = toc__window(scan);
    size_t at = from - (toc__char_before(scan, from) == ' ');
    toc_str sign = toc_str_slice(text, at > 1 ? at - 2 : 0, at);
    for (size_t i = 0; i < TOC_COUNT(signs); i++)
        if (toc_str_equal(sign, toc_str_of(signs[i])))
            return true;
    return false;
}

/* No part of three digits: versions have them seldom, three of four addresses do. */
static bool has_small_parts(toc_str quad)
{
    size_t digits = 0;
    for (size_t i = 0; i < quad.len; i++) {
        digits = quad.ptr[i] == '.' ? 0 : digits + 1;
        if (digits > 2)
            return false;
    }
    return true;
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* "Media Player 1.2.3.4": two words of a name, none of which is what addresses are called. Names of
 * malware stand before its addresses as well, but few of those begin with one digit. */
static bool is_product(const toc__scan *scan, size_t from)
{
    const char *base = scan->view.clean.text;
    toc_str last = near_word(scan, from);
    if (base[from + 1] != '.' || !last.len || !is_capital(last.ptr[0]) ||
        AMONG(last, address_words))
        return false;
    toc_str first = near_word(scan, (size_t)(last.ptr - base));
    return first.len && is_capital(first.ptr[0]) && !AMONG(first, address_words);
}

/* "=== 1.2.3.4 Title", "## 1.2.3.4 Title" */
static bool heads_section(const toc__scan *scan, size_t from)
{
    size_t at = from;
    if (!at || toc__char_before(scan, at) != ' ')
        return false;
    at--;
    size_t marks = at;
    while (at && from - at < 8 && memchr("#=", toc__char_before(scan, at), 2))
        at--;
    return marks > at + 1 && (!at || toc__char_before(scan, at) == '\n');
}

/* "1.2.3.4 and earlier", "1.2.3.4 or later" */
static bool is_ordered(const toc__scan *scan, size_t to)
{
    toc_str text = toc__window(scan);
    toc_str rest = toc_str_slice(text, to, to + AROUND_MAX);
    size_t at = toc_str_starts(rest, TOC_S(" and "))  ? 5
                : toc_str_starts(rest, TOC_S(" or ")) ? 4
                                                      : 0;
    size_t end = at;
    while (at && end < rest.len && toc__is(rest.ptr[end], TOC_CH_ALPHA))
        end++;
    return AMONG(toc_str_slice(rest, at, end), orders);
}

/* Nothing but a link between it and the version before. */
static bool goes_on_list(const toc__scan *scan, size_t from)
{
    static const toc_str between[] = {{", ", 2},    {" and ", 5}, {", and ", 6}, {" or ", 4},
                                      {", or ", 5}, {" to ", 4},  {" - ", 3},    {" through ", 9}};
    size_t base = scan->view.clean.base, last = scan->version_end;
    if (!last || last < base || last >= base + from || base + from - last > 9)
        return false;
    toc_str text = toc_str_slice(toc__window(scan), last - base, from);
    for (size_t i = 0; i < TOC_COUNT(between); i++)
        if (toc_str_equal(text, between[i]))
            return true;
    return false;
}

static bool is_behind_slash(const toc__scan *scan, size_t from)
{
    toc_str word = word_before(scan, from - 1);
    return word.len && toc_str_find_char(word, '.') < 0 && !AMONG(word, slash_words);
}

static bool stands_as_version(const toc__scan *scan, size_t from, size_t to)
{
    char before = toc__char_before(scan, from);
    if (before == '/' || before == '\\')
        return is_behind_slash(scan, from);
    toc_str word = word_before(scan, from);
    if (AMONG(word, version_words) || goes_on_list(scan, from) || is_ordered(scan, to))
        return true;
    return has_small_parts(toc_str_slice(toc__window(scan), from, to)) &&
           (AMONG(word, bounds) || is_compared(scan, from) || is_linked(scan, from) ||
            is_product(scan, from) || heads_section(scan, from));
}

bool toc__is_version(toc__scan *scan, size_t from, size_t to)
{
    bool version = stands_as_version(scan, from, to);
    if (version)
        scan->version_end = scan->view.clean.base + to;
    return version;
}
