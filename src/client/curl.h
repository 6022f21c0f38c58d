/* curl.h - the transport over sockets. */
#ifndef TOC_CLIENT_CURL_H
#define TOC_CLIENT_CURL_H
#include "tocsin/session.h"

/* Takes what it needs from checked options; they may go away. */
toc_rc toc__curl_transport(const toc_session_options *options, toc_transport *transport,
                           toc_error *err);
#endif
