/* session.c - opening and closing: options, address, credentials, transport. */
#include "client/session.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/curl.h"
#include "client/options.h"
#include "client/url.h"
#include "model/association.h"

_Static_assert(sizeof(void *) != 8 || sizeof(toc_session_options) == 224,
               "a member more needs a new version of the options");

static toc_rc check_credentials(const toc_session_options *options, toc_error *err)
{
    bool id = options->access_id, key = options->secret_key;
    if (id != key)
        return toc_error_field(err, TOC_EINVAL, id ? "secret_key" : "access_id",
                               "access id and secret key must be given together");
    if (!id && !options->token && !options->transport)
        return toc_error_field(err, TOC_EINVAL, "access_id",
                               "credentials are missing: access id and secret key, or a token");
    if (id && strpbrk(options->access_id, " :"))
        return toc_error_field(err, TOC_EINVAL, "access_id",
                               "the access id holds a blank or a colon");
    return TOC_OK;
}

static toc_rc set_address(toc_session *sess, toc_error *err)
{
    if (sess->options.api_url)
        return toc__url_split(toc_str_of(sess->options.api_url), &sess->base, &sess->prefix, err);
    if (!sess->options.transport)
        return toc_error_field(err, TOC_EINVAL, "api_url", "the address of the API is missing");
    sess->base = TOC_S("");
    sess->prefix = TOC_S("/api");
    return TOC_OK;
}

static toc_rc set_credentials(toc_session *sess, toc_error *err)
{
    toc_rc rc = check_credentials(&sess->options, err);
    if (rc)
        return rc;
    if (sess->options.token) {
        sess->token = toc_mem_strdup(toc_str_of(sess->options.token));
        sess->token_expires = sess->options.token_expires;
        return sess->token ? TOC_OK : toc_error_nomem(err);
    }
    if (!sess->options.secret_key)
        return TOC_OK;
    return toc_signer_new(toc_str_of(sess->options.secret_key), &sess->signer, err);
}

static toc_rc set_transport(toc_session *sess, toc_error *err)
{
    const toc_transport *own = sess->options.transport;
    if (!own) {
        sess->wired = true;
        return toc__curl_transport(&sess->options, &sess->transport, err);
    }
    if (own->version != 1 || !own->perform)
        return toc_error_field(err, TOC_EINVAL, "transport",
                               "a transport needs version 1 and its perform member");
    sess->transport = *own;
    return TOC_OK;
}

static toc_rc set_up(toc_session *sess, const toc_session_options *options, toc_error *err)
{
    toc_rc rc = toc__options_copy(options, &sess->options, err);
    if (!rc)
        rc = set_address(sess, err);
    if (!rc)
        rc = set_credentials(sess, err);
    if (!rc)
        rc = toc__logs_open(&sess->logs, &sess->options, err);
    if (rc)
        return rc;
    sess->log = toc__logs_view(&sess->logs);
    return set_transport(sess, err); /* last: a session that failed has not taken it over */
}

static void release(toc_session *sess)
{
    if (sess->transport.close)
        sess->transport.close(sess->transport.context);
    toc_signer_free(sess->signer);
    if (sess->token)
        toc_mem_wipe(sess->token, strlen(sess->token));
    toc_mem_free(sess->token);
    toc_response_free(sess->last);
    toc_associations_free(sess->associations);
    toc_types_free(sess->types);
    if (sess->authorization.ptr)
        toc_mem_wipe(sess->authorization.ptr, sess->authorization.size);
    toc_buf_done(&sess->authorization);
    toc_buf_done(&sess->target);
    toc__logs_close(&sess->logs);
    toc__report_done(sess);
    toc__options_done(&sess->options);
    toc_mem_free(sess);
}

toc_rc toc_session_open(const toc_session_options *options, toc_session **sess, toc_error *err)
{
    if (!options || !sess || options->version != 1)
        return toc_error_set(err, TOC_EINVAL, "session options of version 1 are needed");
    toc_session *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    made->logs.fd = -1;
    toc_buf_init(&made->target, TOC_MAX_TARGET);
    toc_buf_init(&made->authorization, TOC_MAX_HEADER_VALUE);
    toc__report_open(made);
    toc_rc rc = set_up(made, options, err);
    if (rc) {
        release(made);
        return rc;
    }
    *sess = made;
    return TOC_OK;
}

void toc_session_close(toc_session *sess)
{
    if (!sess)
        return;
    toc__logs_ship(sess, true);
    release(sess);
}

toc_str toc_session_owner(const toc_session *sess)
{
    return sess ? toc_str_of(sess->options.owner) : (toc_str){NULL, 0};
}

const char *toc__session_owner_or(const toc_session *sess, const char *owner)
{
    const char *named = owner ? owner : sess->options.owner;
    return named && *named ? named : NULL;
}
