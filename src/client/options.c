/* options.c - one row per session option. */
#include "client/options.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"

#define AT(member) offsetof(toc_session_options, member)

static const toc_option table[] = {
    {.name = "api_url",
     .environment = "TC_API_PATH",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(api_url),
     .help = "address of the API, https://host/api"},
    {.name = "access_id",
     .environment = "TC_API_ACCESS_ID",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(access_id),
     .help = "name of the API user"},
    {.name = "secret_key",
     .environment = "TC_API_SECRET_KEY",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(secret_key),
     .flags = TOC_OPTION_SECRET,
     .help = "key that signs requests"},
    {.name = "token",
     .environment = "TC_TOKEN",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(token),
     .flags = TOC_OPTION_SECRET,
     .help = "token instead of access id and secret key"},
    {.name = "token_expires",
     .kind = TOC_OPTION_TIME,
     .offset = AT(token_expires),
     .help = "seconds since 1970 at which the token ends"},
    {.name = "owner",
     .environment = "TC_OWNER",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(owner),
     .help = "owner for requests that name none"},
    {.name = "timeout_s",
     .kind = TOC_OPTION_UINT,
     .offset = AT(timeout_s),
     .minimum = 1,
     .maximum = 86400,
     .fallback = 30,
     .help = "seconds to connect, and longest silence of an answer"},
    {.name = "retries",
     .kind = TOC_OPTION_UINT,
     .offset = AT(retries),
     .minimum = 1,
     .maximum = 1000,
     .fallback = 5,
     .help = "attempts for each request"},
    {.name = "retry_sleep_ms",
     .kind = TOC_OPTION_UINT,
     .offset = AT(retry_sleep_ms),
     .minimum = 1,
     .maximum = 3600000,
     .fallback = 59000,
     .help = "longest pause between two attempts, in milliseconds"},
    {.name = "result_limit",
     .kind = TOC_OPTION_UINT,
     .offset = AT(result_limit),
     .minimum = 1,
     .maximum = TOC_MAX_PAGE,
     .fallback = 500,
     .help = "objects asked for with one request of a list"},
    {.name = "activity_log",
     .kind = TOC_OPTION_FLAG,
     .offset = AT(activity_log),
     .help = "changes show in the activity log of the platform"},
    {.name = "insecure",
     .kind = TOC_OPTION_FLAG,
     .offset = AT(insecure),
     .help = "TLS certificates are not verified"},
    {.name = "ca_file",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(ca_file),
     .help = "PEM file of trusted authorities"},
    {.name = "proxy",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(proxy),
     .help = "address of a proxy, http://host:port"},
    {.name = "proxy_user",
     .environment = "TC_PROXY_USERNAME",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(proxy_user),
     .help = "user of the proxy"},
    {.name = "proxy_password",
     .environment = "TC_PROXY_PASSWORD",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(proxy_password),
     .flags = TOC_OPTION_SECRET,
     .help = "password for the proxy"},
};

const toc_option *toc__option_list(size_t *count)
{
    *count = TOC_COUNT(table);
    return table;
}

static void *member(const toc_session_options *options, const toc_option *row)
{
    return (char *)(uintptr_t)options + row->offset;
}

static const char *text_of(const toc_session_options *options, const toc_option *row)
{
    return *(const char **)member(options, row);
}

/* A line break or blank in one of these would end up in a header or a URL. */
static toc_rc check_text(const toc_option *row, const char *text, toc_error *err)
{
    for (const char *at = text; at && *at; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            return toc_error_field(err, TOC_EINVAL, row->name, "%s holds a control character",
                                   row->name);
    }
    return TOC_OK;
}

static toc_rc check_uint(const toc_option *row, unsigned value, toc_error *err)
{
    if (value && (value < row->minimum || value > row->maximum))
        return toc_error_field(err, TOC_EINVAL, row->name, "%s must be from %u to %u, not %u",
                               row->name, row->minimum, row->maximum, value);
    return TOC_OK;
}

static toc_rc check(const toc_session_options *options, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (size_t i = 0; i < TOC_COUNT(table) && !rc; i++) {
        const toc_option *row = &table[i];
        if (row->kind == TOC_OPTION_TEXT)
            rc = check_text(row, text_of(options, row), err);
        else if (row->kind == TOC_OPTION_UINT)
            rc = check_uint(row, *(unsigned *)member(options, row), err);
    }
    return rc;
}

/* Empty text is as good as none; what "export NAME=" leaves behind. */
static bool copy_text(toc_session_options *to, const toc_option *row)
{
    const char **slot = member(to, row);
    toc_str text = toc_str_of(*slot);
    *slot = text.len ? toc_mem_strdup(text) : NULL;
    return *slot || !text.len;
}

toc_rc toc__options_copy(const toc_session_options *from, toc_session_options *to, toc_error *err)
{
    toc_rc rc = check(from, err);
    if (rc)
        return rc;
    toc_session_options copy = *from;
    bool complete = true;
    for (size_t i = 0; i < TOC_COUNT(table); i++) {
        const toc_option *row = &table[i];
        /* Goes on after a failure, so that no text of the caller's stays in the copy. */
        if (row->kind == TOC_OPTION_TEXT && !copy_text(&copy, row))
            complete = false;
        if (row->kind == TOC_OPTION_UINT && !*(unsigned *)member(&copy, row))
            *(unsigned *)member(&copy, row) = row->fallback;
    }
    if (!complete) {
        toc__options_done(&copy);
        return toc_error_nomem(err);
    }
    *to = copy;
    return TOC_OK;
}

void toc__options_done(toc_session_options *options)
{
    for (size_t i = 0; i < TOC_COUNT(table); i++) {
        const toc_option *row = &table[i];
        if (row->kind != TOC_OPTION_TEXT)
            continue;
        char **slot = member(options, row);
        if (*slot && (row->flags & TOC_OPTION_SECRET))
            toc_mem_wipe(*slot, strlen(*slot));
        toc_mem_free(*slot);
        *slot = NULL;
    }
}
