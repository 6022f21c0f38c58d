#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "grow.h"

/* Fewer, larger requests than the library's default: nobody waits for the first object. */
#define DEFAULT_PAGE 500
#define DEFAULT_OWNER "Demo"
/* How often, and how long each time, a store that another process is making is waited for. */
#define WAITS_LOCKED 200
#define WAITS_EMPTY 10
#define WAIT_NS 50000000
#define MAKING_TRIES 3

const char *cli_store_path(const char *api_url)
{
    static const char scheme[] = "file:";
    size_t len = sizeof scheme - 1;
    return api_url && !strncmp(api_url, scheme, len) ? api_url + len : NULL;
}

static const char *owner_of(const toc_session_options *options)
{
    return options->owner && *options->owner ? options->owner : DEFAULT_OWNER;
}

toc_rc cli_owner_check(const char *name, toc_error *err)
{
    static const char blanks[] = " \t";
    size_t len = strlen(name);
    bool good = len && !strchr(blanks, name[0]) && !strchr(blanks, name[len - 1]) &&
                cli_is_utf8(toc_str_of(name));
    for (size_t i = 0; good && i < len; i++)
        good = (unsigned char)name[i] >= ' ' && name[i] != 0x7F;
    if (good)
        return TOC_OK;
    return cli_error(err, TOC_EINVAL,
                     "\"%.100s\" is no name for an owner: it is UTF-8, not empty, has no control "
                     "characters and no blanks at its ends",
                     name);
}

toc_rc cli_store_setup(toc_platform *platform, const char *owner, toc_new_user *user,
                       toc_error *err)
{
    int64_t id = 0;
    toc_rc rc = cli_owner_check(owner, err);
    if (rc)
        return rc;
    rc = toc_platform_add_owner(platform, owner, "Organization", &id, err);
    return rc ? rc : toc_platform_add_user(platform, owner, user, err);
}

/* What a store consists of; the first is the store itself, the last one a folder. */
static const char *const ends[CLI_STORE_PARTS] = {"", "-journal", "-wal", "-shm", ".key", ".jobs"};

static const char *part_of(const cli_store_parts *parts, size_t i, char *path, size_t size)
{
    (void)snprintf(path, size, "%s%s", parts->store, ends[i]);
    return path;
}

toc_rc cli_store_claim(cli_store_parts *parts, const char *store, toc_error *err)
{
    char path[4096];
    struct stat st = {0};
    *parts = (cli_store_parts){.store = store};
    int fd = open(store, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        toc_rc rc = errno == EEXIST ? TOC_ECONFLICT : errno == ENOENT ? TOC_ENOTFOUND : TOC_EIO;
        return cli_error(err, rc, "%.400s: %s", store, strerror(errno));
    }
    parts->fd = fd;
    (void)flock(fd, LOCK_EX);
    for (size_t i = 1; i < CLI_STORE_PARTS; i++)
        parts->before[i] = !lstat(part_of(parts, i, path, sizeof path), &st);
    return TOC_OK;
}

/* The store's file goes last: as long as it is there, nobody else begins to make one. Its
 * descriptor is closed when SQLite has let go of the file: that would give up its locks. */
void cli_store_release(cli_store_parts *parts, bool whole)
{
    char path[4096];
    struct stat own, there;
    bool mine = !fstat(parts->fd, &own) && !lstat(parts->store, &there) &&
                own.st_dev == there.st_dev && own.st_ino == there.st_ino;
    for (size_t i = CLI_STORE_PARTS; i-- > 0 && mine && !whole;)
        if (!parts->before[i])
            (void)remove(part_of(parts, i, path, sizeof path));
    (void)close(parts->fd);
}

/* Between the making and the locking of a file it is empty. */
toc_rc cli_store_wait(const char *store, toc_error *err)
{
    static const struct timespec pause = {.tv_nsec = WAIT_NS};
    bool busy = true, missing = false;
    for (int i = 0; busy && i < WAITS_LOCKED && !cli_interrupted(); i++) {
        struct stat st;
        int fd = open(store, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        missing = fd < 0 && errno == ENOENT && *store;
        bool there = fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode);
        bool empty = there && !st.st_size && i < WAITS_EMPTY;
        busy = empty || (there && flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK);
        if (fd >= 0)
            (void)close(fd);
        if (busy)
            (void)nanosleep(&pause, NULL);
    }
    if (!missing)
        return TOC_OK;
    return cli_error(err, TOC_ENOTFOUND, "%.400s: there is no such file", store);
}

static toc_rc make_store(const toc_session_options *session, const toc_platform_options *store,
                         toc_error *err)
{
    toc_platform_options options = *store;
    options.store = cli_store_path(session->api_url);
    options.create = true; /* the file is claimed, and empty */
    cli_store_parts parts;
    toc_rc rc = cli_store_claim(&parts, options.store, err);
    if (rc)
        return rc;
    toc_platform *platform = NULL;
    toc_new_user user;
    rc = toc_platform_open(&options, &platform, err);
    if (!rc)
        rc = cli_store_setup(platform, owner_of(session), &user, err);
    explicit_bzero(&user, sizeof user);
    toc_platform_close(platform);
    cli_store_release(&parts, !rc);
    return rc;
}

toc_rc cli_session_prepare(const cli_args *args, toc_session_options *options, toc_error *err)
{
    if (!options->api_url || !*options->api_url)
        return cli_error(err, TOC_EINVAL,
                         "no platform: give --api URL, --api file:STORE, or a configuration file");
    /* A person or a script waits: the library's patience of minutes is for services. */
    if (!options->retries)
        options->retries = 4;
    if (!options->retry_sleep_ms)
        options->retry_sleep_ms = 2000;
    options->log_level = TOC_LOG_DEBUG;
    if (cli_has(args, OPT_VERBOSE))
        options->log = cli_log;
    cli_interrupt_catch();
    options->cancel = cli_is_stopped;
    return TOC_OK;
}

static toc_rc open_session(const cli_args *args, toc_session_options *options, bool create,
                           toc_session **sess, toc_error *err)
{
    toc_platform_options store = TOC_PLATFORM_OPTIONS_INIT;
    toc_rc rc = cli_session_prepare(args, options, err);
    if (rc)
        return rc;
    store.log = options->log;
    const char *path = cli_store_path(options->api_url);
    if (!path)
        return toc_platform_connect(options, &store, sess, err);
    rc = cli_store_wait(path, err);
    for (int i = 0; rc == TOC_ENOTFOUND && create && i < MAKING_TRIES; i++) {
        rc = make_store(options, &store, err);
        if (!rc)
            cli_note(args, "%s: made a new store with the organization \"%s\"", path,
                     owner_of(options));
        else if (rc == TOC_ECONFLICT) /* somebody else was faster, and may still fail */
            rc = cli_store_wait(path, err);
        else
            return rc;
    }
    return rc ? rc : toc_platform_connect(options, &store, sess, err);
}

toc_rc cli_connect(const cli_args *args, bool create, toc_session **sess, toc_error *err)
{
    cli_config config;
    toc_rc rc = cli_config_load(args, &config, err);
    unsigned page = 0;
    (void)cli_number(args, OPT_PAGE, 1, CLI_PAGE_MAX, &page); /* verbs that take it have looked */
    if (page || !config.options.result_limit)
        config.options.result_limit = page ? page : DEFAULT_PAGE;
    if (!rc)
        rc = open_session(args, &config.options, create, sess, err);
    cli_config_wipe(&config);
    return rc;
}
