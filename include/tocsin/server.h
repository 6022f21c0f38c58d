/* tocsin/server.h - the listener: turns sockets into platform requests. Part of the program, not of
 * the libraries. */
#ifndef TOCSIN_SERVER_H
#define TOCSIN_SERVER_H
#include "tocsin/platform.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct toc_server_options {
    unsigned version;               /* 1 */
    const char *listen;             /* "127.0.0.1:8080"; port 0: any free one; "[::1]:8080" */
    const char *tls_cert, *tls_key; /* PEM files; both or neither */
    unsigned threads;               /* 0: number of processors */
    toc_log_fn log;
    void *log_user;
    toc_log_level log_level;
    bool plain_http; /* without TLS beyond the loopback too; TOC_EINVAL is the answer otherwise */
    /* Open connections of one address (of an IPv6 network of 64 bits); 0: half of all, and as many
     * as there are for the loopback, where a proxy has those of everybody. */
    unsigned address_connections;
    /* Requests without good credentials that an address gets answered at once, in quick succession;
     * those behind them wait a second each. Good ones never wait. 0: 20, and any number for the
     * loopback. At most 1000000. */
    unsigned address_failures;
    /* Seconds without a byte after which a connection is closed; a head may take twice as long, a
     * body or an answer this long and a second for every 8000 bytes. 0: 60. At most 3600. */
    unsigned idle_s;
} toc_server_options;
#define TOC_SERVER_OPTIONS_INIT                                                                    \
    {                                                                                              \
        .version = 1                                                                               \
    }

typedef struct toc_server toc_server;
/* Listens, starts the worker thread for batch jobs. Borrows the platform. */
TOC_API toc_rc toc_server_start(toc_platform *platform, const toc_server_options *options,
                                toc_server **server, toc_error *err);
TOC_API unsigned toc_server_port(const toc_server *server);
/* Stops listening, finishes the requests in flight (half a minute at the most; those of which
 * nothing more comes are cut off after some seconds), stops the worker at its next durable step.
 * NULL is fine. */
TOC_API void toc_server_stop(toc_server *server);

#ifdef __cplusplus
}
#endif
#endif
