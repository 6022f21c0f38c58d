#include <ctype.h>
#include <string.h>

#include "edit.h"
#include "fields.h"
#include "printer.h"

#define TYPES_MAX 16
#define WORD_ROOM 64
#define PREFIX_MIN 3 /* letters that may stand for a type's name */
#define IDS_SHOWN 8

typedef struct work {
    cli_ref ref;   /* the victim or adversary */
    toc_kind kind; /* of its assets */
    bool remove;
} work;

/* What a word of the command line means: TYPE=VALUE, ID or ID=VALUE. */
typedef struct wish {
    const toc_type *type; /* NULL: an id is given */
    toc_str id, value;
} wish;

/* The assets that a wish fits. */
typedef struct matches {
    size_t count;
    char ids[IDS_SHOWN][24];
    const toc_type *type;
} matches;

static void note(cli_refs *refs, const work *job, const char *what, const char *state)
{
    char text[CLI_REF_TEXT];
    cli_note(refs->args, "%s: asset \"%.100s\" %s", cli_ref_text(&job->ref, text), what, state);
}

/* --- words ----------------------------------------------------------------------------------- */

/* "e-mail address" and "Email_Address" are EmailAddress to people. */
static size_t plain(toc_str word, char out[WORD_ROOM])
{
    size_t len = 0;
    for (size_t i = 0; i < word.len && len + 1 < WORD_ROOM; i++)
        if (!strchr("-_ ", word.ptr[i]))
            out[len++] = (char)tolower((unsigned char)word.ptr[i]);
    out[len] = '\0';
    return len;
}

static size_t asset_types(const cli_refs *refs, toc_kind kind, const toc_type *out[TYPES_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < toc_types_count(refs->types) && count < TYPES_MAX; i++)
        if (toc_types_at(refs->types, i)->kind == kind)
            out[count++] = toc_types_at(refs->types, i);
    return count;
}

static toc_rc unknown_type(const work *job, toc_str word, const toc_type *const *all, size_t count,
                           toc_error *err)
{
    char list[160] = "";
    char given[WORD_ROOM];
    const char *names[TYPES_MAX];
    for (size_t i = 0, used = 0; i < count; i++, used = strlen(list)) {
        names[i] = all[i]->name;
        (void)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", names[i]);
    }
    (void)plain(word, given);
    const char *near = cli_nearest(given, names, count);
    return cli_error(err, TOC_EINVAL, "there is no such type of asset: %s has %s%s%s%s",
                     job->ref.type->name, list, near ? "; did you mean " : "", near ? near : "",
                     near ? "?" : "");
}

/* By the names of the type table, whole or as far as they tell one from the others. */
static toc_rc find_type(const cli_refs *refs, const work *job, toc_str word, const toc_type **type,
                        toc_error *err)
{
    const toc_type *all[TYPES_MAX];
    char given[WORD_ROOM];
    char name[WORD_ROOM];
    size_t fits = 0;
    size_t count = asset_types(refs, job->kind, all);
    size_t len = plain(word, given);
    const toc_type *found = toc_types_find(refs->types, job->kind, toc_str_of(given));
    for (size_t i = 0; !found && i < count; i++) {
        (void)plain(toc_str_of(all[i]->name), name);
        if (len < PREFIX_MIN || strncmp(name, given, len) != 0)
            continue;
        *type = all[i];
        fits++;
    }
    if (found)
        *type = found;
    return found || fits == 1 ? TOC_OK : unknown_type(job, word, all, count, err);
}

static toc_rc read_word(const cli_refs *refs, const work *job, const char *word, wish *want,
                        toc_error *err)
{
    toc_str left = toc_str_of(word);
    *want = (wish){.type = NULL};
    bool pair = cli_edit_pair(word, &left, &want->value);
    if (pair && !want->value.len)
        return cli_error(err, TOC_EINVAL, "a value is needed behind the \"=\"");
    if (cli_is_number(left) && (!pair || !job->remove)) {
        want->id = left;
        return TOC_OK;
    }
    if (!pair || cli_is_number(left))
        return cli_error(err, TOC_EINVAL, "%s",
                         job->remove ? "an id or TYPE=VALUE is needed"
                                     : "TYPE=VALUE, ID=VALUE or an id is needed");
    return find_type(refs, job, left, &want->type, err);
}

/* --- what is there --------------------------------------------------------------------------- */

/* Lists of all assets say no more than the type and one value. TOC_ENOTFOUND: it was removed since
 * the list was answered. */
static toc_rc get_whole(cli_refs *refs, const work *job, toc_object *row, toc_object **whole,
                        toc_error *err)
{
    char room[CLI_FIELD_ROOM];
    toc_ref of = cli_ref_of(&job->ref);
    return toc_part_get(refs->sess, &of, TOC_PART_ASSET, toc_object_type(row),
                        cli_field_text(row, "id", room), whole, err);
}

/* Whether the asset has what the wanted one has. */
static bool says_the_same(toc_object *wanted, toc_object *there)
{
    const toc_type *type = toc_object_type(wanted);
    for (size_t i = 0; i < type->field_count; i++) {
        const char *name = type->fields[i].name;
        if (toc_object_has(wanted, name) &&
            !toc_str_equal(toc_object_get(wanted, name), toc_object_get(there, name)))
            return false;
    }
    return true;
}

/* Lists of one type may have all that is asked for. */
static toc_rc compare(cli_refs *refs, const work *job, toc_object *wanted, toc_object *row,
                      bool *same, toc_error *err)
{
    toc_object *there = NULL;
    const toc_type *type = toc_object_type(wanted);
    *same = false;
    if (toc_object_type(row) != type)
        return TOC_OK;
    if (toc_object_has(row, type->fields[0].name)) {
        *same = says_the_same(wanted, row);
        return TOC_OK;
    }
    toc_rc rc = get_whole(refs, job, row, &there, err);
    if (!rc)
        *same = says_the_same(wanted, there);
    toc_object_free(there);
    return rc == TOC_ENOTFOUND ? TOC_OK : rc;
}

/* wanted NULL: the asset is known by its id. */
static toc_rc find(cli_refs *refs, const work *job, const wish *want, toc_object *wanted,
                   matches *found, toc_error *err)
{
    toc_list *list = NULL;
    toc_object *row = NULL;
    int more = 0;
    toc_ref of = cli_ref_of(&job->ref);
    *found = (matches){.count = 0};
    toc_rc rc = toc_parts_open(refs->sess, &of, TOC_PART_ASSET, want->type, &list, err);
    while (!rc && (more = toc_list_next(list, &row, err)) > 0) {
        char room[CLI_FIELD_ROOM];
        toc_str id = cli_field_text(row, "id", room);
        bool same = toc_str_equal(id, want->id);
        if (wanted)
            rc = compare(refs, job, wanted, row, &same, err);
        if (rc || !same || found->count == IDS_SHOWN)
            continue;
        (void)snprintf(found->ids[found->count++], sizeof found->ids[0], "%.*s", (int)id.len,
                       id.ptr);
        found->type = toc_object_type(row);
    }
    toc_list_close(list);
    return rc ? rc : more;
}

/* --- changing -------------------------------------------------------------------------------- */

static toc_rc make(const cli_args *args, const toc_type *type, toc_str value, unsigned flag,
                   toc_object **record, toc_error *err)
{
    toc_rc rc = toc_object_new(type, record, err);
    if (!rc)
        rc = cli_edit_fields(args, *record, flag, err);
    if (!rc && value.len)
        rc = toc_object_set(*record, type->fields[0].name, value, err);
    return rc;
}

static toc_rc several(const matches *found, toc_error *err)
{
    char all[IDS_SHOWN * 26] = "";
    for (size_t i = 0, used = 0; i < found->count; i++, used = strlen(all))
        (void)snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", found->ids[i]);
    return cli_error(err, TOC_ECONFLICT, "there are several, with the ids %s; give the id", all);
}

static toc_rc take_off(cli_refs *refs, const char *word, const work *job, const wish *want,
                       toc_error *err)
{
    toc_object *wanted = NULL;
    matches found = {.count = 0};
    toc_ref of = cli_ref_of(&job->ref);
    toc_rc rc = TOC_OK;
    if (want->type)
        rc = make(refs->args, want->type, want->value, TOC_FIELD_CREATE, &wanted, err);
    if (!rc)
        rc = find(refs, job, want, wanted, &found, err);
    if (!rc && found.count > 1)
        rc = several(&found, err);
    if (!rc && found.count)
        rc = toc_part_remove(refs->sess, &of, TOC_PART_ASSET, found.type, toc_str_of(found.ids[0]),
                             err);
    toc_object_free(wanted);
    if (!rc)
        note(refs, job, word, found.count ? "taken off" : "is not there");
    return rc;
}

static toc_rc change(cli_refs *refs, const char *word, const work *job, const wish *want,
                     toc_error *err)
{
    toc_object *record = NULL;
    matches found;
    char text[CLI_REF_TEXT];
    toc_ref of = cli_ref_of(&job->ref);
    if (!want->value.len && !cli_has(refs->args, OPT_SET))
        return cli_error(err, TOC_EINVAL, "an id needs =VALUE, --set or --remove");
    toc_rc rc = find(refs, job, want, NULL, &found, err);
    if (!rc && !found.count)
        rc = cli_error(err, TOC_ENOTFOUND, "%s has no such asset", cli_ref_text(&job->ref, text));
    if (!rc)
        rc = make(refs->args, found.type, want->value, TOC_FIELD_UPDATE, &record, err);
    if (!rc)
        rc = toc_part_change(refs->sess, &of, TOC_PART_ASSET, want->id, record, err);
    toc_object_free(record);
    if (!rc)
        note(refs, job, word, "changed");
    return rc;
}

static toc_rc add(cli_refs *refs, const char *word, const work *job, const wish *want,
                  toc_error *err)
{
    toc_object *record = NULL;
    matches found = {.count = 0};
    char state[48] = "is there already";
    toc_ref of = cli_ref_of(&job->ref);
    toc_rc rc = make(refs->args, want->type, want->value, TOC_FIELD_CREATE, &record, err);
    if (!rc)
        rc = find(refs, job, want, record, &found, err);
    if (!rc && !found.count) {
        rc = toc_part_add(refs->sess, &of, TOC_PART_ASSET, record, err);
        (void)snprintf(state, sizeof state, "added, id %lld",
                       (long long)toc_object_get_int(record, "id"));
    }
    toc_object_free(record);
    if (!rc)
        note(refs, job, word, state);
    return rc;
}

static toc_rc apply(cli_refs *refs, const char *const *words, void *user, toc_error *err)
{
    const work *job = user;
    wish want;
    toc_error why = {0};
    toc_rc rc = read_word(refs, job, *words, &want, &why);
    if (!rc && job->remove)
        rc = take_off(refs, *words, job, &want, &why);
    else if (!rc)
        rc = want.type ? add(refs, *words, job, &want, &why)
                       : change(refs, *words, job, &want, &why);
    if (!rc)
        return rc;
    *err = why;
    (void)snprintf(err->message, sizeof err->message, "asset \"%.100s\": %.300s", *words,
                   why.message);
    return rc;
}

/* --- the verb -------------------------------------------------------------------------------- */

static toc_rc print_row(cli_refs *refs, const work *job, cli_printer *printer, toc_list *list,
                        toc_object *row, toc_error *err)
{
    toc_object *whole = NULL;
    toc_rc rc = get_whole(refs, job, row, &whole, err);
    if (!rc)
        rc = cli_printer_object(printer, list, whole, err);
    toc_object_free(whole);
    return rc == TOC_ENOTFOUND ? TOC_OK : rc;
}

static toc_rc list_assets(cli_refs *refs, const work *job, toc_error *err)
{
    cli_printer printer = {.formatter = NULL};
    toc_error ignored = {0};
    toc_list *list = NULL;
    toc_object *row = NULL;
    int more = 0;
    toc_ref of = cli_ref_of(&job->ref);
    toc_rc rc = toc_parts_open(refs->sess, &of, TOC_PART_ASSET, NULL, &list, err);
    if (!rc)
        rc = cli_printer_open(&printer, refs->args, job->kind, err);
    while (!rc && (more = toc_list_next(list, &row, err)) > 0)
        rc = print_row(refs, job, &printer, list, row, err);
    rc = rc ? rc : more;
    toc_rc closed = cli_printer_close(&printer, !rc, rc ? &ignored : err);
    toc_list_close(list);
    return rc ? rc : closed;
}

static toc_rc find_holder(cli_refs *refs, work *job, toc_error *err)
{
    toc_rc rc = cli_ref_find(refs, refs->args->words[1], &job->ref, err);
    if (rc)
        return rc;
    bool victim = job->ref.type->kind == TOC_KIND_VICTIM;
    job->kind = victim ? TOC_KIND_VICTIM_ASSET : TOC_KIND_ADVERSARY_ASSET;
    if (victim || (job->ref.type->traits & TOC_TYPE_ASSETS))
        return TOC_OK;
    return cli_error(err, TOC_EINVAL, "%s has no assets: victims and adversaries have them",
                     job->ref.type->name);
}

static int run(cli_refs *refs, work *job)
{
    toc_error err = {0};
    toc_rc rc = find_holder(refs, job, &err);
    if (!rc && refs->args->word_count == 2)
        rc = list_assets(refs, job, &err);
    if (rc)
        return cli_fail(&err);
    return cli_refs_each(refs, 2, 1, apply, job);
}

int cmd_asset(const cli_args *args)
{
    static const cli_option_id changes[] = {OPT_SET, OPT_REMOVE, OPT_API};
    work job = {.remove = cli_has(args, OPT_REMOVE)};
    int status = cli_refs_check(args, "asset", changes);
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
