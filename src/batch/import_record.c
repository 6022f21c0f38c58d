/* import_record.c - what records of every form have in common: their type, what is given to all,
 * their way into the batch. */
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch/import.h"
#include "tocsin/extract.h"

/* Other spellings of columns and members, as feeds and the Python clients write them. */
static const struct {
    const char *alias, *name;
} aliases[] =
    {
        {"summary", "value"},
        {"indicator", "value"},
        {"first_seen", "firstSeen"},
        {"last_seen", "lastSeen"},
        {"date_added", "dateAdded"},
        {"last_modified", "lastModified"},
        {"private_flag", "privateFlag"},
        {"dns_active", "dnsActive"},
        {"whois_active", "whoisActive"},
},
  list_aliases[] = {
      {"tags", "tag"},
      {"attributes", "attribute"},
      {"securityLabels", "securityLabel"},
};

/* What else a column or member can be made into. */
static const char *const words[] = {"type", "value", "tag"};

bool toc__import_is_field(const toc_types *types, toc_str name)
{
    size_t count = 0;
    const toc_type *builtin = toc_type_list(&count);
    for (size_t i = 0; i < (types ? toc_types_count(types) : count); i++) {
        const toc_type *type = types ? toc_types_at(types, i) : &builtin[i];
        const toc_field *field =
            type->kind == TOC_KIND_INDICATOR ? toc_type_field(type, name) : NULL;
        if (field && (field->flags & TOC_FIELD_BATCH))
            return true;
    }
    return false;
}

static toc_str real_name(toc_str name)
{
    for (size_t i = 0; i < TOC_COUNT(aliases); i++)
        if (toc_str_equal_fold(name, toc_str_of(aliases[i].alias)))
            return toc_str_of(aliases[i].name);
    return name;
}

/* What the caller maps the name to; absent: nothing. */
static toc_str mapped_name(const toc_import *import, toc_str name)
{
    for (size_t i = 0; i < import->options.map_count; i++)
        if (toc_str_equal_fold(name, toc_str_of(import->options.map[i].column))) {
            import->mapped[i] = true;
            return real_name(toc_str_of(import->options.map[i].field));
        }
    return (toc_str){NULL, 0};
}

const char *toc__import_unmapped(const toc_import *import, size_t index)
{
    for (size_t i = 0; i < import->options.map_count; i++)
        if (!import->mapped[i] && !index--)
            return import->options.map[i].column;
    return NULL;
}

toc_str toc__import_name(const toc_import *import, toc_str name)
{
    name = toc_str_trim(name);
    toc_str mapped = mapped_name(import, name);
    return mapped.ptr ? mapped : real_name(name);
}

/* In JSON, where lists have room, they go by two names as well. */
toc_str toc__import_member(const toc_import *import, toc_str name)
{
    name = toc_str_trim(name);
    toc_str mapped = mapped_name(import, name);
    for (size_t i = 0; !mapped.ptr && i < TOC_COUNT(list_aliases); i++)
        if (toc_str_equal_fold(name, toc_str_of(list_aliases[i].alias)))
            return toc_str_of(list_aliases[i].name);
    return mapped.ptr ? mapped : real_name(name);
}

/* One name cannot become two things. */
static bool mapped_otherwise(const toc_import *import, size_t index)
{
    const toc_import_map *map = import->options.map;
    for (size_t i = 0; i < index; i++)
        if (toc_str_equal_fold(toc_str_of(map[i].column), toc_str_of(map[index].column)) &&
            !toc_str_equal_fold(real_name(toc_str_of(map[i].field)),
                                real_name(toc_str_of(map[index].field))))
            return true;
    return false;
}

toc_rc toc__import_check_map(const toc_import *import, toc_error *err)
{
    for (size_t i = 0; i < import->options.map_count; i++) {
        if (mapped_otherwise(import, i))
            return toc_error_field(err, TOC_EINVAL, "map",
                                   "\"%s\" cannot be two things: it is mapped twice",
                                   import->options.map[i].column);
        toc_str name = real_name(toc_str_of(import->options.map[i].field));
        bool known = toc__import_is_field(import->types, name);
        for (size_t k = 0; k < TOC_COUNT(words); k++)
            known |= toc_str_equal_fold(name, toc_str_of(words[k]));
        if (!known)
            return toc_error_field(err, TOC_EINVAL, "map",
                                   "\"%s\" is neither type, value, tag nor a field of indicators",
                                   import->options.map[i].field);
    }
    return TOC_OK;
}

/* Signs that no indicator has as it is, but for the brackets of IPv6 in URLs, which stay. */
static bool looks_defanged(toc_str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] == '[' || value.ptr[i] == '(' || value.ptr[i] == '{' ||
            value.ptr[i] == '\\')
            return true;
    return toc_str_starts_fold(value, TOC_S("hxxp")) || toc_str_starts_fold(value, TOC_S("fxp")) ||
           toc_str_starts_fold(value, TOC_S("meow"));
}

/* No text in UTF-8 has this byte, and values are checked for that first. */
#define UNTOUCHED '\xFF'

/* The type and the value as a platform would store it, when it stands for one defanged or not; a
 * type of NULL otherwise. The value lives until the next call. */
static toc_rc refang(toc_import *import, toc_str *value, const toc_type **type, toc_error *err)
{
    *type = NULL;
    if (value->len > TOC_MAX_VALUE)
        return TOC_OK;
    if (!import->refanged)
        import->refanged = toc_mem_alloc(TOC_MAX_VALUE + 1);
    if (!import->refanged)
        return toc_error_nomem(err);
    import->refanged[0] = UNTOUCHED;
    bool found = toc_refang_value(*value, import->refanged, TOC_MAX_VALUE + 1, type);
    if (!found && import->refanged[0] == UNTOUCHED)
        return toc_error_nomem(err);
    if (!found && import->detector) {
        /* A name that no text would be searched for, in quotes. */
        toc_str bare = toc_str_of(import->refanged);
        *type = bare.len < value->len ? toc_detector_find(import->detector, bare) : NULL;
    }
    if (*type)
        *value = toc_str_of(import->refanged);
    return TOC_OK;
}

/* The type is told by its name: the value is refanged where it becomes one of that type. */
static toc_rc named_type(toc_import *import, toc_str word, toc_str *value, const toc_type **type,
                         toc_error *err)
{
    toc_str refanged = *value;
    const toc_type *found = NULL;
    *type = toc_types_find(import->types, TOC_KIND_INDICATOR, word);
    if (!*type)
        return toc_error_field(err, TOC_EINVAL, "type", "\"%.*s\" is not an indicator type",
                               TOC_FMT(word));
    if (!((*type)->traits & TOC_TYPE_PARSABLE) || !looks_defanged(*value))
        return TOC_OK;
    toc_rc rc = refang(import, &refanged, &found, err);
    if (!rc && found == *type)
        *value = refanged;
    return rc;
}

toc_rc toc__import_type(toc_import *import, toc_str word, toc_str *value, const toc_type **type,
                        toc_error *err)
{
    if (word.len)
        return named_type(import, word, value, type, err);
    toc_rc rc = import->detector ? TOC_OK : toc_detector_new(&import->detector, err);
    if (rc || (*type = toc_detector_find(import->detector, *value)))
        return rc;
    rc = refang(import, value, type, err);
    return rc || *type
               ? rc
               : toc_error_field(err, TOC_EINVAL, "type", "the type cannot be told from the value");
}

/* An xid that the next run computes again, so that a repeated import changes nothing. */
static toc_rc give_xid(toc_import *import, toc_str value, toc_error *err)
{
    if (toc__object_has(import->obj, TOC_SLOT_XID))
        return TOC_OK;
    char *xid = toc_arena_alloc(&import->row, TOC_XID_TEXT);
    toc_str parts[] = {toc_str_of(import->options.owner), toc_str_of(import->obj->type->name),
                       value};
    toc_rc rc = xid ? toc_xid_list(parts, TOC_COUNT(parts), xid) : TOC_ENOMEM;
    if (rc)
        return toc_error_set(err, rc, "no xid could be made");
    toc__object_set_text(import->obj, TOC_SLOT_XID, (toc_str){xid, TOC_XID_TEXT - 1});
    return TOC_OK;
}

/* What the caller gives to all. Groups have neither rating nor confidence. */
static toc_rc give_all(toc_import *import, toc_object *obj, toc_error *err)
{
    const toc_import_options *options = &import->options;
    bool rated = obj->type->kind == TOC_KIND_INDICATOR;
    toc_rc rc = TOC_OK;
    if (options->rating && rated)
        rc = toc_object_set(obj, "rating", toc_str_of(options->rating), err);
    if (!rc && options->confidence && rated)
        rc = toc_object_set(obj, "confidence", toc_str_of(options->confidence), err);
    for (size_t i = 0; !rc && i < options->tag_count; i++)
        rc = toc_object_add_tag(obj, toc_str_of(options->tags[i]), err);
    return rc;
}

toc_rc toc__import_check_given(toc_import *import, toc_error *err)
{
    toc_rc rc = give_all(import, import->obj, err);
    toc_arena_clear(&import->row);
    return rc;
}

bool toc__import_gives(const toc_import *import)
{
    const toc_import_options *options = &import->options;
    return options->rating || options->confidence || options->tag_count || options->map_count;
}

void toc__import_count(toc_import *import, const toc_type *type)
{
    size_t at = import->last_type;
    if (at >= import->type_count || import->by_type[at].type != type)
        for (at = 0; at < import->type_count && import->by_type[at].type != type;)
            at++;
    if (at == TOC_COUNT(import->by_type))
        return;
    if (at == import->type_count)
        import->by_type[import->type_count++] = (toc_type_count){type, 0};
    import->by_type[at].count++;
    import->last_type = at;
}

toc_rc toc__import_add(toc_import *import, toc_str value, uint64_t line, toc_str raw, bool once,
                       toc_error *err)
{
    toc_object *obj = import->obj;
    bool known = false;
    toc_rc rc = give_all(import, obj, err);
    if (!rc)
        rc = give_xid(import, value, err);
    rc = rc ? rc : toc__batch_add(import->batch, obj, line, raw, once ? &known : NULL, err);
    if (!rc && !known)
        toc__import_count(import, obj->type);
    return rc;
}

toc_rc toc__import_begin(toc_import *import, toc_error *err)
{
    /* The two reusable objects live in the row's arena too, so they are made anew with it. */
    toc_arena_clear(&import->row);
    import->obj = toc__object_in(&import->row, toc_type_list(&(size_t){0}));
    import->group_obj = import->obj ? toc__object_in(&import->row, import->obj->type) : NULL;
    if (!import->group_obj)
        return toc_error_nomem(err);
    import->group = NULL;
    import->counts.records++;
    return TOC_OK;
}

toc_rc toc__import_end(toc_import *import, toc_rc rc, toc_str record, uint64_t line,
                       toc_error *reason, toc_error *err)
{
    if (!rc) {
        import->counts.accepted++;
        return TOC_OK;
    }
    /* What is wrong with the record is the record's; a full spool or no memory is the import's. */
    if (rc == TOC_EIO || rc == TOC_ENOMEM) {
        if (err)
            *err = *reason;
        return rc;
    }
    toc__import_reject(import, record, line, reason);
    return TOC_OK;
}

bool toc_import_by_type(const toc_import *import, size_t index, const toc_type **type,
                        uint64_t *count)
{
    if (!import || index >= import->type_count)
        return false;
    *type = import->by_type[index].type;
    *count = import->by_type[index].count;
    return true;
}
