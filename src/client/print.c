/* print.c - calls as the Python SDK prints them (sdk.md 7.2). */
#include "client/print.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/sheet.h"
#include "base/str.h"
#include "client/request.h"
#include "client/session.h"

#define LABEL_WIDTH 29
#define SHORT_BODY 1000
#define NONE TOC_S("None")

void toc__print_row(toc_buf *out, toc_str label, toc_str value)
{
    toc_buf_lit(out, "  ");
    toc__sheet_pad(out, label, LABEL_WIDTH);
    toc__sheet_pad(out, value.ptr ? value : NONE, TOC_SHEET_VALUE);
    toc_buf_char(out, '\n');
}

void toc__print_number(toc_buf *out, const char *label, uint64_t value)
{
    char text[24];
    int length = snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
    toc__print_row(out, toc_str_of(label), (toc_str){text, (size_t)length});
}

static void print_flag(toc_buf *out, const char *label, bool value)
{
    toc__print_row(out, toc_str_of(label), value ? TOC_S("True") : TOC_S("False"));
}

toc_str toc__print_content(toc_str content, char room[TOC_PRINT_COUNT])
{
    if (!content.ptr || toc_str_is_text(content))
        return content;
    int length = snprintf(room, TOC_PRINT_COUNT, "(%zu bytes)", content.len);
    return (toc_str){room, (size_t)length};
}

static void print_body(toc_buf *out, toc_str body, unsigned flags)
{
    char count[TOC_PRINT_COUNT];
    toc_buf room TOC_CLEANUP(toc_buf_done) = {0};
    body = toc__print_content(body, count);
    if (flags & TOC_PRINT_LOGGED)
        body = toc__body_shown(body, &room);
    if ((flags & TOC_PRINT_LOGGED) && body.len > SHORT_BODY)
        body.len = toc_str_utf8_floor(body, SHORT_BODY);
    toc__print_row(out, TOC_S("Body"), body);
}

static void print_headers(toc_buf *out, const toc_call *call, unsigned flags)
{
    const char *type = toc__call_type(call);
    if (!type && !call->header_count && !(flags & TOC_PRINT_SENT))
        return;
    toc__sheet_section(out, "Headers");
    if (type)
        toc__print_row(out, TOC_S("Content-Type"), toc_str_of(type));
    if (call->body.ptr)
        toc__print_number(out, "Content-Length", call->body.len);
    for (size_t i = 0; i < call->header_count; i++) {
        const toc_header *header = &call->headers[i];
        toc__print_row(out, header->name,
                       toc__header_is_secret(header->name) ? TOC_S("***") : header->value);
    }
    if (flags & TOC_PRINT_SENT)
        toc__print_row(out, TOC_S("Authorization"), TOC_S("***"));
}

typedef struct payload {
    toc_buf *out;
    bool begun;
} payload;

static void print_parameter(void *user, toc_str name, toc_str value)
{
    payload *self = user;
    if (!self->begun)
        toc__sheet_section(self->out, "Payload");
    self->begun = true;
    toc__print_row(self->out, name, value.ptr ? value : TOC_S(""));
}

void toc__print_call(toc_buf *out, const toc_call *call, bool activity_log, unsigned flags)
{
    toc__sheet_title(out, "Request Object");
    toc__sheet_first(out, "Metadata");
    toc__print_row(out, TOC_S("Description"), toc_str_of(call->description));
    toc__sheet_section(out, "Request Settings");
    toc__print_row(out, TOC_S("Owner"), toc_str_of(call->owner));
    print_flag(out, "Owner Allowed", !call->no_owner);
    print_flag(out, "Resource Pagination", !call->no_pages);
    toc__print_row(out, TOC_S("Resource Type"), toc_str_of(call->resource_type));
    toc__print_number(out, "Remaining Results", 1); /* of the SDK's own paging */
    toc__print_number(out, "Result Limit", call->result_limit);
    toc__print_number(out, "Result Start", call->result_start);
    toc__sheet_section(out, "HTTP Settings");
    toc__print_row(out, TOC_S("HTTP Method"), toc_str_of(toc__call_method(call)));
    toc__print_row(out, TOC_S("Request URI"), toc_str_of(call->path));
    toc__print_row(out, TOC_S("Content Type"), toc_str_of(call->content_type));
    print_body(out, call->body, flags);
    print_headers(out, call, flags);
    payload parameters = {out, false};
    toc__call_parameters(call, activity_log, print_parameter, &parameters);
    toc_buf_char(out, '\n');
}

toc_rc toc_call_print(const toc_session *sess, const toc_call *call, char **text, toc_error *err)
{
    if (!call || !text)
        return toc_error_set(err, TOC_EINVAL, "a call and a place for its text are needed");
    toc_buf out TOC_CLEANUP(toc_buf_done);
    toc_buf_init(&out, TOC_MAX_BATCH_BODY);
    toc__print_call(&out, call, sess && sess->options.activity_log, 0);
    toc_rc rc = toc_buf_check(&out, err);
    if (!rc)
        *text = toc_buf_take(&out);
    return rc;
}
