#include <string.h>

#include "listing.h"

#define DEFAULT_DAYS 7

static int done(const toc_error *err, toc_rc rc)
{
    return rc ? cli_fail(err) : EXIT_OK;
}

static toc_user_texts texts_of(const cli_args *args)
{
    return (toc_user_texts){.first_name = cli_value(args, OPT_FIRST_NAME),
                            .last_name = cli_value(args, OPT_LAST_NAME),
                            .pseudonym = cli_value(args, OPT_PSEUDONYM)};
}

/* A secret that nobody was told is worse than none: what was made is said, whatever failed then. */
static int tell(cli_secret *secret, toc_new_user *user)
{
    (void)printf("access id  %s\n", user->access_id);
    int status = cli_secret_write(secret, "secret", user->secret_key);
    explicit_bzero(user, sizeof *user);
    return status;
}

static int add(const cli_args *args, toc_platform *platform)
{
    toc_error err = {0};
    toc_new_user user;
    cli_secret secret;
    toc_user_texts texts = texts_of(args);
    bool observes = true;
    const char *owner = cli_value(args, OPT_OWNER);
    if (!owner)
        return cli_usage("add: --owner, the user's organization, is missing");
    if (!cli_yes_no(args, OPT_OBSERVES, &observes))
        return EXIT_USAGE;
    int status = cli_secret_open(args, &secret);
    if (status != EXIT_OK)
        return status;
    if (toc_platform_add_user_as(platform, owner, cli_value(args, OPT_ROLE), &texts, &user, &err)) {
        cli_secret_drop(&secret);
        return cli_fail(&err);
    }
    toc_rc rc =
        observes ? TOC_OK : toc_platform_set_observes(platform, user.access_id, false, &err);
    status = tell(&secret, &user);
    return rc ? cli_fail(&err) : status;
}

static toc_rc print_user(void *context, const toc_user_entry *entry)
{
    cli_listing_row(context, (toc_str[]){entry->access_id, entry->organization, entry->role,
                                         entry->first_name, entry->last_name, entry->pseudonym,
                                         toc_str_of(entry->observes ? "yes" : "no"),
                                         toc_str_of(entry->revoked ? "revoked" : "active")});
    return TOC_OK;
}

static int list(const cli_args *args, toc_platform *platform)
{
    static const char *const members[] = {"accessId", "organization", "role",      "firstName",
                                          "lastName", "pseudonym",    "?observes", "state"};
    static const char *const titles[] = {"ACCESS ID", "ORGANIZATION", "ROLE",     "FIRST NAME",
                                         "LAST NAME", "PSEUDONYM",    "OBSERVES", "STATE"};
    toc_error err = {0};
    cli_listing rows;
    if (!cli_listing_start(&rows, args, members, titles, COUNT_OF(titles)))
        return EXIT_USAGE;
    toc_rc rc = toc_platform_list_users(platform, print_user, &rows, &err);
    return cli_listing_end(&rows, rc, &err);
}

static int set(const cli_args *args, toc_platform *platform)
{
    toc_error err = {0};
    toc_user_texts texts = texts_of(args);
    bool observes = true;
    if (!texts.first_name && !texts.last_name && !texts.pseudonym && !cli_has(args, OPT_OBSERVES))
        return cli_usage("set: nothing to set; there are --first-name, --last-name, --pseudonym, "
                         "--observes");
    if (!cli_yes_no(args, OPT_OBSERVES, &observes))
        return EXIT_USAGE;
    toc_rc rc = toc_platform_describe_user(platform, args->words[1], &texts, &err);
    if (!rc && cli_has(args, OPT_OBSERVES))
        rc = toc_platform_set_observes(platform, args->words[1], observes, &err);
    return done(&err, rc);
}

static int rotate(const cli_args *args, toc_platform *platform)
{
    toc_error err = {0};
    toc_new_user user;
    cli_secret secret;
    int status = cli_secret_open(args, &secret);
    if (status != EXIT_OK)
        return status;
    if (!toc_platform_rotate_user(platform, args->words[1], &user, &err))
        return tell(&secret, &user);
    cli_secret_drop(&secret);
    return cli_fail(&err);
}

static int token(const cli_args *args, toc_platform *platform)
{
    toc_error err = {0};
    toc_new_token made;
    cli_secret secret;
    unsigned days = DEFAULT_DAYS;
    if (!cli_number(args, OPT_DAYS, 1, TOC_TOKEN_DAYS_MAX, &days))
        return EXIT_USAGE;
    int status = cli_secret_open(args, &secret);
    if (status != EXIT_OK)
        return status;
    if (toc_platform_new_token(platform, args->words[1], days, &made, &err)) {
        cli_secret_drop(&secret);
        return cli_fail(&err);
    }
    (void)printf("expires    %lld\n", (long long)made.expires);
    status = cli_secret_write(&secret, "token", made.token);
    explicit_bzero(&made, sizeof made);
    return status;
}

static int grant(const cli_args *args, toc_platform *platform)
{
    toc_error err = {0};
    const char *owner = cli_value(args, OPT_OWNER), *role = cli_value(args, OPT_ROLE);
    if (!owner || !role)
        return cli_usage("grant: --owner and --role are needed");
    return done(&err, toc_platform_grant(platform, args->words[1], owner, role, &err));
}

static int revoke(const cli_args *args, toc_platform *platform)
{
    toc_error err = {0};
    return done(&err, toc_platform_revoke_user(platform, args->words[1], &err));
}

int cmd_user(const cli_args *args)
{
    static const cli_action actions[] = {
        {"add", 0, "", add},
        {"list", 0, "", list},
        {"set", 1, "the access id", set},
        {"rotate", 1, "the access id", rotate},
        {"token", 1, "the access id", token},
        {"grant", 1, "the access id", grant},
        {"revoke", 1, "the access id", revoke},
    };
    return cli_store_action(args, actions, COUNT_OF(actions));
}
