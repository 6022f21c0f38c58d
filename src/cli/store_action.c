#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

static int open_platform(const cli_args *args, toc_platform **platform)
{
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    cli_config config;
    toc_error err = {0};
    toc_rc rc = cli_config_load(args, &config, &err);
    int status = rc ? cli_fail(&err) : EXIT_OK;
    const char *path = cli_store_path(config.options.api_url);
    if (!rc && !path)
        status = cli_usage("this works on a store only: --api file:PATH is needed");
    if (status == EXIT_OK) {
        options.store = path;
        options.log = cli_has(args, OPT_VERBOSE) ? cli_log : NULL;
        status = toc_platform_open(&options, platform, &err) ? cli_fail(&err) : EXIT_OK;
    }
    cli_config_wipe(&config);
    return status;
}

int cli_store_action(const cli_args *args, const cli_action *actions, size_t count)
{
    toc_platform *platform = NULL;
    const cli_action *action = NULL;
    for (size_t i = 0; i < count && !action; i++)
        action = strcmp(args->words[0], actions[i].name) ? NULL : &actions[i];
    if (!action) /* the verb's row in verbs.c has more words than these */
        return cli_usage("unknown word %s", args->words[0]);
    if (args->word_count - 1 < action->words)
        return cli_usage("%s: %s is missing", action->name, action->needs);
    if (args->word_count - 1 > action->words)
        return cli_usage("%s: %s is too much", action->name, args->words[action->words + 1]);
    int status = open_platform(args, &platform);
    if (status == EXIT_OK)
        status = action->run(args, platform);
    toc_platform_close(platform);
    return status;
}

bool cli_yes_no(const cli_args *args, cli_option_id id, bool *value)
{
    const char *word = cli_value(args, id);
    if (!word)
        return true;
    *value = !strcmp(word, "yes");
    if (*value || !strcmp(word, "no"))
        return true;
    (void)cli_usage("--%s: yes or no is needed, not \"%s\"", cli_option_at(id)->name, word);
    return false;
}

int cli_secret_open(const cli_args *args, cli_secret *secret)
{
    *secret = (cli_secret){.path = cli_value(args, OPT_SECRET_FILE), .fd = -1};
    cli_interrupt_catch(); /* what is made from here on is told, or nobody would ever know it */
    if (!secret->path)
        return EXIT_OK;
    secret->fd = open(secret->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (secret->fd >= 0)
        return EXIT_OK;
    if (errno != EEXIST)
        return cli_say_errno(secret->path);
    cli_say("%s is there already; name another file", secret->path);
    return EXIT_HOPELESS;
}

int cli_secret_write(cli_secret *secret, const char *what, const char *text)
{
    if (!secret->path) {
        (void)printf("%-10s %s\n", what, text);
        return EXIT_OK;
    }
    bool written = dprintf(secret->fd, "%s\n", text) > 0 && !fsync(secret->fd);
    int status = written ? EXIT_OK : cli_say_errno(secret->path);
    (void)close(secret->fd);
    if (written)
        (void)printf("%-10s in %s\n", what, secret->path);
    return status;
}

void cli_secret_drop(cli_secret *secret)
{
    if (!secret->path)
        return;
    (void)close(secret->fd);
    (void)unlink(secret->path);
}
