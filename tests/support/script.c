/* script.c - a transport for tests that answers from a script and remembers what was asked. */
#include "support/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/str.h"

static void keep(char *out, size_t size, toc_str text)
{
    (void)snprintf(out, size, "%.*s", (int)text.len, text.ptr ? text.ptr : "");
}

static void keep_request(script_asked *asked, const toc_request *request)
{
    keep(asked->method, sizeof(asked->method), toc_str_of(request->method));
    keep(asked->base, sizeof(asked->base), request->base);
    keep(asked->target, sizeof(asked->target), request->target);
    keep(asked->body, sizeof(asked->body), request->body);
    asked->has_body = request->body.ptr != NULL;
    const struct {
        const char *name;
        char *out;
        size_t size;
    } headers[] = {
        {"Authorization", asked->authorization, sizeof(asked->authorization)},
        {"Timestamp", asked->timestamp, sizeof(asked->timestamp)},
        {"Content-Type", asked->content_type, sizeof(asked->content_type)},
        {"User-Agent", asked->agent, sizeof(asked->agent)},
    };
    for (size_t i = 0; i < request->header_count; i++) {
        bool known = false;
        for (size_t k = 0; k < sizeof(headers) / sizeof(headers[0]); k++) {
            if (toc_str_equal(request->headers[i].name, toc_str_of(headers[k].name))) {
                keep(headers[k].out, headers[k].size, request->headers[i].value);
                known = true;
            }
        }
        size_t used = strlen(asked->more);
        if (!known)
            (void)snprintf(asked->more + used, sizeof(asked->more) - used, "%.*s: %.*s\n",
                           TOC_FMT(request->headers[i].name), TOC_FMT(request->headers[i].value));
    }
}

static toc_rc perform(void *context, const toc_request *request, toc_response *response,
                      toc_error *err)
{
    script *self = context;
    size_t index = self->asked_count;
    if (index < SCRIPT_MAX)
        keep_request(&self->asked[self->asked_count++], request);
    const script_answer *answer = index < self->answer_count ? &self->answers[index] : NULL;
    if (!answer || !answer->status) {
        (void)toc_error_set(err, TOC_ENET, answer ? "connection reset" : "the script is over");
        if (err)
            err->flags = answer ? answer->flags : 0;
        return TOC_ENET;
    }
    toc_response_set_status(response, answer->status);
    const char *type = answer->type ? answer->type : "application/json";
    toc_rc rc = TOC_OK;
    if (*type)
        rc = toc_response_add_header(response, TOC_S("Content-Type"), toc_str_of(type));
    if (!rc && answer->header)
        rc = toc_response_add_header(response, toc_str_of(answer->header),
                                     toc_str_of(answer->value));
    size_t length = answer->body_len ? answer->body_len : answer->body ? strlen(answer->body) : 0;
    if (!rc)
        rc = toc_response_append(response, answer->body, length);
    return rc ? toc_error_set(err, rc, "the answer could not be stored") : TOC_OK;
}

static void close_script(void *context)
{
    ((script *)context)->closed++;
}

toc_transport script_transport(script *self)
{
    return (toc_transport){
        .version = 1, .name = "script", .perform = perform, .close = close_script, .context = self};
}

toc_session *script_session_with(script *self, toc_session_options options)
{
    toc_transport transport = script_transport(self);
    toc_session *sess = NULL;
    options.version = 1;
    options.transport = &transport;
    return toc_session_open(&options, &sess, NULL) ? NULL : sess;
}

toc_session *script_start(script *self, const script_answer *answers, size_t count,
                          toc_session_options options)
{
    memset(self, 0, sizeof(*self));
    self->answers = answers;
    self->answer_count = count;
    toc_session *sess = script_session_with(self, options);
    assert_non_null(sess);
    return sess;
}

toc_session *script_session(script *self)
{
    return script_session_with(self, (toc_session_options){.api_url = "https://tip.example/api/",
                                                           .access_id = "12345",
                                                           .secret_key = "SECRET",
                                                           .retry_sleep_ms = 1});
}
