#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "cli.h"
#include "tocsin/server.h"

/* Waits for SIGINT or SIGTERM, which every thread has blocked. */
static void wait_for_end(const sigset_t *ends)
{
    int signal_number = 0;
    while (sigwait(ends, &signal_number))
        continue;
}

/* The memory of a server holds secrets: no core file, and no debugger of the same user. */
static void hide_memory(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
#ifdef __linux__
    (void)prctl(PR_SET_DUMPABLE, 0);
#endif
}

static int serve(const cli_args *args, toc_platform *platform, const toc_server_options *options,
                 const sigset_t *ends)
{
    toc_error err = {0};
    toc_server *server = NULL;
    toc_rc rc = toc_server_start(platform, options, &server, &err);
    if (rc) {
        int status = cli_fail(&err);
        if (rc == TOC_EINVAL && !options->tls_cert)
            cli_note(args, "give --tls-cert and --tls-key, or --plain-http behind a proxy");
        return status;
    }
    const char *colon = strrchr(options->listen, ':');
    int host = (int)(colon - options->listen);
    /* Scripts that give port 0 read the port from this line. */
    (void)printf("listening on %s://%.*s:%u/api\n", options->tls_cert ? "https" : "http", host,
                 options->listen, toc_server_port(server));
    (void)fflush(stdout);
    wait_for_end(ends);
    cli_note(args, "stopping: requests and the running job are brought to an end");
    toc_server_stop(server);
    return EXIT_OK;
}

static bool batch_options(const cli_args *args, toc_platform_options *store)
{
    unsigned quota = 0;
    if (!cli_number(args, OPT_SYNCHRONOUS_BATCH, 1, 1000000, &store->synchronous_batch) ||
        !cli_number(args, OPT_BATCH_DAYS, 1, 36500, &store->batch_days) ||
        !cli_number(args, OPT_INDICATOR_QUOTA, 1, UINT32_MAX, &quota))
        return false;
    store->indicator_quota = quota;
    return true;
}

int cmd_serve(const cli_args *args)
{
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    options.listen = cli_value(args, OPT_LISTEN) ? cli_value(args, OPT_LISTEN) : "127.0.0.1:8080";
    options.tls_cert = cli_value(args, OPT_TLS_CERT);
    options.tls_key = cli_value(args, OPT_TLS_KEY);
    if (!options.tls_cert != !options.tls_key)
        return cli_usage("--tls-cert and --tls-key belong together");
    if (!strrchr(options.listen, ':'))
        return cli_usage("--listen: ADDRESS:PORT is needed, not \"%s\"", options.listen);
    options.plain_http = cli_has(args, OPT_PLAIN_HTTP);
    unsigned days = 0;
    if (!cli_number(args, OPT_THREADS, 1, 256, &options.threads) ||
        !cli_number(args, OPT_ADDRESS_CONNECTIONS, 1, 1000000, &options.address_connections) ||
        !cli_number(args, OPT_ADDRESS_FAILURES, 1, 1000000, &options.address_failures) ||
        !cli_number(args, OPT_DAYS, 1, TOC_TOKEN_DAYS_MAX, &days))
        return EXIT_USAGE;
    options.log = cli_log;
    options.log_level = cli_has(args, OPT_VERBOSE) ? TOC_LOG_DEBUG : TOC_LOG_WARNING;
    hide_memory();
    sigset_t ends;
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGINT);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &ends, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    toc_platform_options store = TOC_PLATFORM_OPTIONS_INIT;
    store.store = args->words[0];
    store.token_seconds = days * 86400;
    store.learn_attribute_types = cli_has(args, OPT_LEARN);
    store.batch_disabled = cli_has(args, OPT_NO_BATCH);
    if (!batch_options(args, &store))
        return EXIT_USAGE;
    store.log = options.log;
    store.log_level = options.log_level;
    toc_error err = {0};
    toc_platform *platform = NULL;
    if (toc_platform_open(&store, &platform, &err))
        return cli_fail(&err);
    int status = serve(args, platform, &options, &ends);
    toc_platform_close(platform);
    return status;
}
