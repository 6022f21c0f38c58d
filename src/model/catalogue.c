/* catalogue.c - looking types and fields up, and types that are learned at run time. */
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/object.h"
#include "tocsin/types.h"

/* Longest name, entity or branch word; attackers choose the words that are looked up. */
#define WORD_MAX 100
#define CUSTOM_LINK "/auth/indicators/details/customIndicator.xhtml?id={id}&owner={owner}"
#define KEY_FLAGS                                                                                  \
    (TOC_FIELD_KEY | TOC_FIELD_CREATE | TOC_FIELD_UPDATE | TOC_FIELD_BATCH | TOC_FIELD_IN_LIST |   \
     TOC_FIELD_IN_DETAIL | TOC_FIELD_OUTPUT)

struct toc_types {
    toc_arena arena;
    toc_map words; /* kind digit and folded word, to the index of the type */
    size_t builtin, added;
    const toc_type *list; /* the built-in ones */
    const toc_type *custom[TOC_MAX_CUSTOM_TYPES];
};

static bool same(const char *name, toc_str text)
{
    /* Most names differ in their first letter, and a call costs more than that look. A text with a
     * NUL in it compares equal to a shorter name, hence the length. */
    return name && name[0] == text.ptr[0] && strncmp(name, text.ptr, text.len) == 0 &&
           strlen(name) == text.len;
}

static const toc_field *find_field(const toc_field *fields, size_t count, toc_str name)
{
    for (size_t i = 0; i < count; i++)
        if (same(fields[i].name, name) || same(fields[i].batch, name))
            return &fields[i];
    return NULL;
}

/* Batch clients also call the values of custom types value, value1, value2, value3. */
static const toc_field *find_alias(const toc_type *type, toc_str name)
{
    if (!(type->traits & TOC_TYPE_CUSTOM) || !toc_str_starts(name, TOC_S("value")))
        return NULL;
    if (name.len == 5)
        return type->key_count ? &type->fields[0] : NULL;
    unsigned index = (unsigned)(unsigned char)name.ptr[5] - '1';
    return name.len == 6 && index < type->key_count ? &type->fields[index] : NULL;
}

const toc_field *toc__type_own_field(const toc_type *type, toc_str name)
{
    return find_field(type->fields, type->field_count, name);
}

const toc_field *toc_type_field(const toc_type *type, toc_str name)
{
    if (!type || !name.ptr || !name.len)
        return NULL;
    const toc_field *field = find_field(type->fields, type->field_count, name);
    if (field)
        return field;
    size_t count;
    const toc_field *common = toc_kind_fields(type->kind, &count);
    field = find_field(common, count, name);
    return field ? field : find_alias(type, name);
}

static toc_str word_key(toc_kind kind, toc_str word, char room[WORD_MAX + 1])
{
    if (!word.ptr || !word.len || word.len > WORD_MAX)
        return (toc_str){NULL, 0};
    room[0] = (char)('0' + (int)kind);
    memcpy(room + 1, word.ptr, word.len);
    toc_str_lower(room + 1, word.len);
    return (toc_str){room, word.len + 1};
}

static toc_rc index_type(toc_map *words, const toc_type *type, uint64_t index)
{
    const char *names[] = {type->name, type->entity, type->branch};
    for (size_t i = 0; i < TOC_COUNT(names); i++) {
        char room[WORD_MAX + 1];
        toc_rc rc = toc_map_put(words, word_key(type->kind, toc_str_of(names[i]), room), index);
        if (rc)
            return rc;
    }
    return TOC_OK;
}

static toc_rc index_all(toc_map *words, const toc_types *types)
{
    size_t count = toc_types_count(types);
    toc_rc rc = TOC_OK;
    for (size_t i = 0; i < count && !rc; i++)
        rc = index_type(words, toc_types_at(types, i), i);
    return rc;
}

static toc_rc words_init(toc_map *words)
{
    return toc_map_init(words, 3 * (TOC_MAX_CUSTOM_TYPES + 64));
}

toc_rc toc__types_extend(const toc_types *from, toc_types **types, toc_error *err)
{
    toc_types *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    toc_arena_init(&made->arena, 0);
    made->list = toc_type_list(&made->builtin);
    for (; from && made->added < from->added; made->added++)
        made->custom[made->added] = from->custom[made->added];
    if (words_init(&made->words) || index_all(&made->words, made)) {
        toc_types_free(made);
        return toc_error_nomem(err);
    }
    *types = made;
    return TOC_OK;
}

toc_rc toc_types_new(toc_types **types, toc_error *err)
{
    return toc__types_extend(NULL, types, err);
}

void toc_types_free(toc_types *types)
{
    if (!types)
        return;
    toc_map_done(&types->words);
    toc_arena_done(&types->arena);
    toc_mem_free(types);
}

size_t toc_types_count(const toc_types *types)
{
    size_t builtin;
    (void)toc_type_list(&builtin);
    return types ? types->builtin + types->added : builtin;
}

const toc_type *toc_types_at(const toc_types *types, size_t index)
{
    size_t builtin;
    const toc_type *list = toc_type_list(&builtin);
    if (index < builtin)
        return &list[index];
    return types && index - builtin < types->added ? types->custom[index - builtin] : NULL;
}

static const toc_type *find_builtin(toc_kind kind, toc_str word)
{
    size_t count;
    const toc_type *list = toc_type_list(&count);
    for (size_t i = 0; i < count; i++) {
        if (list[i].kind != kind)
            continue;
        if (toc_str_equal_fold(toc_str_of(list[i].name), word) ||
            toc_str_equal_fold(toc_str_of(list[i].entity), word) ||
            toc_str_equal_fold(toc_str_of(list[i].branch), word))
            return &list[i];
    }
    return NULL;
}

const toc_type *toc_types_find(const toc_types *types, toc_kind kind, toc_str word)
{
    char room[WORD_MAX + 1];
    toc_str key = word_key(kind, word, room);
    if (!key.ptr || (unsigned)kind >= TOC_KIND_COUNT)
        return NULL;
    if (!types)
        return find_builtin(kind, word);
    const uint64_t *index = toc_map_get(&types->words, key);
    return index ? toc_types_at(types, (size_t)*index) : NULL;
}

static bool is_word(const char *text)
{
    toc_str word = toc_str_of(text);
    return word.len > 0 && word.len <= WORD_MAX && toc_str_is_utf8(word, NULL) &&
           toc_str_find_char(word, '/') < 0;
}

static toc_rc check_fields(const toc_type *type, toc_error *err)
{
    size_t common_count;
    const toc_field *common = toc_kind_fields(type->kind, &common_count);
    for (size_t i = 0; i < type->field_count; i++) {
        const toc_field *field = &type->fields[i];
        toc_str name = toc_str_of(field->name);
        bool key = (field->flags & TOC_FIELD_KEY) != 0;
        if (!name.len || name.len > WORD_MAX || (unsigned)field->value >= TOC_VALUE_COUNT)
            return toc_error_field(err, TOC_EINVAL, "fields",
                                   "field %zu of type %s has no proper name or kind", i + 1,
                                   type->name);
        if (key != (i < type->key_count) || (key && field->value != TOC_VALUE_TEXT))
            return toc_error_field(err, TOC_EINVAL, field->name,
                                   "the first %u fields of type %s must be its text keys",
                                   type->key_count, type->name);
        if (find_field(type->fields, i, name) || find_field(common, common_count, name))
            return toc_error_field(err, TOC_EINVAL, field->name,
                                   "field %s of type %s exists already", field->name, type->name);
    }
    return TOC_OK;
}

static toc_rc check_type(const toc_type *type, toc_error *err)
{
    if (!type)
        return toc_error_set(err, TOC_EINVAL, "no type given");
    if ((unsigned)type->kind >= TOC_KIND_COUNT)
        return toc_error_field(err, TOC_EINVAL, "kind", "the kind of the type is unknown");
    if (!is_word(type->name) || !is_word(type->entity) || !is_word(type->branch))
        return toc_error_field(err, TOC_EINVAL, "name",
                               "name, entity and branch of a type must be words of 1 to %d bytes",
                               WORD_MAX);
    bool keys = type->kind == TOC_KIND_INDICATOR ? type->key_count >= 1 && type->key_count <= 3
                                                 : type->key_count == 0;
    if (!keys || type->key_count > type->field_count)
        return toc_error_field(err, TOC_EINVAL, "key_count",
                               "type %s needs one to three key fields", type->name);
    if (type->field_count > TOC_SLOT_COUNT - TOC_SLOT_OWN)
        return toc_error_field(err, TOC_EINVAL, "fields", "type %s has more than %d fields",
                               type->name, TOC_SLOT_COUNT - TOC_SLOT_OWN);
    return check_fields(type, err);
}

/* The place that the type takes; TOC_ECONFLICT when its words belong to another type. */
static toc_rc find_place(const toc_types *types, const toc_type *type, size_t *place,
                         toc_error *err)
{
    const char *words[] = {type->name, type->entity, type->branch};
    const toc_type *old = toc_types_find(types, type->kind, toc_str_of(type->name));
    for (size_t i = 0; i < TOC_COUNT(words); i++) {
        const toc_type *held = toc_types_find(types, type->kind, toc_str_of(words[i]));
        if (held && (held != old || !(held->traits & TOC_TYPE_RUNTIME)))
            return toc_error_field(err, TOC_ECONFLICT, "name",
                                   "the word %s already belongs to type %s", words[i], held->name);
    }
    *place = types->added;
    for (size_t i = 0; old && i < types->added; i++)
        if (types->custom[i] == old)
            *place = i;
    if (*place == TOC_MAX_CUSTOM_TYPES)
        return toc_error_set(err, TOC_ELIMIT, "there are more than %d custom types",
                             TOC_MAX_CUSTOM_TYPES);
    return TOC_OK;
}

static bool copy_text(toc_arena *arena, const char **text)
{
    if (*text)
        *text = toc_arena_str(arena, toc_str_of(*text)).ptr;
    return *text != NULL;
}

static bool copy_field(toc_arena *arena, toc_field *field, size_t index)
{
    const char **texts[] = {&field->name, &field->batch, &field->label, &field->choices,
                            &field->help};
    for (size_t i = 0; i < TOC_COUNT(texts); i++)
        if (*texts[i] && !copy_text(arena, texts[i]))
            return false;
    field->slot = TOC_SLOT_OWN + (int)index;
    if (field->flags & TOC_FIELD_KEY)
        field->flags |= KEY_FLAGS;
    if (!field->help)
        field->help = "value of a type defined at run time";
    return true;
}

static toc_type *copy_type(toc_arena *arena, const toc_type *type)
{
    toc_type *copy = toc_arena_alloc(arena, sizeof(*copy));
    toc_field *fields = toc_arena_zalloc(arena, (type->field_count + 1) * sizeof(*fields));
    if (!copy || !fields)
        return NULL;
    *copy = *type;
    copy->traits |= TOC_TYPE_RUNTIME;
    if (!copy->help)
        copy->help = "type defined at run time";
    if (!copy->web_link)
        copy->web_link = CUSTOM_LINK;
    const char **texts[] = {&copy->name, &copy->entity, &copy->branch, &copy->web_link,
                            &copy->help};
    for (size_t i = 0; i < TOC_COUNT(texts); i++)
        if (!copy_text(arena, texts[i]))
            return NULL;
    for (size_t i = 0; i < type->field_count; i++) {
        fields[i] = type->fields[i];
        if (!copy_field(arena, &fields[i], i))
            return NULL;
    }
    copy->fields = fields;
    return copy;
}

toc_rc toc_types_add(toc_types *types, const toc_type *type, toc_error *err)
{
    size_t place = 0;
    if (!types)
        return toc_error_set(err, TOC_EINVAL, "no catalogue given");
    toc_rc rc = check_type(type, err);
    if (!rc)
        rc = find_place(types, type, &place, err);
    if (rc)
        return rc;
    const toc_type *copy = copy_type(&types->arena, type);
    if (!copy)
        return toc_error_nomem(err);

    /* A new index, so that words of a replaced type go and nothing changes on failure. */
    const toc_type *old = types->custom[place];
    size_t added = types->added;
    toc_map words = {0};
    types->custom[place] = copy;
    types->added += place == added;
    if (words_init(&words) || index_all(&words, types)) {
        toc_map_done(&words);
        types->custom[place] = old;
        types->added = added;
        return toc_error_nomem(err);
    }
    toc_map_done(&types->words);
    types->words = words;
    return TOC_OK;
}
