/* object.c - single objects: get, save, delete. */
#include "base/codec.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/envelope.h"
#include "client/session.h"
#include "intel/path.h"
#include "model/codec.h"

static const toc_header everything[] = {
    {{"includes", 8}, {"additional", 10}},
    {{"includes", 8}, {"attributes", 10}},
    {{"includes", 8}, {"tags", 4}},
    {{"includes", 8}, {"labels", 6}},
};

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

static toc_rc get(toc_session *sess, const toc_call *call, const toc_type *type, toc_object **obj,
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
    if (rc)
        toc_object_free(made);
    else
        *obj = made;
    return rc;
}

toc_rc toc_get(toc_session *sess, const toc_type *type, toc_str id, const char *owner,
               toc_object **obj, toc_error *err)
{
    if (!sess || !type || !obj)
        return toc_error_set(err, TOC_EINVAL, "toc_get needs a session, a type and a place");
    toc_buf path TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf_init(&path, TOC_MAX_TARGET);
    toc_rc rc = toc__path_of_object(&path, type, id, err);
    if (rc)
        return rc;
    toc_call call = {.path = path.ptr,
                     .query = everything,
                     .query_count = TOC_COUNT(everything),
                     .owner = toc__session_owner_or(sess, owner)};
    return get(sess, &call, type, obj, err);
}

toc_rc toc_delete(toc_session *sess, const toc_type *type, toc_str id, const char *owner,
                  toc_error *err)
{
    if (!sess || !type)
        return toc_error_set(err, TOC_EINVAL, "toc_delete needs a session and a type");
    toc_buf path TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf_init(&path, TOC_MAX_TARGET);
    toc_rc rc = toc__path_of_object(&path, type, id, err);
    if (rc)
        return rc;
    toc_call call = {
        .method = "DELETE", .path = path.ptr, .owner = toc__session_owner_or(sess, owner)};
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    return toc_session_call(sess, &call, &response, err);
}

/* What the parts of a save share. */
typedef struct saving {
    toc_session *sess;
    toc_object *obj;
    const char *owner;
    toc_buf path; /* of the object */
    size_t base;  /* its length; what follows is a part's */
    toc_buf body;
} saving;

static toc_rc send(saving *save, const char *method, toc_response **response, toc_error *err)
{
    toc_rc rc = toc_buf_check(&save->path, err);
    if (!rc)
        rc = toc_buf_check(&save->body, err);
    if (rc)
        return rc;
    toc_call call = {.method = method,
                     .path = save->path.ptr,
                     .owner = save->owner,
                     .body = toc_buf_view(&save->body)};
    return toc_session_call(save->sess, &call, response, err);
}

/* The id in data.{entity}; TOC_EPROTO when there is none. */
static toc_rc read_id(const toc_response *response, toc_str entity, int64_t *id, toc_error *err)
{
    toc_str json;
    toc_rc rc = toc__envelope_data(response, entity, &json, err);
    if (rc)
        return rc;
    toc_json_reader reader;
    toc_json_reader_init(&reader, json.ptr, json.len, NULL);
    (void)toc_json_next(&reader);
    while (toc_json_next(&reader) == TOC_JSON_KEY) {
        bool wanted = toc_str_equal(reader.text, TOC_S("id"));
        toc_json_event event = toc_json_next(&reader);
        if (wanted && (event == TOC_JSON_NUMBER || event == TOC_JSON_STRING) &&
            toc_str_to_int(reader.text, id))
            return TOC_OK;
        if (event == TOC_JSON_ERROR || !toc_json_skip(&reader, NULL))
            break;
    }
    return toc_error_set(err, TOC_EPROTO, "the answer holds no id of the %.*s", TOC_FMT(entity));
}

static bool has_id(const toc_object *obj)
{
    return toc__object_has(obj, TOC_SLOT_ID);
}

static toc_rc save_itself(saving *save, toc_error *err)
{
    toc_object *obj = save->obj;
    const toc_type *type = obj->type;
    bool create = type->kind == TOC_KIND_INDICATOR || !has_id(obj);
    toc_rc rc = create ? toc_object_check(obj, err) : TOC_OK;
    if (!rc)
        rc = toc__path_of_type(&save->path, type->kind, type, err);
    if (rc)
        return rc;
    if (!create) {
        toc_buf_lit(&save->path, "/");
        toc_buf_int(&save->path, obj->values[TOC_SLOT_ID].as.integer);
    }
    toc_json_writer writer;
    toc_json_writer_init(&writer, &save->body);
    toc_codec_encode(&writer, obj, create ? TOC_FORM_CREATE : TOC_FORM_UPDATE, 0);
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    rc = send(save, create ? "POST" : "PUT", &response, err);
    if (rc || !create)
        return rc;
    int64_t id = 0;
    rc = read_id(response, toc_str_of(type->entity), &id, err);
    if (!rc)
        toc__object_set_int(obj, TOC_SLOT_ID, id);
    return rc;
}

/* The path that the parts of the object are below. */
static toc_rc set_base(saving *save, toc_error *err)
{
    toc_object *obj = save->obj;
    char text[24];
    toc_str id;
    if (obj->type->kind == TOC_KIND_INDICATOR) {
        id = toc_object_summary(obj);
    } else {
        int length =
            snprintf(text, sizeof(text), "%lld", (long long)obj->values[TOC_SLOT_ID].as.integer);
        id = (toc_str){text, (size_t)length};
    }
    toc_buf_clear(&save->path);
    toc_rc rc = toc__path_of_object(&save->path, obj->type, id, err);
    save->base = save->path.len;
    return rc;
}

static void begin_part(saving *save, const char *branch)
{
    toc_str base = {save->path.ptr, save->base};
    save->path.len = base.len;
    toc_buf_text(&save->path, branch);
    toc_buf_clear(&save->body);
}

static toc_rc save_attribute(saving *save, toc_attribute *attribute, toc_error *err)
{
    begin_part(save, "/attributes");
    toc_json_writer writer;
    toc_json_writer_init(&writer, &save->body);
    toc_json_object(&writer);
    toc_json_kv_str(&writer, "type", attribute->type);
    toc_json_kv_str(&writer, "value", attribute->value);
    toc_json_key(&writer, TOC_S("displayed"));
    toc_json_bool(&writer, attribute->displayed);
    toc_json_kv_str(&writer, "source", attribute->source);
    toc_json_object_end(&writer);
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    toc_rc rc = send(save, "POST", &response, err);
    if (rc)
        return rc;
    int64_t id = 0;
    /* Stored, even if the answer does not say where; -1 keeps it from being sent again. */
    attribute->id = read_id(response, TOC_S("attribute"), &id, NULL) ? -1 : id;
    return TOC_OK;
}

static toc_rc save_name(saving *save, const char *branch, toc_str name, toc_error *err)
{
    if (toc_url_is_dot_segment(name))
        return toc_error_set(err, TOC_EINVAL, "it cannot stand in a path");
    begin_part(save, branch);
    toc_url_encode_path(&save->path, name);
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    return send(save, "POST", &response, err);
}

/* Tags and labels from the server carry a link or a date; what was sent is marked by an empty one.
 */
static toc_rc save_parts(saving *save, toc_error *err)
{
    toc_object *obj = save->obj;
    toc_rc rc = TOC_OK;
    for (toc_attribute *at = obj->attributes.first; at && !rc; at = at->next) {
        rc = at->id ? TOC_OK : save_attribute(save, at, err);
        if (rc)
            toc_error_prefix(err, "attribute %.*s", TOC_FMT(at->type));
    }
    for (toc_tag *at = obj->tags.first; at && !rc; at = at->next) {
        rc = at->web_link.ptr ? TOC_OK : save_name(save, "/tags/", at->name, err);
        if (rc)
            toc_error_prefix(err, "tag %.*s", TOC_FMT(at->name));
        else if (!at->web_link.ptr)
            at->web_link = TOC_S("");
    }
    for (toc_label *at = obj->labels.first; at && !rc; at = at->next) {
        rc = at->date_added.ptr ? TOC_OK : save_name(save, "/securityLabels/", at->name, err);
        if (rc)
            toc_error_prefix(err, "security label %.*s", TOC_FMT(at->name));
        else if (!at->date_added.ptr)
            at->date_added = TOC_S("");
    }
    return rc;
}

toc_rc toc_save(toc_session *sess, toc_object *obj, const char *owner, toc_error *err)
{
    if (!sess || !obj || !obj->type)
        return toc_error_set(err, TOC_EINVAL, "toc_save needs a session and an object");
    saving save = {.sess = sess, .obj = obj, .owner = toc__session_owner_or(sess, owner)};
    toc_buf_init(&save.path, TOC_MAX_TARGET);
    toc_buf_init(&save.body, TOC_MAX_BODY_SMALL);
    toc_rc rc = save_itself(&save, err);
    if (!rc)
        rc = set_base(&save, err);
    if (!rc)
        rc = save_parts(&save, err);
    toc_buf_done(&save.path);
    toc_buf_done(&save.body);
    return rc;
}
