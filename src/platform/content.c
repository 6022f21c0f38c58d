/* content.c - files of documents and reports, texts of signatures: up and down (rest-v2 2.8). */
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/check.h"
#include "platform/handlers.h"
#include "platform/place.h"

/* A name that a reader knows may have been replaced since; so often in a row it is not. */
#define ATTEMPTS 4

typedef struct upload {
    toc_incoming *call;
    const toc_type *type;
    int64_t id;
    const toc_field *text; /* of a signature: its content is a value of the group */
    bool malware, has_text;
} upload;

/* --- which group --------------------------------------------------------------------------- */

static bool is_number(toc_str word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] < '0' || word.ptr[i] > '9')
            return false;
    }
    return true;
}

/* By id, or else by xid (rest-v2 9 row 14). */
static toc_rc find_group(upload *up, toc_error *err)
{
    toc_incoming *call = up->call;
    toc_str word = call->args[TOC_ARG_GID];
    const toc_type *type = NULL;
    int64_t id = 0;
    toc_query query = {.owner = call->owner.id, .kind = TOC_KIND_GROUP};
    up->id = 0;
    toc_rc rc = toc__branch(call, TOC_KIND_GROUP, call->args[TOC_ARG_GT], &up->type, err);
    if (!rc && !(up->type->traits & TOC_TYPE_CONTENT))
        rc = toc__refuse_missing(err);
    query.type = up->type;
    if (!rc && is_number(word))
        rc = toc__find_numbered(call, &query, word, &up->id, err);
    if (rc || up->id)
        return rc;
    rc = toc_group_find_xid(call->conn, call->owner.id, word, &id, &type, err);
    if (!rc && (!id || type != up->type))
        rc = toc__refuse_missing(err);
    up->id = id;
    return rc;
}

static toc_rc take_values(void *user, int64_t id, toc_object *obj)
{
    upload *up = user;
    (void)id;
    up->malware = toc_object_get_bool(obj, "malware");
    toc_str text = up->text ? toc__object_text(obj, up->text->slot) : (toc_str){NULL, 0};
    up->has_text = text.len > 0;
    toc_buf_clear(&up->call->body);
    toc_buf_str(&up->call->body, text);
    return up->call->body.failed;
}

static toc_rc find_object(upload *up, toc_error *err)
{
    toc_rc rc = find_group(up, err);
    if (rc)
        return rc;
    up->text = toc_type_field(up->type, TOC_S("fileText"));
    toc_query query = {.owner = up->call->owner.id,
                       .kind = TOC_KIND_GROUP,
                       .type = up->type,
                       .id = up->id,
                       .limit = 1};
    return toc_object_each(up->call->conn, &query, take_values, up, err);
}

/* --- download ------------------------------------------------------------------------------ */

toc_rc toc__answer_file(toc_incoming *call, toc_str name, const char *content_type, toc_error *err)
{
    int64_t size = 0;
    int fd = -1;
    toc_rc rc = toc_file_open(call->platform->store, name, &fd, &size, err);
    if (rc)
        return rc;
    toc__begin_bare(call, 200);
    call->content_type = content_type;
    call->file = fd;
    call->file_size = size;
    return TOC_OK;
}

static toc_rc answer_content(upload *up, toc_error *err)
{
    toc_content content = {.size = 0};
    toc_incoming *call = up->call;
    for (int i = 0; i < ATTEMPTS; i++) {
        toc_rc rc = i ? toc__read_anew(call, err) : TOC_OK;
        if (!rc)
            rc = toc_content_get(call->conn, up->id, &call->arena, &content, err);
        if (rc)
            return rc;
        rc = toc__answer_file(call, content.file, "application/octet-stream", err);
        if (rc != TOC_ENOTFOUND)
            return rc;
    }
    return toc__refuse_missing(err);
}

toc_rc toc__content_download(toc_incoming *call, toc_error *err)
{
    upload up = {.call = call};
    toc_rc rc = find_object(&up, err);
    if (rc)
        return rc;
    if (!up.text)
        return answer_content(&up, err);
    if (!up.has_text)
        return toc__refuse_missing(err);
    call->status = 200;
    call->content_type = "text/plain";
    return TOC_OK;
}

/* --- upload -------------------------------------------------------------------------------- */

/* What the first bytes of a file say. */
static const struct {
    toc_str magic;
    const char *type;
} magics[] = {
    {{"%PDF-", 5}, "PDF"},
    {{"PK\x03\x04", 4}, "ZIP"},
    {{"\x89PNG", 4}, "PNG"},
    {{"GIF8", 4}, "GIF"},
    {{"\xff\xd8\xff", 3}, "JPG"},
    {{"MZ", 2}, "EXE"},
    {{"\x7f"
      "ELF",
      4},
     "ELF"},
    {{"{\\rtf", 5}, "RTF"},
    {{"Rar!", 4}, "RAR"},
    {{"7z\xbc\xaf\x27\x1c", 6}, "7Z"},
    {{"\x1f\x8b", 2}, "GZ"},
    {{"BZh", 3}, "BZ2"},
    {{"\xd0\xcf\x11\xe0", 4}, "DOC"},
};

static toc_str type_of(toc_str data)
{
    for (size_t i = 0; i < TOC_COUNT(magics); i++) {
        if (toc_str_starts(data, magics[i].magic))
            return toc_str_of(magics[i].type);
    }
    return (toc_str){NULL, 0};
}

/* The local header of its first entry: signature, version, then flags, of which the lowest bit
 * says "encrypted". */
static bool is_encrypted_zip(toc_str data)
{
    const size_t header = 30, flags = 6;
    return data.len >= header && toc_str_starts(data, TOC_S("PK\x03\x04")) && (data.ptr[flags] & 1);
}

static toc_rc check_body(const upload *up, toc_error *err)
{
    toc_str body = up->call->request->body;
    if (!body.len)
        return toc__refuse_body(err);
    if (up->malware && !is_encrypted_zip(body))
        return toc__refuse(err, 400,
                           "The file for this %s is invalid, malware must be in a ZIP file that is "
                           "protected by a password",
                           up->type->name);
    return TOC_OK;
}

/* Clients answer 401 by a PUT (rest-v2 9 row 15). */
static toc_rc check_first(const upload *up, toc_error *err)
{
    toc_content content;
    toc_incoming *call = up->call;
    if (!toc_str_equal(toc_str_of(call->request->method), TOC_S("POST")) ||
        toc_target_flag(&call->parts, "updateIfExists"))
        return TOC_OK;
    toc_rc rc = toc_content_get(call->conn, up->id, &call->arena, &content, err);
    if (rc == TOC_ENOTFOUND)
        return TOC_OK;
    return rc ? rc
              : toc__refuse(err, 401, "The requested %s was not uploaded - it has a file already",
                            up->type->name);
}

static toc_rc write_file(const upload *up, toc_new_file *file, toc_error *err)
{
    const toc_request *request = up->call->request;
    toc_rc rc = toc_file_begin(up->call->platform->store, file, err);
    if (!rc)
        rc = request->body_fd
                 ? toc_file_copy(file, *request->body_fd, (int64_t)request->body.len, err)
                 : toc_file_write(file, request->body, err);
    return rc ? rc : toc_file_finish(file, err);
}

static toc_rc change_group(const upload *up, toc_object *obj, toc_error *err)
{
    return toc_object_change(up->call->conn, up->call->owner.id, up->id, obj, up->call->now, err);
}

static toc_rc note_content(const upload *up, const toc_new_file *file, toc_error *err)
{
    toc_object *obj = toc__object_in(&up->call->arena, up->type);
    const toc_field *size = toc_type_field(up->type, TOC_S("fileSize"));
    const toc_field *status = toc_type_field(up->type, TOC_S("status"));
    if (!obj)
        return toc_error_nomem(err);
    if (size)
        toc__object_set_int(obj, size->slot, file->size);
    if (status)
        toc__object_set_text(obj, status->slot, TOC_S("Success"));
    toc_rc rc = toc_content_put(up->call->conn, up->id, file, type_of(up->call->request->body),
                                up->call->now, err);
    return rc ? rc : change_group(up, obj, err);
}

/* The group may have changed while the file was written: everything is looked at again. */
static toc_rc save_content(upload *up, toc_new_file *file, toc_error *err)
{
    toc_rc rc = toc__begin_write(up->call, err);
    if (!rc)
        rc = find_object(up, err);
    if (!rc)
        rc = check_body(up, err);
    if (!rc)
        rc = check_first(up, err);
    if (!rc)
        rc = note_content(up, file, err);
    if (!rc)
        rc = toc_tx_commit(TOC_TAKE(up->call->writer), err);
    if (!rc)
        toc_file_keep(file);
    return rc;
}

static toc_rc upload_file(upload *up, toc_error *err)
{
    TOC_CLEANUP(toc_file_done) toc_new_file file = {.store = NULL};
    toc_rc rc = check_body(up, err);
    if (!rc)
        rc = check_first(up, err);
    if (rc)
        return rc;
    /* Gigabytes take a while. */
    toc__read_nothing(up->call);
    rc = write_file(up, &file, err);
    return rc ? rc : save_content(up, &file, err);
}

static toc_rc upload_text(upload *up, toc_error *err)
{
    toc_str text = up->call->request->body;
    toc_object *obj = toc__object_in(&up->call->arena, up->type);
    if (!obj)
        return toc_error_nomem(err);
    if (!text.len || text.len > TOC_MAX_TEXT || !toc_str_is_text(text))
        return toc__refuse(err, 400, "The fileText for this %s is invalid", up->type->name);
    toc__object_set_text(obj, up->text->slot, text);
    toc_rc rc = toc__begin_write(up->call, err);
    if (!rc)
        rc = find_group(up, err);
    return rc ? rc : change_group(up, obj, err);
}

toc_rc toc__content_upload(toc_incoming *call, toc_error *err)
{
    upload up = {.call = call};
    toc_rc rc = toc__use_asked_owner(call, err);
    if (!rc)
        rc = toc__need_rights(call, TOC_MAY_WRITE, err);
    if (!rc)
        rc = find_object(&up, err);
    if (!rc)
        rc = up.text ? upload_text(&up, err) : upload_file(&up, err);
    if (!rc)
        toc__done(call, 200);
    return rc;
}
