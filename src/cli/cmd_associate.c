#include <string.h>

#include "fields.h"
#include "listing.h"
#include "show.h"
#include "tocsin/ti.h"

#define NAMES_MAX 128

typedef struct work {
    cli_ref ref;
    const char *name; /* of --association */
    bool remove;
} work;

/* --- listing --------------------------------------------------------------------------------- */

static void row(void *user, toc_object *obj, const char *association)
{
    char room[CLI_FIELD_ROOM];
    const toc_type *type = toc_object_type(obj);
    toc_str id = toc_str_of("");
    if (type->kind != TOC_KIND_INDICATOR)
        id = cli_field_text(obj, "id", room);
    cli_listing_row(user, (toc_str[]){toc_str_of(toc_kind_entity(type->kind)),
                                      toc_str_of(type->name), id, toc_object_summary(obj),
                                      toc_str_of(association ? association : "")});
}

static int list_all(cli_refs *refs, const work *job)
{
    static const char *const members[] = {"kind", "type", "#id", "name", "association"};
    static const char *const titles[] = {"KIND", "TYPE", "ID", "NAME", "ASSOCIATION"};
    toc_error err = {0};
    cli_listing list;
    if (!cli_listing_start(&list, refs->args, members, titles, COUNT_OF(members)))
        return EXIT_USAGE;
    toc_rc rc = cli_show_links(refs, &job->ref, job->name, row, &list, &err);
    return cli_listing_end(&list, rc, &err);
}

/* --- changing -------------------------------------------------------------------------------- */

static void add_nearest(cli_refs *refs, const char *name, toc_error *err)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    toc_error ignored = {0};
    const toc_association_type *type = NULL;
    while (count < NAMES_MAX && !toc_association_at(refs->sess, count, &type, &ignored) && type)
        names[count++] = type->name;
    const char *near = cli_nearest(name, names, count);
    size_t used = strlen(err->message);
    if (near)
        (void)snprintf(err->message + used, sizeof err->message - used, "; did you mean \"%s\"?",
                       near);
}

/* A file action runs from the file; the other order means the same. */
static bool is_turned(cli_refs *refs, const work *job, const cli_ref *other)
{
    toc_error ignored = {0};
    const toc_association_type *type = NULL;
    bool file = job->ref.type->traits & TOC_TYPE_HASHES;
    if (!job->name || file || !(other->type->traits & TOC_TYPE_HASHES))
        return false;
    for (size_t i = 0; !toc_association_at(refs->sess, i, &type, &ignored) && type; i++)
        if (toc_str_equal_fold(toc_str_of(type->name), toc_str_of(job->name)) ||
            toc_str_equal_fold(toc_str_of(type->branch), toc_str_of(job->name)))
            return type->file_action;
    return false;
}

static toc_rc check_there(cli_refs *refs, const cli_ref *ref, toc_error *err)
{
    toc_object *there = NULL;
    toc_rc rc = cli_ref_get(refs, ref, &there, err);
    toc_object_free(there);
    return rc;
}

/* Platforms answer success for what is so already. */
static bool are_linked(cli_refs *refs, const toc_ref *left, const char *name, const toc_ref *right)
{
    toc_error ignored = {0};
    toc_object *obj = NULL;
    toc_rc rc = toc_associated_get(refs->sess, left, name, right, &obj, &ignored);
    toc_object_free(obj);
    return rc == TOC_OK;
}

static toc_rc link_up(cli_refs *refs, const work *job, const cli_ref *other, toc_error *err)
{
    char from[CLI_REF_TEXT];
    char to[CLI_REF_TEXT];
    bool turned = is_turned(refs, job, other);
    toc_ref left = cli_ref_of(turned ? other : &job->ref);
    toc_ref right = cli_ref_of(turned ? &job->ref : other);
    toc_rc rc = check_there(refs, other, err);
    if (rc)
        return rc;
    if (are_linked(refs, &left, job->name, &right) != job->remove) {
        cli_note(refs->args, "%s: %s with %s", cli_ref_text(&job->ref, from),
                 job->remove ? "is not associated" : "is associated already",
                 cli_ref_text(other, to));
        return rc;
    }
    rc = job->remove ? toc_disassociate(refs->sess, &left, job->name, &right, err)
                     : toc_associate(refs->sess, &left, job->name, &right, err);
    if (rc && err->number == TOC_NUMBER_ASSOCIATION)
        add_nearest(refs, job->name, err);
    if (rc) {
        cli_ref_blame(other, err);
        return rc;
    }
    cli_note(refs->args, "%s: %s with %s%s%s", cli_ref_text(&job->ref, from),
             job->remove ? "no longer associated" : "associated", cli_ref_text(other, to),
             job->name ? " by " : "", job->name ? job->name : "");
    return TOC_OK;
}

static toc_rc associate(cli_refs *refs, const char *const *words, void *user, toc_error *err)
{
    cli_ref other = {.type = NULL};
    toc_rc rc = cli_refs_kind(refs, words[0], err);
    if (!rc)
        rc = cli_ref_find(refs, words[1], &other, err);
    if (!rc && refs->kind == TOC_KIND_RECORD)
        rc = cli_error(err, TOC_EINVAL, "%s is given with 'tocsin tag' or 'tocsin label'",
                       other.type->name);
    if (!rc)
        rc = link_up(refs, user, &other, err);
    cli_ref_free(&other);
    return rc;
}

static int run(cli_refs *refs, work *job)
{
    toc_error err = {0};
    toc_rc rc = cli_ref_find(refs, refs->args->words[1], &job->ref, &err);
    if (!rc && refs->kind != TOC_KIND_RECORD)
        rc = check_there(refs, &job->ref, &err);
    if (rc)
        return cli_fail(&err);
    if (refs->args->word_count == 2)
        return list_all(refs, job);
    return cli_refs_each(refs, 2, 2, associate, job);
}

int cmd_associate(const cli_args *args)
{
    static const cli_option_id changes[] = {OPT_REMOVE, OPT_API};
    work job = {.name = cli_value(args, OPT_BY), .remove = cli_has(args, OPT_REMOVE)};
    if (args->word_count % 2)
        return cli_usage("associate: \"%s\" needs a NAME behind it",
                         args->words[args->word_count - 1]);
    int status = cli_refs_check(args, "associate", changes);
    if (status != EXIT_OK)
        return status;
    cli_refs refs;
    status = cli_refs_open(&refs, args);
    if (status == EXIT_OK)
        status = run(&refs, &job);
    cli_ref_free(&job.ref);
    cli_refs_close(&refs);
    return status;
}
