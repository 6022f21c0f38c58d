#include "cli.h"

static int open_store(const cli_args *args, toc_platform **platform)
{
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    toc_error err = {0};
    options.store = args->words[0];
    options.cancel = cli_is_stopped;
    options.log = cli_log;
    options.log_level = cli_has(args, OPT_VERBOSE) ? TOC_LOG_DEBUG : TOC_LOG_WARNING;
    return toc_platform_open(&options, platform, &err) ? cli_fail(&err) : EXIT_OK;
}

int cmd_backup(const cli_args *args)
{
    toc_platform *platform = NULL;
    toc_error err = {0};
    cli_interrupt_catch(); /* what is made of the copy is removed again */
    int status = open_store(args, &platform);
    if (status != EXIT_OK)
        return status;
    toc_rc rc = toc_platform_backup(platform, args->words[1], &err);
    if (rc == TOC_ECANCELED && cli_interrupted()) {
        cli_say("stopped; no copy was made");
        status = cli_stopped(0);
    } else if (rc) {
        status = cli_fail(&err);
    } else {
        cli_note(args, "%s: a copy of %s, with its key and files", args->words[1], args->words[0]);
    }
    toc_platform_close(platform);
    return status;
}

int cmd_check(const cli_args *args)
{
    toc_platform *platform = NULL;
    toc_error err = {0};
    int status = open_store(args, &platform);
    if (status != EXIT_OK)
        return status;
    if (toc_platform_check(platform, &err))
        status = cli_fail(&err);
    else
        cli_note(args, "%s: sound", args->words[0]);
    toc_platform_close(platform);
    return status;
}
