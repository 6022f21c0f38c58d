#include <string.h>
#include <unistd.h>

#include "ref.h"

typedef struct removal {
    bool ask, dry;
    bool stopped; /* the answer was to leave the rest alone */
} removal;

/* The first letter of a line; what is behind it must not answer the next question. The end of the
 * input and Ctrl-C leave everything alone. */
static int read_answer(void)
{
    cli_interrupt_reads(true);
    int first = getchar();
    for (int c = first; c != '\n' && c != EOF;)
        c = getchar();
    cli_interrupt_reads(false);
    if (first == EOF)
        (void)fputc('\n', stderr);
    return first == EOF || cli_interrupted() ? 'q' : first;
}

/* "y" does it, "a" this and all others, "q" leaves the rest. */
static bool agreed(removal *how, const cli_ref *ref)
{
    if (how->stopped)
        return false;
    (void)fputs("delete ", stderr);
    cli_ref_print(stderr, ref);
    (void)fputs("? [y]es, [n]o, [a]ll, [q]uit: ", stderr);
    (void)fflush(stderr);
    int answer = read_answer();
    if (answer == 'a' || answer == 'A')
        how->ask = false;
    how->stopped = answer == 'q' || answer == 'Q';
    return answer == 'y' || answer == 'Y' || !how->ask;
}

static toc_rc remove_one(cli_refs *refs, const cli_ref *ref, toc_error *err)
{
    toc_ref owner = cli_refs_owner(refs);
    toc_str id = toc_str_of(ref->id);
    if (refs->kind == TOC_KIND_RECORD)
        return toc_part_remove(refs->sess, &owner, cli_refs_part(refs), NULL, id, err);
    return toc_delete(refs->sess, ref->type, id, refs->owner, err);
}

static toc_rc act(cli_refs *refs, const cli_ref *ref, removal *how, toc_error *err)
{
    char text[CLI_REF_TEXT];
    toc_object *there = NULL;
    /* Some platforms answer success for what was never there. */
    toc_rc rc = cli_ref_get(refs, ref, &there, err);
    toc_object_free(there);
    if (rc)
        return rc;
    if (how->dry) {
        (void)fputs("would delete ", stdout);
        cli_ref_print(stdout, ref);
        (void)putchar('\n');
        return rc;
    }
    if (how->ask && !agreed(how, ref)) {
        if (cli_interrupted())
            return err->code = TOC_ECANCELED;
        cli_note(refs->args, "left: %s", cli_ref_text(ref, text));
        return rc;
    }
    rc = remove_one(refs, ref, err);
    if (rc)
        cli_ref_blame(ref, err);
    else
        cli_note(refs->args, "deleted: %s", cli_ref_text(ref, text));
    return rc;
}

static toc_rc delete (cli_refs *refs, const char *const *words, void *user, toc_error *err)
{
    cli_ref ref = {.type = NULL};
    toc_rc rc = cli_ref_find(refs, *words, &ref, err);
    if (!rc)
        rc = act(refs, &ref, user, err);
    if (rc == TOC_ENOTFOUND && ref.type)
        cli_ref_missing(&ref, err);
    cli_ref_free(&ref);
    return rc;
}

int cmd_delete(const cli_args *args)
{
    removal how = {.dry = cli_has(args, OPT_DRY_RUN)};
    how.ask = !cli_has(args, OPT_YES) && !how.dry;
    if (how.ask && !isatty(STDIN_FILENO))
        return cli_usage("delete: nobody can be asked here: give --yes, or --dry-run to see what "
                         "would go");
    cli_refs refs;
    int status = cli_refs_open(&refs, args);
    if (status == EXIT_OK)
        status = cli_refs_each(&refs, 1, 1, delete, &how);
    cli_refs_close(&refs);
    return status;
}
