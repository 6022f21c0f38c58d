/* handle.c - one request from its bytes to its answer: who asks, what for, may they, do it. */
#include "auth/auth.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "platform/access.h"
#include "platform/place.h"
#include "platform/routes.h"
#include "platform/tokens.h"

#define ALL_RIGHTS                                                                                 \
    (TOC_MAY_READ | TOC_MAY_WRITE | TOC_MAY_DELETE | TOC_MAY_BATCH | TOC_MAY_ADMIN |               \
     TOC_MAY_OBSERVE | TOC_MAY_COMMENT)
/* Memory of one request beyond its body: decoded texts, lists of one object. */
#define CALL_ARENA_MAX ((size_t)4 * TOC_MAX_BODY_SMALL)

static void drop_file(toc_incoming *call)
{
    if (call->file >= 0)
        (void)close(call->file);
    call->file = -1;
}

static void call_done(toc_incoming *call)
{
    toc_tx_rollback(call->writer);
    if (call->reader)
        toc_store_reader_done(call->platform->store, call->reader);
    toc_caller_give(&call->platform->callers, call->caller);
    toc_buf_done(&call->link);
    toc_buf_done(&call->body);
    toc_arena_done(&call->arena);
    drop_file(call);
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

static toc_rc check_signature(toc_incoming *call, const toc_credentials *given, toc_str timestamp,
                              toc_error *err)
{
    bool good = toc_verify(call->caller->signer, call->request->target,
                           toc_str_of(call->request->method), timestamp, given->signature);
    if (!good)
        return toc__refuse(err, 401, "Signature data did not match expected result");
    call->user = call->caller->user;
    return TOC_OK;
}

static toc_rc authenticate(toc_incoming *call, toc_error *err)
{
    toc_str timestamp = toc_request_header(call->request, "Timestamp");
    toc_credentials given = toc_auth_parse(toc_request_header(call->request, "Authorization"));
    if (given.kind == TOC_AUTH_TOKEN)
        return toc__authenticate_token(call, given.token, err);
    if (given.kind != TOC_AUTH_HMAC)
        return toc__refuse(err, 401, "Access Denied");
    int64_t came = call->request->received ? call->request->received : call->now;
    toc_rc rc = check_clock(timestamp, came, err);
    if (rc)
        return rc;
    rc = toc_caller_take(&call->platform->callers, call->conn, given.access_id, &call->caller, err);
    if (rc == TOC_ENOTFOUND)
        return toc__refuse(err, 401, "Access Denied");
    return rc ? rc : check_signature(call, &given, timestamp, err);
}

void toc__read_nothing(toc_incoming *call)
{
    toc_store_reader_done(call->platform->store, TOC_TAKE(call->reader));
    call->conn = NULL;
}

toc_rc toc__read_anew(toc_incoming *call, toc_error *err)
{
    toc__read_nothing(call);
    toc_rc rc = toc_store_reader(call->platform->store, &call->reader, err);
    call->conn = call->reader;
    return rc;
}

static toc_rc find_user(toc_incoming *call, toc_error *err)
{
    if (!call->trusted)
        return authenticate(call, err);
    toc_rc rc = toc_user_first(call->conn, &call->arena, &call->user, err);
    if (rc != TOC_ENOTFOUND)
        return rc;
    rc = toc__first_user(call->platform, err);
    /* This reader shows what was before. */
    if (!rc)
        rc = toc__read_anew(call, err);
    return rc ? rc : toc_user_first(call->conn, &call->arena, &call->user, err);
}

/* --- may they ------------------------------------------------------------------------------ */

static toc_rc need_sight(const toc_incoming *call, toc_error *err)
{
    if (call->rights & TOC_MAY_READ)
        return TOC_OK;
    return toc__refuse(err, 403, "The requested owner was not found");
}

static toc_rc take_rights(toc_incoming *call, toc_str asked, toc_rc found, toc_error *err)
{
    if (found == TOC_OK && call->trusted)
        call->rights = ALL_RIGHTS;
    else if (found == TOC_OK)
        found = toc_user_rights(call->conn, call->user.id, call->owner.id, &call->rights, err);
    if (found == TOC_ENOTFOUND)
        call->rights = 0;
    else if (found)
        return found;
    if (!found && call->caller)
        toc_caller_learn(call->caller, asked, &call->owner, call->rights);
    return need_sight(call, err);
}

toc_rc toc__use_owner(toc_incoming *call, toc_str name, toc_error *err)
{
    if (call->caller && toc_caller_knows(call->caller, name, 0)) {
        call->owner = call->caller->owner;
        call->rights = call->caller->rights;
        return need_sight(call, err);
    }
    toc_rc rc = toc_owner_by_name(call->conn, name, &call->arena, &call->owner, err);
    return take_rights(call, name, rc, err);
}

toc_rc toc__use_owner_id(toc_incoming *call, int64_t id, toc_error *err)
{
    if (call->caller && toc_caller_knows(call->caller, TOC_S(""), id)) {
        call->owner = call->caller->owner;
        call->rights = call->caller->rights;
        return need_sight(call, err);
    }
    toc_rc rc = toc_owner_by_id(call->conn, id, &call->arena, &call->owner, err);
    return take_rights(call, TOC_S(""), rc, err);
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

/* How messages call an object whose type the path does not tell. */
static const struct {
    const char *word;
    int branch; /* the value that may tell it; -1: none */
} subjects[] = {
    [TOC_KIND_INDICATOR] = {"Indicator", TOC_ARG_IT},
    [TOC_KIND_GROUP] = {"Group", TOC_ARG_GT},
    [TOC_KIND_TASK] = {"Task", -1},
    [TOC_KIND_VICTIM] = {"Victim", -1},
    [TOC_KIND_VICTIM_ASSET] = {"Victim Asset", -1},
    [TOC_KIND_ADVERSARY_ASSET] = {"Adversary Asset", -1},
    [TOC_KIND_RECORD] = {"Record", -1},
};
_Static_assert(TOC_COUNT(subjects) == TOC_KIND_COUNT, "a row per kind");

static const char *subject_of(const toc_incoming *call)
{
    toc_kind kind = call->route->kind;
    int branch = subjects[kind].branch;
    if (call->route->subject)
        return call->route->subject;
    const toc_type *type = branch < 0 ? NULL
                                      : toc_types_find(toc_store_types(call->platform->store), kind,
                                                       call->args[branch]);
    return type ? type->name : subjects[kind].word;
}

toc_rc toc__need_rights(toc_incoming *call, unsigned rights, toc_error *err)
{
    if ((call->rights & rights) == rights)
        return TOC_OK;
    return toc__refuse(err, 401, "The requested %s was not %s - access was denied",
                       subject_of(call), operation_of(call->request->method));
}

toc_rc toc__begin_write(toc_incoming *call, toc_error *err)
{
    toc_rc rc;
    if (call->writer)
        return TOC_OK;
    /* A reader would hold on to what was before, and the log with it. */
    toc__read_nothing(call);
    rc = toc_tx_begin(call->platform->store, &call->writer, err);
    call->conn = call->writer;
    return rc;
}

/* --- do it --------------------------------------------------------------------------------- */

static toc_rc check_body(const toc_incoming *call, toc_error *err)
{
    size_t maximum = call->route->body_max;
    if (maximum == TOC_BODY_BATCH)
        maximum = call->platform->batch_body_max;
    if (maximum == TOC_BODY_CONTENT)
        maximum = TOC_MAX_CONTENT;
    if (!maximum || call->request->body.len <= maximum)
        return TOC_OK;
    (void)toc__refuse(err, 400, "File size greater than allowable limit of %zu", maximum);
    return toc__refuse_as(err, TOC_REFUSE_INVALID);
}

static toc_rc use_unnamed_owner(toc_incoming *call, toc_error *err)
{
    int64_t owner = 0;
    toc_rc rc = toc__first_owner(call, &owner, err);
    if (!rc && owner) {
        rc = toc__use_owner_id(call, owner, err);
        /* What may not be seen is looked for, in vain, at home. */
        if (rc != TOC_EHTTP)
            return rc;
    }
    return rc && rc != TOC_EHTTP ? rc : toc__use_owner_id(call, call->user.organization, err);
}

toc_rc toc__use_asked_owner(toc_incoming *call, toc_error *err)
{
    toc_str name = toc_target_param(&call->parts, "owner");
    return name.len ? toc__use_owner(call, name, err) : use_unnamed_owner(call, err);
}

static toc_rc run_route(toc_incoming *call, toc_error *err)
{
    const toc_route *route = call->route;
    toc_rc rc = check_body(call, err);
    if (!rc && route->rights != TOC_RIGHTS_SELF && route->rights != TOC_RIGHTS_OPEN) {
        rc = toc__use_asked_owner(call, err);
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

static bool is_open(const toc_incoming *call)
{
    return call->route && call->route->rights == TOC_RIGHTS_OPEN;
}

/* Who asks, and which route; split: what is wrong with the target, which only they hear. */
static toc_rc enter(toc_incoming *call, toc_rc *split, toc_error *err)
{
    if (!known_method(call->request->method))
        return toc__refuse(err, 405, "The method of the request is not allowed");
    *split = toc_target_split(call->request->target, &call->arena, &call->parts, err);
    toc_rc rc = toc_store_reader(call->platform->store, &call->reader, err);
    if (rc)
        return rc;
    call->conn = call->reader;
    if (!*split)
        call->route = toc_route_find(call->platform->routes, call->request->method, &call->parts,
                                     &call->arena, call->args);
    return is_open(call) ? TOC_OK : find_user(call, err);
}

static toc_rc serve(toc_incoming *call, toc_error *err)
{
    toc_rc split = TOC_OK;
    toc_rc rc = enter(call, &split, err);
    if (rc)
        return rc;
    if (split == TOC_EPARSE || split == TOC_ELIMIT)
        return toc__refuse_body(err);
    rc = call->route ? run_route(call, err) : toc__refuse_missing(err);
    return rc ? rc : toc_buf_check(&call->body, err);
}

/* Where a text or a row found no room, only the code says so. */
static toc_rc name_failure(toc_rc rc, toc_error *failure)
{
    if (rc && failure->code != rc)
        (void)toc_error_set(failure, rc, "%s", toc_error_find(rc)->text);
    return rc;
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
static void answer_refusal(toc_incoming *call, const toc_error *err)
{
    toc_str text = toc_str_of(err->message);
    if (toc_str_equal(toc_str_of(err->field), TOC_S(TOC_REFUSE_PLAIN))) {
        toc__begin_bare(call, err->http_status);
        toc_buf_str(&call->body, text);
        call->content_type = TOC_REFUSE_PLAIN;
    } else if (toc_str_equal(toc_str_of(err->field), TOC_S(TOC_REFUSE_INVALID))) {
        toc__failure(call, err->http_status, "Invalid", TOC_REFUSE_INVALID, text);
    } else {
        toc__failure(call, err->http_status, "Failure", "message", text);
    }
}

static void answer_failure(toc_incoming *call, toc_rc rc, const toc_error *err)
{
    const char *word = "Failure";
    const char *key = "message";
    drop_file(call);
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
    /* Queries may hold tokens. */
    toc_str path = call->request->target;
    ptrdiff_t mark = toc_str_find_char(path, '?');
    path.len = mark < 0 ? path.len : (size_t)mark;
    toc_log_at(&call->platform->log, TOC_LOG_ERROR, "platform", "%s %.*s: %s",
               call->request->method, TOC_FMT(path), err->message);
    bool full = rc == TOC_ESTORE && (err->flags & TOC_ERROR_RETRYABLE) && toc_error_is_full(err);
    if (full)
        toc__failure(call, 507, word, key, TOC_S("The platform's disk is full"));
    else
        toc__failure(call, 500, word, key, TOC_S("An unknown error occurred"));
}

static toc_rc send(toc_incoming *call, toc_response *response, toc_error *err)
{
    toc_rc rc = toc_buf_check(&call->body, err);
    if (rc)
        return rc;
    toc_response_clear(response);
    toc_response_set_status(response, call->status);
    rc = toc_response_add_header(response, TOC_S("Content-Type"), toc_str_of(call->content_type));
    if (rc || call->file < 0)
        return rc ? rc : toc_response_append(response, call->body.ptr, call->body.len);
    int fd = call->file;
    call->file = -1;
    return toc_response_set_file(response, fd, call->file_size, err);
}

size_t toc_platform_body_max(toc_platform *platform, const toc_request *head, toc_response *refusal)
{
    toc_error failure = {0};
    toc_rc split = TOC_OK;
    size_t maximum = TOC_MAX_STRANGER_BODY;
    if (!platform || !head)
        return 0;
    toc_incoming call = {.platform = platform, .request = head, .file = -1};
    call.now = toc_time_now();
    toc_arena_init(&call.arena, CALL_ARENA_MAX);
    toc_buf_init(&call.body, TOC_MAX_RESPONSE);
    toc_rc rc = name_failure(enter(&call, &split, &failure), &failure);
    if (!rc && !is_open(&call))
        maximum = call.route && call.route->body_max == TOC_BODY_CONTENT ? TOC_MAX_CONTENT
                                                                         : TOC_MAX_BATCH_BODY;
    if (refusal)
        toc_response_clear(refusal);
    if (rc && refusal) {
        answer_failure(&call, rc, &failure);
        if (send(&call, refusal, NULL))
            toc_response_clear(refusal);
    }
    call_done(&call);
    return maximum;
}

toc_rc toc_platform_handle(toc_platform *platform, const toc_request *request, bool trusted,
                           toc_response *response, toc_error *err)
{
    toc_error failure = {0};
    if (!platform || !request || !response)
        return toc_error_set(err, TOC_EINVAL, "platform, request and response are needed");
    toc_incoming call = {.platform = platform, .request = request, .trusted = trusted, .file = -1};
    call.now = toc_time_now();
    toc_arena_init(&call.arena, CALL_ARENA_MAX + request->body.len);
    toc_buf_init(&call.body, TOC_MAX_RESPONSE);
    toc_buf_init(&call.link, TOC_MAX_VALUE * 4);
    toc_rc rc = name_failure(serve(&call, &failure), &failure);
    if (rc && rc != TOC_ENOMEM) {
        answer_failure(&call, rc, &failure);
        rc = TOC_OK;
    }
    if (!rc)
        rc = name_failure(send(&call, response, &failure), &failure);
    call_done(&call);
    if (rc && err)
        *err = failure;
    return rc;
}
