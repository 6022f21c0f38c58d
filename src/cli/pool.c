#include "pool.h"

#include <string.h>
#include <unistd.h>

#define SERVER_JOBS 4

static unsigned default_jobs(bool local)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned there = processors > 0 ? (unsigned)processors : 1;
    return local ? there : SERVER_JOBS;
}

static toc_rc open_platform(cli_pool *pool, const char *path, const toc_session_options *options,
                            toc_error *err)
{
    toc_platform_options store = TOC_PLATFORM_OPTIONS_INIT;
    store.store = path;
    store.log = options->log;
    toc_rc rc = cli_store_wait(store.store, err);
    return rc ? rc : toc_platform_open(&store, &pool->platform, err);
}

static toc_rc open_one(cli_pool *pool, toc_session_options *options, toc_error *err)
{
    toc_transport transport = {0};
    if (pool->platform) {
        toc_rc rc = toc_platform_transport(pool->platform, false, &transport, err);
        if (rc)
            return rc;
        options->transport = &transport;
        options->api_url = NULL;
    }
    toc_rc rc = toc_session_open(options, &pool->sessions[pool->count], err);
    if (rc && pool->platform && transport.close)
        transport.close(transport.context);
    pool->count += rc == TOC_OK;
    return rc;
}

static toc_rc open_all(cli_pool *pool, toc_session_options *options, unsigned jobs, toc_error *err)
{
    const char *path = cli_store_path(options->api_url);
    toc_rc rc = path ? open_platform(pool, path, options, err) : TOC_OK;
    jobs = jobs ? jobs : default_jobs(path != NULL);
    jobs = jobs < POOL_MAX ? jobs : POOL_MAX;
    while (!rc && pool->count < jobs)
        rc = open_one(pool, options, err);
    return rc;
}

toc_rc cli_pool_open(cli_pool *pool, const cli_args *args, unsigned jobs, toc_error *err)
{
    *pool = (cli_pool){.count = 0};
    cli_config config;
    toc_rc rc = cli_config_load(args, &config, err);
    if (!rc)
        rc = cli_session_prepare(args, &config.options, err);
    if (!rc)
        rc = open_all(pool, &config.options, jobs, err);
    cli_config_wipe(&config);
    if (rc)
        cli_pool_close(pool);
    return rc;
}

void cli_pool_close(cli_pool *pool)
{
    for (size_t i = 0; i < pool->count; i++)
        toc_session_close(pool->sessions[i]);
    toc_platform_close(pool->platform);
    *pool = (cli_pool){.count = 0};
}
