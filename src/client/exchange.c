/* exchange.c - one request and its answer: credentials, headers, transport, log. */
#include <stdio.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "client/envelope.h"
#include "client/print.h"
#include "client/record.h"
#include "client/request.h"
#include "client/session.h"

#define HEADERS_MAX (4 + TOC_MAX_OWN_HEADERS)
#define CURL_BODY 1000 /* longer bodies are only counted */

static toc_rc authorize(toc_session *sess, toc_str target, toc_str method, int64_t now,
                        toc_error *err)
{
    toc_buf *text = &sess->authorization;
    toc_buf_clear(text);
    if (sess->token) {
        (void)toc_buf_reserve(text, strlen(sess->token) + sizeof("TC-Token "));
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

/* The part of a target that may be shown: a renewal carries the token in its query. */
static toc_str shown(toc_str target, bool authorized)
{
    bool whole = authorized && !toc__record_is_renewal(target);
    ptrdiff_t query = whole ? -1 : toc_str_find_char(target, '?');
    return query < 0 ? target : toc_str_slice(target, 0, (size_t)query);
}

/* The printed request, line by line: a log line never holds a line break. */
static void log_request(const toc_session *sess, const toc_call *call)
{
    toc_buf text TOC_CLEANUP(toc_buf_done);
    toc_buf_init(&text, TOC_MAX_TARGET * 4);
    toc__print_call(&text, call, sess->options.activity_log, TOC_PRINT_SENT | TOC_PRINT_LOGGED);
    toc_str rest = toc_buf_view(&text), line;
    while (!text.failed && toc_str_cut(&rest, '\n', &line)) {
        while (line.len && line.ptr[line.len - 1] == ' ')
            line.len--;
        if (line.len)
            toc_log_at(&sess->log, TOC_LOG_DEBUG, "call", "%.*s", TOC_FMT(line));
    }
}

/* Text within quotes of a shell. */
static void put_escaped(toc_buf *out, toc_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'')
            toc_buf_lit(out, "'\\'");
        toc_buf_char(out, text.ptr[i]);
    }
}

static void put_quoted(toc_buf *out, toc_str text)
{
    toc_buf_char(out, '\'');
    put_escaped(out, text);
    toc_buf_char(out, '\'');
}

static void put_header(toc_buf *out, const toc_header *header)
{
    bool secret = toc__header_is_secret(header->name);
    toc_buf_lit(out, " -H '");
    put_escaped(out, header->name);
    toc_buf_lit(out, ": ");
    put_escaped(out, secret ? TOC_S("***") : header->value);
    toc_buf_char(out, '\'');
}

static void put_body(toc_buf *out, toc_str body)
{
    toc_buf room TOC_CLEANUP(toc_buf_done) = {0};
    body = toc__body_shown(body, &room);
    if (!body.ptr)
        return;
    toc_buf_lit(out, " --data-binary ");
    if (body.len <= CURL_BODY && toc_str_is_text(body)) {
        put_quoted(out, body);
        return;
    }
    toc_buf_lit(out, "@body # ");
    toc_buf_uint(out, body.len);
    toc_buf_lit(out, " bytes");
}

/* The request as a command that anybody knows how to read. In a process nothing listens. */
static void log_curl(const toc_session *sess, const toc_request *request, toc_str target)
{
    toc_buf line TOC_CLEANUP(toc_buf_done);
    toc_buf url TOC_CLEANUP(toc_buf_done);
    toc_buf_init(&line, TOC_MAX_TARGET * 4 + (size_t)HEADERS_MAX * TOC_MAX_HEADER_VALUE * 4);
    toc_buf_init(&url, TOC_MAX_TARGET * 2);
    toc_buf_str(&url, request->base.len ? request->base : TOC_S("http://in-process"));
    toc_buf_str(&url, target);
    if (target.len < request->target.len)
        toc_buf_lit(&url, "?***");
    toc_buf_lit(&line, "curl -X ");
    toc_buf_text(&line, request->method);
    toc_buf_char(&line, ' ');
    put_quoted(&line, toc_buf_view(&url));
    for (size_t i = 1; i < request->header_count; i++) /* the first is the User-Agent */
        put_header(&line, &request->headers[i]);
    put_body(&line, request->body);
    if (!line.failed && !url.failed)
        toc_log_at(&sess->log, TOC_LOG_DEBUG, "curl", "%.*s", TOC_FMT(toc_buf_view(&line)));
}

static void log_answer(const toc_session *sess, const toc_request *request, toc_str target,
                       const toc_response *response, uint64_t start)
{
    unsigned long long spent = toc_time_ticks_ms() - start;
    char room[TOC_ENVELOPE_TYPE];
    const char *type = toc__envelope_type(response, room);
    toc_str body = toc_response_body(response);
    if (toc_response_status(response))
        toc_log_at(&sess->log, TOC_LOG_DEBUG, "http", "%s %.*s%.*s: %d, %s, %zu bytes, %llu ms",
                   request->method, TOC_FMT(request->base), TOC_FMT(target),
                   toc_response_status(response), type ? type : "", body.len, spent);
    else
        toc_log_at(&sess->log, TOC_LOG_DEBUG, "http", "%s %.*s%.*s: no answer, %llu ms",
                   request->method, TOC_FMT(request->base), TOC_FMT(target), spent);
}

static bool is_debugging(const toc_session *sess)
{
    return sess->log.fn && sess->log.level == TOC_LOG_DEBUG && !sess->logs.quiet;
}

/* Room for four headers of ours and the caller's own. */
static toc_rc set_headers(toc_session *sess, const toc_call *call, toc_request *request,
                          toc_header *headers, bool authorized, toc_error *err, char when[24])
{
    const char *type = toc__call_type(call);
    int64_t now = toc_time_now();
    size_t count = 0;
    headers[count++] = (toc_header){TOC_S("User-Agent"), TOC_S("Tocsin/" TOC_VERSION)};
    if (authorized) {
        toc_rc rc = authorize(sess, request->target, toc_str_of(request->method), now, err);
        if (rc)
            return rc;
        int length = snprintf(when, 24, "%lld", (long long)now);
        headers[count++] = (toc_header){TOC_S("Timestamp"), {when, (size_t)length}};
        if (sess->authorization.len)
            headers[count++] =
                (toc_header){TOC_S("Authorization"), toc_buf_view(&sess->authorization)};
    }
    if (type)
        headers[count++] = (toc_header){TOC_S("Content-Type"), toc_str_of(type)};
    for (size_t i = 0; i < call->header_count; i++)
        headers[count++] = call->headers[i];
    request->headers = headers;
    request->header_count = count;
    return TOC_OK;
}

/* A transport of somebody else's may fail without a word; what an earlier attempt left in err must
 * not speak for it. */
static toc_rc perform(const toc_session *sess, const toc_request *request, toc_response *response,
                      toc_error *err)
{
    *err = (toc_error){0};
    toc_rc rc = sess->transport.perform(sess->transport.context, request, response, err);
    if (rc && err->code != rc)
        return toc_error_set(err, rc < 0 ? rc : TOC_ENET, "the transport failed (%s)",
                             toc_error_find(rc)->name);
    return rc;
}

toc_rc toc__session_exchange(toc_session *sess, const toc_call *call, toc_str target,
                             bool authorized, toc_response *response, toc_error *err)
{
    toc_header headers[HEADERS_MAX];
    char when[24];
    toc_request request = {.method = toc__call_method(call),
                           .base = sess->base,
                           .target = target,
                           .body = call->body,
                           .timeout_s = sess->options.timeout_s};
    toc_rc rc = set_headers(sess, call, &request, headers, authorized, err, when);
    if (rc)
        return rc;
    bool debugging = is_debugging(sess);
    if (debugging && authorized && !toc__record_is_renewal(target))
        log_request(sess, call);
    if (debugging)
        log_curl(sess, &request, shown(target, authorized));
    uint64_t start = debugging ? toc_time_ticks_ms() : 0;
    toc_response_clear(response);
    rc = perform(sess, &request, response, err);
    if (debugging)
        log_answer(sess, &request, shown(target, authorized), response, start);
    return rc;
}
