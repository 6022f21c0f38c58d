#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

/* One row a setting: its place, its environment variable, its key in the file. */
typedef struct setting {
    size_t offset, room;
    const char *variable, *key;
} setting;

#define AT(member) offsetof(cli_config, member), sizeof(((cli_config *)0)->member)
static const setting settings[] = {
    {AT(api_url), "TC_API_PATH", "api_base_url"},
    {AT(access_id), "TC_API_ACCESS_ID", "api_access_id"},
    {AT(secret_key), "TC_API_SECRET_KEY", "api_secret_key"},
    {AT(owner), "TC_OWNER", "api_default_org"},
    {AT(token), "TC_TOKEN", "api_token"},
    {AT(proxy_user), "TC_PROXY_USERNAME", "proxy_user"},
    {AT(proxy_password), "TC_PROXY_PASSWORD", "proxy_password"},
    {AT(proxy), NULL, "proxy"},
};

static bool put(cli_config *config, const setting *row, const char *value)
{
    if (strlen(value) >= row->room)
        return false;
    memcpy((char *)config + row->offset, value, strlen(value) + 1);
    return true;
}

static int ini_entry(void *user, const char *section, const char *name, const char *value)
{
    if (strcmp(section, "threatconnect") != 0)
        return 1;
    for (size_t i = 0; i < COUNT_OF(settings); i++)
        if (!strcmp(settings[i].key, name))
            return put(user, &settings[i], value);
    return 1;
}

static toc_rc set_error(toc_error *err, toc_rc code, const char *path, const char *text)
{
    memset(err, 0, sizeof *err);
    err->code = code;
    (void)snprintf(err->message, sizeof err->message, "%s: %s", path, text);
    return code;
}

static toc_rc load_file(const char *path, bool must, cli_config *config, toc_error *err)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return must ? set_error(err, TOC_ENOTFOUND, path, strerror(errno)) : TOC_OK;
    struct stat st;
    if (!fstat(fileno(file), &st) && (st.st_mode & (S_IRWXG | S_IRWXO)))
        (void)fprintf(stderr, "tocsin: %s can be read by others; 'chmod 600 %s' mends it\n", path,
                      path);
    int bad = ini_parse_file(file, ini_entry, config);
    (void)fclose(file);
    if (!bad)
        return TOC_OK;
    (void)set_error(err, TOC_EPARSE, path, "");
    (void)snprintf(err->message, sizeof err->message,
                   "%s: line %d is not \"key = value\", or the value is too long", path, bad);
    err->line = (uint64_t)bad;
    return TOC_EPARSE;
}

static toc_rc load_default_files(cli_config *config, toc_error *err)
{
    const char *home = getenv("HOME");
    char path[1024];
    if (home &&
        (size_t)snprintf(path, sizeof path, "%s/.config/tocsin/config", home) < sizeof path) {
        toc_rc rc = load_file(path, false, config, err);
        if (rc)
            return rc;
    }
    return load_file("tc.conf", false, config, err);
}

static toc_rc load_environment(cli_config *config, toc_error *err)
{
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        const char *value = settings[i].variable ? getenv(settings[i].variable) : NULL;
        if (value && *value && !put(config, &settings[i], value))
            return set_error(err, TOC_EINVAL, settings[i].variable, "the value is too long");
    }
    const char *host = getenv("TC_PROXY_HOST");
    const char *port = getenv("TC_PROXY_PORT");
    if (host && *host)
        (void)snprintf(config->proxy, sizeof config->proxy, "%s%s:%s",
                       strstr(host, "://") ? "" : "http://", host, port ? port : "3128");
    return TOC_OK;
}

toc_rc cli_config_load(const cli_args *args, cli_config *config, toc_error *err)
{
    memset(config, 0, sizeof *config);
    const char *path = cli_value(args, OPT_CONFIG);
    if (!path)
        path = getenv("TOCSIN_CONFIG");
    toc_rc rc = path ? load_file(path, true, config, err) : load_default_files(config, err);
    if (!rc)
        rc = load_environment(config, err);
    const char *api = cli_value(args, OPT_API);
    if (!rc && api && !put(config, &settings[0], api))
        rc = set_error(err, TOC_EINVAL, "--api", "the value is too long");
    const char *owner = cli_value(args, OPT_OWNER);
    if (!rc && owner && !put(config, &settings[3], owner))
        rc = set_error(err, TOC_EINVAL, "--owner", "the value is too long");
    return rc;
}

void cli_config_wipe(cli_config *config)
{
    explicit_bzero(config, sizeof *config);
}
