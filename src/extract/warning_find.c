/* warning_find.c - warning lists: is a value in one. */
#include <arpa/inet.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "extract/warning.h"
#include "model/normalise.h"

/* Most values are shorter; longer ones are copied to the heap. */
#define SHORT_VALUE 1024

enum {
    SCOPE_ADDRESS = 0x001,
    SCOPE_EMAIL = 0x002,
    SCOPE_FILE = 0x004,
    SCOPE_HOST = 0x008,
    SCOPE_URL = 0x010,
    SCOPE_ASN = 0x020,
    SCOPE_CIDR = 0x040,
    SCOPE_MUTEX = 0x080,
    SCOPE_REGISTRY = 0x100,
    SCOPE_AGENT = 0x200,
    SCOPE_SUBJECT = 0x400,
    SCOPE_OTHER = 0x800
};

static const struct {
    const char *type;
    unsigned scope;
} scopes[] = {
    {"Address", SCOPE_ADDRESS},
    {"EmailAddress", SCOPE_EMAIL},
    {"File", SCOPE_FILE},
    {"Host", SCOPE_HOST},
    {"URL", SCOPE_URL},
    {"ASN", SCOPE_ASN},
    {"CIDR", SCOPE_CIDR},
    {"Mutex", SCOPE_MUTEX},
    {"Registry Key", SCOPE_REGISTRY},
    {"User Agent", SCOPE_AGENT},
    {"Email Subject", SCOPE_SUBJECT},
};

/* Names of MISP attributes. A two-part one says "this or that": lists of either part carry it. */
static const struct {
    const char *name;
    unsigned scope;
} attributes[] = {
    {"ip", SCOPE_ADDRESS | SCOPE_CIDR},
    {"ip-src", SCOPE_ADDRESS | SCOPE_CIDR},
    {"ip-dst", SCOPE_ADDRESS | SCOPE_CIDR},
    {"ip-src|port", SCOPE_ADDRESS | SCOPE_CIDR},
    {"ip-dst|port", SCOPE_ADDRESS | SCOPE_CIDR},
    {"domain", SCOPE_HOST},
    {"hostname", SCOPE_HOST},
    {"hostname|port", SCOPE_HOST},
    {"url", SCOPE_URL},
    {"uri", SCOPE_URL},
    {"link", SCOPE_URL},
    {"email", SCOPE_EMAIL},
    {"email-src", SCOPE_EMAIL},
    {"email-dst", SCOPE_EMAIL},
    {"email-reply-to", SCOPE_EMAIL},
    {"target-email", SCOPE_EMAIL},
    {"whois-registrant-email", SCOPE_EMAIL},
    {"dns-soa-email", SCOPE_EMAIL},
    {"email-subject", SCOPE_SUBJECT},
    {"md5", SCOPE_FILE},
    {"sha1", SCOPE_FILE},
    {"sha224", SCOPE_FILE},
    {"sha256", SCOPE_FILE},
    {"sha384", SCOPE_FILE},
    {"sha512", SCOPE_FILE},
    {"AS", SCOPE_ASN},
    {"mutex", SCOPE_MUTEX},
    {"regkey", SCOPE_REGISTRY},
    {"regkey|value", SCOPE_REGISTRY},
    {"user-agent", SCOPE_AGENT},
};
static const unsigned domain_or_address = SCOPE_HOST | SCOPE_ADDRESS;

unsigned toc__warning_scope(const toc_type *type)
{
    if (!type)
        return ~0U;
    for (size_t i = 0; i < TOC_COUNT(scopes); i++)
        if (toc_str_equal(toc_str_of(type->name), toc_str_of(scopes[i].type)))
            return scopes[i].scope;
    return SCOPE_OTHER;
}

unsigned toc__warning_attribute(toc_str attribute, bool composite)
{
    if (toc_str_equal(attribute, TOC_S("domain|ip")))
        return composite ? domain_or_address : 0;
    if (toc_str_starts(attribute, TOC_S("filename|")))
        return SCOPE_FILE;
    for (size_t i = 0; i < TOC_COUNT(attributes); i++)
        if (toc_str_equal_fold(attribute, toc_str_of(attributes[i].name)))
            return attributes[i].scope;
    return 0;
}

void toc__warning_mask(toc_warning_range *range, unsigned prefix)
{
    range->key[0] = (char)prefix;
    for (unsigned i = 0; i < 16; i++) {
        unsigned keep = prefix > i * 8 ? prefix - i * 8 : 0;
        if (keep < 8)
            range->key[1 + i] = (char)(range->key[1 + i] & (char)(0xFF00U >> keep & 0xFFU));
    }
}

bool toc__warning_range(toc_str text, toc_warning_range *range)
{
    char word[INET6_ADDRSTRLEN];
    ptrdiff_t slash = toc_str_find_char(text, '/');
    toc_str address = slash < 0 ? text : toc_str_slice(text, 0, (size_t)slash);
    uint64_t prefix = 0;
    if (address.len < 2 || address.len >= sizeof word || memchr(address.ptr, '\0', address.len))
        return false;
    if (slash >= 0 && !toc_str_to_uint(toc_str_slice(text, (size_t)slash + 1, text.len), &prefix))
        return false;
    memcpy(word, address.ptr, address.len);
    word[address.len] = '\0';
    unsigned base = 0;
    *range = (toc_warning_range){{0}};
    if (toc__is_ipv4(address)) {
        base = 96;
        range->key[11] = range->key[12] = (char)0xFF;
        if (inet_pton(AF_INET, word, range->key + 13) != 1)
            return false;
    } else if (inet_pton(AF_INET6, word, range->key + 1) != 1) {
        return false;
    }
    if (slash < 0)
        prefix = 128 - base;
    if (prefix > 128 - base)
        return false;
    toc__warning_mask(range, base + (unsigned)prefix);
    return true;
}

typedef struct search {
    const toc_warning_lists *lists;
    unsigned scope;
    uint32_t best; /* place + 1 of the first list so far; 0: none */
} search;

static void take_list(search *run, uint32_t list)
{
    if ((run->lists->lists[list].scope & run->scope) && (!run->best || list + 1 < run->best))
        run->best = list + 1;
}

static void take_chain(search *run, uint32_t first)
{
    for (uint32_t at = first; at; at = run->lists->entries[at - 1].next)
        if (run->lists->entries[at - 1].list != TOC_WARNING_NOBODY)
            take_list(run, run->lists->entries[at - 1].list);
}

static void find_key(search *run, const toc_map *map, toc_str key)
{
    const uint64_t *first = toc_map_get(map, key);
    if (first)
        take_chain(run, (uint32_t)*first);
}

static void find_domain(search *run, toc_str host)
{
    while (host.len && host.ptr[host.len - 1] == '.')
        host.len--;
    while (host.len && run->lists->domains.count) {
        find_key(run, &run->lists->domains, host);
        ptrdiff_t dot = toc_str_find_char(host, '.');
        host = dot < 0 ? (toc_str){NULL, 0} : toc_str_slice(host, (size_t)dot + 1, host.len);
    }
}

static void find_range(search *run, toc_str text)
{
    toc_warning_range range;
    if (!run->lists->ranges.count || !toc__warning_range(text, &range))
        return;
    for (unsigned prefix = (unsigned char)range.key[0] + 1; prefix-- > 0;) {
        if (!run->lists->prefixes[prefix])
            continue;
        toc__warning_mask(&range, prefix);
        find_key(run, &run->lists->ranges, (toc_str){range.key, sizeof range.key});
    }
}

static void find_substrings(search *run, toc_str text)
{
    const toc_map *steps = &run->lists->steps;
    for (size_t from = 0; steps->count && from < text.len; from++) {
        uint32_t node = 0;
        for (size_t at = from; at < text.len; at++) {
            char step[5];
            const uint64_t *next = toc_map_get(steps, toc__warning_step(step, node, text.ptr[at]));
            if (!next)
                break;
            take_chain(run, (uint32_t)(*next >> 32));
            node = (uint32_t)*next;
        }
    }
}

static void find_patterns(search *run, toc_str text)
{
    const toc_warning_lists *lists = run->lists;
    pcre2_match_data *match = NULL;
    for (size_t i = 0; i < lists->pattern_count; i++) {
        const toc_warning_pattern *pattern = &lists->patterns[i];
        if (!(lists->lists[pattern->list].scope & run->scope) ||
            (run->best && pattern->list + 1 >= run->best))
            continue;
        match = match ? match : pcre2_match_data_create(1, NULL);
        if (match && pcre2_match(pattern->code, (PCRE2_SPTR)text.ptr, text.len, 0, 0, match,
                                 lists->context) >= 0)
            take_list(run, pattern->list);
    }
    pcre2_match_data_free(match);
}

/* The host of a URL or of a mail address; absent when the value is neither. */
static toc_str host_of(toc_str value)
{
    ptrdiff_t scheme = toc_str_find(value, TOC_S("://"));
    if (scheme <= 0) {
        const char *at = value.len ? memrchr(value.ptr, '@', value.len) : NULL;
        return at ? toc_str_slice(value, (size_t)(at - value.ptr) + 1, value.len)
                  : (toc_str){NULL, 0};
    }
    toc_str host = toc_str_slice(value, (size_t)scheme + 3, value.len);
    size_t end = 0;
    while (end < host.len && !strchr("/?#\\", host.ptr[end]))
        end++;
    host.len = end;
    const char *at = end ? memrchr(host.ptr, '@', end) : NULL;
    if (at)
        host = toc_str_slice(host, (size_t)(at - host.ptr) + 1, host.len);
    if (host.len && host.ptr[0] == '[') {
        ptrdiff_t close = toc_str_find_char(host, ']');
        return close > 0 ? toc_str_slice(host, 1, (size_t)close) : (toc_str){NULL, 0};
    }
    ptrdiff_t port = toc_str_find_char(host, ':');
    return port < 0 ? host : toc_str_slice(host, 0, (size_t)port);
}

/* Each hash of a file on its own. */
static void find_hashes(search *run, toc_str value)
{
    toc_str part;
    while (toc_str_cut(&value, ':', &part))
        find_key(run, &run->lists->exact, toc_str_trim(part));
}

static void find_all(search *run, toc_str value, toc_str lower)
{
    toc_str host = host_of(lower);
    find_key(run, &run->lists->exact, lower);
    if ((run->scope & SCOPE_FILE) && toc_str_find(lower, TOC_S(" : ")) > 0)
        find_hashes(run, lower);
    if (host.len)
        find_key(run, &run->lists->exact, host);
    find_domain(run, host.len ? host : lower);
    find_range(run, host.len ? host : lower);
    find_substrings(run, lower);
    find_patterns(run, value);
}

const char *toc_warning_lists_find(const toc_warning_lists *lists, const toc_type *type,
                                   toc_str value)
{
    char room[SHORT_VALUE];
    TOC_AUTOFREE char *large = NULL;
    if (!lists || !lists->count || !value.len || value.len > TOC_MAX_VALUE)
        return NULL;
    if (value.len > sizeof room) {
        large = toc_mem_alloc(value.len);
        if (!large)
            return NULL;
    }
    char *lower = large ? large : room;
    memcpy(lower, value.ptr, value.len);
    toc_str_lower(lower, value.len);
    search run = {.lists = lists, .scope = toc__warning_scope(type)};
    find_all(&run, value, (toc_str){lower, value.len});
    return run.best ? lists->lists[run.best - 1].name : NULL;
}
