/* field_names.c - fields by the names that programs give them (ti.md 2.3, 5.2, 6.2). */
#include "model/field_names.h"

#include "base/mem.h"

/* What is not the name of the field in words. */
static const struct {
    const char *word, *field;
    bool indicators; /* only of these; else of all others as well */
} aliases[] = {
    {"from_addr", "from", false},   {"to_addr", "to", false},   {"url", "text", true},
    {"unique_id", "summary", true}, {"unique_id", "id", false},
};

static bool is_gap(char c)
{
    return c == '_' || c == ' ';
}

static char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Only names in small letters are words: "Rating" is a slip. */
static bool is_words(toc_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (folded(name.ptr[i]) != name.ptr[i] || name.ptr[i] == ' ')
            return false;
    }
    return name.len > 0;
}

/* The same but for case, blanks and underscores. */
static bool same_words(const char *field, toc_str name)
{
    size_t at = 0;
    for (;; field++, at++) {
        while (is_gap(*field))
            field++;
        while (at < name.len && is_gap(name.ptr[at]))
            at++;
        if (!*field || at == name.len)
            return !*field && at == name.len;
        if (folded(*field) != folded(name.ptr[at]))
            return false;
    }
}

static const toc_field *find(const toc_field *fields, size_t count, toc_str name)
{
    for (size_t i = 0; i < count; i++) {
        if (same_words(fields[i].name, name))
            return &fields[i];
    }
    return NULL;
}

static const toc_field *find_alias(const toc_type *type, toc_str name)
{
    bool indicator = type->kind == TOC_KIND_INDICATOR;
    for (size_t i = 0; i < TOC_COUNT(aliases); i++) {
        if (aliases[i].indicators == indicator && toc_str_equal(toc_str_of(aliases[i].word), name))
            return toc_type_field(type, toc_str_of(aliases[i].field));
    }
    return NULL;
}

const toc_field *toc__field_by_name(const toc_type *type, toc_str name)
{
    size_t count = 0;
    const toc_field *field = toc_type_field(type, name);
    if (field || !is_words(name))
        return field;
    field = find_alias(type, name);
    if (!field)
        field = find(type->fields, type->field_count, name);
    if (field)
        return field;
    const toc_field *common = toc_kind_fields(type->kind, &count);
    return find(common, count, name);
}
