#include "cli.h"

/* Files that others can read, and unknown settings, are worth a word without -v too. */
static void say(void *user, toc_log_level level, const char *area, const char *text)
{
    (void)user, (void)level, (void)area;
    (void)fprintf(stderr, "tocsin: %s\n", text);
}

toc_rc cli_config_load(const cli_args *args, cli_config *config, toc_error *err)
{
    *config = (cli_config){.options = TOC_SESSION_OPTIONS_INIT};
    config->options.api_url = cli_value(args, OPT_API);
    config->options.owner = cli_value(args, OPT_OWNER);
    config->options.ca_file = cli_value(args, OPT_CA_FILE);
    toc_rc rc = toc_config_load(cli_value(args, OPT_CONFIG), say, NULL, &config->loaded, err);
    if (!rc)
        toc_config_apply(config->loaded, &config->options);
    return rc;
}

void cli_config_wipe(cli_config *config)
{
    toc_config_free(config->loaded);
    *config = (cli_config){.loaded = NULL};
}
