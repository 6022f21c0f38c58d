/* content.c - content of documents, reports and signatures, and PDFs (sdk.md 2.5.2, ti.md 5.5). */
#include <openssl/evp.h>

#include "base/codec.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/envelope.h"
#include "client/session.h"
#include "intel/act.h"

static const char *const content_types[] = {"application/octet-stream", "text/plain"};
static const char *const pdf_types[] = {"application/pdf", "application/octet-stream"};

typedef struct delivery {
    const toc_session *sess;
    toc_sink_fn fn;
    void *user;
    toc_media media;
    bool refused;                 /* a type that is none of these */
    int status;                   /* that it came with */
    char type[TOC_ENVELOPE_TYPE]; /* the one that came */
} delivery;

static bool is_expected(delivery *to, const toc_response *response)
{
    bool good = !toc_response_header(response, "Content-Type").len;
    for (size_t i = 0; i < to->media.count && !good; i++)
        good = toc_response_is(response, to->media.types[i]);
    if (!good) {
        to->refused = true;
        to->status = toc_response_status(response);
        if (!toc__envelope_type(response, to->type))
            (void)snprintf(to->type, sizeof(to->type), "something else");
    }
    return good;
}

static toc_rc deliver(void *user, const void *data, size_t len)
{
    delivery *to = user;
    if (data && to->sess->answering && !is_expected(to, to->sess->answering))
        return TOC_EPROTO;
    return to->fn(to->user, data, len);
}

toc_rc toc__deliver(toc_session *sess, const toc_call *call, toc_media media, toc_sink_fn fn,
                    void *user, toc_error *err)
{
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    delivery to = {.sess = sess, .fn = fn, .user = user, .media = media};
    toc_call sunk = *call;
    sunk.sink = deliver;
    sunk.sink_user = &to;
    toc_rc rc = toc_session_call(sess, &sunk, &response, err);
    /* An empty answer was never handed on. */
    if (!rc && !to.refused)
        (void)is_expected(&to, response);
    if (!to.refused)
        return rc;
    rc = toc_error_set(err, TOC_EPROTO, "content was expected, the answer is %s", to.type);
    if (err)
        err->http_status = to.status;
    return rc;
}

static toc_rc fetch(toc_session *sess, const toc_act *act, const char *tail, toc_media media,
                    toc_sink_fn fn, void *user, toc_error *err)
{
    toc_buf path TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf text TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf_init(&path, TOC_MAX_TARGET);
    toc_buf_init(&text, TOC_MAX_TARGET);
    toc_rc rc = toc__path_of_ref(&path, &act->of, true, err);
    toc_buf_text(&path, tail);
    if (!rc)
        rc = toc_buf_check(&path, err);
    if (rc)
        return rc;
    toc__act_describe(&text, act, act->of.id);
    toc_call call = {
        .path = path.ptr, .owner = toc__ref_owner(sess, &act->of), .description = text.ptr};
    return toc__deliver(sess, &call, media, fn, user, err);
}

static toc_rc start(const toc_session *sess, const toc_ref *of, toc_sink_fn fn, toc_error *err)
{
    if (!sess || !fn)
        return toc_error_set(err, TOC_EINVAL, "a session and a function for the bytes are needed");
    if (!of || !of->type)
        return toc_error_set(err, TOC_EINVAL, "a reference to an object is needed");
    if (of->attribute)
        return toc_error_set(err, TOC_EUNSUPPORTED, "an attribute has no content");
    return TOC_OK;
}

static toc_rc check_content(const toc_ref *of, toc_error *err)
{
    if (of->type && (of->type->traits & TOC_TYPE_CONTENT))
        return TOC_OK;
    return toc_error_set(err, TOC_EUNSUPPORTED, "%s has no content",
                         of->type ? of->type->name : "an owner");
}

toc_rc toc_download(toc_session *sess, const toc_ref *of, toc_sink_fn fn, void *user,
                    toc_error *err)
{
    toc_rc rc = start(sess, of, fn, err);
    if (!rc)
        rc = check_content(of, err);
    if (rc)
        return rc;
    toc_media media = {content_types, TOC_COUNT(content_types)};
    toc_act act = {.what = TOC_ACT_DOWNLOAD, .verb = TOC_VERB_ONE, .of = *of};
    return fetch(sess, &act, "/download", media, fn, user, err);
}

toc_rc toc_download_pdf(toc_session *sess, const toc_ref *of, toc_sink_fn fn, void *user,
                        toc_error *err)
{
    toc_rc rc = start(sess, of, fn, err);
    if (rc)
        return rc;
    if (of->type->kind != TOC_KIND_GROUP && of->type->kind != TOC_KIND_TASK)
        return toc_error_set(err, TOC_EUNSUPPORTED, "%s cannot be had as PDF", of->type->name);
    toc_media media = {pdf_types, TOC_COUNT(pdf_types)};
    toc_act act = {.what = TOC_ACT_PDF, .verb = TOC_VERB_ONE, .of = *of};
    return fetch(sess, &act, "/pdf", media, fn, user, err);
}

/* --- hash ---------------------------------------------------------------------------------- */

typedef struct hashing {
    EVP_MD_CTX *context;
    const EVP_MD *kind;
} hashing;

static void hashing_done(hashing *hash)
{
    EVP_MD_CTX_free(hash->context);
}

/* data NULL: the answer begins anew. */
static toc_rc hash_piece(void *user, const void *data, size_t len)
{
    hashing *hash = user;
    bool good = data ? EVP_DigestUpdate(hash->context, data, len)
                     : EVP_DigestInit_ex(hash->context, hash->kind, NULL);
    return good ? TOC_OK : TOC_ENOMEM;
}

toc_rc toc_download_hash(toc_session *sess, const toc_ref *of, const char *kind,
                         char out[TOC_HASH_TEXT], toc_error *err)
{
    static const char *const kinds[] = {"sha256", "sha1", "md5"};
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    hashing hash TOC_CLEANUP(hashing_done) = {0};
    for (size_t i = 0; i < TOC_COUNT(kinds); i++) {
        if (kind && toc_str_equal_fold(toc_str_of(kind), toc_str_of(kinds[i])))
            hash.kind = EVP_get_digestbyname(kinds[i]);
    }
    if (!hash.kind || !out)
        return toc_error_field(err, TOC_EINVAL, "kind",
                               "a hash is one of sha256, sha1, md5, and needs a place");
    hash.context = EVP_MD_CTX_new();
    if (!hash.context || !EVP_DigestInit_ex(hash.context, hash.kind, NULL))
        return toc_error_nomem(err);
    toc_rc rc = toc_download(sess, of, hash_piece, &hash, err);
    if (!rc && !EVP_DigestFinal_ex(hash.context, digest, &length))
        rc = toc_error_nomem(err);
    if (rc)
        return rc;
    toc_hex_encode(digest, length, out);
    out[2 * (size_t)length] = '\0';
    return TOC_OK;
}

/* --- upload -------------------------------------------------------------------------------- */

toc_rc toc__upload_prepare(const toc_act *act, toc_error *err)
{
    if ((unsigned)act->mode > TOC_UPLOAD_UPDATE)
        return toc_error_field(err, TOC_EINVAL, "mode", "there is no such way to upload");
    if (act->of.attribute)
        return toc_error_set(err, TOC_EUNSUPPORTED, "an attribute has no content");
    toc_rc rc = check_content(&act->of, err);
    if (!rc && !act->content.len)
        rc = toc_error_field(err, TOC_EINVAL, "content", "there is nothing to upload");
    return rc;
}

/* Servers say in two ways that there is content already (rest-v2 9 row 15). */
static bool exists(const toc_error *failure)
{
    return failure->http_status == 401 ||
           (failure->http_status == 400 &&
            toc_str_find(toc_str_of(failure->message), TOC_S("exists")) >= 0);
}

static const toc_header update_if_exists = {{"updateIfExists", 14}, {"true", 4}};

toc_rc toc__upload_send(toc_session *sess, const toc_act *act, toc_error *err)
{
    toc_buf path TOC_CLEANUP(toc_buf_done) = {0};
    toc_buf text TOC_CLEANUP(toc_buf_done) = {0};
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    toc_error failure = {0};
    toc_buf_init(&path, TOC_MAX_TARGET);
    toc_buf_init(&text, TOC_MAX_TARGET);
    toc_rc rc = toc__path_of_ref(&path, &act->of, true, err);
    toc_buf_lit(&path, "/upload");
    if (!rc)
        rc = toc_buf_check(&path, err);
    if (rc)
        return rc;
    toc__act_describe(&text, act, act->of.id);
    toc_call call = {.method = act->mode == TOC_UPLOAD_REPLACE ? "PUT" : "POST",
                     .path = path.ptr,
                     .query = &update_if_exists,
                     .query_count = act->mode == TOC_UPLOAD_UPDATE ? 1 : 0,
                     .owner = toc__ref_owner(sess, &act->of),
                     .content_type = "application/octet-stream",
                     .body = act->content,
                     .description = text.ptr};
    rc = toc__change(sess, &call, &response, &failure);
    if (rc && act->mode == TOC_UPLOAD_EITHER && exists(&failure)) {
        toc_response_free(TOC_TAKE(response));
        call.method = "PUT";
        rc = toc__change(sess, &call, &response, &failure);
    }
    if (rc && err)
        *err = failure;
    return rc;
}

toc_rc toc_upload(toc_session *sess, const toc_ref *of, toc_str content, toc_upload_mode mode,
                  toc_error *err)
{
    if (!sess || !of)
        return toc_error_set(err, TOC_EINVAL, "a session and a reference are needed");
    toc_act act = {
        .what = TOC_ACT_UPLOAD, .verb = TOC_VERB_ADD, .of = *of, .content = content, .mode = mode};
    toc_rc rc = toc__upload_prepare(&act, err);
    return rc ? rc : toc__upload_send(sess, &act, err);
}
