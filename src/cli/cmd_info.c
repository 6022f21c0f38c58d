#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "listing.h"

int cmd_owners(const cli_args *args)
{
    static const char *const members[] = {"#id", "name", "type"};
    static const char *const titles[] = {"ID", "NAME", "TYPE"};
    cli_listing list;
    if (!cli_listing_start(&list, args, members, titles, COUNT_OF(titles)))
        return EXIT_USAGE;
    toc_error err = {0};
    toc_session *sess = NULL;
    if (cli_connect(args, false, &sess, &err))
        return cli_fail(&err);
    toc_owners *owners = NULL;
    toc_rc rc = toc_owners_get(sess, &owners, &err);
    for (size_t i = 0; !rc && i < toc_owners_count(owners); i++) {
        toc_owner owner = toc_owners_at(owners, i);
        char id[24];
        (void)snprintf(id, sizeof id, "%lld", (long long)owner.id);
        cli_listing_row(&list, (toc_str[]){toc_str_of(id), owner.name, owner.type});
    }
    int status = cli_listing_end(&list, rc, &err);
    toc_owners_free(owners);
    toc_session_close(sess);
    return status;
}

int cmd_whoami(const cli_args *args)
{
    static const char *const members[] = {"userName", "firstName", "lastName", "role"};
    static const char *const titles[] = {"USER", "FIRST NAME", "LAST NAME", "ROLE"};
    cli_listing list;
    if (!cli_listing_start(&list, args, members, titles, COUNT_OF(titles)))
        return EXIT_USAGE;
    toc_error err = {0};
    toc_session *sess = NULL;
    if (cli_connect(args, false, &sess, &err))
        return cli_fail(&err);
    toc_user user;
    toc_rc rc = toc_whoami(sess, &user, &err);
    if (!rc)
        cli_listing_row(&list, (toc_str[]){toc_str_of(user.user_name), toc_str_of(user.first_name),
                                           toc_str_of(user.last_name), toc_str_of(user.role)});
    int status = cli_listing_end(&list, rc, &err);
    toc_session_close(sess);
    return status;
}

static toc_rc type_row(cli_listing *list, const toc_type *type, toc_error *err)
{
    cli_grow keys = {.ptr = NULL};
    for (size_t i = 0; i < type->key_count; i++) {
        cli_grow_put(&keys, i ? ", " : "");
        cli_grow_put(&keys, type->fields[i].name);
    }
    toc_rc rc = keys.failed ? cli_error(err, TOC_ENOMEM, "out of memory") : TOC_OK;
    if (!rc)
        cli_listing_row(list, (toc_str[]){toc_str_of(toc_kind_entity(type->kind)),
                                          toc_str_of(type->name),
                                          toc_str_of(type->branch),
                                          {keys.ptr, keys.len}});
    cli_grow_free(&keys);
    return rc;
}

int cmd_types(const cli_args *args)
{
    static const char *const members[] = {"kind", "name", "branch", "keys"};
    static const char *const titles[] = {"KIND", "NAME", "BRANCH", "KEYS"};
    cli_listing list;
    if (!cli_listing_start(&list, args, members, titles, COUNT_OF(titles)))
        return EXIT_USAGE;
    toc_error err = {0};
    toc_session *sess = NULL;
    if (cli_connect(args, false, &sess, &err))
        return cli_fail(&err);
    const toc_types *types = NULL;
    toc_rc rc = toc_session_types(sess, &types, &err);
    for (size_t i = 0; !rc && i < toc_types_count(types); i++)
        rc = type_row(&list, toc_types_at(types, i), &err);
    int status = cli_listing_end(&list, rc, &err);
    toc_session_close(sess);
    return status;
}

static int print_xid(toc_rc rc, const char *xid)
{
    if (rc) {
        toc_error err = {.code = rc};
        return cli_fail(&err);
    }
    (void)puts(xid);
    return EXIT_OK;
}

int cmd_xid(const cli_args *args)
{
    char xid[TOC_XID_TEXT];
    if (cli_has(args, OPT_LIST)) {
        toc_str parts[1000];
        for (size_t i = 0; i < args->word_count; i++)
            parts[i] = toc_str_of(args->words[i]);
        return print_xid(toc_xid_list(parts, args->word_count, xid), xid);
    }
    if (!args->word_count)
        return print_xid(toc_xid_random(xid), xid);
    int status = EXIT_OK;
    for (size_t i = 0; i < args->word_count && status == EXIT_OK; i++)
        status = print_xid(toc_xid_text(toc_str_of(args->words[i]), xid), xid);
    return status;
}
