/* call.c - one call: target, signature, attempts, status. */
#include "client/session.h"

#include <time.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "client/envelope.h"
#include "client/retry.h"
#include "client/url.h"

#define FIRST_PAUSE_MS 200U
/* How long a pause can go on after the cancel callback would have ended it. */
#define PAUSE_SLICE_MS 100U
#define HEADERS_MAX 4

static const struct {
    const char *name;
    bool body; /* always has a content type, even without a body (sdk.md 1.5) */
} methods[] = {{"GET", false}, {"POST", true}, {"PUT", true}, {"DELETE", false}};

static bool is_canceled(const toc_session *sess)
{
    return sess->options.cancel && sess->options.cancel(sess->options.cancel_user);
}

static toc_rc canceled(toc_error *err)
{
    return toc_error_set(err, TOC_ECANCELED, "stopped on request");
}

static toc_rc check_call(const toc_session *sess, const toc_call *call, toc_response **response,
                         toc_error *err)
{
    if (!sess || !call || !response)
        return toc_error_set(err, TOC_EINVAL, "session, call and response are needed");
    toc_rc rc = toc__path_check(toc_str_of(call->path), err);
    if (rc || !call->method)
        return rc;
    for (size_t i = 0; i < TOC_COUNT(methods); i++) {
        if (toc_str_equal(toc_str_of(call->method), toc_str_of(methods[i].name)))
            return TOC_OK;
    }
    return toc_error_field(err, TOC_EINVAL, "method",
                           "the method must be GET, POST, PUT or DELETE");
}

static toc_rc build_target(toc_session *sess, const toc_call *call, toc_error *err)
{
    toc_buf *target = &sess->target;
    toc_buf_clear(target);
    toc_buf_str(target, sess->prefix);
    toc_buf_text(target, call->path);
    if (!call->bare || sess->options.activity_log)
        toc__query_add(target, TOC_S("createActivityLog"),
                       sess->options.activity_log ? TOC_S("true") : TOC_S("false"));
    if (call->owner)
        toc__query_add(target, TOC_S("owner"), toc_str_of(call->owner));
    for (size_t i = 0; i < call->query_count; i++)
        toc__query_add(target, call->query[i].name, call->query[i].value);
    return toc_buf_check(target, err);
}

static toc_rc authorize(toc_session *sess, toc_str target, toc_str method, int64_t now,
                        toc_error *err)
{
    toc_buf *text = &sess->authorization;
    toc_buf_clear(text);
    if (sess->token) {
        toc_buf_lit(text, "TC-Token ");
        toc_buf_text(text, sess->token);
        return toc_buf_check(text, err);
    }
    if (!sess->signer)
        return TOC_OK;
    toc_rc rc = toc_sign_header(sess->signer, toc_str_of(sess->options.access_id), target, method,
                                now, text);
    return rc ? toc_error_set(err, rc, "the request could not be signed") : TOC_OK;
}

static bool has_type(const char *method)
{
    for (size_t i = 0; i < TOC_COUNT(methods); i++) {
        if (methods[i].body && toc_str_equal(toc_str_of(method), toc_str_of(methods[i].name)))
            return true;
    }
    return false;
}

/* The part of a target that may be shown: a renewal carries the token in its query. */
static toc_str shown(toc_str target, bool authorized)
{
    ptrdiff_t query = authorized ? -1 : toc_str_find_char(target, '?');
    return query < 0 ? target : toc_str_slice(target, 0, (size_t)query);
}

toc_rc toc__session_exchange(toc_session *sess, const toc_call *call, toc_str target,
                             bool authorized, toc_response *response, toc_error *err)
{
    const char *method = call->method ? call->method : "GET";
    int64_t now = toc_time_now();
    char when[24];
    int length = snprintf(when, sizeof(when), "%lld", (long long)now);
    toc_header headers[HEADERS_MAX];
    size_t count = 0;
    headers[count++] = (toc_header){TOC_S("User-Agent"), TOC_S("Tocsin/" TOC_VERSION)};
    if (authorized) {
        toc_rc rc = authorize(sess, target, toc_str_of(method), now, err);
        if (rc)
            return rc;
        headers[count++] = (toc_header){TOC_S("Timestamp"), {when, (size_t)length}};
        if (sess->authorization.len)
            headers[count++] =
                (toc_header){TOC_S("Authorization"), toc_buf_view(&sess->authorization)};
    }
    if (has_type(method) || call->body.ptr)
        headers[count++] =
            (toc_header){TOC_S("Content-Type"),
                         toc_str_of(call->content_type ? call->content_type : "application/json")};
    toc_request request = {.method = method,
                           .base = sess->base,
                           .target = target,
                           .headers = headers,
                           .header_count = count,
                           .body = call->body,
                           .timeout_s = sess->options.timeout_s};
    uint64_t start = toc_time_ticks_ms();
    toc_response_clear(response);
    toc_rc rc = sess->transport.perform(sess->transport.context, &request, response, err);
    toc_str text = shown(target, authorized);
    toc_log_at(&sess->log, TOC_LOG_DEBUG, "http", "%s %.*s: %d, %zu bytes, %llu ms", method,
               TOC_FMT(text), rc ? rc : toc_response_status(response),
               toc_response_body(response).len, (unsigned long long)(toc_time_ticks_ms() - start));
    return rc;
}

static toc_rc attempt(toc_session *sess, const toc_call *call, toc_response *response,
                      bool *answered, toc_error *err)
{
    if (is_canceled(sess))
        return canceled(err);
    *answered = false;
    toc_rc rc = toc__token_renew(sess, err);
    if (!rc)
        rc = toc__session_exchange(sess, call, toc_buf_view(&sess->target), true, response, err);
    if (rc)
        return rc;
    *answered = true;
    return toc__envelope_status(response, err);
}

static toc_rc pause_for(const toc_session *sess, unsigned milliseconds, toc_error *err)
{
    while (milliseconds) {
        if (is_canceled(sess))
            return canceled(err);
        unsigned slice = milliseconds < PAUSE_SLICE_MS ? milliseconds : PAUSE_SLICE_MS;
        struct timespec time = {.tv_nsec = (long)slice * 1000000L};
        (void)nanosleep(&time, NULL);
        milliseconds -= slice;
    }
    return TOC_OK;
}

/* failure is always there; it is written on failure only. */
static toc_rc attempts(toc_session *sess, const toc_call *call, toc_response *response,
                       bool *answered, toc_error *failure)
{
    const char *method = call->method ? call->method : "GET";
    unsigned longest = sess->options.retry_sleep_ms;
    unsigned wait = FIRST_PAUSE_MS < longest ? FIRST_PAUSE_MS : longest;
    for (unsigned number = 1;; number++) {
        toc_rc rc = attempt(sess, call, response, answered, failure);
        if (!rc || number >= sess->options.retries || !toc__may_repeat(method, failure))
            return rc;
        unsigned asked = *answered ? toc__retry_after(response, toc_time_now()) : 0;
        unsigned pause = asked > wait ? asked : wait;
        pause = pause < longest ? pause : longest;
        toc_log_at(&sess->log, TOC_LOG_INFO, "http", "%s; attempt %u of %u in %u ms",
                   failure->message, number + 1, sess->options.retries, pause);
        rc = pause_for(sess, pause, failure);
        if (rc)
            return rc;
        wait = wait < longest / 2 ? wait * 2 : longest;
    }
}

toc_rc toc_session_call(toc_session *sess, const toc_call *call, toc_response **response,
                        toc_error *err)
{
    toc_rc rc = check_call(sess, call, response, err);
    if (!rc)
        rc = build_target(sess, call, err);
    if (rc)
        return rc;
    toc_response *made = NULL;
    rc = toc_response_new(&made, err);
    if (rc)
        return rc;
    bool answered = false;
    toc_error failure = {0};
    rc = attempts(sess, call, made, &answered, &failure);
    if (rc && err)
        *err = failure;
    if (answered)
        *response = made;
    else
        toc_response_free(made);
    return rc;
}
