/* tokens.c - tokens in place of signatures: handing out, checking, renewing (rest-v2 1.3).
 *
 * A renewed token goes on working for a short time, because the threads of a client share one and
 * only one of them renews it; each may renew it, and none takes the other's new one away. A token
 * that a user asks for anew replaces all former ones of the same purpose, after the same time. One
 * that an administrator makes replaces them at once. */
#include "platform/tokens.h"

#include <string.h>
#include <sys/random.h>

#include "base/codec.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "platform/handlers.h"

#define RANDOM_BYTES 32U
#define TAG_LETTERS 6U
#define TOKEN_PURPOSE "api"

/* --- making -------------------------------------------------------------------------------- */

static toc_rc random_bytes(uint8_t *bytes, size_t size, toc_error *err)
{
    if (getrandom(bytes, size, 0) == (ssize_t)size)
        return TOC_OK;
    return toc_error_set(err, TOC_EIO, "no random bytes are to be had");
}

/* The tag only helps people to tell tokens apart; the 32 bytes at the end are the secret. */
static toc_rc make_text(int64_t user, int64_t expires, toc_buf *text, toc_error *err)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    uint8_t bytes[RANDOM_BYTES + TAG_LETTERS];
    char tag[TAG_LETTERS + 1] = {0};
    toc_rc rc = random_bytes(bytes, sizeof(bytes), err);
    if (rc)
        return rc;
    for (size_t i = 0; i < TAG_LETTERS; i++)
        tag[i] = letters[bytes[RANDOM_BYTES + i] % (sizeof(letters) - 1)];
    toc_buf_printf(text, "APIV2:%lld:%s:%lld:", (long long)user, tag, (long long)expires * 1000);
    toc_base64_encode(text, bytes, RANDOM_BYTES);
    toc_mem_wipe(bytes, sizeof(bytes));
    return toc_buf_check(text, err);
}

static void buf_wipe(toc_buf *buf)
{
    if (buf->ptr)
        toc_mem_wipe(buf->ptr, buf->size);
    toc_buf_done(buf);
}

/* The last word of the route: tokens of programs and of services do not replace each other. */
static const char *purpose_of(const toc_route *route)
{
    return strrchr(route->pattern, '/') + 1;
}

static toc_rc issue(toc_incoming *call, const char *purpose, toc_buf *text, toc_error *err)
{
    toc_store_token token = {.user = call->user.id,
                             .purpose = toc_str_of(purpose),
                             .created = call->now,
                             .expires = call->now + call->platform->token_lifetime};
    toc_rc rc = make_text(token.user, token.expires, text, err);
    if (!rc)
        rc = toc__begin_write(call, err);
    if (!rc)
        rc = toc_token_add(call->conn, toc_buf_view(text), &token, TOC_TOKEN_GRACE, err);
    return rc;
}

toc_rc toc__token_new(toc_incoming *call, toc_error *err)
{
    TOC_CLEANUP(buf_wipe) toc_buf text = {0};
    toc_buf_init(&text, TOC_TOKEN_TEXT);
    /* rest-v2 6.1: roles that only read get none. */
    toc_rc rc = toc__use_owner_id(call, call->user.organization, err);
    if (!rc)
        rc = toc__need_rights(call, TOC_MAY_WRITE, err);
    if (!rc)
        rc = issue(call, purpose_of(call->route), &text, err);
    if (rc)
        return rc;
    toc__begin_bare(call, 200);
    toc_json_object(&call->out);
    toc__json_member(&call->out, "status", "Success");
    toc_json_kv_str(&call->out, "data", toc_buf_view(&text));
    toc_json_object_end(&call->out);
    return TOC_OK;
}

/* --- checking ------------------------------------------------------------------------------ */

toc_rc toc__authenticate_token(toc_incoming *call, toc_str text, toc_error *err)
{
    toc_store_token token;
    toc_rc rc = toc_token_find(call->conn, text, &call->arena, &token, err);
    if (!rc && call->now >= token.usable)
        rc = TOC_ENOTFOUND;
    if (!rc)
        rc = toc_caller_take(&call->platform->callers, call->conn, token.access_id, &call->caller,
                             err);
    if (rc == TOC_ENOTFOUND)
        return toc__refuse(err, 401, "Unauthorized");
    if (!rc)
        call->user = call->caller->user;
    return rc;
}

/* --- renewing ------------------------------------------------------------------------------ */

/* One that was replaced cannot come back by being renewed. */
static bool renewable(const toc_store_token *token, int64_t now)
{
    return now < token->usable ||
           (token->usable == token->expires && now < token->expires + TOC_TOKEN_RENEWABLE);
}

static toc_rc find_renewable(toc_incoming *call, toc_str text, toc_store_token *token, bool *found,
                             toc_error *err)
{
    toc_rc rc = toc_token_find(call->conn, text, &call->arena, token, err);
    *found = !rc && renewable(token, call->now);
    return rc == TOC_ENOTFOUND ? TOC_OK : rc;
}

/* Readers of this answer look for "success", others for "status". */
static void answer_renewal(toc_incoming *call, int status, bool success)
{
    toc__begin_bare(call, status);
    toc_json_object(&call->out);
    toc__json_key(&call->out, "success");
    toc_json_bool(&call->out, success);
}

static void refuse_renewal(toc_incoming *call)
{
    answer_renewal(call, 401, false);
    toc__json_member(&call->out, "status", "Failure");
    toc__json_member(&call->out, "message", "Unauthorized");
    toc_json_object_end(&call->out);
}

static toc_rc renew(toc_incoming *call, toc_str former, const toc_store_token *old, toc_error *err)
{
    TOC_CLEANUP(buf_wipe) toc_buf text = {0};
    toc_store_token token = *old;
    char seconds[24];
    token.created = call->now;
    token.expires = call->now + (old->expires - old->created);
    toc_buf_init(&text, TOC_TOKEN_TEXT);
    toc_rc rc = make_text(token.user, token.expires, &text, err);
    if (!rc)
        rc = toc_token_renew(call->conn, toc_buf_view(&text), &token, former, TOC_TOKEN_GRACE, err);
    if (rc)
        return rc;
    (void)snprintf(seconds, sizeof(seconds), "%lld", (long long)token.expires);
    answer_renewal(call, 200, true);
    toc_json_kv_str(&call->out, "apiToken", toc_buf_view(&text));
    toc__json_member(&call->out, "apiTokenExpires", seconds);
    toc_json_object_end(&call->out);
    return TOC_OK;
}

/* A token's text has no blanks; a client that does not encode its '+' sends one. */
static toc_rc asked_token(toc_incoming *call, toc_str *text, toc_error *err)
{
    *text = toc_arena_str(&call->arena, toc_target_param(&call->parts, "expiredToken"));
    if (!text->ptr)
        return toc_error_nomem(err);
    char *at = (char *)(uintptr_t)text->ptr;
    for (size_t i = 0; i < text->len; i++)
        at[i] = at[i] == ' ' ? '+' : at[i];
    return TOC_OK;
}

toc_rc toc__app_auth(toc_incoming *call, toc_error *err)
{
    toc_str text;
    toc_store_token token;
    bool found = false;
    toc_rc rc = asked_token(call, &text, err);
    /* Everybody may ask: who has no token does not get as far as the writer. */
    if (!rc)
        rc = find_renewable(call, text, &token, &found, err);
    if (!rc && found)
        rc = toc__begin_write(call, err);
    if (!rc && found)
        rc = find_renewable(call, text, &token, &found, err);
    if (rc)
        return rc;
    if (found)
        return renew(call, text, &token, err);
    refuse_renewal(call);
    return TOC_OK;
}

/* --- administration ------------------------------------------------------------------------ */

toc_rc toc_platform_new_token(toc_platform *platform, const char *access_id, unsigned days,
                              toc_new_token *token, toc_error *err)
{
    TOC_CLEANUP(toc__tx_cleanup) toc_conn *conn = NULL;
    TOC_CLEANUP(toc_arena_done) toc_arena arena = {0};
    TOC_CLEANUP(buf_wipe) toc_buf text = {0};
    toc_store_user user = {0};
    if (!platform || !access_id || !token || !days || days > TOC_TOKEN_DAYS_MAX)
        return toc_error_set(err, TOC_EINVAL, "a token needs a user and 1 to %d days",
                             TOC_TOKEN_DAYS_MAX);
    int64_t now = toc_time_now();
    toc_buf_init(&text, TOC_TOKEN_TEXT);
    toc_rc rc = toc_tx_begin(platform->store, &conn, err);
    if (!rc)
        rc = toc__user_of(conn, access_id, &arena, &user, err);
    toc_store_token made = {.user = user.id,
                            .purpose = TOC_S(TOKEN_PURPOSE),
                            .created = now,
                            .expires = now + (int64_t)days * 86400};
    if (!rc)
        rc = make_text(user.id, made.expires, &text, err);
    if (!rc)
        rc = toc_token_clear(conn, user.id, err);
    if (!rc)
        rc = toc_token_add(conn, toc_buf_view(&text), &made, 0, err);
    if (!rc)
        rc = toc_tx_commit(TOC_TAKE(conn), err);
    if (rc)
        return rc;
    (void)snprintf(token->token, sizeof(token->token), "%s", text.ptr);
    token->expires = made.expires;
    return TOC_OK;
}
