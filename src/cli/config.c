#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "prompt.h"

#define PROFILES_SUGGESTED 64

/* Files that others can read, and unknown settings, are worth a word without -v too. */
static void say(void *user, toc_log_level level, const char *area, const char *text)
{
    (void)user, (void)level, (void)area;
    cli_say("%s", text);
}

typedef struct known {
    char names[PROFILES_SUGGESTED][64];
    size_t count;
} known;

static void hear(void *user, toc_str profile, const char *file, uint64_t line)
{
    known *self = user;
    (void)file, (void)line;
    if (self->count < COUNT_OF(self->names) && profile.len < sizeof self->names[0])
        (void)snprintf(self->names[self->count++], sizeof self->names[0], "%.*s", (int)profile.len,
                       profile.ptr);
}

/* A profile that is not there: the nearest one, or all of them. */
static void suggest(const known *profiles, const char *given, toc_error *err)
{
    const char *names[PROFILES_SUGGESTED];
    for (size_t i = 0; i < profiles->count; i++)
        names[i] = profiles->names[i];
    const char *near = cli_nearest(given, names, profiles->count);
    size_t used = strlen(err->message);
    if (near)
        (void)snprintf(err->message + used, sizeof err->message - used, "; did you mean %s?", near);
    for (size_t i = 0; !near && i < profiles->count; i++) {
        used = strlen(err->message);
        (void)snprintf(err->message + used, sizeof err->message - used, "%s%s",
                       i ? ", " : "; there are ", names[i]);
    }
}

static bool is_half_a_pair(const toc_session_options *options)
{
    return options->access_id && !options->secret_key && !options->token && options->api_url &&
           !cli_store_path(options->api_url);
}

/* A secret is in a file or the environment, or a person is asked for it; it is never an argument.
 */
static toc_rc complete(cli_config *config, toc_error *err)
{
    if (!is_half_a_pair(&config->options))
        return TOC_OK;
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
        (void)snprintf(
            err->message, sizeof err->message,
            "the access id %.100s has no secret key: give api_secret_key in the settings "
            "or TC_API_SECRET_KEY",
            config->options.access_id);
        return err->code = TOC_EINVAL;
    }
    char question[512];
    (void)snprintf(question, sizeof question,
                   "secret key of %.100s at %.300s: ", config->options.access_id,
                   config->options.api_url);
    toc_rc rc = cli_prompt_secret(question, config->secret, sizeof config->secret, err);
    if (!rc)
        config->options.secret_key = config->secret;
    return rc;
}

toc_rc cli_config_load(const cli_args *args, cli_config *config, toc_error *err)
{
    *config = (cli_config){.options = TOC_SESSION_OPTIONS_INIT};
    config->options.api_url = cli_value(args, OPT_API);
    config->options.owner = cli_value(args, OPT_OWNER);
    config->options.ca_file = cli_value(args, OPT_CA_FILE);
    known profiles = {.count = 0};
    const toc_config_options places = {.version = 1,
                                       .path = cli_value(args, OPT_CONFIG),
                                       .profile = cli_value(args, OPT_PROFILE),
                                       .log = say,
                                       .found = hear,
                                       .found_user = &profiles};
    toc_rc rc = toc_config_load(&places, &config->loaded, err);
    if (rc == TOC_ENOTFOUND && !strcmp(err->field, "profile")) {
        const char *given = places.profile ? places.profile : getenv("TOCSIN_PROFILE");
        suggest(&profiles, given ? given : "", err);
    }
    if (rc)
        return rc;
    toc_config_apply(config->loaded, &config->options);
    return complete(config, err);
}

void cli_config_wipe(cli_config *config)
{
    toc_config_free(config->loaded);
    explicit_bzero(config->secret, sizeof config->secret);
    *config = (cli_config){.loaded = NULL};
}
