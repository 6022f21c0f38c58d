#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

#define DEFAULT_CONFIG "tc.conf"

/* The keys are those of the Python SDK's sample scripts. The file is new and only the user's. */
static int write_config(const char *path, int fd, const char *owner, const toc_new_user *user)
{
    int written = dprintf(fd,
                          "[threatconnect]\n"
                          "api_base_url = http://127.0.0.1:8080/api\n"
                          "api_access_id = %s\n"
                          "api_secret_key = %s\n"
                          "api_default_org = %s\n",
                          user->access_id, user->secret_key, owner);
    if (written < 0 || fsync(fd))
        return cli_say_errno(path);
    return EXIT_OK;
}

static int fill_store(const char *store, const char *owner, toc_new_user *user)
{
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    options.store = store;
    options.create = true; /* the file is claimed, and empty */
    toc_error err = {0};
    toc_platform *platform = NULL;
    if (toc_platform_open(&options, &platform, &err))
        return cli_fail(&err);
    toc_rc rc = cli_store_setup(platform, owner, user, &err);
    toc_platform_close(platform);
    return rc ? cli_fail(&err) : EXIT_OK;
}

static int say_there(const char *store)
{
    cli_say("%s is there already: '--api file:%s' uses it; name another store to make one", store,
            store);
    return EXIT_HOPELESS;
}

/* Whatever this fails with, nothing of the store is left that this process made. */
static int make_store(const char *store, const char *config, int fd, const char *owner,
                      toc_new_user *user)
{
    cli_store_parts parts;
    toc_error err = {0};
    toc_rc rc = cli_store_claim(&parts, store, &err);
    if (rc)
        return rc == TOC_ECONFLICT ? say_there(store) : cli_fail(&err);
    int status = fill_store(store, owner, user);
    if (status == EXIT_OK && cli_interrupted()) {
        cli_say("stopped; nothing was made");
        status = cli_stopped(0);
    }
    if (status == EXIT_OK)
        status = write_config(config, fd, owner, user);
    cli_store_release(&parts, status == EXIT_OK);
    return status;
}

int cmd_init(const cli_args *args)
{
    const char *store = args->words[0];
    const char *owner = cli_value(args, OPT_OWNER);
    const char *config = cli_value(args, OPT_CONFIG);
    owner = owner ? owner : "Demo";
    config = config ? config : DEFAULT_CONFIG;
    struct stat st;
    if (!stat(store, &st))
        return say_there(store);
    cli_interrupt_catch(); /* half a store would stand in the way of the next attempt */
    /* Nothing is made before it is sure that the secret has a place to go. */
    int fd = open(config, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0 && errno == EEXIST) {
        cli_say("%s is there already; name another file with --config", config);
        return EXIT_HOPELESS;
    }
    if (fd < 0)
        return cli_say_errno(config);
    toc_new_user user;
    int status = make_store(store, config, fd, owner, &user);
    if (status == EXIT_OK) {
        (void)printf("store      %s\nowner      %s\naccess id  %s\nsecret     in %s\n", store,
                     owner, user.access_id, config);
    } else {
        (void)unlink(config);
    }
    explicit_bzero(&user, sizeof user);
    (void)close(fd);
    return status;
}
