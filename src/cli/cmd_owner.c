#include <string.h>

#include "listing.h"

static int add(const cli_args *args, toc_platform *platform)
{
    toc_error err = {0};
    int64_t id = 0;
    bool anonymous = false;
    const char *type = cli_value(args, OPT_OWNER_TYPE);
    if (!cli_yes_no(args, OPT_ANONYMOUS, &anonymous))
        return EXIT_USAGE;
    toc_rc rc = cli_owner_check(args->words[1], &err);
    if (!rc)
        rc = toc_platform_add_owner(platform, args->words[1], type ? type : "Organization", &id,
                                    &err);
    if (!rc && anonymous)
        rc = toc_platform_set_anonymous(platform, args->words[1], true, &err);
    if (rc)
        return cli_fail(&err);
    (void)printf("owner      %lld\n", (long long)id);
    return EXIT_OK;
}

static toc_rc print_owner(void *context, const toc_owner_entry *entry)
{
    char id[24];
    (void)snprintf(id, sizeof id, "%lld", (long long)entry->id);
    cli_listing_row(context, (toc_str[]){toc_str_of(id), entry->name, entry->type,
                                         toc_str_of(entry->anonymous ? "yes" : "no")});
    return TOC_OK;
}

static int list(const cli_args *args, toc_platform *platform)
{
    static const char *const members[] = {"#id", "name", "type", "?anonymous"};
    static const char *const titles[] = {"ID", "NAME", "TYPE", "ANONYMOUS"};
    toc_error err = {0};
    cli_listing rows;
    if (!cli_listing_start(&rows, args, members, titles, COUNT_OF(titles)))
        return EXIT_USAGE;
    toc_rc rc = toc_platform_list_owners(platform, print_owner, &rows, &err);
    return cli_listing_end(&rows, rc, &err);
}

/* Which reports the word of --bulk means. */
static bool read_bulk(const char *word, bool *csv, bool *json)
{
    static const struct {
        const char *word;
        bool csv, json;
    } words[] = {
        {"both", true, true}, {"csv", true, false}, {"json", false, true}, {"none", false, false}};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcmp(words[i].word, word) != 0)
            continue;
        *csv = words[i].csv;
        *json = words[i].json;
        return true;
    }
    (void)cli_usage("--bulk: both, csv, json or none is needed, not \"%s\"", word);
    return false;
}

static int set(const cli_args *args, toc_platform *platform)
{
    toc_error err = {0};
    bool anonymous = false, csv = true, json = true;
    const char *owner = args->words[1], *bulk = cli_value(args, OPT_BULK);
    const char *target = cli_value(args, OPT_PUBLISH_TO);
    if (!cli_has(args, OPT_ANONYMOUS) && !bulk && !target)
        return cli_usage("set: nothing to set; there are --anonymous, --bulk, --publish-to");
    if (!cli_yes_no(args, OPT_ANONYMOUS, &anonymous) || (bulk && !read_bulk(bulk, &csv, &json)))
        return EXIT_USAGE;
    toc_rc rc = TOC_OK;
    if (cli_has(args, OPT_ANONYMOUS))
        rc = toc_platform_set_anonymous(platform, owner, anonymous, &err);
    if (!rc && bulk)
        rc = toc_platform_set_bulk(platform, owner, csv, json, &err);
    if (!rc && target)
        rc = toc_platform_set_publish(platform, owner, *target ? target : NULL, &err);
    return rc ? cli_fail(&err) : EXIT_OK;
}

int cmd_owner(const cli_args *args)
{
    static const cli_action actions[] = {
        {"add", 1, "the name", add},
        {"list", 0, "", list},
        {"set", 1, "the name", set},
    };
    return cli_store_action(args, actions, COUNT_OF(actions));
}
