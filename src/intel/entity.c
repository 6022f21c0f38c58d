/* entity.c - objects out of generic dictionaries (ti.md 20.1): one pass over the members for the
 * type, one for the values; everything that hangs on the object waits in its queue. */
#include "base/error.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/members.h"
#include "client/session.h"
#include "intel/act.h"
#include "model/object.h"
#include "tocsin/ti.h"

/* Longer names are no fields. */
#define FIELD_ROOM 128
/* The same of types. */
#define TYPE_ROOM 128

typedef struct making {
    toc_session *sess;
    toc_object *obj;
    toc_arena arena; /* decoded texts */
} making;

static void making_done(making *make)
{
    toc_arena_done(&make->arena);
}

/* --- reading ------------------------------------------------------------------------------- */

typedef toc_rc entry_fn(making *make, toc_json_reader *reader, toc_error *err);

static toc_rc wrong_form(const char *member, toc_error *err)
{
    return toc_error_field(err, TOC_EINVAL, member, "\"%s\" has not the form of an entity's",
                           member);
}

static toc_rc broken(const toc_json_reader *reader, const char *member, toc_error *err)
{
    return reader->error ? toc_json_fail(reader, err) : wrong_form(member, err);
}

/* --- what hangs on the object -------------------------------------------------------------- */

static toc_rc add_attribute(making *make, toc_json_reader *reader, toc_error *err)
{
    toc_str type = {NULL, 0}, value = {NULL, 0}, source = {NULL, 0}, displayed = {NULL, 0};
    const toc_text_member texts[] = {
        {"type", &type}, {"value", &value}, {"source", &source}, {"displayed", &displayed}};
    bool shown = false;
    if (!toc__members_read(reader, texts, TOC_COUNT(texts)) || !type.ptr || !value.ptr)
        return broken(reader, "attribute", err);
    if (displayed.ptr && !toc_str_to_bool(displayed, &shown))
        return wrong_form("attribute", err);
    return toc_object_add_attribute(make->obj, type, value, shown, source, err);
}

static bool read_name(toc_json_reader *reader, toc_str *name)
{
    const toc_text_member member = {"name", name};
    if (reader->text.ptr && !name->ptr)
        *name = reader->text;
    return name->ptr || toc__members_read(reader, &member, 1);
}

static toc_rc add_tag(making *make, toc_json_reader *reader, toc_error *err)
{
    toc_str name = {NULL, 0};
    if (!read_name(reader, &name) || !name.len)
        return broken(reader, "tag", err);
    return toc_object_add_tag(make->obj, name, err);
}

static toc_rc add_label(making *make, toc_json_reader *reader, toc_error *err)
{
    const toc_str none = {NULL, 0};
    toc_str name = none;
    if (!read_name(reader, &name) || !name.len)
        return broken(reader, "securityLabel", err);
    return toc_object_add_label(make->obj, name, none, none, err);
}

static const toc_kind searched[] = {TOC_KIND_INDICATOR, TOC_KIND_VICTIM, TOC_KIND_TASK,
                                    TOC_KIND_GROUP};

/* "email address" and "registry_key" as the members of answers have it. */
static toc_str without_gaps(toc_str word, char room[TYPE_ROOM])
{
    size_t length = 0;
    for (size_t i = 0; i < word.len && length < TYPE_ROOM; i++) {
        if (word.ptr[i] != ' ' && word.ptr[i] != '_')
            room[length++] = word.ptr[i];
    }
    return (toc_str){room, length};
}

static const toc_type *find_word(const toc_types *types, toc_str word)
{
    const toc_type *type = NULL;
    for (size_t i = 0; i < TOC_COUNT(searched) && !type; i++)
        type = toc_types_find(types, searched[i], word);
    return type;
}

/* The catalogue is asked for only when no built-in type has the name. */
static toc_rc find_type(toc_session *sess, toc_str word, const toc_type **type, toc_error *err)
{
    char room[TYPE_ROOM];
    const toc_types *types = NULL;
    for (unsigned round = 0; round < 2; round++) {
        *type = find_word(types, word);
        if (!*type && word.len <= TYPE_ROOM)
            *type = find_word(types, without_gaps(word, room));
        if (*type)
            return TOC_OK;
        toc_rc rc = types ? TOC_OK : toc_session_types(sess, &types, err);
        if (rc)
            return rc;
    }
    return toc__number(toc_error_field(err, TOC_EINVAL, "type", "there is no type \"%.*s\"",
                                       (int)toc_str_utf8_floor(word, 100), word.ptr),
                       TOC_NUMBER_INVALID, err);
}

static toc_rc add_association(making *make, toc_json_reader *reader, toc_error *err)
{
    toc_str type = {NULL, 0}, id = {NULL, 0}, owner = {NULL, 0};
    const toc_text_member texts[] = {
        {"type", &type}, {"unique_id", &id}, {"id", &id}, {"owner", &owner}};
    if (!toc__members_read(reader, texts, TOC_COUNT(texts)) || !type.len || !id.len)
        return broken(reader, "associations", err);
    toc_ref other = {.id = id};
    toc_rc rc = find_type(make->sess, type, &other.type, err);
    if (!rc && owner.len) {
        owner = toc_arena_str(&make->arena, owner);
        other.owner = owner.ptr;
        rc = owner.ptr ? TOC_OK : toc_error_nomem(err);
    }
    return rc ? rc : toc_queue_associate(make->obj, NULL, &other, err);
}

/* --- members ------------------------------------------------------------------------------- */

/* Objects, and texts where names suffice. */
static toc_rc each_entry(making *make, toc_json_reader *reader, const char *member, bool names,
                         entry_fn *entry, toc_error *err)
{
    toc_json_event event = toc_json_next(reader);
    if (event == TOC_JSON_NULL)
        return TOC_OK;
    if (event != TOC_JSON_ARRAY)
        return broken(reader, member, err);
    while ((event = toc_json_next(reader)) != TOC_JSON_ARRAY_END) {
        if (event != TOC_JSON_OBJECT && !(names && event == TOC_JSON_STRING))
            return broken(reader, member, err);
        if (event == TOC_JSON_OBJECT)
            reader->text = (toc_str){NULL, 0};
        toc_rc rc = entry(make, reader, err);
        if (rc)
            return rc;
    }
    return TOC_OK;
}

static toc_rc read_false_positive(making *make, toc_json_reader *reader, toc_error *err)
{
    bool reported = false;
    double number = 0;
    toc_json_event event = toc_json_next(reader);
    toc_str text = toc__members_scalar(reader, event);
    /* Any number but zero. */
    if (event == TOC_JSON_NUMBER && toc_str_to_double(text, &number))
        reported = number < 0 || number > 0;
    else if (reader->error || (text.ptr && !toc_str_to_bool(text, &reported)))
        return broken(reader, "falsePositive", err);
    return reported ? toc_queue_add(make->obj, TOC_PART_FALSE_POSITIVE, NULL, err) : TOC_OK;
}

/* Those that were read before all others. */
static toc_rc pass_over(making *make, toc_json_reader *reader, toc_error *err)
{
    (void)make;
    return toc_json_skip(reader, NULL) ? TOC_OK : toc_json_fail(reader, err);
}

static const struct {
    const char *name;
    entry_fn *entry; /* of each in the list; NULL: it is no list */
    entry_fn *value;
    bool names;
} members[] = {
    {"type", NULL, pass_over, false},
    {"attribute", add_attribute, NULL, false},
    {"tag", add_tag, NULL, true},
    {"securityLabel", add_label, NULL, true},
    {"associations", add_association, NULL, false},
    {"falsePositive", NULL, read_false_positive, false},
    {"file_content", NULL, pass_over, false},
    {"fileContent", NULL, pass_over, false},
};

/* Of what has a name, the summary is the name. */
static toc_rc set_field(making *make, toc_json_reader *reader, toc_error *err)
{
    char name[FIELD_ROOM];
    toc_str key = reader->text;
    bool indicator = make->obj->type->kind == TOC_KIND_INDICATOR;
    if (toc_str_equal(key, TOC_S("summary")) && !indicator)
        key = TOC_S("name");
    (void)snprintf(name, sizeof(name), "%.*s", (int)toc_str_utf8_floor(key, sizeof(name) - 1),
                   key.ptr);
    toc_json_event event = toc_json_next(reader);
    toc_str text = toc__members_scalar(reader, event);
    if (event == TOC_JSON_NULL)
        return TOC_OK;
    return text.ptr ? toc_object_set(make->obj, name, text, err) : broken(reader, name, err);
}

static toc_rc read_member(making *make, toc_json_reader *reader, toc_error *err)
{
    for (size_t i = 0; i < TOC_COUNT(members); i++) {
        if (!toc_str_equal(reader->text, toc_str_of(members[i].name)))
            continue;
        return members[i].entry ? each_entry(make, reader, members[i].name, members[i].names,
                                             members[i].entry, err)
                                : members[i].value(make, reader, err);
    }
    return set_field(make, reader, err);
}

static toc_rc read_members(making *make, toc_str json, toc_error *err)
{
    toc_json_reader reader;
    toc_json_reader_init(&reader, json.ptr, json.len, &make->arena);
    (void)toc_json_next(&reader);
    toc_rc rc = TOC_OK;
    while (!rc && toc_json_next(&reader) == TOC_JSON_KEY)
        rc = read_member(make, &reader, err);
    if (!rc && !reader.error && toc_json_next(&reader) != TOC_JSON_END && !reader.error)
        rc = toc_error_set(err, TOC_EPARSE, "there is more behind the entity");
    return rc || !reader.error ? rc : toc_json_fail(&reader, err);
}

static toc_rc begin(making *make, toc_str json, toc_error *err)
{
    toc_json_reader reader;
    toc_str word = {NULL, 0}, content = {NULL, 0}, other = {NULL, 0};
    const toc_text_member texts[] = {
        {"type", &word}, {"file_content", &content}, {"fileContent", &other}};
    const toc_type *type = NULL;
    toc_json_reader_init(&reader, json.ptr, json.len, &make->arena);
    if (toc_json_next(&reader) != TOC_JSON_OBJECT ||
        !toc__members_read(&reader, texts, TOC_COUNT(texts)))
        return broken(&reader, "entity", err);
    if (!word.len)
        return toc__number(toc_error_field(err, TOC_EINVAL, "type", "an entity needs a type"),
                           TOC_NUMBER_INVALID, err);
    toc_rc rc = find_type(make->sess, word, &type, err);
    if (!rc)
        rc = toc_object_new(type, &make->obj, err);
    if (!content.len)
        content = other;
    return rc || !content.len ? rc : toc_queue_upload(make->obj, content, TOC_UPLOAD_UPDATE, err);
}

toc_rc toc_create_entity(toc_session *sess, toc_str json, const char *owner, toc_object **obj,
                         toc_error *err)
{
    making make TOC_CLEANUP(making_done) = {.sess = sess};
    if (!sess || !obj)
        return toc_error_set(err, TOC_EINVAL, "toc_create_entity needs a session and a place");
    toc_arena_init(&make.arena, (size_t)4 * TOC_MAX_BODY_SMALL);
    toc_rc rc = begin(&make, json, err);
    if (!rc)
        rc = read_members(&make, json, err);
    if (rc) {
        toc_object_free(make.obj);
        return rc;
    }
    *obj = make.obj;
    return toc_save_with(sess, make.obj, owner, TOC_SAVE_CONTINUE, err);
}

/* --- several ------------------------------------------------------------------------------- */

toc_rc toc_create_entities(toc_session *sess, toc_str json, const char *owner, toc_entity_fn fn,
                           void *user, toc_error *err)
{
    toc_json_reader reader;
    toc_json_event event;
    if (!sess || !fn)
        return toc_error_set(err, TOC_EINVAL, "toc_create_entities needs a session and a function");
    toc_json_reader_init(&reader, json.ptr, json.len, NULL);
    if (toc_json_next(&reader) != TOC_JSON_ARRAY)
        return reader.error ? toc_json_fail(&reader, err)
                            : toc_error_set(err, TOC_EINVAL, "an array of entities is needed");
    for (size_t index = 0; (event = toc_json_next(&reader)) == TOC_JSON_OBJECT; index++) {
        toc_error failure = {0};
        toc_object *obj = NULL;
        toc_str item = {NULL, 0};
        if (!toc_json_skip(&reader, &item))
            break;
        toc_rc made = toc_create_entity(sess, item, owner, &obj, &failure);
        toc_rc rc = fn(user, index, obj, made, &failure);
        toc_object_free(obj);
        if (!rc)
            continue;
        (void)toc_error_set(err, rc < 0 ? rc : TOC_ECANCELED, "stopped by the caller");
        if (err)
            err->flags |= TOC_ERROR_CALLBACK;
        return rc < 0 ? rc : TOC_ECANCELED;
    }
    if (!reader.error && event != TOC_JSON_ARRAY_END)
        return wrong_form("entity", err);
    if (!reader.error && toc_json_next(&reader) != TOC_JSON_END && !reader.error)
        return toc_error_set(err, TOC_EPARSE, "there is more behind the entities");
    return reader.error ? toc_json_fail(&reader, err) : TOC_OK;
}
