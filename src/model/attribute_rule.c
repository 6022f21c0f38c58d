/* attribute_rule.c - values of attributes against the length and the rule of their type. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "model/attribute_types.h"

/* A hostile pattern gives up after so many steps and then fits nothing. */
#define MATCH_LIMIT 200000
#define DEPTH_LIMIT 2000
#define HEAP_LIMIT_KB 4096
#define PATTERN_MAX ((size_t)16 * 1024)

typedef bool (*fits_fn)(const toc_attribute_rule *rule, toc_str value);

struct toc_attribute_rule {
    const toc_attribute_type *type;
    fits_fn fits; /* NULL: any value */
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *context;
};

static bool fits_choice(const toc_attribute_rule *rule, toc_str value)
{
    toc_str rest = toc_str_of(rule->type->rule_text), choice;
    while (toc_str_cut(&rest, ';', &choice)) {
        if (toc_str_equal_fold(toc_str_trim(choice), value))
            return true;
    }
    return false;
}

static bool fits_pattern(const toc_attribute_rule *rule, toc_str value)
{
    return pcre2_match(rule->code, (PCRE2_SPTR)value.ptr, value.len, 0, 0, rule->match,
                       rule->context) >= 0;
}

static bool fits_date(const toc_attribute_rule *rule, toc_str value)
{
    int64_t seconds;
    (void)rule;
    return toc_time_parse(value, &seconds);
}

static bool fits_integer(const toc_attribute_rule *rule, toc_str value)
{
    int64_t number;
    (void)rule;
    return toc_str_to_int(value, &number);
}

static const struct {
    const char *type;
    fits_fn fits;
    bool text; /* rule_text must say something */
} kinds[] = {
    {"SelectOne", fits_choice, true},
    {"Regex", fits_pattern, true},
    {"Date", fits_date, false},
    {"Integer", fits_integer, false},
};

static toc_rc compile(toc_attribute_rule *rule, toc_error *err)
{
    toc_str text = toc_str_of(rule->type->rule_text);
    uint32_t options = PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C | PCRE2_UTF |
                       PCRE2_MATCH_INVALID_UTF;
    int code = 0;
    PCRE2_SIZE offset = 0;
    if (text.len > PATTERN_MAX)
        return toc_error_field(err, TOC_EINVAL, "validationRule", "the pattern is too long");
    rule->code = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, options, &code, &offset, NULL);
    if (!rule->code) {
        PCRE2_UCHAR why[128];
        (void)pcre2_get_error_message(code, why, sizeof(why));
        return toc_error_field(err, TOC_EINVAL, "validationRule", "the pattern is wrong at %zu: %s",
                               (size_t)offset, (const char *)why);
    }
    rule->match = pcre2_match_data_create(1, NULL);
    rule->context = pcre2_match_context_create(NULL);
    if (!rule->match || !rule->context)
        return toc_error_nomem(err);
    (void)pcre2_set_match_limit(rule->context, MATCH_LIMIT);
    (void)pcre2_set_depth_limit(rule->context, DEPTH_LIMIT);
    (void)pcre2_set_heap_limit(rule->context, HEAP_LIMIT_KB);
    return TOC_OK;
}

static toc_rc prepare(toc_attribute_rule *rule, toc_error *err)
{
    toc_str kind = toc_str_of(rule->type->rule_type);
    toc_str text = toc_str_of(rule->type->rule_text);
    if (!kind.len)
        return TOC_OK;
    for (size_t i = 0; i < TOC_COUNT(kinds); i++) {
        if (!toc_str_equal_fold(kind, toc_str_of(kinds[i].type)))
            continue;
        if (kinds[i].text && !text.len)
            return toc_error_field(err, TOC_EINVAL, "validationRule",
                                   "a rule of the type %s needs a text", kinds[i].type);
        rule->fits = kinds[i].fits;
        return rule->fits == fits_pattern ? compile(rule, err) : TOC_OK;
    }
    return toc_error_field(err, TOC_EINVAL, "validationRule",
                           "the type of a rule is SelectOne, Regex, Date or Integer");
}

toc_rc toc_attribute_rule_new(const toc_attribute_type *type, toc_attribute_rule **rule,
                              toc_error *err)
{
    toc_attribute_rule *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    made->type = type;
    toc_rc rc = prepare(made, err);
    if (rc) {
        toc_attribute_rule_free(made);
        return rc;
    }
    *rule = made;
    return TOC_OK;
}

void toc_attribute_rule_free(toc_attribute_rule *rule)
{
    if (!rule)
        return;
    pcre2_code_free(rule->code);
    pcre2_match_data_free(rule->match);
    pcre2_match_context_free(rule->context);
    toc_mem_free(rule);
}

toc_rc toc_attribute_rule_check(toc_attribute_rule *rule, toc_str value, toc_error *err)
{
    const toc_attribute_type *type = rule->type;
    if (!value.len)
        return toc_error_set(err, TOC_EINVAL, "This attribute requires a value");
    /* Characters are counted only where bytes do not decide. */
    if (value.len > type->max_length && toc_str_utf8_chars(value) > type->max_length)
        return toc_error_set(err, TOC_EINVAL,
                             "The value for this Attribute is invalid, please enter a value"
                             " between 1-%u characters in length",
                             (unsigned)type->max_length);
    if (!rule->fits || rule->fits(rule, value))
        return TOC_OK;
    if (type->error_message && type->error_message[0])
        return toc_error_set(err, TOC_EINVAL, "%s", type->error_message);
    return toc_error_set(err, TOC_EINVAL, "The value for this Attribute is invalid");
}
