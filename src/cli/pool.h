/* pool.h - several sessions to one platform, for verbs that ask from several threads. */
#ifndef TOC_CLI_POOL_H
#define TOC_CLI_POOL_H
#include "cli.h"

#define POOL_MAX 32

typedef struct cli_pool {
    toc_platform *platform; /* of a store; NULL: a server */
    toc_session *sessions[POOL_MAX];
    size_t count;
} cli_pool;

/* jobs sessions; 0: one for each processor to a store, 4 to a server. A store is opened once and
 * all sessions ask it. Every session stops when the program is interrupted. */
toc_rc cli_pool_open(cli_pool *pool, const cli_args *args, unsigned jobs, toc_error *err);
void cli_pool_close(cli_pool *pool);
#endif
