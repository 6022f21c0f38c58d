#include <string.h>

#include "cli.h"

#define DEFAULT_OWNER "Demo"

toc_rc cli_store_setup(toc_platform *platform, const char *owner, toc_new_user *user,
                       toc_error *err)
{
    int64_t id = 0;
    toc_rc rc = toc_platform_add_owner(platform, owner, "Organization", &id, err);
    return rc ? rc : toc_platform_add_user(platform, owner, user, err);
}

static toc_rc make_store(toc_platform_options *options, const char *owner, toc_platform **platform,
                         toc_error *err)
{
    options->create = true;
    toc_rc rc = toc_platform_open(options, platform, err);
    if (rc)
        return rc;
    toc_new_user user;
    rc = cli_store_setup(*platform, *owner ? owner : DEFAULT_OWNER, &user, err);
    explicit_bzero(&user, sizeof user);
    if (rc)
        toc_platform_close(*platform);
    return rc;
}

static toc_rc open_store(const cli_args *args, const char *path, bool create, const char *owner,
                         toc_transport *transport, toc_error *err)
{
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    options.store = path;
    options.synchronous_batch = UINT32_MAX;
    if (cli_has(args, OPT_VERBOSE))
        options.log = cli_log;
    toc_platform *platform = NULL;
    toc_rc rc = toc_platform_open(&options, &platform, err);
    if (rc == TOC_ENOTFOUND && create) {
        rc = make_store(&options, owner, &platform, err);
        if (!rc)
            cli_note(args, "%s: made a new store with the organization \"%s\"", path,
                     *owner ? owner : DEFAULT_OWNER);
    }
    if (rc)
        return rc;
    rc = toc_platform_transport(platform, true, transport, err);
    if (rc)
        toc_platform_close(platform);
    return rc;
}

static void fill_options(const cli_args *args, const cli_config *config,
                         toc_session_options *options)
{
    options->api_url = config->api_url;
    options->access_id = *config->access_id ? config->access_id : NULL;
    options->secret_key = *config->secret_key ? config->secret_key : NULL;
    options->token = *config->token ? config->token : NULL;
    options->owner = *config->owner ? config->owner : NULL;
    options->proxy = *config->proxy ? config->proxy : NULL;
    options->proxy_user = *config->proxy_user ? config->proxy_user : NULL;
    options->proxy_password = *config->proxy_password ? config->proxy_password : NULL;
    options->ca_file = cli_value(args, OPT_CA_FILE);
    options->result_limit = config->result_limit;
    /* A person or a script waits: the library's patience of minutes is for services. */
    options->retries = 4;
    options->retry_sleep_ms = 2000;
    options->log_level = TOC_LOG_DEBUG;
    if (cli_has(args, OPT_VERBOSE))
        options->log = cli_log;
}

static toc_rc open_session(const cli_args *args, const cli_config *config, bool create,
                           toc_session **sess, toc_error *err)
{
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    fill_options(args, config, &options);
    toc_transport transport = {0};
    if (!strncmp(config->api_url, "file:", 5)) {
        toc_rc rc = open_store(args, config->api_url + 5, create, config->owner, &transport, err);
        if (rc)
            return rc;
        options.transport = &transport;
        options.api_url = NULL;
    }
    toc_rc rc = toc_session_open(&options, sess, err);
    if (rc && options.transport && transport.close)
        transport.close(transport.context);
    return rc;
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
    config.result_limit = page;
    if (!rc && !*config.api_url) {
        rc = err->code = TOC_EINVAL;
        (void)snprintf(err->message, sizeof err->message,
                       "no platform: give --api URL, --api file:STORE, or a configuration file");
    }
    if (!rc)
        rc = open_session(args, &config, create, sess, err);
    cli_config_wipe(&config);
    return rc;
}
