/* handle.c - one request from its bytes to its answer: who asks, what for, may they, do it. */
#include "auth/auth.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "platform/access.h"
#include "platform/routes.h"

#define ALL_RIGHTS (TOC_MAY_READ | TOC_MAY_WRITE | TOC_MAY_DELETE | TOC_MAY_BATCH | TOC_MAY_ADMIN)
/* Memory of one request beyond its body: decoded texts, lists of one object. */
#define CALL_ARENA_MAX ((size_t)4 * TOC_MAX_BODY_SMALL)

static void wipe_user(toc_store_user *user)
{
    if (user->secret.ptr)
        toc_mem_wipe((void *)(uintptr_t)user->secret.ptr, user->secret.len);
    user->secret = (toc_str){NULL, 0};
}

static void call_done(toc_call *call)
{
    toc_tx_rollback(call->writer);
    if (call->reader)
        toc_store_reader_done(call->platform->store, call->reader);
    wipe_user(&call->user);
    toc_buf_done(&call->link);
    toc_buf_done(&call->body);
    toc_arena_done(&call->arena);
}

/* --- who asks ------------------------------------------------------------------------------ */

static toc_rc check_clock(toc_str timestamp, int64_t now, toc_error *err)
{
    int64_t when;
    if (!toc_str_to_int(timestamp, &when) || when < 0)
        return toc__refuse(err, 401, "Invalid timestamp");
    if (when < now - TOC_CLOCK_WINDOW || when > now + TOC_CLOCK_WINDOW)
        return toc__refuse(err, 401, "Timestamp out of acceptable time range");
    return TOC_OK;
}

static toc_rc check_signature(toc_call *call, const toc_credentials *given, toc_str timestamp,
                              toc_error *err)
{
    toc_signer *signer = NULL;
    toc_rc rc = toc_signer_new(call->user.secret, &signer, err);
    if (rc)
        return rc;
    bool good = toc_verify(signer, call->request->target, toc_str_of(call->request->method),
                           timestamp, given->signature);
    toc_signer_free(signer);
    wipe_user(&call->user);
    if (!good)
        return toc__refuse(err, 401, "Signature data did not match expected result");
    return TOC_OK;
}

static toc_rc authenticate(toc_call *call, toc_error *err)
{
    toc_str timestamp = toc_request_header(call->request, "Timestamp");
    toc_credentials given = toc_auth_parse(toc_request_header(call->request, "Authorization"));
    if (given.kind == TOC_AUTH_TOKEN)
        return toc__refuse(err, 401, "Unauthorized");
    if (given.kind != TOC_AUTH_HMAC)
        return toc__refuse(err, 401, "Access Denied");
    toc_rc rc = check_clock(timestamp, call->now, err);
    if (rc)
        return rc;
    rc = toc_user_by_access_id(call->conn, given.access_id, &call->arena, &call->user, err);
    if (rc == TOC_ENOTFOUND)
        return toc__refuse(err, 401, "Access Denied");
    return rc ? rc : check_signature(call, &given, timestamp, err);
}

static toc_rc find_user(toc_call *call, toc_error *err)
{
    if (!call->trusted)
        return authenticate(call, err);
    toc_rc rc = toc_user_first(call->conn, &call->arena, &call->user, err);
    if (rc != TOC_ENOTFOUND)
        return rc;
    rc = toc__first_user(call->platform, err);
    return rc ? rc : toc_user_first(call->conn, &call->arena, &call->user, err);
}

/* --- may they ------------------------------------------------------------------------------ */

static toc_rc take_rights(toc_call *call, toc_rc found, toc_error *err)
{
    if (found == TOC_OK && call->trusted)
        call->rights = ALL_RIGHTS;
    else if (found == TOC_OK)
        found = toc_user_rights(call->conn, call->user.id, call->owner.id, &call->rights, err);
    if (found == TOC_ENOTFOUND || (found == TOC_OK && !(call->rights & TOC_MAY_READ)))
        return toc__refuse(err, 403, "The requested owner was not found");
    return found;
}

toc_rc toc__use_owner(toc_call *call, toc_str name, toc_error *err)
{
    toc_rc rc = toc_owner_by_name(call->conn, name, &call->arena, &call->owner, err);
    return take_rights(call, rc, err);
}

toc_rc toc__use_owner_id(toc_call *call, int64_t id, toc_error *err)
{
    toc_rc rc = toc_owner_by_id(call->conn, id, &call->arena, &call->owner, err);
    return take_rights(call, rc, err);
}

/* What the request would have done, for the message of a refusal. */
static const char *operation_of(const char *method)
{
    static const struct {
        const char *method, *word;
    } words[] = {{"POST", "created"}, {"PUT", "updated"}, {"DELETE", "removed"}};
    for (size_t i = 0; i < TOC_COUNT(words); i++) {
        if (toc_str_equal(toc_str_of(words[i].method), toc_str_of(method)))
            return words[i].word;
    }
    return "retrieved";
}

static const char *subject_of(const toc_call *call)
{
    const toc_types *types = toc_store_types(call->platform->store);
    toc_kind kind = call->route->kind;
    if (call->route->subject)
        return call->route->subject;
    const toc_type *type =
        toc_types_find(types, kind, call->args[kind == TOC_KIND_GROUP ? TOC_ARG_GT : TOC_ARG_IT]);
    if (type)
        return type->name;
    return kind == TOC_KIND_GROUP ? "Group" : "Indicator";
}

toc_rc toc__need_rights(toc_call *call, unsigned rights, toc_error *err)
{
    if ((call->rights & rights) == rights)
        return TOC_OK;
    return toc__refuse(err, 401, "The requested %s was not %s - access was denied",
                       subject_of(call), operation_of(call->request->method));
}

toc_rc toc__begin_write(toc_call *call, toc_error *err)
{
    toc_rc rc;
    if (call->writer)
        return TOC_OK;
    rc = toc_tx_begin(call->platform->store, &call->writer, err);
    if (!rc)
        call->conn = call->writer;
    return rc;
}

/* --- do it --------------------------------------------------------------------------------- */

static toc_rc check_body(const toc_call *call, toc_error *err)
{
    size_t maximum = call->route->body_max;
    if (maximum == TOC_BODY_BATCH)
        maximum = call->platform->batch_body_max;
    if (!maximum || call->request->body.len <= maximum)
        return TOC_OK;
    (void)toc__refuse(err, 400, "File size greater than allowable limit of %zu", maximum);
    return toc__refuse_as(err, TOC_REFUSE_INVALID);
}

static toc_rc run_route(toc_call *call, toc_error *err)
{
    const toc_route *route = call->route;
    toc_rc rc = check_body(call, err);
    if (!rc && route->rights != TOC_RIGHTS_SELF) {
        toc_str name = toc_target_param(&call->parts, "owner");
        rc = name.len ? toc__use_owner(call, name, err)
                      : toc__use_owner_id(call, call->user.organization, err);
        if (!rc)
            rc = toc__need_rights(call, route->rights, err);
        if (!rc && (route->rights & ~TOC_MAY_READ))
            rc = toc__begin_write(call, err);
    }
    if (!rc)
        rc = route->handler(call, err);
    if (!rc && call->writer)
        rc = toc_tx_commit(TOC_TAKE(call->writer), err);
    return rc;
}

static bool known_method(const char *method)
{
    static const char *const known[] = {"GET", "POST", "PUT", "DELETE"};
    for (size_t i = 0; method && i < TOC_COUNT(known); i++) {
        if (toc_str_equal(toc_str_of(known[i]), toc_str_of(method)))
            return true;
    }
    return false;
}

static toc_rc serve(toc_call *call, toc_error *err)
{
    if (!known_method(call->request->method))
        return toc__refuse(err, 405, "The method of the request is not allowed");
    toc_rc split = toc_target_split(call->request->target, &call->arena, &call->parts, err);
    toc_rc rc = toc_store_reader(call->platform->store, &call->reader, err);
    if (rc)
        return rc;
    call->conn = call->reader;
    rc = find_user(call, err);
    if (rc)
        return rc;
    if (split == TOC_EPARSE || split == TOC_ELIMIT)
        return toc__refuse_body(err);
    if (!split)
        call->route = toc_route_find(call->platform->routes, call->request->method, &call->parts,
                                     &call->arena, call->args);
    return call->route ? run_route(call, err) : toc__refuse_missing(err);
}

/* Failures of the rooms below, as statuses and texts of the API. */
static const struct {
    toc_rc code;
    int status;
    const char *text; /* NULL: the failure's own message */
} failures[] = {
    {TOC_EINVAL, 400, NULL},       {TOC_EPARSE, 400, "The request was not properly formed"},
    {TOC_ELIMIT, 400, NULL},       {TOC_ECONFLICT, 400, NULL},
    {TOC_EUNSUPPORTED, 400, NULL}, {TOC_ENOTFOUND, 404, "The requested resource was not found"},
    {TOC_EAUTH, 401, NULL},
};

/* The form of a refusal that is not the usual one stands in err->field. */
static void answer_refusal(toc_call *call, const toc_error *err)
{
    toc_str text = toc_str_of(err->message);
    if (toc_str_equal(toc_str_of(err->field), TOC_S(TOC_REFUSE_PLAIN))) {
        toc__failure(call, err->http_status, "", "", text);
        toc_buf_clear(&call->body);
        toc_buf_str(&call->body, text);
        call->content_type = TOC_REFUSE_PLAIN;
    } else if (toc_str_equal(toc_str_of(err->field), TOC_S(TOC_REFUSE_INVALID))) {
        toc__failure(call, err->http_status, "Invalid", TOC_REFUSE_INVALID, text);
    } else {
        toc__failure(call, err->http_status, "Failure", "message", text);
    }
}

static void answer_failure(toc_call *call, toc_rc rc, const toc_error *err)
{
    const char *word = "Failure";
    const char *key = "message";
    if (rc == TOC_EHTTP) {
        answer_refusal(call, err);
        return;
    }
    for (size_t i = 0; i < TOC_COUNT(failures); i++) {
        if (failures[i].code == rc) {
            const char *text = failures[i].text ? failures[i].text : err->message;
            toc__failure(call, failures[i].status, word, key, toc_str_of(text));
            return;
        }
    }
    toc_log_at(&call->platform->log, TOC_LOG_ERROR, "platform", "%s %.*s: %s",
               call->request->method, TOC_FMT(call->request->target), err->message);
    bool full = rc == TOC_ESTORE && (err->flags & TOC_ERROR_RETRYABLE) &&
                toc_str_find(toc_str_of(err->message), TOC_S("full")) >= 0;
    if (full)
        toc__failure(call, 507, word, key, TOC_S("The platform's disk is full"));
    else
        toc__failure(call, 500, word, key, TOC_S("An unknown error occurred"));
}

static toc_rc send(toc_call *call, toc_response *response, toc_error *err)
{
    toc_rc rc = toc_buf_check(&call->body, err);
    if (rc)
        return rc;
    toc_response_clear(response);
    toc_response_set_status(response, call->status);
    rc = toc_response_add_header(response, TOC_S("Content-Type"), toc_str_of(call->content_type));
    return rc ? rc : toc_response_append(response, call->body.ptr, call->body.len);
}

toc_rc toc_platform_handle(toc_platform *platform, const toc_request *request, bool trusted,
                           toc_response *response, toc_error *err)
{
    toc_error failure = {0};
    if (!platform || !request || !response)
        return toc_error_set(err, TOC_EINVAL, "platform, request and response are needed");
    toc_call call = {.platform = platform, .request = request, .trusted = trusted};
    call.now = toc_time_now();
    toc_arena_init(&call.arena, CALL_ARENA_MAX + request->body.len);
    toc_buf_init(&call.body, TOC_MAX_RESPONSE);
    toc_buf_init(&call.link, TOC_MAX_VALUE * 4);
    toc_rc rc = serve(&call, &failure);
    if (!rc)
        rc = toc_buf_check(&call.body, &failure);
    if (rc && rc != TOC_ENOMEM) {
        answer_failure(&call, rc, &failure);
        rc = TOC_OK;
    }
    if (!rc)
        rc = send(&call, response, &failure);
    call_done(&call);
    if (rc && err)
        *err = failure;
    return rc;
}
