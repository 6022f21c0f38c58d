/* settings.c - options by name, on an open session and for those who describe them. */
#include <stddef.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/curl.h"
#include "client/options.h"
#include "client/session.h"

#define NAMES_MAX 64

bool toc_session_option_at(size_t index, toc_option_info *info)
{
    size_t count;
    const toc_option *row = &toc__option_list(&count)[index < count ? index : 0];
    if (index >= count || !info)
        return false;
    *info = (toc_option_info){.name = row->name,
                              .environment = row->environment,
                              .file_key = toc__option_key(row),
                              .fallback = row->fallback_text ? row->fallback_text : "",
                              .help = row->help,
                              .minimum = row->minimum,
                              .maximum = row->maximum,
                              .secret = row->flags & TOC_OPTION_SECRET,
                              .fixed = row->flags & TOC_OPTION_FIXED};
    return true;
}

static const toc_option *find(const char *name, toc_error *err)
{
    const toc_option *row = toc__option_find(toc_str_of(name));
    if (row)
        return row;
    size_t count;
    const toc_option *rows = toc__option_list(&count);
    const char *names[NAMES_MAX];
    for (size_t i = 0; i < count && i < NAMES_MAX; i++)
        names[i] = rows[i].name;
    const char *near =
        name ? toc_str_nearest(name, names, count < NAMES_MAX ? count : NAMES_MAX) : NULL;
    (void)toc_error_field(err, TOC_EINVAL, "name", "there is no option \"%.60s\"%s%s%s",
                          name ? name : "", near ? "; did you mean " : "", near ? near : "",
                          near ? "?" : "");
    return NULL;
}

/* Opens what the changed options need; what was there goes away only when that worked. */
static toc_rc put_to_work(toc_session *sess, const toc_session_options *options,
                          const toc_option *row, toc_error *err)
{
    toc_transport transport;
    toc_logs logs;
    if ((row->flags & TOC_OPTION_TRANSPORT) && sess->wired) {
        toc_rc rc = toc__curl_transport(options, &transport, err);
        if (rc)
            return rc;
        sess->transport.close(sess->transport.context);
        sess->transport = transport;
    }
    if (row->flags & TOC_OPTION_LOG) {
        toc_rc rc = toc__logs_open(&logs, options, err);
        if (rc)
            return rc;
        toc__logs_ship(sess, true);
        toc__logs_close(&sess->logs);
        sess->logs = logs;
        sess->log = toc__logs_view(&sess->logs);
    }
    return TOC_OK;
}

toc_rc toc_session_set(toc_session *sess, const char *name, const char *value, toc_error *err)
{
    if (!sess || !value)
        return toc_error_set(err, TOC_EINVAL, "a session and a value are needed");
    /* The transport and the sinks stand in the middle of it. */
    if (sess->answering)
        return toc_error_set(err, TOC_ECONFLICT, "the session is within a call");
    const toc_option *row = find(name, err);
    if (!row)
        return TOC_EINVAL;
    if (row->flags & TOC_OPTION_FIXED)
        return toc_error_field(err, TOC_EUNSUPPORTED, row->name,
                               "%s is settled when the session is opened", row->name);
    toc_session_options changed;
    toc_rc rc = toc__options_copy(&sess->options, &changed, err);
    if (rc)
        return rc;
    rc = toc__option_parse(&changed, row, toc_str_of(value), err);
    if (!rc)
        rc = toc__options_check(&changed, err); /* the rules between options */
    if (!rc)
        rc = put_to_work(sess, &changed, row, err);
    if (!rc)
        toc__option_swap(&sess->options, &changed, row); /* others may be borrowed */
    toc__options_done(&changed);
    return rc;
}

toc_rc toc_session_get(toc_session *sess, const char *name, char **value, toc_error *err)
{
    if (!sess || !value)
        return toc_error_set(err, TOC_EINVAL, "a session and a place for the value are needed");
    const toc_option *row = find(name, err);
    if (!row)
        return TOC_EINVAL;
    toc_buf out TOC_CLEANUP(toc_buf_done);
    toc_buf_init(&out, TOC_MAX_TEXT);
    if (!(row->flags & TOC_OPTION_SECRET))
        toc__option_print(&sess->options, row, &out);
    else if (toc__option_is_set(&sess->options, row))
        toc_buf_lit(&out, "***");
    toc_buf_lit(&out, "");
    char *text = toc_buf_take(&out);
    if (!text)
        return toc_error_nomem(err);
    *value = text;
    return TOC_OK;
}
