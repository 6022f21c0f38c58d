/* options.c - one row per session option. */
#include "client/options.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/logs.h"

#define AT(member) offsetof(toc_session_options, member)

#define NUMBER(number) .fallback = (number), .fallback_text = #number

static const toc_option table[] = {
    {.name = "api_url",
     .environment = "TC_API_PATH",
     .file_key = "api_base_url",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(api_url),
     .flags = TOC_OPTION_FIXED,
     .help = "address of the API, https://host/api"},
    {.name = "access_id",
     .environment = "TC_API_ACCESS_ID",
     .file_key = "api_access_id",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(access_id),
     .flags = TOC_OPTION_FIXED | TOC_OPTION_CREDENTIAL,
     .help = "name of the API user"},
    {.name = "secret_key",
     .environment = "TC_API_SECRET_KEY",
     .file_key = "api_secret_key",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(secret_key),
     .flags = TOC_OPTION_SECRET | TOC_OPTION_FIXED | TOC_OPTION_CREDENTIAL,
     .help = "key that signs requests"},
    {.name = "token",
     .environment = "TC_TOKEN",
     .file_key = "api_token",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(token),
     .flags = TOC_OPTION_SECRET | TOC_OPTION_FIXED | TOC_OPTION_CREDENTIAL,
     .help = "token instead of access id and secret key"},
    {.name = "token_expires",
     .environment = "TC_TOKEN_EXPIRES",
     .file_key = "api_token_expires",
     .kind = TOC_OPTION_TIME,
     .offset = AT(token_expires),
     .flags = TOC_OPTION_FIXED | TOC_OPTION_CREDENTIAL,
     .help = "seconds since 1970 at which the token ends"},
    {.name = "owner",
     .environment = "TC_OWNER",
     .file_key = "api_default_org",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(owner),
     .help = "owner for requests that name none"},
    {.name = "timeout_s",
     .kind = TOC_OPTION_UINT,
     .offset = AT(timeout_s),
     .minimum = 1,
     .maximum = 86400,
     NUMBER(30),
     .help = "longest silence of an answer in seconds, and to connect"},
    {.name = "connect_timeout_s",
     .kind = TOC_OPTION_UINT,
     .offset = AT(connect_timeout_s),
     .minimum = 0,
     .maximum = 86400,
     .flags = TOC_OPTION_TRANSPORT,
     .help = "seconds to connect; 0: as timeout_s"},
    {.name = "retries",
     .kind = TOC_OPTION_UINT,
     .offset = AT(retries),
     .minimum = 1,
     .maximum = 1000,
     NUMBER(5),
     .help = "attempts for each request"},
    {.name = "retry_sleep_ms",
     .kind = TOC_OPTION_UINT,
     .offset = AT(retry_sleep_ms),
     .minimum = 1,
     .maximum = 3600000,
     NUMBER(59000),
     .help = "longest pause between two attempts, in milliseconds"},
    {.name = "result_limit",
     .file_key = "api_result_limit",
     .kind = TOC_OPTION_UINT,
     .offset = AT(result_limit),
     .minimum = 1,
     .maximum = TOC_MAX_PAGE,
     NUMBER(200),
     .help = "objects asked for with one request of a list"},
    {.name = "activity_log",
     .kind = TOC_OPTION_FLAG,
     .offset = AT(activity_log),
     .fallback_text = "false",
     .help = "changes show in the activity log of the platform"},
    {.name = "insecure",
     .kind = TOC_OPTION_FLAG,
     .offset = AT(insecure),
     .fallback_text = "false",
     .flags = TOC_OPTION_TRANSPORT,
     .help = "TLS certificates are not verified"},
    {.name = "ca_file",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(ca_file),
     .flags = TOC_OPTION_TRANSPORT,
     .help = "PEM file of trusted authorities"},
    {.name = "client_cert",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(client_cert),
     .flags = TOC_OPTION_TRANSPORT,
     .help = "PEM file with the certificate of the client"},
    {.name = "client_key",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(client_key),
     .flags = TOC_OPTION_TRANSPORT,
     .help = "PEM file with the key of the client; without it client_cert holds both"},
    {.name = "proxy",
     .environment = "TC_PROXY_HOST",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(proxy),
     .flags = TOC_OPTION_TRANSPORT | TOC_OPTION_PROXY,
     .help = "proxy: host, host:port or http://host:port"},
    {.name = "proxy_port",
     .environment = "TC_PROXY_PORT",
     .kind = TOC_OPTION_UINT,
     .offset = AT(proxy_port),
     .minimum = 1,
     .maximum = 65535,
     NUMBER(3128),
     .flags = TOC_OPTION_TRANSPORT,
     .help = "port of a proxy that is given without one"},
    {.name = "proxy_user",
     .environment = "TC_PROXY_USERNAME",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(proxy_user),
     .flags = TOC_OPTION_TRANSPORT,
     .help = "user of the proxy"},
    {.name = "proxy_password",
     .environment = "TC_PROXY_PASSWORD",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(proxy_password),
     .flags = TOC_OPTION_SECRET | TOC_OPTION_TRANSPORT,
     .help = "password for the proxy"},
    {.name = "no_proxy",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(no_proxy),
     .flags = TOC_OPTION_TRANSPORT,
     .help = "hosts that are reached directly, with commas; * for all"},
    {.name = "log_file",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(log_file),
     .flags = TOC_OPTION_LOG,
     .help = "file that log lines are appended to"},
    {.name = "log_file_level",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(log_file_level),
     .fallback_text = "info",
     .flags = TOC_OPTION_LOG | TOC_OPTION_LEVEL,
     .help = "lowest level in the log file: debug, info, warning, error"},
    {.name = "console_level",
     .kind = TOC_OPTION_TEXT,
     .offset = AT(console_level),
     .flags = TOC_OPTION_LOG | TOC_OPTION_LEVEL,
     .help = "lowest level on standard error; without it nothing is written there"},
    {.name = "log_to_api",
     .kind = TOC_OPTION_FLAG,
     .offset = AT(log_to_api),
     .fallback_text = "false",
     .flags = TOC_OPTION_LOG,
     .help = "lines of the log file go to the platform as well"},
    {.name = "report",
     .kind = TOC_OPTION_FLAG,
     .offset = AT(report),
     .fallback_text = "false",
     .help = "every call leaves an entry in the report"},
};

_Static_assert(TOC_COUNT(table) <= 64, "the reader of configurations has a bit for each");

const toc_option *toc__option_list(size_t *count)
{
    *count = TOC_COUNT(table);
    return table;
}

const char *toc__option_key(const toc_option *row)
{
    return row->file_key ? row->file_key : row->name;
}

const toc_option *toc__option_find(toc_str name)
{
    for (size_t i = 0; i < TOC_COUNT(table); i++) {
        if (toc_str_equal(name, toc_str_of(table[i].name)))
            return &table[i];
    }
    return NULL;
}

const toc_option *toc__option_by_key(toc_str key)
{
    for (size_t i = 0; i < TOC_COUNT(table); i++) {
        if (toc_str_equal(key, toc_str_of(toc__option_key(&table[i]))))
            return &table[i];
    }
    return NULL;
}

const toc_option *toc__option_at(size_t offset)
{
    for (size_t i = 0; i < TOC_COUNT(table); i++) {
        if (table[i].offset == offset)
            return &table[i];
    }
    return NULL;
}

static void *member(const toc_session_options *options, const toc_option *row)
{
    return (char *)(uintptr_t)options + row->offset;
}

static const char *text_of(const toc_session_options *options, const toc_option *row)
{
    return *(const char **)member(options, row);
}

/* The scheme is one that curl knows; user and password have options of their own. */
static toc_rc check_proxy(const toc_option *row, toc_str text, toc_error *err)
{
    static const char *const schemes[] = {"http",    "https",  "socks4",
                                          "socks4a", "socks5", "socks5h"};
    if (toc_str_find_char(text, '@') >= 0)
        return toc_error_field(err, TOC_EINVAL, row->name,
                               "user and password of a proxy have options of their own");
    if (toc_str_find_char(text, ' ') >= 0)
        return toc_error_field(err, TOC_EINVAL, row->name, "the proxy's address holds a blank");
    ptrdiff_t end = toc_str_find(text, TOC_S("://"));
    for (size_t i = 0; end >= 0 && i < TOC_COUNT(schemes); i++) {
        if (toc_str_equal_fold(toc_str_slice(text, 0, (size_t)end), toc_str_of(schemes[i])))
            return TOC_OK;
    }
    return end < 0 ? TOC_OK
                   : toc_error_field(err, TOC_EINVAL, row->name,
                                     "a proxy is reached over http, https or socks");
}

/* A line break or blank in one of these would end up in a header or a URL. */
static toc_rc check_text(const toc_option *row, const char *text, toc_error *err)
{
    for (const char *at = text; at && *at; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            return toc_error_field(err, TOC_EINVAL, row->name, "%s holds a control character",
                                   row->name);
    }
    toc_log_level level;
    if ((row->flags & TOC_OPTION_LEVEL) && text && *text &&
        !toc__log_level_find(toc_str_of(text), &level))
        return toc_error_field(err, TOC_EINVAL, row->name,
                               "%s must be debug, info, warning, error or critical", row->name);
    return (row->flags & TOC_OPTION_PROXY) ? check_proxy(row, toc_str_of(text), err) : TOC_OK;
}

static toc_rc check_uint(const toc_option *row, uint64_t value, toc_error *err)
{
    if (value < row->minimum || value > row->maximum)
        return toc_error_field(err, TOC_EINVAL, row->name, "%s must be from %u to %u, not %llu",
                               row->name, row->minimum, row->maximum, (unsigned long long)value);
    return TOC_OK;
}

toc_rc toc__options_check(const toc_session_options *options, toc_error *err)
{
    toc_rc rc = TOC_OK;
    for (size_t i = 0; i < TOC_COUNT(table) && !rc; i++) {
        const toc_option *row = &table[i];
        if (row->kind == TOC_OPTION_TEXT)
            rc = check_text(row, text_of(options, row), err);
        else if (row->kind == TOC_OPTION_UINT && *(unsigned *)member(options, row))
            rc = check_uint(row, *(unsigned *)member(options, row), err);
    }
    if (!rc && toc_str_of(options->client_key).len && !toc_str_of(options->client_cert).len)
        rc = toc_error_field(err, TOC_EINVAL, "client_cert",
                             "the client's key needs its certificate");
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
    toc_rc rc = toc__options_check(from, err);
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

static void drop_text(toc_session_options *owned, const toc_option *row)
{
    char **slot = member(owned, row);
    if (*slot && (row->flags & TOC_OPTION_SECRET))
        toc_mem_wipe(*slot, strlen(*slot));
    toc_mem_free(*slot);
    *slot = NULL;
}

void toc__option_drop(toc_session_options *owned, const toc_option *row)
{
    if (row->kind == TOC_OPTION_TEXT)
        drop_text(owned, row);
    else if (row->kind == TOC_OPTION_UINT)
        *(unsigned *)member(owned, row) = row->fallback;
    else if (row->kind == TOC_OPTION_TIME)
        *(int64_t *)member(owned, row) = 0;
    else
        *(bool *)member(owned, row) = false;
}

void toc__options_done(toc_session_options *options)
{
    for (size_t i = 0; i < TOC_COUNT(table); i++) {
        if (table[i].kind == TOC_OPTION_TEXT)
            drop_text(options, &table[i]);
    }
}

static toc_rc malformed(const toc_option *row, const char *wanted, toc_error *err)
{
    return toc_error_field(err, TOC_EINVAL, row->name, "%s must be %s", row->name, wanted);
}

static toc_rc parse_text(toc_session_options *owned, const toc_option *row, toc_str text,
                         toc_error *err)
{
    char *copy = toc_mem_strdup(text);
    if (!copy)
        return toc_error_nomem(err);
    toc_rc rc = memchr(text.ptr, '\0', text.len) ? malformed(row, "text without NUL bytes", err)
                                                 : check_text(row, copy, err);
    if (rc) {
        toc_mem_wipe(copy, text.len);
        toc_mem_free(copy);
        return rc;
    }
    drop_text(owned, row);
    *(char **)member(owned, row) = copy;
    return TOC_OK;
}

toc_rc toc__option_parse(toc_session_options *owned, const toc_option *row, toc_str text,
                         toc_error *err)
{
    uint64_t number = 0;
    int64_t time = 0;
    bool flag = false;
    toc_rc rc = TOC_OK;
    if (!text.len) {
        toc__option_drop(owned, row);
    } else if (row->kind == TOC_OPTION_TEXT) {
        rc = parse_text(owned, row, text, err);
    } else if (row->kind == TOC_OPTION_UINT) {
        rc = toc_str_to_uint(text, &number) ? check_uint(row, number, err)
                                            : malformed(row, "a number", err);
        if (!rc)
            *(unsigned *)member(owned, row) = (unsigned)number;
    } else if (row->kind == TOC_OPTION_TIME) {
        if (!toc_str_to_int(text, &time) || time < 0)
            return malformed(row, "seconds since 1970", err);
        *(int64_t *)member(owned, row) = time;
    } else {
        if (!toc_str_to_bool(text, &flag))
            return malformed(row, "true or false", err);
        *(bool *)member(owned, row) = flag;
    }
    return rc;
}

void toc__option_print(const toc_session_options *options, const toc_option *row, toc_buf *out)
{
    if (row->kind == TOC_OPTION_TEXT)
        toc_buf_str(out, toc_str_of(text_of(options, row)));
    else if (row->kind == TOC_OPTION_UINT)
        toc_buf_uint(out, *(unsigned *)member(options, row));
    else if (row->kind == TOC_OPTION_TIME)
        toc_buf_int(out, *(int64_t *)member(options, row));
    else
        toc_buf_text(out, *(bool *)member(options, row) ? "true" : "false");
}

bool toc__option_is_set(const toc_session_options *options, const toc_option *row)
{
    if (row->kind == TOC_OPTION_TEXT)
        return toc_str_of(text_of(options, row)).len;
    if (row->kind == TOC_OPTION_UINT)
        return *(unsigned *)member(options, row);
    if (row->kind == TOC_OPTION_TIME)
        return *(int64_t *)member(options, row);
    return *(bool *)member(options, row);
}

void toc__option_borrow(const toc_session_options *from, toc_session_options *to,
                        const toc_option *row)
{
    if (row->kind == TOC_OPTION_TEXT)
        *(const char **)member(to, row) = text_of(from, row);
    else if (row->kind == TOC_OPTION_UINT)
        *(unsigned *)member(to, row) = *(unsigned *)member(from, row);
    else if (row->kind == TOC_OPTION_TIME)
        *(int64_t *)member(to, row) = *(int64_t *)member(from, row);
    else
        *(bool *)member(to, row) = *(bool *)member(from, row);
}

void toc__option_swap(toc_session_options *a, toc_session_options *b, const toc_option *row)
{
    toc_session_options before = *a;
    toc__option_borrow(b, a, row);
    toc__option_borrow(&before, b, row);
}
