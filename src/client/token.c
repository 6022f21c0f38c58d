/* token.c - renewal of a token that ends (sdk.md 1.7). */
#include "client/session.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "client/envelope.h"
#include "client/response.h"
#include "client/url.h"

#define AHEAD_S 15
#define ANSWER_MEMORY (64U * 1024U)
#define NAMES_ROOM 64U /* "/appAuth?expiredToken=" */

typedef struct grant {
    toc_str token;
    int64_t expires;
} grant;

/* Tokens are opaque: {"success":true,"apiToken":"..","apiTokenExpires":"1700003600"}. */
static bool read_grant(toc_json_reader *reader, grant *found)
{
    if (toc_json_next(reader) != TOC_JSON_OBJECT)
        return false;
    while (toc_json_next(reader) == TOC_JSON_KEY) {
        toc_str key = reader->text;
        toc_json_event event = toc_json_next(reader);
        if (event == TOC_JSON_ERROR)
            return false;
        if (toc_str_equal(key, TOC_S("apiToken")) && event == TOC_JSON_STRING)
            found->token = reader->text;
        else if (toc_str_equal(key, TOC_S("apiTokenExpires")) &&
                 (event == TOC_JSON_STRING || event == TOC_JSON_NUMBER))
            (void)toc_str_to_int(reader->text, &found->expires);
        else if (!toc_json_skip(reader, NULL))
            return false;
    }
    return found->token.len && found->expires > 0;
}

static bool is_plain(toc_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= ' ' || text.ptr[i] == 0x7F)
            return false;
    }
    return true;
}

static toc_rc adopt(toc_session *sess, const toc_response *response, toc_error *err)
{
    toc_arena arena TOC_CLEANUP(toc_arena_done) = {0};
    toc_arena_init(&arena, ANSWER_MEMORY);
    toc_str body = toc_response_body(response);
    toc_json_reader reader;
    toc_json_reader_init(&reader, body.ptr, body.len, &arena);
    grant found = {0};
    bool read = read_grant(&reader, &found);
    if (reader.error && toc_json_fail(&reader, NULL) == TOC_ENOMEM)
        return toc_error_nomem(err);
    if (!read || !is_plain(found.token))
        return toc_error_set(err, TOC_EAUTH, "the answer to the renewal holds no token");
    char *copy = toc_mem_strdup(found.token);
    if (!copy)
        return toc_error_nomem(err);
    toc_mem_wipe(sess->token, strlen(sess->token));
    toc_mem_free(sess->token);
    sess->token = copy;
    sess->token_expires = found.expires;
    return TOC_OK;
}

/* A server that repeats the token in its answer is not quoted. */
static toc_rc refused(const toc_session *sess, const toc_response *response, toc_error *err)
{
    char message[300];
    int status = toc_response_status(response);
    if (toc__envelope_message(response, message, sizeof(message)) <= 0 ||
        toc_str_find(toc_response_body(response), toc_str_of(sess->token)) >= 0)
        (void)snprintf(message, sizeof(message), "HTTP %d", status);
    toc_rc rc =
        toc_error_set(err, TOC_EAUTH, "Could not refresh ThreatConnect Token (%s).", message);
    if (err)
        err->http_status = status;
    return rc;
}

static toc_rc renew(toc_session *sess, toc_buf *target, toc_response *response, toc_error *err)
{
    /* All at once: a buffer that grows leaves pieces of the token behind. */
    (void)toc_buf_reserve(target, sess->prefix.len + strlen(sess->token) * 3 + NAMES_ROOM);
    toc_buf_str(target, sess->prefix);
    toc_buf_lit(target, "/appAuth");
    toc__query_add(target, TOC_S("expiredToken"), toc_str_of(sess->token));
    toc_rc rc = toc_buf_check(target, err);
    toc_call call = TOC_CALL_INIT;
    if (!rc)
        rc = toc__session_exchange(sess, &call, toc_buf_view(target), false, response, err);
    if (rc) {
        /* The call that needs the token has not been made. */
        if (err && (err->flags & TOC_ERROR_RETRYABLE))
            err->flags |= TOC_ERROR_UNSENT;
        return rc;
    }
    if (toc_response_status(response) != 200)
        return refused(sess, response, err);
    return adopt(sess, response, err);
}

toc_rc toc__token_renew(toc_session *sess, toc_error *err)
{
    if (!sess->token || !sess->token_expires || sess->token_expires >= toc_time_now() + AHEAD_S)
        return TOC_OK;
    toc_response *response = NULL;
    toc_rc rc = toc_response_new(&response, err);
    if (rc)
        return rc;
    toc_buf target;
    toc_buf_init(&target, TOC_MAX_TARGET);
    rc = renew(sess, &target, response, err);
    if (target.ptr)
        toc_mem_wipe(target.ptr, target.size);
    toc_buf_done(&target);
    toc__response_wipe(response);
    toc_response_free(response);
    if (rc && err)
        err->number = TOC_NUMBER_TOKEN;
    return rc;
}
