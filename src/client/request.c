/* request.c - what a call becomes on its way: checks, query, headers. */
#include "client/request.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/url.h"

static const struct {
    const char *name;
    bool body; /* always has a content type, even without a body (sdk.md 1.5) */
} methods[] = {{"GET", false}, {"POST", true}, {"PUT", true}, {"DELETE", false}};

/* What signing, or HTTP itself, sets. */
static const char *const reserved[] = {
    "Authorization", "Timestamp", "Content-Type", "Content-Length",      "Transfer-Encoding",
    "Host",          "Expect",    "Connection",   "Proxy-Authorization", "User-Agent"};
/* The member of objects whose value is nobody's business. */
#define SECRET_MEMBER TOC_S("password")
/* Parts of names whose values are nobody's business. */
static const char *const secrets[] = {"auth", "token", "secret", "key", "cookie", "password"};

static toc_rc check_method(const toc_call *call, toc_error *err)
{
    for (size_t i = 0; i < TOC_COUNT(methods); i++) {
        if (toc_str_equal(toc_str_of(toc__call_method(call)), toc_str_of(methods[i].name)))
            return TOC_OK;
    }
    return toc_error_field(err, TOC_EINVAL, "method",
                           "the method must be GET, POST, PUT or DELETE");
}

static bool is_token(toc_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c <= ' ' || c >= 0x7F || strchr("\"(),/:;<=>?@[\\]{}", c))
            return false;
    }
    return name.len > 0;
}

static bool is_header_text(toc_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if ((c < ' ' && c != '\t') || c == 0x7F)
            return false;
    }
    return value.len <= TOC_MAX_HEADER_VALUE;
}

static toc_rc check_header(const toc_header *header, toc_error *err)
{
    if (!is_token(header->name) || !is_header_text(header->value))
        return toc_error_field(err, TOC_EINVAL, "headers",
                               "a header's name or value has characters that cannot be sent");
    for (size_t i = 0; i < TOC_COUNT(reserved); i++) {
        if (toc_str_equal_fold(header->name, toc_str_of(reserved[i])))
            return toc_error_field(err, TOC_EINVAL, "headers",
                                   "the header %s is set by the library", reserved[i]);
    }
    return TOC_OK;
}

/* An empty name is none. */
static bool names_owner(const toc_call *call)
{
    return call->owner && *call->owner;
}

toc_rc toc__call_check(const toc_call *call, toc_error *err)
{
    toc_rc rc = toc__path_check(toc_str_of(call->path), err);
    if (!rc)
        rc = check_method(call, err);
    if (!rc && names_owner(call) && call->no_owner)
        rc = toc_error_field(err, TOC_EINVAL, "owner", "this resource takes no owner");
    if (!rc && !is_header_text(toc_str_of(call->content_type)))
        rc = toc_error_field(err, TOC_EINVAL, "content_type",
                             "the content type has characters that cannot be sent");
    if (!rc && call->header_count > TOC_MAX_OWN_HEADERS)
        rc = toc_error_field(err, TOC_EINVAL, "headers", "more than %d headers of one's own",
                             TOC_MAX_OWN_HEADERS);
    for (size_t i = 0; i < call->header_count && !rc; i++)
        rc = check_header(&call->headers[i], err);
    return rc;
}

static void give_number(toc_parameter_fn fn, void *user, toc_str name, uint64_t value)
{
    char text[24];
    int length = snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
    fn(user, name, (toc_str){text, (size_t)length});
}

void toc__call_parameters(const toc_call *call, bool activity_log, toc_parameter_fn fn, void *user)
{
    /* The call of a report entry has it in its path already. */
    bool told = toc_str_find(toc_str_of(call->path), TOC_S("createActivityLog=")) >= 0;
    if ((!call->bare || activity_log) && !told)
        fn(user, TOC_S("createActivityLog"), activity_log ? TOC_S("true") : TOC_S("false"));
    if (names_owner(call))
        fn(user, TOC_S("owner"), toc_str_of(call->owner));
    for (size_t i = 0; i < call->query_count; i++)
        fn(user, call->query[i].name, call->query[i].value);
    if (call->result_limit)
        give_number(fn, user, TOC_S("resultLimit"), call->result_limit);
    if (call->result_limit || call->result_start)
        give_number(fn, user, TOC_S("resultStart"), call->result_start);
}

const char *toc__call_method(const toc_call *call)
{
    return call->method ? call->method : "GET";
}

const char *toc__call_type(const toc_call *call)
{
    bool typed = call->body.ptr;
    for (size_t i = 0; i < TOC_COUNT(methods); i++) {
        if (methods[i].body &&
            toc_str_equal(toc_str_of(toc__call_method(call)), toc_str_of(methods[i].name)))
            typed = true;
    }
    if (!typed)
        return NULL;
    return call->content_type ? call->content_type : "application/json";
}

static bool contains_fold(toc_str text, toc_str part)
{
    for (size_t at = 0; at + part.len <= text.len; at++) {
        if (toc_str_starts_fold(toc_str_slice(text, at, text.len), part))
            return true;
    }
    return false;
}

bool toc__header_is_secret(toc_str name)
{
    for (size_t i = 0; i < TOC_COUNT(secrets); i++) {
        if (contains_fold(name, toc_str_of(secrets[i])))
            return true;
    }
    return false;
}

/* The next secret value as it stands in the text; {NULL,0}: there is none left. */
static toc_str next_secret(toc_json_reader *reader)
{
    for (;;) {
        toc_json_event event = toc_json_next(reader);
        if (event == TOC_JSON_ERROR || event == TOC_JSON_END)
            return (toc_str){NULL, 0};
        if (event != TOC_JSON_KEY || !toc_str_equal_fold(reader->text, SECRET_MEMBER))
            continue;
        event = toc_json_next(reader);
        if (event == TOC_JSON_STRING || event == TOC_JSON_NUMBER)
            return (toc_str){reader->event_start, (size_t)(reader->cursor - reader->event_start)};
    }
}

/* Most bodies are told by their first byte, or by the name that is nowhere in them. */
static bool may_hold_secret(toc_str body)
{
    toc_str text = toc_str_trim(body);
    return text.len && (text.ptr[0] == '{' || text.ptr[0] == '[') &&
           contains_fold(text, SECRET_MEMBER);
}

bool toc__body_is_secret(toc_str body)
{
    toc_json_reader reader;
    if (!may_hold_secret(body))
        return false;
    toc_json_reader_init(&reader, body.ptr, body.len, NULL);
    return next_secret(&reader).ptr;
}

toc_str toc__body_shown(toc_str body, toc_buf *room)
{
    toc_json_reader reader;
    toc_str secret;
    const char *from = body.ptr;
    if (!toc__body_is_secret(body))
        return body;
    toc_buf_init(room, body.len * 2);
    toc_json_reader_init(&reader, body.ptr, body.len, NULL);
    while ((secret = next_secret(&reader)).ptr) {
        toc_buf_append(room, from, (size_t)(secret.ptr - from));
        toc_buf_lit(room, "\"***\"");
        from = secret.ptr + secret.len;
    }
    toc_buf_append(room, from, (size_t)(body.ptr + body.len - from));
    return room->failed ? (toc_str){NULL, 0} : toc_buf_view(room);
}
