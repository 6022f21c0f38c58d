/* tocsin/transport.h - the seam between the client and whatever answers: sockets (curl), a
 * platform inside the process, a recording. A request is given whole and already signed. */
#ifndef TOCSIN_TRANSPORT_H
#define TOCSIN_TRANSPORT_H
#include "tocsin/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct toc_header {
    toc_str name, value;
} toc_header;

typedef struct toc_request {
    const char *method; /* "GET", "POST", "PUT", "DELETE" */
    toc_str base;       /* scheme, host and port: "https://tip.example"; "" in process */
    toc_str target;     /* path and query exactly as signed: "/api/v2/owners?x=y" */
    const toc_header *headers;
    size_t header_count;
    toc_str body;       /* borrowed; ptr NULL: none */
    unsigned timeout_s; /* connect, and longest silence; 0: no limit */
    int64_t received;   /* listeners: UTC seconds at which its head came; 0: now */
    const int *body_fd; /* listeners: the body is also this file, from its start; NULL: it is not */
} toc_request;

/* Filled by a transport, read by the caller. One thread at a time. */
typedef struct toc_response toc_response;
/* Empty, with status 0. */
TOC_API toc_rc toc_response_new(toc_response **response, toc_error *err);
TOC_API void toc_response_free(toc_response *response);
TOC_API void toc_response_clear(toc_response *response); /* empties for reuse */
TOC_API void toc_response_set_status(toc_response *response, int status);
/* Copies both. TOC_ELIMIT beyond the number and the length of limits.h. */
TOC_API toc_rc toc_response_add_header(toc_response *response, toc_str name, toc_str value);
/* Appends to the body; TOC_ELIMIT beyond the maximum of limits.h. */
TOC_API toc_rc toc_response_append(toc_response *response, const void *data, size_t len);
/* The body is a regular file instead, from its start: the descriptor becomes the response's, also
 * on failure. The file must not change any more; it may be unlinked. toc_response_body maps it, so
 * that gigabytes take no memory. */
TOC_API toc_rc toc_response_set_file(toc_response *response, int fd, int64_t size, toc_error *err);
/* Hands the descriptor over to the caller; the response's body is then empty. -1: it has none. */
TOC_API int toc_response_take_file(toc_response *response, int64_t *size);
/* Takes the bodies of answers with a 2xx status piece by piece as they come, whatever their
 * length; they are not kept. Others are kept as ever. data NULL: the answer begins anew, what came
 * is void. A failure ends the exchange. Set before the request; fn NULL ends it. */
typedef toc_rc (*toc_sink_fn)(void *user, const void *data, size_t len);
TOC_API void toc_response_set_sink(toc_response *response, toc_sink_fn fn, void *user);
/* 0: none was set. */
TOC_API int toc_response_status(const toc_response *response);
/* By name without case; {NULL,0} when absent. Borrowed, as headers and bodies below, until the
 * response is cleared, filled again or freed. */
TOC_API toc_str toc_response_header(const toc_response *response, const char *name);
/* In the order in which they came; false past the end. */
TOC_API bool toc_response_header_at(const toc_response *response, size_t index, toc_header *header);
/* Not terminated; {NULL,0} or empty when there is none. */
TOC_API toc_str toc_response_body(const toc_response *response);
/* The media type in front of any ';', compared without case. */
TOC_API bool toc_response_is(const toc_response *response, const char *media_type);

typedef struct toc_transport {
    unsigned version; /* 1 */
    const char *name; /* "curl", "platform", "record" */
    /* Performs one exchange. TOC_OK whenever an answer arrived, whatever its status; TOC_ENET with
     * the retryable flag when none did, and with TOC_ERROR_UNSENT when the server cannot have got
     * the request. */
    toc_rc (*perform)(void *context, const toc_request *request, toc_response *response,
                      toc_error *err);
    void (*close)(void *context); /* may be NULL */
    void *context;
} toc_transport;

/* Records every exchange of inner into a file of JSON lines (secrets left out), or answers from
 * such a file in order. inner is copied, and closed with the recording; a transport that no session
 * takes over is closed with its close member. TOC_EIO for the file, TOC_ENOTFOUND when there is
 * none to answer from; with each exchange TOC_EPARSE for what is in it, TOC_ECONFLICT for another
 * request than the next one that it holds, TOC_ENOTFOUND behind the last. */
TOC_API toc_rc toc_transport_record(const toc_transport *inner, const char *path,
                                    toc_transport *transport, toc_error *err);
TOC_API toc_rc toc_transport_replay(const char *path, toc_transport *transport, toc_error *err);

#ifdef __cplusplus
}
#endif
#endif
