/* session.h - the inside of a session. */
#ifndef TOC_CLIENT_SESSION_H
#define TOC_CLIENT_SESSION_H
#include "auth/auth.h"
#include "client/logs.h"
#include "client/report.h"
#include "tocsin/session.h"

struct toc_session {
    toc_session_options options; /* a copy; the texts are ours */
    toc_logs logs;
    toc_log log; /* writes to all of logs */
    toc_report report;
    toc_str base;       /* "https://host:port"; empty in process */
    toc_str prefix;     /* "/api" */
    toc_signer *signer; /* NULL without HMAC credentials */
    char *token;        /* NULL without one; wiped when it is replaced */
    int64_t token_expires;
    toc_transport transport;
    bool wired;                    /* the transport is curl, made here */
    const toc_response *answering; /* of the call under way: a sink may look at its headers */
    toc_response *last;            /* answer to the last call; NULL: none */
    bool unsure;                   /* an earlier attempt of that call may have been carried out */
    struct toc_associations *associations; /* those of the platform; NULL until one is asked for */
    toc_types *types;                      /* NULL until it is asked for */
    toc_buf target, authorization;         /* of the current request */
};

/* Time of the request, headers, transport. *err is always there. authorize: with credentials. */
toc_rc toc__session_exchange(toc_session *sess, const toc_call *call, toc_str target,
                             bool authorize, toc_response *response, toc_error *err);
/* The same as a POST that is made once and leaves no trace in the report. */
toc_rc toc__session_post_once(toc_session *sess, const toc_call *call, toc_error *err);
/* Replaces a token that ends within seconds (sdk.md 1.7). */
toc_rc toc__token_renew(toc_session *sess, toc_error *err);
/* The owner to name in a request: the given one, or the session's, or none; "" is none. */
const char *toc__session_owner_or(const toc_session *sess, const char *owner);

static inline void toc__response_cleanup(toc_response **response)
{
    toc_response_free(*response);
}
#endif
