/* define.c - types, attribute types and associations that an administrator defines. */
#include "platform/define.h"

#include "base/error.h"
#include "base/mem.h"

#define MAX_FIELDS (TOC_SLOT_COUNT - TOC_SLOT_OWN)

/* Words that stand where a branch or an entity of the kind would stand. */
static const struct {
    toc_kind kind;
    const char *word;
} reserved[] = {
    {TOC_KIND_INDICATOR, "deleted"},    {TOC_KIND_INDICATOR, "observed"},
    {TOC_KIND_INDICATOR, "bulk"},       {TOC_KIND_INDICATOR, "indicator"},
    {TOC_KIND_INDICATOR, "indicators"}, {TOC_KIND_INDICATOR, "resultCount"},
    {TOC_KIND_GROUP, "group"},          {TOC_KIND_GROUP, "groups"},
    {TOC_KIND_GROUP, "resultCount"},    {TOC_KIND_GROUP, "assignees"},
    {TOC_KIND_GROUP, "escalatees"},     {TOC_KIND_GROUP, "pdf"},
    {TOC_KIND_GROUP, "attributes"},     {TOC_KIND_GROUP, "tags"},
    {TOC_KIND_GROUP, "securityLabels"}, {TOC_KIND_GROUP, "tasks"},
    {TOC_KIND_GROUP, "victims"},        {TOC_KIND_GROUP, "victimAssets"},
    {TOC_KIND_GROUP, "indicators"},
};

static bool is_reserved(toc_kind kind, toc_str word)
{
    for (size_t i = 0; i < TOC_COUNT(reserved); i++) {
        if (reserved[i].kind == kind && toc_str_equal_fold(toc_str_of(reserved[i].word), word))
            return true;
    }
    return false;
}

/* Branches and entities are path words and members of answers. */
static bool is_word(const char *text)
{
    toc_str word = toc_str_of(text);
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i], low = (char)(c | 0x20);
        if (!(low >= 'a' && low <= 'z') && !(i > 0 && c >= '0' && c <= '9'))
            return false;
    }
    return word.len > 0;
}

static toc_rc check_words(const toc_type *type, toc_error *err)
{
    const char *words[] = {type->branch, type->entity};
    if (type->kind != TOC_KIND_INDICATOR && type->kind != TOC_KIND_GROUP)
        return toc_error_field(err, TOC_EINVAL, "kind",
                               "only indicator and group types can be defined");
    for (size_t i = 0; i < TOC_COUNT(words); i++) {
        if (!is_word(words[i]))
            return toc_error_field(err, TOC_EINVAL, i ? "entity" : "branch",
                                   "the %s of a type is made of letters and digits",
                                   i ? "entity" : "branch");
        if (is_reserved(type->kind, toc_str_of(words[i])))
            return toc_error_field(err, TOC_ECONFLICT, i ? "entity" : "branch",
                                   "the word %s means something else in paths", words[i]);
    }
    return TOC_OK;
}

toc_rc toc__define_type(toc_conn *conn, const toc_type *type, toc_error *err)
{
    toc_field fields[MAX_FIELDS];
    toc_type made = *type;
    toc_rc rc = check_words(type, err);
    if (rc)
        return rc;
    if (type->field_count > MAX_FIELDS || (type->field_count && !type->fields))
        return toc_error_field(err, TOC_EINVAL, "fields", "a type has at most %d fields",
                               MAX_FIELDS);
    made.key_count = 0;
    for (size_t i = 0; i < type->field_count; i++) {
        fields[i] = type->fields[i];
        if (!(fields[i].flags & TOC_FIELD_KEY))
            continue;
        fields[i].flags |= TOC_FIELD_REQUIRED;
        made.key_count++;
    }
    made.fields = fields;
    made.traits |= TOC_TYPE_CUSTOM | TOC_TYPE_RUNTIME;
    if (made.letter_case == TOC_CASE_NONE)
        made.letter_case = TOC_CASE_SENSITIVE;
    return toc_type_define(conn, &made, err);
}

/* --- one definition, one transaction ------------------------------------------------------- */

typedef toc_rc (*define_fn)(toc_conn *conn, const void *definition, toc_error *err);

static toc_rc define(toc_platform *platform, define_fn fn, const void *definition, toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    if (!platform || !definition)
        return toc_error_set(err, TOC_EINVAL, "a platform and a definition are needed");
    toc_rc rc = toc_tx_begin(platform->store, &conn, err);
    if (!rc)
        rc = fn(conn, definition, err);
    return rc ? rc : toc_tx_commit(TOC_TAKE(conn), err);
}

static toc_rc define_type(toc_conn *conn, const void *definition, toc_error *err)
{
    return toc__define_type(conn, definition, err);
}

static toc_rc define_attribute(toc_conn *conn, const void *definition, toc_error *err)
{
    return toc_attribute_type_define(conn, definition, err);
}

static toc_rc define_association(toc_conn *conn, const void *definition, toc_error *err)
{
    return toc_association_define(conn, definition, err);
}

toc_rc toc_platform_add_type(toc_platform *platform, const toc_type *type, toc_error *err)
{
    return define(platform, define_type, type, err);
}

toc_rc toc_platform_add_attribute_type(toc_platform *platform, const toc_attribute_type *type,
                                       toc_error *err)
{
    return define(platform, define_attribute, type, err);
}

toc_rc toc_platform_add_association_type(toc_platform *platform, const toc_association_type *type,
                                         toc_error *err)
{
    return define(platform, define_association, type, err);
}
