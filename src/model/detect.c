/* detect.c - the type of an indicator value by patterns (sdk.md 4). */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <assert.h>

#include <pcre2.h>

#include "base/codec.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/detect.h"
#include "model/normalise.h"
#include "model/summary.h"

/* A hostile pattern gives up after so many steps and then matches nothing. */
#define MATCH_LIMIT 200000
#define DEPTH_LIMIT 2000
#define HEAP_LIMIT_KB 4096
#define JIT_STACK_MAX ((size_t)256 * 1024)
#define PATTERNS_MAX 64
#define PATTERN_MAX ((size_t)16 * 1024)
#define TYPES_MAX (TOC_MAX_CUSTOM_TYPES + 64)

#define QUAD "(?:\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])"
#define IPV4 QUAD "\\." QUAD "\\." QUAD "\\." QUAD
#define HEX "[0-9a-f]{1,4}"
#define LOW "(?:" HEX ":" HEX "|" IPV4 ")"
#define ATOM "[a-z0-9!#$%&'*+/=?^_`{|}~-]+"

static const char ipv6_pattern[] = "(?i)(?:(?:" HEX ":){6}" LOW "|"
                                   "::(?:" HEX ":){5}" LOW "|"
                                   "(?:" HEX ")?::(?:" HEX ":){4}" LOW "|"
                                   "(?:(?:" HEX ":)?" HEX ")?::(?:" HEX ":){3}" LOW "|"
                                   "(?:(?:" HEX ":){0,2}" HEX ")?::(?:" HEX ":){2}" LOW "|"
                                   "(?:(?:" HEX ":){0,3}" HEX ")?::" HEX ":" LOW "|"
                                   "(?:(?:" HEX ":){0,4}" HEX ")?::" LOW "|"
                                   "(?:(?:" HEX ":){0,5}" HEX ")?::" HEX "|"
                                   "(?:(?:" HEX ":){0,6}" HEX ")?::)";

static const char email_pattern[] = "(?i)" ATOM "(?:\\." ATOM ")*@"
                                    "(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\\.)+"
                                    "[a-z0-9](?:[a-z0-9-]*[a-z0-9])";

/* The names after the labels are endings of files, not top level domains. */
static const char host_pattern[] =
    "(?i)\\b(?:(?!-)[a-z0-9-]{1,63}(?<!-)\\.)+"
    "(?!exe|php|dll|doc|docx|txt|rtf|odt|xls|xlsx|ppt|pptx|bin|pcap|ioc|pdf|mdb|asp|html|xml|jpg|"
    "png|lnk|log|vbs|lco|bat|shell|quit|pdb|vbp|bdoda|bsspx|save|cpl|wav|tmp|close|ico|ini|sleep|"
    "run|scr|jar|jxr|apt|w32|css|js|xpi|class|apk|rar|zip|hlp|cpp|crl|cfg|cer|plg|lxdns|cgi|"
    "dat(?:$|\\r\\n)|gif(?:$|\\r\\n)|xn$)"
    "(?:xn--[a-z0-9]{2,22}|[a-z]{2,13})";

static const char url_pattern[] = "\\b(?:https?|sftp|ftp|file)://"
                                  "[-a-zA-Z0-9+&@#/%?=~_|!:,.;'\"*$()]*[a-zA-Z0-9+&@#/%=~_|?]";

/* First looks: cheap tests that a value must pass before its pattern is worth running. Two of them
 * say all that the pattern says; table tests hold them against each other. */
static bool look_ipv4(toc_str value)
{
    return toc__is_ipv4(value);
}

static bool look_ipv6(toc_str value)
{
    if (value.len < 2 || value.len > 45)
        return false;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i], low = (char)(c | 0x20);
        if (!((c >= '0' && c <= '9') || (low >= 'a' && low <= 'f') || c == ':' || c == '.'))
            return false;
    }
    return toc_str_find_char(value, ':') >= 0;
}

static bool look_email(toc_str value)
{
    return toc_str_find_char(value, '@') > 0;
}

static bool look_hash(toc_str value)
{
    return toc_hash_kind(value) != 0;
}

static bool look_host(toc_str value)
{
    bool dot = false;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i], low = (char)(c | 0x20);
        if (c == '.')
            dot = true;
        else if (!((c >= '0' && c <= '9') || (low >= 'a' && low <= 'z') || c == '-'))
            return false;
    }
    return dot;
}

static bool look_url(toc_str value)
{
    return value.len > 6 && (value.ptr[0] == 'h' || value.ptr[0] == 's' || value.ptr[0] == 'f') &&
           toc_str_find(toc_str_slice(value, 0, 8), TOC_S("://")) > 0;
}

/* In order of the tests. exact: the look alone decides. */
static const struct default_row {
    const char *type, *pattern;
    bool (*look)(toc_str value);
    bool exact;
} defaults[] = {
    {"Address", IPV4, look_ipv4, true},
    {"Address", ipv6_pattern, look_ipv6, false},
    {"EmailAddress", email_pattern, look_email, false},
    {"File", "[a-fA-F\\d]{32}", look_hash, true},
    {"File", "[a-fA-F\\d]{40}", look_hash, true},
    {"File", "[a-fA-F\\d]{64}", look_hash, true},
    {"Host", host_pattern, look_host, false},
    {"URL", url_pattern, look_url, false},
};

typedef struct pattern {
    pcre2_code *code;
    bool (*look)(toc_str value); /* NULL: always run */
    bool exact;
} pattern;

typedef struct type_patterns {
    const toc_type *type;
    pattern *list;
    size_t count;
} type_patterns;

struct toc_detector {
    type_patterns types[TYPES_MAX];
    size_t count;
    pcre2_match_data *match;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

static void free_patterns(pattern *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pcre2_code_free(list[i].code);
    toc_mem_free(list);
}

/* Defaults are ASCII; others may hold any text, and the values then may be anything. */
static toc_rc compile(const char *text, bool utf, pattern *made, toc_error *err)
{
    uint32_t options = PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C;
    if (utf)
        options |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
    toc_str pattern_text = toc_str_of(text);
    int code = 0;
    PCRE2_SIZE offset = 0;
    if (!text || pattern_text.len > PATTERN_MAX)
        return toc_error_field(err, TOC_EINVAL, "pattern", "the pattern is missing or too long");
    made->code = pcre2_compile((PCRE2_SPTR)text, pattern_text.len, options, &code, &offset, NULL);
    if (!made->code) {
        PCRE2_UCHAR why[128];
        (void)pcre2_get_error_message(code, why, sizeof(why));
        return toc_error_field(err, TOC_EINVAL, "pattern", "the pattern is wrong at %zu: %s",
                               (size_t)offset, (const char *)why);
    }
    /* Without JIT support the interpreter gives the same answers. */
    (void)pcre2_jit_compile(made->code, PCRE2_JIT_COMPLETE);
    return TOC_OK;
}

static toc_rc set_limits(toc_detector *detector)
{
    detector->match = pcre2_match_data_create(1, NULL);
    detector->context = pcre2_match_context_create(NULL);
    detector->stack = pcre2_jit_stack_create((size_t)32 * 1024, JIT_STACK_MAX, NULL);
    if (!detector->match || !detector->context)
        return TOC_ENOMEM;
    (void)pcre2_set_match_limit(detector->context, MATCH_LIMIT);
    (void)pcre2_set_depth_limit(detector->context, DEPTH_LIMIT);
    (void)pcre2_set_heap_limit(detector->context, HEAP_LIMIT_KB);
    if (detector->stack)
        pcre2_jit_stack_assign(detector->context, NULL, detector->stack);
    return TOC_OK;
}

static type_patterns *entry_of(toc_detector *detector, const toc_type *type)
{
    for (size_t i = 0; i < detector->count; i++)
        if (detector->types[i].type == type)
            return &detector->types[i];
    if (detector->count == TYPES_MAX)
        return NULL;
    type_patterns *entry = &detector->types[detector->count++];
    *entry = (type_patterns){.type = type};
    return entry;
}

static toc_rc add_default(toc_detector *detector, const struct default_row *row, toc_error *err)
{
    const toc_type *type = toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of(row->type));
    type_patterns *entry = entry_of(detector, type);
    assert(entry); /* the built-in types are far fewer than TYPES_MAX */
    pattern made = {.look = row->look, .exact = row->exact};
    toc_rc rc = compile(row->pattern, false, &made, err);
    if (rc)
        return rc;
    pattern *list = toc_mem_resize(entry->list, (entry->count + 1) * sizeof(*list));
    if (!list) {
        pcre2_code_free(made.code);
        return toc_error_nomem(err);
    }
    entry->list = list;
    entry->list[entry->count++] = made;
    return TOC_OK;
}

toc_rc toc_detector_new(toc_detector **detector, toc_error *err)
{
    toc_detector *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made || set_limits(made)) {
        toc_detector_free(made);
        return toc_error_nomem(err);
    }
    for (size_t i = 0; i < TOC_COUNT(defaults); i++) {
        toc_rc rc = add_default(made, &defaults[i], err);
        if (rc) {
            toc_detector_free(made);
            return rc;
        }
    }
    *detector = made;
    return TOC_OK;
}

void toc_detector_free(toc_detector *detector)
{
    if (!detector)
        return;
    for (size_t i = 0; i < detector->count; i++)
        free_patterns(detector->types[i].list, detector->types[i].count);
    pcre2_match_data_free(detector->match);
    pcre2_match_context_free(detector->context);
    pcre2_jit_stack_free(detector->stack);
    toc_mem_free(detector);
}

toc_rc toc_detector_set(toc_detector *detector, const toc_type *type, const char *const *patterns,
                        size_t count, toc_error *err)
{
    if (!detector || !type || type->kind != TOC_KIND_INDICATOR || (count && !patterns))
        return toc_error_set(err, TOC_EINVAL, "patterns belong to an indicator type");
    if (count > PATTERNS_MAX)
        return toc_error_field(err, TOC_ELIMIT, "pattern", "a type has at most %d patterns",
                               PATTERNS_MAX);
    pattern *list = toc_mem_zalloc(count + 1, sizeof(*list));
    if (!list)
        return toc_error_nomem(err);
    for (size_t i = 0; i < count; i++) {
        toc_rc rc = compile(patterns[i], true, &list[i], err);
        if (rc) {
            free_patterns(list, i);
            return rc;
        }
    }
    type_patterns *entry = entry_of(detector, type);
    if (!entry) {
        free_patterns(list, count);
        return toc_error_set(err, TOC_ELIMIT, "there are too many types with patterns");
    }
    free_patterns(entry->list, entry->count);
    entry->list = list;
    entry->count = count;
    return TOC_OK;
}

static bool run(toc_detector *detector, const pattern *tried, toc_str value)
{
    int rc = pcre2_match(tried->code, (PCRE2_SPTR)value.ptr, value.len, 0, 0, detector->match,
                         detector->context);
    return rc >= 0;
}

static const toc_type *find(toc_detector *detector, toc_str value, bool looks)
{
    if (!detector || !value.ptr || !value.len || value.len > TOC_MAX_VALUE)
        return NULL;
    for (size_t i = 0; i < detector->count; i++) {
        const type_patterns *entry = &detector->types[i];
        for (size_t j = 0; j < entry->count; j++) {
            const pattern *tried = &entry->list[j];
            bool seen = looks && tried->look;
            if (seen && !tried->look(value))
                continue;
            if ((seen && tried->exact) || run(detector, tried, value))
                return entry->type;
        }
    }
    return NULL;
}

const toc_type *toc_detector_find(toc_detector *detector, toc_str value)
{
    return find(detector, value, true);
}

const toc_type *toc__detector_find_plain(toc_detector *detector, toc_str value)
{
    return find(detector, value, false);
}
