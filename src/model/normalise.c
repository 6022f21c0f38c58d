/* normalise.c - checks of key values and their stored forms (rest-v2 5.1). Pure functions; the
 * letter case of the type was applied before. */
#include "model/normalise.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "model/summary.h"

static const char no_memory[] = "out of memory";

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

static bool has_upper(toc_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_upper(text.ptr[i]))
            return true;
    return false;
}

static bool has_lower(toc_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_lower(text.ptr[i]))
            return true;
    return false;
}

static bool has_blank_or_control(toc_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == ' ' || is_control(text.ptr[i]))
            return true;
    return false;
}

static toc_str copy(toc_str text, toc_alloc_fn *alloc, void *user)
{
    char *made = alloc(user, text.len + 1);
    if (!made)
        return (toc_str){NULL, 0};
    if (text.len)
        memcpy(made, text.ptr, text.len);
    made[text.len] = '\0';
    return (toc_str){made, text.len};
}

toc_str toc__letter_case(toc_str text, toc_case letter_case, toc_alloc_fn *alloc, void *user)
{
    bool upper = letter_case == TOC_CASE_UPPER, lower = letter_case == TOC_CASE_LOWER;
    if (!(upper && has_lower(text)) && !(lower && has_upper(text)))
        return text;
    char *made = alloc(user, text.len + 1);
    if (!made)
        return (toc_str){NULL, 0};
    memcpy(made, text.ptr, text.len);
    made[text.len] = '\0';
    if (upper)
        toc_str_upper(made, text.len);
    else
        toc_str_lower(made, text.len);
    return (toc_str){made, text.len};
}

/* A decimal number up to limit without leading zeros. */
static bool is_small_number(toc_str text, unsigned limit)
{
    unsigned value = 0;
    if (!text.len || text.len > 3 || (text.len > 1 && text.ptr[0] == '0'))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.ptr[i]))
            return false;
        value = value * 10 + (unsigned)(text.ptr[i] - '0');
    }
    return value <= limit;
}

bool toc__is_ipv4(toc_str text)
{
    unsigned parts = 0;
    size_t from = 0;
    if (text.len < 7 || text.len > 15)
        return false;
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != '.')
            continue;
        if (!is_small_number(toc_str_slice(text, from, i), 255))
            return false;
        parts++;
        from = i + 1;
    }
    return parts == 4;
}

const char *toc__normalise_address(toc_str *parts, toc_alloc_fn *alloc, void *user)
{
    char room[INET6_ADDRSTRLEN];
    struct in6_addr binary;
    if (toc__is_ipv4(parts[0]))
        return NULL;
    if (parts[0].len < 2 || parts[0].len >= sizeof(room) ||
        memchr(parts[0].ptr, '\0', parts[0].len))
        return "an IPv4 or IPv6 address is expected";
    memcpy(room, parts[0].ptr, parts[0].len);
    room[parts[0].len] = '\0';
    if (inet_pton(AF_INET6, room, &binary) != 1)
        return "an IPv4 or IPv6 address is expected";
    if (!inet_ntop(AF_INET6, &binary, room, sizeof(room)))
        return no_memory;
    toc_str text = toc_str_of(room);
    if (toc_str_equal(text, parts[0]))
        return NULL;
    parts[0] = copy(text, alloc, user);
    return parts[0].ptr ? NULL : no_memory;
}

const char *toc__normalise_email(toc_str *parts, toc_alloc_fn *alloc, void *user)
{
    static const char wrong[] = "a mail address with one @ is expected";
    ptrdiff_t at = toc_str_find_char(parts[0], '@');
    if (at <= 0 || has_blank_or_control(parts[0]))
        return wrong;
    toc_str domain = toc_str_slice(parts[0], (size_t)at + 1, parts[0].len);
    if (!domain.len || domain.ptr[0] == '.' || domain.ptr[domain.len - 1] == '.' ||
        toc_str_find_char(domain, '@') >= 0)
        return wrong;
    if (!has_upper(domain))
        return NULL;
    char *made = alloc(user, parts[0].len + 1);
    if (!made)
        return no_memory;
    memcpy(made, parts[0].ptr, parts[0].len);
    made[parts[0].len] = '\0';
    toc_str_lower(made + at, parts[0].len - (size_t)at);
    parts[0].ptr = made;
    return NULL;
}

const char *toc__normalise_file(toc_str *parts, toc_alloc_fn *alloc, void *user)
{
    (void)alloc;
    (void)user;
    bool any = false;
    for (unsigned i = 0; i < 3; i++) {
        if (!parts[i].ptr)
            continue;
        if (toc_hash_kind(parts[i]) != i + 1)
            return "32, 40 or 64 hex digits are expected";
        any = true;
    }
    return any ? NULL : "at least one hash is needed";
}

static bool is_host_char(char c)
{
    return is_lower(c) || is_digit(c) || c == '-' || c == '_';
}

const char *toc__normalise_host(toc_str *parts, toc_alloc_fn *alloc, void *user)
{
    (void)alloc;
    (void)user;
    toc_str host = parts[0];
    size_t label = 0;
    if (host.len > 253)
        return "a host name has at most 253 characters";
    for (size_t i = 0; i <= host.len; i++) {
        if (i < host.len && host.ptr[i] != '.') {
            if (!is_host_char(host.ptr[i]))
                return "only ASCII letters, digits, '-', '_' and '.' are allowed";
            label++;
            continue;
        }
        if (!label || label > 63)
            return "a label of a host name has 1 to 63 characters";
        label = 0;
    }
    return NULL;
}

static size_t scheme_length(toc_str url)
{
    ptrdiff_t found = toc_str_find(url, TOC_S("://"));
    if (found <= 0)
        return 0;
    for (size_t i = 0; i < (size_t)found; i++) {
        char c = url.ptr[i];
        bool letter = is_lower(c) || is_upper(c);
        if (!letter && !(i && (is_digit(c) || c == '+' || c == '-' || c == '.')))
            return 0;
    }
    return (size_t)found;
}

/* The part between "://" or "user@" and the path; the port is digits and does no harm. */
static toc_str host_part(toc_str url, size_t scheme)
{
    size_t from = scheme + 3, end = from;
    while (end < url.len && !strchr("/?#\\", url.ptr[end]))
        end++;
    for (size_t i = from; i < end; i++)
        if (url.ptr[i] == '@')
            from = i + 1;
    return toc_str_slice(url, from, end);
}

const char *toc__normalise_url(toc_str *parts, toc_alloc_fn *alloc, void *user)
{
    (void)alloc;
    (void)user;
    size_t scheme = scheme_length(parts[0]);
    if (!scheme)
        return "a scheme such as http:// is expected";
    if (scheme + 3 == parts[0].len)
        return "a host or path is expected after the scheme";
    for (size_t i = 0; i < parts[0].len; i++)
        if (is_control(parts[0].ptr[i]))
            return "control characters are not allowed";
    toc_str host = host_part(parts[0], scheme);
    for (size_t i = 0; i < host.len; i++)
        if (is_upper(host.ptr[i]) || (unsigned char)host.ptr[i] >= 0x80 || host.ptr[i] == ' ')
            return "the host must be in lower case ASCII";
    return NULL;
}

const char *toc__normalise_asn(toc_str *parts, toc_alloc_fn *alloc, void *user)
{
    (void)alloc;
    (void)user;
    static const char wrong[] = "ASN and the number are expected, as in ASN64500";
    uint64_t number;
    if (!toc_str_starts(parts[0], TOC_S("ASN")) || parts[0].len < 4 || !is_digit(parts[0].ptr[3]))
        return wrong;
    toc_str digits = toc_str_slice(parts[0], 3, parts[0].len);
    return toc_str_to_uint(digits, &number) && number <= UINT32_MAX ? NULL : wrong;
}

/* Eight groups of one to four lower case digits without leading zeros. */
static bool is_full_ipv6(toc_str text)
{
    unsigned groups = 0;
    size_t digits = 0;
    bool zero = false;
    for (size_t i = 0; i <= text.len; i++) {
        char c = i < text.len ? text.ptr[i] : ':';
        if (c == ':') {
            if (!digits || digits > 4 || (zero && digits > 1))
                return false;
            groups++;
            digits = 0;
            continue;
        }
        if (!is_digit(c) && !(c >= 'a' && c <= 'f'))
            return false;
        if (!digits)
            zero = c == '0';
        digits++;
    }
    return groups == 8;
}

const char *toc__normalise_cidr(toc_str *parts, toc_alloc_fn *alloc, void *user)
{
    (void)alloc;
    (void)user;
    ptrdiff_t slash = toc_str_find_char(parts[0], '/');
    if (slash < 0)
        return "an address block with its length is expected, as in 203.0.113.0/24";
    toc_str base = toc_str_slice(parts[0], 0, (size_t)slash);
    toc_str bits = toc_str_slice(parts[0], (size_t)slash + 1, parts[0].len);
    if (toc_str_find_char(base, ':') >= 0)
        return is_full_ipv6(base) && is_small_number(bits, 128)
                   ? NULL
                   : "an IPv6 block has eight groups without leading zeros and a length to 128";
    return toc__is_ipv4(base) && is_small_number(bits, 32)
               ? NULL
               : "an IPv4 block has four numbers without leading zeros and a length to 32";
}

static const char *const hives[] = {
    "HKEY_CLASSES_ROOT",
    "HKEY_CURRENT_CONFIG",
    "HKEY_CURRENT_USER",
    "HKEY_CURRENT_USER_LOCAL_SETTINGS",
    "HKEY_LOCAL_MACHINE",
    "HKEY_PERFORMANCE_DATA",
    "HKEY_PERFORMANCE_NLSTEXT",
    "HKEY_PERFORMANCE_TEXT",
    "HKEY_USERS",
};

const char *toc__normalise_registry(toc_str *parts, toc_alloc_fn *alloc, void *user)
{
    (void)alloc;
    (void)user;
    ptrdiff_t end = toc_str_find_char(parts[0], '\\');
    toc_str hive = toc_str_slice(parts[0], 0, end < 0 ? parts[0].len : (size_t)end);
    bool known = false;
    for (size_t i = 0; i < TOC_COUNT(hives) && !known; i++)
        known = toc_str_equal(hive, toc_str_of(hives[i]));
    if (!known)
        return "it must begin with the full name of a hive, as in HKEY_LOCAL_MACHINE";
    if (toc_str_equal(parts[1], TOC_S(" ")))
        parts[1].len = 0;
    return NULL;
}
