/* Rules of attribute types and values under them: the type of the rule, its text, then the value,
 * a line each (the value to the end). A hostile pattern ends in time. */
/* The asserts are the test, in release builds too. */
#undef NDEBUG
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "model/attribute_types.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_LENGTH 500

static const char *next_line(toc_arena *arena, toc_str *rest)
{
    toc_str line = {NULL, 0};
    if (!toc_str_cut(rest, '\n', &line) || !line.len)
        return NULL;
    const char *text = toc_arena_str(arena, line).ptr;
    assert(text);
    return text;
}

static void check(const toc_attribute_type *type, toc_str value)
{
    toc_attribute_rule *rule = NULL;
    toc_error err = {0};
    toc_rc rc = toc_attribute_rule_new(type, &rule, &err);
    if (rc) {
        assert(rc == TOC_EINVAL && !rule && err.message[0]);
        return;
    }
    rc = toc_attribute_rule_check(rule, value, &err);
    assert(rc == TOC_OK || (rc == TOC_EINVAL && err.message[0]));
    assert(rc || (value.len && toc_str_utf8_chars(value) <= MAX_LENGTH));
    /* The same value fits or does not, whatever came before. */
    assert(toc_attribute_rule_check(rule, value, NULL) == rc);
    toc_attribute_rule_free(rule);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    toc_arena arena = {0};
    toc_str rest = {size ? (const char *)data : "", size};
    toc_attribute_type type = {.name = "Fuzz", .max_length = MAX_LENGTH};
    type.rule_type = next_line(&arena, &rest);
    type.rule_text = next_line(&arena, &rest);
    check(&type, rest);
    toc_arena_done(&arena);
    return 0;
}
