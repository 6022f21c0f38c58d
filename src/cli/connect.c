#include <string.h>
#include <sys/stat.h>

#include "cli.h"

/* Fewer, larger requests than the library's default: nobody waits for the first object. */
#define DEFAULT_PAGE 500
#define DEFAULT_OWNER "Demo"
#define STORE_SCHEME "file:"

static const char *owner_of(const toc_session_options *options)
{
    return options->owner && *options->owner ? options->owner : DEFAULT_OWNER;
}

toc_rc cli_store_setup(toc_platform *platform, const char *owner, toc_new_user *user,
                       toc_error *err)
{
    int64_t id = 0;
    toc_rc rc = toc_platform_add_owner(platform, owner, "Organization", &id, err);
    return rc ? rc : toc_platform_add_user(platform, owner, user, err);
}

/* What a store consists of; the first is the store itself, the last one a folder. */
static const char *const ends[CLI_STORE_PARTS] = {"", "-journal", "-wal", "-shm", ".key", ".jobs"};

static const char *part_of(const cli_store_parts *parts, size_t i, char *path, size_t size)
{
    (void)snprintf(path, size, "%s%s", parts->store, ends[i]);
    return path;
}

void cli_store_watch(cli_store_parts *parts, const char *store)
{
    char path[4096];
    struct stat st;
    *parts = (cli_store_parts){.store = store};
    for (size_t i = 0; i < CLI_STORE_PARTS; i++)
        parts->before[i] = !lstat(part_of(parts, i, path, sizeof path), &st);
}

void cli_store_undo(const cli_store_parts *parts)
{
    char path[4096];
    for (size_t i = 0; i < CLI_STORE_PARTS && !parts->before[0]; i++)
        if (!parts->before[i])
            (void)remove(part_of(parts, i, path, sizeof path));
}

static toc_rc make_store(const toc_session_options *session, const toc_platform_options *store,
                         toc_error *err)
{
    toc_platform_options options = *store;
    options.store = session->api_url + sizeof STORE_SCHEME - 1;
    options.create = true;
    cli_store_parts parts;
    cli_store_watch(&parts, options.store);
    toc_platform *platform = NULL;
    toc_new_user user;
    toc_rc rc = toc_platform_open(&options, &platform, err);
    if (!rc)
        rc = cli_store_setup(platform, owner_of(session), &user, err);
    explicit_bzero(&user, sizeof user);
    toc_platform_close(platform);
    if (rc)
        cli_store_undo(&parts);
    return rc;
}

static bool is_stopped(void *user)
{
    (void)user;
    return cli_interrupted();
}

void cli_session_defaults(const cli_args *args, toc_session_options *options)
{
    /* A person or a script waits: the library's patience of minutes is for services. */
    if (!options->retries)
        options->retries = 4;
    if (!options->retry_sleep_ms)
        options->retry_sleep_ms = 2000;
    options->log_level = TOC_LOG_DEBUG;
    if (cli_has(args, OPT_VERBOSE))
        options->log = cli_log;
    cli_interrupt_catch();
    options->cancel = is_stopped;
}

static toc_rc open_session(const cli_args *args, toc_session_options *options, bool create,
                           toc_session **sess, toc_error *err)
{
    toc_platform_options store = TOC_PLATFORM_OPTIONS_INIT;
    cli_session_defaults(args, options);
    store.log = options->log;
    toc_rc rc = toc_platform_connect(options, &store, sess, err);
    bool local = !strncmp(options->api_url, STORE_SCHEME, sizeof STORE_SCHEME - 1);
    if (rc != TOC_ENOTFOUND || !create || !local)
        return rc;
    rc = make_store(options, &store, err);
    if (rc)
        return rc;
    cli_note(args, "%s: made a new store with the organization \"%s\"",
             options->api_url + sizeof STORE_SCHEME - 1, owner_of(options));
    return toc_platform_connect(options, &store, sess, err);
}

toc_rc cli_connect(const cli_args *args, bool create, toc_session **sess, toc_error *err)
{
    cli_config config;
    toc_rc rc = cli_config_load(args, &config, err);
    unsigned page = 0;
    if (!rc && !cli_number(args, OPT_PAGE, 1, 10000, &page)) {
        rc = err->code = TOC_EINVAL;
        (void)snprintf(err->message, sizeof err->message, "--page is out of range");
    }
    if (page || !config.options.result_limit)
        config.options.result_limit = page ? page : DEFAULT_PAGE;
    if (!rc && (!config.options.api_url || !*config.options.api_url)) {
        rc = err->code = TOC_EINVAL;
        (void)snprintf(err->message, sizeof err->message,
                       "no platform: give --api URL, --api file:STORE, or a configuration file");
    }
    if (!rc)
        rc = open_session(args, &config.options, create, sess, err);
    cli_config_wipe(&config);
    return rc;
}
