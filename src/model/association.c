/* association.c - the table of named associations (rest-v2 2.11). */
#include "model/association.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"

#define NAME_MAX_BYTES 100

static const toc_association_type builtin[] = {
    {"Address to User Agent", "addressToUserAgent", "Address", "User Agent", false},
    {"ASN to Address", "asnToAddress", "ASN", "Address", false},
    {"ASN to CIDR", "asnToCidr", "ASN", "CIDR", false},
    {"CIDR to Address", "cidrToAddress", "CIDR", "Address", false},
    {"DNS PTR Record", "dnsPtrRecord", "Address", "Host", false},
    {"Domain Registrant Email", "domainRegistrant", "Host", "EmailAddress", false},
    {"File Download", "fileDownload", "URL", "File", false},
    {"URL Host", "urlHost", "URL", "Address;Host", false},
    {"File Archive", "archive", "File", "File", true},
    {"File Drop", "drop", "File", "File", true},
    {"File Traffic", "traffic", "File", "Address;Host;URL", true},
    {"File Mutex", "mutex", "File", "Mutex", true},
    {"File Registry Key", "registryKey", "File", "Registry Key", true},
    {"File User Agent", "userAgent", "File", "User Agent", true},
    {"File DNS Query", "dnsQuery", "File", "Host", true},
};

struct toc_associations {
    toc_arena arena;
    size_t added;
    toc_association_type custom[TOC_MAX_CUSTOM_ASSOCIATIONS];
};

const toc_association_type *toc_association_type_list(size_t *count)
{
    *count = TOC_COUNT(builtin);
    return builtin;
}

toc_rc toc_associations_new(toc_associations **set, toc_error *err)
{
    toc_associations *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    toc_arena_init(&made->arena, 0);
    *set = made;
    return TOC_OK;
}

void toc_associations_free(toc_associations *set)
{
    if (!set)
        return;
    toc_arena_done(&set->arena);
    toc_mem_free(set);
}

size_t toc_associations_count(const toc_associations *set)
{
    return TOC_COUNT(builtin) + (set ? set->added : 0);
}

const toc_association_type *toc_associations_at(const toc_associations *set, size_t index)
{
    if (index < TOC_COUNT(builtin))
        return &builtin[index];
    index -= TOC_COUNT(builtin);
    return set && index < set->added ? &set->custom[index] : NULL;
}

const toc_association_type *toc_associations_find(const toc_associations *set, toc_str word)
{
    const toc_association_type *row;
    for (size_t i = 0; word.len && (row = toc_associations_at(set, i)); i++) {
        if (toc_str_equal_fold(toc_str_of(row->name), word) ||
            toc_str_equal_fold(toc_str_of(row->branch), word))
            return row;
    }
    return NULL;
}

static bool lists(const char *names, const toc_type *type)
{
    toc_str rest = toc_str_of(names), name;
    while (toc_str_cut(&rest, ';', &name)) {
        if (toc_str_equal(name, toc_str_of(type->name)))
            return true;
    }
    return false;
}

bool toc_association_fits(const toc_association_type *row, const toc_type *from, const toc_type *to)
{
    if (lists(row->left, from) && lists(row->right, to))
        return true;
    return !row->file_action && lists(row->left, to) && lists(row->right, from);
}

const toc_type *toc_association_generic(const toc_types *types, toc_str word)
{
    static const char *const tails[] = {TOC_GENERIC_ASSOCIATION, "ToIndicators"};
    for (size_t i = 0; i < TOC_COUNT(tails); i++) {
        toc_str tail = toc_str_of(tails[i]);
        if (word.len <= tail.len)
            continue;
        size_t at = word.len - tail.len;
        if (toc_str_equal_fold(toc_str_slice(word, at, word.len), tail))
            return toc_types_find(types, TOC_KIND_INDICATOR, toc_str_slice(word, 0, at));
    }
    return NULL;
}

/* --- rows of a store ----------------------------------------------------------------------- */

static bool is_name(const char *text)
{
    toc_str name = toc_str_of(text);
    return name.len > 0 && name.len <= NAME_MAX_BYTES && toc_str_is_utf8(name, NULL) &&
           toc_str_find_char(name, '/') < 0 && name.ptr[0] != '<';
}

static toc_rc check_row(const toc_associations *set, const toc_association_type *row,
                        const toc_types *types, toc_error *err)
{
    const char *words[] = {row->name, row->branch};
    if (!is_name(row->name) || !is_name(row->branch))
        return toc_error_field(err, TOC_EINVAL, "name",
                               "an association needs a name and a branch of 1 to %d bytes",
                               NAME_MAX_BYTES);
    for (size_t i = 0; i < TOC_COUNT(words); i++) {
        const toc_association_type *held = toc_associations_find(set, toc_str_of(words[i]));
        bool group = toc_types_find(types, TOC_KIND_GROUP, toc_str_of(words[i])) != NULL;
        if (held || group || toc_association_generic(types, toc_str_of(words[i])))
            return toc_error_field(err, TOC_ECONFLICT, "name",
                                   "the word %s already belongs to an association", words[i]);
    }
    if (set->added == TOC_MAX_CUSTOM_ASSOCIATIONS)
        return toc_error_set(err, TOC_ELIMIT, "there are more than %d custom associations",
                             TOC_MAX_CUSTOM_ASSOCIATIONS);
    return TOC_OK;
}

/* The names of types as the catalogue spells them. */
static toc_rc copy_names(toc_arena *arena, const toc_types *types, const char *names, bool hashes,
                         const char **out, toc_error *err)
{
    toc_buf text;
    toc_buf_init(&text, (size_t)(TOC_MAX_CUSTOM_TYPES + 64) * NAME_MAX_BYTES);
    toc_str rest = toc_str_of(names), name;
    toc_rc rc = TOC_OK;
    while (!rc && toc_str_cut(&rest, ';', &name)) {
        const toc_type *type = toc_types_find(types, TOC_KIND_INDICATOR, toc_str_trim(name));
        if (!type || (hashes && !(type->traits & TOC_TYPE_HASHES)))
            rc = toc_error_field(err, TOC_EINVAL, "types", "\"%.*s\" is not %s",
                                 (int)(name.len < 60 ? name.len : 60), name.ptr,
                                 type ? "a type that a file action begins with"
                                      : "an indicator type");
        if (!rc && text.len)
            toc_buf_char(&text, ';');
        if (!rc)
            toc_buf_text(&text, type->name);
    }
    if (!rc && !text.len)
        rc = toc_error_field(err, TOC_EINVAL, "types", "an association needs types at both ends");
    if (!rc)
        rc = toc_buf_check(&text, err);
    *out = rc ? NULL : toc_arena_str(arena, toc_buf_view(&text)).ptr;
    toc_buf_done(&text);
    return rc || *out ? rc : toc_error_nomem(err);
}

static toc_rc copy_row(toc_associations *set, const toc_association_type *row,
                       const toc_types *types, toc_association_type *copy, toc_error *err)
{
    toc_arena *arena = &set->arena;
    *copy = (toc_association_type){.name = toc_arena_str(arena, toc_str_of(row->name)).ptr,
                                   .branch = toc_arena_str(arena, toc_str_of(row->branch)).ptr,
                                   .file_action = row->file_action};
    if (!copy->name || !copy->branch)
        return toc_error_nomem(err);
    if (types) {
        toc_rc rc = copy_names(arena, types, row->left, row->file_action, &copy->left, err);
        return rc ? rc : copy_names(arena, types, row->right, false, &copy->right, err);
    }
    copy->left = toc_arena_str(arena, toc_str_of(row->left)).ptr;
    copy->right = toc_arena_str(arena, toc_str_of(row->right)).ptr;
    return copy->left && copy->right ? TOC_OK : toc_error_nomem(err);
}

toc_rc toc_associations_add(toc_associations *set, const toc_association_type *row,
                            const toc_types *types, toc_error *err)
{
    toc_association_type copy;
    toc_rc rc = check_row(set, row, types, err);
    if (!rc)
        rc = copy_row(set, row, types, &copy, err);
    if (!rc)
        set->custom[set->added++] = copy;
    return rc;
}
