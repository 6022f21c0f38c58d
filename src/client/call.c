/* call.c - one call: target, attempts, status, and who hears of it. */
#include <time.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "client/envelope.h"
#include "client/request.h"
#include "client/response.h"
#include "client/retry.h"
#include "client/session.h"
#include "client/url.h"

#define FIRST_PAUSE_MS 200U
/* How long a pause can go on after the cancel callback would have ended it. */
#define PAUSE_SLICE_MS 100U

/* Between the transport and the caller's sink: a failure there is no failure of the network. */
typedef struct outlet {
    const toc_call *call;
    toc_rc failed;
} outlet;

static bool is_canceled(const toc_session *sess)
{
    return sess->options.cancel && sess->options.cancel(sess->options.cancel_user);
}

static toc_rc canceled(toc_error *err)
{
    return toc_error_set(err, TOC_ECANCELED, "stopped on request");
}

static void add_parameter(void *user, toc_str name, toc_str value)
{
    toc__query_add(user, name, value);
}

static toc_rc build_target(toc_session *sess, const toc_call *call, toc_error *err)
{
    toc_buf *target = &sess->target;
    toc_buf_clear(target);
    toc_buf_str(target, sess->prefix);
    toc_buf_text(target, call->path);
    toc__call_parameters(call, sess->options.activity_log, add_parameter, target);
    return toc_buf_check(target, err);
}

static toc_rc hand_on(void *user, const void *data, size_t len)
{
    outlet *out = user;
    if (out->failed)
        return out->failed;
    toc_rc rc = out->call->sink(out->call->sink_user, data, len);
    if (rc && !out->failed)
        out->failed = rc < 0 ? rc : TOC_ECANCELED;
    return out->failed;
}

static toc_rc attempt(toc_session *sess, outlet *out, toc_response *response, bool *answered,
                      toc_error *err)
{
    if (is_canceled(sess))
        return canceled(err);
    *answered = false;
    toc_rc rc = toc__token_renew(sess, err);
    if (!rc)
        rc = toc__session_exchange(sess, out->call, toc_buf_view(&sess->target), true, response,
                                   err);
    if (out->failed) {
        rc = toc_error_set(err, out->failed, "the body of the answer was not taken");
        err->flags = TOC_ERROR_CALLBACK;
    }
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
static toc_rc attempts(toc_session *sess, outlet *out, toc_response *response, bool *answered,
                       toc_error *failure)
{
    const char *method = toc__call_method(out->call);
    unsigned longest = sess->options.retry_sleep_ms;
    unsigned wait = FIRST_PAUSE_MS < longest ? FIRST_PAUSE_MS : longest;
    for (unsigned number = 1;; number++) {
        toc_rc rc = attempt(sess, out, response, answered, failure);
        if (!rc || number >= sess->options.retries || !toc__may_repeat(method, failure))
            return rc;
        if (!*answered && !(failure->flags & TOC_ERROR_UNSENT))
            sess->unsure = true;
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

static void tell(toc_session *sess, const toc_call *call, const toc_response *response,
                 const toc_error *failure, int64_t start)
{
    toc_report_exchange done = {.call = call,
                                .target = toc_buf_view(&sess->target),
                                .response = response,
                                .failure = failure,
                                .start_us = start};
    toc__report_exchange(sess, &done);
    if (!failure && call->on_success)
        call->on_success(call->callback_user, call, response);
    if (failure && call->on_failure)
        call->on_failure(call->callback_user, call, response ? toc_response_status(response) : 0);
    toc__logs_ship(sess, false);
}

toc_rc toc_session_call(toc_session *sess, const toc_call *call, toc_response **response,
                        toc_error *err)
{
    if (!sess || !call || !response)
        return toc_error_set(err, TOC_EINVAL, "session, call and response are needed");
    /* The transport stands in the middle of an answer. */
    if (sess->answering)
        return toc_error_set(err, TOC_ECONFLICT, "the session is within another call");
    toc_rc rc = toc__call_check(call, err);
    if (!rc)
        rc = build_target(sess, call, err);
    if (rc)
        return rc;
    toc_response *made = NULL;
    toc_response_free(TOC_TAKE(sess->last));
    rc = toc_response_new(&made, err);
    if (rc)
        return rc;
    outlet out = {call, TOC_OK};
    sess->answering = made;
    sess->unsure = false;
    if (call->sink)
        toc_response_set_sink(made, hand_on, &out);
    int64_t start = toc__report_clock();
    bool answered = false;
    toc_error failure = {0};
    rc = attempts(sess, &out, made, &answered, &failure);
    toc_response_set_sink(made, NULL, NULL);
    sess->answering = NULL;
    tell(sess, call, answered ? made : NULL, rc ? &failure : NULL, start);
    if (rc && err)
        *err = failure;
    toc_response_free(TOC_TAKE(sess->last)); /* of a call that a callback made */
    if (answered)
        *response = sess->last = toc__response_hold(made);
    else
        toc_response_free(made);
    return rc;
}

const toc_response *toc_session_last_response(const toc_session *sess)
{
    return sess ? sess->last : NULL;
}

toc_rc toc__session_post_once(toc_session *sess, const toc_call *call, toc_error *err)
{
    toc_response *response TOC_CLEANUP(toc__response_cleanup) = NULL;
    toc_rc rc = build_target(sess, call, err);
    if (!rc)
        rc = toc_response_new(&response, err);
    if (rc)
        return rc;
    outlet out = {call, TOC_OK};
    bool answered = false;
    sess->answering = response;
    rc = attempt(sess, &out, response, &answered, err);
    sess->answering = NULL;
    return rc;
}
