/* config.c - options from the environment and from files. */
#include "tocsin/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/config.h"
#include "client/options.h"

#define PATH_MAX_BYTES 4096

struct toc_config {
    toc_session_options options; /* owned texts; what is unset was not found */
};

typedef struct source {
    toc_session_options *into;
    toc_session_options found; /* of this place alone */
    uint64_t given;            /* rows that this place sets, also to false or 0 */
    const toc_config_options *options;
    const toc_log *log;
    const char *name;
    toc_str profile; /* {NULL, 0}: none */
    bool profile_seen;
} source;

/* What belongs together comes from one place: a password must not reach another's proxy. */
typedef struct family {
    size_t heads[3]; /* one of them set: the members of lower places are void */
    size_t head_count;
    size_t members[5];
    size_t member_count;
} family;

#define OFF(member) offsetof(toc_session_options, member)
static const family families[] = {
    /* Halves of a key pair may come from two places; a token drives out a pair, and a pair a
     * token. */
    {{OFF(token)}, 1, {OFF(token_expires), OFF(access_id), OFF(secret_key)}, 3},
    {{OFF(access_id), OFF(secret_key)}, 2, {OFF(token), OFF(token_expires)}, 2},
    {{OFF(proxy)}, 1, {OFF(proxy_port), OFF(proxy_user), OFF(proxy_password)}, 3},
    {{OFF(client_cert)}, 1, {OFF(client_key)}, 1},
};

static bool leads(const toc_session_options *higher, const family *kin)
{
    for (size_t i = 0; i < kin->head_count; i++) {
        if (toc__option_is_set(higher, toc__option_at(kin->heads[i])))
            return true;
    }
    return false;
}

/* Whether a member of a lower place is void beside what a higher place has. */
static bool is_void(const toc_session_options *higher, const toc_option *row)
{
    for (size_t i = 0; i < TOC_COUNT(families); i++) {
        const family *kin = &families[i];
        for (size_t k = 0; k < kin->member_count; k++) {
            if (kin->members[k] == row->offset && leads(higher, kin))
                return true;
        }
    }
    return false;
}

/* Lays a higher place's settings over the lower ones and empties it. */
static void lay_over(source *from)
{
    size_t count;
    const toc_option *rows = toc__option_list(&count);
    toc_session_options *lower = from->into, *higher = &from->found;
    for (size_t i = 0; i < count; i++) {
        bool given = from->given >> i & 1U;
        if (given || is_void(higher, &rows[i])) {
            toc__option_drop(lower, &rows[i]);
            if (rows[i].kind == TOC_OPTION_UINT) /* its default is not "unset" */
                toc__option_borrow(&(toc_session_options){0}, lower, &rows[i]);
        }
        if (given)
            toc__option_borrow(higher, lower, &rows[i]); /* the text's owner changes */
    }
    *higher = (toc_session_options){0};
    from->given = 0;
}

static toc_rc take(source *from, const toc_option *row, toc_str value, toc_error *err)
{
    size_t count;
    toc_rc rc = toc__option_parse(&from->found, row, value, err);
    if (!rc)
        from->given |= (uint64_t)1 << (row - toc__option_list(&count));
    return rc;
}

static toc_rc take_setting(void *user, toc_str key, toc_str value, toc_error *err)
{
    source *from = user;
    const toc_option *row = toc__option_by_key(key);
    if (!row)
        row = toc__option_find(key);
    if (row && value.len)
        return take(from, row, value, err);
    if (!row)
        toc_log_at(from->log, TOC_LOG_WARNING, "config", "%s: there is no setting \"%.*s\"",
                   from->name, (int)(key.len < 60 ? key.len : 60), key.ptr);
    return TOC_OK;
}

static toc_rc read_all(int fd, const char *path, toc_buf *text, toc_error *err)
{
    char block[4096];
    for (;;) {
        ssize_t got = read(fd, block, sizeof(block));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return toc_error_errno(err, TOC_EIO, errno, "%s", path);
        if (!got)
            break;
        toc_buf_append(text, block, (size_t)got);
    }
    toc_mem_wipe(block, sizeof(block));
    if (text->failed == TOC_ELIMIT)
        return toc_error_set(err, TOC_ELIMIT, "%s is no configuration file: it is too long", path);
    return toc_buf_check(text, err);
}

static void hear_profile(void *user, toc_str name, uint64_t line)
{
    const source *from = user;
    if (from->options->found)
        from->options->found(from->options->found_user, name, from->name, line);
}

/* Room for all of it at once: a buffer that grows leaves pieces of secrets behind. */
static void reserve(toc_buf *text, const struct stat *st)
{
    if (st->st_size > 0 && st->st_size < TOC_MAX_CONFIG)
        (void)toc_buf_reserve(text, (size_t)st->st_size + 1);
}

static toc_rc check_mode(const source *from, int fd, toc_buf *text, toc_error *err)
{
    struct stat st;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode))
        return TOC_OK;
    reserve(text, &st);
    if (st.st_mode & S_IWOTH)
        return toc_error_set(err, TOC_EUNSUPPORTED,
                             "everybody can write to %s, so its settings are not trusted; 'chmod "
                             "600 %s' mends it",
                             from->name, from->name);
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        toc_log_at(from->log, TOC_LOG_WARNING, "config",
                   "%s can be read by others; 'chmod 600 %s' mends it", from->name, from->name);
    return TOC_OK;
}

static toc_rc parse(source *from, toc_str text, toc_error *err)
{
    toc_config_reader reader = {
        .profile = from->profile, .setting = take_setting, .found = hear_profile, .user = from};
    toc_rc rc = toc__config_read(text, &reader, err);
    from->profile_seen = from->profile_seen || reader.seen;
    if (rc)
        toc_error_prefix(err, "%s", from->name);
    return rc;
}

static toc_rc load_file(source *from, bool must, toc_error *err)
{
    int fd TOC_AUTOCLOSE = open(from->name, O_RDONLY | O_CLOEXEC);
    /* The home of a service may be /dev/null. */
    bool missing = fd < 0 && (errno == ENOENT || errno == ENOTDIR);
    if (missing && !must)
        return TOC_OK;
    if (fd < 0)
        return toc_error_errno(err, missing ? TOC_ENOTFOUND : TOC_EIO, errno, "%s", from->name);
    toc_buf text;
    toc_buf_init(&text, TOC_MAX_CONFIG);
    toc_rc rc = check_mode(from, fd, &text, err);
    if (!rc)
        rc = read_all(fd, from->name, &text, err);
    if (!rc)
        rc = parse(from, toc_buf_view(&text), err);
    if (text.ptr)
        toc_mem_wipe(text.ptr, text.size);
    toc_buf_done(&text);
    if (rc)
        toc__options_done(&from->found);
    else
        lay_over(from);
    return rc;
}

static toc_rc load_files(source *from, toc_error *err)
{
    const char *named = from->options->path ? from->options->path : getenv("TOCSIN_CONFIG");
    if (named && *named) {
        from->name = named;
        return load_file(from, true, err);
    }
    const char *home = getenv("HOME");
    char usual[PATH_MAX_BYTES];
    if (home && *home &&
        (size_t)snprintf(usual, sizeof(usual), "%s/.config/tocsin/config", home) < sizeof(usual)) {
        from->name = usual;
        toc_rc rc = load_file(from, false, err);
        from->name = NULL;
        if (rc)
            return rc;
    }
    from->name = "tc.conf";
    return load_file(from, false, err);
}

static toc_rc load_environment(source *from, toc_error *err)
{
    size_t count;
    const toc_option *rows = toc__option_list(&count);
    for (size_t i = 0; i < count; i++) {
        const char *value = rows[i].environment ? getenv(rows[i].environment) : NULL;
        if (!value || !*value)
            continue;
        toc_rc rc = take(from, &rows[i], toc_str_of(value), err);
        if (rc) {
            toc_error_prefix(err, "%s", rows[i].environment);
            toc__options_done(&from->found);
            return rc;
        }
    }
    lay_over(from);
    return TOC_OK;
}

/* A profile that was asked for and is nowhere must not end with somebody else's settings. */
static toc_rc load_places(source *from, toc_error *err)
{
    const char *profile =
        from->options->profile ? from->options->profile : getenv("TOCSIN_PROFILE");
    if (profile && *profile)
        from->profile = toc_str_of(profile);
    toc_rc rc = load_files(from, err);
    if (!rc && from->profile.ptr && !from->profile_seen)
        rc = toc_error_field(err, TOC_ENOTFOUND, "profile",
                             "there is no section [profile %.100s] in the configuration", profile);
    return rc ? rc : load_environment(from, err);
}

toc_rc toc_config_load(const toc_config_options *options, toc_config **config, toc_error *err)
{
    static const toc_config_options usual = TOC_CONFIG_OPTIONS_INIT;
    options = options ? options : &usual;
    if (!config || options->version != 1)
        return toc_error_set(err, TOC_EINVAL,
                             "options of version 1 and a place for the configuration are needed");
    toc_config *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    toc_log sink = {.fn = options->log, .user = options->log_user, .level = TOC_LOG_WARNING};
    source from = {.into = &made->options, .options = options, .log = &sink};
    toc_rc rc = load_places(&from, err);
    if (rc) {
        toc_config_free(made);
        return rc;
    }
    *config = made;
    return TOC_OK;
}

void toc_config_apply(const toc_config *config, toc_session_options *options)
{
    if (!config || !options)
        return;
    size_t count;
    const toc_option *rows = toc__option_list(&count);
    const toc_session_options given = *options;
    for (size_t i = 0; i < count; i++) {
        if (!toc__option_is_set(&given, &rows[i]) && !is_void(&given, &rows[i]))
            toc__option_borrow(&config->options, options, &rows[i]);
    }
}

void toc_config_free(toc_config *config)
{
    if (!config)
        return;
    toc__options_done(&config->options);
    toc_mem_free(config);
}
