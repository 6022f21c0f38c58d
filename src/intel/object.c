/* object.c - single objects: reference, get, save, delete. */
#include "base/codec.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/envelope.h"
#include "client/members.h"
#include "client/session.h"
#include "intel/act.h"
#include "intel/path.h"
#include "model/codec.h"

static const toc_header everything[] = {
    {{"includes", 8}, {"additional", 10}},
    {{"includes", 8}, {"attributes", 10}},
    {{"includes", 8}, {"tags", 4}},
    {{"includes", 8}, {"labels", 6}},
};

static const struct {
    unsigned bit;
    const char *word;
} section_words[] = {
    {TOC_LOAD_ATTRIBUTES, "attributes"}, {TOC_LOAD_TAGS, "tags"}, {TOC_LOAD_LABELS, "labels"}};

/* The object keeps the text of the answer, because its values point into it. */
static toc_rc decode(const toc_type *type, toc_str json, toc_object *obj, toc_error *err)
{
    toc_str copy = toc_arena_str(obj->arena, json);
    if (!copy.ptr)
        return toc_error_nomem(err);
    toc_json_reader reader;
    toc_json_reader_init(&reader, copy.ptr, copy.len, obj->arena);
    toc_rc rc = toc_codec_decode(&reader, NULL, type->kind, type, TOC_DECODE_LENIENT, obj, err);
    return reader.error ? toc__envelope_broken(&reader, err) : rc;
}

toc_rc toc__fetch(toc_session *sess, const toc_call *call, const toc_type *type, toc_object **obj,
                  toc_error *err)
{
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    toc_str json = {NULL, 0};
    toc_object *made = NULL;
    toc_rc rc = toc_session_call(sess, call, &response, err);
    if (!rc)
        rc = toc__envelope_data(response, toc_str_of(type->entity), &json, err);
    if (!rc)
        rc = toc_object_new(type, &made, err);
    if (!rc)
        rc = decode(type, json, made, err);
    if (rc) {
        toc_object_free(made);
        return rc;
    }
    made->state = TOC_OBJECT_KNOWN;
    *obj = made;
    return TOC_OK;
}

toc_rc toc__change(toc_session *sess, const toc_call *call, toc_response **response, toc_error *err)
{
    toc_error failure = {0};
    toc_rc rc = toc_session_call(sess, call, response, &failure);
    if (!rc)
        return toc__envelope_done(*response, err);
    /* What is gone after an attempt whose answer was lost, that attempt removed. */
    if (sess->unsure && (failure.flags & TOC_ERROR_TOLERATED) && rc == TOC_ENOTFOUND &&
        toc_str_equal(toc_str_of(call->method), TOC_S("DELETE")))
        return TOC_OK;
    if (err)
        *err = failure;
    return rc;
}

/* --- references ---------------------------------------------------------------------------- */

static toc_str owner_of(const toc_object *obj)
{
    toc_str name = obj->owner.name;
    return name.len ? name : toc__object_text(obj, TOC_SLOT_OWNER_NAME);
}

toc_ref toc_object_ref(toc_object *obj)
{
    toc_ref ref = {.type = obj ? obj->type : NULL};
    char text[24];
    if (!ref.type)
        return ref;
    toc_str owner = owner_of(obj);
    if (owner.len) {
        owner = toc_arena_str(obj->arena, owner);
        if (!owner.ptr)
            return ref;
        ref.owner = owner.ptr;
    }
    if (ref.type->kind == TOC_KIND_INDICATOR) {
        ref.id = toc_object_summary(obj);
    } else if (ref.type->kind == TOC_KIND_RECORD && !toc_type_field(ref.type, TOC_S("id"))) {
        ref.id = toc_object_get(obj, "name");
    } else if (toc__object_has(obj, TOC_SLOT_ID)) {
        int length =
            snprintf(text, sizeof(text), "%lld", (long long)obj->values[TOC_SLOT_ID].as.integer);
        ref.id = toc_arena_str(obj->arena, (toc_str){text, (size_t)length});
    }
    return ref;
}

/* --- get and delete ------------------------------------------------------------------------ */

/* What reports call a request. */
typedef struct words {
    toc_buf description, type;
} words;

static void words_done(words *text)
{
    toc_buf_done(&text->description);
    toc_buf_done(&text->type);
}

/* Without memory a request goes out unnamed. */
static void name_call(words *text, toc_call *call, toc_verb verb, const toc_ref *of, toc_str name)
{
    toc_act act = {.what = TOC_ACT_OBJECT, .verb = verb, .of = *of};
    toc_buf_init(&text->description, TOC_MAX_TEXT);
    toc_buf_init(&text->type, TOC_MAX_TARGET);
    toc__act_describe(&text->description, &act, name);
    toc_buf_lit(&text->type, "ResourceType.");
    toc__resource_type(&text->type, of->type);
    call->description = text->description.len ? text->description.ptr : NULL;
    call->resource_type = text->type.ptr;
}

static toc_rc get(toc_session *sess, const toc_type *type, toc_str id, const char *owner,
                  const toc_header *sections, size_t section_count, toc_object **obj,
                  toc_error *err)
{
    if (!sess || !type || !obj)
        return toc_error_set(err, TOC_EINVAL, "toc_get needs a session, a type and a place");
    words text TOC_CLEANUP(words_done) = {0};
    toc_buf path TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf_init(&path, TOC_MAX_TARGET);
    toc_rc rc = toc__path_of_object(&path, type, id, err);
    if (rc)
        return toc__number(rc, TOC_NUMBER_GET, err);
    toc_call call = {.path = path.ptr,
                     .query = sections,
                     .query_count = section_count,
                     .owner = toc__session_owner_or(sess, owner)};
    name_call(&text, &call, TOC_VERB_ONE, &(toc_ref){.type = type, .id = id}, id);
    toc_object *made = NULL;
    rc = toc__fetch(sess, &call, type, &made, err);
    if (rc)
        return rc;
    /* Victims do not say whose they are. */
    if (!owner_of(made).len && call.owner) {
        made->owner.name = toc_arena_str(made->arena, toc_str_of(call.owner));
        if (!made->owner.name.ptr) {
            toc_object_free(made);
            return toc_error_nomem(err);
        }
    }
    *obj = made;
    return TOC_OK;
}

toc_rc toc_get(toc_session *sess, const toc_type *type, toc_str id, const char *owner,
               toc_object **obj, toc_error *err)
{
    return get(sess, type, id, owner, everything, TOC_COUNT(everything), obj, err);
}

toc_rc toc_get_with(toc_session *sess, const toc_type *type, toc_str id, const char *owner,
                    unsigned sections, toc_object **obj, toc_error *err)
{
    toc_header chosen[TOC_COUNT(section_words)];
    size_t count = 0;
    for (size_t i = 0; i < TOC_COUNT(section_words); i++)
        if (sections & section_words[i].bit)
            chosen[count++] = (toc_header){TOC_S("includes"), toc_str_of(section_words[i].word)};
    return get(sess, type, id, owner, chosen, count, obj, err);
}

toc_rc toc_delete(toc_session *sess, const toc_type *type, toc_str id, const char *owner,
                  toc_error *err)
{
    if (!sess || !type)
        return toc_error_set(err, TOC_EINVAL, "toc_delete needs a session and a type");
    words text TOC_CLEANUP(words_done) = {0};
    toc_buf path TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf_init(&path, TOC_MAX_TARGET);
    toc_rc rc = toc__path_of_object(&path, type, id, err);
    if (rc)
        return toc__number(rc, TOC_NUMBER_DELETE, err);
    toc_call call = {
        .method = "DELETE", .path = path.ptr, .owner = toc__session_owner_or(sess, owner)};
    name_call(&text, &call, TOC_VERB_REMOVE, &(toc_ref){.type = type, .id = id}, id);
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    return toc__change(sess, &call, &response, err);
}

/* --- save ---------------------------------------------------------------------------------- */

/* The id in data.{entity}; TOC_EPROTO when there is none. */
static toc_rc read_id(const toc_response *response, toc_str entity, int64_t *id, toc_error *err)
{
    toc_str json;
    toc_rc rc = toc__envelope_data(response, entity, &json, err);
    if (rc)
        return rc;
    toc_str text = {NULL, 0};
    const toc_text_member member = {"id", &text};
    toc_json_reader reader;
    toc_json_reader_init(&reader, json.ptr, json.len, NULL);
    if (toc_json_next(&reader) == TOC_JSON_OBJECT && toc__members_read(&reader, &member, 1) &&
        toc_str_to_int(text, id))
        return TOC_OK;
    return toc_error_set(err, TOC_EPROTO, "the answer holds no id of the %.*s", TOC_FMT(entity));
}

typedef struct saving {
    toc_session *sess;
    toc_object *obj;
    const char *owner;
    unsigned flags;
    bool create;
    toc_buf path, body;
} saving;

static void saving_done(saving *save)
{
    toc_buf_done(&save->path);
    toc_buf_done(&save->body);
}

static bool has_id(const toc_object *obj)
{
    return toc__object_has(obj, TOC_SLOT_ID);
}

/* The value of an indicator is its identity; all others are new as long as they have no id. */
static bool is_new(const toc_object *obj)
{
    if (obj->type->kind == TOC_KIND_INDICATOR)
        return !(obj->state & TOC_OBJECT_KNOWN);
    return !has_id(obj);
}

static toc_rc write_request(saving *save, toc_error *err)
{
    toc_object *obj = save->obj;
    const toc_type *type = obj->type;
    toc_rc rc = save->create ? toc_object_check(obj, err) : TOC_OK;
    if (!rc && save->create)
        rc = toc__path_of_type(&save->path, type->kind, type, err);
    else if (!rc)
        rc = toc__path_of_object(&save->path, type, toc_object_ref(obj).id, err);
    if (rc)
        return toc__number(rc, save->create ? TOC_NUMBER_CREATE : TOC_NUMBER_UPDATE, err);
    toc_json_writer writer;
    toc_json_writer_init(&writer, &save->body);
    toc_codec_encode(&writer, obj, save->create ? TOC_FORM_CREATE : TOC_FORM_UPDATE, 0);
    rc = toc_buf_check(&save->path, err);
    return rc ? rc : toc_buf_check(&save->body, err);
}

static toc_rc send(saving *save, toc_response **response, toc_error *err)
{
    static const toc_header victims = {{"option", 6}, {"createVictims", 13}};
    bool option = save->flags & TOC_SAVE_CREATE_VICTIMS;
    toc_object *obj = save->obj;
    words text TOC_CLEANUP(words_done) = {0};
    toc_call call = {.method = save->create ? "POST" : "PUT",
                     .path = save->path.ptr,
                     .query = &victims,
                     .query_count = option ? 1 : 0,
                     .owner = save->owner,
                     .body = toc_buf_view(&save->body)};
    toc_ref ref = toc_object_ref(obj);
    name_call(&text, &call, save->create ? TOC_VERB_ADD : TOC_VERB_CHANGE, &ref,
              toc_object_summary(obj));
    return toc__change(save->sess, &call, response, err);
}

static toc_rc save_itself(saving *save, toc_error *err)
{
    toc_object *obj = save->obj;
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    save->create = is_new(obj);
    if (!save->create && obj->state == TOC_OBJECT_KNOWN)
        return TOC_OK;
    if (save->create && (obj->state & TOC_OBJECT_ORPHAN))
        return toc_error_field(err, TOC_ECONFLICT, "id",
                               "this %s was created already, but its id is not known",
                               obj->type->name);
    toc_rc rc = save->create ? toc__queue_adopt(obj, err) : TOC_OK;
    if (!rc)
        rc = write_request(save, err);
    if (!rc)
        rc = send(save, &response, err);
    if (rc)
        return rc;
    obj->state = TOC_OBJECT_KNOWN;
    obj->given = 0;
    if (!save->create)
        return TOC_OK;
    int64_t id = 0;
    toc__keys_learn(response, obj);
    rc = read_id(response, toc_str_of(obj->type->entity), &id, err);
    if (!rc)
        toc__object_set_int(obj, TOC_SLOT_ID, id);
    else if (obj->type->kind != TOC_KIND_INDICATOR)
        obj->state |= TOC_OBJECT_ORPHAN;
    return rc;
}

/* The refusal of a file whose hash is known (sdk.md 1.10, 5.3). Its values were not taken. */
static bool is_known_hash(const saving *save, const toc_error *failure)
{
    return (save->flags & TOC_SAVE_EXISTING_HASH) && (save->obj->type->traits & TOC_TYPE_HASHES) &&
           failure->http_status == 400 &&
           toc_str_find(toc_str_of(failure->message), TOC_S("already exists")) >= 0;
}

static toc_rc check_save(const toc_session *sess, const toc_object *obj, unsigned flags,
                         toc_error *err)
{
    const unsigned all =
        TOC_SAVE_CONTINUE | TOC_SAVE_EXISTING_HASH | TOC_SAVE_RELOAD | TOC_SAVE_CREATE_VICTIMS;
    if (!sess || !obj || !obj->type)
        return toc_error_set(err, TOC_EINVAL, "toc_save needs a session and an object");
    if (flags & ~all)
        return toc_error_field(err, TOC_EINVAL, "flags", "there are no such flags");
    bool recipients = obj->type->kind == TOC_KIND_GROUP && toc_type_field(obj->type, TOC_S("to"));
    if ((flags & TOC_SAVE_CREATE_VICTIMS) && !recipients)
        return toc_error_set(err, TOC_EUNSUPPORTED, "%s has no recipients", obj->type->name);
    return TOC_OK;
}

toc_rc toc_save_with(toc_session *sess, toc_object *obj, const char *owner, unsigned flags,
                     toc_error *err)
{
    toc_error failure = {0};
    toc_rc rc = check_save(sess, obj, flags, err);
    if (rc)
        return rc;
    if (!owner)
        owner = toc_object_ref(obj).owner;
    if (!owner && owner_of(obj).len)
        return toc_error_nomem(err); /* another owner is none */
    saving save TOC_CLEANUP(saving_done) = {
        .sess = sess, .obj = obj, .owner = toc__session_owner_or(sess, owner), .flags = flags};
    toc_buf_init(&save.path, TOC_MAX_TARGET);
    toc_buf_init(&save.body, TOC_MAX_BODY_SMALL);
    rc = save_itself(&save, &failure);
    if (rc && is_known_hash(&save, &failure)) {
        obj->state |= TOC_OBJECT_KNOWN;
        rc = TOC_OK;
    }
    if (!rc)
        rc = toc__queue_send(sess, obj, save.owner, flags & TOC_SAVE_CONTINUE, &failure);
    if ((!rc || rc == TOC_EPARTIAL) && (flags & TOC_SAVE_RELOAD)) {
        toc_rc loaded = toc_load(sess, obj, save.owner, TOC_LOAD_ATTRIBUTES, rc ? NULL : &failure);
        rc = rc ? rc : loaded;
    }
    if (rc && err)
        *err = failure;
    return rc;
}

toc_rc toc_save(toc_session *sess, toc_object *obj, const char *owner, toc_error *err)
{
    return toc_save_with(sess, obj, owner, 0, err);
}
